//! Where a long formula is broken.
//!
//! TeX does not break displays by itself, so the program does, before TeX sees them: at relations
//! first, then at the outermost `+` and `-`, or else `\cdot`, and between matrices. A page does
//! not end inside an equation that fits on one.

use super::wide;
pub use super::width::width;
use super::width::{CDOT, QUAD, RELATION};
use crate::templates::Latex;

/// The width of a text line, in points, for 1-inch margins on the narrower paper (A4).
pub const LINE: f64 = 440.0;

/// An equation up to this height, in points, stays on one page: less than the text of the shorter
/// paper (letter), 650 pt, since a heading comes before it.
const WHOLE: f64 = 560.0;
/// What each row of a matrix adds to its height, and a matrix to its rows, in points.
const MATRIX_ROW: f64 = 14.0;
const ROW_GAP: f64 = 6.0;
/// Where a page may end in an equation that is higher.
const PAGE_MAY_END: &str = " \\displaybreak[0] \\\\\n";
const LINE_ENDS: &str = " \\\\*\n";

/// One part of a chain of relations, such as `= 0.25 \cdot 0.63`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// `=` or `\approx`.
    pub relation: &'static str,
    pub latex: String,
}

/// A chain `symbol = … = …` as rows of an `align*`: one alignment point, as few rows as fit.
///
/// `indent` is the width in points that stands left of the alignment point.
pub fn chain(symbol: &str, parts: &[Part], indent: f64) -> String {
    let room = LINE - indent;
    let mut out = format!("{symbol} ");
    let mut used = 0.0;
    for (index, part) in parts.iter().enumerate() {
        let needed = RELATION + width(&part.latex);
        if index == 0 {
            out += "&";
        } else if used + needed > room {
            out += line_break(&out);
            out += "  &";
            used = 0.0;
        } else {
            out += " ";
        }
        out += part.relation;
        out += " ";
        if used + needed <= room {
            out += &part.latex;
            used += needed;
        } else {
            let (latex, last) = broken(&part.latex, room - RELATION);
            out += &latex;
            used = RELATION + last;
        }
    }
    if height(&out) <= WHOLE { out.replace(PAGE_MAY_END, LINE_ENDS) } else { out }
}

/// About how high rows are that end as [`line_break`] has it.
fn height(rows: &str) -> f64 {
    let lines = |part: &str| part.matches("\\\\").count() + 1;
    let row = |row: &str| {
        MATRIX_ROW * row.split("matrix}").map(lines).max().unwrap_or(1) as f64 + ROW_GAP
    };
    rows.split("\n  &").map(row).sum()
}

/// A result in a box, set smaller or in blocks of columns where it is wider than a line.
pub fn boxed(latex: &str) -> String {
    const FRAME: f64 = 20.0;
    let room = LINE - FRAME;
    let inner = if width(latex) > room { wide::result(latex, room) } else { latex.to_owned() };
    format!("\\boxed{{\\;{inner}\\;}}")
}

/// Results in one box: side by side where they fit, otherwise in as few rows as hold them, about
/// equally long, or below each other.
pub fn box_of(results: &[String]) -> String {
    const GAP: f64 = QUAD + 3.0;
    const FRAME: f64 = 20.0;
    let total: f64 = results.iter().map(|latex| width(latex) + GAP).sum();
    if total <= LINE - FRAME {
        return format!("\\boxed{{\\;{}\\;}}", results.join(",\\quad "));
    }
    let widest = results.iter().map(|latex| width(latex)).fold(0.0, f64::max);
    let most = ((LINE - FRAME) / (widest + GAP)).floor().max(1.0) as usize;
    let columns = results.len().div_ceil(results.len().div_ceil(most));
    let rows: Vec<String> = results
        .chunks(columns)
        .map(|row| row.iter().map(|latex| aligned(latex)).collect::<Vec<_>>().join(",\\quad & "))
        .collect();
    let rows = rows.join(" \\\\[2pt]\n");
    let body = format!("\\begin{{aligned}}\n{rows}\n\\end{{aligned}}");
    let body = if widest > LINE - FRAME { fit(&body, LINE - FRAME) } else { body };
    format!("\\boxed{{\\;{body}\\;}}")
}

