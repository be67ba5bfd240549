//! The clerk: does the jobs, with the card desk and the network desk, and remembers the session of the one registration under way.
//! A statement that may have arrived is sent again as it is, so that no retry registers twice or signs twice.
//! What a registered person asks for is done in `acts`.

use serde::de::DeserializeOwned;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::card_desk::{At, CardDesk};
use super::network_desk::{Ask, NOTHING, NetworkDesk, Stop, plain};
use super::{Confirmed, Doing, Job, Opened, Progress, Registered, Reply, Trouble, now};
use crate::card::{self, Port, Purpose};
use crate::error::Code;
use crate::protocol::problem::Refusal;
use crate::protocol::session::{self, TermsId, path};
use crate::protocol::statement::{self, Alg, Head, Kind, Payload};
use crate::protocol::terms;
use crate::registration::FieldId;
use crate::secret::Locked;
use std::sync::Arc;

mod acts;

/// The longest name, notice or receipt of a service that is shown, in characters.
const TEXT_LIMIT: usize = 1000;
/// The longest authentication ID, in characters. Ours has 10; the agency's form is not known.
const ID_LIMIT: usize = 40;
/// The longest terms that are shown, in characters.
const TERMS_LIMIT: usize = 200_000;

/// Does the jobs.
pub(super) struct Clerk {
    card: CardDesk,
    network: NetworkDesk,
    session: Option<Session>,
    unanswered: Option<Unanswered>,
    /// Name of the session in which the person has registered or logged in: it tells where their mail is.
    person: Option<Zeroizing<String>>,
    /// What a registered person has asked for, as long as it is not answered.
    asked: Option<acts::Asked>,
}

/// A session that has been proved.
struct Session {
    name: Zeroizing<String>,
    audience: String,
    nonce: String,
    terms: TermsId,
}

/// A registration that was signed, and perhaps sent, but not answered.
struct Unanswered {
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

/// What stops a job.
enum Halt {
    Card(card::Trouble),
    Service(Stop),
}

impl From<card::Trouble> for Halt {
    fn from(trouble: card::Trouble) -> Halt {
        Halt::Card(trouble)
    }
}

impl From<Stop> for Halt {
    fn from(stop: Stop) -> Halt {
        Halt::Service(stop)
    }
}

impl Halt {
    fn refusal(&self) -> Option<Refusal> {
        match self {
            Halt::Card(_) => None,
            Halt::Service(stop) => stop.refusal(),
        }
    }

    /// Return what the app is told; nothing when the job was cancelled.
    fn trouble(self) -> Option<Trouble> {
        match self {
            Halt::Card(trouble) => Some(Trouble::Card(trouble)),
            Halt::Service(stop) => stop.trouble(),
        }
    }
}

/// Which job is done, and where to say how far it is.
#[derive(Clone, Copy)]
pub(super) struct Errand<'a> {
    /// Its number, for the network desk to know whether it is cancelled.
    pub(super) number: u64,
    /// Where progress is told.
    pub(super) tell: &'a dyn Fn(Progress),
}

impl Errand<'_> {
    fn doing(&self, doing: Doing) {
        (self.tell)(Progress { doing, done: 0, total: 0 });
    }
}

impl Clerk {
    /// Make a clerk who remembers nothing.
    pub(super) fn new(card: CardDesk, network: NetworkDesk) -> Clerk {
        Clerk { card, network, session: None, unanswered: None, person: None, asked: None }
    }

