//! Inputs written out again: as a `homework.toml`, and as JSON.

use std::fmt::Write;

use nalgebra::DMatrix;
use serde::{Serialize, Serializer};

use super::{Chain, Date, Decimal, Inputs, Paper, Reduction};

impl Inputs {
    /// A `homework.toml` that reads back as these inputs, settings and drawn weights included.
    pub fn to_toml(&self) -> String {
        let Self { submission, problem1, problem2, warnings: _, random_weights } = self;
        let mut lines = vec!["[submission]".to_owned()];
        lines.push(format!("name = {}", quoted(&submission.name)));
        lines.extend(submission.id.as_ref().map(|id| format!("id = {}", quoted(id))));
        lines.extend(submission.date.map(|date| format!("date = {date}")));
        lines.push(format!("paper = \"{}\"", submission.paper.word()));
        lines.push(format!("digits = {}", submission.digits));
        lines.push("\n[problem1]".to_owned());
        lines.push(format!("W = {}", matrix(&problem1.w)));
        lines.push(format!("X = {}", matrix(&problem1.x)));
        lines.push(format!("Y = {}", matrix(&problem1.y)));
        lines.push(format!("step_size = {}", number(&problem1.step_size)));
        lines.push(format!("reduction = \"{}\"", problem1.reduction.word()));
        if let Some(seed) = random_weights {
            lines.push(format!("\n# the weights below were drawn with --random-weights {seed}"));
        }
        lines.push(chain("classification", &problem2.classification));
        lines.push(chain("regression", &problem2.regression));
        lines.join("\n") + "\n"
    }
}

impl Paper {
    /// The word for it in `homework.toml`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Letter => "letter",
            Self::A4 => "a4",
        }
    }
}

impl Reduction {
    /// The word for it in `homework.toml`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Mean => "mean",
        }
    }
}

fn chain(name: &str, chain: &Chain) -> String {
    let weights = list(chain.w.iter().map(number));
    let (x, y) = (number(&chain.x), number(&chain.y));
    format!("\n[problem2.{name}]\nw = {weights}\nx = {x}\ny = {y}")
}

fn matrix(matrix: &DMatrix<Decimal>) -> String {
    list(matrix.row_iter().map(|row| list(row.iter().map(number))))
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

/// The canonical text. Integers beyond 18 digits become floats, because other TOML readers keep
/// integers in 64 bits.
fn number(number: &Decimal) -> String {
    let text = number.to_string();
    let is_long = text.len() > 18 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    if is_long { text + ".0" } else { text }
}

/// A basic TOML string; what could break a line or a quote is escaped.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            _ if c.is_control() => {
                // Writing to a String does not fail.
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A matrix as a list of rows, each a list of decimals as texts.
pub(super) fn rows<S: Serializer>(
    matrix: &DMatrix<Decimal>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(matrix.row_iter().map(|row| row.iter().cloned().collect::<Vec<_>>()))
}
