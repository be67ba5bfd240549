//! The top page.
//!
//! ```text
//! what this program does
//!
//! ＞1 新規利用者登録【システムを使うための登録(とうろく)】 外国人本人・その他
//!   2 準備と確認
//!   …
//! how the card stands                (where it is always seen)
//! ```

use super::sheet::Sheet;
use super::{Page, prepare};
use crate::app::update::{TopRow, top_rows};
use crate::app::{Action, Model};
use crate::locale::Text;
use crate::locale::official;
use crate::tui::theme::Theme;
use ratatui::text::Line;

pub(super) fn page(model: &Model, chosen: usize, theme: Theme, width: usize) -> Page {
    let lang = model.lang;
    let mut sheet = Sheet::new(theme, width);
    sheet.text(2, lang.text(Text::TopIntro), theme.text());
    if let Some([signing, authentication]) = model.setup.practice {
        sheet.text(2, &lang.fill(Text::PracticePins, &[signing, authentication]), theme.warning());
    }
    sheet.blank();
    if model.visit.is_open() {
        // Whose it is stands nowhere: whoever reads this may be the next person.
        sheet.text(2, lang.text(Text::TopOpen), theme.warning());
        sheet.blank();
    }
    for (row, item) in top_rows(model).iter().enumerate() {
        let style = if matches!(item, TopRow::Register | TopRow::GoOn) { theme.label() } else { theme.text() };
        sheet.item(row == chosen, &format!("{} {}", row + 1, lang.text(item.text())), style, Some(Action::Row(row)));
    }
    Page {
        title: Line::styled(official::REGISTRATION, theme.label()),
        sheet,
        hint: prepare::card_hint(model, theme, width),
        keys: &[Text::KeysMove, Text::KeysEnter, Text::KeysHelp, Text::KeysLanguage, Text::KeysCard],
    }
}
