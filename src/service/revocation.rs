//! Who is asked whether a certificate was revoked: OCSP responders, or lists that are fetched and kept; nobody, unless the operator says so.
//! What is answered is judged in `certificate`. Where nothing certain is known, nothing is accepted.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, RequestBuilder, StatusCode};
use tokio::sync::{Mutex, Notify, watch};

use crate::certificate::Certificate;
use crate::certificate::revocation::{Crl, Finding, RevocationError, Standing, ocsp};
use crate::protocol::problem::Refusal;
use crate::service::answer::{Answer, Refused};
use crate::service::desk::{Desk, rfc3339};

/// What is recorded while nobody is asked: only notified verifiers may ask J-LIS (registration.md, "Service rules").
const UNCHECKED: &str = "unchecked";
/// Nobody who is asked for a call's sake is waited for longer; several may have to be asked within the time of one call.
const ASKING: Duration = Duration::from_secs(5);
/// While no call waits, a list may take so long.
const FETCHING: Duration = Duration::from_secs(5 * 60);
/// An answer has about 2 KiB, most of it the responder's certificate.
const ANSWER: usize = 64 * 1024;
/// An entry has some 40 bytes with its date and reason: room for 800,000 of them.
const LIST: usize = 32 * 1024 * 1024;
/// After a list could not be had, calls are told so without another try for this long.
const PAUSE: Duration = Duration::from_secs(10);

/// How it is found out whether certificates were revoked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Revocation {
    /// Not at all, and all that is registered says so.
    #[default]
    Unchecked,
    /// By asking the responder whose address stands in the certificate, or these instead, one after the other.
    Ocsp(Vec<String>),
    /// By the lists at these addresses: each authority's must be among them.
    Crl(Vec<String>),
}

impl Revocation {
    /// Understand the words of the setting: `ocsp`, or any number of `ocsp:URL`, or of `crl:URL`.
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

/// Why nothing certain is known. Its texts go to the log: no addresses, which may hold secrets, and nothing of the certificate.
enum Trouble {
    /// The certificate does not say who is to be asked, and the operator does not either.
    NoAddress,
    /// There is no list of this authority, and it is too early to try again.
    NoList,
    /// Nobody answered.
    Network(reqwest::Error),
    /// It was answered with this status.
    Status(StatusCode),
    /// The answer is larger than answers are.
    TooLarge,
    /// The answer is not to be believed, or says nothing.
    Answer(RevocationError),
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Trouble::NoAddress => out.write_str("the certificate names no responder: set --revocation ocsp:URL"),
            Trouble::NoList => out.write_str("there is no usable list of the certificate's authority"),
            Trouble::Network(fault) if fault.is_timeout() => out.write_str("no answer in time"),
            Trouble::Network(fault) if fault.is_connect() => out.write_str("no connection"),
            Trouble::Network(_) => out.write_str("the connection broke"),
            Trouble::Status(status) => write!(out, "answered with status {}", status.as_u16()),
            Trouble::TooLarge => out.write_str("the answer is too large"),
            Trouble::Answer(fault) => write!(out, "{fault}"),
        }
    }
}

impl From<RevocationError> for Trouble {
    fn from(fault: RevocationError) -> Trouble {
        Trouble::Answer(fault)
    }
}

impl From<reqwest::Error> for Trouble {
    fn from(fault: reqwest::Error) -> Trouble {
        Trouble::Network(fault)
    }
}

/// Finds out whether certificates were revoked.
pub(super) enum Checker {
    /// Does not.
    Nobody,
    /// Asks responders.
    Ocsp(Client, Vec<String>),
    /// Looks into lists.
    Crl(Lists),
}

/// The lists that were fetched.
pub(super) struct Lists {
    client: Client,
    addresses: Vec<String>,
    /// By the fingerprint of the authority, which is one of the anchors: there are no more of them than that.
    kept: Mutex<HashMap<[u8; 32], Kept>>,
    /// A call could not wait for a list.
    wanted: Notify,
}

struct Kept {
    authority: Certificate,
    crl: Option<Arc<Crl>>,
    failed: Option<Instant>,
}

impl Checker {
    /// Make ready to ask.
    pub(super) fn new(way: Revocation) -> Result<Checker, reqwest::Error> {
        // A redirection would lead to where the operator has not said.
        let client = || Client::builder().connect_timeout(ASKING).redirect(reqwest::redirect::Policy::none()).build();
        Ok(match way {
            Revocation::Unchecked => Checker::Nobody,
            Revocation::Ocsp(addresses) => Checker::Ocsp(client()?, addresses),
            Revocation::Crl(addresses) => {
                Checker::Crl(Lists { client: client()?, addresses, kept: Mutex::default(), wanted: Notify::new() })
            }
        })
    }

    /// Return what is to be recorded of a certificate; refuse it if it was revoked, and rest while that cannot be found out.
    pub(super) async fn check(&self, leaf: &Certificate, authority: &Certificate, now: i64) -> Answer<String> {
        let (way, found) = match self {
            Checker::Nobody => return Ok(UNCHECKED.to_owned()),
            Checker::Ocsp(client, addresses) => ("ocsp", ask(client, addresses, leaf, authority, now).await),
            Checker::Crl(lists) => ("crl", lists.look_up(leaf, authority, now).await),
        };
        match found {
            Ok(Finding { standing: Standing::Good, as_of }) => Ok(format!("good ({way} {})", rfc3339(as_of))),
            Ok(Finding { standing: Standing::Revoked, .. }) => Err(Refusal::CertificateRevoked.into()),
            Err(trouble) => Err(Refused::Noted(Refusal::Resting, format!("revocation: {trouble}"))),
        }
    }
}

