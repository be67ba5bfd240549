//! Random secrets and their hashes. The client holds the secret, the store only its hash, so that a stolen store gives no access.

use base64ct::{Base64UrlUnpadded, Encoding};
use sha2::{Digest, Sha256};

use crate::protocol::hex;

/// Generate a secret of 256 random bits, in base64url without padding.
pub(super) fn random() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(Base64UrlUnpadded::encode_string(&bytes))
}

/// Hash bytes with SHA-256, in hex. A fast hash suffices for 256 random bits (ASVS 5.0, 6.5.2).
pub(super) fn hash(bytes: impl AsRef<[u8]>) -> String {
    hex(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::{hash, random};

    #[test]
    fn a_secret_has_43_characters_and_is_never_the_same_twice() {
        let (one, two) = (random().unwrap(), random().unwrap());
        assert_eq!(one.len(), 43);
        assert_ne!(one, two);
    }

    #[test]
    fn the_hash_is_that_of_fips_180() {
        assert_eq!(hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
