//! The word of a kiosk's staff, and their page. Nothing personal stands on either.

use super::{Blocks, Entry, Item, Page, Role, Run, Side, Title, issue};
use crate::app::state::staff::{StaffAnswer, StaffPage, StaffRow, StaffWord, staff_rows};
use crate::app::{Action, Model};
use crate::locale::Text;

/// Cells of the line for the word.
const ROOM: usize = 40;

pub(super) fn word(model: &Model, page: &StaffWord) -> Page {
    let lang = model.lang;
    let mut blocks = Vec::new();
    blocks.text(0, lang.text(Text::StaffWordLead), Role::Text);
    blocks.gap();
    let value = page.word.drawn(false, false);
    blocks.entry(Entry {
        label: vec![Run::new(lang.text(Text::StaffWord), Role::Label)],
        caret: value.chars().count(),
        value,
        secret: true,
        room: ROOM,
        focused: true,
        action: None,
    });
    let note = match page.note {
        Some(StaffAnswer::Wrong) => Some(lang.text(Text::StaffWordWrong).to_owned()),
        Some(StaffAnswer::Wait(seconds)) => Some(lang.fill(Text::StaffWordWait, &[&seconds.to_string()])),
        Some(StaffAnswer::Right) | None => None,
    };
    if let Some(note) = note {
        blocks.message(note, Role::Wrong);
    }
    made(blocks, lang.text(Text::StaffWord), &[Text::KeysEnter, Text::KeysBack])
}

pub(super) fn page(model: &Model, staff: &StaffPage) -> Page {
    let (lang, day) = (model.lang, &model.day);
    let mut blocks = Vec::new();
    let counts = [day.begun, day.registered, day.others, day.given_up()].map(|count| count.to_string());
    blocks.text(0, lang.fill(Text::StaffCount, &counts.each_ref().map(String::as_str)), Role::Text);
    if !day.troubles.is_empty() {
        let codes: Vec<String> = day.troubles.iter().map(|(code, count)| format!("{} × {count}", code.id())).collect();
        blocks.text(0, lang.fill(Text::StaffTroubles, &[&codes.join("  ")]), Role::Text);
    }
    let service = model.setup.service.as_deref().unwrap_or(lang.text(Text::StaffEmbedded));
    blocks.text(0, lang.fill(Text::StaffService, &[service]), Role::Text);
    blocks.gap();
    for (row, item) in staff_rows(model).iter().enumerate() {
        let text = match item {
            StaffRow::Language => format!("{} {}", lang.text(item.text()), model.setup.lang.name()),
            _ => lang.text(item.text()).to_owned(),
        };
        let (number, action) = (Some(row + 1), Some(Action::ChooseRow(row)));
        blocks.item(Item { number, text, focused: row == staff.row, action, ..Item::default() });
    }
    blocks.extend(issue::slip(lang, staff.issue.as_ref()));
    made(blocks, lang.text(Text::StaffTitle), &[Text::KeysMove, Text::KeysEnter, Text::KeysBack])
}

fn made(blocks: Vec<super::Block>, title: &'static str, keys: &'static [Text]) -> Page {
    Page { title: Title::Text(title), blocks, side: Side::default(), buttons: Vec::new(), help: Vec::new(), scroll: None, keys }
}
