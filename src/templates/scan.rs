//! Where LaTeX ends and tags begin: the stretches of a template, and the tokens inside a tag.
//!
//! tera has a scanner of its own but keeps it to itself. This one cuts at the same places, and
//! tells more about a tag that is never closed: it points at the opening, not at the file's end.

use std::ops::Range;

/// How it ends that a tag has no end.
pub(super) const NEVER_CLOSED: &str = " is never closed";

/// What a stretch of a template is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// LaTeX, printed as it stands.
    Text,
    /// `<< … >>`.
    Value,
    /// `<% … %>`.
    Tag,
    /// `<# … #>`.
    Comment,
    /// `<% raw %> … <% endraw %>`.
    Raw,
}

/// A stretch of a template. Segments follow one another without gaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    pub kind: Kind,
    /// Bytes of the template, delimiters included.
    pub span: Range<usize>,
    /// What stands between the delimiters (and their `-`); for raw blocks the body.
    pub inner: Range<usize>,
    /// The opening has a `-`: white space before it goes.
    pub trims_before: bool,
    /// The closing has a `-`: white space after it goes.
    pub trims_after: bool,
}

/// A mistake found while reading, in bytes of the template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    pub span: Range<usize>,
    pub message: String,
    pub help: String,
}

impl Mistake {
    pub fn new(span: Range<usize>, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { span, message: message.into(), help: help.into() }
    }
}

/// Cuts a template into its segments.
pub(super) fn segments(text: &str) -> Result<Vec<Segment>, Mistake> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let segment = match text.get(at..at + 2) {
            Some("<<") => tag(text, at, Kind::Value)?,
            Some("<%") => match raw(text, at)? {
                Some(raw) => raw,
                None => tag(text, at, Kind::Tag)?,
            },
            Some("<#") => comment(text, at)?,
            _ => plain(text, at),
        };
        at = segment.span.end;
        out.push(segment);
    }
    Ok(out)
}

/// LaTeX up to the next opening delimiter.
fn plain(text: &str, start: usize) -> Segment {
    let bytes = text.as_bytes();
    let end = (start + 1..bytes.len())
        .find(|&i| bytes[i] == b'<' && matches!(bytes.get(i + 1), Some(b'<' | b'%' | b'#')))
        .unwrap_or(bytes.len());
    Segment {
        kind: Kind::Text,
        span: start..end,
        inner: start..end,
        trims_before: false,
        trims_after: false,
    }
}

fn comment(text: &str, start: usize) -> Result<Segment, Mistake> {
    // tera looks for the end from behind the opening and its `-`.
    let trims_before = text[start + 2..].starts_with('-');
    let from = start + 2 + usize::from(trims_before);
    let Some(length) = text[from..].find("#>") else {
        return Err(Mistake::new(
            start..start + 2,
            "this `<#` opens a comment that is never closed",
            "close it with `#>`; if LaTeX is meant (as in `\\ifnum#1<#2`), put a space between `<` and `#`",
        ));
    };
    let end = from + length;
    // Behind `\ifnum#1` stands a parameter.
    let opens = |at: &usize| !text[at + 2..].starts_with(|c: char| c.is_ascii_digit() || c == '#');
    let other = text[from..end].match_indices("<#").map(|(at, _)| from + at).find(opens);
    if let Some(other) = other {
        let line = 1 + text[..other].matches('\n').count();
        return Err(Mistake::new(
            start..start + 2,
            format!(
                "this `<#` opens a comment that is not closed before the next one in line {line}"
            ),
            "close it with `#>`",
        ));
    }
    let trims_after = length > 0 && text[..end].ends_with('-');
    Ok(Segment {
        kind: Kind::Comment,
        span: start..end + 2,
        inner: from..end,
        trims_before,
        trims_after,
    })
}

/// A whole raw block, if one opens here.
fn raw(text: &str, start: usize) -> Result<Option<Segment>, Mistake> {
    let Some((trims_before, body_trims_start, body_start)) = bare_tag(text, start, "raw") else {
        return Ok(None);
    };
    let mut from = body_start;
    while let Some(found) = text[from..].find("<%") {
        let at = from + found;
        if let Some((body_trims_end, trims_after, end)) = bare_tag(text, at, "endraw") {
            let mut inner = body_start..at;
            if body_trims_start {
                inner.start = inner.end - text[inner.clone()].trim_start().len();
            }
            if body_trims_end {
                inner.end = inner.start + text[inner.clone()].trim_end().len();
            }
            let span = start..end;
            return Ok(Some(Segment { kind: Kind::Raw, span, inner, trims_before, trims_after }));
        }
        from = at + 2;
    }
    Err(Mistake::new(
        start..body_start,
        "this `raw` block is never closed",
        "write `<% endraw %>` where the raw LaTeX ends",
    ))
}

/// `<%- name -%>` with nothing else in it: its two dashes and where it ends.
fn bare_tag(text: &str, start: usize, name: &str) -> Option<(bool, bool, usize)> {
    let rest = text.get(start..)?.strip_prefix("<%")?;
    let (before, rest) = dash(rest);
    let rest = rest.trim_ascii_start().strip_prefix(name)?.trim_ascii_start();
    let (after, rest) = dash(rest);
    let rest = rest.strip_prefix("%>")?;
    Some((before, after, text.len() - rest.len()))
}

