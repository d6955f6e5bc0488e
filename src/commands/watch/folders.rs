//! The folders of the inputs and the templates, and what is in them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use file_id::FileId;
use notify::event::{AccessKind, AccessMode};
use notify::{Error, ErrorKind, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use sha2::{Digest, Sha256};

use crate::cli::SourceArgs;
use crate::diagnostic::{Diagnostic, Result};
use crate::templates::{FOLDER_DEPTH, is_editors_own};

/// Every file that a document can be made from, with its time and a hash of its contents.
pub type State = BTreeMap<PathBuf, (Option<SystemTime>, [u8; 32])>;

/// How a folder is watched, and which folder it was: another one may take its place.
type Watched = (RecursiveMode, Option<FileId>);

pub struct Folders {
    inputs: PathBuf,
    templates: PathBuf,
    output: PathBuf,
    watcher: RecommendedWatcher,
    watched: BTreeMap<PathBuf, Watched>,
}

impl Folders {
    /// `touched` is told the paths at which something happened, from another thread.
    ///
    /// # Errors
    /// Where the system cannot watch files.
    pub fn new(
        source: &SourceArgs,
        touched: impl Fn(Vec<PathBuf>) + Send + 'static,
    ) -> Result<Self> {
        let handler = move |result: notify::Result<Event>| match result {
            // Reading is no change, and the files are read after every event.
            Ok(event) if is_reading(&event.kind) => {}
            Ok(event) => touched(event.paths),
            // An error, such as too many events, may hide a change: look at the files.
            Err(_) => touched(Vec::new()),
        };
        let watcher = notify::recommended_watcher(handler)
            .map_err(|error| unwatchable(&source.templates, &error))?;
        Ok(Self {
            inputs: source.input.inputs.clone(),
            templates: source.templates.clone(),
            output: source.output.clone(),
            watcher,
            watched: BTreeMap::new(),
        })
    }

    /// Watches the folders that are there now. Those among `touched` are watched anew: one that
    /// was moved away and back is watched no longer.
    ///
    /// # Errors
    /// Where a folder is there and cannot be watched.
    pub fn follow(&mut self, touched: &BTreeSet<PathBuf>) -> Result<()> {
        let wanted = self.wanted();
        let watched: Vec<PathBuf> = self.watched.keys().cloned().collect();
        for path in watched.iter().filter(|path| !wanted.contains_key(*path)) {
            self.unwatch(path);
        }
        for (path, mode) in wanted {
            let now = (mode, file_id::get_file_id(&path).ok());
            if self.watched.get(&path) == Some(&now) && !touched.contains(&path) {
                continue;
            }
            self.unwatch(&path);
            match self.watcher.watch(&path, mode) {
                Ok(()) => drop(self.watched.insert(path, now)),
                // It vanished meanwhile: its own parent tells when it comes back.
                Err(_) if !path.exists() => {}
                Err(error) => return Err(unwatchable(&path, &error).into()),
            }
        }
        Ok(())
    }

    fn unwatch(&mut self, path: &Path) {
        if self.watched.remove(path).is_some() {
            // Fails where the system has dropped the watch with the folder.
            let _ = self.watcher.unwatch(path);
        }
    }

    /// The folders to watch: those of the inputs and the templates, where links lead, and the
    /// folder in which the templates' own is or will be.
    fn wanted(&self) -> BTreeMap<PathBuf, RecursiveMode> {
        let mut folders = vec![existing_parent(&self.inputs), existing_parent(&self.templates)];
        folders.extend(self.inputs.canonicalize().ok().map(|file| existing_parent(&file)));
        let mut wanted: BTreeMap<PathBuf, RecursiveMode> = folders
            .into_iter()
            .filter_map(|folder| Some((folder.canonicalize().ok()?, RecursiveMode::NonRecursive)))
            .collect();
        if let Ok(templates) = self.templates.canonicalize()
            && templates.is_dir()
        {
            wanted.insert(templates, RecursiveMode::Recursive);
        }
        wanted
    }

    /// The files as they are now.
    pub fn state(&self) -> State {
        let mut state = State::new();
        note(&self.inputs, &mut state);
        let output = self.output.canonicalize().ok();
        walk(&self.templates, output.as_deref(), 0, &mut state);
        state
    }
}

/// Everything below a folder that templates can include, figures too.
fn walk(folder: &Path, output: Option<&Path>, depth: usize, state: &mut State) {
    let is_output = output.is_some() && folder.canonicalize().ok().as_deref() == output;
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        if is_editors_own(&name) || (is_output && name.starts_with("homework3.")) {
            continue;
        }
        if path.is_dir() {
            let link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
            if depth < FOLDER_DEPTH && !link {
                walk(&path, output, depth + 1, state);
            }
        } else {
            note(&path, state);
        }
    }
}

/// Notes a file; one that cannot be read is as good as none.
fn note(path: &Path, state: &mut State) {
    // Reading a pipe or a device may never end.
    let Some(metadata) = fs::metadata(path).ok().filter(fs::Metadata::is_file) else { return };
    if let Ok(contents) = fs::read(path) {
        state.insert(path.to_owned(), (metadata.modified().ok(), Sha256::digest(&contents).into()));
    }
}

/// The nearest folder above a path that is there.
fn existing_parent(path: &Path) -> PathBuf {
    let parents = path.ancestors().skip(1);
    let found = parents.map(|parent| if parent == Path::new("") { Path::new(".") } else { parent });
    found.into_iter().find(|parent| parent.is_dir()).unwrap_or(Path::new(".")).to_owned()
}

fn is_reading(kind: &EventKind) -> bool {
    matches!(kind, EventKind::Access(access) if *access != AccessKind::Close(AccessMode::Write))
}

fn unwatchable(path: &Path, error: &Error) -> Diagnostic {
    let help = match error.kind {
        ErrorKind::MaxFilesWatch => {
            "the system watches as many files as it can: close other programs that watch files, or raise fs.inotify.max_user_watches"
        }
        _ => "use `build-pdf` after each change instead",
    };
    Diagnostic::error(format!("{} cannot be watched: {error}", path.display())).help(help)
}
