//! The operator's commands as an operator types them: what is printed, where, and with which exit status; the systemd unit.

use std::io::{BufRead, BufReader};
use std::process::{Command, Output, Stdio};

use crate::bench::{Bench, anne};
use crate::postgres;

fn zairyu(bench: &Bench, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zairyu"));
    command.args(args).env("HOME", bench.data.path()).env("ZAIRYU_DATA", bench.data.path().join("service"));
    for name in ["XDG_CONFIG_HOME", "ZAIRYU_DATABASE", "ZAIRYU_DATABASE_FILE", "SUDO_USER"] {
        command.env_remove(name);
    }
    command.output().unwrap()
}

/// Do a command that is done, and return what it prints.
fn done(bench: &Bench, args: &[&str]) -> String {
    let output = zairyu(bench, args);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && said.is_empty(), "{args:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

/// Do a command that is refused, and return what it says.
fn refused(bench: &Bench, args: &[&str], status: i32) -> String {
    let output = zairyu(bench, args);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(status), 0), "{args:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[tokio::test]
async fn checks_backups_and_copies_print_the_same_for_the_same_rows() {
    let server = postgres::server();
    let bench = Bench::start(None);
    bench.register(anne()).await;
    bench.wait_for_mails(1).await;
    let folder = bench.data.path();
    let (backup, url_file) = (folder.join("backup.sqlite"), folder.join("database"));
    let postgres = server.database();
    std::fs::write(&url_file, format!("{postgres}\n")).unwrap();
    let (backup, url_file) = (backup.to_str().unwrap(), url_file.to_str().unwrap());
    let backed_up = done(&bench, &["store", "backup", backup]);
    assert_eq!(backed_up, done(&bench, &["store", "check"]));
    let url = format!("sqlite:{backup}");
    assert_eq!(backed_up, done(&bench, &["store", "check", &url]));
    // The password of a database stands in a file and in no command line.
    let copied = done(&bench, &["store", "copy", &url, "--to-file", url_file]);
    assert_eq!(copied, done(&bench, &["store", "--database-file", url_file, "check"]));
    let line = copied.lines().find(|line| line.starts_with("people ")).unwrap().split_whitespace().collect::<Vec<_>>();
    assert_eq!((line[1], line[2].len()), ("1", 64));
    let found = done(&bench, &["users", "--database-file", url_file, "find", "montgomery"]);
    assert!(found.contains("MONTGOMERY ANNE"));
    let trail = done(&bench, &["users", "audit", "--json", "--since", "2020-01-31"]);
    assert!(trail.contains("\"operator_backup\"") && trail.lines().count() == 3, "{trail}");
}

#[tokio::test]
async fn what_cannot_be_done_says_how_to_mend_it() {
    let bench = Bench::start(None);
    let id = bench.register(anne()).await["authentication_id"].as_str().unwrap().to_owned();
    let slip = bench.data.path().join("slip.sqlite");
    let url = format!("sqlite:{}", slip.display());
    for (args, status, what) in [
        (&["users", "--database", &url, "find", "x"][..], 1, "give the service's --data, --database"),
        (&["store", "check", &url], 1, "there is no database here"),
        (&["store", "copy", &url, &url], 1, "there is no database here"),
        (&["store", "copy", &url], 2, "TO: no database is named"),
        (&["users", "show", "123"], 1, "zairyu users find"),
        (&["users", "delete", &id], 1, "--yes"),
        (&["users", "audit", "--since", "yesterday"], 2, "2026-01-31"),
        (&["users", "--database", "postgres://zairyu:very-secret@127.0.0.1:9/zairyu", "find", "x"], 1, "127.0.0.1:9"),
        (&["users", "--database", "postgres://zairyu:very-secret/?@127.0.0.1:9/zairyu", "find", "x"], 1, "%2F"),
    ] {
        let said = refused(&bench, args, status);
        assert!(said.contains(what) && !said.contains("very-secret"), "{args:?}: {said}");
    }
    // A slip in a path makes no new database.
    assert!(!slip.exists());
}

#[tokio::test]
async fn whoever_has_read_enough_of_the_trail_may_stop() {
    let mut bench = Bench::start(None);
    // More than a pipe holds, and more than one page.
    with_a_long_trail(&mut bench, 3000).await;
    assert_eq!(done(&bench, &["users", "audit", "--json"]).lines().count(), 3001);
    let mut command = Command::new(env!("CARGO_BIN_EXE_zairyu"));
    command.args(["users", "--json", "audit"]).env("HOME", bench.data.path()).env("ZAIRYU_DATA", bench.data.path().join("service"));
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert!(first.contains("1970-01-01T00:00:01Z"), "{first}");
    let ended = child.wait_with_output().unwrap();
    assert_eq!((ended.status.code(), String::from_utf8(ended.stderr).unwrap()), (Some(0), String::new()));
}

/// Many lines of the audit trail, in the database of a bench whose service has stopped.
async fn with_a_long_trail(bench: &mut Bench, lines: u32) {
    // A service that runs would forget lines as old as these.
    bench.stop();
    let pool = sqlx::SqlitePool::connect(&format!("sqlite:{}", bench.data.path().join("service/service.sqlite").display())).await.unwrap();
    let rows = format!(
        "WITH RECURSIVE row (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM row WHERE number < {lines})
         INSERT INTO audit (id, at, event) SELECT 'row' || number, number, 'login' FROM row"
    );
    sqlx::query(sqlx::AssertSqlSafe(rows)).execute(&pool).await.unwrap();
    pool.close().await;
}

#[tokio::test]
async fn people_their_mails_and_what_was_done_are_tables_in_the_operator_s_language() {
    let bench = Bench::start(None);
    let id = bench.register(anne()).await["authentication_id"].as_str().unwrap().to_owned();
    bench.wait_for_mails(1).await;
    let grouped = format!("{}-{}-{}", &id[..3], &id[3..7], &id[7..]);
    for (lang, heads, person, mail, event) in
        [("en", "Authentication ID", "female", "Registration done", "registered"), ("ja", "認証ID", "女", "利用者登録完了", "登録")]
    {
        let found = done(&bench, &["users", "find", "montgomery", "--lang", lang]);
        let lines: Vec<&str> = found.lines().collect();
        assert!(lines.len() == 2 && lines[0].contains(heads) && lines[1].contains(&grouped), "{found}");
        assert!(!lines[0].contains("MONTGOMERY"), "{found}");
        let shown = done(&bench, &["users", "show", &id, "--lang", lang]);
        assert!([&grouped, "MONTGOMERY ANNE", person, mail].iter().all(|what| shown.contains(what)), "{shown}");
        assert!(!shown.contains('{'), "{shown}");
        let trail = done(&bench, &["users", "audit", &id, "--lang", lang]);
        assert!(trail.lines().nth(1).is_some_and(|line| line.contains(event) && line.contains(&grouped)), "{trail}");
        assert!(!done(&bench, &["users", "find", "nobody", "--lang", lang]).contains('['));
    }
    assert!(done(&bench, &["users", "resend", &id, "--lang", "en"]).contains("once more"));
    assert!(done(&bench, &["users", "log-out", &id, "--lang", "en"]).contains("login"));
    assert!(done(&bench, &["users", "delete", &id, "--yes", "--lang", "en"]).contains("Deleted"));
}

#[cfg(unix)]
#[tokio::test]
async fn a_backup_that_is_broken_off_leaves_no_file_and_says_so() {
    use rustix::process::{Pid, Signal, kill_process};
    let mut bench = Bench::start(None);
    with_a_long_trail(&mut bench, 300_000).await;
    let folder = bench.data.path().join("backups");
    std::fs::create_dir(&folder).unwrap();
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_zairyu"));
        command.args(["store", "backup", folder.join("new.sqlite").to_str().unwrap()]).env("HOME", bench.data.path());
        command.env("ZAIRYU_DATA", bench.data.path().join("service")).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        while !folder.join(".new.sqlite.part").exists() {
            std::thread::yield_now();
        }
        kill_process(Pid::from_raw(child.id().cast_signed()).unwrap(), signal).unwrap();
        let ended = child.wait_with_output().unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert!(ended.status.code() == Some(1) && said.contains("broken off"), "{signal:?}: {:?} {said}", ended.status);
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0, "{signal:?}");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn long_work_shows_on_a_terminal_how_far_it_is_and_in_a_pipe_nothing() {
    let mut bench = Bench::start(None);
    with_a_long_trail(&mut bench, 200_000).await;
    let data = bench.data.path().join("service").to_str().unwrap().to_owned();
    let screen =
        crate::pty::Screen::start(env!("CARGO_BIN_EXE_zairyu"), &["store", "check", "--data", &data, "--lang", "en"], &[], 24, 100);
    screen.wait_for(" rows, about ");
    screen.wait_for("people ");
    assert!(!screen.screen().contains("rows, about"), "{}", screen.screen());
    assert!(done(&bench, &["store", "check"]).starts_with("people "));
}

#[tokio::test]
async fn whoever_calls_sudo_is_the_operator() {
    let bench = Bench::start(None);
    let mut command = Command::new(env!("CARGO_BIN_EXE_zairyu"));
    command.args(["users", "find", "nobody"]).env("SUDO_USER", "hanako").env("HOME", bench.data.path());
    assert!(command.env("ZAIRYU_DATA", bench.data.path().join("service")).output().unwrap().status.success());
    let trail = done(&bench, &["users", "audit", "--json"]);
    assert!(trail.contains("\"operator\":\"hanako\"") && trail.contains("\"operator_find\""), "{trail}");
    let itself = done(&bench, &["users", "audit", "--json"]);
    assert!(!itself.lines().last().unwrap().contains("hanako"), "{itself}");
}

#[tokio::test]
async fn the_printed_unit_starts_this_program_with_settings_that_it_knows() {
    let bench = Bench::start(None);
    let unit = done(&bench, &["serve", "--print-unit"]);
    let lines = |key: &str| {
        let key = format!("{key}=");
        unit.lines().filter_map(move |line| line.trim_start_matches('#').strip_prefix(&key).map(str::to_owned)).collect::<Vec<_>>()
    };
    let started: Vec<String> = lines("ExecStart").iter().flat_map(|line| line.split_whitespace().map(str::to_owned)).collect();
    // Where the README installs it.
    assert!(include_str!("../../../README.md").contains("install target/release/zairyu /usr/local/bin "));
    assert_eq!(started[0], "/usr/local/bin/zairyu");
    // With all its settings, the ones that are suggested too, the command line is understood.
    let settings: Vec<(String, String)> = lines("Environment")
        .iter()
        .map(|line| line.trim_matches('"').split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())).unwrap())
        .collect();
    assert!(settings.len() >= 6, "{settings:?}");
    let help = done(&bench, &["serve", "--help"]);
    for (name, _) in &settings {
        assert!(help.contains(&format!("[env: {name}")), "{name} is no setting");
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_zairyu"));
    let understood = command.args(&started[1..]).arg("--print-unit").env("HOME", bench.data.path()).envs(settings).output().unwrap();
    assert!(understood.status.success(), "{}", String::from_utf8_lossy(&understood.stderr));
    // systemd itself has no objection.
    let file = bench.data.path().join("zairyu.service");
    std::fs::write(&file, unit.replace("/usr/local/bin/zairyu", env!("CARGO_BIN_EXE_zairyu"))).unwrap();
    let verified = Command::new("systemd-analyze").arg("verify").arg("--man=no").arg(&file).output().expect("apt-get install systemd");
    let said = String::from_utf8_lossy(&verified.stderr);
    assert!(!said.lines().any(|line| line.contains("zairyu.service")), "{said}");
}
