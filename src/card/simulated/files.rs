//! Applications and files of a simulated card (jpki-card.md §1), and the applications that identify other kinds of cards (§6).

use super::super::{CardKind, Purpose};
use super::person::Person;
use crate::certificate::Algorithm;

/// Contact ATR, one of those in OpenSC's PR 3744 (jpki-card.md §4).
pub const ATR: [u8; 19] =
    [0x3B, 0xDA, 0x13, 0xFF, 0x81, 0x31, 0xFB, 0x46, 0x80, 0x12, 0x39, 0x2F, 0x31, 0xC1, 0x73, 0xC6, 0x01, 0xC0, 0x3B];

/// ATR that a reader generates for a FeliCa card, which has none of its own (PC/SC part 3, supplemental document): standard 11, FeliCa;
/// card name 003B, FeliCa 212K.
pub(super) const FELICA_ATR: [u8; 20] =
    [0x3B, 0x8F, 0x80, 0x01, 0x80, 0x4F, 0x0C, 0xA0, 0x00, 0x00, 0x03, 0x06, 0x11, 0x00, 0x3B, 0x00, 0x00, 0x00, 0x00, 0x42];

/// AID of the 公的個人認証AP.
pub(super) const JPKI: &[u8] = &[0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01];
const ISD: &[u8] = &[0xA0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00];
const INPUT_SUPPORT: &[u8] = &[0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x08];
const FACE: &[u8] = &[0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x02];
const RESIDENT: &[u8] = &[0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x01];
const COMMON: &[u8] = &[0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x01, 0x00];
// 在留カード DF1 to DF3 (jpki-card.md §6); the first one identifies the card.
const RESIDENCE: &[&[u8]] = &[
    &[0xD3, 0x92, 0xF0, 0x00, 0x4F, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    &[0xD3, 0x92, 0xF0, 0x00, 0x4F, 0x03, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    &[0xD3, 0x92, 0xF0, 0x00, 0x4F, 0x04, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
];
// 運転免許証 DF1 and DF2 (National Police Agency, IC licence specification).
const LICENCE: &[&[u8]] = &[
    &[0xA0, 0x00, 0x00, 0x02, 0x31, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    &[0xA0, 0x00, 0x00, 0x02, 0x31, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
];
// The LDS1 eMRTD application (ICAO Doc 9303-10).
const PASSPORT: &[u8] = &[0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01];
// The payment system environments, contact and contactless (EMV Book 1).
const BANK: &[&[u8]] = &[b"1PAY.SYS.DDF01", b"2PAY.SYS.DDF01"];

/// An application, selected by its AID.
pub(super) struct Application {
    pub(super) aid: &'static [u8],
    pub(super) files: Vec<File>,
}

/// An elementary file.
pub(super) struct File {
    pub(super) id: u16,
    pub(super) body: Body,
}

/// The kind and contents of an elementary file.
pub(super) enum Body {
    /// Data readable by anyone.
    Free(Vec<u8>),
    /// Data protected by a PIN.
    Behind(Purpose, Vec<u8>),
    /// Data that is never readable.
    Closed,
    /// One record.
    Record(Vec<u8>),
    /// A PIN reference.
    Pin(Purpose),
    /// A private key reference.
    Key(Purpose),
}

/// The certificates of a card, in DER; `None` if never issued.
pub(super) struct Certificates {
    pub(super) signing: Option<Vec<u8>>,
    pub(super) authentication: Option<Vec<u8>>,
    pub(super) signing_ca: Vec<u8>,
    pub(super) authentication_ca: Vec<u8>,
}

/// Return the applications of a card of this kind, whose keys are of this algorithm.
pub(super) fn applications(kind: CardKind, person: &Person, algorithm: Algorithm, certificates: Certificates) -> Vec<Application> {
    match kind {
        CardKind::MyNumber => {
            // The label of the next card is not known (jpki-card.md §7): it is assumed to go on counting.
            let label = match algorithm {
                Algorithm::Rs256 => "JPKIAPICCTOKEN2",
                Algorithm::Es384 => "JPKIAPICCTOKEN3",
            };
            let mut list = vec![jpki(label, kind, certificates)];
            list.extend([ISD, INPUT_SUPPORT, FACE, RESIDENT].map(empty));
            list.push(Application { aid: COMMON, files: vec![File { id: 0x0001, body: Body::Record(card_info(person)) }] });
            list
        }
        CardKind::OldResident => vec![jpki("JPKIAPICCTOKEN", kind, certificates), empty(RESIDENT)],
        CardKind::Phone => vec![jpki("JPKIAPGPSETOKEN", kind, certificates), empty(ISD)],
        CardKind::Residence => RESIDENCE.iter().map(|aid| empty(aid)).collect(),
        CardKind::DrivingLicence => LICENCE.iter().map(|aid| empty(aid)).collect(),
        CardKind::Passport => vec![empty(PASSPORT)],
        CardKind::Bank => BANK.iter().map(|aid| empty(aid)).collect(),
        CardKind::Transport | CardKind::Unknown => Vec::new(),
    }
}

fn empty(aid: &'static [u8]) -> Application {
    Application { aid, files: Vec::new() }
}

fn jpki(label: &str, kind: CardKind, certificates: Certificates) -> Application {
    let present = |certificate: &Option<Vec<u8>>| if certificate.is_some() { 0x8F } else { 0x00 };
    let availability = vec![present(&certificates.signing), present(&certificates.authentication), 0x00];
    let authentication = certificates.authentication.unwrap_or_default();
    // A phone's token requires the PIN for this certificate too (jpki-card.md §1).
    let authentication = match kind {
        CardKind::Phone => Body::Behind(Purpose::Authentication, authentication),
        _ => Body::Free(authentication),
    };
    let files = [
        (0x0001, Body::Behind(Purpose::Signing, certificates.signing.unwrap_or_default())),
        (0x0002, Body::Free(certificates.signing_ca)),
        (0x0006, Body::Free(token_info(label))),
        (0x0008, Body::Free(availability)),
        (0x0009, Body::Closed),
        (0x000A, authentication),
        (0x000B, Body::Free(certificates.authentication_ca)),
        (0x0016, Body::Closed),
        (0x0017, Body::Key(Purpose::Authentication)),
        (0x0018, Body::Pin(Purpose::Authentication)),
        (0x001A, Body::Key(Purpose::Signing)),
        (0x001B, Body::Pin(Purpose::Signing)),
    ];
    Application { aid: JPKI, files: files.into_iter().map(|(id, body)| File { id, body }).collect() }
}

/// Encode a CK_TOKEN_INFO of 160 bytes with big-endian words.
fn token_info(label: &str) -> Vec<u8> {
    let mut info = Vec::with_capacity(160);
    for (text, width) in [(label, 32), ("zairyu practice", 32), ("SIMULATED", 16), ("0000000000000000", 16)] {
        info.extend(format!("{text:<width$}").into_bytes());
    }
    // CKF_LOGIN_REQUIRED | CKF_USER_PIN_INITIALIZED | CKF_TOKEN_INITIALIZED; sessions; maximum and minimum PIN length; memory unknown.
    let unknown = u32::MAX;
    for word in [0x0000_040C, 0, unknown, 0, unknown, 16, 4, unknown, unknown, unknown, unknown] {
        info.extend(u32::to_be_bytes(word));
    }
    info.extend(b"0301");
    info.extend(b"                ");
    info
}

/// Encode record 1 of the common application: tag, length, 15 digits of serial number, 5 of municipality code, the last day.
fn card_info(person: &Person) -> Vec<u8> {
    let mut record = vec![0x01, 0x1C];
    record.extend(format!("900000000000001{}20350401", person.office.2).into_bytes());
    record
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_characters_of_the_atrs_are_right() {
        for atr in [&ATR[..], &FELICA_ATR] {
            assert_eq!(atr.iter().skip(1).fold(0, |sum, byte| sum ^ byte), 0);
        }
    }

    #[test]
    fn the_token_info_is_160_bytes_and_the_card_info_30() {
        assert_eq!(token_info("JPKIAPICCTOKEN2").len(), 160);
        assert_eq!(card_info(&super::super::person::ANNE).len(), 30);
    }
}
