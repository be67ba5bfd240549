//! From what was typed to what is stored, reporting what changed. NFKC first, then each field's own folding.
//! Never cuts anything off; folding twice changes nothing more.

use super::FieldId;

/// What folding did, for the line under the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Full-width characters became half-width.
    HalfWidth,
    /// Half-width characters became full-width (address line).
    FullWidth,
    /// Small letters became capitals.
    Capitals,
    /// Spaces, hyphens, brackets or dots were taken out.
    Separators,
    /// Several spaces became one, or spaces at an end were taken off.
    Spaces,
    /// Invisible characters (zero width, directional marks, control characters) were taken out.
    Invisible,
    /// Letters with marks became the letters of a passport's machine-readable zone.
    Diacritics,
    /// Kana became Latin letters by the passport's Hepburn rules.
    Kana,
}

/// The stored form of what was typed, and what was done to get there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folded {
    /// The stored form, if the rules accept it.
    pub value: String,
    /// What changed, each kind once.
    pub changes: Vec<Change>,
}

/// Fold what was typed into a field.
pub fn fold(_field: FieldId, typed: &str) -> Folded {
    Folded { value: typed.to_owned(), changes: Vec::new() }
}
