//! Endpoints for operators: health, readiness and metrics.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

use crate::protocol::problem::Refusal;
use crate::protocol::session::Health;
use crate::service::error::ApiResult;
use crate::service::metrics;
use crate::service::state::AppState;

/// Report that the process is alive.
pub(in crate::service) async fn healthz() -> Response {
    Json(Health { status: "ok".to_owned() }).into_response()
}

/// Report whether the service can work: the store responds and accepts writes.
pub(in crate::service) async fn readyz(State(state): State<Arc<AppState>>) -> ApiResult {
    let mut tx = state.store.write().await?;
    tx.sign_of_life(state.now()).await?;
    tx.commit().await?;
    Ok(healthz().await)
}

/// Serve the metrics, to this computer only. A request with forwarding headers came from elsewhere.
pub(in crate::service) async fn show_metrics(
    State(state): State<Arc<AppState>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> ApiResult {
    if !peer.ip().is_loopback() || headers.contains_key("x-forwarded-for") || headers.contains_key(header::FORWARDED) {
        return Err(Refusal::NotFound.into());
    }
    let waiting = state.store.read().await?.mails_waiting(state.now()).await?;
    Ok(([(header::CONTENT_TYPE, metrics::MEDIA)], state.metrics.text(&waiting)).into_response())
}
