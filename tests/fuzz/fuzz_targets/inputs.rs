//! Any homework.toml with any `--set` ends in LaTeX that is all finite numbers, or in a clear error.

#![no_main]

use gradproof::diagnostic::{Failure, Severity};
use gradproof::inputs::{self, Source};
use gradproof::problems::Homework;
use gradproof::report::{ROOT, TEMPLATES, View};
use gradproof::templates::TemplateSet;
use gradproof::witness;
use libfuzzer_sys::fuzz_target;

/// What stands between the file and each `--set`.
const SEPARATOR: char = '\u{1}';

fuzz_target!(|text: &str| {
    let mut parts = text.split(SEPARATOR);
    let file = parts.next().unwrap_or_default();
    let sets: Vec<String> = parts.map(str::to_owned).collect();
    let inputs = match inputs::parse(Source::new("homework.toml", file), &sets, None) {
        Ok(inputs) => inputs,
        Err(failure) => return assert_is_clear(&failure),
    };
    let again = inputs::parse(Source::new("homework.toml", &inputs.to_toml()), &[], None);
    assert_eq!(again.expect("what is written can be read").problem1, inputs.problem1);
    let homework = match Homework::solve(&inputs) {
        Ok(homework) => homework,
        Err(failure) => return assert_is_clear(&failure),
    };
    let witnesses = witness::check(&inputs, &homework).expect("the witnesses agree");
    let view = View::new(&inputs, &homework, &witnesses, "gradproof:fuzz");
    let templates = TemplateSet::load("no folder".as_ref(), TEMPLATES).expect("ours are right");
    let latex = templates.render(ROOT, &view).expect("ours take any inputs").text;
    let typed = format!("{} {:?}", inputs.submission.name, inputs.submission.id);
    // The infimum is the one that is meant.
    let latex = latex.replace("\\inf_z", "");
    for (line, word) in latex.lines().flat_map(|line| words(line).map(move |word| (line, word))) {
        let is_number = !["nan", "inf"].contains(&word.to_ascii_lowercase().as_str());
        assert!(is_number || typed.contains(word), "{word} is on a page: {line}");
    }
});

/// Letters and digits as Rust prints a number's.
fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_ascii_alphanumeric())
}

/// Every error has a message, and a place that lies in its text; showing it does not panic.
fn assert_is_clear(failure: &Failure) {
    assert!(!failure.0.is_empty());
    for diagnostic in &failure.0 {
        assert_eq!(diagnostic.severity, Severity::Error);
        assert!(!diagnostic.message.is_empty());
        if let Some(place) = &diagnostic.place {
            assert!(place.text.get(place.span.clone()).is_some(), "the place is not in the text");
        }
        assert!(!diagnostic.render(false).is_empty());
    }
}
