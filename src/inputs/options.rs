//! The options that turn the inputs of a file into others.

use serde_json::Value;

use super::Inputs;
use super::write::quoted;

/// The keys whose values are texts; every other text in the JSON is a number or a date.
const TEXTS: [&str; 4] = ["name", "id", "paper", "reduction"];

impl Inputs {
    /// The options that have to be given besides these inputs' own to get those of a record, which
    /// are JSON as [`Inputs`] writes it: each as it is typed in a shell. Empty where none would do.
    pub fn options_for(&self, record: &Value) -> Vec<String> {
        let Ok(own) = serde_json::to_value(self) else { return Vec::new() };
        let drawn = record.get("random_weights").and_then(Value::as_u64);
        if self.random_weights.is_some() && drawn != self.random_weights {
            return Vec::new();
        }
        let mut options = Vec::new();
        if drawn != self.random_weights {
            options.extend(drawn.map(|seed| format!("--random-weights {seed}")));
        }
        differences(&own, record, "", &mut |path, value| {
            // Drawn weights come with their seed.
            if drawn.is_none() || !path.ends_with(".w") {
                let key = path.rsplit('.').next().unwrap_or_default();
                let argument = format!("{path}={}", toml(value, TEXTS.contains(&key)));
                options.push(format!("--set '{}'", argument.replace('\'', "'\\''")));
            }
        });
        options
    }
}

/// Tells every value of `other` that `own` has not, with its dotted key.
fn differences(own: &Value, other: &Value, path: &str, tell: &mut impl FnMut(&str, &Value)) {
    match other {
        Value::Object(fields) => {
            for (name, field) in fields {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                differences(own.get(name).unwrap_or(&Value::Null), field, &path, tell);
            }
        }
        Value::Null => {}
        _ if path == "random_weights" || own == other => {}
        _ => tell(path, other),
    }
}

fn toml(value: &Value, is_text: bool) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| toml(item, is_text)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::String(text) if is_text => quoted(text),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use crate::inputs::{Inputs, Source, parse};

    fn inputs(sets: &[&str], seed: Option<u64>) -> Inputs {
        let source = Source::new("homework.toml", include_str!("../../tests/homework.toml"));
        let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
        parse(source, &sets, seed).unwrap()
    }

    #[test]
    fn the_options_give_the_recorded_inputs() {
        let own = inputs(&[], None);
        let sets: [&[&str]; 4] = [
            &[],
            &[
                "submission.name=\"O'Hara \\\"O\\\"\"",
                "submission.paper=\"a4\"",
                "submission.digits=7",
            ],
            &["submission.date=2021-12-31", "problem1.W=[[0.25, 0.5], [-0.2, 4e-7]]"],
            &["problem2.classification.w=[1]", "problem2.regression.y=-3"],
        ];
        for sets in sets {
            let other = inputs(sets, None);
            let options = own.options_for(&serde_json::to_value(&other).unwrap());
            assert_eq!(options.len(), sets.len(), "{options:?}");
            let given: Vec<String> = (options.iter())
                .map(|option| {
                    let quoted =
                        option.strip_prefix("--set '").unwrap().strip_suffix('\'').unwrap();
                    quoted.replace("'\\''", "'")
                })
                .collect();
            let given: Vec<&str> = given.iter().map(String::as_str).collect();
            assert_eq!(inputs(&given, None), other);
        }
    }

    #[test]
    fn drawn_weights_are_told_by_their_seed() {
        let (own, seven) = (inputs(&[], None), inputs(&["submission.digits=7"], Some(7)));
        let record = serde_json::to_value(&seven).unwrap();
        assert_eq!(own.options_for(&record), ["--random-weights 7", "--set 'submission.digits=7'"]);
        let eight = inputs(&[], Some(8));
        assert_eq!(eight.options_for(&record), Vec::<String>::new(), "none takes a seed back");
    }
}
