//! Handling of actions on STEP2, and the registration of the form it shows.

use super::{jobs, moved, open, transfer};
use crate::app::screen::Screen;
use crate::app::state::confirm::{ConfirmFocus, ConfirmPage};
use crate::app::state::form::FormFocus;
use crate::app::state::pin::AfterPin;
use crate::app::{Action, Effect, Model, Wait};
use crate::worker::{Confirmed, Job};
use std::sync::Arc;

pub(super) fn handle(model: &mut Model, action: Action) -> Vec<Effect> {
    let Screen::Confirm(page) = &mut model.visit.nav.screen else { return Vec::new() };
    let order = page.order();
    // The page opens with no focus; Next goes to 登録, Previous to the last line.
    let button = order.iter().position(|item| *item == ConfirmFocus::Register).unwrap_or(0);
    let here = order.iter().position(|item| *item == page.focus);
    let there = match (here, &action) {
        (Some(here), action) => moved(here, order.len(), action),
        (None, Action::Next | Action::Right) => Some(button),
        (None, Action::Previous | Action::Left) => button.checked_sub(1),
        (None, Action::First) => Some(0),
        (None, _) => None,
    };
    if let Some(focus) = there.and_then(|there| order.get(there)) {
        (page.focus, page.told) = (*focus, false);
        return Vec::new();
    }
    match action {
        Action::Confirm => (page.focus, page.told) = (ConfirmFocus::Register, true),
        Action::FocusConfirm(ConfirmFocus::Field(field)) => mend(model, FormFocus::Field(field)),
        Action::FocusConfirm(focus) => (page.focus, page.told) = (focus, false),
        Action::ChooseRow(row) => {
            if let Some(ConfirmFocus::Field(field)) = order.get(row) {
                mend(model, FormFocus::Field(*field));
            }
        }
        // After No the focus stands where it was.
        Action::Ask(asked) => return open::question(model, asked),
        Action::Activate | Action::Toggle => match page.focus {
            ConfirmFocus::Page => page.told = true,
            ConfirmFocus::Field(field) => mend(model, FormFocus::Field(field)),
            ConfirmFocus::Register => return register(model),
            ConfirmFocus::Back => mend(model, FormFocus::Confirm),
            ConfirmFocus::Transfer => return transfer::open(model),
        },
        Action::Back => mend(model, FormFocus::Confirm),
        _ => {}
    }
    Vec::new()
}

/// Return to STEP1; nothing is lost.
fn mend(model: &mut Model, focus: FormFocus) {
    model.visit.nav.screen = Screen::Form;
    model.visit.form.go(focus);
}

/// Return the form to register: the one STEP2 shows, or the one the PIN page was opened for.
pub(super) fn confirmed(model: &Model) -> Option<Arc<Confirmed>> {
    match &model.visit.nav.screen {
        Screen::Confirm(page) => Some(Arc::clone(&page.confirmed)),
        Screen::Pin(entry) => match &entry.then {
            AfterPin::Register(confirmed) => Some(Arc::clone(confirmed)),
            _ => None,
        },
        _ => None,
    }
}

/// Register the confirmed form.
pub(super) fn register(model: &mut Model) -> Vec<Effect> {
    let Some(confirmed) = confirmed(model) else { return Vec::new() };
    let language = model.lang.tag();
    jobs::run(model, Wait::Register, Job::Register { confirmed, language })
}

/// Show STEP2 with the focus on 登録.
pub(super) fn show_step2(model: &mut Model, confirmed: Arc<Confirmed>) {
    let page = ConfirmPage { focus: ConfirmFocus::Register, ..ConfirmPage::new(confirmed, model.setup.mode.offers_sheet()) };
    model.visit.nav.screen = Screen::Confirm(Box::new(page));
}
