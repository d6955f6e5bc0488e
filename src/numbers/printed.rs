//! Where a value becomes digits: one formatter for the PDF, the text and the JSON.

use std::cmp::Ordering;
use std::fmt;

use dashu_base::{Abs, BitTest, Sign};
use dashu_float::round::mode::HalfEven;
use dashu_float::{Context, FBig, Repr};
use dashu_int::{IBig, UBig};
use dashu_ratio::RBig;

use super::certified::beside;
use super::interval::log10_estimate;
use super::{Certified, Interval};

/// Plain notation for 10⁻⁴ ≤ |v| < 10⁷, scientific outside; v is the printed decimal, since whether
/// the value itself reaches a bound may be more than any precision can tell (10⁷ σ(10⁶)).
const PLAIN_EXPONENTS: std::ops::RangeInclusive<i64> = -4..=6;

/// Powers of ten beyond this are bounded instead of written out as fractions.
const LARGEST_EXACT_POWER: u64 = 5000;
/// Bits for comparing an exact number with a power of ten that far away.
const FAR_PRECISION: usize = 256;

/// A decimal as it is printed: equal to the value, or the value correctly rounded (half-even on
/// exact ties) at its last digit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printed {
    negative: bool,
    /// Significant digits, the first one not 0; `"0"` for zero.
    digits: String,
    /// The power of ten of the first digit.
    exponent: i64,
    scientific: bool,
    exact: bool,
}

impl Printed {
    /// The value in full.
    ///
    /// `None` where its decimal expansion does not end, or has more than `limit` digits.
    pub fn whole(value: &RBig, limit: usize) -> Option<Self> {
        if value.is_zero() {
            return Some(Self {
                negative: false,
                digits: "0".into(),
                exponent: 0,
                scientific: false,
                exact: true,
            });
        }
        let places = terminating_places(value.denominator())?;
        let scaled = value * RBig::from(IBig::from(10).pow(places));
        let text = scaled.numerator().clone().abs().to_string();
        let digits = text.trim_end_matches('0').to_owned();
        let exponent = text.len() as i64 - 1 - places as i64;
        (digits.len() <= limit).then(|| Self {
            negative: value.sign() == Sign::Negative,
            digits,
            exponent,
            scientific: !PLAIN_EXPONENTS.contains(&exponent),
            exact: true,
        })
    }

    /// The value in full where `digits` significant digits hold it, otherwise rounded to so many; in
    /// plain notation never above the units, so that every printed digit is a true one.
    ///
    /// `None` while the enclosure does not decide every digit: raise the precision and try again.
    pub fn round(value: &Certified, digits: usize) -> Option<Self> {
        match value {
            Certified::Exact(v) => {
                let whole = Self::whole(v, usize::MAX)
                    .filter(|p| p.digits.len() <= significant_digits(digits, p.exponent));
                whole.or_else(|| Some(round_exact(v, digits, Ordering::Equal)))
            }
            Certified::Between(v) => round_enclosed(v, digits),
            Certified::Near { centre, rest } => {
                let bounds = value.enclosure(rest.precision());
                round_enclosed(&bounds, digits).or_else(|| round_near(centre, rest, digits))
            }
        }
    }

    /// The value rounded even where its expansion is short; `None` for zero.
    pub fn round_only(value: &RBig, digits: usize) -> Option<Self> {
        (!value.is_zero()).then(|| round_exact(value, digits, Ordering::Equal))
    }

    /// The numbers that round to this decimal: half a unit of the last place on both sides.
    pub fn rounding_interval(&self) -> (RBig, RBig) {
        let place = self.last_place();
        let power = RBig::from(IBig::from(10).pow(place.unsigned_abs() as usize));
        let unit = if place < 0 { RBig::ONE / power } else { power };
        let filled = IBig::from(10).pow((self.place() - place) as usize);
        let centre = RBig::from(self.signed_digits() * filled) * &unit;
        let half = unit / RBig::from(2u8);
        (&centre - &half, centre + half)
    }

