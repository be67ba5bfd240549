//! The two PIN pages: what costs a try and what does not, what the screen says about it, and that no PIN is ever on the screen unasked.

use crate::Demo;
use crate::journey::{self, AUTHENTICATION, SIGNING};
use crate::pty::{Screen, key};

fn at_signing(args: &[&str]) -> Demo {
    let mut demo = Demo::new(args);
    journey::to_signing_pin(&mut demo);
    demo
}

fn at_authentication(args: &[&str]) -> Demo {
    let mut demo = at_signing(args);
    demo.type_text(SIGNING);
    demo.press(key::ENTER);
    demo.wait_for("利用者証明用パスワード（4桁");
    demo
}

/// Type a PIN, send it, and wait for what is said.
fn gives(screen: &mut Screen, pin: &str, said: &str) {
    screen.type_text(pin);
    screen.press(key::ENTER);
    screen.wait_for(said);
}

#[test]
fn a_wrong_signing_password_costs_one_try_and_the_right_one_then_goes_on() {
    let mut demo = at_signing(&[]);
    demo.wait_for("あと5回です");
    gives(&mut demo, "WRONG1", "＊パスワードが違います。あと4回です。");
    assert!(demo.screen().contains("入力できるのは、あと4回です。"), "{}", demo.screen());
    gives(&mut demo, "WRONG2", "＊パスワードが違います。あと3回です。");
    journey::to_step1(&mut demo);
}

#[test]
fn what_cannot_be_right_costs_no_try() {
    let mut demo = at_signing(&[]);
    gives(&mut demo, "", "＊パスワードを入力してください。カードには送っていません。");
    gives(&mut demo, "ABC", "＊6文字以上必要です。カードには送っていないので、回数は減りません。");
    assert!(demo.screen().contains("3文字"), "what was typed is gone: {}", demo.screen());
    demo.type_text("-");
    demo.wait_for("＊英字と数字だけです。今の文字は入れませんでした。");
    demo.press("\x15");
    demo.wait_for("0文字");
    demo.type_text("ABCDEFGHIJKLMNOPQ");
    demo.wait_for("＊16文字までです。今の文字は入れませんでした。");
    demo.press(key::ENTER);
    demo.wait_for("＊入れなかった文字があります。");
    assert!(demo.screen().contains("あと5回です"), "{}", demo.screen());
}

#[test]
fn small_letters_are_made_capitals_and_taken() {
    let mut demo = at_signing(&[]);
    demo.type_text("practice");
    demo.wait_for("大文字・半角に直しました。");
    gives(&mut demo, "1", "利用者証明用パスワード（4桁");
}

#[test]
fn full_width_letters_are_made_half_width_and_taken() {
    let mut demo = at_signing(&[]);
    demo.type_text("ＰＲＡＣＴＩＣＥ１");
    demo.wait_for("大文字・半角に直しました。");
    gives(&mut demo, "", "利用者証明用パスワード（4桁");
    demo.wait_for("あと3回です");
    demo.type_text("１２３４");
    demo.wait_for("大文字・半角に直しました。");
    gives(&mut demo, "", "利用者氏名");
}

#[test]
fn before_the_last_try_a_word_is_typed_and_stopping_is_the_default() {
    let mut demo = at_authentication(&[]);
    gives(&mut demo, "9999", "あと2回です");
    gives(&mut demo, "123", "＊4文字以上必要です");
    demo.press("\x15");
    gives(&mut demo, "8888", "最後の1回です");
    demo.press(key::ENTER);
    demo.wait_for("はじめに準備");
    demo.wait_for("あと1回");
}

#[test]
fn with_one_try_left_the_word_last_opens_the_way() {
    let mut demo = at_signing(&["--fault", "signing-tries=1"]);
    demo.wait_for("最後の1回です");
    demo.press(key::F10);
    demo.wait_for("＊LAST と入力するまで、カードには送りません。");
    gives(&mut demo, "last", "最後の1回です");
    gives(&mut demo, SIGNING, "利用者証明用パスワード（4桁");
}

#[test]
fn a_wrong_last_try_locks_and_says_where_to_unlock() {
    let mut demo = at_signing(&["--fault", "signing-tries=1"]);
    demo.press(key::TAB);
    gives(&mut demo, "LAST", "最後の1回です");
    gives(&mut demo, "WRONG1", "ZR302");
    demo.wait_for("市区町村の窓口");
    demo.press(key::ESC);
    demo.wait_for("はじめに準備");
    demo.wait_for("ロックされています");
}

#[test]
fn a_pin_is_on_the_screen_only_when_asked_for() {
    let mut demo = at_signing(&[]);
    let mark = demo.mark();
    // Letters that stand nowhere else, and end no control sequence that is sent: a leak would show them one by one.
    demo.type_text("QZYWQZ");
    demo.wait_for("******");
    demo.wait_for("6文字");
    let leaked = |demo: &Demo| demo.bytes_since(mark).iter().any(|byte| b"QZYW".contains(byte));
    assert!(!leaked(&demo));
    demo.press(key::TAB);
    demo.press(" ");
    demo.wait_for("QZYWQZ");
    demo.press(" ");
    demo.wait_for("******");
    let mark = demo.mark();
    demo.press(key::ESC);
    demo.wait_for("はじめに準備");
    demo.press(key::ENTER);
    demo.wait_for("0文字");
    assert!(!demo.bytes_since(mark).iter().any(|byte| b"QZYW".contains(byte)), "a PIN that was left came back");
}

#[test]
fn a_megabyte_pasted_as_a_pin_is_refused_in_words_and_the_right_one_can_be_pasted() {
    let mut demo = at_signing(&[]);
    demo.paste(&"A".repeat(1_000_000));
    demo.wait_for("＊貼り付けた文字に使えないものがあるので、何も入れませんでした。");
    demo.wait_for("0文字");
    demo.paste(&format!("{SIGNING}\n"));
    demo.wait_for("9文字");
    gives(&mut demo, "", "利用者証明用パスワード（4桁");
    demo.paste(AUTHENTICATION);
    gives(&mut demo, "", "利用者氏名");
}
