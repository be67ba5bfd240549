//! The authority's certificates compared with those of a test card, and its persistence.

use super::super::Card;
use super::super::person::ANNE;
use super::super::tests::{NOW, authority};
use super::*;

fn extension(certificate: &Certificate, oid: &str) -> (bool, Vec<u8>) {
    let oid = ObjectIdentifier::new(oid).unwrap();
    let found = certificate.tbs_certificate().extensions().unwrap().iter().find(|extension| extension.extn_id == oid).unwrap();
    (found.critical, found.extn_value.as_bytes().to_vec())
}

fn last_text(certificate: &Certificate) -> usize {
    certificate.tbs_certificate().subject().iter().last().unwrap().value.value().len()
}

#[test]
fn leaves_are_of_the_profile_that_real_cards_have() {
    let authority = authority();
    let key = PrivateKey::make(Algorithm::Rs256).unwrap();
    let validity = Validity { from: NOW, until: NOW + DAY };
    let issue = |purpose| Certificate::from_der(&authority.issue(purpose, &LeafKey::Known(&key), &ANNE, validity, NOW).unwrap()).unwrap();

    let signing = issue(Purpose::Signing);
    let order: Vec<String> =
        signing.tbs_certificate().extensions().unwrap().iter().map(|extension| extension.extn_id.to_string()).collect();
    assert_eq!(order, ["2.5.29.15", "2.5.29.17", "2.5.29.32", "2.5.29.18", "2.5.29.31", "2.5.29.35", "2.5.29.14"]);
    assert_eq!(extension(&signing, "2.5.29.15"), (true, vec![0x03, 0x02, 0x06, 0xC0]));
    // Policy extension of a test card, byte for byte (myna-card, tests/fixtures/jpki-sign-cert.der).
    let policy = b"\x30\x3D\x30\x3B\x06\x0B\x2A\x83\x08\x8C\x9B\x55\x08\x05\x01\x00\x14\x30\x2C\x30\x2A\x06\x08\x2B\x06\x01\x05\x05\x07\x02\x01\x16\x1Ehttp://www.jpki.go.jp/cps.html";
    assert_eq!(extension(&signing, "2.5.29.32"), (true, policy.to_vec()));
    let (critical, names) = extension(&signing, "2.5.29.17");
    assert!(!critical);
    let names = x509_cert::ext::pkix::name::GeneralNames::from_der(&names).unwrap();
    let arcs: Vec<_> = names
        .iter()
        .map(|name| match name {
            GeneralName::OtherName(other) => other.type_id.to_string().rsplit_once('.').unwrap().1.to_owned(),
            _ => panic!("no otherName"),
        })
        .collect();
    assert_eq!(arcs, ["1", "4", "3", "5", "2", "6"]);
    assert_eq!(last_text(&signing), 28);

    let authentication = issue(Purpose::Authentication);
    let order: Vec<String> =
        authentication.tbs_certificate().extensions().unwrap().iter().map(|extension| extension.extn_id.to_string()).collect();
    assert_eq!(order, ["2.5.29.15", "2.5.29.37", "2.5.29.32", "2.5.29.18", "2.5.29.31", "1.3.6.1.5.5.7.1.1", "2.5.29.35", "2.5.29.14"]);
    assert_eq!(extension(&authentication, "2.5.29.15"), (true, vec![0x03, 0x02, 0x07, 0x80]));
    assert_eq!(extension(&authentication, "2.5.29.37").1, [0x30, 0x0A, 6, 8, 0x2B, 6, 1, 5, 5, 7, 3, 2]);
    assert_eq!(last_text(&authentication), 23);
}

#[test]
fn the_body_of_a_certificate_signed_again_is_the_same_certificate() {
    let authority = authority();
    let whole = authority.certificate(Purpose::Signing);
    // Two headers of four bytes: the certificate's and its body's.
    let length = usize::from(u16::from_be_bytes([whole[6], whole[7]]));
    assert_eq!(authority.sign(Purpose::Signing, &whole[4..8 + length]).unwrap(), whole);
    assert_ne!(authority.sign(Purpose::Authentication, &whole[4..8 + length]).unwrap(), whole);
}

