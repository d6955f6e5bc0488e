//! The answers as plain text.

use std::fmt::Write;

use crate::answers::{Answers, ChainAnswers, Matrix, Number};
use crate::report::Name;

/// Every answer, with the names of the JSON and of the templates; `=` where a number is exact, `≈`
/// where it is rounded.
pub fn text(answers: &Answers) -> String {
    let mut out = String::new();
    let p = &answers.problem1;
    heading(&mut out, "problem1");
    matrix(&mut out, "P", "p1.P", &p.P);
    matrix(&mut out, "residual", "p1.residual", &p.residual);
    numbers(&mut out, "loss", "p1.loss", [&p.loss]);
    matrix(&mut out, "dL_dP", "p1.dL_dP", &p.dL_dP);
    matrix(&mut out, "dL_dW", "p1.dL_dW", &p.dL_dW);
    matrix(&mut out, "W_updated", "p1.W_updated", &p.W_updated);
    numbers(&mut out, "loss_after", "p1.loss_after", [&p.loss_after]);
    chain(&mut out, "problem2.classification", "b", &answers.problem2.classification);
    chain(&mut out, "problem2.regression", "c", &answers.problem2.regression);
    out
}

/// Every name that templates can use, with its present value and its meaning.
pub fn names(names: &[Name]) -> String {
    let mut out =
        "\nnames for templates: write << NAME >>, or << NAME.value >> for a step\n".to_owned();
    let width = |of: fn(&Name) -> &str| names.iter().map(|name| of(name).chars().count()).max();
    let path = width(|name| &name.path).unwrap_or_default();
    let value = width(|name| &name.value).unwrap_or_default();
    for name in names {
        let rounded = name.value.strip_prefix("≈ ");
        let relation = if rounded.is_some() { '≈' } else { '=' };
        let shown = rounded.unwrap_or(&name.value);
        let line = format!("  {:<path$} {relation} {shown:<value$}  {}", name.path, name.meaning);
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}

fn chain(out: &mut String, name: &str, view: &str, chain: &ChainAnswers) {
    heading(out, name);
    let layers = |field: &str| format!("{view}.layers[k].{field}");
    numbers(out, "z", &layers("z"), &chain.z);
    numbers(out, "a", &layers("a"), &chain.a);
    numbers(out, "y_hat", &format!("{view}.y_hat"), [&chain.y_hat]);
    numbers(out, "loss", &format!("{view}.loss"), [&chain.loss]);
    numbers(out, "delta", &layers("delta"), &chain.delta);
    numbers(out, "dL_dw", &layers("dL_dw"), &chain.dL_dw);
}

const NAME_WIDTH: usize = 11;
/// As wide as `b.layers[k].delta`, and a space.
const VIEW_WIDTH: usize = 18;

fn heading(out: &mut String, name: &str) {
    let gap = if out.is_empty() { "" } else { "\n" };
    let _ = writeln!(out, "{gap}{name}");
}

fn numbers<'a>(
    out: &mut String,
    name: &str,
    view: &str,
    values: impl IntoIterator<Item = &'a Number>,
) {
    let values: Vec<&Number> = values.into_iter().collect();
    let relation = relation(values.iter().copied());
    let printed: Vec<&str> = values.iter().map(|value| value.printed.as_str()).collect();
    let _ =
        writeln!(out, "  {name:<NAME_WIDTH$}{view:<VIEW_WIDTH$}{relation} {}", printed.join("  "));
}

fn matrix(out: &mut String, name: &str, view: &str, rows: &Matrix) {
    let relation = relation(rows.iter().flatten());
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| rows.iter().map(|row| row[column].printed.len()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for (index, row) in rows.iter().enumerate() {
        let (name, view) = if index == 0 { (name, view) } else { ("", "") };
        let relation = if index == 0 { relation } else { " " };
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{:>width$}", cell.printed))
            .collect();
        let _ = writeln!(
            out,
            "  {name:<NAME_WIDTH$}{view:<VIEW_WIDTH$}{relation} {}",
            cells.join("  ")
        );
    }
}

fn relation<'a>(mut values: impl Iterator<Item = &'a Number>) -> &'static str {
    if values.all(|value| value.exact) { "=" } else { "≈" }
}