fn dash(text: &str) -> (bool, &str) {
    text.strip_prefix('-').map_or((false, text), |rest| (true, rest))
}

fn tag(text: &str, start: usize, kind: Kind) -> Result<Segment, Mistake> {
    let (opening, closing) = if kind == Kind::Value { ("<<", ">>") } else { ("<%", "%>") };
    let trims_before = text[start + 2..].starts_with('-');
    let inner_start = start + 2 + usize::from(trims_before);
    let unclosed = || {
        let literal = if kind == Kind::Value {
            "; for two `<` in LaTeX write `<{}<`"
        } else {
            "; for LaTeX's own comment put a space between `<` and `%`"
        };
        let rest = text[inner_start..].lines().next().unwrap_or_default();
        let (half, other) = closing.split_at(1);
        let help = if rest.contains(&format!("{half} {other}")) {
            format!("write its end without a space: `{closing}`")
        } else {
            format!("close it with `{closing}` before the next tag begins{literal}")
        };
        Mistake::new(start..start + 2, format!("this `{opening}`{NEVER_CLOSED}"), help)
    };
    let mut at = inner_start;
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with(closing) {
            let dashed = at > inner_start && text.as_bytes()[at - 1] == b'-';
            let inner = inner_start..at - usize::from(dashed);
            let span = start..at + 2;
            return Ok(Segment { kind, span, inner, trims_before, trims_after: dashed });
        }
        if ["<<", "<%", "<#"].iter().any(|d| rest.starts_with(d)) {
            return Err(unclosed());
        }
        at += match rest.as_bytes()[0] {
            b'"' | b'\'' | b'`' => string(text, at)?,
            _ => rest.chars().next().map_or(1, char::len_utf8),
        };
    }
    Err(unclosed())
}

/// The length of the quoted string that starts here, quotes included.
fn string(text: &str, start: usize) -> Result<usize, Mistake> {
    let bytes = &text.as_bytes()[start..];
    let mut at = 1;
    while at < bytes.len() && bytes[at] != b'\n' {
        match bytes[at] {
            b'\\' => at += 2,
            b if b == bytes[0] => return Ok(at + 1),
            _ => at += 1,
        }
    }
    let quote = char::from(bytes[0]);
    Err(Mistake::new(
        start..start + 1,
        format!("this {quote} opens a text that is not closed on its line"),
        format!("write a second {quote} where the text ends, on the same line"),
    ))
}

/// A token inside a tag, with its bytes in the template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub tok: Tok<'a>,
    pub span: Range<usize>,
}

/// The tokens that tera knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tok<'a> {
    Ident(&'a str),
    /// Without its quotes, escapes as written.
    Str(&'a str),
    Num(&'a str),
    Op(&'a str),
}

impl<'a> Token<'a> {
    pub fn ident(&self) -> Option<&'a str> {
        if let Tok::Ident(name) = self.tok { Some(name) } else { None }
    }

    pub fn is(&self, op: &str) -> bool {
        self.tok == Tok::Op(op)
    }
}

const OPERATORS: [&str; 10] = ["...", "//", "**", "==", "!=", ">=", "<=", "</", "?.", "?["];

/// The tokens of the stretch `inner` of `text`; what is no token is passed as an operator, for
/// tera to complain about.
pub(super) fn tokens(text: &str, inner: Range<usize>) -> Vec<Token<'_>> {
    let mut out = Vec::new();
    let mut at = inner.start;
    while at < inner.end {
        let rest = &text[at..inner.end];
        let Some(first) = rest.chars().next() else { break };
        let run = |keep: fn(char) -> bool| rest.find(|c| !keep(c)).unwrap_or(rest.len());
        let (length, tok) = if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        } else if first.is_ascii_alphabetic() || first == '_' {
            let n = run(|c| c.is_ascii_alphanumeric() || c == '_');
            (n, Tok::Ident(&rest[..n]))
        } else if first.is_ascii_digit() {
            let n = run(|c| c.is_ascii_digit() || c == '.');
            (n, Tok::Num(&rest[..n]))
        } else if let Some(n) = matches!(first, '"' | '\'' | '`')
            .then(|| string(text, at).ok())
            .flatten()
            .filter(|&n| n <= rest.len())
        {
            (n, Tok::Str(&rest[1..n - 1]))
        } else {
            let n = OPERATORS
                .iter()
                .find(|op| rest.starts_with(**op))
                .map_or(first.len_utf8(), |op| op.len());
            (n, Tok::Op(&rest[..n]))
        };
        out.push(Token { tok, span: at..at + length });
        at += length;
    }
    out
}

/// The first word of a tag, such as `if` or `endfor`; empty for `<Component>` and `</Component>`.
pub(super) fn keyword<'a>(text: &'a str, segment: &Segment) -> &'a str {
    let inner = text[segment.inner.clone()].trim_start();
    let end = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(inner.len());
    &inner[..end]
}

/// Whether a tag is a `set` whose value is the text up to `endset`.
pub(super) fn is_block_set(text: &str, segment: &Segment) -> bool {
    let tokens = tokens(text, segment.inner.clone());
    matches!(tokens.first().and_then(Token::ident), Some("set" | "set_global"))
        && !tokens.get(2).is_some_and(|t| t.is("="))
}
