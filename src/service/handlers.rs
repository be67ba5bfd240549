//! What the service does for each request, one file a subject; which path leads to which handler stands in `api`.

use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::protocol::problem::Refusal;
use crate::protocol::session::{JSON, Mail, MailState, Mailed};
use crate::service::error::ApiResult;

/// Actions of a registered person: resend, remind, correct the address, link a card, withdraw.
pub(super) mod account_actions;
/// Logging in.
pub(super) mod logins;
/// Health, metrics, and the OpenAPI document.
pub(super) mod operations;
/// Setting a password with the token of a mail.
pub(super) mod passwords;
/// Registering.
pub(super) mod registrations;
/// Sessions, their proof, the terms, and where the session's mail is.
pub(super) mod sessions;

/// Serialise an answer once: what is stored as evidence is what is sent.
fn to_json(answer: &impl serde::Serialize) -> ApiResult<String> {
    serde_json::to_string(answer).map_err(|_| Refusal::Internal.into())
}

/// Send an answer that is JSON already.
fn json_response(answer: String) -> Response {
    ([(header::CONTENT_TYPE, JSON)], answer).into_response()
}

/// Describe a mail that was just queued.
fn new_mail(state: MailState, address: &str) -> Mail {
    Mail { to: masked(address), state, next_at: None, folder: None }
}

/// Answer that a mail was queued, as JSON.
fn mail_queued(state: MailState, address: &str) -> ApiResult<String> {
    to_json(&Mailed { mail: new_mail(state, address) })
}

/// Mask a mail address: whoever knows it recognises it.
fn masked(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((local, domain)) => format!("{}***@{domain}", local.chars().next().unwrap_or('*')),
        None => "***".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn a_masked_address_shows_its_first_letter_and_domain() {
        assert_eq!(masked("nyukan@example.jp"), "n***@example.jp");
        assert_eq!(masked("foo..bar.@docomo.ne.jp"), "f***@docomo.ne.jp");
        assert_eq!(masked("x"), "***");
    }
}
