//! Account actions: requests of a registered person and their outcome, as plain data. Carried out in `session`.

use crate::protocol::actions::AccountAction;
use crate::protocol::problem::{FieldCode, Problem, Refusal};

/// A request for an account action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRequest {
    /// The action.
    pub action: AccountAction,
    /// The content of its statement: the new mail address in stored form, or the 認証ID to link the card to.
    pub said: String,
}

impl From<AccountAction> for AccountRequest {
    fn from(action: AccountAction) -> AccountRequest {
        AccountRequest { action, said: String::new() }
    }
}

/// The outcome of an account action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountOutcome {
    /// Logged in; the newest mail to the person, if one is still known.
    LoggedIn(Option<Mail>),
    /// A mail was written.
    Mailed(Mail),
    /// The card has taken the old one's place; the mail that tells of it, unless it had before.
    Linked(Option<Mail>),
    /// The card is taken; the link in the mail must confirm it.
    LinkWaits(Mail),
    /// The registration is withdrawn.
    Withdrawn,
}

impl AccountOutcome {
    /// Return the mail that the service wrote or told of, if any.
    pub fn mail(&self) -> Option<&Mail> {
        match self {
            AccountOutcome::Mailed(mail) | AccountOutcome::LinkWaits(mail) => Some(mail),
            AccountOutcome::LoggedIn(mail) | AccountOutcome::Linked(mail) => mail.as_ref(),
            AccountOutcome::Withdrawn => None,
        }
    }
}

/// A mail of the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The address, partly masked.
    pub to: String,
    /// The delivery state.
    pub state: MailState,
    /// The folder of the mail file (a service without a mail server): only given on the service's own computer.
    pub folder: Option<String>,
    /// When the service was asked for this state, in seconds since 1970; `None` for the state at the time of writing.
    pub asked: Option<i64>,
}

/// The delivery state of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailState {
    /// Waiting for the mail server.
    Queued,
    /// Accepted by the mail server.
    Sent,
    /// Not accepted so far; the time of the next attempt in seconds since 1970, if known.
    Delayed(Option<i64>),
    /// Not accepted for days: another address is needed.
    Stuck,
    /// Written to a file in a folder (a service without a mail server).
    File,
}

/// Why the service refused a password. The limits are the service's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// Too few characters.
    TooShort {
        /// The minimum length.
        need: usize,
        /// The actual length.
        have: usize,
    },
    /// Too many characters.
    TooLong {
        /// The maximum length.
        limit: usize,
        /// The number of characters in excess.
        over: usize,
    },
    /// It lacks letters, digits or signs, or holds other characters.
    NotMixed,
    /// It contains the 認証ID.
    HoldsId,
    /// It contains the name, or a part of it.
    HoldsName,
    /// It contains the mail address, or the part before the @.
    HoldsAddress,
    /// It is a common password, or easily guessed.
    Common,
}

impl Weakness {
    /// Derive it from a refusal; `None` if the refusal is about something else, or its reason is unknown.
    pub(super) fn of(problem: &Problem) -> Option<Weakness> {
        let error = problem.errors.first().filter(|_| Refusal::from_wire(&problem.code) == Some(Refusal::PasswordRefused))?;
        Some(match error.code {
            FieldCode::TooShort => Weakness::TooShort { need: error.need?, have: error.have? },
            FieldCode::TooLong => Weakness::TooLong { limit: error.limit?, over: error.over? },
            FieldCode::NotMixed => Weakness::NotMixed,
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
