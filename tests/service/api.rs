//! The contract as a whole: every operation that the service documents is asked for here, with success and in every way that it refuses.
//! That each answer is what the document says is checked wherever a test asks for something: `bench::contract`.

use std::io::{Read, Write};
use std::net::TcpStream;

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use zairyu::card::Purpose::{self, Authentication, Signing};
use zairyu::card::simulated::Authority;
use zairyu::protocol::problem::{Problem, Refusal};
use zairyu::service::{Options, start};

use crate::GOOD;
use crate::bench::contract::Contract;
use crate::bench::{Bench, Signer, anne, authority, linked_in, real_now, refusal, taro, text_of, token_of};

/// What is asked for with a statement: its kind, where, and with which key.
type Act = (&'static str, &'static str, Purpose);

const PROOF: Act = ("proof", "/v1/sessions/{session}/proof", Authentication);
const REGISTRATION: Act = ("registration", "/v1/registrations", Signing);
const LOGIN: Act = ("login", "/v1/logins", Authentication);
const RESEND: Act = ("resend", "/v1/mail/resend", Authentication);
const ADDRESS: Act = ("address", "/v1/mail/address", Signing);
const REMIND: Act = ("remind", "/v1/id/remind", Authentication);
const LINK: Act = ("link", "/v1/cards/link", Signing);
const UNDO: Act = ("undo", "/v1/cards/undo", Authentication);
const WITHDRAW: Act = ("withdraw", "/v1/registrations/withdraw", Signing);
const ACTS: [Act; 9] = [PROOF, REGISTRATION, LOGIN, RESEND, ADDRESS, REMIND, LINK, UNDO, WITHDRAW];

/// A right payload for an act in a session.
fn payload(bench: &Bench, (kind, ..): Act, session: &Value) -> Value {
    let mut payload = bench.payload(&session["nonce"]);
    match kind {
        "registration" => payload = bench.registration(&session["nonce"], &session["terms"]),
        "address" => payload["email"] = json!("anne@example.jp"),
        "link" => (payload["authentication_id"], payload["login"]) = (json!("2222222222"), json!("none")),
        _ => {}
    }
    payload
}

/// Send a statement, or what is none.
async fn send(bench: &Bench, (_, path, _): Act, session: &Value, payload: &Value, statement: String) -> Response {
    let path = path.replace("{session}", session["session"].as_str().unwrap());
    bench.send(&path, payload["jti"].as_str(), statement).await
}

/// Refuse one act in every way in which any statement is refused.
async fn refused_in_every_way(bench: &Bench, act: Act, over: &Value, strange: &Signer) {
    let (kind, path, purpose) = act;
    let session = bench.session().await;
    let right = payload(bench, act, &session);
    let changed = |member: &str, value: Value| {
        let mut payload = right.clone();
        payload[member] = value;
        anne().statement(purpose, kind, &payload)
    };
    let header = anne().header(purpose, kind);
    let [leaf, ca] = anne().x5c(purpose);
    let cut = header.replace(&Base64::encode_string(leaf), &Base64::encode_string(&leaf[..leaf.len() - 1]));
    let signed = anne().statement(purpose, kind, &right);
    let (input, _) = signed.rsplit_once('.').unwrap();
    let foreign = format!("{input}.{}", Base64UrlUnpadded::encode_string(&taro().sign(purpose, input)));
    assert!(header.contains(&Base64::encode_string(ca)));
    for (statement, expected) in [
        ("a".repeat(33 * 1024), (413, "too_large")),
        ("a.b.c".to_owned(), (400, "malformed")),
        (anne().statement_of(purpose, &header.replace("RS256", "none"), &right.to_string()), (400, "header")),
        (anne().statement_of(purpose, &cut, &right.to_string()), (401, "certificate_profile")),
        (strange.statement(purpose, kind, &right), (401, "chain")),
        (foreign, (401, "signature")),
        (changed("aud", json!("https://elsewhere.example.jp")), (401, "audience")),
        (changed("nonce", json!("AAAA")), (401, "nonce")),
        (changed("iat", json!(right["iat"].as_i64().unwrap() - 301)), (401, "clock")),
    ] {
        let (status, code) = refusal(send(bench, act, &session, &right, statement).await).await;
        assert_eq!((status, code.as_str()), expected, "{kind}");
    }
    let other_media = bench.client.post(format!("{}{}", bench.url, path.replace("{session}", "s"))).body("a.b.c").send().await.unwrap();
    assert_eq!(refusal(other_media).await, (415, "media_type".to_owned()), "{kind}");
    let late = payload(bench, act, over);
    let late = send(bench, act, over, &late, anne().statement(purpose, kind, &late)).await;
    assert_eq!(refusal(late).await, (410, "expired".to_owned()), "{kind}");
}

