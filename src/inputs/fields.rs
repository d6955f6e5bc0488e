//! Single values out of the tree: tables, numbers, texts and words, each checked.

use dashu_base::Abs;
use dashu_ratio::RBig;
use unicode_normalization::UnicodeNormalization;

use super::decimal::{Decimal, DecimalError};
use super::findings::{Findings, Span};
use super::keys::{self, Key};
use super::limits::{
    LARGEST_CHAIN_NUMBER, LARGEST_EXPONENT, MAX_SIGNIFICANT_DIGITS, MAX_TEXT_CHARS,
    SMALLEST_EXPONENT,
};
use super::tree::{Entry, Node, Value};

/// A table whose keys are all known and whose required keys are there, or errors say so.
#[derive(Debug)]
pub(super) struct Table<'a> {
    path: &'static str,
    node: &'a Node,
}

impl<'a> Table<'a> {
    /// Opens the table at `path`.
    pub fn open(node: &'a Node, path: &'static str, findings: &mut Findings) -> Option<Self> {
        let Value::Table(entries) = &node.value else {
            let help = keys::find(path).map_or("", |key| key.example);
            findings.error(
                node.at,
                format!("`{path}` must be a table, but this is {}", node.description()),
                format!("write {help}"),
            );
            return None;
        };
        let meant = unknown_keys(path, entries, findings);
        let missing =
            keys::children(path).filter(|key| key.required && node.get(key.name()).is_none());
        // A key that was misspelt is there; saying that it is missing too would say it twice.
        for key in missing.filter(|key| !meant.contains(&key.path)) {
            findings.error(
                node.at,
                format!("`{}` is missing", key.path),
                match path {
                    "" => format!("add {}", key.line()),
                    _ => format!("add to [{path}]: {}", key.line()),
                },
            );
        }
        Some(Self { path, node })
    }

    /// The value of a key and its path.
    pub fn get(&self, name: &str) -> Option<(&'a Node, &'static Key)> {
        Some((self.node.get(name)?, keys::find(&keys::join(self.path, name))?))
    }

    /// The table under `name`, opened.
    pub fn table(&self, name: &str, findings: &mut Findings) -> Option<Table<'a>> {
        let (node, key) = self.get(name)?;
        Table::open(node, key.path, findings)
    }

    /// The finite number under `name`.
    pub fn number(&self, name: &str, findings: &mut Findings) -> Option<(Decimal, Span)> {
        let (node, key) = self.get(name)?;
        let number = number(node, &format!("`{}`", key.path), key.example, findings)?;
        Some((number, node.at))
    }

    /// The text under `name`: not empty, not too long, without control and invisible characters.
    pub fn text(&self, name: &str, findings: &mut Findings) -> Option<(String, Span)> {
        let (node, key) = self.get(name)?;
        let text = text(node, key, findings)?;
        let mut fail = |message: &str, help: String| {
            findings.error(node.at, format!("`{}` {message}", key.path), help);
        };
        let is_break = |c: &char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
        if text.trim().is_empty() {
            let otherwise = if key.required { "" } else { ", or remove the line" };
            fail("is empty", format!("write {} for example{otherwise}", key.line()));
        } else if let Some(bad) = text.chars().find(is_break) {
            fail(
                &format!("holds the control character U+{:04X}", u32::from(bad)),
                "write it on one line, without tabs".to_owned(),
            );
        } else if let Some(bad) = text.chars().find(|&c| is_invisible(c)) {
            fail(
                &format!("holds the invisible character U+{:04X}", u32::from(bad)),
                "type the text anew: pasted texts bring such characters along".to_owned(),
            );
        } else if let Some((letter, mark)) = lonely_mark(text) {
            fail(
                &format!(
                    "has {letter} with the mark U+{:04X}, and no character is both",
                    u32::from(mark)
                ),
                "leave the mark out: no font at hand sets it well".to_owned(),
            );
        } else if text.chars().count() > MAX_TEXT_CHARS {
            fail(
                &format!("is longer than {MAX_TEXT_CHARS} characters"),
                "shorten it: it stands in the header of every page".to_owned(),
            );
        } else {
            return Some((text.to_owned(), node.at));
        }
        None
    }

    /// The choice under `name`; the first where the key is not there.
    pub fn choice<T: Copy>(
        &self,
        name: &str,
        choices: &[(&'static str, T)],
        findings: &mut Findings,
    ) -> Option<T> {
        let Some((node, key)) = self.get(name) else {
            return choices.first().map(|(_, value)| *value);
        };
        let word = text(node, key, findings)?;
        if let Some((_, value)) = choices.iter().find(|(choice, _)| *choice == word) {
            return Some(*value);
        }
        let words = choices.iter().map(|(choice, _)| *choice);
        let help = match keys::nearest(word, words.clone()) {
            Some(near) => format!("write {name} = \"{near}\""),
            None => {
                let all: Vec<_> = words.map(|word| format!("\"{word}\"")).collect();
                format!("write {}", all.join(" or "))
            }
        };
        findings.error(node.at, format!("`{}` cannot be {word:?}", key.path), help);
        None
    }
}

/// Reports the keys that do not exist; gives the paths of those that were probably meant.
fn unknown_keys(path: &str, entries: &[Entry], findings: &mut Findings) -> Vec<&'static str> {
    let mut meant = Vec::new();
    let headless = |entry: &Entry| {
        let is_there = |table: &Key| entries.iter().any(|other| other.key == table.name());
        let mut tables = keys::children(path).filter(|table| !is_there(table));
        tables.find(|table| keys::find(&keys::join(table.path, &entry.key)).is_some())
    };
    let mut strays: Vec<(&Entry, &Key)> =
        entries.iter().filter_map(|entry| Some((entry, headless(entry)?))).collect();
    strays.sort_by_key(|(entry, _)| entry.at.start);
    // One that lost its header is told once.
    for (entry, table) in &strays {
        if !meant.contains(&table.path) {
            let message =
                format!("`{}` belongs below [{}], which is missing", entry.key, table.path);
            findings.error(entry.at, message, format!("write [{}] on the line before", table.path));
            meant.push(table.path);
        }
    }
    let is_known = |entry: &Entry| {
        keys::find(&keys::join(path, &entry.key)).is_some()
            || strays.iter().any(|(stray, _)| stray.key == entry.key)
    };
    for entry in entries.iter().filter(|entry| !is_known(entry)) {
        let near = keys::nearest_key(path, &entry.key);
        meant.extend(near.map(|key| key.path));
        let known: Vec<_> = keys::children(path).map(|key| key.name()).collect();
        let here = if path.is_empty() { "the file".to_owned() } else { format!("[{path}]") };
        let known = format!("{here} has the keys {}", known.join(", "));
        let help = match near {
            Some(key) => format!("did you mean `{}`? {known}", key.path),
            None => format!("remove it; {known}"),
        };
        findings.error(entry.at, format!("unknown key `{}`", keys::join(path, &entry.key)), help);
    }
    meant
}

