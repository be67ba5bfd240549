//! Certificates for servers, made by OpenSSL for one test: an authority, and what it issues for this computer.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// An authority in a folder of its own.
pub(crate) struct Pki {
    folder: tempfile::TempDir,
}

impl Pki {
    /// Make an authority.
    pub(crate) fn make() -> Pki {
        let folder = tempfile::Builder::new().prefix("zairyu-pki").tempdir().unwrap();
        // Debian's own settings would make everything that is issued an authority.
        std::fs::write(folder.path().join("openssl.cnf"), "[req]\ndistinguished_name = dn\n[dn]\n").unwrap();
        let pki = Pki { folder };
        pki.request("ca", "/CN=zairyu test authority", &["-addext", "basicConstraints=critical,CA:TRUE"]);
        pki
    }

    /// Issue a certificate for this computer, and return it and its key.
    pub(crate) fn issue(&self, name: &str) -> (PathBuf, PathBuf) {
        let (ca, key) = (self.path("ca.pem"), self.path("ca.key"));
        let (ca, key) = (ca.to_str().unwrap(), key.to_str().unwrap());
        self.request(name, "/CN=localhost", &["-CA", ca, "-CAkey", key, "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]);
        (self.path(&format!("{name}.pem")), self.path(&format!("{name}.key")))
    }

    /// Return the authority's certificate.
    pub(crate) fn ca(&self) -> PathBuf {
        self.path("ca.pem")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn request(&self, name: &str, subject: &str, more: &[&str]) {
        let mut command = Command::new("openssl");
        command.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", subject]);
        command.arg("-config").arg(self.path("openssl.cnf")).args(more);
        command.arg("-keyout").arg(self.path(&format!("{name}.key"))).arg("-out").arg(self.path(&format!("{name}.pem")));
        run(&mut command);
    }
}

/// Run a command, which has to succeed.
pub(crate) fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().unwrap_or_else(|why| panic!("{command:?}: {why}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Copy certificate and key to where a service takes them from.
pub(crate) fn put((certificate, key): &(PathBuf, PathBuf), folder: &Path) {
    std::fs::copy(certificate, folder.join("tls.pem")).unwrap();
    std::fs::copy(key, folder.join("tls.key")).unwrap();
}
