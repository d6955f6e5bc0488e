//! What is noticed, as predicates on the numbers: a template asks before it says a word.
//!
//! Every comparison is made on certified values. One that is undecided counts as not shown, so
//! that no sentence claims it.

use std::cmp::Ordering;

use dashu::rational::RBig;
use nalgebra::DMatrix;
use schemars::JsonSchema;
use serde::Serialize;

use super::spectrum::Gram;
use super::{Chain, Homework, MatrixProduct, Solved, Surds};
use crate::graph::{IN_FULL, NodeId, Op};
use crate::numbers::{Certified, Printed};

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

/// Steps of gradient descent whose losses are told.
pub const STEPS_SHOWN: usize = 3;
/// The most digits that a sentence tells of a number, however many the answers have.
pub const TOLD_DIGITS: usize = 6;
/// What a step does to each eigenvector is told up to this many of them.
const MULTIPLIERS_TOLD: usize = 3;
/// The Hessian is told in numbers up to this many rows.
const HESSIAN_TOLD: usize = 4;
/// The digits up to which all entries of the Hessian are exact.
const ENTRY_DIGITS: usize = 9;
/// The most digits of an eigenvalue: `f64` guesses it, and a guess has no more.
const GUESSED_DIGITS: usize = 15;
/// Bits for numbers that are exact anyway.
const EXACT: usize = 128;

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
    /// How far a step of [`CUSTOMARY_STEP`] moves the weight of the largest gradient.
    pub largest_move: Option<Printed>,
    /// … as a multiple of that weight's magnitude, where it is at least that.
    pub largest_move_share: Option<Printed>,
    /// What the ratio |∂L/∂w_K| / |∂L/∂w₁| is made of.
    pub attenuation: Option<Attenuation>,
    /// From layer to layer the magnitudes only fall (or only rise) towards the input.
    pub monotonic: bool,
    /// The layers with a gradient of exactly zero, counted from 1.
    pub zero_layers: Vec<usize>,
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

/// What is noticed about the step of problem 1.
#[derive(Clone, Debug)]
pub struct StepClaims {
    /// The loss after the step compared with the loss before.
    pub loss_change: Option<Ordering>,
    /// |loss after − loss before|, where the printed losses do not show which is larger.
    pub loss_difference: Option<Printed>,
    pub gradient_zero: bool,
    /// The step size compared with the largest stable one: below it, repeating the step converges.
    pub against_limit: Option<Ordering>,
    /// X Xᵀ, and the Hessian of one row of W; of small matrices.
    pub gram: Option<[DMatrix<Printed>; 2]>,
    /// The eigenvalues of X Xᵀ in closed form, where that is short.
    pub surds: Option<Surds>,
    /// What a step multiplies the error of W by, for each of `hessian`; of few eigenvalues.
    pub multipliers: Option<Vec<Printed>>,
    /// The eigenvalues of the Hessian, each of them m times.
    pub hessian: Option<Vec<Printed>>,
    /// The largest of them, which may be proved where small ones are not.
    pub largest_eigenvalue: Option<Printed>,
    /// 2 / λmax of the Hessian.
    pub largest_stable_step: Option<Printed>,
    /// The loss at the start and after each of the first [`STEPS_SHOWN`] steps.
    pub losses: Option<Vec<Printed>>,
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
            largest: largest.and_then(|at| Some((at + 1, told(&gradients[at], digits)?))),
            largest_move: largest.and_then(|at| told(&step(at), digits)),
            largest_move_share: largest.and_then(|at| {
                let share = step(at).divide(&solution.scalar(problem.layers[at].w).abs())?;
                at_most(&Certified::Exact(RBig::ONE), &share).then(|| told(&share, 2)).flatten()
            }),
            attenuation: ratio(last, 0).and_then(|ratio| Attenuation::new(solved, &ratio)),
            monotonic: gradients.is_sorted_by(at_most)
                || gradients.is_sorted_by(|a, b| at_most(b, a)),
            zero_layers,
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
    let (b, c) = (&homework.classification, &homework.regression);
    let same = |x: NodeId, y: NodeId| b.solution.value(x) == c.solution.value(y);
    let same_depth = b.problem.depth() == c.problem.depth();
    let mut layers = b.problem.layers.iter().zip(&c.problem.layers);
    same_depth && layers.all(|(b, c)| same(b.w, c.w)) && same(b.problem.x, c.problem.x)
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

impl StepClaims {
    /// `digits` are those of a rounded result.
    pub fn new(solved: &Solved<MatrixProduct>, mean: bool, digits: usize) -> Self {
        let Solved { problem, solution } = solved;
        let digits = digits.min(TOLD_DIGITS);
        let (loss, after) = (solution.scalar(problem.loss), solution.scalar(problem.loss_after));
        let shown = |id: NodeId| solution.printed(id)[(0, 0)].value(solution.precision());
        let loss_change = after.compare(loss);
        let shows = shown(problem.loss_after).compare(&shown(problem.loss)) == loss_change;
        let difference = (after.clone() - loss.clone()).abs();
        let mut claims = Self {
            loss_change,
            loss_difference: if shows { None } else { told(&difference, digits) },
            gradient_zero: solution.value(problem.d_w).iter().all(Certified::is_zero),
            against_limit: None,
            gram: None,
            surds: None,
            multipliers: None,
            hessian: None,
            largest_eigenvalue: None,
            largest_stable_step: None,
            losses: None,
        };
        let Op::Leaf(x) = problem.graph.op(problem.x) else { return claims };
        let Op::Leaf(step) = problem.graph.op(problem.step_size) else { return claims };
        let (Op::Leaf(w), Op::Leaf(y)) = (problem.graph.op(problem.w), problem.graph.op(problem.y))
        else {
            return claims;
        };
        let Some(gram) = Gram::new(x) else { return claims };
        // H = (2/n) X Xᵀ ⊗ I for the mean over n samples, 2 X Xᵀ ⊗ I for the sum; gradient
        // descent on a quadratic converges for 0 < η < 2/λmax(H).
        let samples = if mean { RBig::from(x.ncols()) } else { RBig::ONE };
        claims.against_limit = Some(gram.largest_against(&(&samples / &step[(0, 0)])));
        if w.nrows() <= IN_FULL && x.ncols() <= IN_FULL {
            let losses = losses(w.clone(), x, y, &step[(0, 0)], &samples);
            let round = |loss: RBig| Printed::round(&Certified::Exact(loss), digits);
            claims.losses = losses.into_iter().map(round).collect();
        }
        claims.tell_limit(&gram, &samples, &step[(0, 0)], digits);
        let factor = RBig::from(2u8) / &samples;
        if x.nrows() <= HESSIAN_TOLD {
            claims.gram = [gram.matrix().clone(), gram.matrix().map(|v| v * &factor)]
                .map(|matrix| in_full(&matrix, digits))
                .into_iter()
                .collect::<Option<Vec<_>>>()
                .and_then(|pair| pair.try_into().ok());
        }
        claims.surds = Surds::new(gram.matrix());
        if x.nrows() <= MULTIPLIERS_TOLD {
            claims.multipliers = gram.multipliers(&(factor * &step[(0, 0)]), digits);
        }
        claims
    }

