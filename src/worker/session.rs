//! Runs jobs over the card session and the HTTP client, and keeps the service's session of the pending registration.
//! A statement that may have arrived is sent again unchanged, so that no retry registers or signs twice. Account actions are in
//! `account_actions`.

use serde::de::DeserializeOwned;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::card_session::{CardSession, CardTarget};
use super::http::{HttpClient, HttpError, NO_BODY, Request, printable, printable_lines};
use super::{Confirmed, Job, JobError, OpenSession, Phase, Progress, Registered, Reply, now};
use crate::card::{self, CardError, Port, Purpose};
use crate::certificate::Algorithm;
use crate::error::Code;
use crate::protocol::actions::StatementType;
use crate::protocol::payload::{self, Head, Payload};
use crate::protocol::problem::Refusal;
use crate::protocol::session::{self as wire, TermsId, path};
use crate::protocol::statement::{self, Alg};
use crate::protocol::terms;
use crate::registration::FieldId;
use crate::secret::Locked;
use std::sync::Arc;

mod account_actions;

/// Maximum length of a service's name, notice or receipt, in characters.
const TEXT_LIMIT: usize = 1000;
/// Maximum length of the authentication ID, in characters. Ours has 10; the agency's format is unknown.
const ID_LIMIT: usize = 40;
/// Maximum length of the terms of use, in characters.
const TERMS_LIMIT: usize = 200_000;

/// State of the worker between jobs.
pub(super) struct Session {
    card: CardSession,
    http: HttpClient,
    proved: Option<ProvedSession>,
    pending_registration: Option<PendingRegistration>,
    /// Id of the service's session in which the person registered or logged in, for asking about their mail.
    person_session: Option<Zeroizing<String>>,
    pending_action: Option<account_actions::PendingAction>,
}

/// A session of the service, proved with the user-authentication key.
struct ProvedSession {
    id: Zeroizing<String>,
    audience: String,
    nonce: String,
    terms: TermsId,
}

/// A registration that was signed and possibly sent, but has no reply yet.
struct PendingRegistration {
    confirmed: Arc<Confirmed>,
    language: &'static str,
    jti: Uuid,
    statement: String,
}

/// Body of `POST /v1/passwords`.
#[derive(serde::Serialize)]
struct NewPassword<'a> {
    token: &'a str,
    password: &'a str,
}

/// Why a job failed, internally.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
enum SessionError {
    Card(#[from] card::CardError),
    Http(#[from] HttpError),
}

impl SessionError {
    fn refusal(&self) -> Option<Refusal> {
        match self {
            SessionError::Card(_) => None,
            SessionError::Http(error) => error.refusal(),
        }
    }

    /// Convert into the error reported to the app; `None` if the job was cancelled.
    fn job_error(self) -> Option<JobError> {
        match self {
            SessionError::Card(error) => Some(JobError::Card(error)),
            SessionError::Http(error) => error.job_error(),
        }
    }
}

/// The running job.
#[derive(Clone, Copy)]
pub(super) struct JobContext<'a> {
    /// Its number, by which the HTTP client detects cancellation.
    pub(super) number: u64,
    /// Progress callback.
    pub(super) on_progress: &'a dyn Fn(Progress),
}

impl JobContext<'_> {
    fn report(&self, phase: Phase) {
        (self.on_progress)(Progress { phase, done: 0, total: 0 });
    }
}

impl Session {
    /// Create a session with empty state.
    pub(super) fn new(card: CardSession, http: HttpClient) -> Session {
        Session { card, http, proved: None, pending_registration: None, person_session: None, pending_action: None }
    }

