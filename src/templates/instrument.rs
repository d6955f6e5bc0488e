//! The template as tera gets it: with marks, so that every printed character knows where it was
//! written, without the lines that hold nothing but tags, and with a meter that stops endless loops.
//!
//! A mark is two private-use characters. It is written before each stretch of LaTeX and before
//! each value, and taken out again after rendering ([`super::map`]). A stretch is printed whole,
//! so one mark places all its characters, over any number of lines.

use std::ops::Range;

use super::scan::{self, Kind, Segment};

/// Where a stretch of the rendered document was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    /// Index of the template file.
    pub file: usize,
    /// Bytes of the file.
    pub span: Range<usize>,
    /// Printed character by character as written; otherwise by a value or a section as a whole.
    pub verbatim: bool,
}

/// The first character of a mark: the upper bits of its number, on top of this.
const HIGH: u32 = 0xF_0000;
/// The second character of a mark: its lower [`BITS`] bits, on top of this.
const LOW: u32 = 0x10_0000;
const BITS: u32 = 15;

/// Whether a character is reserved for marks.
pub(super) fn is_reserved(c: char) -> bool {
    ('\u{F0000}'..='\u{FFFFD}').contains(&c) || ('\u{100000}'..='\u{10FFFD}').contains(&c)
}

/// Writes the mark with a number.
fn push_mark(out: &mut String, number: usize) {
    let number = number as u32;
    out.extend(char::from_u32(HIGH + (number >> BITS)));
    out.extend(char::from_u32(LOW + (number & ((1 << BITS) - 1))));
}

/// The number of the mark that starts here.
pub(super) fn read_mark(high: char, low: Option<char>) -> Option<usize> {
    let high = u32::from(high).checked_sub(HIGH)?;
    let low = u32::from(low?).checked_sub(LOW)?;
    Some(((high << BITS) + low) as usize)
}

/// A template with its marks, and the way back from its bytes to the file's.
#[derive(Clone, Debug, Default)]
pub(super) struct Instrumented {
    pub source: String,
    /// (start in `source`, bytes of the file, copied as written), in order.
    pieces: Vec<(usize, Range<usize>, bool)>,
}

impl Instrumented {
    fn copy(&mut self, text: &str, span: Range<usize>) {
        self.pieces.push((self.source.len(), span.clone(), true));
        self.source.push_str(&text[span]);
    }

    /// Adds what is not in the file; errors in it are about `span`.
    fn add(&mut self, added: &str, span: Range<usize>) {
        self.pieces.push((self.source.len(), span, false));
        self.source.push_str(added);
    }

    /// The byte of the file behind a byte of `source`.
    fn original(&self, at: usize, end: bool) -> usize {
        // The end of a span belongs to the piece before it.
        let next = self.pieces.partition_point(|p| if end { p.0 < at } else { p.0 <= at });
        let Some((start, span, verbatim)) = self.pieces.get(next.saturating_sub(1)) else {
            return 0;
        };
        match (verbatim, end) {
            (true, _) => span.end.min(span.start + at.saturating_sub(*start)),
            (false, true) => span.end,
            (false, false) => span.start,
        }
    }

    /// The bytes of the file behind a stretch of `source`.
    pub fn original_span(&self, span: &Range<usize>) -> Range<usize> {
        let start = self.original(span.start, false);
        start..self.original(span.end, true).max(start)
    }
}

