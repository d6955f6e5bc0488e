//! The inclusion property, against exact rational arithmetic.

use std::cmp::Ordering;

use dashu_base::Abs;
use dashu_int::{IBig, UBig};
use dashu_ratio::RBig;
use proptest::prelude::*;

use super::{exact, rational};
use crate::numbers::{Certified, Interval};

/// The bounds lie outside `lo` and `hi`, by no more than so many units of their last place.
fn assert_bounds(found: &Interval, lo: &RBig, hi: &RBig, units: u32) {
    let unit = RBig::from_parts(units.into(), UBig::ONE << (found.precision() - 1));
    let (below, above) = (lo - exact(found.lo()), exact(found.hi()) - hi);
    assert!(below >= RBig::ZERO && above >= RBig::ZERO, "{lo} to {hi} is not in {found:?}");
    let is_near = below <= lo.clone().abs() * &unit && above <= hi.clone().abs() * &unit;
    assert!(is_near, "{found:?} is wide for {lo} to {hi}");
}

/// The least and the greatest of some numbers.
fn ends(numbers: impl IntoIterator<Item = RBig>) -> (RBig, RBig) {
    let mut numbers: Vec<RBig> = numbers.into_iter().collect();
    numbers.sort();
    (numbers[0].clone(), numbers[numbers.len() - 1].clone())
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
    fn an_exact_number_is_enclosed_tightly(a in fraction(), bits in 6usize..100) {
        let x = Interval::enclose(&a, bits);
        assert_bounds(&x, &a, &a, 1);
        // The power of ten, its inverse, and the product each add one more.
        for (n, power) in [(0, "1"), (7, "1e7"), (-40, "1e-40"), (3000, "1e3000"), (-3000, "1e-3000")] {
            let scaled = &a * rational(power);
            assert_bounds(&x.scale_decimal(n), &scaled, &scaled, 5);
        }
    }

    #[test]
    fn operations_hold_the_results_of_all_operands((x, a) in wide(), (y, b) in wide()) {
        let bounds = |v: &Interval| (exact(v.lo()), exact(v.hi()));
        let ((x_lo, x_hi), (y_lo, y_hi)) = (bounds(&x), bounds(&y));
        assert!(x_lo <= a && a <= x_hi && y_lo <= b && b <= y_hi);
        assert_bounds(&x.add(&y), &(&x_lo + &y_lo), &(&x_hi + &y_hi), 1);
        assert_bounds(&x.neg(), &-&x_hi, &-&x_lo, 0);
        let corners = [&x_lo * &y_lo, &x_lo * &y_hi, &x_hi * &y_lo, &x_hi * &y_hi];
        let (lo, hi) = ends(corners);
        assert_bounds(&x.mul(&y), &lo, &hi, 1);
        let sign = match (x_lo.cmp(&RBig::ZERO), x_hi.cmp(&RBig::ZERO)) {
            (Ordering::Greater, _) => Some(Ordering::Greater),
            (_, Ordering::Less) => Some(Ordering::Less),
            _ => None,
        };
        assert_eq!(x.sign(), sign);
        match sign {
            Some(_) => assert_bounds(&x.recip(), &(RBig::ONE / x_hi), &(RBig::ONE / x_lo), 1),
            None => assert!(x.recip().lo().is_infinite() && x.recip().hi().is_infinite()),
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
        // Above 2¹⁰²³.
        "1e308",
        "-1.7976931348623157e308",
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

// By hand: 2⁵³ + 1 and 2⁵³ + 3 lie half-way between two f64, and half-even takes 2⁵³ and 2⁵³ + 4.
#[test]
fn the_nearest_f64_of_a_number_beside_a_tie() {
    let power = |n: usize| RBig::from(UBig::ONE << n);
    let tie = |more: u32| power(53) + RBig::from(more);
    let near = |centre: RBig, rest: RBig, bits: usize| {
        Certified::Near { centre, rest: Interval::enclose(&rest, bits) }.nearest_f64()
    };
    let f64 = |more: u32| Some((1u64 << 53) as f64 + f64::from(more));
    let (tiny, little) = (rational("1e-1000"), RBig::ONE / power(150));
    assert_eq!(near(tie(1), tiny.clone(), 128), f64(2));
    assert_eq!(near(tie(1), -tiny.clone(), 128), f64(0));
    assert_eq!(near(tie(3), -tiny.clone(), 128), f64(2));
    // A rest that 128 bits beside 2⁵³ still miss.
    assert_eq!(near(tie(1), RBig::ONE / power(91), 128), f64(2));
    // Beyond the tie already.
    assert_eq!(near(tie(1) + &little, tiny.clone(), 128), f64(2));
    // Before it: whether the rest reaches it is more than 128 bits tell.
    assert_eq!(near(tie(3) - &little, tiny.clone(), 128), None);
    assert_eq!(near(tie(3) - &little, tiny, 512), f64(2));
}
