//! The simulated card before an independent witness: the crate `myna-card`, written by others against real cards, finds in it
//! everything that it finds in a real one, and `ring` accepts its signatures.
#![cfg(feature = "practice")]
// Helpers of tests may fail loudly too; clippy excuses only the tests themselves.
#![allow(clippy::indexing_slicing, clippy::unwrap_used)]

use myna_card::ap::common::CommonAp;
use myna_card::ap::jpki::{JpkiAp, SignatureScheme};
use myna_card::{Card, Error, MasterFile, Pin, Retries, TokenType, Transmit};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use zairyu::card::simulated::slot::READER;
use zairyu::card::simulated::{ANNE, AUTHENTICATION_PIN, Authority, Card as SimulatedCard, Fault, SIGNING_PIN, Slot};
use zairyu::card::{Access, Link, Port, Purpose, REPLY};

/// 2026-11-25.
const NOW: i64 = 1_795_564_800;

struct Wire(Box<dyn Link>);

impl Transmit for Wire {
    fn transmit(&mut self, command: &[u8]) -> myna_card::Result<Vec<u8>> {
        let mut reply = [0; REPLY];
        let length = self.0.transmit(command, &mut reply).map_err(|_| Error::NoReader)?;
        Ok(reply[..length].to_vec())
    }
}

fn put_in(faults: &[Fault]) -> (Authority, Card<Wire>) {
    let authority = Authority::make(NOW).unwrap();
    let slot = Slot::new();
    slot.insert(SimulatedCard::make(&authority, &ANNE, faults, NOW).unwrap());
    let link = slot.port().connect(READER, Access::Exclusive).unwrap();
    (authority, Card::new(Wire(link)))
}

fn pin(text: &str) -> Pin {
    Pin::new(text).unwrap()
}

#[test]
fn it_tells_what_it_is_before_any_pin() {
    let (_, mut card) = put_in(&[]);
    assert_eq!(card.contact_atr().unwrap(), zairyu::card::simulated::ATR);
    let mut jpki = JpkiAp::select(&mut card).unwrap();
    assert_eq!(jpki.read_token_type().unwrap(), TokenType::Card);
    assert_eq!(jpki.read_token_info().unwrap().max_pin_len, 16);
    let there = jpki.read_certificate_availability().unwrap();
    assert!(there.has_sign_certificate() && there.has_auth_certificate());
    assert_eq!(jpki.sign_pin_retries().unwrap(), Retries::Remaining(5));
    assert_eq!(jpki.auth_pin_retries().unwrap(), Retries::Remaining(3));
    assert_eq!(CommonAp::select(&mut card).unwrap().read_card_info().unwrap().municipality_code, "13104");
}

#[test]
fn its_certificates_come_from_its_authority_and_each_key_signs_for_its_own() {
    let (authority, mut card) = put_in(&[]);
    let mut jpki = JpkiAp::select(&mut card).unwrap();
    assert!(matches!(jpki.read_sign_certificate_der(), Err(Error::Status(status)) if status.value() == 0x6982));
    jpki.verify_sign_pin(&pin(SIGNING_PIN)).unwrap();
    jpki.verify_auth_pin(&pin(AUTHENTICATION_PIN)).unwrap();

    let (signing, signing_ca) = (jpki.read_sign_certificate().unwrap(), jpki.read_sign_ca_certificate().unwrap());
    let (authentication, authentication_ca) = (jpki.read_auth_certificate().unwrap(), jpki.read_auth_ca_certificate().unwrap());
    assert_eq!(signing_ca.der(), authority.certificate(Purpose::Signing));
    signing.verify_signature(&signing_ca).unwrap();
    authentication.verify_signature(&authentication_ca).unwrap();
    assert!(signing.verify_signature(&authentication_ca).is_err());
    signing_ca.verify_signature(&signing_ca).unwrap();

    let statement = b"statement";
    let digest = myna_card::data::sha256(statement);
    let info = myna_card::data::sha256_digest_info(&digest);
    let signature = jpki.sign_with_sign_key_checked(SignatureScheme::Verbatim, &info).unwrap();
    let proof = jpki.sign_with_auth_key_checked(SignatureScheme::Verbatim, &info).unwrap();
    let verify = |certificate: &myna_card::Certificate, signature: &[u8]| {
        let key = certificate.inner().tbs_certificate().subject_public_key_info().subject_public_key.raw_bytes().to_vec();
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key).verify(statement, signature)
    };
    assert_eq!(verify(&signing, &signature), Ok(()));
    assert_eq!(verify(&authentication, &proof), Ok(()));
    assert!(verify(&authentication, &signature).is_err());
}

#[test]
fn a_wrong_pin_costs_a_try_until_it_is_locked() {
    let (_, mut card) = put_in(&[]);
    let mut jpki = JpkiAp::select(&mut card).unwrap();
    assert!(matches!(jpki.verify_auth_pin(&pin("0000")), Err(Error::PinIncorrect { retries: Some(2) })));
    assert!(matches!(jpki.verify_auth_pin(&pin("0000")), Err(Error::PinIncorrect { retries: Some(1) })));
    assert!(matches!(jpki.verify_auth_pin(&pin("0000")), Err(Error::PinBlocked)));
    assert!(matches!(jpki.verify_auth_pin(&pin(AUTHENTICATION_PIN)), Err(Error::PinBlocked)));
    assert_eq!(jpki.auth_pin_retries().unwrap(), Retries::Blocked);
    assert_eq!(jpki.sign_pin_retries().unwrap(), Retries::Remaining(5));
}

#[test]
fn selecting_the_card_manager_ends_what_a_pin_opened() {
    let (_, mut card) = put_in(&[]);
    let mut jpki = JpkiAp::select(&mut card).unwrap();
    jpki.verify_sign_pin(&pin(SIGNING_PIN)).unwrap();
    assert!(JpkiAp::select(&mut card).unwrap().read_sign_certificate_der().is_ok());
    MasterFile::select(&mut card).unwrap();
    assert!(JpkiAp::select(&mut card).unwrap().read_sign_certificate_der().is_err());
}

#[test]
fn a_phone_s_token_is_told_from_a_card() {
    let (_, mut card) = put_in(&["kind=phone".parse().unwrap()]);
    let mut jpki = JpkiAp::select(&mut card).unwrap();
    assert_eq!(jpki.read_token_type().unwrap(), TokenType::Android);
    assert!(jpki.read_auth_certificate_der().is_err());
    jpki.verify_auth_pin(&pin(AUTHENTICATION_PIN)).unwrap();
    assert!(jpki.read_auth_certificate_der().is_ok());
}
