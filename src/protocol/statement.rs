//! The signed statement: JWS Compact (RFC 7515) with exactly the header `{alg, typ, x5c}`. Its payloads are in `payload`.
//!
//! This module writes and parses; the service checks signature, certificates, nonce and time.

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::VERSION;
use super::actions::StatementType;
use super::payload::Payload;
use super::problem::Refusal;

/// Maximum size of a statement, in bytes.
pub const LIMIT: usize = 32 * 1024;

/// The signature algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
pub enum Alg {
    /// RSASSA-PKCS1-v1_5 with SHA-256: today's cards, RSA-2048.
    #[serde(rename = "RS256")]
    Rs256,
    /// ECDSA on P-384 with SHA-384: announced for the next card.
    #[serde(rename = "ES384")]
    Es384,
}

impl Alg {
    /// Return the length of the signature in bytes: RSA-2048, or r and s of P-384 (RFC 7518, section 3.4).
    const fn signature_len(self) -> usize {
        match self {
            Alg::Rs256 => 256,
            Alg::Es384 => 96,
        }
    }
}

/// The protected header, with no further members: no `kid`, `jku`, `x5u`, `jwk`, `crit`, `b64`.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "service", derive(schemars::JsonSchema), schemars(rename = "StatementHeader"))]
#[serde(deny_unknown_fields)]
pub(crate) struct Header {
    alg: Alg,
    typ: StatementType,
    /// Leaf and CA: DER in standard base64 (RFC 7515, section 4.1.6).
    x5c: [String; 2],
}

/// Return the signing input, header and payload, for the card to sign. `x5c` is leaf and CA in DER.
pub fn signing_input<P: Payload>(kind: StatementType, alg: Alg, x5c: [&[u8]; 2], payload: &P) -> Result<String, StatementError> {
    if kind.payload() != P::TYPE {
        return Err(StatementError::Payload);
    }
    let header = Header { alg, typ: kind, x5c: x5c.map(Base64::encode_string) };
    let header = serde_json::to_vec(&header).map_err(|_| StatementError::Header)?;
    let payload = serde_json::to_vec(payload).map_err(|_| StatementError::Payload)?;
    Ok(format!("{}.{}", Base64UrlUnpadded::encode_string(&header), Base64UrlUnpadded::encode_string(&payload)))
}

/// Join signing input and signature into the request body.
pub fn compact(signing_input: &str, signature: &[u8]) -> String {
    format!("{signing_input}.{}", Base64UrlUnpadded::encode_string(signature))
}

/// Why a statement cannot be parsed. The service checks signature and certificates later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// More than `LIMIT` bytes.
    #[error("the statement is larger than {} bytes", LIMIT)]
    TooLarge,
    /// Not three parts in strict base64url, or a signature of the wrong length.
    #[error("the statement is not three parts of base64url")]
    Shape,
    /// The header is not exactly `{alg, typ, x5c}`, or has an unknown value.
    #[error("the header is not exactly alg, typ and x5c")]
    Header,
    /// The payload does not match the type of the statement.
    #[error("the payload is not that of its kind")]
    Payload,
}

impl From<StatementError> for Refusal {
    fn from(fault: StatementError) -> Refusal {
        match fault {
            StatementError::TooLarge => Refusal::TooLarge,
            StatementError::Shape | StatementError::Payload => Refusal::Malformed,
            StatementError::Header => Refusal::Header,
        }
    }
}

/// A parsed but unverified statement.
pub struct Received<'a> {
    /// Its type, as stated.
    pub kind: StatementType,
    /// Its signature algorithm, as stated.
    pub alg: Alg,
    /// The signer's certificate, in DER.
    pub leaf: Vec<u8>,
    /// The certificate of its authority, in DER.
    pub ca: Vec<u8>,
    /// The signed text.
    pub signing_input: &'a str,
    /// The signature, of the length that `alg` requires.
    pub signature: Vec<u8>,
    payload: Vec<u8>,
}

/// Parse a statement, except its payload, which must be read only after the signature was verified.
pub fn parse(statement: &str) -> Result<Received<'_>, StatementError> {
    if statement.len() > LIMIT {
        return Err(StatementError::TooLarge);
    }
    let (signing_input, signature) = statement.rsplit_once('.').ok_or(StatementError::Shape)?;
    let (header, payload) = signing_input.split_once('.').ok_or(StatementError::Shape)?;
    let header = unwrap(header)?;
    let payload = unwrap(payload)?;
    let signature = unwrap(signature)?;
    let Header { alg, typ, x5c: [leaf, ca] } = exact(&header).ok_or(StatementError::Header)?;
    if signature.len() != alg.signature_len() {
        return Err(StatementError::Shape);
    }
    let der = |text: &str| Base64::decode_vec(text).map_err(|_| StatementError::Header);
    Ok(Received { kind: typ, alg, leaf: der(&leaf)?, ca: der(&ca)?, signing_input, signature, payload })
}

impl Received<'_> {
    /// Parse the payload. Call only after the signature was verified.
    pub fn payload<P: Payload>(&self) -> Result<P, StatementError> {
        let payload: P = exact(&self.payload).ok_or(StatementError::Payload)?;
        if self.kind.payload() == P::TYPE && payload.version() == VERSION { Ok(payload) } else { Err(StatementError::Payload) }
    }
}