    /// Do a job and return its answer; `None` if it was cancelled.
    pub(super) fn run(&mut self, port: &mut dyn Port, job: Job, errand: Errand<'_>) -> Option<Reply> {
        let done = match job {
            Job::Look { reader } => self.card.look(port, &reader).map(Reply::Facts).map_err(Halt::Card),
            Job::Sign { reader, pin, card } => {
                let read = self.card.sign_in(port, At { reader: &reader, card }, pin, errand.tell);
                read.map(|certificate| Reply::Certificate(Box::new(certificate))).map_err(Halt::Card)
            }
            Job::Authenticate { reader, pin, card } => match self.card.authenticate(port, At { reader: &reader, card }, pin, errand.tell) {
                Ok(()) => self.prove(errand).map(|opened| Reply::Proved(Box::new(opened))),
                Err(trouble) => Err(Halt::Card(trouble)),
            },
            Job::Prove => self.prove(errand).map(|opened| Reply::Proved(Box::new(opened))),
            Job::Terms { language } => self.terms(language, errand).map(Reply::Terms),
            Job::Register { confirmed, language } => {
                self.register(confirmed, language, errand).map(|registered| Reply::Registered(Box::new(registered)))
            }
            Job::SetPassword { token, password } => self.set_password(&token, &password, errand).map(|()| Reply::PasswordSet),
            Job::LogIn { authentication_id, password } => {
                self.log_in(&authentication_id, &password, errand).map(|acted| Reply::Acted(Box::new(acted)))
            }
            Job::Act { reader, pin, card, act } => {
                self.act(port, At { reader: &reader, card }, pin, act, errand).map(|acted| Reply::Acted(Box::new(acted)))
            }
            Job::AskMail => self.ask_mail(errand).map(Reply::Mail),
            Job::LetGo => {
                self.card.close();
                Ok(Reply::Released)
            }
            Job::Release => {
                self.forget();
                Ok(Reply::Released)
            }
            Job::Forget => {
                self.forget();
                self.person = None;
                Ok(Reply::Released)
            }
        };
        done.map_or_else(|halt| halt.trouble().map(|trouble| Reply::Failed(Box::new(trouble))), Some)
    }

    /// Give the card back although the registration may go on.
    pub(super) fn close_card(&mut self) {
        self.card.close();
    }

    /// Give the card back and forget what it has begun.
    fn forget(&mut self) {
        self.card.release();
        (self.session, self.unanswered, self.asked) = (None, None, None);
    }

    /// Open a session, for statements to be signed in.
    fn open(&mut self, errand: Errand<'_>) -> Result<session::Session, Halt> {
        errand.doing(Doing::Sending);
        let said: session::Session = read(&self.network.ask(errand.number, Ask::Open { path: path::SESSIONS })?)?;
        named(&said.session)?;
        // What is signed must be for this service alone.
        if !self.network.is_audience(&said.audience) {
            return Err(Stop::failed(Code::AnswerGarbled, format!("the service calls itself {}", said.audience)).into());
        }
        Ok(said)
    }

    /// Open a session and prove it.
    fn prove(&mut self, errand: Errand<'_>) -> Result<Opened, Halt> {
        self.card.pair(Purpose::Authentication)?;
        let said = self.open(errand)?;
        let (_, statement) =
            self.statement(Kind::Proof, Purpose::Authentication, &said.audience, &said.nonce, statement::Proof::new, errand)?;
        errand.doing(Doing::Sending);
        let ask = Ask::Statement { path: &path::proof(&said.session), statement, key: None };
        let answer = self.network.ask(errand.number, ask).map_err(|stop| of_purpose(stop, Purpose::Authentication))?;
        let proved: session::Proved = read(&answer)?;
        let session::Session { session: name, audience, terms, service, .. } = said;
        let opened = Opened {
            service: plain(&service.name, TEXT_LIMIT),
            practice: service.practice,
            notice: service.notice.map(|notice| plain(&notice, TEXT_LIMIT)),
            terms: plain(&terms.version, TEXT_LIMIT),
            test_cards: service.test_cards,
        };
        self.session = Some(Session { name: Zeroizing::new(name), audience, nonce: proved.nonce, terms });
        Ok(opened)
    }

    /// Fetch the terms. The Japanese ones rule: once a session has named their hash, they must match it.
    fn terms(&mut self, language: &str, errand: Errand<'_>) -> Result<String, Halt> {
        errand.doing(Doing::Sending);
        let text = self.network.ask(errand.number, Ask::Text { path: path::TERMS, language })?;
        let text = String::from_utf8(text).map_err(|_| Stop::failed(Code::AnswerGarbled, "the terms are not UTF-8"))?;
        let changed = self.session.as_ref().is_some_and(|session| session.terms.sha256 != terms::sha256_of(&text));
        if language == "ja" && changed {
            return Err(Stop::failed(Code::TermsChanged, "the terms are not those that the session has named").into());
        }
        Ok(plain(&text, TERMS_LIMIT))
    }