    /// As [`round`](Self::round), but in scientific notation where plain notation would need more
    /// digits than asked for: for a number of which only the first digits are told.
    pub fn compact(value: &Certified, digits: usize) -> Option<Self> {
        let printed = Self::round(value, digits)?;
        if printed.digits.len() <= digits {
            return Some(printed);
        }
        // The exponent is known now: round the mantissa, and put the power of ten back.
        let shift = printed.exponent;
        let power = RBig::from(IBig::from(10).pow(usize::try_from(shift).ok()?));
        let mantissa = Self::round(&(value.clone() * Certified::Exact(RBig::ONE / power)), digits)?;
        Some(Self { exponent: mantissa.exponent + shift, scientific: true, ..mantissa })
    }

    /// `count` units of the last of as many digits as [`significant_digits`] asks for.
    fn rounded(negative: bool, count: &IBig, mut exponent: i64, digits: usize) -> Self {
        let mut text = count.to_string();
        if text.len() > significant_digits(digits, exponent) {
            // 9.99996 became 10.0000: the power of ten moves, the last place may go. The result is
            // what 10 itself would give: two bounds on either side of it must print alike.
            exponent += 1;
            text.truncate(significant_digits(digits, exponent));
        }
        let scientific = !PLAIN_EXPONENTS.contains(&exponent);
        Self { negative, digits: text, exponent, scientific, exact: false }
    }

    /// Equal to the value, not only rounded from it.
    pub fn is_exact(&self) -> bool {
        self.exact
    }

    pub fn is_negative(&self) -> bool {
        self.negative
    }

    pub fn is_zero(&self) -> bool {
        self.digits == "0"
    }

    /// Exactly 1, which a formula leaves out as a factor.
    pub fn is_one(&self) -> bool {
        self.exact && !self.negative && self.digits == "1" && self.exponent == 0
    }

    /// The printed decimal's own value: exact, or an enclosure at `precision` bits where the
    /// power of ten would make an exact fraction enormous.
    pub fn value(&self, precision: usize) -> Certified {
        let shift = self.place();
        let digits = RBig::from(self.signed_digits());
        if shift.unsigned_abs() > LARGEST_EXACT_POWER {
            return Certified::Between(Interval::enclose(&digits, precision).scale_decimal(shift));
        }
        let power = RBig::from(IBig::from(10).pow(shift.unsigned_abs() as usize));
        Certified::Exact(if shift < 0 { digits / power } else { digits * power })
    }

    /// Whether `value` rounds to this decimal at its last digit; `None` while undecided.
    pub fn rounds_from(&self, value: &Certified) -> Option<bool> {
        let last_place = self.last_place();
        let shown = match value {
            Certified::Exact(v) if last_place.unsigned_abs() <= LARGEST_EXACT_POWER => {
                round_half_even(v, last_place, Ordering::Equal)
            }
            v => {
                let scaled = v.enclosure(FAR_PRECISION).scale_decimal(-last_place);
                if scaled.sign().is_some() && is_enormous(scaled.lo()) && is_enormous(scaled.hi()) {
                    // No printed decimal has so many digits.
                    return Some(false);
                }
                let (lo, hi) = (nearest_integer(scaled.lo())?, nearest_integer(scaled.hi())?);
                if lo != hi {
                    return None;
                }
                lo
            }
        };
        let filled = (self.place() - last_place) as usize;
        Some(shown == self.signed_digits() * IBig::from(10).pow(filled))
    }

    fn signed_digits(&self) -> IBig {
        let digits: IBig = self.digits.parse().unwrap_or_default();
        if self.negative { -digits } else { digits }
    }

    /// The power of ten of the last significant digit.
    fn place(&self) -> i64 {
        self.exponent - (self.digits.len() as i64 - 1)
    }

    /// The power of ten of the last printed digit: plain notation fills up to the units with zeros.
    fn last_place(&self) -> i64 {
        if self.scientific { self.place() } else { self.place().min(0) }
    }

    /// The digits before and after the point, without sign; of the mantissa in scientific notation.
    pub fn parts(&self) -> (String, String) {
        if self.scientific {
            return self.split(1);
        }
        if self.exponent < 0 {
            let zeros = "0".repeat((-self.exponent - 1) as usize);
            return ("0".to_owned(), zeros + &self.digits);
        }
        let before = self.exponent as usize + 1;
        if self.digits.len() <= before {
            (format!("{:0<before$}", self.digits), String::new())
        } else {
            self.split(before)
        }
    }

