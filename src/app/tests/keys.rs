//! What keys do on STEP1 and elsewhere: where the focus goes, what digits and arrows choose, what can be undone.

use super::*;
use crate::app::state::form::FormFocus::Field;
use crate::registration::Category;

impl Bench {
    /// From the signing password to STEP1.
    fn gives_both_pins(&mut self, holder: Holder) {
        self.type_text("ABC123");
        self.press(KeyCode::Enter);
        self.answer(certificate(holder));
        self.type_text("1234");
        self.press(KeyCode::Enter);
        self.answer(Reply::Proved(Box::new(opened())));
    }

    fn focus(&self) -> FormFocus {
        self.model.visit.form.focus
    }

    fn value(&self, field: FieldId) -> &str {
        self.model.visit.form.draft.get(field)
    }

    /// STEP1, with everything filled in but these fields.
    fn at_step1_without(fields: &[FieldId]) -> Bench {
        let mut bench = Bench::at_step1();
        bench.fills_in(&Form { name: "LEE ANNE".to_owned(), ..form() });
        for field in fields {
            bench.happen(Event::Action(Action::SetField(*field, String::new())));
        }
        bench
    }

    fn go(&mut self, field: FieldId) {
        self.happen(Event::Action(Action::FocusForm(Field(field))));
    }
}

/// The holder whose card says everything.
fn whole_holder() -> Holder {
    Holder {
        name: Some("ＬＥＥ　ＡＮＮＥ".to_owned()),
        sex: Some(crate::certificate::HolderSex::Female),
        birth: Some(crate::certificate::HolderBirth { year: Some(1990), month: Some(4), day: Some(1) }),
        address: Some("東京都新宿区西新宿２－８－１".to_owned()),
        ..Holder::default()
    }
}

fn step1_of(holder: Holder) -> Bench {
    let mut bench = Bench::at_signing(Tries::Left(5));
    bench.gives_both_pins(holder);
    bench
}

#[test]
fn step_1_begins_at_the_first_field_that_is_empty_or_needs_a_look() {
    assert_eq!(step1_of(Holder::default()).focus(), Field(FieldId::Name));
    assert_eq!(step1_of(whole_holder()).focus(), Field(FieldId::Phone));
    let named = |name: &str| Holder { name: Some(name.to_owned()), ..whole_holder() };
    for name in ["山田　太郎", "おおの　たろう", "ＲＩＣＨＡＲＤ　３ＲＤ　ＬＥＥ"] {
        assert_eq!(step1_of(named(name)).focus(), Field(FieldId::Name), "{name}");
    }
    assert_eq!(step1_of(Holder { name_substituted: true, ..whole_holder() }).focus(), Field(FieldId::Name));
    assert_eq!(step1_of(Holder { address_substituted: true, ..whole_holder() }).focus(), Field(FieldId::AddressLine));
    assert_eq!(step1_of(Holder { sex: None, ..whole_holder() }).focus(), Field(FieldId::Sex));
    assert_eq!(step1_of(Holder { address: None, ..whole_holder() }).focus(), Field(FieldId::Municipality));
}

#[test]
fn line_mode_asks_from_the_first_field_on() {
    let mut bench = Bench::at_signing(Tries::Left(5));
    bench.model.setup.face = crate::locale::words::Face::Line;
    bench.gives_both_pins(whole_holder());
    assert_eq!(bench.focus(), Field(FieldId::Name));
}

#[test]
fn the_focus_stands_where_it_was_when_step_1_is_come_back_to() {
    let mut bench = step1_of(whole_holder());
    bench.go(FieldId::BirthDate);
    bench.press(KeyCode::Esc);
    bench.press(KeyCode::Enter);
    assert_eq!(bench.focus(), Field(FieldId::BirthDate));
    bench.press(KeyCode::Esc);
    bench.card(false);
    bench.card(true);
    bench.answer(Reply::Status(status(Tries::Left(5), Tries::Left(3))));
    bench.press(KeyCode::Enter);
    bench.type_text("1234");
    bench.press(KeyCode::Enter);
    bench.answer(Reply::Proved(Box::new(opened())));
    assert!(matches!(bench.model.visit.nav.screen, Screen::Form));
    assert_eq!(bench.focus(), Field(FieldId::BirthDate), "with the PIN once more");
}

