//! What of a person is left by a program that runs without the full screen: in its memory, what the standard library has written through
//! included, and in core files.

use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::pty::{Screen, key};
use crate::trace::Trace;
use crate::{letters, memory, say, terminal, to_secret, to_step2};

/// Letters that stand nowhere else, neither whole nor one by one.
const TYPED: &str = "wqzxkv79";
const PHONE: &str = "0467258391";
/// An address longer than the lines that are said after it.
const ADDRESS: &str =
    "霞が関霞が関霞が関霞が関霞が関霞が関霞が関霞が関霞が関霞が関霞が関霞が関霞が関霞が関霞が関霞が関霞が関霞が関霞が関QJXWKV２０２";
/// STEP1 with a mail address of the same letters.
const STEP1: [&str; 11] = ["", "", "", "", ADDRESS, PHONE, "wqzxkv79@kite.example.jp", "wqzxkv79@kite.example.jp", "", "QX48151623WZ", "1"];
const PERSON: [&str; 7] = [TYPED, "wqzxkv", "zxkv79", "QJXWKV", PHONE, "QX48151623WZ", "151623WZ"];

/// Nothing is left once the program has come to rest.
fn holds_no_more(screen: &Screen, canaries: &[&str]) {
    let deadline = Instant::now() + Duration::from_secs(2);
    while !memory::find(screen.id(), canaries).is_empty() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(50));
    }
    memory::assert_none(screen.id(), canaries);
}

#[test]
fn a_pin_is_gone_once_it_was_sent() {
    let mut screen = terminal();
    to_secret(&mut screen);
    screen.press(TYPED);
    screen.press(key::ENTER);
    screen.wait_for("Tries left: 4");
    holds_no_more(&screen, &PERSON);
}

#[test]
fn what_was_typed_is_gone_once_its_person_has_left() {
    let mut screen = Screen::start(crate::ZAIRYU, &["demo", "--line", "--lang", "en"], &[], 200, 120);
    to_step2(&mut screen, &STEP1);
    screen.wait_for("0. Register");
    let shown = [TYPED, PHONE, "QX48151623WZ"];
    let finds = memory::find(screen.id(), &shown);
    assert!(shown.iter().all(|canary| finds.iter().any(|find| find.canary == *canary)), "the search is blind: {finds:?}");
    say(&mut screen, "0. Register", "n");
    say(&mut screen, "Erase what was entered", "2");
    screen.wait_until("the top page", |screen, _| screen.contents().trim_end().ends_with("user authentication 1234\n>"));
    holds_no_more(&screen, &PERSON);
}

#[test]
fn a_password_is_gone_once_it_was_refused_or_taken() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().to_str().unwrap();
    let mut screen = Screen::start(crate::ZAIRYU, &["demo", "--line", "--lang", "en"], &[("TMPDIR", path)], 200, 120);
    to_step2(&mut screen, &STEP1);
    say(&mut screen, "0. Register", "0");
    say(&mut screen, "3. Where is the mail now?", "1");
    say(&mut screen, "written down", "2");
    say(&mut screen, "4. Set the first password", "4");
    say(&mut screen, "or the code at its end", &letters::code(home.path(), 1));
    let parts = ["qjwvxz48", "qjwvxz", "wvxz48"];
    say(&mut screen, "New password: ", "qjwvxz48 montgomery");
    screen.wait_for("It holds your name");
    holds_no_more(&screen, &parts);
    say(&mut screen, "It holds your name", "qjwvxz48 kites over Nara");
    screen.wait_for("The password is set.");
    holds_no_more(&screen, &parts);
    let mail = letters::letters(home.path(), 2).pop().unwrap();
    let id = mail.split_once("(認証ID): ").unwrap().1.split_whitespace().next().unwrap();
    say(&mut screen, "5. Already registered", "5");
    say(&mut screen, "For people who have registered", "2");
    say(&mut screen, "as at any login", id);
    say(&mut screen, "Password  パスワード", "qjwvxz48 but not the one");
    screen.wait_for("don't belong together");
    holds_no_more(&screen, &parts);
    say(&mut screen, "don't belong together", "qjwvxz48 kites over Nara");
    screen.wait_for("You are logged in");
    holds_no_more(&screen, &parts);
}

