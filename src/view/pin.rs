//! 利用者クライアントソフト パスワード入力: the tries left come before the entry; the PIN is hidden unless shown on request.
//!
//! ```text
//! which password, and which of the four it is
//! tries left
//! > ********            (the word LAST comes first before the last try)
//!   [ ] パスワードを表示する。
//!   [ OK ]
//!   [ キャンセル ]
//! what was folded, or is wrong
//! ```

use super::{Block, Blocks, Cell, Entry, HelpLine, Item, Mark, Page, Role, Run, Side, TableRow, Title, beside, button};
use crate::app::state::pin::{AfterPin, PinEntry, PinFocus, PinNote};
use crate::app::{Action, Model};
use crate::card::pin::{Pin, PinFormatError, Typed};
use crate::card::{Purpose, Tries};
use crate::locale::{Lang, Text, official};

pub(super) fn page(model: &Model, entry: &PinEntry) -> Page {
    let lang = model.lang;
    // While the card works nothing can be typed or pressed.
    let works = model.visit.waiting.is_some();
    let mut blocks = Vec::new();
    let (ask, which) = match entry.pin.purpose() {
        Purpose::Signing => (Text::PinSigning, Text::PinSigningWhich),
        Purpose::Authentication => (Text::PinAuthentication, Text::PinAuthenticationWhich),
    };
    if entry.then == AfterPin::Account {
        blocks.text(2, lang.fill(Text::PinFor, &[lang.action(model.visit.account.choice)]), Role::Text);
    }
    blocks.text(2, lang.text(ask), Role::Label);
    blocks.text(2, lang.text(which), Role::Quiet);
    blocks.gap();
    blocks.push(tries(lang, entry));
    if entry.is_last_try() && !works {
        blocks.entry(word(lang, entry));
    }
    blocks.entry(secret(lang, entry, works));
    let (mark, text) = (Mark::Tick(entry.shown), lang.text(Text::PinShow).to_owned());
    let focused = entry.focus == PinFocus::Show && !works;
    blocks.item(Item { mark, text, focused, action: Some(Action::Show), ..Item::default() });
    let buttons = [(Text::Ok, PinFocus::Ok, Action::Confirm), (Text::Cancel, PinFocus::Cancel, Action::Back)];
    let buttons = buttons.map(|(text, focus, action)| button(lang.text(text), entry.focus == focus && !works, action));
    if let Some(note) = entry.note {
        let (text, wrong) = note_text(lang, entry, note);
        blocks.message(text, if wrong { Role::Wrong } else { Role::Warning });
    }
    blocks.gap();
    blocks.push(Block::Table(lang.text(Text::PinTable), kinds(model, entry)));
    Page {
        title: Title::Official(name(entry.pin.purpose()), official::PIN_TITLE),
        blocks,
        side: Side::default(),
        buttons: buttons.into(),
        help: practice(model, entry.pin.purpose()),
        scroll: None,
        keys: &[Text::KeysMove, Text::KeysEnter, Text::KeysSpace, Text::KeysBack, Text::KeysHelp, Text::KeysLanguage],
    }
}

/// Return the name of a PIN.
const fn name(purpose: Purpose) -> Text {
    match purpose {
        Purpose::Signing => Text::PinSigningName,
        Purpose::Authentication => Text::PinAuthenticationName,
    }
}

/// Return the tries left.
fn tries(lang: Lang, entry: &PinEntry) -> Block {
    let of = Pin::tries(entry.pin.purpose());
    let text = |text, role| Block::Text(2, Run::new(lang.text(text), role));
    match entry.tries {
        Tries::Left(1) => Block::Tries(1, of, Run::new(lang.text(Text::PinLast), Role::Wrong)),
        Tries::Left(left) => Block::Tries(left, of, Run::new(lang.fill(Text::PinTries, &[&left.to_string()]), Role::Text)),
        Tries::Locked => text(Text::TriesLocked, Role::Wrong),
        Tries::Unknown => text(Text::PinTriesUnknown, Role::Warning),
    }
}

/// Return the action of a click on an item.
fn click(entry: &PinEntry, focus: PinFocus) -> Option<Action> {
    entry.order().iter().position(|item| *item == focus).map(Action::FocusItem)
}

