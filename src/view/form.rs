//! 利用者情報入力(STEP1): the form, generated from the table of fields.
//!
//! ```text
//! ＊To correct: 2. Enter goes to the field.   (after 確認)
//!   1 ＊利用者氏名を入力してください。
//! Your address
//! + Sex        性別              female  女              card
//! | > Name       利用者氏名                             15 of 60
//! |   MONTGOMERY ANNE_____________________________________
//! |   hint
//! |   a fault, a warning, what was changed
//! ```

use super::{
    Block, Blocks, Drawing, Field, FieldState, HelpLine, Item, Label, Mark, Page, Role, Run, Side, Title, Value, beside, button, not_drawn,
    prepare,
};
use crate::app::state::form::FormFocus;
use crate::app::visit::Prefilled;
use crate::app::{Action, Model, state::cards};
use crate::locale::{Lang, Text, official};
use crate::places;
use crate::registration::field::{Field as Row, FieldKind};
use crate::registration::warning;
use crate::registration::{Category, FIELDS, FieldId, rule};

/// Cells that the form needs beside the panel.
const BESIDE: usize = 78;

pub(super) fn page(model: &Model) -> Page {
    let lang = model.lang;
    let form = &model.visit.form;
    let mut blocks = Vec::new();
    summary(&mut blocks, model);
    if form.summary().is_empty() {
        blocks.extend(service_notices(model));
        match model.visit.prefill {
            Prefilled::Withheld => blocks.text(0, lang.text(Text::PrefillWithheld), Role::Warning),
            Prefilled::Several => blocks.text(0, lang.text(Text::PrefillSeveral), Role::Warning),
            Prefilled::None | Prefilled::Applied => {}
        }
        blocks.push(Block::Lead(Run::new(lang.text(Text::InputLead), Role::Text)));
    }
    blocks.extend(not_drawn(model, |field| form.draft.get(field)));
    for row in &FIELDS {
        blocks.extend(group(row.id).map(|group| Block::Group(lang.text(group))));
        field(&mut blocks, model, row);
    }
    let buttons = vec![
        button(lang.text(Text::Confirm), form.focus == FormFocus::Confirm, Action::Confirm),
        button(lang.text(Text::Back), form.focus == FormFocus::Back, Action::Back),
    ];
    Page {
        title: Title::Step(0),
        help: hints(model),
        blocks,
        side: Side { beside: BESIDE, parts: vec![about(model), still_to_do(model), vec![Block::Text(0, prepare::card_line(model))]] },
        buttons,
        // Before a button is pressed, the last fields are what was not seen yet.
        scroll: matches!(form.focus, FormFocus::Confirm | FormFocus::Back).then_some(usize::MAX),
        keys: &[Text::KeysMove, Text::KeysEnter, Text::KeysSpace, Text::KeysConfirm, Text::KeysBack, Text::KeysHelp, Text::KeysLanguage],
    }
}

/// Return what stands beside the form about the field with the focus: its name, a drawing, how to fill it in.
fn about(model: &Model) -> Vec<Block> {
    let (lang, form) = (model.lang, &model.visit.form);
    let id = match form.focus {
        FormFocus::Field(id) => id,
        FormFocus::Terms => FieldId::Consent,
        FormFocus::LookAtCard => FieldId::ResidenceCard,
        FormFocus::Summary(line) => form.summary().get(line).map_or(FieldId::Name, |fault| fault.field),
        FormFocus::Confirm | FormFocus::Back => return Vec::new(),
    };
    let mut blocks = vec![Block::Heading(0, lang.field(id))];
    let official = beside(model, official::label(id));
    if !official.is_empty() {
        blocks.text(0, official, Role::Quiet);
    }
    blocks.gap();
    let more = match id {
        FieldId::Email | FieldId::EmailAgain => Some((Drawing::Mails, Text::AboutMails)),
        FieldId::ResidenceCard => Some((Drawing::ResidenceCard, Text::AboutResidenceCard)),
        _ => None,
    };
    if let Some((drawing, text)) = more {
        blocks.extend([Block::Drawing(drawing), Block::Gap]);
        blocks.text(0, lang.text(text), Role::Text);
    }
    blocks.text(0, hint(model, id), Role::Quiet);
    blocks
}

