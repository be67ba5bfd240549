//! Pages that commit: no button is pressed by accident, a pressed one blocks until the reply, and the value shown, signed and repeated is
//! the same.

use super::visit::*;
use super::*;
use crate::app::screen::Question;
use crate::app::state::confirm::ConfirmFocus;
use crate::app::state::issue::Issue;
use crate::app::state::result::ResultNote;
use crate::app::visit::Cover;
use crate::registration::{BirthDate, Sex};
use crate::worker::{Phase, Progress};

#[test]
fn a_burst_of_f10_ends_on_the_button_and_enter_held_down_registers_nobody() {
    let mut bench = Bench::at_step2();
    assert_eq!(bench.confirm_focus(), ConfirmFocus::Page);
    for _ in 0..9 {
        bench.press(KeyCode::F(10));
    }
    assert_eq!(bench.confirm_focus(), ConfirmFocus::Register);
    assert!(bench.jobs.is_empty());
    bench.press(KeyCode::Esc);
    // Enter is held down on 確認.
    for _ in 0..50 {
        bench.press(KeyCode::Enter);
    }
    assert!(matches!(&bench.model.visit.nav.screen, Screen::Confirm(page) if page.focus == ConfirmFocus::Page && page.told));
    assert!(bench.jobs.is_empty());
}

#[test]
fn enter_held_down_on_the_button_leaves_the_id_on_the_screen() {
    let mut bench = Bench::at_step3();
    for _ in 0..50 {
        bench.press(KeyCode::Enter);
    }
    assert!(bench.model.visit.result().is_some_and(|done| done.told));
    bench.press(KeyCode::Char('1'));
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Question(Question::Written, 0))));
    for _ in 0..50 {
        bench.press(KeyCode::Enter);
    }
    assert!(bench.model.visit.result().is_some(), "No is the default, and Enter then does nothing");
    bench.paste("2\n2\n");
    assert!(bench.model.visit.result().is_some());
    bench.press(KeyCode::Char('1'));
    bench.press(KeyCode::Char('2'));
    assert!(matches!(bench.model.visit.nav.screen, Screen::Top(_)) && bench.forgot());
}

#[test]
fn a_saved_receipt_needs_no_question() {
    let mut bench = Bench::at_step3();
    bench.press(KeyCode::Char('2'));
    bench.issued(Err("full"));
    bench.press(KeyCode::Char('1'));
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Question(Question::Written, 0))));
    bench.press(KeyCode::Esc);
    bench.press(KeyCode::Char('2'));
    bench.issued(Ok("path"));
    let issue = bench.model.visit.result().and_then(|done| done.issue.clone());
    assert_eq!(issue, Some(Issue::Ended(Destination::File, Ok("path".to_owned()))));
    bench.press(KeyCode::Char('1'));
    assert!(bench.forgot());
}

#[test]
fn a_click_on_the_button_asks_and_the_same_click_again_answers_no() {
    let mut bench = Bench::at_step2();
    bench.happen(Event::Action(Action::Ask(Question::Register)));
    bench.happen(Event::Action(Action::Ask(Question::Register)));
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Question(Question::Register, 0))));
    bench.press(KeyCode::Enter);
    assert!(bench.model.visit.nav.overlay().is_none() && bench.jobs.is_empty());
    bench.happen(Event::Action(Action::Ask(Question::Register)));
    bench.happen(Event::Action(Action::ChooseRow(1)));
    assert!(matches!(bench.jobs.last(), Some((_, Job::Register { .. }))));
}

