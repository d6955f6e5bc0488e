//! What TeX's complaints mean, and what to write instead.

use super::context::Context;
use super::{formulas, glyphs, locate, packages, remedies, slips, spelling};
use crate::tex::{Message, MessageKind};

/// What the engine says about missing characters and pictures besides, without a place and to
/// no use; and about the colour that the document before, in the same process, ended with.
const ENGINE_HINTS: [&str; 5] = [
    "could not represent character",
    "you may need to load the `fontspec` package",
    "choose a different font that covers",
    "newer than current output PDF setting",
    "mistakenly made a global color change",
];

/// How it ends that an argument or a group is open.
pub(super) const NOT_CLOSED: &str = " is not closed";
/// How it ends that an environment is open at the document's end.
pub(super) const NEVER_ENDED: &str = " is never ended";
/// What is said of a brace that closes nothing.
pub(super) const TOO_MANY: &str = "too many }'s";

/// What is said of a `$` without a partner.
pub(super) const OPEN_FORMULA: &str = "this formula is not closed by a $";
pub(super) const UNOPENED_FORMULA: &str = "this $ closes a formula that no $ opens";

/// How it begins that a file is missing; its name follows.
pub(super) const NO_FILE: &str = "there is no file ";

/// How it begins that a font is missing; its name follows.
pub(super) const NO_FONT: &str = "there is no font ";

/// Whether an engine's warning is of no use to anybody.
pub(super) fn is_idle(said: &str) -> bool {
    ENGINE_HINTS.iter().any(|hint| said.contains(hint))
}

/// The missing file at which TeX stopped, with its offset in the log.
///
/// LaTeX asks at the terminal for another name instead of reporting an error, and there TeX ends;
/// the log does not say on which line. The document does: the file's name stands there.
pub(super) fn file_asked_for(log: &str, source: &str) -> Option<(usize, Message)> {
    let offset = log.rfind("! LaTeX Error: File `")?;
    let rest = &log[offset..];
    let name = super::context::unwrap(rest).collect::<Vec<_>>().join(" ");
    let name = between(&name, "File `", "' not found")?;
    rest.contains("Enter file name:").then_some(())?;
    let class = || {
        name.ends_with(".cls").then(|| locate::last_use(source, "\\documentclass", Some(u32::MAX)))
    };
    let place = locate::file(source, name).or_else(|| class().flatten());
    let mut message = Message {
        kind: MessageKind::Error,
        line: place.as_ref().map(|(line, _)| *line),
        file: None,
        near: place.map(|(_, near)| near),
        text: String::new(),
        help: None,
    };
    missing_file(&mut message, name);
    Some((offset, message))
}

/// A `{` that is still open at the end of the document: TeX tells it in the log only.
pub(super) fn open_group(log: &str, source: &str) -> Option<(usize, Message)> {
    let offset = log.find("(\\end occurred inside a group")?;
    let line = between(&log[offset..], "entered at line ", " ({)")?.trim().parse().ok()?;
    let near = locate::open_brace(source, None).filter(|(found, _)| *found == line);
    let message = Message {
        kind: MessageKind::Error,
        line: Some(line),
        file: None,
        near: near.map(|(_, before)| before),
        text: "this { is not closed".to_owned(),
        help: Some("put in the } that closes it, or take it out".to_owned()),
    };
    Some((offset, message))
}

