//! What of a person is left in the program's memory.

use rustix::process::Signal;
use std::time::{Duration, Instant};

use crate::desk::{ANNE, AUTHENTICATION_PIN, CARD_THERE, Desk};
use crate::journey::{self, AUTHENTICATION, SIGNING};
use crate::letters;
use crate::memory;
use crate::pty::{Screen, key};
use crate::stage::READERS;
use crate::swaps::{answers, asks, reach_step1_in_line_mode, reach_step2_in_line_mode};
use crate::trace::Trace;

/// What is known of Anne, in the forms in which the program and the service hold it.
pub(crate) const ABOUT_ANNE: [&str; 8] =
    ["MONTGOMERY", "19900401", "1990-04-01", "西新宿２－８－１", "0353812960", "anne@kite.example.jp", "QX48151623WZ", SIGNING];

pub(crate) fn after_a_visit_nothing_of_the_person_is_left_in_the_memory_of_the_program() {
    let mut desk = Desk::alone("anne", &[]);
    desk.screen.wait_for(CARD_THERE);
    memory::assert_none(desk.screen.id(), &ABOUT_ANNE);
    // A visit that comes to nothing. Its last keys are letters; so many come before them that std's channel, which lets go of what it has
    // handed over by blocks of 31, holds most of them in one.
    desk.reach_step1();
    desk.fill_in(&ANNE);
    desk.screen.press(&key::BACK_TAB.repeat(2));
    desk.screen.press(&key::BACKSPACE.repeat(27));
    desk.screen.type_text("QX48151623WZ");
    desk.screen.wait_for("QX48151623WZ");
    next_person(&mut desk.screen, "次の人に代わりますか");
    memory::assert_none(desk.screen.id(), &[&ABOUT_ANNE[..], &["QX4815", "481516", "151623", "1623WZ"]].concat());
    // One that ends with a registration.
    desk.reach_step1();
    desk.reach_step2(&ANNE);
    // The search finds what is there, and only that.
    let shown = ["MONTGOMERY", "19900401", "西新宿２－８－１", "0353812960", "anne@kite.example.jp", "QX48151623WZ"];
    let finds = memory::find(desk.screen.id(), &shown);
    for canary in shown {
        let forms: Vec<_> = finds.iter().filter(|find| find.canary == canary).map(|find| find.form).collect();
        assert!(forms.contains(&"UTF-8") && forms.contains(&"letter by letter"), "{canary} in a string and on the screen: {forms:?}");
    }
    memory::assert_none(desk.screen.id(), &["nobody@kite.example.jp"]);
    journey::to_step3(&mut desk.screen);
    let id = desk.authentication_id();
    let id = [id.as_str(), &id.replace('-', "")];
    assert!(!memory::find(desk.screen.id(), &id).is_empty());
    next_person(&mut desk.screen, "認証IDを紙に書きましたか");
    memory::assert_none(desk.screen.id(), &[&ABOUT_ANNE[..], &id].concat());
    assert_eq!(desk.first.verifies(), [2, 2]);
}

pub(crate) fn after_a_receipt_was_printed_and_saved_nothing_of_the_person_is_left_in_the_memory_of_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("zairyu.toml");
    std::fs::write(&settings, "print = [\"sh\", \"-c\", \"cat > /dev/null; echo printed\"]\n").unwrap();
    let mut desk = Desk::alone("anne", &["--config", settings.to_str().unwrap()]);
    // The home folder, into which a receipt is saved.
    std::fs::create_dir(desk.folder("client")).unwrap();
    desk.screen.wait_for(CARD_THERE);
    desk.reach_step1();
    desk.reach_step2(&ANNE);
    journey::to_step3(&mut desk.screen);
    let id = desk.authentication_id();
    for (key, done) in [("2", "プリンターに渡しました"), ("3", "控えを保存しました")] {
        desk.screen.press(key);
        desk.screen.wait_for(done);
    }
    desk.screen.press("5");
    desk.screen.wait_for("スマートフォンで読み取って");
    desk.screen.press(key::ESC);
    desk.screen.wait_for("登録が完了しました");
    let mark = desk.screen.mark();
    // It was printed: nothing is asked.
    desk.screen.press(key::F8);
    desk.screen.wait_for_bytes(mark, b"\x1b[K\r\x1b[B\x1b[K");
    desk.screen.wait_for("新規利用者登録");
    holds_no_more(&desk, &id);
}

/// End the visit, by the key for the next person: the screen is wiped and drawn anew.
fn next_person(screen: &mut Screen, question: &str) {
    screen.press(key::F8);
    screen.wait_for(question);
    let mark = screen.mark();
    screen.press("2");
    // Row after row.
    screen.wait_for_bytes(mark, b"\x1b[K\r\x1b[B\x1b[K");
    screen.wait_for("新規利用者登録");
    screen.wait_for(CARD_THERE);
}

/// Type a password as slowly as the program shows it.
fn type_slowly(screen: &mut Screen, password: &str) {
    for (typed, letter) in (1..).zip(password.split_inclusive(|_: char| true)) {
        screen.press(letter);
        screen.wait_for(&"*".repeat(typed));
    }
}

