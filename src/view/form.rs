//! 利用者情報入力(STEP1): the form, generated from the table of fields.
//!
//! ```text
//! ＊To be mended: 2. Enter goes to the field.   (after 確認)
//!   1 ＊利用者氏名を入力してください。
//! ＞利用者氏名 【名前(なまえ)】 【必須】
//!     MONTGOMERY ANNE______________
//!     カードの記載: …   ＊ fault   changes by folding
//!   …
//!   [ 確認 ]
//!   [ 戻る ]
//! ```

use super::{Block, Blocks, Field, HelpLine, Item, Label, Mark, Page, Role, Run, Title, Value};
use crate::app::state::form::FormFocus;
use crate::app::visit::Prefilled;
use crate::app::{Action, Model, state::cards};
use crate::locale::{Lang, Text, official};
use crate::places;
use crate::registration::field::{Field as Row, FieldKind};
use crate::registration::warning::{self, Warning};
use crate::registration::{FIELDS, FieldId};

pub(super) fn page(model: &Model) -> Page {
    let lang = model.lang;
    let mut blocks = Vec::new();
    summary(&mut blocks, model);
    if model.visit.form.summary().is_empty() {
        blocks.extend(service_notices(model));
        if model.visit.prefill == Prefilled::Withheld {
            blocks.text(0, lang.text(Text::PrefillWithheld), Role::Warning);
        }
        blocks.text(0, lang.text(Text::InputLead), Role::Text);
        blocks.gap();
    }
    for row in &FIELDS {
        field(&mut blocks, model, row);
    }
    blocks.gap();
    blocks.button(lang.text(Text::Confirm), model.visit.form.focus == FormFocus::Confirm, Action::Confirm);
    blocks.button(lang.text(Text::Back), model.visit.form.focus == FormFocus::Back, Action::Back);
    Page {
        title: Title::Step(0),
        help: hints(model),
        blocks,
        scroll: None,
        keys: &[Text::KeysMove, Text::KeysEnter, Text::KeysSpace, Text::KeysConfirm, Text::KeysBack, Text::KeysHelp, Text::KeysLanguage],
    }
}

/// Return the service's messages to everybody: its operator's notice, and that it accepts test cards.
pub(super) fn service_notices(model: &Model) -> Vec<Block> {
    let mut blocks = Vec::new();
    let Some(session) = &model.visit.session else { return blocks };
    if let Some(notice) = &session.notice {
        for line in notice.lines() {
            blocks.text(0, line, Role::Warning);
        }
    }
    // In practice mode every page says so already.
    if session.test_cards && model.setup.practice.is_none() {
        blocks.text(0, model.lang.text(Text::TestCards), Role::Warning);
    }
    blocks
}

fn summary(blocks: &mut Vec<Block>, model: &Model) {
    let faults = model.visit.form.summary();
    if faults.is_empty() {
        return;
    }
    let lang = model.lang;
    blocks.text(0, lang.fill(Text::SummaryTitle, &[&faults.len().to_string()]), Role::Wrong);
    for (line, fault) in faults.iter().enumerate() {
        let focused = model.visit.form.focus == FormFocus::Summary(line);
        let (number, text) = (Some(line + 1), lang.problem(fault.field, &fault.problem));
        let action = Some(Action::FocusForm(FormFocus::Field(fault.field)));
        blocks.item(Item { number, text, role: Role::Wrong, focused, action, ..Item::default() });
    }
    blocks.gap();
}

/// Return the label of a field: in Japanese with its easy form, else the translation with the official label.
fn label(lang: Lang, row: &Row) -> Label {
    let beside = if lang == Lang::Ja { official::easy(row.id) } else { official::label(row.id) };
    Label { name: lang.field(row.id), need: lang.need(row.need), beside }
}

fn field(blocks: &mut Vec<Block>, model: &Model, row: &Row) {
    let lang = model.lang;
    let id = row.id;
    if id == FieldId::Consent {
        consent(blocks, model);
        return;
    }
    let form = &model.visit.form;
    let focused = form.focus == FormFocus::Field(id);
    let value = form.draft.get(id);
    let value = match row.kind {
        _ if !form.draft.is_open(id) => {
            let chosen = !form.draft.get(FieldId::Category).is_empty();
            Value::Closed(lang.text(if chosen { Text::Closed } else { Text::ClosedYet }).to_owned())
        }
        FieldKind::Choice(words) => Value::Choice(choices(lang, words, value)),
        FieldKind::Municipality => {
            Value::Municipality(lang.text(Text::Search), places::by_code(value).map(|place| (place.label(), latin(lang, &place))))
        }
        FieldKind::Text | FieldKind::Tick => Value::Line(value.to_owned(), if focused { form.editor.cursor() } else { 0 }, room(row)),
    };
    blocks.push(Block::Field(Box::new(Field { id, label: label(lang, row), focused, value, messages: notes(model, id) })));
    if id == FieldId::ResidenceCard && form.covers && form.draft.is_open(id) {
        blocks.button(lang.text(Text::LookAtCard), form.focus == FormFocus::LookAtCard, Action::LookAtCard);
    }
}

/// Maximum length, in characters, of fields whose line is only as wide as needed.
const SHORT: usize = 20;

/// Return the width of a field's line in cells.
const fn room(row: &Row) -> usize {
    if row.limit <= SHORT { row.limit + 4 } else { 72 }
}

