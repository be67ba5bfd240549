//! What a PIN page tells of the card when something breaks: its tries, and why it waits.

use super::*;
use crate::card::{CardError, Hint};
use crate::worker::{Phase, Progress};

impl Bench {
    fn trouble(&self) -> Option<Code> {
        match self.model.visit.nav.overlay() {
            Some(Overlay::Trouble(page)) => Some(page.trouble.code()),
            _ => None,
        }
    }

    fn states(&mut self, service: bool, readers: &[(&str, bool)]) {
        let readers = readers.iter().map(|(name, card)| Reader { name: (*name).to_owned(), card: *card }).collect();
        self.happen(Event::Readers(ReaderStates { service, readers }));
    }
}

#[test]
fn a_pin_that_would_be_the_last_one_unasked_is_asked_for_with_the_word() {
    let mut bench = Bench::at_signing(Tries::Left(2));
    bench.type_text("ABC123");
    bench.press(KeyCode::Enter);
    assert!(matches!(bench.jobs.last(), Some((_, Job::SignIn { pin, .. })) if !pin.spends_last_try()));
    bench.fail(CardError { tries: Some(Tries::Left(1)), hint: Hint::LastTry, ..CardError::new(Code::SigningWrong) });
    assert_eq!((bench.pin().tries, bench.pin().note), (Tries::Left(1), Some(PinNote::Word)));
    bench.keys(&[KeyCode::BackTab; 4]);
    bench.type_text("last");
    bench.press(KeyCode::Enter);
    bench.type_text("ABC123");
    bench.press(KeyCode::Enter);
    assert!(matches!(bench.jobs.last(), Some((_, Job::SignIn { pin, .. })) if pin.spends_last_try()));
}

#[test]
fn a_pin_that_was_right_has_all_its_tries_again_whatever_breaks_afterwards() {
    let mut bench = Bench::at_signing(Tries::Left(2));
    bench.type_text("ABC123");
    bench.press(KeyCode::Enter);
    let ticket = bench.jobs.last().unwrap().0;
    let reply = Reply::Progress(Progress { phase: Phase::Reading, done: 0, total: 0 });
    bench.happen(Event::Worker(Message { ticket, reply }));
    bench.fail(CardError::new(Code::CardReset));
    bench.press(KeyCode::Enter);
    assert_eq!(bench.pin().tries, Tries::Left(5));
}

#[test]
fn the_tries_of_a_pin_that_was_stopped_on_its_way_are_read_again() {
    let mut bench = Bench::at_signing(Tries::Left(3));
    bench.type_text("WRONG1");
    bench.press(KeyCode::Enter);
    bench.press(KeyCode::Esc);
    bench.answer(Reply::Status(status(Tries::Left(2), Tries::Left(3))));
    assert_eq!(bench.pin().tries, Tries::Left(2));
}

#[test]
fn a_card_that_cannot_be_read_again_is_not_said_to_have_the_tries_that_it_had() {
    let mut bench = Bench::at_signing(Tries::Left(3));
    bench.type_text("WRONG1");
    bench.press(KeyCode::Enter);
    bench.press(KeyCode::Esc);
    bench.fail(CardError::new(Code::CardFault));
    assert_eq!(bench.pin().tries, Tries::Unknown);
}

#[test]
fn a_pin_page_says_whether_card_reader_or_service_is_gone_as_it_changes() {
    let mut bench = Bench::at_signing(Tries::Left(5));
    bench.type_text("ABC");
    for (service, readers, code) in [
        (false, &[][..], Code::PcscNotRunning),
        (true, &[], Code::NoReader),
        (true, &[("R", false)], Code::NoCard),
        (false, &[], Code::PcscNotRunning),
        (true, &[("R", false)], Code::NoCard),
    ] {
        bench.states(service, readers);
        assert_eq!(bench.trouble(), Some(code));
    }
    bench.card(true);
    bench.answer(Reply::Status(status(Tries::Left(5), Tries::Left(3))));
    assert_eq!((bench.trouble(), bench.pin().pin.len()), (None, 3));
}

#[test]
fn a_reader_that_is_unplugged_is_said_to_be_so_while_another_one_is_there_or_none() {
    for others in [&[][..], &[("S", false)]] {
        let mut bench = Bench::at_signing(Tries::Left(5));
        bench.type_text("ABC");
        bench.states(true, others);
        assert_eq!(bench.trouble(), Some(Code::ReaderGone));
    }
}

#[test]
fn a_pin_that_is_needed_again_because_the_card_is_away_waits_for_the_card() {
    let mut bench = Bench::at_step2();
    bench.registers();
    bench.card(false);
    bench.fail(CardError::new(Code::SigningForgotten));
    assert_eq!(bench.trouble(), Some(Code::NoCard));
    bench.card(true);
    bench.answer(Reply::Status(status(Tries::Left(4), Tries::Left(3))));
    assert_eq!((bench.trouble(), bench.pin().tries, bench.pin().note), (None, Tries::Left(4), Some(PinNote::Again)));
}
