//! Handling of actions on error pages: their next step.

use super::{account, cards, confirm, diagnosis, issue, jobs, moved, open, pin, prefill, readers, scrolled};
use crate::app::screen::{Overlay, Screen};
use crate::app::state::account::CardUse;
use crate::app::state::cards::obstacle;
use crate::app::state::form::FormState;
use crate::app::state::pin::AfterPin;
use crate::app::state::trouble::{NextStep, TroubleButton};
use crate::app::{Action, Effect, Model, Wait};
use crate::worker::Job;

/// Handle an action on an error page.
pub(super) fn handle(model: &mut Model, action: &Action) -> Vec<Effect> {
    let (nav, extent) = (&model.visit.nav, model.extent);
    let Some(Overlay::Trouble(page)) = nav.overlay() else { return Vec::new() };
    let (focus, next_step) = (page.focus, page.next_step);
    let buttons: Vec<_> = model.trouble_buttons(page).collect();
    match (action, focus) {
        (Action::Next | Action::Right | Action::Previous | Action::Left, _) => {
            let place = buttons.iter().position(|button| *button == focus).unwrap_or(0);
            let there = moved(place, buttons.len(), action).and_then(|there| buttons.get(there).copied());
            if let (Some(Overlay::Trouble(page)), Some(there)) = (model.visit.nav.overlay_mut(), there) {
                page.focus = there;
            }
            Vec::new()
        }
        (Action::Activate | Action::Toggle, TroubleButton::Diagnose) => diagnosis::open(model),
        (Action::Activate | Action::Toggle, TroubleButton::Slip) | (Action::Slip, _) => issue::slip(model),
        (Action::Activate | Action::Toggle | Action::Confirm | Action::ReadCard, _) => go_on(model, next_step),
        (Action::Back, _) => dismiss(model),
        (action, _) => {
            // The arrows go by rows here.
            let rows = match action {
                Action::Down => &Action::Next,
                Action::Up => &Action::Previous,
                other => other,
            };
            if let Some(Overlay::Trouble(page)) = model.visit.nav.overlay_mut() {
                page.line = scrolled(page.line, rows, extent).unwrap_or(page.line);
            }
            Vec::new()
        }
    }
}

/// Carry out the next step of an error page.
fn go_on(model: &mut Model, next_step: NextStep) -> Vec<Effect> {
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
fn dismiss(model: &mut Model) -> Vec<Effect> {
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
