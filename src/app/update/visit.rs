//! Starting, resuming and ending a visit.

use super::{cards, open};
use crate::app::screen::{Overlay, Question, Screen};
use crate::app::state::cards::known_tries;
use crate::app::state::pin::AfterPin;
use crate::app::state::top::TopRow;
use crate::app::visit::Visit;
use crate::app::{Effect, Model};
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
    Vec::new()
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

/// End the visit: drop all personal data, here and in the worker, and redraw the whole screen.
pub(super) fn end(model: &mut Model) -> Vec<Effect> {
    let mut effects = Vec::new();
    if model.visit.waiting.is_some() {
        effects.push(Effect::Cancel);
    }
    model.visit = Visit::new(model.today);
    model.card.statuses.clear();
    model.card.reading = None;
    // The last person's choice of reader does not apply to the next one.
    model.card.chosen.clone_from(&model.setup.reader);
    let ticket = model.ticket();
    effects.extend([Effect::Run(ticket, Job::EndVisit), Effect::Redraw]);
    effects.extend(cards::read_cards(model));
    effects
}

/// End the visit for the next person: at once if nothing is lost, else after a question.
pub(super) fn next_person(model: &mut Model) -> Vec<Effect> {
    if model.visit.is_blank() {
        return end(model);
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
