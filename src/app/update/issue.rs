//! What a person takes home: saving and printing, and what came of it. One at a time on a page; a page of somebody else hears nothing of it.

use super::moved;
use crate::app::screen::{Overlay, Screen};
use crate::app::state::issue::{Destination, Document, Issue, SavePage};
use crate::app::visit::Mode;
use crate::app::{Action, Effect, Model};
use crate::error::Code;
use crate::worker::Ticket;
use std::path::PathBuf;

/// Print the receipt of STEP3.
pub(super) fn print(model: &mut Model) -> Vec<Effect> {
    receipt(model, Destination::Printer, None)
}

/// Save the receipt of STEP3: where to is asked if there is a removable medium.
pub(super) fn save(model: &Model) -> Vec<Effect> {
    let idle = matches!(&model.visit.nav.screen, Screen::Result(done) if !done.issue.as_ref().is_some_and(Issue::is_running));
    idle.then_some(Effect::FindMedia).into_iter().collect()
}

/// Save the receipt in the documents folder, or ask where if there are removable media.
pub(super) fn media_found(model: &mut Model, media: Vec<PathBuf>) -> Vec<Effect> {
    let asks = matches!(model.visit.nav.screen, Screen::Result(_)) && model.visit.nav.overlay().is_none();
    if !asks || !model.destinations().contains(&Destination::File) {
        return Vec::new();
    }
    if media.is_empty() {
        return receipt(model, Destination::File, None);
    }
    model.visit.nav.open(Overlay::SaveWhere(Box::new(SavePage { media, row: 0 })));
    Vec::new()
}

/// Handle an action where it is asked where to save.
pub(super) fn handle_where(model: &mut Model, action: &Action) -> Vec<Effect> {
    let Some(Overlay::SaveWhere(page)) = model.visit.nav.overlay_mut() else { return Vec::new() };
    if let Some(there) = moved(page.row, page.media.len() + 1, action) {
        page.row = there;
        return Vec::new();
    }
    let chosen = match action {
        Action::Activate | Action::Toggle => page.row,
        Action::ChooseRow(row) if *row <= page.media.len() => *row,
        Action::Back => {
            model.visit.nav.close();
            return Vec::new();
        }
        _ => return Vec::new(),
    };
    let medium = chosen.checked_sub(1).and_then(|place| page.media.get(place).cloned());
    model.visit.nav.close();
    receipt(model, Destination::File, medium)
}

/// Save or print the receipt of STEP3.
fn receipt(model: &mut Model, destination: Destination, medium: Option<PathBuf>) -> Vec<Effect> {
    let ticket = model.ticket();
    let Screen::Result(done) = &mut model.visit.nav.screen else { return Vec::new() };
    if done.issue.as_ref().is_some_and(Issue::is_running) {
        return Vec::new();
    }
    (done.note, done.line) = (None, None);
    if model.setup.mode == Mode::Kiosk && !model.visit.printed.takes(Document::Receipt) {
        done.issue = Some(Issue::Enough);
        return Vec::new();
    }
    done.issue = Some(Issue::Running(ticket, destination));
    vec![Effect::Issue(ticket, Document::Receipt, destination, medium)]
}

/// Print the slip of the trouble in front, or save it where nothing can be printed; neither at a kiosk without a printer.
pub(super) fn slip(model: &mut Model) -> Vec<Effect> {
    let Some(destination) = model.destinations().first().copied() else { return Vec::new() };
    let ticket = model.ticket();
    let Some(Overlay::Trouble(page)) = model.visit.nav.overlay_mut() else { return Vec::new() };
    let code = page.trouble.code();
    if code.office().is_none() || page.slip.as_ref().is_some_and(Issue::is_running) {
        return Vec::new();
    }
    // What comes of it stands at the top.
    page.line = 0;
    if model.setup.mode == Mode::Kiosk && !model.visit.printed.takes(Document::Slip(code)) {
        page.slip = Some(Issue::Enough);
        return Vec::new();
    }
    page.slip = Some(Issue::Running(ticket, destination));
    vec![Effect::Issue(ticket, Document::Slip(code), destination, None)]
}

/// Try the printer of a kiosk with a slip, on which nothing personal stands.
pub(super) fn trial(model: &mut Model) -> Vec<Effect> {
    let (ticket, destination) = (model.ticket(), Destination::Printer);
    let Some(Overlay::Staff(page)) = model.visit.nav.overlay_mut() else { return Vec::new() };
    if page.issue.as_ref().is_some_and(Issue::is_running) {
        return Vec::new();
    }
    page.issue = Some(Issue::Running(ticket, destination));
    vec![Effect::Issue(ticket, Document::Slip(Code::SigningLocked), destination, None)]
}

/// Show what came of it.
pub(super) fn ended(model: &mut Model, ticket: Ticket, result: &Result<String, String>) {
    let failed = result.is_err();
    let printed = &mut model.visit.printed;
    for screen in model.visit.nav.screens_mut() {
        if let Screen::Result(done) = screen
            && done.issue.as_mut().is_some_and(|issue| issue.end(ticket, result))
        {
            done.saved |= result.is_ok();
            done.line = None;
            if failed {
                printed.failed(Document::Receipt);
            }
        }
    }
    for overlay in model.visit.nav.overlays_mut() {
        let (issue, slip) = match overlay {
            Overlay::Trouble(page) => (page.slip.as_mut(), Some(Document::Slip(page.trouble.code()))),
            Overlay::Staff(page) => (page.issue.as_mut(), None),
            _ => (None, None),
        };
        let ended = issue.is_some_and(|issue| issue.end(ticket, result));
        if let Some(slip) = slip.filter(|_| ended && failed) {
            printed.failed(slip);
        }
    }
}
