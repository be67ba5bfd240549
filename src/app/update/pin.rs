//! Handling of actions on a PIN page; the PIN is moved into the job.

use super::{account, jobs, moved, open, visit};
use crate::app::screen::Screen;
use crate::app::state::account::CardUse;
use crate::app::state::cards::obstacle;
use crate::app::state::confirm::ConfirmPage;
use crate::app::state::form::MAX_TYPED;
use crate::app::state::paste::Pasted;
use crate::app::state::pin::{AfterPin, PinEntry, PinFocus, PinNote};
use crate::app::state::trouble::NextStep;
use crate::app::{Action, Effect, Model, Wait};
use crate::card::pin::{Pin, PinFormatError, Typed};
use crate::card::{Purpose, Tries};
use crate::error::Code;
use crate::worker::{Job, JobError};

pub(super) fn handle(model: &mut Model, action: Action) -> Vec<Effect> {
    let Screen::Pin(entry) = &mut model.visit.nav.screen else { return Vec::new() };
    let order = entry.order();
    let here = order.iter().position(|focus| *focus == entry.focus).unwrap_or(0);
    match (&action, entry.focus) {
        (Action::Type(typed), PinFocus::Pin) => {
            let result = entry.pin.push(*typed);
            entry.note = (result != Typed::Kept).then_some(PinNote::Typed(result));
        }
        (Action::Erase, PinFocus::Pin) => {
            entry.pin.pop();
            entry.note = None;
        }
        (Action::EraseAll, PinFocus::Pin) => {
            entry.pin.clear();
            entry.note = None;
        }
        (Action::Edit(key), PinFocus::Word) => {
            entry.word.edit(*key, MAX_TYPED);
            entry.note = None;
        }
        (Action::Activate | Action::Toggle, PinFocus::Show) | (Action::Show, _) => entry.shown = !entry.shown,
        (Action::FocusItem(place), _) => entry.focus = order.get(*place).copied().unwrap_or(entry.focus),
        (Action::Activate, PinFocus::Word) => entry.focus = PinFocus::Pin,
        (Action::Activate | Action::Toggle, PinFocus::Cancel) | (Action::Back, _) => return leave(model),
        (Action::Activate | Action::Toggle, PinFocus::Ok) | (Action::Activate, PinFocus::Pin) | (Action::Confirm, _) => {
            return submit(model);
        }
        (Action::Left | Action::Right | Action::Next | Action::Previous, _) => {
            if let Some(focus) = moved(here, order.len(), &action).and_then(|there| order.get(there)) {
                entry.focus = *focus;
            }
        }
        _ => {}
    }
    Vec::new()
}

/// Replace the PIN by pasted text, whole or not at all: a PIN cut from something longer would cost a try. It is not sent.
pub(super) fn paste(entry: &mut PinEntry, pasted: &Pasted) {
    let mut fresh = Pin::new(entry.pin.purpose());
    let mut folded = false;
    let fits = pasted.text().trim().chars().all(|typed| {
        let result = fresh.push(typed);
        folded |= result == Typed::Folded;
        matches!(result, Typed::Kept | Typed::Folded)
    });
    if fits && pasted.is_whole() {
        entry.pin = fresh;
        entry.note = folded.then_some(PinNote::Typed(Typed::Folded));
    } else {
        entry.note = Some(PinNote::Paste);
    }
}

/// Send the PIN if it can be valid.
fn submit(model: &mut Model) -> Vec<Effect> {
    let Some(reader) = model.reader().map(|reader| reader.name.clone()) else {
        if let (true, Screen::Pin(entry)) = (model.card.reading.is_some(), &mut model.visit.nav.screen) {
            entry.note = Some(PinNote::ReadingCard);
            return Vec::new();
        }
        let absence = obstacle(model).unwrap_or_else(|| JobError::Card(Code::NoCard.into()));
        return open::trouble(model, absence, NextStep::WaitForCard);
    };
    let Screen::Pin(entry) = &mut model.visit.nav.screen else { return Vec::new() };
    if !entry.may_go_on() {
        entry.note = Some(PinNote::Word);
        entry.focus = PinFocus::Word;
        return Vec::new();
    }
    if let Err(shape) = entry.pin.check() {
        entry.note = Some(PinNote::Format(shape));
        entry.focus = PinFocus::Pin;
        if shape == PinFormatError::LeftOut {
            // Warn only once: the PIN may be meant like this.
            entry.pin.acknowledge();
        }
        return Vec::new();
    }
    if entry.is_last_try() {
        entry.pin.allow_last_try();
    }
    let purpose = entry.pin.purpose();
    let account = entry.then == AfterPin::Account;
    // The PIN is moved out; an empty one takes its place.
    let fresh = PinEntry { shown: entry.shown, sent: entry.pin.len(), ..PinEntry::new(purpose, entry.tries, entry.then.clone()) };
    let pin = std::mem::replace(entry.as_mut(), fresh).pin;
    if account && account::is_last(model, purpose) {
        return account::run(model, Some(pin));
    }
    let card = model.visit.card;
    let (what, job) = match purpose {
        Purpose::Signing => (Wait::SignIn, Job::SignIn { reader, pin, card }),
        Purpose::Authentication => (Wait::Authenticate, Job::Authenticate { reader, pin, card }),
    };
    jobs::run(model, what, job)
}

/// Leave a PIN page without sending a PIN. The card is released, so that no PIN stays verified.
pub(super) fn leave(model: &mut Model) -> Vec<Effect> {
    let Screen::Pin(entry) = &model.visit.nav.screen else { return Vec::new() };
    let then = entry.then.clone();
    model.visit.account.card = CardUse::Closed;
    let ticket = model.ticket();
    match then {
        AfterPin::Continue => {
            model.visit.nav.screen = Screen::Prepare(super::PREPARE_NEXT);
            // They are read again.
            model.visit.records = Vec::new();
            vec![Effect::Run(ticket, Job::AbandonRegistration)]
        }
        AfterPin::Account => {
            account::back_from_pin(model);
            vec![Effect::Run(ticket, Job::AbandonRegistration)]
        }
        AfterPin::Resume => {
            let mut effects = vec![Effect::Run(ticket, Job::ReleaseCard)];
            effects.extend(visit::to_top(model));
            effects
        }
        AfterPin::Register(confirmed) => {
            model.visit.nav.screen = Screen::Confirm(Box::new(ConfirmPage::new(confirmed, model.setup.mode.offers_sheet())));
            vec![Effect::Run(ticket, Job::ReleaseCard)]
        }
    }
}

/// Ask for the PIN again, and say why.
pub(super) fn not_taken(model: &mut Model, purpose: Purpose, tries: Tries, note: PinNote) {
    if let Screen::Pin(entry) = &mut model.visit.nav.screen {
        let (then, shown) = (entry.then.clone(), entry.shown);
        *entry.as_mut() = PinEntry { shown, note: Some(note), ..PinEntry::new(purpose, tries, then) };
    }
}
