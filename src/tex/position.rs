//! How far TeX has come in the document, readable from another thread while the engine runs.

use std::io::{Cursor, Read, SeekFrom};
use std::sync::atomic::{AtomicU32, Ordering};

use tectonic::io::{InputFeatures, InputHandle, InputOrigin};

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
pub(super) fn tracked(document: Vec<u8>) -> InputHandle {
    forget();
    InputHandle::new_read_only("", Tracked(Cursor::new(document)), InputOrigin::Other)
}

/// TeX reads no document.
pub(super) fn forget() {
    LINES.store(0, Ordering::Relaxed);
}

struct Tracked(Cursor<Vec<u8>>);

impl Read for Tracked {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.0.read(buffer)?;
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
        self.0.get_size()
    }

    fn get_unix_mtime(&mut self) -> tectonic::Result<Option<i64>> {
        self.0.get_unix_mtime()
    }

    fn try_seek(&mut self, to: SeekFrom) -> tectonic::Result<u64> {
        // The engine looks at the first bytes for their encoding, and starts again.
        let place = self.0.try_seek(to)?;
        let before = usize::try_from(place).ok().and_then(|place| self.0.get_ref().get(..place));
        let lines = before.unwrap_or_default().iter().filter(|&&byte| byte == b'\n').count();
        LINES.store(u32::try_from(lines).unwrap_or(u32::MAX), Ordering::Relaxed);
        Ok(place)
    }
}
