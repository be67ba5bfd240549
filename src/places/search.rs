//! What the picker offers for what was typed: codes, kanji, kana and romaji, municipalities before towns, near names last.

use super::table::{self, Column};
use super::text::{self, Query};
use super::towns::{self, Needle};
use super::{Hit, Matched, Municipality, Prefecture, Town, address, fuzzy, key};
use std::ops::Range;

/// How well a municipality's name answers. The order is the order of the results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// The whole name, with or without county and prefecture.
    Whole,
    /// The whole name but for 市区町村, or for the city of a ward.
    Exact,
    /// The whole county, or designated city.
    Lead,
    Prefix,
    LeadPrefix,
    Prefecture,
    Substring,
    Near(usize),
}

/// Find places: by kanji, kana, any usual romaji, JIS code or postal code; best first, at most `limit`.
///
/// `within` is a prefecture's code ("13"). Several hits for one postal code are a choice that only the person can make.
pub fn search(query: &str, within: Option<&str>, limit: usize) -> Vec<Hit> {
    let scope = table::scope(within);
    let mut hits = match Query::read(query) {
        None => Vec::new(),
        Some(Query::Number(digits)) => by_number(&digits, &scope),
        Some(words) => by_words(query, &words, &scope, limit),
    };
    hits.truncate(limit);
    hits
}

fn by_number(digits: &str, scope: &Range<u16>) -> Vec<Hit> {
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
    hits.retain(|hit| scope.contains(&hit.municipality.0));
    hits
}

/// The check digit of a JIS X 0402 code: weights 6 to 2, modulus 11 (総務省 全国地方公共団体コード仕様).
fn check_digit(code: &str) -> Option<char> {
    let sum: u32 = code.chars().filter_map(|c| c.to_digit(10)).zip([6, 5, 4, 3, 2]).map(|(digit, weight)| digit * weight).sum();
    char::from_digit((11 - sum % 11) % 10, 10)
}

fn by_postal(row: table::Row) -> Hit {
    let (building, note) = row.remark();
    let town = (row.town != 0).then(|| Town {
        name: table::Lines::Names.line(row.town),
        kana: table::town_kana(row.town),
        building,
        note,
        chome: row.chome,
    });
    Hit { municipality: Municipality(row.municipality), town, how: Matched::Postal }
}

fn by_words(typed: &str, query: &Query, scope: &Range<u16>, limit: usize) -> Vec<Hit> {
    let mut hits = match query {
        Query::Number(_) => Vec::new(),
        Query::Kanji { folded, .. } => by_kanji(folded, scope),
        Query::Reading(words) => by_reading(words, scope),
    };
    if hits.is_empty() {
        hits = match query {
            Query::Kanji { typed: bare, .. } => {
                text::kana_with_kind(bare).map_or_else(|| in_address(typed, scope), |key| by_reading(&[key], scope))
            }
            Query::Reading(words) => town_after_municipality(words, scope),
            Query::Number(_) => Vec::new(),
        };
    }
    let needle = Needle::of(query);
    if let Some(needle) = needle.as_ref().filter(|_| hits.len() < limit) {
        hits.extend(towns_in(needle, scope));
    }
    if hits.is_empty() { near(query, scope) } else { hits }
}

fn towns_in(needle: &Needle, scope: &Range<u16>) -> Vec<Hit> {
    let whole_country = *scope == table::scope(None);
    let mut found = if whole_country { towns::anywhere(needle) } else { towns::inside(needle, scope.clone()) };
    // Nearness and leading towns belong to the address line; over a whole prefecture they would be noise.
    found.retain(|found| matches!(found.rank, towns::Rank::Exact | towns::Rank::Prefix | towns::Rank::Substring));
    found.into_iter().map(|found| town_hit(found, needle)).collect()
}

fn town_hit(found: towns::Found, needle: &Needle) -> Hit {
    Hit { municipality: Municipality(found.municipality), town: Some(found.town()), how: needle.how() }
}

/// A municipality and what follows it in an address: the municipality, and with it each town that the rest begins with or means.
fn in_address(typed: &str, scope: &Range<u16>) -> Vec<Hit> {
    let Some(split) = address::split(typed).filter(|split| scope.contains(&split.municipality.0)) else { return Vec::new() };
    let how = split.former.map_or(Matched::Kanji, Matched::Former);
    let index = split.municipality.0;
    let needle = Query::read(&split.rest).as_ref().and_then(Needle::of);
    let mut hits = needle.map(|needle| in_municipality(&needle, index)).unwrap_or_default();
    hits.push(Hit { municipality: split.municipality, town: None, how });
    hits
}

fn in_municipality(needle: &Needle, index: u16) -> Vec<Hit> {
    towns::inside(needle, index..index.saturating_add(1)).into_iter().map(|found| town_hit(found, needle)).collect()
}

