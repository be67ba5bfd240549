//! Desk mode: pages are covered and locked.

use super::visit::*;
use super::*;
use crate::app::deadline::{Limits, Timer};
use crate::app::visit::Cover;
use crate::registration::Draft;

#[test]
fn at_home_the_page_stays_while_the_card_is_away_and_at_a_desk_it_is_covered() {
    let mut bench = Bench::at_step2();
    bench.card(false);
    assert!(bench.cover().is_none() && cards::should_warn_card_away(&bench.model));
    let mut bench = Bench::at_step2().at_desk();
    bench.press(KeyCode::Esc);
    bench.card(false);
    assert_eq!(bench.cover(), Some(Cover::Away));
    bench.press(KeyCode::F(10));
    bench.press(KeyCode::Esc);
    bench.type_text("abc");
    assert_eq!(bench.cover(), Some(Cover::Away));
    bench.card(true);
    bench.answers_look(ANNE);
    assert_eq!(bench.cover(), None);
    assert!(matches!(bench.model.visit.nav.screen, Screen::Form));
    assert_eq!(bench.model.visit.form.draft.get(FieldId::Name), "LEE ANNE");
}

#[test]
fn at_a_desk_a_page_that_nobody_touches_is_locked_until_its_card_is_put_in() {
    let mut bench = Bench::at_step2();
    assert_eq!(bench.model.timers().next(), None);
    bench = bench.at_desk();
    assert_eq!(bench.model.timers().next(), Some((Timer::Unattended, Limits::default().lock)));
    bench.nobody_acts();
    assert_eq!((bench.cover(), bench.model.timers().next()), (Some(Cover::Locked), None));
    bench.press(KeyCode::Enter);
    bench.press(KeyCode::Esc);
    assert_eq!(bench.cover(), Some(Cover::Locked));
    bench.swap(ANNE);
    assert_eq!(bench.cover(), None);
}

#[test]
fn a_page_that_is_locked_keeps_nothing_of_a_pin_or_password() {
    let mut bench = Bench::at_signing(Tries::Left(5)).at_desk();
    bench.type_text("ABC12");
    bench.nobody_acts();
    assert_eq!(bench.cover(), Some(Cover::Locked));
    assert!(matches!(&bench.model.visit.nav.screen, Screen::Pin(entry) if entry.pin.is_empty()));
    // Nothing is left to hide from the next card.
    bench.swap(TARO);
    assert_eq!((bench.cover(), bench.model.visit.card), (None, Some(TARO)));
    let mut bench = bench_at_first_password();
    bench.nobody_acts();
    assert!(
        matches!(&bench.model.visit.nav.screen, Screen::FirstPassword(page) if page.password.is_empty() && !page.code.value().is_empty())
    );
    // The page stays behind the list of account actions, whose page asks for another password.
    let mut bench = bench_at_first_password();
    bench.happen(Event::Action(Action::ChooseRow(0)));
    bench.happen(Event::Action(Action::ChooseRow(1)));
    bench.type_text("7KQ3MXW94P");
    bench.press(KeyCode::Enter);
    bench.type_text("half a pass");
    assert!(!bench.model.visit.account.password.is_empty());
    bench.nobody_acts();
    assert!(bench.model.visit.account.password.is_empty());
    assert!(matches!(bench.model.visit.nav.previous_screen(), Some(Screen::FirstPassword(page)) if page.password.is_empty()));
}

/// At a desk, with a code and a password typed.
fn bench_at_first_password() -> Bench {
    let mut bench = bench().at_desk();
    bench.press(KeyCode::Char('4'));
    bench.type_text("AbC-_123");
    bench.press(KeyCode::Enter);
    bench.type_text("nine blue kites");
    assert!(matches!(&bench.model.visit.nav.screen, Screen::FirstPassword(page) if !page.password.is_empty()));
    bench
}

#[test]
fn at_a_desk_the_card_may_be_looked_at_and_comes_back() {
    let mut bench = Bench::at_step1();
    bench.model.visit.form.covers = true;
    bench = bench.at_desk();
    bench.happen(Event::Action(Action::SetField(FieldId::Category, "foreign_national".to_owned())));
    bench.happen(Event::Action(Action::FocusForm(FormFocus::LookAtCard)));
    bench.press(KeyCode::Enter);
    assert_eq!(bench.cover(), Some(Cover::CardOut));
    bench.press(KeyCode::Esc);
    assert_eq!(bench.cover(), None, "it was not taken out after all");
    bench.press(KeyCode::Enter);
    bench.card(false);
    bench.press(KeyCode::Esc);
    assert_eq!(bench.cover(), Some(Cover::CardOut));
    bench.card(true);
    bench.answers_look(ANNE);
    assert_eq!(bench.cover(), None);
    assert_eq!(bench.model.visit.form.focus, FormFocus::LookAtCard);
}

