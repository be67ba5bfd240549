//! OCSP (RFC 6960) for one certificate, with a nonce (RFC 9654).
//! A response is accepted if signed by the authority, or by a responder that the authority has certified for OCSP signing.

use der::asn1::{Any, BitString, GeneralizedTime, Null, ObjectIdentifier, OctetString};
use der::{Choice, Decode, Encode, Enumerated, Reader, Sequence, SliceReader, TagMode, TagNumber};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use x509_cert::ext::pkix::AuthorityInfoAccessSyntax;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::{Extension, Extensions};
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::{Certificate, Finding, ResponseError, Standing, in_time, none_critical, seconds, signed_by};

/// Accepted age in seconds of a response without nextUpdate, which was generated for the request (RFC 6960 §4.2.2.1).
const AGE: i64 = 60 * 60;

const SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
const BASIC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.1");
const NONCE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.2");
const OCSP: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1");
const OCSP_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.9");

/// 256 random bits that bind a response to its request.
pub type Nonce = [u8; 32];

#[derive(Sequence)]
struct OcspRequest {
    body: TbsRequest,
}

#[derive(Sequence)]
struct TbsRequest {
    list: Vec<Request>,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", optional = "true")]
    extensions: Option<Extensions>,
}

#[derive(Sequence)]
struct Request {
    certificate: CertId,
}

/// Identifies a certificate.
#[derive(Clone, PartialEq, Eq, Sequence)]
struct CertId {
    hash: AlgorithmIdentifierOwned,
    issuer_name: OctetString,
    issuer_key: OctetString,
    serial: SerialNumber,
}

#[derive(Sequence)]
struct OcspResponse {
    status: ResponseStatus,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    bytes: Option<ResponseBytes>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enumerated)]
#[asn1(type = "ENUMERATED")]
#[repr(u8)]
enum ResponseStatus {
    Successful = 0,
    MalformedRequest = 1,
    InternalError = 2,
    TryLater = 3,
    SigRequired = 5,
    Unauthorized = 6,
}

#[derive(Sequence)]
struct ResponseBytes {
    kind: ObjectIdentifier,
    response: OctetString,
}

#[derive(Sequence)]
struct ResponseData {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", default = "Default::default")]
    version: u8,
    /// ResponderID: not needed, since the key identifies the responder.
    responder: Any,
    produced_at: GeneralizedTime,
    responses: Vec<SingleResponse>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    extensions: Option<Extensions>,
}

#[derive(Sequence)]
struct SingleResponse {
    certificate: CertId,
    status: CertStatus,
    this_update: GeneralizedTime,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    next_update: Option<GeneralizedTime>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    extensions: Option<Extensions>,
}

#[derive(Choice)]
enum CertStatus {
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT")]
    Good(Null),
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", constructed = "true")]
    Revoked(RevokedInfo),
    #[asn1(context_specific = "2", tag_mode = "IMPLICIT")]
    Unknown(Null),
}

#[derive(Sequence)]
struct RevokedInfo {
    time: GeneralizedTime,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    reason: Option<Any>,
}

/// Return the OCSP address in a certificate, if any.
pub fn address(leaf: &Certificate) -> Option<String> {
    let (_, access) = leaf.inner.tbs_certificate().get_extension::<AuthorityInfoAccessSyntax>().ok()??;
    access.0.into_iter().filter(|way| way.access_method == OCSP).find_map(|way| match way.access_location {
        GeneralName::UniformResourceIdentifier(address) => Some(address.as_str().to_owned()),
        _ => None,
    })
}

/// Encode the OCSP request for a certificate, in DER.
pub fn question(leaf: &Certificate, authority: &Certificate, nonce: &Nonce) -> Result<Vec<u8>, ResponseError> {
    let extn_value = OctetString::new(OctetString::new(&nonce[..])?.to_der()?)?;
    let nonce = Extension { extn_id: NONCE, critical: false, extn_value };
    let list = vec![Request { certificate: cert_id(leaf, authority)? }];
    Ok(OcspRequest { body: TbsRequest { list, extensions: Some(vec![nonce]) } }.to_der()?)
}

/// Parse a response. It must be signed, be about this certificate, be current, and repeat the nonce if it has one.
pub fn answer(der: &[u8], leaf: &Certificate, authority: &Certificate, nonce: &Nonce, now: i64) -> Result<Finding, ResponseError> {
    let response = OcspResponse::from_der(der)?;
    let bytes = match (response.status, response.bytes) {
        (ResponseStatus::Successful, Some(bytes)) if bytes.kind == BASIC => bytes.response,
        (ResponseStatus::Successful, _) => return Err(ResponseError::Unreadable),
        (status, _) => return Err(ResponseError::Refused(status as u8)),
    };
    let data = ResponseData::from_der(signed_part(bytes.as_bytes(), authority, now)?)?;
    none_critical(data.extensions.as_ref(), &[NONCE])?;
    // Many responders send pre-generated responses without the nonce (RFC 9654 §2.1); then only the time is checked.
    let echoed = data.extensions.iter().flatten().find(|extension| extension.extn_id == NONCE);
    if let Some(echoed) = echoed
        && OctetString::from_der(echoed.extn_value.as_bytes())?.as_bytes() != nonce
    {
        return Err(ResponseError::Nonce);
    }
    let id = cert_id(leaf, authority)?;
    let single = data.responses.into_iter().find(|single| single.certificate == id).ok_or(ResponseError::OtherCertificate)?;
    none_critical(single.extensions.as_ref(), &[])?;
    let as_of = seconds(single.this_update.to_unix_duration());
    let until = single.next_update.map_or(as_of.saturating_add(AGE), |time| seconds(time.to_unix_duration()));
    in_time(as_of, until, now)?;
    match single.status {
        CertStatus::Good(_) => Ok(Finding { standing: Standing::Good, as_of }),
        CertStatus::Revoked(_) => Ok(Finding { standing: Standing::Revoked, as_of }),
        CertStatus::Unknown(_) => Err(ResponseError::Unknown),
    }
}

