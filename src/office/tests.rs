//! Files of records as offices have them, and what is said of those that cannot be used.

use super::*;

fn today() -> Date {
    Date::from_calendar_date(2026, time::Month::November, 25).unwrap()
}

fn read_as(text: impl AsRef<[u8]>, format: Format) -> Result<Vec<Record>, Vec<Fault>> {
    parse(text.as_ref(), format, today())
}

/// The only record of a file.
fn one(text: impl AsRef<[u8]>, format: Format) -> Record {
    let mut records = read_as(text, format).unwrap();
    assert_eq!(records.len(), 1);
    records.remove(0)
}

/// What is to be mended: line, key, what.
fn wrong(text: impl AsRef<[u8]>, format: Format) -> Vec<(usize, String, FaultKind)> {
    let faults = read_as(text, format).unwrap_err();
    faults.into_iter().map(|fault| (fault.line, fault.key.unwrap_or_default(), fault.what)).collect()
}

fn at(line: usize, key: &str, what: FaultKind) -> (usize, String, FaultKind) {
    (line, key.to_owned(), what)
}

fn sjis(text: &str) -> Vec<u8> {
    let (bytes, _, lost) = SHIFT_JIS.encode(text);
    assert!(!lost);
    bytes.into_owned()
}

const CSV: &str = "reference,name,birth_date,sex,address_line\n7,MONTGOMERY ANNE,1990-04-01,女,髙砂①番\n8,LEE BO,1985/6/15,M,\n";

