//! The state of STEP1: what is typed, where the caret is, what was folded, what is wrong. The rules are `registration`'s.

use crate::app::Action;
use crate::app::state::paste::Pasted;
use crate::registration::field::FieldKind;
use crate::registration::fold::{Change, fold};
use crate::registration::{self, Date, Draft, FIELDS, FieldId, Form, FormError};
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;
use unicode_normalization::UnicodeNormalization;

/// The most characters that a field takes: far beyond every limit, so that what is too long can be seen and mended, and yet drawn at once.
pub const MAX_TYPED: usize = 1_000;

/// Where the person is on STEP1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// A line of the error summary, counted from 0.
    Summary(usize),
    /// A field.
    Field(FieldId),
    /// Take the card out to look at it, which is where the number of a 特定在留カード stands.
    LookAtCard,
    /// 利用規約はこちら.
    Terms,
    /// 確認.
    Confirm,
    /// 戻る.
    Back,
}

/// What is remembered about a field beside its value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// What folding changed when the field was left.
    pub changes: Vec<Change>,
    /// Whether the field was left once with something in it: from then on its faults are shown.
    pub visited: bool,
    /// A paste that was refused because it was too long: so many characters.
    pub refused_paste: Option<usize>,
}

/// The state of STEP1.
#[derive(Debug)]
pub struct FormState {
    /// What is typed and chosen.
    pub draft: Draft,
    /// What the card offered, in stored form; empty where it offered nothing.
    pub card: Draft,
    /// The name as it stands on the card, shown beside the field.
    pub card_name: Option<String>,
    /// What of the card's name the field cannot hold, as it stands there.
    pub left_out: Vec<String>,
    /// Whether the card's name or address holds substitute characters.
    pub substituted: [bool; 2],
    /// Where the person is.
    pub focus: Focus,
    /// The editor of the focused text field.
    pub editor: Input,
    /// The person has asked to confirm: every fault is shown, empty fields too.
    pub confirmed_once: bool,
    /// Whether the page is covered while its card is away: then there is an item that says so before the card is taken out.
    pub covers: bool,
    /// It was whole once: whoever comes back to it mends it.
    pub was_whole: bool,
    notes: [Notes; FieldId::COUNT],
    faults: Vec<FormError>,
    today: Date,
}

impl FormState {
    /// Make an empty form; `today` is the date in Japan.
    pub fn new(today: Date) -> FormState {
        let mut form = FormState {
            draft: Draft::default(),
            card: Draft::default(),
            card_name: None,
            left_out: Vec::new(),
            substituted: [false; 2],
            focus: Focus::Field(FieldId::Name),
            editor: Input::default(),
            confirmed_once: false,
            covers: false,
            was_whole: false,
            notes: std::array::from_fn(|_| Notes::default()),
            faults: Vec::new(),
            today,
        };
        form.recheck();
        form
    }

    /// Borrow what is remembered about a field.
    pub fn notes(&self, field: FieldId) -> &Notes {
        // `field as usize` is within the array by construction of `FieldId`; the fallback never shows.
        self.notes.get(field as usize).unwrap_or_else(|| self.notes.first().unwrap_or(&EMPTY))
    }

    fn notes_mut(&mut self, field: FieldId) -> Option<&mut Notes> {
        self.notes.get_mut(field as usize)
    }

    /// Return the fault of a field, if it is to be shown by now.
    pub fn fault(&self, field: FieldId) -> Option<&FormError> {
        let visited = self.notes(field).visited && !self.draft.get(field).is_empty();
        self.faults.iter().find(|fault| fault.field == field).filter(|_| self.confirmed_once || visited)
    }

    /// Return the faults of the summary: none before the person has asked to confirm.
    pub fn summary(&self) -> &[FormError] {
        if self.confirmed_once { &self.faults } else { &[] }
    }

    /// Return how many required items are still to be filled in or mended.
    pub fn left(&self) -> usize {
        self.faults.len()
    }

    /// Return the focused field.
    pub fn field(&self) -> Option<FieldId> {
        match self.focus {
            Focus::Field(field) => Some(field),
            _ => None,
        }
    }

    /// Return whether the focused field is one line of text.
    pub(in crate::app) fn edits_text(&self) -> bool {
        self.field().is_some_and(|field| field.row().kind == FieldKind::Text)
    }

