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
use crate::app::picker::{Picker, Rows};
use crate::app::{Action, Model};
use crate::locale::{Lang, Text};
use crate::places::{self, Hit, Matched};
use crate::text::cells;
use crate::tui::theme::Theme;
use ratatui::text::{Line, Span};

pub(super) fn page(model: &Model, picker: &Picker, theme: Theme, (width, height): (usize, usize)) -> Page {
    let lang = model.lang;
    let mut sheet = Sheet::new(theme, width);
    // In a low window the rows matter more than the words about them.
    let roomy = height >= 12;
    if roomy {
        let lead = match picker.prefecture {
            None => lang.text(Text::PickerPrefecture).to_owned(),
            Some(prefecture) => format!("{}  {}", prefecture.name, lang.text(Text::PickerMunicipality)),
        };
        sheet.text(2, &lead, theme.text());
    }
    sheet.field(picker.query.value(), Some(picker.query.cursor()), 40, None);
    let place = (picker.row + 1).min(picker.len());
    let count = lang.fill(Text::PickerCount, &[&place.to_string(), &picker.len().to_string()]);
    if roomy {
        sheet.text(4, &format!("{}  {count}", lang.text(Text::PickerHow)), theme.quiet());
    }
    if let Some(size) = picker.refused_paste {
        sheet.text(4, &lang.fill(Text::PasteTooLong, &[&size.to_string()]), theme.error());
    }
    if roomy {
        sheet.blank();
    }
    if picker.is_empty() {
        sheet.text(2, lang.text(Text::PickerNothing), theme.warning());
    }
    let lead = sheet.rows.len();
    // The query stays in sight and the list turns its pages under it; only what can be seen is made.
    let seen = height.saturating_sub(lead).max(1);
    let first = picker.row / seen * seen;
    for row in first..(first + seen).min(picker.len()) {
        let text = match &picker.rows {
            Rows::Prefectures => places::prefectures().get(row).map(|prefecture| columns(prefecture.name, prefecture.romaji)),
            Rows::Places(hits) => hits.get(row).map(|hit| line(lang, hit)),
        };
        sheet.item(row == picker.row, &text.unwrap_or_default(), theme.text(), Some(Action::Row(row)));
    }
    // Lines that were broken may have pushed the chosen one out: what stands before it gives way.
    let over = sheet.focus.1.saturating_sub(height).min(sheet.focus.0.saturating_sub(lead));
    sheet.rows.drain(lead..lead + over);
    // The cursor stands in the query, at the top.
    sheet.focus = (0, lead);
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
