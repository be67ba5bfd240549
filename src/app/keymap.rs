//! Mapping from keys to actions; depends only on the mode of the page and the key.

use crate::app::Action;
use crate::app::Model;
use crate::app::screen::Overlay;
use crate::app::screen::Screen;
use crate::app::state::account::AccountFocus;
use crate::app::state::first_password::PasswordFocus;
use crate::app::state::form::FormFocus;
use crate::app::state::pin::PinFocus;
use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// How a page interprets letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InputMode {
    /// Digits and Space act on items.
    Buttons,
    /// Space acts on items, which have no numbers.
    Unnumbered,
    /// Letters and arrows edit a line of text.
    Text,
    /// Letters edit a line of text; up and down move through a list.
    Search,
    /// Letters go into a PIN or password.
    Pin,
    /// Left, Right and Space select a choice.
    Choice,
}

/// Return the mode of the page in front.
pub(crate) fn mode(model: &Model) -> InputMode {
    // The staff get in whatever lies over the page of the visitor.
    if matches!(model.visit.nav.overlay(), Some(Overlay::StaffWord(_))) {
        return InputMode::Pin;
    }
    if model.visit.cover.is_some() {
        return InputMode::Buttons;
    }
    match (model.visit.nav.overlay(), &model.visit.nav.screen) {
        (Some(Overlay::Picker(_)), _) => InputMode::Search,
        (Some(_), _) => InputMode::Buttons,
        (None, Screen::Pin(entry)) => match entry.focus {
            PinFocus::Pin => InputMode::Pin,
            PinFocus::Word => InputMode::Text,
            PinFocus::Show | PinFocus::Ok | PinFocus::Cancel => InputMode::Unnumbered,
        },
        (None, Screen::FirstPassword(page)) => match page.focus {
            PasswordFocus::Code => InputMode::Text,
            PasswordFocus::Password => InputMode::Pin,
            _ => InputMode::Unnumbered,
        },
        (None, Screen::Account) => match model.visit.account.focus {
            AccountFocus::Id | AccountFocus::Email | AccountFocus::EmailAgain | AccountFocus::Word => InputMode::Text,
            AccountFocus::Password => InputMode::Pin,
            AccountFocus::Show | AccountFocus::Go | AccountFocus::Back => InputMode::Unnumbered,
        },
        (None, Screen::Form) => match model.visit.form.focus {
            FormFocus::Field(_) if model.visit.form.edits_text() => InputMode::Text,
            FormFocus::Field(_) => InputMode::Choice,
            _ => InputMode::Buttons,
        },
        (None, _) => InputMode::Buttons,
    }
}

/// Return the action of a key in a mode.
pub(crate) fn keymap(mode: InputMode, key: KeyEvent) -> Option<Action> {
    if key.kind == KeyEventKind::Release {
        return None;
    }
    let action = meaning(mode, key)?;
    // A key that is held down moves and types; what acts wants a press of its own.
    let held = key.kind == KeyEventKind::Repeat;
    (!held || moves_or_edits(&action)).then_some(action)
}

const fn moves_or_edits(action: &Action) -> bool {
    matches!(
        action,
        Action::Next
            | Action::Previous
            | Action::Down
            | Action::Up
            | Action::PageDown
            | Action::PageUp
            | Action::First
            | Action::Last
            | Action::Left
            | Action::Right
            | Action::Edit(_)
            | Action::Type(_)
            | Action::Erase
            | Action::EraseAll
    )
}

fn meaning(mode: InputMode, key: KeyEvent) -> Option<Action> {
    let control = key.modifiers.contains(KeyModifiers::CONTROL) && !key.modifiers.contains(KeyModifiers::ALT);
    if control {
        return match (key.code, mode) {
            (KeyCode::Char('c'), _) => Some(Action::Leave),
            (KeyCode::Char('n'), _) => Some(Action::Next),
            (KeyCode::Char('p'), _) => Some(Action::Previous),
            (KeyCode::Char('u' | 'w') | KeyCode::Backspace, InputMode::Pin) => Some(Action::EraseAll),
            // Backspace, as some terminals send it.
            (KeyCode::Char('h'), InputMode::Pin) => Some(Action::Erase),
            (_, InputMode::Text | InputMode::Search) => Some(Action::Edit(key)),
            _ => None,
        };
    }
    match (mode, key.code) {
        // The arrows go through the rows and the text: Tab goes by prefectures.
        (InputMode::Search, KeyCode::Tab) => Some(Action::Right),
        (InputMode::Search, KeyCode::BackTab) => Some(Action::Left),
        (mode, code) => everywhere(code).or_else(|| in_mode(mode, key)),
    }
}

