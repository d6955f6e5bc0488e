//! eˣ against the library's correctly rounded one, which shares nothing with it.

use dashu_float::Context;
use dashu_float::round::mode::{Down, Up};
use dashu_ratio::RBig;
use proptest::prelude::*;

use super::rational;
use crate::numbers::Interval;

/// The enclosure holds the true value, and is no wider than three units of the last place.
fn assert_exp(x: &Interval) {
    let (precision, fine) = (x.precision(), x.precision() + 40);
    let found = x.exp();
    let below = Context::<Down>::new(fine).exp(x.lo(), None).unwrap().value();
    let above = Context::<Up>::new(fine).exp(x.hi(), None).unwrap().value();
    assert!(found.lo() <= below.repr() && above.repr() <= found.hi(), "{x:?} {found:?}");
    let wide = Interval::enclose(&RBig::ONE, precision).add(&spread(precision));
    let bound = found.at_lo().mul(&wide.at_hi());
    // Both bounds of x may be a unit apart already, which eˣ multiplies by |x|.
    if x.lo() == x.hi() {
        assert!(found.hi() <= bound.hi(), "{x:?} {found:?} is wide");
    }
}

/// 3 · 2^(1 − p): three units of the last place of 1.
fn spread(precision: usize) -> Interval {
    let units = RBig::from_parts(3.into(), dashu_int::UBig::ONE << (precision - 1));
    Interval::enclose(&units, precision)
}

proptest! {
    #![proptest_config(crate::properties::config(256))]

    #[test]
    fn encloses_the_true_value_closely(
        digits in -9_999_999i64..10_000_000, exponent in -40i32..5, bits in 16usize..600,
    ) {
        let x = Interval::enclose(&rational(&format!("{digits}e{exponent}")), bits);
        assert_exp(&x);
        assert_exp(&x.at_lo());
        assert_exp(&x.at_hi());
        // Wide ones, far too wide to go from one bound to the other by the series.
        assert_exp(&x.add(&Interval::enclose(&rational("1e-9"), 8)));
        assert_exp(&x.mul(&Interval::enclose(&rational("0.3"), 4)));
    }
}

#[test]
fn known_values_and_far_ends() {
    let e = Interval::enclose(&RBig::ONE, 64).exp().scale_decimal(15);
    let digits = rational("2718281828459045.2353602874");
    assert!(e.add(&Interval::enclose(&-digits, 64)).sign().is_none());
    for text in ["1e12", "-1e12", "281474976710655", "281474976710657", "1e-300", "-1e-300"] {
        assert_exp(&Interval::enclose(&rational(text), 128).at_lo());
    }
}
