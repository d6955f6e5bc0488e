//! What good inputs read as, how they are written again, and that nothing panics.

use dashu_ratio::RBig;
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::diagnostic::Severity;

const HOMEWORK: &str = include_str!("../../tests/homework.toml");

fn read(text: &str, sets: &[&str]) -> Inputs {
    seeded(text, sets, None)
}

fn seeded(text: &str, sets: &[&str], seed: Option<u64>) -> Inputs {
    let sets: Vec<_> = sets.iter().map(|set| (*set).to_owned()).collect();
    parse(Source::new("homework.toml", text), &sets, seed).unwrap()
}

fn decimals(texts: &[&str]) -> Vec<Decimal> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

#[test]
fn the_homework_reads_as_typed() {
    let inputs = read(HOMEWORK, &[]);
    assert_eq!(inputs.submission.id.as_deref(), Some("jhed1"));
    assert_eq!(inputs.submission.date, Some(Date { year: 2020, month: 3, day: 1 }));
    assert_eq!(inputs.submission.paper, Paper::Letter);
    assert_eq!(inputs.submission.digits, 5);
    let w = &inputs.problem1.w;
    assert_eq!(w[(0, 1)].value(), &RBig::from_parts(1.into(), 2u8.into()));
    assert_eq!(w[(1, 0)].value(), &RBig::from_parts((-1).into(), 5u8.into()));
    assert_eq!(inputs.problem1.reduction, Reduction::Sum);
    assert_eq!(inputs.problem2.regression.w, decimals(&["0.25", "-0.11", "0.78"]));
    assert_eq!(inputs.problem2.regression.y, 128.into());
    assert_eq!(inputs.random_weights, None);
}

#[test]
fn the_placeholder_draws_a_warning_at_its_place() {
    let warnings = read(HOMEWORK, &[]).warnings;
    assert_eq!(warnings.len(), 1);
    assert_eq!(warnings[0].severity, Severity::Warning);
    assert_eq!(warnings[0].message, "`submission.name` is still the placeholder");
    assert_eq!(warnings[0].place.as_ref().unwrap().line_column(), (2, 9));
    assert!(read(HOMEWORK, &["submission.name=Ada Lovelace"]).warnings.is_empty());
}

#[test]
fn a_decimal_comma_in_a_list_is_an_error_or_a_warning() {
    /// The pairs that are told, each with `E` or `W`.
    fn told(value: &str) -> Vec<String> {
        let sets = ["submission.name=Ada".to_owned(), format!("problem2.classification.w={value}")];
        let found = match parse(Source::new("homework.toml", HOMEWORK), &sets, None) {
            Ok(inputs) => inputs.warnings,
            Err(failure) => failure.0,
        };
        let shown = |found: &crate::diagnostic::Diagnostic| {
            let typed = found.message.split('`').nth(1).unwrap().to_owned();
            let help = found.help.as_deref().unwrap();
            assert!(found.message.ends_with("in a list is two numbers"), "{}", found.message);
            assert!(
                help.contains(&format!("decimal point, {}", typed.replace(',', "."))),
                "{help}"
            );
            format!("{} {typed}", if found.severity == Severity::Error { 'E' } else { 'W' })
        };
        found.iter().map(shown).collect()
    }
    for (value, expected) in [
        ("[0,25, -0.11, 0.78]", &["E 0,25"][..]),
        ("[0,25, -0,11, 0,78]", &["E 0,25", "E -0,11", "E 0,78"]),
        ("[1,25, 2,5]", &["E 1,25", "E 2,5"]),
        ("[0,25,-0,11]", &["E 0,25", "E -0,11"]),
        ("[1,2, 3]", &["W 1,2"]),
        ("[0,25,0,11]", &["W 0,25", "W 0,11"]),
        ("[0,1, 2]", &["W 0,1"]),
        ("[0,25,3]", &[]),
        ("[0,2]", &[]),
        ("[0,1,0,1]", &[]),
        ("[0, 25, 3]", &[]),
        ("[0.5,2, 3]", &[]),
        ("[0,-2, 3]", &[]),
    ] {
        assert_eq!(told(value), expected, "{value}");
    }
}

