//! Handling of answers: each line is translated into the actions that keys would cause in full-screen mode.

use super::prompt::Prompt;
use super::{Conversation, page};
use crate::app::screen::{Overlay, Question, Screen};
use crate::app::state::account::{AccountAction, AccountFocus, WITHDRAW_WORD};
use crate::app::state::confirm::ConfirmFocus;
use crate::app::state::form::{FormFocus, MAX_TYPED};
use crate::app::state::pin::AfterPin;
use crate::app::state::prepare::PREPARE_NEXT;
use crate::app::state::result::ResultPage;
use crate::app::state::trouble::NextStep;
use crate::app::visit::Cover;
use crate::app::{Action, Event};
use crate::error::Code;
use crate::locale::Text;
use crate::locale::words::{Face, Page};
use crate::registration::FieldId;
use crate::registration::field::FieldKind;
use crate::secret::Locked;
use crate::view;
use std::io::{self, Write};

/// A command accepted at every question.
enum Command {
    Help,
    Back,
    NextPerson,
    Leave,
}

/// Parse a command. Lower case only: a capital is an answer. An input method may send full-width letters.
fn command(text: &str) -> Option<Command> {
    match text {
        "?" | "？" => Some(Command::Help),
        "b" | "ｂ" => Some(Command::Back),
        "n" | "ｎ" => Some(Command::NextPerson),
        "q" | "ｑ" => Some(Command::Leave),
        _ => None,
    }
}

/// Return whether the slip for the municipal office is asked for.
fn is_slip(text: &str) -> bool {
    matches!(text, "p" | "ｐ")
}

/// Parse the number of a list item, in half-width or full-width digits.
fn number(text: &str) -> Option<usize> {
    // More digits than any list needs are something else, such as a postal code.
    let short = (1..=2).contains(&text.chars().count());
    short.then(|| text.chars().map(crate::text::half_width).collect::<String>().parse().ok()).flatten()
}

/// Return whether the line answers a page that waits for the card, rather than the question after it.
pub(super) fn is_bare_command(text: &str) -> bool {
    text.is_empty() || command(text).is_some()
}

impl<W: Write> Conversation<W> {
    /// Return whether the page continues by itself once a card is inserted. An unusable card is different: a script must see the error and
    /// end.
    pub(super) fn awaits_card(&self) -> bool {
        if matches!(self.model().visit.nav.overlay(), Some(Overlay::Question(..) | Overlay::Language(_))) {
            return false;
        }
        if matches!(self.model().visit.cover, Some(Cover::Away | Cover::CardOut | Cover::Locked)) {
            return true;
        }
        let Some(Overlay::Trouble(page)) = self.model().visit.nav.overlay() else { return false };
        let absent =
            matches!(page.trouble.code(), Code::PcscNotRunning | Code::NoReader | Code::ReaderGone | Code::NoCard | Code::CardRemoved);
        absent && page.next_step == NextStep::WaitForCard
    }

    /// Handle a line that is not a secret.
    pub(super) fn answer(&mut self, prompt: Prompt, text: &str) -> io::Result<()> {
        match command(text) {
            Some(Command::Help) => return self.help(prompt),
            Some(Command::Back) => return self.back(prompt),
            Some(Command::NextPerson) => {
                self.perform(Action::NextPerson);
                return Ok(());
            }
            Some(Command::Leave) => return self.leave(prompt),
            None => {}
        }
        match prompt {
            Prompt::Word(_) => self.word(text),
            Prompt::AccountItem(focus) => {
                self.account_item(focus, text);
                Ok(())
            }
            Prompt::PasswordCode => {
                self.perform(Action::SetText(text.to_owned()));
                // Without a code the page says so; with one, the password is next.
                let found = matches!(&self.model().visit.nav.screen, Screen::FirstPassword(page) if page.token().is_some());
                self.perform(if found { Action::Activate } else { Action::Confirm });
                Ok(())
            }
            Prompt::Field(field) => self.field(field, text),
            Prompt::Picker => self.picker(text),
            Prompt::Confirm => self.confirm(text),
            Prompt::Trouble(_) if text.is_empty() => {
                self.perform(Action::Activate);
                Ok(())
            }
            Prompt::Trouble(code) if view::trouble::slip(self.model(), code).is_some() && is_slip(text) => {
                self.perform(Action::Slip);
                Ok(())
            }
            Prompt::Trouble(_) => self.remark(prompt, &[self.text(Text::LineNotThere)]),
            // A line typed ahead: nothing was asked.
            Prompt::ReadingCard | Prompt::Waiting(_) | Prompt::Issuing | Prompt::Reading(_) | Prompt::Item(_) => Ok(()),
            _ => self.menu(prompt, text),
        }
    }