pub(crate) fn a_password_is_in_the_memory_of_the_program_until_it_was_sent_and_then_no_more() {
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

/// Require that nothing of Anne is left once the program has come to rest.
fn holds_no_more(desk: &Desk, id: &str) {
    comes_to_hold_none(desk, &[&ABOUT_ANNE[..], &[id, &id.replace('-', "")]].concat());
}

/// Require that none of these is left once the program has come to rest.
pub(crate) fn comes_to_hold_none(desk: &Desk, canaries: &[&str]) {
    let deadline = Instant::now() + Duration::from_secs(2);
    while !memory::find(desk.screen.id(), canaries).is_empty() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(50));
    }
    memory::assert_none(desk.screen.id(), canaries);
}

/// Register Anne in line mode, and return the 認証ID.
fn register_in_line_mode(desk: &mut Desk) -> String {
    reach_step1_in_line_mode(desk);
    reach_step2_in_line_mode(desk);
    let finds = memory::find(desk.screen.id(), &ABOUT_ANNE[..6]);
    for canary in &ABOUT_ANNE[..6] {
        // The date stands there as it was signed, not yet as it will be.
        assert!(*canary == "1990-04-01" || finds.iter().any(|find| find.canary == *canary), "{canary}: the search is blind");
    }
    answers(&mut desk.screen, "0. 登録", "0");
    asks(&desk.screen, "登録が完了しました");
    desk.authentication_id()
}

pub(crate) fn after_a_visit_in_line_mode_nothing_of_the_person_is_left_in_the_memory_of_the_program() {
    let mut desk = Desk::alone("anne", &["--line"]);
    let id = register_in_line_mode(&mut desk);
    answers(&mut desk.screen, "登録が完了しました", "n");
    answers(&mut desk.screen, "紙に書きましたか", "2");
    asks(&desk.screen, "7. 終");
    holds_no_more(&desk, &id);
}

pub(crate) fn the_program_leaves_nothing_of_the_person_in_its_memory_when_it_ends() {
    let mut desk = Desk::alone("anne", &[]);
    for signal in [Signal::TERM, Signal::HUP] {
        desk.screen.wait_for(CARD_THERE);
        desk.reach_step1();
        desk.reach_step2(&ANNE);
        ends(&desk, signal, "QX48151623WZ");
        desk.start_again(&[]);
    }
    desk.screen.wait_for(CARD_THERE);
    desk.reach_step1();
    desk.reach_step2(&ANNE);
    journey::to_step3(&mut desk.screen);
    let id = desk.authentication_id();
    ends(&desk, Signal::TERM, &id);
}

pub(crate) fn line_mode_leaves_nothing_of_the_person_in_its_memory_when_it_ends() {
    let mut desk = Desk::alone("anne", &["--line"]);
    reach_step1_in_line_mode(&mut desk);
    reach_step2_in_line_mode(&mut desk);
    ends(&desk, Signal::HUP, "QX48151623WZ");
    desk.start_again(&["--line"]);
    let id = register_in_line_mode(&mut desk);
    ends(&desk, Signal::TERM, &id);
}

fn ends(desk: &Desk, signal: Signal, id: &str) {
    let trace = Trace::holding_at_exit(desk.screen.id(), desk.folder("last-call").as_ref());
    desk.screen.kill(signal);
    trace.wait_for_exit();
    holds_no_more(desk, id);
}

pub(crate) fn after_what_a_registered_person_asks_for_nothing_of_it_is_left_in_the_memory_of_the_program() {
    const PASSWORD: &str = "WQZXKV79 kites over Nara";
    const ADDRESS: &str = "anne@newkite.example.ne.jp";
    let mut desk = Desk::alone("anne", &[]);
    desk.screen.wait_for(CARD_THERE);
    let id = desk.registers_with_password(PASSWORD);
    let code = letters::code(desk.folder("service").as_ref(), 1);
    // A login with it.
    account_action(&mut desk.screen, "2", "登録が使えることを確かめます");
    desk.screen.type_text(&id);
    desk.screen.press(key::ENTER);
    desk.screen.type_text(PASSWORD);
    desk.screen.wait_for(&"*".repeat(PASSWORD.len()));
    assert!(!memory::find(desk.screen.id(), &[&id]).is_empty(), "the search is blind");
    desk.screen.press(key::ENTER);
    desk.screen.wait_for("ログインできました。");
    desk.screen.press("1");
    // Another address.
    account_action(&mut desk.screen, "5", "新しいメールアドレス");
    for _ in 0..2 {
        desk.screen.type_text(ADDRESS);
        desk.screen.press(key::ENTER);
    }
    desk.screen.wait_for(AUTHENTICATION_PIN);
    desk.screen.type_text(AUTHENTICATION);
    desk.screen.press(key::ENTER);
    desk.screen.wait_for("メールアドレスを直しました。");
    assert!(!memory::find(desk.screen.id(), &[ADDRESS]).is_empty(), "the search is blind");
    desk.screen.press("1");
    desk.screen.wait_for("新規利用者登録");
    desk.screen.wait_for(CARD_THERE);
    holds_no_more(&desk, &id);
    memory::assert_none(desk.screen.id(), &["WQZXKV79", "WQZXKV", "ZXKV79", "anne@newkite", "newkite", &code, &code[..20]]);
}

/// From the top page to the page of an account action.
fn account_action(screen: &mut Screen, number: &str, page: &str) {
    screen.wait_for("新規利用者登録");
    screen.wait_for(CARD_THERE);
    screen.press("5");
    screen.wait_for("何をしますか");
    screen.press(number);
    screen.wait_for(page);
}
