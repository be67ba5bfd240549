//! The HTTP client of the worker: one request at a time to one service, limited in time and size, dropped at once when cancelled. Handles
//! requests, responses and refusals; `session` decides what is sent and when.

use bytes::Bytes;
use std::net::IpAddr;
use std::time::Duration;
use zeroize::Zeroizing;

use reqwest::header::{ACCEPT, CONTENT_TYPE, DATE, HeaderMap, HeaderName, RETRY_AFTER};
use reqwest::{Client, RequestBuilder, Response, Url};
use tokio::sync::watch;

use super::{JobError, Weakness};
use crate::error::Code;
use crate::protocol::problem::{Problem, Refusal, code_of_status};
use crate::protocol::session::path::{HEALTHZ, OPENAPI, SESSIONS};
use crate::protocol::session::{IDEMPOTENCY_KEY, JOSE, JSON, PROBLEM_JSON, Session};
use crate::text::is_steering;

/// Maximum size of a response body in bytes. The largest expected one, the terms, has a few kilobytes.
const BODY_LIMIT: usize = 1024 * 1024;
/// Maximum length of a refusal's detail in characters.
const DETAIL_LIMIT: usize = 200;

/// Time limits of a request.
#[derive(Clone, Copy)]
pub(super) struct Timeouts {
    /// For connecting.
    pub(super) connect: Duration,
    /// For the whole exchange including connecting.
    pub(super) total: Duration,
}

impl Timeouts {
    pub(super) const DEFAULT: Timeouts = Timeouts { connect: Duration::from_secs(5), total: Duration::from_secs(20) };
}

/// Why a request has no usable response.
#[derive(Debug, thiserror::Error)]
pub(super) enum HttpError {
    /// The job was cancelled: nobody waits for the response.
    #[error("cancelled")]
    Cancelled,
    /// The request may or may not have reached the service.
    #[error("{code}")]
    Failed { code: Code, detail: Option<String> },
    /// The service refused the request.
    #[error("{}", .0.code)]
    Refused(Box<RefusedRequest>),
}

/// A refusal by the service.
#[derive(Debug)]
pub(super) struct RefusedRequest {
    /// The refusal, if known to this version.
    pub(super) refusal: Option<Refusal>,
    /// The error code.
    pub(super) code: Code,
    detail: Option<String>,
    problem: Option<Problem>,
    retry_after: Option<u32>,
}

impl HttpError {
    pub(super) fn failed(code: Code, detail: impl Into<String>) -> HttpError {
        HttpError::Failed { code, detail: Some(printable(&detail.into(), DETAIL_LIMIT)) }
    }

    /// Return whether the request may have been accepted already, or may be accepted if sent again unchanged.
    pub(super) fn is_retryable(&self) -> bool {
        use Code::{ServiceFault, ServiceResting, ServiceUnreachable, TooMany};
        match self {
            HttpError::Cancelled | HttpError::Failed { .. } => true,
            HttpError::Refused(refused) => matches!(refused.code, ServiceResting | ServiceFault | ServiceUnreachable | TooMany),
        }
    }

    /// Return the service's refusal, if known to this version.
    pub(super) fn refusal(&self) -> Option<Refusal> {
        match self {
            HttpError::Refused(refused) => refused.refusal,
            _ => None,
        }
    }

    /// Convert into the error reported to the app; `None` if the job was cancelled.
    pub(super) fn job_error(self) -> Option<JobError> {
        match self {
            HttpError::Cancelled => None,
            HttpError::Failed { code, detail } => Some(JobError::Service { code, detail, faults: Vec::new(), retry_after: None }),
            HttpError::Refused(refused) => {
                let RefusedRequest { code, detail, problem, retry_after, .. } = *refused;
                if let Some(weakness) = problem.as_ref().and_then(Weakness::of) {
                    return Some(JobError::Password(weakness));
                }
                let faults = problem.map(|problem| problem.faults()).unwrap_or_default();
                Some(JobError::Service { code, detail, faults, retry_after })
            }
        }
    }
}

/// Media type of a response without a body.
pub(super) const NO_BODY: &str = "";

