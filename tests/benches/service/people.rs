//! How long every request takes with 100,000 people in the store, against 100: two services side by side, asked in turns.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection, SqliteConnection};
use zairyu::card::Purpose;

use crate::bench::{Signer, anne, authority, proof, token_of};
use crate::far::Far;
use crate::{Limit, median, report};

const FEW: i64 = 100;
const MANY: i64 = 100_000;
/// How often each request is made on either service; odd, for the median.
const LIVES: u32 = 11;

/// Seconds that each request took.
type Times = BTreeMap<&'static str, Vec<f64>>;

/// Measure on one store; true if no request takes longer than it may.
pub(crate) async fn measure(store: &str, database: impl Fn() -> Option<String>) -> bool {
    let (few, many) = (Far::start(database()).await, Far::start(database()).await);
    for (far, people) in [(&few, FEW), (&many, MANY)] {
        fill(far, people).await;
    }
    let (mut at_few, mut at_many) = (Times::new(), Times::new());
    for life in 1..=LIVES {
        for (far, times) in [(&few, &mut at_few), (&many, &mut at_many)] {
            live(far, life, times).await;
        }
    }
    let mut kept = true;
    for (request, times) in at_many {
        let ratio = median(times) / median(at_few.remove(request).unwrap());
        kept &= report(&format!("{store}: {request}: time with {MANY} people against {FEW}"), ratio, Limit::AtMost(2.0));
    }
    kept
}

/// What a person leaves in the store: `$1` is how many there are, `$2` a statement.
const LEFT: [&str; 8] = [
    "INSERT INTO people (authentication_id, name, sex, birth_date, municipality, address_line, phone, email, category, residence_card, language,
         terms_version, registered_at, revocation, password, password_set_at)
     SELECT 'ID' || i, 'MONTGOMERY ANNE', 'female', '1990-04-01', '13104', '西新宿２－８－１', '09012345678', 'anne' || i || '@example.jp',
         'foreign_national', 'AB12345678CD', 'en', '2026-11', i, 'unchecked', 'hash', i FROM n",
    "INSERT INTO sessions (id, expires_at, proof, person, closed_at) SELECT 'session' || i, 2000000000, 'proof', 'ID' || i, i FROM n",
    "INSERT INTO nonces (id, session, expires_at, used_at) SELECT 'nonce' || i, 'session' || i, 2000000000, i FROM n",
    "INSERT INTO cards (identity, person, purpose, subject, fingerprint, valid_until, linked_at)
         SELECT 's' || i, 'ID' || i, 'signing', 'subject' || i, 'fingerprint', 2000000000, i FROM n",
    "INSERT INTO cards (identity, person, purpose, subject, fingerprint, valid_until, linked_at)
         SELECT 'a' || i, 'ID' || i, 'authentication', 'subject' || i, 'fingerprint', 2000000000, i FROM n",
    "INSERT INTO statements (hash, jti, kind, person, statement, answer, received_at)
         SELECT 'hash' || i, 'jti' || i, 'registration', 'ID' || i, $2, 'answer', i FROM n",
    "INSERT INTO outbox (id, person, kind, recipient, language, state, attempts, next_at, created_at, sent_at)
         SELECT 'mail' || i, 'ID' || i, 'registered', 'anne@example.jp', 'en', 'sent', 1, i, i, i FROM n",
    "INSERT INTO audit (id, at, event, person) SELECT 'audit' || i, i, 'registered', 'ID' || i FROM n",
];

/// Put people into a store, with everything that they leave there.
async fn fill(far: &Far, people: i64) {
    let mut random = [0; 5000];
    getrandom::fill(&mut random).unwrap();
    let statement = <base64ct::Base64 as base64ct::Encoding>::encode_string(&random);
    for sql in LEFT {
        let (table, select) = sql.split_once("SELECT").unwrap();
        let counted = |number: &str| {
            let select = select.replace("|| i", &format!("|| CAST({number} AS TEXT)"));
            format!("{table} WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < CAST($1 AS BIGINT)) SELECT {select}")
        };
        let sql = sqlx::AssertSqlSafe(counted("i"));
        match &far.bench.database {
            Some(url) => {
                let mut line = PgConnection::connect(url).await.unwrap();
                let query = sqlx::query(sql).bind(people);
                let query = if select.contains("$2") { query.bind(&statement) } else { query };
                query.execute(&mut line).await.unwrap();
                // As the database does by itself after a while.
                sqlx::query("ANALYZE").execute(&mut line).await.unwrap();
            }
            None => {
                let file = format!("sqlite:{}", far.data().join("service.sqlite").display());
                let mut line = SqliteConnection::connect(&file).await.unwrap();
                sqlx::query("PRAGMA synchronous = OFF").execute(&mut line).await.unwrap();
                sqlx::query(sql).bind(people).bind(&statement).execute(&mut line).await.unwrap();
                line.close().await.unwrap();
            }
        }
    }
}

