//! The search key of a reading: the same for kana and all usual romaji spellings. Shared by the build script, for the data, and the search,
//! for the query. Ignores kanji.

/// Return the search key of a reading in kana or romaji: letters a–z only. Numbers are spelled out, anything else is dropped.
///
/// Expects NFKC, with diacritics removed from Latin letters (Ō is O). Ōsaka = Oosaka = Ohsaka = おおさか → `osaka`.
pub(super) fn fold(text: &str) -> String {
    fold_as(text, 0)
}

/// Return the search key with one of three readings (0 to 2) of the last digit of each number: 4 is yon, shi or yo.
pub(super) fn fold_as(text: &str, reading: usize) -> String {
    squeeze(&one_romanisation(&letters(text, reading)))
}

/// Return a key without its last vowel, as it stands before a small ゃ, ゅ or ょ, if the reading ends with a kana that may have one: しんじ is
/// shinj, き is ky.
pub(super) fn open(key: &str, reading: &str) -> Option<String> {
    let last = hiragana(reading.trim_end().chars().next_back()?);
    let consonant = key.strip_suffix('i').filter(|_| "きしちにひみりぎじぢびぴ".contains(last))?;
    // Those of し, ち and じ have no y: sha, cha, ja.
    Some(if consonant.ends_with(['h', 'j']) && last != 'ひ' { consonant.to_owned() } else { format!("{consonant}y") })
}

/// Spell out a reading in Hepburn, without shortening anything; っ is dropped.
pub(super) fn spell(text: &str) -> String {
    one_romanisation(&letters(text, 0))
}

/// Shorten long vowels and doubled letters, and write n for m before b, m, p. Also corrects the joint of two concatenated keys. Expects a–z.
pub(super) fn squeeze(letters: &str) -> String {
    let mut out = String::with_capacity(letters.len());
    out.extend(squeezed(letters.bytes()).map(char::from));
    out
}

/// Do the same as [`squeeze`], letter by letter.
pub(super) fn squeezed(letters: impl Iterator<Item = u8>) -> impl Iterator<Item = u8> {
    let (mut letters, mut last) = (letters.peekable(), 0);
    std::iter::from_fn(move || {
        loop {
            let letter = letters.next()?;
            let next = letters.peek().copied().unwrap_or(0);
            let silent_h = letter == b'h' && last == b'o' && !matches!(next, b'a' | b'i' | b'u' | b'e' | b'o');
            let letter = if letter == b'm' && matches!(next, b'b' | b'm' | b'p') { b'n' } else { letter };
            if letter != last && !(letter == b'u' && last == b'o') && !silent_h {
                last = letter;
                return Some(letter);
            }
        }
    })
}

/// Spell out kana in Latin letters and numbers in words, and lower-case Latin letters.
fn letters(text: &str, reading: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut number = String::new();
    for c in text.chars().chain(['\0']) {
        if c.is_ascii_digit() {
            number.push(c);
            continue;
        }
        if !number.is_empty() {
            read_number(&number, reading, &mut out);
            number.clear();
        }
        if c.is_ascii_alphabetic() {
            out.push(c.to_ascii_lowercase());
        } else {
            push_kana(hiragana(c), &mut out);
        }
    }
    out
}

/// Convert katakana to hiragana; return anything else unchanged.
pub(super) fn hiragana(c: char) -> char {
    match c {
        'ァ'..='ヶ' => char::from_u32(u32::from(c) - 0x60).unwrap_or(c),
        _ => c,
    }
}

