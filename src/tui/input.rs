//! Terminal input: keys, pastes, clicks and the terminal's replies, each with its time.
//! On Unix the bytes are read and parsed here, and wiped once an event was made of them: nothing typed or pasted is kept. Elsewhere
//! crossterm reads.

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

/// An input with its time. Sent in a box, which is wiped when freed.
pub struct Arrived {
    /// Time of reading.
    pub at: Instant,
    /// The input.
    pub input: Input,
}

impl Arrived {
    /// Borrow the key, if it is one.
    pub fn key(&self) -> Option<&KeyEvent> {
        if let Input::Key(key) = &self.input { Some(key) } else { None }
    }
}

/// An input from a terminal.
pub enum Input {
    /// A key was pressed, repeated or released.
    Key(KeyEvent),
    /// Text was pasted.
    Paste(Pasted),
    /// The mouse was used.
    Mouse(MouseEvent),
    /// The window was resized.
    Resized,
    /// The window gained or lost the keyboard focus.
    Focus(bool),
    /// A reply of the terminal to a query.
    Answer(Answer),
}

/// A reply of the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The cursor position, 1-based (DSR 6).
    Cursor {
        /// Row.
        row: u16,
        /// Column.
        column: u16,
    },
    /// The foreground (OSC 10) or background colour (OSC 11), 16 bits per channel.
    Colour {
        /// Which colour: 10 or 11.
        of: u8,
        /// Red, green, blue.
        rgb: [u16; 3],
    },
    /// Primary device attributes. Every terminal replies to this query, so any reply still missing by then will never come.
    Attributes,
}

#[cfg(not(unix))]
impl Input {
    /// Convert an event of crossterm.
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
