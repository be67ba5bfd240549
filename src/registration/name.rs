//! The value of 利用者氏名 from a card's raw name: its Latin words, or kana by Hepburn; never kanji, whose reading is unknown.
//! This module only finds the words of the name; `fold` writes them, as it does for typed input.

use super::FieldId;
use super::fold::name::{is_omitted, is_word_break};
use super::fold::{fold, is_kana, is_latin, is_mark, width};
use crate::text::is_invisible;
use unicode_normalization::UnicodeNormalization;

/// A card's name, as far as the field can hold it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CardName {
    /// The value for the field.
    pub offered: Offered,
    /// What the field cannot hold, as printed on the card: words with digits, and signs that became spaces. Excludes an alias in brackets
    /// and a Japanese name beside a Latin one; empty if nothing is offered.
    pub left_out: Vec<String>,
}

/// The value offered by a card's name, folded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Offered {
    /// The name has Latin letters: an alias or kanji beside them are left out.
    Latin(String),
    /// The name is in kana only: the Hepburn form, as a suggestion.
    Kana(String),
    /// Neither: the user types the name.
    #[default]
    None,
}

/// A piece of a card's name, as printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) raw: String,
    pub(super) script: Script,
    /// Whether it is in brackets, and thus an alias (通称) or a former name.
    pub(super) is_alias: bool,
}

/// The script of a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    /// A word of Latin letters, possibly with digits.
    Latin,
    /// A word of kana.
    Kana,
    /// A word containing kanji.
    Kanji,
    /// A word of other letters.
    Other,
    /// A sign that does not occur in names.
    Sign,
}

/// Extract the folded value of 利用者氏名 from a card's raw name. A foreign national's name comes first; an alias (通称) or former name follows in
/// brackets, kanji before or after.
pub(super) fn of_card(raw: &str) -> CardName {
    let pieces: Vec<Piece> = pieces(raw).into_iter().filter(|piece| !piece.is_alias).collect();
    let has = |script| pieces.iter().any(|piece| piece.script == script);
    let latin = taken(&pieces, Script::Latin);
    if !latin.offered.is_empty() {
        return CardName { offered: Offered::Latin(latin.offered), left_out: latin.left_out };
    }
    let kana = taken(&pieces, Script::Kana);
    if has(Script::Kanji) || has(Script::Other) || kana.offered.is_empty() {
        return CardName::default();
    }
    CardName { offered: Offered::Kana(kana.offered), left_out: kana.left_out }
}

struct Taken {
    offered: String,
    left_out: Vec<String>,
}

/// Collect the words of one script, and what is left out.
fn taken(pieces: &[Piece], script: Script) -> Taken {
    // Kana beside kanji belong to the same Japanese name, an alias too.
    let is_aside = |piece: &Piece| match piece.script {
        Script::Kanji => true,
        Script::Kana => pieces.iter().any(|piece| piece.script == Script::Kanji),
        _ => false,
    };
    let (mut words, mut left_out) = (Vec::new(), Vec::new());
    for piece in pieces {
        let word = (piece.script == script).then(|| fold(FieldId::Name, &piece.raw).value);
        match word.filter(|word| word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b' ')) {
            // A lone っ yields nothing.
            Some(word) if word.is_empty() => {}
            Some(word) => words.push(word),
            None if is_aside(piece) || left_out.contains(&piece.raw) => {}
            None => left_out.push(piece.raw.clone()),
        }
    }
    Taken { offered: words.join(" "), left_out }
}

/// The role of a character in a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Separates words.
    Break,
    /// Part of the word but not written: apostrophes and invisible characters.
    Unwritten,
    /// A combining mark.
    Mark,
    Opening,
    Closing,
    Digit,
    Letter(Script),
}

/// Split a card's raw name into pieces.
pub(super) fn pieces(raw: &str) -> Vec<Piece> {
    let mut pieces = Pieces::default();
    for c in raw.chars() {
        match kind(c, pieces.word.ends_with_kana()) {
            Kind::Break => pieces.end_word(),
            Kind::Opening => {
                pieces.end_word();
                pieces.depth += 1;
            }
            Kind::Closing if pieces.depth > 0 => {
                pieces.end_word();
                pieces.depth -= 1;
            }
            Kind::Mark if pieces.word.script.is_some() => pieces.word.raw.push(c),
            Kind::Closing | Kind::Mark | Kind::Letter(Script::Sign) => pieces.sign(c),
            Kind::Unwritten => pieces.word.raw.push(c),
            Kind::Digit => pieces.letter(c, Script::Latin),
            Kind::Letter(script) => pieces.letter(c, script),
        }
    }
    pieces.end_word();
    pieces.found
}

