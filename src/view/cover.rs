//! The page shown while a visit is covered: no personal data, what is waited for, and the button for the next person.

use super::{Blocks, HelpLine, Item, Page, Role, Side, Title, prepare};
use crate::app::visit::Cover;
use crate::app::{Action, Model};
use crate::locale::Text;

pub(super) fn page(model: &Model, cover: Cover) -> Page {
    let lang = model.lang;
    let mut blocks = Vec::new();
    let (title, lead) = words(cover);
    blocks.text(0, lang.text(title), Role::Label);
    blocks.gap();
    blocks.text(2, lang.text(lead), Role::Text);
    blocks.gap();
    match cover {
        Cover::OtherCard(chosen) => {
            for (row, text) in [Text::CoverOtherFirst, Text::CoverOtherAgain].into_iter().enumerate() {
                let (number, text, action) = (Some(row + 1), lang.text(text).to_owned(), Some(Action::ChooseRow(row)));
                blocks.item(Item { number, text, role: Role::Label, focused: row == chosen, action, ..Item::default() });
            }
        }
        Cover::Away | Cover::CardOut | Cover::Locked => {
            let (text, action) = (lang.text(Text::TopNextPerson).to_owned(), Some(Action::NextPerson));
            blocks.item(Item { number: Some(1), text, role: Role::Label, action, ..Item::default() });
        }
    }
    Page {
        title: Title::Program,
        blocks,
        side: Side::default(),
        buttons: Vec::new(),
        // For another card, the line about a missing card would be wrong.
        help: if matches!(cover, Cover::OtherCard(_)) { Vec::new() } else { vec![HelpLine::Card(prepare::card_line(model))] },
        scroll: None,
        keys: &[Text::KeysMove, Text::KeysEnter, Text::KeysNextPerson, Text::KeysLanguage],
    }
}

/// Return the title and the explanation of a cover.
const fn words(cover: Cover) -> (Text, Text) {
    match cover {
        Cover::Away => (Text::CoverAway, Text::CoverAwayLead),
        Cover::CardOut => (Text::CoverLooking, Text::CoverLookingLead),
        Cover::Locked => (Text::CoverLocked, Text::CoverLockedLead),
        Cover::OtherCard(_) => (Text::CoverOther, Text::CoverOtherLead),
    }
}
