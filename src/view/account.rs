//! 登録済みの方: the list of account actions, and their input page.
//!
//! ```text
//! what it does, and what is asked for next
//!
//! > 認証ID                          (or the new mail address, twice; or the word DELETE)
//!     7KQ-3MXW-94P
//!   パスワード  0文字
//!   …
//!   [ 次へ ]
//!   [ 戻る ]
//! what is wrong
//! ```

use super::{Block, Blocks, Entry, HelpLine, Item, Mark, Page, Role, Run, Side, Title, button, prepare};
use crate::app::state::account::{AccountAction, AccountFocus, AccountNote, AccountPage};
use crate::app::state::line::Line;
use crate::app::{Action, Model};
use crate::card::Purpose;
use crate::locale::{Lang, Text};
use crate::registration::warning;

/// Maximum width of a mail address line in cells: longer ones scroll.
const EMAIL_ROOM: usize = 62;

pub(super) fn menu(model: &Model, chosen: usize) -> Page {
    let lang = model.lang;
    let mut blocks = Vec::new();
    blocks.text(2, lang.text(Text::AccountLead), Role::Text);
    blocks.gap();
    for (row, choice) in AccountAction::ALL.iter().enumerate() {
        let (number, text) = (Some(row + 1), lang.action(*choice).to_owned());
        let (detail, action) = (lang.text(needs(*choice)), Some(Action::ChooseRow(row)));
        blocks.item(Item { number, text, detail, focused: row == chosen, action, ..Item::default() });
    }
    let back = AccountAction::ALL.len();
    let (number, text) = (Some(back + 1), lang.text(Text::Back).to_owned());
    blocks.item(Item { number, text, focused: chosen == back, action: Some(Action::ChooseRow(back)), ..Item::default() });
    Page {
        title: Title::Text(lang.text(Text::TopAccount)),
        blocks,
        help: vec![HelpLine::Card(prepare::card_line(model))],
        side: Side::default(),
        buttons: Vec::new(),
        scroll: None,
        keys: &[Text::KeysMove, Text::KeysEnter, Text::KeysBack, Text::KeysHelp, Text::KeysLanguage, Text::KeysCard],
    }
}

/// Return what an account action needs.
const fn needs(choice: AccountAction) -> Text {
    match choice.keys() {
        [] => Text::AccountNeedsPassword,
        [Purpose::Authentication] => Text::AccountNeedsPin,
        [Purpose::Signing] => Text::AccountNeedsSigning,
        _ => Text::AccountNeedsAll,
    }
}

/// Return the explanation of an account action, one text per paragraph; empty if it has no input page.
const fn lead(choice: AccountAction) -> &'static [Text] {
    match choice {
        AccountAction::LogIn => &[Text::AccountLogInLead],
        AccountAction::Address => &[Text::AccountAddressLead],
        AccountAction::Link => &[Text::AccountLinkLead, Text::AccountLinkWhy],
        AccountAction::Withdraw => &[Text::AccountWithdrawLead, Text::AccountWithdrawKept],
        _ => &[],
    }
}

/// Return the label of an item.
fn label(lang: Lang, focus: AccountFocus) -> &'static str {
    lang.text(match focus {
        AccountFocus::Id => Text::DoneId,
        AccountFocus::Password => Text::AccountPassword,
        AccountFocus::Email => Text::AccountEmail,
        AccountFocus::EmailAgain => Text::AccountEmailAgain,
        AccountFocus::Word => Text::AccountWithdrawWord,
        AccountFocus::Show => Text::PinShow,
        AccountFocus::Go => Text::Next,
        AccountFocus::Back => Text::Back,
    })
}

pub(super) fn page(model: &Model) -> Page {
    let lang = model.lang;
    let account = &model.visit.account;
    let mut blocks = Vec::new();
    for paragraph in lead(account.choice) {
        let style = if account.choice == AccountAction::Withdraw { Role::Warning } else { Role::Text };
        blocks.text(2, lang.text(*paragraph), style);
    }
    blocks.gap();
    let mut buttons = Vec::new();
    for focus in account.choice.items() {
        let focused = has_focus(model, focus);
        match focus {
            AccountFocus::Go => buttons.push(button(label(lang, focus), focused, Action::Confirm)),
            AccountFocus::Back => buttons.push(button(label(lang, focus), focused, Action::Back)),
            _ => item(&mut blocks, model, focus),
        }
    }
    if let Some(note) = &account.note {
        blocks.gap();
        blocks.message(note_text(lang, note), Role::Wrong);
    }
    Page {
        title: Title::Text(lang.action(account.choice)),
        blocks,
        side: Side::default(),
        buttons,
        help: vec![HelpLine::Help(Run::new(lang.text(needs(account.choice)), Role::Text))],
        scroll: None,
        keys: &[Text::KeysMove, Text::KeysEnter, Text::KeysSpace, Text::KeysBack, Text::KeysHelp, Text::KeysLanguage],
    }
}

