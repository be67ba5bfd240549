//! A field of STEP1: one row, and four rows once it is open.
//!
//! ```text
//! + Sex                性別                      female  女            card
//! | Name               利用者氏名                                  15 of 104
//! |   MONTGOMERY ANNE
//! |   hint
//! |   what is wrong, or was changed
//! ```

use super::sheet::{MARK, Sheet, cut, style};
use crate::app::Action;
use crate::app::state::form::FormFocus;
use crate::locale::Lang;
use crate::text::{cells, wrap};
use crate::tui::glyphs::Glyphs;
use crate::tui::theme::{Ground, Ink};
use crate::view::{Field, FieldState, Item, Mark, Role, Value};
use ratatui::style::Modifier;
use ratatui::text::Span;

/// Cell where a value begins, of a width of 78; the columns are the same on every page that shows values.
const VALUES: usize = 50;
/// The same in Japanese, where the official label is the label.
const VALUES_JA: usize = 38;
/// Cell of the official label beside a translation.
pub(super) const OFFICIAL: usize = 23;
/// Cell of the mark of a required field in Japanese.
const NEED: usize = 29;
/// Width from which a row has room for the official label.
const WIDE: usize = 76;

/// Return the cell where values begin.
pub(super) fn values(sheet: &Sheet, lang: Lang) -> usize {
    let is_wide = sheet.width >= WIDE;
    match lang {
        Lang::Ja if is_wide => VALUES_JA,
        Lang::Ja => NEED,
        _ if is_wide && sheet.look.glyphs != Glyphs::Console => VALUES,
        _ => OFFICIAL,
    }
}

/// Add a field.
pub(super) fn field(sheet: &mut Sheet, lang: Lang, field: &Field) {
    if field.focused {
        open(sheet, lang, field);
        return;
    }
    let theme = sheet.theme;
    let glyphs = sheet.look.glyphs;
    let (mark, ink) = match field.state {
        FieldState::Empty => (glyphs.empty(), Ink::Quiet),
        FieldState::Good => (glyphs.done(), Ink::Good),
        FieldState::Warning => ("!", Ink::Warning),
        FieldState::Wrong => ("*", Ink::Wrong),
        FieldState::Changed => (glyphs.differs(), Ink::Changed),
        FieldState::Closed => (glyphs.closed(), Ink::Quiet),
    };
    let mut row = Cells::new(sheet.width);
    row.put(0, Span::styled(mark, theme.ink(ink)));
    label(&mut row, sheet, lang, field, false);
    let origin = match field.state {
        FieldState::Changed => Span::styled(field.origin, theme.ink(Ink::Changed)),
        _ => Span::styled(field.origin, theme.ink(Ink::Quiet)),
    };
    let from = values(sheet, lang).max(row.used + 1);
    let room = sheet.width.saturating_sub(from + origin.width() + usize::from(origin.width() > 0));
    let shown = cut(&glyphs.spell(&field.shown.text), room, glyphs.cut());
    let button = matches!(field.value, Value::Municipality(_, None)).then_some((from, cells(&shown), Action::Search));
    row.put(from, Span::styled(shown, style(theme, field.shown.role)));
    row.end(origin);
    let start = sheet.rows.len();
    sheet.row(row.spans, Some(click(field)));
    if let Some(row) = sheet.rows.last_mut() {
        row.spots.extend(button);
    }
    // What is wrong is said at its field; the rest once the field is open, so that the rows stay where they are.
    for message in field.messages.iter().filter(|message| message.role == Role::Wrong) {
        sheet.text(MARK, &message.text, style(theme, message.role));
    }
    for row in sheet.rows.iter_mut().skip(start) {
        row.click = Some(click(field));
    }
}

fn click(field: &Field) -> Action {
    Action::FocusForm(FormFocus::Field(field.id))
}

fn label(row: &mut Cells, sheet: &Sheet, lang: Lang, field: &Field, open: bool) {
    let theme = sheet.theme;
    let wide = sheet.width >= WIDE;
    let name = if open { theme.label() } else { theme.ink(Ink::Text) };
    row.put(MARK, Span::styled(field.label.name, name));
    if lang == Lang::Ja {
        if (wide || open) && field.state != FieldState::Closed {
            row.put(NEED.max(row.used + 1), Span::styled(sheet.look.glyphs.unmarked(field.label.need), theme.ink(Ink::Quiet)));
        }
        if open {
            let room = sheet.width.saturating_sub(row.used + 2 + cells(&field.count));
            let beside = cut(field.label.beside, room, sheet.look.glyphs.cut());
            row.put(row.used + 1, Span::styled(beside, theme.ink(Ink::Quiet)));
        }
    } else if (wide || open) && !field.label.beside.is_empty() {
        row.put(OFFICIAL.max(row.used + 1), Span::styled(field.label.beside, theme.ink(Ink::Quiet)));
    }
}

