//! Keys: how many a registration takes, and that the footer of every page names those that do something there.

use crate::common::scene::Scene;
use crossterm::event::KeyCode;
use zairyu::app::Event;
use zairyu::app::deadline::Timer;
use zairyu::app::screen::{Overlay, Question, Screen};
use zairyu::app::state::confirm::ConfirmFocus;
use zairyu::app::state::form::FormFocus;
use zairyu::app::state::pin::PinFocus;
use zairyu::card::Tries;
use zairyu::error::Code;
use zairyu::locale::Lang;
use zairyu::registration::FieldId;
use zairyu::worker::{Job, Reply};

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

fn chosen(scene: &Scene, field: FieldId) -> &str {
    scene.model.visit.form.draft.get(field)
}

#[test]
fn a_click_chooses_each_word_of_a_choice_and_the_focus_stays() {
    let mut scene = Scene::new(Lang::En);
    scene.reach_step1();
    scene.click("Sex ");
    assert_eq!(scene.model.visit.form.focus, FormFocus::Field(FieldId::Sex));
    for (word, key) in [("1 ( ) male", "male"), ("2 ( ) female", "female"), ("男", "male"), ("女", "female")] {
        scene.click(word);
        assert_eq!(chosen(&scene, FieldId::Sex), key, "{word}");
    }
    assert_eq!(scene.under("(*) female"), scene.under("2 (*)"), "the whole word can be clicked");
    scene.click("You apply as");
    for (word, key) in
        [("the foreign national", "foreign_national"), ("a legal representative", "legal_representative"), ("3 ( ) spouse", "family")]
    {
        scene.click(word);
        assert_eq!(chosen(&scene, FieldId::Category), key, "{word}");
        assert_eq!(scene.model.visit.form.focus, FormFocus::Field(FieldId::Category));
    }
    assert_eq!(chosen(&scene, FieldId::Sex), "female");
}

#[test]
fn a_click_ticks_the_consent_opens_the_terms_and_searches_the_municipality() {
    let mut scene = Scene::new(Lang::En);
    scene.reach_step1();
    scene.click("Terms of use ");
    assert_eq!(chosen(&scene, FieldId::Consent), "", "nobody agrees by opening the field");
    scene.click("[ ] I agree to");
    assert_eq!(chosen(&scene, FieldId::Consent), "yes");
    scene.click("[x] I agree to");
    assert_eq!(chosen(&scene, FieldId::Consent), "");
    scene.click("[ Read the terms");
    assert!(matches!(scene.model.visit.nav.overlay(), Some(Overlay::Terms(None, _))));
    scene.press(KeyCode::Esc);
    for empty in [false, true] {
        scene.focus(FieldId::Name);
        if empty {
            scene.set(FieldId::Municipality, "");
        } else {
            scene.click("Municipality ");
        }
        scene.click("[ Search");
        assert!(scene.model.visit.nav.picker().is_some(), "empty: {empty}");
        while scene.model.visit.nav.picker().is_some() {
            scene.press(KeyCode::Esc);
        }
    }
    scene.click("[ Search");
    scene.click("青森県");
    scene.click("八戸市");
    assert_eq!(chosen(&scene, FieldId::Municipality), "02203");
}

#[test]
fn a_click_on_a_prefecture_beside_the_rows_goes_to_its_first_match_or_lists_its_municipalities() {
    let mut scene = Scene::new(Lang::En);
    scene.reach_step1();
    scene.click("Municipality ");
    scene.click("[ Search");
    let prefecture = |scene: &mut Scene, name: &str| {
        let action = scene.under_in(name, (120, 40)).unwrap_or_else(|| panic!("{}", scene.picture(120, 40)));
        scene.happen(Event::Action(action));
    };
    prefecture(&mut scene, "沖縄県");
    assert!(scene.picture(120, 40).contains("> 沖縄県   那覇市"), "{}", scene.picture(120, 40));
    scene.type_text("fuchu");
    assert!(scene.picture(120, 40).contains("> 東京都   府中市"), "{}", scene.picture(120, 40));
    scene.press(KeyCode::Tab);
    let next = scene.picture(120, 40);
    assert!(!next.contains("> 東京都") && next.contains("fuchu"), "{next}");
    scene.press(KeyCode::BackTab);
    assert_eq!(scene.picture(120, 40).lines().find(|line| line.contains("> 東京都")).map(|line| line.contains("府中市")), Some(true));
    // Nothing in 青森県 is called so.
    prefecture(&mut scene, "青森県");
    assert!(scene.picture(120, 40).contains("> 青森県   青森市"), "{}", scene.picture(120, 40));
    scene.press(KeyCode::Tab);
    assert!(scene.picture(120, 40).contains("> 岩手県   盛岡市"), "{}", scene.picture(120, 40));
    scene.click("盛岡市");
    assert_eq!(chosen(&scene, FieldId::Municipality), "03201");
}

