//! From document to PDF: a pass of XeTeX and, if nothing is left to do, xdvipdfmx.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Datelike, Timelike};
use tectonic::{TexEngine, TexOutcome, XdvipdfmxEngine};
use tectonic_bridge_core::{CoreBridgeLauncher, SecuritySettings};

use super::auxiliary::Auxiliary;
use super::files::{Source, UserFiles};
use super::format::{Format, Made};
use super::log;
use super::order::{Order, Pending};
use super::sections::Kept;
use super::session::{Begin, JOB, Session};
use super::start::Turn;
use super::status::Collector;
use super::{Document, Message, TexFailure};

/// The file from which TeX takes the date when it begins.
pub(super) const DATE_FILE: &str = "gradproof-date.tex";

/// One pass over a document.
#[derive(Debug)]
pub(super) struct Ran {
    pub passed: Passed,
    /// The files that were read.
    pub made: Made,
    /// TeX's log.
    pub log: String,
}

/// What a pass came to.
#[derive(Debug)]
pub(super) enum Passed {
    /// The document is finished.
    Done { pdf: Vec<u8>, messages: Vec<Message>, kept: Option<Kept> },
    /// Another pass has to read this.
    Again(Auxiliary),
}

/// More than this is not handed on: hundreds of thousands of labels.
const MOST_HANDED_ON: usize = 16 << 20;

/// Typesets a document in one pass by a TeX of this format; makes the PDF if that settles it, or if
/// it is the last one's turn. All but the text is taken from `document`.
pub(super) fn run(
    document: &Document,
    files: &mut dyn Source,
    format: &Format,
    begin: Begin,
    progress: &mut dyn FnMut(&str),
) -> Result<Ran, TexFailure> {
    let mut session = Session::new(b"", UserFiles::new(document.include), files);
    session.format = Some(format);
    session.give(DATE_FILE, date_in_tex(document.date).into_bytes());
    session.begin = Some(begin);
    let mut status = Collector::new(session.log.clone(), progress);
    let outcome = tex(&mut session, &mut status, document.date, false);
    let order = session.order.clone();
    let order = order.as_ref().and_then(Pending::get);
    let order = order.ok_or_else(|| TexFailure::engine("TeX ended before the document"))?;
    let mut messages = said(outcome, &session, &mut status, &order.source)?;
    let settled = is_settled(&session, order);
    let mut made = Made::default();
    let (passed, log) = if settled || order.turn == Turn::Last {
        messages.extend((!settled).then(log::unsettled));
        let kept = gather(&mut session, &messages, &mut made)?;
        let (pdf, messages, log) = finish(document, &mut session, &mut status, messages)?;
        (Passed::Done { pdf, messages, kept }, log)
    } else {
        let files = session.auxiliary();
        if files.size() > MOST_HANDED_ON {
            let limit = MOST_HANDED_ON >> 20;
            let message = format!("the document writes more than {limit} MiB for its next pass");
            return Err(TexFailure::engine(message));
        }
        (Passed::Again(files), session.log_text())
    };
    made.extend(&session.made());
    Ok(Ran { passed, made, log })
}

/// Puts the sections that were taken over among the pages, and tells what is left for the next build.
fn gather(
    session: &mut Session,
    messages: &[Message],
    made: &mut Made,
) -> Result<Option<Kept>, TexFailure> {
    let name = format!("{JOB}.xdv");
    let Some(own) = session.contents(&name) else { return Ok(None) };
    let (pages, kept) = {
        let reading = session.reading();
        let Some((text, taking)) = reading.as_ref().and_then(|reading| reading.taking()) else {
            return Ok(None);
        };
        if let Some(last) = taking.taken_from() {
            made.extend(&last.made);
        }
        let pages = taking.pages(&own);
        let pages = pages.ok_or_else(|| TexFailure::engine("the last build's pages do not fit"))?;
        let kept = taking.keep(text, &pages, messages);
        (pages, kept)
    };
    session.replace(&name, pages);
    Ok(kept)
}

/// What TeX said in a pass.
fn said(
    outcome: Result<TexOutcome, String>,
    session: &Session,
    status: &mut Collector,
    source: &str,
) -> Result<Vec<Message>, TexFailure> {
    let log = session.log_text();
    let messages = log::messages(&log, &status.take(), source);
    if messages.iter().any(Message::is_error) {
        return Err(TexFailure::Document { messages, log });
    }
    match outcome.and_then(accept) {
        Ok(()) => Ok(messages),
        Err(message) => Err(TexFailure::Engine { message, log }),
    }
}

/// Makes the PDF of what the last pass wrote; gives TeX's log, too.
fn finish(
    document: &Document,
    session: &mut Session,
    status: &mut Collector,
    mut messages: Vec<Message>,
) -> Result<(Vec<u8>, Vec<Message>, String), TexFailure> {
    let log = session.log_text();
    if !session.has(&format!("{JOB}.xdv")) {
        return Err(TexFailure::Document { messages: vec![log::no_pages()], log });
    }
    super::position::forget();
    status.progress("Writing the PDF");
    if let Err(message) = xdvipdfmx(session, status, document.date) {
        let said: Vec<_> = status.take().into_iter().map(|report| report.text).collect();
        let message = format!("the PDF could not be written: {message}; {}", said.join("; "));
        return Err(TexFailure::Engine { message, log });
    }
    messages.extend(log::about_pdf(&status.take()));
    match session.take(&format!("{JOB}.pdf")) {
        Some(pdf) => Ok((pdf, messages, log)),
        None => Err(TexFailure::Engine { message: "xdvipdfmx wrote no PDF".to_owned(), log }),
    }
}

