//! Displayed formulas with nothing in them: what an edit leaves behind, and TeX prints as a gap.

use std::ops::Range;

use crate::diagnostic::Diagnostic;

/// Displayed formulas, but for `\[ … \]`.
const DISPLAYS: [&str; 8] =
    ["equation", "equation*", "align", "align*", "gather", "gather*", "multline*", "displaymath"];

/// A warning for each of a document, with the bytes at which it begins; an error where TeX would stop
/// at a blank line in it. `live` is what of it is printed.
pub(super) fn empty<'l>(
    latex: &'l str,
    live: &'l str,
) -> impl Iterator<Item = (Range<usize>, Diagnostic)> + 'l {
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
            // A comment's line is not blank for TeX.
            let lines = latex[begin.end..begin.end + inside.len()].split('\n');
            let within = inside.matches('\n').count().saturating_sub(1);
            let has_blank_line = lines.skip(1).take(within).any(|line| line.trim().is_empty());
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
    use super::*;

    #[test]
    fn an_empty_formula_is_told_at_its_beginning() {
        let latex =
            "a \\\\[4pt] \\begin{equation*}\n % x = 1\n\\end{equation*} \\[ x \\] \\[ . \\]";
        let live = super::super::live::live(latex);
        let messages: Vec<String> =
            empty(latex, &live).map(|(_, warning)| warning.message).collect();
        assert_eq!(messages, ["this formula is empty", "this equation* is empty"]);
    }
}
