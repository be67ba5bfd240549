//! Argon2id with 19 MiB, 2 passes and 1 lane (OWASP, Password Storage). The password rules are in `password`.

use argon2::password_hash::phc::{Output, ParamsString, Salt};
use argon2::{Algorithm, Argon2, Block, Params, PasswordHash, Version};

/// Blocks of 1 KiB to allocate; only those that Argon2 needs are touched. Above 32 MiB, glibc always returns the memory to the system when
/// freed, instead of keeping it for each thread (mallopt(3), M_MMAP_THRESHOLD).
const CAPACITY: usize = 33 * 1024;

/// Length of a salt in bytes (RFC 9106, section 3.1).
const SALT_LEN: usize = 16;

fn argon2id(password: &[u8], salt: &[u8], params: Params, version: Version) -> Option<Output> {
    let mut memory = Vec::with_capacity(CAPACITY.max(params.block_count()));
    memory.resize(params.block_count(), Block::new());
    let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
    Argon2::new(Algorithm::Argon2id, version, params).hash_password_into_with_memory(password, salt, &mut output, &mut memory).ok()?;
    Output::new(&output).ok()
}

/// Hash a password with a new salt into a PHC string; `None` only if there is no randomness.
pub(super) fn hash(password: &[u8]) -> Option<String> {
    let mut salt = [0; SALT_LEN];
    getrandom::fill(&mut salt).ok()?;
    let (params, version) = (Params::default(), Version::default());
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(version.into()),
        params: ParamsString::try_from(&params).ok()?,
        salt: Some(Salt::new(&salt).ok()?),
        hash: Some(argon2id(password, &salt, params, version)?),
    };
    Some(hash.to_string())
}

/// Return whether a password matches a PHC string, compared in constant time. Uses the parameters of the string, so that the defaults can
/// be raised for new hashes.
pub(super) fn verify(password: &[u8], phc: &str) -> bool {
    let Ok(PasswordHash { algorithm, version: Some(version), params, salt: Some(salt), hash: Some(expected) }) = PasswordHash::new(phc)
    else {
        return false;
    };
    let (Ok(params), Ok(version)) = (Params::try_from(&params), Version::try_from(version)) else { return false };
    algorithm == Algorithm::Argon2id.ident() && argon2id(password, salt.as_ref(), params, version).is_some_and(|output| output == expected)
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::password_hash::PasswordVerifier;

    #[test]
    fn a_hash_is_of_its_password_alone_and_never_the_same_twice() {
        let (one, two) = (hash(b"nine blue kites").unwrap(), hash(b"nine blue kites").unwrap());
        assert_ne!(one, two);
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify(b"nine blue kites", &one) && verify(b"nine blue kites", &two));
        assert!(!verify(b"nine blue kite", &one));
        // The library itself agrees.
        assert!(Argon2::default().verify_password(b"nine blue kites", one.as_str()).is_ok());
    }

    #[test]
    fn what_is_no_hash_of_ours_is_nobodys_password() {
        let right = hash(b"nine blue kites").unwrap();
        for wrong in
            ["", "plain", "$argon2id$", &right.replace("argon2id", "argon2d"), &right.replace("m=19456", "m=1"), &right[..right.len() - 4]]
        {
            assert!(!verify(b"nine blue kites", wrong), "{wrong}");
        }
    }
}
