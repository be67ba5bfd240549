//! Differences between generations of the card, one row each. Common commands are in `jpki`.

use super::Purpose;
use crate::certificate::Algorithm;
use sha2::{Digest, Sha256};

/// File identifiers of a purpose.
pub(super) struct FileIds {
    pub(super) certificate: u16,
    pub(super) authority: u16,
    pub(super) key: u16,
    pub(super) pin: u16,
}

/// A generation of the card.
pub(super) struct Generation {
    /// AID of the 公的個人認証AP.
    pub(super) aid: &'static [u8],
    /// Digits that may follow `JPKIAPICCTOKEN` in its token label.
    pub(super) labels: &'static [u8],
    signing: FileIds,
    authentication: FileIds,
    /// Signature algorithm of its keys.
    pub(super) algorithm: Algorithm,
    /// Convert a message into the input of COMPUTE DIGITAL SIGNATURE.
    pub(super) signature_input: fn(message: &[u8]) -> Vec<u8>,
    /// Convert the card's response into a JOSE signature; `None` if it is not a signature.
    pub(super) signature: fn(answer: Vec<u8>) -> Option<Vec<u8>>,
}

impl Generation {
    /// Return the files of a purpose.
    pub(super) const fn files(&self, purpose: Purpose) -> &FileIds {
        match purpose {
            Purpose::Signing => &self.signing,
            Purpose::Authentication => &self.authentication,
        }
    }
}

/// The current card (jpki-card.md §1 and §2). Higher label digits are treated alike until more is known (§7): a key of another kind is
/// refused later, by its certificate.
pub(super) static SECOND: Generation = Generation {
    aid: &[0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01],
    labels: b"23456789",
    signing: FileIds { certificate: 0x0001, authority: 0x0002, key: 0x001A, pin: 0x001B },
    authentication: FileIds { certificate: 0x000A, authority: 0x000B, key: 0x0017, pin: 0x0018 },
    algorithm: Algorithm::Rs256,
    signature_input: digest_info,
    signature: rsa_signature,
};

/// Every generation supported, most common first: their applications are selected in this order.
pub(super) static GENERATIONS: [&Generation; 1] = [&SECOND];

/// DER of a DigestInfo with SHA-256, without the hash (RFC 8017 §9.2, note 1).
pub(super) const DIGEST_INFO: [u8; 19] =
    [0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20];

/// Encode the DigestInfo of a message; the card applies PKCS#1 v1.5 padding.
fn digest_info(message: &[u8]) -> Vec<u8> {
    [DIGEST_INFO.as_slice(), &Sha256::digest(message)].concat()
}

/// Accept the signature of an RSA key of at least 2048 bits, the smallest in use.
fn rsa_signature(answer: Vec<u8>) -> Option<Vec<u8>> {
    (answer.len() >= 256).then_some(answer)
}

#[cfg(test)]
mod tests {
    use super::{SECOND, digest_info};

    #[test]
    fn what_todays_card_is_given_to_sign_ends_with_the_sha_256_of_the_message() {
        // FIPS 180-2, appendix B.1.
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let info = digest_info(b"abc");
        assert_eq!(info.len(), 51);
        assert!(info.ends_with(&crate::card::apdu::tests::hex(abc)));
    }

    #[test]
    fn a_signature_that_is_too_short_is_none() {
        assert_eq!((SECOND.signature)(vec![0; 255]), None);
        assert_eq!((SECOND.signature)(vec![0; 256]).map(|whole| whole.len()), Some(256));
    }
}
