//! Actions of a registered person, each signed with the card: resend the link, mail the 認証ID, correct the address, link a new card,
//! withdraw. A login by card uses `perform` too; `logins` starts it.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, State};
use axum::http::HeaderMap;

use crate::certificate::Purpose;
use crate::protocol::actions::StatementType;
use crate::protocol::authentication_id::AuthenticationId;
use crate::protocol::payload::{Address, Link, Proof};
use crate::protocol::problem::Refusal;
use crate::protocol::session::{Linked, MailState, Mailed, Withdrawn};
use crate::registration::{FieldId, FormError, rule};
use crate::service::error::{ApiError, ApiResult};
use crate::service::handlers::{folder_to_tell, json_response, mail_queued, open_login, to_json, with_folder};
use crate::service::mail;
use crate::service::metrics::Counter;
use crate::service::rate_limit::{self, Limit};
use crate::service::state::AppState;
use crate::service::store::Tx;
use crate::service::store::audit::Means;
use crate::service::store::people::Person;
use crate::service::store::sessions::Linking;
use crate::service::verify::{self, Freshness, RequiredKey, Verified};

/// The requests of a registered person, except withdrawal.
pub(super) enum AccountRequest {
    /// Log in by card.
    Login,
    /// Mail the link to the password page again.
    Resend,
    /// Mail the 認証ID again.
    Remind,
    /// Correct the mail address.
    Address(String),
    /// Replace the old card with a new one.
    Link(Link),
}

/// Mail the link to the password page again.
pub(in crate::service) async fn resend(
    State(state): State<Arc<AppState>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Bytes,
) -> ApiResult {
    let verified = verify::verify_statement::<Proof>(&state, &headers, &body, StatementType::Resend, RequiredKey::Either).await?;
    perform(&state, verified.map(|_| AccountRequest::Resend), folder_to_tell(&state, peer)).await
}

/// Mail the 認証ID again.
pub(in crate::service) async fn remind(
    State(state): State<Arc<AppState>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Bytes,
) -> ApiResult {
    let verified = verify::verify_statement::<Proof>(&state, &headers, &body, StatementType::Remind, RequiredKey::Either).await?;
    perform(&state, verified.map(|_| AccountRequest::Remind), folder_to_tell(&state, peer)).await
}

/// Correct the mail address.
pub(in crate::service) async fn correct_address(
    State(state): State<Arc<AppState>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Bytes,
) -> ApiResult {
    let verified = verify::verify_statement::<Address>(&state, &headers, &body, StatementType::Address, RequiredKey::Either).await?;
    perform(&state, verified.map(|payload| AccountRequest::Address(payload.email)), folder_to_tell(&state, peer)).await
}

/// Replace the old card with a new one.
pub(in crate::service) async fn link_card(State(state): State<Arc<AppState>>, headers: HeaderMap, body: Bytes) -> ApiResult {
    let verified = verify::verify_statement::<Link>(&state, &headers, &body, StatementType::Link, RequiredKey::Either).await?;
    perform(&state, verified.map(AccountRequest::Link), None).await
}

/// Delete the person. Requires the signing key, as a declaration of the holder's intent.
pub(in crate::service) async fn withdraw(State(state): State<Arc<AppState>>, headers: HeaderMap, body: Bytes) -> ApiResult {
    let key = RequiredKey::Only(Purpose::Signing);
    let verified = verify::verify_statement::<Proof>(&state, &headers, &body, StatementType::Withdraw, key).await?;
    let now = state.now();
    let mut tx = state.store.write().await?;
    // The response to a withdrawal is not stored, because its person no longer exists.
    let Freshness::New(_) = verify::use_nonce(&mut tx, &verified, now).await? else { return Err(Refusal::Nonce.into()) };
    let person = tx.holder_of_card(&verified.card.identity).await?.ok_or(Refusal::NotRegistered)?;
    let mails = tx.delete_person(&person.authentication_id).await?.unwrap_or_default();
    tx.audit(verified.kind, Means::Card(verified.purpose), Some(&person.authentication_id), now).await?;
    // A separate task, so that it completes even if the client disconnects: after the commit nothing else knows the mail ids.
    let deletion = tokio::spawn(async move {
        tx.commit().await?;
        state.delete_mail_files(mails).await;
        Ok::<_, ApiError>(())
    });
    deletion.await.map_err(|_| Refusal::Internal)??;
    Ok(json_response(to_json(&Withdrawn { withdrawn: true })?))
}

