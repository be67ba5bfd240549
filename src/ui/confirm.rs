//! 利用者情報確認(STEP2): every label and value, a way back to each line, 登録 and 戻る.

use super::sheet::Sheet;
use super::theme::Theme;
use super::{Page, input, trail};
use crate::app::update::CONFIRM_REGISTER;
use crate::app::{Action, Model};
use crate::locale::{Text, official};
use crate::registration::{FIELDS, FieldId, warning};
use ratatui::text::{Line, Span};

pub(super) fn page(model: &Model, chosen: usize, theme: Theme, width: usize) -> Page {
    let lang = model.lang;
    let mut sheet = Sheet::new(theme, width);
    sheet.text(0, lang.text(Text::ConfirmLead), theme.text());
    for (row, field) in FIELDS.iter().enumerate() {
        // The repeated mail address is the same as the one above it.
        if field.id == FieldId::EmailAgain || !model.form.draft.is_open(field.id) {
            continue;
        }
        let mut spans = vec![Span::styled(lang.field(field.id), theme.label())];
        if lang != crate::locale::Lang::Ja {
            spans.push(Span::raw(format!("  {}", official::label(field.id))));
        }
        let click = Some(Action::Row(row));
        sheet.label(row == chosen, spans, click);
        let value = input::shown(lang, field.id, model.form.draft.get(field.id));
        sheet.text(4, &value, if row == chosen { theme.focus() } else { theme.text() });
        if row == chosen {
            sheet.focus.1 = sheet.rows.len();
        }
    }
    warnings(&mut sheet, model);
    sheet.blank();
    sheet.buttons(&[
        (lang.text(Text::Register), chosen == CONFIRM_REGISTER, Action::Confirm),
        (lang.text(Text::Back), chosen > CONFIRM_REGISTER, Action::Back),
    ]);
    Page {
        title: trail(1, theme, width),
        sheet,
        hint: vec![Line::styled(lang.text(Text::ConfirmNot), theme.text())],
        keys: &[Text::KeysMove, Text::KeysEnter, Text::KeysRegister, Text::KeysBack, Text::KeysHelp, Text::KeysLanguage],
    }
}

fn warnings(sheet: &mut Sheet, model: &Model) {
    let theme = sheet.theme;
    if let Some(soon) = model.certificate_last.and_then(|last| warning::of_certificate(last, model.today())) {
        sheet.text(2, &model.lang.warning(&soon), theme.warning());
    }
    for id in [FieldId::Name, FieldId::Sex, FieldId::BirthDate] {
        if model.form.differs_from_card(id) {
            let card = input::shown(model.lang, id, model.form.card.get(id));
            let text = model.lang.fill(Text::DiffersFromCard, &[&card]);
            sheet.text(2, &format!("{}: {text}", model.lang.field(id)), theme.warning());
        }
    }
}