#[test]
fn a_click_shows_a_pin_and_leaves_the_focus_in_it() {
    let mut scene = Scene::new(Lang::En);
    scene.reach_signing();
    scene.type_text("ABC");
    scene.click("[ ] ");
    assert!(scene.picture(80, 24).contains("ABC"));
    scene.type_text("123");
    assert!(scene.picture(80, 24).contains("ABC123"));
    scene.click("[x] ");
    assert!(!scene.picture(80, 24).contains("ABC"));
    scene.click("[ OK ]");
    assert!(matches!(scene.jobs.last(), Some((_, Job::SignIn { .. }))));
    // Before the last try, the lines to type in.
    let mut scene = Scene::new(Lang::En);
    scene.tries = (Tries::Left(1), Tries::Left(1));
    scene.reach_signing();
    for (text, focus) in [("Signing password  署名用", PinFocus::Pin), ("type LAST", PinFocus::Word)] {
        scene.click(text);
        assert!(matches!(&scene.model.visit.nav.screen, Screen::Pin(entry) if entry.focus == focus), "{text}");
    }
    scene.click("[ Cancel");
    assert!(matches!(scene.model.visit.nav.screen, Screen::Prepare(_)));
}

#[test]
fn a_click_goes_to_every_line_of_the_pages_of_registered_people() {
    let mut scene = Scene::new(Lang::En);
    scene.reach_account_action('2');
    for (line, typed) in [("Password ", "nine blue kites"), ("Authentication ID ", "7KQ3MXW94P"), ("[ ] ", "")] {
        scene.click(line);
        scene.type_text(typed);
    }
    let picture = scene.picture(80, 24);
    assert!(picture.contains("nine blue kites") && picture.contains("7KQ3MXW94P"), "{picture}");
    scene.click("[ Next");
    assert!(matches!(scene.jobs.last(), Some((_, Job::LogIn { .. }))));
    let mut scene = Scene::new(Lang::En);
    scene.press(KeyCode::Char('4'));
    scene.click("New password");
    scene.type_text("nine blue kites");
    scene.click("[ ] ");
    assert!(scene.picture(80, 24).contains("nine blue kites"));
    scene.click("[ Back");
    assert!(matches!(scene.model.visit.nav.screen, Screen::Top(_)));
}

#[test]
fn a_click_chooses_every_row_of_a_list() {
    let mut scene = Scene::new(Lang::En);
    scene.card_lies_there();
    scene.click("2 Prepare");
    scene.click("3 ( )");
    assert_eq!(chosen(&scene, FieldId::Category), "legal_representative");
    scene.click("[ Back");
    scene.press(KeyCode::F(2));
    scene.click("日本語");
    assert_eq!(scene.model.lang, Lang::Ja);
    let mut scene = Scene::new(Lang::En);
    scene.cards_in_two_readers();
    scene.press(KeyCode::Enter);
    scene.click("[> Next");
    scene.click("SCM SCR3310");
    assert_eq!(scene.model.card.chosen.as_deref(), Some("SCM SCR3310 01 00"));
    // The summary of STEP1, and the lines of STEP2.
    let mut scene = Scene::new(Lang::En);
    scene.reach_step1();
    scene.press(KeyCode::F(10));
    scene.click("2 ＊Mail address:");
    assert_eq!(scene.model.visit.form.focus, FormFocus::Field(FieldId::Email));
    let mut scene = Scene::new(Lang::En);
    scene.reach_step2();
    scene.click("09012345678");
    assert_eq!(scene.model.visit.form.focus, FormFocus::Field(FieldId::Phone));
}

