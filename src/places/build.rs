//! The part of the build script that lays out the tables of `data/` flat, so that the program reads them in place without unpacking or
//! parsing. The run-time side is `table.rs`.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::path::Path;

use super::Result;

#[path = "kanji.rs"]
mod kanji;
#[path = "key.rs"]
#[allow(dead_code, reason = "the program uses the rest")]
mod key;
#[path = "../text/letters.rs"]
#[allow(dead_code, unreachable_pub, reason = "the program uses the rest")]
mod letters;

/// Number of towns per stored offset. Must equal the constant in `table.rs`.
const STRIDE: usize = 16;

/// Write the tables of `table.rs`.
pub(super) fn write(out: &Path) -> Result<()> {
    let room = Path::new("src/places");
    for file in ["build.rs", "kanji.rs", "key.rs", "data/prefectures.tsv", "data/municipalities.tsv", "data/postal_towns.tsv.gz"] {
        println!("cargo::rerun-if-changed={}", room.join(file).display());
    }
    println!("cargo::rerun-if-changed=src/text/letters.rs");
    write_prefectures(&fs::read_to_string(room.join("data/prefectures.tsv"))?, out)?;
    let codes = write_municipalities(&fs::read_to_string(room.join("data/municipalities.tsv"))?, out)?;
    let mut towns = String::new();
    flate2::read::GzDecoder::new(fs::File::open(room.join("data/postal_towns.tsv.gz"))?).read_to_string(&mut towns)?;
    write_rows(&towns, &codes, out)
}

/// Split a line into its columns; an error unless there are exactly `N`.
fn columns<const N: usize>(line: &str) -> Result<[&str; N]> {
    let columns: Vec<&str> = line.split('\t').collect();
    columns.try_into().map_err(|_| format!("not {N} columns: {line}").into())
}

/// Write the 47 prefectures as a Rust array for `include!`.
fn write_prefectures(tsv: &str, out: &Path) -> Result<()> {
    let mut source = String::from("[\n");
    for line in tsv.lines().skip(1) {
        let [code, _, name, kana, romaji, short] = columns(line)?;
        let stem = romaji.split('-').next().unwrap_or(romaji);
        let (key, stem_key) = (key::fold(romaji), key::fold(stem));
        writeln!(
            source,
            "Prefecture {{ code: {code:?}, name: {name:?}, kana: {kana:?}, romaji: {romaji:?}, short: {short:?}, key: {key:?}, stem_key: {stem_key:?} }},"
        )?;
    }
    source.push(']');
    Ok(fs::write(out.join("prefectures.rs"), source)?)
}

/// Write the municipalities in order of code: their columns, concatenated, with a record of start and lengths; and their search keys and
/// folded kanji, one line each. Return the index of each code.
fn write_municipalities(tsv: &str, out: &Path) -> Result<HashMap<String, u32>> {
    let (mut text, mut records, mut codes) = (String::new(), Vec::new(), HashMap::new());
    let (mut keys, mut kanji, mut starts) = (String::new(), String::new(), Vec::new());
    let mut last = "";
    for (index, line) in (0..).zip(tsv.lines().skip(1)) {
        let [code, _, kind, _, county, name, kana, romaji, _, county_romaji, _, aliases, former] = columns(line)?;
        if code <= last {
            return Err(format!("municipalities are not in the order of their codes: {code}").into());
        }
        last = code;
        // A ward follows its city as a town follows its county: 横浜市 + 西区, Yokohama-shi + Nishi-ku.
        let (lead_romaji, own_romaji) = romaji.split_once(' ').unwrap_or((county_romaji, romaji));
        let lead_stem = lead_romaji.split('-').next().unwrap_or(lead_romaji);
        let (own, lead, stem) = (key::fold(own_romaji), key::fold(lead_romaji), key::fold(lead_stem));
        // No name of a designated city or its wards contains another 市.
        let (lead_name, own_name) = match name.split_once('市') {
            Some((city, ward)) if kind == "ward" => (format!("{city}市"), ward),
            _ => (county.to_owned(), name),
        };
        let folded = |name: &str| name.chars().map(kanji::fold).collect::<String>();
        let (own_kanji, lead_kanji) = (folded(own_name), folded(&lead_name));
        if key::fold(kana) != key::fold(romaji) {
            return Err(format!("reading and romaji have different keys: {name}").into());
        }
        records.extend(u32::try_from(text.len())?.to_le_bytes());
        for column in [code, kind, county, name, kana, romaji, aliases, former] {
            text.push_str(column);
            records.push(u8::try_from(column.len())?);
        }
        starts.extend(u16::try_from(keys.len())?.to_le_bytes());
        starts.extend(u16::try_from(kanji.len())?.to_le_bytes());
        writeln!(keys, "{lead}\t{stem}\t{own}")?;
        writeln!(kanji, "{lead_kanji}\t{}\t{own_kanji}", all_but_last(&lead_kanji))?;
        codes.insert(code.to_owned(), index);
    }
    fs::write(out.join("municipalities.txt"), text)?;
    fs::write(out.join("municipality_records.bin"), records)?;
    fs::write(out.join("municipality_keys.txt"), keys)?;
    fs::write(out.join("municipality_kanji.txt"), kanji)?;
    fs::write(out.join("municipality_starts.bin"), starts)?;
    Ok(codes)
}

