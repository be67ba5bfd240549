//! The operator: commands on people, moving from SQLite to PostgreSQL and back, figures. Backups, the audit trail, retention,
//! the command line and the plans of statements have files of their own.

/// Who did what.
#[path = "admin/audit.rs"]
mod audit;
/// Backups of a service in use.
#[path = "admin/backup.rs"]
mod backup;
/// The command line itself.
#[path = "admin/command_line.rs"]
mod command_line;
/// No statement reads a whole table.
#[path = "admin/plans.rs"]
mod plans;
/// What is forgotten, and when.
#[path = "admin/retention.rs"]
mod retention;

use serde_json::Value;
use zairyu::protocol::session::PasswordRules;
use zairyu::service::{AdminError, Options, Shape, Sum, UsersCommand, copy, start, users};

use crate::bench::{Bench, anne, authority, refusal, taro, token_of};
use crate::{GOOD, postgres, until};

/// The operator's commands bring their own runtime, as the command line does.
pub(crate) async fn on_a_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

/// Do a command on people, and read what it prints.
pub(crate) async fn command(bench: &Bench, command: UsersCommand) -> Result<Value, AdminError> {
    printed(bench, command).await.map(|text| serde_json::from_str(&text).unwrap())
}

/// Do a command on people, and return what it prints.
pub(crate) async fn printed(bench: &Bench, command: UsersCommand) -> Result<String, AdminError> {
    let (data, database) = (bench.data.path().join("service"), bench.database.clone());
    on_a_thread(move || {
        let mut out = Vec::new();
        users(database.as_deref(), &data, &command, Shape::Json, &mut zairyu::text::lines::Lines::new(&mut out))
            .map(|()| String::from_utf8(out).unwrap())
    })
    .await
}

#[tokio::test]
async fn an_operator_finds_shows_exports_and_deletes_a_person() {
    let bench = Bench::start(None);
    let id = bench.register(anne()).await["authentication_id"].as_str().unwrap().to_owned();
    bench.register(&anne().reissued(authority(), 1_235)).await;
    bench.wait_for_mails(2).await;
    let command = async |asked: UsersCommand| command(&bench, asked).await;
    let found = command(UsersCommand::Find { query: "montgomery".to_owned() }).await.unwrap();
    assert_eq!(found.as_array().unwrap().len(), 2);
    assert_eq!(found, command(UsersCommand::Find { query: "Foo..bar.@DoCoMo.ne.jp".to_owned() }).await.unwrap());
    assert_eq!(command(UsersCommand::Find { query: id.clone() }).await.unwrap()[0]["email"], "foo..bar.@docomo.ne.jp");
    assert_eq!(command(UsersCommand::Find { query: "100%".to_owned() }).await.unwrap(), Value::Array(Vec::new()));
    let shown = command(UsersCommand::Show { id: id.to_lowercase() }).await.unwrap();
    assert_eq!(shown["people"][0]["residence_card"], "AB12345678CD");
    assert_eq!(shown["cards"].as_array().unwrap().len(), 2);
    assert!(shown.get("statements").is_none());
    let exported = command(UsersCommand::Export { id: id.clone() }).await.unwrap();
    assert_eq!(exported["statements"][0]["statement"].as_str().unwrap().split('.').count(), 3);
    // Whoever asks what is known of them can read it: what they have signed, and times as people write them.
    assert_eq!(exported["statements"][0]["says"]["form"]["name"], "MONTGOMERY ANNE");
    let year = shown["people"][0]["registered_at"].as_str().unwrap().split('-').next().unwrap().parse::<u32>().unwrap();
    assert!((2025..2100).contains(&year));
    let tables: Vec<&str> = exported.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(tables, ["audit", "cards", "links", "outbox", "people", "sessions", "statements", "tokens"]);
    assert!(exported["people"][0].get("password").is_none() && exported["tokens"][0].get("hash").is_none());
    command(UsersCommand::Resend { id: id.clone() }).await.unwrap();
    assert!(matches!(command(UsersCommand::Delete { id: id.clone(), yes: false }).await, Err(AdminError::Unsure)));
    command(UsersCommand::Delete { id: id.clone(), yes: true }).await.unwrap();
    // With a person go the files of the mails, of those too that are only being written.
    until(async || bench.mails().len() == 1).await;
    assert!(matches!(command(UsersCommand::Show { id: id.clone() }).await, Err(AdminError::Nobody)));
    assert!(matches!(command(UsersCommand::Show { id: id.replace(&id[9..], "0") }).await, Err(AdminError::NoId)));
    bench.register(anne()).await;
}

