//! `check`: is the PDF what today's inputs and templates give, and ready for Gradescope?

use std::fs;
use std::path::Path;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::compile::{Sources, hex};
use super::inspect::{further_warnings, inspect};
use super::{outputs, print, show};
use crate::cli::CheckArgs;
use crate::diagnostic::{Diagnostic, Failure, Result, Severity};
use crate::inputs::Inputs;
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
    let options = options(&path, &pdf, &sources.inputs);
    let report = inspect(&sources, &prepared, &pdf, &name, &options)?;

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

/// The options that give the inputs of the PDF, by the record that stands beside it.
fn options(path: &Path, pdf: &[u8], inputs: &Inputs) -> Vec<String> {
    let record = fs::read(path.with_extension("json")).ok();
    let record = record.and_then(|text| serde_json::from_slice::<Value>(&text).ok());
    let Some(record) = record else { return Vec::new() };
    let is_its_own = record.pointer("/hashes/pdf").and_then(Value::as_str);
    if is_its_own != Some(&hex(&Sha256::digest(pdf))) {
        return Vec::new();
    }
    record.get("inputs").map(|made_from| inputs.options_for(made_from)).unwrap_or_default()
}
