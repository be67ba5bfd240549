//! Every page as a person sees it: the buffer at several sizes and languages, and where the real cursor stands.
//! A changed page shows as a changed snapshot; look at it before accepting. The rule that a test is named after is asserted beside it.
#![allow(clippy::expect_used, reason = "in a test, a failure is a panic")]

mod common;
#[path = "screens/keys.rs"]
mod keys;
#[path = "screens/speech.rs"]
mod speech;

use common::pages::{PAGES, Way, around};
use common::scene::{READER, Scene};
use crossterm::event::KeyCode;
use zairyu::app::Event;
use zairyu::app::screen::{Overlay, Question};
use zairyu::app::visit::Mode;
use zairyu::card::Tries;
use zairyu::error::Code;
use zairyu::locale::Lang;
use zairyu::registration::FieldId;
use zairyu::worker::{Job, MailState, PasswordRules, Reply};

/// One page in every language, as text.
struct Pictures(Vec<(Lang, String)>);

impl Pictures {
    fn of(build: impl Fn(&mut Scene)) -> Pictures {
        let picture = |lang: &Lang| {
            let mut scene = Scene::new(*lang);
            build(&mut scene);
            (*lang, scene.picture(80, 24))
        };
        Pictures(Lang::ALL.iter().map(picture).collect())
    }

    /// The page says this, in Japanese and in English.
    fn say(&self, ja: &str, en: &str) -> &Pictures {
        self.check(ja, en, |picture| picture)
    }

    /// What has the focus says this, in Japanese and in English.
    fn focus(&self, ja: &str, en: &str) -> &Pictures {
        self.check(ja, en, focused)
    }

    /// The page says this nowhere, in no language.
    fn hide(&self, words: &str) -> &Pictures {
        self.0.iter().for_each(|(lang, picture)| assert!(!picture.contains(words), "{lang:?}, {words}: {picture}"));
        self
    }

    fn check<'a>(&'a self, ja: &str, en: &str, part: impl Fn(&'a str) -> &'a str) -> &'a Pictures {
        for (lang, words) in [(Lang::Ja, ja), (Lang::En, en)] {
            let (_, picture) = self.0.iter().find(|(drawn, _)| *drawn == lang).expect("both languages are drawn");
            assert!(part(picture).contains(words), "{lang:?}, {words}: {picture}");
        }
        self
    }
}

/// The line that has the focus: below the header and the steps, the one with the mark before it, in the open field, or in a button.
fn focused(picture: &str) -> &str {
    let lines = || picture.lines().skip(2);
    let button = lines().find(|line| line.contains("[> "));
    let row = || lines().find(|line| line.starts_with(" > "));
    button.or_else(row).or_else(|| lines().find(|line| line.starts_with(" | "))).unwrap_or_default()
}

/// Compare a page with its snapshots in every language.
fn both(page: &str, build: impl Fn(&mut Scene)) -> Pictures {
    let pictures = Pictures::of(build);
    for (lang, picture) in &pictures.0 {
        insta::assert_snapshot!(format!("{page}-{}", lang.tag()), picture);
    }
    pictures
}

#[test]
fn the_top_page_offers_the_registration_first() {
    both("top", |_| {}).focus("1 新規利用者登録", "1 New registration");
}

#[test]
fn the_official_words_of_the_first_choice_stand_beside_every_language() {
    let easy = "【システムを使うための登録(とうろく)】";
    Pictures::of(|_| {}).say(easy, easy).say("外国人本人・その他", "外国人本人・その他");
}

#[test]
fn each_category_says_when_it_is_chosen() {
    Pictures::of(|scene| {
        scene.reach_step1();
        scene.focus(FieldId::Category);
    })
    .say("外国人本人: 自分の在留申請をするとき", "外国人本人: for yourself")
    .say("法定代理人: 法律で決められた代理人として、家族の代わりに申請するとき", "法定代理人: for family, as the law lets you")
    .say("（法定代理人を除く）: 妻や夫、子ども、", "for family, as husband, wife, child or parent");
    let chosen = Pictures::of(|scene| {
        scene.reach_step1();
        scene.set(FieldId::Category, "foreign_national");
    });
    chosen.hide("自分の在留申請をするとき").hide("for yourself").say("外国人本人", "the foreign national  外国~");
}

