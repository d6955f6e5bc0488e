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

/// Judges the pairs in a list of numbers, by how it is typed:
/// - an error where a pair begins with a zero and there is a further hint (a space behind other
///   commas and two digits behind this one, or a zero with a sign), or where all entries form pairs
///   with spaces between them;
/// - a warning where a space stands behind other commas, or all entries form pairs that begin with
///   zeros, as in `[0,25,0,5]`;
/// - otherwise nothing: `[0,25,3]` is three numbers.
pub(super) fn judge(items: &[Node], findings: &mut Findings) {
    if !items.iter().all(|item| matches!(item.value, Value::Number(_))) {
        return;
    }
    let pairs = candidates(items, findings);
    let typed: Vec<String> = pairs.iter().map(|&at| both(at, findings).0).collect();
    let is_zero = |typed: &str| typed.trim_start_matches(['-', '+']).starts_with("0,");
    let has_spaces = has_spaces(items, findings);
    let has_signed_zero = typed.iter().any(|typed| is_zero(typed) && !typed.starts_with('0'));
    let in_pairs = |fits: &dyn Fn(&str) -> bool| {
        let starts = items.chunks(2).map(|pair| (pair.len(), pair[0].at.start));
        items.len() > 2
            && starts.into_iter().all(|(length, start)| {
                let mut of_pair = pairs.iter().zip(&typed).filter(|(at, _)| at.start == start);
                length == 2 && of_pair.any(|(_, typed)| fits(typed))
            })
    };
    let are_decimals = has_spaces && in_pairs(&|_| true);
    let may_be_decimals = has_spaces || (in_pairs(&is_zero) && typed.iter().any(|t| t.len() > 3));
    for (&at, typed) in pairs.iter().zip(&typed) {
        let has_places = typed.split(',').nth(1).is_some_and(|second| second.len() > 1);
        let is_decimal = has_signed_zero || (has_spaces && has_places);
        if are_decimals || (is_zero(typed) && is_decimal) {
            say(at, Findings::error, findings);
        } else if may_be_decimals && (has_spaces || is_zero(typed)) {
            say(at, Findings::warning, findings);
        }
    }
}

/// Tells a pair in a list, as an error or a warning.
fn say(at: Span, tell: fn(&mut Findings, Span, String, String), findings: &mut Findings) {
    let (typed, meant) = both(at, findings);
    let help =
        format!("write a decimal point, {meant}; if two are meant, put a space behind the comma");
    tell(findings, at, format!("`{typed}` in a list is two numbers"), help);
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