    fn set_password(&mut self, token: &str, password: &Locked, errand: Errand<'_>) -> Result<(), Halt> {
        errand.doing(Doing::Sending);
        let text = std::str::from_utf8(password.bytes()).unwrap_or_default();
        let body = secret_body(&NewPassword { token, password: text }, token.len() + text.len())?;
        self.network.ask(errand.number, Ask::Secret { path: path::PASSWORDS, body, wanted: NOTHING })?;
        Ok(())
    }

    /// Register, or ask again for the answer to a registration that may have arrived.
    fn register(&mut self, confirmed: Arc<Confirmed>, language: &'static str, errand: Errand<'_>) -> Result<Registered, Halt> {
        if self.unanswered.as_ref().is_some_and(|sent| sent.confirmed == confirmed && sent.language == language) {
            match self.send(errand) {
                // It never arrived, and is too old by now: then it is signed anew.
                Err(halt) if matches!(halt.refusal(), Some(Refusal::Clock | Refusal::Nonce | Refusal::Expired)) => {}
                answered => return answered,
            }
        }
        match self.sign_and_send(Arc::clone(&confirmed), language, errand) {
            Err(halt) if matches!(halt.refusal(), Some(Refusal::Expired | Refusal::Nonce | Refusal::NotProved)) => {
                self.renew(errand)?;
                self.sign_and_send(confirmed, language, errand)
            }
            answered => answered,
        }
    }

    /// Prove a new session in place of one that has expired, for the terms that the person has agreed to and no others.
    fn renew(&mut self, errand: Errand<'_>) -> Result<(), Halt> {
        let agreed = self.session.as_ref().map(|session| session.terms.clone());
        self.prove(errand)?;
        if self.session.as_ref().map(|session| &session.terms) == agreed.as_ref() {
            return Ok(());
        }
        self.session = None;
        Err(Stop::failed(Code::TermsChanged, "the terms have changed since they were agreed to").into())
    }

    fn sign_and_send(&mut self, confirmed: Arc<Confirmed>, language: &'static str, errand: Errand<'_>) -> Result<Registered, Halt> {
        let Some(Session { audience, nonce, terms, .. }) = &self.session else {
            return Err(Stop::failed(Code::SessionExpired, "no session is open").into());
        };
        let (audience, nonce, terms) = (audience.clone(), nonce.clone(), terms.clone());
        // A proof that was begun and left has brought others: nobody has agreed to them.
        if plain(&terms.version, TEXT_LIMIT) != confirmed.terms {
            self.session = None;
            return Err(Stop::failed(Code::TermsChanged, "the terms have changed since they were agreed to").into());
        }
        // Whatever led here: a form is only signed by the card that it was filled from.
        if self.card.pair(Purpose::Signing)?.leaf.fingerprint() != confirmed.certificate {
            return Err(Halt::Card(Code::OtherCard.into()));
        }
        let payload = |head| statement::Registration::new(head, confirmed.form.clone(), terms, language.to_owned());
        let (jti, statement) = self.statement(Kind::Registration, Purpose::Signing, &audience, &nonce, payload, errand)?;
        self.unanswered = Some(Unanswered { confirmed, language, jti, statement });
        self.send(errand)
    }

