//! Slips that the document's own line shows, where TeX complains of what it made of them.

use std::ops::Range;

use crate::latex::{command_name, group};
use crate::tex::Message;

/// Commands of two arguments that formulas have most.
const OF_TWO: [&str; 8] =
    ["frac", "dfrac", "tfrac", "cfrac", "binom", "overset", "underset", "stackrel"];
/// Behind these stands a delimiter.
const DELIMITED: [&str; 15] = [
    "left", "right", "middle", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr",
    "biggl", "biggr", "Biggl", "Biggr",
];

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
    let read = |line: usize| (lines[line], line);
    let slip = if begins(&OF_BRACES) {
        let mut all = (paragraph..lines.len()).map(read);
        all.find_map(|(text, line)| {
            let slip = bare_brace(text).or_else(|| second_argument(text, source))?;
            Some((slip, line))
        })
    } else if begins(&OF_OPTIONS) {
        lines.last().and_then(|text| Some((comma(text)?, lines.len() - 1)))
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

/// `\frac{1}` and nothing behind it that could be the second argument.
fn second_argument(line: &str, source: &str) -> Option<Slip> {
    const ENDS: [&str; 7] = ["$", "\\]", "\\)", "\\end", "\\\\", "&", "}"];
    commands(line).find_map(|Range { start, end }| {
        let name = &line[start + 1..end];
        let first = group(&line[end..])?;
        let behind = end + first.len() + "{}".len();
        let rest = line[behind..].trim_start();
        let is_alone = rest.is_empty() || ENDS.iter().any(|end| rest.starts_with(end));
        let is_own = || source.contains(&format!("{{\\{name}}}[2]"));
        (is_alone && (OF_TWO.contains(&name) || is_own())).then(|| Slip {
            end: behind,
            text: format!("\\{name}{TAKES_TWO}"),
            help: format!("write \\{name}{{{first}}}{{…}}"),
        })
    })
}

/// `[width=0,4\linewidth]`.
fn comma(line: &str) -> Option<Slip> {
    line.match_indices('=').find_map(|(at, _)| {
        let is_option = line[..at].rfind('[') > line[..at].rfind(']');
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
