//! Words that people write for a choice, or for a field, where they cannot pick it: in an office's records. One table for each.

use super::FieldId;
use unicode_normalization::UnicodeNormalization;

/// For each word on the wire, what people write for it beside it: in small letters, without spaces and signs. A word that could mean two
/// choices (parent: legal representative or family) is in none.
const WORDS: [(FieldId, &str, &[&str]); 5] = [
    (FieldId::Sex, "male", &["m", "man", "男", "男性", "おとこ"]),
    (FieldId::Sex, "female", &["f", "woman", "女", "女性", "おんな"]),
    (
        FieldId::Category,
        "foreign_national",
        &["本人", "外国人", "外国人本人", "self", "own", "applicant", "foreigner", "theforeignnational"],
    ),
    (FieldId::Category, "legal_representative", &["法定代理人", "代理人", "representative", "alegalrepresentative"]),
    (
        FieldId::Category,
        "family",
        &[
            "家族",
            "親族",
            "配偶者",
            "妻",
            "夫",
            "配偶者子父又は母等",
            "配偶者子父又は母等法定代理人を除く",
            "spouse",
            "wife",
            "husband",
            "spousechildparentorotherfamily",
        ],
    ),
];

/// What people write for a field, beside its name on the wire, in the same form: the official label first.
const FIELD_NAMES: [(FieldId, &[&str]); 10] = [
    (FieldId::Name, &["利用者氏名", "氏名", "名前"]),
    (FieldId::Sex, &["性別"]),
    (FieldId::BirthDate, &["生年月日", "誕生日", "dateofbirth"]),
    (FieldId::Municipality, &["住居地都道府県市区町村", "都道府県市区町村", "市区町村"]),
    (FieldId::AddressLine, &["住居地町名丁目番地号等", "町名丁目番地号等", "町名番地"]),
    (FieldId::Phone, &["利用者連絡先電話番号", "連絡先電話番号", "電話番号", "電話"]),
    (FieldId::Email, &["メールアドレス", "メール", "mail"]),
    (FieldId::EmailAgain, &["メールアドレス確認"]),
    (FieldId::Category, &["利用者の区分", "区分"]),
    (FieldId::ResidenceCard, &["在留カード番号"]),
];

/// Return letters and digits alone, in small letters.
fn bare(text: &str) -> String {
    text.nfkc().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Return the field that is meant by what was written as its name; `None` if none is. The consent has none.
pub fn named(written: &str) -> Option<FieldId> {
    let written = bare(written);
    let is_named = |field: FieldId, names: &[&str]| bare(field.row().key) == written || names.contains(&written.as_str());
    FIELD_NAMES.iter().find(|(field, names)| is_named(*field, names)).map(|(field, _)| *field)
}

/// Return the word on the wire that is meant by what was written for a choice; `None` if none is.
pub fn meant(field: FieldId, written: &str) -> Option<&'static str> {
    let written = bare(written);
    let is_meant = |word: &str, others: &[&str]| bare(word) == written || others.contains(&written.as_str());
    WORDS.iter().find(|(of, word, others)| *of == field && is_meant(word, others)).map(|(_, word, _)| *word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registration::FIELDS;
    use crate::registration::field::FieldKind;

    #[test]
    fn a_choice_is_understood_as_people_write_it() {
        for (field, written, word) in [
            (FieldId::Sex, "F", "female"),
            (FieldId::Sex, " 女 ", "female"),
            (FieldId::Sex, "Ｍａｌｅ", "male"),
            (FieldId::Category, "本人", "foreign_national"),
            (FieldId::Category, "Legal representative", "legal_representative"),
            (FieldId::Category, "配偶者、子、父又は母等（法定代理人を除く）", "family"),
        ] {
            assert_eq!(meant(field, written), Some(word), "{written}");
        }
        for (field, written) in
            [(FieldId::Sex, "x"), (FieldId::Sex, ""), (FieldId::Sex, "本人"), (FieldId::Category, "親"), (FieldId::Name, "m")]
        {
            assert_eq!(meant(field, written), None, "{written}");
        }
    }

    #[test]
    fn a_field_is_understood_as_people_write_it() {
        for (written, field) in [
            ("E-mail", Some(FieldId::Email)),
            ("birthdate", Some(FieldId::BirthDate)),
            ("Residence Card", Some(FieldId::ResidenceCard)),
            ("氏　名", Some(FieldId::Name)),
            ("メールアドレス（確認）", Some(FieldId::EmailAgain)),
            ("consent", None),
            ("", None),
        ] {
            assert_eq!(named(written), field, "{written}");
        }
        for row in FIELDS.iter().filter(|row| row.id != FieldId::Consent) {
            assert_eq!(named(row.key), Some(row.id));
        }
    }

    #[test]
    fn every_word_of_every_choice_has_its_row() {
        for row in &FIELDS {
            let FieldKind::Choice(words) = row.kind else { continue };
            assert!(words.iter().all(|word| meant(row.id, word) == Some(word)), "{}", row.key);
        }
    }
}
