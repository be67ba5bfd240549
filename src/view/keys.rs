//! The keys that a page names at its bottom: of those that the page has, the ones that do something where the focus is, by their right names.

use super::{Block, Item, Page, Value};
use crate::app::deadline::Timer;
use crate::app::keymap::{InputMode, mode};
use crate::app::screen::{Overlay, Screen};
use crate::app::state::account::AccountFocus;
use crate::app::state::cards;
use crate::app::state::confirm::ConfirmFocus;
use crate::app::state::first_password::PasswordFocus;
use crate::app::state::form::FormFocus;
use crate::app::state::issue::Issue;
use crate::app::state::pin::PinFocus;
use crate::app::state::trouble::{NextStep, TroubleButton, TroublePage};
use crate::app::visit::{Cover, Mode};
use crate::app::{Extent, Model};
use crate::locale::Text;
use crate::registration::FieldId;
use crate::registration::field::FieldKind;

/// Return the keys that work now, the most important first: while a job runs, only the one that cancels it, if it can be cancelled.
pub fn keys(model: &Model, page: &Page, extent: Extent) -> Vec<Text> {
    let visit = &model.visit;
    if visit.waiting.is_some() && visit.nav.overlay().is_none() && visit.cover.is_none() {
        return if visit.is_sending() { Vec::new() } else { vec![Text::KeysStop] };
    }
    let mut keys: Vec<Text> = page.keys.iter().filter_map(|key| named(model, page, extent, *key)).collect();
    if takes_digits(model, page) {
        // Space chooses as well, and is named where there is room.
        if let Some(place) = keys.iter().position(|key| *key == Text::KeysSpace) {
            let space = keys.remove(place);
            keys.push(space);
        }
        let place = keys.iter().take_while(|key| matches!(key, Text::KeysMove | Text::KeysEnter | Text::KeysEnterOn)).count();
        keys.insert(place, Text::KeysDigits);
    }
    if in_form(model) && visit.form.next_left().is_some() {
        keys.push(Text::KeysNextLeft);
    }
    if model.setup.mode == Mode::Kiosk {
        let counts = model.timers().any(|(timer, _)| timer == Timer::Unattended);
        let more = (counts && !visit.has_more_time).then_some(Text::KeysMoreTime);
        let own = more
            .into_iter()
            .chain([Text::KeysContrast])
            .chain(model.offers_speech().then_some(Text::KeysSpeech))
            .chain(model.offers_large().then_some(Text::KeysLarge));
        // Nobody knows them from elsewhere.
        let place = keys.len().min(3);
        keys.splice(place..place, own);
    }
    keys
}

/// Return the name of a key of the page; `None` if it does nothing.
fn named(model: &Model, page: &Page, extent: Extent, key: Text) -> Option<Text> {
    match key {
        Text::KeysEnter => enter(model),
        Text::KeysScroll => match page.scroll.unwrap_or(0).min(extent.last()) {
            line if line < extent.last() => Some(key),
            0 => None,
            _ => Some(Text::KeysScrollBack),
        },
        Text::KeysDiagnose => (model.setup.mode != Mode::Kiosk).then_some(key),
        Text::KeysMove => moves(model).then_some(key),
        Text::KeysDown => model.visit.nav.picker().is_some_and(|picker| picker.row + 1 < picker.len()).then_some(key),
        Text::KeysPrefecture => turns(model).then_some(key),
        Text::KeysSpace => is_ticked(model).then_some(key),
        Text::KeysSlip => (!is_issuing(model)).then_some(key),
        Text::KeysCard => cards::can_read(model).then_some(key),
        Text::KeysConfirm => (model.visit.form.focus != FormFocus::Summary(0)).then_some(key),
        Text::KeysRegister => (confirm_focus(model) != Some(ConfirmFocus::Register)).then_some(key),
        _ => Some(key),
    }
}

/// Return whether the slip of the trouble in front is still being saved or printed.
fn is_issuing(model: &Model) -> bool {
    matches!(model.visit.nav.overlay(), Some(Overlay::Trouble(page)) if page.slip.as_ref().is_some_and(Issue::is_running))
}

/// Return the screen, if nothing is over it.
fn screen(model: &Model) -> Option<&Screen> {
    let visit = &model.visit;
    (visit.nav.overlay().is_none() && visit.cover.is_none()).then_some(&visit.nav.screen)
}

