//! Names of which a part may be written in kanji or in kana: 柿さき町 and 柿崎町.

use super::key;
use super::text::is_kanji;

/// Most kanji that stand for kana.
const KANJI: usize = 2;
/// Most kana that a kanji is read as.
const KANA: usize = 4;

/// Return whether two folded names are the same but for one part, in kanji in one and in kana in the other; `reading` is that of `name` in
/// hiragana.
pub(super) fn is_alike(name: &str, typed: &str, reading: &str) -> bool {
    let start = name.chars().zip(typed.chars()).take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum::<usize>();
    let (Some(own), Some(wanted)) = (name.get(start..), typed.get(start..)) else { return false };
    let end = own.chars().rev().zip(wanted.chars().rev()).take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum::<usize>();
    let (Some(own), Some(wanted)) = (own.get(..own.len() - end), wanted.get(..wanted.len() - end)) else { return false };
    let (before, behind) = (name.get(..start).unwrap_or_default(), name.get(name.len() - end..).unwrap_or_default());
    // What both share must say which place it is: 町 alone does not, nor does one kanji at the start if nothing can be compared with a reading.
    let says = before.chars().chain(behind.chars()).filter(|c| is_kanji(*c) && !"町村市区郡字".contains(*c)).count();
    let says_enough = says > 1 || (says == 1 && !before.is_empty() && !behind.is_empty());
    let stands_for = |kanji: &str, kana: &str| {
        let (kanji_count, kana_count) = (kanji.chars().count(), kana.chars().count());
        (1..=KANJI).contains(&kanji_count)
            && (kanji_count..=kanji_count * KANA).contains(&kana_count)
            && kanji.chars().all(is_kanji)
            && kana.chars().all(is_hiragana)
    };
    let is_read_so = || says > 0 && stands_for(own, wanted) && key::fold(reading).contains(&key::fold(wanted));
    (says_enough && stands_for(wanted, own)) || is_read_so()
}

const fn is_hiragana(c: char) -> bool {
    matches!(c, 'ぁ'..='ゖ' | 'ー')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_in_kana_is_the_same_as_in_kanji_if_the_rest_says_which_place_it_is() {
        for (name, typed, reading) in [
            ("柿さき町", "柿碕町", "かきさきちょう"),
            ("東かけわ市", "東香川市", "ひがしかがわし"),
            ("柿崎町", "柿さき町", "かきざきちょう"),
        ] {
            assert_eq!(is_alike(name, typed, reading), name != "柿崎町", "{name} {typed}");
        }
        assert!(is_alike("緑丘町", "緑おか町", "みどりおかちょう"));
        for (name, typed) in [("柿さき町", "梨田町"), ("さき町", "碕町"), ("柿さき", "柿碕"), ("柿崎町", "柿碕町"), ("", ""), ("柿", "柿")]
        {
            assert!(!is_alike(name, typed, ""), "{name} {typed}");
        }
    }
}
