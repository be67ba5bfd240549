//! Kana to Latin letters as in a Japanese passport: the Hepburn table of 旅券法施行規則 and the notes that passport offices print with it.
//! Long お and う are omitted, ん is M before B, M and P, っ doubles, T before CH; small vowels count like large ones (ファ FUA, ティ TEI, ジェ JIE).

use unicode_normalization::char::compose;

/// Return whether the character is part of a kana word, including the long vowel mark and the iteration marks.
pub(in crate::registration) fn is_kana(c: char) -> bool {
    matches!(c, 'ぁ'..='ゖ' | 'ゝ' | 'ゞ' | 'ァ'..='ヺ' | 'ー' | 'ヽ' | 'ヾ')
}

enum Sound {
    /// Consonants, possibly none, and a vowel.
    Syllable(&'static str, char),
    /// ん.
    Nasal,
    /// っ.
    Doubling,
    /// An iteration mark with nothing to repeat.
    Other(char),
}

/// How a word is romanised.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spelling {
    /// As in a passport.
    Passport,
    /// Kana by kana.
    Exact {
        /// ー repeats the vowel, rather than adding nothing.
        doubled: bool,
        /// A small vowel replaces the vowel before it (ファ FA, ティ TI), rather than following it.
        merged: bool,
    },
}

/// Romanise one word of kana as in a passport. An iteration mark with nothing to repeat is kept, for the rule to reject.
pub(super) fn romaji(word: &[char]) -> String {
    write(word, Spelling::Passport)
}

/// Romanise one word of kana in the passport's way and in the others that people use. Variants of long vowels, and of ん before B, M and P,
/// are left to the caller.
pub(in crate::registration) fn readings(word: &[char]) -> [String; 5] {
    let exact = |doubled, merged| write(word, Spelling::Exact { doubled, merged });
    [romaji(word), exact(false, false), exact(false, true), exact(true, false), exact(true, true)]
}

fn write(word: &[char], spelling: Spelling) -> String {
    let sounds = sounds(&spell_out(word), spelling);
    let mut out = String::with_capacity(sounds.len() * 3);
    for (place, sound) in sounds.iter().enumerate() {
        let next = match sounds.get(place + 1) {
            Some(Sound::Syllable(stem, _)) => stem,
            _ => "",
        };
        match sound {
            Sound::Syllable(stem, vowel) => {
                out.push_str(stem);
                out.push(*vowel);
            }
            Sound::Nasal => out.push(if next.starts_with(['B', 'M', 'P']) { 'M' } else { 'N' }),
            Sound::Doubling if next.starts_with("CH") => out.push('T'),
            Sound::Doubling => out.extend(next.chars().next()),
            Sound::Other(c) => out.push(*c),
        }
    }
    out
}

/// Convert the word to hiragana, expanding iteration marks.
fn spell_out(word: &[char]) -> Vec<char> {
    let mut out: Vec<char> = Vec::with_capacity(word.len());
    for c in word {
        let repeated = out.last().copied().filter(|last| syllable(*last).is_some());
        out.push(match *c {
            'ゝ' | 'ヽ' => repeated.unwrap_or(*c),
            'ゞ' | 'ヾ' => repeated.map_or(*c, |last| compose(last, '\u{3099}').unwrap_or(last)),
            'ヷ' => 'ば',
            'ヸ' => 'び',
            'ヹ' => 'べ',
            'ヺ' => 'ぼ',
            // The two blocks have the same order, 0x60 apart.
            'ァ'..='ヶ' => char::from_u32(u32::from(*c) - 0x60).unwrap_or(*c),
            _ => *c,
        });
    }
    out
}

fn sounds(word: &[char], spelling: Spelling) -> Vec<Sound> {
    let mut sounds = Vec::with_capacity(word.len());
    // The vowel that お or う would lengthen. A vowel is lengthened at most once: おおうち is OUCHI.
    let mut vowel = None;
    for (place, c) in word.iter().enumerate() {
        match (*c, sounds.last_mut()) {
            ('ー', last) => {
                vowel = None;
                if let (Spelling::Exact { doubled: true, .. }, Some(Sound::Syllable(_, last))) = (spelling, last) {
                    let last = *last;
                    sounds.push(Sound::Syllable("", last));
                }
            }
            ('ん', _) => {
                sounds.push(Sound::Nasal);
                vowel = None;
            }
            ('っ', _) => {
                sounds.push(Sound::Doubling);
                vowel = None;
            }
            ('ゃ' | 'ゅ' | 'ょ', Some(Sound::Syllable(stem, last @ 'I'))) if !stem.is_empty() => {
                let glided = match *c {
                    'ゃ' => 'A',
                    'ゅ' => 'U',
                    _ => 'O',
                };
                (*stem, *last) = (glide(stem), glided);
                vowel = Some(glided);
            }
            ('ぁ' | 'ぃ' | 'ぅ' | 'ぇ' | 'ぉ' | 'ゅ', Some(Sound::Syllable(stem, last)))
                if spelling.merges() && (*c != 'ゅ' || matches!((*stem, *last), ("T" | "D", 'E') | ("F" | "B", 'U'))) =>
            {
                (*stem, *last) = merged(stem, *last, *c);
                vowel = None;
            }
            _ if spelling == Spelling::Passport && lengthens(vowel, word.get(place.saturating_sub(1)..).unwrap_or_default()) => {
                vowel = None
            }
            _ => match syllable(*c) {
                Some((stem, sounded)) => {
                    sounds.push(Sound::Syllable(stem, sounded));
                    vowel = Some(sounded);
                }
                None => {
                    sounds.push(Sound::Other(*c));
                    vowel = None;
                }
            },
        }
    }
    sounds
}