    /// Run a job and return its reply; `None` if it was cancelled.
    pub(super) fn run(&mut self, port: &mut dyn Port, job: Job, context: JobContext<'_>) -> Option<Reply> {
        let result = match job {
            Job::ReadStatus { reader } => self.status(port, &reader).map(Reply::Status).map_err(SessionError::Card),
            Job::SignIn { reader, pin, card } => {
                let read = self.card.sign_in(port, CardTarget { reader: &reader, card }, pin, context.on_progress);
                read.map(|certificate| Reply::SignedIn(Box::new(certificate))).map_err(SessionError::Card)
            }
            Job::Authenticate { reader, pin, card } => {
                match self.card.authenticate(port, CardTarget { reader: &reader, card }, pin, context.on_progress) {
                    Ok(()) => self.prove(context).map(|opened| Reply::Proved(Box::new(opened))),
                    Err(error) => Err(SessionError::Card(error)),
                }
            }
            Job::Prove => self.prove(context).map(|opened| Reply::Proved(Box::new(opened))),
            Job::Terms { language } => self.terms(language, context).map(Reply::Terms),
            Job::Register { confirmed, language } => {
                self.register(confirmed, language, context).map(|registered| Reply::Registered(Box::new(registered)))
            }
            Job::PasswordRules => self.open(context).map(|opened| Reply::PasswordRules(opened.service.password)),
            Job::SetPassword { token, password } => self.set_password(&token, &password, context).map(|()| Reply::PasswordSet),
            Job::LogIn { authentication_id, password } => {
                self.log_in(&authentication_id, &password, context).map(|outcome| Reply::AccountAction(Box::new(outcome)))
            }
            Job::AccountAction { reader, pin, card, request } => {
                let outcome = self.perform(port, CardTarget { reader: &reader, card }, pin, request, context);
                outcome.map(|outcome| Reply::AccountAction(Box::new(outcome)))
            }
            Job::AskMail => self.ask_mail(context).map(Reply::Mail),
            Job::ReleaseCard => {
                self.card.close();
                Ok(Reply::Released)
            }
            Job::AbandonRegistration => {
                self.forget();
                Ok(Reply::Released)
            }
            Job::EndVisit => {
                self.forget();
                self.person_session = None;
                Ok(Reply::Released)
            }
        };
        result.map_err(|error| self.blame(error)).map_or_else(|error| error.job_error().map(|error| Reply::Failed(Box::new(error))), Some)
    }

    /// Read the card status. A certificate that seems to be of another time is not blamed before the clock.
    fn status(&mut self, port: &mut dyn Port, reader: &str) -> Result<card::CardStatus, CardError> {
        let status = self.card.look(port, reader)?;
        let now = now();
        let of_now = status.authentication_validity.is_none_or(|validity| (validity.from..=validity.until).contains(&now));
        if !of_now && self.http.is_clock_wrong() { Err(Code::ClockWrong.into()) } else { Ok(status) }
    }

    /// Blame the clock, if it is wrong, for a certificate that seems to be of another time.
    fn blame(&self, error: SessionError) -> SessionError {
        use Code::{AuthenticationCertificateExpired, CertificateNotYetValid, ClockWrong, SigningCertificateExpired};
        let blamed = match &error {
            SessionError::Card(card) => {
                matches!(card.code, SigningCertificateExpired | AuthenticationCertificateExpired | CertificateNotYetValid)
            }
            SessionError::Http(_) => false,
        };
        if blamed && self.http.is_clock_wrong() { SessionError::Card(ClockWrong.into()) } else { error }
    }

    /// Release the card; the registration can continue.
    pub(super) fn close_card(&mut self) {
        self.card.close();
    }

    /// Release the card and forget the pending registration.
    fn forget(&mut self) {
        self.card.release();
        (self.proved, self.pending_registration, self.pending_action) = (None, None, None);
    }

    /// Open a session of the service.
    fn open(&mut self, context: JobContext<'_>) -> Result<wire::Session, SessionError> {
        context.report(Phase::Sending);
        let opened: wire::Session = read(&self.http.send(context.number, Request::PostEmpty { path: path::SESSIONS })?)?;
        check_id(&opened.session)?;
        // Statements must be valid for this service only.
        if !self.http.is_audience(&opened.audience) {
            return Err(HttpError::failed(Code::AnswerGarbled, format!("the service calls itself {}", opened.audience)).into());
        }
        Ok(opened)
    }

    /// Open a session and prove it.
    fn prove(&mut self, context: JobContext<'_>) -> Result<OpenSession, SessionError> {
        self.card.certificates(Purpose::Authentication)?;
        let opened = self.open(context)?;
        let (_, statement) =
            self.statement(StatementType::Proof, Purpose::Authentication, &opened.audience, &opened.nonce, payload::Proof::new, context)?;
        context.report(Phase::Sending);
        let request = Request::PostStatement { path: &path::proof(&opened.session), statement, idempotency_key: None };
        let body = self.http.send(context.number, request).map_err(|error| name_expired(error, Purpose::Authentication))?;
        let proved: wire::Proved = read(&body)?;
        let wire::Session { session: id, audience, terms, service, .. } = opened;
        let opened = OpenSession {
            practice: service.practice,
            notice: service.notice.map(|notice| printable_lines(&notice, TEXT_LIMIT)),
            terms: printable(&terms.version, TEXT_LIMIT),
            test_cards: service.test_cards,
            password: service.password,
        };
        self.proved = Some(ProvedSession { id: Zeroizing::new(id), audience, nonce: proved.nonce, terms });
        Ok(opened)
    }