    /// The first digits, and the others.
    fn split(&self, count: usize) -> (String, String) {
        let mut digits = self.digits.chars();
        (digits.by_ref().take(count).collect(), digits.collect())
    }

    /// The power of ten of scientific notation.
    pub fn power_of_ten(&self) -> Option<i64> {
        self.scientific.then_some(self.exponent)
    }

    /// For math mode: `-1.3636\times 10^{-5}`.
    pub fn latex(&self) -> String {
        let sign = if self.negative { "-" } else { "" };
        format!("{sign}{}", self.latex_magnitude())
    }

    /// For math mode, without the sign.
    pub fn latex_magnitude(&self) -> String {
        let (before, after) = self.parts();
        let point = if after.is_empty() { "" } else { "." };
        match self.power_of_ten() {
            Some(power) => format!("{before}{point}{after}\\times 10^{{{power}}}"),
            None => format!("{before}{point}{after}"),
        }
    }
}

/// ASCII: `-?digits[.digits][e-?digits]`.
impl fmt::Display for Printed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (before, after) = self.parts();
        let sign = if self.negative { "-" } else { "" };
        let point = if after.is_empty() { "" } else { "." };
        write!(f, "{sign}{before}{point}{after}")?;
        match self.power_of_ten() {
            Some(power) => write!(f, "e{power}"),
            None => Ok(()),
        }
    }
}

/// The number of decimal places of 1/denominator: `None` where the expansion does not end.
fn terminating_places(denominator: &UBig) -> Option<usize> {
    let mut rest = denominator.clone();
    let mut count = |prime: u8| {
        let prime = UBig::from(prime);
        let mut times = 0;
        while (&rest % &prime).is_zero() {
            rest = &rest / &prime;
            times += 1;
        }
        times
    };
    let (twos, fives) = (count(2), count(5));
    rest.is_one().then(|| twos.max(fives))
}

/// v / 10ᵖˡᵃᶜᵉ, to the nearest integer, ties to even; where v only stands for a number that is
/// greater or less than it by next to nothing, a tie goes to that side.
fn round_half_even(value: &RBig, place: i64, side: Ordering) -> IBig {
    let power = RBig::from(IBig::from(10).pow(place.unsigned_abs() as usize));
    let scaled = if place < 0 { value * power } else { value / power };
    let floor = scaled.floor();
    let twice_rest = (&scaled - RBig::from(floor.clone())) * RBig::from(2u8);
    let odd = !(&floor % IBig::from(2)).is_zero();
    let tie_goes_up = side.is_gt() || (side.is_eq() && odd);
    if twice_rest > RBig::ONE || (twice_rest == RBig::ONE && tie_goes_up) {
        floor + IBig::ONE
    } else {
        floor
    }
}

/// ± `significand` · 2^`power` ≠ 0 as [`round_exact`] rounds it, without the fraction in lowest terms
/// that it needs.
fn round_dyadic(significand: &UBig, power: isize, negative: bool, digits: usize) -> Printed {
    // Right, or off by one: the quotient tells.
    let mut exponent = log10_estimate(significand, power);
    loop {
        let wanted = significant_digits(digits, exponent);
        let place = exponent - (wanted as i64 - 1);
        let ten = UBig::from(10u8).pow(place.unsigned_abs() as usize);
        let (ups, downs) = if place < 0 { (ten, UBig::ONE) } else { (UBig::ONE, ten) };
        let dividend = (significand * ups) << power.max(0) as usize;
        let shift = power.min(0).unsigned_abs();
        // dividend / (downs · 2ˢʰⁱᶠᵗ), and whether the rest is more or less than half.
        let quotient = (&dividend >> shift) / &downs;
        let rest = dividend - ((&quotient * &downs) << shift);
        let side = (rest << 1usize).cmp(&(downs << shift));

        let least = UBig::from(10u8).pow(wanted - 1);
        if quotient < least {
            exponent -= 1;
        } else if quotient >= least * UBig::from(10u8) {
            exponent += 1;
        } else {
            let odd = quotient.bit(0);
            let up = side.is_gt() || (side.is_eq() && odd);
            let count = IBig::from(quotient) + IBig::from(up);
            return Printed::rounded(negative, &count, exponent, digits);
        }
    }
}

