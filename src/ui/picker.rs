//! The municipality picker.
//!
//! ```text
//! choose the prefecture, or just type
//!   shinjyuku_______   漢字・かな・ローマ字・郵便番号      1/3
//! ＞東京都 新宿区  Tokyo-to Shinjuku-ku
//!   …
//! ```

use super::Page;
use super::sheet::Sheet;
use super::theme::Theme;
use super::wrap::cells;
use crate::app::picker::{Picker, Rows};
use crate::app::{Action, Model};
use crate::locale::{Lang, Text};
use crate::places::{self, Hit, Matched};
use ratatui::text::{Line, Span};

pub(super) fn page(model: &Model, picker: &Picker, theme: Theme, width: usize) -> Page {
    let lang = model.lang;
    let mut sheet = Sheet::new(theme, width);
    let lead = match picker.prefecture {
        None => lang.text(Text::PickerPrefecture).to_owned(),
        Some(prefecture) => format!("{}  {}", prefecture.name, lang.text(Text::PickerMunicipality)),
    };
    sheet.text(2, &lead, theme.text());
    sheet.field(picker.query.value(), Some(picker.query.cursor()), 40, None);
    let place = (picker.row + 1).min(picker.len());
    let count = lang.fill(Text::PickerCount, &[&place.to_string(), &picker.len().to_string()]);
    sheet.text(4, &format!("{}  {count}", lang.text(Text::PickerHow)), theme.quiet());
    if let Some(size) = picker.refused_paste {
        sheet.text(4, &lang.fill(Text::PasteTooLong, &[&size.to_string()]), theme.error());
    }
    sheet.blank();
    if picker.is_empty() {
        sheet.text(2, lang.text(Text::PickerNothing), theme.warning());
    }
    let lead = sheet.rows.len();
    match &picker.rows {
        Rows::Prefectures => {
            for (row, prefecture) in places::prefectures().iter().enumerate() {
                let text = columns(prefecture.name, prefecture.romaji);
                sheet.item(row == picker.row, &text, theme.text(), Some(Action::Row(row)));
            }
        }
        Rows::Places(hits) => {
            for (row, hit) in hits.iter().enumerate() {
                sheet.item(row == picker.row, &line(lang, hit), theme.text(), Some(Action::Row(row)));
            }
        }
    }
    keep_query_in_sight(&mut sheet, lead);
    Page {
        title: Line::styled(lang.text(Text::PickerTitle), theme.label()),
        sheet,
        hint: vec![Line::from(Span::styled(lang.text(Text::Choose), theme.quiet()))],
        keys: &[Text::KeysMove, Text::KeysEnter, Text::KeysBack],
    }
}

fn columns(name: &str, romaji: &str) -> String {
    let pad = 12_usize.saturating_sub(cells(name));
    format!("{name}{}{romaji}", " ".repeat(pad))
}

/// Say a place that is offered in one line.
pub(crate) fn line(lang: Lang, hit: &Hit) -> String {
    let place = &hit.municipality;
    let mut text = place.label();
    if let Some(town) = &hit.town {
        text = format!("{text} {}", town.line());
        if !town.note.is_empty() {
            text = format!("{text} ({})", town.note);
        }
    }
    if let Matched::Former(former) = hit.how {
        text = format!("{text} ({})", lang.fill(Text::PickerFormer, &[former]));
    }
    format!("{text}  {} {}", place.prefecture_romaji(), place.romaji())
}

/// The query must be seen while the list scrolls under it: rows above the focus that do not fit are left out, the first ones stay.
fn keep_query_in_sight(sheet: &mut Sheet, lead: usize) {
    const SHOWN: usize = 12;
    let (start, _) = sheet.focus;
    let skipped = start.saturating_sub(lead) / SHOWN * SHOWN;
    if start >= lead && skipped > 0 {
        sheet.rows.drain(lead..lead + skipped);
    }
    // The cursor stands in the query, at the top; the focus of the list must not scroll it away.
    sheet.focus = (0, lead);
}
