//! The first password, set with the code of the mail; how to set it on the web page stands below.

use super::Page;
use super::sheet::Sheet;
use crate::app::first_password::{FirstPassword, LIMITS, PasswordFocus, PasswordNote};
use crate::app::{Action, Model};
use crate::locale::words::Page as HelpPage;
use crate::locale::{Lang, Text};
use crate::tui::theme::Theme;
use crate::worker::Weakness;
use ratatui::text::{Line, Span};

pub(super) fn page(model: &Model, entry: &FirstPassword, theme: Theme, width: usize) -> Page {
    let lang = model.lang;
    let mut sheet = Sheet::new(theme, width);
    let focused = entry.focus == PasswordFocus::Code;
    sheet.label(focused, vec![Span::styled(lang.text(Text::PasswordCode), theme.label())], None);
    sheet.field(entry.code.value(), focused.then(|| entry.code.cursor()), 72, None);
    let focused = entry.focus == PasswordFocus::Password;
    let count = lang.fill(Text::PinCount, &[&entry.password.len().to_string()]);
    let label = vec![Span::styled(lang.text(Text::PasswordNew), theme.label()), Span::styled(format!("  {count}"), theme.quiet())];
    sheet.label(focused, label, None);
    let stars = "*".repeat(entry.password.len());
    let seen = if entry.shown { entry.password.reveal() } else { &stars };
    sheet.field(seen, focused.then(|| entry.password.len()), LIMITS.1 + 2, None);
    let tick = if entry.shown { "[x]" } else { "[ ]" };
    sheet.item(entry.focus == PasswordFocus::Show, &format!("{tick} {}", lang.text(Text::PinShow)), theme.text(), None);
    sheet.buttons(&[
        (lang.text(Text::PasswordSet), entry.focus == PasswordFocus::Set, Action::Confirm),
        (lang.text(Text::PasswordAgain), entry.focus == PasswordFocus::Again, Action::Row(0)),
        (lang.text(Text::Back), entry.focus == PasswordFocus::Back, Action::Back),
    ]);
    if let Some(note) = entry.note {
        let (text, style) = (note_text(lang, note), if note == PasswordNote::Set { theme.good() } else { theme.error() });
        sheet.text(2, &text, style);
        sheet.hold();
    }
    sheet.blank();
    // The rest is help.
    for paragraph in lang.help(HelpPage::FirstPassword).iter().take(2) {
        sheet.text(2, paragraph, theme.quiet());
    }
    Page {
        title: Line::styled(lang.text(Text::FirstPasswordTitle), theme.label()),
        sheet,
        hint: vec![Line::styled(lang.text(Text::PasswordRule), theme.text())],
        keys: &[Text::KeysMove, Text::KeysEnter, Text::KeysSpace, Text::KeysBack, Text::KeysHelp, Text::KeysLanguage],
    }
}

/// Say what came of it.
pub(crate) fn note_text(lang: Lang, note: PasswordNote) -> String {
    match note {
        PasswordNote::NoCode => lang.text(Text::PasswordNoCode).to_owned(),
        PasswordNote::TooShort => lang.fill(Text::PasswordTooShort, &[&LIMITS.0.to_string()]),
        PasswordNote::Full => lang.fill(Text::PasswordFull, &[&LIMITS.1.to_string()]),
        PasswordNote::Weak(weakness) => weakness_text(lang, weakness),
        PasswordNote::Refused(code) => format!("＊{}。{}", lang.trouble(code).title, lang.trouble(code).cause),
        PasswordNote::Set => lang.text(Text::PasswordDone).to_owned(),
    }
}

/// Say why the service does not take the password, and how to mend it.
fn weakness_text(lang: Lang, weakness: Weakness) -> String {
    match weakness {
        Weakness::TooShort { need, have } => lang.fill(Text::WeakTooShort, &[&need.to_string(), &have.to_string()]),
        Weakness::TooLong { limit, over } => lang.fill(Text::WeakTooLong, &[&limit.to_string(), &over.to_string()]),
        Weakness::HoldsId => lang.text(Text::WeakHoldsId).to_owned(),
        Weakness::HoldsName => lang.text(Text::WeakHoldsName).to_owned(),
        Weakness::HoldsAddress => lang.text(Text::WeakHoldsAddress).to_owned(),
        Weakness::Common => lang.text(Text::WeakCommon).to_owned(),
    }
}
