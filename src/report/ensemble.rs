//! The ensembles of random chains, as templates see them.

use dashu_ratio::RBig;
use schemars::JsonSchema;
use serde::Serialize;

use super::appendix::{DIGITS, WRITTEN_OUT, grouped};
use super::approx::{magnitude, percent, share_below, significant, with_error};
use super::draws;
use crate::figures::ensemble_figure;
use crate::numbers::Printed;
use crate::study::{self, Ensemble, Loss, Network};
use crate::templates::Latex;

/// Deeper chains are not simulated: beyond some twenty layers there is nothing to add to the
/// profile over depth, and the time would go with the depth.
pub(super) const SIMULATED: usize = 24;
/// Layers passed by all draws of one ensemble, which bounds its time; in logarithms, which chains
/// need that leave the range of an `f64`, each costs some fifteen times more.
const WORK: u64 = 1_200_000;
const LOGARITHMIC: u64 = 15;
/// A gradient within this part of the draws is an ordinary one …
const ORDINARY: (f64, f64) = (0.05, 0.95);
/// … if its rank is so many standard errors away from the ends.
const SURE: f64 = 3.0;

/// A weight as large as this has a probability below 10⁻³⁴⁰.
const NEVER_DRAWN: f64 = 40.0;

/// A target of up to so many digits is printed in full.
const SHORT: usize = 6;

/// Chains with weights from N(0, 1), and the given one among them.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct EnsembleView {
    /// `2(b)` or `2(c)`.
    pub question: &'static str,
    /// The number of layers.
    pub depth: usize,
    /// The number of draws, as `100\,000`.
    pub draws: Latex,
    /// The distribution of every layer's gradient.
    pub figure: Latex,
    /// All layers, or the first and last ones of a deeper chain.
    pub rows: Vec<LayerView>,
    /// Only its first and last layers are shown.
    pub shortened: bool,
    /// Percent of the draws whose gradients grow from each layer to the next, with its error.
    pub ordered: Latex,
    /// The mean of the last layer's gradient, with its error …
    pub last_mean: Latex,
    /// … and what it is by symmetry: 1/4 in 2(b), and |y| in 2(c) where that is large.
    pub last_mean_known: Option<Latex>,
    /// Layers where the given gradient is outside the middle nine tenths.
    pub unusual: Vec<usize>,
    /// Layers where its rank is too close to their edge to tell.
    pub at_edge: Vec<usize>,
}

/// One layer of an ensemble.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct LayerView {
    /// The layer's number, from 1.
    pub k: usize,
    /// The median of |∂L/∂w_k| with its error.
    pub median: Latex,
    /// The given network's.
    pub given: Latex,
    /// Percent of the draws with a smaller one, with its error.
    pub rank: Latex,
}

/// Both ensembles, over the same draws where that is possible; none where a chain is too deep.
pub(super) fn simulate(
    networks: [&Network; 2],
    losses: [Loss; 2],
    same_draws: bool,
) -> Vec<Ensemble> {
    if networks.iter().any(|network| network.depth() > SIMULATED) {
        return Vec::new();
    }
    let draw = |network: &Network, losses: &[Loss]| {
        let (depth, x) = (network.depth(), network.x);
        draws::ensembles(depth, x, losses, how_many(depth, x))
    };
    let [b, c] = networks;
    if same_draws {
        draw(b, &losses)
    } else {
        [draw(b, &losses[..1]), draw(c, &losses[1..])].concat()
    }
}

pub(super) fn ensemble_views(simulated: &[Ensemble], networks: [&Network; 2]) -> Vec<EnsembleView> {
    let views = simulated.iter().zip(networks).zip(["2(b)", "2(c)"]);
    views.map(|((ensemble, network), name)| EnsembleView::new(ensemble, network, name)).collect()
}

/// Draws for one ensemble: as [`WORK`] allows, rounded down to a round number.
fn how_many(depth: usize, x: f64) -> u64 {
    let cost = if study::fits_f64(depth, x) { 1 } else { LOGARITHMIC };
    let most = WORK / (depth as u64 * cost).max(1);
    let unit = 10u64.pow(most.max(1).ilog10());
    most / unit * unit
}

