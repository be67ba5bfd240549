//! What each action does on each page. Pure; what must happen outside is returned as effects.

use super::action::Action;
use super::done::DoneNote;
use super::form::Focus;
use super::keymap::{keymap, mode};
use super::paste::Pasted;
use super::picker::Picker;
use super::step::{Ask, ConfirmFocus, ConfirmPage, LAST_TRY_WORD, Over, PinEntry, PinFocus, PinNote, Screen, WayOn};
use super::visit::{Cover, Happening, Mode, Reaction, Visit, reaction};
use super::{Effect, Event, Model, acts, cards, done, first_password, flow, over};
use crate::card::Purpose;
use crate::card::pin::{Pin, Typed};
use crate::error::Code;
use crate::hardening::Locked;
use crate::locale::Text;
use crate::places;
use crate::registration::{FieldId, Form, holder};
use crate::worker::{Confirmed, Trouble};
use std::sync::Arc;
use tui_input::backend::crossterm::EventHandler;

/// How many rows a page key moves.
pub(super) const PAGE: isize = 10;

/// Rows of the top page, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TopRow {
    /// 新規利用者登録, 外国人本人・その他.
    Register,
    /// Prepare and check.
    Prepare,
    /// Language.
    Language,
    /// Set the first password.
    FirstPassword,
    /// What a registered person can ask for.
    Acts,
    /// Help.
    Help,
    /// Quit.
    Quit,
    /// Go on with the registration that is under way.
    GoOn,
    /// Forget it: the next person.
    NextPerson,
}

impl TopRow {
    /// Return the text of the row.
    pub const fn text(self) -> Text {
        match self {
            TopRow::Register => Text::TopRegister,
            TopRow::Prepare => Text::TopPrepare,
            TopRow::Language => Text::TopLanguage,
            TopRow::FirstPassword => Text::TopFirstPassword,
            TopRow::Acts => Text::TopActs,
            TopRow::Help => Text::TopHelp,
            TopRow::Quit => Text::TopQuit,
            TopRow::GoOn => Text::TopGoOn,
            TopRow::NextPerson => Text::TopNextPerson,
        }
    }
}

/// The menu of the top page.
pub const TOP: [TopRow; 7] =
    [TopRow::Register, TopRow::Prepare, TopRow::Language, TopRow::FirstPassword, TopRow::Acts, TopRow::Help, TopRow::Quit];

/// The menu while a registration is under way: until it goes on or is forgotten there is nothing else to begin.
const TOP_OPEN: [TopRow; 5] = [TopRow::GoOn, TopRow::NextPerson, TopRow::Language, TopRow::Help, TopRow::Quit];

/// Return the menu of the top page as it is now.
pub fn top_rows(model: &Model) -> &'static [TopRow] {
    if model.visit.is_open() { &TOP_OPEN } else { &TOP }
}

/// How many items "before you begin" has: the three applications of the adviser, next, back.
pub const PREPARE_ITEMS: usize = 5;
/// The item of "before you begin" that goes on.
pub const PREPARE_NEXT: usize = 3;

/// Take an event into the state, and return what is to be done outside.
pub fn update(model: &mut Model, event: Event) -> Vec<Effect> {
    let mut effects = take(model, event);
    // Whatever has led to a page that is covered without its card, or to one that has to know which cards lie there.
    effects.extend(cards::look_on(model));
    cards::cover_if_away(model);
    effects
}

fn take(model: &mut Model, event: Event) -> Vec<Effect> {
    match event {
        Event::Key(key) => keymap(mode(model), key).map(|wish| act(model, wish)).unwrap_or_default(),
        Event::Paste(text) => paste(model, &text),
        Event::Secret(line) => {
            secret(model, &line);
            Vec::new()
        }
        Event::Act(wish) => act(model, wish),
        Event::Seen(seen) => cards::seen(model, seen),
        Event::Worker(message) => flow::worker(model, message),
        Event::Saved(result) => {
            if let Screen::Done(done) = &mut model.visit.screen {
                done.saved |= result.is_ok();
                done.note = Some(result.map_or_else(DoneNote::NotSaved, DoneNote::Saved));
                done.line = None;
            }
            Vec::new()
        }
        Event::Idle => {
            cards::idle(model);
            Vec::new()
        }
        Event::Terminate => quit(model),
    }
}

