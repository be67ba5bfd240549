//! Tests of the module as a whole: drafts, forms, and properties that hold for any text.

use super::fold::fold;
use super::*;
use proptest::prelude::*;
use time::Month;
use unicode_normalization::UnicodeNormalization;

/// The form that the tests begin with; a field that is required stands there too.
pub(crate) fn form() -> Form {
    serde_json::from_str(include_str!("../../tests/common/form.json")).unwrap()
}

fn today() -> Date {
    Date::from_calendar_date(2026, Month::November, 25).unwrap()
}

pub(crate) fn draft_of(pairs: &[(&str, &str)]) -> Draft {
    let mut draft = Draft::default();
    pairs.iter().for_each(|(key, value)| draft.set(FieldId::from_key(key).unwrap(), *value));
    draft
}

fn draft() -> Draft {
    let mut draft = draft_of(&[
        ("name", "ｎｙｕｋａｎ　saburo"),
        ("sex", "male"),
        ("birth_date", "平成12年1月23日"),
        ("municipality", "13104"),
        ("address_line", "西新宿2-8-1 霞ﾊｲﾂ202"),
        ("phone", "090-1234-5678"),
        ("email", "foo..bar.@docomo.ne.jp"),
        ("email_again", "foo..bar.@docomo.ne.jp "),
        ("category", "foreign_national"),
        ("residence_card", "ab12345678cd"),
    ]);
    draft.set(FieldId::Consent, "yes");
    draft
}

fn faults(draft: &Draft) -> Vec<(FieldId, ValueError)> {
    check(draft, today()).unwrap_err().into_iter().map(|fault| (fault.field, fault.problem)).collect()
}

#[test]
fn a_filled_draft_becomes_a_form_in_stored_form() {
    let form = check(&draft(), today()).unwrap();
    assert_eq!(form.name, "NYUKAN SABURO");
    assert_eq!(form.birth_date.digits(), "20000123");
    assert_eq!(form.address_line, "西新宿２－８－１　霞ハイツ２０２");
    assert_eq!(form.phone, "09012345678");
    assert_eq!(form.residence_card.as_deref(), Some("AB12345678CD"));
    assert_eq!(check_form(&form, today()), Ok(()));
}

#[test]
fn an_empty_draft_lacks_every_field_that_is_open_in_their_order() {
    let missing: Vec<_> =
        FIELDS.iter().map(|row| row.id).filter(|id| id.row().need == Need::Required).map(|id| (id, ValueError::Missing)).collect();
    assert_eq!(faults(&Draft::default()), missing);
}

#[test]
fn all_faults_are_told_at_once() {
    let mut draft = draft();
    draft.set(FieldId::Name, "山田");
    draft.set(FieldId::AddressLine, "新宿区西新宿2");
    draft.set(FieldId::EmailAgain, "foo.bar@docomo.ne.jp");
    draft.set(FieldId::ResidenceCard, "AB1234567OCD");
    draft.set(FieldId::Consent, "");
    assert_eq!(
        faults(&draft),
        [
            (FieldId::Name, ValueError::NotLatin),
            (FieldId::AddressLine, ValueError::MunicipalityRepeated),
            (FieldId::EmailAgain, ValueError::EmailDiffers),
            (FieldId::ResidenceCard, ValueError::CardNumber { place: 10, found: 'O', meant: Some('0') }),
            (FieldId::Consent, ValueError::Missing),
        ]
    );
}

#[test]
fn a_closed_field_is_ignored_in_a_draft_and_refused_in_a_form() {
    for category in ["family", "legal_representative"] {
        let mut draft = draft();
        draft.set(FieldId::Category, category);
        assert!(!draft.is_open(FieldId::ResidenceCard));
        let mut form = check(&draft, today()).unwrap();
        assert_eq!(form.residence_card, None);
        form.residence_card = Some("AB12345678CD".to_owned());
        assert_eq!(check_form(&form, today()), Err(vec![FormError { field: FieldId::ResidenceCard, problem: ValueError::Closed }]));
    }
}

