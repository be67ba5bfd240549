//! The part of the build script that lays out the tables of `data/` flat, so that the program reads them in place without unpacking or
//! parsing. The run-time side is `table.rs`.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::path::Path;

use super::Result;

#[path = "alphabet.rs"]
#[allow(dead_code, reason = "the program uses the rest")]
mod alphabet;
#[path = "kanji.rs"]
mod kanji;
#[path = "key.rs"]
#[allow(dead_code, reason = "the program uses the rest")]
mod key;
#[path = "letter_set.rs"]
#[allow(dead_code, reason = "the program uses the rest")]
mod letter_set;
#[path = "../text/letters.rs"]
#[allow(dead_code, unreachable_pub, reason = "the program uses the rest")]
mod letters;

/// Number of towns per stored offset. Must equal the constant in `table.rs`.
const STRIDE: usize = 16;
/// First digits of a postal code, and how many areas they tell apart. Must equal the constant in `table.rs`.
const AREA: usize = 3;
const AREAS: usize = 1000;

/// Write the tables of `table.rs`.
pub(super) fn write(out: &Path) -> Result<()> {
    let room = Path::new("src/places");
    for file in ["alphabet.rs", "build.rs", "kanji.rs", "key.rs", "letter_set.rs"] {
        println!("cargo::rerun-if-changed={}", room.join(file).display());
    }
    for file in ["data/prefectures.tsv", "data/municipalities.tsv", "data/postal_towns.tsv.gz"] {
        println!("cargo::rerun-if-changed={}", room.join(file).display());
    }
    println!("cargo::rerun-if-changed=src/text/letters.rs");
    let prefectures = write_prefectures(&fs::read_to_string(room.join("data/prefectures.tsv"))?, out)?;
    let codes = write_municipalities(&fs::read_to_string(room.join("data/municipalities.tsv"))?, &prefectures, out)?;
    let mut towns = String::new();
    flate2::read::GzDecoder::new(fs::File::open(room.join("data/postal_towns.tsv.gz"))?).read_to_string(&mut towns)?;
    write_rows(&towns, &codes, out)
}

/// Split a line into its columns; an error unless there are exactly `N`.
fn columns<const N: usize>(line: &str) -> Result<[&str; N]> {
    let columns: Vec<&str> = line.split('\t').collect();
    columns.try_into().map_err(|_| format!("not {N} columns: {line}").into())
}

/// Write the 47 prefectures as a Rust array for `include!`. Return the key of each name.
fn write_prefectures(tsv: &str, out: &Path) -> Result<HashMap<String, String>> {
    let (mut source, mut keys) = (String::from("[\n"), HashMap::new());
    for line in tsv.lines().skip(1) {
        let [code, _, name, kana, romaji, short] = columns(line)?;
        let stem = romaji.split('-').next().unwrap_or(romaji);
        let (key, stem_key) = (key::fold(romaji), key::fold(stem));
        writeln!(
            source,
            "Prefecture {{ code: {code:?}, name: {name:?}, kana: {kana:?}, romaji: {romaji:?}, short: {short:?}, key: {key:?}, stem_key: {stem_key:?} }},"
        )?;
        keys.insert(name.to_owned(), key);
    }
    source.push(']');
    fs::write(out.join("prefectures.rs"), source)?;
    Ok(keys)
}

