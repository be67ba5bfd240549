//! Parser of terminal input, byte by byte, so that the division of the input into reads does not matter. Unknown sequences are dropped
//! without affecting the keys after them.
//! Every byte held for an event is wiped once it was sent, which no crate does: termina 0.4 and termwiz 0.23 keep their input in buffers,
//! and vte 0.15 knows neither a lone ESC nor the Linux console's F1.

use super::{Input, sequence};
use crate::app::state::paste::Pasted;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use zeroize::Zeroize;

const ESC: u8 = 0x1B;
const BEL: u8 = 0x07;
/// Terminates a paste.
const PASTE_END: &[u8] = b"\x1b[201~";
/// Capacity for a sequence: twice the longest one recognised, a colour reply.
const ROOM: usize = 64;

/// The state of the parser.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// At the start of an input.
    Ground,
    /// In a multi-byte letter; `alt` if ESC preceded it.
    Letter { alt: bool },
    /// After ESC: the key, or the start of a sequence.
    Escape,
    /// After `ESC O`.
    Function,
    /// After `ESC [`.
    Control,
    /// After `ESC [ [`, which starts F1 to F5 on the Linux console.
    Console,
    /// After `ESC [ M`: three bytes of a mouse event follow.
    Mouse,
    /// In a control string, by its first byte (`]` OSC, `P` DCS, `_` APC); `ends` after the ESC of its terminator.
    Text { kind: u8, ends: bool },
    /// In a paste; `ends` is the matched length of its terminator.
    Paste { ends: usize },
}

/// What the parser is waiting for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pending {
    /// Only time: the input so far may be a key by itself: ESC, or Alt with a key that also starts sequences.
    Key,
    /// The rest of a sequence or a letter.
    Rest,
    /// The rest of a paste.
    Paste,
}

/// The parser.
pub(super) struct Parser {
    state: State,
    held: [u8; ROOM],
    /// Length of the sequence, including bytes not kept.
    length: usize,
    letter: Letter,
    pasted: Pasted,
}

impl Parser {
    pub(super) fn new() -> Parser {
        Parser { state: State::Ground, held: [0; ROOM], length: 0, letter: Letter::default(), pasted: Pasted::default() }
    }

    /// Parse bytes; send the inputs to `tell`.
    pub(super) fn feed(&mut self, bytes: &[u8], tell: &mut impl FnMut(Input)) {
        for byte in bytes {
            self.byte(*byte, tell);
        }
    }

    /// Return what the parser is waiting for.
    pub(super) fn pending(&self) -> Option<Pending> {
        match self.state {
            State::Ground => None,
            State::Paste { .. } => Some(Pending::Paste),
            _ if self.key_so_far().is_some() => Some(Pending::Key),
            _ => Some(Pending::Rest),
        }
    }

    /// Handle the end of input: what was received so far is a key, or nothing.
    pub(super) fn quiet(&mut self, tell: &mut impl FnMut(Input)) {
        if matches!(self.state, State::Paste { .. }) {
            self.pasted.break_off();
            self.end_paste(tell);
        }
        self.give_up(tell);
    }

    fn byte(&mut self, byte: u8, tell: &mut impl FnMut(Input)) {
        match self.state {
            State::Ground => self.begin(byte, false, tell),
            State::Letter { alt } => self.letter(byte, alt, tell),
            State::Escape => match byte {
                // The first ESC was a key. Some terminals send Alt-Up like this, but Esc followed by Up must not become that.
                ESC => tell(plain(KeyCode::Esc)),
                b'[' => self.state = State::Control,
                b'O' => self.state = State::Function,
                b']' | b'P' | b'_' => self.state = State::Text { kind: byte, ends: false },
                _ => self.begin(byte, true, tell),
            },
            State::Function => match byte {
                b'0'..=b'9' | b';' => self.hold(byte),
                b'@'..=b'~' => self.told(|held| sequence::function(held, byte), tell),
                _ => self.broken(byte, tell),
            },
            State::Control => self.control(byte, tell),
            State::Console => match byte {
                b' '..=b'~' => self.told(|_| sequence::console(byte), tell),
                _ => self.broken(byte, tell),
            },
            State::Mouse if byte < b' ' => self.broken(byte, tell),
            State::Mouse => {
                self.hold(byte);
                if self.length == 3 {
                    self.told(sequence::old_mouse, tell);
                }
            }
            State::Text { kind, ends } => self.text(kind, ends, byte, tell),
            State::Paste { ends } => self.paste(ends, byte, tell),
        }
    }

