//! Folding of input into its stored form, reporting the changes. NFKC first, then each field's own folding.
//! Never truncates; folding is idempotent. `rule` decides whether the result is valid.

use super::FieldId;
use crate::text::{is_invisible, is_line_end};
use unicode_normalization::UnicodeNormalization;

/// 住居地(町名丁目番地号等) to full width.
pub(super) mod address;
/// 生年月日 from the Gregorian and the Japanese calendar.
pub(super) mod date;
/// Kana to Latin letters by the passport's Hepburn rules.
mod kana;
/// Accented Latin letters to those of a passport's machine-readable zone.
mod latin;
/// 利用者氏名.
pub(super) mod name;
/// Classes of characters: dashes, separators, digits of other scripts.
pub(super) mod width;

pub(super) use kana::{is_kana, readings};
pub(super) use latin::{is_latin, is_mark};

/// A change made by folding, shown under the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Full-width characters became half-width.
    HalfWidth,
    /// Half-width characters became full-width (address line).
    FullWidth,
    /// Lower-case letters became capitals.
    Capitals,
    /// Spaces, hyphens, brackets or dots were removed.
    Separators,
    /// Repeated, leading or trailing spaces were removed.
    Spaces,
    /// Invisible characters (zero width, directional marks, control characters) were removed.
    Invisible,
    /// Accented letters became those of a passport's machine-readable zone.
    Diacritics,
    /// Kana became Latin letters by the passport's Hepburn rules.
    Kana,
    /// Digits of another script (Devanagari, Thai, Myanmar …) became 0–9.
    Digits,
    /// Various dashes became the stored one (address line, mail address).
    Dashes,
    /// A leading `+81` of a phone number became `0`.
    CountryCode,
    /// A year of the Japanese calendar became a Gregorian year.
    Era,
    /// 不詳 (unknown) became `00` or `0000` in a birth date.
    UnknownParts,
}

/// The stored form of an input, with the changes made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folded {
    /// The stored form, if the rules accept it.
    pub value: String,
    /// The changes, without duplicates.
    pub changes: Vec<Change>,
}

/// The changes so far, without duplicates.
#[derive(Default)]
pub(super) struct Changes(Vec<Change>);

impl Changes {
    fn add(&mut self, change: Change) {
        if !self.0.contains(&change) {
            self.0.push(change);
        }
    }

    fn add_if(&mut self, happened: bool, change: Change) {
        if happened {
            self.add(change);
        }
    }
}

/// How a field folds input after `tidy`.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fold {
    /// To half width.
    Half(fn(&str, &mut Changes) -> String),
    /// To full width.
    Full(fn(&str, &mut Changes) -> String),
}

/// Fold the input of a field.
pub fn fold(field: FieldId, typed: &str) -> Folded {
    let mut changes = Changes::default();
    // Removed characters may have separated characters that compose (jamo, for instance), so normalise again afterwards.
    let value = match field.row().fold {
        Fold::Half(fold) => {
            let text = tidy(typed, &mut changes);
            changes.add_if(!typed.is_ascii() && typed.chars().map(width::joinable).any(width::is_wide), Change::HalfWidth);
            fold(&text, &mut changes).nfkc().collect()
        }
        Fold::Full(fold) => {
            let text = tidy(typed, &mut changes);
            address::note(typed, &mut changes);
            fold(&text, &mut changes).nfc().collect()
        }
    };
    Folded { value, changes: changes.0 }
}

/// Remove invisible characters, turn line ends and tabs into spaces, and normalise to NFKC.
fn tidy(typed: &str, changes: &mut Changes) -> String {
    if typed.is_ascii() && !typed.bytes().any(|byte| byte.is_ascii_control()) {
        return typed.to_owned();
    }
    changes.add_if(typed.chars().any(is_invisible), Change::Invisible);
    changes.add_if(typed.chars().any(is_line_end), Change::Spaces);
    typed.chars().filter(|c| !is_invisible(*c)).map(width::joinable).nfkc().collect()
}

