//! What a card's raw name offers for 利用者氏名: its Latin part, or kana by Hepburn; never kanji, whose reading nobody can know.

use super::FieldId;
use super::fold::{fold, is_kana, is_latin};
use unicode_normalization::UnicodeNormalization;

/// The name of a card, as far as the field can use it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CardName {
    /// Latin letters stand in it: the alias or the kanji around them are left out.
    Latin(String),
    /// Kana only: the Hepburn form, to be offered and not simply taken.
    Kana(String),
    /// Neither: the person types the name.
    Other,
}

/// Take out of a card's raw name what can stand in 利用者氏名, folded.
/// A foreign national's name stands first; an alias (通称) or former name follows in brackets, kanji before or behind.
pub fn of_card(raw: &str) -> CardName {
    let wide: String = raw.nfkc().collect();
    let before_brackets = wide.split(['(', '[', '{', '〔', '【', '「', '《', '〈']).next().unwrap_or_default();
    let latin = first_latin(before_brackets);
    if !latin.is_empty() {
        return CardName::Latin(fold(FieldId::Name, latin).value);
    }
    let kana = before_brackets.trim();
    if kana.chars().any(is_kana) && kana.chars().all(|c| is_kana(c) || c.is_whitespace() || c == '・') {
        CardName::Kana(fold(FieldId::Name, kana).value)
    } else {
        CardName::Other
    }
}

/// Return the first stretch of Latin letters with what may stand between them, trimmed to its letters.
fn first_latin(text: &str) -> &str {
    let belongs =
        |c: char| is_latin(c) || c.is_whitespace() || unicode_normalization::char::is_combining_mark(c) || "'’.,-‐・·".contains(c);
    text.split(|c| !belongs(c)).find(|part| part.chars().any(is_latin)).map_or("", |part| part.trim_matches(|c| !is_latin(c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_latin_part_is_offered() {
        for (raw, latin) in [
            ("ＮＹＵＫＡＮ　ＳＡＢＵＲＯ", "NYUKAN SABURO"),
            ("NYUKAN SABURO", "NYUKAN SABURO"),
            ("ＬＥＥ　ＡＮＮＥ（山田　花子）", "LEE ANNE"),
            ("ＬＥＥ　ＡＮＮＥ(通称 ヤマダ)", "LEE ANNE"),
            ("ＷＡＮＧ　ＬＩ　王　力", "WANG LI"),
            ("王　力　ＷＡＮＧ　ＬＩ", "WANG LI"),
            ("Ｎｇｕｙễｎ　Ａｎ", "NGUYEN AN"),
            ("Ｏ’ＢＲＩＥＮ　ＭＡＲＹ－ＡＮＮ", "OBRIEN MARY ANN"),
            ("ＳＵＨＡＲＴＯ", "SUHARTO"),
        ] {
            assert_eq!(of_card(raw), CardName::Latin(latin.to_owned()), "{raw}");
        }
    }

    #[test]
    fn a_kana_name_is_an_offer() {
        assert_eq!(of_card("ヤマダ　タロウ"), CardName::Kana("YAMADA TARO".to_owned()));
        assert_eq!(of_card("ｼﾞｮﾝ･ｽﾐｽ"), CardName::Kana("JON SUMISU".to_owned()));
    }

    #[test]
    fn kanji_offer_nothing() {
        for raw in ["山田　太郎", "山田　はな", "", "　", "（ＬＥＥ）", "123", "김민수"] {
            assert_eq!(of_card(raw), CardName::Other, "{raw}");
        }
    }
}
