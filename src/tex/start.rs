//! What one process of the engine does: a pass over the document, or a format for later ones.
//!
//! A pass begins with a TeX that has read the document's preamble, if the cache has that, or else
//! with one that has read LaTeX only. The PDF and the messages are the same.

use std::cell::OnceCell;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::auxiliary::Auxiliary;
use super::files::{Source, UserFiles};
use super::format::preamble::{self, Known, Parts, Place, Trial};
use super::format::{self, Format, Made, STANDIN};
use super::order::{self, Ask, Coming, GoOn, Order, Pending};
use super::passes::{self, Passed, Ran};
use super::sections::{self, Kept, Sections, Taking};
use super::session::{Begin, Begun};
use super::{Document, Message, TexFailure, Typeset};

/// What there is to do.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub enum Task {
    /// One pass over the document, which reads what another has handed on; and the PDF, if that
    /// settles the document.
    Pass {
        /// What it reads.
        handed: Auxiliary,
        /// Where that comes from.
        turn: Turn,
    },
    /// A format of the document's preamble, to be tried.
    Prepare,
    /// The pass that settled the document, with that format.
    Try {
        /// What it reads.
        handed: Auxiliary,
        /// The format.
        trial: Trial,
    },
}

/// Which pass it is.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub enum Turn {
    /// The first, on a guess. It counts only if it writes all that it has read, and the same.
    Guess,
    /// Another follows if need be.
    Next,
    /// None may follow: there has to be a PDF.
    Last,
}

/// What came of a [`Task`] that did not fail.
#[derive(Debug, Deserialize, Serialize)]
pub enum Outcome {
    /// The document is finished.
    Done {
        /// The PDF, and what else there is to say.
        typeset: Typeset,
        /// Where a format of the preamble should be, which comes for the second time.
        wanted: Option<Place>,
    },
    /// Another pass has to read this.
    Again {
        /// What it has to read.
        handed: Auxiliary,
        /// What the user should know about the cache.
        notices: Vec<Message>,
        /// The files that were read.
        made: Made,
    },
    /// A format was not fit for this document, and is not in the cache any more; or a pass that
    /// came ahead is of no use. Begin again.
    Unfit,
    /// A format is there to be tried.
    Prepared(Trial),
    /// No format can hold the preamble, for a reason that the cache keeps in mind.
    Refused,
}

pub(super) fn perform(
    task: &Task,
    document: &Document,
    files: &mut dyn Source,
    cache_dir: &Path,
    progress: &mut dyn FnMut(&str),
) -> Result<Outcome, TexFailure> {
    let mut engine = Engine { document, files, cache_dir, progress };
    match task {
        Task::Pass { handed, turn } => {
            let chosen = engine.choose()?;
            engine.pass_over_document(&chosen, handed, *turn)
        }
        Task::Prepare => engine.prepare(),
        Task::Try { handed, trial } => {
            let chosen = engine.on_trial(trial)?;
            engine.pass_over_document(&chosen, handed, Turn::Next)
        }
    }
}

/// Begins a pass over a document of which `document` has only the beginning.
pub(super) fn perform_ahead(
    document: &Document,
    handed: &Auxiliary,
    ask: Ask,
    files: &mut dyn Source,
    cache_dir: &Path,
    progress: &mut dyn FnMut(&str),
) -> Result<Outcome, TexFailure> {
    let mut engine = Engine { document, files, cache_dir, progress };
    if let Some(chosen) = engine.preloaded() {
        let Document { source, include, sections, .. } = *document;
        let (beginning, handed) = (source.to_owned(), handed.clone());
        let order = Pending::awaited(order::Known { beginning, handed }, ask);
        let begun = chosen.begun(source, sections, order.clone(), cache_dir, include);
        let outcome = engine.pass(&chosen, Box::new(|| chosen.format.close().map(|()| begun)));
        return engine.if_current(outcome, Some(&order));
    }
    // Nothing else can be done before it is there. What keeps LaTeX from being loaded is told then.
    let _ = format::load(engine.files, cache_dir, engine.progress);
    let order = ask().map_err(|e| TexFailure::engine(e.to_string()))?;
    let Order { source, handed, turn, sections } = order;
    let document = Document { source: &source, sections: sections.as_ref(), ..*document };
    perform(&Task::Pass { handed, turn }, &document, engine.files, cache_dir, engine.progress)
}

