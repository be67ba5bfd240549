//! Drawing: from the model to the buffer. Every page becomes a sheet of rows. The only real cursor is placed here.

use super::theme::Theme;
use crate::app::{Action, Model};
use crate::locale::Text;
use crate::locale::official;
use crate::text;
use crate::view::{self, HelpLine, Page, ProgressLine, Role, Run, Title};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::text::{Line, Span};
use sheet::Sheet;

mod blocks;
/// A page as rows.
pub mod sheet;

/// The clickable areas with their actions.
pub type Clicks = Vec<(Rect, Action)>;

/// Draw the model; return the clickable areas.
pub fn draw(frame: &mut Frame<'_>, model: &Model, theme: Theme) -> Clicks {
    let area = frame.area();
    if area.width < text::SMALLEST_TERMINAL.0 || area.height < text::SMALLEST_TERMINAL.1 {
        let lines = text::wrap(model.lang.text(Text::TooSmall), area.width.max(1).into());
        for (row, line) in area.rows().zip(lines) {
            frame.render_widget(Line::raw(line), row);
        }
        return Clicks::new();
    }
    let size = (usize::from(area.width).saturating_sub(2), body_height(area));
    let page = view::page(model, size.1);
    let sheet = blocks::sheet(&page, model.lang, theme, size);
    render(frame, model, theme, &page, &sheet)
}

/// Return the height of the help and of the gap below the title, less in a low window.
const fn frame_rows(area: Rect) -> (u16, u16) {
    if area.height >= 16 { (2, 1) } else { (1, 0) }
}

/// Return the height of a page's body: everything but header, title, gap, help and keys.
fn body_height(area: Rect) -> usize {
    let (help, gap) = frame_rows(area);
    usize::from(area.height.saturating_sub(3 + help + gap))
}

fn render(frame: &mut Frame<'_>, model: &Model, theme: Theme, page: &Page, sheet: &Sheet) -> Clicks {
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
    frame.render_widget(titled(page.title, theme, inner.width.into()), title);
    clicks.extend(rows(frame, sheet, body));
    let lines = match view::progress(model) {
        Some(progress) => waits(model, &progress, theme),
        None => hints(page, theme, (inner.width.into(), help.into())),
    };
    for (row, line) in hint.rows().zip(lines) {
        frame.render_widget(line, row);
    }
    footer(frame, model, theme, page, keys);
    clicks
}

/// Wrap the hints of a page to `width` and `rows`. A warning always gets a row, less important hints only a free one.
fn hints(page: &Page, theme: Theme, (width, rows): (usize, usize)) -> Vec<Line<'static>> {
    let detail = page.focused().map(|item| item.detail).filter(|detail| !detail.is_empty());
    let detail = detail.map(|detail| Run::new(detail, Role::Text));
    let mut lines = Vec::new();
    for (place, run) in detail.iter().chain(page.help.iter().map(HelpLine::run)).enumerate() {
        if place > 0 && run.role == Role::Warning {
            lines.truncate(rows.saturating_sub(1));
        }
        let style = blocks::style(theme, run.role);
        lines.extend(text::wrap(&run.text, width).into_iter().map(|line| Line::styled(line, style)));
        lines.truncate(rows);
    }
    lines
}

/// Draw the title; on the right the practice mark, and the button for the next person if there is data to discard.
fn header(frame: &mut Frame<'_>, model: &Model, theme: Theme, area: Rect) -> Clicks {
    frame.render_widget(Span::styled(model.lang.text(Text::Title), theme.title()), area);
    let mut right = Vec::new();
    if view::is_practice(model) {
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

/// Return the lines shown while a job runs; a registration being sent says that it cannot be cancelled.
fn waits(model: &Model, progress: &ProgressLine, theme: Theme) -> Vec<Line<'static>> {
    let mut lines = vec![bar(progress, theme)];
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
        // In bounds by the checks above and the widths of the rows.
        let x = area.x + u16::try_from(caret.cell).unwrap_or(u16::MAX).min(area.width.saturating_sub(1));
        let y = area.y + u16::try_from(caret.row - top).unwrap_or(0);
        frame.set_cursor_position(Position { x, y });
    }
    clicks
}

/// Format the progress as text and a bar.
fn bar(progress: &ProgressLine, theme: Theme) -> Line<'static> {
    const BAR: u32 = 20;
    let Some((done, total)) = progress.part else { return Line::styled(progress.text, theme.label()) };
    let full = (done.min(total) * BAR / total.max(1)) as usize;
    let bar = format!("{}{}", "#".repeat(full), "-".repeat(BAR as usize - full));
    Line::styled(format!("{}  [{bar}] {done}/{total}", progress.text), theme.label())
}

fn footer(frame: &mut Frame<'_>, model: &Model, theme: Theme, page: &Page, area: Rect) {
    let keys = view::keys(model, page);
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

/// Format the title; for a step the trail of the original, or the step alone if that is too wide.
fn titled(title: Title, theme: Theme, width: usize) -> Line<'static> {
    let step = match title {
        Title::Step(step) => step,
        Title::Program => return Line::styled(official::REGISTRATION, theme.label()),
        Title::Text(text) => return Line::styled(text, theme.label()),
    };
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