/// A request to the service.
pub(super) enum Request<'a> {
    /// `GET` a text in a language.
    GetText { path: &'a str, language: &'a str },
    /// `GET` JSON.
    GetJson { path: &'a str },
    /// `POST` without a body.
    PostEmpty { path: &'a str },
    /// `POST` JSON that is wiped once sent; `accept` is the media type of the response.
    PostSecret { path: &'a str, body: Zeroizing<Vec<u8>>, accept: &'static str },
    /// `POST` a signed statement, with an idempotency key if a retry must not count twice.
    PostStatement { path: &'a str, statement: String, idempotency_key: Option<String> },
}

/// A client of one service.
pub(super) struct HttpClient {
    service: Result<String, Code>,
    client: &'static str,
    timeouts: Timeouts,
    connection: Option<Connection>,
    cancelled: watch::Receiver<u64>,
}

/// Created on first use: an embedded service needs no TLS, and many visits never send anything.
struct Connection {
    base: Url,
    http: Client,
    runtime: tokio::runtime::Runtime,
}

impl HttpClient {
    /// Create a client without connecting. Jobs numbered up to the value of `cancelled` are cancelled.
    pub(super) fn new(
        service: Result<String, Code>,
        client: &'static str,
        timeouts: Timeouts,
        cancelled: watch::Receiver<u64>,
    ) -> HttpClient {
        HttpClient { service, client, timeouts, connection: None, cancelled }
    }

    /// Return the program's name and version, for `client` in statements.
    pub(super) fn client(&self) -> &'static str {
        self.client
    }

    /// Return whether an audience is the service of this client. A statement for any other is never signed: a service could forward another
    /// one's nonce and register somebody there.
    pub(super) fn is_audience(&self, audience: &str) -> bool {
        self.service.as_ref().ok().and_then(|service| Url::parse(service).ok()).is_some_and(|service| is_audience(&service, audience))
    }

    /// Send a request and return the response body. `job` is the number of the sending job.
    pub(super) fn send(&mut self, job: u64, request: Request<'_>) -> Result<Vec<u8>, HttpError> {
        let mut cancelled = self.cancelled.clone();
        let timeouts = self.timeouts;
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => {
                let service = self.service.as_deref().map_err(|code| HttpError::Failed { code: *code, detail: None })?;
                Connection::build(service, self.client, timeouts)?
            }
        };
        let connection = self.connection.insert(connection);
        let (request, accept) = connection.request(request)?;
        connection.runtime.block_on(async {
            tokio::select! {
                // If cancelled before the first byte, nothing is sent.
                biased;
                Ok(_) = cancelled.wait_for(|last| *last >= job) => Err(HttpError::Cancelled),
                body = tokio::time::timeout(timeouts.total, exchange(request, accept)) => {
                    body.unwrap_or(Err(HttpError::Failed { code: Code::TimedOut, detail: None }))
                }
            }
        })
    }
}

impl Drop for HttpClient {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            // A name lookup runs on its own thread and cannot be stopped: leave it behind.
            connection.runtime.shutdown_background();
        }
    }
}

