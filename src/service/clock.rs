//! Time as the service uses it: seconds since 1970 from a clock that tests can set, the date in Japan, and RFC 3339.

use std::sync::Arc;

use crate::registration::Date;
pub(super) use crate::time::rfc3339::format as rfc3339;

/// Return the current time in seconds since 1970.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// Read the system's clock, in seconds since 1970.
pub(super) fn system_time() -> i64 {
    time::OffsetDateTime::now_utc().unix_timestamp()
}

/// Return the date in Japan at a time.
pub(super) fn date_in_japan(now: i64) -> Date {
    crate::time::date_in_japan(now).unwrap_or(Date::MAX)
}
