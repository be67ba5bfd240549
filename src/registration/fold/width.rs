//! Kinds of characters that every field's folding asks about: invisible, spaces, dashes, separators, digits, full and half width.

use unicode_normalization::{IsNormalized, is_nfc_quick, is_nfkc_quick};

/// Return whether nobody sees the character: control, zero width, directional marks, variation selectors, fillers, tags.
/// These are Unicode's Default_Ignorable_Code_Point and Cc without line ends and the tab, which stand for a space.
pub(in crate::registration) fn is_invisible(c: char) -> bool {
    if is_line_end(c) {
        return false;
    }
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Return whether the character ends a line or is a tab: pasted text has them where a space is meant.
pub(super) fn is_line_end(c: char) -> bool {
    matches!(c, '\t'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Replace a character by the one that takes part in normalisation: a space for a line end, a combining sound mark for a lone one.
/// Left alone, NFKC would put a space before `゛` and before the accent that is typed for an apostrophe.
pub(in crate::registration) fn joinable(c: char) -> char {
    match c {
        '゛' => '\u{3099}',
        '゜' => '\u{309a}',
        '\u{b4}' | '\u{1ffd}' => '\u{2019}',
        _ if is_line_end(c) => ' ',
        _ => c,
    }
}

/// Return whether NFKC replaces the character by an ordinary one; half-width kana become wider, so they are not meant.
pub(super) fn is_wide(c: char) -> bool {
    c > '\u{7f}'
        && !is_half_width_kana(c)
        && is_nfkc_quick(std::iter::once(c)) == IsNormalized::No
        && is_nfc_quick(std::iter::once(c)) != IsNormalized::No
}

/// Return whether the character is one of the half-width katakana and their punctuation (JIS X 0201).
pub(super) fn is_half_width_kana(c: char) -> bool {
    matches!(c, '\u{ff61}'..='\u{ff9f}')
}

/// Dashes and hyphens of every kind that keyboards, input methods and word processors give.
const DASHES: &str = "-\u{2d7}\u{58a}\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2015}\u{2043}\u{207b}\u{208b}\u{2212}\u{2500}\u{2501}\u{2796}\u{2e3a}\u{2e3b}\u{30a0}\u{fe58}\u{fe63}\u{ff0d}";

/// What people put between the parts of a number, beside spaces and dashes.
const BETWEEN_DIGITS: &str = "ー./()[]〔〕【】「」・·_";

/// Return whether the character is a dash of any kind; the long vowel mark `ー` is not.
pub(super) fn is_dash(c: char) -> bool {
    DASHES.contains(c)
}

/// Return whether a number is written with the character between its parts and means nothing by it.
pub(super) fn is_separator(c: char) -> bool {
    c.is_whitespace() || is_dash(c) || BETWEEN_DIGITS.contains(c)
}

/// Return the digit 0–9 that a digit of another script stands for (Unicode's Nd; the scripts of the program's languages and their neighbours).
pub(super) fn native_digit(c: char) -> Option<char> {
    const ZEROS: [u32; 17] =
        [0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0, 0xf20, 0x1040, 0x17e0, 0x1810];
    if c.is_ascii() {
        return None;
    }
    let code = u32::from(c);
    ZEROS.iter().find_map(|zero| code.checked_sub(*zero).filter(|value| *value < 10)).and_then(|value| char::from_digit(value, 10))
}

/// Return the full-width form of an ASCII character, the ideographic space for a space, and everything else as it is.
pub(in crate::registration) fn widen(c: char) -> char {
    match c {
        ' ' => '\u{3000}',
        '!'..='~' => char::from_u32(u32::from(c) + 0xfee0).unwrap_or(c),
        _ => c,
    }
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

    #[test]
    fn everything_in_ascii_has_a_full_width_form() {
        assert_eq!(('!'..='~').map(widen).collect::<String>().chars().count(), 94);
        assert_eq!(widen('A'), 'Ａ');
        assert_eq!(widen('~'), '～');
        assert_eq!(widen('霞'), '霞');
    }

    #[test]
    fn what_nobody_sees_is_told_from_what_can_be_seen() {
        for c in ['\u{200b}', '\u{202e}', '\u{feff}', '\0', '\u{1b}', '\u{fe0f}', '\u{e0101}', '\u{2066}', '\u{3164}'] {
            assert!(is_invisible(c), "{c:?}");
        }
        for c in ['a', ' ', '\n', '\t', 'ー', '\u{301}', '\u{3000}'] {
            assert!(!is_invisible(c), "{c:?}");
        }
    }
}
