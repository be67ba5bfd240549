//! 利用者氏名: capitals A–Z and single spaces, from Latin letters, accented or not, and from kana.
//! As in a machine-readable zone, an apostrophe is omitted and a hyphen becomes a space (ICAO Doc 9303-3, section 4.6).

use super::{Change, Changes, kana, latin, width};

/// The output so far. A space is written only before the next character, so there are no leading, trailing or double spaces.
struct Line {
    out: String,
    space: Option<Change>,
}

impl Line {
    /// Write the pending space.
    fn begin(&mut self, changes: &mut Changes) {
        if let Some(change) = self.space.take() {
            if self.out.is_empty() {
                changes.add(change);
            } else {
                self.out.push(' ');
            }
        }
    }

    /// Request a space, for a space or a character that became one.
    fn space(&mut self, because: Change, changes: &mut Changes) {
        changes.add_if(because == Change::Separators, because);
        if let Some(earlier) = self.space.replace(because) {
            changes.add(earlier);
        }
    }
}

/// Fold a tidied name.
pub(in crate::registration) fn fold(text: &str, changes: &mut Changes) -> String {
    let mut line = Line { out: String::with_capacity(text.len()), space: None };
    let mut chars = text.chars().peekable();
    let mut word = Vec::new();
    let mut marks = Vec::new();
    while let Some(c) = chars.next() {
        if c.is_whitespace() {
            line.space(Change::Spaces, changes);
        } else if is_word_break(c) || c == 'ー' {
            // A long vowel mark after a kana is part of its word, below: here it stands for a hyphen.
            line.space(Change::Separators, changes);
        } else if is_omitted(c) {
            changes.add(Change::Separators);
        } else if kana::is_kana(c) {
            word.clear();
            word.push(c);
            while let Some(next) = chars.next_if(|next| kana::is_kana(*next)) {
                word.push(next);
            }
            let romaji = kana::romaji(&word);
            // A lone っ yields nothing, so it is not a word.
            if !romaji.is_empty() {
                line.begin(changes);
                line.out.push_str(&romaji);
            }
            changes.add(Change::Kana);
        } else if latin::is_mark(c) && line.space.is_none() && line.out.ends_with(|last: char| last.is_ascii_alphabetic()) {
            changes.add(Change::Diacritics);
        } else {
            line.begin(changes);
            marks.clear();
            if !c.is_ascii() {
                while let Some(mark) = chars.next_if(|next| latin::is_mark(*next)) {
                    marks.push(mark);
                }
            }
            letter(&mut line.out, c, &marks, changes);
        }
    }
    changes.add_if(line.space.is_some(), Change::Spaces);
    line.out
}

fn letter(out: &mut String, c: char, marks: &[char], changes: &mut Changes) {
    if c.is_ascii() {
        changes.add_if(c.is_ascii_lowercase(), Change::Capitals);
        out.push(c.to_ascii_uppercase());
    } else if latin::push(out, c, marks) {
        changes.add(Change::Diacritics);
        changes.add_if(c.is_lowercase(), Change::Capitals);
    } else {
        out.push(c);
        out.extend(marks);
    }
}

/// Return whether the character separates words of a name: dashes, and the dots used between the parts of a foreign name.
pub(in crate::registration) fn is_word_break(c: char) -> bool {
    width::is_dash(c)
        || matches!(c, '.' | ',' | '、' | '。' | '・' | '\u{b7}' | '=' | '\u{2022}' | '\u{2024}' | '\u{2027}' | '\u{2219}' | '\u{22c5}')
}

/// Return whether the character is an apostrophe, or used as one.
pub(in crate::registration) fn is_omitted(c: char) -> bool {
    matches!(c, '\'' | '`' | '\u{2b9}'..='\u{2bf}' | '\u{2c8}' | '\u{2ca}' | '\u{2cb}' | '\u{55a}' | '\u{5f3}'
        | '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{2035}' | '\u{a78b}' | '\u{a78c}')
}
