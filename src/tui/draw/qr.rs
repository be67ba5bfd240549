//! A QR code: dark modules black and light ones white in every scheme, whatever the ground of the terminal is, with a light border.

use super::sheet::{MARK, Sheet, style};
use crate::tui::glyphs::Glyphs;
use crate::view::{Qr, Role};
use ratatui::style::Style;
use ratatui::text::Span;

/// Light modules around it, as the standard wants, and as few as phones do with.
const BORDER: (usize, usize) = (4, 2);

/// Add a QR code, or say that the window is too small; `height` rows are visible.
pub(super) fn qr(sheet: &mut Sheet, qr: &Qr, too_small: &'static str, height: usize) {
    let size = qr.rows.len();
    let halves = sheet.look.glyphs == Glyphs::Unicode;
    // Half blocks hold two modules, one above the other; without them a module is two cells wide.
    let (per_row, cells) = if halves { (2, 1) } else { (1, 2) };
    let wide = size + 2 * BORDER.0;
    let high = (height * per_row).min(wide);
    if size == 0 || high < size + 2 * BORDER.1 || wide * cells > sheet.width {
        sheet.text(MARK, too_small, style(sheet.theme, Role::Warning));
        qr.lines.iter().for_each(|line| sheet.text(MARK, line, style(sheet.theme, Role::Label)));
        return;
    }
    let above = (high - size) / 2;
    let is_dark = |row: usize, column: usize| {
        let row = row.checked_sub(above).and_then(|row| qr.rows.get(row));
        row.zip(column.checked_sub(BORDER.0)).is_some_and(|(row, column)| row.get(column).copied().unwrap_or(false))
    };
    let theme = sheet.theme;
    let indent = " ".repeat((sheet.width - wide * cells) / 2);
    for row in (0..high).step_by(per_row) {
        let module = |column: usize| {
            let upper = theme.module(is_dark(row, column));
            if halves {
                Span::styled("▀", Style::new().fg(upper).bg(theme.module(is_dark(row + 1, column))))
            } else {
                Span::styled("  ", Style::new().bg(upper))
            }
        };
        sheet.row(std::iter::once(Span::raw(indent.clone())).chain((0..wide).map(module)).collect(), None);
    }
}
