//! Private keys of simulated cards and of their authority: RSA as today's cards have, P-384 as announced for the next (jpki-card.md §5, §7).

use crate::certificate::Algorithm;
use getrandom::SysRng;
use p384::ecdsa::{DerSignature, Signature};
use rsa::pkcs1v15::{Pkcs1v15Sign, SigningKey};
use rsa::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use rsa::sha2::Sha256;
use rsa::signature::hazmat::PrehashSigner;
use rsa::signature::{SignatureEncoding, Signer};
use rsa::{Generate, PrivateKey as RsaKey};
use std::fs;
use std::io;
use std::path::Path;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{self, Builder, CertificateBuilder};
use x509_cert::certificate::Certificate;
use x509_cert::spki::SubjectPublicKeyInfoOwned;

/// Length of an RSA key in bits (jpki-card.md §5).
const RSA_BITS: usize = 2048;
/// Length of a SHA-384 hash in bytes.
const HASH_BYTES: usize = 48;
/// Length of the padding that PKCS#1 v1.5 needs at least, in bytes.
const PADDING_BYTES: usize = 11;

/// A private key.
#[derive(Clone)]
pub(super) enum PrivateKey {
    Rsa(RsaKey),
    P384(p384::ecdsa::SigningKey),
}

impl PrivateKey {
    /// Generate a key. Slow with RSA.
    pub(super) fn make(algorithm: Algorithm) -> io::Result<PrivateKey> {
        match algorithm {
            Algorithm::Rs256 => RsaKey::new(&mut SysRng, RSA_BITS).map(PrivateKey::Rsa).map_err(io::Error::other),
            Algorithm::Es384 => p384::ecdsa::SigningKey::try_generate_from_rng(&mut SysRng).map(PrivateKey::P384).map_err(io::Error::other),
        }
    }

    /// Generate two keys in parallel: with two cores, that takes no longer than one.
    pub(super) fn make_pair(algorithm: Algorithm) -> io::Result<(PrivateKey, PrivateKey)> {
        std::thread::scope(|scope| {
            let other = scope.spawn(|| PrivateKey::make(algorithm));
            let one = PrivateKey::make(algorithm)?;
            let other = other.join().map_err(|_| io::Error::other("the thread that searched a key has died"))??;
            Ok((one, other))
        })
    }

    /// Return the algorithm that it signs with.
    pub(super) fn algorithm(&self) -> Algorithm {
        match self {
            PrivateKey::Rsa(_) => Algorithm::Rs256,
            PrivateKey::P384(_) => Algorithm::Es384,
        }
    }

    /// Write it as PKCS#8 DER, readable by the current user only.
    pub(super) fn save(&self, path: &Path) -> io::Result<()> {
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let der = match self {
            PrivateKey::Rsa(key) => key.to_pkcs8_der(),
            PrivateKey::P384(key) => key.to_pkcs8_der(),
        };
        io::Write::write_all(&mut crate::file::open(path, &mut options)?, der.map_err(io::Error::other)?.as_bytes())
    }

    /// Load what `save` wrote.
    pub(super) fn load(algorithm: Algorithm, path: &Path) -> io::Result<PrivateKey> {
        let der = crate::file::read(path)?;
        match algorithm {
            Algorithm::Rs256 => RsaKey::from_pkcs8_der(&der).map(PrivateKey::Rsa),
            Algorithm::Es384 => p384::ecdsa::SigningKey::from_pkcs8_der(&der).map(PrivateKey::P384),
        }
        .map_err(io::Error::other)
    }

    /// Return the public half, as in a certificate.
    pub(super) fn public_key(&self) -> Result<SubjectPublicKeyInfoOwned, builder::Error> {
        Ok(match self {
            PrivateKey::Rsa(key) => SubjectPublicKeyInfoOwned::from_key(key.as_public_key())?,
            PrivateKey::P384(key) => SubjectPublicKeyInfoOwned::from_key(key.verifying_key())?,
        })
    }

    /// Sign a certificate as its authority.
    pub(super) fn certify<P: BuilderProfile>(&self, certificate: CertificateBuilder<P>) -> Result<Certificate, builder::Error> {
        match self {
            PrivateKey::Rsa(key) => certificate.build::<_, rsa::pkcs1v15::Signature>(&SigningKey::<Sha256>::new(key.clone())),
            PrivateKey::P384(key) => certificate.build::<_, DerSignature>(key),
        }
    }

    /// Sign a message as an authority does: with ECDSA, in DER.
    pub(super) fn sign(&self, message: &[u8]) -> io::Result<Vec<u8>> {
        match self {
            PrivateKey::Rsa(key) => SigningKey::<Sha256>::new(key.clone()).try_sign(message).map(|signature| signature.to_vec()),
            PrivateKey::P384(key) => key.try_sign(message).map(|signature: DerSignature| signature.to_vec()),
        }
        .map_err(io::Error::other)
    }

    /// Return whether COMPUTE DIGITAL SIGNATURE takes an input of this length: anything to pad, or a hash.
    pub(super) fn takes(&self, length: usize) -> bool {
        match self {
            PrivateKey::Rsa(_) => (1..=RSA_BITS / 8 - PADDING_BYTES).contains(&length),
            PrivateKey::P384(_) => length == HASH_BYTES,
        }
    }

    /// Sign the input of COMPUTE DIGITAL SIGNATURE: with ECDSA, r followed by s.
    pub(super) fn compute_signature(&self, input: &[u8]) -> Option<Vec<u8>> {
        match self {
            PrivateKey::Rsa(key) => key.sign(Pkcs1v15Sign::new_unprefixed(), input).ok(),
            PrivateKey::P384(key) => key.sign_prehash(input).ok().map(|signature: Signature| signature.to_vec()),
        }
    }
}
