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
    /// The first pages of a kiosk.
    Kiosk,
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
        Page::Kiosk,
    ];
}

/// How the pages are shown: line mode has other keys than the full screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Face {
    /// The full screen.
    #[default]
    Screen,
    /// Line mode.
    Line,
    /// The full screen of a kiosk, whose visitors have no files, settings or commands.
    Kiosk,
}

/// Prefixes of paragraphs for some faces: the full screen, line mode, a kiosk, all but a kiosk.
const FACES: [&str; 4] = ["Screen", "Line", "Kiosk", "Own"];

impl Face {
    fn reads(self, name: &str) -> bool {
        match name {
            "Screen" => self != Face::Line,
            "Line" => self == Face::Line,
            "Kiosk" => self == Face::Kiosk,
            _ => self != Face::Kiosk,
        }
    }
}

/// Return the paragraphs that a face shows; one with two prefixes is for where both hold.
pub(super) fn shown_on(face: Face, paragraphs: impl Iterator<Item = &'static str>) -> impl Iterator<Item = &'static str> {
    paragraphs.filter_map(move |text| {
        let mut rest = text;
        while let Some((name, behind)) = marked(&FACES, rest) {
            if !face.reads(name) {
                return None;
            }
            rest = behind;
        }
        Some(rest)
    })
}

/// Prefixes of steps for only one system.
const SYSTEMS: [&str; 3] = ["Windows", "Linux", "macOS"];

impl TroubleText {
    /// Return the 1 to 5 steps for the system that runs this program.
    pub fn steps(&self) -> impl Iterator<Item = &'static str> + use<> {
        steps_on(system(), self.steps_everywhere())
    }

    /// Return the steps for all systems, each with the name of its system.
    pub fn steps_everywhere(&self) -> impl Iterator<Item = &'static str> + use<> {
        shown_on(Face::Screen, self.todo.iter())
    }

    /// Return the steps for a visitor of a kiosk. In place of the first one that a visitor cannot take they are sent to the staff, who can: what
    /// costs little stays before what costs a way.
    pub fn steps_at_kiosk(&self, staff: &'static str) -> impl Iterator<Item = &'static str> + use<> {
        let mut sent = false;
        self.todo.iter().filter_map(move |step| {
            let is_visitors = match marked(&SYSTEMS, step) {
                Some((name, _)) if name != system() => return None,
                named => named.is_none() && marked(&FACES, step).is_none(),
            };
            if is_visitors { Some(step) } else { (!std::mem::replace(&mut sent, true)).then_some(staff) }
        })
    }
}

/// Return the name of the system that runs this program. Other systems with pcscd use the steps for Linux.
const fn system() -> &'static str {
    if cfg!(windows) {
        "Windows"
    } else if cfg!(target_os = "macos") {
        "macOS"
    } else {
        "Linux"
    }
}

fn steps_on(system: &'static str, todo: impl Iterator<Item = &'static str>) -> impl Iterator<Item = &'static str> {
    only(&SYSTEMS, system, todo)
}

/// Leave out the texts that are marked with another of the names, and take the marks away.
fn only(
    names: &'static [&'static str],
    wanted: &'static str,
    texts: impl Iterator<Item = &'static str>,
) -> impl Iterator<Item = &'static str> {
    texts.filter_map(move |text| match marked(names, text) {
        Some((name, rest)) => (name == wanted).then_some(rest),
        None => Some(text),
    })
}

