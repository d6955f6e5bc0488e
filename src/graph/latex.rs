//! Expressions and matrices as LaTeX, with symbols or with numbers.

use std::fmt::Write;

use dashu_ratio::RBig;
use nalgebra::DMatrix;

use super::{Expr, Graph, NodeId};
use crate::numbers::Printed;

/// Matrices are printed in full up to this many rows and columns, larger ones with dots.
pub const IN_FULL: usize = 8;
/// Of larger ones so many come before the dots, and two behind them.
const BEFORE_DOTS: usize = IN_FULL - 3;
/// Up to this many entries a squared norm is written out as a sum of squares; of more the first and
/// the last stand for all.
const SQUARES_WRITTEN_OUT: usize = 8;

/// What stands for a step inside a formula.
#[derive(Clone, Copy)]
pub enum Notation<'a> {
    /// Its symbol.
    Symbols(&'a Graph),
    /// Its printed value.
    Numbers(&'a dyn Fn(NodeId) -> &'a DMatrix<Printed>),
}

impl std::fmt::Debug for Notation<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Symbols(_) => "Symbols",
            Self::Numbers(_) => "Numbers",
        })
    }
}

/// How tightly an operator binds; an operand that binds less gets parentheses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Sum,
    Product,
    Power,
}

/// A piece of LaTeX, and what its surroundings must know to place it.
struct Piece {
    latex: String,
    binding: Binding,
    /// Begins with a minus sign: takes parentheses unless it stands first.
    signed: bool,
    /// A signed product with the parentheses around its first factor only: `(-2) \cdot 3`.
    inside: Option<String>,
    /// Is a number or a product that ends or begins with digits, so that a product needs a dot.
    numeric: bool,
}

impl Piece {
    /// Neither signed nor a number.
    fn new(latex: impl Into<String>, binding: Binding) -> Self {
        Self { latex: latex.into(), binding, signed: false, inside: None, numeric: false }
    }

    fn atom(latex: impl Into<String>) -> Self {
        Self::new(latex, Binding::Power)
    }

    /// As an operand of an operator of the given binding.
    fn operand(self, binding: Binding, first: bool) -> String {
        if self.binding < binding {
            format!("({})", self.latex)
        } else if self.signed && !first {
            self.inside.unwrap_or_else(|| format!("({})", self.latex))
        } else {
            self.latex
        }
    }
}

impl Expr {
    /// The formula for math mode.
    pub fn latex(&self, notation: Notation<'_>) -> String {
        self.piece(notation).latex
    }

    fn piece(&self, notation: Notation<'_>) -> Piece {
        let of = |e: &Expr| e.piece(notation);
        match self {
            Expr::Step(id) => step(*id, notation),
            Expr::Number(value) => constant(value),
            Expr::Sum(a, b) => binary(of(a), " + ", of(b), Binding::Sum, Binding::Sum),
            Expr::Difference(a, b) => binary(of(a), " - ", of(b), Binding::Sum, Binding::Product),
            Expr::Negation(a) => {
                let latex = format!("-{}", of(a).operand(Binding::Product, false));
                Piece { signed: true, ..Piece::new(latex, Binding::Sum) }
            }
            Expr::Product(a, b) => product(of(a), of(b), notation),
            Expr::Hadamard(a, b) => {
                binary(of(a), " \\odot ", of(b), Binding::Product, Binding::Power)
            }
            Expr::Transpose(a) => transpose(a, notation),
            Expr::SumSquares(a) => sum_squares(a, notation),
            Expr::Sigmoid(a) => Piece::atom(format!("\\sigma({})", of(a).latex)),
            Expr::Log(a) => {
                let piece = of(a);
                let plain = piece.binding == Binding::Power && !piece.signed;
                let latex = if plain {
                    format!("\\log {}", piece.latex)
                } else {
                    format!("\\log({})", piece.latex)
                };
                Piece::new(latex, Binding::Product)
            }
            Expr::Exp(a) => Piece::atom(format!("e^{{{}}}", of(a).latex)),
        }
    }