    /// The eigenvalues of the Hessian and 2 / λmax, with the fewest digits of which 2 over the
    /// printed λmax confirms two or more and which tell the limit from the step size, if there are.
    fn tell_limit(&mut self, gram: &Gram, samples: &RBig, step: &RBig, digits: usize) {
        let factor = RBig::from(2u8) / samples;
        for digits in digits..=GUESSED_DIGITS {
            let Some(largest) = gram.largest(&factor, digits) else { return };
            let quotient = Certified::Exact(RBig::from(2u8)).divide(&largest.value(EXACT));
            let confirmed = quotient.and_then(|quotient| {
                (2..=digits).rev().find_map(|digits| {
                    let limit = gram.over_largest(samples, digits)?;
                    limit.rounds_from(&quotient)?.then_some(limit)
                })
            });
            let Some(limit) = confirmed else { continue };
            let step = Certified::Exact(step.clone());
            let told_apart = limit.is_exact() || limit.rounds_from(&step) == Some(false);
            if told_apart || self.largest_stable_step.is_none() {
                self.hessian = gram.eigenvalues(&factor, digits);
                self.largest_eigenvalue = Some(largest);
                self.largest_stable_step = Some(limit);
            }
            if told_apart {
                return;
            }
        }
    }
}

/// Every entry in full where all of them are short, otherwise every entry rounded.
fn in_full(matrix: &DMatrix<RBig>, digits: usize) -> Option<DMatrix<Printed>> {
    let (rows, columns) = matrix.shape();
    let all = |print: &dyn Fn(&RBig) -> Option<Printed>| -> Option<DMatrix<Printed>> {
        let printed: Option<Vec<_>> = matrix.iter().map(print).collect();
        printed.map(|printed| DMatrix::from_vec(rows, columns, printed))
    };
    let round = |v: &RBig| Printed::round(&Certified::Exact(v.clone()), digits);
    all(&|v| Printed::whole(v, ENTRY_DIGITS)).or_else(|| all(&round))
}

/// The losses of gradient descent, exactly: W ← W − (2η/n) (W X − Y) Xᵀ.
fn losses(
    mut w: DMatrix<RBig>,
    x: &DMatrix<RBig>,
    y: &DMatrix<RBig>,
    step: &RBig,
    samples: &RBig,
) -> Vec<RBig> {
    let entry = |terms: &mut dyn Iterator<Item = RBig>| terms.fold(RBig::ZERO, |sum, t| sum + t);
    let factor = RBig::from(2u8) * step / samples;
    (0..=STEPS_SHOWN)
        .map(|_| {
            let r = DMatrix::from_fn(y.nrows(), y.ncols(), |i, l| {
                entry(&mut (0..x.nrows()).map(|k| &w[(i, k)] * &x[(k, l)])) - &y[(i, l)]
            });
            w = DMatrix::from_fn(w.nrows(), w.ncols(), |i, j| {
                let gradient = entry(&mut (0..x.ncols()).map(|l| &r[(i, l)] * &x[(j, l)]));
                &w[(i, j)] - &factor * gradient
            });
            entry(&mut r.iter().map(|v| v * v)) / samples
        })
        .collect()
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
