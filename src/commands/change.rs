//! What is different from the previous build, told from the two `homework3.json`.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::{self, Write};
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::symbols;

/// How many answers are told one by one.
const ANSWERS_TOLD: usize = 12;
/// How long a value is shown, in characters: lists of layers can be long.
const VALUE_CHARS: usize = 40;

/// The parts of a record that are compared.
#[derive(Debug, Deserialize)]
struct Record {
    inputs: Value,
    problem1: Value,
    problem2: Value,
    /// The answers that are asked for.
    printed_on: Vec<Asked>,
    noticed: Map<String, Value>,
    pages_to_mark: Vec<Pages>,
    hashes: Hashes,
}

#[derive(Debug, Deserialize)]
struct Asked {
    answer: String,
    printed: String,
    question: String,
}

#[derive(Debug, Deserialize)]
struct Pages {
    question: String,
    first: usize,
    last: usize,
}

#[derive(Debug, Deserialize)]
struct Hashes {
    templates: BTreeMap<String, String>,
    figures: BTreeMap<String, String>,
}

/// What changed from one build to the next, as it is printed.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Of the submission: name, paper and their like.
    settings: Vec<Change>,
    /// Of the answers that are asked for.
    answers: Vec<Change>,
    /// How many other numbers of the derivations changed.
    steps: usize,
    /// What sentences hang on.
    noticed: Vec<Change>,
    /// The pages of each question.
    pages: Vec<Change>,
    /// The templates whose text changed.
    templates: Vec<String>,
    /// The user's own figures that changed.
    figures: Vec<String>,
}

/// Something with a name that has another value now; at least one of the two is there.
#[derive(Debug, PartialEq, Eq)]
struct Change {
    name: String,
    old: Option<String>,
    new: Option<String>,
}

impl Changes {
    /// From the record in the file at `previous` to the text of a new one; `None` where the file
    /// is missing or is no record that can be compared.
    pub fn since(previous: &Path, new: &str) -> Option<Self> {
        Self::between(&fs::read_to_string(previous).ok()?, new)
    }

    fn between(old: &str, new: &str) -> Option<Self> {
        let old: Record = serde_json::from_str(old).ok()?;
        let new: Record = serde_json::from_str(new).ok()?;
        let mut answers = differences(&old.asked(), &new.asked());
        let all = differences(&old.numbers(), &new.numbers());
        let asked: HashSet<&str> = answers.iter().map(|answer| answer.name.as_str()).collect();
        let steps = all.iter().filter(|change| !asked.contains(change.name.as_str())).count();
        for answer in &mut answers {
            let known = new.printed_on.iter().chain(&old.printed_on);
            let question = known.clone().find(|known| known.answer == answer.name);
            let question = question.map(|known| known.question.as_str()).unwrap_or_default();
            answer.name = format!("{question} {}", symbols::of_answer(&answer.name));
        }
        let mut noticed = differences(&old.noticed(), &new.noticed());
        for change in &mut noticed {
            change.name =
                format!("{}: {}", question(&change.name), symbols::of_noticed(&change.name));
        }
        Some(Self {
            settings: differences(&old.settings(), &new.settings()),
            answers,
            steps,
            noticed,
            pages: differences(&old.pages(), &new.pages()),
            templates: names(&old.hashes.templates, &new.hashes.templates),
            figures: names(&old.hashes.figures, &new.hashes.figures),
        })
    }

    /// A line for each change; nothing where there is none.
    pub fn report(&self) -> String {
        let mut out = String::new();
        for change in &self.settings {
            let _ = writeln!(out, "  {change}");
        }
        for change in self.answers.iter().take(ANSWERS_TOLD) {
            let _ = writeln!(out, "  {change}");
        }
        let more = self.answers.len().saturating_sub(ANSWERS_TOLD);
        if more > 0 {
            let _ = writeln!(out, "  and {}", counted(more, "more answer"));
        }
        if self.steps > 0 {
            let _ = writeln!(out, "  {} on the way to the answers", counted(self.steps, "number"));
        }
        for change in &self.noticed {
            let _ = writeln!(out, "  sentences of {change}");
        }
        for change in &self.pages {
            let _ = writeln!(out, "  pages of {change}");
        }
        for name in &self.templates {
            let _ = writeln!(out, "  words of {name}");
        }
        for name in &self.figures {
            let _ = writeln!(out, "  figure {name}");
        }
        if out.is_empty() { out } else { format!("Changed since the last build\n{out}\n") }
    }