#[test]
fn a_file_is_read_in_every_encoding_that_spreadsheets_write() {
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(CSV.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let bom = format!("\u{feff}{CSV}").into_bytes();
    for bytes in [CSV.as_bytes().to_vec(), bom, sjis(CSV), sjis(&CSV.replace('\n', "\r\n")), utf16] {
        let records = read_as(&bytes, Format::Csv).unwrap();
        let values: Vec<_> = records.iter().map(|record| (record.reference.as_deref(), record.draft.get(FieldId::Sex))).collect();
        assert_eq!(values, [(Some("7"), "female"), (Some("8"), "male")]);
        assert_eq!(records[0].draft.get(FieldId::AddressLine), "髙砂①番");
        assert_eq!((records[0].line, records[1].line), (2, 3));
    }
    assert_eq!(one(sjis("birth_date = \"平成2年4月1日\"\n"), Format::Toml).draft.get(FieldId::BirthDate), "平成2年4月1日");
    assert_eq!(wrong(b"name = \"\xff\xfd\"\n", Format::Toml), [at(1, "", FaultKind::Encoding)]);
}

#[test]
fn cells_may_stand_between_commas_semicolons_or_tabs_and_in_quotes() {
    for separator in [",", ";", "\t"] {
        let text = CSV.replace(',', separator).replace("LEE BO", "\"LEE\nBO\"") + &separator.repeat(4) + "\n\n";
        let records = read_as(&text, Format::Csv).unwrap();
        assert_eq!(records.len(), 2, "{separator:?}");
        assert_eq!(records[1].draft.get(FieldId::Name), "LEE\nBO");
    }
    let spread = "\r\n,,\r\n Name , E-mail address,Birth Date,,\r\n\r\nLEE BO,,19850615,,\r\n".replace("E-mail address", "Email");
    assert_eq!(one(spread, Format::Csv).line, 5);
}

#[test]
fn keys_of_a_header_are_known_in_any_case_and_width() {
    let record = one("ＮＡＭＥ,Birth Date,EMAIL-again,整理番号\nLEE BO,19850615,,7\n", Format::Csv);
    assert_eq!((record.draft.get(FieldId::BirthDate), record.reference.as_deref()), ("19850615", Some("7")));
}

#[test]
fn the_sheet_to_copy_by_hand_can_be_read_back() {
    let sheet = "\u{feff}利用者氏名,性別,生年月日,住居地(都道府県 市区町村),住居地(町名丁目番地号等),利用者連絡先電話番号,メールアドレス,メールアドレス(確認),利用者の区分,在留カード番号\n\
                 MONTGOMERY ANNE,女,19900401,東京都 新宿区,西新宿２－８－１,09012345678,anne@example.jp,anne@example.jp,外国人本人,AB12345678CD\n";
    let mut draft = one(sheet, Format::Csv).draft;
    draft.set(FieldId::Consent, "yes");
    assert_eq!(registration::check(&draft, today()), Ok(registration::tests::form()));
}

#[test]
fn numbers_and_dates_are_taken_where_nothing_is_lost() {
    let text = "reference = 12\nbirth_date = 1990-04-01\nmunicipality = 13104\nphone = \"090-1234-5678\"\n";
    let record = one(text, Format::Toml);
    assert_eq!(record.reference.as_deref(), Some("12"));
    let values = [FieldId::BirthDate, FieldId::Municipality, FieldId::Phone].map(|field| record.draft.get(field));
    assert_eq!(values, ["19900401", "13104", "090-1234-5678"]);
    assert_eq!(one("{\"birth_date\": 19900401, \"sex\": null}", Format::Json).draft.get(FieldId::BirthDate), "19900401");
    // 01101 without its 0.
    assert_eq!(one("birth_date,municipality\n19900401,1101\n", Format::Csv).draft.get(FieldId::Municipality), "01101");
    for text in ["phone = 9012345678\nbirth_date = 1990-04-01\n", "phone = \"9012345678\"\nname = \"LEE BO\"\n"] {
        assert_eq!(wrong(text, Format::Toml), [at(1, "phone", FaultKind::ZeroLost)]);
    }
    let odd = "name = true\nbirth_date = 1990-04-01T00:00:00Z\nphone = 0.9\nemail = [\"a@b.jp\"]\nsex = 0x1\n";
    let keys = ["name", "birth_date", "phone", "email", "sex"];
    let expected: Vec<_> = (1..).zip(keys).map(|(line, key)| at(line, key, FaultKind::NotText)).collect();
    assert_eq!(wrong(odd, Format::Toml), expected);
}

#[test]
fn a_municipality_is_understood_by_name_or_code() {
    for (written, code) in [("東京都新宿区", "13104"), ("東京都 新宿区", "13104"), ("１３１０４", "13104"), ("札幌市中央区", "01101")]
    {
        let record = one(format!("name = \"LEE\"\nmunicipality = \"{written}\"\n"), Format::Toml);
        assert_eq!(record.draft.get(FieldId::Municipality), code, "{written}");
    }
    for written in ["東京都", "13999", "110", "東京都新宿区西新宿1", "府中市"] {
        let text = format!("name = \"LEE\"\nmunicipality = \"{written}\"\n");
        assert_eq!(wrong(text, Format::Toml), [at(2, "municipality", FaultKind::NoMunicipality)], "{written}");
    }
}

#[test]
fn all_that_is_wrong_is_told_at_once_each_with_its_line_and_key() {
    let csv = "reference,name,brith_date,consent,sex,phone\n\
               1,LEE BO,,,x,0901234567\n\
               2,3RD,,,F\n\
               3,,,yes,,\n\
               3,LEE,19850615,,本人,+82 10\n";
    let refused = |field, problem| FaultKind::Refused(field, problem);
    assert_eq!(
        wrong(csv, Format::Csv),
        [
            at(1, "brith_date", FaultKind::UnknownKey(Some("birth_date"))),
            at(1, "consent", FaultKind::Consent),
            at(2, "sex", FaultKind::NotAChoice(&["male", "female"])),
            at(3, "", FaultKind::Cells { have: 5, need: 6 }),
            at(4, "", FaultKind::Nobodys),
            at(5, "sex", FaultKind::NotAChoice(&["male", "female"])),
            at(5, "phone", refused(FieldId::Phone, ValueError::PhoneStart)),
            at(5, "reference", FaultKind::SameReference),
        ]
    );
    let toml = "name = \"山田太郎\"\nbirth_date = \"19900231\"\n\nresidence_card = \"AB1234567OCD\"\nemail = \"a@b.jp\"\nemail_again = \"c@b.jp\"\npin = \"1234\"\n";
    let zero = ValueError::CardNumber { place: 10, found: 'O', meant: Some('0') };
    assert_eq!(
        wrong(toml, Format::Toml),
        [
            at(1, "name", refused(FieldId::Name, ValueError::NotLatin)),
            at(2, "birth_date", refused(FieldId::BirthDate, ValueError::NoSuchDate)),
            at(4, "residence_card", refused(FieldId::ResidenceCard, zero)),
            at(6, "email_again", refused(FieldId::EmailAgain, ValueError::EmailDiffers)),
            at(7, "pin", FaultKind::UnknownKey(None)),
        ]
    );
    let json = "{\n \"name\": \"LEE\",\n \"name\": \"BO\",\n \"birth_date\": \"20990101\"\n}";
    assert_eq!(
        wrong(json, Format::Json),
        [at(3, "name", FaultKind::Doubled), at(4, "birth_date", refused(FieldId::BirthDate, ValueError::InFuture))]
    );
}

#[test]
fn a_file_that_is_not_of_its_format_is_told_with_the_line() {
    for (text, format, line) in [
        ("name = \"LEE\"\nphone = \n", Format::Toml, 2),
        ("name = \"LEE\"\nname = \"BO\"\n", Format::Toml, 2),
        ("{\n\"name\": \"LEE\"\n", Format::Json, 3),
        ("[{\"name\": \"LEE\"}]", Format::Json, 1),
    ] {
        let found = wrong(text, format);
        assert!(matches!(&found[..], [(at, _, FaultKind::Syntax(..))] if *at == line), "{text}: {found:?}");
    }
}

#[test]
fn an_empty_file_and_a_missing_header_and_odd_columns_are_told() {
    for (text, format) in
        [("", Format::Csv), ("name,sex\n", Format::Csv), ("\u{feff}", Format::Toml), ("# none\n", Format::Toml), ("{}", Format::Json)]
    {
        assert_eq!(wrong(text, format), [at(1, "", FaultKind::Empty)], "{text:?}");
    }
    assert_eq!(wrong("LEE BO,19850615\nLEE ANNE,19900401\n", Format::Csv), [at(1, "", FaultKind::NoHeader)]);
    assert_eq!(wrong("name,sex,Name\nLEE,F,BO\n", Format::Csv), [at(1, "Name", FaultKind::Doubled)]);
    assert_eq!(wrong("name,sex\nLEE,F,BO\n", Format::Csv), [at(2, "", FaultKind::Cells { have: 3, need: 2 })]);
    assert_eq!(wrong("name,,sex\nLEE,F,\n", Format::Csv), [at(1, "(2)", FaultKind::UnknownKey(None))]);
    let unnamed = "reference,name\n1,LEE\n,BO\n";
    assert_eq!(wrong(unnamed, Format::Csv), [at(3, "reference", FaultKind::NoReference)]);
}

#[test]
fn a_key_that_is_nearly_right_is_named_rightly() {
    for (written, meant) in
        [("brithdate", Some("birth_date")), ("emial", None), ("emaill", Some("email")), ("tel", None), ("referense", Some("reference"))]
    {
        assert_eq!(nearest(written), meant, "{written}");
    }
    assert_eq!(nearest(&"x".repeat(100_000)), None);
}

#[test]
fn what_the_person_and_the_form_still_do_is_no_fault() {
    let text = "name = \"lee bo\"\nmunicipality = \"13104\"\naddress_line = \"東京都新宿区西新宿2-8-1\"\nemail = \"a@b.jp\"\ncategory = \"family\"\nresidence_card = \"AB12345678CD\"\nphone = \"\"\n";
    let record = one(text, Format::Toml);
    assert_eq!(filled(&record).collect::<Vec<_>>(), ["name", "municipality", "address_line", "email", "category", "residence_card"]);
}

#[test]
fn a_file_without_end_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("people.csv");
    std::fs::write(&path, "name\n".repeat(500_000)).unwrap();
    let refused = read(&path, today()).unwrap_err();
    assert!(matches!(&refused, RecordsError::Unreadable(why) if file::Unfit::of(why) == Some(file::Unfit::TooLarge)), "{refused:?}");
    // The time that it takes grows with the rows, not with their square.
    std::fs::write(&path, format!("name\n{}", "A\n".repeat(100_000))).unwrap();
    assert_eq!(read(&path, today()).unwrap().last().unwrap().line, 100_001);
}

#[test]
fn the_ending_of_the_name_tells_the_format() {
    for (name, format) in
        [("a.CSV", Format::Csv), ("a.tsv", Format::Csv), ("a.json", Format::Json), ("a.toml", Format::Toml), ("a", Format::Toml)]
    {
        assert_eq!(Format::of(Path::new(name)), format, "{name}");
    }
}

#[test]
fn the_template_names_every_key_that_is_known_but_the_consent() {
    assert_eq!(
        template::header(),
        "reference,name,sex,birth_date,municipality,address_line,phone,email,email_again,category,residence_card"
    );
    assert!(template::keys().all(|key| fault_of_key(key).is_none()));
}
