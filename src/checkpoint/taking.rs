//! The parent's side: what the memory of a child that has halted holds, written to a file.

use std::fs::File;
use std::io::{self, Read, Write};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::{Halted, Holds, Index, PAGE, SUM, Segment, layout};

/// Bytes that are read at once.
const CHUNK: usize = 1 << 20;

/// Equal pages of which as many stand one behind the other are written once and mapped again and
/// again: most of TeX's tables say the same of tens of thousands of characters.
const REPEATED: u64 = 512 * PAGE;

/// Writes a checkpoint of a child that has [`halt`](super::halt)ed and is stopped.
///
/// # Errors
/// Where the child's memory can't be read, or is of a kind that can't be restored; and those of
/// writing.
pub fn take(process: u32, halted: &Halted, out: &mut dyn Write) -> io::Result<()> {
    let process = process.to_string();
    if std::fs::read_dir(format!("/proc/{process}/task"))?.count() > 1 {
        return Err(io::Error::other("it has several threads"));
    }
    if layout::open_files(&process)?.iter().any(|file| !halted.open_before.contains(file)) {
        return Err(io::Error::other("it has files open"));
    }
    let mappings = layout::of(&process)?;
    let memory = File::open(format!("/proc/{process}/mem"))?;
    let out = Summed { out, sum: crc32fast::Hasher::new() };
    let mut writer = Writer { out, written: 0, segments: Vec::new(), last: Vec::new(), equal: 0 };
    for mapping in mappings.iter().filter(|mapping| !mapping.is_stack()) {
        if mapping.is_given() {
            // What was there from the start will be there again.
            if halted.given.contains(&layout::line(mapping)?) {
                continue;
            }
            let file = mapping.file().ok_or_else(|| io::Error::other("it has mapped something"))?;
            writer.add(mapping.addresses.clone(), file);
        } else if mapping.is_guard() {
            writer.add(mapping.addresses.clone(), Holds::Guard);
        } else {
            if !mapping.mode.ends_with('p') {
                return Err(io::Error::other("it shares memory"));
            }
            writer.copy(&memory, mapping.addresses.clone())?;
        }
    }
    let Writer { mut out, segments, .. } = writer;
    let index = serde_json::to_vec(&Index { halted: halted.clone(), segments })?;
    out.write_all(&index)?;
    out.write_all(&(index.len() as u64).to_le_bytes())?;
    let Summed { out, sum } = out;
    out.write_all(&sum.finalize().to_le_bytes())
}

/// Whether the file at `path` is a checkpoint as it was written. That is no condition for
/// [`restore`](super::restore), which looks at nothing that it need not: it can be found out by
/// another process meanwhile.
pub fn is_whole(path: &Path) -> bool {
    let sums = || -> io::Result<bool> {
        let mut file = File::open(path)?;
        let mut left = file.metadata()?.len().saturating_sub(SUM);
        let (mut chunk, mut sum) = (vec![0; CHUNK], crc32fast::Hasher::new());
        while left > 0 {
            let size = usize::try_from(left).unwrap_or(CHUNK).min(CHUNK);
            let chunk = chunk.get_mut(..size).unwrap_or_default();
            file.read_exact(chunk)?;
            sum.update(chunk);
            left -= size as u64;
        }
        let mut expected = [0; SUM as usize];
        file.read_exact(&mut expected)?;
        Ok(sum.finalize().to_le_bytes() == expected)
    };
    sums().unwrap_or(false)
}

/// What is written, and its CRC-32, which tells any accident.
struct Summed<'a> {
    out: &'a mut dyn Write,
    sum: crc32fast::Hasher,
}

impl Summed<'_> {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sum.update(bytes);
        self.out.write_all(bytes)
    }
}

struct Writer<'a> {
    out: Summed<'a>,
    written: u64,
    segments: Vec<Segment>,
    /// The last page, and how many bytes of pages that equal it end the file.
    last: Vec<u8>,
    equal: u64,
}

impl Writer<'_> {
    fn copy(&mut self, memory: &File, addresses: Range<u64>) -> io::Result<()> {
        let mut chunk = vec![0; CHUNK];
        let mut at = addresses.start;
        while at < addresses.end {
            let size = usize::try_from(addresses.end - at).unwrap_or(CHUNK).min(CHUNK);
            let chunk = chunk.get_mut(..size).unwrap_or_default();
            memory.read_exact_at(chunk, at)?;
            for page in chunk.chunks(PAGE as usize) {
                self.page(at, page)?;
                at += PAGE;
            }
        }
        Ok(())
    }

    fn page(&mut self, at: u64, page: &[u8]) -> io::Result<()> {
        let addresses = at..at + PAGE;
        if page.iter().all(|&byte| byte == 0) {
            self.add(addresses, Holds::Zeros);
            return Ok(());
        }
        if page != self.last {
            page.clone_into(&mut self.last);
            self.equal = 0;
        }
        if self.equal >= REPEATED {
            // The file ends with a block of them, which a segment has from its start.
            let block = self.written - REPEATED;
            let known = self.segments.last().filter(|last| last.addresses.end == at);
            let room = known
                .filter(|last| last.holds == Holds::Kept(block))
                .is_some_and(|last| last.addresses.end - last.addresses.start < REPEATED);
            match self.segments.last_mut() {
                Some(last) if room => last.addresses.end += PAGE,
                _ => self.segments.push(Segment { addresses, holds: Holds::Kept(block) }),
            }
            return Ok(());
        }
        self.out.write_all(page)?;
        let holds = Holds::Kept(self.written);
        self.written += PAGE;
        self.equal += PAGE;
        self.add(addresses, holds);
        Ok(())
    }

    /// Adds to the last segment what goes on with it.
    fn add(&mut self, addresses: Range<u64>, holds: Holds) {
        if let Some(last) = self.segments.last_mut()
            && last.addresses.end == addresses.start
            && match (&last.holds, &holds) {
                (Holds::Kept(start), Holds::Kept(here)) => {
                    here.checked_sub(*start) == Some(last.addresses.end - last.addresses.start)
                }
                (Holds::File { .. }, _) => false,
                (before, now) => before == now,
            }
        {
            last.addresses.end = addresses.end;
            return;
        }
        self.segments.push(Segment { addresses, holds });
    }
}
