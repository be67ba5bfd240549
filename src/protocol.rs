//! The protocol between terminal and service, version 1: JSON types, the signed statement (JWS), problem+json, the terms of use.
//! Both sides use this code, so they cannot disagree. Described in `protocol/protocol.md`. No I/O, no clock, no cryptography but a hash.

/// The table of account actions: path, statement, keys, what each asks and answers.
pub mod actions;
/// 認証ID: made, checked, shown in groups.
pub mod authentication_id;
/// Refusals: problem+json, the wire's codes and what they mean at the terminal.
pub mod problem;
/// Paths, media types and the JSON of the answers.
pub mod session;
/// The signed statement: JWS Compact, written by the terminal, read by the service.
pub mod statement;
/// The terms of use of a practice or self-hosted service.
pub mod terms;

/// The version of the contract, member `v` of every statement.
pub const VERSION: u8 = 1;

/// Write bytes as lower-case hexadecimal digits, the form of every SHA-256 on the wire.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
