//! `check`: is the PDF what today's inputs and templates give, and ready for Gradescope?

use std::fs;
use std::path::Path;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::compile::Prepared;
use super::inspect::{Recorded, further_warnings, inspect};
use super::record::figures;
use super::sources::{Sources, hex};
use super::{outputs, print, show};
use crate::cli::CheckArgs;
use crate::diagnostic::{Diagnostic, Failure, Result, Severity};
use crate::tex::BundleChoice;

pub fn run(args: &CheckArgs) -> Result<()> {
    let path = args.pdf.clone().unwrap_or_else(|| outputs::pdf_path(&args.source.output));
    path.parent().map_or(Ok(()), outputs::settle)?;
    let name = path.display().to_string();
    let pdf = fs::read(&path).map_err(|error| {
        Diagnostic::error(format!("{name} could not be read: {error}"))
            .help("run `build-pdf` first, or name the PDF to check")
    })?;
    let sources = Sources::load(&args.source, &BundleChoice::Auto)?;
    let prepared = sources.prepare()?;
    let mut recorded = recorded(&path, &pdf, &sources, &prepared);
    recorded.is_old = true;
    // What was edited since was rather given there than as an option.
    if is_newer(&args.source.input.inputs, &path) {
        recorded.options.clear();
    }
    let report = inspect(&sources, &prepared, &pdf, &name, &recorded)?;

    show(&prepared.warnings);
    show(&further_warnings(&report, &prepared.warnings));
    let mut text = String::new();
    for item in &report.items {
        let mark = match item.severity() {
            None if !item.judged => "skip",
            None => "ok  ",
            Some(Severity::Warning) => "look",
            Some(Severity::Error) => "FAIL",
        };
        text += &format!("{mark}  {}\n", item.name);
    }
    if !report.pages_to_mark.is_empty() {
        text += &format!("\n{}", report.table());
    }
    print(&text)?;
    let failures = report.failures();
    if failures.is_empty() { Ok(()) } else { Err(Failure(failures)) }
}

/// Whether the first of two files was changed after the second.
fn is_newer(one: &Path, other: &Path) -> bool {
    let changed = |path: &Path| fs::metadata(path).and_then(|file| file.modified()).ok();
    matches!((changed(one), changed(other)), (Some(one), Some(other)) if one > other)
}

/// What the record that stands beside the PDF tells, if it is its own.
fn recorded(path: &Path, pdf: &[u8], sources: &Sources, prepared: &Prepared) -> Recorded {
    let record = fs::read(path.with_extension("json")).ok();
    let record = record.and_then(|text| serde_json::from_slice::<Value>(&text).ok());
    let Some(record) = record else { return Recorded::default() };
    let is_its_own = record.pointer("/hashes/pdf").and_then(Value::as_str);
    if is_its_own != Some(&hex(&Sha256::digest(pdf))) {
        return Recorded::default();
    }
    let made_from = record.get("inputs");
    let options = made_from.map(|made_from| sources.inputs.options_for(made_from));
    let before = record.pointer("/hashes/figures").and_then(Value::as_object);
    let now = figures(&prepared.rendered.text, &sources.around.folder);
    let is_another =
        |name: &String, hash: &Value| now.get(name).map(String::as_str) != hash.as_str();
    let replaced = before.into_iter().flatten().filter(|(name, hash)| is_another(name, hash));
    Recorded {
        options: options.unwrap_or_default(),
        replaced: replaced.map(|(name, _)| name.clone()).collect(),
        ..Recorded::default()
    }
}
