//! Handling of actions on STEP1.

use super::{cards, open, visit};
use crate::app::screen::{Overlay, Screen};
use crate::app::state::confirm::ConfirmPage;
use crate::app::state::form::FormFocus;
use crate::app::state::picker::Picker;
use crate::app::state::trouble::NextStep;
use crate::app::visit::{Cover, Mode, Reaction, VisitEvent, reaction};
use crate::app::{Action, Effect, Model};
use crate::error::Code;
use crate::places;
use crate::registration::{Draft, FieldId, Form, holder};
use crate::worker::{Confirmed, JobError};
use std::sync::Arc;

pub(super) fn handle(model: &mut Model, action: Action) -> Vec<Effect> {
    if model.visit.form.edit(&action) {
        return Vec::new();
    }
    match action {
        Action::Next => model.visit.form.step(1),
        Action::Previous => model.visit.form.step(-1),
        Action::Down => model.visit.form.walk(1),
        Action::Up => model.visit.form.walk(-1),
        // These two stand side by side.
        Action::Right if model.visit.form.focus == FormFocus::Confirm => model.visit.form.go(FormFocus::Back),
        Action::Left if model.visit.form.focus == FormFocus::Back => model.visit.form.go(FormFocus::Confirm),
        Action::NextLeft => model.visit.form.go_to_next_left(),
        Action::ChooseRow(line) => mend(model, line),
        Action::PageDown => model.visit.form.step(4),
        Action::PageUp => model.visit.form.step(-4),
        Action::FocusForm(focus) => model.visit.form.go(focus),
        Action::Confirm => return confirm(model),
        Action::Back => return leave(model),
        Action::LookAtCard => look_at_card(model),
        Action::Terms => {
            model.visit.form.go(FormFocus::Terms);
            return open::terms(model);
        }
        Action::Search => {
            model.visit.form.go(FormFocus::Field(FieldId::Municipality));
            return activate(model);
        }
        Action::Activate | Action::Toggle => return activate(model),
        _ => {}
    }
    Vec::new()
}

fn activate(model: &mut Model) -> Vec<Effect> {
    match model.visit.form.focus {
        FormFocus::Summary(line) => mend(model, line),
        FormFocus::Field(FieldId::Municipality) => {
            let of = |draft: &Draft| places::by_code(draft.get(FieldId::Municipality));
            let (chosen, card) = (of(&model.visit.form.draft), of(&model.visit.form.card));
            model.visit.nav.open(Overlay::Picker(Box::new(Picker::new(chosen, card))));
        }
        FormFocus::Field(_) => model.visit.form.go_on(),
        FormFocus::Terms => return open::terms(model),
        FormFocus::LookAtCard => look_at_card(model),
        FormFocus::Confirm => return confirm(model),
        FormFocus::Back => return leave(model),
    }
    Vec::new()
}

/// Go to the field of a line of the summary.
fn mend(model: &mut Model, line: usize) {
    if let Some(field) = model.visit.form.summary().get(line).map(|fault| fault.field) {
        model.visit.form.go(FormFocus::Field(field));
    }
}

fn leave(model: &mut Model) -> Vec<Effect> {
    // The field that had the focus is folded and stored.
    let focus = model.visit.form.focus;
    model.visit.form.go(focus);
    match reaction(model.setup.mode, VisitEvent::Back, model.visit.stage()) {
        Reaction::Top => visit::to_top(model),
        Reaction::Ask => visit::next_person(model),
        _ => Vec::new(),
    }
}

/// Let the person read the face of the card, which may carry the number asked for; at a desk the page is covered meanwhile.
fn look_at_card(model: &mut Model) {
    if model.setup.mode != Mode::Home {
        cards::cover(model, Cover::CardOut);
    }
}

/// Go to STEP2 if the form is valid and matches the holder of the card.
fn confirm(model: &mut Model) -> Vec<Effect> {
    let Some(form) = model.visit.form.confirm() else { return Vec::new() };
    if model.visit.holder().is_some_and(|holder| holder::is_somebody_else(holder, &form)) {
        return open::trouble(model, JobError::Card(Code::NotCardHolder.into()), NextStep::CardValues);
    }
    let confirmed = Arc::new(confirmed(model, form));
    model.visit.nav.screen = Screen::Confirm(Box::new(ConfirmPage::new(confirmed, model.setup.mode.offers_sheet())));
    Vec::new()
}

fn confirmed(model: &Model, form: Form) -> Confirmed {
    let visit = &model.visit;
    Confirmed {
        // `terms` is kept even if the session has ended.
        terms: visit.terms.clone().unwrap_or_default(),
        differs: visit.holder().map(|holder| holder::differences(holder, &form)).unwrap_or_default(),
        certificate: visit.certificate.as_ref().map_or([0; 32], |certificate| certificate.fingerprint),
        form,
    }
}
