//! The formulas derived by hand, in `f64`, from the inputs alone; and how well `f64` sees them.

use nalgebra::{DMatrix, DVector};

use super::Tally;
use super::sample::{Direction, entry};
use crate::inputs::{self, Decimal, Problem1, Reduction};
use crate::numbers::{Certified, Class};
use crate::problems::{Chain, Loss, MatrixProduct, Solved};

/// ∂L/∂P = 2 (W X − Y) (over n for the mean of n samples) and ∂L/∂W = (∂L/∂P) Xᵀ.
pub fn product(tally: &mut Tally, inputs: &Problem1, solved: &Solved<MatrixProduct>) {
    let (w, x, y) = floats(inputs);
    let d_p = (&w * &x - y) * factor(inputs);
    let d_w = &d_p * x.transpose();
    let scales = scales(inputs);
    let Solved { problem, solution } = solved;
    for (matrix, id, found, scale) in
        [("∂L/∂P", problem.d_p, d_p, scales.d_p), ("∂L/∂W", problem.d_w, d_w, scales.d_w)]
    {
        let before = tally.compared();
        let gradient = solution.value(id);
        for i in 0..found.nrows() {
            for j in 0..found.ncols() {
                let (at, scale) = ((i, j), scale[(i, j)]);
                if scale > Pass::SMALLEST {
                    tally.compare(&entry(matrix, i, j), &gradient[at], found[at], scale);
                }
            }
        }
        if id == problem.d_p {
            tally.comparison.of_outputs = tally.compared() - before;
        }
    }
}

/// ∂L/∂zₖ = e · ∏_{j>k} wⱼ σ(zⱼ₋₁) σ(−zⱼ₋₁) and ∂L/∂wₖ = ∂L/∂zₖ · aₖ₋₁, with e = ŷ − y for
/// cross-entropy and e = 2 (ŷ − y) for the squared error.
///
/// Returns the layers that were compared, counted from 0.
pub fn chain(tally: &mut Tally, inputs: &inputs::Chain, solved: &Solved<Chain>) -> Vec<usize> {
    let pass = Pass::new(inputs, solved.problem.kind);
    let mut compared = Vec::new();
    for index in 0..pass.depth() {
        let Some(condition) = pass.condition(index) else { continue };
        let (layer, k) = (&solved.problem.layers[index], index + 1);
        let (delta, d_w) = (pass.delta(index), pass.d_w(index));
        let solution = &solved.solution;
        let scale = delta.abs() * condition;
        tally.compare(&format!("∂L/∂z{k}"), solution.scalar(layer.delta), delta, scale);
        tally.comparison.deltas += 1;
        let scale = d_w.abs() * condition;
        tally.compare(&format!("∂L/∂w{k}"), solution.scalar(layer.d_w), d_w, scale);
        compared.push(index);
    }
    compared
}

/// The scales of problem 1's deviations, by entry.
pub struct Scales {
    pub d_p: DMatrix<f64>,
    pub d_w: DMatrix<f64>,
}

/// Every term made positive, times the operations in a row: rounding errors are a few ε of this,
/// however much the terms cancel (Higham, *Accuracy and Stability of Numerical Algorithms*, 2002,
/// ch. 3.5).
pub fn scales(inputs: &Problem1) -> Scales {
    let (w, x, y) = floats(inputs);
    let operations = (w.ncols() + x.ncols() + 2) as f64;
    let d_p = (w.abs() * x.abs() + y.abs()) * (factor(inputs) * operations);
    let d_w = &d_p * x.abs().transpose();
    Scales { d_p, d_w }
}

/// Σᵢⱼ Gᵢⱼ Dᵢⱼ: the derivative in direction D by the gradient G.
pub fn along(gradient: &DMatrix<Certified>, direction: &Direction) -> Certified {
    let terms = gradient.iter().zip(direction.exact().iter().cloned().collect::<Vec<_>>());
    let zero = Certified::Exact(Default::default());
    terms.fold(zero, |sum, (g, d)| sum + g.clone() * Certified::Exact(d))
}

/// 2, or 2/n for the mean of n samples.
fn factor(inputs: &Problem1) -> f64 {
    match inputs.reduction {
        Reduction::Sum => 2.0,
        Reduction::Mean => 2.0 / inputs.x.ncols() as f64,
    }
}

