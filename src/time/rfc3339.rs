//! RFC 3339 formatting and parsing. Inside the program, a time is seconds since 1970.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Format a time in seconds since 1970, in UTC; one out of range is formatted as 1970.
pub fn format(seconds: i64) -> String {
    format_exact(OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH))
}

/// Format a time with fractional seconds and its offset.
pub fn format_exact(time: OffsetDateTime) -> String {
    time.format(&Rfc3339).unwrap_or_default()
}

/// Parse a time with any offset to seconds since 1970, dropping fractions of a second.
pub fn parse(text: &str) -> Option<i64> {
    Some(OffsetDateTime::parse(text, &Rfc3339).ok()?.unix_timestamp())
}

#[cfg(test)]
mod tests {
    use super::{format, parse};

    #[test]
    fn a_time_is_written_in_utc_and_read_with_any_offset() {
        assert_eq!(format(1_795_584_600), "2026-11-25T05:30:00Z");
        for text in ["2026-11-25T05:30:00Z", "2026-11-25T14:30:00+09:00", "2026-11-25T05:30:00.75Z"] {
            assert_eq!(parse(text), Some(1_795_584_600), "{text}");
        }
        for text in ["", "2026-11-25", "2026-11-25 5:30", "2026-13-25T05:30:00Z"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(format(i64::MAX), "1970-01-01T00:00:00Z");
    }
}
