//! TeX in a process of its own: this program once more, with limits.
//!
//! A template can hold a macro that never ends, or one that fills the memory, and the engine is C
//! code that nothing can interrupt from within. So it runs in a child, which a watchdog of its own
//! stops when it has had its share, naming the line; a crash there is an error here.
//!
//! The parent writes the document to the child's standard input and then keeps it open: its end
//! tells the child that the parent is gone. The child answers on its standard output in [`Reply`]s,
//! each a line of JSON; the PDF follows the last.
//!
//! A document with labels takes two passes. Where the last build left a guess of what the first
//! pass hands on, a second child begins with the second pass at the same time, on another core;
//! once the first child says that the guess was right, it is the other's PDF that is taken.

mod child;
mod limits;

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

use super::cache;
use crate::tex::{self, BundleChoice, Document, Message, MessageKind, TexFailure};
pub use child::run;
pub use limits::Limits;

/// What the child says.
#[derive(Debug, Deserialize, Serialize)]
enum Reply {
    /// What begins.
    Progress(String),
    /// The first pass has handed on what has this digest.
    FirstPass(String),
    /// It is done; so many bytes of PDF follow. Where that hangs on a guess, it is right if the
    /// first pass hands on what has the digest `assumed`.
    Done { messages: Vec<Message>, source: String, pdf_bytes: usize, assumed: Option<String> },
    /// There is no PDF.
    Failed(TexFailure),
    /// The watchdog stopped it, at a line of the document where TeX was reading one.
    Stopped { text: String, help: String, line: Option<u32> },
}

/// What the child made.
#[derive(Debug)]
pub struct Done {
    /// The PDF file.
    pub pdf: Vec<u8>,
    /// What TeX complained about without stopping.
    pub messages: Vec<Message>,
    /// One line that says which TeX files were used.
    pub source: String,
}

/// Typesets as [`crate::tex::typeset`] does, within limits.
pub fn typeset(
    document: &Document,
    bundle: &BundleChoice,
    limits: &Limits,
    progress: &mut dyn FnMut(&str),
) -> Result<Done, TexFailure> {
    let could_not_start = |e| failed(format!("the program could not start its TeX engine: {e}"));
    let mut first = start(document, bundle, limits, false).map_err(could_not_start)?;
    // Without a core of its own it would only be in the way; where it can't start it is not missed.
    let has_core = thread::available_parallelism().is_ok_and(|cores| cores.get() > 1);
    let mut second = (has_core && tex::has_guess(document.include, &cache::folder()))
        .then(|| start(document, bundle, limits, true).ok())
        .flatten();

    let (said, heard) = mpsc::channel();
    let heard_from = |child: Option<&mut Running>, role| -> Option<()> {
        let Running(child, _) = child?;
        let said = said.clone();
        let replies = BufReader::new(child.stdout.take()?);
        thread::Builder::new().spawn(move || listen(replies, role, &said)).ok().map(drop)
    };
    if heard_from(Some(&mut first), Role::First).is_none() {
        return Err(failed("the program has no pipe to its TeX engine".to_owned()));
    }
    heard_from(second.as_mut(), Role::Second);
    drop(said);
    for child in [Some(&mut first), second.as_mut()].into_iter().flatten() {
        child.read(document.source);
    }
    decide(&heard, progress).unwrap_or_else(|| {
        Err(failed(match first.0.wait() {
            Ok(status) => format!("the TeX engine crashed ({})", how(status)),
            Err(e) => format!("the TeX engine ended without a word: {e}"),
        }))
    })
}

/// Which pass a child begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    First,
    Second,
}

/// Something that a child said: a reply with the PDF, if one follows; or none where it said no
/// more, for some reason.
type Said = (Role, io::Result<Option<(Reply, Vec<u8>)>>);

