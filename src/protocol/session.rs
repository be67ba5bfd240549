//! Paths, media types and JSON bodies of responses. Paths of account actions are in `actions`, refusals in `problem`.
//!
//! Unknown members of responses are ignored, so that a newer service can add some.

use serde::{Deserialize, Serialize};

/// Request paths, except those of account actions (`actions`). Parameters are written as `{…}`, as in axum and OpenAPI.
pub mod path {
    /// `POST`: open a session.
    pub const SESSIONS: &str = "/v1/sessions";
    /// `POST`: prove the session with the user-authentication key.
    pub const PROOF: &str = "/v1/sessions/{session}/proof";
    /// `GET`: the status of the newest mail to the person of a session.
    pub const SESSION_MAIL: &str = "/v1/sessions/{session}/mail";
    /// `GET`: the terms of use; `?lang=` takes a language tag.
    pub const TERMS: &str = "/v1/terms";
    /// `POST`: register.
    pub const REGISTRATIONS: &str = "/v1/registrations";
    /// `GET`, `POST`: the page that sets the password.
    pub const PASSWORD: &str = "/password/{token}";
    /// `GET`, `POST`: the page that confirms or undoes the linking of a card.
    pub const CARD: &str = "/card/{token}";
    /// `POST`: set the password without the page.
    pub const PASSWORDS: &str = "/v1/passwords";
    /// `GET`: the page for whoever opens the service's address in a browser.
    pub const HOME: &str = "/";
    /// `GET`: whether the process is alive.
    pub const HEALTHZ: &str = "/healthz";
    /// `GET`: whether the service can work.
    pub const READYZ: &str = "/readyz";
    /// `GET`: metrics for the operator.
    pub const METRICS: &str = "/metrics";
    /// `GET`: this API as OpenAPI 3.1.
    pub const OPENAPI: &str = "/openapi.json";

    /// Return the path that proves a session.
    pub fn proof(session: &str) -> String {
        PROOF.replace("{session}", session)
    }

    /// Return the path of the status of a session's mail.
    pub fn session_mail(session: &str) -> String {
        SESSION_MAIL.replace("{session}", session)
    }

    /// Return the path of a page about the linking of a card.
    pub fn card(token: &str) -> String {
        CARD.replace("{token}", token)
    }

    /// Return the path of a password page.
    pub fn password(token: &str) -> String {
        PASSWORD.replace("{token}", token)
    }
}

/// Media type of a statement (RFC 7515, section 9.2.1).
pub const JOSE: &str = "application/jose";
/// Media type of responses.
pub const JSON: &str = "application/json";
/// Media type of the terms.
pub const TEXT: &str = "text/plain; charset=utf-8";
/// Media type of refusals (RFC 9457).
pub const PROBLEM_JSON: &str = "application/problem+json";
/// Header that identifies a registration, so that resending it does not register twice.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// Response to `POST /v1/sessions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
pub struct Session {
    /// The session's secret for paths, in base64url, which needs no escaping.
    pub session: String,
    /// 256 random bits in base64url without padding, valid for one proof within 5 minutes.
    pub nonce: String,
    /// When the session expires unless extended: RFC 3339, UTC.
    #[cfg_attr(feature = "service", schemars(extend("format" = "date-time")))]
    pub expires_at: String,
    /// The service's own URL, which every statement must contain as `aud`.
    #[cfg_attr(feature = "service", schemars(extend("format" = "uri")))]
    pub audience: String,
    /// The terms to agree to.
    pub terms: TermsId,
    /// The service's description of itself.
    pub service: Service,
}

/// Identifies the terms that a person agreed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TermsId {
    /// Version, such as `2026-11`.
    pub version: String,
    /// SHA-256 of the Japanese text in UTF-8, in lower-case hex.
    #[cfg_attr(feature = "service", schemars(extend("pattern" = "^[0-9a-f]{64}$")))]
    pub sha256: String,
}

/// A service's description of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
pub struct Service {
    /// Its display name.
    pub name: String,
    /// Whether this is practice, and nothing is really registered.
    pub practice: bool,
    /// Whether it accepts test cards (O=JPKI-TEST, or a CA generated at run time).
    #[serde(default)]
    pub test_cards: bool,
    /// Language tags of its mails.
    #[serde(default)]
    pub languages: Vec<String>,
    /// A notice from the operator to everyone.
    #[serde(default)]
    pub notice: Option<String>,
    /// Where its mails are delivered.
    #[serde(default)]
    pub mail: MailWay,
    /// What it asks of a password.
    #[serde(default)]
    pub password: PasswordRules,
}

/// What a service asks of a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct PasswordRules {
    /// Minimum length in characters.
    pub shortest: usize,
    /// Maximum length in characters.
    pub longest: usize,
    /// Whether it must hold letters and digits of ASCII and `PASSWORD_SIGNS`, each of the three, and nothing else.
    pub mixed: bool,
    /// Days after which nobody can log in with it any more; without it, never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
}

/// The signs of a mixed password.
pub const PASSWORD_SIGNS: &str = "$%&=@_#*+-?!";

impl Default for PasswordRules {
    fn default() -> PasswordRules {
        PasswordRules { shortest: 8, longest: 64, mixed: false, days: None }
    }
}

impl PasswordRules {
    /// Advised length in characters (NIST SP 800-63B-4, section 3.1.1.2, requires it for a sole factor).
    pub const ADVISED: usize = 15;
    /// The rules of 電子届出システム, the best public hint of the agency's own (registration.md, "Service rules").
    pub const AGENCY_LIKE: PasswordRules = PasswordRules { shortest: 8, longest: 32, mixed: true, days: Some(365) };

