//! A page as it is read aloud, where nobody has a screen reader of their own. What is filled in is said on request only, since others may hear it;
//! a PIN or password never is.

use super::{Block, Field, FieldState, HelpLine, Item, Page, Role, Value, page, prepare, progress, titles};
use crate::app::Model;
use crate::app::state::result::Outcome;
use crate::app::state::speech::Speech;
use crate::locale::{Lang, Text, latin};
use crate::protocol::authentication_id::groups;
use crate::registration::FIELDS;
use crate::registration::field::FieldKind;

/// Rows of a list around the focused one: only that one is said.
const ROWS: usize = 1;
/// A shorter value stands in many a text.
const SHORTEST: usize = 3;

/// What of a page is to be heard.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Spoken {
    /// Its title and texts.
    page: Vec<String>,
    /// What has just happened: messages, the card, the progress of a job.
    news: Vec<String>,
    /// What has the focus.
    focus: Vec<String>,
    /// What stands below the page: said with all of it, else repeated at every field.
    help: Vec<String>,
    whole: bool,
}

/// Return what is to be said now, after `before` was said; `None` if that is nothing, and as long as nothing is read aloud.
pub fn spoken(model: &Model, before: &mut Option<Spoken>) -> Option<String> {
    let speech = model.speech();
    if speech == Speech::Off {
        *before = None;
        return None;
    }
    let now = Spoken { whole: speech == Speech::Whole, ..Spoken::of(model, false) };
    let last = before.take();
    let lines = match &last {
        None => [vec![model.lang.text(Text::SpeechOn).to_owned()], now.all()].concat(),
        Some(last) if now.whole && !last.whole => {
            [Spoken::of(model, true).all(), vec![model.lang.text(Text::SpeechOff).to_owned()]].concat()
        }
        Some(last) => {
            let is_new = steady(model, &last.page) != steady(model, &now.page);
            let news = if last.news == now.news { &[] } else { now.news.as_slice() };
            let focus = if !is_new && last.focus == now.focus { &[] } else { now.focus.as_slice() };
            if is_new { [&now.page, news, focus, &now.help].concat() } else { [news, focus].concat() }
        }
    };
    *before = Some(now);
    (!lines.is_empty()).then(|| lines.join("\n") + "\n")
}

/// Leave out the seconds that a kiosk counts: they are shown, and would be said all the time.
fn steady(model: &Model, lines: &[String]) -> Vec<String> {
    let digit = |letter: &char| letter.is_ascii_digit() && model.countdown().is_some();
    lines.iter().map(|line| line.chars().filter(|letter| !digit(letter)).collect()).collect()
}

impl Spoken {
    /// Return what is to be heard of the page in front; `whole` with what is filled in.
    fn of(model: &Model, whole: bool) -> Spoken {
        let page = page(model, ROWS);
        let (title, _) = titles(&page, model);
        let private = if whole { Vec::new() } else { private(model) };
        let mut spoken = Spoken { page: vec![title.to_owned()], ..Spoken::default() };
        page.blocks.iter().for_each(|block| spoken.block(model, block, whole));
        page.buttons.iter().for_each(|button| spoken.item(button));
        spoken.help(&page);
        spoken.news.extend(progress(model).map(|progress| format!("{} {}", progress.text, progress.note)));
        let hidden = spoken.hide(&private);
        for lines in spoken.parts() {
            *lines = lines.iter().map(|line| said(model.lang, line)).filter(|line| !line.is_empty()).collect();
            // Many a page begins with its title.
            lines.dedup();
        }
        if !whole && (hidden || page.blocks.iter().any(holds_values)) {
            spoken.page.push(model.lang.text(Text::SpeechMore).to_owned());
        }
        spoken
    }

    fn all(&self) -> Vec<String> {
        [&self.page[..], &self.news, &self.focus, &self.help].concat()
    }

    fn block(&mut self, model: &Model, block: &Block, whole: bool) {
        let lang = model.lang;
        let page = &mut self.page;
        match block {
            Block::Heading(_, text) => page.push((*text).to_owned()),
            Block::Lead(run) | Block::Text(_, run) | Block::Tries(.., run) => page.push(run.text.clone()),
            Block::Message(run) => self.news.push(run.text.clone()),
            Block::Step(number, text) => page.push(format!("{number}. {text}")),
            Block::Trouble(what, codes) => page.extend([what.clone(), codes.clone()]),
            Block::Check(state, what, detail, _) => page.push(format!("{what}: {} {detail}", lang.text(prepare::check_state_text(*state)))),
            Block::Id(label, groups, todo) => {
                page.push((*label).to_owned());
                // Letter by letter.
                page.extend(whole.then(|| groups.chars().map(|letter| format!("{letter} ")).collect()));
                page.push((*todo).to_owned());
            }
            Block::Registered(label, value, _) if whole => page.push(format!("{label}: {value}")),
            Block::Differs(text) if whole => page.push(text.clone()),
            Block::Qr(code, _) if whole => page.extend(code.lines.iter().cloned()),
            Block::SummaryRow(label, value, _, focused, _) => {
                let line = if whole { format!("{label}: {value}") } else { (*label).to_owned() };
                if whole {
                    page.push(line.clone());
                }
                self.focus.extend(focused.then_some(line));
            }
            Block::Item(item) => self.item(item),
            Block::Field(field) => self.field(model, field, whole),
            Block::Entry(entry) if entry.focused => {
                // How much of it is typed is for eyes.
                let label = entry.label.iter().filter(|run| run.role != Role::Quiet).map(|run| run.text.as_str());
                self.focus.push(label.collect::<Vec<_>>().join(" "));
                self.focus.extend((whole && !entry.secret).then(|| entry.value.clone()));
            }
            Block::Places(places) => self.focus.extend(places.rows.iter().filter(|place| place.focused).map(|place| {
                let on_card = if whole { place.on_card } else { "" };
                [&place.address, &place.kana.text, &place.romaji.text, &place.beside, on_card].join(" ")
            })),
            _ => {}
        }
    }

