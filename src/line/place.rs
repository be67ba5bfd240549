//! The current question of line mode, derived from the model and never stored beside it.

use crate::app::screen::{Overlay, Question, Screen};
use crate::app::state::account::{AccountAction, AccountFocus};
use crate::app::state::first_password::{PasswordFocus, PasswordNote};
use crate::app::state::form::Focus;
use crate::app::visit::Cover;
use crate::app::{Model, Wait};
use crate::card::{Purpose, Tries};
use crate::error::Code;
use crate::registration::FieldId;

/// A question, or a state without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
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
    Item(Focus),
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
}

impl Place {
    /// Derive the place from the model.
    pub(super) fn of(model: &Model) -> Place {
        match (model.visit.nav.overlay(), &model.visit.nav.screen) {
            (Some(Overlay::Question(ask, _)), _) => Place::Ask(*ask),
            (Some(Overlay::Language(_)), _) => Place::Language,
            _ if let Some(cover) = model.visit.cover => Place::Cover(cover),
            (Some(Overlay::Terms(text, _)), _) => Place::Reading(text.is_some()),
            (Some(Overlay::Help(_)), _) => Place::Reading(true),
            (Some(Overlay::Reader(_)), _) => Place::Reader,
            (Some(Overlay::Picker(_)), _) => Place::Picker,
            (Some(Overlay::Trouble(page)), _) => Place::Trouble(page.trouble.code()),
            (None, _) if model.visit.continues_once_read => Place::ReadingCard,
            (None, screen) => match (model.visit.waiting, screen) {
                (Some(waiting), _) => Place::Waiting(waiting.what),
                (None, Screen::Top(_)) => Place::Top,
                (None, Screen::Prepare(_)) => Place::Prepare,
                (None, Screen::Pin(entry)) if !entry.may_go_on() => Place::Word(entry.pin.purpose()),
                (None, Screen::Pin(entry)) => Place::Pin(entry.pin.purpose(), entry.tries),
                (None, Screen::Input) => match model.visit.form.focus {
                    Focus::Field(field) => Place::Field(field),
                    other => Place::Item(other),
                },
                (None, Screen::Confirm(_)) => Place::Confirm,
                (None, Screen::FirstPassword(page)) => match (page.note, page.focus) {
                    (Some(PasswordNote::Set), _) => Place::Reading(true),
                    (_, PasswordFocus::Code) => Place::PasswordCode,
                    (_, PasswordFocus::Again) => Place::PasswordAgain,
                    _ => Place::NewPassword,
                },
                (None, Screen::AccountMenu(_)) => Place::AccountMenu,
                // In full-screen mode 戻る has the focus first; here an empty line does that.
                (None, Screen::Account) if model.visit.account.choice == AccountAction::Withdraw => Place::AccountItem(AccountFocus::Word),
                (None, Screen::Account) => Place::AccountItem(model.visit.account.focus),
                (None, Screen::Result(done)) => Place::ResultPage(done.note.is_some()),
            },
        }
    }

    /// Return whether the answer is read without echo.
    pub(super) fn is_secret(self) -> bool {
        matches!(self, Place::Pin(..) | Place::NewPassword | Place::AccountItem(AccountFocus::Password))
    }

    /// Return whether the answer can be irreversible: then input typed ahead is discarded.
    pub(super) fn commits(self) -> bool {
        matches!(self, Place::Confirm | Place::Ask(_) | Place::Cover(_) | Place::ResultPage(_) | Place::AccountItem(AccountFocus::Word))
    }

    /// Return whether the answer is text rather than the number of a list item.
    pub(super) fn is_typed(self) -> bool {
        matches!(self, Place::Pin(..) | Place::Word(_) | Place::PasswordCode | Place::NewPassword | Place::AccountItem(_))
    }

    /// Return whether to wait without asking.
    pub(super) fn waits(self) -> bool {
        matches!(self, Place::ReadingCard | Place::Waiting(_) | Place::Reading(false))
    }
}
