//! What the messages of the fields lead to when they are obeyed to the letter: the value that was meant, never another one.

use super::Lang;
use crate::registration::{Draft, FIELDS, FieldId, FormError, ValueError, check, fold::fold};
use std::collections::BTreeSet;
use time::{Date, Month};

const RIGHT: [(FieldId, &str); 11] = [
    (FieldId::Name, "ANNE LEE"),
    (FieldId::Sex, "female"),
    (FieldId::BirthDate, "19900405"),
    (FieldId::Municipality, "13104"),
    (FieldId::AddressLine, "西新宿２－８－１　霞ハイツ２０２"),
    (FieldId::Phone, "09012345678"),
    (FieldId::Email, "anne.lee@mail.example.jp"),
    (FieldId::EmailAgain, "anne.lee@mail.example.jp"),
    (FieldId::Category, "foreign_national"),
    (FieldId::ResidenceCard, "AB12345678CD"),
    (FieldId::Consent, "yes"),
];

/// One of each kind that a keyboard, an input method or a clipboard gives.
const STRAY: &str = "!\"#%&'()*+,./:;=?@[]^_`{|}~¥<> 3０AbÉßшαกิ서안あアー漢。、・★😀\u{301}\u{200b}\u{202e}①㈱№";

/// What a message says to do; the words of each language that say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    /// Take every such letter out.
    Remove,
    /// Put a space for every such letter.
    Space,
    /// Take out so many characters.
    Shorten,
    /// Write what is meant, in the shape that is named.
    Write,
}

const WORDS: [(Lang, &[(&str, Said)]); 2] = [
    (
        Lang::En,
        &[
            ("write what belongs there", Said::Write),
            ("write a space", Said::Space),
            ("take out \"", Said::Remove),
            ("Take out {", Said::Shorten),
            ("rite ", Said::Write),
            ("fill this in", Said::Write),
            ("choose ", Said::Write),
            ("Tick ", Said::Write),
            ("mend ", Said::Write),
            ("Enter ", Said::Write),
            ("begins with 0", Said::Write),
            ("Use the Western year", Said::Write),
            ("Use a shorter", Said::Write),
            ("look at what stands behind the @", Said::Write),
            ("take out the ", Said::Write),
        ],
    ),
    (
        Lang::Ja,
        &[
            ("スペースにして", Said::Space),
            ("」を消して", Said::Remove),
            ("文字減らして", Said::Shorten),
            ("入力して", Said::Write),
            ("選んで", Said::Write),
            ("選び直して", Said::Write),
            ("チェックして", Said::Write),
            ("直して", Said::Write),
            ("使ってください", Said::Write),
            ("確かめて", Said::Write),
            ("消してください", Said::Write),
        ],
    ),
];

fn today() -> Date {
    Date::from_calendar_date(2026, Month::November, 25).unwrap()
}

/// The fault of a field when all others are right.
fn fault(field: FieldId, value: &str) -> Option<ValueError> {
    let mut draft = Draft::default();
    RIGHT.iter().for_each(|(field, value)| draft.set(*field, *value));
    draft.set(field, value);
    let faults: Vec<FormError> = check(&draft, today()).err().unwrap_or_default();
    faults.into_iter().find(|fault| fault.field == field).map(|fault| fault.problem)
}

/// Do what the message says.
fn obey(lang: Lang, field: FieldId, problem: &ValueError, value: &str, right: &str) -> String {
    let message = lang.problem(field, problem);
    let (_, words) = WORDS.iter().find(|(of, _)| *of == lang).unwrap();
    let said = words.iter().find(|(words, _)| match words.split_once('{') {
        Some((before, _)) => message.split(before).nth(1).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())),
        None => message.contains(words),
    });
    let value = fold(field, value).value;
    match (said, problem) {
        (Some((_, Said::Remove)), ValueError::Character(letter)) => value.replace(*letter, ""),
        (Some((_, Said::Space)), ValueError::Character(letter)) => value.replace(*letter, " "),
        (Some((_, Said::Shorten)), ValueError::TooLong { over, .. }) => value.chars().take(value.chars().count() - over).collect(),
        (Some((_, Said::Write)), _) => right.to_owned(),
        (said, _) => panic!("{said:?} tells nothing to do: {message}"),
    }
}

/// Obey until the value is accepted; it must be the one that was meant.
fn walk(lang: Lang, field: FieldId, wrong: &str, right: &str, seen: &mut BTreeSet<String>) {
    let mut value = wrong.to_owned();
    let mut told: Vec<(String, String)> = Vec::new();
    while let Some(problem) = fault(field, &value) {
        seen.insert(format!("{field:?} {}", format!("{problem:?}").split([' ', '(', '{']).next().unwrap_or_default()));
        let step = (lang.problem(field, &problem), value.clone());
        assert!(!told.contains(&step), "{lang:?} {wrong:?}: told twice: {told:?}");
        told.push(step);
        value = obey(lang, field, &problem, &value, right);
    }
    // What was never told to be wrong is another matter.
    if !told.is_empty() {
        assert_eq!(fold(field, &value).value, fold(field, right).value, "{lang:?} {field:?} {wrong:?}: {told:#?}");
    }
}

