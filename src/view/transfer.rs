//! The transfer sheet: each value as the agency's page takes it, to be copied by hand.

use super::{Block, Blocks, HelpLine, Page, Role, Run, Side, Title, beside, button, not_drawn};
use crate::app::state::transfer::{TransferNote, TransferPage, TransferRow, rows};
use crate::app::{Action, Model};
use crate::locale::words::Face;
use crate::locale::{Text, latin_value, official};
use crate::registration::transfer::{Doubt, SheetFormat, Taken, doubt, lines};
use crate::registration::{FieldId, Form};

pub(super) fn page(model: &Model, page: &TransferPage) -> Page {
    let lang = model.lang;
    let mut blocks = Vec::new();
    let Some(form) = model.visit.confirmed().map(|confirmed| &confirmed.form) else { return empty(lang.text(Text::TransferTitle)) };
    match &page.note {
        // Line mode prints the value.
        Some(TransferNote::Copied(_)) if model.setup.face == Face::Line => {}
        Some(TransferNote::Copied(field)) => blocks.message(lang.fill(Text::TransferCopied, &[lang.field(*field)]), Role::Good),
        Some(TransferNote::Saved(path)) => blocks.message(lang.fill(Text::TransferSaved, &[path]), Role::Good),
        Some(TransferNote::NotSaved(why)) => blocks.message(lang.fill(Text::TransferNotSaved, &[why]), Role::Wrong),
        None => {}
    }
    blocks.text(0, lang.text(Text::TransferLead), Role::Text);
    let fields: Vec<FieldId> = form.fields().collect();
    let mut buttons = Vec::new();
    for (place, row) in rows(&fields).into_iter().enumerate() {
        let (focused, action) = (place == page.row, Action::ChooseRow(place));
        let text = match row {
            TransferRow::Copy(field) => {
                let value = official::value(field, form);
                let value = if model.setup.latin { latin_value(&value).into_owned() } else { value };
                let official = Some(beside(model, official::label(field))).filter(|official| !official.is_empty());
                blocks.push(Block::SummaryRow(lang.field(field), value, official, focused, action));
                blocks.extend(doubts(model, form, field));
                continue;
            }
            TransferRow::Save(SheetFormat::Csv) => Text::TransferCsv,
            TransferRow::Save(SheetFormat::Json) => Text::TransferJson,
            TransferRow::Back => Text::Back,
        };
        buttons.push(button(lang.text(text), focused, action));
    }
    blocks.extend(not_drawn(model, |field| form.value(field)));
    let taken =
        rows(&fields).get(page.row).and_then(|row| if let TransferRow::Copy(field) = row { taken(model, form, *field) } else { None });
    let copies = taken.is_some();
    Page {
        title: Title::Text(lang.text(Text::TransferTitle)),
        blocks,
        side: Side::default(),
        buttons,
        // In line mode no line has the focus.
        help: taken
            .filter(|_| model.setup.face != Face::Line)
            .map(|taken| HelpLine::Help(Run::new(taken, Role::Text)))
            .into_iter()
            .collect(),
        scroll: None,
        keys: if copies { &[Text::KeysMove, Text::KeysCopy, Text::KeysBack] } else { &[Text::KeysMove, Text::KeysEnter, Text::KeysBack] },
    }
}

/// Return how the agency's page takes the value of a field.
fn taken(model: &Model, form: &Form, field: FieldId) -> Option<String> {
    let lang = model.lang;
    let limit = field.row().limit.to_string();
    Some(match lines(form).find(|line| line.field == field)?.taken {
        Taken::Half => lang.fill(Text::TransferHalf, &[&limit]),
        Taken::Digits => lang.fill(Text::TransferDigits, &[&limit]),
        Taken::Full => lang.fill(Text::TransferFull, &[&limit]),
        Taken::Chosen => lang.text(Text::TransferChosen).to_owned(),
    })
}

/// Say why the page may not take a value, and what to do.
fn doubts(model: &Model, form: &Form, field: FieldId) -> Option<Block> {
    let text = match doubt(form, field)? {
        Doubt::PartOfDate => model.lang.text(Text::TransferPartOfDate).to_owned(),
        Doubt::Letters(letters) => {
            let letters = if model.setup.latin { latin_value(&letters).into_owned() } else { letters };
            model.lang.fill(Text::TransferLetters, &[&letters])
        }
    };
    Some(Block::Text(4, Run::new(text, Role::Warning)))
}

fn empty(title: &'static str) -> Page {
    Page {
        title: Title::Text(title),
        blocks: Vec::new(),
        side: Side::default(),
        buttons: Vec::new(),
        help: Vec::new(),
        scroll: None,
        keys: &[],
    }
}
