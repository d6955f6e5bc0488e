//! The appendix, as templates see it: what goes beyond the questions.
//!
//! Its numbers come from [`study`]: computed in `f64`, some of them simulated, none certified.

use schemars::JsonSchema;
use serde::Serialize;

use super::approx::{magnitude, significant, with_error};
use super::descent::DescentView;
use super::draws;
use super::ensemble::{EnsembleView, SIMULATED, ensemble_views, simulate};
use crate::figures::depth_figure;
use crate::inputs::{self, Decimal, Inputs};
use crate::numbers::Certified;
use crate::study::{self, Ensemble, Loss, Network, slope_bound};
use crate::templates::Latex;
use crate::witness::{Checks, Comparison};

/// Layers written out one by one, as in the required answers.
pub(super) const WRITTEN_OUT: usize = 6;

/// The seed of every draw; any other gives the same within the errors that are printed.
pub(super) const SEED: u64 = 2020;
/// The profile over depth: its depths, and draws.
pub(super) const DEEPEST: usize = 20;
pub(super) const PROFILE_DRAWS: u64 = 4_000;
/// The depths whose medians are printed.
const PRINTED_DEPTHS: [usize; 3] = [3, 10, 20];

/// Significant digits of a number that is computed, and of one that only gives a size.
pub(super) const DIGITS: usize = 4;
pub(super) const SIZE_DIGITS: usize = 2;

/// What goes beyond the questions.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct AppendixView {
    /// Gradient descent on 2(c).
    pub descent: DescentView,
    /// 2(b) and 2(c); empty where a chain is deeper than is simulated.
    pub ensembles: Vec<EnsembleView>,
    /// Weights and input are drawn alike for (b) and (c): their draws are the same.
    pub same_draws: bool,
    /// The gradients of (b) and (c) are `unusual` and `at_edge` in the same layers.
    pub same_ranks: bool,
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
    /// Of many weights, two witnesses compared a sample.
    pub witnesses_sampled: bool,
    /// Double precision left gradients out.
    pub beyond_floats: bool,
    /// The differences left gradients out.
    pub beyond_differences: bool,
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
    /// Gradients of weights compared.
    pub compared: usize,
    /// Entries of ∂L/∂P compared.
    pub of_outputs: usize,
    /// Gradients δ compared.
    pub deltas: usize,
    /// The largest deviation.
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
        let views = ensemble_views(&simulated, [&b, &c]);
        let same_ranks =
            views.windows(2).all(|v| v[0].unusual == v[1].unusual && v[0].at_edge == v[1].at_edge);
        Self {
            descent: DescentView::new(&c, of_c),
            ensembles: views,
            same_ranks,
            same_draws,
            simulated: SIMULATED,
            seed: SEED,
            depth: (b.x != 0.0).then(|| DepthView::new(b.x, of_b, simulated.first())),
            bound: (c.depth() == 3).then(|| BoundView::new(&c)),
            witnesses: (!witnesses.comparisons.is_empty())
                .then(|| witnesses.comparisons.iter().map(WitnessView::new).collect()),
            witnesses_complete: witnesses.complete,
            unseen: witnesses.unseen,
            witnesses_sampled: witnesses.left_out.sampled,
            beyond_floats: witnesses.left_out.by_floats,
            beyond_differences: witnesses.left_out.by_differences,
        }
    }
}

impl WitnessView {
    fn new(comparison: &Comparison) -> Self {
        Self {
            name: comparison.witness.name().to_owned(),
            compared: comparison.gradients - comparison.of_outputs - comparison.deltas,
            of_outputs: comparison.of_outputs,
            deltas: comparison.deltas,
            deviation: significant(comparison.largest_deviation, 2),
            bound: significant(comparison.bound, 2),
        }
    }
}

impl DepthView {
    /// `ensemble` is that of 2(b), where it was simulated.
    fn new(x: f64, loss: Loss, ensemble: Option<&Ensemble>) -> Self {
        let mut profile = draws::profile(x, loss);
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
            figure: Latex(picture.sized(6.4, 3.0).render()),
            draws: grouped(PROFILE_DRAWS),
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
pub(super) fn grouped(number: u64) -> Latex {
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
