//! The table of account actions, which a registered person can request. A row defines everything except the texts, which `locale` finds by
//! variant name, and the handler in the service.

use serde::{Deserialize, Serialize};

use super::payload::PayloadType;
use crate::certificate::Purpose;

/// An input that an account action needs, in page order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// 認証ID.
    AuthenticationId,
    /// The password.
    Password,
    /// The new mail address, entered twice.
    NewAddress,
    /// A word that confirms deletion.
    ConfirmationWord,
}

/// The successful response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The session of a login.
    LoggedIn,
    /// The mail that was queued.
    Mailed,
    /// The card is linked.
    Linked,
    /// The registration is withdrawn.
    Withdrawn,
}

macro_rules! actions {
    ($(
        #[doc = $doc:literal]
        $name:ident => {
            path: $path:literal,
            $(statement: $kind:ident = $typ:literal, payload: $payload:ident,)?
            keys: [$($key:ident),*],
            asks: [$($ask:ident),*],
            answer: $answer:ident,
        }
    )+) => {
        /// An action of a registered person.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub enum AccountAction { #[default] $(#[doc = $doc] $name,)+ }

        impl AccountAction {
            /// Every action, in menu order.
            pub const ALL: [AccountAction; [$(AccountAction::$name),+].len()] = [$(AccountAction::$name),+];

            /// Return its request path.
            pub const fn path(self) -> &'static str {
                match self { $(AccountAction::$name => $path,)+ }
            }

            /// Return the type of its statement; `None` if it is not signed.
            pub const fn statement(self) -> Option<StatementType> {
                match self {
                    $($(AccountAction::$name => Some(StatementType::$kind),)?)+
                    _ => None,
                }
            }

            /// Return the keys that sign it, in the order in which their PINs are requested.
            pub const fn keys(self) -> &'static [Purpose] {
                match self { $(AccountAction::$name => &[$(Purpose::$key),*],)+ }
            }

            /// Return its inputs in order; empty if the card suffices.
            pub const fn asks(self) -> &'static [Ask] {
                match self { $(AccountAction::$name => &[$(Ask::$ask),*],)+ }
            }

            /// Return the kind of its successful response.
            pub const fn answer(self) -> Answer {
                match self { $(AccountAction::$name => Answer::$answer,)+ }
            }
        }

        /// The type of a statement, its `typ`. A statement of one type is not accepted in place of another.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "service", derive(schemars::JsonSchema), schemars(rename = "StatementType"))]
        pub enum StatementType {
            /// Identifies the person, to open a registration.
            #[serde(rename = "zairyu-proof+jws")]
            Proof,
            /// The registration itself.
            #[serde(rename = "zairyu-registration+jws")]
            Registration,
            $($(#[doc = $doc] #[serde(rename = $typ)] $kind,)?)+
        }

        impl StatementType {
            /// Return its `typ`.
            pub const fn typ(self) -> &'static str {
                match self {
                    StatementType::Proof => "zairyu-proof+jws",
                    StatementType::Registration => "zairyu-registration+jws",
                    $($(StatementType::$kind => $typ,)?)+
                }
            }

            /// Return the type of its payload.
            pub const fn payload(self) -> PayloadType {
                match self {
                    StatementType::Proof => PayloadType::Proof,
                    StatementType::Registration => PayloadType::Registration,
                    $($(StatementType::$kind => PayloadType::$payload,)?)+
                }
            }
        }
    };
}

// The user-authentication key proves who holds the card. A withdrawal is a declaration of intent, so it needs the signing key. A new card
// is linked with both keys, because both certificates identify a person: otherwise the old card's other certificate would stay valid.
actions! {
    /// Log in with the card.
    LogInByCard => {
        path: "/v1/logins",
        statement: Login = "zairyu-login+jws", payload: Proof,
        keys: [Authentication],
        asks: [],
        answer: LoggedIn,
    }
    /// Log in with 認証ID and password.
    LogIn => {
        path: "/v1/logins",
        keys: [],
        asks: [AuthenticationId, Password],
        answer: LoggedIn,
    }
    /// Send the mail with the password link again.
    Resend => {
        path: "/v1/mail/resend",
        statement: Resend = "zairyu-resend+jws", payload: Proof,
        keys: [Authentication],
        asks: [],
        answer: Mailed,
    }
    /// Mail the 認証ID again.
    Remind => {
        path: "/v1/id/remind",
        statement: Remind = "zairyu-remind+jws", payload: Proof,
        keys: [Authentication],
        asks: [],
        answer: Mailed,
    }
    /// Correct the mail address.
    Address => {
        path: "/v1/mail/address",
        statement: Address = "zairyu-address+jws", payload: Address,
        keys: [Authentication],
        asks: [NewAddress],
        answer: Mailed,
    }
    /// Link a new card to an old registration.
    Link => {
        path: "/v1/cards/link",
        statement: Link = "zairyu-link+jws", payload: Link,
        keys: [Signing, Authentication],
        asks: [AuthenticationId, Password],
        answer: Linked,
    }
    /// Put this card back in the place that another one has taken.
    Undo => {
        path: "/v1/cards/undo",
        statement: Undo = "zairyu-undo+jws", payload: Proof,
        keys: [Authentication],
        asks: [],
        answer: Mailed,
    }
    /// Withdraw the registration.
    Withdraw => {
        path: "/v1/registrations/withdraw",
        statement: Withdraw = "zairyu-withdraw+jws", payload: Proof,
        keys: [Signing],
        asks: [ConfirmationWord],
        answer: Withdrawn,
    }
}

impl AccountAction {
    /// Return whether it needs an input.
    pub fn wants(self, ask: Ask) -> bool {
        self.asks().contains(&ask)
    }
}

impl StatementType {
    /// Return the part of its `typ` between prefix and suffix, as used in records.
    pub fn word(self) -> &'static str {
        let typ = self.typ();
        typ.strip_prefix("zairyu-").and_then(|typ| typ.strip_suffix("+jws")).unwrap_or(typ)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_signed_has_a_key_and_a_kind_of_its_own() {
        let mut words = vec![StatementType::Proof.word(), StatementType::Registration.word()];
        for action in AccountAction::ALL {
            assert_eq!(action.statement().is_some(), !action.keys().is_empty(), "{action:?}");
            words.extend(action.statement().map(StatementType::word));
        }
        assert_eq!(words, ["proof", "registration", "login", "resend", "remind", "address", "link", "undo", "withdraw"]);
    }

    #[test]
    fn the_type_on_the_wire_is_that_of_the_table() {
        for kind in
            AccountAction::ALL.into_iter().filter_map(AccountAction::statement).chain([StatementType::Proof, StatementType::Registration])
        {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.typ());
        }
    }
}
