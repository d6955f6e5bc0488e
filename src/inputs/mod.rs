//! `homework.toml` and `--set`, read into one validated value.
//!
//! [`load`] reads the file, lays the `--set` arguments over it and checks everything: what it
//! returns can be solved. All independent errors come back at once, each underlining the place in
//! the file or in the argument and saying what to write instead.
//!
//! One reading goes: [`Source`] → a tree of values with their places → drawn weights
//! (`--random-weights`) → `--set` arguments in their order → checks → [`Inputs`].

#![allow(
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "ranges are those of the parser of the same text, and rows have the length of the first"
)]

pub mod limits;
pub mod stress;

mod check;
mod comma;
mod date;
mod decimal;
mod draw;
mod fields;
mod findings;
mod keys;
mod matrix;
mod options;
mod schema;
mod sets;
mod slips;
mod source;
mod syntax;
mod tree;
mod write;

#[cfg(test)]
mod bad_inputs;
#[cfg(test)]
mod tests;

use std::path::Path;

use nalgebra::DMatrix;
use schemars::JsonSchema;
use serde::Serialize;

pub use check::{PLACEHOLDER_NAME, PLACEHOLDER_NAME_HELP, PLACEHOLDER_NAME_LEFT};
pub use date::{Date, document_date};
pub use decimal::{Decimal, DecimalError};
pub use schema::schema;
pub use source::Source;

use crate::diagnostic::{Diagnostic, Result};

/// Reads the file at `path` and lays `sets` over it; see [`parse`].
///
/// # Errors
/// Where the file cannot be read, or [`parse`] finds something.
pub fn load(path: &Path, sets: &[String], random_weights: Option<u64>) -> Result<Inputs> {
    parse(Source::read(path)?, sets, random_weights)
}

/// Reads a `homework.toml`, replaces the weights of problem 2 by draws where a seed is given, and
/// lays the `--set` arguments over the result in their order: a later one wins over an earlier
/// one, and each over the draws.
///
/// # Errors
/// All independent ones: first what is not TOML; where all is TOML, what is wrong with the values.
pub fn parse(source: Source, sets: &[String], random_weights: Option<u64>) -> Result<Inputs> {
    let arguments = sets.iter().map(|text| Source::new("--set", text));
    let mut findings = findings::Findings::new(std::iter::once(source).chain(arguments).collect());
    let inputs = syntax::document(0, &mut findings).and_then(|mut root| {
        if let Some(seed) = random_weights {
            draw::weights(&mut root, seed);
        }
        for argument in 1..=sets.len() {
            sets::apply(&mut root, argument, &mut findings);
        }
        check::inputs(&root, random_weights, &mut findings)
    });
    let (inputs, warnings) = findings.finish(inputs)?;
    Ok(Inputs { warnings, ..inputs })
}

/// Everything a homework is made from. Every field has been checked.
///
/// As JSON, numbers are the decimals' texts, so that nothing is rounded on the way.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Inputs {
    /// What stands in the header, and how the pages look.
    pub submission: Submission,
    /// Backpropagation through a matrix product.
    pub problem1: Problem1,
    /// The two scalar chains.
    pub problem2: Problem2,
    /// Findings that do not stop a build, such as the placeholder name.
    #[serde(skip)]
    pub warnings: Vec<Diagnostic>,
    /// The seed, where the weights of problem 2 were drawn.
    pub random_weights: Option<u64>,
}

/// Who hands in, and how the pages look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Submission {
    /// The author, as typed; not empty, no control characters.
    pub name: String,
    /// The author's identifier at the university, as typed.
    pub id: Option<String>,
    /// The date on the title block.
    pub date: Option<Date>,
    /// The paper size.
    pub paper: Paper,
    /// Significant digits of a rounded result, 2 to 15.
    pub digits: usize,
}

/// A paper size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Paper {
    /// 8.5 in by 11 in.
    #[default]
    Letter,
    /// 210 mm by 297 mm.
    A4,
}

/// Problem 1: one gradient step on L = ‖W X − Y‖², by columns of `x` and `y` as samples.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Problem1 {
    /// The weights, m×d.
    #[serde(rename = "W", serialize_with = "write::rows")]
    pub w: DMatrix<Decimal>,
    /// The samples, d×n.
    #[serde(rename = "X", serialize_with = "write::rows")]
    pub x: DMatrix<Decimal>,
    /// The targets, m×n.
    #[serde(rename = "Y", serialize_with = "write::rows")]
    pub y: DMatrix<Decimal>,
    /// The step size of gradient descent, greater than zero.
    pub step_size: Decimal,
    /// How the samples' losses are put together.
    pub reduction: Reduction,
}

/// How the losses of the samples become one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Reduction {
    /// Their sum.
    #[default]
    Sum,
    /// Their sum divided by the number of samples.
    Mean,
}

/// Problem 2: two scalar chains of sigmoid layers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem2 {
    /// ŷ = σ(w_n·σ(… σ(w_1·x))) with cross-entropy; `y` is 0 or 1.
    pub classification: Chain,
    /// The same without the last sigmoid, with squared error.
    pub regression: Chain,
}

/// A chain of scalar layers without biases, and the sample it is differentiated at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Chain {
    /// The weights from the first layer to the last; at least one.
    pub w: Vec<Decimal>,
    /// The input.
    pub x: Decimal,
    /// The target.
    pub y: Decimal,
}
