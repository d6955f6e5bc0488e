//! The parent's side: what the memory of a child that has halted holds, written to a file.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Write};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::{Halted, Holds, Index, MOST, PAGE, SUM, Segment, layout};

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
    let mut writer = Writer::new(Summed { out, sum: crc32fast::Hasher::new() });
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
    if segments.len() > MOST {
        return Err(io::Error::other("its memory is in too many pieces"));
    }
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
    /// Where a block of pages like this begins.
    blocks: HashMap<Vec<u8>, u64>,
}

impl<'a> Writer<'a> {
    fn new(out: Summed<'a>) -> Self {
        let (written, equal) = (0, 0);
        let (segments, last, blocks) = Default::default();
        Self { out, written, segments, last, equal, blocks }
    }

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
        // What repeats itself in a page may fill others, too.
        let block = page.get(..8).filter(|&start| page.get(8..16) == Some(start));
        if let Some(&block) = block.and_then(|_| self.blocks.get(page)) {
            self.add_repeated(addresses, block);
            return Ok(());
        }
        if page != self.last {
            page.clone_into(&mut self.last);
            self.equal = 0;
        }
        self.out.write_all(page)?;
        let holds = Holds::Kept(self.written);
        self.written += PAGE;
        self.equal += PAGE;
        if self.equal == REPEATED {
            self.blocks.insert(page.to_vec(), self.written - REPEATED);
        }
        self.add(addresses, holds);
        Ok(())
    }

    /// Adds a page that is that of a block: to the last segment, if that maps less than a whole one.
    fn add_repeated(&mut self, addresses: Range<u64>, block: u64) {
        match self.segments.last_mut() {
            Some(Segment { addresses: last, holds: Holds::Kept(start) })
                if last.end == addresses.start
                    && *start == block
                    && last.end - last.start < REPEATED =>
            {
                last.end = addresses.end;
            }
            _ => self.segments.push(Segment { addresses, holds: Holds::Kept(block) }),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: usize = PAGE as usize;

    /// Memory again, from a file and its segments.
    fn restored(file: &[u8], segments: &[Segment]) -> Vec<u8> {
        let mut memory = Vec::new();
        for Segment { addresses, holds } in segments {
            assert_eq!(addresses.start, memory.len() as u64, "one behind the other");
            let length = (addresses.end - addresses.start) as usize;
            match holds {
                Holds::Kept(start) => memory.extend(&file[*start as usize..][..length]),
                Holds::Zeros => memory.resize(memory.len() + length, 0),
                Holds::Guard | Holds::File { .. } => panic!("there is none"),
            }
        }
        memory
    }

    #[test]
    fn memory_is_what_it_was_and_what_repeats_itself_is_written_once() {
        let block = (REPEATED / PAGE) as usize;
        let filled = |byte: u8, pages: usize| vec![byte; pages * HERE];
        let mixed: Vec<u8> = (0..3 * HERE).map(|at| (at / 7 % 251) as u8).collect();
        let memory = [
            filled(0, 2),
            mixed.clone(),
            filled(1, 3 * block + 5),
            filled(0, 700),
            filled(1, 4),
            mixed,
            filled(2, block - 1),
            filled(1, block + 1),
            filled(2, 1),
            filled(0, 1),
        ]
        .concat();
        let mut source = tempfile::tempfile().unwrap();
        source.write_all(&memory).unwrap();
        let mut file = Vec::new();
        let out = Summed { out: &mut file, sum: crc32fast::Hasher::new() };
        let mut writer = Writer::new(out);
        writer.copy(&source, 0..memory.len() as u64).unwrap();
        let segments = std::mem::take(&mut writer.segments);
        assert!(restored(&file, &segments) == memory);
        assert_eq!(file.len(), (2 * 3 + block + block) * HERE, "each of two blocks once");
    }
}
