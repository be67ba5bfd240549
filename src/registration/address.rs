//! The address line beside the municipality: what of a line belongs into the municipality's own field, and a town of another municipality.

use super::warning::Warning;
use super::{FieldId, fold::fold, rule};
use crate::places::{self, Municipality, Split};

/// A line that began with its municipality.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divided {
    /// The municipality written there.
    pub municipality: Municipality,
    /// The rest, in stored form.
    pub line: String,
}

/// Divide a line in stored form that begins with its prefecture or municipality; `chosen` is the code of the municipality, or empty.
///
/// `None` if it begins with a town, even one that is called like a municipality: 養父市場 of 養父市, 大山町.
pub fn divide(line: &str, chosen: &str) -> Option<Divided> {
    let chosen = places::by_code(chosen);
    match places::split(line) {
        Some(split) if chosen == Some(split.municipality) && !rule::repeats(line, split.municipality.code()) && is_plain(line, &split) => {
            None
        }
        Some(split) if chosen == Some(split.municipality) => rest(line, &split),
        Some(split) => {
            let head = line.strip_suffix(split.rest.as_str())?.trim_end_matches('\u{3000}');
            let is_town = |place: Municipality| places::leading_town(place, line).is_some_and(|town| town.len() > head.len());
            let is_chosen_town = chosen.is_some_and(|place| places::leading_town(place, line).is_some());
            let is_named = places::prefectures().iter().any(|prefecture| head.starts_with(prefecture.name));
            if is_town(split.municipality) || (!is_named && (is_chosen_town || !head.ends_with(['市', '区']))) {
                return None;
            }
            // A municipality and nothing else is worth taking only if none is chosen.
            if split.rest.is_empty() && chosen.is_none() {
                return Some(Divided { municipality: split.municipality, line: String::new() });
            }
            rest(line, &split)
        }
        // 横浜市みなとみらい, 東京都西新宿: a part of what is chosen.
        None => divided(chosen?, without_own(line, chosen?)).filter(|divided| divided.line != line),
    }
}

/// Return whether the line has the municipality as it is listed.
fn is_plain(line: &str, split: &Split) -> bool {
    line.starts_with(split.municipality.name())
}

/// Return the line without the municipality. 養父市場 behind 兵庫県 is a town, which a split does not know.
fn rest(line: &str, split: &Split) -> Option<Divided> {
    let own = without_own(line, split.municipality);
    let begins_a_town = |rest: &str| places::leading_town(split.municipality, rest).is_some();
    divided(split.municipality, if own != line && begins_a_town(own) && !begins_a_town(&split.rest) { own } else { &split.rest })
}

fn divided(municipality: Municipality, rest: &str) -> Option<Divided> {
    let line = fold(FieldId::AddressLine, rest).value;
    (!line.is_empty()).then_some(Divided { municipality, line })
}

/// Return the line without the names that repeat the municipality chosen.
fn without_own(line: &str, place: Municipality) -> &str {
    rule::own_names(place).into_iter().fold(line, |line, part| {
        let begins = !part.is_empty() && line.starts_with(part) && !rule::begins_a_town(line, part, place);
        let rest = line.strip_prefix(part).filter(|_| begins).map(|rest| rest.trim_start_matches('\u{3000}'));
        rest.unwrap_or(line)
    })
}

