//! Drawings, each drawn once: where the terminal has no lines, their ASCII twins stand in the same cells.

use super::sheet::Sheet;
use crate::text::cells;
use crate::tui::glyphs::Glyphs;
use crate::tui::theme::{Ink, Theme};
use crate::view::Drawing;
use ratatui::style::{Modifier, Style};
use ratatui::text::Span;

const NO_READER: &[&str] = &[
    "╭──────────╮   ╭───────╮",
    "│          │USB│       │",
    "│   ))))   ├──▸│  PC   │",
    "│          │   │       │",
    "╰──────────╯   ╰───┬───╯",
    "                ───┴─── ",
];

const PUT_CARD: &[&str] = &[
    " ╭────────────────────╮ ",
    " │ 個人番号カード     │ ",
    " │ ███  ░░░░░░░  ░░░  │ ",
    " │ ▀▀▀  ░░░░░░░░ ░░░  │ ",
    " ╰────────────────────╯ ",
    "          ▼▼▼▼          ",
    "╭──────────────────────╮",
    "│                   ○  │",
    "╰──────────────────────╯",
];

const CARD_ON_READER: &[&str] = &[
    " ╭────────────────────╮ ",
    " │ 個人番号カード     │ ",
    " │ ███  ░░░░░░░  ░░░  │ ",
    " │ ▀▀▀  ░░░░░░░░ ░░░  │ ",
    "╭┴────────────────────┴╮",
    "│                   ●  │",
    "╰──────────────────────╯",
];

const RESIDENCE_CARD: &[&str] = &[
    "╭───────────────────────╮",
    "│在留カード AB12345678CD│",
    "│           ▲▲▲▲▲▲▲▲▲▲▲▲│",
    "│ ░░░░░░░░░░░           │",
    "│ ░░░░░░░         ░░░░  │",
    "│ ░░░░░░░░░░      ░░░░  │",
    "│ ░░░░░           ░░░░  │",
    "╰───────────────────────╯",
];

const MAILS: &[&str] = &[
    "╭────────╮    ╭─────────╮",
    "│  @  1  ├───▸│ ******  │",
    "╰────────╯    ╰────┬────╯",
    "                   ▼     ",
    "╭────────╮    ╭─────────╮",
    "│  @  2  ├───▸│  認証ID │",
    "╰────────╯    ╰─────────╯",
];

const OFFICE: &[&str] = &[
    "╭──────────────────────╮",
    "│     市区町村窓口     │",
    "├──────────┬───────────┤",
    "│    ●     │     ●     │",
    "│   ███    │    ███    │",
    "├──────────┴───────────┤",
    "│  ░░░░░░░░░░░░░░░░░░  │",
    "╰──────────────────────╯",
];

/// Japanese in a drawing, and what stands there without it, in as many cells.
const WORDS: [(&str, &str); 4] =
    [("個人番号カード", "My Number card"), ("在留カード", "RESIDENCE "), ("認証ID", "  ID  "), ("市区町村窓口", "CITY  OFFICE")];

const fn rows(drawing: Drawing) -> &'static [&'static str] {
    match drawing {
        Drawing::NoReader => NO_READER,
        Drawing::PutCard => PUT_CARD,
        Drawing::CardOnReader => CARD_ON_READER,
        Drawing::ResidenceCard => RESIDENCE_CARD,
        Drawing::Mails => MAILS,
        Drawing::Office => OFFICE,
    }
}

/// Return the size of a drawing: cells and rows.
pub(super) fn size(drawing: Drawing) -> (usize, usize) {
    let rows = rows(drawing);
    (rows.iter().map(|row| cells(row)).max().unwrap_or(0), rows.len())
}

/// Return the rows of a drawing as styled text.
pub(super) fn lines(drawing: Drawing, theme: Theme, glyphs: Glyphs) -> Vec<Vec<Span<'static>>> {
    rows(drawing).iter().map(|row| line(row, theme, glyphs)).collect()
}

/// Add a drawing, in the middle; nothing where it has no room.
pub(super) fn drawing(sheet: &mut Sheet, drawing: Drawing) {
    let (width, _) = size(drawing);
    let Some(spare) = sheet.width.checked_sub(width) else { return };
    for mut spans in lines(drawing, sheet.theme, sheet.look.glyphs) {
        spans.insert(0, Span::raw(" ".repeat(spare / 2)));
        sheet.row(spans, None);
    }
}

fn line(row: &str, theme: Theme, glyphs: Glyphs) -> Vec<Span<'static>> {
    let mut row = row.to_owned();
    if glyphs != Glyphs::Unicode {
        for (japanese, plain) in WORDS {
            row = row.replace(japanese, plain);
        }
    }
    let mut spans: Vec<Span<'static>> = Vec::new();
    for letter in row.chars() {
        let style = style(letter, theme);
        let shown = glyphs.letter(letter);
        match spans.last_mut() {
            Some(last) if last.style == style => last.content.to_mut().push(shown),
            _ => spans.push(Span::styled(shown.to_string(), style)),
        }
    }
    spans
}

/// Lines are quiet, what matters has the accent.
fn style(letter: char, theme: Theme) -> Style {
    match letter {
        '─' | '│' | '╭' | '╮' | '╰' | '╯' | '├' | '┤' | '┬' | '┴' | '○' => theme.ink(Ink::Quiet),
        '░' => theme.ink(Ink::Rule),
        '█' | '▀' | '▲' | '▼' | '▸' | ')' => theme.ink(Ink::Accent),
        '●' => theme.ink(Ink::Good),
        _ => theme.ink(Ink::Text).add_modifier(Modifier::BOLD),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Drawing; 6] =
        [Drawing::NoReader, Drawing::PutCard, Drawing::CardOnReader, Drawing::ResidenceCard, Drawing::Mails, Drawing::Office];

    fn text(drawing: Drawing, glyphs: Glyphs) -> Vec<String> {
        let lines = lines(drawing, Theme::NONE, glyphs);
        lines.iter().map(|spans| spans.iter().map(|span| span.content.as_ref()).collect()).collect()
    }

    #[test]
    fn every_row_of_a_drawing_is_as_wide_as_the_others_with_lines_and_without() {
        for drawing in ALL {
            let (width, height) = size(drawing);
            for glyphs in [Glyphs::Unicode, Glyphs::Ascii] {
                let rows = text(drawing, glyphs);
                assert_eq!(rows.len(), height);
                assert!(rows.iter().all(|row| cells(row) == width), "{drawing:?} {rows:#?}");
            }
        }
    }

    #[test]
    fn a_drawing_without_lines_is_ascii_and_fits_the_narrowest_panel() {
        for drawing in ALL {
            assert!(text(drawing, Glyphs::Ascii).concat().is_ascii(), "{drawing:?}");
            assert!(size(drawing).0 <= 25, "{drawing:?}");
        }
    }
}
