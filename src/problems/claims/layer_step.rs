//! What the way back through one layer does to the gradient's magnitude.

use dashu_ratio::RBig;

use super::{TOLD_DIGITS, at_most};
use crate::graph::NodeId;
use crate::numbers::{Certified, Printed};
use crate::problems::{Chain, Solved};

/// From layer k + 1 to layer k: |∂L/∂w_{k+1}| / |∂L/∂w_k| = a_k / (|w_{k+1}| σ′(z_k) |a_{k−1}|), with
/// a₀ = x.
#[derive(Clone, Debug)]
pub struct LayerStep {
    /// k, from 1.
    pub to: usize,
    /// That quotient, with no more digits than the printed a, w and σ′ confirm.
    pub quotient: Printed,
    /// The printed a, w and σ′ are exact.
    pub operands_exact: bool,
    /// The quotient where the gradient shrinks, otherwise its inverse.
    pub factor: Printed,
    /// Towards the input the gradient becomes smaller, or stays as it is.
    pub shrinks: bool,
}

impl LayerStep {
    /// `None` where a gradient is zero, or where the printed numbers confirm not even one digit.
    pub fn new(solved: &Solved<Chain>, to: usize) -> Option<Self> {
        let Solved { problem, solution } = solved;
        let (layer, next) = (&problem.layers[to - 1], &problem.layers[to]);
        let input = match to.checked_sub(2) {
            Some(before) => problem.layers[before].a?,
            None => problem.x,
        };
        let operands = [layer.a?, next.w, layer.slope?, input];
        let exact = quotient(operands.map(|id| solution.scalar(id).clone()))?;
        let printed = |id: NodeId| solution.printed(id)[(0, 0)].value(solution.precision());
        let operands_exact = operands.iter().all(|&id| solution.printed(id)[(0, 0)].is_exact());
        let shown = quotient(operands.map(printed))?;
        let one = Certified::Exact(RBig::ONE);
        let shrinks = at_most(&one, &exact);
        let inverse = one.divide(&exact)?;
        (1..=solution.digits().min(TOLD_DIGITS)).rev().find_map(|digits| {
            let quotient = Printed::compact(&exact, digits)?;
            let factor =
                if shrinks { quotient.clone() } else { Printed::compact(&inverse, digits)? };
            quotient.rounds_from(&shown)?.then_some(Self {
                to,
                quotient,
                operands_exact,
                factor,
                shrinks,
            })
        })
    }
}

fn quotient([a, w, slope, input]: [Certified; 4]) -> Option<Certified> {
    a.divide(&(w * slope * input).abs())
}
