//! The database goes away under load and comes back, a file is locked, a node of two dies: the service rests, and goes on by itself.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::bench::contract::Request;
use reqwest::StatusCode;
use serde_json::Value;
use sqlx::Connection;
use zairyu::card::Purpose;
use zairyu::service::Peers;

use super::node::Node;
use super::post::Post;
use super::trap::{Gate, NEVER, Strike};
use super::truth::{LEASE, every_mail_leaves, holds};
use super::way::{STEPS, Traveller};
use crate::bench::{Bench, Signer, anne, authority, proof, real_now};
use crate::postgres::Postgres;
use crate::{TIMEOUT, futures_of, postgres, until};

/// Send what may be refused because the service rests. Return the answer, or nothing if it rests and says when to come back.
async fn unless_resting(request: Request) -> Option<(StatusCode, Value)> {
    let response = request.send().await.unwrap();
    let (status, pause) = (response.status(), response.headers().get("retry-after").cloned());
    let body: Value = response.json().await.unwrap();
    if status != StatusCode::SERVICE_UNAVAILABLE {
        return Some((status, body));
    }
    assert_eq!(body["code"], "resting");
    assert!(pause.is_some_and(|pause| pause.to_str().unwrap().parse::<u32>().unwrap() > 0));
    None
}

/// What people do while the database comes and goes: the statements that were signed, with their answers.
pub(super) struct Crowd<'a> {
    bench: &'a Bench,
    registered: AtomicUsize,
    rested: AtomicUsize,
}

/// A registration that was acknowledged: its name, itself, and the answer.
pub(super) type Acknowledged = (String, String, Value);

impl Crowd<'_> {
    /// Let people loose on a service.
    pub(super) fn of(bench: &Bench) -> Crowd<'_> {
        Crowd { bench, registered: AtomicUsize::new(0), rested: AtomicUsize::new(0) }
    }

    /// Wait until somebody else is told that the service rests.
    pub(super) async fn rests_once_more(&self) {
        let before = self.rested.load(Ordering::SeqCst);
        until(async || self.rested.load(Ordering::SeqCst) > before).await;
    }

    /// Check that everything acknowledged is still known: the same answer to the same statement.
    pub(super) async fn is_known(&self, registered: &[Acknowledged]) {
        for (jti, statement, answer) in registered {
            let again = self.bench.send("/v1/registrations", Some(jti), statement.clone()).await;
            assert_eq!((again.status(), &again.json::<Value>().await.unwrap()), (StatusCode::OK, answer));
        }
    }

    /// Register somebody, as often as it takes.
    pub(super) async fn register(&self, number: u32) -> Acknowledged {
        let card = anne().reissued(authority(), number);
        let until = Instant::now() + TIMEOUT;
        while Instant::now() < until {
            let Some((jti, statement)) = self.ready(&card).await else { continue };
            while Instant::now() < until {
                let Some((status, answer)) = self.send("/v1/registrations", Some(&jti), &statement).await else { continue };
                assert!(status.is_success(), "{answer}");
                self.registered.fetch_add(1, Ordering::SeqCst);
                return (jti, statement, answer);
            }
        }
        panic!("number {number} was never registered");
    }

    /// Get so far that the registration can be sent.
    async fn ready(&self, card: &Signer) -> Option<(String, String)> {
        let (status, session) = self.rest(self.bench.client.post(format!("{}/v1/sessions", self.bench.url))).await?;
        assert_eq!(status, StatusCode::CREATED);
        let statement = card.statement(Purpose::Authentication, "proof", &self.bench.payload(&session["nonce"]));
        let (status, proved) = self.send(&proof(&session), None, &statement).await?;
        assert_eq!(status, StatusCode::OK, "{proved}");
        let payload = self.bench.registration(&proved["nonce"], &session["terms"]);
        Some((payload["jti"].as_str().unwrap().to_owned(), card.statement(Purpose::Signing, "registration", &payload)))
    }

    async fn send(&self, path: &str, jti: Option<&str>, statement: &str) -> Option<(StatusCode, Value)> {
        self.rest(self.bench.bring(path, jti, statement.to_owned())).await
    }

    async fn rest(&self, request: Request) -> Option<(StatusCode, Value)> {
        let answer = unless_resting(request).await;
        if answer.is_none() {
            self.rested.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        answer
    }
}

