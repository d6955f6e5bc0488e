//! The functions of the certified numbers, against mpmath 1.3.0 (Python) at 420 digits.

use super::rational;
use crate::numbers::{
    Certification, Certified, Class, Float64, Forward, Interval, NumberSystem, Printed,
};

const SIGMOID: &[(&str, &str)] = &[
    ("0.1575", "0.53929380589835956909"),
    ("-0.05932231865", "0.48517376804489581007"),
    ("3", "0.95257412682243321912"),
    ("-3", "0.047425873177566780879"),
    ("40", "0.99999999999999999575"),
    ("-40", "4.2483542552915889773e-18"),
    ("700", "1.0000000000000000000"),
    ("-700.25", "7.6787238131108722116e-305"),
    ("1e-30", "0.50000000000000000000"),
    ("-1e-30", "0.50000000000000000000"),
    ("-5e8", "1.1178256894171887303e-217147241"),
    ("-1e12", "5.5997978423038070054e-434294481904"),
    ("1e-200", "0.50000000000000000000"),
];
const SOFTPLUS: &[(&str, &str)] = &[
    ("0.1575", "0.77499476215204994904"),
    ("-0.05932231865", "0.66392584893461363730"),
    ("3", "3.0485873515737420588"),
    ("-3", "0.048587351573742058759"),
    ("40", "40.000000000000000004"),
    ("-40", "4.2483542552915889863e-18"),
    ("700", "700.00000000000000000"),
    ("1e6", "1000000.0000000000000"),
    ("1e12", "1.0000000000000000000e12"),
    ("-700.25", "7.6787238131108722116e-305"),
    ("1e-30", "0.69314718055994530942"),
    ("-5e8", "1.1178256894171887303e-217147241"),
    ("-1e12", "5.5997978423038070054e-434294481904"),
    ("1e-200", "0.69314718055994530942"),
];
const EXP: &[(&str, &str)] = &[
    ("1", "2.7182818284590452354"),
    ("-0.5", "0.60653065971263342360"),
    ("123.456", "4.1329443527780934496e53"),
    ("-1e6", "3.2968314780885585790e-434295"),
    ("5e8", "8.9459386151822954106e217147240"),
    ("-5e8", "1.1178256894171887303e-217147241"),
    ("1e-40", "1.0000000000000000000"),
];
const LN_1P: &[(&str, &str)] = &[
    ("1", "0.69314718055994530942"),
    ("0.5", "0.40546510810816438198"),
    ("1e-40", "1.0000000000000000000e-40"),
    ("123456.789", "11.723654587153149868"),
    ("1e-100", "1.0000000000000000000e-100"),
];
const LN: &[(&str, &str)] = &[
    ("2", "0.69314718055994530942"),
    ("0.5", "-0.69314718055994530942"),
    ("1e-100", "-230.25850929940456840"),
    ("0.99999", "-1.0000050000333335833e-5"),
];

/// The precision is raised until twenty digits are decided, as for any printed number.
fn twenty_digits(at: &str, function: impl Fn(&Certification, &Certified) -> Certified) -> String {
    let at = Certified::Exact(rational(at));
    let tries = (7..13).map(|k| function(&Certification { precision: 1 << k }, &at));
    tries.into_iter().find_map(|v| Printed::round(&v, 20)).unwrap().to_string()
}

fn assert_table(
    table: &[(&str, &str)],
    function: impl Fn(&Certification, &Certified) -> Certified,
) {
    for (at, expected) in table {
        assert_eq!(twenty_digits(at, &function), *expected, "at {at}");
    }
}

#[test]
fn functions_agree_with_mpmath() {
    assert_table(SIGMOID, |system, z| system.sigmoid(z));
    assert_table(SOFTPLUS, |system, t| system.softplus(t));
    assert_table(EXP, |system, v| v.exp(system.precision));
    assert_table(LN_1P, |system, v| v.ln_1p(system.precision));
    assert_table(LN, |system, v| v.ln(system.precision));
}

// The same arguments as enclosures: what is known of 1/3 is two bounds.
#[test]
fn functions_of_enclosures_agree_with_mpmath() {
    let enclosed = |system: &Certification, v: &Certified| match v {
        Certified::Exact(v) => Certified::Between(Interval::enclose(v, system.precision)),
        other => other.clone(),
    };
    assert_table(SIGMOID, |system, z| system.sigmoid(&enclosed(system, z)));
    assert_table(SOFTPLUS, |system, t| system.softplus(&enclosed(system, t)));
}

#[test]
fn plain_floats_agree_with_mpmath() {
    let near = |found: f64, expected: f64| {
        assert!((found - expected).abs() <= 4.0 * f64::EPSILON * expected, "{found} {expected}");
    };
    for (at, expected) in SIGMOID {
        near(Float64.sigmoid(&at.parse().unwrap()), expected.parse().unwrap());
        near(Forward.sigmoid(&at.parse::<f64>().unwrap().into()).re, expected.parse().unwrap());
    }
    for (at, expected) in SOFTPLUS {
        near(Float64.softplus(&at.parse().unwrap()), expected.parse().unwrap());
        near(Forward.softplus(&at.parse::<f64>().unwrap().into()).re, expected.parse().unwrap());
    }
}

#[test]
fn what_is_known_exactly_stays_exact() {
    let system = Certification { precision: 128 };
    let zero = Certified::Exact(rational("0"));
    let enclosed = system.sigmoid(&Certified::Exact(rational("0.3")));
    assert!((zero.clone() * enclosed.clone()).is_zero());
    assert!((enclosed.clone() * zero.clone()).is_zero());
    assert_eq!(zero.clone() + enclosed.clone(), enclosed);
    assert_eq!(system.sigmoid(&zero), Certified::Exact(rational("0.5")));
    assert_eq!(system.sigmoid_slope(&zero), Certified::Exact(rational("0.25")));
    assert_eq!(system.sigmoid_error(&zero, Class::One), Certified::Exact(rational("-0.5")));
    assert_eq!(zero.exp(128), Certified::Exact(rational("1")));
    assert!(Certified::Exact(rational("1")).ln(128).is_zero());
    assert_eq!(zero.divide(&enclosed), Some(zero.clone()));
    assert_eq!(enclosed.divide(&zero), None);
    // σ(100) is 1 to forty digits.
    let three = Certified::Exact(rational("3"));
    let quotient = three.divide(&system.sigmoid(&Certified::Exact(rational("100")))).unwrap();
    assert_eq!(Printed::round(&quotient, 10).unwrap().to_string(), "3.000000000");
}

#[test]
fn the_losses_follow_from_the_class() {
    let system = Certification { precision: 128 };
    let z = Certified::Exact(rational("40"));
    let digits = |v: &Certified| Printed::round(v, 10).unwrap().to_string();
    // e⁻⁴⁰ = 4.248354255e-18 (mpmath); σ(40) and log(1 + e⁴⁰) differ from 1 and 40 by it.
    assert_eq!(digits(&system.cross_entropy(&z, Class::One)), "4.248354255e-18");
    assert_eq!(digits(&system.cross_entropy(&z, Class::Zero)), "40.00000000");
    assert_eq!(digits(&system.sigmoid_error(&z, Class::One)), "-4.248354255e-18");
    assert_eq!(digits(&system.sigmoid_error(&z, Class::Zero)), "1.000000000");
    assert_eq!(digits(&system.sigmoid_slope(&z)), "4.248354255e-18");
    assert_eq!(Float64.cross_entropy(&-3.0, Class::One), Float64.softplus(&3.0));
}
