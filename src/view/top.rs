//! The top page.
//!
//! ```text
//! what this program does
//!
//! > 1 新規利用者登録【システムを使うための登録(とうろく)】 外国人本人・その他
//!   2 準備と確認
//!   …
//! state of the card                  (always visible)
//! ```

use super::{Blocks, HelpLine, Item, Page, Role, Title, prepare};
use crate::app::state::top::{TopRow, top_rows};
use crate::app::{Action, Model};
use crate::locale::Text;

pub(super) fn page(model: &Model, chosen: usize) -> Page {
    let lang = model.lang;
    let mut blocks = Vec::new();
    blocks.text(2, lang.text(Text::TopIntro), Role::Text);
    if let Some([signing, authentication]) = model.setup.practice {
        blocks.text(2, lang.fill(Text::PracticePins, &[signing, authentication]), Role::Warning);
    }
    blocks.gap();
    if model.visit.is_open() {
        // Whose registration it is must not be shown: the next person may be reading.
        blocks.text(2, lang.text(Text::TopOpen), Role::Warning);
        blocks.gap();
    }
    for (row, item) in top_rows(model).iter().enumerate() {
        let role = if matches!(item, TopRow::Register | TopRow::GoOn) { Role::Label } else { Role::Text };
        let (number, text, action) = (Some(row + 1), lang.text(item.text()).to_owned(), Some(Action::ChooseRow(row)));
        blocks.item(Item { number, text, role, focused: row == chosen, action, ..Item::default() });
    }
    Page {
        title: Title::Program,
        blocks,
        buttons: Vec::new(),
        help: vec![HelpLine::Card(prepare::card_line(model))],
        scroll: None,
        keys: &[Text::KeysMove, Text::KeysEnter, Text::KeysHelp, Text::KeysLanguage, Text::KeysCard],
    }
}
