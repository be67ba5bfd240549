//! Conversion of the blocks of a page into rows of a sheet.

use super::field::{self, Cells, OFFICIAL, values};
use super::sheet::{MARK, Sheet, style};
use crate::app::Action;
use crate::locale::Lang;
use crate::text::{cells, full_width};
use crate::tui::Look;
use crate::tui::theme::{Ground, Ink, Theme};
use crate::view::{Block, CheckState, Entry, Item, Mark, Page, Run, prepare};
use ratatui::style::{Modifier, Style};
use ratatui::text::Span;

/// Width of the mark column of the checklist in cells.
const MARKS: usize = 12;
/// Rows from which the groups of fields have headings.
const ROWS_FOR_GROUPS: usize = 18;
/// Rows from which a page says what it is about, and groups stand apart.
const ROWS_TO_SPARE: usize = 26;

/// Convert a page into a sheet of this width, of which `height` rows are visible.
pub(super) fn sheet(page: &Page, lang: Lang, look: Look, (width, height): (usize, usize)) -> Sheet {
    let mut sheet = Sheet::new(look, width);
    let theme = look.theme;
    for block in &page.blocks {
        match block {
            Block::Gap => sheet.blank(),
            Block::Heading(indent, text) => sheet.text(*indent, text, heading(theme)),
            Block::Group(text) if height >= ROWS_FOR_GROUPS => {
                if height >= ROWS_TO_SPARE && !sheet.rows.is_empty() {
                    sheet.blank();
                }
                sheet.text(0, text, heading(theme));
            }
            Block::Lead(run) if height >= ROWS_TO_SPARE => sheet.text(0, &run.text, theme.ink(Ink::Quiet)),
            Block::Group(_) | Block::Lead(_) => {}
            Block::Text(indent, run) => sheet.text(*indent, &run.text, style(theme, run.role)),
            Block::Item(item) => self::item(&mut sheet, item),
            Block::List(first, items) => list(&mut sheet, *first, items, height),
            Block::Entry(entry) => self::entry(&mut sheet, entry),
            Block::Field(field) => field::field(&mut sheet, lang, field),
            Block::SummaryRow(label, value, official, focused, action) => {
                pair(&mut sheet, lang, (label, value, *official), *focused, action);
            }
            Block::Check(state, what, detail) => check(&mut sheet, lang, (*state, what, detail)),
            Block::Id(label, groups) => id(&mut sheet, label, groups),
            Block::Message(run) => {
                sheet.text(MARK, &run.text, style(theme, run.role));
                sheet.hold();
            }
        }
    }
    sheet.from = page.scroll;
    sheet
}

/// Return the style of a heading.
fn heading(theme: Theme) -> Style {
    theme.ink(Ink::Accent).add_modifier(Modifier::BOLD)
}

fn spans(theme: Theme, runs: &[Run]) -> Vec<Span<'static>> {
    runs.iter().map(|run| Span::styled(run.text.clone(), style(theme, run.role))).collect()
}

fn item(sheet: &mut Sheet, item: &Item) {
    let number = item.number.map(|number| format!("{number} ")).unwrap_or_default();
    let text = match item.mark {
        Mark::None => format!("{number}{}", item.text),
        Mark::Radio(chosen) => format!("{number}{} {}", sheet.look.glyphs.radio(chosen), item.text),
        Mark::Tick(ticked) => format!("{number}{} {}", if ticked { "[x]" } else { "[ ]" }, item.text),
        Mark::Button => format!("{number}[ {} ]", item.text),
    };
    let style = style(sheet.theme, item.role);
    sheet.item(item.focused, &text, style, item.action.clone());
}

/// Add a list. The rows above stay in place, and the list is paged below them.
fn list(sheet: &mut Sheet, from: usize, items: &[Item], height: usize) {
    let lead = sheet.rows.len();
    let seen = height.saturating_sub(lead).max(1);
    let chosen = from + items.iter().position(|item| item.focused).unwrap_or(0);
    let first = (chosen / seen * seen).saturating_sub(from);
    let focus = sheet.focus;
    for item in items.iter().skip(first).take(seen) {
        self::item(sheet, item);
    }
    // Wrapped items may have pushed the selected one out of view: drop rows before it.
    let over = sheet.focus.1.saturating_sub(height).min(sheet.focus.0.saturating_sub(lead));
    sheet.rows.drain(lead..lead + over);
    // The cursor is above, in the search field.
    sheet.focus = (0, focus.1.max(lead));
}

fn entry(sheet: &mut Sheet, entry: &Entry) {
    let start = sheet.rows.len();
    if !entry.label.is_empty() {
        let label = spans(sheet.theme, &entry.label);
        sheet.label(entry.focused, label, entry.action.clone());
    }
    sheet.field(&entry.value, entry.focused.then_some(entry.caret), entry.room, entry.action.clone());
    if entry.focused {
        sheet.lay(start, Ground::Focus);
    }
}

/// Add the 認証ID as large as the letters of the terminal are.
fn id(sheet: &mut Sheet, label: &str, groups: &str) {
    let start = sheet.rows.len();
    let theme = sheet.theme;
    sheet.text(2 * MARK, label, theme.label());
    sheet.blank();
    let large = groups.chars().map(full_width).collect::<String>();
    sheet.text(4 * MARK, &large, theme.ink(Ink::Accent).add_modifier(Modifier::BOLD));
    sheet.blank();
    sheet.lay(start, Ground::Focus);
}

/// Add a label with its value, in the columns of STEP1.
fn pair(sheet: &mut Sheet, lang: Lang, (label, value, official): (&'static str, &str, Option<&str>), focused: bool, action: &Action) {
    let theme = sheet.theme;
    let start = sheet.rows.len();
    let from = values(lang, sheet.width);
    let mut row = Cells::new(sheet.width);
    row.put(0, Span::raw(sheet.mark(focused)));
    row.put(MARK, Span::styled(label, theme.ink(Ink::Text)));
    if let Some(official) = official.filter(|official| cells(official) + OFFICIAL < from) {
        row.put(OFFICIAL.max(row.used + 1), Span::styled(official.to_owned(), theme.ink(Ink::Quiet)));
    }
    let room = sheet.width.saturating_sub(from.max(row.used + 1));
    if cells(value) <= room {
        row.put(from.max(row.used + 1), Span::styled(value.to_owned(), theme.label()));
        sheet.row(row.spans, Some(action.clone()));
    } else {
        // What is signed is shown whole.
        sheet.row(row.spans, Some(action.clone()));
        sheet.text(2 * MARK, value, theme.label());
        for row in sheet.rows.iter_mut().skip(start) {
            row.click = Some(action.clone());
        }
    }
    if focused {
        sheet.focus = (start, sheet.rows.len());
        sheet.lay(start, Ground::Accent);
    }
}

fn check(sheet: &mut Sheet, lang: Lang, (state, what, detail): (CheckState, &'static str, &str)) {
    let theme = sheet.theme;
    let style = match state {
        CheckState::Ready => theme.ink(Ink::Good),
        CheckState::NotYet => theme.ink(Ink::Warning),
        CheckState::Ask => theme.ink(Ink::Quiet),
    };
    let mark = format!("[{}]", lang.text(prepare::check_state_text(state)));
    let pad = MARKS.saturating_sub(cells(&mark));
    let mut spans = vec![Span::styled(mark, style), Span::raw(" ".repeat(pad)), Span::raw(what)];
    if !detail.is_empty() {
        spans.push(Span::styled(format!("  {detail}"), theme.ink(Ink::Quiet)));
    }
    sheet.label(false, spans, None);
}
