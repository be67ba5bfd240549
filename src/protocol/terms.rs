//! The terms of use of a practice or self-hosted service, in every language of the program. The Japanese text is binding.
//!
//! Operators replace them in the service with their own; the terminal shows what the service sends.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

/// Version of the terms below. Must change with the Japanese text.
pub const VERSION: &str = "2026-11";

/// The texts by language tag, from `terms/TAG.txt`, listed by the build script.
static TEXTS: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/terms.rs"));

/// Return the terms for a language tag, or else in English.
pub fn text(tag: &str) -> &'static str {
    let find = |wanted| TEXTS.iter().find(|(tag, _)| *tag == wanted).map(|(_, text)| *text);
    find(tag).or_else(|| find("en")).unwrap_or_default()
}

/// Return the SHA-256 of the Japanese text, as used in sessions and registrations.
pub fn sha256() -> &'static str {
    static SHA256: LazyLock<String> = LazyLock::new(|| sha256_of(text("ja")));
    &SHA256
}

/// Return the SHA-256 of a service's Japanese text in the same form.
pub fn sha256_of(text: &str) -> String {
    super::hex(&Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_the_japanese_text_must_change_the_version() {
        let known = [("2026-11", "702528028e5dcd8c59c876fe2ac3a78f26247ce34d9cc761f24cefbd96e5e95e")];
        assert!(known.contains(&(VERSION, sha256())), "{VERSION} {}", sha256());
    }

    #[test]
    fn every_text_has_the_points_of_the_japanese_one() {
        let points = |text: &str| text.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_digit())).count();
        assert!(points(text("ja")) > 5);
        for (tag, text) in TEXTS {
            assert_eq!(points(text), points(super::text("ja")), "{tag}");
        }
        assert_eq!(text("xx"), text("en"));
    }
}
