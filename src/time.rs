//! Japan's time: dates and minutes. RFC 3339 is in `rfc3339`.

/// RFC 3339 formatting and parsing.
pub mod rfc3339;

use crate::registration::Date;
use time::OffsetDateTime;

/// Japan's offset from UTC, in seconds; there is no daylight saving time.
pub const JAPAN_OFFSET: i64 = 9 * 3600;

/// Return the date in Japan at a time in seconds since 1970; `None` if out of range.
pub fn date_in_japan(seconds: i64) -> Option<Date> {
    time_in_japan(seconds).map(OffsetDateTime::date)
}

/// Return today's date in Japan; `None` if the clock is out of range.
pub fn today() -> Option<Date> {
    date_in_japan(OffsetDateTime::now_utc().unix_timestamp())
}

/// Return the local time in Japan at a time in seconds since 1970; `None` if out of range.
pub fn time_in_japan(seconds: i64) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp(seconds.checked_add(JAPAN_OFFSET)?).ok()
}

/// Format a time in seconds since 1970 as Japan's local time to the minute: `2026-11-25 12:04`.
pub fn minute_in_japan(seconds: i64) -> Option<String> {
    let at = time_in_japan(seconds)?;
    Some(format!("{} {:02}:{:02}", at.date(), at.hour(), at.minute()))
}
