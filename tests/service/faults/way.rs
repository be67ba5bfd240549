//! The whole way of one person, at a service that may die at any moment, and what must be true of that person once it runs again.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::bench::contract::Request;
use serde_json::{Value, json};
use zairyu::card::Purpose;

use super::post::Post;
use crate::GOOD;
use crate::bench::{Bench, Signer, anne, authority, proof, token_of};

/// The steps of the way, in their order.
pub(super) const STEPS: [&str; 9] =
    ["session", "proof", "registration", "first mail", "password", "second mail", "login", "resend", "withdrawal"];

/// How long a mail may be under way.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The service died.
#[derive(Debug)]
pub(super) struct Dead;

/// A person on the way.
pub(super) struct Traveller {
    pub(super) email: String,
    /// Where it calls from, as a proxy says: limits are for each address.
    address: String,
    card: Signer,
    /// How many steps were acknowledged.
    pub(super) done: usize,
    /// Whether the person stands in the store, as far as was said.
    pub(super) registered: bool,
    session: Value,
    /// What was sent, so that it can be sent again.
    proof: Option<String>,
    nonce: Value,
    registration: Option<(String, String)>,
    answer: Option<Value>,
    token: Option<String>,
    resend: Option<String>,
    resent: Option<Value>,
}

impl Traveller {
    /// Send a person on the way, told apart by a number.
    pub(super) fn new(number: u32) -> Traveller {
        Traveller {
            email: format!("person{number}@example.jp"),
            address: format!("10.0.{}.{}", number / 256, number % 256),
            card: anne().reissued(authority(), number),
            done: 0,
            registered: false,
            session: Value::Null,
            proof: None,
            nonce: Value::Null,
            registration: None,
            answer: None,
            token: None,
            resend: None,
            resent: None,
        }
    }

    /// Go the whole way, or as far as the service lives.
    pub(super) async fn go(&mut self, bench: &Bench, post: &Post) -> Result<(), Dead> {
        self.session = self.expect(bench.client.post(format!("{}/v1/sessions", bench.url)), &[201]).await?;
        self.done = 1;
        let statement = self.card.statement(Purpose::Authentication, "proof", &bench.payload(&self.session["nonce"]));
        let request = bench.bring(&proof(&self.session), None, statement.clone());
        self.proof = Some(statement);
        self.nonce = self.expect(request, &[200]).await?["nonce"].clone();
        self.done = 2;
        self.answer = Some(self.register(bench, &[201]).await?);
        self.registered = true;
        self.done = 3;
        let mail = self.mail(bench, post, 1).await?;
        self.done = 4;
        self.token = Some(token_of(&mail));
        self.set_password(bench, &[204]).await?;
        self.done = 5;
        self.mail(bench, post, 2).await?;
        self.done = 6;
        self.log_in(bench, &[200]).await?;
        self.done = 7;
        let session = self.expect(bench.client.post(format!("{}/v1/sessions", bench.url)), &[201]).await?;
        self.resend = Some(self.card.statement(Purpose::Authentication, "resend", &bench.payload(&session["nonce"])));
        self.resent = Some(self.send_again(bench).await?);
        self.mail(bench, post, 3).await?;
        self.done = 8;
        self.ask(bench, Purpose::Signing, ("withdraw", "/v1/registrations/withdraw"), &[200]).await?;
        self.registered = false;
        self.done = 9;
        Ok(())
    }

