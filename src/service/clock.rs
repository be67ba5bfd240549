//! The service's time: seconds since 1970 from a clock that tests can set, the date in Japan, and RFC 3339.

use std::sync::Arc;

use crate::registration::Date;
pub(super) use crate::time::rfc3339::format as rfc3339;

/// A source of the current time, in seconds since 1970.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// Read the system clock, in seconds since 1970.
pub(super) fn system_time() -> i64 {
    time::OffsetDateTime::now_utc().unix_timestamp()
}

/// Return the date in Japan at a time in seconds since 1970.
pub(super) fn date_in_japan(now: i64) -> Date {
    crate::time::date_in_japan(now).unwrap_or(Date::MAX)
}
