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
use crate::service::metrics::{self, Gauge};
use crate::service::middleware::PROBE_TIMEOUT;
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

/// Serve the metrics to this computer. A request with forwarding headers came from elsewhere.
pub(in crate::service) async fn show_metrics(
    State(state): State<Arc<AppState>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> ApiResult {
    if !peer.ip().is_loopback() || headers.contains_key("x-forwarded-for") || headers.contains_key(header::FORWARDED) {
        return Err(Refusal::NotFound.into());
    }
    Ok(show_metrics_to_anybody(State(state)).await)
}

/// Serve the metrics, at an address that the operator has opened for them. They come while the store is away too, without its gauges.
pub(in crate::service) async fn show_metrics_to_anybody(State(state): State<Arc<AppState>>) -> Response {
    let waiting = async { state.store.read().await?.mails_waiting(state.now()).await };
    let waiting = tokio::time::timeout(PROBE_TIMEOUT, waiting).await.ok().and_then(Result::ok);
    let gauge = |name, help, value| Gauge { name, help, value };
    let hashing = i64::try_from(state.hasher.waiting()).unwrap_or(i64::MAX);
    let mut gauges = vec![
        gauge("store_up", "Whether the database answers.", i64::from(waiting.is_some())),
        gauge("start_time_seconds", "When the service was started, in seconds since 1970.", state.started),
        gauge("password_queue", "Passwords that wait to be hashed, or are being hashed.", hashing),
    ];
    if let Some([queued, stuck, oldest]) = waiting {
        gauges.extend([
            gauge("mails_queued", "Mails in the outbox, counted up to 10000.", queued),
            gauge("mails_stuck", "Mails that were given up, counted up to 10000: zairyu users resend.", stuck),
            gauge("oldest_mail_seconds", "Age of the oldest mail in the outbox.", oldest),
        ]);
    }
    let text = state.metrics.text(state.store.kind(), &gauges);
    ([(header::CONTENT_TYPE, metrics::MEDIA)], text).into_response()
}
