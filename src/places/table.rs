//! The embedded tables, read in place in the layout written by `build.rs`. Bytes and offsets only, no search.

use memchr::memmem;
use std::ops::Range;

static MUNICIPALITIES: &str = include_str!(concat!(env!("OUT_DIR"), "/municipalities.txt"));
static MUNICIPALITY_RECORDS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/municipality_records.bin"));
static MUNICIPALITY_KEYS: &str = include_str!(concat!(env!("OUT_DIR"), "/municipality_keys.txt"));
static MUNICIPALITY_KANJI: &str = include_str!(concat!(env!("OUT_DIR"), "/municipality_kanji.txt"));
static MUNICIPALITY_STARTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/municipality_starts.bin"));
static MUNICIPALITY_ROWS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/municipality_rows.bin"));
static ROW_POSTALS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/row_postals.bin"));
static ROWS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/rows.bin"));
static REMARKS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/remarks.bin"));
static NOTES: &str = include_str!(concat!(env!("OUT_DIR"), "/notes.txt"));
static BUILDINGS: &str = include_str!(concat!(env!("OUT_DIR"), "/buildings.txt"));
static TOWN_NAMES: &str = include_str!(concat!(env!("OUT_DIR"), "/town_names.txt"));
static TOWN_KANA: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/town_kana.bin"));
static TOWN_KEYS: &str = include_str!(concat!(env!("OUT_DIR"), "/town_keys.txt"));
static TOWN_STARTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/town_starts.bin"));

/// Number of towns per stored offset. Must equal the constant in `build.rs`.
const STRIDE: usize = 16;
/// Record sizes of the tables, in bytes.
const U16: usize = 2;
const U32: usize = 4;
const POSTAL: usize = 3;
const REMARK: usize = 8;
const MUNICIPALITY: usize = U32 + Column::Former as usize + 1;
const TOWN_START: usize = 3 * U32;

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

/// Mask of the town in a packed row.
const TOWN: u32 = 0x1_FFFF;

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
    fn read(number: usize, packed: u32) -> Self {
        let municipality = u16::try_from(packed >> 17 & 0x7FF).unwrap_or_default();
        Self { number, town: packed & TOWN, municipality, chome: packed >> 28 & 1 == 1, remark: packed >> 29 & 1 == 1 }
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

/// Return the rows of a range of municipalities.
pub(super) fn rows_in(scope: Range<u16>) -> impl Iterator<Item = Row> {
    let ends =
        MUNICIPALITY_ROWS.as_chunks::<U32>().0.as_chunks::<2>().0.get(usize::from(scope.start)..usize::from(scope.end)).unwrap_or_default();
    let number = |bytes: &[u8; U32]| u32::from_le_bytes(*bytes) as usize;
    let first = ends.iter().map(|[first, _]| number(first)).min().unwrap_or_default();
    let end = ends.iter().map(|[_, end]| number(end)).max().unwrap_or_default();
    let packed = ROWS.as_chunks::<U32>().0.get(first..end).unwrap_or_default();
    let rows = (first..).zip(packed).map(|(number, packed)| Row::read(number, u32::from_le_bytes(*packed)));
    rows.filter(move |row| scope.contains(&row.municipality))
}

/// Return the rows of the towns whose bit is set in `wanted`.
pub(super) fn rows_of_towns(wanted: &[u64]) -> impl Iterator<Item = Row> {
    let is_wanted = |town: u32| wanted.get(town as usize / 64).is_some_and(|bits| bits >> (town % 64) & 1 == 1);
    let packed = ROWS.as_chunks::<U32>().0.iter().map(|bytes| u32::from_le_bytes(*bytes)).enumerate();
    packed.filter(move |(_, packed)| is_wanted(packed & TOWN)).map(|(number, packed)| Row::read(number, packed))
}

/// Return the rows with a postal code in a range.
pub(super) fn rows_of(postals: Range<u32>) -> impl Iterator<Item = Row> {
    let codes = ROW_POSTALS.as_chunks::<POSTAL>().0;
    let first = |limit: u32| codes.partition_point(|[a, b, c]| u32::from_le_bytes([*a, *b, *c, 0]) < limit);
    let (start, end) = (first(postals.start), first(postals.end));
    (start..end).filter_map(|number| u32_at(ROWS, number * U32).map(|packed| Row::read(number, packed)))
}

/// The town names or their keys, one line per town in the same order. A line of keys may hold several, separated by `|`.
#[derive(Clone, Copy)]
pub(super) enum Lines {
    Names,
    Keys,
}

impl Lines {
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Names => TOWN_NAMES,
            Self::Keys => TOWN_KEYS,
        }
    }

    /// Return the line of a town.
    pub(super) fn line(self, town: u32) -> &'static str {
        line_at(self.text(), town_start(self.text().as_bytes(), self.place(), town).unwrap_or(usize::MAX))
    }

    /// Return the town whose line contains the byte at `at`.
    pub(super) fn town_at(self, at: usize) -> u32 {
        let starts = TOWN_STARTS.as_chunks::<TOWN_START>().0;
        let start = |block: &[u8; TOWN_START]| u32_at(block, self.place() * U32).map_or(usize::MAX, |start| start as usize);
        let block = starts.partition_point(|block| start(block) <= at).saturating_sub(1);
        let before = starts.get(block).and_then(|block| self.text().as_bytes().get(start(block)..at)).unwrap_or_default();
        u32::try_from(block * STRIDE + memchr::memchr_iter(b'\n', before).count()).unwrap_or_default()
    }

    /// Index of this text's offset in a record of `TOWN_STARTS`.
    const fn place(self) -> usize {
        match self {
            Self::Names => 0,
            Self::Keys => 2,
        }
    }
}

/// Return an upper bound of the town numbers: the count, including the empty town, rounded up to a multiple of `STRIDE`.
pub(super) fn town_count() -> usize {
    TOWN_STARTS.len() / TOWN_START * STRIDE
}

/// Return the offset of a town's line.
fn town_start(text: &[u8], place: usize, town: u32) -> Option<usize> {
    let (block, skip) = (town as usize / STRIDE, town as usize % STRIDE);
    let start = u32_at(TOWN_STARTS, block * TOWN_START + place * U32)? as usize;
    match skip.checked_sub(1) {
        None => Some(start),
        Some(newline) => memchr::memchr_iter(b'\n', text.get(start..)?).nth(newline).map(|at| start + at + 1),
    }
}

/// Return the reading of a town in hiragana.
pub(super) fn town_kana(town: u32) -> String {
    let start = town_start(TOWN_KANA, 1, town).unwrap_or(usize::MAX);
    let bytes = TOWN_KANA.get(start..).unwrap_or_default().iter().take_while(|byte| **byte != b'\n');
    bytes
        .filter_map(|byte| match byte {
            b'-' => Some('ー'),
            b'.' => Some('・'),
            0x80.. => char::from_u32(u32::from('ぁ') + u32::from(byte - 0x80)),
            _ => Some(char::from(*byte)),
        })
        .collect()
}
