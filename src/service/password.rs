//! Password rules and hashing. `handlers::passwords` sets a password with a mailed token.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use thiserror::Error;
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;
use zxcvbn::feedback::{Feedback, Warning};

use crate::protocol::problem::{FieldCode, FieldError};
use crate::protocol::session::{PASSWORD_SIGNS, PasswordRules};
use crate::service::store::people::Person;

/// Argon2id.
mod hash;

/// Number of characters that zxcvbn scores at a time. Its time grows faster than the length: for the worst text, 0.2 s with 24 characters
/// and 1.5 s with 64.
const SCORED: usize = 24;

/// Maximum number of concurrent hashes and strength checks: a hash takes 19 MiB, and either takes a core.
pub(super) const MAX_CONCURRENT_HASHES: usize = 2;

/// Words that everyone associates with this service: its name, agency, card, purpose. A password needs more than these. Longer words come
/// before words that they contain.
pub(super) const CONTEXT: [&str; 20] = [
    "在留申請オンラインシステム",
    "マイナンバーカード",
    "パスワード",
    "在留カード",
    "在留",
    "入管",
    "immigration",
    "residence",
    "mynumber",
    "riyousha",
    "houmusho",
    "ninshou",
    "touroku",
    "shinsei",
    "zairyu",
    "nyuukan",
    "nyukan",
    "nihon",
    "jpki",
    "visa",
];

/// Minimum length of personal data to look for anywhere in a password; shorter text occurs in many passwords by chance.
const MIN_PART: usize = 4;

/// Why a password is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weakness {
    /// Fewer characters than the minimum.
    TooShort {
        /// The minimum.
        need: usize,
        /// Its length.
        have: usize,
    },
    /// More characters than the maximum.
    TooLong {
        /// The maximum.
        limit: usize,
        /// Characters beyond it.
        over: usize,
    },
    /// Not letters, digits and signs of `PASSWORD_SIGNS`, each of the three, and nothing else.
    NotMixed,
    /// Contains the 認証ID.
    HoldsId,
    /// Contains the name or a part of it.
    HoldsName,
    /// Contains the mail address or its local part.
    HoldsAddress,
    /// Guessable within a million attempts, or hardly more than words of `CONTEXT`.
    Guessable(Habit),
}

/// What makes a password guessable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Habit {
    /// A common password, disguised or not.
    Common,
    /// A word or name.
    OneWord,
    /// A keyboard pattern.
    Keys,
    /// A repetition.
    Repeats,
    /// A sequence of digits or letters.
    Sequence,
    /// A date or year.
    Date,
}

impl Weakness {
    /// Convert to a field error of the wire format.
    pub(super) fn field_error(self) -> FieldError {
        let mut error = FieldError { field: "password".to_owned(), ..FieldError::default() };
        error.code = match self {
            Weakness::TooShort { need, have } => {
                (error.need, error.have) = (Some(need), Some(have));
                FieldCode::TooShort
            }
            Weakness::TooLong { limit, over } => {
                (error.limit, error.over) = (Some(limit), Some(over));
                FieldCode::TooLong
            }
            Weakness::NotMixed => FieldCode::NotMixed,
            Weakness::HoldsId => FieldCode::HoldsId,
            Weakness::HoldsName => FieldCode::HoldsName,
            Weakness::HoldsAddress => FieldCode::HoldsAddress,
            Weakness::Guessable(_) => FieldCode::Common,
        };
        error
    }
}

/// Check a password against the rules; `Hasher::check` does it off the async threads. Without `mixed` there are no composition rules, and
/// all of Unicode is accepted.
fn check(password: &str, person: &Person, rules: &PasswordRules) -> Result<(), Weakness> {
    let password = normalize(password);
    let length = password.chars().count();
    if length < rules.shortest {
        return Err(Weakness::TooShort { need: rules.shortest, have: length });
    }
    if length > rules.longest {
        return Err(Weakness::TooLong { limit: rules.longest, over: length - rules.longest });
    }
    if rules.mixed && !is_mixed(&password) {
        return Err(Weakness::NotMixed);
    }
    let typed = Typed::of(&password);
    if typed.holds(&person.authentication_id) {
        return Err(Weakness::HoldsId);
    }
    if typed.holds(&person.name) || person.name.split(' ').any(|part| part.chars().count() >= MIN_PART && typed.holds(part)) {
        return Err(Weakness::HoldsName);
    }
    if typed.holds(&person.email) || person.email.rsplit_once('@').is_some_and(|(local, _)| typed.holds(local)) {
        return Err(Weakness::HoldsAddress);
    }
    if typed.holds_little_but_context() {
        return Err(Weakness::Guessable(Habit::Common));
    }
    guessable(&password, person).map_or(Ok(()), |habit| Err(Weakness::Guessable(habit)))
}

