//! Displayed formulas with nothing in them: what an edit leaves behind, and TeX prints as a gap.

use std::ops::Range;

use crate::diagnostic::Diagnostic;

/// Displayed formulas, but for `\[ … \]`.
const DISPLAYS: [&str; 8] =
    ["equation", "equation*", "align", "align*", "gather", "gather*", "multline*", "displaymath"];

/// A warning for each in what is printed of a document, with the bytes at which it begins; an error
/// where TeX would stop at a blank line in it.
pub(super) fn empty(live: &str) -> impl Iterator<Item = (Range<usize>, Diagnostic)> {
    let brackets = live
        .match_indices("\\[")
        .filter(|(at, _)| !live[..*at].ends_with('\\'))
        .map(|(at, begin)| (at..at + begin.len(), "\\]".to_owned(), "formula"));
    let environments = DISPLAYS.iter().flat_map(move |name| {
        live.match_indices("\\begin{").filter_map(move |(at, begin)| {
            let behind = live[at + begin.len()..].strip_prefix(name)?.strip_prefix('}')?;
            Some((at..live.len() - behind.len(), format!("\\end{{{name}}}"), *name))
        })
    });
    brackets.chain(environments).filter_map(|(begin, end, name)| {
        let inside = &live[begin.end..begin.end + live[begin.end..].find(&end)?];
        let is_blank = |c: char| c.is_whitespace() || "&\\.,;".contains(c);
        inside.chars().all(is_blank).then(|| {
            let message = format!("this {name} is empty");
            // What TeX skips makes no line blank.
            let mut lines = inside.split('\n').skip(1);
            let within = inside.matches('\n').count().saturating_sub(1);
            let is_blank = |line: &str| line.chars().all(|c| " \t\r".contains(c));
            let has_blank_line = lines.by_ref().take(within).any(is_blank);
            let found = if has_blank_line {
                Diagnostic::error(message)
            } else {
                Diagnostic::warning(message)
            };
            (begin, found.help("write the formula into it, or take it out"))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::live::live;
    use super::*;
    use crate::diagnostic::Severity;

    fn found(latex: &str) -> Vec<(String, Severity)> {
        empty(&live(latex)).map(|(_, one)| (one.message, one.severity)).collect()
    }

    #[test]
    fn an_empty_formula_is_told_at_its_beginning() {
        let latex =
            "a \\\\[4pt] \\begin{equation*}\n % x = 1\n\\end{equation*} \\[ x \\] \\[ . \\]";
        let messages: Vec<String> = found(latex).into_iter().map(|(message, _)| message).collect();
        assert_eq!(messages, ["this formula is empty", "this equation* is empty"]);
    }

    #[test]
    fn a_blank_line_that_tex_reads_is_an_error() {
        let [(_, severity)] = &found("\\[\n \n\\]")[..] else { panic!("one") };
        assert_eq!(*severity, Severity::Error);
        for skipped in ["% x", "\\iffalse\n\nx\n\\fi"] {
            let [(_, severity)] = &found(&format!("\\[\n{skipped}\n\\]"))[..] else {
                panic!("{skipped}")
            };
            assert_eq!(*severity, Severity::Warning, "{skipped}");
        }
        assert_eq!(found("\\begin{verbatim}\n\\[\n\n\\]\n\\end{verbatim}"), []);
        assert_eq!(found("\\[ \\verb|x| \\]"), []);
    }
}