/// Return the four PINs of the card: this one, the next, and those that are not asked for.
fn kinds(model: &Model, entry: &PinEntry) -> Vec<TableRow> {
    let lang = model.lang;
    let purpose = entry.pin.purpose();
    let kinds = [
        (Text::PinKindSigning, Some(Purpose::Signing)),
        (Text::PinKindAuthentication, Some(Purpose::Authentication)),
        (Text::PinKindRegister, None),
        (Text::PinKindFace, None),
    ];
    let row = |(name, kind): (Text, Option<Purpose>)| {
        let chosen = kind == Some(purpose);
        let used = match kind {
            _ if chosen => Text::PinThis,
            Some(Purpose::Signing) if entry.then != AfterPin::Account => Text::PinDone,
            // An account action asks for the second alone.
            Some(Purpose::Authentication) if entry.then != AfterPin::Account => Text::PinNext,
            _ => Text::PinUnused,
        };
        let role = if chosen { Role::Text } else { Role::Quiet };
        let (rule, least, more) = match kind {
            Some(Purpose::Signing) => (Text::PinRuleSigning, Pin::limits(Purpose::Signing).0, true),
            _ => (Text::PinRuleDigits, Pin::limits(Purpose::Authentication).0, false),
        };
        let official = beside(model, Lang::Ja.text(name));
        let text = |text: &'static str, role| Cell::Text(Run::new(text, role));
        let cells = vec![
            text(lang.text(name), role),
            text(official, Role::Quiet),
            Cell::Boxes { least, more, used: used != Text::PinUnused },
            text(lang.text(rule), role),
            text(lang.text(used), role),
        ];
        TableRow { cells, chosen }
    };
    kinds.map(row).into()
}

fn word(lang: Lang, entry: &PinEntry) -> Entry {
    let label = vec![Run::new(lang.text(Text::PinLastWord), Role::Text)];
    let (value, caret) = (entry.word.value().to_owned(), entry.word.cursor());
    Entry { label, value, secret: false, caret, room: 14, focused: entry.focus == PinFocus::Word, action: click(entry, PinFocus::Word) }
}

fn secret(lang: Lang, entry: &PinEntry, works: bool) -> Entry {
    let (_, most) = Pin::limits(entry.pin.purpose());
    // The PIN has been moved into the job; its length is no secret.
    let count = if works { entry.sent } else { entry.pin.len() };
    let name = name(entry.pin.purpose());
    let words = lang.fill(Text::PinCount, &[&count.to_string()]);
    let label = vec![Run::new(lang.text(name), Role::Label), Run::new(format!("  {words}"), Role::Quiet)];
    let value = if entry.shown && !works { entry.pin.reveal().to_owned() } else { "*".repeat(count) };
    let (focused, action) = (entry.focus == PinFocus::Pin && !works, click(entry, PinFocus::Pin));
    Entry { label, value, secret: true, caret: count, room: most + 2, focused, action }
}

/// Return the text of a message, and whether it is an error.
pub(crate) fn note_text(lang: Lang, entry: &PinEntry, note: PinNote) -> (String, bool) {
    let (least, most) = Pin::limits(entry.pin.purpose());
    let text = |text| (lang.text(text).to_owned(), true);
    match note {
        PinNote::Typed(Typed::Kept) => (String::new(), false),
        PinNote::Typed(Typed::Folded) => (lang.text(Text::PinFolded).to_owned(), false),
        PinNote::Typed(Typed::Refused) => text(match entry.pin.purpose() {
            Purpose::Signing => Text::PinRefusedSigning,
            Purpose::Authentication => Text::PinRefusedAuthentication,
        }),
        PinNote::Typed(Typed::Full) => (lang.fill(Text::PinFull, &[&most.to_string()]), true),
        PinNote::Format(PinFormatError::Empty) => text(Text::PinEmpty),
        PinNote::Format(PinFormatError::TooShort) => (lang.fill(Text::PinTooShort, &[&least.to_string()]), true),
        PinNote::Format(PinFormatError::LeftOut) => text(Text::PinLeftOut),
        PinNote::Wrong(Tries::Left(left)) => (lang.fill(Text::PinWrong, &[&left.to_string()]), true),
        PinNote::Wrong(_) => text(Text::PinWrongUnknown),
        PinNote::Again => (lang.text(Text::PinAgain).to_owned(), false),
        PinNote::Word => text(Text::PinWordMissing),
        PinNote::Paste => text(Text::PinPaste),
        PinNote::ReadingCard => (lang.text(Text::CardLooking).to_owned(), false),
    }
}

/// Return the practice PIN, if in practice mode.
fn practice(model: &Model, purpose: Purpose) -> Vec<HelpLine> {
    let Some([signing, authentication]) = model.setup.practice else { return Vec::new() };
    let pin = match purpose {
        Purpose::Signing => signing,
        Purpose::Authentication => authentication,
    };
    vec![HelpLine::Practice(Run::new(format!("{}: {pin}", model.lang.text(Text::Practice)), Role::Practice))]
}
