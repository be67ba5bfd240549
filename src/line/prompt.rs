//! The current question of line mode, derived from the model and never stored beside it.

use crate::app::screen::{Overlay, Question, Screen};
use crate::app::state::account::{AccountAction, AccountFocus};
use crate::app::state::first_password::{PasswordFocus, PasswordNote};
use crate::app::state::form::FormFocus;
use crate::app::state::issue::Issue;
use crate::app::visit::Cover;
use crate::app::{Model, Wait};
use crate::card::{Purpose, Tries};
use crate::error::Code;
use crate::registration::FieldId;

/// A question, or a state without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Prompt {
    /// The menu of the top page.
    Top,
    /// Before you begin.
    Prepare,
    /// The word to type before the last try.
    Word(Purpose),
    /// A PIN, with the tries left.
    Pin(Purpose, Tries),
    /// A field of STEP1.
    Field(FieldId),
    /// An item of STEP1 that is no question: the summary, the link to the terms, the buttons.
    Item(FormFocus),
    /// STEP2.
    Confirm,
    /// The code from the mail, for the first password.
    PasswordCode,
    /// The first password.
    NewPassword,
    /// After an expired link: another mail, or another code?
    PasswordAgain,
    /// The list of account actions.
    AccountMenu,
    /// An item of an account action's input page.
    AccountItem(AccountFocus),
    /// A result, and whether one of its buttons has been used.
    ResultPage(bool),
    /// A text to read; `true` once it is available.
    Reading(bool),
    /// The language menu.
    Language,
    /// The choice between several readers.
    Reader,
    /// Where to save.
    SaveWhere,
    /// An office's records: which one to use, or why there are none.
    Records,
    /// The transfer sheet, and whether a line of it has been used.
    Transfer(bool),
    /// The municipality picker.
    Picker,
    /// An error.
    Trouble(Code),
    /// A question before an irreversible action.
    Ask(Question),
    /// The visit is covered.
    Cover(Cover),
    /// No question: the card status is being read.
    ReadingCard,
    /// No question: a job is running.
    Waiting(Wait),
    /// No question: something to take home is being saved or printed.
    Issuing,
}

impl Prompt {
    /// Derive the place from the model.
    pub(super) fn of(model: &Model) -> Prompt {
        match (model.visit.nav.overlay(), &model.visit.nav.screen) {
            (Some(Overlay::Question(ask, _)), _) => Prompt::Ask(*ask),
            (Some(Overlay::Language(_)), _) => Prompt::Language,
            _ if let Some(cover) = model.visit.cover => Prompt::Cover(cover),
            (Some(Overlay::Terms(text, _)), _) => Prompt::Reading(text.is_some()),
            // No kiosk is in line mode.
            (Some(Overlay::Help(_) | Overlay::Diagnosis(..) | Overlay::Qr | Overlay::StaffWord(_) | Overlay::Staff(_)), _) => {
                Prompt::Reading(true)
            }
            (Some(Overlay::Reader(_)), _) => Prompt::Reader,
            (Some(Overlay::SaveWhere(_)), _) => Prompt::SaveWhere,
            (Some(Overlay::Records(_)), _) => Prompt::Records,
            (Some(Overlay::Transfer(page)), _) => Prompt::Transfer(page.note.is_some()),
            (Some(Overlay::Picker(_)), _) => Prompt::Picker,
            (Some(Overlay::Trouble(page)), _) if page.slip.as_ref().is_some_and(Issue::is_running) => Prompt::Issuing,
            (Some(Overlay::Trouble(page)), _) => Prompt::Trouble(page.trouble.code()),
            (None, _) if model.visit.resumes_when_read => Prompt::ReadingCard,
            (None, screen) => match (model.visit.waiting, screen) {
                (Some(waiting), _) => Prompt::Waiting(waiting.what),
                (None, Screen::Attract(_) | Screen::Top(_)) => Prompt::Top,
                (None, Screen::Prepare(_)) => Prompt::Prepare,
                (None, Screen::Pin(entry)) if !entry.may_go_on() => Prompt::Word(entry.pin.purpose()),
                (None, Screen::Pin(entry)) => Prompt::Pin(entry.pin.purpose(), entry.tries),
                (None, Screen::Form) => match model.visit.form.focus {
                    FormFocus::Field(field) => Prompt::Field(field),
                    other => Prompt::Item(other),
                },
                (None, Screen::Confirm(_)) => Prompt::Confirm,
                (None, Screen::FirstPassword(page)) => match (page.note, page.focus) {
                    (Some(PasswordNote::Set), _) => Prompt::Reading(true),
                    (_, PasswordFocus::Code) => Prompt::PasswordCode,
                    (_, PasswordFocus::Again) => Prompt::PasswordAgain,
                    _ => Prompt::NewPassword,
                },
                (None, Screen::AccountMenu(_)) => Prompt::AccountMenu,
                // In full-screen mode 戻る has the focus first; here an empty line does that.
                (None, Screen::Account) if model.visit.account.choice == AccountAction::Withdraw => Prompt::AccountItem(AccountFocus::Word),
                (None, Screen::Account) => Prompt::AccountItem(model.visit.account.focus),
                (None, Screen::Result(done)) if done.issue.as_ref().is_some_and(Issue::is_running) => Prompt::Issuing,
                (None, Screen::Result(done)) => Prompt::ResultPage(done.note.is_some() || done.issue.is_some()),
            },
        }
    }

    /// Return whether the answer is read without echo.
    pub(super) fn is_secret(self) -> bool {
        matches!(self, Prompt::Pin(..) | Prompt::NewPassword | Prompt::AccountItem(AccountFocus::Password))
    }

    /// Return whether the answer can be irreversible: then input typed ahead is discarded.
    pub(super) fn commits(self) -> bool {
        matches!(
            self,
            Prompt::Confirm | Prompt::Ask(_) | Prompt::Cover(_) | Prompt::ResultPage(_) | Prompt::AccountItem(AccountFocus::Word)
        )
    }

    /// Return whether the answer is text rather than the number of a list item.
    pub(super) fn is_typed(self) -> bool {
        matches!(self, Prompt::Pin(..) | Prompt::Word(_) | Prompt::PasswordCode | Prompt::NewPassword | Prompt::AccountItem(_))
    }

    /// Return whether to wait without asking.
    pub(super) fn waits(self) -> bool {
        matches!(self, Prompt::ReadingCard | Prompt::Waiting(_) | Prompt::Issuing | Prompt::Reading(false))
    }
}
