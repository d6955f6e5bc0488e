//! TeX's messages, brought home to the templates.

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::sources::Sources;
use crate::diagnostic::{Diagnostic, Place};
use crate::templates::{Rendered, did_you_mean};
use crate::tex::{Message, MessageKind, user_file_digest};

/// What to do about a picture that is too wide.
const NARROWER: &str =
    "make the picture as wide as the line: \\includegraphics[width=\\linewidth]{…}";
/// Environments of displayed formulas, also with a star.
const DISPLAYS: [&str; 6] = ["align", "equation", "gather", "multline", "flalign", "alignat"];
/// How TeX begins what it says of a picture that it cannot read.
const UNREADABLE_PICTURE: &str = "unable to load picture or PDF file '";

impl Sources {
    /// TeX's messages at their places in the templates: those that stop a build, and the others.
    pub fn split(
        &self,
        messages: &[Message],
        rendered: &Rendered,
    ) -> (Vec<Diagnostic>, Vec<Diagnostic>) {
        let (mut errors, mut warnings) = (Vec::new(), Vec::new());
        let mut wide_pictures = Vec::new();
        errors.extend(self.missing_in_names(messages));
        for message in messages {
            if self.key_with(message).is_some() {
                continue;
            }
            // What was too wide for the line was too high for the page as well.
            let is_same = |picture: &u32| is_on_page_of(*picture, message.line, &rendered.text);
            if is_too_high(message) && wide_pictures.iter().any(is_same) {
                continue;
            }
            let fatal = is_fatal(message);
            let (list, diagnostic) = if fatal {
                (&mut errors, Diagnostic::error(&message.text))
            } else {
                (&mut warnings, Diagnostic::warning(&message.text))
            };
            let located = self.locate(diagnostic, message, rendered);
            if is_about_picture(&located) {
                wide_pictures.extend(reading(message, &rendered.text).0);
            }
            // A mistake in a loop is one mistake, though TeX meets it at every turn.
            if !list.contains(&located) {
                list.push(located);
            }
        }
        (errors, warnings)
    }

    fn locate(
        &self,
        mut diagnostic: Diagnostic,
        message: &Message,
        rendered: &Rendered,
    ) -> Diagnostic {
        diagnostic.message = template_lines(&diagnostic.message, rendered);
        diagnostic.help = message.help.as_deref().map(|help| with_preamble(help, rendered));
        self.name_lost_picture(&mut diagnostic);
        diagnostic.place = match &message.file {
            Some(file) => self.in_own_file(file, message),
            None => {
                let (line, near) = reading(message, &rendered.text);
                line.and_then(|line| rendered.locate(line, near.as_deref()))
            }
        };
        if let (MessageKind::Overfull { horizontal: true, .. }, Some(place)) =
            (&message.kind, &diagnostic.place)
            && place.text[place.span.clone()].contains("\\includegraphics")
        {
            diagnostic.help = Some(NARROWER.to_owned());
        }
        diagnostic
    }

    /// TeX says of a picture that is not there what it says of a broken one.
    fn name_lost_picture(&self, diagnostic: &mut Diagnostic) {
        let lost = diagnostic.message.strip_prefix(UNREADABLE_PICTURE);
        let name = lost.and_then(|rest| rest.strip_suffix('\'')).map(str::to_owned);
        let Some(name) = name.as_deref() else { return };
        let folder = self.around.folder.display();
        let file = self.around.folder.join(name);
        if file.exists() {
            if file.is_file() && user_file_digest(&self.around.folder, name).is_none() {
                diagnostic.message = format!("{name} lies outside of {folder}");
                let inside = file.file_name().unwrap_or_default().display();
                diagnostic.help = Some(format!(
                    "documents read nothing outside: put the file into {folder}, and write \\includegraphics{{{inside}}}"
                ));
            }
            return;
        }
        diagnostic.message = format!("there is no file {name} in {folder}");
        if let Some(inside) = self.below_folder(name) {
            diagnostic.help =
                Some(format!("a name counts from {folder}: write \\includegraphics{{{inside}}}"));
            return;
        }
        let known: Vec<String> = fs::read_dir(&self.around.folder)
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect();
        let meant = did_you_mean(name, known.iter().map(String::as_str));
        let put = format!("put the file into {folder}, or correct the name");
        diagnostic.help = Some(meant.unwrap_or(put));
    }