    /// A product of matrices with every entry written out as its sum of products, or a difference
    /// A − c B with every entry as its difference; `None` for any other formula.
    pub fn written_out<'a>(
        &self,
        printed: &'a dyn Fn(NodeId) -> &'a DMatrix<Printed>,
    ) -> Option<String> {
        let (rows, columns) = self.entries_in(printed)?;
        let (rows, columns) = (Lines::of(rows), Lines::of(columns));
        let entries = DMatrix::from_fn(rows.shown.len(), columns.shown.len(), |i, j| {
            let entry = self.entry_written_out(printed, rows.shown[i], columns.shown[j]);
            entry.unwrap_or_default()
        });
        Some(bmatrix(&entries, &rows, &columns))
    }

    /// One entry of what [`written_out`](Self::written_out) writes out.
    pub fn entry_written_out<'a>(
        &self,
        printed: &'a dyn Fn(NodeId) -> &'a DMatrix<Printed>,
        i: usize,
        j: usize,
    ) -> Option<String> {
        let times =
            |a: &Printed, b: &Printed| product(number(a), number(b), Notation::Numbers(printed));
        match self {
            Expr::Product(a, b) => {
                let (a, b) = (a.as_matrix(printed)?, b.as_matrix(printed)?);
                let terms = (0..a.ncols()).map(|k| times(&a[(i, k)], &b[(k, j)]));
                let sum =
                    terms.reduce(|sum, term| binary(sum, " + ", term, Binding::Sum, Binding::Sum));
                Some(sum?.latex)
            }
            Expr::Difference(a, b) => {
                let (scale, b) = b.scaled_matrix(printed)?;
                let (a, term) = (a.as_matrix(printed)?, times(&scale, &b[(i, j)]));
                let entry = number(&a[(i, j)]);
                Some(binary(entry, " - ", term, Binding::Sum, Binding::Product).latex)
            }
            _ => None,
        }
    }

    /// The shape of what is written out; `None` for what is not, or is too large.
    fn entries_in<'a>(
        &self,
        printed: &'a dyn Fn(NodeId) -> &'a DMatrix<Printed>,
    ) -> Option<(usize, usize)> {
        let (a, b) = match self {
            Expr::Product(a, b) => (a.as_matrix(printed)?, b.as_matrix(printed)?),
            Expr::Difference(a, b) => (a.as_matrix(printed)?, b.scaled_matrix(printed)?.1),
            _ => return None,
        };
        (a.len().max(b.len()) <= IN_FULL * IN_FULL).then(|| (a.nrows(), b.ncols()))
    }

    /// c and B of a product c B.
    fn scaled_matrix<'a>(
        &self,
        printed: &'a dyn Fn(NodeId) -> &'a DMatrix<Printed>,
    ) -> Option<(Printed, DMatrix<Printed>)> {
        let Expr::Product(scale, b) = self else { return None };
        let scale = printed(scale.as_step()?);
        (scale.len() == 1).then(|| Some((scale[(0, 0)].clone(), b.as_matrix(printed)?)))?
    }

    /// The values of a matrix (not 1×1) or of its transpose.
    fn as_matrix<'a>(
        &self,
        printed: &'a dyn Fn(NodeId) -> &'a DMatrix<Printed>,
    ) -> Option<DMatrix<Printed>> {
        let values = match self {
            Expr::Step(id) => printed(*id).clone(),
            Expr::Transpose(inner) => printed(inner.as_step()?).transpose(),
            _ => return None,
        };
        (values.len() > 1).then_some(values)
    }

    fn as_step(&self) -> Option<NodeId> {
        match self {
            Expr::Step(id) => Some(*id),
            _ => None,
        }
    }
}

fn step(id: NodeId, notation: Notation<'_>) -> Piece {
    match notation {
        Notation::Symbols(graph) => Piece::atom(graph.symbol(id).unwrap_or("?")),
        Notation::Numbers(printed) => {
            let values = printed(id);
            if values.len() == 1 {
                number(&values[(0, 0)])
            } else {
                Piece::atom(matrix_latex(values))
            }
        }
    }
}

