//! The background worker: jobs in, messages out, over channels. Its one thread sends requests to the service, and holds the card from the
//! first PIN to the last signature. Independent of screens and texts.

use crate::card;
use crate::card::CardId;
use crate::certificate::{Holder, Validity};
use crate::error::Code;
use crate::registration::{FieldId, Form, FormError};
use std::sync::Arc;

mod account_action;
mod card_session;
mod http;
mod session;
mod thread;

pub use crate::protocol::VERSION as PROTOCOL;
pub use crate::protocol::actions::{AccountAction, Ask, StatementType};
pub use crate::protocol::payload::PayloadType;
pub use crate::protocol::session::{PASSWORD_SIGNS, PasswordRules};
pub use account_action::{AccountOutcome, AccountRequest, Mail, MailState, Weakness};
pub use http::{About, Answered, CLOCK_SKEW, probe};
use thread::now;
pub use thread::{Prepared, Setup, Worker};

/// Number of a job, which distinguishes replies to the current job from those to a cancelled one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(pub u32);

/// A job for the worker. PINs are moved into it and wiped after their only VERIFY.
pub enum Job {
    /// Read the card status, without a PIN.
    ReadStatus {
        /// The reader to use.
        reader: String,
    },
    /// Connect to the card exclusively, verify the signing password, read the signing certificate.
    SignIn {
        /// The reader to use.
        reader: String,
        /// 署名用パスワード.
        pin: card::pin::Pin,
        /// The visit's card; the PIN is sent to no other.
        card: Option<CardId>,
    },
    /// Verify the user-authentication PIN, then do what `Prove` does.
    Authenticate {
        /// The reader to use, if the card must be reconnected.
        reader: String,
        /// 利用者証明用パスワード.
        pin: card::pin::Pin,
        /// The visit's card; the PIN is sent to no other.
        card: Option<CardId>,
    },
    /// Open a session at the service and prove it with the user-authentication key, whose PIN is already verified.
    Prove,
    /// Fetch the terms of use.
    Terms {
        /// Language tag of the text.
        language: &'static str,
    },
    /// Sign the form with the signing key and send it.
    Register {
        /// The form shown on STEP2.
        confirmed: Arc<Confirmed>,
        /// Language tag for mails to the person.
        language: &'static str,
    },
    /// Ask what the service asks of a password.
    PasswordRules,
    /// Set the first password with the code from the mail.
    SetPassword {
        /// The code.
        token: String,
        /// The password in UTF-8; wiped once sent.
        password: crate::secret::Locked,
    },
    /// Log in with 認証ID and password, as required for linking a new card.
    LogIn {
        /// 認証ID as typed.
        authentication_id: String,
        /// The password in UTF-8; wiped once sent.
        password: crate::secret::Locked,
    },
    /// Perform an account action, signed by the card, and release the card.
    AccountAction {
        /// The reader to use.
        reader: String,
        /// The PIN to verify first; `None` if already verified.
        pin: Option<card::pin::Pin>,
        /// The visit's card; the PIN is sent to no other.
        card: Option<CardId>,
        /// The action.
        request: AccountRequest,
    },
    /// Ask for the delivery state of the newest mail to the person who registered or logged in.
    AskMail,
    /// Release the card and power it off. The session and the knowledge of the card are kept.
    ReleaseCard,
    /// Like `ReleaseCard`; also forget the card and the pending registration.
    AbandonRegistration,
    /// End the visit: like `AbandonRegistration`; also forget the session for asking about the mail.
    EndVisit,
}

/// What STEP2 shows, the card signs and STEP3 repeats: a single value, so that they cannot differ.
#[derive(Debug, PartialEq, Eq)]
pub struct Confirmed {
    /// The checked form.
    pub form: Form,
    /// Version of the accepted terms of use.
    pub terms: String,
    /// Fields that differ from the card.
    pub differs: Vec<FieldId>,
    /// SHA-256 of the signing certificate that the form was filled from: no other card may sign it.
    pub certificate: [u8; 32],
}

/// The signing certificate of the card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningCertificate {
    /// The holder named in it.
    pub holder: Holder,
    /// Its validity.
    pub validity: Validity,
    /// SHA-256 of its DER.
    pub fingerprint: [u8; 32],
}

/// A message of the worker.
#[derive(Debug)]
pub struct Message {
    /// The job it belongs to.
    pub ticket: Ticket,
    /// The reply.
    pub reply: Reply,
}

/// A reply to a job. Every reply except `Progress` ends the job.
#[derive(Debug)]
pub enum Reply {
    /// Progress of the job.
    Progress(Progress),
    /// Reply to `ReadStatus`.
    Status(card::CardStatus),
    /// Reply to `SignIn`.
    SignedIn(Box<SigningCertificate>),
    /// Reply to `Authenticate` and `Prove`: the session is open.
    Proved(Box<OpenSession>),
    /// Reply to `Terms`.
    Terms(String),
    /// Reply to `Register`.
    Registered(Box<Registered>),
    /// Reply to `PasswordRules`.
    PasswordRules(PasswordRules),
    /// Reply to `SetPassword`.
    PasswordSet,
    /// Reply to `LogIn` and `AccountAction`.
    AccountAction(Box<AccountOutcome>),
    /// Reply to `AskMail`.
    Mail(Mail),
    /// Reply to `ReleaseCard`, `AbandonRegistration` and `EndVisit`.
    Released,
    /// The job failed.
    Failed(Box<JobError>),
}

/// Progress of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The current activity.
    pub phase: Phase,
    /// Amount done.
    pub done: u32,
    /// Total amount; 0 if unknown.
    pub total: u32,
}

/// An activity of the worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Connecting to the card.
    Connecting,
    /// Verifying the PIN.
    Verifying,
    /// Reading the certificate: the PIN was right.
    Reading,
    /// Signing.
    Signing,
    /// Communicating with the service.
    Sending,
}

/// An open, proved session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSession {
    /// Whether the service is in practice mode: nothing is really registered.
    pub practice: bool,
    /// A notice from the operator.
    pub notice: Option<String>,
    /// Version of the terms to accept.
    pub terms: String,
    /// Whether the service accepts test cards.
    pub test_cards: bool,
    /// What it asks of a password.
    pub password: PasswordRules,
}

/// A registration confirmed by the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// 認証ID.
    pub authentication_id: String,
    /// Time of registration in seconds since 1970; `None` if the service's time cannot be parsed.
    pub registered_at: Option<i64>,
    /// The mail that the service wrote.
    pub mail: Mail,
    /// `unchecked`, or the result of the service's revocation check.
    pub revocation: String,
    /// The receipt issued by the service.
    pub receipt: String,
    /// Fields that differ from the certificate, according to the service.
    pub differs_from_card: Vec<FieldId>,
}

/// Why a job failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.code())]
pub enum JobError {
    /// An error of the card or reader.
    Card(card::CardError),
    /// An error of the network or the service.
    Service {
        /// The error code.
        code: Code,
        /// The service's own code and message, for the help desk.
        detail: Option<String>,
        /// Fields refused by the service.
        faults: Vec<FormError>,
        /// Seconds to wait before retrying.
        retry_after: Option<u32>,
    },
    /// The service refused the password.
    Password(Weakness),
}

impl JobError {
    /// Return the error code.
    pub fn code(&self) -> Code {
        match self {
            JobError::Card(trouble) => trouble.code,
            JobError::Service { code, .. } => *code,
            JobError::Password(_) => Code::PasswordRefused,
        }
    }
}
