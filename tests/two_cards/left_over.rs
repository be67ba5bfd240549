//! What of a person is left in the program's memory.

use crate::desk::{ANNE, CARD_THERE, Desk};
use crate::journey::{self, SIGNING};
use crate::memory;
use crate::pty::{Screen, key};
use crate::stage::READERS;

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
