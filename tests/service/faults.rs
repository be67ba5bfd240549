//! Bad days, one file each: killed at every step, the database gone and back, a node that dies, a full disk. Here: garbage on every path.

/// The database, or a node, is gone for a while.
#[cfg(target_os = "linux")]
#[path = "faults/away.rs"]
mod away;
/// No room left.
#[cfg(target_os = "linux")]
#[path = "faults/full.rs"]
mod full;
/// Killed at every step.
#[cfg(target_os = "linux")]
#[path = "faults/killed.rs"]
mod killed;
/// `zairyu serve` as a process of its own.
#[cfg(target_os = "linux")]
#[path = "faults/node.rs"]
mod node;
/// A mail server that takes everything.
#[cfg(target_os = "linux")]
#[path = "faults/post.rs"]
mod post;
/// A small file system.
#[cfg(target_os = "linux")]
#[path = "faults/room.rs"]
mod room;
/// What kills at a step.
#[cfg(target_os = "linux")]
#[path = "faults/trap.rs"]
mod trap;
/// What must be true in the end.
#[cfg(target_os = "linux")]
#[path = "faults/truth.rs"]
mod truth;
/// The whole way of one person.
#[cfg(target_os = "linux")]
#[path = "faults/way.rs"]
mod way;

use std::time::Duration;

use proptest::prelude::{Strategy, any};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use reqwest::StatusCode;

use crate::bench::{Bench, anne, authority};
use crate::futures_of;

#[tokio::test]
async fn garbage_on_any_path_is_refused_and_never_a_fault_inside() {
    let bench = Bench::start(None);
    let mut runner = TestRunner::deterministic();
    let bytes = proptest::collection::vec(any::<u8>(), 0..300);
    let paths = [
        "/v1/sessions/x/proof",
        "/v1/registrations",
        "/v1/passwords",
        "/v1/logins",
        "/v1/mail/resend",
        "/v1/mail/address",
        "/v1/cards/link",
        "/v1/cards/undo",
    ];
    let media = ["application/jose", "application/json", "application/x-www-form-urlencoded", "text/plain", ""];
    for (number, path) in paths.iter().cycle().take(140).enumerate() {
        let body = bytes.new_tree(&mut runner).unwrap().current();
        let request = bench.client.post(format!("{}{path}", bench.url)).header("content-type", media[number % media.len()]);
        let status = request.header("idempotency-key", "x").body(body).send().await.unwrap().status();
        assert!(status.is_client_error(), "{path} {status}");
        let odd: String = "[/?#%\\PC]{0,40}".new_tree(&mut runner).unwrap().current();
        let odd: String = odd.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let page = ["password", "card"][number % 2];
        let status = bench.client.get(format!("{}/{page}/{odd}", bench.url)).send().await.unwrap().status();
        assert!(status.is_client_error(), "{odd} {status}");
    }
    assert_eq!(bench.client.get(format!("{}/readyz", bench.url)).send().await.unwrap().status(), StatusCode::OK);
}

/// Forty send a registration and hang up at ever later moments; then they send it again.
async fn callers_hang_up(bench: &Bench) {
    let mut ready = Vec::new();
    for number in 0..40 {
        ready.push(bench.ready(&anne().reissued(authority(), number)).await);
    }
    for (moment, (jti, statement)) in (0..).zip(&ready) {
        let sent = bench.send("/v1/registrations", Some(jti), statement.clone());
        let _ = tokio::time::timeout(Duration::from_micros(250 * moment), sent).await;
    }
    let again = futures_of(ready.iter().map(|(jti, statement)| bench.send("/v1/registrations", Some(jti), statement.clone()))).await;
    assert!(again.iter().all(|answer| answer.status().is_success()));
    bench.wait_for_mails(40).await;
}

#[tokio::test]
async fn callers_who_hang_up_at_any_moment_keep_nobody_waiting_on_sqlite() {
    callers_hang_up(&Bench::start(None)).await;
}

#[tokio::test]
async fn callers_who_hang_up_at_any_moment_keep_nobody_waiting_on_postgresql() {
    let server = crate::postgres::server();
    callers_hang_up(&Bench::start(Some(server.database()))).await;
}
