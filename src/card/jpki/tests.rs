//! Tests of the JPKI application against a minimal card that records its commands, and against invalid responses.

use super::*;
use crate::card::generation::SECOND;
use crate::card::signing::DIGEST_INFO;
use crate::card::{REPLY, Reader};
use crate::certificate::tests::fixture;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

#[cfg(feature = "practice")]
mod simulated;

/// A minimal card after jpki-card.md §2. The full one is `simulated`.
struct Card {
    files: BTreeMap<u16, Vec<u8>>,
    /// PIN files: the PIN, tries left, whether it is verified.
    pins: BTreeMap<u16, (Vec<u8>, u8, bool)>,
    selected: Option<u16>,
    short: bool,
    atr: Vec<u8>,
    /// One-time replacement responses, by command prefix.
    instead: Vec<(Vec<u8>, Vec<u8>)>,
    sent: Vec<Vec<u8>>,
}

impl Card {
    fn new() -> Card {
        let mut token = b"JPKIAPICCTOKEN2                 ".to_vec();
        token.resize(160, 0);
        let files = [
            (0x0001, fixture("jpki-sign-cert")),
            (0x0002, fixture("jpki-sign-ca-cert")),
            (0x0006, token),
            (0x0008, vec![0x8F, 0x8F, 0x00]),
            (0x000A, fixture("jpki-auth-cert")),
            (0x000B, fixture("jpki-auth-ca-cert")),
            (0x0017, vec![]),
            (0x001A, vec![]),
        ];
        let pins = [(0x001B, (b"ABC123".to_vec(), 5, false)), (0x0018, (b"1234".to_vec(), 3, false))];
        Card { files: files.into(), pins: pins.into(), selected: None, short: true, atr: vec![], instead: vec![], sent: vec![] }
    }

    fn instead(mut self, command: &str, answer: &str) -> Card {
        self.instead.push((hex(command), hex(answer)));
        self
    }

    fn file(mut self, file: u16, content: &[u8]) -> Card {
        self.files.insert(file, content.to_vec());
        self
    }

    fn answer(&mut self, command: &[u8]) -> Vec<u8> {
        if let Some(at) = self.instead.iter().position(|(begin, _)| command.starts_with(begin)) {
            return self.instead.remove(at).1;
        }
        match *command {
            [0x00, 0xA4, 0x04, 0x0C, _, ref aid @ ..] => hex(if aid == SECOND.aid { "9000" } else { "6A82" }),
            [0x00, 0xA4, 0x04, ..] => hex("6A82"),
            [0x00, 0xA4, 0x02, 0x0C, 0x02, high, low] => {
                let file = u16::from_be_bytes([high, low]);
                self.selected = (self.files.contains_key(&file) || self.pins.contains_key(&file)).then_some(file);
                hex(if self.selected.is_some() { "9000" } else { "6A82" })
            }
            [0x00, 0xB0, high, low, le] => self.read(high, low, if le == 0 { 256 } else { usize::from(le) }),
            [0x00, 0x20, 0x00, 0x80] => vec![0x63, 0xC0 | self.pins[&self.selected.unwrap()].1],
            [0x00, 0x20, 0x00, 0x80, _, ref pin @ ..] => self.verify(pin),
            [0x80, 0x2A, 0x00, 0x80, 51, ref info @ .., 0x00] => {
                let pin = if self.selected == Some(0x001A) { 0x001B } else { 0x0018 };
                assert!(info.starts_with(&DIGEST_INFO) && info.len() == 51);
                if self.pins[&pin].2 { [vec![0x5A; 256], hex("9000")].concat() } else { hex("6982") }
            }
            _ => hex("6D00"),
        }
    }

    fn read(&mut self, high: u8, low: u8, length: usize) -> Vec<u8> {
        let offset = if high & 0x80 != 0 && self.short {
            self.selected = Some(u16::from(high & 0x1F));
            usize::from(low)
        } else if high & 0x80 != 0 {
            return hex("6B00");
        } else {
            usize::from(u16::from_be_bytes([high, low]))
        };
        let Some(file) = self.selected else { return hex("6986") };
        if file == 0x0001 && !self.pins[&0x001B].2 {
            return hex("6982");
        }
        match self.files.get(&file).and_then(|content| content.get(offset..)) {
            Some(rest) => [&rest[..length.min(rest.len())], &[0x90, 0x00]].concat(),
            None => hex("6A82"),
        }
    }