impl Connection {
    fn build(service: &str, client: &str, timeouts: Timeouts) -> Result<Connection, HttpError> {
        let mut base = Url::parse(service).map_err(|_| HttpError::failed(Code::NameNotFound, "the service's address is no URL"))?;
        base.set_query(None);
        base.set_fragment(None);
        let loopback = is_loopback(&base);
        match base.scheme() {
            "https" => {}
            "http" if loopback => {}
            "http" => return Err(HttpError::failed(Code::TlsUntrusted, "http:// is only for a service on this computer; use https://")),
            _ => return Err(HttpError::failed(Code::NameNotFound, "the service's address begins with neither https:// nor http://")),
        }
        crate::tls::install_provider();
        let mut http = Client::builder()
            .user_agent(client)
            .connect_timeout(timeouts.connect)
            .redirect(reqwest::redirect::Policy::none())
            // Requests are minutes apart, and nothing monitors an idle connection in between.
            .pool_max_idle_per_host(0);
        if loopback {
            http = http.no_proxy();
        }
        if base.scheme() == "http" {
            // Without TLS no certificate store is read, so that none need exist.
            http = http.tls_certs_only([]);
        }
        let http = http.build().map_err(|fault| HttpError::failed(Code::TlsUntrusted, chain(&fault)))?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|fault| HttpError::failed(Code::ServiceUnreachable, fault.to_string()))?;
        Ok(Connection { base, http, runtime })
    }

    /// Build a request; also return the media type required of its response.
    fn request(&self, request: Request<'_>) -> Result<(RequestBuilder, &'static str), HttpError> {
        Ok(match request {
            Request::GetText { path, language } => {
                let mut url = self.url(path)?;
                url.query_pairs_mut().append_pair("lang", language);
                (self.http.get(url).header(ACCEPT, "text/plain"), "text/plain")
            }
            Request::GetJson { path } => (self.http.get(self.url(path)?).header(ACCEPT, JSON), JSON),
            Request::PostEmpty { path } => (self.http.post(self.url(path)?).header(ACCEPT, JSON), JSON),
            Request::PostSecret { path, body, accept } => {
                // The body is not copied: the bytes sent are wiped when the request is dropped.
                let body = Bytes::from_owner(body);
                (self.http.post(self.url(path)?).header(ACCEPT, JSON).header(CONTENT_TYPE, JSON).body(body), accept)
            }
            Request::PostStatement { path, statement, idempotency_key } => {
                let request = self.http.post(self.url(path)?).header(ACCEPT, JSON).header(CONTENT_TYPE, JOSE).body(statement);
                (idempotency_key.into_iter().fold(request, |request, key| request.header(IDEMPOTENCY_KEY, key)), JSON)
            }
        })
    }

    /// Append a path to the service's address, which may have its own path.
    fn url(&self, path: &str) -> Result<Url, HttpError> {
        let whole = format!("{}{path}", self.base.as_str().trim_end_matches('/'));
        Url::parse(&whole).map_err(|_| HttpError::failed(Code::NameNotFound, "the service's address is no URL"))
    }
}

/// Tolerance between this computer's clock and the service's, in seconds; beyond it the service rejects statements (`Code::ClockWrong`).
pub const CLOCK_SKEW: u64 = 300;

/// Time for asking what time it is.
const CLOCK_TIMEOUT: Duration = Duration::from_secs(3);

impl HttpClient {
    /// Return whether this computer's clock is known to be wrong: by the time that the service answers with, or because the service's own
    /// TLS certificate seems to be of another time too. Asked where a certificate on the card seems to be.
    pub(super) fn is_clock_wrong(&self) -> bool {
        let timeouts = Timeouts { connect: CLOCK_TIMEOUT, total: CLOCK_TIMEOUT };
        let Some(connection) = self.service.as_ref().ok().and_then(|service| Connection::build(service, self.client, timeouts).ok()) else {
            return false;
        };
        let asked = async {
            match connection.http.get(connection.url(HEALTHZ).ok()?).send().await {
                Ok(response) => ahead(&response).map(|ahead| ahead.unsigned_abs() > CLOCK_SKEW),
                Err(fault) => Some(is_of_another_time(&fault)),
            }
        };
        let timed = async { tokio::time::timeout(CLOCK_TIMEOUT, asked).await };
        let wrong = connection.runtime.block_on(timed).ok().flatten().unwrap_or(false);
        connection.runtime.shutdown_background();
        wrong
    }
}

/// Return by how many seconds the service's clock is ahead, if its response says so.
fn ahead(response: &Response) -> Option<i64> {
    http_date(response.headers(), DATE).map(|theirs| theirs.saturating_sub(super::now()))
}

/// Return whether a request failed because the TLS certificate is not valid yet or any more.
fn is_of_another_time(fault: &reqwest::Error) -> bool {
    use rustls::CertificateError::{Expired, ExpiredContext, NotValidYet, NotValidYetContext};
    causes(fault).filter_map(|cause| cause.downcast_ref::<rustls::Error>()).any(|tls| {
        let rustls::Error::InvalidCertificate(why) = tls else { return false };
        matches!(why, Expired | ExpiredContext { .. } | NotValidYet | NotValidYetContext { .. })
    })
}

