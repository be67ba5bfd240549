//! The network desk: one request at a time to the one service, bounded in time and size, dropped at once when cancelled.
//! It knows HTTP and refusals; what is asked, and in which order, is `flow`'s.

use bytes::Bytes;
use std::net::IpAddr;
use std::time::Duration;
use zeroize::Zeroizing;

use reqwest::header::{ACCEPT, CONTENT_TYPE, DATE, HeaderMap, RETRY_AFTER};
use reqwest::{Client, RequestBuilder, Response, Url};
use tokio::sync::watch;

use super::{Trouble, Weakness};
use crate::error::Code;
use crate::protocol::problem::{Problem, Refusal, code_of_status};
use crate::protocol::session::path::HEALTHZ;
use crate::protocol::session::{IDEMPOTENCY_KEY, JOSE, JSON, PROBLEM_JSON};

/// The largest answer that is read, in bytes: the terms are the longest, with a few kilobytes.
const ANSWER_LIMIT: usize = 1024 * 1024;
/// The longest text of a service that is shown, in characters.
const DETAIL_LIMIT: usize = 200;

/// How long the service may take (terminal.md §6).
#[derive(Clone, Copy)]
pub(super) struct Patience {
    /// Until the connection stands.
    pub(super) connect: Duration,
    /// Until the answer is there, connection included.
    pub(super) total: Duration,
}

impl Patience {
    pub(super) const USUAL: Patience = Patience { connect: Duration::from_secs(5), total: Duration::from_secs(20) };
}

/// Why there is no answer to a request.
#[derive(Debug)]
pub(super) enum Stop {
    /// The person has cancelled: nobody waits for an answer.
    Cancelled,
    /// The request may or may not have reached the service.
    Failed { code: Code, detail: Option<String> },
    /// The service has answered that it will not.
    Refused(Box<Refused>),
}

/// A refusal of the service.
#[derive(Debug)]
pub(super) struct Refused {
    /// Which, if this version knows it.
    pub(super) refusal: Option<Refusal>,
    /// What it means.
    pub(super) code: Code,
    detail: Option<String>,
    problem: Option<Problem>,
    retry_after: Option<u32>,
}

impl Stop {
    pub(super) fn failed(code: Code, detail: impl Into<String>) -> Stop {
        Stop::Failed { code, detail: Some(plain(&detail.into(), DETAIL_LIMIT)) }
    }

    /// Return whether the service may have taken what was sent, or may take it when it is sent again as it is.
    pub(super) fn is_open(&self) -> bool {
        use Code::{ServiceFault, ServiceResting, ServiceUnreachable, TooMany};
        match self {
            Stop::Cancelled | Stop::Failed { .. } => true,
            Stop::Refused(refused) => matches!(refused.code, ServiceResting | ServiceFault | ServiceUnreachable | TooMany),
        }
    }

    /// Return the refusal that it is, if this version knows it.
    pub(super) fn refusal(&self) -> Option<Refusal> {
        match self {
            Stop::Refused(refused) => refused.refusal,
            _ => None,
        }
    }

    /// Return what the app is told; nothing when the job was cancelled.
    pub(super) fn trouble(self) -> Option<Trouble> {
        match self {
            Stop::Cancelled => None,
            Stop::Failed { code, detail } => Some(Trouble::Service { code, detail, faults: Vec::new(), retry_after: None }),
            Stop::Refused(refused) => {
                let Refused { code, detail, problem, retry_after, .. } = *refused;
                if let Some(weakness) = problem.as_ref().and_then(Weakness::of) {
                    return Some(Trouble::Password(weakness));
                }
                let faults = problem.map(|problem| problem.faults()).unwrap_or_default();
                Some(Trouble::Service { code, detail, faults, retry_after })
            }
        }
    }
}

/// The media type of an answer without a body.
pub(super) const NOTHING: &str = "";

