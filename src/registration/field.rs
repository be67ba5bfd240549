//! The table of fields. A row defines everything about a field except its texts, which `locale` finds by the name of the variant.
//! The ids, the form that is signed and stored, its columns, and the conversion of a draft into a form are generated from the rows.

use super::fold::{self, Fold, address, date, name};
use super::rule::{self, Faults};
use super::{BirthDate, Category, Date, Draft, FormError, Sex};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// How a field is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// One line of text.
    Text,
    /// One of a few words, in display order.
    Choice(&'static [&'static str]),
    /// A municipality, chosen in the picker.
    Municipality,
    /// A tick box; `yes` when ticked.
    Tick,
}

/// When a field is required.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// ※必須.
    Required,
    /// Only for 外国人本人; closed and cleared otherwise.
    ForeignNationalOnly,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Which field.
    pub id: FieldId,
    /// Its name on the wire, in prefill files and in error responses.
    pub key: &'static str,
    /// When it is required.
    pub need: Need,
    /// How it is filled in.
    pub kind: FieldKind,
    /// Maximum length of the stored form in characters.
    pub limit: usize,
    /// An example of the stored form; empty where none helps.
    pub example: &'static str,
    /// How input is folded into the stored form.
    pub(super) fold: Fold,
}

/// A member of a form.
trait Member {
    /// Return the value in draft form.
    fn typed(&self) -> Cow<'_, str>;

    /// Return whether the form has a value.
    fn is_there(&self) -> bool {
        true
    }
}

impl Member for String {
    fn typed(&self) -> Cow<'_, str> {
        self.into()
    }
}

impl Member for Option<String> {
    fn typed(&self) -> Cow<'_, str> {
        self.as_deref().unwrap_or_default().into()
    }

    fn is_there(&self) -> bool {
        self.is_some()
    }
}

impl Member for Sex {
    fn typed(&self) -> Cow<'_, str> {
        self.key().into()
    }
}

impl Member for Category {
    fn typed(&self) -> Cow<'_, str> {
        self.key().into()
    }
}

impl Member for BirthDate {
    fn typed(&self) -> Cow<'_, str> {
        self.digits().into()
    }
}

