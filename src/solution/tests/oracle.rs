//! A second way to every number: fractions, then plain big floats with far more digits than needed,
//! and no intervals.

use std::ops::{Add, Div, Mul, Neg, Sub};

use dashu_base::{Abs, BitTest, Signed};
use dashu_float::round::mode::HalfEven;
use dashu_float::{Context, FBig, Repr};
use dashu_int::IBig;
use dashu_ratio::RBig;
use nalgebra::DMatrix;

use crate::graph::{Expr, NodeId};
use crate::numbers::Printed;

/// A binary float, every operation rounded to nearest at its precision.
type Float = FBig<HalfEven, 2>;

/// A number of the oracle: exact for as long as the operations allow, so that what cancels is zero,
/// and a float from the first that does not.
#[derive(Clone, Debug, PartialEq)]
pub struct Real {
    bits: usize,
    value: Value,
}

#[derive(Clone, Debug, PartialEq)]
enum Value {
    Exact(RBig),
    Rounded(Float),
}

/// The exact number, and the precision of the floats that are to come of it.
pub fn real(value: &RBig, bits: usize) -> Real {
    Real { bits, value: Value::Exact(value.clone()) }
}

impl Real {
    fn rounded(value: Float, bits: usize) -> Self {
        Self { bits, value: Value::Rounded(value) }
    }

    fn float(&self) -> Float {
        match &self.value {
            Value::Rounded(float) => float.clone(),
            Value::Exact(value) => {
                let numerator = Repr::new(value.numerator().clone(), 0);
                let denominator = Repr::new(IBig::from(value.denominator().clone()), 0);
                Context::<HalfEven>::new(self.bits).div(&numerator, &denominator).unwrap().value()
            }
        }
    }

    fn is_zero(&self) -> bool {
        match &self.value {
            Value::Exact(value) => value.is_zero(),
            Value::Rounded(float) => float.repr().significand().is_zero(),
        }
    }

    pub fn to_f64(&self) -> f64 {
        self.float().to_f64().value()
    }

    pub fn powi(&self, exponent: i64) -> Self {
        // A fraction of more digits would take too long to reduce.
        let is_short = exponent.unsigned_abs() < 5000;
        match &self.value {
            Value::Exact(value) if is_short => real(&value.pow(exponent as isize), self.bits),
            _ => Self::rounded(self.float().powi(exponent.into()), self.bits),
        }
    }

    pub fn ln(&self) -> Self {
        if self == &one(self) {
            return real(&RBig::ZERO, self.bits);
        }
        Self::rounded(self.float().ln(), self.bits)
    }

    fn abs(&self) -> Self {
        match &self.value {
            Value::Exact(value) => real(&value.clone().abs(), self.bits),
            Value::Rounded(float) => Self::rounded(float.clone().abs(), self.bits),
        }
    }
}

impl Neg for &Real {
    type Output = Real;

    fn neg(self) -> Real {
        match &self.value {
            Value::Exact(value) => real(&-value.clone(), self.bits),
            Value::Rounded(float) => Real::rounded(-float.clone(), self.bits),
        }
    }
}

impl Neg for Real {
    type Output = Self;

    fn neg(self) -> Self {
        -&self
    }
}

macro_rules! operations {
    ($($name:ident $function:ident;)*) => {$(
        impl $name for &Real {
            type Output = Real;

            fn $function(self, other: Self) -> Real {
                match (&self.value, &other.value) {
                    (Value::Exact(a), Value::Exact(b)) => real(&a.$function(b), self.bits),
                    _ => Real::rounded(self.float().$function(other.float()), self.bits),
                }
            }
        }

        impl $name for Real {
            type Output = Self;

            fn $function(self, other: Self) -> Self {
                (&self).$function(&other)
            }
        }

        impl $name<&Self> for Real {
            type Output = Self;

            fn $function(self, other: &Self) -> Self {
                (&self).$function(other)
            }
        }

        impl $name<Real> for &Real {
            type Output = Real;

            fn $function(self, other: Real) -> Real {
                self.$function(&other)
            }
        }
    )*};
}

operations! { Add add; Sub sub; Mul mul; Div div; }

fn one(like: &Real) -> Real {
    real(&RBig::ONE, like.bits)
}

/// σ(z) = 1 / (1 + e⁻ᶻ), which keeps its digits wherever e⁻ᶻ does.
pub fn sigmoid(z: &Real) -> Real {
    one(z) / (one(z) + exp(&-z))
}

/// eᵛ by its definition; 1 + v where v is too small to be squared.
pub fn exp(v: &Real) -> Real {
    if is_below_half_precision(v) { one(v) + v } else { Real::rounded(v.float().exp(), v.bits) }
}

/// log(1 + v): by its first two terms where adding v to 1 would lose v's digits.
pub fn log_of_one_plus(v: &Real) -> Real {
    if is_below_half_precision(v) {
        v - v * v / real(&RBig::from(2u8), v.bits)
    } else {
        (one(v) + v).ln()
    }
}

fn is_below_half_precision(v: &Real) -> bool {
    let float = v.float();
    let size = float.repr().significand().bit_len() as i128 + float.repr().exponent() as i128;
    v.is_zero() || size < -(v.bits as i128) / 2
}

