//! Handling of events: changes the state and returns effects.
//!
//! A file knows those before it only: `cards`, `issue`, `jobs`, `open` (pages that several lead to), `records`, `transfer`; `visit`; `deadline` and a
//! file for each page; `readers`, `trouble` and `overlay`, which lead back to the pages; `reply`.

use crate::app::keymap::{keymap, mode};
use crate::app::screen::{Overlay, Question, Screen};
use crate::app::state::line::Line;
use crate::app::state::paste::Pasted;
use crate::app::state::pin::{LAST_TRY_WORD, PinFocus, PinNote};
use crate::app::state::prepare::PREPARE_NEXT;
use crate::app::state::top::top_rows;
use crate::app::visit::{Mode, Visit};
use crate::app::{Action, Effect, Event, Extent, Model};
use crate::card::pin::Typed;
use crate::secret::Locked;

mod account;
mod attract;
mod cards;
mod confirm;
mod deadline;
mod diagnosis;
mod first_password;
mod form;
mod issue;
mod jobs;
mod open;
mod overlay;
mod picker;
mod pin;
mod prefill;
mod prepare;
mod readers;
mod records;
mod reply;
mod result;
mod staff;
mod top;
mod transfer;
mod trouble;
mod visit;

/// Rows moved by PageUp and PageDown in lists.
pub(super) const PAGE: isize = 10;

/// Apply an event to the state; return the effects.
pub fn update(model: &mut Model, event: Event) -> Vec<Effect> {
    let mut effects = take(model, event);
    // Any event can lead to a page that is covered while its card is out, or that needs the card status.
    effects.extend(cards::read_cards(model));
    cards::cover_if_away(model);
    effects
}

fn take(model: &mut Model, event: Event) -> Vec<Effect> {
    if event.shows_somebody() && deadline::attended(model) && !matches!(event, Event::Readers(_)) {
        // The key that takes the warning away does nothing else, but for the one for more time.
        let more = match event {
            Event::Key(key) => keymap(mode(model), key) == Some(Action::MoreTime),
            event => matches!(event, Event::Action(Action::MoreTime)),
        };
        if more {
            deadline::more_time(model);
        }
        return Vec::new();
    }
    match event {
        Event::Key(key) => keymap(mode(model), key).map(|action| handle(model, action)).unwrap_or_default(),
        Event::Paste(text) => paste(model, &text),
        Event::Secret(line) => {
            secret(model, &line);
            Vec::new()
        }
        Event::Action(action) => handle(model, action),
        Event::Readers(states) => readers::changed(model, states),
        Event::Worker(message) => reply::received(model, message),
        Event::Issued(ticket, result) => {
            issue::ended(model, ticket, &result);
            Vec::new()
        }
        Event::Media(media) => issue::media_found(model, media),
        Event::Passed(timer, seconds) => deadline::passed(model, timer, seconds),
        Event::StaffWord(answer) => staff::answered(model, answer),
        Event::Records(read, changed) => {
            records::came(model, read, changed);
            Vec::new()
        }
        Event::SheetSaved(result) => {
            transfer::saved(model, result);
            Vec::new()
        }
        Event::Listed(result) => {
            model.unlisted = result.err();
            Vec::new()
        }
        Event::Saying(text) => {
            model.visit.saying = Some(text);
            Vec::new()
        }
        Event::Said(text) => {
            model.visit.saying.take_if(|saying| *saying == text);
            Vec::new()
        }
        Event::Drawn(extent) => {
            model.extent = extent;
            Vec::new()
        }
        Event::Diagnosed(findings) => {
            diagnosis::gathered(model, *findings);
            Vec::new()
        }
        Event::Terminate => quit(model),
    }
}

/// Quit the program and drop the visit.
pub(super) fn quit(model: &mut Model) -> Vec<Effect> {
    let reached = model.visit.reached;
    let mut effects = model.visit.last_effects();
    model.visit = Visit::new(model.setup.mode, model.today);
    effects.extend(visit::count(model, reached));
    effects.extend([Effect::Cancel, Effect::Quit]);
    effects
}

