//! Whether certificates were revoked: asked of OCSP responders, or looked up in CRLs that are fetched and cached; not at all, unless the
//! operator says so. Responses are verified in `certificate`. A certificate of unknown status is not accepted.

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

/// What is recorded while nobody is asked, which is the default because only notified verifiers may ask J-LIS.
const UNCHECKED: &str = "unchecked";
/// Timeout of a query while a request waits for it; several may be needed within the timeout of that request.
const QUERY_TIMEOUT: Duration = Duration::from_secs(5);
/// Timeout for fetching a list while no request waits for it.
const REFRESH_TIMEOUT: Duration = Duration::from_secs(5 * 60);
/// Size limit of an OCSP response in bytes: one has about 2 KiB, most of it the responder's certificate.
const OCSP_LIMIT: usize = 64 * 1024;
/// Size limit of a CRL in bytes: an entry has some 40 bytes with date and reason, so it may hold 800,000.
const CRL_LIMIT: usize = 32 * 1024 * 1024;
/// Pause after a list could not be fetched: until then requests fail without another attempt.
const RETRY_PAUSE: Duration = Duration::from_secs(10);

/// How the revocation of certificates is checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Revocation {
    /// Not at all; every registration then says so.
    #[default]
    Unchecked,
    /// By asking the responder whose address stands in the certificate, or these instead, one after the other.
    Ocsp(Vec<String>),
    /// By the lists at these addresses: each authority's must be among them.
    Crl(Vec<String>),
}

impl Revocation {
    /// Parse the words of the setting: `ocsp`, or any number of `ocsp:URL`, or of `crl:URL`.
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

/// Why a certificate is not accepted.
#[derive(Debug, Error)]
pub(super) enum RevocationError {
    /// It has been revoked.
    #[error("the certificate has been revoked")]
    Revoked,
    /// Its status is unknown.
    #[error(transparent)]
    Unknown(#[from] LookupError),
}

/// Why the status of a certificate is unknown. Messages go to the log: no addresses, which may hold secrets, and nothing of the certificate.
#[derive(Debug, Error)]
pub(super) enum LookupError {
    /// Neither the certificate nor the operator names a responder.
    #[error("the certificate names no responder: set --revocation ocsp:URL")]
    NoAddress,
    /// There is no list of this authority, and it is too early to try again.
    #[error("there is no usable list of the certificate's authority")]
    NoList,
    /// No HTTP response.
    #[error("{}", network_failure(.0))]
    Network(#[from] reqwest::Error),
    /// An HTTP response with another status than 200.
    #[error("answered with status {}", .0.as_u16())]
    Status(StatusCode),
    /// The response exceeds its size limit.
    #[error("the answer is too large")]
    TooLarge,
    /// The response is not to be trusted, or says nothing of the certificate.
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

/// Checks whether certificates were revoked.
pub(super) enum Checker {
    /// Checks nothing.
    Unchecked,
    /// Asks OCSP responders.
    Ocsp(Client, Vec<String>),
    /// Looks up in CRLs.
    Crl(CrlCache),
}

/// The CRLs that were fetched.
pub(super) struct CrlCache {
    client: Client,
    addresses: Vec<String>,
    /// By the fingerprint of the authority. Bounded: an authority is one of the anchors.
    entries: Mutex<HashMap<[u8; 32], CacheEntry>>,
    /// Signalled when a request could not get a list.
    wanted: Notify,
}

struct CacheEntry {
    authority: Certificate,
    crl: Option<Arc<Crl>>,
    failed: Option<Instant>,
}

impl Checker {
    /// Make a checker for a setting.
    pub(super) fn new(way: Revocation) -> Result<Checker, reqwest::Error> {
        // No redirects: the operator names every address.
        let client = || Client::builder().connect_timeout(QUERY_TIMEOUT).redirect(reqwest::redirect::Policy::none()).build();
        Ok(match way {
            Revocation::Unchecked => Checker::Unchecked,
            Revocation::Ocsp(addresses) => Checker::Ocsp(client()?, addresses),
            Revocation::Crl(addresses) => {
                Checker::Crl(CrlCache { client: client()?, addresses, entries: Mutex::default(), wanted: Notify::new() })
            }
        })
    }

    /// Return the status to record of a certificate that is not revoked.
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

/// Ask one responder after the other until one knows the certificate.
async fn ask(client: &Client, addresses: &[String], leaf: &Certificate, authority: &Certificate, now: i64) -> Result<Finding, LookupError> {
    let stated = if addresses.is_empty() { ocsp::address(leaf).as_deref().and_then(address) } else { None };
    let mut error = LookupError::NoAddress;
    for address in addresses.iter().chain(&stated) {
        match ask_one(client, address, leaf, authority, now).await {
            Ok(finding) => return Ok(finding),
            // Another authority's responder is no error, unless there is no other.
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
    /// Look up a certificate. The first request fetches the list, and the others wait for it.
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

    /// Fetch the list of an authority: the first among the addresses that it has signed.
    async fn fetch(&self, authority: &Certificate, now: i64, patience: Duration) -> Result<Crl, LookupError> {
        let mut error = LookupError::NoList;
        for address in &self.addresses {
            let read =
                fetch(self.client.get(address).timeout(patience), CRL_LIMIT).await.and_then(|der| Ok(Crl::read(&der, authority, now)?));
            match read {
                Ok(crl) => return Ok(crl),
                // Another authority's list is no error.
                Err(LookupError::Answer(ResponseError::Signature)) => {}
                Err(other) => error = other,
            }
        }
        Err(error)
    }

    /// Fetch every list in use again; a list that is older than the cached one is not taken.
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

/// Keep the lists fresh until told to stop, so that requests need not wait for them.
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
