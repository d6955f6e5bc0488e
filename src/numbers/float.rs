//! Evaluation in `f64`.

use dashu_ratio::RBig;

use super::NumberSystem;

/// Plain double precision.
#[derive(Clone, Copy, Debug)]
pub struct Float64;

impl NumberSystem for Float64 {
    type Element = f64;

    fn exact(&self, value: &RBig) -> f64 {
        value.to_f64().value()
    }

    fn sigmoid(&self, z: &f64) -> f64 {
        // Only e to a negative power: no overflow, and full relative precision in both tails.
        let tail = (-z.abs()).exp();
        if *z >= 0.0 { 1.0 / (1.0 + tail) } else { tail / (1.0 + tail) }
    }

    fn softplus(&self, t: &f64) -> f64 {
        t.max(0.0) + (-t.abs()).exp().ln_1p()
    }
}
