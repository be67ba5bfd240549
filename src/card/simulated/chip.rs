//! The card itself: commands and their responses, as measured on real cards (jpki-card.md §2 and §3). Knows files, PINs and keys, but
//! neither the transport (`slot`, `vpcd`) nor the storage of keys (`persist`).

use super::super::{CardKind, Purpose};
use super::authority::Authority;
use super::fault::Fault;
use super::files::{ATR, Application, Body, Certificates, FELICA_ATR, JPKI, applications};
use super::key::PrivateKey;
use super::key_material::{KeyMaterial, certificate};
use super::person::Person;
use crate::certificate::Algorithm;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// The longest answer, which is what a signature must be asked for with.
const ANSWER_BYTES: usize = 256;

/// Status words (jpki-card.md §2).
mod sw {
    pub(super) const DONE: u16 = 0x9000;
    pub(super) const MORE: u16 = 0x6100;
    pub(super) const TRIES: u16 = 0x63C0;
    pub(super) const MEMORY_FAILED: u16 = 0x6581;
    pub(super) const WRONG_LENGTH: u16 = 0x6700;
    pub(super) const NO_CHANNELS: u16 = 0x6881;
    pub(super) const WRONG_FILE_KIND: u16 = 0x6981;
    pub(super) const NOT_VERIFIED: u16 = 0x6982;
    pub(super) const LOCKED: u16 = 0x6984;
    pub(super) const NOT_NOW: u16 = 0x6985;
    pub(super) const NO_CURRENT_FILE: u16 = 0x6986;
    pub(super) const NOT_FOUND: u16 = 0x6A82;
    pub(super) const NO_RECORD: u16 = 0x6A83;
    pub(super) const WRONG_P1P2: u16 = 0x6A86;
    pub(super) const NO_DATA_OBJECT: u16 = 0x6A88;
    pub(super) const PAST_THE_END: u16 = 0x6B00;
    pub(super) const UNKNOWN_INS: u16 = 0x6D00;
    pub(super) const UNKNOWN_CLA: u16 = 0x6E00;
    pub(super) const FAILED: u16 = 0x6F00;
}

/// A power transition caused by the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Power {
    /// Off: everything but the retry counters is lost.
    Off,
    /// On.
    On,
    /// Warm reset: verified PINs stay verified.
    Reset,
}

/// The outcome of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Data and status word.
    Answer(Vec<u8>),
    /// The card was removed; it is back after this delay, or never.
    Lifted(Option<Duration>),
}

/// When the card is pulled next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pull {
    /// How many commands it still answers.
    pub after: u32,
    /// Whether it carries out the command at which it is pulled; the answer is lost.
    pub done: bool,
}

/// A simulated card.
pub struct Card {
    person: &'static Person,
    kind: CardKind,
    algorithm: Algorithm,
    applications: Vec<Application>,
    signing: Secret,
    authentication: Secret,
    faults: Vec<Fault>,
    volatile: Volatile,
    commands: u32,
    lifts: u32,
    pull: Option<Pull>,
    tries_file: Option<PathBuf>,
}

/// A PIN with its retry counter, and the key that it protects.
struct Secret {
    pin: &'static [u8],
    limit: u8,
    left: u8,
    verified: bool,
    /// Number of VERIFY commands that carried a PIN, right or wrong.
    verifies: u32,
    key: Option<PrivateKey>,
}

/// State lost without power.
#[derive(Default)]
struct Volatile {
    application: Option<usize>,
    file: Option<u16>,
    pending: Vec<u8>,
    answered: bool,
}

/// A parsed command. Short APDUs only: no reader of this card needs more (jpki-card.md §2).
struct Command<'a> {
    header: [u8; 4],
    data: &'a [u8],
    le: Option<usize>,
}

