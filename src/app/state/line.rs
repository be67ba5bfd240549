//! A line of text being edited: the keys that hands know from shells and browsers, with undo and redo.
//! What can be undone is personal data as well: it goes with the line. A line that may hold a secret keeps none of it.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use tui_input::backend::crossterm::to_input_request;
use tui_input::{Input, InputRequest};

/// Number of steps that can be undone.
const STEPS: usize = 200;

/// A line of text.
#[derive(Debug)]
pub struct Line {
    input: Input,
    /// `None` for a line that remembers nothing.
    history: Option<History>,
}

impl Line {
    /// Create a line with the caret at its end.
    pub fn new(value: String) -> Line {
        Line { input: Input::new(value), history: Some(History::default()) }
    }

    /// Create a line that remembers nothing: what is typed there may be a secret.
    pub fn forgetful(value: String) -> Line {
        Line { input: Input::new(value), history: None }
    }

    /// Borrow its text.
    pub fn value(&self) -> &str {
        self.input.value()
    }

    /// Return the number of characters before the caret.
    pub fn cursor(&self) -> usize {
        self.input.cursor()
    }

    /// Return its length in characters.
    pub fn len(&self) -> usize {
        self.value().chars().count()
    }

    /// Return whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.value().is_empty()
    }

    /// Apply a key. A letter beyond `limit` characters is refused.
    pub(in crate::app) fn edit(&mut self, key: KeyEvent, limit: usize) {
        match meaning(key) {
            Some(Edit::Undo) => self.turn_back(|history| (&mut history.past, &mut history.future)),
            Some(Edit::Redo) => self.turn_back(|history| (&mut history.future, &mut history.past)),
            Some(Edit::Request(InputRequest::InsertChar(_))) if self.len() >= limit => {}
            Some(Edit::Request(request)) => {
                let before = self.moment();
                self.input.handle(request);
                self.remember(before, Run::of(request));
            }
            None => {}
        }
    }

    /// Insert text at the caret, as one step.
    pub(in crate::app) fn insert(&mut self, text: &str) {
        let before = self.moment();
        for letter in text.chars() {
            self.input.handle(InputRequest::InsertChar(letter));
        }
        self.remember(before, None);
    }

    /// Replace the text without a step of its own: the program put it into another form.
    pub(in crate::app) fn reshape(&mut self, value: String, caret: Option<usize>) {
        let caret = caret.unwrap_or(usize::MAX);
        self.input = Input::new(value).with_cursor(caret);
    }

    /// Take what can be undone.
    pub(in crate::app) fn take_history(&mut self) -> History {
        self.history.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Change what can be undone, if anything is remembered.
    pub(in crate::app) fn change_history(&mut self, change: impl FnOnce(&mut History)) {
        if let Some(history) = &mut self.history {
            change(history);
        }
    }

    /// Set what can be undone.
    pub(in crate::app) fn with_history(mut self, history: History) -> Line {
        self.history = Some(history);
        self
    }

    fn moment(&self) -> Moment {
        Moment { value: self.value().to_owned(), caret: self.cursor() }
    }

    fn remember(&mut self, before: Moment, run: Option<Run>) {
        let (changed, caret) = (before.value != self.value(), self.cursor());
        let Some(history) = self.history.as_mut().filter(|_| changed) else { return };
        let goes_on = run.is_some() && history.run == run.map(|run| (run, before.caret));
        if !goes_on {
            history.keep(before);
        }
        history.future.clear();
        history.run = run.map(|run| (run, caret));
    }

    fn turn_back(&mut self, sides: impl Fn(&mut History) -> (&mut Vec<Moment>, &mut Vec<Moment>)) {
        let now = self.moment();
        let Some(history) = &mut self.history else { return };
        history.run = None;
        let (from, to) = sides(history);
        // The program may have put the text into another form meanwhile, perhaps into this one.
        while let Some(then) = from.pop() {
            if then.value != now.value {
                to.push(now);
                self.reshape(then.value, Some(then.caret));
                return;
            }
        }
    }
}

impl Default for Line {
    fn default() -> Line {
        Line::new(String::new())
    }
}

/// What can be undone and redone.
#[derive(Debug, Default)]
pub struct History {
    past: Vec<Moment>,
    future: Vec<Moment>,
    /// What the last step did, and where the caret was then: more of it is the same step.
    run: Option<(Run, usize)>,
}

