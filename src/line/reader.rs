//! Standard input, a line at a time, on a thread of its own and only when asked: what is not asked for stays where it is.
//! Any line may be a secret (a card can bring up a PIN page while a line is awaited), so every line is held in wiped memory.

use crate::secret::Locked;
use std::io::{self, Read};
use std::sync::mpsc::{self, Sender};
use std::thread;
use zeroize::Zeroize;

/// What was read.
pub(super) enum Heard {
    /// A line, without its end.
    Line(Locked),
    /// A line longer than anything that is asked for.
    TooLong,
    /// The input has ended.
    End,
}

/// The reading thread, waiting to be asked.
pub(super) struct Reader {
    asks: Sender<()>,
    asked: bool,
}

impl Reader {
    /// Start the thread. It tells what it read through `tell`.
    pub(super) fn start(tell: impl Fn(Heard) + Send + 'static) -> io::Result<Reader> {
        let (asks, asked) = mpsc::channel();
        let mut bytes = standard_input()?;
        thread::Builder::new().name("lines".to_owned()).spawn(move || {
            let mut after_return = false;
            for () in asked {
                tell(line(bytes.as_mut(), &mut after_return));
            }
        })?;
        Ok(Reader { asks, asked: false })
    }

    /// Ask for one line, unless one is awaited already.
    pub(super) fn ask(&mut self) {
        if !self.asked {
            // A thread that is gone has told the end of the input before.
            self.asked = self.asks.send(()).is_ok();
        }
    }

    /// Note that what was asked for has come.
    pub(super) fn answered(&mut self) {
        self.asked = false;
    }
}

/// The input without a buffer in between: it would keep a PIN.
#[cfg(unix)]
fn standard_input() -> io::Result<Box<dyn Read + Send>> {
    use std::os::fd::AsFd;
    Ok(Box::new(std::fs::File::from(io::stdin().as_fd().try_clone_to_owned()?)))
}

/// The console speaks UTF-16 there; only the standard library's own input turns it into UTF-8.
#[cfg(not(unix))]
fn standard_input() -> io::Result<Box<dyn Read + Send>> {
    Ok(Box::new(io::stdin()))
}

/// Read one line, byte by byte. It ends with LF, CR LF, or CR alone (a Windows console in raw mode).
fn line(bytes: &mut dyn Read, after_return: &mut bool) -> Heard {
    /// Ctrl-C and Ctrl-D, where the terminal hands them through, and the two codes of the backspace key.
    const END: [u8; 2] = [3, 4];
    const ERASE: [u8; 2] = [8, 127];
    let mut line = Locked::new();
    let mut fits = true;
    let mut one = [0];
    loop {
        match bytes.read(&mut one) {
            Err(why) if why.kind() == io::ErrorKind::Interrupted => continue,
            Ok(1) => {}
            _ if line.is_empty() => return Heard::End,
            _ => break,
        }
        let [byte] = one;
        one.zeroize();
        match byte {
            b'\n' if std::mem::take(after_return) => continue,
            b'\n' => break,
            b'\r' => {
                *after_return = true;
                break;
            }
            _ if END.contains(&byte) => return Heard::End,
            _ if ERASE.contains(&byte) => erase(&mut line),
            _ => fits &= line.push(&[byte]),
        }
        *after_return = false;
    }
    if fits { Heard::Line(line) } else { Heard::TooLong }
}

/// Take back the last character of UTF-8.
fn erase(line: &mut Locked) {
    let whole = line.bytes().iter().rposition(|byte| byte & 0xC0 != 0x80).unwrap_or(0);
    line.truncate(whole);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(mut bytes: &[u8]) -> Vec<String> {
        let mut after_return = false;
        let mut all = Vec::new();
        loop {
            match line(&mut bytes, &mut after_return) {
                Heard::Line(line) => all.push(String::from_utf8_lossy(line.bytes()).into_owned()),
                Heard::TooLong => all.push("too long".to_owned()),
                Heard::End => return all,
            }
        }
    }

    #[test]
    fn a_line_ends_as_on_any_system_and_the_last_one_needs_no_end() {
        assert_eq!(lines(b"a\nb\r\n\r\nc\rd"), ["a", "b", "", "c", "d"]);
        assert_eq!(lines(b"\n\n"), ["", ""]);
        assert!(lines(b"").is_empty());
    }

    #[test]
    fn a_backspace_takes_back_a_whole_character() {
        assert_eq!(lines("ab漢\u{8}c\u{7f}\u{7f}\n".as_bytes()), ["a"]);
        assert_eq!(lines(b"\x08\x08x\n"), ["x"]);
    }

    #[test]
    fn a_line_beyond_all_measure_is_not_cut_but_refused_and_the_next_one_is_read() {
        let mut bytes = vec![b'a'; 5_000];
        bytes.extend(b"\nb\n");
        assert_eq!(lines(&bytes), ["too long", "b"]);
    }
}
