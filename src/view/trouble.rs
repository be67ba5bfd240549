//! An error page: what happened with its stable code, why, what to do, and a next step that keeps the form.

use super::{Block, Blocks, Drawing, HelpLine, Page, Role, Run, Side, Title, button, issue};
use crate::app::state::issue::Destination;
use crate::app::state::trouble::{NextStep, TroubleButton, TroublePage};
use crate::app::visit::Mode;
use crate::app::{Action, Model};
use crate::doctor::details;
use crate::error::Code;
use crate::locale::{Lang, Text};
use crate::registration::FieldId;
use crate::worker::JobError;

/// Cells that the page needs beside the panel.
const BESIDE: usize = 78;
/// Its keys.
const KEYS: &[Text] =
    &[Text::KeysMove, Text::KeysEnter, Text::KeysScroll, Text::KeysBack, Text::KeysHelp, Text::KeysLanguage, Text::KeysDiagnose];
/// Its keys where the municipal office mends the trouble.
const KEYS_WITH_SLIP: &[Text] = &[
    Text::KeysMove,
    Text::KeysEnter,
    Text::KeysScroll,
    Text::KeysBack,
    Text::KeysSlip,
    Text::KeysHelp,
    Text::KeysLanguage,
    Text::KeysDiagnose,
];

pub(super) fn page(model: &Model, page: &TroublePage) -> Page {
    let lang = model.lang;
    let code = page.trouble.code();
    let words = lang.trouble(code);
    let mut blocks = Vec::new();
    blocks.push(Block::Trouble(words.title.to_owned(), codes(lang, &page.trouble)));
    // A path helps no visitor of a kiosk.
    let is_path = |line: &String| model.setup.mode == Mode::Kiosk && line.contains(['/', '\\']);
    for line in details(lang, &page.trouble).into_iter().filter(|line| !is_path(line)).chain(beyond(model, page)) {
        blocks.text(2, line, Role::Warning);
    }
    let issued = if model.setup.mode == Mode::Kiosk { issue::at_kiosk } else { issue::slip };
    blocks.extend(issued(lang, page.slip.as_ref()));
    blocks.gap();
    blocks.push(Block::Heading(0, lang.text(Text::TroubleCause)));
    blocks.text(2, words.cause, Role::Text);
    blocks.push(Block::Heading(0, lang.text(Text::TroubleTodo)));
    let steps: Vec<&str> = if model.setup.mode == Mode::Kiosk {
        words.steps_at_kiosk(lang.text(Text::KioskTellStaff)).collect()
    } else {
        words.steps().collect()
    };
    for (place, step) in steps.into_iter().enumerate() {
        blocks.push(Block::Step(place + 1, step.to_owned()));
    }
    blocks.gap();
    if page.next_step == NextStep::WaitForCard {
        blocks.text(2, lang.text(Text::WayOnWaits), Role::Quiet);
    }
    let hints = vec![HelpLine::Help(Run::new(lang.text(Text::TroubleKept), Role::Text))];
    let buttons = model.trouble_buttons(page).map(|item| {
        let (text, action) = match item {
            TroubleButton::Diagnose => (Text::DoctorTitle, Action::Diagnose),
            TroubleButton::Slip => (slip(model, code).unwrap_or(Text::SlipSave), Action::Slip),
            TroubleButton::NextStep => (next_step(page.next_step), Action::Confirm),
        };
        button(lang.text(text), page.focus == item, action)
    });
    Page {
        title: Title::Program,
        blocks,
        side: drawing(code)
            .map_or_else(Side::default, |drawing| Side { beside: BESIDE, parts: vec![vec![Block::Gap, Block::Drawing(drawing)]] }),
        buttons: buttons.collect(),
        help: hints,
        scroll: Some(page.line),
        keys: if slip(model, code).is_some() { KEYS_WITH_SLIP } else { KEYS },
    }
}

/// Return the label of the slip for the municipal office; `None` if the office cannot mend this, or the slip can go nowhere.
pub(crate) fn slip(model: &Model, code: Code) -> Option<Text> {
    code.office()?;
    Some(match model.destinations().first()? {
        Destination::Printer => Text::SlipPrint,
        Destination::File => Text::SlipSave,
    })
}

/// Return a drawing of where the cause lies: at the reader, at the card, or at the municipal office.
const fn drawing(code: Code) -> Option<Drawing> {
    match code {
        Code::PcscNotRunning | Code::NoReader | Code::ReaderGone | Code::PcscDenied | Code::PcscFault => Some(Drawing::NoReader),
        Code::NoCard
        | Code::CardMute
        | Code::NotMyNumberCard
        | Code::CardRemoved
        | Code::OtherCard
        | Code::CardReset
        | Code::CardFault
        | Code::CardGarbled => Some(Drawing::PutCard),
        Code::OldResidentCard
        | Code::WithoutPins
        | Code::SigningLocked
        | Code::AuthenticationLocked
        | Code::SigningForgotten
        | Code::AuthenticationForgotten
        | Code::SigningCertificateAbsent
        | Code::AuthenticationCertificateAbsent
        | Code::SigningCertificateExpired
        | Code::AuthenticationCertificateExpired => Some(Drawing::Office),
        _ => None,
    }
}

/// Return the label of the next step.
const fn next_step(next_step: NextStep) -> Text {
    match next_step {
        NextStep::WaitForCard => Text::WayOnLook,
        NextStep::Prove | NextStep::Register | NextStep::Terms | NextStep::Account => Text::WayOnRetry,
        NextStep::AccountMenu => Text::TopAccount,
        NextStep::Pin(_) => Text::WayOnPin,
        NextStep::Close => Text::WayOnClose,
        NextStep::CardValues => Text::WayOnCardValues,
    }
}

/// Return further details of the page: that the registration may have arrived, or the holder's data on the card.
fn beyond(model: &Model, page: &TroublePage) -> Vec<String> {
    let lang = model.lang;
    let mut lines = Vec::new();
    if page.perhaps {
        lines.push(lang.text(Text::Perhaps).to_owned());
    }
    if page.next_step == NextStep::CardValues
        && let Some(holder) = model.visit.holder()
    {
        let birth = model.visit.form.card.get(FieldId::BirthDate);
        let says = [holder.name.as_deref().unwrap_or_default(), birth];
        lines.push(lang.fill(Text::HolderSays, &[says.join("  ").trim()]));
    }
    lines
}

/// Return the stable code, the official ones, and the card's status word.
fn codes(lang: Lang, trouble: &JobError) -> String {
    let code = trouble.code();
    let mut line = lang.fill(Text::TroubleCode, &[code.id()]);
    // A bare number says nothing without the program that shows it, nor does a message on a console that cannot draw it.
    let said = |code: &str| code.is_ascii() && !code.bytes().all(|digit| digit.is_ascii_digit());
    let official: Vec<_> = code.official().filter(|row| row.certain && said(row.code)).map(|row| row.code).collect();
    if !official.is_empty() {
        line = format!("{line}  ({})", lang.fill(Text::TroubleOfficial, &[&official.join(", ")]));
    }
    if let JobError::Card(card) = trouble
        && let Some(status) = card.status
    {
        line = format!("{line}  {}", lang.fill(Text::TroubleStatus, &[&format!("{status:04X}")]));
    }
    line
}