/// Decode base64url without padding. Reject characters outside the alphabet and nonzero trailing bits.
fn unwrap(part: &str) -> Result<Vec<u8>, StatementError> {
    Base64UrlUnpadded::decode_vec(part).map_err(|_| StatementError::Shape)
}

/// Parse JSON that equals the serialisation of `T`. Deserialisation rejects unknown and repeated members; the comparison also rejects what
/// serde tolerates: an array for an object, `null` for an absent member.
fn exact<T: Serialize + DeserializeOwned>(json: &[u8]) -> Option<T> {
    let read: T = serde_json::from_slice(json).ok()?;
    let said: serde_json::Value = serde_json::from_slice(json).ok()?;
    (serde_json::to_value(&read).ok()? == said).then_some(read)
}

#[cfg(test)]
mod tests {
    use super::super::payload::{Address, Head, Proof, Registration};
    use super::super::session::TermsId;
    use super::*;
    use crate::registration::tests::form;
    use crate::registration::{BirthDate, Category, Form};
    use proptest::prelude::*;
    use uuid::Uuid;

    const LEAF: &[u8] = b"leaf certificate";
    const CA: &[u8] = b"its authority";

    fn head() -> Head {
        Head {
            aud: "https://example.jp".into(),
            nonce: "bm9uY2U".into(),
            iat: 1_795_000_000,
            jti: Uuid::from_u128(7),
            client: "zairyu/0.1.0".into(),
        }
    }

    fn registration() -> Registration {
        // Of a birth date that is known in part, only that part goes over the wire.
        let birth_date = BirthDate::from_wire("1990-04").unwrap();
        let form = Form { birth_date, category: Category::Family, residence_card: None, ..form() };
        Registration::new(head(), form, TermsId { version: "2026-11".into(), sha256: "00".into() }, "en".into())
    }

    fn with_parts(header: &str, payload: &str) -> String {
        let [header, payload] = [header, payload].map(|part| Base64UrlUnpadded::encode_string(part.as_bytes()));
        compact(&format!("{header}.{payload}"), &[1; 256])
    }

    fn header(members: &str) -> Result<StatementType, StatementError> {
        parse(&with_parts(members, "{}")).map(|received| received.kind)
    }

