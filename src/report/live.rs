//! What of a document is printed as text, and where in it a question is answered.

use std::ops::Range;

use super::questions::Question;
use crate::latex::{behind_group, command_name, is_command, verbatim};

/// In the place of every byte that nobody sees: white space, but none that makes a line blank, since
/// TeX sees no blank line in what it skips.
pub(super) const UNSEEN: char = '\u{c}';

/// The document without what nobody sees: comments, what `\iffalse` switches off, alternative texts
/// and invisible boxes. Every byte keeps its place. What is printed as typed is text without commands
/// and braces; the braces that aligned cells put around their signs are blanks.
pub fn live(latex: &str) -> String {
    const HIDING: [&str; 5] =
        ["\\described{", "\\pdfmark{", "\\phantom{", "\\hphantom{", "\\vphantom{"];
    let latex = tame(latex);
    let mut out = String::with_capacity(latex.len());
    let mut rest = latex.as_str();
    while let Some(at) = rest.find(['\\', '%']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let after = if let Some(hiding) = HIDING.iter().find(|hiding| rest.starts_with(**hiding)) {
            behind_group(&rest[hiding.len()..])
        } else if is_command(rest, "\\iffalse") {
            behind_false(&rest["\\iffalse".len()..])
        } else if rest.starts_with("\\begin{comment}") {
            let end = "\\end{comment}";
            rest.find(end).map_or("", |at| &rest[at + end.len()..])
        } else if rest.starts_with('%') {
            rest.find('\n').map_or("", |at| &rest[at..])
        } else {
            // A backslash takes the next character with it: `\%` begins no comment.
            let length = 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
            out.push_str(&rest[..length]);
            rest = &rest[length..];
            continue;
        };
        out.extend(std::iter::repeat_n(UNSEEN, rest.len() - after.len()));
        rest = after;
    }
    out.push_str(rest);
    out.replace("{-}", "  -")
}

/// From a question's heading to the next one, or to the appendix, in bytes of the document.
pub(super) fn section(latex: &str, question: Question) -> Option<Range<usize>> {
    let heading = format!("\\question{{{}}}", question.label());
    let start = latex.find(&heading)? + heading.len();
    let ends = ["\\question{", "\\beyond{"].map(|heading| latex[start..].find(heading));
    Some(start..ends.into_iter().flatten().min().map_or(latex.len(), |end| start + end))
}

/// The document with marks of no meaning for TeX's special characters in what is printed as typed.
fn tame(latex: &str) -> String {
    let mut tame = String::with_capacity(latex.len());
    let mut end = 0;
    for inside in verbatim(latex) {
        tame.push_str(&latex[end..inside.start]);
        tame.extend(latex[inside.clone()].chars().map(|c| match c {
            '\\' | '{' | '}' | '[' | ']' | '%' | '$' | '&' => '?',
            c => c,
        }));
        end = inside.end;
    }
    tame + &latex[end..]
}

/// What follows the `\fi` or `\else` of an `\iffalse` that is behind us.
fn behind_false(text: &str) -> &str {
    let mut depth = 1_usize;
    for (at, _) in text.match_indices('\\') {
        let name = command_name(&text[at + 1..]);
        let behind = &text[at + 1 + name.len()..];
        match name {
            "fi" if depth == 1 => return behind,
            "else" if depth == 1 => return behind,
            "fi" => depth -= 1,
            // `\ifthenelse{…}` and its like end with their arguments.
            _ if name.starts_with("if") && name != "iff" && !behind.starts_with('{') => depth += 1,
            _ => {}
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words that are printed.
    fn words(latex: &str) -> String {
        let live = live(latex);
        assert_eq!(live.len(), latex.len(), "every byte keeps its place");
        live.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_is_printed_as_typed_is_text() {
        assert_eq!(words("\\verb|50%| and \\boxed{1}"), "\\verb|50?| and \\boxed{1}");
        assert_eq!(words("\\url{a/5%20b} b % c"), "\\url{a/5?20b} b");
        let typed = "\\begin{verbatim}\n\\[ % é\n\\end{verbatim} \\[ x \\]";
        assert_eq!(words(typed), "\\begin{verbatim} ?? ? é \\end{verbatim} \\[ x \\]");
    }

    #[test]
    fn conditionals_end_with_fi_and_commands_with_their_arguments() {
        assert_eq!(words("a \\iffalse b \\ifnum1=1 c \\fi d \\fi e"), "a e");
        assert_eq!(words("a \\iffalse \\ifthenelse{b}{c}{d} $p \\iff q$ \\fi e"), "a e");
        assert_eq!(words("a \\iffalse \\iftoggle{b}{c}{d} \\else e \\fi"), "a e \\fi");
    }
}
