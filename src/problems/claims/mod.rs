//! What is noticed, as predicates on the numbers: a template asks before it says a word.
//!
//! Every comparison is made on certified values. One that is undecided counts as not shown, so
//! that no sentence claims it.

mod layer_step;
mod step;

use std::cmp::Ordering;

use dashu_ratio::RBig;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Chain, Homework, Solved};
use crate::graph::NodeId;
use crate::numbers::{Certified, Printed};

pub use layer_step::LayerStep;
pub use step::{MOST_STEPS_SHOWN, STEPS_SHOWN, StepClaims};

/// |∂L/∂w₁| ≤ |∂L/∂w_K| / 10: the gradient vanishes towards the input. Growth is the converse.
pub const VANISHING_RATIO: u32 = 10;
/// A gradient of magnitude 10 moves its weight, at the customary step size 0.1, by a whole
/// standard deviation of the N(0, 1) it was drawn from: larger ones are called exploding.
pub const EXPLODING: u32 = 10;
/// Below 1/1000 the same step moves a weight by less than 1/10 000: all gradients are tiny.
pub const TINY: (u32, u32) = (1, 1000);
/// The step size that magnitudes of gradients are judged by.
pub const CUSTOMARY_STEP: (u32, u32) = (1, 10);
/// A sigmoid with less than a tenth of its steepest slope (1/4) is called saturated.
pub const SATURATED_SHARE: (u32, u32) = (1, 10);
/// … and one with at least nine tenths of it is close to its steepest.
pub const STEEP_SHARE: (u32, u32) = (9, 10);

/// The most digits that a sentence tells of a number, however many the answers have.
pub const TOLD_DIGITS: usize = 6;

/// How the gradient's magnitude goes from the last layer to the first.
#[derive(Clone, Copy, Debug, JsonSchema, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trend {
    /// One layer only.
    Single,
    /// Every gradient is exactly zero.
    AllZero,
    /// Some are exactly zero, some are not.
    SomeZero,
    /// By [`VANISHING_RATIO`] or more smaller at the first layer than at the last.
    Vanishing,
    /// By [`VANISHING_RATIO`] or more larger.
    Growing,
    /// In between.
    Level,
}

/// How large the largest gradient is.
#[derive(Clone, Copy, Debug, JsonSchema, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// At least [`EXPLODING`].
    Exploding,
    /// At most [`TINY`], but not zero.
    Tiny,
    Ordinary,
}

/// What is noticed about the gradients of one chain.
#[derive(Clone, Debug)]
pub struct ChainClaims {
    pub trend: Trend,
    pub scale: Scale,
    /// |∂L/∂w_k| / |∂L/∂w₁| for each layer, where no gradient is zero.
    pub ratios: Option<Vec<Printed>>,
    /// |∂L/∂w_K| / |∂L/∂w₁| where it vanishes, its inverse where it grows.
    pub ratio: Option<Printed>,
    /// |∂L/∂w_K| / |∂L/∂w₁|, whichever is larger.
    pub ratio_down: Option<Printed>,
    /// The largest |∂L/∂w_k| and its layer, counted from 1.
    pub largest: Option<(usize, Printed)>,
    /// The smallest |∂L/∂w_k| that is not zero and its layer, where that is below 1.
    pub small: Option<(usize, Printed)>,
    /// How far a step of [`CUSTOMARY_STEP`] moves the weight of the largest gradient.
    pub largest_move: Option<Printed>,
    /// … as a multiple of that weight's magnitude, where it is at least that.
    pub largest_move_share: Option<Printed>,
    /// From each layer to the one before it, last layer first, where no gradient is zero.
    pub steps: Option<Vec<LayerStep>>,
    /// What the ratio |∂L/∂w_K| / |∂L/∂w₁| is made of.
    pub attenuation: Option<Attenuation>,
    /// From layer to layer the magnitudes only fall (or only rise) towards the input.
    pub monotonic: bool,
    /// The layers with a gradient of exactly zero, counted from 1.
    pub zero_layers: Vec<usize>,
    /// The layers after the first whose weight is zero, a factor of every gradient before them.
    pub zero_weights: Vec<usize>,
    /// For each slope that the gradient crosses: its layer, and σ′ as a percentage of 1/4.
    pub slopes: Vec<(usize, Printed)>,
    /// The layers whose sigmoid is saturated.
    pub saturated: Vec<usize>,
    /// Every crossed sigmoid is close to its steepest.
    pub all_steep: bool,
    /// |∂L/∂z_K| alone reaches [`EXPLODING`]: large gradients come from the residual.
    pub residual_large: bool,
}

