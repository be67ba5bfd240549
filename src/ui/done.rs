//! What was done: 利用者情報登録完了(STEP3) with the 認証ID in large letters, or the result of an act; where the mail is; what happens next.

use super::confirm::labelled;
use super::sheet::Sheet;
use super::theme::Theme;
use super::{Page, trail};
use crate::app::acts::Choice;
use crate::app::done::{self, Deed, Done, DoneNote};
use crate::app::{Action, Model, minute_in_japan, time_in_japan};
use crate::error::Code;
use crate::locale::{Lang, Text};
use crate::worker::{Acted, Confirmed, Mail, MailState, Registered};
use ratatui::text::Line;

pub(super) fn page(model: &Model, done: &Done, theme: Theme, width: usize) -> Page {
    let lang = model.lang;
    let mut sheet = Sheet::new(theme, width);
    let title = match &done.deed {
        Deed::Registered(registered, _) => {
            sheet.text(2, lang.text(Text::DoneTitle), theme.good());
            sheet.blank();
            sheet.text(4, lang.text(Text::DoneId), theme.label());
            sheet.text(8, &large(&registered.authentication_id), theme.title().patch(theme.focus()));
            sheet.text(4, lang.text(Text::DoneWrite), theme.label());
            trail(2, theme, width)
        }
        Deed::Act(choice, _) => {
            sheet.text(2, lang.text(said(*choice)), theme.good());
            Line::styled(lang.text(choice.text()), theme.label())
        }
    };
    sheet.blank();
    whats_next(&mut sheet, model, done);
    sheet.blank();
    let buttons = done.buttons(model.visit.acts.behind.is_some());
    for (row, button) in buttons.iter().enumerate() {
        sheet.buttons(&[(lang.text(button.text()), done.row == Some(row), Action::Row(row))]);
    }
    receipt(&mut sheet, lang, done);
    // What became of the receipt stands under the buttons and belongs to them.
    sheet.focus.1 = sheet.rows.len();
    sheet.from = done.line;
    if let Deed::Registered(registered, confirmed) = &done.deed {
        checked(&mut sheet, model, registered, confirmed);
    }
    // The buttons may be below the window; what Enter does is said where it is always seen.
    let chosen = match done.row.and_then(|row| buttons.get(row)) {
        Some(button) => Line::styled(format!("Enter: {}", lang.text(button.text())), theme.label()),
        None => Line::styled(lang.text(Text::DoneTold), if done.told { theme.warning() } else { theme.text() }),
    };
    Page {
        title,
        sheet,
        hint: vec![chosen],
        keys: &[Text::KeysMove, Text::KeysEnter, Text::KeysScroll, Text::KeysHelp, Text::KeysLanguage],
    }
}

/// Say what was done for a registered person.
pub(crate) const fn said(choice: Choice) -> Text {
    match choice {
        Choice::LogInByCard | Choice::LogIn => Text::DidLogIn,
        Choice::Resend => Text::DidResend,
        Choice::Remind => Text::DidRemind,
        Choice::Address => Text::DidAddress,
        Choice::Link => Text::DidLink,
        Choice::Withdraw => Text::DidWithdraw,
    }
}

/// Say where the mail is, what happens next, and what was checked.
pub(crate) fn whats_next(sheet: &mut Sheet, model: &Model, done: &Done) {
    let lang = model.lang;
    let theme = sheet.theme;
    mail(sheet, lang, done);
    let next: &[Text] = match &done.deed {
        Deed::Registered(..) => &[Text::DoneNext1, Text::DoneNext2, Text::DoneNext3],
        Deed::Act(_, Acted::LoggedIn(_)) => &[Text::NextLogIn],
        Deed::Act(Choice::Resend, _) => &[Text::NextResend, Text::NextMail],
        Deed::Act(Choice::Address, _) => &[Text::NextAddress, Text::NextMail],
        Deed::Act(_, Acted::Mailed(_)) => &[Text::NextMail],
        Deed::Act(_, Acted::Linked) => &[Text::NextLink],
        Deed::Act(_, Acted::Withdrawn) => &[Text::NextWithdraw],
    };
    // What lies in a folder is in nobody's spam.
    let in_folder = done.mail().is_some_and(|mail| mail.state == MailState::File);
    for text in next.iter().filter(|text| !(in_folder && **text == Text::NextMail)) {
        sheet.text(2, lang.text(*text), theme.text());
    }
}

