//! Tags with other templates' delimiters: LaTeX would print `{{ b.loss.value }}` as it stands.

use super::scan::{Kind, Mistake, Segment};

/// The words that `{% … %}` begins with where templates have these delimiters.
const KEYWORDS: [&str; 12] = [
    "if", "elif", "else", "endif", "for", "endfor", "set", "include", "extends", "block",
    "endblock", "macro",
];

/// Every tag in the text of a template that has braces instead of `<<` and `<%`.
pub(super) fn tags(text: &str, segments: &[Segment]) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
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

/// Whether braces hold ` name.field `, maybe with a filter: LaTeX's own `{{a}}` has no spaces.
fn is_value(inner: &str) -> bool {
    let path = inner.split('|').next().unwrap_or_default();
    let name = path.trim();
    let in_name = |c: char| c.is_ascii_alphanumeric() || "_.[]".contains(c);
    path.starts_with(' ')
        && path.ends_with(' ')
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.contains('.')
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
    }
}
