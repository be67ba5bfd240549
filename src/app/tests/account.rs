//! Account actions as events: which PINs are asked for, what stays typed, what is wiped, where each refusal leads.

use super::*;
use crate::app::state::account::{AccountFocus, AccountNote, CardUse};
use crate::app::state::pin::AfterPin;
use crate::app::state::result::{Button, Outcome, ResultNote, ResultPage};
use crate::worker::{AccountAction, AccountOutcome};

fn mail(state: MailState) -> Mail {
    Mail { to: "a***@example.jp".to_owned(), state, folder: None, asked: Some(0) }
}

/// Open the list of account actions with a card in the reader.
fn at_account_menu(status: CardStatus) -> Bench {
    let mut bench = bench();
    bench.card(true);
    bench.answer(Reply::Status(status));
    bench.press(KeyCode::Char('5'));
    assert!(matches!(bench.model.visit.nav.screen, Screen::AccountMenu(0)));
    bench
}

fn whole() -> CardStatus {
    status(Tries::Left(5), Tries::Left(3))
}

impl Bench {
    fn chooses(&mut self, choice: AccountAction) {
        let row = AccountAction::ALL.iter().position(|one| *one == choice).unwrap();
        self.happen(Event::Action(Action::ChooseRow(row)));
    }

    fn gives_pin(&mut self, pin: &str) {
        self.type_text(pin);
        self.press(KeyCode::Enter);
    }

    fn done(&self) -> &ResultPage {
        match &self.model.visit.nav.screen {
            Screen::Result(done) => done,
            _ => panic!("nothing is done"),
        }
    }
}

#[test]
fn the_user_authentication_pin_alone_is_asked_where_it_suffices_whatever_the_signing_password_is() {
    for choice in [AccountAction::LogInByCard, AccountAction::Resend, AccountAction::Remind] {
        let mut bench = at_account_menu(CardStatus { signing_present: false, ..status(Tries::Locked, Tries::Left(3)) });
        bench.chooses(choice);
        assert_eq!(bench.pin().pin.purpose(), Purpose::Authentication);
        bench.gives_pin("1234");
        let Some((_, Job::AccountAction { pin: Some(_), request, .. })) = bench.jobs.last() else { panic!("no account action") };
        assert_eq!(*request, bench.model.visit.account.request());
    }
}

#[test]
fn a_wrong_pin_asks_again_and_escape_comes_back_with_what_was_typed() {
    let mut bench = at_account_menu(whole());
    bench.chooses(AccountAction::Address);
    bench.type_text("ANNE@example.jp");
    bench.press(KeyCode::Tab);
    bench.type_text("ANNE@example.jp");
    bench.press(KeyCode::Enter);
    bench.gives_pin("9999");
    bench.fail(card::CardError { tries: Some(Tries::Left(2)), ..card::CardError::new(Code::AuthenticationWrong) });
    assert_eq!(bench.pin().note, Some(PinNote::Wrong(Tries::Left(2))));
    bench.press(KeyCode::Esc);
    assert!(matches!(bench.jobs.last(), Some((_, Job::AbandonRegistration))));
    assert!(matches!(bench.model.visit.nav.screen, Screen::Account));
    assert_eq!(bench.model.visit.account.request().said, "ANNE@example.jp");
    bench.press(KeyCode::Esc);
    assert!(matches!(bench.model.visit.nav.screen, Screen::AccountMenu(_)));
    bench.chooses(AccountAction::Address);
    assert_eq!(bench.model.visit.account.request().said, "ANNE@example.jp");
}

#[test]
fn a_password_whose_time_is_over_leads_to_where_a_new_link_is_asked_for() {
    let mut bench = at_account_menu(whole());
    bench.chooses(AccountAction::LogIn);
    bench.type_text("7KQ3MXW94P");
    bench.press(KeyCode::Enter);
    bench.type_text("9bluekites+naha");
    bench.press(KeyCode::Enter);
    bench.fail_service(Code::PasswordExpired);
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Trouble(page)) if page.next_step == NextStep::AccountMenu));
    bench.press(KeyCode::Enter);
    assert!(matches!(bench.model.visit.nav.screen, Screen::AccountMenu(row) if row == AccountAction::Resend.row()));
    assert!(bench.model.visit.account.password.is_empty());
}

