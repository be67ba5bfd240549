//! Self-diagnosis from the outside, on a computer without PC/SC: what it says, what it ends with, and that nothing stays behind.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test, a failure is a panic")]

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::{Command, Output};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// Run `zairyu doctor` in a home of its own, with a pcscd that is not there (pcsc-lite looks for its socket where this variable says).
fn doctor(home: &TempDir, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_zairyu"))
        .arg("doctor")
        .args(args)
        .env_clear()
        .env("HOME", home.path())
        .env("LANG", "en_US.UTF-8")
        .env("PCSCLITE_CSOCK_NAME", home.path().join("no-pcscd"))
        .output()
        .unwrap()
}

fn json(home: &TempDir, args: &[&str]) -> Value {
    let output = doctor(home, &[&["--json"], args].concat());
    assert_eq!(output.status.code(), Some(1));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn check<'a>(report: &'a Value, name: &str) -> &'a Value {
    report["checks"].as_array().unwrap().iter().find(|check| check["check"] == name).unwrap()
}

/// A service that answers once, with this in front of its body.
fn service(head: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
        while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
        let _ = write!(stream, "HTTP/1.1 200 OK\r\n{head}Connection: close\r\nContent-Length: 2\r\n\r\n{{}}");
    });
    url
}

#[test]
fn a_missing_pcsc_service_is_named_with_code_and_first_step_in_the_persons_language() {
    let home = tempfile::tempdir().unwrap();
    for (lang, title, step) in [
        ("en", "The smart card service is not running", "Install the packages \"pcscd\" and \"libccid\"."),
        ("ja", "カードを読むしくみが動いていません", "カードリーダー"),
    ] {
        let output = doctor(&home, &["--lang", lang]);
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        for part in ["ZR101", title, step] {
            assert!(said.contains(part), "{part} in {said}");
        }
        assert!(output.stderr.is_empty());
    }
    assert_eq!(home.path().read_dir().unwrap().count(), 0);
}

#[test]
fn a_code_of_this_program_or_another_is_explained_in_the_persons_language() {
    let home = tempfile::tempdir().unwrap();
    for (lang, code, words) in [
        ("ja", "EW104J1502", ["ZR101", "ZR102", "カードリーダーが見つかりません"]),
        ("en", "0x8010006C", ["ZR302", "ZR304", "JPKI_WIN_CHV_BLOCKED"]),
        ("en", "-2146434964", ["ZR302", "ZR304", "0x8010006C"]),
        ("en", "zr101", ["ZR101", "The smart card service is not running", "EW104J1502"]),
        ("en", "MKCZ405E", ["MKCZ405E", "first put the card down", ""]),
    ] {
        let output = doctor(&home, &["--lang", lang, "--code", code]);
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0), "{said}");
        assert!(words.iter().all(|word| said.contains(word)), "{said}");
    }
    let output = doctor(&home, &["--code", "EW1"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "Nothing is known about the code EW1.\n");
    assert_eq!(home.path().read_dir().unwrap().count(), 0);
}

#[test]
fn the_json_names_every_check_and_what_is_to_be_mended() {
    let home = tempfile::tempdir().unwrap();
    let report = json(&home, &[]);
    assert_eq!(report["result"], "mend");
    assert_eq!(check(&report, "pcsc")["code"], "ZR101");
    assert_eq!(check(&report, "card")["result"], "note");
    for name in ["memory", "core_dumps", "settings", "locale", "proxy", "name", "tls", "audience", "version", "maintenance"] {
        assert_eq!(check(&report, name)["result"], "ok", "{name}");
    }
    assert!(report["checks"].as_array().unwrap().len() >= 20);
}

#[test]
fn memory_that_cannot_be_locked_and_a_proxy_are_said() {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new("prlimit");
    // A limit holds only for those who have not the right to go beyond it.
    command.args(["--memlock=0", "setpriv", "--bounding-set=-ipc_lock", "--inh-caps=-ipc_lock", env!("CARGO_BIN_EXE_zairyu")]);
    let output = command
        .args(["doctor", "--json", "--service", "https://service.invalid"])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", home.path())
        .env("LANG", "en_US.UTF-8")
        .env("HTTPS_PROXY", "http://anne:secret@127.0.0.1:9")
        .env("PCSCLITE_CSOCK_NAME", home.path().join("no-pcscd"))
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let report: Value = serde_json::from_str(&said).unwrap_or_else(|why| panic!("{why}: {said} {:?}", output.stderr));
    assert_eq!(check(&report, "page_locking")["result"], "note");
    assert_eq!(said.matches("swap").count(), 1, "{said}");
    assert_eq!((&check(&report, "proxy")["result"], &check(&report, "proxy")["detail"]), (&"ok".into(), &"127.0.0.1:9".into()));
    assert!(!said.contains("secret"));
}

