//! Warnings of LaTeX and its packages, which stand in the log only.

use super::context::unwrap;
use crate::tex::{Message, MessageKind};

/// All warnings in the log, each with the offset at which it stands.
pub(super) fn in_log(log: &str) -> Vec<(usize, Message)> {
    let mut found = Vec::new();
    let mut offset = 0;
    let mut rest = log;
    while !rest.is_empty() {
        let end = rest.find('\n').map_or(rest.len(), |at| at + 1);
        if let Some(origin) = origin(&rest[..end]) {
            let text = sentence(rest, origin);
            found.extend(message(origin, &text).map(|message| (offset, message)));
        }
        offset += end;
        rest = &rest[end..];
    }
    found
}

/// Who warns in this line: `LaTeX`, `Package hyperref`, ….
fn origin(line: &str) -> Option<&str> {
    let known = ["LaTeX", "Package ", "Class ", "pdfTeX"];
    let (origin, _) = line.split_once(" Warning: ")?;
    known.iter().any(|k| origin.starts_with(k)).then_some(origin)
}

/// The whole warning at the start of `rest`, in one line: up to a blank line, with the package's
/// name in parentheses at the start of further lines left out.
fn sentence(rest: &str, origin: &str) -> String {
    let end = rest.find("\n\n").unwrap_or(rest.len());
    let name = origin.split_whitespace().nth(1).unwrap_or(origin);
    let mark = format!("({name})");
    let mut words = String::new();
    for (number, line) in unwrap(&rest[..end]).enumerate() {
        let part = if number == 0 {
            line.split_once(" Warning: ").map_or("", |(_, text)| text)
        } else if let Some(text) = line.strip_prefix(&mark) {
            text
        } else if line.starts_with(' ') {
            &line
        } else {
            break;
        };
        words.push(' ');
        words.push_str(part);
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn message(origin: &str, text: &str) -> Option<Message> {
    let (text, line) = match text.rsplit_once(" on input line ") {
        Some((before, after)) => (before, after.trim_end_matches('.').parse().ok()),
        None => (text.trim_end_matches('.'), None),
    };
    // These sum up what other messages say, or ask for the pass that follows anyway.
    let summaries = ["There were undefined references", "Label(s) may have changed", "Rerun "];
    if summaries.iter().any(|summary| text.contains(summary)) {
        return None;
    }
    let named = |what: &str| {
        let (name, rest) = text.strip_prefix(what)?.strip_prefix(" `")?.split_once('\'')?;
        rest.contains("undefined").then(|| name.to_owned())
    };
    let (kind, text, help) = if let Some(label) = named("Reference") {
        let text = format!("there is no \\label{{{label}}} for this reference");
        let help = format!("write \\label{{{label}}} where it should lead, or correct the name");
        (MessageKind::UndefinedReference { label }, text, Some(help))
    } else if let Some(label) = named("Citation") {
        let text = format!("there is no \\bibitem{{{label}}} for this citation");
        let help = format!("write \\bibitem{{{label}}} in a thebibliography, or correct the name");
        (MessageKind::UndefinedReference { label }, text, Some(help))
    } else {
        (MessageKind::Warning, format!("{origin}: {text}"), None)
    };
    Some(Message { kind, line, file: None, near: None, text, help })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_of_several_lines_are_read_whole() {
        let log = "\n\nPackage hyperref Warning: Token not allowed in a PDF string (Unicode):\n\
                   (hyperref)                removing `math shift' on input line 7.\n\n\
                   LaTeX Warning: Reference `eq:x' on page 1 undefined on input line 9.\n\n";
        let found: Vec<_> = in_log(log).into_iter().map(|(_, m)| m).collect();
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].line, Some(7));
        assert_eq!(
            found[0].text,
            "Package hyperref: Token not allowed in a PDF string (Unicode): \
             removing `math shift'",
        );
        assert_eq!(found[1].kind, MessageKind::UndefinedReference { label: "eq:x".into() });
        assert_eq!(found[1].line, Some(9));
    }
}
