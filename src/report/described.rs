//! Alternative texts of pictures: strings in the PDF, for which TeX and LaTeX's escapes are not asked.

use std::ops::Range;

use super::live::UNSEEN;
use crate::diagnostic::Diagnostic;
use crate::latex::group;

const COMMAND: &str = "\\described";

/// What is wrong with the texts of `\described` in a document and what is [`live`](super::live::live)
/// of it, each with its bytes: a bracket without its other half, which would end the string or hide
/// the rest of the page in it, as an error; other letters than ASCII, as a warning.
pub fn texts(latex: &str, live: &str) -> Vec<(Range<usize>, Diagnostic)> {
    let calls = latex.match_indices(&format!("{COMMAND}{{")).map(|(at, _)| at).collect::<Vec<_>>();
    // Where it is itself what hides the text, and stands in nothing that is hidden.
    let is_live = |at: &usize| live[*at..].starts_with(UNSEEN) && !live[..*at].ends_with(UNSEEN);
    let found = calls.into_iter().filter(is_live).filter_map(|at| {
        let start = at + COMMAND.len();
        let text = group(&latex[start..])?;
        let (at, found) = wrong(text)?;
        let start = start + 1 + at.start;
        let help = "the text of \\described is plain ASCII, and each ( has its )";
        Some((start..start + at.len(), found.help(help)))
    });
    found.collect()
}

/// The first thing that is wrong with a text.
fn wrong(text: &str) -> Option<(Range<usize>, Diagnostic)> {
    let mut open = Vec::new();
    let mut closed = None;
    for (at, c) in text.char_indices() {
        match c {
            '(' => open.push(at),
            ')' if open.pop().is_none() => closed = closed.or(Some(at)),
            _ => {}
        }
    }
    if let Some(at) = closed.or(open.first().copied()) {
        let bracket = &text[at..=at];
        let message =
            format!("this {bracket} has no other half: it would break the page in the PDF");
        return Some((at..at + 1, Diagnostic::error(message)));
    }
    let (at, letter) = text.char_indices().find(|(_, c)| !c.is_ascii())?;
    let message =
        format!("{letter} is no ASCII: readers of the alternative text get another letter");
    Some((at..at + letter.len_utf8(), Diagnostic::warning(message)))
}

#[cfg(test)]
mod tests {
    use super::super::live::live;
    use super::*;
    use crate::diagnostic::Severity;

    #[test]
    fn what_breaks_a_string_is_found_at_its_place() {
        for (latex, place, severity) in [
            ("\\described{Plot (left}{hi}", "(left", Severity::Error),
            ("\\pictured{\\described{a smiley :) here}{x}}{y}", ") here", Severity::Error),
            ("\\described{caf\u{e9} ) b}{x}", ") b", Severity::Error),
            ("\\described{ok}{x} \\described{) (}{x}", ") (", Severity::Error),
            ("\\described{((a)}{x}", "((a", Severity::Error),
            ("\\described{caf\u{e9}}{x}", "\u{e9}", Severity::Warning),
        ] {
            let found = texts(latex, &live(latex));
            let [(at, one)] = &found[..] else { panic!("{latex}: {found:?}") };
            assert!(latex[at.start..].starts_with(place), "{latex}: {at:?}");
            assert_eq!(one.severity, severity, "{latex}");
        }
    }

    #[test]
    fn other_texts_are_left_alone() {
        for latex in [
            "\\described{Plot (left, (a)) of it}{:)}",
            "% \\described{(}{x}",
            "\\iffalse \\described{(}{x} \\fi",
            "\\verb|\\described{(}|",
            "\\newcommand{\\described}[2]{(}",
            "\\describedas{(}",
        ] {
            assert_eq!(texts(latex, &live(latex)), [], "{latex}");
        }
    }
}
