//! Actions of a registered person, each signed with the card: resend the link, mail the 認証ID, correct the address, link a new card, undo
//! that, withdraw. A login by card uses `perform` too; `logins` starts it.

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
use crate::service::linking;
use crate::service::mail;
use crate::service::metrics::Counter;
use crate::service::rate_limit::{self, Limit};
use crate::service::state::AppState;
use crate::service::store::Tx;
use crate::service::store::audit::Means;
use crate::service::store::people::{Person, Standing};
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
    /// Put the old card back.
    Undo,
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
pub(in crate::service) async fn link_card(
    State(state): State<Arc<AppState>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Bytes,
) -> ApiResult {
    let verified = verify::verify_statement::<Link>(&state, &headers, &body, StatementType::Link, RequiredKey::Either).await?;
    perform(&state, verified.map(AccountRequest::Link), folder_to_tell(&state, peer)).await
}

/// Put the old card back in the place that another one has taken.
pub(in crate::service) async fn undo_link(
    State(state): State<Arc<AppState>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Bytes,
) -> ApiResult {
    let verified = verify::verify_statement::<Proof>(&state, &headers, &body, StatementType::Undo, RequiredKey::Either).await?;
    perform(&state, verified.map(|_| AccountRequest::Undo), folder_to_tell(&state, peer)).await
}

/// Delete the person. Requires the signing key, as a declaration of the holder's intent.
pub(in crate::service) async fn withdraw(State(state): State<Arc<AppState>>, headers: HeaderMap, body: Bytes) -> ApiResult {
    let key = RequiredKey::Only(Purpose::Signing);
    let verified = verify::verify_statement::<Proof>(&state, &headers, &body, StatementType::Withdraw, key).await?;
    let now = state.now();
    let mut tx = state.store.write().await?;
    // The response to a withdrawal is not stored, because its person no longer exists.
    let Freshness::New(_) = verify::use_nonce(&mut tx, &verified, now).await? else { return Err(Refusal::Nonce.into()) };
    let person = holder_of_card(&mut tx, &verified).await?;
    let mails = tx.delete_person(&person.authentication_id).await?.unwrap_or_default();
    tx.audit(verified.kind, Means::Card(verified.purpose), Some(&person.authentication_id), now).await?;
    // A separate task, so that it completes even if the client disconnects: after the commit nothing else knows the mail ids.
    let deletion = tokio::spawn(async move {
        tx.commit().await?;
        state.delete_mail_files(mails).await;
        state.store.empty_wal().await;
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
        return respond(&verified.payload, answer, folder);
    }
    let person = match &verified.payload {
        AccountRequest::Link(link) => owner_of_login(&mut tx, link, now).await?,
        AccountRequest::Undo => former_holder_of_card(&mut tx, &verified).await?,
        _ => holder_of_card(&mut tx, &verified).await?,
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
    respond(&verified.payload, answer, folder)
}

/// Send a response; with a folder it tells of a mail.
fn respond(request: &AccountRequest, answer: String, folder: Option<&Path>) -> ApiResult {
    match request {
        _ if folder.is_none() => Ok(json_response(answer)),
        AccountRequest::Link(_) => with_folder::<Linked>(&answer, folder),
        _ => with_folder::<Mailed>(&answer, folder),
    }
}

/// Return the person whose current card has signed. One whose card was replaced is told so.
async fn holder_of_card<P>(tx: &mut Tx, verified: &Verified<P>) -> ApiResult<Person> {
    match tx.owner_of_card(&verified.card.identity).await? {
        Some((person, Standing::Current)) => Ok(tx.person(&person).await?.ok_or(Refusal::NotRegistered)?),
        Some((_, Standing::Replaced)) => Err(Refusal::CardReplaced.into()),
        None => Err(Refusal::NotRegistered.into()),
    }
}

/// Return the person whose replaced card has signed.
async fn former_holder_of_card<P>(tx: &mut Tx, verified: &Verified<P>) -> ApiResult<Person> {
    match tx.owner_of_card(&verified.card.identity).await? {
        Some((person, Standing::Replaced)) => Ok(tx.person(&person).await?.ok_or(Refusal::NotRegistered)?),
        Some((_, Standing::Current)) => Err(Refusal::NothingToUndo.into()),
        None => Err(Refusal::NotRegistered.into()),
    }
}

/// Return the person of the login with which a card is to be linked.
async fn owner_of_login(tx: &mut Tx, link: &Link, now: i64) -> ApiResult<Person> {
    let id = AuthenticationId::parse(&link.authentication_id).ok_or(Refusal::LoginRefused)?;
    let person = tx.login(&link.login, now).await?.filter(|person| person == id.as_str()).ok_or(Refusal::LoginRefused)?;
    Ok(tx.person(&person).await?.ok_or(Refusal::LoginRefused)?)
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
        AccountRequest::Link(link) => to_json(&linking::take(tx, verified, (&link.login, person), new_mail, now).await?),
        AccountRequest::Undo => {
            let linking = tx.linking_that_replaced(&verified.card.identity, now).await?.ok_or(Refusal::NothingToUndo)?;
            if !linking::undo(tx, &linking, now).await? {
                return Err(Refusal::NothingToUndo.into());
            }
            mail_queued(new_mail, linking.address.as_deref().unwrap_or_default())
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
