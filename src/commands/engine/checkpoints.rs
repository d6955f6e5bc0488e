//! Checkpoints of engines, kept for the builds to come.
//!
//! Two are of use for a document. One is of a TeX that has read its preamble: all passes can go on
//! from there. The other is of a TeX that has read all through its set-up and its title, and the
//! labels of the last build, too: a first pass can go on from there, most likely. A preamble stays
//! from build to build, but those others change with any edit of a title or a label, so that one of
//! them is made when it has been asked for twice.
//!
//! A checkpoint is tried before it is kept: the document must come out as it did without.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
use sha2::{Digest, Sha256};

use super::{Limits, Reply, Request, Running, command, next, start};
use crate::checkpoint;
use crate::commands::cache;
use crate::commands::sources::hex;
use crate::tex::{self, Auxiliary, BundleChoice, Document, Kind, Outcome, Task, Turn, Typeset};

/// What makes a process the same but for the text that it reads.
#[derive(Debug)]
pub(super) struct Circumstances<'a> {
    bundle: &'a BundleChoice,
    cache: &'a Path,
    key: String,
}

/// Where a checkpoint is, or might be.
#[derive(Debug)]
pub(super) struct Place {
    kind: Kind,
    cache: PathBuf,
    name: String,
}

impl<'a> Circumstances<'a> {
    /// `None` where the system has no checkpoints.
    pub fn of(document: &Document, bundle: &'a BundleChoice, cache: &'a Path) -> Option<Self> {
        let mut parts = vec![
            checkpoint::machine()?.into_bytes(),
            cache::program()?.into_bytes(),
            format!("{:?} {bundle}", document.date).into_bytes(),
            cache.as_os_str().as_encoded_bytes().to_vec(),
        ];
        for folder in document.include {
            parts.push(folder.canonicalize().ok()?.into_os_string().into_encoded_bytes());
        }
        Some(Self { bundle, cache, key: digest(parts.iter().map(Vec::as_slice)) })
    }

    fn place(&self, kind: Kind, parts: &[&[u8]]) -> Place {
        let name = digest([self.key.as_bytes()].into_iter().chain(parts.iter().copied()));
        Place { kind, cache: self.cache.to_owned(), name }
    }

    /// The one for all documents with this preamble; `None` for one without.
    pub fn behind_preamble(&self, document: &Document) -> Option<Place> {
        let preamble = tex::beginning(document.source, 0)?;
        Some(self.place(Kind::PREAMBLE_READ, &[preamble.as_bytes()]))
    }

    /// The one for all documents that begin so, through their title, and read this; and how they
    /// begin. `files` tells the TeX files that there are from others.
    pub fn behind_title<'d>(
        &self,
        document: &Document<'d>,
        handed: &Auxiliary,
        files: Option<&str>,
    ) -> Option<(Place, &'d str)> {
        let beginning = tex::beginning(document.source, document.sections?.likely)?;
        let handed = serde_json::to_vec(handed).ok()?;
        let parts = [files?.as_bytes(), beginning.as_bytes(), &handed];
        Some((self.place(Kind::TITLE_READ, &parts), beginning))
    }

    /// Makes the checkpoints for documents like this one, with which it comes out as it did.
    pub fn keep(
        &self,
        document: &Document,
        limits: &Limits,
        files: Option<&str>,
        expected: &Typeset,
    ) {
        let Some(handed) = tex::guess(document, self.cache) else { return };
        let maker = Maker { circumstances: self, document, limits, handed: &handed, expected };
        if let (Some(place), Some(preamble)) =
            (self.behind_preamble(document), tex::beginning(document.source, 0))
        {
            let text = format!("{preamble}\n{}\n", tex::END);
            let bytes = text.len();
            maker.keep(&place, &Request::Halt { ahead: None, sections: None, bytes }, &text);
        }
        if let Some((place, beginning)) = self.behind_title(document, &handed, files)
            && place.is_wanted_again()
        {
            let bytes = beginning.len();
            let sections = document.sections.map(|sections| sections.of_beginning(bytes));
            let ahead = Some(handed.clone());
            maker.keep(&place, &Request::Halt { ahead, sections, bytes }, beginning);
        }
    }
}