impl<'a> Command<'a> {
    fn parse(bytes: &'a [u8]) -> Option<Command<'a>> {
        let (&header, body) = bytes.split_first_chunk::<4>()?;
        let length = |le: u8| if le == 0 { 256 } else { usize::from(le) };
        let (data, le) = match body {
            [] => (body, None),
            [le] => (&[][..], Some(length(*le))),
            // A zero starts an extended length.
            [0, ..] => return None,
            [lc, rest @ ..] => match rest.split_at_checked(usize::from(*lc))? {
                (data, []) => (data, None),
                (data, [le]) => (data, Some(length(*le))),
                _ => return None,
            },
        };
        Some(Command { header, data, le })
    }
}

type Reply = Result<Vec<u8>, u16>;

impl Card {
    /// Create a card: generate two keys and issue their certificates. Slow. `now` is in seconds since 1970.
    pub fn make(authority: &Authority, person: &'static Person, faults: &[Fault], now: i64) -> io::Result<Card> {
        let keys = KeyMaterial::make(authority, person, now)?;
        Card::assemble(authority, person, faults, now, keys)
    }

    /// Create a card with existing keys.
    pub(super) fn assemble(
        authority: &Authority,
        person: &'static Person,
        faults: &[Fault],
        now: i64,
        keys: KeyMaterial,
    ) -> io::Result<Card> {
        let certify = |purpose, key: &PrivateKey, whole: &[u8]| certificate(authority, person, purpose, faults, now, key, whole);
        let certificates = Certificates {
            signing: certify(Purpose::Signing, &keys.signing_key, &keys.signing)?,
            authentication: certify(Purpose::Authentication, &keys.authentication_key, &keys.authentication)?,
            signing_ca: authority.certificate(Purpose::Signing).to_vec(),
            authentication_ca: authority.certificate(Purpose::Authentication).to_vec(),
        };
        let key = |purpose, present: &Option<Vec<u8>>, key| match present {
            Some(_) if !(purpose == Purpose::Signing && faults.contains(&Fault::UnknownKey)) => Some(key),
            _ => None,
        };
        let signing_key = key(Purpose::Signing, &certificates.signing, keys.signing_key);
        let authentication_key = key(Purpose::Authentication, &certificates.authentication, keys.authentication_key);
        let kind = faults.iter().find_map(|fault| if let Fault::Kind(kind) = fault { Some(*kind) } else { None });
        let kind = kind.unwrap_or(CardKind::MyNumber);
        let mut card = Card {
            person,
            kind,
            algorithm: authority.algorithm(),
            applications: applications(kind, person, authority.algorithm(), certificates),
            signing: Secret::new(person.signing_pin, 5, signing_key),
            authentication: Secret::new(person.authentication_pin, 3, authentication_key),
            faults: faults.to_vec(),
            volatile: Volatile::default(),
            commands: 0,
            lifts: 0,
            pull: None,
            tries_file: None,
        };
        for fault in faults {
            match *fault {
                Fault::Tries(purpose, left) => {
                    let secret = card.secret(purpose);
                    secret.left = left.min(secret.limit);
                }
                Fault::NoPins => (card.signing.left, card.authentication.left) = (0, 0),
                _ => {}
            }
        }
        Ok(card)
    }

    /// Return the card's holder.
    pub fn person(&self) -> &'static Person {
        self.person
    }

    /// Return the kind of card.
    pub fn kind(&self) -> CardKind {
        self.kind
    }

