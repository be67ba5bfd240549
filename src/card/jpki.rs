//! The JPKI application: retry counters, VERIFY, certificates, signatures; and identification of cards without it.
//! PIN rules (jpki-card.md §3): check offline first, read the counter just before, send exactly once, only over an exclusive connection, and
//! as the last try only if that was said.

use super::apdu::{self, Response, StatusWord, exchange, exchange_once};
use super::generation::{FileIds, GENERATIONS, Generation};
use super::pin::Pin;
use super::signing;
use super::{Access, CardError, CardId, CardKind, CardStatus, Hint, Link, Port, Purpose, Tries};
use crate::certificate::{Algorithm, Certificate, LIMIT};
use crate::error::Code;
use sha2::{Digest, Sha256};

#[cfg(test)]
mod tests;

/// AID of GlobalPlatform's issuer security domain: selecting it leaves the JPKI application, which clears its verified PINs. Seven bytes,
/// as on the cards that were measured; where it is the standard's eight, they select it as a partial AID.
const ISSUER_DOMAIN: [u8; 7] = [0xA0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00];

const TOKEN_INFO: u16 = 0x0006;
const AVAILABILITY: u16 = 0x0008;

/// Maximum length of a short READ BINARY.
const PART: usize = 256;
/// Maximum number of READ BINARY commands per certificate; some readers and cards return less than requested.
const PARTS: usize = 256;
/// How files are addressed for reading: by short identifier, which saves one command per file, or by SELECT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Addressing {
    Short,
    Selected,
}

/// What an earlier connection learnt of a card, to recognise it and to avoid reading twice. Holds no secret.
#[derive(Clone)]
pub struct Known {
    generation: &'static Generation,
    addressing: Addressing,
    signing_present: bool,
    authentication_present: bool,
    authentication: Option<Vec<u8>>,
}

impl Known {
    /// Return the card's identifier, if its user-authentication certificate was read.
    pub fn id(&self) -> Option<CardId> {
        self.authentication.as_deref().map(card_id)
    }
}

/// The JPKI application of the card in a reader.
pub struct Jpki {
    link: Box<dyn Link>,
    access: Access,
    known: Known,
}

impl Jpki {
    /// Connect to the card in a reader and select the application. The error for another card names its likely kind.
    pub fn open(port: &mut dyn Port, reader: &str, access: Access) -> Result<Jpki, CardError> {
        let mut link = port.connect(reader, access)?;
        let aid = select(link.as_mut(), GENERATIONS.map(|generation| generation.aid))?;
        let (label, addressing) = token_label(link.as_mut())?;
        let generation = generation(aid, &label)?;
        // Assume both certificates until EF 0008 has been read.
        let known = Known { generation, addressing, signing_present: true, authentication_present: true, authentication: None };
        Ok(Jpki { link, access, known })
    }

    /// Reconnect to a known card; `OtherCard` if it is a different one. Compares only the first 256 bytes of the certificate, which contain
    /// the serial number and the validity.
    pub fn reopen(port: &mut dyn Port, reader: &str, access: Access, known: &Known) -> Result<Jpki, CardError> {
        let Some(expected) = &known.authentication else { return Jpki::open(port, reader, access) };
        let mut link = port.connect(reader, access)?;
        select(link.as_mut(), [known.generation.aid])?;
        let mut again = Jpki { link, access, known: known.clone() };
        let first = again.read_start(known.generation.files(Purpose::Authentication).certificate, PART)?;
        match first.meaning() {
            StatusWord::Done | StatusWord::Warned if !first.data.is_empty() && expected.starts_with(&first.data) => Ok(again),
            StatusWord::Done | StatusWord::Warned | StatusWord::Absent => Err(Code::OtherCard.into()),
            _ => Err(first.error(Code::CardFault)),
        }
    }

    /// Return what is known of the card, for `reopen`.
    pub fn known(&self) -> Known {
        self.known.clone()
    }