/// Begins a pass over any document with the preamble of `document`, and waits behind that. No file is
/// open then. `identity` tells the TeX files that there are from others. Where the preamble has no
/// format this is refused.
pub(super) fn perform_later(
    document: &Document,
    go_on: GoOn,
    identity: &dyn Fn() -> Option<String>,
    files: &mut dyn Source,
    cache_dir: &Path,
    progress: &mut dyn FnMut(&str),
) -> Result<Outcome, TexFailure> {
    let mut engine = Engine { document, files, cache_dir, progress };
    let Some(chosen) = engine.preloaded() else { return Ok(Outcome::Refused) };
    let (known, include, before) = (Parts::of(document.source), document.include, identity());
    let coming = OnceCell::new();
    let begin = || {
        chosen.format.close()?;
        let comes = go_on()?;
        // What was true of files then may not be true any more.
        let user = UserFiles::new(include);
        let is_there = chosen.place.as_ref().is_some_and(|place| place.ready(&user).is_some());
        if !is_there || identity() != before {
            return Err(io::Error::other("TeX's files are others"));
        }
        let (source, sections, order) = match comes {
            Coming::Whole(order) => {
                (order.source.clone(), order.sections.clone(), Pending::known(order))
            }
            Coming::Beginning { source, handed, sections, ask } => {
                let known = order::Known { beginning: source.clone(), handed };
                (source, sections, Pending::awaited(known, ask))
            }
        };
        let parts = Parts::of(&source);
        if parts.map(|parts| parts.preamble) != known.map(|known| known.preamble) {
            return Err(io::Error::other("the preamble is another"));
        }
        let _ = coming.set(order.clone());
        Ok(chosen.begun(&source, sections.as_ref(), order, cache_dir, include))
    };
    let outcome = engine.pass(&chosen, Box::new(begin));
    engine.if_current(outcome, coming.get())
}

/// A document and what it is typeset with.
struct Engine<'a> {
    document: &'a Document<'a>,
    files: &'a mut dyn Source,
    cache_dir: &'a Path,
    progress: &'a mut dyn FnMut(&str),
}

/// The TeX that a pass begins with.
struct Chosen {
    format: Format,
    notices: Vec<Message>,
    /// Where the preamble's format is, or might be.
    place: Option<Place>,
    /// Whether this format has read the preamble.
    is_preloaded: bool,
    next: Next,
}

/// What is to be done for the next build.
#[derive(Clone, Copy, PartialEq)]
enum Next {
    /// The preamble's format is there.
    Nothing,
    /// This preamble is to be noted.
    Note,
    /// It was noted: a format is to be made.
    Prepare,
}