/// |∂L/∂w_K| / |∂L/∂w₁| as the product of its causes, from
/// ∂L/∂w₁ = δ_K w_K σ′(z_{K−1}) ⋯ w₂ σ′(z₁) x and ∂L/∂w_K = δ_K a_{K−1}.
#[derive(Clone, Debug)]
pub struct Attenuation {
    /// 1 / |w₂ ⋯ w_K|.
    pub weights: Printed,
    /// 1 / (σ′(z₁) ⋯ σ′(z_{K−1})).
    pub slopes: Printed,
    /// a_{K−1} / |x|.
    pub inputs: Printed,
}

/// Why the gradients of 2(c) differ from those of 2(b) by one common factor.
#[derive(Clone, Debug)]
pub struct Blowup {
    /// ∂L_c/∂w_k divided by ∂L_b/∂w_k, the same for every layer.
    pub factor: Printed,
    /// Its magnitude.
    pub magnitude: Printed,
    /// The part of changing loss and output at the target of (b).
    pub from_loss: Printed,
    /// The part of changing the target.
    pub from_target: Printed,
}

impl ChainClaims {
    pub fn new(solved: &Solved<Chain>) -> Self {
        let Solved { problem, solution } = solved;
        let gradients: Vec<Certified> =
            problem.layers.iter().map(|layer| solution.scalar(layer.d_w).abs()).collect();
        let zero_layers: Vec<usize> =
            (1..).zip(&gradients).filter(|(_, g)| g.is_zero()).map(|(k, _)| k).collect();
        let trend = trend(&gradients, &zero_layers);
        let digits = solution.digits().min(TOLD_DIGITS);
        let last = gradients.len() - 1;
        let ratio = |of: usize, to: usize| told(&gradients[of].divide(&gradients[to])?, digits);
        let to_first = |of: usize| match of {
            0 => (!gradients[0].is_zero()).then(|| Printed::whole(&RBig::ONE, 1)).flatten(),
            of => ratio(of, 0),
        };
        let slopes: Vec<(usize, Certified)> = (1..)
            .zip(&problem.layers)
            .filter_map(|(k, layer)| Some((k, solution.scalar(layer.slope?).clone())))
            .collect();
        let share = |share: (u32, u32)| ratio_of(share) * Certified::Exact(quarter());
        let largest = largest(&gradients);
        let step = |at: usize| gradients[at].clone() * ratio_of(CUSTOMARY_STEP);
        let percent =
            |slope: &Certified| told(&(slope.clone() * Certified::Exact(RBig::from(400u32))), 3);
        Self {
            trend,
            scale: scale(&gradients),
            ratio: if trend == Trend::Growing { ratio(0, last) } else { ratio(last, 0) },
            ratio_down: ratio(last, 0),
            ratios: (0..=last).map(to_first).collect(),
            steps: (1..=last).rev().map(|k| LayerStep::new(solved, k)).collect(),
            largest: largest.and_then(|at| Some((at + 1, told(&gradients[at], digits)?))),
            small: smallest(&gradients)
                .filter(|&at| {
                    gradients[at].compare(&Certified::Exact(RBig::ONE)) == Some(Ordering::Less)
                })
                .and_then(|at| Some((at + 1, told(&gradients[at], digits)?))),
            largest_move: largest.and_then(|at| told(&step(at), digits)),
            largest_move_share: largest.and_then(|at| {
                let share = step(at).divide(&solution.scalar(problem.layers[at].w).abs())?;
                at_most(&Certified::Exact(RBig::ONE), &share).then(|| told(&share, 2)).flatten()
            }),
            attenuation: ratio(last, 0).and_then(|ratio| Attenuation::new(solved, &ratio)),
            monotonic: gradients.is_sorted_by(at_most)
                || gradients.is_sorted_by(|a, b| at_most(b, a)),
            zero_layers,
            zero_weights: (2..)
                .zip(&problem.layers[1..])
                .filter(|(_, layer)| solution.scalar(layer.w).is_zero())
                .map(|(k, _)| k)
                .collect(),
            saturated: (slopes.iter())
                .filter(|(_, slope)| at_most(slope, &share(SATURATED_SHARE)))
                .map(|(k, _)| *k)
                .collect(),
            all_steep: !slopes.is_empty()
                && slopes.iter().all(|(_, slope)| at_most(&share(STEEP_SHARE), slope)),
            residual_large: at_most(
                &Certified::Exact(RBig::from(EXPLODING)),
                &solution.scalar(problem.layers[last].delta).abs(),
            ),
            slopes: slopes.iter().filter_map(|(k, s)| Some((*k, percent(s)?))).collect(),
        }
    }
}