    /// Return whether the card has the certificate of a purpose; assumed until `read_status` has read EF 0008.
    pub fn has(&self, purpose: Purpose) -> bool {
        match purpose {
            Purpose::Signing => self.known.signing_present,
            Purpose::Authentication => self.known.authentication_present,
        }
    }

    /// Read the card status: the certificates present, the retry counters, and the validity of the user-authentication certificate. Needs
    /// no PIN.
    pub fn read_status(&mut self) -> Result<CardStatus, CardError> {
        let available = self.read_start(AVAILABILITY, 3)?;
        if let (StatusWord::Done | StatusWord::Warned, [signing, authentication, ..]) = (available.meaning(), available.data.as_slice()) {
            // 8F: present, 00: absent; no other values were seen.
            (self.known.signing_present, self.known.authentication_present) = (*signing != 0, *authentication != 0);
        }
        let signing_tries = self.tries(Purpose::Signing)?;
        let authentication_tries = self.tries(Purpose::Authentication)?;
        let certificate = match self.certificate(Purpose::Authentication, &mut |_, _| {}) {
            Ok(der) => Some(der),
            Err(CardError { code: Code::AuthenticationCertificateAbsent, .. }) => {
                self.known.authentication_present = false;
                None
            }
            // Present, but unreadable.
            Err(CardError { code: Code::CardGarbled, .. }) => None,
            Err(error) => return Err(error),
        };
        Ok(CardStatus {
            signing_present: self.known.signing_present,
            authentication_present: self.known.authentication_present,
            signing_tries,
            authentication_tries,
            authentication_validity: certificate.as_deref().and_then(|der| Certificate::parse(der).ok()).map(|read| read.validity()),
            identity: certificate.as_deref().map(card_id),
        })
    }

    /// Read the tries left for a PIN; spends none.
    pub fn tries(&mut self, purpose: Purpose) -> Result<Tries, CardError> {
        let file = self.files(purpose).pin;
        let selected = exchange(self.link.as_mut(), &apdu::select_file(file))?;
        if selected.meaning() != StatusWord::Done {
            return Err(selected.error(Code::CardFault));
        }
        let answer = exchange_once(self.link.as_mut(), &apdu::TRIES)?;
        match answer.meaning() {
            StatusWord::TriesLeft(left) => Ok(Tries::Left(left)),
            StatusWord::Locked => Ok(Tries::Locked),
            // 9000: the PIN is verified already. 6300: the card gives no counter.
            StatusWord::Done | StatusWord::Wrong => Ok(Tries::Unknown),
            _ => Err(answer.error(Code::CardFault)),
        }
    }

    /// Verify a PIN with exactly one VERIFY. A PIN of the wrong shape, a blocked PIN, any PIN over a shared connection, and one for which the
    /// last try may not be spent is refused without sending it. `tries` is set only if the card reports them.
    pub fn verify(&mut self, pin: Pin) -> Result<(), CardError> {
        let purpose = pin.purpose();
        let (wrong, locked) = match purpose {
            Purpose::Signing => (Code::SigningWrong, Code::SigningLocked),
            Purpose::Authentication => (Code::AuthenticationWrong, Code::AuthenticationLocked),
        };
        if pin.check().is_err() {
            return Err(wrong.into());
        }
        if self.access != Access::Exclusive {
            return Err(Code::ReaderBusy.into());
        }
        // Also selects the PIN for the VERIFY.
        match self.tries(purpose)? {
            Tries::Locked => return Err(CardError { tries: Some(Tries::Locked), ..locked.into() }),
            // Fewer than were shown: another program has spent some, or the answer to the VERIFY before was lost.
            Tries::Left(1) if !pin.spends_last_try() => {
                return Err(CardError { tries: Some(Tries::Left(1)), hint: Hint::LastTry, ..wrong.into() });
            }
            Tries::Left(_) | Tries::Unknown => {}
        }
        let command = apdu::verify(pin.reveal().as_bytes());
        let sent = exchange_once(self.link.as_mut(), command.bytes());
        drop((command, pin));
        let answer = sent.map_err(|broken| CardError { code: Code::PinUncertain, tries: None, ..broken })?;
        match answer.meaning() {
            StatusWord::Done => Ok(()),
            StatusWord::TriesLeft(left) => Err(CardError { tries: Some(Tries::Left(left)), ..answer.error(wrong) }),
            StatusWord::Wrong => Err(answer.error(wrong)),
            StatusWord::Locked => Err(CardError { tries: Some(Tries::Locked), ..answer.error(locked) }),
            // Whether the try has counted is as unknown as after no answer.
            _ => Err(answer.error(Code::PinUncertain)),
        }
    }

