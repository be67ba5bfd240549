//! Whatever stands in a certificate, it is read or refused; what is read of the holder can be shown, and fits the form or is told.

use std::sync::LazyLock;

use super::shared::{AUTHORITY, anchors, edited, joined, now, parts, pin, root, slot, today};
use zairyu::card::jpki::Jpki;
use zairyu::card::simulated::slot::READER;
use zairyu::card::simulated::{AUTHENTICATION_PIN, SIGNING_PIN};
use zairyu::card::{Access, Purpose};
use zairyu::certificate::revocation::{Crl, ocsp};
use zairyu::certificate::{Certificate, LIMIT, check_profile};
use zairyu::registration::holder::{is_somebody_else, of_card, offer};
use zairyu::registration::{FieldId, Form, fold, rule};

/// The certificates of a card: signing, user authentication.
pub static LEAVES: LazyLock<[Certificate; 2]> = LazyLock::new(|| {
    let mut card = Jpki::open(&mut slot().port(), READER, Access::Exclusive).expect("a card");
    card.read_status().expect("a status");
    [(Purpose::Signing, SIGNING_PIN), (Purpose::Authentication, AUTHENTICATION_PIN)].map(|(purpose, typed)| {
        card.verify(pin(purpose, typed)).expect("the right PIN");
        Certificate::parse(&card.certificate(purpose, &mut |_, _| {}).expect("a certificate")).expect("a good one")
    })
});

pub fn run(data: &[u8]) {
    let Some((mode, rest)) = data.split_first() else { return };
    match mode % 4 {
        0 => read(rest),
        1 => read(&edited(LEAVES[usize::from(mode / 4 % 2)].der().to_vec(), rest)),
        2 => read(&with_names(rest)),
        _ => revocation(rest),
    }
}

fn read(der: &[u8]) {
    let Ok(read) = Certificate::parse(der) else { return };
    assert_eq!(read.der(), der);
    assert!(der.len() <= LIMIT);
    let known = LEAVES.iter().any(|leaf| leaf.der() == der);
    for purpose in [Purpose::Signing, Purpose::Authentication] {
        let accepted = check_profile(&read, root(purpose), purpose, &anchors(), true, now());
        // What else is signed by an authority whose key is ours alone?
        assert!(accepted.is_err() || known, "a forged certificate");
        assert!(check_profile(&read, root(purpose), purpose, &anchors(), false, now()).is_err(), "a test card");
        assert!(check_profile(&read, &read, purpose, &anchors(), true, now()).is_err(), "its own authority");
    }
    assert!(read.validity().from >= 0 && read.validity().until >= 0);
    assert!(read.common_name().is_none_or(|name| !name.is_empty()));
    assert_eq!(read.algorithm().is_some(), read.key() != zairyu::certificate::Key::Unknown);
    let holder = read.holder();
    for text in [&holder.name, &holder.address].into_iter().flatten() {
        assert!(!text.chars().any(char::is_control) && text.chars().count() <= 200, "{text:?}");
    }
    // What the card offers for the form, if anything, is in stored form, and the rules say what they think of it.
    let offered = offer(&holder);
    if let Some(code) = &offered.municipality {
        assert_eq!(rule::municipality(code).as_deref(), Ok(code.as_str()));
    }
    if let Some(line) = &offered.address_line {
        assert_eq!(&fold::fold(FieldId::AddressLine, line).value, line);
        let _ = rule::address_line(line, offered.municipality.as_deref().unwrap_or_default());
    }
    if let Some(date) = offered.birth_date {
        let _ = rule::birth_date(&date.digits(), today());
    }
    let form: Form = serde_json::from_str(include_str!("../../common/form.json")).expect("a form");
    is_somebody_else(&holder, &form);
    zairyu::registration::holder::differences(&holder, &form);
    of_card(&holder, &LEAVES[0].holder());
}

fn revocation(data: &[u8]) {
    let authority = root(Purpose::Signing);
    let _ = ocsp::address(&LEAVES[0]);
    assert!(ocsp::answer(data, &LEAVES[0], authority, &[7; 32], now()).is_err(), "a forged answer");
    assert!(Crl::read(data, authority, now()).is_err(), "a forged list");
}

