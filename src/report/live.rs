//! What of a document is printed as text, and where in it a question is answered.

use std::ops::Range;

use super::questions::Question;

/// The document with blanks for what nobody sees: comments, what `\iffalse` switches off,
/// alternative texts and invisible boxes. Every byte keeps its place. The braces that aligned cells
/// put around their signs are blanks, too.
pub(super) fn live(latex: &str) -> String {
    const UNSEEN: [&str; 5] =
        ["\\described{", "\\pdfmark{", "\\phantom{", "\\hphantom{", "\\vphantom{"];
    let mut out = String::with_capacity(latex.len());
    let mut rest = latex;
    while let Some(c) = rest.chars().next() {
        let after = if let Some(unseen) = UNSEEN.iter().find(|unseen| rest.starts_with(**unseen)) {
            behind_group(&rest[unseen.len()..])
        } else if is_command(rest, "\\iffalse") {
            behind_false(&rest["\\iffalse".len()..])
        } else if rest.starts_with("\\begin{comment}") {
            let end = "\\end{comment}";
            rest.find(end).map_or("", |at| &rest[at + end.len()..])
        } else if c == '%' {
            rest.find('\n').map_or("", |at| &rest[at..])
        } else {
            // A backslash takes the next character with it: `\%` begins no comment.
            let length = if c == '\\' {
                1 + rest[1..].chars().next().map_or(0, char::len_utf8)
            } else {
                c.len_utf8()
            };
            out.push_str(&rest[..length]);
            rest = &rest[length..];
            continue;
        };
        let unseen = rest[..rest.len() - after.len()].bytes();
        out.extend(unseen.map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        rest = after;
    }
    out.replace("{-}", "  -")
}

/// From a question's heading to the next one, or to the appendix, in bytes of the document.
pub(super) fn section(latex: &str, question: Question) -> Option<Range<usize>> {
    let heading = format!("\\question{{{}}}", question.label());
    let start = latex.find(&heading)? + heading.len();
    let ends = ["\\question{", "\\beyond{"].map(|heading| latex[start..].find(heading));
    Some(start..ends.into_iter().flatten().min().map_or(latex.len(), |end| start + end))
}

/// Whether the text begins with this command, not with a longer one.
pub(super) fn is_command(text: &str, command: &str) -> bool {
    text.strip_prefix(command)
        .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// What follows the brace that closes a group whose opening one is behind us.
pub(super) fn behind_group(text: &str) -> &str {
    let mut depth = 1_usize;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => {}
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        escaped = c == '\\' && !escaped;
        if depth == 0 {
            return &text[at + 1..];
        }
    }
    ""
}

/// What follows the `\fi` or `\else` of an `\iffalse` that is behind us.
fn behind_false(text: &str) -> &str {
    let mut depth = 1_usize;
    for (at, _) in text.match_indices('\\') {
        let rest = &text[at..];
        if is_command(rest, "\\fi") {
            depth -= 1;
            if depth == 0 {
                return &rest["\\fi".len()..];
            }
        } else if is_command(rest, "\\else") && depth == 1 {
            return &rest["\\else".len()..];
        } else if rest.starts_with("\\if") && !is_command(rest, "\\iff") {
            depth += 1;
        }
    }
    ""
}