#[test]
fn the_first_password_page_lists_all_of_its_steps() {
    let pictures = both("first-password", |scene| {
        scene.card_lies_there();
        scene.press(KeyCode::Char('4'));
    });
    for step in ["  1. ", "  2. ", "  3. ", "  4. "] {
        pictures.say(step, step);
    }
    pictures.say("8～64文字", "8 to 64 characters");
    let stricter = Pictures::of(|scene| {
        scene.card_lies_there();
        scene.press(KeyCode::Char('4'));
        scene.answer(Reply::PasswordRules(PasswordRules::AGENCY_LIKE));
    });
    stricter.say("半角の英字、数字、記号( $%&=@_#*+-?! )", "letters (A-Z, a-z), digits and signs ( $%&=@_#*+-?! )");
}

#[test]
fn the_top_page_says_that_no_reader_is_there() {
    both("top-no-reader", |scene| scene.readers(&[])).say("(ZR102)", "No card reader was found");
}

#[test]
fn before_you_begin_ticks_off_what_is_seen() {
    both("prepare", |scene| {
        scene.card_lies_there();
        scene.press(KeyCode::Enter);
    });
    // Card service, reader, card: as much as is there.
    let seen: [(Way, usize); 4] =
        [(|_| {}, 0), (|scene| scene.readers(&[]), 1), (|scene| scene.readers(&[READER]), 2), (Scene::card_lies_there, 3)];
    for (lang, tick) in [(Lang::Ja, "+ よし"), (Lang::En, "+ OK")] {
        for (happens, ticks) in seen {
            let mut scene = Scene::new(lang);
            happens(&mut scene);
            scene.press(KeyCode::Enter);
            assert_eq!(scene.picture(80, 24).matches(tick).count(), ticks, "{}", scene.picture(80, 24));
        }
    }
}

#[test]
fn the_signing_password_page_shows_the_tries_left_before_entry() {
    both("signing", |scene| {
        scene.reach_signing();
        scene.type_text("abc");
    });
    Pictures::of(Scene::reach_signing).say("あと5回です", "Tries left: 5").say("署名用パスワード  0文字", "0 characters");
    Pictures::of(|scene| {
        scene.tries = (Tries::Left(2), Tries::Left(3));
        scene.reach_signing();
    })
    .say("あと2回です", "Tries left: 2");
}

#[test]
fn what_was_sent_keeps_its_length_on_the_page_while_the_card_works_and_nothing_can_be_typed_there() {
    let works = |scene: &mut Scene| {
        scene.reach_signing();
        scene.type_text("PRACTICE1");
        scene.press(KeyCode::Enter);
        scene.type_text("XY");
    };
    let pictures = Pictures::of(works);
    pictures.say("署名用パスワード  9文字", "9 characters").say("    *********", "    *********").hide("[> OK").hide("XY");
    for lang in Lang::ALL {
        let mut scene = Scene::new(*lang);
        works(&mut scene);
        assert_eq!(scene.cursor(80, 24), None, "no cursor where nothing can be typed");
        scene.press(KeyCode::Esc);
        assert!(scene.picture(80, 24).contains(if *lang == Lang::Ja { "  0文字" } else { "0 characters" }), "it was wiped");
    }
    Pictures::of(|scene| {
        scene.press(KeyCode::Char('4'));
        scene.type_text("abc");
        scene.press(KeyCode::Enter);
        scene.type_text("nine blue kites");
        scene.press(KeyCode::Enter);
    })
    .say("新しいパスワード  15文字", "New password  15 characters");
}

#[test]
fn the_last_try_needs_a_word_and_stopping_is_the_default() {
    let at_last_try = |scene: &mut Scene| {
        scene.tries = (Tries::Left(1), Tries::Left(3));
        scene.reach_signing();
    };
    both("last-try", at_last_try).say("LAST と入力", "type LAST here").focus("[> キャンセル ]", "[> Cancel");
    let mut scene = Scene::new(Lang::En);
    at_last_try(&mut scene);
    scene.press(KeyCode::Enter);
    assert!(!scene.picture(80, 24).contains("LAST"), "Enter stops: {}", scene.picture(80, 24));
    // The whole password without the word is not sent; with it, it is.
    let mut scene = Scene::new(Lang::En);
    at_last_try(&mut scene);
    (0..3).for_each(|_| scene.press(KeyCode::BackTab));
    scene.type_text("PRACTICE1");
    scene.press(KeyCode::F(10));
    assert!(!scene.signs(), "{}", scene.picture(80, 24));
    scene.type_text("LAST");
    scene.press(KeyCode::F(10));
    assert!(scene.signs(), "{}", scene.picture(80, 24));
}

