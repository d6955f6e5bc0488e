//! Matrices out of the tree, and whether their shapes fit.

use nalgebra::DMatrix;

use super::comma;
use super::decimal::Decimal;
use super::fields::{Table, number};
use super::findings::{Findings, Span};
use super::keys::Key;
use super::limits::MAX_DIMENSION;
use super::tree::{Node, Value};

/// A matrix whose shape is known; its entries only where all of them are good.
#[derive(Debug)]
pub(super) struct Matrix {
    pub name: &'static str,
    pub at: Span,
    pub rows: usize,
    pub columns: usize,
    pub entries: Option<DMatrix<Decimal>>,
}

impl Matrix {
    /// Reads the matrix under `name`: a list of rows of equal length.
    pub fn read(table: &Table<'_>, name: &str, findings: &mut Findings) -> Option<Self> {
        let (node, key) = table.get(name)?;
        let rows = rows(node, key, findings)?;
        let fewest = rows.iter().map(|(_, row)| row.len()).min().unwrap_or(0);
        let longer = rows.iter().filter(|(_, row)| row.len() > fewest);
        let pairs: Vec<Span> =
            longer.flat_map(|(_, row)| comma::candidates(row, findings)).collect();
        if !pairs.is_empty() {
            comma::blame(pairs, findings);
            return None;
        }
        rows.iter().for_each(|(_, row)| comma::judge(row, findings));
        let columns = rows.first().map_or(0, |(_, row)| row.len());
        let mut ragged = false;
        for (index, (at, row)) in
            rows.iter().enumerate().filter(|(_, (_, row))| row.len() != columns)
        {
            ragged = true;
            findings.error_labelled(
                *at,
                &counted(row.len(), "entry", "entries"),
                format!(
                    "row {} of `{}` has {}, but row 1 has {columns}",
                    index + 1,
                    key.path,
                    counted(row.len(), "entry", "entries"),
                ),
                "give every row the same number of entries",
            );
        }
        let mut entries = Vec::with_capacity(rows.len() * columns);
        for (i, (_, row)) in rows.iter().enumerate() {
            for (j, item) in row.iter().enumerate() {
                let what = format!("`{}`, row {}, column {},", key.path, i + 1, j + 1);
                entries.extend(number(item, &what, "0.5", findings));
            }
        }
        if ragged {
            return None;
        }
        let complete = entries.len() == rows.len() * columns;
        let entries = complete.then(|| DMatrix::from_row_iterator(rows.len(), columns, entries));
        Some(Self { name: key.name(), at: node.at, rows: rows.len(), columns, entries })
    }

    /// Such as `2×3`.
    fn shape(&self) -> String {
        format!("{}×{}", self.rows, self.columns)
    }
}

/// The rows of a matrix, each with its place: at least one, none empty, none too long.
fn rows<'a>(node: &'a Node, key: &Key, findings: &mut Findings) -> Option<Vec<(Span, &'a [Node])>> {
    let path = key.path;
    let example = format!("write a list of rows, for example {}", key.line());
    let Value::List(items) = &node.value else {
        let message = format!("`{path}` must be a matrix, but this is {}", node.description());
        findings.error(node.at, message, example);
        return None;
    };
    if items.is_empty() {
        findings.error(node.at, format!("`{path}` is empty"), example);
        return None;
    }
    if let Some(beyond) = items.get(MAX_DIMENSION) {
        findings.error(
            beyond.at,
            format!("`{path}` has {} rows, more than {MAX_DIMENSION}", items.len()),
            format!("a matrix may have {MAX_DIMENSION} rows and {MAX_DIMENSION} columns"),
        );
        return None;
    }
    if items.iter().all(|item| matches!(item.value, Value::Number(_))) {
        findings.error(
            items[0].at,
            format!("`{path}` must be a list of rows, but this is a number"),
            "write each row in brackets of its own: [[1, 2]] is one row, [[1], [2]] one column",
        );
        return None;
    }
    let mut rows = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let fail = |findings: &mut Findings, at, what: String, help: String| {
            findings.error(at, format!("row {} of `{path}` {what}", index + 1), help);
        };
        match &item.value {
            Value::List(row) if row.is_empty() => {
                fail(findings, item.at, "is empty".to_owned(), example.clone());
            }
            Value::List(row) if row.len() > MAX_DIMENSION => fail(
                findings,
                row[MAX_DIMENSION].at,
                format!("has {} entries, more than {MAX_DIMENSION}", row.len()),
                format!("a matrix may have {MAX_DIMENSION} rows and {MAX_DIMENSION} columns"),
            ),
            Value::List(row) => rows.push((item.at, row.as_slice())),
            _ => fail(
                findings,
                item.at,
                format!("must be a list of numbers, but this is {}", item.description()),
                example.clone(),
            ),
        }
    }
    (rows.len() == items.len()).then_some(rows)
}

/// Reports every pair of dimensions of W (m×d), X (d×n) and Y (m×n) that differ.
pub(super) fn check_shapes(
    w: Option<&Matrix>,
    x: Option<&Matrix>,
    y: Option<&Matrix>,
    findings: &mut Findings,
) {
    if let (Some(w), Some(x)) = (w, x)
        && w.columns != x.rows
    {
        let rule =
            format!("W X needs as many rows in X ({}) as columns in W ({})", x.rows, w.columns);
        misfit(x, w, rule, findings);
    }
    if let (Some(y), Some(w)) = (y, w)
        && y.rows != w.rows
    {
        let rule =
            format!("W X − Y needs as many rows in Y ({}) as rows in W ({})", y.rows, w.rows);
        misfit(y, w, rule, findings);
    }
    if let (Some(y), Some(x)) = (y, x)
        && y.columns != x.columns
    {
        let rule = format!(
            "samples are columns: Y needs as many columns ({}) as X ({})",
            y.columns, x.columns
        );
        misfit(y, x, rule, findings);
    }
}

/// Underlines `first`, unless only `second` came from the command line: what was typed last is
/// what does not fit.
fn misfit(first: &Matrix, second: &Matrix, rule: String, findings: &mut Findings) {
    let (shown, other) =
        if second.at.is_set() && !first.at.is_set() { (second, first) } else { (first, second) };
    findings.error_labelled(
        shown.at,
        &format!("{} is {}", shown.name, shown.shape()),
        format!(
            "{} is {}, which does not fit {}, {}",
            shown.name,
            shown.shape(),
            other.name,
            other.shape()
        ),
        rule,
    );
}

/// `1 entry`, `2 entries`.
fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