/// Return whether a password holds letters, digits and signs, each of the three, and nothing else.
fn is_mixed(password: &str) -> bool {
    let kinds: [fn(char) -> bool; 3] = [|c| c.is_ascii_alphabetic(), |c| c.is_ascii_digit(), |c| PASSWORD_SIGNS.contains(c)];
    kinds.iter().all(|kind| password.contains(kind)) && password.chars().all(|c| kinds.iter().any(|kind| kind(c)))
}

/// Return what makes a password guessable within a million attempts, if it is: a password is as strong as its strongest part.
fn guessable(password: &str, person: &Person) -> Option<Habit> {
    let known = [person.authentication_id.as_str(), person.name.as_str(), person.email.as_str()];
    let characters: Zeroizing<Vec<char>> = Zeroizing::new(password.chars().collect());
    let mut first = None;
    for part in characters.chunks(SCORED) {
        let part: Zeroizing<String> = Zeroizing::new(part.iter().collect());
        let estimate = zxcvbn::zxcvbn(&part, &known);
        // Scores 0 and 1 mean fewer than 10^6 guesses: common passwords and words, with the usual substitutions.
        if estimate.score() >= zxcvbn::Score::Two {
            return None;
        }
        first.get_or_insert_with(|| habit(estimate.feedback()));
    }
    first
}

/// A typed password, prepared for searching.
struct Typed {
    /// Letters and digits only, in lower case.
    plain: Zeroizing<String>,
    /// In lower case.
    lower: Zeroizing<String>,
}

impl Typed {
    fn of(password: &str) -> Typed {
        Typed { plain: Zeroizing::new(plain(password)), lower: Zeroizing::new(password.to_lowercase()) }
    }

    /// Return whether the password contains a text, in any width or case. A text so short that it occurs by chance, such as the name LI,
    /// must be a separate word.
    fn holds(&self, text: &str) -> bool {
        let text = plain(text);
        match text.chars().count() {
            0 | 1 => false,
            length if length < MIN_PART => self.lower.split(|c: char| !c.is_alphabetic()).any(|word| word == text),
            _ => self.plain.contains(&text),
        }
    }

    /// Return whether hardly anything remains besides words of `CONTEXT`.
    fn holds_little_but_context(&self) -> bool {
        let mut rest = self.plain.clone();
        for word in CONTEXT {
            rest = Zeroizing::new(rest.replace(word, ""));
        }
        rest.len() < self.plain.len() && rest.chars().filter(|c| c.is_alphabetic()).count() < MIN_PART
    }
}

/// Return the letters and digits of a text, in NFKC and lower case.
fn plain(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()).collect()
}

/// Return what makes a password guessable.
fn habit(feedback: Option<&Feedback>) -> Habit {
    match feedback.and_then(Feedback::warning) {
        Some(Warning::StraightRowsOfKeysAreEasyToGuess | Warning::ShortKeyboardPatternsAreEasyToGuess) => Habit::Keys,
        Some(Warning::RepeatsLikeAaaAreEasyToGuess | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess) => Habit::Repeats,
        Some(Warning::SequencesLikeAbcAreEasyToGuess) => Habit::Sequence,
        Some(Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess) => Habit::Date,
        Some(
            Warning::AWordByItselfIsEasyToGuess
            | Warning::NamesAndSurnamesByThemselvesAreEasyToGuess
            | Warning::CommonNamesAndSurnamesAreEasyToGuess,
        ) => Habit::OneWord,
        _ => Habit::Common,
    }
}

/// Normalise a password to NFKC, so that every keyboard produces the same bytes (NIST SP 800-63B-4, 3.1.1.2).
fn normalize(password: &str) -> Zeroizing<String> {
    Zeroizing::new(password.nfkc().collect())
}

/// Why a password could not be hashed or verified.
#[derive(Debug, Error)]
pub(super) enum HashError {
    /// The hasher accepts no more work.
    #[error("the hasher is closed")]
    Closed,
    /// No random numbers, or the computation was aborted.
    #[error("the hash could not be computed")]
    Failed,
}

/// Hashes, verifies and checks passwords, few at a time and off the async threads.
pub(super) struct Hasher {
    permits: Arc<Semaphore>,
    /// What waits or runs.
    work: AtomicUsize,
}

impl Default for Hasher {
    fn default() -> Hasher {
        Hasher { permits: Arc::new(Semaphore::new(MAX_CONCURRENT_HASHES)), work: AtomicUsize::new(0) }
    }
}