fn handle(model: &mut Model, action: Action) -> Vec<Effect> {
    let in_form = matches!(model.visit.nav.screen, Screen::Form) && model.visit.nav.overlay().is_none() && model.visit.cover.is_none();
    let in_trouble = matches!(model.visit.nav.overlay(), Some(Overlay::Trouble(_))) && model.visit.cover.is_none();
    let action = match action {
        // An error page has text to scroll and buttons to move through.
        Action::Down | Action::WheelDown if in_trouble => Action::Down,
        Action::Up | Action::WheelUp if in_trouble => Action::Up,
        Action::WheelDown => Action::Next,
        Action::WheelUp => Action::Previous,
        // Only fields have rows of their own.
        Action::Down if !in_form => Action::Next,
        Action::Up if !in_form => Action::Previous,
        other => other,
    };
    if action == Action::Diagnose && model.offers_speech() {
        model.visit.speech = model.visit.speech.next();
        return Vec::new();
    }
    model.visit.speech = model.visit.speech.once();
    match action {
        // Leaving while the registration is being sent would leave its result unknown; the page says how long the reply takes.
        Action::Leave | Action::NextPerson if model.visit.is_sending() => Vec::new(),
        Action::Leave | Action::NextPerson | Action::Ask(_) if model.visit.nav.asks() => Vec::new(),
        Action::MoreTime => {
            deadline::more_time(model);
            Vec::new()
        }
        Action::Contrast if model.setup.mode == Mode::Kiosk => {
            model.visit.contrast ^= true;
            Vec::new()
        }
        Action::Large if model.offers_large() => vec![Effect::OtherLetters],
        Action::Contrast | Action::Large => Vec::new(),
        action if matches!(model.visit.nav.overlay(), Some(Overlay::StaffWord(_))) => staff::handle_word(model, &action),
        Action::Staff => staff::open(model),
        action if staff::is_reserved(model, &action) => staff::open(model),
        Action::Leave => open::question(model, Question::Leave),
        Action::NextPerson => visit::next_person(model),
        Action::Language if !matches!(model.visit.nav.overlay(), Some(Overlay::Language(_))) => open::languages(model),
        action if matches!(model.visit.nav.overlay(), Some(Overlay::Question(..) | Overlay::Language(_))) => overlay::handle(model, action),
        action if matches!(model.visit.nav.overlay(), Some(Overlay::Staff(_))) => staff::handle(model, &action),
        action if let Some(cover) = model.visit.cover.filter(|_| !model.visit.nav.is_staffs()) => {
            overlay::handle_covered(model, cover, &action)
        }
        Action::SetField(field, value) => {
            if matches!(model.visit.nav.screen, Screen::Form) {
                model.visit.form.set(field, value);
            }
            Vec::new()
        }
        Action::SetText(text) if model.visit.waiting.is_none() => {
            set_text(model, &text);
            Vec::new()
        }
        Action::Close if model.visit.nav.picker().is_some() => {
            model.visit.nav.close();
            Vec::new()
        }
        Action::Help if !matches!(model.visit.nav.overlay(), Some(Overlay::Help(_))) => {
            model.visit.nav.open(Overlay::Help(0));
            Vec::new()
        }
        Action::Diagnose => diagnosis::open(model),
        action if model.visit.nav.overlay().is_some() => overlay::handle(model, action),
        action if model.visit.waiting.is_some() => jobs::while_waiting(model, &action),
        // Cancel the automatic continuation.
        Action::Back if model.visit.resumes_when_read => {
            model.visit.resumes_when_read = false;
            Vec::new()
        }
        Action::ReadCard => cards::read_again(model),
        Action::Transfer => transfer::open(model),
        action => match &model.visit.nav.screen {
            Screen::Attract(_) => attract::handle(model, &action),
            Screen::Top(_) => top::handle(model, action),
            Screen::Prepare(_) => prepare::handle(model, action),
            Screen::Pin(_) => pin::handle(model, action),
            Screen::Form => form::handle(model, action),
            Screen::Confirm(_) => confirm::handle(model, action),
            Screen::Result(_) => result::handle(model, action),
            Screen::FirstPassword(_) => first_password::handle(model, action),
            Screen::AccountMenu(_) => account::handle_menu(model, action),
            Screen::Account => account::handle(model, action),
        },
    }
}

