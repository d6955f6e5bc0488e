//! Finding the templates: the embedded ones, and the files that replace or join them.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::limits;
use crate::diagnostic::{Diagnostic, Failure, Result};

/// How many folders deep templates may lie.
pub const FOLDER_DEPTH: usize = 8;

/// Whether a file belongs to an editor: hidden ones (`.#report.tex`, say, is a dangling link of
/// Emacs'), saves that were not asked for (`#report.tex#`), and backups (`report.tex~`). No
/// template is read from it, and nothing is built when it changes.
pub fn is_editors_own(name: &str) -> bool {
    name.starts_with(['.', '#']) || name.ends_with('~')
}

/// Templates by name, each with whether it came from disk.
type ByName = BTreeMap<String, (String, bool)>;

/// The texts of templates, read and not understood yet.
#[derive(Debug)]
pub struct Texts {
    /// Where they come from, or would.
    pub(super) folder: PathBuf,
    pub(super) by_name: ByName,
    /// How many embedded ones are replaced by files.
    pub(super) replaced: usize,
}

impl Texts {
    /// The embedded templates (name, text), overlaid by the `*.tex` files below `dir`.
    ///
    /// # Errors
    /// All files that cannot be read, are too large, are not UTF-8, or lie outside of `dir` behind a
    /// symbolic link. None of them falls back to an embedded template.
    pub fn read(dir: &Path, embedded: &[(&str, &str)]) -> Result<Self> {
        let by_name = load(dir, embedded)?;
        let is_replaced = |(name, _): &&(&str, &str)| by_name.get(*name).is_some_and(|text| text.1);
        let replaced = embedded.iter().filter(is_replaced).count();
        Ok(Self { folder: dir.to_owned(), by_name, replaced })
    }

    /// Name, text and whether it came from disk, of every template.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str, bool)> {
        self.by_name.iter().map(|(name, (text, disk))| (name.as_str(), text.as_str(), *disk))
    }
}

fn load(dir: &Path, embedded: &[(&str, &str)]) -> Result<ByName> {
    let mut texts: ByName = embedded
        .iter()
        .map(|(name, text)| ((*name).to_owned(), ((*text).to_owned(), false)))
        .collect();
    let mut errors = Vec::new();
    match fs::metadata(dir) {
        Ok(meta) if meta.is_dir() => walk(dir, dir, "", 0, &mut texts, &mut errors),
        Ok(_) => errors.push(
            Diagnostic::error(format!("{} is not a folder", dir.display()))
                .help("give the folder that holds the templates, with `--templates DIR`"),
        ),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
        Err(e) => errors.push(unreadable(&dir.display().to_string(), &e)),
    }
    if errors.is_empty() { Ok(texts) } else { Err(Failure(errors)) }
}

fn walk(
    root: &Path,
    dir: &Path,
    prefix: &str,
    depth: usize,
    texts: &mut ByName,
    errors: &mut Vec<Diagnostic>,
) {
    let entries = match fs::read_dir(dir).and_then(Iterator::collect::<Result<Vec<_>, _>>) {
        Ok(entries) => entries,
        Err(e) => return errors.push(unreadable(&dir.display().to_string(), &e)),
    };
    for entry in entries {
        let path = entry.path();
        let shown = path.display().to_string();
        let link = entry.file_type().is_ok_and(|t| t.is_symlink());
        let name = entry.file_name();
        let Some(name) = name.to_str().filter(|name| !is_editors_own(name)) else { continue };
        // A folder in the place of a template goes on, so that reading it gives the error.
        if path.is_dir() && !name.ends_with(".tex") {
            if depth < FOLDER_DEPTH && !link {
                walk(root, &path, &format!("{prefix}{name}/"), depth + 1, texts, errors);
            }
        } else if name.ends_with(".tex") {
            if link && !inside(root, &path) {
                errors.push(
                    Diagnostic::error(format!(
                        "{shown} is a link to a file outside of {}",
                        root.display()
                    ))
                    .help("copy the file into the folder"),
                );
                continue;
            }
            match read(&path) {
                Ok(text) => {
                    texts.insert(format!("{prefix}{name}"), (text, true));
                }
                Err(problem) => errors.extend(problem.0),
            }
        }
    }
}

/// Whether a link leads to a file below `root`; one that leads nowhere does, so that reading it
/// gives the error.
fn inside(root: &Path, path: &Path) -> bool {
    match (fs::canonicalize(root), fs::canonicalize(path)) {
        (Ok(root), Ok(path)) => path.starts_with(root),
        _ => true,
    }
}

fn read(path: &Path) -> Result<String> {
    let shown = path.display().to_string();
    let kind = fs::metadata(path).map_err(|e| unreadable(&shown, &e))?.file_type();
    if !kind.is_file() && !kind.is_dir() {
        // Opening a pipe waits for a writer that may never come.
        return Err(Diagnostic::error(format!("{shown} is no ordinary file"))
            .help("put a text file in its place, or take it away to use the built-in template")
            .into());
    }
    let file = fs::File::open(path).map_err(|e| unreadable(&shown, &e))?;
    let mut bytes = Vec::new();
    file.take(limits::FILE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| unreadable(&shown, &e))?;
    if bytes.len() as u64 > limits::FILE_BYTES {
        return Err(Diagnostic::error(format!(
            "{shown} is larger than {} MiB",
            limits::FILE_BYTES >> 20
        ))
        .help("split it, and include the parts")
        .into());
    }
    let text = String::from_utf8(bytes).map_err(|e| {
        let line =
            e.as_bytes()[..e.utf8_error().valid_up_to()].iter().filter(|b| **b == b'\n').count();
        Diagnostic::error(format!("{shown} is not UTF-8, first in line {}", line + 1))
            .help("save it as UTF-8 in your editor")
    })?;
    // Some editors begin a file with a byte order mark, which is no text.
    Ok(text.strip_prefix('\u{FEFF}').map_or(text.clone(), str::to_owned))
}

fn unreadable(shown: &str, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error(format!("{shown} cannot be read: {error}"))
        .help("make it readable, or take it away to use the built-in template")
}
