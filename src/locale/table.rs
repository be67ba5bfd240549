//! The texts of a language as laid out by the build script, read in place, with no work at start.
//!
//! The generated part, written by `build.rs`, maps names to places.

/// All texts of a language. Offsets instead of slices: in a position-independent executable each slice takes 16 bytes, plus 24 for its
/// relocation at start.
pub(super) struct Table {
    /// The concatenated texts.
    text: &'static str,
    /// For each text, then each paragraph: `start << LENGTH_BITS | length`, in bytes.
    spans: &'static [u32],
    /// For each list the index in `spans` of its first paragraph, then the end of the last list.
    lists: &'static [u16],
}

/// Bits of a span that hold the length. Must equal the constant in `build.rs`.
const LENGTH_BITS: u32 = 12;

impl Table {
    /// Return a text by its place.
    pub(super) fn text(&self, place: u16) -> &'static str {
        self.spans.get(usize::from(place)).map_or("", |span| slice(self.text, *span))
    }

    /// Return a list by its place.
    pub(super) fn list(&self, place: usize) -> Paragraphs {
        let spans = match self.lists.get(place..).unwrap_or_default() {
            [first, end, ..] => self.spans.get(usize::from(*first)..usize::from(*end)).unwrap_or_default(),
            _ => &[],
        };
        Paragraphs { text: self.text, spans }
    }
}

fn slice(text: &'static str, span: u32) -> &'static str {
    let (start, length) = ((span >> LENGTH_BITS) as usize, (span & ((1 << LENGTH_BITS) - 1)) as usize);
    text.get(start..start + length).unwrap_or_default()
}

/// A list of paragraphs.
#[derive(Clone, Copy, Debug)]
pub struct Paragraphs {
    text: &'static str,
    spans: &'static [u32],
}

impl Paragraphs {
    /// Iterate over the paragraphs.
    pub fn iter(self) -> impl Iterator<Item = &'static str> + use<> {
        self.spans.iter().map(move |span| slice(self.text, *span))
    }
}

/// A text with `N` placeholders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fill<const N: usize> {
    /// Its place; if it has a count, that of its first plural form.
    pub(super) place: u16,
    /// Index of the value that selects the plural form.
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

/// The names of the texts and the tables.
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
