//! X.509 certificates of the JPKI profile: holder, validity, key, usage, policy, issuer; and the trust anchors.
//! Shared by terminal and service, so that both read a certificate the same way. No I/O except reading a folder of anchors.

use der::asn1::ObjectIdentifier;
use der::{Decode, Header, Reader, SliceReader, Tag, TagMode, TagNumber};
use ring::signature;
use sha2::{Digest, Sha256};
use x509_cert::certificate::Version;
use x509_cert::ext::pkix::{BasicConstraints, CertificatePolicies, ExtendedKeyUsage, KeyUsage, SubjectAltName};

/// The trusted certificate authorities.
pub mod anchors;
/// The holder named in a signing certificate.
pub mod holder;
/// Checking a certificate against the profile of its purpose.
pub mod profile;
/// Checking whether a certificate is revoked.
#[cfg(feature = "service")]
pub mod revocation;

pub use anchors::{Anchors, AnchorsError};
pub use holder::{Holder, HolderBirth, HolderSex};
pub use profile::{ProfileError, check_profile};

/// Maximum size of a certificate in bytes. Real ones are below 2 KiB; the length comes from the card (jpki-card.md §2).
pub const LIMIT: usize = 16 * 1024;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const SHA256_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
const ECDSA_WITH_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3");
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
/// anyExtendedKeyUsage (RFC 5280 §4.2.1.12).
const ANY_USE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37.0");

/// Maximum length of a serial number in octets (RFC 5280 §4.1.2.2).
const LONGEST_SERIAL: usize = 20;

/// One of the card's two certificates, with its key and PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// 署名用: signs the registration; password of 6 to 16 characters, 5 tries.
    Signing,
    /// 利用者証明用: authenticates the holder; PIN of 4 digits, 3 tries.
    Authentication,
}

/// The validity of a certificate, in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// First second.
    pub from: i64,
    /// Last second.
    pub until: i64,
}

/// The public key of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// RSA: the current card.
    Rsa {
        /// Length of the modulus.
        bits: usize,
    },
    /// ECDSA on P-384: announced for the next card (jpki-card.md §7).
    EcP384,
    /// Anything else.
    Unknown,
}

/// A signature algorithm of JOSE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// ECDSA on P-384 with SHA-384; the signature is r followed by s (RFC 7518 §3.4).
    Es384,
}

/// The JPKI policy of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// `1.2.392.200149.8.5.1.1.20`.
    Signing,
    /// `1.2.392.200149.8.5.1.3.30`.
    Authentication,
    /// `1.2.392.200149.8.5.1.0.20`: test and practice cards.
    TestSigning,
    /// `1.2.392.200149.8.5.1.0.30`: test and practice cards.
    TestAuthentication,
    /// Another one, or none.
    Other,
}

/// Why bytes are not read as a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// Not one object in DER, or larger than `LIMIT`.
    #[error("no certificate that can be understood")]
    Unreadable,
    /// The serial number is not positive, or longer than 20 octets (RFC 5280 §4.1.2.2).
    #[error("a serial number that is not positive, or longer than 20 octets")]
    SerialNumber,
    /// Extensions in a certificate of version 1 or 2 (RFC 5280 §4.1.2.1).
    #[error("extensions in a certificate that is not of version 3")]
    Version,
    /// An extension twice (RFC 5280 §4.2): different readers could take different ones.
    #[error("the same extension twice")]
    DoubledExtension,
    /// An extension that is used here cannot be parsed.
    #[error("an extension that cannot be understood")]
    MalformedExtension,
}

/// A parsed certificate. Its contents are untrusted before `check_profile`.
#[derive(Clone)]
pub struct Certificate {
    der: Vec<u8>,
    /// Range of the signed part as received: signatures are never verified over a re-encoding.
    signed: std::ops::Range<usize>,
    inner: x509_cert::Certificate,
    usage: Option<KeyUsage>,
    extended_usage: Option<ExtendedKeyUsage>,
    constraints: Option<BasicConstraints>,
    policies: Option<CertificatePolicies>,
    names: Option<SubjectAltName>,
}

/// Shows only the fingerprint: a certificate is personal data.
impl std::fmt::Debug for Certificate {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [first, second, third, fourth, ..] = self.fingerprint();
        write!(out, "Certificate({first:02x}{second:02x}{third:02x}{fourth:02x}…)")
    }
}

