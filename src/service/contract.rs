//! The contract: the one table of the service's calls, from which come its router and the OpenAPI document that it serves.
//! Here stands what each call takes, gives and refuses. How that is written down is `document`'s; what a call does stands with its handler.

use std::sync::Arc;

use axum::handler::Handler;
use axum::routing::{MethodFilter, MethodRouter, on};
use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::protocol::problem::Refusal::{self, *};
use crate::protocol::session::{
    Health, IDEMPOTENCY_KEY, JSON, Linked, LoggedIn, Login, Mailed, NewPassword, Proved, Registered, Session, TEXT, Withdrawn, path,
};
use crate::protocol::statement::{Address, Kind, Link, Payload, Proof, Registration};
use crate::service::desk::Desk;
use crate::service::{acts, calls, figures, page, routes};

/// The document.
mod document;

pub(super) use document::DOCUMENT;

/// What any call can be refused with that has limits and needs the store.
const EVERY: &[Refusal] = &[TooMany, Internal, Resting];

/// What a call that takes a statement can be refused with: the checks of protocol.md, "Signed statement".
const STATEMENT: &[Refusal] = &[
    TooLarge,
    MediaType,
    Malformed,
    Header,
    CertificateProfile,
    CertificateExpired,
    CertificateNotYetValid,
    CertificateRevoked,
    TestCard,
    Chain,
    Signature,
    Audience,
    Nonce,
    Clock,
    Expired,
];

/// The schema of a type.
type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

fn schema_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// One call: where it is found, who answers it, and all that can be said to it and by it.
pub(super) struct Call {
    /// Where, with `{…}` for a parameter.
    pub(super) path: &'static str,
    /// Who answers.
    pub(super) route: MethodRouter<Arc<Desk>>,
    method: Method,
    summary: &'static str,
    query: Option<SchemaOf>,
    header: Option<(&'static str, &'static str)>,
    bodies: Vec<Body>,
    successes: Vec<Success>,
    refusals: Vec<Refusal>,
    reader: Reader,
}

/// The methods of the contract.
#[derive(Clone, Copy)]
enum Method {
    Get,
    Post,
}

/// What is sent with a call.
enum Body {
    Json(SchemaOf),
    Form(SchemaOf),
    Statement(Kind, SchemaOf),
}

/// An answer that is no refusal.
struct Success {
    status: u16,
    means: &'static str,
    /// Its media type, and the schema of what is not text; nothing where there is no body.
    body: Option<(&'static str, Option<SchemaOf>)>,
}

/// Who reads the refusals.
#[derive(Clone, Copy)]
enum Reader {
    /// A program: problem+json.
    Program,
    /// A person with a browser: pages.
    Person,
}

impl Call {
    fn new<H: Handler<T, Arc<Desk>>, T: 'static>(method: Method, path: &'static str, handler: H, summary: &'static str) -> Call {
        let filter = match method {
            Method::Get => MethodFilter::GET,
            Method::Post => MethodFilter::POST,
        };
        Call {
            path,
            route: on(filter, handler),
            method,
            summary,
            query: None,
            header: None,
            bodies: Vec::new(),
            successes: Vec::new(),
            refusals: EVERY.to_vec(),
            reader: Reader::Program,
        }
    }

    /// Add the parameters of the query.
    fn asks<T: JsonSchema>(self) -> Call {
        Call { query: Some(T::json_schema), ..self }
    }

    /// Add a header that must be there.
    fn named(self, header: &'static str, means: &'static str) -> Call {
        Call { header: Some((header, means)), ..self }
    }

    /// Add a signed statement of a kind as what is sent.
    fn signed<P: Payload + JsonSchema>(mut self, kind: Kind) -> Call {
        self.bodies.push(Body::Statement(kind, schema_of::<P>));
        self.refuses(STATEMENT)
    }

    /// Add JSON as what is sent.
    fn takes<T: JsonSchema>(mut self) -> Call {
        self.bodies.push(Body::Json(schema_of::<T>));
        self.refuses(&[TooLarge, MediaType, Malformed])
    }

    /// Add a page's form as what is sent.
    fn typed<T: JsonSchema>(mut self) -> Call {
        self.bodies.push(Body::Form(schema_of::<T>));
        self
    }

    /// Add an answer in JSON.
    fn gives<T: JsonSchema>(self, status: u16, means: &'static str) -> Call {
        self.succeeds(status, means, Some((JSON, Some(schema_of::<T>))))
    }

    /// Add an answer of text or of no fixed schema, in a media type.
    fn says(self, media: &'static str, means: &'static str) -> Call {
        self.succeeds(200, means, Some((media, None)))
    }

    /// Add an answer without a body.
    fn done(self, means: &'static str) -> Call {
        self.succeeds(204, means, None)
    }

    /// Add a page, and make pages of the refusals.
    fn shows(self, means: &'static str) -> Call {
        Call { reader: Reader::Person, ..self }.says(page::MEDIA, means)
    }

    fn succeeds(mut self, status: u16, means: &'static str, body: Option<(&'static str, Option<SchemaOf>)>) -> Call {
        self.successes.push(Success { status, means, body });
        self
    }

    /// Have no limits and need no store: nothing but its time can run out.
    fn free(self) -> Call {
        Call { refusals: vec![Resting], ..self }
    }

    /// Add what it can be refused with.
    fn refuses(mut self, refusals: &[Refusal]) -> Call {
        self.refusals.extend(refusals);
        self
    }
}

