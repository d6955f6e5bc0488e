//! Decimal numbers that somebody typed into a template instead of asking the program for them.

use std::ops::Range;

use super::map::Source;
use super::scan::{Kind, Segment};
use crate::diagnostic::Place;
use crate::latex::{self, comment};

/// A decimal that stands in a template's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    pub place: Place,
    /// As `digits.digits`, without a sign.
    pub number: String,
    /// A minus stands before it.
    pub is_negative: bool,
    /// Where that begins in the text, if it is the number's own and no operator.
    pub sign: Option<usize>,
    /// It stands where a version, a section or an identifier has its number, as in `Python 3.10`.
    pub is_label: bool,
}

/// Commands whose arguments are layout, or names of places.
const LAYOUT: [&str; 33] = [
    "label",
    "ref",
    "eqref",
    "pageref",
    "autoref",
    "cite",
    "documentclass",
    "usepackage",
    "geometry",
    "hypersetup",
    "captionsetup",
    "setlength",
    "addtolength",
    "includegraphics",
    "scalebox",
    "resizebox",
    "rotatebox",
    "linespread",
    "setstretch",
    "arraystretch",
    "definecolor",
    "color",
    "textcolor",
    "colorbox",
    "pagecolor",
    "tikzset",
    "tikz",
    "pgfplotsset",
    "fontsize",
    "vspace",
    "hspace",
    "input",
    "include",
];

/// Environments that hold pictures.
const PICTURES: [&str; 3] = ["tikzpicture", "picture", "axis"];

/// Units and lengths behind which a number is a dimension.
const UNITS: [&str; 16] = [
    "pt", "em", "ex", "cm", "mm", "in", "bp", "sp", "pc", "dd", "cc", "mu", "px", "fil", "fill",
    "truein",
];
const LENGTHS: [&str; 9] =
    ["width", "height", "skip", "sep", "indent", "depth", "size", "unit", "margin"];

/// Words of TeX behind which a number is one, too.
const DIMENSION_WORDS: [&str; 8] =
    ["width", "height", "depth", "by", "to", "plus", "minus", "spread"];

/// Commands behind which a minus is a sign.
const RELATIONS: [&str; 8] = ["approx", "le", "leq", "ge", "geq", "cdot", "times", "quad"];

/// A whole number of fewer digits is a count, a year or an index.
const WHOLE_DIGITS: usize = 4;

/// Words behind which a number is that of a place or a version.
const LABELLED: [&str; 8] =
    ["version", "release", "section", "chapter", "table", "figure", "equation", "exercise"];

/// The decimals in a template's LaTeX; also whole numbers that are too long for a count.
/// `masked` is its [`masked`] text.
pub(super) fn typed(file: &Source, masked: &str) -> Vec<Typed> {
    let text = &*file.text;
    let bytes = masked.as_bytes();
    let body = body(masked);
    let mut out = Vec::new();
    // Open groups, each with whether its inside is layout; open pictures.
    let mut groups: Vec<bool> = Vec::new();
    let mut pictures = 0_usize;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => {
                let name = control_word(&masked[at + 1..]);
                let environment = masked[at + 1 + name.len()..]
                    .strip_prefix('{')
                    .and_then(|rest| rest.split('}').next())
                    .is_some_and(|e| PICTURES.contains(&e.trim_end_matches('*')));
                match name {
                    "begin" if environment => pictures += 1,
                    "end" if environment => pictures = pictures.saturating_sub(1),
                    _ => {}
                }
                // A control symbol, such as `\{`, opens no group.
                at += if name.is_empty() { 2 } else { 1 + name.len() };
            }
            b'{' | b'[' => {
                let inside = groups.last() == Some(&true) || is_layout(&masked[..at]);
                groups.push(inside);
                at += 1;
            }
            b'}' | b']' => {
                groups.pop();
                at += 1;
            }
            b'0'..=b'9' | b'.' => {
                let (length, number) = decimal(&masked[at..]);
                let span = at..at + length;
                if let Some(number) = number
                    && at >= body
                    && pictures == 0
                    && groups.last() != Some(&true)
                    && stands_alone(masked, &span)
                    && !is_dimension(&masked[..at], &masked[span.end..])
                    && !is_option(&masked[..at])
                    && !kept(text, at, &number)
                {
                    let before = &masked[..at];
                    let is_label = is_label(before, &number);
                    let is_negative = is_negative(before);
                    let sign = sign(&text[..at]).filter(|_| is_negative);
                    let place = file.place(span);
                    out.push(Typed { place, number, is_negative, sign, is_label });
                }
                at += length;
            }
            _ => at += 1,
        }
    }
    out
}

