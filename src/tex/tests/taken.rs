//! Sections that are taken from the last build. What TeX sets writes a line to its log.

use super::preambles::cache;
use super::*;

#[test]
fn each_in_a_process_of_its_own() {
    in_processes(
        "taken",
        &[
            "only_what_an_edit_changes_is_set_again",
            "what_comes_after_moved_pages_or_other_settings_is_set_again",
            "a_section_with_a_warning_warns_in_every_build",
            "what_another_build_left_is_not_taken",
            "a_command_that_waits_for_its_argument_fails_as_ever",
            "a_pass_that_came_ahead_takes_sections",
        ],
    );
}

const PREAMBLE: &str = "
\\usepackage{graphicx}\\usepackage[unicode]{hyperref}
\\newcommand{\\begins}[1]{\\clearpage\\typeout{set #1}\\pdfbookmark[1]{#1}{#1}\\label{#1}}";
const A: &str = "\\begins{A}\nFirst \\footnote{note} \\pageref{C}\n";
const B: &str = "\\begins{B}\nSecond $x$ \\ref{f}\n";
const C: &str = "\\begins{C}\n\\begin{figure}x\\caption{F}\\label{f}\\end{figure}\nThird\n";
const D: &str = "\\begins{D}\nLast\n";

/// A document and its sections, each with a `\begins` of its own.
struct Sectioned {
    source: String,
    sections: Sections,
}

fn sectioned(parts: &[&str]) -> Sectioned {
    let source = article(PREAMBLE, &format!("Title\n{}", parts.concat()));
    let setup_end = source.find("Title").unwrap();
    let starts = source.match_indices("\n\\begins{").map(|(at, _)| at + 1).collect();
    let macros = vec!["questionlabel".to_owned()];
    Sectioned { source, sections: Sections { setup_end, likely: setup_end, starts, macros } }
}

impl Sectioned {
    fn document<'a>(&'a self, include: &'a [PathBuf]) -> Document<'a> {
        Document { source: &self.source, include, date: date(), sections: Some(&self.sections) }
    }

    fn build(&self, cache: &Path) -> Typeset {
        typeset(&self.document(&[]), &BundleChoice::TexLive, cache, &mut |_| {}).unwrap()
    }
}

/// The sections that the last pass has set.
fn set(done: &Typeset) -> String {
    done.log.lines().filter_map(|line| line.strip_prefix("set ")).collect()
}

/// A cache from which all sections of this document can be taken.
fn filled(parts: &[&str]) -> tempfile::TempDir {
    let cache = cache();
    for _ in 0..3 {
        assert_eq!(set(&sectioned(parts).build(cache.path())), "ABCD");
    }
    cache
}

#[test]
#[ignore = "run by each_in_a_process_of_its_own"]
fn only_what_an_edit_changes_is_set_again() {
    let cache = filled(&[A, B, C, D]);
    let built = |parts: &[&str]| {
        let done = sectioned(parts).build(cache.path());
        assert_eq!(done.passes, 1);
        set(&done)
    };
    assert_eq!(built(&[A, B, C, D]), "D");
    let (b, c) = ("\\begins{B}\nAnother $x$ \\ref{f}\n", C.replace("Third", "\\textbf{3rd}"));
    assert_eq!(built(&[A, b, C, D]), "BD");
    assert_eq!(built(&[A, b, C, D]), "D", "what was taken can be taken again");
    assert_eq!(built(&[A, b, &c, D]), "CD");
    assert_eq!(built(&[A, B, &c, D]), "BD");
    assert_eq!(built(&[A, B, &c, "\\begins{D}\nEnd\n"]), "D");
}

#[test]
#[ignore = "run by each_in_a_process_of_its_own"]
fn what_comes_after_moved_pages_or_other_settings_is_set_again() {
    let cache = filled(&[A, B, C, D]);
    // The font of what follows is smaller, but for what begins with a font of its own.
    let small = B.replace("Second", "\\small Second");
    assert_eq!(set(&sectioned(&[A, &small, C, D]).build(cache.path())), "BCD");
    let counted = A.replace("First", "First\\footnote{another}");
    assert_eq!(set(&sectioned(&[&counted, &small, C, D]).build(cache.path())), "ABCD");
    // C has a page of its own: first its label moves, and then nothing does.
    let longer = B.replace("Second", "Second\\newpage Then");
    let moved = sectioned(&[A, &longer, C, D]);
    assert_eq!(set(&moved.build(cache.path())), "ABCD");
    assert_eq!(set(&moved.build(cache.path())), "ABCD");
    assert_eq!(set(&moved.build(cache.path())), "D");
    // Another set-up.
    let other = moved.source.replacen("Title", "\\renewcommand{\\thepage}{\\roman{page}}Title", 1);
    let shift = other.len() - moved.source.len();
    let mut sections = moved.sections.clone();
    sections.setup_end += shift;
    sections.starts.iter_mut().for_each(|start| *start += shift);
    let other = Sectioned { source: other, sections };
    assert_eq!(set(&other.build(cache.path())), "ABCD");
}

#[test]
#[ignore = "run by each_in_a_process_of_its_own"]
fn a_section_with_a_warning_warns_in_every_build() {
    let wide = "\\begins{B}\nSecond \\ref{f}\n\n\\rule{500pt}{1pt}\n";
    let cache = filled(&[A, wide, C, D]);
    let told = sectioned(&[A, wide, C, D]).build(cache.path());
    assert_eq!(set(&told), "BD");
    let lines: Vec<_> = told.messages.iter().map(|message| message.line).collect();
    let source = sectioned(&[A, wide, C, D]).source;
    let line = source.lines().position(|line| line.contains("\\rule")).unwrap() + 1;
    assert_eq!(lines, [u32::try_from(line).ok()]);
    // And what its end brings, where TeX sets the last paragraph.
    let undefined = "\\begins{B}\nSecond \\ref{f} \\char\"FFFF\n";
    let cache = filled(&[A, undefined, C, D]);
    let told = sectioned(&[A, undefined, C, D]).build(cache.path());
    assert_eq!(set(&told), "BD");
    assert!(!told.messages.is_empty(), "{}", told.log);
}

#[test]
#[ignore = "run by each_in_a_process_of_its_own"]
fn what_another_build_left_is_not_taken() {
    let all = sectioned(&[A, B, C, D]);
    let cache = filled(&[A, B, C, D]);
    let kept = || {
        let entries = std::fs::read_dir(cache.path()).unwrap().map(|entry| entry.unwrap().path());
        let name = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
        entries.into_iter().find(|path| name(path).starts_with("pages-")).unwrap()
    };
    // Damaged, or gone.
    let mut bytes = std::fs::read(kept()).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(kept(), bytes).unwrap();
    assert_eq!(set(&all.build(cache.path())), "ABCD");
    std::fs::remove_file(kept()).unwrap();
    assert_eq!(set(&all.build(cache.path())), "ABCD");
    assert_eq!(set(&all.build(cache.path())), "D");
    // Another date is in another format's name, and a picture that changes is in the pages.
    let later = Document { date: date() + Duration::from_secs(86_400), ..all.document(&[]) };
    for _ in 0..3 {
        let done = typeset(&later, &BundleChoice::TexLive, cache.path(), &mut |_| {}).unwrap();
        assert_eq!(set(&done), "ABCD");
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.tex"), "one").unwrap();
    let include = [folder.path().to_owned()];
    let reads = sectioned(&[&A.replace("First", "\\input{a}"), B, C, D]);
    let build =
        || typeset(&reads.document(&include), &BundleChoice::TexLive, cache.path(), &mut |_| {});
    assert_eq!([(), ()].map(|()| set(&build().unwrap())), ["ABCD", "ABCD"]);
    assert_eq!(set(&build().unwrap()), "D");
    std::fs::write(folder.path().join("a.tex"), "two").unwrap();
    assert_eq!(set(&build().unwrap()), "ABCD");
}

#[test]
#[ignore = "run by each_in_a_process_of_its_own"]
fn a_command_that_waits_for_its_argument_fails_as_ever() {
    let cache = filled(&[A, B, C, D]);
    let outcome = |result| match result {
        Ok(Typeset { messages, .. }) => (true, messages),
        Err(TexFailure::Document { messages, .. }) => (false, messages),
        Err(failure) => panic!("{failure}"),
    };
    let ends = ["\\textbf\n", "\\parbox{9pt}\n", "\\footnote\n", "\\raisebox{1pt}\n\n"];
    let done = ends.map(|end| {
        let open = sectioned(&[A, &format!("{B}{end}"), C, D]);
        let told = typeset(&open.document(&[]), &BundleChoice::TexLive, cache.path(), &mut |_| {});
        let told = outcome(told);
        assert_eq!(told, outcome(build_in(&open.source, &[])), "{end}");
        told.0
    });
    assert!(done.contains(&false), "{done:?}");
}

#[test]
#[ignore = "run by each_in_a_process_of_its_own"]
fn a_pass_that_came_ahead_takes_sections() {
    let cache = filled(&[A, B, C, D]);
    let b = B.replace("Second", "Another");
    let new = sectioned(&[A, &b, C, D]);
    for known in [0, new.source.find("Another").unwrap(), new.source.find("Third").unwrap()] {
        let begun = beginning(&new.source, known).unwrap();
        let sections = new.sections.of_beginning(begun.len());
        let document = Document { source: begun, sections: Some(&sections), ..new.document(&[]) };
        let handed = Auxiliary::last(cache.path(), &[]).unwrap();
        let order = Order {
            source: new.source.clone(),
            handed: handed.clone(),
            turn: Turn::Guess,
            sections: Some(new.sections.clone()),
        };
        let done = perform_ahead(
            &document,
            &handed,
            Box::new(move || Ok(order)),
            &BundleChoice::TexLive,
            cache.path(),
            &mut |_| {},
        );
        let Ok(Outcome::Done { typeset, .. }) = done else { panic!("{done:?}") };
        assert_eq!(set(&typeset), if known == 0 { "BD" } else { "D" }, "{known}");
    }
}
