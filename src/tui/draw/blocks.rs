//! Conversion of the blocks of a page into rows of a sheet.

use super::field::{self, Cells, OFFICIAL, values};
use super::sheet::{MARK, Sheet, heading, style};
use super::{drawings, letters, places, qr, table};
use crate::app::Action;
use crate::locale::{Lang, divided};
use crate::text::{cells, wrap};
use crate::tui::Look;
use crate::tui::theme::{Ground, Ink, Theme};
use crate::view::{Block, CheckState, Entry, Item, Mark, Page, Role, Run, prepare};
use ratatui::style::Style;
use ratatui::text::Span;

/// Width of the mark column of the checklist in cells.
const MARKS: usize = 11;
/// Rows from which the groups of fields have headings.
const ROWS_FOR_GROUPS: usize = 18;
/// Rows from which a page says what it is about, and groups stand apart.
const ROWS_TO_SPARE: usize = 26;

/// Convert a page into a sheet of this width, of which `height` rows are visible.
pub(super) fn sheet(page: &Page, lang: Lang, look: Look, (width, height): (usize, usize)) -> Sheet {
    let mut sheet = Sheet::new(look, width);
    for block in &page.blocks {
        add(&mut sheet, block, lang, height);
    }
    sheet.from = page.scroll;
    sheet
}

/// Add a block to a sheet of which `height` rows are visible.
pub(super) fn add(sheet: &mut Sheet, block: &Block, lang: Lang, height: usize) {
    let theme = sheet.theme;
    match block {
        Block::Gap => sheet.blank(),
        Block::Heading(indent, text) => sheet.text(*indent, text, heading(theme)),
        Block::Group(text) if height >= ROWS_FOR_GROUPS => {
            if height >= ROWS_TO_SPARE && !sheet.rows.is_empty() {
                sheet.blank();
            }
            sheet.text(0, text, heading(theme));
        }
        Block::Lead(run) if height >= ROWS_TO_SPARE => sheet.text(0, &run.text, theme.ink(Ink::Quiet)),
        Block::Group(_) | Block::Lead(_) => {}
        // A state has a mark as well as a colour.
        Block::Text(indent, run) if run.role == Role::Good => {
            sheet.text(*indent, &format!("{} {}", sheet.look.glyphs.done(), run.text), style(theme, run.role));
        }
        Block::Text(indent, run) => sheet.text(*indent, &run.text, style(theme, run.role)),
        Block::Item(item) => self::item(sheet, item),
        Block::Places(places) => places::places(sheet, lang, places, height),
        Block::Prefectures(rows) => places::prefectures(sheet, rows),
        Block::Entry(entry) => self::entry(sheet, entry),
        Block::Field(field) => field::field(sheet, lang, field),
        Block::SummaryRow(label, value, official, focused, action) => {
            pair(sheet, lang, (label, value, *official), Some((*focused, action)));
        }
        Block::Check(state, what, detail, tries) => check(sheet, lang, (*state, what, detail, *tries)),
        Block::Id(label, groups, todo) => letters::id(sheet, (label, groups, todo), height),
        Block::Qr(code, too_small) => qr::qr(sheet, code, too_small, height),
        Block::Differs(text) => differs(sheet, text),
        Block::Registered(label, value, official) => pair(sheet, lang, (label, value, *official), None),
        Block::Step(number, text) => step(sheet, *number, text),
        Block::Tries(left, of, run) => tries(sheet, (*left, *of), run),
        Block::Aside(run) => sheet.text(0, &run.text, style(theme, run.role)),
        Block::Drawing(drawing) => drawings::drawing(sheet, *drawing),
        Block::Table(title, rows) => table::table(sheet, title, rows),
        Block::Done(done, of) => part_done(sheet, *done, *of),
        Block::Trouble(what, codes) => trouble(sheet, what, codes),
        Block::Message(run) => {
            sheet.text(MARK, &run.text, style(theme, run.role));
            sheet.hold();
        }
    }
}

fn spans(theme: Theme, runs: &[Run]) -> Vec<Span<'static>> {
    runs.iter().map(|run| Span::styled(run.text.clone(), style(theme, run.role))).collect()
}

/// Cell where the official words beside an item begin, of one whose own are shorter.
const BESIDE: usize = 30;

