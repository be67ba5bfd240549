//! Pages as data, made from the model by pure functions, one file per page. The full screen draws the blocks, line mode prints them;
//! neither adds texts to the page's own. Independent of the terminal.

pub use block::{
    Block, Cell, CheckState, Drawing, Entry, Field, FieldState, HelpLine, Item, Label, Mark, Marked, Page, Place, PlaceKind, Places,
    ProgressLine, Role, Run, Side, Sign, TableRow, Title, Value,
};
pub use keys::keys;
pub use qr::Qr;
pub use spoken::{Spoken, spoken};

use crate::app::screen::{Overlay, Screen};
use crate::app::state::pin::AfterPin;
use crate::app::state::result::Outcome;
use crate::app::visit::Cover;
use crate::app::{Model, Wait};
use crate::card::Purpose;
use crate::locale::{Lang, Text, divided, latin_value, official};
use crate::registration::field::FieldKind;
use crate::registration::{FIELDS, FieldId};
use crate::text::ascii;
use crate::worker::Phase;
use block::{Blocks, button};

/// 登録済みの方: the list of account actions, and their input page.
pub(crate) mod account;
/// The page of a kiosk that waits for the next person.
mod attract;
/// What a page is made of.
mod block;
/// STEP2.
pub(crate) mod confirm;
/// The page shown instead of any other while the visit is covered.
pub(crate) mod cover;
/// The self-diagnosis.
mod diagnosis;
/// The first password.
pub(crate) mod first_password;
/// STEP1.
pub(crate) mod form;
/// What came of saving or printing.
pub(crate) mod issue;
/// The keys that a page names.
mod keys;
/// Help, terms, languages, readers, questions.
pub(crate) mod overlay;
/// The municipality picker.
pub(crate) mod picker;
/// The PIN pages.
pub(crate) mod pin;
/// Before you begin; the state of reader and card.
pub(crate) mod prepare;
/// A QR code for the person's phone.
mod qr;
/// An office's records.
mod records;
/// STEP3, and the results of account actions.
pub(crate) mod result;
/// A page as it is read aloud.
mod spoken;
/// The staff word of a kiosk, and the staff's page.
mod staff;
/// The top page.
mod top;
/// The transfer sheet.
pub(crate) mod transfer;
/// Errors and their next step.
pub(crate) mod trouble;

/// Return the current page; `rows` is the number of list rows that can be shown.
pub fn page(model: &Model, rows: usize) -> Page {
    match (model.visit.nav.overlay(), &model.visit.nav.screen) {
        _ if model.visit.cover == Some(Cover::Unattended) => cover::page(model, Cover::Unattended),
        (Some(Overlay::StaffWord(entry)), _) => staff::word(model, entry),
        (Some(Overlay::Staff(page)), _) => staff::page(model, page),
        (Some(over @ (Overlay::Question(..) | Overlay::Language(_))), _) => overlay::page(model, over),
        _ if let Some(cover) = model.visit.cover.filter(|_| !model.visit.nav.is_staffs()) => cover::page(model, cover),
        (Some(Overlay::Picker(picker)), _) => picker::page(model, picker, rows),
        (Some(Overlay::Trouble(trouble)), _) => trouble::page(model, trouble),
        (Some(Overlay::Diagnosis(findings, line)), _) => diagnosis::page(model, findings.as_deref(), *line),
        (Some(Overlay::Qr), _) => qr::page(model),
        (Some(Overlay::Records(page)), _) => records::page(model, page),
        (Some(Overlay::Transfer(page)), _) => transfer::page(model, page),
        (Some(over), _) => overlay::page(model, over),
        (None, Screen::Attract(row)) => attract::page(model, *row),
        (None, Screen::Top(row)) => top::page(model, *row),
        (None, Screen::Prepare(row)) => prepare::page(model, *row),
        (None, Screen::Pin(entry)) => pin::page(model, entry),
        (None, Screen::Form) => form::page(model),
        (None, Screen::Confirm(confirm)) => confirm::page(model, confirm),
        (None, Screen::Result(result)) => result::page(model, result),
        (None, Screen::FirstPassword(entry)) => first_password::page(model, entry),
        (None, Screen::AccountMenu(row)) => account::menu(model, *row),
        (None, Screen::Account) => account::page(model),
    }
}

/// The steps of the way to a registration.
const STEPS: [Text; 5] = [Text::StepPrepare, Text::StepPins, Text::StepDetails, Text::StepCheck, Text::StepDone];