/// End the program; nothing of the person stays in it.
pub(super) fn quit(model: &mut Model) -> Vec<Effect> {
    model.visit = Visit::new(model.today);
    vec![Effect::Cancel, Effect::Quit]
}

fn act(model: &mut Model, wish: Action) -> Vec<Effect> {
    match wish {
        // Whoever left now would not know whether they are registered; the page says how long the answer takes.
        Action::Leave | Action::NextPerson if model.visit.is_sending() => Vec::new(),
        Action::Leave | Action::NextPerson | Action::Ask(_) if matches!(model.visit.over, Some(Over::Ask(..))) => Vec::new(),
        Action::Leave => ask(model, Ask::Leave),
        Action::NextPerson => flow::next_person(model),
        wish if matches!(model.visit.over, Some(Over::Ask(..) | Over::Language(_))) => over::act(model, wish),
        Action::Language if model.visit.cover.is_some() => over::choose_language(model),
        wish if let Some(cover) = model.visit.cover => over::act_covered(model, cover, &wish),
        Action::Set(field, value) => {
            if matches!(model.visit.screen, Screen::Input) {
                model.visit.form.set(field, value);
            }
            Vec::new()
        }
        Action::Help if !matches!(model.visit.over, Some(Over::Help(_))) => {
            model.visit.beneath = model.visit.over.replace(Over::Help(0));
            Vec::new()
        }
        Action::Language if matches!(model.visit.over, None | Some(Over::Trouble(_))) => over::choose_language(model),
        wish if model.visit.over.is_some() => over::act(model, wish),
        wish if model.visit.waiting.is_some() => flow::while_waiting(model, &wish),
        // The wish to go on is taken back.
        Action::Back if model.visit.going_on => {
            model.visit.going_on = false;
            Vec::new()
        }
        Action::ReadCard => cards::look_again(model),
        wish => match &model.visit.screen {
            Screen::Top(_) => act_top(model, wish),
            Screen::Prepare(_) => act_prepare(model, wish),
            Screen::Pin(_) => act_pin(model, wish),
            Screen::Input => act_input(model, wish),
            Screen::Confirm(_) => act_confirm(model, wish),
            Screen::Done(_) => done::act(model, wish),
            Screen::FirstPassword(_) => first_password::act(model, wish),
            Screen::Acts(_) => acts::act_menu(model, wish),
            Screen::Act => acts::act_page(model, wish),
        },
    }
}

