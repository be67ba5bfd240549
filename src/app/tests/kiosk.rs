//! A kiosk: each visit ends by itself, nothing of it is left, and nobody gets out without the staff word.

use super::visit::*;
use super::*;
use crate::app::day_count::Reached;
use crate::app::deadline::{Limits, Timer};
use crate::app::state::confirm::ConfirmFocus;
use crate::app::state::speech::Speech;
use crate::app::state::staff::StaffAnswer;
use crate::app::visit::{Cover, Mode, Visit};

impl Bench {
    fn at_kiosk(mut self) -> Bench {
        self.model.setup.mode = Mode::Kiosk;
        self.model.setup.has_staff_word = true;
        self
    }

    fn unattended(&mut self, seconds: u32) {
        self.happen(Event::Passed(Timer::Unattended, seconds));
    }

    fn card_away(&mut self, seconds: u32) {
        self.happen(Event::Passed(Timer::CardAway, seconds));
    }

    /// Require that the visit has ended, and the page that waits for the next person is there.
    #[track_caller]
    fn assert_ended(&self) {
        let visit = &self.model.visit;
        assert!(matches!(visit.nav.screen, Screen::Attract(_)) && visit.nav.overlay().is_none() && visit.is_blank());
        assert_eq!((self.model.lang, visit.card, visit.contrast), (self.model.setup.lang, None, false));
    }

    fn is_at_step1(&self) -> bool {
        matches!(self.model.visit.nav.screen, Screen::Form) && self.cover().is_none()
    }
}

fn kiosk() -> Bench {
    let mut bench = bench().at_kiosk();
    bench.model.visit = Visit::new(Mode::Kiosk, bench.model.today());
    bench
}

const USUAL: Limits = Limits { lock: 300, look_at_card: 180, idle: 60, reading: 180, pin: 300, more: 600, warning: 30, away: 20 };

#[test]
fn a_visit_begins_with_a_language_and_the_next_one_with_the_usual_language_again() {
    let mut bench = kiosk();
    assert_eq!(bench.model.timers().next(), None, "nobody is there, and nothing is counted");
    bench.press(KeyCode::Char('1'));
    assert!(matches!(bench.model.visit.nav.screen, Screen::Top(0)) && bench.model.lang == Lang::Ja);
    bench.press(KeyCode::F(4));
    assert!(bench.model.visit.contrast);
    bench.unattended(USUAL.idle + USUAL.warning);
    bench.assert_ended();
}

#[test]
fn nobody_who_acts_is_warned_and_nobody_who_was_warned_loses_a_letter() {
    let mut bench = Bench::at_step1().at_kiosk();
    bench.type_text("Ann");
    let typed = bench.model.visit.form.editor.value().to_owned();
    assert_eq!(bench.model.timers().next(), Some((Timer::Unattended, USUAL.idle)));
    bench.unattended(USUAL.idle - 1);
    assert!(bench.is_at_step1(), "too early");
    bench.unattended(USUAL.idle);
    assert_eq!((bench.cover(), bench.model.countdown()), (Some(Cover::Unattended), Some(USUAL.warning)));
    assert_eq!(bench.model.timers().next(), Some((Timer::Unattended, USUAL.idle + 1)), "the countdown moves each second");
    bench.unattended(USUAL.idle + 9);
    assert_eq!(bench.model.countdown(), Some(USUAL.warning - 9));
    // Any key, and it does nothing else.
    for key in [KeyCode::Char('x'), KeyCode::Esc, KeyCode::F(8), KeyCode::F(12), KeyCode::Enter, KeyCode::Backspace] {
        bench.unattended(USUAL.idle);
        bench.press(key);
        assert!(bench.is_at_step1() && bench.model.visit.nav.overlay().is_none(), "{key:?}");
        assert_eq!(bench.model.visit.form.editor.value(), typed, "{key:?}");
        assert_eq!(bench.model.timers().next(), Some((Timer::Unattended, USUAL.idle)));
    }
    bench.unattended(USUAL.idle);
    bench.paste("x");
    assert!(bench.is_at_step1() && bench.model.visit.form.editor.value() == typed);
}

