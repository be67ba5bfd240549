//! 利用者情報確認(STEP2): every label and value, a way back to each line, 登録 and 戻る.

use super::sheet::Sheet;
use super::theme::Theme;
use super::wrap::cells;
use super::{Page, input, trail};
use crate::app::update::CONFIRM_REGISTER;
use crate::app::{Action, Model};
use crate::locale::{Lang, Text, official};
use crate::registration::{FIELDS, FieldId, warning};
use ratatui::text::{Line, Span};

/// How many cells the column of labels takes: the widest label and a space.
const LABELS: usize = 28;

pub(super) fn page(model: &Model, chosen: usize, theme: Theme, width: usize) -> Page {
    let lang = model.lang;
    let mut sheet = Sheet::new(theme, width);
    sheet.text(0, lang.text(Text::ConfirmLead), theme.text());
    for (row, field) in FIELDS.iter().enumerate() {
        // The repeated mail address is the same as the one above it.
        if field.id == FieldId::EmailAgain || !model.form.draft.is_open(field.id) {
            continue;
        }
        let label = lang.field(field.id);
        let pad = LABELS.saturating_sub(cells(label));
        let value = input::shown(lang, field.id, model.form.draft.get(field.id));
        let style = if row == chosen { theme.focus() } else { theme.text() };
        let mut spans = vec![Span::styled(label, theme.label()), Span::raw(" ".repeat(pad)), Span::styled(value, style)];
        if lang != Lang::Ja {
            spans.push(Span::styled(format!("  {}", official::label(field.id)), theme.quiet()));
        }
        sheet.label(row == chosen, spans, Some(Action::Row(row)));
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

/// Say what deserves a second look before 登録.
pub(crate) fn warnings(sheet: &mut Sheet, model: &Model) {
    input::of_service(sheet, model);
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