    /// Print lines about an answer and ask again, without repeating the page.
    pub(super) fn remark(&mut self, prompt: Prompt, lines: &[impl AsRef<str>]) -> io::Result<()> {
        self.say(lines)?;
        self.said = Some(prompt);
        self.ask(prompt)
    }

    fn help(&mut self, prompt: Prompt) -> io::Result<()> {
        self.say(&["", self.text(Text::LineLead)])?;
        match prompt {
            Prompt::Picker => self.say(&self.model().lang.help(Page::Picker, Face::Line).collect::<Vec<_>>()),
            // The page itself says what can be done; it is printed again.
            _ if self.model().visit.nav.overlay().is_some() || prompt.waits() => Ok(()),
            _ => {
                self.perform(Action::Help);
                Ok(())
            }
        }
    }

    fn leave(&mut self, prompt: Prompt) -> io::Result<()> {
        // Ask only if something would be lost.
        let visit = &self.model().visit;
        let loses = visit.is_open() || visit.result().is_some_and(ResultPage::needs_writing);
        if prompt == Prompt::Ask(Question::Leave) || !loses {
            self.take(Event::Terminate);
        } else {
            self.perform(Action::Leave);
        }
        Ok(())
    }

    fn back(&mut self, prompt: Prompt) -> io::Result<()> {
        match prompt {
            Prompt::Top => return self.leave(prompt),
            Prompt::ResultPage(_) => return self.remark(prompt, &[self.text(Text::LineNotThere)]),
            Prompt::Field(field) => self.field_before(field),
            Prompt::Picker => self.perform(Action::Close),
            Prompt::Confirm => {
                self.perform(Action::Back);
                self.perform(Action::FocusForm(FormFocus::Field(FieldId::Consent)));
            }
            _ => self.perform(Action::Back),
        }
        Ok(())
    }

    fn field_before(&mut self, field: FieldId) {
        let order = self.model().visit.form.order();
        let before =
            order.iter().take_while(|focus| **focus != FormFocus::Field(field)).filter(|focus| matches!(focus, FormFocus::Field(_)));
        match before.last() {
            Some(focus) => self.perform(Action::FocusForm(*focus)),
            None => self.perform(Action::Back),
        }
    }

    /// Handle the number of a list item.
    fn menu(&mut self, prompt: Prompt, text: &str) -> io::Result<()> {
        // On STEP3 and on covered pages an empty line does nothing.
        let enter = match prompt {
            Prompt::Top | Prompt::Language | Prompt::Reader | Prompt::SaveWhere => Some(Action::Activate),
            Prompt::Prepare => Some(Action::ChooseRow(PREPARE_NEXT)),
            Prompt::Ask(_) => Some(Action::Back),
            _ => None,
        };
        let choices = match prompt {
            // Asking for another code is an item of the page.
            Prompt::PasswordAgain => vec![Action::ChooseRow(0), Action::ChooseRow(1)],
            Prompt::Transfer(_) => page::pairs(self.model()),
            _ => page::choices(self.model()),
        };
        if let (Prompt::Records, Some(row)) = (prompt, self.reference(text)) {
            self.perform(Action::ChooseRow(row));
            return Ok(());
        }
        let chosen = number(text).and_then(|number| choices.into_iter().nth(number.checked_sub(1)?));
        match if text.is_empty() { enter } else { chosen } {
            Some(action) => self.perform(action),
            None => return self.remark(prompt, &[self.text(Text::LineNotThere)]),
        }
        match self.copied.take() {
            Some(value) => self.say(&[value]),
            None => Ok(()),
        }
    }