#[test]
fn a_visit_that_nobody_attends_ends_and_so_does_one_whose_end_came_in_suspend() {
    for steps in [&[60, 75, 90][..], &[8 * 3600]] {
        let mut bench = Bench::at_step2().at_kiosk();
        bench.model.setup.limits.reading = 60;
        bench.readers(&[("R", true)]);
        for seconds in steps {
            assert!(!bench.forgot());
            bench.unattended(*seconds);
        }
        assert!(bench.forgot());
        assert_eq!(bench.cover(), Some(Cover::TakeCard), "the card is asked for");
        bench.press(KeyCode::Char('1'));
        assert_eq!(bench.cover(), Some(Cover::TakeCard));
        assert!(bench.jobs.iter().all(|(_, job)| !matches!(job, Job::ReadStatus { .. })), "it is nobody's visit");
        bench.readers(&[("R", false)]);
        assert_eq!(bench.cover(), None);
        bench.assert_ended();
    }
}

#[test]
fn a_page_has_the_time_that_it_takes_to_read_it_and_more_on_request() {
    let limit = |bench: &Bench| bench.model.timers().find(|(timer, _)| *timer == Timer::Unattended).map(|(_, due)| due);
    assert_eq!(limit(&Bench::at_step1().at_kiosk()), Some(60));
    assert_eq!(limit(&Bench::at_step2().at_kiosk()), Some(180));
    assert_eq!(limit(&Bench::at_step3().at_kiosk()), Some(180));
    assert_eq!(limit(&Bench::at_signing(Tries::Left(5)).at_kiosk()), Some(300));
    assert_eq!(limit(&Bench::at_proof().at_kiosk()), Some(300), "a card works");
    let mut bench = Bench::at_step1().at_kiosk();
    bench.press(KeyCode::F(9));
    assert_eq!(limit(&bench), Some(600));
    bench.type_text("a");
    assert_eq!(limit(&bench), Some(600), "it stays while somebody acts");
    bench.unattended(600);
    bench.press(KeyCode::Char('a'));
    assert_eq!(limit(&bench), Some(60));
    bench.unattended(60);
    bench.press(KeyCode::F(9));
    assert!(bench.is_at_step1() && limit(&bench) == Some(600));
}

#[test]
fn while_the_registration_is_being_sent_nothing_ends_the_visit() {
    let mut bench = Bench::at_step2().at_kiosk();
    bench.registers();
    let (ticket, _) = bench.jobs.last().expect("a job");
    let ticket = *ticket;
    let progress = Progress { phase: crate::worker::Phase::Sending, done: 0, total: 0 };
    bench.happen(Event::Worker(Message { ticket, reply: Reply::Progress(progress) }));
    assert!(bench.model.timers().all(|(timer, _)| timer == Timer::Job(ticket)));
    bench.unattended(10_000);
    bench.card(false);
    bench.card_away(10_000);
    assert!(bench.model.visit.is_sending());
    bench.answer(Reply::Registered(Box::new(registered())));
    assert!(matches!(bench.model.visit.nav.screen, Screen::Result(_)));
}

#[test]
fn a_card_that_is_lifted_covers_the_page_at_once_and_ends_the_visit_unless_it_is_back_in_time() {
    for at in [Bench::at_step1, Bench::at_step2, || Bench::at_signing(Tries::Left(5))] {
        let mut bench = at();
        bench.model.visit.card = Some(ANNE);
        if let Screen::Pin(entry) = &mut bench.model.visit.nav.screen {
            entry.pin.push('A');
        }
        bench = bench.at_kiosk();
        bench.card(false);
        assert_eq!((bench.cover(), bench.model.countdown()), (Some(Cover::Away), Some(20)));
        bench.card_away(19);
        // A key is no card.
        bench.press(KeyCode::Char('x'));
        assert_eq!(bench.model.countdown(), Some(1));
        bench.card(true);
        bench.answers_look(ANNE);
        assert_eq!(bench.cover(), None);
        bench.card(false);
        assert_eq!(bench.model.countdown(), Some(20), "it is counted anew");
        bench.card_away(20);
        bench.assert_ended();
    }
}

#[test]
fn on_a_pin_page_where_nothing_was_typed_a_card_that_is_lifted_is_asked_for() {
    let mut bench = Bench::at_signing(Tries::Left(5)).at_kiosk();
    bench.card(false);
    assert!(bench.cover().is_none() && bench.model.visit.nav.trouble().is_some_and(|page| page.trouble.code() == Code::NoCard));
}

