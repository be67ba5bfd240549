//! Classes of characters used in the folding of every field: dashes, separators, digits of other scripts, and what NFKC makes narrow. Half
//! and full width and invisible characters are in `text`.

use crate::text::{is_half_width_kana, is_line_end};
use unicode_normalization::{IsNormalized, is_nfc_quick, is_nfkc_quick};

/// Replace a character by one that normalises well: a space for a line end, a combining sound mark for a lone one. NFKC would put a space
/// before `゛` and before the acute accent typed for an apostrophe.
pub(in crate::registration) fn joinable(c: char) -> char {
    match c {
        '゛' => '\u{3099}',
        '゜' => '\u{309a}',
        '\u{b4}' | '\u{1ffd}' => '\u{2019}',
        _ if is_line_end(c) => ' ',
        _ => c,
    }
}

/// Return whether NFKC replaces the character by an ordinary one. Excludes half-width kana, which become wider.
pub(super) fn is_wide(c: char) -> bool {
    c > '\u{7f}'
        && !is_half_width_kana(c)
        && is_nfkc_quick(std::iter::once(c)) == IsNormalized::No
        && is_nfc_quick(std::iter::once(c)) != IsNormalized::No
}

/// Dashes and hyphens produced by keyboards, input methods and word processors.
const DASHES: &str = "-\u{2d7}\u{58a}\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2015}\u{2043}\u{207b}\u{208b}\u{2212}\u{2500}\u{2501}\u{2796}\u{2e3a}\u{2e3b}\u{30a0}\u{fe58}\u{fe63}\u{ff0d}";

/// Characters used between the parts of a number, besides spaces and dashes.
const BETWEEN_DIGITS: &str = "ー./()[]〔〕【】「」・·_";

/// Return whether the character is a dash; the long vowel mark `ー` is not.
pub(super) fn is_dash(c: char) -> bool {
    DASHES.contains(c)
}

/// Return whether the character is a meaningless separator within a number.
pub(super) fn is_separator(c: char) -> bool {
    c.is_whitespace() || is_dash(c) || BETWEEN_DIGITS.contains(c)
}

/// Return the digit 0–9 for a digit of another script (Unicode's Nd; the scripts of the program's languages and their neighbours).
pub(super) fn native_digit(c: char) -> Option<char> {
    const ZEROS: [u32; 17] =
        [0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0, 0xf20, 0x1040, 0x17e0, 0x1810];
    if c.is_ascii() {
        return None;
    }
    let code = u32::from(c);
    ZEROS.iter().find_map(|zero| code.checked_sub(*zero).filter(|value| *value < 10)).and_then(|value| char::from_digit(value, 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_other_scripts_are_known_by_value() {
        for (digit, value) in [('०', '0'), ('๙', '9'), ('၅', '5'), ('٣', '3')] {
            assert_eq!(native_digit(digit), Some(value));
        }
        assert_eq!(native_digit('5'), None);
        assert_eq!(native_digit('五'), None);
    }
}
