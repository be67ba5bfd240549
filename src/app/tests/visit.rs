//! Whose data it is: nothing of one person reaches the next one's card, and nobody is registered by a key that was held down.

use super::*;
use crate::app::screen::Question;
use crate::app::state::confirm::ConfirmFocus;
use crate::app::state::pin::AfterPin;
use crate::app::state::result::ResultNote;
use crate::app::visit::{Cover, IDLE, LOOKING, Mode, Prefilled};
use crate::card::CardId;
use crate::registration::Draft;
use crate::worker::{Doing, Progress};

const ANNE: CardId = [1; 32];
const TARO: CardId = [2; 32];

fn of(card: CardId) -> Reply {
    Reply::Facts(Facts { identity: Some(card), ..facts(Tries::Left(5), Tries::Left(3)) })
}

fn annes() -> Holder {
    Holder {
        name: Some("ＬＥＥ　ＡＮＮＥ".to_owned()),
        birth: Some(crate::certificate::HolderBirth { year: Some(1990), month: Some(4), day: Some(1) }),
        ..Holder::default()
    }
}

impl Bench {
    fn at_desk(mut self) -> Bench {
        self.model.setup.mode = Mode::Desk;
        self
    }

    /// Say which readers are there, and which of them hold a card.
    fn readers(&mut self, readers: &[(&str, bool)]) {
        let readers = readers.iter().map(|(name, card)| Reader { name: (*name).to_owned(), card: *card }).collect();
        self.happen(Event::Seen(Seen { service: true, readers }));
    }

    /// Take the card out, and put this one in.
    fn swap(&mut self, card: CardId) {
        self.card(false);
        self.card(true);
        self.answers_look(card);
    }

    /// Answer the look that is asked for.
    fn answers_look(&mut self, card: CardId) {
        assert!(matches!(self.jobs.last(), Some((_, Job::Look { .. }))), "nothing is looked at");
        self.answer(of(card));
    }

    fn cover(&self) -> Option<Cover> {
        self.model.visit.cover
    }

    fn confirm_focus(&self) -> ConfirmFocus {
        match &self.model.visit.screen {
            Screen::Confirm(page) => page.focus,
            _ => panic!("not STEP2"),
        }
    }

    fn forgot(&self) -> bool {
        self.jobs.iter().any(|(_, job)| matches!(job, Job::Forget))
    }
}

#[test]
fn after_another_person_s_card_came_in_nothing_of_the_first_is_shown_or_registered() {
    let mut bench = Bench::at_step2();
    bench.press(KeyCode::Esc);
    bench.press(KeyCode::Esc);
    assert!(matches!(bench.model.visit.screen, Screen::Top(_)));
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
    assert!(matches!(&bench.model.visit.screen, Screen::Pin(entry) if entry.pin.purpose() == Purpose::Signing));
    assert_eq!(bench.model.visit.card, Some(TARO));
}

#[test]
fn a_visit_that_was_left_open_goes_on_with_its_card_alone_and_with_the_pin_if_that_was_away() {
    let mut bench = Bench::at_step2();
    bench.press(KeyCode::Esc);
    bench.press(KeyCode::Esc);
    bench.card(false);
    bench.press(KeyCode::Enter);
    assert!(matches!(&bench.model.visit.over, Some(Overlay::Trouble(page)) if page.trouble.code() == Code::NoCard));
    assert!(matches!(bench.model.visit.screen, Screen::Top(_)));
    bench.card(true);
    bench.answers_look(ANNE);
    assert!(matches!(&bench.model.visit.screen, Screen::Pin(entry) if entry.then == AfterPin::Resume), "the card was away");
    assert_eq!(bench.pin().pin.purpose(), Purpose::Authentication);
    bench.press(KeyCode::Esc);
    assert!(matches!(bench.model.visit.screen, Screen::Top(0)) && bench.model.visit.is_open());
    bench.press(KeyCode::Enter);
    bench.type_text("1234");
    bench.press(KeyCode::Enter);
    bench.answer(Reply::Proved(Box::new(opened())));
    assert!(matches!(bench.model.visit.screen, Screen::Input));
    assert_eq!(bench.model.visit.form.draft.get(FieldId::Name), "LEE ANNE");
}

