//! Login with 認証ID and password, or by card. A login alone authorises little: every change is signed separately.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;

use crate::certificate::Purpose;
use crate::protocol::actions::StatementType;
use crate::protocol::authentication_id::AuthenticationId;
use crate::protocol::payload::Proof;
use crate::protocol::problem::Refusal;
use crate::protocol::session::{JSON, Login};
use crate::service::error::ApiResult;
use crate::service::handlers::account_actions::{self, AccountRequest};
use crate::service::handlers::{from_json, json_response, open_login};
use crate::service::metrics::Counter;
use crate::service::rate_limit::Limit;
use crate::service::state::AppState;
use crate::service::store::audit::Means;
use crate::service::verify::{self, RequiredKey};

/// Log in: JSON carries 認証ID and password, any other body is a signed statement.
pub(in crate::service) async fn login(State(state): State<Arc<AppState>>, headers: HeaderMap, body: Bytes) -> ApiResult {
    if verify::has_media_type(&headers, JSON) {
        return by_password(&state, &body).await;
    }
    let key = RequiredKey::Only(Purpose::Authentication);
    let verified = verify::verify_statement::<Proof>(&state, &headers, &body, StatementType::Login, key).await?;
    account_actions::perform(&state, verified.map(|_| AccountRequest::Login), None).await
}

async fn by_password(state: &AppState, body: &[u8]) -> ApiResult {
    let Login { authentication_id, password } = from_json(body)?;
    let id = AuthenticationId::parse(&authentication_id).ok_or(Refusal::LoginRefused)?;
    state.rate_limiter.take(&state.store, Limit::Logins, id.as_str(), state.now()).await?;
    let person = state.store.read().await?.person(id.as_str()).await?;
    let audited = person.as_ref().map(|_| id.as_str());
    let hash = person.as_ref().and_then(|person| person.password.clone());
    // Refuse an unknown 認証ID, or one without a password, in the same time as a wrong password, including the write to the audit log.
    let matches = match hash.clone() {
        Some(hash) => state.hasher.verify(&password, hash).await?,
        None => state.hasher.hash(&password).await.map(|_| false)?,
    };
    let mut tx = state.store.write().await?;
    if !matches {
        tx.audit("login_refused", Means::Password, audited, state.now()).await?;
        tx.commit().await?;
        state.metrics.add(Counter::LoginsRefused);
        return Err(Refusal::LoginRefused.into());
    }
    // Meanwhile the password may have changed, or the person may have been deleted.
    if !tx.password_is_still(id.as_str(), &hash.unwrap_or_default()).await? {
        return Err(Refusal::LoginRefused.into());
    }
    // Only who knows the password is told that its time is over.
    let set_at = person.and_then(|person| person.password_set_at);
    if state.profile.password_rules.end_of(set_at).is_some_and(|end| end <= state.now()) {
        tx.audit("login_refused", Means::Password, audited, state.now()).await?;
        tx.commit().await?;
        state.metrics.add(Counter::LoginsRefused);
        return Err(Refusal::PasswordExpired.into());
    }
    let answer = open_login(&mut tx, id.as_str(), state.now()).await?;
    tx.audit("login", Means::Password, audited, state.now()).await?;
    tx.commit().await?;
    state.metrics.add(Counter::Logins);
    Ok(json_response(answer))
}
