//! Statements that somebody forged: other algorithms, other headers, other people's nonces, certificates that no authority would issue.
//! What is merely out of date or damaged stands in tests/service.rs.

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use der::{Decode, Encode};
use serde_json::{Value, json};
use zairyu::card::Purpose;
use zairyu::certificate::{Anchors, Certificate, ProfileError, check_profile};

use crate::bench::{Bench, Signer, anne, authority, body, next_authority, proof, real_now, refusal, replaced};

/// Send a proof, and return how it was refused.
async fn refused(bench: &Bench, session: &Value, statement: String) -> (u16, String) {
    refusal(bench.send(&proof(session), None, statement).await).await
}

fn code(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

/// Write a header with these certificates.
fn header(kind: &str, x5c: [&[u8]; 2]) -> String {
    json!({ "alg": "RS256", "typ": format!("zairyu-{kind}+jws"), "x5c": x5c.map(Base64::encode_string) }).to_string()
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
        let header = header("proof", x5c);
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

#[tokio::test]
async fn a_test_card_does_not_prove_a_session_in_which_another_card_registers() {
    let bench = Bench::start(None);
    let session = bench.session().await;
    let nonce = bench.prove(&session, anne()).await;
    let payload = bench.registration(&nonce, &session["terms"]);
    let [leaf, ca] = anne().x5c(Purpose::Signing);
    // The last arcs of the test policy for signing, then of the real one.
    let real = replaced(body(leaf), &[0x08, 0x05, 0x01, 0x00, 0x14], &[0x08, 0x05, 0x01, 0x01, 0x14]);
    let real = authority().sign(Purpose::Signing, &real).unwrap();
    let statement = anne().statement_of(Purpose::Signing, &header("registration", [&real, ca]), &payload.to_string());
    let answer = bench.send("/v1/registrations", payload["jti"].as_str(), statement).await;
    assert_eq!(refusal(answer).await, code(401, "other_card"));
}

/// Issue a certificate with another key of openssl's kinds, and with all else as it was.
fn issued_for_a_key(leaf: &[u8], kind: &str) -> Vec<u8> {
    let openssl = format!("req -x509 -newkey {kind} -nodes -keyout /dev/null -outform DER -days 2 -subj /CN=other");
    let made = std::process::Command::new("openssl").args(openssl.split(' ')).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let [from, to] = [leaf, &made.stdout].map(|der| {
        let certificate = x509_cert::Certificate::from_der(der).unwrap();
        certificate.tbs_certificate().subject_public_key_info().to_der().unwrap()
    });
    let body = body(leaf);
    let at = (0..body.len()).find(|at| body[*at..].starts_with(&from)).unwrap();
    let fields = [&body[4..at], &to, &body[at + from.len()..]].concat();
    let [high, low] = u16::try_from(fields.len()).unwrap().to_be_bytes();
    authority().sign(Purpose::Authentication, &[&[0x30, 0x82, high, low], fields.as_slice()].concat()).unwrap()
}

#[tokio::test]
async fn keys_that_are_too_short_or_of_another_kind_are_refused() {
    let bench = Bench::start(None);
    let session = bench.session().await;
    let payload = bench.payload(&session["nonce"]).to_string();
    let [leaf, ca] = anne().x5c(Purpose::Authentication);
    let of_authority = Certificate::parse(ca).unwrap();
    let anchors = Anchors::of(std::slice::from_ref(&of_authority));
    for (kind, fault) in [
        ("rsa:1024", ProfileError::KeyTooShort),
        ("rsa:2047", ProfileError::KeyTooShort),
        ("ec -pkeyopt ec_paramgen_curve:P-256", ProfileError::KeyUnsupported),
        ("ed25519", ProfileError::KeyUnsupported),
    ] {
        let other = issued_for_a_key(leaf, kind);
        let checked =
            check_profile(&Certificate::parse(&other).unwrap(), &of_authority, Purpose::Authentication, &anchors, true, real_now());
        assert_eq!(checked, Err(fault), "{kind}");
        let statement = anne().statement_of(Purpose::Authentication, &header("proof", [&other, ca]), &payload);
        assert_eq!(refused(&bench, &session, statement).await, code(401, "certificate_profile"), "{kind}");
    }
}

#[tokio::test]
async fn a_statement_of_the_next_card_is_taken_in_one_form_only() {
    let bench = Bench::start(None);
    let card = Signer::make(next_authority(), "anne", &[]);
    let session = bench.session().await;
    let (header, payload) = (card.header(Purpose::Authentication, "proof"), bench.payload(&session["nonce"]).to_string());
    let statement = card.statement_of(Purpose::Authentication, &header, &payload);
    let (input, right) = statement.rsplit_once('.').unwrap();
    let right = Base64UrlUnpadded::decode_vec(right).unwrap();
    let signed = |signature: &[u8]| format!("{input}.{}", Base64UrlUnpadded::encode_string(signature));
    let (r, s) = right.split_at(48);
    let in_der = [&[0x30, 100, 0x02, 48][..], r, &[0x02, 48], s].concat();
    for (what, signature, expected) in [
        ("in DER", in_der, (400, "malformed")),
        ("a zero too many", [&[0], &right[..]].concat(), (400, "malformed")),
        ("nothing but zeros", vec![0; 96], (401, "signature")),
        ("s before r", [s, r].concat(), (401, "signature")),
        ("of another card", Signer::make(next_authority(), "taro", &[]).sign(Purpose::Authentication, input), (401, "signature")),
        ("of the other key of the card", card.sign(Purpose::Signing, input), (401, "signature")),
    ] {
        assert_eq!(refused(&bench, &session, signed(&signature)).await, code(expected.0, expected.1), "{what}");
    }
    // As long as a signature of RSA, with a key on P-384; then a certificate whose authority is another than it says.
    let rsa = [header.replace("ES384", "RS256"), payload.clone()].map(|part| Base64UrlUnpadded::encode_string(part.as_bytes())).join(".");
    let rsa = format!("{rsa}.{}", Base64UrlUnpadded::encode_string(&[1; 256]));
    assert_eq!(refused(&bench, &session, rsa).await, code(401, "signature"));
    let [leaf, _] = card.x5c(Purpose::Authentication);
    let of_today = self::header("proof", [leaf, anne().x5c(Purpose::Authentication)[1]]).replace("RS256", "ES384");
    let other = card.statement_of(Purpose::Authentication, &of_today, &payload);
    assert_eq!(refused(&bench, &session, other).await, code(401, "chain"));
    bench.prove(&session, &card).await;
}
