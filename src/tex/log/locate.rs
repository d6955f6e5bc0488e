//! Where in the document a mistake was made that TeX notices later.
//!
//! Each place is a line, counted from 1, and that line up to the end of the mistake.

/// The last line up to `until` in which `command` stands, and that line up to its end.
pub(super) fn last_use(source: &str, command: &str, until: Option<u32>) -> Option<(u32, String)> {
    let lines: Vec<&str> = source.lines().take(until? as usize).collect();
    lines.iter().enumerate().rev().find_map(|(number, line)| {
        let end = line.match_indices(command).find_map(|(at, _)| {
            let end = at + command.len();
            let goes_on = line[end..].starts_with(|c: char| c.is_alphabetic());
            (!goes_on).then_some(end)
        })?;
        Some((u32::try_from(number + 1).ok()?, line[..end].to_owned()))
    })
}

/// The first `{` that nothing closes, in the paragraph that ends with the line `end` or in the
/// whole document.
pub(super) fn open_brace(source: &str, end: Option<u32>) -> Option<(u32, String)> {
    let mut open: Vec<(u32, String)> = Vec::new();
    for (number, line) in (1u32..).zip(source.lines()) {
        if end.is_some_and(|end| number > end) {
            break;
        }
        if end.is_some_and(|end| number < end) && line.trim().is_empty() {
            open.clear();
        }
        for (at, opens) in braces(line) {
            if opens {
                open.push((number, line[..=at].to_owned()));
            } else {
                open.pop();
            }
        }
    }
    open.into_iter().next()
}

/// The line of the preamble's first `}` that closes nothing.
pub(super) fn surplus_brace(source: &str) -> Option<u32> {
    let lines = (1u32..).zip(source.lines()).take(preamble(source)? as usize);
    let mut depth = 0_usize;
    for (number, line) in lines {
        for (_, opens) in braces(line) {
            match (opens, depth) {
                (true, _) => depth += 1,
                (false, 0) => return Some(number),
                (false, _) => depth -= 1,
            }
        }
    }
    None
}

/// The braces of a line, each with whether it opens. Comments and `\{` do not count.
fn braces(line: &str) -> Vec<(usize, bool)> {
    let mut found = Vec::new();
    let mut escaped = false;
    for (at, c) in line.char_indices() {
        match c {
            _ if escaped => {}
            '{' | '}' => found.push((at, c == '{')),
            '%' => break,
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    found
}

/// Whether a `%` in a line, other than `\%` and one at its end, hides what follows.
pub(super) fn has_comment(line: &str) -> bool {
    line.replace("\\%", "").split_once('%').is_some_and(|(_, hidden)| hidden.contains('}'))
}

/// The command whose argument begins with the `{` at the end of a text.
pub(super) fn last_command(before: &str) -> Option<&str> {
    let text = before.strip_suffix('{')?;
    // Arguments before this one.
    let text = if text.ends_with(['}', ']']) { &text[..text.find(['{', '['])?] } else { text };
    let start = text.rfind('\\')?;
    text[start + 1..].chars().all(char::is_alphabetic).then_some(&text[start..])
}

/// The place at which a file is asked for, by its name without the extension.
pub(super) fn file(source: &str, name: &str) -> Option<(u32, String)> {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    source.lines().enumerate().find_map(|(number, line)| {
        let at = line.match_indices(stem).find_map(|(at, _)| {
            let before = line[..at].trim_end().ends_with(['{', ',', '/']);
            let goes_on = line[at + stem.len()..].starts_with(char::is_alphanumeric);
            (before && !goes_on && !line[..at].contains('%')).then_some(at)
        })?;
        Some((u32::try_from(number + 1).ok()?, line[..at + stem.len()].to_owned()))
    })
}

/// The last line before the document begins, if it has a preamble.
pub(super) fn preamble(source: &str) -> Option<u32> {
    let begins = |line: &str| line.trim_start().starts_with("\\begin{document}");
    u32::try_from(source.lines().position(begins)?).ok()
}
