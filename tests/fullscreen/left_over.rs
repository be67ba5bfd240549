//! What of a PIN or password is left in the program's memory: nothing, typed or pasted, taken back, refused or sent, in whatever form or
//! distance of its letters, nor at its end. Practice mode holds the right PINs itself, in its card, so that here all are wrong ones.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::Demo;
use crate::account_actions::{gives_code, id, registered, to_top};
use crate::journey::{self, SIGNING};
use crate::memory;
use crate::pty::{Screen, key};
use crate::trace::Trace;

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

/// Type a text as slowly as the program counts it.
fn type_slowly(screen: &mut Screen, text: &str) {
    for (typed, letter) in (1..).zip(text.split_inclusive(|_: char| true)) {
        screen.press(letter);
        screen.wait_for(&format!("{typed}文字"));
    }
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
    given(|demo| type_slowly(demo, TYPED));
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

/// Some PINs of four digits that stand nowhere in the program's memory, not even by chance.
fn unseen(demo: &Demo, count: usize) -> Vec<&'static str> {
    let all = ["7294", "8053", "6917", "9482", "3675", "5806", "4769", "2938", "6350", "7815"];
    let found = memory::find_short(demo.id(), &all);
    let unseen: Vec<_> = all.into_iter().filter(|pin| found.iter().all(|find| find.canary != *pin)).take(count).collect();
    assert_eq!(unseen.len(), count, "{found:?}");
    unseen
}

