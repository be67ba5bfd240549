//! Handling of actions in the municipality picker.

use super::PAGE;
use crate::app::state::form::FormFocus;
use crate::app::state::picker::Picker;
use crate::app::{Action, Effect, Model};
use crate::places;
use crate::registration::FieldId;

/// The result of a closed picker.
pub(super) enum Picked {
    Place(Box<places::Hit>),
    Nothing,
}

pub(super) fn handle(picker: &mut Picker, action: Action) -> Option<Picked> {
    match action {
        Action::Next => picker.step(1),
        Action::Previous => picker.step(-1),
        Action::Right => picker.turn(1),
        Action::Left => picker.turn(-1),
        Action::GoToPrefecture(place) => picker.go_to(place),
        Action::PageDown => picker.step(PAGE),
        Action::PageUp => picker.step(-PAGE),
        Action::Activate | Action::Confirm => return picker.choose().map(|hit| Picked::Place(Box::new(hit))),
        Action::ChooseRow(row) if row < picker.len() => {
            picker.row = row;
            return picker.choose().map(|hit| Picked::Place(Box::new(hit)));
        }
        Action::Back if !picker.back() => return Some(Picked::Nothing),
        Action::Edit(key) => picker.edit(key),
        _ => {}
    }
    None
}

pub(super) fn pick(model: &mut Model, done: Picked) -> Vec<Effect> {
    let street = model.visit.nav.picker().map(|picker| picker.query.value().to_owned()).and_then(|typed| places::split(&typed));
    model.visit.nav.close_all();
    if let Picked::Place(hit) = done {
        model.visit.form.set(FieldId::Municipality, hit.municipality.code().to_owned());
        if model.visit.form.draft.get(FieldId::AddressLine).is_empty()
            && let Some(line) = line(&hit, street)
        {
            model.visit.form.set(FieldId::AddressLine, line);
        }
        model.visit.form.go(FormFocus::Field(FieldId::AddressLine));
    }
    Vec::new()
}

/// Return the address line that a choice brings: all that was typed behind the municipality, if it is there, else the town.
fn line(hit: &places::Hit, typed: Option<places::Split>) -> Option<String> {
    let street = typed.filter(|split| split.municipality == hit.municipality && !split.rest.is_empty()).map(|split| split.rest);
    match (&hit.town, street) {
        (Some(town), Some(street)) if !places::is_begun_by(&street, town) => Some(town.line()),
        (_, Some(street)) => Some(street),
        (Some(town), None) => Some(town.line()),
        (None, None) => None,
    }
}
