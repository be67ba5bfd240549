//! What happens to the terminal itself: too small, another size in the middle, gone, signals, a pause, no colour, a console without a second
//! screen. Nothing typed is lost while there is a terminal, and it is whole afterwards.

use std::io::Read;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, PtySize, native_pty_system};
use rustix::process::Signal;

use crate::journey::{self, AUTHENTICATION, SIGNING};
use crate::pty::{Screen, key};
use crate::{Demo, SOON, ZAIRYU, holds};

#[test]
fn a_window_too_small_says_so_and_the_page_is_there_once_it_is_larger() {
    let mut demo = Demo::start(&["--lang", "ja"], &[], 20, 5);
    demo.wait_for("画面が小さすぎます");
    demo.resize(24, 80);
    journey::to_signing_pin(&mut demo);
}

#[test]
fn another_size_in_the_middle_of_a_field_keeps_text_and_caret() {
    let mut demo = Demo::at_step1();
    demo.type_text("0901234");
    for (rows, cols) in [(20, 60), (40, 120), (10, 40), (100, 400), (24, 80)] {
        demo.resize(5, 20);
        demo.wait_for("画面が小さすぎます");
        demo.resize(rows, cols);
        demo.wait_until("the caret behind what was typed", |screen, _| {
            let (row, col) = screen.cursor_position();
            col >= 7 && screen.contents_between(row, col - 7, row, col) == "0901234"
        });
    }
    demo.type_text("5678");
    demo.wait_for("09012345678");
}

#[test]
fn keys_that_come_together_with_another_size_are_taken() {
    let mut demo = Demo::at_step1();
    for (typed, cols) in (1..=10).zip(70..) {
        let digits = "0123456789".get(..typed).unwrap();
        demo.resize(24, cols);
        demo.press(&digits[typed - 1..]);
        // No next key brings it along.
        demo.wait_for(digits);
    }
}

#[test]
fn keys_that_were_pressed_before_the_first_page_are_taken() {
    for _ in 0..3 {
        let mut demo = Demo::start(&["--lang", "ja"], &[], 80, 24);
        demo.press(key::F1);
        demo.wait_for("ヘルプ");
    }
}

#[test]
fn esc_alone_goes_back_and_a_key_on_a_slow_line_is_one_key() {
    let mut demo = Demo::start(&["--lang", "ja"], &[("ESCDELAY", "1500")], 80, 24);
    demo.wait_for("新規利用者登録");
    for byte in key::F1.split_inclusive(|_: char| true) {
        demo.press(byte);
        std::thread::sleep(Duration::from_millis(100)); // The line.
    }
    demo.wait_for("ヘルプ");
    demo.press(key::ESC);
    demo.wait_for("新規利用者登録");
}

#[test]
fn what_the_terminal_says_of_itself_is_not_typed_and_takes_no_key_with_it() {
    let mut demo = Demo::new(&[]);
    journey::to_signing_pin(&mut demo);
    // Where the cursor is, impossible places, colours, what it is, what it can do, what has the keyboard, and an end of a paste that never began.
    for answer in [
        "\x1b[24;80R",
        "\x1b[0;0R",
        "\x1b[<0;0;0M",
        "\x1b]11;rgb:ffff/ffff/ffff\x1b\\",
        "\x1b]10;rgb:0000/0000/0000\x07",
        "\x1b[?62;22c",
        "\x1b[?0u",
        "\x1b[?2026;2$y",
        "\x1bP>|XTerm(379)\x1b\\",
        "\x1b[O\x1b[I",
        "\x1b[201~",
    ] {
        demo.press(answer);
        demo.press("\x15");
        demo.press(&format!("{answer}{SIGNING}{answer}"));
        demo.wait_for("9文字");
        demo.press("\x15");
        demo.wait_for("0文字");
    }
    journey::to_step1(&mut demo);
}

#[test]
fn lines_and_dots_are_drawn_once_the_terminal_has_said_that_they_are_narrow() {
    for (column, mark) in [(31, "▸ 1 新規利用者登録"), (61, "> 1 新規利用者登録")] {
        let mut demo = Demo::new(&[]);
        demo.wait_for("> 1 新規利用者登録");
        demo.press(&format!("\x1b[1;{column}R"));
        demo.press(key::F1);
        demo.wait_for("ヘルプ");
        demo.press(key::ESC);
        demo.wait_for(mark);
        // It is asked for once: a later report is not an answer.
        demo.press("\x1b[1;31R\x1b[1;61R");
        demo.press(key::F1);
        demo.wait_for("ヘルプ");
        demo.press(key::ESC);
        demo.wait_for(mark);
    }
    let demo = Demo::new(&["--glyphs", "unicode"]);
    demo.wait_for("▸ 1 新規利用者登録");
    // A console's letters are narrow too, but its font has none of these.
    let mut demo = Demo::start(&[], &[("TERM", "linux")], 80, 24);
    demo.wait_for("> 1 New registration");
    assert!(!holds(&demo.bytes_since(0), "\x1b[6n"), "a console is asked");
    demo.press("\x1b[1;31R");
    demo.press(key::F1);
    demo.wait_for("Help");
    demo.press(key::ESC);
    demo.wait_for("> 1 New registration");
}

