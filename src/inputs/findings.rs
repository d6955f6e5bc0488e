//! The errors and warnings of one reading, gathered with their places.

use std::ops::Range;

use super::limits::MAX_ERRORS;
use super::source::Source;
use crate::diagnostic::{Diagnostic, Failure, Result};

/// Bytes of one of the texts that inputs are read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span {
    /// 0 for the file, k for the k-th `--set` argument.
    pub source: usize,
    pub start: usize,
    pub end: usize,
}

impl Span {
    pub fn new(source: usize, range: Range<usize>) -> Self {
        Self { source, start: range.start, end: range.end }
    }

    /// Whether the value was given on the command line.
    pub fn is_set(self) -> bool {
        self.source > 0
    }
}

/// What was found, and the texts it was found in.
#[derive(Debug)]
pub(super) struct Findings {
    sources: Vec<Source>,
    errors: Vec<(Span, Diagnostic)>,
    warnings: Vec<Diagnostic>,
}

impl Findings {
    /// Nothing yet; the file comes first, then the `--set` arguments in their order.
    pub fn new(sources: Vec<Source>) -> Self {
        Self { sources, errors: Vec::new(), warnings: Vec::new() }
    }

    /// The text of a source, or nothing for one that does not exist.
    pub fn text(&self, source: usize) -> std::sync::Arc<str> {
        self.sources.get(source).map_or_else(|| "".into(), |source| source.text.clone())
    }

    pub fn error(&mut self, at: Span, message: impl Into<String>, help: impl Into<String>) {
        self.error_labelled(at, "", message, help);
    }

    /// An error with a few words under the underlined place.
    pub fn error_labelled(
        &mut self,
        at: Span,
        label: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let diagnostic = self.place(at, label, Diagnostic::error(message)).help(help);
        self.errors.push((at, diagnostic));
    }

    pub fn warning(&mut self, at: Span, message: impl Into<String>, help: impl Into<String>) {
        let diagnostic = self.place(at, "", Diagnostic::warning(message)).help(help);
        self.warnings.push(diagnostic);
    }

    fn place(&self, at: Span, label: &str, diagnostic: Diagnostic) -> Diagnostic {
        match self.sources.get(at.source) {
            Some(source) => diagnostic.at(source.place(at.start..at.end, label)),
            None => diagnostic,
        }
    }

    /// The warnings where there is a value and no error; otherwise the first errors in the order
    /// of the texts.
    pub fn finish<T>(mut self, value: Option<T>) -> Result<(T, Vec<Diagnostic>)> {
        match value {
            Some(value) if self.errors.is_empty() => return Ok((value, self.warnings)),
            _ => {}
        }
        self.errors.sort_by_key(|(at, _)| *at);
        let hidden = self.errors.len().saturating_sub(MAX_ERRORS);
        let mut shown: Vec<_> =
            self.errors.into_iter().take(MAX_ERRORS).map(|(_, error)| error).collect();
        if hidden > 0 {
            shown.push(
                Diagnostic::error(format!("{hidden} more errors are not shown"))
                    .help("mend those above first"),
            );
        }
        Err(Failure(shown))
    }
}
