//! The embedded tables, read in place in the layout written by `build.rs`. Bytes and offsets only, no search.

use super::alphabet;
use super::letter_set::Letters;
use memchr::memmem;
use std::ops::Range;

static MUNICIPALITIES: &str = include_str!(concat!(env!("OUT_DIR"), "/municipalities.txt"));
static MUNICIPALITY_RECORDS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/municipality_records.bin"));
static MUNICIPALITY_KEYS: &str = include_str!(concat!(env!("OUT_DIR"), "/municipality_keys.txt"));
static MUNICIPALITY_KANJI: &str = include_str!(concat!(env!("OUT_DIR"), "/municipality_kanji.txt"));
static MUNICIPALITY_STARTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/municipality_starts.bin"));
static MUNICIPALITY_LETTERS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/municipality_letters.bin"));
static POSTAL_AREAS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/postal_areas.bin"));
static POSTAL_STEPS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/postal_steps.bin"));
static POSTAL_LEAPS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/postal_leaps.bin"));
static ROWS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/rows.bin"));
static RUNS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/runs.bin"));
static REMARKS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/remarks.bin"));
static NOTES: &str = include_str!(concat!(env!("OUT_DIR"), "/notes.txt"));
static BUILDINGS: &str = include_str!(concat!(env!("OUT_DIR"), "/buildings.txt"));
/// The characters of the names of towns, each at its place of `alphabet.rs`.
static ALPHABET: &[char] = &include!(concat!(env!("OUT_DIR"), "/alphabet.rs"));
static TOWN_NAMES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/town_names.bin"));
static KANA_PAIRS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/kana_pairs.bin"));
static TOWN_KANA: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/town_kana.bin"));
static TOWN_KEYS: &str = include_str!(concat!(env!("OUT_DIR"), "/town_keys.txt"));
static TOWN_STARTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/town_starts.bin"));
static TOWN_CHOME: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/town_chome.bin"));
static FIRST_TOWNS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/first_towns.bin"));
static OTHER_MUNICIPALITIES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/other_municipalities.bin"));

/// Number of towns per stored offset. Must equal the constant in `build.rs`.
const STRIDE: usize = 16;
/// Postal codes of an area, which their first digits name. Must fit the constants in `build.rs`.
const AREA: u32 = 10_000;
/// Record sizes of the tables, in bytes.
const U16: usize = 2;
const U32: usize = 4;
const U64: usize = 8;
const ROW: usize = 3;
const REMARK: usize = 8;
const MUNICIPALITY: usize = U32 + Column::Former as usize + 1;

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(U32)?)?.try_into().ok().map(u32::from_le_bytes)
}

/// Return the line of `text` that starts at `start`.
fn line_at(text: &'static str, start: usize) -> &'static str {
    let Some(rest) = text.get(start..) else { return "" };
    rest.get(..memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len())).unwrap_or_default()
}

/// Return the first index below `end` for which `before` is false, like `partition_point` of a slice.
pub(super) fn partition(end: u16, before: impl Fn(u16) -> bool) -> u16 {
    let mut range = 0..end;
    while !range.is_empty() {
        let middle = range.start + (range.end - range.start) / 2;
        if before(middle) {
            range.start = middle + 1;
        } else {
            range.end = middle;
        }
    }
    range.start
}

/// The columns of a municipality, in the order written by `build.rs`.
#[derive(Clone, Copy)]
pub(super) enum Column {
    Code,
    Kind,
    County,
    Name,
    Kana,
    Romaji,
    Aliases,
    Former,
}

/// Return a column of a municipality; empty if there is no such municipality.
pub(super) fn municipality(index: u16, column: Column) -> &'static str {
    let record = MUNICIPALITY_RECORDS.as_chunks::<MUNICIPALITY>().0.get(usize::from(index));
    let Some((start, lengths)) = record.and_then(|record| record.split_first_chunk::<U32>()) else { return "" };
    let before = lengths.iter().take(column as usize).map(|length| usize::from(*length)).sum::<usize>();
    let start = u32::from_le_bytes(*start) as usize + before;
    let length = lengths.get(column as usize).copied().map_or(0, usize::from);
    MUNICIPALITIES.get(start..start + length).unwrap_or_default()
}

/// Return the names in a column that may hold several.
pub(super) fn municipality_list(index: u16, column: Column) -> impl Iterator<Item = &'static str> {
    municipality(index, column).split(';').filter(|name| !name.is_empty())
}

