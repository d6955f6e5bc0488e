//! Central differences in certified numbers: (L(w + h) − L(w − h)) / 2h.

use dashu_int::UBig;
use dashu_ratio::RBig;
use nalgebra::DMatrix;

use super::closed_form::along;
use super::{Tally, sample, shown};
use crate::graph::{Graph, NodeId};
use crate::inputs;
use crate::numbers::{Certification, Certified};
use crate::problems::{Chain, MatrixProduct, Solved};

/// Gradients below 2⁻⁴⁰⁹⁶ ≈ 10⁻¹²³³ are not asked for: the loss would need a multiple of as many
/// bits.
const MOST_BITS: i64 = 4096;
/// A truncation error of h² stays this far below the gradient.
const MARGIN: i64 = 48;

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

/// The truncation error is h²/6 · |L‴|, where |L‴| ≤ B = ((K + 1) (1 + |x|) (1 + |y|) ∏ (1 + |wₖ|))⁴:
/// each differentiation brings at most K factors ∂zⱼ/∂wₖ, each at most |x| ∏ |wⱼ|, since all
/// derivatives of σ are below 1. The step h ≤ 2⁻⁴⁸ B⁻¹ |∂L/∂w| makes that less than 2⁻⁹⁶ of the
/// gradient, and the precision leaves as many bits for L after the cancellation.
///
/// Returns the layers whose weight was compared, counted from 0.
pub fn chain(tally: &mut Tally, inputs: &inputs::Chain, solved: &Solved<Chain>) -> Vec<usize> {
    let problem = &solved.problem;
    let numbers = inputs.w.iter().chain([&inputs.x, &inputs.y]);
    let size = numbers.map(|v| 1.0 + v.to_f64().abs()).map(f64::log2).sum::<f64>();
    let b = (4.0 * (size + (problem.depth() as f64 + 1.0).log2())).ceil() as i64;
    let unit = DMatrix::from_element(1, 1, RBig::ONE);
    let mut compared = Vec::new();
    for index in sample::layers(problem.depth()) {
        let layer = &problem.layers[index];
        let gradient = solved.solution.scalar(layer.d_w);
        let smallness = bits_below_one(gradient);
        if smallness > MOST_BITS || b > MOST_BITS {
            continue;
        }
        let step_bits = (MARGIN + b + smallness) as usize;
        let h = RBig::from_parts(1.into(), UBig::ONE << step_bits);
        let precision = 2 * step_bits + 128;
        let direction = unit.map(|v| v * &h);
        let system = Certification { precision };
        let moved = difference(&problem.graph, problem.loss, layer.w, &direction, system);
        let found = moved * Certified::Exact(RBig::ONE / h);
        compare(tally, &format!("∂L/∂w{}", index + 1), gradient, &found);
        compared.push(index);
    }
    compared
}

/// ⌈−log₂|v|⌉ for |v| < 1, roughly; 0 for larger ones, and for a proved zero.
fn bits_below_one(v: &Certified) -> i64 {
    let log10 = v.enclosure(64).log10_estimate().unwrap_or(0);
    // log₂ 10 = 3.32…, and the estimate may be off by one.
    (4 * (1 - log10)).max(0)
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
    let distance = found.clone() - gradient.clone();
    let deviation = match distance.divide(&gradient.abs()) {
        Some(relative) => relative.magnitude(),
        None => distance.magnitude(),
    };
    tally.note(name, gradient, &shown(found), deviation);
}