#[test]
fn a_login_that_is_refused_keeps_the_id_and_wipes_the_password_as_does_leaving_the_page() {
    let mut bench = at_account_menu(whole());
    bench.chooses(AccountAction::LogIn);
    bench.press(KeyCode::F(10));
    assert_eq!(bench.model.visit.account.note, Some(AccountNote::NoId));
    bench.type_text("7KQ3MXW94P");
    bench.press(KeyCode::Enter);
    bench.press(KeyCode::Enter);
    assert_eq!(bench.model.visit.account.note, Some(AccountNote::NoPassword));
    bench.type_text("nine blue kites");
    bench.press(KeyCode::Enter);
    let Some((_, Job::LogIn { authentication_id, password })) = bench.jobs.last() else { panic!("no login") };
    assert_eq!((authentication_id.as_str(), password.bytes()), ("7KQ3MXW94P", "nine blue kites".as_bytes()));
    bench.fail_service(Code::LoginRefused);
    assert_eq!(
        (bench.model.visit.account.note.clone(), bench.model.visit.account.focus),
        (Some(AccountNote::LoginRefused), AccountFocus::Password)
    );
    assert!(bench.model.visit.account.password.is_empty());
    assert_eq!(bench.model.visit.account.id.value(), "7KQ3MXW94P");
    bench.type_text("half a pass");
    bench.press(KeyCode::Esc);
    assert!(bench.model.visit.account.password.is_empty());
    assert_eq!(bench.model.visit.account.id.value(), "7KQ3MXW94P");
}

#[test]
fn a_new_card_is_asked_for_both_pins_after_the_login_and_offers_no_form() {
    let mut bench = at_account_menu(whole());
    bench.chooses(AccountAction::Link);
    bench.type_text("7KQ3MXW94P");
    bench.press(KeyCode::Enter);
    bench.type_text("nine blue kites");
    bench.press(KeyCode::Enter);
    assert!(matches!(bench.jobs.last(), Some((_, Job::LogIn { .. }))));
    bench.answer(Reply::AccountAction(Box::new(AccountOutcome::LoggedIn(None))));
    assert_eq!((bench.pin().pin.purpose(), bench.pin().then.clone()), (Purpose::Signing, AfterPin::Account));
    bench.gives_pin("ABC123");
    let holder = Holder { name: Some("ＬＥＥ　ＡＮＮＥ".to_owned()), ..Holder::default() };
    bench.answer(certificate(holder));
    assert_eq!(bench.model.visit.form.draft.get(FieldId::Name), "");
    assert_eq!((bench.pin().pin.purpose(), bench.pin().then.clone()), (Purpose::Authentication, AfterPin::Account));
    bench.gives_pin("1234");
    assert!(
        matches!(bench.jobs.last(), Some((_, Job::AccountAction { request, pin: Some(_), .. })) if request.action == AccountAction::Link && request.said == "7KQ3MXW94P")
    );
    bench.fail_service(Code::TimedOut);
    bench.press(KeyCode::Enter);
    assert!(matches!(bench.jobs.last(), Some((_, Job::AccountAction { pin: None, .. }))), "no PIN is asked again");
    bench.answer(Reply::AccountAction(Box::new(AccountOutcome::LinkWaits(mail(MailState::Stuck)))));
    assert!(matches!(bench.done().outcome, Outcome::Account(AccountAction::Link, AccountOutcome::LinkWaits(_))));
    assert!(bench.done().buttons(false).contains(&Button::Address), "the confirmation cannot be delivered");
}

