//! The cryptography behind TLS, for every client and server in this process.

/// Make ring the process's provider of TLS cryptography: reqwest, SQLx and lettre are built without one of their own. May be called often.
pub fn install_provider() {
    // Fails only if a provider is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