/// What is sent.
pub(super) enum Ask<'a> {
    /// `GET` a text in a language.
    Text { path: &'a str, language: &'a str },
    /// `GET` JSON.
    Look { path: &'a str },
    /// `POST` nothing.
    Open { path: &'a str },
    /// `POST` JSON that is wiped when it has been sent; `wanted` is the media type of the answer.
    Secret { path: &'a str, body: Zeroizing<Vec<u8>>, wanted: &'static str },
    /// `POST` a statement, named for idempotency where that matters.
    Statement { path: &'a str, statement: String, key: Option<String> },
}

/// The way to one service.
pub(super) struct NetworkDesk {
    service: Result<String, Code>,
    client: &'static str,
    patience: Patience,
    line: Option<Line>,
    cancelled: watch::Receiver<u64>,
}

/// What is only built when first needed: an embedded service needs no TLS, and many people never get as far.
struct Line {
    base: Url,
    http: Client,
    runtime: tokio::runtime::Runtime,
}

impl NetworkDesk {
    /// Make the desk. Nothing is looked up or connected yet. Jobs numbered up to what `cancelled` says are cancelled.
    pub(super) fn new(
        service: Result<String, Code>,
        client: &'static str,
        patience: Patience,
        cancelled: watch::Receiver<u64>,
    ) -> NetworkDesk {
        NetworkDesk { service, client, patience, line: None, cancelled }
    }

    /// Return the name and version of this program, for statements.
    pub(super) fn client(&self) -> &'static str {
        self.client
    }

    /// Return whether an audience names the service that this desk speaks to. A statement for any other is never signed:
    /// a service could hand on another one's nonce and register somebody there.
    pub(super) fn is_audience(&self, audience: &str) -> bool {
        let service = self.service.as_ref().ok().and_then(|service| Url::parse(service).ok());
        let (Some(service), Ok(audience)) = (service, Url::parse(audience)) else { return false };
        let same_host = service.host_str() == audience.host_str() || (is_loopback(&service) && is_loopback(&audience));
        same_host && service.scheme() == audience.scheme() && service.port_or_known_default() == audience.port_or_known_default()
    }

    /// Ask the service and return the body of its answer. `job` is the number of the job that asks.
    pub(super) fn ask(&mut self, job: u64, ask: Ask<'_>) -> Result<Vec<u8>, Stop> {
        let mut cancelled = self.cancelled.clone();
        let patience = self.patience;
        let line = match self.line.take() {
            Some(line) => line,
            None => {
                let service = self.service.as_deref().map_err(|code| Stop::Failed { code: *code, detail: None })?;
                Line::build(service, self.client, patience)?
            }
        };
        let line = self.line.insert(line);
        let (request, wanted) = line.request(ask)?;
        line.runtime.block_on(async {
            tokio::select! {
                // Cancelled before the first byte: then nothing is sent at all.
                biased;
                Ok(_) = cancelled.wait_for(|last| *last >= job) => Err(Stop::Cancelled),
                answer = tokio::time::timeout(patience.total, answer(request, wanted)) => {
                    answer.unwrap_or(Err(Stop::Failed { code: Code::TimedOut, detail: None }))
                }
            }
        })
    }
}

impl Drop for NetworkDesk {
    fn drop(&mut self) {
        if let Some(line) = self.line.take() {
            // A name lookup runs on a thread of its own and cannot be stopped: it is left behind.
            line.runtime.shutdown_background();
        }
    }
}

impl Line {
    fn build(service: &str, client: &str, patience: Patience) -> Result<Line, Stop> {
        let mut base = Url::parse(service).map_err(|_| Stop::failed(Code::NameNotFound, "the service's address is no URL"))?;
        base.set_query(None);
        base.set_fragment(None);
        let loopback = is_loopback(&base);
        match base.scheme() {
            "https" => {}
            "http" if loopback => {}
            "http" => return Err(Stop::failed(Code::TlsUntrusted, "http:// is only for a service on this computer; use https://")),
            _ => return Err(Stop::failed(Code::NameNotFound, "the service's address begins with neither https:// nor http://")),
        }
        // An error means that a provider is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut http = Client::builder()
            .user_agent(client)
            .connect_timeout(patience.connect)
            .redirect(reqwest::redirect::Policy::none())
            // Minutes pass between two requests, and nobody watches an idle connection meanwhile.
            .pool_max_idle_per_host(0);
        if loopback {
            http = http.no_proxy();
        }
        if base.scheme() == "http" {
            // No certificate store is read, and none need be there, where there is no TLS.
            http = http.tls_certs_only([]);
        }
        let http = http.build().map_err(|fault| Stop::failed(Code::TlsUntrusted, chain(&fault)))?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|fault| Stop::failed(Code::ServiceUnreachable, fault.to_string()))?;
        Ok(Line { base, http, runtime })
    }

    /// Make the request, and say which media type its answer must have.
    fn request(&self, ask: Ask<'_>) -> Result<(RequestBuilder, &'static str), Stop> {
        Ok(match ask {
            Ask::Text { path, language } => {
                let mut url = self.url(path)?;
                url.query_pairs_mut().append_pair("lang", language);
                (self.http.get(url).header(ACCEPT, "text/plain"), "text/plain")
            }
            Ask::Look { path } => (self.http.get(self.url(path)?).header(ACCEPT, JSON), JSON),
            Ask::Open { path } => (self.http.post(self.url(path)?).header(ACCEPT, JSON), JSON),
            Ask::Secret { path, body, wanted } => {
                // The body is not copied: the bytes that are sent are wiped when the request is gone.
                let body = Bytes::from_owner(body);
                (self.http.post(self.url(path)?).header(ACCEPT, JSON).header(CONTENT_TYPE, JSON).body(body), wanted)
            }
            Ask::Statement { path, statement, key } => {
                let request = self.http.post(self.url(path)?).header(ACCEPT, JSON).header(CONTENT_TYPE, JOSE).body(statement);
                (key.into_iter().fold(request, |request, key| request.header(IDEMPOTENCY_KEY, key)), JSON)
            }
        })
    }

    /// Put a path behind the service's address, which may have a path of its own.
    fn url(&self, path: &str) -> Result<Url, Stop> {
        let whole = format!("{}{path}", self.base.as_str().trim_end_matches('/'));
        Url::parse(&whole).map_err(|_| Stop::failed(Code::NameNotFound, "the service's address is no URL"))
    }
}

