//! The structure of longer texts: error pages and help pages. The texts are in each language's file.

use super::Paragraphs;

/// The texts of an error page.
#[derive(Clone, Copy, Debug)]
pub struct TroubleText {
    /// What happened, in a few words.
    pub title: &'static str,
    /// The cause, in one or two sentences for a layperson.
    pub cause: &'static str,
    /// What to do, most likely first. A step for only one system starts with its name and a colon.
    pub todo: Paragraphs,
}

/// A page with its own help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// The top page.
    Top,
    /// Before you begin: the checklist.
    Prepare,
    /// Entry of 署名用パスワード.
    SigningPassword,
    /// Entry of 利用者証明用パスワード.
    AuthenticationPin,
    /// STEP1, 利用者情報入力.
    Input,
    /// The municipality picker.
    Picker,
    /// STEP2, 利用者情報確認.
    Confirm,
    /// STEP3, 利用者情報登録完了.
    Done,
    /// 登録済みの方, and its inputs.
    Account,
    /// The first password.
    FirstPassword,
}

impl Page {
    /// Every page, in the order in which a person passes through them.
    pub const ALL: &'static [Page] = &[
        Page::Top,
        Page::Prepare,
        Page::SigningPassword,
        Page::AuthenticationPin,
        Page::Input,
        Page::Picker,
        Page::Confirm,
        Page::Done,
        Page::Account,
        Page::FirstPassword,
    ];
}

/// Prefixes of steps for only one system.
const SYSTEMS: [&str; 3] = ["Windows", "Linux", "macOS"];

impl TroubleText {
    /// Return the 1 to 5 steps for the system that runs this program.
    pub fn steps(&self) -> impl Iterator<Item = &'static str> + use<> {
        // Other systems with pcscd use the steps for Linux.
        let system = match std::env::consts::OS {
            "windows" => "Windows",
            "macos" => "macOS",
            _ => "Linux",
        };
        steps_on(system, self.todo.iter())
    }
}

fn steps_on(system: &str, todo: impl Iterator<Item = &'static str>) -> impl Iterator<Item = &'static str> {
    todo.filter_map(move |step| match marked(step) {
        Some((name, rest)) => (name == system).then_some(rest),
        None => Some(step),
    })
}

/// Split a step for one system into the system's name and the instruction.
fn marked(step: &'static str) -> Option<(&'static str, &'static str)> {
    SYSTEMS.into_iter().find_map(|name| {
        let rest = step.strip_prefix(name)?.strip_prefix([':', '：'])?;
        Some((name, rest.trim_start()))
    })
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::{Page, SYSTEMS, TroubleText, steps_on};
    use crate::error::Code;
    use crate::locale::Lang;
    use crate::locale::tests::is_drawn_alike;

    /// Lines of a drawing start with a space and are not wrapped.
    fn is_drawing(line: &str) -> bool {
        line.starts_with(' ')
    }

    fn troubles() -> Vec<(Lang, Code, TroubleText)> {
        Lang::ALL.iter().flat_map(|lang| Code::ALL.iter().map(|code| (*lang, *code, lang.trouble(*code)))).collect()
    }

    fn helps(lang: Lang) -> impl Iterator<Item = Vec<&'static str>> {
        Page::ALL.iter().map(move |page| lang.help(*page).iter().collect())
    }

    fn every_text(lang: Lang) -> Vec<&'static str> {
        let mut all: Vec<&'static str> = helps(lang).flatten().collect();
        for code in Code::ALL {
            let text = lang.trouble(*code);
            all.extend([text.title, text.cause]);
            all.extend(text.todo.iter());
        }
        all
    }

    #[test]
    fn every_character_is_as_wide_in_one_terminal_as_in_another() {
        for text in Lang::ALL.iter().flat_map(|lang| every_text(*lang)) {
            for c in text.chars() {
                assert!(is_drawn_alike(c), "{c:?} in {text}");
            }
        }
    }

    #[test]
    fn every_trouble_says_what_happened_why_and_one_to_five_things_to_do_on_each_system() {
        for (_, code, text) in troubles() {
            assert!(!text.title.is_empty() && text.title.width() <= 60, "{code}: {}", text.title);
            assert!(!text.cause.is_empty(), "{code}");
            for system in SYSTEMS {
                let steps: Vec<_> = steps_on(system, text.todo.iter()).collect();
                assert!((1..=5).contains(&steps.len()), "{code} on {system}: {steps:?}");
                assert!(steps.iter().all(|step| !step.is_empty() && super::marked(step).is_none()), "{code} on {system}: {steps:?}");
            }
        }
    }

    #[test]
    fn no_two_troubles_of_a_language_have_the_same_title() {
        for lang in Lang::ALL {
            let titles: std::collections::HashSet<_> = Code::ALL.iter().map(|code| lang.trouble(*code).title).collect();
            assert_eq!(titles.len(), Code::ALL.len(), "{lang:?}");
        }
    }

    #[test]
    fn nobody_is_told_that_something_is_an_error_or_invalid() {
        for text in Lang::ALL.iter().flat_map(|lang| every_text(*lang)) {
            let lower = text.to_lowercase();
            for word in ["invalid", "error", "エラー", "不正", "無効"] {
                assert!(!lower.contains(word), "{word} in {text}");
            }
        }
    }

    #[test]
    fn a_japanese_sentence_has_at_most_fifty_characters() {
        for sentence in every_text(Lang::Ja).into_iter().filter(|text| !is_drawing(text)).flat_map(|text| text.split('。')) {
            // Commands are copied, not read.
            let sentence = sentence.split("「sudo").next().unwrap_or_default();
            assert!(sentence.chars().count() <= 50, "{}: {sentence}", sentence.chars().count());
        }
    }

    #[test]
    fn japanese_paragraphs_end_like_sentences() {
        for code in Code::ALL {
            let text = Lang::Ja.trouble(*code);
            for line in text.todo.iter().chain([text.cause]) {
                assert!(line.ends_with('。'), "{code}: {line}");
            }
        }
    }

    #[test]
    fn help_is_short_enough_to_be_read_and_drawings_fit_a_narrow_screen() {
        for help in Lang::ALL.iter().flat_map(|lang| helps(*lang)) {
            let paragraphs = help.iter().filter(|line| !is_drawing(line)).count();
            assert!((6..=14).contains(&paragraphs), "{paragraphs}: {help:?}");
            for line in help.iter().filter(|line| is_drawing(line)) {
                assert!(line.width() <= 64, "{}: {line}", line.width());
            }
        }
    }

    #[test]
    fn the_sides_of_a_drawn_card_stand_one_under_the_other() {
        for help in Lang::ALL.iter().flat_map(|lang| helps(*lang)) {
            let mut widths: Vec<_> = help
                .iter()
                .filter(|line| line.starts_with(" |") || line.starts_with(" +"))
                .map(|line| line.rfind(['|', '+']).and_then(|end| line.get(..end)).map(UnicodeWidthStr::width))
                .collect();
            widths.dedup();
            assert!(widths.len() <= 1, "{widths:?} in {help:?}");
        }
    }

    #[test]
    fn a_step_for_another_system_is_left_out_and_its_mark_is_not_shown() {
        let todo = ["a", "Windows: b", "Linux：c", "macOS: d"];
        for (system, steps) in [("Linux", ["a", "c"]), ("Windows", ["a", "b"]), ("macOS", ["a", "d"])] {
            assert_eq!(steps_on(system, todo.into_iter()).collect::<Vec<_>>(), steps);
        }
    }
}
