//! Enclosures: two binary floating-point bounds of any precision, rounded outward.

use std::cmp::Ordering;

use dashu_base::{BitTest, Sign, UnsignedAbs};
use dashu_float::round::mode::{Down, Up};
use dashu_float::{Context, FBig, Repr};
use dashu_int::{IBig, UBig};
use dashu_ratio::RBig;

use super::exponential;

/// Bounds `lo ≤ v ≤ hi` of a real number `v`.
///
/// Every operation rounds the lower bound down and the upper bound up, so the enclosure of the
/// operands implies the enclosure of the result (the inclusion property of interval arithmetic:
/// Moore, Kearfott, Cloud, *Introduction to Interval Analysis*, 2009, ch. 5). `dashu` rounds each
/// elementary function correctly in the given direction.
///
/// An operation that leaves the range of exponents gives the whole real line: always true, and
/// too wide for any digit to be printed from it.
#[derive(Clone, Debug, PartialEq)]
pub struct Interval {
    lo: Repr<2>,
    hi: Repr<2>,
    /// Bits of each bound's significand.
    precision: usize,
}

type Rounded<M> = Result<
    dashu_base::Approximation<FBig<M, 2>, dashu_float::round::Rounding>,
    dashu_float::FpError,
>;

impl Interval {
    /// Powers of ten up to this one are computed as integers on their way to an enclosure.
    const WRITTEN_OUT: u64 = 2048;

    fn new(lo: Rounded<Down>, hi: Rounded<Up>, precision: usize) -> Self {
        match (lo, hi) {
            (Ok(lo), Ok(hi)) => {
                Self { lo: lo.value().into_repr(), hi: hi.value().into_repr(), precision }
            }
            _ => Self::real_line(precision),
        }
    }

    fn real_line(precision: usize) -> Self {
        Self { lo: Repr::neg_infinity(), hi: Repr::infinity(), precision }
    }

    fn down(&self) -> Context<Down> {
        Context::new(self.precision)
    }

    fn up(&self) -> Context<Up> {
        Context::new(self.precision)
    }

    /// The tightest enclosure of a rational at `precision` bits.
    pub fn enclose(value: &RBig, precision: usize) -> Self {
        let (down, up) = (Context::<Down>::new(precision), Context::<Up>::new(precision));
        let numerator = value.numerator().clone();
        if value.is_int() {
            let (lo, hi) = (down.convert_int(numerator.clone()), up.convert_int(numerator));
            return Self::new(Ok(lo), Ok(hi), precision);
        }
        let numerator = Repr::new(numerator, 0);
        let denominator = Repr::new(IBig::from(value.denominator().clone()), 0);
        let (lo, hi) = (down.div(&numerator, &denominator), up.div(&numerator, &denominator));
        Self::new(lo, hi, precision)
    }

    /// Bits of each bound's significand.
    pub fn precision(&self) -> usize {
        self.precision
    }

    /// The lower bound.
    pub fn lo(&self) -> &Repr<2> {
        &self.lo
    }

    /// The upper bound.
    pub fn hi(&self) -> &Repr<2> {
        &self.hi
    }

    /// The magnitude of the lower bound as significand and power of two; `None` where the power
    /// would make it enormous: beyond four times the precision.
    pub fn lo_in_units(&self) -> Option<(UBig, isize)> {
        let exponent = self.lo.exponent();
        if self.lo.is_infinite() || exponent.unsigned_abs() > 4 * self.precision {
            return None;
        }
        Some((self.lo.significand().clone().unsigned_abs(), exponent))
    }

    /// The lower bound alone.
    pub fn at_lo(&self) -> Self {
        Self { lo: self.lo.clone(), hi: self.lo.clone(), precision: self.precision }
    }

    /// The upper bound alone.
    pub fn at_hi(&self) -> Self {
        Self { lo: self.hi.clone(), hi: self.hi.clone(), precision: self.precision }
    }

