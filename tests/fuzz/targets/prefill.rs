//! Whatever stands in a file of records: it is refused in words that are short and harmless, or fills fields with what the rules accept and
//! never consents; folding keeps what it has folded.

use super::shared::{assert_harmless, today};
use zairyu::locale::Lang;
use zairyu::office::{Format, RecordsError, parse};
use zairyu::registration::field::FieldKind;
use zairyu::registration::{Draft, FIELDS, FieldId, check, check_form, fold};
use zairyu::text::harmless;

pub fn run(data: &[u8]) {
    let Some((mode, rest)) = data.split_first() else { return };
    let format = [Format::Toml, Format::Json, Format::Csv][usize::from(mode % 3)];
    match parse(rest, format, today()) {
        Ok(records) => records.into_iter().for_each(|record| filled(record.draft)),
        Err(faults) => {
            for line in Lang::En.records_error(&RecordsError::Faults(faults)) {
                assert_harmless(&harmless(&line), false);
                assert!(line.chars().count() <= 500, "{line}");
            }
        }
    }
}

fn filled(mut draft: Draft) {
    assert_eq!(draft.get(FieldId::Consent), "", "only the person consents");
    assert!([FieldId::Name, FieldId::BirthDate].iter().any(|id| !draft.get(*id).is_empty()), "whose is it?");
    for row in FIELDS {
        let once = fold::fold(row.id, draft.get(row.id)).value;
        assert_eq!(fold::fold(row.id, &once).value, once, "{}", row.key);
    }
    assert!(check(&draft, today()).is_err(), "nobody has consented");
    for row in FIELDS.iter().filter(|row| matches!(row.kind, FieldKind::Choice(_) | FieldKind::Municipality)) {
        let value = draft.get(row.id);
        assert!(value.is_empty() || !check(&draft, today()).unwrap_err().iter().any(|fault| fault.field == row.id), "{value}");
    }
    draft.set(FieldId::Consent, "yes");
    if let Ok(form) = check(&draft, today()) {
        assert_eq!(check_form(&form, today()), Ok(()));
        for field in form.fields() {
            assert_harmless(&form.value(field), false);
        }
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    const WHOLE: &str = "name = \"montgomery anne\"\nsex = \"female\"\nbirth_date = \"平成2年4月1日\"\nmunicipality = \"13104\"\naddress_line = \"西新宿2-8-1\"\nphone = \"+81 90-1234-5678\"\nemail = \"anne@example.jp\"\nemail_again = \"anne@example.jp\"\ncategory = \"foreign_national\"\nresidence_card = \"ab12345678cd\"\n";
    const JSON: &str = r#"{"name":"ヤマダ　ハナコ","birth_date":"19900400","phone":"０３－１２３４－５６７８","email":"a..b.@docomo.ne.jp","category":"family","residence_card":"","address_line":"1丁目\u200b2番"}"#;
    const CSV: &str =
        "\u{feff}reference,name,birth_date,municipality,phone\n1,LEE,1990/4/1,東京都新宿区,0312345678\n2,\"BO, LEE\",,1101,9012345678\n";
    let seed = |mode: u8, text: &str| [&[mode], text.as_bytes()].concat();
    let known: String = FIELDS.iter().map(|row| format!("{} = \"x\"\n", row.key)).collect();
    vec![
        seed(0, WHOLE),
        seed(1, JSON),
        seed(0, &known),
        seed(2, CSV),
        seed(2, &CSV.replace(',', ";").replace('\n', "\r\n")),
        [&[2][..], b"name;sex\nLEE;\x8f\x97\n"].concat(),
        seed(0, "name = \"O'Brien-Núñez\"\nconsent = \"yes\"\n"),
        seed(1, r#"{"name":"x","pin":"1234"}"#),
        seed(1, &format!("\"{}\"", "x".repeat(2000))),
        seed(2, &format!("name;{}\nx;y", "x".repeat(2000))),
        seed(0, "birth_date = \"昭和64年1月7日\"\nemail = '''a@ｅｘａｍｐｌｅ。jp'''\n"),
    ]
}