/// Do one act in a new session with a card.
async fn done(bench: &Bench, card: &Signer, act: Act, more: Value) -> Response {
    let session = bench.session().await;
    let mut payload = payload(bench, act, &session);
    for (name, value) in more.as_object().unwrap() {
        payload[name] = value.clone();
    }
    send(bench, act, &session, &payload, card.statement(act.2, act.0, &payload)).await
}

/// Register, first with everything wrong that only a registration can have wrong; return the session that is over then.
async fn registered(bench: &Bench) -> (Value, Value) {
    let session = bench.session().await;
    let register = async |nonce: &Value, change: (&str, Value)| {
        let mut payload = bench.registration(nonce, &session["terms"]);
        *payload.pointer_mut(change.0).unwrap() = change.1;
        bench.send("/v1/registrations", payload["jti"].as_str(), anne().statement(Signing, "registration", &payload)).await
    };
    let unproved = register(&session["nonce"], ("/language", json!("en"))).await;
    assert_eq!(refusal(unproved).await, (401, "not_proved".to_owned()));
    let nonce = bench.prove(&session, anne()).await;
    assert_eq!(refusal(register(&nonce, ("/terms/version", json!("1999-01"))).await).await, (409, "terms".to_owned()));
    assert_eq!(refusal(register(&nonce, ("/form/phone", json!("1"))).await).await, (422, "fields".to_owned()));
    let another_persons = register(&nonce, ("/form", taro().form())).await;
    assert_eq!(refusal(another_persons).await, (422, "not_card_holder".to_owned()));
    let another = bench.prove(&bench.session().await, anne()).await;
    let payload = bench.registration(&nonce, &session["terms"]);
    let statement = anne().statement(Signing, "registration", &payload);
    let mut answers = Vec::new();
    for status in [StatusCode::CREATED, StatusCode::OK] {
        let answer = bench.send("/v1/registrations", payload["jti"].as_str(), statement.clone()).await;
        assert_eq!(answer.status(), status);
        answers.push(answer.json::<Value>().await.unwrap());
    }
    assert_eq!(answers[0], answers[1]);
    let twice = register(&another, ("/language", json!("en"))).await;
    assert_eq!(refusal(twice).await, (409, "already_registered".to_owned()));
    (session, answers.remove(0))
}