#[test]
fn the_foreign_national_must_give_a_residence_card() {
    let mut draft = draft();
    draft.set(FieldId::ResidenceCard, "");
    assert_eq!(faults(&draft), [(FieldId::ResidenceCard, ValueError::Missing)]);
    let mut form = check(&self::draft(), today()).unwrap();
    form.residence_card = None;
    assert_eq!(check_form(&form, today()), Err(vec![FormError { field: FieldId::ResidenceCard, problem: ValueError::Missing }]));
}

#[test]
fn what_a_client_did_not_fold_is_refused() {
    let good = check(&draft(), today()).unwrap();
    type Spoil = fn(&mut Form);
    let spoilt: [(FieldId, Spoil); 12] = [
        (FieldId::Name, |form| form.name = "nyukan".to_owned()),
        (FieldId::Name, |form| form.name = "NYUKAN ".to_owned()),
        (FieldId::BirthDate, |form| form.birth_date = BirthDate::Month(1990, 13)),
        (FieldId::BirthDate, |form| form.birth_date = BirthDate::Year(2027)),
        (FieldId::BirthDate, |form| form.birth_date = BirthDate::Year(-5)),
        (FieldId::Municipality, |form| form.municipality = "99999".to_owned()),
        (FieldId::AddressLine, |form| form.address_line = "西新宿　　２".to_owned()),
        (FieldId::AddressLine, |form| form.address_line = "西新宿２ー８".to_owned()),
        (FieldId::AddressLine, |form| form.address_line = "西新宿２　".to_owned()),
        (FieldId::Phone, |form| form.phone = "+819012345678".to_owned()),
        (FieldId::Email, |form| form.email = "a@example.jp\r\nBcc: b@example.jp".to_owned()),
        (FieldId::ResidenceCard, |form| form.residence_card = Some("AB 12345678CD".to_owned())),
    ];
    for (field, spoil) in spoilt {
        let mut form = good.clone();
        spoil(&mut form);
        let found: Vec<_> = check_form(&form, today()).unwrap_err().into_iter().map(|fault| fault.field).collect();
        assert_eq!(found, [field], "{form:?}");
    }
}

#[test]
fn a_megabyte_in_every_field_is_refused_field_by_field() {
    let mut draft = Draft::default();
    for row in &FIELDS {
        draft.set(row.id, "あ1".repeat(250_000));
    }
    // The residence card number is closed, and both mail addresses agree.
    assert_eq!(check(&draft, today()).unwrap_err().len(), FIELDS.len() - 2);
}

/// Random text: any Unicode, weighted towards what folding treats and attackers type.
fn text() -> impl Strategy<Value = String> {
    let telling: Vec<char> = "\
        AaZzÉäÅñßĐøéễ09０９ＡａＺ　 -－ー‐−ｰ・·.,。、'’´`゛゜ﾞﾟかがガｶﾊっンんうおのえらちァヴヷゝゞヾヿゟ\
        年月日生不詳元平成㍻MTSHRh+81()（）[]@＠/_=≠<>\
        \u{338}\u{301}\u{308}\u{30a}\u{323}\u{3099}\u{200b}\u{200d}\u{202e}\u{feff}\u{fe0f}\u{3164}\u{1100}\u{1161}\u{11a8}가๑०ﷺŀĳſKΩ①㌶\n\t\0😀"
        .chars()
        .collect();
    let one = prop_oneof![4 => proptest::sample::select(telling), 1 => any::<char>()];
    proptest::collection::vec(one, 0..24).prop_map(|chars| chars.into_iter().collect())
}

