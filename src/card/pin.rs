//! PINs: entered by character, folded to the card's form, checked offline, moved into the one VERIFY, wiped.
//! Rules from jpki-card.md §3: signing 6–16 of A–Z and 0–9, user authentication 4 digits; the card compares bytes.

use super::Purpose;
use crate::secret::Locked;
use crate::text::half_width;

/// A PIN from entry to use. Neither `Clone` nor `Debug`.
pub struct Pin {
    purpose: Purpose,
    secret: Locked,
    left_out: bool,
    spends_last_try: bool,
}

/// The result of typing one character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    /// Accepted unchanged.
    Kept,
    /// Accepted after folding a lower-case letter or a full-width character.
    Folded,
    /// Rejected: no PIN of this kind contains the character.
    Refused,
    /// Rejected: the PIN has its maximum length.
    Full,
}

/// Why a PIN cannot be valid, found before a try is spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinFormatError {
    /// It is empty.
    Empty,
    /// It is shorter than the minimum length.
    TooShort,
    /// A character was rejected while typing, so the rest may not be what was meant.
    LeftOut,
}

impl Pin {
    /// Create an empty PIN.
    pub fn new(purpose: Purpose) -> Pin {
        Pin { purpose, secret: Locked::new(), left_out: false, spends_last_try: false }
    }

    /// Return its purpose.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// Return how many tries a card has of a PIN that was not mistyped.
    pub const fn tries(purpose: Purpose) -> u8 {
        match purpose {
            Purpose::Signing => 5,
            Purpose::Authentication => 3,
        }
    }

    /// Return the minimum and maximum length in characters.
    pub const fn limits(purpose: Purpose) -> (usize, usize) {
        match purpose {
            Purpose::Signing => (6, 16),
            Purpose::Authentication => (4, 4),
        }
    }

    /// Append one character.
    pub fn push(&mut self, typed: char) -> Typed {
        let folded = half_width(typed).to_ascii_uppercase();
        let fits = match self.purpose {
            Purpose::Signing => folded.is_ascii_uppercase() || folded.is_ascii_digit(),
            Purpose::Authentication => folded.is_ascii_digit(),
        };
        if !fits {
            self.left_out = true;
            return Typed::Refused;
        }
        if self.secret.len() >= Pin::limits(self.purpose).1 {
            self.left_out = true;
            return Typed::Full;
        }
        let mut byte = [0; 4];
        self.secret.push(folded.encode_utf8(&mut byte).as_bytes());
        zeroize::Zeroize::zeroize(&mut byte);
        if folded == typed { Typed::Kept } else { Typed::Folded }
    }

    /// Erase the last character.
    pub fn pop(&mut self) {
        self.secret.truncate(self.secret.len().saturating_sub(1));
    }

    /// Erase everything.
    pub fn clear(&mut self) {
        self.secret.truncate(0);
        self.left_out = false;
    }

    /// Clear the rejection flag: the user was warned and may continue with what was typed.
    pub fn acknowledge(&mut self) {
        self.left_out = false;
    }

    /// Allow it to be sent as the last try: the user was warned and has typed the word.
    pub fn allow_last_try(&mut self) {
        self.spends_last_try = true;
    }

    /// Return whether it may be sent as the last try.
    pub fn spends_last_try(&self) -> bool {
        self.spends_last_try
    }

    /// Return its length in characters.
    pub fn len(&self) -> usize {
        self.secret.len()
    }

    /// Return whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.secret.is_empty()
    }

    /// Check the PIN without the card.
    pub fn check(&self) -> Result<(), PinFormatError> {
        match self.len() {
            0 => Err(PinFormatError::Empty),
            short if short < Pin::limits(self.purpose).0 => Err(PinFormatError::TooShort),
            _ if self.left_out => Err(PinFormatError::LeftOut),
            _ => Ok(()),
        }
    }

    /// Borrow the PIN in plain text, for the screen when 「パスワードを表示する。」 is ticked, and for VERIFY.
    pub fn reveal(&self) -> &str {
        std::str::from_utf8(self.secret.bytes()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_and_full_width_characters_are_folded_to_what_the_card_holds() {
        let mut pin = Pin::new(Purpose::Signing);
        assert_eq!(pin.push('a'), Typed::Folded);
        assert_eq!(pin.push('Ｂ'), Typed::Folded);
        assert_eq!(pin.push('ｃ'), Typed::Folded);
        assert_eq!(pin.push('１'), Typed::Folded);
        assert_eq!(pin.push('Z'), Typed::Kept);
        assert_eq!(pin.reveal(), "ABC1Z");
        assert_eq!(pin.check(), Err(PinFormatError::TooShort));
    }

    #[test]
    fn what_no_pin_can_hold_is_refused_at_the_key() {
        let mut pin = Pin::new(Purpose::Authentication);
        for typed in ['A', '-', 'あ', ' ', '\u{0}', '😀'] {
            assert_eq!(pin.push(typed), Typed::Refused);
        }
        for typed in "1234".chars() {
            assert_eq!(pin.push(typed), Typed::Kept);
        }
        assert_eq!(pin.check(), Err(PinFormatError::LeftOut));
        pin.acknowledge();
        assert_eq!(pin.check(), Ok(()));
        assert_eq!(pin.push('5'), Typed::Full);
        assert_eq!(pin.check(), Err(PinFormatError::LeftOut));
    }
}
