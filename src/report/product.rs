//! Problem 1, as templates see it.

use schemars::JsonSchema;
use serde::Serialize;

use super::claims::StepClaimsView;
use super::layout;
use super::step::StepView;
use crate::inputs::{Inputs, Reduction};
use crate::problems::claims::StepClaims;
use crate::problems::{MatrixProduct, Solved};
use crate::templates::Latex;

/// The matrices, the steps and what is noticed.
#[derive(Clone, Debug, JsonSchema, Serialize)]
#[allow(non_snake_case)] // The names are those of the matrices.
pub struct ProductView {
    /// Rows of W, P and Y.
    pub m: usize,
    /// Columns of W and rows of X.
    pub d: usize,
    /// Samples: columns of X, P and Y.
    pub n: usize,
    /// The loss is the mean over the samples, not the sum.
    pub mean: bool,
    /// W, X and Y, side by side where they fit, as rows for `gather*`.
    pub given: Latex,
    /// The weights.
    pub W: StepView,
    /// The inputs, a sample in each column.
    pub X: StepView,
    /// The targets, one in each column.
    pub Y: StepView,
    /// The step size η.
    pub step_size: StepView,
    /// The predictions W X.
    pub P: StepView,
    /// P − Y.
    pub residual: StepView,
    /// The loss at W.
    pub loss: StepView,
    /// The gradient at P.
    pub dL_dP: StepView,
    /// The gradient at W.
    pub dL_dW: StepView,
    /// The weights after the step.
    pub W_updated: StepView,
    /// The predictions after the step.
    pub P_after: StepView,
    /// Their residual.
    pub residual_after: StepView,
    /// The loss after the step.
    pub loss_after: StepView,
    /// What is noticed about the step.
    pub noticed: StepClaimsView,
}

impl ProductView {
    pub fn new(inputs: &Inputs, solved: &Solved<MatrixProduct>) -> Self {
        let Solved { problem, solution } = solved;
        let step = |id| StepView::new(solution, id);
        let input = |id| StepView::input(solution, id);
        let mean = inputs.problem1.reduction == Reduction::Mean;
        let claims = StepClaims::new(solved, mean, inputs.submission.digits);
        let given = [problem.w, problem.x, problem.y].map(|id| input(id).result.0);
        Self {
            given: layout::side_by_side(&given).into(),
            m: inputs.problem1.w.nrows(),
            d: inputs.problem1.w.ncols(),
            n: inputs.problem1.x.ncols(),
            mean,
            W: input(problem.w),
            X: input(problem.x),
            Y: input(problem.y),
            step_size: input(problem.step_size),
            P: step(problem.p),
            residual: step(problem.residual),
            loss: step(problem.loss),
            dL_dP: step(problem.d_p),
            dL_dW: step(problem.d_w),
            W_updated: step(problem.w_updated),
            P_after: step(problem.p_after),
            residual_after: step(problem.residual_after),
            loss_after: step(problem.loss_after),
            noticed: StepClaimsView::new(&claims, mean, inputs.problem1.x.ncols()),
        }
    }
}
