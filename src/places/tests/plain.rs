//! The fast searches find what comparing every name would find, in the same order.

use super::*;

#[test]
fn every_municipality_with_a_rank_is_a_candidate() {
    use super::name::{Script, candidates, names};
    let all = table::scope(None);
    let kanji = ["市", "新", "東京", "東京都新", "大阪市", "横浜市西", "糟屋郡新宮町", "浜松市北区", "篠山市", "那珂川", "檮原", "府中町x"];
    let keys = ["s", "t", "sh", "ka", "tokyo", "tokyoto", "yokohanashinishi", "kasuyagunsh", "kitakyushu", "hokaidorausu", "gu", "zz"];
    for (script, queries) in [(Script::Kanji, kanji), (Script::Reading, keys)] {
        for typed in queries {
            let wanted = memchr::memmem::Finder::new(typed);
            let is_ranked = |index: &u16| names(*index, script).any(|name| name.rank(typed, &wanted).is_some());
            let candidates = candidates(&all, script, typed);
            let missed: Vec<u16> = all.clone().filter(is_ranked).filter(|index| !candidates.contains(index)).collect();
            assert_eq!(missed, [0; 0], "{typed}");
        }
    }
}

/// What is found of a town: how, where, which.
type Seen = (towns::Rank, u16, u32);

fn found(needle: &Needle) -> Vec<Seen> {
    towns::anywhere(needle).iter().map(|found| (found.rank, found.municipality, found.number())).collect()
}

/// The towns of which one of these texts has the query, by comparing all, and all rows; no more than 400 of a lower rank.
fn plainly(texts: &[Vec<String>], wanted: &str) -> Vec<Seen> {
    let mut of_a_rank = std::collections::BTreeMap::new();
    let rank = |text: &String| match text.find(wanted)? {
        0 if text.len() == wanted.len() => Some(towns::Rank::Exact),
        0 => Some(towns::Rank::Prefix),
        _ => Some(towns::Rank::Substring),
    };
    let ranked = (0..).zip(texts).filter_map(|(town, texts)| {
        let rank = texts.iter().filter_map(rank).min()?;
        let count = of_a_rank.entry(rank).and_modify(|count| *count += 1).or_insert(1);
        (rank == towns::Rank::Exact || *count <= 400).then_some((town, rank))
    });
    let ranks: HashMap<u32, towns::Rank> = ranked.collect();
    let rows = table::rows_in(table::scope(None)).filter_map(|row| Some((*ranks.get(&row.town)?, row.municipality, row.town)));
    let mut found: Vec<_> = rows.collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Each town's texts.
fn of_towns(text: impl Fn(u32) -> Vec<String>) -> Vec<Vec<String>> {
    (0..u32::try_from(table::town_count()).unwrap()).map(text).collect()
}

#[test]
fn towns_are_found_as_by_comparing_all_names() {
    let names = of_towns(|town| vec![table::town_name(town).map(kanji::fold).collect()]);
    let mut queries: Vec<String> = [
        "新宿",
        "柳崎町",
        "田崎",
        "霞け関",
        "一番町",
        "本町",
        "柿さき",
        "け",
        "条西",
        "二つ屋",
        "之島町",
        "原田山",
        "竜",
        "島",
        "い町",
        "の山",
    ]
    .map(String::from)
    .into();
    // Beginnings, ends and middles of names from everywhere.
    for [name] in names.iter().skip(1).step_by(2_741).filter_map(|texts| texts.as_array()) {
        let letters: Vec<char> = name.chars().collect();
        let parts = [&letters[..letters.len().min(2)], &letters[letters.len().saturating_sub(2)..], &letters[letters.len() / 2..]];
        queries.extend(parts.map(String::from_iter));
    }
    for query in queries.iter().filter(|query| query.chars().any(text::is_kanji)) {
        assert_eq!(found(&Needle::Name(query.clone())), plainly(&names, query), "{query}");
    }
}

#[test]
fn towns_are_found_by_their_reading_as_by_comparing_all_keys() {
    let keys = of_towns(|town| table::town_keys(town).split('|').map(String::from).collect());
    for key in keys.iter().skip(1).step_by(2_741).filter_map(|keys| keys.first()) {
        for part in [key.get(..5), key.get(3..), Some(key)].into_iter().flatten().filter(|part| part.len() > 3) {
            let whole = keys.iter().filter(|keys| keys.iter().any(|key| key.contains(part))).count();
            // A town with several readings may be kept or not where the limit of a rank is reached.
            if whole < 400 {
                assert_eq!(found(&Needle::Key { key: part.to_owned(), open: None }), plainly(&keys, part), "{part}");
            }
        }
    }
}

#[test]
fn a_town_has_the_municipalities_of_its_rows() {
    let mut rows: Vec<(u32, u16, bool)> = table::rows_in(table::scope(None)).map(|row| (row.town, row.municipality, !row.chome)).collect();
    rows.retain(|(town, ..)| *town != 0);
    rows.sort_unstable();
    rows.dedup_by_key(|(town, municipality, _)| (*town, *municipality));
    let of_town = |town| table::municipalities_of(town).map(move |(municipality, chome)| (town, municipality, !chome));
    let last = rows.last().map_or(0, |(town, ..)| *town);
    assert_eq!((1..=last).flat_map(of_town).collect::<Vec<_>>(), rows);
}

#[test]
fn similar_names_are_found_as_by_comparing_all_names() {
    use super::name::{Script, names};
    for (script, typed) in
        [(Script::Reading, "yokosuak"), (Script::Reading, "hamamtsu"), (Script::Reading, "tokyoshinjku"), (Script::Kanji, "東京都新縮区")]
    {
        let word = fuzzy::Word::new(typed);
        let fewest = |index: u16| names(index, script).filter_map(|name| name.mistakes(&word)).min().map(|mistakes| (mistakes, index));
        let mut all: Vec<(usize, u16)> = table::scope(None).filter_map(fewest).collect();
        all.sort_unstable();
        let found: Vec<u16> = search(typed, None, 1_000).into_iter().map(|hit| hit.municipality.0).collect();
        assert_eq!(found, all.into_iter().map(|(_, index)| index).collect::<Vec<_>>(), "{typed}");
    }
}
