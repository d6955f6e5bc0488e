//! TeX's own files, and the user's.
//!
//! Each source of TeX files is a [`Bundle`]: it serves files by name and has a digest that
//! changes when they do.

mod archive;
mod connected;
mod glyphs;
mod index;
mod standins;
mod texlive;
mod trees;
mod unicode;
mod user;
mod waiting;

use std::path::{Path, PathBuf};

use tectonic::FORMAT_SERIAL;
use tectonic_bundles::{Bundle, get_fallback_bundle_url};

use super::log::package_of;
use super::{BundleChoice, TexFailure};
pub(super) use glyphs::{LIST as GLYPH_LIST, extended as extended_glyph_list};
pub(super) use texlive::TexLive;
pub(super) use unicode::{RULES as UNICODE_RULES, UnicodeData};
pub use user::user_file_digest;
pub(super) use user::{UserFiles, digest_of};
pub use waiting::stalled;

/// What to do where TeX's files are missing.
const HELP: &str = "run `scripts/setup`, which installs TeX's files (texlive-latex-base, \
                    texlive-latex-recommended, texlive-pictures and lmodern on Debian), or name \
                    them with `--bundle PATH`";

/// Opens the TeX files that `choice` names.
pub(super) fn open(
    choice: &BundleChoice,
    cache_dir: &Path,
    progress: &mut dyn FnMut(&str),
) -> Result<Box<dyn Source>, TexFailure> {
    match choice {
        BundleChoice::TexLive => installed(cache_dir),
        BundleChoice::Path(path) => local(path, cache_dir),
        BundleChoice::Url(url) => archive::web(url, progress),
        BundleChoice::Web => archive::web(&get_fallback_bundle_url(FORMAT_SERIAL), progress),
        BundleChoice::Auto => installed(cache_dir).or_else(|no_tex_live| {
            archive::web(&get_fallback_bundle_url(FORMAT_SERIAL), progress)
                .map_err(|no_web| also(no_tex_live, &no_web))
        }),
    }
}

/// A [`Bundle`] that can say in a few words what it is.
pub(super) trait Source: Bundle {
    /// For the user, such as `TeX Live in /usr/share/texlive/texmf-dist`.
    fn describe(&self) -> String;

    /// What kept a file from being had that should be there: a network that broke off, say.
    fn trouble(&self) -> Option<String> {
        None
    }

    /// Keeps what will make the next run faster.
    fn keep(&self, _cache_dir: &Path) {}
}

/// The outcome of a run, or what lies behind it: TeX takes a file that could not be fetched for one
/// that is not there, and may well go on without it.
pub(super) fn behind<T>(
    outcome: Result<T, TexFailure>,
    files: &dyn Source,
) -> Result<T, TexFailure> {
    let Some(trouble) = files.trouble() else { return outcome };
    Err(TexFailure::NoTexFiles {
        message: format!("the {} broke off: {trouble}", files.describe()),
        help: format!("build again, what was fetched is kept; or {HELP}"),
    })
}

fn installed(cache_dir: &Path) -> Result<Box<dyn Source>, TexFailure> {
    let trees = trees::installed();
    if trees.is_empty() {
        return Err(missing("no TeX Live is installed where one is usually found".to_owned()));
    }
    trees_on_disk("TeX Live", &trees, cache_dir)
}

/// Opens trees, and makes sure that what every document needs is in them.
fn trees_on_disk(
    name: &'static str,
    trees: &[PathBuf],
    cache_dir: &Path,
) -> Result<Box<dyn Source>, TexFailure> {
    let files = TexLive::open(name, trees, cache_dir)
        .map_err(|e| missing(format!("the {name} cannot be read: {e}")))?;
    let lacking = files.lacking();
    if lacking.is_empty() {
        return Ok(Box::new(files));
    }
    let message = format!("there is no {} in {}", lacking.join(", "), files.describe());
    let mut packages: Vec<_> = lacking.iter().filter_map(|file| package_of(file)).collect();
    packages.dedup();
    let help = format!("{} on Debian has it; {HELP}", packages.join(" with "));
    Err(TexFailure::NoTexFiles { message, help })
}

fn local(path: &Path, cache_dir: &Path) -> Result<Box<dyn Source>, TexFailure> {
    if !path.is_dir() {
        return archive::file(path);
    }
    trees_on_disk("TeX files", &trees::below(path), cache_dir)
}

/// The first failure, which has the better remedy, and the second.
fn also(first: TexFailure, second: &TexFailure) -> TexFailure {
    match first {
        TexFailure::NoTexFiles { message, help } => TexFailure::NoTexFiles {
            message: format!("found no TeX files: {message}; {second}"),
            help,
        },
        other => other,
    }
}

fn missing(message: String) -> TexFailure {
    TexFailure::NoTexFiles { message, help: HELP.to_owned() }
}
