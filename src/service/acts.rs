//! What a registered person can ask for: log in, the link or the 認証ID once more, another address, a new card, and to be forgotten.
//! A card proves who asks; only the login with a password needs none (protocol.md, call 6).

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

use crate::certificate::Purpose;
use crate::protocol::authentication_id::AuthenticationId;
use crate::protocol::problem::Refusal;
use crate::protocol::session::{JSON, Linked, LoggedIn, Login, Mail, MailState, Mailed, Withdrawn};
use crate::protocol::statement::{Address, Kind, Link, Proof};
use crate::registration::{FieldId, FormError, rule};
use crate::service::accept::{self, By, Signed, Taken};
use crate::service::answer::{Answer, Refused};
use crate::service::calls::{first_state, masked};
use crate::service::desk::{Desk, rfc3339};
use crate::service::figures::Counter;
use crate::service::mail;
use crate::service::password;
use crate::service::secret;
use crate::service::store::Tx;
use crate::service::store::people::Person;
use crate::service::store::sessions::{Linking, SESSION_SECONDS};
use crate::service::store::trail::Means;
use crate::service::throttle::{self, Limit};

/// What is asked for by somebody who stays.
enum Act {
    Login,
    Resend,
    Remind,
    Address(String),
    Link(Link),
}

/// Send the link to the password page once more.
pub(super) async fn resend(State(desk): State<Arc<Desk>>, headers: HeaderMap, body: Bytes) -> Answer {
    let signed = accept::open::<Proof>(&desk, &headers, &body, Kind::Resend, By::Either).await?;
    perform(&desk, signed.meaning(|_| Act::Resend)).await
}

/// Send the 認証ID once more.
pub(super) async fn remind(State(desk): State<Arc<Desk>>, headers: HeaderMap, body: Bytes) -> Answer {
    let signed = accept::open::<Proof>(&desk, &headers, &body, Kind::Remind, By::Either).await?;
    perform(&desk, signed.meaning(|_| Act::Remind)).await
}

/// Correct the mail address.
pub(super) async fn address(State(desk): State<Arc<Desk>>, headers: HeaderMap, body: Bytes) -> Answer {
    let signed = accept::open::<Address>(&desk, &headers, &body, Kind::Address, By::Either).await?;
    perform(&desk, signed.meaning(|payload| Act::Address(payload.email))).await
}

/// Let a new card take the place of the old one.
pub(super) async fn link(State(desk): State<Arc<Desk>>, headers: HeaderMap, body: Bytes) -> Answer {
    let signed = accept::open::<Link>(&desk, &headers, &body, Kind::Link, By::Either).await?;
    perform(&desk, signed.meaning(Act::Link)).await
}

/// Forget the person. This is the holder's will, so the signing key must say it.
pub(super) async fn withdraw(State(desk): State<Arc<Desk>>, headers: HeaderMap, body: Bytes) -> Answer {
    let signed = accept::open::<Proof>(&desk, &headers, &body, Kind::Withdraw, By::Only(Purpose::Signing)).await?;
    let now = desk.now();
    let mut tx = desk.store.write().await?;
    // No answer to a withdrawal is kept: there is nobody left to keep it for.
    let Taken::Fresh(_) = accept::take(&mut tx, &signed, now).await? else { return Err(Refusal::Nonce.into()) };
    let person = tx.holder_of_card(&signed.card.identity).await?.ok_or(Refusal::NotRegistered)?;
    let mails = tx.delete_person(&person.authentication_id).await?.unwrap_or_default();
    tx.audit(signed.kind, Means::Card(signed.purpose), Some(&person.authentication_id), now).await?;
    // To its end, even if nobody waits for the answer any more: then nothing would know the mails.
    let leaving = tokio::spawn(async move {
        tx.commit().await?;
        desk.forget_mails(mails).await;
        Ok::<_, Refused>(())
    });
    leaving.await.map_err(|_| Refusal::Internal)??;
    Ok(answer_of(json(&Withdrawn { withdrawn: true })?))
}

