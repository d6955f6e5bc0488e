//! What typesetting one document may use, and how much it has used.

use std::ffi::OsString;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostic, Result};
use crate::tex::{self, TexFailure};

/// The homework takes half a second on a fast machine.
const SECONDS: u64 = 60;
const SECONDS_NAME: &str = "GRADPROOF_TEX_SECONDS";

/// Loading LaTeX takes so many times as long as a document may, at most: a pass on a guess, too, may
/// have to do that first.
const BEFORE: u64 = 10;

/// The homework takes some 180 MB, most of it TeX's own tables.
const MEGABYTES: u64 = 1024;
const MEGABYTES_NAME: &str = "GRADPROOF_TEX_MEGABYTES";

/// A large file over a slow line.
const WEB_SECONDS: u64 = 120;
const WEB_SECONDS_NAME: &str = "GRADPROOF_WEB_SECONDS";

/// At most so much for one pass of TeX and the PDF.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Limits {
    /// Seconds of computing, from TeX's first line on. Waiting, for a disk or for other programs, does
    /// not count.
    seconds: u64,
    /// Megabytes of memory.
    megabytes: u64,
    /// Seconds of waiting for one file from the web.
    web_seconds: u64,
}

impl Limits {
    /// The limits that the environment sets, for documents that need more.
    ///
    /// # Errors
    /// Where a variable is no positive whole number.
    pub fn from_environment() -> Result<Self> {
        let seconds = read(SECONDS_NAME, "seconds")?.unwrap_or(SECONDS);
        let megabytes = read(MEGABYTES_NAME, "megabytes")?.unwrap_or(MEGABYTES);
        let web_seconds = read(WEB_SECONDS_NAME, "seconds")?.unwrap_or(WEB_SECONDS);
        Ok(Self { seconds, megabytes, web_seconds })
    }

    /// Limits for a pass on a guess: it may be in vain, and another follows then.
    pub(super) fn on_a_guess(self) -> Self {
        Self { seconds: self.seconds.div_ceil(10), ..self }
    }

    /// The failure of a file from the web that is waited for too long.
    pub(super) fn stalled(self) -> Option<TexFailure> {
        let more = format!(
            "a slow line gets more time with {WEB_SECONDS_NAME}={}",
            self.web_seconds.saturating_mul(10)
        );
        tex::stalled(Duration::from_secs(self.web_seconds), &more)
    }

    /// Which limit this process has passed, which had computed so long `before` TeX read its first
    /// line, if it has: what to say, and the remedy.
    pub(super) fn passed(self, before: Option<Duration>) -> Option<(String, String)> {
        let loading = self.seconds.saturating_mul(BEFORE);
        if before.is_none() && computed() > Duration::from_secs(loading) {
            let said = format!("LaTeX could not be loaded in {loading} s of computing");
            Some((
                said,
                format!("a slow machine gets more with {}", more(SECONDS_NAME, self.seconds)),
            ))
        } else if before.is_some_and(|before| {
            computed() > before.saturating_add(Duration::from_secs(self.seconds))
        }) {
            let said = format!("TeX did not come to an end in {} s of computing", self.seconds);
            Some((said, help(SECONDS_NAME, self.seconds)))
        } else if megabytes_used().is_some_and(|used| used > self.megabytes) {
            let said = format!("TeX took more than {} MB of memory", self.megabytes);
            Some((said, help(MEGABYTES_NAME, self.megabytes)))
        } else {
            None
        }
    }
}

fn help(name: &str, limit: u64) -> String {
    format!(
        "here, or in what this line calls, something repeats without end; a document that needs \
         more gets it with {}",
        more(name, limit)
    )
}

fn more(name: &str, limit: u64) -> String {
    format!("{name}={}", limit.saturating_mul(10))
}

fn read(name: &str, unit: &str) -> Result<Option<u64>> {
    let Some(value) = std::env::var_os(name) else { return Ok(None) };
    match parse(&value) {
        Some(number) => Ok(Some(number)),
        None => {
            Err(Diagnostic::error(format!("{name} is {value:?}, which is no number of {unit}"))
                .help(format!("set it to a whole number of {unit} above 0, or unset it"))
                .into())
        }
    }
}

fn parse(value: &OsString) -> Option<u64> {
    value.to_str()?.parse().ok().filter(|&number| number > 0)
}

/// What all threads of this process have computed.
pub(super) fn computed() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

/// The memory of this process, where the system tells it in Linux's way.
fn megabytes_used() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes / 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_positive_whole_numbers() {
        for (text, number) in [("5", Some(5)), ("0", None), ("-1", None), ("1.5", None), ("", None)]
        {
            assert_eq!(parse(&text.into()), number, "{text:?}");
        }
    }

    #[test]
    fn both_limits_are_noticed() {
        let enough = Limits { seconds: u64::MAX, megabytes: u64::MAX, web_seconds: u64::MAX };
        let none_before = Some(Duration::ZERO);
        for before in [None, none_before] {
            assert_eq!(enough.passed(before), None);
            let passed = Limits { seconds: 0, ..enough }.passed(before);
            assert!(passed.is_some_and(|(said, _)| said.contains("0 s")));
        }
        let loading = computed() + Duration::from_secs(3600);
        assert_eq!(Limits { seconds: 0, ..enough }.passed(Some(loading)), None);
        #[cfg(target_os = "linux")]
        assert!(
            Limits { megabytes: 0, ..enough }
                .passed(none_before)
                .is_some_and(|(said, _)| said.contains("0 MB"))
        );
    }
}
