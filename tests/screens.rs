//! Every page as a person sees it: the buffer at several sizes and languages, and where the real cursor stands.
//! A changed page shows as a changed snapshot; look at it before accepting.

mod common;

use common::scene::{READER, Scene};
use crossterm::event::KeyCode;
use zairyu::app::visit::Mode;
use zairyu::card::Tries;
use zairyu::error::Code;
use zairyu::locale::Lang;
use zairyu::registration::FieldId;
use zairyu::worker::MailState;

fn name(page: &str, lang: Lang) -> String {
    format!("{page}-{}", lang.tag())
}

fn both(page: &str, build: impl Fn(&mut Scene)) {
    for lang in Lang::ALL {
        let mut scene = Scene::new(*lang);
        build(&mut scene);
        insta::assert_snapshot!(name(page, *lang), scene.picture(80, 24));
    }
}

#[test]
fn the_top_page_offers_the_registration_first() {
    both("top", |_| {});
}

#[test]
fn the_top_page_says_that_no_reader_is_there() {
    both("top-no-reader", |scene| scene.readers(&[]));
}

#[test]
fn before_you_begin_ticks_off_what_is_seen() {
    both("prepare", |scene| {
        scene.card_lies_there();
        scene.press(KeyCode::Enter);
    });
}

#[test]
fn the_signing_password_page_shows_the_tries_left_before_entry() {
    both("signing", |scene| {
        scene.reach_signing();
        scene.type_text("abc");
    });
}

#[test]
fn the_last_try_needs_a_word_and_stopping_is_the_default() {
    both("last-try", |scene| {
        scene.tries = (Tries::Left(1), Tries::Left(3));
        scene.reach_signing();
    });
}

#[test]
fn the_user_authentication_page_follows() {
    both("authentication", Scene::reach_authentication);
}

#[test]
fn step_1_is_filled_in_from_the_card() {
    both("step1", Scene::reach_step1);
}

#[test]
fn step_1_shows_every_fault_at_the_top_and_at_its_field() {
    both("step1-faults", |scene| {
        scene.reach_step1();
        scene.set(FieldId::Phone, "1234");
        scene.set(FieldId::Email, "anne@gmial.com");
        scene.set(FieldId::Category, "foreign_national");
        scene.set(FieldId::ResidenceCard, "AB1234567OCD");
        scene.press(KeyCode::F(10));
    });
}

#[test]
fn the_picker_lists_the_prefectures_and_finds_places_by_romaji() {
    both("picker", |scene| {
        scene.reach_step1();
        scene.empty_municipality();
        scene.press(KeyCode::Enter);
    });
    both("picker-romaji", |scene| {
        scene.reach_step1();
        scene.empty_municipality();
        scene.press(KeyCode::Enter);
        scene.type_text("shinjyuku");
    });
}

#[test]
fn the_chosen_row_of_the_picker_is_always_in_sight() {
    for (width, height) in [(80, 24), (60, 20), (40, 10), (120, 40)] {
        let mut scene = Scene::new(Lang::Ja);
        scene.reach_step1();
        scene.empty_municipality();
        scene.press(KeyCode::Enter);
        for step in 0..47 {
            assert!(scene.picture(width, height).contains('＞'), "{width}x{height}, {step} rows down");
            scene.press(KeyCode::Down);
        }
        scene.type_text("a");
        for step in 0..60 {
            assert!(scene.picture(width, height).contains('＞'), "{width}x{height}, {step} hits down");
            scene.press(KeyCode::Down);
        }
    }
}

#[test]
fn a_choice_that_is_wider_than_the_window_is_broken_and_not_cut() {
    let mut scene = Scene::new(Lang::En);
    scene.reach_step1();
    scene.focus(FieldId::Category);
    let words: String = scene.picture(80, 24).split_whitespace().collect();
    assert!(words.contains("配偶者、子、父又は母等（法定代理人を除く）"), "{words}");
}

#[test]
fn a_service_s_notice_and_that_it_takes_test_cards_are_said_before_anything_is_registered() {
    let mut scene = Scene::new(Lang::En);
    scene.reach_step1();
    let session = scene.model.visit.session.as_mut().expect("a session is open");
    session.notice = Some("Closed on Sunday.".to_owned());
    session.test_cards = true;
    for _ in 0..2 {
        let picture = scene.picture(80, 30);
        assert!(picture.contains("Closed on Sunday.") && picture.contains("accepts test cards"), "{picture}");
        scene.fill_in();
    }
}

#[test]
fn step_2_shows_every_value_and_registers_nothing_yet() {
    both("step2", Scene::reach_step2);
}

