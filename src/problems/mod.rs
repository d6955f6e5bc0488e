//! The homework: each problem's graph, written once, and the names of its answers.

#![allow(clippy::indexing_slicing, reason = "shapes are those of checked inputs")]

mod chain;
pub mod claims;
mod loss_parts;
mod matrix_product;
mod spectrum;
mod surd;
#[cfg(test)]
mod tests;

use crate::diagnostic::Result;
use crate::inputs::Inputs;
use crate::solution::Solution;

pub use chain::{Chain, ENDS, Layer, Loss, STEP_BY_STEP};
pub use loss_parts::LossParts;
pub use matrix_product::MatrixProduct;
pub use surd::Surds;

/// A problem's graph with the names of its nodes, and their certified values.
#[derive(Clone, Debug)]
pub struct Solved<P> {
    pub problem: P,
    pub solution: Solution,
}

/// The whole homework, solved.
#[derive(Clone, Debug)]
pub struct Homework {
    pub product: Solved<MatrixProduct>,
    pub classification: Solved<Chain>,
    pub regression: Solved<Chain>,
}

impl Homework {
    /// Builds and solves every problem.
    ///
    /// # Errors
    /// As [`Solution::new`].
    pub fn solve(inputs: &Inputs) -> Result<Self> {
        let digits = inputs.submission.digits;
        let chain = |problem: Chain| -> Result<Solved<Chain>> {
            let shown = problem.steps_shown();
            let solution =
                Solution::showing(problem.graph.clone(), digits, |id| shown.contains(&id))?;
            Ok(Solved { problem, solution })
        };
        let product = MatrixProduct::new(&inputs.problem1);
        let in_full = |id| product.is_shown_in_full(id);
        Ok(Self {
            product: Solved {
                solution: Solution::showing(product.graph.clone(), digits, in_full)?,
                problem: product,
            },
            classification: chain(Chain::classification(&inputs.problem2.classification))?,
            regression: chain(Chain::regression(&inputs.problem2.regression))?,
        })
    }
}
