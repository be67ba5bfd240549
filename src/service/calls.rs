//! The calls of a registration: session, terms, proof, registration (protocol.md, calls 1 to 4).

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::certificate::Purpose;
use crate::protocol::authentication_id::AuthenticationId;
use crate::protocol::problem::Refusal;
use crate::protocol::session::{IDEMPOTENCY_KEY, JSON, Mail, MailState, Proved, Registered, Session, TEXT};
use crate::protocol::statement::{Kind, Proof, Registration};
use crate::protocol::terms;
use crate::registration::{self, holder};
use crate::service::accept::{self, By, Signed, Taken};
use crate::service::answer::{Answer, Refused};
use crate::service::desk::{Desk, rfc3339};
use crate::service::figures::Counter;
use crate::service::mail::{self, Mailer};
use crate::service::secret;
use crate::service::store::Tx;
use crate::service::store::people::{NewPerson, Person};
use crate::service::store::sessions::{CardRecord, Life, SESSION_SECONDS};
use crate::service::store::trail::Means;

/// Open a session.
pub(super) async fn open_session(State(desk): State<Arc<Desk>>) -> Answer {
    let (name, nonce, now) = (secret::random()?, secret::random()?, desk.now());
    let mut tx = desk.store.write().await?;
    tx.open_session(&name, &nonce, now).await?;
    tx.commit().await?;
    let session = Session {
        session: name,
        nonce,
        expires_at: rfc3339(now + SESSION_SECONDS),
        audience: desk.audience.clone(),
        terms: desk.terms(),
        service: desk.service(),
    };
    Ok((StatusCode::CREATED, Json(session)).into_response())
}

/// The language that a text is asked for in.
#[derive(serde::Deserialize, schemars::JsonSchema)]
pub(super) struct Wanted {
    /// A language tag, such as `en`.
    lang: Option<String>,
}

/// Show the terms.
pub(super) async fn show_terms(Query(wanted): Query<Wanted>) -> Response {
    let text = terms::text(wanted.lang.as_deref().unwrap_or("ja"));
    ([(header::CONTENT_TYPE, TEXT)], text).into_response()
}

/// Prove a session with the user-authentication key.
pub(super) async fn prove(State(desk): State<Arc<Desk>>, Path(name): Path<String>, headers: HeaderMap, body: Bytes) -> Answer {
    let signed: Signed<Proof> = accept::open(&desk, &headers, &body, Kind::Proof, By::Only(Purpose::Authentication)).await?;
    let now = desk.now();
    let mut tx = desk.store.write().await?;
    let session = tx.session(&name, now).await?.filter(|session| session.life == Life::Alive).ok_or(Refusal::Expired)?;
    if !tx.take_nonce(&session.id, &signed.head.nonce, now).await? {
        return Err(Refusal::Nonce.into());
    }
    accept::in_time(&signed.head, now)?;
    if tx.person_of_card(&signed.card.identity).await?.is_some() {
        tx.commit().await?;
        return Err(Refusal::AlreadyRegistered.into());
    }
    let nonce = secret::random()?;
    tx.prove_session(&session.id, &signed.card, now).await?;
    tx.add_nonce(&session.id, &nonce, now + SESSION_SECONDS).await?;
    tx.commit().await?;
    Ok(Json(Proved { nonce }).into_response())
}

/// Register.
pub(super) async fn register(
    State(desk): State<Arc<Desk>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let key = headers.get(IDEMPOTENCY_KEY).and_then(|value| value.to_str().ok()).and_then(|key| key.trim().parse::<uuid::Uuid>().ok());
    let signed: Signed<Registration> = accept::open(&desk, &headers, &body, Kind::Registration, By::Only(Purpose::Signing)).await?;
    if key != Some(signed.head.jti) {
        return Err(Refusal::Malformed.into());
    }
    let compared = Compared::of(&signed);
    let mut tx = desk.store.write().await?;
    let entered = enter(&desk, &mut tx, &signed, &compared).await?;
    // Also what is known already: it may have been entered a moment ago, in a transaction that is not durable yet (`store::writer`).
    tx.commit().await?;
    let (status, answer) = match entered {
        Entry::New(answer) => {
            desk.figures.add(Counter::Registrations);
            desk.wake();
            (StatusCode::CREATED, answer)
        }
        Entry::Known(answer) => (StatusCode::OK, answer),
    };
    let answer = with_folder(&desk, answer, peer)?;
    Ok((status, [(header::CONTENT_TYPE, JSON)], answer).into_response())
}

/// What came of a registration.
enum Entry {
    /// It is in the store.
    New(String),
    /// The same statement was accepted before.
    Known(String),
}

/// The form beside the holder of the card that has signed it. This needs no store, so it is done before anybody has to wait for the writer.
struct Compared {
    is_somebody_else: bool,
    differences: Vec<String>,
}

