//! What the person wants, whatever key, click or line of input said so.

use crate::app::screen::Question;
use crate::app::state::confirm::ConfirmFocus;
use crate::app::state::form::Focus;
use crate::registration::FieldId;
use crossterm::event::KeyEvent;

/// One action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Go to the next item.
    Next,
    /// Go to the item before.
    Previous,
    /// Go a page down.
    PageDown,
    /// Go a page up.
    PageUp,
    /// Go to the first item.
    First,
    /// Go to the last item.
    Last,
    /// Act on the item: press the button, choose the row, go on.
    Activate,
    /// Tick or choose.
    Toggle,
    /// Choose the next of a few words.
    Right,
    /// Choose the word before.
    Left,
    /// Go one step back, losing nothing.
    Back,
    /// Show help for this page.
    Help,
    /// Choose the language.
    Language,
    /// Look at the card again.
    ReadCard,
    /// Confirm the whole page: 確認, OK; on STEP2 it goes to 登録 and does not press it.
    Confirm,
    /// Leave the program (asks first).
    Leave,
    /// Make room for the next person (asks first, if anything is lost).
    NextPerson,
    /// Open a question: what a click asks for is not yet done.
    Ask(Question),
    /// Edit the text under the cursor.
    Edit(KeyEvent),
    /// Type a character into a PIN.
    Type(char),
    /// Take back the last character of a PIN.
    Erase,
    /// Take back the whole PIN.
    EraseAll,
    /// Go to an item of STEP1.
    Focus(Focus),
    /// Open the terms of use, from STEP1.
    Terms,
    /// Go to an item of STEP2.
    Line(ConfirmFocus),
    /// Take the card out to look at it, without losing anything.
    LookAtCard,
    /// Choose the row of a list or menu, counted from 0.
    Row(usize),
    /// Give a field a value (line mode, prefill).
    Set(FieldId, String),
}
