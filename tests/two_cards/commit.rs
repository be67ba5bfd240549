//! 登録 is pressed on purpose or not at all, and what was pressed is waited for to the end (visit.md).

use crate::desk::{ANNE, Desk, STEP2, STEP3, wait_for_look};
use crate::journey;
use crate::pty::key;
use crate::swaps::{reach_step1_in_line_mode, reach_step2_in_line_mode};
use rustix::process::Signal;
use std::time::Duration;

/// STEP2 with the focus on 登録.
const ON_THE_BUTTON: &str = "Enter を押すと登録します";

pub(crate) fn keys_that_are_held_down_or_come_in_one_burst_register_nobody_and_leave_step3_standing() {
    let mut desk = Desk::alone("anne", &[]);
    desk.reach_step1();
    desk.fill_in(&ANNE);
    desk.screen.press(&key::F10.repeat(2));
    desk.screen.wait_for("まだ登録していません。Enter を押すと登録します");
    desk.screen.press(&key::F10.repeat(50));
    desk.back_to_step1();
    // 確認 has the focus.
    desk.screen.press(&key::ENTER.repeat(50));
    desk.screen.wait_for("登録するときは F10");
    assert!(desk.registered("MONTGOMERY").is_empty());
    desk.screen.press(key::F10);
    desk.screen.wait_for(ON_THE_BUTTON);
    desk.screen.press(&key::ENTER.repeat(50));
    desk.screen.wait_for(STEP3);
    let id = desk.authentication_id();
    desk.screen.press(&key::ENTER.repeat(50));
    desk.screen.press(&key::F10.repeat(2));
    desk.screen.press(&key::ESC.repeat(2));
    let mark = desk.screen.mark();
    desk.screen.press(key::TAB);
    desk.screen.wait_for_bytes(mark, b"\x1b[?2026l");
    assert_eq!(desk.authentication_id(), id);
    assert_eq!(desk.registered("MONTGOMERY").len(), 1);
    assert_eq!(desk.first.verifies(), [1, 1]);
}

pub(crate) fn until_the_answer_has_come_neither_key_nor_card_ends_the_visit_and_step3_is_the_person_s() {
    let mut desk = Desk::alone("anne", &[]);
    desk.reach_step1();
    desk.reach_step2(&ANNE);
    desk.service().pause();
    desk.screen.press(key::F10);
    desk.screen.press(key::ENTER);
    // The signature is made: it is on its way.
    desk.screen.wait_for("サービスに送っています");
    let mark = desk.screen.mark();
    for keys in [key::F8, key::CTRL_C, key::ESC] {
        desk.screen.press(keys);
    }
    desk.first.lift();
    desk.first.put_back();
    desk.first.exchange_for("taro");
    desk.screen.press(key::ENTER);
    for frame in desk.screen.frames_since(mark) {
        assert!(frame.contains(STEP2) && frame.contains("登録の返事を待っています"), "{frame}");
    }
    assert_eq!(desk.first.count(), 0);
    desk.service().go_on();
    desk.screen.wait_for(STEP3);
    let id = desk.authentication_id();
    wait_for_look(&mut desk.first, 0);
    assert_eq!(desk.authentication_id(), id);
    assert_eq!(desk.registered(&id)[0]["name"], "MONTGOMERY ANNE");
    desk.screen.press(key::F8);
    desk.screen.wait_for("認証IDを紙に書きましたか");
    desk.screen.press("2");
    journey::to_signing_pin(&mut desk.screen);
    assert_eq!(desk.first.verifies(), [0, 0]);
    desk.first.exchange_for("anne");
    assert_eq!(desk.first.verifies(), [1, 1]);
}

pub(crate) fn in_line_mode_an_interrupt_between_signature_and_answer_waits_for_the_id() {
    let mut desk = Desk::alone("anne", &["--line"]);
    reach_step1_in_line_mode(&mut desk);
    reach_step2_in_line_mode(&mut desk);
    desk.service().pause();
    let mark = desk.screen.mark();
    desk.screen.press("0\r");
    desk.screen.wait_for_bytes(mark, "サービスに送っています".as_bytes());
    desk.screen.kill(Signal::INT);
    desk.screen.kill(Signal::TERM);
    desk.screen.press(key::CTRL_C);
    desk.service().go_on();
    assert_eq!(desk.screen.exit_status(Duration::from_secs(10)).exit_code(), 0);
    assert!(desk.screen.screen().contains("登録が完了しました"), "{}", desk.screen.screen());
    let id = desk.authentication_id();
    assert_eq!(desk.registered(&id)[0]["name"], "MONTGOMERY ANNE");
}