/// What a service says of itself to self-diagnosis.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answered {
    /// By how many seconds its clock is ahead, if known.
    pub ahead: Option<i64>,
    /// The version of the protocol that it speaks, if known.
    pub version: Option<String>,
    /// Whether a session can be opened, and what it says; `None` if unknown.
    pub session: Option<Result<About, JobError>>,
}

/// What a session says of its service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The URL under which it wants statements, if that is not where it was asked.
    pub other_audience: Option<String>,
    /// Its notice to everyone.
    pub notice: Option<String>,
}

/// Check that a service is alive, and ask it about itself as far as the time allows. Opens a session and proves nothing.
pub fn probe(service: &str, client: &'static str, total: Duration) -> Result<Answered, JobError> {
    let probed = Connection::build(service, client, Timeouts { connect: total, total }).and_then(|connection| {
        let mut probed = Answered::default();
        let begun = std::time::Instant::now();
        let asked = async {
            let response = send(connection.http.get(connection.url(HEALTHZ)?)).await?;
            let ahead = ahead(&response);
            read(response, JSON).await?;
            probed.ahead = ahead;
            Ok(())
        };
        let timed = async { tokio::time::timeout(total, asked).await };
        let alive = connection.runtime.block_on(timed).unwrap_or(Err(HttpError::Failed { code: Code::TimedOut, detail: None }));
        // A service that lives and then says nothing more is not held against it.
        let left = (total * 3 / 4).saturating_sub(begun.elapsed());
        if alive.is_ok() {
            let more = async { tokio::time::timeout(left, ask_more(&connection, &mut probed)).await };
            let _ = connection.runtime.block_on(more);
        }
        connection.runtime.shutdown_background();
        alive.map(|()| probed)
    });
    // A probe is never cancelled, so every error is reported.
    probed.or_else(|error| error.job_error().map_or(Ok(Answered::default()), Err))
}

async fn ask_more(connection: &Connection, probed: &mut Answered) {
    let Ok((request, accept)) = connection.request(Request::PostEmpty { path: SESSIONS }) else { return };
    probed.session = match exchange(request, accept).await {
        Ok(body) => serde_json::from_slice::<Session>(&body).ok().map(|session| {
            let other = !is_audience(&connection.base, &session.audience);
            let notice = session.service.notice.map(|notice| printable(&notice, DETAIL_LIMIT));
            Ok(About { other_audience: other.then(|| printable(&session.audience, DETAIL_LIMIT)), notice })
        }),
        Err(HttpError::Refused(refused)) => HttpError::Refused(refused).job_error().map(Err),
        Err(_) => None,
    };
    let Ok((request, accept)) = connection.request(Request::GetJson { path: OPENAPI }) else { return };
    let document: Option<serde_json::Value> = exchange(request, accept).await.ok().and_then(|body| serde_json::from_slice(&body).ok());
    probed.version = document.and_then(|document| Some(printable(document.pointer("/info/version")?.as_str()?, DETAIL_LIMIT)));
}

/// Parse a header with a date (RFC 9110, section 5.6.7), in seconds since 1970.
fn http_date(headers: &HeaderMap, name: HeaderName) -> Option<i64> {
    use time::format_description::well_known::Rfc2822;
    let value = headers.get(name)?.to_str().ok()?.trim();
    Some(time::OffsetDateTime::parse(value, &Rfc2822).ok()?.unix_timestamp())
}

/// Send a request and read its response.
async fn exchange(request: RequestBuilder, accept: &str) -> Result<Vec<u8>, HttpError> {
    read(send(request).await?, accept).await
}

async fn send(request: RequestBuilder) -> Result<Response, HttpError> {
    request.send().await.map_err(|fault| HttpError::failed(code_of(&fault), chain(&fault)))
}

/// Read a response: the body if successful and of the right media type, else the error.
async fn read(mut response: Response, accept: &str) -> Result<Vec<u8>, HttpError> {
    let status = response.status();
    let media = media_type(response.headers());
    let retry_after = retry_after(response.headers());
    let body = body(&mut response).await;
    if status.is_success() {
        return match body {
            Ok(body) if media == accept => Ok(body),
            Ok(_) => Err(HttpError::failed(Code::AnswerGarbled, format!("answered with {media:?} in place of {accept}"))),
            Err(error) => Err(error),
        };
    }
    let problem = body.ok().filter(|_| media == PROBLEM_JSON).and_then(|body| serde_json::from_slice::<Problem>(&body).ok());
    Err(refused(status.as_u16(), problem, retry_after))
}