#[test]
fn a_click_presses_every_button_and_after_no_the_focus_stands_where_it_was() {
    let mut scene = Scene::new(Lang::En);
    scene.reach_step2();
    scene.press(KeyCode::F(10));
    scene.press(KeyCode::Down);
    let focus = |scene: &Scene| match &scene.model.visit.nav.screen {
        Screen::Confirm(page) => page.focus,
        _ => panic!("not STEP2"),
    };
    assert_eq!(focus(&scene), ConfirmFocus::Back);
    for answer in ["No, go back", "Esc"] {
        scene.click("[ Register");
        assert!(matches!(scene.model.visit.nav.overlay(), Some(Overlay::Question(Question::Register, 0))));
        if answer == "Esc" {
            scene.press(KeyCode::Esc)
        } else {
            scene.click(answer)
        }
        assert_eq!(focus(&scene), ConfirmFocus::Back, "{answer}");
    }
    scene.press(KeyCode::BackTab);
    scene.press(KeyCode::BackTab);
    let line = focus(&scene);
    scene.click("[ Register");
    scene.press(KeyCode::Enter);
    assert_eq!(focus(&scene), line);
    assert!(scene.jobs.is_empty());
    scene.click("[ Register");
    scene.click("2 [");
    assert!(matches!(scene.jobs.last(), Some((_, Job::Register { .. }))));
    scene.service_fails(Code::ServiceUnreachable);
    scene.click("[> Try again");
    assert!(matches!(scene.jobs.last(), Some((_, Job::Register { .. }))));
    scene.is_registered("unchecked");
    scene.click("[ F8 next person");
    assert!(matches!(scene.model.visit.nav.overlay(), Some(Overlay::Question(Question::Written, 0))));
    scene.press(KeyCode::Esc);
    scene.click("[ Where is the mail");
    assert!(matches!(scene.jobs.last(), Some((_, Job::AskMail))));
    scene.answer(Reply::Failed(Box::new(zairyu::worker::JobError::Card(Code::TimedOut.into()))));
}

/// Return how many rows are above and below those that are seen.
fn unseen(picture: &str) -> (usize, usize) {
    let after = |mark: &str| {
        let mut counts = picture.lines().filter_map(|line| line.rsplit_once(mark)?.1.trim().parse().ok());
        counts.next_back().unwrap_or(0)
    };
    (after(" ^ "), after(" v "))
}

#[test]
fn home_end_and_the_page_keys_scroll_help_terms_trouble_and_step_3_to_their_ends_and_back() {
    let pages: [(&str, crate::Way); 4] = [
        ("help", |scene| {
            scene.reach_step1();
            scene.press(KeyCode::F(1));
        }),
        ("terms", |scene| {
            scene.opens_terms();
            scene.answer(Reply::Terms("a line\n".repeat(100)));
        }),
        ("trouble", |scene| scene.reach_perhaps()),
        ("STEP3", Scene::reach_step3),
    ];
    let (width, height) = (60, 16);
    for (name, reach) in pages {
        let mut scene = Scene::new(Lang::En);
        reach(&mut scene);
        scene.is_seen(width, height);
        let mut press = |code| {
            scene.press(code);
            let at = unseen(&scene.picture(width, height));
            scene.is_seen(width, height);
            at
        };
        let (above, all) = press(KeyCode::Home);
        assert!(above == 0 && all > 0, "{name} is longer than the window: {above} {all}");
        // One row is seen before and after.
        let page = 16 - 6 - if name == "STEP3" { 2 } else { 1 };
        let (turned, _) = press(KeyCode::PageDown);
        assert!(turned > 0 && (turned == all || turned.abs_diff(page) <= 1), "{name}: {turned} of {all}");
        assert_eq!(press(KeyCode::PageUp), (0, all), "{name}");
        assert_eq!(press(KeyCode::End), (all, 0), "{name}");
        assert_eq!(press(KeyCode::PageDown), (all, 0), "{name}");
        assert_eq!(press(KeyCode::PageUp), (all.saturating_sub(turned), all.min(turned)), "{name}: the page keys go the same way");
        press(KeyCode::End);
        if name != "STEP3" {
            assert_eq!(press(KeyCode::Up), (all - 1, 1), "{name}: a key after End is not lost");
            for _ in 0..5 {
                press(KeyCode::Down);
            }
            assert_eq!(press(KeyCode::Up), (all - 1, 1), "{name}: nor one after Down at the end");
        }
        assert_eq!(press(KeyCode::Home), (0, all), "{name}");
    }
}

