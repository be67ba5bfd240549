//! The transfer sheet: the values of a form as the agency's own page takes them, since it offers no interface and offices copy by hand. Order and
//! forms are those of its manual of March 2022 (registration.md); nothing is known of what the page asks for since.

use super::{FieldId, Form};
use encoding_rs::SHIFT_JIS;

/// How the agency's page takes a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Typed in half width.
    Half,
    /// Typed in half-width digits.
    Digits,
    /// Typed in full width.
    Full,
    /// Chosen from a list.
    Chosen,
}

/// A line of the sheet.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// The field.
    pub field: FieldId,
    /// How its value is taken.
    pub taken: Taken,
}

/// The lines, in the order of the page. The consent is the person's.
pub static SHEET: [Line; 10] = [
    Line { field: FieldId::Name, taken: Taken::Half },
    Line { field: FieldId::Sex, taken: Taken::Chosen },
    Line { field: FieldId::BirthDate, taken: Taken::Digits },
    Line { field: FieldId::Municipality, taken: Taken::Chosen },
    Line { field: FieldId::AddressLine, taken: Taken::Full },
    Line { field: FieldId::Phone, taken: Taken::Digits },
    Line { field: FieldId::Email, taken: Taken::Half },
    Line { field: FieldId::EmailAgain, taken: Taken::Half },
    Line { field: FieldId::Category, taken: Taken::Chosen },
    Line { field: FieldId::ResidenceCard, taken: Taken::Half },
];

/// A format of the saved sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SheetFormat {
    /// A row of labels above a row of values.
    Csv,
    /// An object of the values by their keys.
    Json,
}

/// Why the agency's page may not take a value as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// Day or month are unknown: the manual knows complete dates only.
    PartOfDate,
    /// Letters that are not among those of Japanese Windows.
    Letters(String),
}

/// Return the lines of a form: those of the fields that it has.
pub fn lines(form: &Form) -> impl Iterator<Item = Line> {
    SHEET.into_iter().filter(|line| form.fields().any(|field| field == line.field))
}

/// Return why the page may not take a value, if so.
pub fn doubt(form: &Form, field: FieldId) -> Option<Doubt> {
    let value = form.value(field);
    match field {
        FieldId::BirthDate => value.ends_with("00").then_some(Doubt::PartOfDate),
        FieldId::AddressLine => {
            let is_odd = |letter: &char| SHIFT_JIS.encode(letter.encode_utf8(&mut [0; 4])).2;
            let odd: String = value.chars().filter(is_odd).collect();
            (!odd.is_empty()).then_some(Doubt::Letters(odd))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registration::tests::form;
    use crate::registration::{BirthDate, Category, FIELDS};

    #[test]
    fn each_value_has_the_form_that_the_page_takes() {
        let form = form();
        for line in lines(&form) {
            let value = form.value(line.field);
            let fits = match line.taken {
                Taken::Half => value.is_ascii(),
                Taken::Digits => value.bytes().all(|byte| byte.is_ascii_digit()),
                Taken::Full => value.chars().all(|letter| !letter.is_ascii()),
                Taken::Chosen => true,
            };
            assert!(fits && !value.is_empty() && value.chars().count() <= line.field.row().limit, "{:?}: {value}", line.field);
        }
    }

    #[test]
    fn the_sheet_has_every_field_of_the_form_but_the_consent_in_its_order() {
        let fields: Vec<FieldId> = FIELDS.iter().map(|row| row.id).filter(|id| *id != FieldId::Consent).collect();
        assert_eq!(SHEET.map(|line| line.field).to_vec(), fields);
        let family = Form { category: Category::Family, residence_card: None, ..form() };
        assert!(lines(&family).all(|line| line.field != FieldId::ResidenceCard));
    }

    #[test]
    fn what_the_page_may_not_take_is_known() {
        let doubt_of = |form: Form, field| doubt(&form, field);
        assert_eq!(doubt_of(form(), FieldId::BirthDate), None);
        let date = |digits| Form { birth_date: BirthDate::from_digits(digits).unwrap(), ..form() };
        for digits in ["19900400", "19900000", "00000000"] {
            assert_eq!(doubt_of(date(digits), FieldId::BirthDate), Some(Doubt::PartOfDate), "{digits}");
        }
        let address = |line: &str| Form { address_line: line.to_owned(), ..form() };
        assert_eq!(doubt_of(address("髙砂①番　𠮷田"), FieldId::AddressLine), Some(Doubt::Letters("𠮷".to_owned())));
        assert_eq!(doubt_of(address("髙砂１－２"), FieldId::AddressLine), None);
    }
}
