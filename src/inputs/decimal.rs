//! The decimals that users type, kept exactly.

use std::fmt;
use std::str::FromStr;

use dashu_base::{Abs, Signed};
use dashu_int::{IBig, UBig};
use dashu_ratio::RBig;
use serde::{Serialize, Serializer};

use super::limits::{LARGEST_EXPONENT, MAX_SIGNIFICANT_DIGITS, SMALLEST_EXPONENT};

/// A finite decimal number exactly as typed: `0.1` is 1/10 and not the `f64` nearest to it.
///
/// Two decimals are equal when their values are: `1`, `1.0` and `10e-1` are the same. There is one
/// zero; `-0.0` is that zero. Every value obeys the limits of [`super::limits`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal {
    value: RBig,
    /// The digits without trailing zeros, with the sign: value = `significand` · 10^`exponent`.
    significand: IBig,
    exponent: i32,
}

/// Why a text or a pair of parts is no [`Decimal`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// Neither digits nor a point nor an exponent where one is needed.
    #[error("not a decimal number")]
    Malformed,
    /// `nan` or `inf`, with or without a sign.
    #[error("not a finite number")]
    NotFinite,
    /// More than 10^[`LARGEST_EXPONENT`] in absolute value.
    #[error("too large")]
    TooLarge,
    /// Not zero, but less than 10^[`SMALLEST_EXPONENT`] in absolute value.
    #[error("too close to zero")]
    TooSmall,
    /// More than [`MAX_SIGNIFICANT_DIGITS`] digits between the first and last that are not zero.
    #[error("too many significant digits")]
    TooManyDigits,
}

impl Decimal {
    /// `significand` · 10^`exponent`.
    ///
    /// # Errors
    /// Where the result breaks a limit; the check costs no power of ten, so any exponent may be
    /// given.
    pub fn from_parts(significand: impl Into<IBig>, exponent: i64) -> Result<Self, DecimalError> {
        let significand = significand.into();
        let digits = significand.clone().abs().to_string();
        let kept = digits.trim_end_matches('0');
        if kept.is_empty() {
            return Ok(Self::zero());
        }
        let exponent = exponent.saturating_add((digits.len() - kept.len()) as i64);
        // |value| lies in [10^leading, 10^(leading + 1)).
        let leading = exponent.saturating_add(kept.len() as i64 - 1);
        if leading > LARGEST_EXPONENT || (leading == LARGEST_EXPONENT && kept != "1") {
            return Err(DecimalError::TooLarge);
        }
        if leading < SMALLEST_EXPONENT {
            return Err(DecimalError::TooSmall);
        }
        if kept.len() > MAX_SIGNIFICANT_DIGITS {
            return Err(DecimalError::TooManyDigits);
        }
        let magnitude = IBig::from_str(kept).map_err(|_| DecimalError::Malformed)?;
        let significand = if significand.is_negative() { -magnitude } else { magnitude };
        let power = UBig::from(10u8).pow(exponent.unsigned_abs() as usize);
        let value = if exponent >= 0 {
            RBig::from(&significand * IBig::from(power))
        } else {
            RBig::from_parts(significand.clone(), power)
        };
        Ok(Self { value, significand, exponent: exponent as i32 })
    }

    /// Zero.
    pub fn zero() -> Self {
        Self { value: RBig::ZERO, significand: IBig::ZERO, exponent: 0 }
    }

    /// The exact value.
    pub fn value(&self) -> &RBig {
        &self.value
    }

    /// The nearest `f64`, ties to even.
    pub fn to_f64(&self) -> f64 {
        self.value.to_f64().value()
    }

    /// Whether the value is zero.
    pub fn is_zero(&self) -> bool {
        self.significand.is_zero()
    }

    /// Whether the value is less than zero.
    pub fn is_negative(&self) -> bool {
        self.significand.is_negative()
    }
}

impl Default for Decimal {
    fn default() -> Self {
        Self::zero()
    }
}

impl From<i32> for Decimal {
    fn from(integer: i32) -> Self {
        // An i32 has at most ten digits, far inside the limits.
        Self::from_parts(integer, 0).unwrap_or_default()
    }
}

impl FromStr for Decimal {
    type Err = DecimalError;

    /// Reads `[+-]digits[.digits][e[+-]digits]`; a single `_` may stand between two digits.
    fn from_str(text: &str) -> Result<Self, DecimalError> {
        let (negative, unsigned) = split_sign(text);
        if matches!(unsigned, "nan" | "inf") {
            return Err(DecimalError::NotFinite);
        }
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, read_exponent(exponent)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) => (digits(whole)?, digits(fraction)?),
            None => (digits(mantissa)?, String::new()),
        };
        let all = format!("{whole}{fraction}");
        let kept = all.trim_start_matches('0').trim_end_matches('0');
        if kept.is_empty() {
            return Ok(Self::zero());
        }
        let dropped = all.len() - all.trim_end_matches('0').len();
        let exponent =
            exponent.saturating_sub(fraction.len() as i64).saturating_add(dropped as i64);
        if kept.len() > MAX_SIGNIFICANT_DIGITS {
            // Judge the size by the first digits, so that the digits themselves are never read.
            let leading = exponent.saturating_add(kept.len() as i64 - 1);
            Self::from_parts(1, leading)?;
            return Err(match leading == LARGEST_EXPONENT {
                true => DecimalError::TooLarge,
                false => DecimalError::TooManyDigits,
            });
        }
        let magnitude = IBig::from_str(kept).map_err(|_| DecimalError::Malformed)?;
        Self::from_parts(if negative { -magnitude } else { magnitude }, exponent)
    }
}

