//! Files of the folder that go another way than their writer may think: built-in ones that are gone
//! from it, and ones that TeX reads by itself, without their tags.

use std::path::Path;

use super::map::Source;
use super::scan::{Kind, Segment};
use super::{TemplateSet, structure};
use crate::diagnostic::{Diagnostic, Place};
use crate::latex;

/// A warning for each built-in template that stands in for a file, where the folder has most of the
/// others. Where it has fewer, there is one warning if it `has_all` of them when it is whole; another
/// is meant to change these alone.
pub(super) fn absent(set: &TemplateSet, used: &[bool], has_all: bool) -> Vec<Diagnostic> {
    let is_lacking = |index: &usize| used[*index] && !set.from_disk[*index];
    let lacking: Vec<&Source> =
        (0..set.files.len()).filter(is_lacking).map(|index| &set.files[index]).collect();
    if lacking.len() >= set.replaced {
        let folder = set.folder.display();
        return if has_all { mostly_gone(&lacking, set.replaced, &folder) } else { Vec::new() };
    }
    let is_stray = |index: &usize| !used[*index] && set.from_disk[*index];
    let strays: Vec<&Source> =
        (0..set.files.len()).filter(is_stray).map(|index| &set.files[index]).collect();
    lacking.into_iter().map(|file| told(file, renamed(file, &strays))).collect()
}

/// One warning about all built-in templates that stand in for files.
fn mostly_gone(
    lacking: &[&Source],
    replaced: usize,
    folder: &std::path::Display<'_>,
) -> Vec<Diagnostic> {
    if lacking.is_empty() {
        return Vec::new();
    }
    let message = if replaced == 0 {
        format!("there are no templates in {folder}/: the built-in texts stand in their place")
    } else {
        let names: Vec<&str> = lacking.iter().map(|file| file.display.as_str()).collect();
        let names = names.join(", ");
        format!("there is no {names}: the built-in texts stand in their place")
    };
    let help = format!(
        "get them back with `git restore {folder}`; what `--templates` names may have a few files only"
    );
    vec![Diagnostic::warning(message).help(help)]
}

fn told(file: &Source, renamed: Option<&Source>) -> Diagnostic {
    let (shown, name) = (&file.display, &file.name);
    let help = match renamed {
        Some(other) => format!(
            "nothing includes {}: call it {name} again, or include it where {name} is included",
            other.display
        ),
        None => format!("get it back with `git restore {shown}`, or write the file anew"),
    };
    Diagnostic::warning(format!("there is no {shown}: the built-in text stands in its place"))
        .help(help)
}

/// The file that nothing includes and that has the name of the one that is gone, or one most like it.
fn renamed<'s>(file: &Source, strays: &[&'s Source]) -> Option<&'s Source> {
    let stem = |name: &str| name.trim_end_matches(".tex").to_lowercase();
    let gone = stem(&file.name);
    let likeness = |other: &Source| {
        let other = stem(&other.name);
        if other.contains(&gone) { 1.0 } else { strsim::normalized_levenshtein(&gone, &other) }
    };
    let strays = strays.iter().copied().filter(|other| likeness(other) > 0.5);
    strays.max_by(|one, other| likeness(one).total_cmp(&likeness(other)))
}

/// Which of the templates the document of `root` is made from: those that tags and TeX lead to, and
/// those whose components all may call.
pub(super) fn used(set: &TemplateSet, root: &str) -> Vec<bool> {
    let mut used = vec![false; set.files.len()];
    let begins = |index: &usize| {
        let (file, segments) = (&set.files[*index], &set.segments[*index]);
        file.name == root || structure::has_component(&file.text, segments)
    };
    let mut next: Vec<usize> = (0..set.files.len()).filter(begins).collect();
    while let Some(index) = next.pop() {
        if !std::mem::replace(&mut used[index], true) {
            next.extend(named(set, index));
        }
    }
    used
}

/// The templates that one names: with a tag, for TeX, or, with their extension, for any other command
/// that may read them.
fn named(set: &TemplateSet, index: usize) -> Vec<usize> {
    let tags = structure::named_files(&set.files[index].text, &set.segments[index]);
    let latex = &set.masked[index];
    let is_named = |index: &usize| {
        let name = &set.files[*index].name;
        tags.iter().any(|(tag, _)| tag == name)
            || set.from_disk[*index] && latex.contains(&format!("{{{name}}}"))
    };
    let read = inputs(set, index).into_iter().map(|(index, _)| index);
    read.chain((0..set.files.len()).filter(is_named)).collect()
}

/// A warning for every file that TeX reads by itself, at its first tag.
pub(super) fn unread_tags(set: &TemplateSet, used: &[bool]) -> Vec<Diagnostic> {
    let mut told: Vec<(usize, Diagnostic)> = Vec::new();
    for (reader, _) in used.iter().enumerate().filter(|(_, used)| **used) {
        for (index, command) in inputs(set, reader) {
            let is_tag = |segment: &&Segment| segment.kind != Kind::Text;
            let Some(tag) = set.segments[index].iter().find(is_tag) else { continue };
            if told.iter().all(|(other, _)| *other != index) {
                let read = &set.files[index];
                told.push((index, unread(read.place(tag.span.clone()), &read.name, &command)));
            }
        }
    }
    told.into_iter().map(|(_, warning)| warning).collect()
}

fn unread(tag: Place, name: &str, command: &Place) -> Diagnostic {
    let (line, column) = command.line_column();
    let typed = &command.text[command.span.clone()];
    Diagnostic::warning("TeX reads this file, and prints the tag as it stands").at(tag).help(
        format!(
            "write `<% include \"{name}\" %>` for `{typed}` ({}:{line}:{column})",
            command.name
        ),
    )
}

/// The templates that TeX reads where a file says so, each with the command.
fn inputs(set: &TemplateSet, reader: usize) -> Vec<(usize, Place)> {
    let (file, text) = (&set.files[reader], &set.masked[reader]);
    let commands = text.match_indices('\\').filter_map(|(at, _)| {
        let name = latex::command_name(&text[at + 1..]);
        let behind = &text[at + 1 + name.len()..];
        let (argument, end) = match name {
            "input" | "include" | "subfile" => argument(behind)?,
            _ => return None,
        };
        let path =
            Path::new(argument.trim()).strip_prefix(".").unwrap_or(Path::new(argument.trim()));
        let is_it = |other: &Source| {
            Path::new(&other.name) == path || Path::new(&other.name) == path.with_extension("tex")
        };
        let index = set.files.iter().position(is_it).filter(|&index| set.from_disk[index])?;
        Some((index, file.place(at..at + 1 + name.len() + end)))
    });
    commands.collect()
}

/// What a command reads, in braces or up to a blank, and where that ends.
fn argument(behind: &str) -> Option<(&str, usize)> {
    let start = behind.len() - behind.trim_start().len();
    let rest = &behind[start..];
    match rest.strip_prefix('{') {
        Some(inside) => {
            let end = inside.find('}')?;
            Some((&inside[..end], start + end + 2))
        }
        None => {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            Some((&rest[..end], start + end))
        }
    }
}
