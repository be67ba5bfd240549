//! The transfer sheet over STEP2 and STEP3. A value is copied only by the key on its row.

use super::moved;
use crate::app::screen::Overlay;
use crate::app::state::transfer::{TransferNote, TransferPage, TransferRow, rows};
use crate::app::{Action, Effect, Model};
use crate::locale::official;

/// Open the sheet of the form that STEP2 or STEP3 shows.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    if model.setup.mode.offers_sheet() && model.visit.confirmed().is_some() {
        model.visit.nav.open(Overlay::Transfer(Box::default()));
    }
    Vec::new()
}

pub(super) fn handle(model: &mut Model, action: &Action) -> Vec<Effect> {
    let Some(confirmed) = model.visit.confirmed().cloned() else { return Vec::new() };
    let fields: Vec<_> = confirmed.form.fields().collect();
    let rows = rows(&fields);
    let Some(Overlay::Transfer(page)) = model.visit.nav.overlay_mut() else { return Vec::new() };
    if let Some(there) = moved(page.row, rows.len(), action) {
        page.row = there;
        return Vec::new();
    }
    let chosen = match action {
        Action::Activate | Action::Toggle => page.row,
        Action::ChooseRow(row) => *row,
        Action::Back => rows.len() - 1,
        _ => return Vec::new(),
    };
    match rows.get(chosen) {
        Some(TransferRow::Copy(field)) => {
            *page.as_mut() = TransferPage { row: chosen, note: Some(TransferNote::Copied(*field)) };
            model.visit.copied = true;
            vec![Effect::Copy(official::value(*field, &confirmed.form))]
        }
        Some(TransferRow::Save(format)) => {
            page.row = chosen;
            vec![Effect::SaveSheet(*format)]
        }
        Some(TransferRow::Back) => {
            model.visit.nav.close();
            Vec::new()
        }
        None => Vec::new(),
    }
}

/// Say where the sheet was saved, or why it was not.
pub(super) fn saved(model: &mut Model, result: Result<String, String>) {
    if let Some(Overlay::Transfer(page)) = model.visit.nav.overlay_mut() {
        page.note = Some(result.map_or_else(TransferNote::NotSaved, TransferNote::Saved));
    }
}
