//! Account actions: login, resending the mail, changing the address, linking a new card, withdrawal; and the delivery state of the newest
//! mail.
//! Each is a statement of its own in a session of its own. A pending registration is not affected.

use zeroize::Zeroizing;

use super::{JobContext, Session, SessionError, TEXT_LIMIT, check_id, name_expired, read, secret_body};
use crate::card::pin::Pin;
use crate::card::{Port, Purpose};
use crate::error::Code;
use crate::protocol::actions::Answer;
use crate::protocol::payload::{self, PayloadType};
use crate::protocol::problem::Refusal;
use crate::protocol::session::{self as wire, JSON, path};
use crate::secret::Locked;
use crate::time::rfc3339;
use crate::worker::card_session::CardTarget;
use crate::worker::http::{HttpError, Request, printable};
use crate::worker::{AccountAction, AccountOutcome, AccountRequest, Mail, MailState, Phase, now};

/// An account action that was signed and possibly sent, but has no reply yet.
pub(super) struct PendingAction {
    request: AccountRequest,
    purpose: Purpose,
    statement: String,
}

/// Body of `POST /v1/logins`.
#[derive(serde::Serialize)]
struct Login<'a> {
    authentication_id: &'a str,
    password: &'a str,
}

impl Session {
    /// Log in with 認証ID and password.
    pub(super) fn log_in(
        &mut self,
        authentication_id: &str,
        password: &Locked,
        context: JobContext<'_>,
    ) -> Result<AccountOutcome, SessionError> {
        context.report(Phase::Sending);
        let text = std::str::from_utf8(password.bytes()).unwrap_or_default();
        let body = secret_body(&Login { authentication_id, password: text }, authentication_id.len() + text.len())?;
        let body = self.http.send(context.number, Request::PostSecret { path: AccountAction::LogIn.path(), body, accept: JSON })?;
        self.logged_in(&body, context)
    }

    /// Verify the PIN, if given, and perform an action.
    pub(super) fn perform(
        &mut self,
        port: &mut dyn Port,
        target: CardTarget<'_>,
        pin: Option<Pin>,
        request: AccountRequest,
        context: JobContext<'_>,
    ) -> Result<AccountOutcome, SessionError> {
        match pin.map(|pin| (pin.purpose(), pin)) {
            Some((Purpose::Signing, pin)) => drop(self.card.sign_in(port, target, pin, context.on_progress)?),
            Some((Purpose::Authentication, pin)) => self.card.authenticate(port, target, pin, context.on_progress)?,
            None => {}
        }
        let body = self.sign_and_send_action(&request, context)?;
        let outcome = match request.action.answer() {
            Answer::LoggedIn => self.logged_in(&body, context)?,
            Answer::Mailed => {
                let wire::Mailed { mail } = read(&body)?;
                AccountOutcome::Mailed(mail_of(mail, None))
            }
            Answer::Linked => {
                let wire::Linked { linked, mail } = read(&body)?;
                match (linked, mail.map(|mail| mail_of(mail, None))) {
                    (true, mail) => AccountOutcome::Linked(mail),
                    (false, Some(mail)) => AccountOutcome::LinkWaits(mail),
                    (false, None) => {
                        return Err(HttpError::failed(Code::AnswerGarbled, "both keys have signed, and no card is linked").into());
                    }
                }
            }
            Answer::Withdrawn => {
                let wire::Withdrawn { .. } = read(&body)?;
                AccountOutcome::Withdrawn
            }
        };
        // Nothing more is signed: the card may be removed.
        self.card.release();
        Ok(outcome)
    }

    /// Ask for the delivery state of the newest mail to the person.
    pub(super) fn ask_mail(&mut self, context: JobContext<'_>) -> Result<Mail, SessionError> {
        let Some(session) = self.person_session.clone() else {
            return Err(HttpError::failed(Code::SessionExpired, "nobody has registered or logged in").into());
        };
        context.report(Phase::Sending);
        let body = self.http.send(context.number, Request::GetJson { path: &path::session_mail(&session) })?;
        let wire::Mailed { mail } = read(&body)?;
        Ok(mail_of(mail, Some(now())))
    }

