//! The one place where a value becomes digits.

use std::cmp::Ordering;

use dashu_base::Abs;
use dashu_int::{IBig, UBig};
use dashu_ratio::RBig;
use proptest::prelude::*;

use super::rational;
use crate::numbers::{Certification, Certified, Interval, NumberSystem, Printed};

fn print(value: &RBig, digits: usize) -> String {
    Printed::round(&Certified::Exact(value.clone()), digits).unwrap().to_string()
}

/// n/3 · 10ᵉ plus the given exact number: nothing that ends.
fn endless(text: &str) -> RBig {
    // 10⁻⁶⁰/3 is far below any digit shown.
    rational(text) + rational("1e-60") / RBig::from(3u8)
}

#[test]
fn short_decimals_are_printed_whole() {
    for (value, expected) in [
        ("0", "0"),
        ("3.30", "3.3"),
        ("-0.02", "-0.02"),
        ("0.0001", "0.0001"),
        ("0.00001", "1e-5"),
        ("9999999", "9999999"),
        ("1e7", "1e7"),
        ("-12345678.9", "-1.23456789e7"),
        ("1e-100", "1e-100"),
        ("100", "100"),
    ] {
        let printed = Printed::round(&Certified::Exact(rational(value)), 9).unwrap();
        assert_eq!(printed.to_string(), expected);
        assert!(printed.is_exact());
    }
}

#[test]
fn a_whole_number_whose_every_digit_is_shown_is_exact() {
    // Plain notation reaches to the units, however few digits are asked for.
    for (value, exact) in [("2234400", true), ("-380730", true), ("384524.5", false)] {
        let printed = Printed::round(&Certified::Exact(rational(value)), 2).unwrap();
        assert_eq!(printed.is_exact(), exact, "{value}");
    }
}

// By hand.
#[test]
fn only_the_first_digits_of_a_large_number_are_told() {
    for (value, digits, expected) in [
        ("123456.7", 5, "1.2346e5"),
        ("-1234567.8", 3, "-1.23e6"),
        ("999999.7", 3, "1.00e6"),
        ("123000", 3, "123000"),
        ("12345.6", 5, "12346"),
        ("0.00123456", 3, "0.00123"),
    ] {
        let told = Printed::compact(&Certified::Exact(rational(value)), digits).unwrap();
        assert_eq!(told.to_string(), expected, "{value}");
    }
}

#[test]
fn zero_and_one_are_known() {
    let print = |v: &RBig| Printed::round(&Certified::Exact(v.clone()), 3).unwrap();
    for (value, zero, one) in [
        ("0", true, false),
        ("1", false, true),
        ("-1", false, false),
        ("10", false, false),
        ("0.1", false, false),
        ("2", false, false),
    ] {
        let printed = print(&rational(value));
        assert_eq!((printed.is_zero(), printed.is_one()), (zero, one), "{value}");
    }
    let rounded = print(&endless("1"));
    assert_eq!((rounded.to_string().as_str(), rounded.is_one()), ("1.00", false));
}

#[test]
fn half_a_unit_of_the_last_place_on_both_sides() {
    for (value, lo, hi) in [
        ("1200", "1199.5", "1200.5"),
        ("7", "6.5", "7.5"),
        ("-0.25", "-0.255", "-0.245"),
        ("1.2e9", "1.15e9", "1.25e9"),
    ] {
        let printed = Printed::whole(&rational(value), 9).unwrap();
        assert_eq!(printed.rounding_interval(), (rational(lo), rational(hi)), "{value}");
    }
}

#[test]
fn exact_ties_go_to_the_even_digit() {
    // Each has more digits than it is asked for with.
    for (value, digits, expected) in [
        ("1.005", 3, "1.00"),
        ("1.015", 3, "1.02"),
        ("-1.025", 3, "-1.02"),
        ("1.00500000001", 3, "1.01"),
        ("1234.5", 4, "1234"),
        ("1235.5", 4, "1236"),
        ("1234567.50000001", 2, "1234568"),
        ("1234568.5", 2, "1234568"),
        ("1.0250000000000000000000001", 3, "1.03"),
        ("1024999999999999999999999e-24", 3, "1.02"),
    ] {
        assert_eq!(print(&rational(value), digits), expected, "{value}");
    }
    // A tie of six digits more than wanted: 2⁻ⁿ ends in 5 and is a tie at its last digit but one.
    let power = |n: usize| RBig::from_parts(1.into(), UBig::ONE << n);
    // 2⁻⁴⁰ = 9.094947017729282379150390625e-13, 2⁻⁴⁰ to two digits is no tie.
    assert_eq!(print(&power(40), 2), "9.1e-13");
    // 1 + 2⁻²⁰·10⁶ … exact ties at two digits, made long by a factor of ten digits of zeros.
    for (twice, expected) in [(2_000_001u64, "1000000"), (2_000_003, "1000002")] {
        let tie = Certified::Exact(RBig::from_parts(twice.into(), 2u8.into()));
        let shown = Printed::round(&tie, 2).unwrap();
        assert_eq!(shown.to_string(), expected);
        let units = Printed::round(&Certified::Exact(endless(expected)), 2).unwrap();
        assert_eq!(units.to_string(), expected);
        assert_eq!(units.rounds_from(&tie), Some(true), "{expected}");
    }
}

