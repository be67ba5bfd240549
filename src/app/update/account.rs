//! Handling of actions on the pages of account actions, from their PIN pages to their results.

use super::{cards, jobs, moved, open, visit};
use crate::app::screen::Screen;
use crate::app::state::account::{AccountAction, AccountFocus, AccountNote, AccountPage, CardUse};
use crate::app::state::line::Line;
use crate::app::state::pin::AfterPin;
use crate::app::state::result::{Outcome, ResultPage};
use crate::app::state::top::{TOP, TopRow};
use crate::app::state::trouble::NextStep;
use crate::app::{Action, Effect, Model, Wait};
use crate::card::Purpose;
use crate::card::pin::Pin;
use crate::error::Code;
use crate::worker::{AccountOutcome, Ask, Job, JobError};

/// Open the list of account actions; from the first password, the person can return.
pub(super) fn open(model: &mut Model, choice: AccountAction) -> Vec<Effect> {
    let menu = Screen::AccountMenu(choice.row());
    match &model.visit.nav.screen {
        Screen::FirstPassword(_) => model.visit.nav.push_screen(menu),
        _ => model.visit.nav.screen = menu,
    }
    Vec::new()
}

/// Return to the page from which the account actions were opened.
pub(super) fn go_back(model: &mut Model) -> Vec<Effect> {
    model.visit.account = AccountPage::default();
    if model.visit.nav.pop_screen() {
        // End the login or proof made for this; STEP3 keeps its session for asking about the mail.
        let result = matches!(model.visit.nav.screen, Screen::Result(_));
        return if result { Vec::new() } else { vec![Effect::Run(model.ticket(), Job::EndVisit)] };
    }
    let effects = visit::to_top(model);
    if let (false, Screen::Top(row)) = (model.visit.is_open(), &mut model.visit.nav.screen) {
        *row = TOP.iter().position(|row| *row == TopRow::AccountMenu).unwrap_or(0);
    }
    effects
}

pub(super) fn handle_menu(model: &mut Model, action: Action) -> Vec<Effect> {
    let Screen::AccountMenu(row) = &mut model.visit.nav.screen else { return Vec::new() };
    if let Some(there) = moved(*row, AccountAction::ALL.len() + 1, &action) {
        *row = there;
        return Vec::new();
    }
    let chosen = match action {
        Action::Activate | Action::Toggle | Action::Confirm => *row,
        Action::ChooseRow(chosen) if chosen <= AccountAction::ALL.len() => chosen,
        Action::Back => return go_back(model),
        _ => return Vec::new(),
    };
    *row = chosen;
    match AccountAction::ALL.get(chosen) {
        Some(choice) => choose(model, *choice),
        None => go_back(model),
    }
}

/// Start an account action: open its input page, or continue to the card if it needs no input.
pub(super) fn choose(model: &mut Model, choice: AccountAction) -> Vec<Effect> {
    let page = &mut model.visit.account;
    page.choice = choice;
    page.note = None;
    let Some(first) = choice.items().first().copied() else { return go(model) };
    // Before a deletion, Back is the default.
    page.focus = if choice == AccountAction::Withdraw { AccountFocus::Back } else { first };
    page.word = Line::default();
    model.visit.nav.screen = Screen::Account;
    Vec::new()
}

