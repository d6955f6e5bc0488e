//! The passes that make a document, each by an engine of its own.
//!
//! The engine keeps the heights of glyphs by the numbers of their fonts as long as its process
//! lives, and which font has which number is decided by the order in which a pass meets them. So
//! every pass should have a new process: then what it makes hangs on nothing but what it reads.

use std::path::{Path, PathBuf};

use super::auxiliary::Auxiliary;
use super::format::preamble::Place;
use super::start::{Outcome, Task};
use super::{Message, TexFailure, Typeset};

/// A document whose labels still move after this many passes never comes to rest.
const MAX_PASSES: usize = 6;

/// Does a [`Task`], in another process or in this one, and tells what begins there.
pub type Perform<'a> = dyn FnMut(&Task, &mut dyn FnMut(&str)) -> Result<Outcome, TexFailure> + 'a;

/// Typesets a document whose own files are in the folders `include`.
///
/// # Errors
/// The failure of the pass that meets one.
pub fn typeset_by(
    perform: &mut Perform,
    include: &[PathBuf],
    cache_dir: &Path,
    progress: &mut dyn FnMut(&str),
) -> Result<Typeset, TexFailure> {
    let mut settling = Settling { perform, progress, notices: Vec::new() };
    let guess = Auxiliary::last(cache_dir, include);
    let guessed = match &guess {
        Some(handed) => settling.on_a_guess(handed)?,
        None => None,
    };
    let settled = match guessed {
        Some(settled) => settled,
        None => {
            let settled = settling.anew()?;
            // Its last two passes have read different things and come to the same end: it is not
            // likely to hang on where it begins. Any other document begins from nothing again.
            if (2..MAX_PASSES).contains(&settled.typeset.passes) {
                settled.handed.keep(cache_dir, include);
            } else if guess.is_some() {
                Auxiliary::forget(cache_dir, include);
            }
            settled
        }
    };
    if let Some(place) = &settled.wanted {
        settling.prepare(place, &settled);
    }
    let (mut typeset, notices) = (settled.typeset, settling.notices);
    typeset.messages.splice(..0, notices);
    Ok(typeset)
}

struct Settling<'a, 'b> {
    perform: &'a mut Perform<'b>,
    progress: &'a mut dyn FnMut(&str),
    /// What the user should know about the cache.
    notices: Vec<Message>,
}

/// A finished document.
struct Settled {
    typeset: Typeset,
    /// What its last pass has read.
    handed: Auxiliary,
    wanted: Option<Place>,
}

/// A pass that did not fail.
enum Pass {
    Done(Typeset, Option<Place>),
    Again(Auxiliary),
}

impl Settling<'_, '_> {
    /// The document if a pass that reads `handed` settles it. One that fails may do so because of
    /// what it reads, unless TeX's own files are missing.
    fn on_a_guess(&mut self, handed: &Auxiliary) -> Result<Option<Settled>, TexFailure> {
        (self.progress)("Typesetting");
        match self.pass(handed, false) {
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
            match self.pass(&handed, passes == MAX_PASSES)? {
                Pass::Again(next) => handed = next,
                Pass::Done(mut typeset, wanted) => {
                    typeset.passes = passes;
                    return Ok(Settled { typeset, handed, wanted });
                }
            }
        }
    }

    fn pass(&mut self, handed: &Auxiliary, is_last: bool) -> Result<Pass, TexFailure> {
        let task = Task::Pass { handed: handed.clone(), is_last };
        // A format that is not fit goes, and there is only one to go.
        for _ in 0..2 {
            match (self.perform)(&task, self.progress)? {
                Outcome::Done { typeset, notices, wanted } => {
                    self.notices.extend(notices);
                    return Ok(Pass::Done(typeset, wanted));
                }
                Outcome::Again { handed, notices } => {
                    self.notices.extend(notices);
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
    fn prepare(&mut self, place: &Place, settled: &Settled) {
        (self.progress)("Preparing faster builds (only once)");
        let made = match (self.perform)(&Task::Prepare, &mut |_| {}) {
            Ok(Outcome::Prepared(made)) => made,
            Ok(_) => return,
            Err(failure) => return place.refuse(&failure.to_string(), &Default::default()),
        };
        let expected = &settled.typeset;
        let task = Task::Try { handed: settled.handed.clone() };
        match (self.perform)(&task, &mut |_| {}) {
            Ok(Outcome::Done { typeset, .. })
                if typeset.pdf == expected.pdf && typeset.messages == expected.messages =>
            {
                place.accept();
            }
            Ok(_) => place.refuse("the document would be another", &made),
            Err(failure) => place.refuse(&failure.to_string(), &made),
        }
    }
}
