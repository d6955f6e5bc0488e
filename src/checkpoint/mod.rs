//! A process that goes on where another one has come to.
//!
//! A TeX that has read LaTeX and a preamble is some hundred megabytes of tables, and to fill them is
//! a good part of a build. So a process that has done so halts ([`begin`], [`halt`]), its parent
//! keeps what its memory holds ([`take`]), and later processes become what it was ([`restore`]):
//! they map the file where that memory was, and the system gives each page when it is touched.
//! Checkpoints of this kind are what CRIU makes of whole containers, and what Emacs starts from.
//!
//! What is kept is memory alone, and it is full of addresses. So this is for a process that
//! - has one thread, and nothing open but its standard streams,
//! - was started [with fixed addresses](with_fixed_addresses), as was the one that restores,
//! - runs on a stack of its own: the system's holds what each start puts there, and stays as it is.
//!
//! Where program and libraries are, which files they were mapped from, and since when the machine
//! runs, is compared first; where anything differs nothing is touched, and the process starts in the
//! usual way. Linux with GNU's C library only; elsewhere there are no checkpoints.

#![cfg_attr(
    not(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64")),
    allow(dead_code, reason = "other systems have none of what this is made of")
)]

use std::ops::Range;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

#[cfg(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64"))]
mod layout;
#[cfg(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64"))]
mod restoring;
#[cfg(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64"))]
mod stack;
#[cfg(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64"))]
mod taking;

#[cfg(not(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64")))]
mod absent;

#[cfg(not(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64")))]
pub use absent::{begin, halt, is_whole, machine, restore, take, with_fixed_addresses};
#[cfg(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64"))]
pub use layout::machine;
#[cfg(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64"))]
pub use restoring::restore;
#[cfg(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64"))]
pub use stack::{begin, halt, with_fixed_addresses};
#[cfg(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64"))]
pub use taking::{is_whole, take};

/// What a process tells of itself when it has halted.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Halted {
    /// Address of the registers that it goes on with.
    context: u64,
    /// Address of its thread.
    thread: u64,
    /// Where its heap ends.
    heap_end: u64,
    /// What was open when it began: its standard streams, and what it has inherited and never uses.
    open_before: Vec<u32>,
    /// What was mapped from its start on: a new process must have that, too.
    given: Vec<String>,
}

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

/// Bytes of the sum.
const SUM: u64 = 4;

/// The unit of mappings. Larger pages are whole numbers of it, and their files fit as well.
const PAGE: u64 = 4096;
