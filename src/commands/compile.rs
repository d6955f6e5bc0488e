//! From inputs and templates to a finished document in memory; nothing is written here.

use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sha2::{Digest, Sha256};

use super::engine::{self, Limits};
use crate::answers::Answers;
use crate::cli::SourceArgs;
use crate::diagnostic::{Diagnostic, Failure, Place, Result};
use crate::inputs::{self, Date, Inputs};
use crate::problems::Homework;
use crate::report::{self, ROOT, TEMPLATES, View, coverage};
use crate::templates::{Rendered, TemplateSet};
use crate::tex::{self, BundleChoice, Document, Made, Message, TexFailure};
use crate::witness;

/// What a document is made from.
#[derive(Clone, Debug)]
pub struct Sources {
    pub inputs: Inputs,
    pub templates: TemplateSet,
    /// The folder of the templates, where a user's own figures are too.
    pub folder: PathBuf,
    pub bundle: BundleChoice,
}

/// A solved homework as LaTeX.
#[derive(Debug)]
pub struct Prepared {
    pub answers: Answers,
    /// The answers that the homework asks for.
    pub asked: Vec<report::Answer>,
    pub rendered: Rendered,
    /// What its sentences hang on: names that templates use, and values.
    pub noticed: Vec<(String, String)>,
    /// Tells which inputs and templates it was made from.
    pub fingerprint: String,
    pub warnings: Vec<Diagnostic>,
}

/// A typeset document.
#[derive(Debug)]
pub struct Compiled {
    pub pdf: Vec<u8>,
    /// Which TeX files were used.
    pub source: String,
    /// The files that TeX read.
    pub made: Made,
    pub warnings: Vec<Diagnostic>,
}

impl Sources {
    /// Reads inputs and templates; mistakes in both are shown together.
    pub fn load(args: &SourceArgs, bundle: &BundleChoice) -> Result<Self> {
        let input = &args.input;
        let inputs = inputs::load(&input.inputs, &input.sets, input.random_weights);
        let templates = TemplateSet::load(&args.templates, TEMPLATES);
        match (inputs, templates) {
            (Ok(inputs), Ok(templates)) => {
                let (folder, bundle) = (args.templates.clone(), bundle.clone());
                Ok(Self { inputs, templates, folder, bundle })
            }
            (Err(mut one), Err(other)) => {
                one.0.extend(other.0);
                Err(one)
            }
            (Err(failure), _) | (_, Err(failure)) => Err(failure),
        }
    }

    /// Solves the homework and renders the templates.
    pub fn prepare(&self) -> Result<Prepared> {
        let homework = Homework::solve(&self.inputs)?;
        // Nothing is typeset before the gradients were found again in independent ways.
        let witnesses = witness::check(&self.inputs, &homework)?;
        let fingerprint = self.fingerprint()?;
        let view = View::new(&self.inputs, &homework, &witnesses, &fingerprint);
        let rendered = self.templates.render(ROOT, &view)?;
        let asked = report::answers(&homework);
        let lost = coverage::missing(&rendered.text, &asked, &self.folder.display().to_string());
        if !lost.is_empty() {
            return Err(Failure(lost));
        }
        let mut warnings = self.inputs.warnings.clone();
        warnings.extend(self.typed_decimals(&asked)?);
        let answers = Answers::new(&homework);
        let noticed = view.noticed();
        Ok(Prepared { answers, asked, rendered, noticed, fingerprint, warnings })
    }

    /// Decimals typed into a template: one that equals an answer is an error, any other a warning.
    fn typed_decimals(&self, answers: &[report::Answer]) -> Result<Vec<Diagnostic>> {
        let mut warnings = Vec::new();
        let mut errors = Vec::new();
        for (place, number) in self.templates.typed_decimals() {
            let place = Place { label: "typed by hand".into(), ..place };
            let same = |a: &&report::Answer| a.printed.trim_start_matches('-') == number;
            match answers.iter().find(same) {
                Some(answer) => errors.push(
                    Diagnostic::error(format!("{number} is computed by the program as {}", answer.name))
                        .at(place)
                        .help(format!("print it with << {}.value >>, so that it stays true for other inputs", answer.field)),
                ),
                None => warnings.push(
                    Diagnostic::warning(format!("{number} is typed by hand: it stays the same for other inputs"))
                        .at(place)
                        .help(format!("print it by its name (`solve` lists them); a true constant stays if the line ends with `%! keep {number}` and the reason")),
                ),
            }
        }
        if errors.is_empty() { Ok(warnings) } else { Err(Failure(errors)) }
    }