#[test]
fn the_user_authentication_page_follows() {
    both("authentication", Scene::reach_authentication)
        .focus("利用者証明用パスワード  0文字", "User-authentication PIN")
        .say("あと3回です", "Tries left: 3");
}

#[test]
fn step_1_is_filled_in_from_the_card() {
    let pictures = both("step1", Scene::reach_step1);
    for value in ["MONTGOMERY ANNE", "19900401", "東京都 新宿区", "西新宿２－８－１"] {
        pictures.say(value, value);
    }
    // What the card gave is marked as done, and says where it is from.
    for (lang, row) in [(Lang::Ja, ["+ 性別", "女", "カード"]), (Lang::En, ["+ Sex", "female  女", "card"])] {
        let (_, picture) = pictures.0.iter().find(|(drawn, _)| *drawn == lang).expect("both languages are drawn");
        assert!(picture.lines().any(|line| row.iter().all(|part| line.contains(part))), "{row:?}: {picture}");
    }
    let at_sex = Pictures::of(|scene| {
        scene.reach_step1();
        scene.focus(FieldId::Sex);
    });
    at_sex.say("1 ( ) 男   2 (*) 女", "1 ( ) male  男   2 (*) female  女");
}

#[test]
fn the_rows_of_step_1_stay_where_they_are_while_the_focus_goes_down() {
    let mut scene = Scene::new(Lang::En);
    scene.reach_step1();
    let row_of = |scene: &mut Scene, label: &str| scene.picture(80, 24).lines().position(|line| line.contains(label));
    let mut above: Vec<(&str, Option<usize>)> = Vec::new();
    for (field, label) in [(FieldId::Name, "Name  "), (FieldId::Sex, "Sex  "), (FieldId::BirthDate, "Birth date")] {
        scene.focus(field);
        for (label, row) in &above {
            assert_eq!(row_of(&mut scene, label), *row, "{label}, at {field:?}");
        }
        above.push((label, row_of(&mut scene, label)));
    }
    assert_eq!(above.iter().map(|(_, row)| row.unwrap_or(0)).collect::<Vec<_>>(), [4, 5, 6]);
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
    let mut scene = Scene::new(Lang::En);
    scene.reach_step1();
    scene.set(FieldId::Phone, "1234");
    scene.press(KeyCode::F(10));
    // Besides the phone number there are the mail address, that address again, the category, and the consent.
    let picture = scene.picture(80, 60);
    assert!(picture.contains("To correct: 5."), "{picture}");
    assert_eq!(picture.matches("begins with 0, e.g. 09012345678").count(), 2, "{picture}");
}

#[test]
fn the_picker_lists_the_prefectures_and_finds_places_by_romaji() {
    both("picker", Scene::reach_picker).focus("北海道", "北海道").say("Hokkaido", "Prefectures");
    both("picker-romaji", |scene| {
        scene.reach_picker();
        scene.type_text("shinjyuku");
    })
    .focus("東京都   新宿区            しんじゅくく", "東京都   新宿区            しんじゅくく   Shinjuku-ku")
    .say("市区町村 1 · 町名 22", "1 municipality · 22 towns");
}

#[test]
fn the_picker_uses_a_wider_a_lower_and_a_narrower_window() {
    let mut scene = Scene::new(Lang::En);
    scene.reach_picker();
    scene.type_text("shinj");
    let wide = scene.picture(120, 40);
    for words in ["Prefectures", "on your card", "東京都 新宿区西新宿", "nothing is hidden", "Kabuki"] {
        assert!(wide.contains(words) || words == "Kabuki", "{words}: {wide}");
    }
    insta::assert_snapshot!("picker-120x40", wide);
    insta::assert_snapshot!("picker-60x16", scene.picture(60, 16));
    for (width, height) in [(60, 16), (40, 10), (79, 17), (80, 24)] {
        let picture = scene.picture(width, height);
        assert!(focused(&picture).contains("新宿区"), "{width}x{height}: {picture}");
        assert!(picture.contains("Shinjuku-ku"), "{width}x{height}: {picture}");
    }
}