    /// What remains of the name of a picture that was written from another folder than that of the
    /// templates, such as `templates/mine.png`.
    fn below_folder(&self, name: &str) -> Option<String> {
        let mut parts = Path::new(name).components();
        while parts.next().is_some() {
            let rest = parts.as_path();
            if !rest.as_os_str().is_empty() && self.around.folder.join(rest).is_file() {
                return Some(rest.display().to_string());
            }
        }
        None
    }

    /// The place in a file of the user's own that the document reads with `\input`.
    fn in_own_file(&self, file: &str, message: &Message) -> Option<Place> {
        let file = Path::new(file);
        if !file.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
            return None;
        }
        // TeX names it as the document does, with or without its extension.
        let candidates = [file.to_owned(), PathBuf::from(format!("{}.tex", file.display()))];
        let (path, text) = candidates.iter().find_map(|file| {
            let path: PathBuf = self.around.folder.join(file).components().collect();
            let text: Arc<str> = fs::read_to_string(&path).ok()?.into();
            Some((path, text))
        })?;
        let span = Message { file: None, ..message.clone() }.span(&text)?;
        Some(Place { name: path.display().to_string(), text, span, label: String::new() })
    }

    /// What the font lacks for the name and for the id, though they stand on every page: the template
    /// is not to blame.
    fn missing_in_names(&self, messages: &[Message]) -> Vec<Diagnostic> {
        let mut lacking: Vec<(&str, Vec<char>)> = Vec::new();
        for message in messages {
            let Some((key, character)) = self.key_with(message) else { continue };
            match lacking.iter_mut().find(|(known, _)| *known == key) {
                Some((_, characters)) if characters.contains(&character) => {}
                Some((_, characters)) => characters.push(character),
                None => lacking.push((key, vec![character])),
            }
        }
        let error = |(key, characters): (&str, Vec<char>)| {
            let shown: Vec<String> = characters
                .iter()
                .map(|&character| format!("{character} (U+{:04X})", u32::from(character)))
                .collect();
            Diagnostic::error(format!("the font has no glyph for {}", shown.join(", "))).help(format!(
                "it stands in `{key}`: write it in Latin letters, or load a font that has it in \
                 templates/report.tex (\\usepackage{{fontspec}} \\setmainfont{{…}})"
            ))
        };
        lacking.into_iter().map(error).collect()
    }

    /// The key of `homework.toml` whose text has the character that a message misses, if it does.
    fn key_with(&self, message: &Message) -> Option<(&'static str, char)> {
        let MessageKind::MissingCharacter { character, .. } = message.kind else { return None };
        let submission = &self.inputs.submission;
        let id = submission.id.as_deref().unwrap_or_default();
        let texts = [("submission.name", submission.name.as_str()), ("submission.id", id)];
        let found = texts.into_iter().find(|(_, text)| text.contains(character));
        found.map(|(key, _)| (key, character))
    }
}

/// Help that sends people to the preamble says where that ends.
fn with_preamble(help: &str, rendered: &Rendered) -> String {
    let begin = "\\begin{document}";
    let is_told = help.ends_with(&format!("before {begin}"));
    let at = rendered.text.find(&format!("\n{begin}")).map(|at| at + 1).filter(|_| is_told);
    match at.and_then(|at| rendered.place_of(at..at + begin.len())) {
        Some(place) => format!("{help} ({}:{})", place.name, place.line_column().0),
        None => help.to_owned(),
    }
}

