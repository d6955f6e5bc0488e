//! A format in the cache: written in one step, and used only while it is what a new one would be.
//!
//! The file has a head of lines, one for each file that went into the format, and one that ends it
//! with the image's length and checksum; then comes the image. A line of the head tells the state
//! of a file:
//!
//! ```text
//! CHANGED SIZE<tab>PATH      one of TeX's, with its time of change (ns since 1970) and size
//! own DIGEST<tab>NAME        one of the user's, or `own -` where there was none of that name
//! ```
//!
//! Other, small files are kept in the same way.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};
use tectonic::io::{InputHandle, InputOrigin};
use tempfile::NamedTempFile;

use super::unexamined::{Sums, Unexamined};
use crate::tex::files::UserFiles;
use crate::tex::session::in_memory;

/// A format, ready to load.
#[derive(Debug)]
pub(in crate::tex) struct Format {
    image: Image,
    /// The files that went into it.
    pub made: Made,
}

#[derive(Debug)]
enum Image {
    /// In the cache: the open file, which stays readable should the cache be deleted meanwhile,
    /// and where the image begins in it.
    Kept(File, u64),
    /// The same, but nobody has looked yet whether it is whole.
    Unexamined(Unexamined),
    /// Where there is no cache to keep it in.
    Fresh(Vec<u8>),
}

impl Format {
    /// One that can't be kept.
    pub fn fresh(image: Vec<u8>, made: Made) -> Self {
        Self { image: Image::Fresh(image), made }
    }

    /// A handle at the image's start. A cached one is some 30 MB, and so not read into memory
    /// first; its handles share one position, for TeX has one open at a time.
    pub fn open(&self, name: &str) -> io::Result<InputHandle> {
        match &self.image {
            Image::Kept(file, start) => {
                let mut file = file.try_clone()?;
                file.seek(SeekFrom::Start(*start))?;
                let reader = BufReader::with_capacity(BUFFER, file);
                Ok(InputHandle::new_read_only(name, reader, InputOrigin::Other))
            }
            Image::Unexamined(image) => image.open(name),
            Image::Fresh(image) => Ok(in_memory(name, image.clone())),
        }
    }

    /// Whether the image that TeX has read is as it was written.
    pub fn is_whole(&self) -> bool {
        match &self.image {
            Image::Unexamined(image) => image.is_whole(),
            Image::Kept(..) | Image::Fresh(_) => true,
        }
    }

    /// Closes the file of an image that TeX has read and nobody had looked at before.
    ///
    /// # Errors
    /// Where it is not as it was written.
    pub fn close(&self) -> io::Result<()> {
        match &self.image {
            Image::Unexamined(image) if !image.close() => {
                Err(io::Error::other("the preamble's format is damaged"))
            }
            _ => Ok(()),
        }
    }

    /// The whole contents, where they are few.
    pub fn bytes(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.open("")?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// What the cache has under a format's name.
#[derive(Debug)]
pub(in crate::tex) enum Found {
    /// What a new one would be.
    Good(Format),
    Nothing,
    /// Made from files that have changed since.
    Stale,
    /// Not as it was written.
    Damaged,
}

/// The files that something was made from, as they were when they were read.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Made {
    /// The state of TeX's, where they have a path.
    tex: BTreeSet<String>,
    /// Names that were looked for among the user's own, each with the digest of what was found.
    pub(in crate::tex) own: BTreeMap<String, Option<String>>,
    /// Files were read whose state can't be told.
    is_partial: bool,
}

impl Made {
    /// Notes one of TeX's files.
    pub(in crate::tex) fn note(&mut self, path: &Path) {
        match state(path) {
            Some(state) => drop(self.tex.insert(state)),
            None => self.is_partial = true,
        }
    }

    /// Leaves the user's own files out.
    pub(in crate::tex) fn tex_only(self) -> Self {
        Self { own: BTreeMap::new(), ..self }
    }

    /// Takes the files of another in. Those of one name in two states make what was made stale.
    pub(in crate::tex) fn extend(&mut self, other: &Self) {
        self.tex.extend(other.tex.iter().cloned());
        self.is_partial |= other.is_partial;
        for (name, found) in &other.own {
            self.own.entry(name.clone()).or_insert_with(|| found.clone());
        }
    }