/// The value of a formula as it is written, from operands of so many bits.
pub fn evaluate(
    formula: &Expr,
    bits: usize,
    operand: &impl Fn(NodeId) -> DMatrix<Real>,
) -> DMatrix<Real> {
    let of = |e: &Expr| evaluate(e, bits, operand);
    match formula {
        Expr::Step(id) => operand(*id),
        Expr::Number(value) => DMatrix::from_element(1, 1, real(value, bits)),
        Expr::Sum(a, b) => of(a).zip_map(&of(b), |a, b| a + b),
        Expr::Difference(a, b) => of(a).zip_map(&of(b), |a, b| a - b),
        Expr::Negation(a) => of(a).map(|a| -a),
        Expr::Hadamard(a, b) => of(a).zip_map(&of(b), |a, b| a * b),
        Expr::Product(a, b) => {
            let (a, b) = (of(a), of(b));
            if a.len() == 1 { b.map(|b| &a[0] * b) } else { product(&a, &b) }
        }
        Expr::Transpose(a) => of(a).transpose(),
        Expr::SumSquares(a) => {
            let zero = real(&RBig::ZERO, bits);
            DMatrix::from_element(1, 1, of(a).iter().fold(zero, |sum, a| sum + a * a))
        }
        Expr::Sigmoid(a) => of(a).map(|z| sigmoid(&z)),
        Expr::Log(a) => match &**a {
            Expr::Sum(unit, e) if **unit == Expr::Number(RBig::ONE) => {
                of(e).map(|e| log_of_one_plus(&e))
            }
            a => of(a).map(|a| a.ln()),
        },
        Expr::Exp(a) => of(a).map(|a| exp(&a)),
    }
}

pub fn product(a: &DMatrix<Real>, b: &DMatrix<Real>) -> DMatrix<Real> {
    DMatrix::from_fn(a.nrows(), b.ncols(), |i, j| {
        let terms = (0..a.ncols()).map(|k| &a[(i, k)] * &b[(k, j)]);
        terms.reduce(|sum, term| sum + term).unwrap()
    })
}

/// More would take minutes.
const MOST_BITS: usize = 1 << 16;

/// Asserts by an attempt with `least` bits, and if there is a tie whose side they do not show, with
/// enough bits to hold 1 next to 10^-`exponent`, twice over: with fewer, a(1 − a) looks like a
/// itself. Where that takes more than [`MOST_BITS`], the tie's side is not to be seen here.
pub fn assert_with_bits(least: usize, exponent: u64, attempt: impl Fn(usize) -> Told) {
    if attempt(least) == Told::Rounds {
        return;
    }
    // A digit is 3.33 bits; the rest is for the digits shown.
    let wanted = 2 * (usize::try_from(exponent).unwrap().saturating_mul(10) / 3 + 256);
    let told = attempt(wanted.clamp(least, MOST_BITS.max(least)));
    assert!(told == Told::Rounds || wanted > MOST_BITS, "a tie went to the odd digit");
}

/// What so many bits show of a number that did not round elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    Rounds,
    /// It looks like a tie, which must go to the even digit, and the odd one is printed.
    TieToOdd,
}

impl FromIterator<Told> for Told {
    fn from_iter<I: IntoIterator<Item = Told>>(all: I) -> Self {
        all.into_iter()
            .fold(Told::Rounds, |one, other| if one == other { one } else { Told::TieToOdd })
    }
}

/// A printed number, read back from its ASCII text.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// Value = `digits` · 10^`place`, by the last printed digit.
    digits: IBig,
    place: i64,
    text: String,
}

impl Text {
    /// Reads `-?digits[.digits][e-?digits]` and nothing else.
    pub fn of(printed: &Printed) -> Self {
        let text = printed.to_string();
        let (mantissa, power) = text.split_once('e').unwrap_or((&text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let unsigned = whole.strip_prefix('-').unwrap_or(whole);
        assert!(
            !unsigned.is_empty()
                && unsigned.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit())
                && (unsigned == "0" || !unsigned.starts_with('0'))
                && !mantissa.ends_with('.')
                && power.strip_prefix('-').unwrap_or(power).bytes().all(|b| b.is_ascii_digit()),
            "{text} is not in the grammar"
        );
        Self {
            digits: format!("{whole}{fraction}").parse().unwrap(),
            place: power.parse::<i64>().unwrap() - fraction.len() as i64,
            text,
        }
    }

    /// The printed decimal.
    pub fn value(&self, bits: usize) -> Real {
        real(&RBig::from(self.digits.clone()), bits)
            * real(&RBig::from(10u8), bits).powi(self.place)
    }

    /// The size of the power of ten of the first digit.
    pub fn exponent(&self) -> u64 {
        (self.place + self.digits.to_string().len() as i64).unsigned_abs()
    }

    /// Panics where `value` does not round to the text at its last digit.
    pub fn assert_rounds_from(&self, value: &Real, bits: usize, what: &str) -> Told {
        assert_eq!(
            self.digits.is_zero(),
            value.is_zero(),
            "{what}: {} is printed for {value:?}",
            self.text
        );
        // In units of the last printed digit.
        let unit = real(&RBig::from(10u8), bits).powi(-self.place);
        let distance = value * unit - real(&RBig::from(self.digits.clone()), bits);
        let half = real(&RBig::from_parts(1.into(), 2u8.into()), bits);
        let (is_tie, is_within) = match &(distance.abs() - half).value {
            Value::Exact(beyond) => (beyond.is_zero(), beyond.is_negative()),
            Value::Rounded(beyond) => {
                let near = Float::from_parts(1.into(), -((bits / 2) as isize));
                (beyond.clone().abs() < near, beyond.is_negative())
            }
        };
        let even = (&self.digits % IBig::from(2)).is_zero();
        assert!(is_tie || is_within, "{what}: {} is printed for {:e}", self.text, value.to_f64());
        if is_tie && !even { Told::TieToOdd } else { Told::Rounds }
    }
}
