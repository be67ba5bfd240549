use super::*;
use crate::registration::tests::form;

pub(super) fn receipt<'a>(lang: Lang, form: &'a Form, differs: &'a [FieldId]) -> Receipt<'a> {
    Receipt {
        lang,
        practice: false,
        service: "registration.example",
        authentication_id: "7KQ3MXW94P",
        form,
        differs_from_card: differs,
        registered_at: Some((Date::from_calendar_date(2026, time::Month::November, 25).unwrap(), "2026-11-25 12:04".to_owned())),
        receipt: "0123456789abcdef",
    }
}

#[test]
fn a_receipt_says_in_both_languages_what_was_registered_where_when_and_how_it_can_be_checked() {
    let form = form();
    for lang in Lang::ALL {
        let text = receipt(*lang, &form, &[FieldId::Name]).sheet().lines().join("\n");
        for said in ["7KQ-3MXW-94P", "7KQ3MXW94P", "registration.example", "2026-11-25 12:04", "0123456789abcdef", &*form.email] {
            assert!(text.contains(said), "{said} is missing: {text}");
        }
        for lang in [Lang::Ja, *lang] {
            for said in [Text::ReceiptTitle, Text::ReceiptCheck, Text::DoneId, Text::DoneNext1, Text::DoneNext3] {
                assert!(text.contains(lang.text(said)), "{} is missing: {text}", lang.text(said));
            }
            for field in form.fields() {
                assert!(text.contains(&*lang.value(field, &form.value(field))) && text.contains(official::label(field)), "{text}");
            }
            assert!(text.contains(&lang.differs_from_card(&[FieldId::Name]).unwrap()));
        }
    }
}

#[test]
fn the_name_of_its_file_holds_nothing_personal() {
    let form = form();
    assert_eq!(receipt(Lang::En, &form, &[]).sheet().name, "zairyu-2026-11-25");
}
