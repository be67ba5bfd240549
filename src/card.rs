//! The My Number Card over PC/SC: reading, signing, errors. Facts about the card itself are in `card/jpki-card.md`.
//! `Port` and `Link` are implemented by real readers and by the simulated card; `jpki` speaks to the application over either.
//! Why not crate `myna-card`: jpki-card.md §9.

use crate::certificate::{ProfileError, Validity};
use crate::error::Code;

pub use crate::certificate::Purpose;
pub use choice::{Choice, choose};

/// Command APDUs and status words.
mod apdu;
/// Which reader is used.
mod choice;
/// Differences between generations of the card.
mod generation;
/// The JPKI application: retry counters, PINs, certificates, signatures.
pub mod jpki;
/// PINs: typing, folding, offline checks, single use, wiping.
pub mod pin;
/// Readers over PC/SC.
pub mod reader;
/// What a key is given to sign, and what it answers.
mod signing;
/// The simulated card, in process or over the vpcd protocol for a real pcscd.
#[cfg(feature = "practice")]
pub mod simulated;
/// Notification of reader and card changes, without polling.
pub mod watch;

/// Tries left for a PIN, as reported by the card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tries {
    /// This many.
    Left(u8),
    /// None: only the municipal office or the kiosk can unlock it.
    Locked,
    /// Not reported.
    Unknown,
}

/// An error of the card, the reader or PC/SC.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}")]
pub struct CardError {
    /// The cause.
    pub code: Code,
    /// Tries left for the PIN concerned, if the card reported them.
    pub tries: Option<Tries>,
    /// The card's status word, for the help desk.
    pub status: Option<u16>,
    /// Further diagnosis, such as the kind of card.
    pub hint: Hint,
}

/// Further diagnosis of an error. Never contains personal data or secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Hint {
    /// Nothing.
    #[default]
    None,
    /// The likely kind of the card in the reader.
    Seems(CardKind),
    /// The program that probably holds the reader.
    HeldBy(String),
    /// The name of the PC/SC error.
    Pcsc(&'static str),
    /// Why the certificate is refused.
    Certificate(ProfileError),
    /// Nothing was sent: it would be the last try, and nobody has said that it is to be spent.
    LastTry,
}

/// The likely kind of a card.
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
    /// Create an error with a code only.
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
    /// Its PC/SC name.
    pub name: String,
    /// Whether a card is in it.
    pub card: bool,
}

impl Reader {
    /// Create a reader; what lies in a slot for modules counts as no card.
    pub fn new(name: String, present: bool) -> Reader {
        let card = present && !choice::is_module(&name);
        Reader { name, card }
    }
}

/// Whether other programs may use the card at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Yes: reading the status before any PIN.
    Shared,
    /// No: from the first PIN to the last signature.
    Exclusive,
}

/// Longest response to a short APDU: 256 bytes and a status word.
pub const REPLY: usize = 258;

/// Access to readers, PC/SC or simulated.
pub trait Port: Send {
    /// List the readers and whether each holds a card.
    fn readers(&mut self) -> Result<Vec<Reader>, CardError>;
    /// Connect to the card in a reader. Begins no transaction, since the connection stays open while the user types a PIN.
    fn connect(&mut self, reader: &str, access: Access) -> Result<Box<dyn Link>, CardError>;
}

/// A connection to one card. Dropping it powers the card off, so that no other program finds a verified PIN.
pub trait Link: Send {
    /// Send one command; return the length of the response in `reply`, including the status word.
    fn transmit(&mut self, command: &[u8], reply: &mut [u8; REPLY]) -> Result<usize, CardError>;
    /// Borrow the card's answer to reset (ATR), if known. It identifies FeliCa cards, never a My Number Card.
    fn atr(&self) -> &[u8] {
        &[]
    }
}

/// Identifies a card without a PIN: SHA-256 of its user-authentication certificate.
pub type CardId = [u8; 32];

/// The card status, readable without a PIN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardStatus {
    /// Whether a signing certificate is present (EF 0008).
    pub signing_present: bool,
    /// Whether a user-authentication certificate is present (EF 0008).
    pub authentication_present: bool,
    /// Tries left for the signing password.
    pub signing_tries: Tries,
    /// Tries left for the user-authentication PIN.
    pub authentication_tries: Tries,
    /// Validity of the user-authentication certificate, if it could be read.
    pub authentication_validity: Option<Validity>,
    /// The card's identifier; `None` without a user-authentication certificate.
    pub identity: Option<CardId>,
}

impl CardStatus {
    /// Return whether it seems to be a card without PINs (顔認証マイナンバーカード). How its chip answers is not published; it has a
    /// user-authentication certificate whose PIN nobody was given, and can hold no signing certificate. A card that has lost its signing
    /// certificate and whose PIN is locked looks alike.
    pub fn seems_without_pins(&self) -> bool {
        !self.signing_present && self.authentication_present && self.authentication_tries == Tries::Locked
    }
}
