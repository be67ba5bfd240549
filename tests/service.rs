//! The service over real HTTP, on SQLite and on PostgreSQL, with simulated cards that sign for real.
#![cfg(feature = "service")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "service/account_actions.rs"]
mod account_actions;
#[path = "service/admin.rs"]
mod admin;
#[path = "service/api.rs"]
mod api;
#[path = "common/bench.rs"]
mod bench;
#[cfg(unix)]
#[path = "service/drill.rs"]
mod drill;
#[path = "service/edge.rs"]
mod edge;
#[path = "service/faults.rs"]
mod faults;
#[path = "service/holder.rs"]
mod holder;
#[cfg(target_os = "linux")]
#[path = "service/left_over.rs"]
mod left_over;
#[path = "service/linking.rs"]
mod linking;
#[cfg(target_os = "linux")]
#[path = "common/memory.rs"]
mod memory;
#[cfg(unix)]
#[path = "service/operator.rs"]
mod operator;
#[path = "service/outbox.rs"]
mod outbox;
#[path = "service/outbox_servers.rs"]
mod outbox_servers;
#[path = "service/passwords.rs"]
mod passwords;
#[path = "common/pki.rs"]
mod pki;
#[path = "common/post.rs"]
mod post;
#[path = "common/postgres.rs"]
mod postgres;
#[path = "service/profile.rs"]
mod profile;
#[cfg(target_os = "linux")]
#[path = "common/pty.rs"]
mod pty;
#[path = "service/refusals.rs"]
mod refusals;
#[path = "service/revocation.rs"]
mod revocation;
#[path = "service/safety.rs"]
mod safety;

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use base64ct::{Base64, Encoding};
use bench::{Bench, Signer, anne, authority, next_authority, proof, refusal, taro, text_of, token_of};
use reqwest::StatusCode;
use serde_json::{Value, json};
use zairyu::card::Purpose;
use zairyu::card::simulated::{Authority, Fault};

const GOOD: &str = "nine blue kites over Naha";