    /// Return every item that can have the focus now, in order.
    pub fn order(&self) -> Vec<Focus> {
        let summary = (0..self.summary().len()).map(Focus::Summary);
        let fields = FIELDS.iter().filter(|row| self.draft.is_open(row.id)).flat_map(|row| {
            let terms = (row.id == FieldId::Consent).then_some(Focus::Terms);
            let card = (self.covers && row.id == FieldId::ResidenceCard).then_some(Focus::LookAtCard);
            terms.into_iter().chain([Focus::Field(row.id)]).chain(card)
        });
        summary.chain(fields).chain([Focus::Confirm, Focus::Back]).collect()
    }

    /// Go to an item, folding what stands in the one that is left.
    pub fn go(&mut self, focus: Focus) {
        self.leave();
        self.focus = focus;
        if let Some(field) = self.field() {
            self.editor = Input::new(self.draft.get(field).to_owned());
        }
    }

    /// Go `by` items on, round the ends.
    pub fn step(&mut self, by: isize) {
        self.leave();
        let order = self.order();
        let here = order.iter().position(|focus| *focus == self.focus).unwrap_or(0);
        let there = (here as isize + by).rem_euclid(order.len() as isize) as usize;
        if let Some(focus) = order.get(there).copied() {
            self.go(focus);
        }
    }

    fn leave(&mut self) {
        if let Some(field) = self.field()
            && self.edits_text()
        {
            self.store(field);
        }
    }

    fn store(&mut self, field: FieldId) {
        let folded = fold(field, self.draft.get(field));
        let changed = folded.value != self.draft.get(field);
        if let Some(notes) = self.notes_mut(field) {
            notes.visited |= !folded.value.is_empty();
            if changed {
                notes.changes = folded.changes;
            }
        }
        if changed {
            self.editor = Input::new(folded.value.clone());
            self.draft.set(field, folded.value);
            self.recheck();
        }
    }

    /// Give a field a value as if it had been typed and left.
    pub fn set(&mut self, field: FieldId, value: String) {
        if field == FieldId::Municipality && value != self.draft.get(field) {
            self.forget(FieldId::Municipality);
        }
        self.draft.set(field, value);
        if field == FieldId::Category && !self.draft.is_open(FieldId::ResidenceCard) {
            self.draft.set(FieldId::ResidenceCard, "");
            self.forget(FieldId::ResidenceCard);
        }
        if field.row().kind == FieldKind::Text {
            self.store(field);
        } else if let Some(notes) = self.notes_mut(field) {
            notes.visited = true;
        }
        if self.field() == Some(field) {
            self.editor = Input::new(self.draft.get(field).to_owned());
        }
        self.recheck();
    }

    /// Fill an empty field with what the card suggests.
    pub(in crate::app) fn suggest(&mut self, field: FieldId, value: &str) {
        if self.draft.get(field).is_empty() {
            self.set(field, fold(field, value).value);
            self.forget(field);
        }
    }

    /// Fill an empty field with what stands on the card, and remember it for comparison.
    pub fn offer(&mut self, field: FieldId, value: &str) {
        self.suggest(field, value);
        self.card.set(field, fold(field, value).value);
    }

    fn forget(&mut self, field: FieldId) {
        if let Some(notes) = self.notes_mut(field) {
            *notes = Notes::default();
        }
    }

    /// Return whether the field holds something else than the card says.
    /// A name that the field cannot hold whole never is what stands on the card.
    pub fn differs_from_card(&self, field: FieldId) -> bool {
        let card = self.card.get(field);
        let cut = field == FieldId::Name && !self.left_out.is_empty();
        cut || (!card.is_empty() && card != self.draft.get(field))
    }

    /// Edit the focused field; return whether anything happened.
    pub(in crate::app) fn edit(&mut self, action: &Action) -> bool {
        let Some(field) = self.field() else { return false };
        match (field.row().kind, action) {
            (FieldKind::Text, Action::Edit(key)) => {
                let full = self.editor.value().chars().count() >= MAX_TYPED;
                let types = matches!(key.code, crossterm::event::KeyCode::Char(_));
                if full && types {
                    return false;
                }
                self.editor.handle_event(&crossterm::event::Event::Key(*key));
                self.typed(field)
            }
            (FieldKind::Choice(words), Action::Right | Action::Toggle) => self.choose(field, words, 1),
            (FieldKind::Choice(words), Action::Left) => self.choose(field, words, -1),
            (FieldKind::Choice(words), Action::Row(row)) => words.get(*row).is_some_and(|word| {
                self.set(field, (*word).to_owned());
                true
            }),
            (FieldKind::Tick, Action::Toggle | Action::Left | Action::Right) => {
                let ticked = self.draft.get(field) == "yes";
                self.set(field, if ticked { "" } else { "yes" }.to_owned());
                true
            }
            _ => false,
        }
    }

