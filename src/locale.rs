//! Every text that a person reads, one file a language.
//! A language is a set of functions from types to words, so the compiler refuses a language that lacks a text.

use crate::error::Code;
use crate::registration::fold::Change;
use crate::registration::warning::Warning;
use crate::registration::{FieldId, Problem};
use crate::worker::Doing;
use words::{Page, TroubleText};

mod en;
mod ja;
/// The official Japanese labels, shown beside every translation.
pub mod official;
/// The names of the short texts.
pub mod text;
/// The shapes of the longer texts.
pub mod words;

pub use text::Text;

/// A language of the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// 日本語, with the easy line of the official screens.
    #[default]
    Ja,
    /// English, with the official Japanese label beside it.
    En,
}

/// What a language must say.
struct Words {
    text: fn(Text) -> &'static str,
    field: fn(FieldId) -> &'static str,
    hint: fn(FieldId) -> &'static str,
    choice: fn(&str) -> &'static str,
    problem: fn(FieldId, &Problem) -> String,
    change: fn(Change) -> &'static str,
    warning: fn(&Warning) -> String,
    doing: fn(Doing) -> &'static str,
    trouble: fn(Code) -> TroubleText,
    help: fn(Page) -> &'static [&'static str],
}

impl Lang {
    /// Every language, in the order of the language page.
    pub const ALL: &'static [Lang] = &[Lang::Ja, Lang::En];

    const fn words(self) -> &'static Words {
        match self {
            Lang::Ja => &ja::WORDS,
            Lang::En => &en::WORDS,
        }
    }

    /// Return the BCP 47 tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Lang::Ja => "ja",
            Lang::En => "en",
        }
    }

    /// Return the language's own name.
    pub const fn name(self) -> &'static str {
        match self {
            Lang::Ja => "日本語",
            Lang::En => "English",
        }
    }

    /// Find the language of a tag or a POSIX locale (`ja_JP.UTF-8`, `en-GB`).
    pub fn from_tag(tag: &str) -> Option<Lang> {
        let primary = tag.split(['-', '_', '.', '@']).next().unwrap_or_default();
        Lang::ALL.iter().copied().find(|lang| lang.tag().eq_ignore_ascii_case(primary))
    }

    /// Return a short text.
    pub fn text(self, text: Text) -> &'static str {
        (self.words().text)(text)
    }

    /// Return a short text with `{0}`, `{1}` … filled in.
    pub fn fill(self, text: Text, values: &[&str]) -> String {
        fill(self.text(text), values)
    }

    /// Return a field's name in this language; for Japanese the official label.
    pub fn field(self, field: FieldId) -> &'static str {
        (self.words().field)(field)
    }

    /// Return how a field is filled in.
    pub fn hint(self, field: FieldId) -> &'static str {
        (self.words().hint)(field)
    }

    /// Return the word of a choice.
    pub fn choice(self, word: &str) -> &'static str {
        (self.words().choice)(word)
    }

    /// Say what is wrong with a field and how to mend it, naming the field.
    pub fn problem(self, field: FieldId, problem: &Problem) -> String {
        (self.words().problem)(field, problem)
    }

    /// Say what folding changed.
    pub fn change(self, change: Change) -> &'static str {
        (self.words().change)(change)
    }

    /// Say what deserves a second look.
    pub fn warning(self, warning: &Warning) -> String {
        (self.words().warning)(warning)
    }

    /// Say what the worker is doing.
    pub fn doing(self, doing: Doing) -> &'static str {
        (self.words().doing)(doing)
    }

    /// Return what a trouble page says.
    pub fn trouble(self, code: Code) -> TroubleText {
        (self.words().trouble)(code)
    }

    /// Return the help of a page, a paragraph an entry.
    pub fn help(self, page: Page) -> &'static [&'static str] {
        (self.words().help)(page)
    }
}

/// Fill `{0}`, `{1}` … in a text.
pub fn fill(text: &str, values: &[&str]) -> String {
    let mut filled = text.to_owned();
    for (place, value) in values.iter().enumerate() {
        filled = filled.replace(&format!("{{{place}}}"), value);
    }
    filled
}

/// Say a character so that it can be seen: invisible ones by their code.
fn visible(letter: char) -> String {
    if crate::text::is_steering(letter) || crate::text::is_invisible(letter) {
        format!("U+{:04X}", u32::from(letter))
    } else {
        letter.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registration::FIELDS;
    use unicode_width::UnicodeWidthChar;

    #[test]
    fn every_short_text_and_hint_is_as_wide_in_one_terminal_as_in_another() {
        for lang in Lang::ALL {
            let texts = Text::ALL.iter().map(|text| lang.text(*text));
            let fields =
                FIELDS.iter().flat_map(|row| [lang.field(row.id), lang.hint(row.id), official::label(row.id), official::easy(row.id)]);
            for said in texts.chain(fields) {
                for letter in said.chars() {
                    assert!(letter.width().is_some() && letter.width() == letter.width_cjk(), "{letter:?} in {said}");
                }
            }
        }
    }

    #[test]
    fn a_language_is_found_by_its_tag_and_by_the_system_s_name_of_it() {
        for (tag, lang) in
            [("ja", Some(Lang::Ja)), ("ja_JP.UTF-8", Some(Lang::Ja)), ("en-GB", Some(Lang::En)), ("C.UTF-8", None), ("", None)]
        {
            assert_eq!(Lang::from_tag(tag), lang, "{tag}");
        }
    }
}
