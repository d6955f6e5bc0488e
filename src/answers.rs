//! What the homework asks for, as data: the JSON of `solve`, and the list that must be printed.

use nalgebra::DMatrix;
use serde::Serialize;

use crate::graph::NodeId;
use crate::numbers::{Certified, Printed};
use crate::problems::{Chain, Homework, MatrixProduct, Solved};
use crate::solution::Solution;

/// One number.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Number {
    /// The nearest `f64`; the largest finite one beyond the range.
    pub value: f64,
    /// What the PDF shows, in ASCII: `-?digits[.digits][e-?digits]`.
    pub printed: String,
    /// Whether `printed` equals the value; otherwise it is the value correctly rounded.
    pub exact: bool,
}

/// A matrix, by rows.
pub type Matrix = Vec<Vec<Number>>;

/// Every answer; field names are those of the JSON.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answers {
    pub problem1: ProductAnswers,
    pub problem2: Problem2Answers,
}

/// Problem 1. Shapes: P, residual and ∂L/∂P are m×n; ∂L/∂W and the updated W are m×d.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(non_snake_case)] // The names are the JSON's.
pub struct ProductAnswers {
    pub P: Matrix,
    /// P − Y.
    pub residual: Matrix,
    pub loss: Number,
    pub dL_dP: Matrix,
    pub dL_dW: Matrix,
    pub W_updated: Matrix,
    /// The loss at the updated W.
    pub loss_after: Number,
}

/// Problem 2.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Problem2Answers {
    pub classification: ChainAnswers,
    pub regression: ChainAnswers,
}

/// One chain of K layers, in layer order.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(non_snake_case)]
pub struct ChainAnswers {
    /// Preactivations, K of them.
    pub z: Vec<Number>,
    /// The sigmoids' outputs: K of them for classification, K − 1 for regression.
    pub a: Vec<Number>,
    pub y_hat: Number,
    pub loss: Number,
    /// ∂L/∂z_k, K of them.
    pub delta: Vec<Number>,
    /// ∂L/∂w_k, K of them.
    pub dL_dw: Vec<Number>,
}

impl Answers {
    pub fn new(homework: &Homework) -> Self {
        Self {
            problem1: product(&homework.product),
            problem2: Problem2Answers {
                classification: chain(&homework.classification),
                regression: chain(&homework.regression),
            },
        }
    }
}

fn product(Solved { problem, solution }: &Solved<MatrixProduct>) -> ProductAnswers {
    ProductAnswers {
        P: matrix(solution, problem.p),
        residual: matrix(solution, problem.residual),
        loss: scalar(solution, problem.loss),
        dL_dP: matrix(solution, problem.d_p),
        dL_dW: matrix(solution, problem.d_w),
        W_updated: matrix(solution, problem.w_updated),
        loss_after: scalar(solution, problem.loss_after),
    }
}

fn chain(Solved { problem, solution }: &Solved<Chain>) -> ChainAnswers {
    let layers = &problem.layers;
    ChainAnswers {
        z: layers.iter().map(|layer| scalar(solution, layer.z)).collect(),
        a: layers.iter().filter_map(|layer| Some(scalar(solution, layer.a?))).collect(),
        y_hat: scalar(solution, problem.y_hat),
        loss: scalar(solution, problem.loss),
        delta: layers.iter().map(|layer| scalar(solution, layer.delta)).collect(),
        dL_dw: layers.iter().map(|layer| scalar(solution, layer.d_w)).collect(),
    }
}

fn scalar(solution: &Solution, id: NodeId) -> Number {
    number(solution.scalar(id), &solution.printed(id)[(0, 0)])
}

fn matrix(solution: &Solution, id: NodeId) -> Matrix {
    let (values, printed): (&DMatrix<Certified>, _) = (solution.value(id), solution.printed(id));
    let rows = values.row_iter().zip(printed.row_iter());
    rows.map(|(v, p)| v.iter().zip(p.iter()).map(|(v, p)| number(v, p)).collect()).collect()
}

fn number(value: &Certified, printed: &Printed) -> Number {
    Number {
        // `Solution` raised the precision until the nearest f64 is decided.
        value: value.nearest_f64().unwrap_or_default(),
        printed: printed.to_string(),
        exact: printed.is_exact(),
    }
}
