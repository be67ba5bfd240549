//! Middleware for every request: timeout, rate limits by address, security headers, metrics, and errors as problem+json or as a page.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{ConnectInfo, DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Version, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};

use crate::protocol::actions::{AccountAction, Answer, StatementType};
use crate::protocol::problem::Refusal;
use crate::protocol::session::{PROBLEM_JSON, path};
use crate::protocol::statement::LIMIT;
use crate::service::error::{ApiError, LogLine};
use crate::service::rate_limit::{self, Limit, RateLimitError, RateLimiter};
use crate::service::state::AppState;
use crate::service::store::Store;
use crate::service::{Peers, page};

/// Timeout of what looks at the store for a probe, because load balancers wait only a few seconds.
pub(super) const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

/// Wrap the routes of the API in the middleware.
pub(super) fn wrap(routes: Router<Arc<AppState>>, state: Arc<AppState>) -> Router {
    routes
        .fallback(async || ApiError::Refused(Refusal::NotFound))
        .method_not_allowed_fallback(async || ApiError::Refused(Refusal::Method))
        .layer(DefaultBodyLimit::max(LIMIT))
        .layer(from_fn_with_state(Arc::clone(&state), handle))
        .with_state(state)
}

/// Handle a request.
async fn handle(State(state): State<Arc<AppState>>, ConnectInfo(peer): ConnectInfo<SocketAddr>, request: Request, next: Next) -> Response {
    let _active = state.begin_request();
    let reader = page::is_page(request.uri().path()).then(|| page::Reader::of(request.uri(), request.headers()));
    let call = request.extensions().get::<MatchedPath>().cloned();
    let (method, path, begun) = (request.method().clone(), request.uri().path().to_owned(), Instant::now());
    let timeout = if request.uri().path() == path::READYZ { PROBE_TIMEOUT } else { state.request_timeout };
    let handled = async {
        check_host(&request)?;
        if !UNLIMITED.contains(&request.uri().path()) {
            let address = rate_limit::network(client_address(&state, peer, request.headers()));
            check_rate_limits(&state.rate_limiter, &state.store, &address, request.method(), request.uri().path(), state.now()).await?;
        }
        Ok::<_, ApiError>(next.run(request).await)
    };
    let response = match tokio::time::timeout(timeout, handled).await {
        Ok(response) => response.into_response(),
        Err(_) => ApiError::resting().into_response(),
    };
    if let Some(LogLine(line)) = response.extensions().get() {
        (state.log)(line);
    }
    let refusal = response.extensions().get::<Refusal>().copied();
    let response = match reader {
        // Browsers only use GET and POST here, so any other method gets problem+json.
        Some(reader) if !is_page(&response) && response.status() != StatusCode::METHOD_NOT_ALLOWED => {
            page::error_page(&state.profile, &reader, &response)
        }
        _ => into_problem(response),
    };
    if let Some(call) = call {
        // HEAD is answered as GET.
        let method = if method == Method::HEAD { "GET" } else { method.as_str() };
        state.metrics.count_call(method, call.as_str(), begun.elapsed());
    }
    if let Some(event) = event(&method, &path, response.status()) {
        (state.log)(&format!("event: {event}"));
    }
    state.metrics.count_response(response.status().as_u16(), refusal.or_else(|| response.extensions().get().copied()));
    let mut response = response;
    response.headers_mut().extend(security_headers(&state));
    response
}

/// Return what a call has done, if it is an event that the operator is told of: never whose it was.
fn event(method: &Method, called: &str, status: StatusCode) -> Option<&'static str> {
    if method != Method::POST || !status.is_success() {
        return None;
    }
    if called == path::REGISTRATIONS {
        // The same statement again gets its answer again.
        return (status == StatusCode::CREATED).then_some("registered");
    }
    if called == path::PASSWORDS || page::is_password_page(called) {
        return Some("password_set");
    }
    let action = AccountAction::ALL.iter().filter(|action| action.answer() != Answer::LoggedIn).find(|action| action.path() == called);
    action.and_then(|action| action.statement()).map(StatementType::word)
}

/// Check that a request names its host, and once (RFC 9112, section 3.2): proxies go by it.
fn check_host(request: &Request) -> Result<(), Refusal> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let named = |host: &HeaderValue| host.to_str().is_ok_and(|host| !host.contains('@') && host.parse::<Authority>().is_ok());
    match (hosts.next(), hosts.next()) {
        (Some(host), None) if named(host) => Ok(()),
        (None, None) if request.version() < Version::HTTP_11 => Ok(()),
        _ => Err(Refusal::Malformed),
    }
}

