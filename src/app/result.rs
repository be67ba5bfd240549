//! The pages that say what was done: STEP3 and the results of account. Where the mail is stands there, and can be asked again.

use super::account::{self, AccountAction};
use super::action::Action;
use super::step::{Overlay, Question, Screen};
use super::update::{moved, scrolled};
use super::{Effect, Model, Wait, reply};
use crate::error::Code;
use crate::locale::{Lang, Text};
use crate::time::minute_in_japan;
use crate::worker::{Acted, Confirmed, Job, Mail, MailState, Registered};
use std::sync::Arc;

/// What was done.
pub enum Outcome {
    /// The registration, and what was registered.
    Registered(Registered, Arc<Confirmed>),
    /// What a registered person asked for.
    Account(AccountAction, Acted),
}

/// A button of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Button {
    /// To the top page: the person is done.
    Top,
    /// To the page from which the act was asked for.
    Back,
    /// Save a receipt.
    Save,
    /// Ask where the mail is now.
    AskMail,
    /// Correct the mail address.
    Address,
    /// Set the first password.
    FirstPassword,
}

impl Button {
    /// Return the text of the button.
    pub const fn text(self) -> Text {
        match self {
            Button::Top => Text::DoneTop,
            Button::Back => Text::Back,
            Button::Save => Text::DoneSave,
            Button::AskMail => Text::MailAsk,
            Button::Address => Text::ActAddress,
            Button::FirstPassword => Text::TopFirstPassword,
        }
    }
}

/// What a button has brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResultNote {
    /// A receipt was saved at this path.
    Saved(String),
    /// The receipt could not be saved.
    NotSaved(String),
    /// Where the mail is now.
    Mail,
    /// Why it could not be found out where the mail is now.
    MailUnknown(Code),
}

/// The page.
pub struct ResultPage {
    /// What was done.
    pub outcome: Outcome,
    /// The mail address in full, where it is known.
    pub address: Option<String>,
    /// The chosen button; none when the page has just been opened, so that no key that is held down presses one.
    pub row: Option<usize>,
    /// A key was pressed that presses nothing: the page says which does.
    pub told: bool,
    /// Whether a receipt was saved.
    pub saved: bool,
    /// How far the page is scrolled: it begins at its top, with the 認証ID, and turns to the buttons when one is gone to.
    pub line: Option<usize>,
    /// What a button has brought.
    pub note: Option<ResultNote>,
}

impl ResultPage {
    /// Make the page of something that has just been done.
    pub fn new(outcome: Outcome) -> ResultPage {
        let address = match &outcome {
            Outcome::Registered(_, confirmed) => Some(confirmed.form.email.clone()),
            Outcome::Account(..) => None,
        };
        ResultPage { outcome, address, row: None, told: false, saved: false, line: Some(0), note: None }
    }

    /// Return whether the 認証ID stands here and nowhere else yet: then it is asked for before the page is left.
    pub fn needs_writing(&self) -> bool {
        matches!(self.outcome, Outcome::Registered(..)) && !self.saved
    }

    /// Return the mail that was written, if one was.
    pub fn mail(&self) -> Option<&Mail> {
        match &self.outcome {
            Outcome::Registered(registered, _) => Some(&registered.mail),
            Outcome::Account(_, Acted::Mailed(mail) | Acted::LoggedIn(Some(mail))) => Some(mail),
            Outcome::Account(..) => None,
        }
    }

    /// Return the buttons, in order. `behind` says whether there is a page to go back to.
    pub fn buttons(&self, behind: bool) -> Vec<Button> {
        let mut buttons = vec![if behind { Button::Back } else { Button::Top }];
        match &self.outcome {
            Outcome::Registered(..) => buttons.extend([Button::Save, Button::AskMail]),
            Outcome::Account(_, Acted::LoggedIn(Some(_))) => buttons.push(Button::AskMail),
            Outcome::Account(AccountAction::Resend, _) => buttons.push(Button::FirstPassword),
            Outcome::Account(..) => {}
        }
        if self.mail().is_some_and(|mail| mail.state == MailState::Stuck) {
            buttons.push(Button::Address);
        }
        buttons
    }

