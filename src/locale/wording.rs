//! Rules of wording that hold for every text of a language's file: number, punctuation, the mark ＊. Which texts there are is not known here.

use super::Lang;
use super::check::{File, Value};
use super::plural::Form;

fn file(lang: Lang) -> File {
    match lang {
        Lang::Ja => File::read("ja.toml", include_str!("ja.toml"), lang.plural(), true),
        Lang::En => File::read("en.toml", include_str!("en.toml"), lang.plural(), false),
    }
}

/// Return each text with its key; a text with plural forms in all of them.
fn texts(lang: Lang) -> Vec<(String, String)> {
    let texts = file(lang).texts.into_iter().filter(|(key, _)| !key.starts_with("official.") && !key.starts_with("easy."));
    texts.flat_map(|(key, entry)| entry.value.texts().into_iter().map(|text| (key.clone(), text.to_owned())).collect::<Vec<_>>()).collect()
}

#[test]
fn one_of_anything_is_said_in_the_singular() {
    // The rules of the password page count no fewer than eight.
    let never_one = ["password_page.rule_length", "text.password_rule"];
    for (key, entry) in file(Lang::En).texts.into_iter().filter(|(key, _)| !never_one.contains(&key.as_str())) {
        let texts: Vec<String> = match entry.value {
            Value::Forms(forms) => forms.into_iter().filter(|(form, _)| *form == Form::One).map(|(_, text)| text).collect(),
            value => value.texts().into_iter().map(str::to_owned).collect(),
        };
        for text in texts {
            let said = ["count", "have"].iter().fold(text, |text, name| text.replace(&format!("{{{name}}}"), "1"));
            let words: Vec<&str> = said.split_whitespace().map(|word| word.trim_matches(['＊', '(', ')', ',', '.', ':', ';'])).collect();
            let plural = words.windows(2).any(|pair| matches!(pair, ["1", noun] if noun.ends_with('s')) || matches!(pair, ["are", "1"]));
            assert!(!plural, "{key}: {said}");
        }
    }
}

#[test]
fn japanese_marks_stand_in_english_only_behind_japanese_words() {
    for (key, text) in texts(Lang::En) {
        let mut before = ' ';
        for letter in text.chars() {
            let behind = !before.is_ascii() && (before.is_alphabetic() || "」】）。".contains(before));
            assert!(behind || !"。、，．！？：；～・".contains(letter), "{key}: {letter} in {text}");
            before = letter;
        }
    }
}

#[test]
fn the_mark_of_what_is_to_be_mended_stands_only_at_the_beginning() {
    for lang in Lang::ALL {
        for (key, text) in texts(*lang) {
            assert!(!text.chars().skip(1).any(|letter| letter == '＊'), "{key}: {text}");
            // The program puts these behind a mark, or into a text that has one.
            let behind = ["trouble.", "field.", "choice.", "action."].iter().any(|section| key.starts_with(section));
            let on_page = key.starts_with("password_page.") && key != "password_page.mend_mark";
            assert!(!(behind || on_page) || !text.starts_with('＊'), "{key}: {text}");
        }
    }
}