#[test]
fn without_a_card_the_password_is_not_sent_yet_and_the_card_goes_on_by_itself() {
    let mut bench = bench();
    bench.card(false);
    bench.press(KeyCode::Char('5'));
    bench.chooses(AccountAction::Link);
    bench.type_text("7KQ3MXW94P");
    bench.press(KeyCode::Enter);
    bench.type_text("nine blue kites");
    bench.press(KeyCode::Enter);
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Trouble(page)) if page.next_step == NextStep::WaitForCard));
    bench.card(true);
    bench.answer(Reply::Status(whole()));
    assert!(bench.model.visit.nav.overlay().is_none());
    assert!(matches!(bench.jobs.last(), Some((_, Job::LogIn { .. }))));
}

#[test]
fn before_the_registration_is_deleted_stopping_is_the_default_and_the_signing_password_is_asked() {
    let mut bench = at_account_menu(whole());
    bench.chooses(AccountAction::Withdraw);
    bench.press(KeyCode::Enter);
    assert!(matches!(bench.model.visit.nav.screen, Screen::AccountMenu(_)));
    bench.chooses(AccountAction::Withdraw);
    bench.press(KeyCode::F(10));
    assert_eq!(bench.model.visit.account.note, Some(AccountNote::Word));
    bench.type_text("delete");
    bench.press(KeyCode::Enter);
    assert_eq!(bench.pin().pin.purpose(), Purpose::Signing);
    bench.press(KeyCode::Esc);
    bench.press(KeyCode::Esc);
    bench.chooses(AccountAction::Withdraw);
    assert_eq!(bench.model.visit.account.word.value(), "", "the word is typed anew each time");
}

#[test]
fn whoever_is_registered_already_needs_no_pin_again_until_the_card_is_given_back() {
    let mut bench = Bench::at_signing(Tries::Left(5));
    bench.gives_pin("ABC123");
    bench.answer(certificate(Holder::default()));
    bench.gives_pin("1234");
    bench.fail_service(Code::AlreadyRegistered);
    bench.press(KeyCode::Enter);
    assert!(matches!(bench.model.visit.nav.screen, Screen::AccountMenu(_)));
    bench.chooses(AccountAction::Resend);
    assert!(
        matches!(bench.jobs.last(), Some((_, Job::AccountAction { pin: None, request, .. })) if request.action == AccountAction::Resend)
    );
    bench.fail(card::CardError::new(Code::AuthenticationForgotten));
    assert_eq!((bench.pin().then.clone(), bench.pin().note), (AfterPin::Account, Some(PinNote::Again)));
    bench.press(KeyCode::Esc);
    assert_eq!(bench.model.visit.account.card, CardUse::Closed);
    bench.chooses(AccountAction::Resend);
    assert_eq!(bench.pin().note, None);
}

#[test]
fn a_card_without_a_registration_comes_back_to_the_list_and_the_card_is_given_back() {
    let mut bench = at_account_menu(whole());
    bench.chooses(AccountAction::Remind);
    bench.gives_pin("1234");
    bench.fail_service(Code::NotRegistered);
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Trouble(page)) if page.next_step == NextStep::AccountMenu));
    bench.press(KeyCode::Enter);
    assert!(matches!(bench.model.visit.nav.screen, Screen::AccountMenu(3)));
    assert!(matches!(bench.jobs.last(), Some((_, Job::AbandonRegistration))));
}

#[test]
fn a_card_that_was_replaced_leads_to_the_action_that_undoes_it_from_either_way() {
    let mut bench = at_account_menu(whole());
    bench.chooses(AccountAction::Remind);
    bench.gives_pin("1234");
    bench.fail_service(Code::CardReplaced);
    bench.press(KeyCode::Enter);
    assert!(matches!(bench.model.visit.nav.screen, Screen::AccountMenu(row) if row == AccountAction::Undo.row()));
    bench.press(KeyCode::Enter);
    bench.gives_pin("1234");
    bench.fail_service(Code::NothingToUndo);
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Trouble(page)) if page.next_step == NextStep::AccountMenu));
}

