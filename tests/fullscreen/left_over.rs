//! What of a PIN is left in the program's memory: nothing, typed or pasted, taken back, refused or sent, in whatever form or distance of its
//! letters. Practice mode holds the right PINs itself, in its card, so that here all are wrong ones.

use std::time::{Duration, Instant};

use crate::Demo;
use crate::journey;
use crate::memory;
use crate::pty::key;

/// Letters that stand nowhere else, neither whole nor one by one.
const TYPED: &str = "WQZXKV79";

/// The search finds the PIN while it is there, or finding nothing means nothing; then it is gone as soon as the page has changed.
fn holds(demo: &Demo) {
    assert!(!memory::find(demo.id(), &[TYPED]).is_empty(), "the search is blind");
}

/// Nothing is left, not even parts, once the program has come to rest: the thread that has drawn may still be wiping.
fn holds_no_more(demo: &Demo) {
    let parts = [TYPED, "WQZXKV", "QZXKV7", "ZXKV79"];
    let deadline = Instant::now() + Duration::from_secs(2);
    while !memory::find(demo.id(), &parts).is_empty() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(50));
    }
    memory::assert_none(demo.id(), &parts);
}

fn given(give: impl Fn(&mut Demo)) {
    let mut demo = Demo::new(&[]);
    journey::to_signing_pin(&mut demo);
    // Taken back.
    give(&mut demo);
    demo.wait_for("8文字");
    holds(&demo);
    demo.press(key::ESC);
    demo.wait_for("はじめに準備");
    holds_no_more(&demo);
    // Sent.
    demo.press(key::ENTER);
    demo.wait_for("0文字");
    give(&mut demo);
    demo.wait_for("8文字");
    holds(&demo);
    demo.press(key::ENTER);
    demo.wait_for("あと4回です");
    holds_no_more(&demo);
}

#[test]
fn a_pin_that_was_typed_is_gone_once_it_was_taken_back_or_sent() {
    given(|demo| {
        for (typed, letter) in (1..).zip(TYPED.split_inclusive(|_: char| true)) {
            demo.press(letter);
            demo.wait_for(&format!("{typed}文字"));
        }
    });
}

#[test]
fn a_pin_that_came_in_one_burst_is_gone_once_it_was_taken_back_or_sent() {
    given(|demo| demo.press(TYPED));
}

#[test]
fn a_pin_that_was_pasted_is_gone_once_it_was_taken_back_or_sent() {
    given(|demo| demo.paste(TYPED));
}

#[test]
fn a_pin_as_another_program_had_keys_sent_is_gone_once_it_was_taken_back_or_sent() {
    given(|demo| {
        let keys: String = TYPED.bytes().map(|letter| format!("\x1b[{letter}u")).collect();
        demo.press(&keys);
    });
}

#[test]
fn a_paste_that_is_refused_or_has_no_place_to_go_is_gone_at_once() {
    let mut demo = Demo::new(&[]);
    demo.wait_for("マイナンバーカードです");
    let mark = demo.mark();
    demo.paste(TYPED);
    // A paste that changes nothing draws nothing: the key behind it tells that it was read.
    demo.press(key::DOWN);
    demo.wait_for_bytes(mark, b"\x1b[?2026l");
    demo.press(key::UP);
    holds_no_more(&demo);
    journey::to_signing_pin(&mut demo);
    demo.paste(&format!("{TYPED}!"));
    demo.wait_for("＊貼り付けた文字に使えないものがあるので、何も入れませんでした。");
    holds_no_more(&demo);
    demo.paste(&(TYPED.to_owned() + &" ".repeat(4096) + TYPED));
    demo.wait_for("0文字");
    holds_no_more(&demo);
}

#[test]
fn a_pin_that_was_shown_is_gone_once_it_was_taken_back() {
    let mut demo = Demo::new(&[]);
    journey::to_signing_pin(&mut demo);
    demo.type_text(TYPED);
    demo.press(key::TAB);
    demo.press(" ");
    demo.wait_for(TYPED);
    holds(&demo);
    demo.press(key::ESC);
    demo.wait_for("はじめに準備");
    holds_no_more(&demo);
}

#[test]
fn what_can_be_undone_in_a_field_is_gone_with_the_visit() {
    let mut demo = Demo::at_step1();
    demo.type_text(TYPED);
    demo.wait_for(TYPED);
    demo.press("\x15"); // Ctrl-U.
    demo.wait_gone(TYPED);
    holds(&demo);
    demo.press(key::F8);
    demo.wait_for("次の人に代わりますか");
    demo.press("2");
    demo.wait_for("新規利用者登録");
    holds_no_more(&demo);
}