#[test]
fn with_one_try_left_forgetting_is_the_default_and_going_on_needs_the_word() {
    let mut bench = Bench::at_step2();
    bench.press(KeyCode::Esc);
    bench.card(false);
    bench.card(true);
    bench.answer(Reply::Facts(Facts { identity: Some(ANNE), ..facts(Tries::Left(5), Tries::Left(1)) }));
    bench.press(KeyCode::Esc);
    assert!(matches!(bench.model.visit.screen, Screen::Top(1)), "the next person");
    bench.press(KeyCode::Char('1'));
    assert_eq!(bench.pin().focus, PinFocus::Cancel);
    bench.happen(Event::Act(Action::Confirm));
    assert_eq!(bench.pin().note, Some(PinNote::Word));
}

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
    assert!(matches!(&bench.model.visit.screen, Screen::Confirm(page) if page.focus == ConfirmFocus::Page && page.told));
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
    assert!(matches!(bench.model.visit.over, Some(Overlay::Question(Question::Written, 0))));
    for _ in 0..50 {
        bench.press(KeyCode::Enter);
    }
    assert!(bench.model.visit.result().is_some(), "No is the default, and Enter then does nothing");
    bench.paste("2\n2\n");
    assert!(bench.model.visit.result().is_some());
    bench.press(KeyCode::Char('1'));
    bench.press(KeyCode::Char('2'));
    assert!(matches!(bench.model.visit.screen, Screen::Top(_)) && bench.forgot());
}

#[test]
fn a_saved_receipt_needs_no_question() {
    let mut bench = Bench::at_step3();
    bench.happen(Event::Saved(Err("full".to_owned())));
    bench.press(KeyCode::Char('1'));
    assert!(matches!(bench.model.visit.over, Some(Overlay::Question(Question::Written, 0))));
    bench.press(KeyCode::Esc);
    bench.happen(Event::Saved(Ok("path".to_owned())));
    assert_eq!(bench.model.visit.result().and_then(|done| done.note.clone()), Some(ResultNote::Saved("path".to_owned())));
    bench.press(KeyCode::Char('1'));
    assert!(bench.forgot());
}

#[test]
fn a_click_on_the_button_asks_and_the_same_click_again_answers_no() {
    let mut bench = Bench::at_step2();
    bench.happen(Event::Act(Action::Ask(Question::Register)));
    bench.happen(Event::Act(Action::Ask(Question::Register)));
    assert!(matches!(bench.model.visit.over, Some(Overlay::Question(Question::Register, 0))));
    bench.press(KeyCode::Enter);
    assert!(bench.model.visit.over.is_none() && bench.jobs.is_empty());
    bench.happen(Event::Act(Action::Ask(Question::Register)));
    bench.happen(Event::Act(Action::Row(1)));
    assert!(matches!(bench.jobs.last(), Some((_, Job::Register { .. }))));
}

#[test]
fn what_is_shown_signed_and_repeated_is_one_value() {
    let mut bench = Bench::at_step2();
    let Screen::Confirm(page) = &bench.model.visit.screen else { panic!("not STEP2") };
    let shown = std::sync::Arc::clone(&page.confirmed);
    // Whatever the draft becomes meanwhile.
    bench.model.visit.form.set(FieldId::Name, "SOMEBODY ELSE".to_owned());
    bench.registers();
    let Some((ticket, Job::Register { confirmed, .. })) = bench.jobs.pop() else { panic!("no registration") };
    assert!(std::sync::Arc::ptr_eq(&shown, &confirmed));
    bench.happen(Event::Worker(Message { ticket, reply: Reply::Registered(Box::new(registered())) }));
    let Some(result::Outcome::Registered(_, repeated)) = bench.model.visit.result().map(|done| &done.outcome) else { panic!("not STEP3") };
    assert!(std::sync::Arc::ptr_eq(&shown, repeated));
}

