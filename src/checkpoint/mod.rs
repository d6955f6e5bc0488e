//! A process that goes on where another one has come to.
//!
//! A TeX that has read LaTeX and a preamble is some hundred megabytes of tables, and to fill them is
//! a good part of a build. So a process that has done so halts ([`begin`], [`halt`]), its parent
//! keeps what its memory holds ([`take`]), and later processes become what it was ([`restore`]):
//! they map the file where that memory was, and the system gives each page when it is touched. CRIU
//! makes such checkpoints of containers, and Emacs has long started from one of itself.
//!
//! What is kept is memory alone, and it is full of addresses. So this is for a process that
//! - has one thread, and nothing open but its standard streams,
//! - was started without address space randomisation ([`with_fixed_addresses`]), as was the one that
//!   restores,
//! - runs on a stack of its own: the system's holds what each start puts there, and stays as it is.
//!
//! What such a process has from its start is compared first: where program and libraries are, which
//! files they were mapped from, and which machine it is. Where anything differs nothing is touched,
//! and the process starts in the usual way. After a restore the arguments of the program are still
//! those of the first start, and should not be asked for; its environment is the new one. Random
//! numbers may come again, and are not for secrets.
//!
//! For Linux on x86-64 with GNU's C library, which keeps the guards of stacks and jumps in the
//! thread's own memory: they are restored with it. Elsewhere there are no checkpoints.

use serde::{Deserialize, Serialize};

#[cfg(not(all(target_os = "linux", target_env = "gnu", target_arch = "x86_64")))]
#[path = "absent.rs"]
mod system;
#[cfg(all(target_os = "linux", target_env = "gnu", target_arch = "x86_64"))]
#[path = "linux/mod.rs"]
mod system;

pub use system::{begin, halt, is_whole, machine, restore, take, with_fixed_addresses};

/// What a process tells of itself when it has halted.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Halted {
    /// Address of the registers that it goes on with.
    context: u64,
    /// Address of its thread's control block, where its thread-local variables are.
    thread: u64,
    /// Address of the stack for its signals, which the kernel knows.
    signal_stack: u64,
    /// Where its heap ends (the program break).
    heap_end: u64,
    /// What was open when it began: its standard streams, and what it has inherited and never uses.
    open_before: Vec<u32>,
    /// What was mapped from its start on, and not to be written: a new process must have that, too.
    given: Vec<String>,
}
