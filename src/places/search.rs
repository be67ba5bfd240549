//! Search for the picker: by code, kanji, kana and romaji, municipalities before towns, similar names last.

use super::fuzzy::Word;
use super::name::{Name, Rank, Script, candidates, names};
use super::table;
use super::text::{self, Query};
use super::towns::{self, Needle};
use super::{Hit, Kind, Matched, Municipality, Town, address, alike, kana, key};
use memchr::memmem;
use std::ops::Range;

/// Find places by kanji, kana, any usual romaji, JIS code or postal code, best first, at most `limit`.
///
/// `within` is a prefecture's code ("13"). If a postal code has several hits, only the person can choose.
pub fn search(query: &str, within: Option<&str>, limit: usize) -> Vec<Hit> {
    find(query, &Area { scope: table::scope(within), home: 0..0 }, limit)
}

/// Find places in the whole country; of equally good ones, those of the prefecture `home` come first.
pub fn search_from(home: Option<&str>, query: &str, limit: usize) -> Vec<Hit> {
    find(query, &Area { scope: table::scope(None), home: home.map_or(0..0, |code| table::scope(Some(code))) }, limit)
}

/// Where to search, and what is preferred there.
struct Area {
    scope: Range<u16>,
    home: Range<u16>,
}

impl Area {
    fn is_far(&self, index: u16) -> bool {
        !self.home.contains(&index)
    }
}

fn find(query: &str, scope: &Area, limit: usize) -> Vec<Hit> {
    let mut hits = match Query::read(query) {
        None => Vec::new(),
        Some(Query::Number(digits)) => by_number(&digits, scope),
        Some(words) => {
            let hits = by_words(query, &words, scope, limit);
            if hits.is_empty() { alike_or_near(query, &words, scope, limit) } else { hits }
        }
    };
    hits.truncate(limit);
    hits
}

fn by_number(digits: &str, scope: &Area) -> Vec<Hit> {
    let mut hits: Vec<Hit> = Vec::new();
    let code = match digits.len() {
        5 => super::by_code(digits),
        6 => digits.get(..5).and_then(super::by_code).filter(|found| check_digit(found.code()) == digits.chars().last()),
        _ => None,
    };
    hits.extend(code.map(|municipality| Hit { municipality, town: None, how: Matched::Code }));
    let (Some(missing), Ok(number)) = (7_u32.checked_sub(u32::try_from(digits.len()).unwrap_or(u32::MAX)), digits.parse::<u32>()) else {
        return hits;
    };
    if missing == 0 {
        hits.extend(table::rows_of(number..number + 1).map(by_postal));
    } else if missing <= 4 {
        let span = 10_u32.pow(missing);
        let mut found: Vec<u16> = table::rows_of(number * span..(number + 1) * span).map(|row| row.municipality).collect();
        found.sort_unstable();
        found.dedup();
        hits.extend(found.into_iter().map(|index| Hit { municipality: Municipality(index), town: None, how: Matched::Postal }));
    }
    hits.retain(|hit| scope.scope.contains(&hit.municipality.0));
    hits.sort_by_key(|hit| scope.is_far(hit.municipality.0));
    hits
}

/// Return the check digit of a JIS X 0402 code: weights 6 to 2, modulus 11 (総務省 全国地方公共団体コード仕様).
fn check_digit(code: &str) -> Option<char> {
    let sum: u32 = code.chars().filter_map(|c| c.to_digit(10)).zip([6, 5, 4, 3, 2]).map(|(digit, weight)| digit * weight).sum();
    char::from_digit((11 - sum % 11) % 10, 10)
}

fn by_postal(row: table::Row) -> Hit {
    let (building, note) = row.remark();
    let name = || table::town_name(row.town).collect();
    let town = (row.town != 0).then(|| Town { number: row.town, name: name(), building, note, chome: row.chome });
    Hit { municipality: Municipality(row.municipality), town, how: Matched::Postal }
}