    fn verify(&mut self, pin: &[u8]) -> Vec<u8> {
        let full = if self.selected == Some(0x001B) { 5 } else { 3 };
        let (right, left, presented) = self.pins.get_mut(&self.selected.unwrap()).unwrap();
        if *left == 0 {
            return hex("6984");
        }
        *presented = right == pin;
        *left = if *presented { full } else { *left - 1 };
        if *presented { hex("9000") } else { vec![0x63, 0xC0 | *left] }
    }
}

/// A reader with one card, shared with the test.
#[derive(Clone)]
struct Slot(Arc<Mutex<Card>>);

impl Slot {
    fn with(card: Card) -> Slot {
        Slot(Arc::new(Mutex::new(card)))
    }

    fn open(&mut self, access: Access) -> Result<Jpki, CardError> {
        Jpki::open(self, "reader", access)
    }

    fn sent(&self) -> Vec<Vec<u8>> {
        self.0.lock().unwrap().sent.clone()
    }

    /// Count the VERIFY commands that carried a PIN.
    fn verifies(&self) -> usize {
        self.sent().iter().filter(|command| command.len() > 4 && command[1] == 0x20).count()
    }
}

impl Port for Slot {
    fn readers(&mut self) -> Result<Vec<Reader>, CardError> {
        Ok(vec![Reader { name: "reader".to_owned(), card: true }])
    }

    fn connect(&mut self, _: &str, _: Access) -> Result<Box<dyn Link>, CardError> {
        let atr = self.0.lock().unwrap().atr.clone();
        Ok(Box::new(Wire(self.clone(), atr)))
    }
}

struct Wire(Slot, Vec<u8>);

impl Link for Wire {
    fn transmit(&mut self, command: &[u8], reply: &mut [u8; REPLY]) -> Result<usize, CardError> {
        let mut card = self.0.0.lock().unwrap();
        card.sent.push(command.to_vec());
        let answer = card.answer(command);
        if answer == hex("DEAD") {
            return Err(Code::CardReset.into());
        }
        reply[..answer.len()].copy_from_slice(&answer);
        Ok(answer.len())
    }

    fn atr(&self) -> &[u8] {
        &self.1
    }
}

fn hex(text: &str) -> Vec<u8> {
    crate::card::apdu::tests::hex(text)
}

fn pin(purpose: Purpose, typed: &str) -> Pin {
    let mut pin = Pin::new(purpose);
    for character in typed.chars() {
        pin.push(character);
    }
    pin
}

fn quiet(_: u32, _: u32) {}

const SIGNING_PIN: &str = "00A4020C02001B";
const VERIFY_SIGNING: &str = "0020008006";

#[test]
fn a_registration_takes_no_more_than_fifty_commands() {
    let mut slot = Slot::with(Card::new());
    let mut looked = slot.open(Access::Shared).unwrap();
    let facts = looked.read_status().unwrap();
    assert_eq!(slot.sent().len(), 14, "to look");
    let known = looked.known();
    drop(looked);

    let mut jpki = Jpki::reopen(&mut slot, "reader", Access::Exclusive, &known).unwrap();
    jpki.tries(Purpose::Signing).unwrap();
    jpki.verify(pin(Purpose::Signing, "ABC123")).unwrap();
    assert_eq!(jpki.certificate(Purpose::Signing, &mut quiet).unwrap(), fixture("jpki-sign-cert"));
    assert_eq!(jpki.authority(Purpose::Signing, &mut quiet).unwrap(), fixture("jpki-sign-ca-cert"));
    jpki.tries(Purpose::Authentication).unwrap();
    jpki.verify(pin(Purpose::Authentication, "1234")).unwrap();
    assert_eq!(jpki.certificate(Purpose::Authentication, &mut quiet).unwrap(), fixture("jpki-auth-cert"));
    assert_eq!(jpki.authority(Purpose::Authentication, &mut quiet).unwrap(), fixture("jpki-auth-ca-cert"));
    assert_eq!(jpki.sign(Purpose::Authentication, Algorithm::Rs256, b"a message").unwrap().len(), 256);
    assert_eq!(jpki.sign(Purpose::Signing, Algorithm::Rs256, b"a message").unwrap().len(), 256);
    assert_eq!(jpki.id(), facts.identity);
    jpki.close();
    assert_eq!(slot.sent().len(), 50, "in all, with two more questions for tries");
    assert_eq!(slot.verifies(), 2);
    assert_eq!(slot.sent().last().unwrap(), &hex("00A4040C07 A0000001510000"));
}