#[test]
fn step_3_shows_the_authentication_id_in_large_letters() {
    both("step3", Scene::reach_step3);
}

#[test]
fn the_top_page_says_that_a_registration_is_under_way_and_not_whose() {
    both("top-open", |scene| {
        scene.reach_open_top();
        assert!(!scene.picture(80, 24).contains("MONTGOMERY"));
    });
}

#[test]
fn another_person_s_card_is_told_and_nothing_of_the_first_person_is_shown() {
    both("other-card", |scene| {
        scene.reach_other_card();
        assert!(!scene.picture(80, 24).contains("MONTGOMERY"));
    });
}

#[test]
fn a_desk_covers_the_page_while_the_card_is_away_and_says_what_it_waits_for() {
    both("covered", |scene| {
        scene.reach_cover(Mode::Desk);
        assert!(!scene.picture(80, 24).contains("MONTGOMERY"));
    });
}

#[test]
fn at_home_the_page_stays_and_says_that_the_card_is_needed() {
    both("card-needed", |scene| scene.reach_cover(Mode::Home));
}

#[test]
fn step_2_says_that_the_card_is_needed_wherever_the_person_is_and_whatever_was_pressed() {
    for (lang, needed, told) in
        [(Lang::Ja, "同じカードが要ります", "「登録」に移って"), (Lang::En, "same card is needed", "goes to [Register]")]
    {
        let mut scene = Scene::new(lang);
        scene.reach_step2();
        scene.readers(&[READER]);
        for (key, words) in [(None, told), (Some(KeyCode::Enter), told), (Some(KeyCode::F(10)), ""), (Some(KeyCode::Up), "")] {
            key.into_iter().for_each(|key| scene.press(key));
            let picture = scene.picture(80, 24);
            assert!(picture.contains(needed) && picture.contains(words), "{key:?}: {picture}");
        }
    }
}

#[test]
fn a_key_that_was_not_taken_on_step_2_says_which_one_registers() {
    for (lang, words) in [(Lang::Ja, "「登録」に移って"), (Lang::En, "goes to [Register]")] {
        let mut scene = Scene::new(lang);
        scene.reach_step2();
        scene.press(KeyCode::Enter);
        assert!(scene.picture(80, 24).contains(words), "{}", scene.picture(80, 24));
    }
}

#[test]
fn questions_have_no_first() {
    both("ask-forget", |scene| {
        scene.reach_step1();
        scene.press(KeyCode::F(8));
    });
    both("ask-written", |scene| {
        scene.reach_step3();
        scene.press(KeyCode::Char('1'));
    });
}

#[test]
fn a_form_about_somebody_else_is_told_with_what_the_card_says() {
    both("not-holder", Scene::reach_somebody_else);
}

#[test]
fn an_answer_that_never_came_says_that_the_registration_may_have_arrived() {
    both("perhaps", Scene::reach_perhaps);
}

#[test]
fn a_name_that_is_not_taken_whole_says_what_was_left_out_and_shows_the_card_s_own_writing() {
    let mut scene = Scene::new(Lang::En);
    scene.name = "ＲＩＣＨＡＲＤ　３ＲＤ　ＬＥＥ";
    scene.reach_step1();
    let picture = scene.picture(80, 24);
    for words in ["RICHARD LEE", "ＲＩＣＨＡＲＤ　３ＲＤ　ＬＥＥ", "cannot stand in this field", "differs from the card"] {
        assert!(picture.contains(words), "{words}: {picture}");
    }
    scene.fill_in();
    assert!(scene.picture(80, 30).contains("ＲＩＣＨＡＲＤ　３ＲＤ　ＬＥＥ"), "{}", scene.picture(80, 30));
}

#[test]
fn step_3_shows_everything_as_it_was_registered_and_the_whole_mail_address() {
    let mut scene = Scene::new(Lang::Ja);
    scene.reach_step3();
    let picture = scene.picture(80, 60);
    for value in [
        "MONTGOMERY ANNE",
        "女",
        "19900401",
        "東京都 新宿区",
        "西新宿２－８－１",
        "09012345678",
        "anne@example.jp",
        "外国人本人",
        "AB12345678CD",
    ] {
        assert!(picture.contains(value), "{value}: {picture}");
    }
}

#[test]
fn the_page_for_whoever_is_registered_lists_what_can_be_asked_for_and_what_it_needs() {
    both("acts", |scene| {
        scene.card_lies_there();
        scene.press(KeyCode::Char('5'));
        scene.press(KeyCode::Down);
        scene.press(KeyCode::Down);
    });
}

