//! The rows of the picker in columns, with headings; and the prefectures of the panel beside them.
//!
//! ```text
//! Municipalities  市区町村
//! > 東京都   新宿区            しんじゅくく     Shinjuku-ku               + on your card
//! Towns  町名
//!   東京都   新宿 新宿区       しんじゅく       Shinjuku, Shinjuku-ku              Tokyo
//! ```

use super::field::Cells;
use super::sheet::{MARK, Sheet, cut, heading};
use crate::locale::{Lang, Text};
use crate::text::cells;
use crate::tui::glyphs::Glyphs;
use crate::tui::theme::{Ground, Ink};
use crate::view::{Marked, Place, PlaceKind, Places, Sign};
use ratatui::style::{Modifier, Style};
use ratatui::text::Span;

/// Cell of the name, behind the prefecture.
const NAME: usize = 11;
/// Cell of the kana, where there is room for them.
const KANA: usize = 29;
/// Cell of the romaji, the same without kana, and without prefecture and kana.
const ROMAJI: usize = 44;
const ROMAJI_NARROW: usize = 30;
const ROMAJI_TINY: usize = 19;
/// Width from which kana have a column, and prefectures.
const ROOM_FOR_KANA: usize = 76;
const ROOM_FOR_PREFECTURE: usize = 54;
/// Rows from which a list has headings, and groups stand apart.
const ROWS_FOR_HEADINGS: usize = 6;
const ROWS_TO_SPARE: usize = 16;
/// How many prefectures stand below each other, and how wide they are.
const COLUMN: usize = 16;
const COLUMN_WIDTH: usize = 12;

/// Add the places. The rows above stay in place, and the list is paged below them.
pub(super) fn places(sheet: &mut Sheet, lang: Lang, places: &Places, height: usize) {
    let lead = sheet.rows.len();
    let room = height.saturating_sub(lead).max(1);
    let width = sheet.width;
    let page = Page::of(places, room);
    let rows = places.rows.iter().enumerate().map(|(place, row)| (places.from + place, row));
    let mut before = None;
    for (_, place) in rows.filter(|(row, _)| (page.first..page.first + page.rows).contains(row)) {
        if page.headings > 0 && before != Some(place.kind) && sheet.rows.len() + 1 < height.max(lead + 2) {
            if page.apart && before.is_some() {
                sheet.blank();
            }
            group(sheet, lang, place.kind, width);
        }
        before = Some(place.kind);
        row(sheet, place, width);
    }
    if page.more {
        more(sheet, (page.first, places.total.saturating_sub(page.first + page.rows)));
    }
    // The cursor is above, in the search field.
    sheet.focus = (0, sheet.focus.1.max(lead).min(height));
}

/// The part of a list that is seen.
struct Page {
    first: usize,
    rows: usize,
    headings: usize,
    /// Whether groups stand apart.
    apart: bool,
    /// Whether a row says how many are above and below.
    more: bool,
}

impl Page {
    fn of(places: &Places, room: usize) -> Page {
        let headings = if room >= ROWS_FOR_HEADINGS { places.kinds } else { 0 };
        let apart = room >= ROWS_TO_SPARE;
        let taken = headings + usize::from(apart && headings > 1);
        let more = headings > 0 && places.total + taken > room;
        let rows = room.saturating_sub(taken + usize::from(more)).max(1);
        let chosen = places.from + places.rows.iter().position(|place| place.focused).unwrap_or(0);
        Page { first: chosen / rows * rows, rows, headings, apart, more }
    }
}

fn group(sheet: &mut Sheet, lang: Lang, kind: PlaceKind, width: usize) {
    let (name, official) = match kind {
        PlaceKind::Prefecture => (Text::PickerPrefectures, "都道府県"),
        PlaceKind::Municipality => (Text::PickerHeadingMunicipalities, "市区町村"),
        PlaceKind::Town => (Text::PickerHeadingTowns, "町名"),
    };
    let theme = sheet.theme;
    let mut line = Cells::new(width);
    line.put(0, Span::styled(lang.text(name), heading(theme)));
    if lang != Lang::Ja && sheet.look.glyphs != Glyphs::Console {
        line.put(line.used + 2, Span::styled(official, theme.ink(Ink::Quiet)));
    }
    if kind == PlaceKind::Town {
        let remark = lang.text(Text::PickerTownsFill);
        let at = line.used + 2;
        if at + cells(remark) <= width {
            line.put(at, Span::styled(remark, theme.ink(Ink::Quiet)));
        }
    }
    sheet.row(line.spans, None);
}