    /// Return the row of the record whose reference was typed. A number that is one is not that of a row.
    fn reference(&self, text: &str) -> Option<usize> {
        let records = self.model().visit.records();
        records.iter().position(|record| record.reference.as_deref() == Some(text)).filter(|_| records.len() > 1)
    }

    fn field(&mut self, field: FieldId, text: &str) -> io::Result<()> {
        let prompt = Prompt::Field(field);
        if text.is_empty() {
            return self.keep(field);
        }
        match (field.row().kind, number(text)) {
            (FieldKind::Text, _) => {
                if text.chars().count() > MAX_TYPED {
                    let long = self.model().lang.fill(Text::PasteTooLong, &[&text.chars().count().to_string()]);
                    return self.remark(prompt, &[long]);
                }
                self.set(field, text)
            }
            (FieldKind::Choice(words), chosen) => match chosen.and_then(|chosen| words.get(chosen.checked_sub(1)?)) {
                Some(word) => self.set(field, word),
                None => self.remark(prompt, &[self.text(Text::LineNotThere)]),
            },
            (FieldKind::Municipality, _) => {
                self.perform(Action::Activate);
                self.perform(Action::SetText(text.to_owned()));
                Ok(())
            }
            (FieldKind::Tick, Some(1)) => self.set(field, "yes"),
            (FieldKind::Tick, Some(2)) => {
                self.perform(Action::Terms);
                Ok(())
            }
            (FieldKind::Tick, _) => self.remark(prompt, &[self.text(Text::LineNotThere)]),
        }
    }

    /// Set the value of a field, print what folding changed, and advance if it is valid.
    fn set(&mut self, field: FieldId, value: &str) -> io::Result<()> {
        self.perform(Action::SetField(field, value.to_owned()));
        if self.model().visit.form.fault(field).is_some() {
            // The field is asked again, with its fault.
            return Ok(());
        }
        if field.row().kind == FieldKind::Text {
            self.say(&page::notes(self.model(), field))?;
        }
        let stored = self.model().visit.form.draft.get(field).to_owned();
        if stored != value {
            self.say(&[self.model().lang.fill(Text::LineNow, &[&stored])])?;
        }
        self.advance();
        Ok(())
    }

    /// Keep the current value and advance if it is valid.
    fn keep(&mut self, field: FieldId) -> io::Result<()> {
        match self.model().visit.form.problem(field) {
            Some(problem) => self.remark(Prompt::Field(field), &[self.model().lang.problem(field, problem)]),
            None => {
                self.advance();
                Ok(())
            }
        }
    }

    /// Advance to the next field; after a 確認, to the next fault or to STEP2.
    fn advance(&mut self) {
        let mending = self.model().visit.form.was_whole || self.model().visit.form.shows_all_faults;
        self.perform(if mending { Action::Confirm } else { Action::Next });
    }

    fn picker(&mut self, text: &str) -> io::Result<()> {
        let Some(Overlay::Picker(picker)) = self.model().visit.nav.overlay() else { return Ok(()) };
        let shown = picker.len().min(page::OFFERED);
        match number(text) {
            _ if text.is_empty() => self.perform(Action::Close),
            Some(chosen) if (1..=shown).contains(&chosen) => {
                self.perform(Action::ChooseRow(chosen - 1));
                if self.mends_place() {
                    self.advance();
                }
            }
            Some(_) => return self.remark(Prompt::Picker, &[self.text(Text::LineNotThere)]),
            None => self.perform(Action::SetText(text.to_owned())),
        }
        Ok(())
    }

