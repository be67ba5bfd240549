//! Whether a statement is believed: the checks of protocol.md, "Signed statement", in its order.
//! What is then done with it stands in `calls`.

use axum::http::{HeaderMap, header};
use sha2::{Digest, Sha256};

use crate::certificate::{Algorithm, Certificate, Policy, ProfileError, Purpose, check_profile};
use crate::protocol::hex;
use crate::protocol::problem::Refusal;
use crate::protocol::session::JOSE;
use crate::protocol::statement::{self, Alg, Head, Kind, Payload, Received};
use crate::service::answer::Answer;
use crate::service::desk::Desk;
use crate::service::secret;
use crate::service::store::Tx;
use crate::service::store::people::Evidence;
use crate::service::store::sessions::{CardRecord, Life, Session};
use crate::service::throttle::Limit;

/// A statement may be so much older or younger than our own time (protocol.md).
pub(super) const CLOCK_SECONDS: i64 = 5 * 60;

/// Which of a card's keys a statement must be signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// This one.
    Only(Purpose),
    /// Either: both prove whose card it is, and after moving house only the user-authentication certificate is left.
    Either,
}

/// A statement whose certificate, chain and signature are good. Its nonce, time and content are still to be checked.
pub(super) struct Signed<P> {
    /// What it says.
    pub(super) payload: P,
    /// The members that every payload has.
    pub(super) head: Head,
    /// The certificate that signed it.
    pub(super) leaf: Certificate,
    /// What the store keeps of that certificate.
    pub(super) card: CardRecord,
    /// Which of the card's keys signed it.
    pub(super) purpose: Purpose,
    /// What was found out about its revocation.
    pub(super) revocation: String,
    /// Its `typ`, in the store's word.
    pub(super) kind: &'static str,
    /// SHA-256 of the whole statement.
    pub(super) hash: String,
    /// As it came.
    pub(super) text: String,
}

impl<P> Signed<P> {
    /// Put what the payload means in its place.
    pub(super) fn meaning<M>(self, meaning: impl FnOnce(P) -> M) -> Signed<M> {
        let Signed { payload, head, leaf, card, purpose, revocation, kind, hash, text } = self;
        Signed { payload: meaning(payload), head, leaf, card, purpose, revocation, kind, hash, text }
    }
}

/// Check everything that needs no transaction: size, shape, header, certificate, chain, signature; then read the payload and check its
/// audience, and whether the certificate was revoked.
/// What is signed counts against the limit of its certificate, which nobody else can use up.
pub(super) async fn open<P: Payload>(desk: &Desk, headers: &HeaderMap, body: &[u8], kind: Kind, by: By) -> Answer<Signed<P>> {
    let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !media.split(';').next().is_some_and(|media| media.trim().eq_ignore_ascii_case(JOSE)) {
        return Err(Refusal::MediaType.into());
    }
    let text = std::str::from_utf8(body).map_err(|_| Refusal::Malformed)?;
    let received = statement::parse(text)?;
    if received.kind != kind {
        return Err(Refusal::Header.into());
    }
    let Believed { leaf, authority, card, purpose } = believe(desk, &received, by)?;
    let payload: P = received.payload()?;
    let head = payload.head();
    if head.aud != desk.audience {
        return Err(Refusal::Audience.into());
    }
    // Only now: what was signed for another service, anybody may have there, and send here as often as they like.
    desk.throttle.take(&desk.store, Limit::Statements, &card.identity, desk.now()).await?;
    // Last, because it may take seconds, and before any transaction begins.
    let revocation = desk.revocation.check(&leaf, &authority, desk.now()).await;
    let hash = secret::hash(text);
    let revocation = match revocation {
        Ok(found) => found,
        // What was accepted before gets its answer again, whatever has become of the certificate.
        Err(_) if desk.store.read().await?.answer_to(&hash).await?.is_some() => String::new(),
        Err(refused) => return Err(refused),
    };
    Ok(Signed { payload, head, leaf, card, purpose, revocation, kind: word(kind), hash, text: text.to_owned() })
}

const fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Proof => "proof",
        Kind::Registration => "registration",
        Kind::Login => "login",
        Kind::Resend => "resend",
        Kind::Address => "address",
        Kind::Remind => "remind",
        Kind::Link => "link",
        Kind::Withdraw => "withdraw",
    }
}

/// A certificate that has signed a statement.
struct Believed {
    leaf: Certificate,
    authority: Certificate,
    card: CardRecord,
    purpose: Purpose,
}

