//! Passwords and logins over their life: how a password is taken, kept, changed and never grown old, and when a login ends.
//! Which requirement of OWASP ASVS each test shows stands in `src/service/asvs.md`.

use argon2::password_hash::PasswordHasher;
use argon2::{Algorithm, Argon2, Params, Version};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::SqlitePool;
use zairyu::card::Purpose;
use zairyu::protocol::session::PasswordRules;
use zairyu::service::UsersCommand;

use crate::admin::command;
use crate::bench::{Bench, Signer, anne, authority, refusal, taro, text_of, token_of};
use crate::{GOOD, postgres, until};

const MIXED: &str = "9bluekites+naha";
const OTHER: &str = "seven slow trains to Sapporo";

/// A person with a password, and the 認証ID.
async fn with_password(password: &str) -> (Bench, Value) {
    let bench = Bench::start(None);
    let id = bench.register(anne()).await["authentication_id"].clone();
    bench.wait_for_mails(1).await;
    bench.set_password(password).await;
    bench.wait_for_mails(2).await;
    (bench, id)
}

async fn login_of(bench: &Bench, id: &Value, password: &str) -> String {
    let logged_in = bench.log_in(id, password).await;
    assert_eq!(logged_in.status(), StatusCode::OK);
    logged_in.json::<Value>().await.unwrap()["session"].as_str().unwrap().to_owned()
}

/// Return whether a login is still one: it may ask where the person's mail is.
async fn lives(bench: &Bench, login: &str) -> bool {
    let asked = bench.client.get(format!("{}/v1/sessions/{login}/mail", bench.url)).send().await.unwrap();
    match asked.status() {
        StatusCode::OK => true,
        StatusCode::GONE => false,
        other => panic!("{other}"),
    }
}

async fn store(bench: &Bench) -> SqlitePool {
    SqlitePool::connect(&format!("sqlite:{}", bench.data.path().join("service/service.sqlite").display())).await.unwrap()
}

#[tokio::test]
async fn a_password_is_taken_as_it_was_typed_to_the_last_character() {
    // 64 characters, the longest that is taken, with blanks at both ends.
    let typed = format!(" Nine blue Kites over Naha, {}\u{3042}x ", "九つの青い凧".repeat(6).chars().take(33).collect::<String>());
    assert_eq!(typed.chars().count(), 64);
    let (bench, id) = with_password(&typed).await;
    let last_changed = format!("{}y ", typed.strip_suffix("x ").unwrap());
    for other in [typed.trim_end(), typed.trim_start(), &typed.to_lowercase(), &last_changed, &format!("{typed} ")] {
        assert_eq!(refusal(bench.log_in(&id, other).await).await, (401, "login_refused".to_owned()), "{other}");
    }
    login_of(&bench, &id, &typed).await;
    // One and the same from a keyboard that writes full-width letters (NIST SP 800-63B-4, section 3.1.1.2).
    login_of(&bench, &id, &typed.replace("Nine", "Ｎｉｎｅ")).await;
}

