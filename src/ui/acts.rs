//! 登録済みの方: what a registered person can ask for, and the page on which is typed what an act needs to know.
//!
//! ```text
//! what it does, and what is asked for next
//!
//! ＞認証ID                          (or the new mail address, twice; or the word DELETE)
//!     7KQ-3MXW-94P
//!   パスワード  0文字
//!   …
//!   [ 次へ ]
//!   [ 戻る ]
//! what is wrong
//! ```

use super::sheet::Sheet;
use super::theme::Theme;
use super::{Page, prepare};
use crate::app::acts::{ActFocus, ActNote, ActPage, Choice};
use crate::app::{Action, Model};
use crate::locale::{Lang, Text};
use crate::registration::warning;
use ratatui::text::{Line, Span};
use tui_input::Input;

/// How wide the line of a mail address is: longer ones scroll.
const EMAIL_ROOM: usize = 62;

pub(super) fn menu(model: &Model, chosen: usize, theme: Theme, width: usize) -> Page {
    let lang = model.lang;
    let mut sheet = Sheet::new(theme, width);
    sheet.text(2, lang.text(Text::ActsLead), theme.text());
    sheet.blank();
    for (row, choice) in Choice::ALL.iter().enumerate() {
        let text = format!("{} {}", row + 1, lang.text(choice.text()));
        sheet.item(row == chosen, &text, theme.text(), Some(Action::Row(row)));
    }
    let (card, style) = prepare::card_line(model, theme);
    let back = Choice::ALL.len();
    sheet.item(chosen == back, &format!("{} {}", back + 1, lang.text(Text::Back)), theme.text(), Some(Action::Row(back)));
    Page {
        title: Line::styled(lang.text(Text::TopActs), theme.label()),
        sheet,
        hint: Choice::ALL.get(chosen).map_or_else(
            || prepare::card_hint(model, theme, width),
            |choice| vec![Line::styled(lang.text(needs(*choice)), theme.text()), Line::styled(card, style)],
        ),
        keys: &[Text::KeysMove, Text::KeysEnter, Text::KeysBack, Text::KeysHelp, Text::KeysLanguage, Text::KeysCard],
    }
}

/// Say what an act needs.
pub(crate) const fn needs(choice: Choice) -> Text {
    match choice {
        Choice::LogInByCard | Choice::Resend | Choice::Remind | Choice::Address => Text::ActNeedsPin,
        Choice::LogIn => Text::ActNeedsPassword,
        Choice::Link => Text::ActNeedsAll,
        Choice::Withdraw => Text::ActNeedsSigning,
    }
}

/// Say what an act does, a paragraph an entry; nothing where it asks for nothing.
pub(crate) const fn lead(choice: Choice) -> &'static [Text] {
    match choice {
        Choice::LogInByCard | Choice::Resend | Choice::Remind => &[],
        Choice::LogIn => &[Text::ActLogInLead],
        Choice::Address => &[Text::ActAddressLead],
        Choice::Link => &[Text::ActLinkLead, Text::ActLinkWhy],
        Choice::Withdraw => &[Text::ActWithdrawLead, Text::ActWithdrawKept],
    }
}

/// Name an item that is typed.
pub(crate) fn label(lang: Lang, focus: ActFocus) -> &'static str {
    lang.text(match focus {
        ActFocus::Id => Text::DoneId,
        ActFocus::Password => Text::ActPassword,
        ActFocus::Email => Text::ActEmail,
        ActFocus::EmailAgain => Text::ActEmailAgain,
        ActFocus::Word => Text::ActWithdrawWord,
        ActFocus::Show => Text::PinShow,
        ActFocus::Go => Text::Next,
        ActFocus::Back => Text::Back,
    })
}