#[test]
fn f3_goes_round_the_fields_that_are_empty_or_wrong() {
    let mut bench = Bench::at_step1_without(&[FieldId::Phone, FieldId::Category]);
    bench.happen(Event::Action(Action::SetField(FieldId::BirthDate, "20000230".to_owned())));
    bench.go(FieldId::Name);
    for field in [FieldId::BirthDate, FieldId::Phone, FieldId::Category, FieldId::BirthDate] {
        bench.press(KeyCode::F(3));
        assert_eq!(bench.focus(), Field(field));
    }
    bench.press(KeyCode::F(3));
    bench.type_text("09012345678");
    bench.press(KeyCode::F(3));
    bench.press(KeyCode::F(3));
    bench.press(KeyCode::F(3));
    assert_eq!(bench.focus(), Field(FieldId::Category), "what was mended is passed by");
    bench.go(FieldId::BirthDate);
    bench.happen(Event::Action(Action::SetField(FieldId::BirthDate, "20000229".to_owned())));
    bench.press(KeyCode::F(3));
    bench.press(KeyCode::F(3));
    assert_eq!(bench.focus(), Field(FieldId::Category), "the only one that is left");
    bench.press(KeyCode::Char('2'));
    assert_eq!(bench.focus(), FormFocus::Confirm);
    bench.press(KeyCode::F(3));
    assert_eq!(bench.focus(), FormFocus::Confirm);
}

#[test]
fn enter_goes_on_to_what_is_left_and_then_to_confirm() {
    let mut bench = Bench::at_step1_without(&[FieldId::Phone, FieldId::ResidenceCard]);
    bench.go(FieldId::Name);
    bench.press(KeyCode::Enter);
    assert_eq!(bench.focus(), Field(FieldId::Phone));
    bench.press(KeyCode::Enter);
    assert_eq!(bench.focus(), Field(FieldId::ResidenceCard), "an empty field can be passed by");
    bench.type_text("AB12345678CD");
    bench.press(KeyCode::Enter);
    assert_eq!(bench.focus(), Field(FieldId::Phone));
    bench.press(KeyCode::Enter);
    assert_eq!(bench.focus(), Field(FieldId::Email), "the only one that is left can be left too");
    bench.go(FieldId::Phone);
    bench.type_text("09012345678");
    bench.press(KeyCode::Enter);
    assert_eq!(bench.focus(), FormFocus::Confirm);
    assert!(matches!(bench.model.visit.nav.screen, Screen::Form));
    bench.press(KeyCode::Enter);
    assert!(matches!(bench.model.visit.nav.screen, Screen::Confirm(_)));
}

#[test]
fn a_digit_chooses_and_goes_on_and_one_that_no_word_has_does_nothing() {
    let mut bench = Bench::at_step1_without(&[FieldId::Sex, FieldId::Category, FieldId::ResidenceCard, FieldId::Consent]);
    bench.go(FieldId::Sex);
    bench.press(KeyCode::Char('3'));
    assert_eq!((bench.focus(), bench.value(FieldId::Sex)), (Field(FieldId::Sex), ""));
    bench.press(KeyCode::Char('2'));
    assert_eq!((bench.focus(), bench.value(FieldId::Sex)), (Field(FieldId::Category), "female"));
    bench.press(KeyCode::Char('１'));
    assert_eq!((bench.focus(), bench.value(FieldId::Category)), (Field(FieldId::ResidenceCard), "foreign_national"));
    bench.type_text("AB12345678CD");
    bench.press(KeyCode::Enter);
    assert_eq!(bench.focus(), Field(FieldId::Consent));
    // Nobody agrees by a digit.
    bench.press(KeyCode::Char('1'));
    assert_eq!((bench.focus(), bench.value(FieldId::Consent)), (Field(FieldId::Consent), ""));
}

