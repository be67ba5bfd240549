//! Pasted text. It may be a PIN, so it is kept in locked memory, implements neither `Clone` nor `Debug`, and is wiped on drop.

use crate::secret::Locked;
use zeroize::{Zeroize, Zeroizing};

/// Pasted text, up to the capacity of locked memory, which exceeds that of every field.
pub struct Pasted {
    text: Locked,
    letters: usize,
    whole: bool,
}

impl Pasted {
    /// Create from a string, which is wiped.
    pub fn new(text: String) -> Pasted {
        let text = Zeroizing::new(text);
        let mut pasted = Pasted::default();
        for letter in text.chars() {
            pasted.push(letter);
        }
        pasted
    }

    /// Append a letter; letters beyond the capacity are only counted.
    pub fn push(&mut self, letter: char) {
        let mut bytes = [0; 4];
        self.letters += 1;
        self.whole = self.whole && self.text.push(letter.encode_utf8(&mut bytes).as_bytes());
        bytes.zeroize();
    }

    /// Mark the paste as incomplete: its end was never received.
    pub fn break_off(&mut self) {
        self.whole = false;
    }

    /// Borrow the text that was kept.
    pub fn text(&self) -> &str {
        std::str::from_utf8(self.text.bytes()).unwrap_or_default()
    }

    /// Return the number of letters pasted, kept or not.
    pub fn letters(&self) -> usize {
        self.letters
    }

    /// Return whether `text` is the whole paste.
    pub fn is_whole(&self) -> bool {
        self.whole
    }
}

impl Default for Pasted {
    fn default() -> Pasted {
        Pasted { text: Locked::new(), letters: 0, whole: true }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_counted_and_leaves_no_hole() {
        let mut pasted = Pasted::new("漢".repeat(1365));
        assert_eq!((pasted.text().len(), pasted.is_whole()), (4095, true));
        pasted.push('字');
        // One more byte would still fit.
        pasted.push('a');
        assert_eq!((pasted.text().len(), pasted.letters(), pasted.is_whole()), (4095, 1367, false));
    }
}
