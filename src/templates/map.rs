//! The rendered document, and the way from its lines back to the templates'.

use std::ops::Range;
use std::sync::Arc;

use super::errors;
use super::instrument::{self, Origin};
use crate::diagnostic::Place;

/// A template as the map needs it.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// File name below the templates' folder, such as `problem2b.tex`.
    pub name: String,
    /// The name shown to users, such as `templates/problem2b.tex`.
    pub display: String,
    pub text: Arc<str>,
}

impl Source {
    pub fn place(&self, span: Range<usize>) -> Place {
        Place { name: self.display.clone(), text: self.text.clone(), span, label: String::new() }
    }
}

/// A rendered document that knows which template wrote which of its characters.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// The document, ready for TeX.
    pub text: String,
    files: Arc<[Source]>,
    origins: Arc<[Origin]>,
    /// (start in `text`, index of the origin), in order.
    runs: Vec<(usize, usize)>,
}

impl Rendered {
    /// Takes the marks out of what tera wrote.
    pub(super) fn new(marked: &str, files: Arc<[Source]>, origins: Arc<[Origin]>) -> Self {
        let mut text = String::with_capacity(marked.len());
        let mut runs: Vec<(usize, usize)> = Vec::new();
        let mut chars = marked.chars();
        while let Some(c) = chars.next() {
            if !instrument::is_reserved(c) {
                text.push(c);
            } else if let Some(number) = instrument::read_mark(c, chars.next())
                && number < origins.len()
            {
                // A mark with nothing behind it gives way to the next.
                if runs.last().is_some_and(|run| run.0 == text.len()) {
                    runs.pop();
                }
                runs.push((text.len(), number));
            }
        }
        Self { text, files, origins, runs }
    }

    /// The template text behind a line of the document (1-based).
    ///
    /// `near` is what TeX had read of that line when it complained, as its log shows it (the
    /// beginning may be cut off with `...`): then the place is the token at its end. Otherwise, and
    /// where `near` is not on the line, it is the whole line. What a value printed is placed at its
    /// tag. `None` for a line that the document does not have or that no template wrote.
    pub fn locate(&self, line: u32, near: Option<&str>) -> Option<Place> {
        let line = self.line(line)?;
        let token = near.and_then(|near| token_before(&self.text[line.clone()], near));
        let Some(token) = token else { return self.whole_line(line) };
        self.place_of(line.start + token.start..line.start + token.end)
    }

    /// The template text behind some bytes of the document. What a value printed is placed at its
    /// tag; `None` for what no template wrote.
    pub fn place_of(&self, span: Range<usize>) -> Option<Place> {
        let Range { start, end } = span;
        let (run, origin) = self.origin(end.saturating_sub(1).max(start))?;
        let span = if origin.verbatim {
            let end = (origin.span.start + (end - run)).min(origin.span.end);
            // A token may begin in the stretch before; its part in this one is the place.
            (origin.span.start + start.saturating_sub(run)).min(end)..end
        } else {
            origin.span.clone()
        };
        Some(self.place(origin, span))
    }

    /// The file name of the template that wrote a line (1-based), such as `problem2b.tex`.
    pub fn section_of(&self, line: u32) -> Option<&str> {
        let line = self.line(line)?;
        let (_, origin) = self.first_visible(&line).or_else(|| self.origin(line.start))?;
        Some(&self.files[origin.file].name)
    }

    /// All template lines that have a part in a line of the document, as (file name, 1-based line).
    pub fn lines_behind(&self, line: u32) -> Vec<(&str, usize)> {
        let Some(line) = self.line(line) else { return Vec::new() };
        let mut out: Vec<(&str, usize)> = Vec::new();
        let first = self.runs.partition_point(|r| r.0 <= line.start).saturating_sub(1);
        for (i, &(start, number)) in self.runs.iter().enumerate().skip(first) {
            let end = self.runs.get(i + 1).map_or(self.text.len(), |r| r.0);
            if start >= line.end {
                break;
            }
            let from = start.max(line.start);
            if self.text[from..end.min(line.end).max(from)].trim().is_empty() {
                continue;
            }
            let origin = &self.origins[number];
            let at = origin.span.start + if origin.verbatim { from - start } else { 0 };
            let file = &self.files[origin.file];
            let at = errors::clamp(&file.text, at..at).start;
            let row = file.text[..at].matches('\n').count() + 1;
            if out.last() != Some(&(&file.name, row)) {
                out.push((&file.name, row));
            }
        }
        out
    }