#[test]
fn a_digit_goes_to_the_field_of_a_line_of_the_summary_unless_text_is_typed() {
    let mut bench = Bench::at_step1_without(&[FieldId::BirthDate, FieldId::Phone]);
    let refused = |bench: &mut Bench| {
        bench.press(KeyCode::F(10));
        assert_eq!(bench.focus(), FormFocus::Summary(0));
    };
    refused(&mut bench);
    bench.press(KeyCode::Char('2'));
    assert_eq!(bench.focus(), Field(FieldId::Phone));
    bench.press(KeyCode::Char('2'));
    assert_eq!((bench.focus(), bench.value(FieldId::Phone)), (Field(FieldId::Phone), "2"));
    bench.press(KeyCode::Backspace);
    for focus in [FormFocus::Confirm, FormFocus::Back, FormFocus::Terms, Field(FieldId::Municipality), Field(FieldId::Consent)] {
        bench.happen(Event::Action(Action::FocusForm(focus)));
        bench.press(KeyCode::Char('1'));
        assert_eq!(bench.focus(), Field(FieldId::BirthDate), "from {focus:?}");
    }
    refused(&mut bench);
    bench.press(KeyCode::Char('3'));
    assert_eq!(bench.focus(), FormFocus::Summary(0), "there are two lines");
    // A choice has numbers of its own.
    bench.go(FieldId::Sex);
    bench.press(KeyCode::Char('2'));
    assert_eq!(bench.value(FieldId::Sex), "female");
}

#[test]
fn up_and_down_walk_through_a_list_of_words_choosing_nothing_and_then_leave_it() {
    let mut bench = Bench::at_step1_without(&[FieldId::Category]);
    let row = |bench: &Bench| (bench.focus(), bench.model.visit.form.row);
    let here = Field(FieldId::Category);
    bench.go(FieldId::EmailAgain);
    for there in [0, 1, 2] {
        bench.press(KeyCode::Down);
        assert_eq!(row(&bench), (here, Some(there)));
    }
    bench.press(KeyCode::Down);
    assert_eq!(bench.focus(), FormFocus::Terms, "the residence card number is closed");
    for there in [2, 1, 0] {
        bench.press(KeyCode::Up);
        assert_eq!(row(&bench), (here, Some(there)));
    }
    bench.press(KeyCode::Up);
    assert_eq!(bench.focus(), Field(FieldId::EmailAgain));
    assert_eq!(bench.value(FieldId::Category), "", "walking chooses nothing");
    // Tab passes by the whole list.
    bench.keys(&[KeyCode::Tab, KeyCode::Tab]);
    assert_eq!(bench.focus(), FormFocus::Terms);
    bench.press(KeyCode::BackTab);
    assert_eq!(row(&bench), (here, None));
    bench.press(KeyCode::Up);
    assert_eq!(bench.focus(), Field(FieldId::EmailAgain));
    // Space chooses the row that was walked to, Enter does so and goes on.
    bench.keys(&[KeyCode::Down, KeyCode::Down, KeyCode::Char(' ')]);
    assert_eq!((row(&bench), bench.value(FieldId::Category)), ((here, Some(1)), "legal_representative"));
    bench.keys(&[KeyCode::Down, KeyCode::Enter]);
    assert_eq!((bench.focus(), bench.value(FieldId::Category)), (FormFocus::Confirm, "family"));
    // A list is entered at its chosen word, which Enter leaves as it is.
    bench.go(FieldId::EmailAgain);
    bench.press(KeyCode::Down);
    assert_eq!(row(&bench), (here, Some(2)));
    bench.press(KeyCode::Up);
    bench.press(KeyCode::Down);
    bench.press(KeyCode::Enter);
    assert_eq!((bench.focus(), bench.value(FieldId::Category)), (FormFocus::Confirm, "family"));
    // Without a row that was walked to, Space goes from word to word, and Enter chooses nothing.
    bench.go(FieldId::Category);
    for word in ["foreign_national", "legal_representative", "family"] {
        bench.press(KeyCode::Char(' '));
        assert_eq!(bench.value(FieldId::Category), word);
    }
    bench.happen(Event::Action(Action::SetField(FieldId::Category, String::new())));
    bench.press(KeyCode::Enter);
    assert_eq!(bench.value(FieldId::Category), "");
}

#[test]
fn a_list_with_up_and_down_in_it_still_leads_to_every_item_of_the_form() {
    let mut bench = Bench::at_step1_without(&[FieldId::Phone]);
    bench.happen(Event::Action(Action::SetField(FieldId::Category, Category::ForeignNational.key().to_owned())));
    bench.press(KeyCode::F(10));
    let order = bench.model.visit.form.order();
    for code in [KeyCode::Down, KeyCode::Up] {
        let mut seen = vec![bench.focus()];
        for _ in 0..order.len() + 3 {
            bench.press(code);
            seen.push(bench.focus());
        }
        assert!(order.iter().all(|item| seen.contains(item)), "{code:?}: {seen:?}");
    }
}

