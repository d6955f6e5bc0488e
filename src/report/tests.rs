//! The names that templates can use are those that templates/README.md lists.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use super::{ROOT, TEMPLATES, View, answers, boxes, live, typed};
use crate::diagnostic::Diagnostic;
use crate::inputs;
use crate::problems::Homework;
use crate::templates::{FILTERS, FUNCTIONS, TESTS, TemplateSet, choice, schema};
use crate::witness::Checks;

const LISTED: &str = include_str!("../../templates/README.md");

fn names(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                found.insert(name.clone());
                names(value, found);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| names(value, found)),
        _ => {}
    }
}

/// Every word between backquotes, split at what is not part of a name.
fn listed() -> BTreeSet<String> {
    let code = LISTED.split('`').skip(1).step_by(2);
    let words = code.flat_map(|code| code.split(|c: char| !c.is_alphanumeric() && c != '_'));
    words.map(str::to_owned).collect()
}

#[test]
fn every_name_of_the_view_is_listed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let inputs = inputs::load(&root.join("tests/homework.toml"), &[], None).unwrap();
    let homework = Homework::solve(&inputs).unwrap();
    let view = serde_json::to_value(View::new(&inputs, &homework, &Checks::default(), "")).unwrap();
    let mut found = BTreeSet::new();
    names(&view, &mut found);
    let missing: Vec<_> = found.difference(&listed()).cloned().collect();
    assert!(missing.is_empty(), "templates/README.md does not list {missing:?}");
}

#[test]
fn every_word_of_an_enumeration_is_listed() {
    fn words(schema: &Value, found: &mut BTreeSet<String>) {
        found.extend(choice(schema).into_iter().flatten());
        match schema {
            Value::Object(parts) => parts.values().for_each(|part| words(part, found)),
            Value::Array(parts) => parts.iter().for_each(|part| words(part, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    words(&schema::<View>(), &mut found);
    assert!(found.contains("vanishing") && found.contains("a4paper"), "{found:?}");
    let missing: Vec<_> = found.difference(&listed()).cloned().collect();
    assert!(missing.is_empty(), "templates/README.md does not list {missing:?}");
}

#[test]
fn every_name_of_the_view_has_a_meaning() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let inputs = inputs::load(&root.join("tests/homework.toml"), &[], None).unwrap();
    let homework = Homework::solve(&inputs).unwrap();
    let view = View::new(&inputs, &homework, &Checks::default(), "");
    let names = super::names(&view).unwrap();
    let silent: Vec<&str> = (names.iter())
        .filter(|name| name.meaning.is_empty())
        .map(|name| name.path.as_str())
        .collect();
    assert!(silent.is_empty(), "no doc comment says what these are: {silent:?}");
    // The types' names are the values': no root, and no field of a root, is left out.
    let value = serde_json::to_value(&view).unwrap();
    for (name, group) in value.as_object().unwrap() {
        let is_listed = |path: &str| {
            names.iter().any(|n| {
                n.path
                    .strip_prefix(path)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
            })
        };
        assert!(is_listed(name), "{name} is not listed");
        for field in group.as_object().into_iter().flatten().map(|(field, _)| field) {
            assert!(is_listed(&format!("{name}.{field}")), "{name}.{field} is not listed");
        }
    }
}

#[test]
fn every_filter_is_listed_with_its_meaning() {
    for filter in FILTERS {
        let line = format!("- `{}`: {}", filter.name, filter.meaning);
        assert!(LISTED.contains(&line), "templates/README.md lacks the line\n{line}");
    }
}

#[test]
fn every_test_function_and_command_is_listed() {
    let report = include_str!("../../templates/report.tex");
    let commands = ["\\newcommand{\\", "\\newenvironment{"]
        .into_iter()
        .flat_map(|define| report.split(define).skip(1).filter_map(|rest| rest.split('}').next()));
    let names: BTreeSet<String> =
        TESTS.iter().chain(FUNCTIONS).copied().chain(commands).map(str::to_owned).collect();
    assert!(names.contains("pictured") && names.contains("asked"), "{names:?}");
    let missing: Vec<_> = names.difference(&listed()).cloned().collect();
    assert!(missing.is_empty(), "templates/README.md does not list {missing:?}");
}

#[test]
fn every_template_on_disk_is_built_in() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let on_disk: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".tex"))
        .collect();
    let built_in: BTreeSet<String> = TEMPLATES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(on_disk, built_in);
}

/// What is said of boxes in the document of a homework, with a text of the templates replaced.
fn about_boxes(homework: &Path, old: &str, new: &str) -> Vec<String> {
    let edited: Vec<(&str, String)> =
        TEMPLATES.iter().map(|(name, text)| (*name, text.replacen(old, new, 1))).collect();
    let edited: Vec<(&str, &str)> =
        edited.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let inputs = inputs::load(homework, &[], None).unwrap();
    let homework = Homework::solve(&inputs).unwrap();
    let view = View::new(&inputs, &homework, &Checks::default(), "");
    let templates = TemplateSet::load(Path::new("no/templates"), &edited).unwrap();
    let rendered = templates.render(ROOT, &view).unwrap();
    let found = boxes::gaps(&live::live(&rendered.text), &answers(&homework), "templates");
    let place = |at| rendered.place_of(at).map(|place| place.name).unwrap_or_default();
    found.into_iter().map(|(at, warning)| format!("{} {}", place(at), warning.message)).collect()
}

#[test]
fn what_the_built_in_templates_answer_stands_in_boxes_for_all_inputs() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/homeworks");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(about_boxes(&path, "", ""), Vec::<String>::new(), "{}", path.display());
    }
}