/// Trim spaces at both ends.
pub(super) fn trimmed(text: &str, changes: &mut Changes) -> String {
    trim(text, changes).to_owned()
}

fn trim<'a>(text: &'a str, changes: &mut Changes) -> &'a str {
    let trimmed = text.trim();
    changes.add_if(trimmed.len() < text.len(), Change::Spaces);
    trimmed
}

/// Keep digits, and anything that is not a separator.
pub(super) fn phone(text: &str, changes: &mut Changes) -> String {
    let mut kept = String::with_capacity(text.len());
    for c in text.chars() {
        match width::native_digit(c) {
            Some(digit) => {
                changes.add(Change::Digits);
                kept.push(digit);
            }
            None if width::is_separator(c) => changes.add(Change::Separators),
            None => kept.push(c),
        }
    }
    while let Some(number) = national(&kept) {
        changes.add(Change::CountryCode);
        kept = number;
    }
    kept
}

/// Return the number as dialled within Japan, if it has the country's code: `+81 90 …` and `+81 (0)90 …` are the same (ITU-T E.164, Japan; the
/// trunk prefix is 0). Behind 00, 010 or nothing the code is one only where no number of Japan has as many digits.
fn national(number: &str) -> Option<String> {
    let coded = ["0081", "01081", "81"].iter().find_map(|code| {
        let rest = number.strip_prefix(code)?;
        let national = rest.strip_prefix('0').unwrap_or(rest);
        let digits = (9..=10).contains(&national.len()) && national.bytes().all(|digit| digit.is_ascii_digit());
        digits.then_some(rest)
    });
    let rest = number.strip_prefix("+81").or(coded)?;
    Some(if rest.starts_with('0') { rest.to_owned() } else { format!("0{rest}") })
}

/// Return the address alone from what mail programs put around it: `"foo..bar."@docomo.ne.jp`, `Anne <anne@example.jp>`, `mailto:`.
fn bare_address(text: &str) -> String {
    let mut bare = text.to_owned();
    loop {
        let scheme = bare.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("mailto:"));
        let inside = bare.strip_suffix('>').and_then(|rest| rest.rsplit_once('<')).map(|(_, inside)| inside.trim());
        let quoted = bare.strip_prefix('"').and_then(|rest| rest.rsplit_once("\"@"));
        bare = match (inside, quoted) {
            _ if scheme => bare.get(7..).unwrap_or_default().trim_start().to_owned(),
            (Some(address), _) if address.contains('@') => address.to_owned(),
            (_, Some((local, domain))) => format!("{local}@{domain}"),
            _ => return bare,
        };
    }
}

/// Keep the case: the part before `@` is up to the mail host (RFC 5321, 2.4).
pub(super) fn email(text: &str, changes: &mut Changes) -> String {
    let trimmed = trim(text, changes);
    let bare = bare_address(trimmed);
    changes.add_if(bare.len() < trimmed.len(), Change::Separators);
    bare.chars()
        .map(|c| match c {
            // A Japanese input method produces these for the full stop and hyphen keys.
            '。' => {
                changes.add(Change::HalfWidth);
                '.'
            }
            'ー' => {
                changes.add(Change::Dashes);
                '-'
            }
            _ if c != '-' && width::is_dash(c) => {
                changes.add(Change::Dashes);
                '-'
            }
            _ => c,
        })
        .collect()
}

/// Keep letters and digits, in upper case.
pub(super) fn residence_card(text: &str, changes: &mut Changes) -> String {
    let mut kept = String::with_capacity(text.len());
    for c in text.chars() {
        if width::is_separator(c) {
            changes.add(Change::Separators);
        } else if let Some(digit) = width::native_digit(c) {
            changes.add(Change::Digits);
            kept.push(digit);
        } else {
            changes.add_if(c.is_ascii_lowercase(), Change::Capitals);
            kept.push(c.to_ascii_uppercase());
        }
    }
    kept
}

#[cfg(test)]
mod tests;