#[test]
fn an_answer_of_the_adviser_is_chosen_first_and_enter_on_it_goes_on() {
    let mut bench = bench();
    bench.card(true);
    bench.answer(Reply::Status(status(Tries::Left(5), Tries::Left(3))));
    bench.keys(&[KeyCode::Enter, KeyCode::Char('2')]);
    assert_eq!(bench.value(FieldId::Category), "family");
    assert!(matches!(bench.model.visit.nav.screen, Screen::Prepare(_)), "a digit leaves no page");
    bench.keys(&[KeyCode::Home, KeyCode::Enter]);
    assert_eq!(bench.value(FieldId::Category), "foreign_national");
    assert!(matches!(bench.model.visit.nav.screen, Screen::Prepare(_)));
    bench.keys(&[KeyCode::Home, KeyCode::Char(' ')]);
    assert!(matches!(bench.model.visit.nav.screen, Screen::Prepare(_)), "Space chooses only");
    bench.keys(&[KeyCode::Home, KeyCode::Enter]);
    assert!(matches!(bench.model.visit.nav.screen, Screen::Pin(_)));
}

impl Bench {
    fn chord(&mut self, letter: char) {
        self.happen(Event::Key(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL)));
    }
}

#[test]
fn what_was_typed_in_a_field_is_undone_and_redone_even_after_it_was_left_and_folded() {
    let mut bench = step1_of(whole_holder());
    bench.chord('z');
    assert_eq!(bench.value(FieldId::Phone), "", "nothing was typed");
    bench.go(FieldId::Name);
    bench.chord('z');
    assert_eq!(bench.value(FieldId::Name), "LEE ANNE", "what the card gave is no step");
    bench.type_text(" maria");
    bench.press(KeyCode::Tab);
    assert_eq!(bench.value(FieldId::Name), "LEE ANNE MARIA");
    bench.press(KeyCode::BackTab);
    for value in ["LEE ANNE ", "LEE ANNE", "LEE ANNE"] {
        bench.chord('z');
        assert_eq!(bench.value(FieldId::Name), value);
    }
    bench.chord('y');
    bench.chord('y');
    assert_eq!(bench.value(FieldId::Name), "LEE ANNE MARIA", "as it was when it was undone");
    // Another field has a history of its own.
    bench.go(FieldId::Phone);
    bench.paste("090-1234");
    bench.press(KeyCode::Enter);
    bench.go(FieldId::Phone);
    bench.chord('z');
    assert_eq!(bench.value(FieldId::Phone), "");
    assert_eq!(bench.value(FieldId::Name), "LEE ANNE MARIA");
}

#[test]
fn what_the_program_replaced_or_cleared_comes_back() {
    let mut bench = Bench::at_step1_without(&[]);
    bench.happen(Event::Action(Action::SetField(FieldId::Category, "foreign_national".to_owned())));
    bench.go(FieldId::ResidenceCard);
    bench.chord('u');
    bench.type_text("AB12345678CD");
    bench.go(FieldId::Category);
    bench.press(KeyCode::Char('3'));
    assert_eq!(bench.value(FieldId::ResidenceCard), "");
    bench.go(FieldId::Category);
    bench.press(KeyCode::Char('1'));
    assert_eq!(bench.focus(), Field(FieldId::ResidenceCard));
    bench.chord('z');
    assert_eq!(bench.value(FieldId::ResidenceCard), "AB12345678CD");
    bench.happen(Event::Action(Action::SetField(FieldId::Phone, "0312345678".to_owned())));
    bench.go(FieldId::Phone);
    bench.chord('z');
    assert_eq!(bench.value(FieldId::Phone), form().phone);
}

#[test]
fn a_value_set_in_another_field_leaves_the_line_that_is_typed_in_alone() {
    let mut bench = Bench::at_step1();
    bench.go(FieldId::Phone);
    bench.happen(Event::Action(Action::SetField(FieldId::Name, "anne".to_owned())));
    bench.type_text("0");
    assert_eq!((bench.value(FieldId::Name), bench.value(FieldId::Phone)), ("ANNE", "0"));
}

