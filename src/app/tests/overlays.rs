//! Pages over the screen: the language over every one of them, help over an error page, what goes on beneath.

use super::*;

/// A page over the screen, and the way to it.
pub(super) type Way = fn() -> Bench;

/// Every kind of page over the screen, every question, every cover.
pub(super) const OVERLAYS: [(&str, Way); 15] = [
    ("help", || {
        let mut bench = bench();
        bench.press(KeyCode::F(1));
        bench
    }),
    ("help over a trouble page", || {
        let mut bench = at_no_card();
        bench.press(KeyCode::F(1));
        bench
    }),
    ("trouble", at_no_card),
    ("terms", || {
        let mut bench = Bench::at_step1();
        bench.happen(Event::Action(Action::Terms));
        bench.answer(Reply::Terms("terms".to_owned()));
        bench
    }),
    ("terms that are being fetched", || {
        let mut bench = Bench::at_step1();
        bench.happen(Event::Action(Action::Terms));
        bench
    }),
    ("picker", || {
        let mut bench = Bench::at_step1();
        bench.happen(Event::Action(Action::Search));
        bench.type_text("shin");
        bench
    }),
    ("reader", || {
        let mut bench = bench();
        bench.readers(&[("A", true), ("B", true)]);
        bench.keys(&[KeyCode::Enter, KeyCode::Enter, KeyCode::Down]);
        bench
    }),
    ("leave", || {
        let mut bench = Bench::at_step1();
        bench.happen(Event::Action(Action::Leave));
        bench.press(KeyCode::Down);
        bench
    }),
    ("forget", || {
        let mut bench = Bench::at_step1();
        bench.press(KeyCode::F(8));
        bench
    }),
    ("register", || {
        let mut bench = Bench::at_step2();
        bench.happen(Event::Action(Action::Ask(Question::Register)));
        bench
    }),
    ("where to save", || {
        let mut bench = Bench::at_step3();
        bench.media = vec!["/media/anne/STICK".into()];
        bench.keys(&[KeyCode::Char('2'), KeyCode::Down]);
        bench
    }),
    ("transfer sheet", || {
        let mut bench = Bench::at_step2();
        bench.happen(Event::Action(Action::Transfer));
        bench.keys(&[KeyCode::Down, KeyCode::Enter]);
        bench
    }),
    ("card away", || {
        let mut bench = Bench::at_step1().at_desk();
        bench.card(false);
        bench
    }),
    ("locked", || {
        let mut bench = Bench::at_step1().at_desk();
        bench.nobody_acts();
        bench
    }),
    ("another card", || {
        let mut bench = Bench::at_step2();
        bench.swap(super::visit::TARO);
        bench.press(KeyCode::Down);
        bench
    }),
];

fn at_no_card() -> Bench {
    let mut bench = bench();
    bench.card(false);
    bench.keys(&[KeyCode::Enter, KeyCode::Enter]);
    assert!(bench.model.visit.nav.trouble().is_some());
    bench
}

/// What is in front, with where one stands in it.
fn in_front(bench: &Bench) -> String {
    let visit = &bench.model.visit;
    let overlay = match visit.nav.overlay() {
        None => String::new(),
        Some(Overlay::Help(line)) => format!("help {line}, below trouble: {}", visit.nav.trouble().is_some()),
        Some(Overlay::Language(row)) => format!("language {row}"),
        Some(Overlay::Picker(picker)) => format!("picker {} {}", picker.query.value(), picker.row),
        Some(Overlay::Terms(text, line)) => format!("terms {text:?} {line}"),
        Some(Overlay::Trouble(page)) => format!("trouble {}", page.trouble.code()),
        Some(Overlay::Reader(row)) => format!("reader {row}"),
        Some(Overlay::SaveWhere(page)) => format!("save where {}", page.row),
        Some(Overlay::Records(page)) => format!("records {}", page.row),
        Some(Overlay::Transfer(page)) => format!("transfer {} {:?}", page.row, page.note),
        Some(Overlay::Diagnosis(_, line)) => format!("diagnosis {line}"),
        Some(Overlay::StaffWord(page)) => format!("staff word {:?}", page.note),
        Some(Overlay::Staff(page)) => format!("staff {}", page.row),
        Some(Overlay::Question(question, row)) => format!("{question:?} {row}"),
        Some(Overlay::Qr) => "qr".to_owned(),
    };
    format!("{overlay} {:?}", visit.cover)
}

#[test]
fn the_language_is_chosen_on_every_page_and_one_is_back_where_one_was() {
    for (name, reach) in OVERLAYS {
        for (keys, lang) in [(&[KeyCode::Char('1')][..], Lang::Ja), (&[KeyCode::Esc], Lang::En), (&[KeyCode::Enter], Lang::En)] {
            let mut bench = reach();
            let before = in_front(&bench);
            bench.press(KeyCode::F(2));
            assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Language(_))), "{name}");
            bench.press(KeyCode::F(2));
            bench.keys(keys);
            assert_eq!(bench.model.lang, lang, "{name}");
            assert_eq!(in_front(&bench), before, "{name}, {keys:?}");
        }
    }
}