pub(super) fn handle(model: &mut Model, action: Action) -> Vec<Effect> {
    let page = &mut model.visit.account;
    let order = page.choice.items();
    let here = order.iter().position(|focus| *focus == page.focus).unwrap_or(0);
    match (&action, page.focus) {
        (Action::Edit(key), _) => page.edit(*key),
        (Action::Type(typed), AccountFocus::Password) => {
            page.password.push(typed.encode_utf8(&mut [0; 4]));
            page.note = None;
        }
        (Action::Erase, AccountFocus::Password) => {
            page.password.erase();
            page.note = None;
        }
        (Action::EraseAll, AccountFocus::Password) => {
            page.password.clear();
            page.note = None;
        }
        (Action::Activate | Action::Toggle, AccountFocus::Show) | (Action::Show, _) => page.shown = !page.shown,
        (Action::FocusItem(place), _) => page.go_to(order.get(*place).copied().unwrap_or(page.focus)),
        (Action::Back, _) | (Action::Activate | Action::Toggle, AccountFocus::Back) => return leave(model),
        (Action::Activate, AccountFocus::Id | AccountFocus::Email) => {
            page.go_to(page.focus);
            page.note = page.fault_at(page.focus);
            if let (None, Some(next)) = (&page.note, order.get(here + 1)) {
                page.go_to(*next);
            }
        }
        (Action::Confirm, _)
        | (Action::Activate | Action::Toggle, AccountFocus::Go)
        | (Action::Activate, AccountFocus::Password | AccountFocus::EmailAgain | AccountFocus::Word) => return go(model),
        _ => {
            if let Some(focus) = moved(here, order.len(), &action).and_then(|there| order.get(there)) {
                let left = page.focus;
                page.go_to(*focus);
                // Told where it was typed, before it is typed once more; an empty address may still be filled in.
                if left == AccountFocus::Email && !page.email_at(0).is_empty() {
                    page.note = page.fault_at(left);
                }
            }
        }
    }
    Vec::new()
}

/// Leave the page of an account action; secrets are wiped, other input stays.
fn leave(model: &mut Model) -> Vec<Effect> {
    model.visit.account.password.clear();
    model.visit.account.note = None;
    if matches!(model.visit.nav.previous_screen(), Some(Screen::Result(_))) {
        return go_back(model);
    }
    model.visit.nav.screen = Screen::AccountMenu(model.visit.account.choice.row());
    Vec::new()
}

/// Continue an account action once its input is complete: to the login, or to the card.
fn go(model: &mut Model) -> Vec<Effect> {
    let page = &mut model.visit.account;
    page.go_to(page.focus);
    page.note = None;
    if let Some((focus, note)) = page.missing() {
        (page.focus, page.note) = (focus, Some(note));
        return Vec::new();
    }
    let choice = page.choice;
    // Check the card before sending the password, which would otherwise have to be typed twice.
    if !choice.keys().is_empty()
        && let Some(effects) = open::card_obstacle(model)
    {
        return effects;
    }
    match choice.keys() {
        _ if choice.wants(Ask::Password) => log_in(model),
        [Purpose::Authentication] if model.visit.account.card == CardUse::Open => run(model, None),
        [first, ..] => ask_pin(model, *first),
        [] => Vec::new(),
    }
}

fn log_in(model: &mut Model) -> Vec<Effect> {
    let authentication_id = model.visit.account.id.value().trim().to_owned();
    let password = model.visit.account.password.take();
    jobs::run(model, Wait::LogIn, Job::LogIn { authentication_id, password })
}

/// Open a PIN page; if the card is not ready, an error page covers it and continues by itself.
fn ask_pin(model: &mut Model, purpose: Purpose) -> Vec<Effect> {
    open::pin(model, purpose, AfterPin::Account);
    open::card_obstacle(model).unwrap_or_default()
}

/// Run the account action with the last PIN it needs, or with the one still verified on the card.
pub(super) fn run(model: &mut Model, pin: Option<Pin>) -> Vec<Effect> {
    let Some(reader) = model.reader().map(|reader| reader.name.clone()) else {
        return open::trouble(model, JobError::Card(Code::NoCard.into()), NextStep::WaitForCard);
    };
    let request = model.visit.account.request();
    let card = model.visit.card;
    jobs::run(model, Wait::AccountAction, Job::AccountAction { reader, pin, card, request })
}

/// Return whether a PIN is the last one the account action needs.
pub(super) fn is_last(model: &Model, purpose: Purpose) -> bool {
    model.visit.account.choice.keys().last() == Some(&purpose)
}