#[test]
fn pins_and_passwords_are_not_undone() {
    let mut bench = Bench::at_signing(Tries::Left(5));
    bench.type_text("ABC123");
    bench.chord('u');
    for undo in ['z', 'y', '7'] {
        bench.chord(undo);
        assert!(bench.pin().pin.is_empty(), "Ctrl-{undo}");
    }
    let mut bench = Bench::at_signing(Tries::Left(1));
    bench.keys(&[KeyCode::Tab]);
    assert_eq!(bench.pin().focus, PinFocus::Word);
    // A password that was typed into the wrong line.
    bench.type_text("ABC123");
    bench.chord('u');
    bench.chord('z');
    assert_eq!(bench.pin().word.value(), "");
}

#[test]
fn what_can_be_undone_ends_with_the_visit() {
    let mut bench = step1_of(whole_holder());
    bench.type_text("09012345678");
    bench.press(KeyCode::F(8));
    bench.press(KeyCode::Char('2'));
    bench.answer(Reply::Status(status(Tries::Left(5), Tries::Left(3))));
    bench.keys(&[KeyCode::Enter, KeyCode::Enter]);
    bench.gives_both_pins(whole_holder());
    assert_eq!(bench.focus(), Field(FieldId::Phone));
    bench.chord('z');
    assert_eq!(bench.value(FieldId::Phone), "");
}

#[test]
fn a_key_that_is_held_down_commits_nothing_twice() {
    let held = |bench: &mut Bench, code| {
        bench.press(code);
        for _ in 0..20 {
            bench.happen(Event::Key(KeyEvent::new_with_kind(code, KeyModifiers::NONE, crossterm::event::KeyEventKind::Repeat)));
        }
    };
    let jobs = |bench: &Bench| bench.jobs.iter().filter(|(_, job)| matches!(job, Job::Register { .. } | Job::EndVisit)).count();
    // Into 登録, and from a registration that failed at once into the next.
    let mut bench = Bench::at_step2();
    held(&mut bench, KeyCode::F(10));
    assert_eq!(jobs(&bench), 0);
    held(&mut bench, KeyCode::Enter);
    assert_eq!(jobs(&bench), 1);
    bench.fail_service(Code::ServiceUnreachable);
    bench.happen(Event::Key(KeyEvent::new_with_kind(KeyCode::Enter, KeyModifiers::NONE, crossterm::event::KeyEventKind::Repeat)));
    assert_eq!(jobs(&bench), 0, "the trouble page wants a press of its own");
    // A question answered by a digit that is held down.
    let mut bench = Bench::at_step1();
    bench.press(KeyCode::F(8));
    held(&mut bench, KeyCode::Char('2'));
    assert_eq!(jobs(&bench), 1);
    assert!(matches!(bench.model.visit.nav.screen, Screen::Top(_)) && bench.model.visit.nav.overlay().is_none());
}

#[test]
fn a_closed_field_leads_to_the_one_that_closes_it_and_takes_no_letter() {
    let mut bench = Bench::at_step1_without(&[FieldId::Category]);
    bench.go(FieldId::ResidenceCard);
    assert_eq!(bench.focus(), Field(FieldId::Category));
    bench.type_text("AB");
    assert_eq!(bench.value(FieldId::ResidenceCard), "");
    bench.press(KeyCode::Char('1'));
    bench.go(FieldId::ResidenceCard);
    assert_eq!(bench.focus(), Field(FieldId::ResidenceCard));
}

#[test]
fn left_and_right_go_from_one_button_of_step_1_to_the_other() {
    let mut bench = Bench::at_step1();
    bench.happen(Event::Action(Action::FocusForm(FormFocus::Confirm)));
    for (code, there) in [
        (KeyCode::Left, FormFocus::Confirm),
        (KeyCode::Right, FormFocus::Back),
        (KeyCode::Right, FormFocus::Back),
        (KeyCode::Left, FormFocus::Confirm),
    ] {
        bench.press(code);
        assert_eq!(bench.focus(), there);
    }
}

#[test]
fn a_digit_on_the_page_of_the_first_password_leads_nowhere() {
    let mut bench = bench();
    bench.press(KeyCode::Char('4'));
    bench.keys(&[KeyCode::Tab, KeyCode::Tab]);
    for digit in '1'..='9' {
        bench.press(KeyCode::Char(digit));
    }
    assert!(matches!(&bench.model.visit.nav.screen, Screen::FirstPassword(page) if page.is_blank()));
}
