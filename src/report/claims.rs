//! What is noticed, in words that templates can ask for.

use std::cmp::Ordering;

use dashu_ratio::RBig;
use nalgebra::DMatrix;
use schemars::JsonSchema;
use serde::Serialize;

use super::layout::{self, Part};
use crate::graph::matrix_latex;
use crate::numbers::Printed;
use crate::problems::claims::{
    Blowup, CUSTOMARY_STEP, ChainClaims, LayerStep, Scale, StepClaims, Trend,
};
use crate::problems::{LossParts, Surds};
use crate::templates::Latex;

/// X Xᵀ and the Hessian stand side by side up to this share of a line.
const HESSIAN: f64 = 0.8;

/// What is noticed about the gradients of one chain. The thresholds are those of
/// [`crate::problems::claims`].
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct ChainClaimsView {
    /// How the gradient's magnitude goes from the last layer to the first.
    pub trend: Trend,
    /// How large the largest gradient is.
    pub scale: Scale,
    /// |∂L/∂w_k| / |∂L/∂w_1| for each layer, last layer first, as `144.63 : 31.32 : 1`.
    pub ratios: Option<Latex>,
    /// How many times the first layer's gradient is smaller (for `growing`: larger) than the last's.
    pub ratio: Option<Latex>,
    /// |∂L/∂w_K| / |∂L/∂w_1|.
    pub ratio_down: Option<Latex>,
    /// The largest magnitude of a gradient.
    pub largest: Option<Latex>,
    /// The layer with the largest gradient.
    pub largest_layer: Option<usize>,
    /// The smallest magnitude that is not zero, where it is below 1 …
    pub small: Option<Latex>,
    /// … the relation before it …
    pub small_eq: Latex,
    /// … and its layer.
    pub small_layer: Option<usize>,
    /// How far a step of the size `step` moves the weight with the largest gradient.
    pub largest_move: Option<Latex>,
    /// … as a multiple of that weight's magnitude, where it is at least that.
    pub largest_move_share: Option<Latex>,
    /// The step size that magnitudes are judged by.
    pub step: Latex,
    /// What happens to the magnitude from each layer to the one before it, last layer first.
    pub steps: Option<Vec<LayerStepView>>,
    /// What |∂L/∂w_K| / |∂L/∂w_1| is made of.
    pub attenuation: Option<AttenuationView>,
    /// Towards the input the magnitudes only fall, or only rise.
    pub monotonic: bool,
    /// The layers with a gradient of exactly zero.
    pub zero_layers: Vec<usize>,
    /// The layers after the first whose weight is zero.
    pub zero_weights: Vec<usize>,
    /// For each sigmoid that the gradient crosses, its slope in percent of 1/4.
    pub slopes: Vec<SlopeView>,
    /// The layers whose sigmoid is saturated.
    pub saturated: Vec<usize>,
    /// Every sigmoid is close to its steepest.
    pub all_steep: bool,
    /// The relation before `largest`: `=` where it is exact.
    pub largest_eq: Latex,
    /// |∂L/∂z_K| alone is what counts as exploding.
    pub residual_large: bool,
}

/// From one layer to the one before it.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct LayerStepView {
    /// The layer that the gradient comes to; it comes from the next one.
    pub to: usize,
    /// |∂L/∂w_{to+1}| / |∂L/∂w_to|.
    pub quotient: Latex,
    /// The relation before the printed numbers that it is computed from.
    pub numbers_eq: Latex,
    /// The relation between these and the quotient.
    pub eq: Latex,
    /// How many times smaller (not `shrinks`: larger) the magnitude becomes.
    pub factor: Latex,
    /// The factor is not rounded.
    pub exact: bool,
    /// The magnitude becomes smaller.
    pub shrinks: bool,
}

impl LayerStepView {
    fn new(step: &LayerStep) -> Self {
        Self {
            to: step.to,
            quotient: latex(&step.quotient),
            numbers_eq: relation(step.operands_exact),
            eq: relation(step.operands_exact && step.quotient.is_exact()),
            factor: latex(&step.factor),
            exact: step.factor.is_exact(),
            shrinks: step.shrinks,
        }
    }
}

/// Three factors whose product is |∂L/∂w_K| / |∂L/∂w_1|.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct AttenuationView {
    /// 1 over the product of |w_2| to |w_K|.
    pub weights: Latex,
    /// 1 over the product of the slopes.
    pub slopes: Latex,
    /// a_{K−1} / |x|.
    pub inputs: Latex,
}

/// One sigmoid's slope.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct SlopeView {
    /// Its layer.
    pub layer: usize,
    /// σ′(z_k) in percent of its maximum 1/4.
    pub percent: Latex,
    /// `percent` is not rounded.
    pub exact: bool,
}

