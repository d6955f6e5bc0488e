//! From a [`Message`] to the stretch of the document that it is about.

#![allow(clippy::string_slice, reason = "ranges are of what was found in the same text")]

use std::ops::Range;

use super::{Message, MessageKind};

/// How many lines above the reported one are searched: TeX notices some things only when it has
/// read on.
const LINES_BACK: usize = 30;

impl Message {
    /// The bytes of the document that this message is about, as near as TeX's words allow: a
    /// command, a character, a label, or the whole line. `None` if it is about another file or no
    /// line in particular.
    pub fn span(&self, source: &str) -> Option<Range<usize>> {
        if self.file.is_some() {
            return None;
        }
        let number = self.line?.checked_sub(1)? as usize;
        let line = line_range(source, number)?;
        let found = match &self.kind {
            MessageKind::MissingCharacter { character, .. } => {
                let first = line_range(source, number.saturating_sub(LINES_BACK))?.start;
                source[first..line.end]
                    .rfind(*character)
                    .map(|at| first + at..first + at + character.len_utf8())
            }
            MessageKind::UndefinedReference { label } => {
                let first = line_range(source, number.saturating_sub(LINES_BACK))?.start;
                source[first..line.end]
                    .rfind(&format!("{{{label}}}"))
                    .map(|at| first + at + 1..first + at + 1 + label.len())
            }
            MessageKind::Overfull { .. } | MessageKind::Underfull { .. } => {
                self.near.as_deref().and_then(|near| last_words(source, line.start, near))
            }
            MessageKind::Error | MessageKind::Warning => {
                self.near.as_deref().and_then(|near| last_token(source, &line, near))
            }
        };
        Some(found.unwrap_or_else(|| trimmed(source, line)))
    }
}

/// The bytes of the line with this number, counted from 0.
fn line_range(source: &str, number: usize) -> Option<Range<usize>> {
    let mut start = 0;
    for _ in 0..number {
        start += source[start..].find('\n')? + 1;
    }
    let end = source[start..].find('\n').map_or(source.len(), |at| start + at);
    Some(start..end)
}

fn trimmed(source: &str, line: Range<usize>) -> Range<usize> {
    let text = &source[line.clone()];
    let start = line.start + (text.len() - text.trim_start().len());
    start..start + text.trim().len()
}

/// Where TeX had arrived when it had read `near`: the last command or character of that.
fn last_token(source: &str, line: &Range<usize>, near: &str) -> Option<Range<usize>> {
    let near = near.trim();
    if near.is_empty() {
        return None;
    }
    let end = line.start + source[line.clone()].find(near)? + near.len();
    let read = &source[line.start..end];
    let last = read.chars().next_back()?;
    let word = read.len() - read.trim_end_matches(|c: char| c.is_alphabetic() || c == '@').len();
    let start = if word > 0 && read[..read.len() - word].ends_with('\\') {
        end - word - 1
    } else if last == '}'
        && let Some(open) = read.rfind('\\')
        && read[open..].matches('{').count() == read[open..].matches('}').count()
    {
        // A command with its argument, such as \begin{name}.
        line.start + open
    } else {
        end - last.len_utf8()
    };
    Some(start..end)
}

/// The words with which an overfull line ends, at or after `from`.
fn last_words(source: &str, from: usize, near: &str) -> Option<Range<usize>> {
    let words: Vec<&str> = near.split_whitespace().collect();
    (1..=2).rev().find_map(|count| {
        let wanted = words.get(words.len().checked_sub(count)?..)?.join(" ");
        let at = from + source[from..].find(&wanted)?;
        Some(at..at + wanted.len())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spotted(source: &str, line: u32, kind: MessageKind, near: &str) -> String {
        let near = (!near.is_empty()).then(|| near.to_owned());
        let message =
            Message { kind, line: Some(line), file: None, near, text: String::new(), help: None };
        message.span(source).map_or_else(String::new, |span| source[span].to_owned())
    }

    #[test]
    fn the_last_thing_read_is_underlined() {
        let source = "first\n  Hello \\foo there $x^2^3$\n\\begin{itemise}\nwide words here\n";
        let error = || MessageKind::Error;
        assert_eq!(spotted(source, 2, error(), "Hello \\foo"), "\\foo");
        assert_eq!(spotted(source, 2, error(), "lo \\foo there $x^2^"), "^");
        assert_eq!(spotted(source, 3, error(), "\\begin{itemise}"), "\\begin{itemise}");
        assert_eq!(spotted(source, 2, error(), ""), "Hello \\foo there $x^2^3$");
        let overfull = MessageKind::Overfull { points: 1.0, horizontal: true };
        assert_eq!(spotted(source, 2, overfull, "so wide words"), "wide words");
        assert_eq!(spotted(source, 9, error(), ""), "");
    }

    #[test]
    fn characters_and_labels_are_found_above_the_line_where_tex_noticed() {
        let source = "Łódź 中\nmore\nsee \\ref{eq:a}\n";
        let missing = MessageKind::MissingCharacter { character: '中', font: String::new() };
        assert_eq!(spotted(source, 2, missing, ""), "中");
        let label = MessageKind::UndefinedReference { label: "eq:a".to_owned() };
        assert_eq!(spotted(source, 3, label, ""), "eq:a");
    }
}
