//! A trouble page, and the next step that it offers.

use crate::card::Purpose;
use crate::worker::JobError;

/// A trouble page.
pub struct TroublePage {
    /// What went wrong.
    pub trouble: JobError,
    /// What Enter does.
    pub next_step: NextStep,
    /// Whether the registration may have arrived although no answer came.
    pub perhaps: bool,
    /// How far it is scrolled.
    pub line: usize,
}

/// The way on from a trouble page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// Look at the reader and card again; goes on by itself when a usable card appears.
    WaitForCard,
    /// Open a session and prove it again.
    Prove,
    /// Send the registration again.
    Register,
    /// Fetch the terms again.
    Terms,
    /// Give a PIN again.
    Pin(Purpose),
    /// Ask for an account action again.
    Account,
    /// To the page for whoever is registered already.
    AccountMenu,
    /// Back to the page beneath; nothing is lost.
    Close,
    /// Put what the card says of its holder into STEP1.
    CardValues,
}
