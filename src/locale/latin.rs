//! Texts in ASCII alone, for terminals that draw nothing else: the fonts of a bare console have neither kana nor kanji, and not all have é.
//!
//! Official words are left out where own ones stand beside them, behind two blanks or outside the brackets. Where they stand alone, the own
//! words take their place, or their reading. Values stay whole: what cannot be drawn of them is counted.

use super::{Lang, Text, official};
use crate::registration::FIELDS;
use crate::registration::field::FieldKind;
use crate::text::{ascii, cells};
use std::borrow::Cow;
use std::sync::OnceLock;

/// The language of such terminals; the only one so far that ASCII suffices for.
const LANG: Lang = Lang::En;

/// Texts that begin with own words and end with the official ones.
const PAIRS: [Text; 14] = [
    Text::Back,
    Text::Confirm,
    Text::Consent,
    Text::DoctorAuthentication,
    Text::DoctorSigning,
    Text::DoneId,
    Text::DoneTop,
    Text::LanguageTitle,
    Text::PasswordSet,
    Text::PinAuthenticationName,
    Text::PinShow,
    Text::PinSigningName,
    Text::Register,
    Text::Search,
];

/// Readings of words that are printed on cards and papers, or have no text of their own; empty where they only stand beside own words.
const READINGS: [(&str, &str); 36] = [
    ("【入管庁】", "[Nyukancho]"),
    ("(利用者証明用, ", "("),
    ("(署名用, ", "("),
    ("ICカードリーダー", "card reader"),
    ("JPKI暗証番号リセット", "JPKI ansho bango risetto"),
    ("おおさか", "kana"),
    ("メールアドレス(確認)", ""),
    ("住居地", "Home"),
    ("住民基本台帳カード", "jumin kihon daicho card"),
    ("住民基本台帳用", "jumin kihon daicho"),
    ("個人番号カード", "My Number Card"),
    ("券面事項入力補助用", "kenmen nyuryoku"),
    ("利用者証明用", "riyosha shomei-yo"),
    ("利用者証明用 (", "("),
    ("利用者証明用電子証明書の暗証番号", "riyosha shomei-yo denshi shomeisho no ansho bango"),
    ("在留カード", "residence card"),
    ("外国人本人・その他", "foreign nationals and others"),
    ("年", "."),
    ("※ 必須 ", ""),
    ("新規利用者登録", "New registration"),
    ("新規利用者登録【システムを使うための登録(とうろく)】", "New registration"),
    ("日", ""),
    ("月", "."),
    ("東京都", "Tokyo"),
    ("氏名", "Name"),
    ("特定在留カード", "tokutei zairyu card"),
    ("顔認証", "kao ninsho"),
    ("顔認証マイナンバーカード", "kao ninsho My Number Card"),
    ("生年月日", "Born"),
    ("番号", "No."),
    ("署名用", "shomei-yo"),
    ("署名用 (", "("),
    ("署名用電子証明書の暗証番号", "shomei-yo denshi shomeisho no ansho bango"),
    ("都道府県", ""),
    ("配偶者、子、父又は母等", "family"),
    ("パスワード登録完了及び認証IDのお知らせ", "pasuwado toroku kanryo oyobi ninsho ID no oshirase"),
];

/// Return official words with the own ones or their reading, the longest first.
fn words() -> &'static [(&'static str, &'static str)] {
    static WORDS: OnceLock<Vec<(&str, &str)>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let pairs = PAIRS.iter().filter_map(|text| {
            let text = LANG.text(*text);
            let (own, official) = text.split_at_checked(text.find(is_foreign)?)?;
            Some((official.trim_end_matches('。'), own.trim_end().trim_end_matches('.')))
        });
        let fields = FIELDS.iter().map(|row| (official::label(row.id).trim_end_matches('。'), LANG.field(row.id)));
        let choices = FIELDS.iter().flat_map(|row| if let FieldKind::Choice(words) = row.kind { words } else { &[] });
        let choices = choices.map(|word| (official::choice(word), LANG.choice(word)));
        let mut words: Vec<_> = pairs.chain(READINGS).chain(fields).chain(choices).collect();
        // Of those that are said in two ways the first counts.
        words.sort_by_key(|(official, _)| std::cmp::Reverse(official.len()));
        words
    })
}

