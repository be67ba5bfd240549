//! What a page is made of.

use super::qr::Qr;
use crate::app::Action;
use crate::locale::Text;
use crate::registration::FieldId;
use std::ops::Range;

/// The role of a text, which determines its style.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// Plain text.
    #[default]
    Text,
    /// A label, a button, a title.
    Label,
    /// Something that is in order.
    Good,
    /// A warning.
    Warning,
    /// An error.
    Wrong,
    /// Something minor.
    Quiet,
    /// About practice mode.
    Practice,
}

/// A text with its role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The text.
    pub text: String,
    /// Its role.
    pub role: Role,
}

impl Run {
    /// Create a run.
    pub fn new(text: impl Into<String>, role: Role) -> Run {
        Run { text: text.into(), role }
    }
}

/// The mark before an item's text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mark {
    /// Nothing.
    #[default]
    None,
    /// One of several: `( )` or `(*)`.
    Radio(bool),
    /// A tick: `[ ]` or `[x]`.
    Tick(bool),
    /// A button: the text is put in brackets.
    Button,
}

/// An item that can be chosen.
#[derive(Clone, Debug, Default)]
pub struct Item {
    /// Explanation shown while it is focused; empty if its text suffices.
    pub detail: &'static str,
    /// Explanation that always stands below its text; empty if there is none.
    pub below: &'static str,
    /// Its displayed number; 1-based.
    pub number: Option<usize>,
    /// The mark before its text.
    pub mark: Mark,
    /// The text.
    pub text: String,
    /// The role of its text.
    pub role: Role,
    /// Whether it is focused.
    pub focused: bool,
    /// The action of choosing it, by a click or by its number.
    pub action: Option<Action>,
}

/// An editable line of text.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// The label above it; empty if the page's text suffices.
    pub label: Vec<Run>,
    /// Its text; asterisks for a secret.
    pub value: String,
    /// Whether it is a PIN or password, which is never read aloud.
    pub secret: bool,
    /// Index of the letter after the cursor.
    pub caret: usize,
    /// Maximum width in cells.
    pub room: usize,
    /// Whether it is focused.
    pub focused: bool,
    /// The action of a click on it.
    pub action: Option<Action>,
}

/// The value of a field of STEP1, as it is filled in.
#[derive(Clone, Debug)]
pub enum Value {
    /// The field is closed; why.
    Closed(String),
    /// Editable text: the text, and the index of the letter after the cursor.
    Line(String, usize),
    /// One of several words, each with its number.
    Choice(Vec<Item>),
    /// A municipality: the button's text, the name, and its romanization.
    Municipality(&'static str, Option<(String, String)>),
    /// 同意: the tick, and the button that shows the terms.
    Consent(Box<[Item; 2]>),
}

/// How a field stands, which its mark shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldState {
    /// Still to be filled in.
    Empty,
    /// Filled in.
    Good,
    /// Filled in; look at it once more.
    Warning,
    /// To be mended.
    Wrong,
    /// Filled in otherwise than on the card.
    Changed,
    /// Not asked for.
    Closed,
}

/// The label of a field.
#[derive(Clone, Copy, Debug)]
pub struct Label {
    /// Its name in the UI language.
    pub name: &'static str,
    /// Whether it is required, in words.
    pub need: &'static str,
    /// The official label beside a translation, or an easy one beside the official label.
    pub beside: &'static str,
}

/// A field of STEP1.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its id.
    pub id: FieldId,
    /// Its label.
    pub label: Label,
    /// Whether it is focused.
    pub focused: bool,
    /// Its value.
    pub value: Value,
    /// Its value in a few words, or what it waits for.
    pub shown: Run,
    /// How it stands.
    pub state: FieldState,
    /// Where its value is from; empty if it was typed.
    pub origin: &'static str,
    /// How many characters it has, of how many it may have; empty if that says nothing.
    pub count: String,
    /// How to fill it in.
    pub hint: String,
    /// Messages: faults, changes by folding, warnings, and the card's value.
    pub messages: Vec<Run>,
}

/// A text of which a part matched what was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marked {
    /// The text.
    pub text: String,
    /// What matched, in bytes; empty if nothing did.
    pub matched: Range<usize>,
}

