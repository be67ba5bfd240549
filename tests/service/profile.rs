//! Certificates that the authority has signed, each with one defect: none is taken, and each is told why.

use std::sync::{Arc, Mutex};

use base64ct::{Base64, Encoding};
use der::asn1::ObjectIdentifier;
use der::{Any, Decode, Encode, Tag, Tagged};
use serde_json::{Value, json};
use zairyu::card::Purpose;
use zairyu::certificate::{Anchors, Certificate, ProfileError, check_profile};
use zairyu::service::Options;

use crate::bench::{Bench, anne, authority, body, proof, real_now};

const KEY_USAGE: &str = "2.5.29.15";
const BASIC_CONSTRAINTS: &str = "2.5.29.19";
const EXTENDED_KEY_USAGE: &str = "2.5.29.37";
const COMMON_NAME: &[u8] = &[0x06, 0x03, 0x55, 0x04, 0x03];

/// The members of a TBSCertificate of version 3 (RFC 5280, 4.1), or of a sequence inside it.
type Parts = Vec<Any>;

const VERSION: usize = 0;
const SERIAL: usize = 1;
const ISSUER: usize = 3;
const SUBJECT: usize = 5;
const EXTENSIONS: usize = 7;

/// Issue a certificate anew, with one change.
fn issued(purpose: Purpose, change: impl Fn(&mut Parts)) -> Vec<u8> {
    let mut parts = Parts::from_der(body(anne().x5c(purpose)[0])).unwrap();
    change(&mut parts);
    authority().sign(purpose, &parts.to_der().unwrap()).unwrap()
}

/// Change the extensions.
fn extensions(parts: &mut Parts, change: impl Fn(&mut Parts)) {
    let mut list = Parts::from_der(parts[EXTENSIONS].value()).unwrap();
    change(&mut list);
    parts[EXTENSIONS] = Any::new(parts[EXTENSIONS].tag(), list.to_der().unwrap()).unwrap();
}

/// Write an extension in place of those of its kind.
fn extension(parts: &mut Parts, id: &str, content: &[u8]) {
    let id = ObjectIdentifier::new(id).unwrap().to_der().unwrap();
    extensions(parts, |list| {
        list.retain(|one| !one.value().starts_with(&id));
        let content = Any::new(Tag::OctetString, content).unwrap().to_der().unwrap();
        list.push(Any::new(Tag::Sequence, [&id, [0x01, 0x01, 0xFF].as_slice(), &content].concat()).unwrap());
    });
}

/// Change the relative distinguished names of the subject: how many there are of each is not what a defect shows otherwise.
fn subject(parts: &mut Parts, change: impl Fn(&mut Parts)) {
    let mut names = Parts::from_der(&parts[SUBJECT].to_der().unwrap()).unwrap();
    change(&mut names);
    parts[SUBJECT] = Any::new(Tag::Sequence, names.iter().flat_map(|name| name.to_der().unwrap()).collect::<Vec<_>>()).unwrap();
}

/// Return the common name among relative distinguished names, and another one.
fn common_names(names: &Parts) -> (usize, [Vec<u8>; 2]) {
    let at = names.iter().position(|name| name.value().windows(COMMON_NAME.len()).any(|part| part == COMMON_NAME)).unwrap();
    let one = names[at].value().to_vec();
    let mut other = one.clone();
    *other.last_mut().unwrap() += 1;
    (at, [one, other])
}

fn integer(content: &[u8]) -> Any {
    Any::new(Tag::Integer, content).unwrap()
}

/// A change of a certificate for a purpose.
type Change = Box<dyn Fn(&mut Parts, Purpose)>;

/// A change of a certificate for any purpose.
type AnyChange<'a> = &'a dyn Fn(&mut Parts);

