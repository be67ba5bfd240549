//! Drawing: a pure function from the model to the buffer. Every page is a sheet of rows; one file a page. The one real cursor is placed here.

use super::theme::Theme;
use crate::app::step::{Overlay, Screen};
use crate::app::{Action, Model, Wait};
use crate::locale::Text;
use crate::locale::official;
use crate::text;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::text::{Line, Span};
use sheet::Sheet;

mod account;
mod confirm;
mod cover;
mod first_password;
mod input;
mod overlay;
mod picker;
mod pin;
mod prepare;
mod result;
/// A page as rows.
pub mod sheet;
mod top;
mod trouble;

/// The smallest window in which a page can be used.
pub const SMALLEST: (u16, u16) = (40, 10);

// What pages say in words, for line mode as well.
pub(crate) use account::{label as act_label, lead as act_lead, needs as act_needs, note_text as act_note, second_look};
pub(crate) use confirm::{labelled, warnings};
pub(crate) use cover::words as cover_words;
pub(crate) use first_password::note_text as password_note;
pub(crate) use input::{notes, shown};
pub(crate) use overlay::{asked, help_page};
pub(crate) use picker::line as place_line;
pub(crate) use pin::note_text;
pub(crate) use prepare::{card_line, checks};
pub(crate) use result::{checked, differs, mail, receipt, said, whats_next};
pub(crate) use trouble::{beyond, codes, facts, next_step};

/// A page, ready to be drawn.
struct Page {
    /// What stands in the second row: the trail or the page's title.
    title: Line<'static>,
    /// The rows.
    sheet: Sheet,
    /// What stands above the keys: the hint of the item with the focus.
    hint: Vec<Line<'static>>,
    /// The keys that work here.
    keys: &'static [Text],
}

/// Where a click wants something.
pub type Clicks = Vec<(Rect, Action)>;

/// Draw the model; return where clicks want something.
pub fn draw(frame: &mut Frame<'_>, model: &Model, theme: Theme) -> Clicks {
    let area = frame.area();
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        let lines = text::wrap(model.lang.text(Text::TooSmall), area.width.max(1).into());
        for (row, line) in area.rows().zip(lines) {
            frame.render_widget(Line::raw(line), row);
        }
        return Clicks::new();
    }
    let width = usize::from(area.width).saturating_sub(2);
    let page = match (&model.visit.over, &model.visit.screen) {
        (Some(over @ (Overlay::Question(..) | Overlay::Language(_))), _) => overlay::page(model, over, theme, width),
        _ if let Some(cover) = model.visit.cover => cover::page(model, cover, theme, width),
        (Some(Overlay::Picker(picker)), _) => picker::page(model, picker, theme, (width, body_height(area))),
        (Some(Overlay::Trouble(trouble)), _) => trouble::page(model, trouble, theme, width),
        (Some(over), _) => overlay::page(model, over, theme, width),
        (None, Screen::Top(row)) => top::page(model, *row, theme, width),
        (None, Screen::Prepare(row)) => prepare::page(model, *row, theme, width),
        (None, Screen::Pin(entry)) => pin::page(model, entry, theme, width),
        (None, Screen::Input) => input::page(model, theme, width),
        (None, Screen::Confirm(confirm)) => confirm::page(model, confirm, theme, width),
        (None, Screen::Result(done)) => result::page(model, done, theme, width),
        (None, Screen::FirstPassword(entry)) => first_password::page(model, entry, theme, width),
        (None, Screen::AccountMenu(row)) => account::menu(model, *row, theme, width),
        (None, Screen::Account) => account::page(model, theme, width),
    };
    render(frame, model, theme, &page)
}

/// How many rows the help takes, and the gap under the title: less in a low window.
const fn frame_rows(area: Rect) -> (u16, u16) {
    if area.height >= 16 { (2, 1) } else { (1, 0) }
}

/// How many rows a page's body has: all but header, title, gap, help and keys.
fn body_height(area: Rect) -> usize {
    let (help, gap) = frame_rows(area);
    usize::from(area.height.saturating_sub(3 + help + gap))
}

fn render(frame: &mut Frame<'_>, model: &Model, theme: Theme, page: &Page) -> Clicks {
    let inner = frame.area().inner(ratatui::layout::Margin { horizontal: 1, vertical: 0 });
    let (help, gap) = frame_rows(inner);
    let [head, title, _, body, hint, keys] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(gap),
        Constraint::Fill(1),
        Constraint::Length(help),
        Constraint::Length(1),
    ])
    .areas(inner);
    let mut clicks = header(frame, model, theme, head);
    frame.render_widget(&page.title, title);
    clicks.extend(rows(frame, &page.sheet, body));
    let lines = match model.visit.waiting {
        Some(waiting) if !matches!(waiting.what, Wait::Terms) => waits(model, theme),
        _ => page.hint.iter().flat_map(|line| wrapped(line, inner.width.into())).collect(),
    };
    for (row, line) in hint.rows().zip(lines) {
        frame.render_widget(line, row);
    }
    footer(frame, model, theme, page, keys);
    clicks
}

