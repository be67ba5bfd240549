//! 認証ID: 10 characters, the last a check character, shown as `XXX-XXXX-XXX`.
//!
//! The official format is not public (`registration/registration.md`, "Service rules"); this is the format of our own service.

use crate::text::half_width;

/// Digits and capitals without 0, O, 1, I and L, which are easily confused. 31 is prime.
pub(crate) const ALPHABET: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
/// Number of random characters: 31⁹ is about 2⁴⁴·⁶.
const CHANCE: u32 = 9;
/// Total length, including the check character.
const LENGTH: usize = 10;

/// A 認証ID with a valid check character.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AuthenticationId(String);

impl AuthenticationId {
    /// Generate a 認証ID from 128 random bits. The modulo bias is below 2⁻⁸⁰.
    pub fn generate(random: [u8; 16]) -> AuthenticationId {
        let mut rest = u128::from_be_bytes(random) % 31u128.pow(CHANCE);
        let mut values = Vec::with_capacity(LENGTH);
        for _ in 0..CHANCE {
            values.push((rest % 31) as usize);
            rest /= 31;
        }
        values.push(check_value(&values));
        AuthenticationId(values.into_iter().filter_map(|value| ALPHABET.get(value)).map(|byte| char::from(*byte)).collect())
    }

    /// Parse typed text, folding lower case, full-width characters, hyphens and spaces.
    ///
    /// `None` for a wrong length, an invalid character, or a wrong check character.
    pub fn parse(typed: &str) -> Option<AuthenticationId> {
        let id: String = typed.chars().map(half_width).filter(|c| !matches!(c, '-' | ' ' | '\u{2010}'..='\u{2015}' | '\u{2212}')).collect();
        let id = id.to_ascii_uppercase();
        let values = id.bytes().map(|byte| ALPHABET.iter().position(|known| *known == byte)).collect::<Option<Vec<usize>>>()?;
        let (check, others) = values.split_last()?;
        (values.len() == LENGTH && check_value(others) == *check).then_some(AuthenticationId(id))
    }

    /// Return the 10 characters, as stored and sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for AuthenticationId {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&groups(&self.0))
    }
}

/// Format a 認証ID in groups of 3, 4 and 3 characters, like a telephone number.
///
/// One of another length, from another service, is returned unchanged.
pub fn groups(id: &str) -> String {
    match (id.len(), id.get(..3), id.get(3..7), id.get(7..)) {
        (LENGTH, Some(first), Some(second), Some(third)) => format!("{first}-{second}-{third}"),
        _ => id.to_owned(),
    }
}

/// The weighted sum of ISBN-10 (ISO 2108), modulo 31 instead of 11: 1·a₁ + 2·a₂ + … + 9·a₉.
///
/// 31 is prime and no weight is a multiple of it, so every single wrong character and every swap of two characters is detected.
fn check_value(values: &[usize]) -> usize {
    values.iter().zip(1..).map(|(value, weight)| value * weight).sum::<usize>() % 31
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn it_is_shown_in_groups_and_read_in_any_form_people_type() {
        let id = AuthenticationId::generate([0x5A; 16]);
        let shown = id.to_string();
        assert_eq!(shown.len(), 12);
        let full_width: String = shown.chars().map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap()).collect();
        for typed in [id.as_str().to_owned(), shown.to_lowercase(), shown.replace('-', " "), full_width, shown.replace('-', "－")] {
            assert_eq!(AuthenticationId::parse(&typed).as_ref(), Some(&id), "{typed}");
        }
    }

    #[test]
    fn an_id_of_another_service_is_shown_as_it_is() {
        for id in ["", "1234-5678", "ＡＢＣＤ", "認証ID認"] {
            assert_eq!(groups(id), id);
        }
        assert_eq!(groups("23456789AB"), "234-5678-9AB");
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for typed in ["", "222", "22222222222", "0000000000", "あ", "222-2222-22O", "2222222223"] {
            assert_eq!(AuthenticationId::parse(typed), None, "{typed}");
        }
    }

    proptest! {
        #[test]
        fn one_wrong_character_or_two_exchanged_ones_are_found(random: [u8; 16], place in 0usize..10, other in 0usize..10, put in 0usize..31) {
            let id = AuthenticationId::generate(random);
            let mut wrong = id.as_str().as_bytes().to_vec();
            prop_assert!(AuthenticationId::parse(id.as_str()).is_some());
            wrong[place] = ALPHABET[put];
            prop_assert_eq!(AuthenticationId::parse(std::str::from_utf8(&wrong).unwrap()).is_some(), wrong == id.as_str().as_bytes());
            let mut wrong = id.as_str().as_bytes().to_vec();
            wrong.swap(place, other);
            prop_assert_eq!(AuthenticationId::parse(std::str::from_utf8(&wrong).unwrap()).is_some(), wrong == id.as_str().as_bytes());
        }
    }
}