    /// Return from when on nobody can log in with a password that was set at a time, both in seconds since 1970.
    pub fn end_of(&self, set_at: Option<i64>) -> Option<i64> {
        Some(set_at? + i64::from(self.days?) * 86_400)
    }
}

/// Where a service's mails are delivered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MailWay {
    /// Into a folder on the service's computer, because no mail server is configured.
    Folder,
    /// To a mail server.
    #[default]
    #[serde(other)]
    Server,
}

/// Response to a proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
pub struct Proved {
    /// The nonce for the registration, valid as long as the session.
    pub nonce: String,
}

/// Response to a registration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
pub struct Registered {
    /// 認証ID, without hyphens.
    pub authentication_id: String,
    /// Time of registration: RFC 3339, UTC.
    #[cfg_attr(feature = "service", schemars(extend("format" = "date-time")))]
    pub registered_at: String,
    /// The mail that was queued.
    pub mail: Mail,
    /// Revocation status of the signing certificate: `unchecked`, or method and time (RFC 3339, UTC), as in `good (ocsp
    /// 2026-11-25T05:00:00Z)` or `good (crl 2026-11-25T05:00:00Z)`. The user-authentication certificate was checked in the same way when it
    /// proved the session; a revoked certificate cannot register.
    pub revocation: String,
    /// The person's receipt: SHA-256 of the signed statement, which identifies the stored evidence.
    pub receipt: String,
    /// Names of the form's fields that differ from the signing card, as far as they can be compared: `name`, `sex`, `birth_date`,
    /// `municipality`, `address_line`, in this order.
    #[serde(default)]
    pub differs_from_card: Vec<String>,
}

/// A mail from the service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
pub struct Mail {
    /// The address, partly masked: `n***@example.jp`.
    pub to: String,
    /// Its delivery state.
    pub state: MailState,
    /// When delivery is retried, if it is delayed: RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "service", schemars(extend("format" = "date-time")))]
    pub next_at: Option<String>,
    /// The folder that contains it; only sent to clients on the same computer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
}

/// The delivery state of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MailState {
    /// Written into a folder.
    File,
    /// Accepted by the mail server.
    Sent,
    /// Not accepted by the mail server so far; retried for days.
    Delayed,
    /// Given up, until the address is corrected or the operator acts.
    Stuck,
    /// Waiting for delivery.
    #[serde(other)]
    Queued,
}

/// Response to requests that queue a mail, and to queries of its state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
pub struct Mailed {
    /// The mail.
    pub mail: Mail,
}

/// Response to a login.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
pub struct LoggedIn {
    /// Secret of the login's session, valid until it expires.
    pub session: String,
    /// When it expires: RFC 3339, UTC.
    #[cfg_attr(feature = "service", schemars(extend("format" = "date-time")))]
    pub expires_at: String,
}

/// Response to linking one certificate of a new card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
pub struct Linked {
    /// Whether the new card has taken the old one's place. It has not while its other key has not signed, or while the mailed link or the
    /// operator must confirm.
    pub linked: bool,
    /// The mail whose link undoes the linking or, if `linked` is false, confirms it. Absent while the other key has not signed, and if the
    /// card stood for the person before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<Mail>,
}

/// Response to a withdrawal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
pub struct Withdrawn {
    /// Always true; any other outcome is a refusal.
    #[cfg_attr(feature = "service", schemars(extend("const" = true)))]
    pub withdrawn: bool,
}

/// Response to health and readiness checks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
pub struct Health {
    /// Always `ok`; any other outcome is a refusal.
    #[cfg_attr(feature = "service", schemars(extend("const" = "ok")))]
    pub status: String,
}

/// JSON body of `POST /v1/logins`. Contains a password, so it must never be logged.
#[derive(Deserialize)]
#[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// 認証ID, in any form people type.
    pub authentication_id: String,
    /// The password.
    pub password: String,
}

/// Body of `POST /v1/passwords`. Contains a password, so it must never be logged.
#[derive(Deserialize)]
#[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// The token at the end of the mailed link.
    pub token: String,
    /// The password.
    pub password: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_with_members_of_a_newer_service_is_understood() {
        let answer = r#"{"session":"s","nonce":"n","expires_at":"2026-11-23T07:00:00Z","audience":"https://example.jp","queue":3,
            "terms":{"version":"2026-11","sha256":"00"},"service":{"name":"練習","practice":true,"colour":"blue","mail":"pigeon"}}"#;
        let session: Session = serde_json::from_str(answer).unwrap();
        assert!(session.service.practice);
        assert!(!session.service.test_cards);
        assert_eq!(session.service.mail, MailWay::Server);
    }

    #[test]
    fn a_folder_is_only_told_where_there_is_one() {
        let queued = Mail { to: "n***@example.jp".into(), state: MailState::Queued, next_at: None, folder: None };
        assert_eq!(serde_json::to_string(&queued).unwrap(), r#"{"to":"n***@example.jp","state":"queued"}"#);
        let file: Mail = serde_json::from_str(r#"{"to":"n***@example.jp","state":"file","folder":"/mail"}"#).unwrap();
        assert_eq!((file.state, file.folder.as_deref()), (MailState::File, Some("/mail")));
    }

    #[test]
    fn parameters_are_put_into_paths() {
        assert_eq!(path::proof("abc_-"), "/v1/sessions/abc_-/proof");
        assert_eq!(path::password("t0"), "/password/t0");
    }
}