    /// Whether all files are as they were when they were read.
    pub(in crate::tex) fn is_current(&self, user: &UserFiles) -> bool {
        let tex = self.tex.iter().all(|line| {
            let path = line.split_once('\t').map(|(_, path)| Path::new(path));
            path.and_then(state).as_ref() == Some(line)
        });
        tex && self.own.iter().all(|(name, found)| user.digest(name) == *found)
    }

    /// Whether a file of the user's own is among them.
    pub(in crate::tex) fn has_own_files(&self) -> bool {
        self.own.values().any(Option::is_some)
    }

    /// Whether every file's state is known.
    pub(in crate::tex) fn is_whole(&self) -> bool {
        !self.is_partial
    }
}

/// A kind of files in the cache.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// How their names begin and end.
    pub start: &'static str,
    pub end: &'static str,
    /// How many stay.
    kept: usize,
}

impl Kind {
    /// Formats of LaTeX.
    pub const LATEX: Self = Self { start: "latex-", end: ".fmt", kept: KEPT };
    /// Formats of LaTeX with a document's preamble.
    pub const PREAMBLE: Self = Self { start: "preamble-", end: ".image", kept: KEPT };
    /// The same, not tried yet.
    pub const TRIAL: Self = Self { start: "preamble-", end: ".trial", kept: KEPT };
    /// What is known about a preamble without a format; these are small.
    pub const NOTE: Self = Self { start: "preamble-", end: ".note", kept: 64 };

    /// What the passes of a document handed on; these are small, too.
    pub const AUXILIARY: Self = Self { start: "auxiliary-", end: ".note", kept: 64 };

    /// The pages of a document; some hundred kilobytes.
    pub const PAGES: Self = Self { start: "pages-", end: ".note", kept: 16 };

    /// Where the files of some trees are; small.
    pub const LOOKUPS: Self = Self { start: "lookups-", end: ".note", kept: KEPT };

    /// Processes that have read a preamble; tens of megabytes.
    pub const PREAMBLE_READ: Self = Self { start: "engine-", end: ".preamble", kept: 2 };
    /// Processes that have read a title, too; as large.
    pub const TITLE_READ: Self = Self { start: "engine-", end: ".title", kept: 2 };
    /// That such a process was wanted; empty.
    pub const WANTED: Self = Self { start: "engine-", end: ".wanted", kept: 64 };
    /// Why there is none; small.
    pub const REFUSED: Self = Self { start: "engine-", end: ".refused", kept: 64 };

    /// What a build made; small.
    pub const BUILD: Self = Self { start: "build-", end: ".note", kept: 64 };

    const ALL: [Self; 12] = [
        Self::LATEX,
        Self::PREAMBLE,
        Self::TRIAL,
        Self::NOTE,
        Self::AUXILIARY,
        Self::PAGES,
        Self::LOOKUPS,
        Self::PREAMBLE_READ,
        Self::TITLE_READ,
        Self::WANTED,
        Self::REFUSED,
        Self::BUILD,
    ];

    fn has(self, name: &str) -> bool {
        name.starts_with(self.start) && name.ends_with(self.end)
    }
}

/// How many formats of one kind stay in the cache, for users who change between TeX installations
/// or documents.
const KEPT: usize = 3;

/// Begins the line that ends the head of a cached format; the image's length and CRC-32 follow.
const END_OF_HEAD: &str = "---";

/// Bytes read at once: few calls, and still in the processor's cache.
pub(super) const BUFFER: usize = 1 << 18;

/// A format that is being written; whoever finds one that nobody has locked removes it.
const PART: &str = ".latex-part-";

/// The format in the file at `path`.
pub(in crate::tex) fn cached(path: &Path, user: &UserFiles) -> Found {
    match File::open(path) {
        Ok(file) => examine(file, user, true).unwrap_or(Found::Damaged),
        Err(_) => Found::Nothing,
    }
}

/// The same, where it will be asked afterwards whether the image [was whole](Format::is_whole).
pub(in crate::tex) fn unexamined(path: &Path, user: &UserFiles) -> Option<Format> {
    match examine(File::open(path).ok()?, user, false)? {
        Found::Good(format) => Some(format),
        _ => None,
    }
}

