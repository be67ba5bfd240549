//! A table that only shows what is said elsewhere, on a panel.

use super::sheet::{MARK, Sheet, cut, heading, style};
use crate::text::cells;
use crate::tui::theme::Ground;
use crate::view::{Cell, Role, TableRow};
use ratatui::style::Modifier;
use ratatui::text::Span;

/// Cells between columns.
const GAP: usize = 2;
/// The column that is left out where there is no room.
const SPARE: usize = 1;

/// Add a table with its heading.
pub(super) fn table(sheet: &mut Sheet, title: &str, rows: &[TableRow]) {
    let start = sheet.rows.len();
    sheet.text(MARK, title, heading(sheet.theme));
    let columns = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let wide = |column: usize| rows.iter().filter_map(|row| row.cells.get(column)).map(|cell| width(sheet, cell)).max().unwrap_or(0);
    let mut widths: Vec<usize> = (0..columns).map(wide).collect();
    let taken = |widths: &[usize]| widths.iter().filter(|width| **width > 0).map(|width| width + GAP).sum::<usize>() + MARK;
    if taken(&widths) > sheet.width
        && let Some(spare) = widths.get_mut(SPARE)
    {
        *spare = 0;
    }
    for row in rows {
        let spans = self::row(sheet, row, &widths);
        sheet.row(spans, None);
        let ground = if row.chosen { Ground::Focus } else { Ground::Panel };
        sheet.lay(sheet.rows.len() - 1, ground);
    }
    if let Some(first) = sheet.rows.get_mut(start) {
        first.ground = Ground::Panel;
    }
}

fn row(sheet: &Sheet, row: &TableRow, widths: &[usize]) -> Vec<Span<'static>> {
    let mut spans = vec![Span::raw(" ".repeat(MARK))];
    let mut used = MARK;
    for (column, cell) in row.cells.iter().enumerate() {
        let room = widths.get(column).copied().unwrap_or(0);
        if room == 0 {
            continue;
        }
        let last = column + 1 == row.cells.len();
        let wide = width(sheet, cell).min(room);
        // The last stands at the edge.
        let before = if last { sheet.width.saturating_sub(used + wide + MARK) } else { 0 };
        let room = sheet.width.saturating_sub(used + before).min(wide.max(1));
        let mut cell = self::cell(sheet, cell, room);
        if row.chosen {
            cell.iter_mut().for_each(|span| span.style = span.style.add_modifier(Modifier::BOLD));
        }
        spans.push(Span::raw(" ".repeat(before)));
        let drawn: usize = cell.iter().map(Span::width).sum();
        spans.extend(cell);
        let behind = if last { 0 } else { (widths.get(column).copied().unwrap_or(0) + GAP).saturating_sub(drawn) };
        spans.push(Span::raw(" ".repeat(behind)));
        used += before + drawn + behind;
    }
    spans
}

fn width(sheet: &Sheet, cell: &Cell) -> usize {
    match cell {
        Cell::Text(run) => cells(&sheet.look.glyphs.spell(&run.text)),
        Cell::Boxes { least, more, .. } => least + if *more { 4 } else { 0 },
    }
}

fn cell(sheet: &Sheet, cell: &Cell, room: usize) -> Vec<Span<'static>> {
    match cell {
        Cell::Text(run) => {
            let text = sheet.look.glyphs.spell(&run.text);
            vec![Span::styled(cut(&text, room, sheet.look.glyphs.cut()), style(sheet.theme, run.role))]
        }
        Cell::Boxes { least, more, used } => {
            let (asked, other) = sheet.look.glyphs.boxes();
            let boxes = if *used { asked } else { other }.repeat(*least);
            let rest = if *more { " ..." } else { "" };
            vec![Span::styled(format!("{boxes}{rest}"), style(sheet.theme, if *used { Role::Text } else { Role::Quiet }))]
        }
    }
}
