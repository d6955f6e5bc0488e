//! The largest value of z σ′(z): how much one hidden layer can amplify.
//!
//! A factor of the backward product that lies between two sigmoids is w₂ σ′(z₁) σ′(z₂) with
//! z₂ = w₂ a₁ and σ′(z₁) = a₁(1 − a₁), so
//! |w₂ σ′(z₁) σ′(z₂)| = |z₂| σ′(z₂) (1 − a₁) < max z σ′(z): bounded for all weights.
//!
//! Where the maximum is: (z σ′)′ = σ′ + z σ″ = σ′ · (1 − z tanh(z/2)), because
//! σ″ = σ′(1 − 2σ) = −σ′ tanh(z/2). So z* is the positive root of z tanh(z/2) = 1. There
//! tanh(z/2) = 1/z and σ′ = (1 − tanh²(z/2))/4, hence the value (z* − 1/z*)/4.

use super::logistic::slope;

/// The maximum of z σ′(z) over all real z.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SlopeBound {
    /// Where it is reached (and, negated, the minimum).
    pub z: f64,
    /// The maximum itself.
    pub value: f64,
}

/// Solves z tanh(z/2) = 1 by Newton's method, to the last bits of an `f64`.
pub fn slope_bound() -> SlopeBound {
    let mut z: f64 = 1.5;
    // Quadratic convergence from an error of 0.05: four steps reach 1e-16, one more to settle.
    for _ in 0..5 {
        let tanh = (z / 2.0).tanh();
        z -= (z * tanh - 1.0) / (tanh + 0.5 * z * (1.0 - tanh * tanh));
    }
    SlopeBound { z, value: z * slope(z) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// HOMEWORK: z* = 1.543404638, 0.2238716023; and the closed form in the module's words.
    #[test]
    fn known_value_closed_form_and_maximality() {
        let SlopeBound { z, value } = slope_bound();
        assert!((z - 1.543404638).abs() < 5e-10);
        assert!((value - 0.2238716023).abs() < 5e-11);
        assert!((value - (z - 1.0 / z) / 4.0).abs() < 2e-16);
        assert!((z * (z / 2.0).tanh() - 1.0).abs() < 5e-16);
        for i in -4000..4000 {
            let other = f64::from(i) * 0.01;
            assert!(other * slope(other) <= value);
        }
    }
}
