//! What an office brings and keeps: records that fill STEP1 beforehand, and the list of the registrations that were done, by the office's own
//! reference. Reads and appends files; what is wrong in one is said by `locale`.

/// The list of registrations that ended.
pub mod done;
/// From the text of a file to rows of keys and values.
mod format;
/// The template of a file of records.
pub mod template;

use crate::file;
use crate::places;
use crate::registration::field::FieldKind;
use crate::registration::{self, Date, Draft, FIELDS, FieldId, ValueError, words};
use encoding_rs::{Encoding, SHIFT_JIS, UTF_8};
use format::{Cell, Given, Row};
use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::time::SystemTime;
use unicode_normalization::UnicodeNormalization;

/// Key of the office's own reference.
pub const REFERENCE: &str = "reference";
/// The same as an office writes it in Japanese.
const REFERENCE_JA: &str = "整理番号";

/// What an office knows of one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// The line of the file where it begins; 1-based.
    pub line: usize,
    /// The office's own reference.
    pub reference: Option<String>,
    /// Values of fields: choices and municipality by their words on the wire, the rest as written.
    pub draft: Draft,
}

/// How a file of records is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// TOML, one person.
    Toml,
    /// A JSON object, one person.
    Json,
    /// A row for each person, below a row of keys; between the cells a comma, a semicolon or a tab.
    Csv,
}

impl Format {
    /// Return the format that the name of a file tells: TOML if it tells nothing.
    pub fn of(path: &Path) -> Format {
        let ending = path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        match ending.as_str() {
            "json" => Format::Json,
            "csv" | "tsv" | "txt" => Format::Csv,
            _ => Format::Toml,
        }
    }

    /// Return its name.
    pub const fn name(self) -> &'static str {
        match self {
            Format::Toml => "TOML",
            Format::Json => "JSON",
            Format::Csv => "CSV",
        }
    }
}

/// Why a file of records is not used.
#[derive(Debug)]
pub enum RecordsError {
    /// It cannot be read.
    Unreadable(io::Error),
    /// What is to be mended in it, by line.
    Faults(Vec<Fault>),
}

/// A fault of a file of records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Its line; 1-based.
    pub line: usize,
    /// The key of its value, as far as one is to be mended.
    pub key: Option<String>,
    /// What is wrong.
    pub what: FaultKind,
}

/// What is wrong in a file of records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// It is neither UTF-8 nor Shift_JIS.
    Encoding,
    /// It is not of its format: the format, and the parser's reason.
    Syntax(Format, String),
    /// It holds nobody.
    Empty,
    /// The first row has no key.
    NoHeader,
    /// A row has so many cells, below so many keys.
    Cells {
        /// Cells of the row.
        have: usize,
        /// Cells of the header.
        need: usize,
    },
    /// No field has this key; the nearest that a field has.
    UnknownKey(Option<&'static str>),
    /// The key is there twice.
    Doubled,
    /// Only the person can consent.
    Consent,
    /// The value is no text: a list, a table, yes or no, a number with a fraction.
    NotText,
    /// The first 0 of a number is lost.
    ZeroLost,
    /// None of the words of the choice.
    NotAChoice(&'static [&'static str]),
    /// No municipality of this name or code.
    NoMunicipality,
    /// The rules of the form refuse the value.
    Refused(FieldId, ValueError),
    /// Neither name nor birth date: nobody knows whose record it is.
    Nobodys,
    /// The other rows have a reference.
    NoReference,
    /// Another row has the same reference.
    SameReference,
}

/// Return when a file of records was last changed, by which a changed one is known.
pub fn changed(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|about| about.modified()).ok()
}

/// Read a file of records; `today` is the date in Japan. All that is wrong in it is returned at once.
pub fn read(path: &Path, today: Date) -> Result<Vec<Record>, RecordsError> {
    let bytes = file::read(path).map_err(RecordsError::Unreadable)?;
    parse(&bytes, Format::of(path), today).map_err(RecordsError::Faults)
}

