//! Independent ways to the gradients: nothing is typeset before they agree.
//!
//! | witness | how it gets a gradient | arithmetic |
//! |---|---|---|
//! | [`Witness::Forward`] | carries a derivative forward through the loss with dual numbers | `f64` |
//! | [`Witness::Differences`] | (L(w + h) − L(w − h)) / 2h | certified, hundreds of bits |
//! | [`Witness::ClosedForm`] | the formulas derived by hand, from the inputs alone | `f64`, nalgebra |
//!
//! None of them uses the rules of reverse mode. The first two see only the graph of the loss, and
//! check the gradients of the weights, of large problems a sample; the third sees no graph, and
//! checks ∂L/∂P and every δₖ = ∂L/∂zₖ as well. Some gradients are out of reach of all: these are
//! [counted](Checks::unseen).

#![allow(clippy::indexing_slicing, reason = "shapes are those of checked inputs")]

mod closed_form;
mod differences;
mod forward;
mod sample;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Failure, Result};
use crate::inputs::Inputs;
use crate::numbers::{Certified, Printed};
use crate::problems::Homework;

/// An independent way to a gradient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Witness {
    /// Forward mode: dual numbers.
    Forward,
    /// Central differences in high precision.
    Differences,
    /// Hand-derived formulas.
    ClosedForm,
}

impl Witness {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Forward => "forward mode with dual numbers",
            Self::Differences => "central differences",
            Self::ClosedForm => "the closed formulas",
        }
    }

    /// The largest [deviation](Comparison::largest_deviation) that is agreement.
    ///
    /// In `f64` every operation errs by at most ε/2 = 2⁻⁵³ of its result, and the deviation counts
    /// how often; 16 ε leaves room for the few ε of each exp. The differences'
    /// truncation and rounding are below 2⁻⁸⁰ by their choice of step and precision.
    pub fn bound(self) -> f64 {
        match self {
            Self::Forward | Self::ClosedForm => 16.0 * f64::EPSILON,
            Self::Differences => 1e-20,
        }
    }
}

/// What all witnesses said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checks {
    pub comparisons: Vec<Comparison>,
    /// Whether every witness compared each gradient of a weight by itself.
    pub complete: bool,
    /// Gradients of weights of problem 2 that no witness compared: out of reach of `f64`, and for
    /// central differences either too small or beside their sample of a deep chain. In problem 1
    /// every entry enters the differences, which are exact there.
    pub unseen: usize,
    /// Why it is not [complete](Self::complete).
    pub left_out: LeftOut,
}

/// Why witnesses left gradients of weights out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Of many weights, two witnesses were asked about a sample.
    pub sampled: bool,
    /// Some are zero, or out of the reach of `f64`.
    pub by_floats: bool,
    /// Some are too small for the differences, or their inputs too large.
    pub by_differences: bool,
}

impl LeftOut {
    fn any(self) -> bool {
        self.sampled || self.by_floats || self.by_differences
    }
}

/// What a witness said about all gradients together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    pub witness: Witness,
    /// How many numbers were compared: entries, or derivatives in a random direction. Gradients
    /// that `f64` can't hold, or in which it keeps no digit, are left to the other witnesses.
    pub gradients: usize,
    /// How many of them were entries of ∂L/∂P …
    pub of_outputs: usize,
    /// … and how many were δₖ.
    pub deltas: usize,
    /// The largest |witness − gradient| / scale.
    ///
    /// The scale of central differences is |gradient| (1 for a proved zero). The scale of the `f64`
    /// witnesses is the sum of the magnitudes that rounding errors are relative to: for ∂L/∂W the
    /// same formula with every entry and every term made positive, for a chain |gradient| times
    /// its condition number, each times the number of rounded operations in a row.
    pub largest_deviation: f64,
    /// What it was allowed to be.
    pub bound: f64,
}

