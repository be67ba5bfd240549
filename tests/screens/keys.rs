//! Keys: how many a registration takes, and that the footer of every page names those that do something there.

use crate::common::scene::Scene;
use crossterm::event::KeyCode;
use zairyu::app::screen::Screen;
use zairyu::locale::Lang;
use zairyu::worker::Job;

/// A person at the keyboard: the presses beyond typed values are counted.
struct Person {
    scene: Scene,
    presses: usize,
}

impl Person {
    fn press(&mut self, code: KeyCode) {
        self.scene.press(code);
        self.presses += 1;
    }

    fn enter(&mut self, typed: &str) {
        self.scene.type_text(typed);
        self.press(KeyCode::Enter);
    }
}

#[test]
fn from_the_card_in_place_to_step_3_it_takes_at_most_15_presses_beyond_what_is_typed() {
    for advised in [false, true] {
        let mut person = Person { scene: Scene::new(Lang::En), presses: 0 };
        person.scene.card_lies_there();
        person.press(KeyCode::Enter);
        if advised {
            person.press(KeyCode::Char('1'));
        }
        person.press(KeyCode::Enter);
        person.enter("PRACTICE1");
        person.scene.is_signed_in();
        person.enter("1234");
        person.scene.is_proved();
        for line in ["09012345678", "anne@example.jp", "anne@example.jp"] {
            person.enter(line);
        }
        if !advised {
            person.press(KeyCode::Char('1'));
        }
        person.enter("AB12345678CD");
        person.press(KeyCode::Char(' '));
        person.press(KeyCode::F(10));
        assert!(matches!(person.scene.model.visit.nav.screen, Screen::Confirm(_)), "{}", person.scene.picture(80, 24));
        let before = person.presses;
        person.press(KeyCode::F(10));
        assert!(person.scene.jobs.is_empty());
        person.press(KeyCode::Enter);
        assert!(matches!(person.scene.jobs.last(), Some((_, Job::Register { .. }))));
        assert_eq!(person.presses - before, 2, "two commit");
        person.scene.is_registered("unchecked");
        assert!(matches!(person.scene.model.visit.nav.screen, Screen::Result(_)));
        assert_eq!(person.presses, 13, "advised: {advised}");
    }
}