fn all_but_last(text: &str) -> &str {
    text.char_indices().next_back().and_then(|(at, _)| text.get(..at)).unwrap_or_default()
}

/// The distinct (town, reading) pairs: name, reading and keys as three texts in the same order.
#[derive(Default)]
struct Towns {
    ids: HashMap<(String, String), u32>,
    names: Vec<u8>,
    kana: Vec<u8>,
    keys: Vec<u8>,
    starts: Vec<u8>,
}

impl Towns {
    fn id(&mut self, name: &str, kana: &str) -> Result<u32> {
        let pair = (name.to_owned(), kana.to_owned());
        if let Some(id) = self.ids.get(&pair) {
            return Ok(*id);
        }
        let id = u32::try_from(self.ids.len())?;
        if self.ids.len().is_multiple_of(STRIDE) {
            for text in [&self.names, &self.kana, &self.keys] {
                self.starts.extend(u32::try_from(text.len())?.to_le_bytes());
            }
        }
        self.names.extend(name.bytes().chain(*b"\n"));
        for c in kana.chars() {
            self.kana.push(kana_byte(c)?);
        }
        self.kana.push(b'\n');
        let mut keys: Vec<String> = Vec::new();
        for key in (0..3).map(|reading| key::fold_as(kana, reading)) {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        self.keys.extend(keys.join("|").bytes().chain(*b"\n"));
        self.ids.insert(pair, id);
        Ok(id)
    }
}

/// Encode a character of a reading as one byte: hiragana from 0x80, ー as a hyphen, ・ as a dot, ASCII unchanged.
fn kana_byte(c: char) -> Result<u8> {
    match c {
        'ぁ'..='ゖ' => Ok(u8::try_from(u32::from(c) - u32::from('ぁ') + 0x80)?),
        'ー' => Ok(b'-'),
        '・' => Ok(b'.'),
        _ if c.is_ascii_graphic() => Ok(u8::try_from(u32::from(c))?),
        _ => Err(format!("a letter that is no hiragana in a reading: {c}").into()),
    }
}

/// Write the rows of the postal table, the towns, and the remarks (with buildings) of the few rows that have one.
fn write_rows(tsv: &str, codes: &HashMap<String, u32>, out: &Path) -> Result<()> {
    let lines: Vec<[&str; 7]> = tsv.lines().skip(1).map(columns).collect::<Result<_>>()?;
    // Number towns in order of the municipalities, so that results run from north to south.
    let mut by_municipality: Vec<&[&str; 7]> = lines.iter().collect();
    by_municipality.sort_by_key(|[postal, code, ..]| (*code, *postal));
    let mut towns = Towns::default();
    towns.id("", "")?;
    for [_, _, town, kana, ..] in by_municipality {
        towns.id(town, kana)?;
    }
    let (mut postals, mut rows, mut remarks) = (Vec::new(), Vec::new(), Vec::new());
    let (mut notes, mut note_at) = (String::new(), HashMap::new());
    let mut rows_of = vec![(u32::MAX, 0_u32); codes.len()];
    let mut buildings: Vec<&str> = vec![""];
    for (row, [postal, code, town, kana, building, flags, note]) in (0_u32..).zip(&lines) {
        let municipality = *codes.get(*code).ok_or_else(|| format!("a town of an unknown municipality: {code}"))?;
        let town_id = towns.id(town, kana)?;
        let (first, end) = rows_of.get_mut(municipality as usize).ok_or("a municipality without a place")?;
        (*first, *end) = (row.min(*first), row + 1);
        let remark = !building.is_empty() || !note.is_empty();
        if town_id >= 1 << 17 || municipality >= 1 << 11 || flags.contains('F') != town.is_empty() {
            return Err(format!("a row that does not fit: {postal} {code} {town}").into());
        }
        let [a, b, c, _] = postal.parse::<u32>()?.to_le_bytes();
        postals.extend([a, b, c]);
        let chome = u32::from(flags.contains('C'));
        rows.extend((town_id | municipality << 17 | chome << 28 | u32::from(remark) << 29).to_le_bytes());
        if remark {
            let at = *note_at.entry(*note).or_insert(u32::try_from(notes.len())?);
            if at as usize == notes.len() {
                writeln!(notes, "{note}")?;
            }
            let place = buildings.iter().position(|b| b == building).unwrap_or(buildings.len());
            if place == buildings.len() {
                buildings.push(building);
            }
            remarks.extend(row.to_le_bytes());
            remarks.extend((at | u32::from(u8::try_from(place)?) << 24).to_le_bytes());
        }
    }
    let rows_of: Vec<u8> = rows_of.iter().flat_map(|(first, end)| [first.to_le_bytes(), end.to_le_bytes()]).flatten().collect();
    fs::write(out.join("municipality_rows.bin"), rows_of)?;
    fs::write(out.join("row_postals.bin"), postals)?;
    fs::write(out.join("rows.bin"), rows)?;
    fs::write(out.join("remarks.bin"), remarks)?;
    fs::write(out.join("notes.txt"), notes)?;
    fs::write(out.join("buildings.txt"), buildings.join("\n"))?;
    fs::write(out.join("town_names.txt"), towns.names)?;
    fs::write(out.join("town_kana.bin"), towns.kana)?;
    fs::write(out.join("town_keys.txt"), towns.keys)?;
    Ok(fs::write(out.join("town_starts.bin"), towns.starts)?)
}
