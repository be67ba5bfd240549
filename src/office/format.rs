//! From the text of a file to rows of keys and values, each with its line. What the values mean is judged by the room.

use super::{Fault, FaultKind, Format, fault_of_key, is_known, key};
use ::csv::{ReaderBuilder, StringRecord};
use ::toml::de::{DeTable, DeValue};
use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// What a file says of one person.
pub(super) struct Row {
    /// The line where it begins.
    pub(super) line: usize,
    pub(super) cells: Vec<Cell>,
}

/// A key and its value, as written.
pub(super) struct Cell {
    pub(super) line: usize,
    pub(super) key: String,
    pub(super) value: Given,
}

/// A value.
pub(super) enum Given {
    Text(String),
    /// A whole number, by its digits.
    Number(String),
    /// A date, in 8 digits.
    Date(String),
    /// Something else.
    Other,
}

/// Return the line of a place in a text.
fn line_at(text: &str, place: usize) -> usize {
    1 + text.as_bytes().iter().take(place).filter(|byte| **byte == b'\n').count()
}

fn number(digits: &str) -> Given {
    if digits.bytes().all(|byte| byte.is_ascii_digit()) { Given::Number(digits.to_owned()) } else { Given::Other }
}

/// Read a TOML table.
pub(super) fn toml(text: &str) -> Result<Vec<Row>, Fault> {
    let table = DeTable::parse(text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_at(text, span.start));
        Fault { line, key: None, what: FaultKind::Syntax(Format::Toml, error.message().to_owned()) }
    })?;
    let cells: Vec<Cell> = table
        .into_inner()
        .into_iter()
        .map(|(key, value)| {
            let line = line_at(text, key.span().start);
            let value = match value.into_inner() {
                DeValue::String(text) => Given::Text(text.into_owned()),
                DeValue::Integer(number) if number.radix() == 10 => self::number(number.as_str()),
                DeValue::Datetime(when) => match (when.date, when.time, when.offset) {
                    (Some(date), None, None) => Given::Date(format!("{:04}{:02}{:02}", date.year, date.month, date.day)),
                    _ => Given::Other,
                },
                _ => Given::Other,
            };
            Cell { line, key: key.into_inner().into_owned(), value }
        })
        .collect();
    let line = cells.iter().map(|cell| cell.line).min().unwrap_or(1);
    Ok(if cells.is_empty() { Vec::new() } else { vec![Row { line, cells }] })
}

/// The members of a JSON object, in their order, those with the same key too.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Members<'de>, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Members<'de>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("one object for one person (several people: CSV)")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(All)
    }
}

/// Read a JSON object.
pub(super) fn json(text: &str) -> Result<Vec<Row>, Fault> {
    let Members(members) = serde_json::from_str(text).map_err(|error| {
        let what = FaultKind::Syntax(Format::Json, error.to_string());
        Fault { line: error.line().max(1), key: None, what }
    })?;
    let begin = text.as_ptr() as usize;
    let cells: Vec<Cell> = members
        .into_iter()
        .map(|(key, value)| {
            let line = line_at(text, (value.get().as_ptr() as usize).saturating_sub(begin));
            let value = match serde_json::from_str(value.get()) {
                Ok(serde_json::Value::String(text)) => Given::Text(text),
                Ok(serde_json::Value::Null) => Given::Text(String::new()),
                Ok(serde_json::Value::Number(_)) => number(value.get()),
                _ => Given::Other,
            };
            Cell { line, key, value }
        })
        .collect();
    let line = cells.iter().map(|cell| cell.line).min().unwrap_or(1);
    Ok(if cells.is_empty() { Vec::new() } else { vec![Row { line, cells }] })
}

/// Read rows of cells below a row of keys. A fault of the header is told once, not for every row.
pub(super) fn csv(text: &str, faults: &mut Vec<Fault>) -> Result<Vec<Row>, Fault> {
    let mut rows = rows(text, separator(text));
    let Some((top, header)) = rows.next() else { return Ok(Vec::new()) };
    if !header.iter().any(|cell| is_known(&key(cell))) {
        return Err(Fault { line: top, key: None, what: FaultKind::NoHeader });
    }
    let need = width(&header);
    let mut keys: Vec<Option<&str>> = Vec::new();
    for (place, written) in header.iter().take(need).enumerate() {
        let doubled = keys.iter().flatten().any(|before| key(before) == key(written));
        let what = if doubled { Some(FaultKind::Doubled) } else { fault_of_key(&key(written)) };
        keys.push(what.is_none().then_some(written));
        let named = if written.trim().is_empty() { format!("({})", place + 1) } else { written.trim().to_owned() };
        faults.extend(what.map(|what| Fault { line: top, key: Some(named), what }));
    }
    let mut people = Vec::new();
    for (line, cells) in rows {
        let have = if cells.len() < need { cells.len() } else { width(&cells) };
        if have > need || cells.len() < need {
            faults.push(Fault { line, key: None, what: FaultKind::Cells { have, need } });
            continue;
        }
        let known = keys.iter().zip(&cells).filter_map(|(key, value)| Some(((*key)?, value)));
        let cell = |(key, value): (&str, &str)| Cell { line, key: key.trim().to_owned(), value: Given::Text(value.to_owned()) };
        people.push(Row { line, cells: known.map(cell).collect() });
    }
    Ok(people)
}

/// Return how many cells a row has, without the empty ones at its end.
fn width(cells: &StringRecord) -> usize {
    cells.iter().zip(1..).filter(|(cell, _)| !cell.trim().is_empty()).last().map_or(0, |(_, count)| count)
}

/// Return what stands between the cells: what divides the first row into most keys.
fn separator(text: &str) -> u8 {
    let known = |separator: u8| {
        let header = rows(text, separator).next();
        header.map_or(0, |(_, cells)| cells.iter().filter(|cell| is_known(&key(cell))).count())
    };
    // The last of several as good.
    [b'\t', b';', b','].into_iter().max_by_key(|separator| known(*separator)).unwrap_or(b',')
}

/// Return the rows with their lines, but for the empty ones that spreadsheets write around a table.
fn rows(text: &str, separator: u8) -> impl Iterator<Item = (usize, StringRecord)> {
    let reader = ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let (mut line, mut counted) = (1, 0);
    // The text is UTF-8, and rows may differ in length: nothing else is an error.
    let rows = reader.into_records().flatten().map(move |row| {
        // Where the row was looked for: perhaps empty lines before it.
        let place = row.position().and_then(|place| usize::try_from(place.byte()).ok()).unwrap_or(counted);
        let bytes = text.as_bytes();
        let empty = bytes.iter().skip(place).take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        line += bytes.get(counted..place + empty).unwrap_or_default().iter().filter(|byte| **byte == b'\n').count();
        counted = place + empty;
        (line, row)
    });
    rows.filter(|(_, cells)| width(cells) > 0)
}
