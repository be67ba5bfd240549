//! Certificate revocation lists (RFC 5280 §5): accepted only if complete and signed by the authority itself. Partial, delta and indirect
//! CRLs are rejected: their extensions are critical.

use der::asn1::BitString;
use der::{Decode, Reader, SliceReader, Tag, TagMode, TagNumber};
use x509_cert::ext::Extensions;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::AlgorithmIdentifierOwned;
use x509_cert::time::Time;

use super::{Certificate, Finding, ResponseError, Standing, in_time, none_critical, seconds, signed_by};

/// `v2` (RFC 5280 §5.1.2.1): the only version with extensions, without which a partial list could not be recognised.
const V2: u8 = 1;

/// A serial number, right-aligned. Stored inline to save memory: the list of a whole country is long.
type Serial = [u8; 21];

/// A list whose signature and validity have been verified.
#[derive(Debug, PartialEq, Eq)]
pub struct Crl {
    this_update: i64,
    next_update: i64,
    /// Sorted.
    revoked: Vec<Serial>,
}

impl Crl {
    /// Parse a list from DER; it must be current and signed by this authority.
    pub fn read(der: &[u8], authority: &Certificate, now: i64) -> Result<Crl, ResponseError> {
        let mut reader = SliceReader::new(der)?;
        let (body, algorithm, signature) = reader.sequence(|reader| {
            let body = reader.tlv_bytes()?;
            Ok::<_, ResponseError>((body, AlgorithmIdentifierOwned::decode(reader)?, BitString::decode(reader)?))
        })?;
        reader.finish()?;
        let may = authority.key_usage().is_some_and(|usage| usage.crl_sign());
        if !may || !signed_by(authority, &algorithm, body, &signature) {
            return Err(ResponseError::Signature);
        }
        let mut reader = SliceReader::new(body)?;
        let crl = reader.sequence(|reader| Crl::body(reader, &algorithm))?;
        reader.finish()?;
        in_time(crl.this_update, crl.next_update, now)?;
        Ok(crl)
    }

    fn body<'r>(reader: &mut SliceReader<'r>, algorithm: &AlgorithmIdentifierOwned) -> Result<Crl, ResponseError> {
        if u8::decode(reader)? != V2 || AlgorithmIdentifierOwned::decode(reader)? != *algorithm {
            return Err(ResponseError::Unreadable);
        }
        // Skip the issuer's name: the signing key identifies it.
        reader.tlv_bytes()?;
        let this_update = seconds(Time::decode(reader)?.to_unix_duration());
        // RFC 5280 §5.1.2.5 requires nextUpdate.
        let next_update = seconds(Time::decode(reader)?.to_unix_duration());
        let mut revoked = Vec::new();
        if !reader.is_finished() && Tag::peek(reader)? == Tag::Sequence {
            reader.sequence(|reader| {
                while !reader.is_finished() {
                    revoked.push(reader.sequence(entry)?);
                }
                Ok::<_, ResponseError>(())
            })?;
        }
        let extensions = reader.context_specific::<Extensions>(TagNumber(0), TagMode::Explicit)?;
        none_critical(extensions.as_ref(), &[])?;
        revoked.sort_unstable();
        Ok(Crl { this_update, next_update, revoked })
    }

    /// Return whether it is still current.
    pub fn is_current(&self, now: i64) -> bool {
        in_time(self.this_update, self.next_update, now).is_ok()
    }

    /// Return whether it is at least as new as another list.
    pub fn follows(&self, other: &Crl) -> bool {
        self.this_update >= other.this_update
    }

    /// Look up a certificate issued by its authority.
    pub fn finding(&self, leaf: &Certificate) -> Finding {
        let listed = self.revoked.binary_search(&fixed(leaf.inner.tbs_certificate().serial_number())).is_ok();
        Finding { standing: if listed { Standing::Revoked } else { Standing::Good }, as_of: self.this_update }
    }
}

/// Parse an entry. Reason and time of the revocation do not matter.
fn entry(reader: &mut SliceReader<'_>) -> Result<Serial, ResponseError> {
    let serial = SerialNumber::decode(reader)?;
    Time::decode(reader)?;
    if !reader.is_finished() {
        none_critical(Some(&Extensions::decode(reader)?), &[])?;
    }
    Ok(fixed(&serial))
}

fn fixed(serial: &SerialNumber) -> Serial {
    let mut fixed = [0; 21];
    for (place, byte) in fixed.iter_mut().rev().zip(serial.as_bytes().iter().rev()) {
        *place = *byte;
    }
    fixed
}