#[test]
fn on_a_bare_console_the_whole_way_is_shown_in_ascii() {
    let mut demo = Demo::start(&["--lang", "ja"], &[("TERM", "linux")], 80, 24);
    demo.wait_for("English, as this terminal cannot draw Japanese");
    demo.wait_for("My Number Card in place");
    for (keys, page) in [
        (key::ENTER, "Before you begin"),
        (key::ENTER, "Enter the signing password"),
        (&format!("{SIGNING}\r"), "Enter the user-authentication PIN"),
        (&format!("{AUTHENTICATION}\r"), "MONTGOMERY ANNE"),
    ] {
        demo.press(keys);
        demo.wait_for(page);
    }
    journey::fill_in(&mut demo, "09098765432", "anne@example.jp", "ab12345678cd");
    demo.wait_for("[x] I agree");
    demo.wait_for("[Japanese, 8 letters]");
    for (keys, page) in [
        (key::F6, "a bare console, which cannot draw Japanese"),
        (key::ESC, "Terms of use"),
        (key::F10, "Nothing is registered yet"),
        (key::F10, "Enter registers"),
        (key::ENTER, "You are registered"),
    ] {
        demo.press(keys);
        demo.wait_for(page);
    }
    assert!(demo.bytes_since(0).is_ascii());
    let report = Screen::start(ZAIRYU, &["doctor", "--lang", "ja"], &[("TERM", "linux")], 24, 80);
    report.wait_for("which cannot draw Japanese");
    assert!(report.bytes_since(0).is_ascii());
    // Programs that draw Japanese on the console itself call it by the same name.
    Demo::start(&["--lang", "ja", "--glyphs", "ascii"], &[("TERM", "linux")], 80, 24).wait_for("> 1 新規利用者登録");
}

#[test]
fn the_page_is_painted_as_light_or_dark_as_the_terminal_says_it_is() {
    let ground = |demo: &Demo, wanted: u8| {
        demo.wait_until(&format!("a page on colour {wanted}"), |screen, _| {
            (0..80).all(|column| screen.cell(2, column).is_some_and(|cell| cell.bgcolor() == vt100::Color::Idx(wanted)))
        });
    };
    let mut demo = Demo::new(&[]);
    demo.wait_for("新規利用者登録");
    ground(&demo, 234);
    demo.press("\x1b]11;rgb:fdfd/f6f6/e3e3\x1b\\");
    ground(&demo, 231);
    // What was asked for in the settings stays.
    let mut demo = Demo::new(&["--theme", "dark"]);
    demo.wait_for("新規利用者登録");
    demo.press("\x1b]11;rgb:ffff/ffff/ffff\x1b\\");
    demo.press(key::F1);
    demo.wait_for("ヘルプ");
    ground(&demo, 234);
}

#[test]
fn another_size_while_the_card_works_changes_nothing_about_the_work() {
    let mut demo = Demo::new(&["--fault", "slow=30"]);
    journey::to_signing_pin(&mut demo);
    demo.type_text(SIGNING);
    demo.press(key::ENTER);
    demo.wait_for("証明書を読んでいます");
    demo.resize(20, 60);
    demo.wait_for("Esc 中止");
    demo.resize(5, 20);
    demo.wait_for("画面が小さすぎます");
    demo.resize(30, 100);
    demo.wait_for("利用者証明用パスワード（4桁");
}

#[test]
fn work_can_be_stopped_and_begun_again() {
    let mut demo = Demo::new(&["--fault", "slow=30"]);
    journey::to_signing_pin(&mut demo);
    demo.type_text(SIGNING);
    demo.press(key::ENTER);
    demo.wait_for("証明書を読んでいます");
    demo.press(key::ESC);
    demo.wait_gone("Esc 中止");
    demo.wait_for("0文字");
    journey::to_step1(&mut demo);
}

#[test]
fn leaving_by_ctrl_c_asks_first_and_staying_keeps_everything() {
    let mut demo = Demo::at_step1();
    demo.type_text("0809876");
    demo.press(key::CTRL_C);
    demo.wait_for("終わりますか");
    demo.press(key::ENTER);
    demo.wait_gone("終わりますか");
    demo.wait_for("0809876");
    journey::leave(&mut demo);
    demo.is_whole_again();
}