/// Return the words of a choice with the official ones, and which is chosen.
fn choices(lang: Lang, words: &[&str], value: &str) -> Vec<(bool, String)> {
    let said = |word: &&str| match lang {
        Lang::Ja => official::choice(word).to_owned(),
        _ => format!("{}  {}", lang.choice(word), official::choice(word)),
    };
    words.iter().map(|word| (*word == value, said(word))).collect()
}

/// Return the romanization of a municipality, for those who cannot read its name.
fn latin(lang: Lang, place: &places::Municipality) -> String {
    if lang == Lang::Ja { String::new() } else { format!("{} {}", place.prefecture_romaji(), place.romaji()) }
}

/// Return the messages below a field: faults, changes by folding, the card's value, warnings.
fn notes(model: &Model, id: FieldId) -> Vec<Run> {
    let mut runs = Vec::new();
    let lang = model.lang;
    let notes = model.visit.form.notes(id);
    if let Some(size) = notes.refused_paste {
        runs.push(Run::new(lang.fill(Text::PasteTooLong, &[&size.to_string()]), Role::Wrong));
    }
    if let Some(fault) = model.visit.form.fault(id) {
        runs.push(Run::new(lang.problem(id, &fault.problem), Role::Wrong));
    }
    if !notes.changes.is_empty() {
        let said: Vec<&str> = notes.changes.iter().map(|change| lang.change(*change)).collect();
        runs.push(Run::new(said.join(" "), Role::Warning));
    }
    if id == FieldId::Name
        && let Some(name) = &model.visit.form.card_name
    {
        runs.push(Run::new(lang.fill(Text::FromCard, &[name]), Role::Quiet));
        if !model.visit.form.left_out.is_empty() {
            runs.push(Run::new(lang.fill(Text::NameLeftOut, &[&model.visit.form.left_out.join(" ")]), Role::Warning));
        }
    }
    let [name, address] = model.visit.form.substituted;
    match id {
        FieldId::Name if name => runs.push(Run::new(lang.text(Text::SubstitutedName), Role::Warning)),
        FieldId::AddressLine if address => runs.push(Run::new(lang.text(Text::SubstitutedAddress), Role::Warning)),
        _ => {}
    }
    // A value with a fault is not compared with the card, nor is an emptied field, which nobody should leave.
    let wrong = model.visit.form.fault(id).is_some() || model.visit.form.draft.get(id).is_empty();
    if matches!(id, FieldId::Name | FieldId::Sex | FieldId::BirthDate) && !wrong && model.visit.form.differs_from_card(id) {
        runs.push(Run::new(lang.fill(Text::DiffersFromCard, &[&on_card(model, id)]), Role::Warning));
    }
    if id == FieldId::Email && notes.visited {
        let free: Vec<&str> = model.setup.free_mail.iter().map(String::as_str).collect();
        for second_look in warning::of_email(model.visit.form.draft.get(id), &free) {
            runs.push(Run::new(lang.warning(&second_look), Role::Warning));
            if matches!(second_look, Warning::FreeMail { .. }) && !model.setup.mail_from.is_empty() {
                runs.push(Run::new(lang.fill(Text::MailAllow, &[&model.setup.mail_from.join(", ")]), Role::Warning));
            }
        }
    }
    runs
}

/// Return the card's value of a field; the name as printed on the card.
pub(super) fn on_card(model: &Model, id: FieldId) -> String {
    let form = &model.visit.form;
    match (id, &form.card_name) {
        (FieldId::Name, Some(name)) => name.clone(),
        _ => model.lang.value(id, form.card.get(id)),
    }
}

fn consent(blocks: &mut Vec<Block>, model: &Model) {
    let (lang, form) = (model.lang, &model.visit.form);
    blocks.gap();
    blocks.text(2, lang.text(Text::ConsentLead), Role::Text);
    let (mark, text) = (Mark::Button, lang.text(Text::TermsLink).to_owned());
    let (focused, action) = (form.focus == FormFocus::Terms, Some(Action::Terms));
    blocks.item(Item { mark, text, role: Role::Label, focused, action, ..Item::default() });
    let (mark, text) = (Mark::Tick(form.draft.get(FieldId::Consent) == "yes"), lang.text(Text::Consent).to_owned());
    let focus = FormFocus::Field(FieldId::Consent);
    blocks.item(Item {
        mark,
        text,
        role: Role::Label,
        focused: form.focus == focus,
        action: Some(Action::FocusForm(focus)),
        ..Item::default()
    });
    blocks.extend(notes(model, FieldId::Consent).into_iter().map(|note| Block::Text(4, note)));
}

fn hints(model: &Model) -> Vec<HelpLine> {
    let lang = model.lang;
    let mut hints = Vec::new();
    if let Some(field) = model.visit.form.field() {
        let (text, example) = (lang.hint(field), field.row().example);
        let example = if example.is_empty() { String::new() } else { format!(" {}", lang.fill(Text::Example, &[example])) };
        hints.push(HelpLine::Help(Run::new(format!("{text}{example}"), Role::Text)));
    }
    if cards::should_warn_card_away(model) {
        hints.push(HelpLine::Card(Run::new(lang.text(Text::CardNeeded), Role::Warning)));
    }
    let left = match model.visit.form.left() {
        0 => lang.text(Text::Complete).to_owned(),
        left => lang.fill(Text::Left, &[&left.to_string()]),
    };
    hints.push(HelpLine::Help(Run::new(left, Role::Quiet)));
    hints
}
