//! The user's own files beside the document: figures and included texts.

use std::path::{Component, Path, PathBuf};

use tectonic::digest::{self, Digest, DigestData};

/// Serves files below a few folders, and none outside, whatever a document asks for.
#[derive(Clone, Debug, Default)]
pub(in crate::tex) struct UserFiles {
    folders: Vec<PathBuf>,
}

impl UserFiles {
    /// Folders that do not exist are left out.
    pub fn new(folders: &[PathBuf]) -> Self {
        Self { folders: folders.iter().filter_map(|f| f.canonicalize().ok()).collect() }
    }

    /// The contents of the file of this name in the first folder that has it.
    ///
    /// A name is relative, has no `..` in it, and does not lead out of the folder through a
    /// symbolic link either; for any other there is no file.
    pub fn read(&self, name: &str) -> Option<Vec<u8>> {
        let name = Path::new(name);
        let is_below = |part| matches!(part, Component::Normal(_) | Component::CurDir);
        if !name.components().all(is_below) {
            return None;
        }
        self.folders.iter().find_map(|folder| {
            let path = folder.join(name);
            // Most names are of no file here, and this is the quickest way to see that.
            path.symlink_metadata().ok()?;
            let path = path.canonicalize().ok()?;
            if !path.starts_with(folder) || !path.is_file() {
                return None;
            }
            std::fs::read(path).ok()
        })
    }

    /// The SHA-256 of what [`read`](Self::read) gives, in hexadecimal.
    pub fn digest(&self, name: &str) -> Option<String> {
        self.read(name).map(|contents| digest_of(&contents))
    }
}

/// The SHA-256 of the file of this name that a document in `folder` can read, in hexadecimal.
pub fn user_file_digest(folder: &Path, name: &str) -> Option<String> {
    UserFiles::new(&[folder.to_owned()]).digest(name)
}

/// The SHA-256 of some bytes, in hexadecimal.
pub(in crate::tex) fn digest_of(bytes: &[u8]) -> String {
    let mut digest = digest::create();
    digest.update(bytes);
    DigestData::from(digest).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_inside_the_folder_are_served() -> std::io::Result<()> {
        let outside = tempfile::tempdir()?;
        let secret = outside.path().join("secret.tex");
        std::fs::write(&secret, "secret")?;
        let folder = outside.path().join("templates");
        std::fs::create_dir_all(folder.join("figures"))?;
        std::fs::write(folder.join("figures/a.tex"), "mine")?;
        #[cfg(unix)]
        std::os::unix::fs::symlink(&secret, folder.join("link.tex"))?;

        let files = UserFiles::new(&[outside.path().join("absent"), folder]);
        assert_eq!(files.read("figures/a.tex").as_deref(), Some(b"mine".as_slice()));
        assert_eq!(files.read("./figures/a.tex").as_deref(), Some(b"mine".as_slice()));
        assert_eq!(files.read("figures"), None, "a folder is no file");
        assert_eq!(files.read("../secret.tex"), None);
        assert_eq!(files.read("figures/../../secret.tex"), None);
        assert_eq!(files.read("link.tex"), None, "a link that leads out");
        assert_eq!(files.read(&secret.display().to_string()), None, "an absolute path");
        Ok(())
    }
}
