//! The gate for everything that is printed rather than drawn. What comes from outside can neither steer a terminal nor pass for a line of ours.

use super::{harmless, is_steering};
use std::io::{self, Stdout, Write};

/// A terminal, pipe or file that is written line by line.
pub struct Lines<W: Write>(W);

impl<W: Write> Lines<W> {
    /// Write to this.
    pub const fn new(writer: W) -> Lines<W> {
        Lines(writer)
    }

    /// Write a line.
    pub fn line(&mut self, text: impl AsRef<str>) -> io::Result<()> {
        self.whole(&format!("{}\n", harmless(text.as_ref())))
    }

    /// Write a line of columns, with tabs between them.
    pub fn columns(&mut self, columns: &[&str]) -> io::Result<()> {
        let columns: Vec<_> = columns.iter().map(|column| harmless(column)).collect();
        self.whole(&format!("{}\n", columns.join("\t")))
    }

    /// Write a JSON value: on one line, or with `{:#}` on several.
    pub fn json(&mut self, value: std::fmt::Arguments<'_>) -> io::Result<()> {
        // Outside its strings JSON has nothing to escape but line ends.
        let mut escaped = String::new();
        for letter in value.to_string().chars() {
            if letter != '\n' && is_steering(letter) {
                letter.encode_utf16(&mut [0; 2]).iter().for_each(|unit| escaped.push_str(&format!("\\u{unit:04x}")));
            } else {
                escaped.push(letter);
            }
        }
        self.whole(&format!("{escaped}\n"))
    }

    /// Write a line with its end at once: of a line that comes in parts standard output keeps a copy in its buffer, until another is longer.
    fn whole(&mut self, line: &str) -> io::Result<()> {
        self.0.write_all(line.as_bytes())
    }

    /// Write without a line end: words of our own.
    pub fn own(&mut self, text: &'static str) -> io::Result<()> {
        self.0.write_all(text.as_bytes())?;
        self.0.flush()
    }

    /// Write out what is held back.
    pub fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Return standard output.
pub fn stdout() -> Lines<Stdout> {
    Lines(io::stdout())
}

/// Say on standard error what went wrong. Further lines are indented, so that none passes for a message of its own.
pub fn complain(message: &str) {
    let mut out = Lines(io::stderr());
    for (place, line) in message.lines().enumerate() {
        // Nobody hears it where there is no standard error.
        let _ = out.line(format!("{}{line}", if place == 0 || line.is_empty() { "" } else { "  " }));
    }
}

/// Show a line on standard error, a terminal, in place of the one shown before; an empty one takes it away.
pub fn pass(line: &str) {
    // Who does not see it misses nothing.
    let _ = io::stderr().write_all(format!("\r{}\x1b[K", harmless(line)).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What readers, settings and services have been made to say.
    const HOSTILE: &str = "a\u{1b}]0;x\u{7}\r\nzairyu: all is well\u{9b}2J\u{2028}\u{202e}\u{200b}\u{e0041}b";

    fn written(write: impl FnOnce(&mut Lines<&mut Vec<u8>>) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&mut Lines::new(&mut out)).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_line_stays_one_line_and_steers_nothing() {
        assert_eq!(written(|out| out.line(HOSTILE)), "a?]0;x???zairyu: all is well?2J????b\n");
        assert_eq!(written(|out| out.columns(&["a\tb", "c"])), "a?b\tc\n");
        assert_eq!(written(|out| out.line("東京都 é")), "東京都 é\n");
    }

    #[test]
    fn a_line_is_written_in_one_piece() {
        struct Pieces(Vec<usize>);
        impl Write for Pieces {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0.push(bytes.len());
                Ok(bytes.len())
            }

            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let mut out = Lines::new(Pieces(Vec::new()));
        out.line("ab").unwrap();
        out.columns(&["a", "b"]).unwrap();
        out.json(format_args!("[1]")).unwrap();
        assert_eq!(out.0.0, [3, 4, 4]);
    }

    #[test]
    fn json_is_read_back_as_it_was_and_steers_nothing() {
        let value = serde_json::json!({ "name": HOSTILE, "name\u{9b}": [1, "東"] });
        for text in [written(|out| out.json(format_args!("{value:#}"))), written(|out| out.json(format_args!("{value}")))] {
            assert!(!text.chars().any(|letter| letter != '\n' && is_steering(letter)), "{text}");
            assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
        }
    }
}
