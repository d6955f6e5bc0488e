//! Tags with other delimiters than ours, those of other templates or ours with a slip: LaTeX would
//! print `{{ b.loss.value }}`, `< < b.loss.value >>` and `<b.loss.value>` as they stand.

use std::ops::Range;

use super::decimals;
use super::scan::{self, Kind, Mistake, Segment, Tok, Token};
use crate::latex;

/// The words that `{% … %}` begins with where templates have these delimiters.
const KEYWORDS: [&str; 12] = [
    "if", "elif", "else", "endif", "for", "endfor", "set", "include", "extends", "block",
    "endblock", "macro",
];

/// Every tag in the text of a template that has braces instead of `<<` and `<%`, or a space in them.
pub(super) fn tags(text: &str, segments: &[Segment]) -> Vec<Mistake> {
    let sure = slips(text, segments).into_iter().filter(Slip::is_surely_ours);
    let mut mistakes: Vec<Mistake> = sure.map(|slip| slip.mistake()).collect();
    for segment in segments.iter().filter(|segment| segment.kind == Kind::Text) {
        let latex = &text[segment.span.clone()];
        for (open, close) in [("{{", "}}"), ("{%", "%}")] {
            for (at, _) in latex.match_indices(open) {
                // `{%}` opens nothing that it could close.
                let line = latex[at + open.len()..].lines().next().unwrap_or_default();
                let Some(end) = line.find(close) else { continue };
                let inner = line[..end].trim_matches('-').trim();
                let (is_tag, ours) = if open == "{{" {
                    (is_value(&line[..end]), format!("<< {inner} >>"))
                } else {
                    let word = inner.split(' ').next().unwrap_or_default();
                    (KEYWORDS.contains(&word), format!("<% {inner} %>"))
                };
                if is_tag {
                    let start = segment.span.start + at;
                    mistakes.push(Mistake::new(
                        start..start + open.len() + end + close.len(),
                        format!("`{open}` begins no tag here: LaTeX would print what is in it"),
                        format!("write `{ours}`"),
                    ));
                }
            }
        }
    }
    mistakes
}

/// The first sign of another language in each tag, such as `&&`.
pub(super) fn operators(text: &str, segments: &[Segment]) -> Vec<Mistake> {
    let tags = segments.iter().filter(|s| matches!(s.kind, Kind::Value | Kind::Tag));
    let found = tags.filter_map(|tag| {
        let tokens = scan::tokens(text, tag.inner.clone());
        (0..tokens.len()).find_map(|at| operator(&tokens[at..]))
    });
    found.collect()
}

/// The sign of another language with which some tokens begin, if they do.
fn operator(tokens: &[Token<'_>]) -> Option<Mistake> {
    let (first, next) = (tokens.first()?, tokens.get(1));
    let is_next = |op: &str| next.is_some_and(|token| token.is(op));
    let is_value = |token: &Token<'_>| matches!(token.tok, Tok::Str(_) | Tok::Num(_));
    let (end, typed, ours) = match first.tok {
        Tok::Op("&") if is_next("&") => (1, "&&", "write `and`"),
        Tok::Op("|") if is_next("|") => (1, "||", "write `or`"),
        Tok::Op("!") => (0, "!", "write `not`"),
        Tok::Op(quote @ ("\u{201c}" | "\u{201d}" | "\u{201e}" | "\u{2018}" | "\u{2019}")) => {
            (0, quote, "write straight quotes around a text: \"…\"")
        }
        Tok::Ident("is") if next.is_some_and(is_value) => {
            (0, "is", "write `==` to compare; `is` asks for a kind, as in `is defined`")
        }
        Tok::Ident("is")
            if next.and_then(Token::ident) == Some("not")
                && tokens.get(2).is_some_and(is_value) =>
        {
            (1, "is not", "write `!=` to compare; `is not` asks for a kind")
        }
        _ => return None,
    };
    let span = first.span.start..tokens.get(end)?.span.end;
    Some(Mistake::new(span, format!("`{typed}` means nothing here"), ours))
}

/// A tag of ours with a slip, such as `< < b.z >>`.
struct Slip<'t> {
    span: Range<usize>,
    typed: &'t str,
    /// What stands in it, without `%` where it is no value.
    inner: &'t str,
    is_value: bool,
}

impl Slip<'_> {
    /// Another program's `<` and `>`, as in `#include <stdio.h>`, come one at a time.
    fn is_surely_ours(&self) -> bool {
        !self.is_value || self.typed.matches(['<', '>']).count() > 2
    }

    fn mistake(&self) -> Mistake {
        let Self { typed, inner, .. } = self;
        let ours = if self.is_value { format!("<< {inner} >>") } else { format!("<% {inner} %>") };
        Mistake::new(
            self.span.clone(),
            format!("`{typed}` is no tag: LaTeX would print what is in it"),
            format!("write `{ours}`"),
        )
    }
}

