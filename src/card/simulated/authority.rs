//! The certificate authority of practice cards: two self-signed roots made at run time, and leaves of the JPKI profile (jpki-card.md §5)
//! under the test policies; for the next card, of the same profile with keys on P-384 (§7). The program contains none of its keys; a service must be told to accept it (`--anchors`, `--test-cards`).

use super::super::Purpose;
use super::key::PrivateKey;
use super::person::Person;
use crate::certificate::{Algorithm, Validity};
use der::asn1::{Any, BitString, Ia5String, ObjectIdentifier, OctetString};
use der::oid::AssociatedOid;
use der::{Decode, Encode, Tag};
use rsa::Generate;
use std::fs;
use std::io;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;
use x509_cert::builder::CertificateBuilder;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::certificate::{Certificate, TbsCertificate};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::certpolicy::{CertificatePolicies, PolicyInformation, PolicyQualifierInfo};
use x509_cert::ext::pkix::crl::CrlDistributionPoints;
use x509_cert::ext::pkix::crl::dp::DistributionPoint;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName, OtherName};
use x509_cert::ext::pkix::{
    AccessDescription, AuthorityInfoAccessSyntax, AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages,
    SubjectAltName, SubjectKeyIdentifier,
};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef};
use x509_cert::time::Time;

const DAY: i64 = 86_400;
const CPS: &str = "http://www.jpki.go.jp/cps.html";
const OCSP: &str = "http://test-ocspauthnorm.jpki.go.jp";

const SIGNING_POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.392.200149.8.5.1.0.20");
const AUTHENTICATION_POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.392.200149.8.5.1.0.30");
const CPS_QUALIFIER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.2.1");
const CLIENT_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2");
const OCSP_METHOD: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1");
const ISSUER_ALT_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.18");
/// Parent arc of the holder's otherNames.
const PERSON_ARC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.392.200149.8.5.5");
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const SECP256R1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");

/// The two roots, with their keys.
#[derive(Clone)]
pub struct Authority {
    signing: Root,
    authentication: Root,
}

#[derive(Clone)]
struct Root {
    key: PrivateKey,
    certificate: Certificate,
    der: Vec<u8>,
}

/// The public key of a leaf.
pub(super) enum LeafKey<'a> {
    /// The public half of this key.
    Known(&'a PrivateKey),
    /// A P-256 key, which no card has been announced with; its private half does not exist.
    UnknownKind,
}

impl Authority {
    /// Create the authority of today's cards: both roots, valid from three years before `now` (seconds since 1970) for ten years. Slow:
    /// generates two RSA keys.
    pub fn make(now: i64) -> io::Result<Authority> {
        Authority::make_of(Algorithm::Rs256, now)
    }

    /// Create an authority whose roots, and the cards that it issues, have keys of this algorithm.
    pub fn make_of(algorithm: Algorithm, now: i64) -> io::Result<Authority> {
        let (signing, authentication) = PrivateKey::make_pair(algorithm)?;
        Ok(Authority {
            signing: Root::make(Purpose::Signing, signing, now)?,
            authentication: Root::make(Purpose::Authentication, authentication, now)?,
        })
    }

    /// Return the algorithm of its keys, and of those on its cards.
    pub fn algorithm(&self) -> Algorithm {
        self.signing.key.algorithm()
    }

    /// Return the root certificate of a purpose, in DER.
    pub fn certificate(&self, purpose: Purpose) -> &[u8] {
        &self.root(purpose).der
    }

