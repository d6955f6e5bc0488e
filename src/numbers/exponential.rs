//! Bounds of eˣ by integer arithmetic.
//!
//! The argument is reduced to r = x − k ln 2 ∈ [0, ln 2], halved j times, put into the Taylor
//! series, and the result squared j times (Brent, *Fast multiple-precision evaluation of elementary
//! functions*, J. ACM 23, 1976, § 4). Numbers are integers that count units of 2⁻ᶠ.
//!
//! All divisions round down, so what comes out is a lower bound. The errors, in units:
//! - r: the floor of x 2ᶠ loses up to 1, and each of the |k| subtractions of ln 2 up to 2;
//! - t = ⌊r / 2ʲ⌋: its share of that, and 1;
//! - each of the N terms loses 1, and an earlier loss shrinks from term to term (t < 2ᶠ⁻¹): 2 each,
//!   and 4 for the terms after the last; the error of t counts less than twice, since eᵗ < 2;
//! - each squaring doubles what there is, relatively, and loses 1.
//!
//! Together at most 2ʲ (2N + 8) + 4 (|k| + 3), relative to a result that is less than 4. A correctly
//! rounded function evaluates twice for an enclosure (down at one bound, up at the other) and again
//! where the rounding is in doubt; here one evaluation gives both.

use std::cell::RefCell;

use dashu_base::{Abs, BitTest};
use dashu_float::round::mode::Down;
use dashu_float::{ConstCache, Repr};
use dashu_int::{IBig, UBig};

/// |x| below 2 to this power is evaluated here: more than any product of two inputs.
const LARGEST_LOG2: isize = 48;
/// Bits by which the error lies below the last one that is kept: nearly always the bounds are
/// neighbours then, as if they had been rounded correctly.
const GUARD_BITS: usize = 32;

/// Bounds of eˣ for all x in [`lo`, `hi`] (finite), each of at most `precision` bits; none where x
/// is enormous.
pub(super) fn bounds(lo: &Repr<2>, hi: &Repr<2>, precision: usize) -> Option<(Repr<2>, Repr<2>)> {
    let at_lo = Exponential::new(lo, precision)?;
    let above = match at_lo.extended(lo, hi) {
        Some(above) => at_lo.repr(above, precision, true),
        None => {
            let at_hi = Exponential::new(hi, precision)?;
            at_hi.repr(at_hi.above(), precision, true)
        }
    };
    Some((at_lo.repr(at_lo.below.clone(), precision, false), above))
}

/// eˣ = v · 2^(k − f), for a v between `below` and `below + error`.
struct Exponential {
    below: UBig,
    error: UBig,
    /// The power of two taken out of x.
    k: isize,
    /// f: units are 2⁻ᶠ.
    unit_bits: usize,
}

impl Exponential {
    fn new(x: &Repr<2>, precision: usize) -> Option<Self> {
        if log2(x) > LARGEST_LOG2 {
            return None;
        }
        let k = (x.to_f64().value() / std::f64::consts::LN_2).floor() as isize;
        let size = k.unsigned_abs();
        // With j halvings some p/j terms are needed: about as many as squarings.
        let halvings = precision.isqrt() / 2 + 4;
        let unit_bits = precision + halvings + size.bit_len() + precision.bit_len() + GUARD_BITS;

        let ln_2 = ln_2(unit_bits);
        let reduced = units(x, unit_bits) - ln_2 * IBig::from(k) - IBig::from(size);
        // The quotient in f64 is right but for its last bits: r may be a little below 0.
        let (reduced, k) = match UBig::try_from(reduced.clone()) {
            Ok(reduced) => (reduced, k),
            Err(_) => (UBig::try_from(reduced + self::ln_2(unit_bits) - IBig::ONE).ok()?, k - 1),
        };

        let t = reduced >> halvings;
        let mut term = UBig::ONE << unit_bits;
        let mut sum = term.clone();
        let mut terms = 0usize;
        while !term.is_zero() {
            terms += 1;
            term = ((term * &t) >> unit_bits) / terms;
            sum += &term;
        }
        for _ in 0..halvings {
            sum = sum.sqr() >> unit_bits;
        }
        let relative = (UBig::from(2 * terms + 8) << halvings) + UBig::from(4 * (size + 3));
        Some(Self { below: sum, error: relative * 4u8, k, unit_bits })
    }

    fn above(&self) -> UBig {
        &self.below + &self.error
    }

    /// An upper bound of e^`hi` from that of e^`lo`, by e^d ≤ 1 + d + d² for 0 ≤ d ≤ 1; none where
    /// the two are further apart.
    fn extended(&self, lo: &Repr<2>, hi: &Repr<2>) -> Option<UBig> {
        if lo == hi {
            return Some(self.above());
        }
        let distance = units(hi, self.unit_bits) + IBig::ONE - units(lo, self.unit_bits);
        let distance = UBig::try_from(distance).ok()?;
        if distance.bit_len() > self.unit_bits {
            return None;
        }
        let growth = &distance + (distance.sqr() >> self.unit_bits) + UBig::ONE;
        let above = self.above();
        Some(&above + ((&above * growth) >> self.unit_bits) + UBig::ONE)
    }