fn item(blocks: &mut Vec<Block>, model: &Model, focus: AccountFocus) {
    let (lang, account) = (model.lang, &model.visit.account);
    let focused = has_focus(model, focus);
    let [email, again] = &account.email;
    match focus {
        AccountFocus::Id => blocks.entry(line(model, focus, &account.id, EMAIL_ROOM)),
        AccountFocus::Email => {
            blocks.entry(line(model, focus, email, EMAIL_ROOM));
            blocks.extend(second_look(model));
        }
        AccountFocus::EmailAgain => blocks.entry(line(model, focus, again, EMAIL_ROOM)),
        AccountFocus::Word => blocks.entry(line(model, focus, &account.word, 14)),
        AccountFocus::Password => blocks.entry(password(model, account, focused)),
        AccountFocus::Show => {
            let (mark, text) = (Mark::Tick(account.shown), label(lang, focus).to_owned());
            blocks.item(Item { mark, text, focused, action: Some(Action::Show), ..Item::default() });
        }
        // These are below the page.
        AccountFocus::Go | AccountFocus::Back => {}
    }
}

/// Return the action of a click on an item.
fn click(account: &AccountPage, focus: AccountFocus) -> Option<Action> {
    account.choice.items().iter().position(|item| *item == focus).map(Action::FocusItem)
}

fn line(model: &Model, focus: AccountFocus, typed: &Line, room: usize) -> Entry {
    let account = &model.visit.account;
    let label = vec![Run::new(label(model.lang, focus), Role::Label)];
    let (focused, action) = (has_focus(model, focus), click(account, focus));
    Entry { label, value: typed.value().to_owned(), secret: false, caret: typed.cursor(), room, focused, action }
}

/// Return whether an item has the focus; while a job runs none has it, since nothing can be typed or pressed.
fn has_focus(model: &Model, focus: AccountFocus) -> bool {
    model.visit.account.focus == focus && model.visit.waiting.is_none()
}

fn password(model: &Model, account: &AccountPage, focused: bool) -> Entry {
    let lang = model.lang;
    let value = account.password.drawn(account.shown, model.visit.waiting.is_some());
    let length = value.chars().count();
    let count = lang.fill(Text::PinCount, &[&length.to_string()]);
    let label = vec![Run::new(label(lang, AccountFocus::Password), Role::Label), Run::new(format!("  {count}"), Role::Quiet)];
    Entry { label, value, secret: true, caret: length, room: EMAIL_ROOM, focused, action: click(account, AccountFocus::Password) }
}

/// Return the warnings about the mail address: with a typo the next mail would be lost too.
fn second_look(model: &Model) -> Vec<Block> {
    let [email, _] = &model.visit.account.email;
    let free: Vec<&str> = model.setup.free_mail.iter().map(String::as_str).collect();
    let mut blocks = Vec::new();
    for warning in warning::of_email(email.value(), &free) {
        blocks.text(4, model.lang.warning(&warning), Role::Warning);
    }
    blocks
}

/// Return the text of a message.
fn note_text(lang: Lang, note: &AccountNote) -> String {
    match note {
        AccountNote::NoId => lang.text(Text::AccountNoId).to_owned(),
        AccountNote::NoPassword => lang.text(Text::AccountNoPassword).to_owned(),
        AccountNote::LoginRefused => {
            let words = lang.trouble(crate::error::Code::LoginRefused);
            format!("＊{}  {}", words.title, words.steps().collect::<Vec<_>>().join(" "))
        }
        AccountNote::Problem(field, problem) => lang.problem(*field, problem),
        AccountNote::Word => lang.text(Text::AccountWordMissing).to_owned(),
        AccountNote::Paste(size) => lang.fill(Text::PasteTooLong, &[&size.to_string()]),
    }
}
