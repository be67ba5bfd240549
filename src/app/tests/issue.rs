//! What a person takes home: printing and saving hold up nothing, and are told on the page of whoever asked and on no other.

use super::*;
use crate::app::state::issue::Issue;
use crate::app::state::result::Button;

fn at_step3(prints: bool) -> Bench {
    let mut bench = Bench::at_step2();
    bench.model.setup.prints = prints;
    bench.registers();
    bench.answer(Reply::Registered(Box::new(registered())));
    bench
}

fn issue(bench: &Bench) -> Option<Issue> {
    bench.model.visit.result().and_then(|done| done.issue.clone())
}

#[test]
fn a_receipt_can_be_printed_only_where_the_settings_name_a_command() {
    for prints in [false, true] {
        let bench = at_step3(prints);
        let buttons = bench.model.visit.result().map(|done| done.buttons(false)).unwrap_or_default();
        assert_eq!(buttons.contains(&Button::Print), prints);
        assert!(buttons.contains(&Button::Save));
        let mut bench = Bench::at_step2();
        (bench.model.setup.prints, bench.model.setup.mode) = (prints, Mode::Kiosk);
        bench.registers();
        bench.answer(Reply::Registered(Box::new(registered())));
        let buttons = bench.model.visit.result().map(|done| done.buttons(false)).unwrap_or_default();
        assert_eq!((buttons.contains(&Button::Print), buttons.contains(&Button::Save)), (prints, false), "a kiosk saves nothing");
    }
}

#[test]
fn a_printed_receipt_counts_as_written_down_and_one_that_failed_does_not() {
    let mut bench = at_step3(true);
    bench.press(KeyCode::Char('2'));
    assert_eq!(bench.issues.last().map(|(_, document, to)| (*document, *to)), Some((Document::Receipt, Destination::Printer)));
    bench.issued(Err("no paper"));
    bench.press(KeyCode::Char('1'));
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Question(Question::Written, 0))));
    bench.press(KeyCode::Esc);
    bench.press(KeyCode::Char('2'));
    bench.issued(Ok("request id is desk-1"));
    bench.press(KeyCode::Char('1'));
    assert!(bench.forgot());
}

#[test]
fn while_it_prints_the_page_goes_on_and_nothing_is_printed_twice() {
    let mut bench = at_step3(true);
    for _ in 0..3 {
        bench.press(KeyCode::Char('2'));
        bench.press(KeyCode::Char('3'));
    }
    assert_eq!(bench.issues.len(), 1);
    bench.press(KeyCode::Char('4'));
    assert!(matches!(bench.jobs.last(), Some((_, Job::AskMail))), "the page is not held up");
    bench.answer(Reply::Mail(registered().mail));
    bench.issued(Ok(""));
    assert_eq!(issue(&bench), Some(Issue::Ended(Destination::Printer, Ok(String::new()))));
}

#[test]
fn what_was_printed_for_one_person_is_not_told_to_the_next() {
    let mut bench = at_step3(true);
    bench.press(KeyCode::Char('2'));
    let (ticket, ..) = bench.issues.pop().unwrap();
    bench.press(KeyCode::Char('1'));
    bench.press(KeyCode::Char('2'));
    assert!(bench.forgot());
    let mut next = at_step3(true);
    next.model.tickets = bench.model.tickets;
    next.happen(Event::Issued(ticket, Ok("path".to_owned())));
    assert_eq!(issue(&next), None);
    assert!(next.model.visit.result().is_some_and(|done| done.needs_writing()));
}

#[test]
fn a_slip_is_printed_or_saved_from_the_page_of_a_trouble_that_the_office_mends_and_from_no_other() {
    for (prints, to) in [(true, Destination::Printer), (false, Destination::File)] {
        let mut bench = bench();
        bench.model.setup.prints = prints;
        bench.press(KeyCode::F(7));
        bench.card(true);
        bench.answer(Reply::Status(status(Tries::Locked, Tries::Left(3))));
        bench.press(KeyCode::Enter);
        bench.press(KeyCode::Enter);
        assert!(bench.issues.is_empty());
        bench.press(KeyCode::F(7));
        bench.press(KeyCode::F(7));
        assert_eq!(bench.issues.len(), 1);
        assert_eq!(bench.issues.last().map(|(_, document, to)| (*document, *to)), Some((Document::Slip(Code::SigningLocked), to)));
        bench.issued(Ok("path"));
        let Some(Overlay::Trouble(page)) = bench.model.visit.nav.overlay() else { panic!("the page stays") };
        assert_eq!(page.slip, Some(Issue::Ended(to, Ok("path".to_owned()))));
    }
    let mut bench = bench();
    bench.card(false);
    bench.press(KeyCode::Enter);
    bench.press(KeyCode::Enter);
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Trouble(_))));
    bench.press(KeyCode::F(7));
    assert!(bench.issues.is_empty(), "the office has no reader to lend");
}