/// Ask a service whether it lives; return by how many seconds its clock is ahead of ours, if it tells the time. For self-diagnosis.
pub fn probe(service: &str, client: &'static str, total: Duration) -> Result<Option<i64>, Trouble> {
    let asked = Line::build(service, client, Patience { connect: total, total }).and_then(|line| {
        let alive = async {
            let response = sent(line.http.get(line.url(HEALTHZ)?)).await?;
            let ahead = clock(response.headers()).map(|theirs| theirs.saturating_sub(super::now()));
            judged(response, JSON).await.map(|_| ahead)
        };
        let timed = async { tokio::time::timeout(total, alive).await };
        let asked = line.runtime.block_on(timed).unwrap_or(Err(Stop::Failed { code: Code::TimedOut, detail: None }));
        line.runtime.shutdown_background();
        asked
    });
    // Nobody cancels here, so that a stop is always a trouble.
    asked.or_else(|stop| stop.trouble().map_or(Ok(None), Err))
}

/// Return the service's time in Unix seconds (RFC 9110, section 6.6.1).
fn clock(headers: &HeaderMap) -> Option<i64> {
    use time::format_description::well_known::Rfc2822;
    let value = headers.get(DATE)?.to_str().ok()?;
    Some(time::OffsetDateTime::parse(value, &Rfc2822).ok()?.unix_timestamp())
}

/// Send a request, read the answer to its end, and judge it.
async fn answer(request: RequestBuilder, wanted: &str) -> Result<Vec<u8>, Stop> {
    judged(sent(request).await?, wanted).await
}

async fn sent(request: RequestBuilder) -> Result<Response, Stop> {
    request.send().await.map_err(|fault| Stop::failed(code_of(&fault), chain(&fault)))
}

