//! The format: the memory image of a TeX that has read LaTeX, made once and kept in a cache.
//!
//! A cached format is used only while it is what a new one would be. Its file name has the digest
//! of the TeX files' index, of [`RECIPE`] and the engine's format version in it; in its head
//! stands every TeX file that went into it, with size and time of change, and a checksum. One that
//! is damaged or out of date is made anew, and one that can't be kept is used once.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use tectonic::digest::{self, Digest, DigestData};
use tectonic::io::{InputHandle, InputOrigin};
use tectonic::{FORMAT_SERIAL, TexEngine, TexOutcome};
use tectonic_bridge_core::{CoreBridgeLauncher, SecuritySettings};

use super::files::{Source, UserFiles};
use super::session::{JOB, Session, in_memory};
use super::status::Collector;
use super::{Message, TexFailure};

/// What a new TeX reads to become our LaTeX.
///
/// `latex.ltx` ends with `\dump`, which is held back until the date is arranged for: TeX takes its
/// date in the machine's time zone, so every run reads it from a file that [`super::passes`]
/// writes. Before that line is the place to load a preamble. All
/// bundles have `xelatex.ini`; tectonic's own recipe is that line alone.
const RECIPE: &str = r"\let\dumpformat=\dump
\let\dump=\relax
\input xelatex.ini
\everyjob\expandafter{\the\everyjob\input gradproof-date.tex }
\let\dump=\dumpformat
\dump
";

/// A format, ready to load.
#[derive(Debug)]
pub(super) enum Format {
    /// In the cache: the open file, which stays readable should the cache be deleted meanwhile,
    /// and where the image begins in it.
    Kept(File, u64),
    /// Where there is no cache to keep it in.
    Fresh(Vec<u8>),
}

impl Format {
    /// A handle at the image's start. A cached one is some 30 MB, and so not read into memory
    /// first; its handles share one position, for TeX has one open at a time.
    pub fn open(&self, name: &str) -> io::Result<InputHandle> {
        match self {
            Self::Kept(file, start) => {
                let mut file = file.try_clone()?;
                file.seek(SeekFrom::Start(*start))?;
                let reader = BufReader::with_capacity(BUFFER, file);
                Ok(InputHandle::new_read_only(name, reader, InputOrigin::Other))
            }
            Self::Fresh(image) => Ok(in_memory(name, image.clone())),
        }
    }
}

/// What the cache has under a format's name.
#[derive(Debug)]
enum Found {
    /// What a new one would be.
    Good(Format),
    Nothing,
    /// Made from files that have changed since.
    Stale,
    /// Not as it was written.
    Damaged,
}

/// How many formats stay in the cache, for users who change between TeX installations.
const KEPT: usize = 3;

/// Begins the line that ends the head of a cached format; the image's length and CRC-32 follow.
const END_OF_HEAD: &str = "---";

/// Bytes read at once: few calls, and still in the processor's cache.
const BUFFER: usize = 1 << 18;

/// A format that is being written; whoever finds one that nobody has locked removes it.
const PART: &str = ".latex-part-";

/// The format for `files`, from the cache or made now, and what the user should know about that.
pub(super) fn load(
    files: &mut dyn Source,
    cache_dir: &Path,
    progress: &mut dyn FnMut(&str),
) -> Result<(Format, Option<Message>), TexFailure> {
    let digest = files
        .get_digest()
        .map_err(|e| TexFailure::engine(format!("the TeX files cannot be told apart: {e}")))?;
    let path = cache_dir.join(file_name(digest));
    let notice = match cached(&path) {
        Found::Good(format) => return Ok((format, None)),
        Found::Nothing => None,
        Found::Stale => {
            Some("TeX's files have changed, and LaTeX was loaded anew from them".to_owned())
        }
        Found::Damaged => {
            Some("the LaTeX format in the cache was damaged, and has been made anew".to_owned())
        }
    };
    progress(match notice {
        None => "Preparing LaTeX (only the first time)",
        Some(_) => "Preparing LaTeX anew",
    });
    let (image, inputs) = make(files, progress)?;
    if let Some(trouble) = files.trouble() {
        // A file that could not be fetched may be missing in the image: it is not for keeping.
        return Err(TexFailure::engine(trouble));
    }
    match keep(&path, &image, &inputs) {
        Ok(format) => Ok((format, notice.map(|text| Message::notice(text, None)))),
        Err(e) => {
            let folder = cache_dir.display();
            let text = format!("the LaTeX format cannot be kept in {folder}: {e}");
            let help = "every build takes seconds longer until that folder is writable, or \
                        GRADPROOF_CACHE names another";
            Ok((Format::Fresh(image), Some(Message::notice(text, Some(help.to_owned())))))
        }
    }
}

