//! Verification of OCSP responses and CRLs. Pure: the fetched data and the time are arguments. The service decides what to fetch and when.

use der::asn1::{BitString, ObjectIdentifier};
use x509_cert::ext::Extension;
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::Certificate;

/// Certificate revocation lists (RFC 5280 §5).
pub mod crl;
/// OCSP: the status of one certificate (RFC 6960).
pub mod ocsp;

pub use crl::Crl;

/// Accepted clock difference in seconds, as for statements (protocol.md, "Signed statement").
const SKEW: i64 = 5 * 60;

/// The revocation status of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Not revoked.
    Good,
    /// Revoked, or suspended.
    Revoked,
}

/// The result of a revocation check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The status.
    pub standing: Standing,
    /// Time of the status, in seconds since 1970.
    pub as_of: i64,
}

/// Why a revocation check has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResponseError {
    /// The bytes cannot be parsed as a response or list.
    #[error("the answer cannot be understood")]
    Unreadable,
    /// The responder refused with this status (RFC 6960 §4.2.1).
    #[error("the responder refuses to answer (status {0})")]
    Refused(u8),
    /// Signed neither by the authority nor by a responder delegated by it.
    #[error("the answer is not signed by the authority, or by a responder of its own")]
    Signature,
    /// It has no entry for this certificate.
    #[error("the answer is about another certificate")]
    OtherCertificate,
    /// Its nonce differs from the one sent.
    #[error("the answer is to another question")]
    Nonce,
    /// Its thisUpdate is in the future, or its nextUpdate has passed.
    #[error("the answer is out of date, or from the future")]
    Time,
    /// An unknown critical extension, such as that of a partial or delta CRL.
    #[error("the answer has a critical extension that is not known here")]
    Critical,
    /// The responder does not know the certificate.
    #[error("the responder does not know the certificate")]
    Unknown,
}

impl From<der::Error> for ResponseError {
    fn from(_: der::Error) -> ResponseError {
        ResponseError::Unreadable
    }
}

/// Check thisUpdate and nextUpdate against the time.
fn in_time(this_update: i64, next_update: i64, now: i64) -> Result<(), ResponseError> {
    if this_update <= now.saturating_add(SKEW) && now <= next_update.saturating_add(SKEW) { Ok(()) } else { Err(ResponseError::Time) }
}

/// Reject unknown critical extensions.
fn none_critical(extensions: Option<&Vec<Extension>>, known: &[ObjectIdentifier]) -> Result<(), ResponseError> {
    let unknown = |extension: &Extension| extension.critical && !known.contains(&extension.extn_id);
    if extensions.into_iter().flatten().any(unknown) { Err(ResponseError::Critical) } else { Ok(()) }
}

/// Verify a signature with a certificate's key.
fn signed_by(signer: &Certificate, algorithm: &AlgorithmIdentifierOwned, signed: &[u8], signature: &BitString) -> bool {
    signature.as_bytes().is_some_and(|signature| signer.signed(algorithm.oid, signed, signature))
}

fn seconds(time: std::time::Duration) -> i64 {
    i64::try_from(time.as_secs()).unwrap_or(i64::MAX)
}
