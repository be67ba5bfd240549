//! Accented Latin letters to the letters of a passport's machine-readable zone (ICAO Doc 9303-3, section 6, table A).
//! Where the table allows a choice, the longer spelling is used: Ä AE, Ö OE, Ü UE. Letters not in the table are kept, for the rule to
//! reject.

use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// Return whether the character is a combining mark.
pub(in crate::registration) fn is_mark(c: char) -> bool {
    is_combining_mark(c)
}

/// Append the capital letters for `c` with its marks; return `false` and append nothing if there are none.
pub(super) fn push(out: &mut String, c: char, marks: &[char]) -> bool {
    let mut base = c;
    let mut all = Vec::new();
    decompose_canonical(c, |part| if is_mark(part) { all.push(part) } else { base = part });
    all.extend_from_slice(marks);
    if base.is_ascii_alphabetic() {
        let base = base.to_ascii_uppercase();
        out.push(base);
        out.push_str(tail(base, &all));
        return true;
    }
    let letters = match base {
        'Æ' | 'æ' => "AE",
        'Œ' | 'œ' | 'Ø' | 'ø' => "OE",
        'ß' | 'ẞ' => "SS",
        'Ð' | 'ð' | 'Đ' | 'đ' | 'Ɖ' | 'ɖ' => "D",
        'Þ' | 'þ' => "TH",
        'Ħ' | 'ħ' => "H",
        'ı' => "I",
        'Ł' | 'ł' => "L",
        'Ŋ' | 'ŋ' => "N",
        'Ŧ' | 'ŧ' => "T",
        _ => return false,
    };
    out.push_str(letters);
    true
}

/// Return the second letter that a mark requires.
fn tail(base: char, marks: &[char]) -> &'static str {
    const DIAERESIS: char = '\u{308}';
    const RING: char = '\u{30a}';
    match base {
        'A' if marks.contains(&RING) => "A",
        'A' | 'O' | 'U' if marks.contains(&DIAERESIS) => "E",
        _ => "",
    }
}

/// Return whether the letter is of the Latin script, in the table or not.
pub(in crate::registration) fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic()
        || (c.is_alphabetic()
            && matches!(c, '\u{aa}'..='\u{2af}' | '\u{1d00}'..='\u{1eff}' | '\u{2c60}'..='\u{2c7f}' | '\u{a720}'..='\u{a7ff}' | '\u{ab30}'..='\u{ab64}'))
}

#[cfg(test)]
mod tests {
    use super::push;

    #[test]
    fn every_letter_becomes_what_a_passport_has() {
        for (letters, folded) in [
            ("ÀÁÂÃĀĂĄ", "AAAAAAA"),
            ("Ä", "AE"),
            ("Å", "AA"),
            ("Æ", "AE"),
            ("ÇĆĈĊČ", "CCCCC"),
            ("ĎĐÐ", "DDD"),
            ("ÈÉÊËĒĔĖĘĚ", "EEEEEEEEE"),
            ("ĜĞĠĢ", "GGGG"),
            ("ĤĦ", "HH"),
            ("ÌÍÎÏĨĪĬĮİı", "IIIIIIIIII"),
            ("Ĵ", "J"),
            ("Ķ", "K"),
            ("ĹĻĽŁ", "LLLL"),
            ("ÑŃŅŇŊ", "NNNNN"),
            ("ÒÓÔÕŌŎŐ", "OOOOOOO"),
            ("ÖØŒ", "OEOEOE"),
            ("ŔŖŘ", "RRR"),
            ("ŚŜŞŠȘ", "SSSSS"),
            ("ßẞ", "SSSS"),
            ("ŢŤŦȚ", "TTTT"),
            ("Þ", "TH"),
            ("ÙÚÛŨŪŬŮŰŲ", "UUUUUUUUU"),
            ("Ü", "UE"),
            ("Ŵ", "W"),
            ("ÝŶŸ", "YYY"),
            ("ŹŻŽ", "ZZZ"),
            ("ẤẬỄỚỰỸ", "AAEOUY"),
            ("éñđłøþ", "ENDLOETH"),
        ] {
            let mut out = String::new();
            for letter in letters.chars() {
                assert!(push(&mut out, letter, &[]), "{letter}");
            }
            assert_eq!(out, folded, "{letters}");
        }
    }

    #[test]
    fn letters_outside_the_table_are_left_to_the_rule() {
        for letter in ['Ə', 'ɓ', 'Ж', '山', '1', 'ʼ'] {
            let mut out = String::new();
            assert!(!push(&mut out, letter, &[]), "{letter}");
            assert!(out.is_empty());
        }
    }
}
