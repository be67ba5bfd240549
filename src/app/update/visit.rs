//! Starting, resuming and ending a visit.

use super::{cards, open, records};
use crate::app::day_count::Reached;
use crate::app::screen::{Overlay, Question, Screen};
use crate::app::state::cards::known_tries;
use crate::app::state::pin::AfterPin;
use crate::app::state::top::TopRow;
use crate::app::visit::{Cover, Mode, Visit};
use crate::app::{Effect, Letters, Model};
use crate::card::{Purpose, Tries};
use crate::worker::Job;

/// Continue from "before you begin": to the form if the card is proved already, else to the signing password.
pub(super) fn begin(model: &mut Model) -> Vec<Effect> {
    if model.visit.session.is_some() {
        return reopen(model);
    }
    if let Some(effects) = open::card_obstacle(model) {
        return effects;
    }
    open::pin(model, Purpose::Signing, AfterPin::Continue);
    records::read(model)
}

/// Resume an open visit. Its card is needed, and the user-authentication PIN if the card was away; nothing personal is shown before that.
pub(super) fn reopen(model: &mut Model) -> Vec<Effect> {
    if let Some(effects) = open::card_obstacle(model) {
        return effects;
    }
    if model.visit.session.is_none() {
        open::pin(model, Purpose::Signing, AfterPin::Continue);
    } else if model.visit.needs_pin_again {
        return open::pin_again(model, Purpose::Authentication, AfterPin::Resume);
    } else {
        model.visit.nav.screen = Screen::Form;
    }
    Vec::new()
}

/// End the visit. At a kiosk the card that lies in the reader still is asked for until it is gone; nobody can take that of practice.
pub(super) fn end(model: &mut Model) -> Vec<Effect> {
    let asks = model.setup.mode == Mode::Kiosk && model.setup.practice.is_none();
    let reader = model.visit.reader.take().or(model.card.left_behind.take()).filter(|reader| asks && model.card.has_card(reader));
    model.card.left_behind = reader;
    start_again(model)
}

/// End the visit, and begin the next one with what lies in the reader: drop all personal data, here and in the worker, and redraw the whole
/// screen.
pub(super) fn start_again(model: &mut Model) -> Vec<Effect> {
    let mut effects = model.visit.last_effects();
    if model.visit.waiting.is_some() {
        effects.push(Effect::Cancel);
    }
    let reached = model.visit.reached;
    model.visit = Visit::new(model.setup.mode, model.today);
    model.visit.cover = model.card.left_behind.is_some().then_some(Cover::TakeCard);
    if model.setup.mode == Mode::Kiosk {
        model.lang = model.setup.lang;
    }
    effects.extend(count(model, reached));
    model.card.statuses.clear();
    model.card.reading = None;
    // The last person's choice of reader does not apply to the next one.
    model.card.chosen.clone_from(&model.setup.reader);
    let ticket = model.ticket();
    effects.extend([Effect::Run(ticket, Job::EndVisit), Effect::Redraw]);
    effects.extend(cards::read_cards(model));
    effects.extend(usual_letters(model));
    effects
}

/// Begin the next visit in the usual letters, once the last person's card is gone.
pub(super) fn usual_letters(model: &Model) -> Option<Effect> {
    let ends = model.setup.letters == Some(Letters::Large) && model.card.left_behind.is_none();
    (ends && matches!(model.visit.nav.screen, Screen::Attract(_))).then_some(Effect::OtherLetters)
}

/// Count a visit that has ended, where visits are counted.
pub(super) fn count(model: &mut Model, reached: Reached) -> Vec<Effect> {
    model.day.ended(reached);
    let counts = model.setup.mode != Mode::Home && reached != Reached::Nothing;
    counts.then_some(Effect::Ended(reached)).into_iter().collect()
}

/// End the visit for the next person: at once if nothing is lost, else after a question.
pub(super) fn next_person(model: &mut Model) -> Vec<Effect> {
    if model.visit.is_blank() {
        return start_again(model);
    }
    if !model.visit.is_sending() {
        let ask = match model.visit.result() {
            Some(done) if done.needs_writing() => Question::Written,
            // The receipt was saved, or there is nothing to save.
            Some(_) => return end(model),
            None => Question::Forget,
        };
        model.visit.nav.open(Overlay::Question(ask, 0));
    }
    Vec::new()
}

/// Go to the top page. A registration in progress stays open; anything else ends with the visit.
pub(super) fn to_top(model: &mut Model) -> Vec<Effect> {
    if !model.visit.is_open() {
        return end(model);
    }
    // With one try left, resuming is not the default.
    let last_try = model.visit.needs_pin_again && known_tries(model, Purpose::Authentication) == Tries::Left(1);
    let wanted = if last_try { TopRow::NextPerson } else { TopRow::GoOn };
    let row = super::top_rows(model).iter().position(|row| *row == wanted).unwrap_or(0);
    model.visit.nav.close_all();
    model.visit.nav.screen = Screen::Top(row);
    Vec::new()
}