    /// The sign of every number in the enclosure; `None` while it is undecided.
    pub fn sign(&self) -> Option<Ordering> {
        if is_positive(&self.lo) {
            Some(Ordering::Greater)
        } else if is_negative(&self.hi) {
            Some(Ordering::Less)
        } else {
            None
        }
    }

    pub fn add(&self, other: &Self) -> Self {
        Self::new(
            self.down().add(&self.lo, &other.lo),
            self.up().add(&self.hi, &other.hi),
            self.precision,
        )
    }

    pub fn neg(&self) -> Self {
        Self { lo: -self.hi.clone(), hi: -self.lo.clone(), precision: self.precision }
    }

    pub fn mul(&self, other: &Self) -> Self {
        // The extremes of a product lie at corners; with known signs, at known ones.
        let ((a, b), (c, d)) = match (self.sign(), other.sign()) {
            (Some(Ordering::Greater), Some(Ordering::Greater)) => {
                ((&self.lo, &other.lo), (&self.hi, &other.hi))
            }
            (Some(Ordering::Less), Some(Ordering::Less)) => {
                ((&self.hi, &other.hi), (&self.lo, &other.lo))
            }
            (Some(Ordering::Greater), Some(Ordering::Less)) => {
                ((&self.hi, &other.lo), (&self.lo, &other.hi))
            }
            (Some(Ordering::Less), Some(Ordering::Greater)) => {
                ((&self.lo, &other.hi), (&self.hi, &other.lo))
            }
            _ => return self.mul_around_zero(other),
        };
        Self::new(self.down().mul(a, b), self.up().mul(c, d), self.precision)
    }

    fn mul_around_zero(&self, other: &Self) -> Self {
        let corners = [
            (&self.lo, &other.lo),
            (&self.lo, &other.hi),
            (&self.hi, &other.lo),
            (&self.hi, &other.hi),
        ];
        let lows = corners.map(|(a, b)| self.down().mul(a, b));
        let highs = corners.map(|(a, b)| self.up().mul(a, b));
        let lo = lows.into_iter().reduce(|x, y| pick(x, y, Ordering::Less));
        let hi = highs.into_iter().reduce(|x, y| pick(x, y, Ordering::Greater));
        match (lo, hi) {
            (Some(lo), Some(hi)) => Self::new(lo, hi, self.precision),
            _ => Self::real_line(self.precision),
        }
    }

    /// 1 / v, for an enclosure of one sign.
    pub fn recip(&self) -> Self {
        if self.sign().is_none() {
            return Self::real_line(self.precision);
        }
        Self::new(self.down().inv(&self.hi), self.up().inv(&self.lo), self.precision)
    }

    pub fn exp(&self) -> Self {
        if self.is_tiny() {
            // 1 + v ≤ eᵛ ≤ 1 + v + v² for |v| ≤ 1; the correctly rounded function would have to
            // raise its precision to the exponent of v to see that eᵛ is not 1.
            let one = Self::enclose(&RBig::ONE, self.precision);
            let (lo, hi) = (one.add(self), one.add(self).add(&self.mul(self)));
            return Self { lo: lo.lo, hi: hi.hi, precision: self.precision };
        }
        if self.lo.is_finite()
            && self.hi.is_finite()
            && let Some((lo, hi)) = exponential::bounds(&self.lo, &self.hi, self.precision)
        {
            return Self { lo, hi, precision: self.precision };
        }
        Self::new(self.down().exp(&self.lo, None), self.up().exp(&self.hi, None), self.precision)
    }

    /// log v, for a positive enclosure.
    pub fn ln(&self) -> Self {
        if self.sign() != Some(Ordering::Greater) {
            return Self::real_line(self.precision);
        }
        Self::new(self.down().ln(&self.lo, None), self.up().ln(&self.hi, None), self.precision)
    }

    /// log(1 + v), for a positive enclosure.
    pub fn ln_1p(&self) -> Self {
        if self.sign() != Some(Ordering::Greater) {
            return Self::real_line(self.precision);
        }
        if self.is_tiny() {
            // v − v² ≤ log(1 + v) ≤ v for v ≥ 0.
            let lo = self.add(&self.mul(self).neg()).lo;
            return Self { lo, hi: self.hi.clone(), precision: self.precision };
        }
        Self::new(
            self.down().ln_1p(&self.lo, None),
            self.up().ln_1p(&self.hi, None),
            self.precision,
        )
    }

