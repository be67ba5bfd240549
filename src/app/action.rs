//! User actions, independent of the key, click or line of input that caused them.

use crate::app::screen::Question;
use crate::app::state::confirm::ConfirmFocus;
use crate::app::state::form::FormFocus;
use crate::registration::FieldId;
use crossterm::event::KeyEvent;

/// A user action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Move to the next item.
    Next,
    /// Move to the previous item.
    Previous,
    /// Move one row down: within a list of words first, else to the next item.
    Down,
    /// Move one row up: within a list of words first, else to the previous item.
    Up,
    /// Turn the wheel down: one row of a page that is read, else to the next item.
    WheelDown,
    /// Turn the wheel up: one row of a page that is read, else to the previous item.
    WheelUp,
    /// Move to the next field that is empty or wrong.
    NextLeft,
    /// Move one page down.
    PageDown,
    /// Move one page up.
    PageUp,
    /// Move to the first item.
    First,
    /// Move to the last item.
    Last,
    /// Activate the focused item: press the button, choose the row, continue.
    Activate,
    /// Toggle a tick or select a choice.
    Toggle,
    /// Select the next choice.
    Right,
    /// Select the previous choice.
    Left,
    /// Go one step back without losing data.
    Back,
    /// Show help for this page.
    Help,
    /// Open the language menu.
    Language,
    /// Read the card status again.
    ReadCard,
    /// Open the self-diagnosis; at a kiosk that can, read the pages aloud.
    Diagnose,
    /// Print or save the slip for the municipal office, on an error page.
    Slip,
    /// Confirm the whole page: 確認, OK. On STEP2, focus 登録 without pressing it.
    Confirm,
    /// Quit the program, after a question.
    Leave,
    /// Ask for the staff word of a kiosk.
    Staff,
    /// Take more time before a kiosk warns.
    MoreTime,
    /// Show the pages of a kiosk with high contrast, or as usual.
    Contrast,
    /// Show the pages of a kiosk in large letters, or as usual.
    Large,
    /// End the visit for the next person, after a question if data would be lost.
    NextPerson,
    /// Open a question, for a click that must not act at once.
    Ask(Question),
    /// Edit the focused line of text.
    Edit(KeyEvent),
    /// Type a character into a PIN or password.
    Type(char),
    /// Erase the last character of a PIN or password.
    Erase,
    /// Erase the whole PIN or password.
    EraseAll,
    /// Focus an item of STEP1.
    FocusForm(FormFocus),
    /// Open the terms of use, from STEP1.
    Terms,
    /// Open the municipality picker, from STEP1.
    Search,
    /// Focus an item of a page with a PIN, a password or an account action, by its place in the page's order; 0-based.
    FocusItem(usize),
    /// Show or hide the PIN or password.
    Show,
    /// Focus an item of STEP2.
    FocusConfirm(ConfirmFocus),
    /// Open the transfer sheet, from STEP2 or STEP3.
    Transfer,
    /// Allow the card to be taken out for reading its face, without losing data.
    LookAtCard,
    /// Choose a row of a list or menu; 0-based.
    ChooseRow(usize),
    /// Go to a prefecture in the municipality picker, by its place from north to south; 0-based.
    GoToPrefecture(usize),
    /// Set the value of a field (line mode, prefill).
    SetField(FieldId, String),
    /// Set the text that the page asks for, in place of what was typed (line mode).
    SetText(String),
    /// Close the page over the screen, whatever was typed there.
    Close,
}