#[tokio::test]
async fn a_password_is_changed_with_the_card_and_the_old_one_with_its_logins_is_dead() {
    let (bench, id) = with_password(GOOD).await;
    let login = login_of(&bench, &id, GOOD).await;
    let resent = bench.ask(anne(), Purpose::Authentication, ("resend", "/v1/mail/resend"), json!({})).await;
    assert_eq!(resent.status(), StatusCode::OK);
    bench.wait_for_mails(3).await;
    bench.set_password(OTHER).await;
    bench.wait_for_mails(4).await;
    let new = anne().reissued(authority(), 271_828);
    let link = async |login: &str| {
        let link = json!({ "authentication_id": id, "login": login });
        bench.ask(&new, Purpose::Signing, ("link", "/v1/cards/link"), link).await
    };
    assert_eq!(refusal(link(&login).await).await, (401, "login_refused".to_owned()));
    assert_eq!(refusal(bench.log_in(&id, GOOD).await).await, (401, "login_refused".to_owned()));
    assert_eq!(link(&login_of(&bench, &id, OTHER).await).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_password_has_no_last_day() {
    let (bench, id) = with_password(GOOD).await;
    bench.later(20 * 365 * 24 * 3600);
    login_of(&bench, &id, GOOD).await;
}

/// Seconds of a day, and of the life of a password under rules like the agency's.
const DAY: i64 = 24 * 3600;
const YEAR: i64 = 365 * DAY;

async fn rules_like_the_agencys(database: Option<String>) {
    let mut bench = Bench::with_password_rules(database, PasswordRules::AGENCY_LIKE);
    let told = json!({ "shortest": 8, "longest": 32, "mixed": true, "days": 365 });
    assert_eq!(bench.session().await["service"]["password"], told);
    let id = bench.register(anne()).await["authentication_id"].clone();
    let mail = bench.wait_for_mails(1).await.remove(0);
    let words = text_of(&mail);
    assert!(words.contains("8文字から32文字まで") && words.contains("$%&=@_#*+-?!") && words.contains("365日使えます"), "{words}");
    let page = format!("{}/password/{}?lang=en", bench.url, token_of(&mail));
    let shown = bench.client.get(&page).send().await.unwrap().text().await.unwrap();
    assert!(shown.contains("8 to 32 characters") && shown.contains("$%&amp;=@_#*+-?!") && shown.contains("365 days"), "{shown}");
    assert!(!shown.contains("Letters of any language"), "{shown}");
    let refused = bench.type_password(&page, GOOD, GOOD).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let refused = refused.text().await.unwrap();
    assert!(refused.contains("Use letters (A-Z, a-z), digits and at least one of the signs ( $%&amp;=@_#*+-?! )"), "{refused}");
    let by_terminal = json!({ "token": token_of(&mail), "password": "nine blue kites" });
    let refused = bench.client.post(format!("{}/v1/passwords", bench.url)).json(&by_terminal).send().await.unwrap();
    assert_eq!(refused.json::<Value>().await.unwrap()["errors"], json!([{ "field": "password", "code": "not_mixed" }]));
    bench.set_password(MIXED).await;
    bench.wait_for_mails(2).await;
    login_of(&bench, &id, MIXED).await;
    let end = zairyu::time::date_in_japan(bench.clock.load(std::sync::atomic::Ordering::SeqCst) + YEAR).unwrap();
    // A mail 30 days before the end and one 7 days before it, each once, with the day. What is due is looked for at every start, and
    // mails that are 90 days old are gone.
    for (seconds, reminders) in [(YEAR - 30 * DAY - 60, 0), (120, 1), (23 * DAY - 180, 1), (120, 2), (0, 2)] {
        bench.later(seconds);
        bench.restart();
        until(async || bench.mails().len() == reminders).await;
        for mail in bench.wait_for_mails(reminders).await {
            assert!(text_of(&mail).contains(&format!("使えるのは、{end}までです。")), "{}", text_of(&mail));
        }
    }
    login_of(&bench, &id, MIXED).await;
    // After its last day the right password is told so; a wrong one is told nothing.
    bench.later(7 * DAY);
    bench.restart();
    assert_eq!(refusal(bench.log_in(&id, MIXED).await).await, (401, "password_expired".to_owned()));
    assert_eq!(refusal(bench.log_in(&id, "9bluekites+nara").await).await, (401, "login_refused".to_owned()));
    let resent = bench.ask(anne(), Purpose::Authentication, ("resend", "/v1/mail/resend"), json!({})).await;
    assert_eq!(resent.status(), StatusCode::OK);
    bench.wait_for_mails(3).await;
    bench.set_password("7slowtrains+sapporo").await;
    bench.wait_for_mails(4).await;
    login_of(&bench, &id, "7slowtrains+sapporo").await;
    // A new password is reminded of anew.
    for (seconds, mails) in [(0, 4), (YEAR - 30 * DAY, 1)] {
        bench.later(seconds);
        bench.restart();
        until(async || bench.mails().len() == mails).await;
        bench.wait_for_mails(mails).await;
    }
}

#[tokio::test]
async fn rules_like_the_agencys_are_told_and_held_and_end_a_password_after_a_year_on_sqlite() {
    rules_like_the_agencys(None).await;
}

#[tokio::test]
async fn rules_like_the_agencys_are_told_and_held_and_end_a_password_after_a_year_on_postgresql() {
    let server = postgres::server();
    rules_like_the_agencys(Some(server.database())).await;
}

#[tokio::test]
async fn whoever_comes_to_both_reminders_at_once_gets_one() {
    let mut bench = Bench::with_password_rules(None, PasswordRules::AGENCY_LIKE);
    bench.register(anne()).await;
    bench.wait_for_mails(1).await;
    bench.set_password(MIXED).await;
    bench.wait_for_mails(2).await;
    bench.later(YEAR - 3 * DAY);
    for _ in 0..2 {
        bench.restart();
        until(async || bench.mails().len() == 1).await;
        bench.wait_for_mails(1).await;
    }
}

#[tokio::test]
async fn a_login_ends_after_half_an_hour_however_it_is_used() {
    let (bench, id) = with_password(GOOD).await;
    let login = login_of(&bench, &id, GOOD).await;
    for _ in 0..3 {
        bench.later(599);
        assert!(lives(&bench, &login).await);
    }
    assert_ne!(login_of(&bench, &id, GOOD).await, login);
    bench.later(3);
    assert!(!lives(&bench, &login).await);
    let link = json!({ "authentication_id": id, "login": login });
    let linked = bench.ask(anne(), Purpose::Signing, ("link", "/v1/cards/link"), link).await;
    assert_eq!(refusal(linked).await, (401, "login_refused".to_owned()));
}

#[tokio::test]
async fn an_operator_ends_every_session_of_a_person() {
    let (bench, id) = with_password(GOOD).await;
    let logins = [login_of(&bench, &id, GOOD).await, login_of(&bench, &id, GOOD).await];
    let log_out = || command(&bench, UsersCommand::LogOut { id: id.as_str().unwrap().to_owned() });
    // These two, and the one that has registered.
    assert_eq!(log_out().await.unwrap(), json!({ "ended": 3 }));
    for login in logins {
        assert!(!lives(&bench, &login).await);
    }
    assert_eq!(log_out().await.unwrap(), json!({ "ended": 0 }));
    assert!(lives(&bench, &login_of(&bench, &id, GOOD).await).await);
}

#[tokio::test]
async fn with_a_person_goes_every_login() {
    for by_operator in [false, true] {
        let (bench, id) = with_password(GOOD).await;
        let logins = [login_of(&bench, &id, GOOD).await, login_of(&bench, &id, GOOD).await];
        if by_operator {
            let id = id.as_str().unwrap().to_owned();
            command(&bench, UsersCommand::Delete { id, yes: true }).await.unwrap();
        } else {
            let withdrawn = bench.ask(anne(), Purpose::Signing, ("withdraw", "/v1/registrations/withdraw"), json!({})).await;
            assert_eq!(withdrawn.status(), StatusCode::OK);
        }
        for login in logins {
            assert!(!lives(&bench, &login).await);
        }
    }
}

#[tokio::test]
async fn what_a_client_holds_is_kept_as_a_hash_only() {
    let (bench, id) = with_password(GOOD).await;
    let session = bench.session().await;
    let [session, nonce] = ["session", "nonce"].map(|name| session[name].as_str().unwrap().to_owned());
    let login = login_of(&bench, &id, GOOD).await;
    bench.ask(anne(), Purpose::Authentication, ("resend", "/v1/mail/resend"), json!({})).await;
    let token = token_of(&bench.wait_for_mails(3).await[2]);
    let hash: String = sqlx::query_scalar("SELECT password FROM people").fetch_one(&store(&bench).await).await.unwrap();
    // OWASP, "Password Storage Cheat Sheet": Argon2id, 19 MiB, 2 passes, 1 lane.
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    let files = ["service.sqlite", "service.sqlite-wal"].map(|name| std::fs::read(bench.data.path().join("service").join(name)).unwrap());
    let holds = |secret: &str| files.iter().any(|file| file.windows(secret.len()).any(|part| part == secret.as_bytes()));
    assert!(holds(&hash));
    for secret in [session, nonce, login, token, GOOD.to_owned()] {
        assert!(!holds(&secret), "{secret}");
    }
}

#[tokio::test]
async fn a_hash_of_other_parameters_still_opens() {
    let (bench, id) = with_password(GOOD).await;
    let older = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(1024, 3, 1, None).unwrap());
    let hash = older.hash_password(OTHER.as_bytes()).unwrap().to_string();
    sqlx::query("UPDATE people SET password = $1").bind(hash).execute(&store(&bench).await).await.unwrap();
    assert_eq!(refusal(bench.log_in(&id, GOOD).await).await, (401, "login_refused".to_owned()));
    login_of(&bench, &id, OTHER).await;
}

#[tokio::test]
async fn a_login_by_password_alone_changes_nothing() {
    let (bench, id) = with_password(GOOD).await;
    let login = login_of(&bench, &id, GOOD).await;
    // No call takes the login instead of a signature: neither as a session to be proved, nor as a nonce.
    let statement = anne().statement(Purpose::Authentication, "proof", &bench.payload(&json!(login)));
    let proved = bench.send(&format!("/v1/sessions/{login}/proof"), None, statement).await;
    assert_eq!(refusal(proved).await, (401, "nonce".to_owned()));
    for path in ["/v1/mail/resend", "/v1/mail/address", "/v1/id/remind", "/v1/registrations/withdraw", "/v1/cards/link"] {
        let request = bench.client.post(format!("{}{path}", bench.url)).header("content-type", "application/jose");
        let refused = request
            .header("authorization", format!("Bearer {login}"))
            .header("cookie", format!("session={login}"))
            .body(login.clone())
            .send()
            .await
            .unwrap();
        assert_eq!(refusal(refused).await.0, 400, "{path}");
    }
}

#[tokio::test]
async fn a_card_of_somebody_else_is_not_linked_even_with_the_password() {
    use Purpose::{Authentication, Signing};
    let (bench, id) = with_password(GOOD).await;
    let login = login_of(&bench, &id, GOOD).await;
    let link = async |card: &Signer, purpose| {
        let link = json!({ "authentication_id": id, "login": login });
        bench.ask(card, purpose, ("link", "/v1/cards/link"), link).await
    };
    assert_eq!(refusal(link(taro(), Signing).await).await, (401, "other_holder".to_owned()));
    // This one does not say whose it is: it may only follow the other one.
    assert_eq!(refusal(link(taro(), Authentication).await).await, (401, "signing_key_first".to_owned()));
    let new = anne().reissued(authority(), 314_159);
    assert_eq!(refusal(link(&new, Authentication).await).await, (401, "signing_key_first".to_owned()));
    assert_eq!(link(&new, Signing).await.status(), StatusCode::OK);
    assert_eq!(link(&new, Authentication).await.status(), StatusCode::OK);
    let reminded = bench.ask(&new, Authentication, ("remind", "/v1/id/remind"), json!({})).await;
    assert_eq!(reminded.status(), StatusCode::OK);
}

#[tokio::test]
async fn the_fields_hide_what_is_typed_and_take_what_is_pasted() {
    let bench = Bench::start(None);
    bench.register(anne()).await;
    let token = token_of(&bench.wait_for_mails(1).await[0]);
    let page = bench.client.get(format!("{}/password/{token}", bench.url)).send().await.unwrap().text().await.unwrap();
    let fields: Vec<&str> = page.split("<input").skip(1).map(|rest| rest.split('>').next().unwrap()).collect();
    assert_eq!(fields.len(), 2);
    for field in fields {
        assert!(field.contains("type=\"password\"") && field.contains("autocomplete=\"new-password\""), "{field}");
        assert!(!field.contains("maxlength") && !field.contains("value=") && !field.contains(" on"), "{field}");
    }
}
