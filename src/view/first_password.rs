//! The first password, set with the code from the mail; below it, how to set it on the web page.

use super::{Blocks, Entry, HelpLine, Item, Mark, Page, Role, Run, Side, Title, button};
use crate::app::state::first_password::{FirstPassword, LIMITS, ORDER, PasswordFocus, PasswordNote};
use crate::app::{Action, Model};
use crate::locale::words::Page as HelpPage;
use crate::locale::{Lang, Text};
use crate::worker::{PASSWORD_SIGNS, PasswordRules, Weakness};

pub(super) fn page(model: &Model, entry: &FirstPassword) -> Page {
    let lang = model.lang;
    // While a job runs nothing can be typed or pressed.
    let waits = model.visit.waiting.is_some();
    let mut blocks = Vec::new();
    blocks.entry(Entry {
        label: vec![Run::new(lang.text(Text::PasswordCode), Role::Label)],
        value: entry.code.value().to_owned(),
        secret: false,
        caret: entry.code.cursor(),
        room: 72,
        focused: entry.focus == PasswordFocus::Code && !waits,
        action: click(PasswordFocus::Code),
    });
    let value = entry.password.drawn(entry.shown, waits);
    let length = value.chars().count();
    let count = lang.fill(Text::PinCount, &[&length.to_string()]);
    blocks.entry(Entry {
        label: vec![Run::new(lang.text(Text::PasswordNew), Role::Label), Run::new(format!("  {count}"), Role::Quiet)],
        value,
        secret: true,
        caret: length,
        room: LIMITS.1 + 2,
        focused: entry.focus == PasswordFocus::Password && !waits,
        action: click(PasswordFocus::Password),
    });
    let (mark, text) = (Mark::Tick(entry.shown), lang.text(Text::PinShow).to_owned());
    let focused = entry.focus == PasswordFocus::Show && !waits;
    blocks.item(Item { mark, text, focused, action: Some(Action::Show), ..Item::default() });
    let buttons = vec![
        button(lang.text(Text::PasswordSet), entry.focus == PasswordFocus::Set && !waits, Action::Confirm),
        button(lang.text(Text::PasswordAgain), entry.focus == PasswordFocus::Again && !waits, Action::ChooseRow(0)),
        button(lang.text(Text::Back), entry.focus == PasswordFocus::Back && !waits, Action::Back),
    ];
    if let Some(note) = entry.note {
        blocks.message(note_text(lang, note), if note == PasswordNote::Set { Role::Good } else { Role::Wrong });
    }
    blocks.gap();
    // The numbered steps of the help.
    let numbered = |step: &&str| step.trim_start_matches(|letter: char| letter.is_ascii_digit()).starts_with(". ");
    for step in lang.help(HelpPage::FirstPassword, model.setup.face).filter(numbered) {
        blocks.text(2, step, Role::Quiet);
    }
    Page {
        title: Title::Text(lang.text(Text::FirstPasswordTitle)),
        blocks,
        side: Side::default(),
        help: vec![HelpLine::Help(Run::new(rule(model), Role::Text))],
        // Before a button is pressed, the steps below are what was not seen yet.
        scroll: buttons.iter().any(|button| button.focused).then_some(usize::MAX),
        buttons,
        keys: &[Text::KeysMove, Text::KeysEnter, Text::KeysSpace, Text::KeysBack, Text::KeysHelp, Text::KeysLanguage],
    }
}

/// Return what the service asks of a password, as far as it has been met.
fn rule(model: &Model) -> String {
    let PasswordRules { shortest, longest, mixed, .. } = model.password_rules.unwrap_or_default();
    let [least, most] = [shortest, longest].map(|count| count.to_string());
    if mixed {
        return model.lang.fill(Text::PasswordRuleMixed, &[&least, &most, PASSWORD_SIGNS]);
    }
    model.lang.fill(Text::PasswordRule, &[&least, &most, &shortest.max(PasswordRules::ADVISED).to_string()])
}

/// Return the action of a click on an item.
fn click(focus: PasswordFocus) -> Option<Action> {
    ORDER.iter().position(|item| *item == focus).map(Action::FocusItem)
}

/// Return the text of a message.
pub(crate) fn note_text(lang: Lang, note: PasswordNote) -> String {
    match note {
        PasswordNote::NoCode => lang.text(Text::PasswordNoCode).to_owned(),
        PasswordNote::TooShort(least) => lang.fill(Text::PasswordTooShort, &[&least.to_string()]),
        PasswordNote::Full => lang.fill(Text::PasswordFull, &[&LIMITS.1.to_string()]),
        PasswordNote::Weak(weakness) => weakness_text(lang, weakness),
        PasswordNote::Refused(code) => format!("＊{}  {}", lang.trouble(code).title, lang.trouble(code).cause),
        PasswordNote::Set => lang.text(Text::PasswordDone).to_owned(),
    }
}

/// Return why the service rejected the password, and how to correct it.
fn weakness_text(lang: Lang, weakness: Weakness) -> String {
    match weakness {
        Weakness::TooShort { need, have } => lang.fill(Text::WeakTooShort, &[&need.to_string(), &have.to_string()]),
        Weakness::TooLong { limit, over } => lang.fill(Text::WeakTooLong, &[&limit.to_string(), &over.to_string()]),
        Weakness::NotMixed => lang.fill(Text::WeakNotMixed, &[PASSWORD_SIGNS]),
        Weakness::HoldsId => lang.text(Text::WeakHoldsId).to_owned(),
        Weakness::HoldsName => lang.text(Text::WeakHoldsName).to_owned(),
        Weakness::HoldsAddress => lang.text(Text::WeakHoldsAddress).to_owned(),
        Weakness::Common => lang.text(Text::WeakCommon).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    #[test]
    fn what_is_to_be_mended_has_one_mark_and_the_punctuation_of_its_language() {
        let weak = [
            Weakness::TooShort { need: 8, have: 1 },
            Weakness::TooLong { limit: 64, over: 1 },
            Weakness::NotMixed,
            Weakness::HoldsId,
            Weakness::HoldsName,
            Weakness::HoldsAddress,
            Weakness::Common,
        ];
        let refused = [Code::LinkExpired, Code::PasswordRefused].map(PasswordNote::Refused);
        let notes = weak.map(PasswordNote::Weak).into_iter().chain(refused);
        for note in notes.chain([PasswordNote::NoCode, PasswordNote::TooShort(8), PasswordNote::Full]) {
            for lang in Lang::ALL {
                let text = note_text(*lang, note);
                assert!(text.starts_with('＊') && text.matches('＊').count() == 1, "{text}");
                assert!(*lang == Lang::Ja || !text.contains('。'), "{text}");
            }
        }
    }
}