#[test]
fn a_box_taken_out_of_a_template_is_missed() {
    let homework = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/homework.toml");
    for (name, old, gist) in [
        ("problem1a.tex", "\\boxed{\\;\\pd{L}{W}", "question 1(a) has no box"),
        (
            "problem1b.tex",
            "<< p1.W_updated.boxed >>",
            "question 1(b) prints problem1.W_updated[0][0] = 0.26 (and 3 others)",
        ),
        ("problem2a.tex", "\\boxed{\\;\\max", "question 2(a) has 1 box"),
        (
            "problem2a.tex",
            "\\boxed{\\;\\sigma'(z)",
            "question 2(a) has 1 box where 2 are wanted: that of σ′(z) is missing",
        ),
        ("problem2b.tex", "<< b.boxed >>", "question 2(b) prints problem2.classification.dL_dw[0]"),
        (
            "problem2b_regression.tex",
            "<< c.boxed_symbolic >>",
            "question 2(b) regression has no box",
        ),
        ("problem2c.tex", "<< c.boxed >>", "question 2(c) prints problem2.regression.dL_dw[0]"),
    ] {
        let new = if old.starts_with('<') { "p_1.W_updated" } else { "{x" };
        let all = about_boxes(&homework, old, new);
        let [one] = &all[..] else { panic!("{old}: {all:?}") };
        assert!(one.starts_with(&format!("no/templates/{name} {gist}")), "{old}: {one}");
    }
}

/// What is said of the numbers in a template.
fn about_numbers(text: &str) -> Vec<Diagnostic> {
    let homework = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/homework.toml");
    let inputs = inputs::load(&homework, &[], None).unwrap();
    let homework = Homework::solve(&inputs).unwrap();
    let view = View::new(&inputs, &homework, &Checks::default(), "");
    let set = TemplateSet::load(Path::new("no/templates"), &[(ROOT, text)]).unwrap();
    let found = typed::decimals(set.typed_decimals(ROOT), &answers(&homework), &view);
    found.unwrap_or_else(|failure| failure.0)
}

#[test]
fn what_is_printed_in_the_place_of_a_number_has_its_sign() {
    // The gradient of w₃ is −0.1972284 and has the largest magnitude (by the independent reference).
    let (gradient, largest) = ("b.layers[2].dL_dw.value", "b.noticed.largest");
    for (text, marked, field) in [
        ("is $-0.19723$", "-0.19723", gradient),
        ("is $\\approx {-}0.19723$", "{-}0.19723", gradient),
        ("is \u{2212}0.19723", "\u{2212}0.19723", gradient),
        ("of $1 - 0.19723$", "0.19723", gradient),
        ("of $\\alpha - 0.19723$", "0.19723", gradient),
        ("of $<< b.x.value >> - 0.19723$", "0.19723", gradient),
        ("The largest is 0.19723", "0.19723", largest),
        ("is $-0.52173$", "0.52173", "b.loss.value"),
    ] {
        let all = about_numbers(text);
        let [one] = &all[..] else { panic!("{text}: {all:?}") };
        let place = one.place.as_ref().unwrap();
        assert_eq!(&place.text[place.span.clone()], marked, "{text}");
        let help = one.help.as_deref().unwrap_or_default();
        assert!(help.starts_with(&format!("print it with << {field} >>;")), "{text}: {help}");
    }
}

#[test]
fn numbers_typed_in_every_way_are_told_by_their_names() {
    let told = |text: &str| -> Vec<String> {
        let found = about_numbers(text).into_iter();
        found.map(|one| format!("{:?}: {}", one.severity, one.message)).collect()
    };
    // The losses are 0.5217252787 and 16287.26372 (by the independent reference).
    for (text, said) in [
        ("0.52173", "Error: 0.52173 is computed by the program as b.loss.value"),
        (".52173", "Error: 0.52173 is computed by the program as b.loss.value"),
        ("0{,}52173", "Error: 0.52173 is computed by the program as b.loss.value"),
        ("It is 0.52173 in total", "Error: 0.52173 is computed by the program as b.loss.value"),
        ("16287", "Error: 16287 is computed by the program as c.loss.value"),
        ("16{,}287", "Error: 16287 is computed by the program as c.loss.value"),
        (
            "0.5217",
            "Warning: 0.5217 is typed by hand, and is b.loss.value rounded: other inputs change that",
        ),
        // 0.3 − 0.1 · 2 · (1 · 0 + 0.1 · 2), an answer of two digits.
        (
            "0.26",
            "Warning: 0.26 is typed by hand, and has the digits of problem1.W_updated[0][0]: other inputs change that",
        ),
        (
            "\\num{0.26}",
            "Warning: 0.26 is typed by hand, and has the digits of problem1.W_updated[0][0]: other inputs change that",
        ),
        // What has few digits may be an entry; it is told by its place in the matrix.
        (
            "0.5 pages",
            "Warning: 0.5 is typed by hand: if it is p1.W.entries[0][1], other inputs change it",
        ),
        (
            "0.11",
            "Warning: 0.11 is typed by hand: if it is b.layers[1].w.value without its minus, other inputs change it",
        ),
        (
            "$-0.11$",
            "Warning: 0.11 is typed by hand: if it is b.layers[1].w.value, other inputs change it",
        ),
        ("0.77123", "Warning: 0.77123 is typed by hand: it stays the same for other inputs"),
    ] {
        assert_eq!(told(text), [said], "{text}");
    }
    for text in [
        "In 2020, 16288 of 128",
        "\\hskip 0.52173 in plus 1fil and a rule of width 0.52173 in tall, 0.52173in wide",
        "\\label{eq:0.52173} \\eqref{eq:0.52173}",
        "Python 3.10 and arXiv:1502.03167",
        "$\\pi \\approx 3.14$, $e = 2.7183$",
    ] {
        assert_eq!(told(text), Vec::<String>::new(), "{text}");
    }
}
