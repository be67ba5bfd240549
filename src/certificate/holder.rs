//! The holder named in a signing certificate: six otherNames under 1.2.392.200149.8.5.5 (jpki-card.md §5). Read by OID, never by order;
//! malformed values are left out, unknown names ignored.

use der::asn1::ObjectIdentifier;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

const NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.392.200149.8.5.5.1");
const NAME_SUBSTITUTES: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.392.200149.8.5.5.2");
const SEX: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.392.200149.8.5.5.3");
const BIRTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.392.200149.8.5.5.4");
const ADDRESS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.392.200149.8.5.5.5");
const ADDRESS_SUBSTITUTES: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.392.200149.8.5.5.6");

/// Maximum length of a name or address in characters; the profile allows 200 for an address.
const LONGEST: usize = 200;

/// The holder's data in a signing certificate, unchanged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holder {
    /// 氏名, raw: full-width letters or kanji, parts separated by U+3000.
    pub name: Option<String>,
    /// Whether the name contains substitute characters.
    pub name_substituted: bool,
    /// 性別.
    pub sex: Option<HolderSex>,
    /// 生年月日; unknown parts are `None`.
    pub birth: Option<HolderBirth>,
    /// 住所, raw, starting with the prefecture.
    pub address: Option<String>,
    /// Whether the address contains substitute characters.
    pub address_substituted: bool,
}

/// Sex, as coded in the certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HolderSex {
    /// `1`.
    Male,
    /// `2`.
    Female,
    /// `3` or `9`: other or unknown.
    Other,
}

/// Birth date in the certificate, Gregorian.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HolderBirth {
    /// Year, if known.
    pub year: Option<u16>,
    /// Month 1–12, if known.
    pub month: Option<u8>,
    /// Day 1–31, if known.
    pub day: Option<u8>,
}

impl Holder {
    pub(super) fn from_names(names: &SubjectAltName) -> Holder {
        // A value that stands there twice is none: readers could take different ones.
        let value = |id| {
            let mut values = names.0.iter().filter_map(|name| match name {
                GeneralName::OtherName(other) if other.type_id == id => Some(&other.value),
                _ => None,
            });
            let (Some(value), None) = (values.next(), values.next()) else { return None };
            value.decode_as::<String>().ok()
        };
        Holder {
            name: value(NAME).and_then(text),
            name_substituted: value(NAME_SUBSTITUTES).is_some_and(|flags| substituted(&flags)),
            sex: value(SEX).and_then(|value| sex(&value)),
            birth: value(BIRTH).and_then(|value| birth(&value)),
            address: value(ADDRESS).and_then(text),
            address_substituted: value(ADDRESS_SUBSTITUTES).is_some_and(|flags| substituted(&flags)),
        }
    }
}

/// Accept a name or an address: printable, within `LONGEST`, and not digits only, as the other values are.
fn text(value: String) -> Option<String> {
    let fits = !value.trim().is_empty() && value.chars().count() <= LONGEST;
    (fits && !value.chars().any(char::is_control) && !value.bytes().all(|byte| byte.is_ascii_digit())).then_some(value)
}

/// Return whether any character is flagged as a substitute; one `0` or `1` per character.
fn substituted(value: &str) -> bool {
    value.bytes().all(|flag| matches!(flag, b'0' | b'1')) && value.contains('1')
}

fn sex(value: &str) -> Option<HolderSex> {
    match value {
        "1" => Some(HolderSex::Male),
        "2" => Some(HolderSex::Female),
        "3" | "9" => Some(HolderSex::Other),
        _ => None,
    }
}

