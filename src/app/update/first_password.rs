//! Handling of actions on the page of the first password.

use super::{account, jobs, moved, visit};
use crate::app::screen::Screen;
use crate::app::state::account::AccountAction;
use crate::app::state::first_password::{LIMITS, ORDER, PasswordFocus, PasswordNote};
use crate::app::state::form::MAX_TYPED;
use crate::app::{Action, Effect, Model, Wait};
use crate::error::Code;
use crate::worker::Job;

/// Go to the page. What the service asks of a password is asked beside it: whoever comes with a mail has opened no session.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    model.visit.nav.screen = Screen::FirstPassword(Box::default());
    if model.password_rules.is_some() { Vec::new() } else { vec![Effect::Run(model.ticket(), Job::PasswordRules)] }
}

pub(super) fn handle(model: &mut Model, action: Action) -> Vec<Effect> {
    let Screen::FirstPassword(page) = &mut model.visit.nav.screen else { return Vec::new() };
    let here = ORDER.iter().position(|focus| *focus == page.focus).unwrap_or(0);
    match (&action, page.focus) {
        (Action::Edit(key), PasswordFocus::Code) => {
            page.code.edit(*key, MAX_TYPED);
            page.note = None;
        }
        (Action::Type(typed), PasswordFocus::Password) => page.push(typed.encode_utf8(&mut [0; 4])),
        (Action::Erase, PasswordFocus::Password) => {
            page.password.erase();
            page.note = None;
        }
        (Action::EraseAll, PasswordFocus::Password) => {
            page.password.clear();
            page.note = None;
        }
        (Action::Activate | Action::Toggle, PasswordFocus::Show) | (Action::Show, _) => page.shown = !page.shown,
        (Action::FocusItem(place), _) => page.focus = ORDER.get(*place).copied().unwrap_or(page.focus),
        (Action::ChooseRow(0), _) | (Action::Activate | Action::Toggle, PasswordFocus::Again) => {
            return account::open(model, AccountAction::Resend);
        }
        (Action::ChooseRow(1), _) => (page.focus, page.note) = (PasswordFocus::Code, None),
        (Action::Back, _) | (Action::Activate | Action::Toggle, PasswordFocus::Back) => return visit::to_top(model),
        (Action::Confirm, _) | (Action::Activate | Action::Toggle, PasswordFocus::Set) | (Action::Activate, PasswordFocus::Password) => {
            return submit(model);
        }
        (Action::Activate, PasswordFocus::Code) => page.focus = PasswordFocus::Password,
        _ => {
            if let Some(focus) = moved(here, ORDER.len(), &action).and_then(|there| ORDER.get(there)) {
                page.focus = *focus;
            }
        }
    }
    Vec::new()
}

fn submit(model: &mut Model) -> Vec<Effect> {
    let Screen::FirstPassword(page) = &mut model.visit.nav.screen else { return Vec::new() };
    let Some(token) = page.token() else {
        page.note = Some(PasswordNote::NoCode);
        page.focus = PasswordFocus::Code;
        return Vec::new();
    };
    let least = model.password_rules.map_or(LIMITS.0, |rules| rules.shortest);
    if page.password.len() < least {
        page.note = Some(PasswordNote::TooShort(least));
        page.focus = PasswordFocus::Password;
        return Vec::new();
    }
    page.note = None;
    let password = page.password.take();
    jobs::run(model, Wait::Password, Job::SetPassword { token, password })
}

/// Show the service's reply. After an expired link the focus is on the button for another mail.
pub(super) fn answered(model: &mut Model, note: PasswordNote) {
    let Screen::FirstPassword(page) = &mut model.visit.nav.screen else { return };
    page.focus = match note {
        PasswordNote::Set => {
            page.set_code("");
            PasswordFocus::Back
        }
        PasswordNote::Refused(Code::LinkExpired) => PasswordFocus::Again,
        _ => PasswordFocus::Password,
    };
    page.note = Some(note);
}
