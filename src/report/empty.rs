//! Displayed formulas with nothing in them: what an edit leaves behind, and TeX prints as a gap.

use std::ops::Range;

use crate::diagnostic::Diagnostic;

/// Displayed formulas, but for `\[ … \]`.
const DISPLAYS: [&str; 8] =
    ["equation", "equation*", "align", "align*", "gather", "gather*", "multline*", "displaymath"];

/// A warning for each of a document, with the bytes at which it begins.
pub(super) fn empty(latex: &str) -> impl Iterator<Item = (Range<usize>, Diagnostic)> + '_ {
    let brackets = latex
        .match_indices("\\[")
        .filter(|(at, _)| !latex[..*at].ends_with('\\'))
        .map(|(at, begin)| (at..at + begin.len(), "\\]".to_owned(), "formula"));
    let environments = DISPLAYS.iter().flat_map(move |name| {
        latex.match_indices("\\begin{").filter_map(move |(at, begin)| {
            let behind = latex[at + begin.len()..].strip_prefix(name)?.strip_prefix('}')?;
            Some((at..latex.len() - behind.len(), format!("\\end{{{name}}}"), *name))
        })
    });
    brackets.chain(environments).filter_map(|(begin, end, name)| {
        let inside = &latex[begin.end..begin.end + latex[begin.end..].find(&end)?];
        let is_blank = |c: char| c.is_whitespace() || "&\\.,;".contains(c);
        inside.chars().all(is_blank).then(|| {
            let warning = Diagnostic::warning(format!("this {name} is empty"))
                .help("write the formula into it, or take it out");
            (begin, warning)
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
        let latex = super::super::live::live(latex);
        let messages: Vec<String> = empty(&latex).map(|(_, warning)| warning.message).collect();
        assert_eq!(messages, ["this formula is empty", "this equation* is empty"]);
    }
}
