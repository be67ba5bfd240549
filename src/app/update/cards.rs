//! Card insertion and removal: which card is read, which is the visit's, and what happens to a visit whose card is removed, returned or
//! replaced. While the visit's card is present no other is read; while it is away it is looked for in every reader.

use super::{account, pin, trouble, visit};
use crate::app::screen::{Overlay, Screen};
use crate::app::state::cards::{known_tries, obstacle};
use crate::app::state::form::FormState;
use crate::app::state::pin::{PinEntry, PinNote};
use crate::app::state::trouble::NextStep;
use crate::app::visit::{Cover, Reaction, VisitEvent, reaction};
use crate::app::{Effect, Model};
use crate::card::watch::ReaderStates;
use crate::card::{CardId, CardStatus, Purpose, Tries};
use crate::error::Code;
use crate::worker::{Job, JobError, Reply};

/// Apply new reader states.
pub(super) fn readers_changed(model: &mut Model, states: ReaderStates) -> Vec<Effect> {
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
    card.reading.take_if(|(_, reader)| !present.contains(reader));
    let mut effects = Vec::new();
    if model.visit.reader.as_ref().is_some_and(|reader| !present.contains(reader)) {
        effects.extend(left(model));
    }
    if matches!(model.visit.cover, Some(Cover::OtherCard(_))) && !another_lies_there(model) {
        // The other card was removed: wait for the visit's own card as before.
        model.visit.cover = model.visit.covered_before.take();
        cover_if_away(model);
    }
    effects.extend(read_cards(model));
    effects.extend(settle(model));
    effects
}

/// Handle the removal of the visit's card.
fn left(model: &mut Model) -> Vec<Effect> {
    model.visit.reader = None;
    model.visit.needs_pin_again |= model.visit.is_open();
    if model.visit.waiting.is_some() {
        // The running job will report it.
        return Vec::new();
    }
    if another_lies_there(model) {
        // It was read earlier, while the visit's card was away, and is not read again.
        another(model);
    }
    cover_if_away(model);
    let asking = matches!(model.visit.nav.screen, Screen::Pin(_)) && model.visit.nav.overlay().is_none();
    if asking && reaction(model.setup.mode, VisitEvent::CardAway, model.visit.stage()) == Reaction::Wait {
        // The card was removed before the PIN was sent: no try was spent, and the page continues once it is back.
        return trouble::open(model, JobError::Card(Code::NoCard.into()), NextStep::WaitForCard);
    }
    Vec::new()
}

/// Cover the page while the visit's card is away, if the mode requires it.
pub(super) fn cover_if_away(model: &mut Model) {
    let visit = &model.visit;
    let away = visit.card.is_some() && visit.reader.is_none() && visit.cover.is_none() && visit.waiting.is_none();
    if away && reaction(model.setup.mode, VisitEvent::CardAway, visit.stage()) == Reaction::Cover {
        cover(model, Cover::Away);
    }
}

/// Hide every page. An open question is closed, so that the next person at the keyboard cannot answer it.
pub(super) fn cover(model: &mut Model, cover: Cover) {
    while matches!(model.visit.nav.overlay(), Some(Overlay::Question(..) | Overlay::Language(_))) {
        model.visit.nav.close();
    }
    if matches!(cover, Cover::OtherCard(_)) && !matches!(model.visit.cover, Some(Cover::OtherCard(_))) {
        model.visit.covered_before = model.visit.cover;
    }
    model.visit.cover = Some(cover);
}

/// Return whether a My Number Card other than the visit's is in a reader.
fn another_lies_there(model: &Model) -> bool {
    let away = model.visit.card.is_some() && model.visit.reader.is_none() && !model.visit.is_blank();
    away && model.card.statuses.iter().any(|(_, status)| status.is_ok())
}

/// Catch up, after a job, on changes of readers and cards that happened while it ran.
pub(super) fn after_job(model: &mut Model) -> Vec<Effect> {
    let effects = read_cards(model);
    if another_lies_there(model) && model.visit.cover.is_none() {
        another(model);
    }
    cover_if_away(model);
    effects
}

/// Read the status of the next unread card: the visit's own, or, while that is away, any that could be it.
pub(super) fn read_cards(model: &mut Model) -> Vec<Effect> {
    if model.visit.waiting.is_some() || model.card.reading.is_some() {
        return Vec::new();
    }
    let card = &model.card;
    let new = |reader: &str| card.has_card(reader) && card.status_in(reader).is_none();
    let searched = model.visit.card.is_some() && !model.visit.is_blank();
    let reader = match &model.visit.reader {
        Some(reader) => Some(reader.as_str()),
        None if searched => {
            card.reader_states.iter().flat_map(|states| &states.readers).map(|reader| reader.name.as_str()).find(|reader| new(reader))
        }
        None => card.usual_reader().map(|reader| reader.name.as_str()),
    };
    let Some(reader) = reader.filter(|reader| new(reader)).map(str::to_owned) else { return Vec::new() };
    let ticket = model.ticket();
    model.card.reading = Some((ticket, reader.clone()));
    vec![Effect::Run(ticket, Job::ReadStatus { reader })]
}

