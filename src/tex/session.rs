//! Every file that an engine opens, reads or writes goes through here.

use std::cell::{Ref, RefCell};
use std::collections::HashMap;
use std::io::{self, Cursor, Read, Write};
use std::path::PathBuf;
use std::rc::Rc;

use tectonic::io::{InputHandle, InputOrigin, IoProvider, OpenResult, OutputHandle};
use tectonic::status::StatusBackend;
use tectonic_bridge_core::DriverHooks;
use tectonic_bundles::Bundle;

use super::auxiliary::Auxiliary;
use super::files::{GLYPH_LIST, UnicodeData, UserFiles, digest_of, extended_glyph_list};
use super::format::{DUMP_FILE, Format, Made, allow_dump};
use super::order::Pending;
use super::position;
use super::reading::Reading;
use super::sections::{PRELUDE_FILE, Taking, Written, is_for_a_pass};

/// A growing file that its writer and its readers share.
pub(super) type Shared = Rc<RefCell<Vec<u8>>>;

/// The name that TeX knows the document by, without its extension.
pub(super) const JOB: &str = "document";

/// What TeX begins to read.
pub(super) struct Begun {
    /// As far as it is known.
    pub text: Vec<u8>,
    /// The document, and what another pass has handed on.
    pub order: Pending,
    /// The sections that may be taken from the last build.
    pub taking: Option<Taking>,
}

/// Tells what that is, once TeX is there.
pub(super) type Begin<'a> = Box<dyn FnOnce() -> io::Result<Begun> + 'a>;

/// The file system of one run: a document, what was written so far, and where else to look.
pub(super) struct Session<'a> {
    /// The text that TeX is started on while a format is made.
    primary: &'a [u8],
    /// The document that it is started on otherwise.
    pub begin: Option<Begin<'a>>,
    /// The document, and what another pass has handed on, once TeX is there.
    pub order: Option<Pending>,
    /// The format that TeX is loaded with; none while one is made.
    pub format: Option<&'a Format>,
    /// Where the document's own files are.
    pub user: UserFiles,
    /// TeX's files.
    pub bundle: &'a mut dyn Bundle,
    /// The log, kept apart so that reports can note how far it has come.
    pub log: Shared,
    /// Whether this run may dump a format, which it says by opening [`DUMP_FILE`].
    pub dumps: bool,
    /// The document, once TeX reads it.
    reading: Option<Rc<RefCell<Reading>>>,
    /// The files that were read from outside.
    made: Made,
    unicode: UnicodeData,
    /// Files that are there from the start.
    given: HashMap<String, Vec<u8>>,
    written: Written,
    /// What was read of names that the document writes, or that are not there; at the first time.
    read_first: HashMap<String, Option<Vec<u8>>>,
}

impl<'a> Session<'a> {
    /// A session in which nothing has been written.
    pub fn new(primary: &'a [u8], user: UserFiles, bundle: &'a mut dyn Bundle) -> Self {
        Self {
            primary,
            begin: None,
            order: None,
            reading: None,
            format: None,
            user,
            bundle,
            log: Shared::default(),
            dumps: false,
            made: Made::default(),
            unicode: UnicodeData::default(),
            given: HashMap::new(),
            written: Written::default(),
            read_first: HashMap::new(),
        }
    }

    /// Puts a file there, which comes before all others of that name.
    pub fn give(&mut self, name: &str, contents: Vec<u8>) {
        self.given.insert(name.to_owned(), contents);
    }

    /// The files that were read from outside so far, each once.
    pub fn made(&self) -> Made {
        self.made.clone()
    }

    /// The files that another pass has written.
    fn handed(&self) -> Option<&Auxiliary> {
        Some(self.order.as_ref()?.handed())
    }

    /// The files that are there for another pass: those of this one, and those from before that it
    /// has not written.
    pub fn auxiliary(&self) -> Auxiliary {
        let mut files = self.handed().cloned().unwrap_or_default();
        for (name, contents) in self.written.borrow().iter().filter(|(name, _)| is_for_a_pass(name))
        {
            files.0.insert(name.clone(), contents.borrow().clone());
        }
        files
    }

    /// Whether this pass has read a file from before that it has not written.
    pub fn relies_on_others(&self) -> bool {
        let read = self.read_first.iter().filter(|(_, contents)| contents.is_some());
        read.into_iter().any(|(name, _)| !self.has(name))
    }

    /// Takes all written files out, but for the log.
    pub fn take_written(&mut self) -> HashMap<String, Vec<u8>> {
        self.written.take().into_iter().map(|(name, contents)| (name, contents.take())).collect()
    }

    /// Whether a file of this name was written.
    pub fn has(&self, name: &str) -> bool {
        self.written.borrow().contains_key(name)
    }

    /// What was written to a file so far.
    pub fn contents(&self, name: &str) -> Option<Vec<u8>> {
        self.written.borrow().get(name).map(|contents| contents.borrow().clone())
    }

    /// Takes a written file out.
    pub fn take(&mut self, name: &str) -> Option<Vec<u8>> {
        self.written.borrow_mut().remove(name).map(|contents| contents.take())
    }

    /// The log, with what is not UTF-8 replaced.
    pub fn log_text(&self) -> String {
        String::from_utf8_lossy(&self.log.borrow()).into_owned()
    }

    /// The files that were read (or found missing) before they were written otherwise: of each, what
    /// was read and what is there now.
    pub fn changed(&self) -> impl Iterator<Item = (Option<&[u8]>, Vec<u8>)> {
        self.read_first.iter().filter_map(|(name, before)| {
            let now = self.contents(name)?;
            let before = before.as_deref();
            (before != Some(now.as_slice())).then_some((before, now))
        })
    }

