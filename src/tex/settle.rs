//! The passes that make a document, each by an engine of its own.
//!
//! The engine keeps the heights of glyphs by the numbers of their fonts as long as its process
//! lives, and which font has which number is decided by the order in which a pass meets them. So
//! every pass should have a new process: then what it makes hangs on nothing but what it reads.

use std::path::Path;

use super::auxiliary::Auxiliary;
use super::format::Made;
use super::format::preamble::Place;
use super::start::{Outcome, Task, Turn};
use super::{Document, Message, TexFailure, Typeset};

/// A document whose labels still move after this many passes never comes to rest.
const MAX_PASSES: usize = 6;

/// Does a [`Task`], in another process or in this one, and tells what begins there.
pub type Perform<'a> = dyn FnMut(&Task, &mut dyn FnMut(&str)) -> Result<Outcome, TexFailure> + 'a;

/// Typesets a document.
///
/// # Errors
/// The failure of the pass that meets one.
pub fn typeset_by(
    perform: &mut Perform,
    document: &Document,
    cache_dir: &Path,
    progress: &mut dyn FnMut(&str),
) -> Result<Typeset, TexFailure> {
    let include = document.include;
    let (notices, made) = Default::default();
    let mut settling = Settling { perform, progress, notices, made };
    let guessed = match guess(document, cache_dir) {
        Some(handed) => settling.on_a_guess(&handed)?,
        None => None,
    };
    let settled = match guessed {
        Some(settled) => settled,
        None => {
            settling.made = Made::default();
            let settled = settling.anew()?;
            // Its last two passes have read different things and come to the same end: it is not
            // likely to hang on where it begins. Any other document begins from nothing again.
            if (2..MAX_PASSES).contains(&settled.typeset.passes) {
                settled.handed.keep(cache_dir, include);
            } else {
                Auxiliary::forget(cache_dir, include);
            }
            settled
        }
    };
    let prepared = settled.wanted.as_ref().is_some_and(|place| settling.prepare(place, &settled));
    let (mut typeset, notices) = (*settled.typeset, settling.notices);
    typeset.is_preloaded |= prepared;
    typeset.notices.splice(..0, notices);
    typeset.made.extend(&settling.made);
    Ok(typeset)
}

/// What the first pass over `document` reads that the last build has left.
pub fn guess(document: &Document, cache_dir: &Path) -> Option<Auxiliary> {
    if looks_at_labels(document.source) {
        return None;
    }
    Auxiliary::last(cache_dir, document.include)
}

/// Whether a document looks itself at the commands `\r@LABEL` in which LaTeX keeps its labels: it
/// may be another where they are not known yet, and come to rest in more than one way.
fn looks_at_labels(source: &str) -> bool {
    // What comes after a column `r` of a table begins with a brace.
    source.split("r@").skip(1).any(|after| !after.starts_with('{'))
}

struct Settling<'a, 'b> {
    perform: &'a mut Perform<'b>,
    progress: &'a mut dyn FnMut(&str),
    /// What the user should know about the cache.
    notices: Vec<Message>,
    /// The files that were read by passes that others followed.
    made: Made,
}

/// A finished document.
struct Settled {
    typeset: Box<Typeset>,
    /// What its last pass has read.
    handed: Auxiliary,
    wanted: Option<Place>,
}

/// A pass that did not fail.
enum Pass {
    /// The document, and where a format of its preamble should be.
    Done(Box<Typeset>, Option<Place>),
    /// Another pass has to read this.
    Again(Auxiliary),
}

impl Settling<'_, '_> {
    /// The document if a pass that reads `handed` settles it. One that fails may do so because of
    /// what it reads, unless TeX's own files are missing.
    fn on_a_guess(&mut self, handed: &Auxiliary) -> Result<Option<Settled>, TexFailure> {
        (self.progress)("Typesetting");
        match self.pass(handed, Turn::Guess) {
            Ok(Pass::Done(typeset, wanted)) => {
                Ok(Some(Settled { typeset, handed: handed.clone(), wanted }))
            }
            Err(failure @ TexFailure::NoTexFiles { .. }) => Err(failure),
            Ok(Pass::Again(_)) | Err(_) => Ok(None),
        }
    }

    fn anew(&mut self) -> Result<Settled, TexFailure> {
        let mut handed = Auxiliary::default();
        let mut passes = 0;
        loop {
            passes += 1;
            (self.progress)(&format!("Typesetting (pass {passes})"));
            let turn = if passes == MAX_PASSES { Turn::Last } else { Turn::Next };
            match self.pass(&handed, turn)? {
                Pass::Again(next) => handed = next,
                Pass::Done(mut typeset, wanted) => {
                    typeset.passes = passes;
                    return Ok(Settled { typeset, handed, wanted });
                }
            }
        }
    }

    fn pass(&mut self, handed: &Auxiliary, turn: Turn) -> Result<Pass, TexFailure> {
        let task = Task::Pass { handed: handed.clone(), turn };
        // A pass that came ahead may be of no use; then, a format that is not fit goes.
        for _ in 0..3 {
            match (self.perform)(&task, self.progress)? {
                Outcome::Done { typeset, wanted } => {
                    return Ok(Pass::Done(Box::new(typeset), wanted));
                }
                Outcome::Again { handed, notices, made } => {
                    self.notices.extend(notices);
                    self.made.extend(&made);
                    return Ok(Pass::Again(handed));
                }
                Outcome::Unfit | Outcome::Prepared(_) | Outcome::Refused => {}
            }
        }
        Err(TexFailure::engine(
            "what the cache keeps of the preamble does not fit; empty the cache and build again",
        ))
    }

    /// Has a format with the preamble made and tries it: the document must come out as it did.
    /// Where that can't be seen, for whatever reason, the next build tries again. Tells whether the
    /// format is there.
    fn prepare(&mut self, place: &Place, settled: &Settled) -> bool {
        (self.progress)("Preparing faster builds (only once)");
        let Ok(Outcome::Prepared(trial)) = (self.perform)(&Task::Prepare, &mut |_| {}) else {
            return false;
        };
        let expected = &settled.typeset;
        let task = Task::Try { handed: settled.handed.clone(), trial: trial.clone() };
        if let Ok(Outcome::Done { typeset, .. }) = (self.perform)(&task, &mut |_| {}) {
            if typeset.pdf == expected.pdf && typeset.messages == expected.messages {
                place.accept(&trial);
                return true;
            }
            // The first that was read of a file counts: if it has changed since, this is stale.
            let mut made = expected.made.clone();
            made.extend(&trial.made);
            place.refuse("the document would be another", &made);
        }
        trial.end();
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_told_from_columns() {
        assert!(looks_at_labels("\\@ifundefined{r@a}{}{}"));
        assert!(looks_at_labels("\\csname r@\\name\\endcsname"));
        assert!(!looks_at_labels("\\begin{tabular}{@{}lr@{}} \\ref{a}"));
        for (name, template) in crate::report::TEMPLATES {
            assert!(!looks_at_labels(template), "{name}");
        }
    }
}
