//! The settings of a kiosk: its times, and the staff word.

use crate::locale::Lang;
use base64ct::{Base64Unpadded, Encoding};
use ring::pbkdf2;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::num::NonZeroU32;

/// The table `[kiosk]` of the settings file; times in seconds.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kiosk {
    /// The hash of the staff word, as `zairyu kiosk word` prints it. Without it there is no page for the staff.
    pub staff_word: Option<StaffWord>,
    /// Until the warning.
    pub idle: Option<u32>,
    /// Until the warning on pages that are read.
    pub reading: Option<u32>,
    /// Until the warning where a PIN or a password is typed.
    pub pin: Option<u32>,
    /// Until the warning after the key for more time.
    pub more: Option<u32>,
    /// From the warning to the end of the visit.
    pub warning: Option<u32>,
    /// From the removal of the card to the end of the visit; 0 to end it at once.
    pub away: Option<u32>,
    /// For each language that is read aloud, by its tag, the command that says what it is fed, and its arguments: `en = ["espeak-ng", "--stdin"]`.
    #[serde(default)]
    pub speak: BTreeMap<String, Vec<String>>,
}

/// The least time in which people can react to a warning (WCAG 2.2.1).
const LEAST: u32 = 20;
/// Less would warn whoever reads.
const LEAST_IDLE: u32 = 5;
/// Longer than a day nobody waits.
const MOST: u32 = 86_400;

impl Kiosk {
    /// Return the first language to be read aloud that the program does not have, or for which no command is named.
    pub fn unspeakable(&self) -> Option<&str> {
        let names_none = |command: &[String]| command.first().is_none_or(String::is_empty);
        self.speak.iter().find(|(tag, command)| Lang::from_tag(tag).is_none() || names_none(command)).map(|(tag, _)| tag.as_str())
    }

    /// Return the commands that read aloud.
    pub fn voices(&self) -> impl Iterator<Item = (Lang, &[String])> {
        self.speak.iter().filter_map(|(tag, command)| Some((Lang::from_tag(tag)?, command.as_slice())))
    }

    /// Return the name of the first time that is too short or too long, if one is.
    pub fn unfit(&self) -> Option<&'static str> {
        let times = [
            ("idle", self.idle, LEAST_IDLE),
            ("reading", self.reading, LEAST_IDLE),
            ("pin", self.pin, LEAST_IDLE),
            ("more", self.more, LEAST_IDLE),
            ("warning", self.warning, LEAST),
            ("away", self.away, 0),
        ];
        times.into_iter().find(|(_, time, least)| time.is_some_and(|time| !(*least..=MOST).contains(&time))).map(|(name, ..)| name)
    }
}

/// How often the word is hashed (OWASP's advice for PBKDF2 with SHA-256).
const ROUNDS: NonZeroU32 = NonZeroU32::new(600_000).unwrap();
/// More would keep the program busy for long.
const MOST_ROUNDS: u32 = 10_000_000;
const SCHEME: &str = "pbkdf2-sha256";
const SALT: usize = 16;
const HASH: usize = 32;

/// The hash of a staff word: `pbkdf2-sha256$ROUNDS$SALT$HASH`, salt and hash in base64.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct StaffWord {
    rounds: NonZeroU32,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl StaffWord {
    /// Hash a word with a salt of its own; `None` if the system gives no random numbers.
    pub fn of(word: &[u8]) -> Option<StaffWord> {
        let mut salt = vec![0; SALT];
        getrandom::fill(&mut salt).ok()?;
        let mut hash = vec![0; HASH];
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, ROUNDS, &salt, word, &mut hash);
        Some(StaffWord { rounds: ROUNDS, salt, hash })
    }

    /// Return whether this is the word.
    pub fn is(&self, word: &[u8]) -> bool {
        pbkdf2::verify(pbkdf2::PBKDF2_HMAC_SHA256, self.rounds, &self.salt, word, &self.hash).is_ok()
    }
}

impl std::fmt::Display for StaffWord {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [salt, hash] = [&self.salt, &self.hash].map(|bytes| Base64Unpadded::encode_string(bytes));
        write!(out, "{SCHEME}${}${salt}${hash}", self.rounds)
    }
}

impl TryFrom<String> for StaffWord {
    type Error = &'static str;

    fn try_from(text: String) -> Result<StaffWord, &'static str> {
        const REFUSED: &str = "staff_word is the line that `zairyu kiosk word` prints, not the word itself";
        let parts: Vec<&str> = text.split('$').collect();
        let [SCHEME, rounds, salt, hash] = parts[..] else { return Err(REFUSED) };
        let rounds = rounds.parse().ok().filter(|rounds: &NonZeroU32| rounds.get() <= MOST_ROUNDS).ok_or(REFUSED)?;
        let [salt, hash] = [salt, hash].map(|part| Base64Unpadded::decode_vec(part).unwrap_or_default());
        if salt.len() < SALT || hash.len() != HASH {
            return Err(REFUSED);
        }
        Ok(StaffWord { rounds, salt, hash })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_staff_word_is_kept_as_a_hash_that_knows_it_again() {
        let made = StaffWord::of("桜の下で会う".as_bytes()).unwrap();
        let kept = StaffWord::try_from(made.to_string()).unwrap();
        assert!(kept.is("桜の下で会う".as_bytes()) && !kept.is("桜の下で会".as_bytes()) && !kept.is(b""));
        assert!(!made.to_string().contains('桜') && made != StaffWord::of("桜の下で会う".as_bytes()).unwrap());
    }

    #[test]
    fn what_is_no_hash_of_a_staff_word_is_refused_with_what_to_do() {
        let right = StaffWord::of(b"word").unwrap().to_string();
        for wrong in ["word", "", "pbkdf2-sha256$0$AAAA$AAAA", &right[..right.len() - 1], &right.replace("600000", "99999999999")] {
            assert!(StaffWord::try_from(wrong.to_owned()).is_err_and(|why| why.contains("zairyu kiosk word")), "{wrong}");
        }
    }

    #[test]
    fn times_in_which_nobody_can_react_are_refused() {
        let named = |text: &str| toml::from_str::<Kiosk>(text).unwrap().unfit();
        assert_eq!(named("idle = 60\nwarning = 30\naway = 0"), None);
        assert_eq!(named("warning = 19"), Some("warning"));
        assert_eq!(named("away = 90000"), Some("away"));
    }
}