impl Certificate {
    /// Parse a certificate from DER: one object of at most `LIMIT` bytes and nothing after it.
    pub fn parse(der: &[u8]) -> Result<Certificate, CertificateError> {
        if der.len() > LIMIT {
            return Err(CertificateError::Unreadable);
        }
        let signed = signed_part(der).ok_or(CertificateError::Unreadable)?;
        let serial = der.get(signed.clone()).and_then(serial_number).ok_or(CertificateError::Unreadable)?;
        if !is_positive(serial) || serial.len() > LONGEST_SERIAL {
            return Err(CertificateError::SerialNumber);
        }
        let inner = x509_cert::Certificate::from_der(der).map_err(|_| CertificateError::Unreadable)?;
        let tbs = inner.tbs_certificate();
        let extensions = tbs.extensions().map(Vec::as_slice).unwrap_or_default();
        if tbs.version() != Version::V3 && tbs.extensions().is_some() {
            return Err(CertificateError::Version);
        }
        let mut ids: Vec<_> = extensions.iter().map(|extension| extension.extn_id).collect();
        ids.sort_unstable();
        if ids.array_windows().any(|[one, next]| one == next) {
            return Err(CertificateError::DoubledExtension);
        }
        fn content<T>(found: der::Result<Option<(bool, T)>>) -> Result<Option<T>, CertificateError> {
            found.map(|extension| extension.map(|(_, value)| value)).map_err(|_| CertificateError::MalformedExtension)
        }
        let usage = content(tbs.get_extension())?;
        let extended_usage: Option<ExtendedKeyUsage> = content(tbs.get_extension())?;
        let constraints = content(tbs.get_extension())?;
        let policies = content(tbs.get_extension())?;
        let names = content(tbs.get_extension())?;
        // RFC 5280 §4.2.1.12: at least one.
        if extended_usage.as_ref().is_some_and(|usage| usage.0.is_empty()) {
            return Err(CertificateError::MalformedExtension);
        }
        Ok(Certificate { der: der.to_vec(), signed, usage, extended_usage, constraints, policies, names, inner })
    }

    /// Borrow the DER it was parsed from.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Return the SHA-256 of the DER.
    pub fn fingerprint(&self) -> [u8; 32] {
        Sha256::digest(&self.der).into()
    }

    /// Return the validity.
    pub fn validity(&self) -> Validity {
        let seconds = |time: &x509_cert::time::Time| i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
        let validity = self.inner.tbs_certificate().validity();
        Validity { from: seconds(&validity.not_before), until: seconds(&validity.not_after) }
    }

    /// Return the serial number that the authority has given it, without the zero byte that DER puts before a high bit.
    #[cfg(feature = "service")]
    pub(crate) fn serial(&self) -> &[u8] {
        let serial = self.inner.tbs_certificate().serial_number().as_bytes();
        serial.strip_prefix(&[0]).unwrap_or(serial)
    }

    /// Return the subject's common name: a serial number of the JPKI, not the holder's name. `None` unless there is exactly one.
    pub fn common_name(&self) -> Option<String> {
        let mut names = self.inner.tbs_certificate().subject().iter().filter(|part| part.oid == COMMON_NAME);
        let (Some(name), None) = (names.next(), names.next()) else { return None };
        std::str::from_utf8(name.value.value()).ok().filter(|name| !name.is_empty()).map(str::to_owned)
    }

    /// Return the holder from the subject alternative names; empty if there are none.
    pub fn holder(&self) -> Holder {
        self.names.as_ref().map(Holder::from_names).unwrap_or_default()
    }

    /// Return the kind of key.
    pub fn key(&self) -> Key {
        let key = self.inner.tbs_certificate().subject_public_key_info();
        match key.algorithm.oid {
            RSA => rsa_bits(key.subject_public_key.raw_bytes()).map_or(Key::Unknown, |bits| Key::Rsa { bits }),
            EC => match key.algorithm.parameters.as_ref().and_then(|curve| curve.decode_as::<ObjectIdentifier>().ok()) {
                Some(P384) => Key::EcP384,
                _ => Key::Unknown,
            },
            _ => Key::Unknown,
        }
    }

    /// Return the signature algorithm of the key.
    pub fn algorithm(&self) -> Option<Algorithm> {
        match self.key() {
            Key::Rsa { .. } => Some(Algorithm::Rs256),
            Key::EcP384 => Some(Algorithm::Es384),
            Key::Unknown => None,
        }
    }

    /// Return the keyUsage extension, if present.
    fn key_usage(&self) -> Option<&KeyUsage> {
        self.usage.as_ref()
    }

