//! The card desk: holds the one card from the first PIN to the last signature, and keeps both its certificates at hand.
//! PINs go straight into the card and are kept nowhere.

use super::{Doing, Progress, SigningCertificate};
use crate::card::jpki::{Jpki, Known};
use crate::card::pin::Pin;
use crate::card::{Access, CardId, Facts, Port, Purpose, Trouble};
use crate::certificate::{Algorithm, Anchors, Certificate, check_profile};
use crate::error::Code;

/// Where the desk says how far it is.
pub(super) type Tell<'a> = &'a dyn Fn(Progress);

/// A certificate and that of its authority, both from the card, both checked.
pub(super) struct Pair {
    pub(super) leaf: Certificate,
    pub(super) authority: Certificate,
}

/// Where the card is to be, and which it is to be, if that is known.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) reader: &'a str,
    pub(super) card: Option<CardId>,
}

/// The desk.
pub(super) struct CardDesk {
    anchors: Anchors,
    test_cards: bool,
    held: Option<Held>,
    /// The card that this registration was begun with.
    known: Option<Known>,
    /// The card that was looked at last: what was read then is not read again.
    looked: Option<Known>,
    signing: Option<Pair>,
    authentication: Option<Pair>,
}

/// A card that nobody else may use.
struct Held {
    reader: String,
    card: Jpki,
}

impl CardDesk {
    /// Make an empty desk.
    pub(super) fn new(anchors: Anchors, test_cards: bool) -> CardDesk {
        CardDesk { anchors, test_cards, held: None, known: None, looked: None, signing: None, authentication: None }
    }

    /// Look at a card without any PIN. A card that is held answers itself; any other is given back at once.
    pub(super) fn look(&mut self, port: &mut dyn Port, reader: &str) -> Result<Facts, Trouble> {
        if let Some(held) = self.held.as_mut().filter(|held| held.reader == reader) {
            if let Ok(facts) = held.card.facts() {
                return Ok(facts);
            }
            // It was taken away since; whatever lies there now is looked at afresh.
            self.held = None;
        }
        self.looked = None;
        let mut card = Jpki::open(port, reader, Access::Shared)?;
        let facts = card.facts();
        if facts.is_ok() {
            self.looked = Some(card.known());
        }
        card.close();
        facts
    }

    /// Verify the signing password and read who the person is. What can be known to be in vain costs no try.
    pub(super) fn sign_in(&mut self, port: &mut dyn Port, at: At<'_>, pin: Pin, tell: Tell<'_>) -> Result<SigningCertificate, Trouble> {
        let pair = self.open(port, at, Purpose::Signing, pin, tell)?;
        let (holder, validity, fingerprint) = (pair.leaf.holder(), pair.leaf.validity(), pair.leaf.fingerprint());
        self.signing = Some(pair);
        Ok(SigningCertificate { holder, validity, fingerprint })
    }

    /// Verify the user-authentication PIN and read its certificate.
    pub(super) fn authenticate(&mut self, port: &mut dyn Port, at: At<'_>, pin: Pin, tell: Tell<'_>) -> Result<(), Trouble> {
        self.authentication = Some(self.open(port, at, Purpose::Authentication, pin, tell)?);
        Ok(())
    }

    /// Return the certificates of a purpose, if the card is here to sign with them.
    pub(super) fn pair(&self, purpose: Purpose) -> Result<&Pair, Trouble> {
        let pair = match purpose {
            Purpose::Signing => &self.signing,
            Purpose::Authentication => &self.authentication,
        };
        pair.as_ref().filter(|_| self.held.is_some()).ok_or(Trouble::new(forgotten(purpose)))
    }

    /// Sign a digest. A card that was away meanwhile has forgotten its PINs, and says so whatever the link's own error is.
    pub(super) fn sign(&mut self, purpose: Purpose, digest: &[u8; 32]) -> Result<Vec<u8>, Trouble> {
        let held = self.held.as_mut().ok_or(Trouble::new(forgotten(purpose)))?;
        let signed = held.card.sign(purpose, digest);
        if signed.as_ref().is_err_and(|trouble| is_gone(trouble.code)) {
            self.held = None;
            return Err(Trouble::new(forgotten(purpose)));
        }
        signed
    }

    /// Give the card back, unpowered, so that it remembers no PIN. The registration may go on with the same card.
    pub(super) fn close(&mut self) {
        if let Some(held) = self.held.take() {
            held.card.close();
        }
    }

    /// Give the card back and forget everything about it: the next person's may come.
    pub(super) fn release(&mut self) {
        self.close();
        (self.known, self.signing, self.authentication) = (None, None, None);
    }

