//! The commands: orchestration, all file writing, and exit codes.

#![allow(
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "ranges are of what was found in the same text, rows have the length of the first"
)]

mod build;
mod cache;
mod change;
mod check;
mod compile;
mod complaints;
mod drawn;
mod engine;
mod inspect;
mod outputs;
mod progress;
mod record;
mod solve;
mod sources;
mod stress;
mod summary;
mod symbols;
mod unchanged;
mod watch;

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use crate::cli::Command;
use crate::diagnostic::{Diagnostic, Result};

/// Runs a command. Results went to stdout, progress and diagnostics to stderr; the exit code is
/// 0 for done and 1 for a build or a check that failed.
pub fn run(command: &Command) -> ExitCode {
    let done = match command {
        Command::BuildPdf(args) => build::run(args),
        Command::Check(args) => check::run(args),
        Command::Solve(args) => solve::run(args),
        Command::TypesetDocument(args) => return engine::run(args),
        Command::Stress(args) => stress::run(args),
        Command::Watch(args) => watch::run(args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            show(&failure.0);
            ExitCode::FAILURE
        }
    }
}

/// More than so many at once are nobody's to read: one mistake can have thousands of followers.
const MOST_SHOWN: usize = 30;

/// Prints diagnostics to stderr.
fn show(diagnostics: &[Diagnostic]) {
    // Where stderr itself is broken there is nobody left to tell.
    let (shown, left) = first(diagnostics);
    for diagnostic in shown {
        let _ = writeln!(io::stderr(), "{}\n", diagnostic.render(colours()));
    }
    if left > 0 {
        let _ = writeln!(io::stderr(), "and {left} more; mend these first\n");
    }
}

/// Those that are shown, and how many are not. Where there are too many, errors come first.
fn first(diagnostics: &[Diagnostic]) -> (Vec<&Diagnostic>, usize) {
    let mut shown: Vec<&Diagnostic> = diagnostics.iter().collect();
    if shown.len() > MOST_SHOWN {
        shown.sort_by_key(|diagnostic| std::cmp::Reverse(diagnostic.severity));
        shown.truncate(MOST_SHOWN);
    }
    let left = diagnostics.len() - shown.len();
    (shown, left)
}

/// Colours only on a terminal, and not against `NO_COLOR`.
fn colours() -> bool {
    let asked_not_to = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    io::stderr().is_terminal() && !asked_not_to
}

/// Prints results to stdout. A reader that went away (`| head`) is no failure.
fn print(text: &str) -> Result<()> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Diagnostic::error(format!("the results could not be printed: {error}")).into())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_cut_and_leaves_the_errors() {
        let warning = |i: usize| Diagnostic::warning(format!("warning {i}"));
        let few: Vec<_> = (0..MOST_SHOWN).map(warning).collect();
        assert!(first(&few).0.into_iter().eq(&few) && first(&few).1 == 0);
        let mut many: Vec<_> = (0..1000).map(warning).collect();
        many.extend((0..2).map(|i| Diagnostic::error(format!("error {i}"))));
        let (shown, left) = first(&many);
        let messages = shown.iter().map(|diagnostic| diagnostic.message.as_str());
        assert!(messages.take(3).eq(["error 0", "error 1", "warning 0"]));
        assert_eq!((shown.len(), left), (MOST_SHOWN, 1002 - MOST_SHOWN));
    }
}
