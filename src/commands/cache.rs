//! Where things are kept that can be made again and make the next build faster.

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use tempfile::TempDir;

use crate::tex::{self, Message};

/// A folder that can be written, for one build.
#[derive(Debug)]
pub struct Cache {
    pub folder: PathBuf,
    /// What the user should know about it.
    pub notice: Option<Message>,
    /// Lasts as long as the build, where the usual folder is no use.
    _temporary: Option<TempDir>,
}

impl Cache {
    /// The usual [`folder`], or a temporary one.
    pub fn open() -> Self {
        let mut folder = folder();
        let tried = std::fs::create_dir_all(&folder).and_then(|()| tempfile::tempfile_in(&folder));
        let Err(error) = tried else { return Self { folder, notice: None, _temporary: None } };
        let notice = Some(tex::unkept(&folder, &error));
        match TempDir::new() {
            Ok(temporary) => {
                let usual = std::mem::replace(&mut folder, temporary.path().to_owned());
                // What can be read there is of use, written or not.
                for entry in std::fs::read_dir(usual).into_iter().flatten().flatten() {
                    let _ = second_name(&entry.path(), &folder.join(entry.file_name()));
                }
                Self { folder, notice, _temporary: Some(temporary) }
            }
            // Each pass does without.
            Err(_) => Self { folder, notice, _temporary: None },
        }
    }
}

#[cfg(unix)]
fn second_name(file: &Path, name: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(file.canonicalize()?, name)
}

#[cfg(not(unix))]
fn second_name(file: &Path, name: &Path) -> std::io::Result<()> {
    std::fs::copy(file, name).map(drop)
}

/// What tells this program from others: the size and the time of change of its file.
pub fn program() -> Option<String> {
    let file = std::fs::metadata(std::env::current_exe().ok()?).ok()?;
    let changed = file.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("{} {}", file.len(), changed.as_nanos()))
}

/// `GRADPROOF_CACHE` if it is set, otherwise the user's cache folder, otherwise a folder for
/// temporary files. Deleting it costs a few seconds at the next build, nothing else.
pub fn folder() -> PathBuf {
    let set =
        |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(folder) = set("GRADPROOF_CACHE") {
        return folder;
    }
    let user = if cfg!(target_os = "macos") {
        set("HOME").map(|home| home.join("Library/Caches"))
    } else {
        set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")))
    };
    user.unwrap_or_else(std::env::temp_dir).join("gradproof")
}