/// A click with the left button where a text stands.
fn click_on(demo: &Demo, text: &str) -> String {
    let (row, column) = demo.look(|screen| {
        let (rows, columns) = screen.size();
        let (rows, columns) = (rows.get(), columns.get());
        let mut places = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
        let stands = |(row, column): &(u16, u16)| screen.contents_between(*row, *column, *row, columns).starts_with(text);
        places.find(stands).unwrap_or_else(|| panic!("{text} is not on the screen:\n{}", screen.contents()))
    });
    format!("\x1b[<0;{};{}M\x1b[<0;{};{}m", column + 1, row + 1, column + 1, row + 1)
}

#[test]
fn clicks_repeat_keys_and_one_that_comes_together_with_another_page_presses_nothing_there() {
    let mut demo = Demo::new(&["--mouse"]);
    demo.wait_for("マイナンバーカードです");
    let second = click_on(&demo, "2 ");
    // The question's Yes is its second row as well.
    for _ in 0..20 {
        demo.press(&format!("{}{second}{second}", key::CTRL_C));
        demo.wait_for("終わりますか");
        demo.press(key::ESC);
        demo.wait_gone("終わりますか");
    }
    demo.press(&second);
    demo.wait_for("はじめに準備");
    let third = click_on(&demo, "3 ");
    demo.press(&third);
    demo.wait_until("the answer chosen", |screen, _| screen.contents().contains("3 (*)") || screen.contents().contains("3 (o)"));
}

#[test]
fn ctrl_z_undoes_what_was_typed_and_does_not_suspend_the_program() {
    let mut demo = Demo::at_step1();
    demo.type_text("0809876");
    demo.wait_for("0809876");
    demo.press("\x1a");
    demo.wait_gone("0809876");
    demo.press("\x19");
    demo.wait_for("0809876");
    demo.press("\x1f"); // Ctrl-_.
    demo.wait_gone("0809876");
    assert!(demo.alternate_screen() && !demo.cooked());
}

/// Any signal that asks to end is obeyed at once, without a question.
fn ends_on(demo: &mut Demo, signal: Signal) {
    demo.kill(signal);
    demo.is_whole_again();
}

#[test]
fn a_signal_before_the_card_is_ready_ends_the_program() {
    for signal in [Signal::TERM, Signal::HUP, Signal::INT, Signal::QUIT, Signal::USR2] {
        let mut demo = Demo::new(&[]);
        demo.wait_for("新規利用者登録");
        ends_on(&mut demo, signal);
    }
}

#[test]
fn a_signal_on_a_pin_page_ends_the_program() {
    let mut demo = Demo::new(&[]);
    journey::to_signing_pin(&mut demo);
    demo.type_text("PRACT");
    demo.wait_for("5文字");
    ends_on(&mut demo, Signal::HUP);
}

#[test]
fn a_signal_while_the_card_works_ends_the_program() {
    let mut demo = Demo::new(&["--fault", "slow=100"]);
    journey::to_signing_pin(&mut demo);
    demo.type_text(SIGNING);
    demo.press(key::ENTER);
    demo.wait_for("証明書を読んでいます");
    ends_on(&mut demo, Signal::TERM);
}

#[test]
fn a_signal_on_the_form_ends_the_program() {
    let mut demo = Demo::at_step1();
    ends_on(&mut demo, Signal::TERM);
}

#[test]
fn a_signal_with_a_page_over_the_form_ends_the_program() {
    let mut demo = Demo::at_step1();
    demo.press(key::F1);
    demo.wait_for("ヘルプ");
    ends_on(&mut demo, Signal::INT);
}

#[test]
fn a_pause_gives_the_terminal_to_the_shell_and_the_form_is_there_afterwards() {
    let mut demo = Demo::at_step1();
    demo.type_text("0901234");
    demo.wait_for("0901234");
    demo.kill(Signal::TSTP);
    demo.wait_until("the shell's screen", |screen, _| !screen.alternate_screen());
    is_stopped(demo.id());
    assert!(demo.cooked());
    demo.resize(30, 100);
    demo.kill(Signal::CONT);
    demo.wait_until("the program's screen", |screen, _| screen.alternate_screen());
    demo.wait_for("利用者連絡先電話番号");
    demo.type_text("5678");
    demo.wait_for("09012345678");
    journey::leave(&mut demo);
    demo.is_whole_again();
}

