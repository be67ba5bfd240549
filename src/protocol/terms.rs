//! The terms of use of a practice or self-hosted service, in Japanese, which rules, and in English.
//! An operator with terms of their own replaces them in the service; the terminal shows what the service sends.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

/// Version of the terms below. It rises with every change of the Japanese text.
pub const VERSION: &str = "2026-11";

/// Return the terms in a language: Japanese, or English for every other.
pub fn text(language: &str) -> &'static str {
    if language == "ja" || language.starts_with("ja-") { include_str!("terms/ja.txt") } else { include_str!("terms/en.txt") }
}

/// Return the SHA-256 of the Japanese text, as sessions and registrations name it.
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
    fn both_texts_say_the_same_points() {
        let points = |language| text(language).lines().filter(|line| line.starts_with(|first: char| first.is_ascii_digit())).count();
        assert_eq!(points("ja"), points("en"));
        assert!(points("ja") > 5);
        assert_eq!(text("vi"), text("en"));
        assert_eq!(text("ja-Hira"), text("ja"));
    }
}
