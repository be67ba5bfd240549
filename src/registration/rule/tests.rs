//! Tables of what each rule accepts and rejects, one case per line.

use super::*;
use time::Month;

fn today() -> Date {
    Date::from_calendar_date(2026, Month::November, 25).unwrap()
}

#[test]
fn names_are_latin_capitals() {
    for (value, wanted) in [
        ("NYUKAN SABURO", None),
        ("SUHARTO", None),
        ("", Some(ValueError::Missing)),
        ("山田", Some(ValueError::NotLatin)),
        ("ИВАН", Some(ValueError::NotLatin)),
        ("김", Some(ValueError::NotLatin)),
        ("မောင်", Some(ValueError::NotLatin)),
        ("😀", Some(ValueError::NotLatin)),
        ("123", Some(ValueError::NotLatin)),
        ("anne", Some(ValueError::Character('a'))),
        ("ANNE1", Some(ValueError::Character('1'))),
        ("ANNE (LEE)", Some(ValueError::Character('('))),
        ("ƏLI", Some(ValueError::Character('Ə'))),
        ("ANNE😀", Some(ValueError::Character('😀'))),
        ("ANNE\u{202e}", Some(ValueError::Character('\u{202e}'))),
        ("ANNE\n", Some(ValueError::Character('\n'))),
        ("A\u{301}", Some(ValueError::Character('\u{301}'))),
        (" ANNE", Some(ValueError::Character(' '))),
        ("ANNE  LEE", Some(ValueError::Character(' '))),
        (&"A".repeat(104), None),
        (&"A".repeat(107), Some(ValueError::TooLong { limit: 104, over: 3 })),
    ] {
        assert_eq!(name(value).err(), wanted, "{value}");
    }
}

#[test]
fn birth_dates_are_real_and_past() {
    for (value, wanted) in [
        ("20000123", None),
        ("20261125", None),
        ("20261100", None),
        ("20260000", None),
        ("00000000", None),
        ("19000101", None),
        ("", Some(ValueError::Missing)),
        ("20261126", Some(ValueError::InFuture)),
        ("20261200", Some(ValueError::InFuture)),
        ("20270000", Some(ValueError::InFuture)),
        ("20000230", Some(ValueError::NoSuchDate)),
        ("00000101", Some(ValueError::NoSuchDate)),
        ("01/04/1990", Some(ValueError::NoSuchDate)),
        ("平成40年1月1日", Some(ValueError::Character('平'))),
        ("1990040", Some(ValueError::TooShort { need: 8, have: 7 })),
        ("199004011", Some(ValueError::TooLong { limit: 8, over: 1 })),
        ("1990O401", Some(ValueError::Character('O'))),
        ("１９９００４０１", Some(ValueError::Character('１'))),
    ] {
        assert_eq!(birth_date(value, today()).err(), wanted, "{value}");
    }
}

#[test]
fn municipalities_are_of_the_list() {
    for (value, wanted) in [
        ("13104", None),
        ("", Some(ValueError::Missing)),
        ("99999", Some(ValueError::UnknownMunicipality)),
        ("131041", Some(ValueError::UnknownMunicipality)),
        ("東京都 新宿区", Some(ValueError::UnknownMunicipality)),
    ] {
        assert_eq!(municipality(value).err(), wanted, "{value}");
    }
}

