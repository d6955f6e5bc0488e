//! Certified numbers: an exact rational while the operations allow it, an enclosure afterwards.

use std::cmp::Ordering;
use std::ops::{Add, Mul, Neg, Sub};

use dashu_base::{Abs, BitTest, Gcd, Sign};
use dashu_float::Context;
use dashu_float::round::mode::HalfEven;
use dashu_float::{FBig, Repr};
use dashu_int::{IBig, UBig};
use dashu_ratio::RBig;

use super::{Factors, Interval, NumberSystem};

/// A real number that is known exactly, or to lie between two bounds.
///
/// Zero is always exact: an enclosure that contains zero has no printable digit, and 0 · v is a
/// proved 0 whatever v is.
#[derive(Clone, Debug, PartialEq)]
pub enum Certified {
    Exact(RBig),
    Between(Interval),
    /// `centre` + `rest`, the centre not zero: a saturated sigmoid is 1 − e⁻ᶻ, whose distance from
    /// 1 keeps its digits here, and 0.5 σ(10⁶) − 0.5 is not a matter of a million bits.
    Near {
        centre: RBig,
        rest: Interval,
    },
}

/// From here on σ(z) and log(1 + eᶻ) are kept as their limit and the distance from it: with the
/// limit alone they would be right in 13 digits already.
const SATURATED: u8 = 32;

impl Certified {
    fn near(centre: RBig, rest: Interval) -> Self {
        if centre.is_zero() { Self::Between(rest) } else { Self::Near { centre, rest } }
    }

    /// The sign; `None` while the enclosure contains zero.
    pub fn sign(&self) -> Option<Ordering> {
        match self {
            Self::Exact(v) if v.is_zero() => Some(Ordering::Equal),
            Self::Exact(v) => Some(match v.sign() {
                Sign::Positive => Ordering::Greater,
                Sign::Negative => Ordering::Less,
            }),
            Self::Between(v) => v.sign(),
            Self::Near { rest, .. } => self.enclosure(rest.precision()).sign(),
        }
    }

    /// Proved to be zero.
    pub fn is_zero(&self) -> bool {
        matches!(self, Self::Exact(v) if v.is_zero())
    }

    /// |v|; an enclosure around zero stays as it is.
    pub fn abs(&self) -> Self {
        if self.sign() == Some(Ordering::Less) { -self.clone() } else { self.clone() }
    }

    /// `self` compared with `other`; `None` while the enclosures overlap.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        (self.clone() - other.clone()).sign()
    }

    /// v / w; `None` where w is zero or may be. Exact where both are.
    pub fn divide(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (_, other) if other.sign().is_none_or(Ordering::is_eq) => None,
            (Self::Exact(a), Self::Exact(b)) => Some(Self::Exact(a / b)),
            (a, Self::Exact(b)) => Some(a.clone() * Self::Exact(RBig::ONE / b)),
            (a, Self::Between(b)) => Some(a.clone() * Self::Between(b.recip())),
            (a, Self::Near { rest, .. }) => {
                Some(a.clone() * Self::Between(other.enclosure(rest.precision()).recip()))
            }
        }
    }

    /// log v for v > 0; `precision` is in bits.
    pub fn ln(&self, precision: usize) -> Self {
        match self {
            Self::Exact(v) if v.is_one() => Self::Exact(RBig::ZERO),
            _ => Self::Between(self.enclosure(precision).ln()),
        }
    }

    /// log(1 + v) for v > 0; `precision` is in bits.
    pub fn ln_1p(&self, precision: usize) -> Self {
        Self::Between(self.enclosure(precision).ln_1p())
    }

    /// eᵛ; `precision` is in bits.
    pub fn exp(&self, precision: usize) -> Self {
        match self {
            Self::Exact(v) if v.is_zero() => Self::Exact(RBig::ONE),
            _ => Self::Between(self.enclosure(precision).exp()),
        }
    }

    /// Bounds at `precision` bits (an enclosure keeps the bounds it has).
    pub fn enclosure(&self, precision: usize) -> Interval {
        match self {
            Self::Exact(v) => Interval::enclose(v, precision),
            Self::Between(v) => v.clone(),
            Self::Near { centre, rest } => Interval::enclose(centre, rest.precision()).add(rest),
        }
    }

    /// An `f64` next to the largest magnitude that the enclosure allows.
    pub fn magnitude(&self) -> f64 {
        let bounds = self.enclosure(64);
        to_f64(bounds.lo()).abs().max(to_f64(bounds.hi()).abs())
    }

    /// The `f64` nearest to the value (ties to even, the largest finite one beyond the range);
    /// `None` while the bounds round to different ones.
    pub fn nearest_f64(&self) -> Option<f64> {
        match self {
            Self::Exact(v) => {
                // A rational that is not dyadic is never half-way between two f64; a dyadic one
                // is enclosed by a point as soon as the precision reaches its numerator's size.
                (7..).map(|k| Interval::enclose(v, 1 << k)).find_map(|bounds| common_f64(&bounds))
            }
            Self::Between(v) => common_f64(v),
            Self::Near { centre, rest } => common_f64(&self.enclosure(rest.precision()))
                .or_else(|| nearest_f64_beside(centre, rest)),
        }
    }
}

