//! The small pages over a screen: help, languages, terms, readers, the first password, leaving.

use super::Page;
use super::sheet::Sheet;
use crate::app::result::ResultPage;
use crate::app::step::{Overlay, Question, Screen};
use crate::app::{Action, Model};
use crate::card::Purpose;
use crate::locale::words::Page as HelpPage;
use crate::locale::{Lang, Text};
use crate::tui::theme::Theme;
use ratatui::text::Line;

pub(super) fn page(model: &Model, over: &Overlay, theme: Theme, width: usize) -> Page {
    let mut sheet = Sheet::new(theme, width);
    let title = match over {
        Overlay::Help(line) => {
            paragraphs(&mut sheet, model.lang.help(help_page(model)), *line);
            Text::HelpTitle
        }
        Overlay::Terms(text, line) => {
            terms(&mut sheet, model, text.as_deref(), *line);
            Text::TermsTitle
        }
        Overlay::Language(row) => {
            for (place, lang) in Lang::ALL.iter().enumerate() {
                let text = format!("{} {}", place + 1, lang.name());
                sheet.item(place == *row, &text, theme.text(), Some(Action::Row(place)));
            }
            Text::LanguageTitle
        }
        Overlay::Reader(row) => {
            readers(&mut sheet, model, *row);
            Text::ReaderTitle
        }
        Overlay::Question(ask, row) => {
            let [title, lead, no, yes] = asked(model, *ask);
            sheet.text(2, model.lang.text(lead), theme.text());
            sheet.blank();
            for (place, text) in [no, yes].into_iter().enumerate() {
                sheet.item(place == *row, &format!("{} [ {} ]", place + 1, model.lang.text(text)), theme.label(), Some(Action::Row(place)));
            }
            title
        }
        // These two have pages of their own.
        Overlay::Picker(_) | Overlay::Trouble(_) => Text::Title,
    };
    Page { title: Line::styled(model.lang.text(title), theme.label()), sheet, hint: Vec::new(), keys: keys(over) }
}

/// Return what a question asks, what is lost, and its two answers, No first.
pub(crate) fn asked(model: &Model, ask: Question) -> [Text; 4] {
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

/// Show paragraphs from a line on; scrolling stops where the last line is seen.
fn paragraphs(sheet: &mut Sheet, paragraphs: &[&str], from: usize) {
    let theme = sheet.theme;
    for paragraph in paragraphs {
        sheet.text(2, paragraph, theme.text());
    }
    let line = from.min(sheet.rows.len().saturating_sub(1));
    sheet.from = Some(line);
}

fn terms(sheet: &mut Sheet, model: &Model, text: Option<&str>, from: usize) {
    let theme = sheet.theme;
    let Some(text) = text else {
        sheet.text(2, model.lang.text(Text::TermsLoading), theme.quiet());
        return;
    };
    let lines: Vec<&str> = text.lines().collect();
    paragraphs(sheet, &lines, from);
}

fn readers(sheet: &mut Sheet, model: &Model, chosen: usize) {
    let theme = sheet.theme;
    let readers = model.card.seen.as_ref().map_or(&[][..], |seen| &seen.readers);
    for (row, reader) in readers.iter().enumerate() {
        let card = if reader.card { format!("  ({})", model.lang.text(Text::ReaderWithCard)) } else { String::new() };
        let text = format!("{} {}{card}", row + 1, reader.name);
        sheet.item(row == chosen, &text, theme.text(), Some(Action::Row(row)));
    }
}

/// Return which help belongs to the screen.
pub(crate) fn help_page(model: &Model) -> HelpPage {
    if let Some(Overlay::Picker(_)) = model.visit.beneath {
        return HelpPage::Picker;
    }
    match &model.visit.screen {
        Screen::Top(_) => HelpPage::Top,
        Screen::Prepare(_) => HelpPage::Prepare,
        Screen::Pin(entry) if entry.pin.purpose() == Purpose::Signing => HelpPage::SigningPassword,
        Screen::Pin(_) => HelpPage::AuthenticationPin,
        Screen::Input => HelpPage::Input,
        Screen::Confirm(_) => HelpPage::Confirm,
        Screen::Result(_) => HelpPage::Done,
        Screen::FirstPassword(_) => HelpPage::FirstPassword,
        Screen::AccountMenu(_) | Screen::Account => HelpPage::Acts,
    }
}
