//! Data isolation: nothing of one person reaches the next one's card, and a held-down key registers nobody.

use super::*;
use crate::app::screen::Question;
use crate::app::state::confirm::ConfirmFocus;
use crate::app::state::pin::AfterPin;
use crate::app::visit::{Cover, Mode};
use crate::card::CardId;
use crate::registration::Draft;

pub(super) const ANNE: CardId = [1; 32];

pub(super) const TARO: CardId = [2; 32];

pub(super) fn of(card: CardId) -> Reply {
    Reply::Status(CardStatus { identity: Some(card), ..status(Tries::Left(5), Tries::Left(3)) })
}

pub(super) fn annes() -> Holder {
    Holder {
        name: Some("ＬＥＥ　ＡＮＮＥ".to_owned()),
        birth: Some(crate::certificate::HolderBirth { year: Some(1990), month: Some(4), day: Some(1) }),
        ..Holder::default()
    }
}

impl Bench {
    pub(super) fn at_desk(mut self) -> Bench {
        self.model.setup.mode = Mode::Desk;
        self
    }

    /// Report the readers, and which of them hold a card.
    pub(super) fn readers(&mut self, readers: &[(&str, bool)]) {
        let readers = readers.iter().map(|(name, card)| Reader { name: (*name).to_owned(), card: *card }).collect();
        self.happen(Event::Readers(ReaderStates { service: true, readers }));
    }

    /// Replace the card by this one.
    pub(super) fn swap(&mut self, card: CardId) {
        self.card(false);
        self.card(true);
        self.answers_look(card);
    }

    /// Answer the pending status job.
    pub(super) fn answers_look(&mut self, card: CardId) {
        assert!(matches!(self.jobs.last(), Some((_, Job::ReadStatus { .. }))), "nothing is looked at");
        self.answer(of(card));
    }

    pub(super) fn cover(&self) -> Option<Cover> {
        self.model.visit.cover
    }

    pub(super) fn confirm_focus(&self) -> ConfirmFocus {
        match &self.model.visit.nav.screen {
            Screen::Confirm(page) => page.focus,
            _ => panic!("not STEP2"),
        }
    }

    pub(super) fn forgot(&self) -> bool {
        self.jobs.iter().any(|(_, job)| matches!(job, Job::EndVisit))
    }
}

#[test]
fn after_another_person_s_card_came_in_nothing_of_the_first_is_shown_or_registered() {
    let mut bench = Bench::at_step2();
    bench.press(KeyCode::Esc);
    bench.press(KeyCode::Esc);
    assert!(matches!(bench.model.visit.nav.screen, Screen::Top(_)));
    bench.swap(TARO);
    assert_eq!(bench.cover(), Some(Cover::OtherCard(0)));
    bench.press(KeyCode::Enter);
    assert_eq!(bench.cover(), Some(Cover::OtherCard(0)), "the first card is awaited");
    bench.press(KeyCode::Char('2'));
    assert!(bench.forgot());
    assert_eq!(bench.model.visit.form.draft, Draft::default());
    bench.answers_look(TARO);
    bench.press(KeyCode::Enter);
    bench.press(KeyCode::Enter);
    assert!(matches!(&bench.model.visit.nav.screen, Screen::Pin(entry) if entry.pin.purpose() == Purpose::Signing));
    assert_eq!(bench.model.visit.card, Some(TARO));
}

#[test]
fn a_visit_that_was_left_open_goes_on_with_its_card_alone_and_with_the_pin_if_that_was_away() {
    let mut bench = Bench::at_step2();
    bench.press(KeyCode::Esc);
    bench.press(KeyCode::Esc);
    bench.card(false);
    bench.press(KeyCode::Enter);
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Trouble(page)) if page.trouble.code() == Code::NoCard));
    assert!(matches!(bench.model.visit.nav.screen, Screen::Top(_)));
    bench.card(true);
    bench.answers_look(ANNE);
    assert!(matches!(&bench.model.visit.nav.screen, Screen::Pin(entry) if entry.then == AfterPin::Resume), "the card was away");
    assert_eq!(bench.pin().pin.purpose(), Purpose::Authentication);
    bench.press(KeyCode::Esc);
    assert!(matches!(bench.model.visit.nav.screen, Screen::Top(0)) && bench.model.visit.is_open());
    bench.press(KeyCode::Enter);
    bench.type_text("1234");
    bench.press(KeyCode::Enter);
    bench.answer(Reply::Proved(Box::new(opened())));
    assert!(matches!(bench.model.visit.nav.screen, Screen::Form));
    assert_eq!(bench.model.visit.form.draft.get(FieldId::Name), "LEE ANNE");
}