    /// Write both root certificates to a folder, for `--anchors`.
    pub fn export(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)?;
        for purpose in BOTH {
            fs::write(folder.join(file(self.algorithm(), purpose, "cer")), self.certificate(purpose))?;
        }
        Ok(())
    }

    /// Save keys and certificates in a folder that only the current user can read.
    pub fn save(&self, folder: &Path) -> io::Result<()> {
        crate::file::private_folder(folder)?;
        for purpose in BOTH {
            self.root(purpose).key.save(&folder.join(file(self.algorithm(), purpose, "key")))?;
        }
        self.export(folder)
    }

    /// Load what `save` wrote; `None` if the folder contains no authority of this algorithm.
    pub fn load(algorithm: Algorithm, folder: &Path) -> io::Result<Option<Authority>> {
        let path = |purpose, extension| folder.join(file(algorithm, purpose, extension));
        if !path(Purpose::Signing, "key").exists() {
            return Ok(None);
        }
        let root = |purpose| {
            let der = crate::file::read(&path(purpose, "cer"))?;
            let certificate = Certificate::from_der(&der).map_err(io::Error::other)?;
            Ok::<_, io::Error>(Root { key: PrivateKey::load(algorithm, &path(purpose, "key"))?, certificate, der })
        };
        Ok(Some(Authority { signing: root(Purpose::Signing)?, authentication: root(Purpose::Authentication)? }))
    }

    /// Issue a certificate of the JPKI profile, in DER.
    pub(super) fn issue(&self, purpose: Purpose, key: &LeafKey<'_>, person: &Person, validity: Validity, now: i64) -> io::Result<Vec<u8>> {
        let root = self.root(purpose);
        let leaf = Leaf { purpose, root, person, key, validity, now };
        leaf.build().and_then(|certificate| certificate.to_der().map_err(Into::into)).map_err(io::Error::other)
    }

    /// Sign a TBSCertificate in DER (RFC 5280 §4.1) unchanged and return the certificate in DER: for tests that need many similar
    /// certificates, or one that no authority would issue.
    pub fn sign(&self, purpose: Purpose, body: &[u8]) -> io::Result<Vec<u8>> {
        let root = self.root(purpose);
        let signature = root.key.sign(body)?;
        let finish = || {
            let algorithm = root.certificate.signature_algorithm().to_der()?;
            let signature = BitString::from_bytes(&signature)?.to_der()?;
            Any::new(Tag::Sequence, [body, &algorithm, &signature].concat())?.to_der()
        };
        finish().map_err(io::Error::other)
    }

    fn root(&self, purpose: Purpose) -> &Root {
        match purpose {
            Purpose::Signing => &self.signing,
            Purpose::Authentication => &self.authentication,
        }
    }
}

const BOTH: [Purpose; 2] = [Purpose::Signing, Purpose::Authentication];

/// Name a file of the authority. Those of both algorithms may lie in one folder.
fn file(algorithm: Algorithm, purpose: Purpose, extension: &str) -> String {
    let purpose = match purpose {
        Purpose::Signing => "signing",
        Purpose::Authentication => "authentication",
    };
    format!("practice-{}{purpose}-ca.{extension}", infix(algorithm))
}

/// Return what file names of keys and certificates say of their algorithm.
pub(super) const fn infix(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Rs256 => "",
        Algorithm::Es384 => "p384-",
    }
}

type Built<T> = Result<T, x509_cert::builder::Error>;

/// A profile with fixed contents: the builder adds only what it computes itself.
struct Profile {
    issuer: Name,
    subject: Name,
    extensions: Vec<Extension>,
}

impl BuilderProfile for Profile {
    fn get_issuer(&self, _: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        _: SubjectPublicKeyInfoRef<'_>,
        _: SubjectPublicKeyInfoRef<'_>,
        _: &TbsCertificate,
    ) -> Built<Vec<Extension>> {
        Ok(self.extensions.clone())
    }
}

impl Root {
    fn make(purpose: Purpose, key: PrivateKey, now: i64) -> io::Result<Root> {
        let certificate = Root::build(purpose, &key, now).map_err(io::Error::other)?;
        let der = certificate.to_der().map_err(io::Error::other)?;
        Ok(Root { key, certificate, der })
    }

    fn build(purpose: Purpose, key: &PrivateKey, now: i64) -> Built<Certificate> {
        let subject = ca_name(purpose)?;
        let key_info = key.public_key()?;
        let point = subject.clone();
        let extensions = vec![
            extension(Critical::Yes, &KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign))?,
            extension(Critical::No, &SubjectAltName(vec![GeneralName::DirectoryName(service_name(purpose)?)]))?,
            extension(Critical::Yes, &BasicConstraints { ca: true, path_len_constraint: None })?,
            extension(Critical::No, &distribution_point(point))?,
            extension(Critical::No, &key_identifier(&key_info)?)?,
        ];
        let validity = Validity { from: now - 3 * 365 * DAY, until: now + 7 * 365 * DAY };
        build(Profile { issuer: subject.clone(), subject, extensions }, key_info, validity, key)
    }
}

struct Leaf<'a> {
    purpose: Purpose,
    root: &'a Root,
    person: &'a Person,
    key: &'a LeafKey<'a>,
    validity: Validity,
    now: i64,
}

