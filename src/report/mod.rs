//! Which answer belongs to which question, and the view that templates see.
//!
//! Templates get these types and nothing else: what a solver calls its parts stays behind them.

#![allow(
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "ranges are of what was found in the same text; layers are those of the solved chain"
)]

mod appendix;
mod approx;
pub mod boxes;
mod chain;
mod claims;
pub mod coverage;
pub mod cuts;
mod defaults;
mod descent;
pub mod described;
pub mod draws;
mod empty;
pub mod ended;
mod ensemble;
mod figures;
mod flow;
mod frames;
pub mod layout;
pub mod live;
mod names;
mod noticed;
mod product;
mod questions;
mod step;
pub mod typed;
mod view;
mod wide;
mod width;

pub use appendix::AppendixView;
pub use chain::ChainView;
pub use claims::{BlowupView, ChainClaimsView, StepClaimsView};
pub use defaults::{ROOT, TEMPLATES};
pub use figures::FiguresView;
pub use names::{Name, meaning, names};
pub use product::ProductView;
pub use questions::{Answer, Question, answers};
pub use step::StepView;
#[cfg(test)]
mod tests;

pub use view::{APPENDIX, DocumentView, View};
