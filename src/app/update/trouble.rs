//! Error pages: opening them, and carrying out their next step.

use super::{account, cards, confirm, jobs, overlay, pin, prefill};
use crate::app::screen::{Overlay, Screen};
use crate::app::state::cards::obstacle;
use crate::app::state::pin::AfterPin;
use crate::app::state::trouble::{NextStep, TroublePage};
use crate::app::{Effect, Model, Wait};
use crate::worker::{Job, JobError};
use std::sync::Arc;

/// Carry out the next step of an error page.
pub(super) fn go_on(model: &mut Model, next_step: NextStep) -> Vec<Effect> {
    if next_step == NextStep::WaitForCard && !(matches!(model.card_status(), Some(Ok(_))) && obstacle(model).is_none()) {
        // The page stays until the reply: it continues by itself, or shows what is still wrong.
        return cards::read_again(model);
    }
    model.visit.nav.close_all();
    match next_step {
        NextStep::WaitForCard => cards::resume(model),
        NextStep::Prove => jobs::run(model, Wait::Prove, Job::Prove),
        NextStep::Register => confirm::register(model),
        NextStep::Terms => overlay::terms(model),
        NextStep::Pin(purpose) => {
            let then = after_pin(model);
            pin::ask_again(model, purpose, then)
        }
        NextStep::Account => account::run(model, None),
        NextStep::AccountMenu => account::from_trouble(model),
        NextStep::CardValues => {
            prefill::overwrite_from_card(model);
            Vec::new()
        }
        NextStep::Close => Vec::new(),
    }
}

/// Return what follows a PIN asked for on the current screen.
pub(super) fn after_pin(model: &Model) -> AfterPin {
    match &model.visit.nav.screen {
        Screen::Pin(entry) => entry.then.clone(),
        Screen::Confirm(page) => AfterPin::Register(Arc::clone(&page.confirmed)),
        Screen::Account | Screen::AccountMenu(_) => AfterPin::Account,
        _ => AfterPin::Continue,
    }
}

/// Close an error page without its next step; nothing typed is lost.
pub(super) fn dismiss(model: &mut Model) -> Vec<Effect> {
    model.visit.nav.close_all();
    match &model.visit.nav.screen {
        // A PIN page is useless while the card cannot take a PIN.
        Screen::Pin(_) => pin::leave(model),
        _ => Vec::new(),
    }
}

pub(super) fn open(model: &mut Model, trouble: JobError, next_step: NextStep) -> Vec<Effect> {
    let page = TroublePage { trouble, next_step, perhaps: false, line: 0 };
    model.visit.nav.close_all();
    model.visit.nav.open(Overlay::Trouble(Box::new(page)));
    if next_step == NextStep::WaitForCard {
        // The page continues by itself, but a card that came back while a job ran has not been read yet.
        return cards::read_cards(model);
    }
    Vec::new()
}
