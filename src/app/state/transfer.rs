//! State of the transfer sheet: the values as the agency's page takes them, to be copied by hand.

use crate::registration::FieldId;
use crate::registration::transfer::{SHEET, SheetFormat};

/// State of the page.
#[derive(Default)]
pub struct TransferPage {
    /// The focused row: the values, then the buttons.
    pub row: usize,
    /// The result of the last row.
    pub note: Option<TransferNote>,
}

/// The result of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransferNote {
    /// A value was sent to the terminal's clipboard.
    Copied(FieldId),
    /// The sheet was saved at this path.
    Saved(String),
    /// The sheet could not be saved; why.
    NotSaved(String),
}

/// A row of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferRow {
    /// Copy the value of a field.
    Copy(FieldId),
    /// Save the sheet.
    Save(SheetFormat),
    /// Close the page.
    Back,
}

/// Return the rows for a form with these fields, in order.
pub fn rows(fields: &[FieldId]) -> Vec<TransferRow> {
    let values = SHEET.iter().map(|line| line.field).filter(|field| fields.contains(field)).map(TransferRow::Copy);
    values.chain([TransferRow::Save(SheetFormat::Csv), TransferRow::Save(SheetFormat::Json), TransferRow::Back]).collect()
}
