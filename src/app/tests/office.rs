//! An office's work: its records go only to their own person, its list tells how each ended, its clipboard is cleared.

use super::visit::*;
use super::*;
use crate::app::visit::Prefilled;
use crate::office::{Fault, FaultKind, Record, RecordsError};
use crate::registration::Draft;
use crate::registration::tests::draft_of;
use crate::worker::Phase;

fn record(reference: &str, pairs: &[(&str, &str)]) -> Record {
    Record { line: 2, reference: Some(reference.to_owned()).filter(|text| !text.is_empty()), draft: draft_of(pairs) }
}

/// Begin a registration at an office that has this file.
fn begin(file: Vec<Record>) -> Bench {
    let mut bench = bench();
    bench.model.setup.prefill = Some("records.csv".into());
    bench.file = file;
    bench.card(true);
    bench.answer(of(ANNE));
    bench.keys(&[KeyCode::Enter, KeyCode::Enter]);
    bench
}

fn signs_in(bench: &mut Bench) {
    bench.type_text("ABC123");
    bench.press(KeyCode::Enter);
    assert_eq!(bench.model.visit.form.draft.get(FieldId::Phone), "", "nothing is shown before the card has said whose it is");
    bench.answer(certificate(annes()));
}

/// The phone in the form, and what became of the records.
fn filled(bench: &Bench) -> (&str, Prefilled) {
    (bench.model.visit.form.draft.get(FieldId::Phone), bench.model.visit.prefill)
}

fn asks(bench: &Bench) -> bool {
    matches!(bench.model.visit.nav.overlay(), Some(Overlay::Records(_)))
}

const ANNES: &[(&str, &str)] = &[("birth_date", "19900401"), ("phone", "0312345678")];
const TAROS: &[(&str, &str)] = &[("birth_date", "19850615"), ("name", "YAMADA TARO"), ("phone", "0399999999")];

#[test]
fn records_are_taken_for_their_own_person_and_belong_to_one_visit() {
    let mut bench = begin(vec![record("", ANNES)]);
    signs_in(&mut bench);
    assert_eq!(filled(&bench), ("0312345678", Prefilled::Applied));
    bench.keys(&[KeyCode::F(8), KeyCode::Char('2')]);
    bench.file.clear();
    bench.answer(of(ANNE));
    bench.keys(&[KeyCode::Enter, KeyCode::Enter]);
    signs_in(&mut bench);
    assert_eq!(filled(&bench), ("", Prefilled::None), "they were the first visit's");
}

#[test]
fn a_changed_file_is_read_by_the_next_visit() {
    let mut bench = begin(vec![record("", TAROS)]);
    signs_in(&mut bench);
    assert_eq!(filled(&bench), ("", Prefilled::Withheld));
    assert_eq!(bench.model.visit.form.draft.get(FieldId::Name), "LEE ANNE");
    bench.keys(&[KeyCode::F(8), KeyCode::Char('2')]);
    bench.file = vec![record("", ANNES)];
    bench.answer(of(ANNE));
    bench.keys(&[KeyCode::Enter, KeyCode::Enter]);
    signs_in(&mut bench);
    assert_eq!(filled(&bench), ("0312345678", Prefilled::Applied));
}

#[test]
fn of_several_without_references_the_one_that_fits_the_card_is_taken() {
    let mut bench = begin(vec![record("", TAROS), record("", ANNES)]);
    assert!(!asks(&bench));
    signs_in(&mut bench);
    assert_eq!(filled(&bench), ("0312345678", Prefilled::Applied));
    let mut bench = begin(vec![record("", ANNES), record("", &[("name", "ANNE LEE"), ("birth_date", "19900401")])]);
    signs_in(&mut bench);
    assert_eq!(filled(&bench), ("", Prefilled::Several));
}

