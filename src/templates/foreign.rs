//! Tags with other delimiters than ours, those of other templates or ours with a slip: LaTeX would
//! print `{{ b.loss.value }}`, `< < b.loss.value >>` and `<b.loss.value>` as they stand.

use super::decimals;
use super::scan::{Kind, Mistake, Segment};

/// The words that `{% … %}` begins with where templates have these delimiters.
const KEYWORDS: [&str; 12] = [
    "if", "elif", "else", "endif", "for", "endfor", "set", "include", "extends", "block",
    "endblock", "macro",
];

/// Every tag in the text of a template that has braces instead of `<<` and `<%`, or half of them, or
/// a space in them.
pub(super) fn tags(text: &str, segments: &[Segment]) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for segment in segments.iter().filter(|segment| segment.kind == Kind::Text) {
        let latex = &text[segment.span.clone()];
        mistakes.extend(slips(latex, segment.span.start));
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

/// Ours with a slip, in a text that starts at a byte of the template.
fn slips(latex: &str, start: usize) -> impl Iterator<Item = Mistake> + '_ {
    let opens = |at: &usize| !latex[..*at].trim_end().ends_with('<');
    latex.match_indices('<').map(|(at, _)| at).filter(opens).filter_map(move |at| {
        let before = &latex[latex[..at].rfind('\n').map_or(0, |n| n + 1)..at];
        let line = latex[at..].lines().next().unwrap_or_default();
        let end = line.find('>').filter(|_| decimals::comment(before).is_none())?;
        let close = &line[end..];
        let close =
            close.strip_prefix("> >").or(close.strip_prefix(">>")).or(close.strip_prefix('>'))?;
        let typed = &line[..line.len() - close.len()];
        let inner = typed.trim_matches(['<', '>', ' ']);
        let (is_tag, ours) =
            if let Some(tag) = inner.strip_prefix('%').and_then(|tag| tag.strip_suffix('%')) {
                let word = tag.split_whitespace().next().unwrap_or_default();
                (KEYWORDS.contains(&word), format!("<% {} %>", tag.trim()))
            } else {
                // `<www.example.org>` is an address.
                (is_path(inner) && !inner.starts_with("www."), format!("<< {inner} >>"))
            };
        is_tag.then(|| {
            Mistake::new(
                start + at..start + at + typed.len(),
                format!("`{typed}` is no tag: LaTeX would print what is in it"),
                format!("write `{ours}`"),
            )
        })
    })
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
            "<www.a.org>",
            "% <b.z>",
            "< % a note",
        ] {
            assert_eq!(help(text), None, "{text}");
        }
        for text in ["< < b.z >>", "< < b.z > >", "$<b.z>$", "< b.z >>", "<b.z> >"] {
            assert_eq!(help(text).as_deref(), Some("write `<< b.z >>`"), "{text}");
        }
        assert_eq!(help("< % if x % >").as_deref(), Some("write `<% if x %>`"));
        assert_eq!(help("< % endif %>").as_deref(), Some("write `<% endif %>`"));
    }
}
