//! The appendix, as templates see it: what goes beyond the questions.
//!
//! Its numbers come from [`study`]: computed in `f64`, some of them simulated, none certified.

use dashu::rational::RBig;
use schemars::JsonSchema;
use serde::Serialize;

use super::approx::{magnitude, percent, significant, with_error};
use super::descent::DescentView;
use crate::figures::{depth_figure, ensemble_figure};
use crate::inputs::{self, Decimal, Inputs};
use crate::numbers::{Certified, Printed};
use crate::study::{self, Ensemble, Loss, Network, depth_profile, ensembles, slope_bound};
use crate::templates::Latex;
use crate::witness::{Checks, Comparison};

/// Layers written out one by one, as in the required answers.
pub(super) const WRITTEN_OUT: usize = 6;

/// The seed of every draw; any other gives the same within the errors that are printed.
const SEED: u64 = 2020;
/// Deeper chains are not simulated: beyond some twenty layers there is nothing to add to the
/// profile over depth, and the time would go with the depth.
const SIMULATED: usize = 24;
/// Layers passed by all draws of one ensemble, which bounds its time; in logarithms, which chains
/// need that leave the range of an `f64`, each costs some fifteen times more.
const WORK: u64 = 1_200_000;
const LOGARITHMIC: u64 = 15;
/// The profile over depth: its depths, and draws.
const DEEPEST: usize = 20;
const PROFILE_DRAWS: u64 = 4_000;
/// The depths whose medians are printed.
const PRINTED_DEPTHS: [usize; 3] = [3, 10, 20];

/// A gradient within this part of the draws is an ordinary one.
const ORDINARY: std::ops::RangeInclusive<f64> = 0.05..=0.95;

/// A weight as large as this has a probability below 10⁻³⁴⁰.
const NEVER_DRAWN: f64 = 40.0;

/// Significant digits of a number that is computed, and of one that only gives a size.
pub(super) const DIGITS: usize = 4;
pub(super) const SIZE_DIGITS: usize = 2;
/// A target of up to so many digits is printed in full.
const SHORT: usize = 6;

/// What goes beyond the questions.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct AppendixView {
    /// Gradient descent on 2(c).
    pub descent: DescentView,
    /// 2(b) and 2(c); empty where a chain is deeper than is simulated.
    pub ensembles: Vec<EnsembleView>,
    /// Weights and input are drawn alike for (b) and (c): their draws are the same.
    pub same_draws: bool,
    /// The largest depth that is simulated.
    pub simulated: usize,
    /// The seed of all draws.
    pub seed: u64,
    /// None where x = 0, whose gradient is zero at every depth.
    pub depth: Option<DepthView>,
    /// Where the chain of 2(c) has three layers.
    pub bound: Option<BoundView>,
    /// How far the gradients' witnesses are from them, where these were asked.
    pub witnesses: Option<Vec<WitnessView>>,
    /// Whether every witness compared each weight's gradient by itself.
    pub witnesses_complete: bool,
    /// Gradients that no witness compared: out of reach of all.
    pub unseen: usize,
}

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

/// The first layer's gradient against the depth.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct DepthView {
    /// The medians against the depth.
    pub figure: Latex,
    /// The number of draws for each depth, but for that of 2(b) where its ensemble is simulated: its
    /// draws serve here, too.
    pub draws: Latex,
    /// That depth.
    pub shared: Option<usize>,
    /// The largest depth.
    pub deepest: usize,
    /// The medians at some depths.
    pub medians: Vec<MedianView>,
    /// The median falls with every further layer.
    pub falls: bool,
    /// What each further layer multiplies it by, over the deeper half.
    pub per_layer: Latex,
}

/// A median at one depth.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct MedianView {
    /// The depth.
    pub depth: usize,
    /// The median there.
    pub median: Latex,
}

/// The largest value of z σ′(z), and how much of it the given network uses.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct BoundView {
    /// The largest value.
    pub value: Latex,
    /// Where it is taken.
    pub z: Latex,
    /// |w₂ σ′(z₂) σ′(z₁)| of 2(c).
    pub here: Latex,
}

/// One way to get the gradients independently of the graph.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct WitnessView {
    /// What it is called.
    pub name: String,
    /// Gradients compared.
    pub compared: usize,
    /// The largest deviation, and the largest that is let through.
    pub deviation: Latex,
    /// The largest deviation that is let through.
    pub bound: Latex,
}

impl AppendixView {
    /// The same for the same inputs, on any machine and number of threads.
    pub fn new(inputs: &Inputs, witnesses: &Checks) -> Self {
        let (b, c) = (&inputs.problem2.classification, &inputs.problem2.regression);
        let of_b = Loss::CrossEntropy { y: to_f64(&b.y) };
        let of_c = Loss::Squared { y: to_f64(&c.y) };
        let (b, c) = (network(b), network(c));
        let same_draws = b.depth() == c.depth() && b.x == c.x;
        let simulated = simulate([&b, &c], [of_b, of_c], same_draws);
        Self {
            descent: DescentView::new(&c, of_c),
            ensembles: ensemble_views(&simulated, [&b, &c]),
            same_draws,
            simulated: SIMULATED,
            seed: SEED,
            depth: (b.x != 0.0).then(|| DepthView::new(b.x, of_b, simulated.first())),
            bound: (c.depth() == 3).then(|| BoundView::new(&c)),
            witnesses: (!witnesses.comparisons.is_empty())
                .then(|| witnesses.comparisons.iter().map(WitnessView::new).collect()),
            witnesses_complete: witnesses.complete,
            unseen: witnesses.unseen,
        }
    }
}

