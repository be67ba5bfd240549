//! Passwords: what is accepted (registration.md, "Service rules"), how they are kept, and setting one with a mailed token. No HTML here.

use std::sync::Arc;

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Argon2, PasswordHash};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::protocol::problem::Refusal;
use crate::service::answer::{Answer, Refused};
use crate::service::desk::Desk;
use crate::service::mail::Kind;
use crate::service::store::people::Person;

/// The fewest characters that are accepted; 15 are advised (NIST SP 800-63B-4, section 3.1.1.2).
pub(super) const SHORTEST: usize = 8;
/// The most characters that are accepted.
pub(super) const LONGEST: usize = 64;
/// How many are advised.
pub(super) const ADVISED: usize = 15;

/// Parts of a name or an address that are shorter than this are no reason to refuse: half of all passwords would hold one.
const PART: usize = 4;

/// Why a password is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weakness {
    /// Fewer than 8 characters.
    TooShort,
    /// More than 64 characters.
    TooLong,
    /// It holds the 認証ID.
    HoldsId,
    /// It holds the name, or a part of it.
    HoldsName,
    /// It holds the mail address, or what stands before the @.
    HoldsAddress,
    /// It is among the first that anybody would try.
    Common,
    /// The second time something else was typed.
    Differs,
}

/// Check a password against the rules. There is no rule of composition: all of Unicode is taken.
pub(super) fn check(password: &str, person: &Person) -> Result<(), Weakness> {
    let length = password.nfkc().count();
    if length < SHORTEST {
        return Err(Weakness::TooShort);
    }
    if length > LONGEST {
        return Err(Weakness::TooLong);
    }
    let plain = |text: &str| text.nfkc().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()).collect::<String>();
    let typed = Zeroizing::new(plain(password));
    let holds = |text: &str| {
        let text = plain(text);
        text.chars().count() >= PART && typed.contains(&text)
    };
    if holds(&person.authentication_id) {
        return Err(Weakness::HoldsId);
    }
    if holds(&person.name) || person.name.split(' ').any(holds) {
        return Err(Weakness::HoldsName);
    }
    if holds(&person.email) || person.email.split('@').next().is_some_and(holds) {
        return Err(Weakness::HoldsAddress);
    }
    // Score 0 and 1 are below a million guesses: words of the lists of common passwords, with the usual disguises.
    let known = [person.authentication_id.as_str(), person.name.as_str(), person.email.as_str()];
    if zxcvbn::zxcvbn(password, &known).score() < zxcvbn::Score::Two {
        return Err(Weakness::Common);
    }
    Ok(())
}

/// Bring a password to one form of Unicode, so that it is the same from every keyboard (NIST SP 800-63B-4, 3.1.1.2).
fn normal(password: &str) -> Zeroizing<String> {
    Zeroizing::new(password.nfkc().collect())
}

/// Hash a password with Argon2id, 19 MiB, 2 passes, 1 lane (OWASP, Password Storage): few at once, each on a thread of its own.
pub(super) async fn hash(desk: &Desk, password: &str) -> Answer<String> {
    let permit = Arc::clone(&desk.hashing).acquire_owned().await.map_err(|_| Refused::For(Refusal::Resting, 5))?;
    let password = normal(password);
    let hashed = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string())
    });
    hashed.await.ok().and_then(Result::ok).ok_or_else(|| Refusal::Internal.into())
}

/// Return whether a password is the one of a hash.
pub(super) async fn is_right(desk: &Desk, password: &str, hash: String) -> Answer<bool> {
    let permit = Arc::clone(&desk.hashing).acquire_owned().await.map_err(|_| Refused::For(Refusal::Resting, 5))?;
    let password = normal(password);
    let verified = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        PasswordHash::new(&hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    });
    verified.await.map_err(|_| Refusal::Internal.into())
}

/// What came of setting a password.
pub(super) enum Outcome {
    /// It is set, and the 認証ID is on its way.
    Set(Person),
    /// It was refused; the token can still be used.
    Weak(Person, Weakness),
    /// The token is unknown, used, replaced or too old: which of these is not told.
    Gone,
}

/// Set a password with a mailed token, which is used up by it.
pub(super) async fn set(desk: &Desk, token: &str, password: &str) -> Answer<Outcome> {
    let Some(person) = desk.store.read().await?.holder_of_token(token, desk.now()).await? else { return Ok(Outcome::Gone) };
    if let Err(weakness) = check(password, &person) {
        return Ok(Outcome::Weak(person, weakness));
    }
    let hash = hash(desk, password).await?;
    let now = desk.now();
    let mut tx = desk.store.write().await?;
    if !tx.use_token(token, &person.authentication_id, now).await? {
        return Ok(Outcome::Gone);
    }
    tx.set_password(&person.authentication_id, &hash, now).await?;
    tx.queue_mail(Kind::PasswordSet, &person, now).await?;
    tx.audit("password_set", Some(&person.authentication_id), now).await?;
    tx.commit().await?;
    desk.wake();
    Ok(Outcome::Set(person))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person() -> Person {
        Person {
            authentication_id: "ABCDEFGHJ2".to_owned(),
            name: "NYUKAN SABURO".to_owned(),
            email: "saburo.n@example.jp".to_owned(),
            language: "ja".to_owned(),
            password: None,
        }
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
        assert_eq!(check("うめぼしおにぎ", &person()), Err(Weakness::TooShort));
        let long: String = "かきくけこさしす".chars().cycle().take(65).collect();
        assert_eq!(check(&long, &person()), Err(Weakness::TooLong));
    }

    #[test]
    fn what_is_known_of_the_person_is_refused_in_any_writing() {
        for (password, weakness) in [
            ("xx abc-defg-hj2 yy", Weakness::HoldsId),
            ("Ｎｙｕｋａｎ likes rice", Weakness::HoldsName),
            ("nyukan.saburo!!", Weakness::HoldsName),
            ("my SABURO.N secret", Weakness::HoldsAddress),
        ] {
            let refused = check(password, &person());
            assert!(refused == Err(weakness) || refused == Err(Weakness::HoldsName), "{password} {refused:?}");
            assert!(refused.is_err());
        }
    }

    #[test]
    fn common_passwords_are_refused_in_disguise_too() {
        for password in ["password", "12345678", "p@ssw0rd", "qwertyuiop", "iloveyou1", "aaaaaaaaaaaa", "Password1"] {
            assert_eq!(check(password, &person()), Err(Weakness::Common), "{password}");
        }
    }
}
