//! An installed TeX Live, or any TeX trees on this machine, as a bundle.

use std::io;
use std::path::{Path, PathBuf};

use tectonic::digest::{self, DigestData};
use tectonic::io::{InputHandle, IoProvider, OpenResult};
use tectonic::status::StatusBackend;
use tectonic_bundles::Bundle;

use super::index::{Found, Index};
use super::standins::standin;
use super::{Source, UserFiles, digest_of};
use crate::tex::format::{self, Kind, Made, cached, keep};
use crate::tex::session::in_memory;

/// Files without which nothing can be typeset: LaTeX, its loader for XeTeX, a class, the
/// default fonts, and the tables that xdvipdfmx reads.
const NEEDED: [&str; 5] =
    ["latex.ltx", "xelatex.ini", "article.cls", "lmroman10-regular.otf", "glyphlist.txt"];

/// TeX trees, searched as kpathsea does.
pub(in crate::tex) struct TexLive {
    name: &'static str,
    trees: Vec<PathBuf>,
    index: Index,
    digest: DigestData,
}

impl TexLive {
    /// Takes the databases of `trees`, whose first come first in a search, and what was found in
    /// them before.
    pub fn open(name: &'static str, trees: &[PathBuf], cache_dir: &Path) -> io::Result<Self> {
        let mut fingerprint = digest::create();
        let mut index = Index::of(trees, &mut fingerprint)?;
        let digest = DigestData::from(fingerprint);
        if let Some(found) = looked_up(cache_dir, &digest) {
            index.remember(found);
        }
        Ok(Self { name, trees: trees.to_vec(), index, digest })
    }

    /// Whether there is a file of this name.
    pub fn has(&self, name: &str) -> bool {
        self.index.find(name).is_some()
    }

    /// The files that every document needs and that are not there.
    pub fn lacking(&self) -> Vec<&'static str> {
        NEEDED.into_iter().filter(|name| !self.has(name)).collect()
    }
}

/// More names, or longer ones that there are not, are not kept.
const MAX_NAMES: usize = 10_000;
const MAX_NAME: usize = 255;

/// Where the cache has what was found in trees of this digest.
fn place(cache_dir: &Path, digest: &DigestData) -> PathBuf {
    let Kind { start, end, .. } = Kind::LOOKUPS;
    // Another version of the program may look in other places.
    let rules = digest_of(include_bytes!("index.rs"));
    cache_dir.join(format!("{start}{rules:.8}-{digest}{end}"))
}

fn looked_up(cache_dir: &Path, digest: &DigestData) -> Option<Found> {
    match cached(&place(cache_dir, digest), &UserFiles::default()) {
        format::Found::Good(file) => serde_json::from_slice(&file.bytes().ok()?).ok(),
        _ => None,
    }
}

impl Source for TexLive {
    fn describe(&self) -> String {
        let trees: Vec<_> = self.trees.iter().map(|tree| tree.display().to_string()).collect();
        format!("{} in {}", self.name, trees.join(", "))
    }

    fn keep(&self, cache_dir: &Path) {
        let Some(mut found) = self.index.found() else { return };
        // A document can look for as many names as it likes.
        found.retain(|name, path| path.is_some() || name.len() <= MAX_NAME);
        if found.len() <= MAX_NAMES
            && let Ok(json) = serde_json::to_vec(&found)
        {
            let _ = keep(&place(cache_dir, &self.digest), &json, &Made::default());
        }
    }
}

impl Bundle for TexLive {
    fn get_digest(&mut self) -> tectonic::Result<DigestData> {
        Ok(self.digest)
    }

    fn all_files(&self) -> Vec<String> {
        self.index.names().cloned().collect()
    }
}

impl IoProvider for TexLive {
    fn input_open_name(
        &mut self,
        name: &str,
        status: &mut dyn StatusBackend,
    ) -> OpenResult<InputHandle> {
        match self.input_open_name_with_abspath(name, status) {
            OpenResult::Ok((handle, _)) => OpenResult::Ok(handle),
            OpenResult::NotAvailable => OpenResult::NotAvailable,
            OpenResult::Err(error) => OpenResult::Err(error),
        }
    }

    fn input_open_name_with_abspath(
        &mut self,
        name: &str,
        _status: &mut dyn StatusBackend,
    ) -> OpenResult<(InputHandle, Option<PathBuf>)> {
        let Some(path) = self.index.find(name) else {
            return match standin(name) {
                Some(bytes) => OpenResult::Ok((in_memory(name, bytes), None)),
                None => OpenResult::NotAvailable,
            };
        };
        match std::fs::read(&path) {
            Ok(bytes) => OpenResult::Ok((in_memory(name, bytes), Some(path))),
            // The database can be older than the tree.
            Err(e) if e.kind() == io::ErrorKind::NotFound => OpenResult::NotAvailable,
            Err(e) => OpenResult::Err(e.into()),
        }
    }
}
