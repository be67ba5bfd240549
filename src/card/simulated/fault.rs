//! Simulated faults and their names on the command line.

use super::super::{CardKind, Purpose};
use std::str::FromStr;
use std::time::Duration;

/// A simulated fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The certificate was never issued, or has been withdrawn.
    Absent(Purpose),
    /// It was issued without PINs (顔認証マイナンバーカード): no signing certificate, and no PIN that opens the other. How a real one answers is
    /// not published.
    NoPins,
    /// The certificate expired yesterday.
    Expired(Purpose),
    /// The certificate becomes valid tomorrow.
    NotYetValid(Purpose),
    /// The certificate expires in this many days.
    EndsIn(Purpose, u16),
    /// The signing certificate has a key of an unsupported kind (an elliptic curve).
    UnknownKey,
    /// This many tries are left for the PIN; 0 means locked.
    Tries(Purpose, u8),
    /// It is a card of another kind.
    Kind(CardKind),
    /// It does not respond at all.
    Mute,
    /// The first command after each power-up returns 6F00.
    FirstFails,
    /// Each command takes this long.
    Slow(Duration),
    /// It is removed at the command after this many, and is back after the delay, or never.
    LiftedAfter(u32, Option<Duration>),
    /// It is removed during a VERIFY whose try counts, and is back after the delay, or never.
    LiftedInVerify(Option<Duration>),
    /// The certificates are not DER.
    Garbage,
    /// The certificates declare a length beyond that of any file.
    Endless,
    /// Data must be fetched with GET RESPONSE, as on a T=0 reader.
    MoreData,
}

/// The words accepted by `FromStr`, for the help text.
pub(super) const WORDS: &[&str] = &[
    "no-signing",
    "no-authentication",
    "no-pins",
    "signing-expired",
    "authentication-expired",
    "signing-not-yet-valid",
    "authentication-not-yet-valid",
    "signing-ends-in=DAYS",
    "authentication-ends-in=DAYS",
    "unknown-key",
    "signing-locked",
    "authentication-locked",
    "signing-tries=N",
    "authentication-tries=N",
    "kind=old-resident|phone|residence|licence|passport|bank|transport|unknown",
    "mute",
    "first-fails",
    "slow=MILLISECONDS",
    "lifted-after=COMMANDS[:SECONDS]",
    "lifted-in-verify[=SECONDS]",
    "garbage",
    "endless",
    "more-data",
];

impl FromStr for Fault {
    type Err = String;

    fn from_str(word: &str) -> Result<Fault, String> {
        read(word).ok_or_else(|| format!("no such fault: {word}; there are: {}", WORDS.join(", ")))
    }
}

fn read(word: &str) -> Option<Fault> {
    let (name, value) = word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
    for (purpose, prefix) in [(Purpose::Signing, "signing-"), (Purpose::Authentication, "authentication-")] {
        if let Some(rest) = name.strip_prefix(prefix) {
            return match (rest, value) {
                ("expired", None) => Some(Fault::Expired(purpose)),
                ("not-yet-valid", None) => Some(Fault::NotYetValid(purpose)),
                ("ends-in", Some(days)) => Some(Fault::EndsIn(purpose, days.parse().ok()?)),
                ("locked", None) => Some(Fault::Tries(purpose, 0)),
                ("tries", Some(left)) => Some(Fault::Tries(purpose, left.parse().ok()?)),
                _ => None,
            };
        }
    }
    Some(match (name, value) {
        ("no-signing", None) => Fault::Absent(Purpose::Signing),
        ("no-authentication", None) => Fault::Absent(Purpose::Authentication),
        ("no-pins", None) => Fault::NoPins,
        ("unknown-key", None) => Fault::UnknownKey,
        ("kind", Some(kind)) => Fault::Kind(read_kind(kind)?),
        ("mute", None) => Fault::Mute,
        ("first-fails", None) => Fault::FirstFails,
        ("slow", Some(each)) => Fault::Slow(Duration::from_millis(each.parse().ok()?)),
        ("lifted-after", Some(when)) => {
            let (commands, back) = when.split_once(':').map_or((when, None), |(commands, back)| (commands, Some(back)));
            Fault::LiftedAfter(commands.parse().ok()?, read_seconds(back)?)
        }
        ("lifted-in-verify", back) => Fault::LiftedInVerify(read_seconds(back)?),
        ("garbage", None) => Fault::Garbage,
        ("endless", None) => Fault::Endless,
        ("more-data", None) => Fault::MoreData,
        _ => return None,
    })
}

fn read_seconds(text: Option<&str>) -> Option<Option<Duration>> {
    text.map(|seconds| seconds.parse().map(Duration::from_secs)).transpose().ok()
}

/// The kinds of card that can be simulated besides the My Number Card, by name.
const KINDS: [(&str, CardKind); 8] = [
    ("old-resident", CardKind::OldResident),
    ("phone", CardKind::Phone),
    ("residence", CardKind::Residence),
    ("licence", CardKind::DrivingLicence),
    ("passport", CardKind::Passport),
    ("bank", CardKind::Bank),
    ("transport", CardKind::Transport),
    ("unknown", CardKind::Unknown),
];

fn read_kind(word: &str) -> Option<CardKind> {
    KINDS.iter().find(|(name, _)| *name == word).map(|(_, kind)| *kind)
}

/// Return the name of a kind of card; `None` for the My Number Card, which is the default.
pub(super) fn kind_word(kind: CardKind) -> Option<&'static str> {
    KINDS.iter().find(|(_, known)| *known == kind).map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_help_text_is_understood() {
        for word in WORDS {
            let example = word
                .replace("DAYS", "30")
                .replace("COMMANDS[:SECONDS]", "12:3")
                .replace("MILLISECONDS", "80")
                .replace("[=SECONDS]", "=2")
                .replace("=N", "=2");
            let example = example.split('|').next().unwrap();
            assert!(example.parse::<Fault>().is_ok(), "{example}");
        }
        assert_eq!("lifted-after=12:3".parse(), Ok(Fault::LiftedAfter(12, Some(Duration::from_secs(3)))));
    }

    #[test]
    fn a_word_that_is_no_fault_is_refused_with_the_words_that_are() {
        for word in ["", "muted", "slow", "slow=soon", "signing-", "kind=cat", "mute=1", "lifted-after=1:", "signing-tries=999"] {
            assert!(word.parse::<Fault>().unwrap_err().contains("no-signing"), "{word}");
        }
    }

    #[test]
    fn the_help_text_names_every_kind() {
        let words = KINDS.map(|(word, _)| word).join("|");
        assert!(WORDS.contains(&format!("kind={words}").as_str()), "{words}");
        for (word, kind) in KINDS {
            assert_eq!((format!("kind={word}").parse(), kind_word(kind)), (Ok(Fault::Kind(kind)), Some(word)));
        }
        assert_eq!(kind_word(CardKind::MyNumber), None);
    }
}
