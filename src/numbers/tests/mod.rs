//! Digits, enclosures and functions, each against something that is not this code.

mod exponential;
mod functions;
mod inclusion;
mod interval;
mod printed;

use dashu_float::Repr;
use dashu_int::UBig;
use dashu_ratio::RBig;

/// Reads `-?digits[.digits][e-?digits]` as an exact number.
fn rational(text: &str) -> RBig {
    let (mantissa, power) = text.split_once('e').unwrap_or((text, "0"));
    let places = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len() as i64);
    let digits: dashu_int::IBig = mantissa.replace('.', "").parse().unwrap();
    let exponent = power.parse::<i64>().unwrap() - places;
    let ten = RBig::from(UBig::from(10u8).pow(exponent.unsigned_abs() as usize));
    if exponent < 0 { RBig::from(digits) / ten } else { RBig::from(digits) * ten }
}

/// A finite bound as a fraction.
fn exact(bound: &Repr<2>) -> RBig {
    assert!(bound.is_finite(), "an infinite bound");
    let power = RBig::from(UBig::ONE << bound.exponent().unsigned_abs());
    let significand = RBig::from(bound.significand().clone());
    if bound.exponent() < 0 { significand / power } else { significand * power }
}
