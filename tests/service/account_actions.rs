//! What a registered person asks for: login, mails once more, another address, a new card, to be forgotten.

use reqwest::StatusCode;
use serde_json::{Value, json};
use zairyu::card::Purpose;

use crate::bench::{Bench, Signer, anne, authority, refusal, taro, text_of, token_of};
use crate::{GOOD, postgres};

const LOGIN: (&str, &str) = ("login", "/v1/logins");
const RESEND: (&str, &str) = ("resend", "/v1/mail/resend");
const ADDRESS: (&str, &str) = ("address", "/v1/mail/address");
const REMIND: (&str, &str) = ("remind", "/v1/id/remind");
const LINK: (&str, &str) = ("link", "/v1/cards/link");
const WITHDRAW: (&str, &str) = ("withdraw", "/v1/registrations/withdraw");

async fn a_life(bench: &Bench) {
    use Purpose::{Authentication, Signing};
    let stranger = bench.ask(taro(), Authentication, REMIND, json!({})).await;
    assert_eq!(refusal(stranger).await, (404, "not_registered".to_owned()));
    let id = bench.register(anne()).await["authentication_id"].clone();
    bench.wait_for_mails(1).await;
    assert_eq!(refusal(bench.log_in(&id, GOOD).await).await, (401, "login_refused".to_owned()));
    // The link once more: the first one no longer works.
    let first = token_of(&bench.mails()[0]);
    let resent = bench.ask(anne(), Authentication, RESEND, json!({})).await;
    assert_eq!(resent.status(), StatusCode::OK);
    assert_eq!(resent.json::<Value>().await.unwrap()["mail"]["to"], "f***@docomo.ne.jp");
    bench.wait_for_mails(2).await;
    let old = bench.client.get(format!("{}/password/{first}", bench.url)).send().await.unwrap();
    assert_eq!(old.status(), StatusCode::GONE);
    bench.set_password(GOOD).await;
    bench.wait_for_mails(3).await;
    assert_eq!(bench.log_in(&id, GOOD).await.status(), StatusCode::OK);
    assert_eq!(refusal(bench.log_in(&id, "nine blue kites over Nara").await).await.1, "login_refused");
    assert_eq!(bench.ask(anne(), Authentication, LOGIN, json!({})).await.status(), StatusCode::OK);
    let reminded = bench.ask(anne(), Signing, REMIND, json!({})).await;
    assert_eq!(reminded.status(), StatusCode::OK);
    assert!(text_of(&bench.wait_for_mails(4).await[3]).contains(&id.as_str().unwrap()[..3]));
    // Another address: both are told.
    let wrong = bench.ask(anne(), Signing, ADDRESS, json!({ "email": "no address" })).await;
    assert_eq!(refusal(wrong).await, (422, "fields".to_owned()));
    let changed = bench.ask(anne(), Signing, ADDRESS, json!({ "email": "anne@example.jp" })).await;
    assert_eq!(changed.json::<Value>().await.unwrap()["mail"]["to"], "a***@example.jp");
    let told = bench.wait_for_mails(6).await;
    for to in ["To: \"foo..bar.\"@docomo.ne.jp", "To: anne@example.jp"] {
        assert!(told[4..].iter().any(|mail| mail.contains(to)), "{told:?}");
    }
    // A new card takes the old one's place.
    let card = Signer::make(authority(), "anne", &[]);
    let login = bench.log_in(&id, GOOD).await.json::<Value>().await.unwrap()["session"].clone();
    let guessed = bench.ask(&card, Signing, LINK, json!({ "authentication_id": id, "login": "guessed" })).await;
    assert_eq!(refusal(guessed).await, (401, "login_refused".to_owned()));
    for (purpose, is_linked) in [(Signing, false), (Authentication, true)] {
        let linked = bench.ask(&card, purpose, LINK, json!({ "authentication_id": id, "login": login })).await;
        assert_eq!(linked.json::<Value>().await.unwrap()["linked"], is_linked);
    }
    let old = bench.ask(anne(), Authentication, REMIND, json!({})).await;
    assert_eq!(refusal(old).await, (409, "card_replaced".to_owned()));
    let session = bench.session().await;
    let again = anne().statement(Authentication, "proof", &bench.payload(&session["nonce"]));
    assert_eq!(refusal(bench.send(&crate::proof(&session), None, again).await).await.1, "card_replaced");
    // Forgotten, and free to come back.
    let unsigned = bench.ask(&card, Authentication, WITHDRAW, json!({})).await;
    assert_eq!(refusal(unsigned).await.1, "certificate_profile");
    assert_eq!(bench.ask(&card, Signing, WITHDRAW, json!({})).await.status(), StatusCode::OK);
    assert!(bench.mails().is_empty(), "the mails of somebody who has left");
    assert_eq!(refusal(bench.log_in(&id, GOOD).await).await.1, "login_refused");
    assert_ne!(bench.register(&card).await["authentication_id"], id);
}

