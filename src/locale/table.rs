//! The texts of a language as the build script lays them out, read in place: nothing is built up at start.
//! The generated part finds a text by its name; `build.rs` beside this file writes it.

/// All texts of a language.
pub(super) struct Table {
    /// The texts one after another.
    text: &'static str,
    /// For each text where it begins, times 4096, and how many bytes it has. Offsets, because a slice would take 40 bytes in a
    /// position-independent program: 16 for itself and 24 for its relocation at start.
    spans: &'static [u32],
    /// The lists of paragraphs.
    lists: &'static [&'static [&'static str]],
}

impl Table {
    /// Return a text by its place.
    pub(super) fn text(&self, place: u16) -> &'static str {
        let span = self.spans.get(usize::from(place)).copied().unwrap_or_default();
        let (start, length) = ((span >> 12) as usize, (span & 0xFFF) as usize);
        self.text.get(start..start + length).unwrap_or_default()
    }

    /// Return a list by its place.
    pub(super) fn list(&self, place: usize) -> &'static [&'static str] {
        self.lists.get(place).copied().unwrap_or_default()
    }
}

/// A text that `N` values are filled into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fill<const N: usize> {
    /// Its place; with a count that of its first plural form.
    pub(super) place: u16,
    /// Which of the values is the count that chooses the plural form.
    pub(super) count: Option<usize>,
}

/// A mail.
#[cfg(feature = "service")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mail {
    /// The place of its subject.
    pub(super) subject: u16,
    /// The place of its paragraphs.
    pub(super) body: usize,
}

/// The names of the texts, and the tables.
pub(super) mod texts {
    #[cfg(feature = "service")]
    use super::Mail;
    use super::{Fill, Table};
    use crate::locale::Lang;
    use crate::locale::words::Page;
    use crate::protocol::actions::AccountAction;
    use crate::registration::FieldId;
    use crate::registration::fold::Change;

    include!(concat!(env!("OUT_DIR"), "/texts.rs"));
}
