//! The card's behaviour, status word by status word.

use super::super::key_material::DAY;
use super::super::person::{ANNE, AUTHENTICATION_PIN, SIGNING_PIN};
use super::super::tests::{NOW, authority, card as made, keys, next_card};
use super::*;
use der::Decode;
use proptest::prelude::*;
use x509_cert::Certificate;

const DIGEST_INFO: [u8; 19] =
    [0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20];

fn card(faults: &[Fault]) -> Card {
    card_of(&ANNE, faults)
}

fn card_of(person: &'static Person, faults: &[Fault]) -> Card {
    let mut card = made(person, faults);
    card.power(Power::On);
    card
}

fn send(card: &mut Card, command: &[u8]) -> (Vec<u8>, u16) {
    let Outcome::Answer(mut answer) = card.exchange(command) else { panic!("lifted") };
    let status = answer.split_off(answer.len() - 2);
    (answer, u16::from_be_bytes([status[0], status[1]]))
}

fn status(card: &mut Card, command: &[u8]) -> u16 {
    send(card, command).1
}

fn select_jpki(card: &mut Card) -> u16 {
    select(card, JPKI)
}

fn select(card: &mut Card, aid: &[u8]) -> u16 {
    status(card, &[&[0x00, 0xA4, 0x04, 0x0C, aid.len() as u8], aid].concat())
}

fn select_file(card: &mut Card, id: u16) -> u16 {
    let [high, low] = id.to_be_bytes();
    status(card, &[0x00, 0xA4, 0x02, 0x0C, 0x02, high, low])
}

fn verify(card: &mut Card, pin: &str) -> u16 {
    status(card, &[&[0x00, 0x20, 0x00, 0x80, pin.len() as u8], pin.as_bytes()].concat())
}

fn open(card: &mut Card, purpose: Purpose) -> u16 {
    select_file(card, if purpose == Purpose::Signing { 0x1B } else { 0x18 });
    verify(card, if purpose == Purpose::Signing { SIGNING_PIN } else { AUTHENTICATION_PIN })
}

fn read(card: &mut Card, id: u16) -> Vec<u8> {
    assert_eq!(select_file(card, id), sw::DONE);
    let mut content = Vec::new();
    loop {
        let [high, low] = u16::try_from(content.len()).unwrap().to_be_bytes();
        match send(card, &[0x00, 0xB0, high, low, 0x00]) {
            (more, sw::DONE) => content.extend(more),
            (_, sw::PAST_THE_END) => return content,
            (_, other) => panic!("{other:04X}"),
        }
    }
}

#[test]
fn after_power_up_no_file_is_there_and_the_measured_select_is_refused() {
    let mut card = card(&[]);
    assert_eq!(status(&mut card, &[0x00, 0xA4, 0x00, 0x00]), sw::WRONG_P1P2);
    assert_eq!(select_file(&mut card, 0x000A), sw::NOT_FOUND);
    assert_eq!(select_jpki(&mut card), sw::DONE);
    assert_eq!(status(&mut card, &[0x00, 0xA4, 0x00, 0x00]), sw::DONE);
    assert_eq!(status(&mut card, &[0x00, 0xA4, 0x00, 0x00, 0x02, 0x3F, 0x00]), sw::NOT_FOUND);
    assert_eq!(select_file(&mut card, 0x000A), sw::DONE);
    assert_eq!(select(&mut card, &[0xA0, 0x00, 0x00, 0x03, 0x08]), sw::NOT_FOUND);
    // Selecting an absent application keeps the current one.
    assert_eq!(select_file(&mut card, 0x000A), sw::DONE);
}

#[test]
fn the_free_files_are_free_and_the_signing_certificate_is_not() {
    let mut card = card(&[]);
    select_jpki(&mut card);
    assert_eq!(read(&mut card, 0x0002), authority().certificate(Purpose::Signing));
    assert_eq!(read(&mut card, 0x000B), authority().certificate(Purpose::Authentication));
    assert_eq!(read(&mut card, 0x0008), [0x8F, 0x8F, 0x00]);
    assert!(read(&mut card, 0x0006).starts_with(b"JPKIAPICCTOKEN2                 "));
    assert_eq!(read(&mut card, 0x000A), keys(&ANNE).authentication);
    select_file(&mut card, 0x0001);
    assert_eq!(status(&mut card, &[0x00, 0xB0, 0x00, 0x00, 0x00]), sw::NOT_VERIFIED);
    select_file(&mut card, 0x0009);
    assert_eq!(status(&mut card, &[0x00, 0xB0, 0x00, 0x00, 0x00]), sw::NOT_VERIFIED);
    select_file(&mut card, 0x001B);
    assert_eq!(status(&mut card, &[0x00, 0xB0, 0x00, 0x00, 0x00]), sw::WRONG_FILE_KIND);
    assert_eq!(open(&mut card, Purpose::Signing), sw::DONE);
    assert_eq!(read(&mut card, 0x0001), keys(&ANNE).signing);
}

