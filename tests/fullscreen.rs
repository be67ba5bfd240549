//! The whole program in a pseudo-terminal, as a person uses it: practice mode (`zairyu demo`), whose card and service come with it.
//! Each file of the folder goes one way: through the form, through bad input, through a card's troubles, through a terminal's.
#![cfg(all(unix, feature = "service"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "in a test, a failure is a panic")]

#[path = "common/journey.rs"]
mod journey;
#[path = "common/letters.rs"]
mod letters;
#[cfg(target_os = "linux")]
#[path = "common/memory.rs"]
mod memory;
#[path = "common/pty.rs"]
mod pty;
#[cfg(target_os = "linux")]
#[path = "common/trace.rs"]
mod trace;

#[path = "fullscreen/account_actions.rs"]
mod account_actions;
#[path = "fullscreen/card.rs"]
mod card;
#[path = "fullscreen/fields.rs"]
mod fields;
#[cfg(target_os = "linux")]
#[path = "fullscreen/left_over.rs"]
mod left_over;
#[path = "fullscreen/office.rs"]
mod office;
#[path = "fullscreen/pins.rs"]
mod pins;
#[cfg(all(target_os = "linux", feature = "print"))]
#[path = "fullscreen/print.rs"]
mod print;
#[path = "fullscreen/qr.rs"]
mod qr;
#[cfg(target_os = "linux")]
#[path = "fullscreen/save.rs"]
mod save;
#[cfg(target_os = "linux")]
#[path = "common/stick.rs"]
mod stick;
#[path = "fullscreen/terminal.rs"]
mod terminal;
#[cfg(target_os = "linux")]
#[path = "fullscreen/tmux.rs"]
mod tmux;
#[path = "fullscreen/way.rs"]
mod way;
#[path = "common/zbar.rs"]
mod zbar;

use std::ops::{Deref, DerefMut};
use std::time::Duration;

use pty::Screen;
use tempfile::TempDir;

const ZAIRYU: &str = env!("CARGO_BIN_EXE_zairyu");
/// How long the program may take to end: a person who closes the window must not find it running.
const SOON: Duration = Duration::from_secs(3);

/// Practice mode on a screen, with a home folder of its own.
struct Demo {
    screen: Screen,
    home: TempDir,
}

impl Deref for Demo {
    type Target = Screen;

    fn deref(&self) -> &Screen {
        &self.screen
    }
}

impl DerefMut for Demo {
    fn deref_mut(&mut self) -> &mut Screen {
        &mut self.screen
    }
}

impl Demo {
    /// Start in Japanese at 80×24.
    fn new(args: &[&str]) -> Demo {
        Demo::start(&[&["--lang", "ja"], args].concat(), &[], 80, 24)
    }

    fn start(args: &[&str], env: &[(&str, &str)], cols: u16, rows: u16) -> Demo {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().to_str().unwrap();
        let env = [&[("HOME", path), ("TMPDIR", path)], env].concat();
        let screen = Screen::start(ZAIRYU, &[&["demo"], args].concat(), &env, rows, cols);
        Demo { screen, home }
    }

    /// Start, and go to STEP1.
    fn at_step1() -> Demo {
        let mut demo = Demo::new(&[]);
        journey::to_signing_pin(&mut demo);
        journey::to_step1(&mut demo);
        demo
    }

    /// The program has ended well, in time, and the terminal is the shell's again: nothing of the form, nothing of the practice on disk.
    fn is_whole_again(&mut self) {
        assert!(self.exit_status(SOON).success());
        assert!(self.cooked(), "the terminal is still raw");
        assert!(!self.alternate_screen(), "the alternate screen is still there");
        assert!(self.cursor().is_some(), "the cursor is hidden");
        assert_eq!(self.screen().trim(), "");
        assert_eq!(self.home.path().read_dir().unwrap().count(), 0, "files were left behind");
    }
}

/// Whether bytes hold a text.
fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}
