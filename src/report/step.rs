//! A step of a derivation, as a template sees it.

use nalgebra::DMatrix;
use schemars::JsonSchema;
use serde::Serialize;

use super::layout::{self, Part};
use crate::graph::{IN_FULL, NodeId, matrix_latex};
use crate::numbers::{Certified, Printed};
use crate::solution::Solution;
use crate::templates::Latex;

/// `symbol = formula = the formula with numbers in it = value`, all for math mode.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct StepView {
    /// The step's name, such as `z_{2}`.
    pub symbol: Latex,
    /// What it is computed from, in symbols.
    pub formula: Latex,
    /// The formula with the printed numbers in it.
    pub numbers: Latex,
    /// The printed value.
    pub value: Latex,
    /// The printed entries of a matrix that is shown in full, by rows; undefined for one number.
    pub entries: Option<Vec<Vec<Latex>>>,
    /// The value of a single number as the nearest one in double precision, for conditions;
    /// undefined for a matrix.
    pub number: Option<f64>,
    /// `=` where the printed value is exact, `\approx` where it is rounded.
    pub eq: Latex,
    /// `symbol eq value`.
    pub result: Latex,
    /// The result in a box.
    pub boxed: Latex,
    /// The whole chain as rows for `align*`, broken where it is too long.
    pub rows: Latex,
    /// The same without the value, for a derivation that ends in `boxed`.
    pub work: Latex,
    /// For a large matrix that is computed entry by entry: how its first one comes about, as rows
    /// for `align*`.
    pub entry: Option<Latex>,
    /// Whether the printed value is exact.
    pub exact: bool,
}

/// A written-out product may take this share of a line.
const WRITTEN_OUT: f64 = 0.8;

impl StepView {
    pub fn new(solution: &Solution, id: NodeId) -> Self {
        let symbol = solution.graph().symbol(id).unwrap_or_default().to_owned();
        let formula = solution.formula_latex(id);
        let numbers = solution.substitution_latex(id);
        let value = matrix_latex(solution.printed(id));
        let exact = solution.is_exact(id);
        let eq = relation(exact);
        let written_out = solution.formula(id).written_out(&|id| solution.printed(id));
        let fits = |latex: &String| layout::width(latex) <= WRITTEN_OUT * layout::LINE;
        let entry = written_out.is_some() && !written_out.as_ref().is_some_and(fits);

        let operands_exact = solution.operands_exact(id);
        let mut parts = vec![Part { relation: "=", latex: formula.clone() }];
        let substituted = Part { relation: relation(operands_exact), latex: numbers.clone() };
        // Of wide matrices only the value is shown: the operands stand above in full.
        let shown = solution.is_substituted(id) && layout::is_readable(&substituted.latex);
        if substituted.latex != value && shown {
            parts.push(substituted);
        }
        if let Some(latex) = written_out.filter(fits).filter(|_| solution.is_substituted(id)) {
            parts.push(Part { relation: "=", latex });
        }
        // Zero times anything is exactly zero, also with a rounded factor.
        let zero = solution.printed(id).iter().all(|printed| printed.latex() == "0");
        let closes = relation(exact && (operands_exact || zero));
        let indent = layout::width(&symbol);
        let work = layout::chain(&symbol, &parts, indent);
        parts.push(Part { relation: closes, latex: value.clone() });
        let rows = layout::chain(&symbol, &parts, indent);
        let result = format!("{symbol} {eq} {value}");
        Self {
            boxed: layout::boxed(&result).into(),
            result: result.into(),
            entry: entry.then(|| first_entry(solution, id).into()),
            symbol: symbol.into(),
            formula: formula.into(),
            numbers: numbers.into(),
            value: value.into(),
            entries: entries(solution.printed(id)),
            number: number(solution.value(id)),
            eq: Latex(eq.to_owned()),
            rows: rows.into(),
            work: work.into(),
            exact,
        }
    }

    /// The value alone, for an input.
    pub fn input(solution: &Solution, id: NodeId) -> Self {
        let mut view = Self::new(solution, id);
        let (symbol, value) = (&view.symbol, &view.value);
        view.rows = format!("{symbol} &= {value}").into();
        view.work = view.rows.clone();
        view
    }
}

/// By rows, of a matrix of more than one entry that has no dots in it.
fn entries(values: &DMatrix<Printed>) -> Option<Vec<Vec<Latex>>> {
    let is_shown = values.len() > 1 && values.nrows().max(values.ncols()) <= IN_FULL;
    let row = |i: usize| values.row(i).iter().map(|value| value.latex().into()).collect();
    is_shown.then(|| (0..values.nrows()).map(row).collect())
}

fn number(values: &DMatrix<Certified>) -> Option<f64> {
    values.iter().next().filter(|_| values.len() == 1)?.nearest_f64()
}

fn relation(exact: bool) -> &'static str {
    if exact { "=" } else { "\\approx" }
}

/// How entry (1, 1) of a written-out matrix comes about.
fn first_entry(solution: &Solution, id: NodeId) -> String {
    let symbol = solution.graph().symbol(id).unwrap_or_default();
    let symbol = match symbol.strip_suffix('}').filter(|_| symbol.starts_with("\\frac")) {
        // The gradient's entry is the derivative for the entry of its parameter.
        Some(fraction) => format!("{fraction}_{{11}}}}"),
        None => format!("{symbol}_{{11}}"),
    };
    let printed = |id| solution.printed(id);
    let entry = solution.formula(id).entry_written_out(&printed, 0, 0);
    let result = &solution.printed(id)[(0, 0)];
    let exact = result.is_exact() && solution.operands_exact(id);
    let parts = [
        Part { relation: relation(solution.operands_exact(id)), latex: entry.unwrap_or_default() },
        Part { relation: relation(exact), latex: result.latex() },
    ];
    layout::chain(&symbol, &parts, layout::width(&symbol))
}
