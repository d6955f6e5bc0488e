//! gradproof solves a deep-learning homework and typesets the submission PDF.
//!
//! **The derivation that is printed is the computation that ran.** Nothing in the PDF that could be
//! computed is typed by hand, and nothing is computed that the PDF does not show how.
//!
//! # The way of the data
//!
//! 1. [`inputs`] reads `homework.toml` and `--set` into one validated value. A number is the
//!    decimal that was typed ([`inputs::Decimal`]): 0.1 is 1/10.
//! 2. [`numbers`] are what a graph is evaluated in: `f64`, dual numbers, or
//!    [certified numbers](numbers::Certified), exact where possible and otherwise enclosed.
//! 3. A [`graph`] is an expression over matrices whose steps have symbols.
//!    Differentiating a graph backwards ([`graph::Graph::backward`]) gives more graph, so a
//!    gradient has a symbol, a formula and a value like any other node.
//! 4. [`solution`] decides how many digits each step of a graph prints, so that each is certified
//!    and the printed derivation closes.
//! 5. [`problems`] writes each problem once, as a graph, and solves it; [`problems::claims`] says
//!    what is to be noticed. [`witness`] finds the gradients again in three independent ways,
//!    [`study`] says what lies beyond the questions, and [`answers`] is all that the homework asks
//!    for, as data.
//! 6. [`report`] makes the view that [`templates`] see; they become one LaTeX document, with a map
//!    from its lines back to theirs. [`figures`] draws curves as plain paths.
//! 7. [`tex`] typesets the document, and its messages come home to the template's line.
//! 8. [`preflight`] reads the finished PDF back, knowing nothing of how it was made.
//! 9. [`commands`] puts this together, writes the files and sets the exit code; [`cli`] is what can
//!    be typed. It keeps TeX's process as a `checkpoint`, to go on from.
//!
//! The way has one direction: no module uses one of a later step. All of them report what is wrong
//! in one form, [`diagnostic`].

// Mistakes of users are answered, never met with a panic. A room that slices or indexes says why it
// may.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable,
        clippy::todo,
        clippy::unimplemented,
        clippy::indexing_slicing,
        clippy::string_slice
    )
)]

pub mod answers;
mod checkpoint;
pub mod cli;
pub mod commands;
pub mod diagnostic;
pub mod figures;
pub mod graph;
pub mod inputs;
mod latex;
pub mod numbers;
pub mod preflight;
pub mod problems;
#[cfg(test)]
mod properties;
pub mod report;
pub mod solution;
pub mod study;
pub mod templates;
pub mod tex;
pub mod witness;