#[test]
fn address_lines_are_full_width_and_repeat_nothing() {
    for (code, value, wanted) in [
        ("13104", "霞が関１丁目１番１号　霞ハイツ２０２", None),
        ("13104", "西新宿２－８－１", None),
        ("13104", "𠮷田町々〆ヶ原１", None),
        ("13104", "グリーンヒル★３０１", None),
        ("13104", "サンライズ♪３０１", None),
        ("13104", "", Some(ValueError::Missing)),
        ("13104", "霞が関1", Some(ValueError::Character('1'))),
        ("13104", "霞ﾊｲﾂ", Some(ValueError::Character('ﾊ'))),
        ("13104", "霞が関\u{7}", Some(ValueError::Character('\u{7}'))),
        ("13104", "霞が関\u{200f}", Some(ValueError::Character('\u{200f}'))),
        ("13104", "霞が関🏠", Some(ValueError::Character('🏠'))),
        ("13104", "か\u{301}", Some(ValueError::Character('\u{301}'))),
        ("13104", "김포", Some(ValueError::NotLatin)),
        ("13104", "😀😀", Some(ValueError::NotLatin)),
        ("13104", "西新宿김", Some(ValueError::Character('김'))),
        ("13104", "東京都新宿区西新宿２", Some(ValueError::MunicipalityRepeated)),
        ("13104", "新宿区西新宿２", Some(ValueError::MunicipalityRepeated)),
        ("13104", "新宿１－１", None),
        ("14103", "横浜市西区みなとみらい", Some(ValueError::MunicipalityRepeated)),
        ("14103", "横浜市みなとみらい", Some(ValueError::MunicipalityRepeated)),
        ("14103", "西区みなとみらい", Some(ValueError::MunicipalityRepeated)),
        ("14103", "みなとみらい２", None),
        ("01404", "古宇郡神恵内村", Some(ValueError::MunicipalityRepeated)),
        ("01404", "神恵内村８１", None),
        ("01404", "神恵内村　神恵内村８１", Some(ValueError::MunicipalityRepeated)),
        ("28222", "養父市場１２３番地", None),
        ("28222", "養父市", Some(ValueError::MunicipalityRepeated)),
        ("28222", "養父市養父市場１２３番地", Some(ValueError::MunicipalityRepeated)),
        ("28222", "養父市　養父市場１２３番地", Some(ValueError::MunicipalityRepeated)),
        ("28222", "兵庫県養父市場１２３番地", Some(ValueError::MunicipalityRepeated)),
        ("28222", "養父市八鹿町八鹿", Some(ValueError::MunicipalityRepeated)),
        ("35203", "山口県流通センター１", None),
        ("35203", "山口県山口市流通センター１", Some(ValueError::MunicipalityRepeated)),
        // 新宿 is a town of 新宿区, but 新宿区 is not.
        ("13104", "新宿区新宿１－１", Some(ValueError::MunicipalityRepeated)),
        ("01394", "蘭越町昆布町１", Some(ValueError::MunicipalityRepeated)),
        ("", "東京都新宿区", None),
        ("13104", &"霞".repeat(85), None),
        ("13104", &"霞".repeat(86), Some(ValueError::TooLong { limit: 85, over: 1 })),
    ] {
        assert_eq!(address_line(value, code).err(), wanted, "{value}");
    }
}

#[test]
fn every_town_that_the_picker_offers_can_be_registered_in_its_municipality() {
    let mut tsv = String::new();
    let packed: &[u8] = include_bytes!("../../places/data/postal_towns.tsv.gz");
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(packed), &mut tsv).unwrap();
    let mut postals: Vec<&str> = tsv.lines().skip(1).filter_map(|line| line.split('\t').next()).collect();
    postals.dedup();
    assert_eq!(postals.len(), 120_720);
    let mut refused = Vec::new();
    for hit in postals.iter().flat_map(|postal| places::search(postal, None, 100)) {
        let Some(town) = hit.town else { continue };
        for behind in ["", "１２３番地"] {
            let line = fold(FieldId::AddressLine, &format!("{}{behind}", town.line())).value;
            if let Err(problem) = address_line(&line, hit.municipality.code()) {
                refused.push((hit.municipality, line, problem));
            }
        }
    }
    assert_eq!(refused, []);
}

#[test]
fn every_municipality_in_front_of_its_own_towns_is_a_repetition() {
    let all = places::prefectures().iter().flat_map(|prefecture| places::municipalities(prefecture.code));
    for (place, town) in all.step_by(60).flat_map(|place| places::towns_of(place).into_iter().take(3).map(move |town| (place, town))) {
        for before in [place.prefecture().to_owned(), place.name().to_owned(), format!("{}{}", place.county(), place.name())] {
            let line = fold(FieldId::AddressLine, &format!("{before}{}１", town.line())).value;
            assert_eq!(address_line(&line, place.code()), Err(ValueError::MunicipalityRepeated), "{line}");
        }
    }
}

#[test]
fn phone_numbers_are_japanese() {
    for (value, wanted) in [
        ("09012345678", None),
        ("0312345678", None),
        ("020123456789", None),
        ("", Some(ValueError::Missing)),
        ("9012345678", Some(ValueError::PhoneStart)),
        ("+84901234567", Some(ValueError::PhoneStart)),
        ("031234567", Some(ValueError::TooShort { need: 10, have: 9 })),
        ("0901234567890", Some(ValueError::TooLong { limit: 12, over: 1 })),
        ("090-1234-5678", Some(ValueError::Character('-'))),
        ("0901234567x", Some(ValueError::Character('x'))),
        ("０９０１２３４５６７８", Some(ValueError::Character('０'))),
    ] {
        assert_eq!(phone(value).err(), wanted, "{value}");
    }
}