/// "shinjuku nishishinjuku", "Nishishinjuku, Shinjuku-ku, Tokyo": all words but one name a municipality, that one a town in it.
fn town_after_municipality(words: &[String], scope: &Range<u16>) -> Vec<Hit> {
    let reversed: Vec<String> = words.iter().rev().cloned().collect();
    for words in [words, &reversed] {
        let Some((town, names)) = words.split_last().filter(|(_, names)| !names.is_empty()) else { continue };
        let needle = Needle::Key(town.clone());
        let exact =
            ranked(scope, &readings, &key::squeeze(&names.concat()), key::squeeze).into_iter().filter(|(rank, _)| *rank <= Rank::Exact);
        let hits: Vec<Hit> = exact.take(5).flat_map(|(_, index)| in_municipality(&needle, index)).collect();
        if !hits.is_empty() {
            return hits;
        }
    }
    Vec::new()
}

/// The parts of a municipality's name in one script, folded.
#[derive(Default)]
struct Name {
    own: String,
    /// 市, 区, 町, 村, or its reading.
    kind: String,
    /// The county, or a ward's city; with and without 郡 or 市. Empty when there is none.
    leads: [String; 2],
    /// Whether the lead is a city, and the name is not whole without it.
    is_ward: bool,
    prefectures: [&'static str; 2],
}

fn prefecture(index: u16) -> &'static Prefecture {
    Municipality(index).in_prefecture()
}

/// The name in kanji, once for each spelling in use.
fn kanji(index: u16) -> Vec<Name> {
    let municipality = Municipality(index);
    let aliases = table::municipality(index, Column::Aliases).split(';').filter(|alias| !alias.is_empty());
    std::iter::once(municipality.name()).chain(aliases).map(|name| kanji_of(index, municipality.county(), name)).collect()
}

fn kanji_of(index: u16, county: &str, name: &str) -> Name {
    let fold = |text: &str| text.chars().map(text::fold_kanji).collect::<String>();
    // No designated city has a second 市 in its name, nor has any of their wards.
    let is_ward = Municipality(index).kind() == super::Kind::Ward;
    let (lead, own) = match name.split_once('市') {
        Some((city, own)) if is_ward && !own.is_empty() => (fold(&format!("{city}市")), own),
        _ => (fold(county), name),
    };
    let mut stem = lead.clone();
    stem.pop();
    let Prefecture { name: prefecture, short, .. } = prefecture(index);
    Name {
        own: fold(own),
        kind: own.chars().last().map(String::from).unwrap_or_default(),
        leads: [lead, stem],
        is_ward,
        prefectures: [prefecture, short],
    }
}

/// The names that a municipality no longer has, with each as it is listed.
fn former(index: u16) -> impl Iterator<Item = (&'static str, Name)> {
    let names = table::municipality(index, Column::Former).split(';').filter(|name| !name.is_empty());
    names.map(move |name| {
        let at = name.find('郡').map_or(0, |at| at + '郡'.len_utf8());
        let (county, own) = name.split_at_checked(at).unwrap_or(("", name));
        (name, kanji_of(index, county, own))
    })
}

/// The keys of the name.
fn readings(index: u16) -> Vec<Name> {
    let column = |column| table::municipality(index, column);
    let kind = column(Column::Romaji).rsplit('-').next().unwrap_or_default();
    let leads = [column(Column::LeadKey).to_owned(), column(Column::LeadStemKey).to_owned()];
    let Prefecture { key, stem_key, .. } = prefecture(index);
    vec![Name {
        own: column(Column::OwnKey).to_owned(),
        kind: kind.to_owned(),
        leads,
        is_ward: Municipality(index).kind() == super::Kind::Ward,
        prefectures: [key, stem_key],
    }]
}

impl Name {
    /// The name without its kind.
    fn stem(&self) -> &str {
        self.own.strip_suffix(&self.kind).unwrap_or(&self.own)
    }

    /// Compare with what was typed. `join` makes the joint of two parts as typing them together would.
    fn rank(&self, wanted: &str, join: fn(&str) -> String) -> Option<Rank> {
        let begins = |name: &str| {
            let rest = name.strip_prefix(wanted)?;
            Some(match rest {
                "" => Rank::Whole,
                _ if rest == self.kind => Rank::Exact,
                _ => Rank::Prefix,
            })
        };
        let mut best = begins(&self.own).map(|rank| if self.is_ward { rank.max(Rank::Exact) } else { rank });
        for lead in self.leads.iter().filter(|lead| may_begin(lead, wanted)) {
            let rank = begins(&join(&format!("{lead}{}", self.own)));
            best = better(
                best,
                rank.map(|rank| {
                    if wanted == lead {
                        Rank::Lead
                    } else if wanted.len() < lead.len() {
                        Rank::LeadPrefix
                    } else {
                        rank
                    }
                }),
            );
        }
        for prefecture in self.prefectures.iter().filter(|prefecture| may_begin(prefecture, wanted)) {
            for lead in ["", &self.leads[0], &self.leads[1]] {
                let rank = begins(&join(&format!("{prefecture}{lead}{}", self.own)));
                best =
                    better(best, rank.map(|rank| self.behind_prefecture(rank, wanted, &join(&format!("{prefecture}{lead}")), prefecture)));
            }
        }
        let contained = wanted.chars().nth(1).is_some() || !wanted.is_ascii();
        best.or_else(|| (contained && (self.own.contains(wanted) || self.leads[0].contains(wanted))).then_some(Rank::Substring))
    }

