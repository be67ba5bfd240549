//! A moment of fuzzing in every test run: each target with its seeds and with so many inputs that were made of them, the same ones in
//! every run. The same targets are fuzzed for long, guided by coverage and chance, by `tests/fuzz/run`.
#![cfg(feature = "service")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "in a test, a failure is a panic")]
#![allow(unreachable_pub, dead_code, reason = "the targets are a library of their own")]

#[path = "fuzz/targets/lib.rs"]
mod targets;

use std::panic;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use proptest::prelude::Rng;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use targets::TARGETS;

/// How long each target is tried.
const MOMENT: Duration = Duration::from_secs(5);
/// As libFuzzer's.
const LONGEST: usize = 4096;

/// Where something panicked, on whichever thread: the worker survives its panics.
static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn below(rng: &mut impl Rng, limit: usize) -> usize {
    usize::try_from(rng.next_u64()).unwrap() % limit.max(1)
}

/// An input made of others: parts of two of them, bytes changed, doubled, cut out.
fn made(rng: &mut impl Rng, inputs: &[Vec<u8>]) -> Vec<u8> {
    let mut input = inputs[below(rng, inputs.len())].clone();
    for _ in 0..=below(rng, 8) {
        let place = below(rng, input.len() + 1);
        let end = place + below(rng, (input.len() - place + 1).min(64));
        match below(rng, 7) {
            0 if place < input.len() => input[place] = rng.next_u32().to_be_bytes()[0],
            1 if place < input.len() => input[place] ^= 1 << below(rng, 8),
            2 => input.insert(place, *b"\0\n\x1e\x1b*\"\xff0"[..].get(below(rng, 8)).unwrap()),
            3 => drop(input.drain(place..end)),
            4 => drop(input.splice(place..place, input[place..end].to_vec())),
            5 => {
                let other = &inputs[below(rng, inputs.len())];
                let from = below(rng, other.len() + 1);
                input.splice(place.., other[from..].iter().copied());
            }
            _ => drop(input.splice(place..end, "\u{1b}漢\u{202e}é".bytes().take(below(rng, 12)))),
        }
    }
    input.truncate(LONGEST);
    input
}

fn fuzz(name: &str) {
    let (_, run, seeds) = TARGETS.iter().find(|(known, ..)| *known == name).unwrap();
    let config = Config { failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let (inputs, begun) = (seeds(), Instant::now());
    let mut tried = 0;
    while tried < inputs.len() || begun.elapsed() < MOMENT {
        let input = inputs.get(tried).cloned().unwrap_or_else(|| made(runner.rng(), &inputs));
        let failed = panic::catch_unwind(|| run(&input)).is_err();
        let panics = std::mem::take(&mut *PANICS.lock().unwrap());
        assert!(!failed && panics.is_empty(), "{name}: {panics:#?}\nof the input {:?}", input.escape_ascii().to_string());
        tried += 1;
    }
    println!("{name}: {tried} inputs");
}

/// One after another: a panic on a thread of the program's own belongs to the target that runs.
#[test]
fn whatever_comes_from_outside_nothing_panics_and_what_must_hold_holds() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(|panic| PANICS.lock().unwrap().push(panic.to_string())));
    let outcome = panic::catch_unwind(|| TARGETS.iter().for_each(|(name, ..)| fuzz(name)));
    panic::set_hook(usual);
    if let Err(failed) = outcome {
        let message = failed.downcast_ref::<String>().cloned().unwrap_or_default();
        panic!("{message}");
    }
}
