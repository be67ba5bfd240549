//! State of STEP3 and of the results of account actions: outcome, mail state, buttons.

use crate::app::state::account::AccountAction;
use crate::app::state::issue::{Destination, Issue};
use crate::error::Code;
use crate::locale::{Lang, Text};
use crate::time::minute_in_japan;
use crate::worker::{AccountOutcome, Confirmed, Mail, MailState, Registered};
use std::sync::Arc;

/// The outcome shown.
pub enum Outcome {
    /// The registration, with the form that was registered.
    Registered(Registered, Arc<Confirmed>),
    /// The result of an account action.
    Account(AccountAction, AccountOutcome),
}

/// A button of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Button {
    /// Return to the top page.
    Top,
    /// Return to the page from which the account action was started.
    Back,
    /// Print a receipt.
    Print,
    /// Save a receipt.
    Save,
    /// Open the transfer sheet.
    Transfer,
    /// Ask for the delivery state of the mail.
    AskMail,
    /// Show a QR code for the phone.
    Qr,
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
            Button::Print => Text::DonePrint,
            Button::Save => Text::DoneSave,
            Button::Transfer => Text::TransferOpen,
            Button::AskMail => Text::MailAsk,
            Button::Qr => Text::QrShow,
            Button::Address => Text::DoneAddress,
            Button::FirstPassword => Text::TopFirstPassword,
        }
    }
}

/// The result of a button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResultNote {
    /// The delivery state of the mail was updated.
    Mail,
    /// The delivery state could not be fetched; why.
    MailUnknown(Code),
}

/// State of the page.
pub struct ResultPage {
    /// What was done.
    pub outcome: Outcome,
    /// The full mail address, if known.
    pub address: Option<String>,
    /// The focused button; `None` when the page has just been opened, so that a held-down key presses none.
    pub row: Option<usize>,
    /// Whether an ineffective key was pressed, so that the page says which key acts.
    pub told: bool,
    /// Where receipts can go.
    pub destinations: &'static [Destination],
    /// A receipt that is being saved or printed, or was.
    pub issue: Option<Issue>,
    /// Whether a receipt was saved or printed.
    pub saved: bool,
    /// The scroll offset in lines, starting at the 認証ID; `None` shows the focused button.
    pub line: Option<usize>,
    /// The result of the last button.
    pub note: Option<ResultNote>,
    /// Whether the transfer sheet is offered.
    pub offers_sheet: bool,
}

impl ResultPage {
    /// Create the page of an outcome; receipts can go to these destinations.
    pub fn new(outcome: Outcome, destinations: &'static [Destination]) -> ResultPage {
        let address = match &outcome {
            Outcome::Registered(_, confirmed) => Some(confirmed.form.email.clone()),
            Outcome::Account(..) => None,
        };
        let note = None;
        ResultPage {
            outcome,
            address,
            row: None,
            told: false,
            destinations,
            issue: None,
            saved: false,
            line: Some(0),
            note,
            offers_sheet: false,
        }
    }

    /// Return whether the 認証ID has been neither saved nor printed: then leaving the page asks first.
    pub fn needs_writing(&self) -> bool {
        matches!(self.outcome, Outcome::Registered(..)) && !self.saved
    }

    /// Return the mail that the service wrote, if any.
    pub fn mail(&self) -> Option<&Mail> {
        match &self.outcome {
            Outcome::Registered(registered, _) => Some(&registered.mail),
            Outcome::Account(_, account) => account.mail(),
        }
    }

    /// Return the buttons, in order. `behind` says whether there is a page to return to.
    pub fn buttons(&self, behind: bool) -> Vec<Button> {
        let mut buttons = vec![if behind { Button::Back } else { Button::Top }];
        match &self.outcome {
            Outcome::Registered(..) => {
                buttons.extend(self.destinations.iter().map(|destination| match destination {
                    Destination::Printer => Button::Print,
                    Destination::File => Button::Save,
                }));
                buttons.push(Button::AskMail);
            }
            Outcome::Account(_, AccountOutcome::LoggedIn(Some(_))) => buttons.push(Button::AskMail),
            Outcome::Account(AccountAction::Resend, _) => buttons.push(Button::FirstPassword),
            Outcome::Account(..) => {}
        }
        if self.mail().is_some_and(|mail| mail.state == MailState::Stuck) {
            buttons.push(Button::Address);
        }
        if matches!(self.outcome, Outcome::Registered(..)) {
            buttons.push(Button::Qr);
        }
        if self.offers_sheet {
            buttons.push(Button::Transfer);
        }
        buttons
    }

    /// Return whether the focused button does nothing, since something is still being saved or printed.
    pub fn is_issuing(&self, behind: bool) -> bool {
        let focused = self.row.and_then(|row| self.buttons(behind).get(row).copied());
        matches!(focused, Some(Button::Print | Button::Save)) && self.issue.as_ref().is_some_and(Issue::is_running)
    }

    /// Update the delivery state. A service that names the folder of its mails only once has named it before.
    pub(in crate::app) fn found(&mut self, mut mail: Mail) {
        mail.folder = mail.folder.or_else(|| self.mail()?.folder.clone());
        match &mut self.outcome {
            Outcome::Registered(registered, _) => registered.mail = mail,
            Outcome::Account(_, AccountOutcome::Mailed(old) | AccountOutcome::LoggedIn(Some(old))) => *old = mail,
            Outcome::Account(..) => {}
        }
    }
}

/// Format the time of registration in Japan's time zone; empty if the service did not give it.
pub fn registered_at(lang: Lang, registered: &Registered) -> String {
    registered.registered_at.and_then(minute_in_japan).map(|when| lang.fill(Text::DoneAt, &[&when])).unwrap_or_default()
}
