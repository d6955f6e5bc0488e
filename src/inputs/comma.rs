//! Decimal commas: in a list, `0,5` is two numbers.

use super::findings::{Findings, Span};
use super::tree::{Node, Value};

/// Pairs of numbers in a list that may be one, typed with a decimal comma: digits, a comma without
/// a space, digits.
pub(super) fn candidates(items: &[Node], findings: &Findings) -> Vec<Span> {
    let pairs = items.windows(2).filter_map(|pair| {
        let [first, second] = pair else { return None };
        let text = findings.text(first.at.source);
        let typed =
            |node: &Node| text.get(node.at.start..node.at.end).unwrap_or_default().to_owned();
        let is_whole = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let between = text.get(first.at.end..second.at.start);
        let is_pair = between == Some(",")
            && is_whole(typed(first).trim_start_matches(['-', '+']))
            && is_whole(&typed(second));
        is_pair.then(|| Span::new(first.at.source, first.at.start..second.at.end))
    });
    pairs.collect()
}

/// Whether a space follows some comma of a list, so that one without looks like a decimal comma.
fn has_spaces(items: &[Node], findings: &Findings) -> bool {
    items.windows(2).any(|pair| {
        let text = findings.text(pair[0].at.source);
        text.get(pair[0].at.end..pair[1].at.start).is_some_and(|between| between.contains(' '))
    })
}

/// Warns of pairs in a list whose other commas are followed by spaces.
pub(super) fn warn(items: &[Node], findings: &mut Findings) {
    if !items.iter().all(|item| matches!(item.value, Value::Number(_)))
        || !has_spaces(items, findings)
    {
        return;
    }
    for at in candidates(items, findings) {
        let (typed, meant) = both(at, findings);
        findings.warning(
            at,
            format!("`{typed}` in a list is two numbers"),
            format!(
                "write a decimal point, {meant}; if two are meant, put a space behind the comma"
            ),
        );
    }
}

/// An error for every pair.
pub(super) fn blame(pairs: Vec<Span>, findings: &mut Findings) {
    for at in pairs {
        let (typed, meant) = both(at, findings);
        findings.error(
            at,
            format!("`{typed}` is two entries, and so its row has more than others"),
            format!("write a decimal point: {meant}"),
        );
    }
}

/// What was typed, and with a point.
fn both(at: Span, findings: &Findings) -> (String, String) {
    let text = findings.text(at.source);
    let typed = text.get(at.start..at.end).unwrap_or_default().to_owned();
    let meant = typed.replace(',', ".");
    (typed, meant)
}