#[test]
fn with_one_try_left_forgetting_is_the_default_and_going_on_needs_the_word() {
    let mut bench = Bench::at_step2();
    bench.press(KeyCode::Esc);
    bench.card(false);
    bench.card(true);
    bench.answer(Reply::Status(CardStatus { identity: Some(ANNE), ..status(Tries::Left(5), Tries::Left(1)) }));
    bench.press(KeyCode::Esc);
    assert!(matches!(bench.model.visit.nav.screen, Screen::Top(1)), "the next person");
    bench.press(KeyCode::Char('1'));
    assert_eq!(bench.pin().focus, PinFocus::Cancel);
    bench.happen(Event::Action(Action::Confirm));
    assert_eq!(bench.pin().note, Some(PinNote::Word));
}

#[test]
fn a_pin_goes_only_to_the_visit_s_card_and_one_that_was_typed_for_another_is_not_sent() {
    let mut bench = Bench::at_signing(Tries::Left(5));
    bench.type_text("ABC123");
    bench.swap(TARO);
    assert_eq!(bench.cover(), Some(Cover::OtherCard(0)));
    bench.press(KeyCode::Enter);
    bench.press(KeyCode::F(10));
    assert!(!bench.jobs.iter().any(|(_, job)| matches!(job, Job::SignIn { .. })));
    bench.swap(ANNE);
    assert_eq!((bench.cover(), bench.pin().pin.len()), (None, 6));
    bench.press(KeyCode::Enter);
    assert!(matches!(bench.jobs.last(), Some((_, Job::SignIn { card: Some(ANNE), .. }))));
}

#[test]
fn a_card_that_is_changed_before_anything_is_typed_is_simply_the_card() {
    let mut bench = Bench::at_signing(Tries::Left(5));
    bench.card(false);
    bench.card(true);
    bench.answer(Reply::Status(CardStatus { identity: Some(TARO), ..status(Tries::Left(1), Tries::Left(3)) }));
    assert_eq!((bench.cover(), bench.model.visit.card), (None, Some(TARO)));
    assert_eq!(bench.pin().focus, PinFocus::Cancel, "its own last try");
}

#[test]
fn the_visit_follows_its_card_to_another_reader_and_other_readers_are_ignored_meanwhile() {
    let mut bench = Bench::at_step2();
    bench.readers(&[("R", true), ("S", true)]);
    assert!(bench.jobs.is_empty(), "the second reader's card is not even looked at");
    bench.readers(&[("R", false), ("S", true)]);
    bench.answers_look(TARO);
    assert_eq!(bench.cover(), Some(Cover::OtherCard(0)));
    bench.readers(&[("R", false), ("S", false)]);
    assert_eq!(bench.cover(), None);
    bench.readers(&[("R", false), ("S", true)]);
    bench.answers_look(ANNE);
    assert_eq!((bench.cover(), bench.model.visit.reader.as_deref()), (None, Some("S")));
    bench.registers();
    bench.fail(card::CardError::new(Code::SigningForgotten));
    bench.type_text("ABC123");
    bench.press(KeyCode::Enter);
    assert!(matches!(bench.jobs.last(), Some((_, Job::SignIn { reader, card: Some(ANNE), .. })) if reader == "S"));
}

#[test]
fn another_kind_of_card_laid_beside_changes_nothing() {
    let mut bench = Bench::at_step2();
    bench.readers(&[("R", false), ("S", true)]);
    bench.fail(card::CardError { hint: card::Hint::Seems(CardKind::Transport), ..card::CardError::new(Code::NotMyNumberCard) });
    assert_eq!(bench.cover(), None);
    assert!(matches!(bench.model.visit.nav.screen, Screen::Confirm(_)));
    bench.readers(&[("R", true), ("S", true)]);
    bench.answers_look(ANNE);
    assert_eq!(bench.model.visit.reader.as_deref(), Some("R"));
}

#[test]
fn a_question_that_was_open_when_the_card_went_is_not_answered_by_whoever_comes_back() {
    let mut bench = Bench::at_step2().at_desk();
    bench.happen(Event::Action(Action::Ask(Question::Register)));
    bench.card(false);
    assert!(bench.model.visit.nav.overlay().is_none());
    bench.happen(Event::Action(Action::ChooseRow(1)));
    assert!(bench.jobs.is_empty());
}

