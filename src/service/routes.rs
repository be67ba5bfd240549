//! The addresses of the service, and what is true of every call: size, limits, headers, time. What a call does stands elsewhere.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::rejection::JsonRejection;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};

use crate::protocol::problem::Refusal;
use crate::protocol::session::{Health, JSON, NewPassword, PROBLEM_JSON, path};
use crate::protocol::statement::LIMIT;
use crate::service::answer::{Answer, Note, Refused};
use crate::service::desk::Desk;
use crate::service::password::Outcome;
use crate::service::throttle::{self, Limit};
use crate::service::{Peers, contract, page, password};

/// Whoever asks whether the service is ready wants to know it now; balancers wait a few seconds at most.
const PROBE: Duration = Duration::from_secs(2);

/// Make the router.
pub(super) fn router(desk: Arc<Desk>) -> Router {
    contract::table()
        .fold(Router::new(), |router, call| router.route(call.path, call.route))
        .fallback(async || Refused::As(Refusal::NotFound))
        .method_not_allowed_fallback(async || Refused::As(Refusal::Method))
        .layer(DefaultBodyLimit::max(LIMIT))
        .layer(from_fn_with_state(Arc::clone(&desk), around))
        .with_state(desk)
}

/// What is true of every call.
async fn around(State(desk): State<Arc<Desk>>, ConnectInfo(peer): ConnectInfo<SocketAddr>, request: Request, next: Next) -> Response {
    let _under_way = desk.call_begins();
    let reader = request.uri().path().starts_with(page::ROOT).then(|| page::Reader::of(request.uri(), request.headers()));
    let patience = if request.uri().path() == path::READYZ { PROBE } else { desk.call };
    let answered = async {
        let address = throttle::network(address_of(&desk, peer, request.headers()));
        within_limits(&desk, &address, request.method(), request.uri().path()).await?;
        Ok::<_, Refused>(next.run(request).await)
    };
    let response = match tokio::time::timeout(patience, answered).await {
        Ok(answer) => answer.into_response(),
        Err(_) => Refused::For(Refusal::Resting, 10).into_response(),
    };
    if let Some(Note(note)) = response.extensions().get() {
        (desk.log)(note);
    }
    let refusal = response.extensions().get::<Refusal>().copied();
    let response = match reader {
        // Only a program asks with another method than a browser's.
        Some(reader) if !is_page(&response) && response.status() != StatusCode::METHOD_NOT_ALLOWED => {
            page::for_people(&desk, &reader, &response)
        }
        _ => as_problem(response),
    };
    desk.figures.count(response.status().as_u16(), refusal.or_else(|| response.extensions().get().copied()));
    with_headers(&desk, response)
}

/// Check the limits of an address. What says that the process lives, and the contract, need no store and have none.
async fn within_limits(desk: &Desk, address: &str, method: &Method, called: &str) -> Answer<()> {
    if [path::HEALTHZ, path::OPENAPI].contains(&called) {
        return Ok(());
    }
    desk.throttle.take(&desk.store, Limit::Calls, address, desk.now()).await?;
    if method == Method::POST && [path::PASSWORDS, path::LOGINS, page::ROOT].iter().any(|start| called.starts_with(start)) {
        desk.throttle.take(&desk.store, Limit::Secrets, address, desk.now()).await?;
    }
    Ok(())
}

/// Find whose limits count.
fn address_of(desk: &Desk, peer: SocketAddr, headers: &HeaderMap) -> IpAddr {
    match desk.about.peers {
        Peers::Direct => peer.ip(),
        // The last entry is the one that our own proxy has written; those before it are the client's word.
        Peers::BehindProxy => headers
            .get_all("x-forwarded-for")
            .iter()
            .next_back()
            .and_then(|value| of_forwarded(value.to_str().ok()?.rsplit(',').next()?.trim()))
            .unwrap_or_else(|| peer.ip()),
    }
}

/// Read an address as proxies write it: alone, or with a port.
fn of_forwarded(text: &str) -> Option<IpAddr> {
    text.parse().ok().or_else(|| text.parse().ok().map(|with_port: SocketAddr| with_port.ip()))
}

/// Return the media type of an answer.
fn media(response: &Response) -> &str {
    response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Return whether an answer is a page.
fn is_page(response: &Response) -> bool {
    media(response).starts_with("text/html")
}

/// Turn the refusals that axum itself makes (too large a body, a path that is no UTF-8, no JSON) into problems of the contract.
fn as_problem(response: Response) -> Response {
    let status = response.status();
    if !status.is_client_error() || media(&response) == PROBLEM_JSON || is_page(&response) {
        return response;
    }
    Refused::As(match status {
        StatusCode::PAYLOAD_TOO_LARGE => Refusal::TooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Refusal::MediaType,
        StatusCode::NOT_FOUND => Refusal::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => Refusal::Method,
        _ => Refusal::Malformed,
    })
    .into_response()
}

/// The headers of every answer (ASVS 5.0, 3.4): nothing is kept, framed, guessed or sent on.
fn with_headers(desk: &Desk, mut response: Response<Body>) -> Response {
    const HEADERS: [(header::HeaderName, &str); 6] = [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(policy) = HeaderValue::from_str(page::policy()) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    if desk.audience.starts_with("https:") {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000; includeSubDomains"));
    }
    response
}

/// Set the first password without the page.
pub(super) async fn set_password(State(desk): State<Arc<Desk>>, body: Result<Json<NewPassword>, JsonRejection>) -> Answer {
    let Json(NewPassword { token, password }) = match body {
        Ok(body) => body,
        Err(refused) => return Ok(refused.into_response()),
    };
    match password::set(&desk, &token, &password).await? {
        Outcome::Set(_) => Ok(StatusCode::NO_CONTENT.into_response()),
        Outcome::Weak(_, weakness) => Err(Refused::Password(weakness)),
        Outcome::Gone => Err(Refusal::LinkExpired.into()),
    }
}

/// Show the contract.
pub(super) async fn openapi() -> Response {
    ([(header::CONTENT_TYPE, JSON)], contract::DOCUMENT.as_str()).into_response()
}

/// Say that the process lives.
pub(super) async fn healthz() -> Response {
    Json(Health { status: "ok".to_owned() }).into_response()
}

/// Say whether it can work: the store answers, and can be written to.
pub(super) async fn readyz(State(desk): State<Arc<Desk>>) -> Answer {
    let mut tx = desk.store.write().await?;
    tx.sign_of_life(desk.now()).await?;
    tx.commit().await?;
    Ok(healthz().await)
}
