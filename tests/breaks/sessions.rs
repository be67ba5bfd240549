//! Ten thousand random sessions: people type PINs that are right, wrong or no PINs at all, stop, take the card away and put it back, other
//! programs spend tries, and the line breaks anywhere. A counter falls only by a well-formed wrong PIN that somebody has sent; no PIN is sent
//! twice; and the last try is never spent without the word. `Bench::accounts` holds that after everything that happens.

use std::collections::BTreeMap;

use crossterm::event::KeyCode;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

use super::bench::{BOTH, Bench, Desk, Typed, line, place, secret};
use super::line::{Fate, Position, State};
use zairyu::card::simulated::Card;
use zairyu::card::{Purpose, Tries};
use zairyu::error::Code;

/// How many sessions, unless `ZAIRYU_SESSIONS` says otherwise, and over how many threads.
const SESSIONS: u32 = 10_000;
const THREADS: u32 = 2;

/// How often each of these must have come in ten thousand sessions, so that the sessions mean something.
const OFTEN: [(&str, u32); 8] = [
    ("pins", 8000),
    ("last tries", 2000),
    ("last tries kept", 2000),
    ("told truly", 25_000),
    ("others", 2000),
    // A card pulled, one that is locked, a try that may have counted.
    ("ZR206", 800),
    ("ZR302", 700),
    ("ZR305", 200),
];

/// What somebody types for a PIN.
#[derive(Clone, Copy, Debug)]
enum Pin {
    Right,
    Wrong,
    /// What no card takes: too short, or with a letter that was left out.
    Malformed(&'static str),
}

/// What happens.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// The person does what the page says; a PIN is this one, and the last try is spent if it is asked about.
    GoesOn(Pin, bool),
    /// Esc.
    Back,
    /// Esc while the next job runs.
    Stops(Pin),
    /// The card is taken away, or put back.
    Lifts,
    /// Whatever has broken is put right.
    PutsRight,
    /// Another program sends a wrong PIN to the card.
    AnotherProgramFails(Purpose),
    /// The line breaks so many commands from now.
    Breaks(usize, Position, Fate),
}

fn pins() -> impl Strategy<Value = Pin> {
    prop_oneof![
        4 => Just(Pin::Right),
        4 => Just(Pin::Wrong),
        1 => prop::sample::select(vec!["", "12", "ABC12", "12 4", "あいう", "-----"]).prop_map(Pin::Malformed),
    ]
}

fn steps() -> impl Strategy<Value = Step> {
    let purpose = prop::sample::select(BOTH.to_vec());
    let position = prop::sample::select(vec![Position::Before, Position::After]);
    let fate = prop::sample::select(vec![
        Fate::Pulled,
        Fate::PulledInSilence,
        Fate::Reset,
        Fate::Unplugged,
        Fate::ServiceStopped,
        Fate::Answer(b""),
        Fate::Answer(b"\x63"),
        Fate::Answer(b"\x61\x08"),
        Fate::Answer(b"\x6C\x08"),
        Fate::Answer(b"\x6F\x00"),
        Fate::Answer(b"\x69\x85"),
        Fate::Answer(b"what nobody understands"),
    ]);
    prop_oneof![
        10 => (pins(), any::<bool>()).prop_map(|(pin, word)| Step::GoesOn(pin, word)),
        1 => Just(Step::Back),
        1 => pins().prop_map(Step::Stops),
        1 => Just(Step::Lifts),
        3 => Just(Step::PutsRight),
        1 => purpose.prop_map(Step::AnotherProgramFails),
        3 => (0_usize..30, position, fate).prop_map(|(after, position, fate)| Step::Breaks(after, position, fate)),
    ]
}

/// A session: the tries that the card has at its beginning, whether news of readers come late, and what happens.
type Session = ([u8; 2], bool, Vec<Step>);

fn sessions() -> impl Strategy<Value = Session> {
    (
        (1_u8..=5, 1_u8..=3).prop_map(|(signing, authentication)| [signing, authentication]),
        any::<bool>(),
        prop::collection::vec(steps(), 4..24),
    )
}

fn text(pin: Pin, purpose: Purpose) -> &'static str {
    match (pin, purpose) {
        (Pin::Right, _) => secret(purpose),
        (Pin::Wrong, Purpose::Signing) => "WRONG99",
        (Pin::Wrong, Purpose::Authentication) => "0000",
        (Pin::Malformed(text), _) => text,
    }
}