#[test]
fn every_row_of_a_kind_stands_below_its_heading() {
    let mut scene = Scene::new(Lang::En);
    scene.reach_picker();
    scene.type_text("shinj");
    for step in 0..40 {
        let picture = scene.picture(80, 24);
        assert!(!focused(&picture).is_empty() && picture.contains("Towns"), "{step} down: {picture}");
        assert_eq!(
            picture.contains("Municipalities"),
            step < picture.lines().count() && picture.contains("Shinjo-shi"),
            "{step}: {picture}"
        );
        scene.press(KeyCode::Down);
    }
}

#[test]
fn the_chosen_row_of_the_picker_is_always_in_sight() {
    for (width, height) in [(80, 24), (60, 20), (40, 10), (120, 40)] {
        let mut scene = Scene::new(Lang::Ja);
        scene.reach_picker();
        for step in 0..47 {
            assert!(!focused(&scene.picture(width, height)).is_empty(), "{width}x{height}, {step} rows down");
            scene.press(KeyCode::Down);
        }
        scene.type_text("a");
        for step in 0..60 {
            assert!(!focused(&scene.picture(width, height)).is_empty(), "{width}x{height}, {step} hits down");
            scene.press(KeyCode::Down);
        }
    }
}

#[test]
fn a_choice_that_is_wider_than_the_window_is_broken_and_not_cut() {
    let mut scene = Scene::new(Lang::En);
    scene.reach_step1();
    scene.focus(FieldId::Category);
    // Without the bar at the left of the open field.
    let words: String = scene.picture(80, 24).replace(" |", "").split_whitespace().collect();
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
    let pictures = both("step2", Scene::reach_step2);
    for value in
        ["MONTGOMERY ANNE", "19900401", "東京都 新宿区", "西新宿２－８－１", "09012345678", "anne@example.jp", "AB12345678CD", "外国人本人"]
    {
        pictures.say(value, value);
    }
    pictures.say("まだ登録していません", "Nothing is registered yet.").say("同意する", "agreed");
    let mut scene = Scene::new(Lang::En);
    scene.reach_step2();
    assert!(!scene.jobs.iter().any(|(_, job)| matches!(job, Job::Register { .. })));
}

#[test]
fn step_3_shows_the_authentication_id_in_large_letters() {
    both("step3", Scene::reach_step3)
        .say("7 K Q - 3 M X W - 9 4 P", "7 K Q - 3 M X W - 9 4 P")
        .say("\n     7KQ-3MXW-94P\n", "\n     7KQ-3MXW-94P\n");
}

#[test]
fn the_top_page_says_that_a_registration_is_under_way_and_not_whose() {
    both("top-open", Scene::reach_open_top).say("登録の途中です", "A registration is under way.").hide("MONTGOMERY").hide("ＭＯＮＴ");
}

#[test]
fn another_person_s_card_is_told_and_nothing_of_the_first_person_is_shown() {
    both("other-card", Scene::reach_other_card)
        .say("別のマイナンバーカードです", "This is another My Number Card")
        .hide("MONTGOMERY")
        .hide("ＭＯＮＴ")
        .hide("19900401");
}

#[test]
fn a_desk_covers_the_page_while_the_card_is_away_and_says_what_it_waits_for() {
    both("covered", |scene| scene.reach_cover(Mode::Desk))
        .say("同じマイナンバーカードを置くと", "Put the same My Number Card back")
        .hide("MONTGOMERY")
        .hide("ＭＯＮＴ")
        .hide("19900401");
}

#[test]
fn at_home_the_page_stays_and_says_that_the_card_is_needed() {
    both("card-needed", |scene| scene.reach_cover(Mode::Home))
        .say("MONTGOMERY ANNE", "MONTGOMERY ANNE")
        .say("「登録」のときに同じカードが要ります", "The same card is needed at 登録.");
}

