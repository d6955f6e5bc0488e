//! One pass on a guess of what it should read: right, or begun again from nothing.

use super::*;

/// Typesets by passes of which each does what `perform` does to it; gives what they were told.
fn tell(cache: &Path, source: &str) -> (Result<Typeset, TexFailure>, Vec<Task>) {
    let document = Document { source, include: &[], date: date(), sections: None };
    let mut tasks = Vec::new();
    let mut telling = |task: &Task, progress: &mut dyn FnMut(&str)| {
        tasks.push(task.clone());
        perform(task, &document, &BundleChoice::TexLive, cache, progress)
    };
    let done = typeset_by(&mut telling, &document, cache, &mut |_| {});
    (done, tasks)
}

/// The passes among them, by whether each has something to read.
fn passes(tasks: &[Task]) -> Vec<bool> {
    tasks
        .iter()
        .filter_map(|task| match task {
            Task::Pass { handed, .. } => Some(*handed != Auxiliary::default()),
            Task::Prepare | Task::Try { .. } => None,
        })
        .collect()
}

const BODY: &str = "\\section{One}\\label{a} See \\pageref{b}.\\clearpage\\section{Two}\\label{b}.";

#[test]
fn a_right_guess_takes_one_pass_and_gives_the_same_bytes() {
    let cache = preambles::cache();
    let source = article("", BODY);
    let (first, tasks) = tell(cache.path(), &source);
    let first = first.unwrap();
    assert_eq!(passes(&tasks), [false, true], "from nothing");
    // The preamble was new, is seen, and then is in a format.
    for prepares in [true, false] {
        let (again, tasks) = tell(cache.path(), &source);
        let again = again.unwrap();
        assert_eq!(passes(&tasks), [true]);
        assert_eq!(tasks.iter().any(|task| matches!(task, Task::Prepare)), prepares);
        assert!(again.pdf == first.pdf && again.messages == first.messages);
    }
}

#[test]
fn a_wrong_guess_leaves_no_mark() {
    let cache = preambles::cache();
    let source = |body: &str| article("", body);
    tell(cache.path(), &source(BODY)).0.unwrap();
    // One page more moves the label.
    let moved = source(&BODY.replace("\\clearpage", "\\clearpage x\\clearpage"));
    let (done, tasks) = tell(cache.path(), &moved);
    assert_eq!(passes(&tasks), [true, false, true]);
    assert!(done.unwrap().pdf == tell(preambles::cache().path(), &moved).0.unwrap().pdf);
    assert_eq!(passes(&tell(cache.path(), &moved).1), [true], "what is right now is kept");

    // A document in which nothing is handed on but the number of pages, which LaTeX notes always.
    let plain = source("a\\clearpage b");
    let (done, tasks) = tell(cache.path(), &plain);
    assert_eq!(passes(&tasks), [true, false]);
    assert!(done.unwrap().pdf == tell(preambles::cache().path(), &plain).0.unwrap().pdf);
    assert_eq!(passes(&tell(cache.path(), &plain).1), [false], "nothing is kept of the others");
}

#[test]
fn a_document_that_looks_at_its_labels_itself_is_not_guessed() {
    let cache = preambles::cache();
    let source = |body: &str| article("", &format!("\\makeatletter a {body}"));
    tell(cache.path(), &source("\\label{zz}")).0.unwrap();
    // Where the label is known it is not defined, and the other way round.
    let looks = source("\\@ifundefined{r@zz}{}{\\label{zz}Seen before.}");
    let (done, tasks) = tell(cache.path(), &looks);
    assert_eq!(passes(&tasks), [false]);
    assert!(done.unwrap().pdf == tell(preambles::cache().path(), &looks).0.unwrap().pdf);
}

/// As in a folder, what one pass writes is there for all that follow.
#[test]
fn a_file_that_is_written_where_it_is_missing_stays() {
    let cache = preambles::cache();
    let writes = "\\begin{filecontents*}{mine.tex}\nMine.\n\\end{filecontents*}\n\\documentclass{article}\n\\begin{document}\n\\input{mine}\\label{a}\\pageref{a}\n\\end{document}\n";
    for _ in 0..2 {
        let (done, _) = tell(cache.path(), writes);
        let done = done.unwrap();
        assert_eq!(done.passes, 2, "{:?}", done.messages);
    }
}

/// What is kept can hold commands that a document no longer defines.
#[test]
fn what_fails_on_a_guess_is_begun_again() {
    let cache = preambles::cache();
    let body = "\\makeatletter\\immediate\\write\\@auxout{\\string\\mine}a";
    tell(cache.path(), &article("\\newcommand{\\mine}{}", body)).0.unwrap();
    let (done, tasks) = tell(cache.path(), &article("", "b"));
    assert_eq!(passes(&tasks), [true, false]);
    assert!(done.is_ok(), "{done:?}");
    let (done, tasks) = tell(cache.path(), &article("", "\\onefoo"));
    assert_eq!(passes(&tasks), [false]);
    assert_eq!(errors(done)[0].line, Some(3));
}

/// Its only label is on the second page if it is known to be on the first, and on the first otherwise.
const TURNING: &str = "\\makeatletter\\def\\first{1}\\edef\\known{\\@ifundefined{r@a}{}{%
\\expandafter\\expandafter\\expandafter\\@secondoftwo\\csname r@a\\endcsname}}%
\\ifx\\known\\first\\null\\clearpage\\fi x\\label{a}";

#[test]
fn a_document_that_never_settles_is_told_so_and_nothing_of_it_is_kept() {
    let cache = preambles::cache();
    for _ in 0..2 {
        let (done, tasks) = tell(cache.path(), &article("", TURNING));
        assert_eq!(passes(&tasks), [false, true, true, true, true, true]);
        let messages = done.unwrap().messages;
        assert!(messages.iter().any(|m| m.text.contains("still move")), "{messages:?}");
    }
}