/// Return the municipalities with alternative spellings or former names.
pub(super) fn with_other_names() -> impl Iterator<Item = u16> {
    let records = MUNICIPALITY_RECORDS.as_chunks::<MUNICIPALITY>().0;
    (0..).zip(records).filter(|(_, record)| !matches!(record, [.., 0, 0])).map(|(index, _)| index)
}

/// The search lines of the municipalities: lead (county or a ward's city), lead without 郡 or 市, and name, separated by tabs.
#[derive(Clone, Copy)]
pub(super) enum Names {
    Keys,
    Kanji,
}

impl Names {
    fn text(self) -> &'static str {
        match self {
            Self::Keys => MUNICIPALITY_KEYS,
            Self::Kanji => MUNICIPALITY_KANJI,
        }
    }

    /// Return the offset of a municipality's line.
    fn start(self, index: u16) -> Option<usize> {
        let [keys, kanji] = MUNICIPALITY_STARTS.as_chunks::<U16>().0.as_chunks().0.get(usize::from(index))?;
        Some(u16::from_le_bytes(if matches!(self, Self::Keys) { *keys } else { *kanji }).into())
    }

    /// Return a municipality's lead, lead stem and name.
    pub(super) fn line(self, index: u16) -> [&'static str; 3] {
        let line = line_at(self.text(), self.start(index).unwrap_or(usize::MAX));
        let cut =
            |text: &'static str| memchr::memchr(b'\t', text.as_bytes()).and_then(|tab| Some((text.get(..tab)?, text.get(tab + 1..)?)));
        let (lead, rest) = cut(line).unwrap_or_default();
        let (stem, own) = cut(rest).unwrap_or_default();
        [lead, stem, own]
    }

    /// Return the letters of a municipality's prefecture, lead and name.
    pub(super) fn letters(self, index: u16) -> Letters {
        let sets = MUNICIPALITY_LETTERS.as_chunks::<U64>().0.as_chunks().0.get(usize::from(index));
        let [keys, kanji] = sets.copied().unwrap_or_default();
        Letters(u64::from_le_bytes(if matches!(self, Self::Keys) { keys } else { kanji }))
    }

    /// Return whether the line starts with this letter.
    pub(super) fn begins(self, index: u16, letter: u8) -> bool {
        self.start(index).and_then(|start| self.text().as_bytes().get(start)) == Some(&letter)
    }

    /// Return the municipalities whose line contains `wanted`.
    pub(super) fn with(self, wanted: &str) -> impl Iterator<Item = u16> {
        let (text, finder) = (self.text().as_bytes(), memmem::Finder::new(wanted).into_owned());
        let (mut from, mut index) = (0, 0);
        std::iter::from_fn(move || {
            let at = from + finder.find(text.get(from..)?)?;
            while let Some(next) = self.start(index + 1).filter(|next| *next <= at) {
                (from, index) = (next, index + 1);
            }
            let found = index;
            from = self.start(index + 1).unwrap_or(text.len());
            index += 1;
            Some(found)
        })
    }
}

/// Return the municipalities of a prefecture, of the whole country, or none if there is no such prefecture.
pub(super) fn scope(prefecture: Option<&str>) -> Range<u16> {
    let all = u16::try_from(MUNICIPALITY_RECORDS.len() / MUNICIPALITY).unwrap_or_default();
    let Some(prefecture) = prefecture else { return 0..all };
    let code = |index| municipality(index, Column::Code).get(..2).unwrap_or_default();
    if prefecture.len() != 2 {
        return 0..0;
    }
    partition(all, |index| code(index) < prefecture)..partition(all, |index| code(index) <= prefecture)
}

/// Mask of the town, and of a row's number: both are below 2^17.
const LOW: u32 = 0x1_FFFF;

/// A row of the postal table.
#[derive(Clone, Copy)]
pub(super) struct Row {
    pub(super) number: usize,
    /// 0 if the row has no town.
    pub(super) town: u32,
    pub(super) municipality: u16,
    pub(super) chome: bool,
    remark: bool,
}

impl Row {
    fn read(number: usize, municipality: u16, [a, b, c]: [u8; ROW]) -> Self {
        let packed = u32::from_le_bytes([a, b, c, 0]);
        Self { number, town: packed & LOW, municipality, chome: packed >> 17 & 1 == 1, remark: packed >> 18 & 1 == 1 }
    }

