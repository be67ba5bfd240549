//! Whether a certificate is revoked: reads and verifies OCSP responses and CRLs. Pure: what was fetched and the time are arguments.
//! The service decides who is asked, and when.

use der::asn1::{BitString, ObjectIdentifier};
use x509_cert::ext::Extension;
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::Certificate;

/// Lists of revoked certificates (RFC 5280 §5).
pub mod crl;
/// Questions about one certificate (RFC 6960).
pub mod ocsp;

pub use crl::Crl;

/// Accepted difference between two clocks in seconds, as with statements (protocol.md, "Signed statement").
const SKEW: i64 = 5 * 60;

/// What an authority says about a certificate.
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
    /// What the authority says.
    pub standing: Standing,
    /// When that was so, in seconds since 1970.
    pub as_of: i64,
}

/// Why a revocation check has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResponseError {
    /// The bytes are no response or list that can be understood.
    #[error("the answer cannot be understood")]
    Unreadable,
    /// The responder refuses to answer, with this status (RFC 6960 §4.2.1).
    #[error("the responder refuses to answer (status {0})")]
    Refused(u8),
    /// Neither the authority nor whom it has told to answer has signed it.
    #[error("the answer is not signed by the authority, or by a responder of its own")]
    Signature,
    /// It does not say anything about this certificate.
    #[error("the answer is about another certificate")]
    OtherCertificate,
    /// It answers somebody else's question.
    #[error("the answer is to another question")]
    Nonce,
    /// It is from the future, or there should be a newer one by now.
    #[error("the answer is out of date, or from the future")]
    Time,
    /// An extension is critical that is not known here: a part of a list, for instance, or changes to one.
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

/// Check that something is neither from the future nor outdated.
fn in_time(this_update: i64, next_update: i64, now: i64) -> Result<(), ResponseError> {
    if this_update <= now.saturating_add(SKEW) && now <= next_update.saturating_add(SKEW) { Ok(()) } else { Err(ResponseError::Time) }
}

/// Check that nothing is critical but what is known here.
fn none_critical(extensions: Option<&Vec<Extension>>, known: &[ObjectIdentifier]) -> Result<(), ResponseError> {
    let unknown = |extension: &Extension| extension.critical && !known.contains(&extension.extn_id);
    if extensions.into_iter().flatten().any(unknown) { Err(ResponseError::Critical) } else { Ok(()) }
}

/// Check a signature with a certificate's key.
fn signed_by(signer: &Certificate, algorithm: &AlgorithmIdentifierOwned, signed: &[u8], signature: &BitString) -> bool {
    signature.as_bytes().is_some_and(|signature| signer.signed(algorithm.oid, signed, signature))
}

fn seconds(time: std::time::Duration) -> i64 {
    i64::try_from(time.as_secs()).unwrap_or(i64::MAX)
}
