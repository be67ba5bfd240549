//! The text printed before each question: the blocks of the page, one unbroken line each, since a screen reader or braille display does its
//! own wrapping. The texts are the page's; this module adds how to answer.

use super::prompt::Prompt;
use crate::app::screen::{Overlay, Screen};
use crate::app::state::form::FormFocus;
use crate::app::{Action, Model, Wait};
use crate::locale::{Lang, Text, official};
use crate::registration::FieldId;
use crate::view::{self, Block, Entry, Field, HelpLine, Item, Mark, Page, Place, Role, Run, Title, Value, issue, prepare, result, trouble};

/// Maximum number of places listed: a longer list is tedious to hear.
pub(super) const OFFERED: usize = 20;

/// Lines to print.
pub(super) type Lines = Vec<String>;

/// Return the text of a prompt.
pub(super) fn lines(model: &Model, prompt: Prompt) -> Lines {
    let page = page(model);
    match prompt {
        Prompt::Waiting(what) if what != Wait::Terms => Lines::new(),
        Prompt::Issuing => issuing(model),
        Prompt::ReadingCard => vec![prepare::card_line(model).text],
        Prompt::Item(FormFocus::Summary(_)) => summary(model.lang, &page),
        Prompt::Item(_) => Lines::new(),
        Prompt::Field(id) => field(model, &page, id),
        Prompt::ResultPage(true) => again(model, &page),
        Prompt::Trouble(_) if !issuing(model).is_empty() => [issuing(model), how(model, &page, prompt)].concat(),
        // The page itself has been printed before.
        Prompt::Transfer(true) => [messages(&page), how(model, &page, prompt)].concat(),
        // The first password is set: that is all there is to say.
        Prompt::Reading(true) if matches!(model.visit.nav.screen, Screen::FirstPassword(_)) && model.visit.nav.overlay().is_none() => {
            messages(&page)
        }
        Prompt::PasswordAgain => {
            [messages(&page), numbered([model.lang.text(Text::PasswordAgain), model.lang.text(Text::PasswordCode)])].concat()
        }
        _ if prompt.is_typed() => entry(model, &page, prompt),
        _ => whole(model, &page, prompt),
    }
}

/// Return the current page.
fn page(model: &Model) -> Page {
    view::page(model, OFFERED)
}

/// Return the action of each numbered item of the page, starting with number 1.
pub(super) fn choices(model: &Model) -> Vec<Action> {
    page(model).choices().filter_map(|item| item.action.clone()).collect()
}

/// Return the action of each numbered line of STEP2 or the transfer sheet, starting with number 1; behind them the button that has a number.
pub(super) fn pairs(model: &Model) -> Vec<Action> {
    let action = |block: &Block| if let Block::SummaryRow(.., action) = block { Some(action.clone()) } else { None };
    let page = page(model);
    let buttons = page.choices().filter_map(|item| item.action.clone());
    let numbered = buttons.filter(|action| matches!(action, Action::Transfer | Action::ChooseRow(_)));
    page.blocks.iter().filter_map(action).chain(numbered).collect()
}

/// Return the messages of a field, printed after its answer: faults, or what folding changed.
pub(super) fn notes(model: &Model, field: FieldId) -> Lines {
    let page = page(model);
    let (_, found) = before(&page, |block| matches!(block, Block::Field(found) if found.id == field));
    let messages = if let Some(Block::Field(field)) = found { field.messages.as_slice() } else { &[] };
    messages.iter().map(|run| run.text.clone()).collect()
}

