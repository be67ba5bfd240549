//! Results: 利用者情報登録完了(STEP3) with the 認証ID in large letters, or the result of an account action; the delivery state of the mail; what
//! happens next.

use super::{
    Block, Blocks, Drawing, HelpLine, Page, Role, Run, Side, Title, beside, button, is_practice, issue, not_drawn, unlisted, value,
};
use crate::app::state::account::AccountAction;
use crate::app::state::result;
use crate::app::state::result::{Outcome, ResultNote, ResultPage};
use crate::app::visit::Mode;
use crate::app::{Action, Model};
use crate::error::Code;
use crate::locale::{Lang, Text, official};
use crate::protocol::authentication_id::groups;
use crate::time::{minute_in_japan, time_in_japan};
use crate::worker::{AccountOutcome, Confirmed, Mail, MailState, Registered};

/// Cells that STEP3 needs beside the panel.
const BESIDE: usize = 78;

pub(super) fn page(model: &Model, done: &ResultPage) -> Page {
    let lang = model.lang;
    let mut blocks = Vec::new();
    let mut side = Side::default();
    let title = match &done.outcome {
        Outcome::Registered(registered, _) => {
            blocks.text(0, lang.text(Text::DoneTitle), Role::Good);
            if is_practice(model) {
                blocks.text(0, lang.text(Text::DonePractice), Role::Label);
            } else {
                blocks.gap();
            }
            blocks.push(Block::Id(lang.text(Text::DoneId), groups(&registered.authentication_id), lang.text(Text::DoneWrite)));
            side = Side { beside: BESIDE, parts: vec![mails(model)] };
            Title::Step(2)
        }
        Outcome::Account(choice, AccountOutcome::LinkWaits(_)) => {
            blocks.text(2, lang.text(Text::LinkWaits), Role::Warning);
            Title::Text(lang.action(*choice))
        }
        Outcome::Account(choice, _) => {
            blocks.text(2, lang.action_done(*choice), Role::Good);
            Title::Text(lang.action(*choice))
        }
    };
    // Only the clerk sees it, and only now.
    blocks.extend(unlisted(model));
    blocks.gap();
    if matches!(done.outcome, Outcome::Registered(..)) {
        blocks.push(Block::Heading(0, lang.text(Text::DoneNext)));
    }
    blocks.extend(whats_next(model, done));
    let buttons = done.buttons(model.visit.nav.previous_screen().is_some());
    let issued = if model.setup.mode == Mode::Kiosk { issue::at_kiosk } else { issue::receipt };
    blocks.extend(issued(lang, done.issue.as_ref()));
    if let Outcome::Registered(registered, confirmed) = &done.outcome {
        blocks.extend(checked(model, registered, confirmed));
    }
    // With a button chosen, its mark says enough.
    let told = Run::new(lang.text(Text::DoneTold), if done.told { Role::Warning } else { Role::Text });
    let chosen = done.row.is_some_and(|row| row < buttons.len());
    Page {
        title,
        blocks,
        side,
        buttons: buttons
            .iter()
            .enumerate()
            .map(|(row, choice)| button(lang.text(choice.text()), done.row == Some(row), Action::ChooseRow(row)))
            .collect(),
        help: if chosen { Vec::new() } else { vec![HelpLine::Enter(told)] },
        scroll: done.line,
        keys: &[Text::KeysMove, Text::KeysEnter, Text::KeysScroll, Text::KeysHelp, Text::KeysLanguage],
    }
}

/// Return what stands beside STEP3: the two mails that follow.
fn mails(model: &Model) -> Vec<Block> {
    let mut blocks = vec![Block::Gap, Block::Drawing(Drawing::Mails), Block::Gap];
    blocks.text(0, model.lang.text(Text::AboutMails), Role::Text);
    blocks
}