fn in_form(model: &Model) -> bool {
    matches!(screen(model), Some(Screen::Form))
}

fn confirm_focus(model: &Model) -> Option<ConfirmFocus> {
    if let Screen::Confirm(page) = screen(model)? { Some(page.focus) } else { None }
}

/// Return whether there is more than one item to move to.
fn moves(model: &Model) -> bool {
    let visit = &model.visit;
    match (visit.nav.overlay(), visit.cover) {
        (Some(Overlay::Question(..) | Overlay::Language(_)), _) => true,
        (_, Some(cover)) => matches!(cover, Cover::OtherCard(_)),
        (Some(Overlay::Trouble(page)), None) => model.trouble_buttons(page).count() > 1,
        (Some(_), None) => true,
        (None, None) => match &visit.nav.screen {
            Screen::Result(done) => done.row.is_none() || done.buttons(visit.nav.previous_screen().is_some()).len() > 1,
            _ => true,
        },
    }
}

/// Return whether the picker has another prefecture to go to.
fn turns(model: &Model) -> bool {
    model.visit.nav.picker().is_some_and(|picker| picker.open_prefectures().len() > 1)
}

/// Return the name of Enter; `None` if it does nothing.
fn enter(model: &Model) -> Option<Text> {
    let visit = &model.visit;
    let goes_on = match (visit.nav.overlay(), visit.cover) {
        (Some(Overlay::Question(..) | Overlay::Language(_)), _) => false,
        // The first card is put back by hand.
        (_, Some(Cover::OtherCard(0))) => return None,
        (_, Some(_)) => false,
        (Some(Overlay::Picker(picker)), None) if picker.is_empty() => return None,
        (Some(Overlay::Trouble(page)), None) if is_idle(model, page) => return None,
        (Some(_), None) => false,
        (None, None) => match &visit.nav.screen {
            Screen::Form => matches!(visit.form.focus, FormFocus::Field(field) if field != FieldId::Municipality),
            Screen::Confirm(page) if page.focus == ConfirmFocus::Page => return None,
            Screen::Result(done) if done.row.is_none() || done.is_issuing(visit.nav.previous_screen().is_some()) => return None,
            Screen::Pin(entry) => entry.focus == PinFocus::Word,
            Screen::FirstPassword(page) => page.focus == PasswordFocus::Code,
            Screen::Account => matches!(visit.account.focus, AccountFocus::Id | AccountFocus::Email),
            _ => false,
        },
    };
    Some(if goes_on { Text::KeysEnterOn } else { Text::KeysEnter })
}

/// Return whether the focused button of an error page does nothing now.
fn is_idle(model: &Model, page: &TroublePage) -> bool {
    match page.focus {
        TroubleButton::Diagnose => false,
        TroubleButton::Slip => is_issuing(model),
        TroubleButton::NextStep => page.next_step == NextStep::WaitForCard && !cards::can_read(model),
    }
}

/// Return whether the focus is on a box to tick or on words to choose from.
fn is_ticked(model: &Model) -> bool {
    match screen(model) {
        Some(Screen::Form) => {
            model.visit.form.field().is_some_and(|field| matches!(field.row().kind, FieldKind::Choice(_) | FieldKind::Tick))
        }
        Some(Screen::Pin(entry)) => entry.focus == PinFocus::Show,
        Some(Screen::FirstPassword(page)) => page.focus == PasswordFocus::Show,
        Some(Screen::Account) => model.visit.account.focus == AccountFocus::Show,
        _ => false,
    }
}

/// Return whether numbers stand on the page that digits choose.
fn takes_digits(model: &Model, page: &Page) -> bool {
    if !matches!(mode(model), InputMode::Buttons | InputMode::Choice) {
        return false;
    }
    page.blocks.iter().any(|block| match block {
        // The numbers of an error summary are taken while the focus is there.
        Block::Item(item) => is_numbered(item) && !(in_form(model) && model.visit.form.field().is_some()),
        Block::Field(field) => field.focused && matches!(&field.value, Value::Choice(words) if words.iter().any(is_numbered)),
        _ => false,
    })
}

const fn is_numbered(item: &Item) -> bool {
    item.number.is_some() && item.action.is_some()
}
