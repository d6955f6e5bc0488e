//! Changing an input changes what depends on it, and nothing else: numbers in the JSON, and
//! sections of the document. The tables are written by hand, from the formulas.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::project::Project;
use crate::sections::sections;

/// A change of one input, what it changes in the JSON (prefixes of paths), and which sections.
struct Change {
    set: &'static str,
    numbers: &'static [&'static str],
    sections: &'static [&'static str],
}

/// All numbers of a chain but the ones that come before the change.
macro_rules! chain {
    ($kind:literal: $($field:literal)*) => { &[$(concat!("problem2.", $kind, ".", $field)),*] };
}

// With P = W X, R = P − Y, G = ∂L/∂P = 2 R, ∂L/∂W = G Xᵀ, W' = W − η ∂L/∂W; X₁₁ = 0.
// 2(c) tells the factor between its gradients and those of 2(b): it depends on both chains.
// The table of notation in front has the symbols of that factor only where there is one.
const CHANGES: &[Change] = &[
    Change { set: "submission.name='Ada'", numbers: &[], sections: &["front"] },
    Change { set: "submission.id='al1'", numbers: &[], sections: &["front"] },
    Change { set: "submission.date=2021-12-31", numbers: &[], sections: &["front"] },
    Change { set: "submission.paper='a4'", numbers: &[], sections: &["front"] },
    Change {
        // W₁₁: P₁₁ = 0.3 · 0 + … does not feel it.
        set: "problem1.W=[[0.25, 0.5], [-0.2, 0.4]]",
        numbers: &[
            "problem1.P.0.1",
            "problem1.residual.0.1",
            "problem1.loss",
            "problem1.dL_dP.0.1",
            "problem1.dL_dW.0",
            "problem1.W_updated.0",
            "problem1.loss_after",
        ],
        sections: &["1b"],
    },
    Change {
        // X₂₂: the second sample's predictions, and by Xᵀ every gradient; P₁₂ and P₂₂ only.
        set: "problem1.X=[[0, 2], [3, 1.5]]",
        numbers: &[
            "problem1.P.0.1",
            "problem1.P.1.1",
            "problem1.residual.0.1",
            "problem1.residual.1.1",
            "problem1.loss",
            "problem1.dL_dP.0.1",
            "problem1.dL_dP.1.1",
            "problem1.dL_dW",
            "problem1.W_updated",
            "problem1.loss_after",
        ],
        sections: &["1b"],
    },
    Change {
        // Y₁₁: ∂L/∂W₁₁ = G₁₁ X₁₁ + … does not feel it.
        set: "problem1.Y=[[0.75, 1], [1, -1.5]]",
        numbers: &[
            "problem1.residual.0.0",
            "problem1.loss",
            "problem1.dL_dP.0.0",
            "problem1.dL_dW.0.1",
            "problem1.W_updated.0.1",
            "problem1.loss_after",
        ],
        sections: &["1b"],
    },
    Change {
        set: "problem1.step_size=0.05",
        numbers: &["problem1.W_updated", "problem1.loss_after"],
        sections: &["1b"],
    },
    Change {
        set: "problem1.reduction='mean'",
        numbers: &[
            "problem1.loss",
            "problem1.dL_dP",
            "problem1.dL_dW",
            "problem1.W_updated",
            "problem1.loss_after",
        ],
        sections: &["1b"],
    },
    Change {
        set: "problem2.classification.w=[0.3, -0.11, 0.78]",
        numbers: chain!("classification": "z" "a" "y_hat" "loss" "delta" "dL_dw"),
        sections: &["front", "2b", "2c"],
    },
    Change {
        set: "problem2.classification.w=[0.25, -0.2, 0.78]",
        numbers: chain!("classification": "z.1" "z.2" "a.1" "a.2" "y_hat" "loss" "delta" "dL_dw"),
        sections: &["front", "2b", "2c"],
    },
    Change {
        set: "problem2.classification.w=[0.25, -0.11, 0.9]",
        numbers: chain!("classification": "z.2" "a.2" "y_hat" "loss" "delta" "dL_dw"),
        sections: &["front", "2b", "2c"],
    },
    Change {
        set: "problem2.classification.x=0.7",
        numbers: chain!("classification": "z" "a" "y_hat" "loss" "delta" "dL_dw"),
        sections: &["front", "2b", "2c"],
    },
    Change {
        set: "problem2.classification.y=0",
        numbers: chain!("classification": "loss" "delta" "dL_dw"),
        sections: &["2b", "2c"],
    },
    Change {
        set: "problem2.regression.w=[0.3, -0.11, 0.78]",
        numbers: chain!("regression": "z" "a" "y_hat" "loss" "delta" "dL_dw"),
        sections: &["front", "2c"],
    },
    Change {
        set: "problem2.regression.w=[0.25, -0.11, 0.9]",
        numbers: chain!("regression": "z.2" "y_hat" "loss" "delta" "dL_dw"),
        sections: &["front", "2c"],
    },
    Change {
        set: "problem2.regression.x=0.7",
        numbers: chain!("regression": "z" "a" "y_hat" "loss" "delta" "dL_dw"),
        sections: &["front", "2c"],
    },
    Change {
        set: "problem2.regression.y=130",
        numbers: chain!("regression": "loss" "delta" "dL_dw"),
        sections: &["2c"],
    },
];