/// Parse `EYYYYMMDD`: a digit for the era (0 if unknown), then the Gregorian date. The coding of unknown parts is not published: anything
/// outside the calendar counts as unknown.
fn birth(value: &str) -> Option<HolderBirth> {
    if value.len() != 9 || !value.is_ascii() || !matches!(value.get(..1), Some("0" | "1" | "2" | "3" | "4" | "5")) {
        return None;
    }
    let part = |range, possible: std::ops::RangeInclusive<u16>| {
        let digits: &str = value.get(range)?;
        let number = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())??;
        possible.contains(&number).then_some(number)
    };
    let small = |number: Option<u16>| number.and_then(|number| u8::try_from(number).ok());
    // Meiji began in 1868; no holder was born before it.
    Some(HolderBirth { year: part(1..5, 1868..=2199), month: small(part(5..7, 1..=12)), day: small(part(7..9, 1..=31)) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use der::Any;
    use x509_cert::ext::pkix::name::OtherName;

    fn names(values: &[(&str, &str)]) -> SubjectAltName {
        let other = |(id, value): &(&str, &str)| {
            let value = Any::encode_from(&(*value).to_owned()).unwrap();
            GeneralName::OtherName(OtherName { type_id: ObjectIdentifier::new(id).unwrap(), value })
        };
        SubjectAltName(values.iter().map(other).collect())
    }

    #[test]
    fn values_are_told_apart_by_their_oid_and_unknown_ones_are_passed_over() {
        let holder = Holder::from_names(&names(&[
            ("1.2.392.200149.8.5.5.6", "0001"),
            ("1.2.392.200149.8.5.5.7", "ニュウカン　サブロウ"),
            ("1.2.392.200149.8.5.5.3", "2"),
            ("1.2.392.200149.8.5.5.5", "東京都港"),
            ("1.2.392.200149.8.5.5.1", "ＮＹＵＫＡＮ　ＳＡＢＵＲＯ"),
            ("1.2.392.200149.8.5.5.2", "00000"),
            ("1.2.392.200149.8.5.5.4", "420000229"),
            ("2.5.4.3", "x"),
        ]));
        let birth = HolderBirth { year: Some(2000), month: Some(2), day: Some(29) };
        assert_eq!(
            holder,
            Holder {
                name: Some("ＮＹＵＫＡＮ　ＳＡＢＵＲＯ".into()),
                name_substituted: false,
                sex: Some(HolderSex::Female),
                birth: Some(birth),
                address: Some("東京都港".into()),
                address_substituted: true,
            }
        );
    }

    #[test]
    fn values_of_the_wrong_shape_are_left_out() {
        let swapped = Holder::from_names(&names(&[
            ("1.2.392.200149.8.5.5.1", "00000"),
            ("1.2.392.200149.8.5.5.2", "山田　太郎1"),
            ("1.2.392.200149.8.5.5.3", "男"),
            ("1.2.392.200149.8.5.5.4", "19800217"),
            ("1.2.392.200149.8.5.5.5", "東京都\u{1b}[2J"),
        ]));
        assert_eq!(swapped, Holder::default());
        assert_eq!(text("あ".repeat(LONGEST + 1)), None);
        assert_eq!(birth("昭80021"), None);
        assert_eq!(birth("619800217"), None);
    }

    #[test]
    fn a_value_that_stands_there_twice_is_left_out() {
        let doubled = Holder::from_names(&names(&[
            ("1.2.392.200149.8.5.5.1", "山田　太郎"),
            ("1.2.392.200149.8.5.5.3", "1"),
            ("1.2.392.200149.8.5.5.1", "山田　花子"),
        ]));
        assert_eq!(doubled, Holder { sex: Some(HolderSex::Male), ..Holder::default() });
    }

    #[test]
    fn unknown_parts_of_a_birth_date_are_absent() {
        assert_eq!(birth("000000000"), Some(HolderBirth::default()));
        assert_eq!(birth("319450000"), Some(HolderBirth { year: Some(1945), month: None, day: None }));
        assert_eq!(birth("31945  99"), Some(HolderBirth { year: Some(1945), month: None, day: None }));
        assert_eq!(birth("3+9450131"), Some(HolderBirth { year: None, month: Some(1), day: Some(31) }));
    }

    #[test]
    fn the_other_words_for_sex_leave_the_choice_to_the_person() {
        assert_eq!((sex("3"), sex("9"), sex("0"), sex("")), (Some(HolderSex::Other), Some(HolderSex::Other), None, None));
    }
}
