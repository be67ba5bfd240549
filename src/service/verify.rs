//! Verification of signed statements: format, header, certificate, chain, signature, audience, rate limit, revocation; then nonce and
//! clock.
//!
//! `handlers` acts on verified statements.

use axum::http::{HeaderMap, header};
use sha2::{Digest, Sha256};

use crate::certificate::{Algorithm, Anchors, Certificate, Policy, ProfileError, Purpose, check_profile};
use crate::protocol::actions::StatementType;
use crate::protocol::hex;
use crate::protocol::payload::{Head, Payload};
use crate::protocol::problem::Refusal;
use crate::protocol::session::JOSE;
use crate::protocol::statement::{self, Alg, Received};
use crate::service::error::ApiResult;
use crate::service::rate_limit::Limit;
use crate::service::secret;
use crate::service::state::AppState;
use crate::service::store::Tx;
use crate::service::store::people::Evidence;
use crate::service::store::sessions::{CardRecord, Session, SessionStatus};

/// Tolerance between a statement's `iat` and our clock, in seconds.
pub(super) const MAX_CLOCK_SKEW_SECONDS: i64 = 5 * 60;

/// The key of the card that must have signed a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RequiredKey {
    /// This one.
    Only(Purpose),
    /// Either: both identify the holder, and after a move only the user-authentication certificate remains valid.
    Either,
}

/// A statement with verified certificate, chain and signature. Nonce, clock and content remain to be checked.
pub(super) struct Verified<P> {
    pub(super) payload: P,
    /// The members common to every payload.
    pub(super) head: Head,
    /// The certificate that signed it.
    pub(super) leaf: Certificate,
    /// The stored data of that certificate.
    pub(super) card: CardRecord,
    /// The key that signed it.
    pub(super) purpose: Purpose,
    /// Revocation status, as text for the record.
    pub(super) revocation: String,
    /// Its `typ`, as named in the store.
    pub(super) kind: &'static str,
    /// SHA-256 of the whole statement, in hex.
    pub(super) hash: String,
    /// The statement as received.
    pub(super) text: String,
}

impl<P> Verified<P> {
    /// Convert the payload.
    pub(super) fn map<M>(self, meaning: impl FnOnce(P) -> M) -> Verified<M> {
        let Verified { payload, head, leaf, card, purpose, revocation, kind, hash, text } = self;
        Verified { payload: meaning(payload), head, leaf, card, purpose, revocation, kind, hash, text }
    }
}

/// Verify everything that needs no transaction: size, format, header, certificate, chain and signature; then audience, rate limit of the
/// certificate, and revocation.
pub(super) async fn verify_statement<P: Payload>(
    state: &AppState,
    headers: &HeaderMap,
    body: &[u8],
    kind: StatementType,
    key: RequiredKey,
) -> ApiResult<Verified<P>> {
    if !has_media_type(headers, JOSE) {
        return Err(Refusal::MediaType.into());
    }
    let text = std::str::from_utf8(body).map_err(|_| Refusal::Malformed)?;
    let received = statement::parse(text)?;
    if received.kind != kind {
        return Err(Refusal::Header.into());
    }
    let Signer { leaf, authority, card, purpose } = signer(&received, key, &state.anchors, state.profile.test_cards, state.now())?;
    let payload: P = received.payload()?;
    let head = payload.head();
    if head.aud != state.audience {
        return Err(Refusal::Audience.into());
    }
    // Only after the audience check: otherwise anyone holding a statement for another service could exhaust its signer's limit here.
    state.rate_limiter.take(&state.store, Limit::Statements, &card.identity, state.now()).await?;
    // Last, because it may take seconds, and outside any transaction.
    let revocation = state.revocation.check(&leaf, &authority, state.now()).await;
    let hash = secret::hash(text);
    let revocation = match revocation {
        Ok(status) => status,
        // A statement accepted before gets the same response again, even if its certificate has since been revoked.
        Err(_) if state.store.read().await?.answer_to(&hash).await?.is_some() => String::new(),
        Err(error) => return Err(error.into()),
    };
    Ok(Verified { payload, head, leaf, card, purpose, revocation, kind: kind.word(), hash, text: text.to_owned() })
}

/// Return whether a request's body has a media type, ignoring parameters.
pub(super) fn has_media_type(headers: &HeaderMap, wanted: &str) -> bool {
    let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    media.split(';').next().is_some_and(|media| media.trim().eq_ignore_ascii_case(wanted))
}

/// The certificate that signed a statement, and its authority.
struct Signer {
    leaf: Certificate,
    authority: Certificate,
    card: CardRecord,
    purpose: Purpose,
}