/// A result with an alignment point at its relation.
fn aligned(latex: &str) -> String {
    match latex.split_once('=') {
        Some((left, right)) => format!("{left}&={right}"),
        None => latex.replacen("\\approx", "&\\approx", 1),
    }
}

/// Set smaller, to a width of `room` points.
pub(super) fn fit(latex: &str, room: f64) -> String {
    format!("\\fit{{{room:.0}pt}}{{{latex}}}")
}

/// Formulas next to each other, as rows for `gather*`.
pub fn side_by_side(formulas: &[String]) -> String {
    const GAP: f64 = 2.0 * QUAD + 3.0;
    let mut out = String::new();
    let mut used = 0.0;
    for latex in formulas {
        let needed = width(latex);
        let fits = used > 0.0 && used + GAP + needed <= LINE;
        out += match (out.is_empty(), fits) {
            (true, _) => "",
            (false, true) => ",\\qquad ",
            (false, false) => ", \\\\\n  ",
        };
        out += &if needed > LINE { wide::result(latex, LINE) } else { latex.clone() };
        used = if fits { used + GAP + needed } else { needed };
    }
    out
}

/// Whether rows for `align*` fit into two columns side by side, none of them broken.
pub fn two_columns(left: &[&Latex], right: &[&Latex]) -> bool {
    // The whole line on A4 paper, and amsmath's least space between two columns.
    const ROOM: f64 = 452.0;
    const GAP: f64 = 10.0;
    let widest = |rows: &[&Latex]| -> f64 {
        // The widest part on each side of the alignment point, which itself takes no room.
        let sides = |rows: &&Latex| {
            let (left, right) = rows.0.split_once('&').unwrap_or(("", &rows.0));
            (width(left), width(right))
        };
        let widest = |a: (f64, f64), b: (f64, f64)| (a.0.max(b.0), a.1.max(b.1));
        let (left, right) = rows.iter().map(sides).fold((0.0, 0.0), widest);
        left + right
    };
    let broken = left.iter().chain(right).any(|rows| rows.0.contains('\n'));
    !broken && widest(left) + GAP + widest(right) <= ROOM
}

/// Whether every piece of a formula fits on a line of its own in full size.
pub fn is_readable(latex: &str) -> bool {
    // A norm around a tall matrix is no help to anybody.
    !latex.contains("\\lVert \\begin")
        && pieces(latex).into_iter().all(|piece| width(piece) <= LINE - QUAD - RELATION)
}

/// Short lines stay with what follows on one page; after a matrix a page may end, even in a
/// derivation that is kept together, if the equation is high.
fn line_break(before: &str) -> &'static str {
    let row = before.rfind("\n  &").map_or(before, |at| &before[at..]);
    if row.contains("matrix}") { PAGE_MAY_END } else { LINE_ENDS }
}

/// A formula in rows that fit into `room` points, and the width of the last row.
fn broken(latex: &str, room: f64) -> (String, f64) {
    let mut out = String::new();
    let mut used = 0.0;
    for piece in pieces(latex) {
        let needed = width_behind(piece);
        if used > 0.0 && used + needed > room {
            out += line_break(&out);
            out += "  &\\quad ";
            used = QUAD;
            if piece.starts_with(MATRIX) {
                // A product of two matrices needs no sign, unless nothing shows what goes on.
                out += "\\cdot ";
                used += CDOT;
            }
        }
        if used + needed > room {
            // One matrix alone is too wide.
            let room = room - used.max(QUAD);
            out += &wide::rows(piece.trim(), room).join(&format!("{PAGE_MAY_END}  &\\quad "));
            used += room;
        } else {
            out += piece;
            used += needed;
        }
    }
    (out, used)
}

