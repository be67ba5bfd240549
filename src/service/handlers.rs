//! Request handlers, one file per subject. `api` maps paths to handlers.

use std::net::SocketAddr;
use std::path::Path;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::protocol::problem::Refusal;
use crate::protocol::session::{JSON, Linked, LoggedIn, Mail, MailState, Mailed, Registered};
use crate::service::Peers;
use crate::service::clock::rfc3339;
use crate::service::error::ApiResult;
use crate::service::mail::Mailer;
use crate::service::options::is_near;
use crate::service::secret;
use crate::service::state::AppState;
use crate::service::store::Tx;
use crate::service::store::sessions::SESSION_SECONDS;

/// Actions of a registered person: resend, remind, correct the address, link a card, withdraw.
pub(super) mod account_actions;
/// Logging in.
pub(super) mod logins;
/// Health and metrics.
pub(super) mod operations;
/// Setting a password with a mailed token.
pub(super) mod passwords;
/// Registration.
pub(super) mod registrations;
/// Sessions, their proof, the terms, and the status of a session's mail.
pub(super) mod sessions;

/// Serialise a response once, so that the stored evidence is exactly what is sent.
fn to_json(answer: &impl Serialize) -> ApiResult<String> {
    serde_json::to_string(answer).map_err(|_| Refusal::Internal.into())
}

/// Parse a body that must be a JSON object. For a struct, serde also takes an array of its members' values.
fn from_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    let object = body.trim_ascii_start().starts_with(b"{");
    serde_json::from_slice(body).ok().filter(|_| object).ok_or(Refusal::Malformed)
}

/// Send a response that is already JSON.
fn json_response(answer: String) -> Response {
    ([(header::CONTENT_TYPE, JSON)], answer).into_response()
}

/// Return the wire format of a mail just queued.
pub(super) fn new_mail(state: MailState, address: &str) -> Mail {
    Mail { to: masked(address), state, next_at: None, folder: None }
}

/// Return a `Mailed` response for a mail just queued, as JSON.
fn mail_queued(state: MailState, address: &str) -> ApiResult<String> {
    to_json(&Mailed { mail: new_mail(state, address) })
}

/// Return the folder of the mails if the peer may know it: only if it is on this computer. A proxy is as near, so the service must be known by
/// an address of this computer too.
fn folder_to_tell(state: &AppState, peer: SocketAddr) -> Option<&Path> {
    let near = || peer.ip().is_loopback() && state.profile.peers == Peers::Direct && is_known_here_only(state);
    match &state.mailer {
        Mailer::Folder(folder, _) if near() => Some(folder),
        _ => None,
    }
}

fn is_known_here_only(state: &AppState) -> bool {
    reqwest::Url::parse(&state.audience).is_ok_and(|url| is_near(&url))
}

/// A response that may tell of a mail.
trait TellsOfMail: Serialize + DeserializeOwned {
    fn mail(&mut self) -> Option<&mut Mail>;
}

impl TellsOfMail for Mailed {
    fn mail(&mut self) -> Option<&mut Mail> {
        Some(&mut self.mail)
    }
}

impl TellsOfMail for Registered {
    fn mail(&mut self) -> Option<&mut Mail> {
        Some(&mut self.mail)
    }
}

impl TellsOfMail for Linked {
    fn mail(&mut self) -> Option<&mut Mail> {
        self.mail.as_mut()
    }
}

/// Send a response as the evidence has it, with the folder of the mail, which is not evidence. One that an earlier version has stored gets
/// what the contract has promised since.
fn with_folder<T: TellsOfMail>(stored: &str, folder: Option<&Path>) -> ApiResult {
    let mut response: T = serde_json::from_str(stored).map_err(|_| Refusal::Internal)?;
    if let Some(mail) = response.mail() {
        mail.folder = folder.map(|folder| folder.display().to_string());
    }
    Ok(json_response(to_json(&response)?))
}

/// Open the session of a login and return the response as JSON.
async fn open_login(tx: &mut Tx, person: &str, now: i64) -> ApiResult<String> {
    let name = secret::random()?;
    tx.open_login(&name, person, now).await?;
    to_json(&LoggedIn { session: name, expires_at: rfc3339(now + SESSION_SECONDS) })
}

/// Mask a mail address so that only those who know it recognise it.
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