#[test]
fn the_pages_of_acts_say_what_follows_before_anything_is_asked() {
    for (page, key) in [("address", '5'), ("link", '6'), ("withdraw", '7')] {
        both(page, |scene| {
            scene.card_lies_there();
            scene.press(KeyCode::Char('5'));
            scene.press(KeyCode::Char(key));
        });
    }
}

#[test]
fn a_mail_that_is_stuck_or_delayed_is_said_with_the_time_in_japan_and_the_way_to_another_address() {
    both("stuck", |scene| {
        scene.reach_step3();
        scene.asks_mail(MailState::Delayed(Some(1_795_584_600)));
        assert!(scene.picture(80, 24).contains("2026-11-25 14:30"));
        scene.asks_mail(MailState::Stuck);
    });
}

#[test]
fn step_3_shows_all_of_what_was_found_out_about_revocation() {
    for (lang, label) in [(Lang::Ja, "失効確認: "), (Lang::En, "Revocation: ")] {
        let mut scene = Scene::new(lang);
        scene.register("good (ocsp 2026-11-25T05:00:00Z)");
        let picture = scene.picture(60, 60);
        assert!(picture.contains(&format!("{label}good (ocsp 2026-11-25T05:00:00Z)")), "{picture}");
    }
}

#[test]
fn a_trouble_page_says_what_happened_why_and_what_to_do() {
    both("trouble-no-reader", |scene| {
        scene.readers(&[]);
        scene.press(KeyCode::Enter);
        scene.press(KeyCode::Enter);
    });
    both("trouble-network", |scene| {
        scene.reach_step2();
        scene.presses_register();
        scene.service_fails(Code::ServiceUnreachable);
    });
}

#[test]
fn the_pages_use_a_larger_and_a_smaller_window() {
    let mut scene = Scene::new(Lang::Ja);
    scene.reach_step1();
    insta::assert_snapshot!("step1-120x40", scene.picture(120, 40));
    insta::assert_snapshot!("step1-60x20", scene.picture(60, 20));
    insta::assert_snapshot!("too-small", scene.picture(20, 5));
}

#[test]
fn the_real_cursor_stands_at_the_caret_behind_wide_letters() {
    let mut scene = Scene::new(Lang::Ja);
    scene.reach_step1();
    scene.focus(FieldId::AddressLine);
    let before = scene.cursor(80, 24).expect("a text field shows the cursor");
    scene.type_text("東ｶﾞa");
    let after = scene.cursor(80, 24).expect("still");
    assert_eq!(after.1, before.1);
    // 東 and ガ take two cells each; the half-width kana and its voice mark became one letter.
    assert_eq!(after.0 - before.0, 5);
}

#[test]
fn no_page_shows_a_cursor_where_nothing_is_typed() {
    let mut scene = Scene::new(Lang::En);
    assert_eq!(scene.cursor(80, 24), None);
    scene.reach_step2();
    assert_eq!(scene.cursor(80, 24), None);
}

#[test]
fn a_pin_is_shown_only_when_asked_for() {
    let mut scene = Scene::new(Lang::En);
    scene.reach_signing();
    scene.type_text("CANARY7");
    assert!(!scene.picture(80, 24).contains("CANARY7"));
    scene.press(KeyCode::Tab);
    scene.press(KeyCode::Char(' '));
    assert!(scene.picture(80, 24).contains("CANARY7"));
}

#[test]
fn no_page_panics_at_any_size() {
    let pages: [fn(&mut Scene); 17] = [
        |_| {},
        |scene| scene.card_lies_there(),
        Scene::reach_signing,
        Scene::reach_authentication,
        Scene::reach_step1,
        Scene::reach_step2,
        Scene::reach_step3,
        |scene| scene.press(KeyCode::Char('5')),
        |scene| ['5', '2'].into_iter().for_each(|key| scene.press(KeyCode::Char(key))),
        |scene| scene.press(KeyCode::Char('4')),
        Scene::reach_open_top,
        Scene::reach_other_card,
        Scene::reach_somebody_else,
        Scene::reach_perhaps,
        |scene| scene.reach_cover(Mode::Desk),
        |scene| {
            scene.reach_step1();
            scene.press(KeyCode::F(8));
        },
        |scene| {
            scene.reach_step3();
            scene.press(KeyCode::Char('1'));
        },
    ];
    for page in pages {
        let mut scene = Scene::new(Lang::Ja);
        page(&mut scene);
        for (width, height) in [(1, 1), (20, 5), (39, 9), (40, 10), (41, 15), (80, 16), (400, 100)] {
            scene.picture(width, height);
        }
    }
}