/// Puts an error into words, and looks for the place at which the mistake was made.
pub(super) fn error(message: &mut Message, context: &Context, source: &str) {
    let said = std::mem::take(&mut message.text);
    let said = said.trim_end_matches('.');
    message.help = remedies::usual(said).map(str::to_owned);
    message.text = plain(said);

    if said.starts_with("Undefined control sequence") {
        undefined_command(message, context, source);
    } else if let Some(name) = between(said, "LaTeX Error: Environment ", " undefined") {
        message.text = format!("there is no environment {name}");
        message.help = Some(match spelling::environment(name) {
            _ if let Some(package) = packages::of_environment(name) => packages::load(package),
            Some(meant) => format!("did you mean {meant}?"),
            None => "load the package that defines it, or correct the name".to_owned(),
        });
    } else if let Some(rest) = said.strip_prefix("LaTeX Error: \\begin{")
        && let Some((begun, rest)) = rest.split_once('}')
        && let Some(ended) = between(rest, "ended by \\end{", "}")
    {
        wrong_end(message, begun, between(rest, "on input line ", " "), ended);
    } else if let Some(name) = between(said, "File `", "' not found") {
        missing_file(message, name);
    } else if let Some(name) = between(said, "Package fontspec Error: The font \"", "\" cannot be")
    {
        message.text = format!("{NO_FONT}{name}");
        message.help = Some("install it, or name one that is installed".to_owned());
        begin_at(message, locate::file(source, name));
    } else if said.starts_with("Package minted Error: You must invoke") {
        begin_at(message, locate::file(source, "minted"));
    } else if let Some(command) = between(said, "Paragraph ended before ", " was complete") {
        runaway(message, command.trim(), true, source);
    } else if let Some(command) = between(said, "File ended while scanning use of ", "") {
        runaway(message, command.trim(), false, source);
    } else if let Some(command) = between(said, "Argument of ", " has an extra }") {
        message.text = format!("a }} ends before the argument of {} does", command.trim());
        message.help = Some("take the } out, or put in the { that it should close".to_owned());
    } else if let Some(command) = between(said, "LaTeX Error: Command ", " already defined") {
        message.text = format!("the command {} exists already", command.trim());
        message.help = Some("choose another name, or write \\renewcommand".to_owned());
    } else if said.starts_with("LaTeX Error: Missing \\begin{document}") {
        message.text = "text before \\begin{document}".to_owned();
    } else if said.starts_with("LaTeX Error: Lonely") {
        message.text = "this \\item stands in no list".to_owned();
        // TeX has read on to the item's first letter.
        if let Some((line, before)) = locate::last_use(source, "\\item", message.line) {
            message.line = Some(line);
            message.near = Some(before);
        }
    } else if said.ends_with("perhaps a missing \\item") {
        message.text = "text in a list before its first \\item, or a missing \\item".to_owned();
    } else if said.starts_with("Emergency stop") {
        emergency(message, said);
    } else if let Some(command) = between(said, "LaTeX Error: ", " allowed only in math mode") {
        message.text = format!("{command} is allowed in mathematics only");
        message.help = Some("put the formula that it belongs to between $ and $".to_owned());
    } else if said.starts_with("Missing $ inserted") {
        message.text = "a $ is missing".to_owned();
        let blank = message.near.as_deref().is_some_and(|near| near.trim().is_empty());
        if blank {
            message.text = "a $ is missing, or a blank line stands in a formula".to_owned();
            message.help = Some(
                "take the blank line out, or close the formula before it ($, \\] or \\end)"
                    .to_owned(),
            );
        }
    }
    lonely_dollar(message, said, source);
    slips::explain(message, said, source);
}

/// Moves a message to where the document asks for what is missing.
fn begin_at(message: &mut Message, place: Option<(u32, String)>) {
    if let Some((line, before)) = place {
        message.line = Some(line);
        message.near = Some(before);
    }
}

/// Complaints that may come from a `$` without a partner earlier in the paragraph, besides that one
/// is missing.
const AFTER_DOLLAR: [&str; 3] = [
    "Extra }, or forgotten $",
    "LaTeX Error: Bad math environment delimiter",
    "Bad math environment delimiter",
];

/// What to do about `_` and `^` in the text of a formula.
const IN_TEXT: &str = "words in a formula are no mathematics: write \\_ for an underscore and \\^{} for a circumflex, or put what is meant between $ and $";

/// Goes back to the `$` that has no partner, if that is the reason.
fn lonely_dollar(message: &mut Message, said: &str, source: &str) {
    let is_missing = said.starts_with("Missing $ inserted");
    let is_after = AFTER_DOLLAR.iter().any(|start| said.starts_with(start))
        || said.ends_with("allowed only in math mode");
    let near = message.near.as_deref().filter(|_| message.file.is_none());
    let Some(near) = near.filter(|_| is_missing || is_after) else { return };
    let Some(lonely) = formulas::lonely(source, message.line, near, is_missing) else {
        if is_missing && formulas::ends_in_text(source, message.line, near) {
            message.help = Some(IN_TEXT.to_owned());
        }
        return;
    };
    let (text, help) = if lonely.opens {
        (OPEN_FORMULA, "put in the $ that closes it, or write \\$ for the sign")
    } else {
        (UNOPENED_FORMULA, "put in the $ with which the formula begins, or take this one out")
    };
    message.text = text.to_owned();
    message.help = Some(help.to_owned());
    message.line = Some(lonely.line);
    message.near = Some(lonely.before);
}