#[test]
fn what_needs_no_pin_is_told_before_any() {
    let mut slot = Slot::with(Card::new());
    let facts = slot.open(Access::Shared).unwrap().read_status().unwrap();
    assert_eq!((facts.signing_tries, facts.authentication_tries), (Tries::Left(5), Tries::Left(3)));
    assert!(facts.signing_present && facts.authentication_present);
    // 2030-02-17 14:59:59 UTC.
    assert_eq!(facts.authentication_validity.unwrap().until, 1_897_570_799);
    assert_eq!(facts.identity, Some(Sha256::digest(fixture("jpki-auth-cert")).into()));
}

#[test]
fn a_card_without_short_identifiers_is_read_all_the_same() {
    let mut slot = Slot::with(Card { short: false, ..Card::new() });
    let mut jpki = slot.open(Access::Shared).unwrap();
    assert_eq!(jpki.certificate(Purpose::Authentication, &mut quiet).unwrap(), fixture("jpki-auth-cert"));
    assert!(slot.sent().iter().skip(2).all(|command| command[1] != 0xB0 || command[2] & 0x80 == 0));
}

#[test]
fn the_first_select_is_tried_once_more_after_a_power_up() {
    assert!(Slot::with(Card::new().instead("00A404", "6F00")).open(Access::Shared).is_ok());
    let error = Slot::with(Card::new().instead("00A404", "6F00").instead("00A404", "6F00")).open(Access::Shared).err().unwrap();
    assert_eq!((error.code, error.status), (Code::CardFault, Some(0x6F00)));
}

#[test]
fn a_card_of_another_kind_is_told_by_what_it_seems_to_be() {
    for (other, kind) in [
        ("00A4040C10D392F0004F02", CardKind::Residence),
        ("00A4040C10A00000023101", CardKind::DrivingLicence),
        ("00A4040C07A0000002471001", CardKind::Passport),
        ("00A4040C0E32", CardKind::Bank),
        ("00A4040C0E31", CardKind::Bank),
        ("00A404000E32", CardKind::Bank),
        ("00A404000E31", CardKind::Bank),
        ("FF", CardKind::Unknown),
    ] {
        let card = Card::new().instead("00A4040C0AD392F00026", "6A82").instead(other, "9000");
        let error = Slot::with(card).open(Access::Shared).err().unwrap();
        assert_eq!((error.code, error.status, error.hint), (Code::NotMyNumberCard, Some(0x6A82), Hint::Seems(kind)));
    }
    // A combined card (特定在留カード) has the applications of both, and is a My Number Card.
    let both = Card::new().instead("00A4040C10D392F0004F02", "9000");
    assert!(Slot::with(both).open(Access::Shared).is_ok());
    // As the PC/SC workgroup says, and as the ACR122U does for each of the two speeds.
    for felica in [
        "3B8F8001804F0CA0000003061100 3B0000000042",
        "3B8F8001804F0CA000000306 03F011000000008A",
        "3B8F8001804F0CA000000306 03F0120000000089",
    ] {
        let mut slot = Slot::with(Card { atr: hex(felica), ..Card::new() });
        assert_eq!(slot.open(Access::Shared).err().unwrap().hint, Hint::Seems(CardKind::Transport), "{felica}");
        assert!(slot.sent().is_empty());
    }
}

#[test]
fn a_card_that_is_taken_away_while_its_kind_is_looked_for_is_said_to_be_gone_and_not_to_be_another() {
    let card = Card::new().instead("00A4040C0AD392F00026", "6A82").instead("00A4040C07A0000002471001", "");
    assert_eq!(Slot::with(card).open(Access::Shared).err().unwrap().code, Code::CardRemoved);
    // Of a response that never ends nothing is known.
    let mut card = Card::new().instead("00A4040C0AD392F00026", "6A82").instead("00A4040C07A0000002471001", "6101");
    for _ in 0..20 {
        card = card.instead("00C0", "6101");
    }
    let error = Slot::with(card).open(Access::Shared).err().unwrap();
    assert_eq!((error.code, error.hint), (Code::NotMyNumberCard, Hint::None));
}