/// What a row of the picker is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceKind {
    /// 都道府県.
    Prefecture,
    /// 市区町村.
    Municipality,
    /// 町名.
    Town,
}

/// A row of the picker.
#[derive(Clone, Debug)]
pub struct Place {
    /// What it is; rows of a kind stand below a heading.
    pub kind: PlaceKind,
    /// The prefecture in kanji; empty where the row is one.
    pub prefecture: &'static str,
    /// The name in kanji.
    pub name: Marked,
    /// Its reading in kana.
    pub kana: Marked,
    /// Its name in romaji.
    pub romaji: Marked,
    /// All of it in kanji, in the order of an address.
    pub address: String,
    /// The prefecture in romaji, a former name, what a postal code covers.
    pub beside: String,
    /// That it is what the card says, in words; empty if it is not.
    pub on_card: &'static str,
    /// Whether it is focused.
    pub focused: bool,
    /// The action of choosing it.
    pub action: Action,
}

/// The places to choose from.
#[derive(Clone, Debug)]
pub struct Places {
    /// The index of the first row given.
    pub from: usize,
    /// The rows around the focused one.
    pub rows: Vec<Place>,
    /// How many rows there are.
    pub total: usize,
    /// How many kinds of rows there are.
    pub kinds: usize,
}

/// A prefecture beside the picker's rows.
#[derive(Clone, Debug)]
pub struct Sign {
    /// Its name in kanji, or in romaji if the terminal cannot draw that.
    pub name: &'static str,
    /// Whether places in it were found.
    pub has_matches: bool,
    /// Whether the focused row is in it.
    pub is_here: bool,
    /// What a click on it does.
    pub action: Action,
}

/// State of a line of the checklist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckState {
    /// In order.
    Ready,
    /// Not in order yet.
    NotYet,
    /// Only the person knows.
    Ask,
    /// In order, but worth knowing.
    Note,
    /// Not known yet.
    Looking,
}

/// A drawing. It says nothing that words do not, and is never spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawing {
    /// A reader that is not connected.
    NoReader,
    /// A card beside its reader.
    PutCard,
    /// A card on its reader.
    CardOnReader,
    /// Where the number stands on a residence card.
    ResidenceCard,
    /// The two mails, and what each is for.
    Mails,
    /// The municipal office.
    Office,
}

/// A cell of a table.
#[derive(Clone, Debug)]
pub enum Cell {
    /// A text.
    Text(Run),
    /// The length of a PIN, and whether more letters may follow; quiet if it is not asked for.
    Boxes {
        /// Letters that it has at least.
        least: usize,
        /// Whether it may be longer.
        more: bool,
        /// Whether it is asked for.
        used: bool,
    },
}

/// A row of a table; the last cell stands at the right edge.
#[derive(Clone, Debug)]
pub struct TableRow {
    /// Its cells. The second is left out where there is no room.
    pub cells: Vec<Cell>,
    /// Whether it is what the page is about.
    pub chosen: bool,
}

/// What stands beside a page in a wide window, as a panel. It repeats what is said elsewhere, and is never spoken.
#[derive(Clone, Debug, Default)]
pub struct Side {
    /// Cells that the page itself needs beside it.
    pub beside: usize,
    /// Parts, each with a line above it; those that do not fit are left out, the last first.
    pub parts: Vec<Vec<Block>>,
}

