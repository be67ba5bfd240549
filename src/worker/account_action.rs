//! Account actions: what a registered person asks the service for, and the outcome, as plain messages. Carried out in `session`.

use crate::protocol::actions::AccountAction;
use crate::protocol::problem::{FieldCode, Problem, Refusal};

/// An account action that is asked for, with what the person has said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRequest {
    /// What is asked for.
    pub action: AccountAction,
    /// What its statement says beside who is there: the new mail address in its stored form, or the 認証ID that a card is linked to.
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
    /// The card is linked.
    Linked,
    /// The registration is withdrawn.
    Withdrawn,
}

/// A mail of the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The address, partly hidden.
    pub to: String,
    /// Where it is.
    pub state: MailState,
    /// The folder that it is written to (a service without a mail server): only told on the service's own computer, and only when it is written.
    pub folder: Option<String>,
    /// When the service was asked for this state, in seconds since 1970; `None` if it is the state from when the mail was written.
    pub asked: Option<i64>,
}

/// The delivery state of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailState {
    /// Waiting for the mail server.
    Queued,
    /// Accepted by the mail server.
    Sent,
    /// Not accepted so far; the time of the next attempt in seconds since 1970, if it is known.
    Delayed(Option<i64>),
    /// Not accepted for days: another address is needed.
    Stuck,
    /// Written as a file into a folder (a service without a mail server).
    File,
}

/// Why a service refuses a password. The limits are the service's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// Too few characters.
    TooShort {
        /// How many are needed.
        need: usize,
        /// How many there are.
        have: usize,
    },
    /// Too many characters.
    TooLong {
        /// How many are allowed.
        limit: usize,
        /// How many are too many.
        over: usize,
    },
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
    /// Read it from a refusal; `None` if the refusal is about something else, or gives a reason that this version does not know.
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
