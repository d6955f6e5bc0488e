//! Slips that the document's own line shows, where TeX complains of what it made of them.

use std::ops::Range;

use crate::latex::{command_name, comment, group};
use crate::tex::Message;

/// Commands of two arguments that formulas have most.
const OF_TWO: [&str; 8] =
    ["frac", "dfrac", "tfrac", "cfrac", "binom", "overset", "underset", "stackrel"];
/// Behind these stands a delimiter.
const DELIMITED: [&str; 3] = ["left", "right", "middle"];

/// How TeX's complaints about braces and delimiters begin.
const OF_BRACES: [&str; 7] = [
    "Missing } inserted",
    "Missing { inserted",
    "Missing delimiter",
    "Missing \\right",
    "Extra \\right",
    "Extra }",
    "Too many }'s",
];
/// How those begin that a comma in the number of an option leads to.
const OF_OPTIONS: [&str; 5] = [
    "Missing \\endcsname inserted",
    "Extra \\endcsname",
    "Package keyval Error",
    "Illegal unit of measure",
    "Missing number",
];

/// How it ends that an argument is missing; the `}` that TeX puts in for it is then one too many.
pub(super) const TAKES_TWO: &str = " has one argument here, and takes two";

/// Puts the slip in the place of TeX's words, if the line, or its paragraph so far, has one.
pub(super) fn explain(message: &mut Message, said: &str, source: &str) {
    let begins = |starts: &[&str]| starts.iter().any(|start| said.starts_with(start));
    let Some(last) = message.line.filter(|_| message.file.is_none()) else { return };
    let lines: Vec<&str> = source.lines().take(last as usize).collect();
    let paragraph = lines.iter().rposition(|line| line.trim().is_empty()).map_or(0, |at| at + 1);
    let read = |line: usize| &lines[line][..comment(lines[line]).unwrap_or(lines[line].len())];
    let slip = if begins(&OF_BRACES) {
        (paragraph..lines.len()).find_map(|line| {
            let behind = source.lines().nth(line + 1).unwrap_or_default();
            let slip =
                bare_brace(read(line)).or_else(|| second_argument(read(line), behind, source))?;
            Some((slip, line))
        })
    } else if begins(&OF_OPTIONS) {
        let line = lines.len() - 1;
        comma(read(line)).map(|slip| (slip, line))
    } else {
        None
    };
    if let Some((Slip { end, text, help }, line)) = slip {
        message.line = u32::try_from(line + 1).ok();
        message.near = Some(lines[line][..end].to_owned());
        message.text = text;
        message.help = Some(help);
    }
}

/// What is wrong in a line, up to the byte `end`.
struct Slip {
    end: usize,
    text: String,
    help: String,
}

/// `\left{` for `\left\{`.
fn bare_brace(line: &str) -> Option<Slip> {
    commands(line).find_map(|Range { start, end }| {
        let name = &line[start + 1..end];
        let brace = line[end..].chars().next().filter(|c| matches!(c, '{' | '}'))?;
        DELIMITED.contains(&name).then(|| Slip {
            end: end + brace.len_utf8(),
            text: format!("the {brace} behind \\{name} is no delimiter"),
            help: format!("a brace that is printed has a backslash: \\{name}\\{brace}"),
        })
    })
}

/// `\frac{1}` and nothing behind it that could be the second argument, in the next line neither.
fn second_argument(line: &str, next: &str, source: &str) -> Option<Slip> {
    const ENDS: [&str; 7] = ["$", "\\]", "\\)", "\\end", "\\\\", "&", "}"];
    commands(line).find_map(|Range { start, end }| {
        let name = &line[start + 1..end];
        let first = group(&line[end..])?;
        let behind = end + first.len() + "{}".len();
        let rest = line[behind..].trim_start();
        let rest = if rest.is_empty() { next.trim_start() } else { rest };
        let is_alone = rest.is_empty() || ENDS.iter().any(|end| rest.starts_with(end));
        // With a default for the first it takes one.
        let is_own = || source.contains(&format!("{{\\{name}}}[2]{{"));
        (is_alone && (OF_TWO.contains(&name) || is_own())).then(|| Slip {
            end: behind,
            text: format!("\\{name}{TAKES_TWO}"),
            help: format!("write \\{name}{{{first}}}{{…}}"),
        })
    })
}

/// `\includegraphics[width=0,4\linewidth]`.
fn comma(line: &str) -> Option<Slip> {
    line.match_indices('=').find_map(|(at, _)| {
        let open = line[..at].rfind('[').filter(|open| Some(*open) > line[..at].rfind(']'));
        let is_option = open.is_some_and(|open| line[..open].ends_with("\\includegraphics"));
        let number = &line[at + 1..];
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let whole = digits(number);
        let decimals = digits(number[whole..].strip_prefix(',')?);
        let typed = &number[..whole + 1 + decimals];
        (is_option && whole > 0 && decimals > 0).then(|| Slip {
            end: at + 1 + typed.len(),
            text: format!("{typed} is two options, parted by the comma"),
            help: format!("write a decimal point: {}", typed.replace(',', ".")),
        })
    })
}

/// The commands of a line, with their backslashes.
fn commands(line: &str) -> impl Iterator<Item = Range<usize>> {
    line.match_indices('\\').map(|(at, _)| at..at + 1 + command_name(&line[at + 1..]).len())
}