#[test]
fn what_is_shown_signed_and_repeated_is_one_value() {
    let mut bench = Bench::at_step2();
    let Screen::Confirm(page) = &bench.model.visit.nav.screen else { panic!("not STEP2") };
    let shown = std::sync::Arc::clone(&page.confirmed);
    // The draft may change meanwhile.
    bench.model.visit.form.set(FieldId::Name, "SOMEBODY ELSE".to_owned());
    bench.registers();
    let Some((ticket, Job::Register { confirmed, .. })) = bench.jobs.pop() else { panic!("no registration") };
    assert!(std::sync::Arc::ptr_eq(&shown, &confirmed));
    bench.happen(Event::Worker(Message { ticket, reply: Reply::Registered(Box::new(registered())) }));
    let Some(result::Outcome::Registered(_, repeated)) = bench.model.visit.result().map(|done| &done.outcome) else { panic!("not STEP3") };
    assert!(std::sync::Arc::ptr_eq(&shown, repeated));
}

#[test]
fn a_refusal_of_the_card_leads_to_the_page_that_mends_it() {
    for reply in [
        JobError::Card(Code::OtherCard.into()),
        JobError::Service { code: Code::OtherCard, detail: None, faults: Vec::new(), retry_after: None },
    ] {
        let mut bench = Bench::at_step2();
        bench.registers();
        bench.answer(Reply::Failed(Box::new(reply)));
        assert_eq!(bench.cover(), Some(Cover::OtherCard(0)));
        bench.answers_look(ANNE);
        assert_eq!(bench.cover(), None, "the first card is there");
        assert_eq!(bench.confirm_focus(), ConfirmFocus::Register);
    }
}

#[test]
fn a_password_of_another_certificate_than_the_form_s_registers_nothing() {
    let mut bench = Bench::at_step2();
    bench.registers();
    bench.fail(card::CardError::new(Code::SigningForgotten));
    bench.type_text("ABC123");
    bench.press(KeyCode::Enter);
    let validity = Validity { from: 0, until: i64::MAX };
    bench.answer(Reply::SignedIn(Box::new(SigningCertificate { holder: Holder::default(), validity, fingerprint: [8; 32] })));
    assert_eq!(bench.cover(), Some(Cover::OtherCard(0)));
    assert!(!bench.jobs.iter().any(|(_, job)| matches!(job, Job::Register { .. })));
}

#[test]
fn between_signature_and_answer_nothing_ends_the_visit() {
    let mut bench = Bench::at_step2();
    bench.registers();
    let (ticket, _) = bench.jobs.pop().unwrap();
    let tells = |bench: &mut Bench, phase| {
        let reply = Reply::Progress(Progress { phase, done: 0, total: 0 });
        bench.happen(Event::Worker(Message { ticket, reply }));
    };
    tells(&mut bench, Phase::Signing);
    for code in [KeyCode::Esc, KeyCode::F(8), KeyCode::Enter, KeyCode::F(10)] {
        bench.press(code);
    }
    bench.happen(Event::Action(Action::Leave));
    bench.swap_unseen();
    assert!(bench.model.visit.waiting.is_some() && bench.model.visit.nav.overlay().is_none() && bench.cancelled == 0);
    tells(&mut bench, Phase::Sending);
    let trouble = JobError::Service { code: Code::TimedOut, detail: None, faults: Vec::new(), retry_after: None };
    bench.happen(Event::Worker(Message { ticket, reply: Reply::Failed(Box::new(trouble)) }));
    assert!(
        matches!(bench.model.visit.nav.overlay(), Some(Overlay::Trouble(page)) if page.perhaps && page.next_step == NextStep::Register)
    );
}

#[test]
fn a_question_that_was_asked_before_the_signature_ends_nothing_after_it() {
    for asked in [Event::Action(Action::NextPerson), Event::Action(Action::Leave)] {
        let mut bench = Bench::at_step2();
        bench.registers();
        let (ticket, _) = bench.jobs.pop().unwrap();
        bench.happen(asked);
        let reply = Reply::Progress(Progress { phase: Phase::Signing, done: 0, total: 0 });
        bench.happen(Event::Worker(Message { ticket, reply }));
        bench.press(KeyCode::Char('2'));
        assert!(bench.model.visit.is_sending() && bench.model.visit.nav.overlay().is_none());
        assert!(!bench.quit && !bench.forgot() && bench.cancelled == 0);
    }
}