/// Follows the children to the first answer that counts; none where the first child ended without.
fn decide(
    heard: &Receiver<Said>,
    progress: &mut dyn FnMut(&str),
) -> Option<Result<Done, TexFailure>> {
    let (mut handed_on, mut guessed) = (None, None);
    for said in heard {
        match said {
            (Role::First, Ok(None)) => return None,
            (Role::First, Err(e)) => {
                let text = format!("the TeX engine's answer could not be read: {e}");
                return Some(Err(failed(text)));
            }
            (Role::First, Ok(Some((reply, pdf)))) => match reply {
                Reply::Progress(what) => progress(&what),
                Reply::FirstPass(digest) => handed_on = Some(digest),
                Reply::Done { messages, source, .. } => {
                    return Some(Ok(Done { pdf, messages, source }));
                }
                Reply::Failed(failure) => return Some(Err(failure)),
                Reply::Stopped { text, help, line } => return Some(Err(stopped(text, help, line))),
            },
            (Role::Second, Ok(Some((Reply::Done { messages, source, assumed, .. }, pdf)))) => {
                guessed = Some((assumed, Done { pdf, messages, source }));
            }
            // The first child will tell what is to be told.
            (Role::Second, _) => {}
        }
        if handed_on.is_some()
            && let Some((_, done)) = guessed.take_if(|(assumed, _)| *assumed == handed_on)
        {
            return Some(Ok(done));
        }
    }
    None
}

/// Passes on what a child says until it says no more, or nobody listens.
fn listen(mut replies: BufReader<ChildStdout>, role: Role, said: &Sender<Said>) {
    loop {
        let next = next(&mut replies);
        let is_last = !matches!(next, Ok(Some(_)));
        if said.send((role, next)).is_err() || is_last {
            return;
        }
    }
}

/// The next reply, whole, and the PDF after it.
fn next(replies: &mut BufReader<ChildStdout>) -> io::Result<Option<(Reply, Vec<u8>)>> {
    let mut line = String::new();
    if replies.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let reply = serde_json::from_str(&line)?;
    let mut pdf = Vec::new();
    if let Reply::Done { pdf_bytes, .. } = reply {
        pdf.reserve_exact(pdf_bytes);
        replies.take(pdf_bytes as u64).read_to_end(&mut pdf)?;
        if pdf.len() < pdf_bytes {
            return Ok(None);
        }
    }
    Ok(Some((reply, pdf)))
}

fn stopped(text: String, help: String, line: Option<u32>) -> TexFailure {
    let kind = MessageKind::Error;
    let message = Message { kind, line, file: None, near: None, text, help: Some(help) };
    TexFailure::Document { messages: vec![message], log: String::new() }
}

/// A child that does not outlive this value.
struct Running(Child, Option<ChildStdin>);

impl Running {
    /// Gives it the document. Its input stays open after that.
    fn read(&mut self, document: &str) {
        self.1 = self.0.stdin.take();
        if let Some(stdin) = &mut self.1 {
            // Where the child is gone already, what it said or its exit status tells more.
            let _ = stdin.write_all(document.as_bytes()).and_then(|()| stdin.flush());
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // After its last reply it is only in the way, at most.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(
    document: &Document,
    bundle: &BundleChoice,
    limits: &Limits,
    guess: bool,
) -> io::Result<Running> {
    let seconds = document.date.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let mut command = Command::new(program()?);
    command.arg("typeset-document");
    command.arg("--bytes").arg(document.source.len().to_string());
    command.arg("--date").arg(seconds.to_string());
    command.arg(format!("--bundle={bundle}"));
    for folder in document.include {
        let mut option = std::ffi::OsString::from("--include=");
        option.push(folder);
        command.arg(option);
    }
    command.args(limits.arguments());
    if guess {
        command.arg("--guess");
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    // Ctrl-C is the parent's to answer: `watch` finishes its build, and a parent that ends is noticed.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn().map(|child| Running(child, None))
}

/// This program's file: by the link that still leads there when the file was replaced.
fn program() -> io::Result<PathBuf> {
    let link = PathBuf::from("/proc/self/exe");
    if link.exists() { Ok(link) } else { std::env::current_exe() }
}

#[cfg(unix)]
fn how(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    status.signal().map_or_else(|| status.to_string(), |signal| format!("signal {signal}"))
}

#[cfg(not(unix))]
fn how(status: ExitStatus) -> String {
    status.to_string()
}

fn failed(message: String) -> TexFailure {
    TexFailure::Engine { message, log: String::new() }
}
