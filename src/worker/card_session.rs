//! The card session: holds one card exclusively from the first PIN to the last signature, and caches both its certificates. PINs go
//! straight to the card and are not kept.

use super::{Phase, Progress, SigningCertificate};
use crate::card::jpki::{Jpki, Known};
use crate::card::pin::Pin;
use crate::card::{Access, CardError, CardId, CardStatus, Hint, Port, Purpose};
use crate::certificate::{Anchors, Certificate, ProfileError, check_profile};
use crate::error::Code;

/// Progress callback.
pub(super) type OnProgress<'a> = &'a dyn Fn(Progress);

/// A certificate and its CA certificate, both read from the card and checked.
pub(super) struct CertificatePair {
    pub(super) leaf: Certificate,
    pub(super) authority: Certificate,
}

/// The reader to use, and the card expected in it, if known.
#[derive(Clone, Copy)]
pub(super) struct CardTarget<'a> {
    pub(super) reader: &'a str,
    pub(super) card: Option<CardId>,
}

/// State of the card session.
pub(super) struct CardSession {
    anchors: Anchors,
    test_cards: bool,
    held: Option<HeldCard>,
    /// The card with which the pending registration began.
    known: Option<Known>,
    /// The card whose status was read last, so that nothing is read twice.
    last_seen: Option<Known>,
    signing: Option<CertificatePair>,
    authentication: Option<CertificatePair>,
}

/// An exclusively connected card.
struct HeldCard {
    reader: String,
    card: Jpki,
}

impl CardSession {
    /// Create a session without a card.
    pub(super) fn new(anchors: Anchors, test_cards: bool) -> CardSession {
        CardSession { anchors, test_cards, held: None, known: None, last_seen: None, signing: None, authentication: None }
    }

    /// Read the card status. A held card is asked directly; any other is connected and released at once.
    pub(super) fn look(&mut self, port: &mut dyn Port, reader: &str) -> Result<CardStatus, CardError> {
        if let Some(held) = self.held.as_mut().filter(|held| held.reader == reader) {
            if let Ok(facts) = held.card.read_status() {
                return Ok(facts);
            }
            // It was removed meanwhile: read the card that is there now.
            self.held = None;
        }
        self.last_seen = None;
        let mut seen = look_at(port, reader);
        for _ in 0..LOOKS_AGAIN {
            if is_whole(&seen) {
                break;
            }
            seen = look_at(port, reader);
        }
        let (known, facts) = seen?;
        self.last_seen = Some(known);
        Ok(facts)
    }

    /// Verify the signing password and read the signing certificate. Errors that can be found without spending a try are reported first.
    pub(super) fn sign_in(
        &mut self,
        port: &mut dyn Port,
        target: CardTarget<'_>,
        pin: Pin,
        on_progress: OnProgress<'_>,
    ) -> Result<SigningCertificate, CardError> {
        let pair = self.unlock(port, target, Purpose::Signing, pin, on_progress)?;
        let (holder, validity, fingerprint) = (pair.leaf.holder(), pair.leaf.validity(), pair.leaf.fingerprint());
        self.signing = Some(pair);
        Ok(SigningCertificate { holder, validity, fingerprint })
    }

    /// Verify the user-authentication PIN and read the certificate.
    pub(super) fn authenticate(
        &mut self,
        port: &mut dyn Port,
        target: CardTarget<'_>,
        pin: Pin,
        on_progress: OnProgress<'_>,
    ) -> Result<(), CardError> {
        self.authentication = Some(self.unlock(port, target, Purpose::Authentication, pin, on_progress)?);
        Ok(())
    }

    /// Return the certificates of a purpose, if the card is held and can sign with its key.
    pub(super) fn certificates(&self, purpose: Purpose) -> Result<&CertificatePair, CardError> {
        let pair = match purpose {
            Purpose::Signing => &self.signing,
            Purpose::Authentication => &self.authentication,
        };
        pair.as_ref().filter(|_| self.held.is_some()).ok_or(CardError::new(forgotten(purpose)))
    }

    /// Sign a message. If the card was removed meanwhile, the error is that it lost its PINs, whatever the link reports.
    pub(super) fn sign(&mut self, purpose: Purpose, message: &[u8]) -> Result<Vec<u8>, CardError> {
        let algorithm = self.certificates(purpose)?.leaf.algorithm().ok_or(CardError::new(Code::KeyUnsupported))?;
        let held = self.held.as_mut().ok_or(CardError::new(forgotten(purpose)))?;
        let signed = held.card.sign(purpose, algorithm, message);
        if signed.as_ref().is_err_and(|error| is_gone(error.code)) {
            self.held = None;
            return Err(CardError::new(forgotten(purpose)));
        }
        signed
    }

    /// Release the card and power it off, so that no PIN stays verified. The registration can continue with the same card.
    pub(super) fn close(&mut self) {
        if let Some(held) = self.held.take() {
            held.card.close();
        }
    }

    /// Release the card and forget everything about it, for the next person.
    pub(super) fn release(&mut self) {
        self.close();
        (self.known, self.signing, self.authentication) = (None, None, None);
    }