/// One pass of XeTeX over the session's text. Unless it is to halt at the first mistake it goes on
/// after mistakes, so that several are found.
pub(super) fn tex(
    session: &mut Session,
    status: &mut Collector,
    date: SystemTime,
    halts: bool,
) -> Result<TexOutcome, String> {
    let mut launcher =
        CoreBridgeLauncher::new_with_security(session, status, SecuritySettings::default());
    launcher.with_expose_absolute_paths(false).with_mtime_override(Some(seconds(date)));
    TexEngine::default()
        .halt_on_error_mode(halts)
        .build_date(date.max(UNIX_EPOCH))
        .process(&mut launcher, "latex.fmt", &format!("{JOB}.tex"))
        .map_err(|e| e.to_string())
}

/// Mistakes come with messages, which are looked at first; where none tells, this one does.
fn accept(outcome: TexOutcome) -> Result<(), String> {
    match outcome {
        TexOutcome::Spotless | TexOutcome::Warnings => Ok(()),
        TexOutcome::Errors => Err("TeX met a mistake and did not say which".to_owned()),
    }
}

/// Turns XeTeX's pages into a PDF whose bytes depend on nothing else.
fn xdvipdfmx(
    session: &mut Session,
    status: &mut Collector,
    date: SystemTime,
) -> Result<(), String> {
    let mut launcher =
        CoreBridgeLauncher::new_with_security(session, status, SecuritySettings::default());
    launcher.with_expose_absolute_paths(false).with_mtime_override(Some(seconds(date)));
    XdvipdfmxEngine::default()
        .enable_deterministic_tags(true)
        .build_date(date.max(UNIX_EPOCH))
        .process(&mut launcher, &format!("{JOB}.xdv"), &format!("{JOB}.pdf"))
        .map_err(|e| e.to_string())
}

/// Whether another pass would read just what this one has read: no file that it read has been
/// written since with other contents, as happens to the labels' `.aux`, the outline's `.out` and
/// tables of contents.
///
/// LaTeX notes the number of pages in every `.aux`. A document that has nothing else there is not
/// set again for it.
fn is_settled(session: &Session, order: &Order) -> bool {
    let is_same = session.changed().all(|(before, now)| {
        order.handed.is_empty() && essence(before.unwrap_or_default()) == essence(&now)
    });
    is_same && !(order.turn == Turn::Guess && session.relies_on_others())
}

fn essence(aux: &[u8]) -> Vec<&[u8]> {
    const IDLE: [&[u8]; 2] = [br"\relax", br"\gdef \@abspage@last"];
    aux.split(|&byte| byte == b'\n')
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty() && !IDLE.iter().any(|idle| line.starts_with(idle)))
        .collect()
}

fn seconds(date: SystemTime) -> i64 {
    let since = date.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// TeX's date parameters for `date` in UTC.
pub(super) fn date_in_tex(date: SystemTime) -> String {
    let date = DateTime::from_timestamp(seconds(date), 0).unwrap_or_default();
    let minutes = 60 * date.hour() + date.minute();
    let (year, month, day) = (date.year(), date.month(), date.day());
    format!("\\year={year} \\month={month} \\day={day} \\time={minutes} \\endinput\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Dates from `date --utc --date=@SECONDS`.
    #[test]
    fn dates_are_taken_in_utc() {
        let tex = |seconds| date_in_tex(UNIX_EPOCH + Duration::from_secs(seconds));
        assert!(tex(0).starts_with(r"\year=1970 \month=1 \day=1 \time=0 "));
        assert!(tex(951_782_399).starts_with(r"\year=2000 \month=2 \day=28 \time=1439 "));
        assert!(tex(951_782_400).starts_with(r"\year=2000 \month=2 \day=29 \time=0 "));
        assert!(tex(1_583_064_000).starts_with(r"\year=2020 \month=3 \day=1 \time=720 "));
        assert!(tex(4_107_542_399).starts_with(r"\year=2100 \month=2 \day=28 \time=1439 "));
        assert!(tex(4_107_542_400).starts_with(r"\year=2100 \month=3 \day=1 \time=0 "));
    }

    #[test]
    fn a_mistake_that_no_message_tells_is_no_success() {
        assert!(accept(TexOutcome::Spotless).is_ok());
        assert!(accept(TexOutcome::Warnings).is_ok());
        assert!(accept(TexOutcome::Errors).is_err());
    }

    #[test]
    fn the_page_count_alone_is_no_reason_to_go_again() {
        assert_eq!(essence(b""), essence(b"\\relax \n\\gdef \\@abspage@last{1}\n"));
        assert_ne!(essence(b""), essence(b"\\relax \n\\newlabel{a}{{1}{1}}\n"));
    }
}
