//! What a key of the card is given to sign, and what it answers, by its algorithm (jpki-card.md §2 and §7). The certificate tells the
//! algorithm, not the generation of the card.

use crate::certificate::Algorithm;
use der::asn1::UintRef;
use der::{Decode, Reader, SliceReader};
use ring::digest::{SHA384, digest};
use sha2::{Digest, Sha256};

/// DER of a DigestInfo with SHA-256, without the hash (RFC 8017 §9.2, note 1).
pub(super) const DIGEST_INFO: [u8; 19] =
    [0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20];

/// Length in bytes of a coordinate of P-384, and of each half of a signature.
const HALF: usize = 48;

/// Convert a message into the input of COMPUTE DIGITAL SIGNATURE: a DigestInfo, which the card pads (PKCS#1 v1.5), or the hash alone.
pub(super) fn input(algorithm: Algorithm, message: &[u8]) -> Vec<u8> {
    match algorithm {
        Algorithm::Rs256 => [DIGEST_INFO.as_slice(), &Sha256::digest(message)].concat(),
        Algorithm::Es384 => digest(&SHA384, message).as_ref().to_vec(),
    }
}

/// Convert the card's response into a JOSE signature; `None` if it is not a signature.
pub(super) fn signature(algorithm: Algorithm, answer: Vec<u8>) -> Option<Vec<u8>> {
    match algorithm {
        // At least 2048 bits, the smallest key in use.
        Algorithm::Rs256 => (answer.len() >= 256).then_some(answer),
        // r followed by s, as JOSE has it (RFC 7518 §3.4). In DER, r and s of a signature of that length would be
        // six bytes short together.
        Algorithm::Es384 if answer.len() == 2 * HALF => Some(answer),
        Algorithm::Es384 => joined(&answer),
    }
}

/// Convert an ECDSA signature in DER (RFC 3279 §2.2.3) to r followed by s. How the next card answers is not known: both forms are taken.
fn joined(der: &[u8]) -> Option<Vec<u8>> {
    let mut reader = SliceReader::new(der).ok()?;
    let halves = reader.sequence(|reader| Ok::<_, der::Error>([UintRef::decode(reader)?, UintRef::decode(reader)?])).ok()?;
    reader.finish().ok()?;
    let mut signature = vec![0; 2 * HALF];
    for (room, half) in signature.chunks_exact_mut(HALF).zip(halves) {
        let half = half.as_bytes();
        room.get_mut(HALF.checked_sub(half.len())?..)?.copy_from_slice(half);
    }
    Some(signature)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::apdu::tests::hex;

    #[test]
    fn what_todays_card_is_given_to_sign_ends_with_the_sha_256_of_the_message() {
        // FIPS 180-2, appendix B.1.
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let info = input(Algorithm::Rs256, b"abc");
        assert_eq!(info.len(), 51);
        assert!(info.ends_with(&hex(abc)));
    }

    #[test]
    fn what_the_next_card_is_given_to_sign_is_the_sha_384_of_the_message() {
        // FIPS 180-2, appendix D.1.
        let abc = "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7";
        assert_eq!(input(Algorithm::Es384, b"abc"), hex(abc));
    }

    #[test]
    fn a_signature_that_is_too_short_is_none() {
        assert_eq!(signature(Algorithm::Rs256, vec![0; 255]), None);
        assert_eq!(signature(Algorithm::Rs256, vec![0; 256]).map(|whole| whole.len()), Some(256));
        assert_eq!(signature(Algorithm::Es384, vec![1; 95]), None);
        assert_eq!(signature(Algorithm::Es384, vec![1; 96]), Some(vec![1; 96]));
        assert_eq!(signature(Algorithm::Es384, vec![1; 97]), None);
        assert_eq!(signature(Algorithm::Es384, Vec::new()), None);
    }

    #[test]
    fn a_signature_in_der_is_the_same_as_r_followed_by_s() {
        let joined = |der: &str| signature(Algorithm::Es384, hex(der));
        let padded = |r: &str, s: &str| Some(hex(&format!("{r:0>96}{s:0>96}")));
        assert_eq!(joined("3006 020101 020102"), padded("01", "02"));
        // A half whose highest bit is set has a zero before it in DER.
        let full = "80".repeat(HALF);
        assert_eq!(joined(&format!("3066 023100{full} 023100{full}")), padded(&full, &full));
        for wrong in [
            "3006 020101 020182",                                  // negative
            "3007 020101 02020002",                                // not the shortest form
            "3006 020101 020102 00",                               // something behind it
            "3003 020101",                                         // one half
            "3009 020101 020102 020103",                           // three
            &format!("3036 0231{} 020101", "01".repeat(HALF + 1)), // a half of 49 bytes
        ] {
            assert_eq!(joined(wrong), None, "{wrong}");
        }
    }
}