    /// Return the algorithm of its keys, in which generations of the card differ.
    pub(super) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Return the ATR: the card's own, or the one a reader generates for a FeliCa card.
    pub(super) fn atr(&self) -> &'static [u8] {
        if self.kind == CardKind::Transport { &FELICA_ATR } else { &ATR }
    }

    /// Return the tries left for a PIN.
    pub fn tries(&self, purpose: Purpose) -> u8 {
        match purpose {
            Purpose::Signing => self.signing.left,
            Purpose::Authentication => self.authentication.left,
        }
    }

    /// Return the number of commands received since the card was created.
    pub fn commands(&self) -> u32 {
        self.commands
    }

    /// Return the number of VERIFY commands received that carried a PIN, right or wrong. Reading the retry counter does not count.
    pub fn verifies(&self, purpose: Purpose) -> u32 {
        match purpose {
            Purpose::Signing => self.signing.verifies,
            Purpose::Authentication => self.authentication.verifies,
        }
    }

    /// Return whether the card does not respond, not even to power-up.
    pub(super) fn is_mute(&self) -> bool {
        self.faults.contains(&Fault::Mute)
    }

    /// Return the delay of each command.
    pub fn delay(&self) -> Duration {
        self.faults.iter().find_map(|fault| if let Fault::Slow(each) = fault { Some(*each) } else { None }).unwrap_or_default()
    }

    /// Return whether a fault sets the tries left for a PIN.
    pub(super) fn tries_are_set(&self, purpose: Purpose) -> bool {
        self.faults.iter().any(|fault| matches!(fault, Fault::Tries(which, _) if *which == purpose))
    }

    /// Set the retry counters, and write them to this file from now on before each response to a VERIFY.
    pub(super) fn persist_tries(&mut self, file: PathBuf, signing: u8, authentication: u8) {
        self.signing.left = signing.min(self.signing.limit);
        self.authentication.left = authentication.min(self.authentication.limit);
        self.tries_file = Some(file);
    }

    /// Unlock both PINs, as the municipal office does.
    pub fn unlock(&mut self) {
        for secret in [&mut self.signing, &mut self.authentication] {
            secret.left = secret.limit;
        }
    }

    /// Be pulled at a command to come, or at none.
    pub(super) fn pull_at(&mut self, pull: Option<Pull>) {
        self.pull = pull;
    }

    /// Change the power state.
    pub fn power(&mut self, power: Power) {
        let answered = self.volatile.answered && power == Power::Reset;
        self.volatile = Volatile { answered, ..Volatile::default() };
        if power != Power::Reset {
            self.forget();
        }
    }

    /// Execute one command.
    pub fn exchange(&mut self, command: &[u8]) -> Outcome {
        let lift = self.faults.iter().find_map(|fault| match fault {
            Fault::LiftedAfter(after, back) if self.commands >= *after && self.lifts == 0 => Some(*back),
            _ => None,
        });
        self.commands = self.commands.saturating_add(1);
        if let Some(back) = lift {
            return self.lift(back);
        }
        let pulled = self.pull.take_if(|pull| pull.after == 0);
        if let Some(pull) = &mut self.pull {
            pull.after -= 1;
        }
        if pulled.is_some_and(|pull| !pull.done) {
            return self.lift(None);
        }
        if !std::mem::replace(&mut self.volatile.answered, true) && self.faults.contains(&Fault::FirstFails) {
            return Outcome::Answer(sw::FAILED.to_be_bytes().to_vec());
        }
        let parsed = Command::parse(command);
        let in_verify = self.faults.iter().find_map(|fault| match (fault, &parsed) {
            (Fault::LiftedInVerify(back), Some(Command { header: [0x00, 0x20, ..], data: [_, ..], .. })) if self.lifts == 0 => Some(*back),
            _ => None,
        });
        let reply = parsed.map_or(Err(sw::WRONG_LENGTH), |command| self.dispatch(&command));
        match in_verify.or(pulled.map(|_| None)) {
            Some(back) => self.lift(back),
            None => Outcome::Answer(self.answer(reply)),
        }
    }

    fn lift(&mut self, back: Option<Duration>) -> Outcome {
        self.lifts += 1;
        Outcome::Lifted(back)
    }

    fn answer(&mut self, reply: Reply) -> Vec<u8> {
        let (mut answer, status) = match reply {
            Ok(data) if self.volatile.pending.is_empty() => (data, sw::DONE),
            // 6100 means 256 bytes or more.
            Ok(data) => (data, sw::MORE | u16::try_from(self.volatile.pending.len()).ok().filter(|len| *len < 256).unwrap_or(0)),
            Err(status) => (Vec::new(), status),
        };
        answer.extend(status.to_be_bytes());
        answer
    }

    /// With `Fault::MoreData`, hold the data back for GET RESPONSE.
    fn hold_back(&mut self, data: Vec<u8>) -> Vec<u8> {
        if self.faults.contains(&Fault::MoreData) {
            self.volatile.pending = data;
            return Vec::new();
        }
        data
    }

    fn dispatch(&mut self, command: &Command<'_>) -> Reply {
        let pending = std::mem::take(&mut self.volatile.pending);
        let reply = match command.header {
            [0x00, 0xC0, 0x00, 0x00] => return self.get_response(pending, command),
            [0x00, 0xA4, p1, p2] => self.select(p1, p2, command),
            [0x00, 0x20, 0x00, p2] => self.verify(p2, command),
            [0x00, 0xB0, p1, p2] => self.read_binary(p1, p2, command),
            [0x00, 0xB2, p1, p2] => self.read_record(p1, p2, command),
            [0x00, 0xCA, 0x5F, 0x51] => Ok(ATR.iter().skip(1).copied().collect()),
            [0x00, 0xCA, ..] => Err(sw::NO_DATA_OBJECT),
            [0x80, 0x2A, 0x00, p2] => self.sign(p2, command),
            [0x00, 0x20 | 0xC0, ..] | [0x80, 0x2A, ..] => Err(sw::WRONG_P1P2),
            [0x00 | 0x80, ..] => Err(sw::UNKNOWN_INS),
            [0x01..=0x03, ..] => Err(sw::NO_CHANNELS),
            _ => Err(sw::UNKNOWN_CLA),
        };
        reply.map(|data| self.hold_back(data))
    }

    fn select(&mut self, p1: u8, p2: u8, command: &Command<'_>) -> Reply {
        match (p1, p2, command.data) {
            (0x04, _, aid) => {
                let found = self.applications.iter().position(|application| application.aid == aid).ok_or(sw::NOT_FOUND)?;
                if p2 != 0x0C {
                    return Err(sw::WRONG_P1P2);
                }
                // Reselecting the same application keeps a verified PIN; selecting another clears it.
                if aid != JPKI {
                    self.forget();
                }
                self.volatile.application = Some(found);
                self.volatile.file = None;
                Ok(Vec::new())
            }
            (0x02, 0x0C, &[high, low]) => {
                let id = u16::from_be_bytes([high, low]);
                self.body(id)?;
                self.volatile.file = Some(id);
                Ok(Vec::new())
            }
            (0x02, 0x0C, _) => Err(sw::WRONG_LENGTH),
            // Measured: rejected after a reset, later accepted without effect.
            (0x00, 0x00, []) if self.volatile.application.is_some() => Ok(Vec::new()),
            (0x00, _, [_, _]) => Err(sw::NOT_FOUND),
            _ => Err(sw::WRONG_P1P2),
        }
    }

    fn verify(&mut self, p2: u8, command: &Command<'_>) -> Reply {
        let Body::Pin(purpose) = *self.referred(p2)? else { return Err(sw::WRONG_FILE_KIND) };
        // Every VERIFY with a PIN counts, whatever its outcome.
        let tried = u32::from(!command.data.is_empty());
        let secret = self.secret(purpose);
        secret.verifies = secret.verifies.saturating_add(tried);
        // A VERIFY without data is exactly four bytes: with an Le the card rejects it.
        if command.le.is_some() || command.data.len() > 16 {
            return Err(sw::WRONG_LENGTH);
        }
        let secret = self.secret(purpose);
        if command.data.is_empty() {
            return Err(sw::TRIES | u16::from(secret.left));
        }
        if secret.left == 0 {
            return Err(sw::LOCKED);
        }
        secret.verified = secret.pin == command.data;
        secret.left = if secret.verified { secret.limit } else { secret.left - 1 };
        let answer = if secret.verified { Ok(Vec::new()) } else { Err(sw::TRIES | u16::from(secret.left)) };
        self.write_tries().map_err(|_| sw::MEMORY_FAILED)?;
        answer
    }

    fn read_binary(&mut self, p1: u8, p2: u8, command: &Command<'_>) -> Reply {
        let le = command.le.filter(|_| command.data.is_empty()).ok_or(sw::WRONG_LENGTH)?;
        let offset = if p1 & 0x80 == 0 {
            usize::from(u16::from_be_bytes([p1, p2]))
        } else {
            if p1 & 0x60 != 0 {
                return Err(sw::WRONG_P1P2);
            }
            self.use_short(p1 & 0x1F)?;
            usize::from(p2)
        };
        let content = match self.body(self.volatile.file.ok_or(sw::NO_CURRENT_FILE)?)? {
            Body::Free(content) => content,
            Body::Behind(purpose, content) if self.is_verified(*purpose) => content,
            Body::Behind(..) | Body::Closed => return Err(sw::NOT_VERIFIED),
            Body::Record(_) | Body::Pin(_) | Body::Key(_) => return Err(sw::WRONG_FILE_KIND),
        };
        match content.get(offset..) {
            None | Some([]) => Err(sw::PAST_THE_END),
            Some(rest) => Ok(rest.iter().take(le).copied().collect()),
        }
    }

    fn read_record(&mut self, p1: u8, p2: u8, command: &Command<'_>) -> Reply {
        let le = command.le.ok_or(sw::WRONG_LENGTH)?;
        if p2 & 0x07 != 0x04 {
            return Err(sw::WRONG_P1P2);
        }
        if p2 >> 3 != 0 {
            self.use_short(p2 >> 3)?;
        }
        match self.body(self.volatile.file.ok_or(sw::NO_CURRENT_FILE)?)? {
            Body::Record(record) if p1 == 1 => Ok(record.iter().take(le).copied().collect()),
            Body::Record(_) => Err(sw::NO_RECORD),
            _ => Err(sw::WRONG_FILE_KIND),
        }
    }

    fn get_response(&mut self, mut pending: Vec<u8>, command: &Command<'_>) -> Reply {
        if pending.is_empty() {
            return Err(sw::NOT_NOW);
        }
        let le = command.le.ok_or(sw::WRONG_LENGTH)?.min(pending.len());
        self.volatile.pending = pending.split_off(le);
        Ok(pending)
    }

    /// P1 = 00: with RSA, PKCS#1 v1.5 padding of arbitrary data, at most 245 bytes; with ECDSA, the hash as it is.
    fn sign(&mut self, p2: u8, command: &Command<'_>) -> Reply {
        let Body::Key(purpose) = *self.referred(p2)? else { return Err(sw::WRONG_FILE_KIND) };
        if !self.is_verified(purpose) {
            return Err(sw::NOT_VERIFIED);
        }
        let key = self.secret(purpose).key.as_ref().ok_or(sw::NOT_NOW)?;
        if !key.takes(command.data.len()) || command.le != Some(ANSWER_BYTES) {
            return Err(sw::WRONG_LENGTH);
        }
        key.compute_signature(command.data).ok_or(sw::FAILED)
    }

    /// Resolve P2: the current file (`80`) or one by short identifier, which becomes the current file.
    fn referred(&mut self, p2: u8) -> Result<&Body, u16> {
        match p2 {
            0x80 => {}
            0x81..=0x9E => self.use_short(p2 & 0x1F)?,
            _ => return Err(sw::WRONG_P1P2),
        }
        self.body(self.volatile.file.ok_or(sw::NO_CURRENT_FILE)?)
    }

    fn use_short(&mut self, id: u8) -> Result<(), u16> {
        self.body(u16::from(id))?;
        self.volatile.file = Some(u16::from(id));
        Ok(())
    }

    fn body(&self, id: u16) -> Result<&Body, u16> {
        let application = self.volatile.application.and_then(|at| self.applications.get(at)).ok_or(sw::NOT_FOUND)?;
        application.files.iter().find(|file| file.id == id).map(|file| &file.body).ok_or(sw::NOT_FOUND)
    }

    fn secret(&mut self, purpose: Purpose) -> &mut Secret {
        match purpose {
            Purpose::Signing => &mut self.signing,
            Purpose::Authentication => &mut self.authentication,
        }
    }

    fn is_verified(&self, purpose: Purpose) -> bool {
        match purpose {
            Purpose::Signing => self.signing.verified,
            Purpose::Authentication => self.authentication.verified,
        }
    }

    fn forget(&mut self) {
        self.signing.verified = false;
        self.authentication.verified = false;
    }

    fn write_tries(&self) -> io::Result<()> {
        match &self.tries_file {
            Some(file) => super::tries_file::write(file, self.signing.left, self.authentication.left),
            None => Ok(()),
        }
    }
}

impl Secret {
    fn new(pin: &'static str, limit: u8, key: Option<PrivateKey>) -> Secret {
        Secret { pin: pin.as_bytes(), limit, left: limit, verified: false, verifies: 0, key }
    }
}

#[cfg(test)]
mod tests;