    /// Fetch the terms of use. The Japanese text is binding: it must match the hash given by the session, if there is one.
    fn terms(&mut self, language: &str, context: JobContext<'_>) -> Result<String, SessionError> {
        context.report(Phase::Sending);
        let text = self.http.send(context.number, Request::GetText { path: path::TERMS, language })?;
        let text = String::from_utf8(text).map_err(|_| HttpError::failed(Code::AnswerGarbled, "the terms are not UTF-8"))?;
        let changed = self.proved.as_ref().is_some_and(|proved| proved.terms.sha256 != terms::sha256_of(&text));
        if language == "ja" && changed {
            return Err(HttpError::failed(Code::TermsChanged, "the terms are not those that the session has named").into());
        }
        Ok(printable_lines(&text, TERMS_LIMIT))
    }

    fn set_password(&mut self, token: &str, password: &Locked, context: JobContext<'_>) -> Result<(), SessionError> {
        context.report(Phase::Sending);
        let text = std::str::from_utf8(password.bytes()).unwrap_or_default();
        let body = secret_body(&NewPassword { token, password: text }, token.len() + text.len())?;
        self.http.send(context.number, Request::PostSecret { path: path::PASSWORDS, body, accept: NO_BODY })?;
        Ok(())
    }

    /// Register, or resend a registration that may have arrived already.
    fn register(&mut self, confirmed: Arc<Confirmed>, language: &'static str, context: JobContext<'_>) -> Result<Registered, SessionError> {
        if self.pending_registration.as_ref().is_some_and(|sent| sent.confirmed == confirmed && sent.language == language) {
            match self.send(context) {
                // It never arrived and is now too old: sign it again.
                Err(error) if matches!(error.refusal(), Some(Refusal::Clock | Refusal::Nonce | Refusal::Expired)) => {}
                result => return result,
            }
        }
        match self.sign_and_send(Arc::clone(&confirmed), language, context) {
            Err(error) if matches!(error.refusal(), Some(Refusal::Expired | Refusal::Nonce | Refusal::NotProved)) => {
                self.renew(context)?;
                self.sign_and_send(confirmed, language, context)
            }
            result => result,
        }
    }

    /// Prove a new session in place of an expired one, for the same accepted terms.
    fn renew(&mut self, context: JobContext<'_>) -> Result<(), SessionError> {
        let agreed = self.proved.as_ref().map(|proved| proved.terms.clone());
        self.prove(context)?;
        if self.proved.as_ref().map(|proved| &proved.terms) == agreed.as_ref() {
            return Ok(());
        }
        self.proved = None;
        Err(HttpError::failed(Code::TermsChanged, "the terms have changed since they were agreed to").into())
    }

    fn sign_and_send(
        &mut self,
        confirmed: Arc<Confirmed>,
        language: &'static str,
        context: JobContext<'_>,
    ) -> Result<Registered, SessionError> {
        let Some(ProvedSession { audience, nonce, terms, .. }) = &self.proved else {
            return Err(HttpError::failed(Code::SessionExpired, "no session is open").into());
        };
        let (audience, nonce, terms) = (audience.clone(), nonce.clone(), terms.clone());
        // An abandoned proof may have brought other terms, which nobody accepted.
        if printable(&terms.version, TEXT_LIMIT) != confirmed.terms {
            self.proved = None;
            return Err(HttpError::failed(Code::TermsChanged, "the terms have changed since they were agreed to").into());
        }
        // In any case, a form is signed only by the card it was filled from.
        if self.card.certificates(Purpose::Signing)?.leaf.fingerprint() != confirmed.certificate {
            return Err(SessionError::Card(Code::OtherCard.into()));
        }
        let payload = |head| payload::Registration::new(head, confirmed.form.clone(), terms, language.to_owned());
        let (jti, statement) = self.statement(StatementType::Registration, Purpose::Signing, &audience, &nonce, payload, context)?;
        self.pending_registration = Some(PendingRegistration { confirmed, language, jti, statement });
        self.send(context)
    }

