//! The input, read line by line on a thread, and only on request: input not requested stays unread.
//! Any line may be a secret (inserting a card can open a PIN page while a line is awaited), so every line is kept in wiped memory.

use crate::secret::Locked;
use std::io::{self, Read};
use std::sync::mpsc::{self, Sender};
use std::thread;
use zeroize::Zeroize;

/// The result of a read.
pub(super) enum Heard {
    /// A line, without its line end.
    Line(Locked),
    /// A line longer than any answer.
    TooLong,
    /// End of input.
    End,
}

/// The reading thread.
pub(super) struct LineReader {
    asks: Sender<()>,
    asked: bool,
}

impl LineReader {
    /// Start the thread, which reads bytes and passes its results to `tell`.
    pub(super) fn start(mut bytes: Box<dyn Read + Send>, tell: impl Fn(Heard) + Send + 'static) -> io::Result<LineReader> {
        let (asks, asked) = mpsc::channel();
        thread::Builder::new().name("lines".to_owned()).spawn(move || {
            let mut after_return = false;
            for () in asked {
                tell(line(bytes.as_mut(), &mut after_return));
            }
        })?;
        Ok(LineReader { asks, asked: false })
    }

    /// Request one line, unless one is pending.
    pub(super) fn ask(&mut self) {
        if !self.asked {
            // A thread that has ended has already reported the end of input.
            self.asked = self.asks.send(()).is_ok();
        }
    }

    /// Clear the pending request.
    pub(super) fn answered(&mut self) {
        self.asked = false;
    }
}

/// Open standard input without a buffer, which would keep a PIN.
#[cfg(unix)]
pub(super) fn standard_input() -> io::Result<Box<dyn Read + Send>> {
    use std::os::fd::AsFd;
    Ok(Box::new(std::fs::File::from(io::stdin().as_fd().try_clone_to_owned()?)))
}

/// Open standard input without a buffer. A console is read in UTF-16, whatever its code page.
#[cfg(windows)]
pub(super) fn standard_input() -> io::Result<Box<dyn Read + Send>> {
    use std::io::IsTerminal;
    use std::os::windows::io::AsHandle;
    if io::stdin().is_terminal() {
        return Ok(Box::new(crate::secret::windows::ConsoleInput::default()));
    }
    Ok(Box::new(std::fs::File::from(io::stdin().as_handle().try_clone_to_owned()?)))
}

/// Read one line, byte by byte. It ends with LF, CR LF, or a lone CR (Windows console in raw mode).
fn line(bytes: &mut dyn Read, after_return: &mut bool) -> Heard {
    /// Ctrl-C and Ctrl-D, if the terminal passes them on, and both codes of Backspace.
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

/// Remove the last UTF-8 character.
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