fn by_words(typed: &str, query: &Query, scope: &Area, limit: usize) -> Vec<Hit> {
    let mut hits = match query {
        Query::Number(_) => Vec::new(),
        Query::Kanji { typed, folded } => by_kanji(typed, folded, scope),
        Query::Reading { words, open } => by_reading(words, open.as_deref(), scope),
    };
    if hits.is_empty() {
        hits = match query {
            Query::Kanji { typed: bare, .. } => {
                text::kana_with_kind(bare).map_or_else(|| in_address(typed, scope), |key| by_reading(&[key], None, scope))
            }
            Query::Reading { words, open } => town_after_municipality(words, open.as_deref(), scope),
            Query::Number(_) => Vec::new(),
        };
    }
    let needle = Needle::of(query);
    if let Some(needle) = needle.as_ref().filter(|_| hits.len() < limit) {
        // The words of a municipality and its town may together be the name of the same town.
        let is_new = |hit: &Hit| !hits.iter().any(|known| (known.municipality, &known.town) == (hit.municipality, &hit.town));
        let others: Vec<Hit> = towns_in(needle, scope, limit - hits.len()).into_iter().filter(is_new).collect();
        hits.extend(others);
    }
    hits
}

/// Search for what is like the query: written with letters that look alike, with digits for numerals, in kana for kanji, or with mistakes.
fn alike_or_near(typed: &str, query: &Query, scope: &Area, limit: usize) -> Vec<Hit> {
    if let Query::Kanji { folded, .. } = query {
        for way in alike::others(&text::letters(typed)) {
            let typed: String = way.iter().map(|(c, _)| *c).collect();
            let hits = Query::read(&typed).map(|query| by_words(&typed, &query, scope, limit)).unwrap_or_default();
            if !hits.is_empty() {
                return hits;
            }
        }
        let hits = in_kana(folded, scope, limit);
        if !hits.is_empty() {
            return hits;
        }
    }
    near(query, scope)
}

/// Search for places of which a part is written in kana, where the query has kanji, or the other way round: 柿碕町 for 柿さき町.
fn in_kana(folded: &str, scope: &Area, limit: usize) -> Vec<Hit> {
    let own = |index: u16| table::Names::Kanji.line(index)[2];
    let places = scope.scope.clone().filter(|index| kana::is_alike(own(*index), folded, Municipality(*index).kana()));
    let hit = |municipality: u16, town| Hit { municipality: Municipality(municipality), town, how: Matched::Fuzzy };
    let mut hits: Vec<Hit> = places.map(|index| hit(index, None)).collect();
    let towns = towns::in_kana(folded).into_iter().filter(|found| scope.scope.contains(&found.municipality));
    hits.extend(towns.map(|found| hit(found.municipality, Some(found.town()))));
    hits.sort_by_key(|hit| (hit.town.is_some(), scope.is_far(hit.municipality.0)));
    hits.truncate(limit);
    hits
}

fn towns_in(needle: &Needle, scope: &Area, limit: usize) -> Vec<Hit> {
    let whole_country = scope.scope == table::scope(None);
    let mut found = if whole_country { towns::anywhere(needle) } else { towns::inside(needle, scope.scope.clone()) };
    // Similar and leading towns are for the address line; over a whole prefecture they would be noise.
    found.retain(|found| matches!(found.rank, towns::Rank::Exact | towns::Rank::Prefix | towns::Rank::Substring));
    found.sort_by_key(|found| (found.rank, scope.is_far(found.municipality)));
    found.into_iter().take(limit).map(|found| town_hit(found, needle)).collect()
}

fn town_hit(found: towns::Found, needle: &Needle) -> Hit {
    Hit { municipality: Municipality(found.municipality), town: Some(found.town()), how: needle.how() }
}

/// Search for an address: each town matching the text after the municipality, then the municipality alone.
fn in_address(typed: &str, scope: &Area) -> Vec<Hit> {
    let Some(split) = address::split(typed).filter(|split| scope.scope.contains(&split.municipality.0)) else { return Vec::new() };
    let how = split.former.map_or(Matched::Kanji, Matched::Former);
    let index = split.municipality.0;
    let towns = |text: &str| {
        let needle = Query::read(text).as_ref().and_then(Needle::of)?;
        let found = towns::inside(&needle, index..index.saturating_add(1));
        let is_sure = found.first().is_some_and(|found| !matches!(found.rank, towns::Rank::Near { .. }));
        Some((is_sure, found.into_iter().map(|found| town_hit(found, &needle)).collect::<Vec<_>>()))
    };
    let as_typed = towns(&split.rest).unwrap_or_default();
    let mut hits = if as_typed.0 {
        as_typed.1
    } else {
        let others = alike::others(&text::letters(&split.rest));
        let sure = others.iter().filter_map(|way| towns(&way.iter().map(|(c, _)| *c).collect::<String>())).find(|(is_sure, _)| *is_sure);
        sure.map_or(as_typed.1, |(_, hits)| hits)
    };
    hits.push(Hit { municipality: split.municipality, town: None, how });
    hits
}

