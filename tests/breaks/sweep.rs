//! Every break at every command of a registration: a person who first gives each PIN wrongly is told what has broken, puts it right, goes on
//! and reaches STEP3.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::bench::{BOTH, Bench, Desk, Typed, line, place, secret};
use super::line::{Break, Fate, Kind, Position, State};
use zairyu::card::{Purpose, Tries};
use zairyu::error::Code;

/// How often a person does something before the test gives up.
const STEPS: usize = 40;
const THREADS: usize = 2;
/// How many cards each thread has: one service registers so many.
const CARDS: usize = 4;

/// What breaks, where, and whether the news of readers come late.
const BREAKS: [(Position, Fate, bool); 14] = [
    (Position::Before, Fate::Pulled, false),
    (Position::Before, Fate::Pulled, true),
    (Position::After, Fate::Pulled, false),
    (Position::After, Fate::PulledInSilence, true),
    (Position::Before, Fate::Reset, false),
    (Position::Before, Fate::Unplugged, false),
    (Position::After, Fate::Unplugged, true),
    (Position::After, Fate::ServiceStopped, false),
    (Position::Before, Fate::Answer(b""), false),
    (Position::After, Fate::Answer(b"\x90"), false),
    (Position::Before, Fate::Answer(b"\x61\x10"), false),
    (Position::Before, Fate::Answer(b"\x6C\x10"), false),
    (Position::After, Fate::Answer(b"\x6F\x00"), false),
    (Position::After, Fate::Answer(b"nothing that anybody understands"), false),
];

/// A card that says that all is well, and gives what nobody understands.
const NONSENSE: Fate = Fate::Answer(b"\x30\x03nonsense\xFF\x90\x00");

/// What may be shown after a break; a PIN that was on its way comes first.
fn allowed(fate: Fate, kind: Kind) -> &'static [Code] {
    use Code::{CardFault, CardRemoved, CardReset, NoCard, NoReader, NotMyNumberCard, PcscNotRunning, ReaderGone};
    match fate {
        Fate::Pulled | Fate::PulledInSilence => &[CardRemoved, NoCard],
        Fate::Reset => &[CardReset],
        Fate::Unplugged => &[ReaderGone, NoReader],
        Fate::ServiceStopped => &[PcscNotRunning],
        Fate::Answer(answer) if answer.len() < 2 => &[CardRemoved],
        Fate::Answer(_) if kind == Kind::Application => &[NotMyNumberCard, CardFault],
        Fate::Answer(_) => &[CardFault],
        Fate::Slow => &[],
    }
}

/// What a run brought.
struct Run {
    codes: Vec<Code>,
    commands: Vec<Kind>,
    connections: usize,
}

/// Register, whatever breaks. `lies` is a card whose counters cannot be believed.
fn run(desk: &mut Desk, state: State, late: bool, lies: bool) -> Run {
    let mut bench = Bench::new(desk.take(), line(state), late, Ok(desk.address()));
    bench.settle();
    let mut asked = [0; 2];
    for _ in 0..STEPS {
        if bench.is_done() {
            break;
        }
        bench.notices_a_stopped_service();
        if let Some(purpose) = bench.asked() {
            let left = bench.slot.look(|card| Tries::Left(card.tries(purpose)));
            assert!(lies || bench.told() == left, "the page of {purpose:?} tells of {:?}, and the card has {left:?}", bench.told());
            let text = match (asked[place(purpose)], purpose) {
                (0, Purpose::Signing) => "WRONG99",
                (0, Purpose::Authentication) => "0000",
                _ => secret(purpose),
            };
            asked[place(purpose)] += 1;
            bench.gives(Typed { text, word: false });
        } else {
            // A page that waits for the card goes on by itself.
            bench.put_right();
            if bench.asked().is_none() && !bench.is_done() {
                bench.goes_on(BOTH.map(|purpose| Typed { text: secret(purpose), word: false }));
            }
        }
    }
    assert!(bench.is_done(), "going in circles: {} after {:?}", bench.place(), bench.codes);
    let state = bench.line.lock().unwrap();
    let run = Run { codes: bench.codes.clone(), commands: state.commands.clone(), connections: state.connections };
    drop(state);
    let card = bench.leaves();
    assert_eq!(BOTH.map(|purpose| card.tries(purpose)), [5, 3]);
    desk.give_back(card);
    run
}

/// Register with one break.
fn run_with(desk: &mut Desk, due: Break, late: bool) -> Run {
    let state = State { breaks: vec![due], ..State::default() };
    run(desk, state, late, due.fate == NONSENSE)
}

/// Try something for each of these, on all threads.
fn for_each<T: Sync>(all: &[T], act: impl Fn(&mut Desk, &T) + Sync) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let mut desk = Desk::open(CARDS);
                while let Some(one) = all.get(next.fetch_add(1, Ordering::SeqCst)) {
                    act(&mut desk, one);
                }
            });
        }
    });
}

/// Return how many commands a registration has that nothing breaks.
fn commands() -> usize {
    let clean = run(&mut Desk::open(1), State::default(), false, false);
    assert_eq!(clean.codes, []);
    let verifies = clean.commands.iter().filter(|kind| **kind == Kind::Verify).count();
    assert!(verifies == 4 && clean.commands.len() > 45, "{} commands", clean.commands.len());
    clean.commands.len()
}

#[test]
fn whatever_breaks_at_whichever_command_is_said_and_the_registration_goes_on() {
    let count = commands();
    let all: Vec<_> = BREAKS
        .iter()
        .flat_map(|(position, fate, late)| (0..count).map(|after| (Break { after, position: *position, fate: *fate }, *late)))
        .collect();
    for_each(&all, |desk, (due, late)| {
        let run = run_with(desk, *due, *late);
        let kind = run.commands[due.after];
        let mut shown = run.codes.as_slice();
        if kind == Kind::Verify {
            assert_eq!(shown.first(), Some(&Code::PinUncertain), "{due:?}: a PIN was on its way");
            shown = &shown[1..];
        }
        let allowed = allowed(due.fate, kind);
        assert!(shown.iter().all(|code| allowed.contains(code)), "{due:?} at {kind:?} is told as {:?}", run.codes);
    });
}

#[test]
fn nonsense_at_whichever_command_is_survived() {
    let all: Vec<_> = (0..commands()).collect();
    for_each(&all, |desk, after| {
        let run = run_with(desk, Break { after: *after, position: Position::Before, fate: NONSENSE }, false);
        let of_card = |code: &Code| code.id() < "ZR500" || *code == Code::NotProved || *code == Code::CertificateRefused;
        assert!(run.codes.iter().all(of_card), "nonsense at {after} is told as {:?}", run.codes);
    });
}

#[test]
fn another_program_that_holds_the_card_is_named_at_each_connection_and_the_registration_goes_on() {
    let mut desk = Desk::open(CARDS);
    let clean = run(&mut desk, State::default(), false, false);
    assert!(clean.connections >= 2, "{} connections", clean.connections);
    for from in 0..clean.connections {
        let run = run(&mut desk, State { held_from: Some(from), ..State::default() }, false, false);
        assert_eq!(run.codes, [Code::ReaderBusy], "from connection {from} on");
    }
}

#[test]
fn a_slow_card_is_only_slow() {
    let breaks = (0..200).map(|after| Break { after, position: Position::Before, fate: Fate::Slow }).collect();
    assert_eq!(run(&mut Desk::open(1), State { breaks, ..State::default() }, false, false).codes, []);
}