#[test]
fn a_pin_goes_only_to_the_visit_s_card_and_one_that_was_typed_for_another_is_not_sent() {
    let mut bench = Bench::at_signing(Tries::Left(5));
    bench.type_text("ABC123");
    bench.swap(TARO);
    assert_eq!(bench.cover(), Some(Cover::OtherCard(0)));
    bench.press(KeyCode::Enter);
    bench.press(KeyCode::F(10));
    assert!(!bench.jobs.iter().any(|(_, job)| matches!(job, Job::Sign { .. })));
    bench.swap(ANNE);
    assert_eq!((bench.cover(), bench.pin().pin.len()), (None, 6));
    bench.press(KeyCode::Enter);
    assert!(matches!(bench.jobs.last(), Some((_, Job::Sign { card: Some(ANNE), .. }))));
}

#[test]
fn a_card_that_is_changed_before_anything_is_typed_is_simply_the_card() {
    let mut bench = Bench::at_signing(Tries::Left(5));
    bench.card(false);
    bench.card(true);
    bench.answer(Reply::Facts(Facts { identity: Some(TARO), ..facts(Tries::Left(1), Tries::Left(3)) }));
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
    assert!(matches!(bench.jobs.last(), Some((_, Job::Sign { reader, card: Some(ANNE), .. })) if reader == "S"));
}

#[test]
fn another_kind_of_card_laid_beside_changes_nothing() {
    let mut bench = Bench::at_step2();
    bench.readers(&[("R", false), ("S", true)]);
    bench.fail(card::CardError { hint: card::Hint::Seems(CardKind::Transport), ..card::CardError::new(Code::NotMyNumberCard) });
    assert_eq!(bench.cover(), None);
    assert!(matches!(bench.model.visit.screen, Screen::Confirm(_)));
    bench.readers(&[("R", true), ("S", true)]);
    bench.answers_look(ANNE);
    assert_eq!(bench.model.visit.reader.as_deref(), Some("R"));
}

#[test]
fn at_home_the_page_stays_while_the_card_is_away_and_at_a_desk_it_is_covered() {
    let mut bench = Bench::at_step2();
    bench.card(false);
    assert!(bench.cover().is_none() && cards::is_needed(&bench.model));
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
    assert!(matches!(bench.model.visit.screen, Screen::Input));
    assert_eq!(bench.model.visit.form.draft.get(FieldId::Name), "LEE ANNE");
}

#[test]
fn a_question_that_was_open_when_the_card_went_is_not_answered_by_whoever_comes_back() {
    let mut bench = Bench::at_step2().at_desk();
    bench.happen(Event::Act(Action::Ask(Question::Register)));
    bench.card(false);
    assert!(bench.model.visit.over.is_none());
    bench.happen(Event::Act(Action::Row(1)));
    assert!(bench.jobs.is_empty());
}

#[test]
fn at_a_desk_a_page_that_nobody_touches_is_locked_until_its_card_is_put_in() {
    let mut bench = Bench::at_step2();
    assert_eq!(bench.model.idle_after(), None);
    bench = bench.at_desk();
    assert_eq!(bench.model.idle_after(), Some(IDLE));
    bench.happen(Event::Idle);
    assert_eq!((bench.cover(), bench.model.idle_after()), (Some(Cover::Locked), None));
    bench.press(KeyCode::Enter);
    bench.press(KeyCode::Esc);
    assert_eq!(bench.cover(), Some(Cover::Locked));
    bench.swap(ANNE);
    assert_eq!(bench.cover(), None);
}

#[test]
fn a_card_that_is_put_in_shows_somebody_and_what_the_worker_says_does_not() {
    // Else what was locked for longer than it takes to lock would be locked again as soon as its card has opened it.
    assert!(Event::Seen(Seen::default()).shows_somebody());
    assert!(!Event::Worker(Message { ticket: Ticket(1), reply: Reply::Released }).shows_somebody());
}