/// Return what is left to fill in, by name.
fn still_to_do(model: &Model) -> Vec<Block> {
    let (lang, form) = (model.lang, &model.visit.form);
    let open = FIELDS.len();
    let left: Vec<&str> = FIELDS.iter().filter(|row| form.problem(row.id).is_some()).map(|row| lang.field(row.id)).collect();
    let done = open.saturating_sub(left.len());
    let mut blocks = vec![Block::Heading(0, lang.text(Text::LeftTitle)), Block::Done(done, open)];
    blocks.text(0, lang.fill(Text::DoneOf, &[&done.to_string(), &open.to_string()]), Role::Quiet);
    if left.is_empty() {
        blocks.text(0, lang.text(Text::LeftNone), Role::Good);
    }
    for name in left {
        blocks.text(0, name, Role::Text);
    }
    blocks
}

/// Return the heading of the group that a field begins.
const fn group(first: FieldId) -> Option<Text> {
    match first {
        FieldId::Name => Some(Text::GroupPerson),
        FieldId::Municipality => Some(Text::GroupPlace),
        FieldId::Phone => Some(Text::GroupContact),
        FieldId::Category => Some(Text::GroupApplication),
        _ => None,
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
fn label(model: &Model, row: &Row) -> Label {
    let lang = model.lang;
    let beside = if lang == Lang::Ja { official::easy(row.id) } else { beside(model, official::label(row.id)) };
    Label { name: lang.field(row.id), need: lang.need(row.need), beside }
}

fn field(blocks: &mut Vec<Block>, model: &Model, row: &Row) {
    let (lang, form, id) = (model.lang, &model.visit.form, row.id);
    let focused = form.focus == FormFocus::Field(id) || (id == FieldId::Consent && form.focus == FormFocus::Terms);
    let typed = form.draft.get(id);
    let value = match row.kind {
        _ if !form.draft.is_open(id) => {
            let chosen = !form.draft.get(FieldId::Category).is_empty();
            Value::Closed(lang.text(if chosen { Text::Closed } else { Text::ClosedYet }).to_owned())
        }
        FieldKind::Choice(words) => Value::Choice(choices(model, id, words)),
        FieldKind::Municipality => {
            Value::Municipality(lang.text(Text::Search), places::by_code(typed).map(|place| place_name(model, &place)))
        }
        FieldKind::Tick => Value::Consent(Box::new(consent(model))),
        FieldKind::Text => Value::Line(typed.to_owned(), if focused { form.editor.cursor() } else { 0 }),
    };
    if id == FieldId::Consent {
        blocks.push(Block::Lead(Run::new(lang.text(Text::ConsentLead), Role::Text)));
    }
    let messages = notes(model, id);
    let state = state(model, id, &messages);
    let origin = match state {
        FieldState::Changed => lang.text(Text::OriginChanged),
        FieldState::Warning => lang.text(Text::OriginCheck),
        _ if !typed.is_empty() && form.card.get(id) == typed => lang.text(Text::OriginCard),
        _ => "",
    };
    let count = match &value {
        Value::Line(typed, _) => lang.fill(Text::CountOf, &[&typed.chars().count().to_string(), &row.limit.to_string()]),
        _ => String::new(),
    };
    let (label, shown, hint) = (label(model, row), shown(model, id, typed, &value), hint(model, id));
    blocks.push(Block::Field(Box::new(Field { id, label, focused, value, shown, state, origin, count, hint, messages })));
    if id == FieldId::ResidenceCard && form.covers && form.draft.is_open(id) {
        blocks.button(lang.text(Text::LookAtCard), form.focus == FormFocus::LookAtCard, Action::LookAtCard);
    }
}

/// Return how a field stands.
fn state(model: &Model, id: FieldId, messages: &[Run]) -> FieldState {
    let form = &model.visit.form;
    if !form.draft.is_open(id) {
        FieldState::Closed
    } else if form.fault(id).is_some() {
        FieldState::Wrong
    } else if form.problem(id).is_some() {
        FieldState::Empty
    } else if differs(model, id) {
        FieldState::Changed
    } else if messages.iter().any(|run| run.role == Role::Warning) {
        FieldState::Warning
    } else {
        FieldState::Good
    }
}

/// Return whether a field is said to differ from the card.
fn differs(model: &Model, id: FieldId) -> bool {
    // A value with a fault is not compared with the card, nor is an emptied field, which nobody should leave.
    let form = &model.visit.form;
    let wrong = form.fault(id).is_some() || form.draft.get(id).is_empty();
    matches!(id, FieldId::Name | FieldId::Sex | FieldId::BirthDate) && !wrong && form.differs_from_card(id)
}

/// Return a value in a few words, or what the field waits for.
fn shown(model: &Model, id: FieldId, typed: &str, value: &Value) -> Run {
    let lang = model.lang;
    match value {
        Value::Closed(_) => Run::new(lang.text(Text::ClosedShort), Role::Quiet),
        Value::Line(typed, _) => Run::new(super::value(model, id, typed), Role::Text),
        Value::Choice(_) if typed.is_empty() => Run::new(lang.text(Text::ChooseOne), Role::Quiet),
        Value::Choice(_) => Run::new(lang.value(id, typed), Role::Text),
        Value::Municipality(_, Some((name, latin))) => Run::new(format!("{name} {latin}").trim_end(), Role::Text),
        Value::Municipality(search, None) => Run::new(format!("[ {search} ]"), Role::Quiet),
        Value::Consent(items) => {
            let [tick, _] = items.as_ref();
            let mark = if tick.mark == Mark::Tick(true) { "[x]" } else { "[ ]" };
            Run::new(format!("{mark} {}", lang.text(Text::ConsentShort)), Role::Text)
        }
    }
}

/// Return how to fill in a field, with an example.
fn hint(model: &Model, id: FieldId) -> String {
    let lang = model.lang;
    match id.row().example {
        example if example.is_empty() || (model.setup.latin && !example.is_ascii()) => lang.hint(id).to_owned(),
        example => format!("{} {}", lang.hint(id), lang.fill(Text::Example, &[example])),
    }
}

/// Return the words of a choice with the official ones and when to choose each.
fn choices(model: &Model, id: FieldId, words: &[&str]) -> Vec<Item> {
    let (lang, form) = (model.lang, &model.visit.form);
    let said = |word: &str| match when(id, word) {
        Some(when) => format!("{}: {}", lang.value(id, word), lang.text(when)),
        None => lang.value(id, word),
    };
    let item = |(row, word): (usize, &&str)| Item {
        number: Some(row + 1),
        mark: Mark::Radio(form.draft.get(id) == *word),
        text: said(word),
        focused: form.field() == Some(id) && form.row == Some(row),
        action: Some(Action::SetField(id, (*word).to_owned())),
        ..Item::default()
    };
    words.iter().enumerate().map(item).collect()
}

/// Return when a word is to be chosen, where the word alone does not say it.
fn when(id: FieldId, word: &str) -> Option<Text> {
    Some(match rule::category(word).ok().filter(|_| id == FieldId::Category)? {
        Category::ForeignNational => Text::CategoryForeignNational,
        Category::LegalRepresentative => Text::CategoryLegalRepresentative,
        Category::Family => Text::CategoryFamily,
    })
}

/// Return the name of a municipality, and its romanization for those who cannot read it; that alone if the terminal cannot draw the name.
fn place_name(model: &Model, place: &places::Municipality) -> (String, String) {
    let latin = format!("{} {}", place.prefecture_romaji(), place.romaji());
    match model.lang {
        _ if model.setup.latin => (latin, String::new()),
        Lang::Ja => (place.label(), String::new()),
        _ => (place.label(), latin),
    }
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
    if let Some(said) = &notes.address {
        runs.push(Run::new(lang.warning(said), Role::Warning));
    }
    if id == FieldId::Name
        && let Some(name) = &model.visit.form.card_name
    {
        runs.push(Run::new(lang.fill(Text::FromCard, &[name]), Role::Quiet));
        // Said of what the card filled in, not of what was typed instead.
        let replaced = ![model.visit.form.draft.get(id), ""].contains(&model.visit.form.card.get(id));
        if !replaced && !model.visit.form.left_out.is_empty() {
            runs.push(Run::new(lang.fill(Text::NameLeftOut, &[&model.visit.form.left_out.join(" ")]), Role::Warning));
        }
    }
    let [name, address] = model.visit.form.substituted;
    match id {
        FieldId::Name if name => runs.push(Run::new(lang.text(Text::SubstitutedName), Role::Warning)),
        FieldId::AddressLine if address => runs.push(Run::new(lang.text(Text::SubstitutedAddress), Role::Warning)),
        _ => {}
    }
    if differs(model, id) {
        runs.push(Run::new(lang.fill(Text::DiffersFromCard, &[&on_card(model, id)]), Role::Warning));
    }
    if id == FieldId::Phone && notes.visited && model.visit.form.fault(id).is_none() {
        let second_look = warning::of_phone(model.visit.form.draft.get(id));
        runs.extend(second_look.map(|warning| Run::new(lang.warning(&warning), Role::Warning)));
    }
    if id == FieldId::Email && notes.visited {
        let free: Vec<&str> = model.setup.free_mail.iter().map(String::as_str).collect();
        let typed = model.visit.form.draft.get(id);
        let second_looks = warning::of_email(typed, &free);
        runs.extend(second_looks.iter().map(|second_look| Run::new(lang.warning(second_look), Role::Warning)));
        // Advice to everybody: addresses of mobile carriers need it most.
        if !typed.is_empty() && !model.setup.mail_from.is_empty() {
            runs.push(Run::new(lang.fill(Text::MailAllow, &[&model.setup.mail_from.join(", ")]), Role::Quiet));
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

/// Return the tick, and the button that shows the terms.
fn consent(model: &Model) -> [Item; 2] {
    let (lang, form) = (model.lang, &model.visit.form);
    let focus = FormFocus::Field(FieldId::Consent);
    let ticked = form.draft.get(FieldId::Consent) == "yes";
    let tick = Item {
        mark: Mark::Tick(ticked),
        text: lang.text(Text::Consent).to_owned(),
        role: Role::Label,
        focused: form.focus == focus,
        action: Some(Action::SetField(FieldId::Consent, if ticked { "" } else { "yes" }.to_owned())),
        ..Item::default()
    };
    [tick, button(lang.text(Text::TermsLink), form.focus == FormFocus::Terms, Action::Terms)]
}

fn hints(model: &Model) -> Vec<HelpLine> {
    let lang = model.lang;
    let form = &model.visit.form;
    let mut hints = Vec::new();
    if cards::should_warn_card_away(model) {
        hints.push(HelpLine::Card(Run::new(lang.text(Text::CardNeeded), Role::Warning)));
    }
    // The summary has said what is left.
    if !form.summary().is_empty() {
        return hints;
    }
    let run = match form.left() {
        0 => Run::new(lang.text(Text::Complete), Role::Good),
        left => {
            let count = lang.fill(Text::Left, &[&left.to_string()]);
            let names: Vec<&str> = FIELDS.iter().filter(|row| form.problem(row.id).is_some()).map(|row| lang.field(row.id)).collect();
            Run::new(format!("{count}  {}", names.join(" / ")), Role::Quiet)
        }
    };
    hints.push(HelpLine::Help(run));
    hints
}