#[test]
fn a_stuck_mail_leads_to_another_address_and_back_to_step3_whose_id_is_still_there() {
    let mut bench = Bench::at_step3();
    bench.press(KeyCode::Char('3'));
    assert!(matches!(bench.jobs.last(), Some((_, Job::AskMail))));
    bench.answer(Reply::Mail(mail(MailState::Stuck)));
    assert_eq!(bench.done().note, Some(ResultNote::Mail));
    let buttons = [Button::Top, Button::Save, Button::AskMail, Button::Address, Button::Qr, Button::Transfer];
    assert_eq!(bench.done().buttons(false), buttons);
    bench.press(KeyCode::Char('4'));
    assert!(matches!(bench.model.visit.nav.screen, Screen::Account));
    bench.press(KeyCode::Esc);
    assert!(matches!(&bench.done().outcome, Outcome::Registered(registered, _) if registered.authentication_id == "X"));
    assert!(!bench.jobs.iter().any(|(_, job)| matches!(job, Job::EndVisit)), "the mail can still be asked for");
    bench.press(KeyCode::Char('4'));
    bench.paste("lee@example.jp");
    bench.press(KeyCode::Enter);
    bench.paste("lee@example.jp");
    bench.press(KeyCode::F(10));
    bench.gives_pin("1234");
    bench.answer(Reply::AccountAction(Box::new(AccountOutcome::Mailed(mail(MailState::Queued)))));
    assert_eq!(bench.done().buttons(true), [Button::Back]);
    assert_eq!(bench.done().address.as_deref(), Some("lee@example.jp"));
    bench.press(KeyCode::Char('1'));
    assert_eq!(bench.done().address.as_deref(), Some("lee@example.jp"), "STEP3 says where mail goes now");
    assert!(matches!(&bench.done().outcome, Outcome::Registered(..)));
    bench.press(KeyCode::Char('1'));
    bench.press(KeyCode::Char('2'));
    assert!(matches!(bench.model.visit.nav.screen, Screen::Top(0)));
    assert!(bench.jobs.iter().any(|(_, job)| matches!(job, Job::EndVisit)), "the person is done");
}

#[test]
fn a_question_for_the_mail_that_fails_is_said_on_the_page() {
    let mut bench = Bench::at_step3();
    bench.press(KeyCode::Char('3'));
    bench.fail_service(Code::ServiceUnreachable);
    assert!(bench.model.visit.nav.overlay().is_none());
    assert_eq!(bench.done().note, Some(ResultNote::MailUnknown(Code::ServiceUnreachable)));
}

#[test]
fn a_link_that_has_expired_leads_to_the_mail_and_back_to_what_was_typed() {
    use crate::app::state::first_password::PasswordFocus;
    let mut bench = bench();
    bench.press(KeyCode::Char('4'));
    bench.paste("an-old-code");
    bench.press(KeyCode::Enter);
    bench.type_text("nine blue kites");
    bench.press(KeyCode::Enter);
    bench.fail_service(Code::LinkExpired);
    assert!(matches!(&bench.model.visit.nav.screen, Screen::FirstPassword(page) if page.focus == PasswordFocus::Again));
    bench.press(KeyCode::Enter);
    assert!(matches!(bench.model.visit.nav.screen, Screen::AccountMenu(2)), "the mail again");
    bench.press(KeyCode::Esc);
    assert!(matches!(&bench.model.visit.nav.screen, Screen::FirstPassword(page) if page.code.value() == "an-old-code"));
}

#[test]
fn a_new_address_that_only_the_service_refuses_is_mended_where_it_was_typed() {
    let mut bench = at_account_menu(whole());
    bench.chooses(AccountAction::Address);
    for _ in 0..2 {
        bench.type_text("anne@example.jp");
        bench.press(KeyCode::Enter);
    }
    bench.gives_pin("1234");
    let problem = crate::registration::ValueError::EmailDomain;
    let faults = vec![crate::registration::FormError { field: FieldId::Email, problem: problem.clone() }];
    bench.answer(Reply::Failed(Box::new(JobError::Service { code: Code::FieldsRefused, detail: None, faults, retry_after: None })));
    assert!(matches!(bench.model.visit.nav.screen, Screen::Account));
    assert_eq!(bench.model.visit.account.note, Some(AccountNote::Problem(FieldId::Email, problem)));
}

