//! Japan's time: dates and minutes as its clocks show them. RFC 3339 for wire and files is in `rfc3339`.

/// RFC 3339, written and read.
pub mod rfc3339;

use crate::registration::Date;
use time::OffsetDateTime;

/// Offset of Japan from UTC in seconds: nine hours, no summer time.
pub const JAPAN_OFFSET: i64 = 9 * 3600;

/// Return the date in Japan of a moment in seconds since 1970.
pub fn date_in_japan(seconds: i64) -> Option<Date> {
    time_in_japan(seconds).map(OffsetDateTime::date)
}

/// Return what the clocks in Japan show at a moment in seconds since 1970.
pub fn time_in_japan(seconds: i64) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp(seconds.checked_add(JAPAN_OFFSET)?).ok()
}

/// Write a time down to the minute, as a clock in Japan shows it: `2026-11-25 12:04`.
pub fn minute_in_japan(seconds: i64) -> Option<String> {
    let at = time_in_japan(seconds)?;
    Some(format!("{} {:02}:{:02}", at.date(), at.hour(), at.minute()))
}