#[test]
fn only_a_language_that_the_terminal_can_draw_is_chosen() {
    for (_, reach) in OVERLAYS {
        let mut bench = reach();
        bench.model.setup.latin = true;
        bench.press(KeyCode::F(2));
        bench.keys(&[KeyCode::Down, KeyCode::Char('2')]);
        assert_eq!(bench.model.lang, Lang::En);
        bench.keys(&[KeyCode::Char('1')]);
        assert_eq!(bench.model.lang, Lang::En);
        assert!(!matches!(bench.model.visit.nav.overlay(), Some(Overlay::Language(_))));
    }
}

#[test]
fn the_terms_are_fetched_again_in_a_language_that_was_chosen_over_them() {
    for arrived in [false, true] {
        let mut bench = Bench::at_step1();
        bench.happen(Event::Action(Action::Terms));
        if arrived {
            bench.answer(Reply::Terms("terms".to_owned()));
        }
        bench.keys(&[KeyCode::F(2), KeyCode::Char('1')]);
        assert!(matches!(bench.jobs.last(), Some((_, Job::Terms { language: "ja" }))), "arrived: {arrived}");
        bench.answer(Reply::Terms("規約".to_owned()));
        assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Terms(Some(text), _)) if text == "規約"));
        assert!(bench.model.visit.waiting.is_none());
        bench.press(KeyCode::Esc);
        assert!(bench.model.visit.nav.overlay().is_none());
    }
    // Terms that are closed before the other language has come.
    let mut bench = Bench::at_step1();
    bench.happen(Event::Action(Action::Terms));
    bench.answer(Reply::Terms("terms".to_owned()));
    bench.keys(&[KeyCode::F(2), KeyCode::Char('1'), KeyCode::Esc]);
    assert!(bench.model.visit.waiting.is_none() && bench.cancelled == 1);
}

#[test]
fn a_question_under_the_language_menu_is_not_asked_twice() {
    let mut bench = Bench::at_step1();
    bench.press(KeyCode::F(8));
    bench.press(KeyCode::F(2));
    bench.press(KeyCode::F(8));
    bench.happen(Event::Action(Action::Leave));
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Language(_))));
    bench.keys(&[KeyCode::Esc, KeyCode::Esc]);
    assert!(bench.model.visit.nav.overlay().is_none());
}

#[test]
fn help_and_questions_close_to_the_page_that_they_were_opened_on() {
    let mut bench = at_no_card();
    for close in [KeyCode::Esc, KeyCode::Enter, KeyCode::F(1)] {
        bench.keys(&[KeyCode::F(1), close]);
        assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Trouble(_))), "{close:?}");
    }
    bench.press(KeyCode::F(1));
    bench.happen(Event::Action(Action::Leave));
    bench.press(KeyCode::Esc);
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Help(_))));
}

#[test]
fn a_trouble_page_that_waits_for_the_card_goes_on_by_itself_whatever_is_open_over_it() {
    let ready = |bench: &mut Bench| {
        bench.card(true);
        bench.answer(Reply::Status(status(Tries::Left(5), Tries::Left(3))));
    };
    let mut bench = at_no_card();
    bench.press(KeyCode::F(1));
    ready(&mut bench);
    assert!(bench.model.visit.nav.overlay().is_none(), "with help open");
    assert!(matches!(bench.model.visit.nav.screen, Screen::Pin(_)));
    let mut bench = at_no_card();
    bench.keys(&[KeyCode::F(1), KeyCode::Esc]);
    ready(&mut bench);
    assert!(matches!(bench.model.visit.nav.screen, Screen::Pin(_)), "after help was open");
    let mut bench = at_no_card();
    bench.press(KeyCode::F(2));
    ready(&mut bench);
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Language(_))), "the menu stays");
    bench.press(KeyCode::Char('1'));
    assert!(bench.model.visit.nav.overlay().is_none() && matches!(bench.model.visit.nav.screen, Screen::Pin(_)));
    let mut bench = at_no_card();
    bench.happen(Event::Action(Action::Leave));
    ready(&mut bench);
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Question(Question::Leave, 0))), "the question stays");
    bench.press(KeyCode::Enter);
    assert!(bench.model.visit.nav.overlay().is_none() && matches!(bench.model.visit.nav.screen, Screen::Pin(_)));
    // A card that cannot be used is told at once.
    let mut bench = at_no_card();
    bench.press(KeyCode::F(1));
    bench.card(true);
    bench.answer(Reply::Status(status(Tries::Locked, Tries::Left(3))));
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Trouble(page)) if page.trouble.code() == Code::SigningLocked));
}