/// Where a template's text begins: behind the preamble, if it has one.
pub(super) fn body(text: &str) -> usize {
    if text.contains("\\documentclass") { text.find("\\begin{document}").unwrap_or(0) } else { 0 }
}

/// The text with tags, verbatim text and TeX comments blanked, every byte at its place.
pub(super) fn masked(text: &str, segments: &[Segment]) -> String {
    let masked = without_verbatim(text, segments);
    let mut bytes = masked.as_bytes().to_vec();
    let mut start = 0;
    for line in masked.split_inclusive('\n') {
        if let Some(comment) = comment(line) {
            blank(&mut bytes[start + comment..start + line.len()]);
        }
        start += line.len();
    }
    blanked(bytes)
}

/// The text with tags and verbatim text blanked, every byte at its place.
pub(super) fn without_verbatim(text: &str, segments: &[Segment]) -> String {
    let masked = without_tags(text, segments);
    let mut bytes = masked.as_bytes().to_vec();
    for inside in latex::verbatim(&masked) {
        blank(&mut bytes[inside]);
    }
    blanked(bytes)
}

/// The text with tags blanked, every byte at its place: a tag is a value in the text, and what
/// stands beside it does not touch.
fn without_tags(text: &str, segments: &[Segment]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for segment in segments {
        match segment.kind {
            Kind::Text => {}
            Kind::Raw => {
                blank(&mut bytes[segment.span.start..segment.inner.start]);
                blank(&mut bytes[segment.inner.end..segment.span.end]);
            }
            _ => blank(&mut bytes[segment.span.clone()]),
        }
    }
    blanked(bytes)
}

/// A text of which whole characters were blanked.
fn blanked(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

fn blank(bytes: &mut [u8]) {
    for byte in bytes.iter_mut().filter(|byte| **byte != b'\n') {
        *byte = b' ';
    }
}

fn control_word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphabetic() && c != '@').unwrap_or(text.len());
    &text[..end]
}

/// How long a number here is, and the number, if it is a decimal (`0.25`, `.25`, `0{.}25` or
/// `0{,}25`) or a long whole one.
fn decimal(text: &str) -> (usize, Option<String>) {
    let digits = |from: usize| text[from..].bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(0);
    for point in [".", "{.}", "{,}"] {
        if text[whole..].starts_with(point) {
            let from = whole + point.len();
            let fraction = digits(from);
            // `16{,}287` has no decimals, but thousands.
            let is_thousands = point == "{,}" && fraction == 3 && (1..4).contains(&whole);
            if fraction > 0 && is_thousands && !text.starts_with('0') {
                let number = format!("{}{}", &text[..whole], &text[from..from + fraction]);
                return (from + fraction, Some(number));
            }
            if fraction > 0 {
                let before = if whole == 0 { "0" } else { &text[..whole] };
                let number = format!("{before}.{}", &text[from..from + fraction]);
                return (from + fraction, Some(number));
            }
        }
    }
    (whole.max(1), (whole >= WHOLE_DIGITS).then(|| text[..whole].to_owned()))
}

/// Not a part of a name or of a version such as `1.2.3`.
fn stands_alone(text: &str, span: &Range<usize>) -> bool {
    let before = text[..span.start].chars().next_back();
    let after = &text[span.end..];
    let part_of_name = before.is_some_and(|c| c.is_alphanumeric() || c == '.');
    let goes_on =
        after.strip_prefix('.').is_some_and(|a| a.starts_with(|c: char| c.is_ascii_digit()));
    !part_of_name && !goes_on
}

/// Whether a number between these texts is a dimension; `0.5 in total` is none.
fn is_dimension(before: &str, after: &str) -> bool {
    let (space, after) = (after, after.trim_start_matches([' ', '~']));
    let goes_on = |rest: &str| {
        rest.starts_with(char::is_whitespace)
            && rest.trim_start().starts_with(|c: char| c.is_ascii_lowercase())
    };
    if after.len() < space.len() && after.strip_prefix("in").is_some_and(goes_on) {
        return !is_behind_word(before);
    }
    if let Some(command) = after.strip_prefix('\\') {
        let name = control_word(command);
        return name == "p@" || LENGTHS.iter().any(|l| name.ends_with(l));
    }
    let unit = control_word(after);
    UNITS.contains(&unit) || after.starts_with("true")
}

