//! The child's side: a new process becomes the one that has halted.

use std::convert::Infallible;
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;

use rustix::process::geteuid;

use super::stack::{self, Access, Step};
use super::{Holds, Index, MOST, MOST_FILES, PAGE, SUM, Segment, layout};

/// Becomes the process of which `path` is a checkpoint; goes on there, behind its
/// [`halt`](super::halt). The file is trusted as the program is: it must belong to the user, and be
/// nobody else's to write. Should memory run out in the middle, the process ends with code 70.
///
/// # Errors
/// Where there is no checkpoint; of kind `Unsupported` or `InvalidData` where it is of another
/// program or machine, or no checkpoint at all. Nothing is changed then.
pub fn restore(path: &Path) -> io::Result<Infallible> {
    // To open what is no file can wait without end.
    let meta = path.metadata()?;
    if !meta.is_file() || meta.uid() != geteuid().as_raw() || meta.mode() & 0o022 != 0 {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
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
    if files.len() > open.len() {
        return Err(unfit("it has mapped too many files"));
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
    let is_fit = |Segment { addresses, holds }: &Segment| {
        let length = addresses.end.checked_sub(addresses.start).filter(|length| *length > 0);
        let is_aligned = [addresses.start, addresses.end].iter().all(|at| at.is_multiple_of(PAGE));
        let end = match holds {
            Holds::Kept(offset) => length.and_then(|length| offset.checked_add(length)),
            Holds::Zeros | Holds::Guard | Holds::File { .. } => length.map(|_| 0),
        };
        is_aligned && end.is_some_and(|end| end <= start)
    };
    if index.segments.len() <= MOST && index.segments.iter().all(is_fit) {
        Ok(index)
    } else {
        Err(io::ErrorKind::InvalidData.into())
    }
}
