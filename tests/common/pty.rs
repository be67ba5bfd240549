//! A program in a pseudo-terminal of its own, as a person meets it: keys go in, a screen comes out (emulated by vt100).
//! Every byte that it wrote is kept, so that a test can say what was never among them. Nothing here knows zairyu.
#![allow(unused, unreachable_pub, missing_docs, reason = "a harness that every test includes whole and uses in part")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "in a test, a failure is a panic")]

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::LocalModes;

/// How long anything may take to show on the screen. Generous: two suites may share two cores.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Keys by their names, as xterm sends them.
pub mod key {
    pub const ENTER: &str = "\r";
    pub const ESC: &str = "\x1b";
    pub const TAB: &str = "\t";
    pub const BACK_TAB: &str = "\x1b[Z";
    pub const BACKSPACE: &str = "\x7f";
    pub const UP: &str = "\x1b[A";
    pub const DOWN: &str = "\x1b[B";
    pub const RIGHT: &str = "\x1b[C";
    pub const LEFT: &str = "\x1b[D";
    pub const HOME: &str = "\x1b[H";
    pub const END: &str = "\x1b[F";
    pub const F1: &str = "\x1bOP";
    pub const F2: &str = "\x1bOQ";
    pub const F3: &str = "\x1bOR";
    pub const F5: &str = "\x1b[15~";
    pub const F6: &str = "\x1b[17~";
    pub const F7: &str = "\x1b[18~";
    pub const F8: &str = "\x1b[19~";
    pub const F10: &str = "\x1b[21~";
    pub const CTRL_C: &str = "\x03";
}

/// What has arrived from the program so far.
struct Output {
    emulator: vt100::Parser,
    bytes: Vec<u8>,
    ended: bool,
}

/// A running program and its terminal. Dropping it kills the program.
pub struct Screen {
    seen: Arc<(Mutex<Output>, Condvar)>,
    master: Box<dyn MasterPty + Send>,
    keyboard: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
}

impl Screen {
    /// Start `command` in a terminal of `rows` by `cols`. Of the environment it gets only PATH, HOME, a UTF-8 locale, TERM=xterm-256color
    /// and `env`: the settings of whoever runs the tests must not decide them.
    pub fn start(command: &str, args: &[&str], env: &[(&str, &str)], rows: u16, cols: u16) -> Screen {
        let pair = native_pty_system().openpty(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).unwrap();
        let mut builder = CommandBuilder::new(command);
        builder.args(args);
        builder.env_clear();
        builder.cwd(std::env::current_dir().unwrap());
        for name in ["PATH", "HOME"] {
            builder.env(name, std::env::var_os(name).unwrap_or_default());
        }
        for (name, value) in [("LANG", "C.UTF-8"), ("TERM", "xterm-256color")].iter().chain(env) {
            builder.env(name, value);
        }
        let child = pair.slave.spawn_command(builder).unwrap_or_else(|error| panic!("{command} does not start: {error}"));
        drop(pair.slave); // Else the end of the program would never be the end of the bytes.
        let (rows, cols) = (NonZeroU16::new(rows).unwrap(), NonZeroU16::new(cols).unwrap());
        let seen = Output { emulator: vt100::Parser::new(rows, cols, 0), bytes: Vec::new(), ended: false };
        let seen = Arc::new((Mutex::new(seen), Condvar::new()));
        let keyboard = pair.master.take_writer().unwrap();
        watch(pair.master.try_clone_reader().unwrap(), Arc::clone(&seen));
        Screen { seen, master: pair.master, keyboard, child }
    }

    /// Wait until `text` stands on the screen. A line that the program broke itself must be asked for in parts.
    pub fn wait_for(&self, text: &str) {
        self.wait_until(text, |screen, _| screen.contents().contains(text));
    }

    /// Wait until `text` no longer stands on the screen.
    pub fn wait_gone(&self, text: &str) {
        self.wait_until(&format!("no {text}"), |screen, _| !screen.contents().contains(text));
    }

    /// Wait until the program has written `bytes` after `mark`; the end of a frame, for one.
    pub fn wait_for_bytes(&self, mark: usize, bytes: &[u8]) {
        let what = format!("bytes {:?}", String::from_utf8_lossy(bytes));
        self.wait_until(&what, |_, all| all.get(mark..).is_some_and(|new| new.windows(bytes.len()).any(|part| part == bytes)));
    }