/// Time one request, which must succeed.
async fn timed(times: &mut Times, name: &'static str, request: RequestBuilder) -> Value {
    let since = Instant::now();
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let body = answer.text().await.unwrap();
    times.entry(name).or_default().push(since.elapsed().as_secs_f64());
    assert!(status.is_success(), "{name}: {status} {body}");
    serde_json::from_str(&body).unwrap_or_default()
}

/// All that a person asks for, from the session to the withdrawal.
async fn live(far: &Far, life: u32, times: &mut Times) {
    let (card, next_card) = (anne().reissued(authority(), life), anne().reissued(authority(), 500_000 + life));
    let caller = far.stranger();
    let get = |path: &str| far.client.get(far.url(path)).header("x-forwarded-for", caller.to_string());
    let session = timed(times, "POST /v1/sessions", far.post("/v1/sessions", caller)).await;
    let statement = card.statement(Purpose::Authentication, "proof", &far.bench.payload(&session["nonce"]));
    let proved = timed(times, "POST proof", far.statement(&proof(&session), caller, statement)).await;
    let payload = far.bench.registration(&proved["nonce"], &session["terms"]);
    let statement = card.statement(Purpose::Signing, "registration", &payload);
    let request = far.statement("/v1/registrations", caller, statement).header("idempotency-key", payload["jti"].as_str().unwrap());
    let id = timed(times, "POST /v1/registrations", request).await["authentication_id"].clone();
    let mail = format!("/v1/sessions/{}/mail", session["session"].as_str().unwrap());
    timed(times, "GET mail of a session", get(&mail)).await;
    let token = token(far).await;
    timed(times, "GET /password/{token}", get(&format!("/password/{token}"))).await;
    let password = "nine blue kites over Naha";
    timed(times, "POST /v1/passwords", far.post("/v1/passwords", caller).json(&json!({ "token": token, "password": password }))).await;
    let body = json!({ "authentication_id": id, "password": password });
    let login = timed(times, "POST /v1/logins", far.post("/v1/logins", caller).json(&body)).await["session"].clone();
    let acts = [
        ("POST /v1/logins by card", "login", "/v1/logins", &card, Purpose::Authentication, json!({})),
        ("POST /v1/mail/resend", "resend", "/v1/mail/resend", &card, Purpose::Authentication, json!({})),
        ("POST /v1/id/remind", "remind", "/v1/id/remind", &card, Purpose::Authentication, json!({})),
        ("POST /v1/mail/address", "address", "/v1/mail/address", &card, Purpose::Signing, json!({ "email": "anne@example.jp" })),
        ("POST /v1/cards/link", "link", "/v1/cards/link", &next_card, Purpose::Signing, json!({ "authentication_id": id, "login": login })),
        (
            "POST /v1/cards/link",
            "link",
            "/v1/cards/link",
            &next_card,
            Purpose::Authentication,
            json!({ "authentication_id": id, "login": login }),
        ),
        ("POST /v1/cards/undo", "undo", "/v1/cards/undo", &card, Purpose::Authentication, json!({})),
        ("POST /v1/registrations/withdraw", "withdraw", "/v1/registrations/withdraw", &card, Purpose::Signing, json!({})),
    ];
    for (name, kind, path, card, purpose, more) in acts {
        let statement = signed(far, card, purpose, kind, more).await;
        timed(times, name, far.statement(path, far.stranger(), statement)).await;
    }
    for (name, request) in [
        ("GET /v1/terms", get("/v1/terms")),
        ("GET /healthz", get("/healthz")),
        ("GET /readyz", get("/readyz")),
        ("GET /openapi.json", get("/openapi.json")),
        ("GET /metrics", far.client.get(far.url("/metrics"))),
    ] {
        timed(times, name, request).await;
    }
}

/// Write a statement in a session of its own.
async fn signed(far: &Far, card: &Signer, purpose: Purpose, kind: &str, more: Value) -> String {
    let session = far.post("/v1/sessions", far.stranger()).send().await.unwrap();
    assert_eq!(session.status(), StatusCode::CREATED);
    let mut payload = far.bench.payload(&session.json::<Value>().await.unwrap()["nonce"]);
    for (name, value) in more.as_object().unwrap() {
        payload[name] = value.clone();
    }
    card.statement(purpose, kind, &payload)
}

/// Wait for the mail of the one registration that there is, and return its token: with those before it went their mails.
async fn token(far: &Far) -> String {
    loop {
        let folder = std::fs::read_dir(far.data().join("mail")).unwrap().map(|entry| entry.unwrap().path());
        let mut mails = folder.filter(|path| path.to_str().is_some_and(|path| path.contains("-registered-") && path.ends_with(".eml")));
        if let Some(mail) = mails.next() {
            return token_of(&std::fs::read_to_string(mail).unwrap());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
