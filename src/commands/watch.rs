//! `watch`: build again whenever inputs or templates change.
//!
//! Folders are watched, not files: editors replace a file by renaming another one over it. Events
//! only wake the loop; whether there is anything to build is told by the files themselves, so a
//! save is one build, however many events it makes. A build begins at the first of them, and goes on
//! to TeX only once they have paused and the files are still what it has read.

mod folders;
mod recent;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use super::build::{self, Built, Solved};
use super::change::Changes;
use super::engine::Ready;
use super::outputs::{self, pdf_path};
use super::{print, show};
use crate::cli::BuildArgs;
use crate::diagnostic::{Diagnostic, Result, Severity};
use folders::Folders;
use recent::Recent;

/// A save is over when nothing has happened for so long.
const PAUSE: Duration = Duration::from_millis(25);
/// Files that never come to rest are built all the same after so long.
const LONGEST_WAIT: Duration = Duration::from_secs(2);
/// How long a build may go on after Ctrl-C.
const GRACE: Duration = Duration::from_secs(3);

/// What wakes the loop.
enum Event {
    /// Something happened at these paths.
    Touched(Vec<PathBuf>, Instant),
    /// Ctrl-C.
    Stop,
}

pub fn run(args: &BuildArgs) -> Result<()> {
    let (events, inbox) = mpsc::channel();
    stop_on_interrupt(events.clone())?;
    let mut folders = Folders::new(&args.source, move |paths| {
        // The loop has ended where nobody listens.
        let _ = events.send(Event::Touched(paths, Instant::now()));
    })?;
    let mut save = Save::new();
    let mut builds = Builds::default();
    loop {
        folders.follow(&save.touched)?;
        // Taken before the build: what changes while TeX is at work is built afterwards.
        let mut state = folders.state();
        if builds.built_from.as_ref() != Some(&state) {
            let start = Instant::now();
            let mut solved = build::solve(args, &mut builds.ready, false);
            if !save.is_over(&inbox) {
                return Ok(());
            }
            let now = folders.state();
            if now != state {
                if !save.takes_too_long() {
                    continue;
                }
                // They may never come to rest.
                state = now;
                solved = build::solve(args, &mut builds.ready, false);
            }
            builds.built_from = Some(state);
            print(&(builds.finish(args, solved, start) + "\n"))?;
            builds.get_ready(args);
        }
        match Save::next(&inbox) {
            Some(next) => save = next,
            None => return Ok(()),
        }
    }
}

/// What is remembered from build to build.
#[derive(Default)]
struct Builds {
    /// The files of the last build, good or not.
    built_from: Option<folders::State>,
    /// Warnings that have been shown: each is shown once, until it goes away.
    warned: Vec<(String, Option<String>)>,
    /// Whether the last build failed.
    failed: bool,
    opened: bool,
    /// For the next build, while nothing happens.
    ready: Option<Ready>,
    recent: Recent,
}

impl Builds {
    /// Goes on with a build that has begun at `start`, shows what is to be said, and gives the line
    /// that sums it up.
    fn finish(&mut self, args: &BuildArgs, solved: Result<Solved>, start: Instant) -> String {
        let path = pdf_path(&args.source.output);
        let built = match solved.and_then(|solved| solved.typeset(args, &mut self.ready)) {
            Ok(built) => built,
            Err(failure) => {
                self.failed = true;
                show(&failure.0);
                let errors = failure.0.iter().filter(|d| d.severity == Severity::Error).count();
                let errors =
                    if errors == 1 { "1 error".into() } else { format!("{errors} errors") };
                let kept = if path.exists() { "is the last good one" } else { "is not there yet" };
                return format!("{errors}; {} {kept}", path.display());
            }
        };
        let standing = self.warn(&built);
        if args.open && !self.opened {
            build::open(&path);
            self.opened = true;
        }
        let seconds = start.elapsed().as_secs_f64();
        let changes = built.changes.as_ref().map_or_else(|| "new".to_owned(), Changes::line);
        let mended = if std::mem::take(&mut self.failed) { "mended; " } else { "" };
        let standing = match standing {
            0 => String::new(),
            1 => "; 1 warning as before".to_owned(),
            n => format!("; {n} warnings as before"),
        };
        format!("{} in {seconds:.1} s: {mended}{changes}{standing}", path.display())
    }

    fn get_ready(&mut self, args: &BuildArgs) {
        if let (None, Some(last)) = (&self.ready, build::last(args)) {
            let (last, same) = self.recent.note(last);
            // Its errors have been shown, or are those of the next build.
            self.ready = build::get_ready(args, last, same).unwrap_or_default();
        }
    }

    /// Shows the warnings that are new, and counts the others.
    fn warn(&mut self, built: &Built) -> usize {
        let key = |d: &Diagnostic| (d.message.clone(), d.place.as_ref().map(|p| p.name.clone()));
        let (all, known) = (&built.warnings, &self.warned);
        let new: Vec<Diagnostic> =
            all.iter().filter(|warning| !known.contains(&key(warning))).cloned().collect();
        show(&new);
        self.warned = all.iter().map(key).collect();
        all.len() - new.len()
    }
}

/// What has happened since the last build.
struct Save {
    touched: BTreeSet<PathBuf>,
    began: Instant,
    /// When something happened last.
    last: Instant,
}

impl Save {
    fn new() -> Self {
        let now = Instant::now();
        Self { touched: BTreeSet::new(), began: now, last: now }
    }

    /// Waits until something happens; `None` for the end.
    fn next(inbox: &Receiver<Event>) -> Option<Self> {
        let mut event = Some(inbox.recv().ok()?);
        let mut save = Self::new();
        while let Some(next) = event {
            if !save.take(next) {
                return None;
            }
            // Others that came meanwhile are of the same save, or of none.
            event = inbox.try_recv().ok();
        }
        Some(save)
    }

    /// Waits until it pauses; false for the end.
    fn is_over(&mut self, inbox: &Receiver<Event>) -> bool {
        while !self.takes_too_long() {
            match inbox.recv_timeout(PAUSE.saturating_sub(self.last.elapsed())) {
                Ok(event) => {
                    if !self.take(event) {
                        return false;
                    }
                }
                // Most programs empty a file before they fill it.
                Err(RecvTimeoutError::Timeout) if self.touched.iter().any(|p| is_empty(p)) => {
                    thread::sleep(PAUSE);
                }
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return false,
            }
        }
        true
    }

    /// Takes an event in; false for the end.
    fn take(&mut self, event: Event) -> bool {
        let Event::Touched(paths, at) = event else { return false };
        self.touched.extend(paths);
        self.last = at;
        true
    }

    /// Whether the files are built from as they are, in the middle of a save or not.
    fn takes_too_long(&self) -> bool {
        self.began.elapsed() > LONGEST_WAIT
    }
}

fn is_empty(path: &Path) -> bool {
    path.metadata().is_ok_and(|meta| meta.is_file() && meta.len() == 0)
}

/// Ends the loop at Ctrl-C. A build that is under way is finished, so that it leaves no temporary
/// file; one that takes too long is cut off, but never while files are being replaced.
fn stop_on_interrupt(events: Sender<Event>) -> Result<()> {
    let stop = move || {
        let _ = events.send(Event::Stop);
        thread::sleep(GRACE);
        let _replaced = outputs::not_writing();
        std::process::exit(0);
    };
    ctrlc::set_handler(stop).map_err(|error| {
        Diagnostic::error(format!("Ctrl-C could not be caught: {error}"))
            .help("use `build-pdf`, which ends by itself")
            .into()
    })
}
