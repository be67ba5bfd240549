//! The 認証ID in block letters: to be read from the screen and written down on paper.

use super::sheet::{MARK, Sheet, style};
use crate::text::cells;
use crate::tui::glyphs::Glyphs;
use crate::tui::theme::{Ground, Ink};
use crate::view::Role;
use ratatui::style::Modifier;
use ratatui::text::Span;

/// Dots of a letter: six rows of five, the leftmost in the highest bit.
type Dots = [u8; 6];

const WIDTH: usize = 5;
const HEIGHT: usize = 6;
/// Rows that a page needs besides the letters.
const BELOW: usize = 13;

/// Return the dots of a letter; `None` for those that no 認証ID has.
const fn dots(letter: char) -> Option<Dots> {
    Some(match letter {
        '2' => [0x0E, 0x11, 0x02, 0x04, 0x08, 0x1F],
        '3' => [0x1E, 0x01, 0x0E, 0x01, 0x01, 0x1E],
        '4' => [0x12, 0x12, 0x12, 0x1F, 0x02, 0x02],
        '5' => [0x1F, 0x10, 0x1E, 0x01, 0x01, 0x1E],
        '6' => [0x0E, 0x10, 0x1E, 0x11, 0x11, 0x0E],
        '7' => [0x1F, 0x01, 0x02, 0x04, 0x04, 0x04],
        '8' => [0x0E, 0x11, 0x0E, 0x11, 0x11, 0x0E],
        '9' => [0x0E, 0x11, 0x11, 0x0F, 0x01, 0x0E],
        'A' => [0x0E, 0x11, 0x11, 0x1F, 0x11, 0x11],
        'B' => [0x1E, 0x11, 0x1E, 0x11, 0x11, 0x1E],
        'C' => [0x0F, 0x10, 0x10, 0x10, 0x10, 0x0F],
        'D' => [0x1E, 0x11, 0x11, 0x11, 0x11, 0x1E],
        'E' => [0x1F, 0x10, 0x1E, 0x10, 0x10, 0x1F],
        'F' => [0x1F, 0x10, 0x1E, 0x10, 0x10, 0x10],
        'G' => [0x0F, 0x10, 0x10, 0x13, 0x11, 0x0F],
        'H' => [0x11, 0x11, 0x1F, 0x11, 0x11, 0x11],
        'J' => [0x07, 0x02, 0x02, 0x02, 0x12, 0x0C],
        'K' => [0x11, 0x12, 0x1C, 0x12, 0x11, 0x11],
        'M' => [0x11, 0x1B, 0x15, 0x11, 0x11, 0x11],
        'N' => [0x11, 0x19, 0x15, 0x13, 0x11, 0x11],
        'P' => [0x1E, 0x11, 0x11, 0x1E, 0x10, 0x10],
        'Q' => [0x0E, 0x11, 0x11, 0x15, 0x12, 0x0D],
        'R' => [0x1E, 0x11, 0x11, 0x1E, 0x12, 0x11],
        'S' => [0x0F, 0x10, 0x0E, 0x01, 0x01, 0x1E],
        'T' => [0x1F, 0x04, 0x04, 0x04, 0x04, 0x04],
        'U' => [0x11, 0x11, 0x11, 0x11, 0x11, 0x0E],
        'V' => [0x11, 0x11, 0x11, 0x0A, 0x0A, 0x04],
        'W' => [0x11, 0x11, 0x11, 0x15, 0x1B, 0x11],
        'X' => [0x11, 0x0A, 0x04, 0x04, 0x0A, 0x11],
        'Y' => [0x11, 0x0A, 0x04, 0x04, 0x04, 0x04],
        'Z' => [0x1F, 0x02, 0x04, 0x08, 0x10, 0x1F],
        '-' => [0x00, 0x00, 0x0E, 0x00, 0x00, 0x00],
        _ => return None,
    })
}

