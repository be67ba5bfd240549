//! The words of a name and their comparison: Latin words match by spelling, kana by any of their romanizations.

use super::super::FieldId;
use super::super::fold::{fold, is_kana, readings, width};
use super::super::name::{Piece, Script, pieces};
use unicode_normalization::UnicodeNormalization;

/// All words of a name, including those of an alias in brackets and those that the form cannot hold.
pub(super) struct Words {
    latin: Vec<String>,
    kana: Vec<Kana>,
    kanji: Vec<String>,
    /// The words outside brackets without spaces: some people write one name as two words.
    joined: String,
}

/// A word of kana: the keys of its romanizations.
struct Kana(Vec<String>);

impl Words {
    pub(super) fn of(raw: &str) -> Words {
        let mut words = Words { latin: Vec::new(), kana: Vec::new(), kanji: Vec::new(), joined: String::new() };
        for piece in pieces(raw) {
            let text = match piece.script {
                Script::Latin => {
                    let word = fold(FieldId::Name, &piece.raw).value;
                    words.latin.extend(word.split(|c: char| !c.is_ascii_uppercase()).filter(|part| !part.is_empty()).map(str::to_owned));
                    word
                }
                Script::Kana => {
                    words.kana.push(Kana::of(&piece));
                    continue;
                }
                Script::Kanji => {
                    let word: String = piece.raw.nfkc().collect();
                    words.kanji.push(word.clone());
                    word
                }
                Script::Other | Script::Sign => continue,
            };
            if !piece.is_alias {
                words.joined.extend(text.chars().filter(|c| *c != ' '));
            }
        }
        words
    }

    pub(super) fn has_latin(&self) -> bool {
        !self.latin.is_empty()
    }

    /// Return whether two names are equal outside brackets, ignoring spaces.
    pub(super) fn is_all_of(&self, other: &Words) -> bool {
        !self.joined.is_empty() && self.joined == other.joined
    }

    /// Return whether two names share a word. A single letter is an initial, which strangers may share.
    pub(super) fn shares(&self, other: &Words) -> bool {
        self.latin.iter().any(|word| word.len() > 1 && other.latin.contains(word))
            || self.kanji.iter().any(|word| other.kanji.contains(word))
            || self.is_all_of(other)
            || self.kana.iter().any(|word| other.latin.iter().any(|latin| word.is_spelt(&key(latin))))
    }
}

impl Kana {
    fn of(piece: &Piece) -> Kana {
        let word: Vec<char> = piece.raw.chars().map(width::joinable).nfkc().filter(|c| is_kana(*c)).collect();
        Kana(readings(&word).iter().map(|reading| key(reading)).collect())
    }

    fn is_spelt(&self, key: &str) -> bool {
        self.0.iter().any(|reading| reading == key)
    }
}

/// Return whether a Latin name is a romanization of a kana name, word by word.
pub(super) fn spells(kana: &str, latin: &str) -> bool {
    let words: Vec<Kana> = pieces(kana).iter().filter(|piece| !piece.is_alias && piece.script == Script::Kana).map(Kana::of).collect();
    let typed: Vec<&str> = latin.split(' ').collect();
    words.len() == typed.len() && words.iter().zip(typed).all(|(word, typed)| word.is_spelt(&key(typed)))
}

/// Normalise spelling variants: long vowels are shortened, M before B, M and P becomes N, TCH becomes CCH; kunrei spellings, and L and V of
/// foreign passports, become Hepburn.
fn key(word: &str) -> String {
    const SAME: [(&str, &str); 19] = [
        ("L", "R"),
        ("V", "B"),
        ("FU", "HU"),
        ("SY", "SH"),
        ("TY", "CH"),
        ("ZY", "J"),
        ("JY", "J"),
        ("DY", "J"),
        ("SI", "SHI"),
        ("TI", "CHI"),
        ("TU", "TSU"),
        ("ZI", "JI"),
        ("DI", "JI"),
        ("DZ", "Z"),
        ("DU", "ZU"),
        ("TCH", "CCH"),
        ("MB", "NB"),
        ("MM", "NM"),
        ("MP", "NP"),
    ];
    SAME.iter().fold(shortened(word), |word, (from, to)| word.replace(from, to))
}

/// Remove letters that only lengthen an O or U. OHNO is おおの, but OHARA is おはら: such an H is not followed by a vowel.
fn shortened(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut chars = word.chars().peekable();
    while let Some(c) = chars.next() {
        let lengthens = match c {
            'O' => out.ends_with('O'),
            'U' => out.ends_with(['O', 'U']),
            'H' => out.ends_with('O') && !chars.peek().is_some_and(|next| "AIUEOY".contains(*next)),
            _ => false,
        };
        if !lengthens {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::spells;

    #[test]
    fn kana_are_spelt_in_many_ways() {
        for (kana, spellings) in [
            ("オオノ", &["ONO", "OHNO", "OONO"][..]),
            ("オーノ", &["ONO", "OHNO", "OONO"]),
            ("オオハラ", &["OHARA", "OOHARA", "OHHARA"]),
            ("サトウ　ケイコ", &["SATO KEIKO", "SATOH KEIKO", "SATOU KEIKO"]),
            ("ユウキ", &["YUKI", "YUUKI"]),
            ("ホンマ", &["HOMMA", "HONMA"]),
            ("シンペイ", &["SHIMPEI", "SHINPEI"]),
            ("ハッチョウ", &["HATCHO", "HACCHO", "HACCHOU", "HATTYO"]),
            ("ツヅキ", &["TSUZUKI", "TSUDUKI", "TUZUKI"]),
            ("フジタ　シンジ", &["FUJITA SHINJI", "HUZITA SINZI"]),
            ("イノウエ", &["INOUE", "INOE"]),
            ("ジュンイチ", &["JUNICHI", "ZYUNITI", "JYUNICHI"]),
            ("ニーナ", &["NINA", "NIINA"]),
            ("リサ", &["RISA", "LISA"]),
            ("ヴィクトル", &["BIKUTORU", "VIKUTORU", "BUIKUTORU"]),
            ("ティナ", &["TINA", "TEINA"]),
            ("ｵｵﾉ･ﾊﾅｺ", &["OHNO HANAKO"]),
            ("ガルシア＝ロペス（山田）", &["GARUSHIA ROPESU", "GARUSIA LOPESU"]),
        ] {
            for spelling in spellings {
                assert!(spells(kana, spelling), "{kana} {spelling}");
            }
        }
    }

    #[test]
    fn what_reads_otherwise_is_no_spelling() {
        for (kana, latin) in [
            ("オオノ", "UNO"),
            ("オハラ", "OARA"),
            ("ヤマダ　ハナコ", "YAMADA"),
            ("ヤマダ　ハナコ", "HANAKO YAMADA"),
            ("ヤマダ　ハナコ", "YAMADA HANAE"),
            ("シイナ", "SHINA"),
            ("スミス", "SMITH"),
            ("ヤマダ", ""),
            ("山田", "YAMADA"),
        ] {
            assert!(!spells(kana, latin), "{kana} {latin}");
        }
    }
}
