//! What of a person lies on the disk: where design.md says, and nowhere else; after a withdrawal nothing, though the service goes on running.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::json;
use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{AssertSqlSafe, Row};

use crate::bench::{Bench, anne, text_of};
use crate::memory::forms;
use crate::{GOOD, until};
use zairyu::card::Purpose;
use zairyu::card::simulated::{AUTHENTICATION_PIN, SIGNING_PIN};
use zairyu::service::{UsersCommand, users};
use zairyu::text::lines::Lines;

/// What is known of Anne.
const ABOUT_ANNE: [&str; 6] = ["MONTGOMERY", "1990-04-01", "西新宿２－８－１", "09012345678", "foo..bar.@docomo.ne.jp", "AB12345678CD"];

/// Return the files of the data folder that hold one of these texts, in whatever form.
fn files_with(data: &Path, canaries: &[&str]) -> BTreeSet<String> {
    let forms: Vec<Vec<u8>> = canaries.iter().flat_map(|canary| forms(canary)).map(|(form, _)| form).collect();
    let below = [data.to_owned(), data.join("mail")];
    let files = below.iter().flat_map(|folder| folder.read_dir().unwrap()).map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    let holds = |path: &Path| {
        let mut bytes = std::fs::read(path).unwrap();
        if path.extension().is_some_and(|end| end == "eml") {
            // A mail is written in lines, and encoded.
            let mail = String::from_utf8(bytes).unwrap();
            bytes = [&mail, &text_of(&mail)].map(|text| text.replace('"', "")).concat().into_bytes();
        }
        forms.iter().any(|form| memchr::memmem::find(&bytes, form).is_some())
    };
    let kind = |path: &Path| match path.extension() {
        Some(end) if end == "eml" => "mail/*.eml".to_owned(),
        _ => path.file_name().unwrap().to_str().unwrap().to_owned(),
    };
    files.filter(|path| holds(path)).map(|path| kind(&path)).collect()
}

/// Return the tables that hold one of these texts, in whatever form.
async fn tables_with(data: &Path, canaries: &[&str]) -> BTreeSet<String> {
    let forms: Vec<Vec<u8>> = canaries.iter().flat_map(|canary| forms(canary)).map(|(form, _)| form).collect();
    let store = SqlitePool::connect(&format!("sqlite:{}", data.join("service.sqlite").display())).await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type = 'table'").fetch_all(&store).await.unwrap();
    let mut found = BTreeSet::new();
    for table in tables {
        let rows = sqlx::query(AssertSqlSafe(format!("SELECT * FROM {table}"))).fetch_all(&store).await.unwrap();
        let texts = |row: &SqliteRow| (0..row.len()).filter_map(|place| row.try_get::<String, _>(place).ok()).collect::<Vec<_>>();
        let held = |text: &String| forms.iter().any(|form| memchr::memmem::find(text.as_bytes(), form).is_some());
        if rows.iter().flat_map(texts).any(|text| held(&text)) {
            found.insert(table);
        }
    }
    store.close().await;
    found
}

/// Return the places that a table of design.md names in its first column.
fn told() -> BTreeSet<String> {
    let (_, rest) = include_str!("../../src/service/design.md").split_once("## What is kept of a person, and where").unwrap();
    let rows = rest.split("\n## ").next().unwrap().lines().filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| row.split('`').next().unwrap().to_owned()).collect()
}

/// Register Anne, set her password, log in, and have a mail sent again: all that leaves something.
async fn registered() -> (Bench, String) {
    let bench = Bench::start(None);
    let id = bench.register(anne()).await["authentication_id"].clone();
    bench.wait_for_mails(1).await;
    bench.set_password(GOOD).await;
    bench.wait_for_mails(2).await;
    assert_eq!(bench.log_in(&id, GOOD).await.status(), 200);
    bench.ask(anne(), Purpose::Authentication, ("resend", "/v1/mail/resend"), json!({})).await;
    bench.wait_for_mails(3).await;
    (bench, id.as_str().unwrap().to_owned())
}

#[tokio::test]
async fn what_is_kept_of_a_person_lies_where_design_md_says_and_a_pin_or_password_nowhere() {
    let (mut bench, _) = registered().await;
    let data = bench.data.path().join("service");
    let secrets = [SIGNING_PIN, GOOD];
    assert_eq!(files_with(&data, &secrets), BTreeSet::new());
    bench.stop();
    assert_eq!(files_with(&data, &secrets), BTreeSet::new());
    let mut found = tables_with(&data, &ABOUT_ANNE).await;
    assert_eq!(files_with(&data, &ABOUT_ANNE), BTreeSet::from(["mail/*.eml".to_owned(), "service.sqlite".to_owned()]));
    found.insert("mail/*.eml".to_owned());
    assert_eq!(found, told());
    // Four digits stand anywhere by chance, but not as a text of their own.
    assert_eq!(tables_with(&data, &[&format!("\"{AUTHENTICATION_PIN}\"")]).await, BTreeSet::new());
}

#[tokio::test]
async fn of_a_person_who_has_withdrawn_nothing_is_on_the_disk_while_the_service_runs_on() {
    let (bench, id) = registered().await;
    let data = bench.data.path().join("service");
    assert!(files_with(&data, &ABOUT_ANNE).contains("service.sqlite-wal"), "the search is blind");
    let gone = bench.ask(anne(), Purpose::Signing, ("withdraw", "/v1/registrations/withdraw"), json!({})).await;
    assert_eq!(gone.status(), 200);
    assert_eq!(files_with(&data, &ABOUT_ANNE), BTreeSet::new());
    assert_eq!(tables_with(&data, &[&id]).await, BTreeSet::from(["audit".to_owned()]));
}

#[tokio::test]
async fn of_a_person_whom_the_operator_has_deleted_nothing_is_on_the_disk_while_the_service_runs_on() {
    let (bench, id) = registered().await;
    let data = bench.data.path().join("service");
    let operator = data.clone();
    let delete = UsersCommand::Delete { id, yes: true };
    tokio::task::spawn_blocking(move || {
        users(None, &operator, &delete, zairyu::service::Shape::Json, &mut Lines::new(Vec::new())).unwrap()
    })
    .await
    .unwrap();
    assert_eq!(files_with(&data, &ABOUT_ANNE), BTreeSet::new());
}

#[tokio::test]
async fn what_could_not_be_wiped_since_somebody_was_reading_is_wiped_later() {
    let (bench, _) = registered().await;
    let data = bench.data.path().join("service");
    let store = SqlitePool::connect(&format!("sqlite:{}", data.join("service.sqlite").display())).await.unwrap();
    let mut reader = store.begin().await.unwrap();
    sqlx::query("SELECT COUNT(*) FROM people").fetch_one(&mut *reader).await.unwrap();
    let gone = bench.ask(anne(), Purpose::Signing, ("withdraw", "/v1/registrations/withdraw"), json!({})).await;
    assert_eq!(gone.status(), 200);
    assert!(!files_with(&data, &ABOUT_ANNE).is_empty());
    reader.rollback().await.unwrap();
    store.close().await;
    bench.later(601);
    // The outbox looks at the clock when a mail is queued.
    bench.register(crate::taro()).await;
    until(async || files_with(&data, &ABOUT_ANNE[..2]).is_empty()).await;
}
