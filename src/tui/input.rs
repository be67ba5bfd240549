//! What comes from the terminal: keys, pastes, clicks, and its own answers, each with its time.
//! On Unix the bytes are read and parsed here, and wiped as soon as an event was made of them: nothing typed or pasted is kept, whatever it
//! is. Elsewhere crossterm reads.

use crate::app::state::paste::Pasted;
use crossterm::event::{KeyEvent, MouseEvent};
use std::time::Instant;

#[cfg(unix)]
mod parser;
#[cfg(unix)]
mod reader;
#[cfg(unix)]
mod sequence;
#[cfg(unix)]
#[cfg(test)]
mod tests;

#[cfg(unix)]
pub use reader::Reader;

/// What came, and when. It travels in a box, which is wiped when it is freed.
pub struct Arrived {
    /// When it was read.
    pub at: Instant,
    /// What it is.
    pub input: Input,
}

impl Arrived {
    /// Borrow the key, if it is one.
    pub fn key(&self) -> Option<&KeyEvent> {
        if let Input::Key(key) = &self.input { Some(key) } else { None }
    }
}

/// What can come from a terminal.
pub enum Input {
    /// A key was pressed, is held down, or was released.
    Key(KeyEvent),
    /// Text was pasted.
    Paste(Pasted),
    /// The mouse was used.
    Mouse(MouseEvent),
    /// The window has another size.
    Resized,
    /// The window has the keyboard now, or has lost it.
    Focus(bool),
    /// The terminal answers what it was asked; nobody has pressed a key.
    Answer(Answer),
}

/// What a terminal says about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Where the cursor is, from 1 (DSR 6).
    Cursor {
        /// The line.
        row: u16,
        /// The cell of the line.
        column: u16,
    },
    /// The colour of letters (OSC 10) or of what is behind them (OSC 11), 16 bits each.
    Colour {
        /// Which of the two: 10 or 11.
        of: u8,
        /// Red, green, blue.
        rgb: [u16; 3],
    },
    /// Which terminal it is (primary device attributes): every terminal answers this one, so that an answer that is missing before it never comes.
    Attributes,
}

#[cfg(not(unix))]
impl Input {
    /// Take over what crossterm has read.
    pub(super) fn of(event: crossterm::event::Event) -> Input {
        use crossterm::event::Event;
        match event {
            Event::Key(key) => Input::Key(key),
            Event::Paste(text) => Input::Paste(Pasted::new(text)),
            Event::Mouse(mouse) => Input::Mouse(mouse),
            Event::Resize(..) => Input::Resized,
            Event::FocusGained => Input::Focus(true),
            Event::FocusLost => Input::Focus(false),
        }
    }
}
