//! What comes of a registration that is sent: troubles on the way, and what the service refuses.

use super::*;

#[test]
fn a_network_trouble_after_the_second_pin_asks_for_no_pin_again() {
    let mut bench = Bench::at_proof();
    bench.fail_service(Code::TimedOut);
    bench.press(KeyCode::Enter);
    assert!(matches!(bench.jobs.last(), Some((_, Job::Prove))));
    bench.answer(Reply::Proved(Box::new(opened())));
    assert!(matches!(bench.model.visit.nav.screen, Screen::Form));
}

#[test]
fn a_failed_registration_keeps_the_form_and_can_be_sent_again() {
    for code in [Code::ServiceUnreachable, Code::TimedOut, Code::AnswerGarbled, Code::ServiceFault, Code::ServiceResting, Code::TooMany] {
        let mut bench = Bench::at_step2();
        bench.registers();
        bench.fail_service(code);
        assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Trouble(page)) if page.next_step == NextStep::Register), "{code}");
        assert_eq!(bench.model.visit.form.draft.get(FieldId::Name), "LEE ANNE");
        bench.press(KeyCode::Enter);
        assert!(matches!(bench.jobs.last(), Some((_, Job::Register { .. }))), "{code}");
    }
}

#[test]
fn a_session_that_expired_is_opened_again_and_the_registration_follows() {
    let mut bench = Bench::at_step2();
    bench.registers();
    bench.fail_service(Code::SessionExpired);
    bench.press(KeyCode::Enter);
    bench.answer(Reply::Proved(Box::new(opened())));
    assert!(matches!(bench.jobs.last(), Some((_, Job::Register { .. }))));
}

#[test]
fn a_card_that_forgot_the_password_is_asked_for_it_again_and_registers_then() {
    let mut bench = Bench::at_step2();
    bench.registers();
    bench.fail(card::CardError::new(Code::SigningForgotten));
    assert_eq!(bench.pin().note, Some(PinNote::Again));
    bench.type_text("ABC123");
    bench.press(KeyCode::Enter);
    bench.answer(certificate(Holder::default()));
    assert!(matches!(bench.jobs.last(), Some((_, Job::Register { .. }))));
    assert_eq!(bench.model.visit.form.draft.get(FieldId::Name), "LEE ANNE");
}

#[test]
fn fields_that_the_service_refuses_are_shown_at_their_fields() {
    let mut bench = Bench::at_step2();
    bench.registers();
    let faults = vec![crate::registration::FormError { field: FieldId::Email, problem: crate::registration::ValueError::EmailDomain }];
    bench.answer(Reply::Failed(Box::new(JobError::Service { code: Code::FieldsRefused, detail: None, faults, retry_after: None })));
    assert!(matches!(bench.model.visit.nav.screen, Screen::Form));
    assert!(bench.model.visit.form.fault(FieldId::Email).is_some());
}

#[test]
fn terms_that_have_changed_are_shown_and_agreed_to_before_anything_is_signed() {
    let mut bench = Bench::at_step2();
    bench.registers();
    bench.fail_service(Code::TermsChanged);
    bench.press(KeyCode::Enter);
    bench.answer(Reply::Proved(Box::new(OpenSession { terms: "2".to_owned(), ..opened() })));
    assert!(bench.jobs.is_empty());
    assert!(matches!(bench.model.visit.nav.screen, Screen::Form));
    assert_eq!(bench.model.visit.form.draft.get(FieldId::Consent), "");
    assert_eq!(bench.model.visit.form.focus, FormFocus::Terms);
}
