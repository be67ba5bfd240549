//! The service's own certificate and key: read from PEM files, checked, and read again when they were renewed.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, crypto::ring};
use zeroize::Zeroizing;

use crate::service::Log;

/// Where certificate and key are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// PEM: the server's certificate, and behind it those of the authorities between it and the root.
    pub certificate: PathBuf,
    /// PEM: its private key.
    pub key: PathBuf,
}

/// Why there is no TLS.
#[derive(Debug)]
pub enum TlsFault {
    /// A file cannot be read.
    Unreadable(PathBuf, io::Error),
    /// The file holds no certificate.
    NoCertificate(PathBuf),
    /// The file holds no private key that is not encrypted.
    NoKey(PathBuf),
    /// Everybody on the machine may read the key.
    OpenKey(PathBuf),
    /// Certificate and key do not fit each other, or are of a kind that is not known.
    Unfit(TlsFiles, rustls::Error),
}

impl std::fmt::Display for TlsFault {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            TlsFault::Unreadable(path, fault) => {
                write!(out, "{}: {fault}: it must be a file that the service's own user can read", path.display())
            }
            TlsFault::NoCertificate(path) => {
                write!(out, "{}: no certificate in it: a PEM file with -----BEGIN CERTIFICATE----- is needed", path.display())
            }
            TlsFault::NoKey(path) => {
                write!(
                    out,
                    "{}: no private key in it: a PEM file with -----BEGIN PRIVATE KEY-----, without a password, is needed",
                    path.display()
                )
            }
            TlsFault::OpenKey(path) => {
                let path = path.display();
                write!(out, "{path}: every user of this computer can read the private key: chmod o-rwx {path}")
            }
            TlsFault::Unfit(files, fault) => {
                let TlsFiles { certificate, key } = files;
                write!(
                    out,
                    "{} and {}: {fault}: the key must be that of the first certificate in the file",
                    certificate.display(),
                    key.display()
                )
            }
        }
    }
}

impl std::error::Error for TlsFault {}

/// TLS 1.2 and 1.3 with the certificate of the files.
pub(super) struct Tls {
    files: TlsFiles,
    every: Duration,
    held: Mutex<Held>,
}

/// What is in use, and from when it is.
struct Held {
    config: Arc<ServerConfig>,
    changed: [Option<SystemTime>; 2],
    looked: Instant,
}

impl Tls {
    /// Read certificate and key; look for newer ones at most so often.
    pub(super) fn open(files: TlsFiles, every: Duration) -> Result<Tls, TlsFault> {
        let changed = files.changed();
        let held = Held { config: Arc::new(files.config()?), changed, looked: Instant::now() };
        Ok(Tls { files, every, held: Mutex::new(held) })
    }

    /// Return what the next connection is to use: the renewed certificate, where there is one that is usable.
    pub(super) fn config(&self, log: &Log) -> Arc<ServerConfig> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.looked.elapsed() >= self.every {
            held.looked = Instant::now();
            // Noted before the files are read: what is written meanwhile is read the next time.
            let changed = self.files.changed();
            if changed != held.changed {
                match self.files.config() {
                    Ok(config) => {
                        held.changed = changed;
                        held.config = Arc::new(config);
                        log("tls: the renewed certificate is in use");
                    }
                    // It is read again at every look: what is mended, such as the key's mode, may leave no other trace.
                    Err(fault) => log(&format!("tls: the old certificate stays in use: {fault}")),
                }
            }
        }
        Arc::clone(&held.config)
    }
}

impl TlsFiles {
    fn changed(&self) -> [Option<SystemTime>; 2] {
        [&self.certificate, &self.key].map(|path| path.metadata().and_then(|about| about.modified()).ok())
    }

    fn config(&self) -> Result<ServerConfig, TlsFault> {
        let chain = read(&self.certificate)?;
        let chain = CertificateDer::pem_slice_iter(&chain).collect::<Result<Vec<_>, _>>().unwrap_or_default();
        if chain.is_empty() {
            return Err(TlsFault::NoCertificate(self.certificate.clone()));
        }
        let key = read(&self.key)?;
        let key = PrivateKeyDer::from_pem_slice(&key).map_err(|_| TlsFault::NoKey(self.key.clone()))?;
        if everybody_reads(&self.key) {
            return Err(TlsFault::OpenKey(self.key.clone()));
        }
        let unfit = |fault| TlsFault::Unfit(self.clone(), fault);
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(unfit)?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(unfit)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, TlsFault> {
    std::fs::read(path).map(Zeroizing::new).map_err(|fault| TlsFault::Unreadable(path.to_owned(), fault))
}

#[cfg(unix)]
fn everybody_reads(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|about| about.permissions().mode() & 0o004 != 0)
}

/// Windows says it in access lists that follow the folder's.
#[cfg(not(unix))]
fn everybody_reads(_: &Path) -> bool {
    false
}