/// Return the names of the steps, and how many are behind the person: all at STEP3. `None` on pages that are not on the way.
pub fn steps(model: &Model) -> Option<([&'static str; 5], usize)> {
    let behind = match &model.visit.nav.screen {
        Screen::Prepare(_) => 0,
        Screen::Pin(entry) if entry.then != AfterPin::Account => 1,
        Screen::Form => 2,
        Screen::Confirm(_) => 3,
        Screen::Result(result) if matches!(result.outcome, Outcome::Registered(..)) => STEPS.len(),
        _ => return None,
    };
    let text = |step: Text| match (step, &model.visit.nav.screen) {
        (Text::StepPins, Screen::Pin(entry)) if entry.pin.purpose() == Purpose::Signing => Text::StepPinFirst,
        (Text::StepPins, Screen::Pin(_)) => Text::StepPinSecond,
        (step, _) => step,
    };
    Some((STEPS.map(|step| model.lang.text(text(step))), behind))
}

/// Return official words as they stand beside own ones; empty where these are the official ones, or the terminal cannot draw them.
fn beside(model: &Model, official: &'static str) -> &'static str {
    if model.lang == Lang::Ja || model.setup.latin { "" } else { official }
}

/// Return a value in readable form, as far as the terminal can draw it.
fn value(model: &Model, field: FieldId, value: &str) -> String {
    let said = model.lang.value(field, value);
    match field.row().kind {
        FieldKind::Text if model.setup.latin => latin_value(&said).into_owned(),
        _ => said,
    }
}

/// Say that letters of values are not drawn, if so.
fn not_drawn<T: AsRef<str>>(model: &Model, value: impl Fn(FieldId) -> T) -> Option<Block> {
    let mut texts = FIELDS.iter().filter(|row| row.kind == FieldKind::Text);
    let is_cut = model.setup.latin && texts.any(|row| value(row.id).as_ref().contains(|letter| ascii(letter).is_none()));
    is_cut.then(|| Block::Text(0, Run::new(model.lang.text(Text::NoJapaneseValues), Role::Warning)))
}

/// Say that the office's list of what was done could not be written, if so.
fn unlisted(model: &Model) -> Option<Block> {
    let (count, why) = model.unlisted.as_ref()?;
    Some(Block::Text(2, Run::new(model.lang.fill(Text::Unlisted, &[&count.to_string(), why]), Role::Wrong)))
}

/// Return the title of a page, and the official title beside it if it is another.
pub fn titles(page: &Page, model: &Model) -> (&'static str, &'static str) {
    let lang = model.lang;
    match page.title {
        Title::Program => (lang.text(Text::Title), if model.setup.latin { "" } else { official::REGISTRATION }),
        Title::Step(step) => {
            let official = official::TRAIL.get(step).copied().unwrap_or_default();
            let name = STEPS.get(step + 2).map_or("", |name| lang.text(*name));
            if lang == Lang::Ja { (official, "") } else { (name, beside(model, official)) }
        }
        Title::Text(text) => (text, ""),
        Title::Official(_, official) if lang == Lang::Ja => (official, ""),
        Title::Official(text, official) => (divided(lang.text(text)).0, beside(model, official)),
    }
}

/// Return whether the program or the service is in practice mode.
pub fn is_practice(model: &Model) -> bool {
    model.setup.practice.is_some() || model.visit.session.as_ref().is_some_and(|session| session.practice)
}

/// Return the progress of the running job, except for the terms, whose page says that they are loading.
pub fn progress(model: &Model) -> Option<ProgressLine> {
    let waiting = model.visit.waiting.filter(|waiting| !matches!(waiting.what, Wait::Terms))?;
    let phases = phases(waiting.what);
    let phase = waiting.progress.map_or(Phase::Connecting, |progress| progress.phase);
    let part = waiting.progress.filter(|progress| progress.total > 0).map(|progress| (progress.done, progress.total));
    let text = |phase: &Phase| model.lang.text(phase_text(*phase));
    let behind = match waiting.progress {
        Some(_) => phases.iter().position(|known| *known == phase).unwrap_or(phases.len().saturating_sub(1)),
        None => 0,
    };
    let steps = if phases.len() > 1 { (phases.iter().map(text).collect(), behind) } else { Default::default() };
    let note = match waiting.what {
        _ if model.visit.is_sending() => model.lang.text(Text::WaitAnswer),
        Wait::Password | Wait::LogIn | Wait::Mail | Wait::Terms => "",
        Wait::SignIn | Wait::Authenticate | Wait::Prove | Wait::Register | Wait::AccountAction => model.lang.text(Text::WaitLeaveCard),
    };
    Some(ProgressLine { text: text(&phase), part, seconds: waiting.seconds, steps, note })
}

/// Return the activities of a job that the user waits for, in order.
const fn phases(what: Wait) -> &'static [Phase] {
    match what {
        Wait::SignIn => &[Phase::Connecting, Phase::Verifying, Phase::Reading],
        Wait::Authenticate => &[Phase::Verifying, Phase::Reading, Phase::Sending],
        Wait::Register => &[Phase::Signing, Phase::Sending],
        Wait::Prove | Wait::Terms | Wait::Password | Wait::LogIn | Wait::AccountAction | Wait::Mail => &[],
    }
}

/// Return the text of the worker's activity.
pub(crate) const fn phase_text(phase: Phase) -> Text {
    match phase {
        Phase::Connecting => Text::DoingConnecting,
        Phase::Verifying => Text::DoingVerifying,
        Phase::Reading => Text::DoingReading,
        Phase::Signing => Text::DoingSigning,
        Phase::Sending => Text::DoingSending,
    }
}
