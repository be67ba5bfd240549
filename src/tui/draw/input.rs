//! 利用者情報入力(STEP1): the form, driven by the one table of fields.
//!
//! ```text
//! ＊ 2 items to mend                        (after 確認)
//!   1 ＊利用者氏名を入力してください。
//! ＞利用者氏名 【名前(なまえ)】 【必須】
//!     MONTGOMERY ANNE______________
//!     カードの記載: …   ＊ what is wrong   what was folded
//!   …
//!   [ 確認 ]
//!   [ 戻る ]
//! ```

use super::sheet::Sheet;
use super::{Page, trail};
use crate::app::form::Focus;
use crate::app::visit::Prefilled;
use crate::app::{Action, Model, cards};
use crate::locale::{Lang, Text, official};
use crate::places;
use crate::registration::field::{Field, Kind, Need};
use crate::registration::warning::{self, Warning};
use crate::registration::{FIELDS, FieldId};
use crate::tui::theme::Theme;
use ratatui::text::{Line, Span};

pub(super) fn page(model: &Model, theme: Theme, width: usize) -> Page {
    let lang = model.lang;
    let mut sheet = Sheet::new(theme, width);
    summary(&mut sheet, model);
    if model.visit.form.summary().is_empty() {
        of_service(&mut sheet, model);
        if model.visit.prefill == Prefilled::Withheld {
            sheet.text(0, lang.text(Text::PrefillWithheld), theme.warning());
        }
        sheet.text(0, lang.text(Text::InputLead), theme.text());
        sheet.blank();
    }
    for row in &FIELDS {
        field(&mut sheet, model, row);
    }
    sheet.blank();
    sheet.buttons(&[
        (lang.text(Text::Confirm), model.visit.form.focus == Focus::Confirm, Action::Confirm),
        (lang.text(Text::Back), model.visit.form.focus == Focus::Back, Action::Back),
    ]);
    Page {
        title: trail(0, theme, width),
        hint: hint(model, theme, width),
        sheet,
        keys: &[Text::KeysMove, Text::KeysEnter, Text::KeysSpace, Text::KeysConfirm, Text::KeysBack, Text::KeysHelp, Text::KeysLanguage],
    }
}

/// Say what the service wants everybody to know: its operator's notice, and that it takes test cards.
pub(super) fn of_service(sheet: &mut Sheet, model: &Model) {
    let Some(session) = &model.visit.session else { return };
    let theme = sheet.theme;
    if let Some(notice) = &session.notice {
        for line in notice.lines() {
            sheet.text(0, line, theme.warning());
        }
    }
    // In practice every page says so already.
    if session.test_cards && model.setup.practice.is_none() {
        sheet.text(0, model.lang.text(Text::TestCards), theme.warning());
    }
}

fn summary(sheet: &mut Sheet, model: &Model) {
    let faults = model.visit.form.summary();
    if faults.is_empty() {
        return;
    }
    let theme = sheet.theme;
    let lang = model.lang;
    sheet.text(0, &lang.fill(Text::SummaryTitle, &[&faults.len().to_string()]), theme.error());
    for (line, fault) in faults.iter().enumerate() {
        let focused = model.visit.form.focus == Focus::Summary(line);
        let text = format!("{} {}", line + 1, lang.problem(fault.field, &fault.problem));
        sheet.item(focused, &text, theme.error(), Some(Action::Focus(Focus::Field(fault.field))));
    }
    sheet.blank();
}

/// Return the label of a field: in Japanese with its easy line, else the translation with the official label beside it.
fn label(lang: Lang, row: &Field, theme: Theme) -> Vec<Span<'static>> {
    let need = match row.need {
        Need::Required => Text::Required,
        Need::ForeignNationalOnly => Text::RequiredOnly,
    };
    let mut spans = vec![Span::styled(lang.field(row.id), theme.label()), Span::styled(lang.text(need), theme.quiet())];
    match lang {
        Lang::Ja => spans.push(Span::raw(format!(" {}", official::easy(row.id)))),
        _ => spans.push(Span::raw(format!("  {}", official::label(row.id)))),
    }
    spans
}

