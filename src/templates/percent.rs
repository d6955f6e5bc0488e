//! `100% of it` and `90 % of it`: TeX takes the rest of such a line for a comment, and says nothing.

use std::ops::Range;

use super::decimals;
use super::scan::{Kind, Segment};
use crate::latex::{command_name, comment};

/// How a sentence goes on behind a share that stands a space before its `%`, where a comment would
/// hardly begin so.
const GOES_ON: [&str; 11] = [
    "in", "more", "less", "fewer", "larger", "smaller", "higher", "lower", "greater", "better",
    "worse",
];

/// What TeX reads a number behind, too, where a command stands before it.
const TEX_WORDS: [&str; 5] = ["by", "to", "plus", "minus", "at"];

/// Every `%` behind a number or a printed value, with the rest of the line, where that has words in
/// it: from the sign to the line's end.
///
/// A comment may well stand a space behind a number: there the words must go on with the sentence.
/// Behind a formula or a value even so `% of` alone is none. Behind a number in a sentence the sign
/// alone counts, too, or with what ends a clause.
pub(super) fn hiding(text: &str, segments: &[Segment]) -> Vec<Range<usize>> {
    let masked = decimals::without_verbatim(text, segments);
    let is_value = |end: usize| segments.iter().any(|s| s.kind == Kind::Value && s.span.end == end);
    let mut found = Vec::new();
    let mut start = decimals::body(&masked);
    for line in masked[start..].split_inclusive('\n') {
        if let Some(at) = comment(line) {
            let hidden = text[start + at + 1..start + line.len()].trim_end();
            let ends_clause = hidden.trim().chars().all(|c| ".,:;?)".contains(c));
            let is_note = hidden.starts_with('!') || !hidden.contains(char::is_alphabetic);
            // A formula that ends here counts as the number with which it ends.
            let words = text[start..start + at].trim_end();
            let number = words.trim_end_matches('$').len();
            let is_number = ends_with_number(&words[..number]);
            let is_share = match command_name(hidden.trim_start()) {
                word if words.len() < at && word != "of" => {
                    is_number
                        && number == words.len()
                        && GOES_ON.contains(&word)
                        && is_in_words(&line[..number])
                }
                _ => is_number || is_value(start + number),
            };
            let is_in_sentence = ends_clause && is_number && number == words.len();
            if !is_note && is_share
                || is_in_sentence && is_in_sentence_of(&masked[..start + number])
            {
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
    let rest = without_number(before).trim_end_matches('-');
    before.ends_with(|c: char| c.is_ascii_digit())
        && !rest.ends_with(|c: char| c.is_alphanumeric() || "=_^@".contains(c))
}

/// Whether the number at the end of a text has words before it, or begins the line: not `= 5`,
/// `\penalty 5` or `1 & 5`.
fn is_in_words(before: &str) -> bool {
    let rest = without_number(before).trim_end();
    let word = rest.trim_end_matches(|c: char| c.is_alphabetic());
    let is_command = word.len() < rest.len() && word.ends_with('\\');
    !is_command && !rest.ends_with(|c: char| "=&+-*/<>^_@$}\\".contains(c))
}

/// Whether the number at the end of a text stands behind a word of a sentence, maybe of the line before.
fn is_in_sentence_of(before: &str) -> bool {
    let is_space = [' ', '\t', '\r', '~'];
    let words = without_number(before).trim_end_matches('(');
    let line = words.trim_end_matches(is_space);
    let line = line.strip_suffix('\n').unwrap_or(line).trim_end_matches(is_space);
    let last_line = &line[line.rfind('\n').map_or(0, |n| n + 1)..];
    let (rest, word) = last_word(line);
    let is_word = |rest: &str, word: &str| {
        !word.is_empty() && !rest.ends_with(|c: char| c == '\\' || c.is_ascii_digit())
    };
    let (before_it, other) = last_word(rest.trim_end_matches(is_space));
    line.len() < words.len()
        && comment(last_line).is_none()
        && is_word(rest, word)
        && (!TEX_WORDS.contains(&word) || is_word(before_it, other))
}

/// A text without its last word, and that word.
fn last_word(text: &str) -> (&str, &str) {
    text.split_at(text.trim_end_matches(char::is_alphabetic).len())
}

fn without_number(before: &str) -> &str {
    before.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.' || c == ',')
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
        assert_eq!(hidden("Only 90 % of it"), ["% of it"]);
        assert_eq!(hidden("about\n 12.5 % more"), ["% more"]);
        assert_eq!(hidden("see \\url{a/5%20b}, 5% of it"), ["% of it"]);
        assert_eq!(hidden("(90  % in all)"), ["% in all)"]);
        assert_eq!(hidden("is $<< x >>$% of it"), ["% of it"]);
        assert_eq!(hidden("is $<< x >>$ % of it"), ["% of it"]);
        assert_eq!(hidden("is $x = 90$ % of it"), ["% of it"]);
        assert_eq!(hidden("(50% <% if x %>more<% endif %>"), ["% <% if x %>more<% endif %>"]);
    }

    #[test]
    fn a_percentage_that_ends_a_line_of_a_sentence_is_found() {
        for (text, found) in [
            ("The loss fell by 30%.", "%."),
            ("The loss fell by 50%\nafter one step.", "%"),
            ("a 20 %\nof it", "%"),
            ("It is (about 1.5%),\nand", "%),"),
            ("The loss fell by\n30%\nof it", "%"),
            ("It fell by~30%.", "%."),
        ] {
            assert_eq!(hidden(text), [found], "{text}");
        }
        for text in [
            "\\advance\\x by 1%",
            "\\advance\\x by 1%\n.",
            "\\penalty 10%",
            "\\hskip 0pt plus 1%",
            "x = 10%",
            "% a note of\n10%",
            "A paragraph\n\n10%",
            "layer2%",
            "\\step{2}%",
            "$1$%",
            "<< x >>%",
            "max 25%! keep 25",
        ] {
            assert_eq!(hidden(text), Vec::<&str>::new(), "{text}");
        }
    }

    #[test]
    fn comments_are_comments() {
        for text in [
            "100\\% of it",
            "100 \\% of it",
            "x = 10 % a note",
            "\\penalty 10 % a note",
            "\\looseness=-1% a note",
            "1 & 2 % a note",
            "$x = 10$ % a note",
            "<< x >> % a note",
            "\\step{2} % a note",
            "part 2 % TODO cite",
            "layer 2 % the hidden one",
            "\\advance\\x by 1 % step",
            "\\verb|100% of it|",
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
