//! A backup is made while people register, and a service goes on from it.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use zairyu::card::Purpose;
use zairyu::service::{AdminError, Sum, UsersCommand, backup, check};

use super::{command, on_a_thread};
use crate::bench::{Bench, anne, authority};
use crate::postgres;

/// Return how many rows a table has.
pub(crate) fn rows(sums: &[Sum], table: &str) -> u64 {
    sums.iter().find(|sum| sum.table == table).unwrap().rows
}

async fn goes_on_from_a_backup(bench: &Bench) {
    let file = bench.data.path().join("backup.sqlite");
    let mut acknowledged = Vec::new();
    let mut under_way = None;
    for number in 0.. {
        // The backup begins after ten people; others register until it has ended, and at least ten.
        if number == 10 {
            let (database, data, file) = (bench.database.clone(), bench.data.path().join("service"), file.clone());
            under_way =
                Some((acknowledged.len(), tokio::task::spawn_blocking(move || backup(database.as_deref(), &data, &file, &mut |_, _| ()))));
        }
        if number >= 20 && under_way.as_ref().is_some_and(|(_, task)| task.is_finished()) {
            break;
        }
        assert!(number < 90, "the backup does not end");
        let card = anne().reissued(authority(), 7_000 + number);
        let (jti, statement) = bench.ready(&card).await;
        let answer: Value = bench.send("/v1/registrations", Some(&jti), statement.clone()).await.json().await.unwrap();
        acknowledged.push((jti, statement, answer));
    }
    let (before, task) = under_way.unwrap();
    let sums = task.await.unwrap().unwrap();
    // Everybody in it is whole.
    let people = rows(&sums, "people");
    assert!((before as u64..=acknowledged.len() as u64).contains(&people));
    assert_eq!((rows(&sums, "cards"), rows(&sums, "statements"), rows(&sums, "outbox")), (2 * people, people, people));
    is_private_and_alone(&file);
    let second = Bench::start(Some(format!("sqlite:{}", file.display())));
    for (jti, statement, answer) in acknowledged.iter().take(before) {
        let again = second.send("/v1/registrations", Some(jti), statement.clone()).await;
        assert_eq!(again.status(), 200);
        assert_eq!(again.json::<Value>().await.unwrap()["authentication_id"], answer["authentication_id"]);
    }
    let known = anne().reissued(authority(), 7_000);
    assert_eq!(second.ask(&known, Purpose::Authentication, ("remind", "/v1/id/remind"), serde_json::json!({})).await.status(), 200);
    let id = acknowledged[0].2["authentication_id"].as_str().unwrap().to_owned();
    let shown = command(&second, UsersCommand::Show { id }).await.unwrap();
    assert_eq!((shown["people"][0]["name"].as_str(), shown["cards"].as_array().unwrap().len()), (Some("MONTGOMERY ANNE"), 2));
}

fn is_private_and_alone(file: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    let beside = file.parent().unwrap().read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(beside.filter(|name| name.contains("backup")).collect::<Vec<_>>(), ["backup.sqlite"]);
}

#[tokio::test]
async fn a_service_goes_on_from_a_backup_made_while_people_register_on_sqlite() {
    goes_on_from_a_backup(&Bench::start(None)).await;
}

#[tokio::test]
async fn a_service_goes_on_from_a_backup_made_while_people_register_on_postgresql() {
    let server = postgres::server();
    goes_on_from_a_backup(&Bench::start(Some(server.database()))).await;
}

#[tokio::test]
async fn a_backup_takes_no_name_that_is_taken_and_leaves_nothing_half_done() {
    let bench = Bench::start(None);
    bench.register(anne()).await;
    let data = bench.data.path().join("service");
    let folder = bench.data.path().join("backups");
    std::fs::create_dir(&folder).unwrap();
    let (taken, cut, absent) = (folder.join("taken"), folder.join("cut"), folder.join("nowhere/file"));
    std::fs::write(&taken, "something else").unwrap();
    std::fs::write(folder.join(".cut.part"), "").unwrap();
    on_a_thread(move || {
        assert!(matches!(backup(None, &data, &taken, &mut |_, _| ()), Err(AdminError::Exists(_))));
        assert!(matches!(backup(None, &data, &cut, &mut |_, _| ()), Err(AdminError::Unfinished(_))));
        assert!(matches!(backup(None, &data, &absent, &mut |_, _| ()), Err(AdminError::File(..))));
        // Nothing can be read from a store that is none, and what was begun is gone.
        let garbage = data.join("garbage");
        std::fs::write(&garbage, [7; 5000]).unwrap();
        let garbage = format!("sqlite:{}", garbage.display());
        assert!(matches!(backup(Some(&garbage), &data, &folder.join("new"), &mut |_, _| ()), Err(AdminError::Closed(_))));
        let mut names: Vec<_> = folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort_unstable();
        assert_eq!(
            (names, std::fs::read_to_string(&taken).unwrap().as_str()),
            (vec![".cut.part".to_owned(), "taken".to_owned()], "something else")
        );
    })
    .await;
}

