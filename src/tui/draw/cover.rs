//! What stands in place of every page while a visit is covered: nothing of the person, what it waits for, and the way to the next person.

use super::Page;
use super::prepare;
use super::sheet::Sheet;
use crate::app::visit::Cover;
use crate::app::{Action, Model};
use crate::locale::{Text, official};
use crate::tui::theme::Theme;
use ratatui::text::Line;

pub(super) fn page(model: &Model, cover: Cover, theme: Theme, width: usize) -> Page {
    let lang = model.lang;
    let mut sheet = Sheet::new(theme, width);
    let (title, lead) = words(cover);
    sheet.text(0, lang.text(title), theme.label());
    sheet.blank();
    sheet.text(2, lang.text(lead), theme.text());
    sheet.blank();
    match cover {
        Cover::OtherCard(chosen) => {
            for (row, text) in [Text::CoverOtherFirst, Text::CoverOtherAgain].into_iter().enumerate() {
                sheet.item(row == chosen, &format!("{} {}", row + 1, lang.text(text)), theme.label(), Some(Action::Row(row)));
            }
        }
        Cover::Away | Cover::Looking | Cover::Locked => {
            sheet.item(false, &format!("1 {}", lang.text(Text::TopNextPerson)), theme.label(), Some(Action::NextPerson));
        }
    }
    Page {
        title: Line::styled(official::REGISTRATION, theme.label()),
        sheet,
        // Another card is no absent one, and this page has said so.
        hint: if matches!(cover, Cover::OtherCard(_)) { Vec::new() } else { prepare::card_hint(model, theme, width) },
        keys: &[Text::KeysMove, Text::KeysEnter, Text::KeysNextPerson, Text::KeysLanguage],
    }
}

/// Name the cover, and say what it waits for.
pub(crate) const fn words(cover: Cover) -> (Text, Text) {
    match cover {
        Cover::Away => (Text::CoverAway, Text::CoverAwayLead),
        Cover::Looking => (Text::CoverLooking, Text::CoverLookingLead),
        Cover::Locked => (Text::CoverLocked, Text::CoverLockedLead),
        Cover::OtherCard(_) => (Text::CoverOther, Text::CoverOtherLead),
    }
}