impl Attenuation {
    /// The causes, with as many digits as make their printed product the printed `ratio`.
    fn new(solved: &Solved<Chain>, ratio: &Printed) -> Option<Self> {
        let Solved { problem, solution } = solved;
        let one = Certified::Exact(RBig::ONE);
        let value = |id: NodeId| solution.scalar(id).abs();
        let product = |ids: &mut dyn Iterator<Item = NodeId>| {
            ids.fold(one.clone(), |product, id| product * value(id))
        };
        let inner = problem.layers.len().checked_sub(1).filter(|&inner| inner > 0)?;
        let weights = product(&mut problem.layers.iter().skip(1).map(|layer| layer.w));
        let slopes = product(&mut problem.layers.iter().filter_map(|layer| layer.slope));
        let (weights, slopes) = (one.divide(&weights)?, one.divide(&slopes)?);
        let inputs = value(problem.layers[inner - 1].a?).divide(&value(problem.x))?;
        let (least, precision) = (solution.digits().min(TOLD_DIGITS), solution.precision());
        (least..=least + 8).find_map(|digits| {
            let [weights, slopes, inputs] =
                [&weights, &slopes, &inputs].map(|part| Printed::compact(part, digits));
            let parts = Self { weights: weights?, slopes: slopes?, inputs: inputs? };
            let product = [&parts.slopes, &parts.inputs]
                .iter()
                .fold(parts.weights.value(precision), |p, part| p * part.value(precision));
            ratio.rounds_from(&product)?.then_some(parts)
        })
    }
}

/// Whether (b) and (c) have the same weights and the same input.
pub fn same_network(homework: &Homework) -> bool {
    differing(homework).is_empty()
}

/// What of the network of (c) is not that of (b): its depth, otherwise its weights; its input.
pub fn differing(homework: &Homework) -> Vec<&'static str> {
    let (b, c) = (&homework.classification, &homework.regression);
    let same = |x: NodeId, y: NodeId| b.solution.value(x) == c.solution.value(y);
    let mut layers = b.problem.layers.iter().zip(&c.problem.layers);
    let of_network = match b.problem.depth() == c.problem.depth() {
        false => Some("depth"),
        true if layers.all(|(b, c)| same(b.w, c.w)) => None,
        true => Some("weights"),
    };
    let of_input = (!same(b.problem.x, c.problem.x)).then_some("input");
    of_network.into_iter().chain(of_input).collect()
}