fn row(sheet: &mut Sheet, place: &Place, width: usize) {
    let (theme, glyphs) = (sheet.theme, sheet.look.glyphs);
    let start = sheet.rows.len();
    let is_narrow = width < ROOM_FOR_KANA;
    let is_tiny = width < ROOM_FOR_PREFECTURE;
    let at_name = if place.prefecture.is_empty() || is_tiny { MARK } else { NAME };
    let in_kanji = glyphs != Glyphs::Console;
    let at_romaji = match (is_tiny, is_narrow) {
        _ if !in_kanji => MARK,
        (true, _) => ROMAJI_TINY,
        (_, true) => ROMAJI_NARROW,
        _ => ROMAJI,
    };
    let beside = match place.on_card {
        "" => Span::styled(place.beside.clone(), theme.ink(Ink::Text)),
        words => Span::styled(format!("{} {words}", glyphs.done()), theme.ink(Ink::Good)),
    };
    // Where romaji are cut, what stands beside them is left out; not so that the card says it.
    let romaji_room = width.saturating_sub(at_romaji);
    let fits = cells(&place.romaji.text).min(romaji_room / 2) + 2 + beside.width() <= romaji_room;
    let right = if fits { beside.width() + 2 } else { 0 };
    let mut line = Cells::new(width);
    line.put(0, Span::styled(sheet.mark(place.focused), theme.ink(Ink::Accent)));
    if !is_tiny && in_kanji {
        line.put(MARK, Span::styled(place.prefecture, theme.ink(Ink::Text)));
    }
    let mut column = |at: usize, end: usize, text: &Marked, plain: Style| {
        let at = at.max(line.used + usize::from(line.used > MARK));
        for span in marked(text, end.saturating_sub(at), glyphs.cut(), plain) {
            line.put(at.max(line.used), span);
        }
    };
    let end_of_name = if is_narrow { at_romaji } else { KANA };
    if in_kanji {
        column(at_name, end_of_name - 1, &place.name, theme.label());
    }
    if !is_narrow && in_kanji {
        column(KANA, ROMAJI - 1, &place.kana, theme.ink(Ink::Text));
    }
    column(at_romaji, width - right, &place.romaji, if in_kanji { theme.ink(Ink::Text) } else { theme.label() });
    if fits {
        line.end(beside);
    }
    let mut spans = line.spans;
    if place.focused {
        // The ground of the row takes no ink of its own.
        for span in &mut spans {
            span.style = Style::new().add_modifier(span.style.add_modifier & (Modifier::UNDERLINED | Modifier::BOLD));
        }
    }
    sheet.row(spans, Some(place.action.clone()));
    if place.focused {
        sheet.focus = (start, start + 1);
        sheet.lay(start, Ground::Accent);
    }
}

/// Cut a text to a column, with the part that matched underlined: in the ink of the row, as each change of ink costs bytes at every key.
fn marked(text: &Marked, width: usize, mark: &str, plain: Style) -> Vec<Span<'static>> {
    let shown = cut(&text.text, width, mark);
    // The mark of a cut text is not part of it.
    let own = if shown == text.text { shown.len() } else { shown.len().saturating_sub(mark.len()) };
    let at = |byte: usize| if shown.is_char_boundary(byte.min(own)) { byte.min(own) } else { own };
    let (start, end) = (at(text.matched.start), at(text.matched.end));
    let part = |range: std::ops::Range<usize>| shown.get(range).unwrap_or_default().to_owned();
    let matched = plain.add_modifier(Modifier::UNDERLINED);
    [(part(0..start), plain), (part(start..end), matched), (part(end..shown.len()), plain)]
        .into_iter()
        .filter(|(text, _)| !text.is_empty())
        .map(|(text, style)| Span::styled(text, style))
        .collect()
}

/// Say how many rows are above and below.
fn more(sheet: &mut Sheet, (above, below): (usize, usize)) {
    let (up, down) = sheet.look.glyphs.more();
    let part = |mark: &str, count: usize| (count > 0).then(|| format!("{mark} {count}"));
    let words = [part(up, above), part(down, below)].into_iter().flatten().collect::<Vec<_>>().join("   ");
    let style = sheet.theme.ink(Ink::Quiet);
    sheet.row(vec![Span::raw(" ".repeat(MARK)), Span::styled(words, style)], None);
}

/// Add the prefectures in columns, from north to south.
pub(super) fn prefectures(sheet: &mut Sheet, rows: &[Sign]) {
    let theme = sheet.theme;
    for row in 0..COLUMN {
        let mut line = Cells::new(sheet.width);
        for (column, sign) in rows.iter().skip(row).step_by(COLUMN).enumerate() {
            let style = match (sign.has_matches, sign.is_here) {
                (_, true) => theme.ground(Ground::Accent).add_modifier(Modifier::BOLD),
                (true, _) => theme.label(),
                _ => theme.ink(Ink::Quiet),
            };
            line.put(column * COLUMN_WIDTH, Span::styled(sign.name, style));
        }
        sheet.row(line.spans, None);
        if let Some(added) = sheet.rows.last_mut() {
            let signs = rows.iter().skip(row).step_by(COLUMN).enumerate();
            added.spots = signs.map(|(column, sign)| (column * COLUMN_WIDTH, COLUMN_WIDTH, sign.action.clone())).collect();
        }
    }
}