/// A block of a page.
#[derive(Clone, Debug)]
pub enum Block {
    /// An empty row.
    Gap,
    /// A heading of the blocks below, indented by this many cells.
    Heading(usize, &'static str),
    /// A heading of a group of fields, left out where rows are few.
    Group(&'static str),
    /// A sentence that says what the page is about, left out where rows are few.
    Lead(Run),
    /// A paragraph, indented by this many cells.
    Text(usize, Run),
    /// An item that can be chosen.
    Item(Item),
    /// A window of the places to choose from: paged to the available height, below the rows above it.
    Places(Box<Places>),
    /// The prefectures, which only show where places were found; never spoken.
    Prefectures(Vec<Sign>),
    /// An editable line of text.
    Entry(Entry),
    /// A field of STEP1.
    Field(Box<Field>),
    /// A line of STEP2: label, value, official label, whether it is focused, and the action of a click.
    SummaryRow(&'static str, String, Option<&'static str>, bool, Action),
    /// That the value of the line above differs from the card's.
    Differs(String),
    /// A registered value: label, value, official label.
    Registered(&'static str, String, Option<&'static str>),
    /// A step of a list of what to do: its number, and what.
    Step(usize, String),
    /// Tries left, as dots and in words: how many, of how many.
    Tries(u8, u8, Run),
    /// A line for eyes only: it names keys, or repeats what is said elsewhere.
    Aside(Run),
    /// A drawing.
    Drawing(Drawing),
    /// A table that only shows what is said elsewhere, with its heading; never spoken.
    Table(&'static str, Vec<TableRow>),
    /// How much is done, of how much, as a line.
    Done(usize, usize),
    /// The head of an error page: what happened, the codes.
    Trouble(String, String),
    /// A line of the checklist: state, name, detail, and the tries left of how many.
    Check(CheckState, &'static str, String, Option<(u8, u8)>),
    /// The 認証ID, as large as possible: its label, its groups, and that it is to be written down.
    Id(&'static str, String, &'static str),
    /// A QR code, and what is said instead if the window is too small for it.
    Qr(Box<Qr>, &'static str),
    /// The result of an action, kept visible together with the focused item.
    Message(Run),
}

/// The title of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Title {
    /// The program's own title.
    Program,
    /// A step of the registration; 0 for STEP1.
    Step(usize),
    /// Another title.
    Text(&'static str),
    /// Another title, with the official one beside a translation.
    Official(Text, &'static str),
}

/// Progress of the running job.
#[derive(Clone, Debug)]
pub struct ProgressLine {
    /// The current activity.
    pub text: &'static str,
    /// Amount done and total, if known.
    pub part: Option<(u32, u32)>,
    /// Whole seconds since it was started.
    pub seconds: u32,
    /// All activities of the job, and how many are behind; empty if there is only one.
    pub steps: (Vec<&'static str>, usize),
    /// What to do meanwhile; empty if nothing.
    pub note: &'static str,
}

/// A line of help below a page.
#[derive(Clone, Debug)]
pub enum HelpLine {
    /// Help on the focused item, or on the page.
    Help(Run),
    /// The current state of the card.
    Card(Run),
    /// What Enter does, since the focused item may be out of sight.
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
    /// Its title.
    pub title: Title,
    /// Its blocks.
    pub blocks: Vec<Block>,
    /// What stands beside it in a wide window.
    pub side: Side,
    /// Its buttons, which stay in sight below the blocks.
    pub buttons: Vec<Item>,
    /// Help below the page; drawn after `Item::detail` of the focused item.
    pub help: Vec<HelpLine>,
    /// The keys that work here.
    pub keys: &'static [Text],
    /// The first row to show, if the page is scrolled by line rather than by focus.
    pub scroll: Option<usize>,
}

impl Page {
    /// Return the items that can be chosen, in the order of their numbers in line mode: rows first, then buttons.
    pub fn choices(&self) -> impl Iterator<Item = &Item> {
        let items = || self.items().filter(|item| item.action.is_some());
        items().filter(|item| item.mark != Mark::Button).chain(items().filter(|item| item.mark == Mark::Button))
    }

    /// Return the focused item.
    pub fn focused(&self) -> Option<&Item> {
        self.items().find(|item| item.focused)
    }

    fn items(&self) -> impl Iterator<Item = &Item> {
        let items = self.blocks.iter().flat_map(|block| match block {
            Block::Item(item) => std::slice::from_ref(item),
            Block::Field(field) => match &field.value {
                Value::Consent(items) => items.as_slice(),
                _ => &[],
            },
            _ => &[],
        });
        items.chain(&self.buttons)
    }
}

/// Create a button.
pub(super) fn button(text: &str, focused: bool, action: Action) -> Item {
    Item { mark: Mark::Button, text: text.to_owned(), role: Role::Label, focused, action: Some(action), ..Item::default() }
}

/// Helpers for building pages.
pub(super) trait Blocks {
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
        self.push(Block::Item(button(text, focused, action)));
    }

    fn entry(&mut self, entry: Entry) {
        self.push(Block::Entry(entry));
    }
}