/// Rounds half-even, subnormal numbers included; the largest finite one beyond the range.
fn to_f64(bound: &Repr<2>) -> f64 {
    let beyond = if bound.sign() == Sign::Negative { f64::MIN } else { f64::MAX };
    if bound.is_infinite() {
        return beyond;
    }
    let (significand, exponent) = (bound.significand(), bound.exponent() as i128);
    // |v| lies in [2^(top − 1), 2^top).
    let top = exponent + significand.bit_len() as i128;
    if top < -1074 {
        return 0.0;
    }
    if top > 1024 {
        return beyond;
    }
    // 53 bits, or what is left of them above 2⁻¹⁰⁷⁴.
    let unit = (top - 53).max(-1074);
    let scaled = Repr::<2>::new(significand.clone(), (exponent - unit) as isize);
    let count = FBig::<HalfEven, 2>::from_repr(scaled, Context::new(0)).to_int().value();
    // At most 2⁵³; in two halves, since 2⁻¹⁰⁷⁴ is no factor that keeps bits.
    let count = i64::try_from(count).unwrap_or(i64::MAX) as f64;
    let half = unit as i32 / 2;
    (count * 2f64.powi(half) * 2f64.powi(unit as i32 - half)).clamp(f64::MIN, f64::MAX)
}

/// The nearest `f64` of centre + rest where no precision shows both: a number next to one that lies
/// half-way between two `f64`, whose side the sign of the rest tells.
fn nearest_f64_beside(centre: &RBig, rest: &Interval) -> Option<f64> {
    let edge = centre + beside(centre, rest)?;
    let (at, beyond) = (Certified::Exact(centre.clone()), Certified::Exact(edge));
    let (at, beyond) = (at.nearest_f64()?, beyond.nearest_f64()?);
    // Rounding is monotonic. Where centre and edge round differently, the change is at the centre
    // itself if that is half-way between the two.
    let (one, other) = (RBig::try_from(at).ok()?, RBig::try_from(beyond).ok()?);
    (at == beyond || one + other == centre * RBig::from(2u8)).then_some(beyond)
}

fn common_f64(bounds: &Interval) -> Option<f64> {
    let (lo, hi) = (to_f64(bounds.lo()), to_f64(bounds.hi()));
    // `==` would call 0 and -0 the same, and does so rightly.
    (lo == hi).then_some(lo)
}

/// Applies an operation to two numbers of which at least one is an enclosure.
fn enclosed(a: &Certified, b: &Certified, op: fn(&Interval, &Interval) -> Interval) -> Certified {
    let precision = |v: &Certified| match v {
        Certified::Exact(_) => 0,
        Certified::Between(v) | Certified::Near { rest: v, .. } => v.precision(),
    };
    let precision = precision(a).max(precision(b));
    Certified::Between(op(&a.enclosure(precision), &b.enclosure(precision)))
}

/// centre · rest, at the rest's precision.
fn times(centre: &RBig, rest: &Interval) -> Interval {
    Interval::enclose(centre, rest.precision()).mul(rest)
}

impl Add for Certified {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        match (self, other) {
            (Self::Exact(a), Self::Exact(b)) => Self::Exact(a + b),
            (Self::Exact(a), Self::Near { centre, rest })
            | (Self::Near { centre, rest }, Self::Exact(a)) => Self::near(a + centre, rest),
            (Self::Near { centre: a, rest: r }, Self::Near { centre: b, rest: s }) => {
                Self::near(a + b, r.add(&s))
            }
            (a, b) => enclosed(&a, &b, Interval::add),
        }
    }
}

impl Mul for Certified {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        match (self, other) {
            (Self::Exact(a), Self::Exact(b)) => Self::Exact(a * b),
            (Self::Exact(zero), _) | (_, Self::Exact(zero)) if zero.is_zero() => Self::Exact(zero),
            (Self::Exact(a), Self::Near { centre, rest })
            | (Self::Near { centre, rest }, Self::Exact(a)) => {
                Self::near(&a * centre, times(&a, &rest))
            }
            (Self::Near { centre: a, rest: r }, Self::Near { centre: b, rest: s }) => {
                let rest = times(&a, &s).add(&times(&b, &r)).add(&r.mul(&s));
                Self::near(a * b, rest)
            }
            (a, b) => enclosed(&a, &b, Interval::mul),
        }
    }
}

