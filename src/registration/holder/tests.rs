//! Tables of cards and forms: what a card offers, what differs from it, and when it is somebody else's.

use super::*;

const ADDRESS: &str = "東京都新宿区西新宿２－８－１";

/// A card with name and birth date, eight digits with spaces for unknown parts.
fn card(name: &str, birth: &str) -> Holder {
    Holder {
        name: Some(name.to_owned()).filter(|name| !name.is_empty()),
        sex: Some(HolderSex::Female),
        birth: Some(HolderBirth { year: birth[..4].parse().ok(), month: birth[4..6].parse().ok(), day: birth[6..].parse().ok() }),
        address: Some(ADDRESS.to_owned()),
        ..Holder::default()
    }
}

fn substituted(holder: Holder) -> Holder {
    Holder { name_substituted: true, ..holder }
}

/// A form with name and birth date in wire form.
fn form(name: &str, birth: &str) -> Form {
    Form { name: name.to_owned(), birth_date: BirthDate::from_wire(birth).unwrap(), ..crate::registration::tests::form() }
}

#[test]
fn it_is_somebody_elses_where_name_and_birth_date_are_anothers() {
    let parent = "ＭＯＮＴＧＯＭＥＲＹ　ＡＮＮＥ";
    for (case, card, name, birth, somebody_else) in [
        ("Anne on Taro's card in kanji", card("山田　太郎", "19850615"), "MONTGOMERY ANNE", "1990-04-01", true),
        ("Taro on Anne's card", card(parent, "19900401"), "YAMADA TARO", "1985-06-15", true),
        ("Anne on her own", card(parent, "19900401"), "MONTGOMERY ANNE", "1990-04-01", false),
        ("Taro on his own, in kanji", card("山田　太郎", "19850615"), "YAMADA TARO", "1985-06-15", false),
        ("a child on a parent's card in kanji", card("山田　太郎", "19850615"), "YAMADA LEO", "2019-05-05", true),
        ("a child on a parent's card, one surname", card(parent, "19900401"), "MONTGOMERY LEO", "2019-05-05", false),
        ("a child on a parent's card, another surname", card(parent, "19900401"), "YAMADA LEO", "2019-05-05", true),
        ("a spelling corrected", card(parent, "19900401"), "MONTGOMERIE ANNE", "1990-04-01", false),
        ("spelling and day corrected", card(parent, "19900401"), "MONTGOMERIE ANNE", "1990-04-02", false),
        ("a surname changed by marriage", card(parent, "19900401"), "YAMADA ANNE", "1990-04-01", false),
        ("a surname changed by marriage, and another day", card(parent, "19900401"), "YAMADA ANNE", "1990-04-02", false),
        ("both names changed, the same birth date", card(parent, "19900401"), "YAMADA HANAKO", "1990-04-01", false),
        ("both names another's, one part of the date", card(parent, "19900401"), "YAMADA HANAKO", "1990-04-02", true),
        ("twins with one surname", card(parent, "19900401"), "MONTGOMERY LUCY", "1990-04-01", false),
        ("twins in kanji", card("山田　太郎", "19850615"), "YAMADA JIRO", "1985-06-15", false),
        ("an initial that two strangers share", card("ＬＥＥ　ＡＮＮＥ　Ｊ", "19930321"), "SMITH J JOHN", "1993-03-22", true),
        ("one word", card("ＳＵＨＡＲＴＯ", "19930321"), "SUHARTO", "1993-03-22", false),
        ("one word, another's", card("ＳＵＨＡＲＴＯ", "19930321"), "SUKARNO", "1993-03-22", true),
        ("one word in two", card("ＡＮＮＥＭＡＥ", "19930321"), "ANNE MAE", "1993-03-22", false),
        ("day and month swapped, a word shared", card(parent, "19900401"), "MONTGOMERY ANN", "1990-01-04", false),
        ("day and month swapped, in kanji", card("山田　太郎", "19850612"), "YAMADA TARO", "1985-12-06", true),
        ("one part of the date, in kanji", card("山田　太郎", "19850615"), "YAMADA TARO", "1985-06-16", false),
        ("one part of the date, in kanji with kana", card("山田　はな", "19850615"), "LEE ANNE", "1985-06-16", false),
        ("a reading in the name in kanji", card("山田　はな", "19850615"), "YAMADA HANA", "1990-04-01", false),
        ("kana", card("ヤマダ　ハナコ", "20010228"), "YAMADA HANAKO", "2001-03-01", false),
        ("kana, another's", card("ヤマダ　ハナコ", "20010228"), "MONTGOMERY ANNE", "2001-03-28", true),
        ("kana spelt as few do", card("オオノ　ケイ", "20010228"), "OHNO KAY", "2001-03-01", false),
        ("kana spelt kana by kana", card("サトウ　ケイ", "20010228"), "SATOU KAY", "2001-03-01", false),
        (
            "an alias in place of the name",
            card("ＬＥＥ　ＡＮＮＥ（ＹＡＭＡＤＡ　ＨＡＮＡ）", "19900401"),
            "YAMADA HANA",
            "1990-04-02",
            false,
        ),
        ("an alias in kana in place of the name", card("ＬＥＥ　ＡＮＮＥ（ヤマダ　ハナ）", "19900401"), "YAMADA HANA", "1990-04-02", false),
        ("an alias in kanji in place of the name", card("ＬＥＥ　ＡＮＮＥ（山田　花）", "19900401"), "YAMADA HANA", "1990-04-01", false),
        ("the alias of a card in kanji is not its name", card("山田　太郎（ＬＥＥ）", "19850615"), "YAMADA TARO", "1985-06-16", false),
        ("a word that the field cannot hold", card("ＡＮＮ３　ＬＥＥ／ＭＡＥ", "19900401"), "MAE ANNE", "1990-04-02", false),
        ("a word with a digit, typed without it", card("ＡＮＮＥ３", "19900401"), "ANNE", "1985-06-15", false),
        ("substituted characters, one part", substituted(card("ＬＥ＊　ＡＮＮＡ", "19731103")), "LEI ANNE", "1973-11-04", false),
        ("substituted characters, two parts", substituted(card("ＬＥ＊　ＡＮＮＡ", "19731103")), "LEI ANNE", "1973-12-04", true),
        ("substituted characters, a word shared", substituted(card("ＬＥ＊　ＡＮＮＥ", "19731103")), "LEI ANNE", "1985-06-15", false),
        ("no name, one part", card("", "19850615"), "YAMADA TARO", "1985-06-16", false),
        ("no name, two parts", card("", "19850615"), "YAMADA TARO", "1985-07-16", true),
        ("a date on the card that no calendar has", card("山田　太郎", "20010229"), "LEE ANNE", "1990-04-01", false),
        ("a day that the card does not know", card(parent, "199004  "), "YAMADA TARO", "1985-06-15", false),
        ("a date that the card does not know", card(parent, "        "), "YAMADA TARO", "1985-06-15", false),
        ("a day that the form does not know", card(parent, "19900401"), "YAMADA TARO", "1985-06", false),
        ("a date that the form does not know", card("山田　太郎", "19850615"), "MONTGOMERY ANNE", "unknown", false),
    ] {
        assert_eq!(is_somebody_else(&card, &form(name, birth)), somebody_else, "{case}");
    }
}

