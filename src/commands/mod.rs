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
mod engine;
mod inspect;
mod outputs;
mod progress;
mod record;
mod solve;
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

/// Prints diagnostics to stderr.
fn show(diagnostics: &[Diagnostic]) {
    for diagnostic in diagnostics {
        // Where stderr itself is broken there is nobody left to tell.
        let _ = writeln!(io::stderr(), "{}\n", diagnostic.render(colours()));
    }
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