#[test]
fn where_it_is_so_set_the_visit_ends_with_the_card() {
    let mut bench = Bench::at_step2().at_kiosk();
    bench.model.setup.limits.away = 0;
    bench.card(false);
    assert_eq!(bench.model.timers().find(|(timer, _)| *timer == Timer::CardAway), Some((Timer::CardAway, 0)));
    bench.card_away(0);
    bench.assert_ended();
    let mut bench = Bench::at_step3().at_kiosk();
    bench.model.setup.limits.away = 0;
    bench.card(false);
    bench.assert_ended();
}

#[test]
fn whoever_takes_the_card_from_step3_is_asked_whether_the_id_is_written_down() {
    let mut bench = Bench::at_step3().at_kiosk();
    bench.card(false);
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Question(Question::Written, 0))));
    bench.press(KeyCode::Enter);
    assert!(bench.model.visit.result().is_some(), "not yet");
    bench.press(KeyCode::F(8));
    bench.press(KeyCode::Char('2'));
    bench.assert_ended();
}

#[test]
fn whoever_goes_away_with_the_card_leaves_step3_to_nobody() {
    let mut bench = Bench::at_step3();
    bench.model.visit.card = Some(ANNE);
    bench = bench.at_kiosk();
    bench.card(false);
    assert_eq!(bench.model.countdown(), Some(USUAL.idle));
    bench.card_away(30);
    // A passer-by looks, and gets no more time by it.
    bench.press(KeyCode::Enter);
    bench.press(KeyCode::F(9));
    assert_eq!(bench.model.countdown(), Some(USUAL.idle - 30));
    bench.card_away(USUAL.idle);
    bench.assert_ended();
}

#[test]
fn the_staff_get_in_while_a_card_is_left_behind_and_their_page_is_not_shown_again_by_any_key() {
    let mut bench = Bench::at_step1().at_kiosk();
    bench.readers(&[("R", true)]);
    bench.unattended(90);
    assert_eq!(bench.cover(), Some(Cover::TakeCard));
    bench.press(KeyCode::F(12));
    bench.type_text("sakura");
    bench.press(KeyCode::Enter);
    assert_eq!(bench.words.pop().as_deref(), Some("sakura"));
    bench.happen(Event::StaffWord(StaffAnswer::Right));
    // The choice of the reader leads back.
    bench.press(KeyCode::Char('2'));
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Reader(_))));
    bench.press(KeyCode::Esc);
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Staff(_))));
    bench.press(KeyCode::F(9));
    bench.unattended(USUAL.idle);
    assert!(bench.model.visit.nav.overlay().is_none());
    bench.press(KeyCode::Char('x'));
    assert!(bench.model.visit.nav.overlay().is_none());
}

#[test]
fn the_way_back_from_step1_asks_and_ends() {
    let mut bench = Bench::at_step1().at_kiosk();
    bench.press(KeyCode::Esc);
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Question(Question::Forget, 0))));
    bench.press(KeyCode::Enter);
    assert!(bench.is_at_step1());
    bench.press(KeyCode::Esc);
    bench.press(KeyCode::Char('2'));
    assert!(bench.forgot());
}

#[test]
fn another_card_ends_the_visit_too_and_the_next_person_starts_with_theirs() {
    let mut bench = Bench::at_step1().at_kiosk();
    bench.swap(TARO);
    assert_eq!((bench.cover(), bench.model.countdown()), (Some(Cover::OtherCard(1)), Some(20)));
    bench.press(KeyCode::Enter);
    assert!(bench.forgot());
    assert_eq!(bench.cover(), None, "this card is the next person's");
    bench.answers_look(TARO);
    assert_eq!(bench.model.visit.card, Some(TARO));
}