/// A row: the variant, the name on the wire, and, if it is a member of the form, its type and serde attributes.
macro_rules! fields {
    ($(
        #[doc = $doc:literal]
        $id:ident = $key:ident $(: $type:ty $(, serde($($serde:tt)+))?)? => {
            need: $need:ident, kind: $kind:expr, limit: $limit:literal, example: $example:literal,
            fold: $fold:expr,
            rule: $rule:expr,
        }
    )+) => {
        /// A field of STEP1, in the order of the screen.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum FieldId { $(#[doc = $doc] $id,)+ }

        /// The fields of STEP1, in order (registration.md, "STEP1 fields, in this order").
        pub static FIELDS: [Field; [$(FieldId::$id),+].len()] = [$(Field {
            id: FieldId::$id, key: stringify!($key), need: Need::$need, kind: $kind, limit: $limit, example: $example, fold: $fold,
        },)+];

        /// A checked registration: what STEP2 shows, what the card signs, what the service stores.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields)]
        pub struct Form { $($(#[doc = $doc] $(#[serde($($serde)+)])? pub $key: $type,)?)+ }

        impl Form {
            /// Names of the members, on the wire and as columns of the database.
            pub const MEMBERS: &'static [&'static str] = &[$($(fields!(@name $key $type),)?)+];

            /// Return a member in draft form; `None` if the field is not a member, or the form lacks it.
            fn member(&self, field: FieldId) -> Option<Cow<'_, str>> {
                match field {
                    $($(FieldId::$id => Some(&self.$key as &$type).filter(|member| member.is_there()).map(Member::typed),)?)+
                    _ => None,
                }
            }

            /// Check a draft whose values are in stored form; on failure return all faults, in the order of the fields.
            #[allow(unused_variables, reason = "what is checked but no member of the form")]
            pub(super) fn read(draft: &Draft, today: Date) -> Result<Form, Vec<FormError>> {
                let mut faults = Faults::new(draft, today);
                $(let $key = faults.check(FieldId::$id, $rule);)+
                match ($($(fields!(@value $key $type),)?)+) {
                    ($($(Some::<$type>($key),)?)+) if faults.found.is_empty() => Ok(Form { $($($key: $key as $type,)?)+ }),
                    _ => Err(faults.found),
                }
            }
        }
    };
    (@name $key:ident $type:ty) => { stringify!($key) };
    (@value $key:ident $type:ty) => { $key };
}

fields! {
    /// 利用者氏名.
    Name = name: String => {
        need: Required, kind: FieldKind::Text, limit: 104, example: "NYUKAN SABURO",
        fold: Fold::Half(name::fold),
        rule: |it| rule::name(it.value),
    }
    /// 性別.
    Sex = sex: Sex => {
        need: Required, kind: FieldKind::Choice(&["male", "female"]), limit: 6, example: "",
        fold: Fold::Half(fold::trimmed),
        rule: |it| rule::sex(it.value),
    }
    /// 生年月日: `1990-04-01`, `1990-04`, `1990` or `unknown` on the wire.
    BirthDate = birth_date: BirthDate => {
        need: Required, kind: FieldKind::Text, limit: 8, example: "20000123",
        fold: Fold::Half(date::fold),
        rule: |it| rule::birth_date(it.value, it.today),
    }
    /// 住居地(都道府県 市区町村): JIS X 0402, 5 digits.
    Municipality = municipality: String => {
        need: Required, kind: FieldKind::Municipality, limit: 5, example: "東京都 新宿区",
        fold: Fold::Half(fold::trimmed),
        rule: |it| rule::municipality(it.value),
    }
    /// 住居地(町名丁目番地号等), full width.
    AddressLine = address_line: String => {
        need: Required, kind: FieldKind::Text, limit: 85, example: "霞が関１丁目１番１号　霞ハイツ２０２",
        fold: Fold::Full(address::fold),
        rule: |it| rule::address_line(it.value, it.draft.get(FieldId::Municipality)),
    }
    /// 利用者連絡先電話番号.
    Phone = phone: String => {
        need: Required, kind: FieldKind::Text, limit: 12, example: "09012345678",
        fold: Fold::Half(fold::phone),
        rule: |it| rule::phone(it.value),
    }
    /// メールアドレス.
    Email = email: String => {
        need: Required, kind: FieldKind::Text, limit: 60, example: "anne@example.jp",
        fold: Fold::Half(fold::email),
        rule: |it| rule::email(it.value),
    }
    /// メールアドレス(確認).
    EmailAgain = email_again => {
        need: Required, kind: FieldKind::Text, limit: 60, example: "",
        fold: Fold::Half(fold::email),
        rule: |it| rule::email_again(it.value, it.draft.get(FieldId::Email)),
    }
    /// 利用者の区分.
    Category = category: Category => {
        need: Required, kind: FieldKind::Choice(&["foreign_national", "legal_representative", "family"]), limit: 20, example: "",
        fold: Fold::Half(fold::trimmed),
        rule: |it| rule::category(it.value),
    }
    /// 在留カード番号, only with 外国人本人.
    ResidenceCard = residence_card: Option<String>, serde(default, skip_serializing_if = "Option::is_none") => {
        need: ForeignNationalOnly, kind: FieldKind::Text, limit: 12, example: "AB12345678CD",
        fold: Fold::Half(fold::residence_card),
        rule: |it| it.if_open(rule::residence_card),
    }
    /// 利用規約に同意します。
    Consent = consent => {
        need: Required, kind: FieldKind::Tick, limit: 3, example: "",
        fold: Fold::Half(fold::trimmed),
        rule: |it| rule::consent(it.value),
    }
}

impl Form {
    /// Return the fields to show: all except absent members.
    pub fn fields(&self) -> impl Iterator<Item = FieldId> {
        FIELDS.iter().filter(|row| !row.is_member() || self.member(row.id).is_some()).map(|row| row.id)
    }

    /// Return the value of a field in draft form. The mail address appears in both of its rows, as in the original.
    pub fn value(&self, field: FieldId) -> Cow<'_, str> {
        match field {
            FieldId::EmailAgain => (&self.email).into(),
            FieldId::Consent => "yes".into(),
            _ => self.member(field).unwrap_or_default(),
        }
    }

    /// Return whether a member is present but empty; an unused member must be absent.
    pub(super) fn is_blank(&self, field: FieldId) -> bool {
        self.member(field).is_some_and(|value| value.is_empty())
    }
}

impl Field {
    /// Return whether the field is a member of the form; the repeated address and the consent are only checked.
    pub fn is_member(&self) -> bool {
        Form::MEMBERS.contains(&self.key)
    }
}

impl FieldId {
    /// Number of fields.
    pub const COUNT: usize = FIELDS.len();

    /// Return the field's row.
    pub fn row(self) -> &'static Field {
        FIELDS.iter().find(|row| row.id == self).unwrap_or(&FIELDS[0])
    }

    /// Find a field by its wire name.
    pub fn from_key(key: &str) -> Option<FieldId> {
        FIELDS.iter().find(|row| row.key == key).map(|row| row.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_stands_in_the_order_of_the_ids() {
        for (place, row) in FIELDS.iter().enumerate() {
            assert_eq!(row.id as usize, place);
            assert_eq!(FieldId::from_key(row.key), Some(row.id));
        }
    }
}
