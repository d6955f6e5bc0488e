//! The inclusion property, against exact rational arithmetic.

use dashu::base::Abs;
use dashu::float::Repr;
use dashu::integer::{IBig, UBig};
use dashu::rational::RBig;
use proptest::prelude::*;

use super::rational;
use crate::numbers::{Certified, Interval};

fn exact(bound: &Repr<2>) -> RBig {
    let power = RBig::from(UBig::ONE << bound.exponent().unsigned_abs());
    let significand = RBig::from(bound.significand().clone());
    if bound.exponent() < 0 { significand / power } else { significand * power }
}

fn assert_holds(interval: &Interval, value: &RBig) {
    if interval.lo().is_infinite() && interval.hi().is_infinite() {
        return;
    }
    let (lo, hi) = (exact(interval.lo()), exact(interval.hi()));
    assert!(lo <= *value && *value <= hi, "{value} is not in {interval:?}");
}

fn assert_tight(interval: &Interval, value: &RBig, bits: usize) {
    let width = exact(interval.hi()) - exact(interval.lo());
    assert!(width * RBig::from(UBig::ONE << bits) <= value.clone().abs(), "{interval:?} is wide");
}

fn fraction() -> impl Strategy<Value = RBig> {
    (any::<i64>(), 1..=u64::MAX, -80i64..80).prop_map(|(n, d, shift)| {
        let power = RBig::from(UBig::ONE << shift.unsigned_abs() as usize);
        let fraction = RBig::from_parts(IBig::from(n), UBig::from(d));
        if shift < 0 { fraction / power } else { fraction * power }
    })
}

/// A number inside an interval of some width, of one sign or around zero.
fn wide() -> impl Strategy<Value = (Interval, RBig)> {
    (fraction(), fraction(), -8i32..=8).prop_map(|(a, width, share)| {
        let inside = &a + &width * RBig::from(share) / RBig::from(8u8);
        // 3-bit bounds of 1/3 are 0.3125 and 0.375: their difference is ±1/16.
        let third = Interval::enclose(&RBig::from_parts(1.into(), 3u8.into()), 3);
        let around_zero = third.add(&third.neg());
        let span = around_zero.mul(&Interval::enclose(&(width * RBig::from(16u8)), 64));
        (Interval::enclose(&a, 64).add(&span), inside)
    })
}

proptest! {
    #![proptest_config(crate::properties::config(256))]

    #[test]
    fn operations_hold_their_results(a in fraction(), b in fraction(), bits in 6usize..100) {
        let (x, y) = (Interval::enclose(&a, bits), Interval::enclose(&b, bits));
        assert_holds(&x, &a);
        assert_holds(&x.add(&y), &(&a + &b));
        assert_holds(&x.neg(), &-a.clone());
        assert_holds(&x.mul(&y), &(&a * &b));
        assert_tight(&x.mul(&y), &(&a * &b), bits.saturating_sub(6));
        assert_holds(&x.scale_decimal(7), &(&a * rational("1e7")));
        assert_holds(&x.scale_decimal(-40), &(&a * rational("1e-40")));
        if b != RBig::ZERO {
            assert_holds(&y.recip(), &(RBig::ONE / &b));
        }
    }

    #[test]
    fn wide_operands_too((x, a) in wide(), (y, b) in wide()) {
        assert_holds(&x, &a);
        assert_holds(&x.add(&y), &(&a + &b));
        assert_holds(&x.mul(&y), &(&a * &b));
        if b != RBig::ZERO {
            assert_holds(&y.recip(), &(RBig::ONE / &b));
        }
        if let Some(sign) = x.sign() {
            assert_eq!(sign, a.cmp(&RBig::ZERO));
        }
    }

    #[test]
    fn the_nearest_f64_is_what_the_standard_library_reads(
        digits in any::<i64>(), exponent in -345i32..300,
    ) {
        let text = format!("{digits}e{exponent}");
        let nearest = Certified::Exact(rational(&text)).nearest_f64();
        let read: f64 = text.parse().unwrap();
        assert_eq!(nearest, Some(read.clamp(f64::MIN, f64::MAX)), "{text}");
    }
}

#[test]
fn the_nearest_f64_of_ties_and_ends() {
    for text in [
        "9007199254740993",
        "9007199254740995",
        "0",
        "-0.1",
        "1e400",
        "-1e400",
        "1e-400",
        // Half of the smallest subnormal, and a little more (2⁻¹⁰⁷⁵ = 2.4703282292062327…e-324).
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "2.2250738585072011e-308",
    ] {
        let read: f64 = text.parse().unwrap();
        let expected = read.clamp(f64::MIN, f64::MAX);
        assert_eq!(Certified::Exact(rational(text)).nearest_f64(), Some(expected), "{text}");
    }
}
