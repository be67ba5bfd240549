//! Revocation checks, by OCSP or by cached CRLs; off by default. `certificate` verifies the responses.
//!
//! A certificate of unknown status is rejected.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, RequestBuilder, StatusCode};
use thiserror::Error;
use tokio::sync::{Mutex, Notify, watch};

use crate::certificate::Certificate;
use crate::certificate::revocation::{Crl, Finding, ResponseError, Standing, ocsp};
use crate::service::Log;
use crate::service::clock::{Clock, rfc3339};

/// The recorded status when nothing is checked: the default, because only notified verifiers may query J-LIS.
const UNCHECKED: &str = "unchecked";
/// Timeout of a query that a request waits for; several must fit into the timeout of the request.
const QUERY_TIMEOUT: Duration = Duration::from_secs(5);
/// Timeout for fetching a CRL in the background.
const REFRESH_TIMEOUT: Duration = Duration::from_secs(5 * 60);
/// Size limit of an OCSP response in bytes. A typical one has 2 KiB, most of it the responder's certificate.
const OCSP_LIMIT: usize = 64 * 1024;
/// Size limit of a CRL in bytes. An entry with date and reason has about 40 bytes, so this allows 800,000.
const CRL_LIMIT: usize = 32 * 1024 * 1024;
/// Pause after a failed fetch of a CRL; until then requests fail without another attempt.
const RETRY_PAUSE: Duration = Duration::from_secs(10);

/// How revocation of certificates is checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Revocation {
    /// Not checked; recorded with every registration.
    #[default]
    Unchecked,
    /// By OCSP: the responders at these URLs in turn, or the one named in the certificate if there are none.
    Ocsp(Vec<String>),
    /// By the CRLs at these URLs, which must include one for each authority.
    Crl(Vec<String>),
}

impl Revocation {
    /// Parse the setting: `ocsp`, or one or more `ocsp:URL`, or one or more `crl:URL`.
    pub fn from_words(words: &[String]) -> Result<Revocation, String> {
        let addresses = |way: &str| words.iter().map(|word| address(word.strip_prefix(way)?)).collect::<Option<Vec<_>>>();
        match words {
            [] => Ok(Revocation::Unchecked),
            [only] if only == "ocsp" => Ok(Revocation::Ocsp(Vec::new())),
            _ => addresses("ocsp:")
                .map(Revocation::Ocsp)
                .or_else(|| addresses("crl:").map(Revocation::Crl))
                .ok_or_else(|| format!("{}: ocsp, or ocsp:URL …, or crl:URL … with http or https", words.join(","))),
        }
    }
}

fn address(text: &str) -> Option<String> {
    let url = reqwest::Url::parse(text).ok()?;
    (["http", "https"].contains(&url.scheme()) && url.has_host()).then(|| url.into())
}