#[test]
fn settings_have_defaults() {
    let short: String = HOMEWORK
        .lines()
        .filter(|line| {
            !["id", "date", "paper", "digits", "reduction"].iter().any(|k| line.starts_with(k))
        })
        .map(|line| format!("{line}\n"))
        .collect();
    let inputs = read(&short, &[]);
    let Submission { id, date, paper, digits, .. } = inputs.submission;
    assert_eq!((id, date, paper, digits), (None, None, Paper::Letter, 5));
    assert_eq!(inputs.problem1.reduction, Reduction::Sum);
}

#[test]
fn arguments_replace_values_and_the_last_wins() {
    let inputs = read(
        HOMEWORK,
        &[
            "submission.name=Ada \\& Charles",
            "submission . paper = a4",
            "problem1.reduction=mean",
            "problem1.step_size=0.5",
            "problem1.step_size=2.5e-1",
            "problem2.classification.w=[1, -2, 0.5, 0x10]",
            "problem1.W[0][1] = 0.7",
            "\"problem2\".regression = {w = [1], x = 1_000, y = -0.0}",
            "submission.id=\"a=b\"",
            "submission.date=2024-02-29",
        ],
    );
    assert_eq!(inputs.submission.name, "Ada \\& Charles");
    assert_eq!(inputs.submission.paper, Paper::A4);
    assert_eq!(inputs.submission.id.as_deref(), Some("a=b"));
    assert_eq!(inputs.submission.date, Some(Date { year: 2024, month: 2, day: 29 }));
    assert_eq!(inputs.problem1.reduction, Reduction::Mean);
    assert_eq!(inputs.problem1.step_size, decimals(&["0.25"])[0]);
    assert_eq!(inputs.problem1.w[(0, 1)], decimals(&["0.7"])[0]);
    assert_eq!(inputs.problem2.classification.w, decimals(&["1", "-2", "0.5", "16"]));
    let regression = Chain { w: vec![1.into()], x: 1000.into(), y: 0.into() };
    assert_eq!(inputs.problem2.regression, regression);
}

#[test]
fn an_argument_fills_what_the_file_leaves_out_and_mends_what_it_spoils() {
    let text = HOMEWORK.replace("step_size = 0.1", "").replace("x = 0.63", "x = nan");
    let sets =
        ["problem1.step_size=0.1", "problem2.classification.x=0.63", "problem2.regression.x=0.63"];
    assert_eq!(read(&text, &sets).problem1, read(HOMEWORK, &[]).problem1);
}

#[test]
fn byte_order_marks_and_carriage_returns_do_not_matter() {
    let text = format!("\u{feff}{}", HOMEWORK.replace('\n', "\r\n"));
    let inputs = read(&text, &[]);
    assert_eq!(inputs.problem1, read(HOMEWORK, &[]).problem1);
    assert_eq!(inputs.warnings[0].place.as_ref().unwrap().line_column(), (2, 9));
}

/// Expected draws: SplitMix64 and the polar method written down a second time, in Python's
/// integers and its 60-digit decimal arithmetic.
#[test]
fn drawn_weights_are_those_of_an_independent_program() {
    let five = ["problem2.regression.w=[1,1,1,1,1]"];
    for (seed, first) in [
        (0, ["0.98", "-0.18", "-0.71"]),
        (1, ["0.43", "1.59", "0.46"]),
        (7, ["-0.04", "-0.18", "0.88"]),
        (u64::MAX, ["-1.43", "-0.38", "0.55"]),
    ] {
        let inputs = seeded(HOMEWORK, &[], Some(seed));
        assert_eq!(inputs.problem2.classification.w, decimals(&first), "{seed}");
        assert_eq!(inputs.problem2.regression.w, decimals(&first), "{seed}");
        assert_eq!(inputs.random_weights, Some(seed));
        // An argument wins over the draws.
        let inputs = seeded(HOMEWORK, &five, Some(seed));
        assert_eq!(inputs.problem2.regression.w, vec![Decimal::from(1); 5]);
        assert_eq!(inputs.problem2.classification.w, decimals(&first), "{seed}");
    }
    let deep = HOMEWORK.replacen("[0.25, -0.11, 0.78]", "[1, 1, 1, 1, 1, 1, 1, 1]", 1);
    let inputs = seeded(&deep, &[], Some(7));
    let eight = ["-0.04", "-0.18", "0.88", "0.18", "-0.31", "-1.61", "-0.38", "-2.02"];
    assert_eq!(inputs.problem2.classification.w, decimals(&eight));
    assert_eq!(inputs.problem2.regression.w, decimals(&eight[..3]));
}

