//! `build-pdf`: solve, render, typeset, read back, write.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::change::Changes;
use super::compile::{Prepared, Worked};
use super::engine::{Limits, Ready};
use super::inspect::{Recorded, further_warnings, inspect};
use super::outputs::{self, Outputs};
use super::progress::Progress;
use super::sources::{Sources, Surroundings, Texts};
use super::{drawn, print, record, show, summary, unchanged};
use crate::cli::BuildArgs;
use crate::diagnostic::{Diagnostic, Failure, Result};
use crate::inputs::Inputs;

/// A build that succeeded; its files are written.
#[derive(Debug)]
pub struct Built {
    /// The answers, and the pages to mark.
    pub summary: String,
    /// Which TeX files were used.
    pub tex_files: String,
    pub warnings: Vec<Diagnostic>,
    /// What is different from the files that were there before, where they tell.
    pub changes: Option<Changes>,
}

pub fn run(args: &BuildArgs) -> Result<()> {
    let built = build(args)?;
    show(&built.warnings);
    let summary = &built.summary;
    let changes = built.changes.as_ref().map(Changes::report).unwrap_or_default();
    let path = outputs::pdf_path(&args.source.output);
    print(&format!("{summary}\n{changes}{} ({})\n", path.display(), built.tex_files))?;
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
    let mut ready = None;
    solve(args, &mut ready, true)?.typeset(args, &mut ready)
}

/// How far a build can go without TeX.
#[derive(Debug)]
pub enum Solved {
    /// It would give what is there.
    Same(Box<Built>),
    /// There is a document to typeset.
    New(Box<Work>),
}

/// A document to typeset.
#[derive(Debug)]
pub struct Work {
    sources: Sources,
    prepared: Prepared,
    limits: Limits,
    /// What tells it from others.
    made_from: Option<String>,
}

/// Reads, solves and renders, while an engine gets ready if none is. If the files stay as they
/// are (`is_final`) it is given the document at once.
///
/// # Errors
/// Those of inputs and templates.
pub fn solve(args: &BuildArgs, ready: &mut Option<Ready>, is_final: bool) -> Result<Solved> {
    outputs::settle(&args.source.output)?;
    let progress = Progress::new();
    progress.say("reading inputs and templates");
    let limits = Limits::from_environment();
    let texts = Texts::read(&args.source);
    let around = Surroundings::new(&args.source.templates, &args.bundle);
    let made_from = unchanged::made_from(args, &texts);
    if let (Ok(_), Some(made_from)) = (&limits, &made_from)
        && let Some(built) = unchanged::last(args, made_from, &around)
    {
        return Ok(Solved::Same(Box::new(built)));
    }
    let begin = |inputs: &Inputs, around: &Surroundings| {
        if let (None, Ok(limits)) = (&ready, &limits) {
            *ready = around.begin(&last(args).unwrap_or_default(), None, inputs, limits);
        }
    };
    drawn::recall(&args.source.output);
    progress.say("solving");
    let (sources, worked) = Sources::parse(texts, &args.source.input, around, begin, Worked::out)?;
    let limits = limits?;
    let prepared = sources.render(&worked?, |latex| {
        if let Some(ready) = ready.as_mut().filter(|_| is_final) {
            sources.go_on(latex, &limits, ready);
        }
    })?;
    Ok(Solved::New(Box::new(Work { sources, prepared, limits, made_from })))
}

impl Solved {
    /// Typesets, reads back and writes. The engine is taken where there is a document for it.
    ///
    /// # Errors
    /// Those that TeX finds, and those of the outputs; the previous files stay as they were.
    pub fn typeset(self, args: &BuildArgs, ready: &mut Option<Ready>) -> Result<Built> {
        let Work { sources, prepared, limits, made_from } = match self {
            Self::Same(built) => return Ok(*built),
            Self::New(work) => *work,
        };
        let progress = Progress::new();
        let say = &mut |what: &str| progress.say(what);
        let compiled = sources.typeset(&prepared, &limits, ready.take(), say)?;
        progress.say("reading the PDF back");
        let report = inspect(&sources, &prepared, &compiled.pdf, "the PDF", &Recorded::default())?;
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
        let mut warnings = prepared.warnings.clone();
        warnings.extend(compiled.warnings);
        warnings.extend(further);
        let summary = format!("{}\n{}", summary::text(&prepared.answers), report.table());
        let mut built = Built { summary, tex_files: compiled.source, warnings, changes };
        drawn::keep(folder);
        if let Some(made_from) = made_from {
            unchanged::keep(args, made_from, &sources.around, &built, &outputs, &compiled.made);
        }
        built.warnings.splice(..0, compiled.notices);
        Ok(built)
    }
}

/// The LaTeX of the last build.
pub fn last(args: &BuildArgs) -> Option<String> {
    fs::read_to_string(outputs::tex_path(&args.source.output)).ok()
}

/// An engine that has begun as the `last` build's document does, with which the next is expected to
/// have that many bytes in `common`.
///
/// # Errors
/// Those of inputs and templates, which the next build will tell.
pub fn get_ready(args: &BuildArgs, last: &str, common: usize) -> Result<Option<Ready>> {
    let sources = Sources::load(&args.source, &args.bundle)?;
    let limits = Limits::from_environment()?;
    Ok(sources.around.begin(last, Some(common), &sources.inputs, &limits))
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
