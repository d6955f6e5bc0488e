//! Typesetting: LaTeX text in, PDF bytes and readable messages out.
//!
//! # How the engine is driven
//!
//! The engine is XeTeX followed by xdvipdfmx, both as the [`tectonic`] library: nothing is run as
//! a program, and nothing is written to disk but what the cache keeps for later builds. tectonic's own driver
//! (`ProcessingSession`) is not used, for it reads any absolute path that a document names; the
//! engines are called directly instead, which takes four steps:
//!
//! 1. `files` finds TeX's own files: an installed TeX Live, tectonic's web bundle, or a folder
//!    or bundle that the user names. Each is a `tectonic_bundles::Bundle`.
//! 2. `format` makes a *format*, the memory image of a TeX that has read LaTeX, or
//!    takes the one that an earlier run left in the cache. `start` prefers one that has read the
//!    document's preamble, too.
//! 3. `passes` runs XeTeX once, and xdvipdfmx if that settles the document. Every file the engine
//!    opens goes through one `session::Session`, which serves the document, the `auxiliary` files
//!    (labels, outlines) of this pass and the one before (in memory), the user's own folder and
//!    TeX's files, in that order, and nothing else.
//! 4. `log` turns what TeX said into [`Message`]s about lines of the document.
//!
//! A pass leaves out `sections` whose pages are those of the last build; `xdv` puts these back.
//!
//! That is one [`Task`]. `settle` gives them out until the document is finished; the program does
//! each in a process of its own, through [`typeset_by`]. A pass can come ahead through as much of
//! the document as is known, and wait there for its `order` ([`perform_ahead`]); or wait behind the
//! preamble's format for any document with that preamble ([`perform_later`]).
//!
//! The engine is one global state behind a mutex; two calls of [`perform`] take turns. A panic
//! inside a provider would poison that mutex, or abort the process where it crosses C code, so
//! providers return errors only.
//!
//! The same document, files and date give the same bytes: file times are replaced by the date of
//! the [`Document`], font tags are derived instead of drawn, and `\today` is set from that date
//! in UTC.

mod auxiliary;
mod choice;
mod files;
mod format;
mod log;
mod message;
mod order;
mod passes;
mod place;
mod position;
mod reading;
mod sections;
mod session;
mod settle;
mod start;
mod status;
#[cfg(test)]
mod tests;
mod xdv;

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

pub use auxiliary::Auxiliary;
use files::{Source, UserFiles, digest_of};
pub use format::preamble::END;
use format::preamble::Parts;
use format::{Found, cached, keep};

pub use choice::BundleChoice;
pub use files::{stalled, user_file_digest};
pub use format::{Kind, Made, Place, keep_by, unkept};
pub use message::{Message, MessageKind, TexFailure};
pub use order::{Ask, Coming, GoOn, Order};
pub use position::line;
pub use sections::Sections;
pub use settle::{Perform, guess, typeset_by};
pub use start::{Outcome, Task, Turn};

/// What the engine calls itself in the properties of a PDF; stock TeX has other versions of it.
pub const PRODUCER: &str = "xdvipdfmx (0.1)";

/// What is to be typeset.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    /// The whole LaTeX text, from `\documentclass` to `\end{document}`.
    pub source: &'a str,
    /// Folders in which the document's `\includegraphics` and `\input` look first. Nothing else
    /// of the user's is readable.
    pub include: &'a [PathBuf],
    /// The date of `\today` and of the PDF, taken in UTC; times before 1970 count as 1970.
    pub date: SystemTime,
    /// Which parts of it may be taken from the last build.
    pub sections: Option<&'a Sections>,
}

/// A finished document.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Typeset {
    /// The PDF file.
    #[serde(skip)]
    pub pdf: Vec<u8>,
    /// What TeX complained about without stopping, in the order of the document.
    pub messages: Vec<Message>,
    /// What the user should know about the cache, this time.
    pub notices: Vec<Message>,
    /// One line that says which TeX files were used.
    pub source: String,
    /// TeX's log of the last pass.
    #[serde(skip)]
    pub log: String,
    /// How many times TeX read the document, but for a guess that was wrong.
    pub passes: usize,
    /// The files that it was made from, besides the document.
    pub made: Made,
    /// Whether the preamble has a format.
    pub is_preloaded: bool,
}

/// Typesets `document` with the TeX files that `bundle` chooses, all in this process.
///
/// `cache_dir` keeps formats between runs and is made if it is missing; it may be deleted at any
/// time. `progress` is told what begins, in a few words, before each long phase.
///
/// # Errors
/// [`TexFailure`] says whether TeX's files are missing, the document has mistakes (several are
/// reported at once where TeX could go on), or the engine itself failed.
pub fn typeset(
    document: &Document,
    bundle: &BundleChoice,
    cache_dir: &Path,
    progress: &mut dyn FnMut(&str),
) -> Result<Typeset, TexFailure> {
    let mut here = |task: &Task, progress: &mut dyn FnMut(&str)| {
        perform(task, document, bundle, cache_dir, progress)
    };
    typeset_by(&mut here, document, cache_dir, progress)
}

