//! A password while it is typed: in locked memory, neither `Clone` nor `Debug`; it leaves by value into the worker's job.

use crate::secret::Locked;

/// A password.
#[derive(Default)]
pub struct Password(Locked);

impl Password {
    /// Borrow it.
    pub fn reveal(&self) -> &str {
        std::str::from_utf8(self.0.bytes()).unwrap_or_default()
    }

    /// Return how many characters it has.
    pub fn len(&self) -> usize {
        self.reveal().chars().count()
    }

    /// Return whether nothing is typed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Type text, if there is room for all of it; return whether there was.
    pub fn push(&mut self, text: &str) -> bool {
        self.0.push(text.as_bytes())
    }

    /// Take back the last character.
    pub fn erase(&mut self) {
        let last = self.reveal().char_indices().next_back().map_or(0, |(place, _)| place);
        self.0.truncate(last);
    }

    /// Take back everything.
    pub fn clear(&mut self) {
        self.0.truncate(0);
    }

    /// Hand it over; nothing is left of it here.
    pub fn take(&mut self) -> Locked {
        std::mem::take(&mut self.0)
    }
}
