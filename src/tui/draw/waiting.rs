//! What is shown while a job runs: one line at once, and after a second a box over the page, which stays as it was, without colours.

use super::drawings;
use crate::app::Model;
use crate::locale::Text;
use crate::text::{cells, wrap};
use crate::tui::Look;
use crate::tui::theme::{Ground, Ink};
use crate::view::{Drawing, ProgressLine};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

/// Seconds from which there is a box: what is over sooner would only flicker.
const PATIENCE: u32 = 1;
/// Width of the box at most, in cells.
const WIDTH: u16 = 60;
/// Cells of the bar in the line.
const BAR: usize = 20;

/// Return the progress as one line, with its bar.
pub(super) fn line(progress: &ProgressLine, look: Look) -> Line<'static> {
    let text = Span::styled(progress.text, look.theme.label());
    let Some((done, total)) = progress.part else { return text.into() };
    let mut line = Line::from(vec![text, Span::raw("  ")]);
    line.extend(bar((done, total), BAR, look));
    line.push_span(Span::raw(format!("  {}", percent(done, total))));
    line
}

fn percent(done: u32, total: u32) -> String {
    format!("{} %", u64::from(done.min(total)) * 100 / u64::from(total.max(1)))
}

fn bar((done, total): (u32, u32), width: usize, look: Look) -> [Span<'static>; 2] {
    let full = usize::try_from(u64::from(done.min(total)) * width as u64 / u64::from(total.max(1))).unwrap_or(width);
    let (filled, empty) = look.glyphs.progress();
    let theme = look.theme;
    [Span::styled(filled.repeat(full), theme.ink(Ink::Accent)), Span::styled(empty.repeat(width - full), theme.ink(Ink::Quiet))]
}

/// Draw the box, if the job takes longer and there is room for it; return whether there is.
pub(super) fn waiting(frame: &mut Frame<'_>, model: &Model, progress: &ProgressLine, look: Look, area: Rect) -> bool {
    let width = area.width.min(WIDTH);
    let inside = usize::from(width).saturating_sub(5);
    let lines = lines(model, progress, look, inside);
    let (drawn, _) = drawings::size(Drawing::CardOnReader);
    let Some(spare) = area.height.checked_sub(u16::try_from(lines.len() + 2).unwrap_or(u16::MAX)) else { return false };
    if progress.seconds < PATIENCE || inside < drawn {
        return false;
    }
    quieten(frame, look, area);
    let height = area.height - spare;
    let place = Rect { x: area.x + (area.width - width) / 2, y: area.y + spare / 2, width, height };
    for row in place.rows() {
        // A wide letter that the edge divides would show over the box.
        if let Some(cell) =
            row.x.checked_sub(1).and_then(|x| frame.buffer_mut().cell_mut((x, row.y))).filter(|cell| cells(cell.symbol()) > 1)
        {
            cell.set_symbol(" ");
        }
        frame.render_widget(Line::raw(" ".repeat(width.into())), row);
        frame.buffer_mut().set_style(row, look.theme.ground(Ground::Focus));
        frame.render_widget(Line::styled(look.glyphs.bar(), look.theme.ink(Ink::Accent)), row);
    }
    for (row, line) in place.rows().skip(1).zip(lines) {
        frame.render_widget(line, Rect { x: row.x + 3, width: width.saturating_sub(5), ..row });
    }
    true
}

fn lines(model: &Model, progress: &ProgressLine, look: Look, width: usize) -> Vec<Line<'static>> {
    let (theme, glyphs) = (look.theme, look.glyphs);
    let elapsed = model.lang.fill(Text::Elapsed, &[&progress.seconds.to_string()]);
    let gap = width.saturating_sub(cells(progress.text) + cells(&elapsed)).max(1);
    let head = vec![Span::styled(progress.text, theme.label()), Span::raw(" ".repeat(gap)), Span::styled(elapsed, theme.label())];
    let (steps, behind) = &progress.steps;
    // Each step is as long as the others; of the present one a part is done.
    let part = match (progress.part, u32::try_from(steps.len()).unwrap_or(0)) {
        (part, 0) => part,
        (part, steps) => {
            let (done, of) = part.unwrap_or((0, 1));
            let behind = u32::try_from(*behind).unwrap_or(0);
            Some((behind * 100 + done.min(of) * 100 / of.max(1), steps * 100))
        }
    };
    let mut lines = vec![head.into(), Line::default()];
    if let Some((done, total)) = part {
        let percent = percent(done, total);
        let mut line = Line::from(bar((done, total), width.saturating_sub(cells(&percent) + 2), look).to_vec());
        line.push_span(Span::styled(format!("  {percent}"), theme.label()));
        lines.extend([line, Line::default()]);
    }
    for (place, step) in steps.iter().enumerate() {
        let (mark, ink, bold) = match place {
            _ if place < *behind => (glyphs.done(), Ink::Good, Modifier::empty()),
            _ if place == *behind => (glyphs.present(), Ink::Accent, Modifier::BOLD),
            _ => (glyphs.to_come(), Ink::Quiet, Modifier::empty()),
        };
        let words = if place > *behind { theme.ink(Ink::Quiet) } else { theme.ink(Ink::Text).add_modifier(bold) };
        lines.push(Line::from(vec![Span::styled(format!("{mark} "), theme.ink(ink)), Span::styled(*step, words)]));
    }
    if !steps.is_empty() {
        lines.push(Line::default());
    }
    lines.extend(wrap(progress.note, width).into_iter().map(|line| Line::styled(line, theme.label())));
    let keys = wrap(model.lang.text(Text::WaitKeys), width);
    lines.extend(keys.into_iter().map(|line| Line::styled(line, theme.ink(Ink::Quiet))));
    lines
}

/// Take the colours from what stands behind the box.
fn quieten(frame: &mut Frame<'_>, look: Look, area: Rect) {
    let theme = look.theme;
    let (quiet, paper, panel) = (theme.ink(Ink::Quiet), theme.ground(Ground::Paper).bg, theme.ground(Ground::Panel).bg);
    for place in area.positions() {
        let Some(cell) = frame.buffer_mut().cell_mut(place) else { continue };
        cell.modifier.remove(Modifier::BOLD | Modifier::REVERSED);
        if let (Some(ink), Some(paper), Some(panel)) = (quiet.fg, paper, panel) {
            cell.set_fg(ink);
            if cell.bg != paper {
                cell.set_bg(panel);
            }
        }
    }
}