/// Wrap a line of one style that is too wide for the screen.
fn wrapped(line: &Line<'static>, width: usize) -> Vec<Line<'static>> {
    match line.spans.as_slice() {
        [text] if line.width() > width => {
            let style = line.style.patch(text.style);
            text::wrap(&text.content, width).into_iter().map(|part| Line::styled(part, style)).collect()
        }
        _ => vec![line.clone()],
    }
}

/// The title; on the right that this is practice, and the way to the next person, wherever there is something to forget.
fn header(frame: &mut Frame<'_>, model: &Model, theme: Theme, area: Rect) -> Clicks {
    frame.render_widget(Span::styled(model.lang.text(Text::Title), theme.title()), area);
    let mut right = Vec::new();
    let practice = model.setup.practice.is_some() || model.visit.session.as_ref().is_some_and(|session| session.practice);
    if practice {
        right.push(Span::styled(format!("[{}]", model.lang.text(Text::Practice)), theme.warning()));
    }
    let mut clicks = Clicks::new();
    if !model.visit.is_blank() && !model.visit.is_sending() {
        let words = format!("[ {} ]", model.lang.text(Text::KeysNextPerson));
        let room = usize::from(area.width).saturating_sub(text::cells(model.lang.text(Text::Title)));
        let cells = text::cells(&words);
        if cells + 2 + right.iter().map(Span::width).sum::<usize>() < room {
            let place = Rect {
                x: area.right().saturating_sub(u16::try_from(cells).unwrap_or(0)),
                width: u16::try_from(cells).unwrap_or(0),
                ..area
            };
            clicks.push((place, Action::NextPerson));
            right.extend([Span::raw(" "), Span::styled(words, theme.quiet())]);
        }
    }
    frame.render_widget(Line::from(right).right_aligned(), area);
    clicks
}

/// What is being done while the person waits; a registration that is signed says that it cannot be stopped.
fn waits(model: &Model, theme: Theme) -> Vec<Line<'static>> {
    let mut lines = vec![progress(model, theme)];
    if model.visit.is_sending() {
        lines.push(Line::styled(model.lang.text(Text::WaitAnswer), theme.warning()));
    }
    lines
}

fn rows(frame: &mut Frame<'_>, sheet: &Sheet, area: Rect) -> Clicks {
    let height = usize::from(area.height);
    let top = sheet.top(height);
    let mut clicks = Clicks::new();
    for (place, row) in area.rows().zip(sheet.rows.iter().skip(top)) {
        frame.render_widget(&row.line, place);
        if let Some(action) = &row.click {
            clicks.push((place, action.clone()));
        }
    }
    if let Some(caret) = sheet.caret
        && (top..top + height).contains(&caret.row)
    {
        // Within the area by the checks above and the widths of the rows.
        let x = area.x + u16::try_from(caret.cell).unwrap_or(u16::MAX).min(area.width.saturating_sub(1));
        let y = area.y + u16::try_from(caret.row - top).unwrap_or(0);
        frame.set_cursor_position(Position { x, y });
    }
    clicks
}

/// What the worker is doing, in words and a bar.
fn progress(model: &Model, theme: Theme) -> Line<'static> {
    const BAR: u32 = 20;
    let Some(progress) = model.visit.waiting.and_then(|waiting| waiting.progress) else {
        return Line::styled(model.lang.doing(crate::worker::Doing::Connecting), theme.label());
    };
    let words = model.lang.doing(progress.doing);
    if progress.total == 0 {
        return Line::styled(words, theme.label());
    }
    let full = (progress.done.min(progress.total) * BAR / progress.total) as usize;
    let bar = format!("{}{}", "#".repeat(full), "-".repeat(BAR as usize - full));
    Line::styled(format!("{words}  [{bar}] {}/{}", progress.done, progress.total), theme.label())
}

fn footer(frame: &mut Frame<'_>, model: &Model, theme: Theme, page: &Page, area: Rect) {
    let keys: &[Text] = match model.visit.waiting {
        Some(_) if model.visit.is_sending() => &[],
        Some(_) => &[Text::KeysStop],
        None => page.keys,
    };
    let mut line = String::new();
    for key in keys {
        let word = model.lang.text(*key);
        if text::cells(&line) + text::cells(word) + 2 > area.width.into() {
            break;
        }
        if !line.is_empty() {
            line.push_str("  ");
        }
        line.push_str(word);
    }
    frame.render_widget(Line::styled(line, theme.quiet()), area);
}

/// The trail of the original, the present step marked; where it is too wide, the present step alone.
fn trail(step: usize, theme: Theme, width: usize) -> Line<'static> {
    let mut spans = Vec::new();
    for (place, words) in official::TRAIL.iter().enumerate() {
        if place > 0 {
            spans.push(Span::styled(" / ", theme.quiet()));
        }
        if place == step {
            spans.push(Span::styled(format!("【{words}】"), theme.label()));
        } else {
            spans.push(Span::styled(*words, theme.quiet()));
        }
    }
    let line = Line::from(spans);
    if line.width() <= width {
        return line;
    }
    Line::styled(official::TRAIL.get(step).copied().unwrap_or_default(), theme.label())
}