impl History {
    /// Keep a text that is about to be replaced.
    pub(in crate::app) fn replaced(&mut self, value: &str) {
        self.keep(Moment { value: value.to_owned(), caret: usize::MAX });
        self.future.clear();
        self.run = None;
    }

    fn keep(&mut self, moment: Moment) {
        if self.past.len() >= STEPS {
            self.past.remove(0);
        }
        self.past.push(moment);
    }
}

/// A text as it was, and where its caret stood.
#[derive(Debug)]
struct Moment {
    value: String,
    caret: usize,
}

/// Edits that are one step as long as they follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Run {
    /// The letters of a word.
    Typed,
    /// Letters erased one by one.
    Erased,
}

impl Run {
    fn of(request: InputRequest) -> Option<Run> {
        match request {
            InputRequest::InsertChar(letter) if !letter.is_whitespace() => Some(Run::Typed),
            InputRequest::DeletePrevChar | InputRequest::DeleteNextChar => Some(Run::Erased),
            _ => None,
        }
    }
}

/// What a key means in a line of text.
enum Edit {
    Undo,
    Redo,
    Request(InputRequest),
}

fn meaning(key: KeyEvent) -> Option<Edit> {
    let shift = key.modifiers.contains(KeyModifiers::SHIFT);
    let request = match (key.code, key.modifiers - KeyModifiers::SHIFT) {
        // Most terminals send Ctrl-_ and Ctrl-/ as the same byte, which is read as Ctrl-7.
        (KeyCode::Char('7' | '_' | '/'), KeyModifiers::CONTROL) => return Some(Edit::Undo),
        (KeyCode::Char('z' | 'Z'), KeyModifiers::CONTROL) => return Some(if shift { Edit::Redo } else { Edit::Undo }),
        (KeyCode::Char('y'), KeyModifiers::CONTROL) => return Some(Edit::Redo),
        (KeyCode::Char('b') | KeyCode::Left, KeyModifiers::ALT) => InputRequest::GoToPrevWord,
        (KeyCode::Char('f') | KeyCode::Right, KeyModifiers::ALT) => InputRequest::GoToNextWord,
        (KeyCode::Char('d') | KeyCode::Delete, KeyModifiers::ALT) => InputRequest::DeleteNextWord,
        (KeyCode::Char('d'), KeyModifiers::CONTROL) => InputRequest::DeleteNextChar,
        (KeyCode::Backspace, KeyModifiers::CONTROL) => InputRequest::DeletePrevWord,
        _ => to_input_request(&Event::Key(key))?,
    };
    Some(Edit::Request(request))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTROL: KeyModifiers = KeyModifiers::CONTROL;
    const ALT: KeyModifiers = KeyModifiers::ALT;

    fn press(line: &mut Line, code: KeyCode, modifiers: KeyModifiers) {
        line.edit(KeyEvent::new(code, modifiers), 100);
    }

    fn type_text(line: &mut Line, text: &str) {
        text.chars().for_each(|letter| press(line, KeyCode::Char(letter), KeyModifiers::NONE));
    }

    fn letter(line: &mut Line, letter: char, modifiers: KeyModifiers) {
        press(line, KeyCode::Char(letter), modifiers);
    }

    #[test]
    fn words_are_undone_one_by_one_and_redone() {
        let mut line = Line::new("A".to_owned());
        type_text(&mut line, "NNE MARIE");
        let mut undone = Vec::new();
        for _ in 0..5 {
            letter(&mut line, 'z', CONTROL);
            undone.push(line.value().to_owned());
        }
        assert_eq!(undone, ["ANNE ", "ANNE", "A", "A", "A"]);
        let mut redone = Vec::new();
        for _ in 0..4 {
            letter(&mut line, 'y', CONTROL);
            redone.push(line.value().to_owned());
        }
        assert_eq!(redone, ["ANNE", "ANNE ", "ANNE MARIE", "ANNE MARIE"]);
        // What is typed after an undo ends what could be redone.
        letter(&mut line, '7', CONTROL);
        type_text(&mut line, "X");
        letter(&mut line, 'y', CONTROL);
        letter(&mut line, 'Z', CONTROL | KeyModifiers::SHIFT);
        assert_eq!(line.value(), "ANNE X");
    }

    #[test]
    fn what_was_erased_killed_or_pasted_is_one_step_and_the_caret_comes_back_too() {
        let mut line = Line::new("one two three".to_owned());
        for _ in 0..3 {
            press(&mut line, KeyCode::Backspace, KeyModifiers::NONE);
        }
        letter(&mut line, 'u', CONTROL);
        line.insert("four five");
        assert_eq!(line.value(), "four five");
        for value in ["", "one two th", "one two three"] {
            letter(&mut line, '_', CONTROL);
            assert_eq!(line.value(), value);
        }
        press(&mut line, KeyCode::Home, KeyModifiers::NONE);
        letter(&mut line, 'k', CONTROL);
        letter(&mut line, 'z', CONTROL);
        assert_eq!((line.value(), line.cursor()), ("one two three", 0));
    }

    #[test]
    fn letters_typed_elsewhere_are_another_step() {
        let mut line = Line::default();
        type_text(&mut line, "bc");
        press(&mut line, KeyCode::Home, KeyModifiers::NONE);
        type_text(&mut line, "a");
        letter(&mut line, 'z', CONTROL);
        assert_eq!(line.value(), "bc");
        letter(&mut line, 'z', CONTROL);
        assert_eq!(line.value(), "");
    }

    #[test]
    fn words_are_passed_and_killed_by_the_keys_of_shells_and_browsers() {
        for (code, modifiers, value, caret) in [
            (KeyCode::Char('b'), ALT, "one two three", 4),
            (KeyCode::Left, CONTROL, "one two three", 4),
            (KeyCode::Left, ALT, "one two three", 4),
            (KeyCode::Char('f'), ALT, "one two three", 8),
            (KeyCode::Right, CONTROL, "one two three", 8),
            (KeyCode::Right, ALT, "one two three", 8),
            (KeyCode::Char('d'), ALT, "one twthree", 6),
            (KeyCode::Delete, CONTROL, "one twthree", 6),
            (KeyCode::Delete, ALT, "one twthree", 6),
            (KeyCode::Char('w'), CONTROL, "one o three", 4),
            (KeyCode::Backspace, ALT, "one o three", 4),
            (KeyCode::Backspace, CONTROL, "one o three", 4),
            (KeyCode::Char('k'), CONTROL, "one tw", 6),
            (KeyCode::Char('u'), CONTROL, "", 0),
            (KeyCode::Char('a'), CONTROL, "one two three", 0),
            (KeyCode::Home, KeyModifiers::NONE, "one two three", 0),
            (KeyCode::Char('e'), CONTROL, "one two three", 13),
            (KeyCode::End, KeyModifiers::NONE, "one two three", 13),
            (KeyCode::Char('d'), CONTROL, "one tw three", 6),
            (KeyCode::Char('h'), CONTROL, "one to three", 5),
        ] {
            let mut line = Line::default();
            line.reshape("one two three".to_owned(), Some(6));
            press(&mut line, code, modifiers);
            assert_eq!((line.value(), line.cursor()), (value, caret), "{code:?} {modifiers:?}");
            // Whatever was killed comes back.
            letter(&mut line, 'z', CONTROL);
            assert_eq!(line.value(), "one two three", "{code:?} {modifiers:?}");
        }
    }

    #[test]
    fn a_line_that_may_hold_a_secret_remembers_nothing() {
        let mut line = Line::forgetful(String::new());
        type_text(&mut line, "SECRET");
        letter(&mut line, 'u', CONTROL);
        for (undo, modifiers) in [('z', CONTROL), ('7', CONTROL), ('y', CONTROL)] {
            letter(&mut line, undo, modifiers);
            assert_eq!(line.value(), "");
        }
        assert!(line.history.is_none());
    }

    #[test]
    fn only_so_many_steps_are_kept_and_letters_beyond_the_limit_are_refused() {
        let mut line = Line::default();
        for _ in 0..STEPS {
            type_text(&mut line, "a ");
        }
        assert_eq!(line.len(), 100);
        for _ in 0..2 * STEPS {
            letter(&mut line, 'u', CONTROL);
            type_text(&mut line, "b ");
        }
        assert_eq!(line.history.as_ref().map(|history| history.past.len()), Some(STEPS));
    }
}