/// Counts a piece of work until dropped, also when its client has hung up.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Hasher {
    /// Check a person's new password against the rules.
    pub(super) async fn check(
        &self,
        password: &str,
        person: Person,
        rules: PasswordRules,
    ) -> Result<(Person, Option<Weakness>), HashError> {
        let password = Zeroizing::new(password.to_owned());
        self.run(move || {
            let weakness = check(&password, &person, &rules).err();
            (person, weakness)
        })
        .await
    }

    /// Hash a password into a PHC string.
    pub(super) async fn hash(&self, password: &str) -> Result<String, HashError> {
        let password = normalize(password);
        self.run(move || hash::hash(password.as_bytes())).await?.ok_or(HashError::Failed)
    }

    /// Return whether a password matches a hash.
    pub(super) async fn verify(&self, password: &str, hash: String) -> Result<bool, HashError> {
        let password = normalize(password);
        self.run(move || hash::verify(password.as_bytes(), &hash)).await
    }

    /// Return how many passwords wait or are being worked on.
    pub(super) fn waiting(&self) -> usize {
        self.work.load(Ordering::Relaxed)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, HashError> {
        self.work.fetch_add(1, Ordering::Relaxed);
        let _waiting = Waiting(&self.work);
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| HashError::Closed)?;
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        done.await.map_err(|_| HashError::Failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(password: &str, person: &Person) -> Result<(), Weakness> {
        super::check(password, person, &PasswordRules::default())
    }

    fn person() -> Person {
        Person {
            authentication_id: "ABCDEFGHJ2".to_owned(),
            name: "NYUKAN SABURO".to_owned(),
            email: "saburo.n@example.jp".to_owned(),
            language: "ja".to_owned(),
            password: None,
            password_set_at: None,
        }
    }

    #[test]
    fn rules_like_the_agencys_want_letters_digits_and_signs_and_nothing_else() {
        let check = |password: &str| super::check(password, &person(), &PasswordRules::AGENCY_LIKE);
        for password in ["9bluekites+naha", "Kite&9&Naha&Fog", "ｋｉｔｅ９＋ｎａｈａ＋ｆｏｇ", "9*bluekites-over-naha-and-fuji!?"]
        {
            assert_eq!(check(password), Ok(()), "{password}");
        }
        for password in ["ninebluekites+naha", "9bluekitesnaha", "918273645!", "9 blue kites+naha", "9bluekites+那覇", "9bluekites+naha~"]
        {
            assert_eq!(check(password), Err(Weakness::NotMixed), "{password}");
        }
        for sign in PASSWORD_SIGNS.chars() {
            assert_eq!(check(&format!("9bluekites{sign}naha")), Ok(()), "{sign}");
        }
        assert_eq!(check("9bluekites+over+naha+and+fuji+san"), Err(Weakness::TooLong { limit: 32, over: 1 }));
        assert_eq!(check("9kite+n"), Err(Weakness::TooShort { need: 8, have: 7 }));
        assert_eq!(check("9kites+ABCDEFGHJ2"), Err(Weakness::HoldsId));
        assert_eq!(check("password1!"), Err(Weakness::Guessable(Habit::Common)));
    }

    #[test]
    fn any_script_is_accepted_and_there_is_no_rule_of_composition() {
        for password in ["correct horse battery staple", "うめぼしおにぎり七つ", "nine blue kites", "🌊🐢🍵🚲🎈🧵🪁🪴"]
        {
            assert_eq!(check(password, &person()), Ok(()), "{password}");
        }
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(check("うめぼしおにぎ", &person()), Err(Weakness::TooShort { need: 8, have: 7 }));
        let long: String = "かきくけこさしす".chars().cycle().take(65).collect();
        assert_eq!(check(&long, &person()), Err(Weakness::TooLong { limit: 64, over: 1 }));
        // Half-width kana with separate voicing marks count as the composed characters.
        assert_eq!(check("ｶﾞｷﾞｸﾞｹﾞｺﾞ", &person()), Err(Weakness::TooShort { need: 8, have: 5 }));
    }

    #[test]
    fn sixty_four_characters_of_any_script_are_accepted() {
        let words = "nine blue kites over Naha, なは の そら に たこ ここのつ, 九つの青い凧、那覇の空に揺れている朝の風";
        let longest: String = words.chars().chain("🪁".chars().cycle()).take(64).collect();
        assert_eq!(check(&longest, &person()), Ok(()));
    }

    #[test]
    fn a_long_password_is_as_strong_as_its_strongest_part() {
        let weak = "a".repeat(SCORED);
        assert_eq!(check(&weak.repeat(2), &person()), Err(Weakness::Guessable(Habit::Repeats)));
        for password in [format!("{weak}nine blue kites"), format!("nine blue kites over {weak}")] {
            assert_eq!(check(&password, &person()), Ok(()), "{password}");
        }
    }

    #[test]
    fn what_is_known_of_the_person_is_refused_in_any_writing() {
        for (password, weakness) in [
            ("xx abc-defg-hj2 yy", Weakness::HoldsId),
            ("Ｎｙｕｋａｎ likes rice", Weakness::HoldsName),
            ("nyukan.saburo!!", Weakness::HoldsName),
            ("my SABURO.N secret", Weakness::HoldsName),
            ("i am s.n@example.jp too", Weakness::HoldsAddress),
            ("call S-N-for-rice!", Weakness::HoldsAddress),
        ] {
            let person = Person { email: "s.n@example.jp".to_owned(), ..person() };
            let expected = if password.contains("S-N-") { Ok(()) } else { Err(weakness) };
            assert_eq!(check(password, &person), expected, "{password}");
        }
    }

    #[test]
    fn a_short_name_is_refused_as_a_word_and_not_as_letters_within_others() {
        let person = Person { name: "KIM".to_owned(), email: "li@example.jp".to_owned(), ..person() };
        assert_eq!(check("rice for Kim at noon", &person), Err(Weakness::HoldsName));
        assert_eq!(check("Kim1990 wet umbrella", &person), Err(Weakness::HoldsName));
        assert_eq!(check("blue kimono and tea", &person), Ok(()));
        assert_eq!(check("a quilt of olive silk", &person), Ok(()));
    }

    #[test]
    fn guessable_passwords_are_refused_with_the_reason() {
        for (password, habit) in [
            ("password", Habit::Common),
            ("12345678", Habit::Common),
            ("p@ssw0rd", Habit::Common),
            ("ｐａｓｓｗｏｒｄ", Habit::Common),
            ("qwertyuiop", Habit::Common),
            ("poiuytre", Habit::Keys),
            ("aaaaaaaaaaaa", Habit::Repeats),
            ("xqxqxqxq", Habit::Repeats),
            ("ghijklmn", Habit::Sequence),
            ("19840612", Habit::Date),
            ("yokohama", Habit::OneWord),
        ] {
            assert_eq!(check(password, &person()), Err(Weakness::Guessable(habit)), "{password}");
        }
    }

    #[test]
    fn the_words_of_this_service_make_no_password() {
        let person = Person { name: "MONTGOMERY ANNE".to_owned(), ..person() };
        for word in CONTEXT {
            for password in [format!("{word}20267!"), format!("x9-20{word}-{word}"), format!("{}8931%$x", word.to_uppercase())] {
                assert_eq!(check(&password, &person), Err(Weakness::Guessable(Habit::Common)), "{password}");
            }
        }
        for password in ["my visa came on a wet day", "zairyu and seven kites", "入管まで歩いて十五分です"] {
            assert_eq!(check(password, &person), Ok(()), "{password}");
        }
    }

    /// From lists of leaked passwords (RockYou, the yearly lists of the 2010s), those of 8 characters or more.
    #[test]
    fn the_commonest_passwords_are_refused() {
        for password in [
            "123456789",
            "1234567890",
            "password1",
            "password123",
            "iloveyou",
            "princess1",
            "sunshine",
            "football",
            "baseball",
            "superman",
            "1qaz2wsx",
            "qwerty123",
            "qwertyuiop",
            "1q2w3e4r",
            "1q2w3e4r5t",
            "zaq12wsx",
            "q1w2e3r4",
            "asdfghjkl",
            "88888888",
            "11111111",
            "00000000",
            "12341234",
            "123123123",
            "987654321",
            "87654321",
            "abcd1234",
            "abc12345",
            "trustno1",
            "starwars",
            "whatever",
            "computer",
            "internet",
            "michelle",
            "jennifer",
            "jonathan",
            "samantha",
            "victoria",
            "elizabeth",
            "butterfly",
            "chocolate",
            "liverpool",
            "barcelona",
            "corvette",
            "mercedes",
            "midnight",
            "mountain",
            "maverick",
            "nicholas",
            "passw0rd",
            "p@ssword",
            "letmein1",
            "welcome1",
            "monkey123",
            "dragon123",
            "shadow123",
            "master123",
            "hello123",
            "admin123",
            "test1234",
            "football1",
            "金金金金金金金金",
            "ぱすわーど",
            "1234abcd",
            "qwer1234",
            "asdf1234",
            "aaaaaaaa",
            "password!",
            "Password1!",
            "P@ssw0rd",
            "iloveyou1",
        ] {
            assert!(check(password, &person()).is_err(), "{password}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_password_stops_the_check(password in ".{0,80}") {
            let length = password.nfkc().count();
            match check(&password, &person()) {
                Err(Weakness::TooShort { have, .. }) => proptest::prop_assert!(have == length && length < 8),
                Err(Weakness::TooLong { over, .. }) => proptest::prop_assert_eq!(over, length - 64),
                _ => proptest::prop_assert!((8..=64).contains(&length)),
            }
        }
    }
}
