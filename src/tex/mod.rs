//! Typesetting: LaTeX text in, PDF bytes and readable messages out.
//!
//! # How the engine is driven
//!
//! The engine is XeTeX followed by xdvipdfmx, both as the [`tectonic`] library: nothing is run as
//! a program, and nothing but the format cache is written to disk. tectonic's own driver
//! (`ProcessingSession`) is not used, for it reads any absolute path that a document names; the
//! engines are called directly instead, which takes four steps:
//!
//! 1. `files` finds TeX's own files: an installed TeX Live, tectonic's web bundle, or a folder
//!    or bundle that the user names. Each is a `tectonic_bundles::Bundle`.
//! 2. `format` makes a *format*, the memory image of a TeX that has read LaTeX, or
//!    takes the one that an earlier run left in the cache. `start` prefers one that has read the
//!    document's preamble, too, and has such a one made.
//! 3. `passes` runs XeTeX until the `auxiliary` files (labels, outlines) no longer change, then
//!    xdvipdfmx; [`guess`] begins with the second of these passes. Every file the engine opens goes through one `session::Session`, which serves
//!    the document, the files written so far (in memory), the user's own folder and TeX's files,
//!    in that order, and nothing else.
//! 4. `log` turns what TeX said into [`Message`]s about lines of the document.
//!
//! The engine is one global state behind a mutex; two calls of [`typeset`] take turns. A panic
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
mod passes;
mod place;
mod position;
mod session;
mod start;
mod status;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::time::SystemTime;

pub use choice::BundleChoice;
pub use files::stalled;
pub use message::{Message, MessageKind, TexFailure};
pub use position::line;

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
}

/// A finished document.
#[derive(Clone, Debug)]
pub struct Typeset {
    /// The PDF file.
    pub pdf: Vec<u8>,
    /// What TeX complained about without stopping, in the order of the document.
    pub messages: Vec<Message>,
    /// One line that says which TeX files were used.
    pub source: String,
    /// TeX's log of the last pass.
    pub log: String,
    /// How many times TeX read the document.
    pub passes: usize,
}

/// Typesets `document` with the TeX files that `bundle` chooses.
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
    typeset_telling(document, bundle, cache_dir, progress, &mut |_| {})
}

/// Does what [`typeset`] does, and tells `first_pass`, where other passes follow, what to compare
/// with a [`Guess`].
pub fn typeset_telling(
    document: &Document,
    bundle: &BundleChoice,
    cache_dir: &Path,
    progress: &mut dyn FnMut(&str),
    first_pass: &mut dyn FnMut(&str),
) -> Result<Typeset, TexFailure> {
    let mut files = files::open(bundle, progress)?;
    let done = start::typeset(document, files.as_mut(), cache_dir, progress, first_pass);
    files::behind(done, files.as_ref())
}

/// A document that was typeset on a guess of what its first pass hands on to the second.
#[derive(Clone, Debug)]
pub struct Guess {
    /// What [`typeset`] gives, if the guess is right.
    pub typeset: Typeset,
    /// It is right if the first pass tells this.
    pub assumed: String,
}

/// Typesets `document` in one pass by what was handed on in the last build; `None` where that is
/// not known, or does not lead to a PDF.
pub fn guess(document: &Document, bundle: &BundleChoice, cache_dir: &Path) -> Option<Guess> {
    let mut files = files::open(bundle, &mut |_| {}).ok()?;
    let (typeset, assumed) = start::guess(document, files.as_mut(), cache_dir)?;
    files.trouble().is_none().then_some(Guess { typeset, assumed })
}

/// Whether [`guess`] has something to begin with.
pub fn has_guess(include: &[PathBuf], cache_dir: &Path) -> bool {
    auxiliary::is_kept(cache_dir, include)
}
