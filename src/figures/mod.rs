//! Curves, computed here and drawn as plain paths: a plotting package's arithmetic in TeX costs
//! more time than the whole page.
//!
//! A [`Plot`] holds what is shown, in data coordinates; [`Plot::render`] gives a `pgfpicture` in
//! the document's font. Constructors for the figures of the homework and of the appendix return a
//! `Plot`, so size, labels and names can be changed before rendering. Everything that reaches the
//! page as text is LaTeX and comes from the caller, but for the axes' ticks.

mod exploration;
mod flow;
mod frame;
mod homework;
mod pen;
mod plot;
mod render;
#[cfg(test)]
mod tests;
mod ticks;

pub use exploration::{depth_figure, descent_figure, ensemble_figure};
pub use flow::{Edge, Flow, Input, Label, Stage};
pub use homework::{LayerGradients, layer_gradients, sigmoid_and_slope};
pub use plot::{Axis, Line, Mark, Note, Plot, Scale, Series, Side, Spread};
