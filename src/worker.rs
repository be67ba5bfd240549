//! The background worker: jobs in, messages out, over channels. Its one thread sends the requests to the service, and holds the card between
//! the first PIN and the last signature. Knows no screens and no texts.

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

pub use crate::protocol::actions::{AccountAction, Ask, StatementType};
pub use crate::protocol::statement::PayloadType;
pub use account_action::{AccountOutcome, AccountRequest, Mail, MailState, Weakness};
pub use http::probe;
use thread::now;
pub use thread::{Prepared, Setup, Worker};

/// The number of a job, by which replies to the current job are told from replies to a cancelled one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(pub u32);

/// A job for the worker. PINs are moved into it and wiped after their one VERIFY.
pub enum Job {
    /// Read what the card says without any PIN: what it is, tries left.
    ReadStatus {
        /// The reader to look in.
        reader: String,
    },
    /// Connect to the card exclusively, verify the signing password, read the signing certificate.
    Sign {
        /// The reader to use.
        reader: String,
        /// 署名用パスワード.
        pin: card::pin::Pin,
        /// The visit's card: the PIN is sent to no other.
        card: Option<CardId>,
    },
    /// Verify the user-authentication PIN, then do what `Prove` does.
    Authenticate {
        /// The reader to use, if the card has to be connected again.
        reader: String,
        /// 利用者証明用パスワード.
        pin: card::pin::Pin,
        /// The visit's card: the PIN is sent to no other.
        card: Option<CardId>,
    },
    /// Open a session at the service and prove it with the user-authentication key, whose PIN is verified already.
    Prove,
    /// Fetch the terms of use.
    Terms {
        /// Language tag of the text.
        language: &'static str,
    },
    /// Sign the form with the signing key and send it.
    Register {
        /// What STEP2 shows.
        confirmed: Arc<Confirmed>,
        /// Language tag for the person's mails.
        language: &'static str,
    },
    /// Set the first password with the code from the mail.
    SetPassword {
        /// The code.
        token: String,
        /// The password, UTF-8; wiped when it has been sent.
        password: crate::secret::Locked,
    },
    /// Log in with 認証ID and password, as linking a new card needs.
    LogIn {
        /// 認証ID, as it was typed.
        authentication_id: String,
        /// The password, UTF-8; wiped when it has been sent.
        password: crate::secret::Locked,
    },
    /// Perform an account action, signed by the card, and release the card.
    AccountAction {
        /// The reader to use.
        reader: String,
        /// The PIN to verify first; `None` if it is verified already.
        pin: Option<card::pin::Pin>,
        /// The visit's card: the PIN is sent to no other.
        card: Option<CardId>,
        /// The action.
        request: AccountRequest,
    },
    /// Ask for the delivery state of the newest mail to the person who has registered or logged in.
    AskMail,
    /// Release the card, unpowered. The session and what is known of the card stay.
    ReleaseCard,
    /// As `ReleaseCard`, and forget the card and the registration under way.
    AbandonRegistration,
    /// The visit has ended: as `AbandonRegistration`, and forget the session that can ask for the mail.
    EndVisit,
}

/// What STEP2 shows, the card signs and STEP3 repeats: one value, so they cannot differ.
#[derive(Debug, PartialEq, Eq)]
pub struct Confirmed {
    /// The checked form.
    pub form: Form,
    /// Version of the terms of use that were agreed to.
    pub terms: String,
    /// Fields that differ from the card.
    pub differs: Vec<FieldId>,
    /// SHA-256 of the signing certificate that the form was filled from: no other card signs it.
    pub certificate: [u8; 32],
}

/// The signing certificate of the card that was signed in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningCertificate {
    /// The holder as it has them.
    pub holder: Holder,
    /// Its validity.
    pub validity: Validity,
    /// SHA-256 of it.
    pub fingerprint: [u8; 32],
}

/// A message of the worker.
#[derive(Debug)]
pub struct Message {
    /// The job that it belongs to.
    pub ticket: Ticket,
    /// The reply.
    pub reply: Reply,
}

/// A reply to a job. Every one but `Progress` ends the job.
#[derive(Debug)]
pub enum Reply {
    /// How far it is.
    Progress(Progress),
    /// Answer to `ReadStatus`.
    Status(card::CardStatus),
    /// Answer to `Sign`.
    Certificate(Box<SigningCertificate>),
    /// Answer to `Authenticate` and `Prove`: the session is open.
    Proved(Box<OpenSession>),
    /// Answer to `Terms`.
    Terms(String),
    /// Answer to `Register`.
    Registered(Box<Registered>),
    /// Answer to `SetPassword`.
    PasswordSet,
    /// Answer to `LogIn` and `AccountAction`.
    AccountAction(Box<AccountOutcome>),
    /// Answer to `AskMail`.
    Mail(Mail),
    /// Answer to `ReleaseCard`, `AbandonRegistration` and `EndVisit`.
    Released,
    /// The job failed.
    Failed(Box<JobError>),
}

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub doing: Doing,
    /// How much of it is done.
    pub done: u32,
    /// How much there is to do; 0 if that is not known.
    pub total: u32,
}

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Connecting to the card.
    Connecting,
    /// Checking the PIN.
    Verifying,
    /// Reading the certificate.
    Reading,
    /// Signing.
    Signing,
    /// Talking to the service.
    Sending,
}

/// An open, proved session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSession {
    /// Whether it is for practice: nothing is really registered.
    pub practice: bool,
    /// A notice from the operator.
    pub notice: Option<String>,
    /// Version of the terms to agree to.
    pub terms: String,
    /// Whether the service accepts test cards.
    pub test_cards: bool,
}

/// A registration that the service has confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// 認証ID.
    pub authentication_id: String,
    /// When, in seconds since 1970; `None` if the service's time cannot be read.
    pub registered_at: Option<i64>,
    /// The mail that was written.
    pub mail: Mail,
    /// `unchecked`, or the result of the service's revocation check.
    pub revocation: String,
    /// The service's receipt, for the person to keep.
    pub receipt: String,
    /// Fields that differ from the certificate, as the service found.
    pub differs_from_card: Vec<FieldId>,
}

/// Why a job has failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.code())]
pub enum JobError {
    /// The card side.
    Card(card::CardError),
    /// The network or the service.
    Service {
        /// The cause.
        code: Code,
        /// The service's own code and words, for the help desk.
        detail: Option<String>,
        /// Fields that the service has refused.
        faults: Vec<FormError>,
        /// Seconds to wait before trying again.
        retry_after: Option<u32>,
    },
    /// The service refuses the password.
    Password(Weakness),
}

impl JobError {
    /// Return the cause.
    pub fn code(&self) -> Code {
        match self {
            JobError::Card(trouble) => trouble.code,
            JobError::Service { code, .. } => *code,
            JobError::Password(_) => Code::PasswordRefused,
        }
    }
}