#[test]
fn json_keeps_every_digit() {
    let inputs = read(HOMEWORK, &["problem1.step_size=0.1234567890123456789"]);
    let json = serde_json::to_value(&inputs).unwrap();
    assert_eq!(json["submission"]["date"], "2020-03-01");
    assert_eq!(json["submission"]["paper"], "letter");
    assert_eq!(json["problem1"]["W"], serde_json::json!([["0.3", "0.5"], ["-0.2", "0.4"]]));
    assert_eq!(json["problem1"]["step_size"], "0.1234567890123456789");
    assert_eq!(json["problem2"]["regression"]["y"], "128");
    assert_eq!(json["random_weights"], serde_json::Value::Null);
}

/// Editors read the schema from a file.
#[test]
fn the_schema_on_disk_is_current() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/homework.schema.json");
    let current = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
    if std::fs::read_to_string(&path).ok().as_ref() != Some(&current) {
        let observed = path.with_extension("json.observed");
        std::fs::write(&observed, current).unwrap();
        panic!("{} is not current: move {} there", path.display(), observed.display());
    }
    let homework = include_str!("../../homework.toml");
    assert!(homework.starts_with("#:schema ./docs/homework.schema.json\n"));
}

/// The schema and the checks know the same keys, and want the same ones.
#[test]
fn the_schema_has_the_keys_that_are_read() {
    let schema = schema();
    for key in keys::KEYS {
        let mut here = &schema;
        let mut parent = &schema;
        for name in key.path.split('.') {
            parent = here;
            here = &parent["properties"][name];
            if let Some(target) = here["$ref"].as_str() {
                let target = &schema["$defs"][target.trim_start_matches("#/$defs/")];
                here = if target["properties"].is_object() { target } else { here };
            }
            assert!(here.is_object(), "{}", key.path);
        }
        let required = parent["required"].as_array().unwrap();
        assert_eq!(required.iter().any(|name| name == key.name()), key.required, "{}", key.path);
        assert_eq!(parent["additionalProperties"], false, "{}", key.path);
    }
    let count =
        |object: &serde_json::Value| object["properties"].as_object().map_or(0, |p| p.len());
    let in_schema =
        count(&schema) + schema["$defs"].as_object().unwrap().values().map(count).sum::<usize>();
    assert_eq!(in_schema, keys::KEYS.len());
}

#[test]
fn files_that_cannot_be_read_say_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let message = |path: &Path| load(path, &[], None).unwrap_err().0.remove(0);
    let missing = message(&folder.path().join("none.toml"));
    assert!(
        missing.message.starts_with("there is no file ") && missing.message.ends_with("none.toml")
    );
    assert!(missing.help.unwrap().contains("--inputs FILE"));
    assert!(message(folder.path()).message.ends_with(" is a folder"));
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let latin = message(&write("latin.toml", b"[submission]\nname = \"Andr\xe9\"\n"));
    assert!(latin.message.ends_with("latin.toml is not UTF-8 text"));
    assert_eq!(latin.place.unwrap().line_column(), (2, 13));
    let padding = vec![b'\n'; (1 << 20) - HOMEWORK.len()];
    let full = [HOMEWORK.as_bytes(), &padding].concat();
    assert!(load(&write("full.toml", &full), &[], None).is_ok());
    let large = message(&write("large.toml", &[full, vec![b'\n']].concat()));
    assert!(large.message.ends_with("large.toml is larger than 1 MiB"));
}

#[test]
fn deep_nesting_is_an_error_and_no_crash() {
    let open = format!("a = {}", "[".repeat(100_000));
    let dotted = format!("{} = 1", vec!["a"; 100_000].join("."));
    let tables = format!("a = {}", "{a = ".repeat(100_000));
    for text in [&open, &dotted, &tables] {
        assert!(parse(Source::new("homework.toml", text), &[], None).is_err());
        let set = [text.replace(" = ", "=")];
        assert!(parse(Source::new("homework.toml", HOMEWORK), &set, None).is_err());
    }
}

/// Any decimal of at most 20 digits whose parts lie in these ranges.
fn parts(
    digits: std::ops::Range<i128>,
    exponent: std::ops::RangeInclusive<i64>,
) -> impl Strategy<Value = Decimal> {
    (digits, exponent).prop_filter_map("inside the limits", |(d, e)| Decimal::from_parts(d, e).ok())
}

const MOST: i128 = 10i128.pow(20);

