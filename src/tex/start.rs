//! Which TeX a document is typeset with: one that has read its preamble, if the cache has that, or
//! else one that has read LaTeX only. The PDF and the messages are the same.

use std::path::Path;

use super::auxiliary::Auxiliary;
use super::files::{Source, UserFiles};
use super::format::preamble::{self, Known, Parts, Place, Preloaded};
use super::format::{self, Format, Made, STANDIN};
use super::passes::{self, Done, Start};
use super::{Document, Message, TexFailure, Typeset};

/// Typesets `document`, and sees to it that the next time is faster. `first_pass` is told what
/// [`passes::run`] tells it.
pub(super) fn typeset(
    document: &Document,
    files: &mut dyn Source,
    cache_dir: &Path,
    progress: &mut dyn FnMut(&str),
    first_pass: &mut dyn FnMut(&str),
) -> Result<Typeset, TexFailure> {
    let done = from_cache(document, files, cache_dir, progress, first_pass)?;
    if let Some(first) = done.first {
        first.keep(cache_dir, document.include);
    }
    Ok(done.typeset)
}

fn from_cache(
    document: &Document,
    files: &mut dyn Source,
    cache_dir: &Path,
    progress: &mut dyn FnMut(&str),
    first_pass: &mut dyn FnMut(&str),
) -> Result<Done, TexFailure> {
    let Some(parts) = Parts::of(document.source) else {
        let (latex, notice) = format::load(files, cache_dir, progress)?;
        let start = whole(document, &latex);
        return Ok(with(passes::run(document, files, start, progress, first_pass)?, notice));
    };
    let place = Place::new(cache_dir, format::digest(files)?, parts, document.date);
    let known = place.look(&UserFiles::new(document.include));
    if let Known::Format(format) = &known {
        let latex = format::check_meanwhile(files, cache_dir)?;
        let start = Start { format, text: &parts.after_preamble() };
        let done = passes::run(document, files, start, progress, first_pass);
        if !meets_standin(&done) {
            return Ok(with(done?, latex.mend(files, cache_dir, progress)?));
        }
        // The engine keeps the sizes of glyphs by the numbers of their fonts, which are others
        // without the format: only another process would set the document right.
        place.refuse("a font was not loaded anew", &Made::default());
        let why = "a font of the preamble is missing in what the cache keeps of it";
        return Err(TexFailure::engine(format!(
            "{why}; build again, it will not be used any more"
        )));
    }

    let (latex, mut notice) = format::load(files, cache_dir, progress)?;
    let start = whole(document, &latex);
    let done = passes::run(document, files, start, progress, first_pass)?;
    match known {
        Known::New => place.saw(&done.made),
        Known::Seen => match preload(parts, document, files, &latex, &done.typeset, progress) {
            // What can't be kept is not missed: the cache's state was told with the other format.
            Ok(preloaded) => drop(place.keep(&preloaded)),
            Err(why) => place.refuse(&why, &done.made),
        },
        Known::Format(_) | Known::Refused => {}
        Known::Damaged => {
            let text = "the preamble's format in the cache was damaged; it will be made anew";
            notice.get_or_insert_with(|| Message::notice(text, None));
            place.saw(&done.made);
        }
    }
    Ok(with(done, notice))
}

/// The second pass over `document` on a guess of what the first hands on, with the digest of that.
/// `None` where there is no guess, or something else to be done than to typeset.
pub(super) fn guess(
    document: &Document,
    files: &mut dyn Source,
    cache_dir: &Path,
) -> Option<(Typeset, String)> {
    let handed = Auxiliary::last(cache_dir, document.include)?;
    let known = Parts::of(document.source).map(|parts| {
        let digest = format::digest(files).ok()?;
        let place = Place::new(cache_dir, digest, parts, document.date);
        Some((parts, place.look(&UserFiles::new(document.include))))
    });
    let done = match known {
        Some(Some((parts, Known::Format(format)))) => {
            let latex = format::check_meanwhile(files, cache_dir).ok()?;
            let start = Start { format: &format, text: &parts.after_preamble() };
            let done = passes::second(document, files, start, &handed)?;
            (!latex.found_spoilt() && !done.log.contains(STANDIN)).then_some(done)?
        }
        None | Some(Some((_, Known::Refused))) => {
            let latex = format::in_cache(files, cache_dir)?;
            passes::second(document, files, whole(document, &latex), &handed)?
        }
        Some(_) => return None,
    };
    Some((done, handed.digest()))
}

fn whole<'a>(document: &'a Document, latex: &'a Format) -> Start<'a> {
    Start { format: latex, text: document.source }
}

fn with(mut done: Done, notice: Option<Message>) -> Done {
    done.typeset.messages.splice(..0, notice);
    done
}

/// Makes a format with the preamble and tries it: the document must come out as it did.
fn preload(
    parts: Parts,
    document: &Document,
    files: &mut dyn Source,
    latex: &Format,
    expected: &Typeset,
    progress: &mut dyn FnMut(&str),
) -> Result<Preloaded, String> {
    progress("Preparing faster builds (only once)");
    let preloaded = preamble::make(parts, document, files, latex, &mut |_| {})?;
    let start = Start { format: &preloaded.format, text: &parts.after_preamble() };
    let done = passes::run(document, files, start, &mut |_| {}, &mut |_| {});
    let is_same = |done: &Typeset| done.pdf == expected.pdf && done.messages == expected.messages;
    match done {
        Ok(done) if is_same(&done.typeset) => Ok(preloaded),
        Ok(_) => Err("the document would be another".to_owned()),
        Err(failure) => Err(format!("the document could not be typeset: {failure}")),
    }
}

/// Whether TeX spoke of a font that should be there no more.
fn meets_standin(done: &Result<Done, TexFailure>) -> bool {
    let log = match done {
        Ok(done) => &done.typeset.log,
        Err(TexFailure::Document { log, .. } | TexFailure::Engine { log, .. }) => log,
        Err(TexFailure::NoTexFiles { .. }) => return false,
    };
    log.contains(STANDIN)
}