/// Write the municipalities in order of code: their columns, concatenated, with a record of start and lengths; and their search keys and
/// folded kanji, one line each. Return the index of each code.
fn write_municipalities(tsv: &str, prefectures: &HashMap<String, String>, out: &Path) -> Result<HashMap<String, u32>> {
    let (mut text, mut records, mut codes) = (String::new(), Vec::new(), HashMap::new());
    let (mut keys, mut kanji, mut starts, mut letters) = (String::new(), String::new(), Vec::new(), Vec::new());
    let mut last = "";
    for (index, line) in (0..).zip(tsv.lines().skip(1)) {
        let [code, _, kind, prefecture, county, name, kana, romaji, _, county_romaji, _, aliases, former] = columns(line)?;
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
        let prefecture_key = prefectures.get(prefecture).ok_or("a municipality of an unknown prefecture")?;
        for parts in [[prefecture_key.as_str(), &lead, &own], [prefecture, &lead_kanji, &own_kanji]] {
            letters.extend(letter_set::Letters::of(&parts).0.to_le_bytes());
        }
        writeln!(keys, "{lead}\t{stem}\t{own}")?;
        writeln!(kanji, "{lead_kanji}\t{}\t{own_kanji}", all_but_last(&lead_kanji))?;
        codes.insert(code.to_owned(), index);
    }
    fs::write(out.join("municipalities.txt"), text)?;
    fs::write(out.join("municipality_records.bin"), records)?;
    fs::write(out.join("municipality_keys.txt"), keys)?;
    fs::write(out.join("municipality_kanji.txt"), kanji)?;
    fs::write(out.join("municipality_starts.bin"), starts)?;
    fs::write(out.join("municipality_letters.bin"), letters)?;
    Ok(codes)
}

fn all_but_last(text: &str) -> &str {
    text.char_indices().next_back().and_then(|(at, _)| text.get(..at)).unwrap_or_default()
}

/// The distinct towns, by name and reading, in the order of their numbers.
#[derive(Default)]
struct Towns<'a> {
    numbers: HashMap<(&'a str, &'a str), u32>,
    towns: Vec<(&'a str, &'a str)>,
}

impl<'a> Towns<'a> {
    fn number(&mut self, name: &'a str, kana: &'a str) -> Result<u32> {
        let next = u32::try_from(self.towns.len())?;
        let number = *self.numbers.entry((name, kana)).or_insert(next);
        if number == next {
            self.towns.push((name, kana));
        }
        Ok(number)
    }

    /// Write the names, readings and keys, one line per town, and where each `STRIDE`th begins; and the alphabet of the names.
    fn write(&self, out: &Path) -> Result<()> {
        let alphabet = alphabet(self.towns.iter().map(|(name, _)| *name));
        let places: HashMap<char, usize> = alphabet.iter().copied().zip(0..).collect();
        let (mut names, mut kana, mut keys) = (Vec::new(), Vec::new(), Vec::new());
        for (name, reading) in &self.towns {
            for c in name.chars().chain(['\n']) {
                let packed = places.get(&c).and_then(|place| alphabet::pack(*place, &mut names));
                packed.ok_or("the names have more characters than alphabet.rs has bytes for")?;
            }
            for c in reading.chars() {
                kana.push(kana_byte(c)?);
            }
            kana.push(b'\n');
            let mut distinct: Vec<String> = Vec::new();
            for key in (0..3).map(|digit| key::fold_as(reading, digit)) {
                if !distinct.contains(&key) {
                    distinct.push(key);
                }
            }
            keys.extend(distinct.join("|").bytes().chain(*b"\n"));
        }
        let (kana, pairs) = paired(kana);
        let mut starts = Vec::new();
        for text in [&names, &kana, &keys] {
            let ends = text.iter().zip(1_u32..).filter(|(byte, _)| **byte == b'\n').map(|(_, end)| end);
            starts.extend(std::iter::once(0).chain(ends).step_by(STRIDE).flat_map(u32::to_le_bytes));
        }
        fs::write(out.join("alphabet.rs"), format!("{alphabet:?}"))?;
        fs::write(out.join("kana_pairs.bin"), pairs.concat())?;
        fs::write(out.join("town_names.bin"), names)?;
        fs::write(out.join("town_kana.bin"), kana)?;
        fs::write(out.join("town_keys.txt"), keys)?;
        Ok(fs::write(out.join("town_starts.bin"), starts)?)
    }
}