    /// Read a certificate as DER. The signing certificate needs a verified signing password. `progress` receives the bytes read and the
    /// total.
    pub fn certificate(&mut self, purpose: Purpose, progress: &mut dyn FnMut(u32, u32)) -> Result<Vec<u8>, CardError> {
        if !self.has(purpose) {
            return Err(absent(purpose).into());
        }
        if let (Purpose::Authentication, Some(der)) = (purpose, &self.known.authentication) {
            return Ok(der.clone());
        }
        let der = self.object(purpose, self.files(purpose).certificate, progress)?;
        if purpose == Purpose::Authentication {
            self.known.authentication = Some(der.clone());
        }
        Ok(der)
    }

    /// Read the CA certificate of a purpose from the card, as DER.
    pub fn authority(&mut self, purpose: Purpose, progress: &mut dyn FnMut(u32, u32)) -> Result<Vec<u8>, CardError> {
        self.object(purpose, self.files(purpose).authority, progress)
    }

    /// Sign a message with the algorithm of the key's certificate; return the signature in JOSE form. The PIN of the purpose must have been
    /// verified on this connection.
    pub fn sign(&mut self, purpose: Purpose, algorithm: Algorithm, message: &[u8]) -> Result<Vec<u8>, CardError> {
        let file = self.files(purpose).key;
        let selected = exchange(self.link.as_mut(), &apdu::select_file(file))?;
        match selected.meaning() {
            StatusWord::Done => {}
            StatusWord::Absent => return Err(selected.error(absent(purpose))),
            _ => return Err(selected.error(Code::CardFault)),
        }
        let mut answer = exchange(self.link.as_mut(), &apdu::sign(&signing::input(algorithm, message)))?;
        match answer.meaning() {
            StatusWord::Done => {
                signing::signature(algorithm, std::mem::take(&mut answer.data)).ok_or_else(|| answer.error(Code::CardGarbled))
            }
            StatusWord::PinMissing => Err(answer.error(forgotten(purpose))),
            _ => Err(answer.error(Code::CardFault)),
        }
    }

    fn files(&self, purpose: Purpose) -> &'static FileIds {
        self.known.generation.files(purpose)
    }

    /// Return the card's identifier, if its user-authentication certificate was read or recognised. Sends nothing.
    pub fn id(&self) -> Option<CardId> {
        self.known.id()
    }

    /// Leave the application, so that the card clears its verified PINs, and disconnect with the power off.
    pub fn close(mut self) {
        // A card with another issuer security domain still clears its PINs on power-off.
        let _ = exchange_once(self.link.as_mut(), &apdu::select_application(&ISSUER_DOMAIN));
    }

    /// Read the start of a file; an error response may come from selecting the file.
    fn read_start(&mut self, file: u16, length: usize) -> Result<Response, CardError> {
        read_start(self.link.as_mut(), self.known.addressing, file, length)
    }

    /// Read one DER object, ignoring filler after it.
    fn object(&mut self, purpose: Purpose, file: u16, progress: &mut dyn FnMut(u32, u32)) -> Result<Vec<u8>, CardError> {
        let mut answer = self.read_start(file, PART)?;
        let mut object = Vec::new();
        let mut total = None;
        for _ in 0..PARTS {
            match answer.meaning() {
                StatusWord::Done | StatusWord::Warned => {}
                StatusWord::PinMissing => return Err(answer.error(forgotten(purpose))),
                StatusWord::Absent => return Err(answer.error(absent(purpose))),
                StatusWord::PastEnd => return Err(answer.error(Code::CardGarbled)),
                _ => return Err(answer.error(Code::CardFault)),
            }
            object.append(&mut answer.data);
            let expected = match total {
                Some(total) => total,
                // An empty file, or one that holds only filler.
                None if matches!(object.first(), None | Some(0x00 | 0xFF)) => return Err(answer.error(absent(purpose))),
                None => object_length(&object).ok_or(CardError::new(Code::CardGarbled))?,
            };
            total = Some(expected);
            object.truncate(expected);
            progress(counted(object.len()), counted(expected));
            if object.len() == expected {
                return Ok(object);
            }
            let offset = u16::try_from(object.len()).map_err(|_| CardError::new(Code::CardGarbled))?;
            answer = exchange(self.link.as_mut(), &apdu::read(offset, PART.min(expected - object.len())))?;
            if answer.data.is_empty() && answer.meaning() == StatusWord::Done {
                return Err(answer.error(Code::CardGarbled));
            }
        }
        Err(Code::CardGarbled.into())
    }
}