    fn typed(&mut self, field: FieldId) -> bool {
        self.widen_kana();
        if self.editor.value() == self.draft.get(field) {
            return true;
        }
        self.draft.set(field, self.editor.value().to_owned());
        if let Some(notes) = self.notes_mut(field) {
            notes.changes.clear();
            notes.refused_paste = None;
        }
        self.recheck();
        true
    }

    /// Insert pasted text into the focused field, if it is one line of text.
    pub fn paste(&mut self, pasted: &Pasted) {
        let Some(field) = self.field().filter(|_| self.edits_text()) else { return };
        // A line break inside a paste is a space: fields are one line, and the person sees what came.
        let mut line: String = pasted.text().trim_matches(['\r', '\n']).chars().take(MAX_TYPED + 1).collect();
        line = line.replace(['\r', '\n', '\t'], " ");
        let held = self.editor.value().chars().count();
        if held + line.chars().count() > MAX_TYPED || !pasted.is_whole() {
            if let Some(notes) = self.notes_mut(field) {
                notes.refused_paste = Some(pasted.letters());
            }
            return;
        }
        let caret = self.editor.cursor();
        let (before, after) = split_at_char(self.editor.value(), caret);
        let value = format!("{before}{line}{after}");
        self.editor = Input::new(value).with_cursor(caret + line.chars().count());
        self.typed(field);
    }

    /// Half-width kana become full-width as they come in: terminals and width tables disagree about their voice marks (two cells or one),
    /// and the caret would stand beside the letter.
    fn widen_kana(&mut self) {
        let value = self.editor.value();
        if !value.chars().any(crate::text::is_half_width_kana) {
            return;
        }
        let behind = value.chars().count().saturating_sub(self.editor.cursor());
        let wide: String = value
            .chars()
            .flat_map(|letter| {
                let half = crate::text::is_half_width_kana(letter);
                let (folded, kept) = if half { (Some(std::iter::once(letter).nfkc()), None) } else { (None, Some(letter)) };
                folded.into_iter().flatten().chain(kept)
            })
            .nfc()
            .collect();
        let caret = wide.chars().count().saturating_sub(behind);
        self.editor = Input::new(wide).with_cursor(caret);
    }

    fn choose(&mut self, field: FieldId, words: &[&str], by: isize) -> bool {
        let here = words.iter().position(|word| *word == self.draft.get(field));
        let count = words.len() as isize;
        let there = match here {
            None if by > 0 => 0,
            None => count - 1,
            Some(here) => (here as isize + by).rem_euclid(count),
        };
        let Some(word) = words.get(there as usize) else { return false };
        self.set(field, (*word).to_owned());
        true
    }

    /// Check the whole; on faults show all of them and put the focus on the first line of the summary.
    pub fn confirm(&mut self) -> Option<Form> {
        self.leave();
        match registration::check(&self.draft, self.today) {
            Ok(form) => {
                self.confirmed_once = false;
                self.was_whole = true;
                self.faults.clear();
                Some(form)
            }
            Err(faults) => {
                self.refuse(faults);
                None
            }
        }
    }

    /// Show faults that were found on 確認, here or in the service.
    pub fn refuse(&mut self, faults: Vec<FormError>) {
        self.faults = faults;
        self.confirmed_once = true;
        self.focus = Focus::Summary(0);
    }

    fn recheck(&mut self) {
        self.faults = registration::check(&self.draft, self.today).err().unwrap_or_default();
        if let Focus::Summary(line) = self.focus
            && line >= self.summary().len()
        {
            self.focus = Focus::Field(FieldId::Name);
        }
    }
}

static EMPTY: Notes = Notes { changes: Vec::new(), visited: false, refused_paste: None };

fn split_at_char(text: &str, place: usize) -> (&str, &str) {
    let byte = text.char_indices().nth(place).map_or(text.len(), |(byte, _)| byte);
    text.split_at(byte)
}
