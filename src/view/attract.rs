//! The page of a kiosk that waits for the next person: every language in its own script, with the number that chooses it.

use super::{Blocks, Item, Page, Role, Side, Title, prepare};
use crate::app::{Action, Model};
use crate::locale::{Lang, Text};

/// Cells that the languages need beside the panel.
const BESIDE: usize = 48;

pub(super) fn page(model: &Model, chosen: usize) -> Page {
    let mut blocks = Vec::new();
    for (row, lang) in Lang::drawn(model.setup.latin).enumerate() {
        let (number, text, action) = (Some(row + 1), lang.name().to_owned(), Some(Action::ChooseRow(row)));
        let below = lang.text(Text::AttractStart);
        blocks.item(Item { number, text, below, role: Role::Label, focused: row == chosen, action, ..Item::default() });
    }
    Page {
        title: Title::Program,
        blocks,
        side: Side { beside: BESIDE, parts: vec![prepare::card_panel(model)] },
        buttons: Vec::new(),
        help: prepare::card_help(model),
        scroll: None,
        keys: &[Text::KeysMove, Text::KeysEnter],
    }
}