/// Puts a warning into words; `None` if it is about nothing that a user should see.
pub(super) fn warning(message: &mut Message, context: &Context) -> Option<()> {
    let said = message.text.clone();
    if is_idle(&said) {
        return None;
    }
    if said.starts_with("Missing character") {
        return missing_character(message, &said);
    }
    let horizontal = said.contains("\\hbox");
    if let Some(excess) = between(&said, "Overfull \\hbox (", "pt")
        .or_else(|| between(&said, "Overfull \\vbox (", "pt"))
    {
        let points: f64 = excess.parse().ok()?;
        message.kind = MessageKind::Overfull { points, horizontal };
        box_place(message, &said, context);
        let (what, how) = if horizontal { ("line", "wide") } else { ("page or box", "high") };
        message.text = format!("this {what} is {points:.1} pt too {how}");
        message.help = Some(if horizontal {
            "break a long formula, or put other words".to_owned()
        } else {
            "make the contents smaller, or start a new page".to_owned()
        });
    } else if let Some(badness) = between(&said, "badness ", ")") {
        let badness = badness.parse().ok()?;
        message.kind = MessageKind::Underfull { badness, horizontal };
        box_place(message, &said, context);
        let what = if horizontal { "line" } else { "page or box" };
        message.text = format!("this {what} has too little in it (badness {badness})");
        message.help = horizontal
            .then(|| "a \\\\ at the end of a paragraph is often the cause: take it out".to_owned());
    } else {
        message.kind = MessageKind::Warning;
        message.text = plain(said.trim_end_matches('.'));
    }
    Some(())
}

/// TeX counts a paragraph's lines from the first: `in paragraph at lines 12--15`.
fn box_place(message: &mut Message, said: &str, context: &Context) {
    let at = between(said, "at lines ", "--").or_else(|| between(said, "at line ", ""));
    if let Some(line) = at.and_then(|line| line.trim().parse().ok()) {
        message.line = Some(line);
    }
    message.near = (!context.contents.is_empty()).then(|| context.contents.clone());
}

fn missing_character(message: &mut Message, said: &str) -> Option<()> {
    let (_, rest) = said.split_once(" (")?;
    let (code, rest) = rest.split_once(')')?;
    let digits = code.trim_start_matches("U+").trim_start_matches('"');
    let character = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
    let font = rest.trim().trim_start_matches("in font ");
    let font = font.split(':').next().unwrap_or(font).trim_matches(['[', ']', '!', '.']).to_owned();
    let code = u32::from(character);
    message.text = format!("the font has no glyph for {character} (U+{code:04X})");
    message.help = Some(match glyphs::command(character) {
        Some(command) => format!("write `{command}` in mathematics, as in `${command}$`"),
        None => format!("in {font}: write its LaTeX command, or choose a font that has it"),
    });
    message.near = Some(character.to_string());
    message.kind = MessageKind::MissingCharacter { character, font };
    Some(())
}

fn undefined_command(message: &mut Message, context: &Context, source: &str) {
    let Some(command) = context.command.clone() else {
        message.help = Some("load the package that defines the command, or correct it".to_owned());
        return;
    };
    message.text = format!("there is no command {command}");
    message.help = Some(match spelling::command(&command, source) {
        meant if let Some(package) = packages::of_command(&command) => {
            let meant = meant.filter(|_| !spelling::is_known(&command));
            let other = meant.map(|meant| format!("did you mean {meant}? if not, "));
            other.unwrap_or_default() + &packages::load(package)
        }
        _ if spelling::is_known(&command) => {
            "load the package that has it, such as amsmath, amssymb or graphicx".to_owned()
        }
        Some(meant) => format!("did you mean {meant}?"),
        None => "define it with \\newcommand, load its package, or correct the name".to_owned(),
    });
    let ends_there = message.near.as_ref().is_some_and(|n| n.trim_end().ends_with(&command));
    // In an argument, TeX has read on to its end before it looks at what is in it.
    if message.file.is_none()
        && !ends_there
        && let Some((line, before)) = locate::last_use(source, &command, message.line)
    {
        message.line = Some(line);
        message.near = Some(before);
    }
}

