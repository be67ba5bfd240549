//! Handling of actions on overlays (help, terms, languages, readers, questions) and while a visit is covered.

use super::{cards, confirm, issue, jobs, moved, open, picker, pin, quit, records, scrolled, transfer, trouble, visit};
use crate::app::screen::{Overlay, Question, Screen};
use crate::app::visit::Cover;
use crate::app::{Action, Effect, Model, Wait};
use crate::locale::Lang;

/// Handle an action on the topmost overlay.
pub(super) fn handle(model: &mut Model, action: Action) -> Vec<Effect> {
    match model.visit.nav.overlay() {
        Some(Overlay::Language(row)) => return handle_language(model, *row, action),
        Some(Overlay::Reader(row)) => return handle_reader(model, *row, action),
        Some(Overlay::Records(_)) if matches!(action, Action::Back) => {
            records::leave(model);
            return if matches!(model.visit.nav.screen, Screen::Pin(_)) { pin::leave(model) } else { Vec::new() };
        }
        Some(Overlay::Records(_)) => return records::handle(model, &action),
        Some(Overlay::Transfer(_)) => return transfer::handle(model, &action),
        Some(Overlay::SaveWhere(_)) => return issue::handle_where(model, &action),
        Some(Overlay::Trouble(_)) => return trouble::handle(model, &action),
        _ => {}
    }
    let extent = model.extent;
    let Some(overlay) = model.visit.nav.overlay_mut() else { return Vec::new() };
    match overlay {
        Overlay::Help(line) | Overlay::Terms(_, line) | Overlay::Diagnosis(_, line) => match (scrolled(*line, &action, extent), action) {
            (Some(there), _) => *line = there,
            (None, Action::Back | Action::Activate | Action::Help) => return close(model),
            _ => {}
        },
        Overlay::Picker(picker) => {
            if let Some(done) = picker::handle(picker, action) {
                return picker::pick(model, done);
            }
        }
        Overlay::Qr => {
            if matches!(action, Action::Back | Action::Activate | Action::Toggle) {
                return close(model);
            }
        }
        Overlay::Language(_)
        | Overlay::Reader(_)
        | Overlay::Records(_)
        | Overlay::Transfer(_)
        | Overlay::SaveWhere(_)
        | Overlay::Trouble(_)
        | Overlay::StaffWord(_)
        | Overlay::Staff(_) => {}
        Overlay::Question(ask, row) => {
            let ask = *ask;
            if let Some(there) = moved(*row, 2, &action) {
                *row = there;
            } else {
                match (action, *row) {
                    (Action::ChooseRow(1), _) | (Action::Activate | Action::Toggle, 1) => return said_yes(model, ask),
                    (Action::ChooseRow(0) | Action::Back, _) | (Action::Activate | Action::Toggle, _) => {
                        model.visit.nav.close();
                    }
                    _ => {}
                }
            }
        }
    }
    Vec::new()
}

/// Carry out a question answered with Yes.
fn said_yes(model: &mut Model, ask: Question) -> Vec<Effect> {
    model.visit.nav.close();
    match ask {
        // The question was asked before anything was signed; leaving now would leave the result unknown.
        _ if model.visit.is_sending() => Vec::new(),
        Question::Leave => quit(model),
        Question::Forget | Question::Written => visit::end(model),
        Question::Register => confirm::register(model),
    }
}

/// Handle an action while the visit is covered: only its card or the next person uncovers it.
pub(super) fn handle_covered(model: &mut Model, cover: Cover, action: &Action) -> Vec<Effect> {
    match (cover, action) {
        // The card was not removed after all.
        (Cover::CardOut, Action::Back | Action::Activate) if model.visit.reader.is_some() => {
            model.visit.cover = None;
            Vec::new()
        }
        (Cover::OtherCard(_), Action::ChooseRow(1)) | (Cover::OtherCard(1), Action::Activate | Action::Toggle) => visit::start_again(model),
        (Cover::OtherCard(row), action) => {
            if let Some(there) = moved(row, 2, action) {
                model.visit.cover = Some(Cover::OtherCard(there));
            }
            Vec::new()
        }
        (Cover::TakeCard | Cover::Unattended, _) => Vec::new(),
        (_, Action::Activate | Action::Toggle | Action::ChooseRow(0)) => visit::next_person(model),
        _ => Vec::new(),
    }
}

fn handle_language(model: &mut Model, row: usize, action: Action) -> Vec<Effect> {
    let chosen = match action {
        Action::Back => {
            model.visit.nav.close();
            return Vec::new();
        }
        Action::Activate | Action::Toggle | Action::Confirm => row,
        Action::ChooseRow(row) => row,
        other => {
            if let Some(there) = moved(row, Lang::drawn(model.setup.latin).count(), &other) {
                model.visit.nav.replace(Overlay::Language(there));
            }
            return Vec::new();
        }
    };
    let Some(lang) = Lang::drawn(model.setup.latin).nth(chosen) else { return Vec::new() };
    let changed = std::mem::replace(&mut model.lang, lang) != lang;
    model.visit.nav.close();
    let shows_terms = model.visit.cover.is_none() && matches!(model.visit.nav.overlay(), Some(Overlay::Terms(..)));
    if !(changed && shows_terms) {
        return Vec::new();
    }
    // The terms are there in every language; the old text stays until the new one has come.
    let mut effects = if fetches_terms(model) { jobs::stop_waiting(model) } else { Vec::new() };
    effects.extend(open::fetch_terms(model));
    effects
}

fn fetches_terms(model: &Model) -> bool {
    model.visit.waiting.is_some_and(|waiting| waiting.what == Wait::Terms)
}

fn handle_reader(model: &mut Model, row: usize, action: Action) -> Vec<Effect> {
    let readers = model.card.reader_states.as_ref().map_or(&[][..], |states| &states.readers);
    let chosen = match action {
        Action::Activate | Action::Toggle | Action::Confirm => row,
        Action::ChooseRow(row) => row,
        Action::Back => {
            close_reader(model);
            return Vec::new();
        }
        other => {
            if let Some(there) = moved(row, readers.len(), &other) {
                model.visit.nav.replace(Overlay::Reader(there));
            }
            return Vec::new();
        }
    };
    let Some(name) = readers.get(chosen).map(|reader| reader.name.clone()) else { return Vec::new() };
    // Read for the choice between two slots: the visit begins with what is there now.
    model.card.forget_status(&name);
    model.card.chosen = Some(name);
    close_reader(model);
    cards::read_cards(model)
}

/// Close the choice of the reader, and what asked for it; a staff page stays.
fn close_reader(model: &mut Model) {
    if model.visit.nav.is_staffs() { model.visit.nav.close() } else { model.visit.nav.close_all() }
}

/// Close the topmost overlay; a pending fetch of the terms is cancelled.
fn close(model: &mut Model) -> Vec<Effect> {
    let waited = matches!(model.visit.nav.overlay(), Some(Overlay::Terms(..))) && fetches_terms(model);
    model.visit.nav.close();
    if waited { jobs::stop_waiting(model) } else { Vec::new() }
}