#[test]
fn reading_gives_what_is_left_and_6b00_past_the_end() {
    let mut card = card(&[]);
    select_jpki(&mut card);
    let len = u16::try_from(keys(&ANNE).authentication.len()).unwrap();
    select_file(&mut card, 0x000A);
    let [high, low] = (len - 3).to_be_bytes();
    assert_eq!(send(&mut card, &[0x00, 0xB0, high, low, 0x00]).0.len(), 3);
    let [high, low] = len.to_be_bytes();
    assert_eq!(status(&mut card, &[0x00, 0xB0, high, low, 0x00]), sw::PAST_THE_END);
    assert_eq!(status(&mut card, &[0x00, 0xB0, 0x7F, 0xFF, 0x00]), sw::PAST_THE_END);
    assert_eq!(status(&mut card, &[0x00, 0xB0, 0x00, 0x00]), sw::WRONG_LENGTH);
    // By short identifier, which makes it the current file.
    assert_eq!(send(&mut card, &[0x00, 0xB0, 0x88, 0x00, 0x00]).0, [0x8F, 0x8F, 0x00]);
    assert_eq!(send(&mut card, &[0x00, 0xB0, 0x00, 0x01, 0x01]).0, [0x8F]);
    assert_eq!(status(&mut card, &[0x00, 0xB0, 0x9D, 0x00, 0x00]), sw::NOT_FOUND);
}

#[test]
fn an_empty_verify_tells_the_tries_and_costs_none_but_with_le_it_is_refused() {
    let mut card = card(&[]);
    select_jpki(&mut card);
    select_file(&mut card, 0x001B);
    for _ in 0..9 {
        assert_eq!(status(&mut card, &[0x00, 0x20, 0x00, 0x80]), 0x63C5);
    }
    assert_eq!(status(&mut card, &[0x00, 0x20, 0x00, 0x80, 0x00]), sw::WRONG_LENGTH);
    assert_eq!(status(&mut card, &[0x00, 0x20, 0x00, 0x98]), 0x63C3);
    select_file(&mut card, 0x000A);
    assert_eq!(status(&mut card, &[0x00, 0x20, 0x00, 0x80]), sw::WRONG_FILE_KIND);
    select_jpki(&mut card);
    assert_eq!(status(&mut card, &[0x00, 0x20, 0x00, 0x80]), sw::NO_CURRENT_FILE);
}

#[test]
fn wrong_pins_count_down_to_63c0_and_then_6984_and_a_right_one_counts_up_again() {
    for (id, limit, right) in [(0x1B, 5, SIGNING_PIN), (0x18, 3, AUTHENTICATION_PIN)] {
        let mut card = card(&[]);
        select_jpki(&mut card);
        select_file(&mut card, id);
        assert_eq!(verify(&mut card, "WRONG99"), 0x63C0 + limit - 1);
        assert_eq!(verify(&mut card, right), sw::DONE);
        assert_eq!(status(&mut card, &[0x00, 0x20, 0x00, 0x80]), 0x63C0 + limit);
        for left in (0..limit).rev() {
            assert_eq!(verify(&mut card, &right.to_lowercase().replace('4', "5")), 0x63C0 + left);
        }
        assert_eq!(verify(&mut card, right), sw::LOCKED);
        assert_eq!(status(&mut card, &[0x00, 0x20, 0x00, 0x80]), 0x63C0);
        // A power cycle does not restore the tries.
        card.power(Power::Off);
        card.power(Power::On);
        select_jpki(&mut card);
        select_file(&mut card, id);
        assert_eq!(verify(&mut card, right), sw::LOCKED);
    }
}