fn wrong_end(message: &mut Message, begun: &str, at: Option<&str>, ended: &str) {
    if ended == "document" {
        message.line = at.and_then(|line| line.trim().parse().ok()).or(message.line);
        message.near = Some(format!("\\begin{{{begun}}}"));
        message.text = format!("\\begin{{{begun}}}{NEVER_ENDED}");
        message.help = Some(format!("write \\end{{{begun}}} where it should end"));
        return;
    }
    let line = at.map(|n| format!(" (line {n})")).unwrap_or_default();
    message.text = if begun == "document" {
        format!("\\end{{{ended}}} has no \\begin{{{ended}}} before it")
    } else {
        format!("\\begin{{{begun}}}{line} is ended by \\end{{{ended}}}")
    };
    message.help = Some(if begun == "document" {
        format!("take it out, or write \\begin{{{ended}}} where it should begin")
    } else {
        format!("write \\end{{{begun}}} before this place, or make the two names the same")
    });
}

fn missing_file(message: &mut Message, name: &str) {
    message.text = format!("{NO_FILE}{name}");
    message.help = Some(match remedies::package_of(name) {
        Some(package) => format!(
            "{package} on Debian has it; `scripts/setup` installs all that the built-in templates need"
        ),
        None if name.ends_with(".sty") => {
            "install the package that has it, correct the name, or do without".to_owned()
        }
        None => "put the file beside the templates, or correct the name".to_owned(),
    });
}

/// TeX names the macro whose argument ran away, often one that no author knows; the document shows
/// which brace was left open.
fn runaway(message: &mut Message, command: &str, within_paragraph: bool, source: &str) {
    let end = if within_paragraph { message.line } else { None };
    if message.file.is_none()
        && let Some((line, before)) = locate::open_brace(source, end)
    {
        message.text = match locate::last_command(&before) {
            Some(command) => format!("the argument of {command} is not closed"),
            None => "this { is not closed".to_owned(),
        };
        let text = source.lines().nth(line as usize - 1).unwrap_or_default();
        message.help = Some(if locate::has_comment(&text[before.len()..]) {
            "a % begins a comment, which hides the rest of the line: write \\% for the sign"
                .to_owned()
        } else {
            "put in the } that closes it".to_owned()
        });
        message.line = Some(line);
        message.near = Some(before);
    } else if within_paragraph {
        let name = command.trim_start_matches('\\');
        message.text = format!("a blank line stands where {name} allows none");
        message.help = Some("take the blank line out, or put a % on it".to_owned());
    } else {
        message.text = format!("the argument of {command} is not closed");
        message.help = Some(format!("put in the }} that ends the argument of {command}"));
    }
}

fn emergency(message: &mut Message, said: &str) {
    message.text = "emergency stop".to_owned();
    if said.contains("no legal \\end found") {
        message.text = "the document has no \\end{document}".to_owned();
        message.help = Some(
            "write it at the end; an argument or environment that is not closed hides it too"
                .to_owned(),
        );
    }
}

/// The text between two marks; up to the end if the second is empty or missing at the end.
pub(super) fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    if after.is_empty() { Some(rest) } else { rest.split_once(after).map(|(found, _)| found) }
}

/// TeX's words without its trade mark in front, and with a small letter.
fn plain(said: &str) -> String {
    let said = said.strip_prefix("LaTeX Error: ").unwrap_or(said);
    let said = said.split(" See the ").next().unwrap_or(said).trim_end_matches('.');
    if let Some((package, rest)) =
        said.strip_prefix("Package ").and_then(|rest| rest.split_once(" Error: "))
    {
        return format!("{package}: {rest}");
    }
    let mut letters = said.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            format!("{}{}", first.to_lowercase(), &said[first.len_utf8()..])
        }
        _ => said.to_owned(),
    }
}
