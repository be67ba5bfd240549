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
use super::{Page, prepare};
use crate::app::account::{AccountAction, AccountFocus, AccountNote, AccountPage};
use crate::app::{Action, Model};
use crate::locale::{Lang, Text};
use crate::registration::warning;
use crate::tui::theme::Theme;
use ratatui::text::{Line, Span};
use tui_input::Input;

/// How wide the line of a mail address is: longer ones scroll.
const EMAIL_ROOM: usize = 62;

pub(super) fn menu(model: &Model, chosen: usize, theme: Theme, width: usize) -> Page {
    let lang = model.lang;
    let mut sheet = Sheet::new(theme, width);
    sheet.text(2, lang.text(Text::ActsLead), theme.text());
    sheet.blank();
    for (row, choice) in AccountAction::ALL.iter().enumerate() {
        let text = format!("{} {}", row + 1, lang.text(choice.text()));
        sheet.item(row == chosen, &text, theme.text(), Some(Action::Row(row)));
    }
    let (card, style) = prepare::card_line(model, theme);
    let back = AccountAction::ALL.len();
    sheet.item(chosen == back, &format!("{} {}", back + 1, lang.text(Text::Back)), theme.text(), Some(Action::Row(back)));
    Page {
        title: Line::styled(lang.text(Text::TopActs), theme.label()),
        sheet,
        hint: AccountAction::ALL.get(chosen).map_or_else(
            || prepare::card_hint(model, theme, width),
            |choice| vec![Line::styled(lang.text(needs(*choice)), theme.text()), Line::styled(card, style)],
        ),
        keys: &[Text::KeysMove, Text::KeysEnter, Text::KeysBack, Text::KeysHelp, Text::KeysLanguage, Text::KeysCard],
    }
}

/// Say what an act needs.
pub(crate) const fn needs(choice: AccountAction) -> Text {
    match choice {
        AccountAction::LogInByCard | AccountAction::Resend | AccountAction::Remind | AccountAction::Address => Text::ActNeedsPin,
        AccountAction::LogIn => Text::ActNeedsPassword,
        AccountAction::Link => Text::ActNeedsAll,
        AccountAction::Withdraw => Text::ActNeedsSigning,
    }
}

/// Say what an act does, a paragraph an entry; nothing where it asks for nothing.
pub(crate) const fn lead(choice: AccountAction) -> &'static [Text] {
    match choice {
        AccountAction::LogInByCard | AccountAction::Resend | AccountAction::Remind => &[],
        AccountAction::LogIn => &[Text::ActLogInLead],
        AccountAction::Address => &[Text::ActAddressLead],
        AccountAction::Link => &[Text::ActLinkLead, Text::ActLinkWhy],
        AccountAction::Withdraw => &[Text::ActWithdrawLead, Text::ActWithdrawKept],
    }
}

/// Name an item that is typed.
pub(crate) fn label(lang: Lang, focus: AccountFocus) -> &'static str {
    lang.text(match focus {
        AccountFocus::Id => Text::DoneId,
        AccountFocus::Password => Text::ActPassword,
        AccountFocus::Email => Text::ActEmail,
        AccountFocus::EmailAgain => Text::ActEmailAgain,
        AccountFocus::Word => Text::ActWithdrawWord,
        AccountFocus::Show => Text::PinShow,
        AccountFocus::Go => Text::Next,
        AccountFocus::Back => Text::Back,
    })
}

pub(super) fn page(model: &Model, theme: Theme, width: usize) -> Page {
    let lang = model.lang;
    let account = &model.visit.account;
    let mut sheet = Sheet::new(theme, width);
    for paragraph in lead(account.choice) {
        let style = if account.choice == AccountAction::Withdraw { theme.warning() } else { theme.text() };
        sheet.text(2, lang.text(*paragraph), style);
    }
    sheet.blank();
    for focus in account.choice.items() {
        item(&mut sheet, model, *focus);
    }
    if let Some(note) = &account.note {
        sheet.blank();
        sheet.text(2, &note_text(lang, note), theme.error());
        sheet.hold();
    }
    Page {
        title: Line::styled(lang.text(account.choice.text()), theme.label()),
        sheet,
        hint: vec![Line::styled(lang.text(needs(account.choice)), theme.text())],
        keys: &[Text::KeysMove, Text::KeysEnter, Text::KeysSpace, Text::KeysBack, Text::KeysHelp, Text::KeysLanguage],
    }
}