    /// Send the signed registration, and forget everything once accepted.
    fn send(&mut self, context: JobContext<'_>) -> Result<Registered, SessionError> {
        let Some(PendingRegistration { jti, statement, .. }) = &self.pending_registration else {
            return Err(HttpError::failed(Code::SessionExpired, "nothing is signed").into());
        };
        context.report(Phase::Sending);
        let (statement, idempotency_key) = (statement.clone(), Some(jti.to_string()));
        let request = Request::PostStatement { path: path::REGISTRATIONS, statement, idempotency_key };
        let body = self.http.send(context.number, request).map_err(|error| name_expired(error, Purpose::Signing));
        let retryable = body.as_ref().is_err_and(HttpError::is_retryable);
        if let Err(HttpError::Refused(refused)) = &body {
            // A final refusal ends it; after a temporary one it is resent unchanged.
            if !retryable {
                self.pending_registration = None;
            }
            if refused.code == Code::TermsChanged {
                self.proved = None;
            }
        }
        let registered: wire::Registered = read(&body?)?;
        // The ID is copied onto paper and used in the receipt's file name: only letters, digits and hyphens.
        let id = &registered.authentication_id;
        if id.is_empty() || id.len() > ID_LIMIT || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Err(HttpError::failed(Code::AnswerGarbled, "the authentication ID is none").into());
        }
        self.person_session = self.proved.take().map(|proved| proved.id);
        self.forget();
        Ok(registered_reply(registered))
    }

    /// Create a statement and have the card sign it. Return its `jti` and its compact form.
    fn statement<P: Payload>(
        &mut self,
        kind: StatementType,
        purpose: Purpose,
        audience: &str,
        nonce: &str,
        payload: impl FnOnce(Head) -> P,
        context: JobContext<'_>,
    ) -> Result<(Uuid, String), SessionError> {
        let jti = Uuid::new_v4();
        let head = Head { aud: audience.to_owned(), nonce: nonce.to_owned(), iat: now(), jti, client: self.http.client().to_owned() };
        let pair = self.card.certificates(purpose)?;
        let alg = match pair.leaf.algorithm() {
            Some(Algorithm::Rs256) => Alg::Rs256,
            Some(Algorithm::Es384) => Alg::Es384,
            None => return Err(CardError::new(Code::KeyUnsupported).into()),
        };
        let input = statement::signing_input(kind, alg, [pair.leaf.der(), pair.authority.der()], &payload(head))
            .map_err(|_| HttpError::failed(Code::RequestRefused, "the statement cannot be written"))?;
        context.report(Phase::Signing);
        let signature = self.card.sign(purpose, input.as_bytes())?;
        Ok((jti, statement::compact(&input, &signature)))
    }
}

/// Parse a JSON response.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, HttpError> {
    // serde's message can quote the response, which may contain personal data; the position is enough for a help desk.
    serde_json::from_slice(body)
        .map_err(|fault| HttpError::failed(Code::AnswerGarbled, format!("line {}, column {} of the answer", fault.line(), fault.column())))
}

/// Reject a session id that is not base64url, since it becomes part of a path.
fn check_id(session: &str) -> Result<(), HttpError> {
    let fits = !session.is_empty() && session.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if fits { Ok(()) } else { Err(HttpError::failed(Code::AnswerGarbled, "the session's name is not base64url")) }
}

/// Encode a JSON body with a secret; `text` is the total length of its strings in bytes.
fn secret_body(value: &impl serde::Serialize, text: usize) -> Result<Zeroizing<Vec<u8>>, HttpError> {
    // At most six bytes per byte (`\u0001`) plus the JSON syntax: the buffer never grows, so no copy is left behind.
    let mut body = Zeroizing::new(Vec::with_capacity(6 * text + 64));
    let written = serde_json::to_writer(&mut *body, value);
    written.map_err(|_| HttpError::failed(Code::RequestRefused, "the password cannot be written"))?;
    Ok(body)
}

/// Set the code of an expired certificate according to the certificate sent: the service has one refusal for both.
fn name_expired(mut error: HttpError, purpose: Purpose) -> HttpError {
    if let HttpError::Refused(refused) = &mut error
        && refused.refusal == Some(Refusal::CertificateExpired)
    {
        refused.code = match purpose {
            Purpose::Signing => Code::SigningCertificateExpired,
            Purpose::Authentication => Code::AuthenticationCertificateExpired,
        };
    }
    error
}

/// Convert the service's response into the reply to the app.
fn registered_reply(registered: wire::Registered) -> Registered {
    let wire::Registered { authentication_id, registered_at, mail, revocation, receipt, differs_from_card } = registered;
    Registered {
        authentication_id,
        registered_at: crate::time::rfc3339::parse(&registered_at),
        mail: account_actions::mail_of(mail, None),
        revocation: printable(&revocation, TEXT_LIMIT),
        receipt: printable(&receipt, TEXT_LIMIT),
        differs_from_card: differs_from_card.iter().filter_map(|key| FieldId::from_key(key)).collect(),
    }
}