/// Paths without rate limits: what does not use the store, and the metrics, which come while it is away too.
const UNLIMITED: [&str; 4] = [path::HOME, path::HEALTHZ, path::METRICS, path::OPENAPI];

/// Check the rate limits of an address.
async fn check_rate_limits(
    limiter: &RateLimiter,
    store: &Store,
    address: &str,
    method: &Method,
    requested: &str,
    now: i64,
) -> Result<(), RateLimitError> {
    limiter.take(store, Limit::Calls, address, now).await?;
    let tries = page::is_page(requested) || [path::PASSWORDS, AccountAction::LogIn.path()].iter().any(|start| requested.starts_with(start));
    if method == Method::POST && tries {
        limiter.take(store, Limit::Secrets, address, now).await?;
    }
    Ok(())
}

/// Return the address of the client for rate limiting.
fn client_address(state: &AppState, peer: SocketAddr, headers: &HeaderMap) -> IpAddr {
    if state.profile.peers == Peers::Direct {
        return peer.ip().to_canonical();
    }
    // Our proxy appends the last entry; earlier ones come from the client and are not trustworthy.
    let last = headers.get_all("x-forwarded-for").iter().next_back();
    let address = last.and_then(|value| parse_forwarded(value.to_str().ok()?.rsplit(',').next()?.trim()));
    address.unwrap_or_else(|| {
        // A probe may ask past the proxy, so it is told once, and only of calls that have a limit to lose.
        if !state.told_of_proxy.swap(true, Ordering::Relaxed) {
            (state.log)(
                "warning: a call came without a client's address at the end of X-Forwarded-For; if the proxy does not write it, all who come \
                 through it count as one client, and are refused together",
            );
        }
        peer.ip().to_canonical()
    })
}

/// Parse an address as proxies write it: with or without a port, in quotes, in brackets, with a zone.
fn parse_forwarded(text: &str) -> Option<IpAddr> {
    let text = text.trim_matches('"');
    let with_port = || text.parse().ok().map(|address: SocketAddr| address.ip());
    let bare = || {
        let inner = text.strip_prefix('[').map_or(Some(text), |rest| rest.strip_suffix(']'))?;
        inner.split('%').next()?.parse().ok()
    };
    let address: IpAddr = text.parse().ok().or_else(with_port).or_else(bare)?;
    // An IPv4 client of a socket that takes both.
    Some(address.to_canonical())
}

fn media_type(response: &Response) -> &str {
    response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn is_page(response: &Response) -> bool {
    media_type(response).starts_with("text/html")
}

/// Convert axum's own rejections (body too large, path not UTF-8, invalid JSON) into problem+json.
fn into_problem(response: Response) -> Response {
    let status = response.status();
    if !status.is_client_error() || media_type(&response) == PROBLEM_JSON || is_page(&response) {
        return response;
    }
    ApiError::Refused(match status {
        StatusCode::PAYLOAD_TOO_LARGE => Refusal::TooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Refusal::MediaType,
        StatusCode::NOT_FOUND => Refusal::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => Refusal::Method,
        _ => Refusal::Malformed,
    })
    .into_response()
}

/// Return the security headers of every response (ASVS 5.0, 3.4): no caching, framing, sniffing or referrer.
pub(super) fn security_headers(state: &AppState) -> HeaderMap {
    const HEADERS: [(header::HeaderName, &str); 6] = [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    let mut headers: HeaderMap = HEADERS.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value))).collect();
    if let Ok(policy) = HeaderValue::from_str(page::policy()) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    if state.audience.starts_with("https:") {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000; includeSubDomains"));
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_understood_however_a_proxy_writes_it() {
        for (text, address) in [
            ("192.0.2.7", Some("192.0.2.7")),
            ("192.0.2.7:49152", Some("192.0.2.7")),
            ("2001:db8:1::1", Some("2001:db8:1::1")),
            ("[2001:db8:1::1]", Some("2001:db8:1::1")),
            ("[2001:db8:1::1]:49152", Some("2001:db8:1::1")),
            ("\"[2001:db8:1::1]:49152\"", Some("2001:db8:1::1")),
            ("\"192.0.2.7\"", Some("192.0.2.7")),
            ("::ffff:192.0.2.7", Some("192.0.2.7")),
            ("fe80::1%eth0", Some("fe80::1")),
            ("[fe80::1%eth0]", Some("fe80::1")),
            ("unknown", None),
            ("_hidden", None),
            ("", None),
            ("[192.0.2.7", None),
            ("192.0.2.7]", None),
            ("client.example", None),
        ] {
            assert_eq!(parse_forwarded(text), address.map(|address| address.parse().unwrap()), "{text}");
        }
    }
}