/// A text as typed.
fn text<'a>(node: &'a Node, key: &Key, findings: &mut Findings) -> Option<&'a str> {
    match &node.value {
        Value::Text(text) => Some(text),
        _ => {
            findings.error(
                node.at,
                format!("`{}` must be a text, but this is {}", key.path, node.description()),
                format!("write it in double quotes: {}", key.line()),
            );
            None
        }
    }
}

/// A number inside the general limits. `what` names it in the message.
pub(super) fn number(
    node: &Node,
    what: &str,
    example: &str,
    findings: &mut Findings,
) -> Option<Decimal> {
    let (message, help) = match &node.value {
        Value::Number(Ok(number)) => return Some(number.clone()),
        Value::Number(Err(error)) => explain(*error),
        Value::Text(text) if text.parse::<Decimal>().is_ok() => (
            "must be a number, but this is a text".to_owned(),
            format!("write it without quotes: {text}"),
        ),
        _ => (
            format!("must be a number, but this is {}", node.description()),
            format!("write a decimal, for example {example}"),
        ),
    };
    findings.error(node.at, format!("{what} {message}"), help);
    None
}

/// Why a number cannot be used, and what to write instead.
fn explain(error: DecimalError) -> (String, String) {
    match error {
        DecimalError::Malformed => (
            "is not a number".to_owned(),
            "write digits with at most one point and one exponent, for example 0.5 or 5e-1"
                .to_owned(),
        ),
        DecimalError::NotFinite => (
            "must be finite".to_owned(),
            "write a decimal such as 0.5: nan and inf cannot be computed with".to_owned(),
        ),
        DecimalError::TooLarge => (
            format!("is larger than 1e{LARGEST_EXPONENT}"),
            format!("write a number between -1e{LARGEST_EXPONENT} and 1e{LARGEST_EXPONENT}"),
        ),
        DecimalError::TooSmall => (
            format!("is closer to zero than 1e{SMALLEST_EXPONENT}"),
            format!("write 0, or at least 1e{SMALLEST_EXPONENT} in absolute value"),
        ),
        DecimalError::TooManyDigits => (
            format!("has more than {MAX_SIGNIFICANT_DIGITS} significant digits"),
            format!("round it to {MAX_SIGNIFICANT_DIGITS} digits or fewer"),
        ),
    }
}

/// Checks the tighter bound on the weights and inputs of problem 2.
pub(super) fn chain_number(
    number: Decimal,
    at: Span,
    what: &str,
    findings: &mut Findings,
) -> Option<Decimal> {
    let bound = RBig::from(LARGEST_CHAIN_NUMBER);
    if number.value().clone().abs() <= bound {
        return Some(number);
    }
    findings.error(
        at,
        format!("{what} is larger than 1e6"),
        "write a number between -1e6 and 1e6: a sigmoid is flat long before",
    );
    None
}

/// Characters without a shape of their own: joiners, and marks that turn the direction of reading,
/// with which a text can be made to look like another.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}')
        || matches!(c, '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}')
}

/// The first accent that Unicode composes with no letter before it, and that letter.
fn lonely_mark(text: &str) -> Option<(char, char)> {
    let composed: Vec<char> = text.nfc().collect();
    let accents = '\u{300}'..='\u{36F}';
    let found = composed.iter().position(|c| accents.contains(c))?;
    let letter = found.checked_sub(1).and_then(|before| composed.get(before));
    Some((letter.copied().unwrap_or(' '), *composed.get(found)?))
}
