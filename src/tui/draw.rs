//! Drawing: from the model to the buffer. Every page becomes a sheet of rows. The only real cursor is placed here.

use super::Look;
use super::glyphs::Glyphs;
use super::theme::{Ground, Ink, Theme};
use crate::app::screen::Overlay;
use crate::app::{Action, Extent, Model};
use crate::locale::Text;
use crate::text::{self, cells};
use crate::view::{self, Block, HelpLine, Item, Page, ProgressLine, Role, Run};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};
use sheet::Sheet;

mod blocks;
mod drawings;
/// Fields of STEP1.
mod field;
/// The 認証ID in block letters.
mod letters;
/// The rows of the picker.
mod places;
/// A QR code.
mod qr;
/// A page as rows.
pub mod sheet;
/// The panel beside a page.
mod side;
mod steps;
mod table;
/// What is shown while a job runs.
mod waiting;

/// The clickable areas with their actions.
pub type Clicks = Vec<(Rect, Action)>;

/// What was drawn.
#[derive(Debug, Default)]
pub struct Drawn {
    /// The clickable areas.
    pub clicks: Clicks,
    /// How much of the page can be seen.
    pub extent: Extent,
}

/// Width beyond which a page gets no wider, but stands in the middle.
const WIDEST: u16 = 120;
/// Height beyond which a page gets no higher, but stands in the middle.
const HIGHEST: u16 = 40;
/// Width of a page without a panel in a wide window: longer lines are hard to read.
const CARD_WIDTH: u16 = 90;
/// Rows of a short page in a high window. It does not depend on the page, so that nothing moves when a message comes.
const CARD_HEIGHT: u16 = 18;
/// Rows that must be left over before a short page stands by itself.
const SPARE: u16 = 6;

/// Draw the model.
pub fn draw(frame: &mut Frame<'_>, model: &Model, look: Look) -> Drawn {
    let area = frame.area();
    frame.buffer_mut().set_style(area, look.theme.ground(Ground::Paper));
    if area.width < text::SMALLEST_TERMINAL.0 || area.height < text::SMALLEST_TERMINAL.1 {
        let lines = text::wrap(model.lang.text(Text::TooSmall), area.width.max(1).into());
        for (row, line) in area.rows().zip(lines) {
            frame.render_widget(Line::raw(line), row);
        }
        return Drawn::default();
    }
    // A QR code needs every row.
    let shows_qr = matches!(model.visit.nav.overlay(), Some(Overlay::Qr)) && model.visit.cover.is_none();
    let height = if shows_qr { area.height } else { area.height.min(HIGHEST) };
    let area = Rect { y: area.y + (area.height - height) / 2, height, ..area };
    let width = area.width.min(WIDEST).saturating_sub(2);
    let left = area.x + (area.width - width) / 2;
    let column = Rect { x: left, width, ..area };
    let mut page = view::page(model, body_height(area).saturating_sub(1));
    let (left, panel) = side::share(&page.side, width);
    if panel > 0 {
        // What the panel begins with is not said again below it.
        let beside = page.side.parts.first();
        page.help
            .retain(|line| !beside.is_some_and(|part| part.iter().any(|block| matches!(block, Block::Text(_, run) if run == line.run()))));
    }
    let card = if panel == 0 { left.min(CARD_WIDTH) } else { width };
    let rows = button_rows(&page.buttons, look.glyphs, card.into());
    // Two hints need a row each; beside the buttons there is room for a few words only.
    let hints = if page.help.len() > 1 && area.height >= 20 { 2 } else { 1 };
    let (buttons, hints) = if shows_qr { (0, 0) } else { (rows.len().max(1), hints) };
    let parts = Parts::of(column, buttons, hints).narrowed(card);
    let body = Rect { width: left.min(card), ..parts.body };
    let sheet = blocks::sheet(&page, model.lang, look, (body.width.into(), body.height.into()));
    // The rows of a search come and go as it is typed: its page keeps its place.
    let searches = page.blocks.iter().any(|block| matches!(block, Block::Places(_)));
    let is_short = sheet.rows.len() <= CARD_HEIGHT.into() && !searches && body.height >= CARD_HEIGHT + SPARE;
    let parts = Parts { body, ..parts };
    let parts = if is_short { parts.raised(CARD_HEIGHT) } else { parts };
    let beside = if panel > 0 {
        let area = Rect { x: parts.body.right() + side::GAP, width: panel, ..parts.body };
        side::side(frame, model.lang, look, &page.side, area)
    } else {
        Clicks::new()
    };
    let mut drawn = render(frame, model, look, &page, &sheet, &parts, &rows);
    drawn.clicks.extend(beside);
    drawn
}

