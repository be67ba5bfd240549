//! Overlays: help, languages, terms, readers, questions.

use super::{Block, Blocks, Item, Mark, Page, Role, Side, Title, prepare};
use crate::app::screen::{Overlay, Question, Screen};
use crate::app::state::result::ResultPage;
use crate::app::visit::Mode;
use crate::app::{Action, Model};
use crate::card::Purpose;
use crate::locale::words::{Face, Page as HelpPage};
use crate::locale::{Lang, Text};
use crate::text::harmless;
use std::path::PathBuf;

pub(super) fn page(model: &Model, over: &Overlay) -> Page {
    let mut blocks = Vec::new();
    let mut scroll = None;
    let title = match over {
        Overlay::Help(line) => {
            let face = if model.setup.mode == Mode::Kiosk { Face::Kiosk } else { model.setup.face };
            blocks.extend(prepare::kiosk_times(model).map(|times| Block::Text(2, times)));
            if model.offers_speech() {
                blocks.text(2, model.lang.text(Text::SpeechHelp), Role::Text);
            }
            model.lang.help(help_page(model), face).for_each(|paragraph| blocks.text(2, paragraph, Role::Text));
            scroll = Some(*line);
            Text::HelpTitle
        }
        Overlay::Terms(text, line) => {
            blocks = terms(model, text.as_deref());
            scroll = text.is_some().then_some(*line);
            Text::TermsTitle
        }
        Overlay::Language(row) => {
            for (place, lang) in Lang::drawn(model.setup.latin).enumerate() {
                blocks.item(numbered(place, lang.name().to_owned(), place == *row));
            }
            if model.setup.latin {
                blocks.gap();
                blocks.text(2, model.lang.text(Text::NoJapanese), Role::Text);
            }
            Text::LanguageTitle
        }
        Overlay::Reader(row) => {
            readers(&mut blocks, model, *row);
            Text::ReaderTitle
        }
        Overlay::SaveWhere(page) => {
            let label = |medium: &PathBuf| harmless(&medium.file_name().unwrap_or_default().to_string_lossy()).into_owned();
            let places = std::iter::once(model.lang.text(Text::SaveDocuments).to_owned()).chain(page.media.iter().map(label));
            for (place, text) in places.enumerate() {
                blocks.item(numbered(place, text, place == page.row));
            }
            Text::SaveTitle
        }
        Overlay::Question(ask, row) => {
            let [title, lead, no, yes] = asked(model, *ask);
            blocks.text(2, model.lang.text(title), Role::Label);
            blocks.text(2, model.lang.text(lead), Role::Text);
            if let (Question::Written, Some(count)) = (ask, model.countdown()) {
                blocks.text(2, model.lang.fill(Text::CoverEnds, &[&count.to_string()]), Role::Warning);
            }
            blocks.gap();
            for (place, text) in [no, yes].into_iter().enumerate() {
                let item = numbered(place, model.lang.text(text).to_owned(), place == *row);
                blocks.item(Item { mark: Mark::Button, role: Role::Label, ..item });
            }
            title
        }
        // These have modules of their own.
        Overlay::Picker(_)
        | Overlay::Trouble(_)
        | Overlay::Diagnosis(..)
        | Overlay::Qr
        | Overlay::Records(_)
        | Overlay::Transfer(_)
        | Overlay::StaffWord(_)
        | Overlay::Staff(_) => Text::Title,
    };
    Page {
        title: Title::Text(model.lang.text(title)),
        blocks,
        side: Side::default(),
        buttons: Vec::new(),
        help: Vec::new(),
        scroll,
        keys: keys(over),
    }
}

/// Return a question's title, its consequence, and its two answers, No first.
fn asked(model: &Model, ask: Question) -> [Text; 4] {
    let unwritten = model.visit.result().is_some_and(ResultPage::needs_writing);
    match ask {
        Question::Leave if unwritten => [Text::LeaveTitle, Text::AskWrittenLost, Text::LeaveStay, Text::LeaveGo],
        Question::Leave => [Text::LeaveTitle, Text::LeaveLost, Text::LeaveStay, Text::LeaveGo],
        Question::Forget => [Text::AskForget, Text::AskForgetLost, Text::AskForgetNo, Text::AskForgetYes],
        Question::Written => [Text::AskWritten, Text::AskWrittenLost, Text::AskWrittenNo, Text::AskWrittenYes],
        Question::Register => [Text::AskRegister, Text::AskRegisterLead, Text::AskRegisterNo, Text::AskRegisterYes],
    }
}

const fn keys(over: &Overlay) -> &'static [Text] {
    match over {
        Overlay::Help(_) | Overlay::Terms(..) => &[Text::KeysScroll, Text::KeysBack],
        _ => &[Text::KeysMove, Text::KeysEnter, Text::KeysBack],
    }
}

fn terms(model: &Model, text: Option<&str>) -> Vec<Block> {
    let mut blocks = Vec::new();
    match text {
        Some(text) => text.lines().for_each(|line| blocks.text(2, line, Role::Text)),
        None => blocks.text(2, model.lang.text(Text::TermsLoading), Role::Quiet),
    }
    blocks
}

/// Return a numbered list item; `place` is 0-based.
pub(super) fn numbered(place: usize, text: String, focused: bool) -> Item {
    Item { number: Some(place + 1), text, focused, action: Some(Action::ChooseRow(place)), ..Item::default() }
}

fn readers(blocks: &mut Vec<Block>, model: &Model, chosen: usize) {
    let readers = model.card.reader_states.as_ref().map_or(&[][..], |states| &states.readers);
    for (row, reader) in readers.iter().enumerate() {
        let card = if reader.card { format!("  ({})", model.lang.text(Text::ReaderWithCard)) } else { String::new() };
        blocks.item(numbered(row, format!("{}{card}", reader.name), row == chosen));
    }
}

/// Return the help for the current screen.
fn help_page(model: &Model) -> HelpPage {
    if let Some(Overlay::Picker(_)) = model.visit.nav.overlay_below() {
        return HelpPage::Picker;
    }
    match &model.visit.nav.screen {
        Screen::Attract(_) | Screen::Top(_) if model.setup.mode == Mode::Kiosk => HelpPage::Kiosk,
        Screen::Attract(_) | Screen::Top(_) => HelpPage::Top,
        Screen::Prepare(_) => HelpPage::Prepare,
        Screen::Pin(entry) if entry.pin.purpose() == Purpose::Signing => HelpPage::SigningPassword,
        Screen::Pin(_) => HelpPage::AuthenticationPin,
        Screen::Form => HelpPage::Input,
        Screen::Confirm(_) => HelpPage::Confirm,
        Screen::Result(_) => HelpPage::Done,
        Screen::FirstPassword(_) => HelpPage::FirstPassword,
        Screen::AccountMenu(_) | Screen::Account => HelpPage::Account,
    }
}
