//! The one table of fields: order, id, need, limit, kind. Form, line mode, confirmation, service and prefill are driven by it.

/// A field of STEP1, in the order of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FieldId {
    /// 利用者氏名.
    Name,
    /// 性別.
    Sex,
    /// 生年月日.
    BirthDate,
    /// 住居地(都道府県 市区町村).
    Municipality,
    /// 住居地(町名丁目番地号等).
    AddressLine,
    /// 利用者連絡先電話番号.
    Phone,
    /// メールアドレス.
    Email,
    /// メールアドレス(確認).
    EmailAgain,
    /// 利用者の区分.
    Category,
    /// 在留カード番号.
    ResidenceCard,
    /// 利用規約に同意します。
    Consent,
}

/// How a field is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One line of text.
    Text,
    /// One of a few words, in the order in which they are shown.
    Choice(&'static [&'static str]),
    /// Chosen in the municipality picker.
    Place,
    /// A box to tick; `yes` when ticked.
    Tick,
}

/// When a field must be filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// ※必須.
    Required,
    /// Only for 外国人本人; closed and cleared for the others.
    ForeignNationalOnly,
}

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Which field.
    pub id: FieldId,
    /// Its name on the wire, in prefill files and in problem answers.
    pub key: &'static str,
    /// When it must be filled in.
    pub need: Need,
    /// How it is filled in.
    pub kind: Kind,
    /// The largest number of characters of the stored form.
    pub limit: usize,
    /// An example of the stored form, empty where none helps.
    pub example: &'static str,
}

impl FieldId {
    /// How many fields there are.
    pub const COUNT: usize = FIELDS.len();

    /// Return the field's row.
    pub fn row(self) -> &'static Field {
        FIELDS.iter().find(|row| row.id == self).unwrap_or(&FIELDS[0])
    }

    /// Find a field by its name on the wire.
    pub fn from_key(key: &str) -> Option<FieldId> {
        FIELDS.iter().find(|row| row.key == key).map(|row| row.id)
    }
}

const fn field(id: FieldId, key: &'static str, need: Need, kind: Kind, limit: usize, example: &'static str) -> Field {
    Field { id, key, need, kind, limit, example }
}

/// The fields of STEP1, in their order (registration.md, "STEP1 fields, in this order").
pub static FIELDS: [Field; 11] = {
    use Need::{ForeignNationalOnly, Required};
    [
        field(FieldId::Name, "name", Required, Kind::Text, 104, "NYUKAN SABURO"),
        field(FieldId::Sex, "sex", Required, Kind::Choice(&["male", "female"]), 6, ""),
        field(FieldId::BirthDate, "birth_date", Required, Kind::Text, 8, "20000123"),
        field(FieldId::Municipality, "municipality", Required, Kind::Place, 5, "東京都 新宿区"),
        field(FieldId::AddressLine, "address_line", Required, Kind::Text, 85, "霞が関１丁目１番１号　霞ハイツ２０２"),
        field(FieldId::Phone, "phone", Required, Kind::Text, 12, "09012345678"),
        field(FieldId::Email, "email", Required, Kind::Text, 60, "anne@example.jp"),
        field(FieldId::EmailAgain, "email_again", Required, Kind::Text, 60, ""),
        field(FieldId::Category, "category", Required, Kind::Choice(&["foreign_national", "legal_representative", "family"]), 20, ""),
        field(FieldId::ResidenceCard, "residence_card", ForeignNationalOnly, Kind::Text, 12, "AB12345678CD"),
        field(FieldId::Consent, "consent", Required, Kind::Tick, 3, ""),
    ]
};

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
