//! Paths, media types and the JSON bodies of the answers. Paths of account actions are in `actions`.
//! Unknown members of answers are ignored, so that a newer service can say more. Refusals are in `problem`.

use serde::{Deserialize, Serialize};

/// Paths of the calls, but those of account actions, which stand in `actions`; `{…}` as axum's router and OpenAPI write a parameter.
pub mod path {
    /// `POST`: open a session.
    pub const SESSIONS: &str = "/v1/sessions";
    /// `POST`: prove the session with the user-authentication key.
    pub const PROOF: &str = "/v1/sessions/{session}/proof";
    /// `GET`: where the newest mail to the person of a session is.
    pub const SESSION_MAIL: &str = "/v1/sessions/{session}/mail";
    /// `GET`: the terms of use, `?lang=` a language tag.
    pub const TERMS: &str = "/v1/terms";
    /// `POST`: register.
    pub const REGISTRATIONS: &str = "/v1/registrations";
    /// `GET`, `POST`: the page on which the first password is set.
    pub const PASSWORD: &str = "/password/{token}";
    /// `POST`: set the first password without the page.
    pub const PASSWORDS: &str = "/v1/passwords";
    /// `GET`: whether the process lives.
    pub const HEALTHZ: &str = "/healthz";
    /// `GET`: whether it can work.
    pub const READYZ: &str = "/readyz";
    /// `GET`: numbers for the operator.
    pub const METRICS: &str = "/metrics";
    /// `GET`: this contract as OpenAPI 3.1.
    pub const OPENAPI: &str = "/openapi.json";

    /// Return the path on which a session is proved.
    pub fn proof(session: &str) -> String {
        PROOF.replace("{session}", session)
    }

    /// Return the path on which a session asks for its mail.
    pub fn session_mail(session: &str) -> String {
        SESSION_MAIL.replace("{session}", session)
    }

    /// Return the path of a password page.
    pub fn password(token: &str) -> String {
        PASSWORD.replace("{token}", token)
    }
}

/// Media type of a statement (RFC 7515, section 9.2.1).
pub const JOSE: &str = "application/jose";
/// Media type of the answers.
pub const JSON: &str = "application/json";
/// Media type of the terms.
pub const TEXT: &str = "text/plain; charset=utf-8";
/// Media type of the refusals (RFC 9457).
pub const PROBLEM_JSON: &str = "application/problem+json";
/// Header that names a registration, so that sending it twice registers once.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// Answer to `POST /v1/sessions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
pub struct Session {
    /// Its name in paths: base64url, so it needs no escaping.
    pub session: String,
    /// 256 random bits, base64url without padding, for one proof within 5 minutes.
    pub nonce: String,
    /// When the session ends unless it is used: RFC 3339, UTC.
    #[cfg_attr(feature = "service", schemars(extend("format" = "date-time")))]
    pub expires_at: String,
    /// The service's own URL, which every statement must name as `aud`.
    #[cfg_attr(feature = "service", schemars(extend("format" = "uri")))]
    pub audience: String,
    /// The terms to agree to.
    pub terms: TermsId,
    /// Who answers.
    pub service: Service,
}

/// Which terms: a registration names the ones that the person has agreed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TermsId {
    /// Version, such as `2026-11`.
    pub version: String,
    /// SHA-256 of the Japanese text in UTF-8, lower-case hexadecimal.
    #[cfg_attr(feature = "service", schemars(extend("pattern" = "^[0-9a-f]{64}$")))]
    pub sha256: String,
}

/// What a service says about itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
pub struct Service {
    /// Its name for people.
    pub name: String,
    /// Whether nothing is really registered.
    pub practice: bool,
    /// Whether it accepts test cards (O=JPKI-TEST, or a CA made at run time).
    #[serde(default)]
    pub test_cards: bool,
    /// Tags of the languages that its mails can be written in.
    #[serde(default)]
    pub languages: Vec<String>,
    /// What the operator wants everybody to read.
    #[serde(default)]
    pub notice: Option<String>,
    /// Where its mails go.
    #[serde(default)]
    pub mail: MailWay,
}

