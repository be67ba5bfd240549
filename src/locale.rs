//! Every text that a person reads, one file a language.
//! A language is one function from `Text` to words, so the compiler refuses a language that lacks a text.

/// A language of the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// 日本語, with the easy line of the official screens.
    #[default]
    Ja,
    /// English, with the official Japanese label beside it.
    En,
}

impl Lang {
    /// Every language, in the order of the language page.
    pub const ALL: &'static [Lang] = &[Lang::Ja, Lang::En];

    /// Return the BCP 47 tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Lang::Ja => "ja",
            Lang::En => "en",
        }
    }

    /// Find the language of a tag or a POSIX locale (`ja_JP.UTF-8`, `en-GB`).
    pub fn from_tag(tag: &str) -> Option<Lang> {
        let primary = tag.split(['-', '_', '.', '@']).next().unwrap_or_default();
        Lang::ALL.iter().copied().find(|lang| lang.tag().eq_ignore_ascii_case(primary))
    }
}
