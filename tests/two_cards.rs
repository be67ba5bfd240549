//! Two persons with a card each and two readers, at a real pcscd with a service elsewhere: which card is asked what, what a swap looks like,
//! and what of a person is left in the program's memory. Runs in namespaces of its own (tests/stage), or says that it did not.
//!
//! A scene is a function in `scenes`, named in `main`: `Desk::open` sets everything up, `journey` goes the way, the cards tell what they were
//! asked (`verifies`, `tries`, `count`), `memory` what is left.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test, a failure is a panic")]

use std::process::ExitCode;

#[cfg(target_os = "linux")]
#[path = "common/journey.rs"]
mod journey;
#[cfg(target_os = "linux")]
#[path = "common/memory.rs"]
mod memory;
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
        the_self_diagnosis_sees_both_readers_and_looks_at_one_card,
        each_password_is_sent_once_to_the_card_of_the_chosen_reader_and_never_to_the_other,
        the_card_in_the_first_reader_is_asked_nothing_when_the_second_is_chosen,
        both_cards_are_taken_by_one_service,
        a_person_s_card_is_the_same_in_the_other_reader,
        a_card_swapped_while_the_program_did_not_look_is_looked_at,
        a_transport_card_is_told_by_its_answer_to_reset_and_sent_nothing,
        a_card_service_that_stops_and_comes_back_is_found_and_its_card_looked_at_again,
        readers_that_are_gone_and_come_back_are_seen,
        what_a_person_typed_is_found_in_the_memory_of_the_program_and_what_nobody_typed_is_not,
        a_password_is_in_the_memory_of_the_program_until_it_was_sent_and_then_no_more,
    ])
}

#[cfg(all(target_os = "linux", feature = "service"))]
mod scenes {
    use std::fs;
    use std::process::Command;
    use std::time::{Duration, Instant};

    use rustix::process::Signal;
    use tempfile::TempDir;

    use crate::journey::{self, SIGNING};
    use crate::memory;
    use crate::pty::{Screen, key};
    use crate::stage::{self, Card, READERS, SERVICE, Service};

    const ZAIRYU: &str = env!("CARGO_BIN_EXE_zairyu");
    /// The top page, with a card that can be used.
    const CARD_THERE: &str = "マイナンバーカードがあります";

    /// Two readers with a card each, of one authority; a service elsewhere that trusts it; and the program on the full screen.
    struct Desk {
        screen: Screen,
        first: Card,
        second: Card,
        _service: Service,
        folder: TempDir,
    }

    impl Desk {
        /// Lay these persons' cards into the two readers, and start service and program, with arguments such as --reader.
        fn open([first, second]: [&str; 2], arguments: &[&str]) -> Desk {
            let folder = tempfile::tempdir().unwrap();
            let [anchors, state, service] = ["anchors", "state", "service"].map(|name| folder.path().join(name));
            let [anchors_path, state] = [&anchors, &state].map(|path| path.to_str().unwrap());
            let first = Card::insert_into(0, ZAIRYU, &["--person", first, "--state", state, "--export-anchors", anchors_path]);
            let second = Card::insert_into(1, ZAIRYU, &["--person", second, "--state", state]);
            let _service = Service::start(ZAIRYU, &service, &anchors);
            let screen = start(&folder, arguments);
            Desk { screen, first, second, _service, folder }
        }

        /// Start another program at the same desk, such as one with another --reader; the first one ends.
        fn start_again(&mut self, arguments: &[&str]) {
            self.screen = start(&self.folder, arguments);
        }
    }

    fn start(folder: &TempDir, arguments: &[&str]) -> Screen {
        let [anchors, client] = ["anchors", "client"].map(|name| folder.path().join(name).to_str().unwrap().to_owned());
        let url = format!("http://{SERVICE}");
        let usual = ["--lang", "ja", "--service", &url, "--test-cards", "--anchors", &anchors];
        Screen::start(ZAIRYU, &[&usual, arguments].concat(), &[("HOME", &client)], 24, 80)
    }

