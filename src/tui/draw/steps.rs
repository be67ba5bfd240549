//! The steps of the way, with a line below that shows how far one is.

use super::lay;
use crate::app::Model;
use crate::text::cells;
use crate::tui::Look;
use crate::tui::theme::{Ground, Ink};
use crate::view;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

/// Draw the steps and the line; on other pages a line alone.
pub(super) fn steps(frame: &mut Frame<'_>, model: &Model, look: Look, (row, below): (Rect, Rect)) {
    let (theme, glyphs) = (look.theme, look.glyphs);
    let rule = |cells: u16| Span::styled(glyphs.line().repeat(cells.into()), theme.ink(Ink::Rule));
    let Some((names, behind)) = view::steps(model) else {
        lay(frame, theme, Ground::Paper, row);
        frame.render_widget(Line::from(rule(row.width)), row);
        return;
    };
    let width = usize::from(row.width);
    let all: usize = names.iter().map(|name| cells(name) + 2).sum();
    let gaps = names.len() - 1;
    let mut line = Line::default();
    let mut end = 0;
    if all + gaps * 3 > width {
        // Only the present step has room.
        let here = behind.min(names.len() - 1);
        let name = names.get(here).copied().unwrap_or_default();
        let mark = if behind > here { glyphs.done() } else { glyphs.present() };
        let place = format!("  {}/{}", here + 1, names.len());
        let style = theme.ink(Ink::Accent).add_modifier(Modifier::BOLD);
        line.push_span(Span::styled(format!("{mark} {name}"), style));
        line.push_span(Span::styled(place, theme.ink(Ink::Quiet)));
        end = width * (behind + 1).min(names.len()) / names.len();
    } else {
        let gap = ((width - all) / gaps).clamp(3, 6);
        for (place, name) in names.iter().enumerate() {
            if place > 0 {
                line.push_span(Span::raw(" "));
                line.push_span(Span::styled(glyphs.line().repeat(gap - 2), theme.ink(Ink::Rule)));
                line.push_span(Span::raw(" "));
            }
            let (mark, ink, words) = match place {
                _ if place < behind => (glyphs.done(), Ink::Good, Ink::Text),
                _ if place == behind => (glyphs.present(), Ink::Accent, Ink::Accent),
                _ => (glyphs.to_come(), Ink::Quiet, Ink::Quiet),
            };
            let bold = if place == behind { Modifier::BOLD } else { Modifier::empty() };
            line.push_span(Span::styled(format!("{mark} "), theme.ink(ink).add_modifier(bold)));
            line.push_span(Span::styled(*name, theme.ink(words).add_modifier(bold)));
            if place <= behind {
                end = line.width();
            }
        }
        if behind == names.len() {
            end = width;
        }
    }
    frame.render_widget(line, row);
    let done = u16::try_from(end).unwrap_or(u16::MAX).min(below.width);
    let line =
        Line::from(vec![Span::styled(glyphs.thick().repeat(done.into()), theme.ink(Ink::Accent)), rule(below.width.saturating_sub(done))]);
    frame.render_widget(line, below);
}
