//! The staff word of a kiosk being typed, and what the staff page offers.

use crate::app::state::password::Password;
use crate::locale::Text;

/// The page that asks for the staff word.
#[derive(Default)]
pub struct StaffWord {
    /// The word as typed.
    pub word: Password,
    /// Why the last word was not taken.
    pub note: Option<StaffAnswer>,
}

/// What became of a staff word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StaffAnswer {
    /// It is right.
    Right,
    /// It is wrong.
    Wrong,
    /// So many were wrong that none is looked at for so many seconds.
    Wait(u32),
}

/// Rows of the staff page, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StaffRow {
    /// The self-diagnosis.
    Diagnose,
    /// The choice of the reader.
    Reader,
    /// The language that every visit begins with.
    Language,
    /// End the program.
    Leave,
    /// Back to the page for the next person.
    Back,
}

/// The rows of the staff page.
pub const STAFF: [StaffRow; 5] = [StaffRow::Diagnose, StaffRow::Reader, StaffRow::Language, StaffRow::Leave, StaffRow::Back];

impl StaffRow {
    /// Return the text of the row.
    pub const fn text(self) -> Text {
        match self {
            StaffRow::Diagnose => Text::StaffDiagnose,
            StaffRow::Reader => Text::ReaderTitle,
            StaffRow::Language => Text::StaffLanguage,
            StaffRow::Leave => Text::StaffLeave,
            StaffRow::Back => Text::StaffBack,
        }
    }
}