    /// Return the policy it was issued under.
    pub fn policy(&self) -> Policy {
        const JPKI: [(&str, Policy); 4] = [
            ("1.2.392.200149.8.5.1.1.20", Policy::Signing),
            ("1.2.392.200149.8.5.1.3.30", Policy::Authentication),
            ("1.2.392.200149.8.5.1.0.20", Policy::TestSigning),
            ("1.2.392.200149.8.5.1.0.30", Policy::TestAuthentication),
        ];
        let stated = self.policies.iter().flat_map(|policies| &policies.0).map(|policy| policy.policy_identifier.to_string());
        stated.into_iter().find_map(|id| JPKI.iter().find(|(known, _)| *known == id)).map_or(Policy::Other, |(_, policy)| *policy)
    }

    /// Return whether basicConstraints says that it is a CA certificate.
    fn is_ca(&self) -> bool {
        self.constraints.as_ref().is_some_and(|constraints| constraints.ca)
    }

    /// Return whether it is a CA certificate by both basicConstraints and keyUsage.
    fn is_authority(&self) -> bool {
        self.is_ca() && self.usage.as_ref().is_some_and(KeyUsage::key_cert_sign)
    }

    /// Return whether extendedKeyUsage, if present, allows a use.
    fn allows_use(&self, purpose: &ObjectIdentifier) -> bool {
        self.extended_usage.as_ref().is_none_or(|usage| usage.0.iter().any(|allowed| [purpose, &ANY_USE].contains(&allowed)))
    }

    /// Return whether its issuer has a name, which is the subject of this authority.
    fn names_issuer(&self, authority: &Certificate) -> bool {
        let issuer = self.inner.tbs_certificate().issuer();
        !issuer.is_empty() && issuer == authority.inner.tbs_certificate().subject()
    }

    /// Return whether it has an unknown critical extension, for which RFC 5280 §4.2 requires rejection.
    fn has_unknown_critical(&self) -> bool {
        use der::oid::AssociatedOid;
        let known = [KeyUsage::OID, BasicConstraints::OID, CertificatePolicies::OID, SubjectAltName::OID, ExtendedKeyUsage::OID];
        let extensions = self.inner.tbs_certificate().extensions();
        extensions.into_iter().flatten().any(|extension| extension.critical && !known.contains(&extension.extn_id))
    }

    /// Return whether it is signed with the issuer's key. The name (`names_issuer`) does not tell: three generations of CAs share one.
    fn is_issued_by(&self, issuer: &Certificate) -> bool {
        let stated = self.inner.signature_algorithm();
        if stated != self.inner.tbs_certificate().signature() {
            return false;
        }
        let Some(signature) = self.inner.signature().as_bytes() else { return false };
        let Some(signed) = self.der.get(self.signed.clone()) else { return false };
        issuer.signed(stated.oid, signed, signature)
    }

    /// Verify an X.509 signature (certificate, CRL or OCSP response) with the certificate's key.
    fn signed(&self, algorithm: ObjectIdentifier, message: &[u8], signature: &[u8]) -> bool {
        let method: &'static dyn signature::VerificationAlgorithm = match (algorithm, self.key()) {
            (SHA256_WITH_RSA, Key::Rsa { .. }) => &signature::RSA_PKCS1_2048_8192_SHA256,
            (ECDSA_WITH_SHA384, Key::EcP384) => &signature::ECDSA_P384_SHA384_ASN1,
            _ => return false,
        };
        self.key_verifies(method, message, signature)
    }

    /// Verify a JOSE signature with the certificate's key.
    pub fn verify(&self, message: &[u8], signature: &[u8], algorithm: Algorithm) -> bool {
        match (algorithm, self.key()) {
            (Algorithm::Rs256, Key::Rsa { .. }) => self.key_verifies(&signature::RSA_PKCS1_2048_8192_SHA256, message, signature),
            (Algorithm::Es384, Key::EcP384) => self.key_verifies(&signature::ECDSA_P384_SHA384_FIXED, message, signature),
            _ => false,
        }
    }

    fn key_verifies(&self, method: &'static dyn signature::VerificationAlgorithm, message: &[u8], signature: &[u8]) -> bool {
        let Some(key) = self.inner.tbs_certificate().subject_public_key_info().subject_public_key.as_bytes() else { return false };
        signature::UnparsedPublicKey::new(method, key).verify(message, signature).is_ok()
    }
}

/// Return the range of the signed part: the first object inside the outer SEQUENCE.
fn signed_part(der: &[u8]) -> Option<std::ops::Range<usize>> {
    let mut outer = SliceReader::new(der).ok()?;
    Header::decode(&mut outer).ok()?;
    let start = usize::try_from(outer.position()).ok()?;
    let part = outer.tlv_bytes().ok()?;
    Some(start..start + part.len())
}

