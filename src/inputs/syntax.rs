//! TOML text into a tree, and TOML's own errors in our words.

use toml::de::{DeTable, Error};

use super::findings::{Findings, Span};
use super::slips::{ROWS, slip};
use super::tree::Node;

/// Reads the text number `source` as a TOML document. Its syntax errors go to `findings`, the
/// first of each line: the others there mostly follow from it.
pub(super) fn document(source: usize, findings: &mut Findings) -> Option<Node> {
    let text = findings.text(source);
    let (table, errors) = DeTable::parse_recoverable(&text);
    if errors.is_empty() {
        // What is missing from the whole file belongs at its end.
        let end = Span::new(source, text.len()..text.len());
        return Some(Node::table(table.into_inner(), end));
    }
    let mut complaints: Vec<_> = errors.iter().map(|error| complaint(error, &text)).collect();
    complaints.sort_by_key(|complaint| complaint.range.start);
    let line = |complaint: &Complaint| {
        text.bytes().take(complaint.range.start).filter(|byte| *byte == b'\n').count()
    };
    complaints.dedup_by_key(|complaint| line(complaint));
    // What follows an open list is read as part of it, so nothing said about it can be trusted.
    let is_open = |complaint: &Complaint| [OPEN_LIST, ROWS].contains(&complaint.message.as_str());
    let open = complaints.iter().position(is_open);
    complaints.truncate(open.map_or(complaints.len(), |at| at + 1));
    for Complaint { range, message, help } in complaints {
        findings.error(Span::new(source, range), message, help);
    }
    None
}

/// A syntax error in our words.
#[derive(Debug)]
pub(super) struct Complaint {
    pub range: std::ops::Range<usize>,
    pub message: String,
    pub help: String,
}

const OPEN_LIST: &str = "the list before this place lacks a comma or a closing bracket";
const VALUES: &str = "write a number as 0.5, a date as 2020-03-01, a text in double quotes";
const DAY: &str = "write year-month-day without quotes: date = 2020-03-01";
/// How months begin.
const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const NUMBERS: &str = "write a number as digits with a point between digits and an exponent, as in \
                       -0.5 or 2.5e-3";

/// The parser's error with the words of a remedy, chosen by its message and the text it is about.
pub(super) fn complaint(error: &Error, text: &str) -> Complaint {
    let range = error.span().unwrap_or(text.len()..text.len());
    let parser = error.message();
    let says = |words: &str| parser.contains(words);
    let typed = text.get(range.clone()).unwrap_or_default();
    let next = text.get(range.start..).and_then(|rest| rest.chars().next());
    if let Some(slip) = slip(text, range.start) {
        return slip;
    }
    let word = word(text, range.start);
    if is_day(word) {
        let message = format!("`{word}` is not a date as TOML writes it");
        return Complaint { message, help: DAY.to_owned(), range };
    }
    if let Some(meant) = completed(word) {
        let message = format!("`{word}` is not complete: a point stands between digits");
        return Complaint { message, help: format!("write {meant}"), range };
    }
    if let Some(quote) =
        says("expected newline").then(|| text[..range.start].chars().last()).flatten()
        && matches!(quote, '"' | '\'')
        && next.is_some_and(|next| !next.is_whitespace())
    {
        let message = format!("the text ends with the {quote} before this place");
        let help = if quote == '"' {
            "write a quote inside double quotes as \\\", or put the text in single quotes: '…'"
        } else {
            "put a text with an apostrophe in double quotes: \"…\""
        };
        return Complaint { range, message, help: help.to_owned() };
    }
    let (message, help) = if says("must be quoted") {
        let is_in_list = text[..range.start].lines().last().is_some_and(|line| line.contains('['));
        return Complaint { message: not_a_value(typed), help: remedy(typed, is_in_list), range };
    } else if says("duplicate key") {
        (
            "this key or table is given a second time",
            "a key and a table may be given once: remove or rename one of the two",
        )
    } else if says("unexpected key or value") && next == Some(',') {
        ("a comma cannot stand here", "write the decimals of a number after a point, as in 0.5")
    } else if says("leading zero") {
        ("a number cannot begin with 0 and another digit", NUMBERS)
    } else if says("mantissa")
        || says("fraction")
        || says("float")
        || says("integer")
        || says("exponent")
        || says("`_`")
    {
        ("this number is not complete, or goes on too long", NUMBERS)
    } else if says("invalid date") {
        ("there is no such date", "write a date as year-month-day, as in 2020-03-01")
    } else if says("escape") || says("unicode") {
        (
            "a backslash in double quotes must begin an escape",
            "write it twice, \\\\, or put the text in single quotes, where it stands for itself",
        )
    } else if says("string") {
        ("this text has no closing quote", "close it with the quote that it began with")
    } else if says("boolean") {
        ("this is not a value", VALUES)
    } else if says("unclosed array") || says("missing comma between array") || says("`=` in array")
    {
        (OPEN_LIST, "write a list as [1, 2] and a matrix as a list of rows, [[1, 2], [3, 4]]")
    } else if says("array") {
        let help =
            "write a list as [1, 2] and a matrix as a list of rows, [[1, 2], [3, 4]]".to_owned();
        return Complaint { message: format!("this is not valid TOML: {parser}"), help, range };
    } else {
        let help =
            "write one `key = value` on each line, as in step_size = 0.1, and the header of \
                    a table on a line of its own, as in [problem1]"
                .to_owned();
        return Complaint { message: format!("this is not valid TOML: {parser}"), help, range };
    };
    Complaint { range, message: message.to_owned(), help: help.to_owned() }
}

