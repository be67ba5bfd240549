//! Opening of pages that several pages lead to. What a page does is in a file of its own.

use super::{cards, jobs};
use crate::app::screen::{Overlay, Question, Screen};
use crate::app::state::cards::{known_tries, obstacle};
use crate::app::state::pin::{AfterPin, PinEntry, PinNote};
use crate::app::state::trouble::{NextStep, TroubleButton, TroublePage};
use crate::app::{Effect, Model, Wait};
use crate::card::Purpose;
use crate::error::Code;
use crate::locale::Lang;
use crate::worker::{Job, JobError};

/// Open a PIN page.
pub(super) fn pin(model: &mut Model, purpose: Purpose, then: AfterPin) {
    let tries = known_tries(model, purpose);
    model.visit.nav.screen = Screen::Pin(Box::new(PinEntry::new(purpose, tries, then)));
}

/// Open a PIN page that says that the PIN is needed again.
pub(super) fn pin_again(model: &mut Model, purpose: Purpose, then: AfterPin) -> Vec<Effect> {
    pin(model, purpose, then);
    if let Screen::Pin(entry) = &mut model.visit.nav.screen {
        entry.note = Some(PinNote::Again);
    }
    if model.visit.reader.is_none() {
        // What made it necessary is that the card was taken away.
        let absence = obstacle(model).unwrap_or_else(|| JobError::Card(Code::NoCard.into()));
        return trouble(model, absence, NextStep::WaitForCard);
    }
    Vec::new()
}

/// Open an error page over the screen, in place of every other overlay.
pub(super) fn trouble(model: &mut Model, trouble: JobError, next_step: NextStep) -> Vec<Effect> {
    let page = TroublePage { trouble, next_step, focus: TroubleButton::default(), perhaps: false, slip: None, line: 0 };
    model.visit.nav.close_all();
    model.visit.nav.open(Overlay::Trouble(Box::new(page)));
    if next_step == NextStep::WaitForCard {
        // The page continues by itself, but a card that came back while a job ran has not been read yet.
        return cards::read_cards(model);
    }
    Vec::new()
}

/// Show why no PIN can be asked for now; `None` if the card is ready. If its status is still being read, continue once it is known.
pub(super) fn card_obstacle(model: &mut Model) -> Option<Vec<Effect>> {
    if model.is_ambiguous() {
        model.visit.nav.open(Overlay::Reader(0));
        return Some(Vec::new());
    }
    match (obstacle(model), model.card_status()) {
        (Some(obstacle), _) => {
            model.day.failed(obstacle.code());
            Some(trouble(model, obstacle, NextStep::WaitForCard))
        }
        (None, Some(Ok(_))) => None,
        (None, _) => {
            model.visit.resumes_when_read = true;
            Some(cards::read_cards(model))
        }
    }
}

/// Open a question; No is its default.
pub(super) fn question(model: &mut Model, question: Question) -> Vec<Effect> {
    model.visit.nav.open(Overlay::Question(question, 0));
    Vec::new()
}

/// Open the terms of use and fetch them.
pub(super) fn terms(model: &mut Model) -> Vec<Effect> {
    model.visit.nav.open(Overlay::Terms(None, 0));
    fetch_terms(model)
}

/// Fetch the terms of use in the UI language.
pub(super) fn fetch_terms(model: &mut Model) -> Vec<Effect> {
    let language = model.lang.tag();
    jobs::run(model, Wait::Terms, Job::Terms { language })
}

/// Open the language menu.
pub(super) fn languages(model: &mut Model) -> Vec<Effect> {
    let row = Lang::drawn(model.setup.latin).position(|lang| lang == model.lang).unwrap_or(0);
    model.visit.nav.open(Overlay::Language(row));
    Vec::new()
}