fn file_name(digest: DigestData) -> String {
    let mut hash = digest::create();
    hash.update(digest.to_string());
    hash.update(RECIPE);
    format!("latex-{FORMAT_SERIAL}-{}.fmt", DigestData::from(hash))
}

/// The format in the file at `path`.
fn cached(path: &Path) -> Found {
    match File::open(path) {
        Ok(file) => examine(file).unwrap_or(Found::Damaged),
        Err(_) => Found::Nothing,
    }
}

/// None where the head can't be read.
fn examine(file: File) -> Option<Found> {
    let mut file = BufReader::with_capacity(BUFFER, file);
    let mut line = String::new();
    loop {
        line.clear();
        file.read_line(&mut line).ok()?;
        let line = line.strip_suffix('\n')?;
        if let Some(sums) = line.strip_prefix(END_OF_HEAD) {
            let start = file.stream_position().ok()?;
            if sums != summary(&mut file).ok()? {
                return Some(Found::Damaged);
            }
            return Some(Found::Good(Format::Kept(file.into_inner(), start)));
        }
        let (_, input) = line.split_once('\t')?;
        if state(Path::new(input)).as_deref() != Some(line) {
            return Some(Found::Stale);
        }
    }
}

/// Length and CRC-32 of an image, which tell any accident; nobody but the user writes there.
fn summary(image: &mut impl BufRead) -> io::Result<String> {
    let mut sum = crc32fast::Hasher::new();
    let mut length = 0;
    loop {
        let bytes = image.fill_buf()?;
        if bytes.is_empty() {
            return Ok(format!(" {length} {:08x}", sum.finalize()));
        }
        sum.update(bytes);
        let count = bytes.len();
        length += count as u64;
        image.consume(count);
    }
}

/// A line that says how the file at `path` is now: time of change, size, path.
fn state(path: &Path) -> Option<String> {
    let meta = fs::metadata(path).ok()?;
    let changed = meta.modified().ok()?.duration_since(UNIX_EPOCH).ok()?.as_nanos();
    Some(format!("{changed} {}\t{}", meta.len(), path.to_str()?))
}

/// Writes the cached format in one step, so that another process never reads half of it.
fn keep(path: &Path, image: &[u8], inputs: &[PathBuf]) -> io::Result<Format> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = tempfile::Builder::new().prefix(PART).tempfile_in(folder)?;
    // Not every file system can; then nothing is removed as abandoned either.
    let _ = file.as_file().try_lock();
    for line in inputs.iter().filter_map(|input| state(input)) {
        writeln!(file, "{line}")?;
    }
    writeln!(file, "{END_OF_HEAD}{}", summary(&mut &*image)?)?;
    let start = file.stream_position()?;
    file.write_all(image)?;
    let file = file.persist(path)?;
    discard_old(folder);
    Ok(Format::Kept(file, start))
}

/// Deletes all but the newest [`KEPT`] formats, for every update of the TeX files leaves one
/// behind, and those that a killed build left half written.
fn discard_old(folder: &Path) {
    let mut formats = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let (name, path) = (entry.file_name(), entry.path());
        let Some(name) = name.to_str() else { continue };
        if name.starts_with("latex-") && name.ends_with(".fmt") {
            let changed = entry.metadata().and_then(|meta| meta.modified());
            formats.push((changed.unwrap_or(UNIX_EPOCH), path));
        } else if name.starts_with(PART)
            && File::open(&path).is_ok_and(|file| file.try_lock().is_ok())
        {
            // What can't be removed now is found again.
            let _ = fs::remove_file(path);
        }
    }
    formats.sort();
    for (_, path) in formats.iter().rev().skip(KEPT) {
        let _ = fs::remove_file(path);
    }
}

