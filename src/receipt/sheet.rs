//! A page as data: one source for text and PDF, so that both say the same.

use crate::locale::{Lang, Text};
use crate::text::harmless;

/// A page to take home.
pub struct Sheet {
    /// The person's language.
    pub lang: Lang,
    /// The name of its file, without an ending; nothing personal.
    pub name: String,
    /// What stands on it.
    pub parts: Vec<Part>,
}

/// A part of a page.
pub enum Part {
    /// The title.
    Title(String),
    /// A heading of the parts below.
    Heading(String),
    /// A paragraph.
    Text(String),
    /// A label and its value.
    Row(String, String),
    /// A label and a value in large letters.
    Large(String, String),
    /// A paragraph in Japanese, and the same in the person's language beside it; empty if that is Japanese.
    Beside(String, String),
}

impl Sheet {
    /// Return the lines of the page as text.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for part in &self.parts {
            match part {
                Part::Title(text) | Part::Text(text) => lines.push(text.clone()),
                Part::Heading(text) => lines.extend([String::new(), text.clone()]),
                Part::Row(label, value) | Part::Large(label, value) => lines.push(format!("{label}: {value}")),
                Part::Beside(japanese, own) if own.is_empty() => lines.push(japanese.clone()),
                Part::Beside(japanese, own) => lines.extend([japanese.clone(), format!("  {own}")]),
            }
        }
        lines
    }

    /// Return the page as text in UTF-8.
    pub(super) fn text(&self) -> Vec<u8> {
        self.lines().iter().flat_map(|line| [&*harmless(line), "\n"].concat().into_bytes()).collect()
    }
}

/// Return a text in the person's language, followed by the Japanese one.
pub(super) fn both(lang: Lang, text: Text) -> String {
    joined(lang.text(text), Lang::Ja.text(text))
}

/// Return own words followed by the Japanese ones, unless these are among them.
pub(super) fn joined(own: &str, japanese: &str) -> String {
    if own.contains(japanese) { own.to_owned() } else { format!("{own}  {japanese}") }
}

/// Return a paragraph in Japanese with the person's language beside it.
pub(super) fn beside(lang: Lang, said: impl Fn(Lang) -> String) -> Part {
    Part::Beside(said(Lang::Ja), if lang == Lang::Ja { String::new() } else { said(lang) })
}
