//! The outbox: mails that wait, are tried again, arrive once, in order, and where they are said to be. How servers are reached and how they
//! misbehave is in `outbox_servers`.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value, json};
use zairyu::card::Purpose;
use zairyu::service::UsersCommand;

use crate::bench::{Bench, anne, taro, text_of, token_of};
use crate::post::Post;
use crate::{GOOD, postgres, until};

const REMIND: (&str, &str) = ("remind", "/v1/id/remind");
const ADDRESS: (&str, &str) = ("address", "/v1/mail/address");

const DAY: i64 = 24 * 3600;

/// A mail waits and a limit is reached while the clock is a year ahead. Then it is set right, and nobody waits for that year.
async fn the_clock_was_a_year_ahead(database: Option<String>) {
    const YEAR: i64 = 365 * 24 * 3600;
    let mut post = Post::start();
    post.down();
    let bench = Bench::with_mail(database, Some(post.settings()));
    bench.later(YEAR);
    let id = bench.register(anne()).await["authentication_id"].clone();
    trouble(&bench, &id, 1).await;
    while bench.log_in(&id, GOOD).await.status() != StatusCode::TOO_MANY_REQUESTS {}
    bench.later(-YEAR);
    post.up();
    // This wakes the worker, as the next look would.
    remind(&bench, anne()).await;
    until(async || outbox(&bench, &id).await.iter().all(|mail| mail["state"] == "sent")).await;
    bench.later(60);
    assert_eq!(bench.log_in(&id, GOOD).await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_clock_that_was_ahead_keeps_no_mail_and_nobody_waiting_on_sqlite() {
    the_clock_was_a_year_ahead(None).await;
}

#[tokio::test]
async fn a_clock_that_was_ahead_keeps_no_mail_and_nobody_waiting_on_postgresql() {
    the_clock_was_a_year_ahead(Some(postgres::server().database())).await;
}

/// Ask for the 認証ID.
async fn remind(bench: &Bench, card: &crate::bench::Signer) {
    assert_eq!(bench.ask(card, Purpose::Authentication, REMIND, json!({})).await.status(), StatusCode::OK);
}

/// Open a session with a card, and return its name.
async fn log_in(bench: &Bench) -> Value {
    let opened = bench.ask(anne(), Purpose::Authentication, ("login", "/v1/logins"), json!({})).await;
    opened.json::<Value>().await.unwrap()["session"].clone()
}

/// Ask where the newest mail is.
async fn whereabouts(bench: &Bench, session: &Value) -> Value {
    let shown = bench.client.get(format!("{}/v1/sessions/{}/mail", bench.url, session.as_str().unwrap())).send().await.unwrap();
    assert_eq!(shown.status(), StatusCode::OK);
    shown.json::<Value>().await.unwrap()["mail"].clone()
}

/// Do an operator's command on the store of a bench.
pub(crate) async fn operator(bench: &Bench, command: UsersCommand) -> Value {
    crate::admin::command(bench, command).await.unwrap()
}

/// Return the mails of a person as the operator sees them, oldest first.
pub(crate) async fn outbox(bench: &Bench, id: &Value) -> Vec<Value> {
    let shown = operator(bench, UsersCommand::Show { id: id.as_str().unwrap().to_owned() }).await;
    let mut mails = shown["outbox"].as_array().unwrap().clone();
    mails.sort_by_key(|mail| (mail["created_at"].as_i64(), mail["id"].as_str().map(str::to_owned)));
    mails
}

/// Write a time as the service does.
fn written(seconds: i64) -> String {
    let time = time::OffsetDateTime::from_unix_timestamp(seconds).unwrap();
    time.format(&time::format_description::well_known::Rfc3339).unwrap()
}

/// Wait until the operator sees the newest mail of a person in trouble, and return what trouble that is.
pub(crate) async fn trouble(bench: &Bench, id: &Value, attempts: i64) -> String {
    // While a mail is being tried it is leased, and the trouble is that of the time before.
    let leased = written(bench.clock.load(Ordering::SeqCst) + 180);
    until(async || {
        let mail = outbox(bench, id).await.pop().unwrap();
        mail["attempts"] == attempts && mail["trouble"].is_string() && mail["next_at"] != leased
    })
    .await;
    outbox(bench, id).await.last().unwrap()["trouble"].as_str().unwrap().to_owned()
}

async fn refused_twice(database: Option<String>) {
    let post = Post::start();
    post.orders(&["rcpt 450 4.2.0 greylisted, try again", "rcpt 550 5.1.1 <foo..bar.@docomo.ne.jp> not now"]);
    let mut bench = Bench::with_mail(database, Some(post.settings()));
    let registered = bench.register(anne()).await;
    let id = &registered["authentication_id"];
    assert_eq!(registered["mail"]["state"], "queued");
    assert!(registered["mail"].get("folder").is_none());
    assert_eq!(trouble(&bench, id, 1).await, "450 4.2.0");
    let session = log_in(&bench).await;
    let next = written(bench.clock.load(Ordering::SeqCst) + 60);
    assert_eq!(whereabouts(&bench, &session).await, json!({ "to": "f***@docomo.ne.jp", "state": "delayed", "next_at": next }));
    // Nothing more before its time, and a new start of the service changes nothing about that.
    bench.restart();
    bench.later(59);
    bench.restart();
    assert_eq!(post.count("rcpt"), 1);
    bench.later(1);
    bench.restart();
    assert_eq!(trouble(&bench, id, 2).await, "550 5.1.1");
    bench.later(120);
    bench.restart();
    let mail = post.wait_for(1).await.remove(0);
    assert_eq!(post.mails()[0]["to"], json!(["foo..bar.@docomo.ne.jp"]));
    let set = json!({ "token": token_of(&mail), "password": GOOD });
    let set = bench.client.post(format!("{}/v1/passwords", bench.url)).json(&set).send().await.unwrap();
    assert_eq!(set.status(), StatusCode::NO_CONTENT);
    post.wait_for(2).await;
    until(async || whereabouts(&bench, &session).await["state"] == "sent").await;
    let seen: Vec<Value> = outbox(&bench, id).await.iter().map(|mail| json!([mail["state"], mail["attempts"], mail["trouble"]])).collect();
    assert_eq!(seen, [json!(["sent", 3, null]), json!(["sent", 1, null])]);
}

#[tokio::test]
async fn a_mail_that_is_refused_is_tried_again_until_it_arrives_on_sqlite() {
    refused_twice(None).await;
}

#[tokio::test]
async fn a_mail_that_is_refused_is_tried_again_until_it_arrives_on_postgresql() {
    let server = postgres::server();
    refused_twice(Some(server.database())).await;
}

async fn down_for_a_day(database: Option<String>) {
    let mut post = Post::start();
    post.down();
    let mut bench = Bench::with_mail(database, Some(post.settings()));
    let id = bench.register(anne()).await["authentication_id"].clone();
    bench.register(taro()).await;
    remind(&bench, anne()).await;
    bench.later(600);
    bench.restart();
    assert_eq!(trouble(&bench, &id, 0).await, "no connection");
    remind(&bench, taro()).await;
    let session = log_in(&bench).await;
    assert_eq!(whereabouts(&bench, &session).await["state"], "delayed");
    for _ in 0..24 {
        bench.later(3600);
        bench.restart();
    }
    post.up();
    assert_eq!(post.count("connect"), 0);
    // A server that is away is looked for every quarter of an hour at least.
    bench.later(15 * 60);
    bench.restart();
    let mails = post.wait_for(4).await;
    let told: Vec<(bool, bool)> = mails.iter().map(|mail| (mail.contains("docomo.ne.jp"), text_of(mail).contains("/password/"))).collect();
    assert_eq!(told, [(true, true), (true, true), (true, false), (true, false)], "in the order in which they were queued");
    let about = |mail: &String| outbox_name(mail);
    let mut names: Vec<String> = mails.iter().map(about).collect();
    names.dedup();
    assert_eq!(names.len(), 4);
    assert!(names.is_sorted(), "{names:?}");
    // The links live from now on, not from when the mails were queued.
    bench.later(DAY - 1);
    let page = format!("{}/password/{}", bench.url, token_of(&mails[0]));
    assert_eq!(bench.client.get(&page).send().await.unwrap().status(), StatusCode::OK);
    bench.later(1);
    assert_eq!(bench.client.get(&page).send().await.unwrap().status(), StatusCode::GONE);
    bench.restart();
    post.wait_for(4).await;
}

/// Return the Message-ID of a mail. Later mails have higher ones.
pub(crate) fn outbox_name(mail: &str) -> String {
    mail_parser::MessageParser::new().parse(mail).unwrap().message_id().unwrap().to_owned()
}

#[tokio::test]
async fn after_a_day_without_a_mail_server_every_mail_arrives_once_and_in_order_on_sqlite() {
    down_for_a_day(None).await;
}

#[tokio::test]
async fn after_a_day_without_a_mail_server_every_mail_arrives_once_and_in_order_on_postgresql() {
    let server = postgres::server();
    down_for_a_day(Some(server.database())).await;
}

/// Let five days pass without a mail server.
async fn stuck(database: Option<String>) -> (Post, Bench, Value) {
    let mut post = Post::start();
    post.down();
    let mut bench = Bench::with_mail(database, Some(post.settings()));
    let id = bench.register(anne()).await["authentication_id"].clone();
    trouble(&bench, &id, 1).await;
    for _ in 0..5 {
        bench.later(DAY);
        bench.restart();
    }
    until(async || outbox(&bench, &id).await[0]["state"] == "stuck").await;
    post.up();
    bench.restart();
    (post, bench, id)
}

#[tokio::test]
async fn after_five_days_a_mail_is_stuck_for_all_to_see_and_the_operator_sends_it() {
    let server = postgres::server();
    let (post, mut bench, id) = stuck(Some(server.database())).await;
    let session = log_in(&bench).await;
    assert_eq!(whereabouts(&bench, &session).await, json!({ "to": "f***@docomo.ne.jp", "state": "stuck" }));
    let figures = bench.client.get(format!("{}/metrics", bench.url)).send().await.unwrap().text().await.unwrap();
    assert!(figures.contains("zairyu_mails_stuck 1\n") && figures.contains("zairyu_mails_queued 0\n"), "{figures}");
    let seen = outbox(&bench, &id).await.remove(0);
    assert_eq!((&seen["state"], &seen["attempts"], &seen["trouble"]), (&json!("stuck"), &json!(6), &json!("no connection")));
    assert_eq!(post.count("connect"), 0);
    operator(&bench, UsersCommand::Resend { id: id.as_str().unwrap().to_owned() }).await;
    bench.restart();
    post.wait_for(2).await;
    bench.restart();
    assert!(outbox(&bench, &id).await.iter().all(|mail| mail["state"] == "sent"));
}

#[tokio::test]
async fn a_mail_that_is_stuck_goes_to_the_corrected_address_and_is_tried_for_days_again() {
    let (post, mut bench, id) = stuck(None).await;
    post.orders(&["rcpt 450 greylisted", "rcpt 450 greylisted"]);
    let corrected = bench.ask(anne(), Purpose::Signing, ADDRESS, json!({ "email": "anne@example.jp" })).await;
    assert_eq!(corrected.status(), StatusCode::OK);
    assert_eq!(trouble(&bench, &id, 1).await, "450");
    assert!(outbox(&bench, &id).await.iter().all(|mail| mail["state"] == "queued"));
    bench.later(60);
    bench.restart();
    post.wait_for(2).await;
    assert!(post.mails().iter().all(|mail| mail["to"] == json!(["anne@example.jp"])));
}

#[tokio::test]
async fn an_address_that_the_server_never_takes_gets_its_mail_once_it_is_corrected() {
    let post = Post::start();
    post.orders(&["rcpt 550 5.1.1 nobody"]);
    let bench = Bench::with_mail(None, Some(post.settings()));
    let id = bench.register(anne()).await["authentication_id"].clone();
    trouble(&bench, &id, 1).await;
    let asked = bench.ask(anne(), Purpose::Signing, ADDRESS, json!({ "email": "anne@example.jp" })).await;
    assert_eq!(asked.status(), StatusCode::OK);
    post.wait_for(2).await;
    assert!(post.mails().iter().all(|mail| mail["to"] == json!(["anne@example.jp"])));
}

#[tokio::test]
async fn an_address_that_refuses_mail_for_five_days_keeps_nobody_elses_mail_waiting() {
    let post = Post::start();
    post.orders(&["always rcpt 550 5.2.2 full"]);
    let mut bench = Bench::with_mail(None, Some(post.settings()));
    let id = bench.register(anne()).await["authentication_id"].clone();
    trouble(&bench, &id, 1).await;
    let mut attempts = 1;
    for _ in 0..(5 * 6) {
        bench.later(4 * 3600);
        bench.restart();
        attempts += 1;
    }
    until(async || outbox(&bench, &id).await[0]["state"] == "stuck").await;
    assert_eq!(post.count("rcpt"), attempts);
    post.orders(&["rcpt 450 later"]);
    bench.register(taro()).await;
    remind(&bench, taro()).await;
    // The first of the two was put off; the second was not.
    post.wait_for(1).await;
}

#[tokio::test]
async fn two_nodes_on_one_postgresql_send_each_mail_once() {
    let database = postgres::server();
    let post = Post::start();
    let url = database.database();
    let one = Bench::with_mail(Some(url.clone()), Some(post.settings()));
    let two = Bench::with_mail(Some(url), Some(post.settings()));
    one.register(anne()).await;
    for _ in 0..4 {
        remind(&two, anne()).await;
    }
    let mut names: Vec<String> = post.wait_for(5).await.iter().map(|mail| outbox_name(mail)).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hangs_keeps_no_request_waiting_and_holds_up_the_stop_no_longer_than_its_limit() {
    let post = Post::start();
    post.orders(&["rcpt hang"]);
    let mut bench = Bench::with_mail(None, Some(post.settings()));
    let started = Instant::now();
    bench.register(anne()).await;
    until(async || post.count("rcpt") == 1).await;
    bench.register(taro()).await;
    assert!(bench.client.get(format!("{}/readyz", bench.url)).send().await.unwrap().status().is_success());
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    let stopping = Instant::now();
    tokio::task::block_in_place(|| bench.stop());
    assert!((Duration::from_secs(9)..Duration::from_secs(14)).contains(&stopping.elapsed()), "{:?}", stopping.elapsed());
    // The mail that was on its way is free again after its lease; the other one is not kept waiting by it.
    bench.restart();
    post.wait_for(1).await;
    bench.later(301);
    bench.restart();
    post.wait_for(2).await;
}

#[tokio::test]
async fn without_a_mail_server_the_person_is_told_that_the_mail_is_a_file() {
    let bench = Bench::start(None);
    bench.register(anne()).await;
    bench.wait_for_mails(1).await;
    let session = log_in(&bench).await;
    until(async || whereabouts(&bench, &session).await["state"] == "file").await;
}