async fn body(response: &mut Response) -> Result<Vec<u8>, HttpError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|fault| HttpError::failed(code_of(&fault), chain(&fault)))? {
        if body.len() + chunk.len() > BODY_LIMIT {
            return Err(HttpError::failed(Code::AnswerGarbled, "the answer is longer than 1 MiB"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Convert an unsuccessful response. Without a problem document it may not come from a registration service at all.
fn refused(status: u16, problem: Option<Problem>, retry_after: Option<u32>) -> HttpError {
    let refusal = problem.as_ref().and_then(|problem| Refusal::from_wire(&problem.code));
    let code = match (refusal, &problem, status) {
        (Some(refusal), _, _) => refusal.code(),
        (None, Some(_), _) | (None, None, 429 | 500..) => code_of_status(status),
        (None, None, _) => return HttpError::failed(Code::AnswerGarbled, format!("HTTP {status}")),
    };
    let detail = match &problem {
        Some(problem) => [Some(problem.code.as_str()), problem.detail.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(": "),
        None => format!("HTTP {status}"),
    };
    HttpError::Refused(Box::new(RefusedRequest { refusal, code, detail: Some(printable(&detail, DETAIL_LIMIT)), problem, retry_after }))
}

/// Return the media type without parameters, in lower case.
fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Return the seconds to wait, given as a number or a date (RFC 9110, section 10.2.3).
fn retry_after(headers: &HeaderMap) -> Option<u32> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok();
    seconds.or_else(|| u32::try_from(http_date(headers, RETRY_AFTER)?.saturating_sub(super::now())).ok())
}

/// Return whether a URL refers to this computer. Names other than `localhost` are not resolved, since the result may change.
fn is_audience(service: &Url, audience: &str) -> bool {
    let Ok(audience) = Url::parse(audience) else { return false };
    let same_host = service.host_str() == audience.host_str() || (is_loopback(service) && is_loopback(&audience));
    same_host && service.scheme() == audience.scheme() && service.port_or_known_default() == audience.port_or_known_default()
}

fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    address.map_or_else(|_| host.eq_ignore_ascii_case("localhost"), |address| address.is_loopback())
}

/// Return the error code of a failed request.
fn code_of(fault: &reqwest::Error) -> Code {
    if fault.is_timeout() {
        return Code::TimedOut;
    }
    for cause in causes(fault) {
        if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
            let untrusted = matches!(tls, rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented);
            return if untrusted { Code::TlsUntrusted } else { Code::AnswerGarbled };
        }
        // The message of hyper-util's connector, which exports no type to match on.
        if cause.to_string() == "dns error" {
            return Code::NameNotFound;
        }
    }
    if fault.is_connect() { Code::ServiceUnreachable } else { Code::AnswerGarbled }
}

/// Join the causes of a failure into one line. reqwest's own message is omitted, because it only repeats the address.
fn chain(fault: &reqwest::Error) -> String {
    let mut causes: Vec<String> = causes(fault).skip(1).map(|cause| cause.to_string()).collect();
    causes.dedup();
    causes.join(": ")
}

/// Iterate over an error and its causes. `io::Error::source` skips the wrapped error, so try `get_ref` first.
fn causes<'a>(fault: &'a (dyn std::error::Error + 'static)) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(fault), |cause| {
        let wrapped = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        wrapped.map(|inner| inner as &(dyn std::error::Error + 'static)).or_else(|| cause.source())
    })
}

/// Make a service's words safe to display: one line, truncated to `limit` characters, with spaces for what could control the terminal.
pub(super) fn printable(text: &str, limit: usize) -> String {
    text.chars().take(limit).map(|c| if is_steering(c) { ' ' } else { c }).collect()
}

/// Make a service's text of several lines safe to display.
pub(super) fn printable_lines(text: &str, limit: usize) -> String {
    let text: String = text.chars().take(limit).collect();
    text.split('\n').map(|line| printable(line, limit)).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests;