/// The factor between the gradients of (b) and (c), and its causes.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct BlowupView {
    /// The factor, with its sign.
    pub factor: Latex,
    /// Without its sign.
    pub magnitude: Latex,
    /// The part of it that comes from loss and output.
    pub from_loss: Latex,
    /// In parentheses where it is negative.
    pub from_target: Latex,
    /// The relation before the two parts: `=` where both are exact.
    pub parts_eq: Latex,
    /// The relation between their product and the factor.
    pub factor_eq: Latex,
}

/// What is noticed about the step of problem 1.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct StepClaimsView {
    /// How the loss after the step compares with that before it.
    pub loss_change: LossChange,
    /// How far apart the two losses are, where their printed values do not show it.
    pub loss_difference: Option<Latex>,
    /// The gradient is exactly zero.
    pub gradient_zero: bool,
    /// What repeating the step does.
    pub repeated: Repeated,
    /// H = (2/n) X Xᵀ with numbers, as rows for `align*`, where its entries are shown in full.
    pub hessian_rows: Option<Latex>,
    /// The eigenvalues of X Xᵀ in closed form, where that is short.
    pub closed_form: Option<ClosedFormView>,
    /// What a step multiplies the error of W by, for each of `hessian`, where these are few.
    pub multipliers: Option<Vec<RelatedView>>,
    /// What the loss above its least value is made of: a part for each of two eigenvalues.
    pub parts: Option<Vec<PartView>>,
    /// The least loss that any W has; undefined where `parts` is, and where it is zero.
    pub least: Option<RelatedView>,
    /// The Hessian's eigenvalues (each of them m times), in increasing order.
    pub hessian: Option<Vec<RelatedView>>,
    /// The largest of them.
    pub largest_eigenvalue: Option<RelatedView>,
    /// 2 over the largest eigenvalue.
    pub largest_stable_step: Option<RelatedView>,
    /// The losses at the start and after each of the first steps, for matrices shown in full.
    pub losses: Option<Vec<RelatedView>>,
}

/// How the loss after a step compares with that before it.
#[derive(Clone, Copy, Debug, JsonSchema, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LossChange {
    Lower,
    Higher,
    Same,
    /// It could not be decided.
    Unknown,
}

/// What repeating a step does.
#[derive(Clone, Copy, Debug, JsonSchema, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Repeated {
    Stable,
    Unstable,
    /// Exactly between.
    Limit,
    /// The matrices are large.
    Unknown,
}

/// The eigenvalues of a 2×2 matrix in closed form, from its trace and its determinant.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct ClosedFormView {
    /// The sum of the eigenvalues.
    pub trace: Latex,
    /// Their product.
    pub determinant: Latex,
    /// Half the trace.
    pub centre: Latex,
    /// `\sqrt{13}`, the distance of the eigenvalues from the centre.
    pub root: Latex,
}

impl ClosedFormView {
    fn new(surds: &Surds) -> Self {
        let root = format!("\\sqrt{{{}}}", surds.radicand);
        Self {
            trace: latex(&surds.trace),
            determinant: latex(&surds.determinant),
            centre: latex(&surds.centre),
            root: Latex(match surds.scale.is_one() {
                true => root,
                false => format!("{}\\,{root}", surds.scale.latex()),
            }),
        }
    }
}

/// The part of the loss along one eigenvector of the Hessian.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct PartView {
    /// Before the step.
    pub before: Latex,
    /// After it.
    pub after: Latex,
}

impl PartView {
    fn both(parts: &LossParts) -> Vec<Self> {
        let view =
            |[before, after]: &[Printed; 2]| Self { before: latex(before), after: latex(after) };
        parts.parts.iter().map(view).collect()
    }
}

/// A number behind its relation.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct RelatedView {
    /// `=` where the number is exact.
    pub eq: Latex,
    /// The number.
    pub value: Latex,
}

impl RelatedView {
    fn new(value: &Printed) -> Self {
        Self { eq: relation(value.is_exact()), value: latex(value) }
    }
}

impl ChainClaimsView {
    pub fn new(claims: &ChainClaims) -> Self {
        Self {
            trend: claims.trend,
            scale: claims.scale,
            ratios: claims.ratios.as_ref().map(|ratios| {
                let terms: Vec<String> = ratios.iter().rev().map(Printed::latex).collect();
                Latex(terms.join(" : "))
            }),
            ratio: claims.ratio.as_ref().map(latex),
            ratio_down: claims.ratio_down.as_ref().map(latex),
            largest: claims.largest.as_ref().map(|(_, value)| latex(value)),
            largest_layer: claims.largest.as_ref().map(|(layer, _)| *layer),
            small: claims.small.as_ref().map(|(_, value)| latex(value)),
            small_eq: relation(claims.small.iter().all(|(_, value)| value.is_exact())),
            small_layer: claims.small.as_ref().map(|(layer, _)| *layer),
            largest_move: claims.largest_move.as_ref().map(latex),
            largest_move_share: claims.largest_move_share.as_ref().map(latex),
            step: Latex(customary_step()),
            steps: (claims.steps.as_ref())
                .map(|steps| steps.iter().map(LayerStepView::new).collect()),
            attenuation: claims.attenuation.as_ref().map(|parts| AttenuationView {
                weights: latex(&parts.weights),
                slopes: latex(&parts.slopes),
                inputs: latex(&parts.inputs),
            }),
            monotonic: claims.monotonic,
            zero_layers: claims.zero_layers.clone(),
            zero_weights: claims.zero_weights.clone(),
            slopes: (claims.slopes.iter())
                .map(|(layer, percent)| SlopeView {
                    layer: *layer,
                    percent: latex(percent),
                    exact: percent.is_exact(),
                })
                .collect(),
            saturated: claims.saturated.clone(),
            all_steep: claims.all_steep,
            largest_eq: relation(claims.largest.iter().all(|(_, value)| value.is_exact())),
            residual_large: claims.residual_large,
        }
    }
}