#[test]
fn a_card_that_is_looked_at_for_too_long_is_away_and_one_that_was_never_taken_out_is_locked() {
    for taken_out in [false, true] {
        let mut bench = Bench::at_step1().at_desk();
        bench.model.visit.form.covers = true;
        bench.happen(Event::Action(Action::SetField(FieldId::Category, "foreign_national".to_owned())));
        bench.happen(Event::Action(Action::FocusForm(FormFocus::LookAtCard)));
        bench.press(KeyCode::Enter);
        let limit = Limits::default().look_at_card;
        assert_eq!(bench.model.timers().next(), Some((Timer::CardAway, limit)));
        if taken_out {
            bench.card(false);
        }
        bench.happen(Event::Passed(Timer::CardAway, limit));
        assert_eq!(bench.cover(), Some(if taken_out { Cover::Away } else { Cover::Locked }));
        bench.press(KeyCode::Esc);
        assert!(bench.cover().is_some());
        bench.swap(ANNE);
        assert_eq!(bench.cover(), None);
    }
}

#[test]
fn starting_again_is_the_default_at_a_desk() {
    let mut bench = Bench::at_step2().at_desk();
    bench.swap(TARO);
    assert_eq!(bench.cover(), Some(Cover::OtherCard(1)));
    bench.press(KeyCode::Enter);
    assert!(bench.forgot() && bench.model.visit.form.draft == Draft::default());
}

#[test]
fn the_reader_that_one_person_chose_is_not_the_next_one_s_choice() {
    let mut bench = bench();
    bench.readers(&[("R", true), ("S", true)]);
    bench.press(KeyCode::Enter);
    bench.press(KeyCode::Enter);
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Reader(0))));
    bench.press(KeyCode::Char('2'));
    assert!(matches!(bench.jobs.last(), Some((_, Job::ReadStatus { reader })) if reader == "S"));
    bench.answer(of(ANNE));
    bench.press(KeyCode::F(8));
    assert!(bench.forgot());
    bench.readers(&[("R", true), ("S", false)]);
    assert!(matches!(bench.jobs.last(), Some((_, Job::ReadStatus { reader })) if reader == "R"));
}

#[test]
fn at_a_desk_the_way_back_from_a_password_page_to_step2_is_covered_while_the_card_is_away() {
    let mut bench = Bench::at_step2().at_desk();
    bench.registers();
    bench.fail(card::CardError::new(Code::SigningForgotten));
    bench.card(false);
    bench.press(KeyCode::Esc);
    assert!(matches!(bench.model.visit.nav.screen, Screen::Confirm(_)));
    assert_eq!(bench.cover(), Some(Cover::Away));
}

#[test]
fn what_was_locked_before_any_card_was_known_opens_to_no_card() {
    let mut bench = bench().at_desk();
    bench.card(false);
    bench.press(KeyCode::Char('4'));
    bench.type_text("code-of-the-mail");
    bench.nobody_acts();
    assert_eq!(bench.cover(), Some(Cover::Locked));
    for _ in 0..2 {
        bench.card(true);
        bench.answers_look(TARO);
        assert_eq!((bench.cover(), bench.model.visit.card), (Some(Cover::Locked), None));
        bench.card(false);
    }
    bench.press(KeyCode::F(8));
    bench.press(KeyCode::Char('2'));
    assert!(bench.forgot() && bench.cover().is_none());
}

#[test]
fn what_was_locked_stays_locked_when_another_card_was_put_in_and_taken_out() {
    let mut bench = Bench::at_signing(Tries::Left(5)).at_desk();
    bench.type_text("ABC123");
    bench.press(KeyCode::Enter);
    bench.answer(certificate(annes()));
    bench.card(false);
    bench.nobody_acts();
    bench.card(true);
    bench.answers_look(TARO);
    assert_eq!(bench.cover(), Some(Cover::OtherCard(1)));
    bench.card(false);
    assert_eq!(bench.cover(), Some(Cover::Locked));
    bench.card(true);
    bench.answers_look(ANNE);
    assert_eq!(bench.cover(), None);
}

#[test]
fn a_card_in_the_other_reader_is_not_the_next_person_s_while_somebody_looks_at_theirs() {
    let mut bench = Bench::at_step1().at_desk();
    bench.happen(Event::Action(Action::LookAtCard));
    bench.readers(&[("R", false), ("S", true)]);
    bench.answers_look(TARO);
    assert_eq!(bench.cover(), Some(Cover::OtherCard(0)), "Enter forgets nothing");
    bench.readers(&[("R", true), ("S", true)]);
    bench.answers_look(ANNE);
    assert_eq!(bench.cover(), None);
}