    /// Handle the first byte of an input.
    fn begin(&mut self, byte: u8, alt: bool, tell: &mut impl FnMut(Input)) {
        self.state = State::Ground;
        let control = |letter: u8| (KeyCode::Char(char::from(letter)), KeyModifiers::CONTROL);
        let (code, modifiers) = match byte {
            ESC => {
                self.state = State::Escape;
                return;
            }
            b'\r' => (KeyCode::Enter, KeyModifiers::NONE),
            b'\t' => (KeyCode::Tab, KeyModifiers::NONE),
            0x7F => (KeyCode::Backspace, KeyModifiers::NONE),
            0 => control(b' '),
            0x01..=0x1A => control(byte - 1 + b'a'),
            0x1C..=0x1F => control(byte - 0x1C + b'4'),
            _ => return self.letter(byte, alt, tell),
        };
        let alt = if alt { KeyModifiers::ALT } else { KeyModifiers::NONE };
        tell(Input::Key(KeyEvent::new(code, modifiers | alt)));
    }

    fn letter(&mut self, byte: u8, alt: bool, tell: &mut impl FnMut(Input)) {
        self.state = State::Ground;
        match self.letter.push(byte) {
            Step::More => self.state = State::Letter { alt },
            Step::Whole(letter) => tell(typed(letter, alt)),
            Step::Broken { by_next: true } => self.begin(byte, false, tell),
            Step::Broken { by_next: false } => {}
        }
    }

    fn control(&mut self, byte: u8, tell: &mut impl FnMut(Input)) {
        match (self.held(), byte) {
            ([], b'[') => self.state = State::Console,
            ([], b'M') => self.state = State::Mouse,
            (b"200", b'~') => {
                self.wipe();
                self.state = State::Paste { ends: 0 };
            }
            // rxvt terminates sequences with a byte that is an intermediate byte elsewhere.
            (held, b'$') if !held.is_empty() && held.iter().all(u8::is_ascii_digit) => {
                self.told(|held| sequence::control(held, byte), tell);
            }
            (_, b' '..=b'?') => self.hold(byte),
            (_, b'@'..=b'~') => self.told(|held| sequence::control(held, byte), tell),
            _ => self.broken(byte, tell),
        }
    }

    fn text(&mut self, kind: u8, ends: bool, byte: u8, tell: &mut impl FnMut(Input)) {
        let whole = |held: &[u8]| if kind == b']' { sequence::command(held) } else { None };
        match byte {
            BEL => self.told(whole, tell),
            b'\\' if ends => self.told(whole, tell),
            _ if ends => {
                // The ESC starts a new sequence.
                self.state = State::Text { kind, ends: false };
                self.give_up(tell);
                self.state = State::Escape;
                self.byte(byte, tell);
            }
            ESC => self.state = State::Text { kind, ends: true },
            b' '..=0xFF => self.hold(byte),
            _ => self.broken(byte, tell),
        }
    }

    fn paste(&mut self, ends: usize, byte: u8, tell: &mut impl FnMut(Input)) {
        if PASTE_END.get(ends) == Some(&byte) {
            self.state = State::Paste { ends: ends + 1 };
            if ends + 1 == PASTE_END.len() {
                self.end_paste(tell);
            }
            return;
        }
        // The partial terminator was text.
        for before in PASTE_END.iter().take(ends) {
            self.paste_byte(*before);
        }
        // ESC occurs only at the start of the terminator.
        let again = byte == ESC;
        self.state = State::Paste { ends: usize::from(again) };
        if !again {
            self.paste_byte(byte);
        }
    }

    fn paste_byte(&mut self, byte: u8) {
        match self.letter.push(byte) {
            Step::More => {}
            Step::Whole(letter) => self.pasted.push(letter),
            Step::Broken { by_next } => {
                self.pasted.push(char::REPLACEMENT_CHARACTER);
                if by_next {
                    self.paste_byte(byte);
                }
            }
        }
    }

