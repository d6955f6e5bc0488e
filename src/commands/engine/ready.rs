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
    limits: Limits,
    cache: PathBuf,
    /// Which TeX files there are.
    files: Option<String>,
}

impl Begun {
    fn of(
        document: &Document,
        bundle: &BundleChoice,
        limits: &Limits,
        cache: &Path,
    ) -> Option<Self> {
        Some(Self {
            preamble: tex::preamble(document.source)?.to_owned(),
            include: document.include.to_vec(),
            date: document.date,
            bundle: bundle.to_string(),
            limits: *limits,
            cache: cache.to_owned(),
            files: tex::identity(bundle, cache),
        })
    }
}

impl Ready {
    /// Has an engine begin with what `document` begins with; `None` where that can't be.
    pub fn begin(document: &Document, bundle: &BundleChoice, limits: &Limits) -> Option<Self> {
        let folder = cache::folder();
        let begun = Begun::of(document, bundle, limits, &folder)?;
        let mut child = start(document, bundle, &limits.on_a_guess(), &folder).ok()?;
        child.ask(&Request::Expect { bytes: begun.preamble.len() }, &begun.preamble);
        Some(Self { child, begun })
    }

    /// The child, if `document` begins with the same; it ends otherwise.
    pub(super) fn fitting(
        self,
        document: &Document,
        bundle: &BundleChoice,
        limits: &Limits,
        cache: &Path,
    ) -> Option<Running> {
        (Begun::of(document, bundle, limits, cache)? == self.begun).then_some(self.child)
    }
}