fn number(value: &Printed) -> Piece {
    // 1.2×10⁻³ is a product.
    let binding = if value.power_of_ten().is_some() { Binding::Product } else { Binding::Power };
    Piece { signed: value.is_negative(), numeric: true, ..Piece::new(value.latex(), binding) }
}

/// A constant of a formula: an integer, or a fraction.
fn constant(value: &RBig) -> Piece {
    let signed = *value < RBig::ZERO;
    let latex = if value.denominator().is_one() {
        value.numerator().to_string()
    } else {
        let sign = if signed { "-" } else { "" };
        let numerator = value.numerator().to_string();
        format!("{sign}\\tfrac{{{}}}{{{}}}", numerator.trim_start_matches('-'), value.denominator())
    };
    Piece { signed, numeric: true, ..Piece::atom(latex) }
}

fn binary(a: Piece, operator: &str, b: Piece, left: Binding, right: Binding) -> Piece {
    let signed = a.signed && a.binding >= left;
    let latex = format!("{}{operator}{}", a.operand(left, true), b.operand(right, false));
    Piece { signed, ..Piece::new(latex, left) }
}

/// Factors side by side; a dot where digits would run together, or where numbers stand for both
/// factors: 2 (ŷ − y), but 2 · (0.5 − 1).
fn product(a: Piece, b: Piece, notation: Notation<'_>) -> Piece {
    let signed = a.signed && a.binding >= Binding::Product;
    let numeric = a.numeric && b.numeric;
    let in_numbers = matches!(notation, Notation::Numbers(_));
    let wants_dot = b.numeric
        || (a.numeric && b.binding < Binding::Product && in_numbers)
        || (a.numeric && b.latex.starts_with("\\sigma"));
    let second = b.operand(Binding::Product, false);
    let dotted = wants_dot || second.starts_with(|c: char| c.is_ascii_digit());
    let dot = if dotted { " \\cdot " } else { " \\, " };
    let enclosed = a.inside.clone().unwrap_or_else(|| format!("({})", a.latex));
    let inside = signed.then(|| format!("{enclosed}{dot}{second}"));
    let latex = format!("{}{dot}{second}", a.operand(Binding::Product, true));
    Piece { signed, inside, numeric, ..Piece::new(latex, Binding::Product) }
}

fn transpose(a: &Expr, notation: Notation<'_>) -> Piece {
    if let (Notation::Numbers(printed), Some(id)) = (notation, a.as_step()) {
        return Piece::atom(matrix_latex(&printed(id).transpose()));
    }
    Piece::atom(format!("{}^{{\\top}}", a.piece(notation).operand(Binding::Power, false)))
}

fn sum_squares(a: &Expr, notation: Notation<'_>) -> Piece {
    if let (Notation::Numbers(printed), Some(id)) = (notation, a.as_step()) {
        let values = printed(id);
        if let [only] = values.as_slice() {
            return Piece::atom(square(only));
        }
        // By rows, as one reads.
        let mut squares: Vec<_> = values.transpose().iter().map(square).collect();
        if squares.len() > SQUARES_WRITTEN_OUT {
            squares.splice(1..squares.len() - 1, ["\\cdots".to_owned()]);
        }
        return Piece::new(squares.join(" + "), Binding::Sum);
    }
    let scalar = match (notation, a) {
        (Notation::Symbols(graph), e) => e.steps().iter().all(|&id| graph.is_scalar(id)),
        (Notation::Numbers(printed), e) => e.steps().iter().all(|&id| printed(id).len() == 1),
    };
    let inner = a.piece(notation);
    Piece::atom(if scalar {
        // A second superscript needs parentheses: (R⁺)².
        let bare = inner.latex.clone();
        let base = inner.operand(Binding::Power, false);
        if base == bare && base.contains('^') { format!("({base})^2") } else { format!("{base}^2") }
    } else {
        format!("\\lVert {} \\rVert^2", inner.latex)
    })
}

fn square(value: &Printed) -> String {
    format!("{}^2", number(value).operand(Binding::Power, false))
}