#[tokio::test]
async fn the_same_rows_have_the_same_checksum_and_one_letter_makes_another() {
    let bench = Bench::start(None);
    bench.register(anne()).await;
    bench.wait_for_mails(1).await;
    let data = bench.data.path().join("service");
    let sums = || {
        let data = data.clone();
        on_a_thread(move || check(None, &data, &mut |_, _| ()).unwrap())
    };
    let first = sums().await;
    assert_eq!(first, sums().await);
    let pool = sqlx::SqlitePool::connect(&format!("sqlite:{}", data.join("service.sqlite").display())).await.unwrap();
    sqlx::query("UPDATE people SET name = name || 'X'").execute(&pool).await.unwrap();
    pool.close().await;
    let second = sums().await;
    let differ: Vec<&str> = first.iter().zip(&second).filter(|(one, two)| one != two).map(|(one, _)| one.table).collect();
    assert_eq!(differ, ["people"]);
}

#[tokio::test]
async fn damage_in_the_file_is_found() {
    let mut bench = Bench::start(None);
    for number in 0..5 {
        bench.register(&anne().reissued(authority(), 7_500 + number)).await;
    }
    bench.wait_for_mails(5).await;
    bench.stop();
    let data = bench.data.path().join("service");
    let file = data.join("service.sqlite");
    let pool = sqlx::SqlitePool::connect(&format!("sqlite:{}", file.display())).await.unwrap();
    let (root,): (i64,) =
        sqlx::query_as("SELECT rootpage FROM sqlite_schema WHERE name = 'cards_by_person'").fetch_one(&pool).await.unwrap();
    pool.close().await;
    // Of a page of an index, the number of cells is cleared (SQLite, "Database File Format", 1.6): no row is found by it any more.
    let mut bytes = std::fs::read(&file).unwrap();
    let size = usize::from(u16::from_be_bytes([bytes[16], bytes[17]]));
    let page = size * (usize::try_from(root).unwrap() - 1);
    bytes[page + 3..page + 5].fill(0);
    std::fs::write(&file, bytes).unwrap();
    let found = on_a_thread(move || check(None, &data, &mut |_, _| ())).await;
    assert!(matches!(found, Err(AdminError::Damaged(_))), "{found:?}");
}

#[tokio::test]
async fn a_backup_that_is_killed_is_not_there_or_is_whole() {
    let bench = Bench::start(None);
    let data = bench.data.path().join("service");
    let pool = sqlx::SqlitePool::connect(&format!("sqlite:{}", data.join("service.sqlite").display())).await.unwrap();
    let rows_added = "WITH RECURSIVE row (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM row WHERE number < 20000)
                      INSERT INTO audit (id, at, event) SELECT 'row' || number, 4000000000, 'login' FROM row";
    sqlx::query(rows_added).execute(&pool).await.unwrap();
    pool.close().await;
    let (file, part) = (bench.data.path().join("killed.sqlite"), bench.data.path().join(".killed.sqlite.part"));
    for delay in [0, 10, 30, 60, 100, 200, 400, 10_000] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_zairyu"));
        command.args(["store", "backup"]).arg(&file).env("HOME", bench.data.path()).env("ZAIRYU_DATA", &data).stdout(Stdio::null());
        let mut child = command.spawn().unwrap();
        for _ in 0..delay {
            if child.try_wait().unwrap().is_some() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        if file.exists() {
            let (url, data) = (format!("sqlite:{}", file.display()), data.clone());
            let sums = on_a_thread(move || check(Some(&url), &data, &mut |_, _| ()).unwrap()).await;
            // Its own line is in it, and those of the backups that were killed.
            assert!((20_001..=20_008).contains(&rows(&sums, "audit")), "after {delay} ms: {sums:?}");
            return;
        }
        for ending in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{ending}", part.display()));
        }
    }
    panic!("not even the last backup was made");
}