    /// The bytes of a line, without its line end.
    fn line(&self, number: u32) -> Option<Range<usize>> {
        let mut start = 0;
        for _ in 1..number.max(1) {
            start += self.text[start..].find('\n')? + 1;
        }
        let end = self.text[start..].find('\n').map_or(self.text.len(), |n| start + n);
        (number > 0).then_some(start..end)
    }

    /// The origin of a byte, and where its stretch begins.
    fn origin(&self, at: usize) -> Option<(usize, &Origin)> {
        let next = self.runs.partition_point(|run| run.0 <= at);
        let &(start, number) = self.runs.get(next.checked_sub(1)?)?;
        Some((start, &self.origins[number]))
    }

    fn first_visible(&self, line: &Range<usize>) -> Option<(usize, &Origin)> {
        let text = &self.text[line.clone()];
        self.origin(line.start + (text.len() - text.trim_start().len()))
            .filter(|_| !text.trim().is_empty())
    }

    fn whole_line(&self, line: Range<usize>) -> Option<Place> {
        let text = &self.text[line.clone()];
        let at = line.start + text.len() - text.trim_start().len();
        let (run, origin) = self.first_visible(&line).or_else(|| self.origin(line.start))?;
        let source = &self.files[origin.file].text;
        let (at, to) = if origin.verbatim {
            let at = (origin.span.start + at.saturating_sub(run)).min(origin.span.end);
            let at = errors::clamp(source, at..at).start;
            (at, at)
        } else {
            (origin.span.start, origin.span.end)
        };
        let start = source[..at].rfind('\n').map_or(0, |n| n + 1);
        let end = source[to..].find('\n').map_or(source.len(), |n| to + n);
        let shown = &source[start..end];
        let indent = shown.len() - shown.trim_start().len();
        Some(
            self.place(
                origin,
                start + indent..(start + shown.trim_end().len()).max(start + indent),
            ),
        )
    }

    fn place(&self, origin: &Origin, span: Range<usize>) -> Place {
        let file = &self.files[origin.file];
        // A filter behind a component may have changed the length of what was written.
        let mut place = file.place(errors::clamp(&file.text, span));
        if !origin.verbatim {
            place.label = "printed by this".to_owned();
        }
        place
    }
}

/// The last token of what TeX had read of a line: a control sequence or a character, in bytes of
/// the line.
fn token_before(line: &str, near: &str) -> Option<Range<usize>> {
    let near = near.trim_start_matches("...").trim_end();
    let near = if line.contains(near) { near } else { near.trim_start() };
    if near.is_empty() {
        return None;
    }
    let end = line.find(near)? + near.len();
    let read = &line[..end];
    let letters = read.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '@');
    if letters.ends_with('\\') && letters.len() < read.len() {
        return Some(letters.len() - 1..end);
    }
    let last = read.chars().next_back()?;
    if let Some(start) = command_with_arguments(read) {
        return Some(start..end);
    }
    // The name of a file or a label.
    let name = |c: char| c.is_ascii_alphanumeric() || "-./:".contains(c);
    let before = read.trim_end_matches(name);
    if last.is_ascii_alphanumeric() && before.ends_with(['{', ',']) {
        return Some(before.len()..end);
    }
    let start = end - last.len_utf8();
    let escaped = read[..start].ends_with('\\');
    Some(start - usize::from(escaped)..end)
}

/// Where the command begins whose arguments a text ends with, such as `\begin{name}`.
fn command_with_arguments(read: &str) -> Option<usize> {
    let mut rest = read;
    while let Some((open, close)) =
        [('{', '}'), ('[', ']')].into_iter().find(|pair| rest.ends_with(pair.1))
    {
        let mut depth = 0;
        let begin = rest.char_indices().rev().find(|(_, c)| {
            depth += i32::from(*c == close) - i32::from(*c == open);
            depth == 0
        });
        rest = &rest[..begin?.0];
    }
    let name = rest.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '*');
    let is_command = rest.len() < read.len() && name.len() < rest.len() && name.ends_with('\\');
    is_command.then(|| name.len() - 1)
}