#[derive(Default)]
struct Pieces {
    found: Vec<Piece>,
    word: Word,
    depth: usize,
}

/// The word being read.
#[derive(Default)]
struct Word {
    raw: String,
    /// `None` before its first letter.
    script: Option<Script>,
}

impl Word {
    fn ends_with_kana(&self) -> bool {
        matches!(self.script, Some(Script::Kana | Script::Kanji))
    }
}

impl Pieces {
    /// Append a letter to the word. A letter of another script starts a new word, except that kana and kanji combine.
    fn letter(&mut self, c: char, script: Script) {
        let script = match (self.word.script, script) {
            (None, script) => script,
            (Some(word), letter) if word == letter => word,
            (Some(Script::Kana | Script::Kanji), Script::Kana | Script::Kanji) => Script::Kanji,
            _ => {
                self.end_word();
                script
            }
        };
        self.word.raw.push(c);
        self.word.script = Some(script);
    }

    fn sign(&mut self, c: char) {
        self.end_word();
        self.found.push(Piece { raw: c.to_string(), script: Script::Sign, is_alias: self.depth > 0 });
    }

    fn end_word(&mut self) {
        let word = std::mem::take(&mut self.word);
        if let Some(script) = word.script {
            self.found.push(Piece { raw: word.raw, script, is_alias: self.depth > 0 });
        }
    }
}

/// Return the role of a character, according to its folding. A character that folds to several (№, ㈱, ㌶) has the role of its letters.
fn kind(c: char, behind_kana: bool) -> Kind {
    match c {
        // Nearly everything on cards; the rest is examined below.
        'Ａ'..='Ｚ' | 'ａ'..='ｚ' | 'A'..='Z' | 'a'..='z' => return Kind::Letter(Script::Latin),
        '\u{3000}' | ' ' => return Kind::Break,
        'ァ'..='ヺ' => return Kind::Letter(Script::Kana),
        '\u{4e00}'..='\u{9fff}' => return Kind::Letter(Script::Kanji),
        _ if is_invisible(c) => return Kind::Unwritten,
        _ => {}
    }
    let kinds = || std::iter::once(width::joinable(c)).nfkc().map(|part| kind_of_part(part, behind_kana));
    let letters =
        [Kind::Digit, Kind::Letter(Script::Latin), Kind::Letter(Script::Kanji), Kind::Letter(Script::Kana), Kind::Letter(Script::Other)];
    let first = kinds().next().unwrap_or(Kind::Letter(Script::Sign));
    letters.into_iter().find(|kind| kinds().any(|part| part == *kind)).unwrap_or(if kinds().all(|part| part == first) {
        first
    } else {
        // A spacing accent decomposes into a space and a mark.
        Kind::Letter(Script::Sign)
    })
}

