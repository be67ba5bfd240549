//! State of what a person takes home: a page that is being saved or printed, and what came of it.

use crate::error::Code;
use crate::worker::Ticket;

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

/// How it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Issue {
    /// Under way.
    Running(Ticket, Destination),
    /// Done: the path, or what the printing command said; or why it was not done.
    Ended(Destination, Result<String, String>),
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
