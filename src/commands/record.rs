//! `homework3.json`: inputs, answers, where each is printed, versions and hashes.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::compile::{Compiled, Prepared};
use super::sources::{Sources, hex};
use crate::answers::Answers;
use crate::diagnostic::{Diagnostic, Result};
use crate::inputs::Inputs;
use crate::preflight;
use crate::report::ROOT;
use crate::tex::user_file_digest;

/// The extensions that a picture's name may leave out.
const PICTURES: [&str; 5] = ["", ".pdf", ".png", ".jpg", ".jpeg"];

/// The file, in the order of its keys.
#[derive(Debug, Serialize)]
struct Record<'a> {
    inputs: &'a Inputs,
    #[serde(flatten)]
    answers: &'a Answers,
    /// Where each answer that is asked for stands.
    printed_on: Vec<Place<'a>>,
    /// What the sentences hang on, by the names that templates use.
    noticed: serde_json::Map<String, serde_json::Value>,
    /// What to mark on Gradescope.
    pages_to_mark: Vec<Pages<'a>>,
    versions: Versions<'a>,
    hashes: Hashes<'a>,
}

#[derive(Debug, Serialize)]
struct Place<'a> {
    answer: &'a str,
    printed: &'a str,
    question: &'a str,
    page: usize,
}

#[derive(Debug, Serialize)]
struct Pages<'a> {
    question: &'a str,
    first: usize,
    last: usize,
}

#[derive(Debug, Serialize)]
struct Versions<'a> {
    gradproof: &'a str,
    /// Which TeX files were used.
    tex: &'a str,
}

#[derive(Debug, Serialize)]
struct Hashes<'a> {
    /// Of inputs, templates and program; also in the PDF's keywords.
    sources: &'a str,
    /// SHA-256 of every template, by its name.
    templates: BTreeMap<&'a str, String>,
    /// SHA-256 of every picture of the user's own, by its name in the templates' folder.
    figures: BTreeMap<String, String>,
    /// SHA-256 of homework3.tex.
    tex: String,
    /// SHA-256 of homework3.pdf.
    pdf: String,
}

/// The text of the file.
pub fn json(
    sources: &Sources,
    prepared: &Prepared,
    compiled: &Compiled,
    report: &preflight::Report,
) -> Result<String> {
    let record = Record {
        inputs: &sources.inputs,
        answers: &prepared.answers,
        printed_on: report.places.iter().filter_map(|place| find(prepared, place)).collect(),
        noticed: (prepared.noticed.iter())
            .map(|(name, value)| (name.clone(), value.as_str().into()))
            .collect(),
        pages_to_mark: (report.pages_to_mark.iter())
            .map(|(question, pages)| Pages { question, first: *pages.start(), last: *pages.end() })
            .collect(),
        versions: Versions { gradproof: env!("CARGO_PKG_VERSION"), tex: &compiled.source },
        hashes: Hashes {
            sources: &prepared.fingerprint,
            templates: (sources.templates.files(ROOT))
                .map(|(name, text, _)| (name, hex(&Sha256::digest(text))))
                .collect(),
            figures: figures(&prepared.rendered.text, &sources.around.folder),
            tex: hex(&Sha256::digest(&prepared.rendered.text)),
            pdf: hex(&Sha256::digest(&compiled.pdf)),
        },
    };
    serde_json::to_string_pretty(&record)
        .map(|text| text + "\n")
        .map_err(|error| Diagnostic::error(format!("the record is no JSON: {error}")).into())
}

fn find<'a>(prepared: &'a Prepared, (name, page): &(String, usize)) -> Option<Place<'a>> {
    let answer = prepared.asked.iter().find(|answer| answer.name == *name)?;
    let question = answer.question.label();
    Some(Place { answer: &answer.name, printed: &answer.printed, question, page: *page })
}

/// The pictures below `folder` that a document includes, with their hashes.
pub fn figures(tex: &str, folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for rest in tex.split("\\includegraphics").skip(1) {
        let options = rest.trim_start_matches('*');
        let argument = match options.strip_prefix('[') {
            Some(options) => options.split_once(']').map_or("", |(_, argument)| argument),
            None => options,
        };
        let name = argument.strip_prefix('{').and_then(|name| name.split_once('}'));
        let Some((name, _)) = name else { continue };
        for extension in PICTURES {
            let name = format!("{name}{extension}");
            found.extend(user_file_digest(folder, &name).map(|digest| (name, digest)));
        }
    }
    found
}
