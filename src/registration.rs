//! Fields and validation: the table of fields, folding, rules. The same code runs in the form, in line mode and in the service.
//! The sources of the rules are in `registration/registration.md`. Pure: no I/O, no clock (today's date is an argument). Texts are in
//! `locale`.

use serde::{Deserialize, Serialize};

/// The address line beside the municipality.
pub mod address;
/// 生年月日 and its two textual forms.
pub mod birth_date;
/// Advice on which category to choose.
pub mod category;
/// Syntax of mail addresses.
mod email;
/// The table of fields.
pub mod field;
/// Folding of input into its stored form, reporting the changes.
pub mod fold;
/// Comparison of a form with the card's holder, and the values the card offers.
pub mod holder;
/// The name field's value from a card's name.
pub mod name;
/// Validation rules, one function per rule.
pub mod rule;
/// The transfer sheet.
pub mod transfer;
/// Warnings that do not stop: free mail, mail domain typos, a certificate that expires soon.
pub mod warning;
/// Words that people write for a choice.
pub mod words;

pub use birth_date::BirthDate;
pub use field::{FIELDS, Field, FieldId, Form};
pub use time::Date;

use field::Need;

/// 性別.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// 男.
    Male,
    /// 女.
    Female,
}

impl Sex {
    /// Return the word used on the wire.
    pub const fn key(self) -> &'static str {
        match self {
            Sex::Male => "male",
            Sex::Female => "female",
        }
    }
}

/// 利用者の区分.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// 外国人本人.
    ForeignNational,
    /// 法定代理人.
    LegalRepresentative,
    /// 配偶者、子、父又は母等（法定代理人を除く）.
    Family,
}

impl Category {
    /// Return the word used on the wire.
    pub const fn key(self) -> &'static str {
        match self {
            Category::ForeignNational => "foreign_national",
            Category::LegalRepresentative => "legal_representative",
            Category::Family => "family",
        }
    }

    /// Return whether 在留カード番号 is asked for, and thus required.
    const fn needs_residence_card(self) -> bool {
        matches!(self, Category::ForeignNational)
    }
}

/// Values as typed and chosen, one string per field. Text fields hold text; choices hold their word on the wire: `male`, `13104` (JIS
/// code), `foreign_national`, `yes` for consent. A birth date has 8 digits with `00` for an unknown day or month (`19900400`, `19900000`),
/// or `00000000` for 年月日不詳.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    values: [String; FieldId::COUNT],
}

impl Draft {
    /// Borrow the value of a field.
    pub fn get(&self, field: FieldId) -> &str {
        self.values.get(field as usize).map_or("", String::as_str)
    }

    /// Set the value of a field, without folding or checking.
    pub fn set(&mut self, field: FieldId, value: impl Into<String>) {
        if let Some(slot) = self.values.get_mut(field as usize) {
            *slot = value.into();
        }
    }

    /// Return the category, once chosen.
    pub fn category(&self) -> Option<Category> {
        rule::category(&fold::fold(FieldId::Category, self.get(FieldId::Category)).value).ok()
    }

    /// Return whether a field accepts input: all do except the residence card number, which only 外国人本人 has.
    pub fn is_open(&self, field: FieldId) -> bool {
        match field.row().need {
            Need::Required => true,
            Need::ForeignNationalOnly => self.category().is_some_and(Category::needs_residence_card),
        }
    }

    /// Return the draft that yields a form.
    fn of(form: &Form) -> Draft {
        let mut draft = Draft::default();
        FIELDS.iter().for_each(|row| draft.set(row.id, form.value(row.id)));
        draft
    }

    /// Return the draft with every value in stored form, and closed fields emptied.
    fn folded(&self) -> Draft {
        let mut draft = Draft::default();
        FIELDS.iter().for_each(|row| draft.set(row.id, fold::fold(row.id, self.get(row.id)).value));
        for row in FIELDS.iter().filter(|row| row.need != Need::Required) {
            if !draft.is_open(row.id) {
                draft.set(row.id, "");
            }
        }
        draft
    }
}

/// A fault of a field's value. `locale` has its message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueError {
    /// The value is empty.
    Missing,
    /// It exceeds the maximum length.
    TooLong {
        /// The maximum length in characters.
        limit: usize,
        /// The number of characters in excess.
        over: usize,
    },
    /// It is below the minimum length.
    TooShort {
        /// The minimum length in characters.
        need: usize,
        /// The actual length in characters.
        have: usize,
    },
    /// It contains this invalid character.
    Character(char),
    /// It has letters of a script that cannot be folded (such as kanji in the name), or no letter at all that the field can hold.
    NotLatin,
    /// No such date exists.
    NoSuchDate,
    /// The date is in the future.
    InFuture,
    /// The phone number does not begin with 0.
    PhoneStart,
    /// It lacks an `@`, or the part before or after it.
    EmailShape,
    /// The part after `@` is not a domain name.
    EmailDomain,
    /// The two mail addresses differ.
    EmailDiffers,
    /// It is not one of the choices.
    NotAChoice,
    /// It is not the code of a municipality.
    UnknownMunicipality,
    /// The address line repeats the prefecture or municipality.
    MunicipalityRepeated,
    /// The residence card number has a letter where a digit belongs, or the reverse.
    CardNumber {
        /// Position in the number; 1-based.
        place: usize,
        /// The character at that position.
        found: char,
        /// O for 0, I for 1 or the reverse, if that corrects it.
        meant: Option<char>,
    },
    /// It has a value although the category closes the field.
    Closed,
}

/// A fault of a form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {:?}", .field.row().key, .problem)]
pub struct FormError {
    /// The field.
    pub field: FieldId,
    /// The fault.
    pub problem: ValueError,
}

/// Fold and check a whole draft; on failure return all faults, in the order of the fields. `today` is the date in Japan. Consent and the
/// repeated mail address are checked but are not part of `Form`.
pub fn check(draft: &Draft, today: Date) -> Result<Form, Vec<FormError>> {
    rule::whole(draft, today)
}

/// Check a form sent by a client: every value must be in stored form, as `check` produces it.
pub fn check_form(form: &Form, today: Date) -> Result<(), Vec<FormError>> {
    rule::form(form, today)
}

#[cfg(test)]
pub(crate) mod tests;
