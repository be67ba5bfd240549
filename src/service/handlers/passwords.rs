//! Setting a password with a mailed token: the API here, the page in `page`. The password rules are in `password`.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;

use crate::protocol::problem::Refusal;
use crate::protocol::session::{JSON, NewPassword};
use crate::service::error::{ApiError, ApiResult};
use crate::service::handlers::from_json;
use crate::service::mail::Kind;
use crate::service::metrics::Counter;
use crate::service::password::Weakness;
use crate::service::state::AppState;
use crate::service::store::audit::Means;
use crate::service::store::people::Person;
use crate::service::verify;

/// Set the password through the API.
pub(in crate::service) async fn set(State(state): State<Arc<AppState>>, headers: HeaderMap, body: Bytes) -> ApiResult {
    if !verify::has_media_type(&headers, JSON) {
        return Err(Refusal::MediaType.into());
    }
    let NewPassword { token, password } = from_json(&body)?;
    match set_password(&state, &token, &password).await? {
        PasswordChange::Set(_) => Ok(StatusCode::NO_CONTENT.into_response()),
        PasswordChange::Weak(_, weakness) => Err(ApiError::WeakPassword(weakness)),
        PasswordChange::LinkExpired => Err(Refusal::LinkExpired.into()),
    }
}

/// Outcome of setting a password.
pub(in crate::service) enum PasswordChange {
    /// The password is set, and the mail with the 認証ID is queued.
    Set(Person),
    /// The password is too weak; the token remains valid.
    Weak(Person, Weakness),
    /// The token is unknown, used, replaced or expired; the client is not told which.
    LinkExpired,
}

/// Set a password with a mailed token, and use up the token.
pub(in crate::service) async fn set_password(state: &AppState, token: &str, password: &str) -> ApiResult<PasswordChange> {
    let Some(person) = state.store.read().await?.holder_of_token(token, state.now()).await? else {
        return Ok(PasswordChange::LinkExpired);
    };
    let (person, weakness) = state.hasher.check(password, person, state.profile.password_rules).await?;
    if let Some(weakness) = weakness {
        return Ok(PasswordChange::Weak(person, weakness));
    }
    let hash = state.hasher.hash(password).await?;
    let now = state.now();
    let mut tx = state.store.write().await?;
    if !tx.use_token(token, &person.authentication_id, now).await? {
        return Ok(PasswordChange::LinkExpired);
    }
    tx.set_password(&person.authentication_id, &hash, now).await?;
    // A new password may be set because someone else knew the old one.
    tx.close_logins(&person.authentication_id, now).await?;
    tx.queue_mail(Kind::PasswordSet, &person, now).await?;
    tx.audit("password_set", Means::Link, Some(&person.authentication_id), now).await?;
    tx.commit().await?;
    state.metrics.add(Counter::PasswordsSet);
    state.wake_outbox();
    Ok(PasswordChange::Set(person))
}
