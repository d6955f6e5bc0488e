//! What needs the C library and the system: a stack of one's own, and another process's memory.

#![allow(unsafe_code, reason = "memory and registers are replaced, which no safe function does")]

use std::cell::UnsafeCell;
use std::convert::Infallible;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::RawFd;
use std::ptr;
use std::sync::Mutex;

use libc::{c_char, c_int, c_long, c_void, ucontext_t};

use super::{Halted, layout};

/// As much as the system gives a program, and more; what is not touched costs nothing.
const STACK: usize = 32 << 20;
/// Behind its end: whatever runs over is a fault.
const GUARD: usize = 1 << 16;

/// The registers of one side while the other runs.
struct Registers(UnsafeCell<MaybeUninit<ucontext_t>>);

// SAFETY: only `begin`, and `halt` below it, touch them, which a process with one thread calls.
unsafe impl Sync for Registers {}

static OUTSIDE: Registers = Registers(UnsafeCell::new(MaybeUninit::uninit()));
static INSIDE: Registers = Registers(UnsafeCell::new(MaybeUninit::uninit()));

/// What `enter` is to run.
type Run = Box<dyn FnOnce() + Send>;
static RUN: Mutex<Option<Run>> = Mutex::new(None);

unsafe extern "C" {
    static mut environ: *mut *mut c_char;
}

/// Lets `run` go on, on a stack of its own, until it calls [`halt`]; it must end the process itself.
///
/// # Errors
/// Where there is no memory for the stack.
pub fn begin(run: impl FnOnce() + Send + 'static) -> io::Result<Halted> {
    *RUN.lock().map_err(|_| io::ErrorKind::Deadlock)? = Some(Box::new(run));
    let open_before = layout::open_files("self")?;
    let given = layout::given(&layout::of("self")?)?;
    let (inside, outside) = (INSIDE.0.get().cast(), OUTSIDE.0.get().cast());
    // SAFETY: the new stack is memory of its own that is never given back. `getcontext` fills what
    // `makecontext` completes, and `enter`, which takes no arguments, never returns, so that no link
    // is needed. `swapcontext` returns here when `halt` switches back, to a frame that still waits.
    unsafe {
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
        let stack = libc::mmap(ptr::null_mut(), STACK, libc::PROT_NONE, flags, -1, 0);
        if stack == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let bottom = stack.byte_add(GUARD);
        let writable = libc::PROT_READ | libc::PROT_WRITE;
        if libc::mprotect(bottom, STACK - GUARD, writable) != 0 || libc::getcontext(inside) != 0 {
            return Err(io::Error::last_os_error());
        }
        (*inside).uc_stack.ss_sp = bottom;
        (*inside).uc_stack.ss_size = STACK - GUARD;
        (*inside).uc_link = ptr::null_mut();
        libc::makecontext(inside, enter, 0);
        if libc::swapcontext(outside, inside) != 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(Halted {
            context: inside as u64,
            thread: thread(),
            heap_end: libc::sbrk(0) as u64,
            open_before,
            given,
        })
    }
}

extern "C" fn enter() {
    let run = RUN.lock().ok().and_then(|mut run| run.take());
    if let Some(run) = run {
        run();
    }
    // There is nothing to return to.
    std::process::abort();
}

/// Halts what [`begin`] runs. Returns in another process, or never.
pub fn halt() {
    // SAFETY: this is called below `begin`, which has filled OUTSIDE and waits for the switch.
    unsafe {
        libc::swapcontext(INSIDE.0.get().cast(), OUTSIDE.0.get().cast());
    }
}

/// The address of this thread, where its own variables are.
fn thread() -> u64 {
    // SAFETY: it has no conditions.
    unsafe { libc::pthread_self() as u64 }
}

/// A mapping to be made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub address: u64,
    pub length: u64,
    pub access: Access,
    /// What it maps, and from which byte on; zeros without.
    pub file: Option<(RawFd, u64)>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Access {
    Write,
    Read,
    None,
}

/// Replaces this process's memory by another's, closes the `files` that it is taken from, and goes on
/// there. Both lists are on this stack.
///
/// # Errors
/// Where its thread would be elsewhere. Nothing is changed then.
pub(super) fn become_other(
    steps: &[Option<Step>],
    files: &[RawFd],
    halted: &Halted,
) -> io::Result<Infallible> {
    if halted.thread != thread() {
        return Err(io::Error::new(io::ErrorKind::Unsupported, "its thread is elsewhere"));
    }
    let (heap_end, context) = (halted.heap_end, halted.context);
    // SAFETY: the caller has made sure that program and libraries are where they were in the process
    // whose memory this was, that no step meets them or this stack, and that the file holds what
    // each step maps. From the first step on this thread touches its stack and the program's text
    // only: both lists are on the stack, and the functions that are called use no other memory unless
    // they fail, which ends the process. At last all that `context` goes on with is there, but for
    // the environment, which is on the stack of this process.
    unsafe { replace(steps, files, heap_end, context) }
}

/// # Safety
/// See its only caller.
#[inline(never)]
unsafe fn replace(steps: &[Option<Step>], files: &[RawFd], heap_end: u64, context: u64) -> ! {
    unsafe {
        let environment = environ;
        libc::syscall(libc::SYS_brk, heap_end as c_long);
        for Step { address, length, access, file } in steps.iter().copied().flatten() {
            let access = match access {
                Access::Write => libc::PROT_READ | libc::PROT_WRITE,
                Access::Read => libc::PROT_READ,
                Access::None => libc::PROT_NONE,
            };
            let flags = libc::MAP_PRIVATE | libc::MAP_FIXED | libc::MAP_NORESERVE;
            let (flags, file, offset) = match file {
                Some((file, offset)) => (flags, file, offset as i64),
                None => (flags | libc::MAP_ANONYMOUS, -1, 0),
            };
            let (address, length) = (address as *mut c_void, length as usize);
            if libc::mmap(address, length, access, flags, file, offset) != address {
                libc::_exit(FAILED);
            }
        }
        for file in files.iter().copied().filter(|&file| file >= 0) {
            libc::close(file);
        }
        environ = environment;
        libc::setcontext(context as *const ucontext_t);
        libc::_exit(FAILED)
    }
}

/// What a process ends with whose memory could be replaced in part only.
const FAILED: c_int = 70;

/// Has the programs that `spawn` starts find everything at the same addresses each time.
///
/// # Errors
/// Where the system does not allow that, and those of `spawn`.
pub fn with_fixed_addresses<T>(spawn: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    const ASK: libc::c_ulong = 0xFFFF_FFFF;
    // SAFETY: it changes how programs are loaded that this thread starts, and nothing else.
    let set = |persona| match unsafe { libc::personality(persona) } {
        -1 => Err(io::Error::last_os_error()),
        before => Ok(before as libc::c_ulong),
    };
    let before = set(ASK)?;
    set(before | libc::ADDR_NO_RANDOMIZE as libc::c_ulong)?;
    let spawned = spawn();
    set(before)?;
    spawned
}