impl Place {
    /// The checkpoint, if it is there.
    pub fn ready(&self) -> Option<PathBuf> {
        Some(self.path(self.kind)).filter(|path| path.exists())
    }

    fn path(&self, kind: Kind) -> PathBuf {
        let Kind { start, end, .. } = kind;
        self.cache.join(format!("{start}{}{end}", self.name))
    }

    /// Notes that there can be none.
    fn refuse(&self) {
        let _ = fs::write(self.path(Kind::NO_CHECKPOINT), "");
    }

    fn is_refused(&self) -> bool {
        self.path(Kind::NO_CHECKPOINT).exists()
    }

    /// Whether one was wanted before.
    fn is_wanted_again(&self) -> bool {
        let note = self.path(Kind::WANTED);
        note.exists() || {
            let _ = fs::write(note, "");
            false
        }
    }
}

/// What a checkpoint is made and tried with.
struct Maker<'a> {
    circumstances: &'a Circumstances<'a>,
    document: &'a Document<'a>,
    limits: &'a Limits,
    /// What the document's only pass reads.
    handed: &'a Auxiliary,
    /// What comes of it.
    expected: &'a Typeset,
}

impl Maker<'_> {
    /// Makes a checkpoint unless there is one, and tries it. Where that fails there is none, and it is
    /// not made again.
    fn keep(&self, place: &Place, request: &Request, text: &str) {
        if place.ready().is_some() || place.is_refused() {
            return;
        }
        let kept = tex::keep_by(&place.path(place.kind), |file| {
            self.take(request, text, file)?;
            self.try_out(file.path())
        });
        if kept.is_err() {
            place.refuse();
        }
    }

    /// Writes a checkpoint of an engine that does as it is asked.
    fn take(&self, request: &Request, text: &str, out: &mut dyn io::Write) -> io::Result<()> {
        let Circumstances { bundle, cache, .. } = *self.circumstances;
        let mut command = command(self.document, bundle, cache)?;
        let spawned = checkpoint::with_fixed_addresses(|| command.spawn())?;
        let mut child = Running::new(spawned, None);
        child.ask(request, text);
        let replies = child.replies.as_mut().ok_or_else(unfit)?;
        let halted = loop {
            match next(replies)? {
                Some((Reply::Progress(_), _)) => {}
                Some((Reply::Halted(halted), _)) => break halted,
                _ => return Err(unfit()),
            }
        };
        let process = Pid::from_child(&child.child);
        let options = WaitIdOptions::STOPPED | WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        let status = waitid(WaitId::Pid(process), options)?;
        if !status.is_some_and(|status| status.stopped()) {
            return Err(unfit());
        }
        checkpoint::take(child.child.id(), &halted, out)
    }

    /// Typesets the document with it.
    fn try_out(&self, checkpoint: &Path) -> io::Result<()> {
        let Circumstances { bundle, cache, .. } = *self.circumstances;
        let mut child = start(self.document, bundle, cache, Some(checkpoint))?;
        let task = Task::Pass { handed: self.handed.clone(), turn: Turn::Guess };
        let done = child.perform(&task, self.document, self.limits, &mut |_| {});
        let Ok(Outcome::Done { typeset, .. }) = done else { return Err(unfit()) };
        let is_same =
            typeset.pdf == self.expected.pdf && typeset.messages == self.expected.messages;
        // One that did not fit at all is gone now, and its process began from nothing.
        let is_kept = is_same && checkpoint.exists() && child.is_sound();
        if is_kept { Ok(()) } else { Err(unfit()) }
    }
}

/// SHA-256 of some parts with their lengths, which tell where each ends.
fn digest<'a>(parts: impl Iterator<Item = &'a [u8]>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hex(&hash.finalize())
}

fn unfit() -> io::Error {
    io::Error::other("the engine cannot be kept")
}
