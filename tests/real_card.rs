//! The whole program against a real pcscd: a simulated card in vsmartcard's reader, a service of its own, the full screen in a
//! pseudo-terminal. Runs in namespaces of its own (tests/stage), or says that it did not.
#![allow(clippy::unwrap_used, reason = "in a test, a failure is a panic")]

use std::process::ExitCode;

#[cfg(target_os = "linux")]
#[path = "common/journey.rs"]
mod journey;
#[cfg(target_os = "linux")]
#[path = "common/pty.rs"]
mod pty;
#[cfg(target_os = "linux")]
#[path = "common/stage.rs"]
mod stage;

#[cfg(not(all(target_os = "linux", feature = "service")))]
fn main() -> ExitCode {
    println!("test result: ok. 0 passed; 0 failed; 0 ignored; NOT RUN: needs Linux, and the feature `service` for card and service");
    ExitCode::SUCCESS
}

#[cfg(all(target_os = "linux", feature = "service"))]
fn main() -> ExitCode {
    use scenes::*;
    stage::run(stage::scenes![
        a_person_registers_and_nothing_stays_behind,
        a_person_registers_with_the_card_that_comes_next,
        a_wrong_signing_password_costs_one_try_and_the_screen_says_how_many_are_left,
        a_lifted_card_is_noticed_and_the_way_goes_on_when_it_is_back,
        a_terminated_program_gives_the_terminal_back,
        a_service_that_is_down_is_tried_again_once_it_is_up,
        a_service_that_is_slow_can_be_left_waiting,
        a_service_that_answers_nonsense_has_words_for_each_kind,
        a_service_with_another_s_certificate_gets_nothing,
        without_the_smart_card_library_all_that_needs_no_card_works_and_the_rest_says_what_to_install,
    ])
}

#[cfg(all(target_os = "linux", feature = "service"))]
mod scenes {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    use rustix::process::Signal;
    use tempfile::TempDir;

    use crate::journey::{self, AUTHENTICATION, SIGNING};
    use crate::pty::{Screen, key};
    use crate::stage::{Card, SERVICE, Service};

    const ZAIRYU: &str = env!("CARGO_BIN_EXE_zairyu");
    const SOON: Duration = Duration::from_secs(5);

    /// A card in the reader, a service that trusts its authority, and the program on the full screen.
    struct Set {
        screen: Screen,
        card: Card,
        _service: Service,
        _folder: TempDir,
    }

    fn set() -> Set {
        set_of(&[])
    }

    /// With this kind of card.
    fn set_of(kind: &[&str]) -> Set {
        let folder = tempfile::tempdir().unwrap();
        let [anchors, service, client] = ["anchors", "service", "client"].map(|name| folder.path().join(name));
        let card = Card::insert(ZAIRYU, &[&["--export-anchors", anchors.to_str().unwrap()], kind].concat());
        let _service = Service::start(ZAIRYU, &service, &anchors);
        let url = format!("http://{SERVICE}");
        let args = ["--lang", "ja", "--service", &url, "--test-cards", "--anchors", anchors.to_str().unwrap()];
        let screen = Screen::start(ZAIRYU, &args, &[("HOME", client.to_str().unwrap())], 24, 80);
        Set { screen, card, _service, _folder: folder }
    }

    /// As `set`, but nothing listens where the service should be; the program stands behind the second PIN, which calls the service.
    fn behind_the_pins(url: &str) -> (Screen, Card, TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let [anchors, client] = ["anchors", "client"].map(|name| folder.path().join(name).to_str().unwrap().to_owned());
        let card = Card::insert(ZAIRYU, &["--export-anchors", &anchors]);
        let args = ["--lang", "ja", "--service", url, "--test-cards", "--anchors", &anchors];
        let mut screen = Screen::start(ZAIRYU, &args, &[("HOME", &client)], 24, 80);
        journey::to_signing_pin(&mut screen);
        screen.type_text(SIGNING);
        screen.press(key::ENTER);
        screen.wait_for("利用者証明用パスワード（4桁");
        screen.type_text(AUTHENTICATION);
        screen.press(key::ENTER);
        (screen, card, folder)
    }