/// Return the contents of the serial number of a TBSCertificate. The library that reads the rest takes any number, but not any length.
fn serial_number(signed: &[u8]) -> Option<&[u8]> {
    let mut reader = SliceReader::new(signed).ok()?;
    Header::decode(&mut reader).ok()?;
    let version = TagNumber(0);
    reader.context_specific::<u8>(version, TagMode::Explicit).ok()?;
    let number = reader.tlv_bytes().ok()?;
    let mut number = SliceReader::new(number).ok()?;
    let header = Header::decode(&mut number).ok().filter(|header| header.tag() == Tag::Integer)?;
    number.read_slice(header.length()).ok()
}

/// Return whether the contents of an INTEGER are a number above zero.
fn is_positive(integer: &[u8]) -> bool {
    integer.first().is_some_and(|sign| *sign < 0x80) && integer.iter().any(|byte| *byte != 0)
}

/// Return the length of an RSA modulus in bits.
fn rsa_bits(key: &[u8]) -> Option<usize> {
    let mut reader = SliceReader::new(key).ok()?;
    // RSAPublicKey (RFC 8017 A.1.1): a SEQUENCE whose first member is the modulus.
    Header::decode(&mut reader).ok()?;
    let modulus = der::asn1::UintRef::decode(&mut reader).ok()?;
    let first = modulus.as_bytes().first()?;
    Some((modulus.as_bytes().len() * 8).saturating_sub(first.leading_zeros() as usize))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::path::PathBuf;
    use std::sync::LazyLock;

    /// The source folder of `myna-card`: its packaged fixtures are files of a JPKI test card, independent of this program.
    static WITNESS: LazyLock<PathBuf> = LazyLock::new(|| {
        let ask = |arguments: &[&str]| std::process::Command::new(env!("CARGO")).args(arguments).output().expect("cargo runs").stdout;
        // Without a platform filter, cargo needs the packages of all platforms.
        let about = String::from_utf8(ask(&["-vV"])).expect("text");
        let host = about.lines().find_map(|line| line.strip_prefix("host: ")).expect("cargo names its host");
        let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        let told = ask(&["metadata", "--offline", "--format-version=1", "--filter-platform", host, "--manifest-path", manifest]);
        let told: serde_json::Value = serde_json::from_slice(&told).expect("cargo tells JSON");
        let packages = told["packages"].as_array().expect("packages");
        let witness = packages.iter().find(|package| package["name"] == "myna-card").expect("myna-card is a dependency");
        let manifest = PathBuf::from(witness["manifest_path"].as_str().expect("a path"));
        manifest.parent().expect("a folder").to_owned()
    });

    /// Read a file of the test card, such as `jpki-sign-cert`.
    pub(crate) fn fixture(name: &str) -> Vec<u8> {
        std::fs::read(WITNESS.join(format!("tests/fixtures/{name}.der"))).expect("the fixture is packaged")
    }

    /// Read and parse a certificate of the test card.
    pub(crate) fn parsed(name: &str) -> Certificate {
        Certificate::parse(&fixture(name)).expect("a certificate")
    }

    /// Read the six JPKI authorities, in the order of their file names.
    pub(crate) fn roots() -> [(&'static str, Vec<u8>); 6] {
        let read = |name| (name, std::fs::read(WITNESS.join(format!("certs/{name}.cer"))).expect("the certificate is packaged"));
        ["authca01", "authca02", "authca03", "signca01", "signca02", "signca03"].map(read)
    }

    #[test]
    fn a_signing_certificate_tells_the_person_as_an_independent_reader_finds_them() {
        let certificate = parsed("jpki-sign-cert");
        // The fixtures' README and `openssl x509 -text` agree on these values.
        let holder = certificate.holder();
        assert_eq!(holder.name.as_deref(), Some("黒桐　幹也"));
        assert_eq!(holder.address.as_deref(), Some("東京都清瀬市観布子南１２－７－２０２"));
        assert_eq!(holder.sex, Some(HolderSex::Male));
        assert_eq!(holder.birth, Some(HolderBirth { year: Some(1980), month: Some(2), day: Some(17) }));
        assert!(!holder.name_substituted && !holder.address_substituted);
        assert_eq!(certificate.common_name().as_deref(), Some("202510161726000013413221003A"));
        assert_eq!(certificate.key(), Key::Rsa { bits: 2048 });
        assert_eq!(certificate.policy(), Policy::TestSigning);
        // 2025-10-27 01:35:57 and 2030-02-17 14:59:59 UTC.
        assert_eq!(certificate.validity(), Validity { from: 1_761_528_957, until: 1_897_570_799 });
        assert!(certificate.key_usage().is_some_and(|usage| usage.digital_signature() && usage.non_repudiation()));
    }

    #[test]
    fn a_user_authentication_certificate_holds_nothing_personal() {
        let certificate = parsed("jpki-auth-cert");
        assert_eq!(certificate.holder(), Holder::default());
        assert_eq!(certificate.policy(), Policy::TestAuthentication);
        assert!(!certificate.is_authority());
        assert!(!format!("{certificate:?}").contains("997794E9"));
    }

    #[test]
    fn the_issuer_is_found_by_its_key_among_authorities_of_one_name() {
        let leaf = parsed("jpki-sign-cert");
        assert!(leaf.is_issued_by(&parsed("jpki-sign-ca-cert")));
        assert!(!leaf.is_issued_by(&parsed("jpki-sign-ca-cert-2019")));
        for (name, der) in roots() {
            let root = Certificate::parse(&der).unwrap();
            assert!(root.is_authority() && root.is_issued_by(&root), "{name}");
            assert!(!leaf.is_issued_by(&root), "{name}");
            let (signed, signature) = (&root.der[root.signed.clone()], root.inner.signature().raw_bytes());
            assert!(root.verify(signed, signature, Algorithm::Rs256), "{name}");
            assert!(!root.verify(&signed[1..], signature, Algorithm::Rs256), "{name}");
        }
    }

    #[test]
    fn a_signature_is_checked_with_the_algorithm_of_the_key_only() {
        use ring::signature::{ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
        let random = ring::rand::SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap();
        // A certificate of the next card: the test card's, with its key replaced by a P-384 key.
        let der = with_p384_key(&fixture("jpki-sign-cert"), pair.public_key().as_ref());
        let certificate = Certificate::parse(&der).unwrap();
        assert_eq!((certificate.key(), certificate.algorithm()), (Key::EcP384, Some(Algorithm::Es384)));
        let signature = pair.sign(&random, b"statement").unwrap();
        assert!(certificate.verify(b"statement", signature.as_ref(), Algorithm::Es384));
        assert!(!certificate.verify(b"Statement", signature.as_ref(), Algorithm::Es384));
        assert!(!certificate.verify(b"statement", signature.as_ref(), Algorithm::Rs256));
        assert!(!certificate.verify(b"statement", &[], Algorithm::Es384));
    }

    fn with_p384_key(der: &[u8], point: &[u8]) -> Vec<u8> {
        use der::Encode;
        let old = parsed("jpki-sign-cert").inner.tbs_certificate().subject_public_key_info().to_der().unwrap();
        let algorithm = x509_cert::spki::AlgorithmIdentifierOwned { oid: EC, parameters: Some(der::Any::encode_from(&P384).unwrap()) };
        let subject_public_key = der::asn1::BitString::from_bytes(point).unwrap();
        let new = x509_cert::spki::SubjectPublicKeyInfoOwned { algorithm, subject_public_key }.to_der().unwrap();
        let at = der.windows(old.len()).position(|window| window == old).unwrap();
        let mut changed = [&der[..at], &new, &der[at + old.len()..]].concat();
        // Both outer lengths have two bytes, at offsets 2 and 6.
        for place in [2, 6] {
            let length = u16::from_be_bytes([changed[place], changed[place + 1]]) + new.len() as u16 - old.len() as u16;
            changed[place..place + 2].copy_from_slice(&length.to_be_bytes());
        }
        changed
    }

    #[test]
    fn more_or_less_than_one_certificate_is_not_understood() {
        let der = fixture("jpki-auth-cert");
        assert!(Certificate::parse(&[&der[..], &[0xFF, 0xFF]].concat()).is_err());
        assert!(Certificate::parse(&der[..der.len() - 1]).is_err());
        assert!(Certificate::parse(&[]).is_err());
        assert!(Certificate::parse(&vec![0x30; LIMIT + 1]).is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(place in 0_usize..1758, bytes in prop::collection::vec(any::<u8>(), 1..8)) {
            let mut der = fixture("jpki-sign-cert");
            let end = (place + bytes.len()).min(der.len());
            der.splice(place..end, bytes);
            if let Ok(certificate) = Certificate::parse(&der) {
                let _ = (certificate.holder(), certificate.key(), certificate.policy(), certificate.common_name(), certificate.validity());
                let _ = certificate.is_issued_by(&certificate);
            }
        }
    }
}