#[test]
fn a_page_turned_in_a_large_window_shows_its_end_in_a_small_one_and_keys_work_from_there() {
    let mut scene = Scene::new(Lang::En);
    scene.opens_terms();
    scene.answer(Reply::Terms("a line\n".repeat(100)));
    scene.is_seen(80, 24);
    scene.press(KeyCode::End);
    scene.is_seen(80, 60);
    scene.press(KeyCode::Up);
    assert_eq!(unseen(&scene.picture(80, 60)).1, 1);
}

/// Picture, cursor, how much was given to do, whether it ends, contrast, what is counted.
type Seen = (String, Option<(u16, u16)>, usize, bool, bool, Vec<(Timer, u32)>);

/// What a person sees, and what was given to do.
fn seen(scene: &Scene) -> Seen {
    let (contrast, timers) = (scene.model.visit.contrast, scene.model.timers().collect());
    (scene.picture(120, 24), scene.cursor(120, 24), scene.jobs.len() + scene.issues.len() + scene.saved, scene.quit, contrast, timers)
}

/// Return the keys that the footer names, each as the keys that it may mean.
fn named(scene: &Scene) -> Vec<(String, Vec<KeyCode>)> {
    let picture = scene.picture(120, 24);
    let footer = picture.lines().last().unwrap_or_default().trim().to_owned();
    let keys = footer.split("  ").filter(|key| !key.is_empty()).map(|key| {
        let codes = match key.split(' ').next().unwrap_or_default() {
            "Tab" => vec![KeyCode::Tab],
            "Down" => vec![KeyCode::Down],
            "Enter" => vec![KeyCode::Enter],
            "Esc" => vec![KeyCode::Esc],
            "Space" => vec![KeyCode::Char(' ')],
            "PageDown" => vec![KeyCode::PageDown],
            "PageUp" => vec![KeyCode::PageUp],
            "1-9" => ('1'..='9').map(KeyCode::Char).collect(),
            function => vec![KeyCode::F(function.trim_start_matches('F').parse().expect("a function key"))],
        };
        (key.to_owned(), codes)
    });
    keys.collect()
}

#[test]
fn every_key_that_a_footer_names_does_something_wherever_the_focus_is() {
    let mut count = 0;
    for (words, reach) in crate::PAGES {
        let mut before = Vec::new();
        for moves in 0..20 {
            let go = || {
                let mut scene = Scene::new(Lang::En);
                reach(&mut scene);
                (0..moves).for_each(|_| scene.press(KeyCode::Tab));
                scene.is_seen(120, 24);
                scene
            };
            let here = go();
            let there = seen(&here);
            if before.contains(&there) {
                break;
            }
            for (key, codes) in named(&here) {
                let acts = codes.iter().any(|code| {
                    let mut scene = go();
                    scene.press(*code);
                    seen(&scene) != there
                });
                assert!(acts, "{key} does nothing: {words}, {moves} items on\n{}", there.0);
                count += 1;
            }
            before.push(there);
        }
    }
    assert!(count > 1000, "{count}");
}

#[test]
fn a_footer_names_space_digits_f3_and_enter_only_where_they_mean_that() {
    let mut scene = Scene::new(Lang::En);
    scene.reach_step1();
    let mut names = |focus: FormFocus| {
        scene.happen(zairyu::app::Event::Action(zairyu::app::Action::FocusForm(focus)));
        let keys: Vec<String> = named(&scene).into_iter().map(|(key, _)| key).collect();
        ["Space choose", "1-9 choose", "F3 next empty", "Enter go on", "Enter select"].map(|key| keys.iter().any(|named| named == key))
    };
    for (focus, [space, digits, left, goes_on, acts]) in [
        (FormFocus::Field(FieldId::Name), [false, false, true, true, false]),
        (FormFocus::Field(FieldId::Sex), [true, true, true, true, false]),
        (FormFocus::Field(FieldId::Municipality), [false, false, true, false, true]),
        (FormFocus::Field(FieldId::Category), [true, true, true, true, false]),
        (FormFocus::Terms, [false, false, true, false, true]),
        (FormFocus::Field(FieldId::Consent), [true, false, true, true, false]),
        (FormFocus::Confirm, [false, false, true, false, true]),
    ] {
        assert_eq!(names(focus), [space, digits, left, goes_on, acts], "{focus:?}");
    }
}
