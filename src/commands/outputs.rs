//! The three output files, replaced together.
//!
//! Three renames are three steps, and a process can be killed between any two of them. So the new
//! files are gathered in a hidden folder beside their places, and one rename of that folder makes
//! them the outputs:
//!
//! ```text
//! .homework3.new     being written; whoever finds it throws it away
//! .homework3.ready   complete, with the previous files as NAME.old; whoever finds it moves the
//!                    files to their places, or all of them back if one cannot be moved
//! ```
//!
//! Builds and `check` [`settle`] a folder before they look at it, and a lock on the folder lets one
//! at a time do so. Every step can be repeated, so a kill at any moment is made good by the next.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::diagnostic::{Diagnostic, Failure, Result};

/// The PDF last: it is what people look at, and by then the others are in place.
const NAMES: [&str; 3] = ["homework3.tex", "homework3.json", "homework3.pdf"];
const TEX: &str = NAMES[0];
const JSON: &str = NAMES[1];
const PDF: &str = NAMES[2];

const NEW: &str = ".homework3.new";
const READY: &str = ".homework3.ready";

/// Held while files are replaced.
static WRITING: Mutex<()> = Mutex::new(());

/// Waits until no files are being replaced; none will be while the guard lives.
pub fn not_writing() -> MutexGuard<'static, ()> {
    WRITING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The contents of the output files.
#[derive(Debug)]
pub struct Outputs<'a> {
    pub pdf: &'a [u8],
    pub tex: &'a str,
    pub json: &'a str,
}

/// The contents of the files in a folder of outputs.
pub fn read(folder: &Path) -> io::Result<[Vec<u8>; 3]> {
    let [tex, json, pdf] = NAMES.map(|name| fs::read(folder.join(name)));
    Ok([tex?, json?, pdf?])
}

/// The submission in a folder of outputs.
pub fn pdf_path(folder: &Path) -> PathBuf {
    folder.join(PDF)
}

/// The LaTeX in a folder of outputs.
pub fn tex_path(folder: &Path) -> PathBuf {
    folder.join(TEX)
}

/// The record in a folder of outputs.
pub fn json_path(folder: &Path) -> PathBuf {
    folder.join(JSON)
}

/// Makes good what a killed build left in a folder: throws away what was incomplete, and finishes
/// what was complete.
///
/// # Errors
/// Where complete files cannot be moved to their places.
pub fn settle(folder: &Path) -> Result<()> {
    let folder = named(folder);
    let left = |name: &str| folder.join(name).symlink_metadata().is_ok();
    if left(NEW) || left(READY) {
        let _writing = not_writing();
        let lock = lock(folder);
        finish(folder)?;
        // Without a lock it may be what another build is writing. Harmless if it stays, and a
        // folder that can't be written says so when it is written to.
        if lock.is_some() {
            let _ = remove(&folder.join(NEW));
        }
    }
    Ok(())
}

impl Outputs<'_> {
    /// The contents of each file, in the order of [`read`].
    pub fn files(&self) -> [&[u8]; 3] {
        [self.tex.as_bytes(), self.json.as_bytes(), self.pdf]
    }

    /// Replaces all three files, or leaves the previous ones as they were.
    ///
    /// # Errors
    /// Where the folder or a file in it cannot be written.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let folder = named(folder);
        let _writing = not_writing();
        make_folder(folder)?;
        let _lock = lock(folder);
        finish(folder)?;
        for path in NAMES.map(|name| folder.join(name)) {
            // A rename would only find out after others were moved.
            if path.symlink_metadata().is_ok_and(|meta| meta.is_dir()) {
                let error = io::Error::from(io::ErrorKind::IsADirectory);
                return Err(failed(&path, &error));
            }
        }
        let new = folder.join(NEW);
        let gathered = self.gather(folder, &new).and_then(|()| {
            fs::rename(&new, folder.join(READY)).map_err(|error| failed(folder, &error))?;
            sync(folder);
            Ok(())
        });
        if let Err(error) = gathered {
            let _ = remove(&new);
            return Err(error);
        }
        finish(folder)
    }

    /// The new files, and the previous ones to go back to, in the folder `new`.
    fn gather(&self, folder: &Path, new: &Path) -> Result<()> {
        remove(new).and_then(|()| fs::create_dir(new)).map_err(|error| failed(folder, &error))?;
        let mut files = Vec::new();
        for (name, contents) in NAMES.iter().zip(self.files()) {
            let place = folder.join(name);
            let written = File::create_new(new.join(name)).and_then(|mut file| {
                file.write_all(contents)?;
                keep_previous(&place, &old(new, name))?;
                Ok(file)
            });
            files.push(written.map_err(|error| failed(&place, &error))?);
        }
        // All at once: the first takes the others along.
        for (name, file) in NAMES.iter().zip(&files) {
            file.sync_all().map_err(|error| failed(&folder.join(name), &error))?;
        }
        sync(new);
        Ok(())
    }
}

