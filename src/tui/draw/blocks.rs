//! Conversion of the blocks of a page into rows of a sheet.

use super::sheet::Sheet;
use crate::app::Action;
use crate::app::state::form::FormFocus;
use crate::locale::Lang;
use crate::text::{cells, full_width};
use crate::tui::theme::Theme;
use crate::view::{Block, CheckState, Entry, Field, Item, Label, Mark, Page, Role, Run, Value, prepare};
use ratatui::style::Style;
use ratatui::text::Span;

/// Width of the label column of STEP2 in cells: the widest label and a space.
const LABELS: usize = 28;

/// Width of the mark column of the checklist in cells.
const MARKS: usize = 12;

/// Convert a page into a sheet of this width, of which `height` rows are visible.
pub(super) fn sheet(page: &Page, lang: Lang, theme: Theme, (width, height): (usize, usize)) -> Sheet {
    let mut sheet = Sheet::new(theme, width);
    for block in &page.blocks {
        match block {
            Block::Gap => sheet.blank(),
            Block::Heading(indent, text) => sheet.text(*indent, text, theme.label()),
            Block::Text(indent, run) => sheet.text(*indent, &run.text, style(theme, run.role)),
            Block::Item(item) => self::item(&mut sheet, item),
            Block::List(first, items) => list(&mut sheet, *first, items, height),
            Block::Entry(entry) => self::entry(&mut sheet, entry),
            Block::Field(field) => self::field(&mut sheet, lang, field),
            Block::SummaryRow(label, value, official, focused, action) => pair(&mut sheet, (label, value, *official), *focused, action),
            Block::Check(state, what, detail) => check(&mut sheet, lang, (*state, what, detail)),
            Block::Id(label, groups) => {
                sheet.text(4, label, theme.label());
                sheet.text(8, &groups.chars().map(full_width).collect::<String>(), theme.title().patch(theme.focus()));
            }
            Block::Message(run) => {
                sheet.text(2, &run.text, style(theme, run.role));
                sheet.hold();
            }
            Block::KeepInSight => sheet.hold(),
        }
    }
    sheet.from = page.scroll;
    sheet
}

/// Return the style of a role.
pub(super) fn style(theme: Theme, role: Role) -> Style {
    match role {
        Role::Text => theme.text(),
        Role::Label => theme.label(),
        Role::Good => theme.good(),
        Role::Warning => theme.warning(),
        Role::Wrong => theme.error(),
        Role::Quiet => theme.quiet(),
    }
}

fn spans(theme: Theme, runs: &[Run]) -> Vec<Span<'static>> {
    runs.iter().map(|run| Span::styled(run.text.clone(), style(theme, run.role))).collect()
}

fn item(sheet: &mut Sheet, item: &Item) {
    let number = item.number.map(|number| format!("{number} ")).unwrap_or_default();
    let text = match item.mark {
        Mark::None => format!("{number}{}", item.text),
        Mark::Radio(chosen) => format!("{number}{} {}", radio(chosen), item.text),
        Mark::Tick(ticked) => format!("{number}{} {}", if ticked { "[x]" } else { "[ ]" }, item.text),
        Mark::Button => format!("{number}[ {} ]", item.text),
    };
    let style = style(sheet.theme, item.role);
    sheet.item(item.focused, &text, style, item.action.clone());
}

const fn radio(chosen: bool) -> &'static str {
    if chosen { "(*)" } else { "( )" }
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
    if !entry.label.is_empty() {
        let label = spans(sheet.theme, &entry.label);
        sheet.label(entry.focused, label, entry.action.clone());
    }
    sheet.field(&entry.value, entry.focused.then_some(entry.caret), entry.room, entry.action.clone());
}

fn field(sheet: &mut Sheet, lang: Lang, field: &Field) {
    let theme = sheet.theme;
    let click = Some(Action::FocusForm(FormFocus::Field(field.id)));
    sheet.label(field.focused, label(theme, lang, &field.label), click.clone());
    match &field.value {
        Value::Closed(why) => sheet.text(4, why, theme.quiet()),
        Value::Line(value, caret, room) => sheet.field(value, field.focused.then_some(*caret), *room, click),
        Value::Choice(words) => choices(sheet, words, field.focused),
        Value::Municipality(button, place) => {
            let style = if field.focused { theme.focus() } else { theme.label() };
            let mut spans = vec![Span::raw("    "), Span::styled(format!("[ {button} ]"), style)];
            if let Some((name, latin)) = place {
                spans.push(Span::raw(format!("  {name}")));
                if !latin.is_empty() {
                    spans.push(Span::styled(format!("  {latin}"), theme.quiet()));
                }
            }
            sheet.row(spans, click);
        }
    }
    for message in &field.messages {
        sheet.text(4, &message.text, style(theme, message.role));
    }
    if field.focused {
        sheet.hold();
    }
}

fn label(theme: Theme, lang: Lang, label: &Label) -> Vec<Span<'static>> {
    let gap = if lang == Lang::Ja { " " } else { "  " };
    vec![
        Span::styled(label.name, theme.label()),
        Span::styled(label.need, theme.quiet()),
        Span::styled(format!("{gap}{}", label.beside), theme.text()),
    ]
}

/// Add choices: two in one row, more below each other.
fn choices(sheet: &mut Sheet, words: &[(bool, String)], focused: bool) {
    let theme = sheet.theme;
    let said = |(chosen, word): &(bool, String)| {
        let style = if *chosen && focused { theme.focus() } else { theme.text() };
        (format!("{} {word}", radio(*chosen)), style)
    };
    if words.len() > 2 {
        for (text, style) in words.iter().map(said) {
            sheet.text(4, &text, style);
        }
        return;
    }
    let words = words.iter().map(said).flat_map(|(text, style)| [Span::styled(text, style), Span::raw("    ")]);
    sheet.row(std::iter::once(Span::raw("    ")).chain(words).collect(), None);
}

fn pair(sheet: &mut Sheet, (label, value, official): (&'static str, &str, Option<&str>), focused: bool, action: &Action) {
    let theme = sheet.theme;
    let pad = LABELS.saturating_sub(cells(label));
    let style = if focused { theme.focus() } else { theme.text() };
    let mut spans = vec![Span::styled(label, theme.label()), Span::raw(" ".repeat(pad)), Span::styled(value.to_owned(), style)];
    if let Some(official) = official {
        spans.push(Span::styled(format!("  {official}"), theme.quiet()));
    }
    sheet.label(focused, spans, Some(action.clone()));
}

fn check(sheet: &mut Sheet, lang: Lang, (state, what, detail): (CheckState, &'static str, &str)) {
    let theme = sheet.theme;
    let style = match state {
        CheckState::Ready => theme.good(),
        CheckState::NotYet => theme.warning(),
        CheckState::Ask => theme.quiet(),
    };
    let mark = format!("[{}]", lang.text(prepare::check_state_text(state)));
    let pad = MARKS.saturating_sub(cells(&mark));
    let mut spans = vec![Span::styled(mark, style), Span::raw(" ".repeat(pad)), Span::raw(what)];
    if !detail.is_empty() {
        spans.push(Span::styled(format!("  {detail}"), theme.quiet()));
    }
    sheet.label(false, spans, None);
}
