//! A matrix that is wider than a line: set smaller as long as it stays readable, otherwise its
//! columns in blocks below each other.

use super::layout::fit;
use super::width::{BRACKETS, COLUMN_GAP, width};

/// Digits are not set smaller than this part of the text's size.
const SMALLEST: f64 = 0.75;
/// The dots that stand for the other blocks, with their space.
const DOTS: f64 = 20.0;

const BEGIN: &str = "\\begin{bmatrix}";
const END: &str = "\\end{bmatrix}";

/// One matrix in rows, none wider than `room` points; `latex` may be another formula, which is
/// set smaller.
pub(super) fn rows(latex: &str, room: f64) -> Vec<String> {
    let needed = width(latex);
    let inner = latex.strip_prefix(BEGIN).and_then(|rest| rest.strip_suffix(END));
    match inner.filter(|inner| !inner.contains(BEGIN)) {
        Some(inner) if room < SMALLEST * needed => blocks(inner, room),
        _ => vec![fit(latex, room)],
    }
}

/// A result `symbol = matrix` whose matrix is in rows, as one formula.
pub(super) fn result(latex: &str, room: f64) -> String {
    let Some(at) = latex.find(BEGIN) else { return fit(latex, room) };
    let (symbol, matrix) = latex.split_at(at);
    let rows = rows(matrix, room - width(symbol));
    match rows.as_slice() {
        [_] => fit(latex, room),
        rows => {
            let rows = rows.join(" \\\\\n  &");
            format!("\\begin{{aligned}}\n  {symbol} &{rows}\n\\end{{aligned}}")
        }
    }
}

/// The columns in as few blocks as are readable, of equal numbers of columns.
fn blocks(inner: &str, room: f64) -> Vec<String> {
    let cells: Vec<Vec<&str>> =
        inner.split("\\\\").map(|row| row.split('&').map(str::trim).collect()).collect();
    let columns = cells.iter().map(Vec::len).max().unwrap_or(0);
    let wide = |column: usize| {
        let cells = cells.iter().filter_map(|row| row.get(column));
        COLUMN_GAP + cells.map(|cell| width(cell)).fold(0.0, f64::max)
    };
    let widths: Vec<f64> = (0..columns).map(wide).collect();
    let readable = |size: usize| {
        let widest = widths.chunks(size).map(|chunk| chunk.iter().sum::<f64>());
        SMALLEST * (widest.fold(0.0, f64::max) + BRACKETS) <= room - 2.0 * DOTS
    };
    let size = (1..columns).map(|blocks| columns.div_ceil(blocks)).find(|&size| readable(size));
    let size = size.unwrap_or(1);
    let starts = (0..columns).step_by(size);
    let spans: Vec<_> = starts.map(|start| (start, (start + size).min(columns))).collect();
    let needed = |(start, end): (usize, usize)| widths[start..end].iter().sum::<f64>() + BRACKETS;
    let widest = spans.iter().map(|&span| needed(span)).fold(0.0, f64::max);
    let scale = (room - 2.0 * DOTS) / widest;
    let block = |&(start, end): &(usize, usize)| {
        let rows = cells.iter().map(|row| row[start..end.min(row.len())].join(" & "));
        let rows = rows.collect::<Vec<_>>().join(" \\\\ ");
        let (left, before) = if start == 0 { ("[", "") } else { (".", "\\cdots\\; ") };
        let (right, after) = if end == columns { ("]", "") } else { (".", " \\;\\cdots") };
        let block = format!("\\left{left}\\begin{{matrix}} {rows} \\end{{matrix}}\\right{right}");
        // All blocks in one size.
        let block = if scale < 1.0 { fit(&block, scale * needed((start, end))) } else { block };
        format!("{before}{block}{after}")
    };
    spans.iter().map(block).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(columns: usize, entry: &str) -> String {
        format!(
            "{BEGIN} {} \\\\ {} {END}",
            vec![entry; columns].join(" & "),
            vec!["1"; columns].join(" & ")
        )
    }

    #[test]
    fn what_stays_readable_is_set_smaller() {
        let latex = matrix(6, "-12345.678901");
        let rows = rows(&latex, 420.0);
        assert_eq!(rows, [format!("\\fit{{420pt}}{{{latex}}}")]);
    }

    #[test]
    fn what_does_not_is_cut_between_columns() {
        let rows = rows(&matrix(8, "-12345.67890123456"), 420.0);
        assert_eq!(rows.len(), 2, "{rows:#?}");
        assert!(rows[0].contains("{\\left[") && rows[0].ends_with("\\right.} \\;\\cdots"));
        assert!(rows[1].starts_with("\\cdots\\; \\fit") && rows[1].ends_with("\\right]}"));
        for row in &rows {
            assert_eq!(row.matches("-12345.67890123456").count(), 4);
            assert_eq!(row.matches('&').count(), 6);
        }
    }

    #[test]
    fn a_result_keeps_its_symbol_beside_the_first_block() {
        let latex = format!("W \\approx {}", matrix(8, "-12345.67890123456"));
        let set = result(&latex, 420.0);
        assert!(set.starts_with("\\begin{aligned}\n  W \\approx  &\\fit"), "{set}");
        assert_eq!(set.matches("\\cdots").count(), 2);
    }
}