fn in_municipality(needle: &Needle, index: u16) -> Vec<Hit> {
    towns::inside(needle, index..index.saturating_add(1)).into_iter().map(|found| town_hit(found, needle)).collect()
}

/// Search for a municipality named by all words but one, and a town in it named by that one: "shinjuku nishishinjuku", "Nishishinjuku,
/// Shinjuku-ku, Tokyo".
fn town_after_municipality(typed: &[String], open: Option<&str>, scope: &Area) -> Vec<Hit> {
    for words in orders(typed) {
        // The last word typed is the one that goes on.
        let open = open.filter(|_| words.last() == typed.last());
        let Some((town, names)) = words.split_last().filter(|(_, names)| !names.is_empty()) else { continue };
        let needle = Needle::Key { key: town.clone(), open: open.map(str::to_owned) };
        let found = ranked(scope, Script::Reading, &key::squeeze(&names.concat()), None);
        // A name such as Kita-ku matches a dozen wards.
        let exact = found.into_iter().filter(|found| found.rank <= Rank::Exact).take(12);
        let hits: Vec<Hit> = exact.flat_map(|found| in_municipality(&needle, found.index)).collect();
        if !hits.is_empty() {
            return hits;
        }
    }
    Vec::new()
}

/// A matching municipality.
struct Found {
    rank: Rank,
    standing: u8,
    index: u16,
    former: Option<&'static str>,
}

impl Found {
    fn hit(self, how: Matched) -> Hit {
        Hit { municipality: Municipality(self.index), town: None, how: self.former.map_or(how, Matched::Former) }
    }
}

/// Return the place of a municipality in the results: of namesakes, what most people mean goes first. A designated city, by its wards, before
/// a city, and a city before a town; a prefecture's name means its capital rather than a small town elsewhere.
fn standing(found: &Found, script: Script, typed: &str) -> u8 {
    let kind = Municipality(found.index).kind();
    let capital = || script.of_prefecture(Municipality(found.index).in_prefecture()).contains(&typed) && is_capital(found.index);
    match (found.rank, kind) {
        (Rank::Whole, _) => 0,
        (Rank::Lead, Kind::Ward) => 1,
        // 川崎区 is a ward of 川崎市.
        (Rank::Exact, Kind::Ward) if script.lines().line(found.index).iter().take(2).any(|lead| *lead == typed) => 1,
        (Rank::Exact, Kind::City | Kind::SpecialWard) => 2,
        (Rank::Prefix | Rank::LeadPrefix | Rank::Prefecture | Rank::Substring, _) if capital() => 3,
        (Rank::Exact, Kind::Ward) => 4,
        (Rank::Exact, _) => 5,
        (Rank::Lead, _) => 6,
        (Rank::Prefix, _) | (Rank::LeadPrefix, Kind::Ward) => 7,
        (Rank::LeadPrefix, _) => 8,
        (Rank::Prefecture, _) => 9,
        (Rank::Substring, _) => 10,
    }
}

/// Return whether a municipality is its prefecture's capital, or a ward of it. The capital has the first code, but in three prefectures.
fn is_capital(index: u16) -> bool {
    let place = Municipality(index);
    match place.code().split_at_checked(2) {
        Some(("13", number)) => number == "104",
        Some(("35", number)) => number == "203",
        Some(("40", number)) => ("131".."140").contains(&number),
        // The wards of a prefecture's first city end below 130.
        Some((_, number)) if place.kind() == Kind::Ward => number < "130",
        Some((prefecture, _)) => table::scope(Some(prefecture)).start == index,
        None => false,
    }
}

