//! Before you begin: the checklist, ticked off live, and the adviser.
//!
//! ```text
//! what to have at hand
//!   [よし]   ICカードリーダー  Alcor Micro AU9540
//!   [まだ]   マイナンバーカード
//!
//! what will you apply for?
//! ＞1 …  whose card, which number
//!   [ 次へ ]
//!   [ 戻る ]
//! ```

use super::Page;
use super::sheet::Sheet;
use crate::app::update::PREPARE_NEXT;
use crate::app::{Action, Model, cards};
use crate::card::{Facts, Tries};
use crate::locale::{Lang, Text};
use crate::registration::FieldId;
use crate::registration::category::Application;
use crate::text::wrap;
use crate::time::date_in_japan;
use crate::tui::theme::Theme;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// How a thing of the checklist stands.
#[derive(Clone, Copy)]
enum State {
    Ready,
    NotYet,
    Ask,
}

pub(super) fn page(model: &Model, chosen: usize, theme: Theme, width: usize) -> Page {
    let lang = model.lang;
    let mut sheet = Sheet::new(theme, width);
    sheet.text(2, lang.text(Text::PrepareLead), theme.text());
    checks(&mut sheet, model);
    sheet.blank();
    sheet.text(2, lang.text(Text::AdviserTitle), theme.label());
    let advice = [
        (Text::AdviseChange, Text::AdviseChangeCard),
        (Text::AdviseBring, Text::AdviseBringCard),
        (Text::AdviseRepresent, Text::AdviseRepresentCard),
    ];
    let category = model.visit.form.draft.get(FieldId::Category);
    for (row, (application, (what, whose))) in Application::ALL.iter().zip(advice).enumerate() {
        let mark = if application.category().key() == category { "(*)" } else { "( )" };
        sheet.item(row == chosen, &format!("{} {mark} {}", row + 1, lang.text(what)), theme.text(), Some(Action::Row(row)));
        sheet.text(8, lang.text(whose), theme.quiet());
    }
    sheet.buttons(&[
        (lang.text(Text::Next), chosen == PREPARE_NEXT, Action::Row(PREPARE_NEXT)),
        (lang.text(Text::Back), chosen > PREPARE_NEXT, Action::Row(PREPARE_NEXT + 1)),
    ]);
    let (words, style) = card_line(model, theme);
    Page {
        title: Line::styled(lang.text(Text::PrepareTitle), theme.label()),
        sheet,
        hint: vec![Line::styled(words, style), Line::styled(lang.text(Text::NoteNumber), theme.text())],
        keys: &[Text::KeysMove, Text::KeysEnter, Text::KeysBack, Text::KeysHelp, Text::KeysLanguage, Text::KeysCard],
    }
}

/// Say in one line how reader and card stand.
pub(crate) fn card_line(model: &Model, theme: Theme) -> (String, Style) {
    let lang = model.lang;
    let Some(seen) = &model.card.seen else {
        return (lang.text(Text::CardWaiting).to_owned(), theme.quiet());
    };
    if model.is_ambiguous() {
        let count = seen.readers.iter().filter(|reader| reader.card).count().to_string();
        return (lang.fill(Text::CardSeveral, &[&count]), theme.warning());
    }
    if let Some(trouble) = cards::obstacle(model) {
        let code = trouble.code();
        return (format!("{} ({code})", lang.trouble(code).title), theme.warning());
    }
    match model.facts() {
        Some(Ok(_)) => (lang.text(Text::CardReady).to_owned(), theme.good()),
        _ => (lang.text(Text::CardLooking).to_owned(), theme.quiet()),
    }
}

/// Say how reader and card stand where it is seen in a low window too.
pub(super) fn card_hint(model: &Model, theme: Theme, width: usize) -> Vec<Line<'static>> {
    let (words, style) = card_line(model, theme);
    wrap(&words, width).into_iter().map(|line| Line::styled(line, style)).collect()
}

fn checklist(model: &Model) -> Vec<(State, Text, String)> {
    let lang = model.lang;
    let ready = |yes| if yes { State::Ready } else { State::NotYet };
    let seen = model.card.seen.as_ref();
    let facts = match model.facts() {
        Some(Ok(facts)) => Some(facts),
        _ => None,
    };
    let reader = model.reader().map_or(String::new(), |reader| reader.name.clone());
    let has_reader = seen.is_some_and(|seen| !seen.readers.is_empty());
    let valid = facts.and_then(|facts| date_in_japan(facts.authentication_validity?.until));
    let valid = valid.map_or(String::new(), |last| lang.fill(Text::ValidUntil, &[&last.to_string()]));
    let usable = facts.is_some_and(|facts| facts.signing_present && facts.authentication_present);
    vec![
        (ready(seen.is_some_and(|seen| seen.service)), Text::CheckService, String::new()),
        (ready(has_reader), Text::CheckReader, reader),
        (ready(usable), Text::CheckCard, valid),
        pin(lang, Text::CheckSigning, facts, |facts| facts.signing_tries),
        pin(lang, Text::CheckAuthentication, facts, |facts| facts.authentication_tries),
        (State::Ask, Text::CheckResidence, String::new()),
    ]
}

fn pin(lang: Lang, what: Text, facts: Option<&Facts>, tries: impl Fn(&Facts) -> Tries) -> (State, Text, String) {
    match facts.map(tries) {
        Some(Tries::Locked) => (State::NotYet, what, lang.text(Text::TriesLocked).to_owned()),
        Some(Tries::Left(left)) => (State::Ask, what, lang.fill(Text::TriesLeft, &[&left.to_string()])),
        Some(Tries::Unknown) => (State::Ask, what, lang.text(Text::TriesUnknown).to_owned()),
        None => (State::Ask, what, String::new()),
    }
}

/// Say what is to be at hand, how it stands, and what is known about it.
pub(crate) fn checks(sheet: &mut Sheet, model: &Model) {
    for (state, words, detail) in checklist(model) {
        check(sheet, model.lang, state, words, &detail);
    }
}

fn check(sheet: &mut Sheet, lang: Lang, state: State, what: Text, detail: &str) {
    let theme = sheet.theme;
    let (word, style) = match state {
        State::Ready => (Text::StateOk, theme.good()),
        State::NotYet => (Text::StateNo, theme.warning()),
        State::Ask => (Text::StateAsk, theme.quiet()),
    };
    let mark = format!("[{}]", lang.text(word));
    let pad = 12_usize.saturating_sub(crate::text::cells(&mark));
    let mut spans = vec![Span::styled(mark, style), Span::raw(" ".repeat(pad)), Span::raw(lang.text(what))];
    if !detail.is_empty() {
        spans.push(Span::styled(format!("  {detail}"), theme.quiet()));
    }
    sheet.label(false, spans, None);
}
