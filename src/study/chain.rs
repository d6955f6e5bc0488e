//! The scalar chain of problem 2 in plain `f64`: forward pass, loss and gradients.
//!
//! With a₀ = x: z_k = w_k a_{k−1} and a_k = σ(z_k). Under cross-entropy the output is ŷ = σ(z_K),
//! under the squared loss it is ŷ = z_K. Backwards, with δ_k = ∂L/∂z_k:
//! δ_k = δ_{k+1} w_{k+1} σ′(z_k) and ∂L/∂w_k = δ_k a_{k−1}.

use serde::{Deserialize, Serialize};

use super::bits;
use super::logistic::{Logistic, ln_sigmoid, ln_slope, sigmoid, slope, softplus};

/// The chain: weights w₁…w_K (K ≥ 1) and the input x.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    pub weights: Vec<f64>,
    pub x: f64,
}

/// The loss at the end of the chain, with its target.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub enum Loss {
    /// −(y ln ŷ + (1−y) ln(1−ŷ)) of a sigmoid output; 0 ≤ y ≤ 1.
    CrossEntropy {
        #[serde(with = "bits")]
        y: f64,
    },
    /// (y − ŷ)² of a linear output; any finite y.
    Squared {
        #[serde(with = "bits")]
        y: f64,
    },
}

/// A derivative that may be smaller than any `f64`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gradient {
    /// The derivative with its sign; 0 of that sign where it underflows.
    pub value: f64,
    /// log₁₀ of its magnitude, computed in logarithms: −∞ only where the derivative is zero.
    pub log10: f64,
}

/// One forward and one backward pass; every vector is in layer order, first layer first.
#[derive(Clone, Debug, PartialEq)]
pub struct Pass {
    /// z_k, K of them.
    pub preactivations: Vec<f64>,
    /// σ(z_k), K of them; the last is the output under cross-entropy and unused otherwise.
    pub activations: Vec<f64>,
    /// σ′(z_k), K of them; the last one enters no gradient.
    pub slopes: Vec<f64>,
    /// ŷ.
    pub output: f64,
    pub loss: f64,
    /// ∂L/∂w_k, K of them.
    pub gradients: Vec<Gradient>,
}

impl Loss {
    /// L as a function of the last preactivation.
    pub fn value(self, z: f64) -> f64 {
        match self {
            // −ln σ(z) = softplus(−z), −ln(1 − σ(z)) = softplus(z); 0 · ∞ cannot arise, z is finite.
            Loss::CrossEntropy { y } => y * softplus(-z) + (1.0 - y) * softplus(z),
            Loss::Squared { y } => (y - z) * (y - z),
        }
    }

    /// log₁₀ L, finite where a squared loss underflows.
    pub fn log10_value(self, z: f64) -> f64 {
        match self {
            Loss::CrossEntropy { .. } => self.value(z).log10(),
            Loss::Squared { y } => 2.0 * (y - z).abs().log10(),
        }
    }

    /// ∂L/∂z at the last preactivation: σ(z) − y or 2(z − y), without cancellation for y = 0, 1.
    pub fn residual(self, z: f64) -> f64 {
        match self {
            Loss::CrossEntropy { y } => (1.0 - y) * sigmoid(z) - y * sigmoid(-z),
            Loss::Squared { y } => 2.0 * (z - y),
        }
    }

    /// ln |∂L/∂z|, finite where the derivative itself underflows.
    pub fn ln_residual(self, z: f64) -> f64 {
        self.ln_residual_from(z, Logistic::at(z))
    }

    /// [`ln_residual`](Self::ln_residual) where the sigmoid at z is known.
    pub fn ln_residual_from(self, z: f64, output: Logistic) -> f64 {
        match self {
            Loss::CrossEntropy { y: 0.0 } => output.ln_sigmoid(),
            Loss::CrossEntropy { y: 1.0 } => output.ln_complement(),
            _ => self.residual(z).abs().ln(),
        }
    }

    /// ŷ as a function of the last preactivation.
    pub fn output(self, z: f64) -> f64 {
        match self {
            Loss::CrossEntropy { .. } => sigmoid(z),
            Loss::Squared { .. } => z,
        }
    }
}

impl Network {
    /// The number of layers K.
    pub fn depth(&self) -> usize {
        self.weights.len()
    }

    /// One forward and one backward pass. A chain whose numbers overflow gives values that are not
    /// finite; [`Pass::is_finite`] tells.
    pub fn pass(&self, loss: Loss) -> Pass {
        let mut preactivations = Vec::with_capacity(self.depth());
        let mut input = self.x;
        for w in &self.weights {
            let z = w * input;
            preactivations.push(z);
            input = sigmoid(z);
        }
        let last = preactivations.last().copied().unwrap_or(self.x);
        Pass {
            activations: preactivations.iter().map(|&z| sigmoid(z)).collect(),
            slopes: preactivations.iter().map(|&z| slope(z)).collect(),
            output: loss.output(last),
            loss: loss.value(last),
            gradients: self.backward(loss, &preactivations, last),
            preactivations,
        }
    }

    /// Every gradient twice: as a product, and as a sum of logarithms that cannot underflow.
    fn backward(&self, loss: Loss, z: &[f64], last: f64) -> Vec<Gradient> {
        let mut delta = in_full(loss.residual(last));
        let mut ln_delta = loss.ln_residual(last);
        let mut sign = loss.residual(last).signum();
        if let Loss::CrossEntropy { y } = loss {
            // The residual keeps its sign where it underflows to zero.
            sign = if y == 1.0 {
                -1.0
            } else if y == 0.0 {
                1.0
            } else {
                sign
            };
        }
        let mut gradients = Vec::with_capacity(z.len());
        for k in (0..z.len()).rev() {
            let (a, ln_a) = match k.checked_sub(1) {
                Some(j) => (sigmoid(z[j]), ln_sigmoid(z[j])),
                None => (self.x, self.x.abs().ln()),
            };
            gradients.push(Gradient::new(delta * in_full(a), sign * a.signum(), ln_delta + ln_a));
            if k > 0 {
                let w = self.weights[k];
                delta = in_full(delta * (w * in_full(slope(z[k - 1]))));
                ln_delta += w.abs().ln() + ln_slope(z[k - 1]);
                sign *= w.signum();
            }
        }
        gradients.reverse();
        gradients
    }
}

/// 0 for a subnormal number: it has lost digits, which only the logarithm keeps.
fn in_full(v: f64) -> f64 {
    if v.is_subnormal() { 0.0 } else { v }
}

impl Gradient {
    /// Prefers the product; takes the logarithm's word where a factor may have underflowed.
    fn new(product: f64, sign: f64, ln: f64) -> Self {
        let value = if product.is_normal() || product.is_nan() { product } else { sign * ln.exp() };
        let value = if ln == f64::NEG_INFINITY { 0.0 } else { value };
        Self { value, log10: ln * std::f64::consts::LOG10_E }
    }
}

impl Pass {
    /// Whether loss, preactivations and gradients are all finite (a gradient of zero is).
    pub fn is_finite(&self) -> bool {
        self.loss.is_finite()
            && self.preactivations.iter().all(|z| z.is_finite())
            && self.gradients.iter().all(|g| g.value.is_finite() && g.log10 < f64::INFINITY)
    }
}