    /// Keep the session of a person who logged in, and ask for the newest mail to them.
    fn logged_in(&mut self, body: &[u8], context: JobContext<'_>) -> Result<AccountOutcome, SessionError> {
        let wire::LoggedIn { session, .. } = read(body)?;
        check_id(&session)?;
        self.person_session = Some(Zeroizing::new(session));
        match self.ask_mail(context) {
            Err(SessionError::Http(HttpError::Cancelled)) => Err(HttpError::Cancelled.into()),
            // The login has succeeded, even if the mail is unknown.
            mail => Ok(AccountOutcome::LoggedIn(mail.ok())),
        }
    }

    /// Sign an action with each of its keys and send the statements; return the last response. After an interrupted linking the first
    /// statement is repeated, which changes nothing.
    fn sign_and_send_action(&mut self, request: &AccountRequest, context: JobContext<'_>) -> Result<Vec<u8>, SessionError> {
        for key in request.action.keys() {
            self.card.certificates(*key)?;
        }
        let mut body = Err(HttpError::failed(Code::RequestRefused, "no key signs this").into());
        for key in request.action.keys() {
            body = Ok(self.sign_and_send_with(request, *key, context)?);
        }
        body
    }

    /// Sign an action with one key and send it. A statement that may have arrived already is resent unchanged.
    fn sign_and_send_with(&mut self, request: &AccountRequest, purpose: Purpose, context: JobContext<'_>) -> Result<Vec<u8>, SessionError> {
        if self.pending_action.as_ref().is_some_and(|sent| sent.request == *request && sent.purpose == purpose) {
            match self.send_action(context) {
                // It never arrived and is now too old: sign it again.
                Err(error) if matches!(error.refusal(), Some(Refusal::Clock | Refusal::Nonce | Refusal::Expired)) => {}
                result => return result,
            }
        }
        let statement = self.sign_action(request, purpose, context)?;
        self.pending_action = Some(PendingAction { request: request.clone(), purpose, statement });
        self.send_action(context)
    }

    fn sign_action(&mut self, request: &AccountRequest, purpose: Purpose, context: JobContext<'_>) -> Result<String, SessionError> {
        let wire::Session { audience, nonce, .. } = self.open(context)?;
        let Some(kind) = request.action.statement() else {
            return Err(HttpError::failed(Code::RequestRefused, "this is not signed").into());
        };
        let (_, statement) = match kind.payload() {
            PayloadType::Address => {
                let payload = |head| payload::Address::new(head, request.said.clone());
                self.statement(kind, purpose, &audience, &nonce, payload, context)?
            }
            PayloadType::Link => {
                let Some(login) = self.person_session.clone() else {
                    return Err(HttpError::failed(Code::LoginRefused, "nobody has logged in").into());
                };
                let payload = |head| payload::Link::new(head, request.said.clone(), login.to_string());
                self.statement(kind, purpose, &audience, &nonce, payload, context)?
            }
            PayloadType::Proof | PayloadType::Registration => {
                self.statement(kind, purpose, &audience, &nonce, payload::Proof::new, context)?
            }
        };
        Ok(statement)
    }

    fn send_action(&mut self, context: JobContext<'_>) -> Result<Vec<u8>, SessionError> {
        let Some(PendingAction { request, purpose, statement }) = &self.pending_action else {
            return Err(HttpError::failed(Code::RequestRefused, "nothing is signed").into());
        };
        context.report(Phase::Sending);
        let (path, purpose) = (request.action.path(), *purpose);
        let request = Request::PostStatement { path, statement: statement.clone(), idempotency_key: None };
        let body = self.http.send(context.number, request).map_err(|error| name_expired(error, purpose));
        // A final response ends it; after a temporary refusal it is resent unchanged.
        if !body.as_ref().is_err_and(HttpError::is_retryable) {
            self.pending_action = None;
        }
        Ok(body?)
    }
}

/// Convert the service's description of a mail into the app's.
pub(super) fn mail_of(mail: wire::Mail, asked: Option<i64>) -> Mail {
    let wire::Mail { to, state, next_at, folder } = mail;
    let state = match state {
        wire::MailState::File => MailState::File,
        wire::MailState::Sent => MailState::Sent,
        wire::MailState::Delayed => MailState::Delayed(next_at.as_deref().and_then(rfc3339::parse)),
        wire::MailState::Stuck => MailState::Stuck,
        wire::MailState::Queued => MailState::Queued,
    };
    Mail { to: printable(&to, TEXT_LIMIT), state, folder: folder.map(|folder| printable(&folder, TEXT_LIMIT)), asked }
}
