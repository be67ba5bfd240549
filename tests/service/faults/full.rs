//! No room left, on a file system that is really full: for SQLite, for PostgreSQL, and for mails in a folder.

use std::sync::atomic::{AtomicBool, Ordering};

use reqwest::StatusCode;
use serde_json::Value;
use sqlx::Connection;

use super::away::{Acknowledged, Crowd};
use super::node::Node;
use super::room::Room;
use super::truth::LEASE;
use crate::bench::{Bench, anne};
use crate::postgres::Postgres;
use crate::{futures_of, until};

/// Four at a time register on a full disk, until what room the files themselves had is used up: they are told that the service rests, and
/// come through once there is room.
async fn four_wait_for_room(
    crowd: &Crowd<'_>,
    round: u32,
    room: &Room,
    bench: &Bench,
    mend: impl Future<Output = ()>,
) -> Vec<Acknowledged> {
    room.fill();
    let mended = AtomicBool::new(false);
    let lane = async |first: u32| {
        let mut registered = Vec::new();
        for number in first.. {
            registered.push(crowd.register(number).await);
            if mended.load(Ordering::SeqCst) {
                break;
            }
        }
        registered
    };
    let lanes = futures_of((0..4).map(|number| lane(round * 10_000 + number * 1_000)));
    let (lanes, ()) = tokio::join!(lanes, async {
        crowd.rests_once_more().await;
        assert_eq!(bench.client.get(format!("{}/healthz", bench.url)).send().await.unwrap().status(), StatusCode::OK);
        room.clear();
        mend.await;
        mended.store(true, Ordering::SeqCst);
    });
    lanes.concat()
}

#[tokio::test]
async fn on_a_full_disk_sqlite_loses_nothing_and_the_service_goes_on_once_there_is_room() {
    let mut bench = Bench::start(None);
    bench.stop();
    let room = Room::over(&bench.data.path().join("service"), 3 * 1024);
    let mut node = Node::start_under(&mut bench, &room.enter());
    let crowd = Crowd::of(&bench);
    let mut registered = vec![crowd.register(0).await];
    for round in 1..4 {
        registered.extend(four_wait_for_room(&crowd, round, &room, &bench, async {}).await);
    }
    crowd.is_known(&registered).await;
    room.fill();
    node.kill();
    room.clear();
    let _node = Node::start_under(&mut bench, &room.enter());
    Crowd::of(&bench).is_known(&registered).await;
    let file = format!("sqlite:{}", room.path("service.sqlite").display());
    let mut store = sqlx::SqliteConnection::connect(&file).await.unwrap();
    let sound: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut store).await.unwrap();
    assert_eq!(sound, "ok");
}

#[tokio::test]
async fn on_a_full_disk_postgresql_loses_nothing_and_the_service_goes_on_once_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let room = Room::over(folder.path(), 96 * 1024);
    let server = Postgres::within(folder, room.enter(), "on");
    let bench = Bench::start(Some(server.database()));
    let crowd = Crowd::of(&bench);
    let mut registered = vec![crowd.register(0).await];
    for round in 1..4 {
        // PostgreSQL stops where it has no room for its log, and its operator starts it again.
        let mend = async {
            if !server.runs() {
                server.run();
            }
        };
        registered.extend(four_wait_for_room(&crowd, round, &room, &bench, mend).await);
        bench.later(30);
    }
    crowd.is_known(&registered).await;
    bench.later(LEASE + 1);
    bench.wait_for_mails(registered.len()).await;
}

#[tokio::test]
async fn a_mail_for_which_there_is_no_room_stays_queued_and_leaves_later() {
    let mut bench = Bench::start(None);
    bench.stop();
    let room = Room::over(&bench.data.path().join("service/mail"), 64);
    room.fill();
    let mut node = Node::start_under(&mut bench, &room.enter());
    let session = bench.session().await;
    let nonce = bench.prove(&session, anne()).await;
    let payload = bench.registration(&nonce, &session["terms"]);
    let statement = anne().statement(zairyu::card::Purpose::Signing, "registration", &payload);
    assert_eq!(bench.send("/v1/registrations", payload["jti"].as_str(), statement).await.status(), StatusCode::CREATED);
    let url = format!("{}/v1/sessions/{}/mail", bench.url, session["session"].as_str().unwrap());
    let state = async || bench.client.get(&url).send().await.unwrap().json::<Value>().await.unwrap()["mail"]["state"].clone();
    until(async || state().await == "delayed").await;
    node.kill();
    assert_eq!(bench.mails().len(), 0);
    // The same service where there is room, when it is time for the second attempt.
    bench.later(61);
    bench.restart();
    bench.wait_for_mails(1).await;
}
