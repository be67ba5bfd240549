//! A password being typed: in locked memory, neither `Clone` nor `Debug`; it is moved into the worker's job.

use crate::secret::Locked;

/// A password.
#[derive(Default)]
pub struct Password(Locked);

impl Password {
    /// Borrow the password in plain text.
    pub fn reveal(&self) -> &str {
        std::str::from_utf8(self.0.bytes()).unwrap_or_default()
    }

    /// Return its length in characters.
    pub fn len(&self) -> usize {
        self.reveal().chars().count()
    }

    /// Return whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Append text if all of it fits; return whether it did.
    pub fn push(&mut self, text: &str) -> bool {
        self.0.push(text.as_bytes())
    }

    /// Erase the last character.
    pub fn erase(&mut self) {
        let last = self.reveal().char_indices().next_back().map_or(0, |(place, _)| place);
        self.0.truncate(last);
    }

    /// Erase everything.
    pub fn clear(&mut self) {
        self.0.truncate(0);
    }

    /// Take the password, leaving it empty.
    pub fn take(&mut self) -> Locked {
        std::mem::take(&mut self.0)
    }
}
