//! Splitting an address, as a card writes it, into the municipality and what remains for the address line.
//! Never cuts at the first 市, 町 or 村: the longest name of the list counts.

use super::table::{self, Column};
use super::towns::{self, Needle};
use super::{Municipality, prefectures, text};

/// An address in two parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// The municipality, by its present name.
    pub municipality: Municipality,
    /// The name that the address has, when it is one that is no longer used.
    pub former: Option<&'static str>,
    /// What follows the municipality's name, as it was written.
    pub rest: String,
}

/// Split an address from the prefecture on; without prefecture, county or city only if what remains is unmistakable.
///
/// Where a name stands for several municipalities (a ward that was split, 府中市 without prefecture), the town in the rest
/// decides. When it cannot, there is no split: the picker offers the choice.
pub fn split(address: &str) -> Option<Split> {
    let folded: Vec<(char, usize)> = text::folded_with_ends(address).collect();
    // A postal code in front is no part of the address.
    let begin = folded.iter().position(|(c, _)| !(c.is_ascii_digit() || text::is_dash(*c) || *c == '〒'))?;
    let folded = folded.get(begin..)?;
    let whole: String = folded.iter().map(|(c, _)| *c).collect();
    let found = longest(&whole);
    let length = found.first()?.length;
    let (_, end) = *folded.get(length.checked_sub(1)?)?;
    let rest = address.get(end..)?.trim_start_matches(text::is_nothing).trim_end();
    let behind: String = whole.chars().skip(length).collect();
    let chosen = decide(&found, towns::without_aza(&behind))?;
    Some(Split { municipality: chosen.municipality, former: chosen.former, rest: rest.to_owned() })
}

/// A municipality whose name begins the address.
struct Begin {
    municipality: Municipality,
    former: Option<&'static str>,
    /// In characters.
    length: usize,
}

/// The municipalities with the longest name that begins `whole`; several when the name is not unique.
fn longest(whole: &str) -> Vec<Begin> {
    let prefecture = prefectures().iter().find(|prefecture| whole.starts_with(prefecture.name));
    let behind = prefecture.and_then(|prefecture| whole.strip_prefix(prefecture.name)).unwrap_or(whole);
    let mut found: Vec<Begin> = Vec::new();
    for municipality in table::scope(prefecture.map(|prefecture| prefecture.code)).map(Municipality) {
        // Present names come first, and stay when a former one is no longer.
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

/// The names that an address may have for it: present, other spellings, former.
fn names(municipality: Municipality) -> impl Iterator<Item = (&'static str, Option<&'static str>)> {
    let listed = |column| table::municipality_list(municipality.0, column);
    let present = std::iter::once(municipality.name()).chain(listed(Column::Aliases)).map(|name| (name, None));
    present.chain(listed(Column::Former).map(|name| (name, Some(name))))
}

/// What follows the name, with or without what leads it: a county, or a ward's city.
fn behind_name<'a>(text: &'a str, municipality: Municipality, name: &str, former: bool) -> Option<&'a str> {
    let lead = if former { "" } else { municipality.county() };
    let own = match name.split_once('市') {
        Some((_, ward)) if municipality.kind() == super::Kind::Ward => ward,
        _ => name.split_once('郡').filter(|_| former).map_or(name, |(_, own)| own),
    };
    let with_lead = strip(text, lead).and_then(|rest| strip(rest, name));
    with_lead.or_else(|| strip(text, name)).or_else(|| strip(text, own))
}

/// What follows `name`, which is folded here; `text` is folded already.
fn strip<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = text.chars();
    name.chars().all(|c| rest.next() == Some(text::fold_kanji(c))).then_some(rest.as_str())
}

/// The only one; or else the only one with the longest town that begins the rest.
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