/// Where a service's mails go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MailWay {
    /// Into a folder of the service's computer, because no mail server is set.
    Folder,
    /// To a mail server.
    #[default]
    #[serde(other)]
    Server,
}

/// Answer to a proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
pub struct Proved {
    /// The nonce for the registration; it lives as long as the session.
    pub nonce: String,
}

/// Answer to a registration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
pub struct Registered {
    /// 認証ID, without the hyphens of its groups.
    pub authentication_id: String,
    /// When: RFC 3339, UTC.
    #[cfg_attr(feature = "service", schemars(extend("format" = "date-time")))]
    pub registered_at: String,
    /// The mail that was written.
    pub mail: Mail,
    /// `unchecked`, or what an OCSP responder or a CRL has said of the signing certificate, and as of when (RFC 3339, UTC):
    /// `good (ocsp 2026-11-25T05:00:00Z)`, `good (crl 2026-11-25T05:00:00Z)`. The user-authentication certificate was asked about in the
    /// same way when it proved the session; had either been revoked, nothing would have been registered.
    pub revocation: String,
    /// What the person keeps: it names the stored evidence.
    pub receipt: String,
    /// Names of the form's fields that say something else than the card that has signed, as far as the two can be compared: `name`, `sex`,
    /// `birth_date`, `municipality`, `address_line`, in this order.
    #[serde(default)]
    pub differs_from_card: Vec<String>,
}

/// A mail that the service has written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
pub struct Mail {
    /// The address, partly hidden: `n***@example.jp`.
    pub to: String,
    /// Where it is now.
    pub state: MailState,
    /// When it is tried again, if it is delayed: RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "service", schemars(extend("format" = "date-time")))]
    pub next_at: Option<String>,
    /// The folder in which it lies; only told to the computer that it lies on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
}

/// Where a mail is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MailState {
    /// Written into a folder.
    File,
    /// Handed over to the mail server.
    Sent,
    /// Not taken by the mail server so far, and tried again for days.
    Delayed,
    /// Not taken for days: it waits for another address, or for the operator.
    Stuck,
    /// Waiting to be handed over.
    #[serde(other)]
    Queued,
}

/// Answer to whatever writes a mail, and to the question where it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
pub struct Mailed {
    /// The mail.
    pub mail: Mail,
}

/// Answer to a login.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
pub struct LoggedIn {
    /// Name of the session of somebody who has logged in: a secret, as long as it lives.
    pub session: String,
    /// When it ends: RFC 3339, UTC.
    #[cfg_attr(feature = "service", schemars(extend("format" = "date-time")))]
    pub expires_at: String,
}

/// Answer to a new card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
pub struct Linked {
    /// Always true: whatever else happens is a refusal.
    #[cfg_attr(feature = "service", schemars(extend("const" = true)))]
    pub linked: bool,
}

/// Answer to a withdrawal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
pub struct Withdrawn {
    /// Always true: whatever else happens is a refusal.
    #[cfg_attr(feature = "service", schemars(extend("const" = true)))]
    pub withdrawn: bool,
}

/// Answer to the questions whether the service lives and can work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
pub struct Health {
    /// Always `ok`: whatever else is the case is a refusal.
    #[cfg_attr(feature = "service", schemars(extend("const" = "ok")))]
    pub status: String,
}

/// What `POST /v1/logins` takes as JSON. It can be read but not shown: it holds a password.
#[derive(Deserialize)]
#[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// 認証ID, as people write it.
    pub authentication_id: String,
    /// The password.
    pub password: String,
}

/// What `POST /v1/passwords` takes. It can be read but not shown: it holds a password.
#[derive(Deserialize)]
#[cfg_attr(feature = "service", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// The code of the mail: the end of its link.
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