/// The kana from ぁ to ゖ as in the tables of Nihon-shiki. っ is dropped.
const KANA: [&str; 86] = [
    "a", "a", "i", "i", "u", "u", "e", "e", "o", "o", // ぁ あ …
    "ka", "ga", "ki", "gi", "ku", "gu", "ke", "ge", "ko", "go", //
    "sa", "za", "si", "zi", "su", "zu", "se", "ze", "so", "zo", //
    "ta", "da", "ti", "di", "", "tu", "du", "te", "de", "to", "do", //
    "na", "ni", "nu", "ne", "no", //
    "ha", "ba", "pa", "hi", "bi", "pi", "hu", "bu", "pu", "he", "be", "pe", "ho", "bo", "po", //
    "ma", "mi", "mu", "me", "mo", //
    "ya", "ya", "yu", "yu", "yo", "yo", // ゃ や …
    "ra", "ri", "ru", "re", "ro", //
    "wa", "wa", "i", "e", "o", "n", "vu", "ka", "ke", // ゎ わ ゐ ゑ を ん ゔ ゕ ゖ
];

fn push_kana(c: char, out: &mut String) {
    // A small kana replaces the vowel before it: ki + ゃ is kya, fu + ぃ is fi.
    if matches!(c, 'ぁ' | 'ぃ' | 'ぅ' | 'ぇ' | 'ぉ' | 'ゃ' | 'ゅ' | 'ょ') && out.ends_with(['a', 'i', 'u', 'e', 'o']) {
        out.pop();
    }
    let place = u32::from(c).checked_sub(u32::from('ぁ'));
    out.push_str(place.and_then(|place| KANA.get(place as usize)).copied().unwrap_or_default());
}

/// Unify Nihon-shiki, Kunrei-shiki, Hepburn and input-method spellings.
fn one_romanisation(letters: &str) -> String {
    let mut out = String::with_capacity(letters.len() + 4);
    let mut rest = letters.as_bytes();
    while let Some(first) = rest.first() {
        let taken = match rule(rest) {
            Some((from, _)) if from == "hu" && out.ends_with(['s', 'c']) => 0,
            Some((from, to)) => {
                // Drop a doubled consonant before its rule hides it: tti, tchi, chi.
                if out.as_bytes().last() == Some(first) {
                    out.pop();
                }
                out.push_str(to);
                from.len()
            }
            None => 0,
        };
        if taken == 0 {
            out.push(char::from(*first));
        }
        rest = rest.get(taken.max(1)..).unwrap_or_default();
    }
    out
}

/// Return the spelling that these letters begin with, if it is to be replaced, and by what.
const fn rule(letters: &[u8]) -> Option<(&'static str, &'static str)> {
    Some(match letters {
        [b't', b'c', b'h', ..] => ("tch", "ch"),
        [b's', b'h', b'y', ..] => ("shy", "sh"),
        [b'c', b'h', b'y', ..] => ("chy", "ch"),
        [b'd', b'z', b'u', ..] => ("dzu", "zu"),
        [b'j', b'y', ..] => ("jy", "j"),
        [b'z', b'y', ..] => ("zy", "j"),
        [b'd', b'y', ..] => ("dy", "j"),
        [b's', b'y', ..] => ("sy", "sh"),
        [b't', b'y', ..] => ("ty", "ch"),
        [b'c', b'y', ..] => ("cy", "ch"),
        [b's', b'i', ..] => ("si", "shi"),
        [b't', b'i', ..] => ("ti", "chi"),
        [b't', b'u', ..] => ("tu", "tsu"),
        [b'h', b'u', ..] => ("hu", "fu"),
        [b'z', b'i', ..] => ("zi", "ji"),
        [b'd', b'i', ..] => ("di", "ji"),
        [b'd', b'u', ..] => ("du", "zu"),
        [b'w', b'o', ..] => ("wo", "o"),
        [b'l', ..] => ("l", "r"),
        _ => return None,
    })
}