#[test]
fn nobody_leaves_without_the_staff_word_and_the_staff_see_nobody() {
    let mut bench = Bench::at_step1().at_kiosk();
    bench.model.setup.prints = true;
    for key in [KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL), KeyCode::F(6).into(), KeyCode::F(12).into()] {
        bench.happen(Event::Key(key));
        assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::StaffWord(_))), "{key:?}");
        bench.press(KeyCode::Esc);
        assert!(bench.is_at_step1() && !bench.quit);
    }
    bench.press(KeyCode::F(12));
    bench.type_text("sakura");
    bench.press(KeyCode::Enter);
    assert_eq!(bench.words.pop().as_deref(), Some("sakura"));
    bench.happen(Event::StaffWord(StaffAnswer::Wrong));
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::StaffWord(page)) if page.word.is_empty()));
    assert!(bench.model.visit.session.is_some(), "a wrong word costs the person nothing");
    bench.happen(Event::StaffWord(StaffAnswer::Right));
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Staff(_))));
    assert!(bench.forgot() && bench.model.visit.session.is_none());
    // The printer is tried with a page that is nobody's.
    bench.press(KeyCode::Char('1'));
    assert!(matches!(bench.issues.pop(), Some((_, Document::Slip(_), Destination::Printer))));
    // The language that every visit begins with.
    bench.press(KeyCode::Char('4'));
    assert_eq!((bench.model.lang, bench.model.setup.lang), (Lang::Ja, Lang::Ja));
    bench.press(KeyCode::F(6));
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Diagnosis(..))));
    bench.press(KeyCode::Esc);
    bench.press(KeyCode::Char('5'));
    assert!(bench.quit);
}

#[test]
fn without_a_staff_word_in_the_settings_there_is_no_way_to_the_staff_s_page() {
    let mut bench = kiosk();
    bench.model.setup.has_staff_word = false;
    for key in [KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL), KeyCode::F(6).into(), KeyCode::F(12).into()] {
        bench.happen(Event::Key(key));
        assert!(bench.model.visit.nav.overlay().is_none() && !bench.quit, "{key:?}");
    }
}

#[test]
fn a_day_is_counted_without_a_name() {
    let mut bench = Bench::at_step3().at_kiosk();
    bench.card(false);
    bench.press(KeyCode::Char('2'));
    let mut other = Bench::at_signing(Tries::Left(5)).at_kiosk();
    other.fail_count();
    other.unattended(1000);
    assert_eq!((bench.ended.as_slice(), other.ended.as_slice()), (&[Reached::Registered][..], &[Reached::Begun][..]));
    let (day, given) = (&bench.model.day, &other.model.day);
    assert_eq!((day.begun, day.registered, day.given_up()), (1, 1, 0));
    assert_eq!((given.begun, given.given_up(), given.troubles.get(&Code::SigningWrong)), (1, 1, Some(&1)));
    // Whoever only looked is nobody.
    let mut bench = kiosk();
    bench.press(KeyCode::Char('1'));
    bench.unattended(1000);
    assert!(bench.ended.is_empty() && bench.model.day.begun == 0);
}

impl Bench {
    /// The card says that the PIN was wrong.
    fn fail_count(&mut self) {
        self.type_text("ABC123");
        self.press(KeyCode::Enter);
        self.fail(card::CardError { tries: Some(Tries::Left(4)), ..card::CardError::new(Code::SigningWrong) });
    }
}

#[test]
fn large_letters_are_asked_for_before_anything_is_typed_and_end_with_the_visit() {
    let mut bench = kiosk();
    bench.press(KeyCode::F(11));
    assert!(!bench.other_letters, "nobody starts the terminal again");
    bench.model.setup.letters = Some(Letters::Usual);
    bench.press(KeyCode::F(11));
    assert!(bench.other_letters);
    let mut bench = Bench::at_step1().at_kiosk();
    bench.model.setup.letters = Some(Letters::Usual);
    bench.press(KeyCode::F(11));
    assert!(!bench.other_letters && bench.is_at_step1());
    bench.model.setup.letters = Some(Letters::Large);
    bench.readers(&[("R", true)]);
    bench.unattended(1000);
    assert!(!bench.other_letters, "the card is asked for first");
    bench.readers(&[("R", false)]);
    assert!(bench.other_letters);
}

