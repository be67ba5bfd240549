//! A page as rows, scrolled so that the focused item is visible.
//!
//! ```text
//! zairyu  title  official title              practice        header
//! steps                                                       or a line
//! =====---------------------------------------------------
//! > item with the focus                                       body: rows, scrolled by the page
//!   another item
//! hint of the item with the focus                             help
//! another hint, or a warning                [ button ]        buttons
//! keys                                                        footer
//! ```

use crate::app::Action;
use crate::text::{cells, harmless, wrap};
use crate::tui::Look;
use crate::tui::theme::{Ground, Ink, Theme};
use crate::view::Role;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use std::borrow::Cow;
use unicode_segmentation::UnicodeSegmentation;

/// Width of the column of marks in cells.
pub const MARK: usize = 2;
/// A row without a mark.
const NO_MARK: &str = "  ";

/// One row of a page.
#[derive(Debug, Default)]
pub struct Row {
    /// Its contents.
    pub line: Line<'static>,
    /// The action of a click on it.
    pub click: Option<Action>,
    /// The actions of clicks on parts of it: first cell, width.
    pub spots: Vec<(usize, usize, Action)>,
    /// What it stands on, over its whole width.
    pub ground: Ground,
}

impl Row {
    /// Return the clickable areas, if it is drawn here; the first that holds the place of a click is meant.
    pub(super) fn clicks(&self, place: Rect) -> impl Iterator<Item = (Rect, Action)> {
        let spots = self.spots.iter().map(move |(cell, width, action)| {
            let [cell, width] = [cell, width].map(|cells| u16::try_from(*cells).unwrap_or(u16::MAX));
            let spot = Rect { x: place.x.saturating_add(cell), width, ..place };
            (spot.intersection(place), action.clone())
        });
        spots.chain(self.click.clone().map(|action| (place, action)))
    }
}

/// Position of the real cursor in the sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caret {
    /// Row; 0-based.
    pub row: usize,
    /// Cell in the row; 0-based.
    pub cell: usize,
}

/// The rows of a page.
#[derive(Debug)]
pub struct Sheet {
    /// The styles.
    pub theme: Theme,
    /// Colours and glyphs.
    pub look: Look,
    /// Width of a row in cells.
    pub width: usize,
    /// The rows.
    pub rows: Vec<Row>,
    /// First row of the focused item, and the row after its last.
    pub focus: (usize, usize),
    /// First row of the first item.
    pub first: Option<usize>,
    /// Position of the real cursor, if text is being edited.
    pub caret: Option<Caret>,
    /// The first row to draw, if the page is scrolled by line rather than by focus.
    pub from: Option<usize>,
}

impl Sheet {
    /// Create an empty sheet.
    pub fn new(look: Look, width: usize) -> Sheet {
        Sheet { theme: look.theme, look, width, rows: Vec::new(), focus: (0, 0), first: None, caret: None, from: None }
    }

    /// Add an empty row.
    pub fn blank(&mut self) {
        self.rows.push(Row::default());
    }

    /// Add a wrapped paragraph, indented by `indent` cells. A paragraph starting with a space is a drawing and is not wrapped.
    pub fn text(&mut self, indent: usize, text: &str, style: Style) {
        let width = self.width.saturating_sub(indent).max(8);
        let text = &*self.look.glyphs.spell(text);
        let lines = if text.starts_with(' ') { vec![text.to_owned()] } else { wrap(text, width) };
        for line in lines {
            self.row(vec![Span::raw(" ".repeat(indent)), Span::styled(line, style)], None);
        }
    }

    /// Add one row, stripped of what could control the terminal, in letters that it can draw.
    pub fn row(&mut self, mut spans: Vec<Span<'static>>, click: Option<Action>) {
        self.look.glyphs.spell_all(&mut spans);
        for span in &mut spans {
            if let Cow::Owned(harmless) = harmless(&span.content) {
                span.content = harmless.into();
            }
        }
        self.rows.push(Row { line: Line::from(spans), click, ..Row::default() });
    }

