//! What is forgotten after how many days, and what stays as long as the person.

use std::time::Duration;

use serde_json::json;
use zairyu::card::Purpose;
use zairyu::service::{Options, Retention, Running, Sum, UsersCommand, check, start};

use super::backup::rows;
use super::{on_a_thread, printed};
use crate::bench::{Bench, Signer, anne, authority, taro};
use crate::{GOOD, postgres};

const DAY: i64 = 24 * 3600;

/// Stop the service, let days pass, and start it again.
fn days_later(bench: &mut Bench, days: i64, retention: Retention) -> Running {
    bench.stop();
    bench.later(days * DAY);
    start(Options { retention, ..bench.options() }).unwrap()
}

/// Wait until what the store holds is as said.
async fn until(bench: &Bench, what: impl Fn(&[Sum]) -> bool) {
    let mut sums = Vec::new();
    for _ in 0..200 {
        let (database, data) = (bench.database.clone(), bench.data.path().join("service"));
        sums = on_a_thread(move || check(database.as_deref(), &data, &mut |_, _| ()).unwrap()).await;
        if what(&sums) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{sums:#?}");
}

async fn forgets_in_time(mut bench: Bench) {
    let keep = Retention { mails: 90, audit: 400, unused: None };
    bench.register(anne()).await;
    bench.wait_for_mails(1).await;
    bench.set_password(GOOD).await;
    bench.wait_for_mails(2).await;
    bench.register(taro()).await;
    bench.wait_for_mails(3).await;
    let kana = Signer::make(authority(), "kana", &[]);
    bench.register(&kana).await;
    bench.ask(&kana, Purpose::Authentication, ("login", "/v1/logins"), json!({})).await;
    bench.wait_for_mails(4).await;
    // What has run out is gone after two days; mails and people are not.
    let running = days_later(&mut bench, 3, keep);
    until(&bench, |sums| ["sessions", "nonces", "tokens"].iter().all(|table| rows(sums, table) == 0)).await;
    until(&bench, |sums| rows(sums, "outbox") == 4).await;
    assert_eq!(bench.mails().len(), 4);
    drop(running);
    let running = days_later(&mut bench, 88, keep);
    until(&bench, |sums| rows(sums, "outbox") == 0).await;
    crate::until(async || bench.mails().is_empty()).await;
    until(&bench, |sums| rows(sums, "audit") == 5 && rows(sums, "people") == 3 && rows(sums, "statements") == 3).await;
    drop(running);
    // Only who has neither a password nor a login by card is deleted, and only because the operator wants it.
    let running = days_later(&mut bench, 1, Retention { unused: Some(30), ..keep });
    until(&bench, |sums| rows(sums, "people") == 2 && rows(sums, "cards") == 4 && rows(sums, "statements") == 2).await;
    let trail = printed(&bench, UsersCommand::Audit { id: None, since: None }).await.unwrap();
    assert!(trail.lines().any(|line| line.contains("\"unused_deleted\"") && line.contains("\"by\":\"retention\"")), "{trail}");
    drop(running);
    let running = days_later(&mut bench, 310, keep);
    // Those lines are left that the operator and the deletion have made later.
    until(&bench, |sums| rows(sums, "audit") <= 2 && rows(sums, "people") == 2).await;
    drop(running);
}

#[tokio::test]
async fn each_thing_is_forgotten_in_its_time_and_people_stay_on_sqlite() {
    forgets_in_time(Bench::start(None)).await;
}

#[tokio::test]
async fn each_thing_is_forgotten_in_its_time_and_people_stay_on_postgresql() {
    let server = postgres::server();
    forgets_in_time(Bench::start(Some(server.database()))).await;
}
