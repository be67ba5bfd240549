//! Normalisation of queries: width, invisible characters, kanji spellings, script. Long input is cut here, which bounds all later steps.

use super::forms;
use super::kanji::{self, SPELLINGS};
use super::key;
use crate::text::{ideograph, is_invisible};
use unicode_normalization::UnicodeNormalization;

/// Maximum length of a query, in characters. The longest name with prefecture and county has 13 kanji.
const LONGEST: usize = 96;

/// Keys of what follows a name, perhaps as a word of its own: Kita ku. As a word of its own 都 is to, 町 is machi or cho.
const KINDS: [&str; 9] = ["to", "fu", "ken", "gun", "shi", "ku", "machi", "cho", "mura"];

/// Return whether the embedded names may contain an unfolded variant of this folded character.
pub(super) fn has_spellings(folded: char) -> bool {
    folded <= 'ヿ' || SPELLINGS.iter().any(|pair| pair.1 == folded)
}

/// Return the spellings of a folded character that may occur in the embedded names.
pub(super) fn spellings(folded: char) -> impl Iterator<Item = char> {
    let kana = ('ァ'..='ヶ').chain(['が']).filter(move |c| folded <= 'ゖ' && kanji::fold(*c) == folded);
    std::iter::once(folded).chain(kana).chain(SPELLINGS.iter().filter(move |pair| pair.1 == folded).map(|pair| pair.0))
}

/// Fold a typed character for comparison with names. The one folding of picker, card and paste.
pub(super) fn fold_kanji(c: char) -> char {
    kanji::fold(forms::listed(ideograph(c)))
}

/// Return whether a character is white space, a separator, or invisible.
pub(super) fn is_nothing(c: char) -> bool {
    c.is_whitespace() || is_invisible(c) || matches!(c, ',' | '、' | '。' | '・' | '，')
}

/// Return whether a character is a hyphen of any kind, including those of Japanese keyboards.
pub(super) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '−' | 'ー' | '－' | 'ｰ')
}

pub(super) fn is_kanji(c: char) -> bool {
    matches!(c, '々' | '〇' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// A character of a text, and where it ends there in bytes.
pub(super) type Letter = (char, usize);

/// Return the characters of a text in NFKC, without those that mean nothing. Reads at most [`LONGEST`] characters.
pub(super) fn letters(text: &str) -> Vec<Letter> {
    let seen = text.char_indices().filter(|(_, c)| !is_nothing(*c)).take(LONGEST);
    seen.flat_map(|(at, c)| std::iter::once(ideograph(c)).nfkc().map(move |plain| (plain, at + c.len_utf8()))).collect()
}

/// Join letters, folded.
pub(super) fn folded(letters: &[Letter]) -> String {
    letters.iter().map(|(c, _)| fold_kanji(*c)).collect()
}

/// A query, classified by what it can be compared with.
pub(super) enum Query {
    /// Only digits: a postal code or municipality code.
    Number(String),
    /// Text with kanji, without spaces: as typed, and folded.
    Kanji { typed: String, folded: String },
    /// The keys of words in kana or romaji.
    Reading {
        words: Vec<String>,
        /// The key of the last word if it goes on with a small ゃ, ゅ or ょ, where it may: しんじ is the beginning of しんじゅく.
        open: Option<String>,
    },
}

impl Query {
    /// Parse typed text; `None` if it contains nothing to search for.
    pub(super) fn read(typed: &str) -> Option<Self> {
        let text: String = typed.trim_start().chars().take(LONGEST).map(ideograph).nfkc().collect();
        let bare: String = text.chars().filter(|c| !is_nothing(*c)).collect();
        let digits: String = bare.chars().filter(|c| !is_dash(*c) && *c != '〒').collect();
        if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(Self::Number(digits));
        }
        if bare.chars().any(is_kanji) {
            return Some(Self::Kanji { folded: bare.chars().map(fold_kanji).collect(), typed: bare });
        }
        let words = text.split(is_nothing).map(|word| key::fold(&without_marks(word)));
        let mut joined: Vec<String> = Vec::new();
        for word in words.filter(|word| !word.is_empty()) {
            match joined.last_mut().filter(|_| KINDS.contains(&word.as_str())) {
                Some(name) => *name = key::squeeze(&format!("{name}{word}")),
                None => joined.push(word),
            }
        }
        let words = joined;
        let open = words.last().and_then(|word| key::open(word, &text));
        if words.is_empty() { None } else { Some(Self::Reading { words, open }) }
    }
}

/// Join words to one key, with another key in place of the last word's.
pub(super) fn ending(words: &[String], last: &str) -> String {
    let before = words.split_last().map(|(_, before)| before.concat()).unwrap_or_default();
    key::squeeze(&(before + last))
}

/// Remove diacritics from Latin letters: ō becomes o. Kana keep their marks: が is not か.
fn without_marks(word: &str) -> String {
    let kana = |c: char| matches!(c, 'ぁ'..='ヿ');
    word.chars().flat_map(|c| if kana(c) { c.nfc().next() } else { c.nfd().next() }).collect()
}

/// Return the key of the kana if the only kanji name the kind of place: 「しんじゅく区」.
pub(super) fn kana_with_kind(typed: &str) -> Option<String> {
    let kana: String = typed.chars().filter(|c| !"都道府県郡市区町村".contains(*c)).collect();
    Some(key::fold(&kana)).filter(|key| !key.is_empty() && !kana.chars().any(is_kanji))
}
