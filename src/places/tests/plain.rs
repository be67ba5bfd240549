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

/// The towns with a name, by comparing all names.
fn plainly(name: &str) -> Vec<(towns::Rank, u16, u32)> {
    let mut of_a_rank = std::collections::BTreeMap::new();
    let ranked = (0..u32::try_from(table::town_count()).unwrap()).filter_map(|town| {
        let mut folded = String::new();
        text::fold_into(table::Lines::Names.line(town), &mut folded);
        let rank = match folded.find(name)? {
            0 if folded.len() == name.len() => towns::Rank::Exact,
            0 => towns::Rank::Prefix,
            _ => towns::Rank::Substring,
        };
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

#[test]
fn towns_are_found_as_by_comparing_all_names() {
    for name in ["新宿", "柳崎町", "田崎", "霞け関", "一番町", "本町", "柿さき", "け", "条西", "二つ屋", "之島町", "原田山", "竜"]
    {
        let needle = Needle::of(&Query::read(name).unwrap()).unwrap();
        let Needle::Name(folded) = &needle else { continue };
        let found: Vec<_> = towns::anywhere(&needle).iter().map(|found| (found.rank, found.municipality, found.number())).collect();
        assert_eq!(found, plainly(folded), "{name}");
    }
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
