//! From what TeX said to [`Message`]s about lines of the document.
//!
//! TeX speaks in two ways. The engine *reports* its errors and its warnings about boxes and
//! characters through the status backend, one at a time, with file and line; each report notes
//! how far the log had come, and there, in the log, follows the context: the line being read,
//! broken where TeX had arrived. LaTeX and its packages write their *warnings* into the log only,
//! wrapped at 79 characters. Both are merged in the order in which they came.

#![allow(
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "ranges are of what was found in the same text"
)]

mod consequences;
mod context;
mod explain;
mod formulas;
mod glyphs;
mod locate;
mod packages;
mod remedies;
mod slips;
mod spelling;
mod warnings;

use tectonic::status::MessageKind as Grade;

use super::session::JOB;
use super::status::Report;
use super::{Message, MessageKind};
use context::Context;
pub(super) use remedies::package_of;

/// What TeX said in one pass, in order and without repetitions.
///
/// `log` is the whole log, `reports` what the engine reported meanwhile, `source` the document.
pub(super) fn messages(log: &str, reports: &[Report], source: &str) -> Vec<Message> {
    let mut found: Vec<(usize, Message)> = reports
        .iter()
        .filter_map(|report| Some((report.log_offset, read(report, log, source)?)))
        .chain(warnings::in_log(log))
        .chain(explain::file_asked_for(log, source))
        .chain(explain::open_group(log, source))
        .collect();
    found.sort_by_key(|(offset, _)| *offset);

    let mut messages: Vec<Message> = Vec::new();
    for (_, message) in found {
        let repeats = |m: &Message| {
            m.line == message.line && m.file == message.file && m.text == message.text
        };
        if !messages.iter().any(repeats)
            && !consequences::is_consequence(&message, &messages, source)
        {
            messages.push(message);
        }
    }
    consequences::settle_preamble(&mut messages, source);
    consequences::settle_displays(&mut messages);
    // After real mistakes, how TeX came to its end is no news.
    if messages.iter().filter(|m| m.is_error()).count() > 1 {
        messages.retain(|m| !(m.is_error() && consequences::is_epilogue(&m.text)));
    }
    messages
}

/// Names the file of TeX's that was probably meant, where one of its own is missing; `files` gives
/// the names of all.
pub(super) fn name_near_files(messages: &mut [Message], files: impl Fn() -> Vec<String>) {
    for message in messages {
        let missing =
            message.text.strip_prefix(explain::NO_FILE).and_then(|name| name.rsplit_once('.'));
        let Some((stem, kind @ ("sty" | "cls"))) = missing else { continue };
        let files = files();
        let stems = files.iter().filter_map(|file| file.strip_suffix(kind)?.strip_suffix('.'));
        if let Some(near) = spelling::nearest(stem, stems) {
            let help = message.help.take().unwrap_or_default();
            message.help = Some(format!("did you mean {near}? Otherwise {help}"));
        }
    }
}

/// What is said about a document that comes out empty.
pub(super) fn no_pages() -> Message {
    Message {
        kind: MessageKind::Error,
        line: None,
        file: None,
        near: None,
        text: "the document has no pages".to_owned(),
        help: Some("write something between \\begin{document} and \\end{document}".to_owned()),
    }
}

/// What is said about a document whose references never come to rest.
pub(super) fn unsettled() -> Message {
    Message {
        kind: MessageKind::Warning,
        line: None,
        file: None,
        near: None,
        text: "the references still move after the last pass".to_owned(),
        help: Some("a reference changes the page that it refers to: word it otherwise".to_owned()),
    }
}

/// What xdvipdfmx complained about, such as a picture that it could not read.
pub(super) fn about_pdf(reports: &[Report]) -> impl Iterator<Item = Message> {
    reports
        .iter()
        .filter(|report| report.kind != Grade::Note && !explain::is_idle(&report.text))
        .map(|report| Message {
            kind: MessageKind::Warning,
            line: None,
            file: None,
            near: None,
            text: format!("while writing the PDF: {}", first_sentence(&report.text)),
            help: None,
        })
}

/// One report as a message; `None` where it says nothing to a user.
fn read(report: &Report, log: &str, source: &str) -> Option<Message> {
    if report.kind == Grade::Note {
        return None;
    }
    let (file, line, said) = split(&report.text);
    let mut text = first_sentence(said);
    if text.contains('\u{FFFD}') {
        // Reports lose what is not ASCII; the log has it.
        text = context::said_before(log, report.log_offset, &text).unwrap_or(text);
    }
    let context = Context::after(log, report.log_offset);
    let mut message = Message {
        kind: MessageKind::Error,
        line,
        file: file.filter(|name| *name != format!("{JOB}.tex")).map(str::to_owned),
        near: None,
        text,
        help: None,
    };
    if report.kind == Grade::Error {
        message.near = context.near.clone();
        explain::error(&mut message, &context, source);
    } else {
        explain::warning(&mut message, &context)?;
    }
    Some(message)
}

/// Splits `FILE:LINE: text` or `!text`.
fn split(report: &str) -> (Option<&str>, Option<u32>, &str) {
    if let Some((place, text)) = report.split_once(": ")
        && let Some((file, line)) = place.rsplit_once(':')
        && let Ok(line) = line.parse()
    {
        return (Some(file), Some(line), text);
    }
    (None, None, report.trim_start_matches('!'))
}

/// The report up to its first blank line, in one line.
fn first_sentence(text: &str) -> String {
    let end = text
        .trim_start()
        .find("\n\n")
        .map_or(text.len(), |at| at + text.len() - text.trim_start().len());
    text[..end].split_whitespace().collect::<Vec<_>>().join(" ")
}