    /// Say an item with the page, and once more if it has the focus.
    fn item(&mut self, item: &Item) {
        let number = item.number.map(|number| format!("{number}. ")).unwrap_or_default();
        let line = format!("{number}{} {}", item.text, item.below);
        if item.focused {
            self.focus.push(format!("{line} {}", item.detail));
        }
        self.page.push(line);
    }

    fn field(&mut self, model: &Model, field: &Field, whole: bool) {
        let lang = model.lang;
        let state = match (field.state, &field.value) {
            _ if whole => field.shown.text.as_str(),
            (_, Value::Closed(why)) => why,
            (FieldState::Empty, _) => lang.text(Text::SpeechEmpty),
            _ => lang.text(Text::SpeechFilled),
        };
        if whole {
            self.page.push(format!("{}: {state}", field.label.name));
        }
        if !field.focused {
            return;
        }
        self.focus.push(format!("{} {}: {state}", field.label.name, field.label.need));
        match &field.value {
            Value::Choice(words) => self.focus.extend(words.iter().enumerate().map(|(row, word)| format!("{}. {}", row + 1, word.text))),
            Value::Municipality(button, _) => self.focus.push((*button).to_owned()),
            Value::Consent(items) => self.focus.extend(items.iter().map(|item| item.text.clone())),
            Value::Line(..) | Value::Closed(_) => {}
        }
        self.focus.push(field.hint.clone());
        self.focus.extend(field.messages.iter().map(|run| run.text.clone()));
    }

    /// Say the lines below a page.
    fn help(&mut self, page: &Page) {
        for line in &page.help {
            let lines = match line {
                HelpLine::Card(_) => &mut self.news,
                HelpLine::Enter(_) => &mut self.focus,
                HelpLine::Help(_) | HelpLine::Practice(_) => &mut self.help,
            };
            lines.push(line.run().text.clone());
        }
    }

    fn parts(&mut self) -> [&mut Vec<String>; 4] {
        [&mut self.page, &mut self.news, &mut self.focus, &mut self.help]
    }

    /// Leave out every line in which something personal stands, whatever the line is for; return whether there was one.
    fn hide(&mut self, private: &[String]) -> bool {
        let shows = |line: &String| private.iter().any(|value| line.contains(value.as_str()));
        let mut hidden = false;
        for lines in self.parts() {
            let all = lines.len();
            lines.retain(|line| !shows(line));
            hidden |= lines.len() < all;
        }
        hidden
    }
}

const fn holds_values(block: &Block) -> bool {
    matches!(block, Block::Field(_) | Block::SummaryRow(..) | Block::Registered(..) | Block::Id(..) | Block::Qr(..))
}

/// Return what is personal in this visit, as it stands in texts.
fn private(model: &Model) -> Vec<String> {
    let (lang, visit) = (model.lang, &model.visit);
    let mut values: Vec<String> = Vec::new();
    for row in FIELDS.iter().filter(|row| matches!(row.kind, FieldKind::Text)) {
        let drafted = visit.form.draft.get(row.id).to_owned();
        let confirmed = visit.confirmed().map(|confirmed| confirmed.form.value(row.id).into_owned());
        for value in [Some(drafted), confirmed].into_iter().flatten() {
            values.extend([lang.value(row.id, &value), value]);
        }
    }
    values.extend(visit.holder().and_then(|holder| holder.name.clone()));
    if let Some(done) = visit.result() {
        values.extend(done.address.clone());
        if let Outcome::Registered(registered, _) = &done.outcome {
            values.extend([groups(&registered.authentication_id), registered.authentication_id.clone()]);
        }
    }
    let account = &visit.account;
    values.extend([&account.id, &account.email[0], &account.email[1]].map(|line| line.value().to_owned()));
    values.into_iter().filter(|value| value.chars().count() >= SHORTEST).collect()
}

/// Return a line without what is for eyes only: readings behind kanji, marks, and official words where the voice does not know their letters.
fn said(lang: Lang, line: &str) -> String {
    let line = if Lang::drawn(true).any(|known| known == lang) { latin(line) } else { line.into() };
    let mut heard = String::with_capacity(line.len());
    let mut rest: &str = &line;
    while let Some((before, behind)) = rest.split_once('(') {
        heard.push_str(before);
        rest = match behind.split_once(')') {
            Some((reading, after)) if reading.chars().all(|letter| matches!(letter, 'ぁ'..='ん' | 'ー')) => after,
            _ => {
                heard.truncate(heard.trim_end().len());
                heard.push_str(if heard.is_empty() { "" } else { ", " });
                behind
            }
        };
    }
    heard.push_str(rest);
    let heard = heard.replace(" )", "").replace(')', "");
    heard.replace(['＊', '※', '【', '】', '「', '」', '[', ']', '*'], " ").split_whitespace().collect::<Vec<_>>().join(" ")
}