/// Prepares one template.
///
/// `newline_at_end` tells of an included file whether it ends with a line end.
pub(super) fn instrument(
    file: usize,
    text: &str,
    segments: &[Segment],
    origins: &mut Vec<Origin>,
    newline_at_end: &dyn Fn(&str) -> bool,
) -> Instrumented {
    let kept = kept_text(text, segments, newline_at_end);
    let mut out = Instrumented::default();
    let extends =
        segments.iter().any(|s| s.kind == Kind::Tag && scan::keyword(text, s) == "extends");
    if !extends {
        out.add(METER, 0..0);
    }
    // The captures that are open here, block sets with the name that they give and filter
    // sections without one: a mark inside would be part of a value that templates compare and
    // measure.
    let mut captures: Vec<Option<&str>> = Vec::new();
    // Blocks and components that are open here: in a template that extends another, what stands
    // outside of them is never printed and may only be blank.
    let mut sections = 0_usize;
    let mut mark = |out: &mut Instrumented, span: &Range<usize>, verbatim, captured: bool| {
        if !captured {
            let mut mark = String::new();
            push_mark(&mut mark, origins.len());
            out.add(&mark, span.start..span.start);
            origins.push(Origin { file, span: span.clone(), verbatim });
        }
    };
    for (segment, kept) in segments.iter().zip(kept) {
        let captured = !captures.is_empty();
        if matches!(segment.kind, Kind::Text | Kind::Raw) && (sections > 0 || !extends) {
            out.add(&meter_of_text(&kept), segment.span.clone());
        }
        match segment.kind {
            Kind::Text => {
                if !text[kept.clone()].trim().is_empty() {
                    mark(&mut out, &kept, true, captured);
                }
                out.copy(text, kept);
            }
            Kind::Raw => {
                out.add("<% raw %>", segment.span.clone());
                mark(&mut out, &kept, true, captured);
                out.copy(text, kept);
                out.add("<% endraw %>", segment.span.clone());
            }
            Kind::Comment => {}
            Kind::Value => {
                mark(&mut out, &segment.span, false, captured);
                let inner = text[segment.inner.clone()].trim_start();
                let component = inner.starts_with('<') || inner.starts_with("super(");
                out.add("<< (", segment.span.clone());
                out.copy(text, segment.inner.clone());
                let show = if component { ") | __component >>" } else { ") | __show >>" };
                out.add(show, segment.span.clone());
            }
            Kind::Tag => {
                let keyword = scan::keyword(text, segment);
                if keyword == "filter" {
                    mark(&mut out, &segment.span, false, captured);
                }
                out.add("<% ", segment.span.clone());
                out.copy(text, segment.inner.clone());
                out.add(" %>", segment.span.clone());
                // The name that has its value now.
                let mut given = None;
                match keyword {
                    "for" => out.add(METER, segment.span.clone()),
                    "component" => {
                        out.add(METER, segment.span.clone());
                        sections += 1;
                    }
                    "block" => sections += 1,
                    "endblock" | "endcomponent" => sections = sections.saturating_sub(1),
                    "set" | "set_global" => {
                        let tokens = scan::tokens(text, segment.inner.clone());
                        let name = tokens.get(1).and_then(|t| t.ident());
                        if scan::is_block_set(text, segment) {
                            captures.push(name);
                        } else {
                            given = name;
                        }
                    }
                    "filter" => captures.push(None),
                    "endset" | "endfilter" => given = captures.pop().flatten(),
                    _ => {}
                }
                if let Some(name) = given {
                    let check = format!("<% if __size(v={name}) %><% endif %>");
                    out.add(&check, segment.span.clone());
                }
            }
        }
    }
    out
}

/// Counts one step of the rendering; see [`super::limits`].
const METER: &str = "<% if __step() %><% endif %>";

/// Counts the bytes of a text that is printed next; nothing for an empty one.
fn meter_of_text(text: &Range<usize>) -> String {
    match text.len() {
        0 => String::new(),
        bytes => format!("<% if __printed(bytes={bytes}) %><% endif %>"),
    }
}

/// What remains of each segment's text: white space that `-` trims is gone, and so are lines that
/// hold nothing but tags and comments.
fn kept_text(
    text: &str,
    segments: &[Segment],
    newline_at_end: &dyn Fn(&str) -> bool,
) -> Vec<Range<usize>> {
    let mut kept: Vec<Range<usize>> = segments
        .iter()
        .map(|s| if s.kind == Kind::Raw { s.inner.clone() } else { s.span.clone() })
        .collect();
    let is_mute = |s: &Segment| matches!(s.kind, Kind::Tag | Kind::Comment);
    let mut at = 0;
    while at < segments.len() {
        if !is_mute(&segments[at]) {
            at += 1;
            continue;
        }
        let first = at;
        let mut last = at;
        while let Some(next) = segments.get(last + 1) {
            if is_mute(next) {
                last += 1;
            } else if next.kind == Kind::Text
                && is_blank(&text[next.span.clone()])
                && segments.get(last + 2).is_some_and(is_mute)
            {
                last += 2;
            } else {
                break;
            }
        }
        take_line(text, segments, first..last + 1, newline_at_end, &mut kept);
        at = last + 1;
    }
    for i in (0..segments.len()).filter(|&i| segments[i].kind == Kind::Raw) {
        take_raw_lines(text, segments, i, &mut kept);
    }
    for i in (0..segments.len()).filter(|&i| segments[i].kind == Kind::Text) {
        if i > 0 && segments[i - 1].trims_after {
            kept[i].start = kept[i].end - text[kept[i].clone()].trim_start().len();
        }
        if segments.get(i + 1).is_some_and(|next| next.trims_before) {
            kept[i].end = kept[i].start + text[kept[i].clone()].trim_end().len();
        }
    }
    kept
}