fn field(sheet: &mut Sheet, model: &Model, row: &Field) {
    let lang = model.lang;
    let theme = sheet.theme;
    let id = row.id;
    if id == FieldId::Consent {
        consent(sheet, model);
        return;
    }
    let focused = model.visit.form.focus == Focus::Field(id);
    let click = Some(Action::Focus(Focus::Field(id)));
    sheet.label(focused, label(lang, row, theme), click.clone());
    let value = model.visit.form.draft.get(id);
    match row.kind {
        _ if !model.visit.form.draft.is_open(id) => {
            let chosen = !model.visit.form.draft.get(FieldId::Category).is_empty();
            sheet.text(4, lang.text(if chosen { Text::Closed } else { Text::ClosedYet }), theme.quiet());
        }
        Kind::Choice(words) => choices(sheet, lang, words, value, focused),
        Kind::Place => place(sheet, lang, value, focused, click),
        Kind::Text | Kind::Tick => {
            let caret = focused.then(|| model.visit.form.editor.cursor());
            sheet.field(value, caret, room(row), click);
        }
    }
    notes(sheet, model, id);
    if focused {
        sheet.focus.1 = sheet.rows.len();
    }
    if id == FieldId::ResidenceCard && model.visit.form.covers && model.visit.form.draft.is_open(id) {
        let text = format!("[ {} ]", lang.text(Text::LookAtCard));
        sheet.item(model.visit.form.focus == Focus::LookAtCard, &text, theme.label(), Some(Action::LookAtCard));
    }
}

/// How many cells a field's line has: enough for its stored form where that is short.
const fn room(row: &Field) -> usize {
    match row.id {
        FieldId::BirthDate | FieldId::Phone | FieldId::ResidenceCard => row.limit + 4,
        _ => 72,
    }
}

fn choices(sheet: &mut Sheet, lang: Lang, words: &[&str], value: &str, focused: bool) {
    let theme = sheet.theme;
    let one_row = words.len() <= 2;
    let mut row = vec![Span::raw("    ")];
    for word in words {
        let chosen = *word == value;
        let mark = if chosen { "(*) " } else { "( ) " };
        let official = official::choice(word);
        let text = if lang == Lang::Ja { format!("{mark}{official}") } else { format!("{mark}{}  {official}", lang.choice(word)) };
        let style = if chosen && focused { theme.focus() } else { theme.text() };
        if one_row {
            row.extend([Span::styled(text, style), Span::raw("    ")]);
        } else {
            sheet.text(4, &text, style);
        }
    }
    if one_row {
        sheet.row(row, None);
    }
}

fn place(sheet: &mut Sheet, lang: Lang, value: &str, focused: bool, click: Option<Action>) {
    let theme = sheet.theme;
    let button = Span::styled(format!("[ {} ]", lang.text(Text::Search)), if focused { theme.focus() } else { theme.label() });
    let mut spans = vec![Span::raw("    "), button];
    if let Some(place) = places::by_code(value) {
        spans.push(Span::raw(format!("  {}", place.label())));
        if lang != Lang::Ja {
            spans.push(Span::styled(format!("  {} {}", place.prefecture_romaji(), place.romaji()), theme.quiet()));
        }
    }
    sheet.row(spans, click);
}

