//! State of an error page, and its next step.

use crate::app::state::issue::Issue;
use crate::card::Purpose;
use crate::worker::JobError;

/// State of an error page.
pub struct TroublePage {
    /// The error.
    pub trouble: JobError,
    /// What its last button does, which is focused first.
    pub next_step: NextStep,
    /// The focused button.
    pub focus: TroubleButton,
    /// Whether the registration may have arrived although no reply was received.
    pub perhaps: bool,
    /// The slip for the municipal office, once it is asked for.
    pub slip: Option<Issue>,
    /// The scroll offset in lines.
    pub line: usize,
}

/// A button of an error page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TroubleButton {
    /// Open the self-diagnosis.
    Diagnose,
    /// Print or save the slip for the municipal office.
    Slip,
    /// Carry out the next step.
    #[default]
    NextStep,
}

/// The next step from an error page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// Read the card status again; continues by itself when a usable card appears.
    WaitForCard,
    /// Open a session and prove the card again.
    Prove,
    /// Send the registration again.
    Register,
    /// Fetch the terms again.
    Terms,
    /// Enter a PIN again.
    Pin(Purpose),
    /// Repeat the account action.
    Account,
    /// Go to the list of account actions.
    AccountMenu,
    /// Close the page; nothing is lost.
    Close,
    /// Fill STEP1 with the holder's data from the card.
    CardValues,
}