/// Ask one responder after the other until one knows.
async fn ask(client: &Client, addresses: &[String], leaf: &Certificate, authority: &Certificate, now: i64) -> Result<Finding, Trouble> {
    let stated = if addresses.is_empty() { ocsp::address(leaf).as_deref().and_then(address) } else { None };
    let mut trouble = Trouble::NoAddress;
    for address in addresses.iter().chain(&stated) {
        match ask_one(client, address, leaf, authority, now).await {
            Ok(finding) => return Ok(finding),
            // Another authority's responder is no trouble, unless there is nothing else.
            Err(Trouble::Answer(RevocationError::Signature)) if !matches!(trouble, Trouble::NoAddress) => {}
            Err(other) => trouble = other,
        }
    }
    Err(trouble)
}

async fn ask_one(client: &Client, address: &str, leaf: &Certificate, authority: &Certificate, now: i64) -> Result<Finding, Trouble> {
    let mut nonce = [0; 32];
    getrandom::fill(&mut nonce).map_err(|_| RevocationError::Nonce)?;
    let question = ocsp::question(leaf, authority, &nonce)?;
    let asking = client.post(address).timeout(ASKING).header(CONTENT_TYPE, "application/ocsp-request").body(question);
    Ok(ocsp::answer(&fetch(asking, ANSWER).await?, leaf, authority, &nonce, now)?)
}

/// Fetch something that has at most so many bytes.
async fn fetch(request: RequestBuilder, limit: usize) -> Result<Vec<u8>, Trouble> {
    let mut response = request.send().await?;
    if response.status() != StatusCode::OK {
        return Err(Trouble::Status(response.status()));
    }
    let mut bytes = Vec::new();
    while let Some(more) = response.chunk().await? {
        if bytes.len() + more.len() > limit {
            return Err(Trouble::TooLarge);
        }
        bytes.extend_from_slice(&more);
    }
    Ok(bytes)
}

impl Lists {
    /// Look a certificate up. Who comes first fetches the list, and the others wait for it.
    async fn look_up(&self, leaf: &Certificate, authority: &Certificate, now: i64) -> Result<Finding, Trouble> {
        let mut kept = self.kept.lock().await;
        let kept = kept.entry(authority.fingerprint()).or_insert_with(|| Kept { authority: authority.clone(), crl: None, failed: None });
        if let Some(crl) = kept.crl.as_ref().filter(|crl| crl.is_current(now)) {
            return Ok(crl.finding(leaf));
        }
        if kept.failed.is_some_and(|failed| failed.elapsed() < PAUSE) {
            return Err(Trouble::NoList);
        }
        let fetched = self.fetch(authority, now, ASKING).await;
        kept.failed = fetched.is_err().then(Instant::now);
        if fetched.is_err() {
            self.wanted.notify_one();
        }
        let crl = kept.crl.insert(Arc::new(fetched?));
        Ok(crl.finding(leaf))
    }

    /// Fetch the list of an authority: the first at any of the addresses that it has signed.
    async fn fetch(&self, authority: &Certificate, now: i64, patience: Duration) -> Result<Crl, Trouble> {
        let mut trouble = Trouble::NoList;
        for address in &self.addresses {
            let read = fetch(self.client.get(address).timeout(patience), LIST).await.and_then(|der| Ok(Crl::read(&der, authority, now)?));
            match read {
                Ok(crl) => return Ok(crl),
                // Another authority's list is no trouble, unless there is nothing else.
                Err(Trouble::Answer(RevocationError::Signature)) => {}
                Err(other) => trouble = other,
            }
        }
        Err(trouble)
    }

    /// Fetch every list that is in use once more; an older one than is known already is not taken.
    async fn refresh(&self, desk: &Desk) {
        let known: Vec<Certificate> = self.kept.lock().await.values().map(|kept| kept.authority.clone()).collect();
        for authority in known {
            match self.fetch(&authority, desk.now(), FETCHING).await {
                Ok(crl) => {
                    let mut kept = self.kept.lock().await;
                    if let Some(kept) = kept.get_mut(&authority.fingerprint())
                        && kept.crl.as_ref().is_none_or(|old| crl.follows(old))
                    {
                        kept.crl = Some(Arc::new(crl));
                    }
                }
                Err(trouble) => (desk.log)(&format!("revocation: the list stays as it was: {trouble}")),
            }
        }
    }
}

/// Keep the lists fresh until told to stop, so that calls need not wait for them.
pub(super) async fn work(desk: &Desk, every: Duration, mut stopped: watch::Receiver<bool>) {
    let Checker::Crl(lists) = &desk.revocation else { return };
    loop {
        tokio::select! {
            _ = stopped.wait_for(|stop| *stop) => return,
            () = lists.wanted.notified() => {}
            () = tokio::time::sleep(every) => {}
        }
        lists.refresh(desk).await;
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
