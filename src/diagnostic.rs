//! What went wrong, where, and what to write instead.
//!
//! Every room reports in this one form, so an error in `homework.toml`, in a `--set` argument, in
//! a template or in TeX looks the same: a message, the place with its line underlined, and help.
//! Independent errors are gathered in a [`Failure`] and shown together.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, SourceCode};

/// A result whose error is one or more [`Diagnostic`]s.
pub type Result<T, E = Failure> = std::result::Result<T, E>;

/// How much a [`Diagnostic`] weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Severity {
    /// Something the user should look at; the build goes on.
    Warning,
    /// Nothing is written.
    Error,
}

/// A stretch of a text that the user can open: a file, or a command-line argument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The name to show, such as `templates/problem2b.tex` or `--set`.
    pub name: String,
    /// The whole text, as it was when it was read.
    pub text: Arc<str>,
    /// Bytes of `text`; may be empty, never outside it.
    pub span: Range<usize>,
    /// A few words under the underlined stretch; may be empty.
    pub label: String,
}

impl Place {
    /// The 1-based line and column (in characters) at which the span starts.
    pub fn line_column(&self) -> (usize, usize) {
        let mut start = self.span.start.min(self.text.len());
        while !self.text.is_char_boundary(start) {
            start -= 1;
        }
        let before = self.text.get(..start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let last = before.rsplit('\n').next().unwrap_or_default();
        (line, last.chars().count() + 1)
    }
}

/// One finding: a message, possibly the place it is about, possibly what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    pub severity: Severity,
    /// One sentence, lower case, without a full stop.
    pub message: String,
    pub place: Option<Place>,
    /// The remedy, in words the user can act on.
    pub help: Option<String>,
}

impl Diagnostic {
    pub fn error(message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, message: message.into(), place: None, help: None }
    }

    pub fn warning(message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(message) }
    }

    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The whole report: severity, message, the underlined place and the help.
    pub fn render(&self, colours: bool) -> String {
        let theme =
            if colours { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let mut out = String::new();
        let handler = GraphicalReportHandler::new_themed(theme).with_width(100).with_links(false);
        match handler.render_report(&mut out, &Shown::new(self)) {
            Ok(()) => out.trim_matches('\n').to_owned(),
            // The handler fails only where a span lies outside its text.
            Err(_) => self.message.clone(),
        }
    }
}

/// Why a command could not do its work: at least one error, all that were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(pub Vec<Diagnostic>);

impl Failure {
    pub fn render(&self, colours: bool) -> String {
        self.0.iter().map(|d| d.render(colours)).collect::<Vec<_>>().join("\n\n")
    }
}

impl From<Diagnostic> for Failure {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Failure {}

/// The form in which miette wants to see a diagnostic.
#[derive(Debug)]
struct Shown<'a> {
    inner: &'a Diagnostic,
    source: Option<NamedSource<String>>,
}

impl<'a> Shown<'a> {
    fn new(inner: &'a Diagnostic) -> Self {
        let source = inner.place.as_ref().map(|p| NamedSource::new(&p.name, p.text.to_string()));
        Self { inner, source }
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.inner.message)
    }
}

impl std::error::Error for Shown<'_> {}

impl miette::Diagnostic for Shown<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.inner.severity {
            Severity::Warning => miette::Severity::Warning,
            Severity::Error => miette::Severity::Error,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.inner.help.as_ref().map(|h| Box::new(h) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|s| s as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let place = self.inner.place.as_ref()?;
        let label = (!place.label.is_empty()).then(|| place.label.clone());
        let span = LabeledSpan::new(label, place.span.start, place.span.len());
        Some(Box::new(std::iter::once(span)))
    }
}
