//! Text for terminals: character properties, widths, and line breaking by cells.
//!
//! Lines break at spaces and beside wide characters, but not before a mark that may not begin a line (行頭禁則) or after one that may not
//! end it.

mod letters;

pub use letters::{full_width, half_width, ideograph, is_half_width_kana, is_invisible, is_line_end, is_steering, is_zero_width};
use ratatui::text::Span;
use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

/// Marks that may not begin a line (the common ones of JIS X 4051).
const NOT_FIRST: &str = "、。，．）」』】・：；？！ー～)]},.:;?!";
/// Marks that may not end a line.
const NOT_LAST: &str = "（「『【([{";

/// Minimum window size in columns and rows.
pub(crate) const SMALLEST_TERMINAL: (u16, u16) = (40, 10);

/// Return the width of a text in terminal cells, as the screen buffer counts them.
pub fn cells(text: &str) -> usize {
    Span::raw(text).width()
}

/// Replace characters that could control a terminal by `?`. Apply to every text last before output, whatever its origin.
pub fn harmless(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_steering) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|letter| if is_steering(letter) { '?' } else { letter }).collect())
}

/// Return the ASCII twin of a letter: the half-width one, the letter without its marks, a sign that means the same; `None` if it has none.
pub fn ascii(letter: char) -> Option<char> {
    match half_width(letter) {
        letter if letter.is_ascii() => Some(letter),
        '「' | '」' | '『' | '』' | '“' | '”' => Some('"'),
        '‘' | '’' => Some('\''),
        '【' => Some('['),
        '】' => Some(']'),
        '、' => Some(','),
        '。' => Some('.'),
        '·' | '–' | '—' => Some('-'),
        other => std::iter::once(other).nfd().next().filter(char::is_ascii),
    }
}

/// Return whether a terminal of this name (TERM) is a bare console, whose fonts hold no Japanese.
pub fn is_bare_console(term: &str) -> bool {
    ["linux", "ansi", "cons25"].iter().any(|name| term.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('-')))
        || ["vt1", "vt2", "vt3", "vt4", "vt5", "wsvt"].iter().any(|name| term.starts_with(name))
}

/// Break a text into lines of at most `width` cells.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for piece in pieces(text) {
        let wide = cells(piece);
        if used + wide > width && used > 0 {
            lines.push(line.trim_end().to_owned());
            line.clear();
            used = 0;
            if piece.trim().is_empty() {
                continue;
            }
        }
        if wide <= width {
            line.push_str(piece);
            used += wide;
            continue;
        }
        // Break a word wider than the line anywhere.
        for letter in piece.graphemes(true) {
            let wide = cells(letter);
            if used + wide > width && used > 0 {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push_str(letter);
            used += wide;
        }
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// Split a text into the smallest pieces that must stay on one line.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut before: Option<&str> = None;
    for (place, letter) in text.grapheme_indices(true) {
        if before.is_some_and(|before| may_break(before, letter)) {
            pieces.push(text.get(start..place).unwrap_or_default());
            start = place;
        }
        before = Some(letter);
    }
    pieces.push(text.get(start..).unwrap_or_default());
    pieces
}

fn may_break(before: &str, letter: &str) -> bool {
    if NOT_FIRST.contains(letter) || NOT_LAST.contains(before) {
        return false;
    }
    before == " " || letter == " " || cells(before) == 2 || cells(letter) == 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_would_steer_a_terminal_is_shown_and_the_rest_stays_where_it_is() {
        assert_eq!(harmless("SCM\u{1b}]0;x\u{7} 00\n\u{202e}"), "SCM?]0;x? 00??");
        let plain = "漢字 é ශ්\u{200d}රී";
        assert!(matches!(harmless(plain), Cow::Borrowed(same) if same == plain));
    }

    #[test]
    fn consoles_are_known_by_their_names_and_terminals_that_draw_more_are_none() {
        for term in ["linux", "linux-16color", "ansi", "vt100", "vt102", "vt220", "vt220-w", "vt320", "cons25", "wsvt25"] {
            assert!(is_bare_console(term), "{term}");
        }
        for term in ["xterm", "xterm-256color", "tmux-256color", "screen", "screen.linux", "fbterm", "vte", "kmscon", "rxvt", "dumb", ""] {
            assert!(!is_bare_console(term), "{term}");
        }
    }

    #[test]
    fn latin_breaks_at_spaces_and_japanese_anywhere() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("あいうえお", 4), ["あい", "うえ", "お"]);
    }

    #[test]
    fn no_line_begins_with_a_full_stop_or_a_closing_bracket() {
        assert_eq!(wrap("あいう。えお", 6), ["あい", "う。え", "お"]);
        assert_eq!(wrap("あい「う」え", 6), ["あい", "「う」", "え"]);
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked_unless_one_cluster_is(text in "\\PC{0,60}", width in 4usize..40) {
            for line in wrap(&text, width) {
                prop_assert!(cells(&line) <= width || line.graphemes(true).count() == 1, "{line:?}");
            }
        }
    }
}