fn floats(inputs: &Problem1) -> (DMatrix<f64>, DMatrix<f64>, DMatrix<f64>) {
    let float = |matrix: &DMatrix<Decimal>| matrix.map(|v| v.to_f64());
    (float(&inputs.w), float(&inputs.x), float(&inputs.y))
}

/// A chain's forward pass in `f64`.
pub struct Pass {
    weights: DVector<f64>,
    /// aₖ₋₁ for each layer k, beginning with a₀ = x.
    below: DVector<f64>,
    /// wₖ₊₁ σ′(zₖ) for each layer k but the last: ∂zₖ₊₁/∂zₖ.
    factors: DVector<f64>,
    /// ∂L/∂z of the last layer.
    error: f64,
    /// Relative rounding errors of any gradient, in units of ε.
    condition: f64,
}

impl Pass {
    /// Below this and above its inverse a product is taken for one that `f64` can't hold.
    pub const SMALLEST: f64 = 1e-290;
    /// With a larger condition number `f64` keeps no digit worth comparing.
    const LARGEST_CONDITION: f64 = 1e10;

    pub fn new(inputs: &inputs::Chain, kind: Loss) -> Self {
        let depth = inputs.w.len();
        let weights = DVector::from_iterator(depth, inputs.w.iter().map(Decimal::to_f64));
        let (mut below, mut factors) = (DVector::zeros(depth), DVector::zeros(depth - 1));
        let mut a = inputs.x.to_f64();
        let mut z = 0.0;
        // The error of zₖ in units of ε: its own rounding, and what comes up from below.
        let mut z_error = 0.0;
        // σ″/σ′ lies between −1 and 1: a slope errs by as much relatively as its z absolutely.
        let mut condition = 8.0 * (depth + 1) as f64;
        for (k, w) in weights.iter().copied().enumerate() {
            if k > 0 {
                factors[k - 1] = w * sigmoid(z) * sigmoid(-z);
                z_error *= factors[k - 1].abs();
            }
            below[k] = a;
            z = w * a;
            z_error += 2.0 * z.abs();
            condition += z_error;
            a = sigmoid(z);
        }
        let error = match kind {
            Loss::CrossEntropy(Class::One) => -sigmoid(-z),
            Loss::CrossEntropy(Class::Zero) => sigmoid(z),
            Loss::Squared => {
                let y = inputs.y.to_f64();
                condition += (z_error + z.abs() + y.abs()) / (z - y).abs();
                2.0 * (z - y)
            }
        };
        Self { weights, below, factors, error, condition }
    }

    pub fn depth(&self) -> usize {
        self.below.len()
    }

    /// ∂L/∂z of a layer, counted from 0.
    pub fn delta(&self, layer: usize) -> f64 {
        self.error * self.factors.rows_range(layer..).product()
    }

    /// ∂L/∂w of a layer, counted from 0.
    pub fn d_w(&self, layer: usize) -> f64 {
        self.delta(layer) * self.below[layer]
    }

    /// The relative error, in units of ε, that rounding may cause in the layer's gradients; `None`
    /// where `f64` can't hold them or their factors in any order, or keeps no digit.
    pub fn condition(&self, layer: usize) -> Option<f64> {
        // A factor 0 is a weight or an input that is 0, otherwise something that has underflowed.
        let size = |v: f64, is_zero: bool| if is_zero { 0.0 } else { v.abs().log10().abs() };
        let factors = self.factors.rows_range(layer..);
        let weights = self.weights.rows_range(layer + 1..);
        let sizes = factors.zip_map(&weights, |factor, w| size(factor, w == 0.0));
        let below = self.below[layer];
        let total = sizes.sum() + size(self.error, false) + size(below, layer == 0 && below == 0.0);
        let seen = total < -Self::SMALLEST.log10() && self.condition < Self::LARGEST_CONDITION;
        seen.then_some(self.condition)
    }
}

/// σ(z), with full relative precision in both tails.
fn sigmoid(z: f64) -> f64 {
    if z < 0.0 { z.exp() / (1.0 + z.exp()) } else { 1.0 / (1.0 + (-z).exp()) }
}
