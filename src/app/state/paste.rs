//! Pasted text: it may be a PIN, so it can be neither copied nor shown, and is wiped when it is done with.

use zeroize::Zeroizing;

/// Text as it was pasted.
pub struct Pasted(Zeroizing<String>);

impl Pasted {
    /// Take pasted text over, without copying it.
    pub fn new(text: String) -> Pasted {
        Pasted(Zeroizing::new(text))
    }

    /// Borrow it.
    pub fn text(&self) -> &str {
        &self.0
    }
}
