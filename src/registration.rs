//! What is asked and what is accepted: the table of fields, folding, rules. The same code runs in the form, in line mode and in the service.
//! Where the rules come from is in `registration/registration.md`. Pure: no I/O, no clock (today's date is an argument). Texts are in `locale`.

use serde::{Deserialize, Serialize};

/// 生年月日 and its two written forms.
pub mod birth_date;
/// Which category to choose for what the person wants.
pub mod category;
/// The shape of a mail address.
mod email;
/// The one table of fields.
pub mod field;
/// From what was typed to the stored form, reporting what changed.
pub mod fold;
/// What the holder of a card offers for a form, and what differs.
pub mod holder;
/// What a card's name offers.
pub mod name;
/// One function a rule.
pub mod rule;
/// Warnings that do not stop: free mail, mail domain typos, a certificate that ends soon.
pub mod warning;

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
    /// Return the word on the wire.
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
    /// Return the word on the wire.
    pub const fn key(self) -> &'static str {
        match self {
            Category::ForeignNational => "foreign_national",
            Category::LegalRepresentative => "legal_representative",
            Category::Family => "family",
        }
    }

    /// Return whether 在留カード番号 is asked for, and then required.
    const fn needs_residence_card(self) -> bool {
        matches!(self, Category::ForeignNational)
    }
}

/// What the person has typed and chosen so far, one string a field.
/// Text fields hold text; choices hold their word on the wire: `male`, `13104` (JIS code), `foreign_national`, `yes` for consent.
/// A birth date is typed as 8 digits with `00` for an unknown day or month (`19900400`, `19900000`), or `00000000` for 年月日不詳.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    values: [String; FieldId::COUNT],
}

impl Draft {
    /// Borrow the value of a field.
    pub fn get(&self, field: FieldId) -> &str {
        self.values.get(field as usize).map_or("", String::as_str)
    }

    /// Set the value of a field as typed; nothing is folded or checked here.
    pub fn set(&mut self, field: FieldId, value: impl Into<String>) {
        if let Some(slot) = self.values.get_mut(field as usize) {
            *slot = value.into();
        }
    }

    /// Fill a draft from keys and values, as prefill does from a desk's own records; return the keys that are no field's beside it.
    /// Consent is never taken: only the person can give it.
    pub fn from_pairs<K, V>(pairs: impl IntoIterator<Item = (K, V)>) -> (Draft, Vec<String>)
    where
        K: Into<String> + AsRef<str>,
        V: Into<String>,
    {
        let mut draft = Draft::default();
        let mut unknown = Vec::new();
        for (key, value) in pairs {
            match FieldId::from_key(key.as_ref()) {
                None | Some(FieldId::Consent) => unknown.push(key.into()),
                Some(field) => draft.set(field, value),
            }
        }
        (draft, unknown)
    }

    /// Return the category, once chosen.
    pub fn category(&self) -> Option<Category> {
        rule::category(&fold::fold(FieldId::Category, self.get(FieldId::Category)).value).ok()
    }

    /// Return whether a field takes input now: all do but the residence card number, which only 外国人本人 has.
    pub fn is_open(&self, field: FieldId) -> bool {
        match field.row().need {
            Need::Required => true,
            Need::ForeignNationalOnly => self.category().is_some_and(Category::needs_residence_card),
        }
    }

    /// Return the draft that a form would be read from.
    fn of(form: &Form) -> Draft {
        let mut draft = Draft::default();
        FIELDS.iter().for_each(|row| draft.set(row.id, form.value(row.id)));
        draft
    }

    /// Return the draft with every value in its stored form, and nothing in closed fields.
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

/// What is wrong with a field. The text that says how to mend it is `locale`'s.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueError {
    /// Nothing was given.
    Missing,
    /// Longer than allowed by so many characters.
    TooLong {
        /// How many characters are allowed.
        limit: usize,
        /// How many are too many.
        over: usize,
    },
    /// Shorter than allowed: so many characters are needed, so many were given.
    TooShort {
        /// How many are needed at least.
        need: usize,
        /// How many there are.
        have: usize,
    },
    /// A character that cannot stand here.
    Character(char),
    /// Letters of a script that cannot be folded (kanji in the name field, for instance).
    NotLatin,
    /// A date that no calendar has.
    NoSuchDate,
    /// A date that is still to come.
    InFuture,
    /// A phone number that does not begin with 0.
    PhoneStart,
    /// No `@`, or nothing before or behind it.
    EmailShape,
    /// The part behind `@` is no domain name.
    EmailDomain,
    /// The two mail addresses differ.
    EmailDiffers,
    /// Not one of the choices.
    NotAChoice,
    /// Not a municipality of the list.
    UnknownMunicipality,
    /// The prefecture or municipality is repeated in the address line.
    MunicipalityRepeated,
    /// A residence card number with a letter where a digit belongs, or the reverse; 1-based place, what stands there, and what is probably meant.
    CardNumber {
        /// Place in the number, from 1.
        place: usize,
        /// What stands there.
        found: char,
        /// O for 0, I for 1 and the reverse, where that mends it.
        meant: Option<char>,
    },
    /// Given although the category closes the field.
    Closed,
}

/// What is wrong with a field of a form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {:?}", .field.row().key, .problem)]
pub struct FormError {
    /// The field.
    pub field: FieldId,
    /// What is wrong with it.
    pub problem: ValueError,
}

/// Fold and check a whole draft; on faults return all of them, in the order of the fields.
/// `today` is the date in Japan. Consent and the repeated mail address are checked here but are no part of `Form`.
pub fn check(draft: &Draft, today: Date) -> Result<Form, Vec<FormError>> {
    rule::whole(draft, today)
}

/// Check what a client sent: every value must already be in its stored form, as `check` makes it.
pub fn check_form(form: &Form, today: Date) -> Result<(), Vec<FormError>> {
    rule::form(form, today)
}

#[cfg(test)]
pub(crate) mod tests;