    fn proof(payload: &str) -> Result<Proof, StatementError> {
        let statement = with_parts(r#"{"alg":"RS256","typ":"zairyu-proof+jws","x5c":["bGVhZg==","Y2E="]}"#, payload);
        parse(&statement).and_then(|received| received.payload())
    }

    #[test]
    fn what_the_terminal_writes_the_service_reads() {
        let input = signing_input(StatementType::Registration, Alg::Rs256, [LEAF, CA], &registration()).unwrap();
        let statement = compact(&input, &[0xAB; 256]);
        let received = parse(&statement).unwrap();
        assert_eq!((received.kind, received.alg), (StatementType::Registration, Alg::Rs256));
        assert_eq!((received.leaf.as_slice(), received.ca.as_slice()), (LEAF, CA));
        assert_eq!((received.signing_input, received.signature.as_slice()), (input.as_str(), [0xAB; 256].as_slice()));
        let payload: Registration = received.payload().unwrap();
        assert_eq!(payload, registration());
        assert_eq!(payload.head(), head());
    }

    #[test]
    fn a_statement_of_one_kind_is_nothing_where_another_is_wanted() {
        assert_eq!(signing_input(StatementType::Proof, Alg::Rs256, [LEAF, CA], &registration()), Err(StatementError::Payload));
        let input = signing_input(StatementType::Registration, Alg::Rs256, [LEAF, CA], &registration()).unwrap();
        let statement = compact(&input, &[0; 256]);
        assert_eq!(parse(&statement).unwrap().payload::<Proof>(), Err(StatementError::Payload));
        assert_eq!(parse(&statement).unwrap().payload::<Address>(), Err(StatementError::Payload));
    }

    #[test]
    fn the_header_has_exactly_its_three_members() {
        assert_eq!(header(r#"{"alg":"RS256","typ":"zairyu-link+jws","x5c":["bGVhZg==","Y2E="]}"#), Ok(StatementType::Link));
        for wrong in [
            r#"{"alg":"none","typ":"zairyu-proof+jws","x5c":["bGVhZg==","Y2E="]}"#,
            r#"{"alg":"HS256","typ":"zairyu-proof+jws","x5c":["bGVhZg==","Y2E="]}"#,
            r#"{"alg":"RS256","typ":"JWT","x5c":["bGVhZg==","Y2E="]}"#,
            r#"{"alg":"RS256","typ":"zairyu-proof+jws","x5c":["bGVhZg=="]}"#,
            r#"{"alg":"RS256","typ":"zairyu-proof+jws","x5c":["bGVhZg==","Y2E=","Y2E="]}"#,
            r#"{"alg":"RS256","typ":"zairyu-proof+jws","x5c":["bGVhZg","Y2E"]}"#,
            r#"{"alg":"RS256","typ":"zairyu-proof+jws","x5c":["bGVhZg==","Y2E="],"kid":"1"}"#,
            r#"{"alg":"RS256","typ":"zairyu-proof+jws","x5c":["bGVhZg==","Y2E="],"crit":["b64"],"b64":false}"#,
            r#"{"alg":"RS256","alg":"RS256","typ":"zairyu-proof+jws","x5c":["bGVhZg==","Y2E="]}"#,
            r#"{"alg":"RS256","typ":"zairyu-proof+jws"}"#,
            r#"["RS256","zairyu-proof+jws",["bGVhZg==","Y2E="]]"#,
            r#"{"alg":"RS256","typ":"zairyu-proof+jws","x5c":["bGVhZg==","Y2E="]} {}"#,
            "\u{feff}{\"alg\":\"RS256\",\"typ\":\"zairyu-proof+jws\",\"x5c\":[\"bGVhZg==\",\"Y2E=\"]}",
        ] {
            assert_eq!(header(wrong), Err(StatementError::Header), "{wrong}");
        }
    }

    #[test]
    fn a_payload_with_unknown_repeated_or_missing_members_is_refused() {
        let right = r#"{"v":1,"aud":"a","nonce":"n","iat":5,"jti":"00000000-0000-0000-0000-000000000007","client":"c"}"#;
        assert_eq!(proof(right).unwrap().head().iat, 5);
        for (from, to) in [
            (r#""v":1"#, r#""v":2"#),
            (r#""v":1,"#, ""),
            (r#""v":1"#, r#""v":1,"v":1"#),
            (r#""nonce":"n""#, r#""nonce":"n","\u006eonce":"m""#),
            (r#""client":"c""#, r#""client":"c","admin":true"#),
            (r#""iat":5"#, r#""iat":5.0"#),
            (r#""iat":5"#, r#""iat":"5""#),
            ("0007", "000"),
        ] {
            let wrong = right.replacen(from, to, 1);
            assert_eq!(proof(&wrong), Err(StatementError::Payload), "{wrong}");
        }
    }

    #[test]
    fn members_inside_the_form_are_as_strict_as_those_outside() {
        let right = serde_json::to_string(&registration()).unwrap();
        let read = |payload: &str| {
            let head = r#"{"alg":"RS256","typ":"zairyu-registration+jws","x5c":["bGVhZg==","Y2E="]}"#;
            parse(&with_parts(head, payload)).and_then(|received| received.payload::<Registration>())
        };
        assert_eq!(read(&right), Ok(registration()));
        for (from, to) in [
            (r#""category":"family""#, r#""category":"family","residence_card":null"#),
            (r#""category":"family""#, r#""category":"family","category":"foreign_national""#),
            (r#""category":"family""#, r#""category":"family","note":"""#),
            (r#"{"version":"2026-11","sha256":"00"}"#, r#"["2026-11","00"]"#),
            (r#""sha256":"00""#, r#""sha256":"00","sha256":"01""#),
        ] {
            let wrong = right.replacen(from, to, 1);
            assert_ne!(wrong, right);
            assert_eq!(read(&wrong), Err(StatementError::Payload), "{wrong}");
        }
    }

    #[test]
    fn base64url_is_strict_and_the_size_is_bounded() {
        let statement = with_parts(r#"{"alg":"RS256","typ":"zairyu-proof+jws","x5c":["bGVhZg==","Y2E="]}"#, "{}");
        assert!(parse(&statement).is_ok());
        for wrong in [
            format!("{statement}="),
            format!("{statement}\n"),
            statement.replacen('.', "..", 1),
            statement.replacen('.', "", 1),
            format!("{statement}.AA"),
            compact("e30.e30", &[0; 0]),
            "..".to_owned(),
            String::new(),
        ] {
            assert!(parse(&wrong).is_err(), "{wrong}");
        }
        // 256 bytes end in a group of one byte, encoded as two characters, whose last four bits must be zero.
        let loose = format!("{}R", statement.strip_suffix('Q').unwrap());
        assert_eq!(parse(&loose).map(|received| received.alg), Err(StatementError::Shape));
        assert_eq!(parse(&"a".repeat(LIMIT + 1)).map(|received| received.alg), Err(StatementError::TooLarge));
    }

    #[test]
    fn a_signature_is_as_long_as_its_algorithm_says() {
        let input = signing_input(StatementType::Proof, Alg::Es384, [LEAF, CA], &Proof::new(head())).unwrap();
        assert!(parse(&compact(&input, &[1; 96])).is_ok());
        for length in [0, 95, 97, 256] {
            assert_eq!(parse(&compact(&input, &vec![1; length])).map(|received| received.alg), Err(StatementError::Shape));
        }
    }

    proptest! {
        #[test]
        fn nothing_that_is_sent_makes_the_reader_panic(text in "\\PC{0,200}", header in "\\PC{0,80}", payload in "\\PC{0,80}") {
            let _ = parse(&text);
            if let Ok(received) = parse(&with_parts(&header, &payload)) {
                let _ = received.payload::<Registration>();
            }
            let _ = proof(&payload);
        }
    }
}