fn read_number(digits: &str, reading: usize, out: &mut String) {
    const UNITS: [&str; 10] = ["", "ichi", "ni", "san", "yon", "go", "roku", "nana", "hachi", "kyu"];
    const TENS: [&str; 4] = ["", "ju", "hyaku", "sen"];
    let word = |digit: u32| UNITS.get(digit as usize).copied().unwrap_or_default();
    let last = digits.len().saturating_sub(1);
    for (i, digit) in digits.chars().filter_map(|c| c.to_digit(10)).enumerate() {
        if digits.len() > TENS.len() || digits.starts_with('0') {
            out.push_str(if digit == 0 { "zero" } else { word(digit) });
        } else if i < last {
            let ten = TENS.get(last - i).copied().unwrap_or_default();
            if digit > 0 {
                out.push_str(if digit == 1 { "" } else { word(digit) });
                out.push_str(ten);
            }
        } else {
            out.push_str(match (digit, reading) {
                (4, 1) => "shi",
                (4, 2) => "yo",
                (7, 1) => "shichi",
                (9, 1) => "ku",
                // Before 丁 and similar: いっ, ろっ, はっ, without ッ, which the key drops.
                (1, 2) => "i",
                (6, 2) => "ro",
                (8, 2) => "ha",
                _ => word(digit),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn same(key: &str, spellings: &[&str]) {
        for spelling in spellings {
            assert_eq!(fold(spelling), key, "{spelling}");
        }
    }

    #[test]
    fn every_usual_spelling_has_one_key() {
        same("osaka", &["Osaka", "Oosaka", "Ohsaka", "Ousaka", "おおさか", "オオサカ"]);
        same("shinjuku", &["shinjuku", "shinjyuku", "sinzyuku", "shinjyuuku", "しんじゅく", "シンジュク"]);
        same("gunma", &["Gumma", "Gunma", "ぐんま"]);
        same("mino", &["Minoh", "Minoo", "みのお", "みの"]);
        same("hachijo", &["Hachijō".replace('ō', "o").as_str(), "hatizyou", "hachijyo", "はちじょう"]);
        same("machida", &["Matchida", "mattida", "まっちだ", "まちだ"]);
        same("fuchu", &["Huchu", "hutyuu", "Fuchuu", "ふちゅう"]);
        same("tsuruga", &["turuga", "tsuluga", "つるが"]);
        same("kuzuha", &["kuduha", "kudzuha", "くずは", "くづは"]);
    }

    #[test]
    fn every_kana_is_spelled() {
        let spelled = |kana: &str| kana.chars().fold(String::new(), |mut out, c| (push_kana(c, &mut out), out).1);
        let rows = "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをん";
        assert_eq!(spelled(rows), "aiueokakikukekosasisusesotatitutetonaninunenohahihuhehomamimumemoyayuyorarirurerowaon");
        assert_eq!(spelled("がぎぐげござじずぜぞだぢづでどばびぶべぼぱぴぷぺぽ"), "gagigugegozazizuzezodadidudedobabibubebopapipupepo");
        assert_eq!(spelled("きゃしゅちょふぃっゐゑゔゕゖゎ"), "kyasyutyohiievukakewa");
    }

    #[test]
    fn a_kana_before_a_small_one_has_the_key_of_both() {
        for first in "きしちにひみりぎじぢびぴ".chars() {
            let alone = format!("ま{first}");
            let begun = open(&fold(&alone), &alone).unwrap();
            for small in ["ゃ", "ゅ", "ょ"] {
                let whole = fold(&format!("{alone}{small}"));
                assert!(whole.starts_with(&begun) && whole.len() == begun.len() + 1, "{whole} {begun}");
            }
        }
        for closed in ["し", "シ"].into_iter().zip([true, true]).chain([("しん", false), ("shi", false), ("い", false), ("", false)]) {
            assert_eq!(open(&fold(closed.0), closed.0).is_some(), closed.1, "{}", closed.0);
        }
    }

    #[test]
    fn numbers_are_read_aloud() {
        same("kitajujo", &["kita10jo", "きた10じょう", "kita juujou"]);
        assert_eq!([0, 1, 2].map(|reading| fold_as("4", reading)), ["yon", "shi", "yo"]);
        assert_eq!(fold("1234"), "senihyakusanjuyon");
        assert_eq!(fold("007"), "zerozeronana");
    }

    #[test]
    fn everything_else_is_dropped() {
        same("", &["", "-'’ー・", "新宿", "\0🗾"]);
    }
}