impl Engine<'_> {
    fn place(&mut self, parts: Parts) -> Result<Place, TexFailure> {
        let digest = format::digest(self.files)?;
        Ok(Place::new(self.cache_dir, digest, parts, self.document.date))
    }

    fn choose(&mut self) -> Result<Chosen, TexFailure> {
        let mut damaged = None;
        let (place, next) = match Parts::of(self.document.source) {
            None => (None, Next::Nothing),
            Some(parts) => {
                let place = self.place(parts)?;
                let next = match place.look(&UserFiles::new(self.document.include)) {
                    Known::Format(format) => {
                        return Ok(Chosen::preloaded(format, place));
                    }
                    Known::Refused => Next::Nothing,
                    Known::Seen => Next::Prepare,
                    Known::New => Next::Note,
                    Known::Damaged => {
                        let text =
                            "the preamble's format in the cache was damaged; it will be made anew";
                        damaged = Some(Message::notice(text, None));
                        Next::Note
                    }
                };
                (Some(place), next)
            }
        };
        let (format, notice) = format::load(self.files, self.cache_dir, self.progress)?;
        let notices = notice.or(damaged).into_iter().collect();
        Ok(Chosen { format, notices, place, is_preloaded: false, next })
    }

    /// The format of the preamble, where it is there.
    fn preloaded(&mut self) -> Option<Chosen> {
        let parts = Parts::of(self.document.source)?;
        let place = self.place(parts).ok()?;
        let format = place.ready(&UserFiles::new(self.document.include))?;
        Some(Chosen::preloaded(format, place))
    }

    fn pass_over_document(
        &mut self,
        chosen: &Chosen,
        handed: &Auxiliary,
        turn: Turn,
    ) -> Result<Outcome, TexFailure> {
        let Document { source, include, sections, .. } = *self.document;
        let (handed, own_sections) = (handed.clone(), sections.cloned());
        let order = Order { source: source.to_owned(), handed, turn, sections: own_sections };
        let order = Pending::known(order);
        let begun = chosen.begun(source, sections, order, self.cache_dir, include);
        self.pass(chosen, Box::new(|| Ok(begun)))
    }

    /// The outcome of a pass that has waited for this order. What it made counts only if the files
    /// that it has read are the same when it is over; a failure is looked into by passes from nothing
    /// anyway.
    fn if_current(
        &self,
        outcome: Result<Outcome, TexFailure>,
        order: Option<&Pending>,
    ) -> Result<Outcome, TexFailure> {
        let is_current = match &outcome {
            _ if order.and_then(Pending::get).is_none() => false,
            Ok(
                Outcome::Done { typeset: Typeset { made, .. }, .. } | Outcome::Again { made, .. },
            ) => made.is_current(&UserFiles::new(self.document.include)),
            _ => true,
        };
        if is_current { outcome } else { Ok(Outcome::Unfit) }
    }

    /// The format that [`prepare`](Self::prepare) has left.
    fn on_trial(&mut self, trial: &Trial) -> Result<Chosen, TexFailure> {
        let parts = Parts::of(self.document.source);
        let parts = parts.ok_or_else(|| TexFailure::engine("there is no preamble"))?;
        let place = self.place(parts)?;
        let format = trial
            .format(&UserFiles::new(self.document.include))
            .ok_or_else(|| TexFailure::engine("the new format is gone"))?;
        Ok(Chosen::preloaded(format, place))
    }

    fn pass(&mut self, chosen: &Chosen, begin: Begin) -> Result<Outcome, TexFailure> {
        let Chosen { format, notices, place, is_preloaded, next } = chosen;
        let ran = passes::run(self.document, self.files, format, begin, self.progress);
        if !format.is_whole() {
            return Ok(Outcome::Unfit);
        }
        if let Some(place) = place.as_ref().filter(|_| *is_preloaded && meets_standin(&ran)) {
            place.withdraw("a font was not loaded anew");
            return Ok(Outcome::Unfit);
        }
        let Ran { passed, mut made, log } = ran?;
        if let (Passed::Done { .. }, Some(place), Next::Note) = (&passed, place, next) {
            place.saw(&made);
        }
        made.extend(&format.made);
        let notices = notices.clone();
        Ok(match passed {
            Passed::Again(handed) => Outcome::Again { handed, notices, made },
            Passed::Done { pdf, messages, kept } => {
                if let Some(kept) = kept {
                    Kept { made: made.clone(), ..kept }.keep(self.cache_dir, self.document.include);
                }
                let source = self.files.describe();
                let is_preloaded = *is_preloaded;
                let typeset =
                    Typeset { pdf, messages, notices, source, log, passes: 1, made, is_preloaded };
                let wanted = place.clone();
                let wanted = wanted.filter(|place| *next == Next::Prepare && place.can_be_told());
                Outcome::Done { typeset, wanted }
            }
        })
    }

    fn prepare(&mut self) -> Result<Outcome, TexFailure> {
        let Some(parts) = Parts::of(self.document.source) else { return Ok(Outcome::Refused) };
        let place = self.place(parts)?;
        let (latex, _) = format::load(self.files, self.cache_dir, self.progress)?;
        match preamble::make(parts, self.document, self.files, &latex, &mut |_| {}) {
            Ok(new) => Ok(match place.put_on_trial(new) {
                Ok(trial) => Outcome::Prepared(trial),
                // What can't be kept is not missed: every build tells that the cache is no use.
                Err(_) => Outcome::Refused,
            }),
            Err((why, made)) => {
                place.refuse(&why, &made);
                Ok(Outcome::Refused)
            }
        }
    }
}

impl Chosen {
    fn preloaded(format: Format, place: Place) -> Self {
        let (notices, place) = (Vec::new(), Some(place));
        Self { format, notices, place, is_preloaded: true, next: Next::Nothing }
    }

    /// What TeX reads: the source, as far as it is known and not in the format, and what may be taken
    /// from the last build.
    fn begun(
        &self,
        source: &str,
        sections: Option<&Sections>,
        order: Pending,
        cache_dir: &Path,
        include: &[PathBuf],
    ) -> Begun {
        let Some(parts) = Parts::of(source).filter(|_| self.is_preloaded) else {
            return Begun { text: source.into(), order, taking: None };
        };
        let text = parts.after_preamble();
        let at = text.len().checked_sub(parts.rest.len());
        let at = at.map(|text| sections::Place { document: parts.preamble.len(), text });
        let is_on_a_guess = order.get().is_none_or(|order| order.turn == Turn::Guess);
        // Only such a pass ends with the same labels if it counts. A package of the user's may do
        // anything.
        let may_take = is_on_a_guess && !self.format.made.has_own_files();
        let taking = match (sections, at, &self.place) {
            (Some(sections), Some(at), Some(place)) if may_take => {
                let last = Kept::last(cache_dir, include);
                Some(Taking::new(sections, at, &place.name(), order.handed(), last))
            }
            _ => None,
        };
        Begun { text: text.into(), order, taking }
    }
}

/// Whether TeX spoke of a font that should be there no more.
fn meets_standin(ran: &Result<Ran, TexFailure>) -> bool {
    let log = match ran {
        Ok(ran) => &ran.log,
        Err(TexFailure::Document { log, .. } | TexFailure::Engine { log, .. }) => log,
        Err(TexFailure::NoTexFiles { .. }) => return false,
    };
    log.contains(STANDIN)
}