#[test]
fn an_old_card_and_a_phone_are_told_by_their_token() {
    for (label, code) in [
        ("JPKIAPICCTOKEN ", Code::OldResidentCard),
        ("JPKIAPGPSETOKEN ", Code::PhoneToken),
        ("JPKIAPIOSTOKEN ", Code::PhoneToken),
        ("JPKIAPXTOKEN ", Code::NotMyNumberCard),
        ("\u{0}\u{0}", Code::NotMyNumberCard),
    ] {
        let error = Slot::with(Card::new().file(0x0006, label.as_bytes())).open(Access::Shared).err().unwrap();
        assert_eq!(error.code, code, "{label}");
    }
}

#[test]
fn another_card_in_the_place_of_the_known_one_is_noticed() {
    let mut slot = Slot::with(Card::new());
    let mut jpki = slot.open(Access::Shared).unwrap();
    jpki.read_status().unwrap();
    let known = jpki.known();
    assert!(Jpki::reopen(&mut slot, "reader", Access::Exclusive, &known).is_ok());
    let mut other = fixture("jpki-auth-cert");
    other[17] ^= 1; // last byte of the serial number
    for content in [other, vec![]] {
        let mut slot = Slot::with(Card::new().file(0x000A, &content));
        assert_eq!(Jpki::reopen(&mut slot, "reader", Access::Exclusive, &known).err().unwrap().code, Code::OtherCard);
    }
}

#[test]
fn a_wrong_pin_says_how_many_tries_are_left() {
    let mut slot = Slot::with(Card::new());
    let mut jpki = slot.open(Access::Exclusive).unwrap();
    for left in [2, 1] {
        let error = jpki.verify(pin(Purpose::Authentication, "9999")).unwrap_err();
        assert_eq!((error.code, error.tries), (Code::AuthenticationWrong, Some(Tries::Left(left))));
    }
    let mut last = pin(Purpose::Authentication, "9999");
    last.allow_last_try();
    let error = jpki.verify(last).unwrap_err();
    assert_eq!((error.code, error.tries, error.status), (Code::AuthenticationLocked, Some(Tries::Locked), Some(0x63C0)));
    assert_eq!(slot.verifies(), 3);
    // From now on nothing is sent, because the counter is zero.
    let error = jpki.verify(pin(Purpose::Authentication, "1234")).unwrap_err();
    assert_eq!((error.code, error.tries, error.status), (Code::AuthenticationLocked, Some(Tries::Locked), None));
    assert_eq!(slot.verifies(), 3);
}

#[test]
fn every_answer_to_a_pin_has_its_trouble() {
    for (answer, code, tries) in [
        ("63C4", Code::SigningWrong, Some(Tries::Left(4))),
        ("6300", Code::SigningWrong, None),
        ("63C0", Code::SigningLocked, Some(Tries::Locked)),
        ("6983", Code::SigningLocked, Some(Tries::Locked)),
        ("6984", Code::SigningLocked, Some(Tries::Locked)),
        ("6700", Code::PinUncertain, None),
        ("6A86", Code::PinUncertain, None),
        ("6982", Code::PinUncertain, None),
        ("6C00", Code::PinUncertain, None),
        ("6102", Code::PinUncertain, None),
        ("6F00", Code::PinUncertain, None),
        ("", Code::PinUncertain, None),
        ("90", Code::PinUncertain, None),
        ("DEAD", Code::PinUncertain, None),
    ] {
        let mut slot = Slot::with(Card::new().instead(VERIFY_SIGNING, answer));
        let error = slot.open(Access::Exclusive).unwrap().verify(pin(Purpose::Signing, "abc123")).unwrap_err();
        assert_eq!((error.code, error.tries), (code, tries), "{answer}");
        assert_eq!(slot.verifies(), 1, "{answer}");
        assert!(slot.sent().last().unwrap().starts_with(&hex(VERIFY_SIGNING)), "nothing is sent after it");
    }
}

#[test]
fn the_counter_is_read_just_before_the_pin_and_a_card_that_keeps_none_gets_it_too() {
    let mut slot = Slot::with(Card::new());
    slot.open(Access::Exclusive).unwrap().verify(pin(Purpose::Signing, "ABC123")).unwrap();
    let sent = slot.sent();
    assert_eq!(sent[sent.len() - 3..], [hex(SIGNING_PIN), hex("00200080"), hex("0020008006 414243313233")]);
    for (count, tries) in [("9000", Tries::Unknown), ("6300", Tries::Unknown), ("6984", Tries::Locked), ("63C1", Tries::Left(1))] {
        let mut slot = Slot::with(Card::new().instead("00200080", count));
        assert_eq!(slot.open(Access::Exclusive).unwrap().tries(Purpose::Signing), Ok(tries));
    }
    let mut slot = Slot::with(Card::new().instead("00200080", "6700"));
    assert_eq!(slot.open(Access::Exclusive).unwrap().verify(pin(Purpose::Signing, "ABC123")).unwrap_err().status, Some(0x6700));
    assert_eq!(slot.verifies(), 0);
}