impl Lang {
    /// Return the languages that a terminal can draw, in the order of the language page; `latin` if it draws ASCII alone.
    pub fn drawn(latin: bool) -> impl Iterator<Item = Lang> + Clone {
        Lang::ALL.iter().copied().filter(move |lang| !latin || *lang == LANG)
    }
}

/// Return a text in ASCII.
pub fn latin(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    if text.starts_with(' ') {
        return Cow::Owned(in_place(text));
    }
    let parts: Vec<&str> = text.split("  ").collect();
    let has_own = parts.iter().any(|part| is_own(part));
    let kept = parts.iter().filter(|part| !has_own || is_own(part) || !part.contains(is_foreign));
    Cow::Owned(sentence(&kept.copied().collect::<Vec<_>>().join("  ")))
}

/// Return a value in ASCII: nothing of it is left out, and what cannot be drawn is counted.
pub fn latin_value(value: &str) -> Cow<'_, str> {
    if value.is_ascii() {
        return Cow::Borrowed(value);
    }
    let mut shown = String::new();
    let mut rest = value;
    while let Some(letter) = rest.chars().next() {
        let (said, length) = letter_or_count(letter, rest);
        shown.push_str(&said);
        rest = rest.get(length..).unwrap_or_default();
    }
    Cow::Owned(shown)
}

/// Return whether a letter has no ASCII twin.
fn is_foreign(letter: char) -> bool {
    ascii(letter).is_none()
}

/// Return whether a text has own words: Latin letters that are not part of an official word.
fn is_own(text: &str) -> bool {
    text.split_whitespace().any(|word| !word.contains(is_foreign) && word.contains(|letter: char| letter.is_ascii_alphabetic()))
}

/// Return the ASCII twin of a letter, or how many letters follow that have none; and the bytes that this stands for.
fn letter_or_count(letter: char, rest: &str) -> (String, usize) {
    if let Some(twin) = ascii(letter) {
        return (twin.to_string(), letter.len_utf8());
    }
    // Numbers inside an address are part of it.
    let length = rest.find(|letter: char| letter.is_ascii() && !letter.is_ascii_digit() && letter != '-').unwrap_or(rest.len());
    let count = rest.get(..length).unwrap_or_default().chars().count();
    (LANG.fill(Text::LettersNotDrawn, &[&count.to_string()]), length)
}

/// Say official words that stand in a sentence in own ones.
fn sentence(text: &str) -> String {
    let mut said = String::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        if letter == '('
            && let Some((group, behind)) = rest.split_once(')')
            && !said.is_empty()
            && group.contains(is_foreign)
            && !group.replace("ID", "").contains(|letter: char| letter.is_ascii_alphabetic())
        {
            said.truncate(said.trim_end().len());
            rest = behind;
        } else if let Some((official, own)) = words().iter().find(|(official, _)| rest.starts_with(official)) {
            rest = rest.get(official.len()..).unwrap_or_default().trim_start_matches('。');
            say(&mut said, own);
            let again = format!(" ({own})");
            if rest.get(..again.len()).is_some_and(|next| next.eq_ignore_ascii_case(&again)) {
                rest = rest.get(again.len()..).unwrap_or_default();
            }
        } else {
            let (shown, length) = letter_or_count(letter, rest);
            said.push_str(&shown);
            if letter == '＊' {
                said.push(' ');
            }
            rest = rest.get(length..).unwrap_or_default();
        }
    }
    said.truncate(said.trim_end().len());
    said
}

/// Add own words, unless they stand there already.
fn say(said: &mut String, own: &str) {
    let before = said.trim_end().len();
    let is_there = said.get(..before).is_some_and(|said| said.to_ascii_lowercase().ends_with(&own.to_ascii_lowercase()));
    if is_there {
        said.truncate(before);
    } else {
        said.push_str(own);
    }
}