#[tokio::test]
async fn a_registered_person_is_served_on_sqlite() {
    a_life(&Bench::start(None)).await;
}

#[tokio::test]
async fn a_registered_person_is_served_on_postgresql() {
    let server = postgres::server();
    a_life(&Bench::start(Some(server.database()))).await;
}

/// Have a new card sign with its signing key only, and let the login run out.
async fn half_linked(bench: &Bench) -> (Value, Signer) {
    let id = bench.register(anne()).await["authentication_id"].clone();
    bench.wait_for_mails(1).await;
    bench.set_password(GOOD).await;
    let card = anne().reissued(authority(), 271_828);
    let login = bench.log_in(&id, GOOD).await.json::<Value>().await.unwrap()["session"].clone();
    let link = |purpose| bench.ask(&card, purpose, LINK, json!({ "authentication_id": id, "login": login }));
    assert_eq!(link(Purpose::Signing).await.status(), StatusCode::OK);
    bench.later(31 * 60);
    assert_eq!(refusal(link(Purpose::Authentication).await).await, (401, "login_refused".to_owned()));
    (id, card)
}

async fn a_linking_that_was_broken_off(database: Option<String>) {
    let bench = Bench::start(database);
    let (id, card) = half_linked(&bench).await;
    let login = bench.log_in(&id, GOOD).await.json::<Value>().await.unwrap()["session"].clone();
    let link = |card, purpose| bench.ask(card, purpose, LINK, json!({ "authentication_id": id, "login": login }));
    assert_eq!(refusal(link(&card, Purpose::Authentication).await).await, (401, "signing_key_first".to_owned()));
    // So far nothing has changed for the old card.
    assert_eq!(bench.ask(anne(), Purpose::Signing, REMIND, json!({})).await.status(), StatusCode::OK);
    for purpose in [Purpose::Signing, Purpose::Authentication] {
        assert_eq!(link(&card, purpose).await.status(), StatusCode::OK);
    }
    assert_eq!(bench.ask(&card, Purpose::Authentication, LOGIN, json!({})).await.status(), StatusCode::OK);
    let old = bench.ask(anne(), Purpose::Authentication, LOGIN, json!({})).await;
    assert_eq!(refusal(old).await, (409, "card_replaced".to_owned()));
}

#[tokio::test]
async fn a_linking_that_was_broken_off_is_finished_with_another_login_on_sqlite() {
    a_linking_that_was_broken_off(None).await;
}

#[tokio::test]
async fn a_linking_that_was_broken_off_is_finished_with_another_login_on_postgresql() {
    a_linking_that_was_broken_off(Some(postgres::server().database())).await;
}

#[tokio::test]
async fn a_mail_asked_for_again_names_its_folder_as_the_first_one_did() {
    let bench = Bench::known_as("http://localhost");
    let first = bench.register(anne()).await["mail"]["folder"].clone();
    assert!(std::path::Path::new(first.as_str().unwrap()).is_absolute(), "{first}");
    for (request, more) in [(RESEND, json!({})), (REMIND, json!({})), (ADDRESS, json!({ "email": "anne@example.jp" }))] {
        let answer: Value = bench.ask(anne(), Purpose::Signing, request, more).await.json().await.unwrap();
        assert_eq!(answer["mail"]["folder"], first, "{request:?}: {answer}");
    }
}

#[tokio::test]
async fn a_corrected_address_gets_the_link_if_there_is_no_password_yet() {
    let bench = Bench::start(None);
    bench.register(anne()).await;
    bench.wait_for_mails(1).await;
    let first = token_of(&bench.mails()[0]);
    bench.ask(anne(), Purpose::Signing, ADDRESS, json!({ "email": "anne@example.jp" })).await;
    let old = bench.client.get(format!("{}/password/{first}", bench.url)).send().await.unwrap();
    assert_eq!(old.status(), StatusCode::GONE, "the link in somebody else's mailbox works");
    let second = bench.wait_for_mails(2).await.remove(1);
    assert!(second.contains("To: anne@example.jp"));
    bench.set_password(GOOD).await;
}

#[tokio::test]
async fn mails_that_are_asked_for_and_passwords_that_are_tried_have_a_limit() {
    let bench = Bench::start(None);
    let id = bench.register(anne()).await["authentication_id"].clone();
    for _ in 0..5 {
        assert_eq!(bench.ask(anne(), Purpose::Authentication, REMIND, json!({})).await.status(), StatusCode::OK);
    }
    let sixth = bench.ask(anne(), Purpose::Authentication, REMIND, json!({})).await;
    assert_eq!(sixth.headers()["retry-after"], "600");
    assert_eq!(refusal(sixth).await.0, 429);
    let mut codes = Vec::new();
    for _ in 0..11 {
        codes.push(refusal(bench.log_in(&id, "some wrong password").await).await.0);
    }
    assert_eq!(codes, [401, 401, 401, 401, 401, 401, 401, 401, 401, 401, 429]);
}