/// Return whether a window is too low for a line below the steps and a row for hints.
const fn is_low(area: Rect) -> bool {
    area.height < 16
}

/// Return the height of a page's body if its buttons take one row.
fn body_height(area: Rect) -> usize {
    usize::from(area.height.saturating_sub(if is_low(area) { 4 } else { 6 }))
}

/// The parts of the window, from top to bottom.
struct Parts {
    header: Rect,
    steps: Rect,
    line: Rect,
    body: Rect,
    hint: Rect,
    /// Hints at the left, buttons at the right.
    buttons: Rect,
    keys: Rect,
}

impl Parts {
    fn of(column: Rect, buttons: usize, hints: u16) -> Parts {
        let spare = u16::from(!is_low(column));
        let buttons = u16::try_from(buttons).unwrap_or(1);
        let lengths = [1, 1, spare].map(Constraint::Length);
        let below = [spare * hints, buttons, 1].map(Constraint::Length);
        let [header, steps, line, body, hint, buttons, keys] =
            Layout::vertical(lengths.into_iter().chain([Constraint::Fill(1)]).chain(below)).areas(column);
        Parts { header, steps, line, body, hint, buttons, keys }
    }

    /// Make what stands between the steps and the keys no wider than this, in the middle.
    fn narrowed(self, width: u16) -> Parts {
        let narrow = |row: Rect| Rect { x: row.x + row.width.saturating_sub(width) / 2, width: row.width.min(width), ..row };
        Parts { body: narrow(self.body), hint: narrow(self.hint), buttons: narrow(self.buttons), ..self }
    }

    /// Make the body this high, with hints and buttons close below it, a third of what is left over above.
    fn raised(self, height: u16) -> Parts {
        let above = self.body.height.saturating_sub(height) / 3;
        let body = Rect { y: self.body.y + above, height, ..self.body };
        let hint = Rect { y: body.bottom(), ..self.hint };
        Parts { body, hint, buttons: Rect { y: hint.bottom(), ..self.buttons }, ..self }
    }
}

fn render(frame: &mut Frame<'_>, model: &Model, look: Look, page: &Page, sheet: &Sheet, parts: &Parts, buttons: &[Vec<&Item>]) -> Drawn {
    let theme = look.theme;
    let mut clicks = header(frame, model, look, page, parts.header);
    steps::steps(frame, model, look, (parts.steps, parts.line));
    let top = sheet.top(parts.body.height.into());
    clicks.extend(rows(frame, theme, sheet, top, parts.body));
    let below = more(frame, look, (top, sheet.rows.len()), parts);
    let (taken, pressed) = self::buttons(frame, look, buttons, parts.buttons);
    clicks.extend(pressed);
    let beside = Rect { width: parts.buttons.width.saturating_sub(taken), ..parts.buttons };
    let progress = view::progress(model);
    let lines = match &progress {
        Some(progress) => waits(frame, model, progress, look, parts),
        None => hints(page, look, (usize::from(parts.hint.width).saturating_sub(below), parts.hint.height.into()), beside.width.into()),
    };
    let places = parts.hint.rows().chain(beside.rows().take(1));
    for (row, line) in places.zip(lines) {
        frame.render_widget(line, row);
    }
    let extent = Extent { rows: sheet.rows.len(), height: parts.body.height.into() };
    footer(frame, model, look, (page, extent), parts.keys);
    Drawn { clicks, extent }
}

/// Lay the style of a ground over the whole row of the window.
fn lay(frame: &mut Frame<'_>, theme: Theme, ground: Ground, row: Rect) {
    let window = frame.area();
    frame.buffer_mut().set_style(Rect { x: window.x, width: window.width, ..row }, theme.ground(ground));
}

/// Return a button as text. The one with the focus has a mark as well: not every terminal shows a ground.
fn button_text(item: &Item, glyphs: Glyphs) -> String {
    let mark = if item.focused { glyphs.here() } else { "" };
    format!("[{mark} {} ]", glyphs.spell(&item.text))
}

/// Share the buttons out to rows; in each they stand at the right.
fn button_rows(buttons: &[Item], glyphs: Glyphs, width: usize) -> Vec<Vec<&Item>> {
    let mut rows: Vec<Vec<&Item>> = Vec::new();
    let mut used = usize::MAX;
    for item in buttons {
        let wide = cells(&button_text(item, glyphs)) + 1;
        match rows.last_mut().filter(|_| used.saturating_add(wide) <= width) {
            Some(row) => {
                row.push(item);
                used += wide;
            }
            None => {
                rows.push(vec![item]);
                used = wide;
            }
        }
    }
    rows
}