#[test]
fn a_wrong_pin_takes_back_what_a_right_one_gave() {
    let mut card = card(&[]);
    select_jpki(&mut card);
    open(&mut card, Purpose::Signing);
    assert_eq!(verify(&mut card, "WRONG99"), 0x63C4);
    select_file(&mut card, 0x0001);
    assert_eq!(status(&mut card, &[0x00, 0xB0, 0x00, 0x00, 0x00]), sw::NOT_VERIFIED);
}

#[test]
fn a_verified_pin_stays_until_another_application_is_selected_or_the_power_is_off() {
    let readable = |card: &mut Card| {
        select_jpki(card);
        select_file(card, 0x0001);
        status(card, &[0x00, 0xB0, 0x00, 0x00, 0x00])
    };
    let mut card = card(&[]);
    select_jpki(&mut card);
    open(&mut card, Purpose::Signing);
    assert_eq!(readable(&mut card), sw::DONE);
    card.power(Power::Reset);
    assert_eq!(select_file(&mut card, 0x0001), sw::NOT_FOUND);
    assert_eq!(readable(&mut card), sw::DONE);
    assert_eq!(select(&mut card, &[0xA0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00]), sw::DONE);
    assert_eq!(readable(&mut card), sw::NOT_VERIFIED);
    open(&mut card, Purpose::Signing);
    card.power(Power::Off);
    card.power(Power::On);
    assert_eq!(readable(&mut card), sw::NOT_VERIFIED);
}

#[test]
fn signing_wants_its_own_pin_and_1_to_245_bytes() {
    let mut card = card(&[]);
    select_jpki(&mut card);
    select_file(&mut card, 0x001A);
    let command = |data: &[u8]| [&[0x80, 0x2A, 0x00, 0x80, data.len() as u8], data, &[0x00]].concat();
    assert_eq!(status(&mut card, &command(&[1])), sw::NOT_VERIFIED);
    open(&mut card, Purpose::Authentication);
    select_file(&mut card, 0x001A);
    assert_eq!(status(&mut card, &command(&[1])), sw::NOT_VERIFIED);
    open(&mut card, Purpose::Signing);
    assert_eq!(status(&mut card, &command(&[1])), sw::WRONG_FILE_KIND);
    select_file(&mut card, 0x001A);
    assert_eq!(send(&mut card, &command(&[1])).0.len(), 256);
    assert_eq!(send(&mut card, &command(&[1; 245])).0.len(), 256);
    assert_eq!(status(&mut card, &command(&[1; 246])), sw::WRONG_LENGTH);
    assert_eq!(status(&mut card, &[0x80, 0x2A, 0x00, 0x80, 0x00]), sw::WRONG_LENGTH);
    assert_eq!(status(&mut card, &[0x80, 0x2A, 0x02, 0x80, 0x01, 0x01, 0x00]), sw::WRONG_P1P2);
}

#[test]
fn a_signature_verifies_with_the_key_in_the_certificate() {
    let mut card = card(&[]);
    select_jpki(&mut card);
    open(&mut card, Purpose::Signing);
    let digest = ring::digest::digest(&ring::digest::SHA256, b"statement");
    let info = [&DIGEST_INFO, digest.as_ref()].concat();
    let command = [&[0x80, 0x2A, 0x00, 0x9A, info.len() as u8], info.as_slice(), &[0x00]].concat();
    let (signature, status) = send(&mut card, &command);
    assert_eq!(status, sw::DONE);
    let certificate = Certificate::from_der(&keys(&ANNE).signing).unwrap();
    let key = certificate.tbs_certificate().subject_public_key_info().subject_public_key.raw_bytes();
    let key = ring::signature::UnparsedPublicKey::new(&ring::signature::RSA_PKCS1_2048_8192_SHA256, key);
    assert_eq!(key.verify(b"statement", &signature), Ok(()));
}

