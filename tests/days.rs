//! A thousand random days at a desk: people come and go, cards are put in, swapped and taken away, keys are held down, jobs fail and answer
//! late; and never is anything of one person shown to, signed by or registered for another (visit.md).
#![cfg(feature = "practice")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "in a test, a failure is a panic")]
#![allow(unreachable_pub, reason = "the parts of this test are its own")]

#[path = "days/day.rs"]
mod day;
#[path = "days/desk.rs"]
mod desk;
#[path = "days/people.rs"]
mod people;
#[path = "days/plan.rs"]
mod plan;
#[path = "days/rules.rs"]
mod rules;

use std::sync::Mutex;

use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use rules::Counts;

/// How many days, and over how many threads.
const DAYS: u32 = 1000;
const THREADS: u8 = 2;

/// Live through so many days of one seed; return what they brought.
fn live(seed: u8, days: u32) -> Counts {
    let counts = Mutex::new(Counts::default());
    let config = Config { cases: days, failure_persistence: None, max_shrink_iters: 4000, max_shrink_time: 25_000, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]));
    let lived = runner.run(&plan::days(), |plan| {
        let rules = day::live(&plan).map_err(TestCaseError::fail)?;
        counts.lock().unwrap().add(&rules.counts);
        Ok(())
    });
    match lived {
        Ok(()) => {}
        Err(TestError::Fail(why, plan)) => panic!("seed {seed}: {why}\n{plan:?}"),
        Err(other) => panic!("seed {seed}: {other}"),
    }
    counts.into_inner().unwrap()
}

#[test]
fn whatever_happens_on_a_day_nothing_of_one_person_reaches_another() {
    let mut counts = Counts::default();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|seed| scope.spawn(move || live(seed, DAYS / u32::from(THREADS)))).collect();
        for thread in threads {
            counts.add(&thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
    });
    println!("{counts:#?}");
}
