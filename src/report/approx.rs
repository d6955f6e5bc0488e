//! Numbers of the study for LaTeX: computed in `f64`, so rounded and never called exact.

use dashu_ratio::RBig;

use crate::numbers::Printed;
use crate::templates::Latex;

/// log₁₀ of a printed number's magnitude, −∞ for zero; its exponent may be outside `f64`.
pub fn log10(printed: &Printed) -> f64 {
    let text = printed.to_string();
    let (mantissa, power) = text.split_once('e').unwrap_or((&text, "0"));
    let mantissa: f64 = mantissa.parse().unwrap_or(f64::NAN);
    mantissa.abs().log10() + power.parse().unwrap_or(0.0)
}

/// A number rounded to `digits` significant digits, in the notation of all printed numbers.
pub fn significant(value: f64, digits: usize) -> Latex {
    let exact = RBig::try_from(value).unwrap_or(RBig::ZERO);
    let printed = Printed::round_only(&exact, digits);
    Latex(printed.map_or_else(|| "0".to_owned(), |printed| printed.latex()))
}

/// A magnitude given by its logarithm, rounded to `digits` significant digits, or to fewer where the
/// logarithm is so large that its last bits do not tell more.
pub fn magnitude(log10: f64, digits: usize) -> Latex {
    if log10 == f64::NEG_INFINITY {
        return Latex("0".to_owned());
    }
    // A sum of a few terms errs by a few ε of itself, the number by ln 10 times that.
    let error = 16.0 * f64::EPSILON * log10.abs() * std::f64::consts::LN_10;
    let known = -error.max(f64::MIN_POSITIVE).log10().ceil();
    if known < 1.0 {
        return Latex(format!("10^{{{}}}", significant(log10, digits).0));
    }
    let digits = digits.min(known as usize);
    if log10.abs() < 300.0 {
        return significant(10f64.powf(log10), digits);
    }
    let (mantissa, exponent) = scientific(log10, digits.saturating_sub(1));
    Latex(format!("{mantissa} \\times 10^{{{exponent:.0}}}"))
}

/// A simulated magnitude with its standard error (relative to it), as many digits as the error
/// supports: the error gets one digit, or two where the first is a 1.
pub fn with_error(log10: f64, relative: f64) -> Latex {
    if log10 == f64::NEG_INFINITY {
        return Latex("0".to_owned());
    }
    if !relative.is_finite() || relative > 0.5 {
        // Only the order of magnitude is known.
        return Latex(format!("10^{{{:.0}}}", log10.round()));
    }
    let exponent = log10.floor();
    let plain = (-2.0..=3.0).contains(&exponent);
    let value = 10f64.powf(if plain { log10 } else { log10 - exponent });
    match (error(value * relative), plain) {
        (None, _) => magnitude(log10, 4),
        // An error above the units would leave digits that are not known.
        (Some((_, places)), true) if places < 0 => {
            let value = 10f64.powf(log10 - exponent);
            powered(value, value * relative, exponent)
        }
        (Some((text, places)), true) => {
            Latex(format!("{value:.*} \\pm {text}", places.max(0) as usize))
        }
        (Some(_), false) => powered(value, value * relative, exponent),
    }
}

fn powered(value: f64, deviation: f64, exponent: f64) -> Latex {
    let Some((text, places)) = error(deviation) else {
        return Latex(format!("{value:.3} \\times 10^{{{exponent:.0}}}"));
    };
    let places = places.max(0) as usize;
    Latex(format!("({value:.places$} \\pm {text}) \\times 10^{{{exponent:.0}}}"))
}

/// A share of `draws` draws in percent with its standard error; none and all as they are.
pub fn percent(share: f64, draws: u64) -> Latex {
    let deviation = (share * (1.0 - share) / draws as f64).sqrt();
    match error(100.0 * deviation) {
        Some((text, places)) => {
            let places = places.max(0) as usize;
            Latex(format!("{:.places$} \\pm {text}", 100.0 * share))
        }
        None => Latex(format!("{:.0}", 100.0 * share)),
    }
}