#[tokio::test]
async fn a_store_moves_to_postgresql_and_back_and_the_service_goes_on() {
    let server = postgres::server();
    let mut bench = Bench::start(None);
    let id = bench.register(anne()).await["authentication_id"].clone();
    bench.wait_for_mails(1).await;
    bench.set_password(GOOD).await;
    let (jti, statement) = bench.ready(taro()).await;
    let first: Value = bench.send("/v1/registrations", Some(&jti), statement.clone()).await.json().await.unwrap();
    bench.wait_for_mails(3).await;
    bench.stop();
    let sqlite = format!("sqlite:{}", bench.data.path().join("service/service.sqlite").display());
    let postgres = server.database();
    let there = (sqlite.clone(), postgres.clone());
    let rows = |sums: &[Sum]| sums.iter().map(|sum| sum.rows).sum::<u64>();
    let copied = on_a_thread(move || copy(&there.0, &there.1, &mut |_, _| ())).await.unwrap();
    bench.database = Some(postgres.clone());
    bench.restart();
    assert_eq!(bench.log_in(&id, GOOD).await.status(), 200);
    let again = bench.send("/v1/registrations", Some(&jti), statement).await;
    assert_eq!(again.json::<Value>().await.unwrap(), first);
    bench.wait_for_mails(3).await;
    bench.stop();
    let back = (postgres.clone(), format!("sqlite:{}", bench.data.path().join("back.sqlite").display()), sqlite);
    let (returned, refused) = on_a_thread(move || (copy(&back.0, &back.1, &mut |_, _| ()), copy(&back.0, &back.2, &mut |_, _| ()))).await;
    let returned = returned.unwrap();
    // Three more rows: the login on PostgreSQL opened a session, and it and this copy stand in the audit trail.
    assert_eq!(rows(&returned), rows(&copied) + 3);
    let same = |table: &str| returned.iter().find(|sum| sum.table == table) == copied.iter().find(|sum| sum.table == table);
    assert!(["people", "cards", "statements", "outbox", "nonces"].into_iter().all(same), "{copied:?} {returned:?}");
    assert!(matches!(refused, Err(AdminError::NotEmpty)));
}

#[tokio::test]
async fn figures_are_for_this_computer_only_and_hold_no_personal_data() {
    let bench = Bench::start(None);
    let id = bench.register(anne()).await["authentication_id"].clone();
    bench.wait_for_mails(1).await;
    bench.set_password(GOOD).await;
    bench.wait_for_mails(2).await;
    assert_eq!(bench.log_in(&id, GOOD).await.status(), 200);
    assert_eq!(bench.log_in(&id, "some wrong password").await.status(), 401);
    let text = bench.client.get(format!("{}/metrics", bench.url)).send().await.unwrap().text().await.unwrap();
    for line in [
        "zairyu_registrations_total 1",
        "zairyu_passwords_set_total 1",
        "zairyu_logins_total 1",
        "zairyu_logins_refused_total 1",
        "zairyu_mails_sent_total 2",
        "zairyu_mails_failed_total 0",
        "zairyu_mails_queued 0",
        "zairyu_mails_stuck 0",
        "zairyu_oldest_mail_seconds 0",
        "zairyu_answers_total{class=\"2xx\"} 5",
        "zairyu_answers_total{class=\"4xx\"} 1",
        "zairyu_refusals_total{code=\"login_refused\"} 1",
        "zairyu_refusals_total{code=\"not_found\"} 0",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    // Each name is told once what it is, before its first value.
    let kinds: Vec<&str> = text.lines().filter(|line| line.starts_with("# TYPE")).collect();
    assert_eq!(kinds.len(), kinds.iter().collect::<std::collections::BTreeSet<_>>().len());
    assert!(!text.contains("MONTGOMERY") && !text.contains('@'));
    let forwarded = bench.client.get(format!("{}/metrics", bench.url)).header("x-forwarded-for", "192.0.2.1").send().await.unwrap();
    assert_eq!(refusal(forwarded).await.0, 404);
}

#[tokio::test]
async fn a_longer_password_may_be_asked_for() {
    let mut bench = Bench::start(None);
    bench.register(anne()).await;
    let mails = bench.wait_for_mails(1).await;
    bench.stop();
    let running = start(Options { password_rules: PasswordRules { shortest: 20, ..PasswordRules::default() }, ..bench.options() }).unwrap();
    let url = format!("http://{}", running.address());
    let token = token_of(&mails[0]);
    let page = bench.client.get(format!("{url}/password/{token}?lang=en")).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("20 to 64 characters; 20 or more are better."), "{page}");
    let set = |password: &str| {
        let body = serde_json::json!({ "token": token, "password": password });
        bench.client.post(format!("{url}/v1/passwords")).json(&body).send()
    };
    let short: Value = set("nine blue kites").await.unwrap().json().await.unwrap();
    assert_eq!(short["errors"][0], serde_json::json!({ "field": "password", "code": "too_short", "need": 20, "have": 15 }));
    assert_eq!(set(GOOD).await.unwrap().status(), 204);
}

#[tokio::test]
async fn files_are_for_their_owner_only() {
    let bench = Bench::start(None);
    bench.register(anne()).await;
    bench.wait_for_mails(1).await;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let data = bench.data.path().join("service");
        let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&data), 0o700);
        assert_eq!(mode(&data.join("mail")), 0o700);
        let mails = data.join("mail").read_dir().unwrap().map(|entry| entry.unwrap().path());
        let files = ["service.sqlite", "service.sqlite-wal"].map(|name| data.join(name));
        for file in mails.chain(files) {
            assert_eq!(mode(&file), 0o600, "{}", file.display());
        }
    }
}
