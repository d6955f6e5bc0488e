//! What the engines report while they run.

use std::fmt::Arguments;

use tectonic::errors::Error;
use tectonic::status::{MessageKind, StatusBackend};

use super::session::Shared;

/// One report of an engine.
#[derive(Clone, Debug)]
pub(super) struct Report {
    /// How grave it is.
    pub kind: MessageKind,
    /// What was said; TeX's own complaints begin with `FILE:LINE: ` or `!`, unwrapped, and have
    /// lost their characters beyond ASCII.
    pub text: String,
    /// How many bytes of the log had been written by then: what follows there is the context.
    pub log_offset: usize,
}

/// A status backend that prints nothing and keeps everything.
pub(super) struct Collector<'a> {
    log: Shared,
    reports: Vec<Report>,
    progress: &'a mut dyn FnMut(&str),
}

impl<'a> Collector<'a> {
    /// Starts with no reports; `log` is the buffer that the session writes TeX's log to.
    pub fn new(log: Shared, progress: &'a mut dyn FnMut(&str)) -> Self {
        Self { log, reports: Vec::new(), progress }
    }

    /// Tells the user what begins.
    pub fn progress(&mut self, what: &str) {
        (self.progress)(what);
    }

    /// Takes the reports so far.
    pub fn take(&mut self) -> Vec<Report> {
        std::mem::take(&mut self.reports)
    }
}

impl StatusBackend for Collector<'_> {
    fn report(&mut self, kind: MessageKind, args: Arguments, err: Option<&Error>) {
        let mut text = args.to_string();
        for cause in err.into_iter().flat_map(|e| e.chain()) {
            text.push_str(&format!(": {cause}"));
        }
        if kind == MessageKind::Note {
            (self.progress)(&text);
        }
        let log_offset = self.log.borrow().len();
        self.reports.push(Report { kind, text, log_offset });
    }

    fn dump_error_logs(&mut self, _output: &[u8]) {}
}
