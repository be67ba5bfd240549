//! What the program writes, as the system sees it: files, terminal, sockets.

use crate::desk::{ANNE, AUTHENTICATION_PIN, CARD_THERE, Desk, SIGNING_PIN};
use crate::journey::{self, AUTHENTICATION, SIGNING};
use crate::left_over::ABOUT_ANNE;
use crate::memory::forms;
use crate::pty::key;
use crate::swaps::{answers, asks, reach_step2_in_line_mode};
use crate::trace::Trace;

/// A wrong password.
const MISTAKE: &str = "MISTAKE9";

pub(crate) fn a_registration_writes_no_file_and_no_password_to_the_terminal() {
    let desk = Desk::alone("anne", &[]);
    desk.screen.wait_for(CARD_THERE);
    leaves_no_trace(desk, |desk| {
        journey::to_signing_pin(&mut desk.screen);
        desk.screen.type_text(MISTAKE);
        desk.screen.press(key::ENTER);
        desk.screen.wait_for("あと4回");
        journey::to_step1(&mut desk.screen);
        desk.reach_step2(&ANNE);
        journey::to_step3(&mut desk.screen);
    });
}

pub(crate) fn a_registration_in_line_mode_writes_no_file_and_no_password_to_the_terminal() {
    let desk = Desk::alone("anne", &["--line"]);
    asks(&desk.screen, "7. 終");
    leaves_no_trace(desk, |desk| {
        for (question, answer) in [("7. 終", "1"), ("4. 次へ", "1"), ("4. 次へ", ""), (SIGNING_PIN, MISTAKE)] {
            answers(&mut desk.screen, question, answer);
        }
        for (question, answer) in [("あと4回", SIGNING), (AUTHENTICATION_PIN, AUTHENTICATION)] {
            answers(&mut desk.screen, question, answer);
        }
        reach_step2_in_line_mode(desk);
        answers(&mut desk.screen, "0. 登録", "0");
        asks(&desk.screen, "登録が完了しました");
    });
}

/// Register, with the finest logs that there are and a wrong password first, and look at all that was written.
fn leaves_no_trace(mut desk: Desk, register: impl FnOnce(&mut Desk)) {
    // Each call with what its descriptor is, and every byte that is written.
    let calls = "trace=/^(open|creat|rename|unlink|mkdir|link|symlink|truncate|write|pwrite|send)";
    let trace = Trace::of(desk.screen.id(), desk.folder("calls").as_ref(), &["-yy", "-s", "1000000", "-e", calls]);
    register(&mut desk);
    let calls = trace.end();
    // The trace sees what is there: the name on the terminal, the registration on a socket, the code of the mistake in the log.
    let on_terminal = |line: &&str| line.contains("</dev/pts") || line.contains("char 136");
    let seen = |canary: &str| calls.lines().filter(on_terminal).any(|line| memchr::memmem::find(&plain(line), canary.as_bytes()).is_some());
    assert!(seen("MONTGOMERY") && seen("西新宿"), "nothing seen on the terminal");
    assert!(calls.lines().any(|line| line.contains("<TCP:")), "nothing seen on a socket");
    let log = std::fs::read_to_string(desk.folder("client.log")).unwrap();
    assert!(log.lines().count() == 1 && log.trim_end().ends_with("ZR301"), "{log}");
    assert!(calls.lines().any(|line| line.contains("client.log>") && line.contains("ZR301")), "nothing seen in a file");
    let about_anne: Vec<_> = ABOUT_ANNE.iter().flat_map(|canary| forms(canary)).collect();
    for line in calls.lines() {
        // To the card service alone.
        let passwords = [SIGNING, MISTAKE];
        assert!(line.contains("<UNIX") || !passwords.iter().any(|password| line.contains(password)), "{line}");
        let opens = line.contains("open") && (line.contains("O_WRONLY") || line.contains("O_RDWR")) && !line.contains("\"/dev/");
        let changes = ["creat(", "rename", "unlink", "mkdir", "link(", "linkat(", "truncate"].iter().any(|call| line.contains(call));
        assert!(!opens && !changes, "a file is written: {line}");
        let elsewhere = ["</dev/pts", "char 136", "<TCP:", "<UDP:", "<UNIX", "<socket:", "pipe:", "eventfd"];
        if !elsewhere.iter().any(|place| line.contains(place)) {
            let bytes = plain(line);
            about_anne.iter().for_each(|(form, name)| assert!(memchr::memmem::find(&bytes, form).is_none(), "{name}: {line}"));
        }
    }
    let said = std::fs::read_to_string(desk.folder("service.log")).unwrap();
    assert!(said.contains("listening on"), "{said}");
    for canary in ABOUT_ANNE.iter().chain(&[MISTAKE, AUTHENTICATION]) {
        assert!(!said.contains(canary) && !log.contains(canary), "{canary}: {said}{log}");
    }
}

/// Return the bytes of a line of strace, which writes those that are no ASCII in octal.
fn plain(line: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = line.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let digits = behind.iter().take(3).take_while(|digit| (b'0'..b'8').contains(digit)).count();
        rest = match (first, digits) {
            (b'\\', 1..) => {
                let octal = behind[..digits].iter().fold(0, |number, digit| number * 8 + u32::from(digit - b'0'));
                bytes.push(u8::try_from(octal).unwrap());
                &behind[digits..]
            }
            _ => {
                bytes.push(*first);
                behind
            }
        };
    }
    bytes
}