    /// Take the card, verify a PIN, read and check its certificate.
    fn open(&mut self, port: &mut dyn Port, at: At<'_>, purpose: Purpose, pin: Pin, tell: Tell<'_>) -> Result<Pair, Trouble> {
        tell(Progress { doing: Doing::Connecting, done: 0, total: 0 });
        let card = self.hold(port, at, purpose)?;
        let pair = verify_and_read(card, purpose, pin, tell);
        let known = card.known();
        if pair.as_ref().is_err_and(|trouble| is_gone(trouble.code)) {
            self.held = None;
        }
        let pair = pair?;
        if let Err(fault) = check_profile(&pair.leaf, &pair.authority, purpose, &self.anchors, self.test_cards, super::now()) {
            // Nothing can be signed with this card: it is not kept waiting with a verified PIN.
            self.close();
            return Err(Trouble::new(fault.code(purpose)));
        }
        // `Jpki::sign` makes RSA signatures; those of the next card are still to be seen (jpki-card.md §7).
        if pair.leaf.algorithm() != Some(Algorithm::Rs256) {
            self.close();
            return Err(Trouble::new(Code::KeyUnsupported));
        }
        self.known = Some(known);
        Ok(pair)
    }

    /// Return the card in the reader, held by us alone: the one that is held, if it is still there, or else anew,
    /// and then it must be the one that this registration was begun with. Any other than the one that is wanted is let go at once.
    fn hold(&mut self, port: &mut dyn Port, At { reader, card: wanted }: At<'_>, purpose: Purpose) -> Result<&mut Jpki, Trouble> {
        let here = |held: &mut Held| {
            // Asking for the tries costs nothing and shows whether the card still answers.
            held.reader == reader && held.card.tries(purpose).is_ok()
        };
        // What is gone is let go of before it is taken again: an exclusive connection excludes our own second one as well.
        let held = match self.held.take().and_then(|mut held| here(&mut held).then_some(held)) {
            Some(held) => held,
            None => {
                // The card of this registration, or else the one that was looked at, is recognised by its first part: nothing is read twice.
                let recognised = [&self.known, &self.looked].into_iter().flatten().find(|known| wanted.is_none() || known.id() == wanted);
                let card = match recognised.map(|known| Jpki::reopen(port, reader, Access::Exclusive, known)) {
                    // Another card than the one that was looked at; this registration begins with it.
                    Some(Err(Trouble { code: Code::OtherCard, .. })) if self.known.is_none() && wanted.is_none() => fresh(port, reader)?,
                    Some(opened) => opened?,
                    None => fresh(port, reader)?,
                };
                Held { reader: reader.to_owned(), card }
            }
        };
        if wanted.is_some() && held.card.id() != wanted {
            held.card.close();
            return Err(Code::OtherCard.into());
        }
        Ok(&mut self.held.insert(held).card)
    }
}

/// Take a card of which nothing is known yet, and learn what needs no PIN.
fn fresh(port: &mut dyn Port, reader: &str) -> Result<Jpki, Trouble> {
    let mut card = Jpki::open(port, reader, Access::Exclusive)?;
    card.facts()?;
    Ok(card)
}

fn verify_and_read(card: &mut Jpki, purpose: Purpose, pin: Pin, tell: Tell<'_>) -> Result<Pair, Trouble> {
    match purpose {
        _ if card.has(purpose) => {}
        Purpose::Signing => return Err(Trouble::new(Code::SigningCertificateAbsent)),
        Purpose::Authentication => return Err(Trouble::new(Code::AuthenticationCertificateAbsent)),
    }
    tell(Progress { doing: Doing::Verifying, done: 0, total: 0 });
    card.verify(pin)?;
    let mut reading = |done, total| tell(Progress { doing: Doing::Reading, done, total });
    let leaf = card.certificate(purpose, &mut reading)?;
    let authority = card.authority(purpose, &mut reading)?;
    let parse = |der: &[u8]| Certificate::parse(der).map_err(|_| Trouble::new(Code::CertificateGarbled));
    Ok(Pair { leaf: parse(&leaf)?, authority: parse(&authority)? })
}

/// Whether the card that was held is no longer there, or has lost its power and with it the verified PINs.
fn is_gone(code: Code) -> bool {
    use Code::{CardMute, CardRemoved, CardReset, NoCard, NoReader, PcscNotRunning, PinUncertain, ReaderGone};
    // A VERIFY that broke off leaves a link of which nothing is known.
    matches!(code, CardRemoved | CardReset | CardMute | NoCard | ReaderGone | NoReader | PcscNotRunning | PinUncertain)
}

const fn forgotten(purpose: Purpose) -> Code {
    match purpose {
        Purpose::Signing => Code::SigningForgotten,
        Purpose::Authentication => Code::AuthenticationForgotten,
    }
}
