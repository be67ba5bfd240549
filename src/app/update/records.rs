//! An office's records: read anew as a registration begins, chosen by the office's reference. They are filled in once the card has said whose they
//! are (`prefill`).

use super::moved;
use crate::app::screen::Overlay;
use crate::app::state::records::{RecordsPage, RecordsRow};
use crate::app::visit::Mode;
use crate::app::{Action, Effect, Model};
use crate::office::{Record, RecordsError};
use std::time::SystemTime;

/// Read the records for a registration that begins.
pub(super) fn read(model: &mut Model) -> Vec<Effect> {
    model.visit.records = Vec::new();
    let wanted = model.setup.prefill.is_some() && model.visit.certificate.is_none();
    wanted.then_some(Effect::ReadRecords).into_iter().collect()
}

/// Take the records that were read, and ask which one is this person's if there are several with references. At a desk a file of one person is
/// taken once: if it has not been changed since, it is the last person's, unless the clerk says otherwise.
pub(super) fn came(model: &mut Model, read: Result<Vec<Record>, RecordsError>, changed: Option<SystemTime>) {
    let (records, error) = match read {
        Ok(records) => (records, None),
        Err(error) => (Vec::new(), Some(error)),
    };
    let asks = records.len() > 1 && records.iter().all(|record| record.reference.is_some());
    let is_used =
        model.setup.mode == Mode::Desk && records.len() == 1 && changed.is_some() && changed == model.taken && !model.visit.uses_again;
    model.visit.records_changed = changed.filter(|_| records.len() == 1);
    model.visit.records = if is_used { Vec::new() } else { records };
    if asks || error.is_some() || is_used {
        model.visit.nav.open(Overlay::Records(Box::new(RecordsPage { error, is_used, row: usize::from(is_used) })));
    }
}

/// Take no record, and leave the page.
pub(super) fn leave(model: &mut Model) {
    model.visit.records = Vec::new();
    model.visit.nav.close();
}

pub(super) fn handle(model: &mut Model, action: &Action) -> Vec<Effect> {
    let visit = &mut model.visit;
    let Some(Overlay::Records(page)) = visit.nav.overlay_mut() else { return Vec::new() };
    let rows = page.rows(&visit.records);
    if let Some(there) = moved(page.row, rows.len(), action) {
        page.row = there;
        return Vec::new();
    }
    let chosen = match action {
        Action::Activate | Action::Toggle | Action::Confirm => rows.get(page.row),
        Action::ChooseRow(row) => rows.get(*row),
        _ => None,
    };
    match chosen {
        Some(RecordsRow::Again) => {
            // For this person only.
            visit.uses_again |= page.is_used;
            visit.nav.close();
            return vec![Effect::ReadRecords];
        }
        Some(RecordsRow::Record(place)) => {
            // The other people's are not needed any more.
            visit.records = visit.records.drain(..).skip(*place).take(1).collect();
            visit.nav.close();
        }
        Some(RecordsRow::Without) => {
            visit.records = Vec::new();
            visit.nav.close();
        }
        None => {}
    }
    Vec::new()
}