#[test]
fn at_a_desk_the_card_may_be_looked_at_and_comes_back() {
    let mut bench = Bench::at_step1();
    bench.model.visit.form.covers = true;
    bench = bench.at_desk();
    bench.happen(Event::Act(Action::Set(FieldId::Category, "foreign_national".to_owned())));
    bench.happen(Event::Act(Action::Focus(Focus::LookAtCard)));
    bench.press(KeyCode::Enter);
    assert_eq!(bench.cover(), Some(Cover::Looking));
    bench.press(KeyCode::Esc);
    assert_eq!(bench.cover(), None, "it was not taken out after all");
    bench.press(KeyCode::Enter);
    bench.card(false);
    bench.press(KeyCode::Esc);
    assert_eq!(bench.cover(), Some(Cover::Looking));
    bench.card(true);
    bench.answers_look(ANNE);
    assert_eq!(bench.cover(), None);
    assert_eq!(bench.model.visit.form.focus, Focus::LookAtCard);
}

#[test]
fn a_card_that_is_looked_at_for_too_long_is_away_and_one_that_was_never_taken_out_is_locked() {
    for taken_out in [false, true] {
        let mut bench = Bench::at_step1().at_desk();
        bench.model.visit.form.covers = true;
        bench.happen(Event::Act(Action::Set(FieldId::Category, "foreign_national".to_owned())));
        bench.happen(Event::Act(Action::Focus(Focus::LookAtCard)));
        bench.press(KeyCode::Enter);
        assert_eq!(bench.model.idle_after(), Some(LOOKING));
        if taken_out {
            bench.card(false);
        }
        bench.happen(Event::Idle);
        assert_eq!(bench.cover(), Some(if taken_out { Cover::Away } else { Cover::Locked }));
        bench.press(KeyCode::Esc);
        assert!(bench.cover().is_some());
        bench.swap(ANNE);
        assert_eq!(bench.cover(), None);
    }
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
    assert_eq!((bench.jobs.len(), bench.model.visit.over.is_none()), (jobs, true));
    bench.answers_look(ANNE);
    let Screen::Pin(entry) = &bench.model.visit.screen else { panic!("another page") };
    assert_eq!((entry.pin.len(), entry.note), (9, None));
    bench.press(KeyCode::Enter);
    assert!(matches!(bench.jobs.last(), Some((_, Job::Sign { .. }))));
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
fn step3_stays_whatever_card_is_put_in_until_the_person_has_written_it_down() {
    for desk in [false, true] {
        let mut bench = Bench::at_step3();
        if desk {
            bench = bench.at_desk();
        }
        bench.card(false);
        bench.card(true);
        if matches!(bench.jobs.last(), Some((_, Job::Look { .. }))) {
            bench.answer(of(TARO));
        }
        assert_eq!(bench.cover(), None);
        bench.press(KeyCode::F(8));
        assert!(matches!(bench.model.visit.over, Some(Overlay::Question(Question::Written, 0))));
        bench.press(KeyCode::Char('2'));
        assert!(bench.forgot());
        bench.answers_look(TARO);
        assert_eq!(bench.model.visit.card, Some(TARO));
    }
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
    bench.answer(Reply::Certificate(Box::new(SigningCertificate { holder: Holder::default(), validity, fingerprint: [8; 32] })));
    assert_eq!(bench.cover(), Some(Cover::OtherCard(0)));
    assert!(!bench.jobs.iter().any(|(_, job)| matches!(job, Job::Register { .. })));
}

#[test]
fn between_signature_and_answer_nothing_ends_the_visit() {
    let mut bench = Bench::at_step2();
    bench.registers();
    let (ticket, _) = bench.jobs.pop().unwrap();
    let tells = |bench: &mut Bench, doing| {
        let reply = Reply::Progress(Progress { doing, done: 0, total: 0 });
        bench.happen(Event::Worker(Message { ticket, reply }));
    };
    tells(&mut bench, Doing::Signing);
    for code in [KeyCode::Esc, KeyCode::F(8), KeyCode::Enter, KeyCode::F(10)] {
        bench.press(code);
    }
    bench.happen(Event::Act(Action::Leave));
    bench.swap_unseen();
    assert!(bench.model.visit.waiting.is_some() && bench.model.visit.over.is_none() && bench.cancelled == 0);
    tells(&mut bench, Doing::Sending);
    let trouble = JobError::Service { code: Code::TimedOut, detail: None, faults: Vec::new(), retry_after: None };
    bench.happen(Event::Worker(Message { ticket, reply: Reply::Failed(Box::new(trouble)) }));
    assert!(matches!(&bench.model.visit.over, Some(Overlay::Trouble(page)) if page.perhaps && page.next_step == NextStep::Register));
}

#[test]
fn a_question_that_was_asked_before_the_signature_ends_nothing_after_it() {
    for asked in [Event::Act(Action::NextPerson), Event::Act(Action::Leave)] {
        let mut bench = Bench::at_step2();
        bench.registers();
        let (ticket, _) = bench.jobs.pop().unwrap();
        bench.happen(asked);
        let reply = Reply::Progress(Progress { doing: Doing::Signing, done: 0, total: 0 });
        bench.happen(Event::Worker(Message { ticket, reply }));
        bench.press(KeyCode::Char('2'));
        assert!(bench.model.visit.is_sending() && bench.model.visit.over.is_none());
        assert!(!bench.quit && !bench.forgot() && bench.cancelled == 0);
    }
}

impl Bench {
    /// Another card comes in while a job runs: nobody looks at it.
    fn swap_unseen(&mut self) {
        self.card(false);
        self.card(true);
        assert!(self.jobs.is_empty());
    }
}

#[test]
fn a_trouble_before_anything_was_sent_does_not_say_that_it_may_have_arrived() {
    let mut bench = Bench::at_step2();
    bench.registers();
    bench.fail_service(Code::TimedOut);
    assert!(matches!(&bench.model.visit.over, Some(Overlay::Trouble(page)) if !page.perhaps));
}

#[test]
fn a_form_about_somebody_else_does_not_reach_step2_and_the_card_s_values_mend_it() {
    let mut bench = Bench::at_step1();
    bench.model.visit.certificate.as_mut().unwrap().holder = annes();
    for (field, value) in [
        (FieldId::Name, "YAMADA KEN"),
        (FieldId::Sex, "male"),
        (FieldId::BirthDate, "20180203"),
        (FieldId::Municipality, "13104"),
        (FieldId::AddressLine, "西新宿２－８－１"),
        (FieldId::Phone, "09012345678"),
        (FieldId::Email, "a@example.jp"),
        (FieldId::EmailAgain, "a@example.jp"),
        (FieldId::Category, "legal_representative"),
        (FieldId::Consent, "yes"),
    ] {
        bench.happen(Event::Act(Action::Set(field, value.to_owned())));
    }
    bench.press(KeyCode::F(10));
    assert!(matches!(&bench.model.visit.over, Some(Overlay::Trouble(page)) if page.trouble.code() == Code::NotCardHolder));
    assert!(matches!(bench.model.visit.screen, Screen::Input));
    bench.press(KeyCode::Esc);
    assert_eq!(bench.model.visit.form.draft.get(FieldId::Name), "YAMADA KEN", "nothing typed is lost");
    bench.press(KeyCode::F(10));
    bench.press(KeyCode::Enter);
    let draft = &bench.model.visit.form.draft;
    assert_eq!((draft.get(FieldId::Name), draft.get(FieldId::BirthDate)), ("LEE ANNE", "19900401"));
    bench.press(KeyCode::F(10));
    assert!(matches!(bench.model.visit.screen, Screen::Confirm(_)));
}

fn records(pairs: &[(&str, &str)]) -> Draft {
    Draft::from_pairs(pairs.iter().map(|(key, value)| (*key, *value))).0
}

/// Give records of a desk, and go to STEP1 with Anne's card.
fn with_records(pairs: &[(&str, &str)]) -> Bench {
    let mut bench = bench();
    bench.model.prefill(records(pairs));
    bench.card(true);
    bench.answer(of(ANNE));
    bench.press(KeyCode::Enter);
    bench.press(KeyCode::Enter);
    bench.type_text("ABC123");
    bench.press(KeyCode::Enter);
    assert_eq!(bench.model.visit.form.draft.get(FieldId::Phone), "", "nothing is shown before the card has said whose it is");
    bench.answer(certificate(annes()));
    bench
}

#[test]
fn records_of_a_desk_are_taken_for_their_own_person_and_belong_to_one_visit() {
    let mut bench = with_records(&[("birth_date", "19900401"), ("phone", "0312345678")]);
    assert_eq!(bench.model.visit.form.draft.get(FieldId::Phone), "0312345678");
    bench.press(KeyCode::F(8));
    bench.press(KeyCode::Char('2'));
    bench.answer(of(ANNE));
    bench.press(KeyCode::Enter);
    bench.press(KeyCode::Enter);
    bench.type_text("ABC123");
    bench.press(KeyCode::Enter);
    bench.answer(certificate(annes()));
    assert_eq!(bench.model.visit.form.draft.get(FieldId::Phone), "", "they were the first visit's");
}

#[test]
fn records_of_somebody_else_are_withheld_and_kept_for_the_right_person() {
    let bench = with_records(&[("birth_date", "19850615"), ("name", "YAMADA TARO"), ("phone", "0312345678")]);
    let visit = &bench.model.visit;
    assert_eq!((visit.form.draft.get(FieldId::Phone), visit.prefill), ("", Prefilled::Withheld));
    assert_eq!(visit.form.draft.get(FieldId::Name), "LEE ANNE");
}

#[test]
fn a_card_that_is_still_being_looked_at_is_waited_for_and_never_called_absent() {
    let mut bench = bench();
    bench.press(KeyCode::Enter);
    bench.press(KeyCode::Enter);
    assert!(bench.model.visit.over.is_none() && bench.model.visit.going_on, "nothing is known about readers yet");
    bench.card(true);
    bench.press(KeyCode::Enter);
    assert!(bench.model.visit.over.is_none() && bench.model.visit.going_on, "it is being looked at");
    bench.answer(of(ANNE));
    assert!(matches!(bench.model.visit.screen, Screen::Pin(_)), "it goes on by itself");
    let mut bench = super::bench();
    bench.press(KeyCode::Enter);
    bench.press(KeyCode::Enter);
    bench.card(false);
    assert!(matches!(&bench.model.visit.over, Some(Overlay::Trouble(page)) if page.trouble.code() == Code::NoCard));
}

#[test]
fn what_the_wish_to_go_on_waits_for_can_be_left() {
    let mut bench = bench();
    bench.card(true);
    bench.press(KeyCode::Enter);
    bench.press(KeyCode::Enter);
    bench.press(KeyCode::Esc);
    bench.answer(of(ANNE));
    assert!(matches!(bench.model.visit.screen, Screen::Prepare(_)));
}

#[test]
fn the_next_person_is_asked_about_wherever_anything_would_be_lost() {
    let mut bench = bench();
    bench.press(KeyCode::F(8));
    assert!(bench.model.visit.over.is_none());
    let mut bench = Bench::at_step1();
    bench.press(KeyCode::F(8));
    assert!(matches!(bench.model.visit.over, Some(Overlay::Question(Question::Forget, 0))));
    bench.press(KeyCode::Enter);
    assert!(matches!(bench.model.visit.screen, Screen::Input) && !bench.forgot());
    bench.press(KeyCode::F(8));
    bench.press(KeyCode::F(8));
    bench.press(KeyCode::Tab);
    bench.press(KeyCode::Enter);
    assert!(bench.forgot() && matches!(bench.model.visit.screen, Screen::Top(_)));
}

#[test]
fn the_reader_that_one_person_chose_is_not_the_next_one_s_choice() {
    let mut bench = bench();
    bench.readers(&[("R", true), ("S", true)]);
    bench.press(KeyCode::Enter);
    bench.press(KeyCode::Enter);
    assert!(matches!(bench.model.visit.over, Some(Overlay::Reader(0))));
    bench.press(KeyCode::Char('2'));
    assert!(matches!(bench.jobs.last(), Some((_, Job::Look { reader })) if reader == "S"));
    bench.answer(of(ANNE));
    bench.press(KeyCode::F(8));
    assert!(bench.forgot());
    bench.readers(&[("R", true), ("S", false)]);
    assert!(matches!(bench.jobs.last(), Some((_, Job::Look { reader })) if reader == "R"));
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
    assert!(bench.model.visit.over.is_none());
    bench.type_text("123");
    bench.press(KeyCode::Enter);
    assert!(matches!(bench.jobs.last(), Some((_, Job::Sign { reader, .. })) if reader == "S"));
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
    bench.answer(Reply::Proved(Box::new(Opened { terms: "2".to_owned(), ..opened() })));
    assert_eq!(bench.model.visit.form.draft.get(FieldId::Consent), "", "it was given to the terms before");
    bench.press(KeyCode::F(10));
    assert!(matches!(bench.model.visit.screen, Screen::Input));
    bench.happen(Event::Act(Action::Set(FieldId::Consent, "yes".to_owned())));
    bench.press(KeyCode::F(10));
    assert!(matches!(&bench.model.visit.screen, Screen::Confirm(page) if page.confirmed.terms == "2"));
}

#[test]
fn a_card_that_went_while_a_job_ran_is_seen_to_when_the_job_is_stopped() {
    for code in [KeyCode::F(10), KeyCode::Esc] {
        let mut bench = Bench::at_step2().at_desk();
        if code == KeyCode::Esc {
            // The terms are being fetched.
            bench.press(KeyCode::Esc);
            bench.happen(Event::Act(Action::Focus(Focus::Terms)));
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
fn at_a_desk_the_way_back_from_a_password_page_to_step2_is_covered_while_the_card_is_away() {
    let mut bench = Bench::at_step2().at_desk();
    bench.registers();
    bench.fail(card::CardError::new(Code::SigningForgotten));
    bench.card(false);
    bench.press(KeyCode::Esc);
    assert!(matches!(bench.model.visit.screen, Screen::Confirm(_)));
    assert_eq!(bench.cover(), Some(Cover::Away));
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
fn what_is_confirmed_names_the_terms_that_were_agreed_to_also_when_the_session_is_gone() {
    let mut bench = Bench::at_step2();
    bench.registers();
    bench.fail_service(Code::TermsChanged);
    bench.press(KeyCode::Esc);
    bench.press(KeyCode::Esc);
    bench.press(KeyCode::F(10));
    assert!(matches!(&bench.model.visit.screen, Screen::Confirm(page) if page.confirmed.terms == "1"));
    bench.registers();
    bench.fail_service(Code::SessionExpired);
    bench.press(KeyCode::Enter);
    bench.answer(Reply::Proved(Box::new(Opened { terms: "2".to_owned(), ..opened() })));
    assert_eq!(bench.model.visit.form.draft.get(FieldId::Consent), "");
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
    assert!(matches!(bench.model.visit.screen, Screen::Account));
    bench.swap(TARO);
    assert_eq!(bench.cover(), None);
    bench.press(KeyCode::Esc);
    assert!(bench.model.visit.result().is_some());
}

#[test]
fn what_was_locked_before_any_card_was_known_opens_to_no_card() {
    let mut bench = bench().at_desk();
    bench.card(false);
    bench.press(KeyCode::Char('4'));
    bench.type_text("code-of-the-mail");
    bench.happen(Event::Idle);
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
    bench.type_text("ABC");
    bench.card(false);
    bench.happen(Event::Idle);
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
fn a_result_that_is_kept_already_gives_way_to_the_next_person_without_a_question() {
    let mut bench = Bench::at_step3();
    bench.happen(Event::Saved(Ok("path".to_owned())));
    bench.press(KeyCode::F(8));
    assert!(bench.forgot() && bench.model.visit.over.is_none());
}

#[test]
fn the_next_person_is_asked_about_the_id_also_where_step3_stands_behind_another_page() {
    let mut bench = Bench::at_step3();
    bench.press(KeyCode::Char('3'));
    bench.answer(Reply::Mail(crate::worker::Mail { state: crate::worker::MailState::Stuck, ..registered().mail }));
    bench.press(KeyCode::Char('4'));
    assert!(matches!(bench.model.visit.screen, Screen::Account));
    bench.press(KeyCode::F(8));
    assert!(matches!(bench.model.visit.over, Some(Overlay::Question(Question::Written, 0))));
}

#[test]
fn what_help_covers_comes_back_after_a_question() {
    let mut bench = Bench::at_step2();
    bench.registers();
    bench.fail_service(Code::ServiceUnreachable);
    bench.press(KeyCode::F(1));
    bench.happen(Event::Act(Action::Leave));
    bench.press(KeyCode::Enter);
    assert!(matches!(&bench.model.visit.over, Some(Overlay::Trouble(page)) if page.trouble.code() == Code::ServiceUnreachable));
}

#[test]
fn terms_that_come_while_help_stands_over_them_are_there_when_it_is_closed() {
    let mut bench = Bench::at_step1();
    bench.happen(Event::Act(Action::Focus(Focus::Terms)));
    bench.press(KeyCode::Enter);
    bench.press(KeyCode::F(1));
    bench.answer(Reply::Terms("rules".to_owned()));
    bench.press(KeyCode::Esc);
    assert!(matches!(&bench.model.visit.over, Some(Overlay::Terms(Some(text), _)) if text == "rules"));
}

#[test]
fn staying_comes_back_to_the_row_of_the_top_page_that_was_chosen() {
    let mut bench = bench();
    bench.press(KeyCode::Esc);
    assert!(matches!(bench.model.visit.over, Some(Overlay::Question(Question::Leave, 0))));
    bench.press(KeyCode::Enter);
    assert!(matches!(bench.model.visit.screen, Screen::Top(0)));
}

#[test]
fn what_the_person_has_chosen_stays_whatever_the_records_of_a_desk_say() {
    let mut bench = bench();
    bench.model.prefill(records(&[("birth_date", "19900401"), ("category", "foreign_national"), ("residence_card", "AB12345678CD")]));
    bench.card(true);
    bench.answer(of(ANNE));
    bench.press(KeyCode::Enter);
    bench.press(KeyCode::Char('3'));
    bench.press(KeyCode::Enter);
    bench.type_text("ABC123");
    bench.press(KeyCode::Enter);
    bench.answer(certificate(annes()));
    let draft = &bench.model.visit.form.draft;
    assert_eq!((draft.get(FieldId::Category), draft.get(FieldId::ResidenceCard)), ("legal_representative", ""));
}

#[test]
fn a_card_in_the_other_reader_is_not_the_next_person_s_while_somebody_looks_at_theirs() {
    let mut bench = Bench::at_step1().at_desk();
    bench.happen(Event::Act(Action::LookAtCard));
    bench.readers(&[("R", false), ("S", true)]);
    bench.answers_look(TARO);
    assert_eq!(bench.cover(), Some(Cover::OtherCard(0)), "Enter forgets nothing");
    bench.readers(&[("R", true), ("S", true)]);
    bench.answers_look(ANNE);
    assert_eq!(bench.cover(), None);
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
        assert!(matches!(&bench.model.visit.over, Some(Overlay::Trouble(page)) if page.next_step == NextStep::Close), "{code}");
        bench.press(KeyCode::Enter);
        assert!(matches!(&bench.model.visit.screen, Screen::FirstPassword(page) if page.token().is_some()), "{code}");
    }
}

#[test]
fn a_card_that_went_while_the_proof_was_under_way_is_asked_for_its_pin_again() {
    let mut bench = Bench::at_signing(Tries::Left(5));
    bench.type_text("ABC123");
    bench.press(KeyCode::Enter);
    bench.answer(certificate(Holder::default()));
    bench.type_text("1234");
    bench.press(KeyCode::Enter);
    bench.card(false);
    bench.card(true);
    bench.answer(Reply::Proved(Box::new(opened())));
    bench.answers_look(ANNE);
    bench.press(KeyCode::Esc);
    bench.press(KeyCode::Enter);
    assert!(matches!(&bench.model.visit.screen, Screen::Pin(entry) if entry.then == AfterPin::Resume));
}
