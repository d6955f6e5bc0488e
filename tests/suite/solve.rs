//! `solve`: every number against references that share no code with the program.
//! `tests/reference/README.md` says how those were made.

use std::fs;

use serde_json::Value;

use crate::decimal::Decimal;
use crate::project::{Project, read, repository};

/// The keys of problem 1 and how deeply their numbers are nested: a number, or a matrix.
const PROBLEM1: [(&str, usize); 7] = [
    ("P", 2),
    ("residual", 2),
    ("loss", 0),
    ("dL_dP", 2),
    ("dL_dW", 2),
    ("W_updated", 2),
    ("loss_after", 0),
];

/// The keys of each chain: a number, or one for every layer.
const CHAIN: [(&str, usize); 6] =
    [("z", 1), ("a", 1), ("y_hat", 0), ("loss", 0), ("delta", 1), ("dL_dw", 1)];

/// One number of the JSON.
struct Number {
    value: f64,
    printed: String,
    exact: bool,
}

/// The answers for a homework.
fn solve(project: &Project, args: &[&str]) -> (Value, Vec<Number>) {
    let run = project.run(&[&["solve", "--format", "json"], args].concat(), 0);
    let json: Value = serde_json::from_str(&run.stdout).unwrap();
    let mut found = Vec::new();
    collect(&json, &mut found);
    // The JSON reader may be off in the last bit: the texts are read again, in the same order.
    let texts = run.stdout.split("\"value\":").skip(1);
    let values = texts.map(|text| text.split([',', '}']).next().unwrap().trim().parse().unwrap());
    let numbers: Vec<Number> = found
        .into_iter()
        .zip(values)
        .map(|(number, value)| Number {
            value,
            printed: number["printed"].as_str().unwrap().to_owned(),
            exact: number["exact"].as_bool().unwrap(),
        })
        .collect();
    assert_eq!(numbers.len(), run.stdout.matches("\"value\":").count());
    (json, numbers)
}

/// Numbers (ours or the reference's), in the order of the document.
fn collect<'a>(json: &'a Value, found: &mut Vec<&'a Value>) {
    match json {
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(map) if map.contains_key("exact") => found.push(json),
        Value::Object(map) => map.values().for_each(|item| collect(item, found)),
        _ => {}
    }
}

/// Lengths of nested arrays, outermost first; every row must be as long as the others.
fn shape(json: &Value) -> Vec<usize> {
    let Value::Array(items) = json else { return Vec::new() };
    let shapes: Vec<_> = items.iter().map(shape).collect();
    assert!(shapes.windows(2).all(|pair| pair[0] == pair[1]), "{json} has rows unlike each other");
    [vec![items.len()], shapes.first().cloned().unwrap_or_default()].concat()
}

fn assert_keys(json: &Value, keys: &[&str]) {
    for key in keys {
        assert!(json.get(key).is_some(), "{key} is missing in {json}");
    }
}

/// The number that is printed must be this one: see CONTRACT's `N`.
fn check(number: &Number, reference: &Value, digits: usize, place: &str) {
    let text = reference["decimal"].as_str().unwrap();
    let truth = Decimal::parse(text).unwrap();
    let whole = reference["exact"].as_bool().unwrap();
    let Number { value, printed, exact } = number;

    let nearest: f64 = text.parse().unwrap();
    assert_eq!(*value, nearest, "{place}: the nearest f64 of {text}");

    let shown =
        Decimal::parse(printed).unwrap_or_else(|| panic!("{place}: {printed} is no number"));
    assert_eq!(shown.is_zero(), truth.is_zero(), "{place}: {printed} for {text}");
    if truth.is_zero() {
        assert_eq!((printed.as_str(), *exact), ("0", true), "{place}");
        return;
    }
    assert_eq!(shown.is_negative(), truth.is_negative(), "{place}: {printed} for {text}");
    if *exact {
        assert!(whole && shown.equals(&truth), "{place}: {printed} is not exactly {text}");
    } else {
        let (rounded, tie) = truth.round(shown.place());
        assert!(whole || !tie, "{place}: the reference {text} has too few digits");
        assert!(shown.equals(&rounded), "{place}: {printed} is not {text} rounded");
        assert!(shown.significant() >= digits, "{place}: {printed} has fewer digits than {digits}");
    }
    // Plain notation from 1e-4 up to 1e7; a number that is rounded up to a border may be either.
    if truth.exponent() == shown.exponent() {
        let plain = (-4..7).contains(&shown.exponent());
        assert_eq!(printed.contains('e'), !plain, "{place}: notation of {printed}");
    }
}

