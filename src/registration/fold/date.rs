//! 生年月日: 8 digits, from every unambiguous notation. Two-digit years, and a day before the month that may be the month, stay as typed.

use super::{Change, Changes, trim, width};

/// An era of the Japanese calendar: kanji, letter, Gregorian year of its year 1, last year.
struct Era(&'static str, char, u32, u32);

/// 明治 to 令和 (each era's 元号を改める政令; the year of a change belongs to both eras).
const ERAS: [Era; 5] = [
    Era("明治", 'M', 1868, 45),
    Era("大正", 'T', 1912, 15),
    Era("昭和", 'S', 1926, 64),
    Era("平成", 'H', 1989, 31),
    Era("令和", 'R', 2019, u32::MAX),
];

/// Fold a tidied date.
pub(in crate::registration) fn fold(text: &str, changes: &mut Changes) -> String {
    let text: String = trim(text, changes)
        .chars()
        .map(|c| match width::native_digit(c) {
            Some(digit) => {
                changes.add(Change::Digits);
                digit
            }
            None => c,
        })
        .collect();
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text;
    }
    match Written::read(&text).and_then(|written| Some((written.digits()?, written))) {
        Some((digits, written)) => {
            changes.add_if(written.era.is_some(), Change::Era);
            changes.add_if(written.unknown, Change::UnknownParts);
            changes.add(Change::Separators);
            digits
        }
        None => text,
    }
}

/// A parsed date.
struct Written<'a> {
    era: Option<&'static Era>,
    numbers: Vec<&'a str>,
    unknown: bool,
}

impl<'a> Written<'a> {
    fn read(text: &'a str) -> Option<Written<'a>> {
        let text = text.trim_end_matches("生まれ").trim_end_matches('生').trim_start_matches('生');
        let (era, text) = split_era(text);
        let (text, unknown) = match text.strip_suffix("不詳").or_else(|| text.strip_suffix("不明")) {
            Some(known) => (known, true),
            None => (text, false),
        };
        // Four numbers are not a date: parsing more would only cost memory.
        let numbers: Vec<&str> = text.split(is_between).filter(|part| !part.is_empty()).take(4).collect();
        let is_number = |(place, part): (usize, &&str)| {
            part.bytes().all(|byte| byte.is_ascii_digit()) || (place == 0 && era.is_some() && **part == *"元")
        };
        (numbers.len() < 4 && numbers.iter().enumerate().all(is_number)).then_some(Written { era, numbers, unknown })
    }

    fn digits(&self) -> Option<String> {
        let (year, rest) = match (self.numbers.as_slice(), self.era) {
            ([], None) if self.unknown => return Some("00000000".to_owned()),
            ([all], Some(era)) if all.len() == 6 && all.is_ascii() && !self.unknown => {
                return Some(format!("{}{}", era.year(all.get(..2)?)?, all.get(2..)?));
            }
            ([day, month, year], None) if !self.unknown && year.len() == 4 && is_day_first(day, month) => {
                return Some(format!("{year}{month:0>2}{day:0>2}"));
            }
            ([year, rest @ ..], Some(era)) => (era.year(year)?, rest),
            ([year, rest @ ..], None) => ((*year).to_owned(), rest),
            ([], _) => return None,
        };
        if !self.unknown && self.era.is_none() && year.len() >= 4 && year.len() + rest.iter().map(|part| part.len()).sum::<usize>() == 8 {
            return Some(year + &rest.concat());
        }
        match rest {
            _ if year.len() != 4 => None,
            [] if self.unknown => Some(format!("{year}0000")),
            [month] if self.unknown && month.len() < 3 => Some(format!("{year}{month:0>2}00")),
            [month, day] if !self.unknown && month.len() < 3 && day.len() < 3 => Some(format!("{year}{month:0>2}{day:0>2}")),
            _ => None,
        }
    }
}

/// Return whether two numbers can only be a day before its month: 23/01, but not 04/01.
fn is_day_first(day: &str, month: &str) -> bool {
    let number = |part: &str| part.parse::<u32>().ok().filter(|_| part.len() < 3);
    matches!((number(day), number(month)), (Some(13..=31), Some(1..=12)))
}

impl Era {
    /// Return the Gregorian year, if the era had that year.
    fn year(&self, year: &str) -> Option<String> {
        let year = if year == "元" { 1 } else { year.parse().ok()? };
        (1..=self.3.min(99)).contains(&year).then(|| (self.2 + year - 1).to_string())
    }
}

fn split_era(text: &str) -> (Option<&'static Era>, &str) {
    for era in &ERAS {
        let rest = text.strip_prefix(era.0).or_else(|| text.strip_prefix([era.1, era.1.to_ascii_lowercase()]));
        if let Some(rest) = rest {
            return (Some(era), rest);
        }
    }
    (None, text)
}

/// Return whether the character may separate the parts of a date.
pub(in crate::registration) fn is_between(c: char) -> bool {
    matches!(c, '年' | '月' | '日') || width::is_separator(c) || matches!(c, ',' | '、')
}