    /// Return whether the municipality was the only item to correct.
    fn mends_place(&self) -> bool {
        self.model().visit.nav.overlay().is_none() && self.model().visit.form.was_whole && !self.model().visit.form.shows_all_faults
    }

    fn confirm(&mut self, text: &str) -> io::Result<()> {
        match number(text) {
            Some(0) => {
                // 0 was typed: focus 登録 and press it.
                self.perform(Action::FocusConfirm(ConfirmFocus::Register));
                self.perform(Action::Activate);
            }
            number => match number.and_then(|number| page::pairs(self.model()).into_iter().nth(number.checked_sub(1)?)) {
                Some(action) => self.perform(action),
                None => return self.remark(Prompt::Confirm, &[self.text(Text::LineNotThere)]),
            },
        }
        Ok(())
    }

    fn word(&mut self, text: &str) -> io::Result<()> {
        self.perform(Action::SetText(text.to_owned()));
        match self.prompt() {
            Prompt::Word(purpose) => self.remark(Prompt::Word(purpose), &[self.text(Text::PinWordMissing)]),
            _ => {
                self.perform(Action::Activate);
                Ok(())
            }
        }
    }

    /// Handle a line on the page of an account action: an empty one keeps the current value, and deletes no registration.
    fn account_item(&mut self, focus: AccountFocus, text: &str) {
        match (focus, text) {
            (AccountFocus::Word, "") => return self.perform(Action::Back),
            (_, "") => {}
            _ => self.perform(Action::SetText(text.to_owned())),
        }
        let empty = focus == AccountFocus::Id && self.model().visit.account.id.value().is_empty();
        // The page says what is missing.
        self.perform(if empty { Action::Confirm } else { Action::Activate });
    }

    /// Return whether a script gives the word before a deletion once more, in place of the signing password, whose shape it has.
    fn is_word_again(&self, typed: &str) -> bool {
        let withdraws = self.model().visit.account.choice == AccountAction::Withdraw;
        let asked = matches!(&self.model().visit.nav.screen, Screen::Pin(entry) if entry.then == AfterPin::Account);
        let letters = typed.chars().map(|letter| crate::text::half_width(letter).to_ascii_uppercase());
        withdraws && asked && letters.eq(WITHDRAW_WORD.chars())
    }

    /// Handle a line as a PIN or password. What cannot be valid is not sent, so it costs no try.
    pub(super) fn secret(&mut self, line: Locked) -> io::Result<()> {
        let Ok(typed) = std::str::from_utf8(line.bytes()) else {
            return self.say(&[self.text(Text::LineSecretShape)]);
        };
        let typed = typed.trim();
        // No PIN has one character.
        if command(typed).is_some() {
            return self.answer(self.prompt(), typed);
        }
        if self.is_word_again(typed) {
            return self.say(&[self.text(Text::LineSecretWord)]);
        }
        let letters = typed.chars().count();
        // Moved from one locked buffer to another.
        self.take(Event::Secret(line));
        match &self.model().visit.nav.screen {
            Screen::FirstPassword(page) if page.note.is_none() => self.perform(Action::Confirm),
            Screen::Account => self.perform(Action::Activate),
            Screen::Pin(entry) if entry.pin.len() < letters => {
                self.perform(Action::EraseAll);
                return self.say(&[self.text(Text::LineSecretShape)]);
            }
            Screen::Pin(_) => self.perform(Action::Confirm),
            _ => {}
        }
        // Wipe a PIN that was not sent.
        if let Screen::Pin(entry) = &self.model().visit.nav.screen
            && self.model().visit.waiting.is_none()
        {
            let note = entry.note.map(|note| view::pin::note_text(self.model().lang, entry, note).0);
            self.perform(Action::EraseAll);
            self.say(note.as_slice())?;
        }
        Ok(())
    }
}
