//! Where there are no checkpoints.

use std::convert::Infallible;
use std::io;
use std::path::Path;

use super::Halted;

fn none<T>() -> io::Result<T> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Runs nothing.
///
/// # Errors
/// Always.
pub fn begin(_run: impl FnOnce() + Send + 'static) -> io::Result<Halted> {
    none()
}

/// Does not halt.
pub fn halt() {}

/// Keeps nothing.
///
/// # Errors
/// Always.
pub fn take(_process: u32, _halted: &Halted, _out: &mut dyn io::Write) -> io::Result<()> {
    none()
}

/// There is none.
pub fn machine() -> Option<String> {
    None
}

/// There is none that could be.
pub fn is_whole(_path: &Path) -> bool {
    false
}

/// Restores nothing.
///
/// # Errors
/// Always.
pub fn restore(_path: &Path) -> io::Result<Infallible> {
    none()
}

/// Starts nothing.
///
/// # Errors
/// Always.
pub fn with_fixed_addresses<T>(_spawn: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    none()
}
