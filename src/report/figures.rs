//! The figures of the required answers, as templates see them: LaTeX, ready to be placed.

use schemars::JsonSchema;
use serde::Serialize;

use super::approx::log10;
use super::flow;
use crate::figures::{LayerGradients, layer_gradients, sigmoid_and_slope, text_width};
use crate::problems::{Chain, Homework, Solved};
use crate::templates::Latex;

/// Over more decades the curves are too close to each other for labels.
const READABLE_DECADES: f64 = 12.0;

/// The frame of the gradients by layer, in cm.
const LAYERS_WIDTH: f64 = 7.2;
/// The caption stands beside it.
const LAYERS_HEIGHT: f64 = 3.0;

/// Pictures without caption.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct FiguresView {
    /// The computational graph of problem 1's loss.
    pub product: Latex,
    /// Its edges carry values; otherwise shapes and the names of gradients.
    pub product_has_values: bool,
    /// The computational graph of 2(b).
    pub b: Latex,
    /// The computational graph of 2(c).
    pub c: Latex,
    /// σ and σ′ with the maximum of σ′.
    pub sigmoid: Latex,
    /// |∂L/∂w_k| layer by layer, 2(b) beside 2(c).
    pub layers: Latex,
}

impl FiguresView {
    pub fn new(homework: &Homework) -> Self {
        let (b, c) = (&homework.classification, &homework.regression);
        let mut networks = [layers("2(b)", b), layers("2(c)", c)];
        let deepest = networks.iter().map(|network| network.log10.len()).max().unwrap_or(1);
        let has_room = |network: &LayerGradients| has_room(network, deepest);
        if decades(&networks) > READABLE_DECADES || !networks.iter().all(has_room) {
            networks.iter_mut().for_each(|network| network.labels.clear());
        }
        let product = flow::product_with_values(&homework.product);
        Self {
            product_has_values: product.is_some(),
            product: product.unwrap_or_else(|| flow::product_with_names(&homework.product)),
            b: flow::chain(b),
            c: flow::chain(c),
            sigmoid: Latex(sigmoid_and_slope("$\\sigma'(0) = \\frac14$").sized(7.6, 2.5).render()),
            layers: Latex(layer_gradients(&networks).sized(LAYERS_WIDTH, LAYERS_HEIGHT).render()),
        }
    }
}

/// Whether every label ends before the next layer's begins, and before the frame, which holds as
/// many layers as the deepest network has.
fn has_room(network: &LayerGradients, deepest: usize) -> bool {
    let half = LAYERS_WIDTH / (2.0 * deepest.max(1) as f64);
    network.labels.iter().all(|label| text_width(label) <= half + 0.1)
}

/// The decades from the smallest to the largest gradient that is not zero.
fn decades(networks: &[LayerGradients]) -> f64 {
    let finite = || networks.iter().flat_map(|n| &n.log10).copied().filter(|g| g.is_finite());
    finite().fold(f64::NEG_INFINITY, f64::max) - finite().fold(f64::INFINITY, f64::min)
}

/// The magnitudes of a chain's gradients, as they are printed.
fn layers(name: &str, solved: &Solved<Chain>) -> LayerGradients {
    let Solved { problem, solution } = solved;
    let labels = |solved: &Solved<Chain>| -> Vec<String> {
        let label = |id| format!("${}$", solution.printed(id)[(0, 0)].latex_magnitude());
        solved.problem.layers.iter().map(|layer| label(layer.d_w)).collect()
    };
    LayerGradients {
        name: name.to_owned(),
        log10: problem
            .layers
            .iter()
            .map(|layer| log10(&solution.printed(layer.d_w)[(0, 0)]))
            .collect(),
        labels: if problem.is_deep() { Vec::new() } else { labels(solved) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 7.2 cm hold three labels of half a layer, 1.2 cm, but not beside a network of twelve layers.
    #[test]
    fn labels_need_room_in_the_frame_of_both_networks() {
        let labels = vec!["$26.818$".to_owned(); 3];
        let network = LayerGradients { name: String::new(), log10: vec![0.0; 3], labels };
        assert!(has_room(&network, 3));
        assert!(!has_room(&network, 12));
    }
}
