//! What the program writes, as the system sees it: files, terminal, sockets.

use crate::desk::{ANNE, CARD_THERE, Desk};
use crate::journey::{self, SIGNING};
use crate::left_over::ABOUT_ANNE;
use crate::trace::Trace;

pub(crate) fn a_registration_writes_no_file_and_no_password_to_the_terminal() {
    let mut desk = Desk::alone("anne", &[]);
    desk.screen.wait_for(CARD_THERE);
    // Each call with what its descriptor is, and every byte that is written.
    let calls = "trace=write,writev,pwrite64,pwritev,sendto,sendmsg,openat,rename,unlink";
    let trace = Trace::of(desk.screen.id(), desk.folder("calls").as_ref(), &["-yy", "-s", "1000000", "-e", calls]);
    desk.reach_step1();
    desk.reach_step2(&ANNE);
    journey::to_step3(&mut desk.screen);
    let calls = trace.end();
    // The trace sees what is there: the phone number on the terminal, the registration on a socket.
    let on_terminal = |line: &&str| line.contains("</dev/pts") || line.contains("char 136");
    assert!(calls.lines().filter(on_terminal).any(|line| line.contains("MONTGOMERY")), "nothing seen on the terminal");
    assert!(
        calls.lines().any(|line| line.contains("<TCP:") || line.contains("<socket:") || line.contains("<UNIX")),
        "nothing seen on a socket"
    );
    for line in calls.lines().filter(on_terminal) {
        assert!(!line.contains(SIGNING), "{line}");
    }
    for line in calls.lines() {
        let opens = line.contains("openat(") && (line.contains("O_WRONLY") || line.contains("O_RDWR")) && !line.contains("\"/dev/");
        assert!(!opens && !line.contains("rename(") && !line.contains("unlink("), "a file is written: {line}");
        let elsewhere = ["</dev/pts", "char 136", "<TCP:", "<UDP:", "<UNIX", "<socket:", "pipe:", "eventfd"];
        if !elsewhere.iter().any(|place| line.contains(place)) {
            ABOUT_ANNE.iter().for_each(|canary| assert!(!line.contains(canary), "{canary}: {line}"));
        }
    }
}