    /// Note where the mail is now. The folder that it lies in is only told once.
    fn found(&mut self, mut mail: Mail) {
        mail.folder = mail.folder.or_else(|| self.mail()?.folder.clone());
        match &mut self.outcome {
            Outcome::Registered(registered, _) => registered.mail = mail,
            Outcome::Account(_, Acted::Mailed(old) | Acted::LoggedIn(Some(old))) => *old = mail,
            Outcome::Account(..) => {}
        }
    }
}

pub(super) fn act(model: &mut Model, wish: Action) -> Vec<Effect> {
    let behind = model.visit.account.behind.is_some();
    let Screen::Result(done) = &mut model.visit.screen else { return Vec::new() };
    let buttons = done.buttons(behind);
    if matches!(wish, Action::PageDown | Action::PageUp | Action::First | Action::Last) {
        done.line = scrolled(done.line.unwrap_or(0), &wish);
        return Vec::new();
    }
    let there = match (done.row, &wish) {
        (Some(row), wish) => moved(row, buttons.len(), wish),
        (None, Action::Next | Action::Right) => Some(0),
        (None, Action::Previous | Action::Left) => buttons.len().checked_sub(1),
        (None, _) => None,
    };
    if there.is_some() {
        (done.row, done.line, done.told) = (there, None, false);
        return Vec::new();
    }
    let chosen = match wish {
        Action::Activate | Action::Toggle if done.row.is_none() => {
            (done.told, done.line) = (true, Some(0));
            return Vec::new();
        }
        Action::Activate | Action::Toggle => done.row.unwrap_or(0),
        Action::Row(chosen) => chosen,
        _ => return Vec::new(),
    };
    if chosen < buttons.len() {
        done.row = Some(chosen);
    }
    match buttons.get(chosen) {
        Some(Button::Top) if done.needs_writing() => {
            // Whoever says No is where the page was opened.
            done.row = None;
            model.visit.over = Some(Overlay::Question(Question::Written, 0));
            Vec::new()
        }
        Some(Button::Top) => reply::end(model),
        Some(Button::Back) => account::go_back(model),
        Some(Button::Save) => vec![Effect::SaveReceipt],
        Some(Button::AskMail) => reply::run(model, Wait::Mail, Job::AskMail),
        Some(Button::Address) => {
            let here = std::mem::replace(&mut model.visit.screen, Screen::Top(0));
            // STEP3 stays behind, if it does already.
            model.visit.account.behind.get_or_insert_with(|| Box::new(here));
            account::choose(model, AccountAction::Address)
        }
        // The 認証ID is not written down yet.
        Some(Button::FirstPassword) if behind && model.visit.account.behind.as_deref().is_some_and(holds_id) => account::go_back(model),
        Some(Button::FirstPassword) => {
            let effects = reply::end(model);
            model.visit.screen = Screen::FirstPassword(Box::default());
            effects
        }
        None => Vec::new(),
    }
}

fn holds_id(screen: &Screen) -> bool {
    matches!(screen, Screen::Result(done) if done.needs_writing())
}

/// The service has said where the mail is, or why it could not.
pub(super) fn answered(model: &mut Model, answer: Result<Mail, Code>) {
    let behind = model.visit.account.behind.is_some();
    let Screen::Result(done) = &mut model.visit.screen else { return };
    // The answer stands at the top of the page.
    done.line = Some(0);
    done.note = Some(match answer {
        Ok(mail) => {
            done.found(mail);
            ResultNote::Mail
        }
        Err(code) => ResultNote::MailUnknown(code),
    });
    // What can be done about a mail that is stuck is offered first.
    done.row = done.buttons(behind).iter().position(|button| *button == Button::Address).or(done.row);
}

/// Say when somebody was registered, in Japan's time; nothing if the service has not said it.
pub fn registered_at(lang: Lang, registered: &Registered) -> String {
    registered.registered_at.and_then(minute_in_japan).map(|when| lang.fill(Text::DoneAt, &[&when])).unwrap_or_default()
}