    fn open(
        &mut self,
        name: &str,
        status: &mut dyn StatusBackend,
    ) -> OpenResult<(InputHandle, Option<PathBuf>)> {
        if let Some(contents) = self.given.get(name) {
            return OpenResult::Ok((in_memory(name, contents.clone()), None));
        }
        if self.dumps && name == DUMP_FILE {
            allow_dump();
            return OpenResult::Ok((in_memory(name, Vec::new()), None));
        }
        if let Some(bytes) = self.contents(name).or_else(|| self.handed()?.0.get(name).cloned()) {
            self.read_first.entry(name.to_owned()).or_insert_with(|| Some(bytes.clone()));
            return OpenResult::Ok((in_memory(name, bytes), None));
        }
        self.read_first.entry(name.to_owned()).or_insert(None);
        if !is_plain(name) {
            return OpenResult::NotAvailable;
        }
        let own = self.user.read(name);
        let made = &mut self.made.own;
        made.entry(name.to_owned()).or_insert_with(|| own.as_deref().map(digest_of));
        if let Some(bytes) = own {
            return OpenResult::Ok((in_memory(name, bytes), None));
        }
        let opened = self.bundle.input_open_name_with_abspath(name, status);
        if let OpenResult::Ok((_, Some(path))) = &opened {
            self.made.note(path);
        }
        match opened {
            OpenResult::Err(_) => opened,
            opened if name == GLYPH_LIST => with_our_glyphs(opened),
            opened if self.format.is_none() => self.unicode.serve(name, opened),
            opened => opened,
        }
    }
}

impl Session<'_> {
    /// What was read of the document, once TeX has read it.
    pub fn reading(&self) -> Option<Ref<'_, Reading>> {
        self.reading.as_ref().map(|reading| reading.borrow())
    }

    /// Puts another file in the place of one that was written.
    pub fn replace(&mut self, name: &str, contents: Vec<u8>) {
        self.written.borrow_mut().insert(name.to_owned(), Rc::new(RefCell::new(contents)));
    }
}

/// The list of glyphs with ours after it; ours alone where there is none.
fn with_our_glyphs(
    opened: OpenResult<(InputHandle, Option<PathBuf>)>,
) -> OpenResult<(InputHandle, Option<PathBuf>)> {
    let (mut list, mut path) = (Vec::new(), None);
    if let OpenResult::Ok((mut handle, found)) = opened {
        path = found;
        if let Err(error) = handle.read_to_end(&mut list) {
            return OpenResult::Err(error.into());
        }
    }
    OpenResult::Ok((in_memory(GLYPH_LIST, extended_glyph_list(list)), path))
}

/// Whether a name stays inside the folder it is looked up in.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('/')
        && !name.contains(['\\', '\0'])
        && name.split('/').all(|part| part != "..")
}

/// A handle that reads `bytes`.
pub(super) fn in_memory(name: &str, bytes: Vec<u8>) -> InputHandle {
    InputHandle::new_read_only(name, Cursor::new(bytes), InputOrigin::Other)
}

/// The writing end of a [`Shared`] file.
struct Sink(Shared);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl IoProvider for Session<'_> {
    fn output_open_name(&mut self, name: &str) -> OpenResult<OutputHandle> {
        let file = if name.ends_with(".log") {
            Rc::clone(&self.log)
        } else {
            let file = Shared::default();
            self.written.borrow_mut().insert(name.to_owned(), Rc::clone(&file));
            file
        };
        OpenResult::Ok(OutputHandle::new(name, Sink(file)))
    }

    fn output_open_stdout(&mut self) -> OpenResult<OutputHandle> {
        OpenResult::Ok(OutputHandle::new("", io::sink()))
    }

    fn input_open_name(
        &mut self,
        name: &str,
        status: &mut dyn StatusBackend,
    ) -> OpenResult<InputHandle> {
        match self.open(name, status) {
            OpenResult::Ok((handle, _)) => OpenResult::Ok(handle),
            OpenResult::NotAvailable => OpenResult::NotAvailable,
            OpenResult::Err(error) => OpenResult::Err(error),
        }
    }

    fn input_open_primary(&mut self, _status: &mut dyn StatusBackend) -> OpenResult<InputHandle> {
        // While a format is made there is no document.
        if self.format.is_none() {
            return OpenResult::Ok(in_memory("", self.primary.to_vec()));
        }
        let (text, taking) = match self.begin.take().map(|begin| begin()) {
            None => (self.primary.to_vec(), None),
            Some(Err(error)) => return OpenResult::Err(error.into()),
            Some(Ok(Begun { text, order, taking })) => {
                self.order = Some(order);
                (text, taking)
            }
        };
        let reading = Reading::new(text, self.order.clone(), taking, Rc::clone(&self.written));
        if let Some((_, taking)) = reading.taking() {
            let prelude = taking.prelude();
            self.give(PRELUDE_FILE, prelude.into_bytes());
        }
        let reading = Rc::new(RefCell::new(reading));
        self.reading = Some(Rc::clone(&reading));
        OpenResult::Ok(position::tracked(reading))
    }

    fn input_open_format(
        &mut self,
        name: &str,
        _status: &mut dyn StatusBackend,
    ) -> OpenResult<InputHandle> {
        match self.format.map(|format| format.open(name)) {
            Some(Ok(handle)) => OpenResult::Ok(handle),
            Some(Err(e)) => OpenResult::Err(e.into()),
            None => OpenResult::NotAvailable,
        }
    }
}

impl DriverHooks for Session<'_> {
    fn io(&mut self) -> &mut dyn IoProvider {
        self
    }
}