impl BlowupView {
    pub fn new(blowup: &Blowup) -> Self {
        let from_target = blowup.from_target.latex();
        let negative = blowup.from_target.is_negative();
        let exact = blowup.from_loss.is_exact() && blowup.from_target.is_exact();
        Self {
            factor: latex(&blowup.factor),
            magnitude: latex(&blowup.magnitude),
            from_loss: latex(&blowup.from_loss),
            from_target: Latex(if negative { format!("({from_target})") } else { from_target }),
            parts_eq: relation(exact),
            factor_eq: relation(exact && blowup.factor.is_exact()),
        }
    }
}

impl StepClaimsView {
    /// Of the loss over `n` samples, a mean or a sum.
    pub fn new(claims: &StepClaims, mean: bool, n: usize) -> Self {
        let related = |values: &Vec<Printed>| values.iter().map(RelatedView::new).collect();
        Self {
            loss_change: match claims.loss_change {
                Some(Ordering::Less) => LossChange::Lower,
                Some(Ordering::Greater) => LossChange::Higher,
                Some(Ordering::Equal) => LossChange::Same,
                None => LossChange::Unknown,
            },
            loss_difference: claims.loss_difference.as_ref().map(latex),
            gradient_zero: claims.gradient_zero,
            repeated: match claims.against_limit {
                Some(Ordering::Less) => Repeated::Stable,
                Some(Ordering::Equal) => Repeated::Limit,
                Some(Ordering::Greater) => Repeated::Unstable,
                None => Repeated::Unknown,
            },
            hessian_rows: claims.gram.as_ref().map(|gram| hessian_rows(gram, mean, n)),
            closed_form: claims.surds.as_ref().map(ClosedFormView::new),
            multipliers: claims.multipliers.as_ref().map(related),
            parts: claims.loss_parts.as_ref().map(PartView::both),
            least: claims
                .loss_parts
                .as_ref()
                .and_then(|parts| parts.least.as_ref())
                .map(RelatedView::new),
            hessian: claims.hessian.as_ref().map(related),
            largest_eigenvalue: claims.largest_eigenvalue.as_ref().map(RelatedView::new),
            losses: claims.losses.as_ref().map(related),
            largest_stable_step: claims.largest_stable_step.as_ref().map(RelatedView::new),
        }
    }
}

/// H = (2/n) X Xᵀ, with X Xᵀ in numbers where both fit next to each other.
fn hessian_rows([gram, hessian]: &[DMatrix<Printed>; 2], mean: bool, n: usize) -> Latex {
    let (symbol, factor) = match mean {
        true => ("\\frac{2}{n}".to_owned(), format!("\\frac{{2}}{{{n}}}")),
        false => ("2".to_owned(), "2".to_owned()),
    };
    let eq = |matrix: &DMatrix<Printed>| {
        if matrix.iter().all(Printed::is_exact) { "=" } else { "\\approx" }
    };
    let dot = if gram.len() == 1 { "\\cdot " } else { "\\," };
    let product = format!("{factor}{dot}{}", matrix_latex(gram));
    let value = matrix_latex(hessian);
    let mut parts = vec![Part { relation: "=", latex: format!("{symbol}\\,X X^{{\\top}}") }];
    if layout::width(&product) + layout::width(&value) <= HESSIAN * layout::LINE {
        parts.push(Part { relation: eq(gram), latex: product });
    }
    parts.push(Part { relation: eq(hessian), latex: value });
    Latex(layout::chain("H", &parts, layout::width("H")))
}

fn customary_step() -> String {
    let (numerator, denominator) = CUSTOMARY_STEP;
    let step = RBig::from(numerator) / RBig::from(denominator);
    Printed::whole(&step, usize::MAX).map(|step| step.latex()).unwrap_or_default()
}

fn relation(exact: bool) -> Latex {
    Latex(if exact { "=" } else { "\\approx" }.to_owned())
}

fn latex(value: &Printed) -> Latex {
    Latex(value.latex())
}