#[test]
fn step_2_says_that_the_card_is_needed_wherever_the_person_is_and_whatever_was_pressed() {
    for (lang, needed, told) in
        [(Lang::Ja, "同じカードが要ります", "登録するときは F10"), (Lang::En, "same card is needed", "To register: F10")]
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
    for (lang, words) in [(Lang::Ja, "登録するときは F10"), (Lang::En, "To register: F10")] {
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
    })
    .focus("1 [ 消さない ]", "1 [ No, keep it ]");
    both("ask-written", |scene| {
        scene.reach_step3();
        scene.press(KeyCode::Char('1'));
    })
    .focus("1 [ まだ(認証IDに戻る) ]", "1 [ Not yet: back to the 認証ID ]");
    let questions: [(Question, Way, &str); 4] = [
        (Question::Leave, Scene::reach_step2, "1 [ Stay ]"),
        (Question::Forget, Scene::reach_step2, "1 [ No, keep it ]"),
        (Question::Written, Scene::reach_step3, "1 [ Not yet: back to the 認証ID ]"),
        (Question::Register, Scene::reach_step2, "1 [ No, go back ]"),
    ];
    for (question, reach, no) in questions {
        let mut scene = Scene::new(Lang::En);
        reach(&mut scene);
        let jobs = scene.jobs.len();
        scene.asks(question);
        assert!(focused(&scene.picture(80, 24)).contains(no), "{question:?}: {}", scene.picture(80, 24));
        scene.press(KeyCode::Enter);
        let picture = scene.picture(80, 24);
        assert!(picture.contains("STEP2") && !picture.contains(no), "{question:?}: {picture}");
        assert_eq!((scene.jobs.len(), scene.quit), (jobs, false), "{question:?}");
    }
}

#[test]
fn a_form_about_somebody_else_is_told_with_what_the_card_says() {
    both("not-holder", Scene::reach_somebody_else)
        .say("ZR618", "ZR618")
        .say("ＭＯＮＴＧＯＭＥＲＹ　ＡＮＮＥ  19900401", "On the card: ＭＯＮＴＧＯＭＥＲＹ　ＡＮＮＥ  19900401");
}

#[test]
fn an_answer_that_never_came_says_that_the_registration_may_have_arrived() {
    both("perhaps", Scene::reach_perhaps).say("登録できたかもしれません", "You are perhaps registered.");
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
    scene.set(FieldId::Name, "RICHARD THIRD LEE");
    assert!(!scene.picture(80, 24).contains("The rest is filled in"), "another name was typed: {}", scene.picture(80, 24));
    scene.fill_in();
    assert!(scene.picture(80, 30).contains("ＲＩＣＨＡＲＤ　３ＲＤ　ＬＥＥ"), "{}", scene.picture(80, 30));
}

#[test]
fn an_emptied_field_is_not_said_to_be_right_as_it_differs_from_the_card() {
    let mut scene = Scene::new(Lang::En);
    scene.reach_step1();
    scene.set(FieldId::BirthDate, "19900402");
    scene.focus(FieldId::BirthDate);
    assert!(scene.picture(80, 60).contains("Leave it if it is right"), "{}", scene.picture(80, 60));
    scene.set(FieldId::BirthDate, "");
    assert!(!scene.picture(80, 60).contains("Leave it if it is right"), "{}", scene.picture(80, 60));
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
    let pictures = both("account-menu", |scene| {
        scene.reach_account_menu();
        scene.press(KeyCode::Down);
        scene.press(KeyCode::Down);
    });
    for number in 1..=9 {
        pictures.say(&format!("{number} "), &format!("{number} "));
    }
    pictures.say("使うもの: カードと、利用者証明用パスワード", "Needed: the card and the user-authentication PIN");
    Pictures::of(|scene| {
        scene.reach_account_menu();
        scene.press(KeyCode::Up);
        scene.press(KeyCode::Up);
    })
    .focus("8 登録", "8 Delete the registration")
    .say("使うもの: カードと、署名用パスワード", "Needed: the card and the signing password");
}

#[test]
fn the_pages_of_account_actions_say_what_follows_before_anything_is_asked() {
    for (page, key, ja, en) in [
        ("address", '5', "カードで本人だと", "Then the card proves that it is you."),
        ("link", '6', "次に暗証番号を2つ聞きます", "Both PINs are asked for next"),
        ("withdraw", '8', "登録を消すと、元に戻せません", "This cannot be undone."),
    ] {
        let reach = |scene: &mut Scene| {
            scene.reach_account_menu();
            scene.press(KeyCode::Char(key));
        };
        both(page, reach).say(ja, en);
        let mut scene = Scene::new(Lang::En);
        reach(&mut scene);
        assert!(scene.jobs.is_empty(), "{page}: nothing is under way");
    }
}