#[test]
fn a_new_card_is_the_same_holders_if_name_birth_date_and_sex_agree_and_what_is_unknown_agrees_with_nothing() {
    use Match::{CannotTell, Holder as Same, SomebodyElse};
    let anne = || card("ＭＯＮＴＧＯＭＥＲＹ　ＡＮＮＥ", "19900401");
    let taro = || card("山田　太郎", "19850615");
    let of_sex = |sex, holder| Holder { sex, ..holder };
    for (case, one, other, expected) in [
        ("the same", anne(), anne(), Same),
        ("the same in kanji", taro(), taro(), Same),
        ("moved", anne(), Holder { address: Some("北海道札幌市中央区".to_owned()), ..anne() }, Same),
        ("another name", anne(), card("ＹＡＭＡＤＡ　ＨＡＮＡＫＯ", "19900401"), SomebodyElse),
        ("another day", anne(), card("ＭＯＮＴＧＯＭＥＲＹ　ＡＮＮＥ", "19900402"), SomebodyElse),
        ("another month", anne(), card("ＭＯＮＴＧＯＭＥＲＹ　ＡＮＮＥ", "19900501"), SomebodyElse),
        ("another year", taro(), card("山田　太郎", "19860615"), SomebodyElse),
        ("another sex", anne(), of_sex(Some(HolderSex::Male), anne()), SomebodyElse),
        ("another year, the rest unknown", card("ＬＥＥ", "1975    "), card("ＬＥＥ", "1976    "), SomebodyElse),
        ("a surname changed by marriage, or a twin", anne(), card("ＭＯＮＴＧＯＭＥＲＹ　ＬＵＣＹ", "19900401"), CannotTell),
        ("another name in kanji", taro(), card("高田　太郎", "19850615"), CannotTell),
        ("Latin and kanji", anne(), card("山田　花子", "19900401"), CannotTell),
        ("Latin and kana", anne(), card("ヤマダ　ハナコ", "19900401"), CannotTell),
        ("no name", card("", "19850615"), card("", "19850615"), CannotTell),
        ("substituted characters", substituted(taro()), substituted(taro()), CannotTell),
        ("birth wholly unknown", card("ＬＥＥ", "        "), card("ＬＥＥ", "        "), CannotTell),
        ("birth missing", Holder { birth: None, ..anne() }, Holder { birth: None, ..anne() }, CannotTell),
        ("the day unknown", card("ＬＥＥ", "199004  "), card("ＬＥＥ", "199004  "), CannotTell),
        ("the day unknown on one", card("ＬＥＥ", "19900401"), card("ＬＥＥ", "199004  "), CannotTell),
        ("sex unknown", of_sex(None, anne()), of_sex(None, anne()), CannotTell),
        ("sex other or unknown", of_sex(Some(HolderSex::Other), anne()), of_sex(Some(HolderSex::Other), anne()), CannotTell),
        ("nothing known", Holder::default(), Holder::default(), CannotTell),
    ] {
        assert_eq!((of_card(&one, &other), of_card(&other, &one)), (expected, expected), "{case}");
    }
}

