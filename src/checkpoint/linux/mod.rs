//! Checkpoints of a Linux process.

mod layout;
mod restoring;
mod stack;
mod taking;

use std::ops::Range;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Halted;
pub use layout::machine;
pub use restoring::restore;
pub use stack::{begin, halt, with_fixed_addresses};
pub use taking::{is_whole, take};

/// What stands in a checkpoint's file behind memory; its length, in eight bytes, and the CRC-32 of all
/// that follow.
#[derive(Debug, Deserialize, Serialize)]
struct Index {
    halted: Halted,
    segments: Vec<Segment>,
}

/// A piece of memory.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
struct Segment {
    addresses: Range<u64>,
    holds: Holds,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
enum Holds {
    /// What is in the file from this byte on.
    Kept(u64),
    Zeros,
    /// Nothing: to touch it is a fault.
    Guard,
    /// Another file from this byte on, of this size and time of change; it is read only.
    File {
        path: PathBuf,
        offset: u64,
        state: String,
    },
}

/// Most segments of a checkpoint, and most files that they are of: their lists must not be in memory
/// that is replaced, and so have a fixed length.
const MOST: usize = 4096;
const MOST_FILES: usize = 64;

/// Bytes of the sum.
const SUM: u64 = 4;

/// Bytes of a page on x86-64, the unit of mappings.
const PAGE: u64 = 4096;