/// Format a whole page, with numbered choices.
fn whole(model: &Model, page: &Page, prompt: Prompt) -> Lines {
    let lang = model.lang;
    let mut lines = messages(page);
    lines.extend(title(page, prompt));
    if prompt == Prompt::Top {
        lines.push(lang.text(Text::LineLead).to_owned());
    }
    // Error pages have a single next step, on Enter; the picker's texts are about keys.
    let (chosen, told) = (!matches!(prompt, Prompt::Trouble(_)), prompt != Prompt::Picker);
    let mut number = 0;
    let mut next = || {
        number += 1;
        number
    };
    for block in &page.blocks {
        match block {
            Block::Text(_, run) if told || matches!(run.role, Role::Warning | Role::Wrong) => lines.push(run.text.clone()),
            Block::Tries(_, _, run) => lines.push(run.text.clone()),
            Block::Step(number, text) => lines.push(format!("{number}. {text}")),
            // A phone beside a screen reader or a pipe sees no picture: its text is what there is to copy.
            Block::Qr(code, _) => lines.extend(code.lines.iter().cloned()),
            Block::Differs(text) => lines.push(text.clone()),
            Block::Registered(label, value, beside) => {
                let label = [Some(*label), *beside].into_iter().flatten().collect::<Vec<_>>().join(" ");
                lines.push(format!("{label}: {value}"));
            }
            Block::Trouble(what, codes) => lines.extend([format!("＊{what}"), codes.clone()]),
            Block::Heading(_, text) => lines.push(format!("{text}:")),
            Block::Lead(run) if told => lines.push(run.text.clone()),
            Block::Check(state, what, detail, _) => {
                lines.push(format!("[{}] {what}  {detail}", lang.text(prepare::check_state_text(*state))))
            }
            Block::Id(label, groups, todo) => lines.extend([format!("{label}:"), groups.clone(), (*todo).to_owned()]),
            Block::SummaryRow(label, value, beside, ..) => {
                let label = [Some(*label), *beside].into_iter().flatten().collect::<Vec<_>>().join(" ");
                lines.push(format!("{}. {label}: {value}", next()));
            }
            Block::Item(item) if chosen && item.mark != Mark::Button && item.action.is_some() => lines.push(choice(next(), item)),
            Block::Places(places) => lines.extend(places.rows.iter().map(|place| self::place(next(), place))),
            _ => {}
        }
    }
    if prompt == Prompt::Confirm {
        lines.extend(page.choices().next().map(|register| choice(0, register)));
        lines.extend(page.choices().find(|item| item.action == Some(Action::Transfer)).map(|transfer| choice(next(), transfer)));
    } else if chosen {
        lines.extend(page.choices().filter(|item| item.mark == Mark::Button).map(|item| choice(next(), item)));
    }
    lines.extend(hints(page, matches!(prompt, Prompt::Top | Prompt::Prepare)));
    lines.extend(how(model, page, prompt));
    tidy(lines)
}

/// Format the result of a button; the page itself has been printed before.
fn again(model: &Model, page: &Page) -> Lines {
    let Screen::Result(done) = &model.visit.nav.screen else { return Lines::new() };
    let mut lines = texts(&result::notes(model, done));
    lines.extend(page.choices().enumerate().map(|(index, item)| choice(index + 1, item)));
    lines.push(model.lang.text(Text::LineDone).to_owned());
    tidy(lines)
}

/// Return how what is saved or printed stands.
fn issuing(model: &Model) -> Lines {
    let blocks = match (model.visit.nav.overlay(), &model.visit.nav.screen) {
        (Some(Overlay::Trouble(page)), _) => issue::slip(model.lang, page.slip.as_ref()),
        (_, Screen::Result(done)) => issue::receipt(model.lang, done.issue.as_ref()),
        _ => Vec::new(),
    };
    texts(&blocks)
}

fn texts(blocks: &[Block]) -> Lines {
    let text = |block: &Block| if let Block::Text(_, run) | Block::Message(run) = block { Some(run.text.clone()) } else { None };
    blocks.iter().filter_map(text).collect()
}

/// Return the summary of what is wrong in STEP1. The first field to mend is asked next, without a key.
fn summary(lang: Lang, page: &Page) -> Lines {
    let faults = || page.choices().filter(|item| item.role == Role::Wrong);
    let title = lang.fill(Text::LineSummary, &[&faults().count().to_string()]);
    std::iter::once(title).chain(faults().map(|item| item.text.clone())).collect()
}