/// A matrix for math mode, signs and decimal points aligned; a 1×1 matrix is its entry.
pub fn matrix_latex(values: &DMatrix<Printed>) -> String {
    if values.len() == 1 {
        return values[(0, 0)].latex();
    }
    let (rows, columns) = (Lines::of(values.nrows()), Lines::of(values.ncols()));
    // What is hidden must not make room for itself.
    let shown = DMatrix::from_fn(rows.shown.len(), columns.shown.len(), |i, j| {
        values[(rows.shown[i], columns.shown[j])].clone()
    });
    bmatrix(&aligned_cells(&shown), &rows, &columns)
}

/// The rows, or the columns, of a matrix that are shown.
struct Lines {
    /// Their indices in the whole matrix.
    shown: Vec<usize>,
    /// The many between the first and the last of them are hidden, and dots stand for them.
    dots: bool,
}

impl Lines {
    fn of(count: usize) -> Self {
        if count <= IN_FULL {
            return Self { shown: (0..count).collect(), dots: false };
        }
        let shown = (0..BEFORE_DOTS).chain([count - 2, count - 1]).collect();
        Self { shown, dots: true }
    }

    /// Positions in `shown`; `None` stands for the dots.
    fn positions(&self) -> Vec<Option<usize>> {
        let mut positions: Vec<_> = (0..self.shown.len()).map(Some).collect();
        if self.dots {
            positions.insert(BEFORE_DOTS, None);
        }
        positions
    }
}

/// A matrix of the cells that are shown, and dots between them.
fn bmatrix(cells: &DMatrix<String>, rows: &Lines, columns: &Lines) -> String {
    let columns = columns.positions();
    let lines: Vec<String> = rows
        .positions()
        .into_iter()
        .map(|row| {
            let line: Vec<String> = columns
                .iter()
                .map(|&column| match (row, column) {
                    (Some(i), Some(j)) => cells[(i, j)].clone(),
                    (Some(_), None) => "\\cdots".into(),
                    (None, Some(_)) => "\\vdots".into(),
                    (None, None) => "\\ddots".into(),
                })
                .collect();
            line.join(" & ")
        })
        .collect();
    format!("\\begin{{bmatrix}} {} \\end{{bmatrix}}", lines.join(" \\\\ "))
}

/// Each entry padded with phantoms to the widest of its column, left and right of the point.
pub fn aligned_cells(values: &DMatrix<Printed>) -> DMatrix<String> {
    let mut cells = values.map(|v| v.latex());
    for (column, mut target) in values.column_iter().zip(cells.column_iter_mut()) {
        // Powers of ten have no common point to align at.
        if column.iter().any(|v| v.power_of_ten().is_some()) {
            continue;
        }
        let parts: Vec<_> = column.iter().map(Printed::parts).collect();
        let before = parts.iter().map(|p| p.0.len()).max().unwrap_or(0);
        let after = parts.iter().map(|p| p.1.len()).max().unwrap_or(0);
        let any_sign = column.iter().any(Printed::is_negative);
        for ((value, (whole, fraction)), cell) in column.iter().zip(&parts).zip(target.iter_mut()) {
            let mut left = "0".repeat(before - whole.len());
            if any_sign && !value.is_negative() {
                left.insert(0, '-');
            }
            let mut right = "0".repeat(after - fraction.len());
            if fraction.is_empty() && after > 0 {
                right.insert(0, '.');
            }
            // Behind a phantom a bare minus would be an operator, with an operator's space.
            let shown = match value.is_negative() && !left.is_empty() {
                true => format!("{{-}}{}", value.latex_magnitude()),
                false => value.latex(),
            };
            *cell = format!("{}{shown}{}", phantom(&left), phantom(&right));
        }
    }
    cells
}

/// Invisible, as wide as `text`; a minus sign without the space of an operator.
fn phantom(text: &str) -> String {
    let mut out = String::new();
    if !text.is_empty() {
        let _ = write!(out, "\\phantom{{{text}}}");
    }
    out
}
