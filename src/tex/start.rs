//! Which TeX a document is typeset with: one that has read its preamble, if the cache has that, or
//! else one that has read LaTeX only. The PDF and the messages are the same.

use std::path::Path;

use super::files::{Source, UserFiles};
use super::format::preamble::{self, Known, Parts, Place, Preloaded};
use super::format::{self, Format, Made, STANDIN};
use super::passes::{self, Start};
use super::{Document, Message, TexFailure, Typeset};

/// Typesets `document`, and sees to it that the next time is faster.
pub(super) fn typeset(
    document: &Document,
    files: &mut dyn Source,
    cache_dir: &Path,
    progress: &mut dyn FnMut(&str),
) -> Result<Typeset, TexFailure> {
    let Some(parts) = Parts::of(document.source) else {
        let (latex, notice) = format::load(files, cache_dir, progress)?;
        let (done, _) = passes::run(document, files, whole(document, &latex), progress)?;
        return Ok(with(done, notice));
    };
    let place = Place::new(cache_dir, format::digest(files)?, parts, document.date);
    let known = place.look(&UserFiles::new(document.include));
    if let Known::Format(format) = &known {
        let latex = format::check_meanwhile(files, cache_dir)?;
        let text = parts.after_preamble();
        let done = passes::run(document, files, Start { format, text: &text }, progress);
        if !meets_standin(&done) {
            let (done, _) = done?;
            return Ok(with(done, latex.mend(files, cache_dir, progress)?));
        }
    }

    let (latex, mut notice) = format::load(files, cache_dir, progress)?;
    let (done, made) = passes::run(document, files, whole(document, &latex), progress)?;
    match known {
        Known::New => place.saw(&made),
        Known::Seen => match preload(parts, document, files, &latex, &done, progress) {
            // What can't be kept is not missed: the cache's state was told with the other format.
            Ok(preloaded) => drop(place.keep(&preloaded)),
            Err(why) => place.refuse(&why, &made),
        },
        Known::Format(_) => place.refuse("a font was not loaded anew", &made),
        Known::Refused => {}
        Known::Damaged => {
            let text = "the preamble's format in the cache was damaged; it will be made anew";
            notice.get_or_insert_with(|| Message::notice(text, None));
            place.saw(&made);
        }
    }
    Ok(with(done, notice))
}

fn whole<'a>(document: &'a Document, latex: &'a Format) -> Start<'a> {
    Start { format: latex, text: document.source }
}

fn with(mut done: Typeset, notice: Option<Message>) -> Typeset {
    done.messages.splice(..0, notice);
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
    match passes::run(document, files, start, &mut |_| {}) {
        Ok((done, _)) if done.pdf == expected.pdf && done.messages == expected.messages => {
            Ok(preloaded)
        }
        Ok(_) => Err("the document would be another".to_owned()),
        Err(failure) => Err(format!("the document could not be typeset: {failure}")),
    }
}

/// Whether TeX spoke of a font that should be there no more.
fn meets_standin(done: &Result<(Typeset, Made), TexFailure>) -> bool {
    let log = match done {
        Ok((done, _)) => &done.log,
        Err(TexFailure::Document { log, .. } | TexFailure::Engine { log, .. }) => log,
        Err(TexFailure::NoTexFiles { .. }) => return false,
    };
    log.contains(STANDIN)
}
