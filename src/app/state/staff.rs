//! The staff word of a kiosk being typed, and what the staff page offers.

use crate::app::Model;
use crate::app::state::issue::Issue;
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
    /// Print a page without anything on it that is anybody's.
    Print,
    /// The choice of the reader.
    Reader,
    /// The language that every visit begins with.
    Language,
    /// End the program.
    Leave,
    /// Back to the page for the next person.
    Back,
}

/// The rows of the staff page; the printer's only where there is one.
const STAFF: [StaffRow; 6] = [StaffRow::Print, StaffRow::Diagnose, StaffRow::Reader, StaffRow::Language, StaffRow::Leave, StaffRow::Back];

/// Return the rows of the staff page.
pub fn staff_rows(model: &Model) -> &'static [StaffRow] {
    if model.setup.prints { &STAFF } else { STAFF.get(1..).unwrap_or_default() }
}

/// The staff page.
#[derive(Default)]
pub struct StaffPage {
    /// The selected row.
    pub row: usize,
    /// The page that is being printed to try the printer, or was.
    pub issue: Option<Issue>,
}

impl StaffRow {
    /// Return the text of the row.
    pub const fn text(self) -> Text {
        match self {
            StaffRow::Print => Text::StaffPrint,
            StaffRow::Diagnose => Text::StaffDiagnose,
            StaffRow::Reader => Text::ReaderTitle,
            StaffRow::Language => Text::StaffLanguage,
            StaffRow::Leave => Text::StaffLeave,
            StaffRow::Back => Text::StaffBack,
        }
    }
}