/// Of two PINs that came to their end in the same way not both are left: four digits may come to stand somewhere by chance, but not twice.
fn hold_no_more(demo: &Demo, pins: &[&str]) {
    let deadline = Instant::now() + Duration::from_secs(2);
    loop {
        let finds = memory::find_short(demo.id(), pins);
        if pins.iter().any(|pin| finds.iter().all(|find| find.canary != *pin)) {
            return;
        }
        assert!(Instant::now() < deadline, "{}", finds.iter().map(|find| format!("{find}\n")).collect::<String>());
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn four_digits_given(give: impl Fn(&mut Demo, &str)) {
    let mut demo = Demo::new(&[]);
    journey::to_signing_pin(&mut demo);
    let to_authentication = |demo: &mut Demo| {
        demo.type_text(SIGNING);
        demo.press(key::ENTER);
        demo.wait_for("利用者証明用パスワード（4桁");
    };
    to_authentication(&mut demo);
    let pins = unseen(&demo, 4);
    // Sent, and wrong.
    for (pin, left) in pins[..2].iter().zip(["あと2回です", "最後の1回です"]) {
        give(&mut demo, pin);
        demo.wait_for("4文字");
        assert!(!memory::find_short(demo.id(), &[pin]).is_empty(), "the search is blind");
        demo.press(key::ENTER);
        demo.wait_for(left);
    }
    hold_no_more(&demo, &pins[..2]);
    // Taken back.
    let mut demo = Demo::new(&[]);
    journey::to_signing_pin(&mut demo);
    for pin in &pins[2..] {
        to_authentication(&mut demo);
        give(&mut demo, pin);
        demo.wait_for("4文字");
        demo.press(key::ESC);
        demo.wait_for("はじめに準備");
        demo.press(key::ENTER);
        demo.wait_for("0文字");
    }
    hold_no_more(&demo, &pins[2..]);
}

#[test]
fn four_digits_that_were_typed_are_gone_once_they_were_taken_back_or_sent() {
    four_digits_given(|demo, pin| type_slowly(demo, pin));
}

#[test]
fn four_digits_that_were_pasted_are_gone_once_they_were_taken_back_or_sent() {
    four_digits_given(|demo, pin| demo.paste(pin));
}

/// Passwords that hold the letters: one that is refused, since it holds the mail address, and one that is taken.
const WEAK: &str = "WQZXKV79 saburo@example.jp";
const GOOD: &str = "WQZXKV79 kites over Nara";

/// Give a password, and look for it while it is there.
fn gives(demo: &mut Demo, give: impl Fn(&mut Demo, &str), password: &str) {
    give(demo, password);
    demo.wait_for(&"*".repeat(password.len()));
    holds(demo);
}

fn passwords_given(give: impl Fn(&mut Demo, &str)) {
    let mut demo = registered();
    let id = id(&demo);
    to_top(&mut demo);
    gives_code(&mut demo);
    // The first one: refused, taken back, and set.
    gives(&mut demo, &give, WEAK);
    demo.press(key::ENTER);
    demo.wait_for("＊メールアドレスが入");
    holds_no_more(&demo);
    gives(&mut demo, &give, GOOD);
    demo.press(key::ESC);
    demo.wait_for("新規利用者登録");
    holds_no_more(&demo);
    gives_code(&mut demo);
    gives(&mut demo, &give, GOOD);
    demo.press(key::ENTER);
    demo.wait_for("パスワードを登録しました。");
    holds_no_more(&demo);
    demo.press(key::ESC);
    demo.wait_for("新規利用者登録");
    // That of a login: refused, taken back, and right.
    demo.press("5");
    demo.wait_for("何をしますか");
    demo.press("2");
    demo.wait_for("登録が使えることを確かめます");
    demo.type_text(&id);
    demo.press(key::ENTER);
    gives(&mut demo, &give, WEAK);
    demo.press(key::ENTER);
    demo.wait_for("認証IDとパスワードが合いません");
    holds_no_more(&demo);
    gives(&mut demo, &give, GOOD);
    demo.press(key::ESC);
    demo.wait_for("何をしますか");
    holds_no_more(&demo);
    demo.press("2");
    demo.wait_for("登録が使えることを確かめます");
    demo.press(key::TAB);
    gives(&mut demo, &give, GOOD);
    demo.press(key::ENTER);
    demo.wait_for("ログインできました。");
    holds_no_more(&demo);
}

#[test]
fn a_password_that_was_typed_is_gone_once_it_was_taken_back_refused_or_taken() {
    passwords_given(|demo, password| demo.type_text(password));
}

#[test]
fn a_password_that_was_pasted_is_gone_once_it_was_taken_back_refused_or_taken() {
    passwords_given(|demo, password| demo.paste(password));
}

/// A clock that a test turns: libfaketime, which adds what stands in a file.
struct Clock(tempfile::NamedTempFile);

impl Clock {
    fn new() -> Clock {
        let clock = Clock(tempfile::NamedTempFile::new().unwrap());
        clock.turn("+0");
        clock
    }

    fn turn(&self, by: &str) {
        std::fs::write(self.0.path(), by).unwrap();
    }

    /// Start practice at a desk by this clock.
    fn desk(&self) -> Demo {
        let mut libraries = std::fs::read_dir("/usr/lib").unwrap().map(|folder| folder.unwrap().path().join("faketime/libfaketimeMT.so.1"));
        let Some(library) = libraries.find(|path| path.is_file()) else { panic!("no libfaketime: tests/run installs it") };
        let env = [
            ("LD_PRELOAD", library.to_str().unwrap()),
            ("FAKETIME_TIMESTAMP_FILE", self.0.path().to_str().unwrap()),
            ("FAKETIME_NO_CACHE", "1"),
        ];
        Demo::start(&["--lang", "ja", "--desk"], &env, 80, 24)
    }
}

#[test]
fn a_page_that_was_locked_keeps_no_pin() {
    let clock = Clock::new();
    let mut demo = clock.desk();
    journey::to_signing_pin(&mut demo);
    type_slowly(&mut demo, TYPED);
    holds(&demo);
    clock.turn("+301");
    // Something that wakes the program and is no key: the terminal says where its cursor is.
    demo.press("\x1b[24;80R");
    demo.wait_for("しばらく操作がなかった");
    holds_no_more(&demo);
}

#[test]
fn the_program_leaves_nothing_that_was_typed_when_it_ends() {
    let signal = |signal| move |demo: &mut Demo| demo.kill(signal);
    let ends: [&dyn Fn(&mut Demo); 4] =
        [&signal(Signal::TERM), &signal(Signal::HUP), &signal(Signal::INT), &|demo: &mut Demo| journey::leave(demo)];
    for end in ends {
        let mut demo = Demo::new(&[]);
        journey::to_signing_pin(&mut demo);
        type_slowly(&mut demo, TYPED);
        leaves_nothing(demo, end);
        let mut demo = Demo::at_step1();
        demo.type_text(TYPED);
        demo.wait_for(TYPED);
        leaves_nothing(demo, end);
    }
}

#[test]
fn a_signal_while_the_card_works_leaves_nothing_of_the_pin() {
    let mut demo = Demo::new(&["--fault", "slow=100"]);
    journey::to_signing_pin(&mut demo);
    type_slowly(&mut demo, TYPED);
    leaves_nothing(demo, &|demo: &mut Demo| {
        demo.press(key::ENTER);
        demo.wait_for("パスワードを確かめています");
        demo.kill(Signal::TERM);
    });
}

fn leaves_nothing(mut demo: Demo, end: &dyn Fn(&mut Demo)) {
    holds(&demo);
    let log = tempfile::NamedTempFile::new().unwrap();
    let trace = Trace::holding_at_exit(demo.id(), log.path());
    end(&mut demo);
    trace.wait_for_exit();
    holds_no_more(&demo);
}
