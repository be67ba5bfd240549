//! From bytes to events, byte by byte, so that it makes no difference how a terminal's bytes are cut into reads. What is not understood is
//! dropped, never a key that comes after it. Nothing is kept of an event that was told: every byte held for it is wiped, which is why no
//! crate does it: termina 0.4 and termwiz 0.23 keep what they were fed in buffers of their own, and vte 0.15 knows neither a lone ESC nor
//! the Linux console's F1.

use super::{Input, sequence};
use crate::app::state::paste::Pasted;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use zeroize::Zeroize;

const ESC: u8 = 0x1B;
const BEL: u8 = 0x07;
/// What ends a paste.
const PASTE_END: &[u8] = b"\x1b[201~";
/// How much of a sequence is kept: the longest that says anything here, the answer about a colour, has half of it.
const ROOM: usize = 64;

/// What is under way.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing: the next byte begins something.
    Ground,
    /// A letter of more than one byte; with Alt, if ESC was before it.
    Letter { alt: bool },
    /// ESC: the key, or the beginning of something.
    Escape,
    /// `ESC O`.
    Function,
    /// `ESC [`.
    Control,
    /// `ESC [ [`, as the Linux console begins F1 to F5.
    Console,
    /// `ESC [ M`: three bytes of a mouse follow.
    Mouse,
    /// A text of the terminal, by the byte that began it (`]` OSC, `P` DCS, `_` APC); whether the ESC of its end was there.
    Text { kind: u8, ends: bool },
    /// A paste; how much of its end mark was there.
    Paste { ends: usize },
}

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pending {
    /// What is there may be a key by itself: ESC, or Alt with a key that also begins sequences.
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
    /// How much of the sequence there was, kept or not.
    length: usize,
    letter: Letter,
    pasted: Pasted,
}

impl Parser {
    pub(super) fn new() -> Parser {
        Parser { state: State::Ground, held: [0; ROOM], length: 0, letter: Letter::default(), pasted: Pasted::default() }
    }

    /// Take bytes; tell what they say.
    pub(super) fn feed(&mut self, bytes: &[u8], tell: &mut impl FnMut(Input)) {
        for byte in bytes {
            self.byte(*byte, tell);
        }
    }

    /// Return what is waited for.
    pub(super) fn pending(&self) -> Option<Pending> {
        match self.state {
            State::Ground => None,
            State::Paste { .. } => Some(Pending::Paste),
            _ if self.key_so_far().is_some() => Some(Pending::Key),
            _ => Some(Pending::Rest),
        }
    }

    /// Nothing more comes: what is there is a key, or nothing.
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
                // The first was a key. Some terminals say Alt-Up in this way, but Esc and then Up must not become one.
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

    /// A key, or the beginning of something.
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
            // rxvt ends a sequence with what begins the end of one elsewhere.
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
                // The ESC belongs to what comes now.
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
        // What looked like the end was text.
        for before in PASTE_END.iter().take(ends) {
            self.paste_byte(*before);
        }
        // ESC stands in the mark only once, at its beginning.
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

    /// A sequence is whole; one that was longer than any is dropped.
    fn told(&mut self, read: impl FnOnce(&[u8]) -> Option<Input>, tell: &mut impl FnMut(Input)) {
        let input = if self.length <= ROOM { read(self.held()) } else { None };
        self.wipe();
        if let Some(input) = input {
            tell(input);
        }
    }

    /// A byte that cannot stand here: what came before it is done with, and it begins anew.
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

    /// The key that stands here if nothing follows.
    fn key_so_far(&self) -> Option<Input> {
        match self.state {
            State::Escape => Some(plain(KeyCode::Esc)),
            State::Control if self.length == 0 => Some(typed('[', true)),
            State::Function if self.length == 0 => Some(typed('O', true)),
            State::Text { kind, ends: false } if self.length == 0 => Some(typed(char::from(kind), true)),
            _ => None,
        }
    }

    /// Return whether no byte of anything is kept.
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

/// A letter in UTF-8, as far as it has come.
#[derive(Default)]
struct Letter {
    bytes: [u8; 4],
    length: usize,
}

enum Step {
    More,
    Whole(char),
    /// What was there is no letter: the byte does not belong to it, or it was the last of something that is none.
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
