//! The municipality picker.
//!
//! ```text
//! choose the prefecture, or just type
//!   shinjyuku_______   漢字・かな・ローマ字・郵便番号    1 municipality · 9 towns
//! Municipalities
//! > 東京都   新宿区          しんじゅくく    Shinjuku-ku          on your card
//! Towns
//!   東京都   新宿 新宿区     しんじゅく      Shinjuku, Shinjuku-ku       Tokyo
//! ```

use super::{Block, Blocks, Entry, HelpLine, Marked, Page, Place, PlaceKind, Places, Role, Run, Side, Sign, Title};
use crate::app::state::picker::{OFFERED, Picker, Rows};
use crate::app::{Action, Model};
use crate::locale::{Lang, Text, latin_value};
use crate::places::{self, Hit, Marker, Matched, Prefecture};
use crate::registration::FieldId;

/// Cells that the rows need beside the panel of a wide window.
const ROWS: usize = 78;

pub(super) fn page(model: &Model, picker: &Picker, rows: usize) -> Page {
    let lang = model.lang;
    let mut blocks = Vec::new();
    // In a low window the rows matter more than the instructions.
    let roomy = rows >= 12;
    if roomy {
        let lead = match picker.prefecture {
            None => lang.text(Text::PickerPrefecture).to_owned(),
            Some(prefecture) => {
                let name = if model.setup.latin { prefecture.romaji } else { prefecture.name };
                format!("{name}  {}", lang.text(Text::PickerMunicipality))
            }
        };
        blocks.text(2, lead, Role::Text);
    }
    let (value, caret) = (picker.query.value().to_owned(), picker.query.cursor());
    blocks.entry(Entry { value, caret, room: 200, focused: true, ..Entry::default() });
    if roomy {
        blocks.text(4, format!("{}  {}", lang.text(Text::PickerHow), count(lang, picker)), Role::Quiet);
    }
    if let Some(size) = picker.refused_paste {
        blocks.text(4, lang.fill(Text::PasteTooLong, &[&size.to_string()]), Role::Wrong);
    }
    if roomy {
        blocks.gap();
    }
    if picker.is_empty() {
        blocks.text(2, lang.text(Text::PickerNothing), Role::Warning);
    }
    let marker = Marker::new(picker.query.value());
    // Only build rows that can be visible: what is above them takes its own.
    let above = if roomy { 4 } else { 1 };
    let rows = rows.saturating_add(1).saturating_sub(above).max(1);
    let from = picker.row.saturating_sub(rows);
    let place = |row: usize| {
        let place = match &picker.rows {
            Rows::Prefectures => places::prefectures().get(row).map(|prefecture| prefecture_row(prefecture, &marker)),
            Rows::Places(hits) => hits.get(row).map(|hit| place(model, hit, &marker)),
        };
        place.map(|place| Place { focused: row == picker.row, action: Action::ChooseRow(row), ..place })
    };
    let shown = (from..(picker.row + rows).min(picker.len())).filter_map(place).collect();
    blocks.push(Block::Places(Box::new(Places { from, rows: shown, total: picker.len(), kinds: kinds(picker) })));
    Page {
        title: Title::Text(lang.text(Text::PickerTitle)),
        blocks,
        side: side(model, picker),
        buttons: Vec::new(),
        help: vec![HelpLine::Enter(Run::new(enter(model, picker), Role::Quiet))],
        scroll: None,
        keys: &[Text::KeysDown, Text::KeysPrefecture, Text::KeysEnter, Text::KeysBack],
    }
}

/// Say how many rows there are of each kind.
fn count(lang: Lang, picker: &Picker) -> String {
    let Rows::Places(hits) = &picker.rows else { return String::new() };
    let towns = hits.iter().filter(|hit| hit.town.is_some()).count();
    // A search that ends at its limit has more.
    let more = if hits.len() >= OFFERED { "+" } else { "" };
    let municipalities = match hits.len() - towns {
        0 => None,
        some => Some(lang.fill(Text::PickerMunicipalities, &[&some.to_string()])),
    };
    let towns = match towns {
        0 => None,
        some => Some(lang.fill(Text::PickerTowns, &[&some.to_string()]) + more),
    };
    municipalities.into_iter().chain(towns).collect::<Vec<_>>().join(" · ")
}

fn kinds(picker: &Picker) -> usize {
    match &picker.rows {
        Rows::Places(hits) => 1 + usize::from(hits.iter().any(|hit| hit.town.is_some()) && hits.iter().any(|hit| hit.town.is_none())),
        Rows::Prefectures => 1,
    }
}

/// Say what Enter does: the chosen row, of which columns may have been cut.
fn enter(model: &Model, picker: &Picker) -> String {
    let latin = model.setup.latin;
    let prefecture = |row: &Prefecture| if latin { row.romaji.to_owned() } else { format!("{} {}", row.name, row.romaji) };
    let chosen = match &picker.rows {
        Rows::Places(hits) => hits.get(picker.row).map(|hit| if latin { in_romaji(hit) } else { whole(model.lang, hit) }),
        Rows::Prefectures => places::prefectures().get(picker.row).map(prefecture),
    };
    [Some(model.lang.text(Text::Choose).to_owned()), chosen].into_iter().flatten().collect::<Vec<_>>().join("  ")
}

/// Format a hit in one line.
fn whole(lang: Lang, hit: &Hit) -> String {
    let note = note(lang, hit).map(|note| format!(" ({note})")).unwrap_or_default();
    format!("{}{note}  {}", address(hit), in_romaji(hit))
}

