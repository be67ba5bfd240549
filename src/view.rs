//! Pages as data: what a page says, asks and offers, made from the model by pure functions, one file a page. The full screen draws the blocks,
//! line mode says them; neither has words of its own. Nothing here knows a terminal.

use crate::app::screen::{Overlay, Screen};
use crate::app::{Action, Model, Wait};
use crate::locale::Text;
use crate::registration::FieldId;
use crate::worker::Doing;

/// 登録済みの方: the menu, and what an account action needs to know.
pub(crate) mod account;
/// STEP2.
pub(crate) mod confirm;
/// What stands in place of every page while a visit is covered.
pub(crate) mod cover;
/// The first password.
pub(crate) mod first_password;
/// STEP1.
pub(crate) mod input;
/// Help, terms, languages, readers, questions.
pub(crate) mod overlay;
/// The municipality picker.
pub(crate) mod picker;
/// The PIN pages.
pub(crate) mod pin;
/// Before you begin; how reader and card stand.
pub(crate) mod prepare;
/// STEP3, and the results of account actions.
pub(crate) mod result;
/// The top page.
mod top;
/// What went wrong, and what to do.
pub(crate) mod trouble;

/// The smallest window in which a page can be used, in columns and rows.
pub(crate) const SMALLEST: (u16, u16) = (40, 10);

/// What a text is for; a face gives it its style.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// Plain text.
    #[default]
    Text,
    /// A label, a button, a title.
    Label,
    /// What is as it should be.
    Good,
    /// What deserves a second look.
    Warning,
    /// What is wrong.
    Wrong,
    /// What matters less.
    Quiet,
}

/// A text with its role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The text.
    pub text: String,
    /// What it is for.
    pub role: Role,
}

impl Run {
    /// Make a run of a text.
    pub fn new(text: impl Into<String>, role: Role) -> Run {
        Run { text: text.into(), role }
    }
}

/// What stands before an item's text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mark {
    /// Nothing.
    #[default]
    None,
    /// One of several: `( )` or `(*)`.
    Radio(bool),
    /// A tick: `[ ]` or `[x]`.
    Tick(bool),
    /// A button: the text stands in brackets.
    Button,
}

/// Something that can be chosen.
#[derive(Clone, Debug, Default)]
pub struct Item {
    /// What is said of it when it has the focus; nothing where its text says all.
    pub detail: &'static str,
    /// The number that chooses it, from 1.
    pub number: Option<usize>,
    /// What stands before its text.
    pub mark: Mark,
    /// The text.
    pub text: String,
    /// What it is for.
    pub role: Role,
    /// Whether it has the focus.
    pub focused: bool,
    /// What choosing it wants, by a click or by its number.
    pub action: Option<Action>,
}

/// A line of text that is typed.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// What stands above it; nothing where the page says what it is.
    pub label: Vec<Run>,
    /// The text; stars for a secret.
    pub value: String,
    /// Before which letter the cursor stands.
    pub caret: usize,
    /// How many cells the line has at most.
    pub room: usize,
    /// Whether it has the focus.
    pub focused: bool,
    /// What a click on it wants.
    pub action: Option<Action>,
}

/// What a field of STEP1 holds.
#[derive(Clone, Debug)]
pub enum Value {
    /// Nothing is to be entered: why.
    Closed(String),
    /// Text that is typed: the text, before which letter the cursor stands, how many cells it has at most.
    Line(String, usize, usize),
    /// One of a few words.
    Choice(Vec<(bool, String)>),
    /// A municipality that is searched for: the button's text, the place, and its Latin letters.
    Place(&'static str, Option<(String, String)>),
}

/// How a field is called.
#[derive(Clone, Copy, Debug)]
pub struct Label {
    /// Its name in the person's language.
    pub name: &'static str,
    /// Whether it is required.
    pub need: &'static str,
    /// The official label beside a translation, or an easy one beside the official.
    pub beside: &'static str,
}

/// A field of STEP1.
#[derive(Clone, Debug)]
pub struct Field {
    /// Which one.
    pub id: FieldId,
    /// How it is called.
    pub label: Label,
    /// Whether it has the focus.
    pub focused: bool,
    /// What it holds.
    pub value: Value,
    /// What is wrong, was changed, or deserves a second look; and what the card says.
    pub messages: Vec<Run>,
}

/// How a thing of the checklist stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is there.
    Ready,
    /// It is not there yet.
    NotYet,
    /// Only the person knows.
    Ask,
}