#[test]
fn every_button_of_a_trouble_is_reached_by_tab_and_arrows_and_enter_presses_the_one_in_focus() {
    use crate::app::state::trouble::TroubleButton::{self, Diagnose, NextStep, Slip};
    fn focus(bench: &Bench) -> Option<TroubleButton> {
        if let Some(Overlay::Trouble(page)) = bench.model.visit.nav.overlay() { Some(page.focus) } else { None }
    }
    let mut bench = bench();
    bench.card(true);
    bench.answer(Reply::Status(status(Tries::Locked, Tries::Left(3))));
    bench.keys(&[KeyCode::Enter, KeyCode::Enter]);
    assert_eq!(focus(&bench), Some(NextStep), "Enter does what is next");
    for (next, back) in [(KeyCode::Tab, KeyCode::BackTab), (KeyCode::Right, KeyCode::Left)] {
        for (key, there) in [(next, Diagnose), (next, Slip), (next, NextStep), (back, Slip), (back, Diagnose), (back, NextStep)] {
            bench.press(key);
            assert_eq!(focus(&bench), Some(there), "{key:?}");
        }
    }
    // Up and down, and the wheel, scroll.
    bench.keys(&[KeyCode::Left, KeyCode::Down, KeyCode::Down, KeyCode::Up]);
    bench.happen(Event::Action(Action::WheelDown));
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Trouble(page)) if page.line == 2 && page.focus == Slip));
    bench.press(KeyCode::Enter);
    assert_eq!(bench.issues.len(), 1);
    bench.issued(Ok("path"));
    bench.press(KeyCode::Left);
    bench.press(KeyCode::Char(' '));
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Diagnosis(..))));
    bench.press(KeyCode::Esc);
    // A click on the way on goes on, wherever the focus is.
    assert_eq!(focus(&bench), Some(Diagnose));
    bench.happen(Event::Action(Action::Confirm));
    assert!(matches!(bench.jobs.last(), Some((_, Job::ReadStatus { .. }))));
}

#[test]
fn where_a_stick_is_mounted_the_person_says_where_the_receipt_goes_and_can_say_it_again() {
    let stick = || vec![PathBuf::from("/media/anne/STICK"), PathBuf::from("/media/anne/DISK")];
    let asks = |bench: &Bench| matches!(bench.model.visit.nav.overlay(), Some(Overlay::SaveWhere(_)));
    for (keys, medium) in [
        (&[KeyCode::Enter][..], None),
        (&[KeyCode::Down, KeyCode::Down, KeyCode::Enter], Some("/media/anne/DISK")),
        (&[KeyCode::Char('2')], Some("/media/anne/STICK")),
    ] {
        let mut bench = at_step3(false);
        bench.media = stick();
        bench.press(KeyCode::Char('2'));
        assert!(asks(&bench) && bench.issues.is_empty());
        bench.keys(&[KeyCode::Char('9'), KeyCode::Esc]);
        assert!(!asks(&bench) && bench.issues.is_empty(), "nothing was chosen");
        bench.press(KeyCode::Char('2'));
        bench.keys(keys);
        assert!(!asks(&bench));
        assert_eq!(bench.issues.last().map(|(_, document, to)| (*document, *to)), Some((Document::Receipt, Destination::File)));
        assert_eq!(bench.media, medium.map(PathBuf::from).into_iter().collect::<Vec<_>>());
        // It was pulled out: nothing is lost, and there is a choice again.
        bench.issued(Err("gone"));
        assert!(bench.model.visit.result().is_some_and(|done| done.needs_writing()));
        bench.media = stick();
        bench.press(KeyCode::Char('2'));
        assert!(asks(&bench));
    }
    let mut bench = at_step3(false);
    bench.press(KeyCode::Char('2'));
    assert!(!asks(&bench) && bench.issues.len() == 1, "without one it is saved at once");
    // The answer comes after the person has gone on.
    let mut bench = at_step3(false);
    bench.press(KeyCode::F(1));
    bench.happen(Event::Media(stick()));
    assert!(!asks(&bench));
    let mut bench = at_step3(true);
    bench.model.setup.mode = Mode::Kiosk;
    bench.happen(Event::Media(stick()));
    bench.happen(Event::Media(Vec::new()));
    assert!(!asks(&bench) && bench.issues.is_empty(), "a kiosk saves nothing");
}