/// Every defect: what it is, its reason, its code, and how it is made.
fn defects() -> Vec<(String, &'static str, &'static str, Change)> {
    fn profile(
        what: &str,
        reason: &'static str,
        change: impl Fn(&mut Parts, Purpose) + 'static,
    ) -> (String, &'static str, &'static str, Change) {
        (what.to_owned(), reason, "certificate_profile", Box::new(change))
    }
    let usage = |content: [u8; 4]| move |parts: &mut Parts, _| extension(parts, KEY_USAGE, &content);
    let use_of = |content: &'static [u8]| move |parts: &mut Parts, _| extension(parts, EXTENDED_KEY_USAGE, content);
    let serial = |content: Vec<u8>| move |parts: &mut Parts, _| parts[SERIAL] = integer(&content);
    let mut defects = vec![
        profile("CA:TRUE", "ca_certificate", |parts, _| extension(parts, BASIC_CONSTRAINTS, &[0x30, 0x03, 0x01, 0x01, 0xFF])),
        // digitalSignature, nonRepudiation, and keyCertSign or cRLSign.
        profile("keyCertSign", "ca_key_usage", usage([0x03, 0x02, 0x02, 0xC4])),
        profile("cRLSign", "ca_key_usage", usage([0x03, 0x02, 0x01, 0xC2])),
        profile("keyEncipherment only", "key_usage", usage([0x03, 0x02, 0x05, 0x20])),
        profile("keyUsage that is no BIT STRING", "malformed_extension", usage([0x04, 0x02, 0x07, 0x80])),
        // serverAuth; then the use of the other purpose: clientAuth or documentSigning.
        profile("for servers", "extended_key_usage", use_of(b"\x30\x0A\x06\x08\x2B\x06\x01\x05\x05\x07\x03\x01")),
        profile("for the other purpose", "extended_key_usage", |parts, purpose| {
            let last = if purpose == Purpose::Signing { 2 } else { 36 };
            extension(parts, EXTENDED_KEY_USAGE, &[b"\x30\x0A\x06\x08\x2B\x06\x01\x05\x05\x07\x03".as_slice(), &[last]].concat());
        }),
        profile("extendedKeyUsage of a text", "malformed_extension", use_of(b"\x0C\x01A")),
        profile("extendedKeyUsage of nothing", "malformed_extension", use_of(b"\x30\x00")),
        profile("version 1 with extensions", "version", |parts, _| drop(parts.remove(VERSION))),
        profile("version 2 with extensions", "version", |parts, _| {
            parts[VERSION] = Any::new(parts[VERSION].tag(), integer(&[1]).to_der().unwrap()).unwrap();
        }),
        profile("serial number 0", "serial_number", serial(vec![0])),
        profile("serial number -1", "serial_number", serial(vec![0xFF])),
        profile("serial number -2^159", "serial_number", serial([vec![0x80], vec![0; 19]].concat())),
        profile("serial number of 21 octets", "serial_number", serial([vec![0x00], vec![0xFF; 20]].concat())),
        profile("serial number of 30 octets", "serial_number", serial(vec![0x01; 30])),
        profile("two common names", "common_name", |parts, _| {
            subject(parts, |names| {
                let (_, [_, other]) = common_names(names);
                names.push(Any::new(Tag::Set, other).unwrap());
            });
        }),
        profile("two common names in one part", "common_name", |parts, _| {
            subject(parts, |names| {
                let (at, both) = common_names(names);
                names[at] = Any::new(Tag::Set, both.concat()).unwrap();
            });
        }),
        profile("no common name", "common_name", |parts, _| subject(parts, |names| drop(names.remove(common_names(names).0)))),
    ];
    let chain = |what: &str, change: fn(&mut Parts, Purpose)| (what.to_owned(), "issuer_name", "chain", Box::new(change) as Change);
    defects.push(chain("no issuer", |parts, _| parts[ISSUER] = Any::new(Tag::Sequence, []).unwrap()));
    defects.push(chain("the holder as issuer", |parts, _| parts[ISSUER] = parts[SUBJECT].clone()));
    defects.push(chain("another authority as issuer", |parts, purpose| {
        let other = if purpose == Purpose::Signing { Purpose::Authentication } else { Purpose::Signing };
        parts[ISSUER] = Parts::from_der(body(authority().certificate(other))).unwrap()[SUBJECT].clone();
    }));
    // Whatever is there, once more; the user-authentication certificate has the most.
    for at in 0..8 {
        defects.push(profile(&format!("extension {at} twice"), "doubled_extension", move |parts, _| {
            extensions(parts, |list| list.push(list[at % list.len()].clone()));
        }));
    }
    defects
}