/// Log in, with 認証ID and password or with the card.
pub(super) async fn login(State(desk): State<Arc<Desk>>, headers: HeaderMap, body: Bytes) -> Answer {
    let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !media.split(';').next().is_some_and(|media| media.trim().eq_ignore_ascii_case(JSON)) {
        let signed = accept::open::<Proof>(&desk, &headers, &body, Kind::Login, By::Only(Purpose::Authentication)).await?;
        return perform(&desk, signed.meaning(|_| Act::Login)).await;
    }
    let Login { authentication_id, password } = serde_json::from_slice(&body).map_err(|_| Refusal::Malformed)?;
    let id = AuthenticationId::parse(&authentication_id).ok_or(Refusal::LoginRefused)?;
    desk.throttle.take(&desk.store, Limit::Logins, id.as_str(), desk.now()).await?;
    let known = desk.store.read().await?.person(id.as_str()).await?;
    let whose = known.as_ref().map(|_| id.as_str());
    // Whoever is unknown, or has no password yet, is refused after the same time as whoever mistypes: for the trail too.
    let checked = known.as_ref().and_then(|person| person.password.clone()).unwrap_or_default();
    let right = match known.as_ref().and_then(|person| person.password.clone()) {
        Some(hash) => password::is_right(&desk, &password, hash).await?,
        None => password::hash(&desk, &password).await.map(|_| false)?,
    };
    let mut tx = desk.store.write().await?;
    if !right {
        tx.audit("login_refused", Means::Password, whose, desk.now()).await?;
        tx.commit().await?;
        desk.figures.add(Counter::LoginsRefused);
        return Err(Refusal::LoginRefused.into());
    }
    // While it was checked, somebody may have set another one, or have left.
    if !tx.password_is_still(id.as_str(), &checked).await? {
        return Err(Refusal::LoginRefused.into());
    }
    let answer = logged_in(&desk, &mut tx, id.as_str()).await?;
    tx.audit("login", Means::Password, whose, desk.now()).await?;
    tx.commit().await?;
    desk.figures.add(Counter::Logins);
    Ok(answer_of(answer))
}

fn answer_of(answer: String) -> Response {
    ([(header::CONTENT_TYPE, JSON)], answer).into_response()
}

/// Check what needs the store, and do it: all in one transaction.
async fn perform(desk: &Desk, signed: Signed<Act>) -> Answer {
    let now = desk.now();
    let mut tx = desk.store.write().await?;
    if let Taken::Answered(answer) = accept::take(&mut tx, &signed, now).await? {
        // It may have been given a moment ago, in a transaction that is not durable yet (`store::writer`).
        tx.commit().await?;
        return Ok(answer_of(answer));
    }
    let person = match &signed.payload {
        Act::Link(link) => {
            let id = AuthenticationId::parse(&link.authentication_id).ok_or(Refusal::LoginRefused)?;
            let logged_in = tx.login(&link.login, now).await?;
            let (person, linking) = logged_in.filter(|(person, _)| person == id.as_str()).ok_or(Refusal::LoginRefused)?;
            check_holder(&mut tx, &signed, &person, linking).await?;
            tx.person(&person).await?.ok_or(Refusal::LoginRefused)?
        }
        _ => tx.holder_of_card(&signed.card.identity).await?.ok_or(Refusal::NotRegistered)?,
    };
    let answer = act(desk, &mut tx, &signed, &person, now).await?;
    tx.audit(signed.kind, Means::Card(signed.purpose), Some(&person.authentication_id), now).await?;
    // A login's answer opens a session and is no evidence of anything.
    if !matches!(signed.payload, Act::Login) {
        accept::keep(&mut tx, &signed, &person.authentication_id, &answer, now).await?;
    }
    tx.commit().await?;
    if matches!(signed.payload, Act::Login) {
        desk.figures.add(Counter::Logins);
    }
    desk.wake();
    Ok(answer_of(answer))
}

