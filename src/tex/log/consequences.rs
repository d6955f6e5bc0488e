//! Which of TeX's complaints follow from others, and need not be told.

use super::explain::{
    NEVER_ENDED, NO_FONT, NOT_CLOSED, OPEN_FORMULA, TOO_MANY, UNOPENED_FORMULA, between,
};
use super::{locate, slips};
use crate::tex::{Message, MessageKind};

/// Errors that only say how TeX came to its end.
const EPILOGUES: [&str; 3] =
    ["emergency stop", "the document has no \\end{document}", "==> Fatal error occurred"];

/// How errors begin that TeX runs into while it recovers from another on the same line or the
/// line before.
const CASCADES: [&str; 15] = [
    "bad math environment delimiter",
    "a $ is missing",
    "missing } inserted",
    "missing { inserted",
    "missing \\cr",
    "missing \\endgroup",
    "missing \\right",
    "missing number",
    "illegal unit",
    "misplaced \\",
    "extra }",
    "extra \\endgroup",
    "improper \\prevdepth",
    "you can't use `\\",
    "display math should end",
];

/// Whether an error only says how TeX came to its end.
pub(super) fn is_epilogue(text: &str) -> bool {
    EPILOGUES.iter().any(|epilogue| text.starts_with(epilogue))
}

/// Whether an error follows from an earlier one and tells nothing new.
///
/// TeX puts a missing `$` in and goes on in mathematics, until the next blank line shows that
/// this was wrong; and it does not begin an environment that is unknown, so its end is one too
/// many.
pub(super) fn is_consequence(message: &Message, earlier: &[Message], source: &str) -> bool {
    if earlier.iter().any(|m| is_brace_of_preamble(m, source)) {
        return true;
    }
    if message.file.is_some() {
        return false;
    }
    let is_fontless = match &message.kind {
        MessageKind::MissingCharacter { font, .. } => font == "nullfont",
        MessageKind::Error => {
            message.text.contains(" not loadable") || message.text.contains("font 0 is undefined")
        }
        _ => false,
    };
    if is_fontless && earlier.iter().any(|m| is_about_font(m, &message.text)) {
        return true;
    }
    if message.text == TOO_MANY
        && earlier.iter().any(|m| m.line == message.line && m.text.ends_with(slips::TAKES_TWO))
    {
        return true;
    }
    if let Some(name) = between(&message.text, "\\end{", "} has no ")
        && earlier.iter().any(|m| m.text == format!("there is no environment {name}"))
    {
        return true;
    }
    if message.text.ends_with("Division by 0") {
        // The size of a picture that could not be read.
        return earlier.iter().any(|m| m.text.starts_with("unable to load picture"));
    }
    let before = earlier.iter().filter(|m| m.is_error() && m.file.is_none());
    if before.clone().any(|m| swallows(m, message, source) || is_inside(message, m, source)) {
        return true;
    }
    if CASCADES.iter().any(|start| message.text.starts_with(start)) {
        let line = message.line;
        let close = |m: &Message| match (m.line, line) {
            (Some(first), Some(line)) => first == line || first + 1 == line,
            (_, None) => true,
            (None, _) => false,
        };
        // An equation that a blank line has cut is in pieces up to its end.
        let cut = |m: &Message| m.text.starts_with("a blank line stands where");
        if before.clone().any(|m| close(m) || cut(m)) {
            return true;
        }
    }
    let about_dollars = |m: &Message| m.is_error() && m.file.is_none() && m.text.contains('$');
    // Mathematics that TeX began there may go on to the document's end.
    let text = message.line.and_then(|line| source.lines().nth((line as usize).checked_sub(1)?));
    let is_at_end = text.is_some_and(|text| text.contains("\\end{document}"));
    let is_cascade = CASCADES.iter().any(|start| message.text.starts_with(start));
    if is_at_end && is_cascade && before.clone().any(about_dollars) {
        return true;
    }
    let Some(line) = message.line.filter(|_| about_dollars(message)) else { return false };
    before.filter(|m| about_dollars(m)).filter_map(|m| m.line).any(|first| {
        let between = line.saturating_sub(first).saturating_sub(1) as usize;
        let mut lines = source.lines().skip(first as usize).take(between);
        first <= line && lines.all(|text| !text.trim().is_empty())
    })
}

