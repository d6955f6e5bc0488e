//! Elementary functions at p bits against themselves at 2p + 64 bits: the coarse bounds must hold
//! the fine ones, and lie next to them.

use std::cmp::Ordering;

use dashu_float::Repr;
use dashu_int::UBig;
use dashu_ratio::RBig;
use proptest::prelude::*;

use super::{exact, rational};
use crate::numbers::Interval;

/// By so many units of its last place a bound may lie outside.
const UNITS: u32 = 4;

/// For an increasing `function`, of an interval and of each of its ends alone.
fn assert_includes(function: fn(&Interval) -> Interval, value: &RBig, bits: usize) {
    let whole = Interval::enclose(value, bits);
    let wider = whole.mul(&Interval::enclose(&rational("0.3"), 4));
    for x in [whole.at_lo(), whole.at_hi(), whole, wider] {
        let fine = |bound: &Repr<2>| function(&Interval::enclose(&exact(bound), 2 * bits + 64));
        let (found, lo, hi) = (function(&x), fine(x.lo()), fine(x.hi()));
        assert!(found.lo() <= lo.lo() && hi.hi() <= found.hi(), "{x:?}: {found:?} {lo:?} {hi:?}");
        // Of wide intervals the bounds may be taken from one evaluation, and wide.
        if x.lo() == x.hi() {
            let near = is_near(&found.at_lo(), &lo, bits) && is_near(&found.at_hi(), &hi, bits);
            assert!(near, "{x:?}: {found:?} is wide");
        }
    }
}

/// |bound − value| ≤ [`UNITS`] · 2^(1 − p) |value|.
fn is_near(bound: &Interval, value: &Interval, bits: usize) -> bool {
    let share = RBig::from_parts(UNITS.into(), UBig::ONE << (bits - 1));
    let allowed = value.mul(&Interval::enclose(&share, value.precision()));
    let allowed = if value.sign() == Some(Ordering::Less) { allowed.neg() } else { allowed };
    let distance = value.add(&bound.neg());
    [&distance, &distance.neg()].iter().all(|side| side.hi() <= allowed.hi())
}

/// n · 2^`shift`.
fn scaled(n: u64, shift: i64) -> RBig {
    let power = RBig::from(UBig::ONE << shift.unsigned_abs() as usize);
    if shift < 0 { RBig::from(n) / power } else { RBig::from(n) * power }
}

proptest! {
    #![proptest_config(crate::properties::config(48))]

    #[test]
    fn of_random_arguments(n in 1u64.., small in -400i64..-20, any in -400i64..200, bits in 8usize..300) {
        // Up to 2⁴⁴, where the exponential reduces its argument, and next to 0.
        let (near, positive) = (scaled(n, small), scaled(n, any));
        assert_includes(Interval::exp, &near, bits);
        assert_includes(Interval::exp, &-near.clone(), bits);
        assert_includes(Interval::ln, &positive, bits);
        assert_includes(Interval::ln_1p, &positive, bits);
        // Next to 1, where the logarithm loses digits.
        assert_includes(Interval::ln, &(RBig::ONE + &near), bits);
        assert_includes(Interval::ln, &(RBig::ONE / (RBig::ONE + &near)), bits);
    }

    #[test]
    fn of_the_logistic_function_beside_its_half(
        n in 1u64.., past in 65usize..200, bits in 8usize..200, negative in any::<bool>(),
    ) {
        let size = scaled(n, -((bits / 2 + 1 + past) as i64));
        let x = Interval::enclose(&if negative { -size } else { size }, bits);
        let found = x.logistic_beside_half().unwrap();
        // Beside ½ its own bits are lost, and made up for.
        let fine = 4 * bits + 2 * past;
        let at = |bound: &Repr<2>| {
            let number = |v: RBig| Interval::enclose(&v, fine);
            let above = number(RBig::ONE).add(&number(-exact(bound)).exp()).recip();
            above.add(&number(-rational("0.5")))
        };
        let (lo, hi) = (at(x.lo()), at(x.hi()));
        assert!(found.lo() <= lo.lo() && hi.hi() <= found.hi(), "{x:?}: {found:?} {lo:?} {hi:?}");
        assert!(is_near(&found.at_lo(), &lo, bits) && is_near(&found.at_hi(), &hi, bits));
        let larger = Interval::enclose(&scaled(1, -(bits as i64 / 2 + 2)), bits);
        assert_eq!(larger.logistic_beside_half(), None);
    }
}

#[test]
fn of_extreme_arguments() {
    for bits in [24, 128, 500] {
        for text in ["1e-10000", "1e-200", "3e-39", "1e12", "281474976710655", "281474976710657"] {
            assert_includes(Interval::exp, &rational(text), bits);
            assert_includes(Interval::exp, &-rational(text), bits);
        }
        for text in ["1e-10000", "1e-200", "3e-39", "1", "1e200", "1e10000"] {
            assert_includes(Interval::ln, &rational(text), bits);
            assert_includes(Interval::ln_1p, &rational(text), bits);
        }
    }
}

#[test]
fn what_leaves_the_range_of_exponents_may_be_anything() {
    for text in ["1e30", "-1e30"] {
        let found = Interval::enclose(&rational(text), 64).exp();
        assert!(found.lo().is_infinite() && found.hi().is_infinite(), "{found:?}");
    }
}