#[test]
fn a_card_of_the_next_generation_is_given_a_hash_and_answers_r_followed_by_s() {
    let mut card = next_card(&ANNE, &[]);
    card.power(Power::On);
    select_jpki(&mut card);
    assert!(read(&mut card, 0x0006).starts_with(b"JPKIAPICCTOKEN3 "));
    open(&mut card, Purpose::Signing);
    let certificate = Certificate::from_der(&read(&mut card, 0x0001)).unwrap();
    let command = |input: &[u8]| [&[0x80, 0x2A, 0x00, 0x9A, input.len() as u8], input, &[0x00]].concat();
    let hash = ring::digest::digest(&ring::digest::SHA384, b"statement");
    let (signature, status_word) = send(&mut card, &command(hash.as_ref()));
    assert_eq!((signature.len(), status_word), (96, sw::DONE));
    let key = certificate.tbs_certificate().subject_public_key_info().subject_public_key.raw_bytes();
    let key = ring::signature::UnparsedPublicKey::new(&ring::signature::ECDSA_P384_SHA384_FIXED, key);
    assert_eq!(key.verify(b"statement", &signature), Ok(()));
    for wrong in [32, 47, 49, 51] {
        assert_eq!(status(&mut card, &command(&vec![1; wrong])), sw::WRONG_LENGTH, "{wrong}");
    }
}

#[test]
fn card_number_and_atr_can_be_read_without_any_pin() {
    let mut card = card(&[]);
    assert_eq!(send(&mut card, &[0x00, 0xCA, 0x5F, 0x51, 0x00]).0, ATR[1..]);
    assert_eq!(status(&mut card, &[0x00, 0xCA, 0x00, 0x01, 0x00]), sw::NO_DATA_OBJECT);
    assert_eq!(select(&mut card, &[0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x01, 0x00]), sw::DONE);
    let (record, status_word) = send(&mut card, &[0x00, 0xB2, 0x01, 0x0C, 0x00]);
    assert_eq!((record.len(), status_word), (30, sw::DONE));
    assert_eq!(status(&mut card, &[0x00, 0xB2, 0x02, 0x0C, 0x00]), sw::NO_RECORD);
}

#[test]
fn what_is_no_command_gets_the_status_word_for_it() {
    let mut card = card(&[]);
    for (command, wanted) in [
        (&[][..], sw::WRONG_LENGTH),
        (&[0x00, 0xA4, 0x04], sw::WRONG_LENGTH),
        (&[0x00, 0xA4, 0x04, 0x0C, 0x05, 0x01], sw::WRONG_LENGTH),
        (&[0x00, 0xB0, 0x00, 0x00, 0x00, 0x01, 0x00], sw::WRONG_LENGTH),
        (&[0x00, 0xEE, 0x00, 0x00], sw::UNKNOWN_INS),
        (&[0x01, 0xA4, 0x04, 0x0C], sw::NO_CHANNELS),
        (&[0xFF, 0xCA, 0x00, 0x00, 0x00], sw::UNKNOWN_CLA),
        (&[0x00, 0xB0, 0x00, 0x00, 0x00], sw::NO_CURRENT_FILE),
        (&[0x00, 0xC0, 0x00, 0x00, 0x00], sw::NOT_NOW),
    ] {
        assert_eq!(status(&mut card, command), wanted, "{command:02X?}");
    }
}

#[test]
fn absent_certificates_are_announced_and_cannot_be_read_or_used() {
    let mut card = card(&[Fault::Absent(Purpose::Signing)]);
    select_jpki(&mut card);
    assert_eq!(read(&mut card, 0x0008), [0x00, 0x8F, 0x00]);
    open(&mut card, Purpose::Signing);
    select_file(&mut card, 0x0001);
    assert_eq!(status(&mut card, &[0x00, 0xB0, 0x00, 0x00, 0x00]), sw::PAST_THE_END);
    assert_eq!(status(&mut card, &[0x80, 0x2A, 0x00, 0x9A, 0x01, 0x01, 0x00]), sw::NOT_NOW);
    let mut child = card_of(Person::find("child").unwrap(), &[]);
    select_jpki(&mut child);
    assert_eq!(read(&mut child, 0x0008), [0x00, 0x8F, 0x00]);
    let mut other = self::card(&[Fault::Absent(Purpose::Authentication)]);
    select_jpki(&mut other);
    assert_eq!(read(&mut other, 0x0008), [0x8F, 0x00, 0x00]);
}

