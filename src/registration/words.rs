//! Words that people write for a choice where they cannot pick it: in an office's records. One table for all choices.

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

/// Return the word on the wire that is meant by what was written for a choice; `None` if none is.
pub fn meant(field: FieldId, written: &str) -> Option<&'static str> {
    let bare = |text: &str| text.nfkc().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
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
    fn every_word_of_every_choice_has_its_row() {
        for row in &FIELDS {
            let FieldKind::Choice(words) = row.kind else { continue };
            assert!(words.iter().all(|word| meant(row.id, word) == Some(word)), "{}", row.key);
        }
    }
}