#[test]
fn every_number_is_the_reference_correctly_rounded() {
    let project = Project::new();
    let mut homeworks = 0;
    let mut numbers = 0;
    let mut faults = Vec::new();
    for entry in fs::read_dir(repository("tests/reference/homeworks")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let reference = repository(&format!("tests/reference/answers/{name}.json"));
        let reference: Value = serde_json::from_str(&read(&reference)).unwrap();
        let text = read(&path);
        let digits = text.lines().find_map(|line| line.strip_prefix("digits = ")).unwrap();

        let outcome = std::panic::catch_unwind(|| {
            let (_, ours) = solve(&project, &["--inputs", path.to_str().unwrap()]);
            let mut theirs = Vec::new();
            collect(&reference, &mut theirs);
            assert_eq!(ours.len(), theirs.len(), "{name}");
            for (index, (number, truth)) in ours.iter().zip(theirs).enumerate() {
                check(number, truth, digits.parse().unwrap(), &format!("{name}, number {index}"));
            }
            ours.len()
        });
        match outcome {
            Ok(count) => numbers += count,
            Err(fault) => {
                let text = fault.downcast_ref::<String>().cloned();
                faults.push(format!("{name}: {}", text.unwrap_or_default()));
            }
        }
        homeworks += 1;
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(homeworks >= 25 && numbers > 1000, "{homeworks} homeworks, {numbers} numbers");
}

#[test]
fn keys_and_shapes_are_those_of_the_contract() {
    // (rows of W, columns of W, columns of X), (layers of classification, of regression)
    for ((m, d, n), (layers, regression_layers)) in
        [((1, 1, 1), (1, 1)), ((3, 2, 4), (4, 2)), ((2, 5, 1), (2, 7))]
    {
        let matrix = |rows, columns| {
            let row = format!("[{}]", vec!["0.5"; columns].join(", "));
            format!("[{}]", vec![row; rows].join(", "))
        };
        let chain =
            |kind: &str, layers| format!("problem2.{kind}.w=[{}]", vec!["0.5"; layers].join(", "));
        let sets = [
            format!("problem1.W={}", matrix(m, d)),
            format!("problem1.X={}", matrix(d, n)),
            format!("problem1.Y={}", matrix(m, n)),
            chain("classification", layers),
            chain("regression", regression_layers),
        ];
        let args: Vec<&str> = sets.iter().flat_map(|set| ["--set", set]).collect();
        let (json, _) = solve(&Project::new(), &args);

        assert_keys(&json, &["problem1", "problem2"]);
        let problem1 = &json["problem1"];
        assert_keys(problem1, &PROBLEM1.map(|(key, _)| key));
        for (key, depth) in PROBLEM1 {
            let expected = match key {
                "dL_dW" | "W_updated" => vec![m, d],
                _ if depth == 2 => vec![m, n],
                _ => vec![],
            };
            assert_eq!(shape(&problem1[key]), expected, "{key}");
        }
        for (kind, layers, sigmoids) in [
            ("classification", layers, layers),
            ("regression", regression_layers, regression_layers - 1),
        ] {
            let chain = &json["problem2"][kind];
            assert_keys(chain, &CHAIN.map(|(key, _)| key));
            for (key, depth) in CHAIN {
                let count = if key == "a" { sigmoids } else { layers };
                let expected = if depth == 1 { vec![count] } else { vec![] };
                assert_eq!(shape(&chain[key]), expected, "{kind}.{key}");
            }
        }
    }
}

#[test]
fn a_number_is_a_value_a_text_and_a_flag() {
    let (json, _) = solve(&Project::new(), &[]);
    let mut found = Vec::new();
    collect(&json, &mut found);
    assert_eq!(found.len(), 5 * 4 + 2 + (3 * 4 + 2) + (3 * 3 + 2 + 2));
    for number in found {
        assert!(number["value"].is_number(), "{number}");
        assert!(number["printed"].is_string(), "{number}");
        assert!(number["exact"].is_boolean(), "{number}");
    }
}

#[test]
fn text_shows_what_json_prints() {
    let project = Project::new();
    let (_, numbers) = solve(&project, &[]);
    let text = project.run(&["solve"], 0).stdout;
    let words: Vec<&str> = text.split_whitespace().collect();
    for number in numbers {
        assert!(words.contains(&number.printed.as_str()), "{} is not in\n{text}", number.printed);
    }
    assert_eq!(project.run(&["solve", "--format", "text"], 0).stdout, text);
}