/// Nothing that is waited for may take longer.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Wait until something is so.
async fn until(what: impl AsyncFn() -> bool) {
    let end = Instant::now() + TIMEOUT;
    while !what().await {
        assert!(Instant::now() < end, "it did not come to that");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn the_whole_way(bench: &Bench) {
    let session = bench.session().await;
    assert_eq!(session["audience"], "https://register.example.jp");
    assert_eq!(session["service"]["test_cards"], true);
    let terms = bench.client.get(format!("{}/v1/terms?lang=ja", bench.url)).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(session["terms"]["sha256"], zairyu::protocol::hex(&<sha2::Sha256 as sha2::Digest>::digest(&terms)));
    let registered = bench.register(anne()).await;
    assert_eq!(registered["mail"]["to"], "f***@docomo.ne.jp");
    assert_eq!(registered["mail"]["state"], "file");
    // Whoever knows it by an address of the world may be far.
    assert!(registered["mail"]["folder"].is_null());
    assert_eq!(registered["revocation"], "unchecked");
    assert_eq!(registered["differs_from_card"], json!([]));
    let first = bench.wait_for_mails(1).await.remove(0);
    assert!(first.contains("To: \"foo..bar.\"@docomo.ne.jp\r\n"), "{first}");
    let page = format!("{}/password/{}", bench.url, token_of(&first));
    for _ in 0..3 {
        assert_eq!(bench.client.head(&page).send().await.unwrap().status(), StatusCode::OK);
        let shown = bench.client.get(&page).send().await.unwrap();
        assert_eq!(shown.headers()["referrer-policy"], "no-referrer");
        assert_eq!(shown.headers()["cache-control"], "no-store");
        let policy = shown.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"));
        assert!(shown.text().await.unwrap().contains("<form method=\"post\""));
    }
    let weak = bench.type_password(&page, "password", "password").await;
    assert_eq!(weak.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let differs = bench.type_password(&page, GOOD, "x").await;
    assert_eq!(differs.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let set = bench.type_password(&page, GOOD, GOOD).await;
    assert_eq!(set.status(), StatusCode::OK);
    assert_eq!(bench.client.get(&page).send().await.unwrap().status(), StatusCode::GONE);
    let second = bench.wait_for_mails(2).await.remove(1);
    let id = zairyu::protocol::authentication_id::AuthenticationId::parse(registered["authentication_id"].as_str().unwrap()).unwrap();
    assert!(text_of(&second).contains(&id.to_string()));
    let refused = bench.send(&proof(&bench.session().await), None, String::new()).await;
    assert_eq!(refusal(refused).await.0, 400);
}

#[tokio::test]
async fn a_person_registers_and_sets_a_password_on_sqlite() {
    the_whole_way(&Bench::start(None)).await;
}

#[tokio::test]
async fn a_person_registers_and_sets_a_password_on_postgresql() {
    let server = postgres::server();
    the_whole_way(&Bench::start(Some(server.database()))).await;
}

#[tokio::test]
async fn a_person_registers_with_the_card_that_comes_next() {
    let bench = Bench::start(None);
    let card = Signer::make(next_authority(), "anne", &[]);
    let registered = bench.register(&card).await;
    assert_eq!(registered["revocation"], "unchecked");
}

async fn a_hundred_at_once(bench: &Bench) {
    let (jti, statement) = bench.ready(anne()).await;
    let sent = (0..100).map(|_| bench.send("/v1/registrations", Some(&jti), statement.clone()));
    let mut created = 0;
    let mut answers = Vec::new();
    for response in futures_of(sent).await {
        created += usize::from(response.status() == StatusCode::CREATED);
        assert!(response.status().is_success(), "{}", response.text().await.unwrap());
        answers.push(response.json::<Value>().await.unwrap());
    }
    answers.dedup();
    assert_eq!((created, answers.len()), (1, 1));
    bench.later(3600);
    let again = bench.send("/v1/registrations", Some(&jti), statement).await;
    assert_eq!(again.status(), StatusCode::OK);
    assert_eq!(again.json::<Value>().await.unwrap(), answers[0]);
    bench.wait_for_mails(1).await;
}

async fn futures_of<T>(futures: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut waiting: Vec<_> = futures.map(|future| (Some(Box::pin(future)), None)).collect();
    std::future::poll_fn(|context| {
        for (future, result) in &mut waiting {
            if let Some(running) = future.as_mut()
                && let std::task::Poll::Ready(value) = running.as_mut().poll(context)
            {
                (*future, *result) = (None, Some(value));
            }
        }
        if waiting.iter().all(|(_, result)| result.is_some()) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    waiting.into_iter().map(|(_, result)| result.unwrap()).collect()
}

#[tokio::test]
async fn one_statement_sent_a_hundred_times_at_once_is_one_person_one_mail_one_answer_on_sqlite() {
    a_hundred_at_once(&Bench::start(None)).await;
}

#[tokio::test]
async fn one_statement_sent_a_hundred_times_at_once_is_one_person_one_mail_one_answer_on_postgresql() {
    let server = postgres::server();
    a_hundred_at_once(&Bench::start(Some(server.database()))).await;
}

/// Eight sessions, each proved before any of them registers: different statements of the same card.
async fn many_statements_of_one_card(bench: &Bench) {
    let mut ready = Vec::new();
    for _ in 0..8 {
        ready.push(bench.ready(anne()).await);
    }
    let sent = ready.iter().map(|(jti, statement)| bench.send("/v1/registrations", Some(jti), statement.clone()));
    let mut statuses: Vec<u16> = futures_of(sent).await.iter().map(|response| response.status().as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409]);
    let session = bench.session().await;
    let statement = anne().statement(Purpose::Authentication, "proof", &bench.payload(&session["nonce"]));
    let refused = bench.send(&proof(&session), None, statement).await;
    assert_eq!(refusal(refused).await, (409, "already_registered".to_owned()));
    bench.register(taro()).await;
    bench.wait_for_mails(2).await;
}

#[tokio::test]
async fn cards_that_share_their_keys_are_different_people() {
    let bench = Bench::start(None);
    let cards: Vec<Signer> = (0..5).map(|number| anne().reissued(authority(), number)).collect();
    let mut ids = vec![bench.register(anne()).await["authentication_id"].clone()];
    for card in &cards {
        ids.push(bench.register(card).await["authentication_id"].clone());
    }
    ids.sort_by_key(Value::to_string);
    ids.dedup();
    assert_eq!(ids.len(), 6);
    let again = bench.ask(&cards[3], Purpose::Authentication, ("login", "/v1/logins"), json!({})).await;
    assert_eq!(again.status(), StatusCode::OK);
}

#[tokio::test]
async fn one_card_registers_once_on_sqlite() {
    many_statements_of_one_card(&Bench::start(None)).await;
}

#[tokio::test]
async fn one_card_registers_once_on_postgresql() {
    let server = postgres::server();
    many_statements_of_one_card(&Bench::start(Some(server.database()))).await;
}

async fn many_passwords_at_once(bench: &Bench) {
    bench.register(anne()).await;
    let token = token_of(&bench.wait_for_mails(1).await[0]);
    let url = format!("{}/v1/passwords", bench.url);
    let sent = (0..10).map(|_| bench.client.post(&url).json(&json!({ "token": token, "password": GOOD })).send());
    let mut statuses: Vec<u16> = futures_of(sent).await.into_iter().map(|response| response.unwrap().status().as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 410, 410, 410, 410, 410, 410, 410, 410, 410]);
    bench.wait_for_mails(2).await;
}

#[tokio::test]
async fn of_many_passwords_at_once_one_is_set_on_sqlite() {
    many_passwords_at_once(&Bench::start(None)).await;
}

#[tokio::test]
async fn of_many_passwords_at_once_one_is_set_on_postgresql() {
    let server = postgres::server();
    many_passwords_at_once(&Bench::start(Some(server.database()))).await;
}

/// A statement, what was changed of it, and what must be answered.
async fn expect(bench: &Bench, session: &Value, statement: String, status: u16, code: &str) {
    let refused = bench.send(&proof(session), None, statement).await;
    assert_eq!(refusal(refused).await, (status, code.to_owned()));
}

#[tokio::test]
async fn each_fault_of_a_statement_has_its_code() {
    let bench = Bench::start(None);
    let session = bench.session().await;
    let right = bench.payload(&session["nonce"]);
    let changed = |member: &str, value: Value| {
        let mut payload = right.clone();
        payload[member] = value;
        payload
    };
    let now = bench.clock.load(Ordering::SeqCst);
    for (payload, status, code) in [
        (changed("aud", json!("https://elsewhere.example.jp")), 401, "audience"),
        (changed("nonce", json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")), 401, "nonce"),
        (changed("iat", json!(now - 301)), 401, "clock"),
        (changed("iat", json!(now + 301)), 401, "clock"),
        (changed("iat", json!(i64::MIN)), 401, "clock"),
        (changed("v", json!(2)), 400, "malformed"),
        (changed("admin", json!(true)), 400, "malformed"),
    ] {
        expect(&bench, &session, anne().statement(Purpose::Authentication, "proof", &payload), status, code).await;
    }
    let header = anne().header(Purpose::Authentication, "proof");
    let payload = right.to_string();
    for (from, to) in [
        ("RS256", "none"),
        ("RS256", "HS256"),
        ("zairyu-proof+jws", "zairyu-login+jws"),
        ("\"x5c\":", "\"kid\":\"1\",\"x5c\":"),
        ("\"alg\":\"RS256\"", "\"alg\":\"RS256\",\"alg\":\"RS256\""),
    ] {
        let statement = anne().statement_of(Purpose::Authentication, &header.replace(from, to), &payload);
        expect(&bench, &session, statement, 400, "header").await;
    }
    // RSA's 256 bytes are no signature of ES384, whose signatures would have 96.
    let statement = anne().statement_of(Purpose::Authentication, &header.replace("RS256", "ES384"), &payload);
    expect(&bench, &session, statement, 400, "malformed").await;
    let twice = payload.replacen("\"v\":1", "\"v\":1,\"v\":1", 1);
    expect(&bench, &session, anne().statement_of(Purpose::Authentication, &header, &twice), 400, "malformed").await;
    let unsigned = anne().statement(Purpose::Authentication, "proof", &right);
    let (input, _) = unsigned.rsplit_once('.').unwrap();
    expect(&bench, &session, format!("{input}."), 400, "malformed").await;
    let foreign = base64ct::Base64UrlUnpadded::encode_string(&taro().sign(Purpose::Authentication, input));
    expect(&bench, &session, format!("{input}.{foreign}"), 401, "signature").await;
    // After all of that the nonce is still good, once.
    let proved = bench.send(&proof(&session), None, unsigned.clone()).await;
    assert_eq!(proved.status(), StatusCode::OK);
    expect(&bench, &session, unsigned, 401, "nonce").await;
}

#[tokio::test]
async fn each_fault_of_a_certificate_has_its_code() {
    let bench = Bench::start(None);
    let session = bench.session().await;
    let payload = bench.payload(&session["nonce"]);
    // The same names in every certificate, other keys.
    let stranger = Authority::make(bench::real_now()).unwrap();
    let strange = Signer::make(&stranger, "anne", &[]);
    expect(&bench, &session, strange.statement(Purpose::Authentication, "proof", &payload), 401, "chain").await;
    let mixed = |leaf: &[u8], ca: &[u8]| {
        json!({ "alg": "RS256", "typ": "zairyu-proof+jws", "x5c": [Base64::encode_string(leaf), Base64::encode_string(ca)] }).to_string()
    };
    let [leaf, ca] = anne().x5c(Purpose::Authentication);
    let header = mixed(strange.x5c(Purpose::Authentication)[0], ca);
    expect(&bench, &session, strange.statement_of(Purpose::Authentication, &header, &payload.to_string()), 401, "chain").await;
    // The signing key proves nothing here, and the other way round.
    expect(&bench, &session, anne().statement(Purpose::Signing, "proof", &payload), 401, "certificate_profile").await;
    let truncated = mixed(&leaf[..leaf.len() - 1], ca);
    expect(&bench, &session, anne().statement_of(Purpose::Authentication, &truncated, &payload.to_string()), 401, "certificate_profile")
        .await;
    let longer = mixed(&[leaf, &[0]].concat(), ca);
    expect(&bench, &session, anne().statement_of(Purpose::Authentication, &longer, &payload.to_string()), 401, "certificate_profile").await;
    for (fault, code) in [
        (Fault::Expired(Purpose::Authentication), "certificate_expired"),
        (Fault::NotYetValid(Purpose::Authentication), "certificate_not_yet_valid"),
    ] {
        let card = Signer::make(authority(), "anne", &[fault]);
        expect(&bench, &session, card.statement(Purpose::Authentication, "proof", &payload), 401, code).await;
    }
    let nonce = bench.prove(&session, anne()).await;
    let registration = bench.registration(&nonce, &session["terms"]);
    let statement = anne().statement(Purpose::Authentication, "registration", &registration);
    let refused = bench.send("/v1/registrations", registration["jti"].as_str(), statement).await;
    assert_eq!(refusal(refused).await, (401, "certificate_profile".to_owned()));
}

#[tokio::test]
async fn test_cards_are_refused_unless_the_operator_takes_them() {
    let bench = Bench::start(None);
    let strict =
        zairyu::service::start(zairyu::service::Options { test_cards: false, data: bench.data.path().join("strict"), ..bench.options() })
            .unwrap();
    let statement = anne().statement(Purpose::Authentication, "proof", &bench.payload(&json!("n")));
    let refused = bench
        .client
        .post(format!("http://{}/v1/sessions/s/proof", strict.address()))
        .header("content-type", "application/jose")
        .body(statement)
        .send()
        .await
        .unwrap();
    assert_eq!(refusal(refused).await, (401, "test_card".to_owned()));
    strict.stop();
}

#[tokio::test]
async fn a_registration_needs_a_proved_session_the_present_terms_and_its_own_key() {
    let bench = Bench::start(None);
    let session = bench.session().await;
    let payload = bench.registration(&session["nonce"], &session["terms"]);
    let send = async |payload: &Value, key: Option<&str>| {
        let statement = anne().statement(Purpose::Signing, "registration", payload);
        refusal(bench.send("/v1/registrations", key, statement).await).await
    };
    assert_eq!(send(&payload, payload["jti"].as_str()).await, (401, "not_proved".to_owned()));
    assert_eq!(send(&payload, None).await, (400, "malformed".to_owned()));
    assert_eq!(send(&payload, Some("another")).await, (400, "malformed".to_owned()));
    let nonce = bench.prove(&session, anne()).await;
    let mut other_terms = bench.registration(&nonce, &session["terms"]);
    other_terms["terms"]["sha256"] = json!("00");
    assert_eq!(send(&other_terms, other_terms["jti"].as_str()).await, (409, "terms".to_owned()));
    let late = bench.registration(&nonce, &session["terms"]);
    bench.later(29 * 60);
    assert_eq!(send(&late, late["jti"].as_str()).await, (401, "clock".to_owned()));
    let payload = bench.registration(&nonce, &session["terms"]);
    bench.later(60);
    assert_eq!(send(&payload, payload["jti"].as_str()).await, (410, "expired".to_owned()));
}

#[tokio::test]
async fn a_link_lives_a_day_and_all_dead_links_look_alike() {
    let bench = Bench::start(None);
    bench.register(anne()).await;
    let token = token_of(&bench.wait_for_mails(1).await[0]);
    let get = async |token: &str| {
        let response = bench.client.get(format!("{}/password/{token}", bench.url)).send().await.unwrap();
        (response.status(), response.text().await.unwrap())
    };
    bench.later(24 * 3600 - 1);
    assert_eq!(get(&token).await.0, StatusCode::OK);
    bench.later(1);
    let expired = get(&token).await;
    assert_eq!(expired.0, StatusCode::GONE);
    assert_eq!(expired, get("neverexisted").await);
    assert_eq!(expired, get("%3Cscript%3E").await);
}

#[tokio::test]
async fn what_was_answered_survives_a_restart() {
    let mut bench = Bench::start(None);
    let (jti, statement) = bench.ready(anne()).await;
    let first: Value = bench.send("/v1/registrations", Some(&jti), statement.clone()).await.json().await.unwrap();
    bench.restart();
    let again = bench.send("/v1/registrations", Some(&jti), statement).await;
    assert_eq!(again.status(), StatusCode::OK);
    assert_eq!(again.json::<Value>().await.unwrap(), first);
    bench.wait_for_mails(1).await;
}

#[tokio::test]
async fn what_is_no_call_is_a_problem_too() {
    let bench = Bench::start(None);
    let url = |path: &str| format!("{}{path}", bench.url);
    let client = &bench.client;
    let session = bench.session().await;
    for (request, expected) in [
        (client.get(url("/nothing")), (404, "not_found")),
        (client.get(url("/v1/sessions")), (405, "method")),
        (client.post(url("/v1/passwords")).body("{}"), (415, "media_type")),
        (client.post(url("/v1/passwords")).header("content-type", "application/json").body("{"), (400, "malformed")),
        (client.post(url("/v1/passwords")).json(&json!({ "token": "t" })), (400, "malformed")),
        (client.post(url("/v1/passwords")).json(&json!({ "token": "t", "password": GOOD })), (410, "link_expired")),
        (client.post(url(&proof(&session))).body("a.b.c"), (415, "media_type")),
        (client.post(url(&proof(&session))).header("content-type", "application/jose").body("a".repeat(33 * 1024)), (413, "too_large")),
    ] {
        let response = request.send().await.unwrap();
        for (name, value) in [("x-content-type-options", "nosniff"), ("cache-control", "no-store"), ("x-frame-options", "DENY")] {
            assert_eq!(response.headers()[name], value);
        }
        let (status, code) = refusal(response).await;
        assert_eq!((status, code.as_str()), expected);
    }
    for path in ["/healthz", "/readyz"] {
        assert_eq!(client.get(url(path)).send().await.unwrap().status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn whoever_tries_many_tokens_has_to_wait() {
    let bench = Bench::start(None);
    let mut last = None;
    for number in 0..25 {
        let body = json!({ "token": format!("guess{number}"), "password": GOOD });
        last = Some(bench.client.post(format!("{}/v1/passwords", bench.url)).json(&body).send().await.unwrap());
    }
    let last = last.unwrap();
    assert_eq!(last.headers()["retry-after"], "6");
    assert_eq!(refusal(last).await, (429, "too_many".to_owned()));
}

#[tokio::test]
async fn whoever_signs_without_end_has_to_wait_and_nobody_else() {
    let bench = Bench::start(None);
    let session = bench.session().await;
    let statement = anne().statement(Purpose::Authentication, "proof", &bench.payload(&json!("no nonce of ours")));
    let path = proof(&session);
    let sent = (0..201).map(|_| bench.send(&path, None, statement.clone()));
    let mut codes: Vec<(u16, String)> = Vec::new();
    for response in futures_of(sent).await {
        codes.push(refusal(response).await);
    }
    codes.sort();
    codes.dedup_by(|next, first| next == first && first.0 == 401);
    assert_eq!(codes, [(401, "nonce".to_owned()), (429, "too_many".to_owned())]);
    // Nobody else has to wait, from the same address as well.
    bench.register(taro()).await;
}

#[tokio::test]
async fn a_weak_password_is_refused_with_its_reason_and_the_token_stays_good() {
    let bench = Bench::start(None);
    bench.register(anne()).await;
    let token = token_of(&bench.wait_for_mails(1).await[0]);
    let url = format!("{}/v1/passwords", bench.url);
    for (password, expected) in [
        ("kumquat", json!([{ "field": "password", "code": "too_short", "need": 8, "have": 7 }])),
        (&"a".repeat(65), json!([{ "field": "password", "code": "too_long", "limit": 64, "over": 1 }])),
        ("montgomery likes rice", json!([{ "field": "password", "code": "holds_name" }])),
        ("foo..bar.@docomo.ne.jp", json!([{ "field": "password", "code": "holds_address" }])),
        ("p@ssw0rd", json!([{ "field": "password", "code": "common" }])),
    ] {
        let refused = bench.client.post(&url).json(&json!({ "token": token, "password": password })).send().await.unwrap();
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let problem: Value = refused.json().await.unwrap();
        assert_eq!((&problem["code"], &problem["errors"]), (&json!("password_refused"), &expected));
    }
    bench.set_password(GOOD).await;
}