/// Verify certificate, chain and signature of a statement.
fn signer(received: &Received<'_>, key: RequiredKey, anchors: &Anchors, test_cards: bool, now: i64) -> ApiResult<Signer> {
    let parse = |der: &[u8]| Certificate::parse(der).map_err(ProfileError::from);
    let (leaf, authority) = (parse(&received.leaf)?, parse(&received.ca)?);
    let purpose = match key {
        RequiredKey::Only(purpose) => purpose,
        RequiredKey::Either if matches!(leaf.policy(), Policy::Signing | Policy::TestSigning) => Purpose::Signing,
        RequiredKey::Either => Purpose::Authentication,
    };
    check_profile(&leaf, &authority, purpose, anchors, test_cards, now)?;
    let algorithm = match received.alg {
        Alg::Rs256 => Algorithm::Rs256,
        Alg::Es384 => Algorithm::Es384,
    };
    if !leaf.verify(received.signing_input.as_bytes(), &received.signature, algorithm) {
        return Err(Refusal::Signature.into());
    }
    let card = card_record(&leaf, &authority, purpose).ok_or(ProfileError::CommonName)?;
    Ok(Signer { leaf, authority, card, purpose })
}

/// Return the stored data of a certificate; `None` without a common name.
///
/// The subject's CN is a number that the authority assigns per holder and certificate. Nothing else in the subject identifies a person, and
/// the user-authentication certificate has no name at all. So a person is identified by the CNs of both certificates, each registered once:
/// after a new signing certificate, for instance after a move, the other one still identifies them. The hash also covers the authority, so
/// that no other one, such as that of test cards, can issue a number already registered.
fn card_record(leaf: &Certificate, authority: &Certificate, purpose: Purpose) -> Option<CardRecord> {
    let subject = leaf.common_name()?;
    let role: &[u8] = match purpose {
        Purpose::Signing => b"zairyu signing\0",
        Purpose::Authentication => b"zairyu authentication\0",
    };
    let identity = Sha256::new().chain_update(role).chain_update(authority.fingerprint()).chain_update(subject.as_bytes()).finalize();
    Some(CardRecord {
        identity: hex(&identity),
        fingerprint: hex(&leaf.fingerprint()),
        valid_until: leaf.validity().until,
        test: matches!(leaf.policy(), Policy::TestSigning | Policy::TestAuthentication),
        subject,
        serial: hex(leaf.serial()),
    })
}

/// Whether a statement is new to the store.
pub(super) enum Freshness {
    /// Its nonce was valid and is used up in this transaction.
    New(Session),
    /// It was accepted before, with this response.
    Repeated(String),
}

/// Use up a statement's nonce and check its clock, in the transaction that acts on it, so that a later refusal frees the nonce again. The
/// nonce comes first, because a statement accepted before has used it up.
pub(super) async fn use_nonce<P>(tx: &mut Tx, verified: &Verified<P>, now: i64) -> ApiResult<Freshness> {
    if let Some(session) = tx.use_nonce(&verified.head.nonce, now).await? {
        check_clock(&verified.head, now)?;
        return Ok(Freshness::New(session));
    }
    // On PostgreSQL, the transaction that used the nonce has ended by now, so its response to this statement can be read, if there is one.
    if let Some(answer) = tx.answer_to(&verified.hash).await? {
        return Ok(Freshness::Repeated(answer));
    }
    match tx.session_status_of_nonce(&verified.head.nonce, now).await? {
        Some(SessionStatus::Ended) => Err(Refusal::Expired.into()),
        Some(SessionStatus::Open) | None => Err(Refusal::Nonce.into()),
    }
}

/// Check that a statement was signed within the clock tolerance.
pub(super) fn check_clock(head: &Head, now: i64) -> ApiResult<()> {
    if now.abs_diff(head.iat) > MAX_CLOCK_SKEW_SECONDS.unsigned_abs() { Err(Refusal::Clock.into()) } else { Ok(()) }
}

/// Store a statement verbatim with its response. Refuse another one with the same `jti`.
pub(super) async fn store_evidence<P>(tx: &mut Tx, verified: &Verified<P>, person: &str, answer: &str, now: i64) -> ApiResult<()> {
    let jti = verified.head.jti.to_string();
    let evidence = Evidence { hash: &verified.hash, jti: &jti, kind: verified.kind, person, statement: &verified.text, answer };
    if tx.insert_statement(&evidence, now).await? { Ok(()) } else { Err(Refusal::Malformed.into()) }
}
