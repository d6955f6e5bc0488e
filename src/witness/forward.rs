//! Forward mode: the loss evaluated in dual numbers, one weight or direction seeded at a time.

use nalgebra::DMatrix;
use num_dual::Dual64;

use super::closed_form::{Pass, along, scales};
use super::{Tally, sample};
use crate::graph::{Graph, NodeId};
use crate::inputs::{self, Problem1};
use crate::numbers::Forward;
use crate::problems::{Chain, MatrixProduct, Solved};

pub fn product(tally: &mut Tally, inputs: &Problem1, solved: &Solved<MatrixProduct>) {
    let problem = &solved.problem;
    let gradient = solved.solution.value(problem.d_w);
    let scales = scales(inputs);
    for direction in sample::directions(gradient.shape()) {
        let seed = direction.entries.map(f64::from);
        let scale = scales.d_w.component_mul(&seed.abs()).sum();
        if scale > Pass::SMALLEST {
            let found = derivative(&problem.graph, problem.loss, problem.w, &seed);
            tally.compare(&direction.name, &along(gradient, &direction), found, scale);
        }
    }
}

/// The layers whose weight was compared, counted from 0.
pub fn chain(tally: &mut Tally, inputs: &inputs::Chain, solved: &Solved<Chain>) -> Vec<usize> {
    let (problem, pass) = (&solved.problem, Pass::new(inputs, solved.problem.kind));
    let seed = DMatrix::from_element(1, 1, 1.0);
    let mut compared = Vec::new();
    for index in sample::layers(problem.depth()) {
        let layer = &problem.layers[index];
        let gradient = solved.solution.scalar(layer.d_w);
        if let Some(condition) = pass.condition(index) {
            let found = derivative(&problem.graph, problem.loss, layer.w, &seed);
            let name = format!("∂L/∂w{}", index + 1);
            tally.compare(&name, gradient, found, pass.d_w(index).abs() * condition);
            compared.push(index);
        }
    }
    compared
}

/// The derivative of the scalar `output` along `seed`, a direction in the space of `input`.
fn derivative(graph: &Graph, output: NodeId, input: NodeId, seed: &DMatrix<f64>) -> f64 {
    let seeded = graph.evaluate_through(output, &Forward, |id, value| {
        if id == input { value.zip_map(seed, |v, eps| Dual64::new(v.re, eps)) } else { value }
    });
    seeded[(0, 0)].eps
}