#[test]
fn a_trouble_before_anything_was_sent_does_not_say_that_it_may_have_arrived() {
    let mut bench = Bench::at_step2();
    bench.registers();
    bench.fail_service(Code::TimedOut);
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Trouble(page)) if !page.perhaps));
}

#[test]
fn a_form_about_somebody_else_does_not_reach_step2_and_the_card_s_values_mend_it() {
    let mut bench = Bench::at_step1();
    bench.model.visit.certificate.as_mut().unwrap().holder = annes();
    let child = Form { name: "YAMADA KEN".to_owned(), sex: Sex::Male, birth_date: BirthDate::from_wire("2018-02-03").unwrap(), ..form() };
    bench.fills_in(&Form { category: Category::LegalRepresentative, residence_card: None, ..child });
    bench.press(KeyCode::F(10));
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Trouble(page)) if page.trouble.code() == Code::NotCardHolder));
    assert!(matches!(bench.model.visit.nav.screen, Screen::Form));
    bench.press(KeyCode::Esc);
    assert_eq!(bench.model.visit.form.draft.get(FieldId::Name), "YAMADA KEN", "nothing typed is lost");
    bench.press(KeyCode::F(10));
    bench.press(KeyCode::Enter);
    let draft = &bench.model.visit.form.draft;
    assert_eq!((draft.get(FieldId::Name), draft.get(FieldId::BirthDate)), ("LEE ANNE", "19900401"));
    bench.press(KeyCode::F(10));
    assert!(matches!(bench.model.visit.nav.screen, Screen::Confirm(_)));
}

#[test]
fn the_next_person_is_asked_about_wherever_anything_would_be_lost() {
    let mut bench = bench();
    bench.press(KeyCode::F(8));
    assert!(bench.model.visit.nav.overlay().is_none());
    let mut bench = Bench::at_step1();
    bench.press(KeyCode::F(8));
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Question(Question::Forget, 0))));
    bench.press(KeyCode::Enter);
    assert!(matches!(bench.model.visit.nav.screen, Screen::Form) && !bench.forgot());
    bench.press(KeyCode::F(8));
    bench.press(KeyCode::F(8));
    bench.press(KeyCode::Tab);
    bench.press(KeyCode::Enter);
    assert!(bench.forgot() && matches!(bench.model.visit.nav.screen, Screen::Top(_)));
}

#[test]
fn consent_was_given_to_the_terms_of_its_time_and_is_asked_for_anew_when_they_have_changed() {
    let mut bench = Bench::at_step2();
    bench.press(KeyCode::Esc);
    bench.press(KeyCode::Esc);
    bench.swap(ANNE);
    bench.press(KeyCode::Enter);
    bench.type_text("1234");
    bench.press(KeyCode::Enter);
    bench.answer(Reply::Proved(Box::new(OpenSession { terms: "2".to_owned(), ..opened() })));
    assert_eq!(bench.model.visit.form.draft.get(FieldId::Consent), "", "it was given to the terms before");
    bench.press(KeyCode::F(10));
    assert!(matches!(bench.model.visit.nav.screen, Screen::Form));
    bench.happen(Event::Action(Action::SetField(FieldId::Consent, "yes".to_owned())));
    bench.press(KeyCode::F(10));
    assert!(matches!(&bench.model.visit.nav.screen, Screen::Confirm(page) if page.confirmed.terms == "2"));
}

#[test]
fn no_answer_about_the_mail_takes_the_id_from_the_screen() {
    for code in [Code::NotCardHolder, Code::OtherCard, Code::SessionExpired, Code::TimedOut] {
        let mut bench = Bench::at_step3();
        bench.press(KeyCode::Char('3'));
        bench.fail_service(code);
        assert!(bench.model.visit.result().is_some_and(|done| done.note == Some(ResultNote::MailUnknown(code))));
        assert_eq!(bench.cover(), None);
    }
}

