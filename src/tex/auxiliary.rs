//! The files that a pass hands on to the next: labels, outlines, tables of contents.
//!
//! A document is finished when a pass writes just what it has read. From nothing that takes two
//! passes, or three where a page is another with `??` in place of its numbers; but what the last
//! build ended with mostly holds for this one too, and so it is kept, for the first pass to read. If
//! that pass writes it again, to the last byte, nothing is left to do. Otherwise what it made does
//! not count, and the passes begin from nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tectonic::digest::{self, Digest, DigestData};

use super::files::UserFiles;
use super::format::{Found, Kind, Made, cached, keep};

/// Most documents hand on some kilobytes.
const MOST_KEPT: usize = 1 << 20;

/// Written files by their names.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Auxiliary(pub(super) BTreeMap<String, Vec<u8>>);

impl Auxiliary {
    /// Whether there is nothing to read.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What the last build over these folders ended with, if it handed on anything.
    pub(super) fn last(cache_dir: &Path, include: &[PathBuf]) -> Option<Self> {
        match cached(&path(cache_dir, include, Kind::AUXILIARY), &UserFiles::default()) {
            Found::Good(file) => Self::from_bytes(&file.bytes().ok()?),
            _ => None,
        }
    }

    /// How many bytes the files have.
    pub(super) fn size(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }

    /// Keeps these files for the next build. Where that fails it has one pass more to wait for.
    pub(super) fn keep(&self, cache_dir: &Path, include: &[PathBuf]) {
        if self.size() > MOST_KEPT {
            return Self::forget(cache_dir, include);
        }
        let _ =
            keep(&path(cache_dir, include, Kind::AUXILIARY), &self.to_bytes(), &Made::default());
    }

    /// The next build over these folders begins from nothing.
    pub(super) fn forget(cache_dir: &Path, include: &[PathBuf]) {
        let _ = std::fs::remove_file(path(cache_dir, include, Kind::AUXILIARY));
    }

    /// Each name and each contents with its length before it.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
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

/// One file of a kind for each set of folders, as these stand for what is worked on.
pub(super) fn path(cache_dir: &Path, include: &[PathBuf], kind: Kind) -> PathBuf {
    let mut hash = digest::create();
    for folder in include {
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.clone());
        hash.update(folder.as_os_str().as_encoded_bytes());
        hash.update([0]);
    }
    let Kind { start, end, .. } = kind;
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
        assert_eq!(Auxiliary::last(cache.path(), &here), None);
        files.keep(cache.path(), &here);
        assert_eq!(Auxiliary::last(cache.path(), &here), Some(files));
        assert_eq!(Auxiliary::last(cache.path(), &there), None);
        Auxiliary::forget(cache.path(), &here);
        assert_eq!(Auxiliary::last(cache.path(), &here), None);
    }
}
