//! What each action does on a page over a screen: help, terms, languages, readers, the picker, trouble, leaving.

use super::action::Action;
use super::form::Focus;
use super::picker::Picker;
use super::step::{Overlay, Question};
use super::update::{PAGE, moved, quit, scrolled};
use super::visit::Cover;
use super::{Effect, Model, cards, reply};
use crate::locale::Lang;
use crate::places;
use crate::registration::FieldId;

/// Do what an action does on the page over the screen.
pub(super) fn act(model: &mut Model, wish: Action) -> Vec<Effect> {
    match model.visit.over {
        Some(Overlay::Language(row)) => return act_language(model, row, wish),
        Some(Overlay::Reader(row)) => return act_reader(model, row, wish),
        _ => {}
    }
    let Some(over) = &mut model.visit.over else { return Vec::new() };
    match over {
        Overlay::Help(line) | Overlay::Terms(_, line) => match (scrolled(*line, &wish), wish) {
            (Some(there), _) => *line = there,
            (None, Action::Back | Action::Activate | Action::Help) => return reply::close(model),
            _ => {}
        },
        Overlay::Picker(picker) => {
            if let Some(done) = act_picker(picker, wish) {
                return pick(model, done);
            }
        }
        Overlay::Trouble(page) => {
            let next_step = page.next_step;
            match wish {
                Action::Next | Action::Previous | Action::PageDown | Action::PageUp | Action::First | Action::Last => {
                    page.line = scrolled(page.line, &wish).unwrap_or(page.line);
                }
                Action::Activate | Action::Confirm | Action::ReadCard | Action::Toggle => return reply::go_on(model, next_step),
                Action::Back => return reply::give_way(model),
                _ => {}
            }
        }
        Overlay::Language(_) | Overlay::Reader(_) => {}
        Overlay::Question(ask, row) => {
            let ask = *ask;
            if let Some(there) = moved(*row, 2, &wish) {
                *row = there;
            } else {
                match (wish, *row) {
                    (Action::Row(1), _) | (Action::Activate | Action::Toggle, 1) => return said_yes(model, ask),
                    (Action::Row(0) | Action::Back, _) | (Action::Activate | Action::Toggle, _) => {
                        model.visit.over = model.visit.beneath.take()
                    }
                    _ => {}
                }
            }
        }
    }
    Vec::new()
}

/// Yes was said to a question.
fn said_yes(model: &mut Model, ask: Question) -> Vec<Effect> {
    model.visit.over = model.visit.beneath.take();
    match ask {
        // It was asked before anything was signed; by now whoever left would not know whether they are registered.
        _ if model.visit.is_sending() => Vec::new(),
        Question::Leave => quit(model),
        Question::Forget | Question::Written => reply::end(model),
        Question::Register => reply::register(model),
    }
}

/// Do what an action does while a visit is covered: nothing of it is shown, and only its card, or the next person, changes that.
pub(super) fn act_covered(model: &mut Model, cover: Cover, wish: &Action) -> Vec<Effect> {
    match (cover, wish) {
        // The card was not taken out after all.
        (Cover::Looking, Action::Back | Action::Activate) if model.visit.reader.is_some() => {
            model.visit.cover = None;
            Vec::new()
        }
        (Cover::OtherCard(_), Action::Row(1)) | (Cover::OtherCard(1), Action::Activate | Action::Toggle) => reply::end(model),
        (Cover::OtherCard(row), wish) => {
            if let Some(there) = moved(row, 2, wish) {
                model.visit.cover = Some(Cover::OtherCard(there));
            }
            Vec::new()
        }
        (_, Action::Activate | Action::Toggle | Action::Row(0)) => reply::next_person(model),
        _ => Vec::new(),
    }
}

/// Put a page over what is there. Help gives way to it, and what help covered comes back when it is closed.
pub(super) fn put_over(model: &mut Model, over: Overlay) {
    let before = model.visit.over.replace(over);
    if !matches!(before, Some(Overlay::Help(_))) {
        model.visit.beneath = before;
    }
}

/// Open the languages.
pub(super) fn choose_language(model: &mut Model) -> Vec<Effect> {
    let row = Lang::ALL.iter().position(|lang| *lang == model.lang).unwrap_or(0);
    put_over(model, Overlay::Language(row));
    Vec::new()
}

fn act_language(model: &mut Model, row: usize, wish: Action) -> Vec<Effect> {
    let chosen = match wish {
        Action::Back => {
            model.visit.over = model.visit.beneath.take();
            return Vec::new();
        }
        Action::Activate | Action::Toggle | Action::Confirm => row,
        Action::Row(row) => row,
        other => {
            if let Some(there) = moved(row, Lang::ALL.len(), &other) {
                model.visit.over = Some(Overlay::Language(there));
            }
            return Vec::new();
        }
    };
    if let Some(lang) = Lang::ALL.get(chosen) {
        model.lang = *lang;
        model.visit.over = model.visit.beneath.take();
    }
    Vec::new()
}

fn act_reader(model: &mut Model, row: usize, wish: Action) -> Vec<Effect> {
    let readers = model.card.seen.as_ref().map_or(&[][..], |seen| &seen.readers);
    let chosen = match wish {
        Action::Activate | Action::Toggle | Action::Confirm => row,
        Action::Row(row) => row,
        Action::Back => {
            model.visit.over = None;
            return Vec::new();
        }
        other => {
            if let Some(there) = moved(row, readers.len(), &other) {
                model.visit.over = Some(Overlay::Reader(there));
            }
            return Vec::new();
        }
    };
    let Some(name) = readers.get(chosen).map(|reader| reader.name.clone()) else { return Vec::new() };
    model.card.chosen = Some(name);
    model.visit.over = None;
    cards::look_on(model)
}

/// What a finished picker answers: a place, or nothing.
enum Picked {
    Place(Box<places::Hit>),
    Nothing,
}

fn act_picker(picker: &mut Picker, wish: Action) -> Option<Picked> {
    match wish {
        Action::Next => picker.step(1),
        Action::Previous => picker.step(-1),
        Action::PageDown => picker.step(PAGE),
        Action::PageUp => picker.step(-PAGE),
        Action::Activate | Action::Confirm => return picker.choose().map(|hit| Picked::Place(Box::new(hit))),
        Action::Row(row) if row < picker.len() => {
            picker.row = row;
            return picker.choose().map(|hit| Picked::Place(Box::new(hit)));
        }
        Action::Back if !picker.back() => return Some(Picked::Nothing),
        Action::Edit(key) => picker.edit(key),
        _ => {}
    }
    None
}

fn pick(model: &mut Model, done: Picked) -> Vec<Effect> {
    model.visit.over = None;
    if let Picked::Place(hit) = done {
        model.visit.form.set(FieldId::Municipality, hit.municipality.code().to_owned());
        if let Some(town) = &hit.town
            && model.visit.form.draft.get(FieldId::AddressLine).is_empty()
        {
            model.visit.form.set(FieldId::AddressLine, town.line());
        }
        model.visit.form.go(Focus::Field(FieldId::AddressLine));
    }
    Vec::new()
}