/// Live through a session; return the card, and count what has come of it.
fn live((tries, late, steps): &Session, card: Card, counts: &mut BTreeMap<&'static str, u32>) -> Card {
    let mut count = |what: &'static str| *counts.entry(what).or_default() += 1;
    let mut bench = Bench::new(card, line(State::default()), *late, Err(Code::ServiceUnreachable));
    for purpose in BOTH {
        (tries[place(purpose)]..zairyu::card::pin::Pin::tries(purpose)).for_each(|_| assert!(bench.another_program_fails(purpose)));
    }
    bench.settle();
    // Another program has spent a try that no page can know of.
    let mut unseen = [false; 2];
    for step in steps {
        bench.notices_a_stopped_service();
        match *step {
            Step::GoesOn(pin, word) => {
                let before = bench.handed;
                let last = bench.told() == Some(Tries::Left(1));
                bench.goes_on(BOTH.map(|purpose| Typed { text: text(pin, purpose), word }));
                let sent = bench.handed > before;
                match (sent, last, word) {
                    (true, true, _) => count("last tries"),
                    (true, ..) => count("pins"),
                    (false, true, false) => count("last tries kept"),
                    _ => {}
                }
            }
            Step::Back => bench.press(KeyCode::Esc),
            Step::Stops(pin) => bench.stops(BOTH.map(|purpose| Typed { text: text(pin, purpose), word: false })),
            Step::Lifts => {
                if !bench.slot.lift() {
                    bench.slot.put_back();
                }
                bench.settle();
            }
            Step::PutsRight => bench.put_right(),
            Step::AnotherProgramFails(purpose) => {
                if bench.another_program_fails(purpose) {
                    count("others");
                    unseen[place(purpose)] = true;
                }
            }
            Step::Breaks(after, position, fate) => bench.breaks(after, position, fate),
        }
        if let (Some(purpose), Some(told)) = (bench.asked(), bench.told()) {
            let lies = bench.slot.look(|card| card.tries(purpose)).unwrap();
            match told {
                Tries::Left(left) if left == lies => {
                    count("told truly");
                    unseen[place(purpose)] = false;
                }
                Tries::Locked if lies == 0 => unseen[place(purpose)] = false,
                Tries::Unknown => count("told as unknown"),
                _ => assert!(unseen[place(purpose)], "{purpose:?} has {lies} tries, and its page tells of {told:?}"),
            }
        }
    }
    for code in &bench.codes {
        count(code.id());
    }
    let mut card = bench.leaves();
    card.unlock();
    card
}

fn run(seed: u32, sessions_of_one: u32) -> BTreeMap<&'static str, u32> {
    let config = Config { cases: sessions_of_one, failure_persistence: None, max_shrink_iters: 2000, ..Config::default() };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed.to_le_bytes().repeat(8));
    let card = std::cell::RefCell::new(Some(Desk::open(1).take()));
    let counts = std::cell::RefCell::new(BTreeMap::new());
    TestRunner::new_with_rng(config, rng)
        .run(&sessions(), |session| {
            let taken = card.borrow_mut().take().unwrap_or_else(|| Desk::open(1).take());
            let lived = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| live(&session, taken, &mut counts.borrow_mut())));
            let lived = lived.map_err(|panic| {
                let why = panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(|why| (*why).to_owned()));
                TestCaseError::fail(why.unwrap_or_default())
            })?;
            *card.borrow_mut() = Some(lived);
            Ok(())
        })
        .unwrap_or_else(|why| panic!("seed {seed}: {why}"));
    counts.into_inner()
}

#[test]
fn in_ten_thousand_sessions_a_counter_falls_only_by_wrong_pins_that_were_sent() {
    let number = |variable: &str, usual| std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
    let (sessions, seed) = (number("ZAIRYU_SESSIONS", SESSIONS), number("ZAIRYU_SEED", 0));
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|thread| scope.spawn(move || run(seed + thread, sessions / THREADS))).collect();
        for thread in threads {
            for (what, times) in thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)) {
                *counts.entry(what).or_default() += times;
            }
        }
    });
    println!("{counts:#?}");
    for (what, least) in OFTEN {
        let times = counts.get(what).copied().unwrap_or_default();
        assert!(
            u64::from(times) * u64::from(SESSIONS) >= u64::from(least) * u64::from(sessions),
            "{what} came {times} times in {sessions} sessions"
        );
    }
}
