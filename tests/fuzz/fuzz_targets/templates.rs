//! Any template over the homework's own view ends in LaTeX or in a clear error.

#![no_main]

use std::sync::LazyLock;

use gradproof::inputs::{self, Source};
use gradproof::problems::Homework;
use gradproof::report::View;
use gradproof::templates::TemplateSet;
use gradproof::witness;
use libfuzzer_sys::fuzz_target;

/// Solved once: the view is the same for all templates.
static VIEW: LazyLock<View> = LazyLock::new(|| {
    let source = Source::new("homework.toml", include_str!("../../homework.toml"));
    let inputs = inputs::parse(source, &[], None).expect("they are right");
    let homework = Homework::solve(&inputs).expect("it can be solved");
    let witnesses = witness::check(&inputs, &homework).expect("the witnesses agree");
    View::new(&inputs, &homework, &witnesses, "gradproof:fuzz")
});

/// What stands between a template and the one that it may include.
const SEPARATOR: char = '\u{1}';

fuzz_target!(|text: &str| {
    let (root, part) = text.split_once(SEPARATOR).unwrap_or((text, ""));
    let files = [("root.tex", root), ("part.tex", part)];
    let rendered = TemplateSet::load("no folder".as_ref(), &files).and_then(|templates| {
        templates.typed_decimals("root.tex");
        templates.render("root.tex", &*VIEW)
    });
    let Err(failure) = rendered else { return };
    assert!(!failure.0.is_empty());
    for diagnostic in &failure.0 {
        assert!(!diagnostic.message.is_empty());
        if let Some(place) = &diagnostic.place {
            assert!(place.text.get(place.span.clone()).is_some(), "the place is not in the text");
        }
        assert!(!diagnostic.render(false).is_empty());
    }
});