/// Return the row after a move among `count` rows; `None` if the action is no move.
pub(super) fn moved(row: usize, count: usize, action: &Action) -> Option<usize> {
    let last = count.saturating_sub(1);
    Some(match action {
        Action::Next | Action::Right if row >= last => 0,
        Action::Next | Action::Right => row + 1,
        Action::Previous | Action::Left if row == 0 => last,
        Action::Previous | Action::Left => row - 1,
        Action::PageDown => row.saturating_add_signed(PAGE).min(last),
        Action::PageUp => row.saturating_add_signed(-PAGE),
        Action::First => 0,
        Action::Last => last,
        _ => return None,
    })
}

/// Return the scroll offset after an action; `None` if the action does not scroll.
pub(super) fn scrolled(line: usize, action: &Action, extent: Extent) -> Option<usize> {
    let last = extent.last();
    // The window may have become larger since.
    let line = line.min(last);
    Some(match action {
        Action::Next => (line + 1).min(last),
        Action::Previous => line.saturating_sub(1),
        Action::PageDown | Action::Toggle => (line + extent.turn()).min(last),
        Action::PageUp => line.saturating_sub(extent.turn()),
        Action::First => 0,
        Action::Last => last,
        _ => return None,
    })
}

/// Insert pasted text into the focused item. A paste never presses a button.
fn paste(model: &mut Model, pasted: &Pasted) -> Vec<Effect> {
    if model.visit.cover.is_some() || model.visit.waiting.is_some() {
        return Vec::new();
    }
    match model.visit.nav.top_mut() {
        (Some(Overlay::Picker(picker)), _) => picker.paste(pasted),
        (Some(_), _) => {}
        (None, Screen::Form) => model.visit.form.paste(pasted),
        (None, Screen::Pin(entry)) => match entry.focus {
            PinFocus::Pin => pin::paste(entry, pasted),
            PinFocus::Word => (entry.word, entry.note) = (last_try_word(pasted.text()), None),
            _ => {}
        },
        (None, Screen::FirstPassword(page)) => page.paste(pasted),
        (None, Screen::Account) => model.visit.account.paste(pasted),
        _ => {}
    }
    Vec::new()
}

/// Replace the text that the page asks for. A page says itself what it refuses.
fn set_text(model: &mut Model, text: &str) {
    match model.visit.nav.top_mut() {
        (Some(Overlay::Picker(picker)), _) => picker.set(text),
        (Some(_), _) => {}
        (None, Screen::Pin(entry)) => {
            entry.focus = PinFocus::Word;
            (entry.word, entry.note) = (last_try_word(text), None);
        }
        (None, Screen::FirstPassword(page)) => page.set_code(text),
        (None, Screen::Account) => model.visit.account.set_text(text),
        _ => {}
    }
}

/// Cut what was given for the word before the last try: one character more than the word has is enough to be wrong.
fn last_try_word(text: &str) -> Line {
    Line::forgetful(text.trim().chars().take(LAST_TRY_WORD.len() + 1).collect())
}

/// Replace the secret being typed by a whole line. Nothing is sent.
fn secret(model: &mut Model, line: &Locked) {
    let typed = std::str::from_utf8(line.bytes()).unwrap_or_default().trim();
    match &mut model.visit.nav.screen {
        Screen::Pin(entry) => {
            entry.focus = PinFocus::Pin;
            entry.pin.clear();
            entry.note =
                typed.chars().map(|letter| entry.pin.push(letter)).filter(|result| *result != Typed::Kept).last().map(PinNote::Typed);
        }
        Screen::FirstPassword(page) => {
            page.password.clear();
            page.push(typed);
        }
        Screen::Account => {
            model.visit.account.password.clear();
            model.visit.account.password.push(typed);
        }
        _ => {}
    }
}
