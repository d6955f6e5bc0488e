//! Days of the calendar, and the date that a document bears.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::{NaiveDate, NaiveTime};

use crate::diagnostic::{Diagnostic, Result};

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    /// 0 to 9999.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to the length of the month.
    pub day: u8,
}

impl fmt::Display for Date {
    /// ISO 8601: `2020-03-01`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl Date {
    /// When the day begins in UTC; 1970 for every earlier one, as the times of files do.
    pub fn begins(self) -> SystemTime {
        let Self { year, month, day } = self;
        let date = NaiveDate::from_ymd_opt(year.into(), month.into(), day.into());
        let begins = date.map(|date| date.and_time(NaiveTime::MIN).and_utc().timestamp());
        let seconds = begins.and_then(|seconds| u64::try_from(seconds).ok()).unwrap_or(0);
        UNIX_EPOCH + Duration::from_secs(seconds)
    }
}

/// The date in the PDF: `SOURCE_DATE_EPOCH`, else the submission's own, else 1970. Never today:
/// the same inputs give the same bytes.
///
/// # Errors
/// Where `SOURCE_DATE_EPOCH` is no date in seconds.
pub fn document_date(date: Option<Date>) -> Result<SystemTime> {
    if let Some(value) = std::env::var_os("SOURCE_DATE_EPOCH") {
        let seconds = value.to_str().and_then(from_epoch).ok_or_else(|| {
            Diagnostic::error(format!(
                "SOURCE_DATE_EPOCH is {value:?}, which is no date in seconds"
            ))
            .help("set it to the whole seconds since 1970-01-01 00:00 UTC (at most to the year 9999), or unset it")
        })?;
        return Ok(seconds);
    }
    Ok(date.map_or(UNIX_EPOCH, Date::begins))
}

/// A PDF's dates end with the year 9999.
fn from_epoch(seconds: &str) -> Option<SystemTime> {
    const END_OF_9999: u64 = 253_402_300_799;
    let seconds = seconds.parse().ok().filter(|&seconds| seconds <= END_OF_9999)?;
    UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seconds from `date --utc --date=YEAR-MONTH-DAY +%s`.
    #[test]
    fn days_begin_at_midnight_in_utc() {
        let seconds = |year, month, day| {
            let begins = Date { year, month, day }.begins();
            begins.duration_since(UNIX_EPOCH).map(|since| since.as_secs()).unwrap_or_default()
        };
        assert_eq!(seconds(1970, 1, 1), 0);
        assert_eq!(seconds(2000, 2, 29), 951_782_400);
        assert_eq!(seconds(2020, 3, 1), 1_583_020_800);
        assert_eq!(seconds(2100, 3, 1), 4_107_542_400);
        assert_eq!(seconds(9999, 12, 31), 253_402_214_400);
        assert_eq!((seconds(1969, 12, 31), seconds(0, 1, 1)), (0, 0));
    }
}
