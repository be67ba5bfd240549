//! Town search: in the whole country by part of the name; in given municipalities also by similarity; and the town that starts an address line.

use super::fuzzy::Word;
use super::table::{self, Lines, Packed};
use super::text::{self, Query};
use super::{Matched, Municipality, Town, alike, kana, kanji};
use memchr::memmem;
use std::ops::Range;

/// Maximum number of towns kept of each rank below `Exact`, prefix and substring.
const MOST_OF_A_RANK: usize = 400;

/// How well a town's name matches, in order of the results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    Exact,
    /// The town starts the query, which continues: 西新宿 of 西新宿２丁目. Longer towns first.
    Leads {
        unlike: usize,
    },
    Prefix,
    Substring,
    Near {
        mistakes: usize,
    },
}

/// A town found in a municipality.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Found {
    pub(super) rank: Rank,
    pub(super) municipality: u16,
    town: u32,
    chome: bool,
}

impl Found {
    #[cfg(test)]
    pub(super) const fn number(self) -> u32 {
        self.town
    }

    /// Return the town as offered.
    pub(super) fn town(self) -> Town {
        Town { number: self.town, name: table::town_name(self.town).collect(), building: None, note: "", chome: self.chome }
    }
}

/// The part of a query that is compared with towns.
pub(super) enum Needle {
    /// Folded kanji.
    Name(String),
    /// The key of a reading, and that of the same if it goes on with a small kana.
    Key { key: String, open: Option<String> },
}

impl Needle {
    /// Return what to compare with towns, if anything.
    pub(super) fn of(query: &Query) -> Option<Self> {
        match query {
            Query::Number(_) => None,
            // Japan Post writes neither 大字 nor 字, but a card may.
            Query::Kanji { folded, .. } => Some(Self::Name(without_aza(folded).to_owned())),
            Query::Reading { words, open } => {
                let open = open.as_ref().map(|open| text::ending(words, open));
                Some(Self::Key { key: super::key::squeeze(&words.concat()), open })
            }
        }
    }

    pub(super) const fn how(&self) -> Matched {
        match self {
            Self::Name(_) => Matched::Kanji,
            Self::Key { .. } => Matched::Reading,
        }
    }

    /// Compare with one town. `wanted` searches for the same text inside a name.
    fn rank(&self, town: u32, wanted: &memmem::Finder<'_>) -> Option<Rank> {
        match self {
            Self::Name(name) => rank(&kanji_of(town), name, wanted),
            Self::Key { key, open } => {
                let begun = |line: &str| {
                    open.as_ref().and_then(|open| line.find(open)).map(|at| if at == 0 { Rank::Prefix } else { Rank::Substring })
                };
                keys_of(town).filter_map(|line| [rank(line, key, wanted), begun(line)].into_iter().flatten().min()).min()
            }
        }
    }

    /// Return how similar a town is, when none matches.
    fn nearness(&self, town: u32, word: &Word) -> Option<Rank> {
        let mistakes = match self {
            Self::Name(_) => word.mistakes(&[&kanji_of(town)]),
            Self::Key { .. } => keys_of(town).filter_map(|line| word.mistakes(&[line])).min(),
        };
        mistakes.map(|mistakes| Rank::Near { mistakes })
    }
}

/// Return the keys of a town's readings.
fn keys_of(town: u32) -> impl Iterator<Item = &'static str> {
    let mut rest = Some(table::town_keys(town));
    std::iter::from_fn(move || {
        let line = rest?;
        let end = memchr::memchr(b'|', line.as_bytes());
        rest = end.and_then(|end| line.get(end + 1..));
        line.get(..end.unwrap_or(line.len()))
    })
}

fn kanji_of(town: u32) -> String {
    table::town_name(town).map(kanji::fold).collect()
}

/// Remove a leading 大字 or 字.
pub(super) fn without_aza(folded: &str) -> &str {
    folded.strip_prefix("大字").or_else(|| folded.strip_prefix('字')).filter(|rest| !rest.is_empty()).unwrap_or(folded)
}

fn rank(line: &str, wanted: &str, finder: &memmem::Finder<'_>) -> Option<Rank> {
    match finder.find(line.as_bytes()) {
        Some(0) if line.len() == wanted.len() => Some(Rank::Exact),
        Some(0) => Some(Rank::Prefix),
        Some(_) => Some(Rank::Substring),
        None if !line.is_empty() && wanted.starts_with(line) => Some(Rank::Leads { unlike: wanted.len() - line.len() }),
        None => None,
    }
}