/// The same of a rank: where no draw is on one side, it is within one draw of that end.
pub fn share_below(share: f64, draws: u64) -> Latex {
    let one = 100.0 / draws as f64;
    // Rounded up in its first digit.
    let places = -one.log10().floor();
    let unit = 10f64.powf(-places);
    let one = (one / unit - 1e-9).ceil() * unit;
    let places = places.max(0.0) as usize;
    if share <= 0.0 {
        Latex(format!("{{}}< {one:.places$}"))
    } else if share >= 1.0 {
        Latex(format!("{{}}> {:.places$}", 100.0 - one))
    } else {
        percent(share, draws)
    }
}

/// An error to one digit (two behind a leading 1): its text, its decimal places (negative: above
/// the units). `None` for zero.
fn error(deviation: f64) -> Option<(String, i32)> {
    if !(deviation > 0.0 && deviation.is_finite()) {
        return None;
    }
    let first = deviation.log10().floor() as i32;
    let leading = deviation / 10f64.powi(first);
    let places = if leading < 1.95 { 1 - first } else { -first };
    let unit = 10f64.powi(-places);
    let rounded = (deviation / unit).round() * unit;
    Some((format!("{rounded:.*}", places.max(0) as usize), places))
}

/// Mantissa and exponent.
fn scientific(log10: f64, places: usize) -> (String, f64) {
    let exponent = log10.floor();
    let mantissa = format!("{:.places$}", 10f64.powf(log10 - exponent));
    match mantissa.strip_prefix("10") {
        Some(rest) => (format!("1{rest}"), exponent + 1.0),
        None => (mantissa, exponent),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_decides_how_many_digits_are_shown() {
        // Worked by hand: 2 % of 5.93e-3 is 1.2e-4, of 128 it is 2.6.
        assert_eq!(with_error(5.93e-3f64.log10(), 0.02).0, "(5.93 \\pm 0.12) \\times 10^{-3}");
        assert_eq!(with_error(128f64.log10(), 0.02).0, "128 \\pm 3");
        assert_eq!(with_error(0.23661f64.log10(), 0.001).0, "0.2366 \\pm 0.0002");
        assert_eq!(with_error(54_321f64.log10(), 0.01).0, "(5.43 \\pm 0.05) \\times 10^{4}");
        assert_eq!(with_error(5_432f64.log10(), 0.01).0, "(5.43 \\pm 0.05) \\times 10^{3}");
        assert_eq!(with_error(-1000.3, 3.0).0, "10^{-1000}");
        assert_eq!(with_error(f64::NEG_INFINITY, 0.1).0, "0");
        // √(0.989 · 0.011 / 10⁵) = 0.033 %.
        assert_eq!(percent(0.989, 100_000).0, "98.90 \\pm 0.03");
        assert_eq!((percent(0.0, 9).0.as_str(), percent(1.0, 9).0.as_str()), ("0", "100"));
        // One of 400 000 is 0.00025 %.
        assert_eq!(share_below(0.0, 400_000).0, "{}< 0.0003");
        assert_eq!(share_below(1.0, 100_000).0, "{}> 99.999");
        assert_eq!(share_below(0.989, 100_000), percent(0.989, 100_000));
    }

    #[test]
    fn magnitudes_beyond_f64_keep_their_digits() {
        assert_eq!(magnitude(-400.0 + 2f64.log10(), 3).0, "2.00 \\times 10^{-400}");
        assert_eq!(magnitude(-399.999_999_9, 3).0, "1.00 \\times 10^{-400}");
        // 16 ε ln 10 = 8.2e-15 of a logarithm is left uncertain: 10⁻³ of 10^(10¹¹), 8 of 10^(10¹⁵).
        assert_eq!(magnitude(-4e9 + 2f64.log10(), 4).0, "2.000 \\times 10^{-4000000000}");
        assert_eq!(magnitude(-1e11 + 2f64.log10(), 4).0, "2.00 \\times 10^{-100000000000}");
        assert_eq!(magnitude(-1.2345e15, 4).0, "10^{-1.234\\times 10^{15}}");
        assert_eq!(significant(-0.0, 4).0, "0");
        assert_eq!(significant(16287.263, 4).0, "16287");
        assert_eq!(significant(2.2e-13, 2).0, "2.2\\times 10^{-13}");
    }
}