/// Asks all witnesses about the gradients.
///
/// # Errors
/// For every witness and problem that disagree, the first gradient they disagree about.
pub fn check(inputs: &Inputs, homework: &Homework) -> Result<Checks> {
    let chains = [
        ("classification", &inputs.problem2.classification, &homework.classification),
        ("regression", &inputs.problem2.regression, &homework.regression),
    ];
    let mut forward = Tally::new(Witness::Forward);
    let mut differences = Tally::new(Witness::Differences);
    let mut closed_form = Tally::new(Witness::ClosedForm);

    let product = &homework.product;
    forward.begin("problem 1");
    forward::product(&mut forward, &inputs.problem1, product);
    differences.begin("problem 1");
    differences::product(&mut differences, product);
    closed_form.begin("problem 1");
    closed_form::product(&mut closed_form, &inputs.problem1, product);
    let entries = inputs.problem1.w.len();
    let asked = differences.compared();
    let by_formula = closed_form.compared() - closed_form.comparison.of_outputs;
    let mut left_out = LeftOut {
        sampled: !sample::is_by_entry(inputs.problem1.w.shape()),
        by_floats: forward.compared() < asked || by_formula < entries,
        by_differences: false,
    };
    let mut unseen = 0;
    for (name, inputs, solved) in chains {
        let problem = format!("problem 2, {name}");
        forward.begin(&problem);
        let by_forward = forward::chain(&mut forward, inputs, solved);
        differences.begin(&problem);
        let by_differences = differences::chain(&mut differences, inputs, solved);
        closed_form.begin(&problem);
        let by_formula = closed_form::chain(&mut closed_form, inputs, solved);
        let depth = solved.problem.depth();
        let asked = sample::layers(depth).len();
        left_out.sampled |= asked < depth;
        left_out.by_floats |= by_forward.len() < asked || by_formula.len() < depth;
        left_out.by_differences |= by_differences.len() < asked;
        let seen = [by_forward, by_differences, by_formula];
        unseen += depth - seen.concat().into_iter().collect::<HashSet<usize>>().len();
    }

    let tallies = [forward, differences, closed_form];
    let comparisons = tallies.iter().map(|tally| tally.comparison).collect();
    let disagreements: Vec<_> = tallies.into_iter().flat_map(|tally| tally.disagreements).collect();
    if !disagreements.is_empty() {
        return Err(Failure(disagreements));
    }
    Ok(Checks { comparisons, complete: !left_out.any(), unseen, left_out })
}

/// One witness's comparisons so far.
struct Tally {
    comparison: Comparison,
    problem: String,
    /// The current problem has one already.
    disagreed: bool,
    disagreements: Vec<Diagnostic>,
}

impl Tally {
    fn new(witness: Witness) -> Self {
        let comparison = Comparison {
            witness,
            gradients: 0,
            of_outputs: 0,
            deltas: 0,
            largest_deviation: 0.0,
            bound: witness.bound(),
        };
        Self { comparison, problem: String::new(), disagreed: false, disagreements: vec![] }
    }

    /// How many numbers were compared so far.
    fn compared(&self) -> usize {
        self.comparison.gradients
    }

    fn begin(&mut self, problem: &str) {
        problem.clone_into(&mut self.problem);
        self.disagreed = false;
    }

    /// Compares the reverse-mode `gradient` with a value in `f64`, relative to `scale`.
    fn compare(&mut self, name: &str, gradient: &Certified, found: f64, scale: f64) {
        let claimed = gradient.nearest_f64().unwrap_or(f64::NAN);
        let distance = (found - claimed).abs();
        let deviation = if distance == 0.0 { 0.0 } else { distance / scale };
        self.note(name, gradient, &format!("{found:e}"), deviation);
    }

    fn note(&mut self, name: &str, gradient: &Certified, found: &str, deviation: f64) {
        let comparison = &mut self.comparison;
        comparison.gradients += 1;
        // A deviation that is not a number is none that agrees.
        if deviation > comparison.largest_deviation || deviation.is_nan() {
            comparison.largest_deviation = deviation;
        }
        if (deviation <= comparison.bound) || self.disagreed {
            return;
        }
        self.disagreed = true;
        let witness = comparison.witness.name();
        let message = format!(
            "{name} of {} is {} by reverse mode, but {found} by {witness}",
            self.problem,
            shown(gradient)
        );
        self.disagreements.push(Diagnostic::error(message).help(
            "this is a fault of the program, not of your inputs: please report it with your homework.toml",
        ));
    }
}

/// Seventeen digits, which tell any two `f64` apart.
fn shown(value: &Certified) -> String {
    Printed::round(value, 17).map_or_else(|| "undecided".to_owned(), |printed| printed.to_string())
}