fn kind_of_part(c: char, behind_kana: bool) -> Kind {
    match c {
        // After anything but kana it stands for a hyphen.
        'ー' if !behind_kana => Kind::Break,
        '(' | '[' | '{' | '〔' | '【' | '「' | '『' | '《' | '〈' | '〖' | '〘' | '〚' | '⦅' => Kind::Opening,
        ')' | ']' | '}' | '〕' | '】' | '」' | '』' | '》' | '〉' | '〗' | '〙' | '〛' | '⦆' => Kind::Closing,
        _ if c.is_whitespace() || is_word_break(c) => Kind::Break,
        _ if is_omitted(c) => Kind::Unwritten,
        _ if is_mark(c) => Kind::Mark,
        _ if is_latin(c) => Kind::Letter(Script::Latin),
        _ if is_kana(c) => Kind::Letter(Script::Kana),
        '々'
        | '〆'
        | '〇'
        | '〻'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}' => Kind::Letter(Script::Kanji),
        _ if c.is_numeric() => Kind::Digit,
        _ if c.is_alphabetic() => Kind::Letter(Script::Other),
        _ => Kind::Letter(Script::Sign),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latin(name: &str, left_out: &[&str]) -> CardName {
        CardName { offered: Offered::Latin(name.to_owned()), left_out: left_out.iter().map(|part| (*part).to_owned()).collect() }
    }

    #[test]
    fn only_the_latin_part_is_offered() {
        for (raw, name) in [
            ("ＮＹＵＫＡＮ　ＳＡＢＵＲＯ", "NYUKAN SABURO"),
            ("NYUKAN SABURO", "NYUKAN SABURO"),
            ("ＬＥＥ　ＡＮＮＥ（山田　花子）", "LEE ANNE"),
            ("ＬＥＥ　ＡＮＮＥ(通称 ヤマダ)", "LEE ANNE"),
            ("ＬＥＥ　ＡＮＮＥ【ＹＡＭＡＤＡ　ＨＡＮＡＫＯ】", "LEE ANNE"),
            ("ＷＡＮＧ　ＬＩ　王　力", "WANG LI"),
            ("王　力　ＷＡＮＧ　ＬＩ", "WANG LI"),
            ("王・力　ＷＡＮＧ　ＬＩ", "WANG LI"),
            ("Ｎｇｕｙễｎ　Ａｎ", "NGUYEN AN"),
            ("Ｏ’ＢＲＩＥＮ　ＭＡＲＹ－ＡＮＮ", "OBRIEN MARY ANN"),
            ("ＳＵＨＡＲＴＯ", "SUHARTO"),
        ] {
            assert_eq!(of_card(raw), latin(name, &[]), "{raw}");
        }
    }

    #[test]
    fn every_sign_that_is_folded_when_typed_is_folded_on_a_card() {
        for (raw, name) in [
            ("ＭＡＲＹーＡＮＮ　ＬＥＥ", "MARY ANN LEE"),
            ("ＭＡＲＹｰＡＮＮ　ＬＥＥ", "MARY ANN LEE"),
            ("ＭＡＲＹ―ＡＮＮ　ＬＥＥ", "MARY ANN LEE"),
            ("ＭＡＲＹ゠ＡＮＮ　ＬＥＥ", "MARY ANN LEE"),
            ("Ｏ‘ＢＲＩＥＮ　ＭＡＲＹ", "OBRIEN MARY"),
            ("Ｏ｀ＢＲＩＥＮ　ＭＡＲＹ", "OBRIEN MARY"),
            ("Ｏ´ＢＲＩＥＮ　ＭＡＲＹ", "OBRIEN MARY"),
            ("Ｏ\u{1ffd}ＢＲＩＥＮ　ＭＡＲＹ", "OBRIEN MARY"),
            ("ＯʼＢＲＩＥＮ　ＭＡＲＹ", "OBRIEN MARY"),
            ("Ｏ＇ＢＲＩＥＮ　ＭＡＲＹ", "OBRIEN MARY"),
            ("Ｏ′ＢＲＩＥＮ　ＭＡＲＹ", "OBRIEN MARY"),
            ("Ｏ‛ＢＲＩＥＮ　ＭＡＲＹ", "OBRIEN MARY"),
            ("ＤＡＮＧ　ＴＨＡＩ’", "DANG THAI"),
            ("ＳＭＩＴＨ＝ＪＯＨＮ", "SMITH JOHN"),
            ("ＳＭＩＴＨ，ＪＯＨＮ", "SMITH JOHN"),
            ("ＳＭＩＴＨ、ＪＯＨＮ", "SMITH JOHN"),
            ("ＳＭＩＴＨ・ＪＯＨＮ", "SMITH JOHN"),
            ("ＳＭＩＴＨ•ＪＯＨＮ", "SMITH JOHN"),
            ("ＳＭＩＴＨ･ＪＯＨＮ", "SMITH JOHN"),
            ("ＳＭＩＴＨ　Ｊ．Ｒ．", "SMITH J R"),
            ("ＳＭＩＴＨ　ＪＯＨＮ　Ⅲ", "SMITH JOHN III"),
            ("Ｓｍｉｔｈ　ｊｏｈｎ", "SMITH JOHN"),
            ("ＭＵ\u{308}ＬＬＥＲ　ＡＮＮＥ", "MUELLER ANNE"),
            ("ＳＭＩＴＨ\u{200b}　\u{202e}ＪＯＨＮ", "SMITH JOHN"),
        ] {
            assert_eq!(of_card(raw), latin(name, &[]), "{raw}");
            assert_eq!(fold(FieldId::Name, raw).value, name, "{raw}, typed");
        }
    }

    #[test]
    fn every_latin_word_is_offered_whatever_stands_between() {
        for (raw, name) in [
            ("ＬＥＥ　山田　ＡＮＮＥ", "LEE ANNE"),
            ("王　ＷＡＮＧ　力　ＬＩ　〇々", "WANG LI"),
            ("王ＷＡＮＧ力ＬＩ", "WANG LI"),
            ("（山田）ＬＥＥ　ＡＮＮＥ", "LEE ANNE"),
            ("ＬＥＥ（山田）ＡＮＮＥ", "LEE ANNE"),
            ("ＬＥＥ「リー」ＡＮＮＥ", "LEE ANNE"),
            ("ＬＥＥ（Ａ［Ｂ］Ｃ）ＡＮＮＥ", "LEE ANNE"),
            ("山田　はな（はなこ）ＬＥＥ", "LEE"),
        ] {
            assert_eq!(of_card(raw), latin(name, &[]), "{raw}");
        }
    }

    #[test]
    fn what_is_left_out_is_named_as_it_stands_on_the_card() {
        for (raw, name, left_out) in [
            ("ＲＩＣＨＡＲＤ　３ＲＤ　ＬＥＥ", "RICHARD LEE", &["３ＲＤ"][..]),
            ("ＲＩＣＨＡＲＤ　３　ＬＥＥ", "RICHARD LEE", &["３"]),
            ("ＲＩＣＨＡＲＤ２　ＬＥＥ", "LEE", &["ＲＩＣＨＡＲＤ２"]),
            ("ＲＩＣＨＡＲＤ　①　ＬＥＥ", "RICHARD LEE", &["①"]),
            ("ＬＥＥ－３ＲＤ", "LEE", &["３ＲＤ"]),
            ("ＬＥＥ　ＡＮＮＥ／ＭＡＥ", "LEE ANNE MAE", &["／"]),
            ("ＴＡＮ　ＬＥＥ　ＭＥＩ　＠　ＬＩＭ", "TAN LEE MEI LIM", &["＠"]),
            ("ＴＡＮ＠ＬＩＭ", "TAN LIM", &["＠"]),
            ("ＲＡＶＩ　Ｓ／Ｏ　ＫＵＭＡＲ", "RAVI S O KUMAR", &["／"]),
            ("ＰＲＩＹＡ　Ｄ／Ｏ　ＫＵＭＡＲ　Ａ／Ｌ", "PRIYA D O KUMAR A L", &["／"]),
            ("ＬＥＥ　＆　ＡＮＮＥ＿ＭＡＥ", "LEE ANNE MAE", &["＆", "＿"]),
            ("ＬＥＥ）ＡＮＮＥ", "LEE ANNE", &["）"]),
            ("ＬＥＥ　“ＢＯＢ”", "LEE BOB", &["“", "”"]),
            ("ＬＥＥ　ＡＮＮＥ＊", "LEE ANNE", &["＊"]),
            ("ＬＥＥ　\u{301}ＡＮＮＥ", "LEE ANNE", &["\u{301}"]),
            ("ＬＥＥ　¨ＡＮＮＥ", "LEE ANNE", &["¨"]),
            ("ＬＥＥ　ИВАН", "LEE", &["ИВАН"]),
            ("ＬＥＥ　김", "LEE", &["김"]),
            ("ＬＥＥ　アン", "LEE", &["アン"]),
            ("ＬＥＥ　ƏLİ", "LEE", &["ƏLİ"]),
            ("王　＠　ＷＡＮＧ　３", "WANG", &["＠", "３"]),
        ] {
            assert_eq!(of_card(raw), latin(name, left_out), "{raw}");
        }
    }

    #[test]
    fn a_kana_name_is_an_offer() {
        let kana = |name: &str, left_out: &[&str]| CardName {
            offered: Offered::Kana(name.to_owned()),
            left_out: left_out.iter().map(|part| (*part).to_owned()).collect(),
        };
        assert_eq!(of_card("ヤマダ　タロウ"), kana("YAMADA TARO", &[]));
        assert_eq!(of_card("ｼﾞｮﾝ･ｽﾐｽ"), kana("JON SUMISU", &[]));
        assert_eq!(of_card("ジョン＝スミス"), kana("JON SUMISU", &[]));
        assert_eq!(of_card("ジョン－スミス（山田）"), kana("JON SUMISU", &[]));
        assert_eq!(of_card("か゛とう　ニーナ"), kana("GATO NINA", &[]));
        assert_eq!(of_card("ジョン／スミス　３"), kana("JON SUMISU", &["／", "３"]));
        assert_eq!(of_card("ゝ　タロウ"), kana("TARO", &["ゝ"]));
    }

    #[test]
    fn kanji_offer_nothing() {
        for raw in
            ["山田　太郎", "山田　はな", "山田＠太郎", "", "　", "（ＬＥＥ）", "（ＬＥＥ", "123", "３ＲＤ", "김민수", "ヤマダ　ИВАН", "’"]
        {
            assert_eq!(of_card(raw), CardName::default(), "{raw}");
        }
    }
}