/// Why a certificate is rejected.
#[derive(Debug, Error)]
pub(super) enum RevocationError {
    /// It has been revoked.
    #[error("the certificate has been revoked")]
    Revoked,
    /// Its status is unknown.
    #[error(transparent)]
    Unknown(#[from] LookupError),
}

/// Why the status of a certificate is unknown. Messages go to the log, so they contain no URLs, which may hold secrets, and no certificate
/// data.
#[derive(Debug, Error)]
pub(super) enum LookupError {
    /// Neither the certificate nor the operator names a responder.
    #[error("the certificate names no responder: set --revocation ocsp:URL")]
    NoAddress,
    /// No URL has a CRL of this authority, or the last failure is too recent to retry.
    #[error("there is no usable list of the certificate's authority")]
    NoList,
    /// No HTTP response.
    #[error("{}", network_failure(.0))]
    Network(#[from] reqwest::Error),
    /// An HTTP status other than 200.
    #[error("answered with status {}", .0.as_u16())]
    Status(StatusCode),
    /// The response exceeds its size limit.
    #[error("the answer is too large")]
    TooLarge,
    /// The response is not trustworthy, or does not cover the certificate.
    #[error("{0}")]
    Answer(#[from] ResponseError),
}

fn network_failure(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    }
}

/// Checks revocation of certificates.
pub(super) enum Checker {
    /// Does not check.
    Unchecked,
    /// Queries OCSP responders.
    Ocsp(Client, Vec<String>),
    /// Looks up CRLs.
    Crl(CrlCache),
}

/// The fetched CRLs.
pub(super) struct CrlCache {
    client: Client,
    addresses: Vec<String>,
    /// By the authority's fingerprint. Bounded, because every authority is a trust anchor.
    entries: Mutex<HashMap<[u8; 32], CacheEntry>>,
    /// Notified when a request failed to fetch a CRL.
    wanted: Notify,
}

struct CacheEntry {
    authority: Certificate,
    crl: Option<Arc<Crl>>,
    failed: Option<Instant>,
}

impl Checker {
    /// Create a checker for a setting.
    pub(super) fn new(way: Revocation) -> Result<Checker, reqwest::Error> {
        // No redirects: requests go only to the configured or stated address.
        let client = || Client::builder().connect_timeout(QUERY_TIMEOUT).redirect(reqwest::redirect::Policy::none()).build();
        Ok(match way {
            Revocation::Unchecked => Checker::Unchecked,
            Revocation::Ocsp(addresses) => Checker::Ocsp(client()?, addresses),
            Revocation::Crl(addresses) => {
                Checker::Crl(CrlCache { client: client()?, addresses, entries: Mutex::default(), wanted: Notify::new() })
            }
        })
    }

    /// Check a certificate and return the status to record; an error if it is revoked or its status is unknown.
    pub(super) async fn check(&self, leaf: &Certificate, authority: &Certificate, now: i64) -> Result<String, RevocationError> {
        let (method, found) = match self {
            Checker::Unchecked => return Ok(UNCHECKED.to_owned()),
            Checker::Ocsp(client, addresses) => ("ocsp", ask(client, addresses, leaf, authority, now).await),
            Checker::Crl(lists) => ("crl", lists.look_up(leaf, authority, now).await),
        };
        match found {
            Ok(Finding { standing: Standing::Good, as_of }) => Ok(format!("good ({method} {})", rfc3339(as_of))),
            Ok(Finding { standing: Standing::Revoked, .. }) => Err(RevocationError::Revoked),
            Err(error) => Err(error.into()),
        }
    }
}

/// Query the responders in turn until one knows the certificate.
async fn ask(client: &Client, addresses: &[String], leaf: &Certificate, authority: &Certificate, now: i64) -> Result<Finding, LookupError> {
    let stated = if addresses.is_empty() { ocsp::address(leaf).as_deref().and_then(address) } else { None };
    let mut error = LookupError::NoAddress;
    for address in addresses.iter().chain(&stated) {
        match ask_one(client, address, leaf, authority, now).await {
            Ok(finding) => return Ok(finding),
            // A response signed for another authority must not hide an earlier error.
            Err(LookupError::Answer(ResponseError::Signature)) if !matches!(error, LookupError::NoAddress) => {}
            Err(other) => error = other,
        }
    }
    Err(error)
}

async fn ask_one(client: &Client, address: &str, leaf: &Certificate, authority: &Certificate, now: i64) -> Result<Finding, LookupError> {
    let mut nonce = [0; 32];
    getrandom::fill(&mut nonce).map_err(|_| ResponseError::Nonce)?;
    let question = ocsp::question(leaf, authority, &nonce)?;
    let asking = client.post(address).timeout(QUERY_TIMEOUT).header(CONTENT_TYPE, "application/ocsp-request").body(question);
    Ok(ocsp::answer(&fetch(asking, OCSP_LIMIT).await?, leaf, authority, &nonce, now)?)
}

/// Fetch a response body of at most `limit` bytes.
async fn fetch(request: RequestBuilder, limit: usize) -> Result<Vec<u8>, LookupError> {
    let mut response = request.send().await?;
    if response.status() != StatusCode::OK {
        return Err(LookupError::Status(response.status()));
    }
    let mut bytes = Vec::new();
    while let Some(more) = response.chunk().await? {
        if bytes.len() + more.len() > limit {
            return Err(LookupError::TooLarge);
        }
        bytes.extend_from_slice(&more);
    }
    Ok(bytes)
}

impl CrlCache {
    /// Look up a certificate. The first request fetches the CRL while the others wait.
    async fn look_up(&self, leaf: &Certificate, authority: &Certificate, now: i64) -> Result<Finding, LookupError> {
        let mut entries = self.entries.lock().await;
        let entry =
            entries.entry(authority.fingerprint()).or_insert_with(|| CacheEntry { authority: authority.clone(), crl: None, failed: None });
        if let Some(crl) = entry.crl.as_ref().filter(|crl| crl.is_current(now)) {
            return Ok(crl.finding(leaf));
        }
        if entry.failed.is_some_and(|failed| failed.elapsed() < RETRY_PAUSE) {
            return Err(LookupError::NoList);
        }
        let fetched = self.fetch(authority, now, QUERY_TIMEOUT).await;
        entry.failed = fetched.is_err().then(Instant::now);
        if fetched.is_err() {
            self.wanted.notify_one();
        }
        let crl = entry.crl.insert(Arc::new(fetched?));
        Ok(crl.finding(leaf))
    }

