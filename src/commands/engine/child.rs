//! The child's side: read the document, typeset it under a watchdog, answer.

use std::io::{self, Read, Write};
use std::process::{self, ExitCode};
use std::thread;
use std::time::{Duration, UNIX_EPOCH};

use super::{Limits, Reply};
use crate::cli::EngineArgs;
use crate::commands::cache;
use crate::tex::{self, Document, Guess, Typeset};

/// How often the watchdog looks: a loop that fills memory at 5 GB/s passes its limit by 100 MB.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Does what the parent asks; the exit code is for a parent that got no answer.
pub fn run(args: &EngineArgs) -> ExitCode {
    // A crash leaves no memory image in the user's folder.
    let none = rustix::process::Rlimit { current: Some(0), maximum: Some(0) };
    let _ = rustix::process::setrlimit(rustix::process::Resource::Core, none);

    let Ok(source) = document(args.bytes) else { return ExitCode::FAILURE };
    thread::spawn(end_with_the_parent);
    let limits = Limits::given(args);
    thread::spawn(move || watch(limits));

    let date = UNIX_EPOCH.checked_add(Duration::from_secs(args.date)).unwrap_or(UNIX_EPOCH);
    let document = Document { source: &source, include: &args.include, date };
    if args.guess {
        let Some(guess) = tex::guess(&document, &args.bundle, &cache::folder()) else {
            return ExitCode::SUCCESS;
        };
        let Guess { typeset: done, assumed } = guess;
        let sent = send(&done_reply(&done, Some(assumed)), &done.pdf);
        return if sent.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let mut first_pass = |digest: &str| {
        let _ = send(&Reply::FirstPass(digest.to_owned()), &[]);
    };
    let mut progress = |what: &str| {
        let _ = send(&Reply::Progress(what.to_owned()), &[]);
    };
    let (bundle, cache) = (&args.bundle, cache::folder());
    let done = tex::typeset_telling(&document, bundle, &cache, &mut progress, &mut first_pass);
    let sent = match done {
        Ok(done) => send(&done_reply(&done, None), &done.pdf),
        Err(failure) => send(&Reply::Failed(failure), &[]),
    };
    if sent.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn done_reply(done: &Typeset, assumed: Option<String>) -> Reply {
    let (messages, source) = (done.messages.clone(), done.source.clone());
    Reply::Done { messages, source, pdf_bytes: done.pdf.len(), assumed }
}

fn document(bytes: usize) -> io::Result<String> {
    let mut source = String::new();
    io::stdin().lock().take(bytes as u64).read_to_string(&mut source)?;
    if source.len() == bytes { Ok(source) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
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
