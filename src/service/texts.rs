//! What the operator says in their own words: terms, privacy notice, and a last paragraph of every mail; one file a language in one folder.
//!
//! The privacy notice stands behind the terms: whoever signs the hash of the terms has signed it too.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::file;
use crate::locale::Lang;
use crate::protocol::session::TermsId;
use crate::protocol::terms;

/// Most bytes of a file: people read it in a terminal.
const LIMIT: usize = 64 * 1024;

/// Why the folder cannot be used.
#[derive(Debug, Error)]
pub enum TextsError {
    /// The folder or a file cannot be read.
    #[error("{0}: {1}")]
    Unreadable(PathBuf, #[source] std::io::Error),
    /// A file has a name that stands for nothing.
    #[error("{0}: the files are terms.TAG.txt, privacy.TAG.txt and mail.TAG.txt, where TAG is one of: {tags}", tags = tags())]
    Unknown(PathBuf),
    /// The Japanese file is missing, which rules and stands in for every language without its own.
    #[error("{0}: there is no such file; the Japanese text rules, and stands where another language has none")]
    NoJapanese(PathBuf),
    /// A file that is empty, too long, or holds characters that control a terminal.
    #[error("{0}: it must be text of at most 64 KiB, not empty, without control characters")]
    Unfit(PathBuf),
}

/// A text by language.
type ByLang = BTreeMap<&'static str, String>;

/// The operator's own texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    terms: ByLang,
    privacy: ByLang,
    mail: ByLang,
}

impl Texts {
    /// Read the folder.
    pub fn from_folder(folder: &Path) -> Result<Texts, TextsError> {
        let unreadable = |path: &Path| {
            let path = path.to_owned();
            move |fault| TextsError::Unreadable(path, fault)
        };
        let mut texts = Texts::default();
        for entry in std::fs::read_dir(folder).map_err(unreadable(folder))? {
            let path = entry.map_err(unreadable(folder))?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let Some((kind, tag)) = name.strip_suffix(".txt").and_then(|name| name.split_once('.')) else {
                // A note beside them, or what an editor leaves, is no text; a slip in the name of one is told.
                if name.ends_with(".txt") {
                    return Err(TextsError::Unknown(path));
                }
                continue;
            };
            let lang = Lang::ALL.iter().find(|lang| lang.tag() == tag);
            let (Some(texts), Some(lang)) = (texts.kind(kind), lang) else { return Err(TextsError::Unknown(path)) };
            let text = file::read_text(&path).map_err(unreadable(&path))?.replace("\r\n", "\n");
            if text.trim().is_empty() || text.len() > LIMIT || text.chars().any(|c| c != '\n' && crate::text::is_steering(c)) {
                return Err(TextsError::Unfit(path));
            }
            texts.insert(lang.tag(), format!("{}\n", text.trim_end()));
        }
        for (kind, by_lang) in [("terms", &texts.terms), ("privacy", &texts.privacy), ("mail", &texts.mail)] {
            if !by_lang.is_empty() && !by_lang.contains_key(Lang::Ja.tag()) {
                return Err(TextsError::NoJapanese(folder.join(format!("{kind}.ja.txt"))));
            }
        }
        Ok(texts)
    }

    fn kind(&mut self, kind: &str) -> Option<&mut ByLang> {
        match kind {
            "terms" => Some(&mut self.terms),
            "privacy" => Some(&mut self.privacy),
            "mail" => Some(&mut self.mail),
            _ => None,
        }
    }

    /// Return the terms, with the privacy notice behind them.
    pub(super) fn terms(&self, lang: Lang) -> String {
        let terms = in_language(&self.terms, lang).unwrap_or_else(|| terms::text(lang.tag()));
        match in_language(&self.privacy, lang) {
            Some(privacy) => format!("{terms}\n{privacy}"),
            None => terms.to_owned(),
        }
    }

    /// Return what identifies the terms in a statement. The version of terms of one's own is the beginning of their hash, so that it always
    /// changes with them.
    pub(super) fn terms_id(&self) -> TermsId {
        let sha256 = terms::sha256_of(&self.terms(Lang::Ja));
        let own = !self.terms.is_empty() || !self.privacy.is_empty();
        let version = if own { sha256.chars().take(12).collect() } else { terms::VERSION.to_owned() };
        TermsId { version, sha256 }
    }

    /// Return the last paragraph of a mail.
    pub(super) fn mail(&self, lang: Lang) -> Option<&str> {
        in_language(&self.mail, lang).map(str::trim_end)
    }
}

/// Return a text in a language, or else in Japanese, which rules.
fn in_language(texts: &ByLang, lang: Lang) -> Option<&str> {
    texts.get(lang.tag()).or_else(|| texts.get(Lang::Ja.tag())).map(String::as_str)
}

fn tags() -> String {
    Lang::ALL.iter().map(|lang| lang.tag()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(files: &[(&str, &str)]) -> Result<Texts, TextsError> {
        let folder = tempfile::tempdir().unwrap();
        files.iter().for_each(|(name, text)| std::fs::write(folder.path().join(name), text).unwrap());
        Texts::from_folder(folder.path())
    }

    #[test]
    fn without_files_the_texts_are_those_of_the_program() {
        let texts = read(&[("README.md", "ours")]).unwrap();
        assert_eq!(texts, Texts::default());
        assert_eq!(texts.terms(Lang::En), terms::text("en"));
        assert_eq!(texts.terms_id(), TermsId { version: terms::VERSION.to_owned(), sha256: terms::sha256().to_owned() });
        assert_eq!(texts.mail(Lang::En), None);
    }

    #[test]
    fn terms_and_privacy_notice_are_one_text_whose_hash_is_signed() {
        let texts = read(&[("terms.ja.txt", "\u{feff}規約\r\n1\r\n"), ("terms.en.txt", "Terms"), ("privacy.ja.txt", "個人情報")]).unwrap();
        assert_eq!(texts.terms(Lang::Ja), "規約\n1\n\n個人情報\n");
        // Without a translation of its own the Japanese notice stands, never another operator's.
        assert_eq!(texts.terms(Lang::En), "Terms\n\n個人情報\n");
        let TermsId { version, sha256 } = texts.terms_id();
        assert!(sha256 == terms::sha256_of("規約\n1\n\n個人情報\n") && sha256.starts_with(&version));
        let notice = read(&[("privacy.ja.txt", "個人情報")]).unwrap();
        assert_eq!(notice.terms(Lang::En), format!("{}\n個人情報\n", terms::text("en")));
        assert_ne!(notice.terms_id().version, terms::VERSION);
        let mail = read(&[("mail.ja.txt", "窓口 03-0000-0000\n")]).unwrap();
        assert_eq!((mail.mail(Lang::En), mail.terms_id()), (Some("窓口 03-0000-0000"), Texts::default().terms_id()));
    }

    #[test]
    fn a_file_that_would_not_be_shown_is_told() {
        for (files, words) in [
            (&[("terms.en.txt", "Terms")][..], "terms.ja.txt: there is no such file"),
            (&[("term.ja.txt", "x")], "term.ja.txt: the files are"),
            (&[("terms.xx.txt", "x")], "where TAG is one of: ja"),
            (&[("terms.txt", "x")], "terms.txt: the files are"),
            (&[("mail.ja.txt", " \n")], "mail.ja.txt: it must be text"),
            (&[("mail.ja.txt", "a\u{1b}[2J")], "without control characters"),
        ] {
            let said = read(files).unwrap_err().to_string();
            assert!(said.contains(words), "{said}");
        }
    }
}