/// Moves complete files to their places; where one cannot be, moves all back and says why.
fn finish(folder: &Path) -> Result<()> {
    let ready = folder.join(READY);
    if ready.symlink_metadata().is_err() {
        return Ok(());
    }
    for name in NAMES {
        let (from, to) = (ready.join(name), folder.join(name));
        match fs::rename(from, &to) {
            Ok(()) => {}
            // Moved already, before a kill.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                go_back(folder, &ready).map_err(|worse| stuck(folder, &worse))?;
                return Err(failed(&to, &error));
            }
        }
    }
    sync(folder);
    remove(&ready).map_err(|error| stuck(folder, &error))
}

/// Puts the previous files back. Until the last step a repeated [`finish`] would start afresh.
fn go_back(folder: &Path, ready: &Path) -> io::Result<()> {
    for name in NAMES {
        let (new, place, previous) = (ready.join(name), folder.join(name), old(ready, name));
        if new.exists() {
            continue;
        }
        // What can fail comes before the renames; a kill between these is answered by `finish`.
        let back = ready.join("back");
        remove(&back)?;
        let had_previous = previous.symlink_metadata().is_ok();
        if had_previous {
            link_or_copy(&previous, &back)?;
        }
        fs::rename(&place, &new)?;
        if had_previous {
            fs::rename(&back, &place)?;
        }
    }
    let new = folder.join(NEW);
    remove(&new)?;
    fs::rename(ready, &new)?;
    remove(&new)
}

fn old(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.old"))
}

/// Gives the file at `place` a second name, if there is one.
fn keep_previous(place: &Path, second: &Path) -> io::Result<()> {
    match link_or_copy(place, second) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// A second name for a file, or a copy where the file system knows no second names.
fn link_or_copy(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => fs::copy(from, to).map(drop),
        other => other,
    }
}

/// Makes the folder, with its parents; a file or a link to nowhere in its place is named.
fn make_folder(folder: &Path) -> Result<()> {
    let is_link = folder.symlink_metadata().is_ok_and(|meta| meta.is_symlink());
    if is_link && !folder.exists() {
        let shown = folder.display();
        return Err(Diagnostic::error(format!("{shown} is a link to nowhere"))
            .help("take it away, or choose another folder with --output DIR")
            .into());
    }
    if folder.exists() && !folder.is_dir() {
        return Err(Diagnostic::error(format!("{} is a file, not a folder", folder.display()))
            .help("move it away, or choose another folder with --output DIR")
            .into());
    }
    fs::create_dir_all(folder).map_err(|error| failed(folder, &error))
}

