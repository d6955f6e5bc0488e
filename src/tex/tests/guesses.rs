//! The second pass on a guess of the first: right, or told to be wrong.

use super::*;

/// Typesets; gives what the first pass told, too.
fn told(cache: &Path, source: &str) -> (Typeset, Option<String>) {
    let document = Document { source, include: &[], date: date() };
    let mut told = None;
    let mut first_pass = |digest: &str| told = Some(digest.to_owned());
    let bundle = BundleChoice::TexLive;
    let done = typeset_telling(&document, &bundle, cache, &mut |_| {}, &mut first_pass).unwrap();
    (done, told)
}

fn guessed(cache: &Path, source: &str) -> Option<Guess> {
    let document = Document { source, include: &[], date: date() };
    guess(&document, &BundleChoice::TexLive, cache)
}

#[test]
fn a_right_guess_gives_the_same_bytes_and_a_wrong_one_is_known_by_what_the_first_pass_tells() {
    let cache = preambles::cache();
    let cache = cache.path();
    let body = "\\section{One}\\label{a} See \\pageref{b}.\\clearpage\\section{Two}\\label{b}.";
    let source = article("", body);
    assert!(guessed(cache, &source).is_none() && !has_guess(&[], cache));
    // The preamble is new, then seen, and then in a format.
    for round in 0..3 {
        let (done, told) = told(cache, &source);
        assert!(has_guess(&[], cache) && done.passes == 2);
        match guessed(cache, &source) {
            Some(Guess { typeset, assumed }) => {
                assert!(round > 0, "there is a preamble to be noted");
                assert_eq!(Some(assumed), told);
                assert!(typeset.pdf == done.pdf && typeset.messages == done.messages);
            }
            None => assert_eq!(round, 0),
        }
    }
    // One page more moves the label: what was handed on last time is not what is now.
    let moved = article("", &body.replace("\\clearpage", "\\clearpage x\\clearpage"));
    let guess = guessed(cache, &moved);
    let (done, told) = told(cache, &moved);
    assert!(guess.is_none_or(|guess| Some(guess.assumed) != told));
    let guess = guessed(cache, &moved).unwrap();
    assert!(Some(guess.assumed) == told && guess.typeset.pdf == done.pdf);
    // A mistake is for the first pass to tell.
    assert!(guessed(cache, &article("", &format!("{body}\\onefoo"))).is_none());
}