pub(super) fn page(model: &Model, theme: Theme, width: usize) -> Page {
    let lang = model.lang;
    let acts = &model.visit.acts;
    let mut sheet = Sheet::new(theme, width);
    for paragraph in lead(acts.choice) {
        let style = if acts.choice == Choice::Withdraw { theme.warning() } else { theme.text() };
        sheet.text(2, lang.text(*paragraph), style);
    }
    sheet.blank();
    for focus in acts.choice.items() {
        item(&mut sheet, model, *focus);
    }
    if let Some(note) = &acts.note {
        sheet.blank();
        sheet.text(2, &note_text(lang, note), theme.error());
        sheet.hold();
    }
    Page {
        title: Line::styled(lang.text(acts.choice.text()), theme.label()),
        sheet,
        hint: vec![Line::styled(lang.text(needs(acts.choice)), theme.text())],
        keys: &[Text::KeysMove, Text::KeysEnter, Text::KeysSpace, Text::KeysBack, Text::KeysHelp, Text::KeysLanguage],
    }
}

fn item(sheet: &mut Sheet, model: &Model, focus: ActFocus) {
    let (lang, acts, theme) = (model.lang, &model.visit.acts, sheet.theme);
    let focused = acts.focus == focus;
    let [email, again] = &acts.email;
    match focus {
        ActFocus::Id => line(sheet, lang, focus, focused, &acts.id, EMAIL_ROOM),
        ActFocus::Email => {
            line(sheet, lang, focus, focused, email, EMAIL_ROOM);
            second_look(sheet, model);
        }
        ActFocus::EmailAgain => line(sheet, lang, focus, focused, again, EMAIL_ROOM),
        ActFocus::Word => line(sheet, lang, focus, focused, &acts.word, 14),
        ActFocus::Password => password(sheet, lang, acts, focused),
        ActFocus::Show => {
            let tick = if acts.shown { "[x]" } else { "[ ]" };
            sheet.item(focused, &format!("{tick} {}", label(lang, focus)), theme.text(), None);
        }
        ActFocus::Go => {
            sheet.blank();
            sheet.buttons(&[(label(lang, focus), focused, Action::Confirm)]);
        }
        ActFocus::Back => sheet.buttons(&[(label(lang, focus), focused, Action::Back)]),
    }
}

fn line(sheet: &mut Sheet, lang: Lang, focus: ActFocus, focused: bool, typed: &Input, room: usize) {
    let theme = sheet.theme;
    sheet.label(focused, vec![Span::styled(label(lang, focus), theme.label())], None);
    sheet.field(typed.value(), focused.then(|| typed.cursor()), room, None);
}

fn password(sheet: &mut Sheet, lang: Lang, acts: &ActPage, focused: bool) {
    let theme = sheet.theme;
    let length = acts.password.len();
    let count = lang.fill(Text::PinCount, &[&length.to_string()]);
    let name = Span::styled(label(lang, ActFocus::Password), theme.label());
    sheet.label(focused, vec![name, Span::styled(format!("  {count}"), theme.quiet())], None);
    let stars = "*".repeat(length);
    let seen = if acts.shown { acts.password.reveal() } else { &stars };
    sheet.field(seen, focused.then_some(length), EMAIL_ROOM, None);
}

/// Say what deserves a second look about the mail address: a slip of the finger there would lose the next mail too.
pub(crate) fn second_look(sheet: &mut Sheet, model: &Model) {
    let [email, _] = &model.visit.acts.email;
    let free: Vec<&str> = model.setup.free_mail.iter().map(String::as_str).collect();
    let theme = sheet.theme;
    for warning in warning::of_email(email.value(), &free) {
        sheet.text(4, &model.lang.warning(&warning), theme.warning());
    }
}

/// Say what is wrong.
pub(crate) fn note_text(lang: Lang, note: &ActNote) -> String {
    match note {
        ActNote::NoId => lang.text(Text::ActNoId).to_owned(),
        ActNote::NoPassword => lang.text(Text::ActNoPassword).to_owned(),
        ActNote::LoginRefused => {
            let words = lang.trouble(crate::error::Code::LoginRefused);
            format!("＊{}  {}", words.title, words.todo.join(" "))
        }
        ActNote::Problem(field, problem) => lang.problem(*field, problem),
        ActNote::Word => lang.text(Text::ActWordMissing).to_owned(),
        ActNote::Paste(size) => lang.fill(Text::PasteTooLong, &[&size.to_string()]),
    }
}