/// Return the matching municipalities, best first, then by code; `open` is the same query if it goes on with a small kana.
fn ranked(scope: &Area, script: Script, typed: &str, open: Option<&str>) -> Vec<Found> {
    let queries: Vec<(&str, memmem::Finder<'_>)> =
        [Some(typed), open].into_iter().flatten().map(|key| (key, memmem::Finder::new(key))).collect();
    let best = |index| {
        let rank = |name: &Name| queries.iter().filter_map(|(key, wanted)| name.rank(key, wanted)).min();
        let ranks = names(index, script).filter_map(|name| Some(Found { rank: rank(&name)?, standing: 0, index, former: name.former }));
        // Of equal ranks the first wins: the current name before a former one.
        ranks.min_by_key(|found| found.rank)
    };
    let mut all = candidates(&scope.scope, script, typed);
    if let Some(open) = open {
        all.extend(candidates(&scope.scope, script, open));
        all.sort_unstable();
        all.dedup();
    }
    let mut found: Vec<Found> = all.into_iter().filter_map(best).collect();
    found.iter_mut().for_each(|found| found.standing = standing(found, script, typed));
    // A designated city, begun, is meant rather than a smaller one.
    found.sort_by_key(|found| (found.standing, scope.is_far(found.index), found.rank == Rank::Prefix));
    found
}

fn by_kanji(typed: &str, folded: &str, scope: &Area) -> Vec<Hit> {
    let mut found = ranked(scope, Script::Kanji, folded, None);
    // 鹿嶋市 and 鹿島市 are different cities: the typed spelling goes first.
    found.sort_by_cached_key(|found| {
        (found.standing, found.rank <= Rank::Exact && !Municipality(found.index).label().contains(typed), scope.is_far(found.index))
    });
    found.into_iter().map(|found| found.hit(Matched::Kanji)).collect()
}

/// Return the possible orders of the words: as typed; reversed, for Western order ("Nishi-ku, Yokohama, Kanagawa"); and with only
/// prefecture or city last ("Yokohama-shi Nishi-ku, Kanagawa-ken").
fn orders(words: &[String]) -> Vec<Vec<String>> {
    let reversed = words.iter().rev().cloned().collect();
    let mut rotated = words.to_vec();
    rotated.rotate_right(1.min(words.len()));
    let mut orders = vec![words.to_vec()];
    for order in [reversed, rotated] {
        if !orders.contains(&order) {
            orders.push(order);
        }
    }
    orders
}

/// Return the words with y for i, as other languages write Tokio and Kioto; `None` if they are not written so.
fn with_y(words: &[String]) -> Option<Vec<String>> {
    let turned = |word: &String| {
        ["k", "g", "n", "h", "b", "p", "m", "r"]
            .iter()
            .fold(word.clone(), |word, c| ["o", "u"].iter().fold(word, |word, v| word.replace(&format!("{c}i{v}"), &format!("{c}y{v}"))))
    };
    Some(words.iter().map(turned).collect::<Vec<_>>()).filter(|turned| turned != words)
}

fn by_reading(words: &[String], open: Option<&str>, scope: &Area) -> Vec<Hit> {
    let found = orders(words).into_iter().map(|order| {
        let open = open.filter(|_| order == words).map(|open| text::ending(words, open));
        ranked(scope, Script::Reading, &key::squeeze(&order.concat()), open.as_deref())
    });
    let mut found = found.into_iter().find(|found| !found.is_empty()).unwrap_or_default();
    if found.is_empty()
        && let Some(words) = with_y(words)
    {
        return by_reading(&words, open, scope);
    }
    // Hokkaido Rausu and Hokkaido Urausu have the same key when joined: the one with a typed word goes first.
    let is_own = |index| {
        let [.., own] = table::Names::Keys.line(index);
        words.iter().any(|word| own.starts_with(word))
    };
    found.sort_by_cached_key(|found| (found.standing, found.rank <= Rank::Exact && !is_own(found.index), scope.is_far(found.index)));
    found.into_iter().map(|found| found.hit(Matched::Reading)).collect()
}

/// Find municipalities whose name is within a mistake or two of the query.
fn near(query: &Query, scope: &Area) -> Vec<Hit> {
    let (script, typed) = match query {
        Query::Number(_) => return Vec::new(),
        Query::Kanji { folded, .. } => (Script::Kanji, Word::new(folded)),
        Query::Reading { words, .. } => (Script::Reading, Word::new(&key::squeeze(&words.concat()))),
    };
    // Other names are known in kanji only.
    let others: Vec<u16> = if matches!(script, Script::Kanji) { table::with_other_names().collect() } else { Vec::new() };
    let may_be = |index: &u16| typed.may_be_within(script.lines().letters(*index)) || others.binary_search(index).is_ok();
    let fewest =
        |index| names(index, script).filter_map(|name| name.mistakes(&typed)).min().map(|mistakes| (mistakes, scope.is_far(index), index));
    let mut found: Vec<(usize, bool, u16)> = scope.scope.clone().filter(may_be).filter_map(fewest).collect();
    found.sort_unstable();
    found.into_iter().map(|(_, _, index)| Hit { municipality: Municipality(index), town: None, how: Matched::Fuzzy }).collect()
}