/// Whoever has stolen a password must not put a card of their own in the place of its owner's. A signing certificate says when its holder
/// was born, and the one that registered said so too; the other certificate says nothing, so it follows the first one, with the same login.
async fn check_holder(tx: &mut Tx, signed: &Signed<Act>, person: &str, linking: Linking) -> Answer<()> {
    match (signed.purpose, linking) {
        (Purpose::Signing, _) => {
            let registered = tx.registration_of(person).await?;
            let same = registered.is_some_and(|registered| accept::are_of_one_person(&registered, &signed.text));
            if same { Ok(()) } else { Err(Refusal::OtherCard.into()) }
        }
        (Purpose::Authentication, Linking::Begun) => Ok(()),
        (Purpose::Authentication, Linking::None) => Err(Refusal::NotProved.into()),
    }
}

async fn act(desk: &Desk, tx: &mut Tx, signed: &Signed<Act>, person: &Person, now: i64) -> Answer<String> {
    let id = &person.authentication_id;
    match &signed.payload {
        Act::Login => return logged_in(desk, tx, id).await,
        Act::Resend => {
            throttle::take_within(tx, Limit::Mails, id, now).await?;
            tx.queue_mail(mail::Kind::PasswordLink, person, now).await?;
        }
        Act::Remind => {
            throttle::take_within(tx, Limit::Mails, id, now).await?;
            tx.queue_mail(mail::Kind::Reminder, person, now).await?;
        }
        Act::Address(address) => {
            throttle::take_within(tx, Limit::Mails, id, now).await?;
            return correct_address(desk, tx, person, address, now).await;
        }
        Act::Link(link) => {
            if signed.purpose == Purpose::Signing {
                tx.begin_linking(&link.login, &signed.card).await?;
            }
            if !tx.replace_card(id, signed.purpose, &signed.card, now).await? {
                return Err(Refusal::AlreadyRegistered.into());
            }
            return json(&Linked { linked: true });
        }
    }
    mailed(desk, &person.email)
}

fn mailed(desk: &Desk, address: &str) -> Answer<String> {
    json(&Mailed { mail: Mail { to: masked(address), state: first_state(desk), next_at: None, folder: None } })
}

/// Write an answer down once: what is kept as evidence is what is sent.
fn json(answer: &impl serde::Serialize) -> Answer<String> {
    serde_json::to_string(answer).map_err(|_| Refusal::Internal.into())
}

/// Say where the newest mail to the person of a session is: of one who has registered or logged in with it.
pub(super) async fn show_mail(State(desk): State<Arc<Desk>>, Path(session): Path<String>) -> Answer {
    let mail = desk.store.read().await?.newest_mail(&session, desk.now()).await?.ok_or(Refusal::Expired)?;
    let state = match (mail.state.as_str(), mail.trouble) {
        ("sent", _) if first_state(&desk) == MailState::File => MailState::File,
        ("sent", _) => MailState::Sent,
        ("stuck", _) => MailState::Stuck,
        (_, Some(_)) => MailState::Delayed,
        (_, None) => MailState::Queued,
    };
    let next_at = (state == MailState::Delayed).then(|| rfc3339(mail.next_at));
    Ok(Json(Mailed { mail: Mail { to: masked(&mail.recipient), state, next_at, folder: None } }).into_response())
}

/// Open a session for somebody who has logged in.
async fn logged_in(desk: &Desk, tx: &mut Tx, person: &str) -> Answer<String> {
    let (name, now) = (secret::random()?, desk.now());
    tx.open_login(&name, person, now).await?;
    json(&LoggedIn { session: name, expires_at: rfc3339(now + SESSION_SECONDS) })
}

/// Correct the address. Whoever has a password has had mail at the old one, and is told there and at the new one; whoever has none gets the link at
/// the new one.
async fn correct_address(desk: &Desk, tx: &mut Tx, person: &Person, address: &str, now: i64) -> Answer<String> {
    let address = &rule::email(address).map_err(|problem| Refused::Fields(vec![FormError { field: FieldId::Email, problem }]))?;
    tx.set_address(&person.authentication_id, address, now).await?;
    let corrected = Person { email: address.clone(), ..person.clone() };
    if person.password.is_some() {
        tx.queue_mail(mail::Kind::AddressChanged, person, now).await?;
        tx.queue_mail(mail::Kind::AddressChanged, &corrected, now).await?;
    } else {
        tx.queue_mail(mail::Kind::PasswordLink, &corrected, now).await?;
    }
    mailed(desk, address)
}
