//! Whose data a form holds, as the service judges it: somebody else's registers nobody, and what differs less is written down.

use reqwest::Response;
use serde_json::{Value, json};
use zairyu::card::Purpose;
use zairyu::service::{Peers, Sum, UsersCommand, check, copy};

use crate::admin::{command, on_a_thread};
use crate::bench::{Bench, Signer, anne, refusal, taro};
use crate::postgres;

/// A session that a card has proved.
struct Proved<'a> {
    bench: &'a Bench,
    card: &'a Signer,
    session: Value,
    nonce: Value,
}

impl Proved<'_> {
    async fn by<'a>(bench: &'a Bench, card: &'a Signer) -> Proved<'a> {
        let session = bench.session().await;
        let nonce = bench.prove(&session, card).await;
        Proved { bench, card, session, nonce }
    }

    /// Sign a form and send it.
    async fn send(&self, form: Value) -> Response {
        let mut payload = self.bench.registration(&self.nonce, &self.session["terms"]);
        payload["form"] = form;
        let statement = self.card.statement(Purpose::Signing, "registration", &payload);
        self.bench.send("/v1/registrations", payload["jti"].as_str(), statement).await
    }
}

/// The right form of a card with some of its fields changed.
fn form(card: &Signer, changes: Value) -> Value {
    let mut form = card.form();
    for (field, value) in changes.as_object().unwrap() {
        form[field] = value.clone();
    }
    form
}

async fn sums(bench: &Bench) -> Vec<Sum> {
    let (database, data) = (bench.database.clone(), bench.data.path().join("service"));
    on_a_thread(move || check(database.as_deref(), &data, &mut |_, _| ()).unwrap()).await
}

async fn show(bench: &Bench, id: &Value) -> Value {
    command(bench, UsersCommand::Show { id: id.as_str().unwrap().to_owned() }).await.unwrap()["people"][0]["differs_from_card"].clone()
}

async fn somebody_elses(bench: &Bench) {
    let taros = Proved::by(bench, taro()).await;
    let before = sums(bench).await;
    for other in [
        anne().form(),
        form(taro(), json!({ "name": "YAMADA HANAKO", "birth_date": "2019-05-05" })),
        form(taro(), json!({ "birth_date": "1986-07-15" })),
    ] {
        assert_eq!(refusal(taros.send(other).await).await, (422, "not_card_holder".to_owned()));
    }
    // What is wrong with a field is told first: a form that cannot be read is nobody's.
    assert_eq!(refusal(taros.send(form(anne(), json!({ "phone": "1" }))).await).await, (422, "fields".to_owned()));
    assert_eq!(sums(bench).await, before);
    let registered = taros.send(taro().form()).await;
    assert_eq!(registered.status(), 201);
    assert_eq!(registered.json::<Value>().await.unwrap()["differs_from_card"], json!([]));
    // With a name that can be compared, one part of the date is enough.
    let annes = Proved::by(bench, anne()).await;
    let other = form(anne(), json!({ "name": "YAMADA TARO", "birth_date": "1990-04-02" }));
    assert_eq!(refusal(annes.send(other).await).await, (422, "not_card_holder".to_owned()));
    assert_eq!(annes.send(anne().form()).await.status(), 201);
    bench.wait_for_mails(2).await;
}

#[tokio::test]
async fn somebody_elses_form_registers_nobody_on_sqlite() {
    somebody_elses(&Bench::start(None)).await;
}

#[tokio::test]
async fn somebody_elses_form_registers_nobody_on_postgresql() {
    let server = postgres::server();
    somebody_elses(&Bench::start(Some(server.database()))).await;
}

async fn corrections(bench: &Bench) {
    for (number, (changes, differences)) in (0..).zip([
        (json!({}), json!([])),
        (json!({ "name": "MONTGOMERIE ANNE" }), json!(["name"])),
        (json!({ "name": "YAMADA HANAKO" }), json!(["name"])),
        (json!({ "phone": "0312345678", "birth_date": "1990-04" }), json!([])),
        (
            json!({ "name": "MONTGOMERY ANN", "sex": "male", "birth_date": "1990-01-04", "municipality": "13103", "address_line": "芝公園１" }),
            json!(["name", "sex", "birth_date", "municipality", "address_line"]),
        ),
    ]) {
        let card = anne().reissued(crate::bench::authority(), 9_100 + number);
        let registered = Proved::by(bench, &card).await.send(form(&card, changes)).await;
        assert_eq!(registered.status(), 201);
        let registered: Value = registered.json().await.unwrap();
        let id = &registered["authentication_id"];
        assert_eq!((&registered["differs_from_card"], &show(bench, id).await), (&differences, &differences));
        let exported = command(bench, UsersCommand::Export { id: id.as_str().unwrap().to_owned() }).await.unwrap();
        assert_eq!(exported["people"][0]["differs_from_card"], differences);
    }
}

#[tokio::test]
async fn what_differs_from_the_card_is_answered_and_kept_on_sqlite() {
    corrections(&Bench::start(None)).await;
}

#[tokio::test]
async fn what_differs_from_the_card_is_answered_and_kept_on_postgresql() {
    let server = postgres::server();
    corrections(&Bench::start(Some(server.database()))).await;
}

/// As if the service had registered somebody before it compared forms and cards.
async fn forget_what_differs(url: &str) {
    let pool = sqlx::SqlitePool::connect(url).await.unwrap();
    for sql in [
        "UPDATE people SET differs_from_card = NULL",
        "UPDATE statements SET answer = REPLACE(answer, ',\"differs_from_card\":[\"name\"]', '') WHERE kind = 'registration'",
    ] {
        assert_eq!(sqlx::query(sql).execute(&pool).await.unwrap().rows_affected(), 1);
    }
    pool.close().await;
}

#[tokio::test]
async fn who_registered_before_it_was_recorded_gets_the_answer_again_and_is_shown_without_it() {
    let server = postgres::server();
    let mut bench = Bench::start(None);
    let (jti, statement) = {
        let proved = Proved::by(&bench, anne()).await;
        let mut payload = bench.registration(&proved.nonce, &proved.session["terms"]);
        payload["form"]["name"] = json!("MONTGOMERIE ANNE");
        (payload["jti"].as_str().unwrap().to_owned(), anne().statement(Purpose::Signing, "registration", &payload))
    };
    let first: Value = bench.send("/v1/registrations", Some(&jti), statement.clone()).await.json().await.unwrap();
    assert_eq!(first["differs_from_card"], json!(["name"]));
    bench.wait_for_mails(1).await;
    bench.stop();
    let sqlite = format!("sqlite:{}", bench.data.path().join("service/service.sqlite").display());
    forget_what_differs(&sqlite).await;
    let postgres = server.database();
    let there = (sqlite, postgres.clone());
    on_a_thread(move || copy(&there.0, &there.1, &mut |_, _| ())).await.unwrap();
    // Behind a proxy the answer tells of no folder.
    for (database, peers) in [(None, Peers::Direct), (None, Peers::BehindProxy), (Some(postgres), Peers::Direct)] {
        (bench.database, bench.peers) = (database, peers);
        bench.restart();
        let again = bench.send("/v1/registrations", Some(&jti), statement.clone()).await;
        assert_eq!(again.status(), 200);
        let again: Value = again.json().await.unwrap();
        assert_eq!((&again["authentication_id"], &again["differs_from_card"]), (&first["authentication_id"], &json!([])));
        assert_eq!(show(&bench, &first["authentication_id"]).await, Value::Null);
    }
}
