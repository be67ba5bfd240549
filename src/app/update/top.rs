//! Handling of actions on the top page.

use super::{first_password, moved, open, visit};
use crate::app::screen::{Overlay, Question, Screen};
use crate::app::state::prepare::PREPARE_NEXT;
use crate::app::state::top::{TopRow, top_rows};
use crate::app::visit::Mode;
use crate::app::{Action, Effect, Model};

pub(super) fn handle(model: &mut Model, action: Action) -> Vec<Effect> {
    let rows = top_rows(model);
    let Screen::Top(row) = &mut model.visit.nav.screen else { return Vec::new() };
    if let Some(there) = moved(*row, rows.len(), &action) {
        *row = there;
        return Vec::new();
    }
    let chosen = match action {
        Action::Activate | Action::Toggle | Action::Confirm => *row,
        Action::ChooseRow(chosen) => chosen,
        Action::Back if model.setup.mode == Mode::Kiosk => return visit::next_person(model),
        Action::Back => return open::question(model, Question::Leave),
        _ => return Vec::new(),
    };
    let Some(choice) = rows.get(chosen) else { return Vec::new() };
    *row = chosen;
    match choice {
        TopRow::Register => model.visit.nav.screen = Screen::Prepare(PREPARE_NEXT),
        TopRow::Prepare => model.visit.nav.screen = Screen::Prepare(0),
        TopRow::Language => return open::languages(model),
        TopRow::FirstPassword => return first_password::open(model),
        TopRow::AccountMenu => model.visit.nav.screen = Screen::AccountMenu(0),
        TopRow::Help => model.visit.nav.open(Overlay::Help(0)),
        TopRow::Quit => return open::question(model, Question::Leave),
        TopRow::GoOn => return visit::reopen(model),
        TopRow::NextPerson | TopRow::Start => return visit::next_person(model),
    }
    Vec::new()
}
