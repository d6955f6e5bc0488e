//! Bundles in one file: tectonic's web bundles, and archives on this machine.

use std::path::{Path, PathBuf};

use tectonic::digest::DigestData;
use tectonic::errors::Error;
use tectonic::io::{InputHandle, IoProvider, OpenResult};
use tectonic::status::StatusBackend;
use tectonic_bundles::cache::BundleCache;
use tectonic_bundles::ttb_fs::TTBFsBundle;
use tectonic_bundles::ttb_net::TTBNetBundle;
use tectonic_bundles::zip::ZipBundle;
use tectonic_bundles::{Bundle, detect_bundle};

use super::connected::Connected;
use super::standins::standin;
use super::waiting::for_web;
use super::{Source, TexFailure, missing};
use crate::tex::session::in_memory;

/// Opens the web bundle at `url`, through the cache in the user's folders that every program
/// which uses tectonic shares. Needs the network only for what is not in that cache.
pub(super) fn web(
    url: &str,
    progress: &mut dyn FnMut(&str),
) -> Result<Box<dyn Source>, TexFailure> {
    progress("Looking for the TeX files on the web");
    let cannot = |e: Error| missing(format!("the bundle {url} cannot be had: {}", causes(&e)));
    let Some(bundle) = for_web(url, || cached(url)).map_err(cannot)? else {
        return Err(missing(format!("{url} is not the address of a bundle")));
    };
    let description = format!("web bundle {url}");
    Ok(Box::new(Archive { bundle, description, is_on_web: true, trouble: None }))
}

/// The bundle at `url` behind tectonic's cache.
fn cached(url: &str) -> tectonic::Result<Option<Box<dyn Bundle>>> {
    if url.starts_with("http") && url.ends_with(".ttb") {
        let bundle = Connected::new(TTBNetBundle::new(url.to_owned())?);
        return Ok(Some(Box::new(BundleCache::new(Box::new(bundle), false, None)?)));
    }
    detect_bundle(url.to_owned(), false, None)
}

/// Opens the `.zip` or `.ttb` bundle at `path`.
pub(super) fn file(path: &Path) -> Result<Box<dyn Source>, TexFailure> {
    let shown = path.display();
    let unreadable = |e: Error| missing(format!("{shown} cannot be read: {}", causes(&e)));
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
    if !path.exists() {
        return Err(missing(format!("there is no file or folder {shown}")));
    }
    let mut bundle: Box<dyn Bundle> = match extension {
        "zip" => Box::new(ZipBundle::open(path).map_err(unreadable)?),
        "ttb" => Box::new(TTBFsBundle::open(path).map_err(unreadable)?),
        _ => return Err(missing(format!("{shown} is neither a folder nor a .zip or .ttb bundle"))),
    };
    // Some are opened without a look at what is in them.
    bundle.get_digest().map_err(unreadable)?;
    let description = format!("bundle {shown}");
    Ok(Box::new(Archive { bundle, description, is_on_web: false, trouble: None }))
}

fn causes(error: &Error) -> String {
    error.chain().map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// One of tectonic's own bundles, with a name.
struct Archive {
    bundle: Box<dyn Bundle>,
    description: String,
    is_on_web: bool,
    trouble: Option<String>,
}

impl Source for Archive {
    fn describe(&self) -> String {
        self.description.clone()
    }

    fn trouble(&self) -> Option<String> {
        self.trouble.clone()
    }
}

impl Bundle for Archive {
    fn get_digest(&mut self) -> tectonic::Result<DigestData> {
        let bundle = &mut self.bundle;
        if self.is_on_web {
            for_web("the digest", || bundle.get_digest())
        } else {
            bundle.get_digest()
        }
    }

    fn all_files(&self) -> Vec<String> {
        self.bundle.all_files()
    }
}

impl IoProvider for Archive {
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
        status: &mut dyn StatusBackend,
    ) -> OpenResult<(InputHandle, Option<PathBuf>)> {
        let bundle = &mut self.bundle;
        let mut open = || bundle.input_open_name_with_abspath(name, status);
        match if self.is_on_web { for_web(name, open) } else { open() } {
            OpenResult::NotAvailable => match standin(name) {
                Some(bytes) => OpenResult::Ok((in_memory(name, bytes), None)),
                None => OpenResult::NotAvailable,
            },
            OpenResult::Err(e) => {
                self.trouble.get_or_insert_with(|| causes(&e));
                OpenResult::Err(e)
            }
            found => found,
        }
    }
}