/// Check certificate, chain and signature.
fn believe(desk: &Desk, received: &Received<'_>, by: By) -> Answer<Believed> {
    let parse = |der: &[u8]| Certificate::parse(der).map_err(|_| Refusal::CertificateProfile);
    let (leaf, authority) = (parse(&received.leaf)?, parse(&received.ca)?);
    let purpose = match by {
        By::Only(purpose) => purpose,
        By::Either if matches!(leaf.policy(), Policy::Signing | Policy::TestSigning) => Purpose::Signing,
        By::Either => Purpose::Authentication,
    };
    check_profile(&leaf, &authority, purpose, &desk.anchors, desk.about.test_cards, desk.now()).map_err(refusal_of)?;
    let algorithm = match received.alg {
        Alg::Rs256 => Algorithm::Rs256,
        Alg::Es384 => Algorithm::Es384,
    };
    if !leaf.verify(received.signing_input.as_bytes(), &received.signature, algorithm) {
        return Err(Refusal::Signature.into());
    }
    let card = record(&leaf, &authority, purpose).ok_or(Refusal::CertificateProfile)?;
    Ok(Believed { leaf, authority, card, purpose })
}

const fn refusal_of(fault: ProfileError) -> Refusal {
    match fault {
        ProfileError::Expired => Refusal::CertificateExpired,
        ProfileError::NotYetValid => Refusal::CertificateNotYetValid,
        ProfileError::TestCard => Refusal::TestCard,
        ProfileError::IssuerUnknown | ProfileError::NoAuthority | ProfileError::NotIssued => Refusal::Chain,
        ProfileError::KeyUnsupported
        | ProfileError::KeyTooShort
        | ProfileError::Usage
        | ProfileError::Policy
        | ProfileError::UnknownCritical => Refusal::CertificateProfile,
    }
}

/// Note what a certificate is known by. The subject's CN is a number that the authority gives to one holder and certificate; nothing else
/// in the subject tells people apart, and the user-authentication certificate has no name in it at all (jpki-card.md §5). So a person is
/// known by the CNs of both certificates, each registered once: whoever gets a new signing certificate, after moving house for instance,
/// is still known by the other one. The hash also covers the authority, so that no other authority, such as one of test cards, can give
/// out a number that stands for somebody already.
fn record(leaf: &Certificate, authority: &Certificate, purpose: Purpose) -> Option<CardRecord> {
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
    })
}

/// Return whether the signing certificates of two statements say the same of their holders: birth date and sex, which no move and no
/// marriage changes, as the name does.
pub(super) fn are_of_one_person(one: &str, other: &str) -> bool {
    let holder = |text: &str| Some(Certificate::parse(&statement::parse(text).ok()?.leaf).ok()?.holder());
    match (holder(one), holder(other)) {
        (Some(one), Some(other)) => one.birth.is_some() && (one.birth, one.sex) == (other.birth, other.sex),
        _ => false,
    }
}

/// What the store says to a statement.
pub(super) enum Taken {
    /// Its nonce was good, and is used up in this transaction.
    Fresh(Session),
    /// It was accepted before, and got this answer.
    Answered(String),
}

/// Check a statement's nonce and time, in the transaction that acts on it: what is refused later leaves no trace, and the nonce is free again.
/// The nonce comes first: a statement that was accepted before has used it up.
pub(super) async fn take<P>(tx: &mut Tx, signed: &Signed<P>, now: i64) -> Answer<Taken> {
    if let Some(session) = tx.take_any_nonce(&signed.head.nonce, now).await? {
        in_time(&signed.head, now)?;
        return Ok(Taken::Fresh(session));
    }
    // On PostgreSQL the transaction that used the nonce has ended by now, and with it stands the answer, if the statement was this one.
    if let Some(answer) = tx.answer_to(&signed.hash).await? {
        return Ok(Taken::Answered(answer));
    }
    match tx.life_of_nonce(&signed.head.nonce, now).await? {
        Some(Life::Over) => Err(Refusal::Expired.into()),
        Some(Life::Alive) | None => Err(Refusal::Nonce.into()),
    }
}

/// Check that a statement was signed now, as far as two clocks agree.
pub(super) fn in_time(head: &Head, now: i64) -> Answer<()> {
    if now.abs_diff(head.iat) > CLOCK_SECONDS.unsigned_abs() { Err(Refusal::Clock.into()) } else { Ok(()) }
}

/// Keep a statement word for word, with its answer. Another one of the same name (`jti`) is refused.
pub(super) async fn keep<P>(tx: &mut Tx, signed: &Signed<P>, person: &str, answer: &str, now: i64) -> Answer<()> {
    let jti = signed.head.jti.to_string();
    let evidence = Evidence { hash: &signed.hash, jti: &jti, kind: signed.kind, person, statement: &signed.text, answer };
    if tx.keep_statement(&evidence, now).await? { Ok(()) } else { Err(Refusal::Malformed.into()) }
}
