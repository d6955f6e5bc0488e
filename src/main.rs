//! The command line of gradproof; everything else is in the library.

use std::process::ExitCode;

use clap::Parser;
use gradproof::cli::Cli;

fn main() -> ExitCode {
    // Wrong usage ends here, with exit code 2.
    let cli = Cli::parse();
    gradproof::commands::run(&cli.command)
}