impl Compared {
    fn of(signed: &Signed<Registration>) -> Compared {
        let (holder, form) = (signed.leaf.holder(), &signed.payload.form);
        let differences = holder::differences(&holder, form);
        Compared {
            is_somebody_else: holder::is_somebody_else(&holder, form),
            differences: differences.into_iter().map(|field| field.row().key.to_owned()).collect(),
        }
    }
}

/// Check what needs the store, and enter the person: all of it in the one transaction, which the caller commits.
async fn enter(desk: &Desk, tx: &mut Tx, signed: &Signed<Registration>, compared: &Compared) -> Answer<Entry> {
    let now = desk.now();
    let form = &signed.payload.form;
    let session = match accept::take(tx, signed, now).await? {
        Taken::Fresh(session) => session,
        Taken::Answered(answer) => return Ok(Entry::Known(answer)),
    };
    if signed.payload.terms != desk.terms() {
        return Err(Refusal::Terms.into());
    }
    let proof = session.proof.ok_or(Refusal::NotProved)?;
    // The two certificates say nothing that ties one to the other but the hierarchy that they come from (jpki-card.md §5).
    if proof.test != signed.card.test {
        return Err(Refusal::OtherCard.into());
    }
    registration::check_form(form, desk.today()).map_err(Refused::Fields)?;
    if compared.is_somebody_else {
        return Err(Refusal::NotCardHolder.into());
    }
    let person = add(desk, tx, signed, &proof, compared, now).await?;
    let answer = Registered {
        authentication_id: person.authentication_id.clone(),
        registered_at: rfc3339(now),
        mail: Mail { to: masked(&person.email), state: first_state(desk), next_at: None, folder: None },
        revocation: signed.revocation.clone(),
        receipt: signed.hash.clone(),
        differs_from_card: compared.differences.clone(),
    };
    let answer = serde_json::to_string(&answer).map_err(|_| Refusal::Internal)?;
    accept::keep(tx, signed, &person.authentication_id, &answer, now).await?;
    tx.queue_mail(mail::Kind::Registered, &person, now).await?;
    tx.audit("registered", Means::Card(signed.purpose), Some(&person.authentication_id), now).await?;
    tx.close_session(&session.id, &person.authentication_id, now).await?;
    Ok(Entry::New(answer))
}

/// Add the person under a new 認証ID, with both certificates: the store lets each stand for one person only.
async fn add(desk: &Desk, tx: &mut Tx, signed: &Signed<Registration>, proof: &CardRecord, compared: &Compared, now: i64) -> Answer<Person> {
    let Registration { form, terms, language, .. } = &signed.payload;
    let language = desk.about.languages.iter().find(|known| *known == language).map_or("ja", String::as_str);
    let mut random = [0; 16];
    getrandom::fill(&mut random)?;
    let id = AuthenticationId::generate(random).as_str().to_owned();
    let new = NewPerson {
        authentication_id: &id,
        form,
        language,
        terms_version: &terms.version,
        revocation: &signed.revocation,
        differs_from_card: &compared.differences,
    };
    tx.add_person(&new, now).await?;
    if !tx.add_cards(&id, [&signed.card, proof], now).await? {
        return Err(Refusal::AlreadyRegistered.into());
    }
    Ok(Person { authentication_id: id, name: form.name.clone(), email: form.email.clone(), language: language.to_owned(), password: None })
}

/// Return where a mail is that has just been written.
pub(super) fn first_state(desk: &Desk) -> MailState {
    match desk.mailer {
        Mailer::Folder(..) => MailState::File,
        Mailer::Server(..) => MailState::Queued,
    }
}

/// Say in which folder the mail lies, but only to this computer itself.
fn with_folder(desk: &Desk, answer: String, peer: SocketAddr) -> Answer<String> {
    let Mailer::Folder(folder, _) = &desk.mailer else { return Ok(answer) };
    if !peer.ip().is_loopback() || desk.about.peers != super::Peers::Direct {
        return Ok(answer);
    }
    let mut registered: Registered = serde_json::from_str(&answer).map_err(|_| Refusal::Internal)?;
    registered.mail.folder = Some(folder.display().to_string());
    serde_json::to_string(&registered).map_err(|_| Refusal::Internal.into())
}

/// Hide most of a mail address: whoever knows it recognises it.
pub(super) fn masked(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((local, domain)) => format!("{}***@{domain}", local.chars().next().unwrap_or('*')),
        None => "***".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn a_masked_address_shows_its_first_letter_and_domain() {
        assert_eq!(masked("nyukan@example.jp"), "n***@example.jp");
        assert_eq!(masked("foo..bar.@docomo.ne.jp"), "f***@docomo.ne.jp");
        assert_eq!(masked("x"), "***");
    }
}
