//! Registration: the form checked against the signing card, person and evidence stored in one transaction, and the response.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;

use crate::certificate::Purpose;
use crate::protocol::actions::StatementType;
use crate::protocol::authentication_id::AuthenticationId;
use crate::protocol::payload::Registration;
use crate::protocol::problem::Refusal;
use crate::protocol::session::{IDEMPOTENCY_KEY, Registered};
use crate::registration::{self, holder};
use crate::service::clock::rfc3339;
use crate::service::error::{ApiError, ApiResult};
use crate::service::handlers::{folder_to_tell, new_mail, to_json, with_folder};
use crate::service::mail;
use crate::service::metrics::Counter;
use crate::service::state::AppState;
use crate::service::store::Tx;
use crate::service::store::audit::Means;
use crate::service::store::people::{NewPerson, Person};
use crate::service::store::sessions::CardRecord;
use crate::service::verify::{self, Freshness, RequiredKey, Verified};

/// Register a person. The same statement again gets the same response, with 200 instead of 201.
pub(in crate::service) async fn register(
    State(state): State<Arc<AppState>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Bytes,
) -> ApiResult {
    let idempotency_key =
        headers.get(IDEMPOTENCY_KEY).and_then(|value| value.to_str().ok()).and_then(|key| key.trim().parse::<uuid::Uuid>().ok());
    let key = RequiredKey::Only(Purpose::Signing);
    let verified: Verified<Registration> = verify::verify_statement(&state, &headers, &body, StatementType::Registration, key).await?;
    if idempotency_key != Some(verified.head.jti) {
        return Err(Refusal::Malformed.into());
    }
    let comparison = Comparison::of(&verified);
    let mut tx = state.store.write().await?;
    let outcome = enter(&state, &mut tx, &verified, &comparison).await?;
    // Also for a repeated statement: its response may come from a transaction that is not durable yet (`store::group_commit`).
    tx.commit().await?;
    let folder = folder_to_tell(&state, peer);
    match outcome {
        Outcome::Registered(stored) => {
            state.metrics.add(Counter::Registrations);
            state.wake_outbox();
            Ok((StatusCode::CREATED, with_folder::<Registered>(&stored, folder)?).into_response())
        }
        Outcome::Repeated(stored) => with_folder::<Registered>(&stored, folder),
    }
}

/// Outcome of a registration.
enum Outcome {
    /// The person was added, with this response.
    Registered(String),
    /// The same statement was accepted before, with this response.
    Repeated(String),
}

/// The form compared with the holder of the signing certificate. Needs no store, so it is done before the transaction.
struct Comparison {
    is_somebody_else: bool,
    /// Names of the differing fields.
    differences: Vec<String>,
}

impl Comparison {
    fn of(verified: &Verified<Registration>) -> Comparison {
        let (holder, form) = (verified.leaf.holder(), &verified.payload.form);
        let differences = holder::differences(&holder, form);
        Comparison {
            is_somebody_else: holder::is_somebody_else(&holder, form),
            differences: differences.into_iter().map(|field| field.row().key.to_owned()).collect(),
        }
    }
}

/// Check what needs the store and add the person, in one transaction that the caller commits.
async fn enter(state: &AppState, tx: &mut Tx, verified: &Verified<Registration>, comparison: &Comparison) -> ApiResult<Outcome> {
    let now = state.now();
    let form = &verified.payload.form;
    let session = match verify::use_nonce(tx, verified, now).await? {
        Freshness::New(session) => session,
        Freshness::Repeated(answer) => return Ok(Outcome::Repeated(answer)),
    };
    if verified.payload.terms != state.terms() {
        return Err(Refusal::Terms.into());
    }
    let proof = session.proof.ok_or(Refusal::NotProved)?;
    // Only the hierarchy of issuers links the two certificates.
    if proof.test != verified.card.test {
        return Err(Refusal::OtherCard.into());
    }
    registration::check_form(form, state.today()).map_err(ApiError::InvalidFields)?;
    if comparison.is_somebody_else {
        return Err(Refusal::NotCardHolder.into());
    }
    let person = add_person(&state.profile.languages, tx, verified, &proof, comparison, now).await?;
    let registered = Registered {
        authentication_id: person.authentication_id.clone(),
        registered_at: rfc3339(now),
        mail: new_mail(state.state_of_new_mail(), &person.email),
        revocation: verified.revocation.clone(),
        receipt: verified.hash.clone(),
        differs_from_card: comparison.differences.clone(),
    };
    let answer = to_json(&registered)?;
    verify::store_evidence(tx, verified, &person.authentication_id, &answer, now).await?;
    tx.queue_mail(mail::Kind::Registered, &person, now).await?;
    tx.audit("registered", Means::Card(verified.purpose), Some(&person.authentication_id), now).await?;
    tx.close_session(&session.id, &person.authentication_id, now).await?;
    Ok(Outcome::Registered(answer))
}

/// Add the person under a new 認証ID, with both certificates. The store links each certificate to at most one person.
async fn add_person(
    languages: &[String],
    tx: &mut Tx,
    verified: &Verified<Registration>,
    proof: &CardRecord,
    comparison: &Comparison,
    now: i64,
) -> ApiResult<Person> {
    let Registration { form, terms, language, .. } = &verified.payload;
    let language = languages.iter().find(|known| *known == language).map_or("ja", String::as_str);
    let mut random = [0; 16];
    getrandom::fill(&mut random)?;
    let id = AuthenticationId::generate(random).as_str().to_owned();
    let new = NewPerson {
        authentication_id: &id,
        form,
        language,
        terms_version: &terms.version,
        revocation: &verified.revocation,
        differs_from_card: &comparison.differences,
    };
    tx.add_person(&new, now).await?;
    if !tx.add_cards(&id, [&verified.card, proof], now).await? {
        return Err(Refusal::AlreadyRegistered.into());
    }
    Ok(Person {
        authentication_id: id,
        name: form.name.clone(),
        email: form.email.clone(),
        language: language.to_owned(),
        password: None,
        password_set_at: None,
    })
}