fn everywhere(code: KeyCode) -> Option<Action> {
    Some(match code {
        KeyCode::Tab => Action::Next,
        KeyCode::BackTab => Action::Previous,
        KeyCode::Down => Action::Down,
        KeyCode::Up => Action::Up,
        KeyCode::PageDown => Action::PageDown,
        KeyCode::PageUp => Action::PageUp,
        KeyCode::Enter => Action::Activate,
        KeyCode::Esc => Action::Back,
        KeyCode::F(1) => Action::Help,
        KeyCode::F(2) => Action::Language,
        KeyCode::F(3) => Action::NextLeft,
        KeyCode::F(4) => Action::Contrast,
        KeyCode::F(5) => Action::ReadCard,
        KeyCode::F(6) => Action::Diagnose,
        KeyCode::F(7) => Action::Slip,
        KeyCode::F(8) => Action::NextPerson,
        KeyCode::F(9) => Action::MoreTime,
        KeyCode::F(10) => Action::Confirm,
        KeyCode::F(11) => Action::Large,
        KeyCode::F(12) => Action::Staff,
        _ => return None,
    })
}

fn in_mode(mode: InputMode, key: KeyEvent) -> Option<Action> {
    match (mode, key.code) {
        // Alt with a letter is a command, and none that a page knows; with Control it is the AltGr of Windows.
        (InputMode::Text | InputMode::Search, _) => Some(Action::Edit(key)),
        (_, KeyCode::Char(_)) if key.modifiers == KeyModifiers::ALT => None,
        (InputMode::Pin, KeyCode::Char(typed)) => Some(Action::Type(typed)),
        (InputMode::Pin, KeyCode::Backspace) => Some(Action::Erase),
        // There is no caret to move, and the focus should not leave what is typed.
        (InputMode::Pin, KeyCode::Left | KeyCode::Right | KeyCode::Home | KeyCode::End) => None,
        (_, KeyCode::Home) => Some(Action::First),
        (_, KeyCode::End) => Some(Action::Last),
        (_, KeyCode::Left) => Some(Action::Left),
        (_, KeyCode::Right) => Some(Action::Right),
        (_, KeyCode::Char(' ' | '　')) => Some(Action::Toggle),
        (_, KeyCode::Char('?' | '？')) => Some(Action::Help),
        // Rows are numbered from 1 on the screen; an input method may send full-width digits.
        (InputMode::Buttons | InputMode::Choice, KeyCode::Char(digit @ ('1'..='9' | '１'..='９'))) => {
            Some(Action::ChooseRow(crate::text::half_width(digit) as usize - '1' as usize))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(code: KeyCode) -> KeyEvent {
        KeyEvent::new(code, KeyModifiers::NONE)
    }

    #[test]
    fn a_released_key_says_nothing() {
        let released = KeyEvent::new_with_kind(KeyCode::Char('1'), KeyModifiers::NONE, KeyEventKind::Release);
        assert_eq!(keymap(InputMode::Pin, released), None);
    }

    #[test]
    fn a_key_that_is_held_down_moves_and_types_and_acts_once() {
        let held = |code| KeyEvent::new_with_kind(code, KeyModifiers::NONE, KeyEventKind::Repeat);
        for mode in [InputMode::Buttons, InputMode::Text, InputMode::Search, InputMode::Pin, InputMode::Choice] {
            for code in [KeyCode::Enter, KeyCode::Esc].into_iter().chain([1, 2, 3, 5, 8, 10].map(KeyCode::F)) {
                assert_eq!(keymap(mode, held(code)), None, "{mode:?} {code:?}");
            }
            for code in [KeyCode::Tab, KeyCode::BackTab, KeyCode::Down, KeyCode::Up, KeyCode::PageDown, KeyCode::Left, KeyCode::Backspace] {
                assert_eq!(keymap(mode, held(code)).is_some(), keymap(mode, key(code)).is_some(), "{mode:?} {code:?}");
            }
        }
        for code in [' ', '1', '2'].map(KeyCode::Char) {
            assert_eq!(keymap(InputMode::Buttons, held(code)), None, "{code:?}");
            assert_eq!(keymap(InputMode::Choice, held(code)), None, "{code:?}");
        }
        assert_eq!(keymap(InputMode::Pin, held(KeyCode::Char('1'))), Some(Action::Type('1')));
        let text = held(KeyCode::Char('1'));
        assert_eq!(keymap(InputMode::Text, text), Some(Action::Edit(text)));
        let leave = KeyEvent::new_with_kind(KeyCode::Char('c'), KeyModifiers::CONTROL, KeyEventKind::Repeat);
        assert_eq!(keymap(InputMode::Text, leave), None);
    }

    #[test]
    fn letters_are_typed_where_text_is_edited_and_choose_elsewhere() {
        assert_eq!(keymap(InputMode::Text, key(KeyCode::Char('1'))), Some(Action::Edit(key(KeyCode::Char('1')))));
        assert_eq!(keymap(InputMode::Pin, key(KeyCode::Char('1'))), Some(Action::Type('1')));
        assert_eq!(keymap(InputMode::Buttons, key(KeyCode::Char('1'))), Some(Action::ChooseRow(0)));
        assert_eq!(keymap(InputMode::Buttons, key(KeyCode::Char('３'))), Some(Action::ChooseRow(2)));
        assert_eq!(keymap(InputMode::Choice, key(KeyCode::Char('　'))), Some(Action::Toggle));
    }

    #[test]
    fn the_keys_of_the_contract_work_in_every_mode() {
        for mode in [InputMode::Buttons, InputMode::Text, InputMode::Search, InputMode::Pin, InputMode::Choice] {
            for (code, action) in [
                (KeyCode::Tab, Action::Next),
                (KeyCode::Down, Action::Down),
                (KeyCode::BackTab, Action::Previous),
                (KeyCode::Up, Action::Up),
                (KeyCode::Enter, Action::Activate),
                (KeyCode::Esc, Action::Back),
                (KeyCode::F(1), Action::Help),
                (KeyCode::F(2), Action::Language),
                (KeyCode::F(3), Action::NextLeft),
                (KeyCode::F(5), Action::ReadCard),
                (KeyCode::F(8), Action::NextPerson),
                (KeyCode::F(10), Action::Confirm),
            ] {
                let action = match (mode, action) {
                    (InputMode::Search, Action::Next) => Action::Right,
                    (InputMode::Search, Action::Previous) => Action::Left,
                    (_, action) => action,
                };
                assert_eq!(keymap(mode, key(code)), Some(action), "{mode:?} {code:?}");
            }
        }
    }

    #[test]
    fn alt_with_a_letter_types_no_pin_and_chooses_nothing() {
        for mode in [InputMode::Pin, InputMode::Buttons, InputMode::Unnumbered, InputMode::Choice] {
            for typed in ['1', 'b', ' ', '?'] {
                let alt = KeyEvent::new(KeyCode::Char(typed), KeyModifiers::ALT);
                assert_eq!(keymap(mode, alt), None, "{mode:?} {typed}");
            }
        }
        let at = KeyEvent::new(KeyCode::Char('@'), KeyModifiers::CONTROL | KeyModifiers::ALT);
        assert_eq!(keymap(InputMode::Pin, at), Some(Action::Type('@')));
    }

    #[test]
    fn in_a_pin_the_keys_of_a_line_of_text_erase_and_none_leaves_it() {
        let control = |code| keymap(InputMode::Pin, KeyEvent::new(code, KeyModifiers::CONTROL));
        assert_eq!(control(KeyCode::Char('h')), Some(Action::Erase));
        for code in [KeyCode::Char('u'), KeyCode::Char('w'), KeyCode::Backspace] {
            assert_eq!(control(code), Some(Action::EraseAll), "{code:?}");
        }
        for code in [KeyCode::Left, KeyCode::Right, KeyCode::Home, KeyCode::End] {
            assert_eq!(keymap(InputMode::Pin, key(code)), None, "{code:?}");
        }
    }

    #[test]
    fn a_digit_does_nothing_where_no_number_is_shown() {
        assert_eq!(keymap(InputMode::Unnumbered, key(KeyCode::Char('1'))), None);
        assert_eq!(keymap(InputMode::Unnumbered, key(KeyCode::Char(' '))), Some(Action::Toggle));
    }

    #[test]
    fn alt_graph_letters_are_letters() {
        // Windows reports AltGr as Ctrl+Alt: `@` on many keyboards.
        let at = KeyEvent::new(KeyCode::Char('@'), KeyModifiers::CONTROL | KeyModifiers::ALT);
        assert_eq!(keymap(InputMode::Text, at), Some(Action::Edit(at)));
    }
}