/// Return the towns of a municipality.
#[cfg(test)]
pub(crate) fn towns_of(municipality: Municipality) -> Vec<Town> {
    let towns = distinct(municipality.0..municipality.0.saturating_add(1));
    ranked(&towns, |_| Some(Rank::Exact)).into_iter().map(Found::town).collect()
}

/// Return the longest of the municipality's towns that starts a line, as written there. Kanji spellings are folded.
pub fn leading_town(municipality: Municipality, line: &str) -> Option<&str> {
    towns_in(municipality).filter_map(|town| begin(line, table::town_name(town))).max_by_key(|begin| begin.len())
}

fn towns_in(municipality: Municipality) -> impl Iterator<Item = u32> {
    let rows = table::rows_in(municipality.0..municipality.0.saturating_add(1));
    rows.map(|row| row.town).filter(|town| *town != 0)
}

/// Return whether a town begins a line, which may have digits for its numerals or letters that look like its own.
pub fn is_begun_by(line: &str, town: &Town) -> bool {
    let letters = text::letters(line);
    let begins = |way: &[text::Letter]| begin(without_aza(&text::folded(way)), town.name.chars()).is_some();
    begins(&letters) || alike::others(&letters).iter().any(|way| begins(way))
}

/// Return whether a town of the municipality begins a folded line.
pub(super) fn begin_of(municipality: Municipality, folded: &str) -> bool {
    towns_in(municipality).any(|town| begin(folded, table::town_name(town)).is_some())
}

/// Return whether a folded name is a part of the name of one of the municipality's towns.
pub(super) fn is_part_of_one(municipality: Municipality, name: &str) -> bool {
    towns_in(municipality).any(|town| kanji_of(town).contains(name))
}

/// Return the part of the line that is the town. A dot inside the name may be missing.
fn begin(line: &str, town: impl Iterator<Item = char>) -> Option<&str> {
    let mut rest = line.chars();
    let is_letter = |c: &char| *c != '・';
    let is_there =
        town.filter(is_letter).all(|c| rest.by_ref().find(is_letter).is_some_and(|here| text::fold_kanji(here) == kanji::fold(c)));
    is_there.then(|| line.strip_suffix(rest.as_str())).flatten()
}

/// Find towns in a range of municipalities, by similarity if no name matches.
pub(super) fn inside(needle: &Needle, scope: Range<u16>) -> Vec<Found> {
    let (Needle::Name(typed) | Needle::Key { key: typed, .. }) = needle;
    let (towns, wanted) = (distinct(scope), memmem::Finder::new(typed));
    let found = ranked(&towns, |town| needle.rank(town, &wanted));
    if !found.is_empty() {
        return found;
    }
    if let Needle::Name(name) = needle {
        let found = ranked(&towns, |town| is_alike(town, name).then_some(Rank::Near { mistakes: 1 }));
        if !found.is_empty() {
            return found;
        }
    }
    let word = Word::new(typed);
    if word.allows_none() {
        return Vec::new();
    }
    ranked(&towns, |town| needle.nearness(town, &word))
}

/// Return whether a town has this name, but for a part in kana.
fn is_alike(town: u32, name: &str) -> bool {
    // Reading a town's kana costs more than a comparison without it.
    let folded = kanji_of(town);
    kana::is_alike(&folded, name, "") || (name.chars().any(|c| c <= 'ゖ') && kana::is_alike(&folded, name, &table::town_kana(town)))
}

/// Find towns in the whole country of which a part is written in kana, where the query has kanji, or the other way round.
pub(super) fn in_kana(name: &str) -> Vec<Found> {
    let text = Lines::Names.text();
    let is_kana = |c: char| matches!(c, 'ぁ'..='ヶ');
    let mut anchors: Vec<char> = name.chars().filter(|c| text::is_kanji(*c) && !text::has_spellings(*c) && rarity(*c) >= FEW).collect();
    anchors.sort_unstable_by_key(|c| (std::cmp::Reverse(rarity(*c)), *c));
    anchors.dedup();
    let (mut towns, typed_kana) = (Kept::default(), name.chars().any(is_kana));
    for anchor in anchors.into_iter().take(2) {
        let mut done = 0;
        let Some(anchor) = table::packed([anchor]) else { continue };
        for at in memmem::find_iter(text, &anchor) {
            let line = line_around(at);
            let own = || Packed(text.get(line.clone()).unwrap_or_default());
            if at < done || !(typed_kana || own().any(is_kana)) {
                continue;
            }
            done = line.end;
            let folded: String = own().map(kanji::fold).collect();
            let reading = || table::town_kana(Lines::Names.town_at(at));
            if kana::is_alike(&folded, name, &if typed_kana { reading() } else { String::new() }) && towns.wants(Rank::Prefix) {
                towns.keep(Lines::Names.town_at(at), Rank::Prefix);
            }
        }
    }
    towns.in_municipalities()
}

