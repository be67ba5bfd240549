//! Which part of a name a query matched, for marking it in a row.

use super::key;
use super::text::{self, Query};
use std::ops::Range;

/// What is marked in names and readings.
pub struct Marker(Option<Query>);

impl Marker {
    /// Mark what a query matches.
    pub fn new(query: &str) -> Self {
        Self(Query::read(query))
    }

    /// Return the part of a name in kanji that matched, in bytes; empty if none did.
    pub fn in_kanji(&self, name: &str) -> Range<usize> {
        let Some(Query::Kanji { folded: wanted, .. }) = &self.0 else { return 0..0 };
        let letters = text::letters(name);
        let folded = text::folded(&letters);
        let (at, length) = match folded.find(wanted.as_str()) {
            Some(at) => (at, wanted.len()),
            // The query goes on before or behind the name.
            None if wanted.contains(&folded) => (0, folded.len()),
            None => return 0..0,
        };
        let place = |byte: usize| folded.get(..byte).map_or(0, |before| before.chars().count());
        let end = |count: usize| count.checked_sub(1).and_then(|last| letters.get(last)).map_or(0, |(_, end)| *end);
        end(place(at))..end(place(at + length))
    }

    /// Return the part of a reading, in kana or romaji, that matched, in bytes; empty if none did.
    pub fn in_reading(&self, reading: &str) -> Range<usize> {
        let Some(Query::Reading(words)) = &self.0 else { return 0..0 };
        let whole = key::squeeze(&words.concat());
        let folded = key::fold(reading);
        let wanted = std::iter::once(&whole).chain(words).find(|word| folded.contains(word.as_str()));
        wanted.and_then(|word| key_in(reading, word)).unwrap_or(0..0)
    }
}

/// Find the shortest part of a reading with a key that begins with this one.
fn key_in(reading: &str, wanted: &str) -> Option<Range<usize>> {
    let ends: Vec<usize> = reading.char_indices().map(|(at, c)| at + c.len_utf8()).collect();
    let begins = |start: &usize| reading.get(*start..).is_some_and(|rest| key::fold(rest).starts_with(wanted));
    let start = ends.iter().rev().copied().chain([0]).find(begins)?;
    let is_whole = |end: &usize| reading.get(start..*end).is_some_and(|part| key::fold(part).starts_with(wanted));
    ends.into_iter().filter(|end| *end > start).find(is_whole).map(|end| start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_matched_is_marked_in_every_column() {
        for (query, kanji, kana, romaji) in [
            ("shinj", "", "しんじ", "Shinj"),
            ("sinzyu", "", "しんじゅ", "Shinju"),
            ("しんじゅく", "", "しんじゅく", "Shinjuku"),
            ("新宿", "新宿", "", ""),
            ("東京都新宿区西新宿", "新宿区", "", ""),
            ("tokyo shinjuku", "", "しんじゅく", "Shinjuku"),
            ("juku", "", "じゅく", "juku"),
            ("sh", "", "し", "Sh"),
            ("160", "", "", ""),
            ("", "", "", ""),
            ("qq", "", "", ""),
        ] {
            let marker = Marker::new(query);
            let marked = ["新宿区"]
                .map(|name| &name[marker.in_kanji(name)])
                .into_iter()
                .chain(["しんじゅくく", "Shinjuku-ku"].map(|reading| &reading[marker.in_reading(reading)]));
            assert_eq!(marked.collect::<Vec<_>>(), [kanji, kana, romaji], "{query}");
        }
        let marker = Marker::new("竜ケ崎");
        assert_eq!(&"茨城県龍ヶ崎市"[marker.in_kanji("茨城県龍ヶ崎市")], "龍ヶ崎");
    }
}
