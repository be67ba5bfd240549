//! A password being typed: in locked memory, neither `Clone` nor `Debug`; it is moved into the worker's job.

use crate::secret::Locked;
use unicode_normalization::UnicodeNormalization;

/// A password.
#[derive(Default)]
pub struct Password {
    typed: Locked,
    /// How many characters it had when it was taken.
    taken: usize,
}

impl Password {
    /// Borrow the password in plain text.
    pub fn reveal(&self) -> &str {
        std::str::from_utf8(self.typed.bytes()).unwrap_or_default()
    }

    /// Return its length in characters, as the service counts them: a letter and its marks are one where Unicode has one for them (NFKC).
    pub fn len(&self) -> usize {
        self.len_with("")
    }

    /// Return the length that it would have with this text behind it.
    pub fn len_with(&self, text: &str) -> usize {
        self.reveal().chars().chain(text.chars()).nfkc().count()
    }

    /// Return its text to show: asterisks unless it is to be shown, also while a job has it.
    pub fn drawn(&self, shown: bool, waits: bool) -> String {
        match (shown, waits) {
            (_, true) => "*".repeat(self.taken),
            (true, false) => self.reveal().to_owned(),
            (false, false) => "*".repeat(self.len()),
        }
    }

    /// Return whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.typed.is_empty()
    }

    /// Append text if all of it fits; return whether it did.
    pub fn push(&mut self, text: &str) -> bool {
        self.typed.push(text.as_bytes())
    }

    /// Erase the last character.
    pub fn erase(&mut self) {
        let last = self.reveal().char_indices().next_back().map_or(0, |(place, _)| place);
        self.typed.truncate(last);
    }

    /// Erase everything.
    pub fn clear(&mut self) {
        self.typed.truncate(0);
    }

    /// Take the password, leaving it empty.
    pub fn take(&mut self) -> Locked {
        self.taken = self.len();
        std::mem::take(&mut self.typed)
    }
}
