//! Card insertion and removal: which card becomes the visit's, what happens when it is removed, returned or replaced, and what continues
//! once it can be used.

use super::{account, cards, open, visit};
use crate::app::screen::{Overlay, Screen};
use crate::app::state::cards::{known_tries, obstacle};
use crate::app::state::form::FormState;
use crate::app::state::pin::{PinEntry, PinNote};
use crate::app::state::trouble::NextStep;
use crate::app::visit::{Cover, Reaction, VisitEvent, reaction};
use crate::app::{Effect, Model};
use crate::card::CardId;
use crate::card::watch::ReaderStates;
use crate::error::Code;
use crate::worker::{JobError, Reply};

/// Apply new reader states.
pub(super) fn changed(model: &mut Model, states: ReaderStates) -> Vec<Effect> {
    let free = model.is_free();
    let usual = model.card.usual_reader().map(|reader| reader.name.clone());
    model.card.reader_states = Some(states);
    let card = &mut model.card;
    let present: Vec<String> = card
        .reader_states
        .iter()
        .flat_map(|states| &states.readers)
        .filter(|reader| reader.card)
        .map(|reader| reader.name.clone())
        .collect();
    card.statuses.retain(|(reader, _)| present.contains(reader));
    card.looks_again = 0;
    card.reading.take_if(|(_, reader)| !present.contains(reader));
    if let Some(other) = card.usual_reader().map(|reader| reader.name.clone()).filter(|other| free && usual.as_ref() != Some(other)) {
        // Read for the choice between two slots, or for another visit: the visit begins with what is there now.
        card.forget_status(&other);
    }
    let mut effects = Vec::new();
    if card.left_behind.take_if(|reader| !present.contains(reader)).is_some() {
        cards::uncover(model);
        effects.extend(visit::usual_letters(model));
    }
    if model.visit.reader.as_ref().is_some_and(|reader| !present.contains(reader)) {
        effects.extend(left(model));
    }
    if matches!(model.visit.cover, Some(Cover::OtherCard(_))) && !cards::another_lies_there(model) {
        // The other card was removed: wait for the visit's own card as before.
        model.visit.cover = model.visit.covered_before.take();
        cards::cover_if_away(model);
    }
    effects.extend(cards::read_cards(model));
    effects.extend(settle(model));
    effects
}

/// Handle the removal of the visit's card.
fn left(model: &mut Model) -> Vec<Effect> {
    let reader = model.visit.reader.take();
    model.visit.away = 0;
    model.visit.needs_pin_again |= model.visit.is_open();
    if model.visit.waiting.is_some() {
        // The running job will report it.
        return Vec::new();
    }
    if cards::another_lies_there(model) {
        // It was read earlier, while the visit's card was away, and is not read again.
        cards::another(model);
    }
    match reaction(model.setup.mode, VisitEvent::CardAway, model.visit.stage()) {
        Reaction::Finish if model.setup.limits.away == 0 => return visit::end(model),
        Reaction::Finish if !model.visit.nav.asks() => return visit::next_person(model),
        _ => {}
    }
    cards::cover_if_away(model);
    let asking = matches!(model.visit.nav.screen, Screen::Pin(_)) && model.visit.nav.overlay().is_none();
    let waits = reaction(model.setup.mode, VisitEvent::CardAway, model.visit.stage()) == Reaction::Wait;
    // A page on which nothing was typed has nothing to cover.
    if asking && (waits || model.visit.is_blank()) {
        // The card was removed before the PIN was sent: no try was spent, and the page continues once it is back.
        let code = match &model.card.reader_states {
            Some(states) if !states.service => Code::PcscNotRunning,
            _ if reader.is_some_and(|name| model.card.reader_called(&name).is_none()) => Code::ReaderGone,
            _ => Code::NoCard,
        };
        return open::trouble(model, JobError::Card(code.into()), NextStep::WaitForCard);
    }
    Vec::new()
}

/// Handle the reply to a status job.
pub(super) fn status_read(model: &mut Model, reader: String, reply: Reply) -> Vec<Effect> {
    let status = match reply {
        Reply::Status(status) => Ok(status),
        Reply::Failed(trouble) => Err(*trouble),
        _ => return Vec::new(),
    };
    model.card.reading = None;
    if let Screen::Pin(entry) = &mut model.visit.nav.screen {
        // Whatever the status is.
        entry.note.take_if(|note| *note == PinNote::ReadingCard);
    }
    let id = status.as_ref().ok().map(|status| status.identity);
    model.card.forget_status(&reader);
    model.card.statuses.push((reader.clone(), status));
    match (id, model.visit.card) {
        // The reader to use may be the one that was read before, once the other slot of its device holds no usable card.
        _ if model.is_free() && (model.visit.cover.is_none() || model.visit.is_blank()) => bind_usual(model),
        // Not a My Number Card: reported only where a card is waited for, and bound to no visit.
        (None, _) => {}
        (Some(id), bound) if bound.is_some() && bound == id => cards::back(model, reader),
        (Some(_), Some(_)) if !model.visit.is_blank() => cards::another(model),
        // A visit locked before any card was bound is unlocked by none: its owner cannot be told.
        (Some(_), None) if model.visit.cover.is_some() && !model.visit.is_blank() => {}
        (Some(id), _) => bind(model, reader, id),
    }
    cards::show_tries(model);
    let mut effects = cards::read_cards(model);
    effects.extend(settle(model));
    effects
}