    /// The rank of a match that may end inside the prefecture or just behind the county.
    fn behind_prefecture(&self, rank: Rank, wanted: &str, lead: &str, prefecture: &str) -> Rank {
        match wanted.len() {
            length if length <= prefecture.len() => Rank::Prefecture,
            _ if wanted == lead => Rank::Lead,
            length if length < lead.len() => Rank::LeadPrefix,
            _ => rank,
        }
    }

    /// How near it is to what was typed.
    fn nearness<T: PartialEq>(&self, wanted: &[T], most: usize, parts: fn(&str) -> Vec<T>) -> Option<Rank> {
        let [lead, lead_stem] = &self.leads;
        let [prefecture, prefecture_stem] = self.prefectures;
        let forms = [
            self.own.clone(),
            self.stem().to_owned(),
            format!("{lead}{}", self.own),
            format!("{lead_stem}{}", self.stem()),
            format!("{prefecture}{lead}{}", self.own),
            format!("{prefecture_stem}{}", self.stem()),
        ];
        forms.iter().filter_map(|form| fuzzy::distance(wanted, &parts(form), most)).min().map(Rank::Near)
    }
}

/// Whether `wanted` may begin with `part` or stop inside it; the last letter may have merged with the next part.
fn may_begin(part: &str, wanted: &str) -> bool {
    let sure = part.char_indices().next_back().map_or(0, |(at, _)| at).min(wanted.len());
    !part.is_empty() && part.as_bytes().get(..sure) == wanted.as_bytes().get(..sure)
}

fn better(a: Option<Rank>, b: Option<Rank>) -> Option<Rank> {
    a.into_iter().chain(b).min()
}

/// The municipalities that answer, best first, then by code.
fn ranked(scope: &Range<u16>, names: &dyn Fn(u16) -> Vec<Name>, wanted: &str, join: fn(&str) -> String) -> Vec<(Rank, u16)> {
    let best = |index| names(index).iter().filter_map(|name| name.rank(wanted, join)).min().map(|rank| (rank, index));
    let mut found: Vec<(Rank, u16)> = scope.clone().filter_map(best).collect();
    found.sort_unstable();
    found
}

fn by_kanji(folded: &str, scope: &Range<u16>) -> Vec<Hit> {
    let mut found: Vec<(Rank, u16, Matched)> =
        ranked(scope, &kanji, folded, str::to_owned).into_iter().map(|(rank, index)| (rank, index, Matched::Kanji)).collect();
    for index in scope.clone() {
        let best = former(index).filter_map(|(listed, name)| Some((name.rank(folded, str::to_owned)?, listed))).min();
        match (best, found.iter_mut().find(|(_, known, _)| *known == index)) {
            (Some((rank, listed)), Some(entry)) if rank < entry.0 => *entry = (rank, index, Matched::Former(listed)),
            (Some((rank, listed)), None) => found.push((rank, index, Matched::Former(listed))),
            _ => {}
        }
    }
    found.sort_by_key(|(rank, index, _)| (*rank, *index));
    found.into_iter().map(|(_, index, how)| Hit { municipality: Municipality(index), town: None, how }).collect()
}

/// In the order of an address, then in the order of the West: "Shinjuku-ku, Tokyo".
fn by_reading(words: &[String], scope: &Range<u16>) -> Vec<Hit> {
    let mut found = ranked(scope, &readings, &key::squeeze(&words.concat()), key::squeeze);
    if found.is_empty() && words.len() > 1 {
        let reversed: String = words.iter().rev().map(String::as_str).collect();
        found = ranked(scope, &readings, &key::squeeze(&reversed), key::squeeze);
    }
    found.into_iter().map(|(_, index)| Hit { municipality: Municipality(index), town: None, how: Matched::Reading }).collect()
}

/// Names with a mistake or two.
fn near(query: &Query, scope: &Range<u16>) -> Vec<Hit> {
    let mut found: Vec<(Rank, u16)> = match query {
        Query::Number(_) => Vec::new(),
        Query::Kanji { folded, .. } => {
            let wanted: Vec<char> = folded.chars().collect();
            // A kanji says as much as several letters do; of a name of two, one is not enough.
            let most = usize::from(wanted.len() > 2);
            let near = |index| {
                kanji(index)
                    .iter()
                    .filter_map(|name| name.nearness(&wanted, most, |form| form.chars().collect()))
                    .min()
                    .map(|rank| (rank, index))
            };
            scope.clone().filter_map(near).collect()
        }
        Query::Reading(words) => {
            let wanted = key::squeeze(&words.concat());
            let most = fuzzy::allowed(wanted.len());
            let near = |index| {
                readings(index)
                    .iter()
                    .filter_map(|name| name.nearness(wanted.as_bytes(), most, |form| form.bytes().collect()))
                    .min()
                    .map(|rank| (rank, index))
            };
            scope.clone().filter_map(near).collect()
        }
    };
    found.sort_unstable();
    found.into_iter().map(|(_, index)| Hit { municipality: Municipality(index), town: None, how: Matched::Fuzzy }).collect()
}
