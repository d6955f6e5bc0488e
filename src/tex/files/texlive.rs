//! An installed TeX Live, or any TeX trees on this machine, as a bundle.

use std::io;
use std::path::PathBuf;

use tectonic::digest::{self, DigestData};
use tectonic::io::{InputHandle, IoProvider, OpenResult};
use tectonic::status::StatusBackend;
use tectonic_bundles::Bundle;

use super::Source;
use super::index::Index;
use super::standins::standin;
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
    /// Reads the databases of `trees`, whose first come first in a search.
    pub fn open(name: &'static str, trees: &[PathBuf]) -> io::Result<Self> {
        let mut fingerprint = digest::create();
        let index = Index::read(trees, &mut fingerprint)?;
        let digest = DigestData::from(fingerprint);
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

impl Source for TexLive {
    fn describe(&self) -> String {
        let trees: Vec<_> = self.trees.iter().map(|tree| tree.display().to_string()).collect();
        format!("{} in {}", self.name, trees.join(", "))
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
