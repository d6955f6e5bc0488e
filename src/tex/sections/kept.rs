//! What a build leaves in the cache of its sections.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::tex::auxiliary;
use crate::tex::files::UserFiles;
use crate::tex::format::{Found, Kind, Made, cached, keep};

/// A long book's pages are not worth the time to write them.
const MOST_KEPT: usize = 16 << 20;

/// The pages of a build, and its sections.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(in crate::tex) struct Kept {
    /// Tells all that every page hangs on, but for files.
    pub key: String,
    pub sections: Vec<Section>,
    /// The whole document's pages.
    #[serde(skip)]
    pub xdv: Vec<u8>,
    /// The files that they were made from.
    #[serde(skip)]
    pub made: Made,
}

/// A section about which there was nothing to say.
#[derive(Debug, Deserialize, Serialize)]
pub(in crate::tex) struct Section {
    /// Digest of its text.
    pub text: String,
    /// What the sections before it have left behind, and what it has.
    pub before: String,
    pub after: String,
    /// What it wrote to each file.
    pub wrote: BTreeMap<String, String>,
    pub pages: Range<usize>,
}

impl Kept {
    /// What the last build over these folders has left, if its files are as they were.
    pub fn last(cache_dir: &Path, include: &[PathBuf]) -> Option<Self> {
        let Found::Good(file) = cached(&path(cache_dir, include), &UserFiles::new(include)) else {
            return None;
        };
        let bytes = file.bytes().ok()?;
        let end = bytes.iter().position(|&byte| byte == b'\n')?;
        let (head, xdv) = bytes.split_at_checked(end)?;
        let kept: Self = serde_json::from_slice(head).ok()?;
        Some(Self { xdv: xdv.get(1..)?.to_vec(), made: file.made, ..kept })
    }

    /// Leaves this for the next build. Where that fails it sets all pages anew.
    pub fn keep(&self, cache_dir: &Path, include: &[PathBuf]) {
        let Ok(mut bytes) = serde_json::to_vec(self) else { return };
        bytes.push(b'\n');
        bytes.extend(&self.xdv);
        if self.made.is_whole() && bytes.len() <= MOST_KEPT {
            let _ = keep(&path(cache_dir, include), &bytes, &self.made);
        }
    }
}

fn path(cache_dir: &Path, include: &[PathBuf]) -> PathBuf {
    auxiliary::path(cache_dir, include, Kind::PAGES)
}
