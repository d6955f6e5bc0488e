//! The image of a kept format that is examined while TeX reads it, and not before.
//!
//! Some 30 MB are read once then, not twice. What comes of an image that was not whole is good for
//! nothing, so this is for a pass that another can follow, in a process of its own.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::rc::Rc;

use tectonic::io::{InputFeatures, InputHandle, InputOrigin};

use super::kept::BUFFER;

/// Length and CRC-32 of an image, which tell any accident; nobody but the user writes there.
#[derive(Clone, Debug, Default)]
pub(super) struct Sums {
    length: u64,
    sum: crc32fast::Hasher,
}

impl Sums {
    pub fn add(&mut self, bytes: &[u8]) {
        self.length += bytes.len() as u64;
        self.sum.update(bytes);
    }

    /// As they stand in a head.
    pub fn summary(&self) -> String {
        format!(" {} {:08x}", self.length, self.sum.clone().finalize())
    }
}

/// The file, and what was read of it.
#[derive(Clone, Debug)]
pub(in crate::tex) struct Unexamined(Rc<RefCell<State>>);

#[derive(Debug)]
struct State {
    /// None once it is closed.
    file: Option<File>,
    /// Where the image begins.
    start: u64,
    /// What its sums should be.
    expected: String,
    sums: Sums,
}

impl Unexamined {
    pub fn new(file: File, start: u64, expected: String) -> Self {
        Self(Rc::new(RefCell::new(State {
            file: Some(file),
            start,
            expected,
            sums: Sums::default(),
        })))
    }

    /// A handle at the image's start; one at a time.
    pub fn open(&self, name: &str) -> io::Result<InputHandle> {
        let State { file, start, sums, .. } = &mut *self.0.borrow_mut();
        let file = file.as_mut().ok_or_else(closed)?;
        file.seek(SeekFrom::Start(*start))?;
        *sums = Sums::default();
        let reader = Reader(BufReader::with_capacity(BUFFER, self.clone()));
        Ok(InputHandle::new_read_only(name, reader, InputOrigin::Other))
    }

    /// Whether what was read, and what is left to read, is what was written.
    pub fn is_whole(&self) -> bool {
        let is_closed = self.0.borrow().file.is_none();
        let rest = is_closed || io::copy(&mut self.clone(), &mut io::sink()).is_ok();
        let State { expected, sums, .. } = &*self.0.borrow();
        rest && sums.summary() == *expected
    }

    /// The same; the file is closed, and nothing can be read any more.
    pub fn close(&self) -> bool {
        let is_whole = self.is_whole();
        self.0.borrow_mut().file = None;
        is_whole
    }
}

impl Read for Unexamined {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let State { file, sums, .. } = &mut *self.0.borrow_mut();
        let count = file.as_mut().ok_or_else(closed)?.read(buffer)?;
        sums.add(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}

fn closed() -> io::Error {
    io::Error::other("the format's file is closed")
}

/// What TeX reads, from the start to the end.
struct Reader(BufReader<Unexamined>);

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl InputFeatures for Reader {
    fn get_size(&mut self) -> tectonic::Result<usize> {
        let State { file, start, .. } = &*self.0.get_ref().0.borrow();
        let file = file.as_ref().ok_or_else(closed)?;
        Ok(usize::try_from(file.metadata()?.len().saturating_sub(*start)).unwrap_or(usize::MAX))
    }

    fn get_unix_mtime(&mut self) -> tectonic::Result<Option<i64>> {
        Ok(None)
    }

    fn try_seek(&mut self, _to: SeekFrom) -> tectonic::Result<u64> {
        Err(io::Error::from(io::ErrorKind::Unsupported).into())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::tex::files::UserFiles;
    use crate::tex::format::kept::{Made, keep, unexamined};

    #[test]
    fn an_image_is_examined_while_it_is_read() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("preamble-1.image");
        keep(&path, b"image\n\xFF", &Made::default())?;
        let whole = fs::read(&path)?;
        let head = whole.len() - b"image\n\xFF".len();
        let read = |bytes: &[u8], much: usize| {
            fs::write(&path, bytes).unwrap();
            let format = unexamined(&path, &UserFiles::default())?;
            let mut handle = format.open("").unwrap();
            let mut read = vec![0; much];
            let _ = handle.read_exact(&mut read);
            Some((format.is_whole(), read))
        };
        assert_eq!(read(&whole, 3), Some((true, b"ima".to_vec())), "as far as it was read");
        assert_eq!(read(&whole, 7), Some((true, b"image\n\xFF".to_vec())));
        for at in head..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x10;
            assert_eq!(read(&bytes, 7).map(|read| read.0), Some(false), "byte {at} changed");
            assert_eq!(read(&whole[..at], 7).map(|read| read.0), Some(false), "{at} bytes");
        }
        assert_eq!(read(&[&whole[..], b"more"].concat(), 7).map(|read| read.0), Some(false));
        assert_eq!(read(&whole[1..], 7), None, "another head");
        Ok(())
    }
}
