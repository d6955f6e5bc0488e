//! The child's side: a new process becomes the one that has halted.

use std::convert::Infallible;
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::stack::{self, Access, Step};
use super::{Holds, Index, SUM, Segment, layout};

/// Most segments that are restored, and most files that they are of: their lists must not be in memory
/// that is replaced, and so have a fixed length.
const MOST: usize = 4096;
const MOST_FILES: usize = 64;

/// Becomes the process of which `path` is a checkpoint; goes on there, behind its
/// [`halt`](super::halt).
///
/// # Errors
/// Where there is no checkpoint, or it is of another program or machine. Nothing is changed then.
pub fn restore(path: &Path) -> io::Result<Infallible> {
    let file = File::open(path)?;
    let Index { halted, segments } = read(&file)?;
    let here = layout::of("self")?;
    if layout::given(&here)? != halted.given {
        return Err(unfit("it is of another program"));
    }
    let kept = here.iter().filter(|mapping| mapping.is_given() || mapping.is_stack());
    let kept: Vec<_> = kept.map(|mapping| &mapping.addresses).collect();
    let mut files = vec![file];
    let mut steps = [None; MOST];
    for (step, Segment { addresses, holds }) in steps.iter_mut().zip(&segments) {
        if kept.iter().any(|kept| kept.start < addresses.end && addresses.start < kept.end) {
            return Err(unfit("its memory is taken"));
        }
        let (access, file) = match holds {
            Holds::Kept(offset) => {
                (Access::Write, files.first().map(|file| (file.as_raw_fd(), *offset)))
            }
            Holds::Zeros => (Access::Write, None),
            Holds::Guard => (Access::None, None),
            Holds::File { path, offset, state } => {
                let file = File::open(path)?;
                if layout::state(&file.metadata()?)? != *state {
                    return Err(unfit("a file that it has mapped is another now"));
                }
                let mapped = Some((file.as_raw_fd(), *offset));
                files.push(file);
                (Access::Read, mapped)
            }
        };
        let length = addresses.end - addresses.start;
        *step = Some(Step { address: addresses.start, length, access, file });
    }
    let mut open = [-1; MOST_FILES];
    if segments.len() > steps.len() || files.len() > open.len() {
        return Err(unfit("its memory is in too many pieces"));
    }
    for (number, file) in open.iter_mut().zip(&files) {
        *number = file.as_raw_fd();
    }
    stack::become_other(&steps, &open, &halted)
}

fn unfit(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, why.to_owned())
}

fn read(file: &File) -> io::Result<Index> {
    let mut length = [0; 8];
    let behind = SUM + length.len() as u64;
    let end = file.metadata()?.len().checked_sub(behind).ok_or(io::ErrorKind::UnexpectedEof)?;
    file.read_exact_at(&mut length, end)?;
    let start = end.checked_sub(u64::from_le_bytes(length)).ok_or(io::ErrorKind::InvalidData)?;
    let mut index = vec![0; usize::try_from(end - start).map_err(io::Error::other)?];
    file.read_exact_at(&mut index, start)?;
    let index: Index = serde_json::from_slice(&index)?;
    // A page behind the file's end is a fault.
    let is_inside = |Segment { addresses, holds }: &Segment| match holds {
        Holds::Kept(offset) => offset + (addresses.end - addresses.start) <= start,
        Holds::Zeros | Holds::Guard | Holds::File { .. } => true,
    };
    if index.segments.iter().all(is_inside) {
        Ok(index)
    } else {
        Err(io::ErrorKind::InvalidData.into())
    }
}
