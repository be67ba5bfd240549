//! 利用者情報登録完了(STEP3): the 認証ID in large letters, where the mail went, what happens next.

use super::sheet::Sheet;
use super::theme::Theme;
use super::{Page, input, trail};
use crate::app::step::Done;
use crate::app::{Action, Model};
use crate::locale::Text;
use crate::registration::FieldId;
use crate::worker::{MailState, Registered};
use ratatui::text::Line;

pub(super) fn page(model: &Model, done: &Done, theme: Theme, width: usize) -> Page {
    let lang = model.lang;
    let registered = &done.registered;
    let mut sheet = Sheet::new(theme, width);
    sheet.text(2, lang.text(Text::DoneTitle), theme.good());
    sheet.blank();
    sheet.text(4, lang.text(Text::DoneId), theme.label());
    sheet.text(8, &large(&registered.authentication_id), theme.title().patch(theme.focus()));
    sheet.text(4, lang.text(Text::DoneWrite), theme.label());
    sheet.blank();
    whats_next(&mut sheet, model, registered);
    sheet.buttons(&[(lang.text(Text::DoneTop), done.row == 0, Action::Row(0)), (lang.text(Text::DoneSave), done.row == 1, Action::Row(1))]);
    match &done.receipt {
        Some(Ok(path)) => sheet.text(2, &lang.fill(Text::DoneSaved, &[path]), theme.good()),
        Some(Err(why)) => sheet.text(2, &lang.fill(Text::DoneNotSaved, &[why]), theme.error()),
        None => {}
    }
    // What became of the receipt stands under the buttons and belongs to them.
    sheet.focus.1 = sheet.rows.len();
    sheet.from = done.line;
    // The buttons may be below the window; what Enter does is said where it is always seen.
    let button = if done.row == 0 { Text::DoneTop } else { Text::DoneSave };
    Page {
        title: trail(2, theme, width),
        sheet,
        hint: vec![Line::styled(format!("Enter: {}", lang.text(button)), theme.label())],
        keys: &[Text::KeysMove, Text::KeysEnter, Text::KeysScroll, Text::KeysHelp, Text::KeysLanguage],
    }
}

/// Say where the mail went, what happens next, and what was checked.
pub(crate) fn whats_next(sheet: &mut Sheet, model: &Model, registered: &Registered) {
    let lang = model.lang;
    let theme = sheet.theme;
    match &registered.mail {
        MailState::Queued => sheet.text(2, &lang.fill(Text::DoneMail, &[&registered.mail_to]), theme.text()),
        MailState::File(folder) => sheet.text(2, &lang.fill(Text::DoneMailFile, &[folder]), theme.warning()),
    }
    for text in [Text::DoneNext1, Text::DoneNext2, Text::DoneNext3] {
        sheet.text(2, lang.text(text), theme.text());
    }
    sheet.blank();
    let name = input::shown(lang, FieldId::Name, model.form.draft.get(FieldId::Name));
    sheet.text(2, &format!("{}: {name}   {}", lang.field(FieldId::Name), registered.registered_at), theme.text());
    let revocation = match registered.revocation.as_str() {
        "unchecked" => lang.text(Text::DoneRevocation).to_owned(),
        other => lang.fill(Text::DoneRevocationOther, &[other]),
    };
    sheet.text(2, &revocation, theme.quiet());
}

/// Letters as large as a terminal can show them without drawing: full width, in groups.
fn large(id: &str) -> String {
    let wide = |letter: char| match letter {
        '!'..='~' => char::from_u32(u32::from(letter) + 0xFEE0).unwrap_or(letter),
        other => other,
    };
    let groups = crate::protocol::authentication_id::groups(id);
    groups.chars().map(wide).collect()
}
