//! Which card is asked what, and what is noticed of readers and cards that come and go.

use std::fs;
use std::process::Command;

use rustix::process::Signal;

use crate::desk::{CARD_THERE, Desk, ZAIRYU, wait_until};
use crate::journey;
use crate::pty::key;
use crate::stage::{self, READERS};

pub(crate) fn the_self_diagnosis_sees_both_readers_and_looks_at_one_card() {
    let mut desk = Desk::open(["anne", "taro"], &["--reader", READERS[1]]);
    let asked = desk.first.count();
    let output = Command::new(ZAIRYU).args(["doctor", "--json"]).env("HOME", desk.folder("doctor")).output().unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let check = |name: &str| report["checks"].as_array().unwrap().iter().find(|check| check["check"] == name).unwrap().clone();
    assert_eq!(check("reader")["detail"], READERS.join(", "));
    assert_eq!(check("card")["result"], "ok");
    assert!(desk.first.count() > asked);
    assert_eq!((desk.first.verifies(), desk.second().verifies()), ([0, 0], [0, 0]));
}

pub(crate) fn each_password_is_sent_once_to_the_card_of_the_chosen_reader_and_never_to_the_other() {
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
    assert_eq!((desk.second().verifies(), desk.second().count()), ([0, 0], 0));
}

pub(crate) fn the_card_in_the_first_reader_is_asked_nothing_when_the_second_is_chosen() {
    let mut desk = Desk::open(["anne", "taro"], &["--reader", READERS[1]]);
    journey::to_signing_pin(&mut desk.screen);
    journey::to_step1(&mut desk.screen);
    assert_eq!(desk.second().verifies(), [1, 1]);
    assert_eq!((desk.first.verifies(), desk.first.count()), ([0, 0], 0));
}

pub(crate) fn both_cards_are_taken_by_one_service() {
    let mut desk = Desk::open(["anne", "kana"], &["--reader", READERS[0]]);
    journey::to_signing_pin(&mut desk.screen);
    journey::to_step1(&mut desk.screen);
    desk.start_again(&["--reader", READERS[1]]);
    journey::to_signing_pin(&mut desk.screen);
    journey::to_step1(&mut desk.screen);
    assert_eq!((desk.first.verifies(), desk.second().verifies()), ([1, 1], [1, 1]));
}

pub(crate) fn a_person_s_card_is_the_same_in_the_other_reader() {
    let mut desk = Desk::open(["anne", "taro"], &["--reader", READERS[0]]);
    journey::to_signing_pin(&mut desk.screen);
    desk.screen.type_text("WRONG1");
    desk.screen.press(key::ENTER);
    desk.screen.wait_for("あと4回");
    desk.first.lift();
    desk.second().exchange_for("anne");
    assert_eq!(desk.second().tries(), [4, 3]);
    desk.second().exchange_for("taro");
    assert_eq!(desk.second().tries(), [5, 3]);
}

pub(crate) fn a_card_swapped_while_the_program_did_not_look_is_looked_at() {
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

pub(crate) fn a_transport_card_is_told_by_its_answer_to_reset_and_sent_nothing() {
    let mut desk = Desk::open(["anne", "taro"], &["--reader", READERS[0]]);
    desk.screen.wait_for(CARD_THERE);
    desk.first.exchange_for("kind=transport");
    desk.screen.wait_for("(ZR203)");
    assert_eq!(desk.first.count(), 0);
    desk.first.exchange_for("anne");
    desk.screen.wait_for(CARD_THERE);
}

pub(crate) fn a_card_service_that_stops_and_comes_back_is_found_and_its_card_looked_at_again() {
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
    assert_eq!(desk.second().count(), 0);
}

pub(crate) fn readers_that_are_gone_and_come_back_are_seen() {
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
