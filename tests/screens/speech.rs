//! What a kiosk reads aloud: each page once, then what is new on it; nothing personal unless asked, and a PIN never.

use crate::common::pages::PAGES;
use crate::common::scene::Scene;
use crossterm::event::KeyCode;
use zairyu::app::visit::Mode;
use zairyu::locale::Lang;
use zairyu::view::{Spoken, spoken};

/// What is filled in, in every form in which it stands on a page.
const PRIVATE: [&str; 12] = [
    "MONTGOMERY",
    "ＭＯＮＴＧＯＭＥＲＹ",
    "YAMADA KEN",
    "anne@example",
    "1990",
    "20180203",
    "西新宿２",
    "090-1234-5678",
    "AB12345678CD\n",
    "PRACTICE1",
    "7KQ3",
    "7 K Q",
];

/// A visitor who listens.
struct Listener {
    scene: Scene,
    heard: Option<Spoken>,
    transcript: String,
}

impl Listener {
    fn new(lang: Lang) -> Listener {
        let mut scene = Scene::new(lang);
        scene.at_kiosk();
        scene.model.setup.speaks = Lang::ALL.to_vec();
        Listener { scene, heard: None, transcript: String::new() }
    }

    fn listen(&mut self, what: &str) {
        let said = spoken(&self.scene.model, &mut self.heard).unwrap_or_default();
        self.transcript += &format!("({what})\n{said}");
    }

    fn happens(&mut self, what: &str, happening: impl FnOnce(&mut Scene)) {
        happening(&mut self.scene);
        self.listen(what);
    }

    fn press(&mut self, key: KeyCode) {
        self.scene.press(key);
        self.listen(&format!("{key:?}"));
    }
}

fn said(scene: &mut Scene) -> String {
    scene.model.setup.mode = Mode::Kiosk;
    scene.model.setup.speaks = Lang::ALL.to_vec();
    scene.press(KeyCode::F(6));
    spoken(&scene.model, &mut None).unwrap_or_default()
}

#[test]
fn nothing_that_is_filled_in_is_read_aloud_unless_it_is_asked_for_and_no_pin_is_ever() {
    for lang in Lang::ALL {
        for (name, way) in PAGES {
            let mut scene = Scene::new(*lang);
            way(&mut scene);
            let said = said(&mut scene);
            for value in PRIVATE {
                assert!(!said.contains(value), "{lang:?}, {name}: {value}: {said}");
            }
        }
    }
}

/// A whole registration as its visitor hears it: the page that waits, then each step, what is filled in asked for on STEP2 and STEP3.
fn registration(lang: Lang) -> String {
    let mut listener = Listener::new(lang);
    listener.press(KeyCode::F(6));
    let number = Lang::ALL.iter().position(|known| *known == lang).and_then(|row| char::from_digit(row as u32 + 1, 10));
    listener.press(KeyCode::Char(number.expect("a digit")));
    listener.happens("the card is laid on the reader", Scene::card_lies_there);
    listener.press(KeyCode::Enter);
    listener.press(KeyCode::Enter);
    listener.happens("a letter of the password", |scene| scene.type_text("P"));
    listener.happens("the rest of it", |scene| scene.type_text("RACTICE1"));
    listener.press(KeyCode::Enter);
    listener.happens("the card answers", Scene::is_signed_in);
    listener.happens("the PIN", |scene| scene.type_text("1234"));
    listener.press(KeyCode::Enter);
    listener.happens("the card answers", Scene::is_proved);
    listener.happens("a digit of the number", |scene| scene.type_text("0"));
    listener.press(KeyCode::Tab);
    listener.press(KeyCode::F(10));
    listener.happens("all is filled in", Scene::fill_in);
    listener.press(KeyCode::F(6));
    listener.press(KeyCode::Tab);
    listener.press(KeyCode::F(10));
    listener.press(KeyCode::Enter);
    listener.happens("the service answers", |scene| scene.is_registered("good"));
    listener.press(KeyCode::F(6));
    listener.press(KeyCode::F(8));
    listener.transcript
}

#[test]
fn a_registration_is_heard_from_the_first_page_to_the_authentication_id() {
    for lang in Lang::ALL {
        let heard = registration(*lang);
        insta::assert_snapshot!(format!("heard_{}", lang.tag()), heard);
        assert!(heard.contains("7 K Q - 3 M X W"), "{heard}");
        assert!(!heard.contains("PRACTICE1"), "{heard}");
    }
}

#[test]
fn the_seconds_that_a_kiosk_counts_are_not_said_again_and_again() {
    let mut listener = Listener::new(Lang::En);
    listener.press(KeyCode::F(6));
    listener.press(KeyCode::Char('2'));
    listener.scene.reach_step1();
    listener.listen("STEP1");
    let said = |listener: &mut Listener, seconds: u32| {
        listener.scene.unattended(seconds);
        spoken(&listener.scene.model, &mut listener.heard)
    };
    let limit = listener.scene.model.idle_limit();
    assert!(said(&mut listener, limit).is_some_and(|said| said.contains("Are you still there?")));
    for second in 1..9 {
        assert_eq!(said(&mut listener, limit + second), None);
    }
    listener.press(KeyCode::Enter);
    assert!(listener.transcript.ends_with("\n") && said(&mut listener, 1).is_none());
}

#[test]
fn after_the_visit_nothing_is_said() {
    let mut listener = Listener::new(Lang::En);
    listener.press(KeyCode::F(6));
    assert!(listener.heard.is_some());
    listener.press(KeyCode::F(8));
    assert!(listener.heard.is_none());
}
