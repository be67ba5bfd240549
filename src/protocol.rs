//! The protocol between terminal and service, version 1: JSON types, the signed statement (JWS), problem+json, the terms of use.
//!
//! Both sides share this code, so they cannot disagree; `protocol/protocol.md` specifies it. No I/O, no clock, and no cryptography except
//! hashing.

/// The table of account actions: path, statement, keys, inputs and response.
pub mod actions;
/// 認証ID: generation, validation, formatting.
pub mod authentication_id;
/// The payloads of signed statements.
pub mod payload;
/// Refusals: problem+json, the codes of the wire format and their meaning at the terminal.
pub mod problem;
/// Paths, media types and JSON responses.
pub mod session;
/// The signed statement: JWS Compact, written by the terminal and read by the service.
pub mod statement;
/// The terms of use of a practice or self-hosted service.
pub mod terms;

/// The protocol version, member `v` of every statement.
pub const VERSION: u8 = 1;

/// Encode bytes in lower-case hex, the form of every SHA-256 on the wire.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