#[test]
fn faults_of_dates_and_keys_show_in_the_certificate_alone() {
    let validity = |faults: &[Fault]| {
        let mut card = card(faults);
        select_jpki(&mut card);
        let certificate = Certificate::from_der(&read(&mut card, 0x000A)).unwrap();
        let validity = *certificate.tbs_certificate().validity();
        [validity.not_before, validity.not_after].map(|time| i64::try_from(time.to_unix_duration().as_secs()).unwrap())
    };
    let usual = validity(&[]);
    assert!(usual[0] < NOW && NOW < usual[1]);
    // Born on 1 April, issued on 26 September 2026: the fifth birthday is in 2031.
    assert_eq!(usual[1], 1_932_821_999);
    assert!(validity(&[Fault::Expired(Purpose::Authentication)])[1] < NOW);
    assert!(validity(&[Fault::NotYetValid(Purpose::Authentication)])[0] > NOW);
    assert_eq!(validity(&[Fault::EndsIn(Purpose::Authentication, 30)])[1], NOW + 30 * DAY);
    assert_eq!(validity(&[Fault::Expired(Purpose::Signing)]), usual);
    let mut card = card(&[Fault::UnknownKey]);
    select_jpki(&mut card);
    open(&mut card, Purpose::Signing);
    let certificate = Certificate::from_der(&read(&mut card, 0x0001)).unwrap();
    assert_eq!(certificate.tbs_certificate().subject_public_key_info().algorithm.oid.to_string(), "1.2.840.10045.2.1");
}

#[test]
fn garbage_and_endless_certificates_are_what_they_are_called() {
    let mut garbage = card(&[Fault::Garbage]);
    select_jpki(&mut garbage);
    assert!(Certificate::from_der(&read(&mut garbage, 0x000A)).is_err());
    let mut endless = card(&[Fault::Endless]);
    select_jpki(&mut endless);
    assert!(read(&mut endless, 0x000A).starts_with(&[0x30, 0x83, 0xFF, 0xFF, 0xFF]));
}

#[test]
fn other_kinds_of_cards_are_told_by_what_they_let_be_selected() {
    let label = |kind| {
        let mut card = card(&[Fault::Kind(kind)]);
        (select_jpki(&mut card) == sw::DONE).then(|| String::from_utf8_lossy(&read(&mut card, 0x0006)[..32]).trim_end().to_owned())
    };
    assert_eq!(label(CardKind::OldResident).as_deref(), Some("JPKIAPICCTOKEN"));
    assert_eq!(label(CardKind::Phone).as_deref(), Some("JPKIAPGPSETOKEN"));
    for kind in [CardKind::Residence, CardKind::DrivingLicence, CardKind::Passport, CardKind::Bank, CardKind::Transport, CardKind::Unknown]
    {
        assert_eq!(label(kind), None);
    }
    let mut passport = card(&[Fault::Kind(CardKind::Passport)]);
    assert_eq!(select(&mut passport, &[0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01]), sw::DONE);
}

#[test]
fn a_card_that_fails_first_answers_6f00_once_after_each_power_up() {
    let mut card = card(&[Fault::FirstFails]);
    for _ in 0..2 {
        assert_eq!(select_jpki(&mut card), sw::FAILED);
        assert_eq!(select_jpki(&mut card), sw::DONE);
        card.power(Power::Reset);
        assert_eq!(select_jpki(&mut card), sw::DONE);
        card.power(Power::Off);
        card.power(Power::On);
    }
}

#[test]
fn more_data_is_fetched_piece_by_piece_and_6100_stands_for_256_bytes() {
    let mut card = card(&[Fault::MoreData]);
    select_jpki(&mut card);
    open(&mut card, Purpose::Authentication);
    let (none, status_word) = send(&mut card, &[0x80, 0x2A, 0x00, 0x97, 0x01, 0x01, 0x00]);
    assert_eq!((none.len(), status_word), (0, 0x6100));
    let (part, status_word) = send(&mut card, &[0x00, 0xC0, 0x00, 0x00, 0x60]);
    assert_eq!((part.len(), status_word), (0x60, 0x61A0));
    let (rest, status_word) = send(&mut card, &[0x00, 0xC0, 0x00, 0x00, 0xA0]);
    assert_eq!((rest.len(), status_word), (0xA0, sw::DONE));
    assert_eq!(status(&mut card, &[0x00, 0xC0, 0x00, 0x00, 0x00]), sw::NOT_NOW);
}

