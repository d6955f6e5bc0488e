//! TeX in a process of its own: this program once more, with limits.
//!
//! A template can hold a macro that never ends, or one that fills the memory, and the engine is C
//! code that nothing can interrupt from within. So it runs in a child, which a watchdog of its own
//! stops when it has had its share, naming the line; a crash there is an error here.
//!
//! The parent writes the document to the child's standard input and then keeps it open: its end
//! tells the child that the parent is gone. The child answers on its standard output in [`Reply`]s,
//! each a line of JSON; the PDF follows the last.

mod child;
mod limits;

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

use crate::tex::{BundleChoice, Document, Message, MessageKind, TexFailure};
pub use child::run;
pub use limits::Limits;

/// What the child says.
#[derive(Debug, Deserialize, Serialize)]
enum Reply {
    /// What begins.
    Progress(String),
    /// It is done; so many bytes of PDF follow.
    Done { messages: Vec<Message>, source: String, pdf_bytes: usize },
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
    let mut child = start(document, bundle, limits)
        .map_err(|e| failed(format!("the program could not start its TeX engine: {e}")))?;
    let (Some(mut stdin), Some(stdout)) = (child.0.stdin.take(), child.0.stdout.take()) else {
        return Err(failed("the program has no pipe to its TeX engine".to_owned()));
    };
    // Where the child is gone already, what it said or its exit status tells more.
    let _ = stdin.write_all(document.source.as_bytes()).and_then(|()| stdin.flush());
    let reply = listen(BufReader::new(stdout), progress);
    match reply {
        Ok(Some(done)) => done,
        Ok(None) => Err(failed(match child.0.wait() {
            Ok(status) => format!("the TeX engine crashed ({})", how(status)),
            Err(e) => format!("the TeX engine ended without a word: {e}"),
        })),
        Err(e) => Err(failed(format!("the TeX engine's answer could not be read: {e}"))),
    }
}

/// Follows the child's replies to the last; none where it ended before that.
fn listen(
    mut replies: BufReader<ChildStdout>,
    progress: &mut dyn FnMut(&str),
) -> io::Result<Option<Result<Done, TexFailure>>> {
    let mut line = String::new();
    loop {
        line.clear();
        if replies.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        match serde_json::from_str(&line)? {
            Reply::Progress(what) => progress(&what),
            Reply::Failed(failure) => return Ok(Some(Err(failure))),
            Reply::Done { messages, source, pdf_bytes } => {
                let mut pdf = Vec::with_capacity(pdf_bytes);
                replies.take(pdf_bytes as u64).read_to_end(&mut pdf)?;
                if pdf.len() < pdf_bytes {
                    return Ok(None);
                }
                return Ok(Some(Ok(Done { pdf, messages, source })));
            }
            Reply::Stopped { text, help, line } => {
                let message = Message {
                    kind: MessageKind::Error,
                    line,
                    file: None,
                    near: None,
                    text,
                    help: Some(help),
                };
                let messages = vec![message];
                return Ok(Some(Err(TexFailure::Document { messages, log: String::new() })));
            }
        }
    }
}

/// A child that does not outlive this value.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // After its last reply it is only in the way, at most.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(document: &Document, bundle: &BundleChoice, limits: &Limits) -> io::Result<Running> {
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
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    // Ctrl-C is the parent's to answer: `watch` finishes its build, and a parent that ends is noticed.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn().map(Running)
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