impl WitnessView {
    fn new(comparison: &Comparison) -> Self {
        Self {
            name: comparison.witness.name().to_owned(),
            compared: comparison.gradients,
            deviation: significant(comparison.largest_deviation, 2),
            bound: significant(comparison.bound, 2),
        }
    }
}

/// Both ensembles, over the same draws where that is possible; none where a chain is too deep.
fn simulate(networks: [&Network; 2], losses: [Loss; 2], same_draws: bool) -> Vec<Ensemble> {
    if networks.iter().any(|network| network.depth() > SIMULATED) {
        return Vec::new();
    }
    let draw = |network: &Network, losses: &[Loss]| {
        let (depth, x) = (network.depth(), network.x);
        ensembles(depth, x, losses, draws(depth, x), SEED)
    };
    let [b, c] = networks;
    if same_draws {
        draw(b, &losses)
    } else {
        [draw(b, &losses[..1]), draw(c, &losses[1..])].concat()
    }
}

fn ensemble_views(simulated: &[Ensemble], networks: [&Network; 2]) -> Vec<EnsembleView> {
    let views = simulated.iter().zip(networks).zip(["2(b)", "2(c)"]);
    views.map(|((ensemble, network), name)| EnsembleView::new(ensemble, network, name)).collect()
}

/// Draws for one ensemble: as [`WORK`] allows, rounded down to a round number.
fn draws(depth: usize, x: f64) -> u64 {
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
                rank: percent(rank(k), ensemble.draws),
            }
        };
        // A layer whose gradient is always zero says nothing of the draw.
        let unusual = |&k: &usize| {
            let all_zero = ensemble.layers[k].distribution.zeros() == ensemble.draws;
            !all_zero && !ORDINARY.contains(&rank(k))
        };
        let shortened = depth > WRITTEN_OUT;
        let shown = |k: &usize| !shortened || *k < 2 || *k + 2 >= depth;
        Self {
            question,
            depth,
            draws: grouped(ensemble.draws),
            figure: Latex(ensemble_figure(ensemble, &given, "").sized(5.4, 3.1).render()),
            rows: (0..depth).filter(shown).map(row).collect(),
            shortened,
            ordered: percent(ensemble.ordered.value, ensemble.draws),
            last_mean: ensemble.layers.last().map_or_else(Latex::default, |layer| {
                let mean = layer.mean;
                with_error(mean.value.log10(), mean.standard_error / mean.value)
            }),
            last_mean_known: if depth > 1 { last_mean(ensemble.loss) } else { None },
            unusual: (0..depth).filter(unusual).map(|k| k + 1).collect(),
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

impl DepthView {
    /// `ensemble` is that of 2(b), where it was simulated.
    fn new(x: f64, loss: Loss, ensemble: Option<&Ensemble>) -> Self {
        let depths: Vec<usize> = (1..=DEEPEST).collect();
        let draws = PROFILE_DRAWS;
        let mut profile = depth_profile(x, loss, &depths, draws, SEED);
        let same = |e: &&Ensemble| e.layers.len() <= DEEPEST;
        let shared = ensemble.filter(same).and_then(|e| Some((e.layers.len(), e.layers.first()?)));
        if let Some((depth, first)) = shared {
            profile[depth - 1].distribution = first.distribution.clone();
        }
        let medians: Vec<f64> = profile.iter().map(|p| p.distribution.median().log10).collect();
        let printed = profile.iter().filter(|p| PRINTED_DEPTHS.contains(&p.depth));
        let mut picture = depth_figure(&profile);
        for series in &mut picture.series {
            // The caption tells the curves apart; a legend would take its room.
            series.name.clear();
        }
        let middle = DEEPEST / 2;
        let deeper_half = medians[DEEPEST - 1] - medians[middle - 1];
        Self {
            figure: Latex(picture.sized(6.4, 3.5).render()),
            draws: grouped(draws),
            shared: shared.map(|(depth, _)| depth),
            deepest: DEEPEST,
            medians: printed
                .map(|p| MedianView {
                    depth: p.depth,
                    median: with_error(
                        p.distribution.median().log10,
                        p.distribution.median_relative_error(),
                    ),
                })
                .collect(),
            falls: medians.windows(2).all(|pair| pair[1] < pair[0]),
            per_layer: magnitude(deeper_half / (DEEPEST - middle) as f64, SIZE_DIGITS),
        }
    }
}

impl BoundView {
    /// For a chain of three layers.
    fn new(network: &Network) -> Self {
        let bound = slope_bound();
        let pass = network.pass(Loss::Squared { y: 0.0 });
        // In logarithms: saturated slopes leave the range of an `f64`.
        let ln_slope = |k: usize| study::logistic::ln_slope(pass.preactivations[k]);
        let ln_factor = network.weights[1].abs().ln() + ln_slope(0) + ln_slope(1);
        Self {
            value: significant(bound.value, DIGITS + 1),
            z: significant(bound.z, DIGITS + 1),
            here: magnitude(ln_factor * std::f64::consts::LOG10_E, DIGITS),
        }
    }
}

fn network(chain: &inputs::Chain) -> Network {
    Network { weights: chain.w.iter().map(to_f64).collect(), x: to_f64(&chain.x) }
}

/// The nearest `f64`; every input is well inside the range.
fn to_f64(decimal: &Decimal) -> f64 {
    Certified::Exact(decimal.value().clone()).nearest_f64().unwrap_or(0.0)
}

/// Thousands apart by a thin space.
fn grouped(number: u64) -> Latex {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out += "\\,";
        }
        out.push(digit);
    }
    Latex(out)
}
