//! The My Number Card over PC/SC: reading, signing, what can go wrong. What is known of the card itself is in `card/jpki-card.md`.
//! `Port` and `Link` are implemented by real readers and by the simulated card; `jpki` talks to the application over either.
//! Not built on crate `myna-card`: its PIN is a `Clone` in pageable memory and its VERIFY an APDU left in a buffer, it reads no counter before,
//! repeats any command on 6Cxx, resets the card on drop, which PINs survive (jpki-card.md §3), and errs on 6100.
//! It serves as an independent witness in tests, and its files of a test card as fixtures.

use crate::certificate::Validity;
use crate::error::Code;

pub use crate::certificate::Purpose;

/// Commands and status words, as bytes.
mod apdu;
/// What differs between generations of the card.
mod generation;
/// The JPKI application: tries left, PINs, certificates, signatures.
pub mod jpki;
/// PINs: typed, folded, checked offline, used once, wiped.
pub mod pin;
/// Readers through PC/SC.
pub mod reader;
/// The same card in process, and over the vpcd protocol for a real pcscd.
#[cfg(feature = "practice")]
pub mod simulated;
/// Notifications of readers and cards that come and go, without polling.
pub mod watch;

/// How many tries are left for a PIN, as the card says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tries {
    /// So many.
    Left(u8),
    /// None: only the municipal office, or the kiosk, can unlock it.
    Locked,
    /// The card has not said.
    Unknown,
}

/// An error of card, reader or PC/SC, with what is known beyond its code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}")]
pub struct CardError {
    /// The cause.
    pub code: Code,
    /// Tries left for the PIN concerned, only if the card has said so.
    pub tries: Option<Tries>,
    /// The status word that the card answered, for the help desk.
    pub status: Option<u16>,
    /// What else is known, such as what the card seems to be.
    pub hint: Hint,
}

/// What else is known about an error. Never personal data, never a secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Hint {
    /// Nothing.
    #[default]
    None,
    /// What the card in the reader seems to be.
    Seems(CardKind),
    /// Which program may hold the reader.
    HeldBy(String),
    /// PC/SC's own error, by name.
    Pcsc(&'static str),
}

/// What a card seems to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardKind {
    /// 個人番号カード (or 特定在留カード, which has the same application).
    MyNumber,
    /// 住民基本台帳カード, no longer valid.
    OldResident,
    /// An Android phone or an iPhone.
    Phone,
    /// 在留カード or 特別永住者証明書.
    Residence,
    /// 運転免許証.
    DrivingLicence,
    /// 旅券 or another travel document.
    Passport,
    /// A bank or credit card.
    Bank,
    /// A transport or electronic money card (FeliCa).
    Transport,
    /// Something else.
    Unknown,
}

impl CardError {
    /// Make an error of which only the cause is known.
    pub const fn new(code: Code) -> CardError {
        CardError { code, tries: None, status: None, hint: Hint::None }
    }
}

impl From<Code> for CardError {
    fn from(code: Code) -> CardError {
        CardError::new(code)
    }
}

/// A reader as PC/SC lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    /// PC/SC's name of it.
    pub name: String,
    /// Whether a card is in it.
    pub card: bool,
}

/// Which reader to take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice<'a> {
    /// The only one that has a card.
    One(&'a Reader),
    /// Several have cards: the person chooses.
    Several(Vec<&'a Reader>),
    /// Readers, but no card.
    NoCard,
    /// No reader.
    NoReader,
}

/// Choose the reader to take. Readers without a card do not count: some list slots that are never used.
pub fn choose(readers: &[Reader]) -> Choice<'_> {
    let with_card: Vec<&Reader> = readers.iter().filter(|reader| reader.card).collect();
    match with_card.as_slice() {
        [] if readers.is_empty() => Choice::NoReader,
        [] => Choice::NoCard,
        [only] => Choice::One(only),
        _ => Choice::Several(with_card),
    }
}

/// Whether other programs may use the card at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// They may: to look at the card before any PIN.
    Shared,
    /// They may not: from the first PIN to the last signature.
    Exclusive,
}

/// The longest response to a short command: 256 bytes and a status word.
pub const REPLY: usize = 258;

/// Access to readers: those of PC/SC, or simulated ones.
pub trait Port: Send {
    /// List the readers, and whether a card is in each.
    fn readers(&mut self) -> Result<Vec<Reader>, CardError>;
    /// Connect to the card in a reader. Opens no transaction: the person types PINs while the connection is open.
    fn connect(&mut self, reader: &str, access: Access) -> Result<Box<dyn Link>, CardError>;
}

/// A connection to one card. Dropping it powers the card off, so that no other program finds a verified PIN.
pub trait Link: Send {
    /// Send one command and return the length of the response written to `reply`, status word included.
    fn transmit(&mut self, command: &[u8], reply: &mut [u8; REPLY]) -> Result<usize, CardError>;
    /// Borrow the card's answer to reset, if it is known. It identifies a FeliCa card, never a My Number Card.
    fn atr(&self) -> &[u8] {
        &[]
    }
}

/// Identifies a card without a PIN: SHA-256 of its user-authentication certificate.
pub type CardId = [u8; 32];

/// What can be read from a card before any PIN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardStatus {
    /// Whether a signing certificate is there (EF 0008).
    pub signing_present: bool,
    /// Whether a user-authentication certificate is there (EF 0008).
    pub authentication_present: bool,
    /// Tries left for the signing password.
    pub signing_tries: Tries,
    /// Tries left for the user-authentication PIN.
    pub authentication_tries: Tries,
    /// Validity of the user-authentication certificate, if it could be read.
    pub authentication_validity: Option<Validity>,
    /// The card's id; `None` if it has no user-authentication certificate.
    pub identity: Option<CardId>,
}

#[cfg(test)]
mod tests {
    use super::{Choice, Reader, choose};

    #[test]
    fn the_only_reader_with_a_card_is_taken_and_the_person_chooses_among_several() {
        let readers = |cards: &[bool]| -> Vec<Reader> {
            cards.iter().enumerate().map(|(slot, card)| Reader { name: format!("slot {slot}"), card: *card }).collect()
        };
        assert_eq!(choose(&[]), Choice::NoReader);
        assert_eq!(choose(&readers(&[false, false])), Choice::NoCard);
        let one = readers(&[false, true, false]);
        assert_eq!(choose(&one), Choice::One(&one[1]));
        let two = readers(&[true, false, true]);
        assert_eq!(choose(&two), Choice::Several(vec![&two[0], &two[2]]));
    }
}