    /// Wait until something holds that can only be asked for.
    fn wait_until(what: &str, mut arrived: impl FnMut() -> bool) {
        let deadline = Instant::now() + Duration::from_secs(10);
        while !arrived() {
            assert!(Instant::now() < deadline, "waited for {what}");
            std::thread::sleep(Duration::from_millis(20)); // Nothing announces it.
        }
    }

    pub(super) fn the_self_diagnosis_sees_both_readers_and_looks_at_one_card() {
        let mut desk = Desk::open(["anne", "taro"], &["--reader", READERS[1]]);
        let asked = desk.first.count();
        let output = Command::new(ZAIRYU).args(["doctor", "--json"]).env("HOME", desk.folder.path().join("doctor")).output().unwrap();
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let check = |name: &str| report["checks"].as_array().unwrap().iter().find(|check| check["check"] == name).unwrap().clone();
        assert_eq!(check("reader")["detail"], READERS.join(", "));
        assert_eq!(check("card")["result"], "ok");
        assert!(desk.first.count() > asked);
        assert_eq!((desk.first.verifies(), desk.second.verifies()), ([0, 0], [0, 0]));
    }

    pub(super) fn each_password_is_sent_once_to_the_card_of_the_chosen_reader_and_never_to_the_other() {
        let mut desk = Desk::open(["anne", "taro"], &["--reader", READERS[0]]);
        journey::to_signing_pin(&mut desk.screen);
        assert_eq!(desk.first.verifies(), [0, 0]);
        desk.screen.type_text("WRONG1");
        desk.screen.press(key::ENTER);
        desk.screen.wait_for("あと4回");
        assert_eq!((desk.first.verifies(), desk.first.tries()), ([1, 0], [4, 3]));
        journey::to_step1(&mut desk.screen);
        assert_eq!((desk.first.verifies(), desk.first.tries()), ([2, 1], [5, 3]));
        journey::to_step2(&mut desk.screen);
        journey::to_step3(&mut desk.screen);
        assert_eq!(desk.first.verifies(), [2, 1]);
        assert_eq!((desk.second.verifies(), desk.second.count()), ([0, 0], 0));
    }

    pub(super) fn the_card_in_the_first_reader_is_asked_nothing_when_the_second_is_chosen() {
        let mut desk = Desk::open(["anne", "taro"], &["--reader", READERS[1]]);
        journey::to_signing_pin(&mut desk.screen);
        journey::to_step1(&mut desk.screen);
        assert_eq!(desk.second.verifies(), [1, 1]);
        assert_eq!((desk.first.verifies(), desk.first.count()), ([0, 0], 0));
    }

    pub(super) fn both_cards_are_taken_by_one_service() {
        let mut desk = Desk::open(["anne", "kana"], &["--reader", READERS[0]]);
        journey::to_signing_pin(&mut desk.screen);
        journey::to_step1(&mut desk.screen);
        desk.start_again(&["--reader", READERS[1]]);
        journey::to_signing_pin(&mut desk.screen);
        journey::to_step1(&mut desk.screen);
        assert_eq!((desk.first.verifies(), desk.second.verifies()), ([1, 1], [1, 1]));
    }

    pub(super) fn a_person_s_card_is_the_same_in_the_other_reader() {
        let mut desk = Desk::open(["anne", "taro"], &["--reader", READERS[0]]);
        journey::to_signing_pin(&mut desk.screen);
        desk.screen.type_text("WRONG1");
        desk.screen.press(key::ENTER);
        desk.screen.wait_for("あと4回");
        desk.first.lift();
        desk.second.exchange_for("anne");
        assert_eq!(desk.second.tries(), [4, 3]);
        desk.second.exchange_for("taro");
        assert_eq!(desk.second.tries(), [5, 3]);
    }

    pub(super) fn a_card_swapped_while_the_program_did_not_look_is_looked_at() {
        let mut desk = Desk::open(["anne", "kana"], &["--reader", READERS[0]]);
        desk.screen.wait_for(CARD_THERE);
        desk.screen.kill(Signal::STOP);
        let stat = format!("/proc/{}/stat", desk.screen.id());
        wait_until("the program to stop", || fs::read_to_string(&stat).unwrap().contains(") T "));
        desk.first.exchange_for("taro");
        assert_eq!(desk.first.count(), 0);
        desk.screen.kill(Signal::CONT);
        wait_until("a look at the card that was put in meanwhile", || desk.first.count() > 0);
    }

