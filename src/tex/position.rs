//! How far TeX has come in the document, readable from another thread while the engine runs.

use std::cell::RefCell;
use std::io::{self, Read, SeekFrom};
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};

use tectonic::io::{InputFeatures, InputHandle, InputOrigin};

use super::reading::Reading;

/// Lines of the document that were read; 0 before the first. One for all, as the engine is.
static LINES: AtomicU32 = AtomicU32::new(0);

/// The 1-based line of the document at which TeX is, while it reads one.
///
/// TeX reads a line when it has done all that the lines before it say, so a macro that never ends
/// leaves this at the line that called it.
pub fn line() -> Option<u32> {
    Some(LINES.load(Ordering::Relaxed)).filter(|&line| line > 0)
}

/// A handle that reads the document and keeps [`line()`] true.
pub(super) fn tracked(reading: Rc<RefCell<Reading>>) -> InputHandle {
    forget();
    InputHandle::new_read_only("", Tracked(reading), InputOrigin::Other)
}

/// TeX reads no document.
pub(super) fn forget() {
    LINES.store(0, Ordering::Relaxed);
}

struct Tracked(Rc<RefCell<Reading>>);

impl Read for Tracked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.0.borrow_mut().read(buffer)?;
        // One byte at a time is what the engine asks for.
        let ends = buffer.iter().take(count).filter(|&&byte| byte == b'\n').count();
        if ends > 0 {
            LINES.fetch_add(u32::try_from(ends).unwrap_or(u32::MAX), Ordering::Relaxed);
        }
        Ok(count)
    }
}

impl InputFeatures for Tracked {
    fn get_size(&mut self) -> tectonic::Result<usize> {
        Ok(self.0.borrow().len())
    }

    fn get_unix_mtime(&mut self) -> tectonic::Result<Option<i64>> {
        Ok(None)
    }

    fn try_seek(&mut self, to: SeekFrom) -> tectonic::Result<u64> {
        // The engine looks at the first bytes for their encoding, and starts again.
        if to != SeekFrom::Start(0) {
            return Err(io::Error::from(io::ErrorKind::Unsupported).into());
        }
        self.0.borrow_mut().rewind();
        LINES.store(0, Ordering::Relaxed);
        Ok(0)
    }
}
