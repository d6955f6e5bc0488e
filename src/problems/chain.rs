//! Problem 2: a chain of scalar layers, its loss, and the gradient of every weight.

use std::collections::HashSet;

use nalgebra::DMatrix;

use crate::graph::{Graph, NodeId, Pullback, pullback};
use crate::inputs::{self, Decimal};
use crate::numbers::Class;

/// Chains up to this depth are shown step by step; deeper ones by their ends and a table.
pub const STEP_BY_STEP: usize = 6;
/// Layers shown at each end of a deeper chain.
pub const ENDS: usize = 2;

/// What follows the last preactivation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// ŷ = σ(z_K), L = −(y log ŷ + (1 − y) log(1 − ŷ)).
    CrossEntropy(Class),
    /// ŷ = z_K, L = (ŷ − y)².
    Squared,
}

/// One layer's nodes, all scalars.
#[derive(Clone, Debug)]
pub struct Layer {
    /// The weight w_k.
    pub w: NodeId,
    /// The preactivation z_k = w_k a_{k−1}, with a₀ = x.
    pub z: NodeId,
    /// a_k = σ(z_k); none after the last layer of a regression.
    pub a: Option<NodeId>,
    /// σ′(z_k), for the layers that the gradient crosses.
    pub slope: Option<NodeId>,
    /// δ_k = ∂L/∂z_k.
    pub delta: NodeId,
    /// ∂L/∂w_k = δ_k a_{k−1}.
    pub d_w: NodeId,
}

/// z_k = w_k a_{k−1}, a_k = σ(z_k) for k = 1 … K with a₀ = x, and a loss of the output.
#[derive(Clone, Debug)]
pub struct Chain {
    pub graph: Graph,
    pub x: NodeId,
    pub y: NodeId,
    /// First layer first.
    pub layers: Vec<Layer>,
    /// a_K for a cross-entropy, z_K for a regression.
    pub y_hat: NodeId,
    pub loss: NodeId,
    pub kind: Loss,
}

impl Chain {
    /// The network of 2(b): a sigmoid at the output, cross-entropy.
    pub fn classification(inputs: &inputs::Chain) -> Self {
        Self::classification_by(inputs, pullback)
    }

    /// The network of 2(c): a linear output, squared error.
    pub fn regression(inputs: &inputs::Chain) -> Self {
        Self::regression_by(inputs, pullback)
    }

    /// [`classification`](Self::classification) with another rule of reverse mode.
    pub fn classification_by(inputs: &inputs::Chain, rule: Pullback) -> Self {
        let class = if inputs.y.is_zero() { Class::Zero } else { Class::One };
        Self::new(inputs, Loss::CrossEntropy(class), rule)
    }

    /// [`regression`](Self::regression) with another rule of reverse mode.
    pub fn regression_by(inputs: &inputs::Chain, rule: Pullback) -> Self {
        Self::new(inputs, Loss::Squared, rule)
    }

    fn new(inputs: &inputs::Chain, kind: Loss, rule: Pullback) -> Self {
        let depth = inputs.w.len();
        let scalar = |value: &Decimal| DMatrix::from_element(1, 1, value.value().clone());
        let mut g = Graph::new();
        let x = g.input("x", scalar(&inputs.x));
        let y = g.input("y", scalar(&inputs.y));

        let mut input = x;
        let mut forward = Vec::with_capacity(depth);
        for (k, value) in inputs.w.iter().enumerate().map(|(index, w)| (index + 1, w)) {
            let w = g.input(format!("w_{{{k}}}"), scalar(value));
            let z = g.product(w, input);
            let activated = k < depth || kind != Loss::Squared;
            let symbol = if activated { format!("z_{{{k}}}") } else { "\\hat{y}".to_owned() };
            g.name(z, symbol);
            let a = activated.then(|| {
                let a = g.sigmoid(z);
                let symbol = if k < depth { format!("a_{{{k}}}") } else { "\\hat{y}".to_owned() };
                g.name(a, symbol)
            });
            input = a.unwrap_or(z);
            forward.push((w, z, a));
        }
        let y_hat = input;

        let loss = match (kind, forward.last()) {
            (Loss::CrossEntropy(class), Some(&(_, z, _))) => g.cross_entropy(z, y_hat, y, class),
            _ => {
                let residual = g.difference(y_hat, y);
                g.sum_squares(residual)
            }
        };
        g.name(loss, "L");

        let weights: Vec<NodeId> = forward.iter().map(|&(w, ..)| w).collect();
        let adjoints = g.backward_by(loss, &weights, rule);
        #[expect(clippy::expect_used, reason = "each weight reaches the loss, whatever the inputs")]
        let gradient = |node| adjoints.of(node).expect("the loss depends on every weight");
        let slopes = g.slopes();
        let layers = forward
            .iter()
            .enumerate()
            .map(|(index, &(w, z, a))| {
                let k = index + 1;
                let slope = slopes.get(&z).copied();
                if let Some(slope) = slope {
                    g.name(slope, format!("\\sigma'(z_{{{k}}})"));
                }
                let delta = g.name(gradient(z), format!("\\delta_{{{k}}}"));
                let d_w =
                    g.name(gradient(w), format!("\\frac{{\\partial L}}{{\\partial w_{{{k}}}}}"));
                Layer { w, z, a, slope, delta, d_w }
            })
            .collect();
        Self { graph: g, x, y, layers, y_hat, loss, kind }
    }

    /// The number of layers, K ≥ 1.
    pub fn depth(&self) -> usize {
        self.layers.len()
    }

    /// Whether only the layers at both ends are shown step by step.
    pub fn is_deep(&self) -> bool {
        self.depth() > STEP_BY_STEP
    }

    /// The layers that are shown step by step, counted from 1.
    pub fn layers_shown(&self) -> Vec<usize> {
        let depth = self.depth();
        (1..=depth).filter(|k| !self.is_deep() || *k <= ENDS || *k > depth - ENDS).collect()
    }

    /// The nodes that are shown with their formula.
    pub fn steps_shown(&self) -> HashSet<NodeId> {
        let layers = self.layers_shown().into_iter().map(|k| &self.layers[k - 1]);
        let steps = layers.flat_map(|layer| {
            let Layer { z, a, slope, delta, d_w, .. } = *layer;
            [Some(z), a, slope, Some(delta), Some(d_w)].into_iter().flatten()
        });
        steps.chain([self.loss]).collect()
    }
}