/// Return the delivery state of the mail and what happens next.
fn whats_next(model: &Model, done: &ResultPage) -> Vec<Block> {
    let mut blocks = Vec::new();
    let lang = model.lang;
    blocks.extend(mail(model, done));
    let next: &[Text] = match &done.outcome {
        Outcome::Registered(..) => &[Text::DoneNext1, Text::DoneNext2, Text::DoneNext3],
        Outcome::Account(_, AccountOutcome::LoggedIn(_) | AccountOutcome::Linked(None)) => &[Text::NextLogIn],
        Outcome::Account(AccountAction::Resend, _) => &[Text::NextResend, Text::NextMail],
        Outcome::Account(AccountAction::Undo, _) => &[Text::NextUndo, Text::NextMail],
        Outcome::Account(AccountAction::Address, _) => &[Text::NextAddress, Text::NextMail],
        Outcome::Account(_, AccountOutcome::Mailed(_)) => &[Text::NextMail],
        Outcome::Account(_, AccountOutcome::Linked(Some(_))) => &[Text::NextLink],
        Outcome::Account(_, AccountOutcome::LinkWaits(_)) => &[Text::NextLinkWaits, Text::NextMail],
        Outcome::Account(_, AccountOutcome::Withdrawn) => &[Text::NextWithdraw],
    };
    // A mail written to a folder cannot be in a spam folder.
    let in_folder = done.mail().is_some_and(|mail| mail.state == MailState::File);
    let next = next.iter().filter(|text| !(in_folder && **text == Text::NextMail));
    if matches!(done.outcome, Outcome::Registered(..)) {
        blocks.extend((1..).zip(next).map(|(number, text)| Block::Step(number, lang.text(*text).to_owned())));
    } else {
        next.for_each(|text| blocks.text(2, lang.text(*text), Role::Text));
    }
    blocks
}

/// Return the registered data and the result of the checks.
fn checked(model: &Model, registered: &Registered, confirmed: &Confirmed) -> Vec<Block> {
    let mut blocks = Vec::new();
    let lang = model.lang;
    blocks.gap();
    blocks.push(Block::Heading(0, lang.text(Text::DoneRegistered)));
    for field in confirmed.form.fields() {
        let beside = Some(beside(model, official::label(field))).filter(|official| !official.is_empty());
        blocks.push(Block::Registered(lang.field(field), value(model, field, &confirmed.form.value(field)), beside));
    }
    blocks.extend(not_drawn(model, |field| confirmed.form.value(field)));
    if let Some(differs) = lang.differs_from_card(&registered.differs_from_card) {
        blocks.text(2, differs, Role::Text);
    }
    let when = result::registered_at(lang, registered);
    if !when.is_empty() {
        blocks.text(2, when, Role::Text);
    }
    let revocation = match registered.revocation.as_str() {
        "unchecked" => lang.text(Text::DoneRevocation).to_owned(),
        other => lang.fill(Text::DoneRevocationOther, &[other]),
    };
    blocks.text(2, revocation, Role::Quiet);
    if let Some(last) = model.visit.certificate_last() {
        blocks.text(2, lang.fill(Text::CardEnds, &[&last.to_string()]), Role::Text);
    }
    blocks
}

/// Return the delivery state of the mail, its time, and why it is unknown.
fn mail(model: &Model, done: &ResultPage) -> Vec<Block> {
    let (lang, mut blocks) = (model.lang, Vec::new());
    if let Some(mail) = done.mail() {
        let style = match mail.state {
            MailState::Queued | MailState::Sent => Role::Text,
            MailState::Delayed(_) => Role::Warning,
            MailState::File => Role::Quiet,
            MailState::Stuck => Role::Wrong,
        };
        let whereabouts = match (mail.state, model.setup.mode) {
            // No visitor can open a folder.
            (MailState::File, Mode::Kiosk) => lang.text(Text::KioskNoMail).to_owned(),
            _ => whereabouts(lang, mail, done.address.as_deref()),
        };
        blocks.text(2, whereabouts, style);
        if let Some(asked) = mail.asked.and_then(time_in_japan) {
            let clock = format!("{:02}:{:02}:{:02}", asked.hour(), asked.minute(), asked.second());
            blocks.text(4, lang.fill(Text::MailAsOf, &[&clock]), Role::Quiet);
        }
    }
    match done.note {
        Some(ResultNote::MailUnknown(Code::SessionExpired)) => blocks.text(2, lang.text(Text::MailTooLate), Role::Warning),
        Some(ResultNote::MailUnknown(code)) => {
            blocks.text(2, lang.fill(Text::MailUnknown, &[lang.trouble(code).title, code.id()]), Role::Warning)
        }
        _ => {}
    }
    blocks
}

/// Return the result of the last button.
pub(crate) fn notes(model: &Model, done: &ResultPage) -> Vec<Block> {
    let mut blocks = issue::receipt(model.lang, done.issue.as_ref());
    if done.note.is_some() {
        blocks.extend(mail(model, done));
    }
    blocks
}

/// Format the delivery state. The full address is shown if it matches the one given, since the service masks most of it.
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
