//! Whatever stands in a prefill file: it is refused in words that are short and harmless, or fills fields and never consents; folding keeps
//! what it has folded, and what the rules accept is accepted again.

use super::shared::{assert_harmless, file, today};
use zairyu::registration::{Draft, FIELDS, FieldId, check, check_form, fold};
use zairyu::settings::prefill;
use zairyu::text::harmless;

pub fn run(data: &[u8]) {
    let Some((mode, rest)) = data.split_first() else { return };
    let file = file(if mode % 2 == 0 { "prefill.toml" } else { "prefill.json" }, rest);
    match prefill(&file.0) {
        Ok(draft) => filled(draft),
        Err(why) => {
            let told = why.to_string();
            assert_harmless(&harmless(&told), false);
            assert!(told.len() <= file.0.as_os_str().len() + rest.len() + 300, "{told}");
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
    let seed = |mode: u8, text: &str| [&[mode], text.as_bytes()].concat();
    let known: String = FIELDS.iter().map(|row| format!("{} = \"x\"\n", row.key)).collect();
    vec![
        seed(0, WHOLE),
        seed(1, JSON),
        seed(0, &known),
        seed(0, "name = \"O'Brien-Núñez\"\nconsent = \"yes\"\n"),
        seed(1, r#"{"name":"x","pin":"1234"}"#),
        seed(0, "birth_date = \"昭和64年1月7日\"\nemail = '''a@ｅｘａｍｐｌｅ。jp'''\n"),
    ]
}
