//! What must be true in the end, whatever happened: nobody twice, no half person, every mail sent, and none under two names.

use std::collections::BTreeSet;
use std::time::Duration;

use sqlx::Connection;

use super::post::Post;
use super::way::Traveller;
use crate::bench::Bench;

/// A mail that was taken by a worker that died is free again after this (`LEASE_SECONDS` of the store).
pub(super) const LEASE: i64 = 300;

/// Turn the clock beyond the lease of every worker that died, and wait until no mail is left to be sent.
pub(super) async fn every_mail_leaves(bench: &mut Bench) {
    bench.later(LEASE + 1);
    bench.restart();
    for _ in 0..600 {
        let figures = bench.client.get(format!("{}/metrics", bench.url)).send().await.unwrap().text().await.unwrap();
        if figures.lines().any(|line| line == "zairyu_mails_queued 0") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("there are mails that do not leave");
}

/// Read the store of a service that was stopped, and compare it with what the people and the mail server say.
pub(super) async fn holds(bench: &Bench, post: &Post, people: &[Traveller]) {
    let mut store = Reader::open(bench).await;
    let registered: BTreeSet<String> = people.iter().filter(|person| person.registered).map(|person| person.email.clone()).collect();
    let kept = store.texts("SELECT email FROM people").await;
    assert_eq!(kept.len(), kept.iter().collect::<BTreeSet<_>>().len(), "somebody is there twice");
    assert_eq!(kept.into_iter().collect::<BTreeSet<_>>(), registered);
    let halves = store
        .texts(
            "SELECT email FROM people p WHERE (SELECT COUNT(*) FROM cards WHERE person = authentication_id) <> 2
             OR (SELECT COUNT(*) FROM statements WHERE person = authentication_id AND kind = 'registration') <> 1
             OR (SELECT COUNT(*) FROM outbox WHERE person = authentication_id AND kind = 'registered') <> 1
             OR (SELECT COUNT(*) FROM outbox WHERE person = authentication_id AND kind = 'password_set') <> (password IS NOT NULL)
             OR (SELECT COUNT(*) FROM outbox WHERE person = authentication_id AND kind = 'password_link')
              <> (SELECT COUNT(*) FROM statements WHERE person = authentication_id AND kind = 'resend')",
        )
        .await;
    assert_eq!(halves, Vec::<String>::new(), "half a person");
    assert_eq!(store.texts("SELECT id || ' ' || state FROM outbox WHERE state <> 'sent'").await, Vec::<String>::new());
    // Each mail arrived, under its one name: as many names as mails.
    let queued = store.texts("SELECT recipient || ' ' || id FROM outbox ORDER BY 1").await;
    let mut arrived = post.names(&registered);
    arrived.sort_unstable();
    assert_eq!(arrived, queued);
    println!("{} people, {} mails, {} of them repeated", registered.len(), arrived.len(), post.repeated().len());
}

/// What the store holds, read with SQLite's own means.
struct Reader(sqlx::SqliteConnection);

impl Reader {
    /// Open the store of a bench; one on PostgreSQL is copied first.
    async fn open(bench: &Bench) -> Reader {
        let data = bench.data.path();
        let file = match bench.database.clone() {
            None => data.join("service/service.sqlite"),
            Some(from) => {
                let file = data.join("copy.sqlite");
                let to = format!("sqlite:{}", file.display());
                tokio::task::spawn_blocking(move || zairyu::service::copy(&from, &to, &mut |_, _| ()).unwrap()).await.unwrap();
                file
            }
        };
        Reader(sqlx::SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.unwrap())
    }

    async fn texts(&mut self, sql: &'static str) -> Vec<String> {
        sqlx::query_scalar(sql).fetch_all(&mut self.0).await.unwrap()
    }
}
