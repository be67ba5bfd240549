//! The crypto provider of TLS, for every client and server in this process.

/// Install ring as the process-wide rustls provider, because reqwest, SQLx and lettre are built without one. Idempotent.
pub fn install_provider() {
    // Fails only if a provider is already installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