    /// A hash of the inputs, the templates and the program's version.
    pub fn fingerprint(&self) -> Result<String> {
        let inputs = serde_json::to_string(&self.inputs)
            .map_err(|error| Diagnostic::error(format!("the inputs are no JSON: {error}")))?;
        let mut hash = Sha256::new();
        for part in [env!("CARGO_PKG_VERSION"), &inputs] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        for (name, text, _) in self.templates.files() {
            for part in [name, text] {
                hash.update((part.len() as u64).to_le_bytes());
                hash.update(part);
            }
        }
        Ok(format!("gradproof:{}", hex(&hash.finalize()[..16])))
    }

    /// Typesets prepared LaTeX.
    pub fn typeset(&self, prepared: &Prepared, progress: &mut dyn FnMut(&str)) -> Result<Compiled> {
        let document = Document {
            source: &prepared.rendered.text,
            include: std::slice::from_ref(&self.folder),
            date: document_date(self.inputs.submission.date)?,
        };
        let rendered = &prepared.rendered;
        let split = |messages: &[Message]| self.split(messages, rendered);
        match engine::typeset(&document, &self.bundle, &Limits::from_environment()?, progress) {
            Ok(done) => {
                let (errors, warnings) = split(&done.messages);
                if errors.is_empty() {
                    let tex::Typeset { pdf, source, made, .. } = done;
                    Ok(Compiled { pdf, source, made, warnings })
                } else {
                    Err(Failure(errors))
                }
            }
            Err(TexFailure::Document { messages, .. }) => {
                let (errors, warnings) = split(&messages);
                if !errors.is_empty() {
                    return Err(Failure(errors));
                }
                let mut all = vec![Diagnostic::error("TeX stopped without naming a mistake")];
                all.extend(warnings);
                Err(Failure(all))
            }
            Err(TexFailure::NoTexFiles { message, help }) => {
                Err(Diagnostic::error(message).help(help).into())
            }
            Err(TexFailure::Engine { message, .. }) => Err(Diagnostic::error(message).into()),
        }
    }
}

/// The date in the PDF: `SOURCE_DATE_EPOCH`, else the submission's own, else 1970. Never today:
/// the same inputs give the same bytes.
fn document_date(date: Option<Date>) -> Result<SystemTime> {
    if let Some(value) = std::env::var_os("SOURCE_DATE_EPOCH") {
        let seconds = value.to_str().and_then(from_epoch).ok_or_else(|| {
            Diagnostic::error(format!(
                "SOURCE_DATE_EPOCH is {value:?}, which is no date in seconds"
            ))
            .help("set it to the whole seconds since 1970-01-01 00:00 UTC (at most to the year 9999), or unset it")
        })?;
        return Ok(seconds);
    }
    Ok(UNIX_EPOCH + Duration::from_secs(date.map_or(0, |date| 86400 * days_since_1970(date))))
}

/// A PDF's dates end with the year 9999.
fn from_epoch(seconds: &str) -> Option<SystemTime> {
    const END_OF_9999: u64 = 253_402_300_799;
    let seconds = seconds.parse().ok().filter(|&seconds| seconds <= END_OF_9999)?;
    UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

/// Days from 1970-01-01, 0 for earlier dates (H. Hinnant, *chrono-Compatible Low-Level Date
/// Algorithms*, `days_from_civil`).
fn days_since_1970(date: Date) -> u64 {
    let month = i64::from(date.month);
    let year = i64::from(date.year) - i64::from(month <= 2);
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + i64::from(date.day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    u64::try_from(era * 146_097 + day_of_era - 719_468).unwrap_or(0)
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
