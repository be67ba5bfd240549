//! A thousand random days at a desk: people come and go, cards are put in, swapped and taken away, keys are held down, jobs fail and answer
//! late; and never is anything of one person shown to, signed by or registered for another (visit.md).
#![cfg(feature = "practice")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "in a test, a failure is a panic")]
#![allow(unreachable_pub, reason = "the parts of this test are its own")]

#[path = "days/day.rs"]
mod day;
#[path = "days/fake_worker.rs"]
mod fake_worker;
#[path = "days/people.rs"]
mod people;
#[path = "days/plan.rs"]
mod plan;
#[path = "days/rules.rs"]
mod rules;

use std::sync::Mutex;

use fake_worker::World;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use rules::Counts;

/// How many days, unless `ZAIRYU_DAYS` says otherwise, and over how many threads.
const DAYS: u32 = 1000;
const THREADS: u32 = 2;

/// How often each of these must have come on a thousand days, so that the days mean something.
const OFTEN: [(&str, u64); 19] = [
    ("registered", 500),
    ("ended", 2000),
    ("other_cards", 300),
    ("away", 100),
    ("looking", 100),
    ("locked", 200),
    ("taken", 100),
    ("withheld", 100),
    ("right", 4000),
    ("wrong", 30),
    ("unsent", 500),
    ("dropped", 1000),
    ("unwanted", 300),
    ("restarts", 50),
    // A try that may have counted, a network that is down, an answer that is lost, whoever is registered already, somebody else's form.
    ("ZR305", 100),
    ("ZR501", 100),
    ("ZR504", 300),
    ("ZR603", 200),
    ("ZR618", 20),
];

fn number(variable: &str, usual: u32) -> u32 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// Live through so many days of one seed; return what they brought.
fn live(seed: u32, days: u32) -> Counts {
    let counts = Mutex::new(Counts::default());
    let config = Config { cases: days, failure_persistence: None, max_shrink_iters: 4000, max_shrink_time: 60_000, ..Config::default() };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed.to_le_bytes().repeat(8));
    let lived = TestRunner::new_with_rng(config, rng).run(&plan::days(), |plan| {
        let rules = day::live(&plan, World::new(plan.readers)).map_err(TestCaseError::fail)?;
        counts.lock().unwrap().add(&rules.counts);
        Ok(())
    });
    match lived {
        Ok(()) => counts.into_inner().unwrap(),
        Err(TestError::Fail(why, plan)) => panic!("seed {seed}: {why}\n{plan:?}"),
        Err(TestError::Abort(why)) => panic!("seed {seed}: {why}"),
    }
}

/// `ZAIRYU_SEED` lives through other days.
#[test]
fn whatever_happens_on_a_day_nothing_of_one_person_reaches_another() {
    let (days, seed) = (number("ZAIRYU_DAYS", DAYS), number("ZAIRYU_SEED", 0));
    let mut counts = Counts::default();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|thread| scope.spawn(move || live(seed + thread, days / THREADS))).collect();
        for thread in threads {
            counts.add(&thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
    });
    println!("{counts:#?}");
    for (what, least) in OFTEN {
        let times = counts.of(what);
        assert!(times * 1000 >= least * u64::from(days), "{what} came {times} times on {days} days");
    }
}