/// None where the head can't be read. The image is looked at `now`, or when TeX reads it.
fn examine(file: File, user: &UserFiles, now: bool) -> Option<Found> {
    let mut file = BufReader::with_capacity(BUFFER, file);
    let mut line = String::new();
    let mut made = Made::default();
    loop {
        line.clear();
        file.read_line(&mut line).ok()?;
        let line = line.strip_suffix('\n')?;
        if let Some(sums) = line.strip_prefix(END_OF_HEAD) {
            let start = file.stream_position().ok()?;
            if !now {
                let image = Unexamined::new(file.into_inner(), start, sums.to_owned());
                return Some(Found::Good(Format { image: Image::Unexamined(image), made }));
            }
            if sums != summary(&mut file).ok()? {
                return Some(Found::Damaged);
            }
            let image = Image::Kept(file.into_inner(), start);
            return Some(Found::Good(Format { image, made }));
        }
        let (then, name) = line.split_once('\t')?;
        let now = match then.strip_prefix(OWN) {
            Some(_) => Some(own_state(name, user.digest(name).as_deref())),
            None => state(Path::new(name)),
        };
        if now.as_deref() != Some(line) {
            return Some(Found::Stale);
        }
        match then.strip_prefix(OWN) {
            Some("-") => drop(made.own.insert(name.to_owned(), None)),
            Some(digest) => drop(made.own.insert(name.to_owned(), Some(digest.to_owned()))),
            None => drop(made.tex.insert(line.to_owned())),
        }
    }
}

/// The [`Sums`] of an image.
fn summary(image: &mut impl BufRead) -> io::Result<String> {
    let mut sums = Sums::default();
    loop {
        let bytes = image.fill_buf()?;
        if bytes.is_empty() {
            return Ok(sums.summary());
        }
        sums.add(bytes);
        let count = bytes.len();
        image.consume(count);
    }
}

/// A line that says how the file at `path` is now: time of change, size, path.
fn state(path: &Path) -> Option<String> {
    let meta = fs::metadata(path).ok()?;
    let changed = meta.modified().ok()?.duration_since(UNIX_EPOCH).ok()?.as_nanos();
    Some(format!("{changed} {}\t{}", meta.len(), path.to_str()?))
}

/// Begins the state of one of the user's files.
const OWN: &str = "own ";

fn own_state(name: &str, digest: Option<&str>) -> String {
    format!("{OWN}{}\t{name}", digest.unwrap_or("-"))
}

/// Writes the cached format in one step, so that another process never reads half of it.
pub(in crate::tex) fn keep(path: &Path, image: &[u8], made: &Made) -> io::Result<Format> {
    let mut head = String::new();
    for line in &made.tex {
        head.extend([line, "\n"]);
    }
    for (name, digest) in &made.own {
        head.extend([&own_state(name, digest.as_deref()), "\n"]);
    }
    let mut start = 0;
    let file = keep_by(path, |file| {
        writeln!(file, "{head}{END_OF_HEAD}{}", summary(&mut &*image)?)?;
        start = file.stream_position()?;
        file.write_all(image)
    })?;
    Ok(Format { image: Image::Kept(file, start), made: made.clone() })
}

/// Keeps what `write` writes, and nothing where it fails.
///
/// # Errors
/// Its own, and where nothing can be kept there.
pub fn keep_by(
    path: &Path,
    write: impl FnOnce(&mut NamedTempFile) -> io::Result<()>,
) -> io::Result<File> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = tempfile::Builder::new().prefix(PART).tempfile_in(folder)?;
    // Not every file system can; then nothing is removed as abandoned either.
    let _ = file.as_file().try_lock();
    write(&mut file)?;
    let file = file.persist(path)?;
    discard_old(folder);
    Ok(file)
}

