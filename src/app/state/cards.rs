//! State of readers and their cards before any PIN, and why a PIN cannot be asked for.

use crate::app::Model;
use crate::app::screen::Screen;
use crate::app::state::pin::AfterPin;
use crate::app::visit::{Reaction, VisitEvent, reaction};
use crate::card::watch::ReaderStates;
use crate::card::{CardStatus, Choice, Purpose, Reader, Tries, choose};
use crate::error::Code;
use crate::registration::Date;
use crate::worker::{JobError, Ticket};

/// State of the readers and their cards, before any PIN.
#[derive(Debug, Default)]
pub struct CardState {
    /// The reader states from PC/SC; `None` until the first report.
    pub reader_states: Option<ReaderStates>,
    /// The reader chosen by the user or the settings.
    pub chosen: Option<String>,
    /// Card status by reader, or why it could not be read.
    pub(in crate::app) statuses: Vec<(String, Result<CardStatus, crate::worker::JobError>)>,
    /// The reader of a kiosk in which the last person's card lies still.
    pub(in crate::app) left_behind: Option<String>,
    /// The status job in progress, and its reader.
    pub(in crate::app) reading: Option<(Ticket, String)>,
    /// How often spoiled looks were repeated since the last change of readers and cards.
    pub(in crate::app) looks_again: u32,
}

/// How often spoiled looks are repeated: it costs no try, but a card that stays silent is told about once and for all.
const LOOKS_AGAIN: u32 = 3;

impl CardState {
    /// Return which reader to use while no card is bound.
    pub(in crate::app) fn choice(&self) -> Choice<'_> {
        let readers = self.reader_states.as_ref().map_or(&[][..], |states| &states.readers);
        choose(readers, self.chosen.as_deref(), |name| {
            let status = self.status_in(name)?;
            // What a wrong clock says is nothing about the card.
            Some(status.as_ref().err().is_none_or(|error| error.code() == Code::ClockWrong))
        })
    }

    /// Return the reader to use while no card is bound, once it is known.
    pub(in crate::app) fn usual_reader(&self) -> Option<&Reader> {
        match self.choice() {
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

    /// Return the status of the card in a reader.
    pub(in crate::app) fn status_in(&self, reader: &str) -> Option<&Result<CardStatus, crate::worker::JobError>> {
        self.statuses.iter().find(|(name, _)| name == reader).map(|(_, status)| status)
    }

    pub(in crate::app) fn status_in_mut(&mut self, reader: &str) -> Option<&mut CardStatus> {
        self.statuses.iter_mut().find(|(name, _)| name == reader).and_then(|(_, status)| status.as_mut().ok())
    }

    /// Drop what failed for a passing cause, so that it is read again.
    pub(in crate::app) fn forget_spoiled(&mut self) {
        self.statuses.retain(|(_, status)| !status.as_ref().is_err_and(|error| passes(error.code())));
    }

    /// Drop the status of the card in a reader, so that it is read again.
    pub(in crate::app) fn forget_status(&mut self, reader: &str) {
        self.statuses.retain(|(name, _)| name != reader);
    }
}

/// Return whether a look may have failed because another program (a desktop, a browser) looked at the same card, or because it lay badly
/// for a moment.
const fn passes(code: Code) -> bool {
    use Code::{CardFault, CardMute, CardRemoved, CardReset, NoCard, PcscFault, ReaderBusy};
    matches!(code, CardFault | CardMute | CardRemoved | CardReset | NoCard | PcscFault | ReaderBusy)
}

/// Return whether a look at a present card failed for a passing cause and is to be repeated.
pub(in crate::app) fn is_spoiled(model: &Model) -> bool {
    let card = &model.card;
    let busy = model.visit.waiting.is_some() || card.reading.is_some() || card.left_behind.is_some();
    let spoiled = card.statuses.iter().any(|(_, status)| status.as_ref().is_err_and(|error| passes(error.code())));
    spoiled && !busy && card.looks_again < LOOKS_AGAIN
}

/// Return whether there is a card whose status can be read again.
pub fn can_read(model: &Model) -> bool {
    let card = &model.card;
    match &model.visit.reader {
        Some(reader) => card.has_card(reader),
        // The visit's card is looked for in every reader.
        None if model.visit.card.is_some() && !model.visit.is_blank() => {
            card.reader_states.iter().flat_map(|states| &states.readers).any(|reader| reader.card)
        }
        None => card.usual_reader().is_some_and(|reader| reader.card),
    }
}

/// Return the keys that the current action needs, in the order of use: both for a registration.
fn needed(model: &Model) -> &'static [Purpose] {
    let account = match &model.visit.nav.screen {
        Screen::Pin(entry) => entry.then == AfterPin::Account,
        screen => matches!(screen, Screen::Account | Screen::AccountMenu(_)),
    };
    if account { model.visit.account.choice.keys() } else { &[Purpose::Signing, Purpose::Authentication] }
}