/// A part of a page.
#[derive(Clone, Debug)]
pub enum Block {
    /// Room between two parts.
    Gap,
    /// What names the blocks below it, so many cells from the left.
    Heading(usize, &'static str),
    /// A paragraph, so many cells from the left.
    Text(usize, Run),
    /// Something that can be chosen.
    Item(Item),
    /// Items of which only so many are seen as there is room for, from this place of the whole list on; they turn their pages under what
    /// stands above.
    List(usize, Vec<Item>),
    /// A line of text that is typed.
    Entry(Entry),
    /// A field of STEP1.
    Field(Box<Field>),
    /// A line of STEP2: label, value, official label; whether it has the focus, and what a click wants.
    Pair(&'static str, String, Option<&'static str>, bool, Action),
    /// A line of the checklist: how it stands, what it is, what is known.
    Check(State, &'static str, String),
    /// The 認証ID with its label, in groups, to be copied: as large as it can be.
    Id(&'static str, String),
    /// What came of an action: seen together with what has the focus.
    Message(Run),
    /// What stands above is seen together with what has the focus.
    Keep,
}

/// What names the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Title {
    /// The program's own: the page has no other.
    Program,
    /// A step of the way, from 0 for STEP1.
    Step(usize),
    /// A title.
    Text(&'static str),
}

/// How far the job is that the person waits for.
#[derive(Clone, Debug)]
pub struct Progress {
    /// What is being done.
    pub text: &'static str,
    /// How much of how much is done, where that is known.
    pub part: Option<(u32, u32)>,
}

/// What is said under a page.
#[derive(Clone, Debug)]
pub enum HelpLine {
    /// Of what has the focus, or of the page.
    Help(Run),
    /// How the card stands at this moment.
    Card(Run),
    /// What Enter does, or does not do: what it acts on may be out of sight.
    Enter(Run),
    /// The PIN of a practice card.
    Practice(Run),
}

impl HelpLine {
    /// Borrow its text.
    pub fn run(&self) -> &Run {
        match self {
            HelpLine::Help(run) | HelpLine::Card(run) | HelpLine::Enter(run) | HelpLine::Practice(run) => run,
        }
    }
}

/// A page.
#[derive(Clone, Debug)]
pub struct Page {
    /// What names it.
    pub title: Title,
    /// Its parts.
    pub blocks: Vec<Block>,
    /// What is said under it; `Item::detail` of what has the focus comes before.
    pub help: Vec<HelpLine>,
    /// The keys that work here.
    pub keys: &'static [Text],
    /// The first row to show, where the page is scrolled by line and nothing on it has the focus.
    pub scroll: Option<usize>,
}

impl Page {
    /// List what can be chosen, in the order of the numbers that choose it in line mode: rows first, then buttons.
    pub fn choices(&self) -> impl Iterator<Item = &Item> {
        let items = || self.items().filter(|item| item.action.is_some());
        items().filter(|item| item.mark != Mark::Button).chain(items().filter(|item| item.mark == Mark::Button))
    }

    /// Return the item that has the focus.
    pub fn focused(&self) -> Option<&Item> {
        self.items().find(|item| item.focused)
    }

    fn items(&self) -> impl Iterator<Item = &Item> {
        self.blocks.iter().flat_map(|block| match block {
            Block::Item(item) => std::slice::from_ref(item),
            Block::List(_, items) => items,
            _ => &[],
        })
    }
}

/// Return the page that the model shows, for a face that shows so many rows of a list.
pub fn page(model: &Model, rows: usize) -> Page {
    match (model.visit.nav.overlay(), &model.visit.nav.screen) {
        (Some(over @ (Overlay::Question(..) | Overlay::Language(_))), _) => overlay::page(model, over),
        _ if let Some(cover) = model.visit.cover => cover::page(model, cover),
        (Some(Overlay::Picker(picker)), _) => picker::page(model, picker, rows),
        (Some(Overlay::Trouble(trouble)), _) => trouble::page(model, trouble),
        (Some(over), _) => overlay::page(model, over),
        (None, Screen::Top(row)) => top::page(model, *row),
        (None, Screen::Prepare(row)) => prepare::page(model, *row),
        (None, Screen::Pin(entry)) => pin::page(model, entry),
        (None, Screen::Input) => input::page(model),
        (None, Screen::Confirm(confirm)) => confirm::page(model, confirm),
        (None, Screen::Result(result)) => result::page(model, result),
        (None, Screen::FirstPassword(entry)) => first_password::page(model, entry),
        (None, Screen::AccountMenu(row)) => account::menu(model, *row),
        (None, Screen::Account) => account::page(model),
    }
}

/// Return whether this is practice: the program's, or the service's.
pub fn is_practice(model: &Model) -> bool {
    model.setup.practice.is_some() || model.visit.session.as_ref().is_some_and(|session| session.practice)
}

/// Return what is being done while the person waits; the terms' own page says that they are awaited.
pub fn progress(model: &Model) -> Option<Progress> {
    let waiting = model.visit.waiting.filter(|waiting| !matches!(waiting.what, Wait::Terms))?;
    let Some(progress) = waiting.progress else {
        return Some(Progress { text: model.lang.text(doing(Doing::Connecting)), part: None });
    };
    let part = (progress.total > 0).then_some((progress.done, progress.total));
    Some(Progress { text: model.lang.text(doing(progress.doing)), part })
}

/// Name what the worker is doing.
pub(crate) const fn doing(doing: Doing) -> Text {
    match doing {
        Doing::Connecting => Text::DoingConnecting,
        Doing::Verifying => Text::DoingVerifying,
        Doing::Reading => Text::DoingReading,
        Doing::Signing => Text::DoingSigning,
        Doing::Sending => Text::DoingSending,
    }
}

/// Return the keys that work now: while a job runs, that which stops it, if anything does.
pub fn keys(model: &Model, page: &Page) -> &'static [Text] {
    match model.visit.waiting {
        Some(_) if model.visit.is_sending() => &[],
        Some(_) => &[Text::KeysStop],
        None => page.keys,
    }
}

/// What pages are put together with.
trait Blocks {
    fn gap(&mut self);
    fn text(&mut self, indent: usize, text: impl Into<String>, role: Role);
    fn message(&mut self, text: impl Into<String>, role: Role);
    fn item(&mut self, item: Item);
    fn button(&mut self, text: &str, focused: bool, action: Action);
    fn entry(&mut self, entry: Entry);
}

impl Blocks for Vec<Block> {
    fn gap(&mut self) {
        self.push(Block::Gap);
    }

    fn text(&mut self, indent: usize, text: impl Into<String>, role: Role) {
        self.push(Block::Text(indent, Run::new(text, role)));
    }

    fn message(&mut self, text: impl Into<String>, role: Role) {
        self.push(Block::Message(Run::new(text, role)));
    }

    fn item(&mut self, item: Item) {
        self.push(Block::Item(item));
    }

    fn button(&mut self, text: &str, focused: bool, action: Action) {
        let action = Some(action);
        self.push(Block::Item(Item { mark: Mark::Button, text: text.to_owned(), role: Role::Label, focused, action, ..Item::default() }));
    }

    fn entry(&mut self, entry: Entry) {
        self.push(Block::Entry(entry));
    }
}