fn item(sheet: &mut Sheet, model: &Model, focus: AccountFocus) {
    let (lang, account, theme) = (model.lang, &model.visit.account, sheet.theme);
    let focused = account.focus == focus;
    let [email, again] = &account.email;
    match focus {
        AccountFocus::Id => line(sheet, lang, focus, focused, &account.id, EMAIL_ROOM),
        AccountFocus::Email => {
            line(sheet, lang, focus, focused, email, EMAIL_ROOM);
            second_look(sheet, model);
        }
        AccountFocus::EmailAgain => line(sheet, lang, focus, focused, again, EMAIL_ROOM),
        AccountFocus::Word => line(sheet, lang, focus, focused, &account.word, 14),
        AccountFocus::Password => password(sheet, lang, account, focused),
        AccountFocus::Show => {
            let tick = if account.shown { "[x]" } else { "[ ]" };
            sheet.item(focused, &format!("{tick} {}", label(lang, focus)), theme.text(), None);
        }
        AccountFocus::Go => {
            sheet.blank();
            sheet.buttons(&[(label(lang, focus), focused, Action::Confirm)]);
        }
        AccountFocus::Back => sheet.buttons(&[(label(lang, focus), focused, Action::Back)]),
    }
}

fn line(sheet: &mut Sheet, lang: Lang, focus: AccountFocus, focused: bool, typed: &Input, room: usize) {
    let theme = sheet.theme;
    sheet.label(focused, vec![Span::styled(label(lang, focus), theme.label())], None);
    sheet.field(typed.value(), focused.then(|| typed.cursor()), room, None);
}

fn password(sheet: &mut Sheet, lang: Lang, account: &AccountPage, focused: bool) {
    let theme = sheet.theme;
    let length = account.password.len();
    let count = lang.fill(Text::PinCount, &[&length.to_string()]);
    let name = Span::styled(label(lang, AccountFocus::Password), theme.label());
    sheet.label(focused, vec![name, Span::styled(format!("  {count}"), theme.quiet())], None);
    let stars = "*".repeat(length);
    let seen = if account.shown { account.password.reveal() } else { &stars };
    sheet.field(seen, focused.then_some(length), EMAIL_ROOM, None);
}

/// Say what deserves a second look about the mail address: a slip of the finger there would lose the next mail too.
pub(crate) fn second_look(sheet: &mut Sheet, model: &Model) {
    let [email, _] = &model.visit.account.email;
    let free: Vec<&str> = model.setup.free_mail.iter().map(String::as_str).collect();
    let theme = sheet.theme;
    for warning in warning::of_email(email.value(), &free) {
        sheet.text(4, &model.lang.warning(&warning), theme.warning());
    }
}

/// Say what is wrong.
pub(crate) fn note_text(lang: Lang, note: &AccountNote) -> String {
    match note {
        AccountNote::NoId => lang.text(Text::ActNoId).to_owned(),
        AccountNote::NoPassword => lang.text(Text::ActNoPassword).to_owned(),
        AccountNote::LoginRefused => {
            let words = lang.trouble(crate::error::Code::LoginRefused);
            format!("＊{}  {}", words.title, words.todo.join(" "))
        }
        AccountNote::Problem(field, problem) => lang.problem(*field, problem),
        AccountNote::Word => lang.text(Text::ActWordMissing).to_owned(),
        AccountNote::Paste(size) => lang.fill(Text::PasteTooLong, &[&size.to_string()]),
    }
}
