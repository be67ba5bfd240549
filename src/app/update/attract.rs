//! Handling of actions on the page of a kiosk that waits for the next person: a language is chosen, and with it the visit begins.

use super::moved;
use crate::app::screen::Screen;
use crate::app::{Action, Effect, Model};
use crate::locale::Lang;

pub(super) fn handle(model: &mut Model, action: &Action) -> Vec<Effect> {
    let Screen::Attract(row) = &mut model.visit.nav.screen else { return Vec::new() };
    let mut languages = Lang::drawn(model.setup.latin);
    if let Some(there) = moved(*row, languages.clone().count(), action) {
        *row = there;
        return Vec::new();
    }
    let chosen = match action {
        Action::Activate | Action::Toggle => *row,
        Action::ChooseRow(chosen) => *chosen,
        _ => return Vec::new(),
    };
    if let Some(lang) = languages.nth(chosen) {
        model.lang = lang;
        model.visit.nav.screen = Screen::Top(0);
    }
    Vec::new()
}