async fn goes_and_comes_back(mode: &'static str) {
    let server = std::sync::Arc::new(Postgres::alone());
    let bench = Bench::start(Some(server.database()));
    let crowd = &Crowd::of(&bench);
    let lanes = futures_of((0..8).map(|lane| async move {
        let mut registered = Vec::new();
        for number in lane * 5..lane * 5 + 5 {
            registered.push(crowd.register(number).await);
        }
        registered
    }));
    let goes = async {
        until(async || crowd.registered.load(Ordering::SeqCst) >= 10).await;
        let stopped = std::sync::Arc::clone(&server);
        tokio::task::spawn_blocking(move || stopped.stop(mode)).await.unwrap();
        let began = Instant::now();
        assert_eq!(bench.client.get(format!("{}/healthz", bench.url)).send().await.unwrap().status(), StatusCode::OK);
        assert!(unless_resting(bench.client.get(format!("{}/readyz", bench.url))).await.is_none(), "ready without a database");
        assert!(began.elapsed() < Duration::from_secs(5), "who asks whether it is ready waits for {:?}", began.elapsed());
        crowd.rests_once_more().await;
        let again = std::sync::Arc::clone(&server);
        tokio::task::spawn_blocking(move || again.run()).await.unwrap();
        let end = Instant::now() + TIMEOUT;
        while unless_resting(bench.client.get(format!("{}/readyz", bench.url))).await.is_none() {
            assert!(Instant::now() < end, "it does not come back");
        }
    };
    let (registered, ()) = tokio::join!(lanes, goes);
    crowd.is_known(&registered.concat()).await;
    // What a worker had taken when the database went is free again after its lease.
    bench.later(LEASE + 1);
    bench.wait_for_mails(40).await;
}

#[tokio::test]
async fn when_postgresql_is_stopped_under_load_the_service_rests_and_goes_on_by_itself() {
    goes_and_comes_back("fast").await;
}

#[tokio::test]
async fn when_postgresql_crashes_under_load_the_service_rests_and_goes_on_by_itself() {
    goes_and_comes_back("immediate").await;
}

#[tokio::test]
async fn while_another_process_holds_the_file_of_sqlite_the_service_rests() {
    let mut bench = Bench::start(None);
    bench.stop();
    let _node = Node::start(&mut bench);
    let file = format!("sqlite:{}", bench.data.path().join("service/service.sqlite").display());
    let mut other = sqlx::SqliteConnection::connect(&file).await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let began = Instant::now();
    assert!(unless_resting(bench.client.get(format!("{}/readyz", bench.url))).await.is_none(), "ready with a file that is locked");
    assert!(began.elapsed() < Duration::from_secs(5));
    let open = || unless_resting(bench.client.post(format!("{}/v1/sessions", bench.url)));
    assert!(open().await.is_none(), "a session on a file that is locked");
    assert_eq!(bench.client.get(format!("{}/healthz", bench.url)).send().await.unwrap().status(), StatusCode::OK);
    // Some who wait already, and one who comes later.
    let waiting = futures_of((0..3).map(|_| open()));
    let (waited, ()) = tokio::join!(waiting, async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    });
    assert!(waited.iter().all(|answer| answer.as_ref().is_some_and(|(status, _)| *status == StatusCode::CREATED)));
    assert!(open().await.is_some());
}

#[tokio::test]
async fn when_one_of_two_nodes_dies_the_other_one_goes_on_with_its_people() {
    let (post, settings) = Post::start();
    let database = postgres::server();
    let url = database.database();
    let mut other = Bench::with_mail(Some(url.clone()), Some(settings.clone()));
    other.peers = Peers::BehindProxy;
    other.restart();
    let (gate, through) = Gate::open(&url);
    let mut dying = Bench::with_mail(None, Some(settings));
    dying.stop();
    dying.database = Some(through);
    let mut people = Vec::new();
    let mut struck = [0; STEPS.len() + 1];
    for run in 0..30 {
        for bench in [&dying, &other] {
            bench.clock.store(real_now(), Ordering::SeqCst);
        }
        let mut node = Node::start(&mut dying);
        *gate.victim.lock().unwrap() = Some(node.pid());
        // Each run some messages later: over all of the way.
        gate.aim(Strike { step: 5 + run * 8, after: run % 2 == 0 });
        let mut person = Traveller::new(u32::try_from(run).unwrap());
        let whole = person.go(&dying, &post).await.is_ok();
        assert!(whole || node.dies(), "no answer from a node that lives");
        node.kill();
        gate.aim(NEVER);
        struck[person.done] += 1;
        person.check(&other).await.unwrap();
        people.push(person);
    }
    println!("{struck:?}");
    assert!(struck[..3].iter().all(|count| *count > 0) && struck[3] + struck[4] + struck[5] > 0, "{struck:?}");
    every_mail_leaves(&mut other).await;
    other.stop();
    holds(&other, &post, &people).await;
    assert!(post.repeated().len() <= people.len(), "more mails repeated than nodes died");
}