impl Blowup {
    /// `None` where weights or input differ between (b) and (c), or a factor is not defined.
    pub fn new(homework: &Homework) -> Option<Self> {
        if !same_network(homework) {
            return None;
        }
        let (b, c) = (&homework.classification, &homework.regression);
        let delta = |solved: &Solved<Chain>| {
            let layer = solved.problem.layers.last()?;
            Some(solved.solution.scalar(layer.delta).clone())
        };
        let (delta_b, delta_c) = (delta(b)?, delta(c)?);
        let output = c.solution.scalar(c.problem.y_hat).clone();
        let (y_b, y_c) = (b.solution.scalar(b.problem.y), c.solution.scalar(c.problem.y));
        let residual_at_y_b = output.clone() - y_b.clone();
        let two = Certified::Exact(RBig::from(2u8));
        let from_loss = (two * residual_at_y_b.clone()).divide(&delta_b)?;
        let from_target = (output - y_c.clone()).divide(&residual_at_y_b)?;
        let digits = b.solution.digits().min(TOLD_DIGITS);
        let quotient = delta_c.divide(&delta_b)?;
        let factor = Printed::round(&quotient, digits)?;
        let magnitude = Printed::round(&quotient.abs(), digits)?;
        // The parts get as many digits as make their printed product the printed factor.
        (digits + 1..=digits + 8).find_map(|more| {
            let (from_loss, from_target) =
                (Printed::round(&from_loss, more)?, Printed::round(&from_target, more)?);
            let precision = b.solution.precision();
            let product = from_loss.value(precision) * from_target.value(precision);
            let closes = factor.rounds_from(&product)?;
            closes.then(|| Self {
                factor: factor.clone(),
                magnitude: magnitude.clone(),
                from_loss,
                from_target,
            })
        })
    }
}

fn trend(gradients: &[Certified], zero_layers: &[usize]) -> Trend {
    let (Some(first), Some(last)) = (gradients.first(), gradients.last()) else {
        return Trend::Level;
    };
    let times = Certified::Exact(RBig::from(VANISHING_RATIO));
    match zero_layers.len() {
        n if n == gradients.len() => Trend::AllZero,
        n if n > 0 => Trend::SomeZero,
        _ if gradients.len() == 1 => Trend::Single,
        _ if at_most(&(times.clone() * first.clone()), last) => Trend::Vanishing,
        _ if at_most(&(times * last.clone()), first) => Trend::Growing,
        _ => Trend::Level,
    }
}

fn scale(gradients: &[Certified]) -> Scale {
    let exploding = Certified::Exact(RBig::from(EXPLODING));
    if gradients.iter().any(|g| at_most(&exploding, g)) {
        Scale::Exploding
    } else if gradients.iter().all(|g| at_most(g, &ratio_of(TINY))) {
        Scale::Tiny
    } else {
        Scale::Ordinary
    }
}

/// The first gradient that is proved to be as large as every other; `None` where all are zero, or
/// where the largest ones cannot be told apart.
fn largest(gradients: &[Certified]) -> Option<usize> {
    // None but the last one to come out ahead can be the largest of all.
    let ahead = (1..gradients.len())
        .fold(0, |ahead, at| if at_most(&gradients[at], &gradients[ahead]) { ahead } else { at });
    let candidate = gradients.get(ahead).filter(|candidate| !candidate.is_zero())?;
    let others = gradients.iter().enumerate().filter(|&(other, _)| other != ahead);
    others.into_iter().all(|(_, other)| at_most(other, candidate)).then_some(ahead)
}

/// The gradient that is proved to be smaller than every other that is not zero.
fn smallest(gradients: &[Certified]) -> Option<usize> {
    let less = |a: usize, b: usize| gradients[a].compare(&gradients[b]) == Some(Ordering::Less);
    let others = || (0..gradients.len()).filter(|&at| !gradients[at].is_zero());
    // None but the last one to come out behind can be the smallest of all.
    let candidate = others().reduce(|behind, at| if less(behind, at) { behind } else { at })?;
    others().all(|other| other == candidate || less(candidate, other)).then_some(candidate)
}

/// a ≤ b, proved.
fn at_most(a: &Certified, b: &Certified) -> bool {
    a.compare(b).is_some_and(Ordering::is_le)
}

fn ratio_of((numerator, denominator): (u32, u32)) -> Certified {
    Certified::Exact(RBig::from(numerator) / RBig::from(denominator))
}

/// The maximum of σ′.
fn quarter() -> RBig {
    RBig::ONE / RBig::from(4u8)
}

/// A number for a sentence: with so many digits, or, where these stay undecided next to a tie,
/// with a few more.
fn told(value: &Certified, digits: usize) -> Option<Printed> {
    (digits..=digits + 8).find_map(|digits| Printed::compact(value, digits))
}