/// Return the warning about a line that begins with a town of another municipality and with none of the one chosen; `before` is the code
/// of the municipality that was chosen before, which is named if the town is there.
pub fn elsewhere(line: &str, chosen: &str, before: &str) -> Option<Warning> {
    let chosen = places::by_code(chosen)?;
    let (town, municipalities) = places::town_elsewhere(line, chosen)?;
    let place = municipalities.iter().find(|place| place.code() == before).or_else(|| municipalities.first())?;
    Some(Warning::TownElsewhere { town, place: place.label(), chosen: chosen.label() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_divided_where_its_municipality_ends() {
        for (chosen, line, municipality, rest) in [
            ("13104", "東京都新宿区西新宿２－８－１", "13104", "西新宿２－８－１"),
            ("13104", "新宿区西新宿２", "13104", "西新宿２"),
            ("13104", "東京都西新宿２", "13104", "西新宿２"),
            ("", "東京都新宿区西新宿２－８－１", "13104", "西新宿２－８－１"),
            ("", "東京都　新宿区　西新宿２－８－１", "13104", "西新宿２－８－１"),
            ("", "東京都新宿区", "13104", ""),
            ("", "横浜市西区みなとみらい２", "14103", "みなとみらい２"),
            ("14103", "横浜市みなとみらい２", "14103", "みなとみらい２"),
            ("14103", "西区みなとみらい２", "14103", "みなとみらい２"),
            ("28222", "東京都新宿区西新宿２－８－１", "13104", "西新宿２－８－１"),
            ("28222", "大阪市北区梅田１", "27127", "梅田１"),
            ("28222", "養父市養父市場１２３番地", "28222", "養父市場１２３番地"),
            ("28222", "兵庫県養父市場１２３番地", "28222", "養父市場１２３番地"),
            ("35203", "山口県山口市流通センター１", "35203", "流通センター１"),
            ("13201", "東京都ハ王子市大塚１", "13201", "大塚１"),
        ] {
            let place = places::by_code(municipality).unwrap();
            assert_eq!(divide(line, chosen), Some(Divided { municipality: place, line: rest.to_owned() }), "{line}");
        }
    }

    #[test]
    fn a_town_is_not_divided() {
        for (chosen, line) in [
            ("13104", "西新宿２－８－１"),
            ("13104", "新宿１－１"),
            ("28222", "養父市場１２３番地"),
            ("", "養父市場１２３番地"),
            ("", "大山町１"),
            ("", "府中市"),
            ("", "中央区１"),
            ("01404", "神恵内村８１"),
            ("35203", "山口県流通センター１"),
            ("13104", "東京都新宿区"),
            ("", ""),
        ] {
            assert_eq!(divide(line, chosen), None, "{line}");
        }
    }

    #[test]
    fn every_town_is_left_whole_in_its_municipality() {
        let all = places::prefectures().iter().flat_map(|prefecture| places::municipalities(prefecture.code));
        for (place, town) in all.step_by(9).flat_map(|place| places::towns_of(place).into_iter().step_by(7).map(move |town| (place, town)))
        {
            let line = fold(FieldId::AddressLine, &format!("{}１２３番地", town.line())).value;
            assert_eq!(divide(&line, place.code()), None, "{place:?} {line}");
            assert_eq!(elsewhere(&line, place.code(), ""), None, "{place:?} {line}");
            let whole = fold(FieldId::AddressLine, &format!("{}{}", place.label(), line)).value;
            let divided = divide(&whole, place.code()).map(|divided| divided.line);
            assert_eq!(divided.as_deref(), Some(line.as_str()), "{whole}");
        }
    }

    #[test]
    fn a_town_of_another_municipality_gets_a_second_look() {
        let said = |line: &str, chosen: &str, before: &str| match elsewhere(line, chosen, before) {
            Some(Warning::TownElsewhere { town, place, .. }) => format!("{town} {place}"),
            _ => String::new(),
        };
        assert_eq!(said("西新宿２－８－１", "28222", "13104"), "西新宿 東京都 新宿区");
        assert_eq!(said("西新宿２丁目８－１", "28222", ""), "西新宿 埼玉県 蓮田市");
        assert_eq!(said("大字貝山１", "13104", ""), "貝山 福島県 田村郡三春町");
        for (line, chosen) in [
            ("西新宿２－８－１", "13104"),
            ("中町１－１", "13104"),
            ("本町１－１", "13201"),
            ("⻄新宿２", "13104"),
            ("北３条西５丁目", "01101"),
            ("はなはなはな１", "13104"),
            ("大町１", "07521"),
            ("字大町１", "07521"),
            ("西新宿２－８－１", ""),
            ("２－８－１", "28222"),
            ("", "28222"),
        ] {
            assert_eq!(said(line, chosen, ""), "", "{line} {chosen}");
        }
    }
}
