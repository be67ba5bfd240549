//! 住居地(町名丁目番地号等): full width, one kind of dash, single ideographic spaces.

use super::{Change, Changes, kana, latin, width};
use crate::text::{full_width, ideograph, is_half_width_kana};
use unicode_normalization::char::decompose_canonical;

/// The stored dash.
const DASH: char = '－';

/// Fold a tidied address line: after NFKC kana are wide and everything else is narrow.
pub(in crate::registration) fn fold(text: &str, changes: &mut Changes) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut last = None;
    for c in text.trim().chars() {
        if c.is_whitespace() {
            if last == Some('\u{3000}') {
                continue;
            }
            push(&mut out, &mut last, '\u{3000}');
        } else if width::is_dash(c) || (c == 'ー' && !last.is_some_and(kana::is_kana)) {
            // A long vowel mark lengthens a kana; after a digit, a letter or a kanji it stands for a dash.
            changes.add_if(c == 'ー', Change::Dashes);
            push(&mut out, &mut last, DASH);
        } else if latin::is_mark(c) && last.is_some_and(|last| matches!(last, 'Ａ'..='Ｚ' | 'ａ'..='ｚ')) {
            changes.add(Change::Diacritics);
        } else {
            push(&mut out, &mut last, plain(c, changes));
        }
    }
    out
}

fn push(out: &mut String, last: &mut Option<char>, c: char) {
    out.push(c);
    *last = Some(c);
}

/// Widen a character. An accented Latin letter loses its marks, because it has no full-width form.
fn plain(c: char, changes: &mut Changes) -> char {
    let mut base = c;
    if !c.is_ascii() && latin::is_latin(c) {
        let mut first = None;
        decompose_canonical(c, |part| {
            first.get_or_insert(part);
        });
        base = first.filter(char::is_ascii_alphabetic).unwrap_or(c);
        changes.add_if(base != c, Change::Diacritics);
    }
    match base {
        // NFKC narrows these, which JIS X 0208 has in full width only.
        '¢' => '￠',
        '£' => '￡',
        '¬' => '￢',
        '¦' => '￤',
        '¥' => '￥',
        '₩' => '￦',
        // A sound mark that joined no kana.
        '\u{3099}' => '゛',
        '\u{309a}' => '゜',
        _ => full_width(ideograph(base)),
    }
}

/// Record the changes to the input as typed, before NFKC unified its forms.
pub(super) fn note(typed: &str, changes: &mut Changes) {
    let inner = typed.trim();
    let stored = |c: char| matches!(c, '！'..='～' | '￠'..='￦' | '゛' | '゜' | '\u{3000}');
    changes.add_if(inner.len() < typed.len() || has_double_space(inner), Change::Spaces);
    changes.add_if(
        inner.chars().any(|c| {
            matches!(c, ' '..='~' | '¢' | '£' | '¬' | '¦' | '¥' | '₩') || is_half_width_kana(c) || (width::is_wide(c) && !stored(c))
        }),
        Change::FullWidth,
    );
    changes.add_if(inner.chars().any(|c| width::is_dash(c) && c != '-' && c != DASH), Change::Dashes);
}

fn has_double_space(text: &str) -> bool {
    text.chars().zip(text.chars().skip(1)).any(|(one, two)| one.is_whitespace() && two.is_whitespace())
}