fn decimal() -> impl Strategy<Value = Decimal> {
    prop_oneof![parts(-9999..9999, -4..=0), parts(-MOST..MOST, -100..=0), parts(1..2, 20..=20)]
}

fn matrix(rows: usize, columns: usize) -> impl Strategy<Value = DMatrix<Decimal>> {
    vec(decimal(), rows * columns).prop_map(move |v| DMatrix::from_vec(rows, columns, v))
}

fn chain(y: impl Strategy<Value = Decimal>) -> impl Strategy<Value = Chain> {
    let small = || prop_oneof![parts(-9999..9999, -4..=0), parts(-MOST..MOST, -100..=-14)];
    (vec(small(), 1..6), small(), y).prop_map(|(w, x, y)| Chain { w, x, y })
}

fn submission() -> impl Strategy<Value = Submission> {
    // An accent without its letter is refused, and U+2ADC is one in disguise.
    let text = "([^\\p{C}\u{2028}\u{2029}\u{300}-\u{36F}\u{2ADC}]|e\u{301}){0,20}[a-z\"\\\\%]";
    let date = (0u16..=9999, 1u8..=12, 1u8..=28);
    let date = date.prop_map(|(year, month, day)| Date { year, month, day });
    let paper = prop_oneof![Just(Paper::Letter), Just(Paper::A4)];
    (text, proptest::option::of(text), proptest::option::of(date), paper, 2usize..=15)
        .prop_map(|(name, id, date, paper, digits)| Submission { name, id, date, paper, digits })
}

fn problem1() -> impl Strategy<Value = Problem1> {
    (1usize..4, 1usize..4, 1usize..4).prop_flat_map(|(m, d, n)| {
        let step = parts(1..MOST, -100..=0);
        let reduction = prop_oneof![Just(Reduction::Sum), Just(Reduction::Mean)];
        (matrix(m, d), matrix(d, n), matrix(m, n), step, reduction)
            .prop_map(|(w, x, y, step_size, reduction)| Problem1 { w, x, y, step_size, reduction })
    })
}

fn inputs() -> impl Strategy<Value = Inputs> {
    let label = prop_oneof![Just(Decimal::from(0)), Just(Decimal::from(1))];
    (submission(), problem1(), chain(label), chain(decimal())).prop_map(
        |(submission, problem1, classification, regression)| Inputs {
            submission,
            problem1,
            problem2: Problem2 { classification, regression },
            warnings: Vec::new(),
            random_weights: None,
        },
    )
}

proptest! {
    #![proptest_config(crate::properties::config(256))]

    #[test]
    fn written_inputs_read_back_the_same(inputs in inputs()) {
        let text = inputs.to_toml();
        prop_assert_eq!(&read(&text, &[]), &inputs, "{}", text);
        // Any TOML reader takes it, those with 64-bit integers too.
        prop_assert!(text.parse::<toml_edit::DocumentMut>().is_ok(), "{}", text);
    }

    #[test]
    fn decimals_read_back_the_same(decimal in decimal()) {
        prop_assert_eq!(decimal.to_string().parse::<Decimal>(), Ok(decimal));
    }

    /// Pieces of the homework in any order, with any text between them.
    #[test]
    fn no_text_makes_it_panic(
        pieces in vec(
            (any::<prop::sample::Index>(), 0usize..40, "\\PC{0,6}|[\\[\\]{}\"'=.,\n\r0-9e-]{0,6}"),
            0..12,
        ),
        set in "([a-z12.]{0,12}|problem1.W|submission.name)[\\[\\]0-9=.\"' ]{0,8}\\PC{0,8}",
    ) {
        let mut text = String::new();
        for (start, length, noise) in pieces {
            text.extend(HOMEWORK.chars().skip(start.index(HOMEWORK.chars().count())).take(length));
            text += &noise;
        }
        let sets = [set];
        for (text, sets) in [(text.as_str(), &[][..]), (&text, &sets), (HOMEWORK, &sets)] {
            if let Err(failure) = parse(Source::new("homework.toml", text), sets, Some(1)) {
                prop_assert!(!failure.0.is_empty());
                for diagnostic in &failure.0 {
                    let rendered = diagnostic.render(false);
                    prop_assert!(rendered.contains("help"), "{}", rendered);
                    if let Some(place) = &diagnostic.place {
                        prop_assert!(place.text.get(place.span.clone()).is_some());
                    }
                }
            }
        }
    }
}
