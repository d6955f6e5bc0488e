//! The finished PDF held against what it should say: the same for `build-pdf` and `check`.

use super::compile::Prepared;
use super::sources::Sources;
use crate::diagnostic::{Diagnostic, Result};
use crate::inputs::PLACEHOLDER_NAME;
use crate::preflight::{self, Answer, Expected, Report};
use crate::report::{APPENDIX, Question, View};
use crate::tex::PRODUCER;

/// What the record of a PDF tells of what it was made from, where that is something else today.
#[derive(Debug, Default)]
pub struct Recorded {
    /// The options with which it was probably made.
    pub options: Vec<String>,
    /// The user's own figures that are others now.
    pub replaced: Vec<String>,
    /// Nobody has told yet what TeX said of references.
    pub is_old: bool,
}

/// Reads a PDF back and checks it; `name` is what messages call it.
pub fn inspect(
    sources: &Sources,
    prepared: &Prepared,
    pdf: &[u8],
    name: &str,
    recorded: &Recorded,
) -> Result<Report> {
    let read_back = preflight::read(pdf).map_err(|unreadable| unreadable.diagnostic(name))?;
    let headings =
        Question::ALL.map(|question| format!("{} {}", question.label(), question.title()));
    let questions: Vec<preflight::Question<'_>> = (Question::ALL.iter().zip(&headings))
        .map(|(question, heading)| preflight::Question { label: question.label(), heading })
        .collect();
    let answers: Vec<Answer<'_>> = (prepared.asked.iter())
        .map(|answer| Answer {
            name: &answer.name,
            question: answer.question.label(),
            text: &answer.printed,
        })
        .collect();
    let submission = &sources.inputs.submission;
    let title = View::title();
    let expected = Expected {
        paper: submission.paper,
        title: &title,
        author: &submission.name,
        questions: &questions,
        end: has_appendix(&prepared.rendered.text).then_some(APPENDIX),
        answers: &answers,
        fingerprint: &prepared.fingerprint,
        engine: PRODUCER,
        name_is_placeholder: submission.name.trim() == PLACEHOLDER_NAME,
        options: &recorded.options,
        replaced: &recorded.replaced,
        marks_references: recorded.is_old && !prepared.rendered.text.contains("??"),
    };
    Ok(preflight::check(&read_back, &expected))
}

/// Whether the document goes on after the questions.
fn has_appendix(tex: &str) -> bool {
    tex.lines().any(|line| line.trim_start().starts_with("\\beyond{"))
}

/// The report's warnings that were not given before, at a place of their own.
pub fn further_warnings(report: &Report, before: &[Diagnostic]) -> Vec<Diagnostic> {
    let mut warnings = report.warnings();
    warnings.retain(|warning| before.iter().all(|earlier| earlier.message != warning.message));
    warnings
}