#[cfg(feature = "service")]
#[test]
fn a_service_is_asked_for_its_address_its_version_and_its_word_and_nothing_is_registered() {
    use zairyu::worker::PROTOCOL;
    let home = tempfile::tempdir().unwrap();
    let data = tempfile::tempdir().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("127.0.0.1:{port}");
    let serve = |public: &str| {
        let mut service = Command::new(env!("CARGO_BIN_EXE_zairyu"));
        service.args(["serve", "--listen", &address, "--public-url", public]).arg("--data").arg(data.path());
        let mut service = service.env("HOME", home.path()).stdout(std::process::Stdio::piped()).spawn().unwrap();
        // It says its address once it listens.
        BufReader::new(service.stdout.take().unwrap()).lines().next();
        let report = json(&home, &["--service", &format!("http://{address}")]);
        service.kill().unwrap();
        service.wait().unwrap();
        report
    };
    let report = serve(&format!("http://{address}"));
    for name in ["service", "clock", "audience", "version", "maintenance"] {
        assert_eq!(check(&report, name)["result"], "ok", "{report}");
    }
    assert_eq!(check(&report, "version")["detail"], PROTOCOL.to_string());
    let other = serve("https://other.example");
    assert_eq!(check(&other, "audience")["code"], "ZR505");
    assert_eq!(check(&other, "audience")["detail"], "https://other.example");
}

#[test]
fn a_settings_file_that_cannot_be_used_is_reported_and_does_not_stop_the_other_checks() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("mine.toml");
    std::fs::write(&file, "colour = 1").unwrap();
    let report = json(&home, &["--config", file.to_str().unwrap()]);
    assert_eq!(check(&report, "settings")["code"], "ZR705");
    let detail = check(&report, "settings")["detail"].as_str().unwrap();
    assert!(detail.starts_with("~/mine.toml") && detail.contains("colour"), "{detail}");
    assert_eq!(check(&report, "pcsc")["code"], "ZR101");
}

#[test]
fn a_service_is_asked_whether_it_lives_and_what_time_it_is() {
    let home = tempfile::tempdir().unwrap();
    let asked = |head| json(&home, &["--service", &service(head)]);
    let late = asked("Content-Type: application/json\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
    assert_eq!((&check(&late, "service")["result"], &check(&late, "clock")["code"]), (&"ok".into(), &"ZR610".into()));
    let silent = asked("Content-Type: application/json\r\n");
    assert_eq!(check(&silent, "clock")["result"], "note");
    let another = asked("Content-Type: text/html\r\n");
    assert_eq!(check(&another, "service")["code"], "ZR505");
    let nobody = json(&home, &["--service", "http://127.0.0.1:1"]);
    assert_eq!(check(&nobody, "service")["code"], "ZR501");
    let nameless = json(&home, &["--service", "https://no-such-service.invalid"]);
    assert_eq!((&check(&nameless, "name")["code"], &check(&nameless, "service")["result"]), (&"ZR502".into(), &"note".into()));
    let plain = json(&home, &["--service", "http://192.0.2.1"]);
    assert_eq!(check(&plain, "tls")["code"], "ZR503");
}

#[test]
fn a_service_that_never_answers_is_not_waited_for_longer_than_five_seconds() {
    let home = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let since = Instant::now();
    let report = json(&home, &["--service", &format!("http://{}", listener.local_addr().unwrap())]);
    assert_eq!(check(&report, "service")["code"], "ZR504");
    assert!(since.elapsed() < Duration::from_secs(6), "{:?}", since.elapsed());
}

#[cfg(feature = "service")]
#[test]
fn a_data_folder_that_cannot_be_written_is_named() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("file");
    std::fs::write(&file, "").unwrap();
    let report = json(&home, &["--data", file.to_str().unwrap()]);
    assert_eq!(check(&report, "data_folder")["code"], "ZR702");
}

#[test]
fn records_that_the_form_refuses_are_to_be_mended() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("person.toml");
    for (text, result) in [("birth_date = 1990-04-01\nsex = \"F\"\n", "ok"), ("birth_date = 1990-04-01\nphone = 9012345678\n", "mend")] {
        std::fs::write(&path, text).unwrap();
        let report = json(&home, &["--prefill", path.to_str().unwrap()]);
        let settings = check(&report, "settings");
        assert_eq!(settings["result"], result, "{settings}");
        assert!(result == "ok" || settings["detail"].as_str().unwrap().contains("line 2, phone"), "{settings}");
    }
}

#[test]
fn a_command_that_prints_and_a_list_that_cannot_be_used_are_named_with_what_to_do() {
    let home = tempfile::tempdir().unwrap();
    let settings = home.path().join("zairyu.toml");
    let report = |print: &str, list: &str| {
        std::fs::write(&settings, format!("print = [{print:?}]\ndone_list = {:?}\n", home.path().join(list))).unwrap();
        json(&home, &["--config", settings.to_str().unwrap()])
    };
    let good = report("/bin/sh", "done.csv");
    assert_eq!((&check(&good, "print")["result"], &check(&good, "done_list")["result"]), (&"ok".into(), &"ok".into()));
    assert!(!home.path().join("done.csv").exists());
    let bad = report("no-such-command", "no-such-folder/done.csv");
    for (name, said) in [("print", "no-such-command"), ("done_list", "folder")] {
        assert_eq!(check(&bad, name)["code"], "ZR705");
        assert!(check(&bad, name)["detail"].as_str().unwrap().contains(said), "{bad}");
    }
}