    /// The same in one line.
    pub fn line(&self) -> String {
        let mut parts = Vec::new();
        match &self.answers[..] {
            [] if self.steps == 0 => parts.push("no number changed".to_owned()),
            [] => parts.push(format!("{}, no answer", counted(self.steps, "number"))),
            [first] => parts.push(first.to_string()),
            [first, rest @ ..] => {
                parts.push(format!("{first} and {}", counted(rest.len(), "more answer")));
            }
        }
        if self.noticed.is_empty() {
            parts.push("no sentence flipped".to_owned());
        }
        parts.extend(self.noticed.iter().map(|change| format!("sentences of {change}")));
        parts.extend(self.pages.iter().map(|change| format!("pages of {change}")));
        if !self.templates.is_empty() {
            parts.push(format!("words of {}", self.templates.join(", ")));
        }
        parts.extend(self.settings.iter().map(Change::to_string));
        parts.extend(self.figures.iter().map(|name| format!("figure {name}")));
        parts.join("; ")
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, old, new } = self;
        match (old.as_deref().map(short), new.as_deref().map(short)) {
            (Some(old), Some(new)) => write!(f, "{name} {old} → {new}"),
            (Some(old), None) => write!(f, "{name} {old} → gone"),
            (None, new) => write!(f, "{name} new: {}", new.unwrap_or_default()),
        }
    }
}

impl Record {
    fn asked(&self) -> Vec<(String, String)> {
        self.printed_on.iter().map(|asked| (asked.answer.clone(), asked.printed.clone())).collect()
    }

    /// What was given for the submission.
    fn settings(&self) -> Vec<(String, String)> {
        let settings = self.inputs.get("submission").and_then(Value::as_object);
        let given = settings.into_iter().flatten().filter(|(_, value)| !value.is_null());
        given.map(|(key, value)| (key.clone(), text(value))).collect()
    }

    /// Every number as it is printed, by its path such as `problem1.P[0][1]`.
    fn numbers(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        walk(&self.problem1, "problem1".to_owned(), &mut found);
        walk(&self.problem2, "problem2".to_owned(), &mut found);
        found
    }

    fn noticed(&self) -> Vec<(String, String)> {
        self.noticed.iter().map(|(name, value)| (name.clone(), text(value))).collect()
    }

    fn pages(&self) -> Vec<(String, String)> {
        let pages = self.pages_to_mark.iter().map(|Pages { question, first, last }| {
            let pages = if first == last { first.to_string() } else { format!("{first}–{last}") };
            (question.clone(), pages)
        });
        pages.collect()
    }
}

fn walk(json: &Value, path: String, found: &mut Vec<(String, String)>) {
    match json {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, format!("{path}[{index}]"), found);
            }
        }
        Value::Object(map) => match map.get("printed").and_then(Value::as_str) {
            Some(printed) => found.push((path, printed.to_owned())),
            None => map.iter().for_each(|(key, item)| walk(item, format!("{path}.{key}"), found)),
        },
        _ => {}
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The names of the files that came, went or have another hash.
fn names(old: &BTreeMap<String, String>, new: &BTreeMap<String, String>) -> Vec<String> {
    let pairs = |map: &BTreeMap<String, String>| -> Vec<(String, String)> {
        map.iter().map(|(name, hash)| (name.clone(), hash.clone())).collect()
    };
    differences(&pairs(old), &pairs(new)).into_iter().map(|change| change.name).collect()
}

/// What differs between two lists of names and values: in the new one's order, then what is gone.
fn differences(old: &[(String, String)], new: &[(String, String)]) -> Vec<Change> {
    let before: HashMap<&String, &String> = old.iter().map(|(name, value)| (name, value)).collect();
    let now: HashMap<&String, &String> = new.iter().map(|(name, value)| (name, value)).collect();
    let changed = new.iter().filter(|(name, value)| before.get(name) != Some(&value));
    let changed = changed.map(|(name, value)| Change {
        name: name.clone(),
        old: before.get(name).map(|value| (*value).clone()),
        new: Some(value.clone()),
    });
    let gone = old.iter().filter(|(name, _)| !now.contains_key(name));
    let gone = gone.map(|(name, value)| Change {
        name: name.clone(),
        old: Some(value.clone()),
        new: None,
    });
    changed.chain(gone).collect()
}