#[test]
fn pages_are_read_aloud_at_a_key_and_have_the_time_that_it_takes_to_hear_them() {
    let limit = |bench: &Bench| bench.model.timers().find(|(timer, _)| *timer == Timer::Unattended).map(|(_, due)| due);
    let mut bench = Bench::at_step1().at_kiosk();
    bench.press(KeyCode::F(6));
    assert_eq!(bench.model.speech(), Speech::Off, "the settings name no command");
    bench.press(KeyCode::Esc);
    bench.model.setup.speaks = vec![Lang::En];
    assert_eq!(limit(&bench), Some(USUAL.idle));
    bench.press(KeyCode::F(6));
    assert_eq!((bench.model.speech(), limit(&bench)), (Speech::Page, Some(USUAL.reading)));
    // It is counted from the end of what is said, whatever was said before.
    bench.happen(Event::Saying(2));
    assert_eq!(limit(&bench), None);
    bench.happen(Event::Said(1));
    assert_eq!(limit(&bench), None);
    bench.happen(Event::Said(2));
    assert_eq!(limit(&bench), Some(USUAL.reading));
    // The warning is heard, and still ends.
    bench.unattended(USUAL.reading);
    assert_eq!(bench.model.countdown(), Some(2 * USUAL.warning));
    bench.happen(Event::Saying(3));
    bench.unattended(USUAL.reading + 2 * USUAL.warning - 1);
    assert!(!bench.forgot());
    bench.unattended(USUAL.reading + 2 * USUAL.warning);
    assert!(bench.forgot());
    assert_eq!(bench.model.speech(), Speech::Off, "the next person has not asked for it");
}

#[test]
fn what_is_filled_in_is_read_aloud_once_at_a_second_key() {
    let mut bench = Bench::at_step1().at_kiosk();
    bench.model.setup.speaks = vec![Lang::En];
    for speech in [Speech::Page, Speech::Whole, Speech::Off, Speech::Page, Speech::Whole] {
        bench.press(KeyCode::F(6));
        assert_eq!(bench.model.speech(), speech);
    }
    bench.press(KeyCode::Tab);
    assert_eq!(bench.model.speech(), Speech::Page);
    bench.press(KeyCode::F(2));
    bench.press(KeyCode::Char('1'));
    assert_eq!((bench.model.lang, bench.model.speech()), (Lang::Ja, Speech::Off), "no command says it in Japanese");
}

#[test]
fn what_somebody_needs_to_see_or_hear_does_not_stay_when_they_leave_the_first_page() {
    for key in [KeyCode::F(4), KeyCode::F(6)] {
        let mut bench = kiosk();
        bench.model.setup.speaks = vec![bench.model.lang];
        assert!(bench.model.timers().next().is_none(), "nobody is there");
        bench.press(key);
        bench.unattended(bench.model.idle_limit());
        assert_eq!(bench.cover(), Some(Cover::Unattended), "{key:?}");
        bench.unattended(USUAL.reading + 2 * USUAL.warning);
        bench.assert_ended();
        assert!(!bench.model.visit.contrast && bench.model.speech() == Speech::Off, "{key:?}");
        assert!(bench.model.timers().next().is_none());
    }
}

/// Keys as they come when somebody leans on the keyboard.
fn mashed(rng: &mut impl proptest::prelude::Rng) -> KeyEvent {
    use KeyCode::{BackTab, Backspace, Char, Delete, Down, End, Enter, Esc, F, Home, Insert, Left, PageDown, PageUp, Right, Tab, Up};
    const NAMED: [KeyCode; 16] =
        [BackTab, Backspace, Delete, Down, End, Enter, Enter, Esc, Home, Insert, Left, PageDown, PageUp, Right, Tab, Up];
    let [kind, which, letter, _] = rng.next_u32().to_be_bytes();
    let code = match kind % 4 {
        0 => NAMED[usize::from(which) % NAMED.len()],
        1 => F(which % 12 + 1),
        2 => Char(char::from(b'0' + which % 10)),
        _ => Char(char::from(letter % 95 + 32)),
    };
    let modifiers = if kind > 240 { KeyModifiers::CONTROL } else { KeyModifiers::NONE };
    KeyEvent::new(code, modifiers)
}