/// What is to be said under a field: what is wrong, what was folded, what the card says, what deserves a second look.
pub(crate) fn notes(sheet: &mut Sheet, model: &Model, id: FieldId) {
    let lang = model.lang;
    let theme = sheet.theme;
    let notes = model.visit.form.notes(id);
    if let Some(size) = notes.refused_paste {
        sheet.text(4, &lang.fill(Text::PasteTooLong, &[&size.to_string()]), theme.error());
    }
    if let Some(fault) = model.visit.form.fault(id) {
        sheet.text(4, &lang.problem(id, &fault.problem), theme.error());
    }
    if !notes.changes.is_empty() {
        let said: Vec<&str> = notes.changes.iter().map(|change| lang.change(*change)).collect();
        sheet.text(4, &said.join(" "), theme.warning());
    }
    if id == FieldId::Name
        && let Some(name) = &model.visit.form.card_name
    {
        sheet.text(4, &lang.fill(Text::FromCard, &[name]), theme.quiet());
        if !model.visit.form.left_out.is_empty() {
            sheet.text(4, &lang.fill(Text::NameLeftOut, &[&model.visit.form.left_out.join(" ")]), theme.warning());
        }
    }
    let [name, address] = model.visit.form.substituted;
    match id {
        FieldId::Name if name => sheet.text(4, lang.text(Text::SubstitutedName), theme.warning()),
        FieldId::AddressLine if address => sheet.text(4, lang.text(Text::SubstitutedAddress), theme.warning()),
        _ => {}
    }
    // What is wrong is not said to be right perhaps.
    let wrong = model.visit.form.fault(id).is_some();
    if matches!(id, FieldId::Name | FieldId::Sex | FieldId::BirthDate) && !wrong && model.visit.form.differs_from_card(id) {
        sheet.text(4, &lang.fill(Text::DiffersFromCard, &[&on_card(model, id)]), theme.warning());
    }
    if id == FieldId::Email && notes.visited {
        let free: Vec<&str> = model.setup.free_mail.iter().map(String::as_str).collect();
        for second_look in warning::of_email(model.visit.form.draft.get(id), &free) {
            sheet.text(4, &lang.warning(&second_look), theme.warning());
            if matches!(second_look, Warning::FreeMail { .. }) && !model.setup.mail_from.is_empty() {
                sheet.text(4, &lang.fill(Text::MailAllow, &[&model.setup.mail_from.join(", ")]), theme.warning());
            }
        }
    }
}

/// Return what the card says in place of a field: a name as it stands there.
pub(super) fn on_card(model: &Model, id: FieldId) -> String {
    let form = &model.visit.form;
    match (id, &form.card_name) {
        (FieldId::Name, Some(name)) => name.clone(),
        _ => shown(model.lang, id, form.card.get(id)),
    }
}

/// Return a value as people read it.
pub(crate) fn shown(lang: Lang, id: FieldId, value: &str) -> String {
    match id.row().kind {
        Kind::Choice(_) if lang == Lang::Ja => official::choice(value).to_owned(),
        Kind::Choice(_) => format!("{}  {}", lang.choice(value), official::choice(value)),
        Kind::Place => places::by_code(value).map_or_else(String::new, |place| match lang {
            Lang::Ja => place.label(),
            _ => format!("{}  {} {}", place.label(), place.prefecture_romaji(), place.romaji()),
        }),
        Kind::Tick => lang.text(Text::Consented).to_owned(),
        Kind::Text => value.to_owned(),
    }
}

fn consent(sheet: &mut Sheet, model: &Model) {
    let lang = model.lang;
    let theme = sheet.theme;
    sheet.blank();
    sheet.text(2, lang.text(Text::ConsentLead), theme.text());
    sheet.item(model.visit.form.focus == Focus::Terms, &format!("[ {} ]", lang.text(Text::TermsLink)), theme.label(), None);
    let ticked = model.visit.form.draft.get(FieldId::Consent) == "yes";
    let text = format!("{} {}", if ticked { "[x]" } else { "[ ]" }, lang.text(Text::Consent));
    let focused = model.visit.form.focus == Focus::Field(FieldId::Consent);
    sheet.item(focused, &text, theme.label(), Some(Action::Focus(Focus::Field(FieldId::Consent))));
    notes(sheet, model, FieldId::Consent);
}

fn hint(model: &Model, theme: Theme, width: usize) -> Vec<Line<'static>> {
    let lang = model.lang;
    let left = match model.visit.form.left() {
        0 => lang.text(Text::Complete).to_owned(),
        left => lang.fill(Text::Left, &[&left.to_string()]),
    };
    let mut lines = Vec::new();
    if let Some(field) = model.visit.form.field() {
        let mut text = lang.hint(field).to_owned();
        let example = field.row().example;
        if !example.is_empty() {
            text = format!("{text} {}", lang.fill(Text::Example, &[example]));
        }
        lines.extend(crate::text::wrap(&text, width).into_iter().map(|line| Line::styled(line, theme.text())));
        lines.truncate(2);
    }
    if cards::is_needed(model) {
        lines.truncate(1);
        lines.push(Line::styled(lang.text(Text::CardNeeded), theme.warning()));
    }
    if lines.len() < 2 {
        lines.push(Line::styled(left, theme.quiet()));
    }
    lines
}