/// Parse records.
pub fn parse(bytes: &[u8], format: Format, today: Date) -> Result<Vec<Record>, Vec<Fault>> {
    let Some(text) = decoded(bytes) else { return Err(vec![Fault { line: 1, key: None, what: FaultKind::Encoding }]) };
    let mut faults = Vec::new();
    let rows = match format {
        Format::Toml => format::toml(&text),
        Format::Json => format::json(&text),
        Format::Csv => format::csv(&text, &mut faults),
    };
    let rows = rows.map_err(|fault| vec![fault])?;
    let records: Vec<Record> = rows.into_iter().map(|row| record(row, today, &mut faults)).collect();
    if records.is_empty() && faults.is_empty() {
        faults.push(Fault { line: 1, key: None, what: FaultKind::Empty });
    }
    references(&records, &mut faults);
    faults.sort_by_key(|fault| fault.line);
    if faults.is_empty() { Ok(records) } else { Err(faults) }
}

/// Decode what spreadsheets and editors write: UTF-8, UTF-16 with its mark, else Shift_JIS as Windows extends it.
fn decoded(bytes: &[u8]) -> Option<String> {
    let (encoding, mark) = Encoding::for_bom(bytes).unwrap_or((UTF_8, 0));
    let bytes = bytes.get(mark..).unwrap_or_default();
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes);
    let text = if mark == 0 { text.or_else(|| SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes)) } else { text };
    text.map(|text| text.into_owned())
}

/// Return a key as the table of fields writes it, if it means one of its fields.
fn key(written: &str) -> String {
    let letters = written.trim().nfkc().flat_map(char::to_lowercase).collect::<String>();
    match words::named(written) {
        Some(field) => field.row().key.to_owned(),
        None if letters == REFERENCE_JA => REFERENCE.to_owned(),
        None => letters,
    }
}

/// Return whether a key means something.
fn is_known(key: &str) -> bool {
    key == REFERENCE || FieldId::from_key(key).is_some()
}

/// Return what is wrong with a key, if anything is.
fn fault_of_key(key: &str) -> Option<FaultKind> {
    match FieldId::from_key(key) {
        Some(FieldId::Consent) => Some(FaultKind::Consent),
        Some(_) => None,
        None if key == REFERENCE => None,
        None => Some(FaultKind::UnknownKey(nearest(key))),
    }
}

/// Return the key that was probably meant: the nearest, if a third of it is wrong at most.
fn nearest(key: &str) -> Option<&'static str> {
    let keys = template::keys().map(|known| (distance(key, known), known));
    keys.min().filter(|(distance, known)| *distance * 3 <= known.len()).map(|(_, known)| known)
}

