//! The JPKI application against the simulated card, in process: two independent readings of jpki-card.md that must agree.

use super::{pin, quiet};
use crate::card::jpki::*;
use crate::card::simulated::tests::{NOW, card, next_card};
use crate::card::simulated::{ANNE, AUTHENTICATION_PIN, Card, Fault, Person, SIGNING_PIN, Slot};
use crate::certificate::{Anchors, check_profile};

#[test]
fn a_registration_with_the_simulated_card_is_signed_by_certificates_that_do_for_it() {
    type Make = fn(&'static Person, &[Fault]) -> Card;
    let made: [(Make, Algorithm); 2] = [(card, Algorithm::Rs256), (next_card, Algorithm::Es384)];
    let faults = [vec![], vec!["more-data"], vec!["first-fails"]];
    for ((make, algorithm), faults) in made.into_iter().flat_map(|made| faults.iter().map(move |faults| (made, faults))) {
        let faults: Vec<Fault> = faults.iter().map(|word| word.parse().unwrap()).collect();
        let slot = Slot::new();
        slot.insert(make(&ANNE, &faults));
        let mut port = slot.port();
        let reader = port.readers().unwrap().remove(0).name;
        let mut jpki = Jpki::open(&mut port, &reader, Access::Shared).unwrap();
        jpki.read_status().unwrap();
        let known = jpki.known();
        drop(jpki);
        let mut jpki = Jpki::reopen(&mut port, &reader, Access::Exclusive, &known).unwrap();
        for (purpose, typed) in [(Purpose::Signing, SIGNING_PIN), (Purpose::Authentication, AUTHENTICATION_PIN)] {
            jpki.verify(pin(purpose, typed)).unwrap();
            let leaf = Certificate::parse(&jpki.certificate(purpose, &mut quiet).unwrap()).unwrap();
            let issuer = Certificate::parse(&jpki.authority(purpose, &mut quiet).unwrap()).unwrap();
            let anchors = Anchors::of(std::slice::from_ref(&issuer));
            assert_eq!(check_profile(&leaf, &issuer, purpose, &anchors, true, NOW), Ok(()));
            assert_eq!(leaf.algorithm(), Some(algorithm));
            let signature = jpki.sign(purpose, algorithm, b"statement").unwrap();
            assert!(leaf.verify(b"statement", &signature, algorithm));
        }
        jpki.close();
        if faults.is_empty() {
            assert!(slot.look(Card::commands).unwrap() <= 50);
        }
    }
}

#[test]
fn the_application_that_is_selected_at_the_end_is_one_that_the_card_has() {
    let slot = Slot::new();
    slot.insert(card(&ANNE, &[]));
    let mut port = slot.port();
    let mut jpki = Jpki::open(&mut port, slot.name(), Access::Exclusive).unwrap();
    jpki.verify(pin(Purpose::Signing, SIGNING_PIN)).unwrap();
    let left = exchange_once(jpki.link.as_mut(), &apdu::select_application(&ISSUER_DOMAIN)).unwrap();
    assert_eq!(left.meaning(), StatusWord::Done);
    assert!(jpki.sign(Purpose::Signing, Algorithm::Rs256, &[0; 32]).is_err(), "with its power on the card has forgotten the PIN");
}

#[test]
fn cards_of_other_kinds_and_broken_ones_are_told() {
    for (fault, code) in [
        ("kind=old-resident", Code::OldResidentCard),
        ("kind=phone", Code::PhoneToken),
        ("kind=residence", Code::NotMyNumberCard),
        ("kind=bank", Code::NotMyNumberCard),
        ("mute", Code::CardMute),
        ("lifted-after=2", Code::CardRemoved),
        ("garbage", Code::CardGarbled),
        ("endless", Code::CardGarbled),
    ] {
        let slot = Slot::new();
        slot.insert(card(&ANNE, &[fault.parse().unwrap()]));
        let mut port = slot.port();
        let reader = port.readers().unwrap().remove(0).name;
        let error = Jpki::open(&mut port, &reader, Access::Shared)
            .and_then(|mut jpki| jpki.certificate(Purpose::Authentication, &mut |_, _| {}))
            .unwrap_err();
        assert_eq!(error.code, code, "{fault}");
    }
}

#[test]
fn a_transport_card_is_told_without_a_command() {
    let slot = Slot::new();
    slot.insert(card(&ANNE, &["kind=transport".parse().unwrap()]));
    let mut port = slot.port();
    let error = Jpki::open(&mut port, slot.name(), Access::Shared).err().unwrap();
    assert_eq!((error.code, error.hint), (Code::NotMyNumberCard, Hint::Seems(CardKind::Transport)));
    assert_eq!(slot.look(Card::commands), Some(0));
}