/// `side` as in [`round_half_even`].
fn round_exact(value: &RBig, digits: usize, side: Ordering) -> Printed {
    let magnitude = value.clone().abs();
    let lengths =
        (magnitude.numerator().to_string().len(), magnitude.denominator().to_string().len());
    // floor(log₁₀|v|) is the difference of the lengths, or one less.
    let mut exponent = lengths.0 as i64 - lengths.1 as i64;
    let power = RBig::from(IBig::from(10).pow(exponent.unsigned_abs() as usize));
    let below = if exponent < 0 { &magnitude * power < RBig::ONE } else { magnitude < power };
    exponent -= i64::from(below);
    let wanted = significant_digits(digits, exponent);
    let side = if value.sign() == Sign::Negative { side.reverse() } else { side };
    let count = round_half_even(&magnitude, exponent - (wanted as i64 - 1), side);
    Printed::rounded(value.sign() == Sign::Negative, &count, exponent, digits)
}

/// Rounds centre + rest where the two are so far apart that no precision shows both: a number next
/// to a tie, whose side the sign of the rest tells.
fn round_near(centre: &RBig, rest: &Interval, digits: usize) -> Option<Printed> {
    let side = rest.sign()?;
    // The number lies between the centre and this edge, and all in between rounds alike.
    let edge = centre + beside(centre, rest)?;
    let rounded = round_exact(centre, digits, side);
    (round_exact(&edge, digits, Ordering::Equal) == rounded).then_some(rounded)
}

/// Rounding is monotonic: where both bounds print alike, so does every number between them.
fn round_enclosed(value: &Interval, digits: usize) -> Option<Printed> {
    let negative = value.sign()?.is_lt();
    let magnitude = if negative { value.neg() } else { value.clone() };
    // Nearly always the bounds are as one; next to a power of ten each has an exponent of its own.
    round_positive(&magnitude, negative, digits).or_else(|| {
        let lo = round_bound(&magnitude.at_lo(), negative, digits)?;
        let hi = round_bound(&magnitude.at_hi(), negative, digits)?;
        (lo == hi).then_some(lo)
    })
}

/// Rounds a positive bound (an enclosure that is a point until powers of ten widen it).
fn round_bound(bound: &Interval, negative: bool, digits: usize) -> Option<Printed> {
    // A bound can be a power of ten or a tie itself, which no widened point decides. One that
    // fills its precision with such digits is never far from 1.
    match bound.lo_in_units() {
        Some((significand, power)) => Some(round_dyadic(&significand, power, negative, digits)),
        None => round_positive(bound, negative, digits),
    }
}

/// Rounds a positive enclosure all of which has one decimal exponent.
fn round_positive(v: &Interval, negative: bool, digits: usize) -> Option<Printed> {
    let estimate = v.log10_estimate()?;
    [estimate, estimate - 1, estimate + 1].into_iter().find_map(|exponent| {
        let wanted = significant_digits(digits, exponent);
        let scaled = v.scale_decimal(wanted as i64 - 1 - exponent);
        let [least, beyond] =
            [wanted - 1, wanted].map(|n| Repr::<2>::new(IBig::from(10).pow(n), 0));
        if *scaled.lo() < least || *scaled.hi() >= beyond {
            return None;
        }
        let (lo, hi) = (nearest_integer(scaled.lo())?, nearest_integer(scaled.hi())?);
        (lo == hi).then(|| Printed::rounded(negative, &lo, exponent, digits))
    })
}

/// In plain notation the digits reach at least to the units.
fn significant_digits(digits: usize, exponent: i64) -> usize {
    if PLAIN_EXPONENTS.contains(&exponent) && exponent >= 0 {
        digits.max(exponent as usize + 1)
    } else {
        digits
    }
}

fn nearest_integer(bound: &Repr<2>) -> Option<IBig> {
    if bound.is_infinite() || is_enormous(bound) {
        return None;
    }
    Some(FBig::<HalfEven, 2>::from_repr(bound.clone(), Context::new(0)).to_int().value())
}

/// Finite, but with more digits before the point than are ever written out.
fn is_enormous(bound: &Repr<2>) -> bool {
    bound.is_finite() && bound.exponent() > LARGEST_EXACT_POWER as isize * 4
}