impl EnsembleView {
    fn new(ensemble: &Ensemble, network: &Network, question: &'static str) -> Self {
        let given: Vec<f64> =
            network.pass(ensemble.loss).gradients.iter().map(|g| g.log10).collect();
        let depth = network.depth();
        let rank = |k: usize| ensemble.layers[k].distribution.rank(given[k]);
        let row = |k: usize| {
            let distribution = &ensemble.layers[k].distribution;
            LayerView {
                k: k + 1,
                median: with_error(
                    distribution.median().log10,
                    distribution.median_relative_error(),
                ),
                given: magnitude(given[k], DIGITS),
                rank: match given[k] {
                    f64::NEG_INFINITY => Latex("0".to_owned()),
                    _ => share_below(rank(k), ensemble.draws),
                },
            }
        };
        // A layer whose gradient is always zero says nothing of the draw.
        let telling = |&k: &usize| ensemble.layers[k].distribution.zeros() < ensemble.draws;
        let is = |k: usize, kind| Rank::new(rank(k), ensemble.draws) == kind;
        let layers = |kind: Rank| -> Vec<usize> {
            let of_kind = (0..depth).filter(telling).filter(|&k| is(k, kind));
            of_kind.map(|k| k + 1).collect()
        };
        let shortened = depth > WRITTEN_OUT;
        let shown = |k: &usize| !shortened || *k < 2 || *k + 2 >= depth;
        Self {
            question,
            depth,
            draws: grouped(ensemble.draws),
            figure: Latex(ensemble_figure(ensemble, &given, "").sized(5.4, 2.5).render()),
            rows: (0..depth).filter(shown).map(row).collect(),
            shortened,
            ordered: percent(ensemble.ordered.value, ensemble.draws),
            last_mean: ensemble.layers.last().map_or_else(Latex::default, |layer| {
                let mean = layer.mean;
                with_error(mean.value.log10(), mean.standard_error / mean.value)
            }),
            last_mean_known: if depth > 1 { last_mean(ensemble.loss) } else { None },
            unusual: layers(Rank::Outside),
            at_edge: layers(Rank::AtEdge),
        }
    }
}

/// Where a gradient stands among those drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rank {
    Within,
    Outside,
    /// Too close to an end of [`ORDINARY`] for so many draws.
    AtEdge,
}

impl Rank {
    fn new(rank: f64, draws: u64) -> Self {
        let (low, high) = ORDINARY;
        // √(p(1−p)/n) at each end: there the rank is compared with it.
        let clear = |end: f64| SURE * (end * (1.0 - end) / draws as f64).sqrt();
        if low + clear(low) <= rank && rank <= high - clear(high) {
            Self::Within
        } else if rank <= low - clear(low) || high + clear(high) <= rank {
            Self::Outside
        } else {
            Self::AtEdge
        }
    }
}

/// The mean of |∂L/∂w_K| over weights from N(0, 1), for two layers or more. By symmetry σ(w a) has
/// the mean 1/2 for every a: so have a_{K−1} and |ŷ − y| for either class. In a regression the mean
/// is that of 2 |ŷ − y| a_{K−1} with |ŷ| < |w_K|: it is |y| but for draws with |w_K| > |y|.
fn last_mean(loss: Loss) -> Option<Latex> {
    match loss {
        Loss::CrossEntropy { .. } => Some(Latex("\\tfrac14".to_owned())),
        Loss::Squared { y } if y.abs() >= NEVER_DRAWN => {
            let whole = RBig::try_from(y.abs()).ok().and_then(|y| Printed::whole(&y, SHORT));
            Some(whole.map_or_else(|| significant(y.abs(), SHORT), |y| Latex(y.latex())))
        }
        Loss::Squared { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// √(0.95 · 0.05 / 10⁵) = 0.00069, three times of which are 0.00207.
    #[test]
    fn a_rank_within_its_errors_of_an_end_is_at_the_edge() {
        let kind = |rank| match Rank::new(rank, 100_000) {
            Rank::Within => "within",
            Rank::Outside => "outside",
            Rank::AtEdge => "at the edge",
        };
        let ranks = [0.0, 0.0479, 0.048, 0.052, 0.0521, 0.5, 0.9479, 0.9482, 0.952, 0.9521, 1.0];
        let found = ranks.map(kind);
        let sides = ["outside", "outside", "at the edge", "at the edge", "within", "within"];
        let others = ["within", "at the edge", "at the edge", "outside", "outside"];
        assert_eq!(found.as_slice(), [&sides[..], &others].concat());
    }
}
