//! Pasted text: it may be a PIN, so it stands in locked memory, can be neither copied nor shown, and is wiped when it is done with.

use crate::secret::Locked;
use zeroize::{Zeroize, Zeroizing};

/// Text as it was pasted, as far as it fits into locked memory: no field has room for more.
pub struct Pasted {
    text: Locked,
    letters: usize,
    whole: bool,
}

impl Pasted {
    /// Take pasted text over; what it came in is wiped.
    pub fn new(text: String) -> Pasted {
        let text = Zeroizing::new(text);
        let mut pasted = Pasted::default();
        for letter in text.chars() {
            pasted.push(letter);
        }
        pasted
    }

    /// Take the next letter; beyond what fits, letters are only counted.
    pub fn push(&mut self, letter: char) {
        let mut bytes = [0; 4];
        self.letters += 1;
        self.whole = self.whole && self.text.push(letter.encode_utf8(&mut bytes).as_bytes());
        bytes.zeroize();
    }

    /// The rest never came.
    pub fn break_off(&mut self) {
        self.whole = false;
    }

    /// Borrow it, or what there is of it.
    pub fn text(&self) -> &str {
        std::str::from_utf8(self.text.bytes()).unwrap_or_default()
    }

    /// Return how many letters were pasted, kept or not.
    pub fn letters(&self) -> usize {
        self.letters
    }

    /// Return whether `text` is all that was pasted.
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
        // One byte would still fit.
        pasted.push('a');
        assert_eq!((pasted.text().len(), pasted.letters(), pasted.is_whole()), (4095, 1367, false));
    }
}