#[test]
fn carries_move_the_power_of_ten() {
    for (value, expected) in [
        ("9.99996", "10.000"),
        ("-0.99999996", "-1.0000"),
        ("9999999.6", "1.0000e7"),
        ("-9999999.4", "-9999999"),
        ("99999.7", "100000"),
        ("0.0000999996", "0.00010000"),
        ("0.0000999994", "9.9999e-5"),
        ("9.99996e-10", "1.0000e-9"),
        ("1234567.4", "1234567"),
    ] {
        assert_eq!(print(&endless(value), 5), expected, "{value}");
    }
}

/// An enclosure of `value` with a width of about 2⁻ᵇⁱᵗˢ, relatively.
fn enclosed(value: &RBig, bits: usize) -> Certified {
    Certified::Between(Interval::enclose(value, bits))
}

#[test]
fn an_enclosure_prints_what_all_of_it_rounds_to() {
    let third = RBig::from_parts(1.into(), 3u8.into());
    assert_eq!(Printed::round(&enclosed(&third, 10), 10), None);
    assert_eq!(Printed::round(&enclosed(&third, 64), 10).unwrap().to_string(), "0.3333333333");
    // Two sides of a power of ten at which the notation or the number of digits changes.
    for (value, expected) in [
        ("0.1", "0.10000"),
        ("10", "10.000"),
        ("100000", "100000"),
        ("1e7", "1.0000e7"),
        ("0.0001", "0.00010000"),
        ("1e40", "1.0000e40"),
    ] {
        let above = rational(value) * (RBig::ONE + rational("1e-100"));
        let below = rational(value) * (RBig::ONE - rational("1e-100"));
        for v in [above, below] {
            let printed = Printed::round(&enclosed(&v, 128), 5).unwrap();
            assert_eq!(printed.to_string(), expected);
            assert!(!printed.is_exact());
        }
    }
}

// By hand: 0.12345675 σ(10⁶) lies below the tie by about 10⁻⁴³⁴²⁹⁶, and half-even would round up.
#[test]
fn a_saturated_sigmoid_keeps_its_distance_from_one() {
    let system = Certification { precision: 128 };
    let near_one = system.sigmoid(&Certified::Exact(rational("1e6")));
    let times = |text: &str| Certified::Exact(rational(text)) * near_one.clone();
    let print = |v: &Certified, digits| Printed::round(v, digits).unwrap().to_string();
    assert_eq!(print(&times("0.12345675"), 7), "0.1234567");
    assert_eq!(print(&times("-0.12345675"), 7), "-0.1234567");
    assert_eq!(print(&times("0.12345675"), 8), "0.12345675");
    assert_eq!(print(&times("1e7"), 5), "1.0000e7");
    // e^(−10⁶) = 3.29683147808855857…e−434295 by mpmath 1.3.0; half of it, from below.
    let distance = times("0.5") - Certified::Exact(rational("0.5"));
    assert_eq!(print(&distance, 6), "-1.64842e-434295");
    assert_eq!(times("0.5").sign(), Some(Ordering::Greater));
}

#[test]
fn far_away_powers_of_ten() {
    // e^(−5·10⁸) and e^(−1128.3), by mpmath 1.3.0.
    let exp = |text: &str| Certified::Exact(rational(text)).exp(128);
    let tiny = Printed::round(&exp("-5e8"), 6).unwrap();
    assert_eq!(tiny.to_string(), "1.11783e-217147241");
    assert_eq!(tiny.latex(), "1.11783\\times 10^{-217147241}");
    assert_eq!(tiny.rounds_from(&exp("-5e8")), Some(true));
    assert_eq!(tiny.rounds_from(&exp("-500000000.001")), Some(false));
    assert_eq!(Printed::round(&exp("-1128.3"), 4).unwrap().to_string(), "9.672e-491");
    // Its own value would be an enormous fraction.
    assert!(matches!(tiny.value(64), Certified::Between(_)));
    // A value that is not zero is not printed as zero, and zero is not rounded to.
    assert!(!tiny.is_zero());
    assert_eq!(tiny.rounds_from(&Certified::Exact(RBig::ZERO)), Some(false));
}

