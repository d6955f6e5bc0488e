//! The logistic function σ(z) = 1/(1 + e⁻ᶻ) and its relatives, without overflow or cancellation
//! for any finite z: the exponential is only ever taken of −|z|.

/// σ(z), between 0 and 1; relative error of a few ulp on both tails.
pub fn sigmoid(z: f64) -> f64 {
    let t = (-z.abs()).exp();
    if z >= 0.0 { 1.0 / (1.0 + t) } else { t / (1.0 + t) }
}

/// σ′(z) = σ(z) σ(−z) = t/(1 + t)² with t = e^−|z|; at most 1/4, at z = 0.
pub fn slope(z: f64) -> f64 {
    let t = (-z.abs()).exp();
    t / ((1.0 + t) * (1.0 + t))
}

/// ln(1 + eᶻ) = max(z, 0) + ln(1 + e^−|z|).
pub fn softplus(z: f64) -> f64 {
    z.max(0.0) + (-z.abs()).exp().ln_1p()
}

/// ln σ(z) = −softplus(−z): finite where σ(z) itself underflows.
pub fn ln_sigmoid(z: f64) -> f64 {
    -softplus(-z)
}

/// ln σ′(z) = −|z| − 2 ln(1 + e^−|z|).
pub fn ln_slope(z: f64) -> f64 {
    -z.abs() - 2.0 * (-z.abs()).exp().ln_1p()
}

/// Everything above at one z, from one exponential and one logarithm: the same numbers, bit by bit.
#[derive(Clone, Copy, Debug)]
pub struct Logistic {
    z: f64,
    /// e^−|z|.
    t: f64,
    /// ln(1 + t).
    ln_1p: f64,
}

impl Logistic {
    pub fn at(z: f64) -> Self {
        let t = (-z.abs()).exp();
        Self { z, t, ln_1p: t.ln_1p() }
    }

    /// [`sigmoid`].
    pub fn sigmoid(self) -> f64 {
        if self.z >= 0.0 { 1.0 / (1.0 + self.t) } else { self.t / (1.0 + self.t) }
    }

    /// [`ln_slope`].
    pub fn ln_slope(self) -> f64 {
        -self.z.abs() - 2.0 * self.ln_1p
    }

    /// [`ln_sigmoid`] at z.
    pub fn ln_sigmoid(self) -> f64 {
        -((-self.z).max(0.0) + self.ln_1p)
    }

    /// [`ln_sigmoid`] at −z.
    pub fn ln_complement(self) -> f64 {
        -(self.z.max(0.0) + self.ln_1p)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symmetric_and_bounded_at_every_size() {
        for z in [0.0, 1e-300, 0.1575, 1.0, 36.0, 700.0, 745.0, 1e6, 1e300] {
            // σ(z) + σ(−z) = 1 and σ′ is even.
            assert!((sigmoid(z) + sigmoid(-z) - 1.0).abs() <= f64::EPSILON, "{z}");
            assert_eq!(slope(z), slope(-z));
            assert!(
                ln_sigmoid(-z).is_finite() && ln_slope(z).is_finite() && softplus(z).is_finite()
            );
            if z < 700.0 {
                let product = sigmoid(z) * sigmoid(-z);
                assert!((slope(z) - product).abs() <= 4.0 * f64::EPSILON * product, "{z}");
                assert!((ln_slope(z) - slope(z).ln()).abs() <= 1e-14 * (1.0 + z), "{z}");
            }
        }
        assert_eq!(slope(0.0), 0.25);
        assert_eq!(ln_slope(1e6), -1e6);
    }

    /// HOMEWORK: a1 = σ(0.1575), σ′(z1).
    #[test]
    fn known_values() {
        assert!((sigmoid(0.1575) - 0.5392938059).abs() < 5e-11);
        assert!((slope(0.1575) - 0.2484559968).abs() < 5e-11);
        assert!((slope(-0.05932231865) - 0.2497801828).abs() < 5e-11);
    }

    #[test]
    fn all_at_once_are_the_same_bits() {
        for z in (-8000..8000).map(|i| f64::from(i) * 0.1).chain([1e-300, -1e6, 1e300]) {
            let all = Logistic::at(z);
            let once = [sigmoid(z), ln_slope(z), ln_sigmoid(z), ln_sigmoid(-z)];
            let found = [all.sigmoid(), all.ln_slope(), all.ln_sigmoid(), all.ln_complement()];
            assert_eq!(found.map(f64::to_bits), once.map(f64::to_bits), "{z}");
        }
    }
}