#[test]
fn a_login_that_ran_out_during_the_linking_gives_the_card_back() {
    let mut bench = at_account_menu(whole());
    bench.chooses(AccountAction::Link);
    bench.type_text("7KQ3MXW94P");
    bench.press(KeyCode::Enter);
    bench.type_text("nine blue kites");
    bench.press(KeyCode::Enter);
    bench.answer(Reply::AccountAction(Box::new(AccountOutcome::LoggedIn(None))));
    bench.gives_pin("ABC123");
    bench.answer(certificate(Holder::default()));
    bench.gives_pin("1234");
    bench.fail_service(Code::LoginRefused);
    assert_eq!(bench.model.visit.account.note, Some(AccountNote::LoginRefused));
    assert!(matches!(bench.jobs.last(), Some((_, Job::AbandonRegistration))));
}

#[test]
fn a_text_that_is_set_takes_the_place_of_what_was_typed_and_before_a_deletion_it_is_the_word() {
    let mut bench = at_account_menu(whole());
    bench.chooses(AccountAction::LogIn);
    for text in ["first", "second"] {
        bench.happen(Event::Action(Action::SetText(text.to_owned())));
    }
    assert_eq!(bench.model.visit.account.id.value(), "second");
    bench.press(KeyCode::Esc);
    bench.chooses(AccountAction::Withdraw);
    assert_eq!(bench.model.visit.account.focus, AccountFocus::Back, "stopping is the default");
    bench.happen(Event::Action(Action::SetText("DELETE".to_owned())));
    assert_eq!((bench.model.visit.account.focus, bench.model.visit.account.word.value()), (AccountFocus::Word, "DELETE"));
    assert!(bench.jobs.iter().all(|(_, job)| !matches!(job, Job::AccountAction { .. })), "a text sends nothing");
}

#[test]
fn a_wrong_address_is_told_at_its_own_line_before_it_is_typed_again() {
    let mut bench = at_account_menu(whole());
    bench.chooses(AccountAction::Address);
    let told = |bench: &Bench| matches!(bench.model.visit.account.note, Some(AccountNote::Problem(FieldId::Email, _)));
    bench.press(KeyCode::Enter);
    assert!(told(&bench) && bench.model.visit.account.focus == AccountFocus::Email, "nothing was typed");
    bench.type_text("anne@example");
    assert!(!told(&bench), "it is being typed");
    bench.press(KeyCode::Enter);
    assert!(told(&bench) && bench.model.visit.account.focus == AccountFocus::Email);
    bench.press(KeyCode::Tab);
    assert!(told(&bench) && bench.model.visit.account.focus == AccountFocus::EmailAgain, "one may go on, told");
    bench.press(KeyCode::BackTab);
    bench.type_text(".jp");
    bench.press(KeyCode::Enter);
    assert_eq!((bench.model.visit.account.note.clone(), bench.model.visit.account.focus), (None, AccountFocus::EmailAgain));
}

#[test]
fn a_text_that_is_set_in_the_picker_searches_the_whole_country_and_closing_it_changes_nothing() {
    let mut bench = Bench::at_step1();
    bench.happen(Event::Action(Action::FocusForm(FormFocus::Field(FieldId::Municipality))));
    let before = bench.model.visit.form.draft.get(FieldId::Municipality).to_owned();
    bench.press(KeyCode::Enter);
    bench.happen(Event::Action(Action::SetText("yokohama tsurumi".to_owned())));
    let picker = bench.model.visit.nav.picker().expect("the picker is open");
    assert!(picker.prefecture.is_none() && !picker.is_empty());
    bench.happen(Event::Action(Action::Close));
    assert!(bench.model.visit.nav.overlay().is_none());
    assert_eq!(bench.model.visit.form.draft.get(FieldId::Municipality), before);
}
