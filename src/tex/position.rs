//! How far TeX has come in the document, readable from another thread while the engine runs.

use std::io::{Cursor, Read, SeekFrom};
use std::sync::atomic::{AtomicU32, Ordering};

use tectonic::io::{InputFeatures, InputHandle, InputOrigin};

use super::order::Pending;

/// Lines of the document that were read; 0 before the first. One for all, as the engine is.
static LINES: AtomicU32 = AtomicU32::new(0);

/// The 1-based line of the document at which TeX is, while it reads one.
///
/// TeX reads a line when it has done all that the lines before it say, so a macro that never ends
/// leaves this at the line that called it.
pub fn line() -> Option<u32> {
    Some(LINES.load(Ordering::Relaxed)).filter(|&line| line > 0)
}

/// A handle that reads the document, as far as it is `known` and then what comes with the order, and
/// keeps [`line()`] true.
pub(super) fn tracked(known: Vec<u8>, order: Option<Pending>) -> InputHandle {
    forget();
    let tracked = Tracked { text: Cursor::new(known), order };
    InputHandle::new_read_only("", tracked, InputOrigin::Other)
}

/// TeX reads no document.
pub(super) fn forget() {
    LINES.store(0, Ordering::Relaxed);
}

struct Tracked {
    text: Cursor<Vec<u8>>,
    order: Option<Pending>,
}

impl Read for Tracked {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let mut count = self.text.read(buffer)?;
        if count == 0
            && let Some(rest) = self.order.as_ref().map_or(Ok(None), Pending::rest)?
        {
            self.text.get_mut().extend(rest);
            count = self.text.read(buffer)?;
        }
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
        self.text.get_size()
    }

    fn get_unix_mtime(&mut self) -> tectonic::Result<Option<i64>> {
        self.text.get_unix_mtime()
    }

    fn try_seek(&mut self, to: SeekFrom) -> tectonic::Result<u64> {
        // The engine looks at the first bytes for their encoding, and starts again.
        let place = self.text.try_seek(to)?;
        let before = usize::try_from(place).ok().and_then(|place| self.text.get_ref().get(..place));
        let lines = before.unwrap_or_default().iter().filter(|&&byte| byte == b'\n').count();
        LINES.store(u32::try_from(lines).unwrap_or(u32::MAX), Ordering::Relaxed);
        Ok(place)
    }
}