/// Takes a line (or several, where a tag is longer) away if the tags of `run` are all it holds.
fn take_line(
    text: &str,
    segments: &[Segment],
    run: Range<usize>,
    newline_at_end: &dyn Fn(&str) -> bool,
    kept: &mut [Range<usize>],
) {
    let before = run.start.checked_sub(1).map(|i| kept[i].clone());
    let after = kept.get(run.end).cloned();
    let head = match &before {
        None => 0..0,
        Some(span) if segments[run.start - 1].kind == Kind::Text => {
            let line = text[span.clone()].rfind('\n').map(|n| span.start + n + 1);
            match line {
                Some(line) => line..span.end,
                // The very start of the file is a line's start, too; so is what an earlier
                // taken line has left.
                None if starts_line(text, span.start) => span.clone(),
                None => return,
            }
        }
        Some(_) => return,
    };
    let tail = match &after {
        None => 0..0,
        Some(span) if segments[run.end].kind == Kind::Text => match text[span.clone()].find('\n') {
            Some(n) => span.start..span.start + n + 1,
            None if span.end == text.len() => span.clone(),
            None => return,
        },
        Some(_) => return,
    };
    if !is_blank(&text[head.clone()]) || !is_blank(text[tail.clone()].trim_end_matches('\n')) {
        return;
    }
    for i in run.clone().filter(|&i| segments[i].kind == Kind::Text) {
        kept[i].end = kept[i].start;
    }
    if before.is_some() {
        kept[run.start - 1].end = head.start;
        // A component's and a `set`'s text is used inside a line: the line end before its closing
        // tag is no part of it.
        let closes = matches!(scan::keyword(text, &segments[run.start]), "endcomponent" | "endset");
        let body = kept[run.start - 1].clone();
        if closes && segments[run.start].kind == Kind::Tag && text[body].ends_with('\n') {
            kept[run.start - 1].end -= 1;
        }
    }
    if after.is_some() {
        // An included file without a line end of its own gets this one.
        let needs = segments[run.clone()].iter().any(|s| {
            s.kind == Kind::Tag
                && scan::keyword(text, s) == "include"
                && scan::tokens(text, s.inner.clone())
                    .iter()
                    .any(|t| matches!(t.tok, scan::Tok::Str(name) if !newline_at_end(name)))
        });
        let newline = usize::from(needs && text[tail.clone()].ends_with('\n'));
        kept[run.end].start = tail.end - newline;
    }
}

/// Takes the lines of `raw` and of `endraw` away, where the tag is all that its line holds.
fn take_raw_lines(text: &str, segments: &[Segment], i: usize, kept: &mut [Range<usize>]) {
    let segment = &segments[i];
    let line = text[..segment.span.start].rfind('\n').map_or(0, |n| n + 1);
    let first = text[kept[i].clone()].find('\n').map(|n| kept[i].start + n + 1);
    if let Some(first) = first
        && is_blank(&text[line..segment.span.start])
        && is_blank(&text[kept[i].start..first - 1])
    {
        if i > 0 {
            kept[i - 1].end = line.max(kept[i - 1].start);
        }
        kept[i].start = first;
    }
    let last = text[kept[i].clone()].rfind('\n').map_or(kept[i].start, |n| kept[i].start + n + 1);
    let end = text[segment.span.end..].find('\n').map_or(text.len(), |n| segment.span.end + n + 1);
    if starts_line(text, last)
        && is_blank(&text[last..kept[i].end])
        && is_blank(text[segment.span.end..end].trim_end_matches('\n'))
    {
        kept[i].end = last;
        if let Some(after) = kept.get_mut(i + 1) {
            after.start = end.min(after.end);
        }
    }
}

fn starts_line(text: &str, at: usize) -> bool {
    at == 0 || text.as_bytes()[at - 1] == b'\n'
}

/// Nothing but spaces within a line.
fn is_blank(text: &str) -> bool {
    text.chars().all(|c| matches!(c, ' ' | '\t' | '\r'))
}
