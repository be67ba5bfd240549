//! Sessions: opening, proof with the user-authentication key, the terms, and the status of a session's mail.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::certificate::Purpose;
use crate::locale::Lang;
use crate::protocol::actions::StatementType;
use crate::protocol::payload::Proof;
use crate::protocol::problem::Refusal;
use crate::protocol::session::{Mail, MailState, Mailed, Proved, Session, TEXT};
use crate::service::clock::rfc3339;
use crate::service::error::ApiResult;
use crate::service::handlers::{folder_to_tell, masked};
use crate::service::secret;
use crate::service::state::AppState;
use crate::service::store::people::Standing;
use crate::service::store::sessions::{SESSION_SECONDS, SessionStatus};
use crate::service::verify::{self, RequiredKey, Verified};

/// Open a session.
pub(in crate::service) async fn open(State(state): State<Arc<AppState>>) -> ApiResult {
    let (name, nonce, now) = (secret::random()?, secret::random()?, state.now());
    let mut tx = state.store.write().await?;
    tx.open_session(&name, &nonce, now).await?;
    tx.commit().await?;
    let session = Session {
        session: name,
        nonce,
        expires_at: rfc3339(now + SESSION_SECONDS),
        audience: state.audience.clone(),
        terms: state.terms(),
        service: state.about(),
    };
    Ok((StatusCode::CREATED, Json(session)).into_response())
}

/// The requested language of a text.
#[derive(serde::Deserialize, schemars::JsonSchema)]
pub(in crate::service) struct LangQuery {
    /// A language tag, such as `en`.
    lang: Option<String>,
}

/// Show the terms.
pub(in crate::service) async fn show_terms(State(state): State<Arc<AppState>>, Query(query): Query<LangQuery>) -> Response {
    let lang = query.lang.as_deref().map_or(Lang::Ja, |tag| Lang::from_tag(tag).unwrap_or(Lang::En));
    ([(header::CONTENT_TYPE, TEXT)], state.profile.texts.terms(lang)).into_response()
}

/// Prove a session with the user-authentication key.
pub(in crate::service) async fn prove(
    State(state): State<Arc<AppState>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> ApiResult {
    let key = RequiredKey::Only(Purpose::Authentication);
    let verified: Verified<Proof> = verify::verify_statement(&state, &headers, &body, StatementType::Proof, key).await?;
    let now = state.now();
    let mut tx = state.store.write().await?;
    let session = tx.session(&name, now).await?.filter(|session| session.status == SessionStatus::Open).ok_or(Refusal::Expired)?;
    if !tx.use_nonce_of_session(&session.id, &verified.head.nonce, now).await? {
        return Err(Refusal::Nonce.into());
    }
    verify::check_clock(&verified.head, now)?;
    if let Some((_, standing)) = tx.owner_of_card(&verified.card.identity).await? {
        tx.commit().await?;
        return Err(match standing {
            Standing::Current => Refusal::AlreadyRegistered.into(),
            Standing::Replaced => Refusal::CardReplaced.into(),
        });
    }
    let nonce = secret::random()?;
    tx.prove_session(&session.id, &verified.card, now).await?;
    tx.add_nonce(&session.id, &nonce, now + SESSION_SECONDS).await?;
    tx.commit().await?;
    Ok(Json(Proved { nonce }).into_response())
}

/// Return the status of the newest mail to the person who registered or logged in with a session.
pub(in crate::service) async fn show_mail(
    State(state): State<Arc<AppState>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(session): Path<String>,
) -> ApiResult {
    let mail = state.store.read().await?.newest_mail(&session, state.now()).await?.ok_or(Refusal::Expired)?;
    let mail_state = match (mail.state.as_str(), mail.trouble) {
        ("sent", _) if state.state_of_new_mail() == MailState::File => MailState::File,
        ("sent", _) => MailState::Sent,
        ("stuck", _) => MailState::Stuck,
        (_, Some(_)) => MailState::Delayed,
        (_, None) => MailState::Queued,
    };
    let next_at = (mail_state == MailState::Delayed).then(|| rfc3339(mail.next_at));
    let folder = folder_to_tell(&state, peer).filter(|_| mail_state == MailState::File).map(|folder| folder.display().to_string());
    Ok(Json(Mailed { mail: Mail { to: masked(&mail.recipient), state: mail_state, next_at, folder } }).into_response())
}
