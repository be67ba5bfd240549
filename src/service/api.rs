//! The API as one table: what each endpoint accepts, returns and refuses. The router and the OpenAPI document are generated from it, the
//! latter by `openapi`.
//!
//! The endpoints are implemented in `handlers`.

use std::sync::Arc;

use axum::Router;
use axum::handler::Handler;
use axum::routing::{MethodFilter, MethodRouter, on};
use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::protocol::actions::{AccountAction, Answer, StatementType};
use crate::protocol::payload::{self, Address, Payload, Proof, Registration};
use crate::protocol::problem::Refusal::{self, *};
use crate::protocol::session::{
    Health, IDEMPOTENCY_KEY, JSON, Linked, LoggedIn, Login, Mailed, NewPassword, Proved, Registered, Session, TEXT, Withdrawn, path,
};
use crate::service::handlers::{account_actions, logins, operations, passwords, registrations, sessions};
use crate::service::state::AppState;
use crate::service::{metrics, page};

/// The OpenAPI 3.1 document.
mod openapi;

/// Refusals of every endpoint with rate limits and access to the store.
const EVERY: &[Refusal] = &[TooMany, Internal, Resting];

/// Refusals of every endpoint that accepts a signed statement.
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

/// Generates the schema of a type.
type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

fn schema_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// An endpoint: path, handler, and everything that it accepts, returns and refuses.
struct Endpoint {
    /// Parameters are written as `{…}`.
    path: &'static str,
    route: MethodRouter<Arc<AppState>>,
    method: Method,
    summary: &'static str,
    query: Option<SchemaOf>,
    header: Option<(&'static str, &'static str)>,
    bodies: Vec<Body>,
    successes: Vec<Success>,
    refusals: Vec<Refusal>,
    reader: Reader,
}

/// The HTTP methods of the API.
#[derive(Clone, Copy)]
enum Method {
    Get,
    Post,
}

/// A request body.
enum Body {
    Json(SchemaOf),
    Form(SchemaOf),
    Statement(StatementType, SchemaOf),
}

/// A successful response.
struct Success {
    status: u16,
    means: &'static str,
    /// Media type, and schema unless it is text; `None` if there is no body.
    body: Option<(&'static str, Option<SchemaOf>)>,
}

/// The audience of an endpoint's refusals.
#[derive(Clone, Copy)]
enum Reader {
    /// A program: gets problem+json.
    Program,
    /// A person with a browser: gets a page.
    Person,
}

impl Method {
    const fn verb(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
        }
    }
}

impl Endpoint {
    fn new<H: Handler<T, Arc<AppState>>, T: 'static>(method: Method, path: &'static str, handler: H, summary: &'static str) -> Endpoint {
        let filter = match method {
            Method::Get => MethodFilter::GET,
            Method::Post => MethodFilter::POST,
        };
        Endpoint {
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

    /// Add query parameters.
    fn query<T: JsonSchema>(self) -> Endpoint {
        Endpoint { query: Some(T::json_schema), ..self }
    }

    /// Add a required header.
    fn header(self, header: &'static str, means: &'static str) -> Endpoint {
        Endpoint { header: Some((header, means)), ..self }
    }

    /// Accept a signed statement as request body.
    fn takes_statement<P: Payload + JsonSchema>(mut self, kind: StatementType) -> Endpoint {
        self.bodies.push(Body::Statement(kind, schema_of::<P>));
        self.refuses(STATEMENT)
    }

    /// Accept JSON as request body.
    fn takes_json<T: JsonSchema>(mut self) -> Endpoint {
        self.bodies.push(Body::Json(schema_of::<T>));
        self.refuses(&[TooLarge, MediaType, Malformed])
    }

    /// Accept an HTML form as request body.
    fn takes_form<T: JsonSchema>(mut self) -> Endpoint {
        self.bodies.push(Body::Form(schema_of::<T>));
        self
    }

    /// Add a response in JSON.
    fn returns_json<T: JsonSchema>(self, status: u16, means: &'static str) -> Endpoint {
        self.returns(status, means, Some((JSON, Some(schema_of::<T>))))
    }

    /// Add a response of text, or of JSON without a fixed schema.
    fn returns_text(self, media: &'static str, means: &'static str) -> Endpoint {
        self.returns(200, means, Some((media, None)))
    }

    /// Add a response without a body.
    fn returns_nothing(self, means: &'static str) -> Endpoint {
        self.returns(204, means, None)
    }

    /// Add an HTML page as response, and return refusals as pages too.
    fn returns_page(self, means: &'static str) -> Endpoint {
        Endpoint { reader: Reader::Person, ..self }.returns_text(page::MEDIA, means)
    }

    fn returns(mut self, status: u16, means: &'static str, body: Option<(&'static str, Option<SchemaOf>)>) -> Endpoint {
        self.successes.push(Success { status, means, body });
        self
    }

