//! Figures, computed here and drawn as plain paths: a drawing package's arithmetic in TeX costs
//! more time than the whole page.
//!
//! A [`Plot`] holds what is shown, in data coordinates, a [`Flow`] a computational graph. Both
//! render as LaTeX's `picture` under the name `drawing`, a box in the line of text: `\put` places
//! its texts, and `\ink` holds the lines as PDF's own operators, which no engine reads, let alone
//! computes with. `templates/report.tex` defines these two. Constructors for the figures of the
//! homework and of the appendix return a `Plot`, so size, labels and names can be changed before
//! rendering. Everything that reaches the page as text is LaTeX and comes from the caller, but for
//! the axes' ticks.

#![allow(
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "both are of what the figure itself has counted"
)]

mod exploration;
mod flow;
mod frame;
mod homework;
mod measure;
mod pen;
mod plot;
mod render;
#[cfg(test)]
mod tests;
mod ticks;

pub use exploration::{depth_figure, descent_figure, ensemble_figure};
pub use flow::{Edge, Flow, Input, Label, Stage};
pub use homework::{LayerGradients, layer_gradients, sigmoid_and_slope};
pub use measure::text_width;
pub use plot::{Axis, Line, Mark, Note, Plot, Scale, Series, Side, Spread};