/// Wait until the process has been stopped: `T` behind its name in /proc/PID/stat, or in `ps` where there is no /proc.
fn is_stopped(id: u32) {
    let state = || {
        let output = std::process::Command::new("ps").args(["-o", "stat=", "-p", &id.to_string()]).output().unwrap();
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    let deadline = Instant::now() + Duration::from_secs(10);
    while !state().starts_with('T') {
        assert!(Instant::now() < deadline, "it is not stopped: {}", state());
    }
}

/// A program whose terminal can be taken away: nobody else holds its other end.
fn on_a_lone_terminal(controlling: bool) -> (Box<dyn portable_pty::MasterPty + Send>, Box<dyn Child + Send + Sync>, tempfile::TempDir) {
    let home = tempfile::tempdir().unwrap();
    let pair = native_pty_system().openpty(PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 }).unwrap();
    let mut builder = CommandBuilder::new(ZAIRYU);
    builder.args(["demo", "--lang", "ja"]);
    builder.env("TERM", "xterm-256color");
    builder.env("HOME", home.path());
    builder.env("TMPDIR", home.path());
    builder.set_controlling_tty(controlling);
    let child = pair.slave.spawn_command(builder).unwrap();
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().unwrap();
    let (mut emulator, mut some) = (vt100::Parser::default(), [0; 4096]);
    // Only when all is quiet: else the next frame would find out.
    while !emulator.screen().contents().contains("マイナンバーカードです") {
        let count = reader.read(&mut some).unwrap();
        assert!(count > 0, "the program ended");
        emulator.process(&some[..count]);
    }
    (pair.master, child, home)
}

fn ends_without_its_terminal(controlling: bool) {
    let (master, mut child, home) = on_a_lone_terminal(controlling);
    drop(master);
    let deadline = Instant::now() + SOON;
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > deadline {
            child.kill().unwrap();
            panic!("still running {SOON:?} after its terminal has gone");
        }
        std::thread::sleep(Duration::from_millis(5)); // An ending process can only be polled.
    }
    assert_eq!(home.path().read_dir().unwrap().count(), 0, "files were left behind");
}

#[test]
fn a_closed_window_ends_the_program() {
    ends_without_its_terminal(true);
}

#[test]
fn a_terminal_that_goes_without_a_signal_ends_the_program() {
    ends_without_its_terminal(false);
}

/// Every number of every SGR sequence (CSI … m) that was written.
fn styles(bytes: &[u8]) -> Vec<u16> {
    let text = String::from_utf8_lossy(bytes);
    let sequences = text.split("\x1b[").skip(1).filter_map(|rest| {
        let end = rest.find(|letter: char| !matches!(letter, '0'..='9' | ';'))?;
        rest[end..].starts_with('m').then(|| rest[..end].split(';').map(|number| number.parse().unwrap_or(0)).collect::<Vec<_>>())
    });
    sequences.flatten().collect()
}

#[test]
fn without_colour_what_matters_is_still_bold_and_reversed() {
    let mut demo = Demo::start(&["--lang", "ja"], &[("NO_COLOR", "1")], 80, 24);
    journey::to_signing_pin(&mut demo);
    journey::to_step1(&mut demo);
    journey::to_step2(&mut demo);
    let styles = styles(&demo.bytes_since(0));
    // 39 and 49 give back the terminal's own colours.
    let colour = styles.iter().find(|style| matches!(style, 30..=38 | 40..=48 | 90..=107));
    assert_eq!(colour, None);
    assert!(styles.contains(&1) && styles.contains(&7), "{styles:?}");
}

#[test]
fn with_colour_there_is_colour() {
    let demo = Demo::new(&[]);
    demo.wait_for("マイナンバーカードです");
    assert!(styles(&demo.bytes_since(0)).iter().any(|style| matches!(style, 30..=38)));
}

#[test]
fn a_console_without_a_second_screen_is_purged_at_the_end() {
    let mut demo = Demo::start(&["--lang", "ja", "--glyphs", "ascii"], &[("TERM", "linux")], 80, 24);
    demo.wait_for("新規利用者登録");
    let mark = demo.mark();
    journey::leave(&mut demo);
    demo.is_whole_again();
    assert!(holds(&demo.bytes_since(mark), "\x1b[3J"), "the scrollback still holds the form");
}

#[test]
fn a_page_is_never_cleared_at_once_since_some_terminals_keep_that_in_their_scrollback() {
    let mut demo = Demo::new(&[]);
    journey::to_signing_pin(&mut demo);
    let mark = demo.mark();
    demo.resize(30, 90);
    demo.wait_for_bytes(mark, "0文字".as_bytes());
    journey::leave(&mut demo);
    demo.is_whole_again();
    assert!(!holds(&demo.bytes_since(mark), "\x1b[2J"));
}

#[test]
fn a_window_that_has_its_old_size_again_before_anybody_looked_is_drawn_whole() {
    // Of a program that has only just drawn its first frame too.
    for turns in [1, 1, 1, 1, 1, 10] {
        let demo = Demo::new(&[]);
        demo.wait_for("F2 Language");
        for _ in 0..turns {
            demo.resize(24, 50);
            let mark = demo.mark();
            demo.resize(24, 80);
            demo.wait_for_bytes(mark, "終(お)わる".as_bytes());
        }
    }
}