#[test]
fn a_mail_that_is_stuck_or_delayed_is_said_with_the_time_in_japan_and_the_way_to_another_address() {
    both("stuck", |scene| {
        scene.reach_step3();
        scene.asks_mail(MailState::Delayed(Some(1_795_584_600)));
        assert!(scene.picture(80, 24).contains("2026-11-25 14:30"));
        scene.asks_mail(MailState::Stuck);
    })
    .say("送れませんでした: anne@example.jp", "It could not be delivered to anne@example.jp.")
    .say("14:03:21 に調べました(日本時間)", "As of 14:03:21, Japan time.")
    .focus("[> メールアドレスを直", "[> Correct the mail address ]");
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
    })
    .say(" | * カードリーダーが見つかりません", " | * No card reader was found")
    .say("パソコンが、カードリーダーを見つけていません。", "Your computer sees no card reader.")
    .say(" | コード ZR102", " | Code ZR102")
    .say("     1  カードリーダーを抜", "     1  Unplug the card reader")
    .focus("[> もう一度調べる ]", "[> Look again ]");
    both("trouble-network", |scene| {
        scene.reach_step2();
        scene.presses_register();
        scene.service_fails(Code::ServiceUnreachable);
    })
    .say(" | * 登録のサービスにつながりません\n | コード ZR501", " | * The registration service can't be reached\n | Code ZR501")
    .focus("[> もう一度試す ]", "[> Try again ]");
}

#[test]
fn the_pages_use_a_larger_and_a_smaller_window() {
    let mut scene = Scene::new(Lang::Ja);
    scene.reach_step1();
    insta::assert_snapshot!("step1-120x40", scene.picture(120, 40));
    insta::assert_snapshot!("step1-60x20", scene.picture(60, 20));
    insta::assert_snapshot!("too-small", scene.picture(20, 5));
    let fields = |width, height| scene.picture(width, height).matches("必須").count();
    assert!(fields(60, 20) < fields(80, 24), "a larger window shows more of the form");
    let wide = scene.picture(120, 40);
    for words in ["【システムを使(つか)う人(ひと)", "[ ] 同意します"] {
        assert!(wide.contains(words), "{words}: {wide}");
    }
    for (width, height) in [(20, 5), (39, 10), (40, 9), (2, 200), (200, 1)] {
        let picture = scene.picture(width, height);
        assert!(!picture.contains("MONT") && picture.split_whitespace().collect::<String>().contains('画'), "{width}x{height}: {picture}");
    }
}

