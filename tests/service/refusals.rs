//! Statements that somebody forged: other algorithms, other headers, other people's nonces, certificates that no authority would issue.
//! What is merely out of date or damaged stands in tests/service.rs.

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};
use zairyu::card::Purpose;
use zairyu::certificate::{Anchors, Certificate, ProfileFault, check_profile};

use crate::bench::{Bench, anne, authority, body, proof, refusal, replaced};

/// Send a proof, and return how it was refused.
async fn refused(bench: &Bench, session: &Value, statement: String) -> (u16, String) {
    refusal(bench.send(&proof(session), None, statement).await).await
}

fn code(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

#[tokio::test]
async fn a_nonce_of_another_session_proves_nothing_and_stays_good_for_its_own() {
    let bench = Bench::start(None);
    let (mine, theirs) = (bench.session().await, bench.session().await);
    let statement = anne().statement(Purpose::Authentication, "proof", &bench.payload(&theirs["nonce"]));
    assert_eq!(refused(&bench, &mine, statement).await, code(401, "nonce"));
    bench.prove(&theirs, anne()).await;
}

#[tokio::test]
async fn no_algorithm_but_those_of_the_contract_and_none_with_the_key_of_another() {
    let bench = Bench::start(None);
    let session = bench.session().await;
    let (header, payload) = (anne().header(Purpose::Authentication, "proof"), bench.payload(&session["nonce"]).to_string());
    for algorithm in ["none", "None", "", "HS256", "RS384", "RS512", "PS256", "ES256", "EdDSA", "rs256"] {
        let other = header.replace("RS256", algorithm);
        let statement = anne().statement_of(Purpose::Authentication, &other, &payload);
        assert_eq!(refused(&bench, &session, statement).await, code(400, "header"), "{algorithm}");
    }
    let input = |header: &str| [header, &payload].map(|part| Base64UrlUnpadded::encode_string(part.as_bytes())).join(".");
    // The certificate, which everybody knows, as the secret of an HMAC: a library that goes by `alg` alone would believe it.
    let symmetric = input(&header.replace("RS256", "HS256"));
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, anne().x5c(Purpose::Authentication)[0]);
    let tag = Base64UrlUnpadded::encode_string(ring::hmac::sign(&key, symmetric.as_bytes()).as_ref());
    assert_eq!(refused(&bench, &session, format!("{symmetric}.{tag}")).await, code(400, "header"));
    // As long as a signature on P-384, with a key that is RSA's.
    let elliptic = input(&header.replace("RS256", "ES384"));
    let signature = Base64UrlUnpadded::encode_string(&[1; 96]);
    assert_eq!(refused(&bench, &session, format!("{elliptic}.{signature}")).await, code(401, "signature"));
}

#[tokio::test]
async fn a_header_with_any_other_member_is_refused() {
    let bench = Bench::start(None);
    let session = bench.session().await;
    let payload = bench.payload(&session["nonce"]).to_string();
    for (member, value) in [
        ("kid", json!("1")),
        ("jku", json!("https://elsewhere.example.jp/keys")),
        ("jwk", json!({ "kty": "RSA" })),
        ("x5u", json!("https://elsewhere.example.jp/certificate")),
        ("x5t#S256", json!("AAAA")),
        ("crit", json!(["b64"])),
        ("b64", json!(false)),
        ("cty", json!("JWT")),
        ("zip", json!("DEF")),
    ] {
        let mut header: Value = serde_json::from_str(&anne().header(Purpose::Authentication, "proof")).unwrap();
        header[member] = value;
        let statement = anne().statement_of(Purpose::Authentication, &header.to_string(), &payload);
        assert_eq!(refused(&bench, &session, statement).await, code(400, "header"), "{member}");
    }
}

#[tokio::test]
async fn certificates_that_are_not_of_the_profile_are_refused_though_the_authority_signed_them() {
    let bench = Bench::start(None);
    let session = bench.session().await;
    let payload = bench.payload(&session["nonce"]).to_string();
    let [leaf, ca] = anne().x5c(Purpose::Authentication);
    let issued = |from: &[u8], to: &[u8]| authority().sign(Purpose::Authentication, &replaced(body(leaf), from, to)).unwrap();
    let anew = authority().sign(Purpose::Authentication, body(leaf)).unwrap();
    // keyUsage is a BIT STRING in an OCTET STRING: digitalSignature, then keyEncipherment instead (RFC 5280, 4.2.1.3).
    let usage = issued(&[0x04, 0x04, 0x03, 0x02, 0x07, 0x80], &[0x04, 0x04, 0x03, 0x02, 0x05, 0x20]);
    // The last arcs of the policy for authentication, then another number.
    let policy = issued(&[0x08, 0x05, 0x01, 0x00, 0x1E], &[0x08, 0x05, 0x01, 0x00, 0x1F]);
    for (what, x5c, expected) in [
        ("the same, issued anew", [&anew, ca], "nonce"),
        ("another key usage", [&usage, ca], "certificate_profile"),
        ("another policy", [&policy, ca], "certificate_profile"),
        ("a leaf as its own authority", [leaf, leaf], "chain"),
        ("an authority as a person", [ca, ca], "certificate_profile"),
    ] {
        let header = json!({ "alg": "RS256", "typ": "zairyu-proof+jws", "x5c": x5c.map(Base64::encode_string) }).to_string();
        // With a nonce that is not ours: whatever gets as far as that was believed.
        let payload = payload.replace(session["nonce"].as_str().unwrap(), "AAAA");
        let statement = anne().statement_of(Purpose::Authentication, &header, &payload);
        assert_eq!(refused(&bench, &session, statement).await, code(401, expected), "{what}");
    }
}

#[test]
fn a_certificate_cut_off_anywhere_is_none() {
    for purpose in [Purpose::Signing, Purpose::Authentication] {
        let [leaf, _] = anne().x5c(purpose);
        assert!(Certificate::parse(leaf).is_ok());
        for length in 0..leaf.len() {
            assert!(Certificate::parse(&leaf[..length]).is_err(), "{length}");
        }
    }
}

#[test]
fn a_key_that_is_too_short_is_refused_before_anything_else() {
    let folder = tempfile::tempdir().unwrap();
    let openssl = "req -x509 -newkey rsa:1024 -nodes -keyout key -outform DER -out weak.cer -days 2 -subj /CN=weak";
    let made = std::process::Command::new("openssl").args(openssl.split(' ')).current_dir(folder.path()).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let weak = Certificate::parse(&std::fs::read(folder.path().join("weak.cer")).unwrap()).unwrap();
    let now = crate::bench::real_now();
    let refused = check_profile(&weak, &weak, Purpose::Authentication, &Anchors::of(std::slice::from_ref(&weak)), true, now);
    assert_eq!(refused, Err(ProfileFault::KeyTooShort));
}