/// Whether a text ends with a word and a space, not with a command or a word of TeX's.
fn is_behind_word(before: &str) -> bool {
    let words = before.trim_end();
    let rest = words.trim_end_matches(char::is_alphabetic);
    let word = &words[rest.len()..];
    words.len() < before.len()
        && !word.is_empty()
        && !rest.ends_with('\\')
        && !DIMENSION_WORDS.contains(&word)
}

/// Behind `key=`, as in `[width=0.8…]`.
fn is_option(before: &str) -> bool {
    let line = &before[before.rfind('\n').map_or(0, |n| n + 1)..];
    let Some(key) = line.trim_end().strip_suffix('=') else { return false };
    let Some(open) = key.rfind(['[', ',', '{']) else { return false };
    let bracket = key.rfind('[').is_some_and(|b| b > key.rfind(']').unwrap_or(0));
    let key = key[open + 1..].trim();
    bracket && key.len() > 1 && key.chars().all(|c| c.is_ascii_alphabetic() || c == ' ')
}

/// Whether a group that opens here belongs to a layout command: the command before it, behind
/// its other arguments.
fn is_layout(before: &str) -> bool {
    let mut rest = before.trim_end();
    loop {
        let opening = match rest.chars().next_back() {
            Some('}') => '{',
            Some(']') => '[',
            _ => break,
        };
        let Some(at) = rest.rfind(opening) else { break };
        let argument = rest[at + 1..].trim_end_matches(['}', ']']);
        // `\renewcommand{\arraystretch}{1.3}` and the like.
        if argument.strip_prefix('\\').is_some_and(|name| LAYOUT.contains(&name)) {
            return true;
        }
        rest = rest[..at].trim_end();
    }
    let rest = rest.trim_end_matches('*');
    let name = &rest[rest.rfind('\\').map_or(rest.len(), |n| n + 1)..];
    LAYOUT.contains(&name)
}

/// Whether a minus stands here, not the dash of a range.
fn is_negative(before: &str) -> bool {
    let before = before.trim_end_matches([' ', '}', '{']);
    before.ends_with(['-', '\u{2212}']) && !before.ends_with("--")
}

/// Where the minus at the end of a text begins, if no operand stands before it.
fn sign(before: &str) -> Option<usize> {
    let bare = before.trim_end_matches(' ');
    let minus =
        bare.strip_suffix("{-}").or(bare.strip_suffix('-')).or(bare.strip_suffix('\u{2212}'))?;
    let left = minus.trim_end();
    let rest = left.trim_end_matches(char::is_alphabetic);
    let word = &left[rest.len()..];
    let is_free = match word.len() {
        0 => left.is_empty() || left.ends_with(['$', '(', '[', '=', '&', ',', ':', '<', '>']),
        // `\alpha - 1` has an operand, and so has `x - 1`.
        1 => false,
        _ if rest.ends_with('\\') => RELATIONS.contains(&word),
        _ => true,
    };
    (is_free && !left.ends_with(">>")).then_some(minus.len())
}

/// Whether a number behind this text is that of a version, a section or an identifier: behind a
/// name (`Python 3.10`), a word for a place, or letters and a colon (`arXiv:1502.03167`).
fn is_label(before: &str, number: &str) -> bool {
    if let Some(scheme) = before.strip_suffix(':') {
        return scheme.ends_with(char::is_alphabetic);
    }
    let name = before.trim_end_matches([' ', '~', '(']);
    let word = &name[name.trim_end_matches(char::is_alphabetic).len()..];
    let is_name = word.starts_with(char::is_uppercase) && !number.starts_with('0');
    name.len() < before.len() && (is_name || LABELLED.contains(&word.to_lowercase().as_str()))
}

/// Whether the line says `%! keep NUMBER reason` of this number, which may be one of several.
fn kept(text: &str, at: usize, number: &str) -> bool {
    let end = text[at..].find('\n').map_or(text.len(), |n| at + n);
    let notes = text[at..end].split("%!").skip(1);
    let mut notes = notes.filter_map(|note| note.trim_start().strip_prefix("keep"));
    notes.any(|note| {
        let words = note.split([' ', '\t', ',', ';', ':']).filter(|word| !word.is_empty());
        words.map_while(digits).any(|kept| Some(kept) == digits(number))
    })
}

/// A word's digits without zeros around them, if it is a number.
fn digits(word: &str) -> Option<&str> {
    let number = word.trim_start_matches('-');
    let is_number = number.contains(|c: char| c.is_ascii_digit())
        && number.chars().all(|c| c.is_ascii_digit() || c == '.');
    let shortened = if number.contains('.') { number.trim_end_matches('0') } else { number };
    is_number.then(|| shortened.trim_start_matches('0').trim_end_matches('.'))
}
