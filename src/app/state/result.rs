//! STEP3 and the results of account actions: what was done, where the mail is, which buttons there are.

use crate::app::state::account::AccountAction;
use crate::error::Code;
use crate::locale::{Lang, Text};
use crate::time::minute_in_japan;
use crate::worker::{AccountOutcome, Confirmed, Mail, MailState, Registered};
use std::sync::Arc;

/// What was done.
pub enum Outcome {
    /// The registration, and what was registered.
    Registered(Registered, Arc<Confirmed>),
    /// What a registered person asked for.
    Account(AccountAction, AccountOutcome),
}

/// A button of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Button {
    /// To the top page: the person is done.
    Top,
    /// To the page from which the account action was asked for.
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
            Button::Address => Text::DoneAddress,
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
            Outcome::Account(_, AccountOutcome::Mailed(mail) | AccountOutcome::LoggedIn(Some(mail))) => Some(mail),
            Outcome::Account(..) => None,
        }
    }

    /// Return the buttons, in order. `behind` says whether there is a page to go back to.
    pub fn buttons(&self, behind: bool) -> Vec<Button> {
        let mut buttons = vec![if behind { Button::Back } else { Button::Top }];
        match &self.outcome {
            Outcome::Registered(..) => buttons.extend([Button::Save, Button::AskMail]),
            Outcome::Account(_, AccountOutcome::LoggedIn(Some(_))) => buttons.push(Button::AskMail),
            Outcome::Account(AccountAction::Resend, _) => buttons.push(Button::FirstPassword),
            Outcome::Account(..) => {}
        }
        if self.mail().is_some_and(|mail| mail.state == MailState::Stuck) {
            buttons.push(Button::Address);
        }
        buttons
    }

    /// Note where the mail is now. The folder that it lies in is only told once.
    pub(in crate::app) fn found(&mut self, mut mail: Mail) {
        mail.folder = mail.folder.or_else(|| self.mail()?.folder.clone());
        match &mut self.outcome {
            Outcome::Registered(registered, _) => registered.mail = mail,
            Outcome::Account(_, AccountOutcome::Mailed(old) | AccountOutcome::LoggedIn(Some(old))) => *old = mail,
            Outcome::Account(..) => {}
        }
    }
}

/// Say when somebody was registered, in Japan's time; nothing if the service has not said it.
pub fn registered_at(lang: Lang, registered: &Registered) -> String {
    registered.registered_at.and_then(minute_in_japan).map(|when| lang.fill(Text::DoneAt, &[&when])).unwrap_or_default()
}
