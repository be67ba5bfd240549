//! The service's TLS certificate and key: read from PEM files, checked, and reread when renewed.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, crypto::ring};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::file;
use crate::service::Log;

/// Paths of certificate and key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// PEM: the server's certificate, followed by the intermediate certificates.
    pub certificate: PathBuf,
    /// PEM: the unencrypted private key.
    pub key: PathBuf,
}

/// Why TLS cannot be used.
#[derive(Debug, Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("{0}: {1}: it must be a file that the service's own user can read")]
    Unreadable(PathBuf, #[source] io::Error),
    /// The file contains no certificate.
    #[error("{0}: no certificate in it: a PEM file with -----BEGIN CERTIFICATE----- is needed")]
    NoCertificate(PathBuf),
    /// The file contains no unencrypted private key.
    #[error("{0}: no private key in it: a PEM file with -----BEGIN PRIVATE KEY-----, without a password, is needed")]
    NoKey(PathBuf),
    /// The key is readable by every user of the computer.
    #[error("{0}: every user of this computer can read the private key: chmod o-rwx {0}")]
    OpenKey(PathBuf),
    /// Certificate and key do not match, or their kind is not supported.
    #[error("{certificate} and {key}: {1}: the key must be that of the first certificate in the file", certificate = .0.certificate.display(), key = .0.key.display())]
    Unfit(TlsFiles, rustls::Error),
}

/// TLS 1.2 and 1.3 with the certificate in the files.
pub(super) struct Tls {
    files: TlsFiles,
    every: Duration,
    held: Mutex<Held>,
}

/// The certificate in use.
struct Held {
    config: Arc<ServerConfig>,
    changed: [Option<SystemTime>; 2],
    looked: Instant,
}

impl Tls {
    /// Read certificate and key. Check for renewed ones at this interval.
    pub(super) fn open(files: TlsFiles, every: Duration) -> Result<Tls, TlsError> {
        let changed = files.changed();
        let held = Held { config: Arc::new(files.config()?), changed, looked: Instant::now() };
        Ok(Tls { files, every, held: Mutex::new(held) })
    }

    /// Return the configuration for the next connection, with the renewed certificate if there is a usable one.
    pub(super) fn config(&self, log: &Log) -> Arc<ServerConfig> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.looked.elapsed() >= self.every {
            held.renew(&self.files, log);
        }
        Arc::clone(&held.config)
    }

    /// Look for a renewed certificate now.
    pub(super) fn renew(&self, log: &Log) {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).renew(&self.files, log);
    }
}

impl Held {
    fn renew(&mut self, files: &TlsFiles, log: &Log) {
        self.looked = Instant::now();
        // Note the times before reading, so that a later write is picked up next time.
        let changed = files.changed();
        if changed == self.changed {
            return;
        }
        match files.config() {
            Ok(config) => {
                self.changed = changed;
                self.config = Arc::new(config);
                log("tls: the renewed certificate is in use");
            }
            // Do not note the times, so that the files are reread at every check: correcting a file mode does not change them.
            Err(fault) => log(&format!("tls: the old certificate stays in use: {fault}")),
        }
    }
}

impl TlsFiles {
    fn changed(&self) -> [Option<SystemTime>; 2] {
        [&self.certificate, &self.key].map(|path| path.metadata().and_then(|about| about.modified()).ok())
    }

    fn config(&self) -> Result<ServerConfig, TlsError> {
        let chain = read(&self.certificate)?;
        let chain = CertificateDer::pem_slice_iter(&chain).collect::<Result<Vec<_>, _>>().unwrap_or_default();
        if chain.is_empty() {
            return Err(TlsError::NoCertificate(self.certificate.clone()));
        }
        let key = read(&self.key)?;
        let key = PrivateKeyDer::from_pem_slice(&key).map_err(|_| TlsError::NoKey(self.key.clone()))?;
        if file::everybody_reads(&self.key) {
            return Err(TlsError::OpenKey(self.key.clone()));
        }
        let unfit = |fault| TlsError::Unfit(self.clone(), fault);
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

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, TlsError> {
    file::read(path).map(|bytes| Zeroizing::new(file::plain(bytes))).map_err(|fault| TlsError::Unreadable(path.to_owned(), fault))
}
