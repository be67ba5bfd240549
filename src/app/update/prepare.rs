//! Handling of actions on "before you begin".

use super::{moved, visit};
use crate::app::screen::Screen;
use crate::app::state::prepare::{PREPARE_ITEMS, PREPARE_NEXT};
use crate::app::{Action, Effect, Model};
use crate::registration::FieldId;
use crate::registration::category::Application;

pub(super) fn handle(model: &mut Model, action: Action) -> Vec<Effect> {
    let Screen::Prepare(row) = &mut model.visit.nav.screen else { return Vec::new() };
    if let Some(there) = moved(*row, PREPARE_ITEMS, &action) {
        *row = there;
        return Vec::new();
    }
    let chosen = match action {
        Action::Confirm => PREPARE_NEXT,
        Action::Activate | Action::Toggle => *row,
        Action::ChooseRow(chosen) if chosen < PREPARE_ITEMS => chosen,
        Action::Back => PREPARE_ITEMS - 1,
        _ => return Vec::new(),
    };
    *row = chosen;
    let category = Application::ALL.get(chosen).map(|application| application.category().key());
    let answered = category.is_some_and(|category| category == model.visit.form.draft.get(FieldId::Category));
    match chosen {
        PREPARE_NEXT => visit::begin(model),
        // Enter on the answer that was given goes on.
        _ if answered && action == Action::Activate => visit::begin(model),
        advised if advised < PREPARE_NEXT => {
            // The adviser's answer preselects the category, so that nobody has to remember it.
            if let Some(category) = category {
                model.visit.form.set(FieldId::Category, category.to_owned());
            }
            if let Screen::Prepare(row) = &mut model.visit.nav.screen {
                *row = PREPARE_NEXT;
            }
            Vec::new()
        }
        _ if model.visit.is_open() => visit::to_top(model),
        // The adviser's answer stays for the next time the page is opened.
        _ => {
            model.visit.nav.screen = Screen::Top(0);
            Vec::new()
        }
    }
}