/// The stretches between which an outermost line break is possible; each but the first begins
/// with its operator. A sum is not broken inside its terms.
fn pieces(latex: &str) -> Vec<&str> {
    let terms = pieces_at(latex, &[" + ", " - "]);
    if terms.len() > 1 { terms } else { pieces_at(latex, &[" \\cdot "]) }
}

/// The width of a stretch behind what comes before it: a sign at its start stands between two
/// operands.
fn width_behind(piece: &str) -> f64 {
    if piece.starts_with(' ') { width(&format!("{{}}{piece}")) } else { width(piece) }
}

/// The stretches between matrices and the given operators; a factor stays with its matrix.
fn pieces_at<'a>(latex: &'a str, operators: &[&str]) -> Vec<&'a str> {
    let mut cuts = vec![0];
    let mut depth = 0_i32;
    let mut rest = latex;
    while let Some(character) = rest.chars().next() {
        let at = latex.len() - rest.len();
        if rest.starts_with(MATRIX) || matches!(character, '{' | '(') {
            let before = latex[..at].trim_end_matches([' ', '\\', ',']);
            let behind_matrix = before.ends_with("\\end{bmatrix}");
            if depth == 0 && rest.starts_with(MATRIX) && behind_matrix {
                cuts.push(at);
            }
            depth += 1;
        } else if rest.starts_with("\\end{") || matches!(character, '}' | ')') {
            depth -= 1;
        } else if depth == 0 && at > 0 && operators.iter().any(|op| rest.starts_with(op)) {
            cuts.push(at);
        }
        // The brace of \begin{…} is part of the word, not a group.
        let step =
            ["\\begin{bmatrix}", "\\end{bmatrix}"].iter().find(|word| rest.starts_with(**word));
        rest = &rest[step.map_or(character.len_utf8(), |word| word.len())..];
    }
    cuts.dedup();
    let ends = cuts.iter().skip(1).copied().chain([latex.len()]);
    cuts.iter()
        .zip(ends)
        .map(|(&from, to)| &latex[from..to])
        .filter(|piece| !piece.is_empty())
        .collect()
}

const MATRIX: &str = "\\begin{";

#[cfg(test)]
mod tests {
    use super::*;

    fn part(latex: &str) -> Part {
        Part { relation: "=", latex: latex.to_owned() }
    }

    #[test]
    fn a_short_chain_takes_one_row() {
        assert_eq!(
            chain("z", &[part("w x"), part("0.25 \\cdot 0.63"), part("0.1575")], 30.0),
            "z &= w x = 0.25 \\cdot 0.63 = 0.1575"
        );
    }

    #[test]
    fn a_long_chain_breaks_at_its_relations_first() {
        let long = "1.2345678 \\cdot ".repeat(6) + "1";
        let rows = chain("z", &[part("w x"), part(&long), part("0.1575")], 30.0);
        assert_eq!(rows.matches("\\\\*\n  &=").count(), 1, "{rows}");
    }

    #[test]
    fn what_is_longer_than_a_line_breaks_at_operators() {
        let long = vec!["1.2345678^2"; 30].join(" + ");
        let rows = chain("L", &[part(&long)], 30.0);
        for row in rows.split("\\\\") {
            assert!(width(row) <= LINE + RELATION, "{row}");
        }
        assert!(rows.contains("&\\quad  + 1.2345678^2"), "{rows}");
    }

