//! The municipality picker.
//!
//! ```text
//! choose the prefecture, or just type
//!   shinjyuku_______   漢字・かな・ローマ字・郵便番号      1/3
//! > 東京都 新宿区  Tokyo-to Shinjuku-ku
//!   …
//! ```

use super::{Block, Blocks, Entry, HelpLine, Item, Page, Role, Run, Side, Title};
use crate::app::state::picker::{Picker, Rows};
use crate::app::{Action, Model};
use crate::locale::{Lang, Text};
use crate::places::{self, Hit, Matched};
use crate::text::cells;

pub(super) fn page(model: &Model, picker: &Picker, rows: usize) -> Page {
    let lang = model.lang;
    let mut blocks = Vec::new();
    // In a low window the rows matter more than the instructions.
    let roomy = rows >= 12;
    if roomy {
        let lead = match picker.prefecture {
            None => lang.text(Text::PickerPrefecture).to_owned(),
            Some(prefecture) => format!("{}  {}", prefecture.name, lang.text(Text::PickerMunicipality)),
        };
        blocks.text(2, lead, Role::Text);
    }
    let (value, caret) = (picker.query.value().to_owned(), picker.query.cursor());
    blocks.entry(Entry { value, caret, room: 40, focused: true, ..Entry::default() });
    let place = (picker.row + 1).min(picker.len());
    let count = lang.fill(Text::PickerCount, &[&place.to_string(), &picker.len().to_string()]);
    if roomy {
        blocks.text(4, format!("{}  {count}", lang.text(Text::PickerHow)), Role::Quiet);
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
    // Only build items that can be visible.
    let first = picker.row.saturating_sub(rows);
    let items = (first..(picker.row + rows).min(picker.len())).map(|row| {
        let text = match &picker.rows {
            Rows::Prefectures => places::prefectures().get(row).map(|prefecture| columns(prefecture.name, prefecture.romaji)),
            Rows::Places(hits) => hits.get(row).map(|hit| line(lang, hit)),
        };
        Item { text: text.unwrap_or_default(), focused: row == picker.row, action: Some(Action::ChooseRow(row)), ..Item::default() }
    });
    blocks.push(Block::List(first, items.collect()));
    Page {
        title: Title::Text(lang.text(Text::PickerTitle)),
        blocks,
        side: Side::default(),
        buttons: Vec::new(),
        help: vec![HelpLine::Enter(Run::new(lang.text(Text::Choose), Role::Quiet))],
        scroll: None,
        keys: &[Text::KeysMove, Text::KeysEnter, Text::KeysBack],
    }
}

fn columns(name: &str, romaji: &str) -> String {
    let pad = 12_usize.saturating_sub(cells(name));
    format!("{name}{}{romaji}", " ".repeat(pad))
}

/// Format a hit in one line.
fn line(lang: Lang, hit: &Hit) -> String {
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
