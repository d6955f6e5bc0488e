//! The tree into validated [`Inputs`]; every check that can be made is made.

use super::comma;
use super::decimal::Decimal;
use super::fields::{Table, chain_number, number};
use super::findings::Findings;
use super::limits::{DEFAULT_DIGITS, MAX_DIGITS, MAX_LAYERS, MIN_DIGITS};
use super::matrix::{Matrix, check_shapes};
use super::tree::{Node, Value};
use super::{Chain, Date, Inputs, Paper, Problem1, Problem2, Reduction, Submission};

/// The name in the `homework.toml` that everybody starts from.
pub const PLACEHOLDER_NAME: &str = "Your Name";
pub const PLACEHOLDER_NAME_LEFT: &str = "`submission.name` is still the placeholder";
pub const PLACEHOLDER_NAME_HELP: &str =
    "write your own name: it stands in the header of every page";

/// Checks a whole tree. Nothing comes back where something is missing; `findings` says what.
pub(super) fn inputs(
    root: &Node,
    random_weights: Option<u64>,
    findings: &mut Findings,
) -> Option<Inputs> {
    let root = Table::open(root, "", findings)?;
    let first = root.table("submission", findings).and_then(|t| submission(&t, findings));
    let second = root.table("problem1", findings).and_then(|t| problem1(&t, findings));
    let third = root.table("problem2", findings).and_then(|t| problem2(&t, findings));
    Some(Inputs {
        submission: first?,
        problem1: second?,
        problem2: third?,
        warnings: Vec::new(),
        random_weights,
    })
}

fn submission(table: &Table<'_>, findings: &mut Findings) -> Option<Submission> {
    let name = table.text("name", findings);
    if let Some((_, at)) = name.as_ref().filter(|(name, _)| name.trim() == PLACEHOLDER_NAME) {
        findings.warning(*at, PLACEHOLDER_NAME_LEFT, PLACEHOLDER_NAME_HELP);
    }
    let id = table.text("id", findings).map(|(id, _)| id);
    let date = date(table, findings);
    let papers = [("letter", Paper::Letter), ("a4", Paper::A4)];
    let paper = table.choice("paper", &papers, findings);
    let digits = digits(table, findings);
    Some(Submission { name: name?.0, id, date, paper: paper?, digits: digits? })
}

fn date(table: &Table<'_>, findings: &mut Findings) -> Option<Date> {
    let (node, key) = table.get("date")?;
    let message = match &node.value {
        Value::Date(given) => match (given.date, given.time, given.offset) {
            (Some(date), None, None) => {
                return Some(Date { year: date.year, month: date.month, day: date.day });
            }
            _ => "must be a day without a time".to_owned(),
        },
        Value::Text(_) => "must be a date, but this is a text".to_owned(),
        _ => format!("must be a date, but this is {}", node.description()),
    };
    findings.error(
        node.at,
        format!("`{}` {message}", key.path),
        "write year-month-day without quotes: date = 2020-03-01",
    );
    None
}

fn digits(table: &Table<'_>, findings: &mut Findings) -> Option<usize> {
    if table.get("digits").is_none() {
        return Some(DEFAULT_DIGITS);
    }
    let (number, at) = table.number("digits", findings)?;
    let digits = (MIN_DIGITS..=MAX_DIGITS).find(|&n| Decimal::from(n as i32) == number);
    if digits.is_none() {
        findings.error(
            at,
            format!("`submission.digits` cannot be {number}"),
            format!("write a whole number from {MIN_DIGITS} to {MAX_DIGITS}: digits = 5"),
        );
    }
    digits
}

fn problem1(table: &Table<'_>, findings: &mut Findings) -> Option<Problem1> {
    let w = Matrix::read(table, "W", findings);
    let x = Matrix::read(table, "X", findings);
    let y = Matrix::read(table, "Y", findings);
    check_shapes(w.as_ref(), x.as_ref(), y.as_ref(), findings);
    let step_size = table.number("step_size", findings);
    if let Some((step, at)) = step_size.as_ref().filter(|(s, _)| s.is_zero() || s.is_negative()) {
        findings.error(
            *at,
            format!("`problem1.step_size` must be greater than zero, but is {step}"),
            "write a positive number: step_size = 0.1; descent already goes against the gradient",
        );
    }
    let reductions = [("sum", Reduction::Sum), ("mean", Reduction::Mean)];
    let reduction = table.choice("reduction", &reductions, findings);
    Some(Problem1 {
        w: w?.entries?,
        x: x?.entries?,
        y: y?.entries?,
        step_size: step_size?.0,
        reduction: reduction?,
    })
}

fn problem2(table: &Table<'_>, findings: &mut Findings) -> Option<Problem2> {
    let classification = table.table("classification", findings);
    let classification = classification.and_then(|table| {
        let chain = chain(&table, findings);
        let label = table.number("y", findings);
        if let Some((y, at)) = label.filter(|(y, _)| *y != 0.into() && *y != 1.into()) {
            findings.error(
                at,
                format!("`problem2.classification.y` must be 0 or 1, but is {y}"),
                "write y = 0 or y = 1, the class; a real target belongs to [problem2.regression]",
            );
        }
        chain
    });
    let regression = table.table("regression", findings);
    let regression = regression.and_then(|table| {
        table.number("y", findings);
        chain(&table, findings)
    });
    Some(Problem2 { classification: classification?, regression: regression? })
}

/// A chain; what is wrong with `y` is reported by the caller.
fn chain(table: &Table<'_>, findings: &mut Findings) -> Option<Chain> {
    let w = weights(table, findings);
    let x = table.number("x", findings).and_then(|(x, at)| {
        let (_, key) = table.get("x")?;
        chain_number(x, at, &format!("`{}`", key.path), findings)
    });
    let y = table.get("y").and_then(|(node, _)| match &node.value {
        Value::Number(Ok(y)) => Some(y.clone()),
        _ => None,
    });
    Some(Chain { w: w?, x: x?, y: y? })
}

fn weights(table: &Table<'_>, findings: &mut Findings) -> Option<Vec<Decimal>> {
    let (node, key) = table.get("w")?;
    let example = format!("write the weights from the first layer on: {}", key.line());
    let Value::List(items) = &node.value else {
        findings.error(
            node.at,
            format!("`{}` must be a list, but this is {}", key.path, node.description()),
            example,
        );
        return None;
    };
    if items.is_empty() {
        findings.error(node.at, format!("`{}` is empty", key.path), example);
        return None;
    }
    if let Some(beyond) = items.get(MAX_LAYERS) {
        findings.error(
            beyond.at,
            format!("`{}` has {} layers, more than {MAX_LAYERS}", key.path, items.len()),
            format!("write at most {MAX_LAYERS} weights"),
        );
        return None;
    }
    comma::judge(items, findings);
    let read: Vec<_> = items
        .iter()
        .enumerate()
        .filter_map(|(index, item)| {
            let what = format!("`{}`, layer {},", key.path, index + 1);
            let weight = number(item, &what, "0.25", findings)?;
            chain_number(weight, item.at, &what, findings)
        })
        .collect();
    (read.len() == items.len()).then_some(read)
}