fn counted(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

fn card_id(certificate: &[u8]) -> CardId {
    Sha256::digest(certificate).into()
}

const fn absent(purpose: Purpose) -> Code {
    match purpose {
        Purpose::Signing => Code::SigningCertificateAbsent,
        Purpose::Authentication => Code::AuthenticationCertificateAbsent,
    }
}

const fn forgotten(purpose: Purpose) -> Code {
    match purpose {
        Purpose::Signing => Code::SigningForgotten,
        Purpose::Authentication => Code::AuthenticationForgotten,
    }
}

/// Return the length of a DER SEQUENCE including its header; `None` if it is not one, or larger than a certificate can be.
fn object_length(start: &[u8]) -> Option<usize> {
    let (header, body) = match *start {
        [0x30, short @ 0x00..=0x7F, ..] => (2, usize::from(short)),
        [0x30, 0x81, length, ..] => (3, usize::from(length)),
        [0x30, 0x82, high, low, ..] => (4, usize::from(u16::from_be_bytes([high, low]))),
        _ => return None,
    };
    (header + body <= LIMIT).then_some(header + body)
}

fn read_start(link: &mut dyn Link, addressing: Addressing, file: u16, length: usize) -> Result<Response, CardError> {
    match (addressing, u8::try_from(file)) {
        (Addressing::Short, Ok(short)) => exchange(link, &apdu::read_short(short, length)),
        _ => {
            let selected = exchange(link, &apdu::select_file(file))?;
            if selected.meaning() == StatusWord::Done { exchange(link, &apdu::read(0, length)) } else { Ok(selected) }
        }
    }
}

/// Select the JPKI application by the first of these AIDs that the card has, and return that AID. The error for a card without it names the
/// likely kind of card.
fn select<const N: usize>(link: &mut dyn Link, aids: [&'static [u8]; N]) -> Result<&'static [u8], CardError> {
    let not_it = |hint, status| CardError { status, hint, ..Code::NotMyNumberCard.into() };
    if is_felica(link.atr()) {
        return Err(not_it(Hint::Seems(CardKind::Transport), None));
    }
    let mut status = None;
    for aid in aids {
        let mut answer = exchange(link, &apdu::select_application(aid))?;
        if answer.meaning() == StatusWord::NoReason {
            answer = exchange(link, &apdu::select_application(aid))?;
        }
        match answer.meaning() {
            StatusWord::Done => return Ok(aid),
            StatusWord::NoReason => return Err(answer.error(Code::CardFault)),
            _ => status = Some(answer.status),
        }
    }
    Err(not_it(probe(link)?, status))
}

/// Return whether the reader generated this ATR for a FeliCa card, which does not support these commands. PC/SC part 3, supplemental
/// document: RID A000000306, then the standard, 11 for FeliCa. The ACR122U gives another standard, and the card's name F011 or F012 (ACS,
/// ACR122U API, "ATR generation").
fn is_felica(atr: &[u8]) -> bool {
    let generated = |after: &[u8]| matches!(after, [0x11, ..] | [_, 0xF0, 0x11 | 0x12, ..]);
    let storage = [0xA0, 0x00, 0x00, 0x03, 0x06];
    let mut behind = (0..atr.len()).filter_map(|place| atr.get(place..)?.strip_prefix(&storage));
    atr.starts_with(&[0x3B, 0x8F, 0x80]) && behind.any(generated)
}

/// Identify a card without the JPKI application by the applications it has (在留カード: jpki-card.md §6; driving licence: NPA specification;
/// passport: ICAO Doc 9303-10; payment cards: EMV book 1 §12). A card that was taken away meanwhile is an error, and one that broke off a
/// response is not said to be of any kind.
fn probe(link: &mut dyn Link) -> Result<Hint, CardError> {
    let residence = apdu::select_application(&[0xD3, 0x92, 0xF0, 0x00, 0x4F, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let licence = apdu::select_application(&[0xA0, 0x00, 0x00, 0x02, 0x31, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let passport = apdu::select_application(&[0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01]);
    let [contactless, contact] = [b"2PAY.SYS.DDF01", b"1PAY.SYS.DDF01"];
    let kinds = [
        (residence, CardKind::Residence),
        (licence, CardKind::DrivingLicence),
        (passport, CardKind::Passport),
        (apdu::select_application(contactless), CardKind::Bank),
        (apdu::select_application(contact), CardKind::Bank),
        (apdu::select_application_with_fci(contactless), CardKind::Bank),
        (apdu::select_application_with_fci(contact), CardKind::Bank),
    ];
    let mut kind = Hint::Seems(CardKind::Unknown);
    for (command, found) in &kinds {
        match exchange(link, command) {
            Ok(answer) if answer.meaning() == StatusWord::Done => return Ok(Hint::Seems(*found)),
            Ok(_) => {}
            Err(gone) if matches!(gone.code, Code::CardRemoved | Code::NoCard | Code::ReaderGone | Code::PcscNotRunning) => {
                return Err(gone);
            }
            Err(_) => kind = Hint::None,
        }
    }
    Ok(kind)
}

/// Read the token label, and determine the addressing: short identifiers work on the cards that were measured, but a card without them must
/// work too.
fn token_label(link: &mut dyn Link) -> Result<(Vec<u8>, Addressing), CardError> {
    // CK_TOKEN_INFO of PKCS#11 begins with a label of 32 bytes, padded with spaces.
    const LABEL: usize = 32;
    for addressing in [Addressing::Short, Addressing::Selected] {
        let answer = read_start(link, addressing, TOKEN_INFO, LABEL)?;
        let read = matches!(answer.meaning(), StatusWord::Done | StatusWord::Warned);
        if read && answer.data.starts_with(b"JPKIAP") {
            return Ok((answer.data, addressing));
        }
        if addressing == Addressing::Selected && !read {
            return Err(answer.error(Code::CardFault));
        }
    }
    Ok((Vec::new(), Addressing::Selected))
}

/// Find the card's generation by AID and token label. The error for another token names its likely kind.
fn generation(aid: &[u8], label: &[u8]) -> Result<&'static Generation, CardError> {
    let unknown = CardError { hint: Hint::Seems(CardKind::Unknown), ..Code::NotMyNumberCard.into() };
    match label.trim_ascii_end() {
        b"JPKIAPICCTOKEN" => Err(Code::OldResidentCard.into()),
        b"JPKIAPGPSETOKEN" | b"JPKIAPIOSTOKEN" => Err(Code::PhoneToken.into()),
        [start @ .., digit] if start == b"JPKIAPICCTOKEN" => {
            let fits = |generation: &&&Generation| generation.aid == aid && generation.labels.contains(digit);
            GENERATIONS.iter().find(fits).copied().ok_or(unknown)
        }
        _ => Err(unknown),
    }
}
