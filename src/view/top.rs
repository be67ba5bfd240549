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

use super::{Block, Blocks, Item, Page, Role, Run, Side, Title, prepare, unlisted};
use crate::app::state::top::{TopRow, top_rows};
use crate::app::visit::Mode;
use crate::app::{Action, Model};
use crate::locale::{Lang, Text};

/// Cells that the menu needs beside the panel.
const BESIDE: usize = 48;

pub(super) fn page(model: &Model, chosen: usize) -> Page {
    let lang = model.lang;
    let mut blocks = Vec::new();
    blocks.text(0, lang.text(Text::TopSystem), Role::Label);
    blocks.text(0, lang.text(Text::TopIntro), Role::Text);
    blocks.extend(prepare::kiosk_times(model).map(|times| Block::Text(0, times)));
    blocks.gap();
    if model.visit.is_open() {
        // Whose registration it is must not be shown: the next person may be reading.
        blocks.text(2, lang.text(Text::TopOpen), Role::Warning);
        blocks.gap();
    }
    blocks.extend(unlisted(model));
    for (row, item) in top_rows(model).iter().enumerate() {
        let role = if matches!(item, TopRow::Register | TopRow::GoOn) { Role::Label } else { Role::Text };
        let (number, text, action) = (Some(row + 1), lang.text(item.text()).to_owned(), Some(Action::ChooseRow(row)));
        blocks.item(Item { number, text, role, focused: row == chosen, action, ..Item::default() });
    }
    // At a kiosk the language has just been chosen.
    if model.setup.mode != Mode::Kiosk {
        let languages: Vec<&str> = Lang::ALL.iter().map(|lang| lang.name()).collect();
        blocks.gap();
        let aside = if model.setup.latin { lang.text(Text::NoJapanese).to_owned() } else { format!("F2  {}", languages.join("  ")) };
        blocks.push(Block::Aside(Run::new(aside, Role::Quiet)));
    }
    Page {
        title: Title::Program,
        blocks,
        side: Side { beside: BESIDE, parts: vec![[vec![Block::Gap], prepare::card_panel(model)].concat()] },
        buttons: Vec::new(),
        help: prepare::card_help(model),
        scroll: None,
        keys: &[Text::KeysMove, Text::KeysEnter, Text::KeysHelp, Text::KeysLanguage, Text::KeysCard],
    }
}