    /// In cmr10 and cmsy10 at 10.95 pt a term ` + (-1) \cdot 0.5` takes 13.39 (plus), 2 · 4.26, 8.52,
    /// 5.48 (the first factor), 7.91 (dot) and 13.99 pt: 57.8 pt.
    #[test]
    fn no_row_of_a_sum_is_longer_than_its_room() {
        const TERM: f64 = 57.8;
        for indent in (0..60).map(f64::from) {
            let entry = ["(-1) \\cdot 0.5"; 20].join(" + ");
            let rows = chain("P", &[part(&entry)], indent);
            for row in rows.lines() {
                let terms = row.matches("\\cdot").count() as f64;
                assert!(indent + 14.6 + terms * TERM - 13.4 <= LINE, "{row}");
                assert!(indent + 10.95 + terms * TERM <= LINE || row.starts_with("P"), "{row}");
            }
        }
    }

    #[test]
    fn a_factor_stays_with_its_matrix_and_a_broken_product_has_a_dot() {
        let row = ["123.456"; 6].join(" & ");
        let matrix = format!("\\begin{{bmatrix}} {row} \\end{{bmatrix}}");
        let rows = |latex: String| chain("W", &[part(&latex)], 10.0);
        let difference = rows(format!("{matrix} - 0.1 \\, {matrix}"));
        assert!(difference.contains(&format!("\n  &\\quad  - 0.1 \\, {matrix}")), "{difference}");
        let product = rows(format!("{matrix} \\, {matrix}"));
        assert!(product.contains(&format!("\n  &\\quad \\cdot {matrix}")), "{product}");
    }

    /// Four matrices of 8 rows are 460 pt high, of 12 rows 690 pt.
    #[test]
    fn a_page_ends_only_inside_of_what_is_higher_than_a_page() {
        let tall = |rows: usize| {
            let row = ["123.456"; 6].join(" & ");
            format!("\\begin{{bmatrix}} {} \\end{{bmatrix}}", vec![row; rows].join(" \\\\ "))
        };
        for (rows, may_end) in [(8, false), (12, true)] {
            let part = part(&[tall(rows), tall(rows)].join(" "));
            let equation = chain("P", &[part.clone(), part], 10.0);
            assert_eq!(equation.contains("displaybreak"), may_end, "{equation}");
        }
    }

    #[test]
    fn matrices_break_between_them_and_never_inside() {
        let matrix =
            "\\begin{bmatrix} 12345.678 & -12345.678 & 12345.678 \\\\ 1 & 2 & 3 \\end{bmatrix}";
        let rows = chain("P", &[part(&format!("{matrix} {matrix} {matrix}"))], 30.0);
        assert_eq!(rows.matches("&\\quad").count(), 1, "{rows}");
        assert_eq!(rows.matches(matrix).count(), 3);
    }

    #[test]
    fn many_results_stand_in_equal_rows() {
        let result = |k: usize| format!("w_{{{k}}} \\approx 12345.67890");
        let results: Vec<String> = (1..=6).map(result).collect();
        assert!(4.0 * width(&results[0]) < LINE && 6.0 * width(&results[0]) > LINE);
        let rows = box_of(&results);
        let rows: Vec<&str> = rows.split("\\\\[2pt]").collect();
        assert_eq!(rows.len(), 2, "{rows:?}");
        assert!(rows.iter().all(|row| row.matches("&\\approx").count() == 3), "{rows:?}");
    }

    #[test]
    fn two_columns_have_room_for_short_whole_rows_only() {
        let row = |digits: usize| Latex(format!("z &= {}", "1".repeat(digits)));
        // 24.6 pt before the digits, 5.5 pt each: 187.6 pt and 242.6 pt.
        let (short, long) = (row(30), row(40));
        assert!(two_columns(&[&short, &short], &[&long]));
        assert!(!two_columns(&[&short, &long], &[&long]));
        assert!(!two_columns(&[&Latex("z &= 1 \\\\*\n  &= 1".to_owned())], &[&short]));
        // Another row's name of 30 pt stands left of the long row's relation: 460 pt with the gap.
        let name = Latex("zzzzz &= 1".to_owned());
        assert!(!two_columns(&[&short], &[&long, &name]));
    }
}