impl Leaf<'_> {
    fn build(&self) -> Built<Certificate> {
        let key_info = match self.key {
            LeafKey::Known(key) => key.public_key()?,
            LeafKey::UnknownKind => unknown_key()?,
        };
        let profile = Profile {
            issuer: self.root.certificate.tbs_certificate().subject().clone(),
            subject: self.subject()?,
            extensions: self.extensions(&key_info)?,
        };
        build(profile, key_info, self.validity, &self.root.key)
    }

    /// The subject contains no name: a serial text of date, office and its code, as on the test card that was read.
    fn subject(&self) -> Built<Name> {
        let (prefecture, city, code) = self.person.office;
        let number = random::<4>()?;
        let name = match self.purpose {
            Purpose::Signing => {
                let stamp = stamp(self.now)?;
                let number = u32::from_be_bytes(number) % 100_000;
                format!("CN={stamp}{number:05}{code}003A,L={city},L={prefecture},C=JP")
            }
            Purpose::Authentication => {
                let number: String = number.iter().map(|byte| format!("{byte:02X}")).collect();
                format!("CN={number}PRCTCE{code}003A,C=JP")
            }
        };
        Ok(Name::from_str(&name)?)
    }

    /// In the order used by real cards.
    fn extensions(&self, key_info: &SubjectPublicKeyInfoOwned) -> Built<Vec<Extension>> {
        let mut list = Vec::new();
        match self.purpose {
            Purpose::Signing => {
                list.push(extension(Critical::Yes, &KeyUsage(KeyUsages::DigitalSignature | KeyUsages::NonRepudiation))?);
                list.push(extension(Critical::No, &SubjectAltName(self.other_names()?))?);
                list.push(extension(Critical::Yes, &policy(SIGNING_POLICY)?)?);
            }
            Purpose::Authentication => {
                list.push(extension(Critical::Yes, &KeyUsage(KeyUsages::DigitalSignature.into()))?);
                list.push(extension(Critical::No, &ExtendedKeyUsage(vec![CLIENT_AUTH]))?);
                list.push(extension(Critical::Yes, &policy(AUTHENTICATION_POLICY)?)?);
            }
        }
        let service = vec![GeneralName::DirectoryName(service_name(self.purpose)?)];
        list.push(raw_extension(ISSUER_ALT_NAME, Critical::No, service.to_der()?)?);
        list.push(extension(Critical::No, &distribution_point(self.crl_name()?))?);
        if self.purpose == Purpose::Authentication {
            let location = GeneralName::UniformResourceIdentifier(Ia5String::new(OCSP)?);
            let access = AccessDescription { access_method: OCSP_METHOD, access_location: location };
            list.push(extension(Critical::No, &AuthorityInfoAccessSyntax(vec![access]))?);
        }
        list.push(extension(Critical::No, &self.authority_key_identifier()?)?);
        list.push(extension(Critical::No, &key_identifier(key_info)?)?);
        Ok(list)
    }

    /// Name, birth date, sex, address, and the flags of name and address: the order of every card seen.
    fn other_names(&self) -> Built<Vec<GeneralName>> {
        let person = self.person;
        let facts = [
            (1, person.name.to_owned()),
            (4, person.birth.to_owned()),
            (3, person.sex.to_owned()),
            (5, person.address.to_owned()),
            (2, person.name_flags()),
            (6, person.address_flags()),
        ];
        let mut names = Vec::with_capacity(facts.len());
        for (arc, text) in facts {
            let type_id = PERSON_ARC.push_arc(arc).map_err(der::Error::from)?;
            names.push(GeneralName::OtherName(OtherName { type_id, value: Any::new(Tag::Utf8String, text.as_bytes())? }));
        }
        Ok(names)
    }

    fn crl_name(&self) -> Built<Name> {
        let (prefecture, city, _) = self.person.office;
        let ou = unit(self.purpose);
        Ok(Name::from_str(&format!("CN={city} CRLDP,OU={prefecture},OU=CRL Distribution Points,OU={ou},O=JPKI-TEST,C=JP"))?)
    }

    fn authority_key_identifier(&self) -> Built<AuthorityKeyIdentifier> {
        let root = self.root.certificate.tbs_certificate();
        Ok(AuthorityKeyIdentifier {
            key_identifier: Some(key_identifier(root.subject_public_key_info())?.0),
            authority_cert_issuer: Some(vec![GeneralName::DirectoryName(root.subject().clone())]),
            authority_cert_serial_number: Some(root.serial_number().clone()),
        })
    }
}

