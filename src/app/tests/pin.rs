//! PINs as they are typed: no try is spent on what cannot be right.

use super::*;

#[test]
fn a_password_that_cannot_be_right_is_not_sent() {
    let mut bench = Bench::at_signing(Tries::Left(5));
    bench.press(KeyCode::Enter);
    assert_eq!(bench.pin().note, Some(PinNote::Format(PinFormatError::Empty)));
    bench.type_text("ab1");
    assert_eq!(bench.pin().note, None);
    bench.press(KeyCode::Enter);
    assert_eq!(bench.pin().note, Some(PinNote::Format(PinFormatError::TooShort)));
    assert_eq!(bench.pin().pin.len(), 3, "what was typed stays");
    assert!(bench.jobs.is_empty());
}

#[test]
fn a_letter_that_was_left_out_must_be_confirmed_before_a_try_is_spent() {
    let mut bench = Bench::at_signing(Tries::Left(5));
    bench.type_text("abc-123");
    bench.press(KeyCode::Enter);
    assert_eq!(bench.pin().note, Some(PinNote::Format(PinFormatError::LeftOut)));
    assert!(bench.jobs.is_empty());
    bench.press(KeyCode::Enter);
    assert!(matches!(bench.jobs.pop(), Some((_, Job::SignIn { pin, .. })) if pin.reveal() == "ABC123"));
}

#[test]
fn a_pasted_password_is_taken_whole_or_not_at_all_and_never_sent_by_itself() {
    let mut bench = Bench::at_signing(Tries::Left(5));
    bench.paste("abc123\r\n");
    assert_eq!(bench.pin().pin.reveal(), "ABC123");
    assert!(bench.jobs.is_empty());
    bench.paste("パスワードは abc123");
    assert_eq!(bench.pin().pin.reveal(), "ABC123");
    assert_eq!(bench.pin().note, Some(PinNote::Paste));
    bench.paste(&"A".repeat(1_000_000));
    assert_eq!(bench.pin().pin.reveal(), "ABC123");
}

#[test]
fn small_letters_are_folded_and_said_so() {
    let mut bench = Bench::at_signing(Tries::Left(5));
    bench.type_text("a");
    assert_eq!(bench.pin().note, Some(PinNote::Typed(Typed::Folded)));
}

#[test]
fn the_last_try_needs_the_word_and_stopping_is_the_default() {
    let mut bench = Bench::at_signing(Tries::Left(1));
    assert_eq!(bench.pin().focus, PinFocus::Cancel);
    bench.press(KeyCode::BackTab);
    bench.press(KeyCode::BackTab);
    bench.press(KeyCode::BackTab);
    assert_eq!(bench.pin().focus, PinFocus::Pin);
    bench.type_text("ABC123");
    bench.press(KeyCode::Enter);
    assert_eq!(bench.pin().note, Some(PinNote::Word));
    assert!(bench.jobs.is_empty());
    bench.type_text("last");
    bench.press(KeyCode::Enter);
    bench.press(KeyCode::Enter);
    assert!(matches!(bench.jobs.pop(), Some((_, Job::SignIn { .. }))));
}

#[test]
fn a_wrong_password_says_how_many_tries_are_left_and_asks_again_empty() {
    let mut bench = Bench::at_signing(Tries::Left(5));
    bench.type_text("WRONG1");
    bench.press(KeyCode::Enter);
    bench.fail(card::CardError { tries: Some(Tries::Left(4)), ..card::CardError::new(Code::SigningWrong) });
    assert_eq!(bench.pin().note, Some(PinNote::Wrong(Tries::Left(4))));
    assert_eq!(bench.pin().tries, Tries::Left(4));
    assert!(bench.pin().pin.is_empty());
}

#[test]
fn a_locked_password_is_told_before_anything_is_typed() {
    let mut bench = bench();
    bench.card(true);
    bench.answer(Reply::Status(status(Tries::Locked, Tries::Left(3))));
    bench.press(KeyCode::Enter);
    bench.press(KeyCode::Enter);
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Trouble(page)) if page.trouble.code() == Code::SigningLocked));
    assert!(!matches!(bench.model.visit.nav.screen, Screen::Pin(_)));
}

#[test]
fn a_card_taken_away_while_the_password_is_typed_costs_nothing_and_what_was_typed_stays() {
    let mut bench = Bench::at_signing(Tries::Left(5));
    bench.type_text("ABC");
    bench.card(false);
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Trouble(page)) if page.next_step == NextStep::WaitForCard));
    bench.card(true);
    bench.answer(Reply::Status(status(Tries::Left(4), Tries::Left(3))));
    assert!(bench.model.visit.nav.overlay().is_none());
    assert_eq!(bench.pin().pin.len(), 3);
    assert_eq!(bench.pin().tries, Tries::Left(4), "the counter is read again");
}
