//! `build-pdf`: solve, render, typeset, read back, write.

use std::path::Path;
use std::process::{Command, Stdio};

use super::change::Changes;
use super::compile::Sources;
use super::inspect::{further_warnings, inspect};
use super::outputs::{self, Outputs};
use super::progress::Progress;
use super::{print, record, show, summary};
use crate::answers::Answers;
use crate::cli::BuildArgs;
use crate::diagnostic::{Diagnostic, Failure, Result};
use crate::preflight::Report;

/// A build that succeeded; its files are written.
#[derive(Debug)]
pub struct Built {
    pub answers: Answers,
    pub report: Report,
    /// Which TeX files were used.
    pub tex_files: String,
    pub warnings: Vec<Diagnostic>,
    /// What is different from the files that were there before, where they tell.
    pub changes: Option<Changes>,
}

pub fn run(args: &BuildArgs) -> Result<()> {
    let built = build(args)?;
    show(&built.warnings);
    let (summary, table) = (summary::text(&built.answers), built.report.table());
    let changes = built.changes.as_ref().map(Changes::report).unwrap_or_default();
    let path = outputs::pdf_path(&args.source.output);
    print(&format!("{summary}\n{table}\n{changes}{} ({})\n", path.display(), built.tex_files))?;
    if args.open {
        open(&path);
    }
    Ok(())
}

/// Solves, renders, typesets, reads back and writes.
///
/// # Errors
/// Whatever stops it leaves the previous files as they were.
pub fn build(args: &BuildArgs) -> Result<Built> {
    outputs::settle(&args.source.output)?;
    let progress = Progress::new();
    progress.say("reading inputs and templates");
    let sources = Sources::load(&args.source, &args.bundle)?;
    progress.say("solving");
    let prepared = sources.prepare()?;
    let compiled = sources.typeset(&prepared, &mut |what| progress.say(what))?;
    progress.say("reading the PDF back");
    let report = inspect(&sources, &prepared, &compiled.pdf, "the PDF")?;
    let failures = report.failures();
    if !failures.is_empty() {
        return Err(Failure(compiled.warnings.into_iter().chain(failures).collect()));
    }
    let folder = &args.source.output;
    let json = record::json(&sources, &prepared, &compiled, &report)?;
    let changes = Changes::since(&outputs::json_path(folder), &json);
    let outputs = Outputs { pdf: &compiled.pdf, tex: &prepared.rendered.text, json: &json };
    outputs.write(folder)?;
    let further = further_warnings(&report, &prepared.warnings);
    let mut warnings = prepared.warnings;
    warnings.extend(compiled.warnings);
    warnings.extend(further);
    let (answers, tex_files) = (prepared.answers, compiled.source);
    Ok(Built { answers, report, tex_files, warnings, changes })
}

/// Hands the PDF to the desktop's viewer, without waiting for it.
pub fn open(path: &Path) {
    let viewer = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let mut command = Command::new(viewer);
    command.arg(path).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if let Err(error) = command.spawn() {
        let name = path.display();
        show(&[Diagnostic::warning(format!("{name} could not be opened with {viewer}: {error}"))
            .help("the PDF is written; open it by hand")]);
    }
}