/// Write a hit in romaji, the smallest part first.
fn in_romaji(hit: &Hit) -> String {
    let place = &hit.municipality;
    let town = hit.town.as_ref().map(|town| format!("{}, ", town.romaji())).unwrap_or_default();
    format!("{town}{}, {}", place.romaji(), place.prefecture_romaji())
}

/// Write a hit in kanji, in the order of an address.
fn address(hit: &Hit) -> String {
    let town = hit.town.as_ref().map(|town| format!(" {}", town.line())).unwrap_or_default();
    format!("{}{town}", hit.municipality.label())
}

/// Return a former name, or what a postal code covers.
fn note(lang: Lang, hit: &Hit) -> Option<String> {
    let former = if let Matched::Former(former) = hit.how { Some(lang.fill(Text::PickerFormer, &[former])) } else { None };
    former.or_else(|| hit.town.as_ref().filter(|town| !town.note.is_empty()).map(|town| town.note.to_owned()))
}

/// Return a name with the part that matched; `behind` is not searched.
fn marked(name: &str, behind: &str, matched: std::ops::Range<usize>) -> Marked {
    Marked { text: format!("{name}{behind}"), matched }
}

fn prefecture_row(prefecture: &'static Prefecture, marker: &Marker) -> Place {
    Place {
        kind: PlaceKind::Prefecture,
        prefecture: "",
        name: marked(prefecture.name, "", marker.in_kanji(prefecture.name)),
        kana: marked(prefecture.kana, "", 0..0),
        romaji: marked(prefecture.romaji, "", 0..0),
        address: prefecture.name.to_owned(),
        beside: String::new(),
        on_card: "",
        focused: false,
        action: Action::Next,
    }
}

fn place(model: &Model, hit: &Hit, marker: &Marker) -> Place {
    let (lang, place, card) = (model.lang, &hit.municipality, &model.visit.form.card);
    let own = format!("{}{}", place.county(), place.name());
    let is_town_on_card = |town: &places::Town| card.get(FieldId::AddressLine).starts_with(&town.name);
    let is_on_card = card.get(FieldId::Municipality) == place.code() && hit.town.as_ref().is_none_or(is_town_on_card);
    let (kind, name, kana, romaji) = match &hit.town {
        Some(town) => {
            let (line, kana, latin) = (town.line(), town.kana(), town.romaji());
            (
                PlaceKind::Town,
                marked(&line, &format!(" {own}"), marker.in_kanji(&line)),
                marked(&kana, "", marker.in_reading(&kana)),
                marked(&latin, &format!(", {}", place.romaji()), marker.in_reading(&latin)),
            )
        }
        None => (
            PlaceKind::Municipality,
            marked(&own, "", marker.in_kanji(&own)),
            marked(place.kana(), "", marker.in_reading(place.kana())),
            marked(place.romaji(), "", marker.in_reading(place.romaji())),
        ),
    };
    Place {
        kind,
        prefecture: place.prefecture(),
        name,
        kana,
        romaji,
        address: address(hit),
        // A former name, for instance, is known in kanji only.
        beside: note(lang, hit).filter(|_| !model.setup.latin).unwrap_or_else(|| stem(place.prefecture_romaji()).to_owned()),
        on_card: if is_on_card { lang.text(Text::PickerOnCard) } else { "" },
        focused: false,
        action: Action::Next,
    }
}

/// Return the romaji of a prefecture without what it is.
fn stem(romaji: &str) -> &str {
    romaji.split('-').next().unwrap_or_default()
}

/// Return the prefectures, with those that have matches and the chosen row's.
fn prefectures(picker: &Picker, latin: bool) -> Vec<Sign> {
    let with = if let Rows::Places(_) = &picker.rows { picker.open_prefectures() } else { Default::default() };
    let here = picker.present_prefecture();
    let row = |(place, prefecture): (usize, &'static Prefecture)| Sign {
        name: if latin { stem(prefecture.romaji) } else { prefecture.name },
        has_matches: with.contains(&place),
        is_here: here == Some(place),
        action: Action::GoToPrefecture(place),
    };
    places::prefectures().iter().enumerate().map(row).collect()
}

/// Return what stands beside the rows in a wide window: where matches are, and what the card says.
fn side(model: &Model, picker: &Picker) -> Side {
    let (lang, card) = (model.lang, &model.visit.form.card);
    let mut map =
        vec![Block::Heading(0, lang.text(Text::PickerPrefectures)), Block::Gap, Block::Prefectures(prefectures(picker, model.setup.latin))];
    if !picker.query.value().trim().is_empty() && !picker.is_empty() {
        map.gap();
        map.text(0, lang.text(Text::PickerBold), Role::Quiet);
    }
    let mut parts = vec![map];
    if let Some(place) = places::by_code(card.get(FieldId::Municipality)) {
        let mut on_card = vec![Block::Heading(0, lang.text(Text::PickerOnCard))];
        let line = card.get(FieldId::AddressLine);
        let address = match model.setup.latin {
            true => format!("{} {}, {}", latin_value(line), place.romaji(), place.prefecture_romaji()),
            false => format!("{}{line}", place.label()),
        };
        on_card.text(0, address, Role::Text);
        on_card.text(0, lang.text(Text::PickerFirst), Role::Quiet);
        parts.push(on_card);
    }
    Side { beside: ROWS, parts }
}