/// The question whose sentences hang on a name of [`View::noticed`](crate::report::View::noticed).
fn question(name: &str) -> &'static str {
    match name.split('.').next() {
        Some("p1") => "1(b)",
        Some("b") => "2(b)",
        _ => "2(c)",
    }
}

fn short(value: &str) -> String {
    match value.char_indices().nth(VALUE_CHARS) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn record(loss: &str, gradients: &[&str], trend: &str, last: usize, hash: &str) -> String {
        let number = |printed: &str| json!({"value": 0.5, "printed": printed, "exact": false});
        let asked = (0..).zip(gradients).map(
            |(k, printed)| json!({"answer": format!("problem2.c.dL_dw[{k}]"), "printed": printed, "question": "2(c)"}),
        );
        json!({
            "inputs": {"submission": {"name": "Ada", "id": null, "digits": last}},
            "problem1": {"loss": number(loss)},
            "problem2": {"c": {"dL_dw": gradients.iter().map(|g| number(g)).collect::<Vec<_>>()}},
            "printed_on": asked.collect::<Vec<_>>(),
            "noticed": {"c.noticed.trend": trend},
            "pages_to_mark": [{"question": "2(c)", "first": 12, "last": last}],
            "hashes": {"templates": {"problem2c.tex": hash}, "figures": {"mine.png": hash}},
        })
        .to_string()
    }

    #[test]
    fn each_kind_of_change_is_told() {
        let old = record("3.3", &["0.5", "7"], "vanishing", 12, "a");
        let new = record("3.4", &["0.6", "7"], "level", 13, "b");
        let changes = Changes::between(&old, &new).unwrap();
        assert_eq!(
            changes.report(),
            "Changed since the last build\n\
             \x20 digits 12 → 13\n\
             \x20 2(c) ∂L/∂w₁ 0.5 → 0.6\n\
             \x20 1 number on the way to the answers\n\
             \x20 sentences of 2(c): how the gradient's magnitude goes from the last layer to the \
             first, vanishing → level\n\
             \x20 pages of 2(c) 12 → 12–13\n\
             \x20 words of problem2c.tex\n\
             \x20 figure mine.png\n\n"
        );
        assert_eq!(
            changes.line(),
            "2(c) ∂L/∂w₁ 0.5 → 0.6; sentences of 2(c): how the gradient's magnitude goes from the \
             last layer to the first, vanishing → level; pages of 2(c) 12 → 12–13; \
             words of problem2c.tex; digits 12 → 13; figure mine.png"
        );
    }

    #[test]
    fn answers_come_and_go_and_many_are_counted() {
        let few = record("3", &["1"], "level", 12, "a");
        let many: Vec<String> = (1..=20).map(|k| k.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let many = record("3", &many, "level", 12, "a");
        let grown = Changes::between(&few, &many).unwrap().report();
        assert!(grown.contains("  2(c) ∂L/∂w₂ new: 2\n"), "{grown}");
        assert!(grown.contains("  and 7 more answers\n"), "{grown}");
        let shrunk = Changes::between(&many, &few).unwrap();
        assert_eq!(shrunk.answers.len(), 19);
        assert!(shrunk.line().starts_with("2(c) ∂L/∂w₂ 2 → gone and 18 more answers"));
    }

    #[test]
    fn what_is_the_same_or_no_record_of_ours_gives_no_report() {
        let same = record("3", &["1"], "level", 12, "a");
        let changes = Changes::between(&same, &same).unwrap();
        assert_eq!(changes.report(), "");
        assert_eq!(changes.line(), "no number changed; no sentence flipped");
        // The last one is a record of a version that did not note what is noticed.
        for foreign in ["", "[1]", "{\"problem1\": 3}", &same.replace("noticed", "claims")] {
            assert_eq!(Changes::between(foreign, &same), None, "{foreign}");
        }
        assert_eq!(Changes::since(Path::new("no/such/file"), &same), None);
    }
}