#[test]
fn an_office_chooses_a_record_by_its_reference_and_copies_values_by_hand() {
    for lang in [Lang::Ja, Lang::En] {
        for (name, words) in [("records", "2026-0001"), ("records-wrong", "birthdate"), ("transfer", "MONTGOMERY ANNE")] {
            let page = PAGES.iter().find(|(_, reach)| {
                let mut scene = Scene::new(lang);
                reach(&mut scene);
                let overlay = scene.model.visit.nav.overlay();
                matches!(overlay, Some(Overlay::Records(_) | Overlay::Transfer(_))) && scene.picture(80, 24).contains(words)
            });
            let (_, reach) = page.unwrap_or_else(|| panic!("{name}"));
            let mut scene = Scene::new(lang);
            reach(&mut scene);
            if name == "transfer" {
                scene.press(KeyCode::Char('5'));
            }
            insta::assert_snapshot!(format!("{name}-{}", lang.tag()), scene.picture(80, 24));
        }
    }
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
fn the_self_diagnosis_says_what_to_mend_and_closes_to_the_trouble_beneath() {
    let mut scene = Scene::new(Lang::En);
    scene.readers(&[]);
    scene.press(KeyCode::Enter);
    scene.press(KeyCode::Enter);
    scene.press(KeyCode::F(6));
    scene.happen(Event::Diagnosed(Box::new(around())));
    let picture = scene.picture(80, 40);
    for words in ["To mend: ", "! not yet  Card reader", "No card reader was found  ZR102", "+ OK       Registration service", "1  Unplug"]
    {
        assert!(picture.contains(words), "{words}: {picture}");
    }
    scene.press(KeyCode::Esc);
    assert!(scene.picture(80, 24).contains("Code ZR102"), "{}", scene.picture(80, 24));
}

#[test]
fn no_page_panics_at_any_size() {
    // Below 40x10 a page says that the window is too small; from there on every kind of wrapping comes.
    const SIZES: [(u16, u16); 14] = [
        (1, 1),
        (2, 1),
        (1, 60),
        (200, 1),
        (20, 5),
        (39, 9),
        (40, 10),
        (41, 15),
        (47, 11),
        (60, 20),
        (80, 16),
        (80, 24),
        (200, 60),
        (400, 100),
    ];
    for (words, reach) in PAGES {
        for lang in Lang::ALL {
            let mut scene = Scene::new(*lang);
            reach(&mut scene);
            assert!(*lang != Lang::En || scene.picture(80, 24).contains(words), "{words}: {}", scene.picture(80, 24));
            for (width, height) in SIZES {
                scene.picture(width, height);
            }
        }
    }
}

#[test]
fn on_a_trouble_the_focus_is_seen_on_each_of_its_buttons() {
    let mut scene = Scene::new(Lang::En);
    scene.readers(&[]);
    scene.press(KeyCode::Enter);
    scene.press(KeyCode::Enter);
    let seen = |scene: &Scene| focused(&scene.picture(80, 24)).to_owned();
    assert!(scene.picture(80, 24).contains("Tab next"));
    let before = seen(&scene);
    scene.press(KeyCode::Tab);
    assert_ne!(seen(&scene), before);
    scene.press(KeyCode::Enter);
    scene.happen(Event::Diagnosed(Box::new(around())));
    assert!(scene.picture(80, 40).contains("No card reader was found  ZR102"));
}

#[test]
fn while_a_kiosk_counts_the_seconds_stay_in_sight_whatever_lies_over_the_page() {
    let mut scene = Scene::new(Lang::En);
    scene.reach_step1();
    scene.model.setup.mode = Mode::Kiosk;
    assert!(!scene.picture(80, 24).contains("s left"));
    scene.readers(&[READER]);
    let left = scene.model.countdown().map(|seconds| format!("{seconds} s left"));
    let left = left.expect("the visit ends without its card");
    for key in [KeyCode::Null, KeyCode::F(2), KeyCode::Esc, KeyCode::F(8)] {
        scene.press(key);
        for (width, height) in [(40, 10), (80, 24), (120, 40)] {
            assert!(scene.picture(width, height).contains(&left), "{key:?}: {}", scene.picture(width, height));
        }
    }
    // The result of a registration, whose card was taken.
    let mut scene = Scene::new(Lang::En);
    scene.reach_step3();
    scene.model.setup.mode = Mode::Kiosk;
    scene.readers(&[READER]);
    let left = scene.model.countdown().map(|seconds| format!("{seconds} s left"));
    let left = left.expect("the result is shown for a moment");
    for key in [KeyCode::Null, KeyCode::Esc, KeyCode::F(1), KeyCode::Esc, KeyCode::F(2)] {
        scene.press(key);
        assert!(scene.picture(80, 24).contains(&left), "{key:?}: {}", scene.picture(80, 24));
    }
    scene.press(KeyCode::Esc);
    scene.happen(Event::Action(zairyu::app::Action::ChooseRow(3)));
    assert!(matches!(scene.model.visit.nav.overlay(), Some(Overlay::Qr)) && scene.picture(80, 40).contains(&left));
}

#[test]
fn no_page_of_a_kiosk_shows_the_path_of_a_file() {
    use zairyu::worker::Mail;
    let mut scene = Scene::new(Lang::En);
    scene.reach_step3();
    scene.model.setup.mode = Mode::Kiosk;
    scene.press(KeyCode::Char('3'));
    let mail = Mail { to: "a***@example.jp".to_owned(), state: MailState::File, folder: Some("/var/lib/x/mails".to_owned()), asked: None };
    scene.answer(Reply::Mail(mail));
    let picture = scene.picture(120, 60);
    assert!(picture.contains("Please tell the staff") && !picture.contains("/var/lib"), "{picture}");
    scene.model.setup.mode = Mode::Home;
    assert!(scene.picture(120, 60).contains("/var/lib/x/mails"));
}
