//! Gradient descent on the chain, kept step by step: how an exploding gradient in the first step
//! leaves vanishing ones behind.

use super::chain::{Gradient, Loss, Network};

/// Where descent stands before its t-th step; vectors are in layer order.
#[derive(Clone, Debug, PartialEq)]
pub struct Iterate {
    pub weights: Vec<f64>,
    /// z_k.
    pub preactivations: Vec<f64>,
    /// σ′(z_k); the last one enters no gradient.
    pub slopes: Vec<f64>,
    /// ∂L/∂w_k.
    pub gradients: Vec<Gradient>,
    pub loss: f64,
    /// log₁₀ of the loss, which may be smaller than any `f64`.
    pub log10_loss: f64,
}

/// A run of gradient descent.
#[derive(Clone, Debug, PartialEq)]
pub struct Descent {
    /// The starting point and every iterate that is finite, in order.
    pub iterates: Vec<Iterate>,
    /// The step size.
    pub step: f64,
    /// Whether the run ended early because the next iterate is not finite.
    pub diverged: bool,
}

/// `iterations` steps w ← w − step · ∂L/∂w, all weights at once, from the network's weights.
///
/// The result holds `iterations + 1` iterates, fewer when the numbers overflow.
pub fn descent(network: &Network, loss: Loss, step: f64, iterations: usize) -> Descent {
    let mut network = network.clone();
    let mut descent = Descent { iterates: Vec::new(), step, diverged: false };
    for _ in 0..=iterations {
        let pass = network.pass(loss);
        if !pass.is_finite() || !network.weights.iter().all(|w| w.is_finite()) {
            descent.diverged = true;
            break;
        }
        let weights = network.weights.clone();
        for (w, g) in network.weights.iter_mut().zip(&pass.gradients) {
            *w -= step * g.value;
        }
        let last = pass.preactivations.last().copied().unwrap_or(network.x);
        descent.iterates.push(Iterate {
            weights,
            log10_loss: loss.log10_value(last),
            preactivations: pass.preactivations,
            slopes: pass.slopes,
            gradients: pass.gradients,
            loss: pass.loss,
        });
    }
    descent
}