/// Draw the buttons; return the width that the first row takes, and the clickable areas.
fn buttons(frame: &mut Frame<'_>, Look { theme, glyphs }: Look, rows: &[Vec<&Item>], area: Rect) -> (u16, Clicks) {
    let mut clicks = Clicks::new();
    let mut first = 0;
    for (place, (row, items)) in area.rows().zip(rows).enumerate() {
        let mut end = row.right();
        for item in items.iter().rev() {
            let words = button_text(item, glyphs);
            let width = u16::try_from(cells(&words)).unwrap_or(u16::MAX).min(end - row.x);
            let spot = Rect { x: end - width, width, ..row };
            let ground = if item.focused { Ground::Accent } else { Ground::Panel };
            frame.render_widget(Span::styled(words, theme.ground(ground).add_modifier(Modifier::BOLD)), spot);
            clicks.extend(item.action.clone().map(|action| (spot, action)));
            end = spot.x.saturating_sub(1).max(row.x);
        }
        if place == 0 {
            first = row.right() - end;
        }
    }
    (first, clicks)
}

/// Wrap the hints of a page: full rows first, then one beside the buttons. Warnings come first, that of the card
/// before others; less important hints get only a free row.
fn hints(page: &Page, look: Look, (width, full): (usize, usize), beside: usize) -> Vec<Line<'static>> {
    let detail = page.focused().map(|item| item.detail).filter(|detail| !detail.is_empty());
    let detail = detail.map(|detail| Run::new(detail, Role::Text));
    let below = page.help.iter().map(|line| (matches!(line, HelpLine::Card(_)), line.run()));
    let mut runs: Vec<(bool, &Run)> = detail.iter().map(|run| (false, run)).chain(below).collect();
    runs.sort_by_key(|(card, run)| match run.role {
        Role::Warning => i32::from(!card),
        _ => 2,
    });
    // Beside the buttons a few words must fit, or it stays empty.
    let rows = full + usize::from(beside > 12);
    let mut lines: Vec<Line<'static>> = Vec::new();
    for (place, (_, run)) in runs.iter().enumerate() {
        let style = if run.role == Role::Practice { look.theme.ground(Ground::Practice) } else { sheet::style(look.theme, run.role) };
        let text = look.glyphs.spell(&run.text);
        let marked = if run.role == Role::Good { format!("{} {text}", look.glyphs.done()) } else { text.into_owned() };
        let mut rest = marked.as_str();
        while !rest.is_empty() && lines.len() < rows {
            let room = if lines.len() < full { width } else { beside.saturating_sub(1) };
            let first = text::wrap(rest, room).into_iter().next().unwrap_or_default();
            let behind = rest.get(first.len()..).unwrap_or_default().trim_start();
            // The first warning leaves a row to what else is to be said.
            let last = lines.len() + 1 == rows || (run.role == Role::Warning && place + 1 < runs.len());
            let shown = if last && !behind.is_empty() { sheet::cut(rest, room, look.glyphs.cut()) } else { first };
            lines.push(Line::styled(shown, style));
            rest = if last { "" } else { behind };
        }
    }
    lines
}

/// Draw the header: title and official title; on the right the practice mark, and the button for the next person if there is data to discard.
fn header(frame: &mut Frame<'_>, model: &Model, look: Look, page: &Page, area: Rect) -> Clicks {
    let theme = look.theme;
    lay(frame, theme, Ground::Panel, area);
    let (title, official) = view::titles(page, model);
    let name = Span::styled(" zairyu ", theme.ground(Ground::Accent).add_modifier(Modifier::BOLD));
    let mut left = vec![name, Span::raw(" "), Span::styled(look.glyphs.spell(title), theme.label())];
    let mut clicks = Clicks::new();
    let mut right = Vec::new();
    let room = usize::from(area.width).saturating_sub(Line::from(left.clone()).width() + 1);
    // Whatever lies over the page, it stays in sight.
    if let Some(seconds) = model.countdown() {
        let left = format!(" {} ", model.lang.fill(Text::Countdown, &[&seconds.to_string()]));
        right.push(Span::styled(left, sheet::style(theme, Role::Warning).add_modifier(Modifier::BOLD)));
    }
    if view::is_practice(model) {
        let practice = format!(" {} ", model.lang.text(Text::Practice));
        right.push(Span::styled(practice, theme.ground(Ground::Practice).add_modifier(Modifier::BOLD)));
    }
    if !model.visit.is_blank() && !model.visit.is_sending() {
        let words = format!("[ {} ]", model.lang.text(Text::KeysNextPerson));
        let wide = cells(&words);
        if wide + 1 + right.iter().map(Span::width).sum::<usize>() < room {
            let width = u16::try_from(wide).unwrap_or(0);
            clicks.push((Rect { x: area.right().saturating_sub(width), width, ..area }, Action::NextPerson));
            right.extend([Span::raw(" "), Span::styled(words, theme.ink(Ink::Quiet))]);
        }
    }
    let right = Line::from(right).right_aligned();
    if !official.is_empty() && cells(official) + 2 + right.width() < room {
        left.extend([Span::raw("  "), Span::styled(official, theme.ink(Ink::Quiet))]);
    }
    frame.render_widget(Line::from(left), area);
    frame.render_widget(right, area);
    clicks
}

