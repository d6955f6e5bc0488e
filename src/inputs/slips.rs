//! What people write who come from another language than TOML, as the line shows it.

use std::ops::Range;

use super::decimal::Decimal;
use super::syntax::Complaint;

/// What is said of rows that a semicolon parts.
pub(super) const ROWS: &str = "a semicolon parts no rows";

/// The slip in the line around a byte at which the parser stopped, if there is one.
pub(super) fn slip(text: &str, at: usize) -> Option<Complaint> {
    let start = text.get(..at)?.rfind('\n').map_or(0, |end| end + 1);
    let line = text[start..].lines().next()?;
    let bare = bare(line);
    let found = comment(&bare).or_else(|| equals(line, &bare)).or_else(|| colon(line, &bare));
    let (range, message, help) = found
        .or_else(|| round_list(line, &bare))
        .or_else(|| bare_list(line, &bare))
        .or_else(|| semicolon(&bare))?;
    Some(Complaint { range: start + range.start..start + range.end, message, help })
}

type Slip = (Range<usize>, String, String);

/// The line with marks for what stands in quotes and blanks for its comment, every byte at its place.
fn bare(line: &str) -> String {
    let mut quote = None;
    let mut is_comment = false;
    let blanked = line.chars().flat_map(|c| {
        let is_quoted = quote.is_some();
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '#') => is_comment = true,
            _ => {}
        }
        let shown = match c {
            _ if is_comment => ' ',
            _ if is_quoted || quote.is_some() => '_',
            c => c,
        };
        let count = if shown == c { 1 } else { c.len_utf8() };
        std::iter::repeat_n(shown, count)
    });
    blanked.collect()
}

/// A comment as other languages write it.
fn comment(bare: &str) -> Option<Slip> {
    let signs = ["//", "/*", "%"].into_iter();
    let (at, sign) = signs.filter_map(|sign| Some((bare.find(sign)?, sign))).min()?;
    let help = "a comment begins with #".to_owned();
    Some((at..at + sign.len(), format!("`{sign}` begins no comment here"), help))
}

/// `x == 0.63`.
fn equals(line: &str, bare: &str) -> Option<Slip> {
    let at = bare.find("==")?;
    let (key, value) = (line[..at].trim(), line.get(at + 2..bare.trim_end().len())?.trim());
    Some((at..at + 2, "one = sets a value".to_owned(), format!("write {key} = {value}")))
}

/// `w = (0.25, -0.11, 0.78)`.
fn round_list(line: &str, bare: &str) -> Option<Slip> {
    let (key, value) = bare.split_once('=')?;
    let at = key.len() + 1 + (value.len() - value.trim_start().len());
    value.trim_start().starts_with('(').then_some(())?;
    let list = line.get(at..bare.trim_end().len())?.replace('(', "[").replace(')', "]");
    let help = format!("write {} = {list}", line[..key.len()].trim());
    Some((at..at + 1, "a list stands in square brackets".to_owned(), help))
}

fn colon(line: &str, bare: &str) -> Option<Slip> {
    let at = bare.find(':').filter(|at| !bare[..*at].contains(['=', '[']))?;
    let end = bare.trim_end().len();
    let (key, value) = (line[..at].trim(), line.get(at + 1..end)?.trim());
    let is_key = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    let has_both = !key.is_empty() && key.chars().all(is_key) && !value.is_empty();
    let is_word = value.starts_with(char::is_alphabetic) && !["true", "false"].contains(&value);
    let help = if is_word {
        format!("write {key} = \"{value}\"")
    } else {
        format!("write {key} = {value}")
    };
    has_both.then(|| (at..at + 1, "a colon joins no key to its value".to_owned(), help))
}

/// `w = 0.25, -0.11, 0.78`; with one comma and no space it is rather a decimal comma.
fn bare_list(line: &str, bare: &str) -> Option<Slip> {
    let (key, value) = bare.split_once('=')?;
    let start = key.len() + 1 + (value.len() - value.trim_start().len());
    let end = key.len() + 1 + value.trim_end().len();
    let items: Vec<&str> = line.get(start..end)?.split(',').collect();
    let is_list = items.len() > 2 || items.get(1).is_some_and(|second| second.starts_with(' '));
    let numbers = items.iter().all(|item| item.trim().parse::<Decimal>().is_ok());
    let help = format!("write {} = [{}]", line[..key.len()].trim(), &line[start..end]);
    (is_list && numbers).then(|| (start..end, "a list stands in brackets".to_owned(), help))
}

fn semicolon(bare: &str) -> Option<Slip> {
    let at = bare.find(';')?;
    if bare[at + 1..].trim().is_empty() {
        let help = "take it out: a line ends without one".to_owned();
        return Some((at..at + 1, "a semicolon ends no line".to_owned(), help));
    }
    if !bare[..at].contains('[') {
        return None;
    }
    let help = "write a matrix as a list of rows, [[1, 2], [3, 4]]".to_owned();
    Some((at..at + 1, ROWS.to_owned(), help))
}