impl Spelling {
    const fn merges(self) -> bool {
        matches!(self, Spelling::Exact { merged: true, .. })
    }
}

/// Merge a small vowel, or ゅ, into the syllable before it.
fn merged(stem: &'static str, vowel: char, small: char) -> (&'static str, char) {
    let sounded = match small {
        'ぁ' => 'A',
        'ぃ' => 'I',
        'ぇ' => 'E',
        'ぉ' => 'O',
        _ => 'U',
    };
    let stem = match (stem, vowel, small) {
        ("", 'U', _) => "W",
        ("K", 'U', _) => "KW",
        ("G", 'U', _) => "GW",
        ("T", _, 'ゅ') => "TY",
        ("D", _, 'ゅ') => "DY",
        ("F", _, 'ゅ') => "FY",
        ("B", _, 'ゅ') => "BY",
        _ => stem,
    };
    (stem, sounded)
}

/// Return whether the second character of `word` only lengthens the vowel of the first. Not at the end of a name (せのお SENOO), nor at the
/// start of a new part of it, as listed by passport offices (まつうら MATSUURA) or found in passports (いのうえ INOUE, とよおか TOYOOKA). What kana
/// cannot tell, the user corrects.
fn lengthens(vowel: Option<char>, word: &[char]) -> bool {
    match (vowel, word) {
        (Some('O'), [_, 'お']) | (Some('O'), [_, 'お', 'か']) => false,
        (Some('U'), [_, 'う', 'ら']) => false,
        (Some('O'), ['の', 'う', 'え' | 'ち' | 'ら'] | ['こ', 'う', 'ち', 'わ']) => false,
        (Some('O'), [_, 'お' | 'う', ..]) | (Some('U'), [_, 'う', ..]) => true,
        _ => false,
    }
}

