//! Decoding of control sequences (ECMA-48 CSI, SS3, OSC) as sent by xterm, the Linux console, rxvt and kitty. Pure; unknown sequences are
//! ignored.

use super::{Answer, Input};
use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyEventState, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

/// Modifiers, kind and lock state of a key event.
#[derive(Clone, Copy)]
struct Manner {
    modifiers: KeyModifiers,
    kind: KeyEventKind,
    state: KeyEventState,
}

impl Manner {
    const PLAIN: Manner = Manner { modifiers: KeyModifiers::NONE, kind: KeyEventKind::Press, state: KeyEventState::NONE };

    /// Parse `modifiers` or `modifiers:kind`; the modifiers are a bit mask plus 1.
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

/// Decode `CSI held last`.
pub(super) fn control(held: &[u8], last: u8) -> Option<Input> {
    match held.first() {
        Some(b'<') if matches!(last, b'M' | b'm') => return mouse(held.get(1..)?, last == b'm'),
        Some(b'?') if last == b'c' => return Some(Input::Answer(Answer::Attributes)),
        // Replies to queries this program does not send: kitty's flags, modes, versions.
        Some(b'<' | b'=' | b'>' | b'?') => return None,
        _ => {}
    }
    let mut fields = held.split(|byte| *byte == b';');
    let first = fields.next().unwrap_or_default();
    let second = fields.next();
    // Old programs send `CSI 5 A` for `CSI 1 ; 5 A`.
    let manner = second.map_or(Manner::PLAIN, Manner::read);
    let short = if second.is_none() { Manner::read(first) } else { manner };
    match last {
        b'A'..=b'F' | b'H' | b'P' | b'Q' | b'S' => named(last).map(|code| short.key(code)),
        b'R' => match (number(first), second.and_then(number)) {
            // Always a cursor position: F3 with a modifier looks the same, and no page knows that.
            (Some(row), Some(column)) => Some(Input::Answer(Answer::Cursor { row: size(row)?, column: size(column)? })),
            _ => Some(short.key(KeyCode::F(3))),
        },
        b'Z' => Some(manner.with(KeyModifiers::SHIFT).key(KeyCode::BackTab)),
        b'I' if held.is_empty() => Some(Input::Focus(true)),
        b'O' if held.is_empty() => Some(Input::Focus(false)),
        // rxvt marks Shift by lower-case letters, `$` and `@`, Control by `^` and `@`.
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

/// Decode `SS3 held last`: arrow and function keys of old terminals, and the keypad in application mode.
pub(super) fn function(held: &[u8], last: u8) -> Option<Input> {
    let manner = held.rsplit(|byte| *byte == b';').next().map_or(Manner::PLAIN, Manner::read);
    let code = match last {
        b'A'..=b'F' | b'H' | b'P'..=b'S' => named(last)?,
        b'a'..=b'd' => return named(last.to_ascii_uppercase()).map(|code| manner.with(KeyModifiers::CONTROL).key(code)),
        b'I' => KeyCode::Tab,
        b'M' => KeyCode::Enter,
        b'X' => KeyCode::Char('='),
        // Keypad keys are sent as the ASCII character plus 64.
        b'j'..=b'y' => KeyCode::Char(char::from(last - b'j' + b'*')),
        _ => return None,
    };
    Some(manner.key(code))
}

/// Decode the Linux console's `CSI [ last`.
pub(super) fn console(last: u8) -> Option<Input> {
    matches!(last, b'A'..=b'E').then(|| Manner::PLAIN.key(KeyCode::F(last - b'A' + 1)))
}

/// Decode an operating system command: a colour reply, `10;rgb:ffff/ffff/ffff`.
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
        // With the gaps of the VT220's numbering.
        11..=15 => KeyCode::F(code - 10),
        17..=21 => KeyCode::F(code - 11),
        23..=26 => KeyCode::F(code - 12),
        28..=29 => KeyCode::F(code - 15),
        31..=34 => KeyCode::F(code - 17),
        _ => return None,
    })
}

/// Decode a key given by character code, `code` or `code:shifted`, as kitty and xterm send it in modes another program may have enabled.
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
        // kitty's keypad; its other keys (from 0xE000) are unused.
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

/// Decode `button;column;row` with press or release (xterm's mode 1006).
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

/// Decode `CSI button;column;row M` (mode 1015).
fn rxvt_mouse(fields: &[u8]) -> Option<Input> {
    let mut numbers = fields.split(|byte| *byte == b';').map(number);
    let (kind, modifiers) = button(u8::try_from(numbers.next()??).ok()?.checked_sub(32)?)?;
    let (column, row) = (numbers.next()??, numbers.next()??);
    Some(click(kind, modifiers, column, row))
}

/// Decode the three bytes after `CSI M`, each offset by 32 (mode 1000).
pub(super) fn old_mouse(held: &[u8]) -> Option<Input> {
    let [cb, column, row] = held else { return None };
    let (kind, modifiers) = button(cb.checked_sub(32)?)?;
    Some(click(kind, modifiers, u32::from(column.checked_sub(32)?), u32::from(row.checked_sub(32)?)))
}

fn click(kind: MouseEventKind, modifiers: KeyModifiers, column: u32, row: u32) -> Input {
    let from_0 = |place: u32| size(place.saturating_sub(1)).unwrap_or(u16::MAX);
    Input::Mouse(MouseEvent { kind, column: from_0(column), row: from_0(row), modifiers })
}

/// Decode the button byte: the button in the lowest two and highest two bits; between them modifiers and the motion flag.
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

/// Parse a decimal number; `None` if empty or invalid.
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
