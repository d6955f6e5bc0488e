//! What one rendering may use, so that a template that runs away stops and says so.

use std::cell::Cell;
use std::io::{self, Write};

use tera::{Error, Kwargs, State, TeraResult, Value};

/// Bytes of one template file.
pub const FILE_BYTES: u64 = 1 << 20;
/// Bytes of a rendered document.
pub const OUTPUT_BYTES: usize = 16 << 20;
/// Bytes that one rendering may print in all, the texts that `set`, `filter` and components keep
/// included: these never reach the document as they are, and one of them may surround a loop.
pub const PRINTED_BYTES: usize = 4 * OUTPUT_BYTES;
/// Turns of all loops, calls of components and inclusions in one rendering.
pub const STEPS: u32 = 200_000;
/// Bytes of a text that a template keeps with `set`.
pub const SET_BYTES: usize = 64 << 10;
/// Elements of a list that a template keeps with `set`, or that `range` makes.
pub const SET_ELEMENTS: usize = 4_096;
/// Bytes of a tag that count as a step where names are looked up before anything is printed.
pub const TAG_BYTES: usize = 64;
/// Files that include one another, from the root inwards.
pub const INCLUDE_DEPTH: usize = 16;

thread_local! {
    /// Steps left to the rendering that runs on this thread; rendering never changes threads.
    static STEPS_LEFT: Cell<u32> = const { Cell::new(STEPS) };
    /// Bytes that it may still print.
    static BYTES_LEFT: Cell<usize> = const { Cell::new(PRINTED_BYTES) };
}

/// Begins a rendering on this thread.
pub(super) fn reset() {
    STEPS_LEFT.set(STEPS);
    BYTES_LEFT.set(PRINTED_BYTES);
}

/// Function `__step`: one more turn. Never true, so that it can stand in an `if`.
pub(super) fn step(_: Kwargs, _: &State) -> TeraResult<bool> {
    take_step().map(|()| false)
}

fn take_step() -> TeraResult<()> {
    match STEPS_LEFT.get().checked_sub(1) {
        Some(left) => {
            STEPS_LEFT.set(left);
            Ok(())
        }
        None => Err(Error::message(endless())),
    }
}

/// What is said about templates that take more than [`STEPS`].
pub(super) fn endless() -> String {
    format!("the templates did not end within {STEPS} loop turns, component calls and inclusions")
}

/// Function `__printed`: so many bytes of the template are printed next. Never true.
pub(super) fn printed(kwargs: Kwargs, _: &State) -> TeraResult<bool> {
    take_bytes(kwargs.must_get::<usize>("bytes")?).map(|()| false)
}

/// Counts bytes that are about to be printed.
pub(super) fn take_bytes(bytes: usize) -> TeraResult<()> {
    match BYTES_LEFT.get().checked_sub(bytes) {
        Some(left) => {
            BYTES_LEFT.set(left);
            Ok(())
        }
        None => Err(Error::message(format!(
            "the templates print more than {} MiB, with what `set`, `filter` and components keep",
            PRINTED_BYTES >> 20
        ))),
    }
}

/// Function `__size`: refuses values that have grown out of proportion. Never true.
pub(super) fn size(kwargs: Kwargs, _: &State) -> TeraResult<bool> {
    let value = kwargs.get::<&Value>("v")?;
    if value.and_then(Value::as_str).is_some_and(|s| s.len() > SET_BYTES) {
        return Err(Error::message(format!(
            "a text kept with `set` may have up to {} KiB, and this one has more",
            SET_BYTES >> 10
        )));
    }
    if value.and_then(Value::as_array).is_some_and(|a| a.len() > SET_ELEMENTS) {
        return Err(Error::message(format!(
            "a list kept with `set` may have up to {SET_ELEMENTS} elements, and this one has more"
        )));
    }
    Ok(false)
}

/// Function `range`, as tera's, with a limit that suits a document.
pub(super) fn range(kwargs: Kwargs, _: &State) -> TeraResult<Vec<i64>> {
    let start = kwargs.get::<i64>("start")?.unwrap_or(0);
    let end = kwargs.must_get::<i64>("end")?;
    let step = kwargs.get::<i64>("step_by")?.unwrap_or(1);
    if step == 0 {
        return Err(Error::message("`range` needs a `step_by` other than 0"));
    }
    let mut out = Vec::new();
    let mut at = start;
    while if step > 0 { at < end } else { at > end } {
        if out.len() == SET_ELEMENTS {
            return Err(Error::message(format!("`range` makes up to {SET_ELEMENTS} numbers")));
        }
        take_step()?;
        out.push(at);
        at = at.saturating_add(step);
    }
    Ok(out)
}

/// A buffer that refuses to grow past [`OUTPUT_BYTES`].
#[derive(Debug, Default)]
pub(super) struct Limited(pub Vec<u8>);

impl Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > OUTPUT_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
