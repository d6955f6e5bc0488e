//! Central differences in certified numbers: (L(w + h) − L(w − h)) / 2h.

use std::cmp::Ordering;
use std::f64;

use dashu_int::UBig;
use dashu_ratio::RBig;
use nalgebra::DMatrix;
use rayon::prelude::*;

use super::closed_form::along;
use super::{Tally, Witness, sample, shown};
use crate::graph::{Graph, NodeId};
use crate::inputs::{self, Decimal};
use crate::numbers::{Certification, Certified};
use crate::problems::{Chain, Loss, MatrixProduct, Solved};

/// Gradients below 2⁻⁴⁰⁹⁶ ≈ 10⁻¹²³³ are not asked for: the loss would need a multiple of as many
/// bits.
const MOST_BITS: f64 = 4096.0;
/// A truncation error, which goes with h², stays twice as far below the gradient.
const MARGIN: f64 = 48.0;

/// L is a quadratic function of W: its central differences have no truncation error, whatever the
/// step, and in exact arithmetic none at all.
pub fn product(tally: &mut Tally, solved: &Solved<MatrixProduct>) {
    let problem = &solved.problem;
    let gradient = solved.solution.value(problem.d_w);
    for direction in sample::directions(gradient.shape()) {
        let found = difference(
            &problem.graph,
            problem.loss,
            problem.w,
            &direction.exact(),
            Certification { precision: 64 },
        );
        compare(tally, &direction.name, &along(gradient, &direction), &found);
    }
}

/// Returns the layers whose weight was compared, counted from 0.
pub fn chain(tally: &mut Tally, inputs: &inputs::Chain, solved: &Solved<Chain>) -> Vec<usize> {
    let problem = &solved.problem;
    let gradient = |index: usize| solved.solution.scalar(problem.layers[index].d_w);
    let found: Vec<_> = sample::layers(problem.depth())
        .into_par_iter()
        .filter_map(|index| {
            let Step { bits, precision } = Step::new(inputs, problem.kind, index, gradient(index))?;
            let h = RBig::from_parts(1.into(), UBig::ONE << bits);
            let direction = DMatrix::from_element(1, 1, h.clone());
            let (weight, system) = (problem.layers[index].w, Certification { precision });
            let moved = difference(&problem.graph, problem.loss, weight, &direction, system);
            let found = moved * Certified::Exact(RBig::ONE / h);
            let mut claimed = gradient(index).clone();
            // Enough digits to print may be too few to compare.
            if deviation(&claimed, &found) > Witness::Differences.bound() {
                let d_w = problem.layers[index].d_w;
                let again = problem.graph.evaluate_through(d_w, &system, |_, value| value);
                let again = again[(0, 0)].clone();
                // Still the number that is printed.
                if matches!(claimed.compare(&again), None | Some(Ordering::Equal)) {
                    claimed = again;
                }
            }
            Some((index, claimed, found))
        })
        .collect();
    for (index, claimed, found) in &found {
        compare(tally, &format!("∂L/∂w{}", index + 1), claimed, found);
    }
    found.into_iter().map(|(index, ..)| index).collect()
}

/// How far a weight is moved, h = 2^−bits, and the precision in which the loss is evaluated there.
struct Step {
    bits: usize,
    precision: usize,
}

