//! What is noticed about the step of problem 1.

use std::cmp::Ordering;

use dashu_ratio::RBig;
use nalgebra::DMatrix;

use super::{TOLD_DIGITS, told};
use crate::graph::{IN_FULL, NodeId, Op};
use crate::numbers::{Certified, Printed};
use crate::problems::spectrum::Gram;
use crate::problems::{LossParts, MatrixProduct, Solved, Surds};

/// Steps of gradient descent whose losses are told …
pub const STEPS_SHOWN: usize = 3;
/// … and up to so many where repeating them diverges, until a loss is above the first one.
pub const MOST_STEPS_SHOWN: usize = 6;
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
    /// The loss along the Hessian's eigenvectors, where `surds` tells its eigenvalues and
    /// the gradient is not zero.
    pub loss_parts: Option<LossParts>,
    /// The eigenvalues of the Hessian, each of them m times.
    pub hessian: Option<Vec<Printed>>,
    /// The largest of them, which may be proved where small ones are not.
    pub largest_eigenvalue: Option<Printed>,
    /// 2 / λmax of the Hessian.
    pub largest_stable_step: Option<Printed>,
    /// The loss at the start and after each of the first [`STEPS_SHOWN`] steps, or of so many more
    /// that a divergence shows.
    pub losses: Option<Vec<Printed>>,
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
            loss_parts: None,
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
            let diverges = claims.against_limit == Some(Ordering::Greater);
            let losses = losses(w.clone(), x, y, &step[(0, 0)], &samples);
            let losses = told_losses(losses, diverges);
            let round = |loss: RBig| Printed::round(&Certified::Exact(loss), digits);
            claims.losses = losses.into_iter().map(round).collect();
        }
        claims.tell_limit(&gram, &samples, &step[(0, 0)], digits);
        let factor = RBig::from(2u8) / &samples;
        let hessian = gram.matrix().map(|v| v * &factor);
        if x.nrows() <= HESSIAN_TOLD {
            claims.gram = [gram.matrix(), &hessian]
                .map(|matrix| in_full(matrix, digits))
                .into_iter()
                .collect::<Option<Vec<_>>>()
                .and_then(|pair| pair.try_into().ok());
        }
        claims.surds = Surds::new(gram.matrix());
        if claims.surds.is_some() && !claims.gradient_zero {
            let gradient = solution.value(problem.d_w);
            claims.loss_parts = LossParts::new(loss, gradient, &hessian, &step[(0, 0)], digits);
        }
        if x.nrows() <= MULTIPLIERS_TOLD {
            claims.multipliers = gram.multipliers(&(factor * &step[(0, 0)]), digits);
        }
        claims
    }

    /// 2 / λmax with at least so many digits, and more where only these tell it from the step size;
    /// the eigenvalues of the Hessian, with the fewest digits that give this as 2 over the printed
    /// λmax.
    fn tell_limit(&mut self, gram: &Gram, samples: &RBig, step: &RBig, digits: usize) {
        let factor = RBig::from(2u8) / samples;
        let step = Certified::Exact(step.clone());
        for carried in digits..=GUESSED_DIGITS {
            let Some(largest) = gram.largest(&factor, carried) else { return };
            let two = Certified::Exact(RBig::from(2u8));
            let Some(quotient) = two.divide(&largest.value(EXACT)) else { return };
            let limits = (digits..=carried).filter_map(|digits| gram.over_largest(samples, digits));
            for limit in limits.filter(|limit| limit.rounds_from(&quotient) == Some(true)) {
                let told_apart = limit.is_exact() || limit.rounds_from(&step) == Some(false);
                if told_apart || self.largest_stable_step.is_none() {
                    self.hessian = gram.eigenvalues(&factor, carried);
                    self.largest_eigenvalue = Some(largest.clone());
                    self.largest_stable_step = Some(limit);
                }
                if told_apart {
                    return;
                }
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

/// The first [`STEPS_SHOWN`] steps' losses; of a divergence all, up to the first above the start.
fn told_losses(mut losses: Vec<RBig>, diverges: bool) -> Vec<RBig> {
    let above = losses.iter().position(|loss| *loss > losses[0]);
    let last = above.filter(|_| diverges).unwrap_or_default().max(STEPS_SHOWN);
    losses.truncate(last + 1);
    losses
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
    (0..=MOST_STEPS_SHOWN)
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
