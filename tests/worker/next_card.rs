//! The card announced to come next, with keys on P-384: from the PINs to the evidence in the store, which OpenSSL verifies.

use std::path::Path;
use std::process::Command;

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use der::asn1::Uint;
use der::{Any, Encode, Tag};
use serde_json::Value;
use zairyu::card::simulated::{Card, PEOPLE};
use zairyu::service::{UsersCommand, users};

use crate::cards::{next_authority, real_now};
use crate::{Bench, registered};

/// Run OpenSSL in a folder; return whether it succeeded, and what it said.
fn openssl(folder: &Path, arguments: &str) -> (bool, String) {
    let output = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output().unwrap();
    (output.status.success(), format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)))
}

/// Convert a signature of JOSE, r followed by s, to DER, which OpenSSL takes.
fn in_der(signature: &[u8]) -> Vec<u8> {
    let halves = signature.chunks(48).flat_map(|half| Uint::new(half).unwrap().to_der().unwrap());
    Any::new(Tag::Sequence, halves.collect::<Vec<_>>()).unwrap().to_der().unwrap()
}

#[test]
fn a_person_registers_with_it_and_openssl_verifies_what_it_has_signed() {
    let bench = Bench::new();
    bench.slot.take();
    bench.slot.insert(Card::make(next_authority(), &PEOPLE[0], &[], real_now()).unwrap());
    bench.come_in();
    let id = registered(bench.registers()).authentication_id;
    let mut exported = Vec::new();
    users(
        None,
        bench.folder.path(),
        &UsersCommand::Export { id },
        zairyu::service::Shape::Json,
        &mut zairyu::text::lines::Lines::new(&mut exported),
    )
    .unwrap();
    let exported: Value = serde_json::from_slice(&exported).unwrap();
    let statements = exported["statements"].as_array().unwrap();
    assert!(!statements.is_empty());
    for statement in statements {
        let (input, signature) = statement["statement"].as_str().unwrap().rsplit_once('.').unwrap();
        let signature = Base64UrlUnpadded::decode_vec(signature).unwrap();
        let header: Value = serde_json::from_slice(&Base64UrlUnpadded::decode_vec(input.split('.').next().unwrap()).unwrap()).unwrap();
        assert_eq!((&header["alg"], signature.len()), (&Value::from("ES384"), 96));
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        for (place, name) in ["leaf", "ca"].into_iter().enumerate() {
            std::fs::write(folder.join(name), Base64::decode_vec(header["x5c"][place].as_str().unwrap()).unwrap()).unwrap();
            let (done, said) = openssl(folder, &format!("x509 -inform DER -in {name} -out {name}.pem"));
            assert!(done, "{said}");
        }
        std::fs::write(folder.join("input"), input).unwrap();
        std::fs::write(folder.join("other"), input.replacen('.', "..", 1)).unwrap();
        std::fs::write(folder.join("signature"), in_der(&signature)).unwrap();
        assert!(openssl(folder, "x509 -in leaf.pem -pubkey -noout -out key.pem").0);
        assert_eq!(openssl(folder, "dgst -sha384 -verify key.pem -signature signature input"), (true, "Verified OK\n".to_owned()));
        assert!(!openssl(folder, "dgst -sha384 -verify key.pem -signature signature other").0);
        let text = openssl(folder, "x509 -in leaf.pem -noout -text").1;
        assert!(text.contains("ecdsa-with-SHA384") && text.contains("secp384r1"), "{text}");
        assert_eq!(openssl(folder, "verify -x509_strict -CAfile ca.pem leaf.pem"), (true, "leaf.pem: OK\n".to_owned()));
    }
}
