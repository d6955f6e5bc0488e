//! How a run of gradient descent went, as predicates with thresholds.

use schemars::JsonSchema;
use serde::Serialize;

use super::descent::{Descent, Iterate};

/// A sigmoid with a slope below a millionth passes on practically nothing: it is called dead.
pub const DEAD_SLOPE: f64 = 1e-6;
/// Weights that change by less than a millionth of their size stand still.
pub const STANDSTILL: f64 = 1e-6;
/// A loss below a thousandth of the first one counts as fitted.
pub const FITTED: f64 = 1e-3;

/// What became of the loss.
#[derive(Clone, Copy, Debug, JsonSchema, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// Numbers left the range of `f64`.
    Diverged,
    /// At most [`FITTED`] times the first loss, or zero from the start.
    Fitted,
    Lower,
    Higher,
    Unchanged,
}

/// A hidden sigmoid that died, and what it cut off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Death {
    /// The first iteration t at which a hidden slope is below [`DEAD_SLOPE`].
    pub at: usize,
    /// The last such layer, from 1: gradients of the weights 1 … layer pass through it.
    pub layer: usize,
    /// From `at` to the end the weights 1 … layer keep to within [`STANDSTILL`].
    pub frozen: bool,
    /// The weights 1 … still do: those up to the layer, or all of them.
    pub still: usize,
    /// log₁₀ of a part of their size that none of these moves by: −∞ where their gradients are zero.
    pub log10_moved: f64,
}

impl Descent {
    /// What became of the loss.
    pub fn end(&self) -> End {
        let (Some(first), Some(last)) = (self.iterates.first(), self.iterates.last()) else {
            return End::Diverged;
        };
        match (first.loss, last.loss) {
            _ if self.diverged => End::Diverged,
            (first, last) if last <= FITTED * first => End::Fitted,
            (first, last) if last < first => End::Lower,
            (first, last) if last > first => End::Higher,
            _ => End::Unchanged,
        }
    }

    /// Whether a hidden sigmoid dies.
    pub fn death(&self) -> Option<Death> {
        self.iterates.iter().enumerate().find_map(|(at, iterate)| {
            let layer = dead_layer(iterate)?;
            let moved = |layers: usize| {
                (0..layers).map(|k| self.log10_moved(at, k)).fold(f64::NEG_INFINITY, f64::max)
            };
            let goes_on = at + 1 < self.iterates.len();
            let stands = |layers: usize| goes_on && moved(layers) <= STANDSTILL.log10();
            let depth = iterate.weights.len();
            let still = if stands(depth) { depth } else { layer };
            let log10_moved = moved(still);
            Some(Death { at, layer, frozen: stands(layer), still, log10_moved })
        })
    }

    /// log₁₀ of a part of a weight's size that the steps from `at` on cannot move it by: that of as
    /// many steps with the largest gradient. In logarithms, as moves may be below any `f64`.
    fn log10_moved(&self, at: usize, k: usize) -> f64 {
        let steps = self.iterates[at..].split_last().map_or(&[][..], |(_, steps)| steps);
        let gradients = steps.iter().map(|iterate| iterate.gradients[k].log10);
        let largest = gradients.fold(f64::NEG_INFINITY, f64::max);
        if largest == f64::NEG_INFINITY {
            return largest;
        }
        let size = self.iterates[at].weights[k].abs().log10();
        largest + (self.step * steps.len() as f64).log10() - size
    }
}

/// The last hidden layer with a dead sigmoid, from 1.
fn dead_layer(iterate: &Iterate) -> Option<usize> {
    let hidden = iterate.slopes.len().saturating_sub(1);
    iterate.slopes[..hidden].iter().rposition(|&slope| slope < DEAD_SLOPE).map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::{Loss, Network, descent};

    fn run(weights: &[f64], y: f64, step: f64) -> Descent {
        let network = Network { weights: weights.to_vec(), x: 0.63 };
        descent(&network, Loss::Squared { y }, step, 20)
    }

    /// HOMEWORK: σ′(z₂) ≈ 2.2e-13 at t = 2; nothing comparable at t = 1.
    #[test]
    fn the_explosion_of_the_homework_kills_layer_two() {
        let run = run(&[0.25, -0.11, 0.78], 128.0, 0.1);
        let death = run.death().expect("a dead layer");
        let Death { at, layer, frozen, still, log10_moved } = death;
        assert_eq!((at, layer, frozen, still), (2, 2, true, 2));
        // ∂L/∂w₂ goes with (128 − w₃) w₃, from 31.84 on by 51.07, 66.45 (the largest) and 78.76.
        // HOMEWORK: 1.4e-9 at t = 2, where w₂ = 29.14; 18 steps of 0.1.
        let largest = 1.4e-9 * (61.55 * 66.45) / (96.16 * 31.84);
        let bound = f64::log10(largest * 1.8 / 29.14);
        assert!((log10_moved - bound).abs() < 0.05, "{log10_moved}");
        assert!((run.iterates[2].slopes[1] / 2.2e-13 - 1.0).abs() < 0.05);
        assert_eq!(run.end(), End::Fitted);
    }

    #[test]
    fn other_courses() {
        let small = run(&[0.25, -0.11, 0.78], 0.4, 0.01);
        assert_eq!((small.death(), small.end()), (None, End::Lower));
        let saturated = run(&[700.0, -700.0, 700.0], 128.0, 0.1);
        // The output is of the order of σ(−700): its gradient moves no weight of 700.
        assert_eq!(saturated.death().map(|death| (death.at, death.still)), Some((0, 3)));
        // One layer: z = w x, L = (y − w x)²; a step of 10 multiplies the residual by
        // 1 − 20 x² = −6.9, a step of 1e6 by −793 799.
        assert_eq!(run(&[1.0], 2.0, 10.0).end(), End::Higher);
        let far = Network { weights: vec![1.0], x: 1.0 };
        let far = descent(&far, Loss::Squared { y: 2.0 }, 1e200, 20);
        assert_eq!(far.end(), End::Diverged);
        assert_eq!(run(&[1.0], 0.63, 0.1).end(), End::Fitted);
    }
}