#[test]
fn a_card_that_is_put_in_shows_somebody_and_what_the_worker_says_does_not() {
    // Otherwise a page locked for longer than the idle limit would lock again as soon as its card unlocked it.
    assert!(Event::Readers(ReaderStates::default()).shows_somebody());
    assert!(!Event::Worker(Message { ticket: Ticket(1), reply: Reply::Released }).shows_somebody());
}

#[test]
fn a_pin_that_is_given_while_the_card_is_still_looked_at_is_kept_and_no_card_is_called_absent() {
    let mut bench = Bench::at_signing(Tries::Left(5));
    bench.press(KeyCode::Char('P'));
    bench.press(KeyCode::F(1));
    bench.card(false);
    bench.card(true);
    bench.press(KeyCode::Esc);
    bench.type_text("RACTICE1");
    let jobs = bench.jobs.len();
    bench.press(KeyCode::Enter);
    assert_eq!((bench.jobs.len(), bench.model.visit.nav.overlay().is_none()), (jobs, true));
    bench.answers_look(ANNE);
    let Screen::Pin(entry) = &bench.model.visit.nav.screen else { panic!("another page") };
    assert_eq!((entry.pin.len(), entry.note), (9, None));
    bench.press(KeyCode::Enter);
    assert!(matches!(bench.jobs.last(), Some((_, Job::SignIn { .. }))));
}

#[test]
fn step3_stays_whatever_card_is_put_in_until_the_person_has_written_it_down() {
    for desk in [false, true] {
        let mut bench = Bench::at_step3();
        if desk {
            bench = bench.at_desk();
        }
        bench.card(false);
        bench.card(true);
        if matches!(bench.jobs.last(), Some((_, Job::ReadStatus { .. }))) {
            bench.answer(of(TARO));
        }
        assert_eq!(bench.cover(), None);
        bench.press(KeyCode::F(8));
        assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Question(Question::Written, 0))));
        bench.press(KeyCode::Char('2'));
        assert!(bench.forgot());
        bench.answers_look(TARO);
        assert_eq!(bench.model.visit.card, Some(TARO));
    }
}

impl Bench {
    /// Replace the card while a job runs; its status is not read.
    pub(super) fn swap_unseen(&mut self) {
        self.card(false);
        self.card(true);
        assert!(self.jobs.is_empty());
    }
}

#[test]
fn a_card_that_is_still_being_looked_at_is_waited_for_and_never_called_absent() {
    let mut bench = bench();
    bench.press(KeyCode::Enter);
    bench.press(KeyCode::Enter);
    assert!(bench.model.visit.nav.overlay().is_none() && bench.model.visit.resumes_when_read, "nothing is known about readers yet");
    bench.card(true);
    bench.press(KeyCode::Enter);
    assert!(bench.model.visit.nav.overlay().is_none() && bench.model.visit.resumes_when_read, "it is being looked at");
    bench.answer(of(ANNE));
    assert!(matches!(bench.model.visit.nav.screen, Screen::Pin(_)), "it goes on by itself");
    let mut bench = super::bench();
    bench.press(KeyCode::Enter);
    bench.press(KeyCode::Enter);
    bench.card(false);
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Trouble(page)) if page.trouble.code() == Code::NoCard));
}

#[test]
fn what_the_wish_to_go_on_waits_for_can_be_left() {
    let mut bench = bench();
    bench.card(true);
    bench.press(KeyCode::Enter);
    bench.press(KeyCode::Enter);
    bench.press(KeyCode::Esc);
    bench.answer(of(ANNE));
    assert!(matches!(bench.model.visit.nav.screen, Screen::Prepare(_)));
}

#[test]
fn another_card_that_came_in_while_a_job_ran_is_seen_when_it_has_ended() {
    let mut bench = Bench::at_step2();
    bench.readers(&[("R", false), ("S", true)]);
    let (look, _) = bench.jobs.pop().unwrap();
    bench.registers();
    bench.happen(Event::Worker(Message { ticket: look, reply: of(TARO) }));
    assert_eq!(bench.cover(), None, "nothing ends a visit while it registers");
    bench.fail(card::CardError::new(Code::SigningForgotten));
    assert_eq!(bench.cover(), Some(Cover::OtherCard(0)));
}