/// Return why no PIN can be asked for now; `None` if the card is ready or its status is still being read.
pub fn obstacle(model: &Model) -> Option<JobError> {
    let states = model.card.reader_states.as_ref()?;
    let needed = needed(model);
    let (signing, authentication) = (needed.contains(&Purpose::Signing), needed.contains(&Purpose::Authentication));
    let code = match (model.card_status(), model.reader()) {
        _ if !states.service => Code::PcscNotRunning,
        _ if states.readers.is_empty() => Code::NoReader,
        (_, None) if model.is_choosing() => return None,
        (_, None) if !model.is_ambiguous() => return Some(absence(model)),
        (_, Some(reader)) if !reader.card => Code::NoCard,
        (Some(Err(trouble)), _) => return Some(trouble.clone()),
        (Some(Ok(status)), _) if status.seems_without_pins() => Code::WithoutPins,
        (Some(Ok(status)), _) if signing && !status.signing_present => Code::SigningCertificateAbsent,
        (Some(Ok(status)), _) if authentication && !status.authentication_present => Code::AuthenticationCertificateAbsent,
        (Some(Ok(status)), _) if authentication && has_ended(status, model.today()) => Code::AuthenticationCertificateExpired,
        (Some(Ok(status)), _) if signing && status.signing_tries == Tries::Locked => Code::SigningLocked,
        (Some(Ok(status)), _) if authentication && status.authentication_tries == Tries::Locked => Code::AuthenticationLocked,
        _ => return None,
    };
    Some(JobError::Card(code.into()))
}

/// Return the error for having no usable card: another card's status error, else `NoCard`.
fn absence(model: &Model) -> JobError {
    let other = model.card.statuses.iter().find_map(|(_, status)| status.as_ref().err());
    other.cloned().unwrap_or_else(|| JobError::Card(Code::NoCard.into()))
}

/// Return whether the user-authentication certificate has expired, so that no PIN is asked for in vain.
fn has_ended(status: &CardStatus, today: Date) -> bool {
    status.authentication_validity.and_then(|validity| crate::time::date_in_japan(validity.until)).is_some_and(|last| last < today)
}

/// Return the tries left, as last read from the card.
pub(in crate::app) fn known_tries(model: &Model, purpose: Purpose) -> Tries {
    match (model.card_status(), purpose) {
        (Some(Ok(status)), Purpose::Signing) => status.signing_tries,
        (Some(Ok(status)), Purpose::Authentication) => status.authentication_tries,
        _ => Tries::Unknown,
    }
}

/// Return whether STEP1 or STEP2 should say that the card is needed.
pub fn should_warn_card_away(model: &Model) -> bool {
    let away = model.visit.card.is_some() && model.visit.reader.is_none();
    away && reaction(model.setup.mode, VisitEvent::CardAway, model.visit.stage()) == Reaction::Say
}