/// Whether a message says that a font is missing: any font for a character, the one that is named for
/// an error.
fn is_about_font(message: &Message, other: &str) -> bool {
    let name = message.text.strip_prefix(NO_FONT);
    name.is_some_and(|name| !other.contains(" not loadable") || other.contains(name))
        || (message.text.contains(" not loadable") && !other.contains(" not loadable"))
}

/// Whether the first of two errors explains the other, in the same paragraph: of an argument that is
/// not closed, TeX has taken the rest of that for the argument, with the ends of environments in it;
/// behind a `$` without a partner, it takes words for formulas and formulas for words.
fn swallows(first: &Message, other: &Message, source: &str) -> bool {
    let (Some(from), Some(to)) = (first.line, other.line) else { return false };
    let (from, to) = (from.min(to) as usize, from.max(to) as usize);
    // The blank line at its end is where TeX noticed.
    let mut between = source.lines().skip(from.saturating_sub(1)).take((to - from).max(1));
    let is_argument =
        first.text.starts_with("the argument of ") && first.text.ends_with(NOT_CLOSED);
    let is_dollar = [OPEN_FORMULA, UNOPENED_FORMULA].contains(&first.text.as_str());
    let is_about_ends = ["\\end{", "\\begin{"].iter().any(|start| other.text.starts_with(start));
    (is_argument || (is_dollar && is_about_ends)) && between.all(|text| !text.trim().is_empty())
}

/// Whether an error is about something inside an environment that is unknown: what its package has
/// for it is unknown, too.
fn is_inside(message: &Message, unknown: &Message, source: &str) -> bool {
    let name = unknown.text.strip_prefix("there is no environment ");
    let (Some(name), Some(first), Some(line)) = (name, unknown.line, message.line) else {
        return false;
    };
    let end = format!("\\end{{{name}}}");
    let mut lines = (first..).zip(source.lines().skip(first.saturating_sub(1) as usize));
    lines
        .find(|(_, text)| text.contains(&end))
        .is_some_and(|(last, _)| first <= line && line <= last)
}

/// Displayed formulas; in one that is never ended TeX takes all words for mathematics.
const DISPLAYS: [&str; 7] =
    ["equation", "align", "gather", "multline", "flalign", "alignat", "displaymath"];

/// Takes out what TeX runs into in a displayed formula that is never ended.
pub(super) fn settle_displays(messages: &mut Vec<Message>) {
    let begins = |m: &Message| {
        let name = between(&m.text, "\\begin{", "}")?;
        let is_display = DISPLAYS.contains(&name.trim_end_matches('*'));
        m.line.filter(|_| is_display && m.text.ends_with(NEVER_ENDED))
    };
    let Some(first) = messages.iter().find_map(begins) else { return };
    let is_cascade = |m: &Message| {
        m.text.contains('$') || CASCADES.iter().any(|start| m.text.starts_with(start))
    };
    messages.retain(|m| !(m.is_error() && m.line.is_some_and(|at| at >= first) && is_cascade(m)));
}

/// Leaves the first error alone where a `{` was lost in the preamble: definitions end too early then,
/// and TeX stumbles over the rest of each, in words that do not name the brace.
pub(super) fn settle_preamble(messages: &mut Vec<Message>, source: &str) {
    let Some(at) = messages.iter().position(Message::is_error) else { return };
    let first = &mut messages[at];
    let line = first.line.filter(|_| first.file.is_none() && first.text != TOO_MANY);
    let is_early =
        line.is_some_and(|line| locate::preamble(source).is_some_and(|last| line <= last));
    if is_early && let Some(surplus) = locate::surplus_brace(source) {
        first.text += &format!("; a {{ is missing, for a }} (line {surplus}) closes nothing");
        first.help = Some("put the { in, at this place or before it".to_owned());
        messages.truncate(at + 1);
    }
}

/// Whether an error is about a brace lost in the preamble. That takes definitions away, or lets the
/// document begin too early: what is said afterwards may be about anything.
fn is_brace_of_preamble(message: &Message, source: &str) -> bool {
    let about_brace = message.text.ends_with(NOT_CLOSED) || message.text == TOO_MANY;
    let line = message.line.filter(|_| message.is_error() && message.file.is_none() && about_brace);
    line.is_some_and(|line| locate::preamble(source).is_some_and(|last| line <= last))
}
