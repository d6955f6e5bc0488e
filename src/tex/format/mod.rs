//! Formats: the memory image of a TeX that has read LaTeX, made once and kept in a cache, and of
//! one that has read a document's preamble too ([`preamble`]).
//!
//! A cached format is used only while it is what a new one would be. Its file name has the digest
//! of the TeX files' index, of [`RECIPE`], of [`UNICODE_RULES`] and the engine's format version in
//! it; in its head stands every TeX file that went into it, with size and time of change, and a
//! checksum. One that is damaged or out of date is made anew, and one that can't be kept is used
//! once.

mod fonts;
mod kept;
pub mod preamble;
mod unexamined;

use std::io;
use std::path::{Path, PathBuf};

use tectonic::digest::{self, Digest, DigestData};
use tectonic::{FORMAT_SERIAL, TexEngine, TexOutcome};
use tectonic_bridge_core::{CoreBridgeLauncher, SecuritySettings};

use super::files::{Source, UNICODE_RULES, UserFiles};
use super::session::{JOB, Session};
use super::status::Collector;
use super::{Message, TexFailure};
pub(super) use fonts::STANDIN;
pub(super) use kept::{Format, Found, cached, keep};
pub use kept::{Kind, Made, keep_by};
pub use preamble::Place;
pub(super) use preamble::{DUMP_FILE, allow_dump};

/// What a new TeX reads to become our LaTeX.
///
/// `latex.ltx` ends with `\dump`, which is held back until the date is arranged for: TeX takes its
/// date in the machine's time zone, so every run reads it from a file that [`super::passes`]
/// writes. Before that line is the place to load a preamble. All
/// bundles have `xelatex.ini`; tectonic's own recipe is that line alone.
const RECIPE: &str = r"\let\dumpformat=\dump
\let\dump=\relax
\input xelatex.ini
\everyjob\expandafter{\the\everyjob\input gradproof-date.tex }
\let\dump=\dumpformat
\dump
";

/// The format for `files`, from the cache or made now, and what the user should know about that.
pub(super) fn load(
    files: &mut dyn Source,
    cache_dir: &Path,
    progress: &mut dyn FnMut(&str),
) -> Result<(Format, Option<Message>), TexFailure> {
    let path = path(files, cache_dir)?;
    let notice = match cached(&path, &UserFiles::default()) {
        Found::Good(format) => return Ok((format, None)),
        Found::Nothing => None,
        Found::Stale => {
            Some("TeX's files have changed, and LaTeX was loaded anew from them".to_owned())
        }
        Found::Damaged => {
            Some("the LaTeX format in the cache was damaged, and has been made anew".to_owned())
        }
    };
    progress(match notice {
        None => "Preparing LaTeX (only the first time)",
        Some(_) => "Preparing LaTeX anew",
    });
    let (image, made) = make(files, progress)?;
    if let Some(trouble) = files.trouble() {
        // A file that could not be fetched may be missing in the image: it is not for keeping.
        return Err(TexFailure::engine(trouble));
    }
    match keep(&path, &image, &made) {
        Ok(format) => Ok((format, notice.map(|text| Message::notice(text, None)))),
        Err(e) => Ok((Format::fresh(image, made), Some(unkept(cache_dir, &e)))),
    }
}

/// Tells that nothing can be kept in `cache_dir`.
pub fn unkept(cache_dir: &Path, error: &io::Error) -> Message {
    let folder = cache_dir.display();
    let text = format!("the LaTeX format cannot be kept in {folder}: {error}");
    let help = "every build takes seconds longer until that folder is writable, or \
                GRADPROOF_CACHE names another";
    Message::notice(text, Some(help.to_owned()))
}

/// What changes whenever TeX's files do.
pub(super) fn digest(files: &mut dyn Source) -> Result<DigestData, TexFailure> {
    files
        .get_digest()
        .map_err(|e| TexFailure::engine(format!("the TeX files cannot be told apart: {e}")))
}

fn path(files: &mut dyn Source, cache_dir: &Path) -> Result<PathBuf, TexFailure> {
    let mut hash = digest::create();
    hash.update(digest(files)?.to_string());
    hash.update(RECIPE);
    hash.update(UNICODE_RULES);
    let Kind { start, end, .. } = Kind::LATEX;
    Ok(cache_dir.join(format!("{start}{FORMAT_SERIAL}-{}{end}", DigestData::from(hash))))
}

/// Lets a new TeX read [`RECIPE`]; gives the image it dumps and the files it read.
fn make(
    files: &mut dyn Source,
    progress: &mut dyn FnMut(&str),
) -> Result<(Vec<u8>, Made), TexFailure> {
    let mut session = Session::new(RECIPE.as_bytes(), UserFiles::default(), files);
    let mut status = Collector::new(session.log.clone(), progress);
    let outcome = {
        let mut launcher = CoreBridgeLauncher::new_with_security(
            &mut session,
            &mut status,
            SecuritySettings::default(),
        );
        launcher.with_expose_absolute_paths(false).with_mtime_override(Some(0));
        TexEngine::default().initex_mode(true).halt_on_error_mode(true).process(
            &mut launcher,
            "none.fmt",
            &format!("{JOB}.tex"),
        )
    };
    let log = session.log_text();
    let failed = |why: String| TexFailure::Engine {
        message: format!("LaTeX could not be loaded: {why}"),
        log: log.clone(),
    };
    match outcome {
        Ok(TexOutcome::Spotless | TexOutcome::Warnings) => {}
        Ok(TexOutcome::Errors) => return Err(failed("TeX found errors in its own files".into())),
        Err(e) => {
            let said = status.take().pop().map_or_else(|| e.to_string(), |report| report.text);
            return Err(failed(said));
        }
    }
    let format = session
        .take(&format!("{JOB}.fmt"))
        .ok_or_else(|| failed("the engine wrote no format".into()))?;
    Ok((format, session.made().tex_only()))
}