#[test]
fn of_several_with_references_one_is_chosen_and_still_held_against_the_card() {
    let file = || vec![record("A-1", TAROS), record("A-2", ANNES), record("A-3", TAROS)];
    for (keys, expected) in [
        (vec![KeyCode::Down, KeyCode::Enter], ("0312345678", Prefilled::Applied)),
        (vec![KeyCode::Char('1')], ("", Prefilled::Withheld)),
        (vec![KeyCode::Char('4')], ("", Prefilled::None)),
        (vec![KeyCode::Esc], ("", Prefilled::None)),
    ] {
        let mut bench = begin(file());
        assert!(asks(&bench));
        bench.keys(&keys);
        assert!(!asks(&bench) && bench.model.visit.records().len() < 2, "the others' are dropped");
        signs_in(&mut bench);
        assert_eq!(filled(&bench), expected, "{keys:?}");
    }
}

#[test]
fn going_back_before_the_password_drops_the_records_and_they_are_read_again() {
    let mut bench = begin(vec![record("", ANNES)]);
    bench.press(KeyCode::Esc);
    assert!(bench.model.visit.records().is_empty());
    bench.press(KeyCode::Enter);
    signs_in(&mut bench);
    assert_eq!(filled(&bench), ("0312345678", Prefilled::Applied));
}

#[test]
fn a_file_that_cannot_be_used_is_told_and_read_again_or_done_without() {
    let fault = || Err(RecordsError::Faults(vec![Fault { line: 1, key: None, what: FaultKind::Empty }]));
    let mut bench = begin(vec![record("", ANNES)]);
    bench.happen(Event::Records(fault(), None));
    assert!(asks(&bench) && bench.model.visit.records().is_empty());
    bench.press(KeyCode::Char('1'));
    assert!(!asks(&bench) && bench.model.visit.records().len() == 1);
    bench.happen(Event::Records(fault(), None));
    bench.press(KeyCode::Esc);
    assert!(!asks(&bench));
    signs_in(&mut bench);
    assert_eq!(filled(&bench), ("", Prefilled::None));
}

#[test]
fn what_the_person_has_chosen_stays_whatever_the_records_say() {
    let mut bench = bench();
    bench.model.setup.prefill = Some("records.toml".into());
    bench.file = vec![record("", &[("birth_date", "19900401"), ("category", "foreign_national"), ("residence_card", "AB12345678CD")])];
    bench.card(true);
    bench.answer(of(ANNE));
    bench.keys(&[KeyCode::Enter, KeyCode::Char('3'), KeyCode::Enter]);
    signs_in(&mut bench);
    let draft = &bench.model.visit.form.draft;
    assert_eq!((draft.get(FieldId::Category), draft.get(FieldId::ResidenceCard)), ("legal_representative", ""));
}

#[test]
fn without_a_file_nothing_is_read() {
    let mut bench = Bench::at_signing(Tries::Left(5));
    bench.file = vec![record("", ANNES)];
    signs_in(&mut bench);
    assert_eq!(filled(&bench), ("", Prefilled::None));
}

/// Put a reference into the visit, as a record that was taken does.
fn referred(mut bench: Bench) -> Bench {
    bench.model.visit.reference = Some(("A-2".to_owned(), crate::office::done::Ending::NotRegistered));
    bench
}

#[test]
fn a_registration_that_ends_is_listed_by_its_reference_once() {
    let mut bench = begin(vec![record("A-2", ANNES)]);
    signs_in(&mut bench);
    bench.keys(&[KeyCode::F(8), KeyCode::Char('2')]);
    assert_eq!(bench.done, ["A-2 NotRegistered"]);
    let mut bench = referred(Bench::at_step2());
    bench.registers();
    bench.answer(Reply::Registered(Box::new(registered())));
    assert_eq!(bench.done, ["A-2 Registered"]);
    bench.keys(&[KeyCode::F(8), KeyCode::Char('2')]);
    assert_eq!(bench.done, ["A-2 Registered"]);
    let mut bench = referred(Bench::at_step1());
    bench.happen(Event::Terminate);
    assert_eq!((bench.done, bench.quit), (vec!["A-2 NotRegistered".to_owned()], true));
    let mut bench = Bench::at_step1();
    bench.happen(Event::Terminate);
    assert!(bench.done.is_empty(), "without a reference there is no line");
}