/// Return why a certificate is refused, if it is.
fn reason(purpose: Purpose, leaf: &[u8]) -> Option<&'static str> {
    let of_authority = Certificate::parse(authority().certificate(purpose)).unwrap();
    let anchors = Anchors::of(std::slice::from_ref(&of_authority));
    let checked = Certificate::parse(leaf)
        .map_err(ProfileError::from)
        .and_then(|leaf| check_profile(&leaf, &of_authority, purpose, &anchors, true, real_now()));
    checked.err().map(ProfileError::word)
}

#[test]
fn a_certificate_with_one_defect_is_refused_for_that_reason() {
    for purpose in [Purpose::Signing, Purpose::Authentication] {
        for (what, expected, _, change) in defects() {
            let leaf = issued(purpose, |parts| change(parts, purpose));
            assert_eq!(reason(purpose, &leaf), Some(expected), "{purpose:?}, {what}");
        }
    }
}

#[test]
fn what_the_profile_leaves_open_is_taken() {
    for purpose in [Purpose::Signing, Purpose::Authentication] {
        let taken: [(&str, AnyChange<'_>); 5] = [
            ("as it was", &|_| ()),
            ("a serial number of 20 octets", &|parts| parts[SERIAL] = integer(&[0x7F; 20])),
            ("CA:FALSE", &|parts| extension(parts, BASIC_CONSTRAINTS, &[0x30, 0x00])),
            ("no extendedKeyUsage", &|parts| {
                let id = ObjectIdentifier::new(EXTENDED_KEY_USAGE).unwrap().to_der().unwrap();
                extensions(parts, |list| list.retain(|one| !one.value().starts_with(&id)));
            }),
            ("anyExtendedKeyUsage", &|parts| extension(parts, EXTENDED_KEY_USAGE, b"\x30\x06\x06\x04\x55\x1D\x25\x00")),
        ];
        for (what, change) in taken {
            assert_eq!(reason(purpose, &issued(purpose, change)), None, "{purpose:?}, {what}");
        }
    }
}

#[tokio::test]
async fn the_service_refuses_each_defect_with_its_reason_and_tells_its_operator() {
    let mut bench = Bench::start(None);
    let lines: Arc<Mutex<Vec<String>>> = Arc::default();
    let written = Arc::clone(&lines);
    bench.run(Options { log: Arc::new(move |line| written.lock().unwrap().push(line.to_owned())), ..bench.options() });
    let session = bench.session().await;
    // With a nonce that is not the service's: whatever gets as far as that was believed.
    let nonce = json!("AAAA");
    for purpose in [Purpose::Signing, Purpose::Authentication] {
        let (kind, path, payload) = match purpose {
            Purpose::Signing => ("registration", "/v1/registrations".to_owned(), bench.registration(&nonce, &session["terms"])),
            Purpose::Authentication => ("proof", proof(&session), bench.payload(&nonce)),
        };
        let sent = async |leaf: &[u8]| {
            let x5c = [leaf, authority().certificate(purpose)].map(Base64::encode_string);
            let header = json!({ "alg": "RS256", "typ": format!("zairyu-{kind}+jws"), "x5c": x5c }).to_string();
            let statement = anne().statement_of(purpose, &header, &payload.to_string());
            bench
                .send(&path, payload["jti"].as_str().filter(|_| purpose == Purpose::Signing), statement)
                .await
                .json::<Value>()
                .await
                .unwrap()
        };
        let believed = sent(&issued(purpose, |_| ())).await;
        assert_eq!((&believed["code"], &believed["reason"]), (&json!("nonce"), &Value::Null), "{purpose:?}");
        lines.lock().unwrap().clear();
        for (what, reason, code, change) in defects() {
            let problem = sent(&issued(purpose, |parts| change(parts, purpose))).await;
            assert_eq!((&problem["status"], &problem["code"], &problem["reason"]), (&json!(401), &json!(code), &json!(reason)), "{what}");
            assert!(problem["detail"].as_str().unwrap().contains(&format!(" {reason}: ")), "{problem}");
            let told = std::mem::take(&mut *lines.lock().unwrap());
            assert_eq!(told, [format!("certificate refused: {reason}")], "{what}");
        }
    }
}
