//! The sigmoid of four numbers at a time, for the ensemble.

use std::f64::consts::{LN_2, LOG2_E};

use wide::f64x4;

/// What the last preactivation and the layers below need of z.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sigmoid {
    /// σ(z).
    pub value: f64x4,
    /// 1 − σ(z) = σ(−z), without cancellation.
    pub complement: f64x4,
    /// σ′(z).
    pub slope: f64x4,
}

/// Lane by lane, from one exponential: with t = e^−|z| and s = 1/(1 + t), the larger of σ(z) and
/// σ(−z) is s, the smaller t s, and σ′ = t s². Relative errors are below 10⁻¹⁴ for |z| ≤ 700.
#[inline(always)]
pub(super) fn sigmoid(z: f64x4) -> Sigmoid {
    let t = exp_minus(z.abs());
    let s = f64x4::ONE / (f64x4::ONE + t);
    let ts = t * s;
    let positive = z.simd_ge(f64x4::ZERO);
    Sigmoid { value: positive.select(s, ts), complement: positive.select(ts, s), slope: ts * s }
}

/// e^−y for y ≥ 0; e⁻⁷⁰⁰ for larger y, which is as good as zero beside 1.
///
/// With n the integer nearest to −y log₂ e, the rest r = −y − n ln 2 has |r| ≤ ½ ln 2, where the
/// Taylor polynomial of degree 11 errs by r¹²/12! < 7·10⁻¹⁵; ln 2 is subtracted in two parts, the
/// first of so few bits that n times it is exact (Cody & Waite, *Software Manual for the
/// Elementary Functions*, 1980, ch. 6).
#[inline(always)]
fn exp_minus(y: f64x4) -> f64x4 {
    /// Adding it rounds to an integer, which the sum's last bits then hold, plus the bias 1023 of
    /// an exponent.
    const SHIFT: f64 = 6_755_399_441_055_744.0 + 1023.0;
    /// The first 32 bits of ln 2, and the rest.
    const HEAD: f64 = f64::from_bits(LN_2.to_bits() & (u64::MAX << 21));
    const TAIL: f64 = 1.908_214_929_270_587_7e-10;
    /// 1/n! from n = 11 down to 0.
    const TAYLOR: [f64; 12] = {
        let mut out = [1.0; 12];
        let (mut n, mut factorial) = (1, 1.0);
        while n < 12 {
            factorial *= n as f64;
            out[11 - n] = 1.0 / factorial;
            n += 1;
        }
        out
    };
    let x = -y.fast_min(f64x4::splat(700.0));
    let shifted = x * f64x4::splat(LOG2_E) + f64x4::splat(SHIFT);
    let n = shifted - f64x4::splat(SHIFT);
    let r = x - n * f64x4::splat(HEAD) - n * f64x4::splat(TAIL);
    let mut sum = f64x4::splat(TAYLOR[0]);
    for coefficient in &TAYLOR[1..] {
        sum = sum * r + f64x4::splat(*coefficient);
    }
    // The exponent's bits are the top ones but for the sign, which is 0.
    let power = shifted.to_array().map(|v| f64::from_bits(v.to_bits() << 52));
    sum * f64x4::new(power)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::logistic;

    #[test]
    fn as_accurate_as_stated() {
        let close = |found: f64, exact: f64, z: f64| {
            assert!((found - exact).abs() <= 1e-14 * exact, "{found:e} is not {exact:e} at {z}");
        };
        for i in -70_000..=70_000 {
            let z = f64::from(i) * 0.01;
            let found = sigmoid(f64x4::new([z, z * 1e-3, z * 1e-9, -z]));
            let all = |v: f64x4| v.to_array();
            let lanes =
                all(found.value).into_iter().zip(all(found.complement)).zip(all(found.slope));
            for (((value, complement), slope), z) in lanes.zip([z, z * 1e-3, z * 1e-9, -z]) {
                close(value, logistic::sigmoid(z), z);
                close(complement, logistic::sigmoid(-z), z);
                close(slope, logistic::slope(z), z);
            }
        }
        let far = sigmoid(f64x4::splat(-1e300));
        assert!(far.value.to_array()[0] < 1e-300 && far.complement.to_array()[0] == 1.0);
    }
}
