//! The trusted certificate authorities: those of the JPKI by fingerprint, or those of a folder instead.
//! The CA certificate itself comes from the card and is refused if it matches no anchor.

use super::{Certificate, LIMIT};
use crate::file;
use base64ct::{Base64, Encoding};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// SHA-256 of the DER of signca02, signca03, authca02 and authca03, as published at jpki.go.jp/ca (jpki-card.md §5).
const PINNED: [[u8; 32]; 4] = [
    fingerprint("79679c33e4cc9319440f1ad120a597ff1844e2ef217063adb176966fd5e6fbeb"),
    fingerprint("d227f6cde11d35c5252178f106f843d24651944975413b539fa2fb68dbfa365f"),
    fingerprint("0d98de47fc11b7f67126874b7028b6026a803d2638d6edfe53176953961fade6"),
    fingerprint("64114f29620c24ed2631d46476a040e7ee740d956089c00b036a6a8118c322b5"),
];

const PEM_BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const PEM_END: &str = "-----END CERTIFICATE-----";

/// Fingerprints of the trusted authorities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchors {
    fingerprints: Vec<[u8; 32]>,
}

/// Why no anchors could be loaded from a folder.
#[derive(Debug, thiserror::Error)]
pub enum AnchorsError {
    /// The folder, or a file in it, cannot be read.
    #[error("{}: {}", .0.display(), .1)]
    Unreadable(PathBuf, #[source] std::io::Error),
    /// A file contains something other than certificates.
    #[error("{}: no certificate (PEM or DER)", .0.display())]
    NoCertificate(PathBuf),
    /// No file in the folder ends in .pem, .crt, .cer or .der.
    #[error("{}: no file ends in .pem, .crt, .cer or .der", .0.display())]
    Empty(PathBuf),
}

impl Anchors {
    /// Return the four JPKI authorities that issue current certificates.
    pub fn pinned() -> Anchors {
        Anchors { fingerprints: PINNED.to_vec() }
    }

    /// Trust exactly the certificates (PEM or DER) in a folder's files with extension .pem, .crt, .cer or .der.
    pub fn from_folder(folder: &Path) -> Result<Anchors, AnchorsError> {
        let unreadable = |fault| AnchorsError::Unreadable(folder.to_owned(), fault);
        let mut fingerprints = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if path.extension().is_some_and(|end| ["pem", "crt", "cer", "der"].iter().any(|known| end.eq_ignore_ascii_case(known))) {
                let content = file::read(&path).map_err(|fault| AnchorsError::Unreadable(path.clone(), fault))?;
                let found = certificates(&file::plain(content)).ok_or(AnchorsError::NoCertificate(path))?;
                fingerprints.extend(found.iter().map(Certificate::fingerprint));
            }
        }
        if fingerprints.is_empty() { Err(AnchorsError::Empty(folder.to_owned())) } else { Ok(Anchors { fingerprints }) }
    }

    /// Trust exactly these certificates, such as those that practice mode makes at run time.
    pub fn of(authorities: &[Certificate]) -> Anchors {
        Anchors { fingerprints: authorities.iter().map(Certificate::fingerprint).collect() }
    }

    /// Return whether a certificate in DER is one of the anchors.
    pub fn trusts(&self, der: &[u8]) -> bool {
        let fingerprint: [u8; 32] = Sha256::digest(der).into();
        self.fingerprints.contains(&fingerprint)
    }
}

/// Parse a file with one DER certificate, or any number of PEM ones.
fn certificates(content: &[u8]) -> Option<Vec<Certificate>> {
    if let Ok(single) = Certificate::parse(content) {
        return Some(vec![single]);
    }
    let mut found = Vec::new();
    let mut rest = std::str::from_utf8(content).ok()?;
    while let Some((_, begun)) = rest.split_once(PEM_BEGIN) {
        let (body, behind) = begun.split_once(PEM_END)?;
        let body: String = body.split_ascii_whitespace().collect();
        if body.len() > 2 * LIMIT {
            return None;
        }
        found.push(Certificate::parse(&Base64::decode_vec(&body).ok()?).ok()?);
        rest = behind;
    }
    (!found.is_empty()).then_some(found)
}

/// Parse 64 hexadecimal digits at compile time.
const fn fingerprint(text: &str) -> [u8; 32] {
    const fn digit(byte: u8) -> u8 {
        match byte {
            b'0'..=b'9' => byte - b'0',
            _ => byte - b'a' + 10,
        }
    }
    let mut bytes = [0; 32];
    let (mut room, mut rest): (&mut [u8], &[u8]) = (&mut bytes, text.as_bytes());
    while let ([byte, after @ ..], [high, low, more @ ..]) = (room, rest) {
        *byte = digit(*high) << 4 | digit(*low);
        (room, rest) = (after, more);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::tests::roots;

    #[test]
    fn the_pinned_anchors_are_the_four_authorities_that_issue_today() {
        let trusted: Vec<_> = roots().into_iter().filter(|(_, der)| Anchors::pinned().trusts(der)).map(|(name, _)| name).collect();
        assert_eq!(trusted, ["authca02", "authca03", "signca02", "signca03"]);
    }

    #[test]
    fn a_folder_of_pem_and_der_files_replaces_the_pinned_anchors() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(Anchors::from_folder(folder.path()), Err(AnchorsError::Empty(_))));
        let [(_, first), (_, second), (_, third), ..] = roots();
        let pem = |der: &[u8]| {
            let body = Base64::encode_string(der);
            let lines: Vec<_> = body.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
            format!("subject=somebody\n{PEM_BEGIN}\r\n{}\r\n{PEM_END}\n", lines.join("\r\n"))
        };
        std::fs::write(folder.path().join("one.CER"), &first).unwrap();
        std::fs::write(folder.path().join("two.pem"), pem(&second) + &pem(&third)).unwrap();
        std::fs::write(folder.path().join("README"), "no certificate").unwrap();
        let anchors = Anchors::from_folder(folder.path()).unwrap();
        assert!([&first, &second, &third].into_iter().all(|der| anchors.trusts(der)));
        assert!(!roots().iter().skip(3).any(|(_, der)| anchors.trusts(der)));

        std::fs::write(folder.path().join("three.pem"), PEM_BEGIN).unwrap();
        assert!(matches!(Anchors::from_folder(folder.path()), Err(AnchorsError::NoCertificate(path)) if path.ends_with("three.pem")));
    }
}