/// Lets a new TeX read [`RECIPE`]; gives the image it dumps and the files it read.
fn make(
    files: &mut dyn Source,
    progress: &mut dyn FnMut(&str),
) -> Result<(Vec<u8>, Vec<PathBuf>), TexFailure> {
    let mut session = Session::new(RECIPE.as_bytes(), UserFiles::default(), files);
    let mut status = Collector::new(session.log.clone(), progress);
    let outcome = {
        let mut launcher = CoreBridgeLauncher::new_with_security(
            &mut session,
            &mut status,
            SecuritySettings::default(),
        );
        launcher.with_expose_absolute_paths(false).with_mtime_override(Some(0));
        TexEngine::default().initex_mode(true).halt_on_error_mode(true).process(
            &mut launcher,
            "none.fmt",
            &format!("{JOB}.tex"),
        )
    };
    let log = session.log_text();
    let failed = |why: String| TexFailure::Engine {
        message: format!("LaTeX could not be loaded: {why}"),
        log: log.clone(),
    };
    match outcome {
        Ok(TexOutcome::Spotless | TexOutcome::Warnings) => {}
        Ok(TexOutcome::Errors) => return Err(failed("TeX found errors in its own files".into())),
        Err(e) => {
            let said = status.take().pop().map_or_else(|| e.to_string(), |report| report.text);
            return Err(failed(said));
        }
    }
    let format = session
        .take(&format!("{JOB}.fmt"))
        .ok_or_else(|| failed("the engine wrote no format".into()))?;
    let mut inputs = std::mem::take(&mut session.opened);
    inputs.sort();
    inputs.dedup();
    Ok((format, inputs))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    /// A kept format of one input, in a folder.
    fn kept() -> io::Result<(tempfile::TempDir, PathBuf, PathBuf)> {
        let folder = tempfile::tempdir()?;
        let input = folder.path().join("latex.ltx");
        fs::write(&input, "one")?;
        let path = folder.path().join("latex-1.fmt");
        keep(&path, b"image\n\xFF", std::slice::from_ref(&input))?;
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
        let Found::Good(format) = cached(&path) else { panic!("it is good") };
        assert_eq!(image(&format), b"image\n\xFF");
        fs::write(&input, "other")?;
        assert!(matches!(cached(&path), Found::Stale));
        fs::remove_file(&input)?;
        assert!(matches!(cached(&path), Found::Stale));
        fs::remove_file(&path)?;
        assert!(matches!(cached(&path), Found::Nothing));
        Ok(())
    }

    #[test]
    fn a_format_that_was_cut_or_changed_anywhere_is_noticed() -> io::Result<()> {
        let (_folder, path, _) = kept()?;
        let whole = fs::read(&path)?;
        for length in 0..whole.len() {
            fs::write(&path, &whole[..length])?;
            assert!(!matches!(cached(&path), Found::Good(_)), "{length} bytes");
        }
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x10;
            fs::write(&path, &bytes)?;
            assert!(!matches!(cached(&path), Found::Good(_)), "byte {at} changed");
        }
        fs::write(&path, [&whole[..], b"more"].concat())?;
        assert!(matches!(cached(&path), Found::Damaged));
        fs::write(&path, &whole)?;
        assert!(matches!(cached(&path), Found::Good(_)));
        Ok(())
    }

    #[test]
    fn a_format_stays_readable_when_the_cache_is_deleted() -> io::Result<()> {
        let (folder, path, _) = kept()?;
        let Found::Good(format) = cached(&path) else { panic!("it is good") };
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
    fn only_the_newest_formats_are_kept() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = |number| folder.path().join(format!("latex-{number}.fmt"));
        for number in 0..5u64 {
            let made = UNIX_EPOCH + std::time::Duration::from_secs(1000 * number);
            File::create(path(number))?.set_modified(made)?;
        }
        discard_old(folder.path());
        assert_eq!([0, 1, 2, 3, 4].map(|n| path(n).exists()), [false, false, true, true, true]);
        Ok(())
    }
}