/// Every number's path and exact `f64`.
fn numbers(sets: &[&str]) -> Vec<(String, f64)> {
    let mut args = vec!["solve", "--format", "json"];
    args.extend(sets.iter().flat_map(|set| ["--set", set]));
    let json = serde_json::from_str(&Project::new().run(&args, 0).stdout).unwrap();
    let mut found = Vec::new();
    walk(&json, String::new(), &mut found);
    found
}

fn walk(json: &Value, path: String, found: &mut Vec<(String, f64)>) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match json {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, below(&index.to_string()), found);
            }
        }
        Value::Object(map) if map.contains_key("printed") => {
            found.push((path, map["value"].as_f64().unwrap()));
        }
        Value::Object(map) => map.iter().for_each(|(key, item)| walk(item, below(key), found)),
        _ => {}
    }
}

#[test]
fn numbers_change_with_what_they_depend_on() {
    let before = numbers(&[]);
    for change in CHANGES {
        let after = numbers(&[change.set]);
        for ((path, old), (same_path, new)) in before.iter().zip(&after) {
            assert_eq!(path, same_path);
            let depends = change
                .numbers
                .iter()
                .any(|prefix| path == prefix || path.starts_with(&format!("{prefix}.")));
            assert_eq!(old != new, depends, "{}: {path}, {old} and {new}", change.set);
        }
        for prefix in change.numbers {
            assert!(before.iter().any(|(path, _)| path.starts_with(prefix)), "{prefix} is nothing");
        }
    }
}

#[test]
fn sections_change_with_what_they_depend_on() {
    let before = sections(&[]);
    for change in CHANGES {
        let after = sections(&[change.set]);
        assert_eq!(before.len(), after.len());
        let changed: BTreeSet<&str> = before
            .iter()
            .zip(&after)
            .filter(|(old, new)| old.text != new.text)
            .map(|(old, _)| old.name.as_str())
            .filter(|name| *name != "appendix")
            .collect();
        let expected: BTreeSet<&str> = change.sections.iter().copied().collect();
        assert_eq!(changed, expected, "{}", change.set);
    }
}

#[test]
fn digits_change_what_is_printed_and_no_value() {
    let five = numbers(&[]);
    assert_eq!(five, numbers(&["submission.digits=9"]));
    let (five, nine) = (sections(&[]), sections(&["submission.digits=9"]));
    let changed = five.iter().zip(&nine).filter(|(five, nine)| five.text != nine.text);
    let changed: Vec<&str> = changed.map(|(five, _)| five.name.as_str()).collect();
    for section in ["front", "2b", "2c"] {
        assert!(changed.contains(&section), "{section} is not in {changed:?}");
    }
    assert!(!changed.contains(&"1a") && !changed.contains(&"2b_regression"), "{changed:?}");
}

#[test]
fn an_answer_stands_in_its_section_and_nowhere_else() {
    // W₁₁ − 0.0137 · 0.4 and W₁₂ − 0.0137 · 6.2, by hand.
    let step: &[&str] = &["problem1.step_size=0.0137"];
    let has = |sets: &[&str], number: &str| -> Vec<String> {
        let sections = sections(sets);
        let with = sections.iter().filter(|section| section.text.contains(number));
        with.map(|section| section.name.clone()).collect()
    };
    for number in ["0.29452", "0.41506"] {
        assert_eq!(has(step, number), ["1b"], "{number}");
        assert_eq!(has(&[], number), Vec::<String>::new(), "{number}");
    }
    // HOMEWORK's loss after the step 0.1.
    assert_eq!(has(&[], "2.2376"), ["1b"]);
    assert_eq!(has(step, "2.2376"), Vec::<String>::new());
}

/// The sections in which a sentence stands, line breaks aside.
fn sections_saying(sets: &[&str], sentence: &str) -> Vec<String> {
    let said =
        |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").contains(sentence);
    let sections = sections(sets);
    let found = sections.iter().filter(|section| said(&section.text));
    found.map(|section| section.name.clone()).collect()
}

#[test]
fn words_follow_the_numbers() {
    // (a sentence, inputs for which it is true, inputs for which it is not); the largest stable
    // step is 1/(7 + √13) ≈ 0.0943, and L(W') − L = −η ‖∇‖² + η² tr(∇ X Xᵀ ∇ᵀ).
    let cases: &[(&str, &[&str], &[&str])] = &[
        ("is above that", &["problem1.step_size=0.0944"], &["problem1.step_size=0.0942"]),
        ("is below that", &["problem1.step_size=0.0942"], &["problem1.step_size=0.0944"]),
        ("The step lowers the loss", &["problem1.step_size=0.01"], &["problem1.step_size=1"]),
        ("The step raises the loss", &["problem1.step_size=1"], &["problem1.step_size=0.01"]),
        ("averaged over the samples", &["problem1.reduction='mean'"], &[]),
        ("summed over all samples", &[], &["problem1.reduction='mean'"]),
    ];
    for (sentence, holds, fails) in cases {
        assert_eq!(sections_saying(holds, sentence), ["1b"], "{sentence}");
        assert_eq!(sections_saying(fails, sentence), Vec::<String>::new(), "{sentence}");
    }
}
