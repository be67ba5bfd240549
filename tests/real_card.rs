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
        a_wrong_signing_password_costs_one_try_and_the_screen_says_how_many_are_left,
        a_lifted_card_is_noticed_and_the_way_goes_on_when_it_is_back,
        a_terminated_program_gives_the_terminal_back,
    ])
}

#[cfg(all(target_os = "linux", feature = "service"))]
mod scenes {
    use std::time::Duration;

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
        let folder = tempfile::tempdir().unwrap();
        let [anchors, service, client] = ["anchors", "service", "client"].map(|name| folder.path().join(name));
        let card = Card::insert(ZAIRYU, &["--export-anchors", anchors.to_str().unwrap()]);
        let _service = Service::start(ZAIRYU, &service, &anchors);
        let url = format!("http://{SERVICE}");
        let args = ["--lang", "ja", "--service", &url, "--test-cards", "--anchors", anchors.to_str().unwrap()];
        let screen = Screen::start(ZAIRYU, &args, &[("HOME", client.to_str().unwrap())], 24, 80);
        Set { screen, card, _service, _folder: folder }
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
        assert!(!holds(&screen.bytes_since(0), AUTHENTICATION));
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
        screen.wait_for("マイナンバーカードがあります");
        assert_eq!(card.ask("lift"), "lifted");
        screen.wait_gone("マイナンバーカードがあります");
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
}