/// Show everything as it was registered, and what was checked.
pub(crate) fn checked(sheet: &mut Sheet, model: &Model, registered: &Registered, confirmed: &Confirmed) {
    let lang = model.lang;
    let theme = sheet.theme;
    sheet.blank();
    for (label, value) in labelled(lang, &confirmed.form) {
        sheet.text(2, &format!("{label}: {value}"), theme.text());
    }
    if !registered.differs_from_card.is_empty() {
        sheet.text(2, &differs(lang, registered), theme.text());
    }
    let when = done::registered_at(lang, registered);
    if !when.is_empty() {
        sheet.text(2, &when, theme.text());
    }
    let revocation = match registered.revocation.as_str() {
        "unchecked" => lang.text(Text::DoneRevocation).to_owned(),
        other => lang.fill(Text::DoneRevocationOther, &[other]),
    };
    sheet.text(2, &revocation, theme.quiet());
}

/// Name the fields that were registered otherwise than the card says.
pub(crate) fn differs(lang: Lang, registered: &Registered) -> String {
    let fields: Vec<&str> = registered.differs_from_card.iter().map(|id| lang.field(*id)).collect();
    lang.fill(Text::DoneDiffers, &[&fields.join(", ")])
}

/// Say where the mail is, as of when, and why that could not be found out.
pub(crate) fn mail(sheet: &mut Sheet, lang: Lang, done: &Done) {
    let theme = sheet.theme;
    if let Some(mail) = done.mail() {
        let style = match mail.state {
            MailState::Queued | MailState::Sent => theme.text(),
            MailState::Delayed(_) | MailState::File => theme.warning(),
            MailState::Stuck => theme.error(),
        };
        sheet.text(2, &whereabouts(lang, mail, done.address.as_deref()), style);
        if let Some(asked) = mail.asked.and_then(time_in_japan) {
            let clock = format!("{:02}:{:02}:{:02}", asked.hour(), asked.minute(), asked.second());
            sheet.text(4, &lang.fill(Text::MailAsOf, &[&clock]), theme.quiet());
        }
    }
    match done.note {
        Some(DoneNote::MailUnknown(Code::SessionExpired)) => sheet.text(2, lang.text(Text::MailTooLate), theme.warning()),
        Some(DoneNote::MailUnknown(code)) => {
            sheet.text(2, &lang.fill(Text::MailUnknown, &[lang.trouble(code).title, code.id()]), theme.warning())
        }
        _ => {}
    }
}

/// Say what became of the receipt.
pub(crate) fn receipt(sheet: &mut Sheet, lang: Lang, done: &Done) {
    let theme = sheet.theme;
    match &done.note {
        Some(DoneNote::Saved(path)) => sheet.text(2, &lang.fill(Text::DoneSaved, &[path]), theme.good()),
        Some(DoneNote::NotSaved(why)) => sheet.text(2, &lang.fill(Text::DoneNotSaved, &[why]), theme.error()),
        _ => {}
    }
}

/// Say where a mail is. Its address is told in full where it is the one that the person has given: the service hides most of it.
fn whereabouts(lang: Lang, mail: &Mail, address: Option<&str>) -> String {
    let hidden = mail.to.split_once("***");
    let same = |address: &&str| hidden.is_some_and(|(head, tail)| address.starts_with(head) && address.ends_with(tail));
    let to = address.filter(same).unwrap_or(&mail.to);
    match mail.state {
        MailState::Queued => lang.fill(Text::DoneMail, &[to]),
        MailState::Sent => lang.fill(Text::MailSent, &[to]),
        MailState::Delayed(at) => match at.and_then(minute_in_japan) {
            Some(when) => lang.fill(Text::MailDelayed, &[to, &when]),
            None => lang.fill(Text::MailDelayedSometime, &[to]),
        },
        MailState::Stuck => lang.fill(Text::MailStuck, &[to]),
        MailState::File => match &mail.folder {
            Some(folder) => lang.fill(Text::DoneMailFile, &[to, folder]),
            None => lang.fill(Text::MailFile, &[to]),
        },
    }
}

/// Letters as large as a terminal can show them without drawing: full width, in groups.
fn large(id: &str) -> String {
    let groups = crate::protocol::authentication_id::groups(id);
    groups.chars().map(crate::letters::full_width).collect()
}
