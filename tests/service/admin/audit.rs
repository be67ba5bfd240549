//! The audit trail says who did what and by what, and nothing else of anybody.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};
use zairyu::card::Purpose;
use zairyu::service::UsersCommand;

use super::{command, printed};
use crate::bench::{Bench, Signer, anne, authority, real_now};
use crate::{GOOD, postgres};

/// Return the trail: event, means and 認証ID of each line.
async fn trail(bench: &Bench, id: Option<&str>, since: Option<i64>) -> Vec<(String, String, Option<String>)> {
    let text = printed(bench, UsersCommand::Audit { id: id.map(str::to_owned), since }).await.unwrap();
    let lines = text.lines().map(|line| {
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["operator"].is_string(), line["by"] == "operator", "{line}");
        assert!(line["at"].as_str().unwrap().ends_with('Z'));
        (line["event"].as_str().unwrap().to_owned(), line["by"].as_str().unwrap().to_owned(), line["person"].as_str().map(str::to_owned))
    });
    for personal in ["MONTGOMERY", "docomo", "example.jp", "09012345678", "AB12345678CD", GOOD] {
        assert!(!text.contains(personal), "{text}");
    }
    lines.collect()
}

async fn says_who_did_what(bench: &Bench) {
    use Purpose::{Authentication, Signing};
    let id = bench.register(anne()).await["authentication_id"].as_str().unwrap().to_owned();
    bench.wait_for_mails(1).await;
    bench.set_password(GOOD).await;
    let known = Value::String(id.clone());
    let login: Value = bench.log_in(&known, GOOD).await.json().await.unwrap();
    bench.log_in(&known, "some wrong password").await;
    bench.log_in(&json!(nobody(&id)), GOOD).await;
    bench.ask(anne(), Authentication, ("login", "/v1/logins"), json!({})).await;
    bench.ask(anne(), Authentication, ("remind", "/v1/id/remind"), json!({})).await;
    bench.ask(anne(), Signing, ("resend", "/v1/mail/resend"), json!({})).await;
    bench.ask(anne(), Signing, ("address", "/v1/mail/address"), json!({ "email": "anne@example.jp" })).await;
    let card = Signer::make(authority(), "anne", &[]);
    let link = json!({ "authentication_id": id, "login": login["session"] });
    for purpose in [Signing, Authentication] {
        let linked = bench.ask(&card, purpose, ("link", "/v1/cards/link"), link.clone()).await;
        assert_eq!(linked.status(), 200);
    }
    for asked in [
        UsersCommand::Find { query: "anne".to_owned() },
        UsersCommand::Show { id: id.clone() },
        UsersCommand::Resend { id: id.clone() },
        UsersCommand::Export { id: id.clone() },
    ] {
        command(bench, asked).await.unwrap();
    }
    // The commands go by the system's clock, and the service by the test's, which has stood still.
    bench.clock.store(real_now(), Ordering::SeqCst);
    bench.ask(&card, Signing, ("withdraw", "/v1/registrations/withdraw"), json!({})).await;
    let expected = [
        ("registered", "signing_key"),
        ("password_set", "mail_link"),
        ("login", "password"),
        ("login_refused", "password"),
        ("login", "authentication_key"),
        ("remind", "authentication_key"),
        ("resend", "signing_key"),
        ("address", "signing_key"),
        ("link", "signing_key"),
        ("card_linked", "authentication_key"),
        ("link", "authentication_key"),
        ("operator_find", "operator"),
        ("operator_show", "operator"),
        ("operator_resend", "operator"),
        ("operator_export", "operator"),
        ("withdraw", "signing_key"),
    ];
    // Whoever is forgotten stays in the trail, by the 認証ID alone.
    let mut of_the_person = trail(bench, Some(&id), None).await;
    // To read the trail stands in it too.
    let read = of_the_person.pop().unwrap();
    assert_eq!(read, ("operator_audit".to_owned(), "operator".to_owned(), Some(id.clone())));
    let expected: Vec<_> = expected.iter().map(|(event, by)| ((*event).to_owned(), (*by).to_owned(), Some(id.clone()))).collect();
    assert_eq!(of_the_person, expected);
    let mut of_everybody = trail(bench, None, None).await;
    assert_eq!(of_everybody.pop().unwrap(), ("operator_audit".to_owned(), "operator".to_owned(), None));
    assert_eq!(of_everybody.pop().unwrap(), read);
    let unknown = of_everybody.iter().position(|(.., person)| person.is_none()).unwrap();
    assert_eq!(of_everybody.remove(unknown), ("login_refused".to_owned(), "password".to_owned(), None));
    assert_eq!(of_everybody, expected);
    let tomorrow = real_now() + 24 * 3600;
    assert_eq!(trail(bench, None, Some(tomorrow)).await, []);
}

/// Return a 認証ID that nobody has.
fn nobody(id: &str) -> String {
    use zairyu::protocol::authentication_id::AuthenticationId;
    (0..=255).map(|byte| AuthenticationId::generate([byte; 16])).find(|other| other.as_str() != id).unwrap().as_str().to_owned()
}

#[tokio::test]
async fn the_trail_says_who_did_what_by_what_and_nothing_else_on_sqlite() {
    says_who_did_what(&Bench::start(None)).await;
}

#[tokio::test]
async fn the_trail_says_who_did_what_by_what_and_nothing_else_on_postgresql() {
    let server = postgres::server();
    says_who_did_what(&Bench::start(Some(server.database()))).await;
}
