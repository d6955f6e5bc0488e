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

use rustix::process::{Pid, Resource, WaitId, WaitIdOptions, getrlimit, waitid};
use sha2::{Digest, Sha256};

use super::{Limits, Reply, Request, Running, command, next, start};
use crate::checkpoint;
use crate::commands::cache;
use crate::commands::sources::{add, hex};
use crate::tex::{self, Auxiliary, BundleChoice, Document, Kind, Outcome, Task, Turn, Typeset};

/// What makes a process the same but for the text that it reads.
#[derive(Debug)]
pub(super) struct Alike<'a> {
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

impl<'a> Alike<'a> {
    /// `files` tells the TeX files that there are from others. `None` where the system has no
    /// checkpoints, and where the files come from the web: connections and keys are no memory to be
    /// kept.
    pub fn of(
        document: &Document,
        bundle: &'a BundleChoice,
        files: Option<&str>,
        cache: &'a Path,
    ) -> Option<Self> {
        let files = files.filter(|files| *files != BundleChoice::Web.to_string())?;
        if matches!(bundle, BundleChoice::Url(_)) {
            return None;
        }
        // A folder that was typed is another elsewhere.
        let here = matches!(bundle, BundleChoice::Path(_)).then(std::env::current_dir);
        let here = here.transpose().ok()?.unwrap_or_default();
        let stack = getrlimit(Resource::Stack).current;
        let mut parts = vec![
            format!("{:?} {bundle} {files} {stack:?}", document.date).into_bytes(),
            checkpoint::machine()?.into_bytes(),
            cache::program()?.into_bytes(),
            here.into_os_string().into_encoded_bytes(),
            cache.as_os_str().as_encoded_bytes().to_vec(),
        ];
        for folder in document.include {
            parts.push(folder.as_os_str().as_encoded_bytes().to_vec());
        }
        Some(Self { bundle, cache, key: digest(parts) })
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
    /// begin.
    pub fn behind_title<'d>(
        &self,
        document: &Document<'d>,
        handed: &Auxiliary,
    ) -> Option<(Place, &'d str)> {
        let beginning = tex::beginning(document.source, document.sections?.likely)?;
        let handed = serde_json::to_vec(handed).ok()?;
        let parts = [beginning.as_bytes(), &handed];
        Some((self.place(Kind::TITLE_READ, &parts), beginning))
    }

    /// Makes the checkpoints for documents like this one, with which it comes out as it did.
    pub fn keep(
        &self,
        document: &Document,
        limits: &Limits,
        expected: &Typeset,
        progress: &mut dyn FnMut(&str),
    ) {
        let Some(handed) = tex::guess(document, self.cache) else { return };
        let maker = Maker { alike: self, document, limits, handed: &handed, expected };
        if let (Some(place), Some(preamble)) =
            (self.behind_preamble(document), tex::beginning(document.source, 0))
        {
            let text = format!("{preamble}\n{}\n", tex::END);
            let bytes = text.len();
            let request = Request::Halt { ahead: None, sections: None, bytes };
            maker.keep(&place, &request, &text, progress);
        }
        if let Some((place, beginning)) = self.behind_title(document, &handed)
            && place.is_wanted_again()
        {
            let bytes = beginning.len();
            let sections = document.sections.map(|sections| sections.of_beginning(bytes));
            let ahead = Some(handed.clone());
            let request = Request::Halt { ahead, sections, bytes };
            maker.keep(&place, &request, beginning, progress);
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

    fn is_refused(&self) -> bool {
        fs::read(strikes(&self.path(self.kind))).is_ok_and(|why| why.contains(&b'\n'))
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

/// Takes a checkpoint away that proved unfit.
pub(super) fn drop_unfit(checkpoint: &Path) {
    let _ = fs::remove_file(checkpoint);
    strike(checkpoint, "it proved unfit");
}

/// Notes why one could not be had, or was no use. At the second time there is none any more.
fn strike(checkpoint: &Path, why: &str) {
    let note = strikes(checkpoint);
    let before = fs::read_to_string(&note);
    let _ = fs::write(note, before.map_or(why.to_owned(), |before| format!("{before}\n{why}")));
}

fn strikes(checkpoint: &Path) -> PathBuf {
    checkpoint.with_extension(Kind::REFUSED.end.trim_start_matches('.'))
}

/// What a checkpoint is made and tried with.
struct Maker<'a> {
    alike: &'a Alike<'a>,
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
    fn keep(&self, place: &Place, request: &Request, text: &str, progress: &mut dyn FnMut(&str)) {
        if place.ready().is_some() || place.is_refused() {
            return;
        }
        progress("Preparing faster builds");
        let kept = tex::keep_by(&place.path(place.kind), |file| {
            self.take(request, text, file)?;
            self.try_out(file.path())
        });
        use io::ErrorKind::{QuotaExceeded, StorageFull};
        if let Err(why) = kept
            && !matches!(why.kind(), QuotaExceeded | StorageFull)
        {
            strike(&place.path(place.kind), &why.to_string());
        }
    }

    /// Writes a checkpoint of an engine that does as it is asked.
    fn take(&self, request: &Request, text: &str, out: &mut dyn io::Write) -> io::Result<()> {
        let Alike { bundle, cache, .. } = *self.alike;
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
        checkpoint::take(child.child.id(), &halted, out)?;
        // Whatever else may have woken it, its memory is no longer of one moment then.
        let options = options | WaitIdOptions::CONTINUED | WaitIdOptions::NOHANG;
        let status = waitid(WaitId::Pid(process), options)?;
        if status.is_none_or(|status| status.stopped()) { Ok(()) } else { Err(unfit()) }
    }

    /// Typesets the document with it.
    fn try_out(&self, checkpoint: &Path) -> io::Result<()> {
        let Alike { bundle, cache, .. } = *self.alike;
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

/// SHA-256 of some parts.
fn digest(parts: impl IntoIterator<Item = impl AsRef<[u8]>>) -> String {
    let mut hash = Sha256::new();
    add(&mut hash, parts);
    hex(&hash.finalize())
}

fn unfit() -> io::Error {
    io::Error::other("the engine cannot be kept")
}
