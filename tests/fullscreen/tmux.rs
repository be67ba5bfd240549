//! A real tmux without an alternate screen keeps what was shown in its scrollback: nothing of a person may be there, however the program ends.
//! What is copied reaches its buffer.

use std::process::{Command, Output};
use std::time::{Duration, Instant};

use crate::ZAIRYU;
use crate::journey::{AUTHENTICATION, SIGNING};

/// A PIN that is shown, with letters that stand nowhere else.
const SHOWN: &str = "WQZXKV79";
/// How long each step may take.
const SOON: Duration = Duration::from_secs(30);

/// A tmux server of its own, with one window.
struct Tmux {
    folder: tempfile::TempDir,
}

impl Tmux {
    fn start() -> Tmux {
        let tmux = Tmux { folder: tempfile::tempdir().unwrap() };
        let home = tmux.folder.path().display();
        std::fs::write(
            tmux.folder.path().join("tmux.conf"),
            "set -g alternate-screen off\nset -g remain-on-exit on\nset -g set-clipboard on\n",
        )
        .unwrap();
        tmux.ask(&["new-session", "-d", "-x", "80", "-y", "24", &format!("HOME={home} LANG=C.UTF-8 exec {ZAIRYU} demo --lang ja")]);
        tmux
    }

    fn ask(&self, args: &[&str]) -> String {
        let socket = self.folder.path().join("socket");
        let conf = self.folder.path().join("tmux.conf");
        let output = Command::new("tmux").arg("-S").arg(socket).arg("-f").arg(conf).args(args).output();
        let Output { status, stdout, stderr } = output.unwrap_or_else(|why| panic!("tmux, which tests/run installs: {why}"));
        assert!(status.success(), "{args:?}: {}", String::from_utf8_lossy(&stderr));
        String::from_utf8(stdout).unwrap()
    }

    /// What was shown and can be scrolled back to.
    fn kept(&self) -> String {
        self.ask(&["capture-pane", "-p", "-S", "-"])
    }

    fn wait(&self, what: &str, mut holds: impl FnMut() -> bool) {
        let deadline = Instant::now() + SOON;
        while !holds() {
            assert!(Instant::now() < deadline, "waited for {what}:\n{}", self.kept());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn wait_for(&self, text: &str) {
        self.wait(text, || self.kept().contains(text));
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        self.ask(&["kill-server"]);
    }
}

#[test]
fn a_terminal_that_keeps_what_was_shown_keeps_no_shown_pin_whatever_ends_the_program() {
    for end in ["TERM", "HUP", "INT"] {
        let tmux = Tmux::start();
        tmux.wait_for("マイナンバーカードです");
        tmux.ask(&["send-keys", "Enter"]);
        tmux.wait_for("はじめに準備");
        tmux.ask(&["send-keys", "Enter"]);
        tmux.wait_for("署名用パスワード");
        tmux.ask(&["send-keys", "-l", SHOWN]);
        tmux.wait_for("8文字");
        tmux.ask(&["send-keys", "Tab", "Space"]);
        // The search finds what is there.
        tmux.wait_for(SHOWN);
        let process = tmux.ask(&["display-message", "-p", "#{pane_pid}"]);
        assert!(Command::new("kill").args([&format!("-{end}"), process.trim()]).status().unwrap().success());
        tmux.wait("the end", || tmux.ask(&["display-message", "-p", "#{pane_dead}"]).trim() == "1");
        let kept = tmux.kept();
        assert!(!kept.contains(SHOWN) && !kept.contains("署名用"), "{end}: {kept}");
    }
}

#[test]
fn a_value_that_is_copied_reaches_the_buffer_of_the_terminal() {
    let tmux = Tmux::start();
    tmux.wait_for("マイナンバーカードです");
    for (key, page) in [("Enter", "はじめに準備"), ("Enter", "署名用パスワード")] {
        tmux.ask(&["send-keys", key]);
        tmux.wait_for(page);
    }
    tmux.ask(&["send-keys", "-l", SIGNING]);
    tmux.ask(&["send-keys", "Enter"]);
    tmux.wait_for("利用者証明用パスワード（4桁");
    tmux.ask(&["send-keys", "-l", AUTHENTICATION]);
    tmux.ask(&["send-keys", "Enter"]);
    tmux.wait_for("利用者氏名");
    for text in ["09098765432", "anne@example.jp", "anne@example.jp"] {
        tmux.ask(&["send-keys", "-l", text]);
        tmux.ask(&["send-keys", "Enter"]);
    }
    tmux.ask(&["send-keys", "1"]);
    tmux.ask(&["send-keys", "-l", "AB12345678CD"]);
    tmux.ask(&["send-keys", "Enter"]);
    tmux.ask(&["send-keys", "Space", "F10"]);
    tmux.wait_for("まだ登録していません");
    tmux.ask(&["send-keys", "Tab", "Tab", "Tab", "Enter"]);
    tmux.wait_for("入管庁の2022年3月");
    assert_eq!(tmux.ask(&["list-buffers"]), "");
    for (row, value) in [("1", "MONTGOMERY ANNE"), ("4", "東京都 新宿区"), ("5", "西新宿２－８－１")] {
        tmux.ask(&["send-keys", row]);
        tmux.wait(value, || !tmux.ask(&["list-buffers"]).is_empty() && tmux.ask(&["show-buffer"]) == value);
    }
}
