//! The terminal harness tried on other programs, so that a failure of a later test is the program's and not the harness's.
#![cfg(unix)]

#[path = "common/pty.rs"]
mod pty;

use std::time::Duration;

use pty::{Screen, key};
use rustix::process::Signal;

fn shell(script: &str) -> Screen {
    Screen::start("/bin/sh", &["-c", script], &[], 24, 80)
}

#[test]
fn what_a_program_writes_stands_on_the_screen_with_the_cursor_behind_it() {
    let screen = shell("printf 'ready \\346\\274\\242'; read line");
    screen.wait_for("ready 漢");
    assert_eq!(screen.cursor(), Some((0, 8)), "a kanji takes two cells");
}

#[test]
fn typed_text_and_a_paste_reach_the_program() {
    let mut screen = shell("read a; read b; echo \"<$a>\"; printf '%s' \"$b\" | od -An -c");
    screen.type_text("日本");
    screen.press(key::ENTER);
    screen.paste("x");
    screen.press(key::ENTER);
    screen.wait_for("<日本>");
    screen.wait_for("033   [   2   0   0   ~   x 033   [   2   0   1   ~");
    assert!(screen.exit_status(Duration::from_secs(10)).success());
}

#[test]
fn the_exit_status_and_the_shell_s_terminal_are_seen_after_the_end() {
    let mut screen = shell("stty raw -echo; printf raw; head -c1 >/dev/null; stty sane; exit 3");
    screen.wait_for("raw");
    assert!(!screen.cooked());
    screen.press("x");
    assert_eq!(screen.exit_status(Duration::from_secs(10)).exit_code(), 3);
    assert!(screen.cooked());
}

#[test]
fn a_signal_and_another_size_reach_the_program() {
    let screen = shell("trap 'stty size' WINCH; trap 'echo ended; exit' TERM; echo ready; while :; do sleep 0.05; done");
    screen.wait_for("ready");
    screen.resize(10, 40);
    screen.wait_for("10 40");
    screen.kill(Signal::TERM);
    screen.wait_for("ended");
}

#[test]
fn bytes_are_kept_even_when_the_screen_no_longer_shows_them() {
    let screen = shell("printf 'secret\\033[H\\033[2J\\033[?1049hlater'; read line");
    screen.wait_for("later");
    assert!(!screen.screen().contains("secret"));
    assert!(screen.alternate_screen());
    assert!(screen.bytes_since(0).starts_with(b"secret"));
    assert_eq!(screen.bytes_since(screen.mark()), b"");
}

#[test]
#[should_panic(expected = "waited for: never")]
fn waiting_for_what_never_comes_fails_and_says_so() {
    shell("echo something else").wait_for("never");
}
