//! Evaluation in dual numbers: forward-mode differentiation.

use dashu_ratio::RBig;
use num_dual::{Dual64, DualNum};

use super::{Float64, NumberSystem};

/// Dual numbers `v + v′ε` with ε² = 0; the ε part of the output is the derivative with respect to
/// the one input whose ε part was seeded with 1 (Griewank & Walther, *Evaluating Derivatives*,
/// 2008, ch. 3).
#[derive(Clone, Copy, Debug)]
pub struct Forward;

impl NumberSystem for Forward {
    type Element = Dual64;

    fn exact(&self, value: &RBig) -> Dual64 {
        Dual64::from(Float64.exact(value))
    }

    fn sigmoid(&self, z: &Dual64) -> Dual64 {
        if z.re >= 0.0 {
            ((-z).exp() + 1.0).recip()
        } else {
            let tail = z.exp();
            tail / (tail + 1.0)
        }
    }

    fn softplus(&self, t: &Dual64) -> Dual64 {
        if t.re >= 0.0 { t + (-t).exp().ln_1p() } else { t.exp().ln_1p() }
    }
}