#[test]
fn sex_and_address_make_it_nobody_elses() {
    let other =
        Form {
            sex: Sex::Male, municipality: "01101".to_owned(), address_line: "北一条西".to_owned(), ..form("LEE ANNE", "1990-04-01")
        };
    assert!(!is_somebody_else(&card("ＬＥＥ　ＡＮＮＥ", "19900401"), &other));
    assert!(!is_somebody_else(&Holder::default(), &other));
    let no_birth = Holder { birth: None, ..card("山田　太郎", "19850615") };
    assert!(!is_somebody_else(&no_birth, &other));
}

#[test]
fn what_differs_is_told_field_by_field_in_their_order() {
    let holder = card("ＬＥＥ　ＡＮＮＥ", "19900401");
    let same = form("LEE ANNE", "1990-04-01");
    type Spoil = fn(&mut Form);
    let spoilt: [(&[FieldId], Spoil); 7] = [
        (&[], |_| {}),
        (&[], |form| form.phone = "0312345678".to_owned()),
        (&[FieldId::Name], |form| form.name = "LEE ANN".to_owned()),
        (&[FieldId::Sex], |form| form.sex = Sex::Male),
        (&[FieldId::BirthDate], |form| form.birth_date = BirthDate::from_wire("1990-04-02").unwrap()),
        (&[FieldId::Municipality, FieldId::AddressLine], |form| {
            form.municipality = "13103".to_owned();
            form.address_line = "芝公園１".to_owned();
        }),
        (&[FieldId::Name, FieldId::AddressLine], |form| {
            form.name = "ANNE LEE".to_owned();
            form.address_line = "西新宿２－８－１　霞ハイツ２０２".to_owned();
        }),
    ];
    for (fields, spoil) in spoilt {
        let mut form = same.clone();
        spoil(&mut form);
        assert_eq!(differences(&holder, &form), fields, "{form:?}");
    }
}

