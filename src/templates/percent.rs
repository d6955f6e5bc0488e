//! `100% of it`: TeX takes the rest of such a line for a comment, and says nothing.

use std::ops::Range;

use super::decimals;
use super::scan::{Kind, Segment};

/// Commands in whose arguments a `%` may be itself.
const VERBATIM: [&str; 4] = ["\\url", "\\href", "\\path", "\\verb"];
const ENVIRONMENTS: [&str; 3] = ["verbatim", "lstlisting", "comment"];

/// Every `%` right behind a number or a printed value, with the rest of the line, where that has
/// words in it: from the sign to the line's end.
pub(super) fn hiding(text: &str, segments: &[Segment]) -> Vec<Range<usize>> {
    let masked = decimals::without_tags(text, segments);
    let is_value = |end: usize| segments.iter().any(|s| s.kind == Kind::Value && s.span.end == end);
    let mut found = Vec::new();
    let mut verbatim = false;
    let mut start = decimals::body(&masked);
    for line in masked[start..].split_inclusive('\n') {
        let environment = |command: &str| {
            ENVIRONMENTS.iter().any(|name| line.contains(&format!("\\{command}{{{name}")))
        };
        verbatim = (verbatim || environment("begin")) && !environment("end");
        if let Some(at) = decimals::comment(line).filter(|_| !verbatim) {
            let before = &line[..at];
            let hidden = text[start + at + 1..start + line.len()].trim_end();
            let is_note = hidden.starts_with('!') || !hidden.contains(char::is_alphabetic);
            let literal = VERBATIM.iter().any(|command| before.contains(command));
            if !is_note && !literal && (is_value(start + at) || ends_with_number(before)) {
                found.push(start + at..start + at + 1 + hidden.len());
            }
        }
        start += line.len();
    }
    found
}

/// Whether a text ends with a number of its own: not `w1`, and not one that TeX itself reads, as in
/// `\penalty10` and `x=10`.
fn ends_with_number(before: &str) -> bool {
    let rest = before.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.' || c == ',');
    before.ends_with(|c: char| c.is_ascii_digit())
        && !rest.ends_with(|c: char| c.is_alphanumeric() || "=_^@".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::templates::scan;

    fn hidden(text: &str) -> Vec<&str> {
        let segments = scan::segments(text).unwrap();
        hiding(text, &segments).into_iter().map(|span| &text[span]).collect()
    }

    #[test]
    fn the_rest_of_a_line_behind_a_percentage_is_found() {
        assert_eq!(hidden("about 100% of it \nx"), ["% of it"]);
        assert_eq!(hidden("1.5% é"), ["% é"]);
        assert_eq!(hidden("<< x >>% of it"), ["% of it"]);
        assert_eq!(hidden("(50% <% if x %>more<% endif %>"), ["% <% if x %>more<% endif %>"]);
    }

    #[test]
    fn comments_are_comments() {
        for text in [
            "100\\% of it",
            "100 % of it",
            "\\vskip 3pt% a note",
            "\\penalty10% a note",
            "x=10% a note",
            "5%\nof it",
            "5% --- 7\n",
            "5%! keep 5 a constant",
            "% a note: 100% of it",
            "% a << x >>% note",
            "\\url{a/5%20b}",
            "\\begin{verbatim}\n100% of it\n\\end{verbatim}",
            "\\documentclass{a}\n\\parskip 0% a note\n\\begin{document}",
        ] {
            assert_eq!(hidden(text), Vec::<&str>::new(), "{text}");
        }
    }
}