/// Format a field of STEP1, with the texts between it and the field before.
fn field(model: &Model, page: &Page, id: FieldId) -> Lines {
    let lang = model.lang;
    let (texts, found) = before(page, |block| matches!(block, Block::Field(field) if field.id == id));
    // The summary has been printed.
    let first = page.blocks.iter().find_map(|block| if let Block::Field(field) = block { Some(field.id) } else { None }) == Some(id);
    let told = !(first && page.choices().any(|item| item.role == Role::Wrong));
    let mut lines: Lines = if told { texts } else { Lines::new() };
    if let Some(Block::Field(field)) = found {
        said_field(&mut lines, lang, field);
    }
    tidy(lines)
}

fn said_field(lines: &mut Lines, lang: Lang, field: &Field) {
    let label = [field.label.name, field.label.beside, field.label.need];
    lines.push(label.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" "));
    let now = match &field.value {
        Value::Line(value, _) => {
            lines.push(field.hint.clone());
            value.clone()
        }
        Value::Choice(words) => {
            lines.push(lang.text(Text::LineNumber).to_owned());
            lines.extend(numbered(words.iter().map(|word| word.text.as_str())));
            if words.iter().any(|word| word.mark == Mark::Radio(true)) { field.shown.text.clone() } else { String::new() }
        }
        Value::Municipality(_, municipality) => {
            lines.push(lang.text(Text::LinePlace).to_owned());
            municipality.as_ref().map(|(name, latin)| format!("{name}  {latin}")).unwrap_or_default()
        }
        Value::Closed(why) => why.clone(),
        Value::Consent(items) => {
            // 1 ticks it, 2 shows the terms.
            lines.push(lang.text(Text::LineNumber).to_owned());
            lines.extend(numbered(items.iter().map(|item| item.text.as_str())));
            let [tick, _] = items.as_ref();
            if tick.mark == Mark::Tick(true) { lang.text(Text::Consented).to_owned() } else { String::new() }
        }
    };
    lines.extend(field.messages.iter().map(|run| run.text.clone()));
    if !now.is_empty() {
        lines.push(lang.fill(Text::LineNow, &[now.trim()]));
    }
}

/// Format an entry, with the texts between it and the entry before; for the first one, the whole page.
fn entry(model: &Model, page: &Page, prompt: Prompt) -> Lines {
    let entries = || page.blocks.iter().filter_map(|block| if let Block::Entry(entry) = block { Some(entry) } else { None });
    let Some(asked) = entries().find(|entry| entry.focused).or_else(|| entries().next()) else { return Lines::new() };
    let first = entries().next().is_some_and(|entry| std::ptr::eq(entry, asked));
    let mut lines = messages(page);
    // The tries left precede every PIN.
    let is_pin = matches!(prompt, Prompt::Pin(..) | Prompt::Word(_));
    if is_pin || (first && lines.is_empty()) {
        lines.extend(title(page, prompt));
        lines.extend(page.blocks.iter().filter_map(|block| match block {
            Block::Text(_, run) | Block::Tries(_, _, run) => Some(run.text.clone()),
            _ => None,
        }));
    } else if !first {
        lines.extend(before(page, |block| matches!(block, Block::Entry(entry) if std::ptr::eq(entry, asked))).0);
    }
    let hints = if prompt == Prompt::NewPassword { hints(page, false) } else { Lines::new() };
    lines.push([vec![label(asked)], hints].concat().join(": "));
    if !prompt.is_secret() && !asked.value.is_empty() {
        lines.push(model.lang.fill(Text::LineNow, &[&asked.value]));
    }
    lines.extend(how(model, page, prompt));
    tidy(lines)
}

/// Return the texts between the previous question and this one, and this one's block.
fn before(page: &Page, asked: impl Fn(&Block) -> bool) -> (Lines, Option<&Block>) {
    let mut texts = Lines::new();
    for block in &page.blocks {
        match block {
            block if asked(block) => return (texts, Some(block)),
            Block::Text(_, run) | Block::Lead(run) => texts.push(run.text.clone()),
            Block::Field(_) | Block::Entry(_) => texts.clear(),
            _ => {}
        }
    }
    (texts, None)
}