/// Add the open field: label and count, the line to type in, the hint, and a row for messages, which is kept free.
fn open(sheet: &mut Sheet, lang: Lang, field: &Field) {
    let start = sheet.rows.len();
    let theme = sheet.theme;
    let mut row = Cells::new(sheet.width);
    row.put(0, Span::styled(sheet.look.glyphs.bar(), theme.ink(Ink::Accent)));
    label(&mut row, sheet, lang, field, true);
    row.end(Span::styled(field.count.clone(), theme.ink(Ink::Quiet)));
    sheet.row(row.spans, Some(click(field)));
    let mut hint = true;
    match &field.value {
        Value::Closed(why) => sheet.text(2 * MARK, why, theme.ink(Ink::Quiet)),
        Value::Line(value, caret) => {
            let room = sheet.width.saturating_sub(2 * MARK + 2);
            sheet.field(value, Some(*caret), room, Some(click(field)));
        }
        Value::Choice(words) => {
            choices(sheet, words);
            hint = words.len() <= 2;
        }
        Value::Municipality(button, place) => {
            let mut spans =
                vec![Span::raw("    "), Span::styled(format!("[ {} ]", sheet.look.glyphs.spell(button)), theme.ground(Ground::Accent))];
            if let Some((name, latin)) = place {
                spans.push(Span::styled(format!("  {name}"), theme.label()));
                if !latin.is_empty() {
                    spans.push(Span::styled(format!("  {latin}"), theme.ink(Ink::Quiet)));
                }
            }
            sheet.row(spans, Some(Action::Search));
        }
        Value::Consent(items) => {
            // In the order of the focus: the terms are read first. Line mode has the tick as number 1.
            for item in items.iter().rev() {
                consent(sheet, item);
            }
        }
    }
    // A message takes the place of a hint that has no room beside it: it says itself what to do.
    let room = sheet.width.saturating_sub(2 * MARK);
    let glyphs = sheet.look.glyphs;
    let rows = |text: &str| wrap(&glyphs.spell(text), room).len();
    let said: usize = field.messages.iter().map(|message| rows(&message.text)).sum();
    if hint && (said == 0 || said + rows(&field.hint) <= 2) {
        sheet.text(2 * MARK, &field.hint, theme.ink(Ink::Quiet));
    }
    for message in &field.messages {
        sheet.text(2 * MARK, &message.text, style(theme, message.role));
    }
    while sheet.rows.len() < start + 4 {
        sheet.blank();
    }
    let bar = Span::styled(sheet.look.glyphs.bar(), theme.ink(Ink::Accent));
    for row in sheet.rows.iter_mut().skip(start + 1) {
        match row.line.spans.first_mut() {
            // Every row here begins with blanks.
            Some(first) if first.content.starts_with(' ') => {
                first.content = first.content.chars().skip(1).collect::<String>().into();
                row.line.spans.insert(0, bar.clone());
            }
            _ => row.line.spans.insert(0, bar.clone()),
        }
    }
    sheet.lay(start, Ground::Focus);
    sheet.focus = (start, sheet.rows.len());
}

/// Add the words of a choice: two in one row, more below each other.
fn choices(sheet: &mut Sheet, words: &[Item]) {
    let theme = sheet.theme;
    let glyphs = sheet.look.glyphs;
    let said = |item: &Item| {
        let chosen = item.mark == Mark::Radio(true);
        let style = if chosen { theme.ground(Ground::Accent) } else { theme.ink(Ink::Text) };
        Span::styled(format!("{} {} {}", item.number.unwrap_or_default(), glyphs.radio(chosen), glyphs.spell(&item.text)), style)
    };
    if words.len() > 2 {
        for item in words {
            let said = said(item);
            let start = sheet.rows.len();
            sheet.text(2 * MARK, &said.content, said.style);
            for row in sheet.rows.iter_mut().skip(start) {
                row.click.clone_from(&item.action);
            }
            if let Some(first) = sheet.rows.get_mut(start).and_then(|row| row.line.spans.first_mut()).filter(|_| item.focused) {
                *first = Span::styled(format!("  {} ", glyphs.here()), theme.ink(Ink::Accent).add_modifier(Modifier::BOLD));
            }
        }
        return;
    }
    let mut row = Cells::new(sheet.width);
    let mut spots = Vec::new();
    for item in words {
        let said = said(item);
        let from = row.used + if spots.is_empty() { 2 * MARK } else { 3 };
        spots.extend(item.action.clone().map(|action| (from, said.width(), action)));
        row.put(from, said);
    }
    sheet.row(row.spans, None);
    if let Some(row) = sheet.rows.last_mut() {
        row.spots = spots;
    }
}

fn consent(sheet: &mut Sheet, item: &Item) {
    let own = sheet.look.glyphs.spell(&item.text);
    let text = match item.mark {
        Mark::Tick(ticked) => format!("{} {own}", if ticked { "[x]" } else { "[ ]" }),
        _ => format!("[ {own} ]"),
    };
    let style = if item.focused { sheet.theme.ground(Ground::Accent) } else { sheet.theme.label() };
    sheet.row(vec![Span::raw("    "), Span::styled(text, style)], item.action.clone());
}

/// A row with texts at given cells.
pub(super) struct Cells {
    width: usize,
    /// Cells used so far.
    pub(super) used: usize,
    /// What stands in them.
    pub(super) spans: Vec<Span<'static>>,
}

impl Cells {
    /// Begin an empty row.
    pub(super) const fn new(width: usize) -> Cells {
        Cells { width, used: 0, spans: Vec::new() }
    }

    /// Add a text at a cell, or behind what is there already.
    pub(super) fn put(&mut self, at: usize, span: Span<'static>) {
        let gap = at.saturating_sub(self.used);
        if gap > 0 {
            self.spans.push(Span::raw(" ".repeat(gap)));
        }
        self.used += gap + cells(&span.content);
        self.spans.push(span);
    }

    /// Add a text that ends with the row.
    pub(super) fn end(&mut self, span: Span<'static>) {
        let at = self.width.saturating_sub(cells(&span.content));
        if at > self.used && !span.content.is_empty() {
            self.put(at, span);
        }
    }
}
