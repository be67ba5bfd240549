//! What a person takes home: saving and printing, and what came of it. One at a time on a page; a page of somebody else hears nothing of it.

use crate::app::screen::{Overlay, Screen};
use crate::app::state::issue::{Destination, Document, Issue};
use crate::app::visit::Mode;
use crate::app::{Effect, Model};
use crate::error::Code;
use crate::worker::Ticket;

/// Save or print the receipt of STEP3.
pub(super) fn receipt(model: &mut Model, destination: Destination) -> Vec<Effect> {
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
    vec![Effect::Issue(ticket, Document::Receipt, destination)]
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
    vec![Effect::Issue(ticket, Document::Slip(code), destination)]
}

/// Try the printer of a kiosk with a slip, on which nothing personal stands.
pub(super) fn trial(model: &mut Model) -> Vec<Effect> {
    let (ticket, destination) = (model.ticket(), Destination::Printer);
    let Some(Overlay::Staff(page)) = model.visit.nav.overlay_mut() else { return Vec::new() };
    if page.issue.as_ref().is_some_and(Issue::is_running) {
        return Vec::new();
    }
    page.issue = Some(Issue::Running(ticket, destination));
    vec![Effect::Issue(ticket, Document::Slip(Code::SigningLocked), destination)]
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
        match overlay {
            Overlay::Trouble(page) => {
                if page.slip.as_mut().is_some_and(|issue| issue.end(ticket, result)) && failed {
                    printed.failed(Document::Slip(page.trouble.code()));
                }
            }
            Overlay::Staff(page) => {
                let _ = page.issue.as_mut().is_some_and(|issue| issue.end(ticket, result));
            }
            _ => {}
        }
    }
}