fn build(profile: Profile, key_info: SubjectPublicKeyInfoOwned, validity: Validity, signer: &PrivateKey) -> Built<Certificate> {
    let [first, rest @ ..] = random::<4>()?;
    // Positive and of fixed length, so that every certificate has the same length.
    let mut serial = vec![first & 0x3F | 0x40];
    serial.extend(rest);
    let validity = x509_cert::time::Validity::new(time(validity.from)?, time(validity.until)?);
    let builder = CertificateBuilder::new(profile, SerialNumber::new(&serial)?, validity, key_info)?;
    signer.certify(builder)
}

enum Critical {
    Yes,
    No,
}

fn extension<E: AssociatedOid + Encode>(critical: Critical, content: &E) -> Built<Extension> {
    raw_extension(E::OID, critical, content.to_der()?)
}

fn raw_extension(extn_id: ObjectIdentifier, critical: Critical, content: Vec<u8>) -> Built<Extension> {
    Ok(Extension { extn_id, critical: matches!(critical, Critical::Yes), extn_value: OctetString::new(content)? })
}

fn policy(policy_identifier: ObjectIdentifier) -> Built<CertificatePolicies> {
    let qualifier = Some(Any::new(Tag::Ia5String, CPS.as_bytes())?);
    let cps = PolicyQualifierInfo { policy_qualifier_id: CPS_QUALIFIER, qualifier };
    Ok(CertificatePolicies(vec![PolicyInformation { policy_identifier, policy_qualifiers: Some(vec![cps]) }]))
}

fn distribution_point(name: Name) -> CrlDistributionPoints {
    let full_name = DistributionPointName::FullName(vec![GeneralName::DirectoryName(name)]);
    CrlDistributionPoints(vec![DistributionPoint { distribution_point: Some(full_name), reasons: None, crl_issuer: None }])
}

fn key_identifier(key_info: &SubjectPublicKeyInfoOwned) -> Built<SubjectKeyIdentifier> {
    let der = key_info.to_der()?;
    Ok(SubjectKeyIdentifier::try_from(SubjectPublicKeyInfoRef::from_der(&der)?)?)
}

fn unknown_key() -> Built<SubjectPublicKeyInfoOwned> {
    // An uncompressed point: 04 and two coordinates of 32 bytes.
    let mut point = vec![0x04];
    point.extend(random::<64>()?);
    let algorithm = AlgorithmIdentifierOwned { oid: EC_PUBLIC_KEY, parameters: Some(Any::from(&SECP256R1)) };
    Ok(SubjectPublicKeyInfoOwned { algorithm, subject_public_key: BitString::from_bytes(&point)? })
}

fn unit(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Signing => "JPKI for digital signature",
        Purpose::Authentication => "JPKI for user authentication",
    }
}

fn ca_name(purpose: Purpose) -> Built<Name> {
    let ou = unit(purpose);
    Ok(Name::from_str(&format!("OU=Japan Agency for Local Authority Information Systems,OU={ou},O=JPKI-TEST,C=JP"))?)
}

/// The service's Japanese name, used as issuerAltName on the test card that was read.
fn service_name(purpose: Purpose) -> Built<Name> {
    let ou = match purpose {
        Purpose::Signing => "公的個人認証サービス署名用",
        Purpose::Authentication => "公的個人認証サービス利用者証明用",
    };
    Ok(Name::from_str(&format!("OU=地方公共団体情報システム機構,OU={ou},O=公的個人認証サービス,C=JP"))?)
}

fn time(seconds: i64) -> Built<Time> {
    let since = Duration::from_secs(u64::try_from(seconds).unwrap_or_default());
    Ok(Time::from(der::DateTime::from_unix_duration(since)?))
}

fn stamp(seconds: i64) -> Built<String> {
    let now = der::DateTime::from_unix_duration(Duration::from_secs(u64::try_from(seconds).unwrap_or_default()))?;
    Ok(format!("{:04}{:02}{:02}{:02}{:02}{:02}", now.year(), now.month(), now.day(), now.hour(), now.minutes(), now.seconds()))
}

fn random<const N: usize>() -> Built<[u8; N]> {
    <[u8; N]>::try_generate().map_err(|_| der::Error::from(der::ErrorKind::Failed).into())
}

#[cfg(test)]
mod tests;