#[test]
fn the_last_try_is_spent_on_a_pin_that_may_spend_it_whatever_was_read_before() {
    for (left, allowed, verifies) in [("63C1", false, 0), ("63C1", true, 1), ("63C2", false, 1)] {
        let mut slot = Slot::with(Card::new().instead("00200080", left));
        let mut typed = pin(Purpose::Signing, "WRONG1");
        if allowed {
            typed.allow_last_try();
        }
        let error = slot.open(Access::Exclusive).unwrap().verify(typed).unwrap_err();
        assert_eq!((error.code, error.hint == Hint::LastTry, slot.verifies()), (Code::SigningWrong, verifies == 0, verifies), "{left}");
    }
}

#[test]
fn a_pin_of_the_wrong_shape_or_over_a_shared_connection_is_not_sent() {
    let mut slot = Slot::with(Card::new());
    for typed in ["", "AB", "ABC12 3"] {
        let error = slot.open(Access::Exclusive).unwrap().verify(pin(Purpose::Signing, typed)).unwrap_err();
        assert_eq!((error.code, error.tries), (Code::SigningWrong, None));
    }
    let error = slot.open(Access::Shared).unwrap().verify(pin(Purpose::Signing, "ABC123")).unwrap_err();
    assert_eq!(error.code, Code::ReaderBusy);
    assert_eq!(slot.verifies(), 0);
}

#[test]
fn what_the_card_has_forgotten_must_be_given_again() {
    let mut slot = Slot::with(Card::new());
    let mut jpki = slot.open(Access::Exclusive).unwrap();
    assert_eq!(jpki.certificate(Purpose::Signing, &mut quiet).unwrap_err().code, Code::SigningForgotten);
    assert_eq!(jpki.sign(Purpose::Signing, Algorithm::Rs256, b"a message").unwrap_err().code, Code::SigningForgotten);
    assert_eq!(jpki.sign(Purpose::Authentication, Algorithm::Rs256, b"a message").unwrap_err().code, Code::AuthenticationForgotten);
}

#[test]
fn a_certificate_that_is_not_there_is_told_in_every_form_that_absence_has() {
    use Code::{AuthenticationCertificateAbsent, SigningCertificateAbsent};
    let mut slot = Slot::with(Card::new().file(0x0008, &[0x00, 0x8F, 0x00]));
    let mut jpki = slot.open(Access::Shared).unwrap();
    assert!(!jpki.read_status().unwrap().signing_present);
    let before = slot.sent().len();
    assert_eq!(jpki.certificate(Purpose::Signing, &mut quiet).unwrap_err().code, SigningCertificateAbsent);
    assert_eq!(slot.sent().len(), before, "the card has said so already");
    for content in [vec![0xFF; 300], vec![0x00; 300], vec![]] {
        let mut slot = Slot::with(Card::new().file(0x000A, &content));
        let facts = slot.open(Access::Shared).unwrap().read_status().unwrap();
        assert_eq!((facts.authentication_present, facts.identity), (false, None));
    }
    for status in ["6A82", "6A83"] {
        let mut slot = Slot::with(Card::new().instead("00B08A", status));
        let error = slot.open(Access::Shared).unwrap().certificate(Purpose::Authentication, &mut |_, _| {}).unwrap_err();
        assert_eq!(error.code, AuthenticationCertificateAbsent);
    }
    let mut slot = Slot::with(Card::new().instead("00A4020C02001A", "6A82"));
    assert_eq!(
        slot.open(Access::Shared).unwrap().sign(Purpose::Signing, Algorithm::Rs256, b"a message").unwrap_err().code,
        SigningCertificateAbsent
    );
}

#[test]
fn a_certificate_ends_where_its_der_says_whatever_lies_behind() {
    let whole = fixture("jpki-auth-cert");
    let mut slot = Slot::with(Card::new().file(0x000A, &[&whole[..], &[0xFF; 700]].concat()));
    let mut told = Vec::new();
    let read = slot.open(Access::Shared).unwrap().certificate(Purpose::Authentication, &mut |done, total| told.push((done, total)));
    assert_eq!(read.unwrap(), whole);
    assert_eq!((told.len(), told[0], told[6]), (7, (256, 1590), (1590, 1590)));
}

