//! `--random-weights SEED`: weights from N(0, 1), the same for a seed on every machine.
//!
//! The bits come from SplitMix64 and become normal by Marsaglia's polar method. Everything up to
//! the logarithm is exact in integers; the logarithm and the root are taken in 128-bit software
//! floats, so no system's maths library has a say. The result is rounded to two decimals: for
//! another implementation to differ, a draw would have to lie within 2⁻¹⁰⁰ of a half hundredth.

use dashu_float::FBig;
use dashu_float::round::mode::HalfEven;
use dashu_int::IBig;

use super::decimal::Decimal;
use super::limits::MAX_LAYERS;
use super::tree::{Node, Value};

/// Bits of the software floats.
const PRECISION: usize = 128;

/// Replaces the weights of both chains. Each keeps its depth and takes the first draws of the
/// same sequence, so chains of equal depth get equal weights and 2(b) and 2(c) stay comparable.
/// What is not a valid list of numbers is left for the checks to report.
pub(super) fn weights(root: &mut Node, seed: u64) {
    for chain in ["classification", "regression"] {
        let weights =
            entry(root, "problem2").and_then(|n| entry(n, chain)).and_then(|n| entry(n, "w"));
        let Some(Node { value: Value::List(items), .. }) = weights else { continue };
        let draws = Normal::new(seed);
        for (item, draw) in items.iter_mut().zip(draws).take(MAX_LAYERS) {
            if let Value::Number(number @ Ok(_)) = &mut item.value {
                *number = Ok(draw);
            }
        }
    }
}

fn entry<'a>(node: &'a mut Node, key: &str) -> Option<&'a mut Node> {
    match &mut node.value {
        Value::Table(entries) => {
            entries.iter_mut().find(|entry| entry.key == key).map(|entry| &mut entry.node)
        }
        _ => None,
    }
}

/// Steele, Lea, Flood: "Fast splittable pseudorandom number generators", OOPSLA 2014.
#[derive(Debug)]
struct SplitMix64(u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// An odd integer u with |u| < 2^53; u/2^53 is uniform on (−1, 1) and never zero.
    fn symmetric(&mut self) -> i64 {
        let high = (self.next() >> 11) as i64;
        2 * high + 1 - (1 << 53)
    }
}

/// An endless sequence of draws from N(0, 1), rounded to hundredths.
///
/// Marsaglia and Bray, "A convenient method for generating normal variables", SIAM Review 6
/// (1964): for (u, v) uniform in the unit disc and s = u² + v², both u·√(−2 ln s / s) and
/// v·√(−2 ln s / s) are normal, and independent.
#[derive(Debug)]
struct Normal {
    bits: SplitMix64,
    spare: Option<Decimal>,
}

impl Normal {
    fn new(seed: u64) -> Self {
        Self { bits: SplitMix64(seed), spare: None }
    }

    fn pair(&mut self) -> (Decimal, Decimal) {
        loop {
            let (u, v) = (self.bits.symmetric(), self.bits.symmetric());
            let square = |k: i64| u128::from(k.unsigned_abs()).pow(2);
            let s = square(u) + square(v);
            if s >= 1 << 106 {
                continue;
            }
            // With u = k/2^53 and s = j/2^106, u·√(−2 ln s / s) = k·√(−2 ln s / j).
            let ln_s = float(IBig::from(s), -106).ln();
            let scale = (float(IBig::from(-2), 0) * ln_s / float(IBig::from(s), 0)).sqrt();
            return (hundredths(u, &scale), hundredths(v, &scale));
        }
    }
}

type Float = FBig<HalfEven, 2>;

/// `significand` · 2^`exponent`.
fn float(significand: IBig, exponent: isize) -> Float {
    Float::from_parts(significand, exponent).with_precision(PRECISION).value()
}

/// k · scale, rounded to two decimals.
fn hundredths(k: i64, scale: &Float) -> Decimal {
    let hundred_fold = float(IBig::from(k) * 100, 0) * scale;
    // |draw| < 9 (s ≥ 2^−105), so no limit can be broken.
    Decimal::from_parts(hundred_fold.to_int().value(), -2).unwrap_or_default()
}

impl Iterator for Normal {
    type Item = Decimal;

    fn next(&mut self) -> Option<Decimal> {
        if let Some(spare) = self.spare.take() {
            return Some(spare);
        }
        let (first, second) = self.pair();
        self.spare = Some(second);
        Some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The reference values for seed 1234567 that implementations of SplitMix64 are commonly
    /// checked with.
    #[test]
    fn bits_are_those_of_splitmix64() {
        let mut bits = SplitMix64(1_234_567);
        let expected = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
            4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ];
        assert_eq!(expected.map(|_| bits.next()), expected);
    }

    #[test]
    fn draws_have_the_moments_of_a_standard_normal() {
        let count = 4000;
        let draws: Vec<f64> = Normal::new(42).take(count).map(|draw| draw.to_f64()).collect();
        let moment = |k: i32| draws.iter().map(|d| d.powi(k)).sum::<f64>() / count as f64;
        // Standard errors of the moments of N(0, 1): √(1/n), √(2/n), √(96/n); five of each.
        let root = (count as f64).sqrt();
        assert!(moment(1).abs() < 5.0 / root, "{}", moment(1));
        assert!((moment(2) - 1.0).abs() < 5.0 * 2f64.sqrt() / root, "{}", moment(2));
        assert!((moment(4) - 3.0).abs() < 5.0 * 96f64.sqrt() / root, "{}", moment(4));
    }
}
