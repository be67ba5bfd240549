//! The template of a file of records, from the table of fields: what each key is for is said by whoever prints it.

use super::REFERENCE;
use crate::registration::field::Field;
use crate::registration::{FIELDS, FieldId};

/// The fields that a record can fill: all but the consent, which only the person gives.
pub fn fields() -> impl Iterator<Item = &'static Field> {
    FIELDS.iter().filter(|row| row.id != FieldId::Consent)
}

/// The keys of a record, in the order of the form.
pub fn keys() -> impl Iterator<Item = &'static str> {
    std::iter::once(REFERENCE).chain(fields().map(|row| row.key))
}

/// Return the header of a CSV file.
pub fn header() -> String {
    keys().collect::<Vec<_>>().join(",")
}
