//! The page shown while a visit is covered: no personal data, what is waited for, and the button for the next person.

use super::{Blocks, HelpLine, Item, Mark, Page, Role, Side, Title, prepare};
use crate::app::visit::Cover;
use crate::app::{Action, Model};
use crate::locale::Text;

pub(super) fn page(model: &Model, cover: Cover) -> Page {
    let lang = model.lang;
    let mut blocks = Vec::new();
    let (title, lead) = words(cover);
    blocks.text(0, lang.text(title), Role::Label);
    blocks.gap();
    match (lead, model.countdown()) {
        (Lead::Counted, count) => {
            blocks.text(2, lang.fill(Text::CoverUnattendedLead, &[&count.unwrap_or_default().to_string()]), Role::Text)
        }
        (Lead::Text(lead), count) => {
            blocks.text(2, lang.text(lead), Role::Text);
            if let Some(count) = count {
                blocks.gap();
                blocks.text(2, lang.fill(Text::CoverEnds, &[&count.to_string()]), Role::Warning);
            }
        }
    }
    blocks.gap();
    match cover {
        Cover::OtherCard(chosen) => {
            for (row, text) in [Text::CoverOtherFirst, Text::CoverOtherAgain].into_iter().enumerate() {
                let (number, text, action) = (Some(row + 1), lang.text(text).to_owned(), Some(Action::ChooseRow(row)));
                blocks.item(Item { number, text, role: Role::Label, focused: row == chosen, action, ..Item::default() });
            }
        }
        Cover::Unattended => {
            let rows = [(Text::CoverUnattendedStay, Action::ChooseRow(0)), (Text::CoverUnattendedMore, Action::MoreTime)];
            for (row, (text, action)) in rows.into_iter().enumerate() {
                let (text, action) = (lang.text(text).to_owned(), Some(action));
                blocks.item(Item { mark: Mark::Button, text, role: Role::Label, focused: row == 0, action, ..Item::default() });
            }
        }
        Cover::TakeCard => {}
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
        help: if matches!(cover, Cover::OtherCard(_) | Cover::TakeCard | Cover::Unattended) {
            Vec::new()
        } else {
            vec![HelpLine::Card(prepare::card_line(model))]
        },
        scroll: None,
        keys: match cover {
            Cover::TakeCard | Cover::Unattended => &[],
            _ => &[Text::KeysMove, Text::KeysEnter, Text::KeysNextPerson, Text::KeysLanguage],
        },
    }
}

/// What is said below the title.
enum Lead {
    /// A text.
    Text(Text),
    /// The seconds left, in a text of their own.
    Counted,
}

/// Return the title and the explanation of a cover.
const fn words(cover: Cover) -> (Text, Lead) {
    let (title, lead) = match cover {
        Cover::Unattended => return (Text::CoverUnattended, Lead::Counted),
        Cover::TakeCard => (Text::CoverTakeCard, Text::CoverTakeCardLead),
        Cover::Away => (Text::CoverAway, Text::CoverAwayLead),
        Cover::CardOut => (Text::CoverLooking, Text::CoverLookingLead),
        Cover::Locked => (Text::CoverLocked, Text::CoverLockedLead),
        Cover::OtherCard(_) => (Text::CoverOther, Text::CoverOtherLead),
    };
    (title, Lead::Text(lead))
}