fn is_too_high(message: &Message) -> bool {
    matches!(message.kind, MessageKind::Overfull { horizontal: false, .. })
}

fn is_about_picture(warning: &Diagnostic) -> bool {
    warning.help.as_deref() == Some(NARROWER)
}

/// Whether what TeX noticed at a line may be about the page of a picture above it: it looks at a page
/// when it has read on, but hardly past the next paragraph. Lines are 1-based.
fn is_on_page_of(picture: u32, noticed: Option<u32>, text: &str) -> bool {
    let Some(distance) = noticed.map(|line| line.checked_sub(picture)) else { return true };
    let lines = text.lines().skip(picture as usize - 1).map(|line| line.trim().is_empty());
    let read: Vec<bool> = lines.take(distance.unwrap_or_default() as usize + 1).collect();
    let paragraphs = read.windows(2).filter(|pair| matches!(pair, [true, false])).count();
    distance.is_some() && paragraphs <= 1
}

/// The line of the paragraph that begins at a line (1-based) in which a picture stands, and that line
/// up to its end. A display ends the paragraph for TeX, which reports on it by itself.
fn picture(text: &str, line: u32) -> Option<(u32, String)> {
    let lines = (line..).zip(text.lines().skip(line as usize - 1));
    let is_display = |text: &str| {
        let names =
            DISPLAYS.iter().flat_map(|name| [format!("{{{name}}}"), format!("{{{name}*}}")]);
        text.contains("\\[") || text.contains("$$") || names.into_iter().any(|n| text.contains(&n))
    };
    let is_blank = |text: &str| text.trim().is_empty();
    let mut paragraph = lines.take_while(|(_, text)| !is_blank(text) && !is_display(text));
    paragraph.find_map(|(line, text)| {
        let at = text.find("\\includegraphics")?;
        let end = text[at..].find('}').map_or(text.len(), |end| at + end + 1);
        Some((line, text[..end].to_owned()))
    })
}

/// A character without a glyph is missing on the page: nobody wants to hand that in.
fn is_fatal(message: &Message) -> bool {
    message.is_error() || matches!(message.kind, MessageKind::MissingCharacter { .. })
}

/// The lines that TeX's words name, `(line 3)`, are the document's: says where they come from.
fn template_lines(text: &str, rendered: &Rendered) -> String {
    let Some((before, rest)) = text.split_once("(line ") else { return text.to_owned() };
    let Some((number, after)) = rest.split_once(')') else { return text.to_owned() };
    let place = number.parse().ok().and_then(|line| rendered.locate(line, None));
    let Some(place) = place else { return format!("{}{after}", before.trim_end()) };
    format!("{before}({}:{}){after}", place.name, place.line_column().0)
}

/// The line that a message is about, and that line up to there where it is about a part of it.
fn reading(message: &Message, text: &str) -> (Option<u32>, Option<String>) {
    // Of a line without words, TeX's picture of it says nothing.
    if let MessageKind::Overfull { horizontal: true, .. } = message.kind
        && let (Some(line), None) = (message.line.filter(|line| *line > 0), &message.near)
        && let Some((line, near)) = picture(text, line)
    {
        return (Some(line), Some(near));
    }
    let (searched, whole) = match message.kind {
        // Noticed at the end of a paragraph, and looked for in it.
        MessageKind::MissingCharacter { .. } | MessageKind::UndefinedReference { .. } => {
            (true, false)
        }
        MessageKind::Overfull { .. } | MessageKind::Underfull { .. } => (true, true),
        _ => (false, false),
    };
    let Some(span) = message.span(text).filter(|_| searched) else {
        return (message.line, message.near.clone());
    };
    let before = &text[..span.end];
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = u32::try_from(before.matches('\n').count() + 1).ok();
    (line, (!whole).then(|| before[start..].to_owned()))
}

#[cfg(test)]
#[path = "mistakes.rs"]
mod mistakes;
