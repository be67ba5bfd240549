//! Handling of actions on STEP3 and on the results of account actions.

use super::{account, first_password, issue, jobs, moved, scrolled, transfer, visit};
use crate::app::screen::{Overlay, Question, Screen};
use crate::app::state::account::AccountAction;
use crate::app::state::result::{Button, ResultNote};
use crate::app::{Action, Effect, Model, Wait};
use crate::error::Code;
use crate::worker::{Job, Mail};

pub(super) fn handle(model: &mut Model, action: Action) -> Vec<Effect> {
    let (behind, extent) = (model.visit.nav.previous_screen().is_some(), model.extent);
    let Screen::Result(done) = &mut model.visit.nav.screen else { return Vec::new() };
    let buttons = done.buttons(behind);
    if matches!(action, Action::PageDown | Action::PageUp | Action::First | Action::Last) {
        done.line = scrolled(done.line.unwrap_or(0), &action, extent);
        return Vec::new();
    }
    let there = match (done.row, &action) {
        (Some(row), action) => moved(row, buttons.len(), action),
        (None, Action::Next | Action::Right) => Some(0),
        (None, Action::Previous | Action::Left) => buttons.len().checked_sub(1),
        (None, _) => None,
    };
    if there.is_some() {
        (done.row, done.line, done.told) = (there, None, false);
        return Vec::new();
    }
    let chosen = match action {
        Action::Activate | Action::Toggle if done.row.is_none() => {
            (done.told, done.line) = (true, Some(0));
            return Vec::new();
        }
        Action::Activate | Action::Toggle => done.row.unwrap_or(0),
        Action::ChooseRow(chosen) => chosen,
        _ => return Vec::new(),
    };
    if chosen < buttons.len() {
        done.row = Some(chosen);
    }
    match buttons.get(chosen) {
        Some(Button::Top) if done.needs_writing() => {
            // After No the page is as it was opened.
            done.row = None;
            model.visit.nav.open(Overlay::Question(Question::Written, 0));
            Vec::new()
        }
        Some(Button::Top) => visit::end(model),
        Some(Button::Back) => account::go_back(model),
        Some(Button::Save) => issue::save(model),
        Some(Button::Print) => issue::print(model),
        Some(Button::Qr) => {
            model.visit.nav.open(Overlay::Qr);
            Vec::new()
        }
        Some(Button::Transfer) => transfer::open(model),
        Some(Button::AskMail) => jobs::run(model, Wait::Mail, Job::AskMail),
        Some(Button::Address) => {
            // From STEP3 keep it on the stack, so that the result leads back to it.
            if !behind {
                model.visit.nav.push_screen(Screen::Account);
            }
            account::choose(model, AccountAction::Address)
        }
        // The 認証ID has not been saved yet: return to STEP3.
        Some(Button::FirstPassword) if behind && model.visit.nav.previous_screen().is_some_and(holds_id) => account::go_back(model),
        Some(Button::FirstPassword) => {
            let mut effects = visit::start_again(model);
            effects.extend(first_password::open(model));
            effects
        }
        None => Vec::new(),
    }
}

fn holds_id(screen: &Screen) -> bool {
    matches!(screen, Screen::Result(done) if done.needs_writing())
}

/// Show the delivery state of the mail, or why it is unknown.
pub(super) fn answered(model: &mut Model, answer: Result<Mail, Code>) {
    let behind = model.visit.nav.previous_screen().is_some();
    let Screen::Result(done) = &mut model.visit.nav.screen else { return };
    done.issue.take_if(|issue| !issue.is_running());
    // The note is at the top of the page.
    done.line = Some(0);
    done.note = Some(match answer {
        Ok(mail) => {
            done.found(mail);
            ResultNote::Mail
        }
        Err(code) => ResultNote::MailUnknown(code),
    });
    // If the mail is stuck, focus the button that corrects the address.
    done.row = done.buttons(behind).iter().position(|button| *button == Button::Address).or(done.row);
}