#[test]
fn a_registration_whose_answer_was_lost_is_listed_as_unknown() {
    let mut bench = referred(Bench::at_step2());
    bench.registers();
    let (ticket, _) = bench.jobs.pop().unwrap();
    let tells = |bench: &mut Bench, reply| bench.happen(Event::Worker(Message { ticket, reply }));
    tells(&mut bench, Reply::Progress(Progress { phase: Phase::Sending, done: 0, total: 0 }));
    let trouble = JobError::Service { code: Code::TimedOut, detail: None, faults: Vec::new(), retry_after: None };
    tells(&mut bench, Reply::Failed(Box::new(trouble)));
    bench.happen(Event::Terminate);
    assert_eq!(bench.done, ["A-2 Unknown"]);
}

#[test]
fn lines_that_the_list_lacks_are_told_until_it_is_written() {
    let mut bench = bench();
    bench.happen(Event::Listed(Err((2, "disk full".to_owned()))));
    assert_eq!(bench.model.unlisted, Some((2, "disk full".to_owned())));
    bench.happen(Event::Listed(Ok(())));
    assert_eq!(bench.model.unlisted, None);
}

#[test]
fn a_value_is_copied_by_the_key_on_its_row_alone_and_the_clipboard_is_cleared_with_the_visit() {
    let mut bench = Bench::at_step2();
    bench.keys(&[KeyCode::Tab, KeyCode::Tab, KeyCode::Tab, KeyCode::Enter]);
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Transfer(_))));
    bench.keys(&[KeyCode::Down, KeyCode::Up, KeyCode::PageDown, KeyCode::PageUp, KeyCode::F(10)]);
    assert!(bench.done.is_empty());
    bench.keys(&[KeyCode::Enter, KeyCode::Char('3')]);
    assert_eq!(bench.done, ["copied LEE ANNE", "copied 19900401"]);
    bench.press(KeyCode::Esc);
    assert!(matches!(bench.model.visit.nav.screen, Screen::Confirm(_)) && bench.model.visit.nav.overlay().is_none());
    bench.keys(&[KeyCode::F(8), KeyCode::Char('2')]);
    assert_eq!(bench.done.last().map(String::as_str), Some("cleared"));
    let mut bench = Bench::at_step2();
    bench.happen(Event::Terminate);
    assert!(bench.done.is_empty(), "a clipboard that was not used is left alone");
}

#[test]
fn the_sheet_is_saved_on_request_and_says_where() {
    let mut bench = Bench::at_step2();
    bench.happen(Event::Action(Action::Transfer));
    bench.keys(&[KeyCode::End, KeyCode::Up, KeyCode::Enter]);
    assert_eq!(bench.done, ["saved Json"]);
    bench.happen(Event::SheetSaved(Err("disk full".to_owned())));
    let Some(Overlay::Transfer(page)) = bench.model.visit.nav.overlay() else { panic!("no sheet") };
    assert!(page.note.is_some() && bench.model.visit.form.draft != Draft::default());
}

#[test]
fn at_a_kiosk_nothing_is_copied_by_hand() {
    for mode in [Mode::Home, Mode::Desk, Mode::Kiosk] {
        let mut bench = Bench::at_step1();
        bench.model.setup.mode = mode;
        bench.fills_in(&Form { name: "LEE ANNE".to_owned(), category: Category::Family, residence_card: None, ..form() });
        bench.press(KeyCode::F(10));
        let Screen::Confirm(page) = &bench.model.visit.nav.screen else { panic!("no STEP2") };
        let offered = page.order().contains(&crate::app::state::confirm::ConfirmFocus::Transfer);
        bench.happen(Event::Action(Action::Transfer));
        let opened = matches!(bench.model.visit.nav.overlay(), Some(Overlay::Transfer(_)));
        assert_eq!((offered, opened), (mode != Mode::Kiosk, mode != Mode::Kiosk), "{mode:?}");
        bench.press(KeyCode::Esc);
    }
}

