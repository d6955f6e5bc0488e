//! The child's side: read what is asked, do it under a watchdog, answer.

use std::io::{self, BufRead, Read, Write};
use std::panic::{self, Location};
use std::process::{self, ExitCode};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, UNIX_EPOCH};

use rustix::process::{
    Resource, Rlimit, Signal, getpid, kill_process, set_parent_process_death_signal, setrlimit,
};

use super::limits::computed;
use super::{Limits, Reply, Request};
use crate::checkpoint;
use crate::cli::EngineArgs;
use crate::commands::cache;
use crate::tex::{self, Ask, Coming, Document, Order, Outcome, Sections, Task, TexFailure};

/// How often the watchdog looks: a loop that fills memory at 5 GB/s passes its limit by 100 MB.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Seconds of computing until a child halts. It does what a child before it has done within limits.
const MOST_TO_HALT: Duration = Duration::from_secs(60);

/// Does what the parent asks; the exit code is for a parent that got no answer.
pub fn run(args: &EngineArgs) -> ExitCode {
    // A crash leaves no memory image in the user's folder.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    if let Some(path) = &args.restore {
        // Where this returns nothing has happened, and the same is done from nothing.
        let Err(why) = checkpoint::restore(path);
        // One that can't be read now may be fit the next time.
        use io::ErrorKind::{InvalidData, UnexpectedEof, Unsupported};
        if matches!(why.kind(), InvalidData | UnexpectedEof | Unsupported) {
            let _ = std::fs::remove_file(path);
        }
    }
    panic::set_hook(Box::new(|panic| {
        let file = panic.location().map_or("", Location::file);
        let (text, help) = fault(file, panic.payload_as_str().unwrap_or("no reason given"));
        let _ = send(&Reply::Stopped { text, help, line: tex::line() }, &[]);
        process::exit(1);
    }));
    let Ok((request, source)) = asked() else { return ExitCode::FAILURE };
    let sent = match request {
        Request::Perform { task, sections, limits, .. } => {
            Served::begin(limits).leave();
            with_document(args, &source, sections.as_ref(), |document, progress| {
                tex::perform(&task, document, &args.bundle, &cache::folder(), progress)
            })
        }
        Request::Expect { handed, sections, limits, .. } => {
            let ask = Served::begin(limits).ask();
            with_document(args, &source, sections.as_ref(), |document, progress| {
                let cache = cache::folder();
                tex::perform_ahead(document, &handed, ask, &args.bundle, &cache, progress)
            })
        }
        Request::Halt { ahead, sections, .. } => {
            // No watchdog can be there. Its parent waits for it, and nobody else does.
            let most = Some(MOST_TO_HALT.as_secs());
            let _ = setrlimit(Resource::Cpu, Rlimit { current: most, maximum: most });
            let _ = set_parent_process_death_signal(Some(Signal::KILL));
            let args = args.clone();
            let halted = checkpoint::begin(move || {
                let sections = sections.as_ref();
                let sent = with_document(&args, &source, sections, |document, progress| {
                    let (bundle, cache) = (&args.bundle, cache::folder());
                    match ahead {
                        None => {
                            tex::perform_later(document, Box::new(go_on), bundle, &cache, progress)
                        }
                        Some(handed) => {
                            let ask = Box::new(order_after_halt);
                            tex::perform_ahead(document, &handed, ask, bundle, &cache, progress)
                        }
                    }
                });
                process::exit(i32::from(sent.is_err()));
            });
            // Its parent looks at it while it is stopped, and then it is of no use any more.
            let told = halted.and_then(|halted| send(&Reply::Halted(halted), &[]));
            told.and_then(|()| Ok(kill_process(getpid(), Signal::STOP)?))
        }
    };
    if sent.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Sends what comes of a document.
fn with_document(
    args: &EngineArgs,
    source: &str,
    sections: Option<&Sections>,
    perform: impl FnOnce(&Document, &mut dyn FnMut(&str)) -> Result<Outcome, TexFailure>,
) -> io::Result<()> {
    let date = UNIX_EPOCH.checked_add(Duration::from_secs(args.date)).unwrap_or(UNIX_EPOCH);
    let document = Document { source, include: &args.include, date, sections };
    let mut progress = |what: &str| {
        let _ = send(&Reply::Progress(what.to_owned()), &[]);
    };
    match perform(&document, &mut progress) {
        Ok(mut outcome) => {
            let pdf = match &mut outcome {
                Outcome::Done { typeset, .. } => std::mem::take(&mut typeset.pdf),
                _ => Vec::new(),
            };
            send(&Reply::Done { outcome: Box::new(outcome), pdf_bytes: pdf.len() }, &pdf)
        }
        Err(failure) => send(&Reply::Failed(failure), &[]),
    }
}

/// Halts; and goes on, in another process, with what its parent asks first.
fn go_on() -> io::Result<Coming> {
    checkpoint::halt();
    let (request, source) = asked()?;
    match request {
        Request::Perform { task: Task::Pass { handed, turn }, sections, limits, .. } => {
            Served::begin(limits).leave();
            Ok(Coming::Whole(Order { source, handed, turn, sections }))
        }
        Request::Expect { handed, sections, limits, .. } => {
            let ask = Served::begin(limits).ask();
            Ok(Coming::Beginning { source, handed, sections, ask })
        }
        Request::Perform { .. } | Request::Halt { .. } => process::exit(1),
    }
}

/// The same where the document's beginning has been read.
fn order_after_halt() -> io::Result<Order> {
    match go_on()? {
        Coming::Whole(order) => Ok(order),
        Coming::Beginning { .. } => process::exit(1),
    }
}

/// Listens to the parent from its first request on, and keeps to its limits.
struct Served {
    requests: Receiver<(Request, String)>,
    watchdog: JoinHandle<()>,
}

impl Served {
    fn begin(limits: Limits) -> Self {
        let (sender, requests) = mpsc::channel();
        thread::spawn(move || read(&sender));
        Self { requests, watchdog: thread::spawn(move || watch(limits)) }
    }

    /// No other request is expected.
    fn leave(self) {}

    /// Waits for the next request.
    fn ask(self) -> Ask {
        Box::new(move || order(&self.requests, &self.watchdog))
    }
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
    let (Request::Expect { bytes, .. }
    | Request::Perform { bytes, .. }
    | Request::Halt { bytes, .. }) = request;
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
