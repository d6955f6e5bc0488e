//! Decimal numbers that somebody typed into a template instead of asking the program for them.

use std::ops::Range;

use super::scan::{Kind, Segment};
use crate::latex::{self, comment};

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

/// A whole number of fewer digits is a count, a year or an index.
const WHOLE_DIGITS: usize = 4;

/// The decimals in a template's LaTeX, with their bytes and as `digits.digits`; also whole numbers
/// that are too long for a count.
pub(super) fn typed(text: &str, segments: &[Segment]) -> Vec<(Range<usize>, String)> {
    let masked = masked(text, segments);
    let bytes = masked.as_bytes();
    let body = body(&masked);
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
                    && stands_alone(&masked, &span)
                    && !is_dimension(&masked[span.end..])
                    && !is_option(&masked[..at])
                    && !kept(text, at, &number)
                {
                    out.push((span, number));
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
fn masked(text: &str, segments: &[Segment]) -> String {
    let masked = without_verbatim(text, segments);
    let mut bytes = masked.clone().into_bytes();
    let mut start = 0;
    for line in masked.split_inclusive('\n') {
        if let Some(comment) = comment(line) {
            blank(&mut bytes[start + comment..start + line.len()]);
        }
        start += line.len();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The text with tags and verbatim text blanked, every byte at its place.
pub(super) fn without_verbatim(text: &str, segments: &[Segment]) -> String {
    let masked = without_tags(text, segments);
    let mut bytes = masked.clone().into_bytes();
    for inside in latex::verbatim(&masked) {
        blank(&mut bytes[inside]);
    }
    String::from_utf8_lossy(&bytes).into_owned()
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
    String::from_utf8_lossy(&bytes).into_owned()
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

fn is_dimension(after: &str) -> bool {
    let after = after.trim_start_matches([' ', '~']);
    if let Some(command) = after.strip_prefix('\\') {
        let name = control_word(command);
        return name == "p@" || LENGTHS.iter().any(|l| name.ends_with(l));
    }
    let unit = control_word(after);
    UNITS.contains(&unit) || after.starts_with("true")
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

/// Whether the line says `%! keep NUMBER reason` of this number.
fn kept(text: &str, at: usize, number: &str) -> bool {
    let end = text[at..].find('\n').map_or(text.len(), |n| at + n);
    let mut notes = text[at..end].split("%! keep ").skip(1);
    notes.any(|note| note.split_whitespace().next() == Some(number))
}
