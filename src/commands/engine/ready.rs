//! An engine that has begun before there is a document.
//!
//! Most of what TeX does for a homework of a dozen pages is to come into being: memory, LaTeX, the
//! preamble, fonts. All that is the same as for the last document while its preamble is.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::{Limits, Request, Running, start};
use crate::commands::cache;
use crate::tex::{self, BundleChoice, Document};

/// A child that waits for a document with the preamble it was told.
#[derive(Debug)]
pub struct Ready {
    child: Running,
    begun: Begun,
}

/// What it has begun with.
#[derive(Debug, PartialEq)]
struct Begun {
    preamble: String,
    include: Vec<PathBuf>,
    date: SystemTime,
    bundle: String,
    /// Which TeX files there are.
    files: Option<String>,
    limits: Limits,
    cache: PathBuf,
}

impl Begun {
    fn of(
        document: &Document,
        bundle: &BundleChoice,
        files: Option<&str>,
        limits: &Limits,
    ) -> Option<Self> {
        Some(Self {
            preamble: tex::preamble(document.source)?.to_owned(),
            include: document.include.to_vec(),
            date: document.date,
            bundle: bundle.to_string(),
            files: files.map(str::to_owned),
            limits: *limits,
            cache: cache::folder(),
        })
    }
}

impl Ready {
    /// Has an engine begin with what `document` begins with; `None` where that can't be. `files`
    /// tells the TeX files of the bundle from others.
    pub fn begin(
        document: &Document,
        bundle: &BundleChoice,
        files: Option<&str>,
        limits: &Limits,
    ) -> Option<Self> {
        let begun = Begun::of(document, bundle, files, limits)?;
        // Only such a pass has the chance to be the last.
        if !tex::begins_on_a_guess(document, &begun.cache) {
            return None;
        }
        let mut child = start(document, bundle, &limits.on_a_guess(), &begun.cache).ok()?;
        child.ask(&Request::Expect { bytes: begun.preamble.len() }, &begun.preamble);
        Some(Self { child, begun })
    }

    /// Whether `document` begins with the same.
    pub fn fits(
        &self,
        document: &Document,
        bundle: &BundleChoice,
        files: Option<&str>,
        limits: &Limits,
    ) -> bool {
        Begun::of(document, bundle, files, limits).as_ref() == Some(&self.begun)
    }

    /// The child, if it uses this cache.
    pub(super) fn in_cache(self, folder: &Path) -> Option<Running> {
        (self.begun.cache == folder).then_some(self.child)
    }
}