/// Encode an object in DER.
fn object(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let [high, low] = u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes();
    let head = match length {
        0..=0x7F => vec![tag, low],
        0x80..=0xFF => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };
    [&head, content].concat()
}

/// The objects in an object in DER, each with its header.
fn inside(der: &[u8]) -> Vec<&[u8]> {
    fn lengths(der: &[u8]) -> (usize, usize) {
        match der {
            [_, 0x82, high, low, ..] => (4, usize::from(u16::from_be_bytes([*high, *low]))),
            [_, 0x81, length, ..] => (3, usize::from(*length)),
            [_, length, ..] => (2, usize::from(*length)),
            _ => (der.len(), 0),
        }
    }
    let (head, length) = lengths(der);
    let mut rest = &der[head..head + length];
    let mut found = Vec::new();
    while !rest.is_empty() {
        let (head, length) = lengths(rest);
        let (first, after) = rest.split_at(head + length);
        found.push(first);
        rest = after;
    }
    found
}

/// The card's signing certificate with other names: each part is the last number of an OID, the tag of the value, and the value.
fn with_names(data: &[u8]) -> Vec<u8> {
    /// 1.2.392.200149.8.5.5, which the number follows; 2.5.29.17; id-ce-subjectAltName.
    const ARC: [u8; 10] = [0x2A, 0x83, 0x08, 0x8C, 0x9B, 0x55, 0x08, 0x05, 0x05, 0x00];
    const SUBJECT_ALT_NAME: [u8; 3] = [0x55, 0x1D, 0x11];
    let name = |part: &[u8]| {
        let [number, tag, value @ ..] = part else { return object(0x82, part) };
        let [arc @ .., _] = ARC;
        let tag = if *tag == b'u' { 0x0C } else { *tag };
        let id = object(0x06, &[&arc[..], &[number & 0x7F]].concat());
        object(0xA0, &[id, object(0xA0, &object(tag, value))].concat())
    };
    let names: Vec<u8> = parts(data).flat_map(name).collect();
    let extension = object(0x30, &[object(0x06, &SUBJECT_ALT_NAME), object(0x04, &object(0x30, &names))].concat());
    let whole = inside(LEAVES[0].der());
    let [signed, rest @ ..] = whole.as_slice() else { return Vec::new() };
    let mut members: Vec<Vec<u8>> = inside(signed).into_iter().map(<[u8]>::to_vec).collect();
    members.pop();
    members.push(object(0xA3, &object(0x30, &extension)));
    object(0x30, &[object(0x30, &members.concat()), rest.concat()].concat())
}

pub fn seeds() -> Vec<Vec<u8>> {
    let [signing, authentication] = &*LEAVES;
    let names: [&[u8]; 6] = [
        "\u{1}uＭＯＮＴＧＯＭＥＲＹ　ＡＮＮＥ".as_bytes(),
        b"\x02u0000",
        b"\x03u2",
        b"\x04u419900401",
        "\u{5}u東京都新宿区西新宿２－８－１".as_bytes(),
        b"\x06u000",
    ];
    let named = [&[2], joined(&names).as_slice()].concat();
    assert!(Certificate::parse(&with_names(&named[1..])).expect("a certificate").holder().birth.is_some());
    let question = ocsp::question(signing, root(Purpose::Signing), &[7; 32]).expect("a question");
    vec![
        [&[0], signing.der()].concat(),
        [&[0], authentication.der()].concat(),
        [&[0], AUTHORITY.certificate(Purpose::Signing)].concat(),
        vec![1, 0, 0, 20, 7],
        vec![5, 2, 1, 0, 3],
        named,
        [&[2], "\u{1}uヤマダ　ハナコ（山田）\u{1e}\u{5}u神奈川県鎌倉市御成町１８－１０\u{1e}\u{4}u319450000".as_bytes()].concat(),
        [&[3], question.as_slice()].concat(),
        [&[3], signing.der()].concat(),
    ]
}
