//! Splitting an address, as on a card, into the municipality and the rest for the address line.
//!
//! Never cuts at the first 市, 町 or 村: the longest listed name wins.

use super::table::{self, Column};
use super::text::Letter;
use super::towns::{self, Needle};
use super::{Municipality, alike, kanji, prefectures, text};

/// An address split in two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// The municipality, by its current name.
    pub municipality: Municipality,
    /// The name in the address, if it is a former one.
    pub former: Option<&'static str>,
    /// The text after the municipality's name, as written.
    pub rest: String,
}

/// Split an address that starts with its prefecture; without prefecture, county or city only if the result is unambiguous.
///
/// If a name matches several municipalities (a divided ward, 府中市 without prefecture), the town in the rest decides. If it cannot, return
/// `None`, and the picker offers the choice.
pub fn split(address: &str) -> Option<Split> {
    let letters = text::letters(address);
    // A leading postal code is not part of the address.
    let begin = letters.iter().position(|(c, _)| !(c.is_ascii_digit() || text::is_dash(*c) || *c == '〒'))?;
    let is_postal = |run: &[Letter]| run.iter().any(|(c, _)| *c == '〒') || run.iter().filter(|(c, _)| c.is_ascii_digit()).count() >= 7;
    let begin = if letters.get(..begin).is_some_and(is_postal) { begin } else { 0 };
    let letters = letters.get(begin..)?;
    split_as(address, letters).or_else(|| alike::others(letters).iter().find_map(|letters| split_as(address, letters)))
}

/// Split an address, read as these letters.
fn split_as(address: &str, letters: &[Letter]) -> Option<Split> {
    let whole = text::folded(letters);
    let found = longest(&whole);
    let length = found.first()?.length;
    let (_, end) = *letters.get(length.checked_sub(1)?)?;
    let rest = address.get(end..)?.trim_start_matches(text::is_nothing).trim_end();
    let behind: String = whole.chars().skip(length).collect();
    let chosen = decide(&found, towns::without_aza(&behind))?;
    Some(Split { municipality: chosen.municipality, former: chosen.former, rest: rest.to_owned() })
}

/// A municipality whose name starts the address.
struct Begin {
    municipality: Municipality,
    former: Option<&'static str>,
    /// Length of the match in characters.
    length: usize,
}

/// Return the municipalities with the longest name that starts `whole`; several if the name is ambiguous.
fn longest(whole: &str) -> Vec<Begin> {
    let prefecture = prefectures().iter().find(|prefecture| whole.starts_with(prefecture.name));
    let behind = prefecture.and_then(|prefecture| whole.strip_prefix(prefecture.name)).unwrap_or(whole);
    let mut found: Vec<Begin> = Vec::new();
    let scope = table::scope(prefecture.map(|prefecture| prefecture.code));
    // Few names have the first character at all.
    let Some(first) = behind.chars().next().map(String::from) else { return found };
    let listed = table::Names::Kanji.with(&first).chain(table::with_other_names());
    let mut may_begin: Vec<u16> = listed.filter(|index| scope.contains(index)).collect();
    may_begin.sort_unstable();
    may_begin.dedup();
    for municipality in may_begin.into_iter().map(Municipality) {
        // Current names come first, and are kept unless a former one is longer.
        let mut own: Option<Begin> = None;
        for (name, former) in names(municipality) {
            let Some(rest) = behind_name(behind, municipality, name, former.is_some()) else { continue };
            let length = whole.chars().count() - rest.chars().count();
            if own.as_ref().is_none_or(|begin| length > begin.length) {
                own = Some(Begin { municipality, former, length });
            }
        }
        let best = found.first().map_or(0, |begin| begin.length);
        if let Some(own) = own.filter(|begin| begin.length >= best) {
            found.retain(|begin| begin.length == own.length);
            found.push(own);
        }
    }
    found
}

/// Return the names that an address may use: current, alternative spellings, former.
fn names(municipality: Municipality) -> impl Iterator<Item = (&'static str, Option<&'static str>)> {
    let listed = |column| table::municipality_list(municipality.0, column);
    let present = std::iter::once(municipality.name()).chain(listed(Column::Aliases)).map(|name| (name, None));
    present.chain(listed(Column::Former).map(|name| (name, Some(name))))
}

/// Return the text after the name, with or without its lead: a county, or a ward's city.
fn behind_name<'a>(text: &'a str, municipality: Municipality, name: &str, former: bool) -> Option<&'a str> {
    let lead = if former { "" } else { municipality.county() };
    let own = match name.split_once('市') {
        Some((_, ward)) if municipality.kind() == super::Kind::Ward => ward,
        _ => name.split_once('郡').filter(|_| former).map_or(name, |(_, own)| own),
    };
    let with_lead = strip(text, lead).and_then(|rest| strip(rest, name));
    with_lead.or_else(|| strip(text, name)).or_else(|| strip(text, own))
}

/// Return the text after `name`, which is folded here; `text` is already folded.
fn strip<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = text.chars();
    name.chars().all(|c| rest.next() == Some(kanji::fold(c))).then_some(rest.as_str())
}

/// Return the only candidate, or else the only one whose town is the longest that starts the rest.
fn decide<'a>(found: &'a [Begin], rest: &str) -> Option<&'a Begin> {
    if let [only] = found {
        return Some(only);
    }
    let needle = Needle::Name(rest.to_owned());
    let town = |begin: &Begin| match towns::inside(&needle, begin.municipality.0..begin.municipality.0.saturating_add(1)).first()?.rank {
        towns::Rank::Exact => Some(0),
        towns::Rank::Leads { unlike } => Some(unlike),
        _ => None,
    };
    let ranked: Vec<(usize, &Begin)> = found.iter().filter_map(|begin| Some((town(begin)?, begin))).collect();
    let best = ranked.iter().map(|(unlike, _)| *unlike).min()?;
    let mut first = ranked.iter().filter(|(unlike, _)| *unlike == best);
    first.next().map(|(_, begin)| *begin).filter(|_| first.next().is_none())
}
