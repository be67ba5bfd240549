//! Whatever is sent as a signed statement: what is read is exactly what was written, and nothing verifies but what the card has signed.

use std::sync::LazyLock;

use base64ct::{Base64, Base64UrlUnpadded, Encoding};

use super::certificate::LEAVES;
use super::shared::{anchors, edited, joined, now, parts, pin, root, slot, today};
use zairyu::card::jpki::Jpki;
use zairyu::card::simulated::SIGNING_PIN;
use zairyu::card::simulated::slot::READER;
use zairyu::card::{Access, Purpose};
use zairyu::certificate::{Algorithm, Certificate, check_profile};
use zairyu::protocol::payload::{Address, Link, Payload, Proof, Registration};
use zairyu::protocol::statement::{Alg, LIMIT, Received, compact, parse};
use zairyu::registration::check_form;

const PAYLOADS: [(&str, &str); 4] = [
    (
        "zairyu-proof+jws",
        r#"{"v":1,"aud":"https://example.jp","nonce":"bm9uY2U","iat":1795000000,"jti":"00000000-0000-0000-0000-000000000007","client":"c"}"#,
    ),
    (
        "zairyu-registration+jws",
        r#"{"v":1,"aud":"https://example.jp","nonce":"bm9uY2U","iat":1795000000,"jti":"00000000-0000-0000-0000-000000000007","client":"c","form":{"name":"MONTGOMERY ANNE","sex":"female","birth_date":"1990-04-01","municipality":"13104","address_line":"西新宿２－８－１","phone":"09012345678","email":"anne@example.jp","category":"foreign_national","residence_card":"AB12345678CD"},"terms":{"version":"2026-11","sha256":"00"},"language":"en"}"#,
    ),
    (
        "zairyu-address+jws",
        r#"{"v":1,"aud":"https://example.jp","nonce":"bm9uY2U","iat":1795000000,"jti":"00000000-0000-0000-0000-000000000007","client":"c","email":"anne@example.jp"}"#,
    ),
    (
        "zairyu-link+jws",
        r#"{"v":1,"aud":"https://example.jp","nonce":"bm9uY2U","iat":1795000000,"jti":"00000000-0000-0000-0000-000000000007","client":"c","authentication_id":"A1B2C3D4E5","login":"bG9naW4"}"#,
    ),
];

fn header(kind: &str) -> String {
    format!(r#"{{"alg":"ES384","typ":"{kind}","x5c":["{{leaf}}","{{ca}}"]}}"#)
}

/// Statements that the card has signed.
static SIGNED: LazyLock<Vec<String>> = LazyLock::new(|| {
    // The certificates of the card that signs, and of no other.
    let mut card = Jpki::open(&mut slot().port(), READER, Access::Exclusive).expect("a card");
    card.read_status().expect("a status");
    card.verify(pin(Purpose::Signing, SIGNING_PIN)).expect("the right PIN");
    let leaf = card.certificate(Purpose::Signing, &mut |_, _| {}).expect("a certificate");
    let sign = |(kind, payload): &(&str, &str)| {
        let header = header(kind)
            .replace("{leaf}", &Base64::encode_string(&leaf))
            .replace("{ca}", &Base64::encode_string(root(Purpose::Signing).der()));
        let input = [header.as_bytes(), payload.as_bytes()].map(Base64UrlUnpadded::encode_string).join(".");
        compact(&input, &card.sign(Purpose::Signing, Algorithm::Es384, input.as_bytes()).expect("a signature"))
    };
    PAYLOADS.iter().map(sign).collect()
});

/// A statement of these parts: header, payload, signature. In the header, certificates are named.
fn written(data: &[u8]) -> String {
    let mut parts = parts(data);
    let mut next = || parts.next().unwrap_or_default();
    let header = String::from_utf8_lossy(next());
    let header = header
        .replace("{leaf}", &Base64::encode_string(LEAVES[0].der()))
        .replace("{ca}", &Base64::encode_string(root(Purpose::Signing).der()));
    let (payload, mut signature) = (next(), next().to_vec());
    // Of the length that it must have, unless it says otherwise.
    if signature.len() < 90 {
        signature.resize(if header.contains("RS256") { 256 } else { 96 }, 7);
    }
    compact(&[header.as_bytes(), payload].map(Base64UrlUnpadded::encode_string).join("."), &signature)
}

pub fn run(data: &[u8]) {
    let Some((mode, rest)) = data.split_first() else { return };
    match mode % 3 {
        0 => drop(std::str::from_utf8(rest).map(check)),
        1 => check(&written(rest)),
        _ => {
            let signed = &SIGNED[usize::from(mode / 3) % SIGNED.len()];
            drop(String::from_utf8(edited(signed.clone().into_bytes(), rest)).map(|text| check(&text)));
        }
    }
}

fn check(text: &str) {
    let Ok(received) = parse(text) else { return };
    assert!(text.len() <= LIMIT);
    assert_eq!(compact(received.signing_input, &received.signature), text, "two texts for one statement");
    let of_kinds = [
        payload::<Proof>(&received).is_some(),
        payload::<Registration>(&received).is_some_and(|read| {
            let _ = check_form(&read.form, today());
            true
        }),
        payload::<Address>(&received).is_some(),
        payload::<Link>(&received).is_some(),
    ];
    assert!(of_kinds.iter().filter(|read| **read).count() <= 1, "a statement of two kinds");
    let (Ok(leaf), Ok(authority)) = (Certificate::parse(&received.leaf), Certificate::parse(&received.ca)) else { return };
    let algorithm = match received.alg {
        Alg::Rs256 => Algorithm::Rs256,
        Alg::Es384 => Algorithm::Es384,
    };
    let trusted = check_profile(&leaf, &authority, Purpose::Signing, &anchors(), true, now()).is_ok();
    if trusted && leaf.verify(received.signing_input.as_bytes(), &received.signature, algorithm) {
        let known = SIGNED.iter().filter_map(|signed| signed.rsplit_once('.')).any(|(input, _)| input == received.signing_input);
        assert!(known, "a forged statement");
    }
}

fn payload<P: Payload>(received: &Received<'_>) -> Option<P> {
    let read = received.payload::<P>().ok()?;
    assert_eq!(received.kind.payload(), P::TYPE);
    assert_eq!(read.version(), zairyu::protocol::VERSION);
    Some(read)
}

pub fn seeds() -> Vec<Vec<u8>> {
    let parts = PAYLOADS.map(|(kind, payload)| [&[1], joined(&[header(kind).as_bytes(), payload.as_bytes(), b""]).as_slice()].concat());
    assert!(parts.iter().all(|seed| parse(&written(&seed[1..])).is_ok()));
    let signed = SIGNED.iter().map(|text| [&[0], text.as_bytes()].concat());
    parts.into_iter().chain(signed).chain([vec![2], vec![5, 1, 0, 90, 3], vec![2, 3, 255, 255, 0]]).collect()
}
