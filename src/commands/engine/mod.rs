//! TeX in a process of its own: this program once more, with limits.
//!
//! A template can hold a macro that never ends, or one that fills the memory, and the engine is C
//! code that nothing can interrupt from within. So it runs in a child, which a watchdog of its own
//! stops when it has had its share, naming the line; a crash there is an error here.
//!
//! The parent writes [`Request`]s to the child's standard input, each a line of JSON with a text
//! after it, and then keeps it open: its end tells the child that the parent is gone. The child
//! answers on its standard output in [`Reply`]s, each a line of JSON; the PDF follows the last.
//!
//! Each [`Task`] has a child of its own: TeX's state in a process is that of one pass. A child that
//! is [`Ready`] has come as far as it can without the document. Where there is a [checkpoint](checkpoints)
//! of one that had come so far, it goes on from there.

mod checkpoints;
mod child;
mod limits;
mod ready;

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::cache::Cache;
use crate::checkpoint::{self, Halted};
use crate::tex::{
    self, Auxiliary, BundleChoice, Document, Message, MessageKind, Outcome, Sections, Task,
    TexFailure, Turn, Typeset,
};
pub use child::run;
pub use limits::Limits;
pub use ready::Ready;

/// What the child is told; so many bytes of text follow.
#[derive(Debug, Deserialize, Serialize)]
enum Request {
    /// A document with this beginning will come, and the pass over it read this.
    Expect { handed: Auxiliary, sections: Option<Sections>, limits: Limits, bytes: usize },
    /// What there is to do with this document.
    Perform { task: Task, sections: Option<Sections>, limits: Limits, bytes: usize },
    /// Halt where all documents with the preamble of this one can go on; or, if there is something
    /// to read, all that begin so.
    Halt { ahead: Option<Auxiliary>, sections: Option<Sections>, bytes: usize },
}

/// What the child says.
#[derive(Debug, Deserialize, Serialize)]
enum Reply {
    /// What begins.
    Progress(String),
    /// It has halted, and stops now.
    Halted(Halted),
    /// It is done; so many bytes of PDF follow.
    Done { outcome: Box<Outcome>, pdf_bytes: usize },
    /// It has failed.
    Failed(TexFailure),
    /// The watchdog stopped it, at a line of the document where TeX was reading one.
    Stopped { text: String, help: String, line: Option<u32> },
}