/// The folder by a name that it can be opened by: `check homework3.pdf` names it by nothing.
fn named(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

/// Waits until no other build is in the folder. The lock ends with its holder, killed or not.
///
/// Some network file systems refuse it. Each file is whole without it too; only two builds at the
/// same moment could then mix theirs.
fn lock(folder: &Path) -> Option<File> {
    let handle = File::open(folder).ok()?;
    handle.lock().is_ok().then_some(handle)
}

/// Asks that renames outlast a power failure; not every file system can.
fn sync(folder: &Path) {
    if let Ok(handle) = File::open(folder) {
        let _ = handle.sync_all();
    }
}

/// Removes a folder or a file, if it is there; links are not followed.
fn remove(path: &Path) -> io::Result<()> {
    let removed = match path.symlink_metadata() {
        Ok(meta) if meta.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn failed(path: &Path, error: &io::Error) -> Failure {
    let remedy = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            "make room on the disk"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => "make it writable",
        io::ErrorKind::IsADirectory => "move that folder away",
        _ => "free the place",
    };
    Diagnostic::error(format!("{} could not be written: {error}", path.display())).help(format!(
        "the previous files are as they were; {remedy}, or choose another folder with --output DIR"
    ))
    .into()
}

/// Neither forwards nor back: the next build tries again.
fn stuck(folder: &Path, error: &io::Error) -> Failure {
    let (shown, ready) = (folder.display(), folder.join(READY));
    Diagnostic::error(format!("the files in {shown} are not all of one build: {error}")).help(format!(
        "make {shown} and the files in it writable and build again; the complete ones are in {}",
        ready.display()
    ))
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outputs(text: &str) -> [String; 3] {
        NAMES.map(|name| format!("{name} {text}"))
    }

    fn write(folder: &Path, text: &str) -> Result<()> {
        let [tex, json, pdf] = &outputs(text);
        Outputs { tex, json, pdf: pdf.as_bytes() }.write(folder)
    }

    fn contents(folder: &Path) -> [String; 3] {
        NAMES.map(|name| fs::read_to_string(folder.join(name)).unwrap_or_default())
    }

    /// What is in the folder beside the outputs.
    fn remains(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        names.filter(|name| !NAMES.contains(&name.as_str())).collect()
    }

    /// A folder with the outputs `before`, and those of `after` complete but for `moved` files.
    fn killed_after(moved: usize) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "before").unwrap();
        let [tex, json, pdf] = &outputs("after");
        let ready = folder.path().join(READY);
        let new = Outputs { tex, json, pdf: pdf.as_bytes() };
        new.gather(folder.path(), &ready).unwrap();
        for name in &NAMES[..moved] {
            fs::rename(ready.join(name), folder.path().join(name)).unwrap();
        }
        folder
    }

    #[test]
    fn a_kill_between_any_two_renames_is_finished_by_the_next() {
        for moved in 0..=3 {
            let folder = killed_after(moved);
            settle(folder.path()).unwrap();
            assert_eq!(contents(folder.path()), outputs("after"), "{moved} moved");
            assert_eq!(remains(folder.path()), Vec::<String>::new());
        }
    }

    #[test]
    fn a_kill_before_all_are_complete_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "before").unwrap();
        let new = folder.path().join(NEW);
        fs::create_dir(&new).unwrap();
        fs::write(new.join(NAMES[0]), "half").unwrap();
        settle(folder.path()).unwrap();
        assert_eq!(contents(folder.path()), outputs("before"));
        assert_eq!(remains(folder.path()), Vec::<String>::new());
    }

    #[test]
    fn where_one_cannot_be_moved_all_go_back() {
        for moved in 0..3 {
            let folder = killed_after(moved);
            let blocked = folder.path().join("homework3.pdf");
            fs::remove_file(&blocked).unwrap();
            fs::create_dir(&blocked).unwrap();
            let message = settle(folder.path()).unwrap_err().to_string();
            assert!(message.contains("homework3.pdf could not be written"), "{message}");
            assert_eq!(contents(folder.path())[..2], outputs("before")[..2], "{moved} moved");
            assert_eq!(remains(folder.path()), Vec::<String>::new());
        }
    }

    #[test]
    fn outputs_that_were_not_there_go_back_to_nothing() {
        let folder = killed_after(0);
        for name in NAMES {
            fs::remove_file(folder.path().join(name)).unwrap();
            fs::remove_file(old(&folder.path().join(READY), name)).unwrap();
        }
        fs::create_dir(folder.path().join("homework3.pdf")).unwrap();
        settle(folder.path()).unwrap_err();
        fs::remove_dir(folder.path().join("homework3.pdf")).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn writers_at_the_same_moment_leave_the_files_of_one() {
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let folder = folder.path();
                scope.spawn(move || {
                    for round in 0..25 {
                        write(folder, &format!("{writer} {round}")).unwrap();
                    }
                });
            }
        });
        let [tex, ..] = contents(folder.path());
        let text = tex.strip_prefix("homework3.tex ").unwrap();
        assert_eq!(contents(folder.path()), outputs(text));
        assert_eq!(remains(folder.path()), Vec::<String>::new());
    }
}