#[test]
fn a_card_is_lifted_once_after_so_many_commands() {
    let back = Some(Duration::from_secs(2));
    let mut card = card(&[Fault::LiftedAfter(2, back)]);
    select_jpki(&mut card);
    select_jpki(&mut card);
    let select = [&[0x00, 0xA4, 0x04, 0x0C, 0x0A], JPKI].concat();
    assert_eq!(card.exchange(&select), Outcome::Lifted(back));
    assert_eq!(select_jpki(&mut card), sw::DONE);
}

#[test]
fn a_card_lifted_during_a_verify_has_counted_the_try() {
    let mut card = card(&[Fault::LiftedInVerify(None)]);
    select_jpki(&mut card);
    select_file(&mut card, 0x0018);
    assert_eq!(status(&mut card, &[0x00, 0x20, 0x00, 0x80]), 0x63C3);
    assert_eq!(card.exchange(&[0x00, 0x20, 0x00, 0x80, 0x04, 0x39, 0x39, 0x39, 0x39]), Outcome::Lifted(None));
    assert_eq!(card.tries(Purpose::Authentication), 2);
    assert_eq!((card.verifies(Purpose::Signing), card.verifies(Purpose::Authentication)), (0, 1));
}

#[test]
fn a_locked_pin_is_locked_from_the_start_and_no_fault_gives_more_tries_than_a_card_has() {
    let mut card = card(&[Fault::Tries(Purpose::Signing, 0), Fault::Tries(Purpose::Authentication, 9)]);
    select_jpki(&mut card);
    assert_eq!(open(&mut card, Purpose::Signing), sw::LOCKED);
    assert_eq!(card.tries(Purpose::Authentication), 3);
}

/// A step of a random session: power, a sensible command, or noise.
fn step() -> impl Strategy<Value = Result<Power, Vec<u8>>> {
    let files = prop::sample::select(vec![0x01u8, 0x02, 0x06, 0x08, 0x09, 0x0A, 0x0B, 0x17, 0x18, 0x1A, 0x1B, 0x1E]);
    let pins = prop::sample::select(vec![&b"PRACTICE1"[..], b"1234", b"0000", b"practice1", b"12345678901234567", b"\x00"]);
    prop_oneof![
        1 => prop::sample::select(vec![Power::Off, Power::On, Power::Reset]).prop_map(Ok),
        3 => Just(Err([&[0x00, 0xA4, 0x04, 0x0C, 0x0A], JPKI].concat())),
        1 => Just(Err(vec![0x00, 0xA4, 0x04, 0x0C, 0x07, 0xA0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00])),
        4 => files.prop_map(|id| Err(vec![0x00, 0xA4, 0x02, 0x0C, 0x02, 0x00, id])),
        4 => pins.prop_map(|pin| Err([&[0x00, 0x20, 0x00, 0x80, pin.len() as u8], pin].concat())),
        1 => (any::<u8>(), any::<u8>()).prop_map(|(p1, p2)| Err(vec![0x00, 0xB0, p1, p2, 0x00])),
        1 => prop::collection::vec(any::<u8>(), 0..20).prop_map(Err),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_of_commands_panics_and_tries_move_by_the_rules_alone(steps in prop::collection::vec(step(), 0..60)) {
        let mut card = card(&[]);
        for step in steps {
            let before = [card.tries(Purpose::Signing), card.tries(Purpose::Authentication)];
            let answer = match &step {
                Ok(power) => { card.power(*power); None }
                Err(command) => match card.exchange(command) {
                    Outcome::Answer(answer) => { prop_assert!((2..=258).contains(&answer.len())); Some(answer) }
                    Outcome::Lifted(_) => { prop_assert!(false, "nobody lifts it"); None }
                },
            };
            let after = [card.tries(Purpose::Signing), card.tries(Purpose::Authentication)];
            let carries_pin = matches!(&step, Err(command) if command.starts_with(&[0x00, 0x20]) && command.len() > 5);
            for ((before, after), limit) in before.into_iter().zip(after).zip([5, 3]) {
                prop_assert!(after <= limit);
                if before != after {
                    prop_assert!(carries_pin);
                    prop_assert!(before > 0, "a locked PIN stays locked");
                    let status = answer.clone().unwrap_or_default();
                    match after {
                        right if right > before => prop_assert_eq!(&status, &[0x90, 0x00]),
                        left => { prop_assert_eq!(left, before - 1); prop_assert_eq!(&status, &[0x63, 0xC0 | left]); }
                    }
                }
            }
        }
    }
}