fn split_sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// The digits of `text` without the separators between them.
fn digits(text: &str) -> Result<String, DecimalError> {
    let good = text
        .split('_')
        .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    if good { Ok(text.replace('_', "")) } else { Err(DecimalError::Malformed) }
}

/// An exponent of any length; one beyond `i64` stays at the end of its range, which every limit
/// excludes.
fn read_exponent(text: &str) -> Result<i64, DecimalError> {
    let (negative, unsigned) = split_sign(text);
    let magnitude = digits(unsigned)?.parse::<i64>().unwrap_or(i64::MAX);
    Ok(if negative { -magnitude } else { magnitude })
}

impl fmt::Display for Decimal {
    /// The same text for equal values, and one that reads back to the same value: plain notation
    /// for 10⁻⁴ ≤ |v| < 10⁷ and wherever it is not longer, otherwise scientific (`1.5e-7`).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.significand.clone().abs().to_string();
        let leading = self.exponent + digits.len() as i32 - 1;
        let plain = plain(&digits, self.exponent);
        let scientific = scientific(&digits, leading);
        let usual = self.is_zero() || (-4..7).contains(&leading);
        let text = if usual || plain.len() <= scientific.len() { plain } else { scientific };
        if self.is_negative() {
            f.write_str("-")?;
        }
        f.write_str(&text)
    }
}

/// `digits` · 10^`exponent` without an exponent.
fn plain(digits: &str, exponent: i32) -> String {
    if exponent >= 0 {
        return format!("{digits}{}", "0".repeat(exponent as usize));
    }
    let places = exponent.unsigned_abs() as usize;
    let padded = format!("{digits:0>width$}", width = places + 1);
    let (whole, fraction) = padded.split_at(padded.len() - places);
    format!("{whole}.{fraction}")
}

/// `digits` with the point after the first, times 10^`leading`.
fn scientific(digits: &str, leading: i32) -> String {
    let (first, rest) = digits.split_at(1);
    let point = if rest.is_empty() { "" } else { "." };
    format!("{first}{point}{rest}e{leading}")
}

impl Serialize for Decimal {
    /// The canonical text as a string, so that no reader rounds it.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn a_tenth_is_a_tenth() {
        assert_eq!(decimal("0.1").value(), &RBig::from_parts(1.into(), 10u8.into()));
        assert_eq!(decimal("-1_2.50e-1").value(), &RBig::from_parts((-5).into(), 4u8.into()));
        assert_eq!(decimal("2.5e3").value(), &RBig::from(2500));
        assert_eq!(decimal("0.1").to_f64(), 0.1);
    }

    #[test]
    fn equal_values_are_equal_and_read_the_same() {
        for (typed, shown) in [
            ("1", "1"),
            ("1.0", "1"),
            ("10e-1", "1"),
            ("+0.50", "0.5"),
            ("-0.0", "0"),
            ("-0", "0"),
            ("0e999999999999999999999", "0"),
            ("0.0001", "0.0001"),
            ("0.00001", "1e-5"),
            ("123.45e-7", "1.2345e-5"),
            ("1000000", "1000000"),
            ("1e7", "1e7"),
            ("12345678.5", "12345678.5"),
            ("-1.5E+19", "-1.5e19"),
            ("100000000000000000000", "1e20"),
        ] {
            assert_eq!(decimal(typed).to_string(), shown, "{typed}");
            assert_eq!(decimal(shown), decimal(typed), "{typed}");
        }
    }

    #[test]
    fn limits_hold_at_their_edges() {
        use DecimalError::*;
        let forty = "1234567890123456789.012345678901234567891";
        assert_eq!(decimal(forty).to_string(), forty);
        assert_eq!(format!("{forty}2").parse::<Decimal>(), Err(TooManyDigits));
        assert_eq!(decimal(&format!("{forty}00000")), decimal(forty));
        for (typed, error) in [
            ("1e20000000000000000000000", TooLarge),
            ("100000000000000000001", TooLarge),
            ("-2e20", TooLarge),
            ("9.9e-101", TooSmall),
            ("1e-99999999999999999999", TooSmall),
            ("nan", NotFinite),
            ("-inf", NotFinite),
            ("", Malformed),
            (".5", Malformed),
            ("5.", Malformed),
            ("1__0", Malformed),
            ("1e", Malformed),
            ("--1", Malformed),
            ("1.5.2", Malformed),
            ("0x1f", Malformed),
        ] {
            assert_eq!(typed.parse::<Decimal>(), Err(error), "{typed}");
        }
        let huge = format!("1{}1", "0".repeat(60));
        assert_eq!(huge.parse::<Decimal>(), Err(TooLarge));
        let just_over = format!("1{}.{}1", "0".repeat(20), "0".repeat(30));
        assert_eq!(just_over.parse::<Decimal>(), Err(TooLarge));
        assert!("1e20".parse::<Decimal>().is_ok());
        assert!("-1e-100".parse::<Decimal>().is_ok());
    }
}