/// Return how to answer this prompt.
fn how(model: &Model, page: &Page, prompt: Prompt) -> Lines {
    let lang = model.lang;
    let says = |text| vec![lang.text(text).to_owned()];
    match prompt {
        Prompt::Prepare | Prompt::Trouble(_) => {
            let mut buttons = page.choices().filter(|item| item.mark == Mark::Button);
            let button = if matches!(prompt, Prompt::Trouble(_)) { page.focused() } else { buttons.next() };
            let slip = if let Prompt::Trouble(code) = prompt { trouble::slip(model, code) } else { None };
            let slip = slip.map(|text| lang.fill(Text::LineSlip, &[lang.text(text)]));
            button.map(|button| lang.fill(Text::LineWayOn, &[&button.text])).into_iter().chain(slip).collect()
        }
        Prompt::Confirm => says(Text::LineConfirm),
        Prompt::Transfer(_) => says(Text::LineTransfer),
        Prompt::Records => says(Text::LineNumber),
        Prompt::ResultPage(_) => says(Text::LineDone),
        Prompt::AccountItem(crate::app::state::account::AccountFocus::Word) => says(Text::LineWithdraw),
        Prompt::Picker => {
            let more = model.visit.nav.picker().map_or(0, |picker| picker.len().saturating_sub(OFFERED));
            let more = (more > 0).then(|| lang.fill(Text::LineMore, &[&more.to_string()]));
            more.into_iter().chain(says(Text::LinePlace)).collect()
        }
        _ if prompt.is_secret() => says(Text::LineSecret),
        _ => Lines::new(),
    }
}

fn title(page: &Page, prompt: Prompt) -> Option<String> {
    match page.title {
        // A question stands on its page as well.
        Title::Text(_) if matches!(prompt, Prompt::Ask(_)) => None,
        Title::Program if prompt != Prompt::Top => None,
        Title::Program => Some(official::REGISTRATION.to_owned()),
        Title::Step(step) => official::TRAIL.get(step).map(|step| (*step).to_owned()),
        Title::Text(text) | Title::Official(_, text) => Some(text.to_owned()),
    }
}

/// Return the messages about the last answer; they come first.
fn messages(page: &Page) -> Lines {
    page.blocks.iter().filter_map(|block| if let Block::Message(run) = block { Some(run.text.clone()) } else { None }).collect()
}

/// Return the hints below the page; what Enter does is part of `how`.
fn hints(page: &Page, card: bool) -> Lines {
    let said = |hint: &&HelpLine| match hint {
        HelpLine::Help(run) => run.role != Role::Quiet,
        HelpLine::Card(run) => card && run.role != Role::Quiet,
        HelpLine::Practice(_) => card,
        HelpLine::Enter(_) => false,
    };
    page.help.iter().filter(said).map(|hint| hint.run().text.clone()).collect()
}

fn choice(number: usize, item: &Item) -> String {
    let mark = if item.mark == Mark::Radio(true) { "(*) " } else { "" };
    format!("{number}. {mark}{}  {}{}", item.text, item.below, item.detail)
}

/// Format a row of the picker: the same columns, of which none is cut.
fn place(number: usize, place: &Place) -> String {
    let columns = [&place.address, &place.kana.text, &place.romaji.text, &place.beside, place.on_card];
    format!("{number}. {}", columns.into_iter().filter(|column| !column.is_empty()).collect::<Vec<_>>().join("  "))
}

fn label(entry: &Entry) -> String {
    let named = |run: &&Run| run.role != Role::Quiet;
    entry.label.iter().filter(named).map(|run| run.text.as_str()).collect()
}

fn numbered<'a>(items: impl IntoIterator<Item = &'a str>) -> Lines {
    items.into_iter().enumerate().map(|(index, item)| format!("{}. {item}", index + 1)).collect()
}

fn tidy(lines: Lines) -> Lines {
    lines.into_iter().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}
