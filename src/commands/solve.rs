//! `solve`: every answer, without TeX.

use super::print;
use super::summary;
use crate::answers::Answers;
use crate::cli::{Format, SolveArgs};
use crate::diagnostic::{Diagnostic, Result};
use crate::inputs;
use crate::problems::Homework;
use crate::report::{self, View};
use crate::witness;

/// Stands for the hash that a build puts there.
const FINGERPRINT: &str = "gradproof:…";

pub fn run(args: &SolveArgs) -> Result<()> {
    let input = &args.input;
    let inputs = inputs::load(&input.inputs, &input.sets, input.random_weights)?;
    let homework = Homework::solve(&inputs)?;
    let answers = Answers::new(&homework);
    match args.format {
        Format::Text => {
            // The fingerprint hangs on the templates, which are not read here.
            let view =
                View::new(&inputs, &homework, &witness::check(&inputs, &homework)?, FINGERPRINT);
            print(&(summary::text(&answers) + &summary::names(&report::names(&view)?)))
        }
        Format::Json => print(&(json(&answers)? + "\n")),
    }
}

/// The answers as the JSON that scripts rely on.
fn json(answers: &Answers) -> Result<String> {
    serde_json::to_string_pretty(answers)
        .map_err(|error| Diagnostic::error(format!("the answers are no JSON: {error}")).into())
}