    /// Send the registration that is signed, and forget everything once it is answered.
    fn send(&mut self, errand: Errand<'_>) -> Result<Registered, Halt> {
        let Some(Unanswered { jti, statement, .. }) = &self.unanswered else {
            return Err(Stop::failed(Code::SessionExpired, "nothing is signed").into());
        };
        errand.doing(Doing::Sending);
        let ask = Ask::Statement { path: path::REGISTRATIONS, statement: statement.clone(), key: Some(jti.to_string()) };
        let answer = self.network.ask(errand.number, ask).map_err(|stop| of_purpose(stop, Purpose::Signing));
        let open = answer.as_ref().is_err_and(Stop::is_open);
        if let Err(Stop::Refused(refused)) = &answer {
            // What the service has judged is over; what it could not judge now is sent again as it is.
            if !open {
                self.unanswered = None;
            }
            if refused.code == Code::TermsChanged {
                self.session = None;
            }
        }
        let registered: session::Registered = read(&answer?)?;
        // It is copied onto paper and becomes part of the receipt's file name, so nothing but letters, digits and hyphens.
        let id = &registered.authentication_id;
        if id.is_empty() || id.len() > ID_LIMIT || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Err(Stop::failed(Code::AnswerGarbled, "the authentication ID is none").into());
        }
        self.person = self.session.take().map(|session| session.name);
        self.forget();
        Ok(told(registered))
    }

    /// Make a statement and have the card sign it. Returns its name and its compact form.
    fn statement<P: Payload>(
        &mut self,
        kind: Kind,
        purpose: Purpose,
        audience: &str,
        nonce: &str,
        payload: impl FnOnce(Head) -> P,
        errand: Errand<'_>,
    ) -> Result<(Uuid, String), Halt> {
        let jti = Uuid::new_v4();
        let head = Head { aud: audience.to_owned(), nonce: nonce.to_owned(), iat: now(), jti, client: self.network.client().to_owned() };
        let pair = self.card.pair(purpose)?;
        let input = statement::signing_input(kind, Alg::Rs256, [pair.leaf.der(), pair.authority.der()], &payload(head))
            .map_err(|_| Stop::failed(Code::RequestRefused, "the statement cannot be written"))?;
        errand.doing(Doing::Signing);
        let signature = self.card.sign(purpose, &statement::digest(&input))?;
        Ok((jti, statement::compact(&input, &signature)))
    }
}

/// Read an answer.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Stop> {
    // serde's message can quote the answer, which may hold personal data; where it stands is enough for a help desk.
    serde_json::from_slice(body)
        .map_err(|fault| Stop::failed(Code::AnswerGarbled, format!("line {}, column {} of the answer", fault.line(), fault.column())))
}

/// Refuse a session's name that is not base64url: it goes into a path.
fn named(session: &str) -> Result<(), Stop> {
    let fits = !session.is_empty() && session.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if fits { Ok(()) } else { Err(Stop::failed(Code::AnswerGarbled, "the session's name is not base64url")) }
}

/// Write a body that holds a secret; `text` is how many bytes of text are in it.
fn secret_body(value: &impl serde::Serialize, text: usize) -> Result<Zeroizing<Vec<u8>>, Stop> {
    // Six bytes a byte at most (`\u0001`), and the frame around it: the buffer never grows, so no copy is left behind.
    let mut body = Zeroizing::new(Vec::with_capacity(6 * text + 64));
    let written = serde_json::to_writer(&mut *body, value);
    written.map_err(|_| Stop::failed(Code::RequestRefused, "the password cannot be written"))?;
    Ok(body)
}

/// Say which of the two certificates has expired: the service cannot know what the person calls it.
fn of_purpose(mut stop: Stop, purpose: Purpose) -> Stop {
    if let Stop::Refused(refused) = &mut stop
        && refused.refusal == Some(Refusal::CertificateExpired)
    {
        refused.code = match purpose {
            Purpose::Signing => Code::SigningCertificateExpired,
            Purpose::Authentication => Code::AuthenticationCertificateExpired,
        };
    }
    stop
}

/// Turn the service's answer into what the app is told.
fn told(registered: session::Registered) -> Registered {
    let session::Registered { authentication_id, registered_at, mail, revocation, receipt, differs_from_card } = registered;
    Registered {
        authentication_id,
        registered_at: acts::seconds(&registered_at),
        mail: acts::mail_of(mail, None),
        revocation: plain(&revocation, TEXT_LIMIT),
        receipt: plain(&receipt, TEXT_LIMIT),
        differs_from_card: differs_from_card.iter().filter_map(|key| FieldId::from_key(key)).collect(),
    }
}
