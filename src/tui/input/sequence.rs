//! What a whole control sequence says (ECMA-48 CSI, SS3, OSC), as xterm, the Linux console, rxvt and kitty send them.
//! Pure, and deaf to whatever it does not know.

use super::{Answer, Input};
use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyEventState, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

/// How a key was pressed.
#[derive(Clone, Copy)]
struct Manner {
    modifiers: KeyModifiers,
    kind: KeyEventKind,
    state: KeyEventState,
}

impl Manner {
    const PLAIN: Manner = Manner { modifiers: KeyModifiers::NONE, kind: KeyEventKind::Press, state: KeyEventState::NONE };

    /// Read `modifiers` or `modifiers:kind`, where the modifiers are counted from 1.
    fn read(field: &[u8]) -> Manner {
        let mut parts = field.split(|byte| *byte == b':').map(number);
        let mask = parts.next().flatten().unwrap_or(1).saturating_sub(1);
        let kind = match parts.next().flatten() {
            Some(2) => KeyEventKind::Repeat,
            Some(3) => KeyEventKind::Release,
            _ => KeyEventKind::Press,
        };
        let pairs = [
            (1, KeyModifiers::SHIFT),
            (2, KeyModifiers::ALT),
            (4, KeyModifiers::CONTROL),
            (8, KeyModifiers::SUPER),
            (16, KeyModifiers::HYPER),
            (32, KeyModifiers::META),
        ];
        let modifiers = pairs.into_iter().filter(|(bit, _)| mask & bit != 0).map(|(_, modifier)| modifier).collect();
        let locks = [(64, KeyEventState::CAPS_LOCK), (128, KeyEventState::NUM_LOCK)];
        let state = locks.into_iter().filter(|(bit, _)| mask & bit != 0).map(|(_, lock)| lock).collect();
        Manner { modifiers, kind, state }
    }

    fn with(self, modifiers: KeyModifiers) -> Manner {
        Manner { modifiers: self.modifiers | modifiers, ..self }
    }

    fn key(self, code: KeyCode) -> Input {
        Input::Key(KeyEvent::new_with_kind_and_state(code, self.modifiers, self.kind, self.state))
    }
}

/// Return what `CSI held last` says.
pub(super) fn control(held: &[u8], last: u8) -> Option<Input> {
    match held.first() {
        Some(b'<') if matches!(last, b'M' | b'm') => return mouse(held.get(1..)?, last == b'm'),
        Some(b'?') if last == b'c' => return Some(Input::Answer(Answer::Attributes)),
        // Answers that nothing here asks for: kitty's flags, modes, versions.
        Some(b'<' | b'=' | b'>' | b'?') => return None,
        _ => {}
    }
    let mut fields = held.split(|byte| *byte == b';');
    let first = fields.next().unwrap_or_default();
    let second = fields.next();
    // `CSI 5 A` stands for `CSI 1 ; 5 A` in old programs.
    let manner = second.map_or(Manner::PLAIN, Manner::read);
    let short = if second.is_none() { Manner::read(first) } else { manner };
    match last {
        b'A'..=b'F' | b'H' | b'P' | b'Q' | b'S' => named(last).map(|code| short.key(code)),
        b'R' => match (number(first), second.and_then(number)) {
            // A place, always: what F3 with a modifier sends looks the same, and F3 says nothing here.
            (Some(row), Some(column)) => Some(Input::Answer(Answer::Cursor { row: size(row)?, column: size(column)? })),
            _ => Some(short.key(KeyCode::F(3))),
        },
        b'Z' => Some(manner.with(KeyModifiers::SHIFT).key(KeyCode::BackTab)),
        b'I' if held.is_empty() => Some(Input::Focus(true)),
        b'O' if held.is_empty() => Some(Input::Focus(false)),
        // rxvt says Shift by small letters, `$` and `@`, Control by `^` and `@`.
        b'a'..=b'd' if held.is_empty() => named(last.to_ascii_uppercase()).map(|code| Manner::PLAIN.with(KeyModifiers::SHIFT).key(code)),
        b'$' => numbered(first).map(|code| Manner::PLAIN.with(KeyModifiers::SHIFT).key(code)),
        b'^' => numbered(first).map(|code| Manner::PLAIN.with(KeyModifiers::CONTROL).key(code)),
        b'@' => numbered(first).map(|code| Manner::PLAIN.with(KeyModifiers::CONTROL | KeyModifiers::SHIFT).key(code)),
        // xterm's modifyOtherKeys.
        b'~' if first == b"27" => letter(fields.next()?, manner),
        b'~' => numbered(first).map(|code| manner.key(code)),
        b'u' => letter(first, manner),
        b'M' => rxvt_mouse(held),
        _ => None,
    }
}