/// Bind the visit to the card of the reader to use, if that is known and the card can be used.
fn bind_usual(model: &mut Model) {
    let Some(reader) = model.card.usual_reader().map(|reader| reader.name.clone()) else { return };
    if let Some(Ok(identity)) = model.card.status_in(&reader).map(|status| status.as_ref().map(|status| status.identity)) {
        bind(model, reader, identity);
    }
}

/// Bind the visit to the card just read. A blank visit that was bound to another card starts over.
fn bind(model: &mut Model, reader: String, card: Option<CardId>) {
    if model.visit.card.is_some() && model.visit.card != card {
        model.visit.form = FormState::new(model.today);
    }
    if model.visit.is_blank() {
        // A blank visit has nothing to hide.
        cards::uncover(model);
    }
    model.visit.card = card;
    model.visit.reader = Some(reader);
    if let Some(purpose) = model.visit.pin_purpose() {
        let tries = known_tries(model, purpose);
        if let Screen::Pin(entry) = &mut model.visit.nav.screen
            && entry.pin.is_empty()
        {
            **entry = PinEntry::new(purpose, tries, entry.then.clone());
        }
    }
}

/// Continue what waits for the card, once its status is known: beneath a menu or a question, and in place of help.
fn settle(model: &mut Model) -> Vec<Effect> {
    let asking = model.visit.nav.take_asking();
    let effects = settle_beneath(model);
    model.visit.nav.put_back(asking);
    effects
}

fn settle_beneath(model: &mut Model) -> Vec<Effect> {
    let waits = model.visit.nav.trouble().is_some_and(|page| page.next_step == NextStep::WaitForCard);
    if !(waits || model.visit.resumes_when_read) || model.is_reading_card() || model.visit.cover.is_some() {
        return Vec::new();
    }
    let ready = matches!(model.card_status(), Some(Ok(_)));
    match obstacle(model) {
        // The obstacle is gone: continue without another key.
        None if ready => {
            model.visit.resumes_when_read = false;
            if waits {
                model.visit.nav.close_all();
                refresh_pin(model);
            }
            resume(model)
        }
        None if model.is_ambiguous() && model.visit.resumes_when_read => {
            model.visit.resumes_when_read = false;
            model.visit.nav.open(Overlay::Reader(0));
            Vec::new()
        }
        Some(trouble) if model.visit.resumes_when_read || ready || is_unfit(model) || is_outdated(model, trouble.code()) => {
            model.visit.resumes_when_read = false;
            open::trouble(model, trouble, NextStep::WaitForCard)
        }
        _ => Vec::new(),
    }
}

/// Return whether a card was read and cannot be used.
fn is_unfit(model: &Model) -> bool {
    matches!(model.card_status(), Some(Err(_)))
        || (model.visit.reader.is_none() && model.card.statuses.iter().any(|(_, status)| status.is_err()))
}

/// Return whether the page that waits for the card says what is missing, and something else is missing now.
fn is_outdated(model: &Model, now: Code) -> bool {
    let shown = model.visit.nav.trouble().map(|page| page.trouble.code());
    match (shown, now) {
        // Unplugged says more.
        (Some(Code::ReaderGone), Code::NoReader) | (None, _) => false,
        (Some(shown), Code::PcscNotRunning | Code::NoReader) => shown != now,
        (Some(shown), now) => matches!(shown, Code::PcscNotRunning | Code::NoReader) && now == Code::NoCard,
    }
}

/// Say on an open PIN page that the PIN is needed again.
fn refresh_pin(model: &mut Model) {
    if let Screen::Pin(entry) = &mut model.visit.nav.screen {
        entry.note = entry.pin.is_empty().then_some(PinNote::Again);
    }
}

/// Resume what was waiting for the card.
pub(super) fn resume(model: &mut Model) -> Vec<Effect> {
    match model.visit.nav.screen {
        Screen::Prepare(_) => visit::begin(model),
        Screen::Top(_) if model.visit.is_open() => visit::reopen(model),
        _ => account::resume(model),
    }
}