#[test]
fn a_card_that_leaves_the_password_page_is_looked_for_in_the_other_reader() {
    let mut bench = Bench::at_signing(Tries::Left(5));
    bench.type_text("ABC");
    bench.readers(&[("R", false), ("S", true)]);
    bench.answers_look(ANNE);
    assert!(bench.model.visit.nav.overlay().is_none());
    bench.type_text("123");
    bench.press(KeyCode::Enter);
    assert!(matches!(bench.jobs.last(), Some((_, Job::SignIn { reader, .. })) if reader == "S"));
}

#[test]
fn a_card_that_went_while_a_job_ran_is_seen_to_when_the_job_is_stopped() {
    for code in [KeyCode::F(10), KeyCode::Esc] {
        let mut bench = Bench::at_step2().at_desk();
        if code == KeyCode::Esc {
            // The terms are being fetched.
            bench.press(KeyCode::Esc);
            bench.happen(Event::Action(Action::FocusForm(FormFocus::Terms)));
        } else {
            bench.press(code);
        }
        bench.press(KeyCode::Enter);
        bench.card(false);
        bench.card(true);
        assert_eq!(bench.cover(), None, "the job has the card");
        bench.press(KeyCode::Esc);
        assert_eq!((bench.cancelled, bench.cover()), (1, Some(Cover::Away)));
        bench.answers_look(TARO);
        assert_eq!(bench.cover(), Some(Cover::OtherCard(1)));
    }
}

#[test]
fn a_card_that_was_changed_under_the_first_password_is_simply_the_card() {
    let mut bench = Bench::at_signing(Tries::Left(5));
    bench.type_text("ABC123");
    bench.press(KeyCode::Enter);
    bench.card(false);
    bench.card(true);
    bench.fail(card::CardError::new(Code::OtherCard));
    bench.answers_look(TARO);
    assert_eq!((bench.cover(), bench.model.visit.card), (None, Some(TARO)), "nothing of the first person is there");
}

#[test]
fn another_card_that_is_known_already_is_told_of_when_the_visit_s_card_goes() {
    for desk in [false, true] {
        let mut bench = Bench::at_step2();
        if desk {
            bench = bench.at_desk();
        }
        bench.readers(&[("R", false), ("S", true)]);
        bench.answers_look(TARO);
        bench.readers(&[("R", true), ("S", true)]);
        bench.answers_look(ANNE);
        assert_eq!(bench.cover(), None);
        bench.readers(&[("R", false), ("S", true)]);
        assert_eq!(bench.cover(), Some(Cover::OtherCard(usize::from(desk))));
    }
}

#[test]
fn a_visit_that_begins_to_hold_something_looks_for_its_card_at_once() {
    let mut bench = bench();
    bench.readers(&[("R", true), ("S", false)]);
    bench.answers_look(ANNE);
    bench.press(KeyCode::Char('4'));
    assert!(matches!(bench.jobs.pop(), Some((_, Job::PasswordRules))));
    bench.readers(&[("R", false), ("S", false)]);
    bench.readers(&[("R", true), ("S", true)]);
    assert!(bench.jobs.is_empty(), "nobody has said which of the two");
    bench.type_text("c");
    bench.answers_look(TARO);
    bench.answers_look(ANNE);
    assert_eq!((bench.cover(), bench.model.visit.reader.as_deref()), (None, Some("S")));
}

#[test]
fn another_card_does_not_take_the_id_from_whoever_corrects_the_mail_address_on_step3() {
    let mut bench = Bench::at_step3().at_desk();
    bench.press(KeyCode::Char('3'));
    let mail = Mail { to: "a***@example.jp".to_owned(), state: MailState::Stuck, folder: None, asked: None };
    bench.answer(Reply::Mail(mail));
    bench.press(KeyCode::Enter);
    assert!(matches!(bench.model.visit.nav.screen, Screen::Account));
    bench.swap(TARO);
    assert_eq!(bench.cover(), None);
    bench.press(KeyCode::Esc);
    assert!(bench.model.visit.result().is_some());
}

#[test]
fn a_card_that_went_while_the_proof_was_under_way_is_asked_for_its_pin_again() {
    let mut bench = Bench::at_proof();
    bench.card(false);
    bench.card(true);
    bench.answer(Reply::Proved(Box::new(opened())));
    bench.answers_look(ANNE);
    bench.press(KeyCode::Esc);
    bench.press(KeyCode::Enter);
    assert!(matches!(&bench.model.visit.nav.screen, Screen::Pin(entry) if entry.then == AfterPin::Resume));
}
