//! What a registered person asks the service for, and what comes of it: plain messages. How it is done is the clerk's.

use crate::card::Purpose;
use crate::protocol::problem::{FieldCode, Problem, Refusal};

/// What a card signs for a registered person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Log in with the card.
    LogIn,
    /// The mail with the password link once more.
    Resend,
    /// The 認証ID once more, by mail.
    Remind,
    /// Another mail address, in its stored form.
    Address(String),
    /// This card in place of the old one, for the 認証ID that has logged in with its password.
    Link(String),
    /// Withdraw the registration.
    Withdraw,
}

impl Act {
    /// Return the keys that sign it, in the order in which their PINs are asked for.
    ///
    /// The user-authentication key alone proves whose card it is. A withdrawal is the holder's will, which the signing key says. A new card
    /// is linked with both: a person is known by both certificates, so that with one alone the old card's other one would still stand.
    pub const fn keys(&self) -> &'static [Purpose] {
        match self {
            Act::LogIn | Act::Resend | Act::Remind | Act::Address(_) => &[Purpose::Authentication],
            Act::Link(_) => &[Purpose::Signing, Purpose::Authentication],
            Act::Withdraw => &[Purpose::Signing],
        }
    }
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Acted {
    /// Logged in; the newest mail to the person, if one is still known.
    LoggedIn(Option<Mail>),
    /// A mail was written.
    Mailed(Mail),
    /// The card stands for the person.
    Linked,
    /// Nothing is registered any more.
    Withdrawn,
}

/// A mail of the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The address, partly hidden.
    pub to: String,
    /// Where it is.
    pub state: MailState,
    /// The folder that it is written into (a service without a mail server): only told on its own computer, and only when it is written.
    pub folder: Option<String>,
    /// When that was asked, in seconds since 1970; `None` where it is what the service said when it wrote the mail.
    pub asked: Option<i64>,
}

/// Where a mail is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailState {
    /// Waiting to be handed over.
    Queued,
    /// Handed over to the mail server.
    Sent,
    /// Not taken so far; tried again at this time, in seconds since 1970, if it is known.
    Delayed(Option<i64>),
    /// Not taken for days: it waits for another address.
    Stuck,
    /// Written as a file into a folder (a service without a mail server).
    File,
}

/// Why a service does not take a password. How many characters are meant is the service's to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// It needs so many characters, and has so many.
    TooShort {
        /// Needed.
        need: usize,
        /// There.
        have: usize,
    },
    /// It may have so many characters, and has so many more.
    TooLong {
        /// Allowed.
        limit: usize,
        /// Too many.
        over: usize,
    },
    /// It holds the 認証ID.
    HoldsId,
    /// It holds the name, or a part of it.
    HoldsName,
    /// It holds the mail address, or what stands before the @.
    HoldsAddress,
    /// Many people use it, or it is guessed soon.
    Common,
}

impl Weakness {
    /// Read it off a refusal; `None` if it is none of a password, or of a kind that this version does not know.
    pub(super) fn of(problem: &Problem) -> Option<Weakness> {
        let error = problem.errors.first().filter(|_| Refusal::from_wire(&problem.code) == Some(Refusal::PasswordRefused))?;
        Some(match error.code {
            FieldCode::TooShort => Weakness::TooShort { need: error.need?, have: error.have? },
            FieldCode::TooLong => Weakness::TooLong { limit: error.limit?, over: error.over? },
            FieldCode::HoldsId => Weakness::HoldsId,
            FieldCode::HoldsName => Weakness::HoldsName,
            FieldCode::HoldsAddress => Weakness::HoldsAddress,
            FieldCode::Common => Weakness::Common,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::problem::FieldError;

    fn weakness(error: FieldError) -> Option<Weakness> {
        Weakness::of(&Problem { errors: vec![error], ..Problem::new(Refusal::PasswordRefused) })
    }

    #[test]
    fn a_reason_is_read_with_its_numbers_and_one_that_is_unknown_or_bare_is_none() {
        let bare = |code| FieldError { code, ..FieldError::default() };
        assert_eq!(
            weakness(FieldError { need: Some(8), have: Some(5), ..bare(FieldCode::TooShort) }),
            Some(Weakness::TooShort { need: 8, have: 5 })
        );
        assert_eq!(weakness(bare(FieldCode::HoldsName)), Some(Weakness::HoldsName));
        assert_eq!(weakness(bare(FieldCode::TooLong)), None);
        assert_eq!(weakness(bare(FieldCode::Unknown)), None);
        assert_eq!(Weakness::of(&Problem::new(Refusal::PasswordRefused)), None);
        assert_eq!(Weakness::of(&Problem { errors: vec![bare(FieldCode::Common)], ..Problem::new(Refusal::Fields) }), None);
    }
}
