//! State of STEP1: values, focus, caret, folding changes and faults. The rules are in `registration`.

use crate::app::Action;
use crate::app::state::line::{History, Line};
use crate::app::state::paste::Pasted;
use crate::places;
use crate::registration::address::{self, Divided};
use crate::registration::field::FieldKind;
use crate::registration::fold::{Change, fold};
use crate::registration::warning::Warning;
use crate::registration::{self, Date, Draft, FIELDS, FieldId, Form, FormError, ValueError};
use unicode_normalization::UnicodeNormalization;

/// Maximum length of a field in characters: well over every rule's limit, so that an overlong value can be seen and corrected, yet small
/// enough to draw at once.
pub const MAX_TYPED: usize = 1_000;

/// The focused item on STEP1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormFocus {
    /// A line of the error summary; 0-based.
    Summary(usize),
    /// A field.
    Field(FieldId),
    /// Allow the card to be taken out for reading its face, which carries the number of a 特定在留カード.
    LookAtCard,
    /// 利用規約はこちら.
    Terms,
    /// 確認.
    Confirm,
    /// 戻る.
    Back,
}

/// What is recorded about a field beside its value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// Changes made by folding when the field was last left.
    pub changes: Vec<Change>,
    /// Whether the field was left with a value: from then on its fault is shown.
    pub visited: bool,
    /// Length in characters of a paste that was refused as too long.
    pub refused_paste: Option<usize>,
    /// How the address line goes with the municipality, if that is to be said.
    pub address: Option<Warning>,
}

/// The state of STEP1.
#[derive(Debug)]
pub struct FormState {
    /// Values as typed and chosen.
    pub draft: Draft,
    /// Values offered by the card, in stored form; empty if there is none.
    pub card: Draft,
    /// The name as printed on the card, shown beside the field.
    pub card_name: Option<String>,
    /// Parts of the card's name that the field cannot hold, as printed on the card.
    pub left_out: Vec<String>,
    /// Whether the card's name and address contain substitute characters.
    pub substituted: [bool; 2],
    /// The focused item.
    pub focus: FormFocus,
    /// The row that Up and Down have reached in the focused list of words.
    pub row: Option<usize>,
    /// The editor of the focused text field.
    pub editor: Line,
    /// Whether 確認 was refused: every fault is shown, including those of empty fields.
    pub shows_all_faults: bool,
    /// Whether the page is covered while its card is out; then `FormFocus::LookAtCard` is offered.
    pub covers: bool,
    /// Whether the form has passed 確認 before, so that returning to it means correcting it.
    pub was_whole: bool,
    notes: [Notes; FieldId::COUNT],
    /// What can be undone in the fields without the focus.
    histories: [History; FieldId::COUNT],
    /// Code of the municipality that was chosen before the present one.
    chosen_before: String,
    faults: Vec<FormError>,
    today: Date,
}

impl FormState {
    /// Create an empty form; `today` is the date in Japan.
    pub fn new(today: Date) -> FormState {
        let mut form = FormState {
            draft: Draft::default(),
            card: Draft::default(),
            card_name: None,
            left_out: Vec::new(),
            substituted: [false; 2],
            focus: FormFocus::Field(FieldId::Name),
            row: None,
            editor: Line::default(),
            shows_all_faults: false,
            covers: false,
            was_whole: false,
            notes: std::array::from_fn(|_| Notes::default()),
            histories: std::array::from_fn(|_| History::default()),
            chosen_before: String::new(),
            faults: Vec::new(),
            today,
        };
        form.recheck();
        form
    }

    /// Borrow the notes of a field.
    pub fn notes(&self, field: FieldId) -> &Notes {
        // `field as usize` is always in bounds; the fallback only avoids a panic.
        self.notes.get(field as usize).unwrap_or_else(|| self.notes.first().unwrap_or(&EMPTY))
    }

    fn notes_mut(&mut self, field: FieldId) -> Option<&mut Notes> {
        self.notes.get_mut(field as usize)
    }

    /// Return the fault of a field, if it is to be shown yet.
    pub fn fault(&self, field: FieldId) -> Option<&FormError> {
        let visited = self.notes(field).visited && !self.draft.get(field).is_empty();
        self.faults.iter().find(|fault| fault.field == field).filter(|_| self.shows_all_faults || visited)
    }

    /// Return what is wrong with a field, shown or not.
    pub fn problem(&self, field: FieldId) -> Option<&ValueError> {
        self.faults.iter().find(|fault| fault.field == field).map(|fault| &fault.problem)
    }

    /// Return the faults of the error summary: none before 確認.
    pub fn summary(&self) -> &[FormError] {
        if self.shows_all_faults { &self.faults } else { &[] }
    }

