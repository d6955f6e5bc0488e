//! The appendix in numbers: what explodes, what vanishes, and what that does to learning.
//!
//! Everything here is exploratory and computed in plain `f64`; nothing that the homework asks for
//! comes from this room. Gradients carry the logarithm of their magnitude as well, so chains whose
//! gradients are smaller than any `f64` keep their order.

#![allow(clippy::indexing_slicing, reason = "layers are counted by the arrays that they index")]

mod bits;
mod bound;
mod chain;
mod course;
mod depth;
mod descent;
mod distribution;
mod draws;
mod ensemble;
mod lanes;
pub mod logistic;
#[cfg(test)]
mod tests;

pub use bound::{SlopeBound, slope_bound};
pub use chain::{Gradient, Loss, Network, Pass};
pub use course::{DEAD_SLOPE, Death, End, FITTED, STANDSTILL};
pub use depth::{DepthPoint, depth_profile};
pub use descent::{Descent, Iterate, descent};
pub use distribution::{Distribution, Magnitude};
pub use ensemble::{Ensemble, Estimate, Layer, ensembles, fits_f64};
