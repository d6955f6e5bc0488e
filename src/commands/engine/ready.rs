//! An engine that has begun before there is a document.
//!
//! A good part of what TeX does for a homework of a dozen pages is to come into being: memory, LaTeX,
//! the preamble, fonts. All that is the same as for the last document, and so are its pages before
//! the place that is being edited.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::{Limits, Request, Running, checkpoints, start};
use crate::commands::cache;
use crate::tex::{self, Auxiliary, BundleChoice, Document, Task, Turn};

/// A child that waits for a document with the beginning it was told.
#[derive(Debug)]
pub struct Ready {
    child: Running,
    beginning: String,
    /// What it reads that the last build has left.
    handed: Auxiliary,
    /// The document that it goes on with, once it was given one.
    given: Option<String>,
    circumstances: Circumstances,
}

/// What else makes the same beginning the same pages.
#[derive(Debug, PartialEq)]
struct Circumstances {
    include: Vec<PathBuf>,
    date: SystemTime,
    bundle: String,
    /// Which TeX files there are.
    files: Option<String>,
    limits: Limits,
    cache: PathBuf,
}

impl Circumstances {
    fn of(
        document: &Document,
        bundle: &BundleChoice,
        files: Option<&str>,
        limits: &Limits,
    ) -> Self {
        Self {
            include: document.include.to_vec(),
            date: document.date,
            bundle: bundle.to_string(),
            files: files.map(str::to_owned),
            limits: *limits,
            cache: cache::folder(),
        }
    }
}

impl Ready {
    /// Has an engine begin as the last `document` does, or, where there was none, load LaTeX; `None`
    /// where that can't be. The next document is expected to have that many of its bytes in `common`
    /// with the last, where anything is known.
    /// `files` finds out what tells the TeX files of the bundle from others.
    pub fn begin<'a>(
        document: &Document,
        common: Option<usize>,
        bundle: &BundleChoice,
        files: impl FnOnce() -> Option<&'a str>,
        limits: &Limits,
    ) -> Option<Self> {
        let cache = cache::folder();
        let files = files();
        let circumstances = Circumstances::of(document, bundle, files, limits);
        // Only a pass on a guess has the chance to be the last.
        let guess = tex::guess(document, &cache);
        let beginning = tex::beginning(document.source, common.unwrap_or_default());
        let (Some(handed), Some(beginning)) = (guess, beginning) else {
            let mut child = start(document, bundle, &cache, None).ok()?;
            let (handed, limits) = (Auxiliary::default(), *limits);
            let read = handed.clone();
            child.ask(&Request::Expect { handed: read, sections: None, limits, bytes: 0 }, "");
            return Some(Self {
                child,
                beginning: String::new(),
                handed,
                circumstances,
                given: None,
            });
        };
        let alike = checkpoints::Alike::of(document, bundle, files, &cache);
        let alike = alike.as_ref();
        if let Some((place, title)) = alike.and_then(|all| all.behind_title(document, &handed))
            && (common.is_none() || title == beginning)
            && let Some(from) = place.ready()
        {
            let child = start(document, bundle, &cache, Some(&from)).ok()?;
            return Some(Self {
                child,
                beginning: title.to_owned(),
                handed,
                circumstances,
                given: None,
            });
        }
        let place = alike.and_then(|all| all.behind_preamble(document));
        let from = place.as_ref().and_then(checkpoints::Place::ready);
        let mut child = start(document, bundle, &cache, from.as_deref()).ok()?;
        let bytes = beginning.len();
        let sections = document.sections.map(|sections| sections.of_beginning(bytes));
        let (limits, read) = (limits.on_a_guess(), handed.clone());
        let request = Request::Expect { handed: read, sections, limits, bytes };
        child.ask(&request, beginning);
        Some(Self { child, beginning: beginning.to_owned(), handed, circumstances, given: None })
    }

    /// Whether `document` begins so.
    pub fn fits(
        &self,
        document: &Document,
        bundle: &BundleChoice,
        files: Option<&str>,
        limits: &Limits,
    ) -> bool {
        document.source.starts_with(&self.beginning)
            && self.given.as_deref().is_none_or(|given| given == document.source)
            && Circumstances::of(document, bundle, files, limits) == self.circumstances
    }

    /// Gives it a document that it [`fits`](Self::fits). One that has only loaded LaTeX waits, for it
    /// is not known yet which pass it is for.
    pub fn go_on(&mut self, document: &Document, limits: &Limits) {
        if self.beginning.is_empty() || self.given.is_some() {
            return;
        }
        let task = Task::Pass { handed: self.handed.clone(), turn: Turn::Guess };
        self.child.order(&task, document, &limits.on_a_guess());
        self.given = Some(document.source.to_owned());
    }

    /// The child, if a pass in this cache is to read what it has read.
    pub(super) fn for_pass(self, handed: &Auxiliary, turn: Turn, cache: &Path) -> Option<Running> {
        let is_for_it = self.given.is_none() || turn == Turn::Guess;
        let reads_it = self.handed == *handed && self.circumstances.cache == cache;
        (is_for_it && reads_it).then_some(self.child)
    }
}