    /// Check that nothing acknowledged is lost, that what was under way can be finished, and finish the registration.
    pub(super) async fn check(&mut self, bench: &Bench) -> Result<(), Dead> {
        if self.done >= 8 {
            // The withdrawal was under way or is acknowledged.
            let left: &[u16] = if self.done == 9 { &[404] } else { &[200, 404] };
            let login = self.ask(bench, Purpose::Authentication, ("login", "/v1/logins"), left).await?;
            self.registered = login["session"].is_string();
        }
        if self.done == 9 || self.done == 8 && !self.registered || self.session.is_null() {
            return Ok(());
        }
        if self.done < 2 {
            let statement = self.proof.clone();
            let statement =
                statement.unwrap_or_else(|| self.card.statement(Purpose::Authentication, "proof", &bench.payload(&self.session["nonce"])));
            // 401: it was taken, and the answer lost on its way. The nonce in it cannot be had again; another session can.
            let answer = self.expect(bench.bring(&proof(&self.session), None, statement), &[200, 401]).await?;
            if answer["nonce"].is_null() {
                assert!(self.proof.is_some() && answer["code"] == "nonce", "{answer}");
                return Ok(());
            }
            self.nonce = answer["nonce"].clone();
        }
        let again = self.register(bench, if self.answer.is_some() { &[200] } else { &[200, 201] }).await?;
        self.registered = true;
        assert_eq!(self.answer.get_or_insert_with(|| again.clone()), &again);
        if self.token.is_some() {
            let gone = self.set_password(bench, &[204, 410]).await?;
            assert!(self.done < 5 || gone["code"] == "link_expired", "a token was good twice");
            self.log_in(bench, &[200]).await?;
        }
        if self.resend.is_some() {
            let again = self.send_again(bench).await?;
            assert_eq!(self.resent.get_or_insert_with(|| again.clone()), &again);
        }
        Ok(())
    }

    /// Send the registration: the same one each time.
    async fn register(&mut self, bench: &Bench, statuses: &[u16]) -> Result<Value, Dead> {
        let (jti, statement) = self.registration.get_or_insert_with(|| {
            let mut payload = bench.registration(&self.nonce, &self.session["terms"]);
            payload["form"]["email"] = json!(self.email);
            (payload["jti"].as_str().unwrap().to_owned(), self.card.statement(Purpose::Signing, "registration", &payload))
        });
        let request = bench.bring("/v1/registrations", Some(jti), statement.clone());
        self.expect(request, statuses).await
    }

    async fn set_password(&self, bench: &Bench, statuses: &[u16]) -> Result<Value, Dead> {
        let body = json!({ "token": self.token, "password": GOOD });
        self.expect(bench.client.post(format!("{}/v1/passwords", bench.url)).json(&body), statuses).await
    }

    async fn log_in(&self, bench: &Bench, statuses: &[u16]) -> Result<Value, Dead> {
        let body = json!({ "authentication_id": self.answer.as_ref().unwrap()["authentication_id"], "password": GOOD });
        self.expect(bench.client.post(format!("{}/v1/logins", bench.url)).json(&body), statuses).await
    }

    async fn send_again(&self, bench: &Bench) -> Result<Value, Dead> {
        self.expect(bench.bring("/v1/mail/resend", None, self.resend.clone().unwrap()), &[200]).await
    }

    /// Ask for something with a statement in a new session.
    async fn ask(&self, bench: &Bench, purpose: Purpose, (kind, path): (&str, &str), statuses: &[u16]) -> Result<Value, Dead> {
        let session = self.expect(bench.client.post(format!("{}/v1/sessions", bench.url)), &[201]).await?;
        let statement = self.card.statement(purpose, kind, &bench.payload(&session["nonce"]));
        self.expect(bench.bring(path, None, statement), statuses).await
    }

    /// Wait for the mail of this number.
    async fn mail(&self, bench: &Bench, post: &Post, number: usize) -> Result<String, Dead> {
        let until = Instant::now() + TIMEOUT;
        loop {
            if let Some(mail) = post.to(&self.email).get(number - 1) {
                return Ok(mail.clone());
            }
            // Whether a service that sends nothing lives is only told by its door.
            TcpStream::connect(bench.url.strip_prefix("http://").unwrap()).map_err(|_| Dead)?;
            assert!(Instant::now() < until, "mail {number} to {} does not come", self.email);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Send a request whose answer must have one of these statuses, and return its body.
    async fn expect(&self, request: Request, statuses: &[u16]) -> Result<Value, Dead> {
        let response = request.header("x-forwarded-for", &self.address).send().await.map_err(|_| Dead)?;
        let (url, status) = (response.url().path().to_owned(), response.status().as_u16());
        let body = response.bytes().await.map_err(|_| Dead)?;
        assert!(statuses.contains(&status), "{url}: {status} {}", String::from_utf8_lossy(&body));
        Ok(serde_json::from_slice(&body).unwrap_or(Value::Null))
    }
}