/// Typesets as [`crate::tex::typeset`] does, within limits; the first pass by an engine that is
/// ready for it. `files` tells the TeX files of the bundle from others.
pub fn typeset(
    document: &Document,
    bundle: &BundleChoice,
    files: Option<&str>,
    limits: &Limits,
    ready: Option<Ready>,
    progress: &mut dyn FnMut(&str),
) -> Result<Typeset, TexFailure> {
    let cache = Cache::open();
    let alike = checkpoints::Alike::of(document, bundle, files, &cache.folder);
    let checkpoint = alike.as_ref().and_then(|all| all.behind_preamble(document));
    let mut ready = ready;
    // Until a pass that went on from a checkpoint was of no use.
    let mut uses_checkpoints = true;
    let mut in_a_child = |task: &Task, progress: &mut dyn FnMut(&str)| {
        let (limits, begun) = match task {
            Task::Pass { handed, turn } => {
                let begun =
                    ready.take().and_then(|ready| ready.for_pass(handed, *turn, &cache.folder));
                let is_guess = *turn == Turn::Guess;
                (if is_guess { limits.on_a_guess() } else { *limits }, begun)
            }
            Task::Prepare | Task::Try { .. } => (*limits, None),
        };
        let is_pass = matches!(task, Task::Pass { .. });
        let is_guess = matches!(task, Task::Pass { turn: Turn::Guess, .. });
        let from = checkpoint.as_ref().filter(|_| is_pass && uses_checkpoints);
        let from = from.and_then(checkpoints::Place::ready);
        let from = from.as_deref();
        let came_ahead = begun.is_some() || from.is_some();
        let mut child = match begun {
            Some(child) => child,
            None => start(document, bundle, &cache.folder, from)
                .map_err(|e| failed(format!("the program could not start its TeX engine: {e}")))?,
        };
        let done = child.perform(task, document, &limits, progress);
        let is_sound = child.is_sound();
        let is_fit = match &done {
            // It may have found files missing that are there now.
            Err(TexFailure::NoTexFiles { .. } | TexFailure::Engine { .. }) | Ok(Outcome::Unfit) => {
                !came_ahead
            }
            _ => true,
        };
        if let Some(from) = &child.from {
            match (is_sound, is_fit) {
                (false, _) => drop(std::fs::remove_file(&from.path)),
                (true, false) => checkpoints::drop_unfit(&from.path),
                (true, true) => {}
            }
        }
        // A mistake that is found in a guess is looked for again anyway.
        let is_believed = is_guess || child.from.is_none() || done.is_ok();
        if is_sound && is_fit && is_believed {
            return done;
        }
        uses_checkpoints = false;
        Ok(Outcome::Unfit)
    };
    let mut done = tex::typeset_by(&mut in_a_child, document, &cache.folder, progress)?;
    let lasts = cache.notice.is_none();
    if let Some(alike) = alike.filter(|_| done.is_preloaded && lasts) {
        alike.keep(document, limits, &done, progress);
    }
    done.notices.splice(..0, cache.notice);
    Ok(done)
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
#[derive(Debug)]
struct Running {
    child: Child,
    /// Where it is gone already, what it said or its exit status tells more than a failed write.
    requests: Option<ChildStdin>,
    replies: Option<BufReader<ChildStdout>>,
    from: Option<From>,
    /// Whether it knows what to do.
    is_ordered: bool,
}

/// The checkpoint that a child goes on from, if that fits.
#[derive(Debug)]
struct From {
    path: PathBuf,
    /// Finds out whether it is whole, while the child is at work.
    examined: Option<JoinHandle<bool>>,
}

impl Running {
    /// Whether it has not gone on from a checkpoint that is damaged.
    fn is_sound(&mut self) -> bool {
        let examined = self.from.as_mut().and_then(|from| from.examined.take());
        examined.is_none_or(|examined| examined.join().unwrap_or(false))
    }

    fn new(mut child: Child, from: Option<&Path>) -> Self {
        let (requests, replies) = (child.stdin.take(), child.stdout.take().map(BufReader::new));
        let from = from.map(|path| {
            let (path, examined) = (path.to_owned(), path.to_owned());
            From { path, examined: Some(thread::spawn(move || checkpoint::is_whole(&examined))) }
        });
        Self { child, requests, replies, from, is_ordered: false }
    }

    fn perform(
        &mut self,
        task: &Task,
        document: &Document,
        limits: &Limits,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Outcome, TexFailure> {
        if !self.is_ordered {
            self.order(task, document, limits);
        }
        let Some(replies) = &mut self.replies else {
            return Err(failed("the program has no pipe to its TeX engine".to_owned()));
        };
        loop {
            match next(replies) {
                Ok(Some((Reply::Progress(what), _))) => progress(&what),
                Ok(Some((Reply::Done { mut outcome, .. }, pdf))) => {
                    if let Outcome::Done { typeset, .. } = outcome.as_mut() {
                        typeset.pdf = pdf;
                    }
                    return Ok(*outcome);
                }
                Ok(Some((Reply::Failed(failure), _))) => return Err(failure),
                Ok(Some((Reply::Stopped { text, help, line }, _))) => {
                    return Err(stopped(text, help, line));
                }
                Ok(None | Some((Reply::Halted(_), _))) => return Err(failed(self.ended())),
                Err(e) => {
                    return Err(failed(format!("the TeX engine's answer could not be read: {e}")));
                }
            }
        }
    }

    /// Tells what to do, before [`perform`](Self::perform) or in it.
    fn order(&mut self, task: &Task, document: &Document, limits: &Limits) {
        let (task, sections, limits) = (task.clone(), document.sections.cloned(), *limits);
        let request = Request::Perform { task, sections, limits, bytes: document.source.len() };
        self.ask(&request, document.source);
        self.is_ordered = true;
    }

    fn ask(&mut self, request: &Request, text: &str) {
        if let Some(stdin) = &mut self.requests {
            let _ = write(stdin, request, text);
        }
    }

    /// Why it said no more.
    fn ended(&mut self) -> String {
        match self.child.wait() {
            Ok(status) => format!("the TeX engine crashed ({})", how(status)),
            Err(e) => format!("the TeX engine ended without a word: {e}"),
        }
    }
}

fn write(stdin: &mut ChildStdin, request: &Request, text: &str) -> io::Result<()> {
    let mut line = serde_json::to_string(request)?;
    line.push('\n');
    stdin.write_all(line.as_bytes())?;
    stdin.write_all(text.as_bytes())?;
    stdin.flush()
}

impl Drop for Running {
    fn drop(&mut self) {
        // After its last reply it is only in the way, at most.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts a child, `from` a checkpoint where there is one.
fn start(
    document: &Document,
    bundle: &BundleChoice,
    cache: &Path,
    from: Option<&Path>,
) -> io::Result<Running> {
    let Some(from) = from else {
        return command(document, bundle, cache)?.spawn().map(|child| Running::new(child, None));
    };
    let mut command = command(document, bundle, cache)?;
    let mut option = std::ffi::OsString::from("--restore=");
    option.push(from);
    command.arg(option);
    match checkpoint::with_fixed_addresses(|| command.spawn()) {
        Ok(child) => {
            // Those that are used stay in the cache.
            let used =
                std::fs::File::open(from).and_then(|file| file.set_modified(SystemTime::now()));
            drop(used);
            Ok(Running::new(child, Some(from)))
        }
        // A sandbox may forbid that.
        Err(_) => start(document, bundle, cache, None),
    }
}

/// The command that starts a child.
fn command(document: &Document, bundle: &BundleChoice, cache: &Path) -> io::Result<Command> {
    let seconds = document.date.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let mut command = Command::new(program()?);
    command.arg("typeset-document");
    command.arg("--date").arg(seconds.to_string());
    command.arg(format!("--bundle={bundle}"));
    for folder in document.include {
        let mut option = std::ffi::OsString::from("--include=");
        option.push(folder);
        command.arg(option);
    }
    command.env("GRADPROOF_CACHE", cache);
    for (name, value) in HUGE_PAGES {
        command.env(name, value);
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    // Ctrl-C is the parent's to answer: `watch` finishes its build, and a parent that ends is noticed.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    Ok(command)
}

/// TeX's tables are large, and touched here and there: taking their memory in few large pieces
/// spares most of the time that the system needs to provide it. Read by GNU's C library alone.
const HUGE_PAGES: [(&str, &str); 1] = [("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1")];

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