#[test]
fn closure_sees_the_last_digit() {
    let shown = Printed::round(&Certified::Exact(endless("0.12345")), 5).unwrap();
    assert_eq!(shown.to_string(), "0.12345");
    let from = |text: &str| shown.rounds_from(&Certified::Exact(rational(text)));
    assert_eq!(from("0.1234549"), Some(true));
    assert_eq!(from("0.1234551"), Some(false));
    assert_eq!(from("0.1234451"), Some(true));
    assert_eq!(from("0.123445"), Some(false), "a tie goes to 0.12344");
    let system = Certification { precision: 64 };
    let half = system.sigmoid(&Certified::Exact(rational("1e-30")));
    let shown = Printed::round(&half, 5).unwrap();
    assert_eq!((shown.to_string().as_str(), shown.rounds_from(&half)), ("0.50000", Some(true)));
}

fn number() -> impl Strategy<Value = RBig> {
    (any::<i64>(), 1u64..2000, -30i64..30).prop_map(|(n, d, e)| {
        let fraction = RBig::from_parts(IBig::from(n), UBig::from(d));
        fraction * rational(&format!("1e{e}"))
    })
}

/// Digits in the text, leading zeros not counted.
fn significant(text: &str) -> usize {
    let mantissa = text.split('e').next().unwrap().trim_start_matches('-').replace('.', "");
    mantissa.trim_start_matches('0').len()
}

/// The unit of the last printed digit.
fn unit(text: &str) -> RBig {
    let (mantissa, power) = text.split_once('e').unwrap_or((text, "0"));
    let places = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len() as i64);
    rational(&format!("1e{}", power.parse::<i64>().unwrap() - places))
}

proptest! {
    #![proptest_config(crate::properties::config(256))]

    #[test]
    fn a_dyadic_bound_is_rounded_as_the_fraction_it_is(
        significand in 1u128.., shift in -200i64..200, digits in 1usize..40, negative in any::<bool>(),
    ) {
        let power = RBig::from(UBig::ONE << shift.unsigned_abs() as usize);
        let size = RBig::from(significand);
        let value = if shift < 0 { size / power } else { size * power };
        let value = if negative { -value } else { value };
        // 128 bits hold it: both bounds are the number itself.
        let enclosed = Certified::Between(Interval::enclose(&value, 128));
        let expected = Printed::round_only(&value, digits).unwrap();
        assert_eq!(Printed::round(&enclosed, digits), Some(expected));
    }

    #[test]
    fn every_text_is_the_value_rounded(value in number(), digits in 2usize..=15) {
        let printed = Printed::round(&Certified::Exact(value.clone()), digits).unwrap();
        let text = printed.to_string();
        let shown = rational(&text);
        assert_eq!(printed.is_exact(), shown == value, "{text}");
        assert_eq!(printed.is_zero(), value.is_zero());
        let twice = (&shown - &value).abs() * RBig::from(2u8);
        let even = text.split('e').next().unwrap().ends_with(['0', '2', '4', '6', '8']);
        match twice.cmp(&unit(&text)) {
            Ordering::Less => {}
            Ordering::Equal => assert!(even, "{text} is a tie"),
            Ordering::Greater => panic!("{text} is not {value}"),
        }
        let size = shown.clone().abs();
        let plain = value.is_zero() || (size >= rational("0.0001") && size < rational("1e7"));
        assert_eq!(plain, !text.contains('e'), "{text}");
        if !printed.is_exact() {
            assert!(significant(&text) == digits || (plain && !text.contains('.')), "{text}");
        }
        // The same from an enclosure, as soon as it decides.
        let bits = Certified::Between(Interval::enclose(&value, 300));
        if let (false, Some(other)) = (printed.is_exact(), Printed::round(&bits, digits)) {
            assert_eq!(other.to_string(), text);
        }
        assert_eq!(printed.rounds_from(&Certified::Exact(value)), Some(true));
        assert_eq!(printed.value(64), Certified::Exact(shown));
    }
}

#[test]
fn a_number_far_above_the_last_place_does_not_round_to_it() {
    let tiny = Interval::enclose(&RBig::from(3u8), 128).scale_decimal(-200_000_000);
    let printed = Printed::round(&Certified::Between(tiny), 5).unwrap();
    assert_eq!(printed.rounds_from(&Certified::Exact(RBig::ONE)), Some(false));
}

#[test]
fn an_enclosure_that_holds_small_numbers_and_enormous_ones_is_undecided() {
    let far = Interval::enclose(&RBig::ONE, 64).scale_decimal(20_000);
    let one = Interval::enclose(&RBig::ONE, 64);
    let shown = Printed::round(&Certified::Exact(RBig::ONE), 5).unwrap();
    let rounds = |v: &Interval| shown.rounds_from(&Certified::Between(v.clone()));
    // 1/3 − 1/3 at three bits holds zero and a little on both sides.
    let third = Interval::enclose(&RBig::from_parts(1.into(), 3u8.into()), 3);
    let around_zero = third.add(&third.neg()).mul(&far);
    assert_eq!((rounds(&one), rounds(&far)), (Some(true), Some(false)));
    assert_eq!(rounds(&around_zero), None);
    let from_one_up = around_zero.exp();
    assert_eq!(rounds(&from_one_up), None);
}