#[test]
fn lengths_that_no_certificate_has_are_not_followed() {
    for (content, code) in [
        (hex("3083010000"), Code::CardGarbled),
        (hex("30823FFD"), Code::CardGarbled),
        (hex("3080 0000"), Code::CardGarbled),
        (hex("0482 0100"), Code::CardGarbled),
        (hex("30"), Code::CardGarbled),
        // Declares 2,000 bytes and has 300.
        ([hex("308207CC"), vec![0; 300]].concat(), Code::CardGarbled),
    ] {
        let mut slot = Slot::with(Card::new().file(0x000A, &content));
        let error = slot.open(Access::Shared).unwrap().certificate(Purpose::Authentication, &mut |_, _| {}).unwrap_err();
        assert_eq!(error.code, code);
        let facts = slot.open(Access::Shared).unwrap().read_status().unwrap();
        assert_eq!((facts.authentication_present, facts.identity), (true, None), "it is there all the same");
    }
}

#[test]
fn a_signature_in_parts_is_whole_and_an_empty_one_is_refused() {
    for (answer, expected) in [("6100", Ok(256)), ("9000", Err(Code::CardGarbled)), ("6985", Err(Code::CardFault))] {
        let collected = [vec![0x5A; 256], hex("9000")].concat();
        let mut card = Card::new().instead("802A", answer);
        card.instead.push((hex("00C0000000"), collected));
        let signed = Slot::with(card).open(Access::Exclusive).unwrap().sign(Purpose::Authentication, Algorithm::Rs256, b"a message");
        assert_eq!(signed.map(|signature| signature.len()).map_err(|error| error.code), expected, "{answer}");
    }
}

#[test]
fn a_card_that_is_lifted_is_told_apart_from_one_that_answers_nonsense() {
    for (answer, code) in [("", Code::CardRemoved), ("DEAD", Code::CardReset), ("6881", Code::CardFault)] {
        let mut slot = Slot::with(Card::new().instead("00B00100", answer));
        assert_eq!(slot.open(Access::Shared).unwrap().certificate(Purpose::Authentication, &mut |_, _| {}).unwrap_err().code, code);
    }
}

proptest! {
    #[test]
    fn no_answer_of_a_card_makes_it_panic_or_spend_a_second_try(
        answers in prop::collection::vec((0_usize..60, prop::collection::vec(any::<u8>(), 0..258)), 1..6),
        statuses in prop::collection::vec((0_usize..60, prop::sample::select(vec![0x6100_u16, 0x6C10, 0x9000, 0x6282, 0x63C2, 0x6982])), 1..6),
    ) {
        struct Noisy { card: Slot, at: usize, answers: BTreeMap<usize, Vec<u8>> }
        impl Link for Noisy {
            fn transmit(&mut self, command: &[u8], reply: &mut [u8; REPLY]) -> Result<usize, CardError> {
                self.at += 1;
                let own = Wire(self.card.clone(), vec![]).transmit(command, reply)?;
                let Some(other) = self.answers.get(&self.at) else { return Ok(own) };
                reply[..other.len()].copy_from_slice(other);
                Ok(other.len())
            }
        }
        struct One(Option<Noisy>);
        impl Port for One {
            fn readers(&mut self) -> Result<Vec<Reader>, CardError> { Ok(vec![]) }
            fn connect(&mut self, _: &str, _: Access) -> Result<Box<dyn Link>, CardError> { Ok(Box::new(self.0.take().unwrap())) }
        }
        let slot = Slot::with(Card::new());
        let statuses = statuses.into_iter().map(|(at, status)| (at, status.to_be_bytes().to_vec()));
        let answers = answers.into_iter().chain(statuses).collect();
        let mut port = One(Some(Noisy { card: slot.clone(), at: 0, answers }));
        if let Ok(mut jpki) = Jpki::open(&mut port, "reader", Access::Exclusive) {
            let _ = jpki.read_status();
            let _ = jpki.verify(pin(Purpose::Signing, "ABC123"));
            let _ = jpki.certificate(Purpose::Signing, &mut quiet);
            let _ = jpki.authority(Purpose::Signing, &mut quiet);
            let _ = jpki.sign(Purpose::Signing, Algorithm::Rs256, b"a message");
            jpki.close();
        }
        prop_assert!(slot.verifies() <= 1);
    }
}