/// Set the first password on the page, after everything that a page and the call beside it refuse.
async fn passwords(bench: &Bench) {
    let token = token_of(bench.wait_for_mails(1).await.last().unwrap());
    let page = format!("{}/password/{token}", bench.url);
    assert_eq!(bench.client.get(&page).send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(bench.type_password(&page, "short", "short").await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let set = async |body: String| {
        let url = format!("{}/v1/passwords", bench.url);
        refusal(bench.client.post(url).header("content-type", "application/json").body(body).send().await.unwrap()).await
    };
    assert_eq!(set(json!({ "token": token, "password": "short" }).to_string()).await, (422, "password_refused".to_owned()));
    assert_eq!(set("[".to_owned()).await, (400, "malformed".to_owned()));
    assert_eq!(set("\"".repeat(33 * 1024)).await, (413, "too_large".to_owned()));
    let other_media = bench.client.post(format!("{}/v1/passwords", bench.url)).body("{}").send().await.unwrap();
    assert_eq!(refusal(other_media).await, (415, "media_type".to_owned()));
    assert_eq!(bench.type_password(&page, GOOD, GOOD).await.status(), StatusCode::OK);
    assert_eq!(bench.client.get(&page).send().await.unwrap().status(), StatusCode::GONE);
    assert_eq!(bench.type_password(&page, GOOD, GOOD).await.status(), StatusCode::GONE);
    assert_eq!(set(json!({ "token": token, "password": GOOD }).to_string()).await, (410, "link_expired".to_owned()));
}

/// Do everything that a registered person can ask for, with success and with what only that act refuses.
async fn acts(bench: &Bench, id: &Value) {
    assert_eq!(refusal(done(bench, anne(), UNDO, json!({})).await).await, (409, "nothing_to_undo".to_owned()));
    for act in [LOGIN, RESEND, ADDRESS, REMIND, UNDO, WITHDRAW] {
        assert_eq!(refusal(done(bench, taro(), act, json!({})).await).await, (404, "not_registered".to_owned()));
    }
    let already = done(bench, anne(), PROOF, json!({})).await;
    assert_eq!(refusal(already).await, (409, "already_registered".to_owned()));
    assert_eq!(refusal(bench.log_in(id, "not this one").await).await, (401, "login_refused".to_owned()));
    let login = bench.log_in(id, GOOD).await.json::<Value>().await.unwrap()["session"].clone();
    let mail = bench.client.get(format!("{}/v1/sessions/{}/mail", bench.url, login.as_str().unwrap())).send().await.unwrap();
    assert_eq!(mail.status(), StatusCode::OK);
    assert_eq!(refusal(done(bench, anne(), ADDRESS, json!({ "email": "no address" })).await).await, (422, "fields".to_owned()));
    assert_eq!(done(bench, anne(), LOGIN, json!({})).await.status(), StatusCode::OK);
    bench.later(600);
    for act in [ADDRESS, RESEND, REMIND] {
        assert_eq!(done(bench, anne(), act, json!({})).await.status(), StatusCode::OK);
    }
    let login = bench.log_in(id, GOOD).await.json::<Value>().await.unwrap()["session"].clone();
    let link = json!({ "authentication_id": id, "login": login });
    let card = anne().reissued(authority(), 314_159);
    assert_eq!(refusal(done(bench, &card, LINK, json!({})).await).await, (401, "login_refused".to_owned()));
    assert_eq!(refusal(done(bench, taro(), LINK, link.clone()).await).await, (401, "other_holder".to_owned()));
    let other_key = (LINK.0, LINK.1, Authentication);
    assert_eq!(refusal(done(bench, &card, other_key, link.clone()).await).await, (401, "signing_key_first".to_owned()));
    for _ in 0..2 {
        assert_eq!(done(bench, &card, LINK, link.clone()).await.status(), StatusCode::OK);
    }
    bench.register(taro()).await;
    assert_eq!(refusal(done(bench, taro(), other_key, link.clone()).await).await, (409, "already_registered".to_owned()));
    let another = anne().reissued(authority(), 314_160);
    assert_eq!(refusal(done(bench, &another, LINK, link.clone()).await).await, (401, "other_card".to_owned()));
    bench.later(600);
    assert_eq!(done(bench, &card, other_key, link.clone()).await.status(), StatusCode::OK);
    for act in [LOGIN, RESEND, ADDRESS, REMIND, WITHDRAW, PROOF] {
        assert_eq!(refusal(done(bench, anne(), act, json!({})).await).await, (409, "card_replaced".to_owned()));
    }
    assert_eq!(refusal(done(bench, anne(), LINK, link).await).await, (409, "card_replaced".to_owned()));
    card_pages(bench).await;
    // The old card, put back by the page, is replaced once more.
    let login = bench.log_in(id, GOOD).await.json::<Value>().await.unwrap()["session"].clone();
    let link = json!({ "authentication_id": id, "login": login });
    for key in [LINK, other_key] {
        assert_eq!(done(bench, &card, key, link.clone()).await.status(), StatusCode::OK);
    }
    assert_eq!(done(bench, anne(), UNDO, json!({})).await.status(), StatusCode::OK);
    assert_eq!(done(bench, anne(), WITHDRAW, json!({})).await.status(), StatusCode::OK);
}

/// Undo a linking on the page that its mail leads to, and set a new password with the mail that follows.
async fn card_pages(bench: &Bench) {
    let mails = async |path: &str, count: usize| {
        crate::until(async || bench.mails().iter().filter(|mail| text_of(mail).contains(path)).count() == count).await;
        linked_in(&text_of(bench.mails().iter().rfind(|mail| text_of(mail).contains(path)).unwrap()), path).unwrap()
    };
    // Of three earlier mails to the password page one was the first, one was asked for, and none came of the corrected address.
    let page = format!("{}/card/{}", bench.url, mails("/card/", 1).await);
    assert_eq!(bench.client.get(&page).send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(bench.client.post(&page).send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(bench.client.get(&page).send().await.unwrap().status(), StatusCode::GONE);
    assert_eq!(bench.client.post(&page).send().await.unwrap().status(), StatusCode::GONE);
    let token = mails("/password/", 4).await;
    let set = bench.client.post(format!("{}/v1/passwords", bench.url)).json(&json!({ "token": token, "password": GOOD })).send().await;
    assert_eq!(set.unwrap().status(), StatusCode::NO_CONTENT);
}

/// Ask for what needs nobody, and for what it refuses.
async fn the_rest(bench: &Bench) {
    let get = async |path: &str| bench.client.get(format!("{}{path}", bench.url)).send().await.unwrap();
    for path in ["/", "/v1/terms", "/healthz", "/readyz", "/metrics", "/openapi.json"] {
        assert_eq!(get(path).await.status(), StatusCode::OK, "{path}");
    }
    for (path, code) in
        [("/v1/terms?lang=ja&lang=en", "malformed"), ("/v1/sessions/%FF/mail", "malformed"), ("/v1/sessions/s/mail", "expired")]
    {
        assert_eq!(refusal(get(path).await).await.1, code, "{path}");
    }
    let through_a_proxy = bench.client.get(format!("{}/metrics", bench.url)).header("forwarded", "for=192.0.2.1").send().await.unwrap();
    assert_eq!(refusal(through_a_proxy).await, (404, "not_found".to_owned()));
}

/// Refuse each act with a card that has expired, or is not valid yet.
async fn cards(bench: &Bench) {
    const YEAR: i64 = 365 * 24 * 3600;
    let refused = async |code: &str| {
        for act in ACTS {
            let session = json!({ "session": "s", "nonce": "n", "terms": { "version": "2026-11", "sha256": "00" } });
            let payload = payload(bench, act, &session);
            let answer = send(bench, act, &session, &payload, anne().statement(act.2, act.0, &payload)).await;
            assert_eq!(refusal(answer).await, (401, code.to_owned()), "{}", act.0);
        }
    };
    bench.later(20 * YEAR);
    refused("certificate_expired").await;
    bench.later(-40 * YEAR);
    refused("certificate_not_yet_valid").await;
    bench.later(20 * YEAR);
}

/// Refuse each act of a test card where the operator takes none.
async fn test_cards(bench: &mut Bench) {
    let strict = start(Options { test_cards: false, data: bench.data.path().join("strict"), ..bench.options() }).unwrap();
    let url = std::mem::replace(&mut bench.url, format!("http://{}", strict.address()));
    for act in ACTS {
        let session = bench.session().await;
        let payload = payload(bench, act, &session);
        let answer = send(bench, act, &session, &payload, anne().statement(act.2, act.0, &payload)).await;
        assert_eq!(refusal(answer).await, (401, "test_card".to_owned()), "{}", act.0);
    }
    bench.url = url;
}

/// Send so much that every operation refuses which has limits.
async fn too_much(bench: &Bench) {
    while bench.client.get(format!("{}/readyz", bench.url)).send().await.unwrap().status() == StatusCode::OK {}
    let documented = Contract::get().documented();
    for (operation, ..) in documented.iter().filter(|(_, status, _)| *status == 429) {
        let (method, path) = operation.split_once(' ').unwrap();
        let method = Method::from_bytes(method.to_ascii_uppercase().as_bytes()).unwrap();
        let url = format!("{}{}", bench.url, path.replace(['{', '}'], ""));
        assert_eq!(bench.client.request(method, url).send().await.unwrap().status(), StatusCode::TOO_MANY_REQUESTS);
    }
}

#[tokio::test]
async fn every_operation_succeeds_and_refuses_in_every_way_that_the_contract_tells() {
    let mut bench = Bench::start(None);
    let (over, registered) = registered(&bench).await;
    passwords(&bench).await;
    let stranger = Signer::make(&Authority::make(real_now()).unwrap(), "anne", &[]);
    for act in ACTS {
        refused_in_every_way(&bench, act, &over, &stranger).await;
        bench.later(60);
    }
    acts(&bench, &registered["authentication_id"]).await;
    the_rest(&bench).await;
    test_cards(&mut bench).await;
    cards(&bench).await;
    too_much(&bench).await;
    let mut missing = Contract::get().documented();
    missing.retain(|answer| !bench.client.seen().contains(answer));
    // What fails inside and a store that does not answer are bad days, of which `faults` knows; `revocation` knows of revoked certificates,
    // `refusals` of cards of two hierarchies, and `passwords` of those that end.
    missing.retain(|(_, status, _)| ![500, 503].contains(status));
    missing.retain(|(.., code)| {
        !code.as_deref().is_some_and(|code| ["certificate_revoked", "other_card", "password_expired"].contains(&code))
    });
    assert!(missing.is_empty(), "documented and never answered: {missing:#?}");
}

#[tokio::test]
async fn what_is_no_http_or_has_too_long_a_head_is_refused_with_a_problem_and_counted() {
    let bench = Bench::start(None);
    let usual = bench.client.get(format!("{}/healthz", bench.url)).send().await.unwrap();
    let of_body = ["content-type", "content-length", "date"];
    let usual: Vec<String> = usual
        .headers()
        .iter()
        .filter(|(name, _)| !of_body.contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    assert!(usual.len() >= 8, "{usual:?}");
    for (request, code) in [
        ("hello\r\n\r\n".to_owned(), "malformed"),
        ("POST /v1/sessions HTTP/1.1\r\nhost: x\r\ncontent-length: many\r\n\r\n".to_owned(), "malformed"),
        (format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "x".repeat(70_000)), "head_too_large"),
        (format!("GET /healthz HTTP/1.1\r\n{}\r\n", "x: y\r\n".repeat(200)), "head_too_large"),
    ] {
        let address = bench.url.strip_prefix("http://").unwrap().to_owned();
        let answer = tokio::task::spawn_blocking(move || {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(request.as_bytes()).unwrap();
            let mut answer = Vec::new();
            // The service may close while there is still something to read.
            let _ = stream.read_to_end(&mut answer);
            String::from_utf8(answer).unwrap()
        });
        let answer = answer.await.unwrap();
        let refusal = Refusal::from_wire(code).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with(&format!("HTTP/1.1 {} ", refusal.status())), "{head}");
        for field in [&format!("content-length: {}", body.len()), "content-type: application/problem+json", "connection: close"] {
            assert!(head.contains(&format!("\r\n{field}\r\n")), "{head}");
        }
        for field in &usual {
            assert_eq!(head.lines().filter(|line| line == field).count(), 1, "{field}: {head}");
        }
        assert_eq!(serde_json::from_str::<Problem>(body).unwrap(), Problem::new(refusal));
    }
    let figures = bench.client.get(format!("{}/metrics", bench.url)).send().await.unwrap().text().await.unwrap();
    for line in ["refusals_total{code=\"malformed\"} 2", "refusals_total{code=\"head_too_large\"} 2", "answers_total{class=\"4xx\"} 4"] {
        assert!(figures.contains(line), "{figures}");
    }
}

#[test]
fn an_answer_that_the_contract_does_not_tell_is_noticed() {
    let problem = |status: u16, code: &str| json!({ "type": "about:blank", "title": "t", "status": status, "code": code });
    let notices = |path: &str, status: u16, media: &str, body: &Value| {
        let answer = axum::http::Response::builder().status(status).header("content-type", media);
        let answer = answer.body(bytes::Bytes::from(body.to_string())).unwrap();
        let check = || Contract::get().check(&Method::POST, path, &answer);
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(check)).is_err()
    };
    let (path, nonce) = ("/v1/sessions/x/proof", json!({ "nonce": "n" }));
    assert!(!notices(path, 200, "application/json", &nonce));
    assert!(!notices(path, 401, "application/problem+json", &problem(401, "nonce")));
    for (path, status, media, body) in [
        (path, 201, "application/json", nonce.clone()),
        (path, 200, "text/plain", nonce.clone()),
        (path, 200, "application/json", json!({})),
        (path, 200, "application/json", json!({ "nonce": 1 })),
        (path, 200, "application/json", json!({ "nonce": "n", "mood": "good" })),
        (path, 401, "application/problem+json", problem(401, "login_refused")),
        (path, 401, "application/problem+json", problem(401, "bad_mood")),
        (path, 401, "application/problem+json", json!({ "code": "nonce" })),
        // Without Retry-After.
        (path, 429, "application/problem+json", problem(429, "too_many")),
        ("/v1/passwords", 204, "application/json", json!({})),
        ("/v1/moods", 200, "application/json", json!({})),
        ("/healthz", 404, "application/problem+json", problem(404, "not_found")),
    ] {
        assert!(notices(path, status, media, &body), "{path} {status} {media} {body}");
    }
}