/// Return the consonant before ゃ, ゅ, ょ.
fn glide(stem: &'static str) -> &'static str {
    match stem {
        "K" => "KY",
        "G" => "GY",
        "N" => "NY",
        "H" => "HY",
        "B" => "BY",
        "P" => "PY",
        "M" => "MY",
        "R" => "RY",
        // SH, CH and J include the glide already.
        _ => stem,
    }
}

/// Return the consonants and the vowel of a kana; `None` for ん, っ and the marks.
fn syllable(kana: char) -> Option<(&'static str, char)> {
    let irregular = match kana {
        'し' => ("SH", 'I'),
        'じ' | 'ぢ' => ("J", 'I'),
        'ち' => ("CH", 'I'),
        'つ' => ("TS", 'U'),
        'づ' => ("Z", 'U'),
        'ふ' => ("F", 'U'),
        'ゔ' => ("B", 'U'),
        'や' | 'ゃ' => ("Y", 'A'),
        'ゆ' | 'ゅ' => ("Y", 'U'),
        'よ' | 'ょ' => ("Y", 'O'),
        'わ' | 'ゎ' => ("W", 'A'),
        'ゐ' => ("", 'I'),
        'ゑ' => ("", 'E'),
        'を' => ("", 'O'),
        'ゕ' => ("K", 'A'),
        'ゖ' => ("K", 'E'),
        _ => return regular(kana),
    };
    Some(irregular)
}

fn regular(kana: char) -> Option<(&'static str, char)> {
    const ROWS: [(&str, [char; 5]); 14] = [
        ("", ['あ', 'い', 'う', 'え', 'お']),
        ("", ['ぁ', 'ぃ', 'ぅ', 'ぇ', 'ぉ']),
        ("K", ['か', 'き', 'く', 'け', 'こ']),
        ("G", ['が', 'ぎ', 'ぐ', 'げ', 'ご']),
        ("S", ['さ', 'し', 'す', 'せ', 'そ']),
        ("Z", ['ざ', 'じ', 'ず', 'ぜ', 'ぞ']),
        ("T", ['た', 'ち', 'つ', 'て', 'と']),
        ("D", ['だ', 'ぢ', 'づ', 'で', 'ど']),
        ("N", ['な', 'に', 'ぬ', 'ね', 'の']),
        ("H", ['は', 'ひ', 'ふ', 'へ', 'ほ']),
        ("B", ['ば', 'び', 'ぶ', 'べ', 'ぼ']),
        ("P", ['ぱ', 'ぴ', 'ぷ', 'ぺ', 'ぽ']),
        ("M", ['ま', 'み', 'む', 'め', 'も']),
        ("R", ['ら', 'り', 'る', 'れ', 'ろ']),
    ];
    ROWS.iter().find_map(|(stem, row)| {
        row.iter().zip("AIUEO".chars()).find(|(kana_of_row, _)| **kana_of_row == kana).map(|(_, vowel)| (*stem, vowel))
    })
}

#[cfg(test)]
mod tests {
    use super::{readings, romaji};

    #[test]
    fn words_are_written_as_in_a_passport() {
        for (kana, latin) in [
            ("やまだ", "YAMADA"),
            ("たろう", "TARO"),
            ("おおの", "ONO"),
            ("さとう", "SATO"),
            ("じゅんいち", "JUNICHI"),
            ("しんぶん", "SHIMBUN"),
            ("ほんま", "HOMMA"),
            ("さんぺい", "SAMPEI"),
            ("はっちょう", "HATCHO"),
            ("ほっち", "HOTCHI"),
            ("はっとり", "HATTORI"),
            ("きっかわ", "KIKKAWA"),
            ("しんや", "SHINYA"),
            ("しょういち", "SHOICHI"),
            ("りょうたろう", "RYOTARO"),
            ("ゆうき", "YUKI"),
            ("しいな", "SHIINA"),
            ("けいこ", "KEIKO"),
            ("うりゅう", "URYU"),
            ("うりう", "URIU"),
            ("ふにう", "FUNIU"),
            ("しろうず", "SHIROZU"),
            ("にしきこおり", "NISHIKIKORI"),
            ("とおやま", "TOYAMA"),
            ("ニーナ", "NINA"),
            ("サリー", "SARI"),
            ("ゐのうゑ", "INOE"),
            ("すゞき", "SUZUKI"),
            ("かゝ", "KAKA"),
            ("さゞなみ", "SAZANAMI"),
            ("つづき", "TSUZUKI"),
            ("ちぢわ", "CHIJIWA"),
            ("りょっ", "RYO"),
        ] {
            assert_eq!(romaji(&kana.chars().collect::<Vec<_>>()), latin, "{kana}");
        }
    }

    #[test]
    fn a_new_part_of_the_name_is_no_long_vowel() {
        for (kana, latin) in [
            ("せのお", "SENOO"),
            ("よこお", "YOKOO"),
            ("たかとお", "TAKATOO"),
            ("たかとう", "TAKATO"),
            ("まつうら", "MATSUURA"),
            ("いのうえ", "INOUE"),
            ("おおうち", "OUCHI"),
            ("きのうち", "KINOUCHI"),
            ("こうちわ", "KOUCHIWA"),
            ("こうち", "KOCHI"),
            ("とよおか", "TOYOOKA"),
            ("おおおか", "OOKA"),
        ] {
            assert_eq!(romaji(&kana.chars().collect::<Vec<_>>()), latin, "{kana}");
        }
    }

    #[test]
    fn readings_hold_what_passports_do_not_write() {
        for (kana, reading) in [
            ("おおの", "ONO"),
            ("おおの", "OONO"),
            ("さとう", "SATOU"),
            ("にーな", "NINA"),
            ("ニーナ", "NIINA"),
            ("まちこ", "MACHIKO"),
            ("ファティマ", "FATIMA"),
            ("ジェシカ", "JESHIKA"),
            ("ウィリアム", "WIRIAMU"),
            ("ヴァレリー", "BARERII"),
            ("クァン", "KWAN"),
            ("デュボア", "DYUBOA"),
            ("トゥアン", "TUAN"),
            ("しゅうじ", "SHUUJI"),
        ] {
            let readings = readings(&kana.chars().collect::<Vec<_>>());
            assert!(readings.iter().any(|known| known == reading), "{kana} {readings:?}");
        }
    }

    #[test]
    fn foreign_sounds_are_spelt_kana_by_kana() {
        for (kana, latin) in [
            ("ファ", "FUA"),
            ("フィ", "FUI"),
            ("フェ", "FUE"),
            ("フォ", "FUO"),
            ("ジェ", "JIE"),
            ("チェ", "CHIE"),
            ("シェ", "SHIE"),
            ("ティ", "TEI"),
            ("ディ", "DEI"),
            ("デュ", "DEYU"),
            ("ヴ", "BU"),
            ("ヴァ", "BUA"),
            ("ヴィ", "BUI"),
            ("ヷ", "BA"),
            ("トゥ", "TOU"),
            ("ウィ", "UI"),
        ] {
            assert_eq!(romaji(&kana.chars().collect::<Vec<_>>()), latin, "{kana}");
        }
    }
}