    /// Fetch an authority's CRL: the first of the URLs that yields one signed by it.
    async fn fetch(&self, authority: &Certificate, now: i64, patience: Duration) -> Result<Crl, LookupError> {
        let mut error = LookupError::NoList;
        for address in &self.addresses {
            let read =
                fetch(self.client.get(address).timeout(patience), CRL_LIMIT).await.and_then(|der| Ok(Crl::read(&der, authority, now)?));
            match read {
                Ok(crl) => return Ok(crl),
                // A CRL of another authority is not an error.
                Err(LookupError::Answer(ResponseError::Signature)) => {}
                Err(other) => error = other,
            }
        }
        Err(error)
    }

    /// Refetch every CRL in use; ignore one older than the cached one.
    async fn refresh(&self, clock: &Clock, log: &Log) {
        let known: Vec<Certificate> = self.entries.lock().await.values().map(|entry| entry.authority.clone()).collect();
        for authority in known {
            match self.fetch(&authority, clock(), REFRESH_TIMEOUT).await {
                Ok(crl) => {
                    let mut entries = self.entries.lock().await;
                    if let Some(entry) = entries.get_mut(&authority.fingerprint())
                        && entry.crl.as_ref().is_none_or(|old| crl.follows(old))
                    {
                        entry.crl = Some(Arc::new(crl));
                    }
                }
                Err(error) => log(&format!("revocation: the list stays as it was: {error}")),
            }
        }
    }
}

/// Keep the CRLs fresh until told to stop, so that requests need not wait for a fetch.
pub(super) async fn refresh_lists(checker: &Checker, every: Duration, clock: &Clock, log: &Log, mut stopped: watch::Receiver<bool>) {
    let Checker::Crl(lists) = checker else { return };
    loop {
        tokio::select! {
            _ = stopped.wait_for(|stop| *stop) => return,
            () = lists.wanted.notified() => {}
            () = tokio::time::sleep(every) => {}
        }
        lists.refresh(clock, log).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_setting_is_understood_as_a_whole_or_not_at_all() {
        let words = |words: &[&str]| Revocation::from_words(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        assert_eq!(words(&[]), Ok(Revocation::Unchecked));
        assert_eq!(words(&["ocsp"]), Ok(Revocation::Ocsp(Vec::new())));
        assert_eq!(words(&["ocsp:http://a.example/"]), Ok(Revocation::Ocsp(vec!["http://a.example/".to_owned()])));
        let both = vec!["https://a.example/1".to_owned(), "http://b.example/2".to_owned()];
        assert_eq!(words(&["crl:https://a.example/1", "crl:http://b.example/2"]), Ok(Revocation::Crl(both)));
        for wrong in [&["crl"][..], &["none"], &["crl:ldap://a.example/"], &["ocsp:a.example"], &["ocsp", "crl:http://a.example/"], &[""]] {
            assert!(words(wrong).is_err(), "{wrong:?}");
        }
    }
}