#[test]
fn names_differ_as_far_as_they_can_be_compared() {
    for (case, holder, name, differs) in [
        ("whole", card("ＬＥＥ　ＡＮＮＥ", "19900401"), "LEE ANNE", false),
        ("with an alias", card("ＬＥＥ　ＡＮＮＥ（山田）", "19900401"), "LEE ANNE", false),
        ("a word is left out", card("ＬＥＥ　ＡＮＮＥ", "19900401"), "LEE", true),
        ("not to be taken whole", card("ＬＥＥ　３ＲＤ", "19900401"), "LEE", true),
        ("with a sign that became a space", card("ＲＡＶＩ　Ｓ／Ｏ", "19900401"), "RAVI S O", true),
        ("kana", card("オオノ　ハナコ", "19900401"), "ONO HANAKO", false),
        ("kana, another spelling", card("オオノ　ハナコ", "19900401"), "OHNO HANAKO", false),
        ("kana, no spelling of it", card("オオノ　ハナコ", "19900401"), "UNO HANAKO", true),
        ("kana, not to be taken whole", card("オオノ　３", "19900401"), "ONO", true),
        ("kanji", card("山田　太郎", "19900401"), "LEE ANNE", false),
        ("no name", card("", "19900401"), "LEE ANNE", false),
        ("substituted characters", substituted(card("ＬＥＥ　ＡＮＮＡ", "19900401")), "LEE ANNE", false),
        ("substituted characters in kana", substituted(card("オオノ", "19900401")), "LEE ANNE", false),
    ] {
        assert_eq!(differences(&holder, &form(name, "1990-04-01")) == [FieldId::Name], differs, "{case}");
    }
}

#[test]
fn dates_differ_as_far_as_both_are_known() {
    for (on_card, typed, differs) in [
        ("19900401", "1990-04-01", false),
        ("199004  ", "1990-04-01", false),
        ("1990    ", "1990-04-01", false),
        ("        ", "1990-04-01", false),
        ("19900401", "1990-04", false),
        ("19900401", "1990", false),
        ("19900401", "unknown", false),
        ("1990    ", "1991-04-01", true),
        ("199004  ", "1990-05", true),
        ("199004  ", "1991", true),
        ("19900401", "1990-05", true),
        ("    0401", "1990-05-01", true),
        ("19900401", "1990-04-02", true),
    ] {
        let holder = card("ＬＥＥ　ＡＮＮＥ", on_card);
        assert_eq!(differences(&holder, &form("LEE ANNE", typed)) == [FieldId::BirthDate], differs, "{on_card} {typed}");
    }
}

#[test]
fn what_the_card_does_not_know_differs_from_nothing() {
    let other =
        Form {
            sex: Sex::Male, municipality: "01101".to_owned(), address_line: "北一条西".to_owned(), ..form("LEE ANNE", "1990-04-01")
        };
    assert_eq!(differences(&Holder::default(), &other), []);
    let holder = Holder { sex: Some(HolderSex::Other), address_substituted: true, ..card("ＬＥＥ　ＡＮＮＥ", "19900401") };
    assert_eq!(differences(&holder, &other), []);
    let holder = Holder { sex: None, address: Some("大字なし".to_owned()), ..holder };
    assert_eq!(differences(&Holder { address_substituted: false, ..holder.clone() }, &other), []);
    let holder = Holder { address: Some("北海道札幌市中央区".to_owned()), address_substituted: false, ..holder };
    assert_eq!(differences(&holder, &other), []);
}

#[test]
fn a_card_offers_what_it_says_in_stored_form() {
    let holder = Holder { address: Some("東京都新宿区西新宿2-8-1".to_owned()), ..card("ＬＥＥ　ＡＮＮＥ", "199004  ") };
    let offered = CardOffer {
        name: name::of_card("ＬＥＥ　ＡＮＮＥ"),
        sex: Some(Sex::Female),
        birth_date: Some(BirthDate::Month(1990, 4)),
        municipality: Some("13104".to_owned()),
        address_line: Some("西新宿２－８－１".to_owned()),
    };
    assert_eq!(offer(&holder), offered);
    assert_eq!(offer(&Holder::default()), CardOffer::default());
    assert_eq!(offer(&Holder { sex: Some(HolderSex::Other), ..holder.clone() }).sex, None);
    assert_eq!(offer(&card("", "    0401")).birth_date, None);
    assert_eq!(offer(&card("", "        ")).birth_date, Some(BirthDate::Unknown));
    assert_eq!(offer(&Holder { address: Some("東京都新宿区".to_owned()), ..holder }).address_line, None);
}