    /// Return the tall building, and the remark on what the code covers.
    pub(super) fn remark(self) -> (Option<&'static str>, &'static str) {
        if !self.remark {
            return (None, "");
        }
        let record = |at: usize| u32_at(REMARKS, at * REMARK).map_or(usize::MAX, |row| row as usize);
        let mut range = 0..REMARKS.len() / REMARK;
        while range.len() > 1 {
            let middle = range.start + range.len() / 2;
            if record(middle) <= self.number { range.start = middle } else { range.end = middle }
        }
        let packed = u32_at(REMARKS, range.start * REMARK + U32).unwrap_or_default();
        let building = BUILDINGS.split('\n').nth((packed >> 24) as usize).filter(|name| !name.is_empty());
        (building, line_at(NOTES, (packed & 0xFF_FFFF) as usize))
    }
}

/// Return the runs of rows of one municipality that overlap a range of rows.
fn runs(rows: Range<usize>) -> impl Iterator<Item = (u16, Range<usize>)> {
    let runs = RUNS.as_chunks::<U32>().0;
    let start = |run: &[u8; U32]| (u32::from_le_bytes(*run) & LOW) as usize;
    let first = runs.partition_point(|run| start(run) <= rows.start).saturating_sub(1);
    let runs = runs.get(first..).unwrap_or_default();
    let ends = runs.iter().skip(1).map(start).chain([ROWS.len() / ROW]);
    runs.iter().zip(ends).take_while(move |(run, _)| start(run) < rows.end).map(move |(run, end)| {
        let municipality = u16::try_from(u32::from_le_bytes(*run) >> 17).unwrap_or_default();
        (municipality, start(run).max(rows.start)..end.min(rows.end))
    })
}

/// Return the rows of a range that all belong to one municipality.
fn rows((municipality, rows): (u16, Range<usize>)) -> impl Iterator<Item = Row> {
    let packed = ROWS.as_chunks::<ROW>().0.get(rows.clone()).unwrap_or_default();
    rows.zip(packed).map(move |(number, packed)| Row::read(number, municipality, *packed))
}

/// Return the rows of a range of municipalities.
pub(super) fn rows_in(scope: Range<u16>) -> impl Iterator<Item = Row> {
    runs(0..ROWS.len() / ROW).filter(move |(municipality, _)| scope.contains(municipality)).flat_map(rows)
}

/// Return the municipalities that have a town, in order, and whether a 丁目 is expected there.
pub(super) fn municipalities_of(town: u32) -> impl Iterator<Item = (u16, bool)> {
    let firsts = FIRST_TOWNS.as_chunks::<U32>().0;
    let first = firsts.partition_point(|first| u32::from_le_bytes(*first) <= town).checked_sub(1);
    let expected = TOWN_CHOME.get(town as usize / 8).is_some_and(|bits| bits >> (town % 8) & 1 == 1);
    let others = OTHER_MUNICIPALITIES.as_chunks::<U32>().0;
    let from = others.partition_point(|other| u32::from_le_bytes(*other) >> 12 < town);
    let others = others.get(from..).unwrap_or_default().iter().map(|other| u32::from_le_bytes(*other));
    let others = others.take_while(move |other| other >> 12 == town).map(|other| (other >> 1 & 0x7FF, other & 1 == 1));
    let first = first.and_then(|first| Some((u16::try_from(first).ok()?, expected)));
    first.into_iter().chain(others.filter_map(|(other, expected)| Some((u16::try_from(other).ok()?, expected))))
}

/// Return the postal code, without its area, of a row that is too far from the one before for a step.
fn leap(row: usize) -> u32 {
    let leaps = POSTAL_LEAPS.as_chunks::<U32>().0;
    let of = |leap: &[u8; U32]| u32::from_le_bytes(*leap);
    let found = leaps.binary_search_by_key(&row, |leap| (of(leap) >> 14) as usize);
    found.ok().and_then(|at| leaps.get(at)).map_or(0, |leap| of(leap) & 0x3FFF)
}

/// Return the rows with a postal code in a range.
pub(super) fn rows_of(postals: Range<u32>) -> impl Iterator<Item = Row> {
    let area = |number: u32| u32_at(POSTAL_AREAS, number as usize * U32).map_or(POSTAL_STEPS.len(), |start| start as usize);
    let first = |limit: u32| {
        let (start, end) = (area(limit / AREA), area(limit / AREA + 1));
        let within = POSTAL_STEPS.get(start..end).unwrap_or_default();
        let mut code = 0;
        let before = within.iter().zip(start..).take_while(|(step, row)| {
            code = if **step == u8::MAX { leap(*row) } else { code + u32::from(**step) };
            code < limit % AREA
        });
        start + before.count()
    };
    let (start, end) = (first(postals.start), first(postals.end));
    runs(start..end).flat_map(rows)
}