/// Return the signed part of a basic response after verifying its signer.
fn signed_part<'r>(basic: &'r [u8], authority: &Certificate, now: i64) -> Result<&'r [u8], ResponseError> {
    let mut reader = SliceReader::new(basic)?;
    let (signed, algorithm, signature, more) = reader.sequence(|reader| {
        let signed = reader.tlv_bytes()?;
        let (algorithm, signature) = (AlgorithmIdentifierOwned::decode(reader)?, BitString::decode(reader)?);
        let more = reader.context_specific::<Vec<Any>>(TagNumber(0), TagMode::Explicit)?;
        Ok::<_, ResponseError>((signed, algorithm, signature, more))
    })?;
    reader.finish()?;
    if signed_by(authority, &algorithm, signed, &signature) {
        return Ok(signed);
    }
    for delegate in more.into_iter().flatten() {
        let Ok(delegate) = Certificate::parse(&delegate.to_der()?) else { continue };
        if may_answer(&delegate, authority, now) && signed_by(&delegate, &algorithm, signed, &signature) {
            return Ok(signed);
        }
    }
    Err(ResponseError::Signature)
}

/// Return whether the authority delegated OCSP signing to this certificate (RFC 6960 §4.2.2.2). Its own revocation is not checked: such
/// certificates are short-lived, or marked with id-pkix-ocsp-nocheck.
fn may_answer(delegate: &Certificate, authority: &Certificate, now: i64) -> bool {
    let validity = delegate.validity();
    delegate.extended_usage.as_ref().is_some_and(|usage| usage.0.contains(&OCSP_SIGNING))
        && delegate.key_usage().is_none_or(|usage| usage.digital_signature())
        && !delegate.has_unknown_critical()
        && in_time(validity.from, validity.until, now).is_ok()
        && delegate.is_issued_by(authority)
}

/// Create the CertID with SHA-1, which every responder supports (RFC 5019 §2.1.1): the hashes only look up the certificate and prove
/// nothing.
fn cert_id(leaf: &Certificate, authority: &Certificate) -> Result<CertId, ResponseError> {
    let hash = |bytes: &[u8]| OctetString::new(digest(&SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref());
    let about = leaf.inner.tbs_certificate();
    Ok(CertId {
        hash: AlgorithmIdentifierOwned { oid: SHA1, parameters: Some(Null.into()) },
        issuer_name: hash(&about.issuer().to_der()?)?,
        issuer_key: hash(authority.inner.tbs_certificate().subject_public_key_info().subject_public_key.raw_bytes())?,
        serial: about.serial_number().clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::tests::parsed;
    use proptest::prelude::*;

    #[test]
    fn a_question_names_the_certificate_as_openssl_does() {
        let (leaf, authority) = (parsed("jpki-auth-cert"), parsed("jpki-auth-ca-cert"));
        let question = question(&leaf, &authority, &[7; 32]).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("question"), &question).unwrap();
        for (name, certificate) in [("leaf", &leaf), ("authority", &authority)] {
            std::fs::write(path(name), certificate.der()).unwrap();
            let pem = std::process::Command::new("openssl").args(["x509", "-inform", "DER", "-in"]).arg(path(name)).output().unwrap();
            std::fs::write(path(name), pem.stdout).unwrap();
        }
        let text = |command: &mut std::process::Command| {
            let said = command.arg("-req_text").output().unwrap();
            String::from_utf8(said.stdout).unwrap()
        };
        let ours = text(std::process::Command::new("openssl").args(["ocsp", "-reqin"]).arg(path("question")));
        let mut theirs = std::process::Command::new("openssl");
        let theirs = text(theirs.args(["ocsp", "-no_nonce", "-issuer"]).arg(path("authority")).arg("-cert").arg(path("leaf")));
        assert!(theirs.contains("Issuer Key Hash"), "{theirs}");
        assert!(ours.starts_with(theirs.trim_end()), "{ours}\n{theirs}");
        assert!(ours.contains("OCSP Nonce"), "{ours}");
    }

    #[test]
    fn a_certificate_names_its_responder_or_none() {
        assert_eq!(address(&parsed("jpki-auth-cert")).as_deref(), Some("http://test-ocspauthnorm.jpki.go.jp"));
        assert_eq!(address(&parsed("jpki-sign-cert")), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let (leaf, authority) = (parsed("jpki-auth-cert"), parsed("jpki-auth-ca-cert"));
            prop_assert!(answer(&bytes, &leaf, &authority, &[0; 32], 0).is_err());
            prop_assert!(super::super::Crl::read(&bytes, &authority, 0).is_err());
        }
    }
}