/// Deletes all but the newest of each kind, for every update of the TeX files leaves one behind,
/// and those that a killed build left half written.
fn discard_old(folder: &Path) {
    let mut kinds = Kind::ALL.map(|kind| (kind, Vec::new()));
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let (name, path) = (entry.file_name(), entry.path());
        let Some(name) = name.to_str() else { continue };
        if let Some((_, files)) = kinds.iter_mut().find(|(kind, _)| kind.has(name)) {
            let changed = entry.metadata().and_then(|meta| meta.modified());
            files.push((changed.unwrap_or(UNIX_EPOCH), path));
        } else if name.starts_with(PART)
            && File::open(&path).is_ok_and(|file| file.try_lock().is_ok())
        {
            // What can't be removed now is found again.
            let _ = fs::remove_file(path);
        }
    }
    for (Kind { kept, .. }, mut files) in kinds {
        files.sort();
        for (_, path) in files.iter().rev().skip(kept) {
            let _ = fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use std::path::PathBuf;

    use super::*;

    /// A kept format of one input, in a folder.
    fn kept() -> io::Result<(tempfile::TempDir, PathBuf, PathBuf)> {
        let folder = tempfile::tempdir()?;
        let input = folder.path().join("latex.ltx");
        fs::write(&input, "one")?;
        let path = folder.path().join("latex-1.fmt");
        let mut made = Made::default();
        made.note(&input);
        keep(&path, b"image\n\xFF", &made)?;
        Ok((folder, path, input))
    }

    fn image(format: &Format) -> Vec<u8> {
        let mut image = Vec::new();
        format.open("").unwrap().read_to_end(&mut image).unwrap();
        image
    }

    #[test]
    fn a_format_is_stale_once_a_file_it_was_made_from_changes() -> io::Result<()> {
        let (_folder, path, input) = kept()?;
        let Found::Good(format) = cached(&path, &UserFiles::default()) else {
            panic!("it is good")
        };
        assert_eq!(image(&format), b"image\n\xFF");
        fs::write(&input, "other")?;
        assert!(matches!(cached(&path, &UserFiles::default()), Found::Stale));
        fs::remove_file(&input)?;
        assert!(matches!(cached(&path, &UserFiles::default()), Found::Stale));
        fs::remove_file(&path)?;
        assert!(matches!(cached(&path, &UserFiles::default()), Found::Nothing));
        Ok(())
    }

    #[test]
    fn a_format_that_was_cut_or_changed_anywhere_is_noticed() -> io::Result<()> {
        let (_folder, path, _) = kept()?;
        let whole = fs::read(&path)?;
        for length in 0..whole.len() {
            fs::write(&path, &whole[..length])?;
            assert!(
                !matches!(cached(&path, &UserFiles::default()), Found::Good(_)),
                "{length} bytes"
            );
        }
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x10;
            fs::write(&path, &bytes)?;
            assert!(
                !matches!(cached(&path, &UserFiles::default()), Found::Good(_)),
                "byte {at} changed"
            );
        }
        fs::write(&path, [&whole[..], b"more"].concat())?;
        assert!(matches!(cached(&path, &UserFiles::default()), Found::Damaged));
        fs::write(&path, &whole)?;
        assert!(matches!(cached(&path, &UserFiles::default()), Found::Good(_)));
        Ok(())
    }

    #[test]
    fn a_format_stays_readable_when_the_cache_is_deleted() -> io::Result<()> {
        let (folder, path, _) = kept()?;
        let Found::Good(format) = cached(&path, &UserFiles::default()) else {
            panic!("it is good")
        };
        fs::remove_dir_all(folder.path())?;
        for _ in 0..2 {
            assert_eq!(image(&format), b"image\n\xFF");
        }
        Ok(())
    }

    #[test]
    fn half_written_formats_are_removed_unless_someone_writes_them() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let part = |name: &str| folder.path().join(format!("{PART}{name}"));
        fs::write(part("left"), "half")?;
        let writing = File::create(part("written"))?;
        writing.lock()?;
        discard_old(folder.path());
        assert!(!part("left").exists() && part("written").exists());
        Ok(())
    }

    #[test]
    fn only_the_newest_of_each_kind_are_kept() -> io::Result<()> {
        for Kind { start, end, kept } in Kind::ALL {
            let folder = tempfile::tempdir()?;
            let path = |number| folder.path().join(format!("{start}{number}{end}"));
            for number in 0..kept + 2 {
                let made = UNIX_EPOCH + std::time::Duration::from_secs(1000 * number as u64);
                File::create(path(number))?.set_modified(made)?;
            }
            discard_old(folder.path());
            let left: Vec<_> = (0..kept + 2).filter(|&number| path(number).exists()).collect();
            assert_eq!(left, (2..kept + 2).collect::<Vec<_>>(), "{start}{end}");
        }
        Ok(())
    }
}
