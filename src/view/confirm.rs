//! 利用者情報確認(STEP2): every label and value, each of which can be corrected, 登録 and 戻る. What is shown is what is signed.

use super::{Block, Blocks, HelpLine, Page, Role, Run, Side, Title, beside, button, form, not_drawn, value};
use crate::app::screen::Question;
use crate::app::state::confirm::{ConfirmFocus, ConfirmPage};
use crate::app::visit::Mode;
use crate::app::{Action, Model, state::cards};
use crate::locale::{Text, official};
use crate::registration::warning;

pub(super) fn page(model: &Model, page: &ConfirmPage) -> Page {
    let lang = model.lang;
    let mut blocks = Vec::new();
    blocks.text(0, lang.text(Text::ConfirmLead), Role::Text);
    for field in page.confirmed.form.fields() {
        let chosen = page.focus == ConfirmFocus::Field(field);
        let value = value(model, field, &page.confirmed.form.value(field));
        let official = Some(beside(model, official::label(field))).filter(|official| !official.is_empty());
        blocks.push(Block::SummaryRow(lang.field(field), value, official, chosen, Action::FocusConfirm(ConfirmFocus::Field(field))));
        if page.confirmed.differs.contains(&field) {
            blocks.push(Block::Differs(lang.fill(Text::DiffersFromCard, &[&form::on_card(model, field)])));
        }
    }
    blocks.extend(not_drawn(model, |field| page.confirmed.form.value(field)));
    blocks.extend(warnings(model));
    let mut buttons = vec![
        button(lang.text(Text::Register), page.focus == ConfirmFocus::Register, Action::Ask(Question::Register)),
        button(lang.text(Text::Back), page.focus == ConfirmFocus::Back, Action::Back),
    ];
    if page.offers_sheet {
        buttons.push(button(lang.text(Text::TransferOpen), page.focus == ConfirmFocus::Transfer, Action::Transfer));
    }
    let told = if page.told { Role::Warning } else { Role::Text };
    let enter = match page.focus {
        ConfirmFocus::Register => Run::new(lang.text(Text::ConfirmPressed), Role::Label),
        ConfirmFocus::Page => Run::new(lang.text(Text::ConfirmTold), told),
        _ => Run::new(lang.text(Text::ConfirmNot), Role::Text),
    };
    let mut hints = vec![HelpLine::Enter(enter)];
    if cards::should_warn_card_away(model) {
        hints.push(HelpLine::Card(Run::new(lang.text(Text::CardNeeded), Role::Warning)));
    }
    Page {
        title: Title::Step(1),
        blocks,
        side: Side::default(),
        buttons,
        help: hints,
        // Before a button is pressed, the last lines are what was not seen yet.
        scroll: match page.focus {
            ConfirmFocus::Page => Some(0),
            ConfirmFocus::Register | ConfirmFocus::Back | ConfirmFocus::Transfer => Some(usize::MAX),
            ConfirmFocus::Field(_) => None,
        },
        keys: &[Text::KeysMove, Text::KeysEnter, Text::KeysRegister, Text::KeysBack, Text::KeysHelp, Text::KeysLanguage],
    }
}

/// Return the warnings shown before 登録.
fn warnings(model: &Model) -> Vec<Block> {
    let mut blocks = Vec::new();
    blocks.extend(form::service_notices(model));
    let lang = model.lang;
    if let Some(soon) = model.visit.certificate_last().and_then(|last| warning::of_certificate(last, model.today())) {
        blocks.text(2, lang.warning(&soon), Role::Warning);
    }
    if model.setup.mode == Mode::Desk {
        blocks.text(2, lang.text(Text::DeskOnlyApplicant), Role::Label);
    }
    blocks
}
