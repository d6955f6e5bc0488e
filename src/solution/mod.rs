//! From a graph to its printed steps: certified values, and as many digits as close.
//!
//! *Certified*: every printed number is exact, or the true value correctly rounded at its last
//! digit; the working precision is doubled until every digit is decided.
//!
//! *Closed*: whoever puts the printed operands into the printed formula gets the printed result,
//! in its last digit. Steps that others read carry [`GUARD_DIGITS`] more digits for that, and
//! where this is not enough, more; where no bearable number of digits is enough, the formula is
//! shown in symbols only.

#![allow(clippy::indexing_slicing, reason = "node ids come from the graph that was solved")]

mod closure;
#[cfg(test)]
mod tests;

use nalgebra::DMatrix;

use crate::diagnostic::{Diagnostic, Result};
use crate::graph::{Evaluation, Expr, Graph, NodeId, Notation, Op};
use crate::numbers::{Certification, Certified, Printed};

/// Digits that an intermediate result carries beyond those of a final one.
pub const GUARD_DIGITS: usize = 2;

/// Bits to begin with: the first 38 digits of everything, far more than is printed.
const FIRST_PRECISION: usize = 128;
/// Bits at which a digit that is still undecided is a fault of the program.
const LAST_PRECISION: usize = 1 << 16;

/// Every step of a graph with its certified value and its printed digits.
#[derive(Clone, Debug)]
pub struct Solution {
    graph: Graph,
    values: Evaluation<Certified>,
    precision: usize,
    digits: usize,
    /// By node index; `None` for a node without a symbol.
    steps: Vec<Option<Step>>,
}

#[derive(Clone, Debug)]
struct Step {
    formula: Expr,
    substituted: bool,
    printed: DMatrix<Printed>,
}

impl Solution {
    /// Evaluates a graph and decides the digits of every step; `digits` are those of a rounded
    /// final result.
    ///
    /// # Errors
    /// None that inputs can cause, as far as is known; a digit that stays undecided, or a formula
    /// that does not give its value, stops the build instead of being printed.
    pub fn new(graph: Graph, digits: usize) -> Result<Self> {
        Self::showing(graph, digits, |_| true)
    }

    /// [`new`](Self::new) where only some steps are shown with their formula: the others are
    /// certified just the same, but need not close.
    ///
    /// Each step that closes costs its operands a fraction of a digit, so a thousand layers that
    /// all close would print hundreds of digits that nobody reads.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn showing(graph: Graph, digits: usize, shown: impl Fn(NodeId) -> bool) -> Result<Self> {
        let mut wanted = closure::Digits::new(&graph, digits, shown);
        let mut precision = FIRST_PRECISION;
        while precision <= LAST_PRECISION {
            let system = Certification { precision };
            let values = graph.evaluate(&system);
            if let Some(steps) = wanted.close(&graph, &values, system)?
                && steps_have_f64(&graph, &values)
            {
                return Ok(Self { graph, values, precision, digits, steps });
            }
            precision *= 2;
        }
        Err(Diagnostic::error(format!("a digit is undecided at {LAST_PRECISION} bits"))
            .help("this is a fault of the program, not of your inputs: please report it with your homework.toml")
            .into())
    }

    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Bits at which every digit was decided.
    pub fn precision(&self) -> usize {
        self.precision
    }

    /// Significant digits of a rounded final result.
    pub fn digits(&self) -> usize {
        self.digits
    }

    /// The certified value of any node, rows by columns.
    pub fn value(&self, id: NodeId) -> &DMatrix<Certified> {
        &self.values[id]
    }

    /// The certified value of a scalar node.
    pub fn scalar(&self, id: NodeId) -> &Certified {
        &self.values[id][(0, 0)]
    }

    /// The printed value of a step.
    ///
    /// # Panics
    /// For a node without a symbol: it is not a step.
    pub fn printed(&self, id: NodeId) -> &DMatrix<Printed> {
        &self.step(id).printed
    }

    /// The formula that the step shows.
    pub fn formula(&self, id: NodeId) -> &Expr {
        &self.step(id).formula
    }

    /// The step's formula with symbols, for math mode.
    pub fn formula_latex(&self, id: NodeId) -> String {
        self.formula(id).latex(Notation::Symbols(&self.graph))
    }

    /// The step's formula with the printed numbers in it, for math mode.
    pub fn substitution_latex(&self, id: NodeId) -> String {
        self.formula(id).latex(Notation::Numbers(&|id| self.printed(id)))
    }

    /// Whether the formula is to be shown with numbers in it: they give the printed result.
    pub fn is_substituted(&self, id: NodeId) -> bool {
        self.step(id).substituted
    }

    /// Whether every number that the step's formula reads is printed exactly.
    pub fn operands_exact(&self, id: NodeId) -> bool {
        let operands = self.formula(id).steps();
        operands.iter().all(|&operand| operand == id || self.is_exact(operand))
    }

    /// Whether every number of the step is printed exactly.
    pub fn is_exact(&self, id: NodeId) -> bool {
        self.printed(id).iter().all(Printed::is_exact)
    }

    /// The steps that are computed (not inputs), in order.
    pub fn computed(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.graph.ids().filter(|&id| {
            self.graph.symbol(id).is_some() && !matches!(self.graph.op(id), Op::Leaf(_))
        })
    }

    #[expect(clippy::panic, reason = "the nodes asked for are named where the graph is built")]
    fn step(&self, id: NodeId) -> &Step {
        match &self.steps[id.index()] {
            Some(step) => step,
            None => panic!("{id:?} has no symbol: it is not a step"),
        }
    }
}

/// Whether the `f64` nearest to every step's value is decided.
fn steps_have_f64(graph: &Graph, values: &Evaluation<Certified>) -> bool {
    let mut steps = graph.ids().filter(|&id| graph.symbol(id).is_some());
    steps.all(|id| values[id].iter().all(|value| value.nearest_f64().is_some()))
}