#[test]
fn what_is_confirmed_names_the_terms_that_were_agreed_to_also_when_the_session_is_gone() {
    let mut bench = Bench::at_step2();
    bench.registers();
    bench.fail_service(Code::TermsChanged);
    bench.press(KeyCode::Esc);
    bench.press(KeyCode::Esc);
    bench.press(KeyCode::F(10));
    assert!(matches!(&bench.model.visit.nav.screen, Screen::Confirm(page) if page.confirmed.terms == "1"));
    bench.registers();
    bench.fail_service(Code::SessionExpired);
    bench.press(KeyCode::Enter);
    bench.answer(Reply::Proved(Box::new(OpenSession { terms: "2".to_owned(), ..opened() })));
    assert_eq!(bench.model.visit.form.draft.get(FieldId::Consent), "");
}

#[test]
fn a_result_that_is_kept_already_gives_way_to_the_next_person_without_a_question() {
    let mut bench = Bench::at_step3();
    bench.press(KeyCode::Char('2'));
    bench.issued(Ok("path"));
    bench.press(KeyCode::F(8));
    assert!(bench.forgot() && bench.model.visit.nav.overlay().is_none());
}

#[test]
fn the_next_person_is_asked_about_the_id_also_where_step3_stands_behind_another_page() {
    let mut bench = Bench::at_step3();
    bench.press(KeyCode::Char('3'));
    bench.answer(Reply::Mail(crate::worker::Mail { state: crate::worker::MailState::Stuck, ..registered().mail }));
    bench.press(KeyCode::Char('4'));
    assert!(matches!(bench.model.visit.nav.screen, Screen::Account));
    bench.press(KeyCode::F(8));
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Question(Question::Written, 0))));
}

#[test]
fn what_help_covers_comes_back_after_a_question() {
    let mut bench = Bench::at_step2();
    bench.registers();
    bench.fail_service(Code::ServiceUnreachable);
    bench.press(KeyCode::F(1));
    bench.happen(Event::Action(Action::Leave));
    bench.press(KeyCode::Enter);
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Help(_))));
    bench.press(KeyCode::Esc);
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Trouble(page)) if page.trouble.code() == Code::ServiceUnreachable));
}

#[test]
fn terms_that_come_while_help_stands_over_them_are_there_when_it_is_closed() {
    let mut bench = Bench::at_step1();
    bench.happen(Event::Action(Action::FocusForm(FormFocus::Terms)));
    bench.press(KeyCode::Enter);
    bench.press(KeyCode::F(1));
    bench.answer(Reply::Terms("rules".to_owned()));
    bench.press(KeyCode::Esc);
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Terms(Some(text), _)) if text == "rules"));
}

#[test]
fn staying_comes_back_to_the_row_of_the_top_page_that_was_chosen() {
    let mut bench = bench();
    bench.press(KeyCode::Esc);
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Question(Question::Leave, 0))));
    bench.press(KeyCode::Enter);
    assert!(matches!(bench.model.visit.nav.screen, Screen::Top(0)));
}

#[test]
fn no_answer_to_a_first_password_leads_to_a_page_of_a_registration() {
    for code in [Code::TermsChanged, Code::SessionExpired, Code::AlreadyRegistered, Code::OtherCard, Code::TimedOut] {
        let mut bench = bench();
        bench.card(false);
        bench.press(KeyCode::Char('4'));
        bench.paste("code-of-the-mail");
        bench.press(KeyCode::Tab);
        bench.paste("a long password");
        bench.press(KeyCode::F(10));
        bench.fail_service(code);
        assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Trouble(page)) if page.next_step == NextStep::Close), "{code}");
        bench.press(KeyCode::Enter);
        assert!(matches!(&bench.model.visit.nav.screen, Screen::FirstPassword(page) if page.token().is_some()), "{code}");
    }
}