    /// Return the number of items still to be filled in or corrected.
    pub fn left(&self) -> usize {
        self.faults.len()
    }

    /// Return the focused field.
    pub fn field(&self) -> Option<FieldId> {
        match self.focus {
            FormFocus::Field(field) => Some(field),
            _ => None,
        }
    }

    /// Return whether the focused field is a line of text.
    pub(in crate::app) fn edits_text(&self) -> bool {
        self.field().is_some_and(|field| field.row().kind == FieldKind::Text)
    }

    /// Return the words of the focused field, if they stand below each other.
    pub fn listed(&self) -> Option<&'static [&'static str]> {
        match self.field()?.row().kind {
            FieldKind::Choice(words) if words.len() > 2 => Some(words),
            _ => None,
        }
    }

    /// Return the focusable items, in order.
    pub fn order(&self) -> Vec<FormFocus> {
        let summary = (0..self.summary().len()).map(FormFocus::Summary);
        let fields = FIELDS.iter().filter(|row| self.draft.is_open(row.id)).flat_map(|row| {
            let terms = (row.id == FieldId::Consent).then_some(FormFocus::Terms);
            let card = (self.covers && row.id == FieldId::ResidenceCard).then_some(FormFocus::LookAtCard);
            terms.into_iter().chain([FormFocus::Field(row.id)]).chain(card)
        });
        summary.chain(fields).chain([FormFocus::Confirm, FormFocus::Back]).collect()
    }

    /// Focus an item; the text field that is left is folded. From a field that is closed to the one that closes it.
    pub fn go(&mut self, focus: FormFocus) {
        self.leave();
        let closed = matches!(focus, FormFocus::Field(field) if !self.draft.is_open(field));
        let focus = if closed { FormFocus::Field(FieldId::Category) } else { focus };
        if let Some(history) = self.field().and_then(|field| self.histories.get_mut(field as usize)) {
            *history = self.editor.take_history();
        }
        (self.focus, self.row) = (focus, None);
        let field = self.field();
        let history = field.and_then(|field| self.histories.get_mut(field as usize)).map(std::mem::take).unwrap_or_default();
        let value = field.map(|field| self.draft.get(field).to_owned()).unwrap_or_default();
        self.editor = Line::new(value).with_history(history);
    }

    /// Move the focus `by` items, wrapping at the ends.
    pub fn step(&mut self, by: isize) {
        self.leave();
        let order = self.order();
        let here = order.iter().position(|focus| *focus == self.focus).unwrap_or(0);
        let there = (here as isize + by).rem_euclid(order.len() as isize) as usize;
        if let Some(focus) = order.get(there).copied() {
            self.go(focus);
        }
    }

    /// Move one row: within a list of words to its end, else to the item `by` items away. A list is entered at its chosen word, or at the end
    /// that is nearer; walking through it chooses nothing.
    pub(in crate::app) fn walk(&mut self, by: isize) {
        if let Some(words) = self.listed() {
            let chosen = self.chosen(words);
            let there = match self.row.or(chosen) {
                Some(row) => row.checked_add_signed(by),
                None if by > 0 => Some(0),
                None => None,
            };
            if let Some(row) = there.filter(|row| *row < words.len()) {
                self.row = Some(row);
                return;
            }
        }
        self.step(by);
        if let Some(words) = self.listed() {
            let end = if by > 0 { 0 } else { words.len() - 1 };
            self.row = self.chosen(words).or(Some(end));
        }
    }

    /// Return the chosen one of the focused field's words.
    fn chosen(&self, words: &[&str]) -> Option<usize> {
        let value = self.draft.get(self.field()?);
        words.iter().position(|word| *word == value)
    }

    /// Return the next field that is empty or wrong, from the focus on and around the end, the focused one excepted.
    pub fn next_left(&self) -> Option<FormFocus> {
        let order = self.order();
        let here = order.iter().position(|focus| *focus == self.focus).unwrap_or(0);
        let (before, behind) = order.split_at(here);
        let left = |focus: &&FormFocus| matches!(focus, FormFocus::Field(field) if self.problem(*field).is_some());
        behind.iter().skip(1).chain(before).find(left).copied()
    }

    /// Focus the next field that is empty or wrong; 確認 once there is none.
    pub(in crate::app) fn go_to_next_left(&mut self) {
        self.leave();
        let here = self.field().is_some_and(|field| self.problem(field).is_some());
        match self.next_left() {
            Some(focus) => self.go(focus),
            None if here => {}
            None => self.go(FormFocus::Confirm),
        }
    }

    /// Go on from a field that has been filled in: to the next one that is empty or wrong, to 確認 once there is none, and past the focused one
    /// if only that is left.
    pub(in crate::app) fn go_on(&mut self) {
        let before = self.focus;
        self.go_to_next_left();
        if self.focus == before {
            self.step(1);
        }
    }

    /// Focus what the person has to do first: the first field that is empty or wrong, or whose value from the card needs a look.
    pub(in crate::app) fn begin(&mut self) {
        let first = FIELDS.iter().map(|row| row.id).find(|field| self.problem(*field).is_some() || self.needs_look(*field));
        self.go(first.map_or(FormFocus::Confirm, FormFocus::Field));
    }

    /// Return whether a value that the card offers is not just what the card says.
    fn needs_look(&self, field: FieldId) -> bool {
        let [name, address] = self.substituted;
        match field {
            // Kana can be spelt in several ways.
            FieldId::Name => name || self.differs_from_card(field) || (self.card_name.is_some() && self.card.get(field).is_empty()),
            FieldId::Sex | FieldId::BirthDate => self.differs_from_card(field),
            FieldId::AddressLine => address,
            _ => false,
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
            if self.field() == Some(field) {
                self.editor.reshape(folded.value.clone(), None);
            }
            self.draft.set(field, folded.value);
            self.recheck();
        }
        if field == FieldId::AddressLine {
            self.divide_address();
        }
    }

    /// Move a municipality that begins the address line to its own field, if that is empty, and say so.
    fn divide_address(&mut self) {
        let chosen = self.draft.get(FieldId::Municipality).to_owned();
        let Some(Divided { municipality, line }) = address::divide(self.draft.get(FieldId::AddressLine), &chosen) else {
            let said = self.notes(FieldId::AddressLine).address.as_ref();
            if !said.is_some_and(|said| matches!(said, Warning::MunicipalityTaken { .. } | Warning::MunicipalityLeftOut { .. })) {
                self.look_at_address();
            }
            return;
        };
        let place = municipality.label();
        let said = match places::by_code(&chosen) {
            Some(chosen) if chosen != municipality => Warning::MunicipalityLeftOut { place, chosen: chosen.label() },
            _ => Warning::MunicipalityTaken { place },
        };
        if chosen.is_empty() {
            self.draft.set(FieldId::Municipality, municipality.code());
        }
        if self.field() == Some(FieldId::AddressLine) {
            self.editor.reshape(line.clone(), None);
        }
        self.draft.set(FieldId::AddressLine, line);
        if let Some(notes) = self.notes_mut(FieldId::AddressLine) {
            notes.address = Some(said);
        }
        self.recheck();
    }

    /// Take a second look at the address line beside the municipality.
    fn look_at_address(&mut self) {
        let [line, chosen] = [FieldId::AddressLine, FieldId::Municipality].map(|field| self.draft.get(field));
        let on_card = [FieldId::AddressLine, FieldId::Municipality].iter().all(|field| self.card.get(*field) == self.draft.get(*field));
        let before = Some(self.chosen_before.as_str()).filter(|code| !code.is_empty()).unwrap_or(self.card.get(FieldId::Municipality));
        let said = if on_card { None } else { address::elsewhere(line, chosen, before) };
        if let Some(notes) = self.notes_mut(FieldId::AddressLine) {
            notes.address = said;
        }
    }

    /// Set the value of a field as if it had been typed and left.
    pub fn set(&mut self, field: FieldId, value: String) {
        let before = self.draft.get(field).to_owned();
        if field.row().kind == FieldKind::Text && !before.is_empty() && before != value {
            self.history_of(field, |history| history.replaced(&before));
        }
        if field == FieldId::Municipality && value != before {
            self.forget(FieldId::Municipality);
        }
        if field == FieldId::AddressLine && value != before {
            self.forget(FieldId::AddressLine);
        }
        if value != before
            && let Some(notes) = self.notes_mut(field)
        {
            // These belong to the value before.
            (notes.changes, notes.refused_paste) = (Vec::new(), None);
        }
        self.draft.set(field, value);
        if field == FieldId::Municipality {
            if before != self.draft.get(field) {
                self.chosen_before = before;
            }
            self.look_at_address();
        }
        if field == FieldId::Category && !self.draft.is_open(FieldId::ResidenceCard) {
            let number = self.draft.get(FieldId::ResidenceCard).to_owned();
            if !number.is_empty() {
                // Once it is asked for again it can be had back.
                self.history_of(FieldId::ResidenceCard, |history| history.replaced(&number));
            }
            self.draft.set(FieldId::ResidenceCard, "");
            self.forget(FieldId::ResidenceCard);
        }
        if field.row().kind == FieldKind::Text {
            self.store(field);
        } else if let Some(notes) = self.notes_mut(field) {
            notes.visited = true;
        }
        if self.field() == Some(field) {
            self.editor.reshape(self.draft.get(field).to_owned(), None);
        }
        self.recheck();
    }

    /// Fill an empty field with a suggestion from the card.
    pub(in crate::app) fn suggest(&mut self, field: FieldId, value: &str) {
        if self.draft.get(field).is_empty() {
            self.set(field, fold(field, value).value);
            self.forget(field);
            if field == FieldId::AddressLine {
                self.look_at_address();
            }
        }
    }

    /// Fill an empty field with the card's value, and keep that value for comparison.
    pub fn offer(&mut self, field: FieldId, value: &str) {
        self.card.set(field, fold(field, value).value);
        self.suggest(field, value);
    }

    /// Change what can be undone in a field.
    fn history_of(&mut self, field: FieldId, change: impl FnOnce(&mut History)) {
        if self.field() == Some(field) {
            self.editor.change_history(change);
        } else if let Some(history) = self.histories.get_mut(field as usize) {
            change(history);
        }
    }

    fn forget(&mut self, field: FieldId) {
        if let Some(notes) = self.notes_mut(field) {
            *notes = Notes::default();
        }
    }

    /// Return whether the field differs from the card. A name that the field cannot hold whole always differs.
    pub fn differs_from_card(&self, field: FieldId) -> bool {
        let card = self.card.get(field);
        let cut = field == FieldId::Name && !self.left_out.is_empty();
        cut || (!card.is_empty() && card != self.draft.get(field))
    }

    /// Edit the focused field; return whether the action applied.
    pub(in crate::app) fn edit(&mut self, action: &Action) -> bool {
        let Some(field) = self.field() else { return false };
        match (field.row().kind, action) {
            (FieldKind::Text, Action::Edit(key)) => {
                self.editor.edit(*key, MAX_TYPED);
                self.typed(field)
            }
            (FieldKind::Choice(words), Action::Toggle) if self.takes_row(words) => true,
            (FieldKind::Choice(words), Action::Activate) if self.takes_row(words) => {
                self.go_on();
                true
            }
            (FieldKind::Choice(words), Action::Right | Action::Toggle) => self.choose(field, words, 1),
            (FieldKind::Choice(words), Action::Left) => self.choose(field, words, -1),
            (FieldKind::Choice(words), Action::ChooseRow(row)) => {
                if let Some(word) = words.get(*row) {
                    self.set(field, (*word).to_owned());
                    self.go_on();
                }
                true
            }
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
            notes.address = None;
        }
        self.recheck();
        true
    }

    /// Insert pasted text into the focused field, if it is one line of text.
    pub fn paste(&mut self, pasted: &Pasted) {
        let Some(field) = self.field().filter(|_| self.edits_text()) else { return };
        // Line breaks and tabs become spaces: fields are single-line, and the user sees what was pasted.
        let mut line: String = pasted.text().trim_matches(['\r', '\n']).chars().take(MAX_TYPED + 1).collect();
        line = line.replace(['\r', '\n', '\t'], " ");
        if self.editor.len() + line.chars().count() > MAX_TYPED || !pasted.is_whole() {
            if let Some(notes) = self.notes_mut(field) {
                notes.refused_paste = Some(pasted.letters());
            }
            return;
        }
        self.editor.insert(&line);
        self.typed(field);
    }

    /// Convert half-width kana to full-width on input: terminals and width tables disagree on the width of their voice marks (one cell or
    /// two), which would misplace the caret.
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
        self.editor.reshape(wide, Some(caret));
    }

    /// Choose the word at the row that was walked to; return whether it was another than the chosen one.
    fn takes_row(&mut self, words: &[&str]) -> bool {
        let Some((field, row)) = self.field().zip(self.row.filter(|row| self.chosen(words) != Some(*row))) else { return false };
        let Some(word) = words.get(row) else { return false };
        self.set(field, (*word).to_owned());
        true
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
        self.row = self.row.and(Some(there as usize));
        true
    }

    /// Check the whole form; on faults show all of them and focus the first line of the summary.
    pub fn confirm(&mut self) -> Option<Form> {
        self.leave();
        match registration::check(&self.draft, self.today) {
            Ok(form) => {
                self.shows_all_faults = false;
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

    /// Show faults found on 確認, locally or by the service.
    pub fn refuse(&mut self, faults: Vec<FormError>) {
        self.faults = faults;
        self.shows_all_faults = true;
        self.focus = FormFocus::Summary(0);
    }

    fn recheck(&mut self) {
        self.faults = registration::check(&self.draft, self.today).err().unwrap_or_default();
        if let FormFocus::Summary(line) = self.focus
            && line >= self.summary().len()
        {
            self.focus = FormFocus::Field(FieldId::Name);
        }
    }
}

static EMPTY: Notes = Notes { changes: Vec::new(), visited: false, refused_paste: None, address: None };
