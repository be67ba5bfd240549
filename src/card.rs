//! The My Number Card over PC/SC: what it is, how it is read, what can go wrong. Knows nothing of fields or screens.
//! `Port` and `Link` are the seam between a real reader and the simulated card; `jpki` speaks to the application behind either.
//! Not built on crate `myna-card`: its PIN is a `Clone` in pageable memory and its VERIFY an APDU left in a buffer, it reads no counter before,
//! repeats any command on 6Cxx, resets the card on drop, which PINs survive (jpki-card.md §3), and errs on 6100.
//! It serves as an independent witness in tests, and its files of a test card as fixtures.

use crate::certificate::Validity;
use crate::error::Code;

pub use crate::certificate::Purpose;
// The name that the app still has for it.
pub use CardError as Trouble;

/// Commands and status words, as bytes.
mod apdu;
/// The JPKI application: tries left, PINs, certificates, signatures.
pub mod jpki;
/// PINs: typed, folded, checked offline, used once, wiped.
pub mod pin;
/// Readers through PC/SC.
pub mod reader;
/// The same card in process, and over the vpcd protocol for a real pcscd.
#[cfg(feature = "practice")]
pub mod simulated;
/// Readers and cards coming and going, without polling.
pub mod watch;

/// How many tries the card says are left for a PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tries {
    /// So many.
    Left(u8),
    /// None: only the municipal office, or the kiosk, can unlock it.
    Locked,
    /// The card did not say.
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

/// Whether others may use the card while we do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Others may: for looking, before any PIN.
    Shared,
    /// Nobody else: from the first PIN to the last signature.
    Exclusive,
}

/// The longest answer to a short command: 256 bytes and a status word.
pub const REPLY: usize = 258;

/// A way to readers: PC/SC, or the slots of simulated cards.
pub trait Port: Send {
    /// List the readers, with whether a card is in each.
    fn readers(&mut self) -> Result<Vec<Reader>, CardError>;
    /// Connect to the card in a reader. No transaction is opened: the person types while the connection stands.
    fn connect(&mut self, reader: &str, access: Access) -> Result<Box<dyn Link>, CardError>;
}

/// A connection to one card. Dropping it leaves the card unpowered, so that nobody else finds a PIN verified.
pub trait Link: Send {
    /// Send one command and return the length of the answer written to `reply`, status word included.
    fn transmit(&mut self, command: &[u8], reply: &mut [u8; REPLY]) -> Result<usize, CardError>;
    /// Borrow the card's answer to reset, where it is known. Tells a FeliCa card, never a My Number Card.
    fn atr(&self) -> &[u8] {
        &[]
    }
}

/// What tells one card from another without a PIN: SHA-256 of its user-authentication certificate.
pub type CardId = [u8; 32];

/// What can be learned from a card before any PIN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Whether a signing certificate is there (EF 0008).
    pub signing_present: bool,
    /// Whether a user-authentication certificate is there (EF 0008).
    pub authentication_present: bool,
    /// Tries left for the signing password.
    pub signing_tries: Tries,
    /// Tries left for the user-authentication PIN.
    pub authentication_tries: Tries,
    /// Validity of the user-authentication certificate, where it could be read.
    pub authentication_validity: Option<Validity>,
    /// Which card it is; absent where it holds no user-authentication certificate.
    pub identity: Option<CardId>,
}
