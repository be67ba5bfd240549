//! The official Japanese labels and easy lines of the original screens. They stay beside every translation, because people need to find
//! them again on paper. The texts are in `ja.toml`.

use super::Lang;
use super::table::texts;
use crate::registration::{FieldId, Form};

/// Screen title of the original.
pub const REGISTRATION: &str = texts::OFFICIAL_REGISTRATION;
/// The three steps of the original's breadcrumb trail.
pub const TRAIL: [&str; 3] = [texts::OFFICIAL_STEP1, texts::OFFICIAL_STEP2, texts::OFFICIAL_STEP3];
/// Title of the original's PIN steps.
pub const PIN_TITLE: &str = texts::OFFICIAL_PIN_TITLE;

/// Return the official label of a field.
pub fn label(field: FieldId) -> &'static str {
    Lang::Ja.field(field)
}

/// Return the easy line of a field; empty if the original has none.
pub const fn easy(field: FieldId) -> &'static str {
    texts::easy(field)
}

/// Return a value as the agency's own page takes it: choices by their official words, the rest in stored form.
pub fn value(field: FieldId, form: &Form) -> String {
    Lang::Ja.value(field, &form.value(field))
}

/// Return the official label of a choice.
pub fn choice(word: &str) -> &'static str {
    Lang::Ja.choice(word)
}
