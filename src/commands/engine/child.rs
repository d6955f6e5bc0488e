//! The child's side: read what is asked, do it under a watchdog, answer.

use std::io::{self, BufRead, Read, Write};
use std::panic::{self, Location};
use std::process::{self, ExitCode};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
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

    panic::set_hook(Box::new(|panic| {
        let file = panic.location().map_or("", Location::file);
        let (text, help) = fault(file, panic.payload_as_str().unwrap_or("no reason given"));
        let _ = send(&Reply::Stopped { text, help, line: tex::line() }, &[]);
        process::exit(1);
    }));
    let (sender, requests) = mpsc::channel();
    thread::spawn(move || read(&sender));
    let limits = Limits::given(args);
    let watchdog = thread::spawn(move || watch(limits));

    let date = UNIX_EPOCH.checked_add(Duration::from_secs(args.date)).unwrap_or(UNIX_EPOCH);
    let mut progress = |what: &str| {
        let _ = send(&Reply::Progress(what.to_owned()), &[]);
    };
    let (bundle, cache) = (&args.bundle, cache::folder());
    let include = args.include.as_slice();
    let done = match requests.recv() {
        Ok((Request::Perform { task, sections, .. }, source)) => {
            let sections = sections.as_ref();
            let document = Document { source: &source, include, date, sections };
            tex::perform(&task, &document, bundle, &cache, &mut progress)
        }
        Ok((Request::Expect { handed, sections, .. }, beginning)) => {
            let ask = Box::new(move || order(&requests, &watchdog));
            let sections = sections.as_ref();
            let begun = Document { source: &beginning, include, date, sections };
            tex::perform_ahead(&begun, &handed, ask, bundle, &cache, &mut progress)
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

/// What to say of a panic in this file, which would end the process without a word that helps.
fn fault(file: &str, reason: &str) -> (String, String) {
    // It looks for the bold and italic faces of a family and loses its way in their names.
    if file.contains("xetex_layout") {
        let text = "the TeX engine fails to find this font's faces by its family's name";
        let help = "name the font's files: \\setmainfont{texgyretermes}[Extension=.otf, \
                    UprightFont=*-regular, BoldFont=*-bold, ItalicFont=*-italic]";
        return (text.to_owned(), help.to_owned());
    }
    let text = format!("the TeX engine has failed by a fault of its own: {reason}");
    (text, "what this line calls is more than it can do: write it otherwise".to_owned())
}

/// The next request, and the text after it.
fn asked() -> io::Result<(Request, String)> {
    let (mut line, mut text) = (String::new(), String::new());
    let mut input = io::stdin().lock();
    input.read_line(&mut line)?;
    let request = serde_json::from_str(&line)?;
    let (Request::Expect { bytes, .. } | Request::Perform { bytes, .. }) = request;
    input.take(bytes as u64).read_to_string(&mut text)?;
    if text.len() != bytes {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok((request, text))
}

/// Hands requests on as they come. Their end tells that the parent is gone, killed perhaps: nobody
/// waits for the PDF any more.
fn read(requests: &Sender<(Request, String)>) {
    while let Ok(request) = asked() {
        // Where nobody listens the last one is being answered.
        let _ = requests.send(request);
    }
    process::exit(1);
}

/// Whether this process waits for the order, and has no share to use up.
static WAITS: AtomicBool = AtomicBool::new(false);

/// The pass that a child which came ahead is for. Without one it ends.
fn order(requests: &Receiver<(Request, String)>, watchdog: &JoinHandle<()>) -> io::Result<Order> {
    WAITS.store(true, Ordering::Relaxed);
    let request = requests.recv();
    WAITS.store(false, Ordering::Relaxed);
    watchdog.thread().unpark();
    match request {
        Ok((Request::Perform { task: Task::Pass { handed, turn }, sections, .. }, source)) => {
            Ok(Order { source, handed, turn, sections })
        }
        _ => process::exit(1),
    }
}

fn watch(limits: Limits) {
    // What it takes to load LaTeX is no fault of the document's.
    let mut before = None;
    loop {
        thread::sleep(LOOK_EVERY);
        // For hours, perhaps.
        while WAITS.load(Ordering::Relaxed) {
            thread::park();
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_of_the_engine_is_told_with_a_remedy() {
        let (text, help) = fault("/a/tectonic_xetex_layout-0.3.4/src/manager.rs", "index");
        assert!(text.contains("font") && help.contains("\\setmainfont{"), "{text}: {help}");
        let (text, help) = fault("src/other.rs", "index out of bounds");
        assert!(text.ends_with("index out of bounds") && help.contains("write it otherwise"));
    }
}