    /// Wait until `arrived` holds for the screen and all bytes so far; on the deadline, panic with `what` was missed and the screen.
    /// Half a frame is never looked at, where the program marks its frames (synchronized update, DEC private mode 2026).
    pub fn wait_until(&self, what: &str, arrived: impl Fn(&vt100::Screen, &[u8]) -> bool) {
        let deadline = Instant::now() + TIMEOUT;
        let mut seen = self.seen.0.lock().unwrap();
        while within_frame(&seen.bytes) || !arrived(seen.emulator.screen(), &seen.bytes) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || seen.ended {
                let why = if seen.ended { "the program ended" } else { "nothing more came in time" };
                let screen = seen.emulator.screen().contents();
                drop(seen); // A poisoned lock would hide this message behind a second one.
                panic!("waited for: {what}\n{why}; the screen:\n{screen}\n");
            }
            seen = self.seen.1.wait_timeout(seen, left).unwrap().0;
        }
    }

    /// Press keys: `key::…`, or text typed in one go.
    pub fn press(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
    }

    /// Type text as a person does: a write for each character.
    pub fn type_text(&mut self, text: &str) {
        text.split_inclusive(|_: char| true).for_each(|letter| self.press(letter));
    }

    /// Paste text, as a terminal does whose program asked for bracketed paste.
    pub fn paste(&mut self, text: &str) {
        self.press(&format!("\x1b[200~{text}\x1b[201~"));
    }

    /// Give the terminal another size; the program hears of it by SIGWINCH.
    pub fn resize(&self, rows: u16, cols: u16) {
        let size = (NonZeroU16::new(rows).unwrap(), NonZeroU16::new(cols).unwrap());
        self.seen.0.lock().unwrap().emulator.screen_mut().set_size(size.0, size.1);
        self.master.resize(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).unwrap();
    }

    /// The text on the screen, without blanks at the ends of lines.
    pub fn screen(&self) -> String {
        self.look(|screen| screen.contents())
    }

    /// Ask the emulated screen anything: colours, wide cells, bracketed paste.
    pub fn look<T>(&self, question: impl FnOnce(&vt100::Screen) -> T) -> T {
        question(self.seen.0.lock().unwrap().emulator.screen())
    }

    /// Row and column of the cursor from 0, or None where it is hidden.
    pub fn cursor(&self) -> Option<(u16, u16)> {
        self.look(|screen| (!screen.hide_cursor()).then(|| screen.cursor_position()))
    }

    /// Whether the alternate screen is shown.
    pub fn alternate_screen(&self) -> bool {
        self.look(vt100::Screen::alternate_screen)
    }

    /// Whether the terminal is as a shell needs it: lines and echo. Asked after the end, it says that the program tidied up.
    pub fn cooked(&self) -> bool {
        let shell = (LocalModes::ICANON | LocalModes::ECHO).bits();
        self.master.get_termios().is_some_and(|modes| modes.local_flags.bits() & shell == shell)
    }

    /// The place in the recording where the next byte will stand.
    pub fn mark(&self) -> usize {
        self.seen.0.lock().unwrap().bytes.len()
    }

    /// All bytes that the program wrote after `mark`; 0 for everything.
    pub fn bytes_since(&self, mark: usize) -> Vec<u8> {
        self.seen.0.lock().unwrap().bytes.get(mark..).unwrap_or_default().to_vec()
    }

    /// What was on the screen after `mark`, frame by frame and however briefly, where the program marks its frames. A screen that was
    /// resized is not looked back at.
    pub fn frames_since(&self, mark: usize) -> Vec<String> {
        const END: &[u8] = b"\x1b[?2026l";
        let seen = self.seen.0.lock().unwrap();
        let (rows, cols) = seen.emulator.screen().size();
        let mut emulator = vt100::Parser::new(rows, cols, 0);
        let mut frames = Vec::new();
        let mut from = 0;
        while let Some(place) = memchr::memmem::find(&seen.bytes[from..], END) {
            let to = from + place + END.len();
            emulator.process(&seen.bytes[from..to]);
            if to > mark {
                frames.push(emulator.screen().contents());
            }
            from = to;
        }
        frames
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.process_id().expect("it was started")
    }

    /// Send a signal to the program.
    pub fn kill(&self, signal: Signal) {
        kill_process(Pid::from_raw(self.id() as i32).unwrap(), signal).unwrap();
    }

    /// Wait for the program to end by itself.
    pub fn exit_status(&mut self, within: Duration) -> ExitStatus {
        let deadline = Instant::now() + within;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "still running after {within:?}; the screen:\n{}\n", self.screen());
            std::thread::sleep(Duration::from_millis(5)); // An ending process can only be polled.
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether a frame has begun and not ended: the last mark is `CSI ? 2026 h`, not `l`.
fn within_frame(bytes: &[u8]) -> bool {
    const MARK: &[u8] = b"\x1b[?2026";
    bytes.windows(MARK.len() + 1).rev().find(|part| part.starts_with(MARK)).is_some_and(|mark| mark.ends_with(b"h"))
}

/// Read what the program writes until it ends, on a thread of its own, and wake whoever waits.
fn watch(mut reader: Box<dyn Read + Send>, seen: Arc<(Mutex<Output>, Condvar)>) {
    std::thread::spawn(move || {
        let mut buffer = [0; 65536];
        loop {
            // On Linux the end is an error (EIO), elsewhere a read of nothing.
            let count = reader.read(&mut buffer).unwrap_or(0);
            let mut seen_now = seen.0.lock().unwrap();
            let new = buffer.get(..count).unwrap_or_default();
            seen_now.emulator.process(new);
            seen_now.bytes.extend_from_slice(new);
            seen_now.ended = count == 0;
            seen.1.notify_all();
            if count == 0 {
                return;
            }
        }
    });
}