/// Return the distinct towns of a scope: municipality, town, whether a 丁目 is expected.
fn distinct(scope: Range<u16>) -> Vec<(u16, u32, bool)> {
    let rows = table::rows_in(scope).filter(|row| row.town != 0);
    let mut towns: Vec<(u16, u32, bool)> = rows.map(|row| (row.municipality, row.town, row.chome)).collect();
    // A town with several codes may have 丁目 in only one row; sort that row first, so that it is kept.
    towns.sort_unstable_by_key(|(municipality, town, chome)| (*municipality, *town, !chome));
    towns.dedup_by_key(|(municipality, town, _)| (*municipality, *town));
    towns
}

/// Return the towns that have a rank, best first.
fn ranked(towns: &[(u16, u32, bool)], rank: impl Fn(u32) -> Option<Rank>) -> Vec<Found> {
    let found = towns.iter().filter_map(|(municipality, town, chome)| {
        Some(Found { rank: rank(*town)?, municipality: *municipality, town: *town, chome: *chome })
    });
    let mut found: Vec<Found> = found.collect();
    found.sort_unstable();
    found
}

/// Find towns in the whole country by part of the name.
pub(super) fn anywhere(needle: &Needle) -> Vec<Found> {
    let mut towns = Kept::default();
    match needle {
        Needle::Name(name) => names_with(name, &mut towns),
        // A single letter starts thousands of towns.
        Needle::Key { key, .. } if key.len() < 2 => {}
        Needle::Key { key, open } => {
            keys_with(key, &mut towns);
            if let Some(open) = open {
                (towns.prefixes, towns.substrings) = (0, 0);
                keys_with(open, &mut towns);
            }
        }
    }
    towns.in_municipalities()
}

/// The best towns so far, in table order.
#[derive(Default)]
struct Kept {
    towns: Vec<(u32, Rank)>,
    prefixes: usize,
    substrings: usize,
}

impl Kept {
    /// Return whether a town of this rank would still be kept.
    const fn wants(&self, rank: Rank) -> bool {
        match rank {
            Rank::Exact => true,
            Rank::Prefix => self.prefixes < MOST_OF_A_RANK,
            Rank::Substring => self.substrings < MOST_OF_A_RANK,
            Rank::Leads { .. } | Rank::Near { .. } => false,
        }
    }

    fn keep(&mut self, town: u32, rank: Rank) {
        match self.towns.last_mut() {
            Some((last, best)) if *last == town => *best = rank.min(*best),
            _ => {
                self.prefixes += usize::from(rank == Rank::Prefix);
                self.substrings += usize::from(rank == Rank::Substring);
                self.towns.push((town, rank));
            }
        }
    }

    /// Return the towns with their municipalities.
    fn in_municipalities(mut self) -> Vec<Found> {
        self.towns.sort_unstable();
        self.towns.dedup_by_key(|(town, _)| *town);
        let places =
            |(town, rank)| table::municipalities_of(town).map(move |(municipality, chome)| Found { rank, municipality, town, chome });
        let mut found: Vec<Found> = self.towns.into_iter().flat_map(places).collect();
        found.sort_unstable();
        found
    }
}

fn keys_with(key: &str, towns: &mut Kept) {
    let text = Lines::Keys.text();
    let is_end = |at: Option<usize>| at.and_then(|at| text.get(at)).is_none_or(|byte| matches!(byte, b'\n' | b'|'));
    for at in memmem::find_iter(text, key) {
        let rank = match (is_end(at.checked_sub(1)), is_end(Some(at + key.len()))) {
            (true, true) => Rank::Exact,
            (true, false) => Rank::Prefix,
            _ => Rank::Substring,
        };
        if towns.wants(rank) {
            towns.keep(Lines::Keys.town_at(at), rank);
            if !towns.wants(Rank::Prefix) && !towns.wants(Rank::Substring) {
                return exact_keys(key, at, towns);
            }
        }
    }
}