    /// `value` · 2^(k − f), rounded to `precision` bits.
    fn repr(&self, value: UBig, precision: usize, up: bool) -> Repr<2> {
        let cut = value.bit_len().saturating_sub(precision);
        let mut kept = value >> cut;
        if up {
            // At worst 2ᵖ, which is one bit again.
            kept += UBig::ONE;
        }
        Repr::new(IBig::from(kept), self.k + cut as isize - self.unit_bits as isize)
    }
}

/// ⌊x 2ᶠ⌋.
fn units(x: &Repr<2>, unit_bits: usize) -> IBig {
    let shift = x.exponent() + unit_bits as isize;
    let significand = x.significand();
    if shift < 0 { significand >> shift.unsigned_abs() } else { significand << shift as usize }
}

/// n with |x| < 2ⁿ.
fn log2(x: &Repr<2>) -> isize {
    let bits = x.significand().clone().abs().bit_len();
    if bits == 0 { isize::MIN } else { x.exponent().saturating_add(bits as isize) }
}

/// ln 2 in units of 2⁻ᶠ, to within one.
fn ln_2(unit_bits: usize) -> IBig {
    /// Against the last bits of what the library gives.
    const MORE: usize = 16;
    thread_local! {
        /// ln 2 with the most bits asked for so far, and how many.
        static KNOWN: RefCell<(IBig, usize)> = const { RefCell::new((IBig::ZERO, 0)) };
    }
    KNOWN.with_borrow_mut(|(value, bits)| {
        if *bits < unit_bits + MORE {
            // Half as many again, so that a slowly growing precision does not ask each time.
            *bits = unit_bits + unit_bits / 2 + MORE;
            let ln_2 = ConstCache::new().ln2::<2, Down>(*bits).into_repr();
            *value = units(&ln_2, *bits);
        }
        &*value >> (*bits - unit_bits)
    })
}

#[cfg(test)]
mod tests {
    use dashu_float::Context;
    use proptest::prelude::*;

    use super::*;

    /// ⌊eˣ · 2^(f − k)⌋ by the library.
    fn expected(x: &Repr<2>, found: &Exponential) -> UBig {
        let fine = found.unit_bits + 64;
        let (significand, exponent) =
            Context::<Down>::new(fine).exp(x, None).unwrap().value().into_repr().into_parts();
        let scaled = Repr::new(significand, exponent - found.k);
        UBig::try_from(units(&scaled, found.unit_bits)).unwrap()
    }

    proptest! {
        #![proptest_config(crate::properties::config(256))]

        #[test]
        fn the_error_is_a_bound_and_small(
            significand in any::<i64>(), exponent in -120isize..-16, precision in 8usize..400,
        ) {
            let x = Repr::new(significand.into(), exponent);
            let found = Exponential::new(&x, precision).unwrap();
            let truth = expected(&x, &found);
            assert!(found.below <= truth && truth < found.above(), "{x:?}");
            assert!(found.error.bit_len() + precision + GUARD_BITS / 2 <= found.unit_bits);
        }

        // Few bits and no error, so that every unit counts; in f64, which is far finer.
        #[test]
        fn the_bound_of_a_higher_argument_holds(
            unit_bits in 4usize..9, below in 1u32..3000, lo in 0u32..8, distance in 1u32..100,
        ) {
            let at = |n: u32| Repr::new(n.into(), -(unit_bits as isize) - 3);
            let from = Exponential { below: below.into(), error: UBig::ZERO, k: 0, unit_bits };
            let (Some(found), step) =
                (from.extended(&at(lo), &at(lo + distance)), f64::from(distance) / 8.0)
            else {
                prop_assume!(false);
                return Ok(());
            };
            let least = f64::from(below) * (step / 2f64.powi(unit_bits as i32)).exp();
            assert!(found.to_f64().value() >= least, "{found} {least}");
        }
    }

    #[test]
    fn ln_2_is_right_to_within_one_unit() {
        // In a thread of its own: nothing is known yet, and the bits grow past what is kept.
        let check = |bits: usize| {
            let fine = ConstCache::new().ln2::<2, Down>(bits + 200).into_repr();
            let distance = units(&fine, bits) - ln_2(bits);
            assert!(distance.is_zero() || distance.is_one(), "{bits}");
        };
        let all =
            move || [1, 8, 100, 117, 165, 166, 167, 170, 300, 301, 40].into_iter().for_each(check);
        std::thread::spawn(all).join().unwrap();
    }

    #[test]
    fn units_are_counted_downwards_on_both_sides_of_zero() {
        let count = |significand: i32, exponent| units(&Repr::new(significand.into(), exponent), 4);
        assert_eq!(count(3, -1), IBig::from(24));
        assert_eq!(count(1, -6), IBig::ZERO);
        assert_eq!(count(-1, -6), IBig::from(-1));
        assert_eq!(count(-33, -6), IBig::from(-9));
    }
}