/// Return what `SS3 held last` says: arrows and function keys of old terminals, and the keypad of application mode.
pub(super) fn function(held: &[u8], last: u8) -> Option<Input> {
    let manner = held.rsplit(|byte| *byte == b';').next().map_or(Manner::PLAIN, Manner::read);
    let code = match last {
        b'A'..=b'F' | b'H' | b'P'..=b'S' => named(last)?,
        b'a'..=b'd' => return named(last.to_ascii_uppercase()).map(|code| manner.with(KeyModifiers::CONTROL).key(code)),
        b'I' => KeyCode::Tab,
        b'M' => KeyCode::Enter,
        b'X' => KeyCode::Char('='),
        // The keypad's keys are the letters of its row of ASCII.
        b'j'..=b'y' => KeyCode::Char(char::from(last - b'j' + b'*')),
        _ => return None,
    };
    Some(manner.key(code))
}

/// Return the key of the Linux console's `CSI [ last`.
pub(super) fn console(last: u8) -> Option<Input> {
    matches!(last, b'A'..=b'E').then(|| Manner::PLAIN.key(KeyCode::F(last - b'A' + 1)))
}

/// Return what an operating system command says: the answer about a colour, `10;rgb:ffff/ffff/ffff`.
pub(super) fn command(held: &[u8]) -> Option<Input> {
    let (of, rest) = match held {
        [b'1', digit @ (b'0' | b'1'), b';', rest @ ..] => (digit - b'0' + 10, rest),
        _ => return None,
    };
    let parts = rest.strip_prefix(b"rgb:").or_else(|| rest.strip_prefix(b"rgba:"))?;
    let mut parts = parts.split(|byte| *byte == b'/').map(channel);
    let rgb = [parts.next()??, parts.next()??, parts.next()??];
    Some(Input::Answer(Answer::Colour { of, rgb }))
}

/// Scale one to four hexadecimal digits to 16 bits (XParseColor).
fn channel(digits: &[u8]) -> Option<u16> {
    if !(1..=4).contains(&digits.len()) {
        return None;
    }
    let value = digits.iter().try_fold(0_u32, |value, digit| Some(value * 16 + char::from(*digit).to_digit(16)?))?;
    let most = (1_u32 << (4 * digits.len())) - 1;
    u16::try_from(value * 0xFFFF / most).ok()
}

fn named(last: u8) -> Option<KeyCode> {
    Some(match last {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'E' => KeyCode::KeypadBegin,
        b'F' => KeyCode::End,
        b'H' => KeyCode::Home,
        b'P'..=b'S' => KeyCode::F(last - b'P' + 1),
        _ => return None,
    })
}

fn numbered(field: &[u8]) -> Option<KeyCode> {
    let code = u8::try_from(number(field)?).ok()?;
    Some(match code {
        1 | 7 => KeyCode::Home,
        2 => KeyCode::Insert,
        3 => KeyCode::Delete,
        4 | 8 => KeyCode::End,
        5 => KeyCode::PageUp,
        6 => KeyCode::PageDown,
        // With the gaps of the VT220's keyboard.
        11..=15 => KeyCode::F(code - 10),
        17..=21 => KeyCode::F(code - 11),
        23..=26 => KeyCode::F(code - 12),
        28..=29 => KeyCode::F(code - 15),
        31..=34 => KeyCode::F(code - 17),
        _ => return None,
    })
}