/// What a number or a date could be, around a byte of the text.
fn word(text: &str, at: usize) -> &str {
    let is_of_word = |c: char| c.is_ascii_digit() || "+-./".contains(c);
    let (before, after) = (text.get(..at).unwrap_or_default(), text.get(at..).unwrap_or_default());
    let start = before.trim_end_matches(is_of_word).len();
    let end = at + after.find(|c: char| !is_of_word(c)).unwrap_or(after.len());
    text.get(start..end).unwrap_or_default()
}

/// Whether a word is a day in another notation: three numbers, one of which is a year.
fn is_day(word: &str) -> bool {
    // `2020-3-1` lacks two zeros.
    let is_complete = |parts: &[&str], separator: char| {
        separator == '-' && parts.iter().all(|part| part.len() > 1)
    };
    ['.', '/', '-'].iter().any(|separator| {
        let parts: Vec<&str> = word.split(*separator).collect();
        let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        parts.len() == 3
            && parts.iter().all(is_number)
            && (parts[2].len() == 4 || (parts[0].len() == 4 && !is_complete(&parts, *separator)))
    })
}

/// The number that was meant by one with nothing before or behind its point.
fn completed(word: &str) -> Option<String> {
    let digits = word.trim_start_matches(['+', '-']);
    let (whole, fraction) = digits.split_once('.')?;
    let meant = match (whole, fraction) {
        ("", fraction) if !fraction.is_empty() => format!("0.{fraction}"),
        (whole, "") if !whole.is_empty() => whole.to_owned(),
        _ => return None,
    };
    let sign = if word.starts_with('-') { "-" } else { "" };
    let is_number = meant.parse::<super::decimal::Decimal>().is_ok();
    is_number.then(|| format!("{sign}{meant}"))
}

/// What stands where a value should, without being one.
fn not_a_value(typed: &str) -> String {
    match typed {
        "" => "there is no value after `=`".to_owned(),
        _ => format!("`{typed}` is not a value"),
    }
}

fn remedy(typed: &str, is_in_list: bool) -> String {
    let is_numeric = |c: char| c.is_ascii_digit() || "+-.eE_".contains(c);
    let help = if typed.contains('\u{2212}') {
        "write minus as the hyphen of the keyboard: -"
    } else if typed.starts_with(['\u{201c}', '\u{201d}', '\u{201e}', '\u{ab}']) {
        "put a text in the straight double quotes of the keyboard: \""
    } else if !typed.is_empty() && typed.chars().all(|c| is_numeric(c) || c == '/') {
        "write a fraction as a decimal, as in 0.25, and a date as 2020-03-01"
    } else if !typed.is_empty() && typed.chars().all(|c| is_numeric(c) || c.is_whitespace()) {
        if !is_in_list {
            let number: String = typed.split_whitespace().collect();
            return format!("write a number without spaces: {number}");
        }
        "write a comma between the entries of a list"
    } else if typed.starts_with(|c: char| c.is_alphabetic())
        && MONTHS.iter().any(|m| typed.to_lowercase().starts_with(m))
    {
        DAY
    } else {
        VALUES
    };
    help.to_owned()
}