#[test]
fn mail_addresses_fit_and_agree() {
    let long = |count: usize| format!("{}@example.jp", "a".repeat(count - 11));
    assert_eq!(email(&long(60)).err(), None);
    assert_eq!(email(&long(61)).err(), Some(ValueError::TooLong { limit: 60, over: 1 }));
    assert_eq!(email("").err(), Some(ValueError::Missing));
    assert_eq!(email("anne").err(), Some(ValueError::EmailShape));
    assert_eq!(email_again("", "a@b.jp"), Err(ValueError::Missing));
    assert_eq!(email_again("A@b.jp", "a@b.jp"), Err(ValueError::EmailDiffers));
    assert_eq!(email_again("a@b.jp", "a@b.jp"), Ok(()));
    // The case of a domain says nothing (RFC 5321, 2.4).
    assert_eq!(email_again("Anne@example.jp", "Anne@Example.JP"), Ok(()));
    assert_eq!(email_again("anne@example.jp", "Anne@Example.JP"), Err(ValueError::EmailDiffers));
    assert_eq!(email_again("anne", "Anne"), Err(ValueError::EmailDiffers));
}

#[test]
fn a_confused_letter_of_a_card_number_is_named() {
    let at = |place, found, meant| Some(ValueError::CardNumber { place, found, meant });
    for (value, wanted) in [
        ("AB12345678CD", None),
        ("", Some(ValueError::Missing)),
        ("0B12345678CD", at(1, '0', Some('O'))),
        ("A112345678CD", at(2, '1', Some('I'))),
        ("ABO2345678CD", at(3, 'O', Some('0'))),
        ("AB1234567ICD", at(10, 'I', Some('1'))),
        ("AB1L345678CD", at(4, 'L', Some('1'))),
        ("AB123456789D", at(11, '9', None)),
        ("ABX2345678CD", at(3, 'X', None)),
        ("AB12345678C", Some(ValueError::TooShort { need: 12, have: 11 })),
        ("AB12345678CDE", Some(ValueError::TooLong { limit: 12, over: 1 })),
        ("ab12345678cd", Some(ValueError::Character('a'))),
        ("ＡB12345678CD", Some(ValueError::Character('Ａ'))),
        ("AB1234567８CD", Some(ValueError::Character('８'))),
    ] {
        assert_eq!(residence_card(value).err(), wanted, "{value}");
    }
}

#[test]
fn choices_are_their_words() {
    assert_eq!(sex("male"), Ok(Sex::Male));
    assert_eq!(sex("female"), Ok(Sex::Female));
    assert_eq!(sex(""), Err(ValueError::Missing));
    assert_eq!(sex("other"), Err(ValueError::NotAChoice));
    assert_eq!(category("family"), Ok(Category::Family));
    assert_eq!(category(""), Err(ValueError::Missing));
    assert_eq!(category("self"), Err(ValueError::NotAChoice));
    assert_eq!(consent("yes"), Ok(()));
    assert_eq!(consent("no"), Err(ValueError::Missing));
    assert_eq!(consent(""), Err(ValueError::Missing));
}

#[test]
fn every_choice_of_the_table_is_a_choice_of_its_rule() {
    for row in &super::super::FIELDS {
        if let super::super::field::FieldKind::Choice(words) = row.kind {
            for word in words {
                let known = if row.id == FieldId::Sex { sex(word).is_ok() } else { category(word).is_ok() };
                assert!(known, "{word}");
                assert!(word.len() <= row.limit);
            }
        }
    }
}

#[test]
fn every_sign_of_jis_x_0208_can_be_typed_in_an_address() {
    const ROWS: &str = "、。，．・：；？！゛゜´｀＾＿ヽヾゝゞ〃仝々〆〇ー―‐／＼〜‖｜…‥‘’“”（）〔〕［］｛｝〈〉《》「」『』【】＋−±×÷＝≠＜＞≦≧∞∴♂♀°′″℃￥＄￠￡％＃＆＊＠§\
        ☆★○●◎◇◆□■△▲▽▼※〒→←↑↓〓∈∋⊆⊇⊂⊃∪∩∧∨￢⇒⇔∀∃∠⊥⌒∂∇≡≒≪≫√∽∝∵∫∬Å‰♯♭♪†‡¶◯０９ＡＺａｚぁんァヶΑΩαωАЯаяё─│┌╂";
    for sign in ROWS.chars().filter(|c| !c.is_whitespace()) {
        let line = fold(FieldId::AddressLine, &format!("グリーンヒル{sign}３０１")).value;
        assert_eq!(address_line(&line, "13104").err(), None, "{sign} {line}");
        assert_eq!(fold(FieldId::AddressLine, &line).value, line, "{sign}");
    }
}