    /// σ(v) − ½ for a v so small that precision would be lost beside ½; `None` for others.
    ///
    /// It is ½ tanh(v/2), and 1 − x²/3 ≤ tanh(x)/x ≤ 1: for |v| < 2⁻ᵖᐟ² at p bits it is v/4 times a
    /// number between 1 − 2⁻ᵖ and 1.
    pub fn logistic_beside_half(&self) -> Option<Self> {
        if !self.is_below(self.precision / 2 + 1) {
            return None;
        }
        let least = RBig::ONE - RBig::from_parts(IBig::ONE, UBig::ONE << self.precision);
        let factor = Self {
            lo: Self::enclose(&least, self.precision).lo,
            hi: Repr::one(),
            precision: self.precision,
        };
        let quarter = RBig::from_parts(IBig::ONE, UBig::from(4u8));
        Some(self.mul(&Self::enclose(&quarter, self.precision)).mul(&factor))
    }

    /// |v| < 2⁻ᵖ at p bits of precision.
    fn is_tiny(&self) -> bool {
        self.is_below(self.precision)
    }

    /// |v| < 2⁻ⁿ.
    fn is_below(&self, n: usize) -> bool {
        [&self.lo, &self.hi].iter().all(|bound| {
            let (significand, exponent) = (bound.significand(), bound.exponent() as i128);
            bound.is_finite()
                && (significand.is_zero()
                    || exponent + (significand.bit_len() as i128) < -(n as i128))
        })
    }

    /// v · 10ⁿ.
    pub fn scale_decimal(&self, n: i64) -> Self {
        let exponent = n.unsigned_abs();
        let power = if exponent <= Self::WRITTEN_OUT {
            let power = UBig::from(10u8).pow(exponent as usize);
            Self::enclose(&RBig::from(power), self.precision)
        } else {
            let (ten, exponent) = (Repr::<2>::new(IBig::from(10), 0), IBig::from(exponent));
            let (lo, hi) =
                (self.down().powi(&ten, exponent.clone()), self.up().powi(&ten, exponent));
            Self::new(lo, hi, self.precision)
        };
        self.mul(&if n < 0 { power.recip() } else { power })
    }

    /// ⌊log₁₀|v|⌋ of the bound that is further from zero; next to a power of ten it may be off by one.
    pub fn log10_estimate(&self) -> Option<i64> {
        self.sign()?;
        let bound = if is_positive(&self.lo) { &self.hi } else { &self.lo };
        if bound.is_infinite() {
            return None;
        }
        let (significand, exponent) = bound.clone().into_parts();
        Some(log10_estimate(&significand.unsigned_abs(), exponent))
    }
}

/// ⌊log₁₀⌋ of `significand` · 2^`exponent` > 0; next to a power of ten it may be off by one.
pub(super) fn log10_estimate(significand: &UBig, exponent: isize) -> i64 {
    let cut = significand.bit_len().saturating_sub(f64::MANTISSA_DIGITS as usize);
    let leading = u64::try_from(significand >> cut).unwrap_or(u64::MAX) as f64;
    let log2 = leading.log2() + cut as f64 + exponent as f64;
    (log2 * std::f64::consts::LOG10_2).floor() as i64
}

fn pick<M>(x: Rounded<M>, y: Rounded<M>, wanted: Ordering) -> Rounded<M>
where
    M: dashu_float::round::Round,
{
    let (x, y) = (x?, y?);
    Ok(if x.value_ref().repr().cmp(y.value_ref().repr()) == wanted { x } else { y })
}

fn is_positive(v: &Repr<2>) -> bool {
    v.sign() == Sign::Positive && !v.significand().is_zero()
}

fn is_negative(v: &Repr<2>) -> bool {
    v.sign() == Sign::Negative && !v.significand().is_zero()
}
