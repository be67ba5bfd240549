//! State of the page about an office's records: which to use, or why there are none.

use crate::office::{Record, RecordsError};

/// State of the page. The records to choose from are the visit's.
pub struct RecordsPage {
    /// Why the file cannot be used, if it cannot.
    pub error: Option<RecordsError>,
    /// Whether the last person's form was filled from this very file.
    pub is_used: bool,
    /// The focused row.
    pub row: usize,
}

/// A row of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordsRow {
    /// Use the record of this place.
    Record(usize),
    /// Read the file again.
    Again,
    /// Use none.
    Without,
}

impl RecordsPage {
    /// Return the rows, in order.
    pub fn rows(&self, records: &[Record]) -> Vec<RecordsRow> {
        match self.error {
            Some(_) => vec![RecordsRow::Again, RecordsRow::Without],
            None if self.is_used => vec![RecordsRow::Again, RecordsRow::Without],
            None => (0..records.len()).map(RecordsRow::Record).chain([RecordsRow::Without]).collect(),
        }
    }
}