fn item(sheet: &mut Sheet, item: &Item) {
    let glyphs = sheet.look.glyphs;
    let own = glyphs.spell(&item.text);
    let text = match item.mark {
        Mark::None => own.into_owned(),
        Mark::Radio(chosen) => format!("{} {own}", glyphs.radio(chosen)),
        Mark::Tick(ticked) => format!("{} {own}", if ticked { "[x]" } else { "[ ]" }),
        Mark::Button => format!("[ {own} ]"),
    };
    let theme = sheet.theme;
    let own = style(theme, item.role);
    let Some(number) = item.number else {
        sheet.item(item.focused, &text, own, item.action.clone());
        return;
    };
    let start = sheet.rows.len();
    sheet.first.get_or_insert(start);
    let number = format!("{number} ");
    let indent = MARK + cells(&number);
    let mut row = Cells::new(sheet.width);
    row.put(0, Span::raw(sheet.mark(item.focused)));
    row.put(MARK, Span::styled(number, heading(theme)));
    let (words, official) = divided(&text);
    let quiet = theme.ink(Ink::Quiet);
    let room = sheet.width.saturating_sub(indent).max(8);
    let beside = BESIDE.max(indent + cells(words) + 2);
    let one_row = cells(words) <= room && beside + cells(official) <= sheet.width;
    let mut lines: Vec<(String, Style)> = wrap(words, room).into_iter().map(|line| (line, own)).collect();
    if !one_row {
        // An official phrase stays in one row where it can.
        let official = official.split(' ').filter(|phrase| !phrase.is_empty()).flat_map(|phrase| wrap(phrase, room));
        lines.extend(official.map(|line| (line, quiet)));
    }
    if !item.below.is_empty() {
        lines.extend(wrap(&glyphs.spell(item.below), room).into_iter().map(|line| (line, quiet)));
    }
    for (place, (line, style)) in lines.into_iter().enumerate() {
        row.put(indent, Span::styled(line, style));
        if place == 0 && one_row && !official.is_empty() {
            row.put(beside, Span::styled(official.to_owned(), quiet));
        }
        sheet.row(std::mem::replace(&mut row, Cells::new(sheet.width)).spans, item.action.clone());
    }
    if item.focused {
        sheet.focus = (start, sheet.rows.len());
        sheet.lay(start, Ground::Accent);
    }
}

fn entry(sheet: &mut Sheet, entry: &Entry) {
    let start = sheet.rows.len();
    if !entry.label.is_empty() {
        let label = spans(sheet.theme, &entry.label);
        sheet.label(entry.focused, label, entry.action.clone());
    }
    sheet.field(&entry.value, entry.focused.then_some(entry.caret), entry.room, entry.action.clone());
    if entry.focused {
        sheet.lay(start, Ground::Focus);
    }
}

/// Add a step of what to do.
fn step(sheet: &mut Sheet, number: usize, text: &str) {
    let theme = sheet.theme;
    let number = format!("{number}  ");
    let indent = 2 * MARK + cells(&number);
    let lines = wrap(&sheet.look.glyphs.spell(text), sheet.width.saturating_sub(indent).max(8));
    for (place, line) in lines.into_iter().enumerate() {
        let before = if place == 0 { Span::styled(number.clone(), heading(theme)) } else { Span::raw(" ".repeat(cells(&number))) };
        sheet.row(vec![Span::raw(" ".repeat(2 * MARK)), before, Span::styled(line, theme.ink(Ink::Text))], None);
    }
}

/// Add the tries left: dots, then words.
fn tries(sheet: &mut Sheet, (left, of): (u8, u8), run: &Run) {
    let spans = dots(sheet, left, of).into_iter().chain([Span::raw("  "), Span::styled(run.text.clone(), style(sheet.theme, run.role))]);
    sheet.label(false, spans.collect(), None);
}

/// Return the dots of tries left and spent.
fn dots(sheet: &Sheet, left: u8, of: u8) -> [Span<'static>; 2] {
    let (full, spent) = sheet.look.glyphs.tries();
    let ink = if left > 1 { Ink::Good } else { Ink::Wrong };
    let gone = of.saturating_sub(left);
    [Span::styled(full.repeat(left.into()), sheet.theme.ink(ink)), Span::styled(spent.repeat(gone.into()), sheet.theme.ink(Ink::Quiet))]
}

/// Add a line of which a part is thick.
fn part_done(sheet: &mut Sheet, done: usize, of: usize) {
    let thick = sheet.width * done.min(of) / of.max(1);
    let glyphs = sheet.look.glyphs;
    let full = Span::styled(glyphs.thick().repeat(thick), sheet.theme.ink(Ink::Accent));
    let rest = Span::styled(glyphs.line().repeat(sheet.width - thick), sheet.theme.ink(Ink::Rule));
    sheet.row(vec![full, rest], None);
}

/// Add the head of an error page: what happened in bold, the codes below.
fn trouble(sheet: &mut Sheet, what: &str, codes: &str) {
    let theme = sheet.theme;
    let start = sheet.rows.len();
    let what = sheet.look.glyphs.spell(what);
    for line in wrap(&format!("{}{what}", sheet.look.glyphs.wrong()), sheet.width.saturating_sub(MARK)) {
        let bar = Span::styled(sheet.look.glyphs.bar(), theme.ink(Ink::Wrong));
        sheet.row(vec![bar, Span::raw(" "), Span::styled(line, style(theme, Role::Wrong))], None);
    }
    for line in wrap(&sheet.look.glyphs.spell(codes), sheet.width.saturating_sub(MARK)) {
        let bar = Span::styled(sheet.look.glyphs.bar(), theme.ink(Ink::Wrong));
        sheet.row(vec![bar, Span::raw(" "), Span::styled(line, theme.ink(Ink::Quiet))], None);
    }
    sheet.lay(start, Ground::Wrong);
}

