//! An office's records: which one is this person's, by the office's own reference and never by name; or why the file cannot be used.

use super::overlay::numbered;
use super::{Blocks, Item, Mark, Page, Role, Side, Title};
use crate::app::Model;
use crate::app::state::records::{RecordsPage, RecordsRow};
use crate::locale::Text;

pub(super) fn page(model: &Model, page: &RecordsPage) -> Page {
    let lang = model.lang;
    let mut blocks = Vec::new();
    match &page.error {
        Some(error) => {
            blocks.text(2, lang.text(Text::RecordsWrong), Role::Wrong);
            if let Some(path) = &model.setup.prefill {
                blocks.text(2, path.display().to_string(), Role::Quiet);
            }
            lang.records_error(error).into_iter().for_each(|line| blocks.text(2, line, Role::Text));
        }
        None if page.is_used => blocks.text(2, lang.text(Text::RecordsUsed), Role::Label),
        None => blocks.text(2, lang.text(Text::RecordsChoose), Role::Label),
    }
    blocks.gap();
    let mut buttons = Vec::new();
    for (place, row) in page.rows(model.visit.records()).into_iter().enumerate() {
        let text = match row {
            RecordsRow::Record(record) => {
                model.visit.records().get(record).and_then(|record| record.reference.as_deref()).unwrap_or_default()
            }
            RecordsRow::Again if page.is_used => lang.text(Text::RecordsUseAgain),
            RecordsRow::Again => lang.text(Text::RecordsAgain),
            RecordsRow::Without if page.error.is_some() || page.is_used => lang.text(Text::RecordsWithout),
            RecordsRow::Without => lang.text(Text::RecordsNone),
        };
        let item = numbered(place, text.to_owned(), place == page.row);
        match row {
            RecordsRow::Without if !(page.is_used || page.error.is_some()) => {
                buttons.push(Item { mark: Mark::Button, role: Role::Label, ..item })
            }
            _ => blocks.item(item),
        }
    }
    Page {
        title: Title::Text(lang.text(Text::RecordsTitle)),
        blocks,
        side: Side::default(),
        buttons,
        help: Vec::new(),
        scroll: None,
        keys: &[Text::KeysMove, Text::KeysEnter, Text::KeysBack],
    }
}