#[test]
fn what_a_card_offers_differs_from_it_in_nothing() {
    for name in ["ＬＥＥ　ＡＮＮＥ", "Ｏ’ＢＲＩＥＮ", "オオノ　ハナコ", "ＷＡＮＧ　ＬＩ　王　力"] {
        let holder = card(name, "19900401");
        let (Offered::Latin(offered) | Offered::Kana(offered)) = offer(&holder).name.offered else { panic!("{name}") };
        assert_eq!(differences(&holder, &form(&offered, "1990-04-01")), [], "{name}");
    }
}

#[test]
fn a_record_is_the_holders_if_something_speaks_for_it_and_nothing_against_it() {
    use Match::{CannotTell, SomebodyElse};
    let latin = || card("ＬＥＥ　ＡＮＮＥ", "19900401");
    let kanji = || card("山田　太郎", "19850615");
    for (case, holder, name, birth, wanted) in [
        ("both agree", latin(), "Lee Anne", "1990-04-01", Match::Holder),
        ("the whole name, no date", latin(), "lee anne", "", Match::Holder),
        ("one word agrees, no date: a family has it in common", latin(), "LEE ANN", "", CannotTell),
        ("the date agrees, no name", latin(), "", "1990/4/1", Match::Holder),
        ("the name agrees, the date does not", latin(), "LEE ANNE", "19900402", SomebodyElse),
        ("the date agrees, the name does not", latin(), "YAMADA TARO", "19900401", SomebodyElse),
        ("neither agrees", latin(), "YAMADA TARO", "19850615", SomebodyElse),
        ("another name, no date", latin(), "YAMADA TARO", "", SomebodyElse),
        ("another date, no name", latin(), "", "19850615", SomebodyElse),
        ("nothing", latin(), "", "", CannotTell),
        ("kanji typed for a Latin name", latin(), "山田　花子", "", CannotTell),
        ("a date in part", latin(), "", "19900400", CannotTell),
        ("no date", latin(), "", "1990-04-31", CannotTell),
        ("a card in kanji, a Latin name", kanji(), "LEE ANNE", "", CannotTell),
        ("a card in kanji, the date", kanji(), "YAMADA TARO", "昭和60年6月15日", Match::Holder),
        ("a card in kanji, one part of the date", kanji(), "YAMADA TARO", "19850616", SomebodyElse),
        ("the same kanji", kanji(), "山田太郎", "", Match::Holder),
        ("one of the same kanji: a family has it in common", kanji(), "山田　花子", "", CannotTell),
        ("other kanji", kanji(), "渡辺　高子", "", CannotTell),
        ("kana for kana", card("オオノ　ハナコ", "19900401"), "おおの はなこ", "", Match::Holder),
        ("a reading for kana", card("オオノ　ハナコ", "19900401"), "OHNO HANAKO", "", Match::Holder),
        ("a reading for one word of kana", card("オオノ　ハナコ", "19900401"), "OHNO", "", CannotTell),
        ("another name for kana", card("オオノ　ハナコ", "19900401"), "LEE", "", SomebodyElse),
        ("the alias alone", card("ＬＥＥ（ＹＡＭＡＤＡ）", "19900401"), "YAMADA", "", CannotTell),
        ("substituted characters", substituted(card("ＬＥＥ", "19900401")), "LEI", "", CannotTell),
        ("substituted characters and the date", substituted(card("ＬＥＥ", "19900401")), "LEI", "19900401", Match::Holder),
        ("a card that says nothing", Holder::default(), "LEE ANNE", "19900401", CannotTell),
    ] {
        let mut draft = Draft::default();
        draft.set(FieldId::Name, name);
        draft.set(FieldId::BirthDate, birth);
        draft.set(FieldId::Sex, "male");
        assert_eq!(of_record(&holder, &draft), wanted, "{case}");
    }
}