/// The paths between single `<` and `>`, each a mistake if it is one of the view's.
pub(super) fn paths(text: &str, segments: &[Segment]) -> Vec<(String, Mistake)> {
    let unsure = |slip: &Slip| !slip.is_surely_ours();
    let found = slips(text, segments).into_iter().filter(unsure);
    found.map(|slip| (slip.inner.to_owned(), slip.mistake())).collect()
}

/// Ours with a slip, in LaTeX that is neither verbatim nor a comment.
fn slips<'t>(text: &'t str, segments: &[Segment]) -> Vec<Slip<'t>> {
    let masked = decimals::without_verbatim(text, segments);
    let mut found = Vec::new();
    for segment in segments.iter().filter(|segment| segment.kind == Kind::Text) {
        let latex = &masked[segment.span.clone()];
        let opens = |at: &usize| !latex[..*at].trim_end().ends_with('<');
        let starts = latex.match_indices('<').map(|(at, _)| segment.span.start + at);
        found.extend(starts.filter(|at| opens(&(at - segment.span.start))).filter_map(|at| {
            let before = &masked[masked[..at].rfind('\n').map_or(0, |n| n + 1)..at];
            let line = &masked[at..segment.span.end];
            let line = line.lines().next().filter(|_| latex::comment(before).is_none())?;
            slip(&text[at..at + line.len()], at)
        }));
    }
    found
}

/// The slip with which a stretch of a line begins, if it does.
fn slip(line: &str, start: usize) -> Option<Slip<'_>> {
    let close = &line[line.find('>')?..];
    let close =
        close.strip_prefix("> >").or(close.strip_prefix(">>")).or(close.strip_prefix('>'))?;
    let typed = &line[..line.len() - close.len()];
    let inner = typed.trim_matches(['<', '>', ' ']);
    let tag = inner.strip_prefix('%').and_then(|tag| tag.strip_suffix('%')).map(str::trim);
    let is_tag = match tag {
        Some(tag) => KEYWORDS.contains(&tag.split_whitespace().next().unwrap_or_default()),
        None => is_path(inner),
    };
    let (span, inner) = (start..start + typed.len(), tag.unwrap_or(inner));
    is_tag.then_some(Slip { span, typed, inner, is_value: tag.is_none() })
}

/// Whether braces hold ` name.field `, maybe with a filter: LaTeX's own `{{a}}` has no spaces.
fn is_value(inner: &str) -> bool {
    let path = inner.split('|').next().unwrap_or_default();
    path.starts_with(' ') && path.ends_with(' ') && is_path(path.trim())
}

/// Whether a text is `name.field`, maybe longer.
fn is_path(name: &str) -> bool {
    let in_name = |c: char| c.is_ascii_alphanumeric() || "_.[]".contains(c);
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.contains('.')
        && name.split('.').all(|part| !part.is_empty())
        && name.chars().all(in_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn help(text: &str) -> Option<String> {
        let (span, inner) = (0..text.len(), 0..text.len());
        let whole =
            Segment { kind: Kind::Text, span, inner, trims_before: false, trims_after: false };
        tags(text, &[whole]).first().map(|mistake| mistake.help.clone())
    }

    #[test]
    fn braces_that_hold_no_tag_are_latex() {
        for text in ["\\frac{%}{n}", "{%}", "{{}}", "{{", "{%", "{{a}}", "{%\n%}", "{{ x }}"] {
            assert_eq!(help(text), None, "{text}");
        }
        assert_eq!(help("a {{ b.z }}").as_deref(), Some("write `<< b.z >>`"));
        assert_eq!(help("{% if x %}").as_deref(), Some("write `<% if x %>`"));
        for text in [
            "a<b",
            "$a<b>c$",
            "< < x",
            "<->",
            "< a, b >",
            "<a.>b",
            "\\verb|< < b.z >>|",
            "\\begin{lstlisting}\n< < b.z >>\n\\end{lstlisting}",
            "% <b.z>",
            "< % a note",
        ] {
            assert_eq!(help(text), None, "{text}");
        }
        for text in ["< < b.z >>", "< < b.z > >", "< b.z >>", "<b.z> >"] {
            assert_eq!(help(text).as_deref(), Some("write `<< b.z >>`"), "{text}");
        }
        assert_eq!(help("< % if x % >").as_deref(), Some("write `<% if x %>`"));
        assert_eq!(help("< % endif %>").as_deref(), Some("write `<% endif %>`"));
    }
}
