//! 利用者クライアントソフト パスワード入力: tries left stand before the entry; what is typed is never shown unless asked for.
//!
//! ```text
//! which password, and which of the four it is
//! tries left
//! ＞ ********            (the word LAST comes first before the last try)
//!   [ ] パスワードを表示する。
//!   [ OK ]
//!   [ キャンセル ]
//! what was folded, or is wrong
//! ```

use super::Page;
use super::sheet::Sheet;
use crate::app::step::{AfterPin, PinEntry, PinFocus, PinNote};
use crate::app::{Action, Model};
use crate::card::pin::{Pin, Shape, Typed};
use crate::card::{Purpose, Tries};
use crate::locale::{Lang, Text, official};
use crate::tui::theme::Theme;
use ratatui::text::{Line, Span};

pub(super) fn page(model: &Model, entry: &PinEntry, theme: Theme, width: usize) -> Page {
    let lang = model.lang;
    let mut sheet = Sheet::new(theme, width);
    let (ask, which) = match entry.pin.purpose() {
        Purpose::Signing => (Text::PinSigning, Text::PinSigningWhich),
        Purpose::Authentication => (Text::PinAuthentication, Text::PinAuthenticationWhich),
    };
    if entry.then == AfterPin::Account {
        sheet.text(2, &lang.fill(Text::PinFor, &[lang.text(model.visit.account.choice.text())]), theme.text());
    }
    sheet.text(2, lang.text(ask), theme.label());
    sheet.text(2, lang.text(which), theme.text());
    sheet.blank();
    tries(&mut sheet, lang, entry);
    if entry.is_last_try() {
        word(&mut sheet, lang, entry);
    }
    sheet.blank();
    secret(&mut sheet, lang, entry);
    let tick = if entry.shown { "[x]" } else { "[ ]" };
    let show = format!("{tick} {}", lang.text(Text::PinShow));
    sheet.item(entry.focus == PinFocus::Show, &show, theme.text(), None);
    sheet.blank();
    let buttons = [(Text::Ok, PinFocus::Ok, Action::Confirm), (Text::Cancel, PinFocus::Cancel, Action::Back)];
    for (text, focus, action) in buttons {
        sheet.buttons(&[(lang.text(text), entry.focus == focus, action)]);
    }
    if let Some(note) = entry.note {
        sheet.blank();
        let (text, wrong) = note_text(lang, entry, note);
        sheet.text(2, &text, if wrong { theme.error() } else { theme.warning() });
        sheet.hold();
    }
    Page {
        title: Line::styled(official::PIN_TITLE, theme.label()),
        sheet,
        hint: practice(model, entry.pin.purpose(), theme),
        keys: &[Text::KeysMove, Text::KeysEnter, Text::KeysSpace, Text::KeysBack, Text::KeysHelp, Text::KeysLanguage],
    }
}

fn tries(sheet: &mut Sheet, lang: Lang, entry: &PinEntry) {
    let theme = sheet.theme;
    match entry.tries {
        Tries::Left(1) => sheet.text(2, lang.text(Text::PinLast), theme.error()),
        Tries::Left(left) => sheet.text(2, &lang.fill(Text::PinTries, &[&left.to_string()]), theme.text()),
        Tries::Locked => sheet.text(2, lang.text(Text::TriesLocked), theme.error()),
        Tries::Unknown => sheet.text(2, lang.text(Text::PinTriesUnknown), theme.warning()),
    }
}

fn word(sheet: &mut Sheet, lang: Lang, entry: &PinEntry) {
    let focused = entry.focus == PinFocus::Word;
    let theme = sheet.theme;
    sheet.label(focused, vec![Span::styled(lang.text(Text::PinLastWord), theme.text())], None);
    let caret = focused.then(|| entry.word.cursor());
    sheet.field(entry.word.value(), caret, 14, None);
}

fn secret(sheet: &mut Sheet, lang: Lang, entry: &PinEntry) {
    let focused = entry.focus == PinFocus::Pin;
    let theme = sheet.theme;
    let (_, most) = Pin::limits(entry.pin.purpose());
    let count = entry.pin.len();
    let name = match entry.pin.purpose() {
        Purpose::Signing => Text::PinSigningName,
        Purpose::Authentication => Text::PinAuthenticationName,
    };
    let words = lang.fill(Text::PinCount, &[&count.to_string()]);
    let spans = vec![Span::styled(lang.text(name), theme.label()), Span::styled(format!("  {words}"), theme.quiet())];
    sheet.label(focused, spans, None);
    let stars;
    let seen = if entry.shown {
        entry.pin.reveal()
    } else {
        stars = "*".repeat(count);
        &stars
    };
    sheet.field(seen, focused.then_some(count), most + 2, None);
}

/// Say the message on a PIN page, and whether something is wrong.
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
        PinNote::Shape(Shape::Empty) => text(Text::PinEmpty),
        PinNote::Shape(Shape::TooShort) => (lang.fill(Text::PinTooShort, &[&least.to_string()]), true),
        PinNote::Shape(Shape::LeftOut) => text(Text::PinLeftOut),
        PinNote::Wrong(Tries::Left(left)) => (lang.fill(Text::PinWrong, &[&left.to_string()]), true),
        PinNote::Wrong(_) => text(Text::PinWrongUnknown),
        PinNote::Again => (lang.text(Text::PinAgain).to_owned(), false),
        PinNote::Word => text(Text::PinWordMissing),
        PinNote::Paste => text(Text::PinPaste),
        PinNote::Looking => (lang.text(Text::CardLooking).to_owned(), false),
    }
}

/// In practice the two PINs are no secret.
fn practice(model: &Model, purpose: Purpose, theme: Theme) -> Vec<Line<'static>> {
    let Some([signing, authentication]) = model.setup.practice else { return Vec::new() };
    let pin = match purpose {
        Purpose::Signing => signing,
        Purpose::Authentication => authentication,
    };
    vec![Line::styled(format!("{}: {pin}", model.lang.text(Text::Practice)), theme.warning())]
}