/// Return from the PIN page of an account action to its input.
pub(super) fn back_from_pin(model: &mut Model) {
    let choice = model.visit.account.choice;
    model.visit.nav.screen = if choice.items().is_empty() { Screen::AccountMenu(choice.row()) } else { Screen::Account };
    if choice == AccountAction::Link {
        model.visit.account.focus = AccountFocus::Password;
    }
}

/// Show the result; for a new card (`Link`), the login is done and the PINs follow.
pub(super) fn done(model: &mut Model, outcome: AccountOutcome) -> Vec<Effect> {
    let choice = model.visit.account.choice;
    if choice == AccountAction::Link && matches!(outcome, AccountOutcome::LoggedIn(_)) {
        return ask_pin(model, Purpose::Signing);
    }
    let mut done = ResultPage::new(Outcome::Account(choice, outcome), model.destinations());
    if choice == AccountAction::Address {
        done.address = Some(model.visit.account.email_at(0).to_owned());
        if let Some(Screen::Result(before)) = model.visit.nav.previous_screen_mut() {
            before.address.clone_from(&done.address);
        }
    }
    model.visit.account = AccountPage { choice, ..AccountPage::default() };
    model.visit.nav.close_all();
    model.visit.nav.screen = Screen::Result(Box::new(done));
    // The worker has released the card.
    cards::read_again(model)
}

/// Return the account action that helps a person whose card is refused.
pub(super) const fn offered(code: Code) -> AccountAction {
    match code {
        Code::CardReplaced => AccountAction::Undo,
        _ => AccountAction::LogInByCard,
    }
}

/// Handle a failure. Wrong and lost PINs are handled by the PIN page.
pub(super) fn failed(model: &mut Model, what: Wait, trouble: JobError) -> Vec<Effect> {
    let note = match (&trouble, trouble.code()) {
        (_, Code::LoginRefused) => Some((AccountFocus::Password, AccountNote::LoginRefused)),
        (JobError::Service { faults, .. }, Code::FieldsRefused) => {
            faults.first().map(|fault| (AccountFocus::Email, AccountNote::Problem(fault.field, fault.problem.clone())))
        }
        _ => None,
    };
    if let Some((focus, note)) = note {
        model.visit.nav.screen = Screen::Account;
        (model.visit.account.focus, model.visit.account.note) = (focus, Some(note));
        if trouble.code() == Code::LoginRefused && what != Wait::LogIn {
            // The login expired while the card was open: the next login needs both PINs again.
            model.visit.account.card = CardUse::Closed;
            return vec![Effect::Run(model.ticket(), Job::AbandonRegistration)];
        }
        return Vec::new();
    }
    let next_step = match (&trouble, trouble.code()) {
        (_, Code::CardReplaced) => {
            model.visit.account.choice = offered(Code::CardReplaced);
            NextStep::AccountMenu
        }
        (_, Code::PasswordExpired) => {
            // Where a new link is asked for.
            model.visit.account.choice = AccountAction::Resend;
            model.visit.nav.screen = Screen::AccountMenu(AccountAction::Resend.row());
            NextStep::AccountMenu
        }
        (_, Code::NotRegistered | Code::AlreadyRegistered | Code::OtherHolder | Code::NothingToUndo) => NextStep::AccountMenu,
        (_, Code::PinUncertain | Code::SigningLocked | Code::AuthenticationLocked) => {
            // The retry counter is read again before anything else is typed.
            if let Some(reader) = model.reader().map(|reader| reader.name.clone()) {
                model.card.forget_status(&reader);
            }
            NextStep::WaitForCard
        }
        (JobError::Card(_), _) => NextStep::WaitForCard,
        // The password was moved into the job; the 認証ID stays.
        (_, _) if what == Wait::LogIn => NextStep::Close,
        (_, _) => NextStep::Account,
    };
    open::trouble(model, trouble, next_step)
}

/// Resume the account action that was waiting for the card.
pub(super) fn resume(model: &mut Model) -> Vec<Effect> {
    if matches!(model.visit.nav.screen, Screen::Account | Screen::AccountMenu(_)) { go(model) } else { Vec::new() }
}
