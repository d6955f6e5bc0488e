//! A repair of tectonic's bundle of the `.ttb` form on the web.

use std::io::Read;

use tectonic::Result;
use tectonic::digest::DigestData;
use tectonic::io::{InputHandle, IoProvider, OpenResult};
use tectonic::status::StatusBackend;
use tectonic_bundles::{Bundle, CachableBundle, FileIndex};

/// A bundle that is connected before the first file is asked of it.
///
/// With its index from the cache, a [`TTBNetBundle`](tectonic_bundles::ttb_net::TTBNetBundle) has
/// not been connected yet and panics. To be asked for its digest connects it.
pub(super) struct Connected<B> {
    bundle: B,
    is_connected: bool,
}

impl<B> Connected<B> {
    pub(super) fn new(bundle: B) -> Self {
        Self { bundle, is_connected: false }
    }
}

impl<'a, T: FileIndex<'a>, B: CachableBundle<'a, T>> CachableBundle<'a, T> for Connected<B> {
    fn open_fileinfo(
        &mut self,
        info: &T::InfoType,
        status: &mut dyn StatusBackend,
    ) -> OpenResult<InputHandle> {
        if !self.is_connected {
            if let Err(error) = self.bundle.get_digest() {
                return OpenResult::Err(error);
            }
            self.is_connected = true;
        }
        self.bundle.open_fileinfo(info, status)
    }

    fn initialize_index(&mut self, source: &mut dyn Read) -> Result<()> {
        self.bundle.initialize_index(source)
    }

    fn get_index_reader(&mut self) -> Result<Box<dyn Read>> {
        self.bundle.get_index_reader()
    }

    fn index(&mut self) -> &mut T {
        self.bundle.index()
    }

    fn search(&mut self, name: &str) -> Option<T::InfoType> {
        self.bundle.search(name)
    }

    fn get_location(&mut self) -> String {
        self.bundle.get_location()
    }
}

impl<B: Bundle> Bundle for Connected<B> {
    fn get_digest(&mut self) -> Result<DigestData> {
        self.bundle.get_digest()
    }

    fn all_files(&self) -> Vec<String> {
        self.bundle.all_files()
    }
}

impl<B: IoProvider> IoProvider for Connected<B> {
    fn input_open_name(
        &mut self,
        name: &str,
        status: &mut dyn StatusBackend,
    ) -> OpenResult<InputHandle> {
        self.bundle.input_open_name(name, status)
    }
}
