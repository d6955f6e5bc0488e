//! The files that a document's passes hand on: labels, outlines, tables of contents.
//!
//! The first pass writes them and the second reads them, so the second could begin with the first
//! if it was known what the first will write. It mostly is: what it wrote in the last build. So
//! that is kept, and while the first pass runs in one process, the second runs in another, on
//! that *guess*. What it makes counts only if the guess turns out right, to the last byte; then it
//! is what the second pass would have made.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tectonic::digest::{self, Digest, DigestData};

use super::files::{UserFiles, digest_of};
use super::format::{Found, Kind, Made, cached, keep};

/// Written files by their names.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Auxiliary(pub BTreeMap<String, Vec<u8>>);

impl Auxiliary {
    /// Tells these files from all others.
    pub fn digest(&self) -> String {
        digest_of(&self.to_bytes())
    }

    /// What the last build over these folders wrote first, if it wrote anything.
    pub fn last(cache_dir: &Path, include: &[PathBuf]) -> Option<Self> {
        match cached(&path(cache_dir, include), &UserFiles::default()) {
            Found::Good(file) => Self::from_bytes(&file.bytes().ok()?),
            _ => None,
        }
    }

    /// Keeps these files for the next build. Where that fails it has one pass more to wait for.
    pub fn keep(&self, cache_dir: &Path, include: &[PathBuf]) {
        if Self::last(cache_dir, include).as_ref() != Some(self) {
            let _ = keep(&path(cache_dir, include), &self.to_bytes(), &Made::default());
        }
    }

    /// Each name and each contents with its length before it.
    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for part in self.0.iter().flat_map(|(name, contents)| [name.as_bytes(), contents]) {
            bytes.extend((part.len() as u64).to_le_bytes());
            bytes.extend(part);
        }
        bytes
    }

    fn from_bytes(mut bytes: &[u8]) -> Option<Self> {
        let mut part = || -> Option<Vec<u8>> {
            let (length, rest) = bytes.split_first_chunk()?;
            let (part, rest) =
                rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
            bytes = rest;
            Some(part.to_vec())
        };
        let mut files = BTreeMap::new();
        while let Some(name) = part() {
            files.insert(String::from_utf8(name).ok()?, part()?);
        }
        Some(Self(files))
    }
}

/// Whether there is something to begin a second pass with.
pub(super) fn is_kept(cache_dir: &Path, include: &[PathBuf]) -> bool {
    path(cache_dir, include).exists()
}

/// One file for each set of folders, as these stand for what is worked on.
fn path(cache_dir: &Path, include: &[PathBuf]) -> PathBuf {
    let mut hash = digest::create();
    for folder in include {
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.clone());
        hash.update(folder.as_os_str().as_encoded_bytes());
        hash.update([0]);
    }
    let Kind { start, end, .. } = Kind::AUXILIARY;
    cache_dir.join(format!("{start}{}{end}", DigestData::from(hash)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_kept_byte_by_byte_for_each_folder() {
        let cache = tempfile::tempdir().unwrap();
        let files = [("a.aux", b"\\relax\n\xFF".to_vec()), ("a.out", Vec::new())];
        let files = Auxiliary(files.map(|(name, bytes)| (name.to_owned(), bytes)).into());
        let (here, there) = ([PathBuf::from("here")], [PathBuf::from("there")]);
        assert!(!is_kept(cache.path(), &here));
        files.keep(cache.path(), &here);
        assert_eq!(Auxiliary::last(cache.path(), &here), Some(files.clone()));
        assert_eq!(Auxiliary::last(cache.path(), &there), None);
        let mut other = files.clone();
        other.0.insert("a.toc".to_owned(), Vec::new());
        assert_ne!(files.digest(), other.digest());
    }
}