/// Add a label with its value, in the columns of STEP1.
fn pair(sheet: &mut Sheet, lang: Lang, (label, value, official): (&'static str, &str, Option<&str>), choice: Option<(bool, &Action)>) {
    let focused = choice.is_some_and(|(focused, _)| focused);
    let action = choice.map(|(_, action)| action);
    let theme = sheet.theme;
    let start = sheet.rows.len();
    let value = &*sheet.look.glyphs.spell(value);
    let from = values(sheet, lang);
    let mut row = Cells::new(sheet.width);
    row.put(0, Span::raw(sheet.mark(focused)));
    row.put(MARK, Span::styled(label, theme.ink(Ink::Text)));
    if let Some(official) = official.filter(|official| cells(official) + OFFICIAL < from) {
        row.put(OFFICIAL.max(row.used + 1), Span::styled(official.to_owned(), theme.ink(Ink::Quiet)));
    }
    let at = from.max(row.used + 1);
    // What is signed is shown whole, and stays in its column.
    let room = sheet.width.saturating_sub(at).max(8);
    let (own, official) = divided(value);
    let parts: Vec<&str> = if cells(value) <= room || official.is_empty() { vec![value] } else { vec![own, official] };
    for (place, line) in parts.into_iter().flat_map(|part| wrap(part, room)).enumerate() {
        let mut next = if place == 0 { std::mem::replace(&mut row, Cells::new(sheet.width)) } else { Cells::new(sheet.width) };
        next.put(at, Span::styled(line, theme.label()));
        sheet.row(next.spans, action.cloned());
    }
    if focused {
        sheet.focus = (start, sheet.rows.len());
        sheet.lay(start, Ground::Accent);
    }
}

/// Add that the line above differs from the card, with the mark of it.
fn differs(sheet: &mut Sheet, text: &str) {
    let ink = sheet.theme.ink(Ink::Changed);
    let mark = format!("{} ", sheet.look.glyphs.differs());
    for (place, line) in wrap(&sheet.look.glyphs.spell(text), sheet.width.saturating_sub(2 * MARK + 2)).into_iter().enumerate() {
        let before = if place == 0 { mark.clone() } else { " ".repeat(MARK) };
        sheet.row(vec![Span::raw(" ".repeat(MARK)), Span::styled(before, ink), Span::styled(line, ink)], None);
    }
}

/// Add a line of the checklist: mark and word, what it is, and at the right edge the detail.
fn check(sheet: &mut Sheet, lang: Lang, (state, what, detail, tries): (CheckState, &'static str, &str, Option<(u8, u8)>)) {
    let (theme, glyphs) = (sheet.theme, sheet.look.glyphs);
    let (what, detail) = (&*glyphs.spell(what), &*glyphs.spell(detail));
    let (mark, ink) = match state {
        CheckState::Ready => (glyphs.done(), Ink::Good),
        CheckState::NotYet => ("!", Ink::Warning),
        CheckState::Note => (".", Ink::Accent),
        CheckState::Looking => (glyphs.to_come(), Ink::Quiet),
        CheckState::Ask => (glyphs.ask(), Ink::Quiet),
    };
    let mut row = Cells::new(sheet.width);
    row.put(MARK, Span::styled(format!("{mark} {}", lang.text(prepare::check_state_text(state))), theme.ink(ink)));
    row.put(MARK + MARKS, Span::raw(what.to_owned()));
    let dots = tries.map(|(left, of)| dots(sheet, left, of)).into_iter().flatten();
    let mut end: Vec<Span<'static>> = dots.collect();
    if !detail.is_empty() {
        end.push(Span::styled(format!(" {detail}"), theme.ink(Ink::Quiet)));
    }
    // Without room for all of it, the dots alone, or nothing: the page that asks for the PIN says it again.
    while row.used + 2 + end.iter().map(Span::width).sum::<usize>() > sheet.width && end.pop().is_some() {}
    let wide: usize = end.iter().map(Span::width).sum();
    for (place, span) in end.into_iter().enumerate() {
        if place == 0 {
            row.put(sheet.width.saturating_sub(wide), span);
        } else {
            row.spans.push(span);
        }
    }
    if row.used <= sheet.width {
        sheet.row(row.spans, None);
        return;
    }
    let mark = row.spans.drain(..row.spans.len() - 1).collect::<Vec<_>>();
    for (place, line) in wrap(what, sheet.width.saturating_sub(MARK + MARKS).max(8)).into_iter().enumerate() {
        let before = if place == 0 { mark.clone() } else { vec![Span::raw(" ".repeat(MARK + MARKS))] };
        sheet.row(before.into_iter().chain([Span::raw(line)]).collect(), None);
    }
}