    /// Return the address of a service that gives every caller the next of these answers and hangs up; None is an answer that never comes.
    fn misbehave(answers: Vec<Option<&'static str>>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            let mut kept = Vec::new();
            for answer in answers {
                let Ok((mut caller, _)) = listener.accept() else { return };
                let _ = caller.read(&mut [0; 4096]);
                match answer {
                    Some(answer) => drop(caller.write_all(answer.as_bytes())),
                    None => kept.push(caller),
                }
            }
            // The last caller is kept waiting as long as the test lasts.
            std::thread::park();
        });
        url
    }

    fn holds(bytes: &[u8], text: &str) -> bool {
        bytes.windows(text.len()).any(|part| part == text.as_bytes())
    }

    pub(super) fn a_person_registers_and_nothing_stays_behind() {
        let Set { mut screen, mut card, _service, _folder } = set();
        journey::to_signing_pin(&mut screen);
        assert!(screen.alternate_screen());
        journey::to_step1(&mut screen);
        screen.wait_for("MONTGOMERY ANNE");
        // The example of the phone number, where STEP1 begins, has the same digits.
        let said = String::from_utf8_lossy(&screen.bytes_since(0)).replace("09012345678", "");
        assert!(!holds(said.as_bytes(), AUTHENTICATION));
        journey::to_step2(&mut screen);
        journey::to_step3(&mut screen);
        assert!(screen.screen().contains("認証ID"), "{}", screen.screen());
        assert_eq!(card.ask("tries"), "tries 5 3");
        journey::leave(&mut screen);
        assert!(screen.exit_status(SOON).success());
        assert!(screen.cooked() && !screen.alternate_screen());
        assert!(!screen.screen().contains("MONTGOMERY"), "{}", screen.screen());
        assert!(!holds(&screen.bytes_since(0), SIGNING));
    }

    pub(super) fn a_person_registers_with_the_card_that_comes_next() {
        let Set { mut screen, mut card, _service, _folder } = set_of(&["--next-card"]);
        journey::to_signing_pin(&mut screen);
        journey::to_step1(&mut screen);
        screen.wait_for("MONTGOMERY ANNE");
        journey::to_step2(&mut screen);
        journey::to_step3(&mut screen);
        assert_eq!(card.ask("tries"), "tries 5 3");
    }

    pub(super) fn a_wrong_signing_password_costs_one_try_and_the_screen_says_how_many_are_left() {
        let Set { mut screen, mut card, _service, _folder } = set();
        journey::to_signing_pin(&mut screen);
        screen.type_text("WRONG1");
        screen.press(key::ENTER);
        screen.wait_for("あと4回");
        assert_eq!(card.ask("tries"), "tries 4 3");
        journey::to_step1(&mut screen);
        assert_eq!(card.ask("tries"), "tries 5 3");
    }

    pub(super) fn a_lifted_card_is_noticed_and_the_way_goes_on_when_it_is_back() {
        let Set { mut screen, mut card, _service, _folder } = set();
        screen.wait_for("マイナンバーカードです");
        assert_eq!(card.ask("lift"), "lifted");
        screen.wait_gone("マイナンバーカードです");
        screen.press(key::ENTER);
        screen.wait_for("はじめに準備");
        screen.press(key::ENTER);
        screen.wait_for("ZR201");
        assert_eq!(card.ask("insert"), "inserted anne");
        screen.wait_for("署名用パスワード（6～16桁");
    }

    pub(super) fn a_terminated_program_gives_the_terminal_back() {
        let Set { mut screen, card: _card, _service, _folder } = set();
        journey::to_signing_pin(&mut screen);
        screen.kill(Signal::TERM);
        screen.exit_status(SOON);
        assert!(screen.cooked() && !screen.alternate_screen());
    }

    pub(super) fn a_service_that_is_down_is_tried_again_once_it_is_up() {
        let (mut screen, _card, folder) = behind_the_pins(&format!("http://{SERVICE}"));
        screen.wait_for("コード ZR501");
        screen.wait_for("登録のサービスにつながりません");
        screen.wait_for("入力した内容は残っています");
        let _service = Service::start(ZAIRYU, &folder.path().join("service"), &folder.path().join("anchors"));
        screen.press(key::ENTER);
        screen.wait_for("zairyu  利用者情報入力(STEP1)");
        journey::to_step2(&mut screen);
        drop(_service);
        screen.press(key::F10);
        screen.press(key::ENTER);
        screen.wait_for("コード ZR501");
        screen.press(key::ESC);
        screen.wait_for("まだ登録していません");
        screen.wait_for("saburo@example.jp");
        let _service = Service::start(ZAIRYU, &folder.path().join("service"), &folder.path().join("anchors"));
        screen.press(key::F10);
        screen.press(key::ENTER);
        screen.wait_for("登録が完了しました");
    }

    pub(super) fn a_service_that_is_slow_can_be_left_waiting() {
        let url = misbehave(vec![None, None]);
        let (mut screen, _card, _folder) = behind_the_pins(&url);
        screen.wait_for("サービスに送っています");
        screen.wait_for("Esc 中止");
        screen.press(key::ESC);
        screen.wait_gone("Esc 中止");
        journey::leave(&mut screen);
        assert!(screen.exit_status(SOON).success());
        assert!(screen.cooked() && !screen.alternate_screen());
    }

    pub(super) fn a_service_that_answers_nonsense_has_words_for_each_kind() {
        let kinds = [
            (
                "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\nConnection: close\r\n\r\noops",
                "ZR607",
                "サービスの中で問題が起きました",
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\nConnection: close\r\n\r\n<html></html>",
                "ZR505",
                "サービスの返事が読めません",
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{\"service\":",
                "ZR505",
                "サービスの返事が読めません",
            ),
            (
                "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 9\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                "ZR601",
                "サービスは今お休みです",
            ),
            ("SSH-2.0-OpenSSH_9.2\r\n", "ZR505", "サービスの返事が読めません"),
        ];
        let url = misbehave(kinds.iter().map(|(answer, ..)| Some(*answer)).collect());
        let (mut screen, _card, _folder) = behind_the_pins(&url);
        for (at, (_, code, words)) in kinds.iter().enumerate() {
            if at > 0 {
                let mark = screen.mark();
                screen.press(key::ENTER);
                screen.wait_for_bytes(mark, "Esc".as_bytes()); // It is trying again: only then is the next answer looked for.
            }
            screen.wait_for(&format!("コード {code}"));
            screen.wait_for(words);
            screen.wait_for("[> もう一度試す ]");
        }
        journey::leave(&mut screen);
        assert!(screen.exit_status(SOON).success());
    }

    pub(super) fn a_service_with_another_s_certificate_gets_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let [key_file, certificate] = ["key.pem", "certificate.pem"].map(|name| folder.path().join(name).to_str().unwrap().to_owned());
        let made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=another", "-keyout"];
        let made = Command::new("openssl").args(made).args([&key_file, "-out", &certificate]).stderr(Stdio::null()).status().unwrap();
        assert!(made.success());
        let server = ["s_server", "-quiet", "-accept", SERVICE, "-key", &key_file, "-cert", &certificate];
        let mut server =
            Command::new("openssl").args(server).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let deadline = Instant::now() + Duration::from_secs(30);
        while std::net::TcpStream::connect(SERVICE).is_err() {
            assert!(Instant::now() < deadline, "openssl does not listen on {SERVICE}");
            std::thread::sleep(Duration::from_millis(20)); // Nothing announces that a port is open: it can only be tried.
        }
        let (screen, _card, _folder) = behind_the_pins(&format!("https://{SERVICE}"));
        screen.wait_for("コード ZR503");
        screen.wait_for("本物のサービスかどうか確かめられません");
        server.kill().unwrap();
        server.wait().unwrap();
    }
    pub(super) fn without_the_smart_card_library_all_that_needs_no_card_works_and_the_rest_says_what_to_install() {
        let folder = tempfile::tempdir().unwrap();
        let [anchors, service] = ["anchors", "service"].map(|name| folder.path().join(name));
        let _card = Card::insert(ZAIRYU, &["--export-anchors", anchors.to_str().unwrap()]);
        let known = Command::new("ldconfig").arg("-p").output().unwrap();
        let known = String::from_utf8(known.stdout).unwrap();
        let libraries: Vec<&str> =
            known.lines().filter(|line| line.contains("libpcsclite.so.1 ")).filter_map(|line| line.split(" => ").nth(1)).collect();
        assert!(!libraries.is_empty(), "{known}");
        for library in libraries {
            assert!(Command::new("mount").args(["--bind", "/dev/null", library]).status().unwrap().success(), "{library}");
        }
        let version = Command::new(ZAIRYU).arg("--version").output().unwrap();
        assert!(version.status.success() && version.stdout.starts_with(b"zairyu "));
        let doctor = Command::new(ZAIRYU).args(["doctor", "--lang", "en"]).output().unwrap();
        let said = String::from_utf8(doctor.stdout).unwrap();
        assert!(said.contains("ZR101") && said.contains("Install the packages \"pcscd\""), "{said}");
        let _service = Service::start(ZAIRYU, &service, &anchors);
        let demo = Screen::start(ZAIRYU, &["demo", "--lang", "en"], &[("HOME", folder.path().to_str().unwrap())], 24, 80);
        demo.wait_for("My Number Card in place");
        let url = format!("http://{SERVICE}");
        let mut form = Screen::start(ZAIRYU, &["--lang", "en", "--service", &url], &[("HOME", folder.path().to_str().unwrap())], 24, 80);
        form.wait_for("New registration");
        form.press(key::ENTER);
        form.wait_for("Before you begin");
        form.press(key::ENTER);
        form.wait_for("Code ZR101");
        form.wait_for("Install the packages");
    }
}