    /// Declare that it has no rate limits and does not use the store, so that it can only time out.
    fn unlimited(self) -> Endpoint {
        Endpoint { refusals: vec![Resting], ..self }
    }

    /// Add refusals.
    fn refuses(mut self, refusals: &[Refusal]) -> Endpoint {
        self.refusals.extend(refusals);
        self
    }
}

fn get<H: Handler<T, Arc<AppState>>, T: 'static>(path: &'static str, handler: H, summary: &'static str) -> Endpoint {
    Endpoint::new(Method::Get, path, handler, summary)
}

fn post<H: Handler<T, Arc<AppState>>, T: 'static>(path: &'static str, handler: H, summary: &'static str) -> Endpoint {
    Endpoint::new(Method::Post, path, handler, summary)
}

/// List the calls, by method and path.
pub(super) fn calls() -> impl Iterator<Item = (&'static str, &'static str)> {
    endpoints().map(|endpoint| (endpoint.method.verb(), endpoint.path))
}

/// Build the routes of the address that the operator opens for figures.
pub(super) fn metrics_routes() -> Router<Arc<AppState>> {
    let metrics = on(MethodFilter::GET, operations::show_metrics_to_anybody);
    Router::new().route(path::METRICS, metrics).route(path::HEALTHZ, on(MethodFilter::GET, operations::healthz))
}

/// Build the routes of every endpoint.
pub(super) fn routes() -> Router<Arc<AppState>> {
    endpoints().fold(Router::new(), |router, endpoint| router.route(endpoint.path, endpoint.route))
}

/// List every endpoint.
fn endpoints() -> impl Iterator<Item = Endpoint> {
    registration().into_iter().chain(pages()).chain(account()).chain(operation())
}

fn registration() -> [Endpoint; 5] {
    [
        post(path::SESSIONS, sessions::open, "Open a session.").returns_json::<Session>(201, "The session and its first nonce."),
        get(path::TERMS, sessions::show_terms, "Read the terms of use; the Japanese text rules.")
            .query::<sessions::LangQuery>()
            .returns_text(TEXT, "The terms, in English where they are not there in the language.")
            .refuses(&[Malformed]),
        post(path::PROOF, sessions::prove, "Prove the session with the user-authentication key.")
            .takes_statement::<Proof>(StatementType::Proof)
            .returns_json::<Proved>(200, "The nonce for the registration.")
            .refuses(&[AlreadyRegistered, CardReplaced]),
        post(
            path::REGISTRATIONS,
            registrations::register,
            "Register, with the signing key; the same statement again gets the same answer.",
        )
        .header(IDEMPOTENCY_KEY, "The statement's `jti`.")
        .takes_statement::<Registration>(StatementType::Registration)
        .returns_json::<Registered>(201, "Registered.")
        .returns_json::<Registered>(200, "Was registered by this very statement before.")
        .refuses(&[NotProved, OtherCard, Terms, Fields, NotCardHolder, AlreadyRegistered]),
        get(
            path::SESSION_MAIL,
            sessions::show_mail,
            "Ask where the newest mail is to whoever has registered or logged in with the session.",
        )
        .returns_json::<Mailed>(200, "Where it is.")
        .refuses(&[Malformed, Expired]),
    ]
}