/// Show the running job; return the lines that do so where there is no box.
fn waits(frame: &mut Frame<'_>, model: &Model, progress: &ProgressLine, look: Look, parts: &Parts) -> Vec<Line<'static>> {
    if model.visit.nav.overlay().is_none() && waiting::waiting(frame, model, progress, look, parts.body) {
        return Vec::new();
    }
    let mut lines = vec![waiting::line(progress, look)];
    if model.visit.is_sending() {
        lines.push(Line::styled(progress.note, look.theme.ink(Ink::Warning)));
    }
    lines
}

/// Say how many rows are above and below the body; return the width taken from the row below it.
fn more(frame: &mut Frame<'_>, look: Look, (top, rows): (usize, usize), parts: &Parts) -> usize {
    let (up, down) = look.glyphs.more();
    let below = rows.saturating_sub(top + usize::from(parts.body.height));
    let style = look.theme.ink(Ink::Accent).add_modifier(Modifier::BOLD);
    let mut said = |area: Rect, mark: &str, count: usize| {
        let words = if count > 0 { format!(" {mark} {count}") } else { String::new() };
        let width = cells(&words);
        // Only where it stands: the style of a line is laid over its whole area.
        let wide = u16::try_from(width).unwrap_or(0).min(area.width);
        frame.render_widget(Line::styled(words, style), Rect { x: area.right() - wide, width: wide, ..area });
        width
    };
    said(parts.line, up, top);
    said(parts.hint, down, below)
}

fn rows(frame: &mut Frame<'_>, theme: Theme, sheet: &Sheet, top: usize, area: Rect) -> Clicks {
    let height = usize::from(area.height);
    let mut clicks = Clicks::new();
    for (place, row) in area.rows().zip(sheet.rows.iter().skip(top)) {
        if row.ground != Ground::Paper {
            frame.buffer_mut().set_style(place, theme.ground(row.ground));
        }
        frame.render_widget(&row.line, place);
        if row.ground == Ground::Accent {
            // Whatever its ink is elsewhere.
            frame.buffer_mut().set_style(place, theme.ground(row.ground));
        }
        clicks.extend(row.clicks(place));
    }
    if let Some(caret) = sheet.caret
        && (top..top + height).contains(&caret.row)
    {
        // In bounds by the checks above and the widths of the rows.
        let x = area.x + u16::try_from(caret.cell).unwrap_or(u16::MAX).min(area.width.saturating_sub(1));
        let y = area.y + u16::try_from(caret.row - top).unwrap_or(0);
        frame.set_cursor_position(Position { x, y });
    }
    clicks
}

/// Draw the keys that work here, each with what it does.
fn footer(frame: &mut Frame<'_>, model: &Model, look: Look, (page, extent): (&Page, Extent), area: Rect) {
    let theme = look.theme;
    lay(frame, theme, Ground::Panel, area);
    let mut line = Line::default();
    for key in view::keys(model, page, extent) {
        let words = look.glyphs.spell(model.lang.text(key)).into_owned();
        if line.width() + cells(&words) + 2 > area.width.into() {
            break;
        }
        if line.width() > 0 {
            line.push_span(Span::raw("  "));
        }
        let (key, what) = words.split_at(words.find(' ').unwrap_or(words.len()));
        line.push_span(Span::styled(key.to_owned(), theme.label()));
        line.push_span(Span::styled(what.to_owned(), theme.ink(Ink::Quiet)));
    }
    frame.render_widget(line, area);
}
