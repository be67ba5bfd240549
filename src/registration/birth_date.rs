//! 生年月日: typed as 8 digits, sent as `1990-04-01`, `1990-04`, `1990` or `unknown`.

use super::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// 生年月日. On official papers the day, the month and day, or the whole date may be unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BirthDate {
    /// A full date.
    Day(Date),
    /// 日不詳: year and month.
    Month(i32, u8),
    /// 月日不詳: year only.
    Year(i32),
    /// 年月日不詳.
    Unknown,
}

impl std::fmt::Display for BirthDate {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            BirthDate::Day(date) => write!(out, "{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day()),
            BirthDate::Month(year, month) => write!(out, "{year:04}-{month:02}"),
            BirthDate::Year(year) => write!(out, "{year:04}"),
            BirthDate::Unknown => out.write_str("unknown"),
        }
    }
}

impl BirthDate {
    /// Return the 8 digits of the field.
    pub fn digits(self) -> String {
        match self {
            BirthDate::Day(date) => format!("{:04}{:02}{:02}", date.year(), u8::from(date.month()), date.day()),
            BirthDate::Month(year, month) => format!("{year:04}{month:02}00"),
            BirthDate::Year(year) => format!("{year:04}0000"),
            BirthDate::Unknown => "00000000".to_owned(),
        }
    }

    /// Parse the 8 digits of the field; `None` if no such date exists.
    pub(super) fn from_digits(digits: &str) -> Option<BirthDate> {
        if digits.len() != 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let year: i32 = digits.get(..4)?.parse().ok()?;
        let month: u8 = digits.get(4..6)?.parse().ok()?;
        let day: u8 = digits.get(6..)?.parse().ok()?;
        match (year, month, day) {
            (0, 0, 0) => Some(BirthDate::Unknown),
            (0, _, _) | (_, 0, 1..) => None,
            (_, 0, 0) => Some(BirthDate::Year(year)),
            (_, 1..=12, 0) => Some(BirthDate::Month(year, month)),
            _ => Date::from_calendar_date(year, month.try_into().ok()?, day).ok().map(BirthDate::Day),
        }
    }

    /// Parse the wire form, exactly as `Display` writes it.
    pub fn from_wire(text: &str) -> Option<BirthDate> {
        let digits = match text.len() {
            7 if text == "unknown" => "00000000".to_owned(),
            4 => format!("{text}0000"),
            7 => format!("{}00", text.replacen('-', "", 1)),
            10 => text.replacen('-', "", 2),
            _ => return None,
        };
        BirthDate::from_digits(&digits).filter(|date| date.to_string() == text)
    }
}

#[cfg(feature = "service")]
impl schemars::JsonSchema for BirthDate {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "BirthDate".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^([0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?|unknown)$" })
    }
}

impl Serialize for BirthDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for BirthDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<BirthDate, D::Error> {
        let text = String::deserialize(deserializer)?;
        BirthDate::from_wire(&text).ok_or_else(|| de::Error::custom("no birth date"))
    }
}

#[cfg(test)]
mod tests {
    use super::BirthDate;

    #[test]
    fn every_form_goes_to_the_wire_and_back() {
        for (digits, wire) in
            [("19900401", "1990-04-01"), ("19900400", "1990-04"), ("19900000", "1990"), ("00000000", "unknown"), ("20000229", "2000-02-29")]
        {
            let date = BirthDate::from_digits(digits).unwrap();
            assert_eq!(date.to_string(), wire);
            assert_eq!(date.digits(), digits);
            assert_eq!(BirthDate::from_wire(wire), Some(date));
        }
    }

    #[test]
    fn dates_that_no_calendar_has_are_refused() {
        for digits in ["19900230", "19901301", "19900001", "00000401", "1990040", "199004011", "1990４401"] {
            assert_eq!(BirthDate::from_digits(digits), None, "{digits}");
        }
        for wire in ["1990-4-01", "1990/04/01", "19900401", "1990-04-00", "0000", "Unknown", "1990-0", "199-004"] {
            assert_eq!(BirthDate::from_wire(wire), None, "{wire}");
        }
    }
}
