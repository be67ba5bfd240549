//! Readers and the cards in them, before any PIN; why no PIN can be asked for now.

use crate::app::Model;
use crate::app::screen::Screen;
use crate::app::state::pin::AfterPin;
use crate::app::visit::Stage;
use crate::card::watch::ReaderStates;
use crate::card::{CardStatus, Choice, Purpose, Reader, Tries, choose};
use crate::error::Code;
use crate::registration::Date;
use crate::worker::{JobError, Ticket};

/// What is known about readers and the cards in them, before any PIN.
#[derive(Debug, Default)]
pub struct CardState {
    /// What PC/SC says; `None` until it has said anything.
    pub reader_states: Option<ReaderStates>,
    /// The reader that the person or the settings chose.
    pub chosen: Option<String>,
    /// What the cards said, or why they could not be looked at, by their readers.
    pub(in crate::app) statuses: Vec<(String, Result<CardStatus, crate::worker::JobError>)>,
    /// The look that is under way, and its reader.
    pub(in crate::app) reading: Option<(Ticket, String)>,
}

impl CardState {
    /// Return the reader that is used where no card is bound yet: the chosen one, else the only one with a card.
    pub(in crate::app) fn usual_reader(&self) -> Option<&Reader> {
        let readers = &self.reader_states.as_ref()?.readers;
        let chosen = self.chosen.as_deref();
        if let Some(reader) = readers.iter().find(|reader| Some(reader.name.as_str()) == chosen) {
            return Some(reader);
        }
        match choose(readers) {
            Choice::One(reader) => Some(reader),
            _ => None,
        }
    }

    pub(in crate::app) fn reader_called(&self, name: &str) -> Option<&Reader> {
        self.reader_states.as_ref()?.readers.iter().find(|reader| reader.name == name)
    }

    pub(in crate::app) fn has_card(&self, reader: &str) -> bool {
        self.reader_called(reader).is_some_and(|reader| reader.card)
    }

    /// Return what is known of the card in a reader.
    pub(in crate::app) fn status_in(&self, reader: &str) -> Option<&Result<CardStatus, crate::worker::JobError>> {
        self.statuses.iter().find(|(name, _)| name == reader).map(|(_, status)| status)
    }

    pub(in crate::app) fn status_in_mut(&mut self, reader: &str) -> Option<&mut CardStatus> {
        self.statuses.iter_mut().find(|(name, _)| name == reader).and_then(|(_, status)| status.as_mut().ok())
    }

    /// Forget what the card in a reader said: it is looked at again.
    pub(in crate::app) fn forget_status(&mut self, reader: &str) {
        self.statuses.retain(|(name, _)| name != reader);
    }
}

/// Return the keys that what the person is about to do needs: a registration both, in this order.
fn needed(model: &Model) -> &'static [Purpose] {
    let account = match &model.visit.nav.screen {
        Screen::Pin(entry) => entry.then == AfterPin::Account,
        screen => matches!(screen, Screen::Account | Screen::AccountMenu(_)),
    };
    if account { model.visit.account.choice.keys() } else { &[Purpose::Signing, Purpose::Authentication] }
}

/// Return why no PIN can be asked for now; `None` when the card is ready, or still being looked at.
pub fn obstacle(model: &Model) -> Option<JobError> {
    let states = model.card.reader_states.as_ref()?;
    let needed = needed(model);
    let (signing, authentication) = (needed.contains(&Purpose::Signing), needed.contains(&Purpose::Authentication));
    let code = match (model.card_status(), model.reader()) {
        _ if !states.service => Code::PcscNotRunning,
        _ if states.readers.is_empty() => Code::NoReader,
        (_, None) if !model.is_ambiguous() => return Some(absence(model)),
        (_, Some(reader)) if !reader.card => Code::NoCard,
        (Some(Err(trouble)), _) => return Some(trouble.clone()),
        (Some(Ok(status)), _) if signing && !status.signing_present => Code::SigningCertificateAbsent,
        (Some(Ok(status)), _) if authentication && !status.authentication_present => Code::AuthenticationCertificateAbsent,
        (Some(Ok(status)), _) if authentication && has_ended(status, model.today()) => Code::AuthenticationCertificateExpired,
        (Some(Ok(status)), _) if signing && status.signing_tries == Tries::Locked => Code::SigningLocked,
        (Some(Ok(status)), _) if authentication && status.authentication_tries == Tries::Locked => Code::AuthenticationLocked,
        _ => return None,
    };
    Some(JobError::Card(code.into()))
}

/// Say what is in the way where no card can be used: what lies there is no My Number Card, or there is none.
fn absence(model: &Model) -> JobError {
    let other = model.card.statuses.iter().find_map(|(_, status)| status.as_ref().err());
    other.cloned().unwrap_or_else(|| JobError::Card(Code::NoCard.into()))
}

/// Whether the user-authentication certificate's last day is over: no PIN is asked for in vain.
fn has_ended(status: &CardStatus, today: Date) -> bool {
    status.authentication_validity.and_then(|validity| crate::time::date_in_japan(validity.until)).is_some_and(|last| last < today)
}

/// Return how many tries are left, as the card last said.
pub(in crate::app) fn known_tries(model: &Model, purpose: Purpose) -> Tries {
    match (model.card_status(), purpose) {
        (Some(Ok(status)), Purpose::Signing) => status.signing_tries,
        (Some(Ok(status)), Purpose::Authentication) => status.authentication_tries,
        _ => Tries::Unknown,
    }
}

/// Return whether a page of STEP1 or STEP2 is to say that the card is needed.
pub fn is_needed(model: &Model) -> bool {
    let away = model.visit.card.is_some() && model.visit.reader.is_none();
    away && model.visit.stage() == Stage::Form
}