/// Move within `count` rows; `None` where the action is no move.
pub(super) fn moved(row: usize, count: usize, wish: &Action) -> Option<usize> {
    let last = count.saturating_sub(1);
    Some(match wish {
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

/// Scroll by an action; `None` where it is none that scrolls.
pub(super) fn scrolled(line: usize, wish: &Action) -> Option<usize> {
    Some(match wish {
        Action::Next => line + 1,
        Action::Previous => line.saturating_sub(1),
        // The page is drawn from `line` on; drawing stops it at the last page.
        Action::PageDown | Action::Toggle => line.saturating_add_signed(PAGE),
        Action::PageUp => line.saturating_add_signed(-PAGE),
        Action::First => 0,
        Action::Last => usize::MAX / 2,
        _ => return None,
    })
}

/// Open a question over the page.
fn ask(model: &mut Model, ask: Ask) -> Vec<Effect> {
    over::put_over(model, Over::Ask(ask, 0));
    Vec::new()
}

/// Insert pasted text where the person is. It never presses a button.
fn paste(model: &mut Model, pasted: &Pasted) -> Vec<Effect> {
    if model.visit.cover.is_some() || model.visit.waiting.is_some() {
        return Vec::new();
    }
    match (&mut model.visit.over, &mut model.visit.screen) {
        (Some(Over::Picker(picker)), _) => picker.paste(pasted),
        (Some(_), _) => {}
        (None, Screen::Input) => model.visit.form.paste(pasted),
        (None, Screen::Pin(entry)) => match entry.focus {
            PinFocus::Pin => paste_pin(entry, pasted),
            PinFocus::Word => entry.word = pasted.text().trim().chars().take(LAST_TRY_WORD.len() + 1).collect::<String>().into(),
            _ => {}
        },
        (None, Screen::FirstPassword(page)) => page.paste(pasted),
        (None, Screen::Act) => model.visit.acts.paste(pasted),
        _ => {}
    }
    Vec::new()
}

/// Take a whole line as the secret that is asked for, in place of what was typed so far. Nothing is sent by it.
fn secret(model: &mut Model, line: &Locked) {
    let typed = std::str::from_utf8(line.bytes()).unwrap_or_default().trim();
    match &mut model.visit.screen {
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
        Screen::Act => {
            model.visit.acts.password.clear();
            model.visit.acts.password.push(typed);
        }
        _ => {}
    }
}

fn act_top(model: &mut Model, wish: Action) -> Vec<Effect> {
    let rows = top_rows(model);
    let Screen::Top(row) = &mut model.visit.screen else { return Vec::new() };
    if let Some(there) = moved(*row, rows.len(), &wish) {
        *row = there;
        return Vec::new();
    }
    let chosen = match wish {
        Action::Activate | Action::Toggle | Action::Confirm => *row,
        Action::Row(chosen) => chosen,
        Action::Back => return ask(model, Ask::Leave),
        _ => return Vec::new(),
    };
    let Some(choice) = rows.get(chosen) else { return Vec::new() };
    *row = chosen;
    match choice {
        TopRow::Register => model.visit.screen = Screen::Prepare(PREPARE_NEXT),
        TopRow::Prepare => model.visit.screen = Screen::Prepare(0),
        TopRow::Language => return act(model, Action::Language),
        TopRow::FirstPassword => model.visit.screen = Screen::FirstPassword(Box::default()),
        TopRow::Acts => model.visit.screen = Screen::Acts(0),
        TopRow::Help => model.visit.over = Some(Over::Help(0)),
        TopRow::Quit => return ask(model, Ask::Leave),
        TopRow::GoOn => return flow::reopen(model),
        TopRow::NextPerson => return flow::next_person(model),
    }
    Vec::new()
}

fn act_prepare(model: &mut Model, wish: Action) -> Vec<Effect> {
    let Screen::Prepare(row) = &mut model.visit.screen else { return Vec::new() };
    if let Some(there) = moved(*row, PREPARE_ITEMS, &wish) {
        *row = there;
        return Vec::new();
    }
    let chosen = match wish {
        Action::Confirm => PREPARE_NEXT,
        Action::Activate | Action::Toggle => *row,
        Action::Row(chosen) if chosen < PREPARE_ITEMS => chosen,
        Action::Back => PREPARE_ITEMS - 1,
        _ => return Vec::new(),
    };
    *row = chosen;
    match chosen {
        PREPARE_NEXT => flow::begin(model),
        advised if advised < PREPARE_NEXT => {
            // The adviser's answer becomes the category, so that nobody has to remember it.
            if let Some(application) = crate::registration::category::Application::ALL.get(advised) {
                model.visit.form.set(FieldId::Category, application.category().key().to_owned());
            }
            if let Screen::Prepare(row) = &mut model.visit.screen {
                *row = PREPARE_NEXT;
            }
            Vec::new()
        }
        _ if model.visit.is_open() => flow::to_top(model),
        // The adviser's answer stays, for whoever comes back.
        _ => {
            model.visit.screen = Screen::Top(0);
            Vec::new()
        }
    }
}

fn act_pin(model: &mut Model, wish: Action) -> Vec<Effect> {
    let Screen::Pin(entry) = &mut model.visit.screen else { return Vec::new() };
    let order = entry.order();
    let here = order.iter().position(|focus| *focus == entry.focus).unwrap_or(0);
    match (&wish, entry.focus) {
        (Action::Type(typed), PinFocus::Pin) => {
            let result = entry.pin.push(*typed);
            entry.note = (result != Typed::Kept).then_some(PinNote::Typed(result));
        }
        (Action::Erase, PinFocus::Pin) => {
            entry.pin.pop();
            entry.note = None;
        }
        (Action::EraseAll, PinFocus::Pin) => {
            entry.pin.clear();
            entry.note = None;
        }
        (Action::Edit(key), PinFocus::Word) => {
            entry.word.handle_event(&crossterm::event::Event::Key(*key));
        }
        (Action::Activate | Action::Toggle, PinFocus::Show) => entry.shown = !entry.shown,
        (Action::Activate, PinFocus::Word) => entry.focus = PinFocus::Pin,
        (Action::Activate | Action::Toggle, PinFocus::Cancel) | (Action::Back, _) => return flow::leave_pin(model),
        (Action::Activate | Action::Toggle, PinFocus::Ok) | (Action::Activate, PinFocus::Pin) | (Action::Confirm, _) => {
            return flow::submit_pin(model);
        }
        (Action::Left | Action::Right | Action::Next | Action::Previous, _) => {
            if let Some(focus) = moved(here, order.len(), &wish).and_then(|there| order.get(there)) {
                entry.focus = *focus;
            }
        }
        _ => {}
    }
    Vec::new()
}

/// A paste is taken only whole: a PIN cut out of something longer would cost a try. It is never sent by itself.
fn paste_pin(entry: &mut PinEntry, pasted: &Pasted) {
    let mut fresh = Pin::new(entry.pin.purpose());
    let mut folded = false;
    let fits = pasted.text().trim().chars().all(|typed| {
        let result = fresh.push(typed);
        folded |= result == Typed::Folded;
        matches!(result, Typed::Kept | Typed::Folded)
    });
    if fits && pasted.is_whole() {
        entry.pin = fresh;
        entry.note = folded.then_some(PinNote::Typed(Typed::Folded));
    } else {
        entry.note = Some(PinNote::Paste);
    }
}

fn act_input(model: &mut Model, wish: Action) -> Vec<Effect> {
    if model.visit.form.edit(&wish) {
        return Vec::new();
    }
    match wish {
        Action::Next => model.visit.form.step(1),
        Action::Previous => model.visit.form.step(-1),
        Action::PageDown => model.visit.form.step(4),
        Action::PageUp => model.visit.form.step(-4),
        Action::Focus(focus) => model.visit.form.go(focus),
        Action::Confirm => return confirm(model),
        Action::Back => return leave_input(model),
        Action::LookAtCard => look_at_card(model),
        Action::Activate | Action::Toggle => return activate_input(model),
        _ => {}
    }
    Vec::new()
}

fn activate_input(model: &mut Model) -> Vec<Effect> {
    match model.visit.form.focus {
        Focus::Summary(line) => {
            if let Some(field) = model.visit.form.summary().get(line).map(|fault| fault.field) {
                model.visit.form.go(Focus::Field(field));
            }
        }
        Focus::Field(FieldId::Municipality) => {
            let chosen = places::by_code(model.visit.form.draft.get(FieldId::Municipality));
            model.visit.over = Some(Over::Picker(Box::new(Picker::new(chosen))));
        }
        Focus::Field(_) => model.visit.form.step(1),
        Focus::Terms => return flow::terms(model),
        Focus::LookAtCard => look_at_card(model),
        Focus::Confirm => return confirm(model),
        Focus::Back => return leave_input(model),
    }
    Vec::new()
}

fn leave_input(model: &mut Model) -> Vec<Effect> {
    // The field that is left keeps what was typed.
    let focus = model.visit.form.focus;
    model.visit.form.go(focus);
    match reaction(model.setup.mode, Happening::Back, model.visit.place()) {
        Reaction::Top => flow::to_top(model),
        _ => Vec::new(),
    }
}

/// Let the person look at the card, whose own number may be the one that is asked for: at a desk the page is covered meanwhile.
fn look_at_card(model: &mut Model) {
    if model.setup.mode == Mode::Desk {
        cards::cover(model, Cover::Looking);
    }
}

/// To STEP2, if the form can stand and is about the holder of the card.
fn confirm(model: &mut Model) -> Vec<Effect> {
    let Some(form) = model.visit.form.confirm() else { return Vec::new() };
    if model.visit.holder().is_some_and(|holder| holder::is_somebody_else(holder, &form)) {
        return flow::trouble_page(model, Trouble::Card(Code::NotCardHolder.into()), WayOn::CardValues);
    }
    let confirmed = Arc::new(confirmed(model, form));
    model.visit.screen = Screen::Confirm(Box::new(ConfirmPage::new(confirmed)));
    Vec::new()
}

fn confirmed(model: &Model, form: Form) -> Confirmed {
    let visit = &model.visit;
    Confirmed {
        // Also where the session has gone meanwhile.
        terms: visit.terms.clone().unwrap_or_default(),
        differs: visit.holder().map(|holder| holder::differences(holder, &form)).unwrap_or_default(),
        certificate: visit.certificate.as_ref().map_or([0; 32], |certificate| certificate.fingerprint),
        form,
    }
}

fn act_confirm(model: &mut Model, wish: Action) -> Vec<Effect> {
    let Screen::Confirm(page) = &mut model.visit.screen else { return Vec::new() };
    let order = page.order();
    // The page opens before its buttons: behind the last line.
    let register = order.iter().position(|item| *item == ConfirmFocus::Register).unwrap_or(0);
    let here = order.iter().position(|item| *item == page.focus);
    let there = match (here, &wish) {
        (Some(here), wish) => moved(here, order.len(), wish),
        (None, Action::Next | Action::Right) => Some(register),
        (None, Action::Previous | Action::Left) => register.checked_sub(1),
        (None, Action::First) => Some(0),
        (None, _) => None,
    };
    if let Some(focus) = there.and_then(|there| order.get(there)) {
        (page.focus, page.told) = (*focus, false);
        return Vec::new();
    }
    match wish {
        Action::Confirm => (page.focus, page.told) = (ConfirmFocus::Register, true),
        Action::Line(ConfirmFocus::Field(field)) => mend(model, Focus::Field(field)),
        Action::Line(focus) => (page.focus, page.told) = (focus, false),
        Action::Row(row) => {
            if let Some(ConfirmFocus::Field(field)) = order.get(row) {
                mend(model, Focus::Field(*field));
            }
        }
        Action::Ask(asked) => {
            page.focus = ConfirmFocus::Register;
            return ask(model, asked);
        }
        Action::Activate | Action::Toggle => match page.focus {
            ConfirmFocus::Page => page.told = true,
            ConfirmFocus::Field(field) => mend(model, Focus::Field(field)),
            ConfirmFocus::Register => return flow::register(model),
            ConfirmFocus::Back => mend(model, Focus::Confirm),
        },
        Action::Back => mend(model, Focus::Confirm),
        _ => {}
    }
    Vec::new()
}

/// Back to STEP1; nothing is lost.
fn mend(model: &mut Model, focus: Focus) {
    model.visit.screen = Screen::Input;
    model.visit.form.go(focus);
}

/// Return the purpose of the PIN page that is open, if one is.
pub(super) fn pin_purpose(model: &Model) -> Option<Purpose> {
    match &model.visit.screen {
        Screen::Pin(entry) => Some(entry.pin.purpose()),
        _ => None,
    }
}
