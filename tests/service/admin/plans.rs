//! No statement of a request or of the worker reads a whole table: with 100,000 people each costs what it costs with 100.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, Row};
use zairyu::card::Purpose;

use crate::bench::{Bench, Signer, anne, authority, taro};
use crate::{GOOD, postgres};

/// Return the statements in the source of the store. Texts with nothing but commas and macro arguments between them are one.
fn statements() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/service/store");
    let mut found = Vec::new();
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        // The copy of a whole store reads all of it.
        if path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("copy.rs") {
            let source = std::fs::read_to_string(path).unwrap();
            let source = source.split("#[cfg(test)]").next().unwrap().to_owned();
            found.extend(texts(&source));
        }
    }
    found.retain(|text| ["SELECT ", "UPDATE ", "DELETE "].iter().any(|word| text.starts_with(word)));
    found
}

fn texts(source: &str) -> Vec<String> {
    let code: String = source.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut texts: Vec<String> = Vec::new();
    for (number, part) in code.split('"').enumerate() {
        let joins =
            |part: &str| part.trim_matches([',', ' ', '\n']).strip_prefix('$').is_some_and(|name| name.chars().all(char::is_alphanumeric));
        match number % 2 {
            1 if texts.last().is_some_and(|text| text.ends_with('\u{0}')) => {
                let text = texts.last_mut().unwrap();
                text.pop();
                text.push_str(part);
            }
            1 => texts.push(part.to_owned()),
            _ if joins(part) => texts.last_mut().unwrap().push('\u{0}'),
            _ => {}
        }
    }
    texts
}

#[tokio::test]
async fn every_statement_of_the_store_finds_its_rows_by_an_index_on_sqlite() {
    let bench = Bench::start(None);
    let file = bench.data.path().join("service/service.sqlite");
    let pool = sqlx::SqlitePool::connect(&format!("sqlite:{}", file.display())).await.unwrap();
    let statements = statements();
    assert!(statements.len() > 30, "{statements:#?}");
    for sql in statements {
        // A part of a name is looked for by the operator alone; only PostgreSQL locks rows, those that the same words find on SQLite.
        if sql.contains(" LIKE ") || sql.ends_with(" FOR UPDATE") {
            continue;
        }
        let plan = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"))).fetch_all(&pool).await;
        let plan = plan.unwrap_or_else(|fault| panic!("{sql}: {fault}"));
        let plan: Vec<String> = plan.iter().map(|row| row.get("detail")).collect();
        // What is scanned is no table of ours: a subquery of bounded length, or nothing at all.
        let scans = |step: &&String| step.starts_with("SCAN ") && !step.contains("waiting") && !step.contains("CONSTANT ROW");
        assert_eq!(plan.iter().find(scans), None, "{sql}\n{plan:#?}");
    }
}

#[test]
fn nothing_changes_a_line_of_the_audit_trail_and_only_its_age_takes_it_away() {
    let statements = statements();
    let touching = statements.iter().filter(|sql| ["UPDATE audit", "DELETE FROM audit"].iter().any(|start| sql.starts_with(start)));
    let touching: Vec<&String> = touching.collect();
    assert!(matches!(touching[..], [one] if one.starts_with("DELETE FROM audit") && one.contains("WHERE at <= $1")), "{touching:#?}");
}

#[tokio::test]
async fn every_statement_that_is_run_finds_its_rows_by_an_index_on_postgresql() {
    let server = postgres::server();
    let mut bench = Bench::start(Some(server.database()));
    bench.stop();
    let url = bench.database.clone().unwrap();
    let mut database = sqlx::PgConnection::connect(&url).await.unwrap();
    // A small table is read as a whole because that is cheap; not allowed to, PostgreSQL does so only where there is no index.
    let name = url.rsplit('/').next().unwrap();
    sqlx::query(AssertSqlSafe(format!("ALTER DATABASE {name} SET enable_seqscan = off"))).execute(&mut database).await.unwrap();
    let before = scans(&mut database).await;
    bench.restart();
    a_life(&bench).await;
    // At its start the worker looks for what has run out; there are rows now that it may not have to look through.
    bench.restart();
    bench.stop();
    let after = scans(&mut database).await;
    assert!(after.len() >= 8, "{after:?}");
    // The migrations are looked up at the start.
    let grown: Vec<&String> = after.iter().filter(|(table, scans)| before.get(*table) != Some(scans)).map(|(table, _)| table).collect();
    assert!(grown.iter().all(|table| *table == "_sqlx_migrations"), "{grown:?}");
}

/// Return how often each table was read as a whole, once all who have read have left: then they have handed in their counts.
async fn scans(database: &mut sqlx::PgConnection) -> BTreeMap<String, i64> {
    let others = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    for _ in 0..200 {
        if sqlx::query(others).fetch_one(&mut *database).await.unwrap().get::<i64, _>(0) == 0 {
            let rows = sqlx::query("SELECT relname::text, seq_scan FROM pg_stat_user_tables").fetch_all(database).await.unwrap();
            return rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the service holds on to its connections");
}

/// Ask for everything that can be asked for.
async fn a_life(bench: &Bench) {
    use Purpose::{Authentication, Signing};
    let id = bench.register(anne()).await["authentication_id"].clone();
    bench.wait_for_mails(1).await;
    bench.set_password(GOOD).await;
    let login: Value = bench.log_in(&id, GOOD).await.json().await.unwrap();
    bench.log_in(&id, "some wrong password").await;
    bench.register(taro()).await;
    let card = Signer::make(authority(), "anne", &[]);
    for (card, purpose, call, more) in [
        (anne(), Authentication, ("login", "/v1/logins"), json!({})),
        (anne(), Authentication, ("remind", "/v1/id/remind"), json!({})),
        (anne(), Signing, ("resend", "/v1/mail/resend"), json!({})),
        (anne(), Signing, ("address", "/v1/mail/address"), json!({ "email": "anne@example.jp" })),
        (&card, Signing, ("link", "/v1/cards/link"), json!({ "authentication_id": id, "login": login["session"] })),
        (&card, Authentication, ("link", "/v1/cards/link"), json!({ "authentication_id": id, "login": login["session"] })),
        (anne(), Authentication, ("undo", "/v1/cards/undo"), json!({})),
        (anne(), Signing, ("withdraw", "/v1/registrations/withdraw"), json!({})),
    ] {
        let answer = bench.ask(card, purpose, call, more).await;
        assert_eq!(answer.status(), 200, "{call:?}");
    }
    let mail = format!("{}/v1/sessions/{}/mail", bench.url, login["session"].as_str().unwrap());
    for url in [
        mail,
        format!("{}/metrics", bench.url),
        format!("{}/readyz", bench.url),
        format!("{}/password/unknown", bench.url),
        format!("{}/card/unknown", bench.url),
    ] {
        bench.client.get(url).send().await.unwrap();
    }
}