async fn judged(mut response: Response, wanted: &str) -> Result<Vec<u8>, Stop> {
    let status = response.status();
    let media = media_type(response.headers());
    let retry_after = retry_after(response.headers());
    let body = body(&mut response).await;
    if status.is_success() {
        return match body {
            Ok(body) if media == wanted => Ok(body),
            Ok(_) => Err(Stop::failed(Code::AnswerGarbled, format!("answered with {media:?} in place of {wanted}"))),
            Err(stop) => Err(stop),
        };
    }
    let problem = body.ok().filter(|_| media == PROBLEM_JSON).and_then(|body| serde_json::from_slice::<Problem>(&body).ok());
    Err(refused(status.as_u16(), problem, retry_after))
}

async fn body(response: &mut Response) -> Result<Vec<u8>, Stop> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|fault| Stop::failed(code_of(&fault), chain(&fault)))? {
        if body.len() + chunk.len() > ANSWER_LIMIT {
            return Err(Stop::failed(Code::AnswerGarbled, "the answer is longer than 1 MiB"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Judge an answer that is no success. Without a problem document it may not even be a registration service's.
fn refused(status: u16, problem: Option<Problem>, retry_after: Option<u32>) -> Stop {
    let refusal = problem.as_ref().and_then(|problem| Refusal::from_wire(&problem.code));
    let code = match (refusal, &problem, status) {
        (Some(refusal), _, _) => refusal.code(),
        (None, Some(_), _) | (None, None, 429 | 500..) => code_of_status(status),
        (None, None, _) => return Stop::failed(Code::AnswerGarbled, format!("HTTP {status}")),
    };
    let detail = match &problem {
        Some(problem) => [Some(problem.code.as_str()), problem.detail.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(": "),
        None => format!("HTTP {status}"),
    };
    Stop::Refused(Box::new(Refused { refusal, code, detail: Some(plain(&detail, DETAIL_LIMIT)), problem, retry_after }))
}

/// Return the media type without its parameters, in small letters.
fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Return for how many seconds the service asks to be left alone: a number, or a date (RFC 9110, section 10.2.3).
fn retry_after(headers: &HeaderMap) -> Option<u32> {
    use time::format_description::well_known::Rfc2822;
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    value.parse().ok().or_else(|| {
        let until = time::OffsetDateTime::parse(value, &Rfc2822).ok()?.unix_timestamp();
        u32::try_from(until.saturating_sub(super::now())).ok()
    })
}

/// Whether a URL names this computer. A name other than `localhost` is not looked up: what it means may change.
fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    address.map_or_else(|_| host.eq_ignore_ascii_case("localhost"), |address| address.is_loopback())
}

/// Find the cause of a failed request.
fn code_of(fault: &reqwest::Error) -> Code {
    if fault.is_timeout() {
        return Code::TimedOut;
    }
    for cause in causes(fault) {
        if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
            let untrusted = matches!(tls, rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented);
            return if untrusted { Code::TlsUntrusted } else { Code::AnswerGarbled };
        }
        // The words of hyper-util's connector; it exports no type that could be asked instead.
        if cause.to_string() == "dns error" {
            return Code::NameNotFound;
        }
    }
    if fault.is_connect() { Code::ServiceUnreachable } else { Code::AnswerGarbled }
}

/// Write a failure and its causes in one line. reqwest's own line is left out: it only repeats the address.
fn chain(fault: &reqwest::Error) -> String {
    let mut causes: Vec<String> = causes(fault).skip(1).map(|cause| cause.to_string()).collect();
    causes.dedup();
    causes.join(": ")
}

/// Go through an error and its causes. An `io::Error` skips what it wraps when it is asked for its source, so that is asked first.
fn causes<'a>(fault: &'a (dyn std::error::Error + 'static)) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(fault), |cause| {
        let wrapped = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        wrapped.map(|inner| inner as &(dyn std::error::Error + 'static)).or_else(|| cause.source())
    })
}

/// Make a service's text safe to show: control characters, which could steer a terminal, become spaces; the length is bounded.
pub(super) fn plain(text: &str, limit: usize) -> String {
    text.chars().take(limit).map(|c| if steers(c) && c != '\n' { ' ' } else { c }).collect()
}

/// Control characters, and those that turn the direction of writing.
fn steers(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests;
