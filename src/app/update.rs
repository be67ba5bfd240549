//! What each action does on each page. Pure; what must happen outside is returned as effects.

use super::action::Action;
use super::done::DoneNote;
use super::form::Focus;
use super::keymap::{keymap, mode};
use super::picker::Picker;
use super::step::{Over, PinEntry, PinFocus, PinNote, Screen};
use super::{Effect, Event, Model, acts, done, first_password, flow, over};
use crate::card::Purpose;
use crate::card::pin::Typed;
use crate::locale::{Lang, Text};
use crate::places;
use crate::registration::{FIELDS, FieldId};
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
        }
    }
}

/// The menu of the top page.
pub const TOP: [TopRow; 7] =
    [TopRow::Register, TopRow::Prepare, TopRow::Language, TopRow::FirstPassword, TopRow::Acts, TopRow::Help, TopRow::Quit];

/// How many items "before you begin" has: the three applications of the adviser, next, back.
pub const PREPARE_ITEMS: usize = 5;
/// The item of "before you begin" that goes on.
pub const PREPARE_NEXT: usize = 3;

/// Take an event into the state, and return what is to be done outside.
pub fn update(model: &mut Model, event: Event) -> Vec<Effect> {
    match event {
        Event::Key(key) => keymap(mode(model), key).map(|wish| act(model, wish)).unwrap_or_default(),
        Event::Paste(text) => act(model, Action::Paste(text)),
        Event::Act(wish) => act(model, wish),
        Event::Seen(seen) => flow::seen(model, seen),
        Event::Worker(message) => flow::worker(model, message),
        Event::Saved(result) => {
            if let Screen::Done(done) = &mut model.screen {
                done.note = Some(result.map_or_else(DoneNote::NotSaved, DoneNote::Saved));
                done.line = None;
            }
            Vec::new()
        }
        Event::Terminate => quit(model),
    }
}

/// End the program; nothing of the person stays in it.
pub(super) fn quit(model: &mut Model) -> Vec<Effect> {
    model.forget_person();
    model.screen = Screen::Top(0);
    model.over = None;
    vec![Effect::Cancel, Effect::Quit]
}

fn act(model: &mut Model, wish: Action) -> Vec<Effect> {
    match wish {
        Action::Leave if matches!(model.over, Some(Over::Leave(_))) => Vec::new(),
        Action::Leave => {
            model.beneath = model.over.replace(Over::Leave(0));
            Vec::new()
        }
        Action::Set(field, value) => {
            model.form.set(field, value);
            Vec::new()
        }
        Action::Help if !matches!(model.over, Some(Over::Help(_))) => {
            model.beneath = model.over.replace(Over::Help(0));
            Vec::new()
        }
        Action::Language if matches!(model.over, None | Some(Over::Trouble(_))) => {
            let row = Lang::ALL.iter().position(|lang| *lang == model.lang).unwrap_or(0);
            model.beneath = model.over.replace(Over::Language(row));
            Vec::new()
        }
        wish if model.over.is_some() => over::act(model, wish),
        wish if model.waiting.is_some() => flow::while_waiting(model, &wish),
        Action::ReadCard => flow::look(model),
        wish => match &model.screen {
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

fn act_top(model: &mut Model, wish: Action) -> Vec<Effect> {
    let Screen::Top(row) = &mut model.screen else { return Vec::new() };
    if let Some(there) = moved(*row, TOP.len(), &wish) {
        *row = there;
        return Vec::new();
    }
    let chosen = match wish {
        Action::Activate | Action::Toggle | Action::Confirm => *row,
        Action::Row(chosen) => chosen,
        Action::Back => TOP.len() - 1,
        _ => return Vec::new(),
    };
    let Some(choice) = TOP.get(chosen) else { return Vec::new() };
    *row = chosen;
    match choice {
        TopRow::Register => model.screen = Screen::Prepare(PREPARE_NEXT),
        TopRow::Prepare => model.screen = Screen::Prepare(0),
        TopRow::Language => return act(model, Action::Language),
        TopRow::FirstPassword => model.screen = Screen::FirstPassword(Box::default()),
        TopRow::Acts => model.screen = Screen::Acts(0),
        TopRow::Help => model.over = Some(Over::Help(0)),
        TopRow::Quit => model.over = Some(Over::Leave(0)),
    }
    Vec::new()
}

fn act_prepare(model: &mut Model, wish: Action) -> Vec<Effect> {
    let Screen::Prepare(row) = &mut model.screen else { return Vec::new() };
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
                model.form.set(FieldId::Category, application.category().key().to_owned());
            }
            if let Screen::Prepare(row) = &mut model.screen {
                *row = PREPARE_NEXT;
            }
            Vec::new()
        }
        _ => {
            model.screen = Screen::Top(0);
            Vec::new()
        }
    }
}