    pub(super) fn a_transport_card_is_told_by_its_answer_to_reset_and_sent_nothing() {
        let mut desk = Desk::open(["anne", "taro"], &["--reader", READERS[0]]);
        desk.screen.wait_for(CARD_THERE);
        desk.first.exchange_for("kind=transport");
        desk.screen.wait_for("マイナンバーカードではありません");
        assert_eq!(desk.first.count(), 0);
        desk.first.exchange_for("anne");
        desk.screen.wait_for(CARD_THERE);
    }

    pub(super) fn a_card_service_that_stops_and_comes_back_is_found_and_its_card_looked_at_again() {
        let mut desk = Desk::open(["anne", "taro"], &["--reader", READERS[0]]);
        desk.screen.wait_for(CARD_THERE);
        stage::stop_pcscd();
        desk.screen.wait_gone(CARD_THERE);
        let asked = desk.first.count();
        stage::start_pcscd();
        READERS.iter().for_each(|reader| stage::wait_for_card(reader, true));
        desk.screen.wait_for(CARD_THERE);
        let looked = desk.first.count();
        assert!(looked > asked);
        stage::restart_pcscd();
        wait_until("a look at the card behind the new service", || desk.first.count() > looked);
        assert_eq!(desk.second.count(), 0);
    }

    pub(super) fn readers_that_are_gone_and_come_back_are_seen() {
        let mut desk = Desk::open(["anne", "taro"], &["--reader", READERS[0]]);
        desk.screen.wait_for(CARD_THERE);
        stage::stop_pcscd();
        stage::start_pcscd_without_readers();
        desk.screen.wait_gone(CARD_THERE);
        let asked = desk.first.count();
        stage::restart_pcscd();
        desk.screen.wait_for(CARD_THERE);
        assert!(desk.first.count() > asked);
    }

    pub(super) fn what_a_person_typed_is_found_in_the_memory_of_the_program_and_what_nobody_typed_is_not() {
        let mut desk = Desk::open(["anne", "taro"], &["--reader", READERS[0]]);
        desk.screen.wait_for(CARD_THERE);
        let canaries = ["saburo@example.jp", "MONTGOMERY", "AB12345678CD"];
        memory::assert_none(desk.screen.id(), &canaries);
        journey::to_signing_pin(&mut desk.screen);
        journey::to_step1(&mut desk.screen);
        journey::to_step2(&mut desk.screen);
        let finds = memory::find(desk.screen.id(), &canaries);
        for canary in canaries {
            assert!(finds.iter().any(|find| find.canary == canary), "{canary}");
        }
        memory::assert_none(desk.screen.id(), &["nobody@example.jp"]);
    }

    /// Type a password as slowly as the program shows it. What comes faster than it is read stays in crossterm's input buffer, until what
    /// is typed next is written over it.
    fn type_slowly(screen: &mut Screen, password: &str) {
        for (typed, letter) in (1..).zip(password.split_inclusive(|_: char| true)) {
            screen.press(letter);
            screen.wait_for(&"*".repeat(typed));
        }
    }

    pub(super) fn a_password_is_in_the_memory_of_the_program_until_it_was_sent_and_then_no_more() {
        let mut desk = Desk::open(["anne", "taro"], &["--reader", READERS[0]]);
        journey::to_signing_pin(&mut desk.screen);
        type_slowly(&mut desk.screen, "MISTAKE9");
        assert!(!memory::find(desk.screen.id(), &["MISTAKE9"]).is_empty());
        desk.screen.press(key::ENTER);
        desk.screen.wait_for("あと4回");
        memory::assert_none(desk.screen.id(), &["MISTAKE9"]);
        type_slowly(&mut desk.screen, SIGNING);
        assert!(!memory::find(desk.screen.id(), &[SIGNING]).is_empty());
        desk.screen.press(key::ENTER);
        desk.screen.wait_for("利用者証明用パスワード（4桁");
        memory::assert_none(desk.screen.id(), &["MISTAKE9", SIGNING]);
    }
}