    /// Add a focusable item, wrapped, with the mark if it is focused.
    pub fn item(&mut self, focused: bool, text: &str, style: Style, click: Option<Action>) {
        let start = self.rows.len();
        self.first.get_or_insert(start);
        let lines = wrap(&self.look.glyphs.spell(text), self.width.saturating_sub(4).max(8));
        for (place, line) in lines.into_iter().enumerate() {
            let mark = self.mark(focused && place == 0);
            self.row(vec![Span::raw(mark), Span::styled(line, style)], click.clone());
        }
        if focused {
            self.focus = (start, self.rows.len());
            self.lay(start, Ground::Accent);
        }
    }

    /// Add a label row, with the mark if its field is focused.
    pub fn label(&mut self, focused: bool, mut spans: Vec<Span<'static>>, click: Option<Action>) {
        let start = self.rows.len();
        self.look.glyphs.spell_all(&mut spans);
        let spans = wrap_spans(spans, self.width.saturating_sub(MARK).max(8));
        for (place, line) in spans.into_iter().enumerate() {
            let mark = Span::styled(self.mark(focused && place == 0), self.theme.ink(Ink::Accent));
            self.row(std::iter::once(mark).chain(line).collect(), click.clone());
        }
        if focused {
            self.focus = (start, self.rows.len());
        }
    }

    /// Return the mark of the focus, or blanks.
    pub fn mark(&self, focused: bool) -> String {
        if focused { format!("{} ", self.look.glyphs.here()) } else { NO_MARK.to_owned() }
    }

    /// Lay a ground under the rows from `start` on.
    pub fn lay(&mut self, start: usize, ground: Ground) {
        for row in self.rows.iter_mut().skip(start) {
            row.ground = ground;
        }
    }

    /// Add an editable line; `caret` is the index of the letter after the cursor, if it is focused.
    pub fn field(&mut self, value: &str, caret: Option<usize>, room: usize, click: Option<Action>) {
        let indent = 4;
        // ratatui 0.30 counts these marks twice: their full-width twins are letters of their own.
        let value = value.replace('\u{FF9E}', "\u{309B}").replace('\u{FF9F}', "\u{309C}");
        let value = &*self.look.glyphs.typed(&value);
        let width = self.width.saturating_sub(indent + 1).min(room).max(4);
        let (shown, cell) = window(value, caret, width);
        let pad = width.saturating_sub(cells(&shown));
        if let Some(cell) = cell {
            self.caret = Some(Caret { row: self.rows.len(), cell: indent + cell });
            self.focus.1 = self.rows.len() + 1;
        }
        let text = format!("{shown}{}", " ".repeat(pad));
        self.row(vec![Span::raw(" ".repeat(indent)), Span::styled(text, self.theme.ground(Ground::Well))], click);
    }

    /// Keep the rows just added visible together with the focused item, such as its messages.
    pub fn hold(&mut self) {
        self.focus.1 = self.rows.len();
    }

    /// Return the first row to draw so that the focused item is visible in `height` rows. Scrolls by two thirds, so that most moves do not
    /// scroll.
    pub fn top(&self, height: usize) -> usize {
        let turn = (height * 2 / 3).max(1);
        let last = self.rows.len().saturating_sub(height);
        if let Some(from) = self.from {
            return from.min(last);
        }
        let (start, end) = self.focus;
        if self.first == Some(start) {
            // What stands above the first item has no focus that could bring it into sight: scroll no further than needed.
            return end.saturating_sub(height).min(last);
        }
        let mut top = 0;
        while top < last && end > top + height {
            top += turn;
        }
        top.min(last).min(start.max(end.saturating_sub(height)))
    }
}

/// Return the style of a heading.
pub(super) fn heading(theme: Theme) -> Style {
    theme.ink(Ink::Accent).add_modifier(Modifier::BOLD)
}

/// Return the style of a role.
pub(super) fn style(theme: Theme, role: Role) -> Style {
    match role {
        Role::Text => theme.ink(Ink::Text),
        Role::Label => theme.label(),
        Role::Good => theme.ink(Ink::Good).add_modifier(Modifier::BOLD),
        Role::Warning => theme.ink(Ink::Warning),
        Role::Wrong => theme.ink(Ink::Wrong).add_modifier(Modifier::BOLD),
        Role::Quiet => theme.ink(Ink::Quiet),
        Role::Practice => theme.ink(Ink::Practice),
    }
}