#[test]
fn names_begin_with_a_printable_country_and_go_on_in_utf8() {
    let authority = authority();
    let root = Certificate::from_der(authority.certificate(Purpose::Authentication)).unwrap();
    // Subject of a test card's root, byte for byte (myna-card, tests/fixtures/jpki-auth-ca-cert.der).
    let name = b"\x30\x81\x87\x31\x0B\x30\x09\x06\x03\x55\x04\x06\x13\x02JP\x31\x12\x30\x10\x06\x03\x55\x04\x0A\x0C\x09JPKI-TEST\x31\x25\x30\x23\x06\x03\x55\x04\x0B\x0C\x1CJPKI for user authentication\x31\x3D\x30\x3B\x06\x03\x55\x04\x0B\x0C\x34Japan Agency for Local Authority Information Systems";
    assert_eq!(root.tbs_certificate().subject().to_der().unwrap(), name);
    assert_eq!(root.tbs_certificate().issuer(), root.tbs_certificate().subject());
    assert!((1_100..=1_350).contains(&authority.certificate(Purpose::Authentication).len()));
}

#[test]
fn what_is_kept_in_a_folder_is_the_same_authority_and_the_same_card_with_its_tries() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("kept");
    let open = |faults: &[super::super::Fault]| {
        let authority = super::super::persist::authority(Some(&folder), Algorithm::Rs256, NOW).unwrap();
        let card = super::super::persist::card(Some(&folder), &authority, &ANNE, faults, NOW).unwrap();
        (authority, card)
    };
    let read = |card: &mut Card| {
        card.exchange(b"\x00\xA4\x04\x0C\x0A\xD3\x92\xF0\x00\x26\x01\x00\x00\x00\x01");
        card.exchange(&[0x00, 0xB0, 0x8A, 0x00, 0x00])
    };
    let (authority, mut card) = open(&[]);
    let before = read(&mut card);
    card.exchange(&[0x00, 0x20, 0x00, 0x98, 0x04, 0x30, 0x30, 0x30, 0x30]);
    assert_eq!(card.tries(Purpose::Authentication), 2);
    let (again, mut card) = open(&[]);
    assert_eq!(again.certificate(Purpose::Signing), authority.certificate(Purpose::Signing));
    assert_eq!(read(&mut card), before);
    assert_eq!((card.tries(Purpose::Signing), card.tries(Purpose::Authentication)), (5, 2));
    let (_, card) = open(&["authentication-tries=1".parse().unwrap()]);
    assert_eq!((card.tries(Purpose::Signing), card.tries(Purpose::Authentication)), (5, 1));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder), 0o700);
        assert_eq!(mode(&folder.join("practice-signing-ca.key")), 0o600);
        assert_eq!(mode(&folder.join("anne-signing.key")), 0o600);
    }
}

#[test]
fn cards_of_both_generations_are_kept_in_one_folder_each_with_its_tries() {
    let folder = tempfile::tempdir().unwrap();
    let open = |algorithm| {
        let authority = super::super::persist::authority(Some(folder.path()), algorithm, NOW).unwrap();
        let card = super::super::persist::card(Some(folder.path()), &authority, &ANNE, &[], NOW).unwrap();
        (authority.certificate(Purpose::Signing).to_vec(), card)
    };
    let (root, mut card) = open(Algorithm::Es384);
    let (other, _) = open(Algorithm::Rs256);
    assert_ne!(root, other);
    card.exchange(b"\x00\xA4\x04\x0C\x0A\xD3\x92\xF0\x00\x26\x01\x00\x00\x00\x01");
    card.exchange(&[0x00, 0x20, 0x00, 0x98, 0x04, 0x30, 0x30, 0x30, 0x30]);
    let (again, card) = open(Algorithm::Es384);
    assert_eq!((again, card.tries(Purpose::Authentication)), (root, 2));
    assert_eq!(open(Algorithm::Rs256).1.tries(Purpose::Authentication), 3);
    assert!(Authority::load(Algorithm::Es384, folder.path()).unwrap().is_some());
}
