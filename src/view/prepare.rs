//! Before you begin: the checklist, updated live, and the adviser.
//!
//! ```text
//! what to have at hand
//!   [よし]   ICカードリーダー  Alcor Micro AU9540
//!   [まだ]   マイナンバーカード
//!
//! what will you apply for?
//! > 1 …  whose card, which number
//!   [ 次へ ]
//!   [ 戻る ]
//! ```

use super::{Block, Blocks, CheckState, Drawing, HelpLine, Item, Mark, Page, Role, Run, Side, Title, button};
use crate::app::state::prepare::PREPARE_NEXT;
use crate::app::visit::Mode;
use crate::app::{Action, Model, state::cards};
use crate::card::pin::Pin;
use crate::card::{Purpose, Tries};
use crate::locale::{Lang, Text};
use crate::registration::category::Application;
use crate::registration::{Date, FieldId, warning};
use crate::time::date_in_japan;

pub(super) fn page(model: &Model, chosen: usize) -> Page {
    let lang = model.lang;
    let mut blocks = Vec::new();
    blocks.text(2, lang.text(Text::PrepareLead), Role::Text);
    blocks.extend(checks(model));
    if let Some(soon) = last_day(model).and_then(|last| warning::of_certificate(last, model.today())) {
        blocks.text(4, lang.warning(&soon), Role::Warning);
    }
    blocks.gap();
    blocks.text(2, lang.text(Text::AdviserTitle), Role::Label);
    let advice = [
        (Text::AdviseChange, Text::AdviseChangeCard),
        (Text::AdviseBring, Text::AdviseBringCard),
        (Text::AdviseRepresent, Text::AdviseRepresentCard),
    ];
    let category = model.visit.form.draft.get(FieldId::Category);
    for (row, (application, (what, whose))) in Application::ALL.iter().zip(advice).enumerate() {
        let mark = Mark::Radio(application.category().key() == category);
        let (text, below) = (lang.text(what).to_owned(), lang.text(whose));
        let (number, action) = (Some(row + 1), Some(Action::ChooseRow(row)));
        blocks.item(Item { number, mark, text, below, focused: row == chosen, action, ..Item::default() });
    }
    blocks.gap();
    blocks.text(2, lang.text(Text::NotHere), Role::Label);
    for text in [Text::NotHereCounter, Text::NotHereTime, Text::NotHereOrganisation, Text::NotHereCoe] {
        blocks.text(4, lang.text(text), Role::Quiet);
    }
    let card = card_line(model);
    // With the card in place the advice comes too late.
    let note = (card.role != Role::Good).then(|| HelpLine::Help(Run::new(lang.text(Text::NoteNumber), Role::Text)));
    let help = std::iter::once(HelpLine::Card(card)).chain(note).collect();
    let buttons = vec![
        button(lang.text(Text::Next), chosen == PREPARE_NEXT, Action::ChooseRow(PREPARE_NEXT)),
        button(lang.text(Text::Back), chosen > PREPARE_NEXT, Action::ChooseRow(PREPARE_NEXT + 1)),
    ];
    Page {
        title: Title::Text(lang.text(Text::PrepareTitle)),
        blocks,
        side: Side::default(),
        buttons,
        help,
        // The last button shows what stands below the adviser.
        scroll: (chosen > PREPARE_NEXT).then_some(usize::MAX),
        keys: &[Text::KeysMove, Text::KeysEnter, Text::KeysBack, Text::KeysHelp, Text::KeysLanguage, Text::KeysCard, Text::KeysDiagnose],
    }
}

/// Return the state of reader and card in one line.
pub(crate) fn card_line(model: &Model) -> Run {
    let lang = model.lang;
    let Some(states) = &model.card.reader_states else { return Run::new(lang.text(Text::CardWaiting), Role::Quiet) };
    if model.is_ambiguous() {
        let count = states.readers.iter().filter(|reader| reader.card).count().to_string();
        return Run::new(lang.fill(Text::CardSeveral, &[&count]), Role::Warning);
    }
    if let Some(trouble) = cards::obstacle(model) {
        let code = trouble.code();
        return Run::new(format!("{} ({code})", lang.trouble(code).title), Role::Warning);
    }
    match model.card_status() {
        Some(Ok(_)) => Run::new(lang.text(Text::CardReady), Role::Good),
        _ => Run::new(lang.text(Text::CardLooking), Role::Quiet),
    }
}

