//! The background worker: jobs in, messages out, over channels. The only room that touches card and network.
//! One thread holds the card between the first PIN and the last signature and runs the network; a watcher sees readers and cards come and go.

use crate::card;
use crate::card::CardId;
use crate::certificate::{Holder, Validity};
use crate::error::Code;
use crate::registration::{Fault, FieldId, Form};
use std::sync::Arc;

/// What a registered person asks for, and what comes of it.
pub mod act;
mod card_desk;
mod clerk;
mod network_desk;
mod thread;

pub use act::{Act, Acted, Mail, MailState, Weakness};
pub use network_desk::probe;
use thread::now;
pub use thread::{Prepared, Setup, Worker};

/// Tells replies to the present job from replies to one that was cancelled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(pub u32);

/// What the worker can be asked to do. PINs move in by value and are wiped after their one VERIFY.
pub enum Job {
    /// Look at the card without any PIN: what it is, tries left.
    Look {
        /// The reader to look in.
        reader: String,
    },
    /// Take the card exclusively, verify the signing password, read the signing certificate.
    Sign {
        /// The reader to use.
        reader: String,
        /// 署名用パスワード.
        pin: card::pin::Pin,
        /// The visit's card: no other is sent the PIN.
        card: Option<CardId>,
    },
    /// Verify the user-authentication PIN on the card that is held, then do `Prove`.
    Authenticate {
        /// The reader to use, should the card have to be taken again.
        reader: String,
        /// 利用者証明用パスワード.
        pin: card::pin::Pin,
        /// The visit's card: no other is sent the PIN.
        card: Option<CardId>,
    },
    /// Open a session at the service and prove it with the user-authentication key, whose PIN the card still remembers.
    Prove,
    /// Fetch the terms of use.
    Terms {
        /// Language tag wanted.
        language: &'static str,
    },
    /// Sign the form with the signing key and send it.
    Register {
        /// What STEP2 shows.
        confirmed: Arc<Confirmed>,
        /// Language tag of the person, for the mails.
        language: &'static str,
    },
    /// Set the first password with the code of the mail.
    SetPassword {
        /// The code.
        token: String,
        /// The password, UTF-8; wiped when it has been sent.
        password: crate::secret::Locked,
    },
    /// Log in with 認証ID and password. Whoever links a new card then is known by it.
    LogIn {
        /// 認証ID, as it was typed.
        authentication_id: String,
        /// The password, UTF-8; wiped when it has been sent.
        password: crate::secret::Locked,
    },
    /// Do what a registered person asks for, signed by the card; when it is done the card is given back.
    Act {
        /// The reader to use.
        reader: String,
        /// The PIN to verify first; `None` where the card still remembers it.
        pin: Option<card::pin::Pin>,
        /// The visit's card: no other is sent the PIN.
        card: Option<CardId>,
        /// What is asked for.
        act: Act,
    },
    /// Ask where the newest mail to the person is: of one who has registered or logged in.
    AskMail,
    /// Give the card back: closed, unpowered. The session and what is known of the card stay.
    LetGo,
    /// As `LetGo`, and nothing is remembered of the card or the session.
    Release,
    /// The visit has ended: as `Release`, and the session that tells where the mail is goes too.
    Forget,
}

/// What STEP2 shows, the card signs and STEP3 repeats: one value, so that they cannot differ.
#[derive(Debug, PartialEq, Eq)]
pub struct Confirmed {
    /// The checked form.
    pub form: Form,
    /// Version of the terms that were agreed to.
    pub terms: String,
    /// Fields that differ from what the card says of its holder.
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

/// What the worker tells.
#[derive(Debug)]
pub struct Message {
    /// Which job it answers.
    pub ticket: Ticket,
    /// What it says.
    pub reply: Reply,
}

/// An answer to a job. All but `Progress` end it.
#[derive(Debug)]
pub enum Reply {
    /// How far it is.
    Progress(Progress),
    /// Answer to `Look`.
    Facts(card::Facts),
    /// Answer to `Sign`.
    Certificate(Box<SigningCertificate>),
    /// Answer to `Authenticate` and `Prove`: the session is open.
    Proved(Box<Opened>),
    /// Answer to `Terms`.
    Terms(String),
    /// Answer to `Register`.
    Registered(Box<Registered>),
    /// Answer to `SetPassword`.
    PasswordSet,
    /// Answer to `LogIn` and `Act`.
    Acted(Box<Acted>),
    /// Answer to `AskMail`.
    Mail(Mail),
    /// Answer to `LetGo`, `Release` and `Forget`.
    Released,
    /// It did not work.
    Failed(Box<Trouble>),
}

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub doing: Doing,
    /// So much of it is done.
    pub done: u32,
    /// So much there is to do; 0 where nobody knows.
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
pub struct Opened {
    /// The service's own name.
    pub service: String,
    /// Whether it is for practice: nothing is really registered.
    pub practice: bool,
    /// A notice from the operator.
    pub notice: Option<String>,
    /// Version of the terms to agree to.
    pub terms: String,
    /// What is left unchecked or is only a test: `test cards accepted`, `revocation unchecked`.
    pub test_cards: bool,
}

/// A registration that the service has confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// 認証ID.
    pub authentication_id: String,
    /// When, in seconds since 1970, if the service has said it in a form that can be read.
    pub registered_at: Option<i64>,
    /// The mail that was written.
    pub mail: Mail,
    /// `unchecked`, or what the service found out.
    pub revocation: String,
    /// The service's receipt, to be kept.
    pub receipt: String,
    /// Fields in which the service found something else than the certificate says.
    pub differs_from_card: Vec<FieldId>,
}

/// What stopped a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The card side.
    Card(card::Trouble),
    /// The network or the service.
    Service {
        /// The cause.
        code: Code,
        /// The service's own words or code, for the help desk.
        detail: Option<String>,
        /// Fields that the service refuses.
        faults: Vec<Fault>,
        /// Seconds to wait before trying again.
        retry_after: Option<u32>,
    },
    /// The service does not take the password.
    Password(Weakness),
}

impl Trouble {
    /// Return the cause.
    pub fn code(&self) -> Code {
        match self {
            Trouble::Card(trouble) => trouble.code,
            Trouble::Service { code, .. } => *code,
            Trouble::Password(_) => Code::PasswordRefused,
        }
    }
}