/// Does one part of what [`typeset_by`] asks for.
///
/// # Errors
/// As [`typeset`].
pub fn perform(
    task: &Task,
    document: &Document,
    bundle: &BundleChoice,
    cache_dir: &Path,
    progress: &mut dyn FnMut(&str),
) -> Result<Outcome, TexFailure> {
    with_files(bundle, cache_dir, progress, |files, progress| {
        start::perform(task, document, files, cache_dir, progress)
    })
}

/// Begins a pass over a document of which `document` has only the [`beginning`], and asks for the
/// order when TeX needs more. The document that comes then must begin so, and the pass read what was
/// `handed` on here already.
///
/// # Errors
/// As [`typeset`], and where there is no answer.
pub fn perform_ahead(
    document: &Document,
    handed: &Auxiliary,
    ask: Ask,
    bundle: &BundleChoice,
    cache_dir: &Path,
    progress: &mut dyn FnMut(&str),
) -> Result<Outcome, TexFailure> {
    with_files(bundle, cache_dir, progress, |files, progress| {
        start::perform_ahead(document, handed, ask, files, cache_dir, progress)
    })
}

/// Begins a pass over any document with the preamble of `document`, with its date and folders, and
/// asks what to `go_on` with when TeX has come so far. It needs a format of the preamble, and is
/// [refused](Outcome::Refused) without. Where files have changed when it goes on it is
/// [unfit](Outcome::Unfit).
///
/// # Errors
/// As [`typeset`], and where there is no answer.
pub fn perform_later(
    document: &Document,
    go_on: GoOn,
    bundle: &BundleChoice,
    cache_dir: &Path,
    progress: &mut dyn FnMut(&str),
) -> Result<Outcome, TexFailure> {
    with_files(bundle, cache_dir, progress, |files, progress| {
        let identity = || identity(bundle, cache_dir);
        start::perform_later(document, go_on, &identity, files, cache_dir, progress)
    })
}

/// The whole lines in the first `known` bytes of a document, but at least those through its
/// `\begin{document}`, and none of its end; `None` where that leaves nothing.
pub fn beginning(source: &str, known: usize) -> Option<&str> {
    let Parts { preamble, rest } = Parts::of(source)?;
    let least = preamble.len() + rest.find('\n')? + 1;
    let most = source.rfind(END).filter(|&most| most >= least)?;
    let known = source.as_bytes().get(..known.min(most))?;
    let lines = known.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
    source.get(..lines.max(least))
}

fn with_files(
    bundle: &BundleChoice,
    cache_dir: &Path,
    progress: &mut dyn FnMut(&str),
    perform: impl FnOnce(&mut dyn Source, &mut dyn FnMut(&str)) -> Result<Outcome, TexFailure>,
) -> Result<Outcome, TexFailure> {
    let mut files = files::open(bundle, cache_dir, progress)?;
    let mut done = perform(files.as_mut(), progress);
    if let Err(TexFailure::Document { messages, .. }) = &mut done {
        log::name_near_files(messages, || files.all_files());
    }
    files.keep(cache_dir);
    files::behind(done, files.as_ref())
}

/// What tells the TeX files of `bundle` from others, as far as that can be known without the web.
pub fn identity(bundle: &BundleChoice, cache_dir: &Path) -> Option<String> {
    match bundle {
        BundleChoice::Web | BundleChoice::Url(_) => Some(bundle.to_string()),
        BundleChoice::Auto => identity(&BundleChoice::TexLive, cache_dir)
            .or_else(|| identity(&BundleChoice::Web, cache_dir)),
        BundleChoice::TexLive | BundleChoice::Path(_) => {
            let mut files = files::open(bundle, cache_dir, &mut |_| {}).ok()?;
            format::digest(files.as_mut()).ok().map(|digest| digest.to_string())
        }
    }
}

/// Keeps `text` under a name for as long as the files that a document was `made` from stay as they
/// are. Where that fails it will not be found.
pub fn remember(name: &str, text: &[u8], made: &Made, cache_dir: &Path) {
    if made.is_whole() {
        let _ = keep(&remembered_at(name, cache_dir), text, made);
    }
}

/// What was kept under this name; the document's own files are in the folders `include`.
pub fn remembered(name: &str, include: &[PathBuf], cache_dir: &Path) -> Option<Vec<u8>> {
    match cached(&remembered_at(name, cache_dir), &UserFiles::new(include)) {
        Found::Good(file) => file.bytes().ok(),
        _ => None,
    }
}

fn remembered_at(name: &str, cache_dir: &Path) -> PathBuf {
    let Kind { start, end, .. } = Kind::BUILD;
    cache_dir.join(format!("{start}{}{end}", digest_of(name.as_bytes())))
}