#[test]
fn at_a_desk_a_file_of_one_person_is_taken_once_unless_it_changes_or_the_clerk_asks_for_it() {
    let at = |hour: u64| Some(SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(3600 * hour));
    let again = |bench: &mut Bench| {
        bench.keys(&[KeyCode::F(8), KeyCode::Char('2')]);
        bench.answer(of(ANNE));
        bench.keys(&[KeyCode::Enter, KeyCode::Enter]);
    };
    let mut bench = bench();
    (bench.model.setup.prefill, bench.model.setup.mode) = (Some("person.toml".into()), Mode::Desk);
    (bench.file, bench.file_changed) = (vec![record("A-1", TAROS)], at(9));
    bench.card(true);
    bench.answer(of(ANNE));
    bench.keys(&[KeyCode::Enter, KeyCode::Enter]);
    signs_in(&mut bench);
    assert_eq!(filled(&bench), ("", Prefilled::Withheld));
    // It was not this person's: it waits for its own.
    bench.file = vec![record("A-1", ANNES)];
    again(&mut bench);
    assert!(!asks(&bench));
    signs_in(&mut bench);
    assert_eq!(filled(&bench), ("0312345678", Prefilled::Applied));
    again(&mut bench);
    assert!(asks(&bench) && bench.model.visit.records().is_empty(), "it is the last person's");
    bench.press(KeyCode::Enter);
    signs_in(&mut bench);
    assert_eq!(filled(&bench), ("", Prefilled::None));
    again(&mut bench);
    bench.press(KeyCode::Char('1'));
    assert!(!asks(&bench));
    signs_in(&mut bench);
    assert_eq!(filled(&bench), ("0312345678", Prefilled::Applied), "the clerk has asked for it");
    bench.file_changed = at(10);
    again(&mut bench);
    assert!(!asks(&bench));
    signs_in(&mut bench);
    assert_eq!(filled(&bench), ("0312345678", Prefilled::Applied), "it has changed");
    // Of several people the card or the reference says which one it is.
    bench.file.push(record("A-2", TAROS));
    again(&mut bench);
    bench.press(KeyCode::Char('1'));
    signs_in(&mut bench);
    again(&mut bench);
    assert!(asks(&bench) && bench.model.visit.records().len() == 2);
}

#[test]
fn what_the_clerk_says_of_a_used_file_holds_for_this_visit_and_esc_goes_back() {
    let mut bench = bench();
    (bench.model.setup.prefill, bench.model.setup.mode) = (Some("person.toml".into()), Mode::Desk);
    (bench.file, bench.file_changed) = (vec![record("A-1", ANNES)], Some(SystemTime::UNIX_EPOCH));
    let begins = |bench: &mut Bench| {
        bench.keys(&[KeyCode::F(8), KeyCode::Char('2')]);
        bench.answer(of(ANNE));
        bench.keys(&[KeyCode::Enter, KeyCode::Enter]);
    };
    bench.card(true);
    bench.answer(of(ANNE));
    bench.keys(&[KeyCode::Enter, KeyCode::Enter]);
    signs_in(&mut bench);
    assert_eq!(filled(&bench), ("0312345678", Prefilled::Applied));
    begins(&mut bench);
    assert!(asks(&bench));
    bench.press(KeyCode::Char('1'));
    assert!(!asks(&bench) && bench.model.visit.records().len() == 1);
    // The visit ends before the record has filled anything: the next one is asked again.
    begins(&mut bench);
    assert!(asks(&bench) && bench.model.visit.records().is_empty());
    bench.press(KeyCode::Esc);
    assert!(!asks(&bench) && matches!(bench.model.visit.nav.screen, Screen::Prepare(_)));
}