/// Return the state of reader and card for a panel beside the page.
pub(super) fn card_panel(model: &Model) -> Vec<Block> {
    vec![Block::Drawing(card_drawing(model)), Block::Gap, Block::Text(0, card_line(model))]
}

/// Return the state of reader and card below a page, and in practice the PINs.
pub(super) fn card_help(model: &Model) -> Vec<HelpLine> {
    let pins = model.setup.practice.map(|[signing, authentication]| model.lang.fill(Text::PracticePins, &[signing, authentication]));
    let practice = pins.map(|pins| HelpLine::Practice(Run::new(pins, Role::Practice)));
    [HelpLine::Card(card_line(model))].into_iter().chain(practice).collect()
}

/// Return a drawing of the state of reader and card.
pub(crate) fn card_drawing(model: &Model) -> Drawing {
    match &model.card.reader_states {
        Some(states) if states.readers.iter().any(|reader| reader.card) => Drawing::CardOnReader,
        Some(states) if states.readers.is_empty() => Drawing::NoReader,
        _ => Drawing::PutCard,
    }
}

/// Return the last day of the card's user-authentication certificate, which can be read without a PIN.
fn last_day(model: &Model) -> Option<Date> {
    let Some(Ok(status)) = model.card_status() else { return None };
    date_in_japan(status.authentication_validity?.until)
}

/// Return the checklist: state, name, detail and tries of each line.
fn checks(model: &Model) -> Vec<Block> {
    let lang = model.lang;
    let looking = model.card.reader_states.is_none();
    let ready = |yes| match yes {
        true => CheckState::Ready,
        false if looking => CheckState::Looking,
        false => CheckState::NotYet,
    };
    let line = |state, what, detail| Block::Check(state, lang.text(what), detail, None);
    let states = model.card.reader_states.as_ref();
    let status = match model.card_status() {
        Some(Ok(status)) => Some(status),
        _ => None,
    };
    let reader = model.reader().map_or(String::new(), |reader| reader.name.clone());
    let has_reader = states.is_some_and(|states| !states.readers.is_empty());
    let has_card = states.is_some_and(|states| states.readers.iter().any(|reader| reader.card));
    let valid = last_day(model).map_or(String::new(), |last| lang.fill(Text::ValidUntil, &[&last.to_string()]));
    let usable = status.is_some_and(|status| status.signing_present && status.authentication_present);
    vec![
        line(ready(states.is_some_and(|states| states.service)), Text::CheckService, String::new()),
        line(ready(has_reader), Text::CheckReader, reader),
        // A card that is being read is not missing.
        line(if model.card_status().is_none() && has_card { CheckState::Looking } else { ready(usable) }, Text::CheckCard, valid),
        pin(lang, Text::CheckSigning, Purpose::Signing, status.map(|status| status.signing_tries)),
        pin(lang, Text::CheckAuthentication, Purpose::Authentication, status.map(|status| status.authentication_tries)),
        line(CheckState::Ask, Text::CheckResidence, String::new()),
    ]
}

fn pin(lang: Lang, what: Text, purpose: Purpose, tries: Option<Tries>) -> Block {
    let (state, detail, dots) = match tries {
        Some(Tries::Locked) => (CheckState::NotYet, lang.text(Text::TriesLocked).to_owned(), None),
        Some(Tries::Left(left)) => (CheckState::Ask, lang.fill(Text::TriesLeft, &[&left.to_string()]), Some((left, Pin::tries(purpose)))),
        Some(Tries::Unknown) => (CheckState::Ask, lang.text(Text::TriesUnknown).to_owned(), None),
        None => (CheckState::Ask, String::new(), None),
    };
    Block::Check(state, lang.text(what), detail, dots)
}

/// Return the word for a state.
pub(crate) const fn check_state_text(state: CheckState) -> Text {
    match state {
        CheckState::Ready => Text::StateOk,
        CheckState::NotYet => Text::StateNo,
        CheckState::Ask => Text::StateAsk,
        CheckState::Note => Text::DoctorNote,
        CheckState::Looking => Text::StateLooking,
    }
}

/// Return when a kiosk warns and erases, if it is one.
pub(super) fn kiosk_times(model: &Model) -> Option<Run> {
    let times = [model.idle_limit_beneath(), model.setup.limits.warning].map(|seconds| seconds.to_string());
    let said = model.lang.fill(Text::KioskTimes, &times.each_ref().map(String::as_str));
    (model.setup.mode == Mode::Kiosk).then(|| Run::new(said, Role::Text))
}