    fn end_paste(&mut self, tell: &mut impl FnMut(Input)) {
        if self.letter.length > 0 {
            self.pasted.push(char::REPLACEMENT_CHARACTER);
        }
        self.wipe();
        tell(Input::Paste(std::mem::take(&mut self.pasted)));
    }

    fn hold(&mut self, byte: u8) {
        if let Some(place) = self.held.get_mut(self.length) {
            *place = byte;
        }
        self.length = self.length.saturating_add(1);
    }

    fn held(&self) -> &[u8] {
        self.held.get(..self.length).unwrap_or(&self.held)
    }

    /// Decode a complete sequence; one that exceeded the capacity is dropped.
    fn told(&mut self, read: impl FnOnce(&[u8]) -> Option<Input>, tell: &mut impl FnMut(Input)) {
        let input = if self.length <= ROOM { read(self.held()) } else { None };
        self.wipe();
        if let Some(input) = input {
            tell(input);
        }
    }

    /// Handle a byte that is invalid here: finish what came before, and start over with it.
    fn broken(&mut self, byte: u8, tell: &mut impl FnMut(Input)) {
        self.give_up(tell);
        self.begin(byte, false, tell);
    }

    fn give_up(&mut self, tell: &mut impl FnMut(Input)) {
        let key = self.key_so_far();
        self.wipe();
        if let Some(key) = key {
            tell(key);
        }
    }

    /// Return the key that the input so far means if nothing follows.
    fn key_so_far(&self) -> Option<Input> {
        match self.state {
            State::Escape => Some(plain(KeyCode::Esc)),
            State::Control if self.length == 0 => Some(typed('[', true)),
            State::Function if self.length == 0 => Some(typed('O', true)),
            State::Text { kind, ends: false } if self.length == 0 => Some(typed(char::from(kind), true)),
            _ => None,
        }
    }

    /// Return whether all buffers are wiped.
    #[cfg(test)]
    pub(super) fn is_clean(&self) -> bool {
        self.held == [0; ROOM] && self.letter.bytes == [0; 4] && self.pasted.letters() == 0
    }

    fn wipe(&mut self) {
        self.state = State::Ground;
        self.held.zeroize();
        self.length = 0;
        self.letter.wipe();
    }
}

/// A UTF-8 letter, as far as received.
#[derive(Default)]
struct Letter {
    bytes: [u8; 4],
    length: usize,
}

enum Step {
    More,
    Whole(char),
    /// The bytes are not a letter; `by_next` if the last byte is not part of them.
    Broken {
        by_next: bool,
    },
}

impl Letter {
    fn push(&mut self, byte: u8) -> Step {
        let first = if self.length == 0 { byte } else { self.bytes.first().copied().unwrap_or(byte) };
        let needed = match first {
            0..=0x7F => 1,
            0xC2..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xF4 => 4,
            _ => return Step::Broken { by_next: false },
        };
        if self.length > 0 && byte & 0xC0 != 0x80 {
            self.wipe();
            return Step::Broken { by_next: true };
        }
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = byte;
        }
        self.length += 1;
        if self.length < needed {
            return Step::More;
        }
        let letter = self.bytes.get(..needed).and_then(|bytes| std::str::from_utf8(bytes).ok()).and_then(|text| text.chars().next());
        self.wipe();
        letter.map_or(Step::Broken { by_next: false }, Step::Whole)
    }

    fn wipe(&mut self) {
        self.bytes.zeroize();
        self.length = 0;
    }
}

fn plain(code: KeyCode) -> Input {
    Input::Key(KeyEvent::new(code, KeyModifiers::NONE))
}

fn typed(letter: char, alt: bool) -> Input {
    let shift = if letter.is_uppercase() { KeyModifiers::SHIFT } else { KeyModifiers::NONE };
    let alt = if alt { KeyModifiers::ALT } else { KeyModifiers::NONE };
    Input::Key(KeyEvent::new(KeyCode::Char(letter), shift | alt))
}
