//! The staff of a kiosk: their word, and what it opens. Nothing of a visit is left by then.

use super::{diagnosis, issue, moved, quit, visit};
use crate::app::screen::Overlay;
use crate::app::state::staff::{StaffAnswer, StaffRow, staff_rows};
use crate::app::visit::Mode;
use crate::app::{Action, Effect, Model};
use crate::locale::Lang;

/// Ask for the staff word, if the settings hold one.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    let knows = model.setup.mode == Mode::Kiosk && model.setup.has_staff_word;
    if knows && !matches!(model.visit.nav.overlay(), Some(Overlay::StaffWord(_) | Overlay::Staff(_))) {
        model.visit.nav.open(Overlay::StaffWord(Box::default()));
    }
    Vec::new()
}

/// Handle an action where the word is asked for.
pub(super) fn handle_word(model: &mut Model, action: &Action) -> Vec<Effect> {
    let Some(Overlay::StaffWord(page)) = model.visit.nav.overlay_mut() else { return Vec::new() };
    match action {
        Action::Type(typed) => {
            page.note = None;
            page.word.push(typed.encode_utf8(&mut [0; 4]));
        }
        Action::Erase => page.word.erase(),
        Action::EraseAll => page.word.clear(),
        Action::Activate | Action::Confirm if !page.word.is_empty() => return vec![Effect::CheckStaffWord(page.word.take())],
        Action::Back => model.visit.nav.close(),
        _ => {}
    }
    Vec::new()
}

/// Open the staff page with the right word: whoever was here has left it to the staff.
pub(super) fn answered(model: &mut Model, answer: StaffAnswer) -> Vec<Effect> {
    let Some(Overlay::StaffWord(page)) = model.visit.nav.overlay_mut() else { return Vec::new() };
    if answer != StaffAnswer::Right {
        page.note = Some(answer);
        return Vec::new();
    }
    if model.visit.is_sending() {
        return Vec::new();
    }
    let effects = visit::start_again(model);
    model.visit.nav.open(Overlay::Staff(Box::default()));
    effects
}

/// Handle an action on the staff page.
pub(super) fn handle(model: &mut Model, action: &Action) -> Vec<Effect> {
    let rows = staff_rows(model);
    let Some(Overlay::Staff(page)) = model.visit.nav.overlay_mut() else { return Vec::new() };
    if let Some(there) = moved(page.row, rows.len(), action) {
        page.row = there;
        return Vec::new();
    }
    let chosen = match action {
        Action::Activate | Action::Toggle => rows.get(page.row),
        Action::ChooseRow(chosen) => rows.get(*chosen),
        Action::Diagnose => Some(&StaffRow::Diagnose),
        Action::Back => Some(&StaffRow::Back),
        _ => None,
    };
    match chosen {
        Some(StaffRow::Print) => return issue::trial(model),
        Some(StaffRow::Diagnose) => return diagnosis::open(model),
        Some(StaffRow::Reader) => model.visit.nav.open(Overlay::Reader(0)),
        Some(StaffRow::Language) => {
            let mut languages = Lang::drawn(model.setup.latin).cycle().skip_while(|lang| *lang != model.setup.lang);
            model.setup.lang = languages.nth(1).unwrap_or(model.setup.lang);
            model.lang = model.setup.lang;
        }
        Some(StaffRow::Leave) => return quit(model),
        Some(StaffRow::Back) => model.visit.nav.close(),
        None => {}
    }
    Vec::new()
}

/// Return whether an action is the staff's alone, at a kiosk.
pub(super) fn is_reserved(model: &Model, action: &Action) -> bool {
    let inside = matches!(model.visit.nav.overlay(), Some(Overlay::Staff(_)));
    model.setup.mode == Mode::Kiosk && !inside && matches!(action, Action::Leave | Action::Diagnose)
}
