//! The child's side: read the document, typeset it under a watchdog, answer.

use std::io::{self, BufRead, Read, Write};
use std::process::{self, ExitCode};
use std::thread;
use std::time::{Duration, UNIX_EPOCH};

use super::{Limits, Reply};
use crate::cli::EngineArgs;
use crate::commands::cache;
use crate::tex::{self, Document, Outcome, Task};

/// How often the watchdog looks: a loop that fills memory at 5 GB/s passes its limit by 100 MB.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Does what the parent asks; the exit code is for a parent that got no answer.
pub fn run(args: &EngineArgs) -> ExitCode {
    // A crash leaves no memory image in the user's folder.
    let none = rustix::process::Rlimit { current: Some(0), maximum: Some(0) };
    let _ = rustix::process::setrlimit(rustix::process::Resource::Core, none);

    let Ok((task, source)) = asked(args.bytes) else { return ExitCode::FAILURE };
    thread::spawn(end_with_the_parent);
    let limits = Limits::given(args);
    thread::spawn(move || watch(limits));

    let date = UNIX_EPOCH.checked_add(Duration::from_secs(args.date)).unwrap_or(UNIX_EPOCH);
    let document = Document { source: &source, include: &args.include, date };
    let mut progress = |what: &str| {
        let _ = send(&Reply::Progress(what.to_owned()), &[]);
    };
    let done = tex::perform(&task, &document, &args.bundle, &cache::folder(), &mut progress);
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

/// The task, in a line of JSON, and the document after it.
fn asked(bytes: usize) -> io::Result<(Task, String)> {
    let (mut line, mut source) = (String::new(), String::new());
    let mut input = io::stdin().lock();
    input.read_line(&mut line)?;
    input.take(bytes as u64).read_to_string(&mut source)?;
    if source.len() != bytes {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok((serde_json::from_str(&line)?, source))
}

/// Nobody waits for the PDF any more once the parent is gone, killed perhaps.
fn end_with_the_parent() {
    let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
    process::exit(1);
}

fn watch(limits: Limits) {
    loop {
        thread::sleep(LOOK_EVERY);
        if let Some((text, help)) = limits.passed() {
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