/// Check what needs the store and perform the action, in one transaction. `folder` is that of the mail, if the client may know it.
pub(super) async fn perform(state: &AppState, verified: Verified<AccountRequest>, folder: Option<&Path>) -> ApiResult {
    let now = state.now();
    let mut tx = state.store.write().await?;
    if let Freshness::Repeated(answer) = verify::use_nonce(&mut tx, &verified, now).await? {
        // The repeated response may come from a transaction that is not durable yet (`store::group_commit`).
        tx.commit().await?;
        return respond(answer, folder);
    }
    let person = match &verified.payload {
        AccountRequest::Link(link) => owner_of_login(&mut tx, &verified, link, now).await?,
        _ => tx.holder_of_card(&verified.card.identity).await?.ok_or(Refusal::NotRegistered)?,
    };
    let answer = apply(state.state_of_new_mail(), &mut tx, &verified, &person, now).await?;
    tx.audit(verified.kind, Means::Card(verified.purpose), Some(&person.authentication_id), now).await?;
    // The response to a login contains a session and is not evidence.
    if !matches!(verified.payload, AccountRequest::Login) {
        verify::store_evidence(&mut tx, &verified, &person.authentication_id, &answer, now).await?;
    }
    tx.commit().await?;
    if matches!(verified.payload, AccountRequest::Login) {
        state.metrics.add(Counter::Logins);
    }
    state.wake_outbox();
    respond(answer, folder)
}

/// Send a response; with a folder it tells of a mail.
fn respond(answer: String, folder: Option<&Path>) -> ApiResult {
    if folder.is_some() { with_folder::<Mailed>(&answer, folder) } else { Ok(json_response(answer)) }
}

/// Return the person of the login with which a card is to be linked, if the card may be theirs.
async fn owner_of_login(tx: &mut Tx, verified: &Verified<AccountRequest>, link: &Link, now: i64) -> ApiResult<Person> {
    let id = AuthenticationId::parse(&link.authentication_id).ok_or(Refusal::LoginRefused)?;
    let logged_in = tx.login(&link.login, now).await?;
    let (person, linking) = logged_in.filter(|(person, _)| person == id.as_str()).ok_or(Refusal::LoginRefused)?;
    check_holder(tx, verified, &person, linking).await?;
    Ok(tx.person(&person).await?.ok_or(Refusal::LoginRefused)?)
}

/// Check that a new card has the same holder, so that a stolen password does not let a thief link their own card.
///
/// A signing certificate contains the birth date, as did the one used to register. The user-authentication certificate does not, so it must
/// follow the signing certificate in the same login.
async fn check_holder(tx: &mut Tx, verified: &Verified<AccountRequest>, person: &str, linking: Linking) -> ApiResult<()> {
    match (verified.purpose, linking) {
        (Purpose::Signing, _) => {
            let registered = tx.registration_of(person).await?;
            let same = registered.is_some_and(|registered| verify::same_holder(&registered, &verified.text));
            if same { Ok(()) } else { Err(Refusal::OtherHolder.into()) }
        }
        (Purpose::Authentication, Linking::Begun) => Ok(()),
        (Purpose::Authentication, Linking::None) => Err(Refusal::SigningKeyFirst.into()),
    }
}

/// Perform an action and return its response as JSON.
async fn apply(new_mail: MailState, tx: &mut Tx, verified: &Verified<AccountRequest>, person: &Person, now: i64) -> ApiResult<String> {
    let id = &person.authentication_id;
    match &verified.payload {
        AccountRequest::Login => open_login(tx, id, now).await,
        AccountRequest::Resend => {
            rate_limit::take_within(tx, Limit::Mails, id, now).await?;
            tx.queue_mail(mail::Kind::PasswordLink, person, now).await?;
            mail_queued(new_mail, &person.email)
        }
        AccountRequest::Remind => {
            rate_limit::take_within(tx, Limit::Mails, id, now).await?;
            tx.queue_mail(mail::Kind::Reminder, person, now).await?;
            mail_queued(new_mail, &person.email)
        }
        AccountRequest::Address(address) => {
            rate_limit::take_within(tx, Limit::Mails, id, now).await?;
            let address = set_address(tx, person, address, now).await?;
            mail_queued(new_mail, &address)
        }
        AccountRequest::Link(link) => {
            if verified.purpose == Purpose::Signing {
                tx.begin_linking(&link.login, &verified.card).await?;
            }
            if !tx.replace_card(id, verified.purpose, &verified.card, now).await? {
                return Err(Refusal::AlreadyRegistered.into());
            }
            to_json(&Linked { linked: true })
        }
    }
}

/// Correct the address and return it as stored.
///
/// A person with a password is notified at both addresses; one without gets the link at the new address.
async fn set_address(tx: &mut Tx, person: &Person, address: &str, now: i64) -> ApiResult<String> {
    let address = rule::email(address).map_err(|problem| ApiError::InvalidFields(vec![FormError { field: FieldId::Email, problem }]))?;
    tx.set_address(&person.authentication_id, &address, now).await?;
    let corrected = Person { email: address.clone(), ..person.clone() };
    if person.password.is_some() {
        tx.queue_mail(mail::Kind::AddressChanged, person, now).await?;
        tx.queue_mail(mail::Kind::AddressChanged, &corrected, now).await?;
    } else {
        tx.queue_mail(mail::Kind::PasswordLink, &corrected, now).await?;
    }
    Ok(address)
}