/// Read the card status again, on request or because the retry counters may have changed.
pub(super) fn read_again(model: &mut Model) -> Vec<Effect> {
    match model.reader().map(|reader| reader.name.clone()) {
        Some(reader) => model.card.forget_status(&reader),
        None => model.card.statuses.clear(),
    }
    read_cards(model)
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
        // Not a My Number Card: reported only where a card is waited for, and bound to no visit.
        (None, _) => {}
        (Some(id), bound) if bound.is_some() && bound == id => back(model, reader),
        (Some(_), Some(_)) if !model.visit.is_blank() => another(model),
        // A visit locked before any card was bound is unlocked by none: its owner cannot be told.
        (Some(_), None) if model.visit.cover.is_some() && !model.visit.is_blank() => {}
        (Some(id), _) => bind(model, reader, id),
    }
    let mut effects = read_cards(model);
    effects.extend(settle(model));
    effects
}

/// Handle the return of the visit's card, in any reader.
fn back(model: &mut Model, reader: String) {
    model.visit.reader = Some(reader);
    uncover(model);
}

fn uncover(model: &mut Model) {
    (model.visit.cover, model.visit.covered_before) = (None, None);
}

/// Handle another card in a reader while the visit's is away.
fn another(model: &mut Model) {
    if model.visit.reader.is_some() || model.visit.waiting.is_some() {
        return;
    }
    match reaction(model.setup.mode, VisitEvent::OtherCard, model.visit.stage()) {
        // After a `CardOut` cover the person puts the same card back: a card in another reader does not start the next visit by default.
        Reaction::AskAgain if model.visit.cover == Some(Cover::CardOut) => cover(model, Cover::OtherCard(0)),
        Reaction::AskFirst => cover(model, Cover::OtherCard(0)),
        Reaction::AskAgain => cover(model, Cover::OtherCard(1)),
        _ => {}
    }
}

/// Handle a card that the worker or the service found not to be the visit's.
pub(super) fn not_ours(model: &mut Model) -> Vec<Effect> {
    if let Some(reader) = model.visit.reader.take() {
        model.card.forget_status(&reader);
    }
    model.visit.needs_pin_again = true;
    match reaction(model.setup.mode, VisitEvent::OtherCard, model.visit.stage()) {
        Reaction::AskAgain => cover(model, Cover::OtherCard(1)),
        _ => cover(model, Cover::OtherCard(0)),
    }
    read_cards(model)
}

/// Bind the visit to the card just read. A blank visit that was bound to another card starts over.
fn bind(model: &mut Model, reader: String, card: Option<CardId>) {
    if model.visit.card.is_some() && model.visit.card != card {
        model.visit.form = FormState::new(model.today);
    }
    if model.visit.is_blank() {
        // A blank visit has nothing to hide.
        uncover(model);
    }
    model.visit.card = card;
    model.visit.reader = Some(reader);
    if let Some(purpose) = pin::purpose(model) {
        let tries = known_tries(model, purpose);
        if let Screen::Pin(entry) = &mut model.visit.nav.screen
            && entry.pin.is_empty()
        {
            **entry = PinEntry::new(purpose, tries, entry.then.clone());
        }
    }
}

/// Continue what waits for the card, once its status is known.
fn settle(model: &mut Model) -> Vec<Effect> {
    let waits = matches!(model.visit.nav.overlay(), Some(Overlay::Trouble(page)) if page.next_step == NextStep::WaitForCard);
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
        Some(trouble) if model.visit.resumes_when_read || ready || is_unfit(model) => {
            model.visit.resumes_when_read = false;
            trouble::open(model, trouble, NextStep::WaitForCard)
        }
        _ => Vec::new(),
    }
}

/// Return whether a card was read and cannot be used.
fn is_unfit(model: &Model) -> bool {
    matches!(model.card_status(), Some(Err(_)))
        || (model.visit.reader.is_none() && model.card.statuses.iter().any(|(_, status)| status.is_err()))
}

/// Update an open PIN page with the tries now read.
fn refresh_pin(model: &mut Model) {
    let Some(purpose) = pin::purpose(model) else { return };
    let tries = known_tries(model, purpose);
    if let Screen::Pin(entry) = &mut model.visit.nav.screen {
        entry.tries = tries;
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

/// Show why no PIN can be asked for now; `None` if the card is ready. If its status is still being read, continue once it is known.
pub(super) fn require_card(model: &mut Model) -> Option<Vec<Effect>> {
    if model.is_ambiguous() {
        model.visit.nav.open(Overlay::Reader(0));
        return Some(Vec::new());
    }
    match (obstacle(model), model.card_status()) {
        (Some(trouble), _) => Some(trouble::open(model, trouble, NextStep::WaitForCard)),
        (None, Some(Ok(_))) => None,
        (None, _) => {
            model.visit.resumes_when_read = true;
            Some(read_cards(model))
        }
    }
}

/// Record the tries left that a job reported.
pub(super) fn set_tries(model: &mut Model, purpose: Purpose, tries: Tries) {
    let Some(reader) = model.reader().map(|reader| reader.name.clone()) else { return };
    if let Some(CardStatus { signing_tries, authentication_tries, .. }) = model.card.status_in_mut(&reader) {
        match purpose {
            Purpose::Signing => *signing_tries = tries,
            Purpose::Authentication => *authentication_tries = tries,
        }
    }
}

/// Lock the page, or report the card as away, after the idle time.
pub(super) fn idle(model: &mut Model) {
    if model.idle_after().is_none() || model.visit.is_sending() {
        return;
    }
    let away = model.visit.cover == Some(Cover::CardOut) && model.visit.reader.is_none();
    cover(model, if away { Cover::Away } else { Cover::Locked });
}