/// Mostly valid drafts, so that the rules are reached.
fn drafts() -> impl Strategy<Value = Draft> {
    let spoilt = proptest::collection::vec((0..FIELDS.len(), text()), 0..3);
    let parts = (
        "[A-Za-zＡ-Ｚあ-んÀ-Ö' -]{1,120}",
        "(19|20)[0-9]{2}[-/年]?[01][0-9][-/月]?[0-3][0-9]",
        "[一-龠ぁ-んァ-ヶー0-9０-９ｱ-ﾝ -]{1,90}",
        "(0|\\+81)[0-9 -]{8,13}",
        "[a-zA-Z0-9.+_-]{1,40}@[a-z0-9-]{1,20}(\\.ne)?\\.jp",
        proptest::sample::select(vec!["foreign_national", "family", "legal_representative"]),
        "[A-Za-z]{2}[0-9]{8}[A-Za-z]{2}",
    );
    (parts, spoilt).prop_map(|((name, birth, address, phone, email, category, card), spoilt)| {
        let mut draft = draft();
        for (field, value) in [
            (FieldId::Name, name),
            (FieldId::BirthDate, birth),
            (FieldId::AddressLine, address),
            (FieldId::Phone, phone),
            (FieldId::Email, email.clone()),
            (FieldId::EmailAgain, email),
            (FieldId::Category, category.to_owned()),
            (FieldId::ResidenceCard, card),
        ] {
            draft.set(field, value);
        }
        for (place, value) in spoilt {
            if let Some(row) = FIELDS.get(place) {
                draft.set(row.id, value);
            }
        }
        draft
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn folding_twice_changes_and_tells_nothing_more(typed in text()) {
        for row in &FIELDS {
            let once = fold(row.id, &typed);
            let twice = fold(row.id, &once.value);
            prop_assert_eq!(&twice.value, &once.value, "{}", row.key);
            // Invalid values may report changes again; valid ones report them only once.
            let accepted = match row.id {
                FieldId::Name => rule::name(&once.value).is_ok(),
                FieldId::AddressLine => rule::address_line(&once.value, "").is_ok(),
                FieldId::Email => rule::email(&once.value).is_ok(),
                _ => false,
            };
            prop_assert!(!accepted || twice.changes.is_empty(), "{} {:?}", row.key, twice);
        }
    }

    #[test]
    fn what_a_rule_accepts_is_within_its_limit(typed in text()) {
        for row in &FIELDS {
            let value = fold(row.id, &typed).value;
            let accepted = match row.id {
                FieldId::Name => rule::name(&value).is_ok(),
                FieldId::BirthDate => rule::birth_date(&value, today()).is_ok(),
                FieldId::AddressLine => rule::address_line(&value, "13104").is_ok(),
                FieldId::Phone => rule::phone(&value).is_ok(),
                FieldId::Email => rule::email(&value).is_ok(),
                FieldId::ResidenceCard => rule::residence_card(&value).is_ok(),
                _ => false,
            };
            prop_assert!(!accepted || (1..=row.limit).contains(&value.chars().count()), "{} {:?}", row.key, value);
        }
        let _ = warning::of_email(&typed, warning::FREE_MAIL);
    }

    #[test]
    fn what_a_card_offers_is_a_name_and_is_folded_as_if_it_were_typed(raw in text()) {
        let name = name::of_card(&raw);
        if let name::Offered::Latin(offered) | name::Offered::Kana(offered) = &name.offered {
            prop_assert_eq!(rule::name(offered), Ok(offered.clone()), "{}", raw);
            prop_assert_eq!(&fold(FieldId::Name, offered).value, offered);
        }
        // A name that the field accepts as printed is offered whole and folded as when typed; but kana among Latin letters is left out.
        let typed = fold(FieldId::Name, &raw).value;
        let kana = raw.nfkc().any(|c| fold::is_kana(c) && c != 'ー');
        if rule::name(&typed).is_ok() && !kana {
            prop_assert_eq!(name, name::CardName { offered: name::Offered::Latin(typed), left_out: Vec::new() }, "{}", raw);
        }
    }

    #[test]
    fn what_the_terminal_accepts_the_service_accepts(draft in drafts()) {
        match check(&draft, today()) {
            Ok(form) => {
                prop_assert_eq!(check_form(&form, today()), Ok(()));
                let json = serde_json::to_string(&form).unwrap();
                prop_assert_eq!(&serde_json::from_str::<Form>(&json).unwrap(), &form);
                let texts = [
                    (FieldId::Name, &form.name),
                    (FieldId::AddressLine, &form.address_line),
                    (FieldId::Phone, &form.phone),
                    (FieldId::Email, &form.email),
                ];
                for (field, value) in texts {
                    prop_assert!(value.chars().count() <= field.row().limit);
                    prop_assert!(!value.chars().any(|c| c.is_control()));
                }
            }
            Err(faults) => {
                prop_assert!(!faults.is_empty());
                prop_assert!(faults.is_sorted_by(|one, two| one.field < two.field));
            }
        }
    }
}
