//! The child's side: read what is asked, do it under a watchdog, answer.

use std::io::{self, BufRead, Read, Write};
use std::process::{self, ExitCode};
use std::thread;
use std::time::{Duration, UNIX_EPOCH};

use super::limits::computed;
use super::{Limits, Reply, Request};
use crate::cli::EngineArgs;
use crate::commands::cache;
use crate::tex::{self, Document, Order, Outcome, Task};

/// How often the watchdog looks: a loop that fills memory at 5 GB/s passes its limit by 100 MB.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Does what the parent asks; the exit code is for a parent that got no answer.
pub fn run(args: &EngineArgs) -> ExitCode {
    // A crash leaves no memory image in the user's folder.
    let none = rustix::process::Rlimit { current: Some(0), maximum: Some(0) };
    let _ = rustix::process::setrlimit(rustix::process::Resource::Core, none);

    let limits = Limits::given(args);
    let date = UNIX_EPOCH.checked_add(Duration::from_secs(args.date)).unwrap_or(UNIX_EPOCH);
    let mut progress = |what: &str| {
        let _ = send(&Reply::Progress(what.to_owned()), &[]);
    };
    let (bundle, cache) = (&args.bundle, cache::folder());
    let document = |source| Document { source, include: &args.include, date };
    let done = match asked() {
        Ok((Request::Perform { task, .. }, source)) => {
            guard(limits);
            tex::perform(&task, &document(&source), bundle, &cache, &mut progress)
        }
        Ok((Request::Expect { .. }, preamble)) => {
            // Nothing of the user's has run by then, and a parent that waits long is no fault.
            let ask = Box::new(move || {
                let order = order();
                guard(limits);
                order
            });
            tex::perform_ahead(&document(&preamble), ask, bundle, &cache, &mut progress)
        }
        Err(_) => return ExitCode::FAILURE,
    };
    let sent = match done {
        Ok(mut outcome) => {
            let pdf = match &mut outcome {
                Outcome::Done { typeset, .. } => std::mem::take(&mut typeset.pdf),
                _ => Vec::new(),
            };
            send(&Reply::Done { outcome: Box::new(outcome), pdf_bytes: pdf.len() }, &pdf)
        }
        Err(failure) => send(&Reply::Failed(failure), &[]),
    };
    if sent.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The next request, and the text after it.
fn asked() -> io::Result<(Request, String)> {
    let (mut line, mut text) = (String::new(), String::new());
    let mut input = io::stdin().lock();
    input.read_line(&mut line)?;
    let request = serde_json::from_str(&line)?;
    let (Request::Expect { bytes } | Request::Perform { bytes, .. }) = request;
    input.take(bytes as u64).read_to_string(&mut text)?;
    if text.len() != bytes {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok((request, text))
}

/// The pass that a child which came ahead is for. Without one it ends.
fn order() -> io::Result<Order> {
    match asked() {
        Ok((Request::Perform { task: Task::Pass { handed, turn }, .. }, source)) => {
            Ok(Order { source, handed, turn })
        }
        _ => process::exit(1),
    }
}

/// From here on the child ends with its parent, and when it has had its share.
fn guard(limits: Limits) {
    thread::spawn(end_with_the_parent);
    thread::spawn(move || watch(limits));
}

/// Nobody waits for the PDF any more once the parent is gone, killed perhaps.
fn end_with_the_parent() {
    let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
    process::exit(1);
}

fn watch(limits: Limits) {
    // What it takes to load LaTeX is no fault of the document's.
    let mut before = None;
    loop {
        thread::sleep(LOOK_EVERY);
        if before.is_none() && tex::line().is_some() {
            before = Some(computed());
        }
        if let Some((text, help)) = limits.passed(before) {
            let _ = send(&Reply::Stopped { text, help, line: tex::line() }, &[]);
            process::exit(1);
        }
        if let Some(failure) = limits.stalled() {
            let _ = send(&Reply::Failed(failure), &[]);
            process::exit(1);
        }
    }
}

/// One reply and what follows it, whole: the watchdog's does not fall into another.
fn send(reply: &Reply, after: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let line = serde_json::to_string(reply)?;
    out.write_all(line.as_bytes())?;
    out.write_all(b"\n")?;
    out.write_all(after)?;
    out.flush()
}
