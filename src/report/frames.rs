//! Where a document draws boxes around something.

use std::ops::Range;

use super::live::{behind_group, is_command};

/// Commands that draw a frame around their last argument, without the backslash.
const FRAMES: [&str; 9] = [
    "boxed",
    "fbox",
    "framebox",
    "colorbox",
    "fcolorbox",
    "tcbox",
    "tcboxmath",
    "Aboxed",
    "shadowbox",
];
/// Environments that draw one around all that is in them.
const FRAMED: [&str; 6] = ["tcolorbox", "mdframed", "framed", "shaded", "boxedminipage", "empheq"];
/// What defines a command or an environment; its name and its meaning follow.
const DEFINE: [&str; 7] = [
    "\\newcommand",
    "\\renewcommand",
    "\\providecommand",
    "\\NewDocumentCommand",
    "\\def",
    "\\newenvironment",
    "\\NewDocumentEnvironment",
];
/// What stands in the boxes of a document, in bytes of it.
pub(super) fn framed(latex: &str) -> Vec<Range<usize>> {
    let (commands, environments) = frames(latex);
    let mut found = Vec::new();
    for (at, _) in latex.match_indices('\\') {
        let name = command_name(&latex[at + 1..]);
        let behind = at + 1 + name.len();
        if commands.contains(&name) {
            found.push(behind..latex.len() - behind_arguments(&latex[behind..]).len());
        } else if name == "begin"
            && let Some(environment) = group(&latex[behind..])
            && environments.contains(&environment)
            && let Some(length) = latex[behind..].find(&format!("\\end{{{environment}}}"))
        {
            found.push(behind..behind + length);
        }
    }
    found
}

/// Commands and environments that draw frames: the known ones, and those of the document's own that
/// use one.
fn frames(latex: &str) -> (Vec<&str>, Vec<&str>) {
    let (mut commands, mut environments) = (FRAMES.to_vec(), FRAMED.to_vec());
    for (at, _) in latex.match_indices('\\') {
        let Some(define) = DEFINE.iter().find(|define| is_command(&latex[at..], define)) else {
            continue;
        };
        let rest = latex[at + define.len()..].trim_start_matches('*');
        let (name, behind) = match group(rest) {
            Some(name) => (name, &rest[name.len() + 2..]),
            None => rest.split_at(rest.len() - rest.trim_start_matches(is_of_name).len()),
        };
        // `\def\name#1{…}` has its parameters before the meaning.
        let behind = behind.trim_start_matches(|c: char| c == '#' || c.is_ascii_digit());
        let meaning = &behind[..behind.len() - behind_arguments(behind).len()];
        let draws = meaning.match_indices('\\').any(|(at, _)| {
            let used = command_name(&meaning[at + 1..]);
            let begun = group(&meaning[at + 1 + used.len()..]).unwrap_or_default();
            commands.contains(&used) || (used == "begin" && environments.contains(&begun))
        });
        match name.strip_prefix('\\') {
            Some(name) if draws => commands.push(command_name(name)),
            None if draws => environments.push(name),
            _ => {}
        }
    }
    (commands, environments)
}

fn is_of_name(c: char) -> bool {
    c == '\\' || c.is_ascii_alphabetic()
}

/// The letters of a command whose backslash is behind us.
fn command_name(text: &str) -> &str {
    &text[..text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len())]
}

/// What stands in the braces with which a text begins.
fn group(text: &str) -> Option<&str> {
    let inside = text.strip_prefix('{')?;
    let length = inside.len() - behind_group(inside).len();
    inside.get(..length.checked_sub(1)?)
}

/// What follows all arguments, in braces and brackets, with which a text begins.
fn behind_arguments(text: &str) -> &str {
    let mut rest = text.trim_start_matches('*');
    loop {
        let next = rest.trim_start();
        rest = if let Some(inside) = next.strip_prefix('{') {
            behind_group(inside)
        } else if let Some(inside) = next.strip_prefix('[') {
            inside.split_once(']').map_or("", |(_, after)| after)
        } else {
            return rest;
        };
    }
}
