//! Gradient descent on 2(c), as templates see it.

use schemars::JsonSchema;
use serde::Serialize;

use super::appendix::{DIGITS, SIZE_DIGITS, WRITTEN_OUT};
use super::approx::{magnitude, significant};
use crate::figures::descent_figure;
use crate::problems::claims::SATURATED_SHARE;
use crate::study::{self, Descent, End, Iterate, Loss, Network, descent};
use crate::templates::Latex;

/// The step size of the descent: the one that 1(b) asks for, whatever the inputs say.
const STEP: f64 = 0.1;
/// Steps of the descent.
const ITERATIONS: usize = 20;
/// What `f64` may err by in a sum of logarithms.
const ROUNDING: f64 = 1e-6;
/// Iterates in the table, from t = 0, before the last one, where the chain is no deeper than
/// [`TABULATED`].
const ROWS: usize = 3;
const TABULATED: usize = 3;

/// Gradient descent on the network of 2(c).
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct DescentView {
    /// |∂L/∂w_k| by step.
    pub figure: Latex,
    /// The step size.
    pub step: Latex,
    /// Steps asked for.
    pub iterations: usize,
    /// The first iterates and the last, for shallow chains.
    pub rows: Option<Vec<IterateView>>,
    /// A hidden sigmoid dies, or is dead at the start.
    pub death: Option<DeathView>,
    /// What became of the loss.
    pub end: End,
    /// The steps after which the numbers are still finite.
    pub finite: usize,
    /// The loss at the start.
    pub first_loss: Latex,
    /// The loss at the end.
    pub last_loss: Latex,
    /// The last layer's weight at the end.
    pub last_weight: Latex,
}

/// Where descent stands before step t.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct IterateView {
    /// Steps taken before.
    pub t: usize,
    /// In layer order.
    pub weights: Vec<Latex>,
    /// ∂L/∂w_k in layer order.
    pub gradients: Vec<Latex>,
    /// The loss.
    pub loss: Latex,
}

/// The first hidden sigmoid that passes on practically nothing.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct DeathView {
    /// Steps taken before it is dead.
    pub at: usize,
    /// Its layer.
    pub layer: usize,
    /// z and σ′(z) there.
    pub preactivation: Latex,
    /// Its slope there.
    pub slope: Latex,
    /// The other hidden layers whose sigmoid is saturated then, where they are few.
    pub saturated: Vec<SaturatedView>,
    /// |∂L/∂w_k| for the layers 1 … layer, where they are few.
    pub gradients: Vec<Latex>,
    /// From then on the weights 1 … layer stand still.
    pub frozen: bool,
    /// If so, the weights 1 … still do: to the layer, or to the last one.
    pub still: usize,
    /// A power of ten: they move by less than that part of their size; undefined where their
    /// gradients are zero.
    pub moved: Option<Latex>,
}

/// A sigmoid with less than a tenth of its steepest slope.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct SaturatedView {
    /// Its layer.
    pub layer: usize,
    /// Its slope.
    pub slope: Latex,
}

impl DescentView {
    /// [`ITERATIONS`] steps from the given network.
    pub fn new(network: &Network, loss: Loss) -> Self {
        let descent = &descent(network, loss, STEP, ITERATIONS);
        let last = descent.iterates.last();
        let loss = |iterate: Option<&Iterate>| iterate.map_or_else(Latex::default, loss_of);
        let depth = last.map_or(0, |iterate| iterate.weights.len());
        Self {
            figure: Latex(descent_figure(descent).sized(9.6, 2.6).render()),
            step: significant(descent.step, 1),
            iterations: ITERATIONS,
            rows: (depth <= TABULATED).then(|| {
                let end = descent.iterates.len().saturating_sub(1);
                let rows = descent.iterates.iter().enumerate();
                rows.filter(|&(t, _)| t < ROWS || t == end)
                    .map(|(t, iterate)| IterateView::new(t, iterate))
                    .collect()
            }),
            death: DeathView::new(descent),
            end: descent.end(),
            finite: descent.iterates.len().saturating_sub(1),
            first_loss: loss(descent.iterates.first()),
            last_loss: loss(last),
            last_weight: significant(
                last.and_then(|iterate| iterate.weights.last()).copied().unwrap_or(0.0),
                DIGITS,
            ),
        }
    }
}

impl IterateView {
    fn new(t: usize, iterate: &Iterate) -> Self {
        let gradient = |g: &study::Gradient| {
            // A value that underflows keeps its sign.
            let sign = if g.value.is_sign_negative() { "-" } else { "" };
            Latex(format!("{sign}{}", magnitude(g.log10, DIGITS).0))
        };
        Self {
            t,
            weights: iterate.weights.iter().map(|&w| significant(w, DIGITS)).collect(),
            gradients: iterate.gradients.iter().map(gradient).collect(),
            loss: loss_of(iterate),
        }
    }
}

/// The loss before a step, as small as it may be.
fn loss_of(iterate: &Iterate) -> Latex {
    if iterate.loss.is_normal() {
        significant(iterate.loss, DIGITS)
    } else {
        magnitude(iterate.log10_loss, DIGITS)
    }
}

impl DeathView {
    fn new(descent: &Descent) -> Option<Self> {
        let death = descent.death()?;
        let iterate = &descent.iterates[death.at];
        let z = iterate.preactivations[death.layer - 1];
        let few = death.layer <= WRITTEN_OUT;
        let cut_off = iterate.gradients.iter().take(if few { death.layer } else { 0 });
        let slope = |k: usize| {
            let ln_slope = study::logistic::ln_slope(iterate.preactivations[k - 1]);
            magnitude(ln_slope * std::f64::consts::LOG10_E, SIZE_DIGITS)
        };
        let (numerator, denominator) = SATURATED_SHARE;
        let limit = study::logistic::slope(0.0) * f64::from(numerator) / f64::from(denominator);
        let others = (1..iterate.slopes.len()).filter(|&k| k != death.layer);
        let saturated: Vec<SaturatedView> = others
            .filter(|&k| iterate.slopes[k - 1] <= limit)
            .map(|k| SaturatedView { layer: k, slope: slope(k) })
            .collect();
        Some(Self {
            at: death.at,
            layer: death.layer,
            preactivation: significant(z, DIGITS),
            slope: slope(death.layer),
            saturated: if saturated.len() <= WRITTEN_OUT { saturated } else { Vec::new() },
            gradients: cut_off.map(|g| magnitude(g.log10, SIZE_DIGITS)).collect(),
            frozen: death.frozen,
            still: death.still,
            moved: (death.log10_moved.is_finite())
                .then(|| Latex(format!("10^{{{:.0}}}", (death.log10_moved + ROUNDING).ceil()))),
        })
    }
}
