//! The number systems in which an expression graph is evaluated.
//!
//! A graph says *what* is computed; a [`NumberSystem`] says *in which numbers*:
//!
//! | system | elements | used for |
//! |---|---|---|
//! | [`Float64`] | `f64` | plain speed |
//! | [`Certification`] | [`Certified`]: an exact rational, or an enclosure | every digit that is printed |
//! | [`Forward`] | dual numbers | the forward-mode witness |
//!
//! [`Printed`] is the one place where a value becomes digits.

mod certified;
mod exponential;
mod float;
mod forward;
mod interval;
mod printed;
#[cfg(test)]
mod tests;

use std::fmt::Debug;
use std::ops::{Add, Mul, Neg, Sub};

use dashu_ratio::RBig;

pub use certified::{Certification, Certified};
pub use float::Float64;
pub use forward::Forward;
pub use interval::Interval;
pub use printed::Printed;

/// The class of a sample: the target of a binary cross-entropy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// `y = 0`
    Zero,
    /// `y = 1`
    One,
}

/// Two factors of one term.
pub type Factors<'a, E> = (&'a E, &'a E);

/// Arithmetic and the few functions that a graph needs, over one kind of number.
///
/// The functions are stated for a preactivation `z` and are accurate for every finite `z`: none of
/// them is computed through `1 - σ(z)`, which loses all its digits where σ saturates.
pub trait NumberSystem {
    /// One number; a matrix of them is a `nalgebra::DMatrix<Self::Element>`.
    type Element: Clone
        + Debug
        + PartialEq
        + Add<Output = Self::Element>
        + Sub<Output = Self::Element>
        + Mul<Output = Self::Element>
        + Neg<Output = Self::Element>
        + 'static;

    /// The element for an exactly known value.
    fn exact(&self, value: &RBig) -> Self::Element;

    /// a₁ b₁ + a₂ b₂ + …, in this order; 0 for no terms.
    fn dot<'a>(
        &self,
        terms: impl Iterator<Item = Factors<'a, Self::Element>> + Clone,
    ) -> Self::Element {
        let products = terms.map(|(a, b)| a.clone() * b.clone());
        products.reduce(|sum, term| sum + term).unwrap_or_else(|| self.exact(&RBig::ZERO))
    }

    /// σ(z) = 1 / (1 + e⁻ᶻ).
    fn sigmoid(&self, z: &Self::Element) -> Self::Element;

    /// σ′(z) = σ(z) (1 − σ(z)) = σ(z) σ(−z).
    fn sigmoid_slope(&self, z: &Self::Element) -> Self::Element {
        self.sigmoid(z) * self.sigmoid(&-z.clone())
    }

    /// σ(z) − y, which is −σ(−z) for y = 1.
    fn sigmoid_error(&self, z: &Self::Element, class: Class) -> Self::Element {
        match class {
            Class::Zero => self.sigmoid(z),
            Class::One => -self.sigmoid(&-z.clone()),
        }
    }

    /// log(1 + eᵗ).
    fn softplus(&self, t: &Self::Element) -> Self::Element;

    /// −(y log σ(z) + (1 − y) log(1 − σ(z))), which is softplus(−z) for y = 1, softplus(z) for y = 0.
    fn cross_entropy(&self, z: &Self::Element, class: Class) -> Self::Element {
        match class {
            Class::Zero => self.softplus(z),
            Class::One => self.softplus(&-z.clone()),
        }
    }
}
