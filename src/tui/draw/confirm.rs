//! 利用者情報確認(STEP2): every label and value, a way back to each line, 登録 and 戻る. What stands here is the value that is signed.

use super::sheet::Sheet;
use super::{Page, input, trail, wrapped};
use crate::app::step::{ConfirmFocus, ConfirmPage, Question};
use crate::app::visit::Mode;
use crate::app::{Action, Model, cards};
use crate::locale::{Lang, Text, official};
use crate::registration::{FieldId, Form, warning};
use crate::text::cells;
use crate::tui::theme::Theme;
use crate::worker::Confirmed;
use ratatui::text::{Line, Span};

/// How many cells the column of labels takes: the widest label and a space.
const LABELS: usize = 28;

pub(super) fn page(model: &Model, page: &ConfirmPage, theme: Theme, width: usize) -> Page {
    let lang = model.lang;
    let mut sheet = Sheet::new(theme, width);
    sheet.text(0, lang.text(Text::ConfirmLead), theme.text());
    for field in page.confirmed.form.fields() {
        let chosen = page.focus == ConfirmFocus::Field(field);
        let click = Some(Action::Line(ConfirmFocus::Field(field)));
        sheet.label(chosen, line(lang, &page.confirmed.form, field, chosen, theme), click);
    }
    warnings(&mut sheet, model, &page.confirmed);
    sheet.blank();
    sheet.buttons(&[
        (lang.text(Text::Register), page.focus == ConfirmFocus::Register, Action::Ask(Question::Register)),
        (lang.text(Text::Back), page.focus == ConfirmFocus::Back, Action::Back),
    ]);
    if page.focus == ConfirmFocus::Page {
        sheet.from = Some(0);
    }
    let hint = match (page.focus, page.told) {
        (ConfirmFocus::Register, _) => Line::styled(lang.text(Text::ConfirmPressed), theme.label()),
        (ConfirmFocus::Page, told) => Line::styled(lang.text(Text::ConfirmTold), if told { theme.warning() } else { theme.text() }),
        _ => Line::styled(lang.text(Text::ConfirmNot), theme.text()),
    };
    let mut hint = wrapped(&hint, width);
    if cards::is_needed(model) {
        // There is room for two lines, and this one is not to be missed.
        hint.truncate(1);
        hint.push(Line::styled(lang.text(Text::CardNeeded), theme.warning()));
    }
    Page {
        title: trail(1, theme, width),
        sheet,
        hint,
        keys: &[Text::KeysMove, Text::KeysEnter, Text::KeysRegister, Text::KeysBack, Text::KeysHelp, Text::KeysLanguage],
    }
}

/// A label and its value, the official label beside.
fn line(lang: Lang, form: &Form, field: FieldId, chosen: bool, theme: Theme) -> Vec<Span<'static>> {
    let label = lang.field(field);
    let pad = LABELS.saturating_sub(cells(label));
    let value = input::shown(lang, field, &form.value(field));
    let style = if chosen { theme.focus() } else { theme.text() };
    let mut spans = vec![Span::styled(label, theme.label()), Span::raw(" ".repeat(pad)), Span::styled(value, style)];
    if lang != Lang::Ja {
        spans.push(Span::styled(format!("  {}", official::label(field)), theme.quiet()));
    }
    spans
}

/// Return each field of a form with its label and value in words, for line mode and the receipt.
pub(crate) fn labelled(lang: Lang, form: &Form) -> impl Iterator<Item = (String, String)> {
    form.fields().map(move |field| {
        let label = match lang {
            Lang::Ja => lang.field(field).to_owned(),
            _ => format!("{} {}", lang.field(field), official::label(field)),
        };
        (label, input::shown(lang, field, &form.value(field)))
    })
}

/// Say what deserves a second look before 登録.
pub(crate) fn warnings(sheet: &mut Sheet, model: &Model, confirmed: &Confirmed) {
    input::of_service(sheet, model);
    let theme = sheet.theme;
    let lang = model.lang;
    if let Some(soon) = model.visit.certificate_last().and_then(|last| warning::of_certificate(last, model.today())) {
        sheet.text(2, &lang.warning(&soon), theme.warning());
    }
    for id in &confirmed.differs {
        let text = lang.fill(Text::DiffersFromCard, &[&input::on_card(model, *id)]);
        sheet.text(2, &format!("{}: {text}", lang.field(*id)), theme.warning());
    }
    if model.setup.mode == Mode::Desk {
        sheet.text(2, lang.text(Text::DeskOnlyApplicant), theme.label());
    }
}
