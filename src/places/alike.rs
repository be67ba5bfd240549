//! Other ways to write a name in kanji: katakana and kanji that look alike (ハ王子, 二セコ町), and digits for numerals (北3条西, 豊岡二条).
//!
//! Tried when nothing is found as typed: 桔梗が丘２番町 and 二番町 are both names, and so are イ and ロ.

use super::text::{Letter, is_dash, is_kanji};

/// Katakana and the kanji that look like them.
const PAIRS: [(char, char); 12] = [
    ('ニ', '二'),
    ('ハ', '八'),
    ('カ', '力'),
    ('ロ', '口'),
    ('エ', '工'),
    ('タ', '夕'),
    ('ト', '卜'),
    ('チ', '千'),
    ('ミ', '三'),
    ('オ', '才'),
    ('ヌ', '又'),
    ('ー', '一'),
];

/// Katakana that join kanji: 二ツ屋, 八ケ岳, 三ノ宮.
const JOINTS: &str = "ノのツツっッケヶガヵがけ";

/// Return the other ways to write a text: each differs from the text and from those before.
pub(super) fn others(text: &[Letter]) -> Vec<Vec<Letter>> {
    let alike = look_alikes(text);
    let (numerals, digits) = (numerals(&alike), digits(&alike));
    let mut ways: Vec<Vec<Letter>> = Vec::new();
    for way in [alike, numerals, digits] {
        if way != text && !ways.contains(&way) {
            ways.push(way);
        }
    }
    ways
}

/// Write each look-alike as what its neighbours are: kanji beside kanji, katakana beside katakana.
fn look_alikes(text: &[Letter]) -> Vec<Letter> {
    let at = |place: Option<usize>| place.and_then(|place| text.get(place)).map(|(c, _)| *c);
    let is_katakana = |c: Option<char>| c.is_some_and(|c| matches!(c, 'ァ'..='ヺ' | 'ー') && !JOINTS.contains(c));
    let written = |(place, (c, end)): (usize, &Letter)| {
        let (before, behind) = (at(place.checked_sub(1)), at(Some(place + 1)));
        let among_katakana = is_katakana(before) || is_katakana(behind);
        let lone = is_dash(*c) && before.is_some_and(is_kanji) && behind.is_some_and(is_kanji);
        let to_kanji = PAIRS.iter().find(|(kana, _)| *kana == *c).filter(|_| !among_katakana).map(|pair| pair.1);
        let to_kana = PAIRS.iter().find(|(_, kanji)| *kanji == *c).filter(|_| among_katakana).map(|pair| pair.0);
        (to_kanji.or(to_kana).or(lone.then_some('一')).unwrap_or(*c), *end)
    };
    text.iter().enumerate().map(written).collect()
}

/// Write the digits inside a name in kanji, as most names are: 北3条西 as 北三条西. Those of 丁目, 番地 and the like stay.
fn numerals(text: &[Letter]) -> Vec<Letter> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(((c, end), behind)) = rest.split_first() {
        let digits = rest.iter().take_while(|(c, _)| c.is_ascii_digit()).count();
        let (number, after) = rest.split_at(digits);
        match (number.last(), value(number)) {
            (None, _) => {
                out.push((*c, *end));
                rest = behind;
                continue;
            }
            (Some((_, end)), Some(number)) if is_named(after) => out.extend(in_kanji(number).map(|c| (c, *end))),
            _ => out.extend(number),
        }
        rest = after;
    }
    out
}

/// Return whether a number before this is part of a name.
fn is_named(after: &[Letter]) -> bool {
    let next = after.get(1).map(|(c, _)| *c);
    match after.first().map(|(c, _)| *c) {
        Some('丁' | '号' | '階' | '棟' | '室' | '地') | None => false,
        Some('番') => next == Some('町'),
        Some(c) if JOINTS.contains(c) => next.is_some_and(is_kanji),
        Some(c) => is_kanji(c),
    }
}

fn value(digits: &[Letter]) -> Option<u16> {
    digits.iter().map(|(c, _)| *c).collect::<String>().parse().ok().filter(|number| (1..=999).contains(number))
}

fn in_kanji(number: u16) -> impl Iterator<Item = char> {
    let digit = |digit: u16| NUMERALS.chars().nth(usize::from(digit).wrapping_sub(1));
    let tens = [(100, '百'), (10, '十')].into_iter().flat_map(move |(ten, sign)| {
        let count = number / ten % 10;
        digit(count).filter(|_| count > 1).into_iter().chain((count > 0).then_some(sign))
    });
    tens.chain(digit(number % 10))
}

const NUMERALS: &str = "一二三四五六七八九";

/// Write the numerals of a text in digits, as some names are: 豊岡二条 as 豊岡2条.
fn digits(text: &[Letter]) -> Vec<Letter> {
    let is_numeral = |(c, _): &Letter| matches!(c, '十' | '百') || NUMERALS.contains(*c);
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, behind)) = rest.split_first() {
        let (numerals, after) = rest.split_at(rest.iter().take_while(|letter| is_numeral(letter)).count());
        let Some((_, end)) = numerals.last() else {
            out.push(*first);
            rest = behind;
            continue;
        };
        let (mut number, mut count) = (0_u32, None);
        for (c, _) in numerals {
            match c {
                '百' => number += 100 * count.take().unwrap_or(1),
                '十' => number += 10 * count.take().unwrap_or(1),
                _ => {
                    let digit = NUMERALS.chars().zip(1..).find(|(numeral, _)| numeral == c).map_or(0, |(_, digit)| digit);
                    count = Some(count.unwrap_or(0).min(999) * 10 + digit);
                }
            }
        }
        number += count.unwrap_or(0);
        out.extend(number.to_string().chars().map(|c| (c, *end)));
        rest = after;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::text::letters;
    use super::*;

    fn ways(text: &str) -> Vec<String> {
        others(&letters(text)).iter().map(|way| way.iter().map(|(c, _)| *c).collect()).collect()
    }

    #[test]
    fn a_look_alike_is_what_its_neighbours_are() {
        for (typed, name) in [
            ("ハ王子市", "八王子市"),
            ("ニ本松市", "二本松市"),
            ("川ロ市", "川口市"),
            ("上ー色", "上一色"),
            ("二セコ町", "ニセコ町"),
            ("ニツ屋", "二ツ屋"),
            ("ニの宮", "二の宮"),
            ("南アルプス市ハ田", "南アルプス市八田"),
        ] {
            assert_eq!(ways(typed).first().map(String::as_str), Some(name), "{typed}");
        }
        assert_eq!(ways("ニセコ町"), [""; 0]);
    }

    #[test]
    fn digits_and_numerals_stand_for_each_other_inside_a_name() {
        for (typed, name) in [
            ("北3条西5丁目", "北三条西5丁目"),
            ("24軒", "二十四軒"),
            ("110番町", "百十番町"),
            ("3ノ宮", "三ノ宮"),
            ("豊岡二条", "豊岡2条"),
            ("東二十五号", "東25号"),
            ("西新宿２－８－１", ""),
            ("桜が丘1の2", ""),
        ] {
            assert_eq!(ways(typed).first().map_or("", String::as_str), name, "{typed}");
        }
    }

    #[test]
    fn long_numbers_are_harmless() {
        ways(&"九".repeat(500));
        ways(&"9".repeat(500));
    }
}
