//! The town that begins an address line, if it is one of other municipalities only.

use super::text::{self, Letter};
use super::towns::{self, Needle, Rank};
use super::{Municipality, alike};

/// Longest name of a town that is looked for, in characters.
const LONGEST: usize = 16;

/// Return the town that begins a line, as written there but for blanks and what cannot be seen, with the municipalities that have it, if `chosen` has neither it nor another that
/// begins the line. A town that is on no list says nothing.
pub fn town_elsewhere(line: &str, chosen: Municipality) -> Option<(String, Vec<Municipality>)> {
    let letters = text::letters(line);
    let inside = |way: &[Letter]| towns::begin_of(chosen, towns::without_aza(&text::folded(way)));
    if inside(&letters) || alike::others(&letters).iter().any(|way| inside(way)) {
        return None;
    }
    let whole = text::folded(&letters);
    let aza = whole.chars().count() - towns::without_aza(&whole).chars().count();
    let letters = letters.get(aza..)?;
    for length in (2..=letters.len().min(LONGEST)).rev().filter(|length| is_end(line, letters, *length)) {
        let name = text::folded(letters.get(..length)?);
        if name.chars().all(|c| c.is_ascii_digit()) {
            continue;
        }
        let found = towns::anywhere(&Needle::Name(name.clone()));
        let places: Vec<Municipality> =
            found.iter().filter(|found| found.rank == Rank::Exact).map(|found| Municipality(found.municipality)).collect();
        if !places.is_empty() {
            // 気賀 of 細江町気賀, as it was written before two towns became one.
            let start = aza.checked_sub(1).map_or(Some(0), |last| text::letters(line).get(last).map(|(_, end)| *end))?;
            let (_, end) = letters.get(length.checked_sub(1)?)?;
            let town = line.get(start..*end)?.chars().filter(|c| !text::is_nothing(*c)).collect();
            return (!towns::is_part_of_one(chosen, &name)).then_some((town, places));
        }
    }
    None
}

/// Return whether the name of a town may end here: before a number, a space, a dash or the end.
fn is_end(line: &str, letters: &[Letter], length: usize) -> bool {
    let at = |place: usize| letters.get(place).map(|(c, _)| *c);
    let ended = length.checked_sub(1).and_then(|last| letters.get(last)).and_then(|(_, end)| line.get(*end..));
    let (behind, after) = (at(length), at(length + 1));
    let counts = |c: Option<char>| c.is_some_and(|c| "丁番号線条".contains(c));
    match behind {
        None => true,
        Some(c) if c.is_ascii_digit() || text::is_dash(c) => !at(length - 1).is_some_and(|c| c.is_ascii_digit()),
        Some(c) if "一二三四五六七八九十".contains(c) => counts(after),
        Some('字' | '大') => true,
        Some(_) => ended.is_some_and(|rest| rest.starts_with(text::is_nothing)),
    }
}