fn act_pin(model: &mut Model, wish: Action) -> Vec<Effect> {
    let Screen::Pin(entry) = &mut model.screen else { return Vec::new() };
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
        (Action::Paste(text), PinFocus::Pin) => paste_pin(entry, text),
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
fn paste_pin(entry: &mut PinEntry, text: &str) {
    let mut fresh = PinEntry::new(entry.pin.purpose(), entry.tries, entry.then);
    let mut folded = false;
    let whole = text.trim().chars().all(|typed| {
        let result = fresh.pin.push(typed);
        folded |= result == Typed::Folded;
        matches!(result, Typed::Kept | Typed::Folded)
    });
    if whole {
        entry.pin = fresh.pin;
        entry.note = folded.then_some(PinNote::Typed(Typed::Folded));
    } else {
        entry.note = Some(PinNote::Paste);
    }
}

fn act_input(model: &mut Model, wish: Action) -> Vec<Effect> {
    if model.form.edit(&wish) {
        return Vec::new();
    }
    match wish {
        Action::Next => model.form.step(1),
        Action::Previous => model.form.step(-1),
        Action::PageDown => model.form.step(4),
        Action::PageUp => model.form.step(-4),
        Action::Focus(focus) => model.form.go(focus),
        Action::Confirm => return confirm(model),
        Action::Back => model.screen = Screen::Prepare(PREPARE_NEXT),
        Action::Activate | Action::Toggle => return activate_input(model),
        _ => {}
    }
    Vec::new()
}

fn activate_input(model: &mut Model) -> Vec<Effect> {
    match model.form.focus {
        Focus::Summary(line) => {
            if let Some(field) = model.form.summary().get(line).map(|fault| fault.field) {
                model.form.go(Focus::Field(field));
            }
        }
        Focus::Field(FieldId::Municipality) => {
            let chosen = places::by_code(model.form.draft.get(FieldId::Municipality));
            model.over = Some(Over::Picker(Box::new(Picker::new(chosen))));
        }
        Focus::Field(_) => model.form.step(1),
        Focus::Terms => return flow::terms(model),
        Focus::Confirm => return confirm(model),
        Focus::Back => model.screen = Screen::Prepare(PREPARE_NEXT),
    }
    Vec::new()
}

fn confirm(model: &mut Model) -> Vec<Effect> {
    if let Some(form) = model.form.confirm() {
        model.confirmed = Some(Box::new(form));
        model.agreed = model.session.as_ref().map(|session| session.terms.clone());
        model.screen = Screen::Confirm(CONFIRM_REGISTER);
    }
    Vec::new()
}

/// The item of STEP2 that registers: it stands behind the fields.
pub const CONFIRM_REGISTER: usize = FIELDS.len();

fn act_confirm(model: &mut Model, wish: Action) -> Vec<Effect> {
    let Screen::Confirm(row) = &mut model.screen else { return Vec::new() };
    if let Some(there) = moved(*row, CONFIRM_REGISTER + 2, &wish) {
        *row = there;
        return Vec::new();
    }
    match wish {
        Action::Confirm => return flow::register(model),
        Action::Activate | Action::Toggle if *row == CONFIRM_REGISTER => return flow::register(model),
        Action::Activate | Action::Toggle | Action::Row(_) => {
            let chosen = if let Action::Row(chosen) = wish { chosen } else { *row };
            let focus = match FIELDS.get(chosen).map(|field| field.id) {
                Some(field) if model.form.draft.is_open(field) => Focus::Field(field),
                Some(_) => Focus::Field(FieldId::Category),
                None => Focus::Confirm,
            };
            model.screen = Screen::Input;
            model.form.go(focus);
        }
        Action::Back => {
            model.screen = Screen::Input;
            model.form.go(Focus::Confirm);
        }
        _ => {}
    }
    Vec::new()
}

/// Return the purpose of the PIN page that is open, if one is.
pub(super) fn pin_purpose(model: &Model) -> Option<Purpose> {
    match &model.screen {
        Screen::Pin(entry) => Some(entry.pin.purpose()),
        _ => None,
    }
}