#[test]
fn the_program_leaves_nothing_that_was_typed_when_it_ends() {
    for signal in [Signal::TERM, Signal::HUP, Signal::INT, Signal::QUIT] {
        let mut screen = Screen::start(crate::ZAIRYU, &["demo", "--line", "--lang", "en"], &[], 200, 120);
        to_step2(&mut screen, &STEP1);
        screen.wait_for("0. Register");
        let log = tempfile::NamedTempFile::new().unwrap();
        let trace = Trace::holding_at_exit(screen.id(), log.path());
        screen.kill(signal);
        trace.wait_for_exit();
        holds_no_more(&screen, &PERSON);
        drop(trace);
    }
}

#[test]
fn signals_interrupt_a_thread_that_has_nothing_of_the_person_in_its_registers() {
    let mut screen = Screen::start(crate::ZAIRYU, &["demo", "--line", "--lang", "en"], &[], 200, 120);
    to_step2(&mut screen, &STEP1);
    let mut interrupted = Vec::new();
    for thread in std::fs::read_dir(format!("/proc/{}/task", screen.id())).unwrap() {
        let status = std::fs::read_to_string(thread.unwrap().path().join("status")).unwrap();
        let of = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
        let blocked = u64::from_str_radix(&of("SigBlk:"), 16).unwrap();
        let open = [Signal::TERM, Signal::HUP, Signal::INT, Signal::QUIT, Signal::WINCH];
        if open.iter().any(|signal| blocked >> (signal.as_raw() - 1) & 1 == 0) {
            interrupted.push(of("Name:"));
        }
    }
    assert_eq!(interrupted, ["signals"]);
}

#[test]
fn a_signal_at_the_secret_leaves_nothing_of_the_one_before() {
    let mut screen = terminal();
    to_secret(&mut screen);
    screen.press(TYPED);
    screen.press(key::ENTER);
    screen.wait_for("Tries left: 4");
    let log = tempfile::NamedTempFile::new().unwrap();
    let trace = Trace::holding_at_exit(screen.id(), log.path());
    screen.press(&TYPED[..6]);
    screen.kill(Signal::TERM);
    trace.wait_for_exit();
    holds_no_more(&screen, &PERSON);
}

/// Start a program in a folder, where it may leave core files as large as it likes; once it has said its first line, kill it as a fault of
/// its own would. Return whether the system has written a core file.
fn leaves_a_core(folder: &Path, program: &[&str], signal: &str) -> bool {
    let mut child = Command::new("prlimit")
        .arg("--core=unlimited")
        .args(program)
        .current_dir(folder)
        .envs([("HOME", folder), ("TMPDIR", folder)])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut said).unwrap();
    assert!(!said.is_empty(), "{program:?} has ended");
    // The standard library takes the first SIGSEGV and asks for another, if it was no overflow of the stack.
    let deadline = Instant::now() + Duration::from_secs(10);
    let status = loop {
        assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success() && Instant::now() < deadline);
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
    };
    assert!(status.signal().is_some(), "{program:?}: {status}");
    status.core_dumped() || folder.read_dir().unwrap().any(|entry| entry.unwrap().file_name().to_string_lossy().starts_with("core"))
}

#[test]
fn whatever_kills_client_or_service_no_core_file_is_left() {
    let folder = tempfile::tempdir().unwrap();
    for signal in ["-ABRT", "-SEGV"] {
        assert!(!leaves_a_core(folder.path(), &[crate::ZAIRYU, "demo", "--line"], signal));
        assert!(!leaves_a_core(folder.path(), &[crate::ZAIRYU, "serve", "--listen", "127.0.0.1:0"], signal));
    }
    // Another program does leave one.
    assert!(
        leaves_a_core(folder.path(), &["sh", "-c", "echo; exec sleep 60"], "-ABRT"),
        "this system writes no core files, so nothing is shown"
    );
}
