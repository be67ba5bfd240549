//! Normalisation of queries: width, invisible characters, kanji spellings, script. Long input is cut here, which bounds all later steps.

use super::kanji::SPELLINGS;
pub(super) use super::kanji::fold as fold_kanji;
use super::key;
use crate::text::{ideograph, is_invisible};
use unicode_normalization::UnicodeNormalization;

/// Maximum length of a query, in characters. The longest name with prefecture and county has 13 kanji.
const LONGEST: usize = 96;

/// Return whether the embedded names may contain an unfolded variant of this folded character.
pub(super) fn has_spellings(folded: char) -> bool {
    folded <= 'ヿ' || SPELLINGS.iter().any(|pair| pair.1 == folded)
}

/// Return the spellings of a folded character that may occur in the embedded names.
pub(super) fn spellings(folded: char) -> impl Iterator<Item = char> {
    std::iter::once(folded).chain(SPELLINGS.iter().filter(move |pair| pair.1 == folded).map(|pair| pair.0))
}

/// Fold an embedded name into `out`, clearing it first.
pub(super) fn fold_into(name: &str, out: &mut String) {
    out.clear();
    out.extend(name.chars().map(fold_kanji));
}

/// Return whether a character is white space, a separator, or invisible.
pub(super) fn is_nothing(c: char) -> bool {
    c.is_whitespace() || is_invisible(c) || matches!(c, ',' | '、' | '。' | '・' | '，')
}

/// Return whether a character is a hyphen of any kind, including those of Japanese keyboards.
pub(super) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '−' | 'ー' | '－' | 'ｰ')
}

fn is_kanji(c: char) -> bool {
    matches!(c, '々' | '〇' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// Return the folded characters of an address, each with the end of its original in bytes. Reads at most [`LONGEST`] characters.
pub(super) fn folded_with_ends(address: &str) -> impl Iterator<Item = (char, usize)> {
    let ends = address.char_indices().filter(|(_, c)| !is_nothing(*c)).take(LONGEST);
    ends.flat_map(|(at, c)| std::iter::once(c).nfkc().map(move |folded| (fold_kanji(folded), at + c.len_utf8())))
}

/// A query, classified by what it can be compared with.
pub(super) enum Query {
    /// Only digits: a postal code or municipality code.
    Number(String),
    /// Text with kanji, without spaces: as typed, and folded.
    Kanji { typed: String, folded: String },
    /// The keys of words in kana or romaji.
    Reading(Vec<String>),
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
        let words: Vec<String> = words.filter(|word| !word.is_empty()).collect();
        if words.is_empty() { None } else { Some(Self::Reading(words)) }
    }
}

/// Write the digits inside a name in kanji, as the names of places are: 北3条西 as 北三条西. Those of 丁目, 番地 and the like stay.
pub(super) fn numerals(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut digits = String::new();
    let mut rest = text.chars().nfkc().peekable();
    while let Some(c) = rest.next() {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        let counts = match c {
            '丁' | '号' | '階' | '棟' | '室' | '地' => true,
            '番' => rest.peek() != Some(&'町'),
            _ => !is_kanji(c),
        };
        match digits.parse::<u16>() {
            Ok(number @ 1..=999) if !counts => push_number(number, &mut out),
            _ => out.push_str(&digits),
        }
        digits.clear();
        out.push(c);
    }
    out + &digits
}

fn push_number(number: u16, out: &mut String) {
    let digit = |digit: u16| "一二三四五六七八九".chars().nth(usize::from(digit).wrapping_sub(1));
    for (ten, sign) in [(100, '百'), (10, '十')] {
        let count = number / ten % 10;
        out.extend(digit(count).filter(|_| count > 1));
        out.extend((count > 0).then_some(sign));
    }
    out.extend(digit(number % 10));
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