/// Split a text for one of the names into that name and the rest.
fn marked(names: &[&'static str], text: &'static str) -> Option<(&'static str, &'static str)> {
    names.iter().find_map(|name| {
        let rest = text.strip_prefix(name)?.strip_prefix([':', '：'])?;
        Some((*name, rest.trim_start()))
    })
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::{Face, Page, SYSTEMS, TroubleText, shown_on, steps_on};
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
        let faces = |page: &Page| [Face::Screen, Face::Line, Face::Kiosk].map(|face| lang.help(*page, face).collect());
        Page::ALL.iter().flat_map(faces).collect::<Vec<_>>().into_iter()
    }

    fn every_text(lang: Lang) -> Vec<&'static str> {
        let mut all: Vec<&'static str> = helps(lang).flatten().collect();
        for code in Code::ALL {
            let text = lang.trouble(*code);
            all.extend([text.title, text.cause]);
            all.extend(text.steps_everywhere());
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
                let steps: Vec<_> = steps_on(system, text.steps_everywhere()).collect();
                assert!((1..=5).contains(&steps.len()), "{code} on {system}: {steps:?}");
                assert!(
                    steps.iter().all(|step| !step.is_empty() && super::marked(&SYSTEMS, step).is_none()),
                    "{code} on {system}: {steps:?}"
                );
            }
        }
    }

    #[test]
    fn a_way_to_the_office_comes_after_what_costs_nothing() {
        // A wrong date makes a certificate look expired.
        for (lang, date) in [(Lang::Ja, "パソコンの日付"), (Lang::En, "computer's date")] {
            for code in [Code::SigningCertificateExpired, Code::AuthenticationCertificateExpired] {
                let first = lang.trouble(code).steps_everywhere().next().unwrap_or_default();
                assert!(first.contains(date), "{code}: {first}");
            }
        }
    }

    #[test]
    fn what_is_mended_at_the_desk_stands_before_the_office() {
        // The clock, how the card lies, its chip, another reader: each in words that stand in no other step.
        let at_the_desk = [
            "date is right",
            "date and time",
            "way round",
            "out of its case",
            "Wipe",
            "the middle of the reader",
            "another card reader",
            "日付",
            "日時",
            "向き",
            "ケース",
            "ふいて",
            "真ん中",
            "ほかのカードリーダー",
        ];
        let office = ["municipal office", "市区町村の窓口"];
        let holds = |words: &[&str], step: &str| words.iter().any(|word| step.contains(word));
        let mut compared = 0;
        for lang in Lang::ALL {
            for code in Code::ALL {
                let todo: Vec<_> = lang.trouble(*code).steps_everywhere().collect();
                let last = todo.iter().rposition(|step| holds(&at_the_desk, step) && !holds(&office, step));
                let first = todo.iter().position(|step| holds(&office, step));
                if let (Some(last), Some(first)) = (last, first) {
                    assert!(last < first, "{lang:?} {code}: {todo:?}");
                    compared += 1;
                }
            }
        }
        assert!(compared >= 14, "{compared}");
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
            for line in text.steps_everywhere().chain([text.cause]) {
                assert!(line.ends_with('。'), "{code}: {line}");
            }
        }
    }

    #[test]
    fn help_is_short_enough_to_be_read_and_drawings_fit_a_narrow_screen() {
        for help in Lang::ALL.iter().flat_map(|lang| helps(*lang)) {
            let paragraphs = help.iter().filter(|line| !is_drawing(line)).count();
            assert!((4..=14).contains(&paragraphs), "{paragraphs}: {help:?}");
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
    fn line_mode_is_told_of_no_key_that_it_does_not_have_and_steps_hold_for_both() {
        // A step of a trouble is read in the full screen, in line mode and in the report of the self-diagnosis.
        let keys = ["F1", "F2", "F5", "F8", "F10", "Fキー", "F keys", "Tab", "Space", "Esc", "Page Up", "Page Down", "矢印", "arrow"];
        for lang in Lang::ALL {
            let helps = Page::ALL.iter().flat_map(|page| lang.help(*page, Face::Line));
            let steps = Code::ALL.iter().flat_map(|code| lang.trouble(*code).steps_everywhere());
            for text in helps.chain(steps) {
                assert!(!keys.iter().any(|key| text.contains(key)), "{text}");
            }
        }
    }

    #[test]
    fn a_visitor_of_a_kiosk_reads_of_no_file_folder_command_or_key_of_the_staff() {
        let elsewhere =
            ["zairyu doctor", "zairyu demo", "--line", "folder", "file", "フォルダー", "ファイル", "F6", "F12", "プログラム", "program"];
        for lang in Lang::ALL {
            // A kiosk has first pages of its own.
            for page in Page::ALL.iter().filter(|page| **page != Page::Top) {
                let help: Vec<_> = lang.help(*page, Face::Kiosk).collect();
                for text in &help {
                    let of_mails = text.replace("spam folder", "spam");
                    assert!(!elsewhere.iter().any(|word| of_mails.contains(word)), "{page:?}: {text}");
                }
                let whole = help.concat();
                let needed = ["F4", "F8", "F9", "F11", if *lang == Lang::Ja { "係の人" } else { "staff" }];
                assert!(*page == Page::Picker || needed.iter().all(|word| whole.contains(word)), "{page:?}: {whole}");
            }
        }
    }

    #[test]
    fn a_paragraph_for_the_other_face_is_left_out_and_its_mark_is_not_shown() {
        let help = ["a", "Screen: b", "Line：c", "Kiosk: d", "Own: e", "Own: Screen: f"];
        for (face, said) in [(Face::Screen, &["a", "b", "e", "f"][..]), (Face::Line, &["a", "c", "e"]), (Face::Kiosk, &["a", "b", "d"])] {
            assert_eq!(shown_on(face, help.into_iter()).collect::<Vec<_>>(), said);
        }
    }

    #[test]
    fn a_visitor_of_a_kiosk_is_sent_to_no_command_setting_or_cable() {
        for lang in Lang::ALL {
            for code in Code::ALL {
                let text = lang.trouble(*code);
                for step in text.steps_at_kiosk("staff") {
                    assert!(
                        !["sudo", "--", "zairyu doctor", ".toml", "Wi-Fi", "USB", "Own:"].iter().any(|word| step.contains(word)),
                        "{code}: {step}"
                    );
                }
                assert!(text.steps().all(|step| !step.contains("Own:")), "{code}");
            }
            // The staff see whether the clock is right, before anybody is sent to the office.
            assert_eq!(lang.trouble(Code::AuthenticationCertificateExpired).steps_at_kiosk("staff").next(), Some("staff"));
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
