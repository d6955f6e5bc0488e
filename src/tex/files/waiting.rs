//! For how long a file from the web has been waited for.
//!
//! The library that fetches has no limit of time: a server that accepts and is silent would hold a
//! build for ever. Who watches the process asks here, and stops it.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::{HELP, TexFailure};

static WAITING: Mutex<Option<(String, Instant)>> = Mutex::new(None);

/// Does what needs the web for `what`, such as a file's name.
pub(super) fn for_web<T>(what: &str, fetch: impl FnOnce() -> T) -> T {
    set(Some((what.to_owned(), Instant::now())));
    let fetched = fetch();
    set(None);
    fetched
}

fn set(waiting: Option<(String, Instant)>) {
    *WAITING.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = waiting;
}

/// The failure of a fetch that takes longer than `limit`, if one does. `more` says how to wait longer.
pub fn stalled(limit: Duration, more: &str) -> Option<TexFailure> {
    let waiting = WAITING.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let (what, since) = waiting.as_ref()?;
    (since.elapsed() > limit).then(|| TexFailure::NoTexFiles {
        message: format!("{what} did not come from the web in {} s", limit.as_secs()),
        help: format!("build again, what was fetched is kept; {more}; or {HELP}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_fetch_that_takes_too_long_is_stalled() {
        assert!(stalled(Duration::ZERO, "").is_none());
        for_web("article.cls", || {
            assert!(stalled(Duration::from_secs(3600), "").is_none());
            std::thread::sleep(Duration::from_millis(2));
            let failure = stalled(Duration::ZERO, "wait").unwrap();
            assert!(failure.to_string().contains("article.cls did not come from the web in 0 s"));
        });
        assert!(stalled(Duration::ZERO, "").is_none());
    }
}
