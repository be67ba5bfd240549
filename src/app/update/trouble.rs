//! Handling of actions on error pages: their next step.

use super::{account, cards, confirm, jobs, open, pin, prefill, readers};
use crate::app::screen::Screen;
use crate::app::state::account::CardUse;
use crate::app::state::cards::obstacle;
use crate::app::state::form::FormState;
use crate::app::state::pin::AfterPin;
use crate::app::state::trouble::NextStep;
use crate::app::{Effect, Model, Wait};
use crate::worker::Job;

/// Carry out the next step of an error page.
pub(super) fn go_on(model: &mut Model, next_step: NextStep) -> Vec<Effect> {
    if next_step == NextStep::WaitForCard && !(matches!(model.card_status(), Some(Ok(_))) && obstacle(model).is_none()) {
        // The page stays until the reply: it continues by itself, or shows what is still wrong.
        return cards::read_again(model);
    }
    model.visit.nav.close_all();
    match next_step {
        NextStep::WaitForCard => readers::resume(model),
        NextStep::Prove => jobs::run(model, Wait::Prove, Job::Prove),
        NextStep::Register => confirm::register(model),
        NextStep::Terms => open::terms(model),
        NextStep::Pin(purpose) => {
            let then = model.visit.after_pin();
            open::pin_again(model, purpose, then)
        }
        NextStep::Account => account::run(model, None),
        NextStep::AccountMenu => to_account_menu(model),
        NextStep::CardValues => {
            prefill::overwrite_from_card(model);
            Vec::new()
        }
        NextStep::Close => Vec::new(),
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

/// Follow the next step of an error page to the list of account actions (the person is already registered, or the card is not).
fn to_account_menu(model: &mut Model) -> Vec<Effect> {
    match &model.visit.nav.screen {
        // From an account action: release the card.
        Screen::Pin(entry) if entry.then == AfterPin::Account => {
            let effects = pin::leave(model);
            model.visit.nav.screen = Screen::AccountMenu(model.visit.account.choice.row());
            effects
        }
        Screen::Account | Screen::AccountMenu(_) => Vec::new(),
        // From the registration: there is nothing left to fill in, and the card has proved its holder.
        _ => {
            (model.visit.certificate, model.visit.session) = (None, None);
            model.visit.form = FormState::new(model.today);
            model.visit.account.card = CardUse::Open;
            let choice = model.visit.account.choice;
            account::open(model, choice)
        }
    }
}
