//! The cards in the readers: which is read, and what a visit whose card is away shows. While the visit's card is present no other is read;
//! while it is away it is looked for in every reader.

use crate::app::screen::{Overlay, Screen};
use crate::app::state::cards::known_tries;
use crate::app::visit::{Cover, Reaction, VisitEvent, reaction};
use crate::app::{Effect, Model};
use crate::card::{CardStatus, Choice, Purpose, Tries};
use crate::worker::Job;

/// Cover the page while the visit's card is away, if the mode requires it.
pub(super) fn cover_if_away(model: &mut Model) {
    let visit = &model.visit;
    let shown = matches!(visit.cover, None | Some(Cover::Unattended));
    let away = visit.card.is_some() && visit.reader.is_none() && shown && visit.waiting.is_none() && !visit.is_blank();
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
    if !matches!(model.visit.cover, Some(Cover::Away | Cover::CardOut | Cover::OtherCard(_))) {
        model.visit.away = 0;
    }
    model.visit.cover = Some(cover);
}

/// Return whether a My Number Card other than the visit's is in a reader.
pub(super) fn another_lies_there(model: &Model) -> bool {
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
    // What the last person left is nobody's visit.
    if model.visit.waiting.is_some() || model.card.reading.is_some() || model.card.left_behind.is_some() {
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
        None => match card.choice() {
            Choice::One(reader) | Choice::Look(reader) => Some(reader.name.as_str()),
            _ => None,
        },
    };
    let Some(reader) = reader.filter(|reader| new(reader)).map(str::to_owned) else { return Vec::new() };
    let ticket = model.ticket();
    model.card.reading = Some((ticket, reader.clone()));
    vec![Effect::Run(ticket, Job::ReadStatus { reader })]
}

/// Repeat the looks that failed for a passing cause.
pub(super) fn look_again(model: &mut Model) -> Vec<Effect> {
    model.card.looks_again += 1;
    model.card.forget_spoiled();
    read_cards(model)
}

/// Read the card status again, on request or because the retry counters may have changed.
pub(super) fn read_again(model: &mut Model) -> Vec<Effect> {
    match model.reader().map(|reader| reader.name.clone()) {
        Some(reader) => model.card.forget_status(&reader),
        None => model.card.statuses.clear(),
    }
    read_cards(model)
}

/// Handle the return of the visit's card, in any reader.
pub(super) fn back(model: &mut Model, reader: String) {
    model.visit.reader = Some(reader);
    uncover(model);
}

pub(super) fn uncover(model: &mut Model) {
    (model.visit.cover, model.visit.covered_before) = (None, None);
}

/// Handle another card in a reader while the visit's is away.
pub(super) fn another(model: &mut Model) {
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

/// Record the tries left that a job reported, and show them.
pub(super) fn set_tries(model: &mut Model, purpose: Purpose, tries: Tries) {
    let Some(reader) = model.reader().map(|reader| reader.name.clone()) else { return };
    if let Some(CardStatus { signing_tries, authentication_tries, .. }) = model.card.status_in_mut(&reader) {
        match purpose {
            Purpose::Signing => *signing_tries = tries,
            Purpose::Authentication => *authentication_tries = tries,
        }
    }
    show_tries(model);
}

/// Show on an open PIN page the tries that are known now, whatever has been typed there.
pub(super) fn show_tries(model: &mut Model) {
    let Some(purpose) = model.visit.pin_purpose() else { return };
    let tries = known_tries(model, purpose);
    if let Screen::Pin(entry) = &mut model.visit.nav.screen {
        entry.tries = tries;
    }
}