/// A key by the number of its letter, `code` or `code:shifted`, as kitty and xterm send it where they were told to by another program.
fn letter(field: &[u8], manner: Manner) -> Option<Input> {
    let mut parts = field.split(|byte| *byte == b':').map(number);
    let code = parts.next()??;
    let shift = manner.modifiers.contains(KeyModifiers::SHIFT);
    let shifted = parts.next().flatten().and_then(char::from_u32).filter(|_| shift);
    let code = match code {
        0x08 | 0x7F => KeyCode::Backspace,
        0x09 if shift => KeyCode::BackTab,
        0x09 => KeyCode::Tab,
        0x0D => KeyCode::Enter,
        0x1B => KeyCode::Esc,
        // kitty's keypad; its other keys (0xE000 and on) say nothing here.
        57399..=57408 => KeyCode::Char(char::from_digit(code - 57399, 10)?),
        57409 => KeyCode::Char('.'),
        57410 => KeyCode::Char('/'),
        57411 => KeyCode::Char('*'),
        57412 => KeyCode::Char('-'),
        57413 => KeyCode::Char('+'),
        57414 => KeyCode::Enter,
        57415 => KeyCode::Char('='),
        57416 => KeyCode::Char(','),
        57417 => KeyCode::Left,
        57418 => KeyCode::Right,
        57419 => KeyCode::Up,
        57420 => KeyCode::Down,
        57421 => KeyCode::PageUp,
        57422 => KeyCode::PageDown,
        57423 => KeyCode::Home,
        57424 => KeyCode::End,
        57425 => KeyCode::Insert,
        57426 => KeyCode::Delete,
        0xE000..=0xF8FF => return None,
        _ => KeyCode::Char(shifted.or_else(|| char::from_u32(code)).filter(|letter| !letter.is_control())?),
    };
    let shift = if shifted.is_some() { KeyModifiers::SHIFT } else { KeyModifiers::NONE };
    Some(Manner { modifiers: manner.modifiers - shift, ..manner }.key(code))
}

/// `button;column;row`, and whether it was released (xterm's mode 1006).
fn mouse(fields: &[u8], released: bool) -> Option<Input> {
    let mut numbers = fields.split(|byte| *byte == b';').map(number);
    let (kind, modifiers) = button(u8::try_from(numbers.next()??).ok()?)?;
    let kind = match kind {
        MouseEventKind::Down(button) if released => MouseEventKind::Up(button),
        other => other,
    };
    let (column, row) = (numbers.next()??, numbers.next()??);
    Some(click(kind, modifiers, column, row))
}

/// `CSI button;column;row M` (mode 1015).
fn rxvt_mouse(fields: &[u8]) -> Option<Input> {
    let mut numbers = fields.split(|byte| *byte == b';').map(number);
    let (kind, modifiers) = button(u8::try_from(numbers.next()??).ok()?.checked_sub(32)?)?;
    let (column, row) = (numbers.next()??, numbers.next()??);
    Some(click(kind, modifiers, column, row))
}

/// The three bytes behind `CSI M`, each from 32 (mode 1000).
pub(super) fn old_mouse(held: &[u8]) -> Option<Input> {
    let [cb, column, row] = held else { return None };
    let (kind, modifiers) = button(cb.checked_sub(32)?)?;
    Some(click(kind, modifiers, u32::from(column.checked_sub(32)?), u32::from(row.checked_sub(32)?)))
}

fn click(kind: MouseEventKind, modifiers: KeyModifiers, column: u32, row: u32) -> Input {
    let from_0 = |place: u32| size(place.saturating_sub(1)).unwrap_or(u16::MAX);
    Input::Mouse(MouseEvent { kind, column: from_0(column), row: from_0(row), modifiers })
}

/// The button is in the lowest two bits and the highest two; between them modifiers, and whether the mouse moves.
fn button(cb: u8) -> Option<(MouseEventKind, KeyModifiers)> {
    let moves = cb & 32 != 0;
    let kind = match ((cb & 3) | (cb & 0xC0) >> 4, moves) {
        (0, false) => MouseEventKind::Down(MouseButton::Left),
        (1, false) => MouseEventKind::Down(MouseButton::Middle),
        (2, false) => MouseEventKind::Down(MouseButton::Right),
        (0, true) => MouseEventKind::Drag(MouseButton::Left),
        (1, true) => MouseEventKind::Drag(MouseButton::Middle),
        (2, true) => MouseEventKind::Drag(MouseButton::Right),
        (3, false) => MouseEventKind::Up(MouseButton::Left),
        (3..=5, true) => MouseEventKind::Moved,
        (4, false) => MouseEventKind::ScrollUp,
        (5, false) => MouseEventKind::ScrollDown,
        (6, false) => MouseEventKind::ScrollLeft,
        (7, false) => MouseEventKind::ScrollRight,
        _ => return None,
    };
    let pairs = [(4, KeyModifiers::SHIFT), (8, KeyModifiers::ALT), (16, KeyModifiers::CONTROL)];
    Some((kind, pairs.into_iter().filter(|(bit, _)| cb & bit != 0).map(|(_, modifier)| modifier).collect()))
}

/// Read a decimal number; `None` where there is none, or anything else.
fn number(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u32, |value, digit| {
        let digit = char::from(*digit).to_digit(10)?;
        value.checked_mul(10)?.checked_add(digit)
    })
}

fn size(number: u32) -> Option<u16> {
    u16::try_from(number).ok()
}
