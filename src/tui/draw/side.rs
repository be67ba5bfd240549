//! The panel beside a page in a wide window.

use super::sheet::Sheet;
use super::{Clicks, blocks, drawings};
use crate::locale::Lang;
use crate::tui::Look;
use crate::tui::theme::{Ground, Ink};
use crate::view::{Block, Side};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// Width of the panel at most, and at least, in cells.
const WIDTHS: (u16, u16) = (39, 28);
/// Empty cells between page and panel.
pub(super) const GAP: u16 = 2;
/// Empty cells inside the panel, left and right.
const MARGIN: u16 = 2;

/// Share a row of this width out to a page and its panel; the panel is 0 wide if there is no room for it.
pub(super) fn share(side: &Side, width: u16) -> (u16, u16) {
    let beside = u16::try_from(side.beside).unwrap_or(u16::MAX);
    match width.checked_sub(beside.saturating_add(GAP)) {
        Some(room) if !side.parts.is_empty() && room >= WIDTHS.1 => {
            let panel = room.min(WIDTHS.0);
            (width - panel - GAP, panel)
        }
        _ => (width, 0),
    }
}

/// Draw the panel: as many parts as have room. Return the clickable areas.
pub(super) fn side(frame: &mut Frame<'_>, lang: Lang, look: Look, side: &Side, area: Rect) -> Clicks {
    frame.buffer_mut().set_style(area, look.theme.ground(Ground::Panel));
    let inside = Rect { x: area.x + MARGIN, width: area.width.saturating_sub(2 * MARGIN - 1), ..area };
    let height = usize::from(area.height);
    let (mut used, mut clicks) = (0, Clicks::new());
    for (place, part) in side.parts.iter().enumerate() {
        let sheet = sheet(part, lang, look, (inside.width.into(), height));
        let line = usize::from(place > 0);
        if used + line + sheet.rows.len() > height {
            break;
        }
        let mut rows = inside.rows().skip(used);
        if place > 0
            && let Some(row) = rows.next()
        {
            let rule = look.glyphs.line().repeat(area.width.into());
            frame.render_widget(Line::styled(rule, look.theme.ink(Ink::Rule)), Rect { x: area.x, width: area.width, ..row });
        }
        for (row, place) in sheet.rows.iter().zip(rows) {
            frame.render_widget(&row.line, place);
            clicks.extend(row.clicks(place));
        }
        used += line + sheet.rows.len();
    }
    clicks
}

/// Return a part as rows, an empty one below; without its drawings if it is too high with them.
fn sheet(part: &[Block], lang: Lang, look: Look, (width, height): (usize, usize)) -> Sheet {
    let build = |drawn: bool| {
        let mut sheet = Sheet::new(look, width);
        for block in part.iter().filter(|block| drawn || !matches!(block, Block::Drawing(_))) {
            match block {
                Block::Drawing(drawing) if drawings::size(*drawing).0 > width => {}
                block => blocks::add(&mut sheet, block, lang, height),
            }
        }
        sheet.blank();
        sheet
    };
    let whole = build(true);
    if whole.rows.len() <= height { whole } else { build(false) }
}