    /// Acquire the card, verify a PIN, and read and check the certificate.
    fn unlock(
        &mut self,
        port: &mut dyn Port,
        target: CardTarget<'_>,
        purpose: Purpose,
        pin: Pin,
        on_progress: OnProgress<'_>,
    ) -> Result<CertificatePair, CardError> {
        on_progress(Progress { phase: Phase::Connecting, done: 0, total: 0 });
        let card = self.acquire(port, target, purpose)?;
        let read = verify_and_read(card, purpose, pin, on_progress);
        let known = card.known();
        if read.as_ref().is_err_and(|error| is_gone(error.code)) {
            self.held = None;
        }
        let pair = self.checked(purpose, read?).map_err(|fault| {
            // Nothing can be signed with this card: do not leave a verified PIN on it.
            self.close();
            if purpose == Purpose::Authentication {
                // It is kept from the first look: the next try reads it anew.
                (self.known, self.last_seen) = (None, None);
            }
            let code = fault.code(purpose);
            // Other codes have one cause each.
            let several = matches!(code, Code::CertificateRefused | Code::CertificateGarbled);
            CardError { hint: if several { Hint::Certificate(fault) } else { Hint::None }, ..CardError::new(code) }
        })?;
        self.known = Some(known);
        Ok(pair)
    }

    /// Parse and check a certificate and its CA certificate.
    fn checked(&self, purpose: Purpose, [leaf, authority]: [Vec<u8>; 2]) -> Result<CertificatePair, ProfileError> {
        let (leaf, authority) = (Certificate::parse(&leaf)?, Certificate::parse(&authority)?);
        check_profile(&leaf, &authority, purpose, &self.anchors, self.test_cards, super::now())?;
        Ok(CertificatePair { leaf, authority })
    }

    /// Return the card in the reader, connected exclusively: the held one, if still present, else a new connection, which must be to the
    /// card with which this registration began. A card other than the wanted one is released at once.
    fn acquire(
        &mut self,
        port: &mut dyn Port,
        CardTarget { reader, card: wanted }: CardTarget<'_>,
        purpose: Purpose,
    ) -> Result<&mut Jpki, CardError> {
        let is_here = |held: &mut HeldCard| {
            // Reading the retry counter is free and shows whether the card still responds.
            held.reader == reader && held.card.tries(purpose).is_ok()
        };
        // Drop a dead connection before making a new one: an exclusive connection excludes our own second one as well.
        let held = match self.held.take().and_then(|mut held| is_here(&mut held).then_some(held)) {
            Some(held) => held,
            None => {
                // Recognise the card of this registration, or the one seen last, by the start of its certificate: nothing is read twice.
                let recognised =
                    [&self.known, &self.last_seen].into_iter().flatten().find(|known| wanted.is_none() || known.id() == wanted);
                let card = match recognised.map(|known| Jpki::reopen(port, reader, Access::Exclusive, known)) {
                    // A different card than the one seen last: this registration begins with it.
                    Some(Err(CardError { code: Code::OtherCard, .. })) if self.known.is_none() && wanted.is_none() => {
                        connect_new(port, reader)?
                    }
                    Some(opened) => opened?,
                    None => connect_new(port, reader)?,
                };
                HeldCard { reader: reader.to_owned(), card }
            }
        };
        if wanted.is_some() && held.card.id() != wanted {
            held.card.close();
            return Err(Code::OtherCard.into());
        }
        Ok(&mut self.held.insert(held).card)
    }
}

/// Connect to an unknown card and read its status.
fn connect_new(port: &mut dyn Port, reader: &str) -> Result<Jpki, CardError> {
    let mut card = Jpki::open(port, reader, Access::Exclusive)?;
    card.read_status()?;
    Ok(card)
}

/// Verify a PIN, and read its certificate and the CA certificate.
fn verify_and_read(card: &mut Jpki, purpose: Purpose, pin: Pin, on_progress: OnProgress<'_>) -> Result<[Vec<u8>; 2], CardError> {
    match purpose {
        _ if card.has(purpose) => {}
        Purpose::Signing => return Err(CardError::new(Code::SigningCertificateAbsent)),
        Purpose::Authentication => return Err(CardError::new(Code::AuthenticationCertificateAbsent)),
    }
    on_progress(Progress { phase: Phase::Verifying, done: 0, total: 0 });
    card.verify(pin)?;
    let mut reading = |done, total| on_progress(Progress { phase: Phase::Reading, done, total });
    // Said before anything is read: the PIN was right.
    reading(0, 0);
    Ok([card.certificate(purpose, &mut reading)?, card.authority(purpose, &mut reading)?])
}

/// Return whether an error means that the held card is gone, or lost power and with it the verified PINs.
fn is_gone(code: Code) -> bool {
    use Code::{CardMute, CardRemoved, CardReset, NoCard, NoReader, PcscNotRunning, PinUncertain, ReaderGone};
    // After an interrupted VERIFY the state of the link is unknown.
    matches!(code, CardRemoved | CardReset | CardMute | NoCard | ReaderGone | NoReader | PcscNotRunning | PinUncertain)
}

const fn forgotten(purpose: Purpose) -> Code {
    match purpose {
        Purpose::Signing => Code::SigningForgotten,
        Purpose::Authentication => Code::AuthenticationForgotten,
    }
}

/// Look at a card once, over a connection of its own.
fn look_at(port: &mut dyn Port, reader: &str) -> Result<(Known, CardStatus), CardError> {
    let mut card = Jpki::open(port, reader, Access::Shared)?;
    let facts = card.read_status();
    let known = card.known();
    card.close();
    Ok((known, facts?))
}

/// How often a look that was spoiled is repeated: it costs no try.
const LOOKS_AGAIN: u32 = 2;

/// Return whether a look told all that a card has. A card that was just put in may be powered down once more by the card service, or reset by
/// another program that looks at it, and then has forgotten, in the middle of the look, what was selected: it answers strangely, or seems to
/// have no certificate.
fn is_whole(seen: &Result<(Known, CardStatus), CardError>) -> bool {
    match seen {
        Ok((_, facts)) => facts.identity.is_some(),
        Err(fault) => !matches!(fault.code, Code::PcscFault | Code::CardFault | Code::CardReset),
    }
}