/// Cut a text to `width` cells, with a mark where it was cut.
pub fn cut(text: &str, width: usize, mark: &str) -> String {
    if cells(text) <= width {
        return text.to_owned();
    }
    let mut used = cells(mark);
    let kept = text.graphemes(true).take_while(|letter| {
        used += cells(letter);
        used <= width
    });
    kept.chain([mark]).collect()
}

/// Return the part of a value visible in `width` cells, and the cursor's cell in it. Invisible characters are shown as `?`.
fn window(value: &str, caret: Option<usize>, width: usize) -> (String, Option<usize>) {
    let place = caret.unwrap_or(0);
    let byte = value.char_indices().nth(place).map_or(value.len(), |(byte, _)| byte);
    let (before, after) = value.split_at(byte);
    let mut seen: Vec<&str> = before.graphemes(true).collect();
    let mut used = 0;
    let keep = seen.iter().rev().take_while(|letter| {
        used += cells(seeable(letter));
        used < width
    });
    let keep = keep.count();
    seen.drain(..seen.len() - keep);
    let mut shown: String = seen.iter().map(|letter| seeable(letter)).collect();
    let cell = cells(&shown);
    let mut used = cell;
    for letter in after.graphemes(true).map(seeable) {
        used += cells(letter);
        if used > width {
            break;
        }
        shown.push_str(letter);
    }
    (shown, caret.map(|_| cell))
}

fn seeable(letter: &str) -> &str {
    let hidden = letter.chars().any(|letter| crate::text::is_steering(letter) || crate::text::is_zero_width(letter));
    if hidden || cells(letter) == 0 { "?" } else { letter }
}

/// Wrap styled text span by span; a span that does not fit goes to the next line, wrapped if necessary.
fn wrap_spans(spans: Vec<Span<'static>>, width: usize) -> Vec<Vec<Span<'static>>> {
    let mut lines: Vec<Vec<Span<'static>>> = Vec::new();
    let mut line = Vec::new();
    let mut used = 0;
    for span in spans {
        let wide = span.width();
        if used + wide <= width {
            used += wide;
            line.push(span);
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        let mut parts = wrap(span.content.trim_start(), width);
        let last = parts.pop().unwrap_or_default();
        lines.extend(parts.into_iter().map(|part| vec![Span::styled(part, span.style)]));
        used = cells(&last);
        line.push(Span::styled(last, span.style));
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_reader_or_of_another_program_does_not_steer_the_terminal() {
        let mut sheet = Sheet::new(Look::PLAIN, 40);
        sheet.item(true, "1 SCM\u{1b}[2J\u{202e}", Style::new(), None);
        let row: String = sheet.rows[0].line.spans.iter().map(|span| span.content.as_ref()).collect();
        assert_eq!(row, "> 1 SCM?[2J?");
    }

    #[test]
    fn the_cursor_stands_behind_wide_letters_by_their_cells() {
        assert_eq!(window("東京abc", Some(2), 20), ("東京abc".to_owned(), Some(4)));
        assert_eq!(window("東京abc", Some(5), 20), ("東京abc".to_owned(), Some(7)));
    }

    #[test]
    fn a_long_value_scrolls_so_that_the_cursor_is_seen() {
        let (shown, cell) = window("abcdefghij", Some(10), 4);
        assert_eq!((shown.as_str(), cell), ("hij", Some(3)));
        assert_eq!(window("abcdefghij", Some(0), 4), ("abcd".to_owned(), Some(0)));
    }

    #[test]
    fn what_cannot_be_seen_is_shown_as_a_question_mark() {
        assert_eq!(window("a\u{202E}b\u{7}", Some(4), 20).0, "a?b?");
    }

    #[test]
    fn the_focus_is_always_within_the_rows_that_are_drawn() {
        let mut sheet = Sheet::new(Look::PLAIN, 40);
        for _ in 0..50 {
            sheet.blank();
        }
        for row in 0..50 {
            sheet.focus = (row, row + 1);
            let top = sheet.top(18);
            assert!((top..top + 18).contains(&row), "{row} {top}");
        }
    }
}