impl Neg for Certified {
    type Output = Self;

    fn neg(self) -> Self {
        match self {
            Self::Exact(v) => Self::Exact(-v),
            Self::Between(v) => Self::Between(v.neg()),
            Self::Near { centre, rest } => Self::Near { centre: -centre, rest: rest.neg() },
        }
    }
}

impl Sub for Certified {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

/// a₁ b₁ + a₂ b₂ + … over one denominator, which decimals soon agree on: brought to lowest terms once,
/// at the end. `None` where a term is.
fn exact_dot<'a>(terms: impl Iterator<Item = Option<Factors<'a, RBig>>>) -> Option<RBig> {
    let (mut numerator, mut denominator) = (IBig::ZERO, UBig::ONE);
    for term in terms {
        let (a, b) = term?;
        let own = a.denominator() * b.denominator();
        let mut share = a.numerator() * b.numerator();
        if own != denominator {
            let common = (&own).gcd(&denominator);
            let missing = &own / &common;
            share *= IBig::from(&denominator / common);
            if !missing.is_one() {
                numerator *= IBig::from(missing.clone());
                denominator *= missing;
            }
        }
        numerator += share;
    }
    Some(RBig::from_parts(numerator, denominator))
}

/// A shift from the centre, on the side of the rest and beyond it: centre + rest lies between the
/// centre and centre + shift. `None` where the rest is too large for that, or its side undecided.
pub(super) fn beside(centre: &RBig, rest: &Interval) -> Option<RBig> {
    let side = rest.sign()?;
    let precision = rest.precision();
    let width = centre.clone().abs() / RBig::from(UBig::ONE << (precision / 2));
    let shift = if side.is_lt() { -width } else { width };
    let is_beyond = Interval::enclose(&shift, precision).add(&rest.neg()).sign() == Some(side);
    is_beyond.then_some(shift)
}

fn half() -> RBig {
    RBig::from_parts(1.into(), 2u8.into())
}

/// Evaluation in [`Certified`] numbers whose enclosures carry `precision` bits.
#[derive(Clone, Copy, Debug)]
pub struct Certification {
    pub precision: usize,
}

impl Certification {
    fn is_saturated(&self, z: &Certified) -> bool {
        let limit = Certified::Exact(RBig::from(SATURATED));
        z.compare(&limit) == Some(Ordering::Greater)
    }
}

impl NumberSystem for Certification {
    type Element = Certified;

    fn exact(&self, value: &RBig) -> Certified {
        Certified::Exact(value.clone())
    }

    fn dot<'a>(&self, terms: impl Iterator<Item = Factors<'a, Certified>> + Clone) -> Certified {
        let fractions = terms.clone().map(|(a, b)| match (a, b) {
            (Certified::Exact(a), Certified::Exact(b)) => Some((a, b)),
            _ => None,
        });
        if let Some(sum) = exact_dot(fractions) {
            return Certified::Exact(sum);
        }
        let products = terms.map(|(a, b)| a.clone() * b.clone());
        products.reduce(|sum, term| sum + term).unwrap_or(Certified::Exact(RBig::ZERO))
    }

    fn sigmoid(&self, z: &Certified) -> Certified {
        if z.is_zero() {
            return Certified::Exact(half());
        }
        if let Some(rest) = z.enclosure(self.precision).logistic_beside_half() {
            return Certified::near(half(), rest);
        }
        let one = Interval::enclose(&RBig::ONE, self.precision);
        if self.is_saturated(z) {
            // σ(z) = 1 − 1 / (1 + eᶻ).
            let rest = one.add(&z.enclosure(self.precision).exp()).recip().neg();
            return Certified::near(RBig::ONE, rest);
        }
        Certified::Between(one.add(&z.enclosure(self.precision).neg().exp()).recip())
    }

    fn softplus(&self, t: &Certified) -> Certified {
        if t.is_zero() {
            return Certified::Exact(RBig::from(2u8)).ln(self.precision);
        }
        if self.is_saturated(t) {
            let rest = t.enclosure(self.precision).neg().exp().ln_1p();
            match t {
                Certified::Exact(t) => return Certified::near(t.clone(), rest),
                Certified::Near { centre, rest: r } => {
                    return Certified::near(centre.clone(), r.add(&rest));
                }
                Certified::Between(_) => {}
            }
        }
        Certified::Between(t.enclosure(self.precision).exp().ln_1p())
    }
}
