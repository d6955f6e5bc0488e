//! Where things are kept that can be made again: TeX formats.

use std::path::PathBuf;

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