/// Add the 認証ID: in block letters where they have room, and once more to be copied.
pub(super) fn id(sheet: &mut Sheet, (label, groups, todo): (&str, &str, &'static str), height: usize) {
    let start = sheet.rows.len();
    let theme = sheet.theme;
    let label = &*sheet.look.glyphs.spell(label);
    let gap = sheet.width.saturating_sub(4 * MARK + cells(label) + cells(todo));
    if gap > 1 {
        let spans = vec![
            Span::raw(" ".repeat(2 * MARK)),
            Span::styled(label.to_owned(), theme.label()),
            Span::raw(" ".repeat(gap)),
            Span::styled(todo, theme.label()),
        ];
        sheet.row(spans, None);
    } else {
        sheet.text(2 * MARK, label, theme.label());
        sheet.text(2 * MARK, todo, theme.label());
    }
    let large = theme.ink(Ink::Accent).add_modifier(Modifier::BOLD);
    let rows = blocks(groups, sheet.look.glyphs).filter(|rows| {
        let wide = rows.first().map_or(0, |row| cells(row));
        2 * MARK + wide <= sheet.width && rows.len() + BELOW <= height
    });
    sheet.blank();
    match rows {
        Some(rows) => {
            for row in rows {
                sheet.row(vec![Span::raw(" ".repeat(2 * MARK)), Span::styled(row, theme.ink(Ink::Accent))], None);
            }
        }
        None => {
            let spaced: String = groups.chars().flat_map(|letter| [letter, ' ']).collect();
            sheet.row(vec![Span::raw(" ".repeat(4 * MARK)), Span::styled(spaced.trim_end().to_owned(), large)], None);
        }
    }
    sheet.blank();
    sheet.row(vec![Span::raw(" ".repeat(2 * MARK)), Span::styled(groups.to_owned(), style(theme, Role::Label))], None);
    sheet.lay(start, Ground::Focus);
}

/// Return the rows of a text in block letters, two dots to a cell where the terminal has half blocks.
fn blocks(text: &str, glyphs: Glyphs) -> Option<Vec<String>> {
    let letters: Vec<Dots> = text.chars().map(dots).collect::<Option<_>>()?;
    let dot = |letter: &Dots, row: usize, column: usize| letter.get(row).is_some_and(|row| row >> (WIDTH - 1 - column) & 1 == 1);
    let row = |cell: &dyn Fn(&Dots, usize) -> char| {
        let letter = |letter: &Dots| (0..WIDTH).map(|column| cell(letter, column)).collect::<String>();
        letters.iter().map(letter).collect::<Vec<_>>().join(" ")
    };
    Some(match glyphs {
        Glyphs::Ascii | Glyphs::Console => {
            (0..HEIGHT).map(|at| row(&|letter, column| if dot(letter, at, column) { '#' } else { ' ' })).collect()
        }
        Glyphs::Unicode => (0..HEIGHT)
            .step_by(2)
            .map(|at| {
                row(&|letter, column| match (dot(letter, at, column), dot(letter, at + 1, column)) {
                    (true, true) => '█',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (false, false) => ' ',
                })
            })
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_that_an_id_may_have_has_dots_of_its_own() {
        let letters: Vec<Dots> = "23456789ABCDEFGHJKMNPQRSTUVWXYZ".chars().map(|letter| dots(letter).unwrap()).collect();
        for (place, letter) in letters.iter().enumerate() {
            assert!(!letters[..place].contains(letter), "{place}");
        }
    }

    #[test]
    fn dots_become_half_blocks_or_signs() {
        assert_eq!(blocks("F-", Glyphs::Unicode).unwrap(), ["█▀▀▀▀      ", "█▀▀▀   ▀▀▀ ", "█          "]);
        let plain = blocks("F", Glyphs::Ascii).unwrap();
        assert_eq!(plain, ["#####", "#    ", "#### ", "#    ", "#    ", "#    "]);
        assert_eq!(blocks("0", Glyphs::Unicode), None);
    }
}