fn pages() -> [Endpoint; 5] {
    [
        get(path::PASSWORD, page::show, "Show the password page; changes nothing.")
            .query::<sessions::LangQuery>()
            .returns_page("The page.")
            .refuses(&[LinkExpired]),
        post(path::PASSWORD, page::submit, "Set the password on the page; uses the link up.")
            .query::<sessions::LangQuery>()
            .takes_form::<page::PasswordForm>()
            .returns_page("It is set.")
            .refuses(&[LinkExpired, PasswordRefused]),
        get(path::CARD, page::card::show, "Show the page about a linked card; changes nothing.")
            .query::<sessions::LangQuery>()
            .returns_page("The page.")
            .refuses(&[LinkExpired]),
        post(path::CARD, page::card::submit, "Confirm the linking of a card, or undo it, whichever the mail was for; uses the link up.")
            .query::<sessions::LangQuery>()
            .returns_page("It is done.")
            .refuses(&[LinkExpired]),
        post(path::PASSWORDS, passwords::set, "Set the password without the page; uses the link up.")
            .takes_json::<NewPassword>()
            .returns_nothing("It is set.")
            .refuses(&[LinkExpired, PasswordRefused]),
    ]
}

/// Build the endpoint of an account action, which accepts its statement.
fn action<P: Payload + JsonSchema, H: Handler<T, Arc<AppState>>, T: 'static>(
    action: AccountAction,
    handler: H,
    summary: &'static str,
) -> Endpoint {
    let endpoint = post(action.path(), handler, summary);
    let endpoint = action.statement().into_iter().fold(endpoint, Endpoint::takes_statement::<P>);
    match action.answer() {
        Answer::LoggedIn => endpoint.returns_json::<LoggedIn>(200, "A session of somebody who has logged in."),
        Answer::Mailed => endpoint.returns_json::<Mailed>(200, "A mail is on its way."),
        Answer::Linked => endpoint.returns_json::<Linked>(200, "The key is taken; whether the card has taken the place of the old one."),
        Answer::Withdrawn => endpoint.returns_json::<Withdrawn>(200, "Everything about the person is deleted."),
    }
}

fn account() -> [Endpoint; 7] {
    use AccountAction::{Link, LogInByCard, Remind, Resend, Undo, Withdraw};
    use account_actions::{correct_address, link_card, remind, resend, undo_link, withdraw};
    [
        action::<Proof, _, _>(
            LogInByCard,
            logins::login,
            "Log in, with authentication ID and password or with the user-authentication key.",
        )
        .takes_json::<Login>()
        .refuses(&[LoginRefused, PasswordExpired, NotRegistered, CardReplaced]),
        action::<Proof, _, _>(Resend, resend, "Mail the link to the password page again, with either key; older links no longer work.")
            .refuses(&[NotRegistered, CardReplaced]),
        action::<Address, _, _>(AccountAction::Address, correct_address, "Correct the mail address, with either key.").refuses(&[
            NotRegistered,
            CardReplaced,
            Fields,
        ]),
        action::<Proof, _, _>(Remind, remind, "Mail the authentication ID again, with either key.").refuses(&[NotRegistered, CardReplaced]),
        action::<payload::Link, _, _>(
            Link,
            link_card,
            "Let a new card take the place of the old one: its signing key first, and both with one login.",
        )
        .refuses(&[LoginRefused, OtherHolder, OtherCard, SigningKeyFirst, AlreadyRegistered, CardReplaced]),
        action::<Proof, _, _>(Undo, undo_link, "Put the card that was replaced back, with either of its keys.")
            .refuses(&[NotRegistered, NothingToUndo]),
        action::<Proof, _, _>(Withdraw, withdraw, "Withdraw the registration, with the signing key.")
            .refuses(&[NotRegistered, CardReplaced]),
    ]
}

fn operation() -> [Endpoint; 5] {
    [
        get(path::HOME, page::home::show, "Show a person what is here.")
            .query::<sessions::LangQuery>()
            .returns_text(page::MEDIA, "The page.")
            .unlimited(),
        get(path::HEALTHZ, operations::healthz, "Ask whether the process lives.").returns_json::<Health>(200, "It does.").unlimited(),
        get(path::READYZ, operations::readyz, "Ask whether it can work.").returns_json::<Health>(200, "It can."),
        get(path::METRICS, operations::show_metrics, "Read figures for the operator, from the same computer only.")
            .returns_text(metrics::MEDIA, "In the text form that Prometheus reads.")
            .unlimited()
            .refuses(&[NotFound]),
        get(path::OPENAPI, openapi::serve, "Read this document.").returns_text(JSON, "OpenAPI 3.1.").unlimited(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_account_action_has_its_endpoint() {
        for action in AccountAction::ALL {
            assert!(endpoints().any(|endpoint| endpoint.path == action.path()), "{action:?}");
        }
    }
}