fn get<H: Handler<T, Arc<Desk>>, T: 'static>(path: &'static str, handler: H, summary: &'static str) -> Call {
    Call::new(Method::Get, path, handler, summary)
}

fn post<H: Handler<T, Arc<Desk>>, T: 'static>(path: &'static str, handler: H, summary: &'static str) -> Call {
    Call::new(Method::Post, path, handler, summary)
}

/// Return every call.
pub(super) fn table() -> impl Iterator<Item = Call> {
    of_registration().into_iter().chain(of_password()).chain(of_person()).chain(of_operator())
}

fn of_registration() -> [Call; 5] {
    [
        post(path::SESSIONS, calls::open_session, "Open a session.").gives::<Session>(201, "The session and its first nonce."),
        get(path::TERMS, calls::show_terms, "Read the terms of use; the Japanese text rules.")
            .asks::<calls::Wanted>()
            .says(TEXT, "The terms, in English where they are not there in the language.")
            .refuses(&[Malformed]),
        post(path::PROOF, calls::prove, "Prove the session with the user-authentication key.")
            .signed::<Proof>(Kind::Proof)
            .gives::<Proved>(200, "The nonce for the registration.")
            .refuses(&[AlreadyRegistered]),
        post(path::REGISTRATIONS, calls::register, "Register, with the signing key; the same statement again gets the same answer.")
            .named(IDEMPOTENCY_KEY, "The statement's `jti`.")
            .signed::<Registration>(Kind::Registration)
            .gives::<Registered>(201, "Registered.")
            .gives::<Registered>(200, "Was registered by this very statement before.")
            .refuses(&[NotProved, OtherCard, Terms, Fields, NotCardHolder, AlreadyRegistered]),
        get(path::SESSION_MAIL, acts::show_mail, "Ask where the newest mail is to whoever has registered or logged in with the session.")
            .gives::<Mailed>(200, "Where it is.")
            .refuses(&[Malformed, Expired]),
    ]
}

fn of_password() -> [Call; 3] {
    [
        get(path::PASSWORD, page::show, "Show the password page; changes nothing.")
            .asks::<calls::Wanted>()
            .shows("The page.")
            .refuses(&[LinkExpired]),
        post(path::PASSWORD, page::submit, "Set the password on the page; uses the link up.")
            .asks::<calls::Wanted>()
            .typed::<page::Typed>()
            .shows("It is set.")
            .refuses(&[LinkExpired, PasswordRefused]),
        post(path::PASSWORDS, routes::set_password, "Set the password without the page; uses the link up.")
            .takes::<NewPassword>()
            .done("It is set.")
            .refuses(&[LinkExpired, PasswordRefused]),
    ]
}

fn of_person() -> [Call; 6] {
    let mailed = "A mail is on its way.";
    [
        post(path::LOGINS, acts::login, "Log in, with authentication ID and password or with the user-authentication key.")
            .takes::<Login>()
            .signed::<Proof>(Kind::Login)
            .gives::<LoggedIn>(200, "A session of somebody who has logged in.")
            .refuses(&[LoginRefused, NotRegistered]),
        post(path::MAIL_RESEND, acts::resend, "Mail the link to the password page again, with either key; older links no longer work.")
            .signed::<Proof>(Kind::Resend)
            .gives::<Mailed>(200, mailed)
            .refuses(&[NotRegistered]),
        post(path::MAIL_ADDRESS, acts::address, "Correct the mail address, with either key.")
            .signed::<Address>(Kind::Address)
            .gives::<Mailed>(200, mailed)
            .refuses(&[NotRegistered, Fields]),
        post(path::ID_REMIND, acts::remind, "Mail the authentication ID again, with either key.")
            .signed::<Proof>(Kind::Remind)
            .gives::<Mailed>(200, mailed)
            .refuses(&[NotRegistered]),
        post(path::CARDS_LINK, acts::link, "Let a new card take the place of the old one: its signing key first, and both with one login.")
            .signed::<Link>(Kind::Link)
            .gives::<Linked>(200, "It has taken it.")
            .refuses(&[LoginRefused, OtherCard, NotProved, AlreadyRegistered]),
        post(path::WITHDRAW, acts::withdraw, "Withdraw the registration, with the signing key.")
            .signed::<Proof>(Kind::Withdraw)
            .gives::<Withdrawn>(200, "Everything about the person is deleted.")
            .refuses(&[NotRegistered]),
    ]
}

fn of_operator() -> [Call; 4] {
    [
        get(path::HEALTHZ, routes::healthz, "Ask whether the process lives.").gives::<Health>(200, "It does.").free(),
        get(path::READYZ, routes::readyz, "Ask whether it can work.").gives::<Health>(200, "It can."),
        get(path::METRICS, figures::show, "Read numbers for the operator, from the same computer only.")
            .says(figures::MEDIA, "In the text form that Prometheus reads.")
            .refuses(&[NotFound]),
        get(path::OPENAPI, routes::openapi, "Read this document.").says(JSON, "OpenAPI 3.1.").free(),
    ]
}
