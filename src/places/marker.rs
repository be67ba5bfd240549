//! Which part of a name a query matched, for marking it in a row.

use super::key;
use super::text::{self, Query};
use std::ops::Range;

/// What is marked in names and readings.
pub struct Marker {
    query: Option<Query>,
    /// The keys of a reading that are looked for: all words together, then each.
    keys: Vec<String>,
}

impl Marker {
    /// Mark what a query matches.
    pub fn new(query: &str) -> Self {
        let query = Query::read(query);
        let keys = match &query {
            Some(Query::Reading { words, open }) => {
                let begun = open.as_ref().map(|open| text::ending(words, open));
                let whole = std::iter::once(key::squeeze(&words.concat())).chain(begun);
                whole.chain(words.iter().cloned()).chain(open.clone()).collect()
            }
            _ => Vec::new(),
        };
        Self { query, keys }
    }

    /// Return the part of a name in kanji that matched, in bytes; empty if none did.
    pub fn in_kanji(&self, name: &str) -> Range<usize> {
        let Some(Query::Kanji { folded: wanted, .. }) = &self.query else { return 0..0 };
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
        if self.keys.is_empty() {
            return 0..0;
        }
        let folded = key::fold(reading);
        let found = self.keys.iter().find_map(|key| Some((folded.rfind(key.as_str())?, key)));
        found.and_then(|(at, key)| key_in(reading, (folded.len() - at, key))).unwrap_or(0..0)
    }
}

/// Find the shortest part of a reading with a key that begins with this one; `left` letters of the whole key begin where it does.
fn key_in(reading: &str, (left, wanted): (usize, &str)) -> Option<Range<usize>> {
    let places: Vec<usize> = reading.char_indices().map(|(at, _)| at).chain([reading.len()]).collect();
    let key = |start: usize, end: usize| key::fold(reading.get(start..end).unwrap_or_default());
    let begins = |start: usize, end: usize| key(start, end).starts_with(wanted);
    // Keys grow with their parts, but for numbers: the place is near where so many letters are left, and is the last if several are.
    let near = places.partition_point(|start| key(*start, reading.len()).len() >= left);
    let (before, behind) = places.split_at_checked(near)?;
    let start = before.iter().rev().chain(behind).copied().find(|start| begins(*start, reading.len()))?;
    let ends = places.get(places.partition_point(|end| *end <= start)..)?;
    ends.get(ends.partition_point(|end| !begins(start, *end))).map(|end| start..*end)
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