/// Say official words of a drawing in the same cells.
fn in_place(text: &str) -> String {
    let mut said = String::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let known = words().iter().find(|(official, _)| rest.starts_with(official));
        let (own, length) = match (known, ascii(letter)) {
            (Some((official, own)), _) => ((*own).to_owned(), official.len()),
            (None, twin) => (twin.unwrap_or('?').to_string(), letter.len_utf8()),
        };
        let (official, behind) = rest.split_at_checked(length).unwrap_or((rest, ""));
        let blanks = behind.len() - behind.trim_start_matches(' ').len();
        // A blank behind it stays.
        let room = cells(official) + blanks.saturating_sub(1);
        let shown: String = own.chars().take(room).collect();
        let used = shown.len().saturating_sub(cells(official));
        said.push_str(&shown);
        said.extend(std::iter::repeat_n(' ', cells(official).saturating_sub(shown.len())));
        rest = behind.get(used..).unwrap_or_default();
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::locale::words::{Face, Page};

    #[test]
    fn official_words_beside_own_ones_are_left_out_and_alone_are_said_in_own_ones() {
        for (text, said) in [
            ("plain", "plain"),
            ("Back  戻る", "Back"),
            ("Authentication ID 認証ID", "Authentication ID"),
            ("New registration  新規利用者登録 【システムを使うための登録(とうろく)】", "New registration"),
            ("What you entered in STEP1  利用者情報入力(STEP1)の入力内容", "What you entered in STEP1"),
            ("The same card is needed at 登録.", "The same card is needed at Register."),
            ("Choose 登録 (register) again.", "Choose Register again."),
            ("an ID (認証ID). Write", "an ID. Write"),
            ("your office (市区町村の窓口).", "your office."),
            ("stay (在留資格変更, 在留期間更新): the", "stay: the"),
            ("tick 「利用規約に同意します。」 again.", "tick \"I agree to the terms\" again."),
            ("＊That was wrong.", "* That was wrong."),
            ("the foreign national  外国人本人: for yourself", "the foreign national: for yourself"),
            ("User-authentication PIN 利用者証明用 (4 digits)", "User-authentication PIN (4 digits)"),
            ("the signing password (署名用, 6 to 16 characters)", "the signing password (6 to 16 characters)"),
            ("F2 言語", "F2 Language"),
            ("F2  日本語  English", "F2  English"),
            ("東京都新宿区  Tokyo-to Shinjuku-ku", "Tokyo-to Shinjuku-ku"),
            ("1 municipality · 9 towns", "1 municipality - 9 towns"),
            (" | 氏名 NYUKAN |", " | Name NYUKAN |"),
            (" 1 署名用     6-16", " 1 shomei-yo  6-16"),
        ] {
            assert_eq!(latin(text), said, "{text}");
        }
    }

    #[test]
    fn a_value_loses_nothing_and_says_how_many_letters_are_not_drawn() {
        for (value, shown) in [
            ("ＪＯＳÉ 1-2", "JOSE 1-2"),
            ("西新宿２－８－１", "[Japanese, 8 letters]"),
            ("西新宿2-8-1 Tower(北)", "[Japanese, 8 letters] Tower([Japanese, 1 letter])"),
            ("Tower  北", "Tower  [Japanese, 1 letter]"),
        ] {
            assert_eq!(latin_value(value), shown, "{value}");
        }
    }

    #[test]
    fn every_text_of_the_language_is_said_without_a_letter_left_over() {
        let texts = Text::ALL.iter().map(|(name, place)| (*name, LANG.table().text(*place)));
        let faces = [Face::Screen, Face::Line, Face::Kiosk];
        let help = Page::ALL.iter().flat_map(|page| faces.map(|face| LANG.help(*page, face))).flatten().map(|text| ("help", text));
        let troubles = Code::ALL.iter().flat_map(|code| {
            let words = LANG.trouble(*code);
            [words.title, words.cause].into_iter().chain(words.steps_everywhere()).map(|text| (code.id(), text))
        });
        let is_whole = |text: &str, said: &str| {
            let left_over = |sign| said.matches(sign).count() != text.matches(sign).count();
            // The sides of a drawing stay below each other.
            let stands = !text.starts_with(' ') || cells(text) == cells(said);
            said.is_ascii() && !said.trim().is_empty() && !left_over("[Japanese") && !left_over("?") && stands
        };
        let said = texts.chain(help).chain(troubles).map(|(name, text)| (name, text, latin(text)));
        let faults: Vec<_> = said.filter(|(_, text, said)| !is_whole(text, said)).collect();
        assert!(faults.is_empty(), "{faults:#?}");
    }
}