/// Return how many letters must be put in, left out or replaced to make one text of the other (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    // Keys are short: a longer text is none.
    if one.len() > 64 {
        return usize::MAX / 4;
    }
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (place, letter) in one.chars().enumerate() {
        let mut before = place;
        let mut left = place + 1;
        let mut next = vec![left];
        for (above, other) in row.iter().skip(1).zip(other.chars()) {
            left = (before + usize::from(letter != other)).min(left + 1).min(above + 1);
            before = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

/// Understand a row; add what is wrong in it to the faults.
fn record(row: Row, today: Date, faults: &mut Vec<Fault>) -> Record {
    let mut record = Record { line: row.line, ..Record::default() };
    let mut lines = [row.line; FieldId::COUNT];
    let mut seen = BTreeSet::new();
    // Whether the row says whose it is, be it in a value that is to be mended.
    let mut is_somebodys = false;
    for Cell { line, key: written, value } in row.cells {
        let key = key(&written);
        let mut fault = |what| faults.push(Fault { line, key: Some(written.clone()), what });
        if let Some(what) = fault_of_key(&key) {
            fault(what);
            continue;
        }
        if !seen.insert(key.clone()) {
            fault(FaultKind::Doubled);
            continue;
        }
        match (FieldId::from_key(&key), value) {
            (None, value) => match text(value) {
                Ok(reference) => record.reference = Some(reference).filter(|reference| !reference.is_empty()),
                Err(what) => fault(what),
            },
            (Some(field), value) => match text(value).and_then(|text| understood(field, text)) {
                Ok(value) => {
                    is_somebodys |= tells_whose(field) && !value.is_empty();
                    record.draft.set(field, value);
                    if let Some(slot) = lines.get_mut(field as usize) {
                        *slot = line;
                    }
                }
                Err(what) => {
                    is_somebodys |= tells_whose(field);
                    fault(what);
                }
            },
        }
    }
    for (field, problem) in refused(&record.draft, today) {
        let line = lines.get(field as usize).copied().unwrap_or(row.line);
        let what = if lost_zero(&problem, record.draft.get(field)) { FaultKind::ZeroLost } else { FaultKind::Refused(field, problem) };
        faults.push(Fault { line, key: Some(field.row().key.to_owned()), what });
    }
    if !is_somebodys {
        faults.push(Fault { line: row.line, key: None, what: FaultKind::Nobodys });
    }
    record
}

/// Return whether a phone number is one whose first 0 a spreadsheet has taken.
fn lost_zero(problem: &ValueError, number: &str) -> bool {
    *problem == ValueError::PhoneStart && (9..=10).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// Return whether a field tells whose a record is.
const fn tells_whose(field: FieldId) -> bool {
    matches!(field, FieldId::Name | FieldId::BirthDate)
}

/// Return a value as text, if nothing of it is lost.
fn text(given: Given) -> Result<String, FaultKind> {
    match given {
        Given::Text(text) => Ok(text.trim().to_owned()),
        Given::Number(digits) | Given::Date(digits) => Ok(digits),
        Given::Other => Err(FaultKind::NotText),
    }
}

/// Return what was written for a choice or a municipality as its word on the wire; text stays as it is.
fn understood(field: FieldId, written: String) -> Result<String, FaultKind> {
    match field.row().kind {
        _ if written.is_empty() => Ok(written),
        FieldKind::Choice(choices) => words::meant(field, &written).map(str::to_owned).ok_or(FaultKind::NotAChoice(choices)),
        FieldKind::Municipality => municipality(&written).ok_or(FaultKind::NoMunicipality),
        FieldKind::Text | FieldKind::Tick => Ok(written),
    }
}

/// Return the code of a municipality given by code or by name. A code has 5 digits: of one with 4, the first 0 is known.
fn municipality(written: &str) -> Option<String> {
    let digits: String = written.nfkc().collect();
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let code = format!("{digits:0>5}");
        return places::by_code(&code).filter(|_| (4..=5).contains(&digits.len())).map(|place| place.code().to_owned());
    }
    places::split(written).filter(|split| split.rest.is_empty()).map(|split| split.municipality.code().to_owned())
}

/// Return what the rules refuse of a record. What is missing the person fills in; an address that begins with its municipality the form
/// divides.
fn refused(draft: &Draft, today: Date) -> Vec<(FieldId, ValueError)> {
    let mut draft = draft.clone();
    // A number is refused now, not once the category is chosen.
    if draft.category().is_none() && !draft.get(FieldId::ResidenceCard).is_empty() {
        draft.set(FieldId::Category, "foreign_national");
    }
    let faults = registration::check(&draft, today).err().unwrap_or_default().into_iter();
    let is_meant = |fault: &registration::FormError| {
        !draft.get(fault.field).is_empty() && !matches!(fault.problem, ValueError::Missing | ValueError::MunicipalityRepeated)
    };
    faults.filter(is_meant).map(|fault| (fault.field, fault.problem)).collect()
}

/// Check that records which are chosen by their reference can be told apart by it.
fn references(records: &[Record], faults: &mut Vec<Fault>) {
    if records.iter().all(|record| record.reference.is_none()) {
        return;
    }
    let mut seen = BTreeSet::new();
    for record in records {
        let what = match &record.reference {
            None => FaultKind::NoReference,
            Some(reference) if !seen.insert(reference) => FaultKind::SameReference,
            Some(_) => continue,
        };
        faults.push(Fault { line: record.line, key: Some(REFERENCE.to_owned()), what });
    }
}

/// Return the keys of the fields that a record fills.
pub fn filled(record: &Record) -> impl Iterator<Item = &'static str> {
    FIELDS.iter().filter(|row| !record.draft.get(row.id).is_empty()).map(|row| row.key)
}

#[cfg(test)]
mod tests;