impl Step {
    /// A step whose truncation error h²/6 · |L‴| is less than 2⁻⁹⁶ of the gradient, and a precision
    /// that leaves as many bits of L after the cancellation. None where that is too much to ask.
    ///
    /// Let ′ be ∂/∂wₖ. As |σ′| ≤ 1/4, |σ″| = √3/18 at most, less than 1/8, and |σ‴| ≤ 1/8, the
    /// chain rule takes bounds |z′| ≤ d, |z″| ≤ d r, |z‴| ≤ d s from a layer to the next one,
    /// z ← w σ(z):
    /// d ← |w| d / 4, r ← r + d / 2, s ← s + 3 d r / 2 + d² / 2, from d = |aₖ₋₁|, r = s = 0. With M
    /// the largest d, after n layers r ≤ n M / 2 and s ≤ n² M² (both sums have at most n terms); and
    /// with ℓ the loss as a function of the last z,
    /// |L‴| ≤ d (|ℓ‴| d² + 3 |ℓ″| d r + |ℓ′| s) ≤ d M² (|ℓ‴| + 3 |ℓ″| n / 2 + |ℓ′| n²).
    fn new(inputs: &inputs::Chain, loss: Loss, index: usize, gradient: &Certified) -> Option<Self> {
        let smallness = bits_below_one(gradient);
        if smallness > MOST_BITS {
            return None;
        }
        let size = |v: &Decimal| v.to_f64().abs();
        let (w, x, y): (Vec<f64>, _, _) =
            (inputs.w.iter().map(size).collect(), size(&inputs.x), size(&inputs.y));
        // Any weight, the last one too, is moved by less than 1.
        let furthest = (1.0 + w.last()?) * x.max(1.0) + y;
        let slopes = match loss {
            Loss::CrossEntropy(_) => [1.0, 0.25, 0.125],
            Loss::Squared => [2.0 * furthest, 2.0, 0.0],
        };

        // log₂ d and log₂ M: they themselves leave the range of `f64`, in both directions.
        let first = if index == 0 { x.log2() } else { 0.0 };
        let (mut log_d, mut log_m) = (first, first);
        for w in &w[index + 1..] {
            log_d += w.log2() - 2.0;
            log_m = log_m.max(log_d);
        }
        let n = (w.len() - 1 - index) as f64;
        let rest = slopes[2] + 1.5 * slopes[1] * n + slopes[0] * n * n;
        // One bit more, for the roundings of all this. −∞, of a zero weight, meets nothing infinite.
        let third = log_d + 2.0 * log_m + rest.log2() + 1.0;
        let bits = MARGIN + (third + smallness).max(0.0) / 2.0;

        // What a rounding error of any zⱼ may become in L.
        let growth: f64 = w.iter().map(|w| (w / 4.0).max(1.0).log2()).sum();
        let values = w.iter().fold(1.0, |most: f64, &w| most.max(w)) * x.max(1.0);
        let errors =
            growth + values.log2() + 2.0 * furthest.max(1.0).log2() + (w.len() as f64).log2();
        let precision = bits + smallness + 2.0 * MARGIN + errors + 32.0;
        let bounded = precision <= 4.0 * MOST_BITS;
        bounded.then_some(Self { bits: bits.ceil() as usize, precision: precision.ceil() as usize })
    }
}

/// No less than −log₂|v|, and no less than 0; for a proved zero a few bits.
fn bits_below_one(v: &Certified) -> f64 {
    let log10 = v.enclosure(64).log10_estimate().unwrap_or(0);
    // The estimate may be off by one.
    (f64::consts::LOG2_10 * (1 - log10) as f64).max(0.0)
}

/// (L(W + D) − L(W − D)) / 2.
fn difference(
    graph: &Graph,
    loss: NodeId,
    weight: NodeId,
    direction: &DMatrix<RBig>,
    system: Certification,
) -> Certified {
    let at = |sign: RBig| {
        let moved = graph.evaluate_through(loss, &system, |id, value| {
            if id != weight {
                return value;
            }
            value.zip_map(direction, |v, d| v + Certified::Exact(d * &sign))
        });
        moved[(0, 0)].clone()
    };
    let half = Certified::Exact(RBig::from_parts(1.into(), 2u8.into()));
    (at(RBig::ONE) - at(RBig::NEG_ONE)) * half
}

fn compare(tally: &mut Tally, name: &str, gradient: &Certified, found: &Certified) {
    tally.note(name, gradient, &shown(found), deviation(gradient, found));
}

/// At most how far they are apart, relative to the gradient; absolutely from a proved zero.
fn deviation(gradient: &Certified, found: &Certified) -> f64 {
    let distance = found.clone() - gradient.clone();
    match distance.divide(&gradient.abs()) {
        Some(relative) => relative.magnitude(),
        None => distance.magnitude(),
    }
}
