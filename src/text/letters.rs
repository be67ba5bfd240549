//! Character properties that all modules must agree on: full and half width, invisible characters, characters that control a terminal.
//!
//! The build script of `places` includes this file.

/// Return the half-width form of a full-width character (U+FF01–U+FF5E and the ideographic space), and any other character unchanged.
pub const fn half_width(c: char) -> char {
    match c {
        // U+FF01 to U+FF5E correspond to ! to ~ in the same order.
        '\u{FF01}'..='\u{FF5E}' => (c as u32 - 0xFEE0) as u8 as char,
        '\u{3000}' => ' ',
        _ => c,
    }
}

/// Return the full-width form of a printable ASCII character, the ideographic space for a space, and any other character unchanged.
pub fn full_width(c: char) -> char {
    match c {
        ' ' => '\u{3000}',
        '!'..='~' => char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

/// The ideographs of the CJK Radicals Supplement, in its order from U+2E80 (Unicode's Equivalent_Unified_Ideograph).
const RADICALS: &str = "⺀厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵⺚旡日月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟";

/// Return the ideograph that a radical of the CJK Radicals Supplement stands for, and any other character unchanged. PDF files often hold
/// radicals, which NFKC leaves alone in this block only. 巿 (U+5DFF), which no address holds, is 市: most fonts draw them alike.
pub fn ideograph(c: char) -> char {
    match c {
        '巿' => '市',
        '\u{2E80}'..='\u{2EF3}' => RADICALS.chars().nth(c as usize - 0x2E80).unwrap_or(c),
        _ => c,
    }
}

/// Return whether a character is half-width katakana or its punctuation (JIS X 0201).
pub const fn is_half_width_kana(c: char) -> bool {
    matches!(c, '\u{FF61}'..='\u{FF9F}')
}

/// Return whether a character ends a line or is a tab. In pasted text these become spaces.
pub const fn is_line_end(c: char) -> bool {
    matches!(c, '\t'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Return whether a character is invisible: Unicode's Default_Ignorable_Code_Point (zero width, directional marks, variation selectors,
/// fillers, tags), interlinear annotation marks and control characters, except line ends and tabs.
pub fn is_invisible(c: char) -> bool {
    if is_line_end(c) {
        return false;
    }
    c.is_control()
        || is_zero_width(c)
        || is_directional(c)
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Return whether a character has no width and no visible form in any script.
pub const fn is_zero_width(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{feff}')
}

/// Return whether a character could control a terminal, change the layout of surrounding text, or hide in it: control characters, line and
/// paragraph separators, directional formatting, tags, and what has no width; not the joiners of Sinhala and Persian. Never write one from
/// untrusted text to a terminal or log.
pub fn is_steering(c: char) -> bool {
    let joins = matches!(c, '\u{200c}' | '\u{200d}');
    c.is_control() || is_directional(c) || (is_zero_width(c) && !joins) || matches!(c, '\u{2028}' | '\u{2029}' | '\u{e0000}'..='\u{e007f}')
}

/// Return whether a character is in Unicode's Bidi_Control: directional marks, embeddings, overrides and isolates.
const fn is_directional(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_in_ascii_has_a_full_width_form_and_goes_back() {
        let wide: String = (' '..='~').map(full_width).collect();
        assert!(wide.starts_with("　！＂＃") && wide.ends_with("｛｜｝～"), "{wide}");
        assert!(wide.chars().map(half_width).eq(' '..='~'));
        for c in ['霞', 'ア', 'ｱ', '\n', '\u{ff5f}', '\u{ff00}'] {
            assert_eq!((full_width(c), half_width(c)), (c, c));
        }
        assert!(is_half_width_kana('ｱ') && is_half_width_kana('ﾟ') && !is_half_width_kana('ア'));
    }

    #[test]
    fn what_nobody_sees_is_told_from_what_can_be_seen() {
        for c in ['\u{200b}', '\u{202e}', '\u{feff}', '\0', '\u{1b}', '\u{fe0f}', '\u{e0101}', '\u{2066}', '\u{3164}', '\u{61c}'] {
            assert!(is_invisible(c), "{c:?}");
        }
        for c in ['a', ' ', '\n', '\t', 'ー', '\u{301}', '\u{3000}', '\u{2028}'] {
            assert!(!is_invisible(c), "{c:?}");
        }
    }

    #[test]
    fn what_steers_a_terminal_is_told_from_what_a_script_needs() {
        for c in ['\u{1b}', '\u{9b}', '\n', '\u{7f}', '\u{2028}', '\u{202e}', '\u{2069}', '\u{200f}', '\u{200b}', '\u{feff}', '\u{e0041}'] {
            assert!(is_steering(c), "{c:?}");
        }
        // Sinhala and Persian use joiners, and kanji variation selectors.
        for c in ['a', '　', '\u{200c}', '\u{200d}', '\u{fe0f}', '\u{e0100}'] {
            assert!(!is_steering(c), "{c:?}");
        }
        assert!(is_zero_width('\u{200d}') && is_zero_width('\u{2060}') && !is_zero_width('\u{301}'));
    }
}