#[test]
fn wherever_keys_have_led_a_kiosk_comes_back_to_its_first_page() {
    use proptest::test_runner::{RngAlgorithm, TestRng};
    let mut rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let starts: [fn() -> Bench; 9] = [
        kiosk,
        || Bench::at_signing(Tries::Left(5)),
        || Bench::at_signing(Tries::Left(1)),
        || Bench::at_proof(),
        || Bench::at_step1(),
        || Bench::at_step2(),
        || Bench::at_step3(),
        || {
            let mut bench = kiosk();
            bench.keys(&[KeyCode::Char('2'), KeyCode::Char('3')]);
            assert!(matches!(bench.model.visit.nav.screen, Screen::FirstPassword(_)));
            bench
        },
        || {
            let mut bench = kiosk();
            bench.keys(&[KeyCode::Char('2'), KeyCode::Char('4')]);
            assert!(matches!(bench.model.visit.nav.screen, Screen::AccountMenu(_)));
            bench
        },
    ];
    // Nobody saves, copies or leaves at a kiosk.
    let over = overlays::OVERLAYS.into_iter().filter(|(name, _)| !["where to save", "transfer sheet", "leave"].contains(name));
    for start in starts.into_iter().chain(over.map(|(_, way)| way)) {
        let mut bench = start().at_kiosk();
        bench.model.setup.speaks = Lang::ALL.to_vec();
        for _ in 0..10_000 {
            let on_button = matches!(&bench.model.visit.nav.screen, Screen::Confirm(page) if page.focus == ConfirmFocus::Register);
            let asked = matches!(bench.model.visit.nav.overlay(), Some(Overlay::Question(Question::Register, _)));
            let key = mashed(&mut rng);
            let jobs = bench.jobs.len();
            bench.happen(Event::Key(key));
            if bench.jobs[jobs.min(bench.jobs.len())..].iter().any(|(_, job)| matches!(job, Job::Register { .. })) {
                assert!(on_button || asked, "{key:?} registers somebody");
            }
            assert!(!bench.quit, "{key:?} leads out");
            bench.words.clear();
        }
        // What is being sent is waited for; nothing else is.
        if bench.model.visit.is_sending() {
            continue;
        }
        bench.unattended(100_000);
        bench.card(false);
        let (visit, timers) = (&bench.model.visit, bench.model.timers().collect::<Vec<_>>());
        let over = visit.nav.overlay().is_some();
        assert!(matches!(visit.nav.screen, Screen::Attract(_)), "{:?} {timers:?} {over} {:?}", visit.cover, visit.waiting);
        bench.assert_ended();
    }
}

#[test]
fn a_clock_that_jumps_by_a_day_ends_no_visit_and_begins_another_count() {
    let mut bench = Bench::at_step1().at_kiosk();
    let today = bench.model.today();
    bench.model.day.ended(Reached::Registered);
    for jumped in [today.next_day().unwrap(), today.previous_day().unwrap(), today] {
        bench.model.set_today(jumped);
        assert!(bench.is_at_step1());
        assert_eq!((bench.model.day.date, bench.model.day.begun), (jumped, 0));
    }
    bench.model.set_today(today);
    bench.press(KeyCode::Esc);
    bench.press(KeyCode::Char('2'));
    assert_eq!(bench.model.day.begun, 1);
}

#[test]
fn one_visit_prints_three_receipts_and_three_slips_and_is_then_told_so() {
    use crate::app::state::issue::Issue;
    let mut bench = Bench::at_step2().at_kiosk();
    bench.model.setup.prints = true;
    bench.registers();
    bench.answer(Reply::Registered(Box::new(registered())));
    let issue = |bench: &Bench| bench.model.visit.result().and_then(|done| done.issue.clone());
    // What failed does not count.
    for result in [Err("no paper"), Ok(""), Err("no paper"), Ok(""), Ok("")] {
        bench.press(KeyCode::Char('2'));
        bench.issued(result);
    }
    bench.press(KeyCode::Char('2'));
    assert!(bench.issues.is_empty());
    assert_eq!(issue(&bench), Some(Issue::Enough));
    // The next visit prints again.
    bench.press(KeyCode::Char('1'));
    bench.card(false);
    bench.assert_ended();
    bench.press(KeyCode::Char('2'));
    bench.card(true);
    bench.answer(Reply::Status(status(Tries::Locked, Tries::Left(3))));
    bench.keys(&[KeyCode::Enter, KeyCode::Enter]);
    for _ in 0..3 {
        bench.press(KeyCode::F(7));
        bench.issued(Ok(""));
    }
    bench.press(KeyCode::F(7));
    assert!(bench.issues.is_empty());
    assert!(matches!(bench.model.visit.nav.overlay(), Some(Overlay::Trouble(page)) if page.slip == Some(Issue::Enough)));
}