/// Wrong values that lead back to the right one: a stray letter before, within, behind it and in place of one of its signs; the stray letter
/// alone; a piece of it; twice; with more behind.
fn wrong(field: FieldId, right: &str) -> Vec<String> {
    let letters: Vec<char> = right.chars().collect();
    let with = |stray: String, from: usize, to: usize| -> String {
        letters[..from].iter().collect::<String>() + &stray + &letters[to..].iter().collect::<String>()
    };
    let mut all =
        vec![String::new(), right.repeat(2), format!("{right}, {right}"), format!("{right}ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKL")];
    for stray in STRAY.chars() {
        all.extend([stray.to_string(), stray.to_string().repeat(8), format!("{stray}{right}"), format!("{right}{stray}")]);
        for (place, letter) in letters.iter().enumerate() {
            let sign = !letter.is_alphanumeric();
            // In a name a sign stands for nothing else than the space.
            if sign || !matches!(field, FieldId::Name | FieldId::AddressLine) {
                all.push(with(stray.to_string(), place, place + 1));
            }
            if stray != '/' || field != FieldId::Name {
                all.push(with(stray.to_string(), place, place));
            }
        }
    }
    all.extend((1..letters.len()).map(|end| letters[..end].iter().collect()));
    all
}

#[test]
fn every_message_of_every_field_leads_to_the_value_that_was_meant() {
    for lang in Lang::ALL {
        let mut seen = BTreeSet::new();
        for (field, right) in RIGHT {
            for value in wrong(field, right) {
                walk(*lang, field, &value, right, &mut seen);
            }
        }
        let (longest, longer) = ("A".repeat(104), "A".repeat(107));
        for (field, wrong, right) in [
            (FieldId::Name, longer.as_str(), longest.as_str()),
            (FieldId::Name, "RAVI S/O KUMAR", "RAVI S O KUMAR"),
            (FieldId::Name, "JOHN 3RD", "JOHN III"),
            (FieldId::Name, "김민수", "KIM MINSU"),
            (FieldId::Name, "😀", "ANNE LEE"),
            (FieldId::BirthDate, "20990101", "19900405"),
            (FieldId::BirthDate, "19900230", "19900203"),
            (FieldId::AddressLine, "新宿区西新宿２－８－１", "西新宿２－８－１"),
            (FieldId::AddressLine, "서울로", "西新宿２－８－１"),
            (FieldId::AddressLine, "😀😀", "西新宿２－８－１"),
            (FieldId::Phone, "+1 555 123 4567", "09012345678"),
            (FieldId::Phone, "03-1234-5678 内線123", "0312345678"),
            (FieldId::Phone, "0081-90-1234-56789012", "09012345678"),
            (FieldId::Email, "anne,lee@example.jp", "anne.lee@example.jp"),
            (FieldId::Email, "anne@example.jp; bob@example.jp", "anne@example.jp"),
            (FieldId::Email, "anne@例えexample.jp", "anne@xn--example-9d4g.jp"),
            (FieldId::Email, "김@example.jp", "kim@example.jp"),
            (FieldId::Email, "annelee", "annelee@example.jp"),
            (FieldId::Email, "anne@example", "anne@example.jp"),
            (FieldId::Email, "anne..............................................................@example.jp", "anne@example.jp"),
            (FieldId::EmailAgain, "Anne.lee@mail.example.jp", "anne.lee@mail.example.jp"),
            (FieldId::ResidenceCard, "AB12345678C#D", "AB12345678CD"),
            (FieldId::ResidenceCard, "AB1234567OCD", "AB12345670CD"),
        ] {
            walk(*lang, field, wrong, right, &mut seen);
        }
        let kinds: BTreeSet<&str> = seen.iter().filter_map(|seen| seen.split(' ').nth(1)).collect();
        // `Closed` comes only from a service: here a closed field is emptied.
        let all = [
            "Character",
            "CardNumber",
            "EmailDiffers",
            "EmailDomain",
            "EmailShape",
            "InFuture",
            "Missing",
            "MunicipalityRepeated",
            "NoSuchDate",
            "NotAChoice",
            "NotLatin",
            "PhoneStart",
            "TooLong",
            "TooShort",
            "UnknownMunicipality",
        ];
        assert!(kinds.iter().eq(BTreeSet::from(all).iter()), "{kinds:?}");
        assert!(FIELDS.iter().all(|row| seen.iter().any(|seen| seen.starts_with(&format!("{:?} ", row.id)))), "{seen:?}");
    }
}
