//! The lines of the log around a report.

/// TeX breaks the lines of its log after this many characters.
const MAX_PRINT_LINE: usize = 79;
/// Bytes of the log around a report that are looked at: it and its picture of a box are shorter,
/// and a log with a report for each of thousands of paragraphs is not read thousands of times.
const LOOKED_AT: usize = 16 << 10;

/// What the log says after an error: first what macros were at work, then the line being read.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Context {
    /// The end of what TeX had read of the source line.
    pub near: Option<String>,
    /// The last control sequence that was read, at the innermost level.
    pub command: Option<String>,
    /// For a box: the text in it.
    pub contents: String,
}

impl Context {
    /// Reads the log from `offset` on.
    pub fn after(log: &str, offset: usize) -> Self {
        let rest = log.get(offset..).unwrap_or_default();
        let rest = &rest[..rest.floor_char_boundary(LOOKED_AT)];
        let mut lines = rest.lines();
        let mut context = Self { contents: contents(rest), ..Self::default() };
        // The report may end in the middle of a line, whose rest belongs to the message.
        let mut innermost = true;
        lines.next();
        for line in lines {
            if line.starts_with("! ") {
                break;
            }
            let source_line = line.strip_prefix("l.").and_then(|tail| tail.split_once(' '));
            if let Some((number, read)) = source_line
                && number.parse::<u32>().is_ok()
            {
                let read = read.trim_start_matches("...");
                if innermost {
                    context.command = last_command(read);
                }
                context.near = Some(read.to_owned());
                break;
            }
            if innermost && !line.trim().is_empty() {
                if let Some(command) = last_command(line) {
                    context.command = Some(command);
                }
                innermost = context.command.is_none();
            }
        }
        context
    }
}

/// The control sequence with which a text ends, if it does.
fn last_command(text: &str) -> Option<String> {
    let text = text.trim_end();
    let start = text.rfind('\\')?;
    let name = &text[start + 1..];
    let is_word = !name.is_empty() && name.chars().all(|c| c.is_alphabetic() || c == '@');
    (is_word || name.chars().count() == 1).then(|| text[start..].to_owned())
}

/// The words in TeX's picture of a box, which follows the report on it: font names such as
/// `\TU/lmr/m/n/10`, boxes `[]` and possible hyphens are taken out.
fn contents(rest: &str) -> String {
    let picture = unwrap(rest).skip(1).find(|line| !line.trim().is_empty()).unwrap_or_default();
    picture
        .split(' ')
        .map(|word| word.replace("[]", "").replace('-', ""))
        .filter(|word| !(word.starts_with('\\') && word.matches('/').count() >= 3))
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The lines of a log as they were before TeX broke them.
pub(super) fn unwrap(log: &str) -> impl Iterator<Item = String> {
    let goes_on = |line: &str| line.chars().count() == MAX_PRINT_LINE;
    let mut lines = log.lines();
    std::iter::from_fn(move || {
        let mut last = lines.next()?;
        let mut whole = last.to_owned();
        while goes_on(last)
            && let Some(next) = lines.next()
        {
            whole.push_str(next);
            last = next;
        }
        Some(whole)
    })
}

/// The message before `offset` whose ASCII characters are those of `lossy`.
pub(super) fn said_before(log: &str, offset: usize, lossy: &str) -> Option<String> {
    let before = log.get(..offset)?;
    let before = &before[before.ceil_char_boundary(before.len().saturating_sub(LOOKED_AT))..];
    let start = before
        .rfind("\n! ")
        .map_or(0, |at| at + 3)
        .max(before.rfind("\nMissing character").map_or(0, |at| at + 1));
    let said = unwrap(&before[start..]).collect::<Vec<_>>().join(" ");
    let ascii = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
    let wanted = ascii(lossy);
    let end = (0..=said.len())
        .filter(|&at| said.is_char_boundary(at))
        .find(|&at| ascii(&said[..at]) == wanted)?;
    let tail = said[end..].find(char::is_whitespace).map_or(said.len(), |at| end + at);
    Some(said[..tail].split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_lines_are_joined_as_they_are_asked_for() {
        let (full, rest) = ("x".repeat(MAX_PRINT_LINE), "y".repeat(MAX_PRINT_LINE - 1));
        let log = format!("{full}\n{full}\n{rest}\nnext\n{full}");
        let lines: Vec<String> = unwrap(&log).collect();
        assert_eq!(lines, [format!("{full}{full}{rest}"), "next".to_owned(), full]);
    }

    #[test]
    fn what_stands_far_from_a_report_is_not_read() {
        let report = "Overfull \\hbox (9pt too wide) in paragraph at lines 3--4\n";
        let picture = "[]\\TU/lmr/m/n/10 a long wo-rd\n\n";
        let far = format!("{report}{picture}{}l.7 \\foo\n", "(page)\n".repeat(LOOKED_AT));
        let context = Context::after(&far, report.len() - 1);
        assert_eq!(context.contents, "a long word");
        assert_eq!(context.near, None);
        let near = format!("{report}{picture}(page)\nl.7 \\foo\n");
        assert_eq!(Context::after(&near, report.len() - 1).near.as_deref(), Some("\\foo"));
    }
}
