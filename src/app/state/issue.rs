//! State of what a person takes home: a page that is being saved or printed, and what came of it.

use crate::error::Code;
use crate::worker::Ticket;
use std::path::PathBuf;

/// What a person takes home.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Document {
    /// The receipt of the registration on STEP3.
    Receipt,
    /// The slip for the municipal office, about this trouble.
    Slip(Code),
}

/// Where it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    /// A file of the person.
    File,
    /// The printer of the settings.
    Printer,
}

/// Most receipts, and most slips, that one visit of a kiosk prints: nobody is there to take the paper away from somebody who plays with it.
const MOST_AT_KIOSK: u8 = 3;

/// How often a visit has printed. What failed does not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Printed {
    receipts: u8,
    slips: u8,
}

impl Printed {
    const fn count(&mut self, document: Document) -> &mut u8 {
        match document {
            Document::Receipt => &mut self.receipts,
            Document::Slip(_) => &mut self.slips,
        }
    }

    /// Count another one; return whether a kiosk still prints it.
    pub(in crate::app) fn takes(&mut self, document: Document) -> bool {
        let count = self.count(document);
        let takes = *count < MOST_AT_KIOSK;
        *count += u8::from(takes);
        takes
    }

    /// Do not count one that failed.
    pub(in crate::app) fn failed(&mut self, document: Document) {
        let count = self.count(document);
        *count = count.saturating_sub(1);
    }
}

/// State of the page that asks where to save: the documents folder, or a removable medium.
pub struct SavePage {
    /// The folders of the media, each named by its label.
    pub media: Vec<PathBuf>,
    /// The selected row: the documents folder, then the media.
    pub row: usize,
}

/// How it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Issue {
    /// Under way.
    Running(Ticket, Destination),
    /// Done: the path, or what the printing command said; or why it was not done.
    Ended(Destination, Result<String, String>),
    /// Not begun: this visit has printed as much as one visit of a kiosk may.
    Enough,
}

impl Issue {
    /// Return whether it is still under way.
    pub const fn is_running(&self) -> bool {
        matches!(self, Issue::Running(..))
    }

    /// Take what came of it, if it is this one that ended; return whether it was.
    pub(in crate::app) fn end(&mut self, ended: Ticket, result: &Result<String, String>) -> bool {
        let Issue::Running(ticket, destination) = *self else { return false };
        if ticket == ended {
            *self = Issue::Ended(destination, result.clone());
        }
        ticket == ended
    }
}