#[test]
fn of_two_slots_of_one_device_the_one_with_a_readable_card_is_taken_without_a_question() {
    let slots = ["ACS ACR1281 Dual Reader 00 00", "ACS ACR1281 Dual Reader 00 01"];
    let look = |bench: &Bench| match bench.jobs.last() {
        Some((_, Job::ReadStatus { reader })) => reader.clone(),
        _ => String::new(),
    };
    for module in [0, 1] {
        let mut bench = bench();
        bench.readers(&[(slots[0], true), (slots[1], true)]);
        for (slot, name) in slots.iter().enumerate() {
            assert_eq!(look(&bench), *name);
            assert!(!bench.model.is_ambiguous() && cards::obstacle(&bench.model).is_none(), "nothing is known yet");
            match slot == module {
                true => bench.fail(Code::CardMute.into()),
                false => bench.answer(of(ANNE)),
            }
        }
        assert_eq!((bench.model.visit.reader.as_deref(), bench.model.visit.card), (Some(slots[1 - module]), Some(ANNE)));
        bench.press(KeyCode::Enter);
        bench.press(KeyCode::Enter);
        assert!(matches!(bench.model.visit.nav.screen, Screen::Pin(_)));
    }
    // Two persons' cards: the person chooses, and the visit begins with what is there then.
    let mut bench = bench();
    bench.readers(&[(slots[0], true), (slots[1], true)]);
    bench.answer(of(ANNE));
    bench.answer(of(TARO));
    assert_eq!(bench.model.visit.card, None);
    bench.press(KeyCode::Enter);
    bench.press(KeyCode::Enter);
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Reader(0))));
    bench.press(KeyCode::Char('2'));
    assert_eq!(look(&bench), slots[1]);
    bench.answer(of(TARO));
    assert_eq!((bench.model.visit.reader.as_deref(), bench.model.visit.card), (Some(slots[1]), Some(TARO)));
}

#[test]
fn a_card_taken_out_of_one_of_two_slots_leaves_the_other_to_the_visit() {
    let slots = ["ACS ACR1281 Dual Reader 00 00", "ACS ACR1281 Dual Reader 00 01"];
    let mut bench = bench();
    bench.readers(&[(slots[0], true), (slots[1], true)]);
    bench.answer(of(ANNE));
    bench.answer(of(TARO));
    bench.readers(&[(slots[0], true), (slots[1], false)]);
    bench.answer(of(ANNE));
    assert_eq!((bench.model.visit.reader.as_deref(), bench.model.visit.card), (Some(slots[0]), Some(ANNE)));
}

#[test]
fn a_card_whose_look_another_program_spoiled_is_looked_at_again_without_a_key() {
    use Code::{CardFault, CardMute, CardRemoved, CardReset, NoCard, PcscFault, ReaderBusy};
    for code in [CardFault, CardMute, CardRemoved, CardReset, NoCard, PcscFault, ReaderBusy] {
        let mut bench = Bench::at_step1().at_desk();
        bench.card(false);
        assert_eq!(bench.cover(), Some(Cover::Away));
        bench.card(true);
        bench.fail(card::CardError::new(code));
        assert_eq!(bench.cover(), Some(Cover::Away), "{code:?}");
        bench.happen(Event::Passed(Timer::LookAgain(0), 1));
        bench.answers_look(ANNE);
        assert_eq!(bench.cover(), None, "{code:?}");
    }
}

#[test]
fn a_card_that_stays_silent_is_looked_at_four_times_and_again_once_it_was_moved() {
    let mut bench = Bench::at_step1().at_desk();
    bench.card(false);
    for _ in 0..2 {
        bench.card(true);
        for times in 0..3 {
            bench.fail(card::CardError::new(Code::CardMute));
            assert_eq!(bench.model.timers().collect::<Vec<_>>()[..], [(Timer::LookAgain(times), 1)]);
            bench.happen(Event::Passed(Timer::LookAgain(times), 1));
        }
        bench.fail(card::CardError::new(Code::CardMute));
        assert_eq!(bench.model.timers().next(), None);
        bench.card(false);
    }
}

#[test]
fn what_is_no_my_number_card_is_not_looked_at_again() {
    let mut bench = Bench::at_step1().at_desk();
    bench.card(false);
    bench.card(true);
    bench.fail(card::CardError::new(Code::NotMyNumberCard));
    assert_eq!(bench.model.timers().next(), None);
}
