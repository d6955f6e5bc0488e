//! What needs the C library and the system: a stack of one's own, and another process's memory.

#![allow(unsafe_code, reason = "memory and registers are replaced, which no safe function does")]

use std::cell::UnsafeCell;
use std::convert::Infallible;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::RawFd;
use std::ptr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU8, Ordering};

use libc::{c_char, c_int, c_void, ucontext_t};
use rustix::process::{Resource, getrlimit};

use super::{Halted, layout};

/// What the system gives a program whose stack has no limit, or hardly any.
const STACK: u64 = 8 << 20;
/// Behind its end: whatever runs over is a fault.
const GUARD: usize = 1 << 16;

/// The registers of one side while the other runs.
struct Registers(UnsafeCell<MaybeUninit<ucontext_t>>);

// SAFETY: only `begin`, once, and `halt` below it, once, touch them, one while the other waits.
unsafe impl Sync for Registers {}

/// How far this process has come: each state follows from the one before, once.
static STATE: AtomicU8 = AtomicU8::new(IDLE);
const IDLE: u8 = 0;
const BEGUN: u8 = 1;
const HALTED: u8 = 2;

fn has_come(from: u8, to: u8) -> bool {
    STATE.compare_exchange(from, to, Ordering::SeqCst, Ordering::SeqCst).is_ok()
}

static OUTSIDE: Registers = Registers(UnsafeCell::new(MaybeUninit::uninit()));
static INSIDE: Registers = Registers(UnsafeCell::new(MaybeUninit::uninit()));

/// What `enter` is to run.
type Run = Box<dyn FnOnce() + Send>;
static RUN: Mutex<Option<Run>> = Mutex::new(None);

unsafe extern "C" {
    static mut environ: *mut *mut c_char;
}

/// Lets `run` go on, on a stack of its own that is as large as the system's, until it calls [`halt`];
/// it must end the process itself. Once in a process.
///
/// # Errors
/// Where there is no memory for the stack, and at the second time.
pub fn begin(run: impl FnOnce() + Send + 'static) -> io::Result<Halted> {
    *RUN.lock().map_err(|_| io::ErrorKind::Deadlock)? = Some(Box::new(run));
    let open_before = layout::open_files("self")?;
    let given = layout::given(&layout::of("self")?)?;
    let limit = getrlimit(Resource::Stack).current.unwrap_or(STACK).max(STACK);
    let size = usize::try_from(limit).map_err(io::Error::other)?.next_multiple_of(GUARD) + GUARD;
    if !has_come(IDLE, BEGUN) {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let (inside, outside) = (INSIDE.0.get().cast(), OUTSIDE.0.get().cast());
    // SAFETY: the new stack is memory of its own that is never given back. `getcontext` fills what
    // `makecontext` completes, and `enter`, which takes no arguments, never returns, so that no link
    // is needed. `swapcontext` returns here when `halt` switches back, to a frame that still waits.
    unsafe {
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
        let stack = libc::mmap(ptr::null_mut(), size, libc::PROT_NONE, flags, -1, 0);
        if stack == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let bottom = stack.byte_add(GUARD);
        let writable = libc::PROT_READ | libc::PROT_WRITE;
        if libc::mprotect(bottom, size - GUARD, writable) != 0 || libc::getcontext(inside) != 0 {
            return Err(io::Error::last_os_error());
        }
        (*inside).uc_stack.ss_sp = bottom;
        (*inside).uc_stack.ss_size = size - GUARD;
        (*inside).uc_link = ptr::null_mut();
        libc::makecontext(inside, enter, 0);
        if libc::swapcontext(outside, inside) != 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(Halted {
            context: inside as u64,
            thread: thread(),
            signal_stack: signal_stack()?,
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

/// Halts what [`begin`] runs. Returns in another process, or never. Anything but one call, from there,
/// is a mistake of the program, which ends it.
pub fn halt() {
    if !has_come(BEGUN, HALTED) {
        std::process::abort();
    }
    // SAFETY: `begin` has filled OUTSIDE and waits for the switch, and nothing has switched yet.
    unsafe {
        libc::swapcontext(INSIDE.0.get().cast(), OUTSIDE.0.get().cast());
    }
}

/// The address of this thread, where its own variables are.
fn thread() -> u64 {
    // SAFETY: it has no conditions.
    unsafe { libc::pthread_self() as u64 }
}

/// The address of the stack that the kernel was told to use for this thread's signals.
fn signal_stack() -> io::Result<u64> {
    // SAFETY: zeros are a value of this type, and nothing but that is written.
    let mut stack: libc::stack_t = unsafe { MaybeUninit::zeroed().assume_init() };
    match unsafe { libc::sigaltstack(ptr::null(), &raw mut stack) } {
        0 => Ok(stack.ss_sp as u64),
        _ => Err(io::Error::last_os_error()),
    }
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
    let unfit = |why| Err(io::Error::new(io::ErrorKind::Unsupported, why));
    if halted.thread != thread() || halted.signal_stack != signal_stack()? {
        return unfit("its thread is elsewhere");
    }
    // SAFETY: the heap only grows here, and nobody uses what is new of it.
    if unsafe { libc::syscall(libc::SYS_brk, halted.heap_end) } as u64 != halted.heap_end {
        return unfit("its heap has no room");
    }
    // SAFETY: the caller has made sure that program and libraries are where they were in the process
    // whose memory this was, that no step meets them or this stack, and that the file holds what
    // each step maps. From the first step on this thread touches its stack and the program's text
    // only: both lists are on the stack, and the functions that are called use no other memory unless
    // they fail, which ends the process. At last all that `context` goes on with is there, but for
    // the environment, which nobody has changed: it is on the stack of this process.
    unsafe { replace(steps, files, halted.context) }
}

/// # Safety
/// See its only caller.
#[inline(never)]
unsafe fn replace(steps: &[Option<Step>], files: &[RawFd], context: u64) -> ! {
    unsafe {
        let environment = environ;
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

/// The exit code of a process whose memory could be replaced in part only.
const FAILED: c_int = 70;

/// Has the programs that `spawn` starts, and those that they start, find everything at the same
/// addresses each time.
///
/// # Errors
/// Where the system does not allow that, as in some sandboxes, and those of `spawn`.
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
    // A program that was started is worth more than this.
    let _ = set(before);
    spawned
}