/// The names, readings and keys of the towns, one line per town in the same order. `TOWN_STARTS` has them in this order.
#[derive(Clone, Copy)]
pub(super) enum Lines {
    Names,
    Kana,
    Keys,
}

impl Lines {
    pub(super) fn text(self) -> &'static [u8] {
        match self {
            Self::Names => TOWN_NAMES,
            Self::Kana => TOWN_KANA,
            Self::Keys => TOWN_KEYS.as_bytes(),
        }
    }

    /// Return the offset of every `STRIDE`th line.
    fn starts(self) -> &'static [[u8; U32]] {
        let all = TOWN_STARTS.as_chunks().0;
        all.chunks(all.len() / 3).nth(self as usize).unwrap_or_default()
    }

    /// Return the offset of a town's line.
    fn start(self, town: u32) -> Option<usize> {
        let (block, skip) = (town as usize / STRIDE, town as usize % STRIDE);
        let start = u32::from_le_bytes(*self.starts().get(block)?) as usize;
        match skip.checked_sub(1) {
            None => Some(start),
            Some(newline) => memchr::memchr_iter(b'\n', self.text().get(start..)?).nth(newline).map(|at| start + at + 1),
        }
    }

    /// Return the text from a town's line on.
    fn from(self, town: u32) -> &'static [u8] {
        self.start(town).and_then(|start| self.text().get(start..)).unwrap_or_default()
    }

    /// Return the town whose line contains the byte at `at`.
    pub(super) fn town_at(self, at: usize) -> u32 {
        let starts = self.starts();
        let start = |block: &[u8; U32]| u32::from_le_bytes(*block) as usize;
        let block = starts.partition_point(|block| start(block) <= at).saturating_sub(1);
        let before = starts.get(block).and_then(|block| self.text().get(start(block)..at)).unwrap_or_default();
        u32::try_from(block * STRIDE + memchr::memchr_iter(b'\n', before).count()).unwrap_or_default()
    }
}

/// Return an upper bound of the town numbers: the count, including the empty town, rounded up to a multiple of `STRIDE`.
#[cfg(test)]
pub(super) fn town_count() -> usize {
    Lines::Names.starts().len() * STRIDE
}

/// The characters of a part of the names of towns, from either end.
pub(super) struct Packed(pub(super) &'static [u8]);

impl Iterator for Packed {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        let (own, rest) = self.0.split_at_checked(alphabet::length(*self.0.first()?))?;
        self.0 = rest;
        ALPHABET.get(alphabet::place(own)?).copied()
    }
}

impl DoubleEndedIterator for Packed {
    fn next_back(&mut self) -> Option<char> {
        let (rest, own) = self.0.split_at_checked(self.0.len().checked_sub(alphabet::length(*self.0.last()?))?)?;
        self.0 = rest;
        ALPHABET.get(alphabet::place(own)?).copied()
    }
}

/// Pack a text as the names of towns are; `None` if no town has one of its characters.
pub(super) fn packed(text: impl IntoIterator<Item = char>) -> Option<Vec<u8>> {
    let mut packed = Vec::new();
    for c in text {
        alphabet::pack(ALPHABET.iter().position(|known| *known == c)?, &mut packed)?;
    }
    Some(packed)
}

/// Return the name of a town.
pub(super) fn town_name(town: u32) -> impl Iterator<Item = char> {
    Packed(Lines::Names.from(town)).take_while(|c| *c != '\n')
}

/// Return the keys of a town's reading, separated by `|`.
pub(super) fn town_keys(town: u32) -> &'static str {
    line_at(TOWN_KEYS, Lines::Keys.start(town).unwrap_or(usize::MAX))
}

/// Return the reading of a town in hiragana.
pub(super) fn town_kana(town: u32) -> String {
    let mut kana = String::new();
    Lines::Kana.from(town).iter().take_while(|byte| **byte != b'\n').for_each(|byte| push_kana(*byte, &mut kana));
    kana
}

/// Append what a byte of a reading stands for: a character, or two more bytes.
fn push_kana(byte: u8, out: &mut String) {
    match (KANA_PAIRS.as_chunks().0.get(usize::from(byte)), byte) {
        (Some([first, second]), _) if *first != byte => {
            push_kana(*first, out);
            push_kana(*second, out);
        }
        (_, b'-') => out.push('ー'),
        (_, b'.') => out.push('・'),
        (_, 0x80..) => out.extend(char::from_u32(u32::from('ぁ') + u32::from(byte - 0x80))),
        _ => out.push(char::from(byte)),
    }
}