/// Return the characters of names, the most frequent first, and a newline at its own byte.
fn alphabet<'a>(names: impl Iterator<Item = &'a str>) -> Vec<char> {
    let mut counts: BTreeMap<char, usize> = BTreeMap::new();
    for c in names.flat_map(str::chars) {
        *counts.entry(c).or_default() += 1;
    }
    let mut alphabet: Vec<char> = counts.keys().copied().collect();
    alphabet.sort_by_key(|c| counts.get(c).copied().map(Reverse));
    alphabet.insert(usize::from(b'\n').min(alphabet.len()), '\n');
    alphabet
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

/// Replace the most frequent pairs of bytes in a text by bytes that it does not have, until it has all (byte pair encoding). No pair has a
/// newline. Return also the pair that each byte stands for; one that stands for itself has itself twice.
fn paired(mut text: Vec<u8>) -> (Vec<u8>, Vec<[u8; 2]>) {
    let mut pairs: Vec<[u8; 2]> = (0..=u8::MAX).map(|byte| [byte; 2]).collect();
    let unused: Vec<u8> = (0..=u8::MAX).filter(|byte| !text.contains(byte)).collect();
    // One at a time would take ten times as long, for a few hundred bytes.
    for bytes in unused.chunks(16) {
        let mut counts: HashMap<[u8; 2], usize> = HashMap::new();
        for pair in text.array_windows().filter(|pair| !pair.contains(&b'\n')) {
            *counts.entry(*pair).or_default() += 1;
        }
        let mut frequent: Vec<([u8; 2], usize)> = counts.into_iter().collect();
        frequent.sort_unstable_by_key(|(pair, count)| (Reverse(*count), *pair));
        let bytes: HashMap<[u8; 2], u8> = frequent.iter().map(|(pair, _)| *pair).zip(bytes.iter().copied()).collect();
        for (pair, byte) in &bytes {
            if let Some(own) = pairs.get_mut(usize::from(*byte)) {
                *own = *pair;
            }
        }
        let (mut packed, mut rest) = (Vec::with_capacity(text.len()), text.as_slice());
        while let Some((first, behind)) = rest.split_first() {
            let byte = rest.first_chunk().and_then(|pair| bytes.get(pair));
            packed.push(*byte.unwrap_or(first));
            rest = byte.and_then(|_| behind.get(1..)).unwrap_or(behind);
        }
        text = packed;
    }
    (text, pairs)
}

/// The postal codes of the rows, without their areas: a byte for each row, how far it lies behind the one before. What does not fit is 255,
/// and written out in a list of its own, as is the first of each area.
#[derive(Default)]
struct Postals {
    last: Option<(u32, u32)>,
    steps: Vec<u8>,
    leaps: Vec<u8>,
}

impl Postals {
    fn push(&mut self, row: u32, area: u32, code: u32) -> Result<()> {
        let before = self.last.replace((area, code)).filter(|(of, _)| *of == area).map(|(_, code)| code);
        let step = match before {
            Some(before) => Some(code.checked_sub(before).ok_or("postal codes that are not in order")?),
            None => None,
        };
        match step.and_then(|step| u8::try_from(step).ok()).filter(|step| *step != u8::MAX) {
            Some(step) => self.steps.push(step),
            None => {
                self.steps.push(u8::MAX);
                self.leaps.extend((row << 14 | code).to_le_bytes());
            }
        }
        Ok(())
    }
}

/// Write the rows of the postal table, the towns, and the remarks (with buildings) of the few rows that have one.
fn write_rows(tsv: &str, codes: &HashMap<String, u32>, out: &Path) -> Result<()> {
    let lines: Vec<[&str; 7]> = tsv.lines().skip(1).map(columns).collect::<Result<_>>()?;
    // Number towns in order of the municipalities, so that results run from north to south.
    let mut by_municipality: Vec<&[&str; 7]> = lines.iter().collect();
    by_municipality.sort_by_key(|[postal, code, ..]| (*code, *postal));
    let mut towns = Towns::default();
    towns.number("", "")?;
    for [_, _, town, kana, ..] in by_municipality {
        towns.number(town, kana)?;
    }
    let (mut rows, mut remarks) = (Vec::new(), Vec::new());
    let mut postals = Postals::default();
    let (mut notes, mut note_at) = (String::new(), HashMap::new());
    // Most rows lie beside others of their municipality.
    let (mut runs, mut last) = (Vec::new(), None);
    // The municipalities of each town, and whether a 丁目 is expected there.
    let mut pairs: BTreeMap<(u32, u32), bool> = BTreeMap::new();
    let mut starts = vec![0_u32; AREAS + 1];
    let mut buildings: Vec<&str> = vec![""];
    for (row, [postal, code, town, kana, building, flags, note]) in (0_u32..).zip(&lines) {
        let municipality = *codes.get(*code).ok_or_else(|| format!("a town of an unknown municipality: {code}"))?;
        let town_id = towns.number(town, kana)?;
        if last.replace(municipality) != Some(municipality) {
            runs.extend((row | municipality << 17).to_le_bytes());
        }
        let remark = !building.is_empty() || !note.is_empty();
        if town_id.max(row) >= 1 << 17 || municipality >= 1 << 11 || flags.contains('F') != town.is_empty() {
            return Err(format!("a row that does not fit: {postal} {code} {town}").into());
        }
        let (area, rest) = postal.split_at_checked(AREA).ok_or("a postal code that is too short")?;
        // Where the next area begins, unless it moves on.
        starts.iter_mut().skip(area.parse::<usize>()? + 1).for_each(|start| *start = row + 1);
        postals.push(row, area.parse()?, rest.parse()?)?;
        let chome = flags.contains('C');
        *pairs.entry((town_id, municipality)).or_default() |= chome;
        let [a, b, c, _] = (town_id | u32::from(chome) << 17 | u32::from(remark) << 18).to_le_bytes();
        rows.extend([a, b, c]);
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
    fs::write(out.join("runs.bin"), runs)?;
    fs::write(out.join("postal_areas.bin"), starts.into_iter().flat_map(u32::to_le_bytes).collect::<Vec<u8>>())?;
    fs::write(out.join("postal_steps.bin"), postals.steps)?;
    fs::write(out.join("postal_leaps.bin"), postals.leaps)?;
    write_pairs(&pairs, codes.len(), out)?;
    fs::write(out.join("rows.bin"), rows)?;
    fs::write(out.join("remarks.bin"), remarks)?;
    fs::write(out.join("notes.txt"), notes)?;
    fs::write(out.join("buildings.txt"), buildings.join("\n"))?;
    towns.write(out)
}

/// Write which municipalities have a town. Towns are numbered in the order of their first municipality: so it is told by each municipality's
/// first new town, and the few that have it besides are listed. A bit for each town says whether a 丁目 is expected in its first one.
fn write_pairs(pairs: &BTreeMap<(u32, u32), bool>, municipalities: usize, out: &Path) -> Result<()> {
    let towns = pairs.last_key_value().map_or(0, |((town, _), _)| *town as usize + 1);
    let (mut first_towns, mut chome, mut others) = (vec![u32::MAX; municipalities], vec![0_u8; towns.div_ceil(8)], Vec::new());
    let mut last = (0, 0);
    for ((town, municipality), expected) in pairs.iter().filter(|((town, _), _)| *town != 0) {
        if *town == last.0 {
            others.extend((town << 12 | municipality << 1 | u32::from(*expected)).to_le_bytes());
            continue;
        }
        if *municipality < last.1 {
            return Err(format!("town {town} is not in the order of the municipalities").into());
        }
        last = (*town, *municipality);
        let first = first_towns.get_mut(*municipality as usize).ok_or("a town of an unknown municipality")?;
        *first = (*first).min(*town);
        let bits = chome.get_mut(*town as usize / 8).ok_or("a town beyond the last")?;
        *bits |= u8::from(*expected) << (town % 8);
    }
    // A municipality without a town of its own begins where the next one does.
    let mut next = u32::try_from(towns)?;
    for first in first_towns.iter_mut().rev() {
        next = next.min(*first);
        *first = next;
    }
    fs::write(out.join("first_towns.bin"), first_towns.into_iter().flat_map(u32::to_le_bytes).collect::<Vec<u8>>())?;
    fs::write(out.join("town_chome.bin"), chome)?;
    Ok(fs::write(out.join("other_municipalities.bin"), others)?)
}
