//! `stress`: random homeworks, each solved, witnessed, rendered; a sample typeset and read back.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rayon::prelude::*;

use super::engine::Limits;
use super::inspect::{Recorded, inspect};
use super::print;
use super::sources::{Sources, Surroundings};
use crate::cli::StressArgs;
use crate::diagnostic::{Diagnostic, Failure, Result};
use crate::inputs::stress::homework;
use crate::report::TEMPLATES;
use crate::templates::TemplateSet;

/// One homework in so many is typeset: the engine is a hundred times slower than the solver.
const TYPESET_EVERY: u64 = 250;
/// Failures that are shown; the count tells of all.
const SHOWN: usize = 5;

pub fn run(args: &StressArgs) -> Result<()> {
    let templates = TemplateSet::load(&args.templates, TEMPLATES)?;
    let sources = |index| {
        let inputs = homework(args.seed, index);
        let around = Surroundings::new(&args.templates, &args.bundle);
        Sources { inputs, templates: templates.clone(), around }
    };
    let failures = Mutex::new(Vec::new());
    let bar = progress(args.count);
    (0..args.count).into_par_iter().for_each(|index| {
        let sources = sources(index);
        // A panic is a failure like any other: its inputs must be told.
        let examined = panic::catch_unwind(AssertUnwindSafe(|| {
            examine(&sources, index.is_multiple_of(TYPESET_EVERY))
        }));
        let examined =
            examined.unwrap_or_else(|_| Err(Diagnostic::error("the program panicked").into()));
        if let Err(failure) = examined {
            let mut failures = failures.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            failures.push((index, failure, sources.inputs));
        }
        bar.inc(1);
    });
    bar.finish_and_clear();
    let mut failures = failures.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    let typeset = typeset_well(args.count, failures.iter().map(|(index, ..)| *index));
    print(&format!(
        "{} homeworks (seed {}): {} failed; {typeset} of them typeset and read back\n",
        args.count,
        args.seed,
        failures.len()
    ))?;
    if failures.is_empty() {
        return Ok(());
    }
    failures.sort_by_key(|(index, ..)| *index);
    failures.truncate(SHOWN);
    for (index, _, inputs) in &failures {
        // On stdout and without decoration: it can be saved and used as it is.
        let (seed, toml) = (args.seed, inputs.to_toml());
        print(&format!("\n# homework.toml of homework {index}, seed {seed}, which fails\n{toml}"))?;
    }
    Err(Failure(
        failures.into_iter().flat_map(|(index, failure, _)| report(index, failure)).collect(),
    ))
}

/// How many of `count` homeworks were typeset and read back, those that failed left out.
fn typeset_well(count: u64, failed: impl Iterator<Item = u64>) -> u64 {
    let failed = failed.filter(|index| index.is_multiple_of(TYPESET_EVERY)).count();
    count.div_ceil(TYPESET_EVERY) - failed as u64
}

/// Solves, checks and renders; typesets and reads back where asked.
fn examine(sources: &Sources, typeset: bool) -> Result<()> {
    let prepared = sources.prepare()?;
    if typeset {
        let limits = Limits::from_environment()?;
        let compiled = sources.typeset(&prepared, &limits, None, &mut |_| {})?;
        let failures =
            inspect(sources, &prepared, &compiled.pdf, "the PDF", &Recorded::default())?.failures();
        if !failures.is_empty() {
            return Err(Failure(failures));
        }
    }
    Ok(())
}

/// What went wrong, and with which homework.
fn report(index: u64, failure: Failure) -> Vec<Diagnostic> {
    let note = Diagnostic::error(format!("homework {index} failed"))
        .help("its homework.toml is printed on stdout: build-pdf --inputs FILE reproduces it");
    failure.0.into_iter().chain([note]).collect()
}

/// Rate and time left, on a terminal.
fn progress(count: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(count), ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len}  {per_sec}  {eta} left") {
        bar.set_style(style);
    }
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_does_not_count_as_typeset() {
        let count = 2 * TYPESET_EVERY + 1;
        assert_eq!(typeset_well(count, [].into_iter()), 3);
        assert_eq!(typeset_well(count, [1, TYPESET_EVERY].into_iter()), 2);
    }
}