/// Keep only exact matches after `from`, without looking at the many names that merely contain the key.
fn exact_keys(key: &str, from: usize, towns: &mut Kept) {
    let rest = Lines::Keys.text().get(from..).unwrap_or_default();
    for end in ['\n', '|'] {
        for at in memmem::find_iter(rest, &format!("{key}{end}")) {
            if at.checked_sub(1).and_then(|before| rest.get(before)).is_some_and(|before| matches!(before, b'\n' | b'|')) {
                towns.keep(Lines::Keys.town_at(from + at), Rank::Exact);
            }
        }
    }
}

/// Search for names. They are embedded unfolded, so search for the rarest part of the query that has only one spelling, and compare what
/// stands around it folded; or for each spelling of a character, if that part is rarer.
fn names_with(name: &str, towns: &mut Kept) {
    let part_rarity = |part: &&str| (part.chars().count(), part.chars().map(rarity).max());
    let plain = name.split(text::has_spellings).max_by_key(part_rarity).unwrap_or_default();
    let is_frequent = |part: &str| part.chars().nth(1).is_none() && part.chars().all(|c| rarity(c) < FEW);
    // A kanji rather than kana, if there is one.
    let spelled = name.chars().filter(|c| text::has_spellings(*c)).max().filter(|c| plain.is_empty() || (is_frequent(plain) && *c >= 'ぁ'));
    let spelled_part = spelled.map(String::from);
    let part = spelled_part.as_deref().unwrap_or(plain);
    let Some(around) = name.split_once(part).filter(|_| !part.is_empty()) else { return };
    let text = Lines::Names.text();
    let found = |needle: Vec<u8>| memmem::find_iter(text, &needle).map(|at| (at, at + needle.len())).collect::<Vec<_>>();
    match spelled {
        None => {
            let Some(needle) = table::packed(part.chars()) else { return };
            lines_with(memmem::find_iter(text, &needle).map(|at| (at, at + needle.len())), around, towns);
        }
        Some(spelled) => {
            let each = text::spellings(spelled).filter_map(|c| table::packed([c]));
            let mut places: Vec<(usize, usize)> = each.flat_map(found).collect();
            places.sort_unstable();
            lines_with(places.into_iter(), around, towns);
        }
    }
}

/// Characters that many names of towns have, the most frequent first.
const FREQUENT: &str = "町田山野大西川東中上新原南下北小本島木谷高内沢井寺三屋条津松宮平岡崎市日和吉台神八長石前瀬戸水丘県城浜久坂江尾見橋";

/// Characters before this one in `FREQUENT` say too little.
const FEW: usize = 24;

/// Return how rare a character is.
fn rarity(c: char) -> usize {
    FREQUENT.chars().position(|frequent| frequent == c).unwrap_or(usize::MAX)
}

/// Return the line of names around a byte, as a range of bytes.
fn line_around(at: usize) -> Range<usize> {
    let bytes = Lines::Names.text();
    let start = bytes.get(..at).and_then(|before| memchr::memrchr(b'\n', before)).map_or(0, |newline| newline + 1);
    let end = bytes.get(at..).and_then(|rest| memchr::memchr(b'\n', rest)).map_or(bytes.len(), |newline| at + newline);
    start..end
}

/// Keep the towns whose name has the query: a part of it stands at these places, from and to, with folded text before and behind it.
fn lines_with(places: impl Iterator<Item = (usize, usize)>, (before, behind): (&str, &str), towns: &mut Kept) {
    let text = Lines::Names.text();
    let fits = |name: Option<char>, wanted: char| name.is_some_and(|c| kanji::fold(c) == wanted);
    let mut done = 0;
    for (at, end) in places {
        let inner = before.is_empty() && at.checked_sub(1).and_then(|before| text.get(before)) != Some(&b'\n') && at > 0;
        if at < done || (inner && !towns.wants(Rank::Substring)) {
            continue;
        }
        let (mut left, mut right) = (Packed(text.get(..at).unwrap_or_default()), Packed(text.get(end..).unwrap_or_default()));
        if !before.chars().rev().all(|c| fits(left.next_back(), c)) || !behind.chars().all(|c| fits(right.next(), c)) {
            continue;
        }
        done = line_around(at).end;
        let starts = left.next_back().is_none_or(|c| c == '\n');
        let rank = match (starts, right.next().is_none_or(|c| c == '\n')) {
            (true, true) => Rank::Exact,
            (true, false) => Rank::Prefix,
            _ => Rank::Substring,
        };
        if towns.wants(rank) {
            towns.keep(Lines::Names.town_at(at), rank);
        }
    }
}
